//! Records on their way into a file: it holds whole ones, whatever happens.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::Error;

/// Collected before it is written, in bytes.
const CHUNK: usize = 1 << 18;

/// Takes what a writer of captures writes. [`mark`](Store::mark) says where records end.
pub(super) struct Store {
    path: PathBuf,
    target: Target,
    held: Vec<u8>,
    /// Where records end in what is held.
    ends: Vec<usize>,
    /// Bytes written, of whole records.
    written: u64,
    /// A write has failed: the file is cut behind its last whole record and gets no more.
    failed: bool,
}

enum Target {
    Standard(io::Stdout),
    File(File),
}

impl Store {
    /// Creates the file, and the folders it is to lie in; what it had before is dropped. `-` is
    /// standard output.
    ///
    /// # Errors
    /// When that cannot be done.
    pub(super) fn create(path: &Path) -> Result<Store, Error> {
        let failed = |source| Error::Output { path: path.to_owned(), source };
        let target = if path.as_os_str() == "-" {
            Target::Standard(io::stdout())
        } else {
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder).map_err(failed)?;
            }
            Target::File(File::create(path).map_err(failed)?)
        };
        let (held, ends) = (Vec::with_capacity(CHUNK + (1 << 16)), Vec::new());
        Ok(Store { path: path.to_owned(), target, held, ends, written: 0, failed: false })
    }

    /// Where it goes.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes of the file, those included that are not written yet.
    pub(super) fn length(&self) -> u64 {
        self.written + self.held.len() as u64
    }

    /// A record ends here.
    pub(super) fn mark(&mut self) {
        if self.ends.last() != Some(&self.held.len()) {
            self.ends.push(self.held.len());
        }
    }

    /// Takes back what came behind the last record.
    pub(super) fn undo(&mut self) {
        self.held.truncate(self.ends.last().copied().unwrap_or(0));
    }

    /// Is so much collected that it is to be written?
    pub(super) fn is_full(&self) -> bool {
        self.held.len() >= CHUNK
    }

    /// Writes what is collected.
    ///
    /// # Errors
    /// When there is no room for all of it. The file ends then behind the last record that fits.
    pub(super) fn store(&mut self) -> Result<(), Error> {
        if self.failed || self.held.is_empty() {
            return Ok(());
        }
        let (count, ended) = write(&mut self.target, &self.held);
        if let Err(source) = ended {
            let whole = self.ends.iter().rev().find(|end| **end <= count).copied().unwrap_or(0);
            self.written += whole as u64;
            self.failed = true;
            if let Target::File(file) = &self.target {
                // If not even that works, a reader finds the last record cut.
                let _ = file.set_len(self.written);
            }
            self.held.clear();
            self.ends.clear();
            return Err(Error::Output { path: self.path.clone(), source });
        }
        self.written += self.held.len() as u64;
        self.held.clear();
        self.ends.clear();
        Ok(())
    }
}

/// How much was written, and whether that was all.
fn write(target: &mut Target, bytes: &[u8]) -> (usize, io::Result<()>) {
    let mut count = 0;
    while let Some(rest) = bytes.get(count..).filter(|rest| !rest.is_empty()) {
        let written = match target {
            Target::Standard(out) => out.write(rest),
            Target::File(file) => file.write(rest),
        };
        match written {
            Ok(0) => return (count, Err(ErrorKind::WriteZero.into())),
            Ok(more) => count += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return (count, Err(error)),
        }
    }
    match target {
        Target::Standard(out) => (count, out.flush()),
        Target::File(_) => (count, Ok(())),
    }
}

impl Write for Store {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    /// Nothing: when it is written is not for the writers of captures to say.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
