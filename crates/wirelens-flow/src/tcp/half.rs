//! One direction of a connection, and what a segment of it says.

use super::mark::{Mark, Marks};
use super::segment::{FIN, RST, SYN, Segment, before};
use super::state::State;
use crate::flow::HANDSHAKE;

/// What is remembered of the segments of a direction. Small: there are two for every flow.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Half {
    /// Behind the highest sequence number that was sent.
    pub(crate) next: u32,
    /// The acknowledgment number sent last.
    pub(crate) ack: u32,
    /// The sequence number of its first segment: of its SYN, where that was seen.
    pub(crate) first: u32,
    /// What the other side may acknowledge: up to the first hole, and where it has acknowledged more
    /// up to `next`.
    to_be_acked: u32,
    /// When the segment before `next` was sent.
    next_time: u64,
    /// The window offered last, not scaled.
    window: u16,
    pub(crate) least_window: u16,
    pub(crate) greatest_window: u16,
    pub(crate) mss: u16,
    /// The control bits of all segments.
    pub(crate) flags: u16,
    /// What was noteworthy of its last segment.
    last: Marks,
    /// Duplicate acknowledgments since the last that was none.
    duplicates: u8,
    scale: u8,
    known: u8,
    pub(crate) state: State,
}

/// A segment of it was seen.
const SEEN: u8 = 1 << 0;
/// Its SYN was seen.
const OPENED: u8 = 1 << 1;
/// Its SYN had the option Window Scale.
const SCALED: u8 = 1 << 2;
/// Its last window came in a SYN, which is never scaled.
const UNSCALED: u8 = 1 << 3;
/// Its first acknowledgment was seen.
const ACKED: u8 = 1 << 4;
/// That the other side has acknowledged more than it was seen to send was told, and nothing of it
/// was seen since.
const TOLD: u8 = 1 << 5;
/// Of the segment under way something was sent again.
const RESENT: u8 = 1 << 6;

/// How close behind its duplicate acknowledgments a fast retransmission comes, in nanoseconds.
const FAST: u64 = 20_000_000;
/// How close to later bytes those come that were only reordered, in nanoseconds, where the
/// round-trip time is not known.
const REORDERED: u64 = 3_000_000;

/// What is known of the connection besides its halves.
pub(crate) struct Around<'f> {
    /// Is the handshake done?
    pub(crate) is_open: bool,
    /// Then its round-trip time in nanoseconds, if it was seen. It is looked at only where it counts:
    /// it stands apart from what all segments need.
    pub(crate) handshake: &'f u64,
    /// When the other side's last segment was sent.
    pub(crate) other_last: u64,
    pub(crate) now: u64,
}

impl Around<'_> {
    /// The round-trip time of the handshake, in nanoseconds.
    fn round_trip(&self) -> Option<u64> {
        let took = *self.handshake;
        Some(took).filter(|_| self.is_open && took > 0 && took < HANDSHAKE)
    }
}

/// What a side has under way while that is one segment, which most have at most: the numbers that
/// are not acknowledged, when it was sent, and whether something of it was sent again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alone {
    pub(crate) numbers: (u32, u32),
    pub(crate) time: u64,
    pub(crate) again: bool,
}

impl Half {
    /// What it has under way, `other` being the side that acknowledges, if that is one segment.
    #[inline]
    pub(crate) fn alone(&self, other: &Half) -> Option<Alone> {
        let acked = if other.known & ACKED != 0 { other.ack } else { self.first };
        let under_way = self.is_seen() && before(acked, self.next);
        let again = self.known & RESENT != 0;
        under_way.then_some(Alone { numbers: (acked, self.next), time: self.next_time, again })
    }

    /// Notes whether something of its segment under way was sent again.
    pub(crate) fn set_again(&mut self, again: bool) {
        self.known = if again { self.known | RESENT } else { self.known & !RESENT };
    }

    pub(crate) fn is_seen(&self) -> bool {
        self.known & SEEN != 0
    }

    /// Was its SYN seen?
    pub(crate) fn is_opened(&self) -> bool {
        self.known & OPENED != 0
    }

    /// How far its windows are shifted, where that is known: both sides must offer it in their
    /// SYNs (RFC 7323 section 2.2).
    pub(crate) fn scale(&self, other: &Half) -> Option<u8> {
        if self.known & other.known & OPENED == 0 {
            return None;
        }
        Some(if self.known & other.known & SCALED == 0 { 0 } else { self.scale.min(14) })
    }

