//! Expectations: what one dialogue agrees on for another, such as the port that FTP's data come to.
//!
//! The table is bounded: when it is full, the oldest goes, and is counted.

use std::any::Any;
use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use foldhash::fast::RandomState;

use crate::Flow;
use crate::agreement::{Agreement, End, Known};
use crate::conversation::{State, WORDS};
use crate::table::ProtocolId;
use crate::{Packet, Protocol};

/// What is expected at the ends of flows.
pub(crate) struct Expectations {
    all: HashMap<End, Expected, RandomState>,
    /// In the order they were agreed on, by number. Those that were met go in time.
    order: VecDeque<(End, u64)>,
    count: u64,
    /// A bit for the ports that something is or was expected at: of most frames this tells that
    /// nothing is.
    ports: Box<[u64; WORDS]>,
    most: usize,
    pub(crate) evicted: u64,
}

struct Expected {
    /// Which of all there were.
    number: u64,
    protocol: ProtocolId,
    /// What the new conversation is to know from the start.
    state: Option<Box<dyn Any + Send>>,
    /// It was agreed on in another shard, and is mostly met there.
    elsewhere: bool,
}

impl Expectations {
    pub(crate) fn new(most: usize) -> Expectations {
        Expectations {
            all: HashMap::default(),
            order: VecDeque::new(),
            count: 0,
            ports: Box::new([0; WORDS]),
            most: most.max(1),
            evicted: 0,
        }
    }

    /// Adds what was agreed on in this shard.
    pub(crate) fn add(
        &mut self,
        end: End,
        protocol: ProtocolId,
        state: Option<Box<dyn Any + Send>>,
    ) {
        self.put(end, Expected { number: 0, protocol, state, elsewhere: false });
    }

    /// Adds what was agreed on in another.
    pub(crate) fn add_from(&mut self, agreement: &Agreement) {
        let Agreement { end, protocol, state } = agreement.again();
        let state = state.map(Known::into_state);
        self.put(end, Expected { number: 0, protocol, state, elsewhere: true });
    }

    fn put(&mut self, end: End, expected: Expected) {
        let (word, bit) = place(end.port);
        self.ports[word] |= bit;
        if let Some(known) = self.all.get_mut(&end) {
            *known = Expected { number: known.number, ..expected };
            return;
        }
        let all = &mut self.all;
        let waits = |all: &HashMap<End, Expected, RandomState>, (end, number): &(End, u64)| {
            all.get(end).is_some_and(|expected| expected.number == *number)
        };
        if self.order.len() >= 2 * self.most {
            self.order.retain(|place| waits(all, place));
        }
        while all.len() >= self.most {
            let Some(oldest) = self.order.pop_front() else { break };
            if waits(all, &oldest) && all.remove(&oldest.0).is_some_and(|it| !it.elsewhere) {
                self.evicted += 1;
            }
        }
        self.count += 1;
        self.order.push_back((end, self.count));
        self.all.insert(end, Expected { number: self.count, ..expected });
    }

    /// Is something expected at one of these ports?
    #[inline]
    pub(crate) fn may_be_at(&self, ports: (u16, u16)) -> bool {
        let at = |port| {
            let (word, bit) = place(port);
            self.ports[word] & bit
        };
        at(ports.0) | at(ports.1) != 0
    }

    /// What is expected of a flow by its destination, else by its source; it is expected no more.
    #[cold]
    pub(crate) fn meet(
        &mut self,
        flow: &Flow,
    ) -> Option<(ProtocolId, Option<Box<dyn Any + Send>>)> {
        let end = |address, port| End { transport: flow.protocol, address, port };
        let expected = self.all.remove(&end(flow.destination, flow.ports.1));
        let expected = expected.or_else(|| self.all.remove(&end(flow.source, flow.ports.0)))?;
        Some((expected.protocol, expected.state))
    }
}

#[inline]
fn place(port: u16) -> (usize, u64) {
    (usize::from(port >> 6) % WORDS, 1 << (port & 63))
}

impl Packet<'_> {
    /// The next flow with this end carries `protocol`, whatever its ports and content say: the
    /// dialogue that is being dissected has agreed on it. Without effect in a session without
    /// state and in quoted packets.
    pub fn expect(&mut self, end: End, protocol: &'static Protocol) {
        self.expect_boxed(end, protocol, None);
    }

    /// The same, and what the new conversation knows from the start, as its
    /// [`conversation`](Packet::conversation) of type `T`: which dialogue it belongs to.
    pub fn expect_with<T: State + Clone + Hash>(
        &mut self,
        end: End,
        protocol: &'static Protocol,
        state: T,
    ) {
        self.expect_boxed(end, protocol, Some(Box::new(state)));
    }

    fn expect_boxed(
        &mut self,
        end: End,
        protocol: &'static Protocol,
        state: Option<Box<dyn Known>>,
    ) {
        if !self.context.stateful || self.quoted {
            return;
        }
        if let Some(protocol) = self.context.registry.id(protocol) {
            let agreement = Agreement { end, protocol, state };
            if self.context.sharded {
                self.memory.agreements.push(agreement.again());
            }
            self.memory.expectations.add(end, protocol, agreement.state.map(Known::into_state));
        }
    }

    /// From the next message on this conversation carries `protocol`, in both directions, whatever
    /// its ports and content say: an upgrade, STARTTLS. What is left of this message goes where
    /// the walk says. Without effect in a session without state and in quoted packets.
    pub fn goes_on_as(&mut self, protocol: &'static Protocol) {
        if !self.context.stateful || self.quoted {
            return;
        }
        if let Some(protocol) = self.context.registry.id(protocol) {
            self.memory.conversations.set_application(&self.arena.flow, protocol);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(port: u16) -> End {
        End { transport: 6, address: 7, port }
    }

    fn flow(port: u16) -> Flow {
        Flow { source: 1, destination: 7, ports: (9, port), protocol: 6, version: 4 }
    }

    fn add(table: &mut Expectations, port: u16, id: u16) {
        table.add(end(port), ProtocolId(id), None);
    }

    #[test]
    fn it_is_met_once_from_either_side() {
        let mut table = Expectations::new(4);
        assert!(!table.may_be_at((9, 80)));
        add(&mut table, 80, 3);
        assert!(table.may_be_at((9, 80)) && table.may_be_at((80, 9)) && !table.may_be_at((9, 81)));
        let back = Flow { source: 7, destination: 1, ports: (80, 9), ..flow(80) };
        assert_eq!(table.meet(&back).map(|(id, _)| id), Some(ProtocolId(3)));
        assert!(table.meet(&flow(80)).is_none());
        let udp = Flow { protocol: 17, ..flow(80) };
        add(&mut table, 80, 3);
        assert!(table.meet(&udp).is_none(), "of another transport");
    }

    #[test]
    fn the_oldest_goes_when_it_is_full() {
        let mut table = Expectations::new(2);
        for port in 1..=3 {
            add(&mut table, port, port);
        }
        assert_eq!((table.all.len(), table.evicted), (2, 1));
        assert!(table.meet(&flow(1)).is_none() && table.meet(&flow(3)).is_some());
    }

    #[test]
    fn what_is_said_again_and_again_takes_no_more_room() {
        let mut table = Expectations::new(8);
        for _ in 0..1000 {
            add(&mut table, 1, 1);
            add(&mut table, 2, 2);
            table.meet(&flow(2));
        }
        assert!(table.order.len() <= 16 && table.all.len() == 1, "{}", table.order.len());
    }
}
