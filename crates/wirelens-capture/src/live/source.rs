//! The reader of live devices: waits for frames, puts those of several devices in order, ends.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::backend::{self, Opened, Tap};
use super::batch::{self, Batch, Clock, Waiting};
use super::options::{LiveOptions, TimestampSource};
use super::savefile::Savefile;
use super::statistics::Meter;
use super::stop::Waker;
use super::{Injector, LiveError, LiveStatistics, Stopper, describe};
use crate::log::{Log, Problem};
use crate::record::{Desk, FrameParts, Step};
use crate::{Error, Interface, LinkType, Timestamp};

/// Bytes taken ahead of the reader; a single device's frames beyond that wait in the kernel.
const AHEAD: usize = 1024 * 1024;
/// Bytes held back for the sake of order; more are delivered as they are.
const HELD: usize = 16 * 1024 * 1024;
/// Several devices show their frames at least this often, so that none waits long for the others.
const SEVERAL: Duration = Duration::from_millis(100);
/// What a frame may take from its time to where it can be seen, beyond the kernel's collecting.
const LATE: Duration = Duration::from_millis(10);
/// The stop flag is looked at so often although nothing woke the wait: a signal may have come just
/// before it, and other threads set the flag without one.
const LOOK: Duration = Duration::from_millis(200);
/// The system's counters are looked at so often, for frames that were dropped.
const COUNT: Duration = Duration::from_secs(1);

/// Devices being captured from.
pub(crate) struct Live {
    sources: Vec<Source>,
    /// Where what waits is put together when the buffer is tidied up.
    spare: Vec<u8>,
    /// Bytes in the buffer after it was tidied up last.
    tidied: usize,
    /// There is no room to hold frames back.
    full: bool,
    stop: Arc<AtomicBool>,
    waker: Arc<Waker>,
    /// How long frames are held back for those of other devices.
    hold: Duration,
    /// How long frames may wait in the kernel.
    patience: Duration,
    /// Frames still to deliver.
    left: Option<u64>,
    /// When the capture ends by itself.
    until: Option<Instant>,
    /// When the reader wants its turn although nothing came.
    tick: Option<Instant>,
    ending: Option<Ending>,
    /// Times are those of the host's clock.
    by_the_host: bool,
    counted: Instant,
    failure: Option<Error>,
    savefile: Option<Savefile>,
}

struct Source {
    tap: Box<dyn Tap>,
    meter: Meter,
    name: String,
    interface: u32,
    link_type: LinkType,
    queue: VecDeque<Waiting>,
    /// When it last had nothing to give.
    empty_at: Instant,
    /// The counters as they were read last.
    last: LiveStatistics,
    /// Frames dropped that were told of.
    dropped: u64,
    open: bool,
}

/// The capture was told to end: frames up to then are still delivered, for a while.
struct Ending {
    /// When, if the devices' clocks are the host's.
    at: Option<Timestamp>,
    until: Instant,
}

impl Live {
    /// Opens the devices; returns what they are, and what could not be done as asked.
    pub(crate) fn open(
        names: &[String],
        options: &LiveOptions,
    ) -> Result<(Self, Vec<Interface>, Vec<Problem>), Error> {
        describe::check(names, options)?;
        let mut options = options.clone();
        if names.len() > 1 && options.timeout().is_some_and(|timeout| timeout > SEVERAL) {
            options.buffer_timeout = SEVERAL.as_millis() as i64;
        }
        let waker = Waker::new().map_err(|error| LiveError::Failed {
            interface: names.join(","),
            doing: "opening",
            message: error.to_string(),
        })?;
        let patience = options.timeout().unwrap_or_default() + LATE;
        let (mut sources, mut interfaces, mut problems) = (Vec::new(), Vec::new(), Vec::new());
        let now = Instant::now();
        for name in names {
            let opened = backend::open(name, &options)?;
            let interface = interfaces.len() as u32;
            interfaces.push(describe::interface(name, interface, &opened, &options));
            let Opened { tap, link_type, warnings, .. } = opened;
            problems.extend(
                warnings
                    .into_iter()
                    .map(|message| Problem::Interface { interface: name.clone(), message }),
            );
            sources.push(Source {
                meter: tap.meter(),
                tap,
                name: name.clone(),
                interface,
                link_type,
                queue: VecDeque::new(),
                empty_at: now,
                last: LiveStatistics::default(),
                dropped: 0,
                open: true,
            });
        }
        let live = Self {
            sources,
            spare: Vec::new(),
            tidied: 0,
            full: false,
            stop: Arc::clone(&options.stop),
            waker: Arc::new(waker),
            hold: if names.len() > 1 { patience } else { Duration::ZERO },
            patience,
            left: options.count,
            until: options.duration.and_then(|duration| now.checked_add(duration)),
            tick: None,
            ending: None,
            by_the_host: options.timestamp_source.is_none_or(TimestampSource::is_the_hosts),
            counted: now,
            failure: None,
            savefile: options.savefile.as_deref().map(Savefile::create).transpose()?,
        };
        Ok((live, interfaces, problems))
    }

