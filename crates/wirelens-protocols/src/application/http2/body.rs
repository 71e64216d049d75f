//! Bodies: the data of a stream, put together and handed on by its media type.

use std::mem;

use wirelens_dissect::{Kept, Protocol};

use super::block::Memory;
use super::*;

/// A stream whose body is to come, or has come in part.
pub(super) struct Body {
    stream: u32,
    inside: &'static Protocol,
    bytes: Vec<u8>,
    kept: Kept,
    /// It is longer than is kept.
    too_long: bool,
}

/// More streams than this do not have their bodies put together at once: the oldest goes.
const MOST_STREAMS: usize = 32;

/// Longer bodies than this are not put together.
const MOST_BYTES: usize = 1 << 18;

/// A header of this stream has said what its body is.
pub(super) fn begins(bodies: &mut Vec<Body>, stream: u32, inside: &'static Protocol) {
    bodies.retain(|body| body.stream != stream);
    if bodies.len() >= MOST_STREAMS {
        bodies.remove(0);
    }
    bodies.push(Body { stream, inside, bytes: Vec::new(), kept: Kept::default(), too_long: false });
}

/// The stream ends without the rest of its body.
pub(super) fn reset(p: &mut Packet<'_>, stream: u32) {
    if let Some((memory, forward)) = p.conversation::<Memory>() {
        memory.bodies(forward).retain(|body| body.stream != stream);
        memory.bodies(!forward).retain(|body| body.stream != stream);
    }
}

/// Takes the data of a frame, of `length` bytes from `at`.
pub(super) fn data(p: &mut Packet<'_>, stream: u32, (at, length): (usize, usize), last: bool) {
    let bytes = p.buffer().get(at..at + length).unwrap_or_default();
    let budget = p.budget();
    let Some((memory, forward)) = p.conversation::<Memory>() else { return };
    let bodies = memory.bodies(forward);
    let Some(place) = bodies.iter().position(|body| body.stream == stream) else { return };
    let body = &mut bodies[place];
    let inside = body.inside;
    if last && body.bytes.is_empty() && !body.too_long {
        bodies.remove(place);
        if length > 0 {
            p.later(Next::To(inside), at, length);
        }
        return;
    }
    let together = body.bytes.len() + length;
    body.too_long |= together > MOST_BYTES || !body.kept.set(&budget, together);
    if body.too_long {
        body.bytes = Vec::new();
    } else {
        body.bytes.extend_from_slice(bytes);
    }
    if last {
        let body = bodies.remove(place);
        if body.too_long {
            p.problem_at(&BODY_TOO_LONG, at, length);
            return;
        }
        let bytes = body.bytes;
        p.derive(Next::To(inside), |out| {
            let mut bytes = bytes;
            mem::swap(out, &mut bytes);
        });
    }
}
