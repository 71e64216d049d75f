//! Message bodies, RFC 9112 sections 6 and 7.

use wirelens_dissect::Protocol;

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
    if fields.content_encoded {
        if is_own_layer && length == all {
            p.note(&ENCODED_DATA, 0, p.left());
            return Ok(Next::Nothing);
        }
        return whole(p, &ENCODED_DATA, length, None);
    }
    if fields.transfer_encoded {
        return whole(p, &ENCODED_DATA, length, Some(&DATA));
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
    p.later(Next::To(&HTTP), at + length, all - length);
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

/// The rest of a body, shown by the layer inside alone.
pub(super) fn unseen(p: &mut Packet<'_>) -> Step {
    p.later(Next::Data, p.at(), p.declared_left());
    p.skip(p.left())?;
    Ok(Next::Nothing)
}

/// What comes behind the message, if anything does.
fn next_message(p: &mut Packet<'_>, next: Next) -> Step {
    let left = p.declared_left();
    match next {
        _ if left == 0 => Ok(Next::Nothing),
        Next::Again => Ok(Next::Again),
        _ => {
            p.later(next, p.at(), left);
            Ok(Next::Nothing)
        }
    }
}

/// RFC 9112 section 7.1.
fn chunked(p: &mut Packet<'_>, fields: &Fields<'_>) -> Step {
    let header = p.at();
    let mut decoded = 0;
    let complete = loop {
        match Chunk::of(p.ahead()) {
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
            Chunk::Cut => break false,
        }
    };
    let end = p.at();
    let cut_within = !complete && p.left() > 0;
    if cut_within {
        p.skip(p.left())?;
    }
    let rest = p.declared_left();
    if decoded > 0 && !cut_within && !fields.content_encoded {
        let (inside, is_own_layer) = match fields.transfer_encoded {
            true => (&DATA, false),
            false => media_type::protocol(fields.content_type),
        };
        let body = &p.buffer()[header..end];
        p.derive(Next::To(inside), |bytes| append_chunks(body, bytes));
        if complete && rest > 0 {
            p.later(Next::To(&HTTP), end, rest);
        }
        if is_own_layer {
            p.seek(header);
        }
        return Ok(Next::Nothing);
    }
    if !complete && rest > 0 {
        p.need(1)?;
    }
    next_message(p, Next::Again)
}

fn append_chunks(mut body: &[u8], bytes: &mut Vec<u8>) {
    while let Chunk::Data { line, size, boundary } = Chunk::of(body) {
        bytes.extend_from_slice(&body[line..line + size]);
        body = &body[line + size + boundary..];
    }
}

/// A chunk, by the lengths of its parts.
enum Chunk {
    Data { line: usize, size: usize, boundary: usize },
    Last { line: usize, trailer: usize, end: usize },
    Bad { line: usize },
    Cut,
}

impl Chunk {
    fn of(bytes: &[u8]) -> Chunk {
        let line = Line::of(bytes);
        if line.is_cut() {
            return Chunk::Cut;
        }
        let length = line.length();
        let digits = line.text.trim_ascii_start();
        let count = digits.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let size = std::str::from_utf8(&digits[..count]).ok();
        let Some(size) = size.and_then(|digits| usize::from_str_radix(digits, 16).ok()) else {
            return Chunk::Bad { line: length };
        };
        let behind = &bytes[length..];
        if size == 0 {
            return Chunk::last(length, behind);
        }
        let boundary = match behind.get(size..) {
            Some([b'\n', ..]) => 1,
            Some([_, _, ..]) => 2,
            _ => return Chunk::Cut,
        };
        Chunk::Data { line: length, size, boundary }
    }

    /// The last chunk: trailer fields and an empty line, RFC 9112 section 7.1.2.
    fn last(line: usize, behind: &[u8]) -> Chunk {
        let mut trailer = 0;
        loop {
            let field = Line::of(&behind[trailer..]);
            match () {
                () if field.is_cut() => return Chunk::Cut,
                () if field.text.is_empty() => {
                    return Chunk::Last { line, trailer, end: field.end };
                }
                () => trailer += field.length(),
            }
        }
    }
}
