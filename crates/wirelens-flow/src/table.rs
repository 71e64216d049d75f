//! The flows that are tracked, by key and by how long they have been silent.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use wirelens_reassembly::slab::{NONE, Recency, Slab};

use crate::flow::{Flow, Stage};
use crate::index::Index;
use crate::key::Key;
use crate::limits::Idle;
use crate::number;

/// Flows that time out alike, in the order in which they are given up for others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum List {
    Closed,
    Opening,
    Icmp,
    Udp,
    Other,
    Tcp,
}

impl List {
    pub(crate) const ALL: [List; 6] =
        [List::Closed, List::Opening, List::Icmp, List::Udp, List::Other, List::Tcp];

    #[inline]
    pub(crate) fn of(protocol: u8, stage: Stage) -> List {
        match (protocol, stage) {
            (number::TCP, Stage::Opening) => List::Opening,
            (number::TCP, Stage::Open) => List::Tcp,
            (number::TCP, Stage::Finished | Stage::Reset) => List::Closed,
            (number::UDP | number::UDPLITE, _) => List::Udp,
            (number::ICMP | number::ICMPV6, _) => List::Icmp,
            _ => List::Other,
        }
    }

    #[inline]
    pub(crate) fn idle(self, idle: &Idle) -> u64 {
        let time = match self {
            List::Closed => idle.closed,
            List::Opening => idle.opening,
            List::Icmp => idle.icmp,
            List::Udp => idle.udp,
            List::Other => idle.other,
            List::Tcp => idle.tcp,
        };
        if time == 0 { u64::MAX } else { time }
    }
}

/// Flows that are fetched at once.
pub(crate) const AT_ONCE: usize = 16;

pub(crate) struct Table {
    index: Index,
    slab: Slab<Flow, Flow>,
    hasher: RandomState,
    lists: [Recency; List::ALL.len()],
    /// The flow of the frame before: they come in bursts.
    latest: u32,
    ahead: Ahead,
}

/// What was fetched last: keys in the order in which they are to come, and where flows were that may
/// have them. Flows that are taken out end it, since their places keep what they were.
struct Ahead {
    keys: [Key; AT_ONCE],
    flows: [u32; AT_ONCE],
    next: usize,
    end: usize,
}

