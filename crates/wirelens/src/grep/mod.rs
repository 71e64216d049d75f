//! Searches what flows carry, wherever segments end.

mod pattern;
mod print;
mod search;
mod settings;
mod window;
mod written;

use std::collections::HashSet;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use wirelens_capture::PcapWriter;
use wirelens_dissect::Registry;
use wirelens_flow::{Event, Flow};

pub use pattern::Pattern;
pub use print::{GrepFormat, GrepShow};
pub use settings::GrepLimits;
pub use written::GrepTally;

use crate::{Error, FrameRange, Output, Select, Source, Trace};

/// Opens a capture (a file, a folder of files, or `-` for standard input) to search what its flows
/// carry: the bytes of each side of TCP connections, payloads of UDP, bodies of HTTP decoded.
///
/// ```no_run
/// # fn main() -> Result<(), wirelens::Error> {
/// let pattern = wirelens::Pattern::expression("set-cookie: \\w+", true)?;
/// let mut output = wirelens::Output::create("-".as_ref())?;
/// let tally = wirelens::grep("in.pcap", pattern).write(&mut output)?;
/// println!("{} matches in {} flows", tally.matches, tally.flows.len());
/// # Ok(())
/// # }
/// ```
///
/// What a match is does not depend on where segments end, if it is no longer than
/// [`GrepLimits::longest`]; a longer one may be found in part.
pub fn grep(source: impl Into<Source>, pattern: Pattern) -> Grep {
    let protocols = wirelens_flow::http::protocols();
    Grep {
        trace: crate::trace(source).list_frames(false).facts(false).data(true).wanting(&protocols),
        pattern,
        limits: GrepLimits::default(),
        show: GrepShow::default(),
        most: u64::MAX,
    }
}

/// What to search and how; made by [`grep`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Grep {
    trace: Trace,
    pattern: Pattern,
    limits: GrepLimits,
    show: GrepShow,
    most: u64,
}

impl Grep {
    /// One more file or folder; all are one stream, ordered by the time of their first frames.
    pub fn and(mut self, path: impl AsRef<Path>) -> Grep {
        self.trace = self.trace.and(path);
        self
    }

    /// A flag that ends the capture cleanly when another thread sets it.
    pub fn stop_flag(mut self, stop: Arc<AtomicBool>) -> Grep {
        self.trace = self.trace.stop_flag(stop);
        self
    }

    /// How many threads dissect; see [`Trace::threads`]. One does where [`most`](Self::most) ends the
    /// search, since nothing behind the last match is read then.
    pub fn threads(mut self, threads: usize) -> Grep {
        self.trace = self.trace.threads(threads);
        self
    }

    /// Dissects with these protocols instead of all that are known.
    pub fn registry(mut self, registry: Arc<Registry>) -> Grep {
        self.trace = self.trace.registry(registry);
        self
    }

    /// These frames only.
    pub fn range(mut self, range: FrameRange) -> Grep {
        self.trace = self.trace.range(range);
        self
    }

    /// These flows only.
    pub fn flows(mut self, select: Select) -> Grep {
        let facts = select.wants_applications();
        self.trace = self.trace.select(select).facts(facts);
        self
    }

    /// What is shown of matches.
    pub fn show(mut self, show: GrepShow) -> Grep {
        self.show = show;
        self
    }

    /// Stops behind so many matches.
    pub fn most(mut self, matches: u64) -> Grep {
        self.most = matches;
        self
    }

    /// Bounds and time-outs, to change some of them.
    pub fn limits_mut(&mut self) -> &mut GrepLimits {
        &mut self.limits
    }

    /// Is an error where the capture comes but once, so that [`Grep::write_flows`] cannot be.
    ///
    /// # Errors
    /// When it does.
    pub fn check_twice(&self, what: &str) -> Result<(), Error> {
        self.trace.check_twice(what)
    }

    /// Writes the matches.
    ///
    /// # Errors
    /// When reading or writing fails, after the report was ended properly.
    pub fn write(self, output: &mut Output) -> Result<GrepTally, Error> {
        written::write(self, output)
    }

    /// Reads the capture again and writes the frames of these flows to a file, a pcap, as they were
    /// captured and in their order.
    ///
    /// # Errors
    /// When reading or writing fails.
    pub fn write_flows(self, flows: &HashSet<u64>, path: &Path) -> Result<u64, Error> {
        let failed = |source| Error::Output { path: path.to_owned(), source };
        let file = File::create(path).map_err(failed)?;
        // The records themselves are wanted.
        let trace = self.trace.threads(1);
        let mut tracing = trace.data(false).limits(self.limits.flows).events()?;
        let (mut writer, mut written) = (Some(PcapWriter::new(BufWriter::new(file))), 0);
        loop {
            let mut wanted = false;
            let mut observer = |flow: &Flow, event: Event<'_>| {
                wanted |= matches!(event, Event::Frame { .. }) && flows.contains(&flow.number());
            };
            if !tracing.advance(&mut observer)? {
                break;
            }
            if !wanted {
                continue;
            }
            let raw = tracing.frames().capture().current();
            if written == 0 {
                let finer =
                    raw.interfaces.iter().any(|it| it.resolution.is_finer_than_microseconds());
                writer = writer.map(|writer| writer.nanoseconds(finer));
            }
            if let Some(writer) = &mut writer {
                writer.frame(&raw)?;
                written += 1;
            }
        }
        if let Some(writer) = writer {
            writer.finish()?;
        }
        Ok(written)
    }
}
