//! Reports: from frames to a file, a folder of files, or standard output.

use std::cell::Cell;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::Ordering;

use wirelens_capture::{PcapWriter, PcapngWriter, Problem, Record};
use wirelens_report::{
    CaptureInfo, Format as Printed, Interface, Line, Options, Report, Summary, Warning,
};

use crate::frames::{Dissector, Frames, Turn, dissect};
use crate::given_up::GivenUp;
use crate::pipeline::Crew;
use crate::{Error, Format, Frame, Output};

/// Stored at once: whole frames, about so many bytes.
pub(crate) const CHUNK: usize = 1 << 17;

/// Who is told of what is written.
pub enum Each<'e> {
    /// Called with every frame, in their order; for that all are written by one thread.
    Frame(&'e mut dyn FnMut(&Frame<'_>)),
    /// Called now and then with how many frames more were written.
    Count(&'e mut dyn FnMut(u64)),
}

impl Each<'_> {
    #[inline]
    fn frame(&mut self, frame: &Frame<'_>) {
        match self {
            Each::Frame(each) => each(frame),
            Each::Count(count) => count(1),
        }
    }
}

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
            Some(printed) => self.print(printed, options, output, each),
            None if self.foreign().is_some() => {
                let name = format.name();
                let text = format!("frames are copied into {name} without another engine");
                Err(Error::Usage(text))
            }
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
        mut each: Each<'_>,
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
            stored.map_err(|source| {
                // A part of a frame is worth nothing.
                let _ = std::fs::remove_file(&path);
                Error::Output { path, source }
            })
        };
        let mut begun = false;
        while self.advance()? {
            let frame = self.current();
            if !std::mem::replace(&mut begun, true) {
                report.capture_alone(&mut line, &self.describe_begun());
                store("Global Header".to_owned(), &mut line)?;
            }
            report.frame_alone(&mut line, frame.head(), &frame.dissection());
            store(format!("Frame {}", frame.number()), &mut line)?;
            summary.count(frame.head(), &frame.dissection());
            each.frame(&frame);
        }
        if !begun {
            report.capture_alone(&mut line, &self.describe_empty());
            store("Global Header".to_owned(), &mut line)?;
        }
        self.end(&mut summary);
        Ok(summary)
    }

    fn print(
        &mut self,
        format: Printed,
        options: Options,
        output: &mut Output,
        mut each: Each<'_>,
    ) -> Result<Summary, Error> {
        let mut report = format.report(options.clone());
        let mut crew = match each {
            Each::Frame(_) => Crew::none(),
            // Another program dissects one frame after the other.
            Each::Count(_) if self.foreign().is_some() => Crew::none(),
            Each::Count(_) => Crew::new(self.threads, format, options),
        };
        let mut line = Line::new();
        let mut summary = Summary::default();
        let mut begun = false;
        let ended = loop {
            match self.turn() {
                Ok(Turn::Frame) => {
                    let frame = self.current();
                    if !std::mem::replace(&mut begun, true) {
                        report.begin(&mut line, &self.describe_begun());
                    }
                    report.frame(&mut line, frame.head(), &frame.dissection());
                    summary.count(frame.head(), &frame.dissection());
                    crew.note(frame.head());
                    each.frame(&frame);
                }
                Ok(Turn::Pause) => {}
                Ok(Turn::End) => break Ok(()),
                Err(error) => break Err(error),
            }
            let waits = self.may_wait();
            let together = begun && crew.is_worth_it(self);
            if !waits && line.len() < CHUNK && !together {
                continue;
            }
            let mut stored = output.write(line.written(), &summary);
            if waits {
                stored = stored.and_then(|()| output.flush());
            }
            line.clear();
            if let Err(error) = stored {
                break Err(error);
            }
            if together && let Each::Count(count) = &mut each {
                break crew.print(self, &mut *report, output, &mut summary, *count);
            }
        };
        if !begun {
            report.begin(&mut line, &self.describe_empty());
        }
        let ended = match ended {
            Err(error @ Error::Output { .. }) => Err(error),
            other => output.write(line.written(), &summary).and(other),
        };
        self.end(&mut summary);
        line.clear();
        self.finish_report(&mut *report, line, output, summary, ended)
    }

    /// Ends a report properly, whatever ended it.
    pub(crate) fn finish_report(
        &self,
        report: &mut dyn Report,
        mut line: Line,
        output: &mut Output,
        mut summary: Summary,
        ended: Result<(), Error>,
    ) -> Result<Summary, Error> {
        summary.interrupted |= ended.is_err();
        let ended = match ended {
            Err(error @ Error::Output { .. }) => Err(error),
            other => {
                report.finish(&mut line, &summary);
                output.finish(line.written()).and(other)
            }
        };
        if let Err(Error::Output { .. }) = ended {
            output.mend(&mut |stored| {
                line.clear();
                if stored.is_none() {
                    report.begin(&mut line, &self.describe_empty());
                }
                let warnings = summary.warnings.clone();
                let stored = stored.cloned().unwrap_or_default();
                report.finish(&mut line, &Summary { warnings, interrupted: true, ..stored });
                line.written().to_vec()
            });
        }
        ended.map(|()| summary)
    }

    /// Whether the next frame may have to be waited for. What a pipe has given is shown before.
    pub(crate) fn may_wait(&self) -> bool {
        match &self.dissector {
            Dissector::Here => {}
            Dissector::Threads(ahead) => return ahead.may_wait(&self.capture),
            Dissector::Foreign(foreign) => return !foreign.is_ready(),
        }
        let next = self.capture.counters().frames + 1;
        let wanted = self.range.as_ref().is_none_or(|range| range.contains(next));
        (!wanted || !self.capture.is_ahead()) && self.capture.may_wait()
    }

    /// Writes the frames again, as they were captured; into pcapng also what stands between them.
    fn copy(
        &mut self,
        format: Format,
        output: &mut Output,
        each: Each<'_>,
    ) -> Result<Summary, Error> {
        let mut summary = Summary::default();
        let waits = Cell::new(false);
        let chunks = Chunks::new(&mut *output, &waits);
        let copied = match format {
            Format::Pcapng => self.copy_pcapng(chunks, &waits, &mut summary, each),
            _ => self.copy_pcap(chunks, &waits, &mut summary, each),
        };
        self.end(&mut summary);
        let ended = match copied {
            Err(Error::Capture(wirelens_capture::Error::Write(source))) => {
                Err(output.failed(source))
            }
            other => output.finish(&[]).and(other),
        };
        if let Err(Error::Output { .. }) = ended {
            output.mend(&mut |_| Vec::new());
        }
        ended.map(|()| summary)
    }

    fn copy_pcap(
        &mut self,
        to: Chunks<'_>,
        waits: &Cell<bool>,
        summary: &mut Summary,
        mut each: Each<'_>,
    ) -> Result<(), Error> {
        let mut writer = PcapWriter::new(to);
        let mut begun = false;
        let ended = loop {
            match self.turn() {
                Ok(Turn::Frame) => {
                    let (raw, frame) = (self.capture.current(), self.current());
                    if !std::mem::replace(&mut begun, true) {
                        // What is known now: interfaces that come later may still be finer.
                        let mut known = raw.interfaces.iter();
                        let finer = known.any(|it| it.resolution.is_finer_than_microseconds());
                        writer = writer.nanoseconds(finer);
                    }
                    if let Err(error) = writer.frame(&raw) {
                        break Err(error.into());
                    }
                    summary.count(frame.head(), &frame.dissection());
                    each.frame(&frame);
                }
                Ok(Turn::Pause) => {}
                Ok(Turn::End) => break Ok(()),
                Err(error) => break Err(error),
            }
            waits.set(self.may_wait());
            writer.flush()?;
        };
        waits.set(true);
        writer.finish()?;
        ended
    }

    fn copy_pcapng(
        &mut self,
        to: Chunks<'_>,
        waits: &Cell<bool>,
        summary: &mut Summary,
        mut each: Each<'_>,
    ) -> Result<(), Error> {
        let mut writer =
            PcapngWriter::new(to).application(concat!("wirelens ", env!("CARGO_PKG_VERSION")));
        let last = self.range.as_ref().and_then(|range| range.last()).unwrap_or(u64::MAX);
        let ended = loop {
            if self.capture.counters().frames >= last {
                break Ok(());
            }
            let written = if self.is_live() {
                match self.turn() {
                    Err(error) => break Err(error),
                    Ok(Turn::End) => break Ok(()),
                    Ok(Turn::Pause) => Ok(()),
                    Ok(Turn::Frame) => {
                        let frame = self.current();
                        let written = writer.frame(&self.capture.current());
                        if written.is_ok() {
                            summary.count(frame.head(), &frame.dissection());
                            each.frame(&frame);
                        }
                        written
                    }
                }
            } else {
                match self.capture.next_record() {
                    Err(error) => break Err(error.into()),
                    Ok(None) => break Ok(()),
                    Ok(Some(Record::Block(block))) => writer.block(&block),
                    Ok(Some(Record::Frame(raw))) if !Frames::passes(&mut self.filter, &raw) => {
                        Ok(())
                    }
                    Ok(Some(Record::Frame(raw))) => {
                        self.elapsed.note(raw.time);
                        let frame = dissect(&mut self.session, &raw, self.elapsed);
                        if self.range.as_ref().is_none_or(|range| range.contains(raw.number)) {
                            let written = writer.frame(&raw);
                            if written.is_ok() {
                                summary.count(frame.head(), &frame.dissection());
                                each.frame(&frame);
                            }
                            written
                        } else {
                            Ok(())
                        }
                    }
                }
            };
            if let Err(error) = written {
                break Err(error.into());
            }
            waits.set(self.may_wait());
            writer.flush()?;
        };
        waits.set(true);
        writer.finish()?;
        ended
    }

    /// What was wrong with the capture, and whether it was read to its end.
    pub(crate) fn end(&mut self, summary: &mut Summary) {
        summary.interrupted |= self.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed));
        self.take_warnings(&mut summary.warnings);
        for text in GivenUp::of(&self.session).texts(&self.session.settings().limits) {
            summary.warnings.push(Warning { text, offset: None });
        }
    }

    /// Moves what was wrong with the capture to `warnings`.
    pub(crate) fn take_warnings(&mut self, warnings: &mut Vec<Warning>) {
        let several = self.capture.files().len() > 1;
        for dropped in self.dropped_in_all() {
            warnings.push(Warning { text: dropped, offset: None });
        }
        for warning in self.capture.take_warnings() {
            // Told as it happened, and above.
            if matches!(warning.problem, Problem::Dropped { .. }) {
                continue;
            }
            if matches!(warning.problem, Problem::FileLeftOut { .. }) {
                warnings.push(Warning { text: warning.to_string(), offset: None });
                continue;
            }
            let file = self.capture.files().get(warning.file as usize);
            let text = match file.filter(|_| several) {
                Some(file) => format!("{}: {warning}", file.path.display()),
                None => warning.to_string(),
            };
            warnings.push(Warning { text, offset: Some(warning.offset) });
        }
        let dropped = self.capture.counters().warnings_dropped;
        if dropped > 0 {
            let text = format!("{dropped} more warnings of this kind");
            warnings.push(Warning { text, offset: None });
        }
    }

    /// What is known of the capture by now, the time of its first frame too, if that was the last
    /// one read.
    pub(crate) fn describe_begun(&self) -> CaptureInfo {
        let first = (self.capture.counters().frames > 0).then(|| self.current().time()).flatten();
        let start = first.map(|time| (time.seconds(), time.nanoseconds()));
        CaptureInfo { start, ..self.describe_empty() }
    }

    /// What is known of the capture by now.
    pub(crate) fn describe_empty(&self) -> CaptureInfo {
        let interfaces = self.capture.interfaces();
        CaptureInfo {
            sources: self.sources(),
            format: self.capture.sections().first().map_or("", |s| s.format.name()).to_owned(),
            interfaces: interfaces.iter().map(describe_interface).collect(),
            start: None,
            engine: self.foreign().map(|foreign| foreign.title()),
        }
    }
}

/// The same format where it is one of those that are printed.
pub(crate) fn printed(format: Format) -> Option<Printed> {
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

/// Collects what the writers of captures write and stores it in whole records: they are flushed
/// where one ends.
pub(crate) struct Chunks<'o> {
    output: &'o mut Output,
    held: Vec<u8>,
    /// Store at the next flush however little it is, for the next record has to be waited for.
    waits: &'o Cell<bool>,
}

impl<'o> Chunks<'o> {
    /// Nothing yet.
    pub(crate) fn new(output: &'o mut Output, waits: &'o Cell<bool>) -> Chunks<'o> {
        Chunks { output, held: Vec::new(), waits }
    }
}

impl Write for Chunks<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let waits = self.waits.get();
        if !waits && self.held.len() < CHUNK {
            return Ok(());
        }
        let mut stored = self.output.write(&self.held, &Summary::default());
        if waits {
            stored = stored.and_then(|()| self.output.flush());
        }
        self.held.clear();
        match stored {
            Err(Error::Output { source, .. }) => Err(source),
            Err(other) => Err(io::Error::other(other)),
            Ok(()) => Ok(()),
        }
    }
}
