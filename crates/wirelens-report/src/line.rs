//! Bytes that grow by whole reservations and are written by plain stores.
//!
//! A writer reserves once for a whole value and then stores without further checks of capacity;
//! measured, this makes a line of JSON in half the time that `Vec::extend` takes.

use std::net::{IpAddr, Ipv6Addr};

use wirelens_dissect::Key;

use crate::escape::is_unseen;

static HEX: [[u8; 2]; 256] = {
    let digits = b"0123456789abcdef";
    let mut table = [[0; 2]; 256];
    let mut i = 0;
    while i < 256 {
        table[i] = [digits[i >> 4], digits[i & 15]];
        i += 1;
    }
    table
};

/// Three characters and how many of them count.
static DECIMAL: [[u8; 4]; 256] = {
    let mut table = [[0; 4]; 256];
    let mut i = 0usize;
    while i < 256 {
        let (a, b, c) = ((i / 100) as u8 + b'0', (i / 10 % 10) as u8 + b'0', (i % 10) as u8 + b'0');
        table[i] = if i > 99 {
            [a, b, c, 3]
        } else if i > 9 {
            [b, c, 0, 2]
        } else {
            [c, 0, 0, 1]
        };
        i += 1;
    }
    table
};

const EIGHT_DIGITS: u64 = 100_000_000;

