//! `wirelens extract`: a capture into a report.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use wirelens::report::{Options, Summary};
use wirelens::server::Served;
use wirelens::{Each, Error, Format, Output, Packing};

use crate::arguments::Extract;
use crate::exit::Exit;
use crate::plan;
use crate::progress::Progress;
use crate::say::say;

/// So many warnings are printed; a report has them all.
const SHOWN_WARNINGS: usize = 20;

pub(crate) fn run(arguments: &Extract) -> anyhow::Result<Exit> {
    if plan::asks_for_limits(&arguments.input.dissecting.limit) {
        return crate::tables::limits::<wirelens::dissect::Limits>();
    }
    let Prepared { source, format, options, target } = prepare(arguments)?;
    let input = &arguments.input;
    if plan::is_served(&input.dissecting) {
        return serve(arguments, source, format, options, &target);
    }
    let mut frames = source.frames()?;
    plan::announce(&frames, input.verbose);
    plan::check_target(&frames, &target)?;

    let quiet = input.verbose || std::io::stdout().is_terminal() && target.as_os_str() == "-";
    let mut progress =
        Progress::new(frames.capture(), quiet || input.follow || input.files.is_empty());
    let mut announce = plan::announce_frame;
    let mut count = |more| progress.add(more);
    let each = if input.verbose { Each::Frame(&mut announce) } else { Each::Count(&mut count) };
    let written = if arguments.split {
        frames.write_files(format, options, &target, each)
    } else {
        let mut output = Output::create(&target)?;
        frames.write(format, options, &mut output, each)
    };
    progress.finish();
    let summary = written?;
    report_warnings(&summary);
    if input.verbose && target.as_os_str() != "-" {
        let files = if arguments.split { "files" } else { "file" };
        say(format_args!("Report {files} stored in '{}'", target.display()));
    }
    Ok(Exit::Done)
}

/// What is to be extracted, and how it is reported.
pub(crate) struct Prepared {
    pub(crate) source: wirelens::Extract,
    pub(crate) format: Format,
    pub(crate) options: Options,
    target: PathBuf,
}

/// Checks everything that was named.
pub(crate) fn prepare(arguments: &Extract) -> anyhow::Result<Prepared> {
    let known = plan::known(&arguments.input.dissecting)?;
    let input = &arguments.input;
    let mut options = plan::options(&input.dissecting, &known)?;
    options.payload = arguments.payload;
    options.names = arguments.names;
    let (format, target) = target(arguments)?;
    check(arguments, format, &target)?;
    if !arguments.split {
        plan::check_name(format.name(), &target)?;
    }
    let files = inputs(arguments);
    let mut source = plan::source(input, &files, &known, crate::stop::flag()?)?;
    if let Some(fields) = options.fields.as_ref().filter(|_| format == Format::Csv)
        && !plan::is_foreign(&input.dissecting)
    {
        // A table has nothing else in it.
        let protocols = fields.protocols(&known.registry);
        source = protocols.iter().fold(source, |source, protocol| source.only(protocol.name));
        source = source.nothing_else(!fields.needs_all_layers() && !input.verbose);
    }
    Ok(Prepared { source, format, options, target })
}

/// By several processes.
fn serve(
    arguments: &Extract,
    source: wirelens::Extract,
    format: Format,
    options: Options,
    target: &Path,
) -> anyhow::Result<Exit> {
    let input = &arguments.input;
    source.check_twice("-E server")?;
    let frames = source.clone().frames()?;
    plan::announce(&frames, input.verbose);
    plan::check_target(&frames, target)?;
    let server = crate::workers::of(&arguments.serving)?;
    let quiet = input.verbose || std::io::stdout().is_terminal() && target.as_os_str() == "-";
    let mut progress = Progress::new(frames.capture(), quiet);
    drop(frames);
    let mut output = Output::create(target)?;
    let served =
        source.serve(format, options, &mut output, &server, &mut |more| progress.add(more));
    progress.finish();
    let Served { summary, mended } = served?;
    if let Some(why) = mended {
        say(format_args!("wirelens: {why}; the rest was done by this process"));
    }
    report_warnings(&summary);
    if input.verbose && target.as_os_str() != "-" {
        say(format_args!("Report file stored in '{}'", target.display()));
    }
    Ok(Exit::Done)
}

