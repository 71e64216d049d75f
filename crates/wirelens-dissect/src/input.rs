//! What is dissected.

/// A frame as a session wants it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Input<'a> {
    /// Its number in the capture, from 1.
    pub number: u64,
    /// When it was captured, in nanoseconds since 1970; 0 where that is unknown.
    pub nanoseconds: i64,
    /// What it begins with: a number of the table [`LINK_TYPE`](crate::LINK_TYPE).
    pub link_type: u32,
    /// Its bytes as far as they were captured.
    pub captured: &'a [u8],
    /// Its length on the wire, in bytes.
    pub length: u32,
    /// How long its check sequence is, in bytes, if the capture says so.
    pub fcs: Option<u8>,
}

/// What is known of a frame besides its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) number: u64,
    pub(crate) nanoseconds: i64,
    pub(crate) link_type: u32,
    pub(crate) captured: u32,
    pub(crate) length: u32,
    pub(crate) fcs: Option<u8>,
}

impl Input<'_> {
    #[inline(always)]
    pub(crate) fn facts(&self) -> Facts {
        let Input { number, nanoseconds, link_type, captured, length, fcs } = *self;
        Facts { number, nanoseconds, link_type, captured: captured.len() as u32, length, fcs }
    }
}

impl Facts {
    #[inline(always)]
    pub(crate) fn with<'a>(&self, captured: &'a [u8]) -> Input<'a> {
        let Facts { number, nanoseconds, link_type, captured: _, length, fcs } = *self;
        Input { number, nanoseconds, link_type, captured, length, fcs }
    }
}
