//! Reports by several threads.
//!
//! One thread reads. It cuts what it reads into rounds, shares each round's frames out by the
//! shards they belong to, and stores what became of the rounds in their order. Whoever is free,
//! the reading thread too where it has nothing to read for, takes the next frames of a shard that
//! nobody works on, with all that is remembered of that shard, and dissects and prints them. So
//! frames of a shard are dissected in their order, as by one thread, and the bytes are the same.
//!
//! Where one shard has nearly all frames, dissections are handed on to be printed by others.
//!
//! What one dialogue agrees on for flows of other shards is said by frames that tell so themselves
//! ([`reaches_others`]): such a frame ends its round, nothing is read on before it has been
//! dissected, and what it agreed on stands before the next frames of every shard.

mod desk;
mod floor;
mod task;

use std::thread;

use wirelens_report::{Format, Head, Options, Report, Summary};

use crate::frames::Frames;
use crate::{Error, Output};

use desk::Desk;
use floor::Floor;
use task::Worker;

/// Bytes of a capture below which threads cost more than they save.
const WORTH_IT: u64 = 4 << 20;

/// Those who dissect and print.
pub(crate) struct Crew {
    /// One for each thread besides the one that reads.
    reports: Vec<Box<dyn Report>>,
    /// Bytes to be read before they begin.
    after: u64,
    /// The first and the last time that a frame had.
    times: Times,
}

/// The times of the first frame and of the last, as far as they had any.
#[derive(Clone, Copy, Default)]
pub(crate) struct Times {
    pub(crate) first: Option<(i64, u32)>,
    pub(crate) last: Option<(i64, u32)>,
}

impl Times {
    pub(crate) fn note(&mut self, head: &Head) {
        self.first = self.first.or(head.time);
        self.last = head.time.or(self.last);
    }
}

impl Crew {
    /// So many threads, as [`Extract::threads`](crate::Extract::threads) has it.
    pub(crate) fn new(threads: usize, format: Format, options: Options) -> Crew {
        let (threads, after) = match threads {
            0 => (thread::available_parallelism().map_or(1, usize::from), WORTH_IT),
            threads => (threads, 0),
        };
        let reports = (1..threads).map(|_| format.report(options.clone())).collect();
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
                let mut worker = Worker::new(session, &mut **report);
                scope.spawn(move || floor.work(&mut worker));
            }
            let own = Worker::new(frames.session.another(), report);
            Desk::new(&floor, own, self.times, output, summary, count).run(frames)
        });
        frames.session.put_shards(floor.into_shards());
        ended
    }
}
