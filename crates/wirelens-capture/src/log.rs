//! What was wrong with a file that could be read on: listed, counted, bounded.

use std::fmt;
use std::path::PathBuf;

/// Most warnings kept until they are taken; more are only counted.
const LIMIT: usize = 1000;

/// Something wrong at one place of a file; the frames around it were delivered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Warning {
    /// Index of the file in [`Capture::files`](crate::Capture::files).
    pub file: u32,
    /// Offset in the (decompressed) file, bytes.
    pub offset: u64,
    /// What is wrong.
    pub problem: Problem,
    /// Bytes that were not understood and not delivered.
    pub skipped: u64,
}

/// What is wrong at the place of a [`Warning`].
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Problem {
    /// The file ends inside a record: bytes the record needs, bytes that are there.
    Truncated {
        /// Bytes needed, header included.
        need: u64,
        /// Bytes there.
        have: u64,
    },
    /// A record claims more bytes than any record has, or fewer than its header.
    ImpossibleLength {
        /// The claimed length, bytes.
        claimed: u64,
    },
    /// A record's bytes lead to no other record; the reader found the next one by itself.
    RecordLength {
        /// The claimed length, bytes.
        claimed: u64,
    },
    /// A pcap time has a second or more after the point; the frame's time has it carried into the
    /// seconds. Wireshark shows both fields as they are, the fraction as 32 bits of nanoseconds.
    TimeFraction {
        /// The seconds, as they stand in the file.
        seconds: u32,
        /// The fraction, as it stands there, in the file's unit.
        fraction: u32,
    },
    /// A pcapng section header has no byte-order mark.
    ByteOrderMark,
    /// The two lengths of a pcapng block differ; the first was right.
    TrailerLength {
        /// Length at the block's front, bytes.
        first: u32,
        /// Length at its end, bytes.
        second: u32,
    },
    /// A block is too short for its kind, so it was not delivered.
    BlockTooShort {
        /// Block type.
        kind: u32,
        /// Length of the block, bytes.
        length: u32,
    },
    /// A frame claims more bytes than its block has; what is there was delivered.
    FrameOutgrowsBlock {
        /// Claimed captured length, bytes.
        claimed: u32,
        /// Bytes there.
        have: u32,
    },
    /// A frame or block names an interface its section does not have.
    UnknownInterface {
        /// The number it names.
        number: u32,
    },
    /// More sections or interfaces than are kept.
    TooMany {
        /// Of what.
        what: &'static str,
    },
    /// The header names a version nobody has defined; it was read as the usual one.
    Version {
        /// Major and minor version.
        version: (u16, u16),
    },
    /// Reserved bits of a pcap link type are set; they were ignored.
    ReservedLinkTypeBits {
        /// The whole field.
        field: u32,
    },
    /// Compressed data is damaged or cut short; what came before was delivered.
    Compression {
        /// What the decompressor says.
        message: String,
    },
    /// A file of a folder is not a capture or cannot be opened; it was left out.
    FileLeftOut {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A live interface does not do all that was asked for, or is gone while others go on.
    Interface {
        /// Its name.
        interface: String,
        /// What it does not do, in libpcap's or the system's words.
        message: String,
    },
    /// Frames of a live interface were lost because there was no room for them.
    Dropped {
        /// Its name.
        interface: String,
        /// How many, since the last such warning.
        frames: u64,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated { need, have } => {
                write!(f, "the file ends inside a record: it needs {need} bytes, {have} are there")
            }
            Self::ImpossibleLength { claimed } => write!(
                f,
                "damaged record: it claims {claimed} bytes, which no record here can have"
            ),
            Self::RecordLength { claimed } => {
                write!(f, "damaged record: no record follows the {claimed} bytes it claims")
            }
            Self::TimeFraction { seconds, fraction } => write!(
                f,
                "a time of {seconds} seconds has a fraction of {fraction}, more than a second has"
            ),
            Self::TrailerLength { first, second } => {
                write!(f, "a block of {first} bytes ends with a length of {second}")
            }
            Self::ByteOrderMark => f.write_str("a section header has no byte-order mark"),
            Self::BlockTooShort { kind, length } => {
                write!(f, "a block of type {kind:#010x} has only {length} bytes, too few")
            }
            Self::FrameOutgrowsBlock { claimed, have } => {
                write!(f, "a frame claims {claimed} bytes, its block has {have}")
            }
            Self::UnknownInterface { number } => {
                write!(f, "a frame names interface {number}, which its section does not have")
            }
            Self::TooMany { what } => write!(f, "more {what} than are kept"),
            Self::Version { version: (major, minor) } => {
                write!(f, "unknown format version {major}.{minor}, read as the usual one")
            }
            Self::ReservedLinkTypeBits { field } => {
                write!(f, "reserved bits of the link type {field:#010x} are set and were ignored")
            }
            Self::Compression { message } => {
                write!(f, "the compressed data is damaged or cut short: {message}")
            }
            Self::FileLeftOut { path, reason } => {
                write!(f, "{} was left out: {reason}", path.display())
            }
            Self::Interface { interface, message } => write!(f, "{interface}: {message}"),
            Self::Dropped { interface, frames } => write!(
                f,
                "{interface}: {frames} frames were dropped, as they came faster than they were \
                 taken; a larger buffer or a filter helps"
            ),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Problem::{Dropped, FileLeftOut, Interface};
        if let Interface { .. } | Dropped { .. } | FileLeftOut { .. } = self.problem {
            return self.problem.fmt(f);
        }
        write!(f, "at offset {}: {}", self.offset, self.problem)?;
        match self.skipped {
            0 => Ok(()),
            skipped => write!(f, " ({skipped} bytes skipped)"),
        }
    }
}

/// What a reader has counted so far, over all files.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counters {
    /// Frames delivered.
    pub frames: u64,
    /// Blocks that are not frames.
    pub blocks: u64,
    /// Records that were damaged, delivered in part or not.
    pub damaged: u64,
    /// Bytes skipped to find the next whole record.
    pub skipped_bytes: u64,
    /// Files that end inside a record.
    pub truncated: u64,
    /// Warnings not kept because too many waited to be taken.
    pub warnings_dropped: u64,
}

/// Warnings and counters of a reader.
#[derive(Default)]
pub(crate) struct Log {
    pub(crate) file: u32,
    pub(crate) counters: Counters,
    warnings: Vec<Warning>,
}

impl Log {
    #[cold]
    pub(crate) fn warn(&mut self, offset: u64, problem: Problem, skipped: u64) {
        self.counters.skipped_bytes += skipped;
        match problem {
            Problem::Truncated { .. } | Problem::Compression { .. } => self.counters.truncated += 1,
            Problem::ImpossibleLength { .. }
            | Problem::RecordLength { .. }
            | Problem::TimeFraction { .. }
            | Problem::ByteOrderMark
            | Problem::TrailerLength { .. }
            | Problem::BlockTooShort { .. }
            | Problem::FrameOutgrowsBlock { .. }
            | Problem::UnknownInterface { .. } => self.counters.damaged += 1,
            _ => {}
        }
        if self.warnings.len() < LIMIT {
            self.warnings.push(Warning { file: self.file, offset, problem, skipped });
        } else {
            self.counters.warnings_dropped += 1;
        }
    }

    pub(crate) fn take(&mut self) -> Vec<Warning> {
        std::mem::take(&mut self.warnings)
    }
}
