//! The desk, where frames are read, shared out, and stored when they come back.

use std::collections::VecDeque;
use std::io::IoSlice;

use wirelens_dissect::{Agreement, reaches_others};
use wirelens_report::Summary;

use super::Times;
use super::floor::Floor;
use super::task::{Task, Worker};
use crate::frames::{Frames, Step};
use crate::{Error, Output};

/// The most frames of a round, and of one shard's in it, and bytes of them.
const FRAMES: usize = 512;
const FRAMES_OF_SHARD: usize = 256;
const BYTES: usize = 256 << 10;
/// Tasks kept to be used again.
const SPARES: usize = 48;
/// What is not stored yet: enough that nobody waits for others to end a round.
const ENOUGH: Load = Load { frames: 6 * FRAMES, bytes: 6 * BYTES, rounds: 6 };

/// Who reads, shares out and stores.
pub(super) struct Desk<'d> {
    floor: &'d Floor,
    /// For times when there is nothing to read for.
    own: Worker<'d>,
    times: Times,
    output: &'d mut Output,
    summary: &'d mut Summary,
    count: &'d mut dyn FnMut(u64),
    /// The rounds that are not stored, in their order.
    rounds: VecDeque<Round>,
    /// The number of the next one.
    next: u64,
    /// What each shard is to be told before its next frame.
    told: Vec<Vec<Agreement>>,
    finished: Vec<Task>,
    /// To be used again.
    spare_tasks: Vec<Task>,
    spare_rounds: Vec<Round>,
}

/// Frames that were read one after the other.
#[derive(Default)]
struct Round {
    number: u64,
    /// The shard of each.
    order: Vec<u8>,
    /// Of each shard: what became of its frames.
    tasks: Vec<Option<Task>>,
    /// Tasks that are not finished.
    left: usize,
    /// Bytes of its frames.
    bytes: usize,
}

/// Rounds that are not stored, and what is in them.
#[derive(Clone, Copy, Default)]
struct Load {
    frames: usize,
    bytes: usize,
    rounds: usize,
}

/// Why a round was ended.
enum Ended {
    Full,
    /// Its last frame may have agreed on something for other shards.
    Agrees,
    /// The next frame has to be waited for.
    Waits,
    /// There are no more.
    Over(Result<(), Error>),
}

