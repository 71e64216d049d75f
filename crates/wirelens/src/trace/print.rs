//! A flow as an object of JSON or plist.

use std::marker::PhantomData;

use wirelens_flow::tcp::{Counts, FLAGS, Mark};
use wirelens_flow::{Application, End, Flow, Outside, Side, Spread};
use wirelens_report::{CaptureInfo, Clock, Json, Line, Syntax, write_rfc3339};

use super::FlowTally;
use super::index::Printer;
use super::label::write_label;
use crate::names::Called;
use crate::records::{
    Notation, Records, array, flag, frame_list, number, object, plain, text, warnings,
};

/// One document: `{"schema":1,"capture":{..},"flows":[..],"summary":{..}}`.
pub(super) struct Whole<S> {
    records: Records<S>,
    writer: Writer<S>,
}

impl<S: Notation> Whole<S> {
    pub(super) fn new() -> Whole<S> {
        Whole { records: Records::new("flows"), writer: Writer::new() }
    }
}

impl<S: Notation> Printer for Whole<S> {
    fn begin(&mut self, line: &mut Line, capture: &CaptureInfo) {
        self.records.begin(line, capture);
    }

    fn flow(&mut self, line: &mut Line, called: Called<'_>, end: End) {
        self.records.next(line);
        self.writer.flow(line, called, end);
    }

    fn finish(&mut self, line: &mut Line, tally: &FlowTally) {
        self.records.finish(line, |line| write_tally::<S>(line, tally));
    }
}

/// A flow a line.
pub(super) struct Ndjson(Writer<Json>);

impl Ndjson {
    pub(super) fn new() -> Ndjson {
        Ndjson(Writer::new())
    }
}

impl Printer for Ndjson {
    fn begin(&mut self, _: &mut Line, _: &CaptureInfo) {}

    fn flow(&mut self, line: &mut Line, called: Called<'_>, end: End) {
        self.0.flow(line, called, end);
        line.add(b"\n");
    }

    fn finish(&mut self, _: &mut Line, _: &FlowTally) {}
}

/// Writes flows as objects, and keeps the text that many of them have in common.
struct Writer<S> {
    clock: Clock,
    /// What is said of a side none of whose segments was noteworthy: a quarter of a record.
    unmarked: Vec<u8>,
    syntax: PhantomData<S>,
}

impl<S: Syntax> Writer<S> {
    fn new() -> Writer<S> {
        let mut line = Line::new();
        write_counts::<S>(&mut line, Counts::default());
        let unmarked = line.written().to_vec();
        Writer { clock: Clock::default(), unmarked, syntax: PhantomData }
    }

    /// Times are RFC 3339 in UTC, lengths of time nanoseconds, windows as they were sent, not scaled.
    fn flow(&mut self, line: &mut Line, called: Called<'_>, end: End) {
        let flow = called.flow;
        let opened = S::open(line);
        number::<S>(line, "number", flow.number());
        plain::<S>(line, "label", |line| write_label(line, flow));
        word::<S>(line, "protocol", flow.protocol_name());
        number::<S>(line, "ip_protocol", flow.protocol().into());
        number::<S>(line, "ip_version", flow.version().into());
        if let Some((kind, code)) = flow.icmp() {
            number::<S>(line, "type", kind.into());
            number::<S>(line, "code", code.into());
        }
        for side in Side::BOTH {
            object::<S>(line, side.name(), |line| {
                write_side::<S>(line, called, side, &self.unmarked);
            });
        }
        word::<S>(line, "opening", flow.opening().name());
        self.moment(line, "first", flow.first());
        self.moment(line, "last", flow.last());
        number::<S>(line, "duration", flow.last().saturating_sub(flow.first()));
        word::<S>(line, "ended", end.name());
        if let Some(time) = flow.handshake() {
            number::<S>(line, "handshake", time);
        }
        word::<S>(line, "community_id", &flow.community_id(0));
        if let Some(application) = flow.application() {
            object::<S>(line, "application", |line| write_application::<S>(line, application));
        }
        array::<S, _>(line, "sizes", flow.sizes(), |line, (side, size)| {
            let opened = S::open(line);
            word::<S>(line, "from", side.name());
            number::<S>(line, "payload", size.into());
            S::close(line, opened);
        });
        if !flow.outside().is_empty() {
            array::<S, _>(line, "outside", flow.outside(), |line, layer| {
                write_outside::<S>(line, layer);
            });
        }
        if let Some(frames) = flow.frames() {
            frame_list::<S>(line, "frames", frames);
            if frames.is_cut() {
                flag::<S>(line, "frames_cut", true);
            }
        }
        S::close(line, opened);
    }

    fn moment(&mut self, line: &mut Line, key: &str, nanoseconds: u64) {
        let (second, rest) = split(nanoseconds);
        plain::<S>(line, key, |line| self.clock.write(line, second, rest));
    }
}

