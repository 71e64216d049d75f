//! Reports of dissected frames. Every printer sees nodes and rows; none knows a protocol.

mod detail;
mod escape;
mod json;
mod line;
mod moment;
mod object;
mod problems;
mod report;
mod select;
mod syntax;
mod tree;
mod value;

pub use detail::write_frame as write_detail;
pub use escape::write_safe;
pub use json::{Json, JsonWriter};
pub use line::Line;
pub use moment::write_rfc3339;
pub use object::ObjectWriter;
pub use problems::{Missing, Problem, each_problem};
pub use report::{Head, Options};
pub use select::{Selection, UnknownField};
pub use syntax::Syntax;
pub use tree::{write_layers, write_tree, write_value};
