//! A task: frames of one shard, from their bytes to text.

use std::sync::Arc;

use wirelens_dissect::{Agreement, Dissection, Input, Packed, Session, Shard};
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
    /// The bytes of all frames of the round, one behind the other.
    pub(super) bytes: Arc<Vec<u8>>,
    /// Dissections of those that are wanted, where others look at them.
    pub(super) packed: Option<Packed>,
    /// What is printed.
    pub(super) sheets: Vec<Sheet>,
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
    /// Where its bytes are among those of the round.
    at: (usize, usize),
    /// As they were before it.
    times: Times,
}

/// Who works: with a session that remembers nothing itself, and perhaps a report.
pub(super) struct Worker<'r> {
    session: Session,
    report: Option<&'r mut dyn Report>,
}

/// What is printed of frames that follow each other in a task. Sheets are of one size, so that
/// whoever prints next can use any of them.
pub(super) struct Sheet {
    pub(super) line: Line,
    /// Where each frame's part ends.
    pub(super) ends: Vec<usize>,
}

/// Bytes that a sheet has room for, and how many of them make it full: a frame seldom has more than
/// the difference.
const SHEET: usize = 1 << 15;
const FULL: usize = SHEET - (1 << 13);

impl Default for Sheet {
    fn default() -> Sheet {
        Sheet { line: Line::with_room(SHEET), ends: Vec::new() }
    }
}

impl Sheet {
    /// What was printed of its frames from `first` on, `most` at most, and how many those are.
    pub(super) fn part(&self, first: usize, most: usize) -> (&[u8], usize) {
        let end = |frames: usize| match frames.checked_sub(1) {
            Some(last) => self.ends.get(last).copied().unwrap_or(0),
            None => 0,
        };
        let count = most.min(self.ends.len().saturating_sub(first));
        (self.line.written().get(end(first)..end(first + count)).unwrap_or_default(), count)
    }

    /// Makes it ready to be used again.
    pub(super) fn clear(&mut self) {
        self.line.clear();
        self.line.shrink_to(SHEET);
        self.ends.clear();
    }
}

impl Task {
    /// Appends a frame, whose bytes go behind those of the round. Gives its place.
    pub(super) fn add(
        &mut self,
        (input, head, lost): (&Input<'_>, Head, u64),
        (wanted, times): (bool, Times),
        bytes: &mut Vec<u8>,
    ) -> usize {
        let at = self.frames.len();
        let from = bytes.len();
        bytes.extend_from_slice(input.captured);
        self.frames.push(Raw {
            head,
            nanoseconds: input.nanoseconds,
            link_type: input.link_type,
            fcs: input.fcs,
            lost,
            wanted,
            at: (from, bytes.len()),
            times,
        });
        at
    }

    /// The bytes of one of its frames.
    #[inline]
    pub(super) fn bytes_of(&self, at: usize) -> &[u8] {
        self.frames.get(at).map_or(&[], |raw| raw.bytes(&self.bytes))
    }

    /// Makes it ready to be used again. What was printed is taken out before.
    pub(super) fn clear(&mut self) {
        self.told.clear();
        self.frames.clear();
        self.bytes = Arc::default();
        if let Some(packed) = &mut self.packed {
            packed.clear();
        }
        self.agreed.clear();
        self.summary = Summary::default();
    }
}

impl Raw {
    /// Its bytes among those of its round.
    #[inline]
    fn bytes<'b>(&self, round: &'b [u8]) -> &'b [u8] {
        round.get(self.at.0..self.at.1).unwrap_or_default()
    }
}

/// Frames as they are to be dissected, out of the bytes of all.
fn inputs<'t>(frames: &'t [Raw], bytes: &'t [u8]) -> impl Iterator<Item = (&'t Raw, Input<'t>)> {
    frames.iter().map(|raw| {
        let captured = raw.bytes(bytes);
        let Raw { head, nanoseconds, link_type, fcs, .. } = *raw;
        let (number, length) = (head.number, head.length);
        (raw, Input { number, nanoseconds, link_type, captured, length, fcs })
    })
}

/// Gives a sheet that is empty.
pub(super) type Blank<'b> = &'b mut dyn FnMut() -> Sheet;

/// A task being printed.
struct Printing<'p, 'r> {
    report: &'p mut (dyn Report + 'r),
    summary: &'p mut Summary,
    /// The last one has room.
    sheets: &'p mut Vec<Sheet>,
    blank: Blank<'p>,
}

impl Printing<'_, '_> {
    /// Prints the next frame, or nothing where it is not wanted.
    #[inline]
    fn frame(&mut self, raw: &Raw, wanted: Option<Dissection<'_>>) {
        if self.sheets.last().is_none_or(|sheet| sheet.line.len() > FULL) {
            self.sheets.push((self.blank)());
        }
        let Some(Sheet { line, ends }) = self.sheets.last_mut() else { return };
        if let Some(dissection) = wanted {
            self.summary.count(&raw.head, &dissection);
            self.report.resume(raw.times.first, raw.times.last);
            self.report.frame(line, &raw.head, &dissection);
        }
        ends.push(line.len());
    }
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
    pub(super) fn dissect(&mut self, task: &mut Task, shard: &mut Shard, blank: Blank<'_>) {
        let Some(report) = &mut self.report else { return };
        shard.agree(&task.told);
        let Task { sheets, summary, .. } = task;
        let mut printing = Printing { report: &mut **report, summary, sheets, blank };
        for (raw, input) in inputs(&task.frames, &task.bytes) {
            let dissection = self.session.dissect_in(shard, input);
            printing.frame(raw, raw.wanted.then_some(dissection));
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
    pub(super) fn print(&mut self, task: &mut Task, blank: Blank<'_>) {
        let Task { sheets, summary, packed, .. } = task;
        let (Some(report), Some(packed)) = (&mut self.report, packed) else { return };
        let mut printing = Printing { report: &mut **report, summary, sheets, blank };
        for (raw, input) in inputs(&task.frames, &task.bytes) {
            let wanted = raw.wanted && self.session.unpack(packed);
            printing.frame(raw, wanted.then(|| self.session.dissected(input.captured)));
        }
    }
}
