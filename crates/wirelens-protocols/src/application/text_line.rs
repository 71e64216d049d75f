//! Lines of dialogues in text: SMTP, POP, IMAP.

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
