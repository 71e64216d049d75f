//! Names made of labels as options and NetBIOS have them: RFC 1035 section 3.1, perhaps compressed
//! (section 4.1.4).

use wirelens_dissect::prelude::*;

/// Pointers that are followed in one name.
const MOST_POINTERS: usize = 16;
/// Bytes of a name that are shown (RFC 1035 section 2.3.4).
const LONGEST: usize = 255;

/// Reads one name. Pointers count from `start`, and only lead backwards.
pub(crate) fn read(p: &mut Packet<'_>, row: &'static Field, start: usize) -> Read {
    read_by(p, row, start, plain)
}

/// The same, with the first label written as `first` does it. Of the root it is empty.
pub(crate) fn read_by(
    p: &mut Packet<'_>,
    row: &'static Field,
    start: usize,
    first: impl Fn(&[u8], &mut Vec<u8>),
) -> Read {
    let (at, end) = (p.at(), p.at() + p.left());
    let length = on_the_wire(p.ahead());
    p.need(length)?;
    let bytes = &p.buffer()[..end];
    p.make_text(row, at, length, |out| append(bytes, at, start, out, first));
    p.skip(length)
}

/// Reads one name without pointers, as DHCPv6 has them (RFC 8415 section 10), and shows whether it
/// has its root.
pub(crate) fn read_rooted(p: &mut Packet<'_>, row: &'static Field) -> Read {
    let (at, left) = (p.at(), p.left());
    let length = on_the_wire(p.ahead()).min(left);
    let bytes = &p.buffer()[..at + length];
    p.make_text(row, at, length, |out| {
        write(bytes, at, at, out);
        if length > 1 && bytes.last() == Some(&0) {
            out.push(b'.');
        }
    });
    p.skip(length)
}

/// Reads names up to the end of the option.
pub(crate) fn read_all(p: &mut Packet<'_>, row: &'static Field) -> Read {
    let start = p.at();
    while p.declared_left() > 0 {
        read(p, row, start)?;
    }
    Ok(())
}

/// How many bytes a name takes where it stands: up to its root, its first pointer, or what is no
/// label.
pub(crate) fn on_the_wire(bytes: &[u8]) -> usize {
    let mut at = 0;
    loop {
        match bytes.get(at) {
            None | Some(0) => return at + 1,
            Some(&length @ 1..0x40) => at += 1 + usize::from(length),
            Some(0xc0..) => return at + 2,
            Some(_) => return bytes.len().max(1),
        }
    }
}

/// Appends the name at `at`; where it ends too early, what there is.
pub(crate) fn write(bytes: &[u8], at: usize, start: usize, out: &mut Vec<u8>) {
    append(bytes, at, start, out, plain);
}

fn plain(label: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(if label.is_empty() { b"<Root>" } else { label });
}

fn append(
    bytes: &[u8],
    mut at: usize,
    start: usize,
    out: &mut Vec<u8>,
    first: impl Fn(&[u8], &mut Vec<u8>),
) {
    let (from, mut pointers) = (out.len(), 0);
    while let Some(&length) = bytes.get(at) {
        match length {
            1..0x40 => {
                let Some(label) = bytes.get(at + 1..at + 1 + usize::from(length)) else { break };
                if out.len() - from + label.len() > LONGEST {
                    break;
                }
                if out.len() > from {
                    out.push(b'.');
                    out.extend_from_slice(label);
                } else {
                    first(label, out);
                }
                at += 1 + label.len();
            }
            0xc0.. => {
                let Some(&low) = bytes.get(at + 1) else { break };
                let target = start + (usize::from(length & 0x3f) << 8 | usize::from(low));
                pointers += 1;
                if target >= at || pointers > MOST_POINTERS {
                    break;
                }
                at = target;
            }
            _ => break,
        }
    }
    if out.len() == from {
        first(b"", out);
    }
}
