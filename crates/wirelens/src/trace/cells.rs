//! What each column of a table of flows has: all that a record has but its lists.

use wirelens_flow::tcp::{FLAGS, Mark};
use wirelens_flow::{End, Flow, Side, Spread, Traffic};
use wirelens_report::{Clock, Line, write_safe};

use super::label::write_label;
use super::print::{TCP, split};
use crate::names::Called;

pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) write: Write,
    /// It is empty where what flows are about is not looked at.
    pub(super) is_fact: bool,
}

/// Writes a cell; the side is of no matter to a column of a flow.
type Write = fn(&mut Cell<'_>, &Row<'_>, Side);

/// A flow that is over.
pub(super) struct Row<'r> {
    pub(super) called: Called<'r>,
    pub(super) end: End,
}

/// Where a cell is written.
pub(super) struct Cell<'c> {
    pub(super) line: &'c mut Line,
    pub(super) clock: &'c mut Clock,
}

/// Bytes of the longest number or address.
const LONGEST: usize = 48;

/// Columns of a flow.
pub(super) static FLOW: [Column; 20] = [
    column("number", "its place among all flows, in the order they begin", |cell, row, _| {
        cell.number(row.flow().number());
    }),
    column("label", "its ends and when it began, the name of its file", |cell, row, _| {
        write_label(cell.line, row.flow());
    }),
    column("protocol", "tcp, udp, sctp, icmp, ..", |cell, row, _| {
        cell.word(row.flow().protocol_name());
    }),
    column("ip_protocol", "the protocol's number", |cell, row, _| {
        cell.number(row.flow().protocol().into());
    }),
    column("ip_version", "4 or 6", |cell, row, _| cell.number(row.flow().version().into())),
    column("icmp_type", "type of the first message", |cell, row, _| {
        cell.optional(row.flow().icmp().map(|(kind, _)| kind.into()));
    }),
    column("icmp_code", "code of the first message", |cell, row, _| {
        cell.optional(row.flow().icmp().map(|(_, code)| code.into()));
    }),
    column("first", "time of the first frame, RFC 3339", |cell, row, _| {
        cell.moment(row.flow().first());
    }),
    column("last", "time of the last frame, RFC 3339", |cell, row, _| {
        cell.moment(row.flow().last());
    }),
    column("duration", "between the two, in nanoseconds", |cell, row, _| {
        cell.number(row.flow().last().saturating_sub(row.flow().first()));
    }),
    column("ended", "why it is over", |cell, row, _| cell.word(row.end.name())),
    column("opening", "how it is known who began", |cell, row, _| {
        cell.word(row.flow().opening().name());
    }),
    column("handshake", "from SYN to the ACK of its answer, in nanoseconds", |cell, row, _| {
        cell.optional(row.flow().handshake());
    }),
    fact("application", "the protocol that it carries", |cell, row, _| {
        cell.word(row.flow().application().map_or("", |application| application.protocol));
    }),
    fact("host", "server name, host or query that was asked for first", |cell, row, _| {
        let host = row.flow().application().and_then(|application| {
            ["server_name", "host", "query"].iter().find_map(|name| application.fact(name))
        });
        cell.text(host.unwrap_or(""));
    }),
    column("community_id", "Community ID, version 1, seed 0", |cell, row, _| {
        cell.word(&row.flow().community_id(0));
    }),
    column("frames", "frames of both sides", |cell, row, _| {
        cell.number(row.sum(|traffic| traffic.frames()));
    }),
    column("bytes", "their lengths on the wire", |cell, row, _| {
        cell.number(row.sum(|traffic| traffic.bytes()));
    }),
    column("payload", "bytes behind the transports' headers", |cell, row, _| {
        cell.number(row.sum(|traffic| traffic.payload()));
    }),
    column("overhead", "the other bytes", |cell, row, _| {
        cell.number(row.sum(|traffic| traffic.overhead()));
    }),
];

