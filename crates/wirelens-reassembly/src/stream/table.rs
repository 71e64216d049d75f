//! The connections by their keys.

use std::hash::{BuildHasher, Hash};
use std::ops::{Index, IndexMut};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::half::Half;
use crate::slab::{NONE, Recency, Slab};

/// A connection: both directions of it.
pub(super) struct Connection<K> {
    pub(super) key: K,
    pub(super) number: u64,
    /// When it was heard of last, or ended; nanoseconds.
    pub(super) last: u64,
    pub(super) halves: [Half; 2],
    pub(super) ended: bool,
}

/// Connections by key.
pub(super) struct Table<K> {
    index: HashTable<u32>,
    slab: Slab<Connection<K>>,
    hasher: RandomState,
    pub(super) live: Recency,
    pub(super) lingering: Recency,
}

impl<K: Clone + Eq + Hash> Table<K> {
    pub(super) fn new() -> Table<K> {
        Table {
            index: HashTable::new(),
            slab: Slab::new(),
            // Where a key lands is never seen in the output, so it may differ from run to run:
            // keys come from attackers.
            hasher: RandomState::default(),
            live: Recency::new(),
            lingering: Recency::new(),
        }
    }

    /// Bytes allocated.
    pub(super) fn bytes(&self) -> usize {
        self.slab.bytes() + self.index.allocation_size()
    }

    /// Bytes the next connection would allocate. The index doubles, and both are there meanwhile.
    pub(super) fn growth(&self) -> usize {
        let chunk = if self.slab.is_full() { self.slab.chunk_bytes() } else { 0 };
        let index = match self.index.len() < self.index.capacity() {
            true => 0,
            false => 2 * self.index.allocation_size(),
        };
        chunk + index
    }

    #[inline]
    pub(super) fn find(&self, key: &K) -> Option<u32> {
        // Runs of one connection are common: bulk transfers come in bursts.
        if self.live.newest() != NONE && self.slab[self.live.newest()].key == *key {
            return Some(self.live.newest());
        }
        let hash = self.hasher.hash_one(key);
        self.index.find(hash, |&at| self.slab[at].key == *key).copied()
    }

    /// A new entry for a key that is not there.
    pub(super) fn insert(&mut self, key: &K, number: u64, time: u64) -> u32 {
        let fresh = || Connection {
            key: key.clone(),
            number,
            last: time,
            halves: [Half::new(), Half::new()],
            ended: false,
        };
        let at = self.slab.insert(fresh, |old| *old = fresh());
        let (slab, hasher) = (&self.slab, &self.hasher);
        let rehash = |&at: &u32| hasher.hash_one(&slab[at].key);
        self.index.insert_unique(hasher.hash_one(key), at, rehash);
        self.live.link(&mut self.slab, at);
        at
    }

    /// Forgets an entry.
    pub(super) fn remove(&mut self, at: u32) {
        let hash = self.hasher.hash_one(&self.slab[at].key);
        if let Ok(entry) = self.index.find_entry(hash, |&other| other == at) {
            entry.remove();
        }
        match self.slab[at].ended {
            true => self.lingering.unlink(&mut self.slab, at),
            false => self.live.unlink(&mut self.slab, at),
        }
        self.slab.release(at);
    }

    #[inline]
    pub(super) fn touch(&mut self, at: u32) {
        self.live.touch(&mut self.slab, at);
    }

    /// Moves an entry among those that are over, or back among the living.
    pub(super) fn set_ended(&mut self, at: u32, ended: bool) {
        if std::mem::replace(&mut self.slab[at].ended, ended) == ended {
            return;
        }
        let (from, to) = match ended {
            true => (&mut self.live, &mut self.lingering),
            false => (&mut self.lingering, &mut self.live),
        };
        from.unlink(&mut self.slab, at);
        to.link(&mut self.slab, at);
    }
}

impl<K> Index<u32> for Table<K> {
    type Output = Connection<K>;

    #[inline]
    fn index(&self, at: u32) -> &Connection<K> {
        &self.slab[at]
    }
}

impl<K> IndexMut<u32> for Table<K> {
    #[inline]
    fn index_mut(&mut self, at: u32) -> &mut Connection<K> {
        &mut self.slab[at]
    }
}
