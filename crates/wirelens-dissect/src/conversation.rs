//! Conversations: what outlives a frame, by the addresses and ports it belongs to.
//!
//! The table is bounded: when it is full, the conversation heard of least recently goes, and is
//! counted.

use std::any::Any;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::Flow;
use crate::table::ProtocolId;

/// What a protocol remembers of a conversation. One value of each type is kept in each.
pub trait State: Any + Send + Default {}

impl<T: Any + Send + Default> State for T {}

/// Every conversation of a session.
pub(crate) struct Conversations {
    index: HashTable<u32>,
    all: Vec<Conversation>,
    hasher: RandomState,
    /// The two ends of the list from most to least recently used.
    newest: u32,
    oldest: u32,
    most: usize,
    pub(crate) evicted: u64,
    /// A bit for each pair of ports, one for the other, in whose conversations a protocol was
    /// recognised: of most frames this tells without a look-up that there is none.
    recognised: Box<[u64; WORDS]>,
}

struct Conversation {
    key: Flow,
    newer: u32,
    older: u32,
    states: Vec<Box<dyn Any + Send>>,
    /// The protocol that was once recognised in it.
    application: Option<ProtocolId>,
}

const NONE: u32 = u32::MAX;
/// Words with a bit for every four ports: a shard has few of them.
pub(crate) const WORDS: usize = 1 << 8;

impl Conversations {
    pub(crate) fn new(most: usize) -> Conversations {
        Conversations {
            index: HashTable::new(),
            all: Vec::new(),
            // Where a key lands is never seen in the output, so it may differ from run to run:
            // keys come from attackers.
            hasher: RandomState::default(),
            newest: NONE,
            oldest: NONE,
            most: most.max(1),
            evicted: 0,
            recognised: Box::new([0; WORDS]),
        }
    }

    /// The state of type `T` of this flow, and whether the flow is in the direction of the key.
    pub(crate) fn state<T: State>(&mut self, flow: &Flow) -> (&mut T, bool) {
        let (key, forward) = canonical(flow);
        let at = self.find_or_insert(key);
        let states = &mut self.all[at as usize].states;
        let found = states.iter().position(|state| state.is::<T>());
        let place = found.unwrap_or_else(|| {
            states.push(Box::<T>::default());
            states.len() - 1
        });
        // The box at `place` was found by its type or made with it just now.
        let state = states[place].downcast_mut::<T>().expect("a state of the type it was found by");
        (state, forward)
    }

    /// Puts a state there, instead of one of its type.
    pub(crate) fn set_state(&mut self, flow: &Flow, state: Box<dyn Any + Send>) {
        let (key, _) = canonical(flow);
        let at = self.find_or_insert(key);
        let states = &mut self.all[at as usize].states;
        let kind = state.as_ref().type_id();
        match states.iter_mut().find(|known| known.as_ref().type_id() == kind) {
            Some(known) => *known = state,
            None => states.push(state),
        }
    }

    /// Was a protocol recognised in this conversation, or in another between such ports?
    #[inline]
    pub(crate) fn may_know(&self, flow: &Flow) -> bool {
        let (word, bit) = pair_of_ports(flow);
        self.recognised[word] & bit != 0
    }

    /// The protocol that was recognised in it.
    pub(crate) fn application(&mut self, flow: &Flow) -> Option<ProtocolId> {
        let (key, _) = canonical(flow);
        let at = self.find(&key)?;
        self.touch(at);
        self.all[at as usize].application
    }

    pub(crate) fn set_application(&mut self, flow: &Flow, protocol: ProtocolId) {
        let (word, bit) = pair_of_ports(flow);
        self.recognised[word] |= bit;
        let (key, _) = canonical(flow);
        let at = self.find_or_insert(key);
        self.all[at as usize].application = Some(protocol);
    }

