//! Fingerprints of the two hellos: JA3 and JA3S (MD5 of a list of numbers), and JA4 of the client
//! (SHA-256 of sorted ones).

use std::io::Write;

use sha2::{Digest, Sha256};

use crate::digits::{decimal, hexadecimal};

/// So many numbers of a kind are kept; a hello with more has been made to have them.
const MOST: usize = 256;

/// Numbers in the order they were sent.
pub(super) struct List {
    numbers: [u16; MOST],
    count: usize,
}

impl Default for List {
    fn default() -> List {
        List { numbers: [0; MOST], count: 0 }
    }
}

impl List {
    pub(super) fn add(&mut self, number: u16) {
        if let Some(place) = self.numbers.get_mut(self.count) {
            *place = number;
            self.count += 1;
        }
    }

    fn all(&self) -> &[u16] {
        &self.numbers[..self.count]
    }

    /// Those that mean something: RFC 8701 reserves others to be passed over.
    fn meant(&self) -> impl Iterator<Item = u16> {
        self.all().iter().copied().filter(|&number| !is_grease(number))
    }
}

/// RFC 8701 section 2.
pub(super) fn is_grease(number: u16) -> bool {
    number & 0x0f0f == 0x0a0a && number >> 8 == number & 0xff
}

/// What of a hello goes into its fingerprints.
#[derive(Default)]
pub(super) struct Hello {
    pub(super) version: u16,
    pub(super) cipher_suites: List,
    pub(super) extensions: List,
    pub(super) groups: List,
    pub(super) point_formats: List,
    pub(super) signatures: List,
    /// The newest of the extension supported_versions; 0 without it.
    pub(super) newest: u16,
    pub(super) has_name: bool,
    /// The first and the last byte of the first ALPN protocol.
    pub(super) alpn: Option<(u8, u8)>,
}

impl Hello {
    /// `771,4865-4866,0-11,29-23,0`: version, cipher suites, extensions, groups, point formats.
    pub(super) fn ja3_full(&self, out: &mut Vec<u8>) {
        decimal(out, self.version);
        for list in [&self.cipher_suites, &self.extensions, &self.groups, &self.point_formats] {
            out.push(b',');
            joined(out, list.meant());
        }
    }

    /// `771,4865,43-51`: version, cipher suite, extensions.
    pub(super) fn ja3s_full(&self, out: &mut Vec<u8>) {
        decimal(out, self.version);
        for list in [&self.cipher_suites, &self.extensions] {
            out.push(b',');
            joined(out, list.all().iter().copied());
        }
    }

    /// `t13d1516h2_8daaf6152771_02713d6af862`: transport, version, name or none, how many cipher
    /// suites and extensions, ALPN; then cipher suites, and extensions with signature algorithms.
    /// Without `hashed` the lists themselves.
    pub(super) fn ja4(&self, transport: u8, hashed: bool, out: &mut Vec<u8>) {
        let version = if self.newest != 0 { self.newest } else { self.version };
        out.push(transport);
        out.extend_from_slice(match version {
            0x0304 => b"13",
            0x0303 => b"12",
            0x0302 => b"11",
            0x0301 => b"10",
            0x0300 => b"s3",
            0x0002 => b"s2",
            0xfeff => b"d1",
            0xfefd => b"d2",
            0xfefc => b"d3",
            _ => b"00",
        });
        out.push(if self.has_name { b'd' } else { b'i' });
        for list in [&self.cipher_suites, &self.extensions] {
            let count = list.meant().count().min(99);
            let _ = write!(out, "{count:02}");
        }
        let (first, last) = self.alpn.unwrap_or((b'0', b'0'));
        match first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
            true => out.extend([first, last]),
            false => {
                let _ = write!(out, "{:x}{:x}", first >> 4, last & 15);
            }
        }
        out.push(b'_');
        section(hashed, out, |out| sorted(out, self.cipher_suites.meant(), |_| true));
        out.push(b'_');
        section(hashed, out, |out| {
            // The name and ALPN are told above.
            sorted(out, self.extensions.meant(), |extension| !matches!(extension, 0 | 16));
            if self.signatures.count > 0 {
                out.push(b'_');
                let mut first = true;
                for number in self.signatures.all() {
                    if !std::mem::take(&mut first) {
                        out.push(b',');
                    }
                    hexadecimal(out, &number.to_be_bytes());
                }
            }
        });
    }
}

/// What `write` appends, or the first twelve digits of its SHA-256; of nothing, zeros.
fn section(hashed: bool, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let from = out.len();
    write(out);
    if !hashed {
        return;
    }
    let digest = Sha256::digest(&out[from..]);
    let empty = out.len() == from;
    out.truncate(from);
    for byte in &digest[..6] {
        let byte = if empty { 0 } else { *byte };
        hexadecimal(out, &[byte]);
    }
}

fn sorted(out: &mut Vec<u8>, numbers: impl Iterator<Item = u16>, wanted: impl Fn(u16) -> bool) {
    let (mut list, mut count) = ([0; MOST], 0);
    for number in numbers.filter(|&number| wanted(number)) {
        list[count] = number;
        count += 1;
    }
    list[..count].sort_unstable();
    for (index, number) in list[..count].iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        hexadecimal(out, &number.to_be_bytes());
    }
}

fn joined(out: &mut Vec<u8>, numbers: impl Iterator<Item = u16>) {
    for (index, number) in numbers.enumerate() {
        if index > 0 {
            out.push(b'-');
        }
        decimal(out, number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digits::md5;

    fn list(numbers: &[u16]) -> List {
        let mut list = List::default();
        numbers.iter().for_each(|&number| list.add(number));
        list
    }

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).expect("text")
    }

    /// The example of the description of JA3.
    #[test]
    fn ja3_of_an_old_client() {
        let hello = Hello {
            version: 769,
            cipher_suites: list(&[47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4]),
            extensions: list(&[0, 10, 11]),
            groups: list(&[23, 24, 25]),
            point_formats: list(&[0]),
            ..Hello::default()
        };
        let full = "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0";
        assert_eq!(text(|out| hello.ja3_full(out)), full);
        let hash = text(|out| md5(out, |out| hello.ja3_full(out)));
        assert_eq!(hash, "ada70206e40642a3e4461f35503241d5");
    }

    /// The example of the description of JA4.
    #[test]
    fn ja4_of_a_browser() {
        let suites = [
            0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014,
            0x009c, 0x009d, 0x002f, 0x0035,
        ];
        let extensions = [
            0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012,
            0x002b, 0xff01, 0x000b, 0x000a, 0x0015,
        ];
        let signatures = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];
        let mut cipher_suites = list(&[0x0a0a]);
        suites.iter().for_each(|&suite| cipher_suites.add(suite));
        let hello = Hello {
            version: 0x0303,
            newest: 0x0304,
            cipher_suites,
            extensions: list(&extensions),
            signatures: list(&signatures),
            has_name: true,
            alpn: Some((b'h', b'2')),
            ..Hello::default()
        };
        let ja4 = text(|out| hello.ja4(b't', true, out));
        assert_eq!(ja4, "t13d1516h2_8daaf6152771_e5627efa2ab1");
    }

    #[test]
    fn lists_are_bounded() {
        let mut list = List::default();
        (0..1000).for_each(|number| list.add(number));
        assert_eq!(list.all().len(), MOST);
    }
}