/// Columns of each side.
pub(super) static SIDE: [Column; 42] = [
    column("address", "its address", |cell, row, side| {
        cell.line.room(LONGEST);
        cell.line.address(row.flow().end(side).address);
    }),
    column("port", "its port", |cell, row, side| {
        let flow = row.flow();
        cell.optional(flow.has_ports().then(|| flow.end(side).port.into()));
    }),
    fact("name", "its name, by answers of DNS or --resolve", |cell, row, side| {
        cell.text(&row.called.name(side).unwrap_or_default());
    }),
    column("link", "its link address", |cell, row, side| {
        if let Some(address) = row.traffic(side).link() {
            cell.line.room(LONGEST);
            cell.line.mac(&address);
        }
    }),
    column("frames", "frames that it sent", |cell, row, side| {
        cell.number(row.traffic(side).frames());
    }),
    column("bytes", "their lengths on the wire", |cell, row, side| {
        cell.number(row.traffic(side).bytes());
    }),
    column("payload", "bytes behind the transports' headers", |cell, row, side| {
        cell.number(row.traffic(side).payload());
    }),
    column("overhead", "the other bytes", |cell, row, side| {
        cell.number(row.traffic(side).overhead());
    }),
    column("ttl_least", "least TTL or hop limit", |cell, row, side| {
        cell.optional(row.traffic(side).ttl().map(|(least, _)| least.into()));
    }),
    column("ttl_greatest", "greatest TTL or hop limit", |cell, row, side| {
        cell.optional(row.traffic(side).ttl().map(|(_, greatest)| greatest.into()));
    }),
    column("arrivals_count", "times between its frames: how many", |cell, row, side| {
        cell.of(row.traffic(side).arrivals(), |spread| spread.count);
    }),
    column("arrivals_least", "the shortest, in nanoseconds", |cell, row, side| {
        cell.of(row.traffic(side).arrivals(), |spread| spread.least);
    }),
    column("arrivals_mean", "their mean", |cell, row, side| {
        cell.of(row.traffic(side).arrivals(), |spread| spread.mean);
    }),
    column("arrivals_greatest", "the longest", |cell, row, side| {
        cell.of(row.traffic(side).arrivals(), |spread| spread.greatest);
    }),
    column("arrivals_deviation", "their standard deviation", |cell, row, side| {
        cell.of(row.traffic(side).arrivals(), |spread| spread.deviation);
    }),
    column("state", "state of TCP, RFC 9293", |cell, row, side| {
        if row.is_tcp() {
            cell.word(row.flow().state(side).name());
        }
    }),
    column("flags", "flags of TCP that it sent, with blanks between", |cell, row, side| {
        let seen = row.traffic(side).flags();
        let set = FLAGS.iter().enumerate().filter(|(bit, _)| seen & 1 << bit != 0);
        for (place, (_, name)) in set.enumerate() {
            cell.word(if place == 0 { "" } else { " " });
            cell.word(name);
        }
    }),
    column("initial_sequence", "its first sequence number", |cell, row, side| {
        cell.optional(row.traffic(side).initial_sequence().map(u64::from));
    }),
    column("mss", "the greatest segment that it takes", |cell, row, side| {
        cell.optional(row.traffic(side).mss().map(u64::from));
    }),
    column("window_scale", "the scale that it offers", |cell, row, side| {
        cell.optional(row.traffic(side).offered_scale().map(u64::from));
    }),
    column("window_least", "its least window, not scaled", |cell, row, side| {
        cell.optional(row.traffic(side).windows().map(|(least, _)| least.into()));
    }),
    column("window_greatest", "its greatest window, not scaled", |cell, row, side| {
        cell.optional(row.traffic(side).windows().map(|(_, greatest)| greatest.into()));
    }),
    column("rtt_count", "round trips that were measured", |cell, row, side| {
        cell.of(row.traffic(side).round_trips(), |spread| spread.count);
    }),
    column("rtt_least", "the shortest, in nanoseconds", |cell, row, side| {
        cell.of(row.traffic(side).round_trips(), |spread| spread.least);
    }),
    column("rtt_mean", "their mean", |cell, row, side| {
        cell.of(row.traffic(side).round_trips(), |spread| spread.mean);
    }),
    column("rtt_greatest", "the longest", |cell, row, side| {
        cell.of(row.traffic(side).round_trips(), |spread| spread.greatest);
    }),
    column("rtt_deviation", "their standard deviation", |cell, row, side| {
        cell.of(row.traffic(side).round_trips(), |spread| spread.deviation);
    }),
    column("retransmissions", "segments sent again, the next two among them", |cell, row, side| {
        let again = [Mark::Retransmission, Mark::FastRetransmission, Mark::SpuriousRetransmission];
        let counts = row.flow().counts(side);
        cell.number(again.iter().map(|&mark| u64::from(counts.of(mark))).sum());
    }),
    column("fast_retransmissions", "those asked for by duplicate acks", |cell, row, side| {
        cell.marks(row, side, Mark::FastRetransmission);
    }),
    column("spurious_retransmissions", "those of acknowledged bytes", |cell, row, side| {
        cell.marks(row, side, Mark::SpuriousRetransmission);
    }),
    column("out_of_order", "segments behind later ones", |cell, row, side| {
        cell.marks(row, side, Mark::OutOfOrder);
    }),
    column("lost_segments", "segments before which some were not seen", |cell, row, side| {
        cell.marks(row, side, Mark::LostSegment);
    }),
    column("acked_unseen", "acknowledgments of bytes not seen", |cell, row, side| {
        cell.marks(row, side, Mark::AckedUnseen);
    }),
    column("duplicate_acks", "acknowledgments said again", |cell, row, side| {
        cell.marks(row, side, Mark::DuplicateAck);
    }),
    column("zero_windows", "segments that close the window", |cell, row, side| {
        cell.marks(row, side, Mark::ZeroWindow);
    }),
    column("zero_window_probes", "bytes sent to see whether it opened", |cell, row, side| {
        cell.marks(row, side, Mark::ZeroWindowProbe);
    }),
    column("zero_window_probe_acks", "answers to those", |cell, row, side| {
        cell.marks(row, side, Mark::ZeroWindowProbeAck);
    }),
    column("window_updates", "segments that say another window only", |cell, row, side| {
        cell.marks(row, side, Mark::WindowUpdate);
    }),
    column("windows_full", "segments that fill the other's window", |cell, row, side| {
        cell.marks(row, side, Mark::WindowFull);
    }),
    column("keep_alives", "segments to see whether the other is there", |cell, row, side| {
        cell.marks(row, side, Mark::KeepAlive);
    }),
    column("keep_alive_acks", "answers to those", |cell, row, side| {
        cell.marks(row, side, Mark::KeepAliveAck);
    }),
    column("syn_retries", "SYNs sent again", |cell, row, side| {
        cell.marks(row, side, Mark::SynRetry);
    }),
];

