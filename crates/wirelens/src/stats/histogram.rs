//! How a quantity spread, in a few kilobytes whatever there is of it: logarithmic buckets.

/// Counts of values by their size. Each power of two is 32 buckets, so a percentile is off by
/// [`ERROR`](Histogram::ERROR) at the most; count, sum, least and greatest are exact.
#[derive(Clone, Debug)]
pub struct Histogram {
    buckets: Vec<u64>,
    count: u64,
    sum: u128,
    least: u64,
    greatest: u64,
}

/// Buckets of a power of two, as a power of two.
const BITS: u32 = 5;
const STEPS: u64 = 1 << BITS;
/// Values below 32 have a bucket each; each power of two above has 32.
const BUCKETS: usize = ((64 - BITS + 1) as usize) << BITS;

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram { buckets: Vec::new(), count: 0, sum: 0, least: u64::MAX, greatest: 0 }
    }
}

impl Histogram {
    /// How far a percentile is from the value it stands for, at the most: half a bucket.
    pub const ERROR: f64 = 0.5 / STEPS as f64;

    /// Counts a value.
    #[inline]
    pub fn add(&mut self, value: u64) {
        if self.buckets.is_empty() {
            self.buckets = vec![0; BUCKETS];
        }
        if let Some(bucket) = self.buckets.get_mut(bucket_of(value)) {
            *bucket += 1;
        }
        self.count += 1;
        self.sum += u128::from(value);
        self.least = self.least.min(value);
        self.greatest = self.greatest.max(value);
    }

    /// How many values there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The least.
    pub fn least(&self) -> Option<u64> {
        (self.count > 0).then_some(self.least)
    }

    /// The greatest.
    pub fn greatest(&self) -> Option<u64> {
        (self.count > 0).then_some(self.greatest)
    }

    /// Their mean.
    pub fn mean(&self) -> Option<u64> {
        let mean = self.sum.checked_div(self.count.into())?;
        Some(u64::try_from(mean).unwrap_or(u64::MAX))
    }

    /// The value below or at which this part of all are: 0.5 for the median.
    pub fn percentile(&self, part: f64) -> Option<u64> {
        let rank = ((self.count as f64 * part).ceil() as u64).clamp(1, self.count.max(1));
        let mut below = 0;
        for (at, count) in self.buckets.iter().enumerate() {
            below += count;
            if below >= rank && *count > 0 {
                return Some(middle_of(at).clamp(self.least, self.greatest));
            }
        }
        None
    }

    /// Counts by powers of two, from the first to the last that has some: where each begins, and how
    /// many values there are up to the next.
    pub fn octaves(&self) -> Vec<(u64, u64)> {
        let mut octaves: Vec<(u64, u64)> = Vec::new();
        for (at, count) in self.buckets.iter().enumerate() {
            let lowest = lower_end(at);
            let start = if lowest == 0 { 0 } else { 1 << (63 - lowest.leading_zeros()) };
            match octaves.last_mut() {
                Some((known, sum)) if *known == start => *sum += count,
                _ => octaves.push((start, *count)),
            }
        }
        let first = octaves.iter().position(|(_, count)| *count > 0).unwrap_or(octaves.len());
        let last = octaves.iter().rposition(|(_, count)| *count > 0).map_or(0, |at| at + 1);
        octaves.get(first..last).unwrap_or_default().to_vec()
    }
}

#[inline]
fn bucket_of(value: u64) -> usize {
    if value < STEPS {
        return value as usize;
    }
    let exponent = 63 - value.leading_zeros();
    let step = (value >> (exponent - BITS)) & (STEPS - 1);
    (u64::from(exponent - BITS + 1) << BITS | step) as usize
}

/// The least value of a bucket.
fn lower_end(bucket: usize) -> u64 {
    let (octave, step) = ((bucket >> BITS) as u32, bucket as u64 & (STEPS - 1));
    match octave {
        0 => step,
        _ => (STEPS | step) << (octave - 1),
    }
}

fn middle_of(bucket: usize) -> u64 {
    let octave = (bucket >> BITS) as u32;
    let width = if octave == 0 { 1 } else { 1_u64 << (octave - 1) };
    lower_end(bucket).saturating_add((width - 1) / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_a_bucket_that_holds_it() {
        for shift in 0..64 {
            for offset in [0_i64, -1, 1, 7] {
                let value = (1_u64 << shift).wrapping_add_signed(offset);
                let bucket = bucket_of(value);
                assert!(bucket < BUCKETS, "{value}");
                assert!(lower_end(bucket) <= value, "{value}");
                assert!(bucket + 1 == BUCKETS || lower_end(bucket + 1) > value, "{value}");
            }
        }
    }

    #[test]
    fn percentiles_are_as_near_as_is_said() {
        let mut histogram = Histogram::default();
        let mut values: Vec<u64> = (1..10_000).map(|n: u64| n * n % 1_000_003 + 17).collect();
        values.iter().for_each(|&value| histogram.add(value));
        values.sort_unstable();
        for part in [0.01, 0.1, 0.5, 0.9, 0.95, 0.99, 1.0] {
            let exact = values[((values.len() as f64 * part).ceil() as usize).max(1) - 1] as f64;
            let said = histogram.percentile(part).expect("there are some") as f64;
            assert!(
                (said - exact).abs() <= exact * Histogram::ERROR + 1.0,
                "{part} {said} {exact}"
            );
        }
        assert_eq!(histogram.least(), values.first().copied());
        assert_eq!(histogram.greatest(), values.last().copied());
        assert_eq!(histogram.octaves().iter().map(|(_, count)| count).sum::<u64>(), 9_999);
    }

    #[test]
    fn of_nothing_nothing_is_said() {
        let histogram = Histogram::default();
        assert_eq!((histogram.percentile(0.5), histogram.mean()), (None, None));
        assert!(histogram.octaves().is_empty());
    }
}
