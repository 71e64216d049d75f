//! NetBIOS names as they are written in packets, RFC 1001 section 14.

use std::io::Write;

use wirelens_dissect::prelude::*;

use super::labels;

/// A name of sixteen bytes takes two letters for each.
const ENCODED: usize = 32;

/// Reads a name; pointers count from `start`, and only lead backwards.
pub(crate) fn read(p: &mut Packet<'_>, row: &'static Field, start: usize) -> Read {
    labels::read_by(p, row, start, name)
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
    write(&name, out);
    hexadecimal(kind, out);
}

/// Appends a name without the spaces behind it; what cannot be printed as numbers.
pub(crate) fn write(name: &[u8; 15], out: &mut Vec<u8>) {
    let length = name.iter().rposition(|&byte| byte != b' ').map_or(0, |last| last + 1);
    for &byte in name.iter().take(length) {
        if byte.is_ascii_graphic() || byte == b' ' {
            out.push(byte);
        } else {
            hexadecimal(byte, out);
        }
    }
}

fn hexadecimal(byte: u8, out: &mut Vec<u8>) {
    // Writing to a vector cannot fail.
    let _ = write!(out, "<{byte:02x}>");
}
