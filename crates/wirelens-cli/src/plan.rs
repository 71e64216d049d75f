//! From arguments to a plan: everything that was named is checked before anything is opened or
//! written.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use wirelens::dissect::Limits;
use wirelens::engines::Engine;
use wirelens::report::{Options, Selection};
use wirelens::{Error, Extract, Format, Frame, Frames, NamedLimits, Registry, Resolve, Select};

use crate::arguments::{Choices, Dissecting, Input, OwnEngine};
use crate::live;
use crate::say::say;

/// The names of the engine that is ours; the last is several processes of it.
const NATIVE: [&str; 5] = ["native", "default", "jspcap", "pipeline", SERVER];
const SERVER: &str = "server";

/// Who dissects, and what is known then.
pub(crate) struct Known {
    pub(crate) registry: Arc<Registry>,
    /// Another program; does it dissect only what ends in data here?
    engine: Option<(Engine, bool)>,
}

/// Is another engine named, for all frames or some?
pub(crate) fn is_foreign(input: &Dissecting) -> bool {
    let named = input.engine.as_ref();
    named.is_some_and(|name| !is_native(name)) || input.fallback.is_some()
}

fn is_native(name: &str) -> bool {
    NATIVE.contains(&name.to_ascii_lowercase().as_str())
}

/// Are several processes to work?
pub(crate) fn is_served(input: &Dissecting) -> bool {
    input.engine.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(SERVER))
}

/// Refuses several processes for a command that is one.
pub(crate) fn only_one(engine: Option<&String>, command: &str) -> Result<(), Error> {
    if !engine.is_some_and(|name| name.eq_ignore_ascii_case(SERVER)) {
        return Ok(());
    }
    let text = format!("-E {SERVER} is for extract; wirelens {command} is one process");
    Err(Error::Usage(text))
}

/// Finds the engine that was named, and what it knows.
pub(crate) fn known(input: &Dissecting) -> Result<Known, Error> {
    let foreign = |name: &&String| !is_native(name);
    let engine = match (input.engine.as_ref().filter(foreign), &input.fallback) {
        (None, None) => {
            return Ok(Known { registry: registry(&input.choices)?, engine: None });
        }
        (Some(engine), Some(fallback)) => {
            let text = format!(
                "--fallback {fallback} is for what we do not know; with -E {engine} we do not look"
            );
            return Err(Error::Usage(text));
        }
        (Some(name), None) => (find(name)?, false),
        (None, Some(name)) => (find(name)?, true),
    };
    let ours = match engine.1 {
        false => wirelens::protocols::shared(),
        true => registry(&input.choices)?,
    };
    let fields = input.fields.iter().flat_map(|names| names.split([',', ' ']));
    let registry = engine.0.registry(&ours, fields);
    Ok(Known { registry, engine: Some(engine) })
}

/// Refuses another engine for a command that looks into frames itself.
pub(crate) fn only_native(engine: &OwnEngine, command: &str) -> Result<(), Error> {
    let Some(name) = &engine.engine else { return Ok(()) };
    if is_native(name) {
        return only_one(Some(name), command);
    }
    if !Engine::NAMES.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(Error::unknown("engine", name, NATIVE));
    }
    Err(Error::Usage(format!(
        "wirelens {command} needs more than {name} tells of a frame; -E {name} is for extract, show \
         and capture"
    )))
}

fn find(name: &str) -> Result<Engine, Error> {
    let names = Engine::NAMES;
    if !names.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(Error::unknown("engine", name, NATIVE.into_iter().chain(names)));
    }
    Engine::find(name)
}

/// What a report's options can take from the arguments that commands share.
pub(crate) fn options(input: &Dissecting, known: &Known) -> Result<Options, Error> {
    let registry = &*known.registry;
    let mut options = Options::default();
    if let Some(fields) = &input.fields {
        options.fields = Some(selection(fields, known)?);
    }
    for name in &input.layers {
        options.layers.extend(wirelens::find_protocols(registry, name)?);
    }
    Ok(options)
}

fn selection(names: &str, known: &Known) -> Result<Selection, Error> {
    let registry = &*known.registry;
    let selection = Selection::parse(registry, names).map_err(|unknown| {
        let theirs = known.engine.iter().flat_map(|(engine, _)| engine.fields_like(&unknown.name));
        let ours = registry.by_name().keys().copied().chain(Selection::FRAME_FIELDS);
        Error::unknown("field", &unknown.name, ours.chain(theirs))
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

/// The flows that are described so.
pub(crate) fn flows(text: &str, registry: &Registry) -> Result<Select, Error> {
    let select: Select = text.parse()?;
    select.check(registry)?;
    Ok(select)
}

/// Whom `--resolve` asks for names.
pub(crate) fn resolve(servers: &str) -> Result<Resolve, Error> {
    if servers == "system" { Resolve::system() } else { Resolve::of_list(servers) }
}

/// How the capture is to be read.
pub(crate) fn source(
    input: &Input,
    files: &[PathBuf],
    known: &Known,
    stop: Arc<AtomicBool>,
) -> Result<Extract, Error> {
    let mut extract = wirelens::extract(live::source(files, &input.live)?)
        .follow(input.follow)
        .two_pass(input.two_pass)
        .stop_flag(stop);
    if let Some(range) = &input.range {
        extract = extract.range(range.parse()?);
    }
    if let Some(count) = input.count {
        extract = extract.range(format!("-{count}").parse()?);
    }
    dissecting(extract, &input.dissecting, known)
}

/// How frames are to be dissected.
pub(crate) fn dissecting(
    extract: Extract,
    input: &Dissecting,
    known: &Known,
) -> Result<Extract, Error> {
    if input.layer.is_some() && !input.protocol.is_empty() {
        let text = "-P and -L both say where to stop; give one of them";
        return Err(Error::Usage(text.to_owned()));
    }
    let registry = &known.registry;
    let mut extract = extract
        .registry(Arc::clone(registry))
        .patience(Duration::from_secs(input.engine_timeout))
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
    let Some((engine, fallback)) = &known.engine else { return Ok(extract) };
    let choices = &input.choices;
    extract = choices.decode_as.iter().fold(extract, Extract::decode_as);
    extract = choices.disable.iter().fold(extract, Extract::disable);
    let engine = engine.clone();
    Ok(if *fallback { extract.fallback(engine) } else { extract.engine(engine) })
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

/// Refuses a name whose extension is that of another format than the one that is written there.
/// `.txt` may be any text, and `.cap` any capture.
pub(crate) fn check_name(format: &str, path: &Path) -> Result<(), Error> {
    let ends = |end: &str| path.extension().is_some_and(|it| it.eq_ignore_ascii_case(end));
    let of_path = match Format::of_path(path).0 {
        None if ends("har") => "har",
        None => return Ok(()),
        Some(of_path) => of_path.name(),
    };
    let fits = match (of_path, format) {
        ("ndjson", "detail") => true,
        ("pcap", "pcapng") => ends("cap"),
        ("tree", _) => !matches!(format, "pcap" | "pcapng"),
        _ => of_path == format,
    };
    if fits {
        return Ok(());
    }
    let path = path.display();
    Err(Error::Usage(format!(
        "{path}: is the name of {of_path}, and what is written is {format}; change one of the two"
    )))
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
