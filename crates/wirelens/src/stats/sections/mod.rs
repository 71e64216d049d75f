//! From counts to sections.

mod application;
mod capture;
mod tcp;
mod traffic;

use super::builder::Part;
use super::gather::Gathered;
use super::lengths::{BOUNDS, Bucket};
use super::{Cell, Column, KnownTable, Plot, Section, Statistics, Table};
use crate::trace::Tracing;
use crate::{Error, FlowLimits};

/// The sections that were asked for, in that order.
pub(crate) fn of(
    gathered: &Gathered,
    tracing: &mut Tracing,
    limits: &FlowLimits,
    parts: &[Part],
    failed: Option<Error>,
) -> Statistics {
    let warnings = tracing.take_warnings(limits);
    let interrupted = warnings.interrupted || failed.is_some();
    let section = |part: &Part| {
        counted(*part, gathered).unwrap_or_else(|| capture::section(gathered, tracing, &warnings))
    };
    let sections = parts.iter().map(section).collect();
    Statistics { sections, interrupted, failure: failed.map(|error| error.to_string()) }
}

/// A section that is made of counts alone; none for that of the capture itself.
fn counted(part: Part, gathered: &Gathered) -> Option<Section> {
    Some(match part {
        Part::Capture => return None,
        Part::Protocols => protocols(gathered),
        Part::Endpoints => traffic::endpoints(gathered),
        Part::Conversations => traffic::conversations(gathered),
        Part::Lengths => lengths(gathered),
        Part::Rates => rates(gathered),
        Part::Tcp => tcp::section(gathered),
        Part::Dns => application::dns(gathered),
        Part::Http => application::http(gathered),
        Part::Tls => application::tls(gathered),
        Part::Problems => problems(gathered),
    })
}

/// What can be written as a table: tables, and sections for their single values.
pub(crate) fn known() -> Vec<KnownTable> {
    let registry = wirelens_protocols::shared();
    let gathered = Gathered::new(&registry, &Part::ALL, 1);
    let mut known = Vec::new();
    for part in Part::ALL {
        let section = counted(part, &gathered).unwrap_or_else(capture::empty);
        let hides = |table: &Table| table.name == section.name;
        let facts = part == Part::Capture || !section.facts.is_empty();
        if facts && !section.tables.iter().any(hides) {
            let title = format!("{}: single values", section.title);
            known.push(KnownTable { name: section.name, part, title });
        }
        known.extend(section.tables.iter().map(|table| {
            let title = table.title.to_owned();
            KnownTable { name: table.name, part, title }
        }));
    }
    known
}

const HIERARCHY: &[Column] = &[
    Column::new("protocol", "Protocol"),
    Column::data("chain"),
    Column::data("depth"),
    Column::new("frames", "Frames"),
    Column::new("frames_share", "Share"),
    Column::new("bytes", "Bytes"),
    Column::new("bytes_share", "Share of bytes"),
    Column::new("end_frames", "Ending here"),
    Column::data("end_bytes"),
];

fn protocols(gathered: &Gathered) -> Section {
    let mut section = Section::new("protocols", "Protocols");
    let Some(hierarchy) = &gathered.hierarchy else { return section };
    let mut table = Table::new("hierarchy", "What is in what", HIERARCHY);
    table.plot = Plot::Bars(4);
    for branch in hierarchy.branches() {
        table.rows.push(vec![
            Cell::Nested(branch.depth, branch.protocol.name),
            Cell::text(branch.chain),
            Cell::Number(branch.depth as u64),
            Cell::Count(branch.all.frames),
            Cell::share(branch.all.frames, gathered.frames),
            Cell::Bytes(branch.all.bytes),
            Cell::share(branch.all.bytes, gathered.bytes),
            Cell::Count(branch.end.frames),
            Cell::Bytes(branch.end.bytes),
        ]);
    }
    section.tables.push(table);
    let without = hierarchy.without().frames;
    if without > 0 {
        section.notes.push(format!("{without} frames have no protocol at all."));
    }
    if hierarchy.cut > 0 {
        let cut = hierarchy.cut;
        section.notes.push(format!(
            "{cut} frames are counted only as far as their chain was followed: it is very long, or there are very many."
        ));
    }
    section
}

const LENGTHS: &[Column] = &[
    Column::new("from", "From"),
    Column::new("to", "To"),
    Column::new("frames", "Frames"),
    Column::new("share", "Share"),
    Column::new("bytes", "Bytes"),
    Column::new("mean", "Mean"),
    Column::new("least", "Least"),
    Column::new("greatest", "Greatest"),
];

