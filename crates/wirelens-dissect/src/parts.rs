//! Messages that come in parts, each in a datagram of its own. A protocol keeps the parts in what it
//! remembers of a conversation, and has its walk read the message in the frame that completes it.

use crate::packet::TO_THE_END;
use crate::waiting::Source;
use crate::{Linking, Next, OriginRows, Packet, Read};

/// The parts of a message that were seen so far, in any order.
#[derive(Default, Debug)]
pub struct Parts {
    /// As they came.
    bytes: Vec<u8>,
    /// Where they belong, by that place; none overlaps another.
    runs: Vec<Run>,
    sources: Vec<Source>,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    offset: u32,
    length: u32,
    /// Where it stands among the bytes.
    at: u32,
}

impl Run {
    fn end(self) -> u32 {
        self.offset + self.length
    }
}

/// What a part was to those before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Added {
    /// It brought bytes and met none.
    New,
    /// It has the bytes of others, as they are.
    Again,
    /// It has other bytes where they are: those that came first count.
    Conflict,
    /// There are too many parts already.
    TooMany,
}

/// A message in more parts than this is not put together.
const MOST_PARTS: usize = 1024;

impl Parts {
    /// Keeps what of the part at `offset` is new. Offsets and lengths must stay below 2^31.
    pub fn add(&mut self, offset: u32, part: &[u8], frame: u64) -> Added {
        if self.runs.len() >= MOST_PARTS || self.sources.len() >= MOST_PARTS {
            return Added::TooMany;
        }
        let end = offset + part.len() as u32;
        self.sources.push(Source { frame, offset, length: part.len() as u32 });
        let (mut from, mut added) = (offset, Added::New);
        let mut next = self.runs.partition_point(|run| run.end() <= offset);
        while from < end {
            let of_part = |a: u32, b: u32| &part[(a - offset) as usize..(b - offset) as usize];
            match self.runs.get(next) {
                Some(&run) if run.offset <= from => {
                    let to = run.end().min(end);
                    let at = (run.at + from - run.offset) as usize;
                    let same = self.bytes[at..at + (to - from) as usize] == *of_part(from, to);
                    if !same {
                        added = Added::Conflict;
                    } else if added == Added::New {
                        added = Added::Again;
                    }
                    from = to;
                }
                behind => {
                    let to = behind.map_or(end, |run| run.offset.min(end));
                    let at = self.bytes.len() as u32;
                    self.bytes.extend_from_slice(of_part(from, to));
                    self.runs.insert(next, Run { offset: from, length: to - from, at });
                    from = to;
                }
            }
            next += 1;
        }
        added
    }

    /// Are all of so many bytes there?
    pub fn is_whole(&self, length: u32) -> bool {
        self.bytes.len() == length as usize && self.end() == length
    }

    /// Where the part ends that lies last.
    pub fn end(&self) -> u32 {
        self.runs.last().map_or(0, |run| run.end())
    }

    /// Appends them in their order.
    fn write(&self, out: &mut Vec<u8>) {
        for run in &self.runs {
            let at = run.at as usize;
            out.extend_from_slice(&self.bytes[at..at + run.length as usize]);
        }
    }

    /// What they take, for [`Kept`](crate::Kept).
    pub fn cost(&self) -> usize {
        self.bytes.len()
            + self.runs.len() * size_of::<Run>()
            + self.sources.len() * size_of::<Source>()
    }
}

impl Packet<'_> {
    /// Has a message that was put together, all of whose parts are there, dissected by `next` once
    /// this walk has ended. What it came from is recorded here.
    pub fn derive_assembled(&mut self, parts: &Parts, rows: &'static OriginRows, next: Next) {
        let length = parts.bytes.len();
        let fill = |out: &mut Vec<u8>| parts.write(out);
        if let Some(later) = self.arena.derive(next, self.scope, &parts.sources, fill) {
            let sources = later.sources;
            self.came_from(rows, length, sources);
        }
    }

    /// Has `walk` read a message that was put together, all of whose parts are there, over a buffer
    /// of its own. What it records stands here, behind what the message came from.
    pub fn assembled(
        &mut self,
        parts: &Parts,
        rows: &'static OriginRows,
        walk: impl FnOnce(&mut Packet<'_>) -> Read,
    ) -> Read {
        let Some(index) = self.arena.take_buffer() else { return Ok(()) };
        let mut bytes = std::mem::take(&mut self.arena.buffers[index]);
        parts.write(&mut bytes);
        let first = self.arena.sources.len() as u32;
        self.arena.sources.extend_from_slice(&parts.sources);
        let sources = (first, self.arena.sources.len() as u32);
        self.list_sources(rows, bytes.len(), sources);
        if let Linking::Collect(most) = self.context.linking {
            let here = self.arena.facts.number;
            for part in parts.sources.iter().filter(|part| part.frame != here) {
                self.memory.links.add(rows.completed_in, part.frame, here, most);
            }
        }
        let mut inner = Packet {
            buffer_bytes: &bytes,
            bytes: &bytes,
            at: 0,
            declared: bytes.len() as u32,
            to: None,
            passed_on: TO_THE_END,
            start: 0,
            record: self.record,
            refuses: false,
            missing: None,
            stream: None,
            sources,
            left_by: self.left_by,
            refused: self.refused,
            quoted: self.quoted,
            fragment: false,
            of_segments: false,
            buffer: index as u8 + 1,
            arena: &mut *self.arena,
            memory: &mut *self.memory,
            scope: self.scope,
            context: self.context,
        };
        let result = walk(&mut inner);
        self.record = inner.record;
        self.arena.buffers[index] = bytes;
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(parts: &Parts) -> String {
        let bytes = |run: &Run| &parts.bytes[run.at as usize..(run.at + run.length) as usize];
        parts.runs.iter().flat_map(bytes).map(|&byte| char::from(byte)).collect()
    }

    #[test]
    fn parts_come_in_any_order_and_more_than_once() {
        let mut parts = Parts::default();
        assert_eq!(parts.add(4, b"efg", 1), Added::New);
        assert_eq!(parts.add(0, b"ab", 2), Added::New);
        assert!(!parts.is_whole(7));
        assert_eq!(parts.add(4, b"ef", 3), Added::Again);
        assert_eq!(parts.add(1, b"bcdefgh", 4), Added::Again);
        assert!(parts.is_whole(8) && !parts.is_whole(7));
        assert_eq!(text(&parts), "abcdefgh");
    }

    #[test]
    fn what_came_first_counts() {
        let mut parts = Parts::default();
        parts.add(0, b"ab", 1);
        parts.add(4, b"ef", 2);
        assert_eq!(parts.add(1, b"BcdE", 3), Added::Conflict);
        assert_eq!(text(&parts), "abcdef");
        assert_eq!(parts.add(6, b"", 4), Added::New, "an empty part");
        assert!(parts.is_whole(6));
    }

    #[test]
    fn there_are_not_too_many() {
        let mut parts = Parts::default();
        for at in 0..MOST_PARTS as u32 {
            assert_eq!(parts.add(2 * at, b"a", 1), Added::New);
        }
        assert_eq!(parts.add(1, b"a", 1), Added::TooMany);
    }
}
