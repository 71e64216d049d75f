//! The frames that something came in, as ranges.

use std::fmt;
use std::ops::RangeInclusive;

/// Frame numbers, each once, in ascending order: `1-5,9`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrameList {
    ranges: Vec<(u64, u64)>,
    count: u64,
    /// The one added last.
    last: Option<u64>,
    cut: bool,
}

impl FrameList {
    /// How many frames there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Are there more frames than are listed?
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// The frames that are listed, as ranges.
    pub fn ranges(&self) -> impl ExactSizeIterator<Item = RangeInclusive<u64>> {
        self.ranges.iter().map(|&(first, last)| first..=last)
    }

    /// Is the frame listed?
    pub fn contains(&self, frame: u64) -> bool {
        let at = self.ranges.partition_point(|&(_, last)| last < frame);
        self.ranges.get(at).is_some_and(|&(first, _)| first <= frame)
    }

    /// Adds a frame; if that takes another range and there is no room for one, counts it only.
    /// Gives how many ranges there are more.
    #[inline]
    pub fn add(&mut self, frame: u64, room: bool) -> usize {
        // Captures are read in order, so nearly always it is behind all that are listed.
        match self.ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(frame) => {
                (*last, self.last) = (frame, Some(frame));
                self.count += 1;
                0
            }
            _ => self.add_apart(frame, room),
        }
    }

    fn add_apart(&mut self, frame: u64, room: bool) -> usize {
        if self.last.replace(frame) == Some(frame) {
            return 0;
        }
        if self.ranges.last().is_none_or(|&(_, last)| last < frame) {
            self.count += 1;
            self.cut |= !room;
            if room {
                self.ranges.push((frame, frame));
            }
            return usize::from(room);
        }
        if self.contains(frame) {
            return 0;
        }
        let at = self.ranges.partition_point(|&(_, last)| last < frame);
        self.count += 1;
        let follows = at.checked_sub(1).filter(|&at| self.ranges[at].1 + 1 == frame);
        let precedes = self.ranges.get(at).is_some_and(|&(first, _)| first == frame + 1);
        match (follows, precedes) {
            (Some(before), true) => {
                self.ranges[before].1 = self.ranges[at].1;
                self.ranges.remove(at);
            }
            (Some(before), false) => self.ranges[before].1 = frame,
            (None, true) => self.ranges[at].0 = frame,
            (None, false) if room => {
                self.ranges.insert(at, (frame, frame));
                return 1;
            }
            (None, false) => self.cut = true,
        }
        0
    }
}

impl FrameList {
    /// Has what a frame changes brought into the cache.
    #[inline]
    pub(crate) fn touch(&self) -> u64 {
        self.count.wrapping_add(self.ranges.last().map_or(0, |(_, last)| *last))
    }

    /// Forgets all, and keeps memory for a few ranges.
    pub(crate) fn clear(&mut self) {
        self.ranges.clear();
        self.ranges.shrink_to(KEPT);
        *self = FrameList { ranges: std::mem::take(&mut self.ranges), ..FrameList::default() };
    }
}

/// Ranges that an empty list keeps memory for: it goes from flow to flow, most of which have few.
const KEPT: usize = 8;

impl fmt::Display for FrameList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (first, last)) in self.ranges.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            match first == last {
                true => write!(f, "{comma}{first}")?,
                false => write!(f, "{comma}{first}-{last}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_in_any_order_become_ranges() {
        let mut list = FrameList::default();
        for frame in [4, 6, 7, 5, 1, 9, 9, 5] {
            list.add(frame, true);
        }
        assert_eq!((list.to_string().as_str(), list.count()), ("1,4-7,9", 6));
        assert!(list.contains(6) && !list.contains(8));
        list.add(20, false);
        assert_eq!((list.to_string().as_str(), list.count(), list.is_cut()), ("1,4-7,9", 7, true));
    }
}
