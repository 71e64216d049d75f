//! What outlives a frame.

use wirelens_reassembly::datagram::{Datagrams, Key};

use crate::Limits;
use crate::conversation::Conversations;

/// What a session remembers, all of it bounded.
pub(crate) struct Memory {
    pub(crate) conversations: Conversations,
    pub(crate) datagrams: Datagrams<Key>,
}

impl Memory {
    pub(crate) fn new(limits: &Limits) -> Memory {
        Memory {
            conversations: Conversations::new(limits.conversations),
            datagrams: Datagrams::new(limits.datagrams),
        }
    }
}
