//! Reports: from frames to a file, a folder of files, or standard output.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::atomic::Ordering;

use wirelens_capture::{PcapWriter, PcapngWriter, Record};
use wirelens_report::{
    CaptureInfo, Format as Printed, Head, Interface, Line, Options, Report, Summary, Warning,
};

use crate::extract::{Frames, dissect};
use crate::{Error, Format, Frame, Output};

/// Stored at once: whole frames, about so many bytes.
const CHUNK: usize = 1 << 17;

/// Called for every frame that is written.
pub type Each<'e> = &'e mut dyn FnMut(&Frame<'_>);

impl Frames {
    /// Writes a report of all frames. It is a whole document whenever it ends: at the end of the
    /// capture, when the stop flag is set, when reading fails, or when the disk is full.
    ///
    /// # Errors
    /// When reading or writing fails, after the report was ended properly.
    pub fn write(
        &mut self,
        format: Format,
        options: Options,
        output: &mut Output,
        each: Each<'_>,
    ) -> Result<Summary, Error> {
        match printed(format) {
            Some(printed) => self.print(&mut *printed.report(options), output, each),
            None => self.copy(format, output, each),
        }
    }

    /// Writes a folder: a file with what is known of the capture, and one for each frame.
    ///
    /// # Errors
    /// When reading or writing fails, or the format is one that frames are copied in.
    pub fn write_files(
        &mut self,
        format: Format,
        options: Options,
        folder: &Path,
        each: Each<'_>,
    ) -> Result<Summary, Error> {
        let Some(printed) = printed(format) else {
            let name = format.name();
            return Err(Error::Usage(format!("frames cannot be split into files of {name}")));
        };
        let extension = format.extension();
        let mut report = printed.report(options);
        let mut line = Line::new();
        let mut summary = Summary::default();
        std::fs::create_dir_all(folder)
            .map_err(|source| Error::Output { path: folder.to_owned(), source })?;
        let store = |name: String, line: &mut Line| {
            let path = folder.join(format!("{name}.{extension}"));
            let stored = std::fs::write(&path, line.written());
            line.clear();
            stored.map_err(|source| Error::Output { path, source })
        };
        let sources = self.sources();
        let mut first = true;
        while let Some((raw, frame)) = self.next_both()? {
            if std::mem::take(&mut first) {
                report.capture_alone(&mut line, &describe(&raw, &sources));
                store("Global Header".to_owned(), &mut line)?;
            }
            report.frame_alone(&mut line, frame.head(), &frame.dissection());
            store(format!("Frame {}", frame.number()), &mut line)?;
            summary.count(frame.head(), &frame.dissection());
            each(&frame);
        }
        self.end(&mut summary);
        Ok(summary)
    }

    fn print(
        &mut self,
        report: &mut dyn Report,
        output: &mut Output,
        each: Each<'_>,
    ) -> Result<Summary, Error> {
        let mut line = Line::new();
        let mut summary = Summary::default();
        let sources = self.sources();
        let mut begun = false;
        let ended = loop {
            match self.next_both() {
                Ok(Some((raw, frame))) => {
                    if !std::mem::replace(&mut begun, true) {
                        report.begin(&mut line, &describe(&raw, &sources));
                    }
                    report.frame(&mut line, frame.head(), &frame.dissection());
                    summary.count(frame.head(), &frame.dissection());
                    each(&frame);
                }
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
            // What a pipe has given is shown before it is waited for again.
            let stored = if !self.capture().is_ahead() {
                output.write(line.written()).and_then(|()| output.flush())
            } else if line.len() >= CHUNK {
                output.write(line.written())
            } else {
                continue;
            };
            line.clear();
            if let Err(error) = stored {
                break Err(error);
            }
        };
        self.end(&mut summary);
        if !begun {
            report.begin(&mut line, &self.describe_empty());
        }
        summary.interrupted |= ended.is_err();
        let frames = line.len();
        report.finish(&mut line, &summary);
        match ended {
            Err(error @ Error::Output { .. }) => {
                output.mend(&line.written()[frames..]);
                Err(error)
            }
            other => {
                if let Err(error) = output.finish(line.written()) {
                    output.mend(&line.written()[frames..]);
                    return Err(error);
                }
                other.map(|()| summary)
            }
        }
    }

    /// Writes the frames again, as they were captured; into pcapng also what stands between them.
    fn copy(
        &mut self,
        format: Format,
        output: &mut Output,
        each: Each<'_>,
    ) -> Result<Summary, Error> {
        let mut summary = Summary::default();
        let mut buffered = BufWriter::with_capacity(CHUNK, &mut *output);
        let copied = match format {
            Format::Pcapng => self.copy_pcapng(&mut buffered, &mut summary, each),
            _ => self.copy_pcap(&mut buffered, &mut summary, each),
        };
        let path = buffered.get_ref().path().to_owned();
        let stored = buffered.flush().map_err(|source| Error::Output { path, source });
        drop(buffered);
        self.end(&mut summary);
        copied.and(stored).and_then(|()| output.finish(&[])).map(|()| summary)
    }

    fn copy_pcap(
        &mut self,
        to: &mut impl Write,
        summary: &mut Summary,
        each: Each<'_>,
    ) -> Result<(), Error> {
        let mut writer = PcapWriter::new(to);
        let mut begun = false;
        while let Some((raw, frame)) = self.next_both()? {
            if !std::mem::replace(&mut begun, true) {
                let interface = raw.interface_details();
                let finer = interface.is_some_and(|it| it.resolution.is_finer_than_microseconds());
                writer = writer.nanoseconds(finer);
            }
            writer.frame(&raw)?;
            summary.count(frame.head(), &frame.dissection());
            each(&frame);
        }
        writer.finish()?;
        Ok(())
    }

    fn copy_pcapng(
        &mut self,
        to: &mut impl Write,
        summary: &mut Summary,
        each: Each<'_>,
    ) -> Result<(), Error> {
        let mut writer =
            PcapngWriter::new(to).application(concat!("wirelens ", env!("CARGO_PKG_VERSION")));
        let Frames { capture, session, range, .. } = self;
        let last = range.as_ref().and_then(|range| range.last()).unwrap_or(u64::MAX);
        while capture.counters().frames < last {
            match capture.next_record()? {
                None => break,
                Some(Record::Block(block)) => writer.block(&block)?,
                Some(Record::Frame(raw)) => {
                    let frame = dissect(session, &raw);
                    if range.as_ref().is_none_or(|range| range.contains(raw.number)) {
                        writer.frame(&raw)?;
                        summary.count(frame.head(), &frame.dissection());
                        each(&frame);
                    }
                }
            }
        }
        writer.finish()?;
        Ok(())
    }

    /// What was wrong with the capture, and whether it was read to its end.
    fn end(&mut self, summary: &mut Summary) {
        summary.interrupted |= self.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed));
        let several = self.capture.files().len() > 1;
        for warning in self.capture.take_warnings() {
            let file = self.capture.files().get(warning.file as usize);
            let text = match file.filter(|_| several) {
                Some(file) => format!("{}: {warning}", file.path.display()),
                None => warning.to_string(),
            };
            summary.warnings.push(Warning { text, offset: Some(warning.offset) });
        }
        let dropped = self.capture.counters().warnings_dropped;
        if dropped > 0 {
            let text = format!("{dropped} more warnings of this kind");
            summary.warnings.push(Warning { text, offset: None });
        }
        let (_, evicted) = self.session.conversations();
        if evicted > 0 {
            let text = format!(
                "{evicted} conversations were given up for newer ones, {} are remembered at once",
                self.session.settings().limits.conversations
            );
            summary.warnings.push(Warning { text, offset: None });
        }
    }

    fn describe_empty(&self) -> CaptureInfo {
        let interfaces = self.capture.interfaces();
        CaptureInfo {
            sources: self.sources(),
            format: self.capture.sections().first().map_or("", |s| s.format.name()).to_owned(),
            interfaces: interfaces.iter().map(describe_interface).collect(),
            start: None,
        }
    }
}