/// Prints what was wrong with the capture.
pub(crate) fn report_warnings(summary: &Summary) {
    for warning in summary.warnings.iter().take(SHOWN_WARNINGS) {
        say(format_args!("wirelens: warning: {}", warning.text));
    }
    if let Some(more) = summary.warnings.len().checked_sub(SHOWN_WARNINGS).filter(|&n| n > 0) {
        say(format_args!("wirelens: {more} more warnings"));
    }
}

/// Refuses what does not go together.
fn check(arguments: &Extract, format: Format, target: &Path) -> Result<(), Error> {
    let wrong = |text: String| Err(Error::Usage(text));
    if arguments.split && target.as_os_str() == "-" {
        return wrong("-F makes a folder of files; name it with -o".to_owned());
    }
    let served = plan::is_served(&arguments.input.dissecting);
    for (given, option) in [
        (arguments.split, "-F"),
        (arguments.input.two_pass, "--two-pass"),
        (arguments.input.follow, "--follow"),
    ] {
        if served && given {
            return wrong(format!("{option} does not go with -E server"));
        }
    }
    let serving = &arguments.serving;
    if !served && (serving.workers > 0 || serving.worker_command.is_some()) {
        return wrong("workers are for -E server; threads are --threads".to_owned());
    }
    if !matches!(format, Format::Pcap | Format::Pcapng) {
        return Ok(());
    }
    let name = format.name();
    for (given, option) in [
        (arguments.split, "-F"),
        (served || plan::is_foreign(&arguments.input.dissecting), "-E"),
        (arguments.input.dissecting.fields.is_some(), "--fields"),
        (!arguments.input.dissecting.layers.is_empty(), "--layers"),
        (arguments.payload, "--payload"),
        (arguments.names, "--names"),
    ] {
        if given {
            return wrong(format!("{option} does not go with {name}, which has whole frames"));
        }
    }
    check_terminal(format, target)
}

/// Captures are not written to a terminal.
pub(crate) fn check_terminal(format: Format, target: &Path) -> Result<(), Error> {
    let capture = matches!(format, Format::Pcap | Format::Pcapng);
    if capture && target.as_os_str() == "-" && std::io::stdout().is_terminal() {
        let name = format.name();
        let text = format!("{name} is not for a terminal; name a file with -o, or use a pipe");
        return Err(Error::Usage(text));
    }
    Ok(())
}

/// The extensions of captures, the commonest first.
const EXTENSIONS: [&str; 9] =
    ["pcap", "pcapng", "cap", "pcap.gz", "pcapng.gz", "cap.gz", "pcap.zst", "pcapng.zst", "snoop"];

/// The captures, with the extension that was left out.
fn inputs(arguments: &Extract) -> Vec<PathBuf> {
    let complete = |file: &PathBuf| {
        if !arguments.auto_extension || file.as_os_str() == "-" || file.exists() {
            return file.clone();
        }
        let with = |extension: &&str| appended(file, extension);
        let found = EXTENSIONS.iter().map(with).find(|file| file.exists());
        let bare = file.extension().is_none();
        found.unwrap_or_else(|| if bare { with(&EXTENSIONS[0]) } else { file.clone() })
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
    if output.as_os_str() == "-" {
        return Ok((said.unwrap_or(Format::Json), output.clone()));
    }
    let (inferred, packing) = Format::of_path(output);
    if arguments.split {
        return Ok((said.or(inferred).unwrap_or(Format::Json), output.clone()));
    }
    Packing::check(output)?;
    let format = match said.or(inferred) {
        Some(format) => format,
        None if output.extension().is_none() || packing != Packing::None => Format::Json,
        None => return Err(unknown_extension(output)),
    };
    let bare = inferred.is_none() && packing == Packing::None;
    if arguments.auto_extension && bare {
        return Ok((format, appended(output, format.extension())));
    }
    Ok((format, output.clone()))
}

/// The path with an extension behind what it has.
fn appended(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

fn unknown_extension(output: &Path) -> Error {
    let extension = output.extension().unwrap_or_default().to_string_lossy().into_owned();
    let known = ["json", "ndjson", "plist", "txt", "csv", "pcap", "pcapng"];
    Error::unknown("extension of a report", &extension, known)
}
