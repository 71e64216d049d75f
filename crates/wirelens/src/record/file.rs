//! One file of a recording.

use std::path::Path;

use wirelens_capture::{
    Error as CaptureError, Frame, Interface, InterfaceCounters, OptionList, PcapWriter,
    PcapngWriter, Timestamp, option_code,
};

use super::store::Store;
use crate::{Error, Format};

/// A file being recorded.
pub(super) struct Opened {
    writer: Writer,
    frames: u64,
    /// Bytes that its end will take.
    tail: u64,
}

enum Writer {
    Pcap(PcapWriter<Store>),
    Pcapng(Box<PcapngWriter<Store>>),
}

/// Bytes of a block of statistics with all that is written of an interface.
const STATISTICS: u64 = 24 + 2 * 12 + 5 * 12 + 4;

impl Opened {
    /// Creates a file and writes its head. Where there is no room for that, there is no file.
    pub(super) fn begin(
        path: &Path,
        format: Format,
        comment: Option<&str>,
        interfaces: &[Interface],
    ) -> Result<Opened, Error> {
        let store = Store::create(path)?;
        let begun = Opened::begin_in(store, format, comment, interfaces);
        if begun.is_err() && std::fs::metadata(path).is_ok_and(|file| file.is_file()) {
            let _ = std::fs::remove_file(path);
        }
        begun
    }

    fn begin_in(
        store: Store,
        format: Format,
        comment: Option<&str>,
        interfaces: &[Interface],
    ) -> Result<Opened, Error> {
        if format == Format::Pcap {
            // What is known now: interfaces that come later may still be finer.
            let finer = interfaces.iter().any(|it| it.resolution.is_finer_than_microseconds());
            let mut writer = PcapWriter::new(store);
            if finer {
                writer = writer.nanoseconds(true);
            }
            if let Some(interface) = interfaces.first() {
                writer.describe(Some(interface))?;
                writer.get_mut().mark();
            }
            writer.get_mut().store()?;
            return Ok(Opened { writer: Writer::Pcap(writer), frames: 0, tail: 0 });
        }
        let program = concat!("wirelens ", env!("CARGO_PKG_VERSION"));
        let mut writer = PcapngWriter::new(store).application(program);
        if let Some(comment) = comment {
            writer = writer.comment(comment);
        }
        for (index, interface) in (0..).zip(interfaces) {
            writer.describe(index, interface)?;
        }
        writer.get_mut().mark();
        writer.get_mut().store()?;
        let tail = STATISTICS * interfaces.len() as u64;
        Ok(Opened { writer: Writer::Pcapng(Box::new(writer)), frames: 0, tail })
    }

    pub(super) fn path(&self) -> &Path {
        match &self.writer {
            Writer::Pcap(writer) => writer.get_ref().path(),
            Writer::Pcapng(writer) => writer.get_ref().path(),
        }
    }

    /// Frames in it.
    pub(super) fn frames(&self) -> u64 {
        self.frames
    }

    /// Bytes in it so far.
    pub(super) fn length(&self) -> u64 {
        match &self.writer {
            Writer::Pcap(writer) => writer.get_ref().length(),
            Writer::Pcapng(writer) => writer.get_ref().length(),
        }
    }

    fn store(&mut self) -> &mut Store {
        match &mut self.writer {
            Writer::Pcap(writer) => writer.get_mut(),
            Writer::Pcapng(writer) => writer.get_mut(),
        }
    }

    /// Writes a frame and how many were lost before it; false if the file would have more than
    /// `most` bytes with it, which for the first does not matter.
    pub(super) fn frame(&mut self, frame: &Frame<'_>, lost: u64, most: u64) -> Result<bool, Error> {
        let written = match &mut self.writer {
            Writer::Pcap(writer) => writer.frame(frame),
            Writer::Pcapng(writer) if lost == 0 => writer.frame(frame),
            Writer::Pcapng(writer) => {
                let mut list = OptionList::from_options(frame.options);
                list.push(option_code::EPB_DROPCOUNT, &lost.to_le_bytes());
                writer.frame(&Frame { options: list.options(), ..*frame })
            }
        };
        let (first, tail) = (self.frames == 0, self.tail);
        let store = self.store();
        if let Err(error) = written {
            store.undo();
            return Err(output_error(store, error));
        }
        if !first && store.length().saturating_add(tail) > most {
            store.undo();
            return Ok(false);
        }
        store.mark();
        if store.is_full() {
            store.store()?;
        }
        self.frames += 1;
        Ok(true)
    }

    /// Writes what is in memory.
    pub(super) fn flush(&mut self) -> Result<(), Error> {
        self.store().store()
    }

    /// Writes what was counted and what is left; gives the length of the file too.
    pub(super) fn finish(
        mut self,
        interfaces: &[Interface],
        counters: &[InterfaceCounters],
        span: (Timestamp, Timestamp),
    ) -> (Result<(), Error>, u64) {
        let ended = self.end(interfaces, counters, span);
        (ended, self.length())
    }

    fn end(
        &mut self,
        interfaces: &[Interface],
        counters: &[InterfaceCounters],
        span: (Timestamp, Timestamp),
    ) -> Result<(), Error> {
        match &mut self.writer {
            Writer::Pcap(writer) => {
                writer.describe(None)?;
                writer.get_mut().mark();
            }
            Writer::Pcapng(writer) => {
                for counted in counters {
                    let Some(interface) = interfaces.get(counted.interface as usize) else {
                        continue;
                    };
                    writer.statistics(interface, counted, span)?;
                    writer.get_mut().mark();
                }
            }
        }
        self.store().store()
    }
}

/// An error of a writer whose output takes everything is one of the frame.
fn output_error(store: &Store, error: CaptureError) -> Error {
    match error {
        CaptureError::Write(source) => Error::Output { path: store.path().to_owned(), source },
        other => other.into(),
    }
}