/// The same format where it is one of those that are printed.
fn printed(format: Format) -> Option<Printed> {
    Some(match format {
        Format::Json => Printed::Json,
        Format::Ndjson => Printed::Ndjson,
        Format::Detail => Printed::Detail,
        Format::Plist => Printed::Plist,
        Format::Tree => Printed::Tree,
        Format::Text => Printed::Text,
        Format::Csv => Printed::Csv,
        Format::Pcap | Format::Pcapng => return None,
    })
}

/// What is known of the capture when its first frame is there.
fn describe(first: &wirelens_capture::Frame<'_>, sources: &[String]) -> CaptureInfo {
    CaptureInfo {
        sources: sources.to_vec(),
        format: first.sections.first().map_or("", |section| section.format.name()).to_owned(),
        interfaces: first.interfaces.iter().map(describe_interface).collect(),
        start: first.time.map(|time| (time.seconds(), time.nanoseconds())),
    }
}

fn describe_interface(interface: &wirelens_capture::Interface) -> Interface {
    Interface {
        name: interface.name().map(|name| String::from_utf8_lossy(name).into_owned()),
        link_type: interface.link_type.0.into(),
        link_type_name: interface.link_type.name().unwrap_or("unknown").to_owned(),
        snaplen: interface.snap_length,
        ticks_per_second: interface.resolution.ticks_per_second(),
    }
}

impl Frames {
    fn sources(&self) -> Vec<String> {
        self.capture.files().iter().map(|file| file.path.display().to_string()).collect()
    }
}

/// For what writes bytes and not reports.
impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match Output::write(self, bytes) {
            Ok(()) => Ok(bytes.len()),
            Err(Error::Output { source, .. }) => Err(source),
            Err(other) => Err(std::io::Error::other(other)),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match Output::flush(self) {
            Err(Error::Output { source, .. }) => Err(source),
            _ => Ok(()),
        }
    }
}

/// What a report says of a frame, from what the capture says.
pub(crate) fn head(raw: &wirelens_capture::Frame<'_>, captured: usize, length: u32) -> Head {
    Head {
        number: raw.number,
        time: raw.time.map(|time| (time.seconds(), time.nanoseconds())),
        length,
        captured: captured as u32,
        interface: raw.interface,
    }
}
