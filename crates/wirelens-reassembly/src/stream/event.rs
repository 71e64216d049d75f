//! What comes out.

use super::Direction;

/// Where events go. Any `FnMut(&Stream<'_, K>, Event<'_>)` is one.
pub trait Sink<K> {
    /// One event, in the order of its stream. Borrowed bytes are gone when it returns.
    fn event(&mut self, stream: &Stream<'_, K>, event: Event<'_>);
}

impl<K, F: FnMut(&Stream<'_, K>, Event<'_>)> Sink<K> for F {
    fn event(&mut self, stream: &Stream<'_, K>, event: Event<'_>) {
        self(stream, event);
    }
}

/// Whose event it is.
#[derive(Debug)]
pub struct Stream<'k, K> {
    /// The caller's key.
    pub key: &'k K,
    /// The number of the connection: 0, 1, .. as they begin. A new connection on the same key has
    /// a new number.
    pub connection: u64,
    /// Who sent the bytes; for [`Event::Open`] and [`Event::End`] whose segment caused it.
    pub direction: Direction,
}

impl<K> Clone for Stream<'_, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Stream<'_, K> {}

/// Something that happened to a stream. Offsets are positions in it, in bytes: 0 is the byte after
/// the SYN or, where the SYN was not seen, the first byte known of; they do not wrap.
///
/// The runs and gaps of a direction follow each other without hole or overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A connection begins.
    Open(Opening),
    /// A direction begins; `sequence` is the sequence number of offset 0.
    Start {
        /// The sequence number of offset 0.
        sequence: u32,
        /// How it is known.
        origin: Origin,
    },
    /// The next bytes of a direction.
    Run(Run<'a>),
    /// The next bytes of a direction are missing. Delivery goes on behind them.
    Gap {
        /// Where it begins.
        offset: u64,
        /// How many bytes; never 0.
        length: u64,
        /// Why it is given up.
        reason: GapReason,
    },
    /// Bytes of a gap, too late: the stream has gone on.
    Late(Run<'a>),
    /// Two frames say different things of the same bytes.
    Conflict(Conflict),
    /// A direction is complete: its FIN is behind everything delivered.
    Fin {
        /// Bytes of the stream, gaps included.
        offset: u64,
    },
    /// The connection is over; both directions were let go before.
    End(EndReason),
}

/// Consecutive bytes out of one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run<'a> {
    /// The position of the first byte.
    pub offset: u64,
    /// The bytes.
    pub bytes: &'a [u8],
    /// The frame they came in.
    pub frame: u64,
    /// When it was captured, in nanoseconds.
    pub time: u64,
    /// The acknowledgment number of that frame.
    pub acknowledgment: Option<u32>,
    /// Where urgent data ends: the position behind its last byte (RFC 9293 section 3.8.5). The
    /// bytes stay in the stream, as RFC 6093 section 5 recommends.
    pub urgent: Option<u64>,
    /// Whether it had to wait for bytes before it.
    pub waited: bool,
}

/// Bytes in two versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The first byte that differs; where only hashes were compared, the first byte of the range.
    pub offset: u64,
    /// From there to the last that differs.
    pub length: u64,
    /// The frame that said it first.
    pub first: u64,
    /// The frame that says something else.
    pub second: u64,
    /// Whose bytes stand: one of the two.
    pub kept: u64,
}

/// How a connection was noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Opening {
    /// By a SYN.
    Syn,
    /// In the middle: the capture began later than the connection.
    MidStream,
    /// By consecutive segments far off what was expected on the same addresses and ports.
    SequenceJump,
}

/// How the beginning of a direction is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// From its SYN.
    Syn,
    /// The other side acknowledged it: by its SYN, or before the first byte was seen.
    Acknowledged,
    /// It is the first byte seen.
    FirstByte,
}

/// Why bytes are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GapReason {
    /// The receiver acknowledged them: it has them, the capture has not.
    Lost,
    /// The frame was there, its end was cut by the snaplen.
    NotCaptured,
    /// The sender is further than the receiver's window allows without them.
    WindowPassed,
    /// They were under way when the capture began.
    BeforeCapture,
    /// Nobody acknowledges in this capture, and they were waited for long enough.
    Patience,
    /// What waited for them was more than a stream may keep.
    StreamLimit,
    /// What waited for them was let go for the sake of the total.
    TotalLimit,
    /// The connection ended or was dropped without them.
    End,
}

/// Why a connection is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndReason {
    /// Both sides said FIN.
    Fin,
    /// A side said RST.
    Reset,
    /// A new connection began on the same key.
    Replaced,
    /// Nothing was heard of it for [`Limits::idle`](super::Limits::idle).
    Idle,
    /// There were too many connections.
    TooMany,
    /// Everything together took too many bytes.
    TooMuch,
    /// No more segments come.
    Finish,
}

/// What a segment was, said at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The number of the connection it was counted to.
    pub connection: u64,
    /// What it was.
    pub kind: Kind,
    /// The connection it opened, if it did.
    pub opened: Option<Opening>,
    /// The position of its first byte (or of where one would be); `None` where its direction has
    /// not begun, or it lies before the beginning or elsewhere altogether.
    pub offset: Option<u64>,
}

/// What a segment was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// No bytes: an acknowledgment, or a window update.
    Empty,
    /// A SYN, the first of its direction.
    Syn,
    /// A SYN known already.
    SynAgain,
    /// A SYN of another connection, not believed until it is answered or followed up.
    SynDoubted,
    /// The next bytes.
    InOrder,
    /// Bytes behind a hole.
    OutOfOrder,
    /// Nothing new.
    Retransmission,
    /// Something old, something new.
    PartialRetransmission,
    /// At most one byte, the one before the next (RFC 9293 section 3.8.4).
    KeepAlive,
    /// One byte into a window of zero (RFC 9293 section 3.8.6.1).
    ZeroWindowProbe,
    /// The same frame, captured once more.
    Duplicate,
    /// Bytes before the beginning of the stream.
    BeforeStart,
    /// Bytes of a gap that was told already.
    Late,
    /// No bytes, but a FIN.
    Fin,
    /// An RST that ends the connection.
    Reset,
    /// An RST that is out of the window and ends nothing.
    ResetIgnored,
    /// Of a connection or direction that is over.
    AfterEnd,
    /// Too far from what is expected to be of this stream.
    Stray,
}
