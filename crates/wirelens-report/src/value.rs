//! The value of a node as plain text: what stands between the quotes of every notation.

use wirelens_dissect::{Dissection, Kind, Node};

use crate::Line;
use crate::escape::write_safe;
use crate::moment::write_rfc3339;

/// Writes the value as programs read it: numbers in decimal, addresses as they are written, bytes
/// in hexadecimal, moments as RFC 3339 in UTC, lengths of time in seconds with nine digits behind
/// the point, `true` or `false`. Text is escaped as for a terminal.
pub(crate) fn write_plain(line: &mut Line, frame: &Dissection<'_>, node: &Node) {
    line.room(96);
    match node.field.kind {
        Kind::Uint | Kind::Hex => line.number(node.number()),
        Kind::Int => line.signed(node.value as i64),
        Kind::Float => line.float(f64::from_bits(node.value)),
        Kind::Flag => line.all(if node.number() != 0 { b"true" } else { b"false" }),
        Kind::Mac => {
            let [_, _, bytes @ ..] = node.value.to_be_bytes();
            line.mac(&bytes);
        }
        Kind::Eui64 => line.mac(&node.value.to_be_bytes()),
        Kind::Ipv4 => line.ipv4(node.value as u32),
        Kind::Ipv6 => {
            if let Some(bytes) = frame.ipv6(node) {
                line.ipv6(bytes);
            }
        }
        Kind::Bytes => line.hex_all(frame.bytes(node)),
        Kind::Text => write_safe(line, frame.text(node)),
        Kind::Time => {
            let time = node.value as i64;
            let rest = time.rem_euclid(1_000_000_000) as u32;
            write_rfc3339(line, time.div_euclid(1_000_000_000), rest);
        }
        Kind::Duration => line.seconds(node.value as i64),
        Kind::Group | Kind::Problem => line.all(b"true"),
    }
}