const fn column(name: &'static str, title: &'static str, write: Write) -> Column {
    Column { name, title, write, is_fact: false }
}

const fn fact(name: &'static str, title: &'static str, write: Write) -> Column {
    Column { name, title, write, is_fact: true }
}

impl<'r> Row<'r> {
    fn flow(&self) -> &'r Flow {
        self.called.flow
    }

    fn traffic(&self, side: Side) -> Traffic<'r> {
        self.flow().traffic(side)
    }

    fn sum(&self, of: fn(&Traffic<'_>) -> u64) -> u64 {
        Side::BOTH.map(|side| of(&self.traffic(side))).iter().sum()
    }

    fn is_tcp(&self) -> bool {
        self.flow().protocol() == TCP
    }
}

impl Cell<'_> {
    /// Letters, digits and what else needs no quotes.
    fn word(&mut self, text: &str) {
        self.line.add(text.as_bytes());
    }

    /// Text in quotes where it needs them, escaped as for a terminal.
    fn text(&mut self, text: &str) {
        if !text.contains(['"', ',', '\r', '\n']) {
            return write_safe(self.line, text.as_bytes());
        }
        self.line.add(b"\"");
        write_safe(self.line, text.replace('"', "\"\"").as_bytes());
        self.line.add(b"\"");
    }

    fn number(&mut self, value: u64) {
        self.line.room(LONGEST);
        self.line.number(value);
    }

    fn optional(&mut self, value: Option<u64>) {
        if let Some(value) = value {
            self.number(value);
        }
    }

    fn of(&mut self, spread: Option<Spread>, part: fn(&Spread) -> u64) {
        self.optional(spread.as_ref().map(part));
    }

    fn marks(&mut self, row: &Row<'_>, side: Side, mark: Mark) {
        self.number(row.flow().counts(side).of(mark).into());
    }

    fn moment(&mut self, nanoseconds: u64) {
        let (second, rest) = split(nanoseconds);
        self.clock.write(self.line, second, rest);
    }
}