fn lengths(gathered: &Gathered) -> Section {
    let mut section = Section::new("lengths", "Packet lengths");
    let mut table = Table::new("lengths", "Frames by their length on the wire, bytes", LENGTHS);
    table.plot = Plot::Columns(2);
    let row = |(from, to): (u32, u32), bucket: &Bucket| {
        let some = bucket.frames > 0;
        let if_some = |value: u64| if some { Cell::Number(value) } else { Cell::None };
        vec![
            Cell::Number(from.into()),
            if to == u32::MAX { Cell::None } else { Cell::Number(to.into()) },
            Cell::Count(bucket.frames),
            Cell::share(bucket.frames, gathered.frames),
            Cell::Bytes(bucket.bytes),
            if_some(bucket.bytes.checked_div(bucket.frames).unwrap_or(0)),
            if_some(bucket.least.into()),
            if_some(bucket.greatest.into()),
        ]
    };
    table.rows.extend(BOUNDS.iter().zip(&gathered.lengths.buckets).map(|(at, b)| row(*at, b)));
    let total = gathered.lengths.total();
    let some = total.frames > 0;
    let if_some = |value: u64| if some { Cell::Bytes(value) } else { Cell::None };
    let mean = total.bytes.checked_div(total.frames).unwrap_or(0);
    section.fact("mean", "Mean length", if_some(mean));
    section.fact("least", "Least", if_some(total.least.into()));
    section.fact("greatest", "Greatest", if_some(total.greatest.into()));
    section.tables.push(table);
    section
}

const RATES: &[Column] = &[
    Column::new("time", "From"),
    Column::new("frames", "Frames"),
    Column::new("bytes", "Bytes"),
    Column::new("frame_rate", "Frames a second"),
    Column::new("bit_rate", "Bits a second"),
];

fn rates(gathered: &Gathered) -> Section {
    let mut section = Section::new("rates", "Over time");
    let rates = &gathered.rates;
    let seconds = rates.interval() as f64 / 1e9;
    let points = rates.points();
    let of = |count: u64| count as f64 / seconds;
    let most = |part: fn(&super::Point) -> u64| points.iter().map(part).max().unwrap_or(0);
    section.fact("interval", "Interval", Cell::Time(rates.interval()));
    section.fact("peak_frame_rate", "Most frames", Cell::Rate(of(most(|point| point.frames))));
    section.fact("peak_bit_rate", "Most bits", Cell::BitRate(of(most(|p| p.bytes)) * 8.0));
    let mut table = Table::new("rates", "Frames and bytes in each interval", RATES);
    table.plot = Plot::Line(2);
    let row = |(at, point): (usize, &super::Point)| {
        let since = (at as u64).saturating_mul(rates.interval());
        vec![
            Cell::Moment(rates.origin().saturating_add(since)),
            Cell::Count(point.frames),
            Cell::Bytes(point.bytes),
            Cell::Rate(of(point.frames)),
            Cell::BitRate(of(point.bytes) * 8.0),
        ]
    };
    table.rows.extend(points.iter().enumerate().map(row));
    section.tables.push(table);
    section
}

const PROBLEMS: &[Column] = &[
    Column::new("problem", "Problem"),
    Column::new("label", "What it is"),
    Column::data("protocol"),
    Column::new("count", "Count"),
    Column::new("first_frame", "First frame"),
    Column::new("last_frame", "Last frame"),
];

fn problems(gathered: &Gathered) -> Section {
    let mut section = Section::new("problems", "Problems");
    let Some(problems) = &gathered.problems else { return section };
    section.fact("frames", "Frames with a problem", Cell::Count(problems.frames));
    let mut table = Table::new("problems", "What is wrong with frames", PROBLEMS);
    table.plot = Plot::Bars(3);
    let mut kinds: Vec<_> = problems.kinds.iter().collect();
    kinds.sort_by_key(|(name, kind)| (std::cmp::Reverse(kind.count), **name));
    for (name, kind) in kinds {
        table.rows.push(vec![
            Cell::text(*name),
            Cell::text(kind.label),
            Cell::text(kind.protocol),
            Cell::Count(kind.count),
            Cell::Number(kind.frames.0),
            Cell::Number(kind.frames.1),
        ]);
    }
    section.tables.push(table);
    section
}
