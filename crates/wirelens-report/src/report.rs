//! What a report is told, and what it must do.

use wirelens_dissect::Protocol;

use crate::Selection;

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

/// What goes into a report.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The bytes of payloads too.
    pub payload: bool,
    /// The names of values too: `"proto":6,"proto_name":"TCP"`.
    pub names: bool,
    /// Only the layers of these protocols; empty: all.
    pub layers: Vec<&'static Protocol>,
    /// Only these fields.
    pub fields: Option<Selection>,
}

impl Options {
    #[inline(always)]
    pub(crate) fn wants(&self, protocol: &Protocol) -> bool {
        self.layers.is_empty() || self.layers.iter().any(|layer| std::ptr::eq(*layer, protocol))
    }
}
