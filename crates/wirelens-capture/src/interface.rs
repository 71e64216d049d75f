//! What a capture says about itself: sections, and the interfaces frames were seen on.

use crate::options::{BlockOption, Options, code};
use crate::{LinkType, Resolution};

/// The file format of a section.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Format {
    /// Classic pcap with microseconds.
    Pcap,
    /// Classic pcap with nanoseconds.
    PcapNanoseconds,
    /// Alexey Kuznetzov's pcap with longer record headers.
    PcapModified,
    /// AIX: nanoseconds under the ordinary magic number.
    PcapAix,
    /// Nokia: four more bytes in each record header, under the ordinary magic number.
    PcapNokia,
    /// Ixia: the size of all records after the file header, nanoseconds.
    PcapIxia,
    /// pcapng.
    Pcapng,
    /// Solaris snoop, RFC 1761.
    Snoop,
    /// No file: devices being captured from.
    Live,
}

impl Format {
    /// The name people know it by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcap => "pcap",
            Self::PcapNanoseconds => "pcap (nanoseconds)",
            Self::PcapModified => "pcap (modified)",
            Self::PcapAix => "pcap (AIX)",
            Self::PcapNokia => "pcap (Nokia)",
            Self::PcapIxia => "pcap (Ixia)",
            Self::Pcapng => "pcapng",
            Self::Snoop => "snoop",
            Self::Live => "live",
        }
    }
}

/// A section: all of a pcap or snoop file, or one of a pcapng file (draft section 4.1).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Section {
    /// Index of the file in [`Capture::files`](crate::Capture::files).
    pub file: u32,
    /// Offset of the section's header in the (decompressed) file, bytes.
    pub offset: u64,
    /// The format.
    pub format: Format,
    /// Whether its numbers are big-endian.
    pub big_endian: bool,
    /// Major and minor version, as the header says.
    pub version: (u16, u16),
    /// Raw options of the section header; empty but for pcapng.
    pub option_bytes: Vec<u8>,
}

impl Section {
    /// The options: comments, hardware, operating system, application.
    pub fn options(&self) -> Options<'_> {
        Options { bytes: &self.option_bytes, big_endian: self.big_endian }
    }

    /// The program that wrote it.
    pub fn application(&self) -> Option<&[u8]> {
        self.options().find(code::SHB_APPLICATION).map(BlockOption::text)
    }
}

/// An interface: one of a pcapng section (draft section 4.2), or the only one of another file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Interface {
    /// Index of the file in [`Capture::files`](crate::Capture::files).
    pub file: u32,
    /// Index of the section in [`Capture::sections`](crate::Capture::sections).
    pub section: u32,
    /// Its number in its section, which blocks refer to.
    pub number: u32,
    /// What its frames begin with.
    pub link_type: LinkType,
    /// Most bytes kept of a frame, as the file claims; 0 is no limit.
    pub snap_length: u32,
    /// The unit of its times.
    pub resolution: Resolution,
    /// Seconds added to every time.
    pub time_offset: i64,
    /// Bytes of frame check sequence at the end of each frame, if the file says.
    pub fcs_length: Option<u8>,
    /// Whether numbers in its options are big-endian.
    pub big_endian: bool,
    /// Raw options; empty but for pcapng.
    pub option_bytes: Vec<u8>,
}

impl Interface {
    /// The options: comments, name, description, filter, addresses, speeds.
    pub fn options(&self) -> Options<'_> {
        Options { bytes: &self.option_bytes, big_endian: self.big_endian }
    }

    /// Device name, such as `eth0`. Should be UTF-8.
    pub fn name(&self) -> Option<&[u8]> {
        self.options().find(code::IF_NAME).map(BlockOption::text)
    }

    /// Description for people. Should be UTF-8.
    pub fn description(&self) -> Option<&[u8]> {
        self.options().find(code::IF_DESCRIPTION).map(BlockOption::text)
    }

    /// The capture filter, when it is text (a first byte of 0 says so).
    pub fn filter(&self) -> Option<&[u8]> {
        let value = self.options().find(code::IF_FILTER)?.value;
        value.strip_prefix(&[0])
    }
}
