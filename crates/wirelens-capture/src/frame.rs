//! One frame, lent by the reader until its next call.

use crate::options::{BlockOption, Options, code};
use crate::{Interface, LinkType, Section, Timestamp};

/// One frame of a capture: bytes and what the file says of them.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Its number in the whole stream, from 1.
    pub number: u64,
    /// When it was seen; a pcapng simple packet block has no time.
    pub time: Option<Timestamp>,
    /// The bytes that were kept.
    pub captured: &'a [u8],
    /// Its length on the wire in bytes, as the file says; a file may claim less than it kept, and
    /// more than the 2,147,483,647 at which Wireshark stops counting.
    pub length: u32,
    /// What `captured` begins with.
    pub link_type: LinkType,
    /// Index of its interface in [`Capture::interfaces`](crate::Capture::interfaces).
    pub interface: u32,
    /// Index of its section in [`Capture::sections`](crate::Capture::sections).
    pub section: u32,
    /// Index of its file in [`Capture::files`](crate::Capture::files).
    pub file: u32,
    /// Offset of its record in the (decompressed) file, bytes.
    pub offset: u64,
    /// Options of its block; empty but for pcapng.
    pub options: Options<'a>,
    /// All interfaces known so far; `interface` points into it.
    pub interfaces: &'a [Interface],
    /// All sections known so far; `section` points into it.
    pub sections: &'a [Section],
}

impl<'a> Frame<'a> {
    /// What the file says of the interface.
    #[inline]
    pub fn interface_details(&self) -> Option<&'a Interface> {
        self.interfaces.get(self.interface as usize)
    }

    /// Comments, in order. Should be UTF-8.
    pub fn comments(&self) -> impl Iterator<Item = &'a [u8]> {
        self.options.comments()
    }

    /// Direction, kind of reception and link-layer errors, if the file says.
    #[inline]
    pub fn flags(&self) -> Option<FrameFlags> {
        self.options.find(code::EPB_FLAGS).and_then(BlockOption::u32).map(FrameFlags)
    }

    /// Frames lost between the one before and this one, on its interface.
    pub fn drop_count(&self) -> Option<u64> {
        self.options.find(code::EPB_DROPCOUNT).and_then(BlockOption::u64)
    }

    /// Identity shared by the same packet seen on several interfaces.
    pub fn packet_id(&self) -> Option<u64> {
        self.options.find(code::EPB_PACKETID).and_then(BlockOption::u64)
    }

    /// Receive queue.
    pub fn queue(&self) -> Option<u32> {
        self.options.find(code::EPB_QUEUE).and_then(BlockOption::u32)
    }

    /// Verdicts: what decided (0 hardware, 1 eBPF TC, 2 eBPF XDP), and what it said.
    pub fn verdicts(&self) -> impl Iterator<Item = (u8, &'a [u8])> {
        self.options
            .iter()
            .filter(|option| option.code == code::EPB_VERDICT)
            .filter_map(|option| option.value.split_first().map(|(kind, rest)| (*kind, rest)))
    }

    /// Bytes of frame check sequence at the end of the frame on the wire, if the file says: in the
    /// frame's own flags, else for its interface.
    #[inline]
    pub fn fcs_length(&self) -> Option<u8> {
        let own = if self.options.bytes.is_empty() { None } else { self.flags() };
        match own.map(FrameFlags::fcs_length) {
            Some(length) if length != 0 => Some(length),
            _ => self.interface_details().and_then(|interface| interface.fcs_length),
        }
    }

    /// Whether bytes of the frame were not kept.
    #[inline]
    pub fn is_cut(&self) -> bool {
        self.captured.len() < self.length as usize
    }

    /// Bytes at the front of `captured` that are not the frame's but the capturing system's:
    /// Wireshark takes them off `frame.len` and `frame.cap_len`.
    #[inline]
    pub fn pseudo_header_length(&self) -> usize {
        crate::pseudo_header::length(self.link_type, self.captured)
    }
}

/// `epb_flags`, pcapng draft section 4.3.1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FrameFlags(pub u32);

/// Which way a frame went, seen from the capturing host.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Direction {
    /// The file does not say.
    Unknown,
    /// Received.
    Inbound,
    /// Sent.
    Outbound,
    /// A value the draft does not define.
    Reserved,
}

impl FrameFlags {
    /// Bits 0 and 1.
    pub const fn direction(self) -> Direction {
        match self.0 & 3 {
            0 => Direction::Unknown,
            1 => Direction::Inbound,
            2 => Direction::Outbound,
            _ => Direction::Reserved,
        }
    }

    /// Bits 2 to 4: 0 not said, 1 unicast, 2 multicast, 3 broadcast, 4 promiscuous.
    pub const fn reception(self) -> u8 {
        (self.0 >> 2 & 7) as u8
    }

    /// Bits 5 to 8: bytes of frame check sequence, 0 when not said.
    pub const fn fcs_length(self) -> u8 {
        (self.0 >> 5 & 15) as u8
    }

    /// Bit 9: the checksum of the transport layer is not there yet, as the device computes it when
    /// it sends the frame.
    pub const fn checksum_not_ready(self) -> bool {
        self.0 & 1 << 9 != 0
    }

    /// Bit 10: the device has found that checksum to be right.
    pub const fn checksum_valid(self) -> bool {
        self.0 & 1 << 10 != 0
    }

    /// Bit 11: the device cuts the frame into TCP segments when it sends it.
    pub const fn segmentation_offloaded(self) -> bool {
        self.0 & 1 << 11 != 0
    }

    /// Bits 16 to 31: link-layer errors.
    pub const fn errors(self) -> u16 {
        (self.0 >> 16) as u16
    }
}
