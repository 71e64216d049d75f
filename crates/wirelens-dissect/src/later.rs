//! What a walk leaves for later: parts of its buffer, buffers it made, and messages that lack bytes.

use crate::arena::{Arena, Beginning, Later, Layer, Origin};
use crate::streams::InStream;
use crate::table::DATA;
use crate::waiting::{Source, Wanted, Watch};
use crate::{Linking, Node, Onward, Packet, Protocol, Session};

/// A walk that wants so many bytes wants all there will be.
const UNTIL_THE_END: usize = u32::MAX as usize;

impl Session {
    /// What the layers around a derived buffer keep apart.
    fn scope_around(&self, later: &Later, frame: &[u8]) -> u64 {
        let layers = self.arena.layers.get(..=usize::from(later.layer)).unwrap_or_default();
        let Some(parent) = layers.last() else { return later.scope };
        let bytes = match parent.buffer.checked_sub(1) {
            None => frame,
            Some(at) => &self.arena.buffers[usize::from(at)],
        };
        Arena::scope(later.scope, layers, parent.buffer, bytes)
    }

    /// The parts and derived buffers that walks left for later, in their order; those may leave
    /// more.
    #[cold]
    pub(crate) fn what_is_left(&mut self, frame: &[u8]) {
        let mut done = 0;
        while let Some(&later) = self.arena.later.get(done) {
            done += 1;
            match later.buffer {
                0 => self.walk_on(frame, &later),
                n => {
                    let at = usize::from(n) - 1;
                    let later = Later { scope: self.scope_around(&later, frame), ..later };
                    let mut bytes = std::mem::take(&mut self.arena.buffers[at]);
                    self.walk_on(&bytes, &later);
                    if let Some((id, wanted)) = self.arena.unread.take() {
                        let (first, end) = later.sources;
                        let sources = &self.arena.sources[first as usize..end as usize];
                        let sources = sources.iter().copied();
                        self.memory.waiting.keep(id, wanted, sources, |kept| {
                            std::mem::swap(kept, &mut bytes);
                        });
                        self.not_complete(&later);
                    } else {
                        self.collect_links(&later);
                    }
                    self.arena.buffers[at] = bytes;
                }
            }
        }
    }

    /// What waited still waits: the frame does not complete it, as it has recorded, but has a part
    /// of it.
    fn not_complete(&mut self, later: &Later) {
        let Some(Origin { rows, nodes: (first, end) }) = later.origin else { return };
        let arena = &mut self.arena;
        let Some(layer) = arena.layers.get_mut(usize::from(later.layer)) else { return };
        if first == end || layer.nodes.1 != end || arena.nodes.len() != end as usize {
            return;
        }
        arena.nodes.truncate(first as usize);
        layer.nodes.1 = first;
        let Linking::Show(links) = &self.context.linking else { return };
        let Some(frame) = links.of(rows.completed_in, arena.facts.number) else { return };
        layer.nodes.1 += 1;
        arena.nodes.push(Node {
            field: rows.completed_in,
            value: frame,
            offset: layer.start + layer.length,
            length: 0,
            inside: 0,
            buffer: layer.buffer,
            made: false,
        });
    }

    /// Notes for a second pass which frames this one completes the message of.
    fn collect_links(&mut self, later: &Later) {
        let (Linking::Collect(most), Some(origin)) = (&self.context.linking, later.origin) else {
            return;
        };
        let here = self.arena.facts.number;
        let (first, end) = later.sources;
        let sources = &self.arena.sources[first as usize..end as usize];
        for part in sources.iter().map(|source| source.frame).filter(|&frame| frame != here) {
            self.memory.links.add(origin.rows.completed_in, part, here, *most);
        }
    }
}

// Rare in the loop over layers: it stands apart from it.
impl Packet<'_> {
    /// Keeps the message that begins here until there is more of it.
    #[cold]
    #[inline(never)]
    pub(crate) fn not_yet(
        &mut self,
        first_node: usize,
        protocol: &'static Protocol,
        need: u32,
        watch: Option<Watch>,
    ) -> Onward {
        let need = self.done() + need as usize;
        self.take_back(first_node, DATA, Onward::NOTHING);
        // One that ends with its stream needs more than ever comes.
        let length = if need >= UNTIL_THE_END { self.bytes.len() - self.start() } else { need };
        let room = self.memory.waiting.has_room_for(length);
        // A walk that was stopped by less than there is, a length inside, is not helped by more.
        let helps = need > self.bytes.len() - self.start();
        let Some(stream) = self.stream.filter(|_| room && helps) else {
            // Then it is dissected as far as it goes.
            self.memory.waiting.given_up += u64::from(!room);
            (self.stream, self.to) = (None, Some(protocol));
            return Onward::TO;
        };
        let wanted = Wanted { protocol, need, watch };
        let from = self.start();
        self.at = self.bytes.len() as u32;
        if stream.own_buffer && from == 0 {
            // Nothing else lies in this buffer: it goes back as it is once the walk has let go.
            self.arena.unread = Some((stream.id, wanted));
            return Onward::NOTHING;
        }
        let (start, end, buffer) = (from as u32, self.at, self.buffer);
        self.arena.begins = Some(Beginning { protocol, buffer, start, end });
        let bytes = self.bytes.get(from..).unwrap_or_default();
        let here = [Source { frame: self.arena.facts.number, offset: 0, length: self.at }];
        let (first, end) = self.sources;
        let sources = match first < end {
            true => &self.arena.sources[first as usize..end as usize],
            false => &here,
        };
        let of_it = sources.iter().filter_map(|source| source.behind(from as u32));
        self.memory.waiting.keep(stream.id, wanted, of_it, |kept| {
            kept.extend_from_slice(bytes);
        });
        self.part_of_message(&stream, from, bytes.len());
        let again = self.arena.layers.last().is_some_and(|layer| layer.protocol == protocol);
        if protocol.beginnings && !again {
            self.beginning(protocol, from);
        }
        Onward::NOTHING
    }

    /// A layer without fields, from `start` to the end.
    fn beginning(&mut self, protocol: &'static Protocol, start: usize) {
        let Some(id) = self.context.registry.id(protocol) else { return };
        let (node, end) = (self.arena.nodes.len() as u32, self.bytes.len() as u32);
        self.arena.layers.push(Layer {
            protocol,
            id,
            buffer: self.buffer,
            quoted: self.quoted,
            start: start as u32,
            length: end.saturating_sub(start as u32),
            end,
            declared: self.declared,
            nodes: (node, node),
            trailer: (0, 0),
        });
    }

    /// Records bytes that wait with the segment that brought them, if its fields were recorded.
    fn part_of_message(&mut self, stream: &InStream, from: usize, length: usize) {
        let at = usize::from(stream.layer);
        let recorded = self.arena.layers.get(at).is_some_and(|layer| layer.nodes.0 < layer.nodes.1);
        if !recorded {
            return;
        }
        let node = self.arena.nodes.len() as u32;
        self.record = true;
        // Where it ends what waited before, all of it is recorded.
        let layer = self.arena.layers[at].nodes;
        let nodes = self.arena.nodes.get(layer.0 as usize..layer.1 as usize).unwrap_or_default();
        let recorded = nodes.iter().any(|node| std::ptr::eq(node.field, stream.rows.data));
        if !stream.own_buffer && !recorded {
            self.mark(stream.rows.data, from, length, 0);
        }
        self.completed_in(&stream.rows.origin);
        self.record = false;
        let end = self.arena.nodes.len() as u32;
        if node < end {
            self.arena.layers[at].trailer = (node, end);
        }
    }
}
