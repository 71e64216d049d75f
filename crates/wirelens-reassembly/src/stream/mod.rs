//! Byte streams out of TCP segments ([RFC 9293](https://www.rfc-editor.org/rfc/rfc9293)), as far as
//! a third party can see.
//!
//! [`Streams`] is fed one [`Segment`] after the other and tells a [`Sink`] what comes of it at once:
//! the runs and gaps of a direction in order, each run with the frame it came in. A segment in
//! order is lent through without a copy. What cannot be known is not guessed: missing bytes are a
//! gap with a reason, never zeros, and bytes in two versions are a conflict.
//!
//! The rules, where RFC 9293 leaves a third party a choice:
//!
//! * **Start.** With a SYN (or its acknowledgment by the other side's SYN) position 0 is the byte
//!   after it. Without, it is the first byte seen, or the byte the other side waits for if that lies
//!   at most 64 KiB before. Delivery is immediate, so what comes from before that is reported
//!   ([`Kind::BeforeStart`]) and counted, not delivered.
//! * **Loss.** Only the acknowledgment number of the receiver proves that it has bytes the capture
//!   has not; then they are waited for as [`Limits::patience`] says, in segments of the connection
//!   since anything moved, or time. The *latest* acknowledgment counts, so that one stray cannot
//!   make a gap. Behind a FIN nothing that was acknowledged is waited for. One number acknowledged
//!   beyond the last byte may be a FIN and is no gap. Where nobody acknowledges,
//!   [`Limits::one_sided`] holds.
//! * **Elsewhere.** A segment farther from what is expected than the window of the receiver (where
//!   the scale is not known, than may wait anyway) is a stray. The third of consecutive strays is
//!   believed: ahead within 1 GiB the window has passed what is missing, otherwise the ports are
//!   reused without a SYN. No byte of them is lost.
//! * **SYN on a live connection.** A new connection at once if the old one is over, silent for
//!   [`Limits::stale`], finished in this direction or was never answered; otherwise when the other
//!   side answers it or its sender goes on behind it, for a blind SYN must not end a stream
//!   (section 3.10.7.4).
//! * **RST** counts inside the window. What waits is delivered first, with its gaps.
//! * **FIN** ends a direction when all before it was told. One that lies before bytes seen already
//!   does not count, and bytes behind one that counts are none of the stream.
//! * **The end.** A connection that is over is remembered for [`Limits::linger`], so that late
//!   segments start no new one.

mod buffers;
mod event;
mod half;
mod history;
mod limits;
mod loss;
mod pending;
mod reopen;
mod segment;
mod table;
mod view;
mod walk;

#[cfg(test)]
mod tests;

use std::hash::Hash;

pub use event::{
    Conflict, EndReason, Event, GapReason, Kind, Opening, Origin, Run, Sink, Stream, Summary,
};
pub use limits::{Counters, Limits, Patience, Policy};
pub use segment::{Direction, Flags, Segment};
pub use view::{Message, Messages};

use half::{FINISHED, Out, STARTED, Shared};
use history::{Frames, Runs};
use pending::Stores;
use table::{Connection, Table};

use crate::slab::NONE;
use walk::{Verdict, pair};

/// Every connection and what waits in it.
pub struct Streams<K> {
    table: Table<K>,
    shared: Shared,
    frames: Frames,
    /// The number of the next connection.
    number: u64,
}

impl<K: Clone + Eq + Hash> Streams<K> {
    /// Nothing yet. Of the limits, the least that works is used where they say less.
    #[must_use]
    pub fn new(limits: Limits) -> Streams<K> {
        let limits = Limits {
            connections: limits.connections.clamp(1, NONE as usize - 1),
            stream_segments: limits.stream_segments.max(1),
            ..limits
        };
        let shared = Shared {
            limits,
            counters: Counters::default(),
            stores: Stores::new(&limits),
            runs: Runs::new(limits.history),
            room: limits.total_bytes,
        };
        Streams { table: Table::new(), shared, frames: Frames::new(), number: 0 }
    }

