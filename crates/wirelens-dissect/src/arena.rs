//! What a frame's dissection leaves behind: nodes, layers, and the bytes they lie in.

use std::hash::{Hash, Hasher};

use crate::input::Facts;
use crate::limit::Reached;
use crate::streams::InStream;
use crate::table::ProtocolId;
use crate::waiting::{Source, StreamId, Wanted, Watch};
use crate::{Field, OriginRows, Protocol, Stop};

/// One value at one place: 32 bytes, `Copy`, in an arena that is reused for every frame.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// What it is.
    pub field: &'static Field,
    /// The word that was read (see [`Node::number`]); for made text, where it stands.
    pub value: u64,
    /// Where it starts in its buffer, in bytes.
    pub offset: u32,
    /// How many bytes it covers.
    pub length: u32,
    /// How many of the nodes that follow are inside it.
    pub inside: u32,
    /// The buffer it lies in: 0 is the frame, others are derived.
    pub buffer: u8,
    /// Its text was made by the walk and does not stand in the buffer.
    pub(crate) made: bool,
}

impl Node {
    /// Its number: the bits of the word that are this field.
    #[inline(always)]
    pub fn number(&self) -> u64 {
        self.field.of(self.value)
    }

    /// The same bytes seen as a view of its field.
    #[inline(always)]
    pub fn view(&self, field: &'static Field) -> Node {
        let (first, length) = match field.span {
            (_, 0) => (0, self.length),
            (first, length) => (first.into(), length.into()),
        };
        Node { field, offset: self.offset + first, length, inside: 0, ..*self }
    }
}

/// One protocol's part of a frame.
#[derive(Clone, Copy, Debug)]
pub struct Layer {
    /// Whose it is.
    pub protocol: &'static Protocol,
    /// The same as a number of the session's registry.
    pub id: ProtocolId,
    /// The buffer it lies in: 0 is the frame.
    pub buffer: u8,
    /// It is part of a packet that an error message quotes.
    pub quoted: bool,
    /// Where it starts in its buffer, in bytes.
    pub start: u32,
    /// How many bytes the walk read: the header, or everything.
    pub length: u32,
    /// Where its bytes end as far as they were captured: header and payload.
    pub end: u32,
    /// Where they end as its own lengths say; behind `end` if the capture cut the frame.
    pub declared: u32,
    pub(crate) nodes: (u32, u32),
    pub(crate) trailer: (u32, u32),
}

/// The tuple of the innermost addresses and ports, as far as they were read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Flow {
    /// Source address; an IPv4 address is the number itself.
    pub source: u128,
    /// Destination address.
    pub destination: u128,
    /// Source and destination port.
    pub ports: (u16, u16),
    /// IP protocol number of the transport.
    pub protocol: u8,
    /// 4 or 6; 0 where no address was read.
    pub version: u8,
}

/// In as few words as there are: what is hashed part by part takes three times as long.
impl Hash for Flow {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Flow { source, destination, ports: (a, b), protocol, version } = *self;
        state.write_u128(source);
        state.write_u128(destination);
        let [c, d] = [protocol, version].map(u64::from);
        state.write_u64(u64::from(a) << 48 | u64::from(b) << 32 | c << 8 | d);
    }
}

/// Cleared, not freed, between frames.
#[derive(Default, Clone)]
pub(crate) struct Arena {
    /// Written where the frame comes in, so that nobody has to carry them along.
    pub(crate) facts: Facts,
    /// What derived buffers came from.
    pub(crate) sources: Vec<Source>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) layers: Vec<Layer>,
    /// Text made by walks.
    pub(crate) made: Vec<u8>,
    /// Derived buffers; the first `buffers_used` belong to this frame. Buffer n of a node is
    /// number n - 1 here.
    pub(crate) buffers: Vec<Vec<u8>>,
    pub(crate) buffers_used: usize,
    /// Walks to do once the present one has ended.
    pub(crate) later: Vec<Later>,
    pub(crate) stop: Option<(u16, Stop)>,
    /// What made the walk that was malformed last say so.
    pub(crate) contradiction: Option<&'static Field>,
    pub(crate) problems: u32,
    /// A message that begins here and waits for its rest.
    pub(crate) begins: Option<Beginning>,
    pub(crate) reached: Reached,
    pub(crate) flow: Flow,
    /// Where the addresses of quoted packets go; nobody looks at them behind the walk.
    pub(crate) quoted_flow: Flow,
    /// The buffer being walked holds nothing but a message of this stream that is not complete.
    pub(crate) unread: Option<(StreamId, Wanted)>,
    /// How the message that a walk stops for just now is to be looked at.
    pub(crate) watch: Option<Watch>,
}

/// Memory kept from frame to frame for each of made text and derived buffers, in bytes: what a
/// message larger than most took is given back.
const KEPT: usize = 1 << 18;

/// The same of nodes.
const KEPT_NODES: usize = 1 << 13;

