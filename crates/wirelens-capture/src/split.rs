//! Splits: ranges of a file's bytes that are read by themselves, in other processes or on other
//! machines.
//!
//! A border is looked for from any byte on by the rule for damaged files: where the chain of
//! records runs farther than the largest record. A frame that carries a capture can still deceive
//! it, so a border is only known to be right when the reader of the split before ended there.

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::block::kind;
use crate::capture::Reader;
use crate::log::Log;
use crate::record::Step;
use crate::resync::{self, Link};
use crate::source::Counted;
use crate::{Block, Capture, Compression, Error, OpenOptions};

/// A part of a capture file: the records that begin in a range of its bytes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Split {
    /// The file.
    pub path: PathBuf,
    /// Where its first record begins, in bytes from the start of the file; 0 is the file's header.
    pub from: u64,
    /// Its records begin before this offset; none is the end of the file.
    pub to: Option<u64>,
    /// What else must be read of the file before: in pcapng the sections and interfaces that it
    /// has had until here, as ranges of bytes, in their order.
    pub context: Vec<Range<u64>>,
}

impl Split {
    /// All of a file.
    pub fn whole(path: impl Into<PathBuf>) -> Split {
        Split { path: path.into(), from: 0, to: None, context: Vec::new() }
    }

    /// Divides a file into at most so many parts of about the same size. What is compressed, no
    /// regular file, or small remains one, and so does snoop.
    ///
    /// Of pcapng only the sections and interfaces before the first frame are known to them: where
    /// others turn up, what comes behind has to be planned anew with those
    /// ([`Split::is_context`]).
    ///
    /// # Errors
    /// When the file cannot be read or is no capture.
    pub fn plan(path: &Path, parts: usize) -> Result<Vec<Split>, Error> {
        let mut all = vec![Split::whole(path)];
        let mut capture = Capture::open(path)?;
        let [file] = capture.files() else { return Ok(all) };
        let plain = file.compression == Compression::None;
        let Some(size) = file.size.filter(|_| plain && parts > 1) else { return Ok(all) };
        if matches!(capture.reader, Reader::Snoop(_)) {
            return Ok(all);
        }
        let context = capture.context_of_first_frame()?;
        let mut last = capture.current().offset;
        for part in 1..parts as u64 {
            let guess = (u128::from(size) * u128::from(part) / parts as u128) as u64;
            if guess <= last {
                continue;
            }
            let Some(border) = capture.border_behind(guess)? else { break };
            if let Some(before) = all.last_mut().filter(|_| border > last) {
                before.to = Some(border);
                let context = context.clone();
                all.push(Split { path: path.to_owned(), from: border, to: None, context });
                last = border;
            }
        }
        Ok(all)
    }

    /// Is this a block that what comes behind it cannot be read without?
    pub fn is_context(block: &Block<'_>) -> bool {
        matches!(block.kind, kind::SECTION_HEADER | kind::INTERFACE)
    }

    /// Does a record that begins at this offset belong to it?
    pub fn holds(&self, offset: u64) -> bool {
        offset >= self.from && self.to.is_none_or(|to| offset < to)
    }
}

impl OpenOptions {
    /// Opens a file where a split begins. It is read on behind the split's end, so that who reads
    /// sees where the next one begins: [`Split::holds`] tells of a record whether it still belongs
    /// to this one. Frames are numbered from 1.
    ///
    /// # Errors
    /// As [`open`](Self::open), and when the file has something else where the split's context was.
    pub fn open_split(self, split: &Split) -> Result<Capture, Error> {
        let mut capture = self.open(&split.path)?;
        if split.from > 0 {
            if let Reader::Pcap(_) = capture.reader {
                // Times are held against the first one where records are looked for.
                capture.step();
            }
            for range in &split.context {
                capture.go_to(range.start)?;
                if !matches!(capture.step(), Step::Block(_)) {
                    let (path, offset) = (split.path.clone(), range.start);
                    return Err(Error::NotItsSplit { path, offset });
                }
            }
            capture.go_to(split.from)?;
            capture.log = Log::default();
        }
        Ok(capture)
    }
}

impl Capture {
    /// Reads the first frame. Gives where sections and interfaces stood before it.
    fn context_of_first_frame(&mut self) -> Result<Vec<Range<u64>>, Error> {
        let mut context = Vec::new();
        loop {
            match self.step() {
                Step::Block(block) => {
                    if matches!(block.kind, kind::SECTION_HEADER | kind::INTERFACE) {
                        context.push(block.offset..block.offset + block.bytes.length() as u64);
                    }
                }
                Step::Frame | Step::Tick | Step::End => return Ok(context),
            }
        }
    }

    /// Where the first record begins from this offset on, as far as that can be told.
    fn border_behind(&mut self, offset: u64) -> Result<Option<u64>, Error> {
        self.go_to(offset)?;
        let window = &mut self.window;
        let found = match &self.reader {
            // Nothing is wrong here, so that a time far from the first one is none.
            Reader::Pcap(pcap) => resync::find(window, |bytes| match pcap.link(bytes) {
                Link::Record { sure: false, .. } => Link::No,
                link => link,
            }),
            Reader::Pcapng(pcapng) => resync::find(window, |bytes| pcapng.link(bytes)),
            Reader::Snoop(_) | Reader::Live(_) | Reader::Ended => false,
        };
        Ok(found.then(|| window.offset()))
    }

    /// Reads on at another place of its only file.
    fn go_to(&mut self, offset: u64) -> Result<(), Error> {
        let path = self.files().first().map(|file| file.path.clone()).unwrap_or_default();
        let opened = File::open(&path).and_then(|mut file| {
            file.seek(SeekFrom::Start(offset))?;
            Ok(file)
        });
        match opened {
            Ok(file) => {
                let count = Arc::clone(&self.position);
                self.window.begin_at(offset, Box::new(Counted { source: Box::new(file), count }));
                Ok(())
            }
            Err(source) => Err(Error::Open { path, source }),
        }
    }
}
