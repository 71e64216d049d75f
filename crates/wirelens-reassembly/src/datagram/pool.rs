//! Buffers of a few sizes, used again and again.
//!
//! Under a flood of fragments every new datagram takes the buffer of one given up. Going through
//! the allocator for it doubles the time, because it touches memory nobody has looked at since.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;

/// Buffers to be used again.
#[derive(Debug, Default)]
pub(super) struct Pool {
    spare: [Vec<Vec<u8>>; SIZES],
    /// What the spare buffers take, their places in the lists included.
    bytes: usize,
    most: usize,
    /// Most of the memory is free.
    has_room: bool,
    // With a seed nobody knows: else fragments could be made that are taken for others.
    hasher: RandomState,
}

/// Steps of 256 bytes up to 2 KiB, where most fragments are, then doubling up to 256 KiB, which is
/// more than a datagram ever takes.
const SIZES: usize = 15;
/// What most datagrams fit into, in bytes.
const USUAL: usize = 4 << 10;
const STEP: usize = 256;
const STEPS: usize = 8;

/// The smallest size of at least so many bytes.
fn size_for(bytes: usize) -> usize {
    if bytes <= STEP * STEPS {
        bytes.div_ceil(STEP).max(1) * STEP
    } else {
        bytes.next_power_of_two()
    }
}

/// Where the spare buffers of a size are.
fn place(size: usize) -> usize {
    let steps = size / STEP;
    if steps <= STEPS {
        steps.saturating_sub(1)
    } else {
        STEPS - 1 + (steps / STEPS).ilog2() as usize
    }
}

/// What a spare buffer takes; a list of them may be twice as long as it needs to be.
fn weight(size: usize) -> usize {
    size + 2 * size_of::<Vec<u8>>()
}

impl Pool {
    /// A pool that keeps at most so many bytes.
    pub(super) fn new(most: usize) -> Pool {
        Pool { most, ..Pool::default() }
    }

    /// So much of the memory is taken. Under a flood buffers are as small as they can be, until it is
    /// well over.
    #[inline]
    pub(super) fn look(&mut self, taken: usize, most: usize) {
        if self.has_room && taken > most / 4 {
            self.has_room = false;
            if let Some(spare) = self.spare.get_mut(place(USUAL)) {
                self.bytes -= spare.drain(..).map(|spare| weight(spare.capacity())).sum::<usize>();
            }
        } else if taken < most / 16 {
            self.has_room = true;
        }
    }

    /// Tells the bytes of fragments apart.
    pub(super) fn digest(&self, bytes: &[u8]) -> u32 {
        self.hasher.hash_one(bytes) as u32
    }

    /// Makes room for so many more bytes.
    #[inline]
    pub(super) fn reserve(&mut self, buffer: &mut Vec<u8>, more: usize) {
        if buffer.capacity() - buffer.len() < more {
            self.exchange(buffer, more);
        }
    }

    fn exchange(&mut self, buffer: &mut Vec<u8>, more: usize) {
        // While there is room, it is for all of a usual datagram; and one that has something gets
        // twice as much, so that bytes are seldom moved. A flood of first fragments takes no more
        // than they need.
        let least = buffer.len() + more;
        let likely = if self.has_room { USUAL } else { 0 };
        let size = size_for(least.max(2 * buffer.len()).max(likely));
        let spare = self.spare.get_mut(place(size)).and_then(Vec::pop);
        if let Some(spare) = &spare {
            self.bytes -= weight(spare.capacity());
        }
        let mut larger = spare.unwrap_or_else(|| Vec::with_capacity(size));
        larger.extend_from_slice(buffer);
        self.give(std::mem::replace(buffer, larger));
    }

    /// Takes a buffer back.
    pub(super) fn give(&mut self, mut buffer: Vec<u8>) {
        let size = buffer.capacity();
        let known = size > 0 && size == size_for(size) && (size != USUAL || self.has_room);
        if !known || self.bytes + weight(size) > self.most {
            return;
        }
        if let Some(spare) = self.spare.get_mut(place(size)) {
            buffer.clear();
            self.bytes += weight(size);
            spare.push(buffer);
        }
    }

    /// Bytes of memory besides the struct itself.
    pub(super) fn heap(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_places_of_their_own() {
        let mut sizes: Vec<_> = (0..=256 << 10).map(size_for).collect();
        assert!(sizes.iter().enumerate().all(|(bytes, size)| bytes <= *size));
        sizes.dedup();
        assert_eq!(
            sizes.iter().map(|size| place(*size)).collect::<Vec<_>>(),
            (0..SIZES).collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_buffer_comes_back() {
        let mut pool = Pool::new(10 << 10);
        let mut buffer = Vec::new();
        pool.reserve(&mut buffer, 700);
        assert_eq!(buffer.capacity(), 768);
        let address = buffer.as_ptr();
        buffer.extend_from_slice(&[7; 700]);
        pool.reserve(&mut buffer, 69);
        assert_eq!((buffer.len(), buffer.capacity(), pool.bytes), (700, 1_536, weight(768)));
        let mut other = Vec::new();
        pool.reserve(&mut other, 513);
        assert_eq!((other.len(), other.as_ptr(), pool.bytes), (0, address, 0));
        pool.give(Vec::with_capacity(16 << 10));
        assert_eq!(pool.bytes, 0, "that is more than it keeps");
    }
}