    /// The next frame; waits for it.
    #[inline]
    pub(crate) fn step(&mut self, desk: &mut Desk<'_>) -> Step {
        if let [source] = self.sources.as_mut_slice()
            && self.ending.is_none()
            && self.left.is_none()
            && self.savefile.is_none()
            && let Some(waiting) = source.queue.pop_front()
        {
            *desk.frame = source.parts(&waiting);
            return Step::Frame;
        }
        self.step_slowly(desk)
    }

    fn step_slowly(&mut self, desk: &mut Desk<'_>) -> Step {
        loop {
            if self.left == Some(0) || self.failure.is_some() {
                return Step::End;
            }
            if self.ending.is_none() && self.is_over() {
                let until = Instant::now() + self.patience;
                let at = self.by_the_host.then(batch::now);
                self.ending = Some(Ending { at, until });
            }
            if self.deliver(desk) {
                return self.save(desk);
            }
            let more = self.fill(desk);
            self.count(desk.log);
            if self.ending.is_some() {
                self.close_what_is_done();
            }
            if more || self.ready().is_some() {
                continue;
            }
            if self.sources.iter().all(|source| !source.open && source.queue.is_empty()) {
                return Step::End;
            }
            if self.tick.is_some_and(|tick| tick <= Instant::now()) {
                return Step::Tick;
            }
            if let Err(error) = self.wait() {
                let interface = self.sources.first().map(|source| source.name.clone());
                let interface = interface.unwrap_or_default();
                let message = error.to_string();
                self.failure =
                    Some(LiveError::Failed { interface, doing: "waiting", message }.into());
            }
        }
    }

    /// Gives the reader a turn at that time, although nothing came; `None` is never.
    pub(crate) fn tick_at(&mut self, tick: Option<Instant>) {
        self.tick = tick;
    }

    /// Whether a frame can be delivered without waiting.
    pub(crate) fn has_frame(&self) -> bool {
        self.ready().is_some() && self.left != Some(0)
    }

    /// Writes what is left of the savefile; the error that ended the capture, once.
    pub(crate) fn close(&mut self) -> Result<(), Error> {
        let saved = self.savefile.take().map_or(Ok(()), Savefile::finish);
        self.failure.take().map_or(saved, Err)
    }

    /// Writes the frame on the desk into the savefile. What was written is flushed before a wait.
    fn save(&mut self, desk: &Desk<'_>) -> Step {
        let Some(savefile) = &mut self.savefile else { return Step::Frame };
        let mut saved = savefile.frame(&desk.frame());
        if saved.is_ok() && !self.has_frame() {
            saved = self.savefile.as_mut().map_or(Ok(()), Savefile::flush);
        }
        match saved {
            Ok(()) => Step::Frame,
            Err(error) => {
                self.failure = Some(error);
                self.savefile = None;
                for source in &mut self.sources {
                    source.open = false;
                    source.queue.clear();
                }
                Step::End
            }
        }
    }

