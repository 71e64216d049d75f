//! Bodies of several parts: RFC 2046 section 5.1.
//!
//! What divides them is told by the parameter of a header that is not here, and by the first line
//! that begins with two hyphens.

use wirelens_dissect::prelude::*;

use super::http::media_type;
use super::text_part::{Part as Text, line};
use crate::application::data::DATA;

protocol! {
    MIME_MULTIPART = "mime_multipart" "Multipart" "MIME Multipart Media Encapsulation", Application;
    PREAMBLE = bytes "preamble" "Preamble" payload;
    FIRST    = text  "first_boundary" "First Boundary" detail;
    PART     = group "part" "Part" many key("parts") {
        DESCRIPTION = text "header.content-description" "Content-Description" many key("content-description");
        DISPOSITION = text "header.content-disposition" "Content-Disposition" many key("content-disposition") brief("");
        ENCODING    = text "header.content-encoding" "Content-Encoding" many key("content-encoding");
        ID          = text "header.content-id" "Content-ID" many key("content-id");
        LANGUAGE    = text "header.content-language" "Content-Language" many key("content-language");
        LENGTH      = text "header.content-length" "Content-Length" many key("content-length");
        TRANSFER    = text "header.content-transfer-encoding" "Content-Transfer-Encoding" many key("content-transfer-encoding");
        TYPE        = text "header.content-type" "Content-Type" many key("content-type") brief("");
        ORIGINAL    = text "header.originalcontent" "OriginalContent" many key("original-content");
        OTHER       = text "header.other" "Other Header Field" own many key("headers");
        CONTENT     = bytes "content" "Content" own payload;
    };
    BOUNDARY = text  "boundary" "Boundary" many detail;
    LAST     = text  "last_boundary" "Last Boundary" detail;
    TRAILER  = bytes "trailer" "Trailer" payload;
    NO_BOUNDARY = problem "boundary.missing" "No line divides the body" own;
    TOO_MANY = problem "parts.too_many" "More parts than are told apart" own;
}

/// More parts are not told apart.
const MOST_PARTS: usize = 1024;

fn dissect(p: &mut Packet<'_>) -> Step {
    let Some((preamble, token)) = first_boundary(p.ahead()) else {
        p.problem(&NO_BOUNDARY);
        return Ok(Next::Data);
    };
    if preamble > 0 {
        p.bytes(&PREAMBLE, preamble)?;
    }
    p.text(&FIRST, line(p.ahead()).0)?;
    for _ in 0..MOST_PARTS {
        if p.left() == 0 {
            return Ok(Next::Nothing);
        }
        let Some(boundary) = Boundary::find(p.ahead(), token) else {
            let left = p.left();
            p.group(&PART, |p| part(p, left))?;
            return Ok(Next::Nothing);
        };
        p.group(&PART, |p| part(p, boundary.at))?;
        if boundary.is_last {
            p.text(&LAST, boundary.length)?;
            p.remainder(&TRAILER)?;
            return Ok(Next::Nothing);
        }
        p.text(&BOUNDARY, boundary.length)?;
    }
    p.problem(&TOO_MANY);
    p.remainder(&TRAILER)?;
    Ok(Next::Nothing)
}

/// Where the first line is that begins with two hyphens and something else, and what is on it.
fn first_boundary(body: &[u8]) -> Option<(usize, &[u8])> {
    let mut at = 0;
    while at < body.len() {
        let (length, text) = line(&body[at..]);
        let token = body[at..at + text].trim_ascii_end();
        if token.starts_with(b"--") && token.len() > 2 {
            return Some((at, token));
        }
        at += length;
    }
    None
}

/// A line between parts, with the end of the line before it, which belongs to it.
struct Boundary {
    at: usize,
    length: usize,
    is_last: bool,
}

impl Boundary {
    fn find(bytes: &[u8], token: &[u8]) -> Option<Boundary> {
        memchr::memmem::find_iter(bytes, token).find_map(|found| {
            let before = match &bytes[..found] {
                [] => 0,
                [.., b'\r', b'\n'] => 2,
                [.., b'\n'] => 1,
                _ => return None,
            };
            let behind = &bytes[found + token.len()..];
            let (length, text) = line(behind);
            let rest = behind[..text].trim_ascii_end();
            (rest.is_empty() || rest == b"--").then(|| Boundary {
                at: found - before,
                length: before + token.len() + length,
                is_last: rest == b"--",
            })
        })
    }
}

