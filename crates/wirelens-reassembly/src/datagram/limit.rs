//! What a user can set, and what is counted.

use std::iter::Sum;

use super::body::Taken;
use super::fragment::{Malformed, Role};
use super::key::Family;

/// How much is kept, for how long, and who wins where fragments overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of memory for all datagrams together, bookkeeping included. Default: 16 MiB, four
    /// times what Linux allows (`ipfrag_high_thresh`). A quarter of it is for buffers to be used
    /// again and for showing datagrams. More makes a flood of fragments slower: with
    /// 64 MiB, which no cache holds, one costs twice as much (`examples/fragments.rs`).
    pub bytes: usize,
    /// Datagrams waiting for fragments at the same time. Default: 16,384.
    pub datagrams: usize,
    /// Fragments remembered of one datagram, duplicates included. Default: 16,384, which is twice
    /// as many as fit without an overlap (65,536 / 8).
    pub fragments: usize,
    /// Datagrams that ended and are still remembered, so that a late duplicate starts no new one.
    /// Default: 8,192. It should be below 65,536: then an IPv4 sender that goes through all its
    /// identifications within the time-out is not mistaken for one that repeats itself.
    pub remembered: usize,
    /// The rules for IPv4. Default: first, 30 s.
    pub ipv4: Rules,
    /// The rules for IPv6. Default: discard (RFC 5722), 60 s.
    pub ipv6: Rules,
}

/// What differs between the versions of IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Who wins where fragments overlap.
    pub policy: Policy,
    /// How long after its first fragment a datagram is given up, in nanoseconds of packet time.
    pub timeout: u64,
}

const SECOND: u64 = 1_000_000_000;

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            bytes: 16 << 20,
            datagrams: 1 << 14,
            fragments: 1 << 14,
            remembered: 1 << 13,
            // RFC 791 leaves the time to the receiver; 30 s is what BSD and Linux take.
            ipv4: Rules { policy: Policy::First, timeout: 30 * SECOND },
            // RFC 8200, section 4.5: 60 s after the first-arriving fragment.
            ipv6: Rules { policy: Policy::Discard, timeout: 60 * SECOND },
        }
    }
}

impl Limits {
    pub(super) fn rules(&self, family: Family) -> Rules {
        match family {
            Family::Ipv4 => self.ipv4,
            Family::Ipv6 => self.ipv6,
        }
    }
}

/// Who wins where fragments overlap with different bytes.
///
/// The names and rules are those of Shankar and Paxson, "Active Mapping" (IEEE S&P 2003), and of
/// Novak, "Target-Based Fragmentation Reassembly" (Sourcefire, 2005), which snort and Suricata
/// follow. What is compared are the ends of the fragment that arrives with those of what stands of
/// one that arrived before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Policy {
    /// The earlier fragment wins.
    First,
    /// The later fragment wins.
    Last,
    /// The earlier wins if it starts before the later or with it.
    Bsd,
    /// The earlier wins if it starts before the later.
    Linux,
    /// The earlier wins, unless the later starts before it and ends after it.
    Windows,
    /// The earlier wins, unless the later starts before it and ends after it or with it.
    Solaris,
    /// Nobody wins: the datagram is discarded, with the fragments of it still to come (RFC 5722,
    /// section 4). An exact duplicate is no overlap (RFC 8200, section 4.5).
    Discard,
}

impl Policy {
    /// All of them.
    pub const ALL: [Policy; 7] = [
        Policy::First,
        Policy::Last,
        Policy::Bsd,
        Policy::Linux,
        Policy::Windows,
        Policy::Solaris,
        Policy::Discard,
    ];

    /// The name it goes by in an option.
    pub fn name(self) -> &'static str {
        match self {
            Policy::First => "first",
            Policy::Last => "last",
            Policy::Bsd => "bsd",
            Policy::Linux => "linux",
            Policy::Windows => "windows",
            Policy::Solaris => "solaris",
            Policy::Discard => "discard",
        }
    }

    /// The policy of this name.
    pub fn from_name(name: &str) -> Option<Policy> {
        Policy::ALL.into_iter().find(|policy| policy.name() == name)
    }

    /// Whether the fragment that arrives wins over what stands of an earlier one.
    pub(super) fn later_wins(self, later: (u32, u32), earlier: (u32, u32)) -> bool {
        match self {
            Policy::First | Policy::Discard => false,
            Policy::Last => true,
            Policy::Bsd => later.0 < earlier.0,
            Policy::Linux => later.0 <= earlier.0,
            Policy::Windows => later.0 < earlier.0 && later.1 > earlier.1,
            Policy::Solaris => later.0 < earlier.0 && later.1 >= earlier.1,
        }
    }
}

/// Why a datagram ended that was neither complete nor known to be seen to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// Its time was up.
    TimedOut,
    /// It was the least recently active when memory was short.
    EvictedForBytes,
    /// It was the least recently active when there were too many.
    EvictedForNumber,
    /// It was still waiting when the capture was at its end.
    Unfinished,
}

