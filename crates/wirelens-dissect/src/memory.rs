//! What outlives a frame.

use wirelens_reassembly::datagram::{Datagrams, Key};
use wirelens_reassembly::stream::Streams;

use crate::Limits;
use crate::conversation::Conversations;
use crate::streams::StreamKey;
use crate::waiting::{Source, Waitings};

/// What a session remembers, all of it bounded.
pub(crate) struct Memory {
    pub(crate) conversations: Conversations,
    pub(crate) datagrams: Datagrams<Key>,
    pub(crate) streams: Streams<StreamKey>,
    pub(crate) waiting: Waitings,
    /// Where sources are listed on their way into the arena.
    pub(crate) sources: Vec<Source>,
}

impl Memory {
    pub(crate) fn new(limits: &Limits) -> Memory {
        Memory {
            conversations: Conversations::new(limits.conversations),
            datagrams: Datagrams::new(limits.datagrams),
            streams: Streams::new(limits.streams),
            waiting: Waitings::new(limits.waiting, limits.message),
            sources: Vec::new(),
        }
    }
}
