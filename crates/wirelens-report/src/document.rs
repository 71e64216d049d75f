//! `json` and `plist`: the whole report as one document. `ndjson`: a line for each frame.

use wirelens_dissect::Dissection;

use crate::json::{Json, JsonWriter};
use crate::moment::write_rfc3339;
use crate::object::ObjectWriter;
use crate::report::{CaptureInfo, Interface, Report, Summary};
use crate::syntax::Syntax;
use crate::{Head, Line, Options};

/// The version of the shape of documents. It changes when a key goes or changes its meaning.
pub const SCHEMA: u32 = 1;

/// One document: `{"schema":1,"capture":{..},"frames":[..],"summary":{..}}`.
pub struct Document<S> {
    frames: ObjectWriter<S>,
    empty: bool,
}

impl<S: Syntax> Document<S> {
    /// A document with these options.
    pub fn new(options: Options) -> Self {
        Document { frames: ObjectWriter::new(options), empty: true }
    }
}

impl<S: Syntax + Send> Report for Document<S> {
    fn begin(&mut self, line: &mut Line, capture: &CaptureInfo) {
        line.add(S::HEAD);
        write_capture::<S>(line, capture);
        line.add(S::FRAMES);
        self.empty = true;
    }

    fn frame(&mut self, line: &mut Line, head: &Head, frame: &Dissection<'_>) {
        if !std::mem::take(&mut self.empty) {
            line.add(S::BETWEEN);
        }
        self.frames.frame(line, head, frame);
    }

    fn finish(&mut self, line: &mut Line, summary: &Summary) {
        line.add(S::SUMMARY);
        write_summary::<S>(line, summary);
        line.add(S::END);
    }

    fn resume(&mut self, _: Option<(i64, u32)>, _: Option<(i64, u32)>) {
        self.empty = false;
    }

    fn capture_alone(&mut self, line: &mut Line, capture: &CaptureInfo) {
        line.add(S::ALONE[0]);
        write_capture::<S>(line, capture);
        line.add(S::ALONE[1]);
    }

    fn frame_alone(&mut self, line: &mut Line, head: &Head, frame: &Dissection<'_>) {
        line.add(S::ALONE[0]);
        self.frames.frame(line, head, frame);
        line.add(S::ALONE[1]);
    }
}

/// A JSON object for each frame, each on a line of its own, and nothing else.
pub struct NdjsonReport {
    frames: JsonWriter,
}

impl NdjsonReport {
    /// A report with these options.
    pub fn new(options: Options) -> NdjsonReport {
        NdjsonReport { frames: JsonWriter::new(options) }
    }
}

impl Report for NdjsonReport {
    fn begin(&mut self, _: &mut Line, _: &CaptureInfo) {}

    fn frame(&mut self, line: &mut Line, head: &Head, frame: &Dissection<'_>) {
        self.frames.frame(line, head, frame);
        line.add(b"\n");
    }

    fn finish(&mut self, _: &mut Line, _: &Summary) {}

    fn capture_alone(&mut self, line: &mut Line, capture: &CaptureInfo) {
        write_capture::<Json>(line, capture);
        line.add(b"\n");
    }
}

/// Writes the object of a capture.
fn write_capture<S: Syntax>(line: &mut Line, capture: &CaptureInfo) {
    let opened = S::open(line);
    S::key_text(line, "sources", "");
    let sources = S::open_array(line);
    for source in &capture.sources {
        S::next(line);
        S::text(line, source.as_bytes());
    }
    S::close_array(line, sources);
    S::key_text(line, "format", "");
    S::text(line, capture.format.as_bytes());
    if let Some((seconds, nanoseconds)) = capture.start {
        S::key_text(line, "start", "");
        S::quote(line);
        write_rfc3339(line, seconds, nanoseconds);
        S::unquote(line);
    }
    if let Some(engine) = &capture.engine {
        S::key_text(line, "engine", "");
        S::text(line, engine.as_bytes());
    }
    S::key_text(line, "interfaces", "");
    let interfaces = S::open_array(line);
    for interface in &capture.interfaces {
        S::next(line);
        write_interface::<S>(line, interface);
    }
    S::close_array(line, interfaces);
    S::close(line, opened);
}

fn write_interface<S: Syntax>(line: &mut Line, interface: &Interface) {
    let opened = S::open(line);
    if let Some(name) = &interface.name {
        S::key_text(line, "name", "");
        S::text(line, name.as_bytes());
    }
    S::key_text(line, "link_type", "");
    S::number(line, interface.link_type.into());
    S::key_text(line, "link_type_name", "");
    S::text(line, interface.link_type_name.as_bytes());
    S::key_text(line, "snaplen", "");
    S::number(line, interface.snaplen.into());
    S::key_text(line, "ticks_per_second", "");
    S::number(line, interface.ticks_per_second);
    S::close(line, opened);
}

/// Writes the object of a summary. Problems are a list, for their names are data, not keys.
fn write_summary<S: Syntax>(line: &mut Line, summary: &Summary) {
    let opened = S::open(line);
    S::key_text(line, "frames", "");
    S::number(line, summary.frames);
    S::key_text(line, "bytes", "");
    S::number(line, summary.bytes);
    S::key_text(line, "interrupted", "");
    S::flag(line, summary.interrupted);
    S::key_text(line, "problems", "");
    let problems = S::open_array(line);
    for (name, &count) in &summary.problems {
        S::next(line);
        let opened = S::open(line);
        S::key_text(line, "problem", "");
        S::text(line, name.as_bytes());
        S::key_text(line, "count", "");
        S::number(line, count);
        S::close(line, opened);
    }
    S::close_array(line, problems);
    S::key_text(line, "warnings", "");
    let warnings = S::open_array(line);
    for warning in &summary.warnings {
        S::next(line);
        let opened = S::open(line);
        S::key_text(line, "warning", "");
        S::text(line, warning.text.as_bytes());
        if let Some(offset) = warning.offset {
            S::key_text(line, "offset", "");
            S::number(line, offset);
        }
        S::close(line, opened);
    }
    S::close_array(line, warnings);
    S::close(line, opened);
}
