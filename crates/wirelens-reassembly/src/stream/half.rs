//! One direction of a connection: what is next, and what becomes of bytes.

use super::history::Runs;
use super::pending::{Fresh, Inserted, Piece, Stores, compare};
use super::{
    Counters, Direction, Event, Flags, GapReason, Kind, Limits, Origin, Run, Segment, Sink, Stream,
};
use crate::slab::NONE;

/// One direction. Small: there is a pair for every connection, half-open ones too.
#[derive(Clone, Copy)]
pub(super) struct Half {
    /// The position of the next byte to deliver.
    pub(super) next: u64,
    /// What the other side acknowledged in its latest segment. Not the highest ever: a lower one
    /// takes back what a stray said, and one that was merely reordered is soon corrected.
    pub(super) acknowledged: u64,
    /// The sequence number of position 0; before the start, the latest acknowledgment.
    pub(super) base: u32,
    /// Where what waits is kept.
    pub(super) store: u32,
    /// The largest window offered by this side, not scaled.
    pub(super) window: u16,
    pub(super) scale: u8,
    pub(super) state: u8,
}

/// The first byte is known.
pub(super) const STARTED: u8 = 1 << 0;
/// It is not, but the other side acknowledged something.
pub(super) const HINT: u8 = 1 << 1;
/// The first byte is the one after the SYN.
pub(super) const EXACT: u8 = 1 << 2;
/// All was delivered up to the FIN.
pub(super) const FINISHED: u8 = 1 << 3;
/// A segment of this direction was seen.
pub(super) const SEEN: u8 = 1 << 4;
/// Its last segment offered a window of zero.
pub(super) const CLOSED: u8 = 1 << 5;
/// The other side acknowledges in this capture.
pub(super) const ACKED: u8 = 1 << 6;

/// A shift count that is not known.
const UNKNOWN: u8 = u8::MAX;
/// The largest window there is (RFC 7323 section 2.3).
pub(super) const LARGEST: i64 = 1 << 30;
/// A hole at the very start is only believed if it is no longer than this.
const START: u32 = 1 << 16;

/// What all directions share.
pub(super) struct Shared {
    pub(super) limits: Limits,
    pub(super) counters: Counters,
    pub(super) stores: Stores,
    pub(super) runs: Runs,
    /// Bytes the stores together may take.
    pub(super) room: usize,
}

/// Where events of a direction go.
pub(super) struct Out<'x, K, S> {
    pub(super) stream: Stream<'x, K>,
    pub(super) sink: &'x mut S,
}

impl<K, S: Sink<K>> Out<'_, K, S> {
    #[inline]
    pub(super) fn send(&mut self, event: Event<'_>) {
        self.sink.event(&self.stream, event);
    }

    pub(super) fn id(&self) -> u64 {
        self.stream.connection << 1 | u64::from(self.stream.direction == Direction::Backward)
    }
}

impl Half {
    pub(super) fn new() -> Half {
        Half { next: 0, acknowledged: 0, base: 0, store: NONE, window: 0, scale: UNKNOWN, state: 0 }
    }

    #[inline]
    pub(super) fn is(&self, state: u8) -> bool {
        self.state & state != 0
    }

    /// The position of a sequence number: the one nearest to what is next (RFC 9293 section 3.4).
    #[inline]
    pub(super) fn place(&self, sequence: u32) -> i64 {
        let expected = self.base.wrapping_add(self.next as u32);
        self.next as i64 + i64::from(sequence.wrapping_sub(expected) as i32)
    }

    /// Where what is known of the direction ends.
    pub(super) fn highest(&self, stores: &Stores) -> u64 {
        if self.store == NONE {
            return self.next;
        }
        let store = stores.get(self.store);
        self.next.max(store.end().max(store.fin).unwrap_or(0))
    }

    /// How far from what is next a segment may be, by the window of the other side. Where that is
    /// not known, as far as may wait anyway.
    pub(super) fn reach(&self, other: &Half, limits: &Limits) -> i64 {
        if other.window == 0 || self.scale == UNKNOWN || other.scale == UNKNOWN {
            return (limits.stream_bytes as i64).clamp(1 << 16, LARGEST);
        }
        i64::from(other.window) << other.scale.min(14)
    }

