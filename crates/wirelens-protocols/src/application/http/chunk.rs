//! Chunks, RFC 9112 section 7.1.

use super::line::Line;

/// A chunk, by the lengths of its parts.
pub(super) enum Chunk {
    Data { line: usize, size: usize, boundary: usize },
    Last { line: usize, trailer: usize, end: usize },
    /// No size can be told.
    Bad { line: usize },
    /// The bytes end before the chunk does, which needs so many more at least.
    Cut { missing: usize },
}

impl Chunk {
    pub(super) fn of(bytes: &[u8]) -> Chunk {
        match Chunk::of_line(bytes) {
            Ok((line, 0)) => Chunk::last(line, &bytes[line..]),
            Ok((line, size)) => Chunk::of_data(line, size, bytes),
            Err(chunk) => chunk,
        }
    }

    /// The length of the line that a chunk begins with, and how much data it says there is. If it
    /// says nothing, the chunk.
    pub(super) fn of_line(bytes: &[u8]) -> Result<(usize, usize), Chunk> {
        let line = Line::of(bytes);
        if line.is_cut() {
            return Err(Chunk::Cut { missing: 1 });
        }
        let length = line.length();
        let size = size_of_chunk(line.text).ok_or(Chunk::Bad { line: length })?;
        Ok((length, size))
    }

    /// A chunk with data, whose line is known.
    pub(super) fn of_data(length: usize, size: usize, bytes: &[u8]) -> Chunk {
        let behind = bytes.get(length..).unwrap_or_default();
        let boundary = match behind.get(size..) {
            Some([b'\n', ..]) => 1,
            Some([_, _, ..]) => 2,
            // A chunk without data comes behind it.
            _ => {
                let shortest = size.saturating_add("\n0\n\n".len());
                return Chunk::Cut { missing: shortest - behind.len() };
            }
        };
        Chunk::Data { line: length, size, boundary }
    }

    /// The last chunk: trailer fields and an empty line, RFC 9112 section 7.1.2.
    fn last(line: usize, behind: &[u8]) -> Chunk {
        let mut trailer = 0;
        loop {
            let field = Line::of(&behind[trailer..]);
            match () {
                () if field.is_cut() => return Chunk::Cut { missing: 1 },
                () if field.text.is_empty() => {
                    return Chunk::Last { line, trailer, end: field.end };
                }
                () => trailer += field.length(),
            }
        }
    }
}

/// Appends the data of the chunks that these bytes begin with.
pub(super) fn append_chunks(mut body: &[u8], bytes: &mut Vec<u8>) {
    while let Chunk::Data { line, size, boundary } = Chunk::of(body) {
        bytes.extend_from_slice(&body[line..line + size]);
        body = &body[line + size + boundary..];
    }
}

/// The number that a line begins with, as most receivers read it: with white space or `0x` before
/// it and anything behind it.
fn size_of_chunk(line: &[u8]) -> Option<usize> {
    let line = line.trim_ascii_start();
    let digits = match line {
        [b'0', b'x' | b'X', digits @ ..] if is_digit(digits.first()) => digits,
        _ => line,
    };
    let count = digits.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    usize::from_str_radix(std::str::from_utf8(&digits[..count]).ok()?, 16).ok()
}

fn is_digit(byte: Option<&u8>) -> bool {
    byte.is_some_and(u8::is_ascii_hexdigit)
}

/// Is this line as RFC 9112 section 7.1 has it: digits, and extensions if anything?
pub(super) fn is_size_of_chunk(line: &[u8]) -> bool {
    let count = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    count > 0 && matches!(line[count..].trim_ascii(), [] | [b';', ..])
}
