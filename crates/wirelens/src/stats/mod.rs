//! Statistics of a capture, in one pass.

mod builder;
mod connections;
mod csv;
mod dns;
mod gather;
mod hierarchy;
mod histogram;
mod http;
mod json;
mod lengths;
mod model;
mod page;
mod problems;
mod rates;
mod rows;
mod sections;
mod talk;
mod text;
mod tls;
mod top;
mod units;

pub use builder::{Part, Stats, stats};
pub use histogram::Histogram;
pub use model::{Cell, Column, Fact, KnownTable, Plot, Section, Statistics, Table};
pub use rates::{Point, Rates};
pub use text::TextStyle;
