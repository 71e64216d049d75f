//! Frames that others dissect ahead of those who look at them.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use wirelens_dissect::Session;
use wirelens_report::Head;

use super::desk::{Desk, Next, Place, Round};
use super::floor::Floor;
use super::task::Worker;
use super::{Threads, Times};
use crate::Error;
use crate::frames::{Frames, Turn};

/// Rounds that others have to work on while one is looked at.
const LEAD: usize = 3;

/// Threads that dissect, and the frames that they have dissected, lent in their order.
pub(crate) struct Ahead {
    floor: Arc<Floor>,
    threads: Vec<JoinHandle<()>>,
    desk: Desk,
    /// For times when there is nothing to look at.
    own: Worker<'static>,
    round: Round,
    /// How many of its frames were looked at or passed over.
    seen: usize,
    /// Where the frame is that is lent.
    current: Place,
    /// The number of the frame that was read last, wanted or not.
    number: u64,
    over: bool,
}

impl Ahead {
    /// Has the frames that follow dissected by others, with what the session remembers.
    pub(crate) fn new(frames: &mut Frames, threads: Threads) -> Ahead {
        let floor = Arc::new(Floor::new(frames.session.take_shards()));
        let spawn = |_| {
            let (floor, session) = (Arc::clone(&floor), frames.session.another());
            let work = move || floor.work(&mut Worker::packing(session));
            // With fewer threads the others do the work.
            thread::Builder::new().name("dissect".to_owned()).spawn(work).ok()
        };
        let threads = (0..threads.others).filter_map(spawn).collect();
        Ahead {
            desk: Desk::new(floor.shards(), Times::default(), LEAD),
            own: Worker::packing(frames.session.another()),
            round: Round::default(),
            seen: 0,
            current: Place::default(),
            number: frames.capture().counters().frames,
            over: false,
            floor,
            threads,
        }
    }

    /// Goes to the next frame that is wanted of the round at hand, if there is one.
    #[inline]
    pub(crate) fn step(&mut self, session: &mut Session) -> bool {
        while let Some(&place) = self.round.order.get(self.seen) {
            self.seen += 1;
            let Some(Some(task)) = self.round.tasks.get_mut(usize::from(place.shard)) else {
                continue;
            };
            let Some(raw) = task.frames.get(usize::from(place.at)) else { continue };
            self.number = raw.head.number;
            if raw.wanted && task.packed.as_mut().is_some_and(|packed| session.unpack(packed)) {
                self.current = place;
                return true;
            }
        }
        false
    }

    /// The same where the round has no more.
    ///
    /// # Errors
    /// When reading has failed, after the frames that were read before.
    pub(crate) fn turn(&mut self, frames: &mut Frames) -> Result<Turn, Error> {
        loop {
            if self.step(&mut frames.session) {
                return Ok(Turn::Frame);
            }
            if self.over {
                return Ok(Turn::End);
            }
            match self.desk.next(frames, &self.floor, &mut self.own) {
                Next::Round(round) => {
                    let before = std::mem::replace(&mut self.round, round);
                    self.desk.take_back(before);
                    self.seen = 0;
                }
                Next::Dry => return Ok(Turn::Pause),
                Next::Over(ended) => {
                    self.over = true;
                    self.number = frames.capture().counters().frames;
                    self.dismiss();
                    frames.session.put_shards(self.floor.take_shards());
                    return ended.map(|()| Turn::End);
                }
            }
        }
    }

    /// The frame that is lent, without its dissection: what is said of it, its bytes, and how many
    /// were lost before it.
    #[inline]
    pub(crate) fn current(&self) -> (Head, &[u8], u64) {
        let found = self.round.task(self.current);
        let found = found.and_then(|(task, at)| Some((task.frames.get(at)?, task.bytes_of(at))));
        found.map_or((Head::default(), &[], 0), |(raw, bytes)| (raw.head, bytes, raw.lost))
    }

    /// The frames of the round that come next, wanted or not: their link types and bytes.
    pub(crate) fn coming(&self) -> impl Iterator<Item = (u32, &[u8])> {
        let order = self.round.order.get(self.seen..).unwrap_or_default();
        order.iter().filter_map(|&place| {
            let (task, at) = self.round.task(place)?;
            Some((task.frames.get(at)?.link_type, task.bytes_of(at)))
        })
    }

    /// Whether the round has no more frames: the next may have to be waited for.
    pub(crate) fn is_dry(&self) -> bool {
        self.seen >= self.round.order.len()
    }

    /// Frames of the capture up to the one that is lent; at the end, all.
    pub(crate) fn frames_read(&self) -> u64 {
        self.number
    }

    /// Lets the others go, and waits until they are gone.
    fn dismiss(&mut self) {
        self.floor.close();
        for thread in self.threads.drain(..) {
            // What it ended with was told by the floor.
            let _ = thread.join();
        }
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.dismiss();
    }
}