    /// Notes the window and, of a SYN, its scale.
    #[inline]
    pub(super) fn offers(&mut self, segment: &Segment<'_>) {
        self.state |= SEEN;
        self.window = self.window.max(segment.window);
        self.state = if segment.window == 0 { self.state | CLOSED } else { self.state & !CLOSED };
        if segment.has(Flags::SYN) {
            self.scale = segment.window_scale.unwrap_or(UNKNOWN);
        }
    }

    /// Begins at a sequence number.
    pub(super) fn start<K, S: Sink<K>>(
        &mut self,
        base: u32,
        origin: Origin,
        exact: bool,
        out: &mut Out<'_, K, S>,
    ) {
        self.base = base;
        self.state = (self.state & !HINT) | STARTED | if exact { EXACT } else { 0 };
        out.send(Event::Start { sequence: base, origin });
    }

    /// Begins at the first byte seen, or at a byte shortly before it that the other side waits for.
    pub(super) fn start_at_data<K, S: Sink<K>>(&mut self, first: u32, out: &mut Out<'_, K, S>) {
        let (base, origin) = match first.wrapping_sub(self.base) {
            0..=START if self.is(HINT) => (self.base, Origin::Acknowledged),
            _ => (first, Origin::FirstByte),
        };
        self.start(base, origin, false, out);
    }

    /// The other side acknowledges this number.
    #[inline]
    pub(super) fn acknowledge(
        &mut self,
        number: u32,
        shared: &mut Shared,
        connection: u32,
        direction: Direction,
    ) {
        if !self.is(STARTED) {
            self.base = number;
            self.state |= HINT;
            return;
        }
        let place = self.place(number);
        if (place - self.next as i64).abs() > LARGEST {
            shared.counters.acknowledgments_ignored += 1;
            return;
        }
        // The SYN's own number, and what was acknowledged before the capture began.
        let Ok(place) = u64::try_from(place) else { return };
        self.acknowledged = place;
        self.state |= ACKED;
        if place > self.next && !self.is(FINISHED) {
            shared.stores.ensure(&mut self.store, connection, direction);
        }
    }

    /// Takes the bytes and the FIN of a segment that belongs here.
    #[inline]
    pub(super) fn accept<K, S: Sink<K>>(
        &mut self,
        segment: &Segment<'_>,
        other_closed: bool,
        connection: u32,
        shared: &mut Shared,
        out: &mut Out<'_, K, S>,
    ) -> Kind {
        let before = self.next as i64;
        let place = self.place(segment.first_byte());
        let declared = place + i64::from(segment.stream_length());
        let mut end = declared;
        if self.is(FINISHED) || self.store != NONE {
            let fin = match self.is(FINISHED) {
                true => Some(self.next),
                false => shared.stores.get(self.store).fin,
            };
            if let Some(fin) = fin.map(|fin| fin as i64).filter(|&fin| end > fin) {
                shared.counters.after_end += 1;
                if place >= fin {
                    return Kind::AfterEnd;
                }
                end = fin;
            }
        }
        let kind = if place == end {
            Kind::Fin
        } else if end <= before {
            self.old(segment, (place, end), other_closed, shared, out)
        } else {
            self.new_bytes(segment, (place, end), connection, shared, out)
        };
        if segment.has(Flags::FIN) {
            self.fin(declared, connection, shared, out);
        }
        let probe = other_closed && end - place == 1 && place == before;
        if probe && kind == Kind::InOrder { Kind::ZeroWindowProbe } else { kind }
    }

