//! Frames and bytes over time, in a bounded number of points.

/// How much was captured in each interval of time. The interval doubles when there are too many:
/// memory does not depend on how long the capture is.
#[derive(Clone, Debug)]
pub struct Rates {
    /// Where the first interval begins, in nanoseconds since 1970.
    origin: u64,
    /// How long they are, in nanoseconds.
    interval: u64,
    points: Vec<Point>,
}

/// One interval of [`Rates`].
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Point {
    /// Frames in it.
    pub frames: u64,
    /// Their bytes on the wire.
    pub bytes: u64,
}

/// Most points there are.
const POINTS: u64 = 400;
/// The first interval: doubled nine times it is a second, so all above are whole seconds.
const FIRST: u64 = 1_000_000_000 >> 9;

impl Default for Rates {
    fn default() -> Rates {
        Rates { origin: 0, interval: FIRST, points: Vec::new() }
    }
}

impl Rates {
    /// Counts a frame.
    #[inline]
    pub(crate) fn add(&mut self, time: u64, length: u32) {
        let at = match time.checked_sub(self.origin) {
            Some(since) => since / self.interval,
            None => POINTS,
        };
        match self.points.get_mut(at as usize) {
            Some(point) if at < POINTS => point.add(length),
            _ => self.make_room(time, length),
        }
    }

    #[cold]
    fn make_room(&mut self, time: u64, length: u32) {
        if self.points.is_empty() {
            self.origin = time;
        }
        // Captures are not always in order.
        if time < self.origin {
            self.begin_earlier(time);
        }
        loop {
            let at = (time - self.origin) / self.interval;
            if at < POINTS {
                let at = at as usize;
                self.points.resize(self.points.len().max(at + 1), Point::default());
                if let Some(point) = self.points.get_mut(at) {
                    point.add(length);
                }
                return;
            }
            self.double();
        }
    }

    fn begin_earlier(&mut self, time: u64) {
        loop {
            let more = (self.origin - time).div_ceil(self.interval);
            if self.points.len() as u64 + more <= POINTS {
                let none = std::iter::repeat_n(Point::default(), more as usize);
                self.points.splice(..0, none);
                // A moment near 1970 may have no whole intervals before it: it is in the first.
                self.origin = self.origin.saturating_sub(more.saturating_mul(self.interval));
                return;
            }
            if self.interval > u64::MAX / 4 {
                self.origin = time;
                return;
            }
            self.double();
        }
    }

    fn double(&mut self) {
        let pairs = self.points.chunks(2).map(|pair| {
            let sum = |part: fn(&Point) -> u64| pair.iter().map(part).sum();
            Point { frames: sum(|point| point.frames), bytes: sum(|point| point.bytes) }
        });
        self.points = pairs.collect();
        self.interval = self.interval.saturating_mul(2);
    }

    /// Where the first interval begins, in nanoseconds since 1970.
    pub fn origin(&self) -> u64 {
        self.origin
    }

    /// How long the intervals are, in nanoseconds.
    pub fn interval(&self) -> u64 {
        self.interval
    }

    /// What is in each, from the first to the last that has something.
    pub fn points(&self) -> &[Point] {
        &self.points
    }
}

impl Point {
    #[inline]
    fn add(&mut self, length: u32) {
        self.frames += 1;
        self.bytes += u64::from(length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(rates: &Rates) -> u64 {
        rates.points().iter().map(|point| point.frames).sum()
    }

    #[test]
    fn days_have_few_points() {
        let (mut rates, start) = (Rates::default(), 1_700_000_000_000_000_000);
        for minute in 0..3 * 24 * 60 {
            rates.add(start + minute * 60_000_000_000, 100);
        }
        assert!(rates.points().len() <= 400);
        assert_eq!(total(&rates), 3 * 24 * 60);
        assert_eq!(rates.interval() % 1_000_000_000, 0);
    }

    #[test]
    fn order_does_not_matter() {
        let times = [5_000_000_000, 1_000_000_000, 90_000_000_000, 0, u64::MAX, 7];
        let mut rates = Rates::default();
        for time in times {
            rates.add(time, 1);
        }
        assert_eq!(total(&rates), times.len() as u64);
        assert!(rates.points().len() <= 400);
        let mut short = Rates::default();
        [7, 3, 9, 1].iter().for_each(|second| short.add(second * 1_000_000_000, 1));
        assert!(short.origin() <= 1_000_000_000, "{}", short.origin());
        assert_eq!(total(&short), 4);
    }
}
