//! `plist`: Apple's XML property lists.
//!
//! Moments are strings: a `<date>` has whole seconds, and a field is a date or a string by its
//! row, not by its value.

use wirelens_dissect::{Dissection, Key, Kind, Node};

use crate::Line;
use crate::escape::is_unseen;
use crate::syntax::Syntax;
use crate::value::write_plain;

/// The notation of `plist`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plist;

macro_rules! head {
    ($rest:literal) => {
        concat!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
            "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" ",
            "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n",
            "<plist version=\"1.0\">\n",
            $rest
        )
        .as_bytes()
    };
}

impl Syntax for Plist {
    const HEAD: &'static [u8] =
        head!("<dict>\n<key>schema</key><integer>1</integer>\n<key>capture</key>");
    const FRAMES: &'static [u8] = b"<key>frames</key><array>\n";
    const BETWEEN: &'static [u8] = b"";
    const SUMMARY: &'static [u8] = b"</array>\n<key>summary</key>";
    const END: &'static [u8] = b"</dict>\n</plist>\n";
    const ALONE: [&'static [u8]; 2] = [head!(""), b"</plist>\n"];

    fn open(line: &mut Line) -> usize {
        line.add(b"<dict>\n");
        line.len()
    }

    fn close(line: &mut Line, _: usize) {
        line.add(b"</dict>\n");
    }

    fn open_array(line: &mut Line) -> usize {
        line.add(b"<array>\n");
        line.len()
    }

    fn next(_: &mut Line) {}

    fn close_array(line: &mut Line, _: usize) {
        line.add(b"</array>\n");
    }

    fn key(line: &mut Line, key: &Key) {
        Plist::key_text(line, key.as_str(), "");
    }

    fn key_text(line: &mut Line, key: &str, tail: &str) {
        line.room(key.len() + tail.len() + 160);
        line.all(b"<key>");
        line.all(key.as_bytes());
        line.all(tail.as_bytes());
        line.all(b"</key>");
    }

    fn quote(line: &mut Line) {
        line.room(96);
        line.all(b"<string>");
    }

    fn unquote(line: &mut Line) {
        line.add(b"</string>\n");
    }

    fn text(line: &mut Line, text: &[u8]) {
        Plist::quote(line);
        write_escaped(line, text);
        Plist::unquote(line);
    }

    fn number(line: &mut Line, value: u64) {
        line.room(64);
        line.all(b"<integer>");
        line.number(value);
        line.all(b"</integer>\n");
    }

    fn flag(line: &mut Line, value: bool) {
        line.add(if value { b"<true/>\n" } else { b"<false/>\n" });
    }

    fn none(line: &mut Line) {
        line.add(b"<string></string>\n");
    }

    fn scalar(line: &mut Line, frame: &Dissection<'_>, node: &Node) {
        let element: [&[u8]; 2] = match node.field.kind {
            Kind::Uint | Kind::Hex | Kind::Int => [b"<integer>", b"</integer>\n"],
            Kind::Flag => return Plist::flag(line, node.number() != 0),
            Kind::Problem | Kind::Group => return Plist::flag(line, true),
            Kind::Text => return Plist::text(line, frame.text(node)),
            Kind::Float if !f64::from_bits(node.value).is_finite() => {
                return line.add(b"<real>nan</real>\n");
            }
            Kind::Float | Kind::Duration => [b"<real>", b"</real>\n"],
            Kind::Mac | Kind::Eui64 | Kind::Ipv4 | Kind::Ipv6 | Kind::Bytes | Kind::Time => {
                [b"<string>", b"</string>\n"]
            }
        };
        line.add(element[0]);
        write_plain(line, frame, node);
        line.add(element[1]);
    }
}

/// Text as XML 1.0 takes it. Of the characters that it forbids, control characters become their
/// pictures (U+2400 to U+241F), what is not UTF-8 U+FFFD; a carriage return, which a parser would
/// turn into a line feed, and what a terminal would obey become references.
fn write_escaped(line: &mut Line, text: &[u8]) {
    line.room(text.len() * 8);
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '&' => line.all(b"&amp;"),
                '<' => line.all(b"&lt;"),
                '>' => line.all(b"&gt;"),
                '\t' | '\n' => line.put(c as u8),
                '\r' => line.all(b"&#13;"),
                '\0'..' ' => write_char(line, char::from_u32(0x2400 + c as u32).unwrap_or(c)),
                '\u{fffe}' | '\u{ffff}' => write_char(line, char::REPLACEMENT_CHARACTER),
                _ if is_unseen(c) => {
                    line.all(b"&#");
                    line.number((c as u32).into());
                    line.put(b';');
                }
                _ => write_char(line, c),
            }
        }
        if !chunk.invalid().is_empty() {
            write_char(line, char::REPLACEMENT_CHARACTER);
        }
    }
}

fn write_char(line: &mut Line, c: char) {
    line.all(c.encode_utf8(&mut [0; 4]).as_bytes());
}
