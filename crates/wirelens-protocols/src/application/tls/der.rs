//! Distinguished Encoding Rules, ITU-T X.690: what certificates are written in.

use wirelens_dissect::prelude::*;

use crate::digits::decimal;

/// The tag, and what it says besides its number.
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OID: u8 = 0x06;
pub(super) const ENUMERATED: u8 = 0x0a;
pub(super) const IA5_STRING: u8 = 0x16;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// The tag of an element, and how long its content is.
#[derive(Clone, Copy)]
pub(super) struct Element {
    pub(super) tag: u8,
    pub(super) length: usize,
}

impl Element {
    /// The number of a context-specific tag.
    pub(super) fn context(self) -> Option<u8> {
        (self.tag & 0xc0 == 0x80).then_some(self.tag & 0x1f)
    }
}

/// Passes over the tag and length that come now. Lengths are definite, X.690 section 10.1, and
/// tags of one byte, as all in certificates.
pub(super) fn header(p: &mut Packet<'_>) -> Read<Element> {
    let [tag, first] = p.peek()?;
    p.skip(2)?;
    let length = match first {
        0..=0x7f => usize::from(first),
        0x81..=0x84 => {
            let count = usize::from(first & 0x7f);
            let bytes = p.ahead().get(..count).unwrap_or_default();
            p.skip(count)?;
            big_endian(bytes)
        }
        _ => return Err(p.malformed(&super::x509::BAD_DER)),
    };
    if length > p.declared_left() {
        return Err(p.malformed(&super::x509::BAD_DER));
    }
    Ok(Element { tag, length })
}

/// Reads the content of the element that comes now with `inside`.
pub(super) fn element<T>(
    p: &mut Packet<'_>,
    inside: impl FnOnce(&mut Packet<'_>, Element) -> Read<T>,
) -> Read<T> {
    let element = header(p)?;
    p.within(element.length, |p| inside(p, element))
}

/// The same where only this tag may come.
pub(super) fn tagged<T>(
    p: &mut Packet<'_>,
    tag: u8,
    inside: impl FnOnce(&mut Packet<'_>) -> Read<T>,
) -> Read<T> {
    if p.peek_u8()? != tag {
        return Err(p.malformed(&super::x509::BAD_DER));
    }
    element(p, |p, _| inside(p))
}

/// Hangs what `inside` reads of an element under a row whose range is tag, length and content.
pub(super) fn whole<T>(
    p: &mut Packet<'_>,
    row: &'static Field,
    tag: u8,
    inside: impl FnOnce(&mut Packet<'_>) -> Read<T>,
) -> Read<T> {
    p.group(row, |p| tagged(p, tag, inside))
}

/// The tag and content of the first element, and what is behind it.
pub(super) fn split(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], rest) = bytes.split_first_chunk()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (big_endian(length), rest)
        }
        _ => return None,
    };
    let (content, behind) = rest.split_at_checked(length)?;
    Some((tag, content, behind))
}

/// The elements of a content, each with its tag.
pub(super) fn elements(mut bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let (tag, content, behind) = split(bytes)?;
        bytes = behind;
        Some((tag, content))
    })
}

/// How many elements the content has that comes now.
pub(super) fn count(p: &Packet<'_>) -> u64 {
    elements(p.ahead()).count() as u64
}

fn big_endian(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// The content that comes now as a number, if it is one of at most eight bytes.
pub(super) fn number(p: &mut Packet<'_>, row: &'static Field) -> Read {
    let bytes = p.ahead();
    let value = bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
    p.number(row, if bytes.len() > 8 { u64::MAX } else { value }, bytes.len())
}

/// The content that comes now as an object identifier in its usual form.
pub(super) fn oid(p: &mut Packet<'_>, row: &'static Field) -> Read {
    let bytes = p.ahead();
    p.make_text(row, p.at(), bytes.len(), |text| write_oid(bytes, text));
    p.skip(bytes.len())
}

/// X.690 section 8.19: base 128, the first two numbers in one.
pub(crate) fn write_oid(bytes: &[u8], text: &mut Vec<u8>) {
    let (mut number, mut first) = (0_u64, true);
    for byte in bytes {
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 != 0 {
            continue;
        }
        if first {
            let root = (number / 40).min(2);
            decimal(text, root);
            number -= root * 40;
            first = false;
        }
        text.push(b'.');
        decimal(text, number);
        number = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_end_where_their_lengths_lie() {
        let all: Vec<_> = elements(&[2, 1, 7, 4, 0x81, 2, 8, 9, 5, 9]).collect();
        assert_eq!(all, [(2, &[7][..]), (4, &[8, 9])]);
        assert_eq!(elements(&[0x30, 0x80, 0, 0]).count(), 0, "an indefinite length");
    }

    #[test]
    fn object_identifiers() {
        let text = |bytes: &[u8]| {
            let mut text = Vec::new();
            write_oid(bytes, &mut text);
            String::from_utf8(text).expect("digits")
        };
        assert_eq!(text(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11]), "1.2.840.113549.1.1.11");
        assert_eq!(text(&[0x55, 4, 3]), "2.5.4.3");
        assert_eq!(text(&[0x88, 0x37]), "2.999");
        assert_eq!(text(&[0xff; 40]), "", "without an end");
    }
}
