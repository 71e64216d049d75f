//! Opened frames into captures: one file, or one after the other by size, time or number of
//! frames.

mod file;
mod name;
mod run;
mod store;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::Duration;

use wirelens_capture::{Capture, Frame, Interface, InterfaceCounters, Timestamp};

use file::Opened;
use name::Names;

pub use run::{Recorded, Told};

use crate::live::clock;
use crate::{Error, Format, Packing};

/// Records frames into a file, or into several one after the other.
///
/// ```no_run
/// # fn main() -> Result<(), wirelens::Error> {
/// // The last ten files of a hundred million bytes each.
/// let mut capture = wirelens::capture::Capture::open("in.pcapng")?;
/// let files = wirelens::record("out.pcapng").rotate_size(100_000_000).keep(10);
/// let recorded = files.run(&mut capture, &mut |_| {})?;
/// println!("{} frames in {} files", recorded.frames, recorded.files);
/// # Ok(())
/// # }
/// ```
pub fn record(path: impl AsRef<Path>) -> Recording {
    Recording {
        path: path.as_ref().to_owned(),
        format: None,
        size: None,
        time: None,
        frames: None,
        keep: None,
        comment: None,
        flush: Duration::from_secs(1),
        most_bytes: u64::MAX,
        signals: run::Signals::default(),
    }
}

/// Where and how to record; made by [`record`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Recording {
    path: PathBuf,
    format: Option<Format>,
    size: Option<u64>,
    time: Option<Duration>,
    frames: Option<u64>,
    keep: Option<usize>,
    comment: Option<String>,
    flush: Duration,
    most_bytes: u64,
    signals: run::Signals,
}

impl Recording {
    /// [`Format::Pcap`] or [`Format::Pcapng`], instead of what the extension tells; pcapng where it
    /// tells nothing.
    pub fn format(mut self, format: Format) -> Recording {
        self.format = Some(format);
        self
    }

    /// Begins another file before one is larger than so many bytes, unless a single frame is.
    pub fn rotate_size(mut self, bytes: u64) -> Recording {
        self.size = Some(bytes);
        self
    }

    /// Begins another file when frames are so much later than the first, by their own times. Where
    /// nothing comes, the file is ended all the same; the next begins with the next frame.
    pub fn rotate_time(mut self, time: Duration) -> Recording {
        self.time = Some(time);
        self
    }

    /// Begins another file behind so many frames.
    pub fn rotate_frames(mut self, frames: u64) -> Recording {
        self.frames = Some(frames);
        self
    }

    /// Keeps only so many files: when another begins, the oldest is removed.
    pub fn keep(mut self, files: usize) -> Recording {
        self.keep = Some(files);
        self
    }

    /// A comment in each file's header; pcapng only.
    pub fn comment(mut self, text: impl Into<String>) -> Recording {
        self.comment = Some(text.into());
        self
    }

    /// How long a frame may wait in memory before it is written, at the most: a second. A program
    /// that is killed leaves whole records up to then. Zero: until nothing more is there to be read.
    /// Standard output is always written to so.
    pub fn flush_every(mut self, time: Duration) -> Recording {
        self.flush = time;
        self
    }

    /// Ends when the files have so many bytes together.
    pub fn most_bytes(mut self, bytes: u64) -> Recording {
        self.most_bytes = bytes;
        self
    }

    fn rotates(&self) -> bool {
        self.size.is_some() || self.time.is_some() || self.frames.is_some()
    }

