//! What the algorithm is told of a segment.

/// Which end of a connection sends. The caller's key covers both, so it says which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// As the caller's key stands.
    Forward,
    /// Against it.
    Backward,
}

impl Direction {
    /// The other end.
    #[must_use]
    pub fn opposite(self) -> Direction {
        match self {
            Direction::Forward => Direction::Backward,
            Direction::Backward => Direction::Forward,
        }
    }
}

/// The control bits that matter to a stream ([RFC 9293](https://www.rfc-editor.org/rfc/rfc9293#section-3.1) section 3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flags(u8);

impl Flags {
    /// No more data from the sender.
    pub const FIN: Flags = Flags(0x01);
    /// Synchronize sequence numbers.
    pub const SYN: Flags = Flags(0x02);
    /// Reset the connection.
    pub const RST: Flags = Flags(0x04);
    /// Push.
    pub const PSH: Flags = Flags(0x08);
    /// The urgent pointer counts.
    pub const URG: Flags = Flags(0x20);

    /// The flags of a header's octet 13, as it lies on the wire. ACK is not among them: it is
    /// [`Segment::acknowledgment`].
    #[must_use]
    pub const fn from_wire(octet: u8) -> Flags {
        Flags(octet & 0x2f)
    }

    /// Whether any of `others` is set.
    #[must_use]
    #[inline]
    pub fn any(self, others: Flags) -> bool {
        self.0 & others.0 != 0
    }

    /// As octet 13 has them, without ACK.
    #[must_use]
    pub fn bits(self) -> u8 {
        self.0
    }
}

impl std::ops::BitOr for Flags {
    type Output = Flags;

    fn bitor(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
}

/// One TCP segment, as it was captured. Everything is in host order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Segment<'a> {
    /// The number of the frame, passed through to what comes of it.
    pub frame: u64,
    /// When it was captured, in nanoseconds since whatever the caller counts from.
    pub time: u64,
    /// SEG.SEQ: of the SYN if there is one, else of the first byte.
    pub sequence: u32,
    /// SEG.ACK, where the ACK bit is set.
    pub acknowledgment: Option<u32>,
    /// SEG.WND as it stands in the header, not scaled.
    pub window: u16,
    /// The shift count of the option Window Scale (RFC 7323) in a SYN; `Some(0)` for a SYN known to
    /// have none; `None` where the caller does not know. Ignored without SYN.
    pub window_scale: Option<u8>,
    /// The control bits.
    pub flags: Flags,
    /// SEG.UP; counts only with URG.
    pub urgent: u16,
    /// The payload as far as it was captured.
    pub bytes: &'a [u8],
    /// Bytes of payload by the headers. Those beyond `bytes` were not captured (snaplen); bytes
    /// beyond `length` are no payload and are not looked at.
    pub length: u32,
    /// What tells this packet from a retransmission with the same numbers: a hash of the IPv4
    /// identification and the TCP timestamp, say. `None` where there is no such thing (then the
    /// same frame captured twice is taken for a retransmission).
    pub identity: Option<u64>,
}

impl<'a> Segment<'a> {
    /// The payload that was captured, never longer than the headers say.
    #[inline]
    pub(crate) fn captured(&self) -> &'a [u8] {
        self.bytes.get(..self.length as usize).unwrap_or(self.bytes)
    }

    #[inline]
    pub(crate) fn has(&self, flags: Flags) -> bool {
        self.flags.any(flags)
    }

    /// The sequence number of the first byte: a SYN has one of its own (section 3.4).
    #[inline]
    pub(crate) fn first_byte(&self) -> u32 {
        self.sequence.wrapping_add(u32::from(self.has(Flags::SYN)))
    }

    /// The bytes of the stream it declares: what an RST carries is text, not stream (RFC 9293
    /// section 3.5.2 and RFC 1122 section 4.2.2.12).
    #[inline]
    pub(crate) fn stream_length(&self) -> u32 {
        if self.has(Flags::RST) { 0 } else { self.length }
    }
}
