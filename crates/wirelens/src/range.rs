//! Ranges of frame numbers: `10-20,50-`.

use std::str::FromStr;

use crate::Error;

/// Which frames are wanted, by number from 1.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FrameRange {
    /// First and last of each part, sorted, apart from each other.
    parts: Vec<(u64, u64)>,
}

impl FrameRange {
    /// Is this frame wanted?
    pub fn contains(&self, number: u64) -> bool {
        let at = self.parts.partition_point(|&(_, last)| last < number);
        self.parts.get(at).is_some_and(|&(first, _)| first <= number)
    }

    /// The last frame that is wanted; none where there is no last one.
    pub fn last(&self) -> Option<u64> {
        self.parts.last().map(|&(_, last)| last).filter(|&last| last != u64::MAX)
    }
}

impl FrameRange {
    /// These numbers.
    pub(crate) fn of(mut numbers: Vec<u64>) -> FrameRange {
        numbers.sort_unstable();
        FrameRange { parts: joined(numbers.into_iter().map(|number| (number, number))) }
    }
}

/// Parts that touch or overlap become one; they come in the order of their first numbers.
fn joined(parts: impl IntoIterator<Item = (u64, u64)>) -> Vec<(u64, u64)> {
    let mut joined: Vec<(u64, u64)> = Vec::new();
    for (first, last) in parts {
        match joined.last_mut() {
            Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
            _ => joined.push((first, last)),
        }
    }
    joined
}

impl FromStr for FrameRange {
    type Err = Error;

    /// Reads `3`, `10-20`, `50-`, `-9` and any of them with commas between.
    fn from_str(text: &str) -> Result<FrameRange, Error> {
        let wrong = || Error::Range { text: text.to_owned() };
        let number = |part: &str, open: u64| match part.trim() {
            "" => Ok(open),
            digits => digits.parse::<u64>().map_err(|_| wrong()),
        };
        let mut parts = Vec::new();
        for part in text.split(',') {
            let (first, last) = match part.split_once('-') {
                _ if part.trim().is_empty() || part.trim() == "-" => return Err(wrong()),
                Some((first, last)) => (number(first, 1)?, number(last, u64::MAX)?),
                None => (number(part, 1)?, number(part, 1)?),
            };
            if first > last || last == 0 {
                return Err(wrong());
            }
            parts.push((first, last));
        }
        parts.sort_unstable();
        Ok(FrameRange { parts: joined(parts) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(text: &str) -> Vec<u64> {
        let range: FrameRange = text.parse().expect("a range");
        (0..100).filter(|&number| range.contains(number)).collect()
    }

    #[test]
    fn parts_are_joined() {
        assert_eq!(wanted("3"), [3]);
        assert_eq!(wanted("97-"), [97, 98, 99]);
        assert_eq!(wanted("-3"), [1, 2, 3]);
        assert_eq!(wanted("8-9, 2-3,3-4"), [2, 3, 4, 8, 9]);
        assert_eq!("5,7-9".parse::<FrameRange>().expect("a range").last(), Some(9));
        assert_eq!("5-".parse::<FrameRange>().expect("a range").last(), None);
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["", "a", "5-3", "1,,2", "-", "0", "1-2-3", "-0"] {
            assert!(text.parse::<FrameRange>().is_err(), "{text:?}");
        }
    }
}
