//! The index of flows, in the formats of reports.

use wirelens_flow::{End, Event, Flow, Observer};
use wirelens_report::{CaptureInfo, Json, Line, Plist};

use super::column::FlowColumns;
use super::csv::Csv;
use super::folder::Files;
use super::print::{Ndjson, Whole};
use super::tree::Tree;
use super::{FlowLimits, FlowTally, Select, Trace, Tracing};
use crate::names::{Called, Names};
use crate::records::{self, Source};
use crate::{Error, Format, Output};

impl Trace {
    /// Writes a record for each flow as `json`, `ndjson`, `plist`, `tree` or `csv`. The report is
    /// whole whenever it ends: at the end of the capture, when the stop flag is set, when reading
    /// fails, or when the disk is full.
    ///
    /// # Errors
    /// When reading or writing fails, after the report was ended properly.
    pub fn write(mut self, format: Format, output: &mut Output) -> Result<FlowTally, Error> {
        let printer = printer(format, &self.columns)?;
        if format == Format::Csv {
            // A table has no lists.
            self.options.frames = false;
            self.options.facts &= self.columns.need_facts() || self.select.wants_applications();
        }
        let (select, limits, resolve) = (self.select.clone(), self.limits, self.resolve.clone());
        let tracing = self.records()?;
        let names = Names::new(resolve.as_ref());
        let tally = FlowTally::default();
        let mut index = Index { tracing, printer, select, limits, names, files: None, tally };
        records::write(&mut index, output)?;
        Ok(index.tally)
    }
}

/// How the records of flows are written.
pub(super) trait Printer {
    /// What stands before the records.
    fn begin(&mut self, line: &mut Line, capture: &CaptureInfo);
    /// A flow.
    fn flow(&mut self, line: &mut Line, called: Called<'_>, end: End);
    /// What stands behind them.
    fn finish(&mut self, line: &mut Line, tally: &FlowTally);
}

/// The printer of a format; a table has these columns.
pub(super) fn printer(format: Format, columns: &FlowColumns) -> Result<Box<dyn Printer>, Error> {
    Ok(match format {
        Format::Json => Box::new(Whole::<Json>::new()),
        Format::Plist => Box::new(Whole::<Plist>::new()),
        Format::Ndjson => Box::new(Ndjson::new()),
        Format::Tree => Box::new(Tree),
        Format::Csv => Box::new(Csv::new(columns.clone())),
        _ => {
            let known = ["json", "ndjson", "plist", "tree", "csv"];
            return Err(Error::unknown("format of an index", format.name(), known));
        }
    })
}

/// Flows on their way into a report.
pub(super) struct Index {
    pub(super) tracing: Tracing,
    pub(super) printer: Box<dyn Printer>,
    pub(super) select: Select,
    pub(super) limits: FlowLimits,
    pub(super) names: Names,
    /// Where their frames go.
    pub(super) files: Option<Files>,
    /// What became of them, once all are written.
    pub(super) tally: FlowTally,
}

/// Has flows written that are over.
struct Written<'i> {
    line: &'i mut Line,
    printer: &'i mut dyn Printer,
    select: &'i Select,
    names: &'i Names,
    files: Option<&'i mut Files>,
}

impl Observer for Written<'_> {
    fn event(&mut self, flow: &Flow, event: Event<'_>) {
        let told = matches!(event, Event::Begun { .. } | Event::Over(_) | Event::Frame { .. });
        if !told || !self.select.has(flow) {
            return;
        }
        match (event, &mut self.files) {
            (Event::Begun { .. }, _) => self.names.want(flow),
            (Event::Over(end), files) => {
                if let Some(files) = files {
                    files.end(flow);
                }
                let called = Called { names: self.names, flow };
                self.printer.flow(self.line, called, end);
            }
            (_, Some(files)) => files.frame(flow),
            _ => {}
        }
    }

    fn wants_frames(&self) -> bool {
        self.files.is_some()
    }
}

impl Source for Index {
    fn begin(&mut self, line: &mut Line) {
        self.printer.begin(line, &self.tracing.frames().describe_begun());
    }

    fn advance(&mut self, line: &mut Line) -> Result<bool, Error> {
        let Index { tracing, printer, select, names, files, .. } = self;
        if tracing.is_over() {
            names.settle(tracing.stop());
        }
        let (printer, files_too) = (&mut **printer, files.as_mut());
        let mut written = Written { line, printer, select, names, files: files_too };
        let more = tracing.advance(&mut written)?;
        if let Some(files) = files {
            files.store(tracing)?;
        }
        Ok(more)
    }

    fn may_wait(&self) -> bool {
        self.tracing.may_wait()
    }

    fn finish(&mut self, line: &mut Line, interrupted: bool) {
        let warnings = std::mem::take(&mut self.tally.warnings);
        self.tally = FlowTally { warnings, ..FlowTally::of(&self.tracing) };
        self.tally.interrupted |= interrupted;
        self.tally.warn(&mut self.tracing, &self.limits);
        self.names.tell(&mut self.tally);
        self.printer.finish(line, &self.tally);
    }
}
