//! `wirelens extract`: a capture into a report.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use wirelens::report::Summary;
use wirelens::{Error, Format, Frame, Output, Packing};

use crate::arguments::Extract;
use crate::exit::Exit;
use crate::plan;
use crate::progress::Progress;

/// So many warnings are printed; a report has them all.
const SHOWN_WARNINGS: usize = 20;

pub(crate) fn run(arguments: &Extract) -> anyhow::Result<Exit> {
    let registry = wirelens::protocols::shared();
    let input = &arguments.input;
    let mut options = plan::options(input, &registry)?;
    options.payload = arguments.payload;
    options.names = arguments.names;
    let (format, target) = target(arguments)?;
    let files = inputs(arguments);
    if let Some(file) = files.iter().find(|file| plan::is_same_file(file, &target)) {
        let file = file.display();
        return Err(Error::Usage(format!("{file} is read; it cannot be written too")).into());
    }
    if format == Format::Csv && options.fields.is_none() {
        let text = "csv needs --fields: frame.number,ip.src,ip.dst,...";
        return Err(Error::Usage(text.to_owned()).into());
    }
    let source = plan::source(input, &files, &registry, crate::stop::flag()?)?;
    let mut frames = source.frames()?;
    plan::announce(&frames, input.verbose);

    let quiet = input.verbose || std::io::stdout().is_terminal() && target.as_os_str() == "-";
    let mut progress = Progress::new(frames.capture().size_hint(), quiet);
    let mut each = |frame: &Frame<'_>| {
        progress.frame(frame.head().captured);
        if input.verbose {
            eprintln!(" - Frame {:>3}: {}", frame.number(), frame.chain());
        }
    };
    let written = if arguments.split {
        frames.write_files(format, options, &target, &mut each)
    } else {
        let mut output = Output::create(&target)?;
        frames.write(format, options, &mut output, &mut each)
    };
    progress.finish();
    let summary = written?;
    report_warnings(&summary);
    if input.verbose && target.as_os_str() != "-" {
        let files = if arguments.split { "files" } else { "file" };
        eprintln!("Report {files} stored in '{}'", target.display());
    }
    Ok(Exit::Done)
}

/// Prints what was wrong with the capture.
pub(crate) fn report_warnings(summary: &Summary) {
    for warning in summary.warnings.iter().take(SHOWN_WARNINGS) {
        eprintln!("wirelens: warning: {}", warning.text);
    }
    if let Some(more) = summary.warnings.len().checked_sub(SHOWN_WARNINGS).filter(|&n| n > 0) {
        eprintln!("wirelens: {more} more warnings");
    }
}

/// The captures, with the extension that was left out.
fn inputs(arguments: &Extract) -> Vec<PathBuf> {
    let complete = |file: &PathBuf| {
        let bare = file.extension().is_none() && file.as_os_str() != "-" && !file.exists();
        if arguments.auto_extension && bare { file.with_extension("pcap") } else { file.clone() }
    };
    arguments.input.files.iter().map(complete).collect()
}

/// The format and where the report goes.
fn target(arguments: &Extract) -> Result<(Format, PathBuf), Error> {
    let said = match (&arguments.format, arguments.json, arguments.plist, arguments.tree) {
        (Some(name), ..) => Some(name.parse()?),
        (None, true, ..) => Some(Format::Json),
        (None, _, true, _) => Some(Format::Plist),
        (None, .., true) => Some(Format::Tree),
        _ => None,
    };
    let Some(output) = &arguments.output else {
        let target = if arguments.split { "out" } else { "-" };
        return Ok((said.unwrap_or(Format::Json), PathBuf::from(target)));
    };
    if arguments.split || output.as_os_str() == "-" {
        return Ok((said.unwrap_or(Format::Json), output.clone()));
    }
    let (inferred, packing) = Format::of_path(output);
    let format = match said.or(inferred) {
        Some(format) => format,
        None if output.extension().is_none() || packing != Packing::None => Format::Json,
        None => return Err(unknown_extension(output)),
    };
    let bare = inferred.is_none() && packing == Packing::None;
    if arguments.auto_extension && bare {
        let mut name = output.clone().into_os_string();
        name.push(".");
        name.push(format.extension());
        return Ok((format, name.into()));
    }
    Ok((format, output.clone()))
}

fn unknown_extension(output: &Path) -> Error {
    let extension = output.extension().unwrap_or_default().to_string_lossy().into_owned();
    let known = ["json", "ndjson", "plist", "txt", "csv", "pcap", "pcapng"];
    Error::unknown("format", &extension, known)
}
