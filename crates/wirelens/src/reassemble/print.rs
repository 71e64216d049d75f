//! Records in the formats of reports.

use wirelens_reassembly::stream::{EndReason, Opening, Origin};
use wirelens_report::{CaptureInfo, Json, Line, Plist, Syntax};

use super::tree::Tree;
use super::{Endpoint, Gather, Id, Limits, Reassemble, Reassembly, Record, Tally};
use crate::records::{self, Notation, Records, Source, flag, frame_list, number, text, warnings};
use crate::{Error, Format, Output};

impl Reassemble {
    /// Writes all records as `json`, `ndjson`, `plist` or `tree`. The report is whole whenever it
    /// ends: at the end of the capture, when the stop flag is set, when reading fails, or when the
    /// disk is full.
    ///
    /// Of a record, `frames` are the numbers of the frames its bytes came in, as ranges: `1-5,9`;
    /// `gaps` and `conflicts` list what [`Limits::listed`] allows, `gap_count` and `conflict_count`
    /// count all. `payload`, of what [`Reassemble::payload`] keeps, is an array of pieces, each with
    /// its `offset` in the stream: what lies between them is missing. `length`, with what is
    /// missing, is not there if nobody knows it; `captured` is what is there.
    ///
    /// # Errors
    /// When reading or writing fails, after the report was ended properly.
    pub fn write(self, format: Format, output: &mut Output) -> Result<Tally, Error> {
        let limits = self.options.limits;
        let printer: Box<dyn Printer> = match format {
            Format::Json => Box::new(Records::<Json>::new("records")),
            Format::Plist => Box::new(Records::<Plist>::new("records")),
            Format::Ndjson => Box::new(Ndjson),
            Format::Tree => Box::new(Tree),
            Format::Pcap => return self.write_packets(output),
            _ => {
                let known = ["json", "ndjson", "plist", "tree", "raw", "pcap"];
                return Err(Error::unknown("format of reassembly", format.name(), known));
            }
        };
        let (reassembly, gather) = self.gathered()?;
        let tally = Tally::default();
        let mut printing = Printing { reassembly, gather, limits, printer, failed: false, tally };
        records::write(&mut printing, output)?;
        Ok(printing.tally)
    }
}

/// How records are written.
pub(super) trait Printer {
    /// What stands before the records.
    fn begin(&mut self, line: &mut Line, capture: &CaptureInfo);
    /// A record.
    fn record(&mut self, line: &mut Line, record: &Record);
    /// What stands behind them.
    fn finish(&mut self, line: &mut Line, tally: &Tally);
}

/// Records on their way into a report.
struct Printing {
    reassembly: Reassembly,
    gather: Gather,
    limits: Limits,
    printer: Box<dyn Printer>,
    /// Reading has failed.
    failed: bool,
    /// What became of them, once all are written.
    tally: Tally,
}

impl Source for Printing {
    fn begin(&mut self, line: &mut Line) {
        self.printer.begin(line, &self.reassembly.frames().describe_begun());
    }

    fn advance(&mut self, line: &mut Line) -> Result<bool, Error> {
        if let Some(record) = self.gather.take() {
            self.printer.record(line, &record);
            return Ok(true);
        }
        if self.failed {
            return Ok(false);
        }
        match self.reassembly.advance(&mut self.gather) {
            Ok(more) => Ok(more || !self.gather.is_empty()),
            Err(error) => {
                self.failed = true;
                self.reassembly.finish(&mut self.gather);
                Err(error)
            }
        }
    }

    fn may_wait(&self) -> bool {
        self.gather.is_empty() && self.reassembly.frames().may_wait()
    }

    fn finish(&mut self, line: &mut Line, interrupted: bool) {
        let warnings = std::mem::take(&mut self.tally.warnings);
        self.tally = Tally { warnings, ..Tally::of(&self.reassembly) };
        self.tally.count(&self.gather);
        self.tally.interrupted |= interrupted;
        self.tally.warn(&mut self.reassembly, &self.limits);
        self.printer.finish(line, &self.tally);
    }
}

/// One document.
impl<S: Notation> Printer for Records<S> {
    fn begin(&mut self, line: &mut Line, capture: &CaptureInfo) {
        Records::begin(self, line, capture);
    }

    fn record(&mut self, line: &mut Line, record: &Record) {
        self.next(line);
        write_record::<S>(line, record);
    }

    fn finish(&mut self, line: &mut Line, tally: &Tally) {
        Records::finish(self, line, |line| write_tally::<S>(line, tally));
    }
}

/// A record a line.
pub(super) struct Ndjson;

impl Printer for Ndjson {
    fn begin(&mut self, _: &mut Line, _: &CaptureInfo) {}

    fn record(&mut self, line: &mut Line, record: &Record) {
        write_record::<Json>(line, record);
        line.add(b"\n");
    }

    fn finish(&mut self, _: &mut Line, _: &Tally) {}
}

