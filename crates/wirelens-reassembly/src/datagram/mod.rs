//! Datagrams out of fragments.
//!
//! ```
//! use wirelens_reassembly::datagram::{Datagrams, Family, Fragment, Key, Limits, Outcome};
//!
//! let key = Key::ipv4(0, [10, 0, 0, 1].into(), [10, 0, 0, 2].into(), 4711, 17);
//! let first = Fragment {
//!     frame: 1,
//!     time: 0,
//!     family: Family::Ipv4,
//!     offset: 0,
//!     more: true,
//!     bytes: b"put toge",
//!     length: 8,
//!     header: b"",
//! };
//! let last = Fragment { frame: 2, offset: 8, more: false, bytes: b"ther", length: 4, ..first };
//!
//! let mut datagrams = Datagrams::new(Limits::default());
//! assert!(matches!(datagrams.insert(&key, last, |_, _, _| ()), Outcome::Waiting));
//! let Outcome::Complete(datagram) = datagrams.insert(&key, first, |_, _, _| ()) else { panic!() };
//! assert_eq!(datagram.payload(), Some(&b"put together"[..]));
//! ```

use std::hash::Hash;

mod body;
mod contest;
mod fragment;
mod hole;
mod key;
mod limit;
mod memory;
mod outcome;
mod pool;
mod table;
mod view;

#[cfg(test)]
mod tests;

use body::Taken;
use pool::Pool;
use table::{In, State, Table};
use view::Layout;

pub use contest::{Conflict, Kept};
pub use fragment::{Fragment, LONGEST, Malformed, Role, Seen};
pub use key::{Family, Key};
pub use limit::{Counters, End, Limits, MalformedCounters, Policy, Rules};
pub use outcome::{Outcome, Remembered};
pub use view::{Datagram, Hole, Why};

/// Datagrams being put together, each known by a key, within limits.
///
/// Every datagram that is started ends once: with the [`Outcome`] of a call of [`insert`], or with
/// a call of the function that is given to each call (`ended`), together with the reason.
///
/// [`insert`]: Datagrams::insert
pub struct Datagrams<K> {
    table: Table<K>,
    limits: Limits,
    counters: Counters,
    /// What all bodies take, as `Slot::heap` has it.
    heap: usize,
    pool: Pool,
    layout: Layout,
    /// The datagram the last call handed out: its bytes are given up with the next call.
    handed_out: Option<u32>,
}

