//! How long frames are, in the buckets of `tshark -z plen,tree`.

/// Frames by their length on the wire.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lengths {
    pub(crate) buckets: [Bucket; BOUNDS.len()],
}

/// The frames of some lengths.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bucket {
    pub(crate) frames: u64,
    pub(crate) bytes: u64,
    pub(crate) least: u32,
    pub(crate) greatest: u32,
}

/// The least and greatest length of each bucket.
pub(crate) const BOUNDS: [(u32, u32); 10] = [
    (0, 19),
    (20, 39),
    (40, 79),
    (80, 159),
    (160, 319),
    (320, 639),
    (640, 1279),
    (1280, 2559),
    (2560, 5119),
    (5120, u32::MAX),
];

impl Lengths {
    /// Counts a frame.
    #[inline]
    pub(crate) fn add(&mut self, length: u32) {
        // Each bucket but the first begins at 20 times a power of two.
        let at = (u32::BITS - (length / 20).leading_zeros()) as usize;
        let Some(bucket) = self.buckets.get_mut(at.min(BOUNDS.len() - 1)) else { return };
        bucket.least = if bucket.frames == 0 { length } else { bucket.least.min(length) };
        bucket.greatest = bucket.greatest.max(length);
        bucket.frames += 1;
        bucket.bytes += u64::from(length);
    }

    /// All of them together.
    pub(crate) fn total(&self) -> Bucket {
        let some = || self.buckets.iter().filter(|bucket| bucket.frames > 0);
        Bucket {
            frames: some().map(|bucket| bucket.frames).sum(),
            bytes: some().map(|bucket| bucket.bytes).sum(),
            least: some().map(|bucket| bucket.least).min().unwrap_or(0),
            greatest: some().map(|bucket| bucket.greatest).max().unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_within_their_bounds() {
        let mut lengths = Lengths::default();
        let all = (0..6000).chain([65_535, u32::MAX]);
        let count = all.clone().count() as u64;
        all.for_each(|length| lengths.add(length));
        for (bucket, (least, greatest)) in lengths.buckets.iter().zip(BOUNDS) {
            assert!(bucket.frames > 0);
            assert!(bucket.least == least && bucket.greatest <= greatest, "{bucket:?}");
        }
        assert_eq!(lengths.total().frames, count);
    }
}
