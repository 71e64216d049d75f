//! What a dissection gave, for those who look: layers, fields, values.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use crate::arena::{Arena, Flow, Layer, Node};
use crate::input::Input;
use crate::{Field, Kind, Registry, Shown, Stop};

/// A dissected frame, lent until the session dissects the next one.
#[derive(Clone, Copy)]
pub struct Dissection<'d> {
    captured: &'d [u8],
    arena: &'d Arena,
    registry: &'d Arc<Registry>,
}

impl<'d> Dissection<'d> {
    #[inline]
    pub(crate) fn new(
        captured: &'d [u8],
        arena: &'d Arena,
        registry: &'d Arc<Registry>,
    ) -> Dissection<'d> {
        Dissection { captured, arena, registry }
    }

    /// The frame that was dissected.
    #[inline]
    pub fn input(&self) -> Input<'d> {
        self.arena.facts.with(self.captured)
    }

    /// Its bytes as far as they were captured.
    #[inline]
    pub fn captured(&self) -> &'d [u8] {
        self.captured
    }

    /// What it was dissected with.
    pub fn registry(&self) -> &'d Arc<Registry> {
        self.registry
    }

    /// Its layers from the outermost in.
    #[inline]
    pub fn layers(&self) -> &'d [Layer] {
        &self.arena.layers
    }

    /// The nodes of a layer, parents before what is inside them, and those of its trailer.
    #[inline]
    pub fn nodes(&self, layer: &Layer) -> [&'d [Node]; 2] {
        let of = |(from, to): (u32, u32)| {
            self.arena.nodes.get(from as usize..to as usize).unwrap_or(&[])
        };
        [of(layer.nodes), of(layer.trailer)]
    }

    /// The nodes of all layers, in the order in which they were recorded.
    #[inline]
    pub fn all_nodes(&self) -> &'d [Node] {
        &self.arena.nodes
    }

    /// How many fields were recorded.
    pub fn node_count(&self) -> usize {
        self.arena.nodes.len()
    }

    /// The innermost addresses and ports.
    pub fn flow(&self) -> &'d Flow {
        &self.arena.flow
    }

    /// How many problems were found.
    #[inline]
    pub fn problems(&self) -> u32 {
        self.arena.problems
    }

    /// The message that begins in this frame and is dissected in another, which completes it. None
    /// where its first bytes came in several frames and nothing else did with them.
    pub fn beginning(&self) -> Option<crate::Beginning> {
        self.arena.begins
    }

    /// Why dissection ended early, if it did, and in which layer.
    pub fn stop(&self) -> Option<(&'d Layer, Stop)> {
        let (layer, stop) = self.arena.stop?;
        Some((&self.arena.layers[usize::from(layer)], stop))
    }

    /// The problem for which it ended early, if it is the bytes that contradict themselves.
    pub fn contradiction(&self) -> Option<&'static Field> {
        match self.arena.stop {
            Some((_, Stop::Malformed)) => self.arena.contradiction,
            _ => None,
        }
    }

    /// Did it end because the bytes contradict themselves (and not because they were cut)?
    pub fn is_malformed(&self) -> bool {
        self.stop().is_some_and(|(layer, stop)| !stop.is_short(layer))
    }

    /// The bytes of a buffer: 0 is the frame, others were derived from it.
    #[inline]
    pub fn buffer(&self, buffer: u8) -> &'d [u8] {
        match buffer.checked_sub(1) {
            None => self.captured,
            Some(at) => self.arena.buffers.get(usize::from(at)).map_or(&[], Vec::as_slice),
        }
    }

    /// How many buffers there are, the frame itself included.
    #[inline]
    pub fn buffer_count(&self) -> usize {
        1 + self.arena.buffers_used
    }

    /// The bytes that a node covers; none where it covers none.
    #[inline]
    pub fn bytes(&self, node: &Node) -> &'d [u8] {
        let from = node.offset as usize;
        self.buffer(node.buffer).get(from..from + node.length as usize).unwrap_or(&[])
    }

    /// The text of a node of the kind [`Kind::Text`], as bytes that need not be UTF-8.
    #[inline]
    pub fn text(&self, node: &Node) -> &'d [u8] {
        if node.made {
            let (from, to) = ((node.value >> 32) as usize, node.value as u32 as usize);
            self.arena.made.get(from..to).unwrap_or(&[])
        } else {
            self.bytes(node)
        }
    }

    /// The address of a node of the kind [`Kind::Ipv6`]; none where its bytes are not there.
    #[inline]
    pub fn ipv6(&self, node: &Node) -> Option<&'d [u8; 16]> {
        self.text(node).first_chunk()
    }

    /// A layer's own bytes.
    pub fn header(&self, layer: &Layer) -> &'d [u8] {
        let from = layer.start as usize;
        let to = (from + layer.length as usize).min(layer.end as usize);
        self.buffer(layer.buffer).get(from..to).unwrap_or(&[])
    }

    /// What a layer carries.
    pub fn payload(&self, layer: &Layer) -> &'d [u8] {
        let from = (layer.start + layer.length) as usize;
        self.buffer(layer.buffer).get(from..layer.end as usize).unwrap_or(&[])
    }

    /// The value of a node.
    #[inline]
    pub fn value(&self, node: &Node) -> Value<'d> {
        match node.field.kind {
            Kind::Uint | Kind::Hex => Value::Uint(node.number()),
            Kind::Int => Value::Int(node.value as i64),
            Kind::Float => Value::Float(f64::from_bits(node.value)),
            Kind::Flag | Kind::Problem => Value::Flag(node.number() != 0),
            Kind::Mac => Value::Mac(low_bytes(node.value)),
            Kind::Eui64 => Value::Eui64(node.value.to_be_bytes()),
            Kind::Ipv4 => Value::Ipv4(Ipv4Addr::from(node.value as u32)),
            Kind::Ipv6 => match self.ipv6(node) {
                Some(bytes) => Value::Ipv6(Ipv6Addr::from(*bytes)),
                None => Value::None,
            },
            Kind::Bytes => Value::Bytes(self.bytes(node)),
            Kind::Text => Value::Text(self.text(node)),
            Kind::Time => Value::Time(node.value as i64),
            Kind::Duration => Value::Duration(node.value as i64),
            Kind::Group => Value::None,
        }
    }

    /// The first layer of this protocol, by its abbreviation.
    pub fn layer(&self, protocol: &str) -> Option<&'d Layer> {
        self.layers().iter().find(|layer| layer.protocol.name == protocol)
    }

    /// Calls `each` with every node of the rows, views included, in the order of the frame.
    pub fn find(&self, rows: &[&'static Field], each: &mut dyn FnMut(&'d Layer, Node)) {
        for layer in self.layers() {
            for nodes in self.nodes(layer) {
                for node in nodes {
                    for row in rows {
                        find_view(node, row, &mut |node| each(layer, node));
                    }
                }
            }
        }
    }
}

