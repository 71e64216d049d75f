//! What is kept, given up and used again.

use std::hash::Hash;

use super::table::{In, State};
use super::view::Layout;
use super::{Datagrams, End, Ended};

/// A slot keeps a list of so many fragments for the next datagram; a longer one would let a few
/// fragments occupy the room of many.
const MANY: usize = 64;

/// The share of memory that may lie in spare buffers, and another in what shows a datagram: an
/// eighth each.
pub(super) const SPARE: usize = 8;

impl<K: Clone + Eq + Hash> Datagrams<K> {
    /// Gives up the bytes of the datagram the last call handed out, and remembers its fragments.
    pub(super) fn settle(&mut self) {
        let Some(at) = self.handed_out.take() else { return };
        self.trim_layout();
        let slot = &mut self.table.slots[at as usize];
        slot.body.forget_payload(&self.pool);
        let buffer = std::mem::take(&mut slot.body.bytes);
        if slot.state == State::Discarded {
            slot.body.records.clear();
        } else {
            // To be found by halves when a late duplicate comes.
            slot.body.records.sort_unstable_by_key(|record| record.identity());
        }
        if slot.body.records.capacity() > MANY {
            slot.body.records.shrink_to_fit();
        }
        self.weigh(at);
        self.pool.give(buffer);
        self.table.link(In::Remembered, at);
        while self.table.length(In::Remembered) > self.limits.remembered
            && let Some(oldest) = self.table.first(In::Remembered)
        {
            self.forget(oldest);
        }
    }

    /// What the largest datagram needed to be shown is not kept where memory is small.
    pub(super) fn trim_layout(&mut self) {
        if self.layout.heap() > self.limits.bytes / SPARE {
            self.layout = Layout::default();
        }
    }

    /// Gives up what is remembered of a datagram that ended.
    pub(super) fn forget(&mut self, at: u32) {
        self.table.unlink(In::Remembered, at);
        self.free(at);
    }

    /// The slot, in no list, is free; its buffers are used again.
    pub(super) fn free(&mut self, at: u32) {
        let body = &mut self.table.slots[at as usize].body;
        body.clear();
        let buffer = std::mem::take(&mut body.bytes);
        if body.records.capacity() > MANY {
            body.records = Vec::new();
        }
        self.weigh(at);
        self.pool.give(buffer);
        self.table.forget(at);
    }

    /// Counts anew what a body takes.
    pub(super) fn weigh(&mut self, at: u32) {
        let slot = &mut self.table.slots[at as usize];
        let heap = slot.body.heap();
        self.heap = self.heap + heap - slot.heap;
        slot.heap = heap;
    }

    /// Gives up what was active least recently until the limit is kept. `at` is what the fragment
    /// just taken belongs to, and the last to go; whether it is still there.
    pub(super) fn shed(&mut self, at: u32, ended: Ended<'_, K>) -> bool {
        let most = self.limits.bytes - 2 * (self.limits.bytes / SPARE);
        let mut kept = true;
        while self.table.memory() + self.heap > most {
            if let Some(oldest) = self.table.first(In::Remembered) {
                self.forget(oldest);
            } else if let Some(oldest) = self.table.first(In::Active) {
                self.end(oldest, End::EvictedForBytes, ended);
                kept &= oldest != at;
            } else {
                break;
            }
        }
        kept
    }
}