    /// The format, once everything is known to go together.
    fn checked(&self) -> Result<Format, Error> {
        let wrong = |text: String| Err(Error::Usage(text));
        Packing::check(&self.path)?;
        let path = self.path.display();
        let (of_path, packing) = Format::of_path(&self.path);
        if packing != Packing::None {
            return wrong(format!(
                "{path}: a recording is not compressed; compress its files later"
            ));
        }
        let format = match self.format.or(of_path) {
            Some(format @ (Format::Pcap | Format::Pcapng)) => format,
            None => Format::Pcapng,
            Some(other) => {
                let name = other.name();
                return wrong(format!("{path}: recordings are pcap or pcapng, not {name}"));
            }
        };
        if format == Format::Pcap && self.comment.is_some() {
            return wrong(format!("{path}: pcap has no place for a comment; write pcapng"));
        }
        if self.path.as_os_str() == "-" && self.rotates() {
            return wrong("standard output is one file; name one with -w to rotate".to_owned());
        }
        if self.keep.is_some() && !self.rotates() {
            let text = "to keep some files only, say when another begins: by size, time or frames";
            return wrong(text.to_owned());
        }
        if self.keep == Some(0) || self.size == Some(0) || self.frames == Some(0) {
            return wrong("files of a size, frames or number of 0 cannot be".to_owned());
        }
        if self.time.is_some_and(|time| time.is_zero()) {
            return wrong("a file cannot take no time".to_owned());
        }
        Ok(format)
    }

    /// Is everything that was asked for possible together?
    ///
    /// # Errors
    /// When it is not.
    pub fn check(&self) -> Result<(), Error> {
        self.checked()?;
        Names::new(&self.path, self.rotates()).map(drop)
    }

    /// Creates the first file for a capture; at once if that is live, else with its first frame.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_for(self, capture: &mut Capture) -> Result<Recorder, Error> {
        let now = capture.live_statistics().map(|_| clock());
        self.open(capture.interfaces(), now)
    }

    /// Creates the first file, which begins `now`; without that, when the first frame comes.
    /// `interfaces` are those that are known by now.
    ///
    /// # Errors
    /// When the file cannot be created, or what was asked for does not go together.
    pub fn open(self, interfaces: &[Interface], now: Option<Timestamp>) -> Result<Recorder, Error> {
        let format = self.checked()?;
        let names = Names::new(&self.path, self.rotates())?;
        let mut recorder = Recorder {
            settings: self,
            format,
            names,
            open: None,
            kept: VecDeque::new(),
            interfaces: interfaces.to_vec(),
            counters: Vec::new(),
            lost: Vec::new(),
            delivered: Vec::new(),
            begun: now,
            now: now.unwrap_or_default(),
            period: None,
            recorded: Recorded::default(),
            finished: None,
        };
        if let Some(now) = now {
            recorder.begin(now)?;
        }
        Ok(recorder)
    }
}

/// Files being recorded; made by [`Recording::open`].
pub struct Recorder {
    settings: Recording,
    format: Format,
    names: Names,
    open: Option<Opened>,
    /// Those that are still there, the oldest first.
    kept: VecDeque<PathBuf>,
    interfaces: Vec<Interface>,
    counters: Vec<InterfaceCounters>,
    /// Frames dropped at each interface that its next frame is to tell of.
    lost: Vec<u64>,
    /// Frames of each interface that were recorded.
    delivered: Vec<u64>,
    begun: Option<Timestamp>,
    /// The latest time that is known.
    now: Timestamp,
    /// When the time of the file that is open began.
    period: Option<Timestamp>,
    recorded: Recorded,
    /// The file that was ended last.
    finished: Option<PathBuf>,
}

impl Recorder {
    /// Records a frame.
    ///
    /// # Errors
    /// When it cannot be written, or the format cannot hold it. What was recorded before is in whole
    /// files.
    pub fn frame(&mut self, frame: &Frame<'_>) -> Result<(), Error> {
        if let Some(more) = frame.interfaces.get(self.interfaces.len()..) {
            self.interfaces.extend_from_slice(more);
        }
        let time = frame.time.unwrap_or(self.now);
        self.begun.get_or_insert(time);
        self.pass_to(time)?;
        let full = self.settings.frames.unwrap_or(u64::MAX);
        if self.open.as_ref().is_some_and(|open| open.frames() >= full) {
            self.end()?;
        }
        let lost = self.lost.get_mut(frame.interface as usize).map_or(0, std::mem::take);
        if !self.put(frame, lost, time)? {
            self.end()?;
            self.put(frame, lost, time)?;
        }
        self.recorded.frames += 1;
        let at = frame.interface as usize;
        if at >= self.delivered.len() {
            self.delivered.resize(self.interfaces.len().max(1), 0);
        }
        if let Some(delivered) = self.delivered.get_mut(at) {
            *delivered += 1;
        }
        Ok(())
    }

