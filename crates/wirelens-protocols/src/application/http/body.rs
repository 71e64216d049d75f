//! Message bodies, RFC 9112 sections 6 and 7.

use wirelens_dissect::Protocol;

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
        p.later(Next::To(&HTTP), at + length, all - length);
    }
    if shown != Decoded::OwnLayer {
        p.skip(sent.len())?;
    }
    Ok(Next::Nothing)
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
            p.later(Next::To(&HTTP), end, rest);
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
    p.derive(Next::To(inside), |bytes| append_chunks(chunks, bytes));
    if is_own_layer { Decoded::OwnLayer } else { Decoded::Part }
}

fn append_chunks(mut body: &[u8], bytes: &mut Vec<u8>) {
    while let Chunk::Data { line, size, boundary } = Chunk::of(body) {
        bytes.extend_from_slice(&body[line..line + size]);
        body = &body[line + size + boundary..];
    }
}

/// How far bodies are decoded.
const LIMITS: DecodeLimits = DecodeLimits::DEFAULT;

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
    if !p.records() {
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
        let end = coding::decode(&fields.content, &fields.transfer, bytes, LIMITS, decoded);
        result = Some((end, decoded.is_empty()));
    });
    let Some((end, is_empty)) = result else { return Decoded::Unseen };
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

/// A chunk, by the lengths of its parts.
pub(super) enum Chunk {
    Data { line: usize, size: usize, boundary: usize },
    Last { line: usize, trailer: usize, end: usize },
    Bad { line: usize },
    /// The bytes end before the chunk does, which needs so many more at least.
    Cut { missing: usize },
}

impl Chunk {
    pub(super) fn of(bytes: &[u8]) -> Chunk {
        let line = Line::of(bytes);
        if line.is_cut() {
            return Chunk::Cut { missing: 1 };
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
