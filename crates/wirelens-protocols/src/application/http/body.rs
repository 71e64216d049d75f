//! Message bodies, RFC 9112 sections 6 and 7.

use wirelens_dissect::Protocol;

use super::chunk::{Chunk, append_chunks, is_size_of_chunk};
use super::coding::End;
use super::*;

/// Where a body ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Framing {
    /// After so many bytes.
    Length(u64),
    /// After the last of its chunks.
    Chunked,
    /// With the connection.
    Rest,
}

/// Reads the body, hands it on to the protocol of its media type, and goes on behind it.
pub(super) fn read(p: &mut Packet<'_>, framing: Framing, fields: &Fields<'_>) -> Step {
    let all = p.declared_left();
    let length = match framing {
        Framing::Chunked => return chunked(p, fields),
        Framing::Rest => all,
        Framing::Length(length) => usize::try_from(length).unwrap_or(all).min(all),
    };
    if length == 0 {
        return next_message(p, Next::Again);
    }
    let (inside, is_own_layer) = media_type::protocol(fields.content_type);
    if fields.are_encoded() {
        return encoded(p, length, fields);
    }
    if !is_own_layer {
        return whole(p, &FILE_DATA, length, Some(inside));
    }
    // The header is the layer, the body is the next one.
    p.note(&FILE_DATA, 0, length.min(p.left()));
    if length == all {
        return Ok(Next::To(inside));
    }
    let at = p.at();
    p.later(Next::To(inside), at, length);
    p.goes_on_later(Next::To(&HTTP), at + length);
    Ok(Next::Nothing)
}

/// A body that belongs to the layer; a layer inside shows it too.
pub(super) fn whole(
    p: &mut Packet<'_>,
    row: &'static Field,
    length: usize,
    inside: Option<&'static Protocol>,
) -> Step {
    let at = p.at();
    p.bytes(row, length.min(p.left()))?;
    let Some(inside) = inside else { return next_message(p, Next::Again) };
    p.later(Next::To(inside), at, length);
    next_message(p, Next::To(&HTTP))
}

/// A body that is to be decoded.
fn encoded(p: &mut Packet<'_>, length: usize, fields: &Fields<'_>) -> Step {
    let (at, all) = (p.at(), p.declared_left());
    let sent = &p.ahead()[..length.min(p.left())];
    p.note(&ENCODED_DATA, 0, sent.len());
    let shown = decode(p, fields, at, Sent::Whole(sent));
    if shown == Decoded::Not {
        p.later(Next::Data, at, length);
    }
    if length < all {
        p.goes_on_later(Next::To(&HTTP), at + length);
    }
    if shown != Decoded::OwnLayer {
        p.skip(sent.len())?;
    }
    Ok(Next::Nothing)
}

/// The rest of a body, shown by the layer inside alone.
pub(super) fn unseen(p: &mut Packet<'_>) -> Step {
    let length = rest(p);
    p.later(Next::Data, p.at(), length);
    p.skip(length.min(p.left()))?;
    next_message(p, Next::To(&HTTP))
}

/// How long the rest of a body is whose beginning was not seen: up to the first segment that begins
/// with a message.
pub(super) fn rest(p: &Packet<'_>) -> usize {
    let begins = |at: &usize| {
        let start = Start::of(p.ahead().get(*at..).unwrap_or_default());
        matches!(start, Start::Request | Start::Response)
    };
    p.segments_ahead().find(begins).unwrap_or(p.declared_left())
}

/// What comes behind the message, if anything does.
fn next_message(p: &mut Packet<'_>, next: Next) -> Step {
    let left = p.declared_left();
    match next {
        _ if left == 0 => Ok(Next::Nothing),
        Next::Again => Ok(Next::Again),
        _ => {
            p.goes_on_later(next, p.at());
            Ok(Next::Nothing)
        }
    }
}

