//! The file that delivered frames are written to as well.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use crate::{Error, Frame, PcapWriter, PcapngWriter};

type Output = BufWriter<File>;

pub(crate) enum Savefile {
    Pcap(PcapWriter<Output>),
    Pcapng(PcapngWriter<Output>),
}

impl Savefile {
    /// Makes the file: pcap if its name ends so, else pcapng.
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        let file =
            File::create(path).map_err(|source| Error::Open { path: path.to_owned(), source })?;
        let output = BufWriter::with_capacity(64 * 1024, file);
        let pcap = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("pcap"));
        Ok(if pcap {
            Self::Pcap(PcapWriter::new(output))
        } else {
            let name = concat!("Wirelens ", env!("CARGO_PKG_VERSION"));
            Self::Pcapng(PcapngWriter::new(output).application(name))
        })
    }

    pub(crate) fn frame(&mut self, frame: &Frame<'_>) -> Result<(), Error> {
        match self {
            Self::Pcap(writer) => writer.frame(frame),
            Self::Pcapng(writer) => writer.frame(frame),
        }
    }

    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        match self {
            Self::Pcap(writer) => writer.flush(),
            Self::Pcapng(writer) => writer.flush(),
        }
    }

    /// Writes what is left; a file without frames gets its header.
    pub(crate) fn finish(self) -> Result<(), Error> {
        match self {
            Self::Pcap(writer) => writer.finish().map(drop),
            Self::Pcapng(writer) => writer.finish().map(drop),
        }
    }
}
