//! What came of a fragment.

use super::contest::Conflict;
use super::fragment::{Fragment, Malformed, Record, Role, Seen};
use super::pool::Pool;
use super::table::Slot;
use super::view::Datagram;

/// What came of a fragment.
#[derive(Clone, Copy, Debug)]
pub enum Outcome<'a> {
    /// It is none: the packet is a datagram by itself ([`Fragment::is_whole`]), and nothing was
    /// stored. Its bytes are the payload.
    Whole,
    /// It was stored; others are missing.
    Waiting,
    /// It was there already, in frame `of`; others are missing.
    Duplicate {
        /// The frame of the earlier one.
        of: u64,
    },
    /// It overlaps others, and others are missing. In the slice is where they differ; it is empty
    /// if they do not.
    Overlap(&'a [Conflict]),
    /// It was the last one missing.
    Complete(Datagram<'a>),
    /// It was the last one missing, but of some the capture has not all bytes.
    Cut(Datagram<'a>),
    /// It overlaps others, and so the datagram is discarded ([`Policy::Discard`]).
    ///
    /// [`Policy::Discard`]: super::Policy::Discard
    Discarded(Datagram<'a>),
    /// Its datagram was discarded.
    Dropped,
    /// It was there already, and the datagram is complete since.
    Late(Remembered<'a>),
    /// It was refused.
    Malformed(Malformed),
    /// Its datagram alone is larger than the memory allowed, and was given up with it.
    Evicted,
}

/// What is remembered of a datagram that was complete: its fragments, not its bytes.
#[derive(Clone, Copy)]
pub struct Remembered<'a> {
    records: &'a [Record],
    completed: u64,
    length: u32,
}

impl<'a> Remembered<'a> {
    /// The frame that completed it.
    pub fn completed(&self) -> u64 {
        self.completed
    }

    /// Its fragments, in order of their places.
    pub fn frames(&self) -> impl ExactSizeIterator<Item = Seen> + use<'a> {
        self.records.iter().map(Record::seen)
    }

    /// Its length in bytes.
    pub fn length(&self) -> u32 {
        self.length
    }

    pub(super) fn of<K>(slot: &'a Slot<K>) -> Remembered<'a> {
        Remembered {
            records: &slot.body.records,
            completed: slot.completed,
            length: slot.body.holes.length().unwrap_or(0),
        }
    }
}

impl std::fmt::Debug for Remembered<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Remembered")
            .field("completed", &self.completed)
            .field("fragments", &self.records.len())
            .finish()
    }
}

/// Whether the fragment was part of a datagram that ended.
pub(super) fn knows<K>(slot: &Slot<K>, fragment: &Fragment<'_>, pool: &Pool) -> bool {
    let digest = pool.digest(fragment.held());
    let wanted = Record::new(fragment, digest, 0, Role::Duplicate).identity();
    slot.body.records.binary_search_by_key(&wanted, |record| record.identity()).is_ok()
}