/// RFC 9112 section 7.1.
fn chunked(p: &mut Packet<'_>, fields: &Fields<'_>) -> Step {
    let header = p.at();
    let mut decoded = 0;
    let complete = loop {
        let chunk = Chunk::of(p.ahead());
        if let Chunk::Data { line, .. } | Chunk::Last { line, .. } = chunk
            && !is_size_of_chunk(&p.ahead()[..line])
        {
            p.problem_at(&BAD_CHUNK, p.at(), line);
        }
        match chunk {
            Chunk::Data { line, size, boundary } => {
                p.group(&CHUNK, |p| {
                    p.number(&CHUNK_SIZE, size as u64, line)?;
                    p.bytes(&CHUNK_DATA, size)?;
                    p.bytes(&CHUNK_BOUNDARY, boundary)
                })?;
                decoded += size;
            }
            Chunk::Last { line, trailer, end } => {
                p.group(&CHUNK, |p| p.number(&CHUNK_SIZE, 0, line))?;
                if trailer > 0 {
                    p.text(&TRAILER_PART, trailer)?;
                }
                p.skip(end)?;
                break true;
            }
            Chunk::Bad { line } => {
                p.problem_at(&BAD_CHUNK, p.at(), line);
                break false;
            }
            Chunk::Cut { .. } => break false,
        }
    };
    let end = p.at();
    let cut_within = !complete && p.left() > 0;
    if cut_within {
        p.skip(p.left())?;
    }
    let rest = p.declared_left();
    if decoded > 0 && !cut_within {
        let body = &p.buffer()[header..end];
        let shown = match fields.are_encoded() {
            true => decode(p, fields, header, Sent::Chunks(body)),
            false => put_together(p, media_type::protocol(fields.content_type), body),
        };
        if shown == Decoded::Not {
            put_together(p, (&DATA, false), body);
        }
        if complete && rest > 0 {
            p.goes_on_later(Next::To(&HTTP), end);
        }
        if shown == Decoded::OwnLayer {
            p.seek(header);
        }
        return Ok(Next::Nothing);
    }
    if !complete && rest > 0 {
        p.need(1)?;
    }
    next_message(p, Next::Again)
}

