//! Transactions of HTTP in a capture: on a terminal, as records, as HAR.

mod body;
mod har;
mod record;
mod save;
mod select;
mod settings;
mod tally;
mod text;
mod written;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use wirelens_dissect::Registry;
use wirelens_flow::http::{Happening, Transaction, Transactions, protocols};
use wirelens_flow::{Event, Flow};

pub use select::HttpSelect;
pub use settings::HttpLimits;
pub use tally::HttpTally;
pub use text::HttpShow;

use crate::{Error, FrameRange, Output, Resolve, Select, Source, Trace, Tracing};

/// Opens a capture (a file, a folder of files, or `-` for standard input) to follow what is said in
/// HTTP, versions 1 and 2, and WebSocket.
///
/// ```no_run
/// # fn main() -> Result<(), wirelens::Error> {
/// for transaction in wirelens::http("in.pcap").transactions()? {
///     let transaction = transaction?;
///     let status = transaction.response.as_ref().map_or(0, |response| response.status);
///     println!("{status} {}", String::from_utf8_lossy(&transaction.url()));
/// }
/// # Ok(())
/// # }
/// ```
///
/// Memory is bounded by [`HttpLimits`]; what a limit costs is told by the outcome of a transaction
/// and by [`HttpTally`].
pub fn http(source: impl Into<Source>) -> Http {
    Http {
        trace: crate::trace(source).list_frames(false).facts(false).wanting(&protocols()),
        limits: HttpLimits::default(),
        select: HttpSelect::default(),
        show: HttpShow::default(),
        save: None,
    }
}

/// What to follow and how; made by [`http`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Http {
    trace: Trace,
    limits: HttpLimits,
    select: HttpSelect,
    show: HttpShow,
    save: Option<PathBuf>,
}

/// How transactions are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HttpFormat {
    /// Lines for reading, as things happen.
    Text,
    /// One document with a record for each.
    Json,
    /// A record a line.
    Ndjson,
    /// An HTTP Archive, version 1.2, as the tools of browsers read it.
    Har,
}

impl HttpFormat {
    /// All of them.
    pub const ALL: [HttpFormat; 4] =
        [HttpFormat::Text, HttpFormat::Json, HttpFormat::Ndjson, HttpFormat::Har];

    /// `text`, `json`, `ndjson`, `har`.
    pub fn name(self) -> &'static str {
        match self {
            HttpFormat::Text => "text",
            HttpFormat::Json => "json",
            HttpFormat::Ndjson => "ndjson",
            HttpFormat::Har => "har",
        }
    }

    /// The format that the extension of a file's name tells, but for that of a compression.
    pub fn of_path(path: &Path) -> Option<HttpFormat> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let name = [".gz", ".zst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
        let (_, extension) = name.rsplit_once('.')?;
        match extension {
            "txt" => Some(HttpFormat::Text),
            "jsonl" => Some(HttpFormat::Ndjson),
            other => other.parse().ok(),
        }
    }
}

impl std::str::FromStr for HttpFormat {
    type Err = Error;

    fn from_str(name: &str) -> Result<HttpFormat, Error> {
        let known = HttpFormat::ALL.into_iter().find(|it| it.name().eq_ignore_ascii_case(name));
        let names = HttpFormat::ALL.map(HttpFormat::name);
        known.ok_or_else(|| Error::unknown("format of transactions", name, names))
    }
}

impl Http {
    /// One more file or folder; all are one stream, ordered by the time of their first frames.
    pub fn and(mut self, path: impl AsRef<Path>) -> Http {
        self.trace = self.trace.and(path);
        self
    }

    /// Waits at the end of the file for more, until the stop flag is set.
    pub fn follow(mut self, follow: bool) -> Http {
        self.trace = self.trace.follow(follow);
        self
    }

    /// A flag that ends the capture cleanly when another thread sets it: what is open then is told.
    pub fn stop_flag(mut self, stop: Arc<AtomicBool>) -> Http {
        self.trace = self.trace.stop_flag(stop);
        self
    }

    /// How many threads dissect; see [`Trace::threads`].
    pub fn threads(mut self, threads: usize) -> Http {
        self.trace = self.trace.threads(threads);
        self
    }

