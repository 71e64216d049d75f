//! What was seen lately, in tables of fixed size: frames, to know one captured twice, and runs
//! delivered, to notice when they are said again with other bytes.
//!
//! A slot is found by a fixed mix, not a random one: which entry displaces which shows in the
//! output. The hash of the bytes is random, since a third party must not be able to choose two
//! runs of the same hash.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use super::Segment;

/// Frames of the last moments.
pub(super) struct Frames {
    /// The numbers mixed, and the time in nanoseconds. Allocated with the first identity.
    slots: Vec<(u64, u64)>,
}

const FRAMES: usize = 1 << 12;

impl Frames {
    pub(super) fn new() -> Frames {
        Frames { slots: Vec::new() }
    }

    pub(super) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<(u64, u64)>()
    }

    /// Whether the same frame was seen at most `within` nanoseconds ago.
    pub(super) fn seen(
        &mut self,
        stream: u64,
        identity: u64,
        segment: &Segment<'_>,
        within: u64,
    ) -> bool {
        if self.slots.is_empty() {
            self.slots.resize(FRAMES, (0, 0));
        }
        let acknowledgment = segment.acknowledgment.map_or(0, |number| u64::from(number) | 1 << 32);
        let rest = u64::from(segment.window) << 40
            | u64::from(segment.flags.bits()) << 32
            | u64::from(segment.length);
        let numbers = [stream, identity, u64::from(segment.sequence), acknowledgment, rest];
        let mixed = numbers.into_iter().fold(0, mix).max(1);
        let Some(slot) = self.slots.get_mut(mixed as usize & (FRAMES - 1)) else { return false };
        let known = slot.0 == mixed && segment.time.abs_diff(slot.1) <= within;
        *slot = (mixed, segment.time);
        known
    }
}

/// Runs delivered lately.
pub(super) struct Runs {
    slots: Vec<Slot>,
    hasher: RandomState,
}

#[derive(Clone, Copy, Default)]
struct Slot {
    /// Which run: of a stream, at an offset, so long.
    run: (u64, u64, u32),
    hash: u64,
    frame: u64,
}

impl Runs {
    pub(super) fn new(most: usize) -> Runs {
        let slots = match most {
            0 => Vec::new(),
            most => vec![Slot::default(); most.next_power_of_two().min(1 << 24)],
        };
        Runs { slots, hasher: RandomState::default() }
    }

    pub(super) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>()
    }

    #[inline]
    pub(super) fn record(&mut self, stream: u64, offset: u64, bytes: &[u8], frame: u64) {
        if self.slots.is_empty() {
            return;
        }
        let hash = self.hasher.hash_one(bytes);
        let run = (stream, offset, bytes.len() as u32);
        let at = self.place(run);
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = Slot { run, hash, frame };
        }
    }

    /// The frame that said something else of exactly these bytes, if that is known.
    pub(super) fn contradicts(&self, stream: u64, offset: u64, bytes: &[u8]) -> Option<u64> {
        let run = (stream, offset, bytes.len() as u32);
        let slot = self.slots.get(self.place(run))?;
        (slot.run == run && slot.hash != self.hasher.hash_one(bytes)).then_some(slot.frame)
    }

    #[inline]
    fn place(&self, (stream, offset, length): (u64, u64, u32)) -> usize {
        let mixed = [offset, u64::from(length)].into_iter().fold(stream, mix);
        mixed as usize & self.slots.len().wrapping_sub(1)
    }
}

/// Two numbers into one: the odd constant is 2^64 over the golden ratio.
#[inline]
fn mix(state: u64, number: u64) -> u64 {
    let product = (state ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    product ^ (product >> 29)
}
