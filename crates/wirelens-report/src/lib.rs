//! Reports of dissected frames. Every printer sees nodes and rows; none knows a protocol.

mod csv;
mod detail;
mod document;
mod escape;
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
pub use moment::write_rfc3339;
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