    /// Dissects with these protocols instead of all that are known.
    pub fn registry(mut self, registry: Arc<Registry>) -> Http {
        self.trace = self.trace.registry(registry);
        self
    }

    /// These frames only.
    pub fn range(mut self, range: FrameRange) -> Http {
        self.trace = self.trace.range(range);
        self
    }

    /// Transactions of these flows only.
    pub fn flows(mut self, select: Select) -> Http {
        let facts = select.wants_applications() || self.trace.resolves().is_some();
        self.trace = self.trace.select(select).facts(facts);
        self
    }

    /// These transactions only.
    pub fn select(mut self, select: HttpSelect) -> Http {
        self.select = select;
        self
    }

    /// What is shown of them.
    pub fn show(mut self, show: HttpShow) -> Http {
        self.limits.http.keep_bodies = show.bodies || self.save.is_some();
        self.show = show;
        self
    }

    /// Has [`write`](Self::write) put the bodies of the transactions that it writes into a folder,
    /// chunks put together and codings undone, each in a file of its own: `12-logo.png` is what came
    /// back in the twelfth transaction for a URL that ends so, `13-request-login.form` what was sent
    /// in the thirteenth. One of which not all is there ends with `.part`, one whose coding cannot be
    /// undone with its name. Bodies are kept up to the length of a message that is waited for, unless
    /// [`limits`](Self::limits) say otherwise afterwards.
    pub fn save(mut self, folder: impl Into<PathBuf>) -> Http {
        self.save = Some(folder.into());
        self.limits.http.keep_bodies = true;
        self.limits.http.body = self.limits.flows.dissection.message;
        self
    }

    /// Bounds and time-outs.
    pub fn limits(mut self, limits: HttpLimits) -> Http {
        self.limits = limits;
        self.limits.http.keep_bodies |= self.show.bodies || self.save.is_some();
        self
    }

    /// Has name servers asked for the names of addresses that no DNS answer of the capture tells, as
    /// [`Trace::resolve`] does. Lines show them instead of the addresses once they are known; lines
    /// and documents list all at their end.
    pub fn resolve(mut self, resolve: Resolve) -> Http {
        self.trace = self.trace.facts(true).resolve(resolve);
        self
    }

    /// The same, to change some of them.
    pub fn limits_mut(&mut self) -> &mut HttpLimits {
        &mut self.limits
    }

    /// The transactions, one after the other as they are over.
    ///
    /// # Errors
    /// When the capture cannot be opened. Later errors are items; what was open when they came
    /// comes behind them.
    pub fn transactions(self) -> Result<HttpTransactions, Error> {
        let (flows, select) = (self.trace.selected().clone(), self.select.clone());
        let transactions = Transactions::new(self.limits.http);
        let tracing = self.tracing()?;
        Ok(HttpTransactions { tracing, transactions, flows, select, found: VecDeque::new() })
    }

    /// Writes them.
    ///
    /// # Errors
    /// When reading or writing fails, after the report was ended properly.
    pub fn write(self, format: HttpFormat, output: &mut Output) -> Result<HttpTally, Error> {
        written::write(self, format, output)
    }

    fn tracing(self) -> Result<Tracing, Error> {
        self.trace.limits(self.limits.flows).events()
    }
}

/// The transactions of a capture; made by [`Http::transactions`].
pub struct HttpTransactions {
    tracing: Tracing,
    transactions: Transactions,
    flows: Select,
    select: HttpSelect,
    found: VecDeque<Transaction>,
}

impl Iterator for HttpTransactions {
    type Item = Result<Transaction, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(transaction) = self.found.pop_front() {
                return Some(Ok(transaction));
            }
            let HttpTransactions { tracing, transactions, flows, select, found } = self;
            let mut observer = |flow: &Flow, event: Event<'_>| {
                transactions.event(flow, event, &mut |transaction, what| {
                    let over = matches!(what, Happening::Over);
                    if over && flows.has(flow) && select.has(transaction) {
                        found.push_back(transaction.clone());
                    }
                });
            };
            match tracing.advance(&mut observer) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