    /// The shift that its own SYN offered.
    pub(crate) fn offered_scale(&self) -> Option<u8> {
        (self.known & SCALED != 0).then_some(self.scale)
    }

    /// What is noteworthy of a segment, before it is [noted](Self::note).
    pub(crate) fn analyse(&self, segment: &Segment, other: &Half, around: &Around<'_>) -> Marks {
        let mut marks = Marks::default();
        let Segment { sequence, length, window, .. } = *segment;
        let ack = segment.acknowledgment.unwrap_or(0);
        let plain = !segment.has(SYN | FIN | RST);
        let in_turn = self.is_seen() && sequence == self.next;
        let same_ack = self.known & ACKED != 0 && ack == self.ack;
        if length == 1 && in_turn && other.is_seen() && other.window == 0 {
            marks.add(Mark::ZeroWindowProbe);
            return self.with_unseen(marks, segment, other);
        }
        if window == 0 && plain {
            marks.add(Mark::ZeroWindow);
        }
        if self.is_seen() && before(self.next, sequence) && !segment.has(RST) {
            marks.add(Mark::LostSegment);
        }
        if length <= 1 && self.is_seen() && plain && sequence == self.next.wrapping_sub(1) {
            marks.add(Mark::KeepAlive);
        }
        let says_nothing = length == 0 && plain && in_turn && same_ack;
        if says_nothing && window != 0 && window != self.window {
            marks.add(Mark::WindowUpdate);
        }
        if length > 0 && plain && self.fills(segment, other) {
            marks.add(Mark::WindowFull);
        }
        if says_nothing && window == self.window {
            let answered = match window {
                0 if other.last.has(Mark::ZeroWindowProbe) => Some(Mark::ZeroWindowProbeAck),
                0 => None,
                _ if other.last.has(Mark::KeepAlive) => Some(Mark::KeepAliveAck),
                _ => Some(Mark::DuplicateAck),
            };
            if let Some(mark) = answered {
                marks.add(mark);
            }
        }
        marks = self.with_unseen(marks, segment, other);
        if (length > 0 || segment.has(SYN | FIN)) && !marks.has(Mark::KeepAlive) {
            self.repeated(&mut marks, segment, other, around);
        }
        marks
    }

    /// Does it acknowledge what was not seen?
    fn with_unseen(&self, mut marks: Marks, segment: &Segment, other: &Half) -> Marks {
        if let Some(ack) = segment.acknowledgment
            && other.is_seen()
            && before(other.to_be_acked, ack)
            && other.known & TOLD == 0
        {
            marks.add(Mark::AckedUnseen);
        }
        marks
    }

    /// Does it fill the window that the other side has offered?
    fn fills(&self, segment: &Segment, other: &Half) -> bool {
        if other.known & (OPENED | ACKED) != OPENED | ACKED {
            return false;
        }
        let scaled = other.known & SCALED != 0 && other.known & UNSCALED == 0;
        let window = u32::from(other.window) << if scaled { other.scale.min(14) } else { 0 };
        segment.sequence.wrapping_add(segment.length) == other.ack.wrapping_add(window)
    }

    /// Is it one that was sent before, or one that was overtaken?
    fn repeated(&self, marks: &mut Marks, segment: &Segment, other: &Half, around: &Around<'_>) {
        let Segment { sequence, length, .. } = *segment;
        let end = sequence.wrapping_add(length);
        if length > 0 && other.known & ACKED != 0 && !before(other.ack, end) {
            return marks.add(Mark::SpuriousRetransmission);
        }
        let behind = self.is_seen() && before(sequence, self.next);
        // One more than a probe of a closed window holds: it goes on behind that.
        if !behind || (length > 1 && self.next.wrapping_sub(1) == sequence) {
            return;
        }
        let asked = other.duplicates >= 2 && other.ack == sequence;
        // Frames that are before others in time are after them in a capture of several.
        let within =
            |since: u64, time: u64| around.now.checked_sub(since).is_some_and(|past| past < time);
        if asked && within(around.other_last, FAST) {
            return marks.add(Mark::FastRetransmission);
        }
        let last = self.next == sequence.wrapping_add(segment.numbers());
        if within(self.next_time, around.round_trip().unwrap_or(REORDERED)) && !last {
            return marks.add(Mark::OutOfOrder);
        }
        let syn = segment.has(SYN) && self.is_opened() && sequence == self.first;
        // Where both began at once, each sends its SYN once more with what it answers (RFC 9293
        // section 3.5).
        if syn && self.known & ACKED == 0 && segment.acknowledgment.is_some() {
            return;
        }
        marks.add(if syn { Mark::SynRetry } else { Mark::Retransmission });
    }

