//! What became of a capture's transactions, in numbers.

use wirelens_flow::http::Counters;

use super::HttpLimits;
use super::save::Save;
use crate::{FlowTally, Tracing};

/// What was read, what became of it, and what limits cost.
#[derive(Clone, Debug, Default)]
pub struct HttpTally {
    /// Of flows, with what was wrong with the capture.
    pub flows: FlowTally,
    /// Of transactions.
    pub http: Counters,
    /// Transactions that were shown.
    pub shown: u64,
    /// Bodies that were put into files.
    pub saved: u64,
}

impl HttpTally {
    /// The counters by name.
    pub fn counters(&self) -> [(&'static str, u64); 9] {
        let Counters { transactions, requests, responses, complete, .. } = self.http;
        let Counters { unanswered, without_request, given_up, messages, .. } = self.http;
        [
            ("transactions", transactions),
            ("shown", self.shown),
            ("requests", requests),
            ("responses", responses),
            ("complete", complete),
            ("unanswered", unanswered),
            ("without_request", without_request),
            ("given_up", given_up),
            ("websocket_messages", messages),
        ]
    }

    pub(super) fn save(&mut self, save: &Save, limits: &HttpLimits) {
        self.saved = save.saved;
        if save.cut > 0 {
            let text = format!(
                "{} of {} bodies are not whole, their files end with .part: the capture lacks the rest, or --limit http.body={}, messages.length={} or decoded.length={} was reached",
                save.cut,
                save.saved,
                limits.http.body,
                limits.flows.dissection.message,
                limits.flows.dissection.decoded.bytes,
            );
            self.flows.warnings.push(crate::report::Warning { text, offset: None });
        }
    }

    pub(super) fn fill(&mut self, tracing: &mut Tracing, http: Counters, limits: &HttpLimits) {
        self.http = http;
        self.flows = FlowTally::of(tracing);
        self.flows.warn(tracing, &limits.flows);
        if http.given_up > 0 {
            let text = format!(
                "{} transactions were given up: --limit http.open={}, http.per_connection={} or http.memory={} was reached",
                http.given_up, limits.http.open, limits.http.per_connection, limits.http.memory,
            );
            self.flows.warnings.push(crate::report::Warning { text, offset: None });
        }
    }
}