/// The node itself, or a view of it, if it is of this row.
fn find_view(node: &Node, row: &'static Field, each: &mut dyn FnMut(Node)) {
    if std::ptr::eq(node.field, row) {
        return each(*node);
    }
    if !row.view {
        return;
    }
    let mut chain = [row; 4];
    let mut length = 1;
    let mut top = row;
    while let Some(parent) = top.parent.filter(|_| top.view) {
        if std::ptr::eq(parent, node.field) {
            let found = chain[..length].iter().rev().fold(*node, |node, field| node.view(field));
            return each(found);
        }
        if length == chain.len() {
            return;
        }
        chain[length] = parent;
        length += 1;
        top = parent;
    }
}

fn low_bytes(value: u64) -> [u8; 6] {
    let [_, _, bytes @ ..] = value.to_be_bytes();
    bytes
}

impl Node {
    /// The views that its row has, those at least as visible as `shown`.
    #[inline]
    pub fn views(self, shown: Shown) -> impl Iterator<Item = Node> {
        self.field
            .children
            .iter()
            .filter(move |child| child.view && child.shown as u8 <= shown as u8)
            .map(move |child| self.view(child))
    }
}

/// A dissection to keep: it has copies of the frame and of what was found in it.
#[derive(Clone)]
pub struct OwnedDissection {
    captured: Vec<u8>,
    arena: Arena,
    registry: Arc<Registry>,
}

impl OwnedDissection {
    /// One of no frame, to compose others in.
    pub fn empty(registry: Arc<Registry>) -> OwnedDissection {
        OwnedDissection { captured: Vec::new(), arena: Arena::default(), registry }
    }

    /// Puts another in its place; `fill` is given the arena.
    pub(crate) fn put(&mut self, captured: &[u8], fill: impl FnOnce(&mut Arena)) {
        self.captured.clear();
        self.captured.extend_from_slice(captured);
        fill(&mut self.arena);
    }

    /// What it is made of, for those who change it.
    pub(crate) fn parts(&mut self) -> (&[u8], &mut Arena, &Arc<Registry>) {
        (&self.captured, &mut self.arena, &self.registry)
    }

    /// The dissection it was made from.
    pub fn lend(&self) -> Dissection<'_> {
        Dissection { captured: &self.captured, arena: &self.arena, registry: &self.registry }
    }
}

impl fmt::Debug for OwnedDissection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lend().fmt(f)
    }
}

impl Dissection<'_> {
    /// A copy that does not end with the next frame.
    pub fn keep(&self) -> OwnedDissection {
        OwnedDissection {
            captured: self.captured.to_vec(),
            arena: self.arena.clone(),
            registry: Arc::clone(self.registry),
        }
    }
}

/// A value as its kind says.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Value<'d> {
    /// A heading has none.
    None,
    /// True or false.
    Flag(bool),
    /// A number.
    Uint(u64),
    /// A signed number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// A 48-bit link address.
    Mac([u8; 6]),
    /// A 64-bit link address.
    Eui64([u8; 8]),
    /// An IPv4 address.
    Ipv4(Ipv4Addr),
    /// An IPv6 address.
    Ipv6(Ipv6Addr),
    /// Bytes.
    Bytes(&'d [u8]),
    /// Text, which need not be UTF-8.
    Text(&'d [u8]),
    /// Nanoseconds since 1970.
    Time(i64),
    /// Nanoseconds.
    Duration(i64),
}

impl fmt::Debug for Dissection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.layers().iter().map(|layer| layer.protocol.name)).finish()
    }
}