/// What happened so far. Every datagram that was started is counted once among those that ended,
/// or is still waiting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Calls of `insert`.
    pub fragments: u64,
    /// Packets that were no fragments at all (RFC 6946).
    pub whole: u64,
    /// Datagrams started.
    pub started: u64,
    /// Datagrams complete.
    pub completed: u64,
    /// Datagrams all of whose fragments were seen, but not captured to their ends.
    pub cut: u64,
    /// Datagrams discarded because fragments overlapped ([`Policy::Discard`]).
    pub discarded: u64,
    /// Datagrams given up because their time was up.
    pub timed_out: u64,
    /// Datagrams given up because memory was short.
    pub evicted_for_bytes: u64,
    /// Datagrams given up because there were too many.
    pub evicted_for_number: u64,
    /// Datagrams still waiting at the end.
    pub unfinished: u64,
    /// Fragments seen before, of a datagram still waiting.
    pub duplicates: u64,
    /// Fragments overlapping others with the same bytes.
    pub overlaps: u64,
    /// Fragments overlapping others with different bytes.
    pub conflicts: u64,
    /// Fragments seen before, of a datagram complete already.
    pub late: u64,
    /// Fragments of a datagram that was discarded.
    pub dropped: u64,
    /// Fragments refused, by reason.
    pub malformed: MalformedCounters,
}

impl Sum for Counters {
    /// What several counted, each its own datagrams.
    fn sum<I: Iterator<Item = Counters>>(all: I) -> Counters {
        all.fold(Counters::default(), |a, b| Counters {
            fragments: a.fragments + b.fragments,
            whole: a.whole + b.whole,
            started: a.started + b.started,
            completed: a.completed + b.completed,
            cut: a.cut + b.cut,
            discarded: a.discarded + b.discarded,
            timed_out: a.timed_out + b.timed_out,
            evicted_for_bytes: a.evicted_for_bytes + b.evicted_for_bytes,
            evicted_for_number: a.evicted_for_number + b.evicted_for_number,
            unfinished: a.unfinished + b.unfinished,
            duplicates: a.duplicates + b.duplicates,
            overlaps: a.overlaps + b.overlaps,
            conflicts: a.conflicts + b.conflicts,
            late: a.late + b.late,
            dropped: a.dropped + b.dropped,
            malformed: MalformedCounters {
                empty: a.malformed.empty + b.malformed.empty,
                unaligned: a.malformed.unaligned + b.malformed.unaligned,
                oversize: a.malformed.oversize + b.malformed.oversize,
                multiple_tails: a.malformed.multiple_tails + b.malformed.multiple_tails,
                beyond_end: a.malformed.beyond_end + b.malformed.beyond_end,
                too_many: a.malformed.too_many + b.malformed.too_many,
            },
        })
    }
}

/// Fragments refused, by reason: see [`Malformed`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MalformedCounters {
    /// [`Malformed::Empty`].
    pub empty: u64,
    /// [`Malformed::Unaligned`].
    pub unaligned: u64,
    /// [`Malformed::Oversize`].
    pub oversize: u64,
    /// [`Malformed::MultipleTails`].
    pub multiple_tails: u64,
    /// [`Malformed::BeyondEnd`].
    pub beyond_end: u64,
    /// [`Malformed::TooMany`].
    pub too_many: u64,
}

impl Counters {
    pub(super) fn count_end(&mut self, why: End) {
        *match why {
            End::TimedOut => &mut self.timed_out,
            End::EvictedForBytes => &mut self.evicted_for_bytes,
            End::EvictedForNumber => &mut self.evicted_for_number,
            End::Unfinished => &mut self.unfinished,
        } += 1;
    }

    pub(super) fn count_taken(&mut self, taken: &Taken) {
        match taken {
            Taken::Duplicate { .. } => self.duplicates += 1,
            Taken::Overlap { role: Role::Overlap, .. } => self.overlaps += 1,
            Taken::Overlap { .. } | Taken::Discard => self.conflicts += 1,
            Taken::Refused(why) => self.count_malformed(*why),
            Taken::Stored => {}
        }
    }

    pub(super) fn count_malformed(&mut self, why: Malformed) {
        *match why {
            Malformed::Empty => &mut self.malformed.empty,
            Malformed::Unaligned => &mut self.malformed.unaligned,
            Malformed::Oversize => &mut self.malformed.oversize,
            Malformed::MultipleTails { .. } => &mut self.malformed.multiple_tails,
            Malformed::BeyondEnd { .. } => &mut self.malformed.beyond_end,
            Malformed::TooMany => &mut self.malformed.too_many,
        } += 1;
    }

    /// Datagrams that ended, for whatever reason.
    pub fn ended(&self) -> u64 {
        self.completed
            + self.cut
            + self.discarded
            + self.timed_out
            + self.evicted_for_bytes
            + self.evicted_for_number
            + self.unfinished
    }
}
