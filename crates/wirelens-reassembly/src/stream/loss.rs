//! One direction, where it does not go on: old bytes, late bytes, proofs of loss, and the end.

use super::half::{ACKED, EXACT, FINISHED, Half, Out, STARTED, Shared};
use super::pending::{Fresh, Wait};
use super::{Conflict, Event, GapReason, Kind, Patience, Segment, Sink};
use crate::slab::NONE;

impl Half {
    /// Bytes that are all before the next one.
    pub(super) fn old<K, S: Sink<K>>(
        &mut self,
        segment: &Segment<'_>,
        (place, end): (i64, i64),
        other_closed: bool,
        shared: &mut Shared,
        out: &mut Out<'_, K, S>,
    ) -> Kind {
        if end == self.next as i64 && end - place == 1 {
            if other_closed {
                return Kind::ZeroWindowProbe;
            }
            if self.is(ACKED) && self.acknowledged >= self.next {
                return Kind::KeepAlive;
            }
        }
        shared.counters.before_start += (end.min(0) - place.min(0)).unsigned_abs();
        if end <= 0 {
            return Kind::BeforeStart;
        }
        let late = self.late(segment, (place, end), shared, out);
        shared.counters.retransmitted += (end - place.max(0)) as u64 - late;
        if late > 0 {
            return Kind::Late;
        }
        let bytes = segment.captured();
        if place >= 0 && bytes.len() as i64 == end - place {
            self.compare_delivered(segment, place as u64, shared, out);
        }
        Kind::Retransmission
    }

    fn compare_delivered<K, S: Sink<K>>(
        &self,
        segment: &Segment<'_>,
        offset: u64,
        shared: &mut Shared,
        out: &mut Out<'_, K, S>,
    ) {
        let bytes = segment.captured();
        let Some(first) = shared.runs.contradicts(out.id(), offset, bytes) else { return };
        shared.counters.conflicts += 1;
        let (length, second) = (bytes.len() as u64, segment.frame);
        out.send(Event::Conflict(Conflict { offset, length, first, second, kept: first }));
    }

    /// Tells the bytes that fall into gaps told before; returns how many there are.
    pub(super) fn late<K, S: Sink<K>>(
        &mut self,
        segment: &Segment<'_>,
        (place, end): (i64, i64),
        shared: &mut Shared,
        out: &mut Out<'_, K, S>,
    ) -> u64 {
        if self.store == NONE || shared.stores.get(self.store).gaps.is_empty() {
            return 0;
        }
        let skip = place.min(0).unsigned_abs() as usize;
        let fresh = Fresh {
            from: place.max(0) as u64,
            to: end as u64,
            bytes: segment.captured().get(skip..).unwrap_or(&[]),
            frame: segment.frame,
            time: segment.time,
            acknowledgment: segment.acknowledgment,
            urgent: None,
        };
        let to = fresh.captured_to().min(fresh.to);
        let store = shared.stores.get_mut(self.store);
        let mut late = 0;
        for (begin, end) in std::mem::take(&mut store.gaps) {
            let (low, high) = (begin.max(fresh.from), end.min(to));
            if low >= high {
                store.remember(begin, end);
                continue;
            }
            out.send(Event::Late(fresh.run(low, high)));
            late += high - low;
            if begin < low {
                store.remember(begin, low);
            }
            if high < end {
                store.remember(high, end);
            }
        }
        shared.counters.late += late;
        late
    }