/// A part of `length` bytes: header fields, an empty line, what it holds.
fn part(p: &mut Packet<'_>, length: usize) -> Read {
    let end = p.at() + length;
    let mut content_type = None;
    while p.at() < end {
        let ahead = &p.ahead()[..end - p.at()];
        let (length, text) = line(ahead);
        if text == 0 {
            p.skip(length)?;
            break;
        }
        let (length, text) = with_folded_lines(ahead, length, text);
        let whole = Text { text: &ahead[..text], at: p.at() };
        let (name, Some(value)) = whole.cut(b':') else { break };
        let row = ROWS.iter().find(|(known, _)| name.is(known)).map(|(_, row)| *row);
        if name.is("content-type") {
            content_type = Some(value.trimmed().text);
        }
        // The empty line behind the last one is shown with it.
        let (empty, rest) = line(&ahead[length..]);
        let length = if rest == 0 { length + empty } else { length };
        match row {
            Some(row) => p.make_text(row, p.at(), length, |text| without_spaces(value.text, text)),
            None => p.make_text(&OTHER, p.at(), length, |text| unfolded(whole.text, text)),
        }
        p.skip(length)?;
        if rest == 0 {
            break;
        }
    }
    let (at, left) = (p.at(), end.saturating_sub(p.at()));
    if left > 0 {
        let inside = content_type.map_or(&DATA, |name| media_type::protocol(Some(name)).0);
        p.later(Next::To(inside), at, left);
        p.bytes(&CONTENT, left)?;
    }
    Ok(())
}

/// The length of a field with the lines that go on with it, and without the end of the last.
fn with_folded_lines(ahead: &[u8], mut length: usize, mut text: usize) -> (usize, usize) {
    while text < length && matches!(ahead.get(length), Some(b' ' | b'\t')) {
        let (more, inside) = line(&ahead[length..]);
        (length, text) = (length + more, length + inside);
    }
    (length, text)
}

/// Appends a value with its parameters in their shortest form: no space around semicolons and
/// equals signs but in quotes.
fn without_spaces(value: &[u8], out: &mut Vec<u8>) {
    let is_sign = |byte: Option<&u8>| matches!(byte, Some(b';' | b'='));
    let (mut quoted, mut space) = (false, false);
    let from = out.len();
    for &byte in value {
        if !quoted && byte.is_ascii_whitespace() {
            space = out.len() > from;
            continue;
        }
        if space && !is_sign(out.last()) && !is_sign(Some(&byte)) {
            out.push(b' ');
        }
        quoted ^= byte == b'"';
        space = false;
        out.push(byte);
    }
}

/// Appends the text with spaces for the ends of its lines.
fn unfolded(text: &[u8], out: &mut Vec<u8>) {
    for (index, line) in text.split(|byte| matches!(byte, b'\r' | b'\n')).enumerate() {
        let line = if index > 0 { line.trim_ascii() } else { line };
        if index > 0 && !line.is_empty() {
            out.push(b' ');
        }
        out.extend_from_slice(line);
    }
}

static ROWS: [(&str, &Field); 9] = [
    ("content-description", &DESCRIPTION),
    ("content-disposition", &DISPOSITION),
    ("content-encoding", &ENCODING),
    ("content-id", &ID),
    ("content-language", &LANGUAGE),
    ("content-length", &LENGTH),
    ("content-transfer-encoding", &TRANSFER),
    ("content-type", &TYPE),
    ("originalcontent", &ORIGINAL),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    /// A preamble, a description, another multipart inside, text behind the last boundary.
    const BODY: &[u8] = b"preamble\r\n--b1\r\nContent-Type: application/sdp; x = y\r\nX-Foo: bar\r\n\
        Content-Disposition:  a ;\r\n  b=\"c ; d\"\r\n\r\nv=0\r\n\r\n--b1  \r\n\
        Content-Type: multipart/alternative; boundary=b1-inner\r\n\r\n--b1-inner\r\n\r\none\r\n--b1-inner--\r\n\
        \r\n--b1\r\nno header\r\n--b1--\r\ntrailer\r\n";

    #[test]
    fn parts_and_parts_within() {
        insta::assert_snapshot!(tree(&MIME_MULTIPART, BODY));
        insta::assert_snapshot!(json(&MIME_MULTIPART, BODY));
    }

    #[test]
    fn every_prefix_of_them() {
        every_prefix(&MIME_MULTIPART, BODY);
    }

    #[test]
    fn lines_may_end_with_lf_alone_and_the_last_boundary_may_be_missing() {
        let tree = tree(&MIME_MULTIPART, b"--b\nContent-Type: text/plain\n\none\n--b\n\ntwo");
        assert!(tree.contains("Line: one\n") && tree.contains("Data: 74776f\n"), "{tree}");
    }

    #[test]
    fn a_body_that_nothing_divides_is_data() {
        let tree = tree(&MIME_MULTIPART, b"one\r\n--\r\n");
        assert!(tree.contains("! No line divides") && tree.contains("Data: "), "{tree}");
    }

    #[test]
    fn parts_are_bounded() {
        let tree = tree(&MIME_MULTIPART, &b"--b\n\n".repeat(5000));
        assert!(tree.contains("! More parts"), "{tree}");
    }
}
