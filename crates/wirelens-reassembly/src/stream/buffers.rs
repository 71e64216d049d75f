//! Memory for bytes that wait, used again and again.

/// Buffers by size: each a power of two.
pub(super) struct Buffers {
    free: [Vec<Vec<u8>>; CLASSES],
    /// Bytes in `free`, and how many may be.
    kept: usize,
    most: usize,
}

/// From 64 bytes to 128 KiB; what is larger is not kept.
const SMALLEST: u32 = 6;
const CLASSES: usize = 12;
/// What a place in a list takes, which may be twice as long as it needs to be.
const PLACE: usize = 2 * size_of::<Vec<u8>>();

impl Buffers {
    pub(super) fn new(most: usize) -> Buffers {
        Buffers { free: Default::default(), kept: 0, most }
    }

    /// Bytes kept for reuse, with their places in the lists.
    pub(super) fn bytes(&self) -> usize {
        self.kept
    }

    /// A copy of some bytes.
    pub(super) fn copy(&mut self, bytes: &[u8]) -> Vec<u8> {
        let free = self.free.get_mut(class(Self::capacity(bytes.len())));
        let mut buffer = match free.and_then(Vec::pop) {
            Some(buffer) => {
                self.kept -= buffer.capacity() + PLACE;
                buffer
            }
            None => Vec::with_capacity(Self::capacity(bytes.len())),
        };
        buffer.extend_from_slice(bytes);
        buffer
    }

    /// What a copy of so many bytes takes.
    pub(super) fn capacity(length: usize) -> usize {
        length.next_power_of_two().max(1 << SMALLEST)
    }

    /// Takes a buffer back.
    pub(super) fn give(&mut self, mut buffer: Vec<u8>) {
        let capacity = buffer.capacity();
        if !capacity.is_power_of_two() || self.kept + capacity + PLACE > self.most {
            return;
        }
        if let Some(free) = self.free.get_mut(class(capacity)) {
            buffer.clear();
            self.kept += capacity + PLACE;
            free.push(buffer);
        }
    }
}

/// Where buffers of this capacity are; beyond the last where none are kept.
fn class(capacity: usize) -> usize {
    (capacity.ilog2().wrapping_sub(SMALLEST)) as usize
}