/// Eight zeros as text.
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// The eight digits of a number below 10^8, one in each byte, the first in the lowest: all are
/// divided out at once, in lanes of four, two and one.
#[inline(always)]
fn eight_digits(value: u32) -> u64 {
    let fours = u64::from(value / 10_000) | u64::from(value % 10_000) << 32;
    let hundreds = ((fours * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let twos = hundreds | (fours - hundreds * 100) << 16;
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | (twos - tens * 10) << 8
}

/// Memory that an empty line keeps, in bytes.
const KEPT: usize = 1 << 20;

/// Does JSON write this byte as it is, and a terminal show it so?
#[inline(always)]
fn is_plain(byte: u8) -> bool {
    (0x20..0x7f).contains(&byte) && byte != b'"' && byte != b'\\'
}

/// A line, or a document, being written.
pub struct Line {
    bytes: Vec<u8>,
    at: usize,
}

impl Default for Line {
    fn default() -> Line {
        Line::new()
    }
}

impl Line {
    /// An empty line.
    pub fn new() -> Line {
        Line::with_room(1 << 16)
    }

    /// An empty line with room for so many bytes.
    pub fn with_room(length: usize) -> Line {
        Line { bytes: vec![0; length], at: 0 }
    }

    /// Empties it and keeps its memory, but for what only an extraordinary frame can have taken.
    pub fn clear(&mut self) {
        self.at = 0;
        if self.bytes.len() > KEPT {
            self.bytes.truncate(KEPT);
            self.bytes.shrink_to_fit();
        }
    }

    /// Keeps memory for about so many bytes only.
    pub fn shrink_to(&mut self, length: usize) {
        if self.bytes.len() > length.max(self.at) {
            self.bytes.truncate(length.max(self.at));
            self.bytes.shrink_to_fit();
        }
    }

    /// What was written.
    pub fn written(&self) -> &[u8] {
        &self.bytes[..self.at]
    }

    /// How many bytes were written.
    pub fn len(&self) -> usize {
        self.at
    }

    /// Was nothing written?
    pub fn is_empty(&self) -> bool {
        self.at == 0
    }

    /// Forgets all but the first `length` bytes.
    pub fn truncate(&mut self, length: usize) {
        self.at = self.at.min(length);
    }

    /// The byte written last.
    #[inline(always)]
    pub fn last(&self) -> u8 {
        self.at.checked_sub(1).map_or(0, |at| self.bytes[at])
    }

    /// Writes it out and empties it.
    pub fn drain(&mut self, to: &mut impl std::io::Write) -> std::io::Result<()> {
        to.write_all(self.written())?;
        self.clear();
        Ok(())
    }

    /// Makes room for `n` bytes, and some to spare for stores that are wider than what they
    /// write; every write below needs it made before.
    #[inline(always)]
    pub fn room(&mut self, n: usize) {
        if self.bytes.len() - self.at < n + Key::ROOM {
            self.grow(n + Key::ROOM);
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, n: usize) {
        let length = (self.bytes.len() + n).next_power_of_two();
        self.bytes.resize(length, 0);
    }

    /// One byte.
    #[inline(always)]
    pub fn put(&mut self, byte: u8) {
        self.bytes[self.at] = byte;
        self.at += 1;
    }

    /// Some bytes.
    #[inline(always)]
    pub fn all(&mut self, bytes: &[u8]) {
        self.bytes[self.at..self.at + bytes.len()].copy_from_slice(bytes);
        self.at += bytes.len();
    }

    /// Stores all `N` bytes, of which the first `length` count: a copy of constant size is a few
    /// wide stores.
    #[inline(always)]
    pub fn store<const N: usize>(&mut self, bytes: &[u8; N], length: usize) {
        self.bytes[self.at..self.at + N].copy_from_slice(bytes);
        self.at += length;
    }

    /// The same with no more stored than needed.
    #[inline(always)]
    pub fn padded<const N: usize>(&mut self, bytes: &[u8; N], length: usize) {
        match (bytes.first_chunk::<16>(), bytes.first_chunk::<64>()) {
            (Some(bytes), _) if length <= 16 => self.store(bytes, length),
            (_, Some(bytes)) if length <= 64 => self.store(bytes, length),
            _ => self.store(bytes, length),
        }
    }

    /// Writes `byte` over the one at `at`.
    #[inline(always)]
    pub fn replace(&mut self, at: usize, byte: u8) {
        self.bytes[at] = byte;
    }

    /// Some bytes, with the room made.
    #[inline]
    pub fn add(&mut self, bytes: &[u8]) {
        self.room(bytes.len());
        self.all(bytes);
    }

    /// A number below 256.
    #[inline(always)]
    pub fn decimal(&mut self, byte: u8) {
        let digits = &DECIMAL[usize::from(byte)];
        self.store(digits, usize::from(digits[3]));
    }

    /// A number; 20 bytes at most.
    #[inline(always)]
    pub fn number(&mut self, value: u64) {
        match u8::try_from(value) {
            Ok(byte) => self.decimal(byte),
            Err(_) if value < EIGHT_DIGITS => {
                let digits = eight_digits(value as u32);
                let zeros = digits.trailing_zeros() / 8;
                let text = (digits | ZEROS) >> (zeros * 8);
                self.store(&text.to_le_bytes(), 8 - zeros as usize);
            }
            Err(_) => self.large_number(value),
        }
    }

    #[inline(never)]
    fn large_number(&mut self, value: u64) {
        self.number(value / EIGHT_DIGITS);
        self.eight_digits((value % EIGHT_DIGITS) as u32);
    }

    #[inline(always)]
    fn eight_digits(&mut self, value: u32) {
        self.store(&(eight_digits(value) | ZEROS).to_le_bytes(), 8);
    }

    /// Nine digits: the nanoseconds of a second.
    #[inline(always)]
    pub fn nanoseconds(&mut self, value: u32) {
        self.put(b'0' + (value / EIGHT_DIGITS as u32 % 10) as u8);
        self.eight_digits(value % EIGHT_DIGITS as u32);
    }

    /// A signed number; 20 bytes at most.
    #[inline]
    pub fn signed(&mut self, value: i64) {
        if value < 0 {
            self.put(b'-');
        }
        self.number(value.unsigned_abs());
    }

    /// A number of exactly `digits` digits, zeros in front.
    #[inline]
    pub fn digits(&mut self, mut value: u64, digits: usize) {
        for at in (self.at..self.at + digits).rev() {
            self.bytes[at] = b'0' + (value % 10) as u8;
            value /= 10;
        }
        self.at += digits;
    }

    /// Two hexadecimal digits.
    #[inline(always)]
    pub fn hex(&mut self, byte: u8) {
        self.all(&HEX[usize::from(byte)]);
    }

    /// Two hexadecimal digits for each byte, with the room made.
    #[inline]
    pub fn hex_all(&mut self, bytes: &[u8]) {
        self.room(bytes.len() * 2 + 64);
        let to = &mut self.bytes[self.at..self.at + bytes.len() * 2];
        for (pair, &byte) in to.chunks_exact_mut(2).zip(bytes) {
            pair.copy_from_slice(&HEX[usize::from(byte)]);
        }
        self.at += bytes.len() * 2;
    }

    /// `02:00:00:00:00:01`; 24 bytes at most.
    #[inline(always)]
    pub fn mac<const N: usize>(&mut self, bytes: &[u8; N]) {
        let mut text = [b':'; 24];
        for (to, &byte) in text.chunks_exact_mut(3).zip(bytes) {
            to[..2].copy_from_slice(&HEX[usize::from(byte)]);
        }
        self.store(&text, N * 3 - 1);
    }

    /// `192.0.2.1`, 15 bytes at most.
    #[inline(always)]
    pub fn ipv4(&mut self, address: u32) {
        let [a, b, c, d] = address.to_be_bytes();
        self.decimal(a);
        self.put(b'.');
        self.decimal(b);
        self.put(b'.');
        self.decimal(c);
        self.put(b'.');
        self.decimal(d);
    }

    /// An address of either version, 45 bytes at most.
    pub fn address(&mut self, address: IpAddr) {
        match address {
            IpAddr::V4(address) => self.ipv4(address.to_bits()),
            IpAddr::V6(address) => self.ipv6(&address.octets()),
        }
    }

    /// `2001:db8::1`, 45 bytes at most, as RFC 5952 writes it.
    pub fn ipv6(&mut self, bytes: &[u8; 16]) {
        let groups: [u16; 8] =
            std::array::from_fn(|i| u16::from_be_bytes([bytes[2 * i], bytes[2 * i + 1]]));
        if groups[..6] == [0; 6] && groups[6] != 0 || groups[..6] == [0, 0, 0, 0, 0, 0xffff] {
            return self.ipv6_with_ipv4(bytes);
        }
        // The longest run of zeros, the first of equals, of two groups or more.
        let (mut best, mut run) = ((0, 0), (0, 0));
        for (i, &group) in groups.iter().enumerate() {
            if group != 0 {
                run = (i + 1, 0);
                continue;
            }
            run.1 += 1;
            if run.1 > best.1 {
                best = run;
            }
        }
        let mut i = 0;
        while i < 8 {
            if best.1 > 1 && i == best.0 {
                self.all(b"::");
                i += best.1;
                continue;
            }
            if i > 0 && self.last() != b':' {
                self.put(b':');
            }
            self.short_hex(groups[i]);
            i += 1;
        }
    }

    #[cold]
    fn ipv6_with_ipv4(&mut self, bytes: &[u8; 16]) {
        self.add(Ipv6Addr::from(*bytes).to_string().as_bytes());
    }

    #[inline(always)]
    fn short_hex(&mut self, group: u16) {
        let [high, low] = group.to_be_bytes();
        let ([a, b], [c, d]) = (HEX[usize::from(high)], HEX[usize::from(low)]);
        let skip = (group.leading_zeros() / 4).min(3);
        let digits = u32::from_le_bytes([a, b, c, d]) >> (skip * 8);
        self.store(&digits.to_le_bytes(), 4 - skip as usize);
    }

    /// Text in quotes as JSON wants it, with the room made. What is not UTF-8 becomes U+FFFD,
    /// and what would do something to a terminal is escaped.
    pub fn json_text(&mut self, text: &[u8]) {
        // Room for the worst of escapes is made as they come: six times a large text is too much.
        self.room(text.len() + 2);
        self.put(b'"');
        // Without an early exit this is a loop over whole vectors.
        if !text.iter().fold(false, |found, &byte| found | !is_plain(byte)) {
            self.all(text);
        } else {
            for chunk in text.utf8_chunks() {
                for c in chunk.valid().chars() {
                    self.room(8);
                    self.json_character(c);
                }
                self.room(8);
                if !chunk.invalid().is_empty() {
                    self.all("\u{fffd}".as_bytes());
                }
            }
        }
        self.put(b'"');
    }

    #[inline(always)]
    fn json_character(&mut self, c: char) {
        match c {
            '"' | '\\' => self.all(&[b'\\', c as u8]),
            '\n' => self.all(b"\\n"),
            '\r' => self.all(b"\\r"),
            '\t' => self.all(b"\\t"),
            ' '..='~' => self.put(c as u8),
            _ if is_unseen(c) => {
                let [high, low] = (c as u16).to_be_bytes();
                self.all(b"\\u");
                self.hex(high);
                self.hex(low);
            }
            _ => self.all(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }

    /// Nanoseconds as seconds with nine digits behind the point; 32 bytes at most.
    pub fn seconds(&mut self, nanoseconds: i64) {
        if nanoseconds < 0 {
            self.put(b'-');
        }
        let all = nanoseconds.unsigned_abs();
        self.number(all / 1_000_000_000);
        self.put(b'.');
        self.nanoseconds((all % 1_000_000_000) as u32);
    }

    /// A number with a fraction; `null` where JSON has no number for it. 32 bytes at most.
    pub fn float(&mut self, value: f64) {
        use std::io::Write;
        if !value.is_finite() {
            return self.all(b"null");
        }
        let mut to = &mut self.bytes[self.at..];
        let before = to.len();
        // The room was made and a write into memory does not fail otherwise.
        let _ = write!(to, "{value:?}");
        let after = to.len();
        self.at += before - after;
    }
}

impl std::io::Write for Line {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.add(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Line)) -> String {
        let mut line = Line::new();
        line.room(256);
        write(&mut line);
        String::from_utf8(line.written().to_vec()).expect("text")
    }

    #[test]
    fn addresses_as_the_standard_library_writes_them() {
        for text in [
            "::",
            "::1",
            "2001:db8::1",
            "1::",
            "1:0:0:2::3",
            "1:2:3:4:5:6:7:8",
            "fe80::1:0:0:1",
            "::ffff:192.0.2.1",
            "0:1::",
            "1:0:2:0:3:0:4:0",
            "::1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7::",
            "64:ff9b::c000:201",
            "abcd:ef01:2345:6789:abcd:ef01:2345:6789",
        ] {
            let address: Ipv6Addr = text.parse().expect("an address");
            assert_eq!(written(|line| line.ipv6(&address.octets())), address.to_string());
        }
        assert_eq!(written(|line| line.ipv4(0xc000_0201)), "192.0.2.1");
        assert_eq!(written(|line| line.mac(&[2, 0, 0, 0, 0, 0xff])), "02:00:00:00:00:ff");
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(
            written(|line| line.json_text("a\u{202e}\u{9b}é😀".as_bytes())),
            "\"a\\u202e\\u009bé😀\""
        );
        let all: Vec<u8> = (0..=255).collect();
        let json = written(|line| line.json_text(&all));
        assert!(json.chars().all(|c| c as u32 >= 0x20));
        assert!(json.starts_with("\"\\u0000\\u0001"));
        assert!(json.contains("\\t\\n") && json.contains("\\\"") && json.contains('\u{fffd}'));
    }

    #[test]
    fn numbers() {
        assert_eq!(written(|line| line.number(0)), "0");
        assert_eq!(written(|line| line.number(256)), "256");
        assert_eq!(written(|line| line.number(u64::MAX)), u64::MAX.to_string());
        assert_eq!(written(|line| line.signed(i64::MIN)), i64::MIN.to_string());
        assert_eq!(written(|line| line.nanoseconds(1_000_009)), "001000009");
        for value in (0..100_000_000).step_by(7_919).chain(0..20_000) {
            assert_eq!(written(|line| line.number(value)), value.to_string());
        }
        for power in (0..20).map(|n| 10u64.pow(n)) {
            for value in [power - 1, power, power + 1] {
                assert_eq!(written(|line| line.number(value)), value.to_string());
            }
        }
        assert_eq!(written(|line| line.seconds(-1_500_000_000)), "-1.500000000");
        assert_eq!(written(|line| line.float(0.5)), "0.5");
        assert_eq!(written(|line| line.float(f64::NAN)), "null");
    }
}
