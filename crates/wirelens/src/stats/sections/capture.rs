//! What the capture itself is.

use wirelens_report::Warning;

use crate::FlowTally;
use crate::stats::gather::Gathered;
use crate::stats::{Cell, Column, Section, Table};
use crate::trace::Tracing;

const FILES: &[Column] = &[Column::new("file", "File"), Column::new("size", "Size")];

const INTERFACES: &[Column] = &[
    Column::new("interface", "Interface"),
    Column::new("name", "Name"),
    Column::new("link_type", "Link type"),
    Column::new("snaplen", "Most bytes kept"),
    Column::new("frames", "Frames"),
    Column::new("bytes", "Bytes"),
    Column::new("received", "Received"),
    Column::new("dropped", "Dropped"),
    Column::new("system_dropped", "Dropped by the system"),
];

const WARNINGS: &[Column] =
    &[Column::new("warning", "Warning"), Column::new("offset", "At byte of the file")];

pub(super) fn section(gathered: &Gathered, tracing: &Tracing, tally: &FlowTally) -> Section {
    let mut section = Section::new("capture", "Capture");
    let capture = tracing.frames().capture();
    let format = capture.sections().first().map_or("", |section| section.format.name());
    section.fact("format", "Format", Cell::text(format));
    let writer = capture.sections().iter().find_map(|section| section.application());
    let writer = writer.map_or(Cell::None, |name| Cell::text(String::from_utf8_lossy(name)));
    section.fact("application", "Written by", writer);
    let moment = |time: Option<u64>| time.map_or(Cell::None, Cell::Moment);
    section.fact("first", "First frame", moment(gathered.times.map(|(first, _)| first)));
    section.fact("last", "Last frame", moment(gathered.times.map(|(_, last)| last)));
    section.fact("duration", "Duration", Cell::time(gathered.times.map(|_| gathered.duration())));
    section.fact("frames", "Frames", Cell::Count(gathered.frames));
    section.fact("bytes", "Bytes on the wire", Cell::Bytes(gathered.bytes));
    section.fact("captured", "Bytes captured", Cell::Bytes(gathered.captured));
    let seconds = gathered.duration() as f64 / 1e9;
    let rate = |count: u64| (seconds > 0.0).then(|| count as f64 / seconds);
    let frame_rate = rate(gathered.frames).map_or(Cell::None, Cell::Rate);
    let bit_rate = rate(gathered.bytes).map_or(Cell::None, |rate| Cell::BitRate(rate * 8.0));
    section.fact("frame_rate", "Mean rate of frames", frame_rate);
    section.fact("bit_rate", "Mean rate of bits", bit_rate);
    section.fact("flows", "Flows", Cell::Count(tally.flows.flows));
    section.fact("dropped", "Dropped when it was captured", dropped(gathered, tracing));
    section.fact("unordered", "Frames behind later ones", Cell::Count(gathered.unordered));
    section.fact("without_time", "Frames without a time", Cell::Count(gathered.without_time));
    section.tables.push(files(tracing));
    section.tables.push(interfaces(gathered, tracing));
    section.tables.push(warnings(&tally.warnings));
    section
}

/// The same of no capture: its tables, without rows.
pub(super) fn empty() -> Section {
    let mut section = Section::new("capture", "Capture");
    section.tables = vec![
        Table::new("files", "Files", FILES),
        Table::new("interfaces", "Interfaces", INTERFACES),
        Table::new("warnings", "Warnings", WARNINGS),
    ];
    section
}

/// Frames that were lost, as far as the capture says: none where it says nothing.
fn dropped(gathered: &Gathered, tracing: &Tracing) -> Cell {
    let capture = tracing.frames().capture();
    let interfaces = 0..capture.interfaces().len() as u32;
    let counters = interfaces.filter_map(|at| capture.interface_counters(at));
    let told = counters.flat_map(|counted| [counted.dropped, counted.system_dropped]).flatten();
    let sum = told.reduce(u64::saturating_add);
    match (sum, gathered.lost) {
        (None, 0) => Cell::None,
        (sum, lost) => Cell::Count(sum.unwrap_or(0).max(lost)),
    }
}

fn files(tracing: &Tracing) -> Table {
    let mut table = Table::new("files", "Files", FILES);
    for file in tracing.frames().capture().files() {
        let size = file.size.map_or(Cell::None, Cell::Bytes);
        table.rows.push(vec![Cell::text(file.path.display().to_string()), size]);
    }
    table
}

fn interfaces(gathered: &Gathered, tracing: &Tracing) -> Table {
    let capture = tracing.frames().capture();
    let mut table = Table::new("interfaces", "Interfaces", INTERFACES);
    for (at, interface) in capture.interfaces().iter().enumerate() {
        let counted = capture.interface_counters(at as u32).copied().unwrap_or_default();
        let (frames, bytes) = gathered.interfaces.get(at).copied().unwrap_or_default();
        let count = |value: Option<u64>| value.map_or(Cell::None, Cell::Count);
        let name = interface.name().or_else(|| interface.description());
        let snap_length = Some(interface.snap_length).filter(|&length| length > 0);
        table.rows.push(vec![
            Cell::Number(at as u64),
            name.map_or(Cell::None, |name| Cell::text(String::from_utf8_lossy(name))),
            Cell::text(interface.link_type.name().unwrap_or("unknown")),
            snap_length.map_or(Cell::None, |length| Cell::Number(length.into())),
            Cell::Count(frames),
            Cell::Bytes(bytes),
            count(counted.received),
            count(counted.dropped),
            count(counted.system_dropped),
        ]);
    }
    table
}

fn warnings(warnings: &[Warning]) -> Table {
    let mut table = Table::new("warnings", "Warnings", WARNINGS);
    for warning in warnings {
        let offset = warning.offset.map_or(Cell::None, Cell::Number);
        table.rows.push(vec![Cell::text(warning.text.clone()), offset]);
    }
    table
}