/// Shows the data of chunks that are not encoded.
fn put_together(
    p: &mut Packet<'_>,
    (inside, is_own_layer): (&'static Protocol, bool),
    chunks: &[u8],
) -> Decoded {
    let mut made = false;
    p.derive(Next::To(inside), |bytes| {
        append_chunks(chunks, bytes);
        made = !bytes.is_empty();
    });
    if made {
        p.mark_derived(&FILE_DATA);
    }
    if is_own_layer { Decoded::OwnLayer } else { Decoded::Part }
}

/// An encoded body as it was sent.
#[derive(Clone, Copy)]
enum Sent<'a> {
    Whole(&'a [u8]),
    Chunks(&'a [u8]),
}

/// What is shown of a decoded body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Decoded {
    /// A layer of its own behind the header.
    OwnLayer,
    /// A part of the message.
    Part,
    /// Nothing could be decoded.
    Not,
    /// Nobody looks, or the frame has too many already.
    Unseen,
}

/// Decodes a body over a buffer of its own, to be shown as its media type says. It is done only
/// where somebody looks at this layer, since it takes more than all the rest.
fn decode(p: &mut Packet<'_>, fields: &Fields<'_>, at: usize, sent: Sent<'_>) -> Decoded {
    let limits = p.decode_limits();
    if !p.records() || limits.bytes == 0 {
        return Decoded::Unseen;
    }
    let (Sent::Whole(bytes) | Sent::Chunks(bytes)) = sent;
    let length = bytes.len();
    if !(fields.content.are_known() && fields.transfer.are_known()) {
        p.problem_at(&NOT_DECODED, at, length);
        return Decoded::Not;
    }
    let (inside, is_own_layer) = media_type::protocol(fields.content_type);
    let mut result = None;
    p.derive(Next::To(inside), |decoded| {
        let mut together = Vec::new();
        let bytes = match sent {
            Sent::Whole(bytes) => bytes,
            Sent::Chunks(chunks) => {
                append_chunks(chunks, &mut together);
                &together
            }
        };
        let end = coding::decode(&fields.content, &fields.transfer, bytes, limits, decoded);
        result = Some((end, decoded.is_empty()));
    });
    let Some((end, is_empty)) = result else { return Decoded::Unseen };
    if !is_empty {
        p.mark_derived(&FILE_DATA);
    }
    let problem = match end {
        End::Whole => None,
        End::Cut => Some(&ENDS_EARLY),
        End::Corrupt => Some(&CORRUPT),
        End::TooLong => Some(&TOO_LONG),
        End::TooDense => Some(&TOO_DENSE),
    };
    if let Some(problem) = problem {
        p.problem_at(problem, at, length);
    }
    match () {
        () if problem.is_some() && is_empty => Decoded::Not,
        () if is_own_layer => Decoded::OwnLayer,
        () => Decoded::Part,
    }
}

#[cfg(test)]
mod tests {
    use super::super::decoder::tests::{brotli, gzip, text, zstd};
    use super::super::tests::{chains, chains_with};
    use super::*;
    use crate::testing::*;
    use wirelens_dissect::{Detail, Settings};

    /// A response with these header fields and this body.
    fn response(fields: &str, body: &[u8]) -> Vec<u8> {
        [b"HTTP/1.1 200 OK\r\n", fields.as_bytes(), b"\r\n", body].concat()
    }

    fn with_length(fields: &str, body: &[u8]) -> Vec<u8> {
        response(&format!("{fields}Content-Length: {}\r\n", body.len()), body)
    }

    /// The body in chunks of seven bytes.
    fn in_chunks(body: &[u8]) -> Vec<u8> {
        let mut chunks = Vec::new();
        for part in body.chunks(7) {
            chunks.extend_from_slice(format!("{:x}\r\n", part.len()).as_bytes());
            chunks.extend_from_slice(part);
            chunks.extend_from_slice(b"\r\n");
        }
        chunks.extend_from_slice(b"0\r\n\r\n");
        chunks
    }

    const HTML_GZIP: &str = "Content-Type: text/html\r\nContent-Encoding: gzip\r\n";

    #[test]
    fn an_encoded_body_is_shown_decoded() {
        let body = gzip(b"<p>one\n<p>two\n");
        let mut message = with_length(HTML_GZIP, &body);
        insta::assert_snapshot!(tree(&HTTP, &message));
        message.extend_from_slice(b"HTTP/1.1 304 Not Modified\r\n\r\n");
        assert_eq!(chains(&[&message]), ["http:data-text-lines:http"]);
        every_prefix(&HTTP, &message);
    }

    #[test]
    fn every_coding_and_framing() {
        let data = "Content-Type: text/plain\r\n";
        let twice = "Content-Encoding: gzip\r\nContent-Encoding: identity, zstd;q=1,\r\n";
        for (coding, body) in [
            ("Content-Encoding: x-gzip\r\n", gzip(&text())),
            ("Content-Encoding: BR\r\n", brotli()),
            ("Content-Encoding: zstd\r\n", zstd(&text())),
            (twice, zstd(&gzip(&text()))),
            ("Content-Encoding: br, gzip\r\n", gzip(&brotli())),
        ] {
            let fields = format!("{data}{coding}");
            let chunked = format!("{fields}Transfer-Encoding: chunked\r\n");
            for message in [
                with_length(&fields, &body),
                response(&fields, &body),
                response(&chunked, &in_chunks(&body)),
            ] {
                let tree = tree(&HTTP, &message);
                let lines = "Line: Wikipedia, the free encyclopedia: Wikipedia";
                assert!(tree.contains(lines) && tree.contains("the end"), "{coding} {tree}");
                assert_eq!(chains(&[&message]), ["http:data-text-lines"], "{coding}");
            }
        }
        // RFC 9112 section 7.2.
        let transfer = format!("{data}Transfer-Encoding: gzip, chunked\r\n");
        let message = response(&transfer, &in_chunks(&gzip(&text())));
        assert_eq!(chains(&[&message]), ["http:data-text-lines"]);
        let both = format!("{data}Content-Encoding: br\r\nTransfer-Encoding: gzip, chunked\r\n");
        let message = response(&both, &in_chunks(&gzip(&brotli())));
        assert_eq!(chains(&[&message]), ["http:data-text-lines"]);
    }

    #[test]
    fn what_cannot_be_decoded_is_data_and_a_problem() {
        for (coding, body, problem) in [
            ("lzma", &b"\x5d\0\0\x80\0"[..], "A coding of the body is not one that is decoded"),
            ("gzip, lzma", b"12345", "A coding of the body is not one that is decoded"),
            ("gzip", b"\x1f\x8b\xff\xff\xff", "cannot be decoded to its end"),
            ("br", b"\xff\xff\xff\xff", "cannot be decoded to its end"),
            ("zstd", b"\x28\xb5\x2f\xfd", "The encoded body ends early"),
        ] {
            let fields = format!("Content-Type: text/html\r\nContent-Encoding: {coding}\r\n");
            for message in [
                with_length(&fields, body),
                response(&format!("{fields}Transfer-Encoding: chunked\r\n"), &in_chunks(body)),
            ] {
                assert_eq!(chains(&[&message]), ["http:data"], "{coding}");
                let tree = tree(&HTTP, &message);
                assert!(tree.contains(problem), "{coding} {tree}");
            }
        }
    }

    #[test]
    fn what_is_cut_is_shown_as_far_as_it_goes() {
        let body = gzip(&text());
        let message = with_length(HTML_GZIP, &body);
        let cut = &message[..message.len() - 10];
        let tree = tree(&HTTP, cut);
        assert!(tree.contains("The encoded body ends early"), "{tree}");
        assert!(tree.contains("Line: Wikipedia, the free"), "{tree}");
    }

    #[test]
    fn a_body_that_grows_too_much_is_a_problem() {
        let zeros = vec![b' '; 3 << 20];
        let message = with_length("Content-Encoding: zstd\r\n", &zstd(&zeros));
        let tree = tree(&HTTP, &message);
        assert!(tree.contains("so much longer that it is not decoded to its end"), "{tree}");
        assert!(tree.contains("Length: 1048576\n"), "{tree}");
    }

    #[test]
    fn many_bodies_in_one_segment_are_bounded() {
        let many = with_length(HTML_GZIP, &gzip(b"1")).repeat(40);
        let tree = tree(&HTTP, &many);
        assert_eq!(tree.matches("Line: 1\n").count(), 16, "{tree}");
        assert!(tree.contains("More decoded parts than are kept"), "{tree}");
        assert_eq!(tree.matches("Content-Length: ").count(), 40, "{tree}");
    }

    #[test]
    fn nothing_is_decoded_where_nobody_looks() {
        let headers = Settings { detail: Detail::Headers, ..Settings::default() };
        let chunked = format!("{HTML_GZIP}Transfer-Encoding: chunked\r\n");
        let body = gzip(&text());
        for message in [with_length(HTML_GZIP, &body), response(&chunked, &in_chunks(&body))] {
            let message = [&message[..], b"HTTP/1.1 204 No Content\r\n\r\n"].concat();
            assert_eq!(chains_with(headers.clone(), &[&message]), ["http:http"]);
        }
    }

    /// RFC 9112 section 6.3: that is how a response without a length ends.
    #[test]
    fn a_body_until_the_connection_is_closed() {
        let message = response("Content-Type: text/plain\r\n", b"HTTP/1.1 200 OK\r\n\r\n");
        assert_eq!(chains(&[&message]), ["http:data-text-lines"]);
    }

    /// RFC 9112 section 6.3: Transfer-Encoding overrides Content-Length.
    #[test]
    fn chunks_win_over_a_length() {
        let fields = "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n";
        let tree = tree(&HTTP, &response(fields, b"3\r\none\r\n0\r\n\r\n"));
        assert!(tree.contains("Both Transfer-Encoding and Content-Length"), "{tree}");
        assert!(tree.contains("Data: 6f6e65\n"), "{tree}");
    }

    /// RFC 9110 section 8.6 and RFC 9112 section 6.3.
    #[test]
    fn lengths_that_differ_and_lengths_that_do_not() {
        let differ = "Content-Length says different lengths";
        let no_number = "Content-Length is not a number";
        for (fields, problem) in [
            ("Content-Length: 3\r\nContent-Length: 3\r\n", None),
            ("Content-Length: 3, 3\r\n", None),
            ("Content-Length: 3\r\nContent-Length: 4\r\n", Some(differ)),
            ("Content-Length: 4, 3\r\n", Some(differ)),
            ("Content-Length: +3\r\n", Some(no_number)),
            ("Content-Length: 3;\r\n", Some(no_number)),
            ("Content-Length: 0x3\r\n", Some(no_number)),
            ("Content-Length: 99999999999999999999\r\n", Some(no_number)),
        ] {
            let tree = tree(&HTTP, &response(fields, b"one"));
            for one in [differ, no_number] {
                assert_eq!(tree.contains(one), problem == Some(one), "{fields} {tree}");
            }
        }
    }

    /// RFC 9112 section 7.1: digits, then a semicolon and extensions if anything.
    #[test]
    fn sizes_of_chunks() {
        for (size, is_read, is_good) in [
            ("3", true, true),
            ("0003", true, true),
            ("3;a=b;c=\"d\"", true, true),
            ("3 ; a", true, true),
            ("3 ", true, true),
            (" 3", true, false),
            ("3 x", true, false),
            ("3g", true, false),
            ("0x3", true, false),
            ("", false, false),
            ("x", false, false),
            ("-3", false, false),
            ("10000000000000003", false, false),
        ] {
            let body = [size.as_bytes(), b"\r\none\r\n0\r\n\r\n"].concat();
            let tree = tree(&HTTP, &response("Transfer-Encoding: chunked\r\n", &body));
            assert_eq!(tree.contains("is not a hexadecimal number"), !is_good, "{size} {tree}");
            assert_eq!(tree.contains("Data: 6f6e65\n"), is_read, "{size} {tree}");
        }
    }
}
