//! How a quantity spread: least, mean, greatest, deviation.

/// Lengths of time in nanoseconds. Least and greatest are exact up to 16 ms, then to one part in 16
/// million: a flow has four of them, and there may be millions of flows.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Range {
    least: f32,
    greatest: f32,
    squares: f64,
}

impl Range {
    #[inline]
    pub(crate) fn add(&mut self, value: u64, first: bool) {
        let (short, long) = (value as f32, value as f64);
        self.squares += long * long;
        if first {
            (self.least, self.greatest) = (short, short);
        } else {
            self.least = self.least.min(short);
            self.greatest = self.greatest.max(short);
        }
    }

    /// Of so many values with this sum.
    pub(crate) fn spread(&self, count: u64, sum: u64) -> Option<Spread> {
        if count == 0 {
            return None;
        }
        let mean = sum as f64 / count as f64;
        let variance = (self.squares / count as f64 - mean * mean).max(0.0);
        Some(Spread {
            count,
            least: self.least as u64,
            mean: mean.round() as u64,
            greatest: self.greatest as u64,
            deviation: variance.sqrt().round() as u64,
        })
    }
}

/// How lengths of time spread, in nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spread {
    /// How many there are.
    pub count: u64,
    /// The least.
    pub least: u64,
    /// Their mean.
    pub mean: u64,
    /// The greatest.
    pub greatest: u64,
    /// Their standard deviation, of all of them and not of a sample.
    pub deviation: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_four_values() {
        let (mut range, values) = (Range::default(), [2_000, 4_000, 4_000, 10_000]);
        for (at, value) in values.iter().enumerate() {
            range.add(*value, at == 0);
        }
        let spread = range.spread(4, values.iter().sum()).expect("there are some");
        let expected =
            Spread { count: 4, least: 2_000, mean: 5_000, greatest: 10_000, deviation: 3_000 };
        assert_eq!(spread, expected);
        assert_eq!(Range::default().spread(0, 0), None);
    }
}
