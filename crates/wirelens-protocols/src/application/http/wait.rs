//! Messages that are not complete: a stream is asked for more, a segment by itself is dissected
//! as far as it goes.

use wirelens_dissect::Lack;

use super::chunk::Chunk;
use super::*;

/// Waits until the header of the message that begins here is complete.
pub(super) fn for_header(p: &mut Packet<'_>) -> Read {
    p.wait_while(look_at_header, 0)
}

/// Waits until the body that begins here is complete. One that ends with the connection needs
/// more than ever comes.
pub(super) fn for_body(p: &mut Packet<'_>, framing: Framing) -> Read {
    match framing {
        _ if !p.may_wait() => Ok(()),
        Framing::Length(length) => p.need(usize::try_from(length).unwrap_or(usize::MAX)),
        Framing::Rest => p.need(usize::MAX),
        Framing::Chunked => p.wait_while(look_at_chunks, Seen::chunk(p.done()).0),
    }
}

/// Servers refuse longer headers, and longer lines before a chunk and behind the last.
const LONGEST: usize = 1 << 16;

/// What the header of a message lacks, looked through up to the line that begins at `seen`. It
/// lacks nothing where no header begins.
fn look_at_header(message: &[u8], seen: u64) -> Option<Lack> {
    if message.len() > LONGEST || !start_line::may_begin_message(message) {
        return None;
    }
    let mut at = seen as usize;
    loop {
        let line = Line::of(message.get(at..)?);
        let end = at + line.length();
        if line.is_cut() || may_go_on(message, end) {
            return Some(Lack { seen: at as u64, missing: 1 });
        }
        // An empty line before the message does not end it.
        if line.text.is_empty() && end > line.end {
            return None;
        }
        at = end;
    }
}

/// How far a body in chunks was looked through: where the chunk begins that lacks something, or,
/// with the lowest bit set, the trailer field behind the last chunk.
struct Seen(u64);

impl Seen {
    fn chunk(at: usize) -> Seen {
        Seen((at as u64) << 1)
    }

    fn trailer(at: usize) -> Seen {
        Seen((at as u64) << 1 | 1)
    }

    fn lacks(self, missing: usize) -> Option<Lack> {
        Some(Lack { seen: self.0, missing })
    }
}

/// What a body in chunks lacks. It lacks nothing where something else than a chunk stands.
fn look_at_chunks(message: &[u8], seen: u64) -> Option<Lack> {
    let mut at = (seen >> 1) as usize;
    if seen & 1 == 1 {
        return look_at_trailer(message, at);
    }
    loop {
        let behind = message.get(at..)?;
        match Chunk::of_line(behind) {
            Ok((line, 0)) if may_go_on(message, at + line) => return Seen::chunk(at).lacks(1),
            Ok((line, 0)) => return look_at_trailer(message, at + line),
            Ok((line, size)) => match Chunk::of_data(line, size, behind) {
                Chunk::Data { line, size, boundary } => at += line + size + boundary,
                Chunk::Cut { missing } => return Seen::chunk(at).lacks(missing),
                _ => return None,
            },
            Err(Chunk::Cut { missing }) if behind.len() <= LONGEST => {
                return Seen::chunk(at).lacks(missing);
            }
            Err(_) => return None,
        }
    }
}

/// What trailer fields lack, and the empty line behind them.
fn look_at_trailer(message: &[u8], mut at: usize) -> Option<Lack> {
    loop {
        let field = Line::of(message.get(at..)?);
        let end = at + field.length();
        if field.text.len() > LONGEST {
            return None;
        }
        if field.is_cut() || may_go_on(message, end) {
            return Seen::trailer(at).lacks(1);
        }
        if field.text.is_empty() {
            return None;
        }
        at = end;
    }
}

/// A CR ends a line alone only if no LF follows, and that is yet to be seen.
fn may_go_on(bytes: &[u8], end: usize) -> bool {
    end == bytes.len() && bytes.ends_with(b"\r")
}

#[cfg(test)]
mod tests {
    use super::*;

    type Look = fn(&[u8], u64) -> Option<Lack>;

    /// Every prefix lacks something, nothing is asked for that may never come, and looking on
    /// from where one looked last tells the same.
    fn grows(whole: &[u8], look: Look) {
        let mut on = 0;
        for length in 0..whole.len() {
            let prefix = &whole[..length];
            let lack = look(prefix, 0).expect("a prefix lacks something");
            assert!((1..=whole.len() - length).contains(&lack.missing), "{lack:?} at {length}");
            let resumed = look(prefix, on);
            assert_eq!(resumed, Some(lack), "at {length} from {on}");
            on = lack.seen;
        }
        assert_eq!(look(whole, 0), None);
        assert_eq!(look(whole, on), None);
        assert_eq!(look(&[whole, b"more"].concat(), on), None);
    }

    #[test]
    fn a_header_is_complete_with_its_empty_line() {
        grows(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", look_at_header);
        grows(b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", look_at_header);
        grows(b"HTTP/1.0 200 OK\nServer: a\n\n", look_at_header);
    }

    #[test]
    fn what_is_no_header_is_not_waited_for() {
        for no in [&b"\x16\x03\x01"[..], b"SSH-2.0-x", b"220 mail.example", b"get /"] {
            assert_eq!(look_at_header(no, 0), None, "{no:?}");
        }
        let endless = [&b"GET / HTTP/1.1\r\nA: "[..], &vec![b'a'; LONGEST]].concat();
        assert_eq!(look_at_header(&endless, 0), None);
    }

    #[test]
    fn chunks_are_complete_with_the_trailer() {
        for whole in [
            &b"4;name=value\r\nWiki\r\n5\r\npedia\r\n0\r\nExpires: never\r\nA: b\r\n\r\n"[..],
            b"4\nWiki\n0\n\n",
            b"0\r\n\r\n",
        ] {
            grows(whole, look_at_chunks);
        }
        assert_eq!(look_at_chunks(b"xyz\r\n", 0), None);
        assert_eq!(look_at_chunks(b"ffffffffffffffffff\r\n", 0), None);
        let huge = look_at_chunks(b"ffffffffffffffff\r\n", 0);
        assert!(huge.is_some_and(|lack| lack.missing > 1 << 40));
    }

    #[test]
    fn a_line_without_end_is_no_chunk() {
        let endless = [&b"4;"[..], &vec![b'a'; LONGEST]].concat();
        assert_eq!(look_at_chunks(&endless, 0), None);
        let endless = [&b"0\r\n"[..], &vec![b'a'; LONGEST + 1]].concat();
        assert_eq!(look_at_chunks(&endless, 0), None);
    }
}
