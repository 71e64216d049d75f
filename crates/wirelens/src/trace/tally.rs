//! What became of a capture's flows, in numbers.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use wirelens_flow::Counters;

use super::Tracing;
use crate::report::Warning;

/// What was read, what became of it, and what limits cost.
#[derive(Clone, Debug, Default)]
pub struct FlowTally {
    /// Frames read.
    pub frames: u64,
    /// Of flows.
    pub flows: Counters,
    /// What was wrong with the capture, and what limits cost.
    pub warnings: Vec<Warning>,
    /// It was ended before the end of the capture.
    pub interrupted: bool,
    /// The names that were looked up, by their addresses; see [`Trace::resolve`](crate::Trace::resolve).
    pub names: Vec<(IpAddr, Arc<str>)>,
}

impl FlowTally {
    pub(crate) fn of(tracing: &Tracing) -> FlowTally {
        let frames = tracing.frames();
        let stopped = frames.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed));
        FlowTally {
            frames: frames.frames_read(),
            flows: tracing.tracker().counters(),
            warnings: Vec::new(),
            interrupted: stopped,
            names: Vec::new(),
        }
    }

    /// The counters by name.
    pub fn counters(&self) -> [(&'static str, u64); 5] {
        let Counters { flows, frames, other_frames, lone_fragments, evicted, .. } = self.flows;
        [
            ("flows", flows),
            ("frames_of_flows", frames),
            ("other_frames", other_frames),
            ("lone_fragments", lone_fragments),
            ("evicted", evicted),
        ]
    }

    /// Adds what was wrong with the capture, and what limits cost.
    pub(crate) fn warn(&mut self, tracing: &mut Tracing, limits: &super::FlowLimits) {
        tracing.frames.take_warnings(&mut self.warnings);
        for (count, what, name, limit) in [
            (self.flows.evicted, "flows were given up for newer ones", "flows", limits.flows.flows),
            (
                self.flows.not_remembered,
                "segments give no round-trip times",
                "flows.under_way",
                limits.flows.under_way,
            ),
        ] {
            if count > 0 {
                let text = format!("{count} {what}: --limit {name}={limit} was reached");
                self.warnings.push(Warning { text, offset: None });
            }
        }
    }
}
