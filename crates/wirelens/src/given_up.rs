//! What a session gave up to stay within its limits.

use serde::{Deserialize, Serialize};
use wirelens_dissect::{Limits, Linking, Session};

/// How often each limit was met.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct GivenUp {
    conversations: u64,
    expectations: u64,
    datagrams_for_number: u64,
    datagrams_for_bytes: u64,
    connections: u64,
    links: u64,
    messages: u64,
    /// Messages of which the capture lacks a part.
    broken: u64,
}

impl GivenUp {
    /// By this session.
    pub(crate) fn of(session: &Session) -> GivenUp {
        let datagrams = session.datagrams();
        let (messages, broken) = session.messages_given_up();
        GivenUp {
            conversations: session.conversations().1,
            expectations: session.expectations_given_up(),
            datagrams_for_number: datagrams.evicted_for_number,
            datagrams_for_bytes: datagrams.evicted_for_bytes,
            connections: session.streams().evicted_connections,
            links: match &session.settings().linking {
                Linking::Show(links) => links.given_up,
                _ => 0,
            },
            messages,
            broken,
        }
    }

    /// And by another, who worked on other flows.
    pub(crate) fn add(&mut self, other: &GivenUp) {
        self.conversations += other.conversations;
        self.expectations += other.expectations;
        self.datagrams_for_number += other.datagrams_for_number;
        self.datagrams_for_bytes += other.datagrams_for_bytes;
        self.connections += other.connections;
        self.links += other.links;
        self.messages += other.messages;
        self.broken += other.broken;
    }

    /// In words.
    pub(crate) fn texts(&self, limits: &Limits) -> impl Iterator<Item = String> {
        let (datagrams, streams) = (&limits.datagrams, &limits.streams);
        let expected = "flows that were agreed on and did not come";
        let (newer, memory, bytes) = ("for newer ones", "for memory", " bytes");
        let all = [
            (self.conversations, "conversations", newer, limits.conversations, ""),
            (self.expectations, expected, newer, limits.expectations, ""),
            (self.datagrams_for_number, "datagrams", newer, datagrams.datagrams, ""),
            (self.datagrams_for_bytes, "datagrams", memory, datagrams.bytes, bytes),
            (self.connections, "connections", newer, streams.connections, ""),
            (self.links, "links of a second pass", memory, limits.links, ""),
            (self.messages, "messages", "as too long, or for others", limits.message, bytes),
        ];
        let broken = self.broken;
        let for_limits = all.into_iter().filter(|(count, ..)| *count > 0);
        for_limits
            .map(|(count, what, why, limit, unit)| {
                format!("{count} {what} were given up {why}; the limit is {limit}{unit}")
            })
            .chain((broken > 0).then(|| {
                format!("{broken} messages were given up: the capture lacks a part of them")
            }))
    }
}
