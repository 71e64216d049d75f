//! Entries by number, with lists through them from the most to the least recently used.
//!
//! Entries live in chunks, so that growing copies nothing and never needs the memory twice.

use std::ops::{Index, IndexMut};

/// No entry.
pub const NONE: u32 = u32::MAX;

const CHUNK_BITS: u32 = 8;
const CHUNK: usize = 1 << CHUNK_BITS;

/// Entries by number. A free one keeps its old value until it is used again.
pub struct Slab<T> {
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
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Slab<T> {
        Slab { chunks: Vec::new(), free: NONE }
    }

    /// Bytes allocated.
    pub fn bytes(&self) -> usize {
        self.chunks.len() * self.chunk_bytes()
    }

    /// Bytes that are allocated at a time.
    pub fn chunk_bytes(&self) -> usize {
        CHUNK * size_of::<Entry<T>>()
    }

    /// Whether the next entry takes another chunk.
    pub fn is_full(&self) -> bool {
        self.free == NONE && self.chunks.last().is_none_or(|chunk| chunk.len() == CHUNK)
    }

    /// An entry, filled by `renew` out of a free one's old value or by `make`.
    pub fn insert(&mut self, make: impl FnOnce() -> T, renew: impl FnOnce(&mut T)) -> u32 {
        if self.free != NONE {
            let at = self.insert_free();
            renew(&mut self.entry_mut(at).value);
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

    /// An entry with this value, in place of a free one's old value if there is one.
    pub fn store(&mut self, value: T) -> u32 {
        if self.free == NONE {
            return self.insert(|| value, |_| {});
        }
        let at = self.insert_free();
        self.entry_mut(at).value = value;
        at
    }

    fn insert_free(&mut self) -> u32 {
        let at = self.free;
        self.free = self.entry(at).older;
        at
    }

    /// Gives an entry back; it is in no list any more.
    pub fn release(&mut self, at: u32) {
        let free = std::mem::replace(&mut self.free, at);
        self.entry_mut(at).older = free;
    }

    /// The entry used next after this one.
    pub fn newer(&self, at: u32) -> u32 {
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
pub struct Recency {
    newest: u32,
    oldest: u32,
    len: usize,
}

impl Recency {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Recency {
        Recency { newest: NONE, oldest: NONE, len: 0 }
    }

    /// The entry used most recently, or [`NONE`].
    #[inline]
    #[must_use]
    pub fn newest(&self) -> u32 {
        self.newest
    }

    /// The entry used least recently, or [`NONE`].
    #[inline]
    #[must_use]
    pub fn oldest(&self) -> u32 {
        self.oldest
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Is there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Puts an entry that is in no list at the front.
    pub fn link<T>(&mut self, slab: &mut Slab<T>, at: u32) {
        let before = std::mem::replace(&mut self.newest, at);
        let entry = slab.entry_mut(at);
        (entry.newer, entry.older) = (NONE, before);
        match before {
            NONE => self.oldest = at,
            before => slab.entry_mut(before).newer = at,
        }
        self.len += 1;
    }

    /// Takes an entry out.
    pub fn unlink<T>(&mut self, slab: &mut Slab<T>, at: u32) {
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

    /// Moves an entry to the front.
    #[inline]
    pub fn touch<T>(&mut self, slab: &mut Slab<T>, at: u32) {
        if self.newest != at {
            self.unlink(slab, at);
            self.link(slab, at);
        }
    }
}

impl<T> Default for Slab<T> {
    fn default() -> Slab<T> {
        Slab::new()
    }
}

impl Default for Recency {
    fn default() -> Recency {
        Recency::new()
    }
}