    /// Reads a segment of the connection `key`, sent in `direction`.
    pub fn segment<S: Sink<K>>(
        &mut self,
        key: &K,
        direction: Direction,
        segment: &Segment<'_>,
        events: &mut S,
    ) -> Summary {
        self.shared.counters.segments += 1;
        let mut opened = None;
        let at = self.table.find(key).unwrap_or_else(|| {
            let syn = segment.has(Flags::SYN);
            let opening = if syn { Opening::Syn } else { Opening::MidStream };
            opened = Some(opening);
            self.open(key, direction, opening, segment.time, events)
        });
        if let Some(identity) = segment.identity {
            let stream = self.table[at].number << 1 | u64::from(direction == Direction::Backward);
            if self.frames.seen(stream, identity, segment, self.shared.limits.duplicate) {
                self.shared.counters.duplicates += 1;
                return self.summary(at, direction, segment, Kind::Duplicate, opened);
            }
        }
        let kind = match self.judge(at, direction, segment) {
            Verdict::Accept => self.walk(at, direction, segment, events),
            Verdict::Reset => self.reset(at, direction, segment, events),
            Verdict::Ignore(kind) => self.ignore(kind),
            Verdict::Doubt => {
                let (kind, opening) = self.doubt(at, direction, segment, events);
                opened = opened.or(opening);
                kind
            }
            Verdict::Reopen(opening) => {
                opened = Some(opening);
                self.reopen(at, direction, opening, segment.time, events);
                match segment.has(Flags::RST) {
                    true => self.reset(at, direction, segment, events),
                    false => self.walk(at, direction, segment, events),
                }
            }
            Verdict::Confirm(doubted) => {
                opened = self.believe(at, doubted, segment.time, events);
                self.walk(at, direction, segment, events)
            }
        };
        let connection = &self.table[at];
        let [forward, backward] = &connection.halves;
        if forward.is(FINISHED) && backward.is(FINISHED) && !connection.ended {
            self.close(at, direction, EndReason::Fin, events);
        } else {
            let waits = (forward.store & backward.store) != NONE;
            if !connection.ended {
                self.table.touch(at);
            }
            if waits {
                self.keep_within_total(events);
            }
        }
        self.summary(at, direction, segment, kind, opened)
    }

    /// Drops connections silent for [`Limits::idle`] by `now` (nanoseconds), forgets those ended
    /// long enough ago, and gives up what was waited for long enough. Costs as much as there are
    /// directions out of order, so once a second of capture time is plenty.
    pub fn expire<S: Sink<K>>(&mut self, now: u64, events: &mut S) {
        while self.drop_idle(now, events) {}
        while self.forget_ended(now) {}
        let mut at = self.shared.stores.recency.oldest();
        while at != NONE {
            let following = self.shared.stores.newer(at);
            let store = self.shared.stores.get(at);
            let (connection, direction) = (store.connection, store.direction);
            at = following;
            if self.table[connection].ended {
                continue;
            }
            walk::settle(&mut self.table[connection], direction, now, &mut self.shared, events);
            if self.table[connection].halves.iter().all(|half| half.is(FINISHED)) {
                self.close(connection, direction, EndReason::Fin, events);
            }
        }
    }

    /// Ends a connection: what waits in it is told, and it is forgotten.
    pub fn end<S: Sink<K>>(&mut self, key: &K, events: &mut S) {
        let Some(at) = self.table.find(key) else { return };
        self.close(at, Direction::Forward, EndReason::Finish, events);
        self.table.remove(at);
    }

    /// Ends every connection, the least recently active first, and forgets them all.
    pub fn finish<S: Sink<K>>(&mut self, events: &mut S) {
        while self.table.live.oldest() != NONE {
            let at = self.table.live.oldest();
            self.close(at, Direction::Forward, EndReason::Finish, events);
        }
        while self.table.lingering.oldest() != NONE {
            self.table.remove(self.table.lingering.oldest());
        }
    }

    /// What happened so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.shared.counters
    }

    /// Bytes of memory in use: tables, what waits, and what is kept for reuse.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.fixed() + self.shared.stores.bytes()
    }

    /// Connections known that are not over.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.live.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn fixed(&self) -> usize {
        self.table.bytes() + self.frames.bytes() + self.shared.runs.bytes()
    }

    fn summary(
        &self,
        at: u32,
        direction: Direction,
        segment: &Segment<'_>,
        kind: Kind,
        opened: Option<Opening>,
    ) -> Summary {
        let connection = &self.table[at];
        let own = connection.halves[usize::from(direction == Direction::Backward)];
        let elsewhere = matches!(kind, Kind::Stray | Kind::SynDoubted | Kind::AfterEnd);
        let place = u64::try_from(own.place(segment.first_byte())).ok();
        let offset = place.filter(|_| own.is(STARTED) && !elsewhere);
        Summary { connection: connection.number, kind, opened, offset }
    }

    fn ignore(&mut self, kind: Kind) -> Kind {
        match kind {
            Kind::ResetIgnored => self.shared.counters.resets_ignored += 1,
            Kind::AfterEnd => self.shared.counters.after_end += 1,
            _ => {}
        }
        kind
    }

    fn reset<S: Sink<K>>(
        &mut self,
        at: u32,
        direction: Direction,
        segment: &Segment<'_>,
        events: &mut S,
    ) -> Kind {
        let Connection { key, number, last, halves, .. } = &mut self.table[at];
        *last = segment.time;
        let (own, _) = pair(halves, direction);
        let stream = Stream { key: &*key, connection: *number, direction };
        // It is sent from where its sender is: what lies before was sent.
        let until = u64::try_from(own.place(segment.sequence)).unwrap_or(0);
        own.flush(until, GapReason::End, &mut self.shared, &mut Out { stream, sink: events });
        self.close(at, direction, EndReason::Reset, events);
        Kind::Reset
    }
}
