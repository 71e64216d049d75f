//! Frames that were dropped: noticed while they are.

use std::fmt;
use std::time::{Duration, Instant};

use wirelens_capture::{Capture, LiveStatistics};

/// The system's counters are looked at so often.
const OFTEN: Duration = Duration::from_millis(250);

/// Frames that an interface dropped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dropped {
    /// Index of the interface in [`Capture::interfaces`].
    pub interface: u32,
    /// Its name.
    pub name: String,
    /// Frames for which the system had no room, since it was told last.
    pub by_kernel: u64,
    /// Frames that the interface or its driver dropped, since it was told last.
    pub by_interface: u64,
    /// What was counted since the capture began.
    pub total: LiveStatistics,
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, total) = (&self.name, &self.total);
        let mut separator = ": ";
        for (count, sum, by) in [
            (
                self.by_kernel,
                total.dropped,
                "for want of room: they come faster than they are taken",
            ),
            (self.by_interface, total.interface_dropped, "by the interface"),
        ] {
            if count > 0 {
                let name = if separator == ": " { name.as_str() } else { "" };
                write!(f, "{name}{separator}{count} frames dropped {by} ({sum} in all)")?;
                separator = ", ";
            }
        }
        Ok(())
    }
}

/// What was known of dropped frames when it was looked at last.
#[derive(Default)]
pub(crate) struct Drops {
    last: Vec<LiveStatistics>,
    looked: Option<Instant>,
    fresh: bool,
}

impl Drops {
    /// Looks again if it is time to, and says what was dropped since; a file drops nothing.
    pub(crate) fn look(&mut self, capture: &mut Capture) -> Vec<Dropped> {
        let now = Instant::now();
        self.fresh = self.looked.is_none_or(|looked| now.duration_since(looked) >= OFTEN);
        if !self.fresh {
            return Vec::new();
        }
        self.looked = Some(now);
        let statistics = capture.live_statistics().unwrap_or_default();
        self.last.resize(statistics.len(), LiveStatistics::default());
        let mut found = Vec::new();
        for ((interface, new), old) in (0..).zip(&statistics).zip(&self.last) {
            let by_kernel = new.dropped.saturating_sub(old.dropped);
            let by_interface = new.interface_dropped.saturating_sub(old.interface_dropped);
            if by_kernel + by_interface == 0 {
                continue;
            }
            let details = capture.interfaces().get(interface as usize);
            let name = details.and_then(|details| details.name()).unwrap_or_default();
            let name = String::from_utf8_lossy(name).into_owned();
            found.push(Dropped { interface, name, by_kernel, by_interface, total: *new });
        }
        self.last = statistics;
        found
    }

    /// The counters, if the last call looked at them.
    pub(crate) fn news(&self) -> Option<&[LiveStatistics]> {
        (self.fresh && !self.last.is_empty()).then_some(&self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_dropped_is_told_in_words() {
        let total = LiveStatistics { received: 9, dropped: 5, interface_dropped: 3 };
        let name = "eth0".to_owned();
        let mut dropped = Dropped { interface: 0, name, by_kernel: 2, by_interface: 0, total };
        assert_eq!(
            dropped.to_string(),
            "eth0: 2 frames dropped for want of room: they come faster than they are taken \
             (5 in all)"
        );
        dropped.by_interface = 1;
        assert!(
            dropped
                .to_string()
                .ends_with("(5 in all), 1 frames dropped by the interface (3 in all)")
        );
        dropped.by_kernel = 0;
        assert_eq!(dropped.to_string(), "eth0: 1 frames dropped by the interface (3 in all)");
    }
}
