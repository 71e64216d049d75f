//! What became of a capture, in numbers.

use std::sync::atomic::Ordering;

use wirelens_reassembly::{datagram, stream};

use super::gather::Gather;
use super::{Limits, Reassembly};
use crate::report::Warning;

/// What was read, what became of it, and what limits cost.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Frames read.
    pub frames: u64,
    /// Records that are complete.
    pub complete: u64,
    /// Records that are not. Where only complete ones are given, these are left out.
    pub incomplete: u64,
    /// Records cut because all together may keep no more ([`Limits::kept`]).
    pub cut_for_memory: u64,
    /// Records whose lists are cut because each may list no more ([`Limits::listed`]).
    pub cut_for_listed: u64,
    /// Of fragments and datagrams.
    pub datagrams: datagram::Counters,
    /// Of segments and connections.
    pub streams: stream::Counters,
    /// What was wrong with the capture, and what limits cost.
    pub warnings: Vec<Warning>,
    /// It was ended before the end of the capture.
    pub interrupted: bool,
}

impl Tally {
    pub(super) fn of(reassembly: &Reassembly) -> Tally {
        let (datagrams, streams) = reassembly.counters();
        let frames = reassembly.frames();
        let stopped = frames.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed));
        Tally {
            frames: frames.frames_read(),
            datagrams,
            streams,
            interrupted: stopped,
            ..Tally::default()
        }
    }

    pub(super) fn count(&mut self, gather: &Gather) {
        self.complete = gather.counts.complete;
        self.incomplete = gather.counts.incomplete;
        self.cut_for_memory = gather.cut.memory;
        self.cut_for_listed = gather.cut.listed;
    }

    /// All counters by name: those of datagrams, then those of streams.
    pub fn counters(&self) -> [(&'static str, Vec<(&'static str, u64)>); 2] {
        macro_rules! named {
            ($of:expr; $($field:ident)*) => { vec![$((stringify!($field), $of.$field)),*] };
        }
        let mut datagrams = named!(self.datagrams; fragments whole started completed cut discarded
            timed_out evicted_for_bytes evicted_for_number unfinished duplicates overlaps conflicts
            late dropped);
        datagrams.extend(named!(self.datagrams.malformed; empty unaligned oversize multiple_tails
            beyond_end too_many));
        let streams = named!(self.streams; segments connections delivered gaps missing late
            retransmitted conflicts duplicates before_start strays after_end resets_ignored
            fins_ignored acknowledgments_ignored forced_stream forced_total evicted_connections
            evicted_bytes evicted_idle forgotten);
        [("datagrams", datagrams), ("streams", streams)]
    }

    /// Adds what was wrong with the capture, and what limits cost.
    pub(super) fn warn(&mut self, reassembly: &mut Reassembly, limits: &Limits) {
        reassembly.frames_mut().take_warnings(&mut self.warnings);
        let (datagrams, streams) = (self.datagrams, self.streams);
        for (count, what, name, limit) in [
            (
                datagrams.evicted_for_bytes,
                "datagrams were given up",
                "ip.memory",
                limits.datagrams.bytes,
            ),
            (
                datagrams.evicted_for_number,
                "datagrams were given up",
                "ip.datagrams",
                limits.datagrams.datagrams,
            ),
            (
                datagrams.malformed.too_many,
                "fragments were refused",
                "ip.fragments",
                limits.datagrams.fragments,
            ),
            (
                streams.evicted_connections,
                "connections were given up for newer ones",
                "tcp.connections",
                limits.streams.connections,
            ),
            (
                streams.evicted_bytes,
                "connections were given up for newer ones",
                "tcp.memory",
                limits.streams.total_bytes,
            ),
            (
                streams.forced_stream,
                "times segments stopped waiting",
                "tcp.stream_memory",
                limits.streams.stream_bytes,
            ),
            (
                streams.forced_total,
                "times segments stopped waiting",
                "tcp.memory",
                limits.streams.total_bytes,
            ),
            (self.cut_for_memory, "records are cut", "records.memory", limits.kept),
            (self.cut_for_listed, "records are cut", "records.listed", limits.listed),
        ] {
            if count > 0 {
                let text = format!("{count} {what}: --limit {name}={limit} was reached");
                self.warnings.push(Warning { text, offset: None });
            }
        }
    }
}
