//! JSON: how objects, arrays and values look in it.

use wirelens_dissect::{Dissection, Key, Kind, Node};

use crate::Line;
use crate::object::ObjectWriter;
use crate::syntax::Syntax;
use crate::value::write_plain;

/// Writes frames as JSON objects. It is kept from frame to frame for its memory.
pub type JsonWriter = ObjectWriter<Json>;

/// The notation of `json` and `ndjson`.
///
/// Everything in an object or array is written behind a comma; closing it turns the first comma
/// into the bracket, so that nothing needs to ask whether it is the first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Json;

impl Syntax for Json {
    const HEAD: &'static [u8] = b"{\"schema\":1,\"capture\":";
    const FRAMES: &'static [u8] = b",\"frames\":[\n";
    const BETWEEN: &'static [u8] = b",\n";
    const SUMMARY: &'static [u8] = b"\n],\"summary\":";
    const END: &'static [u8] = b"}\n";
    const ALONE: [&'static [u8]; 2] = [b"", b"\n"];

    #[inline(always)]
    fn open(line: &mut Line) -> usize {
        line.len()
    }

    #[inline(always)]
    fn close(line: &mut Line, opened: usize) {
        close(line, opened, b"{}");
    }

    #[inline(always)]
    fn open_array(line: &mut Line) -> usize {
        line.len()
    }

    #[inline(always)]
    fn next(line: &mut Line) {
        line.room(8);
        line.put(b',');
    }

    #[inline(always)]
    fn close_array(line: &mut Line, opened: usize) {
        close(line, opened, b"[]");
    }

    #[inline(always)]
    fn key(line: &mut Line, key: &Key) {
        line.room(Key::ROOM + 96);
        let (bytes, length) = key.padded();
        line.padded(bytes, length);
    }

    #[inline(always)]
    fn key_text(line: &mut Line, key: &str, tail: &str) {
        line.room(key.len() + tail.len() + 96);
        line.all(b",\"");
        line.all(key.as_bytes());
        line.all(tail.as_bytes());
        line.all(b"\":");
    }

    #[inline(always)]
    fn quote(line: &mut Line) {
        line.room(64);
        line.put(b'"');
    }

    #[inline(always)]
    fn unquote(line: &mut Line) {
        line.room(8);
        line.put(b'"');
    }

    fn text(line: &mut Line, text: &[u8]) {
        line.json_text(text);
    }

    #[inline(always)]
    fn number(line: &mut Line, value: u64) {
        line.room(32);
        line.number(value);
    }

    #[inline(always)]
    fn flag(line: &mut Line, value: bool) {
        line.room(8);
        flag(line, value);
    }

    fn none(line: &mut Line) {
        line.add(b"null");
    }

    #[inline(always)]
    fn scalar(line: &mut Line, frame: &Dissection<'_>, node: &Node) {
        match node.field.kind {
            Kind::Uint | Kind::Hex => line.number(node.number()),
            Kind::Flag => flag(line, node.number() != 0),
            Kind::Ipv4 => {
                line.put(b'"');
                line.ipv4(node.value as u32);
                line.put(b'"');
            }
            Kind::Mac => {
                let [_, _, bytes @ ..] = node.value.to_be_bytes();
                line.put(b'"');
                line.mac(&bytes);
                line.put(b'"');
            }
            _ => rare_scalar(line, frame, node),
        }
    }
}

#[inline(always)]
fn close(line: &mut Line, opened: usize, brackets: &[u8; 2]) {
    line.room(2);
    if line.len() == opened {
        line.put(brackets[0]);
    } else {
        line.replace(opened, brackets[0]);
    }
    line.put(brackets[1]);
}

#[inline(always)]
fn flag(line: &mut Line, value: bool) {
    if value { line.store(b"true\0\0\0\0", 4) } else { line.store(b"false\0\0\0", 5) }
}

#[inline(never)]
fn rare_scalar(line: &mut Line, frame: &Dissection<'_>, node: &Node) {
    line.room(96);
    match node.field.kind {
        Kind::Text => line.json_text(frame.text(node)),
        Kind::Float if !f64::from_bits(node.value).is_finite() => line.all(b"null"),
        Kind::Ipv6 if frame.ipv6(node).is_none() => line.all(b"null"),
        Kind::Problem | Kind::Group => line.all(b"true"),
        Kind::Ipv6 | Kind::Bytes | Kind::Eui64 | Kind::Time => {
            line.put(b'"');
            write_plain(line, frame, node);
            line.put(b'"');
        }
        _ => write_plain(line, frame, node),
    }
}
