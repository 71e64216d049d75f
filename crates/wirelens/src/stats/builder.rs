//! What is asked for, and the pass over the capture.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use wirelens_dissect::{Detail, Registry};
use wirelens_flow::KeyOptions;

use super::Statistics;
use super::dns::Dns;
use super::gather::Gathered;
use super::http::Http;
use super::sections;
use super::tls::Tls;
use crate::{Error, FlowLimits, FrameRange, Source, Trace};

/// Opens a capture (a file, a folder of files, or `-` for standard input) for statistics.
///
/// ```no_run
/// # fn main() -> Result<(), wirelens::Error> {
/// let statistics = wirelens::stats("in.pcap").top(20).gather()?;
/// for section in &statistics.sections {
///     for table in &section.tables {
///         println!("{}: {} rows", table.title, table.rows.len());
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// The capture is read once, and memory is bounded whatever it is. What is approximate says so in
/// [`Section::notes`](super::Section::notes); the same capture gives the same statistics.
pub fn stats(source: impl Into<Source>) -> Stats {
    Stats {
        trace: crate::trace(source).list_frames(false),
        parts: Part::ALL.to_vec(),
        top: 10,
        limits: FlowLimits::default(),
    }
}

/// What to count and how; made by [`stats`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Stats {
    trace: Trace,
    parts: Vec<Part>,
    top: usize,
    limits: FlowLimits,
}

/// A part of the statistics.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// Files, times, sums, interfaces, drops, warnings.
    Capture,
    /// The tree of protocols.
    Protocols,
    /// Frames and bytes of addresses and ports.
    Endpoints,
    /// Frames and bytes between two.
    Conversations,
    /// How long frames are.
    Lengths,
    /// Frames and bytes over time.
    Rates,
    /// How TCP fared.
    Tcp,
    /// What DNS was asked.
    Dns,
    /// Requests and responses.
    Http,
    /// What handshakes agreed on.
    Tls,
    /// What is wrong with frames.
    Problems,
}

impl Part {
    /// All of them, in their order.
    pub const ALL: [Part; 11] = [
        Part::Capture,
        Part::Protocols,
        Part::Endpoints,
        Part::Conversations,
        Part::Lengths,
        Part::Rates,
        Part::Tcp,
        Part::Dns,
        Part::Http,
        Part::Tls,
        Part::Problems,
    ];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Part::Capture => "capture",
            Part::Protocols => "protocols",
            Part::Endpoints => "endpoints",
            Part::Conversations => "conversations",
            Part::Lengths => "lengths",
            Part::Rates => "rates",
            Part::Tcp => "tcp",
            Part::Dns => "dns",
            Part::Http => "http",
            Part::Tls => "tls",
            Part::Problems => "problems",
        }
    }
}

impl std::str::FromStr for Part {
    type Err = Error;

    fn from_str(name: &str) -> Result<Part, Error> {
        let found = Part::ALL.into_iter().find(|part| part.name() == name);
        found.ok_or_else(|| Error::unknown("section", name, Part::ALL.map(Part::name)))
    }
}

impl Stats {
    /// One more file or folder; all are one stream, ordered by the time of their first frames.
    pub fn and(mut self, path: impl AsRef<Path>) -> Stats {
        self.trace = self.trace.and(path);
        self
    }

    /// Waits at the end of the file for more, until the stop flag is set.
    pub fn follow(mut self, follow: bool) -> Stats {
        self.trace = self.trace.follow(follow);
        self
    }

    /// A flag that ends the capture cleanly when another thread sets it.
    pub fn stop_flag(mut self, stop: Arc<AtomicBool>) -> Stats {
        self.trace = self.trace.stop_flag(stop);
        self
    }

    /// How many threads dissect; see [`Trace::threads`].
    pub fn threads(mut self, threads: usize) -> Stats {
        self.trace = self.trace.threads(threads);
        self
    }

    /// Dissects with these protocols instead of all that are known.
    pub fn registry(mut self, registry: Arc<Registry>) -> Stats {
        self.trace = self.trace.registry(registry);
        self
    }

    /// These frames only.
    pub fn range(mut self, range: FrameRange) -> Stats {
        self.trace = self.trace.range(range);
        self
    }

    /// What tells flows apart: inner or outer addresses, VLANs, tunnels.
    pub fn key(mut self, key: KeyOptions) -> Stats {
        self.trace = self.trace.key(key);
        self
    }

    /// These parts only, in this order. Fields that no part needs are not looked at, which is faster.
    pub fn parts(mut self, parts: impl IntoIterator<Item = Part>) -> Stats {
        self.parts.clear();
        for part in parts {
            if !self.parts.contains(&part) {
                self.parts.push(part);
            }
        }
        self
    }

    /// So many rows at the most where there may be any number; the rest is summed up. 10.
    pub fn top(mut self, top: usize) -> Stats {
        self.top = top;
        self
    }

    /// Bounds and time-outs.
    pub fn limits(mut self, limits: FlowLimits) -> Stats {
        self.limits = limits;
        self
    }

    /// The same, to change some of them.
    pub fn limits_mut(&mut self) -> &mut FlowLimits {
        &mut self.limits
    }

    /// Reads the capture.
    ///
    /// # Errors
    /// When it cannot be opened. When reading fails later, what was read until then is counted, and
    /// [`failure`](Statistics::failure) says why.
    pub fn gather(self) -> Result<Statistics, Error> {
        let has = |part| self.parts.contains(&part);
        let (detail, wanted) = self.fields();
        let facts = has(Part::Conversations) && detail == Detail::Fields;
        let trace = self.trace.clone().limits(self.limits).facts(facts);
        let mut tracing = trace.tracing_with(detail, &wanted)?;
        let registry = Arc::clone(tracing.frames().session().registry());
        let mut gathered = Gathered::new(&registry, &self.parts, self.top);
        let mut failed = None;
        loop {
            match tracing.advance(&mut gathered) {
                Ok(false) => break,
                Ok(true) if tracing.has_frame() => gathered.frame(tracing.frames()),
                Ok(true) => {}
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        gathered.finish();
        Ok(sections::of(&gathered, &mut tracing, &self.limits, &self.parts, failed))
    }

    /// Which fields must be recorded. Problems are looked for in all of them.
    fn fields(&self) -> (Detail, Vec<&'static str>) {
        let has = |part| self.parts.contains(&part);
        if has(Part::Problems) {
            return (Detail::Fields, Vec::new());
        }
        let mut wanted = Vec::new();
        for (part, protocols) in [
            // What an encoded body holds is a layer only where its fields are recorded.
            (Part::Protocols, &Http::PROTOCOLS[..]),
            (Part::Dns, &Dns::PROTOCOLS[..]),
            (Part::Http, &Http::PROTOCOLS[..]),
            (Part::Tls, &Tls::PROTOCOLS[..]),
        ] {
            if has(part) {
                wanted.extend(protocols);
            }
        }
        if has(Part::Conversations) {
            wanted.push("dns");
        }
        let detail = if wanted.is_empty() { Detail::Headers } else { Detail::Fields };
        (detail, wanted)
    }
}
