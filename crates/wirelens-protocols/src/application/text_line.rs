//! Lines of dialogues in text: FTP, SMTP, POP.

use wirelens_dissect::prelude::*;

/// A line of the bytes that are ahead.
#[derive(Clone, Copy)]
pub(super) struct TextLine<'a> {
    /// What it says, without its end.
    pub(super) text: &'a [u8],
    /// Its bytes, with its end.
    pub(super) length: usize,
}

impl<'a> TextLine<'a> {
    /// The first line of these bytes; the last one may lack its end.
    pub(super) fn first_of(bytes: &'a [u8]) -> TextLine<'a> {
        let (length, text) = match memchr::memchr(b'\n', bytes) {
            Some(at) => (at + 1, &bytes[..at]),
            None => (bytes.len(), bytes),
        };
        TextLine { text: text.strip_suffix(b"\r").unwrap_or(text), length }
    }
}

/// Reads a word under `row`, up to a space, and the spaces behind it. Returns it; nothing where
/// the line has no more.
pub(super) fn word<'a>(p: &mut Packet<'a>, row: &'static Field, end: usize) -> Read<&'a [u8]> {
    let left = end.saturating_sub(p.at()).min(p.left());
    let ahead = &p.ahead()[..left];
    let length = memchr::memchr(b' ', ahead).unwrap_or(left);
    if length == 0 {
        return Ok(b"");
    }
    let word = p.text(row, length)?;
    spaces(p, end)?;
    Ok(word)
}

fn spaces(p: &mut Packet<'_>, end: usize) -> Read {
    let left = end.saturating_sub(p.at()).min(p.left());
    let count = p.ahead()[..left].iter().take_while(|byte| **byte == b' ').count();
    p.skip(count)
}

/// Reads the rest of the line under `row`, if there is any.
pub(super) fn rest_of_line(p: &mut Packet<'_>, row: &'static Field, end: usize) -> Read {
    match end.saturating_sub(p.at()).min(p.left()) {
        0 => Ok(()),
        length => p.text(row, length).map(drop),
    }
}

/// The code that a line of a reply begins with: three digits, and a space, a hyphen or nothing.
pub(super) fn code_of(line: &[u8]) -> Option<u16> {
    let (digits, rest) = line.split_first_chunk::<3>()?;
    let code = digits.iter().try_fold(0, |code, digit| {
        digit.is_ascii_digit().then(|| code * 10 + u16::from(digit - b'0'))
    })?;
    matches!(rest.first(), None | Some(b' ' | b'-' | b'\r' | b'\n')).then_some(code)
}

/// Is this the beginning of text? What begins otherwise is encrypted, or was joined midway.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().take(4).all(|byte| matches!(byte, b'\t' | b'\r' | b'\n' | b' '..=b'~'))
}

/// Waits for the end of a line that is not longer than `longest`.
pub(super) fn wait_for_line(p: &Packet<'_>, longest: usize) -> Read {
    let ahead = p.ahead();
    if p.may_wait() && !ahead.ends_with(b"\n") && ahead.len() < longest {
        p.need(ahead.len() + 1)?;
    }
    Ok(())
}

/// The end of a message in SMTP and POP, a line with a dot alone: RFC 5321 section 4.1.1.4, RFC
/// 1939 section 3. It may be cut anywhere.
pub(super) struct DotEnd {
    /// The last bytes so far.
    tail: [u8; 4],
}

impl Default for DotEnd {
    /// A message may begin with its end.
    fn default() -> DotEnd {
        DotEnd { tail: *b"  \r\n" }
    }
}

impl DotEnd {
    /// Where the message ends in the bytes that come next, its last line included.
    pub(super) fn find(&mut self, bytes: &[u8]) -> Option<usize> {
        const END: &[u8; 5] = b"\r\n.\r\n";
        let mut cut = (1..END.len()).map(|before| END.split_at(before));
        let end = cut
            .find(|(first, rest)| self.tail.ends_with(first) && bytes.starts_with(rest))
            .map(|(_, rest)| rest.len())
            .or_else(|| memchr::memmem::find(bytes, END).map(|at| at + END.len()));
        let kept = bytes.len().min(4);
        self.tail.rotate_left(kept);
        self.tail[4 - kept..].copy_from_slice(&bytes[bytes.len() - kept..]);
        end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_message_may_be_cut_anywhere() {
        let whole = b"ab\r\n.\r\n";
        for cut in 0..=whole.len() {
            let (before, after) = whole.split_at(cut);
            let mut end = DotEnd::default();
            assert!(end.find(before).is_some() || end.find(after).is_some(), "cut at {cut}");
        }
        assert_eq!(DotEnd::default().find(b".\r\nQUIT"), Some(3), "an empty message");
        assert_eq!(DotEnd::default().find(b"a\r\n..\r\n"), None);
    }

    #[test]
    fn lines_end_in_two_ways() {
        let line = TextLine::first_of(b"a b\r\nc");
        assert_eq!((line.text, line.length), (&b"a b"[..], 5));
        let line = TextLine::first_of(b"a\n");
        assert_eq!((line.text, line.length), (&b"a"[..], 2));
        assert_eq!(TextLine::first_of(b"a").length, 1);
    }
}
