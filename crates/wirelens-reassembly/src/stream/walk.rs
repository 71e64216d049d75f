//! What a segment means to its connection.

use std::hash::Hash;

use super::half::{ACKED, CLOSED, EXACT, FINISHED, Half, Out, SEEN, STARTED, Shared};
use super::table::Connection;
use super::{Direction, Flags, Kind, Opening, Origin, Segment, Sink, Stream, Streams};
use crate::slab::NONE;

/// What is to be done with a segment.
pub(super) enum Verdict {
    /// It belongs here.
    Accept,
    /// It is an RST that counts.
    Reset,
    /// It changes nothing.
    Ignore(Kind),
    /// It may be the beginning of something else.
    Doubt,
    /// It is the beginning of something else.
    Reopen(Opening),
    /// It confirms what was doubted in this direction.
    Confirm(Direction),
}

/// How far from the window a segment may be and still be of the stream.
const SLACK: i64 = 1 << 16;

pub(super) fn pair(halves: &mut [Half; 2], direction: Direction) -> (&mut Half, &mut Half) {
    let [forward, backward] = halves;
    match direction {
        Direction::Forward => (forward, backward),
        Direction::Backward => (backward, forward),
    }
}

fn pair_of(halves: &[Half; 2], direction: Direction) -> (&Half, &Half) {
    let [forward, backward] = halves;
    match direction {
        Direction::Forward => (forward, backward),
        Direction::Backward => (backward, forward),
    }
}

impl<K: Clone + Eq + Hash> Streams<K> {
    /// Reads a segment of a live connection it belongs to.
    #[inline]
    pub(super) fn walk<S: Sink<K>>(
        &mut self,
        at: u32,
        direction: Direction,
        segment: &Segment<'_>,
        sink: &mut S,
    ) -> Kind {
        let shared = &mut self.shared;
        let Connection { key, number, last, halves, .. } = &mut self.table[at];
        let (own, other) = pair(halves, direction);
        *last = segment.time;
        let stream = Stream { key: &*key, connection: *number, direction };
        let opposite = Stream { direction: direction.opposite(), ..stream };
        own.offers(segment);
        let mut kind = Kind::Empty;
        if segment.has(Flags::SYN) {
            kind = if own.is(STARTED) { Kind::SynAgain } else { Kind::Syn };
            let mut out = Out { stream, sink: &mut *sink };
            if !own.is(STARTED) {
                own.start(segment.first_byte(), Origin::Syn, true, &mut out);
            }
            if let Some(number) = segment.acknowledgment.filter(|_| !other.is(STARTED)) {
                let mut out = Out { stream: opposite, sink: &mut *sink };
                other.start(number, Origin::Acknowledged, true, &mut out);
            }
        }
        if let Some(number) = segment.acknowledgment {
            other.acknowledge(number, shared, at, opposite.direction);
        }
        let mut out = Out { stream, sink: &mut *sink };
        if segment.stream_length() > 0 || segment.has(Flags::FIN) {
            if !own.is(STARTED) {
                own.start_at_data(segment.first_byte(), &mut out);
            }
            let taken = own.accept(segment, other.is(CLOSED), at, shared, &mut out);
            if kind == Kind::Empty {
                kind = taken;
            }
        } else if kind == Kind::Empty
            && own.is(STARTED)
            && own.place(segment.sequence) == own.next as i64 - 1
        {
            kind = Kind::KeepAlive;
        }
        if own.store != NONE {
            own.settle(segment.time, true, shared, &mut out);
        }
        if other.store != NONE {
            other.settle(segment.time, true, shared, &mut Out { stream: opposite, sink });
        }
        kind
    }

    /// Whether a segment belongs to the connection.
    #[inline]
    pub(super) fn judge(&self, at: u32, direction: Direction, segment: &Segment<'_>) -> Verdict {
        let connection = &self.table[at];
        let (own, other) = pair_of(&connection.halves, direction);
        if connection.ended {
            return self.judge_ended(connection, own, other, segment);
        }
        if (own.store & other.store) != NONE
            && !segment.has(Flags::RST)
            && let Some(direction) = self.confirmed(own, other, direction, segment)
        {
            return Verdict::Confirm(direction);
        }
        if segment.has(Flags::SYN | Flags::RST) {
            return match segment.has(Flags::RST) {
                true => self.judge_reset(own, other, segment),
                false => self.judge_syn(connection, own, other, segment),
            };
        }
        match !own.is(STARTED) || self.is_near(own, other, segment) {
            true => Verdict::Accept,
            false => Verdict::Doubt,
        }
    }

    /// Whether a segment ends within reach of what is next.
    #[inline]
    fn is_near(&self, own: &Half, other: &Half, segment: &Segment<'_>) -> bool {
        let end = own.place(segment.first_byte()) + i64::from(segment.stream_length());
        let distance = end - own.next as i64;
        if distance.abs() <= SLACK {
            return true;
        }
        let reach = own.reach(other, &self.shared.limits) + SLACK;
        let acknowledged = if own.is(ACKED) { own.acknowledged.max(own.next) } else { own.next };
        let ahead = (acknowledged - own.next) as i64;
        (-reach..=ahead + reach).contains(&distance)
    }

