//! The limits of following transactions.

use crate::FlowLimits;
use crate::limit::named_limits;

/// Bounds and time-outs.
#[derive(Clone, Copy, Debug, Default)]
pub struct HttpLimits {
    /// Of transactions.
    pub http: wirelens_flow::http::Limits,
    /// Of the flows they are in, and of dissection.
    pub flows: FlowLimits,
}

named_limits! { @ HttpLimits;
    "http.open" Number http.open, "transactions that are open at a time";
    "http.per_connection" Number http.per_connection, "transactions that are open in one connection";
    "http.memory" Number http.memory, "bytes of all open transactions";
    "http.body" Number http.body, "bytes of one body that are kept";
    "http.messages" Number http.messages, "messages of WebSocket that are kept of one connection";
    "flows" Number flows.flows.flows, "flows that are tracked at a time";
    "flows.opening" Time flows.flows.idle.opening, "silence after which a connection that nobody answered is over";
    "flows.tcp" Time flows.flows.idle.tcp, "silence after which an open connection is over";
    "flows.closed" Time flows.flows.idle.closed, "how long late segments belong to a closed connection";
    "conversations" Number flows.dissection.conversations, "conversations that dissection remembers";
    "messages.memory" Number flows.dissection.waiting, "bytes of all messages that wait for their rest";
    "messages.length" Number flows.dissection.message, "bytes of one message that is waited for";
    "decoded.length" Number flows.dissection.decoded.bytes, "bytes that a compressed body becomes";
    "decoded.ratio" Number flows.dissection.decoded.ratio, "how many times as long it becomes";
}