impl Table {
    pub(crate) fn new() -> Table {
        Table {
            index: Index::new(),
            slab: Slab::new(),
            // Where a key lands is never seen in the output, so it may differ from run to run:
            // keys come from attackers.
            hasher: RandomState::default(),
            lists: std::array::from_fn(|_| Recency::new()),
            latest: NONE,
            ahead: Ahead { keys: [Key::NONE; AT_ONCE], flows: [NONE; AT_ONCE], next: 0, end: 0 },
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.index.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.slab.bytes() + self.index.bytes()
    }

    /// Has the flows of these keys brought into the cache. Each round asks for all before anything
    /// waits for one: a processor goes on behind a read that waits, but not far.
    /// With each comes whether the second end of the key sends.
    pub(crate) fn fetch(&mut self, keys: impl Iterator<Item = (Key, bool)>) {
        let Ahead { keys: known, flows, next, end } = &mut self.ahead;
        (*next, *end) = (0, 0);
        let mut directions = [false; AT_ONCE];
        for ((known, direction), coming) in known.iter_mut().zip(&mut directions).zip(keys) {
            (*known, *direction) = coming;
            *end += 1;
        }
        let (known, found) = (&known[..*end], &mut flows[..*end]);
        let mut hashes = [0; AT_ONCE];
        for (hash, key) in hashes.iter_mut().zip(known) {
            *hash = self.hasher.hash_one(key);
        }
        let hashes = &hashes[..known.len()];
        let places = hashes.iter().fold(0, |sum, hash| self.index.touch(*hash).wrapping_add(sum));
        for (found, hash) in found.iter_mut().zip(hashes) {
            *found = self.index.find(*hash, |_| true).unwrap_or(NONE);
        }
        let found = found.iter().zip(directions).filter(|(at, _)| **at != NONE);
        let sums = found.clone().map(|(at, backward)| self.slab[*at].touch(backward));
        let flows = sums.fold(0, u64::wrapping_add);
        let sums = found.map(|(at, _)| self.slab[*at].touch_notes());
        let flows = sums.fold(flows, u64::wrapping_add);
        // Nobody wants the sums, but they are not to be left out.
        std::hint::black_box((places, flows));
    }

    #[inline]
    pub(crate) fn find(&mut self, key: &Key) -> Option<u32> {
        if self.latest != NONE && self.slab[self.latest].key == *key {
            return Some(self.latest);
        }
        let Ahead { keys, flows, next, end } = &mut self.ahead;
        let coming = keys.iter().zip(flows).enumerate().take(*end).skip(*next);
        for (place, (known, flow)) in coming {
            if known == key {
                *next = place + 1;
                if *flow != NONE && self.slab[*flow].key == *key {
                    return Some(*flow);
                }
                break;
            }
        }
        self.find_anew(key)
    }

    /// What was found last is looked for again.
    #[inline]
    pub(crate) fn comes_again(&mut self, found: Option<u32>) {
        self.latest = found.unwrap_or(self.latest);
    }

    fn find_anew(&self, key: &Key) -> Option<u32> {
        let hash = self.hasher.hash_one(key);
        self.index.find(hash, |at| {
            let flow = &self.slab[at];
            flow.fetch();
            flow.key == *key
        })
    }

    pub(crate) fn insert(&mut self, mut flow: Flow) -> u32 {
        let hash = self.hasher.hash_one(flow.key);
        let list = List::of(flow.key.protocol, flow.stage);
        flow.list = list as u8;
        let at = self.slab.store(flow);
        self.index.insert(hash, at);
        self.lists[list as usize].link(&mut self.slab, at);
        at
    }

    /// Takes a flow out; its place keeps what it was until another flow comes there.
    pub(crate) fn remove(&mut self, at: u32) {
        let flow = &self.slab[at];
        let (hash, list) = (self.hasher.hash_one(flow.key), usize::from(flow.list));
        self.index.remove(hash, at);
        self.lists[list].unlink(&mut self.slab, at);
        self.slab.release(at);
        if self.latest == at {
            self.latest = NONE;
        }
        self.ahead.end = 0;
    }

    /// Notes that a flow was active. Most of the time that costs nothing: a flow moves to the
    /// front of its list only when it has been in its place for a sixteenth of the time after
    /// which it times out.
    #[inline]
    pub(crate) fn touch(&mut self, at: u32, before: u64, now: u64, idle: &Idle) {
        self.latest = at;
        let flow = &mut self.slab[at];
        let list = List::of(flow.key.protocol, flow.stage);
        let from = std::mem::replace(&mut flow.list, list as u8);
        if from != list as u8 {
            self.lists[usize::from(from)].unlink(&mut self.slab, at);
            self.lists[list as usize].link(&mut self.slab, at);
        } else if now.saturating_sub(before) > list.idle(idle) / 16 {
            self.lists[list as usize].touch(&mut self.slab, at);
        }
    }

    /// A flow that has been silent for longer than it may. It may be told a sixteenth of that time
    /// late: see [`touch`](Self::touch).
    pub(crate) fn idle(&self, now: u64, idle: &Idle) -> Option<u32> {
        for list in List::ALL {
            let allowed = list.idle(idle);
            let at = self.lists[list as usize].oldest();
            if at != NONE && now.saturating_sub(self.slab[at].last()) > allowed {
                return Some(at);
            }
        }
        None
    }

    /// The flow that goes when there are too many.
    pub(crate) fn least_wanted(&self) -> Option<u32> {
        let heads = List::ALL.map(|list| self.lists[list as usize].oldest());
        // Those that are over, then those that nobody answered.
        if let Some(&at) = heads[..2].iter().find(|&&at| at != NONE) {
            return Some(at);
        }
        heads[2..].iter().copied().filter(|&at| at != NONE).min_by_key(|&at| self.slab[at].last())
    }

    /// All flows, the last that began first.
    pub(crate) fn all(&self) -> Vec<u32> {
        // With their numbers at hand: a flow is looked at once.
        let all = self.index.iter().map(|at| (self.slab[at].number(), at));
        let mut all: Vec<(u64, u32)> = all.collect();
        all.sort_unstable_by_key(|&(number, _)| std::cmp::Reverse(number));
        all.into_iter().map(|(_, at)| at).collect()
    }

    #[inline]
    pub(crate) fn get(&self, at: u32) -> &Flow {
        &self.slab[at]
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, at: u32) -> &mut Flow {
        &mut self.slab[at]
    }
}
