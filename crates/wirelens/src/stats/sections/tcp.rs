//! How TCP fared.

use wirelens_flow::tcp::Mark;

use crate::stats::connections::{Direction, ENDS, Opened};
use crate::stats::gather::Gathered;
use crate::stats::{Cell, Column, Histogram, Plot, Section, Table};

const COUNTED: &[Column] = &[
    Column::new("what", "What"),
    Column::new("connections", "Connections"),
    Column::new("share", "Share"),
];

const TIMES: &[Column] = &[
    Column::new("what", "What"),
    Column::new("count", "Count"),
    Column::new("least", "Least"),
    Column::new("p50", "Median"),
    Column::new("p90", "90 %"),
    Column::new("p95", "95 %"),
    Column::new("p99", "99 %"),
    Column::new("greatest", "Greatest"),
    Column::new("mean", "Mean"),
];

const SIDES: &[Column] = &[
    Column::new("what", "What"),
    Column::new("initiator", "By initiators"),
    Column::new("responder", "By responders"),
    Column::new("all", "Both"),
];

const SPREAD: &[Column] =
    &[Column::new("from", "From"), Column::new("to", "Below"), Column::new("count", "Count")];

pub(super) fn section(gathered: &Gathered) -> Section {
    let mut section = Section::new("tcp", "TCP");
    let Some(tcp) = &gathered.connections else { return section };
    section.fact("connections", "Connections", Cell::Count(tcp.all));
    section.fact("half_closed", "Left half closed", Cell::Count(tcp.half_closed));
    let [initiator, responder] = &tcp.sides;
    let again = |side: &Direction| retransmissions(side);
    let segments = initiator.frames + responder.frames;
    let resent = again(initiator) + again(responder);
    section.fact("segments", "Segments", Cell::Count(segments));
    section.fact("retransmissions", "Retransmissions", Cell::Count(resent));
    section.fact("retransmitted_share", "Retransmitted", Cell::share(resent, segments));

    let mut opened = Table::new("tcp_opened", "How connections opened", COUNTED);
    opened.plot = Plot::Bars(1);
    let mut ended = Table::new("tcp_ended", "How they ended", COUNTED);
    ended.plot = Plot::Bars(1);
    let row = |name: &str, count: u64| {
        vec![Cell::text(name), Cell::Count(count), Cell::share(count, tcp.all)]
    };
    opened.rows.extend(Opened::ALL.iter().zip(tcp.opened).map(|(how, n)| row(how.name(), n)));
    ended.rows.extend(ENDS.iter().zip(tcp.ended).map(|(end, n)| row(end.name(), n)));

    let mut times = Table::new("tcp_times", "How long it took", TIMES);
    for (name, histogram) in [
        ("handshake", &tcp.handshakes),
        ("round_trip_of_initiators", &initiator.round_trips),
        ("round_trip_of_responders", &responder.round_trips),
        ("duration", &tcp.durations),
    ] {
        times.rows.push(time_row(name, histogram));
    }

    let mut sides = Table::new("tcp_segments", "What was sent, and what was noteworthy", SIDES);
    let count = |what: &str, of: &dyn Fn(&Direction) -> u64| {
        let (a, b) = (of(initiator), of(responder));
        vec![Cell::text(what), Cell::Count(a), Cell::Count(b), Cell::Count(a + b)]
    };
    sides.rows.push(count("segments", &|side| side.frames));
    sides.rows.push(count("bytes", &|side| side.bytes));
    sides.rows.push(count("payload", &|side| side.payload));
    sides.rows.push(count("resets", &|side| side.resets));
    for mark in Mark::ALL {
        sides.rows.push(count(mark.key(), &|side| side.marks[mark as usize]));
    }
    section.tables.extend([opened, ended, times, sides]);
    section.tables.push(spread(
        "tcp_handshake_times",
        "Handshakes by how long they took",
        &tcp.handshakes,
    ));
    section.tables.push(spread(
        "tcp_round_trips_initiator",
        "Round-trip times of what initiators sent",
        &initiator.round_trips,
    ));
    section.tables.push(spread(
        "tcp_round_trips_responder",
        "Round-trip times of what responders sent",
        &responder.round_trips,
    ));
    if tcp.all > 0 {
        section.notes.push(error_note());
    }
    section
}

fn retransmissions(side: &Direction) -> u64 {
    let again = [Mark::Retransmission, Mark::FastRetransmission, Mark::SpuriousRetransmission];
    again.iter().map(|&mark| side.marks[mark as usize]).sum()
}

/// How far percentiles may be off.
pub(super) fn error_note() -> String {
    let error = Histogram::ERROR * 100.0;
    format!(
        "Percentiles are off by {error:.1} % at the most; least, greatest, mean and counts are exact."
    )
}

/// Columns of a table of lengths of time.
pub(super) const TIME_COLUMNS: &[Column] = TIMES;

/// A row of such a table.
pub(super) fn time_row(name: &str, histogram: &Histogram) -> Vec<Cell> {
    vec![
        Cell::text(name),
        Cell::Count(histogram.count()),
        Cell::time(histogram.least()),
        Cell::time(histogram.percentile(0.5)),
        Cell::time(histogram.percentile(0.9)),
        Cell::time(histogram.percentile(0.95)),
        Cell::time(histogram.percentile(0.99)),
        Cell::time(histogram.greatest()),
        Cell::time(histogram.mean()),
    ]
}

/// Lengths of time by powers of two of a nanosecond.
pub(super) fn spread(name: &'static str, title: &'static str, histogram: &Histogram) -> Table {
    let mut table = Table::new(name, title, SPREAD);
    table.plot = Plot::Columns(2);
    for (from, count) in histogram.octaves() {
        let to = if from == 0 { 1 } else { from.saturating_mul(2) };
        table.rows.push(vec![Cell::Time(from), Cell::Time(to), Cell::Count(count)]);
    }
    table
}
