//! How far the work is, on standard error, when that is a terminal and the work is long.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use wirelens::capture::Capture;

/// Shown only when the work has taken so long.
const PATIENCE: Duration = Duration::from_millis(700);
/// The clock is looked at once in so many frames.
const STRIDE: u64 = 4096;

/// A bar that appears when it is worth it. It measures what was read, so that it is right for
/// compressed captures too.
pub(crate) struct Progress {
    since: Instant,
    read: Arc<AtomicU64>,
    total: Option<u64>,
    wanted: bool,
    frames: u64,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// For work on this capture.
    pub(crate) fn new(capture: &Capture, quiet: bool) -> Progress {
        Progress {
            since: Instant::now(),
            read: capture.position_counter(),
            total: capture.size_hint(),
            wanted: !quiet && std::io::stderr().is_terminal(),
            frames: 0,
            bar: None,
        }
    }

    /// Counts frames.
    #[inline]
    pub(crate) fn add(&mut self, more: u64) {
        let before = self.frames / STRIDE;
        self.frames += more;
        if self.wanted && self.frames / STRIDE != before {
            self.show();
        }
    }

    #[cold]
    fn show(&mut self) {
        if self.since.elapsed() < PATIENCE {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| bar(self.total));
        let read = self.read.load(Ordering::Relaxed);
        bar.set_position(read.min(self.total.unwrap_or(u64::MAX)));
        bar.set_message(format!("{} frames", self.frames));
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(total: Option<u64>) -> ProgressBar {
    let template = match total {
        Some(_) => "{bar:30} {bytes}/{total_bytes} {msg} {bytes_per_sec} {eta} left",
        None => "{spinner} {bytes} {msg} {bytes_per_sec}",
    };
    let bar = match total {
        Some(total) => ProgressBar::new(total),
        None => ProgressBar::new_spinner(),
    };
    bar.set_style(ProgressStyle::with_template(template).unwrap_or(ProgressStyle::default_bar()));
    bar
}
