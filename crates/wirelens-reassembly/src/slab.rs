//! Entries by number, with lists through them from the most to the least recently used.
//!
//! Entries live in chunks, so that growing copies nothing and never needs the memory twice.

use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// No entry.
pub const NONE: u32 = u32::MAX;

const CHUNK_BITS: u32 = 8;
const CHUNK: usize = 1 << CHUNK_BITS;

/// Entries by number. A free one keeps its old value until it is used again.
pub struct Slab<T, E = Entry<T>> {
    chunks: Vec<Vec<E>>,
    /// The list of free entries, through `older`.
    free: u32,
    values: PhantomData<T>,
}

/// Where an entry stands in its list.
#[derive(Clone, Copy, Debug)]
pub struct Links {
    newer: u32,
    older: u32,
}

impl Links {
    /// In none.
    pub const NONE: Links = Links { newer: NONE, older: NONE };
}

/// How a value stands in a [`Slab`]: with its links behind it, or with a place of its own for them,
/// where it must begin with a line of memory.
pub trait Holds<T> {
    /// An entry that is in no list.
    fn new(value: T) -> Self;
    /// Where it stands.
    fn links(&self) -> &Links;
    /// The same, to move it.
    fn links_mut(&mut self) -> &mut Links;
    /// Its value.
    fn value(&self) -> &T;
    /// The same, to change it.
    fn value_mut(&mut self) -> &mut T;
}

/// A value and its links.
pub struct Entry<T> {
    links: Links,
    value: T,
}

impl<T> Holds<T> for Entry<T> {
    #[inline]
    fn new(value: T) -> Entry<T> {
        Entry { links: Links::NONE, value }
    }

    #[inline]
    fn links(&self) -> &Links {
        &self.links
    }

    #[inline]
    fn links_mut(&mut self) -> &mut Links {
        &mut self.links
    }

    #[inline]
    fn value(&self) -> &T {
        &self.value
    }

    #[inline]
    fn value_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T, E: Holds<T>> Slab<T, E> {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Slab<T, E> {
        Slab { chunks: Vec::new(), free: NONE, values: PhantomData }
    }

    /// Bytes allocated.
    pub fn bytes(&self) -> usize {
        self.chunks.len() * self.chunk_bytes()
    }

    /// Bytes that are allocated at a time.
    pub fn chunk_bytes(&self) -> usize {
        CHUNK * size_of::<E>()
    }

    /// Whether the next entry takes another chunk.
    pub fn is_full(&self) -> bool {
        self.free == NONE && self.chunks.last().is_none_or(|chunk| chunk.len() == CHUNK)
    }

    /// An entry, filled by `renew` out of a free one's old value or by `make`.
    pub fn insert(&mut self, make: impl FnOnce() -> T, renew: impl FnOnce(&mut T)) -> u32 {
        if self.free != NONE {
            let at = self.insert_free();
            renew(self.entry_mut(at).value_mut());
            return at;
        }
        if self.is_full() {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        let chunks = self.chunks.len();
        let Some(chunk) = self.chunks.last_mut() else { return NONE };
        chunk.push(E::new(make()));
        ((chunks - 1) * CHUNK + chunk.len() - 1) as u32
    }

    /// An entry with this value, in place of a free one's old value if there is one.
    pub fn store(&mut self, value: T) -> u32 {
        if self.free == NONE {
            return self.insert(|| value, |_| {});
        }
        let at = self.insert_free();
        *self.entry_mut(at).value_mut() = value;
        at
    }

    fn insert_free(&mut self) -> u32 {
        let at = self.free;
        self.free = self.entry(at).links().older;
        at
    }

    /// Gives an entry back; it is in no list any more.
    pub fn release(&mut self, at: u32) {
        let free = std::mem::replace(&mut self.free, at);
        self.entry_mut(at).links_mut().older = free;
    }

    /// The entry used next after this one.
    pub fn newer(&self, at: u32) -> u32 {
        self.entry(at).links().newer
    }

    #[inline]
    fn entry(&self, at: u32) -> &E {
        &self.chunks[(at >> CHUNK_BITS) as usize][at as usize & (CHUNK - 1)]
    }

    #[inline]
    fn entry_mut(&mut self, at: u32) -> &mut E {
        &mut self.chunks[(at >> CHUNK_BITS) as usize][at as usize & (CHUNK - 1)]
    }
}

impl<T, E: Holds<T>> Index<u32> for Slab<T, E> {
    type Output = T;

    #[inline]
    fn index(&self, at: u32) -> &T {
        self.entry(at).value()
    }
}

impl<T, E: Holds<T>> IndexMut<u32> for Slab<T, E> {
    #[inline]
    fn index_mut(&mut self, at: u32) -> &mut T {
        self.entry_mut(at).value_mut()
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
    pub fn link<T, E: Holds<T>>(&mut self, slab: &mut Slab<T, E>, at: u32) {
        let before = std::mem::replace(&mut self.newest, at);
        *slab.entry_mut(at).links_mut() = Links { newer: NONE, older: before };
        match before {
            NONE => self.oldest = at,
            before => slab.entry_mut(before).links_mut().newer = at,
        }
        self.len += 1;
    }

    /// Takes an entry out.
    pub fn unlink<T, E: Holds<T>>(&mut self, slab: &mut Slab<T, E>, at: u32) {
        let Links { newer, older } = *slab.entry(at).links();
        match newer {
            NONE => self.newest = older,
            newer => slab.entry_mut(newer).links_mut().older = older,
        }
        match older {
            NONE => self.oldest = newer,
            older => slab.entry_mut(older).links_mut().newer = newer,
        }
        self.len -= 1;
    }

    /// Moves an entry to the front.
    #[inline]
    pub fn touch<T, E: Holds<T>>(&mut self, slab: &mut Slab<T, E>, at: u32) {
        if self.newest != at {
            self.unlink(slab, at);
            self.link(slab, at);
        }
    }
}

impl<T, E: Holds<T>> Default for Slab<T, E> {
    fn default() -> Slab<T, E> {
        Slab::new()
    }
}

impl Default for Recency {
    fn default() -> Recency {
        Recency::new()
    }
}