    #[inline]
    fn new_bytes<K, S: Sink<K>>(
        &mut self,
        segment: &Segment<'_>,
        (place, end): (i64, i64),
        connection: u32,
        shared: &mut Shared,
        out: &mut Out<'_, K, S>,
    ) -> Kind {
        let before = self.next as i64;
        let bytes = segment.captured();
        let kept = bytes.get(..(end - place) as usize).unwrap_or(bytes);
        let skip = ((before - place).max(0) as usize).min(kept.len());
        let urgent = segment.has(Flags::URG) && segment.urgent > 0;
        let urgent = urgent.then(|| u64::try_from(place + i64::from(segment.urgent)).unwrap_or(0));
        let fresh = Fresh {
            from: place.max(before) as u64,
            to: end as u64,
            bytes: kept.get(skip..).unwrap_or(&[]),
            frame: segment.frame,
            time: segment.time,
            acknowledgment: segment.acknowledgment,
            urgent,
        };
        if place > before {
            let length = fresh.to - fresh.from;
            let new = self.wait(fresh, connection, shared, out);
            shared.counters.retransmitted += length - new.min(length);
            return match new {
                0 => Kind::Retransmission,
                new if new < length => Kind::PartialRetransmission,
                _ => Kind::OutOfOrder,
            };
        }
        let partial = place < before;
        if partial {
            let late = self.late(segment, (place, before), shared, out);
            shared.counters.before_start += place.min(0).unsigned_abs();
            shared.counters.retransmitted += (before - place.max(0)) as u64 - late;
        }
        self.advance(fresh, shared, out);
        if partial { Kind::PartialRetransmission } else { Kind::InOrder }
    }

    /// Bytes that begin at the next one.
    #[inline]
    fn advance<K, S: Sink<K>>(
        &mut self,
        fresh: Fresh<'_>,
        shared: &mut Shared,
        out: &mut Out<'_, K, S>,
    ) {
        if self.store != NONE {
            return self.merge(fresh, shared, out);
        }
        if !fresh.bytes.is_empty() {
            self.deliver(fresh.run(fresh.from, fresh.captured_to()), shared, out);
        }
        self.gap(fresh.to, GapReason::NotCaptured, shared, out);
    }

    #[inline]
    fn deliver<K, S: Sink<K>>(
        &mut self,
        run: Run<'_>,
        shared: &mut Shared,
        out: &mut Out<'_, K, S>,
    ) {
        let length = run.bytes.len() as u64;
        shared.counters.delivered += length;
        shared.counters.borrowed += if run.waited { 0 } else { length };
        shared.runs.record(out.id(), run.offset, run.bytes, run.frame);
        self.next = run.offset + length;
        out.send(Event::Run(run));
    }

    /// Gives up what is missing before `to`, if anything is.
    #[inline]
    pub(super) fn gap<K, S: Sink<K>>(
        &mut self,
        to: u64,
        reason: GapReason,
        shared: &mut Shared,
        out: &mut Out<'_, K, S>,
    ) {
        let offset = self.next;
        if to <= offset {
            return;
        }
        shared.counters.gaps += 1;
        shared.counters.missing += to - offset;
        // A cut frame is cut again when it is repeated, and the end is the end.
        if self.store != NONE && !matches!(reason, GapReason::NotCaptured | GapReason::End) {
            shared.stores.get_mut(self.store).remember(offset, to);
        }
        self.next = to;
        out.send(Event::Gap { offset, length: to - offset, reason });
    }

    /// Bytes that begin at the next one, where others wait already.
    fn merge<K, S: Sink<K>>(
        &mut self,
        fresh: Fresh<'_>,
        shared: &mut Shared,
        out: &mut Out<'_, K, S>,
    ) {
        let to = fresh.captured_to().min(fresh.to);
        let mut from = fresh.from;
        while let Some((start, piece)) = self.pop_before(to, shared) {
            let (end, high) = (piece.end(start), piece.end(start).min(to));
            let replaces = shared.limits.policy.replaces((fresh.from, fresh.to), (start, end));
            if let Some(conflict) = compare(&piece, start, &fresh, (start, high), replaces) {
                shared.counters.conflicts += 1;
                out.send(Event::Conflict(conflict));
            }
            if !replaces && !piece.is_absent() {
                if from < start {
                    self.deliver(fresh.run(from, start), shared, out);
                }
                self.deliver(piece.run(start), shared, out);
                from = end;
            } else if end > to {
                shared.stores.put_back(self.store, start, piece, to);
                break;
            }
            shared.stores.recycle(piece);
        }
        if from < to {
            self.deliver(fresh.run(from, to), shared, out);
        }
        while let Some((start, piece)) = self.pop_before(fresh.to, shared) {
            self.gap(start, GapReason::NotCaptured, shared, out);
            self.deliver_piece(start, piece, shared, out);
        }
        self.gap(fresh.to, GapReason::NotCaptured, shared, out);
        self.drain(shared, out);
    }

