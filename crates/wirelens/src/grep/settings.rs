//! The limits of searching.

use crate::FlowLimits;
use crate::limit::named_limits;

/// Bounds and time-outs.
#[derive(Clone, Copy, Debug)]
pub struct GrepLimits {
    /// The longest match that is found wherever segments end, in bytes. 64 KiB; what waits in a
    /// direction to be searched is up to three times as long.
    pub longest: usize,
    /// Bytes of all directions that wait to be searched, together. 256 MiB; where they are more, what
    /// waits is searched at once, and a match that goes on behind it is not found.
    pub memory: usize,
    /// Bytes of a body of HTTP that are searched. 16 MiB.
    pub body: usize,
    /// Of flows and of dissection.
    pub flows: FlowLimits,
}

impl Default for GrepLimits {
    fn default() -> GrepLimits {
        GrepLimits {
            longest: 64 << 10,
            memory: 256 << 20,
            body: 16 << 20,
            flows: FlowLimits::default(),
        }
    }
}

named_limits! { @ GrepLimits;
    "grep.match" Number longest, "bytes of a match that is found wherever segments end";
    "grep.memory" Number memory, "bytes of all directions that wait to be searched";
    "grep.body" Number body, "bytes of a body of HTTP that are searched";
    "flows" Number flows.flows.flows, "flows that are tracked at a time";
    "flows.tcp" Time flows.flows.idle.tcp, "silence after which an open connection is over";
    "flows.udp" Time flows.flows.idle.udp, "silence after which a flow of UDP is over";
    "streams.memory" Number flows.flows.streams.total_bytes, "bytes of all streams and what waits in them";
    "streams.connections" Number flows.flows.streams.connections, "connections whose bytes are put in order";
    "conversations" Number flows.dissection.conversations, "conversations that dissection remembers";
    "decoded.length" Number flows.dissection.decoded.bytes, "bytes that a compressed body becomes";
}
