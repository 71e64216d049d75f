//! `csv`: chosen fields as a table, as RFC 4180 has it.

use wirelens_dissect::{Dissection, Kind};

use crate::found::{Found, Value};
use crate::report::{CaptureInfo, Report, Summary};
use crate::select::Source;
use crate::value::write_plain;
use crate::{Head, Line, Options, Selection};

/// A header row with the names of the fields, then a row for each frame. Several values of one
/// field stand in one cell with `;` between them; text is escaped as for a terminal.
pub struct CsvReport {
    fields: Selection,
    names: bool,
    found: Found,
    /// A cell as it was before its quotes.
    bare: Line,
}

impl CsvReport {
    /// A table with these options; without chosen fields, of those of the frame itself.
    pub fn new(options: Options) -> CsvReport {
        let fields = options.fields.unwrap_or_else(Selection::of_frame);
        let found = Found::new(&fields);
        CsvReport { fields, names: options.names, found, bare: Line::new() }
    }
}

impl Report for CsvReport {
    fn begin(&mut self, line: &mut Line, _: &CaptureInfo) {
        for (i, column) in self.fields.columns().iter().enumerate() {
            line.add(if i > 0 { b"," } else { b"" });
            let start = line.len();
            line.add(column.name.as_bytes());
            quote_if_needed(line, start, &mut self.bare);
        }
        line.add(b"\r\n");
    }

    fn frame(&mut self, line: &mut Line, head: &Head, frame: &Dissection<'_>) {
        let mut values = self.found.search(frame);
        for (column, at) in self.fields.columns().iter().zip(0..) {
            if at > 0 {
                line.room(1);
                line.put(b',');
            }
            let start = line.len();
            let text = match &column.source {
                Source::Frame(field) => {
                    field.write_plain(line, head, frame);
                    field.is_text()
                }
                Source::Rows(_) => {
                    let count = values.iter().take_while(|value| value.column == at).count();
                    let (own, others) = values.split_at(count);
                    values = others;
                    write_values(line, frame, own, self.names)
                }
            };
            if text {
                quote_if_needed(line, start, &mut self.bare);
            }
        }
        line.add(b"\r\n");
    }

    fn finish(&mut self, _: &mut Line, _: &Summary) {}

    fn frame_alone(&mut self, line: &mut Line, head: &Head, frame: &Dissection<'_>) {
        self.begin(line, &CaptureInfo::default());
        self.frame(line, head, frame);
    }
}

/// Writes the values of a column. Is any of them text? Numbers and addresses need no quotes.
#[inline(always)]
fn write_values(line: &mut Line, frame: &Dissection<'_>, values: &[Value], names: bool) -> bool {
    let mut text = false;
    for (Value { node, .. }, i) in values.iter().zip(0..) {
        if i > 0 {
            line.room(1);
            line.put(b';');
        }
        match if names { node.field.name_of(node.number()) } else { None } {
            Some(name) => {
                text = true;
                line.add(name.as_bytes());
            }
            None => {
                text |= node.field.kind == Kind::Text;
                write_plain(line, frame, node);
            }
        }
    }
    text
}

/// Puts the cell from `start` on into quotes where it needs them: RFC 4180, section 2, 5 to 7.
fn quote_if_needed(line: &mut Line, start: usize, bare: &mut Line) {
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
