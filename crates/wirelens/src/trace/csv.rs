//! Flows as a table, as RFC 4180 has it.

use wirelens_flow::tcp::Mark;
use wirelens_flow::{End, Flow, Side};
use wirelens_report::{CaptureInfo, Clock, Line, write_safe};

use super::FlowTally;
use super::index::Printer;
use super::print::split;
use crate::names::Called;

/// A row for each flow.
#[derive(Default)]
pub(super) struct Csv {
    clock: Clock,
}

/// Bytes of the longest number or address, with the comma before it.
const CELL: usize = 48;

const SIDES: [Side; 2] = [Side::Initiator, Side::Responder];

/// Columns of the flow, then of each side.
const FLOW: [&str; 11] = [
    "number",
    "protocol",
    "first",
    "last",
    "duration",
    "ended",
    "opening",
    "handshake",
    "application",
    "host",
    "community_id",
];
const SIDE: [&str; 8] = [
    "address",
    "port",
    "frames",
    "bytes",
    "payload",
    "retransmissions",
    "out_of_order",
    "rtt_mean",
];

impl Printer for Csv {
    fn begin(&mut self, line: &mut Line, _: &CaptureInfo) {
        line.add(FLOW.join(",").as_bytes());
        for side in SIDES {
            for column in SIDE {
                line.add(format!(",{}_{column}", side.name()).as_bytes());
            }
        }
        line.add(b"\r\n");
    }

    fn flow(&mut self, line: &mut Line, called: Called<'_>, end: End) {
        let flow = called.flow;
        line.room(CELL);
        line.number(flow.number());
        word(line, flow.protocol_name());
        for nanoseconds in [flow.first(), flow.last()] {
            let (second, rest) = split(nanoseconds);
            line.add(b",");
            self.clock.write(line, second, rest);
        }
        number(line, flow.last().saturating_sub(flow.first()));
        word(line, end.name());
        word(line, flow.opening().name());
        optional(line, flow.handshake());
        let application = flow.application();
        let host = application.and_then(|application| {
            ["server_name", "host", "query"].iter().find_map(|name| application.fact(name))
        });
        word(line, application.map_or("", |application| application.protocol));
        line.add(b",");
        cell(line, host.unwrap_or(""));
        word(line, &flow.community_id(0));
        for side in SIDES {
            write_side(line, flow, side);
        }
        line.add(b"\r\n");
    }

    fn finish(&mut self, _: &mut Line, _: &FlowTally) {}
}

fn write_side(line: &mut Line, flow: &Flow, side: Side) {
    let (end, traffic, counts) = (flow.end(side), flow.traffic(side), flow.counts(side));
    line.room(CELL);
    line.put(b',');
    line.address(end.address);
    optional(line, flow.has_ports().then_some(end.port.into()));
    let again = [Mark::Retransmission, Mark::FastRetransmission, Mark::SpuriousRetransmission];
    let again: u64 = again.iter().map(|&mark| u64::from(counts.of(mark))).sum();
    number(line, traffic.frames());
    number(line, traffic.bytes());
    number(line, traffic.payload());
    number(line, again);
    number(line, counts.of(Mark::OutOfOrder).into());
    optional(line, traffic.round_trips().map(|spread| spread.mean));
}

/// A column of letters and digits.
fn word(line: &mut Line, text: &str) {
    line.add(b",");
    line.add(text.as_bytes());
}

fn number(line: &mut Line, value: u64) {
    line.room(CELL);
    line.put(b',');
    line.number(value);
}

fn optional(line: &mut Line, value: Option<u64>) {
    match value {
        Some(value) => number(line, value),
        None => line.add(b","),
    }
}

/// Text in quotes where it needs them, escaped as for a terminal.
fn cell(line: &mut Line, text: &str) {
    if !text.contains(['"', ',', '\r', '\n']) {
        return write_safe(line, text.as_bytes());
    }
    line.add(b"\"");
    write_safe(line, text.replace('"', "\"\"").as_bytes());
    line.add(b"\"");
}
