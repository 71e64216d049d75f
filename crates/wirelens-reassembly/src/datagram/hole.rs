//! What is missing, as RFC 815 keeps it: a list of holes.
//!
//! A datagram starts as one hole without an end. A fragment takes its part out of the holes it
//! meets; the last fragment gives the last hole its end; when there is no hole left, the datagram
//! has been seen. A fragment that lies within one hole overlaps nothing, which is all the usual
//! datagram needs to know.

/// The holes of one datagram.
#[derive(Debug, Default)]
pub(super) struct Holes {
    /// Those before `open`, in order, as start and end.
    inner: Vec<(u32, u32)>,
    /// Where the last hole starts, the one that reaches to the datagram's end.
    open: u32,
    /// The datagram's length, once the last fragment told it.
    length: Option<u32>,
}

impl Holes {
    pub(super) fn clear(&mut self) {
        self.forget_places();
        (self.open, self.length) = (0, None);
    }

    /// Keeps the length alone.
    pub(super) fn forget_places(&mut self) {
        // A datagram of many holes was an attack; the next in this slot need not pay for it.
        const FEW: usize = 16;
        self.inner.clear();
        self.inner.shrink_to(FEW);
    }

    pub(super) fn length(&self) -> Option<u32> {
        self.length
    }

    pub(super) fn set_length(&mut self, length: u32) {
        self.length = Some(length);
    }

    /// Where the farthest fragment ends.
    pub(super) fn reach(&self) -> u32 {
        self.open
    }

    pub(super) fn is_empty(&self) -> bool {
        self.inner.is_empty() && self.length.is_some_and(|length| self.open >= length)
    }

    /// Whether all of a fragment's place is in one hole.
    pub(super) fn is_free(&self, start: u32, end: u32) -> bool {
        let first = self.inner.partition_point(|hole| hole.1 <= start);
        start >= self.open || self.inner.get(first).is_some_and(|hole| within(start, end, hole))
    }

    /// Takes a fragment's place out; whether all of it was in one hole.
    pub(super) fn fill(&mut self, start: u32, end: u32) -> bool {
        if start >= self.open {
            if start > self.open {
                self.inner.push((self.open, start));
            }
            self.open = end;
            return true;
        }
        let first = self.inner.partition_point(|hole| hole.1 <= start);
        let behind = self.inner.partition_point(|hole| hole.0 < end);
        let free = self.inner.get(first).is_some_and(|hole| within(start, end, hole));
        self.open = self.open.max(end);
        if first >= behind {
            return false;
        }
        let left = self.inner.get(first).map(|hole| (hole.0, start));
        let right = self.inner.get(behind - 1).map(|hole| (end, hole.1));
        let (left, right) = (left.filter(is_hole), right.filter(is_hole));
        match (left, right) {
            (Some(left), Some(right)) if behind - first == 1 => {
                self.inner[first] = left;
                self.inner.insert(first + 1, right);
            }
            _ => {
                let mut at = first;
                for rest in [left, right].into_iter().flatten() {
                    self.inner[at] = rest;
                    at += 1;
                }
                self.inner.drain(at..behind);
            }
        }
        free
    }

    /// The holes in order, as start and end; the last has none while the length is not known.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, Option<u32>)> {
        let last = match self.length {
            Some(length) => (self.open < length).then_some((self.open, Some(length))),
            None => Some((self.open, None)),
        };
        self.inner.iter().map(|&(start, end)| (start, Some(end))).chain(last)
    }

    /// Bytes of memory besides the struct itself.
    pub(super) fn heap(&self) -> usize {
        self.inner.capacity() * size_of::<(u32, u32)>()
    }
}

fn within(start: u32, end: u32, hole: &(u32, u32)) -> bool {
    hole.0 <= start && end <= hole.1
}

fn is_hole(hole: &(u32, u32)) -> bool {
    hole.0 < hole.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holes(fills: &[(u32, u32)]) -> (Vec<(u32, Option<u32>)>, Vec<bool>) {
        let mut holes = Holes::default();
        let within = fills.iter().map(|&(start, end)| holes.fill(start, end)).collect();
        (holes.iter().collect(), within)
    }

    #[test]
    fn in_order_there_is_only_the_open_hole() {
        assert_eq!(holes(&[(0, 8), (8, 16)]), (vec![(16, None)], vec![true, true]));
    }

    #[test]
    fn a_hole_is_split_narrowed_and_closed() {
        let (left, within) = holes(&[(80, 96), (16, 24), (0, 16), (64, 80), (24, 64)]);
        assert_eq!((left, within), (vec![(96, None)], vec![true; 5]));
        assert_eq!(holes(&[(80, 96), (16, 24)]).0, [(0, Some(16)), (24, Some(80)), (96, None)]);
    }

    #[test]
    fn what_meets_more_than_one_hole_is_not_within_one() {
        let (left, within) = holes(&[(8, 16), (24, 32), (0, 48)]);
        assert_eq!((left, within), (vec![(48, None)], vec![true, true, false]));
        let (left, within) = holes(&[(8, 16), (24, 32), (40, 48), (4, 44)]);
        assert_eq!((left, within.last()), (vec![(0, Some(4)), (48, None)], Some(&false)));
        let (left, within) = holes(&[(8, 16), (12, 20)]);
        assert_eq!((left, within), (vec![(0, Some(8)), (20, None)], vec![true, false]));
    }

    #[test]
    fn the_length_ends_the_last_hole() {
        let mut holes = Holes::default();
        holes.fill(0, 8);
        assert!(!holes.is_empty());
        holes.set_length(24);
        assert_eq!(holes.iter().collect::<Vec<_>>(), [(8, Some(24))]);
        holes.fill(16, 24);
        holes.fill(8, 16);
        assert!(holes.is_empty() && holes.iter().next().is_none());
    }
}
