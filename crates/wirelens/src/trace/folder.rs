//! One file for each flow.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;

use wirelens_capture::{PcapWriter, PcapngWriter};
use wirelens_flow::{Flow, Side};
use wirelens_report::{Format as Printed, Line, Options, Report, Summary};

use super::index::{Index, printer};
use super::label::write_label;
use super::{FlowTally, Trace, Tracing};
use crate::names::Names;
use crate::pipeline::Times;
use crate::pool::Pool;
use crate::records;
use crate::write::printed;
use crate::{Error, Format, Output};

impl Trace {
    /// Writes a folder: a file for each flow with its frames, named by its ends and when it began,
    /// in any format of frames; and to `index`, as [`Trace::write`] does, a record for each.
    ///
    /// A capture that flows are chosen from by their application is read twice, since what a flow is
    /// about is known only when it has begun. One thread writes the files, however many are allowed.
    ///
    /// # Errors
    /// When reading or writing fails; what was written before stays.
    pub fn write_folder(
        mut self,
        format: Format,
        folder: &Path,
        index: Format,
        output: &mut Output,
    ) -> Result<FlowTally, Error> {
        let printer = printer(index, &self.columns)?;
        let kind = Kind::of(format)?;
        if self.select.wants_applications() {
            self.extract.check_twice("--flow with an application")?;
            let found: Result<Vec<u64>, Error> =
                self.clone().flows()?.map(|flow| flow.map(|(flow, _)| flow.number())).collect();
            self.select = super::Select::of_numbers(found?);
        }
        let fields = matches!(kind, Kind::Report(_));
        // Files have records as they were captured, or what is known of the capture by then.
        self.extract = self.extract.threads(1);
        let pool = Pool::new(folder, self.limits.files)?;
        let (select, limits, resolve) = (self.select.clone(), self.limits, self.resolve.clone());
        let tracing = self.tracing(fields)?;
        let names = Names::new(resolve.as_ref());
        let files = Files::new(pool, kind, format.extension());
        let mut index = Index {
            tracing,
            printer,
            select,
            limits,
            names,
            files: Some(files),
            tally: FlowTally::default(),
        };
        records::write(&mut index, output)?;
        Ok(index.tally)
    }
}

/// What the files are.
#[derive(Clone, Copy)]
enum Kind {
    Pcap,
    Pcapng,
    Report(Printed),
}

impl Kind {
    fn of(format: Format) -> Result<Kind, Error> {
        match format {
            Format::Pcap => Ok(Kind::Pcap),
            Format::Pcapng => Ok(Kind::Pcapng),
            other => printed(other).map(Kind::Report).ok_or_else(|| {
                Error::unknown("format", other.name(), Format::ALL.map(Format::name))
            }),
        }
    }
}

/// The files of flows.
pub(super) struct Files {
    pool: Pool,
    kind: Kind,
    extension: &'static str,
    open: HashMap<u64, Stored>,
    /// Digests of the names given so far: two flows between the same ends may begin at once.
    names: HashSet<u64>,
    /// What writers of captures have written.
    written: Shared,
    /// What prints the frames of reports: one for all, since it knows what every field is called, and
    /// flows are many.
    report: Option<Box<dyn Report>>,
    /// The flow that the frame belongs to which is read.
    current: Option<u64>,
    line: Line,
    failed: Option<Error>,
}

struct Stored {
    name: String,
    begun: bool,
    writer: Writer,
}

enum Writer {
    Pcap(PcapWriter<Shared>),
    Pcapng(Box<PcapngWriter<Shared>>),
    /// What was printed so far.
    Report(Times),
}

/// Bytes that several writers write, one after the other.
#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Names that are remembered; behind them each has the number of its flow too.
const NAMES: usize = 1 << 20;

impl Files {
    fn new(pool: Pool, kind: Kind, extension: &'static str) -> Files {
        Files {
            pool,
            kind,
            extension,
            open: HashMap::new(),
            names: HashSet::new(),
            written: Shared::default(),
            report: match kind {
                Kind::Report(format) => Some(format.report(Options::default())),
                Kind::Pcap | Kind::Pcapng => None,
            },
            current: None,
            line: Line::new(),
            failed: None,
        }
    }

    /// The frame that is read belongs to this flow.
    pub(super) fn frame(&mut self, flow: &Flow) {
        self.current = Some(flow.number());
        if self.open.contains_key(&flow.number()) {
            return;
        }
        write_label(&mut self.line, flow);
        let mut name = String::from_utf8_lossy(self.line.written()).into_owned();
        self.line.clear();
        let digest = foldhash::quality::FixedState::default().hash_one(&name);
        if self.names.len() >= NAMES || !self.names.insert(digest) {
            name = format!("{name}-{}", flow.number());
        }
        let name = format!("{name}.{}", self.extension);
        let writer = match self.kind {
            Kind::Pcap => Writer::Pcap(PcapWriter::new(self.written.clone())),
            Kind::Pcapng => Writer::Pcapng(Box::new(PcapngWriter::new(self.written.clone()))),
            Kind::Report(_) => Writer::Report(Times::default()),
        };
        self.open.insert(flow.number(), Stored { name, begun: false, writer });
    }

    /// Stores the frame that was read, if it belongs to a flow.
    pub(super) fn store(&mut self, tracing: &Tracing) -> Result<(), Error> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let Some(stored) = self.current.take().and_then(|flow| self.open.get_mut(&flow)) else {
            return Ok(());
        };
        let begins = !std::mem::replace(&mut stored.begun, true);
        let (raw, frame) = (tracing.frames().capture().current(), tracing.frame());
        match &mut stored.writer {
            Writer::Pcap(writer) => writer.frame(&raw)?,
            Writer::Pcapng(writer) => writer.frame(&raw)?,
            Writer::Report(times) => {
                let Some(report) = &mut self.report else { return Ok(()) };
                if begins {
                    report.begin(&mut self.line, &tracing.frames().describe_begun());
                } else {
                    report.resume(times.first, times.last);
                }
                report.frame(&mut self.line, frame.head(), &frame.dissection());
                times.note(frame.head());
            }
        }
        let mut written = self.written.0.borrow_mut();
        let bytes = if written.is_empty() { self.line.written() } else { &written };
        let appended = self.pool.append(&stored.name, begins, bytes);
        written.clear();
        self.line.clear();
        appended
    }

    /// A flow is over.
    pub(super) fn end(&mut self, flow: &Flow) {
        let Some(stored) = self.open.remove(&flow.number()) else { return };
        let mut ended = Ok(());
        if let (Writer::Report(times), Some(report)) = (&stored.writer, &mut self.report) {
            report.resume(times.first, times.last);
            let frames = Side::BOTH.iter().map(|&side| flow.traffic(side).frames()).sum();
            report.finish(&mut self.line, &Summary { frames, ..Summary::default() });
            ended = self.pool.append(&stored.name, false, self.line.written());
            self.line.clear();
        }
        let ended = ended.and_then(|()| self.pool.close(&stored.name));
        if let Err(error) = ended {
            self.failed.get_or_insert(error);
        }
    }
}
