//! From arguments to a plan: everything that was named is checked before anything is opened or
//! written.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use wirelens::report::{Options, Selection};
use wirelens::{Error, Extract, Frames, Registry};

use crate::arguments::Input;

/// The engines that are there.
const ENGINES: [&str; 3] = ["native", "default", "jspcap"];

/// What a report's options can take from the arguments that commands share.
pub(crate) fn options(input: &Input, registry: &Registry) -> Result<Options, Error> {
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
    Selection::parse(registry, names).map_err(|unknown| {
        let known = registry.by_name().keys().copied().chain(Selection::FRAME_FIELDS);
        Error::unknown("field", &unknown.name, known)
    })
}

/// How the capture is to be read.
pub(crate) fn source(
    input: &Input,
    files: &[PathBuf],
    registry: &Arc<Registry>,
    stop: Arc<AtomicBool>,
) -> Result<Extract, Error> {
    let (first, others) = files.split_first().ok_or_else(|| Error::Usage("no file".to_owned()))?;
    let mut extract = wirelens::extract(first)
        .registry(Arc::clone(registry))
        .follow(input.follow)
        .checksums(input.checksums)
        .stop_flag(stop);
    for other in others {
        extract = extract.and(other);
    }
    if let Some(range) = &input.range {
        extract = extract.range(range.parse()?);
    }
    if let Some(layer) = &input.layer {
        extract = extract.until(wirelens::level(layer)?);
    }
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
        eprintln!("Loading file '{}'", file.path.display());
    }
}

/// Are these the same file, so that writing the one destroys the other?
pub(crate) fn is_same_file(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b && a.is_file(),
        _ => false,
    }
}