    /// It is so late: a file whose time is over is ended. Frames tell the time too.
    ///
    /// # Errors
    /// When what is left of it cannot be written.
    pub fn tick(&mut self, now: Timestamp) -> Result<(), Error> {
        self.pass_to(now)
    }

    /// What was counted at the interfaces since the capture began: each file ends with it. What was
    /// dropped since the last call is told by the next frame of the interface as well.
    pub fn count(&mut self, counters: &[InterfaceCounters]) {
        for new in counters {
            let at = new.interface as usize;
            let of = |one: &InterfaceCounters| {
                one.system_dropped.unwrap_or(0) + one.dropped.unwrap_or(0)
            };
            let before = self.counters.iter().find(|old| old.interface == new.interface);
            let lost = of(new).saturating_sub(before.map_or(0, of));
            if self.lost.len() < self.interfaces.len() {
                self.lost.resize(self.interfaces.len(), 0);
            }
            if let Some(sum) = self.lost.get_mut(at) {
                *sum += lost;
            }
        }
        self.counters = counters.to_vec();
    }

    /// Writes what is in memory.
    ///
    /// # Errors
    /// When that cannot be done; the file then ends behind the last record that fits.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.open.as_mut().map_or(Ok(()), Opened::flush)
    }

    /// Ends the file. A recording without frames is one empty file.
    ///
    /// # Errors
    /// When what is left of it cannot be written.
    pub fn finish(&mut self) -> Result<(), Error> {
        if self.recorded.files == 0 {
            self.begin(self.now)?;
        }
        self.end()
    }

    /// What was recorded so far.
    pub fn recorded(&self) -> Recorded {
        let open = self.open.as_ref().map_or(0, Opened::length);
        Recorded { bytes: self.recorded.bytes + open, ..self.recorded }
    }

    /// Ends the file if a time is beyond its own.
    fn pass_to(&mut self, time: Timestamp) -> Result<(), Error> {
        self.now = self.now.max(time);
        let Some(length) = self.settings.time else { return Ok(()) };
        let Some(start) = self.period else {
            self.period = Some(time);
            return Ok(());
        };
        let (length, passed) = (length.as_nanos() as i128, time.as_nanos() - start.as_nanos());
        if passed < length {
            return Ok(());
        }
        self.period = Some(Timestamp::from_nanos(start.as_nanos() + passed / length * length));
        if self.open.as_ref().is_some_and(|open| open.frames() > 0) { self.end() } else { Ok(()) }
    }

    /// Writes a frame; false if the file has no room for it.
    fn put(&mut self, frame: &Frame<'_>, lost: u64, time: Timestamp) -> Result<bool, Error> {
        if self.open.is_none() {
            self.begin(time)?;
        }
        let most = self.settings.size.unwrap_or(u64::MAX);
        self.open.as_mut().map_or(Ok(true), |open| open.frame(frame, lost, most))
    }

    fn begin(&mut self, time: Timestamp) -> Result<(), Error> {
        let path = self.names.next(time)?;
        let comment = self.settings.comment.as_deref();
        self.open = Some(Opened::begin(&path, self.format, comment, &self.interfaces)?);
        self.recorded.files += 1;
        // Where the name is an older one's, that file was overwritten.
        self.kept.retain(|kept| *kept != path);
        self.kept.push_back(path);
        let keep = self.settings.keep.unwrap_or(usize::MAX);
        while self.kept.len() > keep {
            let Some(oldest) = self.kept.pop_front() else { break };
            match std::fs::remove_file(&oldest) {
                // Somebody was faster.
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::Output { path: oldest, source: error });
                }
                _ => self.recorded.removed += 1,
            }
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Error> {
        let Some(open) = self.open.take() else { return Ok(()) };
        self.finished = Some(open.path().to_owned());
        let span = (self.begun.unwrap_or(self.now), self.now);
        let (ended, bytes) = open.finish(&self.interfaces, &self.counters, span);
        self.recorded.bytes += bytes;
        ended
    }
}