impl<'d> Desk<'d> {
    pub(super) fn new(
        floor: &'d Floor,
        own: Worker<'d>,
        times: Times,
        output: &'d mut Output,
        summary: &'d mut Summary,
        count: &'d mut dyn FnMut(u64),
    ) -> Desk<'d> {
        Desk {
            floor,
            own,
            times,
            output,
            summary,
            count,
            rounds: VecDeque::new(),
            next: 0,
            told: (0..floor.shards()).map(|_| Vec::new()).collect(),
            finished: Vec::new(),
            spare_tasks: Vec::new(),
            spare_rounds: Vec::new(),
        }
    }

    /// Works until there are no more frames.
    pub(super) fn run(&mut self, frames: &mut Frames) -> Result<(), Error> {
        loop {
            let ended = self.read_round(frames);
            match ended {
                Ended::Full => self.store_down_to(ENOUGH)?,
                Ended::Agrees => self.pass_on()?,
                Ended::Waits => {
                    self.store_down_to(Load::default())?;
                    self.output.flush()?;
                }
                Ended::Over(ended) => return self.store_down_to(Load::default()).and(ended),
            }
        }
    }

    /// Reads a round and puts it up.
    fn read_round(&mut self, frames: &mut Frames) -> Ended {
        let mut round = self.spare_rounds.pop().unwrap_or_default();
        round.number = self.next;
        round.tasks.resize_with(self.told.len(), || None);
        self.next += 1;
        let waits = frames.capture().may_wait();
        let mut most = 0;
        let ended = loop {
            if round.order.len() >= FRAMES || most >= FRAMES_OF_SHARD || round.bytes >= BYTES {
                break Ended::Full;
            }
            let wanted = match frames.read() {
                Ok(Step::Frame { wanted }) => wanted,
                Ok(Step::Pause) => break Ended::Waits,
                Ok(Step::End) => break Ended::Over(Ok(())),
                Err(error) => break Ended::Over(Err(error)),
            };
            let (input, head) = frames.current_input();
            let shard = frames.session.shard_of(&input);
            round.bytes += input.captured.len();
            let task = round.tasks[shard].get_or_insert_with(|| {
                let mut task = self.spare_tasks.pop().unwrap_or_default();
                (task.round, task.shard) = (round.number, shard);
                std::mem::swap(&mut task.told, &mut self.told[shard]);
                task
            });
            most = most.max(task.add((&input, head), wanted, self.times));
            if wanted {
                self.times.note(&head);
            }
            round.order.push(shard as u8);
            if self.told.len() > 1 && reaches_others(&input) {
                break Ended::Agrees;
            }
            if waits && !frames.capture().is_ahead() {
                break Ended::Waits;
            }
        };
        let tasks = round.tasks.iter_mut().filter_map(Option::take);
        let mut left = 0;
        self.floor.give(tasks.inspect(|_| left += 1));
        round.left = left;
        self.rounds.push_back(round);
        ended
    }

    /// Waits for the last frame that was read, and has all shards told what it agreed on.
    fn pass_on(&mut self) -> Result<(), Error> {
        let from =
            self.rounds.back().and_then(|round| round.order.last()).map(|it| usize::from(*it));
        let is_done = |desk: &Desk<'_>| {
            let round = desk.rounds.back();
            round.zip(from).is_none_or(|(round, from)| round.tasks[from].is_some())
        };
        self.collect();
        while !is_done(self) {
            self.go_on(from);
        }
        let round = self.rounds.back_mut();
        let task = round.zip(from).and_then(|(round, from)| round.tasks[from].as_mut());
        if let Some(task) = task {
            let others = self.told.iter_mut().enumerate().filter(|(at, _)| *at != task.shard);
            for (_, told) in others {
                told.extend(task.agreed.iter().map(Agreement::again));
            }
        }
        self.store_down_to(ENOUGH)
    }

    /// Stores rounds until no more than that is left.
    fn store_down_to(&mut self, most: Load) -> Result<(), Error> {
        self.collect();
        loop {
            while self.rounds.front().is_some_and(|round| round.left == 0) {
                self.store_first()?;
            }
            let frames: usize = self.rounds.iter().map(|round| round.order.len()).sum();
            let bytes: usize = self.rounds.iter().map(|round| round.bytes).sum();
            let fits = frames <= most.frames && bytes <= most.bytes;
            if fits && self.rounds.len() <= most.rounds {
                return Ok(());
            }
            self.go_on(None);
        }
    }

    /// Works on a task, of this shard rather than others, or waits for others who do.
    fn go_on(&mut self, first: Option<usize>) {
        if !self.floor.help(&mut self.own, first) {
            self.floor.wait();
        }
        self.collect();
    }

    /// Puts what was finished where it belongs.
    fn collect(&mut self) {
        self.floor.collect(&mut self.finished);
        for task in self.finished.drain(..) {
            let Some(first) = self.rounds.front().map(|round| round.number) else { continue };
            let Some(round) = self.rounds.get_mut((task.round - first) as usize) else { continue };
            round.left -= 1;
            let at = task.shard;
            round.tasks[at] = Some(task);
        }
    }

    /// Stores the first round, which is finished.
    fn store_first(&mut self) -> Result<(), Error> {
        let Some(mut round) = self.rounds.pop_front() else { return Ok(()) };
        for task in round.tasks.iter_mut().flatten() {
            self.summary.add(std::mem::take(&mut task.summary));
        }
        (self.count)(round.order.len() as u64);
        let stored = self.output.write_parts(&mut round.parts(), self.summary);
        for mut task in round.tasks.iter_mut().filter_map(Option::take) {
            if self.spare_tasks.len() < SPARES {
                task.clear();
                self.spare_tasks.push(task);
            }
        }
        round.order.clear();
        round.bytes = 0;
        self.spare_rounds.push(round);
        stored
    }
}

impl Round {
    /// What was printed, in the order of its frames.
    fn parts(&self) -> Vec<IoSlice<'_>> {
        let mut parts = Vec::with_capacity(self.order.len());
        // Of each shard: which frame is next, and where it begins.
        let mut places = vec![(0, 0); self.tasks.len()];
        let mut order = self.order.iter().copied().peekable();
        while let Some(shard) = order.next() {
            let mut frames = 1;
            while order.next_if_eq(&shard).is_some() {
                frames += 1;
            }
            let (frame, from) = &mut places[usize::from(shard)];
            let Some(task) = &self.tasks[usize::from(shard)] else { continue };
            *frame += frames;
            let end = task.ends.get(*frame - 1).copied().unwrap_or(*from);
            let part = task.line.written().get(*from..end).unwrap_or_default();
            *from = end;
            if !part.is_empty() {
                parts.push(IoSlice::new(part));
            }
        }
        parts
    }
}
