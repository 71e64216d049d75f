//! Connections that begin, end, are replaced or dropped.

use std::hash::Hash;

use super::half::{FINISHED, Half, LARGEST, Out, STARTED};
use super::pending::Doubted;
use super::table::Connection;
use super::walk::pair;
use super::{
    Direction, EndReason, Event, Flags, GapReason, Kind, Opening, Segment, Sink, Stream, Streams,
};
use crate::slab::NONE;

/// So many consecutive segments far off are believed.
const CONSISTENT: usize = 3;

impl<K: Clone + Eq + Hash> Streams<K> {
    /// A new connection, after making room for it.
    #[cold]
    pub(super) fn open<S: Sink<K>>(
        &mut self,
        key: &K,
        direction: Direction,
        opening: Opening,
        time: u64,
        events: &mut S,
    ) -> u32 {
        // Two of each, so that what is over goes at least as fast as what comes.
        for _ in 0..2 {
            self.forget_ended(time);
            self.drop_idle(time, events);
        }
        self.make_room(events);
        let number = self.number;
        let at = self.table.insert(key, number, time);
        self.shared.room = self.shared.limits.total_bytes.saturating_sub(self.fixed());
        self.announce(at, direction, opening, events);
        at
    }

    fn announce<S: Sink<K>>(
        &mut self,
        at: u32,
        direction: Direction,
        opening: Opening,
        events: &mut S,
    ) {
        self.shared.counters.connections += 1;
        let connection = &mut self.table[at];
        connection.number = self.number;
        self.number += 1;
        let stream = Stream { key: &connection.key, connection: connection.number, direction };
        events.event(&stream, Event::Open(opening));
    }

    /// A new connection in place of an old one on the same key.
    pub(super) fn reopen<S: Sink<K>>(
        &mut self,
        at: u32,
        direction: Direction,
        opening: Opening,
        time: u64,
        events: &mut S,
    ) {
        self.close(at, direction, EndReason::Replaced, events);
        let connection = &mut self.table[at];
        connection.last = time;
        for half in &mut connection.halves {
            self.shared.stores.release(&mut half.store);
            *half = Half::new();
        }
        self.table.set_ended(at, false);
        self.announce(at, direction, opening, events);
    }

    /// Ends a connection, unless it is over: delivers what waits, tells the end, and remembers it.
    pub(super) fn close<S: Sink<K>>(
        &mut self,
        at: u32,
        cause: Direction,
        reason: EndReason,
        events: &mut S,
    ) {
        let Connection { key, number, halves, ended, .. } = &mut self.table[at];
        if *ended {
            return;
        }
        let stream = Stream { key: &*key, connection: *number, direction: cause };
        for direction in [Direction::Forward, Direction::Backward] {
            let mut out = Out { stream: Stream { direction, ..stream }, sink: &mut *events };
            pair(halves, direction).0.flush(0, GapReason::End, &mut self.shared, &mut out);
        }
        events.event(&stream, Event::End(reason));
        self.table.set_ended(at, true);
    }

    /// Keeps a segment that fits nowhere, until others confirm it.
    #[cold]
    pub(super) fn doubt<S: Sink<K>>(
        &mut self,
        at: u32,
        direction: Direction,
        segment: &Segment<'_>,
        events: &mut S,
    ) -> (Kind, Option<Opening>) {
        self.shared.counters.strays += 1;
        let syn = segment.has(Flags::SYN);
        let length = segment.stream_length();
        if length == 0 && !syn {
            return (Kind::Stray, None);
        }
        let (own, _) = pair(&mut self.table[at].halves, direction);
        let stores = &mut self.shared.stores;
        let store = stores.ensure(&mut own.store, at, direction);
        let next = segment.first_byte().wrapping_add(length);
        let kind = if syn { Kind::SynDoubted } else { Kind::Stray };
        match &mut stores.get_mut(store).doubted {
            Some(doubted) if syn && doubted.syn && doubted.first_byte() == segment.first_byte() => {
                return (kind, None);
            }
            Some(doubted) if !syn && doubted.next == segment.sequence => {
                if doubted.segments.len() + 1 >= CONSISTENT || doubted.syn {
                    let opening = self.believe(at, direction, segment.time, events);
                    return (self.walk(at, direction, segment, events), opening);
                }
                doubted.next = next;
            }
            _ => {
                drop(stores.take_doubted(store));
                let doubted = Doubted { next, syn, segments: Vec::with_capacity(CONSISTENT - 1) };
                stores.get_mut(store).doubted = Some(Box::new(doubted));
            }
        }
        stores.doubt(store, segment);
        (kind, None)
    }

