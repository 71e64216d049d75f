//! What one side of a connection sent and is yet to be searched.

use std::collections::VecDeque;

use regex::bytes::Regex;

/// Bytes before those that are searched, for expressions that look back (`\b`), and to be shown.
pub(super) const BEFORE: usize = 64;

/// The last bytes of one direction.
#[derive(Default)]
pub(super) struct Window {
    bytes: Vec<u8>,
    /// Where they begin in what this side sent.
    base: u64,
    /// Up to where they are searched, in them.
    from: usize,
    /// The frames that they came in: where each begins in what this side sent, and when it was.
    frames: VecDeque<Place>,
}

/// Where bytes came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    pub(super) offset: u64,
    pub(super) frame: u64,
    pub(super) time: u64,
}

/// A match.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Found<'a> {
    /// Where it begins.
    pub(super) offset: u64,
    /// What it is in.
    pub(super) around: &'a [u8],
    /// Where it is in that.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Where its first byte came, and its last.
    pub(super) first: Place,
    pub(super) last: Place,
}

impl Window {
    /// How many bytes of memory it takes.
    pub(super) fn cost(&self) -> usize {
        self.bytes.capacity() + self.frames.capacity() * size_of::<Place>()
    }

    /// Adds bytes, and searches when there are enough of them that a match of `longest` bytes which
    /// begins in the first half is there as a whole.
    pub(super) fn add(
        &mut self,
        (bytes, place): (&[u8], Place),
        (pattern, longest): (&Regex, usize),
        each: &mut dyn FnMut(&Found<'_>),
    ) {
        if self.bytes.is_empty() {
            self.base = place.offset;
        } else if place.offset != self.base + self.bytes.len() as u64 {
            // What is between is missing.
            self.finish(pattern, each);
            self.base = place.offset;
        }
        self.frames.push_back(place);
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() - self.from >= longest.saturating_mul(2).max(1) {
            let decided = self.bytes.len() - longest;
            self.search(pattern, decided, each);
        }
    }

    /// Searches what is left, and forgets it: nothing that goes on with it will come.
    pub(super) fn finish(&mut self, pattern: &Regex, each: &mut dyn FnMut(&Found<'_>)) {
        let end = self.bytes.len();
        self.search(pattern, end, each);
        *self = Window::default();
    }

    /// Finds the matches that begin before `decided`, and forgets what is not needed for others.
    fn search(&mut self, pattern: &Regex, decided: usize, each: &mut dyn FnMut(&Found<'_>)) {
        let mut at = self.from;
        while at < decided {
            let Some(found) = pattern.find_at(&self.bytes, at) else { break };
            if found.start() >= decided {
                break;
            }
            at = found.end().max(found.start() + 1);
            if found.is_empty() {
                continue;
            }
            let offset = self.base + found.start() as u64;
            each(&Found {
                offset,
                around: &self.bytes,
                start: found.start(),
                end: found.end(),
                first: self.place(offset),
                last: self.place(self.base + found.end() as u64 - 1),
            });
        }
        self.from = at.max(decided).min(self.bytes.len());
        let gone = self.from.saturating_sub(BEFORE);
        self.bytes.drain(..gone);
        self.base += gone as u64;
        self.from -= gone;
        while self.frames.get(1).is_some_and(|next| next.offset <= self.base) {
            self.frames.pop_front();
        }
    }

    /// Where the byte at `offset` came.
    fn place(&self, offset: u64) -> Place {
        let behind = self.frames.partition_point(|place| place.offset <= offset);
        let place = behind.checked_sub(1).and_then(|at| self.frames.get(at));
        place.copied().unwrap_or(Place { offset, frame: 0, time: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Offset, text, first and last frame of the matches in parts of so many bytes.
    fn matches(
        expression: &str,
        text: &[u8],
        part: usize,
        longest: usize,
    ) -> Vec<(u64, Vec<u8>, u64, u64)> {
        let pattern = Regex::new(expression).expect("an expression");
        let (mut window, mut all) = (Window::default(), Vec::new());
        let mut each = |found: &Found<'_>| {
            let text = found.around[found.start..found.end].to_vec();
            all.push((found.offset, text, found.first.frame, found.last.frame));
        };
        for (at, bytes) in text.chunks(part).enumerate() {
            let place = Place { offset: (at * part) as u64, frame: at as u64 + 1, time: 0 };
            window.add((bytes, place), (&pattern, longest), &mut each);
        }
        window.finish(&pattern, &mut each);
        all
    }

    #[test]
    fn what_matches_does_not_depend_on_where_parts_end() {
        let text = b"one two\nthree fourteen\n five five55 six\n".repeat(40);
        for expression in [r"\bf\w+", "(?s)four.*?five", "five", r"^\S", r"\w+$", "two\nthree"] {
            let offsets = |part| -> Vec<(u64, Vec<u8>)> {
                let all = matches(expression, &text, part, 32);
                all.into_iter().map(|(offset, text, ..)| (offset, text)).collect()
            };
            let whole: Vec<_> = Regex::new(expression)
                .expect("an expression")
                .find_iter(&text)
                .map(|found| (found.start() as u64, found.as_bytes().to_vec()))
                .collect();
            for part in [1, 2, 3, 7, 31, 64, 100, 5000] {
                assert_eq!(offsets(part), whole, "{expression} {part}");
            }
        }
    }

    #[test]
    fn frames_of_a_match_over_several_parts() {
        let all = matches("cdefg", b"abcdefghij", 2, 16);
        assert_eq!(all, [(2, b"cdefg".to_vec(), 2, 4)]);
    }

    #[test]
    fn nothing_is_found_over_a_gap() {
        let pattern = Regex::new("ab").expect("an expression");
        let mut window = Window::default();
        let mut count = 0;
        let mut each = |_: &Found<'_>| count += 1;
        let place = |offset| Place { offset, frame: 1, time: 0 };
        window.add((b"a", place(0)), (&pattern, 16), &mut each);
        window.add((b"b", place(5)), (&pattern, 16), &mut each);
        window.finish(&pattern, &mut each);
        assert_eq!(count, 0);
    }

    #[test]
    fn memory_is_bounded() {
        let pattern = Regex::new("x").expect("an expression");
        let mut window = Window::default();
        for at in 0..10_000 {
            let place = Place { offset: at * 100, frame: at, time: 0 };
            window.add((&[b'a'; 100], place), (&pattern, 1000), &mut |_| {});
        }
        assert!(window.cost() < 20_000, "{}", window.cost());
    }
}
