//! What is kept, given up and used again.

use std::hash::Hash;

use super::table::{In, State};
use super::{Datagrams, End, Ended};

/// Buffers kept to be used again.
const SPARE: usize = 32;

/// A buffer of this capacity is used again whatever the need. A larger one would let a few bytes
/// occupy many, and is only while memory is not short.
const SMALL: usize = 4 << 10;

/// The same of a list of fragments, in fragments.
const FEW: usize = 8;
const MANY: usize = 128;

impl<K: Clone + Eq + Hash> Datagrams<K> {
    /// Gives up the bytes of the datagram the last call handed out, and remembers its fragments.
    pub(super) fn settle(&mut self) {
        let Some(at) = self.handed_out.take() else { return };
        let slot = &mut self.table.slots[at as usize];
        let mut buffer = std::mem::take(&mut slot.body.bytes);
        slot.body.forget_payload();
        if slot.state == State::Discarded {
            slot.body.records.clear();
        } else {
            // To be found by halves when a late duplicate comes.
            slot.body.records.sort_unstable_by_key(|record| record.identity());
        }
        if slot.body.records.capacity() > MANY {
            slot.body.records.shrink_to_fit();
        }
        buffer.clear();
        self.weigh(at);
        self.keep(buffer);
        self.table.link(In::Remembered, at);
        while self.table.length(In::Remembered) > self.limits.remembered
            && let Some(oldest) = self.table.first(In::Remembered)
        {
            self.forget(oldest);
        }
    }

    /// Gives up what is remembered of a datagram that ended.
    pub(super) fn forget(&mut self, at: u32) {
        self.table.unlink(In::Remembered, at);
        self.free(at);
    }

    /// The slot, in no list, is free; its buffers are used again.
    pub(super) fn free(&mut self, at: u32) {
        let pressed = self.pressed();
        let body = &mut self.table.slots[at as usize].body;
        body.clear();
        let buffer = std::mem::take(&mut body.bytes);
        if body.records.capacity() > if pressed { FEW } else { MANY } {
            body.records = Vec::new();
        }
        self.weigh(at);
        self.keep(buffer);
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
        let mut kept = true;
        while self.bytes() > self.limits.bytes {
            if let Some(buffer) = self.spare.pop() {
                self.spare_bytes -= buffer.capacity();
            } else if let Some(oldest) = self.table.first(In::Remembered) {
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

    /// Whether memory is short: more than half of it is in use.
    fn pressed(&self) -> bool {
        self.bytes() > self.limits.bytes / 2
    }

    pub(super) fn spare_buffer(&mut self) -> Vec<u8> {
        let pressed = self.pressed();
        while let Some(buffer) = self.spare.pop() {
            self.spare_bytes -= buffer.capacity();
            if !pressed || buffer.capacity() <= SMALL {
                return buffer;
            }
        }
        Vec::new()
    }

    fn keep(&mut self, buffer: Vec<u8>) {
        let room = (self.limits.bytes / 2).saturating_sub(self.bytes());
        let fits = buffer.capacity() <= SMALL.max(room);
        if fits && buffer.capacity() > 0 && self.spare.len() < SPARE {
            self.spare_bytes += buffer.capacity();
            self.spare.push(buffer);
        }
    }
}
