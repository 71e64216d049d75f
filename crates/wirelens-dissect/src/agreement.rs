//! Agreements: what one dialogue says of a flow that is to come.

use std::any::Any;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::conversation::State;
use crate::table::ProtocolId;

/// One end of a flow that has not been seen yet.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct End {
    /// The IP protocol: 6 for TCP, 17 for UDP.
    pub transport: u8,
    /// Its address, in host order; an IPv4 address in the low 32 bits, as in [`Flow`](crate::Flow).
    pub address: u128,
    /// Its port, in host order.
    pub port: u16,
}

/// What one dialogue has agreed on for another, between other hosts perhaps.
pub struct Agreement {
    pub(crate) end: End,
    pub(crate) protocol: ProtocolId,
    pub(crate) state: Option<Box<dyn Known>>,
}

/// What a conversation is to know from the start, and can be told to several.
pub(crate) trait Known: Send {
    /// Once more.
    fn again(&self) -> Box<dyn Known>;
    /// As conversations keep it.
    fn into_state(self: Box<Self>) -> Box<dyn Any + Send>;
    /// Hashes all of it.
    fn hash_all(&self, hasher: &mut dyn Hasher);
}

impl<T: State + Clone + Hash> Known for T {
    fn again(&self) -> Box<dyn Known> {
        Box::new(self.clone())
    }

    fn into_state(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }

    fn hash_all(&self, mut hasher: &mut dyn Hasher) {
        self.hash(&mut hasher);
    }
}

impl Agreement {
    /// The same for one more shard.
    #[must_use]
    pub fn again(&self) -> Agreement {
        let state = self.state.as_ref().map(|state| state.again());
        Agreement { state, ..*self }
    }

    /// A number that is the same, in every process of this program, for agreements that are.
    pub fn fingerprint(agreements: &[Agreement]) -> u64 {
        let mut hasher = DefaultHasher::new();
        for Agreement { end, protocol, state } in agreements {
            end.hash(&mut hasher);
            protocol.hash(&mut hasher);
            state.is_some().hash(&mut hasher);
            if let Some(state) = state {
                state.hash_all(&mut hasher);
            }
        }
        hasher.finish()
    }
}
