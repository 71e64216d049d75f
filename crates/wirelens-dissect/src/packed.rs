//! Dissections one behind the other, for another thread to look at.
//!
//! Packed, they are written and read in order, which is what caches of two processors bear best:
//! handed over as they lie, each line of an arena goes back and forth between them.

use crate::arena::{Arena, Flow, Layer, Node};
use crate::input::Facts;
use crate::{Field, OwnedDissection, Session, Stop};

/// Copies of dissections, in their order.
#[derive(Default)]
pub struct Packed {
    nodes: Vec<Node>,
    layers: Vec<Layer>,
    /// Of each frame: its bytes, texts that walks made, derived buffers.
    bytes: Vec<u8>,
    /// Lengths of derived buffers.
    buffers: Vec<usize>,
    frames: Vec<Frame>,
}

/// What of a frame lies in the lists, and what does not.
#[derive(Clone, Copy)]
struct Frame {
    nodes: usize,
    layers: usize,
    captured: usize,
    made: usize,
    buffers: usize,
    facts: Facts,
    stop: Option<(u16, Stop)>,
    contradiction: Option<&'static Field>,
    problems: u32,
    flow: Flow,
}

/// Memory kept by each list, in things.
const KEPT: usize = 1 << 16;

impl Session {
    /// Appends what was dissected last, of a frame whose bytes are `captured`.
    pub fn pack(&self, captured: &[u8], into: &mut Packed) {
        into.push(&self.arena, captured);
    }
}

impl Packed {
    pub(crate) fn push(&mut self, arena: &Arena, captured: &[u8]) {
        let Arena {
            nodes, layers, made, buffers, facts, stop, contradiction, problems, flow, ..
        } = arena;
        let buffers = buffers.get(..arena.buffers_used).unwrap_or_default();
        self.frames.push(Frame {
            nodes: nodes.len(),
            layers: layers.len(),
            captured: captured.len(),
            made: made.len(),
            buffers: buffers.len(),
            facts: *facts,
            stop: *stop,
            contradiction: *contradiction,
            problems: *problems,
            flow: *flow,
        });
        self.nodes.extend_from_slice(nodes);
        self.layers.extend_from_slice(layers);
        self.bytes.extend_from_slice(captured);
        self.bytes.extend_from_slice(made);
        for buffer in buffers {
            self.buffers.push(buffer.len());
            self.bytes.extend_from_slice(buffer);
        }
    }

    /// Forgets them.
    pub fn clear(&mut self) {
        self.nodes.clear();
        self.layers.clear();
        self.bytes.clear();
        self.buffers.clear();
        self.frames.clear();
        self.nodes.shrink_to(KEPT);
        self.bytes.shrink_to(KEPT << 4);
    }

    /// Unpacks one after the other into `place`, where `look` sees it.
    pub fn unpack(&self, place: &mut OwnedDissection, mut look: impl FnMut(&OwnedDissection)) {
        let (mut nodes, mut layers) = (&self.nodes[..], &self.layers[..]);
        let (mut bytes, mut buffers) = (&self.bytes[..], &self.buffers[..]);
        for frame in &self.frames {
            place.put(take(&mut bytes, frame.captured), |arena| {
                arena.clear(u32::MAX);
                arena.facts = frame.facts;
                arena.nodes.extend_from_slice(take(&mut nodes, frame.nodes));
                arena.layers.extend_from_slice(take(&mut layers, frame.layers));
                arena.made.extend_from_slice(take(&mut bytes, frame.made));
                for &length in take(&mut buffers, frame.buffers) {
                    let buffer = take(&mut bytes, length);
                    if let Some(at) = arena.take_buffer() {
                        arena.buffers[at].extend_from_slice(buffer);
                    }
                }
                arena.stop = frame.stop;
                arena.contradiction = frame.contradiction;
                arena.problems = frame.problems;
                arena.flow = frame.flow;
            });
            look(place);
        }
    }
}

/// The first `length` of a list, which goes on behind them.
fn take<'l, T>(list: &mut &'l [T], length: usize) -> &'l [T] {
    let (first, rest) = list.split_at(length.min(list.len()));
    *list = rest;
    first
}
