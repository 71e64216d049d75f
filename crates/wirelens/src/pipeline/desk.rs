//! The desk, where frames are read, shared out, and handed back in their order.

use std::collections::VecDeque;
use std::sync::Arc;

use wirelens_dissect::{Agreement, reaches_others};

use super::Times;
use super::floor::Floor;
use super::task::{Sheet, Task, Worker};
use crate::Error;
use crate::frames::{Frames, Step};

/// Tasks kept to be used again.
const SPARES: usize = 48;

/// How much is read at a time, and ahead.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    /// The most frames of a round.
    pub(super) frames: usize,
    /// Of those, of one shard.
    pub(super) of_shard: usize,
    /// The most bytes of a round, but for its last frame.
    pub(super) bytes: usize,
    /// Rounds that are not handed back yet, as full as they may be: enough that nobody waits for
    /// others to end one.
    pub(super) rounds: usize,
    /// So many rounds others are to have while one is looked at that was handed back.
    pub(super) lead: usize,
}

/// Who reads, shares out and hands back.
pub(super) struct Desk {
    pace: Pace,
    times: Times,
    reading: Reading,
    /// The rounds that were not handed back, in their order.
    rounds: VecDeque<Round>,
    /// The number of the next one.
    next: u64,
    /// What each shard is to be told before its next frame.
    told: Vec<Vec<Agreement>>,
    finished: Vec<Task>,
    /// On their way back to the floor.
    sheets: Vec<Sheet>,
    /// To be used again.
    spare_tasks: Vec<Task>,
    spare_rounds: Vec<Round>,
}

/// Frames that were read one after the other.
#[derive(Default)]
pub(super) struct Round {
    number: u64,
    /// Where each is.
    pub(super) order: Vec<Place>,
    /// Of each shard: what became of its frames.
    pub(super) tasks: Vec<Option<Task>>,
    /// Tasks that are not finished.
    left: usize,
    /// The bytes of its frames, one behind the other; tasks hold them too.
    bytes: Arc<Vec<u8>>,
}

/// Where a frame of a round is: with the others of its shard.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Place {
    pub(super) shard: u8,
    /// How many of them are before it.
    pub(super) at: u16,
}

/// How reading stands.
enum Reading {
    /// There may be more frames.
    On,
    /// The last frame, which is of this shard, may have agreed on something for others.
    Agrees(usize),
    /// The next frame has to be waited for.
    Waits,
    /// There are no more.
    Over(Result<(), Error>),
}

/// What came of asking for a round.
pub(super) enum Next {
    /// This one, which all have finished with.
    Round(Round),
    /// There is none, and the next frame has to be waited for.
    Dry,
    /// There are no more.
    Over(Result<(), Error>),
}

impl Round {
    /// A frame's task, where that is finished, and its place there.
    #[inline]
    pub(super) fn task(&self, place: Place) -> Option<(&Task, usize)> {
        let task = self.tasks.get(usize::from(place.shard))?.as_ref()?;
        Some((task, usize::from(place.at)))
    }
}

impl Desk {
    /// For so many shards.
    pub(super) fn new(shards: usize, pace: Pace, times: Times) -> Desk {
        Desk {
            pace,
            times,
            reading: Reading::On,
            rounds: VecDeque::new(),
            next: 0,
            told: (0..shards).map(|_| Vec::new()).collect(),
            finished: Vec::new(),
            sheets: Vec::new(),
            spare_tasks: Vec::new(),
            spare_rounds: Vec::new(),
        }
    }

    /// The next round. Reads on as far as there is room, and works too when there is nothing else
    /// to do.
    pub(super) fn next(
        &mut self,
        frames: &mut Frames,
        floor: &Floor,
        own: &mut Worker<'_>,
    ) -> Next {
        loop {
            self.collect(floor);
            let mut first = None;
            if let Reading::Agrees(shard) = self.reading {
                match self.pass_on(shard) {
                    true => self.reading = Reading::On,
                    false => first = Some(shard),
                }
            }
            let is_done = self.rounds.front().is_some_and(|round| round.left == 0);
            if matches!(self.reading, Reading::On)
                && self.has_room()
                && (!is_done || self.in_work() < self.pace.lead)
            {
                self.reading = self.read_round(frames, floor);
                continue;
            }
            if is_done && let Some(round) = self.rounds.pop_front() {
                return Next::Round(round);
            }
            if self.rounds.is_empty() {
                match std::mem::replace(&mut self.reading, Reading::On) {
                    Reading::Waits => return Next::Dry,
                    Reading::Over(ended) => return Next::Over(ended),
                    Reading::On | Reading::Agrees(_) => continue,
                }
            }
            if !floor.help(own, first) {
                floor.wait();
            }
        }
    }

