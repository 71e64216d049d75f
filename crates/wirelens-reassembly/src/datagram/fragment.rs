//! A fragment on its way in, and what is remembered of it.

use super::key::Family;

/// The longest datagram there can be, in bytes: what the 16-bit length fields of IPv4 and IPv6
/// can say.
pub const LONGEST: u32 = 65_535;

/// A fragment as it was found in a frame.
#[derive(Clone, Copy, Debug)]
pub struct Fragment<'a> {
    /// The number of the frame.
    pub frame: u64,
    /// When the frame was captured, in nanoseconds.
    pub time: u64,
    /// The version of IP, which decides about time-out and overlaps.
    pub family: Family,
    /// Where in the datagram's payload it belongs, in bytes (eight times the header's field).
    pub offset: u32,
    /// Whether others follow it (the flag MF of IPv4, M of IPv6).
    pub more: bool,
    /// The bytes of it that were captured.
    pub bytes: &'a [u8],
    /// How many bytes the header says there are: more than `bytes` when the capture was cut. What
    /// `bytes` has beyond it is ignored (padding).
    pub length: u32,
    /// What stands before the payload and would be needed again: kept from the first fragment to
    /// arrive with offset 0, at most 65,535 bytes of it. May be empty.
    pub header: &'a [u8],
}

impl<'a> Fragment<'a> {
    /// Whether it is a datagram by itself: nothing before it, nothing after it. An IPv6 packet with
    /// such a header ("atomic fragment") has nothing to do with others of the same identification
    /// (RFC 6946; RFC 8200, section 4.5).
    pub fn is_whole(&self) -> bool {
        self.offset == 0 && !self.more
    }

    /// Whether it cuts through where a TCP header may be: a first fragment of fewer than 16 bytes,
    /// or one that starts at 8, which RFC 1858 (sections 3 and 4) and RFC 3128 advise filters of
    /// TCP to drop. It is put together all the same: no host is bound to drop it.
    pub fn is_tiny(&self) -> bool {
        const LEAST: u32 = 16;
        (self.offset == 0 && self.more && self.length < LEAST) || self.offset == 8
    }

    /// What is wrong with it by itself.
    pub(super) fn check(&self) -> Result<(), Malformed> {
        if self.length == 0 {
            return Err(Malformed::Empty);
        }
        // In 64 bits, for the caller can write anything into 32.
        if u64::from(self.offset) + u64::from(self.length) > u64::from(LONGEST) {
            return Err(Malformed::Oversize);
        }
        if !self.offset.is_multiple_of(8) || (self.more && !self.length.is_multiple_of(8)) {
            return Err(Malformed::Unaligned);
        }
        Ok(())
    }

    pub(super) fn end(&self) -> u32 {
        self.offset + self.length
    }

    /// The captured bytes that count.
    pub(super) fn held(&self) -> &'a [u8] {
        self.bytes.get(..self.length as usize).unwrap_or(self.bytes)
    }
}

/// Why a fragment was refused. The datagram it belongs to stays as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Malformed {
    /// It has no bytes.
    Empty,
    /// It has others after it and is no multiple of eight bytes long, or does not start at one
    /// (RFC 791, section 3.2; RFC 8200, section 4.5).
    Unaligned,
    /// It ends beyond 65,535 bytes ("ping of death").
    Oversize,
    /// It is a last fragment and ends elsewhere than the last fragment that came before.
    MultipleTails {
        /// The length the datagram has by the earlier one, in bytes.
        length: u32,
    },
    /// It lies beyond the last fragment, or is a last fragment that ends before others do.
    BeyondEnd {
        /// Where the datagram ends so far, in bytes.
        end: u32,
    },
    /// The datagram has as many fragments as are allowed.
    TooMany,
}

/// What became of a fragment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Its bytes were missing.
    Used,
    /// It was there already.
    Duplicate,
    /// It overlaps others with the same bytes.
    Overlap,
    /// It overlaps others with different bytes.
    Conflict,
    /// It contradicts the datagram's end and was refused.
    BeyondEnd,
}

/// A fragment as the datagram remembers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The number of the frame it came in.
    pub frame: u64,
    /// When that was captured, in nanoseconds.
    pub time: u64,
    /// Where in the datagram it belongs, in bytes.
    pub offset: u32,
    /// How many bytes it has by its header.
    pub length: u32,
    /// How many of them were captured.
    pub captured: u32,
    /// What became of it.
    pub role: Role,
}

/// The same, packed: there may be a great many.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    pub(super) frame: u64,
    pub(super) time: u64,
    /// Where its bytes were stored. Of no use once the datagram is contested.
    pub(super) at: u32,
    /// Of its bytes, to know it again when they are gone. Made when they go, or when the datagram
    /// becomes contested: of most datagrams in a flood it is never needed.
    pub(super) digest: u32,
    offset: u16,
    length: u16,
    captured: u16,
    pub(super) role: Role,
}

impl Record {
    /// `fragment` has passed its check, so its places fit into 16 bits.
    pub(super) fn new(fragment: &Fragment<'_>, digest: u32, at: u32, role: Role) -> Record {
        Record {
            frame: fragment.frame,
            time: fragment.time,
            at,
            digest,
            offset: fragment.offset as u16,
            length: fragment.length as u16,
            captured: fragment.held().len() as u16,
            role,
        }
    }

    pub(super) fn offset(&self) -> u32 {
        self.offset.into()
    }

    pub(super) fn end(&self) -> u32 {
        u32::from(self.offset) + u32::from(self.length)
    }

    pub(super) fn captured(&self) -> u32 {
        self.captured.into()
    }

    /// Equal of fragments that are the same, and an order to find them by.
    pub(super) fn identity(&self) -> (u16, u16, u32) {
        (self.offset, self.length, self.digest)
    }

    pub(super) fn seen(&self) -> Seen {
        Seen {
            frame: self.frame,
            time: self.time,
            offset: self.offset.into(),
            length: self.length.into(),
            captured: self.captured.into(),
            role: self.role,
        }
    }
}