fn write_side<S: Syntax>(line: &mut Line, called: Called<'_>, side: Side, unmarked: &[u8]) {
    let flow = called.flow;
    let (end, traffic) = (flow.end(side), flow.traffic(side));
    plain::<S>(line, "address", |line| line.address(end.address));
    if flow.has_ports() {
        number::<S>(line, "port", end.port.into());
    }
    if let Some(name) = called.name(side) {
        text::<S>(line, "name", &name);
    }
    if let Some(link) = traffic.link() {
        plain::<S>(line, "link", |line| line.mac(&link));
    }
    number::<S>(line, "frames", traffic.frames());
    number::<S>(line, "bytes", traffic.bytes());
    number::<S>(line, "payload", traffic.payload());
    number::<S>(line, "overhead", traffic.overhead());
    if let Some((least, greatest)) = traffic.ttl() {
        object::<S>(line, "ttl", |line| {
            number::<S>(line, "least", least.into());
            number::<S>(line, "greatest", greatest.into());
        });
    }
    if let Some(spread) = traffic.arrivals() {
        object::<S>(line, "arrivals", |line| write_spread::<S>(line, &spread));
    }
    if flow.protocol() == TCP {
        object::<S>(line, "tcp", |line| write_tcp::<S>(line, flow, side, unmarked));
    }
}

pub(super) const TCP: u8 = 6;

fn write_tcp<S: Syntax>(line: &mut Line, flow: &Flow, side: Side, unmarked: &[u8]) {
    let traffic = flow.traffic(side);
    word::<S>(line, "state", flow.state(side).name());
    let set = |(bit, _): &(usize, _)| traffic.flags() & 1 << bit != 0;
    let names = FLAGS.iter().enumerate().filter(set).map(|(_, name)| name);
    array::<S, _>(line, "flags", names, |line, name| write_word::<S>(line, name));
    if let Some(sequence) = traffic.initial_sequence() {
        number::<S>(line, "initial_sequence", sequence.into());
    }
    if let Some(mss) = traffic.mss() {
        number::<S>(line, "mss", mss.into());
    }
    if let Some(scale) = traffic.offered_scale() {
        number::<S>(line, "window_scale", scale.into());
    }
    if let Some((least, greatest)) = traffic.windows() {
        object::<S>(line, "window", |line| {
            number::<S>(line, "least", least.into());
            number::<S>(line, "greatest", greatest.into());
        });
    }
    if let Some(spread) = traffic.round_trips() {
        object::<S>(line, "round_trips", |line| write_spread::<S>(line, &spread));
    }
    match flow.counts(side) {
        counts if counts.is_empty() => line.add(unmarked),
        counts => write_counts::<S>(line, counts),
    }
}

/// How often a segment was noteworthy, by why.
fn write_counts<S: Syntax>(line: &mut Line, counts: Counts) {
    for mark in Mark::ALL {
        number::<S>(line, mark.key(), counts.of(mark).into());
    }
}

/// A text of 64 bytes at most under a key, of letters, digits and what else needs no escapes.
fn word<S: Syntax>(line: &mut Line, key: &str, value: &str) {
    S::key_text(line, key, "");
    write_word::<S>(line, value);
}

fn write_word<S: Syntax>(line: &mut Line, value: &str) {
    S::quote(line);
    line.add(value.as_bytes());
    S::unquote(line);
}

fn write_spread<S: Syntax>(line: &mut Line, spread: &Spread) {
    // Each by itself: a key of known length is two stores.
    number::<S>(line, "count", spread.count);
    number::<S>(line, "least", spread.least);
    number::<S>(line, "mean", spread.mean);
    number::<S>(line, "greatest", spread.greatest);
    number::<S>(line, "deviation", spread.deviation);
}

/// Facts are arrays, whether there is one value or several: who said what is the order of the
/// frames.
fn write_application<S: Syntax>(line: &mut Line, application: &Application) {
    text::<S>(line, "protocol", application.protocol);
    let mut told: Vec<&str> = Vec::new();
    for fact in &application.facts {
        if told.contains(&fact.name) {
            continue;
        }
        told.push(fact.name);
        let values = application.facts.iter().filter(|other| other.name == fact.name);
        array::<S, _>(line, fact.name, values, |line, fact| {
            S::text(line, fact.value.as_bytes());
        });
    }
}

fn write_outside<S: Syntax>(line: &mut Line, layer: &Outside) {
    let opened = S::open(line);
    text::<S>(line, "protocol", layer.protocol);
    if let Some((from, to)) = layer.addresses {
        plain::<S>(line, "source", |line| line.address(from));
        plain::<S>(line, "destination", |line| line.address(to));
    }
    if let Some(identifier) = layer.identifier {
        number::<S>(line, "identifier", identifier);
    }
    S::close(line, opened);
}

/// A moment under a key.
pub(crate) fn moment<S: Syntax>(line: &mut Line, key: &str, nanoseconds: u64) {
    plain::<S>(line, key, |line| write_moment(line, nanoseconds));
}

/// A moment in nanoseconds since 1970.
pub(crate) fn write_moment(line: &mut Line, nanoseconds: u64) {
    let (second, rest) = split(nanoseconds);
    write_rfc3339(line, second, rest);
}

/// The seconds of a moment, and the nanoseconds of its second.
pub(super) fn split(nanoseconds: u64) -> (i64, u32) {
    ((nanoseconds / 1_000_000_000) as i64, (nanoseconds % 1_000_000_000) as u32)
}

fn write_tally<S: Syntax>(line: &mut Line, tally: &FlowTally) {
    let opened = S::open(line);
    number::<S>(line, "frames", tally.frames);
    for (key, count) in tally.counters() {
        number::<S>(line, key, count);
    }
    flag::<S>(line, "interrupted", tally.interrupted);
    if !tally.names.is_empty() {
        array::<S, _>(line, "names", &tally.names, |line, (address, name)| {
            let opened = S::open(line);
            text::<S>(line, "address", &address.to_string());
            text::<S>(line, "name", name);
            S::close(line, opened);
        });
    }
    warnings::<S>(line, &tally.warnings);
    S::close(line, opened);
}
