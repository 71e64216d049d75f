//! The limits of following flows.

use crate::limit::named_limits;

/// Bounds and time-outs.
#[derive(Clone, Copy, Debug)]
pub struct FlowLimits {
    /// Of flows.
    pub flows: wirelens_flow::Limits,
    /// Of dissection.
    pub dissection: wirelens_dissect::Limits,
    /// Files open at a time where flows are written to a folder. 64.
    pub files: usize,
}

impl Default for FlowLimits {
    fn default() -> FlowLimits {
        FlowLimits {
            flows: wirelens_flow::Limits::default(),
            dissection: wirelens_dissect::Limits::default(),
            files: 64,
        }
    }
}

named_limits! { @ FlowLimits;
    "flows" Number flows.flows, "flows that are tracked at a time";
    "flows.under_way" Number flows.under_way, "segments under way that are remembered";
    "flows.frames" Number flows.frames, "ranges of frames that are listed, of all flows together";
    "flows.names" Number flows.names, "addresses whose names are remembered";
    "flows.active" Time flows.active, "how long a flow may last; 0 for as long as it will";
    "flows.opening" Time flows.idle.opening, "silence after which a connection that nobody answered is over";
    "flows.tcp" Time flows.idle.tcp, "silence after which an open connection is over";
    "flows.closed" Time flows.idle.closed, "how long late segments belong to a closed connection";
    "flows.udp" Time flows.idle.udp, "silence after which a flow of UDP is over";
    "flows.icmp" Time flows.idle.icmp, "silence after which an exchange of ICMP is over";
    "flows.other" Time flows.idle.other, "silence after which any other flow is over";
    "streams.memory" Number flows.streams.total_bytes, "bytes of all streams and what waits in them";
    "streams.connections" Number flows.streams.connections, "connections whose bytes are put in order";
    "conversations" Number dissection.conversations, "conversations that dissection remembers";
    "files" Number files, "files open at a time";
}
