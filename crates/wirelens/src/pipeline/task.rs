//! A task: frames of one shard, from their bytes to text.

use std::sync::Arc;

use wirelens_dissect::{Agreement, Input, OwnedDissection, Packed, Session, Shard};
use wirelens_report::{Head, Line, Report, Summary};

use super::Times;

/// Frames of a round that belong to one shard, in their order, and what became of them.
#[derive(Default)]
pub(super) struct Task {
    pub(super) round: u64,
    pub(super) shard: usize,
    /// What other shards have agreed on before the first of these.
    pub(super) told: Vec<Agreement>,
    frames: Vec<Raw>,
    /// Their bytes, one behind the other.
    bytes: Vec<u8>,
    /// Dissections that are still to be printed; lent only while there are.
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
struct Raw {
    head: Head,
    nanoseconds: i64,
    link_type: u32,
    fcs: Option<u8>,
    /// Is it to be printed?
    wanted: bool,
    /// Where its bytes end.
    end: usize,
    /// As they were before it.
    times: Times,
}

/// Who works: with a session that remembers nothing itself, and a report.
pub(super) struct Worker<'r> {
    session: Session,
    report: &'r mut dyn Report,
    /// Where dissections of others are unpacked.
    place: OwnedDissection,
}

/// What of its memory a task keeps for the next ones: bytes of frames, bytes of text, frames.
const KEPT_BYTES: usize = 1 << 17;
const KEPT_TEXT: usize = 1 << 19;
const KEPT_FRAMES: usize = 1 << 9;

impl Task {
    /// Appends a frame. Gives how many there are.
    pub(super) fn add(
        &mut self,
        (input, head): (&Input<'_>, Head),
        wanted: bool,
        times: Times,
    ) -> usize {
        self.bytes.extend_from_slice(input.captured);
        self.frames.push(Raw {
            head,
            nanoseconds: input.nanoseconds,
            link_type: input.link_type,
            fcs: input.fcs,
            wanted,
            end: self.bytes.len(),
            times,
        });
        self.frames.len()
    }

    /// Makes it ready to be used again.
    pub(super) fn clear(&mut self) {
        self.told.clear();
        self.frames.clear();
        self.frames.shrink_to(KEPT_FRAMES);
        self.bytes.clear();
        self.bytes.shrink_to(KEPT_BYTES);
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
    pub(super) fn new(session: Session, report: &'r mut dyn Report) -> Worker<'r> {
        let place = OwnedDissection::empty(Arc::clone(session.registry()));
        Worker { session, report, place }
    }

    /// Dissects the frames of a task and prints them.
    pub(super) fn dissect(&mut self, task: &mut Task, shard: &mut Shard) {
        shard.agree(&task.told);
        let Task { line, ends, summary, .. } = task;
        for (raw, input) in inputs(&task.frames, &task.bytes) {
            let dissection = self.session.dissect_in(shard, input);
            if raw.wanted {
                summary.count(&raw.head, &dissection);
                self.report.resume(raw.times.first, raw.times.last);
                self.report.frame(line, &raw.head, &dissection);
            }
            ends.push(line.len());
        }
        task.agreed = shard.take_agreements();
    }

    /// Dissects the frames of a task, for others to print.
    pub(super) fn pack(&mut self, task: &mut Task, shard: &mut Shard) {
        shard.agree(&task.told);
        let packed = task.packed.get_or_insert_default();
        for (raw, input) in inputs(&task.frames, &task.bytes) {
            self.session.dissect_in(shard, input);
            if raw.wanted {
                self.session.pack(input.captured, packed);
            }
        }
        task.agreed = shard.take_agreements();
    }

    /// Prints what another has dissected.
    pub(super) fn print(&mut self, task: &mut Task) {
        let Task { line, ends, summary, packed, .. } = task;
        let mut frames = task.frames.iter();
        packed.get_or_insert_default().unpack(&mut self.place, |dissection| {
            // Those that are not wanted stand between them, with nothing to print.
            let passed = frames.as_slice().iter().take_while(|raw| !raw.wanted).count();
            ends.extend(std::iter::repeat_n(line.len(), passed));
            let Some(raw) = frames.nth(passed) else { return };
            summary.count(&raw.head, &dissection.lend());
            self.report.resume(raw.times.first, raw.times.last);
            self.report.frame(line, &raw.head, &dissection.lend());
            ends.push(line.len());
        });
        ends.extend(frames.map(|_| line.len()));
    }
}