    /// Whether a segment answers or follows up a SYN that was doubted.
    fn confirmed(
        &self,
        own: &Half,
        other: &Half,
        direction: Direction,
        segment: &Segment<'_>,
    ) -> Option<Direction> {
        let stores = &self.shared.stores;
        let doubted = |half: &Half| {
            let doubted = stores.get(half.store).doubted.as_ref()?;
            doubted.syn.then(|| (doubted.first_byte(), doubted.next))
        };
        let syn = segment.has(Flags::SYN);
        if own.store != NONE
            && let Some((_, next)) = doubted(own)
            && !syn
            && segment.acknowledgment.is_some()
            && segment.sequence == next
        {
            return Some(direction);
        }
        let (first, next) = if other.store == NONE { None } else { doubted(other) }?;
        let number = segment.acknowledgment?;
        let answers = number.wrapping_sub(first) <= next.wrapping_sub(first);
        let reach = other.reach(own, &self.shared.limits) + SLACK;
        let elsewhere = (other.place(number) - other.next as i64).abs() > reach;
        (answers && (syn || elsewhere)).then_some(direction.opposite())
    }

    /// RFC 9293 section 3.10.7.4, first and fourth check, as far as a third party knows the
    /// numbers.
    fn judge_syn(
        &self,
        connection: &Connection<K>,
        own: &Half,
        other: &Half,
        segment: &Segment<'_>,
    ) -> Verdict {
        let place = own.place(segment.first_byte());
        if !own.is(STARTED) {
            let Some(number) = segment.acknowledgment else {
                // Data from the other side in the middle of something else cannot be its answer.
                let strange = other.is(STARTED) && !other.is(EXACT) && other.next > 0;
                return if strange { Verdict::Doubt } else { Verdict::Accept };
            };
            let answered = other.place(number);
            // Where the first byte seen is not the first there was, the SYN lies before it.
            let before = if other.is(EXACT) || other.next > SLACK as u64 { 0 } else { -SLACK };
            let known = before..=other.highest(&self.shared.stores) as i64 + SLACK;
            let fits = !other.is(STARTED) || known.contains(&answered);
            return if fits { Verdict::Accept } else { Verdict::Doubt };
        }
        if segment.first_byte() == own.base {
            return Verdict::Accept;
        }
        // The SYN of a stream whose first bytes were seen before it.
        if !own.is(EXACT) && (-SLACK..=0).contains(&place) && own.next <= SLACK as u64 {
            return Verdict::Ignore(Kind::BeforeStart);
        }
        let silent = segment.time.saturating_sub(connection.last) >= self.shared.limits.stale;
        let unanswered = !other.is(SEEN) && own.next == 0 && own.store == NONE;
        match own.is(FINISHED) || silent || unanswered {
            true => Verdict::Reopen(Opening::Syn),
            false => Verdict::Doubt,
        }
    }

    /// RFC 9293 section 3.10.7.4, second check; in SYN-SENT section 3.10.7.3.
    fn judge_reset(&self, own: &Half, other: &Half, segment: &Segment<'_>) -> Verdict {
        let acceptable = if own.is(STARTED) {
            let place = own.place(segment.sequence);
            let highest = own.highest(&self.shared.stores);
            // Without scales the window as it stands: a guess, but one an attacker has to hit.
            let reach = match own.reach(other, &self.shared.limits) {
                reach if own.scale <= 14 && other.scale <= 14 => reach,
                _ if other.is(SEEN) => i64::from(other.window),
                _ => SLACK,
            };
            let acknowledged = own.is(ACKED).then_some(own.acknowledged.min(own.next) as i64);
            let lowest = acknowledged.unwrap_or(own.next as i64 - reach);
            let most = highest.max(own.acknowledged) as i64 + 1 + reach;
            (lowest..=most).contains(&place)
        } else {
            match segment.acknowledgment.filter(|_| other.is(STARTED)) {
                None => true,
                Some(number) => {
                    let known = 0..=other.highest(&self.shared.stores) as i64 + 1;
                    known.contains(&other.place(number))
                }
            }
        };
        if acceptable { Verdict::Reset } else { Verdict::Ignore(Kind::ResetIgnored) }
    }

    fn judge_ended(
        &self,
        connection: &Connection<K>,
        own: &Half,
        other: &Half,
        segment: &Segment<'_>,
    ) -> Verdict {
        let limits = &self.shared.limits;
        let syn = segment.has(Flags::SYN);
        let opening = if syn { Opening::Syn } else { Opening::MidStream };
        let silence = segment.time.saturating_sub(connection.last);
        if silence > limits.linger {
            return Verdict::Reopen(opening);
        }
        if syn {
            let again = match (own.is(STARTED), segment.acknowledgment) {
                (true, _) => own.base == segment.first_byte(),
                (false, Some(number)) => {
                    other.is(STARTED) && (0..=other.next as i64).contains(&other.place(number))
                }
                (false, None) => false,
            };
            return match again {
                true => Verdict::Ignore(Kind::AfterEnd),
                false => Verdict::Reopen(Opening::Syn),
            };
        }
        // The acknowledgment of the last FIN comes when both are told.
        if segment.stream_length() == 0 && !segment.has(Flags::FIN | Flags::RST) {
            return Verdict::Ignore(Kind::Empty);
        }
        // What was under way when the connection ended may still come in.
        let recent = silence < limits.stale;
        let old = own.place(segment.sequence) < own.next as i64;
        let near = self.is_near(own, other, segment) && (recent || old);
        match segment.stream_length() == 0 || !own.is(STARTED) && recent || near {
            true => Verdict::Ignore(Kind::AfterEnd),
            false => Verdict::Doubt,
        }
    }
}

/// Settles one direction without a segment.
pub(super) fn settle<K, S: Sink<K>>(
    connection: &mut Connection<K>,
    direction: Direction,
    now: u64,
    shared: &mut Shared,
    sink: &mut S,
) {
    let Connection { key, number, halves, .. } = connection;
    let stream = Stream { key: &*key, connection: *number, direction };
    pair(halves, direction).0.settle(now, false, shared, &mut Out { stream, sink });
}
