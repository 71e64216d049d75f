//! Flows as a table, as RFC 4180 has it.

use wirelens_flow::tcp::Mark;
use wirelens_flow::{End, Flow, Side};
use wirelens_report::{CaptureInfo, Line, write_safe};

use super::FlowTally;
use super::index::Printer;
use super::print::write_moment;
use crate::names::Called;

/// A row for each flow.
pub(super) struct Csv;

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
        line.number(flow.number());
        line.add(format!(",{},", flow.protocol_name()).as_bytes());
        write_moment(line, flow.first());
        line.add(b",");
        write_moment(line, flow.last());
        let duration = flow.last().saturating_sub(flow.first());
        let opening = flow.opening().name();
        line.add(format!(",{duration},{},{opening},", end.name()).as_bytes());
        if let Some(time) = flow.handshake() {
            line.number(time);
        }
        let application = flow.application();
        let host = application.and_then(|application| {
            ["server_name", "host", "query"].iter().find_map(|name| application.fact(name))
        });
        let protocol = application.map_or("", |application| application.protocol);
        line.add(format!(",{protocol},").as_bytes());
        cell(line, host.unwrap_or(""));
        line.add(format!(",{}", flow.community_id(0)).as_bytes());
        for side in SIDES {
            self.side(line, flow, side);
        }
        line.add(b"\r\n");
    }

    fn finish(&mut self, _: &mut Line, _: &FlowTally) {}
}

impl Csv {
    fn side(&self, line: &mut Line, flow: &Flow, side: Side) {
        let (end, traffic, counts) = (flow.end(side), flow.traffic(side), flow.counts(side));
        line.add(format!(",{},", end.address).as_bytes());
        if flow.has_ports() {
            line.number(end.port.into());
        }
        let again = [Mark::Retransmission, Mark::FastRetransmission, Mark::SpuriousRetransmission];
        let again: u64 = again.iter().map(|&mark| u64::from(counts.of(mark))).sum();
        for value in [
            traffic.frames(),
            traffic.bytes(),
            traffic.payload(),
            again,
            counts.of(Mark::OutOfOrder).into(),
        ] {
            line.add(format!(",{value}").as_bytes());
        }
        line.add(b",");
        if let Some(spread) = traffic.round_trips() {
            line.number(spread.mean);
        }
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
