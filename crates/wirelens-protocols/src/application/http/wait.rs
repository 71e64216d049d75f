//! Messages that are not complete: a stream is asked for more, a segment by itself is dissected
//! as far as it goes.

use super::chunk::Chunk;
use super::*;

/// Stops where bytes are missing and may still come: [`Stop::Truncated`] says how many are needed
/// at least. `missing` works it out from those that are there; 0 is none.
fn incomplete(p: &Packet<'_>, missing: impl FnOnce(&[u8]) -> usize) -> Read {
    if !p.may_wait() {
        return Ok(());
    }
    match missing(p.ahead()) {
        0 => Ok(()),
        missing => p.need(p.left().saturating_add(missing)),
    }
}

/// Waits until the header of the message that begins here is complete.
pub(super) fn for_header(p: &Packet<'_>) -> Read {
    incomplete(p, missing_of_header)
}

/// Waits until the body that begins here is complete. One that ends with the connection needs
/// more than ever comes.
pub(super) fn for_body(p: &Packet<'_>, framing: Framing) -> Read {
    incomplete(p, |bytes| missing_of_body(framing, bytes))
}

/// Servers refuse shorter ones. It is looked at again with every segment, so it must not be long.
const LONGEST_HEADER: usize = 1 << 16;

/// How many bytes the header that begins here needs at least besides those that are there; 0
/// where it is complete, and where no header begins.
fn missing_of_header(bytes: &[u8]) -> usize {
    if bytes.len() > LONGEST_HEADER || !start_line::may_begin_message(bytes) {
        return 0;
    }
    let mut at = 0;
    loop {
        let line = Line::of(&bytes[at..]);
        at += line.length();
        match () {
            () if line.is_cut() => return 1,
            // An empty line before the message does not end it.
            () if line.text.is_empty() && at > line.end => return cut_line_end(bytes, at),
            () => {}
        }
    }
}

/// How many bytes a body needs at least besides those that are there.
fn missing_of_body(framing: Framing, bytes: &[u8]) -> usize {
    let mut at = 0;
    match framing {
        Framing::Length(length) => {
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            return length.saturating_sub(bytes.len());
        }
        Framing::Rest => return usize::MAX,
        Framing::Chunked => {}
    }
    loop {
        match Chunk::of(&bytes[at..]) {
            Chunk::Data { line, size, boundary } => at += line + size + boundary,
            Chunk::Cut { missing } => return missing,
            Chunk::Bad { .. } => return 0,
            Chunk::Last { line, trailer, end } => {
                return cut_line_end(bytes, at + line + trailer + end);
            }
        }
    }
}

/// A CR ends a line alone only if no LF follows, and that is yet to be seen.
fn cut_line_end(bytes: &[u8], end: usize) -> usize {
    usize::from(end == bytes.len() && bytes.ends_with(b"\r"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every prefix is incomplete, and nothing is asked for that may never come.
    fn grows(whole: &[u8], missing: impl Fn(&[u8]) -> usize) {
        for length in 0..whole.len() {
            let missing = missing(&whole[..length]);
            assert!(missing > 0 && missing <= whole.len() - length, "{missing} at {length}");
        }
        assert_eq!(missing(whole), 0);
        assert_eq!(missing(&[whole, b"more"].concat()), 0);
    }

    #[test]
    fn a_header_is_complete_with_its_empty_line() {
        grows(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", missing_of_header);
        grows(b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", missing_of_header);
        grows(b"HTTP/1.0 200 OK\nServer: a\n\n", missing_of_header);
    }

    #[test]
    fn what_is_no_header_is_not_waited_for() {
        for no in [&b"\x16\x03\x01"[..], b"SSH-2.0-x", b"220 mail.example", b"get /"] {
            assert_eq!(missing_of_header(no), 0, "{no:?}");
        }
        let endless = [&b"GET / HTTP/1.1\r\nA: "[..], &vec![b'a'; LONGEST_HEADER]].concat();
        assert_eq!(missing_of_header(&endless), 0);
    }

    #[test]
    fn a_body_is_complete_as_it_is_framed() {
        grows(b"1234", |bytes| missing_of_body(Framing::Length(4), bytes));
        assert_eq!(missing_of_body(Framing::Length(u64::MAX), b"1"), usize::MAX - 1);
        assert!(missing_of_body(Framing::Rest, b"1234") > 1 << 40);
        for whole in [
            &b"4;name=value\r\nWiki\r\n5\r\npedia\r\n0\r\nExpires: never\r\n\r\n"[..],
            b"4\nWiki\n0\n\n",
            b"0\r\n\r\n",
        ] {
            grows(whole, |bytes| missing_of_body(Framing::Chunked, bytes));
        }
        assert_eq!(missing_of_body(Framing::Chunked, b"xyz\r\n"), 0);
        assert_eq!(missing_of_body(Framing::Chunked, b"ffffffffffffffffff\r\n"), 0);
        assert!(missing_of_body(Framing::Chunked, b"ffffffffffffffff\r\n") > 1 << 40);
    }
}
