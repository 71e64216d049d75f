//! Printed by several threads.

use std::io::IoSlice;
use std::thread;

use wirelens_report::{Format, Head, Options, Report, Summary};

use super::desk::{Desk, Next, Pace, Round};
use super::floor::Floor;
use super::task::Worker;
use super::{Threads, Times};
use crate::frames::Frames;
use crate::{Error, Output};

/// A part is stored as soon as it is there, so there is no need for a lead.
const PACE: Pace = Pace { frames: 512, of_shard: 256, bytes: 256 << 10, rounds: 6, lead: 0 };

/// Those who dissect and print.
pub(crate) struct Crew {
    /// One for each thread besides the one that reads.
    reports: Vec<Box<dyn Report>>,
    /// Bytes to be read before they begin.
    after: u64,
    /// The first and the last time that a frame had.
    times: Times,
}

impl Crew {
    /// So many threads, as [`Extract::threads`](crate::Extract::threads) has it.
    pub(crate) fn new(threads: usize, format: Format, options: Options) -> Crew {
        let Some(Threads { others, after }) = Threads::new(threads) else { return Crew::none() };
        let reports = (0..others).map(|_| format.report(options.clone())).collect();
        Crew { reports, after, times: Times::default() }
    }

    /// Nobody: each frame is looked at where it is read.
    pub(crate) fn none() -> Crew {
        Crew { reports: Vec::new(), after: 0, times: Times::default() }
    }

    /// A frame was printed without the crew.
    #[inline]
    pub(crate) fn note(&mut self, head: &Head) {
        self.times.note(head);
    }

    /// Is there more than one thread, and enough to read for it?
    #[inline]
    pub(crate) fn is_worth_it(&self, frames: &Frames) -> bool {
        !self.reports.is_empty() && frames.capture().position() >= self.after
    }

    /// Prints the frames that follow. One was printed before.
    ///
    /// # Errors
    /// When reading fails, after what was read has been stored, or when storing fails.
    pub(crate) fn print(
        &mut self,
        frames: &mut Frames,
        report: &mut dyn Report,
        output: &mut Output,
        summary: &mut Summary,
        count: &mut dyn FnMut(u64),
    ) -> Result<(), Error> {
        let floor = Floor::new(frames.session.take_shards());
        let ended = thread::scope(|scope| {
            // However this ends, those who wait are let go.
            let _closing = floor.closing();
            for report in &mut self.reports {
                let (floor, session) = (&floor, frames.session.another());
                let mut worker = Worker::printing(session, &mut **report);
                scope.spawn(move || floor.work(&mut worker));
            }
            let mut own = Worker::printing(frames.session.another(), report);
            let mut desk = Desk::new(floor.shards(), PACE, self.times);
            loop {
                match desk.next(frames, &floor, &mut own) {
                    Next::Round(mut round) => {
                        let stored = round.store(output, summary, count);
                        desk.take_back(round, &floor);
                        stored?;
                    }
                    Next::Dry => output.flush()?,
                    Next::Over(ended) => break ended,
                }
            }
        });
        frames.session.put_shards(floor.take_shards());
        ended
    }
}

impl Round {
    /// Stores what was printed.
    fn store(
        &mut self,
        output: &mut Output,
        summary: &mut Summary,
        count: &mut dyn FnMut(u64),
    ) -> Result<(), Error> {
        for task in self.tasks.iter_mut().flatten() {
            summary.add(std::mem::take(&mut task.summary));
        }
        count(self.order.len() as u64);
        output.write_parts(&mut self.parts(), summary)
    }

    /// What was printed, in the order of its frames.
    fn parts(&self) -> Vec<IoSlice<'_>> {
        let mut parts = Vec::with_capacity(self.order.len());
        // Of each shard: which sheet is next, and which of its frames.
        let mut places = vec![(0, 0); self.tasks.len()];
        let mut order = self.order.iter().map(|place| place.shard).peekable();
        while let Some(shard) = order.next() {
            let mut frames = 1;
            while order.next_if_eq(&shard).is_some() {
                frames += 1;
            }
            let (number, frame) = &mut places[usize::from(shard)];
            let Some(task) = &self.tasks[usize::from(shard)] else { continue };
            while frames > 0
                && let Some(sheet) = task.sheets.get(*number)
            {
                let (part, count) = sheet.part(*frame, frames);
                if !part.is_empty() {
                    parts.push(IoSlice::new(part));
                }
                frames -= count;
                *frame += count;
                if *frame == sheet.ends.len() {
                    (*number, *frame) = (*number + 1, 0);
                }
            }
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::many_flows;
    use super::*;
    use crate::Each;

    /// More text at a time than sheets are kept for, so that some are made anew and some given back.
    #[test]
    fn what_several_print_is_what_one_prints() {
        let file = many_flows(30_000);
        let printed = |threads, range: &str| {
            let extract = crate::extract(file.path()).threads(threads);
            let extract = extract.range(range.parse().expect("a range"));
            let mut output = Output::memory();
            let mut frames = extract.frames().expect("a capture");
            let each = Each::Count(&mut |_| {});
            frames
                .write(crate::Format::Ndjson, Options::default(), &mut output, each)
                .expect("written");
            output.into_bytes()
        };
        for range in ["1-", "1-7,300-301,900-1700,15000-"] {
            let alone = printed(1, range);
            assert!(alone.len() > 5_000_000, "{}", alone.len());
            for threads in [2, 3, 8] {
                assert!(printed(threads, range) == alone, "{threads} threads, {range}");
            }
        }
    }
}
