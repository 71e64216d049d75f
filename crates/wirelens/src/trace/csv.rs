//! Flows as a table, as RFC 4180 has it.

use wirelens_flow::End;
use wirelens_report::{CaptureInfo, Clock, Line};

use super::FlowTally;
use super::cells::{Cell, Row};
use super::column::FlowColumns;
use super::index::Printer;
use crate::names::Called;

/// A row for each flow.
pub(super) struct Csv {
    columns: FlowColumns,
    clock: Clock,
}

impl Csv {
    pub(super) fn new(columns: FlowColumns) -> Csv {
        Csv { columns, clock: Clock::default() }
    }
}

impl Printer for Csv {
    fn begin(&mut self, line: &mut Line, _: &CaptureInfo) {
        let names: Vec<String> = self.columns.names().collect();
        line.add(names.join(",").as_bytes());
        line.add(b"\r\n");
    }

    fn flow(&mut self, line: &mut Line, called: Called<'_>, end: End) {
        let cell = Cell { line, clock: &mut self.clock };
        self.columns.write(cell, &Row { called, end });
        line.add(b"\r\n");
    }

    fn finish(&mut self, _: &mut Line, _: &FlowTally) {}
}