    /// Believes what was doubted, and reads it. Says what it opened.
    #[cold]
    pub(super) fn believe<S: Sink<K>>(
        &mut self,
        at: u32,
        direction: Direction,
        time: u64,
        events: &mut S,
    ) -> Option<Opening> {
        let Connection { key, number, halves, ended, .. } = &mut self.table[at];
        let (own, _) = pair(halves, direction);
        let doubted = match own.store {
            NONE => None,
            store => self.shared.stores.take_doubted(store),
        }?;
        let place = own.place(doubted.first_byte());
        let ahead = place - own.next as i64;
        let goes_on = own.is(STARTED) && !own.is(FINISHED) && !*ended && !doubted.syn;
        let mut opening = None;
        if goes_on && (0..=LARGEST).contains(&ahead) {
            let stream = Stream { key: &*key, connection: *number, direction };
            own.leap(place as u64, &mut self.shared, &mut Out { stream, sink: &mut *events });
        } else {
            opening = Some(if doubted.syn { Opening::Syn } else { Opening::SequenceJump });
            self.reopen(at, direction, opening?, time, events);
        }
        for (header, bytes) in doubted.segments {
            self.walk(at, direction, &Segment { bytes: &bytes, ..header }, events);
            self.shared.stores.buffers.give(bytes);
        }
        opening
    }

    /// Drops the connection silent for longest, if that is long enough.
    pub(super) fn drop_idle<S: Sink<K>>(&mut self, now: u64, events: &mut S) -> bool {
        let at = self.table.live.oldest();
        let idle = self.shared.limits.idle;
        if at == NONE || now.saturating_sub(self.table[at].last) < idle {
            return false;
        }
        self.shared.counters.evicted_idle += 1;
        self.close(at, Direction::Forward, EndReason::Idle, events);
        self.table.remove(at);
        true
    }

    /// Forgets the connection that ended first, if that is long enough ago or there are too many.
    pub(super) fn forget_ended(&mut self, now: u64) -> bool {
        let at = self.table.lingering.oldest();
        let limits = &self.shared.limits;
        let many = self.table.lingering.len() > limits.lingering;
        if at == NONE || !many && now.saturating_sub(self.table[at].last) <= limits.linger {
            return false;
        }
        self.forget(at);
        true
    }

    /// Removes one that is over, with what is doubted in it.
    fn forget(&mut self, at: u32) {
        self.shared.counters.forgotten += 1;
        for half in &mut self.table[at].halves {
            self.shared.stores.release(&mut half.store);
        }
        self.table.remove(at);
    }

    /// Drops connections until one more is within the limits.
    fn make_room<S: Sink<K>>(&mut self, events: &mut S) {
        let limits = self.shared.limits;
        loop {
            let known = self.table.live.len() + self.table.lingering.len();
            let many = known >= limits.connections;
            let much = self.bytes() + self.table.growth() > limits.total_bytes;
            if known == 0 || !many && !much {
                return;
            }
            if self.table.lingering.oldest() != NONE {
                self.forget(self.table.lingering.oldest());
                continue;
            }
            let (count, reason) = match many {
                true => (&mut self.shared.counters.evicted_connections, EndReason::TooMany),
                false => (&mut self.shared.counters.evicted_bytes, EndReason::TooMuch),
            };
            *count += 1;
            let at = self.table.live.oldest();
            self.close(at, Direction::Forward, reason, events);
            self.table.remove(at);
        }
    }

    /// Lets go what waits in the directions least recently active until all is within the limit.
    pub(super) fn keep_within_total<S: Sink<K>>(&mut self, events: &mut S) {
        let room = self.shared.room - (self.shared.room / 16).min(1 << 20);
        while self.shared.stores.bytes() > room {
            let oldest = self.shared.stores.recency.oldest();
            if oldest == NONE {
                return;
            }
            self.shared.counters.forced_total += 1;
            let store = self.shared.stores.get(oldest);
            let (at, direction) = (store.connection, store.direction);
            let Connection { key, number, halves, .. } = &mut self.table[at];
            let stream = Stream { key: &*key, connection: *number, direction };
            let mut out = Out { stream, sink: &mut *events };
            let (own, _) = pair(halves, direction);
            own.flush(0, GapReason::TotalLimit, &mut self.shared, &mut out);
            // A direction may have come to its FIN by this.
            let done = halves.iter().all(|half| half.is(FINISHED));
            if done {
                self.close(at, direction, EndReason::Fin, events);
            }
        }
    }
}
