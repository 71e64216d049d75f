//! How many flows there may be, and for how long.

use wirelens_reassembly::stream;

const SECOND: u64 = 1_000_000_000;

/// Bounds on what is remembered. What a limit costs is told by [`Event::Over`](crate::Event::Over)
/// and counted in [`Counters`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Flows that are tracked at a time; the one least recently active goes, first of all those that
    /// are over or whose SYN nobody answered.
    pub flows: usize,
    /// Segments under way that are remembered, of all flows together; 24 bytes each.
    pub under_way: usize,
    /// Ranges of frames that are listed, of all flows together; 16 bytes each.
    pub frames: usize,
    /// Addresses whose names are remembered.
    pub names: usize,
    /// Time-outs, in nanoseconds.
    pub idle: Idle,
    /// How long a flow may last before another begins, in nanoseconds; 0 for as long as it will.
    pub active: u64,
    /// Of streams, where data is told.
    pub streams: stream::Limits,
}

/// How long flows may be silent, in nanoseconds; 0 for as long as they will.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Idle {
    /// A connection whose handshake was not seen to its end. Four minutes, in which a SYN is sent
    /// seven times.
    pub opening: u64,
    /// A connection that is open. An hour; keep-alives come every two hours at the most (RFC 9293
    /// section 3.8.4), but who does not send them for an hour rarely comes back.
    pub tcp: u64,
    /// A connection that is over: late segments still belong to it. Two minutes, one MSL of RFC
    /// 9293.
    pub closed: u64,
    /// UDP: five minutes (RFC 4787 section 4.3).
    pub udp: u64,
    /// ICMP: one minute (RFC 5508 section 3.2).
    pub icmp: u64,
    /// All others: five minutes.
    pub other: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            flows: 1 << 20,
            under_way: 1 << 20,
            frames: 1 << 20,
            names: 1 << 16,
            idle: Idle {
                opening: 240 * SECOND,
                tcp: 3600 * SECOND,
                closed: 120 * SECOND,
                udp: 300 * SECOND,
                icmp: 60 * SECOND,
                other: 300 * SECOND,
            },
            active: 0,
            streams: stream::Limits::default(),
        }
    }
}

/// What was tracked so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counters {
    /// Frames of flows.
    pub frames: u64,
    /// Frames of no flow: no IP in them, or too little of it was captured.
    pub other_frames: u64,
    /// Fragments whose first was not seen before them; they are flows without ports.
    pub lone_fragments: u64,
    /// Flows that began.
    pub flows: u64,
    /// Flows given up because there were too many.
    pub evicted: u64,
    /// Segments under way that were not remembered because there were too many.
    pub not_remembered: u64,
}