    pub(crate) fn forget(&mut self, flow: &Flow) {
        let (key, _) = canonical(flow);
        if let Some(at) = self.find(&key) {
            self.all[at as usize].states.clear();
            self.all[at as usize].application = None;
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// The conversation used last, if it is this one: what one layer asks for the next asks for
    /// too, and so does the next frame of the flow.
    #[inline]
    fn same_again(&self, key: &Flow) -> Option<u32> {
        let newest = self.all.get(self.newest as usize)?;
        (newest.key == *key).then_some(self.newest)
    }

    #[inline]
    fn find(&self, key: &Flow) -> Option<u32> {
        if let Some(at) = self.same_again(key) {
            return Some(at);
        }
        let hash = self.hasher.hash_one(key);
        self.index.find(hash, |&at| self.all[at as usize].key == *key).copied()
    }

    fn find_or_insert(&mut self, key: Flow) -> u32 {
        if let Some(at) = self.same_again(&key) {
            return at;
        }
        let hash = self.hasher.hash_one(key);
        let all = &self.all;
        if let Some(&at) = self.index.find(hash, |&at| all[at as usize].key == key) {
            self.touch(at);
            return at;
        }
        let fresh =
            Conversation { key, newer: NONE, older: NONE, states: Vec::new(), application: None };
        let at = if self.all.len() < self.most {
            self.all.push(fresh);
            (self.all.len() - 1) as u32
        } else {
            let at = self.oldest;
            self.evicted += 1;
            self.unlink(at);
            let old = self.hasher.hash_one(self.all[at as usize].key);
            if let Ok(entry) = self.index.find_entry(old, |&other| other == at) {
                entry.remove();
            }
            self.all[at as usize] = fresh;
            at
        };
        let (all, hasher) = (&self.all, &self.hasher);
        self.index.insert_unique(hash, at, |&at| hasher.hash_one(all[at as usize].key));
        self.link(at);
        at
    }

    fn touch(&mut self, at: u32) {
        if self.newest != at {
            self.unlink(at);
            self.link(at);
        }
    }

    fn link(&mut self, at: u32) {
        let before = std::mem::replace(&mut self.newest, at);
        self.all[at as usize].older = before;
        self.all[at as usize].newer = NONE;
        match self.all.get_mut(before as usize) {
            Some(before) => before.newer = at,
            None => self.oldest = at,
        }
    }

    fn unlink(&mut self, at: u32) {
        let (newer, older) = (self.all[at as usize].newer, self.all[at as usize].older);
        match self.all.get_mut(newer as usize) {
            Some(other) => other.older = older,
            None => self.newest = older,
        }
        match self.all.get_mut(older as usize) {
            Some(other) => other.newer = newer,
            None => self.oldest = newer,
        }
    }
}

/// The word and the bit for the ports of a flow, the same in both directions.
#[inline]
fn pair_of_ports(flow: &Flow) -> (usize, u64) {
    let pair = flow.ports.0 ^ flow.ports.1;
    (usize::from(pair >> 6) % WORDS, 1 << (pair & 63))
}

/// The same key for both directions; `true` where the flow is already in that order.
#[inline]
pub(crate) fn canonical(flow: &Flow) -> (Flow, bool) {
    let forward = (flow.source, flow.ports.0) <= (flow.destination, flow.ports.1);
    if forward {
        return (*flow, true);
    }
    let key = Flow {
        source: flow.destination,
        destination: flow.source,
        ports: (flow.ports.1, flow.ports.0),
        ..*flow
    };
    (key, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(source: u128, destination: u128) -> Flow {
        Flow { source, destination, ports: (1, 2), protocol: 6, version: 4 }
    }

    #[test]
    fn both_directions_are_one_conversation() {
        let mut table = Conversations::new(8);
        *table.state::<u32>(&flow(1, 2)).0 = 7;
        let back = Flow { ports: (2, 1), ..flow(2, 1) };
        let (state, forward) = table.state::<u32>(&back);
        assert_eq!((*state, forward), (7, false));
        assert_eq!(table.len(), 1);
    }

    #[test]
    fn the_least_recent_goes_when_it_is_full() {
        let mut table = Conversations::new(2);
        *table.state::<u32>(&flow(1, 2)).0 = 1;
        *table.state::<u32>(&flow(1, 3)).0 = 2;
        *table.state::<u32>(&flow(1, 2)).0 += 10;
        *table.state::<u32>(&flow(1, 4)).0 = 3;
        assert_eq!((table.len(), table.evicted), (2, 1));
        assert_eq!(*table.state::<u32>(&flow(1, 2)).0, 11);
        assert_eq!(*table.state::<u32>(&flow(1, 3)).0, 0, "it was evicted and is new");
    }
}
