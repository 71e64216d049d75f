//! Header blocks: their fields, decoded with what came before in the same direction.

use std::mem;

use wirelens_dissect::{Kept, Protocol};

use super::body::{self, Body};
use super::hpack::{Decoder, Failure, Item};
use super::*;
use crate::application::http::{decimal, media_type};

/// What is remembered of a connection.
#[derive(Default)]
pub(super) struct Memory {
    ways: [Way; 2],
}

/// One direction.
#[derive(Default)]
pub(super) struct Way {
    decoder: Decoder,
    /// The part of a header block that could not be read before the frame that goes on with it.
    cut: Vec<u8>,
    /// Authority, path and scheme of a request.
    uri: [Vec<u8>; 3],
    /// What the media type of the block says of the body.
    body: Option<&'static Protocol>,
    /// The body is encoded: it is left as it was sent.
    encoded: bool,
    /// The block is followed by a body.
    has_body: bool,
    /// The stream the block belongs to.
    stream: u32,
    /// The frame that was read last, and how many bytes of header fields it had.
    spent: (u64, usize),
    bodies: Vec<Body>,
    /// For the table and the part of a block.
    kept: Kept,
}

/// Does a frame begin a block, and is it one that a body follows?
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Begins {
    Body(bool),
    /// It goes on with one.
    No,
}

impl Way {
    /// Gives back what a long block has taken.
    fn shrink(&mut self) {
        let Way { cut, uri: [authority, path, scheme], decoder, .. } = self;
        for bytes in [cut, authority, path, scheme, &mut decoder.name, &mut decoder.value] {
            bytes.shrink_to(MOST_CUT);
        }
    }
}

impl Memory {
    /// The bodies of one direction.
    pub(super) fn bodies(&mut self, forward: bool) -> &mut Vec<Body> {
        &mut self.ways[usize::from(forward)].bodies
    }
}

/// Header fields of a packet that are decoded, in bytes: a few bytes can name a long entry of the
/// table a thousand times.
const MOST_DECODED: usize = 1 << 18;

/// A block that goes on in other frames leaves no more than this to be read.
const MOST_CUT: usize = 1 << 16;

/// Where a block is from.
#[derive(Clone, Copy)]
pub(super) struct Of {
    /// Where its frame starts.
    pub(super) frame: usize,
    pub(super) stream: u32,
}

/// Reads a fragment of `length` bytes that are all there, `last` where no frame goes on with it.
pub(super) fn fragment(p: &mut Packet<'_>, of: Of, length: usize, begins: Begins, last: bool) {
    let (frame, at) = (of.frame, p.at());
    let bytes = p.ahead().get(..length).unwrap_or_default();
    let mut way = match p.conversation::<Memory>() {
        Some((memory, forward)) => mem::take(&mut memory.ways[usize::from(forward)]),
        None => Way::default(),
    };
    if !way.cut.is_empty() && (begins != Begins::No || way.stream != of.stream) {
        // The block before was given up, and what it would have put into the table is not known.
        way.decoder.forget();
        way.cut.clear();
    }
    way.stream = of.stream;
    if let Begins::Body(has_body) = begins {
        (way.body, way.encoded, way.has_body) = (None, false, has_body);
    }
    if way.spent.0 != p.frame_number() {
        way.spent = (p.frame_number(), 0);
    }
    let carried = way.cut.len();
    let mut block = mem::take(&mut way.cut);
    let read = if carried == 0 {
        fields(p, &mut way, bytes, (frame, at, 0))
    } else {
        block.extend_from_slice(bytes);
        fields(p, &mut way, &block, (frame, at, carried))
    };
    let (done, failure) = read;
    let left = carried + length - done;
    match failure {
        None => block.clear(),
        Some(Failure::Cut) if !last && left <= MOST_CUT => {
            if carried == 0 {
                block.extend_from_slice(&bytes[done..]);
            } else {
                block.drain(..done);
            }
        }
        Some(_) => {
            p.problem_at(&BAD_BLOCK, at + done.saturating_sub(carried).min(length), 0);
            way.decoder.forget();
            block.clear();
        }
    }
    way.cut = block;
    way.shrink();
    if !way.kept.set(&p.budget(), way.decoder.memory() + way.cut.capacity()) {
        // A block that cannot be kept is given up when the next begins, as one whose end is lost.
        way.decoder.give_up();
        way.cut = Vec::new();
    }
    if last
        && way.has_body
        && !way.encoded
        && let Some(inside) = way.body.take()
    {
        body::begins(&mut way.bodies, of.stream, inside);
    }
    if let Some((memory, forward)) = p.conversation::<Memory>() {
        memory.ways[usize::from(forward)] = way;
    }
}

