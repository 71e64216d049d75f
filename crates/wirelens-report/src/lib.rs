//! Reports of dissected frames. Every printer sees nodes and rows; none knows a protocol.

mod detail;
mod escape;
mod json;
mod line;
mod moment;
mod tree;

pub use detail::write_frame as write_detail;
pub use escape::write_safe;
pub use json::{JsonOptions, JsonWriter};
pub use line::Line;
pub use moment::write_rfc3339;
pub use tree::{write_layers, write_tree, write_value};

/// What a report says of a frame besides its dissection.
#[derive(Clone, Copy, Debug, Default)]
pub struct Head {
    /// Its number in the capture, from 1.
    pub number: u64,
    /// Seconds and nanoseconds since 1970; none where the capture has no time for it.
    pub time: Option<(i64, u32)>,
    /// Its length on the wire, in bytes.
    pub length: u32,
    /// How many bytes of it were captured.
    pub captured: u32,
    /// The interface it came from, as an index into those of the capture.
    pub interface: u32,
}