    fn pop_before(&self, to: u64, shared: &mut Shared) -> Option<(u64, Piece)> {
        let first = shared.stores.get(self.store).first()?;
        if first < to { shared.stores.pop(self.store) } else { None }
    }

    fn deliver_piece<K, S: Sink<K>>(
        &mut self,
        start: u64,
        piece: Piece,
        shared: &mut Shared,
        out: &mut Out<'_, K, S>,
    ) {
        match piece.is_absent() {
            true => self.gap(piece.end(start), GapReason::NotCaptured, shared, out),
            false => self.deliver(piece.run(start), shared, out),
        }
        shared.stores.recycle(piece);
    }

    /// Delivers what waited for what was delivered just now, and the FIN if it is next.
    pub(super) fn drain<K, S: Sink<K>>(&mut self, shared: &mut Shared, out: &mut Out<'_, K, S>) {
        if self.store == NONE {
            return;
        }
        while let Some((start, piece)) = self.pop_before(self.next + 1, shared) {
            self.deliver_piece(start, piece, shared, out);
        }
        if shared.stores.get(self.store).fin == Some(self.next) {
            self.finish(shared, out);
        }
    }

    fn finish<K, S: Sink<K>>(&mut self, shared: &mut Shared, out: &mut Out<'_, K, S>) {
        self.state |= FINISHED;
        shared.stores.release(&mut self.store);
        out.send(Event::Fin { offset: self.next });
    }

    /// Bytes behind a hole. Returns how many are new.
    fn wait<K, S: Sink<K>>(
        &mut self,
        mut fresh: Fresh<'_>,
        connection: u32,
        shared: &mut Shared,
        out: &mut Out<'_, K, S>,
    ) -> u64 {
        let all = fresh.to - fresh.from;
        loop {
            let at = shared.stores.ensure(&mut self.store, connection, out.stream.direction);
            shared.stores.touch(at);
            let Shared { stores, limits, counters, room, .. } = shared;
            let mut conflict = |conflict| {
                counters.conflicts += 1;
                out.send(Event::Conflict(conflict));
            };
            let from = match stores.insert(at, fresh, limits, *room, &mut conflict) {
                Inserted::Done(new) => return new,
                Inserted::Full(from) => from,
            };
            let reason = self.forced(shared);
            let first = shared.stores.get(at).first().unwrap_or(from);
            self.gap(first.min(from), reason, shared, out);
            self.drain(shared, out);
            fresh = fresh.after(from);
            if self.next >= fresh.from {
                if self.next < fresh.to {
                    self.advance(fresh.after(self.next), shared, out);
                }
                return all;
            }
        }
    }

    fn forced(&self, shared: &mut Shared) -> GapReason {
        // Half a kilobyte is what a small piece would have taken.
        if shared.stores.bytes() + 512 >= shared.room {
            shared.counters.forced_total += 1;
            return GapReason::TotalLimit;
        }
        shared.counters.forced_stream += 1;
        GapReason::StreamLimit
    }

    /// A FIN behind the byte before `place`.
    fn fin<K, S: Sink<K>>(
        &mut self,
        place: i64,
        connection: u32,
        shared: &mut Shared,
        out: &mut Out<'_, K, S>,
    ) {
        let highest = self.highest(&shared.stores);
        if self.is(FINISHED) && place == self.next as i64 {
            return;
        }
        if place < highest as i64 || self.is(FINISHED) {
            shared.counters.fins_ignored += 1;
            return;
        }
        if place as u64 == self.next {
            return self.finish(shared, out);
        }
        let at = shared.stores.ensure(&mut self.store, connection, out.stream.direction);
        shared.stores.get_mut(at).fin.get_or_insert(place as u64);
    }
}