/// Decodes fields up to where the block ends. Gives how far they reach.
fn fields(
    p: &mut Packet<'_>,
    way: &mut Way,
    block: &[u8],
    (frame, start, carried): (usize, usize, usize),
) -> (usize, Option<Failure>) {
    let (mut at, mut decoded, mut count) = (0, 0, 0);
    // What came in frames before has no place here.
    let place = |at: usize| start + at.saturating_sub(carried);
    way.uri.iter_mut().for_each(Vec::clear);
    let mut failure = None;
    while at < block.len() {
        let (item, length) = match way.decoder.next(&block[at..]) {
            Ok(read) => read,
            Err(why) => {
                failure = Some(why);
                break;
            }
        };
        let here = (place(at), place(at + length) - place(at));
        at += length;
        p.seek(here.0);
        match item {
            Item::Size(size) => {
                let _ = p.group(&SIZE_UPDATE, |p| {
                    p.note(&NEW_SIZE, size, here.1);
                    p.seek(here.0 + here.1);
                    Ok(())
                });
            }
            Item::Field { representation, index, missing } => {
                count += 1;
                let length = way.decoder.name.len() + way.decoder.value.len();
                decoded += length + 8;
                // As the table counts them, RFC 7541 section 4.1.
                way.spent.1 += length + 32;
                field(p, way, (representation, index, missing), here);
            }
        }
        if way.spent.1 > MOST_DECODED {
            p.problem_at(&TOO_LARGE, place(at), 0);
            way.decoder.forget();
            at = block.len();
        }
    }
    if count > 0 {
        p.mark(&HEADER_LENGTH, frame, 1, decoded as u64);
        p.mark(&HEADER_COUNT, frame, 1, count as u64);
    }
    let [authority, path, scheme] = &way.uri;
    if !scheme.is_empty() && !path.is_empty() {
        p.make_text(&FULL_URI, frame, 0, |text| {
            text.extend_from_slice(scheme);
            text.extend_from_slice(b"://");
            text.extend_from_slice(authority);
            text.extend_from_slice(path);
        });
    }
    (at, failure)
}

fn field(
    p: &mut Packet<'_>,
    way: &mut Way,
    (representation, index, missing): (hpack::Representation, u64, bool),
    (at, length): (usize, usize),
) {
    let (name, value) = (&way.decoder.name[..], &way.decoder.value[..]);
    match name {
        b"content-type" => way.body = Some(media_type::protocol(Some(value)).0),
        b"content-encoding" => way.encoded = value != b"identity",
        _ => {}
    }
    if !p.records() && !missing {
        p.seek(at + length);
        return;
    }
    let known = typed::row(name);
    let part = match name {
        b":authority" => Some(0),
        b":path" => Some(1),
        b":scheme" => Some(2),
        _ => None,
    };
    if let Some(part) = part {
        way.uri[part].clear();
        way.uri[part].extend_from_slice(value);
    }
    let _ = p.group(&HEADER, |p| {
        if missing {
            p.problem_at(&MISSING, at, length);
        }
        if !missing {
            p.mark(&NAME_LENGTH, at, length, name.len() as u64);
            p.make_text(&NAME, at, length, |text| text.extend_from_slice(name));
        }
        if !(missing && representation == hpack::Representation::Indexed) {
            p.mark(&VALUE_LENGTH, at, length, value.len() as u64);
            p.make_text(&VALUE, at, length, |text| text.extend_from_slice(value));
            match known {
                Some(row) if row.kind == Kind::Uint => {
                    if let Some(number) = decimal(value) {
                        p.mark(row, at, length, number);
                    }
                }
                Some(row) => p.make_text(row, at, length, |text| text.extend_from_slice(value)),
                None => {}
            }
            p.make_text(&UNESCAPED, at, length, |text| unescape(value, text));
        }
        p.make_text(&REPRESENTATION, at, 1, |text| {
            text.extend_from_slice(representation.name(index > 0).as_bytes());
        });
        if index > 0 {
            p.mark(&INDEX, at, 1.min(length), index);
        }
        p.seek(at + length);
        Ok(())
    });
}

/// Percent-encoded bytes as what they stand for, RFC 3986 section 2.1.
fn unescape(value: &[u8], text: &mut Vec<u8>) {
    let digit = |at: usize| value.get(at).and_then(|&byte| char::from(byte).to_digit(16));
    let mut at = 0;
    while let Some(&byte) = value.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                text.push((high << 4 | low) as u8);
                at += 3;
            }
            _ => {
                text.push(byte);
                at += 1;
            }
        }
    }
}
