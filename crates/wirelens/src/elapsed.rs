//! How much time has passed between frames.

use wirelens_capture::Timestamp;

/// The times of a capture's frames as they are read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Elapsed {
    first: Option<Timestamp>,
    before: Option<Timestamp>,
    now: Option<Timestamp>,
}

impl Elapsed {
    /// A frame was read, if it has a time at this one.
    #[inline]
    pub(crate) fn note(&mut self, time: Option<Timestamp>) {
        if time.is_some() {
            self.before = self.now;
            self.now = time;
            self.first = self.first.or(time);
        }
    }

    /// Nanoseconds between the first frame and the last that was noted, and between that and the one
    /// before it.
    pub(crate) fn nanoseconds(&self) -> (i64, i64) {
        let Some(now) = self.now else { return (0, 0) };
        (between(self.first, now), between(self.before, now))
    }
}

fn between(from: Option<Timestamp>, to: Timestamp) -> i64 {
    let Some(from) = from else { return 0 };
    let fraction = i64::from(to.nanoseconds()) - i64::from(from.nanoseconds());
    let seconds = to.seconds().checked_sub(from.seconds());
    let whole = seconds.and_then(|seconds| seconds.checked_mul(1_000_000_000));
    let passed = whole.and_then(|whole| whole.checked_add(fraction));
    passed.unwrap_or(if to > from { i64::MAX } else { i64::MIN })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_the_first_and_from_the_one_before() {
        let mut elapsed = Elapsed::default();
        assert_eq!(elapsed.nanoseconds(), (0, 0));
        let mut then = |time: Option<(i64, u32)>| {
            elapsed.note(time.map(|(seconds, nanoseconds)| Timestamp::new(seconds, nanoseconds)));
            elapsed.nanoseconds()
        };
        assert_eq!(then(Some((7, 999_999_999))), (0, 0));
        assert_eq!(then(Some((8, 1))), (2, 2));
        assert_eq!(then(None), (2, 2), "one without a time is none");
        // Captures are not always in order.
        assert_eq!(then(Some((7, 0))), (-999_999_999, -1_000_000_001));
        assert_eq!(then(Some((i64::MAX, 0))), (i64::MAX, i64::MAX));
    }
}
