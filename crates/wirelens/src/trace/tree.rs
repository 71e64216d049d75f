//! Flows for reading.

use wirelens_flow::tcp::Mark;
use wirelens_flow::{End, Side, Spread};
use wirelens_report::{CaptureInfo, Line, write_safe};

use super::FlowTally;
use super::index::Printer;
use super::print::write_moment;
use crate::names::{Called, write_names};

/// A few lines for each flow.
pub(super) struct Tree;

impl Printer for Tree {
    fn begin(&mut self, _: &mut Line, _: &CaptureInfo) {}

    fn flow(&mut self, line: &mut Line, called: Called<'_>, end: End) {
        let flow = called.flow;
        let [from, to] = Side::BOTH.map(|side| flow.end(side));
        let (number, protocol) = (flow.number(), flow.protocol_name());
        line.add(format!("Flow {number}: {protocol} {from} > {to}\n    From ").as_bytes());
        write_moment(line, flow.first());
        let duration = seconds(flow.last().saturating_sub(flow.first()));
        let (opening, end) = (flow.opening().name(), end.name());
        let text = format!(" for {duration}, initiator by {opening}, ended by {end}\n");
        line.add(text.as_bytes());
        if let Some(application) = flow.application() {
            line.add(format!("    Application: {}", application.protocol).as_bytes());
            for fact in &application.facts {
                line.add(format!(", {} ", fact.name.replace('_', " ")).as_bytes());
                write_safe(line, fact.value.as_bytes());
            }
            line.add(b"\n");
        }
        for side in Side::BOTH {
            write_side(line, called, side);
        }
        for layer in flow.outside() {
            line.add(format!("    Inside {}", layer.protocol).as_bytes());
            if let Some((from, to)) = layer.addresses {
                line.add(format!(" {from} > {to}").as_bytes());
            }
            if let Some(identifier) = layer.identifier {
                line.add(format!(" {identifier}").as_bytes());
            }
            line.add(b"\n");
        }
        if let Some(frames) = flow.frames() {
            let cut = if frames.is_cut() { ", ..." } else { "" };
            line.add(format!("    Frames: {frames}{cut} ({})\n", frames.count()).as_bytes());
        }
    }

    fn finish(&mut self, line: &mut Line, tally: &FlowTally) {
        write_names(line, &tally.names);
        let FlowTally { frames, flows, .. } = tally;
        let other = flows.other_frames;
        let text = format!("{frames} frames, {} flows, {other} frames of none\n", flows.flows);
        line.add(text.as_bytes());
    }
}

fn write_side(line: &mut Line, called: Called<'_>, side: Side) {
    let flow = called.flow;
    let traffic = flow.traffic(side);
    let name = match side {
        Side::Initiator => "Initiator",
        Side::Responder => "Responder",
    };
    let (frames, bytes, payload) = (traffic.frames(), traffic.bytes(), traffic.payload());
    line.add(format!("    {name}").as_bytes());
    if let Some(name) = called.name(side) {
        line.add(b" ");
        write_safe(line, name.as_bytes());
    }
    let text = format!(": {frames} frames, {bytes} bytes, {payload} of payload");
    line.add(text.as_bytes());
    if let Some(Spread { least, mean, greatest, .. }) = traffic.round_trips() {
        let [least, mean, greatest] = [least, mean, greatest].map(seconds);
        line.add(format!(", round trips {least}/{mean}/{greatest}").as_bytes());
    }
    if traffic.flags() != 0 {
        line.add(format!(", {}", flow.state(side).name()).as_bytes());
    }
    let counts = flow.counts(side);
    for mark in Mark::ALL.into_iter().filter(|&mark| counts.of(mark) > 0) {
        line.add(format!(", {} {}", counts.of(mark), mark.key().replace('_', " ")).as_bytes());
    }
    line.add(b"\n");
}

fn seconds(nanoseconds: u64) -> String {
    match nanoseconds {
        0..1_000_000 => format!("{:.1} us", nanoseconds as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.3} ms", nanoseconds as f64 / 1e6),
        _ => format!("{:.3} s", nanoseconds as f64 / 1e9),
    }
}
