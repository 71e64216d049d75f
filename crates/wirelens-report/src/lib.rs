//! Reports of dissected frames. Every printer sees nodes and rows; none knows a protocol.
//!
//! A [`Format`] gives a [`Report`], which appends to a [`Line`]; the caller writes that out:
//!
//! ```
//! use wirelens_dissect::{Input, Session};
//! use wirelens_report::{CaptureInfo, Format, Head, Line, Options, Summary};
//!
//! let mut session = Session::new(wirelens_protocols::shared());
//! let (mut line, mut summary, mut out) = (Line::new(), Summary::default(), Vec::new());
//! let mut report = Format::Json.report(Options::default());
//! report.begin(&mut line, &CaptureInfo::default());
//! for (number, bytes) in [(1, b"a frame"), (2, b"another")] {
//!     let input = Input { number, link_type: 1, captured: bytes, length: 7, ..Input::default() };
//!     let frame = session.dissect(input);
//!     let head = Head { number, length: 7, captured: 7, ..Head::default() };
//!     report.frame(&mut line, &head, &frame);
//!     summary.count(&head, &frame);
//!     line.drain(&mut out)?;
//! }
//! report.finish(&mut line, &summary);
//! line.drain(&mut out)?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! What the keys of `json`, `ndjson` and `plist` are and of what type is in [`schema`]; it follows
//! from the rows alone:
//!
//! * A key is the row's name without its protocol's prefix and without its parent's. A repeated
//!   row is always an array, a row with rows inside always an object, whose own number is `value`.
//! * With names of values, `proto` has `proto_name` beside it where the number has a name,
//!   `value` has `value_name`; beside an array of numbers stands one of names or null.
//! * With chosen fields a frame is `{"number":1,"fields":{"ip.src":["192.0.2.1"]}}`: each field
//!   under its filter name, always an array, in the order in which they were chosen; a field
//!   without a value in this frame is left out. A heading's or problem's value is `true`.

mod csv;
mod detail;
mod document;
mod escape;
mod found;
mod hex;
mod json;
mod line;
mod moment;
mod object;
mod plist;
mod problems;
mod report;
pub mod schema;
mod select;
mod syntax;
pub mod tables;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod text;
mod tree;
mod value;

pub use csv::CsvReport;
pub use detail::{DetailReport, write_frame as write_detail};
pub use document::{Document, NdjsonReport, SCHEMA};
pub use escape::write_safe;
pub use hex::{write_hex, write_hex_dump};
pub use json::{Json, JsonWriter};
pub use line::Line;
pub use moment::{Clock, write_rfc3339};
pub use object::ObjectWriter;
pub use plist::Plist;
pub use problems::{Missing, Problem, each_problem};
pub use report::{
    CaptureInfo, Format, Head, Interface, Options, Report, Summary, UnknownFormat, Warning,
};
pub use select::{Selection, UnknownField};
pub use syntax::Syntax;
pub use text::{TextOptions, TextReport, TimeStyle};
pub use tree::{TreeReport, write_layers, write_tree, write_value};
