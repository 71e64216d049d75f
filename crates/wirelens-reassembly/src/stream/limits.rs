//! What may be kept, for how long, and what was dropped.

use std::iter::Sum;

/// Nanoseconds of a second.
const SECOND: u64 = 1_000_000_000;

/// What [`Streams`](super::Streams) may keep, and when it gives up waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes that wait in one direction of one connection, bookkeeping included. 16 MiB: what a
    /// gigabit has under way in 130 ms.
    pub stream_bytes: usize,
    /// Pieces that wait in one direction of one connection.
    pub stream_segments: usize,
    /// Bytes of everything together: the table, what waits, what is kept for reuse. 256 MiB.
    pub total_bytes: usize,
    /// Connections known at a time; the least recently active goes. 262,144: with a million the table
    /// no longer fits a cache, and a flood of SYNs costs twice as much for each.
    pub connections: usize,
    /// Connections that are over and remembered, so that late segments start no new ones.
    pub lingering: usize,
    /// How long they are remembered, in nanoseconds. Two minutes: one MSL of RFC 9293.
    pub linger: u64,
    /// A connection silent for this long is over, in nanoseconds.
    pub idle: u64,
    /// A SYN with another initial sequence number replaces a connection silent for this long
    /// at once, in nanoseconds. Before that it has to be answered or followed up.
    pub stale: u64,
    /// How long missing bytes are waited for once it is proved that the receiver got them: a
    /// capture on several queues shows an acknowledgment before its data. Of 3,158 real captures
    /// one shows data that comes more than 0.1 seconds later, none 0.15.
    pub patience: Patience,
    /// How long missing bytes are waited for where nobody acknowledges, because only this
    /// direction was captured. A retransmission timeout is a second to begin with (RFC 6298).
    pub one_sided: Patience,
    /// Whose bytes stand where two pieces that wait overlap and differ.
    pub policy: Policy,
    /// Runs remembered by a hash of their bytes, so that a retransmission of the very same range
    /// with other bytes is noticed after delivery; 40 bytes each, 0 for none.
    pub history: usize,
    /// Two frames of the same identity and numbers are the same frame captured twice if they are
    /// at most this far apart, in nanoseconds.
    pub duplicate: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            stream_bytes: 16 << 20,
            stream_segments: 1 << 16,
            total_bytes: 256 << 20,
            connections: 1 << 18,
            lingering: 1 << 14,
            linger: 120 * SECOND,
            idle: 3600 * SECOND,
            stale: 30 * SECOND,
            patience: Patience { segments: 16, time: SECOND / 5 },
            one_sided: Patience { segments: 4096, time: 3 * SECOND },
            policy: Policy::First,
            history: 4096,
            duplicate: SECOND,
        }
    }
}

/// How long to wait: until either is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Later segments of the connection, in either direction.
    pub segments: u32,
    /// Nanoseconds of capture time.
    pub time: u64,
}

/// Whose bytes stand where two pieces overlap that both wait for something before them.
///
/// What was delivered stands whatever the policy. The named systems are those of Novak and
/// Sturges, "Target-Based TCP Stream Reassembly" (2007), tables as Snort and Suricata have them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// Those that came first. RFC 9293 section 3.10.7.4 trims what is there already; also Windows
    /// since Vista.
    #[default]
    First,
    /// Those that came last.
    Last,
    /// The first, unless the later segment starts before it. Also macOS and Windows before Vista.
    Bsd,
    /// As BSD, and the later one also wins if it starts at the same byte and is longer.
    Linux,
    /// The later one if it ends behind the first, or ends with it and starts no later.
    Solaris,
    /// As [`Policy::Bsd`]: Windows 95 to Server 2003.
    Windows,
}

impl Policy {
    /// Whether bytes in `new` replace those in `old`, two ranges that overlap.
    #[inline]
    pub(crate) fn replaces(self, new: (u64, u64), old: (u64, u64)) -> bool {
        match self {
            Policy::First => false,
            Policy::Last => true,
            Policy::Bsd | Policy::Windows => new.0 < old.0,
            Policy::Linux => new.0 < old.0 || (new.0 == old.0 && new.1 > old.1),
            Policy::Solaris => new.1 > old.1 || (new.1 == old.1 && new.0 <= old.0),
        }
    }
}

/// What happened so far. Nothing is dropped that is not counted here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Segments fed.
    pub segments: u64,
    /// Connections seen.
    pub connections: u64,
    /// Bytes delivered in runs.
    pub delivered: u64,
    /// Bytes delivered at once, without a copy; part of `delivered`.
    pub borrowed: u64,
    /// Gaps told.
    pub gaps: u64,
    /// Bytes in gaps.
    pub missing: u64,
    /// Bytes that came after their gap was told.
    pub late: u64,
    /// Bytes that were there already.
    pub retransmitted: u64,
    /// Overlaps whose bytes differ.
    pub conflicts: u64,
    /// Frames captured twice.
    pub duplicates: u64,
    /// Bytes before the first byte of their stream.
    pub before_start: u64,
    /// Segments that belong to no stream known: implausible numbers.
    pub strays: u64,
    /// Segments of a connection, or of a direction, that is over.
    pub after_end: u64,
    /// RST out of the window, not obeyed (RFC 9293 section 3.10.7.4).
    pub resets_ignored: u64,
    /// FIN before bytes that were seen already, not obeyed.
    pub fins_ignored: u64,
    /// Acknowledgments of what is implausible, not believed.
    pub acknowledgments_ignored: u64,
    /// Directions whose waiting bytes were let go because they were more than one may keep.
    pub forced_stream: u64,
    /// Directions whose waiting bytes were let go because all together were too many.
    pub forced_total: u64,
    /// Connections dropped because there were too many.
    pub evicted_connections: u64,
    /// Connections dropped because everything together took too many bytes.
    pub evicted_bytes: u64,
    /// Connections dropped because they were silent.
    pub evicted_idle: u64,
    /// Ended connections that are no longer remembered, because there were too many or it was
    /// too long ago.
    pub forgotten: u64,
}

impl Sum for Counters {
    /// What several counted, each its own connections.
    fn sum<I: Iterator<Item = Counters>>(all: I) -> Counters {
        all.fold(Counters::default(), |a, b| Counters {
            segments: a.segments + b.segments,
            connections: a.connections + b.connections,
            delivered: a.delivered + b.delivered,
            borrowed: a.borrowed + b.borrowed,
            gaps: a.gaps + b.gaps,
            missing: a.missing + b.missing,
            late: a.late + b.late,
            retransmitted: a.retransmitted + b.retransmitted,
            conflicts: a.conflicts + b.conflicts,
            duplicates: a.duplicates + b.duplicates,
            before_start: a.before_start + b.before_start,
            strays: a.strays + b.strays,
            after_end: a.after_end + b.after_end,
            resets_ignored: a.resets_ignored + b.resets_ignored,
            fins_ignored: a.fins_ignored + b.fins_ignored,
            acknowledgments_ignored: a.acknowledgments_ignored + b.acknowledgments_ignored,
            forced_stream: a.forced_stream + b.forced_stream,
            forced_total: a.forced_total + b.forced_total,
            evicted_connections: a.evicted_connections + b.evicted_connections,
            evicted_bytes: a.evicted_bytes + b.evicted_bytes,
            evicted_idle: a.evicted_idle + b.evicted_idle,
            forgotten: a.forgotten + b.forgotten,
        })
    }
}
