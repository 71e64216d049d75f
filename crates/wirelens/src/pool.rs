//! Many files being written with few of them open.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use crate::Error;

/// Files that grow at their ends. At most so many are open; another one closes the one written to
/// least recently, which is opened again when it is its turn.
pub(crate) struct Pool {
    folder: PathBuf,
    open: HashMap<String, Open>,
    most: usize,
    clock: u64,
}

struct Open {
    file: BufWriter<File>,
    used: u64,
}

/// Collected for each open file before it is written, in bytes.
const BUFFER: usize = 1 << 16;

impl Pool {
    /// Files in a folder, which is created.
    pub(crate) fn new(folder: &Path, most: usize) -> Result<Pool, Error> {
        std::fs::create_dir_all(folder)
            .map_err(|source| Error::Output { path: folder.to_owned(), source })?;
        Ok(Pool { folder: folder.to_owned(), open: HashMap::new(), most: most.max(1), clock: 0 })
    }

    /// Appends to a file; the first time, `begins`, what it had before is dropped.
    pub(crate) fn append(&mut self, name: &str, begins: bool, bytes: &[u8]) -> Result<(), Error> {
        self.clock += 1;
        let failed = |source| Error::Output { path: self.folder.join(name), source };
        if let Some(open) = self.open.get_mut(name) {
            open.used = self.clock;
            return open.file.write_all(bytes).map_err(failed);
        }
        if self.open.len() >= self.most {
            self.close_oldest()?;
        }
        let file = loop {
            match open(&self.folder.join(name), begins) {
                Ok(file) => break file,
                // The system allows fewer than were planned for.
                Err(error) if is_out_of_files(&error) && !self.open.is_empty() => {
                    self.most = self.open.len();
                    self.close_oldest()?;
                }
                Err(source) => {
                    return Err(Error::Output { path: self.folder.join(name), source });
                }
            }
        };
        let mut file = BufWriter::with_capacity(BUFFER, file);
        let written = file.write_all(bytes);
        self.open.insert(name.to_owned(), Open { file, used: self.clock });
        written.map_err(|source| Error::Output { path: self.folder.join(name), source })
    }

    /// Writes what is collected of a file and closes it.
    pub(crate) fn close(&mut self, name: &str) -> Result<(), Error> {
        let Some(mut open) = self.open.remove(name) else { return Ok(()) };
        let path = || self.folder.join(name);
        open.file.flush().map_err(|source| Error::Output { path: path(), source })
    }

    /// Removes a file.
    pub(crate) fn remove(&mut self, name: &str) -> Result<(), Error> {
        if let Some(open) = self.open.remove(name) {
            // What is collected is not wanted any more.
            let _ = open.file.into_parts();
        }
        match std::fs::remove_file(self.folder.join(name)) {
            Err(source) if source.kind() != ErrorKind::NotFound => {
                Err(Error::Output { path: self.folder.join(name), source })
            }
            _ => Ok(()),
        }
    }

    fn close_oldest(&mut self) -> Result<(), Error> {
        let oldest = self.open.iter().min_by_key(|(_, open)| open.used);
        match oldest.map(|(name, _)| name.clone()) {
            Some(name) => self.close(&name),
            None => Ok(()),
        }
    }
}

fn open(path: &Path, begins: bool) -> io::Result<File> {
    match begins {
        true => File::create(path),
        false => OpenOptions::new().append(true).create(true).open(path),
    }
}

/// An address as a part of a file's name: colons are none on Windows.
pub(crate) fn safe(address: IpAddr) -> String {
    address.to_string().replace(':', "_")
}

/// EMFILE and ENFILE, the same numbers on Linux, macOS and the BSDs; `ERROR_TOO_MANY_OPEN_FILES`.
fn is_out_of_files(error: &io::Error) -> bool {
    let number = error.raw_os_error();
    if cfg!(windows) { number == Some(4) } else { matches!(number, Some(23 | 24)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_closed_and_opened_again() {
        let folder = std::env::temp_dir().join(format!("wirelens-pool-{}", std::process::id()));
        let mut pool = Pool::new(&folder, 3).expect("a folder");
        for round in 0..4 {
            for file in 0..10 {
                pool.append(&file.to_string(), round == 0, &[b'a' + round]).expect("room");
                assert!(pool.open.len() <= 3);
            }
        }
        pool.remove("3").expect("it is there");
        for file in 0..10 {
            pool.close(&file.to_string()).expect("room");
        }
        assert_eq!(std::fs::read(folder.join("9")).expect("a file"), b"abcd");
        assert_eq!(std::fs::read(folder.join("0")).expect("a file"), b"abcd");
        assert!(!folder.join("3").exists());
        std::fs::remove_dir_all(folder).expect("it was there");
    }
}
