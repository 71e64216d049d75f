//! `csv`: chosen fields as a table, as RFC 4180 has it.

use wirelens_dissect::Dissection;

use crate::report::{CaptureInfo, Report, Summary};
use crate::{Head, Line, Options, Selection};

/// A header row with the names of the fields, then a row for each frame. Several values of one
/// field stand in one cell with `;` between them; text is escaped as for a terminal.
pub struct CsvReport {
    fields: Selection,
    names: bool,
    /// A cell as it was before its quotes.
    bare: Line,
}

impl CsvReport {
    /// A table with these options; without chosen fields, of those of the frame itself.
    pub fn new(options: Options) -> CsvReport {
        let fields = options.fields.unwrap_or_else(Selection::of_frame);
        CsvReport { fields, names: options.names, bare: Line::new() }
    }
}

impl Report for CsvReport {
    fn begin(&mut self, line: &mut Line, _: &CaptureInfo) {
        for (i, column) in self.fields.columns().iter().enumerate() {
            line.add(if i > 0 { b"," } else { b"" });
            cell(line, &mut self.bare, |line| line.add(column.name.as_bytes()));
        }
        line.add(b"\r\n");
    }

    fn frame(&mut self, line: &mut Line, head: &Head, frame: &Dissection<'_>) {
        for (i, column) in self.fields.columns().iter().enumerate() {
            line.add(if i > 0 { b"," } else { b"" });
            cell(line, &mut self.bare, |line| {
                column.write_values(line, head, frame, self.names, b';')
            });
        }
        line.add(b"\r\n");
    }

    fn finish(&mut self, _: &mut Line, _: &Summary) {}

    fn frame_alone(&mut self, line: &mut Line, head: &Head, frame: &Dissection<'_>) {
        self.begin(line, &CaptureInfo::default());
        self.frame(line, head, frame);
    }
}

/// Writes a cell, then puts it into quotes where it needs them: RFC 4180, section 2, 5 to 7.
#[inline(always)]
fn cell(line: &mut Line, bare: &mut Line, write: impl FnOnce(&mut Line)) {
    let start = line.len();
    write(line);
    let written = line.written().get(start..).unwrap_or_default();
    if written.iter().any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n')) {
        bare.clear();
        bare.add(written);
        line.truncate(start);
        quote(line, bare.written());
    }
}

#[cold]
fn quote(line: &mut Line, bare: &[u8]) {
    line.room(bare.len() * 2 + 2);
    line.put(b'"');
    for &byte in bare {
        if byte == b'"' {
            line.put(b'"');
        }
        line.put(byte);
    }
    line.put(b'"');
}
