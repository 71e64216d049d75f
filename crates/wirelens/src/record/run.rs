//! A capture on its way into files: when they are written, what is told, when it ends.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use wirelens_capture::{Advance, Capture, InterfaceCounters, LiveStatistics};

use super::{Recorder, Recording};
use crate::Error;
use crate::live::{Dropped, Drops, clock};

/// What was recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Recorded {
    /// Frames.
    pub frames: u64,
    /// Bytes of all files, also of those that were removed.
    pub bytes: u64,
    /// Files.
    pub files: u64,
    /// Files that were removed for newer ones.
    pub removed: u64,
}

/// What is told while a capture is recorded.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Told<'a> {
    /// A file is complete.
    Ended(&'a Path),
    /// An interface, by its index, has dropped frames.
    Dropped(&'a Dropped),
    /// How far it is; it was asked for by the flag of [`Recording::tell_flag`].
    Asked(Recorded, &'a [LiveStatistics]),
}

/// Flags that a program's signals set; each is cleared when it was seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Signals {
    flush: Arc<AtomicBool>,
    tell: Arc<AtomicBool>,
}

impl Recording {
    /// A flag that has what is in memory written when it is set.
    pub fn flush_flag(mut self, flag: Arc<AtomicBool>) -> Recording {
        self.signals.flush = flag;
        self
    }

    /// A flag that has [`Told::Asked`] told when it is set.
    pub fn tell_flag(mut self, flag: Arc<AtomicBool>) -> Recording {
        self.signals.tell = flag;
        self
    }

    /// Records a capture until it ends.
    ///
    /// # Errors
    /// When reading or writing fails, after what can be was written.
    pub fn run(
        self,
        capture: &mut Capture,
        told: &mut dyn FnMut(Told<'_>),
    ) -> Result<Recorded, Error> {
        let mut recorder = self.open_for(capture)?;
        recorder.run(capture, told)?;
        Ok(recorder.recorded())
    }
}

/// The longest wait for a frame: signals and the time are looked at then.
const TURN: Duration = Duration::from_millis(200);
/// The same where frames come without a wait.
const STRIDE: u32 = 512;

impl Recorder {
    /// Records a capture until it ends, and ends the file.
    ///
    /// # Errors
    /// When reading or writing fails, after what can be was written. [`Recorder::recorded`] says how
    /// much that is.
    pub fn run(
        &mut self,
        capture: &mut Capture,
        told: &mut dyn FnMut(Told<'_>),
    ) -> Result<(), Error> {
        let ended = self.take(capture, told);
        if let Some(statistics) = capture.live_statistics() {
            self.count_live(&statistics);
        }
        let finished = self.finish();
        self.tell_ended(told);
        ended.and(finished)
    }

    fn take(&mut self, capture: &mut Capture, told: &mut dyn FnMut(Told<'_>)) -> Result<(), Error> {
        let live = capture.live_statistics().is_some();
        let every = self.settings.flush;
        let eager = every.is_zero() || self.settings.path.as_os_str() == "-";
        let mut drops = Drops::default();
        let (mut flushed, mut passed) = (Instant::now(), 0);
        loop {
            let ahead = capture.is_ahead();
            if !ahead || passed >= STRIDE {
                passed = 0;
                let due = flushed.elapsed() >= every;
                if due || eager && !ahead || self.settings.signals.flush.load(Ordering::Relaxed) {
                    self.settings.signals.flush.store(false, Ordering::Relaxed);
                    self.flush()?;
                    flushed = Instant::now();
                }
                self.turn(capture, &mut drops, told)?;
                if live {
                    self.tick(clock())?;
                }
                if self.recorded().bytes >= self.settings.most_bytes {
                    return Ok(());
                }
            }
            let advance = match live && !ahead {
                true => capture.advance_within(TURN.min(every).max(Duration::from_millis(10)))?,
                false if capture.advance()? => Advance::Frame,
                false => Advance::End,
            };
            match advance {
                Advance::Frame => self.frame(&capture.current())?,
                Advance::Tick => {}
                Advance::End => return Ok(()),
            }
            self.tell_ended(told);
            passed += 1;
        }
    }

    /// Looks at what does not happen with every frame.
    fn turn(
        &mut self,
        capture: &mut Capture,
        drops: &mut Drops,
        told: &mut dyn FnMut(Told<'_>),
    ) -> Result<(), Error> {
        for dropped in drops.look(capture) {
            told(Told::Dropped(&dropped));
        }
        if let Some(statistics) = drops.news() {
            self.count_live(statistics);
        }
        if self.settings.signals.tell.swap(false, Ordering::Relaxed) {
            let statistics = capture.live_statistics().unwrap_or_default();
            told(Told::Asked(self.recorded(), &statistics));
        }
        Ok(())
    }

    fn tell_ended(&mut self, told: &mut dyn FnMut(Told<'_>)) {
        if let Some(path) = self.finished.take() {
            told(Told::Ended(&path));
        }
    }

    /// Counts as [`count`](Recorder::count) does, what a live capture says.
    pub(super) fn count_live(&mut self, statistics: &[LiveStatistics]) {
        let counters: Vec<InterfaceCounters> = (0..)
            .zip(statistics)
            .map(|(interface, one)| {
                let at = interface as usize;
                let filtered = self.interfaces.get(at).is_some_and(|it| it.filter().is_some());
                InterfaceCounters {
                    interface,
                    received: Some(one.received),
                    dropped: Some(one.interface_dropped),
                    // Linux counts behind the filter.
                    filter_accepted: filtered.then_some(one.received),
                    system_dropped: Some(one.dropped),
                    delivered: Some(self.delivered.get(at).copied().unwrap_or(0)),
                }
            })
            .collect();
        self.count(&counters);
    }
}
