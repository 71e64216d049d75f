//! Addresses and ports in the words of commands and replies.

use std::net::IpAddr;

/// A value and where in the text it stands.
pub(super) struct Place<T> {
    pub(super) value: T,
    pub(super) at: usize,
    pub(super) length: usize,
}

/// `192,0,2,1,24,131` at the start of the text: an address and a port.
pub(super) fn six_numbers(text: &[u8]) -> Option<(Place<u32>, Place<u16>)> {
    let mut bytes = [0; 6];
    let (mut at, mut starts) = (0, [0; 6]);
    for index in 0..6 {
        if index > 0 {
            (*text.get(at)? == b',').then_some(())?;
            at += 1;
        }
        starts[index] = at;
        let digits = text[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        bytes[index] = number(&text[at..at + digits])?;
        at += digits;
    }
    let [a, b, c, d, high, low] = bytes;
    let ip = u32::from_be_bytes([a, b, c, d]);
    let ip = Place { value: ip, at: 0, length: starts[4] - 1 };
    let port = u16::from_be_bytes([high, low]);
    Some((ip, Place { value: port, at: starts[4], length: at - starts[4] }))
}

/// `|1|192.0.2.1|6275|` with any delimiter: family, address, port.
pub(super) fn extended(text: &[u8]) -> Option<(Place<u8>, Place<IpAddr>, Place<u16>)> {
    let delimiter = *text.first()?;
    let mut fields = Fields { text, delimiter, at: 1 };
    let (family, ip, port) = (fields.next()?, fields.next()?, fields.next()?);
    let value: IpAddr = std::str::from_utf8(ip.value).ok()?.parse().ok()?;
    let family = family.map(number)?;
    if family.value != if value.is_ipv4() { 1 } else { 2 } {
        return None;
    }
    Some((family, Place { value, at: ip.at, length: ip.length }, port.map(number)?))
}

/// `(|||6446|)` somewhere in the text: the port.
pub(super) fn extended_port(text: &[u8]) -> Option<Place<u16>> {
    let open = memchr::memchr(b'(', text)?;
    let delimiter = *text.get(open + 1)?;
    let mut fields = Fields { text, delimiter, at: open + 2 };
    for _ in 0..2 {
        fields.next()?;
    }
    fields.next()?.map(number)
}

/// What stands between delimiters.
struct Fields<'a> {
    text: &'a [u8],
    delimiter: u8,
    at: usize,
}

impl<'a> Fields<'a> {
    fn next(&mut self) -> Option<Place<&'a [u8]>> {
        let rest = self.text.get(self.at..)?;
        let length = memchr::memchr(self.delimiter, rest)?;
        let at = self.at;
        self.at += length + 1;
        Some(Place { value: &rest[..length], at, length })
    }
}

impl<'a> Place<&'a [u8]> {
    fn map<T>(self, read: impl Fn(&'a [u8]) -> Option<T>) -> Option<Place<T>> {
        Some(Place { value: read(self.value)?, at: self.at, length: self.length })
    }
}

fn number<T: std::str::FromStr>(digits: &[u8]) -> Option<T> {
    digits.iter().all(u8::is_ascii_digit).then_some(())?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_numbers_are_an_address_and_a_port() {
        let (ip, port) = six_numbers(b"192,0,2,20,19,240).").expect("numbers");
        assert_eq!((ip.value, ip.at, ip.length), (0xc000_0214, 0, 10));
        assert_eq!((port.value, port.at, port.length), (5104, 11, 6));
        for wrong in ["", "1,2,3,4,5", "1,2,3,4,5,256", "1,2,3,4,,6", "1,2,3,4,5,", "a,2,3,4,5,6"] {
            assert!(six_numbers(wrong.as_bytes()).is_none(), "{wrong}");
        }
    }

    #[test]
    fn extended_addresses() {
        let (family, ip, port) = extended(b"|2|2001:db8::20|5282|").expect("fields");
        assert_eq!((family.value, ip.length, port.value, port.at), (2, 12, 5282, 16));
        assert!(extended(b"!1!192.0.2.1!99!").is_some(), "any delimiter");
        for wrong in ["", "|1|2001:db8::20|5282|", "|1|192.0.2.1|70000|", "|1|192.0.2.1|5", "|1"] {
            assert!(extended(wrong.as_bytes()).is_none(), "{wrong}");
        }
        let port = extended_port(b"Entering (|||6446|)").expect("a port");
        assert_eq!((port.value, port.at, port.length), (6446, 13, 4));
        assert!(extended_port(b"Entering (||6446|)").is_none());
    }
}
