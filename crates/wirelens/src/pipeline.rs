//! Reports printed by several threads.
//!
//! What a frame is depends on those before it, so one thread reads and dissects; what it looks like
//! does not, and printing takes the larger part. Dissections are handed to the crew in batches, and
//! what it made of them is stored in their order: the bytes are those of one thread. Where the crew
//! falls behind, the dissecting thread prints too, so no more than a few batches wait.

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use wirelens_dissect::{OwnedDissection, Packed};
use wirelens_report::{Format, Head, Line, Options, Report, Summary};

use crate::frames::{Frames, Turn};
use crate::write::Each;
use crate::{Error, Output};

/// The most frames of a batch.
const FRAMES: usize = 128;
/// A batch is handed over with about so many bytes of frames and what was found in them.
const BYTES: usize = 256 << 10;
/// Bytes of a capture below which threads cost more than they save.
const WORTH_IT: u64 = 4 << 20;

/// Those who print.
pub(crate) struct Crew {
    /// One for each thread besides the one that dissects.
    reports: Vec<Box<dyn Report>>,
    /// Bytes to be read before they begin.
    after: u64,
    /// The first and the last time that a frame had.
    times: Times,
}

#[derive(Clone, Copy, Default)]
struct Times {
    first: Option<(i64, u32)>,
    last: Option<(i64, u32)>,
}

impl Times {
    fn note(&mut self, head: &Head) {
        self.first = self.first.or(head.time);
        self.last = head.time.or(self.last);
    }
}

/// Frames in a row, from dissection to text.
#[derive(Default)]
struct Batch {
    heads: Vec<Head>,
    dissections: Packed,
    /// As they were before the first of these.
    times: Times,
    line: Line,
    /// What was counted up to the last of these.
    counted: Summary,
    number: u64,
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
        each: Each<'_>,
    ) -> Result<(), Error> {
        let batches = 2 * self.reports.len() + 2;
        let (to_print, prints) = bounded::<Batch>(batches);
        let (to_store, printed) = bounded::<thread::Result<Batch>>(batches);
        thread::scope(|scope| {
            let registry = frames.session().registry();
            for report in &mut self.reports {
                let (prints, to_store) = (prints.clone(), to_store.clone());
                let place = OwnedDissection::empty(Arc::clone(registry));
                scope.spawn(move || work(&mut **report, place, &prints, &to_store));
            }
            drop(to_store);
            let free = (0..batches).map(|_| Batch::default()).collect();
            let place = OwnedDissection::empty(Arc::clone(registry));
            let mut desk = Desk {
                to_print,
                prints,
                printed,
                report,
                place,
                free,
                given: 0,
                stored: 0,
                ready: VecDeque::with_capacity(batches),
                output,
            };
            desk.run(frames, &mut self.times, summary, each)
        })
    }
}

/// Prints batches until there are no more.
fn work(
    report: &mut dyn Report,
    mut place: OwnedDissection,
    prints: &Receiver<Batch>,
    to_store: &Sender<Result<Batch, Box<dyn Any + Send>>>,
) {
    for mut batch in prints {
        // One that does not come back would be waited for.
        let printed = catch_unwind(AssertUnwindSafe(|| {
            batch.print(report, &mut place);
            batch
        }));
        if to_store.send(printed).is_err() {
            return;
        }
    }
}

impl Batch {
    fn is_full(&self) -> bool {
        self.heads.len() >= FRAMES || self.dissections.size() >= BYTES
    }

    fn print(&mut self, report: &mut dyn Report, place: &mut OwnedDissection) {
        report.resume(self.times.first, self.times.last);
        let mut heads = self.heads.iter();
        self.dissections.unpack(place, |dissection| {
            if let Some(head) = heads.next() {
                report.frame(&mut self.line, head, &dissection.lend());
            }
        });
    }
}

/// Where batches are given out and come back.
struct Desk<'p> {
    to_print: Sender<Batch>,
    prints: Receiver<Batch>,
    printed: Receiver<thread::Result<Batch>>,
    report: &'p mut dyn Report,
    place: OwnedDissection,
    free: Vec<Batch>,
    /// How many were given out, and how many of them were stored.
    given: u64,
    stored: u64,
    /// Those that follow the last one that was stored, as far as they have come back.
    ready: VecDeque<Option<Batch>>,
    output: &'p mut Output,
}

impl Desk<'_> {
    fn run(
        &mut self,
        frames: &mut Frames,
        times: &mut Times,
        summary: &mut Summary,
        each: Each<'_>,
    ) -> Result<(), Error> {
        loop {
            let mut batch = self.free_one()?;
            batch.times = *times;
            let mut ended = None;
            let mut waits = false;
            while !waits && !batch.is_full() {
                match frames.turn() {
                    Ok(Turn::Frame) => {}
                    Ok(Turn::Pause) => {
                        waits = true;
                        break;
                    }
                    Ok(Turn::End) => ended = Some(Ok(())),
                    Err(error) => ended = Some(Err(error)),
                }
                if ended.is_some() {
                    break;
                }
                let frame = frames.current();
                let head = *frame.head();
                summary.count(&head, &frame.dissection());
                times.note(&head);
                each(&frame);
                batch.heads.push(head);
                frames.pack(&mut batch.dissections);
                waits = frames.may_wait();
            }
            batch.counted.clone_from(summary);
            self.give(batch);
            if waits || ended.is_some() {
                self.store_all()?;
            }
            match ended {
                Some(ended) => return ended,
                None if waits => self.output.flush()?,
                None => {}
            }
        }
    }

    fn give(&mut self, mut batch: Batch) {
        batch.number = self.given;
        self.given += 1;
        // There is room for all batches, and this end keeps the other one open.
        let _ = self.to_print.send(batch);
    }

    /// One to be filled. Where there is none, prints.
    fn free_one(&mut self) -> Result<Batch, Error> {
        loop {
            while let Ok(printed) = self.printed.try_recv() {
                self.take(printed);
            }
            self.store_ready()?;
            match self.free.pop() {
                Some(batch) => return Ok(batch),
                None => self.go_on(),
            }
        }
    }

    fn store_all(&mut self) -> Result<(), Error> {
        while self.stored < self.given {
            self.go_on();
            self.store_ready()?;
        }
        Ok(())
    }

    /// Prints one, or waits for one that another prints.
    fn go_on(&mut self) {
        if let Ok(mut batch) = self.prints.try_recv() {
            batch.print(self.report, &mut self.place);
            self.take(Ok(batch));
        } else if let Ok(printed) = self.printed.recv() {
            self.take(printed);
        }
    }

    fn take(&mut self, printed: thread::Result<Batch>) {
        let batch = printed.unwrap_or_else(|panic| resume_unwind(panic));
        let at = (batch.number - self.stored) as usize;
        if self.ready.len() <= at {
            self.ready.resize_with(at + 1, || None);
        }
        self.ready[at] = Some(batch);
    }

    /// Stores those that are next.
    fn store_ready(&mut self) -> Result<(), Error> {
        while let Some(mut batch) = self.ready.front_mut().and_then(Option::take) {
            self.ready.pop_front();
            self.stored += 1;
            let stored = self.output.write(batch.line.written(), &batch.counted);
            batch.line.clear();
            batch.heads.clear();
            batch.dissections.clear();
            self.free.push(batch);
            stored?;
        }
        Ok(())
    }
}
