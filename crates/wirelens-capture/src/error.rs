//! Errors: whose fault, which file, what was found there, what to do.

use std::io;
use std::path::PathBuf;

use crate::LinkType;

/// Why a capture cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file or folder cannot be opened.
    #[error("{}: cannot be opened: {source}", path.display())]
    Open {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Reading failed; every frame before that place was delivered.
    #[error("{}: reading failed at offset {offset}: {source}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Offset in the (decompressed) file, bytes.
        offset: u64,
        /// What the system says.
        source: io::Error,
    },
    /// The file is something else.
    #[error(
        "{}: not a capture file but {looks_like} (it begins with {}); \
         pcap, pcapng and snoop are read, also compressed with gzip, zstd, lz4 or xz",
        path.display(),
        hexadecimal(magic)
    )]
    NotACapture {
        /// Which file.
        path: PathBuf,
        /// Its first bytes, at most eight, after decompression.
        magic: Vec<u8>,
        /// What those bytes look like.
        looks_like: &'static str,
    },
    /// The file ends inside its first header.
    #[error(
        "{}: ends inside the {format} file header, which needs {need} bytes, {have} are there; \
         it holds no frame",
        path.display()
    )]
    HeaderCut {
        /// Which file.
        path: PathBuf,
        /// Which format it would be.
        format: &'static str,
        /// Bytes needed.
        need: usize,
        /// Bytes there.
        have: usize,
    },
    /// The compressed data ends, or goes wrong, before the first header.
    #[error(
        "{}: the {compression} data is damaged or cut short before its first byte of capture: \
         {source}; fetch the file again",
        path.display()
    )]
    Compressed {
        /// Which file.
        path: PathBuf,
        /// How it is compressed.
        compression: &'static str,
        /// What the decompressor says.
        source: io::Error,
    },
    /// A split names a place where the file has something else.
    #[error(
        "{}: the split was planned for another file: no section or interface begins at offset \
         {offset}; plan it anew",
        path.display()
    )]
    NotItsSplit {
        /// Which file.
        path: PathBuf,
        /// Where there should be one, bytes.
        offset: u64,
    },
    /// Live capture failed.
    #[error(transparent)]
    Live(#[from] crate::LiveError),
    /// There is nothing to read: an empty list, or a folder without a capture.
    #[error("{}: holds no capture file; name a file or another folder", path.display())]
    NoCaptures {
        /// The folder, or an empty path for an empty list.
        path: PathBuf,
    },
    /// Writing failed.
    #[error("writing the capture failed: {0}")]
    Write(#[source] io::Error),
    /// A pcap file has one link type for all frames.
    #[error(
        "frame {frame} has link type {found}, and this pcap file is for {expected}; \
         write pcapng, which can hold both"
    )]
    SecondLinkType {
        /// Number of the frame.
        frame: u64,
        /// The file's.
        expected: LinkType,
        /// The frame's.
        found: LinkType,
    },
    /// The time cannot be written without loss.
    #[error("frame {frame} was seen at {time}, which {format} cannot hold; {instead}")]
    TimeDoesNotFit {
        /// Number of the frame.
        frame: u64,
        /// The time.
        time: crate::Timestamp,
        /// The output format.
        format: &'static str,
        /// What to do.
        instead: &'static str,
    },
    /// A frame larger than the format's 32-bit lengths can hold.
    #[error("frame {frame} has {length} bytes, more than a capture file can hold")]
    FrameTooLong {
        /// Number of the frame.
        frame: u64,
        /// Its captured length, bytes.
        length: usize,
    },
    /// A frame or block names an interface it brings no description of.
    #[error("frame {frame} names interface {interface}, which it does not describe")]
    UnknownInterface {
        /// Number of the frame; 0 for a block.
        frame: u64,
        /// The interface's index.
        interface: u32,
    },
}

/// Whose fault an [`Error`] is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Fault {
    /// What was asked for cannot be done.
    Caller,
    /// The file's content.
    File,
    /// The system: permissions, disks, pipes.
    Environment,
}

impl Error {
    /// Whose fault it is.
    pub const fn fault(&self) -> Fault {
        match self {
            Self::Open { .. } | Self::Read { .. } | Self::Write(_) => Fault::Environment,
            Self::NotACapture { .. } | Self::HeaderCut { .. } | Self::Compressed { .. } => {
                Fault::File
            }
            Self::Live(error) => error.fault(),
            Self::NoCaptures { .. }
            | Self::NotItsSplit { .. }
            | Self::SecondLinkType { .. }
            | Self::TimeDoesNotFit { .. }
            | Self::FrameTooLong { .. }
            | Self::UnknownInterface { .. } => Fault::Caller,
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "nothing".to_owned();
    }
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(" ")
}
