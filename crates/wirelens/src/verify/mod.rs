//! How frames, chains and fields compare with what tshark says of the same capture.
//!
//! Both dissect the whole capture, and a frame of each is held at a time. Fields are paired by
//! name, byte range and value. Of tshark's those count that it shows in the frame's own bytes; not
//! what it hides, works out, or keeps for itself. A value is the same however it is spelled.

mod chain;
mod fields;
mod frame;
mod number;
mod report;
mod tally;
mod theirs;
mod value;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;
use wirelens_report::{Line, write_detail};

pub use tally::{Difference, ProtocolTally, Verification};

use crate::engines::tshark::{PdmlFrame, RunningTshark, Tshark};
use crate::{Error, Frames, Registry};
use frame::Comparison;
use theirs::Theirs;

/// Compares what is said of a capture, which must be a file that tshark reads too.
///
/// ```no_run
/// # fn main() -> Result<(), wirelens::Error> {
/// let verification = wirelens::verify("in.pcap").run()?;
/// println!("{}", verification.to_text());
/// # Ok(())
/// # }
/// ```
pub fn verify(file: impl AsRef<Path>) -> Verify {
    Verify {
        file: file.as_ref().to_owned(),
        registry: None,
        decode_as: Vec::new(),
        disable: Vec::new(),
        reassemble: true,
        frames: None,
        differences: 10,
        stop: Arc::default(),
    }
}

/// What to compare and how; made by [`verify`].
#[derive(Clone)]
#[must_use]
pub struct Verify {
    file: PathBuf,
    registry: Option<Arc<Registry>>,
    decode_as: Vec<String>,
    disable: Vec<String>,
    reassemble: bool,
    frames: Option<u64>,
    differences: usize,
    stop: Arc<AtomicBool>,
}

impl Verify {
    /// Has both put datagrams and streams together, or neither. The first is the default.
    pub fn reassemble(mut self, reassemble: bool) -> Verify {
        self.reassemble = reassemble;
        self
    }

    /// The first so many frames only.
    pub fn frames(mut self, frames: u64) -> Verify {
        self.frames = Some(frames);
        self
    }

    /// So many differences are told in words; all are counted. 10 unless it is said.
    pub fn differences(mut self, most: usize) -> Verify {
        self.differences = most;
        self
    }

    /// Both take what is found at a number for this protocol: `tcp.port==8888,http`.
    pub fn decode_as(mut self, choice: impl Into<String>) -> Verify {
        self.decode_as.push(choice.into());
        self
    }

    /// Both do without this protocol.
    pub fn disable(mut self, protocol: impl Into<String>) -> Verify {
        self.disable.push(protocol.into());
        self
    }

    /// Dissects with these protocols instead of all that are known.
    pub fn registry(mut self, registry: Arc<Registry>) -> Verify {
        self.registry = Some(registry);
        self
    }

    /// A flag that ends the comparison when another thread sets it.
    pub fn stop_flag(mut self, stop: Arc<AtomicBool>) -> Verify {
        self.stop = stop;
        self
    }

    /// Compares.
    ///
    /// # Errors
    /// When the capture cannot be opened or read, or tshark is not installed or cannot read it.
    /// What it said before it failed is compared: see [`Verification::failure`].
    pub fn run(self) -> Result<Verification, Error> {
        self.run_with(|_| ())
    }

    /// The same; `each` sees what is read behind every frame.
    ///
    /// # Errors
    /// As [`run`](Verify::run).
    pub fn run_with(self, mut each: impl FnMut(&Frames)) -> Result<Verification, Error> {
        if !self.file.is_file() && self.file.as_os_str() == "-" {
            let text = "a comparison needs a file, which tshark reads too, instead of `-`";
            return Err(Error::Usage(text.to_owned()));
        }
        let ours = self.ours()?;
        let theirs = self.tshark().dissect(&self.file)?;
        let known = chain::Known::of(ours.session().registry());
        let told = Verification::default();
        let comparison = Comparison { known, most: self.differences, told };
        let line = Line::new();
        let mut both = Both { ours, theirs, line, frame: PdmlFrame::default(), waiting: None };
        let interrupted = || self.stop.load(Ordering::Relaxed);
        both.compare(comparison, self.frames.unwrap_or(u64::MAX), &interrupted, &mut each)
    }

