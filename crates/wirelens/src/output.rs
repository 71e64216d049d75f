//! Where a report goes: a file, perhaps compressed, or standard output.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

use crate::{Error, Packing};

/// A report being stored. It is given whole frames, so that what stands in the file after any of
/// them can be ended properly, even when the disk is full.
pub struct Output {
    path: PathBuf,
    sink: Sink,
    /// Where the file stood before the last two writes.
    before: [u64; 2],
    at: u64,
}

enum Sink {
    Standard(io::Stdout),
    Plain(File),
    Gzip(Box<flate2::write::GzEncoder<File>>),
    Zstd(Box<zstd::stream::write::Encoder<'static, File>>),
    Memory(Vec<u8>),
    Closed,
}

impl Output {
    /// Creates the file, and the folders it is to lie in. `-` is standard output.
    ///
    /// # Errors
    /// When that cannot be done.
    pub fn create(path: &Path) -> Result<Output, Error> {
        if path.as_os_str() == "-" {
            return Ok(Output::of(path, Sink::Standard(io::stdout())));
        }
        let failed = |source| Error::Output { path: path.to_owned(), source };
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let file = File::create(path).map_err(failed)?;
        let sink = match crate::Format::of_path(path).1 {
            Packing::None => Sink::Plain(file),
            Packing::Gzip => {
                let level = flate2::Compression::default();
                Sink::Gzip(Box::new(flate2::write::GzEncoder::new(file, level)))
            }
            Packing::Zstd => {
                let encoder = zstd::stream::write::Encoder::new(file, 0).map_err(failed)?;
                Sink::Zstd(Box::new(encoder))
            }
        };
        Ok(Output::of(path, sink))
    }

    /// A report in memory, for [`Output::into_bytes`].
    pub fn memory() -> Output {
        Output::of(Path::new("memory"), Sink::Memory(Vec::new()))
    }

    fn of(path: &Path, sink: Sink) -> Output {
        Output { path: path.to_owned(), sink, before: [0; 2], at: 0 }
    }

    /// Where it goes.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Stores whole frames.
    ///
    /// # Errors
    /// When they cannot be stored; [`Output::mend`] then makes the file valid.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.before = [self.before[1], self.at];
        self.sink.write_all(bytes).map_err(|source| self.failed(source))?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    /// Has what was stored seen by others.
    ///
    /// # Errors
    /// When that cannot be done.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.sink.flush().map_err(|source| self.failed(source))
    }

    /// Stores the end of the report and closes it.
    ///
    /// # Errors
    /// When that cannot be done.
    pub fn finish(&mut self, tail: &[u8]) -> Result<(), Error> {
        self.write(tail)?;
        let ended = match std::mem::replace(&mut self.sink, Sink::Closed) {
            Sink::Standard(mut out) => out.flush(),
            Sink::Plain(mut file) => file.flush(),
            Sink::Gzip(encoder) => encoder.finish().and_then(|mut file| file.flush()),
            Sink::Zstd(encoder) => encoder.finish().and_then(|mut file| file.flush()),
            Sink::Memory(bytes) => {
                self.sink = Sink::Memory(bytes);
                Ok(())
            }
            Sink::Closed => Ok(()),
        };
        ended.map_err(|source| self.failed(source))
    }

    /// After a failed write: takes back what was stored in part, and if there is still no room the
    /// frames before it too, and stores the end of the report. Only an uncompressed file can be
    /// mended. True if the report is valid now.
    pub fn mend(&mut self, tail: &[u8]) -> bool {
        let Sink::Plain(file) = &mut self.sink else { return false };
        for &boundary in self.before.iter().rev() {
            let mended = file
                .set_len(boundary)
                .and_then(|()| file.seek(io::SeekFrom::Start(boundary)))
                .and_then(|_| file.write_all(tail))
                .and_then(|()| file.flush());
            if mended.is_ok() {
                return true;
            }
        }
        false
    }

    /// What was stored in memory.
    pub fn into_bytes(self) -> Vec<u8> {
        match self.sink {
            Sink::Memory(bytes) => bytes,
            _ => Vec::new(),
        }
    }

    fn failed(&self, source: io::Error) -> Error {
        Error::Output { path: self.path.clone(), source }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Sink::Standard(out) => out.write(bytes),
            Sink::Plain(file) => file.write(bytes),
            Sink::Gzip(encoder) => encoder.write(bytes),
            Sink::Zstd(encoder) => encoder.write(bytes),
            Sink::Memory(all) => all.write(bytes),
            Sink::Closed => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Sink::Standard(out) => out.flush(),
            Sink::Plain(file) => file.flush(),
            Sink::Gzip(encoder) => encoder.flush(),
            Sink::Zstd(encoder) => encoder.flush(),
            Sink::Memory(_) | Sink::Closed => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_stored_in_part_is_taken_back() {
        let folder = std::env::temp_dir().join(format!("wirelens-output-{}", std::process::id()));
        let path = folder.join("deep/report.json");
        let mut output = Output::create(&path).expect("folders are made");
        output.write(b"[1").expect("room");
        output.write(b",2").expect("room");
        output.write(b",3 in part").expect("room");
        assert!(output.mend(b"]"));
        assert_eq!(std::fs::read(&path).expect("a file"), b"[1,2]");
        std::fs::remove_dir_all(folder).expect("it was there");
    }
}