/// What of a message is in the frame that it begins in. It is dissected in the one that completes it.
#[derive(Clone, Copy, Debug)]
pub struct Beginning {
    /// Whose message it is.
    pub protocol: &'static Protocol,
    /// The buffer that it begins in: 0 is the frame.
    pub buffer: u8,
    /// Where it begins there.
    pub start: u32,
    /// Where the bytes end that are there.
    pub end: u32,
}

/// A part of a layer to be dissected behind it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Later {
    pub(crate) next: crate::Next,
    pub(crate) at: u32,
    pub(crate) end: u32,
    pub(crate) declared: u32,
    pub(crate) buffer: u8,
    pub(crate) quoted: bool,
    pub(crate) fragment: bool,
    /// Its buffer is what segments carried, one behind the other.
    pub(crate) of_segments: bool,
    /// The layer that left it.
    pub(crate) layer: u16,
    /// What the layers outside its parent's buffer keep apart; those in it are added when it is
    /// dissected, since the layer that leaves it is none of them yet.
    pub(crate) scope: u64,
    /// The stream it is the next of.
    pub(crate) stream: Option<InStream>,
    /// Which of the arena's sources its buffer came from.
    pub(crate) sources: (u32, u32),
    /// Where that is recorded.
    pub(crate) origin: Option<Origin>,
}

/// The nodes that say what a buffer came from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    pub(crate) rows: &'static OriginRows,
    pub(crate) nodes: (u32, u32),
}

/// More derived buffers than this are not made for one frame.
const MOST_BUFFERS: usize = 16;

impl Arena {
    /// What the layers among `layers` that lie in `buffer`, whose bytes are `bytes`, keep apart
    /// besides `scope`.
    pub(crate) fn scope(scope: u64, layers: &[Layer], buffer: u8, bytes: &[u8]) -> u64 {
        layers.iter().filter(|layer| layer.buffer == buffer).fold(scope, |scope, layer| {
            let Some(identity) = layer.protocol.scope else { return scope };
            let header = bytes.get(layer.start as usize..).unwrap_or_default();
            // Fibonacci hashing; that two scopes meet needs the same packet otherwise as well.
            (scope ^ identity(header)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23)
        })
    }

    /// Bytes to be dissected by `next` once this walk has ended; `fill` appends them.
    pub(crate) fn derive(
        &mut self,
        next: crate::Next,
        scope: u64,
        sources: &[Source],
        fill: impl FnOnce(&mut Vec<u8>),
    ) -> Option<&mut Later> {
        let used = self.take_buffer()?;
        let buffer = &mut self.buffers[used];
        fill(buffer);
        let end = buffer.len() as u32;
        let first = self.sources.len() as u32;
        self.sources.extend_from_slice(sources);
        self.later.push(Later {
            next,
            at: 0,
            end,
            declared: end,
            buffer: self.buffers_used as u8,
            quoted: false,
            fragment: false,
            of_segments: false,
            layer: self.layers.len() as u16,
            scope,
            stream: None,
            sources: (first, self.sources.len() as u32),
            origin: None,
        });
        self.later.last_mut()
    }

    /// An empty buffer for this frame, if there is one left.
    pub(crate) fn take_buffer(&mut self) -> Option<usize> {
        let used = self.buffers_used;
        if used >= MOST_BUFFERS {
            self.reached.buffers = true;
            return None;
        }
        if self.buffers.len() == used {
            self.buffers.push(Vec::new());
        }
        self.buffers[used].clear();
        self.buffers_used += 1;
        Some(used)
    }

    /// Makes room for a frame. `most_nodes` are the nodes that a frame may have.
    #[inline(always)]
    pub(crate) fn clear(&mut self, most_nodes: u32) {
        self.nodes.clear();
        self.layers.clear();
        self.stop = None;
        self.contradiction = None;
        self.begins = None;
        self.problems = 0;
        self.flow = Flow::default();
        let used = self.made.len() | self.later.len() | self.sources.len() | self.buffers_used;
        if used != 0 || self.reached.any() {
            self.clear_what_is_rare(most_nodes as usize);
        }
    }

    #[cold]
    #[inline(never)]
    fn clear_what_is_rare(&mut self, most_nodes: usize) {
        // Nodes are counted where they need more room, so there must not be room for more than
        // the limit; rows that say it was reached made some.
        if self.nodes.capacity() > most_nodes.min(KEPT_NODES) {
            self.nodes.shrink_to(most_nodes.min(KEPT_NODES));
        }
        self.made.clear();
        if self.made.capacity() > KEPT {
            self.made.shrink_to(KEPT);
        }
        for bytes in self.buffers.iter_mut().take(self.buffers_used) {
            bytes.clear();
            bytes.shrink_to(KEPT);
        }
        self.later.clear();
        self.sources.clear();
        self.buffers_used = 0;
        self.reached = Reached::default();
    }
}
