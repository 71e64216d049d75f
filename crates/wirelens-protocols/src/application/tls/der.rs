//! Distinguished Encoding Rules, ITU-T X.690: what certificates are written in.

use wirelens_dissect::prelude::*;

/// The tag, and what it says besides its number.
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OID: u8 = 0x06;
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
            bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte))
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

/// How many elements the content has that comes now.
pub(super) fn count(p: &Packet<'_>) -> u64 {
    let mut rest = p.ahead();
    let mut count = 0;
    while let Some(&[_, first]) = rest.first_chunk() {
        let (bytes, length) = match first {
            0..=0x7f => (0, usize::from(first)),
            _ => {
                let bytes = usize::from(first & 0x7f).min(4);
                let number = rest.get(2..2 + bytes).unwrap_or_default();
                (bytes, number.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)))
            }
        };
        count += 1;
        rest = rest.get(2 + bytes + length..).unwrap_or_default();
    }
    count
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
pub(super) fn write_oid(bytes: &[u8], text: &mut Vec<u8>) {
    let (mut number, mut first) = (0_u64, true);
    for byte in bytes {
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 != 0 {
            continue;
        }
        if first {
            let root = (number / 40).min(2);
            write_number(root, text);
            number -= root * 40;
            first = false;
        }
        text.push(b'.');
        write_number(number, text);
        number = 0;
    }
}

fn write_number(number: u64, text: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let (mut rest, mut at) = (number, digits.len());
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    text.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
mod tests {
    use super::*;

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