    fn ours(&self) -> Result<Frames, Error> {
        let mut extract = crate::extract(&self.file).reassemble(self.reassemble);
        if let Some(registry) = &self.registry {
            extract = extract.registry(Arc::clone(registry));
        }
        for choice in &self.decode_as {
            extract = extract.decode_as(choice);
        }
        for protocol in &self.disable {
            extract = extract.disable(protocol);
        }
        extract.frames()
    }

    fn tshark(&self) -> Tshark {
        let mut tshark = Tshark::new().plain();
        for name in ["tcp.desegment_tcp_streams", "ip.defragment", "ipv6.defragment"] {
            let value = if self.reassemble { "TRUE" } else { "FALSE" };
            tshark = tshark.option("-o").option(format!("{name}:{value}"));
        }
        for choice in &self.decode_as {
            tshark = tshark.option("-d").option(choice);
        }
        for protocol in &self.disable {
            tshark = tshark.option("--disable-protocol").option(protocol);
        }
        match self.frames {
            Some(frames) => tshark.option("-c").option(frames.to_string()),
            None => tshark,
        }
    }
}

/// Both sides at work.
struct Both {
    ours: Frames,
    theirs: RunningTshark,
    line: Line,
    frame: PdmlFrame,
    /// A frame of ours that tshark has not reached.
    waiting: Option<(u64, Value)>,
}

impl Both {
    fn compare(
        &mut self,
        mut comparison: Comparison,
        most: u64,
        interrupted: &impl Fn() -> bool,
        each: &mut impl FnMut(&Frames),
    ) -> Result<Verification, Error> {
        while comparison.told.frames < most {
            if interrupted() {
                comparison.told.interrupted = true;
                break;
            }
            let more = match self.theirs.read(&mut self.frame) {
                // The signal that ends us has ended it.
                Err(_) if interrupted() => continue,
                Err(error) if comparison.told.frames > 0 => {
                    comparison.told.failure = Some(error.to_string());
                    break;
                }
                more => more?,
            };
            if !more {
                break;
            }
            let frame = std::mem::take(&mut self.frame);
            if let Some(theirs) = Theirs::of(&frame) {
                self.one(&theirs, &mut comparison)?;
            }
            self.frame = frame;
            each(&self.ours);
        }
        if !comparison.told.interrupted && comparison.told.failure.is_none() {
            while let Some((number, ours)) = self.next(most)? {
                comparison.extra(number, &ours);
            }
        }
        comparison.told.against = self.theirs.creator().replacen("wireshark/", "tshark ", 1);
        Ok(comparison.told)
    }

    /// Compares a frame of tshark's with ours of the same number.
    fn one(&mut self, theirs: &Theirs<'_>, comparison: &mut Comparison) -> Result<(), Error> {
        loop {
            match self.next(u64::MAX)? {
                Some((number, ours)) if number < theirs.number => comparison.extra(number, &ours),
                Some((number, ours)) if number == theirs.number => {
                    comparison.frame(theirs, &ours);
                    return Ok(());
                }
                later => {
                    self.waiting = later;
                    comparison.missing(theirs);
                    return Ok(());
                }
            }
        }
    }

    /// The next frame of ours, up to this number.
    fn next(&mut self, most: u64) -> Result<Option<(u64, Value)>, Error> {
        if let Some(waiting) = self.waiting.take() {
            return Ok(Some(waiting));
        }
        if !self.ours.advance()? {
            return Ok(None);
        }
        let frame = self.ours.current();
        let (head, dissection) = (frame.head(), frame.dissection());
        if head.number > most {
            return Ok(None);
        }
        self.line.clear();
        write_detail(&mut self.line, head, &dissection);
        let value = serde_json::from_slice(self.line.written());
        // What nests too deep for a reader of JSON differs as a whole.
        Ok(Some((head.number, value.unwrap_or(Value::Null))))
    }
}
