//! Reports by several processes, on one machine or many.
//!
//! The first phase divides captures into ranges of bytes ([`Part`]), and each worker reads its own:
//! where records begin, how many frames there are, which hosts agree on flows between others. Each
//! part must begin where the one before ended; a border that was guessed wrongly is mended.
//!
//! In the second phase flows are shared out by the shards they belong to, as between threads. A
//! worker reads everything, dissects its own flows, and listens to what those hosts say, so it
//! needs nothing from the others; what it prints is merged by the numbers of frames. Whenever a
//! frame agrees on something for other flows, all workers say what they have understood: the same,
//! or nothing that comes behind it is believed.
//!
//! What a worker does not do, because it fails, is killed, or understands something else, is done
//! here, from the first frame that is missing. So the bytes are always those of one process.

mod flows;
mod headers;
mod merge;
mod message;
mod team;
mod work;

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

use wirelens_report::{CaptureInfo, Line, Options, Report, Summary, Warning};

pub use work::{Found, Part, Share, Work};

use crate::frames::{Step, Turn};
use crate::given_up::GivenUp;
use crate::pipeline::Times;
use crate::write::{CHUNK, printed};
use crate::{Error, Extract, Format, Frames, Output};
use merge::{Merge, Merged};
use team::Team;

/// Who works, and on what.
#[derive(Clone, Debug)]
#[must_use]
pub struct Server {
    /// The program, and the arguments that make it a worker that reads its [`Work`] from standard
    /// input.
    command: (PathBuf, Vec<String>),
    workers: usize,
    arguments: Vec<String>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Served {
    /// What is in the report.
    pub summary: Summary,
    /// Why a part of the work was done here, if it was.
    pub mended: Option<String>,
}

impl Server {
    /// With so many workers, each of which is a program that is given these arguments and reads
    /// [`Work`] from standard input: `wirelens worker --split -`.
    ///
    /// What stood behind `wirelens` on the command line they get as their [`Share::arguments`].
    pub fn new(
        program: impl Into<PathBuf>,
        arguments: &[&str],
        workers: usize,
        command_line: Vec<String>,
    ) -> Server {
        let arguments = arguments.iter().map(|&word| word.to_owned()).collect();
        let command = (program.into(), arguments);
        Server { command, workers: workers.max(1), arguments: command_line }
    }
}

impl Work {
    /// Does what the first phase asks for: a line of JSON for each part, a [`Found`], as soon as it
    /// is known. False if it is work of the second, for [`Frames::write_share`].
    ///
    /// # Errors
    /// When a capture cannot be read, or nobody listens.
    pub fn find(&self, to: &mut dyn Write) -> Result<bool, Error> {
        let Work::Headers(parts) = self else { return Ok(false) };
        for part in parts {
            let found = headers::find(part)?;
            let written = serde_json::to_string(&found)
                .map_err(io::Error::from)
                .and_then(|line| writeln!(to, "{line}"))
                .and_then(|()| to.flush());
            written.map_err(not_said)?;
        }
        Ok(true)
    }
}

fn not_said(source: io::Error) -> Error {
    Error::Output { path: "standard output".into(), source }
}

fn no_copies(format: Format) -> Error {
    let name = format.name();
    Error::Usage(format!("frames are copied into {name} by one process; leave -E server away"))
}

impl Extract {
    /// Writes a report as [`Frames::write`] does, the same bytes, by the processes of a server.
    /// `count` is told now and then how many frames more were written.
    ///
    /// # Errors
    /// When reading or writing fails, after the report was ended properly; when the capture comes
    /// but once, or frames of this format are not printed.
    pub fn serve(
        self,
        format: Format,
        options: Options,
        output: &mut Output,
        server: &Server,
        count: &mut dyn FnMut(u64),
    ) -> Result<Served, Error> {
        let Some(printed) = printed(format) else { return Err(no_copies(format)) };
        self.check_twice("-E server")?;
        let extract = self.threads(1);
        let mut frames = extract.clone().frames()?;
        let team = Team::new(server, extract.patience);
        let (found, mut mended) = headers::find_all(&frames, &team, server.workers)?;
        let mut announcing: Vec<u64> =
            found.iter().flat_map(|found| &found.announcing).copied().collect();
        announcing.sort_unstable();
        announcing.dedup();

        let workers = server.workers.min(frames.session.shards());
        let shares = (0..workers).map(|worker| {
            let arguments = server.arguments.clone();
            Work::Flows(Share { arguments, worker, workers, announcing: announcing.clone() })
        });
        let works = shares.collect::<Vec<_>>();
        let answers = works.iter().map(|work| team.send(work)).collect::<Vec<_>>();

        let mut report = printed.report(options);
        let mut line = Line::new();
        let description = describe(&mut frames)?;
        report.begin(&mut line, &description);
        let mut merged = Merge::new(answers, frames.stop.clone()).write(&mut line, output, count);
        if let Merged { failed: Some(why), .. } = &merged {
            mended = Some(why.clone());
            merged = go_on(&extract, &mut *report, &mut line, merged, output, count);
        }
        let Merged { mut summary, warnings, given_up, interrupted, error, .. } = merged;
        summary.interrupted |= interrupted;
        summary.warnings = warnings;
        let limits = &frames.session.settings().limits;
        let given_up = given_up.texts(limits).map(|text| Warning { text, offset: None });
        summary.warnings.extend(given_up);
        let ended = match error {
            Some(error @ Error::Output { .. }) => Err(error),
            other => output.write(line.written(), &summary).and(other.map_or(Ok(()), Err)),
        };
        line.clear();
        let summary = frames.finish_report(&mut *report, line, output, summary, ended)?;
        Ok(Served { summary, mended })
    }
}

/// What is known of the capture when its first frame is printed.
fn describe(frames: &mut Frames) -> Result<CaptureInfo, Error> {
    loop {
        match frames.read()? {
            Step::Frame { wanted: true } => return Ok(frames.describe_begun()),
            Step::Frame { wanted: false } | Step::Pause => {}
            Step::End => return Ok(frames.describe_empty()),
        }
    }
}

/// Does what is missing behind what was written.
fn go_on(
    extract: &Extract,
    report: &mut dyn Report,
    line: &mut Line,
    done: Merged,
    output: &mut Output,
    count: &mut dyn FnMut(u64),
) -> Merged {
    let mut merged = Merged { failed: done.failed, last: done.last, ..Merged::default() };
    let written = (|| {
        let mut frames = extract.clone().frames()?;
        let mut times = Times::default();
        let mut begun = false;
        loop {
            match frames.turn()? {
                Turn::Frame => {}
                Turn::Pause => continue,
                Turn::End => break,
            }
            let frame = frames.current();
            let head = *frame.head();
            merged.summary.count(&head, &frame.dissection());
            if merged.last.is_none_or(|last| head.number > last) {
                if begun {
                    report.resume(times.first, times.last);
                }
                report.frame(line, &head, &frame.dissection());
                merged.last = Some(head.number);
                count(1);
            }
            begun = true;
            times.note(&head);
            if line.len() >= CHUNK {
                output.write(line.written(), &merged.summary)?;
                line.clear();
            }
        }
        let mut summary = Summary::default();
        frames.end(&mut summary);
        merged.interrupted = summary.interrupted;
        merged.warnings = summary.warnings;
        // Their texts are among the warnings.
        merged.given_up = GivenUp::default();
        Ok(())
    })();
    merged.error = written.err();
    merged
}

/// Whether to go on hearing workers.
type Hearing = ControlFlow<Option<String>>;