    /// Reads a round and puts it up.
    fn read_round(&mut self, frames: &mut Frames, floor: &Floor) -> Reading {
        let mut round = self.spare_rounds.pop().unwrap_or_default();
        round.number = self.next;
        round.tasks.resize_with(self.told.len(), || None);
        self.next += 1;
        let waits = frames.capture().may_wait();
        let Pace { frames: most, of_shard: most_of_shard, bytes: most_bytes, .. } = self.pace;
        let mut of_shard = 0;
        // Whoever had them before has given them back.
        let mut bytes = Arc::try_unwrap(std::mem::take(&mut round.bytes)).unwrap_or_default();
        let reading = loop {
            let full = round.order.len() >= most || of_shard >= most_of_shard;
            if full || bytes.len() >= most_bytes {
                break Reading::On;
            }
            let wanted = match frames.read() {
                Ok(Step::Frame { wanted }) => wanted,
                Ok(Step::Pause) => break Reading::Waits,
                Ok(Step::End) => break Reading::Over(Ok(())),
                Err(error) => break Reading::Over(Err(error)),
            };
            let (input, head, lost) = frames.current_input();
            let shard = frames.session.shard_of(&input);
            let task = round.tasks[shard].get_or_insert_with(|| {
                let mut task = self.spare_tasks.pop().unwrap_or_default();
                (task.round, task.shard) = (round.number, shard);
                std::mem::swap(&mut task.told, &mut self.told[shard]);
                task
            });
            let at = task.add((&input, head, lost), (wanted, self.times), &mut bytes);
            of_shard = of_shard.max(at + 1);
            if wanted {
                self.times.note(&head);
            }
            round.order.push(Place { shard: shard as u8, at: at as u16 });
            if self.told.len() > 1 && reaches_others(&input) {
                break Reading::Agrees(shard);
            }
            if waits && !frames.capture().is_ahead() {
                break Reading::Waits;
            }
        };
        round.bytes = Arc::new(bytes);
        let tasks = round.tasks.iter_mut().filter_map(Option::take);
        let mut left = 0;
        floor.give(tasks.map(|mut task| {
            left += 1;
            task.bytes = Arc::clone(&round.bytes);
            task
        }));
        round.left = left;
        self.rounds.push_back(round);
        reading
    }

    /// Has the other shards told what the last frame that was read has agreed on; false while it is
    /// not dissected.
    fn pass_on(&mut self, from: usize) -> bool {
        // A round that ends with such a frame is the last one until then.
        let Some(round) = self.rounds.back() else { return true };
        let Some(Some(task)) = round.tasks.get(from) else { return false };
        for (_, told) in self.told.iter_mut().enumerate().filter(|(at, _)| *at != from) {
            told.extend(task.agreed.iter().map(Agreement::again));
        }
        true
    }

    fn has_room(&self) -> bool {
        let frames: usize = self.rounds.iter().map(|round| round.order.len()).sum();
        let bytes: usize = self.rounds.iter().map(|round| round.bytes.len()).sum();
        let Pace { rounds, .. } = self.pace;
        frames <= rounds * self.pace.frames
            && bytes <= rounds * self.pace.bytes
            && self.rounds.len() <= rounds
    }

    /// Rounds that are not finished.
    fn in_work(&self) -> usize {
        self.rounds.iter().filter(|round| round.left > 0).count()
    }

    /// Puts what was finished where it belongs.
    fn collect(&mut self, floor: &Floor) {
        floor.collect(&mut self.finished);
        for task in self.finished.drain(..) {
            let Some(first) = self.rounds.front().map(|round| round.number) else { continue };
            let Some(round) = self.rounds.get_mut((task.round - first) as usize) else { continue };
            round.left -= 1;
            let at = task.shard;
            round.tasks[at] = Some(task);
        }
    }

    /// Takes a round that nobody looks at any more, to use it again.
    pub(super) fn take_back(&mut self, mut round: Round, floor: &Floor) {
        for mut task in round.tasks.iter_mut().filter_map(Option::take) {
            self.sheets.append(&mut task.sheets);
            if self.spare_tasks.len() < SPARES {
                task.clear();
                self.spare_tasks.push(task);
            }
        }
        floor.take_back(&mut self.sheets);
        round.order.clear();
        if let Some(bytes) = Arc::get_mut(&mut round.bytes) {
            bytes.clear();
            bytes.shrink_to(2 * self.pace.bytes);
        }
        self.spare_rounds.push(round);
    }
}
