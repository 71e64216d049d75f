//! Segments that were not acknowledged yet: what was seen already, and round-trip times.

use std::collections::VecDeque;

use super::half::Alone;
use super::segment::before;

/// A segment under way.
#[derive(Clone, Copy, Debug)]
struct Unacked {
    start: u32,
    end: u32,
    /// When it was captured.
    time: u64,
    /// Its TSval.
    stamp: Option<u32>,
    /// Its bytes were sent again: an acknowledgment does not tell which of them it answers (Karn's
    /// algorithm, RFC 6298 section 3), unless it echoes the first's timestamp (RFC 7323 section 4).
    again: bool,
}

/// What is under way in a direction, in the order of its end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flight {
    segments: VecDeque<Unacked>,
}

/// Segments of a direction that are kept under way: a window of 6 MB.
const MOST: usize = 4096;
/// Segments that an empty one keeps memory for.
const KEPT: usize = 8;

impl Flight {
    /// Notes a segment; gives how many are kept more.
    pub(crate) fn send(
        &mut self,
        (start, end): (u32, u32),
        time: u64,
        stamp: Option<u32>,
        room: bool,
    ) -> usize {
        // Mostly it is behind all others.
        if self.segments.back().is_none_or(|last| !before(start, last.end)) {
            if self.segments.len() >= MOST || !room {
                return 0;
            }
            self.segments.push_back(Unacked { start, end, time, stamp, again: false });
            return 1;
        }
        for one in &mut self.segments {
            one.again |= before(start, one.end) && before(one.start, end);
        }
        0
    }

    /// Notes the segment that was the only one under way until now; gives how many are kept more.
    pub(crate) fn begin(&mut self, alone: &Alone, room: bool) -> usize {
        let Alone { numbers: (start, end), time, again } = *alone;
        if !room {
            return 0;
        }
        self.segments.push_back(Unacked { start, end, time, stamp: None, again });
        1
    }

    /// Takes out what is acknowledged up to `number` at `time`, with `echo` for a TSecr; gives how
    /// many that were, and the round-trip time of the last one.
    pub(crate) fn acknowledge(
        &mut self,
        number: u32,
        time: u64,
        echo: Option<u32>,
    ) -> (usize, Option<u64>) {
        let (mut count, mut last) = (0, None);
        while let Some(one) = self.segments.pop_front_if(|one| !before(number, one.end)) {
            count += 1;
            last = Some(one);
        }
        let first = |last: &Unacked| !last.again || (last.stamp.is_some() && last.stamp == echo);
        let sample = last.filter(|last| last.end == number && first(last));
        (count, sample.and_then(|last| time.checked_sub(last.time)))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// Forgets them all; gives how many there were.
    pub(crate) fn clear(&mut self) -> usize {
        let count = self.segments.len();
        self.segments.clear();
        // It goes from flow to flow, most of which have few under way.
        self.segments.shrink_to(KEPT);
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_segment_that_is_acknowledged_gives_the_time() {
        let mut flight = Flight::default();
        for (at, start) in [u32::MAX - 9, 90, 190].into_iter().enumerate() {
            flight.send((start, start.wrapping_add(100)), at as u64 * 10, None, true);
        }
        assert_eq!(flight.acknowledge(190, 35, None), (2, Some(25)));
        assert_eq!(flight.acknowledge(190, 36, None), (0, None));
        assert_eq!((flight.clear(), flight.is_empty()), (1, true));
    }

    #[test]
    fn one_that_was_sent_again_gives_none() {
        let mut flight = Flight::default();
        flight.send((0, 100), 0, None, true);
        assert_eq!(flight.send((0, 100), 50, None, true), 0);
        assert_eq!(flight.acknowledge(100, 60, None), (1, None));
        // An acknowledgment of a part gives none either.
        flight.send((100, 200), 70, None, true);
        assert_eq!(flight.acknowledge(150, 80, None), (0, None));
    }

    #[test]
    fn a_timestamp_tells_which_of_two_was_answered() {
        for (echo, expected) in [(7, Some(60)), (9, None)] {
            let mut flight = Flight::default();
            flight.send((0, 100), 0, Some(7), true);
            flight.send((0, 100), 50, Some(9), true);
            assert_eq!(flight.acknowledge(100, 60, Some(echo)), (1, expected));
        }
    }

    #[test]
    fn it_is_bounded() {
        let mut flight = Flight::default();
        let kept =
            (0..5000).map(|at| flight.send((at * 10, at * 10 + 10), 0, None, true)).sum::<usize>();
        assert_eq!(kept, MOST);
        assert_eq!(Flight::default().send((0, 1), 0, None, false), 0);
    }
}