/// What is called with each datagram given up.
type Ended<'e, K> = &'e mut dyn FnMut(&K, Datagram<'_>, End);

/// What is there already of the datagram a fragment belongs to.
enum Found {
    Waiting(u32),
    Late(u32),
    Discarded,
    Nothing,
}

impl<K: Clone + Eq + Hash> Datagrams<K> {
    /// No datagrams yet. Of limits that contradict each other the narrower holds; a few KiB are
    /// used whatever [`Limits::bytes`] says.
    pub fn new(limits: Limits) -> Datagrams<K> {
        // Half of the memory may go into slots, where those of their own number are many.
        let most = (limits.bytes / 2 / Table::<K>::SLOT).max(16);
        let remembered = limits.remembered.min(most / 4);
        let datagrams = limits.datagrams.clamp(1, most - remembered);
        Datagrams {
            table: Table::new(datagrams + remembered + 1),
            limits: Limits { remembered, datagrams, ..limits },
            counters: Counters::default(),
            heap: 0,
            pool: Pool::new(limits.bytes / memory::SPARE),
            layout: Layout::default(),
            handed_out: None,
        }
    }

    /// Takes a fragment in and tells what came of it. Datagrams given up on the way, because their
    /// time is up by the fragment's, or to make room, are handed to `ended` first.
    ///
    /// A fragment is a late duplicate when its datagram is complete and one of the same place and
    /// the same bytes was part of it. If it was not, the identification is in use again, and a
    /// new datagram starts, as one does for any fragment once the time-out is over.
    pub fn insert(
        &mut self,
        key: &K,
        fragment: Fragment<'_>,
        mut ended: impl FnMut(&K, Datagram<'_>, End),
    ) -> Outcome<'_> {
        self.settle();
        self.counters.fragments += 1;
        if fragment.is_whole() {
            self.counters.whole += 1;
            return Outcome::Whole;
        }
        self.expire_due(fragment.time, &mut ended);
        if let Err(why) = fragment.check() {
            self.counters.count_malformed(why);
            return Outcome::Malformed(why);
        }
        match self.find(key, &fragment, &mut ended) {
            Found::Waiting(at) => self.take(at, &fragment, &mut ended),
            Found::Nothing => {
                let at = self.start(key, &fragment, &mut ended);
                self.take(at, &fragment, &mut ended)
            }
            Found::Late(at) => {
                self.counters.late += 1;
                Outcome::Late(Remembered::of(&self.table.slots[at as usize]))
            }
            Found::Discarded => {
                self.counters.dropped += 1;
                Outcome::Dropped
            }
        }
    }

    /// Gives up the datagrams whose time is up at `now`, in nanoseconds of packet time, in order
    /// of their first fragments. Costs next to nothing when there are none.
    ///
    /// Time is up when the first fragment is farther away than the time-out, be it in the past or
    /// (after a jump back, in a capture that is not in order) in the future. A datagram may
    /// outstay its time while one that started before it has not: where keys meet again, and only
    /// there, the time is compared exactly.
    pub fn expire(&mut self, now: u64, mut ended: impl FnMut(&K, Datagram<'_>, End)) {
        self.settle();
        self.expire_due(now, &mut ended);
    }

    /// Gives up all that are still waiting, in order of their first fragments, and forgets all
    /// that were complete.
    pub fn finish(&mut self, mut ended: impl FnMut(&K, Datagram<'_>, End)) {
        self.settle();
        while let Some(at) = self.oldest(|_| true) {
            self.end(at, End::Unfinished, &mut ended);
        }
        let fresh = Datagrams::new(self.limits);
        let old = std::mem::replace(self, fresh);
        self.counters = old.counters;
    }

    /// What happened so far.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Bytes of memory in use, bookkeeping included. Between calls not more than
    /// [`Limits::bytes`]; only a datagram just handed out may come on top.
    pub fn bytes(&self) -> usize {
        self.table.memory() + self.heap + self.layout.heap() + self.pool.heap()
    }

    /// How many datagrams are waiting for fragments.
    pub fn len(&self) -> usize {
        self.table.length(In::Active)
    }

    /// Whether no datagram is waiting.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn find(&mut self, key: &K, fragment: &Fragment<'_>, ended: Ended<'_, K>) -> Found {
        let Some(at) = self.table.find(key) else { return Found::Nothing };
        let slot = &self.table.slots[at as usize];
        let timeout = self.limits.rules(slot.family).timeout;
        let over = slot.since.abs_diff(fragment.time) > timeout;
        match slot.state {
            State::Waiting if over => self.end(at, End::TimedOut, ended),
            State::Waiting => return Found::Waiting(at),
            State::Discarded if !over => return Found::Discarded,
            State::Complete if !over && outcome::knows(slot, fragment, &self.pool) => {
                return Found::Late(at);
            }
            State::Complete | State::Discarded => self.forget(at),
            State::Free => {}
        }
        Found::Nothing
    }

    fn start(&mut self, key: &K, fragment: &Fragment<'_>, ended: Ended<'_, K>) -> u32 {
        if self.len() >= self.limits.datagrams
            && let Some(oldest) = self.table.first(In::Active)
        {
            self.end(oldest, End::EvictedForNumber, ended);
        }
        self.counters.started += 1;
        self.table.start(key, fragment.family, fragment.time, self.counters.started)
    }

    fn take(&mut self, at: u32, fragment: &Fragment<'_>, ended: Ended<'_, K>) -> Outcome<'_> {
        self.table.touch(at);
        let slot = &mut self.table.slots[at as usize];
        let policy = self.limits.rules(slot.family).policy;
        let most = self.limits.fragments;
        self.pool.look(self.heap, self.limits.bytes);
        let taken = slot.body.take(fragment, policy, most, &mut self.pool);
        self.counters.count_taken(&taken);
        let state = match taken {
            Taken::Discard => State::Discarded,
            _ if slot.body.is_seen() => State::Complete,
            _ => State::Waiting,
        };
        slot.state = state;
        slot.completed = fragment.frame;
        self.weigh(at);
        if state != State::Waiting {
            self.table.stop(at);
            self.handed_out = Some(at);
        }
        if !self.shed(at, ended) {
            return Outcome::Evicted;
        }
        self.outcome(at, state, taken)
    }

    fn outcome(&mut self, at: u32, state: State, taken: Taken) -> Outcome<'_> {
        let body = &self.table.slots[at as usize].body;
        match (state, taken) {
            (State::Discarded, _) => {
                self.counters.discarded += 1;
                Outcome::Discarded(Datagram::of(body, &mut self.layout))
            }
            (State::Complete, _) if body.is_complete() => {
                self.counters.completed += 1;
                Outcome::Complete(Datagram::of(body, &mut self.layout))
            }
            (State::Complete, _) => {
                self.counters.cut += 1;
                Outcome::Cut(Datagram::of(body, &mut self.layout))
            }
            (_, Taken::Stored | Taken::Discard) => Outcome::Waiting,
            (_, Taken::Duplicate { of }) => Outcome::Duplicate { of },
            (_, Taken::Overlap { conflicts, .. }) => {
                Outcome::Overlap(body.conflicts().get(conflicts..).unwrap_or_default())
            }
            (_, Taken::Refused(why)) => Outcome::Malformed(why),
        }
    }

    fn expire_due(&mut self, now: u64, ended: Ended<'_, K>) {
        let (ipv4, ipv6) = (self.limits.ipv4.timeout, self.limits.ipv6.timeout);
        let is_due = |slot: &table::Slot<K>| {
            let timeout = if slot.family == Family::Ipv4 { ipv4 } else { ipv6 };
            slot.since.abs_diff(now) > timeout
        };
        while let Some(at) = self.oldest(is_due) {
            self.end(at, End::TimedOut, ended);
        }
    }

    /// Which of the oldest of each family is the older, of those asked for.
    fn oldest(&self, wanted: impl Fn(&table::Slot<K>) -> bool) -> Option<u32> {
        let slot = |at: &u32| &self.table.slots[*at as usize];
        let heads = [In::Ipv4, In::Ipv6].into_iter().filter_map(|list| self.table.first(list));
        heads.filter(|at| wanted(slot(at))).min_by_key(|at| slot(at).serial)
    }

    /// Gives up a datagram that is waiting.
    fn end(&mut self, at: u32, why: End, ended: Ended<'_, K>) {
        self.counters.count_end(why);
        let slot = &self.table.slots[at as usize];
        ended(&slot.key, Datagram::of(&slot.body, &mut self.layout), why);
        self.trim_layout();
        self.table.stop(at);
        self.free(at);
    }
}
