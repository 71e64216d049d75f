//! Entries with lists through them, and the connections by their keys.
//!
//! Entries live in chunks, so that growing copies nothing and never needs the memory twice.

use std::hash::{BuildHasher, Hash};
use std::ops::{Index, IndexMut};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::half::Half;

/// No entry.
pub(super) const NONE: u32 = u32::MAX;

const CHUNK_BITS: u32 = 8;
const CHUNK: usize = 1 << CHUNK_BITS;

/// Entries by number. A free one keeps its old value until it is used again.
pub(super) struct Slab<T> {
    chunks: Vec<Vec<Entry<T>>>,
    /// The list of free entries, through `older`.
    free: u32,
}

struct Entry<T> {
    newer: u32,
    older: u32,
    value: T,
}

impl<T> Slab<T> {
    pub(super) fn new() -> Slab<T> {
        Slab { chunks: Vec::new(), free: NONE }
    }

    /// Bytes allocated.
    pub(super) fn bytes(&self) -> usize {
        self.chunks.len() * Self::chunk_bytes()
    }

    pub(super) const fn chunk_bytes() -> usize {
        CHUNK * size_of::<Entry<T>>()
    }

    /// Whether the next entry takes another chunk.
    pub(super) fn is_full(&self) -> bool {
        self.free == NONE && self.chunks.last().is_none_or(|chunk| chunk.len() == CHUNK)
    }

    /// An entry, filled by `renew` out of a free one's old value or by `make`.
    pub(super) fn insert(&mut self, make: impl FnOnce() -> T, renew: impl FnOnce(&mut T)) -> u32 {
        if self.free != NONE {
            let at = self.free;
            let entry = self.entry_mut(at);
            renew(&mut entry.value);
            let next = entry.older;
            self.free = next;
            return at;
        }
        if self.is_full() {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        let chunks = self.chunks.len();
        let Some(chunk) = self.chunks.last_mut() else { return NONE };
        chunk.push(Entry { newer: NONE, older: NONE, value: make() });
        ((chunks - 1) * CHUNK + chunk.len() - 1) as u32
    }

    /// Gives an entry back; it is in no list any more.
    pub(super) fn release(&mut self, at: u32) {
        let free = std::mem::replace(&mut self.free, at);
        self.entry_mut(at).older = free;
    }

    /// The entry used next after this one.
    pub(super) fn newer(&self, at: u32) -> u32 {
        self.entry(at).newer
    }

    #[inline]
    fn entry(&self, at: u32) -> &Entry<T> {
        &self.chunks[(at >> CHUNK_BITS) as usize][at as usize & (CHUNK - 1)]
    }

    #[inline]
    fn entry_mut(&mut self, at: u32) -> &mut Entry<T> {
        &mut self.chunks[(at >> CHUNK_BITS) as usize][at as usize & (CHUNK - 1)]
    }
}

impl<T> Index<u32> for Slab<T> {
    type Output = T;

    #[inline]
    fn index(&self, at: u32) -> &T {
        &self.entry(at).value
    }
}

impl<T> IndexMut<u32> for Slab<T> {
    #[inline]
    fn index_mut(&mut self, at: u32) -> &mut T {
        &mut self.entry_mut(at).value
    }
}

/// A list of entries from the most to the least recently used.
pub(super) struct Recency {
    newest: u32,
    pub(super) oldest: u32,
    pub(super) len: usize,
}

impl Recency {
    pub(super) fn new() -> Recency {
        Recency { newest: NONE, oldest: NONE, len: 0 }
    }

    pub(super) fn link<T>(&mut self, slab: &mut Slab<T>, at: u32) {
        let before = std::mem::replace(&mut self.newest, at);
        let entry = slab.entry_mut(at);
        (entry.newer, entry.older) = (NONE, before);
        match before {
            NONE => self.oldest = at,
            before => slab.entry_mut(before).newer = at,
        }
        self.len += 1;
    }

    pub(super) fn unlink<T>(&mut self, slab: &mut Slab<T>, at: u32) {
        let entry = slab.entry(at);
        let (newer, older) = (entry.newer, entry.older);
        match newer {
            NONE => self.newest = older,
            newer => slab.entry_mut(newer).older = older,
        }
        match older {
            NONE => self.oldest = newer,
            older => slab.entry_mut(older).newer = newer,
        }
        self.len -= 1;
    }

    #[inline]
    pub(super) fn touch<T>(&mut self, slab: &mut Slab<T>, at: u32) {
        if self.newest != at {
            self.unlink(slab, at);
            self.link(slab, at);
        }
    }
}

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
        let chunk = if self.slab.is_full() { Slab::<Connection<K>>::chunk_bytes() } else { 0 };
        let index = match self.index.len() < self.index.capacity() {
            true => 0,
            false => 2 * self.index.allocation_size(),
        };
        chunk + index
    }

    #[inline]
    pub(super) fn find(&self, key: &K) -> Option<u32> {
        // Runs of one connection are common: bulk transfers come in bursts.
        if self.live.newest != NONE && self.slab[self.live.newest].key == *key {
            return Some(self.live.newest);
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
