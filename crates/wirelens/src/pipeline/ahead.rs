//! Frames that others dissect ahead of those who look at them.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use wirelens_capture::Capture;
use wirelens_dissect::Session;
use wirelens_report::Head;

use super::desk::{Desk, Next, Pace, Place, Round};
use super::floor::Floor;
use super::task::Worker;
use super::{Threads, Times};
use crate::Error;
use crate::frames::{Frames, Turn};

/// Dissections are larger than what is printed of them, and are to stay in the cache until they are
/// looked at.
const PACE: Pace = Pace { frames: 256, of_shard: 128, bytes: 128 << 10, rounds: 4, lead: 2 };

/// What was found in a file is shown after so many rounds, which is as often as with one thread.
const OFTEN: u64 = 4;

/// Threads that dissect, and the frames that they have dissected, lent in their order.
pub(crate) struct Ahead {
    floor: Arc<Floor>,
    threads: Vec<JoinHandle<()>>,
    desk: Desk,
    /// For times when there is nothing to look at.
    own: Worker<'static>,
    round: Round,
    /// How many there were.
    rounds: u64,
    /// How many of the round's frames were looked at or passed over.
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
            desk: Desk::new(floor.shards(), PACE, Times::default()),
            own: Worker::packing(frames.session.another()),
            round: Round::default(),
            rounds: 0,
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
                    self.desk.take_back(before, &self.floor);
                    (self.rounds, self.seen) = (self.rounds + 1, 0);
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

    /// Whether the next frame may have to be waited for. Of a file, whose frames are there, what was
    /// found is to be shown now and then all the same.
    pub(crate) fn may_wait(&self, capture: &Capture) -> bool {
        let ended = self.seen >= self.round.order.len();
        ended && (!capture.is_ahead() || self.rounds.is_multiple_of(OFTEN))
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

#[cfg(test)]
mod tests {
    use super::super::testing::many_flows;
    use super::*;
    use crate::frames::Dissector;

    fn open(file: &tempfile::NamedTempFile, threads: usize, range: Option<&str>) -> Frames {
        let mut extract = crate::extract(file.path()).threads(threads);
        if let Some(range) = range {
            extract = extract.range(range.parse().expect("a range"));
        }
        extract.frames().expect("a capture").dissected_ahead()
    }

    /// Number, source port and bytes of each frame.
    fn all(mut frames: Frames) -> Vec<(u64, Option<u64>, Vec<u8>)> {
        let mut all = Vec::new();
        while let Some(frame) = frames.next_frame().expect("whole") {
            let port = frame.field("udp.srcport").and_then(|port| port.number());
            assert_eq!(frame.number(), frame.dissection().input().number);
            all.push((frame.number(), port, frame.bytes().to_vec()));
        }
        all
    }

    #[test]
    fn frames_come_in_their_order() {
        let file = many_flows(20_000);
        for range in [None, Some("1-7,300-301,900-1700,15000-")] {
            let alone = all(open(&file, 1, range));
            assert!(alone.is_sorted_by(|a, b| a.0 < b.0) && alone.len() > 5000);
            assert!(alone.iter().all(|(number, port, _)| *port == Some((number - 1) & 0xffff)));
            for threads in [2, 3, 8] {
                assert!(all(open(&file, threads, range)) == alone, "{threads} threads, {range:?}");
            }
        }
    }

    #[test]
    fn no_more_is_read_than_there_is_room_for() {
        let file = many_flows(20_000);
        let mut frames = open(&file, 3, None);
        let (mut most, mut seen) = (0, 0);
        while frames.advance().expect("whole") {
            seen += 1;
            assert_eq!(frames.frames_read(), seen);
            most = most.max(frames.capture().counters().frames - seen);
        }
        assert!(matches!(frames.dissector, Dissector::Threads(_)));
        assert_eq!((seen, frames.frames_read()), (20_000, 20_000));
        // One round that is looked at, and one more than enough.
        let room = (PACE.rounds + 2) * PACE.frames;
        assert!((PACE.frames as u64..=room as u64).contains(&most), "{most} frames ahead");
        assert!(!frames.advance().expect("it was the end"));
    }

    #[test]
    fn what_comes_is_told_before() {
        let file = many_flows(3000);
        let mut frames = open(&file, 2, None);
        let mut told: Vec<Vec<u8>> = Vec::new();
        let mut right = 0;
        while frames.advance().expect("whole") {
            if let Some(bytes) = told.pop() {
                assert_eq!(frames.current().bytes(), bytes);
                right += 1;
            } else {
                told = frames
                    .ahead()
                    .into_iter()
                    .flat_map(Ahead::coming)
                    .take(16)
                    .map(|(_, bytes)| bytes.to_vec())
                    .collect();
                told.reverse();
            }
        }
        assert!(right > 2500, "{right}");
    }

    #[test]
    fn those_who_stop_looking_wait_for_nobody() {
        let file = many_flows(20_000);
        for seen in [1, 2, 600] {
            let mut frames = open(&file, 4, None);
            for _ in 0..seen {
                assert!(frames.advance().expect("whole"));
            }
        }
    }
}