    /// Looks whether what is missing is proved to be lost and was waited for long enough; one more
    /// segment of the connection was seen if `segment`. Gives the store back when it is idle.
    pub(super) fn settle<K, S: Sink<K>>(
        &mut self,
        now: u64,
        segment: bool,
        shared: &mut Shared,
        out: &mut Out<'_, K, S>,
    ) {
        if self.store == NONE {
            return;
        }
        loop {
            let (patience, reason) = match self.is(ACKED) {
                true => (shared.limits.patience, self.lost()),
                false => (shared.limits.one_sided, GapReason::Patience),
            };
            let proof = self.proof(shared);
            let store = shared.stores.get_mut(self.store);
            let wait = match (store.wait, proof) {
                (_, None) => None,
                // What moved was not waiting: only what is missing now is waited for.
                (Some(wait), Some(_)) if wait.offset == self.next => {
                    let segments = wait.segments.saturating_sub(u32::from(segment));
                    Some(Wait { segments, ..wait })
                }
                (_, Some(proof)) => {
                    Some(Wait { offset: self.next, proof, segments: patience.segments, since: now })
                }
            };
            store.wait = wait;
            let (Some(wait), Some(proof)) = (wait, proof) else { break };
            // What was received before its end was seen is not waited for: nobody sends it again, and
            // no segment may follow that it could be told with.
            let ended = self.is(ACKED) && store.fin.is_some();
            if !ended && !is_over(wait, now, patience) {
                break;
            }
            // The later proof may be the lower one: then the earlier was taken back.
            self.give_up(wait.proof.min(proof), reason, shared, out);
            if self.store == NONE {
                return;
            }
        }
        if shared.stores.get(self.store).is_idle() {
            shared.stores.release(&mut self.store);
        }
    }

    /// Up to where the missing bytes will not come any more, if there is reason to think so.
    fn proof(&self, shared: &Shared) -> Option<u64> {
        let store = shared.stores.get(self.store);
        let end = store.end().max(store.fin);
        if !self.is(ACKED) {
            return end.filter(|&end| end > self.next);
        }
        // One number more than the bytes may be a FIN that was not captured.
        let lone = end.is_none() && self.acknowledged == self.next + 1;
        let proof = store.fin.map_or(self.acknowledged, |fin| fin.min(self.acknowledged));
        (proof > self.next && !lone).then_some(proof)
    }

    fn lost(&self) -> GapReason {
        match self.next == 0 && !self.is(EXACT) {
            true => GapReason::BeforeCapture,
            false => GapReason::Lost,
        }
    }

    /// Gives up every hole before `to`.
    fn give_up<K, S: Sink<K>>(
        &mut self,
        to: u64,
        reason: GapReason,
        shared: &mut Shared,
        out: &mut Out<'_, K, S>,
    ) {
        while self.next < to && self.store != NONE {
            let first = shared.stores.get(self.store).hole().unwrap_or(to);
            self.gap(first.min(to), reason, shared, out);
            self.drain(shared, out);
        }
    }

    /// Goes on at `to`, a place the sender can only be at if all before it was received.
    pub(super) fn leap<K, S: Sink<K>>(
        &mut self,
        to: u64,
        shared: &mut Shared,
        out: &mut Out<'_, K, S>,
    ) {
        self.give_up(to, GapReason::WindowPassed, shared, out);
    }

    /// Delivers all that waits, with the gaps between, and what is known to be missing at the end:
    /// what was acknowledged, and what lies before `until`. Gives the store back.
    pub(super) fn flush<K, S: Sink<K>>(
        &mut self,
        until: u64,
        reason: GapReason,
        shared: &mut Shared,
        out: &mut Out<'_, K, S>,
    ) {
        if !self.is(STARTED) || self.is(FINISHED) {
            return shared.stores.release(&mut self.store);
        }
        while self.store != NONE {
            let Some(to) = shared.stores.get(self.store).hole() else { break };
            let acknowledged = self.is(ACKED) && self.acknowledged >= to;
            let why = if acknowledged { self.lost() } else { reason };
            self.gap(to, why, shared, out);
            self.drain(shared, out);
        }
        if !self.is(FINISHED) && reason == GapReason::End {
            // One number more may be a FIN that was not captured.
            if self.is(ACKED) && self.acknowledged != self.next + 1 {
                self.gap(self.acknowledged, self.lost(), shared, out);
            }
            if until != self.next + 1 {
                self.gap(until, reason, shared, out);
            }
        }
        shared.stores.release(&mut self.store);
    }
}

fn is_over(wait: Wait, now: u64, patience: Patience) -> bool {
    wait.segments == 0 || now.saturating_sub(wait.since) >= patience.time
}
