//! All records of a capture, to be found by their frames.

use super::Record;

/// All records of a capture; made by [`Reassemble::collect`](super::Reassemble::collect).
#[derive(Debug)]
pub struct Collected {
    records: Vec<Record>,
    /// First and last frame of each range, and the record it is of; by first frame.
    ranges: Vec<(u64, u64, usize)>,
    /// The longest range, in frames: none that begins farther before a frame holds it.
    longest: u64,
}

impl Collected {
    pub(super) fn new(records: Vec<Record>) -> Collected {
        let mut ranges = Vec::new();
        for (at, record) in records.iter().enumerate() {
            ranges.extend(record.frames.ranges().map(|range| (*range.start(), *range.end(), at)));
        }
        ranges.sort_unstable();
        let longest = ranges.iter().map(|(first, last, _)| last - first).max().unwrap_or(0);
        Collected { records, ranges, longest }
    }

    /// The records, in their order.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The datagrams and streams that have bytes of this frame.
    pub fn of_frame(&self, frame: u64) -> impl Iterator<Item = &Record> {
        let earliest = frame.saturating_sub(self.longest);
        let from = self.ranges.partition_point(|&(first, ..)| first < earliest);
        let near = self.ranges.iter().skip(from).take_while(move |(first, ..)| *first <= frame);
        let here = near.filter(move |(_, last, _)| *last >= frame);
        here.filter_map(|&(.., at)| self.records.get(at))
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn records_are_found_by_their_frames() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/captures/http.pcap");
        let all = crate::reassemble(path).collect().expect("a capture");
        assert_eq!(all.records().len(), 10);
        for (at, record) in all.records().iter().enumerate() {
            for frame in record.frames.ranges().flatten() {
                let found: Vec<_> = all.of_frame(frame).collect();
                assert_eq!(found.len(), 1, "{frame}");
                assert!(std::ptr::eq(found[0], &all.records()[at]), "{frame}");
            }
        }
        assert_eq!(all.of_frame(1).count(), 0, "a SYN has no bytes");
    }
}
