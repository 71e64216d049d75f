//! Fragments: put together by the session for the layers above.

use wirelens_reassembly::datagram::{Fragment, Key, Malformed, Outcome};

use crate::arena::{Arena, Origin};
use crate::waiting::Source;
use crate::{Field, Linking, Next, Packet, Table};

/// A fragment as a walk sees it.
#[derive(Clone, Copy, Debug)]
pub struct Fragmented {
    /// The datagram it belongs to.
    pub key: Key,
    /// Where its payload belongs in the datagram's, in bytes.
    pub offset: u32,
    /// Others follow behind it.
    pub more: bool,
    /// The table in which the protocol inside is found, and its number. Of the fragments the
    /// first one's number counts (RFC 8200 section 4.5).
    pub next: (&'static Table, u8),
    /// Where what came of it is recorded.
    pub rows: &'static FragmentRows,
}

/// The rows that say what a buffer was put together from.
#[derive(Debug)]
pub struct OriginRows {
    /// The parent of the others.
    pub all: &'static Field,
    /// A frame, over what came in it.
    pub one: &'static Field,
    /// How many frames those are.
    pub count: &'static Field,
    /// How many bytes it has.
    pub length: &'static Field,
    /// The bytes.
    pub data: &'static Field,
    /// In a frame with a part: the frame that completes it.
    pub completed_in: &'static Field,
}

/// The rows of a protocol that has fragments.
#[derive(Debug)]
pub struct FragmentRows {
    /// What the datagram came from.
    pub origin: OriginRows,
    /// It lies where others lie.
    pub overlap: &'static Field,
    /// It has other bytes than those there.
    pub conflict: &'static Field,
    /// Two last fragments disagree on the length.
    pub tails: &'static Field,
    /// It reaches beyond the end.
    pub too_long: &'static Field,
    /// It cannot be one, or its datagram was discarded.
    pub error: &'static Field,
}

impl Packet<'_> {
    /// Hands the bytes that are left to the session, to be put together with the other fragments of
    /// their datagram; gives where dissection goes on. The fragment that completes a datagram has
    /// it dissected over a buffer of its own.
    ///
    /// Without reassembly, in quoted packets and where the capture cut the fragment, the first one
    /// is dissected as far as it goes and others are data.
    pub fn fragment(&mut self, fragmented: Fragmented) -> Next {
        let Fragmented { key, offset, more, next: (table, number), rows } = fragmented;
        let whole = self.left() == self.declared_left();
        if !self.reassembles() || !whole {
            if offset > 0 {
                return Next::Data;
            }
            self.starts_fragments();
            return Next::In(table, number.into());
        }
        let fragment = Fragment {
            frame: self.arena.facts.number,
            time: self.arena.facts.nanoseconds.max(0) as u64,
            family: key.family(),
            offset,
            more,
            bytes: self.ahead(),
            length: self.left() as u32,
            header: &[number],
        };
        let arena = &mut *self.arena;
        let problem = match self.memory.datagrams.insert(&key, fragment, |_, _, _| ()) {
            Outcome::Complete(datagram) => {
                let number = datagram.header().first().map_or(number, |number| *number);
                let sources: &mut Vec<Source> = &mut self.memory.sources;
                sources.clear();
                sources.extend(datagram.frames().map(|seen| Source {
                    frame: seen.frame,
                    offset: seen.offset,
                    length: seen.length,
                }));
                arena.flow.protocol = number;
                let payload = datagram.payload().unwrap_or_default();
                let (length, next) = (payload.len(), Next::In(table, number.into()));
                let fill = |out: &mut Vec<u8>| out.extend_from_slice(payload);
                if let Some(later) = arena.derive(next, self.scope, sources, fill) {
                    let sources = later.sources;
                    self.came_from(&rows.origin, length, sources);
                }
                return Next::Nothing;
            }
            Outcome::Whole => return Next::In(table, number.into()),
            Outcome::Waiting | Outcome::Cut(_) | Outcome::Duplicate { .. } | Outcome::Late(_) => {
                self.completed_in(&rows.origin);
                return Next::Data;
            }
            Outcome::Overlap([]) => rows.overlap,
            Outcome::Overlap(_) => rows.conflict,
            Outcome::Malformed(Malformed::MultipleTails { .. }) => rows.tails,
            Outcome::Malformed(Malformed::BeyondEnd { .. } | Malformed::Oversize) => rows.too_long,
            Outcome::Malformed(_) | Outcome::Discarded(_) | Outcome::Dropped => rows.error,
            // It is counted: limits of the session are not the packet's fault.
            Outcome::Evicted => return Next::Data,
        };
        self.problem(problem);
        Next::Data
    }

    /// Records what the buffer made last, of `length` bytes, came from.
    pub(crate) fn came_from(
        &mut self,
        rows: &'static OriginRows,
        length: usize,
        sources: (u32, u32),
    ) {
        let nodes = self.list_sources(rows, length, sources);
        if let Some(later) = self.arena.later.last_mut() {
            later.origin = Some(Origin { rows, nodes });
        }
    }

    /// Records under `rows` what the buffer made last is put together from; gives these nodes.
    pub(crate) fn list_sources(
        &mut self,
        rows: &'static OriginRows,
        length: usize,
        (first, end): (u32, u32),
    ) -> (u32, u32) {
        let own = std::mem::replace(&mut self.buffer, self.arena.buffers_used as u8);
        let parent = self.arena.nodes.len();
        let end = if self.record { end } else { first };
        self.mark(rows.all, 0, length, 0);
        for index in first..end {
            let source = self.arena.sources[index as usize];
            self.mark(rows.one, source.offset as usize, source.length as usize, source.frame);
        }
        self.mark(rows.count, 0, 0, (end - first).into());
        self.mark(rows.length, 0, 0, length as u64);
        self.mark(rows.data, 0, length, 0);
        let inside = self.arena.nodes.len().saturating_sub(parent + 1);
        if let Some(node) = self.arena.nodes.get_mut(parent) {
            node.inside = inside as u32;
        }
        self.buffer = own;
        (parent as u32, self.arena.nodes.len() as u32)
    }

    /// Says which frame completes what this one brought a part of, where that is known.
    pub fn completed_in(&mut self, rows: &'static OriginRows) {
        let Linking::Show(links) = &self.context.linking else { return };
        if !self.record {
            return;
        }
        let row = rows.completed_in;
        let Some(frame) = links.of(row, self.arena.facts.number) else { return };
        if row.parent.is_some_and(|parent| std::ptr::eq(parent, rows.all)) {
            self.mark(rows.all, self.at(), 0, 0);
            let _ = self.under(|p| {
                p.note(row, frame, 0);
                Ok(())
            });
        } else {
            self.note(row, frame, 0);
        }
    }

    /// What keeps the packets of this tunnel, these addresses and this VLAN apart from others: a
    /// digest of the layers outside, by what their protocols declare with `scope(..)`.
    pub fn scope(&self) -> u64 {
        Arena::scope(self.scope, &self.arena.layers, self.buffer, self.buffer_bytes)
    }
}
