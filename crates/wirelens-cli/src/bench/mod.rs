//! `wirelens bench`: what each engine takes for a capture.

mod engine;
mod measure;
mod table;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use wirelens::Error;
use wirelens::capture::Capture;

use crate::arguments::{Bench, Measure};
use crate::exit::Exit;
use engine::{Engine, Installed};

/// One program, by a process of its own.
pub(crate) fn measure(arguments: &Measure) -> anyhow::Result<Exit> {
    measure::run(arguments)
}

/// What an engine took.
struct Row {
    engine: &'static Engine,
    /// None where it is not installed.
    version: Option<String>,
    /// Frames it dissected, a run.
    frames: u64,
    runs: Vec<Run>,
    /// Why there are fewer runs than were asked for.
    error: Option<String>,
}

/// One run of an engine.
struct Run {
    /// From its start to its end.
    seconds: f64,
    cpu: Option<f64>,
    /// Bytes, of its largest process.
    peak: Option<u64>,
}

/// The capture.
struct File {
    name: String,
    frames: u64,
    bytes: u64,
}

pub(crate) fn run(arguments: &Bench) -> anyhow::Result<Exit> {
    let json = crate::tables::is_json(&arguments.format)?;
    let engines = engine::chosen(&arguments.engine)?;
    let stop = crate::stop::flag()?;
    let file = file(arguments, &stop)?;
    let installed = Installed::ask(&arguments.python);
    let mut rows: Vec<Row> = engines
        .iter()
        .map(|&engine| {
            let version = installed.version(engine);
            Row { engine, version, frames: file.frames, runs: Vec::new(), error: None }
        })
        .collect();
    let progress = progress(&rows, arguments.runs);
    'runs: for run in 1..=arguments.runs {
        for row in rows.iter_mut().filter(|row| row.version.is_some() && row.error.is_none()) {
            if stop.load(Ordering::Relaxed) {
                break 'runs;
            }
            progress.set_message(format!("{}, run {run}", row.engine.name));
            if let Err(error) = row.run(arguments) {
                row.error = Some(error.to_string());
            }
            progress.inc(1);
        }
    }
    progress.finish_and_clear();
    if json {
        crate::tables::print_json(&table::json(&file, &rows))?;
    } else {
        crate::tables::print(table::text(&file, &rows, arguments.runs).as_bytes())?;
    }
    let measured = rows.iter().any(|row| !row.runs.is_empty());
    Ok(if measured { Exit::Done } else { Exit::Nothing })
}

/// Counts frames, as far as they are wanted.
fn file(arguments: &Bench, stop: &AtomicBool) -> Result<File, Error> {
    if !arguments.file.is_file() && arguments.file.as_os_str() == "-" {
        let text = "bench reads a capture several times; name a file instead of `-`";
        return Err(Error::Usage(text.to_owned()));
    }
    let mut capture = Capture::open(&arguments.file)?;
    let most = arguments.frames.unwrap_or(u64::MAX);
    let (mut frames, mut bytes) = (0, 0);
    while frames < most && !stop.load(Ordering::Relaxed) && capture.advance()? {
        frames += 1;
        bytes += capture.current().captured.len() as u64;
    }
    Ok(File { name: arguments.file.display().to_string(), frames, bytes })
}

/// How far it is, on a terminal.
fn progress(rows: &[Row], runs: u32) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let there = rows.iter().filter(|row| row.version.is_some()).count() as u64;
    let bar = ProgressBar::new(there * u64::from(runs));
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}, {elapsed}");
    bar.set_style(style.unwrap_or(ProgressStyle::default_bar()));
    bar.enable_steady_tick(std::time::Duration::from_millis(200));
    bar
}

impl Row {
    /// One more run.
    fn run(&mut self, arguments: &Bench) -> anyhow::Result<()> {
        let patience = format!("{}ms", arguments.patience.as_millis());
        let mut between: Vec<OsString> =
            vec!["measure".into(), "--patience".into(), patience.into()];
        if self.engine.counts() {
            between.push("--counts".into());
        }
        between.push("--".into());
        between.extend(self.engine.command(arguments)?);
        let output = Command::new(std::env::current_exe()?)
            .args(between)
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()?;
        let told: Value = serde_json::from_slice(&output.stdout)?;
        if let Some(error) = told["error"].as_str() {
            anyhow::bail!("{error}");
        }
        self.frames = told["frames"].as_u64().unwrap_or(self.frames);
        self.runs.push(Run {
            seconds: told["seconds"].as_f64().unwrap_or(0.0),
            cpu: told["cpu"].as_f64(),
            peak: told["peak"].as_u64(),
        });
        Ok(())
    }

    /// The seconds of the run in the middle.
    fn seconds(&self) -> Option<f64> {
        median(self.runs.iter().map(|run| run.seconds))
    }

    /// Its CPU seconds.
    fn cpu(&self) -> Option<f64> {
        median(self.runs.iter().filter_map(|run| run.cpu))
    }

    /// Seconds for a packet.
    fn each(&self) -> Option<f64> {
        self.seconds().filter(|_| self.frames > 0).map(|seconds| seconds / self.frames as f64)
    }

    /// The most memory that a run took.
    fn peak(&self) -> Option<u64> {
        self.runs.iter().filter_map(|run| run.peak).max()
    }
}

/// The value in the middle; of an even number the lower one.
fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied()
}
