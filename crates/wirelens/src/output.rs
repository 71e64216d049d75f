//! Where a report goes: a file, perhaps compressed, or standard output.

use std::fs::File;
use std::io::{self, IoSlice, Seek, Write};
use std::path::{Path, PathBuf};

use flate2::write::GzEncoder;
use wirelens_report::Summary;
use zstd::stream::write::Encoder as ZstdEncoder;

use crate::{Error, Packing};

/// A report being stored. It is given whole frames, so that what stands in the file after any of
/// them can be ended properly, even when the disk is full.
pub struct Output {
    path: PathBuf,
    sink: Sink,
    /// Bytes of the report since compression began anew.
    since: usize,
    /// The last two places where the file may be cut and ended, and what it held there.
    boundaries: [Boundary; 2],
}

#[derive(Clone, Default)]
struct Boundary {
    at: u64,
    stored: Summary,
}

enum Sink {
    Standard(io::Stdout),
    Plain(File),
    Gzip(GzEncoder<File>),
    Zstd(ZstdEncoder<'static, File>),
    Memory(Vec<u8>),
    Closed,
}

/// Compression begins anew behind so many bytes: a compressed file can be cut only there. gzip and
/// Zstandard both allow files of several parts, and every reader takes them as one.
const PART: usize = 8 << 20;

impl Output {
    /// Creates the file, and the folders it is to lie in. `-` is standard output.
    ///
    /// # Errors
    /// When that cannot be done, or the name asks for a compression that is not written.
    pub fn create(path: &Path) -> Result<Output, Error> {
        if path.as_os_str() == "-" {
            return Ok(Output::of(Path::new("standard output"), Sink::Standard(io::stdout())));
        }
        Packing::check(path)?;
        let failed = |source| Error::Output { path: path.to_owned(), source };
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let file = File::create(path).map_err(failed)?;
        let sink = Sink::new(crate::Format::of_path(path).1, file).map_err(failed)?;
        Ok(Output::of(path, sink))
    }

    /// A report in memory, for [`Output::into_bytes`].
    pub fn memory() -> Output {
        Output::of(Path::new("memory"), Sink::Memory(Vec::new()))
    }

    fn of(path: &Path, sink: Sink) -> Output {
        Output { path: path.to_owned(), sink, since: 0, boundaries: Default::default() }
    }

    /// Where it goes.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Stores whole frames, the last that the summary has counted.
    ///
    /// # Errors
    /// When they cannot be stored; [`Output::mend`] then makes the file valid.
    pub(crate) fn write(&mut self, bytes: &[u8], counted: &Summary) -> Result<(), Error> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.sink.write_all(bytes).map_err(|source| self.failed(source))?;
        self.since += bytes.len();
        self.end_part(counted)
    }

    /// Remembers where the file may be cut, if it may be here.
    fn end_part(&mut self, counted: &Summary) -> Result<(), Error> {
        if !matches!(self.sink, Sink::Plain(_)) && self.since < PART {
            return Ok(());
        }
        self.since = 0;
        if let Some(at) = self.sink.end_part().map_err(|source| self.failed(source))? {
            self.boundaries.swap(0, 1);
            self.boundaries[1] = Boundary { at, stored: counted.clone() };
        }
        Ok(())
    }

    /// Stores whole frames that lie in parts, the last that the summary has counted.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub(crate) fn write_parts(
        &mut self,
        mut parts: &mut [IoSlice<'_>],
        counted: &Summary,
    ) -> Result<(), Error> {
        if let Sink::Memory(all) = &mut self.sink {
            parts.iter().for_each(|part| all.extend_from_slice(part));
            return Ok(());
        }
        while !parts.is_empty() {
            match self.sink.write_vectored(parts) {
                Ok(0) => return Err(self.failed(io::ErrorKind::WriteZero.into())),
                Ok(length) => {
                    self.since += length;
                    IoSlice::advance_slices(&mut parts, length);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.failed(error)),
            }
        }
        self.end_part(counted)
    }

    /// Has what was stored seen by others.
    ///
    /// # Errors
    /// When that cannot be done.
    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        self.sink.flush().map_err(|source| self.failed(source))
    }

    /// Stores the end of the report and closes it.
    ///
    /// # Errors
    /// When that cannot be done.
    pub(crate) fn finish(&mut self, tail: &[u8]) -> Result<(), Error> {
        self.sink.write_all(tail).map_err(|source| self.failed(source))?;
        self.sink.finish().map_err(|source| self.failed(source))
    }

    /// After a failed write: takes back what was stored since a boundary, and if there is still no
    /// room what was stored since the one before, and stores the end that `tail` makes for what
    /// the file then holds; none if that is nothing, not even the report's head. Only a file can be mended. True if the report is valid now.
    pub(crate) fn mend(&mut self, tail: &mut dyn FnMut(Option<&Summary>) -> Vec<u8>) -> bool {
        let Some((packing, file)) = self.sink.take_file() else { return false };
        self.boundaries.iter().rev().any(|boundary| {
            let again = |mut file: File| {
                file.set_len(boundary.at)?;
                file.seek(io::SeekFrom::Start(boundary.at))?;
                let mut sink = Sink::new(packing, file)?;
                sink.write_all(&tail((boundary.at > 0).then_some(&boundary.stored)))?;
                sink.finish()
            };
            file.try_clone().and_then(again).is_ok()
        })
    }

    /// Stores all there is, and closes it.
    ///
    /// # Errors
    /// When that cannot be done.
    pub fn store(mut self, bytes: &[u8]) -> Result<(), Error> {
        self.finish(bytes)
    }

    /// What was stored in memory.
    pub fn into_bytes(self) -> Vec<u8> {
        match self.sink {
            Sink::Memory(bytes) => bytes,
            _ => Vec::new(),
        }
    }

    pub(crate) fn failed(&self, source: io::Error) -> Error {
        Error::Output { path: self.path.clone(), source }
    }
}

