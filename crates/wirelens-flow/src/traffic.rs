//! What one end of a flow sent.

use crate::spread::{Range, Spread};
use crate::tcp::Half;

/// What is remembered of what one end sent: two lines of memory. The first is looked at by what the
/// other end sends, too.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(64))]
pub(crate) struct Sent {
    pub(crate) half: Half,
    pub(crate) last: u64,
    pub(crate) frames: u64,
    pub(crate) payload: u64,
    pub(crate) bytes: u64,
    pub(crate) gaps: Range,
    /// How long what the other end sent took until this one acknowledged it.
    pub(crate) trips_of_other: Trips,
    pub(crate) ttl: (u8, u8),
    pub(crate) link: [u8; 6],
}

/// Round-trip times.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(crate) struct Trips {
    range: Range,
    sum: u64,
    count: u32,
}

impl Trips {
    pub(crate) fn add(&mut self, time: u64) {
        self.range.add(time, self.count == 0);
        self.count = self.count.saturating_add(1);
        self.sum = self.sum.saturating_add(time);
    }
}

/// What one end sent.
#[derive(Clone, Copy, Debug)]
pub struct Traffic<'f> {
    pub(crate) sent: &'f Sent,
    pub(crate) first: u64,
    pub(crate) trips: &'f Trips,
}

impl Traffic<'_> {
    /// Frames.
    pub fn frames(&self) -> u64 {
        self.sent.frames
    }

    /// Bytes on the wire.
    pub fn bytes(&self) -> u64 {
        self.sent.bytes
    }

    /// Bytes that the transport carried, those that were sent again too.
    pub fn payload(&self) -> u64 {
        self.sent.payload
    }

    /// Bytes of headers, padding and trailers.
    pub fn overhead(&self) -> u64 {
        self.sent.bytes.saturating_sub(self.sent.payload)
    }

    /// When its first and last frame were captured, in nanoseconds since 1970.
    pub fn times(&self) -> Option<(u64, u64)> {
        (self.sent.frames > 0).then_some((self.first, self.sent.last))
    }

    /// The least and greatest time to live.
    pub fn ttl(&self) -> Option<(u8, u8)> {
        (self.sent.frames > 0).then_some(self.sent.ttl)
    }

    /// The link address it was sent from, as its first frame has it.
    pub fn link(&self) -> Option<[u8; 6]> {
        Some(self.sent.link).filter(|address| *address != [0; 6])
    }

    /// The lengths of time between its frames.
    pub fn arrivals(&self) -> Option<Spread> {
        let count = self.sent.frames.saturating_sub(1);
        self.sent.gaps.spread(count, self.sent.last.saturating_sub(self.first))
    }

    /// How long its segments took until they were acknowledged.
    pub fn round_trips(&self) -> Option<Spread> {
        self.trips.range.spread(self.trips.count.into(), self.trips.sum)
    }

    /// The TCP control bits of all its segments, as [`FLAGS`](crate::tcp::FLAGS) has them.
    pub fn flags(&self) -> u16 {
        self.sent.half.flags
    }

    /// The least and greatest window it offered, not scaled.
    pub fn windows(&self) -> Option<(u16, u16)> {
        let half = &self.sent.half;
        half.is_seen().then_some((half.least_window, half.greatest_window))
    }

    /// The maximum segment size it offered.
    pub fn mss(&self) -> Option<u16> {
        Some(self.sent.half.mss).filter(|&mss| mss > 0)
    }

    /// The shift of its windows that it offered.
    pub fn offered_scale(&self) -> Option<u8> {
        self.sent.half.offered_scale()
    }

    /// The sequence number of its SYN, if that was seen.
    pub fn initial_sequence(&self) -> Option<u32> {
        let half = &self.sent.half;
        half.is_opened().then_some(half.first)
    }
}

#[cfg(test)]
mod tests {
    use std::mem::offset_of;

    use super::*;

    #[test]
    fn what_one_end_sent_is_two_lines() {
        assert_eq!((size_of::<Sent>(), offset_of!(Sent, bytes)), (128, 64));
    }
}
