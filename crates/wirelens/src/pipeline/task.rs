//! A task: frames of one shard, from their bytes to text.

use wirelens_dissect::{Agreement, Input, Packed, Session, Shard};
use wirelens_report::{Head, Line, Report, Summary};

use super::Times;

/// Frames of a round that belong to one shard, in their order, and what became of them.
#[derive(Default)]
pub(super) struct Task {
    pub(super) round: u64,
    pub(super) shard: usize,
    /// What other shards have agreed on before the first of these.
    pub(super) told: Vec<Agreement>,
    pub(super) frames: Vec<Raw>,
    /// Their bytes, one behind the other.
    bytes: Vec<u8>,
    /// Dissections of those that are wanted, where others look at them.
    pub(super) packed: Option<Packed>,
    /// What is printed, and where each frame's part ends.
    pub(super) line: Line,
    pub(super) ends: Vec<usize>,
    /// What was counted in the frames that are printed.
    pub(super) summary: Summary,
    /// What the last frame has agreed on for other shards.
    pub(super) agreed: Vec<Agreement>,
}

/// A frame as it was read.
pub(super) struct Raw {
    pub(super) head: Head,
    nanoseconds: i64,
    pub(super) link_type: u32,
    fcs: Option<u8>,
    /// How many were lost before it.
    pub(super) lost: u64,
    /// Is it to be looked at?
    pub(super) wanted: bool,
    /// Where its bytes end.
    end: usize,
    /// As they were before it.
    times: Times,
}

/// Who works: with a session that remembers nothing itself, and perhaps a report.
pub(super) struct Worker<'r> {
    session: Session,
    report: Option<&'r mut dyn Report>,
}

/// What of its memory a task keeps for the next ones: bytes of frames, bytes of text, frames.
const KEPT_BYTES: usize = 1 << 19;
const KEPT_TEXT: usize = 1 << 19;
const KEPT_FRAMES: usize = 1 << 9;

impl Task {
    /// Appends a frame. Gives its place.
    pub(super) fn add(
        &mut self,
        (input, head, lost): (&Input<'_>, Head, u64),
        wanted: bool,
        times: Times,
    ) -> usize {
        let at = self.frames.len();
        self.bytes.extend_from_slice(input.captured);
        self.frames.push(Raw {
            head,
            nanoseconds: input.nanoseconds,
            link_type: input.link_type,
            fcs: input.fcs,
            lost,
            wanted,
            end: self.bytes.len(),
            times,
        });
        at
    }

    /// The bytes of one of its frames.
    #[inline]
    pub(super) fn bytes_of(&self, at: usize) -> &[u8] {
        let end = |at: usize| self.frames.get(at).map(|raw| raw.end);
        let from = at.checked_sub(1).and_then(end).unwrap_or(0);
        let to = end(at).unwrap_or(from);
        self.bytes.get(from..to).unwrap_or_default()
    }

    /// Makes it ready to be used again.
    pub(super) fn clear(&mut self) {
        self.told.clear();
        self.frames.clear();
        self.frames.shrink_to(KEPT_FRAMES);
        self.bytes.clear();
        self.bytes.shrink_to(KEPT_BYTES);
        if let Some(packed) = &mut self.packed {
            packed.clear();
        }
        self.line.clear();
        self.line.shrink_to(KEPT_TEXT);
        self.ends.clear();
        self.agreed.clear();
        self.summary = Summary::default();
    }
}

/// Frames as they are to be dissected, out of the bytes of all.
fn inputs<'t>(frames: &'t [Raw], bytes: &'t [u8]) -> impl Iterator<Item = (&'t Raw, Input<'t>)> {
    let mut from = 0;
    frames.iter().map(move |raw| {
        let captured = bytes.get(from..raw.end).unwrap_or_default();
        from = raw.end;
        let Raw { head, nanoseconds, link_type, fcs, .. } = *raw;
        let (number, length) = (head.number, head.length);
        (raw, Input { number, nanoseconds, link_type, captured, length, fcs })
    })
}

impl<'r> Worker<'r> {
    /// Somebody who dissects and prints.
    pub(super) fn printing(session: Session, report: &'r mut dyn Report) -> Worker<'r> {
        Worker { session, report: Some(report) }
    }

    /// Somebody who only dissects.
    pub(super) fn packing(session: Session) -> Worker<'r> {
        Worker { session, report: None }
    }

    pub(super) fn prints(&self) -> bool {
        self.report.is_some()
    }

    /// Dissects the frames of a task and prints them.
    pub(super) fn dissect(&mut self, task: &mut Task, shard: &mut Shard) {
        let Some(report) = &mut self.report else { return };
        shard.agree(&task.told);
        let Task { line, ends, summary, .. } = task;
        for (raw, input) in inputs(&task.frames, &task.bytes) {
            let dissection = self.session.dissect_in(shard, input);
            if raw.wanted {
                summary.count(&raw.head, &dissection);
                report.resume(raw.times.first, raw.times.last);
                report.frame(line, &raw.head, &dissection);
            }
            ends.push(line.len());
        }
        task.agreed = shard.take_agreements();
    }

    /// Dissects the frames of a task, for others to look at.
    pub(super) fn pack(&mut self, task: &mut Task, shard: &mut Shard) {
        shard.agree(&task.told);
        let packed = task.packed.get_or_insert_default();
        for (raw, input) in inputs(&task.frames, &task.bytes) {
            self.session.dissect_in(shard, input);
            if raw.wanted {
                self.session.pack(packed);
            }
        }
        task.agreed = shard.take_agreements();
    }

    /// Prints what another has dissected.
    pub(super) fn print(&mut self, task: &mut Task) {
        let Task { line, ends, summary, packed, .. } = task;
        let (Some(report), Some(packed)) = (&mut self.report, packed) else { return };
        for (raw, input) in inputs(&task.frames, &task.bytes) {
            if raw.wanted && self.session.unpack(packed) {
                let dissection = self.session.dissected(input.captured);
                summary.count(&raw.head, &dissection);
                report.resume(raw.times.first, raw.times.last);
                report.frame(line, &raw.head, &dissection);
            }
            ends.push(line.len());
        }
    }
}
