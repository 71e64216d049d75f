//! What is noteworthy of a segment.

use std::fmt;

/// One thing that is noteworthy of a segment, by the sequence numbers, acknowledgments and windows
/// that were seen before. They are the marks of Wireshark's TCP analysis (User's Guide, section
/// 7.5), and the repeated SYN.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Mark {
    /// Bytes that were sent before.
    Retransmission,
    /// The same, asked for by duplicate acknowledgments and sent within 20 ms of them.
    FastRetransmission,
    /// The same, of bytes that were acknowledged already.
    SpuriousRetransmission,
    /// Bytes that come behind later ones, too soon to be sent again.
    OutOfOrder,
    /// Bytes before it were not seen.
    LostSegment,
    /// It acknowledges bytes that were not seen.
    AckedUnseen,
    /// It acknowledges once more what was acknowledged, and nothing else.
    DuplicateAck,
    /// Its sender takes no more bytes.
    ZeroWindow,
    /// One byte, to find out whether a closed window has opened.
    ZeroWindowProbe,
    /// The answer to that.
    ZeroWindowProbeAck,
    /// It says nothing new but another window.
    WindowUpdate,
    /// It fills the window of the other side.
    WindowFull,
    /// A byte that was acknowledged, or none, to find out whether the other side is still there.
    KeepAlive,
    /// The answer to that.
    KeepAliveAck,
    /// A SYN that was sent before.
    SynRetry,
}

impl Mark {
    /// All of them.
    pub const ALL: [Mark; 15] = [
        Mark::Retransmission,
        Mark::FastRetransmission,
        Mark::SpuriousRetransmission,
        Mark::OutOfOrder,
        Mark::LostSegment,
        Mark::AckedUnseen,
        Mark::DuplicateAck,
        Mark::ZeroWindow,
        Mark::ZeroWindowProbe,
        Mark::ZeroWindowProbeAck,
        Mark::WindowUpdate,
        Mark::WindowFull,
        Mark::KeepAlive,
        Mark::KeepAliveAck,
        Mark::SynRetry,
    ];

    /// Its name as an event: `fast retransmit`.
    pub fn name(self) -> &'static str {
        match self {
            Mark::Retransmission => "retransmit",
            Mark::FastRetransmission => "fast retransmit",
            Mark::SpuriousRetransmission => "spurious retransmit",
            Mark::OutOfOrder => "out of order",
            Mark::LostSegment => "lost segment",
            Mark::AckedUnseen => "acked unseen",
            Mark::DuplicateAck => "duplicate ack",
            Mark::ZeroWindow => "zero window",
            Mark::ZeroWindowProbe => "zero window probe",
            Mark::ZeroWindowProbeAck => "zero window probe ack",
            Mark::WindowUpdate => "window update",
            Mark::WindowFull => "window full",
            Mark::KeepAlive => "keep alive",
            Mark::KeepAliveAck => "keep alive ack",
            Mark::SynRetry => "syn retry",
        }
    }

    /// Its name as a key of a report, which counts it: `fast_retransmissions`.
    pub fn key(self) -> &'static str {
        match self {
            Mark::Retransmission => "retransmissions",
            Mark::FastRetransmission => "fast_retransmissions",
            Mark::SpuriousRetransmission => "spurious_retransmissions",
            Mark::OutOfOrder => "out_of_order",
            Mark::LostSegment => "lost_segments",
            Mark::AckedUnseen => "acked_unseen",
            Mark::DuplicateAck => "duplicate_acks",
            Mark::ZeroWindow => "zero_windows",
            Mark::ZeroWindowProbe => "zero_window_probes",
            Mark::ZeroWindowProbeAck => "zero_window_probe_acks",
            Mark::WindowUpdate => "window_updates",
            Mark::WindowFull => "windows_full",
            Mark::KeepAlive => "keep_alives",
            Mark::KeepAliveAck => "keep_alive_acks",
            Mark::SynRetry => "syn_retries",
        }
    }
}

/// A set of marks.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks(u16);

impl Marks {
    /// Adds one.
    #[inline]
    pub(crate) fn add(&mut self, mark: Mark) {
        self.0 |= 1 << mark as u8;
    }

    /// Is it among them?
    #[inline]
    pub fn has(self, mark: Mark) -> bool {
        self.0 & 1 << mark as u8 != 0
    }

    /// Is there none?
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those that are there.
    pub fn iter(self) -> impl Iterator<Item = Mark> {
        Mark::ALL.into_iter().filter(move |mark| self.has(*mark))
    }
}

impl fmt::Debug for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// How often each mark was given in a direction.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts([u32; Mark::ALL.len()]);

impl Counts {
    pub(crate) fn add(&mut self, marks: Marks) {
        for mark in marks.iter() {
            let count = &mut self.0[mark as usize];
            *count = count.saturating_add(1);
        }
    }

    /// Was there none?
    pub fn is_empty(&self) -> bool {
        *self == Counts::default()
    }

    /// How often this one was.
    pub fn of(&self, mark: Mark) -> u32 {
        self.0[mark as usize]
    }
}
