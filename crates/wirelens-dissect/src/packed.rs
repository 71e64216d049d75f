//! Dissections one behind the other, for another thread to look at.
//!
//! Packed, they are written and read in order, which is what caches of two processors bear best:
//! handed over as they lie, each line of an arena goes back and forth between them.

use crate::arena::{Arena, Beginning, Flow, Layer, Node};
use crate::input::Facts;
use crate::{Field, Session, Stop};

/// Copies of dissections, in their order, to be unpacked in it. The bytes of the frames themselves
/// are not among them.
#[derive(Default)]
pub struct Packed {
    frames: List<Frame>,
    nodes: List<Node>,
    layers: List<Layer>,
    /// Of each frame: texts that walks made, derived buffers.
    bytes: List<u8>,
    /// Lengths of derived buffers.
    buffers: List<usize>,
}

/// Things one behind the other, and how many of them were taken.
struct List<T> {
    all: Vec<T>,
    taken: usize,
}

/// What of a frame lies in the lists, and what does not.
#[derive(Clone, Copy)]
struct Frame {
    nodes: usize,
    layers: usize,
    made: usize,
    buffers: usize,
    facts: Facts,
    stop: Option<(u16, Stop)>,
    contradiction: Option<&'static Field>,
    problems: u32,
    begins: Option<Beginning>,
    flow: Flow,
}

/// Frames that memory is kept for, where each has the usual number of things.
const KEPT: usize = 1 << 8;

impl Session {
    /// Appends what was dissected last.
    pub fn pack(&self, into: &mut Packed) {
        into.push(&self.arena);
    }

    /// Takes the next of those that were packed by a session like this one, as if it had been
    /// dissected here: [`Session::dissected`] lends it. False when all were taken.
    #[inline]
    pub fn unpack(&mut self, from: &mut Packed) -> bool {
        from.take(&mut self.arena)
    }
}

impl Packed {
    fn push(&mut self, arena: &Arena) {
        let Arena {
            nodes,
            layers,
            made,
            buffers,
            facts,
            stop,
            contradiction,
            problems,
            begins,
            flow,
            ..
        } = arena;
        let buffers = buffers.get(..arena.buffers_used).unwrap_or_default();
        self.frames.all.push(Frame {
            nodes: nodes.len(),
            layers: layers.len(),
            made: made.len(),
            buffers: buffers.len(),
            facts: *facts,
            stop: *stop,
            contradiction: *contradiction,
            problems: *problems,
            begins: *begins,
            flow: *flow,
        });
        self.nodes.all.extend_from_slice(nodes);
        self.layers.all.extend_from_slice(layers);
        self.bytes.all.extend_from_slice(made);
        for buffer in buffers {
            self.buffers.all.push(buffer.len());
            self.bytes.all.extend_from_slice(buffer);
        }
    }

    fn take(&mut self, arena: &mut Arena) -> bool {
        let Some(&frame) = self.frames.take(1).first() else { return false };
        arena.clear(u32::MAX);
        arena.facts = frame.facts;
        arena.nodes.extend_from_slice(self.nodes.take(frame.nodes));
        arena.layers.extend_from_slice(self.layers.take(frame.layers));
        arena.made.extend_from_slice(self.bytes.take(frame.made));
        for &length in self.buffers.take(frame.buffers) {
            let buffer = self.bytes.take(length);
            if let Some(at) = arena.take_buffer() {
                arena.buffers[at].extend_from_slice(buffer);
            }
        }
        arena.stop = frame.stop;
        arena.contradiction = frame.contradiction;
        arena.problems = frame.problems;
        arena.begins = frame.begins;
        arena.flow = frame.flow;
        true
    }

    /// Forgets them.
    pub fn clear(&mut self) {
        self.frames.clear(KEPT);
        self.nodes.clear(KEPT << 6);
        self.layers.clear(KEPT << 3);
        self.bytes.clear(KEPT << 9);
        self.buffers.clear(KEPT);
    }
}

impl<T> Default for List<T> {
    fn default() -> List<T> {
        List { all: Vec::new(), taken: 0 }
    }
}

impl<T> List<T> {
    /// So many more, as far as there are.
    #[inline]
    fn take(&mut self, length: usize) -> &[T] {
        let rest = self.all.get(self.taken..).unwrap_or_default();
        let taken = rest.get(..length).unwrap_or(rest);
        self.taken += taken.len();
        taken
    }

    /// Forgets all, and gives memory back beyond that for so many.
    fn clear(&mut self, kept: usize) {
        self.all.clear();
        self.all.shrink_to(kept);
        self.taken = 0;
    }
}
