//! The limits of reassembly.

use wirelens_reassembly::{datagram, stream};

use crate::limit::named_limits;

/// Bounds, time-outs, and who wins where frames disagree.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Of datagrams.
    pub datagrams: datagram::Limits,
    /// Of TCP streams.
    pub streams: stream::Limits,
    /// Bytes that all records that are not handed on yet may keep together: payloads, lists of
    /// frames and gaps. 256 MiB.
    pub kept: usize,
    /// Ranges of frames, gaps and conflicts listed in each record. 16,384.
    pub listed: usize,
    /// Files open at a time where streams are written to a folder. 64.
    pub files: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            datagrams: datagram::Limits::default(),
            streams: stream::Limits::default(),
            kept: 256 << 20,
            listed: 1 << 14,
            files: 64,
        }
    }
}

named_limits! { Limits;
    "records.memory" Number kept, "bytes that records keep together before they are written";
    "records.listed" Number listed, "ranges of frames, gaps, conflicts listed in a record";
    "files" Number files, "files open at a time";
}
