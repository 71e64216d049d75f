//! Dissections put together from what another program found.

use crate::arena::{Arena, Flow, Layer, Node};
use crate::table::ProtocolId;
use crate::{Field, Input, Kind, Limits, OwnedDissection, Protocol, Stop};

/// Writes layers and nodes that no walk has found. What is more than limits allow is left out, and
/// a problem of the frame, as everywhere.
pub struct Composer<'c> {
    arena: &'c mut Arena,
    registry: &'c crate::Registry,
    most_layers: usize,
    most_nodes: usize,
    most_text: usize,
    captured: u32,
    /// The derived buffer that bytes are added to.
    buffer: Option<usize>,
    /// A layer is open.
    open: bool,
}

/// Where something lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Place {
    /// 0 is the frame, others are derived from it.
    pub buffer: u8,
    /// Where it starts in its buffer, in bytes.
    pub offset: u32,
    /// How many bytes it covers.
    pub length: u32,
}

/// What a node says, as its row's kind has it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Made<'v> {
    /// The word of a number, a flag, a link or IPv4 address, a moment; anything for a heading.
    Number(u64),
    /// Text, or the sixteen bytes of an IPv6 address.
    Text(&'v [u8]),
    /// The bytes where it lies.
    Bytes,
}

impl OwnedDissection {
    /// Forgets the frame it had, for another one that is put together.
    pub fn compose(&mut self, input: Input<'_>, limits: &Limits) -> Composer<'_> {
        self.put(input.captured, |arena| {
            arena.clear(limits.nodes);
            arena.facts = input.facts();
        });
        self.go_on(limits)
    }

    /// Adds layers to those that there are.
    pub fn go_on(&mut self, limits: &Limits) -> Composer<'_> {
        let (captured, arena, registry) = self.parts();
        Composer {
            arena,
            registry,
            most_layers: limits.layers,
            most_nodes: limits.nodes as usize,
            most_text: limits.text as usize + captured.len(),
            captured: captured.len() as u32,
            buffer: None,
            open: false,
        }
    }

    /// Takes the innermost layers away from the one of this index on, with their nodes, and why
    /// dissection stopped in one of them.
    pub fn cut(&mut self, layers: usize) {
        let (_, arena, _) = self.parts();
        let Some(first) = arena.layers.get(layers) else { return };
        let (from, problems) = (first.nodes.0 as usize, &mut arena.problems);
        for node in arena.nodes.get(from..).unwrap_or_default() {
            *problems -= u32::from(node.field.kind == Kind::Problem && *problems > 0);
        }
        arena.nodes.truncate(from);
        arena.layers.truncate(layers);
        for layer in &mut arena.layers {
            let end = |to: u32| to.min(from as u32);
            layer.trailer = (end(layer.trailer.0), end(layer.trailer.1));
        }
        arena.stop = arena.stop.filter(|(layer, _): &(u16, Stop)| usize::from(*layer) < layers);
    }
}

impl Composer<'_> {
    /// Begins a layer, perhaps of a packet that an error message quotes; the nodes that follow are
    /// its. False beyond the limit: then they are left out.
    pub fn layer(&mut self, protocol: &'static Protocol, quoted: bool) -> bool {
        self.end_layer();
        if self.arena.layers.len() >= self.most_layers {
            self.arena.reached.layers = true;
            return false;
        }
        let node = self.arena.nodes.len() as u32;
        self.arena.layers.push(Layer {
            protocol,
            id: self.registry.id(protocol).unwrap_or(ProtocolId(0)),
            buffer: 0,
            quoted,
            start: 0,
            length: 0,
            end: 0,
            declared: 0,
            nodes: (node, node),
            trailer: (0, 0),
        });
        self.open = true;
        true
    }

    /// Says where the open layer's own bytes lie. It ends where the frame does, as far as it was
    /// captured, or with its bytes where they are derived.
    pub fn lies(&mut self, place: Place) {
        let (captured, length) = (self.captured, self.arena.facts.length);
        let Some(layer) = self.arena.layers.last_mut().filter(|_| self.open) else { return };
        let end = place.offset.saturating_add(place.length);
        layer.buffer = place.buffer;
        (layer.start, layer.length) = (place.offset, place.length);
        match place.buffer {
            0 => (layer.end, layer.declared) = (captured, length.max(captured)),
            _ => (layer.end, layer.declared) = (end, end),
        }
    }

    /// Records a node of the open layer; none where there is no open layer or no room. What is
    /// recorded until it is [closed](Self::close) is inside it, if it is closed.
    pub fn node(&mut self, field: &'static Field, made: Made<'_>, place: Place) -> Option<usize> {
        if !self.open {
            return None;
        }
        let at = self.arena.nodes.len();
        let text = if let Made::Text(text) = made { text } else { &[] };
        if at >= self.most_nodes || self.arena.made.len() + text.len() > self.most_text {
            self.arena.reached.fields = true;
            return None;
        }
        let value = match made {
            Made::Number(number) => number,
            Made::Bytes => 0,
            Made::Text(text) => {
                let from = self.arena.made.len();
                self.arena.made.extend_from_slice(text);
                (from as u64) << 32 | self.arena.made.len() as u64
            }
        };
        self.arena.problems += u32::from(field.kind == Kind::Problem);
        let Place { buffer, offset, length } = place;
        let made = matches!(made, Made::Text(_));
        self.arena.nodes.push(Node { field, value, offset, length, inside: 0, buffer, made });
        Some(at)
    }

    /// What was recorded behind the node `at` is inside it.
    pub fn close(&mut self, at: usize) {
        let end = self.arena.nodes.len();
        if let Some(node) = self.arena.nodes.get_mut(at) {
            node.inside = end.saturating_sub(at + 1) as u32;
        }
    }

    /// Keeps bytes that are not in the frame; where they lie from now on.
    pub fn keep(&mut self, bytes: &[u8]) -> Option<Place> {
        let used = match self.buffer {
            Some(used) => used,
            None => {
                let used = self.arena.take_buffer()?;
                self.buffer = Some(used);
                used
            }
        };
        let buffer = self.arena.buffers.get_mut(used)?;
        let offset = u32::try_from(buffer.len()).ok()?;
        let length = u32::try_from(bytes.len()).ok()?;
        buffer.extend_from_slice(bytes);
        Some(Place { buffer: used as u8 + 1, offset, length })
    }

    /// The innermost addresses and ports, to be told.
    pub fn flow(&mut self) -> &mut Flow {
        &mut self.arena.flow
    }

    /// Ends it.
    pub fn end(mut self) {
        self.end_layer();
        if self.arena.reached.any() {
            self.arena.limits_reached();
        }
    }

    fn end_layer(&mut self) {
        let end = self.arena.nodes.len() as u32;
        if let Some(layer) = self.arena.layers.last_mut().filter(|_| self.open) {
            layer.nodes.1 = end;
        }
        self.open = false;
    }
}