/// Writes a record as an object.
fn write_record<S: Syntax>(line: &mut Line, record: &Record) {
    let opened = S::open(line);
    S::key_text(line, "id", "");
    write_id::<S>(line, record);
    flag::<S>(line, "complete", record.complete);
    let [opening, origin, end] = states(&record.id);
    for (key, value) in [("opening", opening), ("origin", origin), ("end", end)] {
        if !value.is_empty() {
            text::<S>(line, key, value);
        }
    }
    if let Some(length) = record.length {
        number::<S>(line, "length", length);
    }
    number::<S>(line, "captured", record.captured);
    number::<S>(line, "late", record.late);
    frame_list::<S>(line, "frames", &record.frames);
    number::<S>(line, "frame_count", record.frames.count());
    if record.frames.is_cut() {
        flag::<S>(line, "frames_cut", true);
    }
    write_gaps::<S>(line, record);
    write_conflicts::<S>(line, record);
    text::<S>(line, "protocols", &record.protocols);
    if let Some(path) = &record.path {
        text::<S>(line, "path", &path.to_string_lossy());
    }
    if !record.payload.is_empty() || record.payload_cut {
        S::key_text(line, "payload", "");
        let pieces = S::open_array(line);
        for piece in &record.payload {
            S::next(line);
            let opened = S::open(line);
            number::<S>(line, "offset", piece.offset);
            S::key_text(line, "bytes", "");
            S::quote(line);
            line.hex_all(&piece.bytes);
            S::unquote(line);
            S::close(line, opened);
        }
        S::close_array(line, pieces);
        flag::<S>(line, "payload_cut", record.payload_cut);
    }
    S::close(line, opened);
}

fn write_id<S: Syntax>(line: &mut Line, record: &Record) {
    let opened = S::open(line);
    text::<S>(line, "protocol", record.protocol());
    match &record.id {
        Id::Stream { number: connection, source, destination, .. } => {
            number::<S>(line, "number", *connection);
            write_end::<S>(line, "source", *source);
            write_end::<S>(line, "destination", *destination);
        }
        Id::Datagram { number: datagram, source, destination, identification, carries, .. } => {
            number::<S>(line, "number", *datagram);
            for (key, address) in [("source", source), ("destination", destination)] {
                S::key_text(line, key, "");
                let end = S::open(line);
                text::<S>(line, "address", &address.to_string());
                S::close(line, end);
            }
            number::<S>(line, "identification", (*identification).into());
            number::<S>(line, "carries", (*carries).into());
        }
    }
    S::close(line, opened);
}

fn write_end<S: Syntax>(line: &mut Line, key: &str, end: Endpoint) {
    S::key_text(line, key, "");
    let opened = S::open(line);
    text::<S>(line, "address", &end.address.to_string());
    number::<S>(line, "port", end.port.into());
    S::close(line, opened);
}

fn write_gaps<S: Syntax>(line: &mut Line, record: &Record) {
    S::key_text(line, "gaps", "");
    let gaps = S::open_array(line);
    for gap in &record.gaps {
        S::next(line);
        let opened = S::open(line);
        number::<S>(line, "offset", gap.offset);
        if let Some(length) = gap.length {
            number::<S>(line, "length", length);
        }
        text::<S>(line, "reason", gap.reason);
        S::close(line, opened);
    }
    S::close_array(line, gaps);
    number::<S>(line, "gap_count", record.gap_count);
}

fn write_conflicts<S: Syntax>(line: &mut Line, record: &Record) {
    S::key_text(line, "conflicts", "");
    let conflicts = S::open_array(line);
    for conflict in &record.conflicts {
        S::next(line);
        let opened = S::open(line);
        number::<S>(line, "offset", conflict.offset);
        number::<S>(line, "length", conflict.length);
        number::<S>(line, "first", conflict.first);
        number::<S>(line, "second", conflict.second);
        if let Some(kept) = conflict.kept {
            number::<S>(line, "kept", kept);
        }
        S::close(line, opened);
    }
    S::close_array(line, conflicts);
    number::<S>(line, "conflict_count", record.conflict_count);
}

fn write_tally<S: Syntax>(line: &mut Line, tally: &Tally) {
    let opened = S::open(line);
    number::<S>(line, "frames", tally.frames);
    number::<S>(line, "complete", tally.complete);
    number::<S>(line, "incomplete", tally.incomplete);
    number::<S>(line, "cut_for_memory", tally.cut_for_memory);
    number::<S>(line, "cut_for_listed", tally.cut_for_listed);
    flag::<S>(line, "interrupted", tally.interrupted);
    for (key, counters) in tally.counters() {
        S::key_text(line, key, "");
        let inside = S::open(line);
        for (key, count) in counters {
            number::<S>(line, key, count);
        }
        S::close(line, inside);
    }
    warnings::<S>(line, &tally.warnings);
    S::close(line, opened);
}

/// How it was noticed, how its beginning is known, how it ended.
pub(super) fn states(id: &Id) -> [&'static str; 3] {
    let (opening, origin, end) = match id {
        Id::Datagram { end, .. } => return ["", "", end.name()],
        Id::Stream { opening, origin, end, .. } => (opening, origin, end),
    };
    let opening = match opening {
        Opening::Syn => "syn",
        Opening::MidStream => "mid_stream",
        Opening::SequenceJump => "sequence_jump",
    };
    let origin = match origin {
        Origin::Syn => "syn",
        Origin::Acknowledged => "acknowledged",
        Origin::FirstByte => "first_byte",
    };
    let end = match end {
        EndReason::Fin => "fin",
        EndReason::Reset => "reset",
        EndReason::Replaced => "replaced",
        EndReason::Idle => "idle",
        EndReason::TooMany => "too_many",
        EndReason::TooMuch => "too_much",
        EndReason::Finish => "end_of_capture",
    };
    [opening, origin, end]
}
