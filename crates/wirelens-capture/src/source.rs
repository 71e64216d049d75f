//! Where bytes come from: files, folders, standard input, files that grow.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::{Compression, Error, Timestamp, pipe};

/// One file of a stream, in the order it is read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceFile {
    /// Its path; `-` is standard input, and readers have the name they were given.
    pub path: PathBuf,
    /// Its size on disk in bytes, for a regular file.
    pub size: Option<u64>,
    /// The time of its first frame, when several files were put in order by it.
    pub first: Option<Timestamp>,
    /// How it is compressed, once it has been opened.
    pub compression: Compression,
}

impl SourceFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        let regular = std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_file);
        Self {
            size: regular.map(|metadata| metadata.len()),
            path,
            first: None,
            compression: Compression::None,
        }
    }
}

/// Opens a path as a byte stream; `-` is standard input. A stop flag ends the wait for a pipe, and
/// for a growing file where one is followed.
pub(crate) fn open(
    path: &Path,
    follow: bool,
    stop: Option<Arc<AtomicBool>>,
) -> Result<Box<dyn Read + Send>, Error> {
    let failed = |source| Error::Open { path: path.to_owned(), source };
    let file = match pipe::standard_input(path) {
        Some(file) => file.map_err(failed)?,
        None if path.as_os_str() == "-" => return Ok(Box::new(io::stdin())),
        None => pipe::open(path, stop.is_some()).map_err(failed)?,
    };
    let kind = file.metadata().map_err(failed)?.file_type();
    if kind.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    Ok(match stop {
        stop if kind.is_file() && follow => {
            Box::new(Growing { file, stop: stop.unwrap_or_default() })
        }
        Some(stop) if !kind.is_file() => pipe::stoppable(file, stop),
        _ => Box::new(file),
    })
}

/// The regular files of a folder, by name. Folders inside it are not entered.
pub(crate) fn folder(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |source| Error::Open { path: path.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?.path();
        if entry.is_file() {
            files.push(entry);
        }
    }
    files.sort();
    Ok(files)
}

/// A file that another program still writes: its end is only the end when the stop flag is set.
struct Growing {
    file: File,
    stop: Arc<AtomicBool>,
}

/// Waits between looks at the end of a growing file: short after new bytes, longer in silence.
const WAITS: [Duration; 4] = [
    Duration::from_millis(2),
    Duration::from_millis(10),
    Duration::from_millis(50),
    Duration::from_millis(100),
];

impl Read for Growing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut waits = WAITS.iter();
        let mut wait = WAITS[0];
        loop {
            let count = self.file.read(buffer)?;
            if count > 0 || self.stop.load(Ordering::Relaxed) {
                return Ok(count);
            }
            wait = waits.next().copied().unwrap_or(wait);
            std::thread::sleep(wait);
        }
    }
}

/// Counts the bytes read from a source, for progress.
pub(crate) struct Counted {
    pub(crate) source: Box<dyn Read + Send>,
    pub(crate) count: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.count.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
