//! A frame that outlives the reader's next call.

use crate::options::{BlockOption, code};
use crate::{Frame, FrameFlags, LinkType, Options, Timestamp};

/// A frame with bytes of its own. What it is of, interfaces and sections, the capture knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnedFrame {
    /// Its number in the whole stream, from 1.
    pub number: u64,
    /// When it was seen.
    pub time: Option<Timestamp>,
    /// The bytes that were kept.
    pub captured: Vec<u8>,
    /// Its length on the wire, bytes.
    pub length: u32,
    /// What `captured` begins with.
    pub link_type: LinkType,
    /// Index of its interface in [`Capture::interfaces`](crate::Capture::interfaces).
    pub interface: u32,
    /// Raw options of its block.
    pub option_bytes: Vec<u8>,
    /// Whether numbers in its options are big-endian.
    pub big_endian: bool,
}

impl OwnedFrame {
    /// Its options: comments, flags, counts.
    pub fn options(&self) -> Options<'_> {
        Options { bytes: &self.option_bytes, big_endian: self.big_endian }
    }

    /// Direction, kind of reception and link-layer errors, if they are known.
    pub fn flags(&self) -> Option<FrameFlags> {
        self.options().find(code::EPB_FLAGS).and_then(BlockOption::u32).map(FrameFlags)
    }
}

impl From<Frame<'_>> for OwnedFrame {
    fn from(frame: Frame<'_>) -> Self {
        Self {
            number: frame.number,
            time: frame.time,
            captured: frame.captured.to_vec(),
            length: frame.length,
            link_type: frame.link_type,
            interface: frame.interface,
            option_bytes: frame.options.bytes.to_vec(),
            big_endian: frame.options.big_endian,
        }
    }
}
