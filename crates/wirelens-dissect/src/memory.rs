//! What outlives a frame.

use wirelens_reassembly::datagram::{Datagrams, Key};
use wirelens_reassembly::stream::Streams;

use crate::agreement::Agreement;
use crate::conversation::Conversations;
use crate::expectation::Expectations;
use crate::streams::StreamKey;
use crate::table::ProtocolId;
use crate::waiting::{Source, Waitings};
use crate::{Budget, Flow, Limits, Links};

/// What a session remembers of a shard, all of it bounded.
pub(crate) struct Memory {
    pub(crate) conversations: Conversations,
    pub(crate) expectations: Expectations,
    pub(crate) datagrams: Datagrams<Key>,
    pub(crate) streams: Streams<StreamKey>,
    pub(crate) waiting: Waitings,
    /// Where sources are listed on their way into the arena.
    pub(crate) sources: Vec<Source>,
    pub(crate) links: Links,
    /// What its states may keep together.
    pub(crate) budget: Budget,
    /// What the last frame has agreed on, for other shards.
    pub(crate) agreements: Vec<Agreement>,
}

impl Memory {
    pub(crate) fn new(limits: &Limits) -> Box<Memory> {
        Box::new(Memory {
            conversations: Conversations::new(limits.conversations),
            expectations: Expectations::new(limits.expectations),
            datagrams: Datagrams::new(limits.datagrams),
            streams: Streams::new(limits.streams),
            waiting: Waitings::new(limits.waiting, limits.message),
            sources: Vec::new(),
            links: Links::default(),
            budget: Budget::new(limits.states),
            agreements: Vec::new(),
        })
    }

    /// The protocol of a conversation that is known, or that another has agreed on.
    #[inline(never)]
    pub(crate) fn application(&mut self, flow: &Flow) -> Option<ProtocolId> {
        if let Some(id) = self.conversations.application(flow) {
            return Some(id);
        }
        if !self.expectations.may_be_at(flow.ports) {
            return None;
        }
        let (id, state) = self.expectations.meet(flow)?;
        self.conversations.set_application(flow, id);
        if let Some(state) = state {
            self.conversations.set_state(flow, state);
        }
        Some(id)
    }
}
