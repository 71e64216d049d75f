//! NetBIOS names as they are written in packets, RFC 1001 section 14.

use wirelens_dissect::prelude::*;

/// A name of sixteen bytes takes two letters for each.
const ENCODED: usize = 32;
const MOST_POINTERS: usize = 16;
/// Bytes of a name with its scope (RFC 1002 section 4.1).
const LONGEST: usize = 255;

/// Reads a name; pointers count from `start`, and only lead backwards.
pub(crate) fn read(p: &mut Packet<'_>, row: &'static Field, start: usize) -> Read {
    let (at, end) = (p.at(), p.at() + p.left());
    let length = on_the_wire(p.ahead());
    p.need(length)?;
    let bytes = &p.buffer()[..end];
    p.make_text(row, at, length, |out| write(bytes, at, start, out));
    p.skip(length)
}

fn on_the_wire(bytes: &[u8]) -> usize {
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

fn write(bytes: &[u8], mut at: usize, start: usize, out: &mut Vec<u8>) {
    let (from, mut pointers) = (out.len(), 0);
    while let Some(&length) = bytes.get(at) {
        match length {
            1..0x40 => {
                let Some(label) = bytes.get(at + 1..at + 1 + usize::from(length)) else { break };
                if out.len() == from {
                    name(label, out);
                } else if out.len() - from + label.len() < LONGEST {
                    out.push(b'.');
                    out.extend_from_slice(label);
                } else {
                    break;
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
}

/// Fifteen bytes without the spaces behind them, then what kind of name it is.
fn name(label: &[u8], out: &mut Vec<u8>) {
    let letters = |pair: &[u8]| matches!(pair, [b'A'..=b'P', b'A'..=b'P']);
    if label.len() != ENCODED || !label.chunks(2).all(letters) {
        out.extend_from_slice(label);
        return;
    }
    let byte = |pair: &[u8]| match pair {
        &[high, low] => high.wrapping_sub(b'A') << 4 | low.wrapping_sub(b'A'),
        _ => 0,
    };
    let mut name = [0; 16];
    for (to, pair) in name.iter_mut().zip(label.chunks(2)) {
        *to = byte(pair);
    }
    let [name @ .., kind] = name;
    let length = name.iter().rposition(|&byte| byte != b' ').map_or(0, |last| last + 1);
    for &byte in name.iter().take(length) {
        if byte.is_ascii_graphic() || byte == b' ' {
            out.push(byte);
        } else {
            hexadecimal(byte, out);
        }
    }
    hexadecimal(kind, out);
}

fn hexadecimal(byte: u8, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| DIGITS[usize::from(value & 15)];
    out.extend_from_slice(&[b'<', digit(byte >> 4), digit(byte), b'>']);
}
