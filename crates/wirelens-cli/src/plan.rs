//! From arguments to a plan: everything that was named is checked before anything is opened or
//! written.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use wirelens::dissect::Limits;
use wirelens::report::{Options, Selection};
use wirelens::{Error, Extract, Frame, Frames, NamedLimits, Registry, Resolve};

use crate::arguments::{Choices, Dissecting, Input};
use crate::live;
use crate::say::say;

/// The engines that are there.
const ENGINES: [&str; 3] = ["native", "default", "jspcap"];

/// What a report's options can take from the arguments that commands share.
pub(crate) fn options(input: &Dissecting, registry: &Registry) -> Result<Options, Error> {
    if let Some(engine) = &input.engine
        && !ENGINES.contains(&engine.to_ascii_lowercase().as_str())
    {
        return Err(Error::unknown("engine", engine, ENGINES));
    }
    let mut options = Options::default();
    if let Some(fields) = &input.fields {
        options.fields = Some(selection(fields, registry)?);
    }
    for name in &input.layers {
        options.layers.extend(wirelens::find_protocols(registry, name)?);
    }
    Ok(options)
}

fn selection(names: &str, registry: &Registry) -> Result<Selection, Error> {
    let selection = Selection::parse(registry, names).map_err(|unknown| {
        let known = registry.by_name().keys().copied().chain(Selection::FRAME_FIELDS);
        Error::unknown("field", &unknown.name, known)
    })?;
    if selection.names().next().is_none() {
        let text = "--fields names no field; write it as frame.number,ip.src,tcp.dstport";
        return Err(Error::Usage(text.to_owned()));
    }
    Ok(selection)
}

/// `--limit help`?
pub(crate) fn asks_for_limits(limits: &[String]) -> bool {
    limits.iter().any(|limit| limit == "help")
}

/// Sets the limits that were named.
pub(crate) fn set_limits<L: NamedLimits>(limits: &mut L, named: &[String]) -> Result<(), Error> {
    for limit in named {
        let Some((name, value)) = limit.split_once('=') else {
            let text = format!("--limit {limit}: write NAME=VALUE; --limit help lists them");
            return Err(Error::Usage(text));
        };
        limits.set(name, value)?;
    }
    Ok(())
}

/// The protocols, as the user wants them found.
pub(crate) fn registry(choices: &Choices) -> Result<Arc<Registry>, Error> {
    wirelens::chosen(&wirelens::protocols::shared(), &choices.decode_as, &choices.disable)
}

/// Whom `--resolve` asks for names.
pub(crate) fn resolve(servers: &str) -> Result<Resolve, Error> {
    if servers == "system" { Resolve::system() } else { Resolve::of_list(servers) }
}

/// How the capture is to be read.
pub(crate) fn source(
    input: &Input,
    files: &[PathBuf],
    registry: &Arc<Registry>,
    stop: Arc<AtomicBool>,
) -> Result<Extract, Error> {
    let mut extract = wirelens::extract(live::source(files, &input.live)?)
        .follow(input.follow)
        .two_pass(input.two_pass)
        .stop_flag(stop);
    if let Some(range) = &input.range {
        extract = extract.range(range.parse()?);
    }
    dissecting(extract, &input.dissecting, registry)
}

/// How frames are to be dissected.
pub(crate) fn dissecting(
    extract: Extract,
    input: &Dissecting,
    registry: &Arc<Registry>,
) -> Result<Extract, Error> {
    let mut extract = extract
        .registry(Arc::clone(registry))
        .threads(input.threads)
        .checksums(input.checksums)
        .reassemble(!input.no_reassembly);
    if let Some(layer) = &input.layer {
        extract = extract.until(wirelens::level(layer)?);
    }
    let mut limits = Limits::default();
    set_limits(&mut limits, &input.limit)?;
    extract = extract.limits(limits);
    for name in &input.protocol {
        wirelens::find_protocols(registry, name)?;
        extract = extract.stop_after(name);
    }
    Ok(extract)
}

/// Says which files are read, in which order.
pub(crate) fn announce(frames: &Frames, verbose: bool) {
    if !verbose {
        return;
    }
    for file in frames.capture().files() {
        say(format_args!("Loading file '{}'", file.path.display()));
    }
}

/// Prints the chain of protocols of a frame.
pub(crate) fn announce_frame(frame: &Frame<'_>) {
    say(format_args!(" - Frame {:>3}: {}", frame.number(), frame.chain()));
}

/// Refuses to write what is being read.
pub(crate) fn check_target(frames: &Frames, target: &Path) -> Result<(), Error> {
    let files = frames.capture().files();
    check_files(files.iter().map(|file| file.path.as_path()), target)
}

/// The same, of files that are still to be opened.
pub(crate) fn check_files<'f>(
    mut files: impl Iterator<Item = &'f Path>,
    target: &Path,
) -> Result<(), Error> {
    let Some(file) = files.find(|file| is_same_file(file, target)) else { return Ok(()) };
    let file = file.display();
    Err(Error::Usage(format!("{file}: is read, so it cannot be written too; name another output")))
}

/// Are these the same file, by whatever names? `-` is standard input, and standard output.
#[cfg(unix)]
fn is_same_file(input: &Path, output: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |path: &Path, standard: &str| {
        let path = if path.as_os_str() == "-" { Path::new(standard) } else { path };
        let metadata = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        Some((metadata.dev(), metadata.ino()))
    };
    let read = identity(input, "/dev/stdin");
    read.is_some() && read == identity(output, "/dev/stdout")
}

/// Are these the same file, by whatever names?
#[cfg(not(unix))]
fn is_same_file(input: &Path, output: &Path) -> bool {
    match (input.canonicalize(), output.canonicalize()) {
        (Ok(input), Ok(output)) => input == output && input.is_file(),
        _ => false,
    }
}
