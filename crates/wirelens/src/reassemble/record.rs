//! What was put together, to keep.

use std::net::IpAddr;
use std::path::PathBuf;

use wirelens_reassembly::datagram::End;
use wirelens_reassembly::stream::{EndReason, Opening, Origin};

use super::{Ended, Family, FrameList};

/// A datagram, or one direction of a TCP connection.
#[derive(Clone, Debug)]
pub struct Record {
    /// What it is.
    pub id: Id,
    /// Is every byte there, from a beginning to an end that were seen?
    pub complete: bool,
    /// The frames its bytes came in.
    pub frames: FrameList,
    /// Its length in bytes, what is missing included; none for a datagram whose end was not seen.
    pub length: Option<u64>,
    /// Bytes of it that are there.
    pub captured: u64,
    /// What is missing; not more than are kept, see [`Record::gap_count`].
    pub gaps: Vec<Gap>,
    /// How many gaps there are.
    pub gap_count: u64,
    /// Where frames disagree; not more than are kept, see [`Record::conflict_count`].
    pub conflicts: Vec<Conflict>,
    /// How many conflicts there are.
    pub conflict_count: u64,
    /// Bytes of gaps that came when the stream had gone on, and are not in it.
    pub late: u64,
    /// What its bytes were dissected as: `udp:dns`, `http`. Empty where nothing was dissected.
    pub protocols: String,
    /// Its bytes where they are kept: each piece with its offset. Pieces that touch are one.
    pub payload: Vec<Piece>,
    /// There are more bytes than are kept in `payload`.
    pub payload_cut: bool,
    /// The file its bytes were written to, within the folder.
    pub path: Option<PathBuf>,
}

/// Which datagram or stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Id {
    /// A datagram that was in fragments.
    Datagram {
        /// Its number: 0, 1, .. in the order in which datagrams end.
        number: u64,
        /// The version of IP.
        family: Family,
        /// The address of the sender.
        source: IpAddr,
        /// The address of the receiver.
        destination: IpAddr,
        /// What its fragments have in common.
        identification: u32,
        /// The protocol it carries, by the numbers of IP; of IPv6 0 where the first fragment is missing.
        carries: u8,
        /// How it ended.
        end: Ended,
    },
    /// What one side of a TCP connection said.
    Stream {
        /// The number of the connection: 0, 1, .. in the order in which they begin.
        number: u64,
        /// Who sent the bytes.
        source: Endpoint,
        /// To whom.
        destination: Endpoint,
        /// How the connection was noticed.
        opening: Opening,
        /// How the beginning of this direction is known.
        origin: Origin,
        /// A FIN stands behind everything.
        fin: bool,
        /// Why the connection is over.
        end: EndReason,
    },
}

/// An address and a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    /// The address.
    pub address: IpAddr,
    /// The port.
    pub port: u16,
}

/// `192.0.2.1:80`, `[2001:db8::1]:80`
impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::net::SocketAddr::new(self.address, self.port).fmt(f)
    }
}

/// Bytes that are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Where, in bytes.
    pub offset: u64,
    /// How many; none where the end was not seen.
    pub length: Option<u64>,
    /// Why, in one word: `lost`, `not_captured`, ...
    pub reason: &'static str,
}

/// Bytes in two versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The first byte that differs.
    pub offset: u64,
    /// From there to the last that differs.
    pub length: u64,
    /// The frame that said it first.
    pub first: u64,
    /// The frame that says something else.
    pub second: u64,
    /// Whose bytes stand; none where nobody's do.
    pub kept: Option<u64>,
}

/// Bytes without a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where they stand, in bytes.
    pub offset: u64,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Record {
    /// The version of IP of a datagram, or TCP: `ipv4`, `ipv6`, `tcp`.
    pub fn protocol(&self) -> &'static str {
        match &self.id {
            Id::Datagram { family: Family::Ipv4, .. } => "ipv4",
            Id::Datagram { family: Family::Ipv6, .. } => "ipv6",
            Id::Stream { .. } => "tcp",
        }
    }

    /// The bytes, where all that are there are kept and nothing is missing between them.
    pub fn payload(&self) -> Option<&[u8]> {
        match self.payload.as_slice() {
            _ if self.payload_cut => None,
            [] if self.captured == 0 => Some(&[]),
            [piece] => Some(&piece.bytes),
            _ => None,
        }
    }
}

impl Ended {
    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Ended::Complete => "complete",
            Ended::Cut => "cut",
            Ended::Discarded => "discarded",
            Ended::GivenUp(End::TimedOut) => "timed_out",
            Ended::GivenUp(End::EvictedForBytes) => "evicted_for_bytes",
            Ended::GivenUp(End::EvictedForNumber) => "evicted_for_number",
            Ended::GivenUp(End::Unfinished) => "unfinished",
        }
    }
}