impl Sink {
    fn new(packing: Packing, file: File) -> io::Result<Sink> {
        Ok(match packing {
            Packing::None => Sink::Plain(file),
            Packing::Gzip => Sink::Gzip(GzEncoder::new(file, flate2::Compression::default())),
            Packing::Zstd => Sink::Zstd(ZstdEncoder::new(file, 0)?),
        })
    }

    /// Ends what can stand alone, and says where the file is then; none if it is no file.
    fn end_part(&mut self) -> io::Result<Option<u64>> {
        let (packing, mut file) = match std::mem::replace(self, Sink::Closed) {
            Sink::Plain(file) => (Packing::None, file),
            Sink::Gzip(encoder) => {
                // By the other way an encoder that fails would keep the file.
                let file = encoder.get_ref().try_clone()?;
                *self = Sink::Gzip(encoder);
                self.finish()?;
                (Packing::Gzip, file)
            }
            Sink::Zstd(encoder) => {
                let file = encoder.get_ref().try_clone()?;
                *self = Sink::Zstd(encoder);
                self.finish()?;
                (Packing::Zstd, file)
            }
            other => {
                *self = other;
                return Ok(None);
            }
        };
        // A device or a pipe has no places to cut at.
        let at = file.stream_position().ok();
        *self = Sink::new(packing, file)?;
        Ok(at)
    }

    /// Ends the compressed stream, and closes what can be closed unless that fails.
    fn finish(&mut self) -> io::Result<()> {
        match self {
            Sink::Gzip(encoder) => encoder.try_finish()?,
            Sink::Zstd(encoder) => encoder.do_finish()?,
            Sink::Memory(_) => return Ok(()),
            _ => self.flush()?,
        }
        if !matches!(self, Sink::Plain(_)) {
            *self = Sink::Closed;
        }
        Ok(())
    }

    /// The file itself, and how it is compressed.
    fn take_file(&mut self) -> Option<(Packing, File)> {
        let file = match self {
            Sink::Plain(file) => (Packing::None, file.try_clone().ok()?),
            Sink::Gzip(encoder) => (Packing::Gzip, encoder.get_ref().try_clone().ok()?),
            Sink::Zstd(encoder) => (Packing::Zstd, encoder.get_ref().try_clone().ok()?),
            Sink::Standard(_) | Sink::Memory(_) | Sink::Closed => return None,
        };
        // An encoder that is dropped writes what it has left: now, not behind the report's end.
        *self = Sink::Closed;
        Some(file)
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

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Sink::Standard(out) => out.write_vectored(parts),
            Sink::Plain(file) => file.write_vectored(parts),
            _ => match parts.iter().find(|part| !part.is_empty()) {
                Some(part) => self.write(part),
                None => Ok(0),
            },
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
    use std::io::Read;

    use super::*;

    #[test]
    fn what_was_stored_in_part_is_taken_back() {
        let folder = std::env::temp_dir().join(format!("wirelens-output-{}", std::process::id()));
        let counted = |frames| Summary { frames, ..Summary::default() };
        for name in ["deep/report.json", "report.json.gz", "report.json.zst"] {
            let path = folder.join(name);
            let mut output = Output::create(&path).expect("folders are made");
            let large = " ".repeat(PART);
            output.write(b"[1", &counted(1)).expect("room");
            output.write(format!(",2{large}").as_bytes(), &counted(2)).expect("room");
            output.sink.write_all(b",3 in part").expect("room");
            assert!(output.mend(&mut |held| {
                format!("; {} frames]", held.map_or(0, |held| held.frames)).into_bytes()
            }));
            let mut text = String::new();
            let file = File::open(&path).expect("a file");
            let mut reader: Box<dyn Read> = match crate::Format::of_path(&path).1 {
                Packing::None => Box::new(file),
                Packing::Gzip => Box::new(flate2::read::MultiGzDecoder::new(file)),
                Packing::Zstd => Box::new(zstd::Decoder::new(file).expect("zstd")),
            };
            reader.read_to_string(&mut text).expect("whole");
            assert_eq!(text.replace(' ', ""), "[1,2;2frames]");
        }
        std::fs::remove_dir_all(folder).expect("it was there");
    }
}