    /// Remembers a segment and what was noteworthy of it.
    pub(crate) fn note(&mut self, segment: &Segment, marks: Marks, now: u64) {
        let Segment { sequence, window, .. } = *segment;
        let probe = marks.has(Mark::ZeroWindowProbe);
        let end = sequence.wrapping_add(segment.numbers());
        if !self.is_seen() && segment.has(RST) {
            // It answers what has no connection here, with a number of its own making (RFC 9293
            // section 3.10.7.1).
            self.flags |= segment.flags;
            return;
        }
        let opens = segment.has(SYN) && !self.is_opened();
        if !self.is_seen() || opens {
            self.first = sequence;
            (self.next, self.to_be_acked, self.next_time) = (end, end, now);
            (self.least_window, self.greatest_window) = (window, window);
        } else {
            if before(self.next, end) && !probe && !segment.has(RST) {
                (self.next, self.next_time) = (end, now);
                self.known &= !TOLD;
            }
            if sequence == self.to_be_acked && !probe {
                self.to_be_acked = self.next;
            }
            // That of a reset says nothing.
            if !segment.has(RST) {
                self.least_window = self.least_window.min(window);
                self.greatest_window = self.greatest_window.max(window);
            }
        }
        self.known = (self.known | SEEN) & !UNSCALED;
        if segment.has(SYN) {
            self.known |= OPENED | UNSCALED;
            if let Some(scale) = segment.scale {
                self.known |= SCALED;
                self.scale = scale;
            }
            self.mss = segment.mss.unwrap_or(self.mss);
        }
        if marks.has(Mark::DuplicateAck) {
            self.duplicates = self.duplicates.saturating_add(1);
        }
        let ack = segment.acknowledgment;
        if let Some(ack) = ack {
            if self.known & ACKED == 0 || ack != self.ack {
                self.duplicates = 0;
            }
            self.ack = ack;
            self.known |= ACKED;
        }
        self.flags |= segment.flags;
        self.window = window;
        self.last = marks;
    }

    /// The other side has acknowledged what was not seen.
    pub(crate) fn acknowledged_unseen(&mut self) {
        self.known |= if self.to_be_acked == self.next { TOLD } else { 0 };
        self.to_be_acked = self.next;
    }
}

impl Half {
    /// Is a segment of an older connection between the same ends, which one end has forgotten? That
    /// has sent a SYN, the other acknowledges what it has of old, and is reset for it; the SYN goes
    /// on waiting (RFC 9293 section 3.10.7.3). `other` is the half of who does not send it.
    pub(crate) fn is_older(&self, segment: &Segment, other: &Half) -> bool {
        let within =
            |half: &Half, number: u32| before(half.first, number) && !before(half.next, number);
        if segment.has(RST) {
            let waits = self.state == State::SynSent && !other.is_opened();
            return waits && segment.acknowledgment.is_none() && !within(self, segment.sequence);
        }
        let waits = other.state == State::SynSent && !self.is_opened();
        let says_nothing = segment.numbers() == 0;
        waits && says_nothing && segment.acknowledgment.is_some_and(|ack| !within(other, ack))
    }

    /// Does this side obey a reset of the other? It must be where this side waits for more (RFC 9293
    /// section 3.10.7.4), or answer its SYN.
    pub(crate) fn is_reset_obeyed(&self, segment: &Segment) -> bool {
        if self.known & ACKED == 0 {
            let answers = |ack: u32| ack == self.next;
            return !self.is_seen() || segment.acknowledgment.is_none_or(answers);
        }
        let scale = if self.known & SCALED != 0 { self.scale.min(14) } else { 0 };
        let window = (u32::from(self.greatest_window) << scale).max(1);
        segment.sequence.wrapping_sub(self.ack) < window
    }
}
