//! Where the lines of a scale stand.

/// Round numbers from 0 up to the first that is not below `most`: about so many steps.
pub(super) fn steps(most: f64, about: f64) -> Vec<f64> {
    if most <= 0.0 || !most.is_finite() {
        return vec![0.0, 1.0];
    }
    let raw = most / about;
    let power = 10_f64.powf(raw.log10().floor());
    let step =
        [1.0, 2.0, 5.0, 10.0].map(|n| n * power).into_iter().find(|step| *step >= raw * 0.999);
    let step = step.unwrap_or(raw);
    let count = (most / step * 0.999_999).ceil().max(1.0) as usize;
    (0..=count.min(50)).map(|n| n as f64 * step).collect()
}

const SECOND: u64 = 1_000_000_000;

/// Moments between two that are round ones, not more than about ten, and how far apart.
pub(super) fn moments(from: u64, to: u64) -> (Vec<u64>, u64) {
    let span = to.saturating_sub(from);
    let small = [1, 2, 5].into_iter().cycle().zip(0..24).map(|(n, at)| n * 10_u64.pow(at / 3 + 2));
    let seconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600];
    let days = [0.5, 1.0, 2.0, 7.0, 14.0, 30.0, 90.0, 365.0, 3650.0, 36_500.0];
    let days = days.map(|n: f64| (n * 86_400.0) as u64);
    let small = small.filter(|step| *step < SECOND);
    let large = seconds.into_iter().chain(days).map(|n| n * SECOND);
    let step = small.chain(large).find(|step| span / step <= 9).unwrap_or(span.max(1));
    let first = from.div_ceil(step).saturating_mul(step);
    let all = (0..=10)
        .map(|n| first.saturating_add(step.saturating_mul(n)))
        .filter(|at| (from..=to).contains(at));
    let mut all: Vec<u64> = all.collect();
    all.dedup();
    (all, step)
}

/// A moment as short as the steps allow.
pub(super) fn moment(at: u64, step: u64, origin: u64) -> String {
    let text = crate::stats::units::moment(at);
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or(&text).to_owned();
    match step {
        0..SECOND => format!("+{}", crate::stats::units::time(at.saturating_sub(origin))),
        _ if step < 60 * SECOND => part(11, 19),
        _ if step < 43_200 * SECOND => part(11, 16),
        _ => part(5, 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_round() {
        assert_eq!(steps(7.3, 4.0), [0.0, 2.0, 4.0, 6.0, 8.0]);
        assert_eq!(steps(100.0, 4.0), [0.0, 50.0, 100.0]);
        assert_eq!(steps(0.0, 4.0), [0.0, 1.0]);
    }

    #[test]
    fn moments_are_round_and_few() {
        for span in
            [1_000, 40_000_000, 3 * SECOND, 86_400 * SECOND, 400 * 86_400 * SECOND, u64::MAX / 2]
        {
            let (all, step) =
                moments(1_700_000_000 * SECOND + 7, 1_700_000_000 * SECOND + 7 + span);
            assert!(all.len() <= 11, "{span} {step} {all:?}");
            assert!(all.iter().all(|at| at % step == 0));
        }
        moments(0, u64::MAX);
        moments(u64::MAX, u64::MAX);
    }
}
