//! Where the datagrams are: slots found by key, in lists by age and by activity.

use std::hash::{BuildHasher, Hash};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::body::Body;
use super::key::Family;

pub(super) struct Table<K> {
    index: HashTable<u32>,
    pub(super) slots: Vec<Slot<K>>,
    lists: [List; LISTS],
    // Where a key lands never shows in the output, and keys come from attackers: the seed may
    // differ from run to run.
    hasher: RandomState,
    most: usize,
}

pub(super) struct Slot<K> {
    pub(super) key: K,
    pub(super) state: State,
    pub(super) family: Family,
    pub(super) body: Body,
    /// What the body takes besides the slot, in bytes, as it was counted last.
    pub(super) heap: usize,
    /// When the first fragment was captured, in nanoseconds.
    pub(super) since: u64,
    /// The how manieth datagram it is.
    pub(super) serial: u64,
    /// The frame that completed it.
    pub(super) completed: u64,
    links: [Link; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Free,
    /// For more fragments.
    Waiting,
    /// Ended: the body is given up, but the fragments are remembered.
    Complete,
    /// Ended by an overlap: no fragment is taken until its time is up.
    Discarded,
}

/// The lists a slot can be in: one of the first three, and one of the last two.
#[derive(Clone, Copy)]
pub(super) enum In {
    /// Waiting, the least recently active first.
    Active,
    /// Ended and remembered, the oldest first.
    Remembered,
    /// To be used again.
    Free,
    /// Waiting, in order of the first fragment.
    Ipv4,
    /// The same of IPv6, where time is up later.
    Ipv6,
}

const LISTS: usize = 5;

impl From<Family> for In {
    fn from(family: Family) -> In {
        match family {
            Family::Ipv4 => In::Ipv4,
            Family::Ipv6 => In::Ipv6,
        }
    }
}

impl In {
    fn link(self) -> usize {
        usize::from(matches!(self, In::Ipv4 | In::Ipv6))
    }
}

#[derive(Clone, Copy)]
struct List {
    first: u32,
    last: u32,
    length: usize,
}

#[derive(Clone, Copy)]
struct Link {
    before: u32,
    after: u32,
}

const NONE: u32 = u32::MAX;
const UNLINKED: Link = Link { before: NONE, after: NONE };

impl<K: Clone + Eq + Hash> Table<K> {
    /// A table of at most `most` slots.
    pub(super) fn new(most: usize) -> Table<K> {
        Table {
            most,
            index: HashTable::new(),
            slots: Vec::new(),
            lists: [List { first: NONE, last: NONE, length: 0 }; LISTS],
            hasher: RandomState::default(),
        }
    }

    /// Bytes a slot takes in any case, its place in the index included.
    pub(super) const SLOT: usize = size_of::<Slot<K>>() + 3 * size_of::<u32>();

    /// Bytes of memory besides the bodies' own.
    pub(super) fn memory(&self) -> usize {
        // A place in the index is its number and a byte of control, and an eighth stays free.
        self.slots.capacity() * size_of::<Slot<K>>() + self.index.capacity() * 6
    }

    #[inline]
    pub(super) fn find(&self, key: &K) -> Option<u32> {
        // Fragments of a datagram mostly come one behind the other.
        let newest = self.lists[In::Active as usize].last;
        if self.slots.get(newest as usize).is_some_and(|slot| slot.key == *key) {
            return Some(newest);
        }
        let hash = self.hasher.hash_one(key);
        self.index.find(hash, |&at| self.slots[at as usize].key == *key).copied()
    }

    /// A slot for a new datagram, waiting and in its lists.
    pub(super) fn start(&mut self, key: &K, family: Family, since: u64, serial: u64) -> u32 {
        let at = match self.first(In::Free) {
            Some(at) => {
                self.unlink(In::Free, at);
                at
            }
            None => {
                self.grow();
                self.slots.push(Slot {
                    key: key.clone(),
                    state: State::Free,
                    family,
                    body: Body::default(),
                    heap: 0,
                    since,
                    serial,
                    completed: 0,
                    links: [UNLINKED; 2],
                });
                (self.slots.len() - 1) as u32
            }
        };
        let slot = &mut self.slots[at as usize];
        slot.key = key.clone();
        (slot.state, slot.family, slot.since, slot.serial) =
            (State::Waiting, family, since, serial);
        let (slots, hasher) = (&self.slots, &self.hasher);
        let hash = hasher.hash_one(key);
        self.index.insert_unique(hash, at, |&at| hasher.hash_one(&slots[at as usize].key));
        self.link(In::Active, at);
        self.link(family.into(), at);
        at
    }

    /// Doubles as a vector would, but not beyond what will be used.
    fn grow(&mut self) {
        let length = self.slots.len();
        if length == self.slots.capacity() {
            let most = self.most.saturating_sub(length).max(1);
            self.slots.reserve_exact(length.max(16).min(most));
        }
    }

    /// The slot is waiting no more, and in no list.
    pub(super) fn stop(&mut self, at: u32) {
        let family = self.slots[at as usize].family;
        self.unlink(In::Active, at);
        self.unlink(family.into(), at);
    }

    /// The key is known no more, and the slot, which is in no list, is free.
    pub(super) fn forget(&mut self, at: u32) {
        let hash = self.hasher.hash_one(&self.slots[at as usize].key);
        if let Ok(entry) = self.index.find_entry(hash, |&other| other == at) {
            entry.remove();
        }
        self.slots[at as usize].state = State::Free;
        self.link(In::Free, at);
    }

    pub(super) fn touch(&mut self, at: u32) {
        if self.lists[In::Active as usize].last != at {
            self.unlink(In::Active, at);
            self.link(In::Active, at);
        }
    }

    pub(super) fn first(&self, list: In) -> Option<u32> {
        let first = self.lists[list as usize].first;
        (first != NONE).then_some(first)
    }

    pub(super) fn length(&self, list: In) -> usize {
        self.lists[list as usize].length
    }

    /// To the end of a list.
    pub(super) fn link(&mut self, list: In, at: u32) {
        let which = list.link();
        let ends = &mut self.lists[list as usize];
        ends.length += 1;
        let before = std::mem::replace(&mut ends.last, at);
        match self.slots.get_mut(before as usize) {
            Some(slot) => slot.links[which].after = at,
            None => ends.first = at,
        }
        self.slots[at as usize].links[which] = Link { before, after: NONE };
    }

    pub(super) fn unlink(&mut self, list: In, at: u32) {
        let which = list.link();
        let ends = &mut self.lists[list as usize];
        ends.length -= 1;
        let Link { before, after } = self.slots[at as usize].links[which];
        match self.slots.get_mut(before as usize) {
            Some(slot) => slot.links[which].after = after,
            None => ends.first = after,
        }
        match self.slots.get_mut(after as usize) {
            Some(slot) => slot.links[which].before = before,
            None => ends.last = before,
        }
    }
}