    pub(crate) fn stopper(&self) -> Stopper {
        Stopper::new(Arc::clone(&self.stop), Some(Arc::clone(&self.waker)))
    }

    pub(crate) fn injector(&self, interface: u32) -> Option<Injector> {
        let source = self.sources.iter().find(|source| source.interface == interface)?;
        Some(source.tap.injector())
    }

    pub(crate) fn meter(&self, interface: u32) -> Option<Meter> {
        let source = self.sources.iter().find(|source| source.interface == interface)?;
        Some(source.meter.clone())
    }

    /// What the system counted, by interface; the last known where it no longer says.
    pub(crate) fn statistics(&mut self) -> Vec<LiveStatistics> {
        let read = |source: &mut Source| {
            source.last = source.meter.read().unwrap_or(source.last);
            source.last
        };
        self.sources.iter_mut().map(read).collect()
    }

    fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.until.is_some_and(|until| until <= Instant::now())
    }

    /// Puts the next frame on the desk, if it is certain which it is.
    fn deliver(&mut self, desk: &mut Desk<'_>) -> bool {
        while let Some(index) = self.ready() {
            let Some(source) = self.sources.get_mut(index) else { break };
            let Some(waiting) = source.queue.pop_front() else { break };
            let end = self.ending.as_ref().and_then(|ending| ending.at);
            if end.is_some_and(|end| waiting.time > end) {
                // Times of one device do not go back but for steps of its clock.
                source.open = false;
                source.queue.clear();
                continue;
            }
            *desk.frame = source.parts(&waiting);
            if let Some(left) = &mut self.left {
                *left = left.saturating_sub(1);
            }
            return true;
        }
        false
    }

    /// Which device has the next frame: the earliest that waits, once no other can have an earlier.
    fn ready(&self) -> Option<usize> {
        let heads = self.sources.iter().enumerate();
        let heads = heads.filter_map(|(index, source)| Some((index, source.queue.front()?)));
        let (index, head) = heads.min_by_key(|(_, head)| head.time)?;
        let others_are_later = self
            .sources
            .iter()
            .all(|source| !source.queue.is_empty() || !source.open || source.empty_at >= head.due);
        (others_are_later || self.full).then_some(index)
    }

    /// Takes what has come; true when there is more than was taken.
    fn fill(&mut self, desk: &mut Desk<'_>) -> bool {
        // What was lent last is no longer there.
        desk.frame.captured = Default::default();
        desk.frame.options = Default::default();
        let bytes = desk.window.buffer();
        if bytes.len() > AHEAD + 2 * self.tidied
            || self.sources.iter().all(|source| source.queue.is_empty())
        {
            let queues = self.sources.iter_mut().map(|source| &mut source.queue);
            batch::compact(bytes, &mut self.spare, queues);
            self.tidied = bytes.len();
        }
        let mut any = false;
        let several = self.sources.len() > 1;
        let enough = if several { HELD } else { AHEAD };
        let mut lost = None;
        for (index, source) in self.sources.iter_mut().enumerate().filter(|(_, one)| one.open) {
            loop {
                if bytes.len() >= enough {
                    break;
                }
                let clock = Clock::read(self.hold);
                let before = source.queue.len();
                let mut batch = Batch { bytes, queue: &mut source.queue, clock };
                match source.tap.take(&mut batch) {
                    Ok(more) => {
                        let taken = source.queue.len() - before;
                        any |= taken > 0;
                        if taken == 0 {
                            source.empty_at = clock.now();
                        }
                        if !more {
                            break;
                        }
                    }
                    Err(error) => {
                        source.open = false;
                        lost = Some((index, error));
                        break;
                    }
                }
            }
        }
        self.full = bytes.len() >= enough;
        if let Some((index, error)) = lost {
            self.lose(index, error, desk.log);
        }
        any
    }

    /// A device has gone: the others go on.
    #[cold]
    fn lose(&mut self, index: usize, error: LiveError, log: &mut Log) {
        let waits = self.sources.iter().any(|source| source.open || !source.queue.is_empty());
        if !waits {
            self.failure = Some(error.into());
            return;
        }
        let interface = self.sources.get(index).map(|source| source.name.clone());
        let message = match error {
            LiveError::Failed { message, .. } => message,
            other => other.to_string(),
        };
        log.warn(0, Problem::Interface { interface: interface.unwrap_or_default(), message }, 0);
    }

    /// After the end was asked for: devices are done when the kernel keeps nothing of theirs.
    fn close_what_is_done(&mut self) {
        let late = self.ending.as_ref().is_none_or(|ending| ending.until <= Instant::now());
        for source in self.sources.iter_mut().filter(|source| source.open) {
            if late || (source.queue.is_empty() && !source.tap.keeps_frames()) {
                source.open = false;
            }
        }
    }

    /// Waits until a device has frames, the stopper wakes, or something falls due.
    fn wait(&self) -> std::io::Result<()> {
        let now = Instant::now();
        let due = self.sources.iter().filter_map(|source| source.queue.front()).map(|one| one.due);
        let ending = self.ending.as_ref().map(|ending| ending.until);
        let limits = [self.tick, self.until.filter(|_| ending.is_none()), ending];
        let moments = limits.into_iter().flatten().chain(due);
        let longest = self.sources.iter().filter_map(|source| source.tap.longest_wait());
        let wait = moments
            .map(|moment| moment.saturating_duration_since(now))
            .chain(longest)
            .fold(LOOK, Duration::min);
        self.poll(wait)
    }

    #[cfg(unix)]
    fn poll(&self, wait: Duration) -> std::io::Result<()> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        /// As many descriptors need no allocation.
        const FEW: usize = 8;
        let timeout = Timespec {
            tv_sec: i64::try_from(wait.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: wait.subsec_nanos().into(),
        };
        let descriptors =
            self.sources.iter().filter(|one| one.open).filter_map(|one| one.tap.descriptor());
        // Once the end was asked for, the waker would end every wait.
        let waker = self.ending.is_none().then(|| self.waker.descriptor());
        let all = waker.into_iter().chain(descriptors);
        let mut all = all.map(|one| PollFd::from_borrowed_fd(one, PollFlags::IN));
        let mut few: [PollFd<'_>; FEW] = std::array::from_fn(|_| {
            PollFd::from_borrowed_fd(self.waker.descriptor(), PollFlags::empty())
        });
        let count = few.iter_mut().zip(&mut all).map(|(place, one)| *place = one).count();
        let polled = if count < FEW {
            poll(few.get_mut(..count).unwrap_or_default(), Some(&timeout))
        } else {
            let mut many: Vec<PollFd<'_>> = few.into_iter().chain(all).collect();
            poll(&mut many, Some(&timeout))
        };
        match polled {
            // A signal: its handler may have set the flag.
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    #[cfg(not(unix))]
    fn poll(&self, wait: Duration) -> std::io::Result<()> {
        // No descriptor tells of frames here: looked at often enough for a person.
        std::thread::sleep(wait.min(Duration::from_millis(5)));
        Ok(())
    }

    /// Once a second: whether frames were dropped.
    fn count(&mut self, log: &mut Log) {
        let now = Instant::now();
        if now.duration_since(self.counted) < COUNT {
            return;
        }
        self.counted = now;
        for source in &mut self.sources {
            source.last = source.meter.read().unwrap_or(source.last);
            let dropped = source.last.dropped + source.last.interface_dropped;
            let new = dropped.saturating_sub(source.dropped);
            if new > 0 {
                let problem = Problem::Dropped { interface: source.name.clone(), frames: new };
                log.warn(0, problem, 0);
            }
            source.dropped = dropped;
        }
    }
}

impl Source {
    #[inline]
    fn parts(&self, waiting: &Waiting) -> FrameParts {
        FrameParts {
            time: Some(waiting.time),
            captured: waiting.captured,
            length: waiting.length,
            link_type: self.link_type,
            interface: self.interface,
            section: 0,
            offset: 0,
            options: waiting.options,
            big_endian: false,
        }
    }
}
