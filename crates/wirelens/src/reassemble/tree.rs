//! Records for reading.

use wirelens_report::{CaptureInfo, Line, write_hex};

use super::print::{Printer, states};
use super::{Conflict, Id, Record, Tally};

/// For reading.
pub(super) struct Tree;

impl Printer for Tree {
    fn begin(&mut self, _: &mut Line, _: &CaptureInfo) {}

    fn record(&mut self, line: &mut Line, record: &Record) {
        let what = match &record.id {
            Id::Stream { number, source, destination, .. } => {
                format!("TCP {number}, {source} > {destination}")
            }
            Id::Datagram { source, destination, identification, carries, .. } => {
                let name = record.protocol().replace("ip", "IP");
                format!(
                    "{name}, {source} > {destination}, identification {identification:#x}, protocol {carries}"
                )
            }
        };
        let complete = if record.complete { "complete" } else { "incomplete" };
        let [opening, origin, end] = states(&record.id);
        let length = match record.length {
            Some(length) if length == record.captured => format!("{length} bytes"),
            Some(length) => format!("{} of {length} bytes", record.captured),
            None => format!("{} bytes, its end was not seen", record.captured),
        };
        line.add(format!("{what}: {complete}, {length}\n").as_bytes());
        let cut = if record.frames.is_cut() { ", ..." } else { "" };
        let frames = record.frames.count();
        line.add(format!("    Frames: {}{cut} ({frames})\n", record.frames).as_bytes());
        match opening {
            "" => line.add(format!("    End: {end}\n").as_bytes()),
            _ => line.add(
                format!("    Opening: {opening}, beginning: {origin}, end: {end}\n").as_bytes(),
            ),
        }
        if !record.protocols.is_empty() {
            line.add(format!("    Protocols: {}\n", record.protocols).as_bytes());
        }
        for gap in &record.gaps {
            let length = gap.length.map_or("unknown".to_owned(), |length| length.to_string());
            let text = format!("    Gap at {}: {length} bytes ({})\n", gap.offset, gap.reason);
            line.add(text.as_bytes());
        }
        for conflict in &record.conflicts {
            let Conflict { offset, length, first, second, kept } = conflict;
            let kept = kept.map_or("neither".to_owned(), |kept| kept.to_string());
            let text = format!(
                "    Conflict at {offset}: {length} bytes differ, frames {first} and {second}, kept {kept}\n"
            );
            line.add(text.as_bytes());
        }
        if record.late > 0 {
            line.add(format!("    Late: {} bytes\n", record.late).as_bytes());
        }
        for piece in &record.payload {
            let (length, offset) = (piece.bytes.len(), piece.offset);
            line.add(format!("    Payload: {length} bytes at {offset}\n").as_bytes());
            write_hex(line, &piece.bytes);
        }
        if record.payload_cut {
            line.add(b"    Payload: cut\n");
        }
    }

    fn finish(&mut self, line: &mut Line, tally: &Tally) {
        let Tally { frames, complete, incomplete, .. } = tally;
        let text = format!("{frames} frames, {complete} complete, {incomplete} incomplete\n");
        line.add(text.as_bytes());
    }
}
