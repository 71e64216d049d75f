//! The reader: one ordered stream of frames from a file, several, a folder, or any byte stream.

use std::collections::VecDeque;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::block::Content;
use crate::live::Live;
use crate::log::{Log, Problem};
use crate::pcap::{self, Pcap};
use crate::pcapng::{self, Pcapng};
use crate::record::{BlockParts, Desk, FrameParts, Step};
use crate::snoop::{self, Snoop};
use crate::source::{self, Counted};
use crate::window::Window;
use crate::{
    Block, Compression, Counters, Error, Format, Frame, Injector, Interface, LinkType,
    LiveStatistics, Meter, OwnedFrame, Section, SourceFile, Stopper, Warning, compression,
    recognise,
};

/// How to open a capture.
///
/// ```no_run
/// # fn main() -> Result<(), wirelens_capture::Error> {
/// use std::sync::{Arc, atomic::AtomicBool};
/// let stop = Arc::new(AtomicBool::new(false));
/// let mut capture =
///     wirelens_capture::OpenOptions::new().follow(true).stop(stop).open("growing.pcap")?;
/// while let Some(frame) = capture.next_frame()? {
///     println!("{} {}", frame.number, frame.captured.len());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    follow: bool,
    stop: Option<Arc<AtomicBool>>,
}

impl OpenOptions {
    /// Reads to the end of each file, without a stop flag.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether a file that ends is waited for: another program still writes it. It ends when the
    /// stop flag is set. Of several files, the last is followed. Pipes need no following.
    pub fn follow(mut self, follow: bool) -> Self {
        self.follow = follow;
        self
    }

    /// A flag that ends the stream, cleanly, before the next read. Frames already in memory are
    /// still delivered. On Unix it also ends the wait for a pipe, at once if a signal sets it. (On
    /// Linux that is so from the opening; elsewhere, a named pipe's writer is waited for first.)
    pub fn stop(mut self, stop: Arc<AtomicBool>) -> Self {
        self.stop = Some(stop);
        self
    }

    /// Opens a file, standard input (`-`), or the captures in a folder as one stream.
    ///
    /// # Errors
    /// When the file cannot be opened, is not a capture, or ends inside its header; or the folder
    /// holds no capture. Files of a folder that cannot be read are left out with a warning.
    pub fn open(self, path: impl AsRef<Path>) -> Result<Capture, Error> {
        self.open_all([path.as_ref()])
    }

    /// Opens several files and folders as one stream, ordered by the time of each file's first
    /// frame; files that cannot be looked into first, such as pipes, come last.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_all<P: AsRef<Path>>(
        self,
        paths: impl IntoIterator<Item = P>,
    ) -> Result<Capture, Error> {
        let mut log = Log::default();
        let mut found = Vec::new();
        let mut named = PathBuf::new();
        for path in paths {
            let path = path.as_ref();
            if path.is_dir() {
                found.extend(source::folder(path)?.into_iter().map(|path| (path, true)));
                path.clone_into(&mut named);
            } else {
                found.push((path.to_owned(), false));
            }
        }
        let files = match <[(PathBuf, bool); 1]>::try_from(found) {
            Ok([(path, _)]) => vec![SourceFile::new(path)],
            Err(found) => in_order(found, &mut log)?,
        };
        if files.is_empty() {
            return Err(Error::NoCaptures { path: named });
        }
        let mut capture = Capture::new(self);
        capture.log = log;
        capture.waiting = (0..files.len()).collect();
        capture.files = files;
        capture.open_next()?;
        Ok(capture)
    }

    /// Reads a byte stream, which `name` stands for in messages.
    ///
    /// # Errors
    /// When the stream cannot be read, is not a capture, or ends inside its header.
    pub fn from_reader(
        self,
        name: impl Into<PathBuf>,
        reader: impl Read + Send + 'static,
    ) -> Result<Capture, Error> {
        let mut capture = Capture::new(self);
        capture.files.push(SourceFile {
            path: name.into(),
            size: None,
            first: None,
            compression: Compression::None,
        });
        capture.begin(0, Box::new(reader))?;
        Ok(capture)
    }
}

/// Files in the order of their first frames. Of those that a folder named, unreadable ones are left
/// out; of those that the caller named, they are errors.
fn in_order(found: Vec<(PathBuf, bool)>, log: &mut Log) -> Result<Vec<SourceFile>, Error> {
    let mut files = Vec::new();
    for (path, from_folder) in found {
        let mut file = SourceFile::new(path);
        if file.size.is_some() {
            match first_frame(&file.path) {
                Ok(time) => file.first = time,
                Err(error) if from_folder => {
                    let reason = error.to_string();
                    log.warn(0, Problem::FileLeftOut { path: file.path, reason }, 0);
                    continue;
                }
                Err(error) => return Err(error),
            }
        }
        files.push(file);
    }
    // A stable sort: files without a time keep the order they were named in, after the others.
    files.sort_by_key(|file| (file.first.is_none(), file.first));
    Ok(files)
}

fn first_frame(path: &Path) -> Result<Option<crate::Timestamp>, Error> {
    let mut capture = OpenOptions::new().open(path)?;
    while let Some(frame) = capture.next_frame()? {
        if frame.time.is_some() {
            return Ok(frame.time);
        }
    }
    Ok(None)
}

/// What the capturing system counted at an interface. Counters that the writer left out are `None`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct InterfaceCounters {
    /// Index of the interface in [`Capture::interfaces`].
    pub interface: u32,
    /// Frames that it received.
    pub received: Option<u64>,
    /// Frames that it dropped.
    pub dropped: Option<u64>,
    /// Frames that the filter let through.
    pub filter_accepted: Option<u64>,
    /// Frames that the operating system dropped.
    pub system_dropped: Option<u64>,
    /// Frames delivered to the capturing program.
    pub delivered: Option<u64>,
}

/// The next thing in a capture.
#[derive(Clone, Copy, Debug)]
pub enum Record<'a> {
    /// A frame.
    Frame(Frame<'a>),
    /// A pcapng block that is not a frame.
    Block(Block<'a>),
}

pub(crate) enum Reader {
    Pcap(Pcap),
    Pcapng(Pcapng),
    Snoop(Snoop),
    Live(Box<Live>),
    Ended,
}

/// What [`Capture::advance_within`] came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Advance {
    /// The next frame, which [`Capture::current`] lends.
    Frame,
    /// Nothing came for as long as was to be waited. Files never do that.
    Tick,
    /// The end.
    End,
}

/// A capture being read, as one stream of frames whatever it is made of.
///
/// Frames are lent from one large buffer until the next call: reading allocates nothing per frame.
/// What is wrong with a file does not end the stream; it is listed in
/// [`take_warnings`](Self::take_warnings) and counted in [`counters`](Self::counters).
pub struct Capture {
    pub(crate) window: Window,
    pub(crate) reader: Reader,
    pub(crate) log: Log,
    current: FrameParts,
    sections: Vec<Section>,
    interfaces: Vec<Interface>,
    interface_counters: Vec<InterfaceCounters>,
    files: Vec<SourceFile>,
    waiting: VecDeque<usize>,
    options: OpenOptions,
    pub(crate) position: Arc<AtomicU64>,
}

impl std::fmt::Debug for Capture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Capture")
            .field("files", &self.files)
            .field("counters", &self.log.counters)
            .finish_non_exhaustive()
    }
}

impl Capture {
    /// Opens a file, standard input (`-`), or the captures in a folder.
    ///
    /// # Errors
    /// As [`OpenOptions::open`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        OpenOptions::new().open(path)
    }

    /// Reads a byte stream.
    ///
    /// # Errors
    /// As [`OpenOptions::from_reader`].
    pub fn from_reader(reader: impl Read + Send + 'static) -> Result<Self, Error> {
        OpenOptions::new().from_reader("stream", reader)
    }

    fn new(options: OpenOptions) -> Self {
        Self {
            window: Window::new(options.stop.clone()),
            reader: Reader::Ended,
            log: Log::default(),
            current: FrameParts::default(),
            sections: Vec::new(),
            interfaces: Vec::new(),
            interface_counters: Vec::new(),
            files: Vec::new(),
            waiting: VecDeque::new(),
            options,
            position: Arc::default(),
        }
    }

    /// Reads devices that have been opened.
    pub(crate) fn live(
        live: Live,
        interfaces: Vec<Interface>,
        problems: Vec<Problem>,
        stop: &Arc<AtomicBool>,
    ) -> Self {
        let mut capture = Self::new(OpenOptions::new().stop(Arc::clone(stop)));
        let names: Vec<_> = interfaces
            .iter()
            .filter_map(|interface| interface.name())
            .map(String::from_utf8_lossy)
            .collect();
        capture.files.push(SourceFile {
            path: names.join(",").into(),
            size: None,
            first: None,
            compression: Compression::None,
        });
        capture.sections.push(Section {
            file: 0,
            offset: 0,
            format: Format::Live,
            big_endian: false,
            version: (1, 0),
            option_bytes: Vec::new(),
        });
        capture.interfaces = interfaces;
        for problem in problems {
            capture.log.warn(0, problem, 0);
        }
        capture.reader = Reader::Live(Box::new(live));
        capture
    }

    /// The next frame, or `None` at the end. Blocks that are not frames are gone past.
    ///
    /// # Errors
    /// When reading fails, or a further file of the stream cannot be opened. Everything before that
    /// was delivered, and the next call goes on with the next file.
    #[inline]
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, Error> {
        if !self.advance()? {
            return Ok(None);
        }
        Ok(Some(self.current()))
    }

    /// Reads the next frame, which [`current`](Self::current) lends; false at the end.
    ///
    /// # Errors
    /// As [`next_frame`](Self::next_frame).
    #[inline]
    pub fn advance(&mut self) -> Result<bool, Error> {
        if self.takes_frame() { Ok(true) } else { self.advance_further() }
    }

    /// The same where that is not done in one look.
    #[inline(never)]
    fn advance_further(&mut self) -> Result<bool, Error> {
        loop {
            match self.step() {
                Step::Frame => {
                    self.log.counters.frames += 1;
                    return Ok(true);
                }
                Step::Block(parts) => {
                    self.log.counters.blocks += 1;
                    self.note(&parts);
                }
                Step::Tick => {}
                Step::End => {
                    if !self.end_of_file()? {
                        return Ok(false);
                    }
                }
            }
        }
    }

    /// As [`advance`](Self::advance), but waits for a live frame no longer than that: so that what
    /// depends on time gets its turn when nothing comes. Files are read as ever.
    ///
    /// # Errors
    /// As [`next_frame`](Self::next_frame).
    pub fn advance_within(&mut self, wait: Duration) -> Result<Advance, Error> {
        self.tick_at(Instant::now().checked_add(wait));
        let advance = loop {
            match self.step() {
                Step::Frame => {
                    self.log.counters.frames += 1;
                    break Ok(Advance::Frame);
                }
                Step::Block(parts) => {
                    self.log.counters.blocks += 1;
                    self.note(&parts);
                }
                Step::Tick => break Ok(Advance::Tick),
                Step::End => match self.end_of_file() {
                    Ok(true) => {}
                    Ok(false) => break Ok(Advance::End),
                    Err(error) => break Err(error),
                },
            }
        };
        self.tick_at(None);
        advance
    }

    /// Runs a closure for each frame until it breaks; `None` when the capture ended before.
    ///
    /// # Errors
    /// As [`next_frame`](Self::next_frame).
    pub fn for_each<B>(
        &mut self,
        mut each: impl FnMut(Frame<'_>) -> ControlFlow<B>,
    ) -> Result<Option<B>, Error> {
        while let Some(frame) = self.next_frame()? {
            if let ControlFlow::Break(value) = each(frame) {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// The frame that was read last; an empty one before the first.
    #[inline]
    pub fn current(&self) -> Frame<'_> {
        self.lend_frame(&self.current)
    }

    /// The frames as values of their own, for where they outlive the next call. Reading a frame in
    /// place with [`next_frame`](Self::next_frame) copies nothing.
    pub fn frames(&mut self) -> impl Iterator<Item = Result<OwnedFrame, Error>> {
        std::iter::from_fn(|| {
            self.next_frame().map(|frame| frame.map(OwnedFrame::from)).transpose()
        })
    }

    /// The frames for an asynchronous program, read by a thread of their own.
    #[cfg(feature = "stream")]
    pub fn into_stream(self) -> crate::FrameStream {
        crate::FrameStream::new(self)
    }

    /// The next frame or block, in the order of the file, or `None` at the end.
    ///
    /// # Errors
    /// As [`next_frame`](Self::next_frame).
    #[inline]
    pub fn next_record(&mut self) -> Result<Option<Record<'_>>, Error> {
        if self.takes_frame() {
            return Ok(Some(Record::Frame(self.current())));
        }
        loop {
            match self.step() {
                Step::Frame => {
                    self.log.counters.frames += 1;
                    return Ok(Some(Record::Frame(self.current())));
                }
                Step::Block(parts) => {
                    self.log.counters.blocks += 1;
                    self.note(&parts);
                    return Ok(Some(Record::Block(self.lend_block(&parts))));
                }
                Step::Tick => {}
                Step::End => {
                    if !self.end_of_file()? {
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// The files of the stream, in the order they are read.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// The sections seen so far.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// The interfaces seen so far, of all sections and files.
    pub fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    /// What the capturing system counted at an interface, as the last statistics block that was read
    /// says (pcapng draft section 4.6).
    pub fn interface_counters(&self, interface: u32) -> Option<&InterfaceCounters> {
        self.interface_counters.iter().find(|counters| counters.interface == interface)
    }

    /// What was wrong since the last call, in order. At most 1000 wait; the rest are only counted.
    pub fn take_warnings(&mut self) -> Vec<Warning> {
        self.log.take()
    }

    /// What has been counted so far.
    pub fn counters(&self) -> Counters {
        self.log.counters
    }

    /// Bytes read from the sources so far, compressed bytes where they are compressed.
    pub fn position(&self) -> u64 {
        self.position.load(Ordering::Relaxed)
    }

    /// The same to look at while the capture is read.
    pub fn position_counter(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.position)
    }

    /// Whether the next frame lies whole in memory. If it does not, the next call may wait for a
    /// pipe or a device: the moment to show what there is so far.
    #[inline]
    pub fn is_ahead(&self) -> bool {
        let ahead = self.window.ahead();
        match &self.reader {
            Reader::Pcap(pcap) => pcap.has_frame(ahead),
            Reader::Pcapng(pcapng) => pcapng.has_frame(ahead),
            Reader::Snoop(_) => snoop::has_frame(ahead),
            Reader::Live(live) => live.has_frame(),
            Reader::Ended => false,
        }
    }

    /// Whether frames may have to be waited for: those of pipes, devices and growing files. What
    /// regular files hold is there.
    pub fn may_wait(&self) -> bool {
        self.options.follow
            || self.files.is_empty()
            || self.files.iter().any(|it| it.size.is_none())
    }

    /// What the system counted so far at each live interface, in the order of
    /// [`interfaces`](Self::interfaces); `None` for files.
    pub fn live_statistics(&mut self) -> Option<Vec<LiveStatistics>> {
        match &mut self.reader {
            Reader::Live(live) => Some(live.statistics()),
            _ => None,
        }
    }

    /// Sends frames through a live interface, by its index in [`interfaces`](Self::interfaces);
    /// `None` for files.
    pub fn injector(&self, interface: u32) -> Option<Injector> {
        match &self.reader {
            Reader::Live(live) => live.injector(interface),
            _ => None,
        }
    }

    /// Reads what the system counts at a live interface, by its index in
    /// [`interfaces`](Self::interfaces), from any thread; `None` for files.
    pub fn meter(&self, interface: u32) -> Option<Meter> {
        match &self.reader {
            Reader::Live(live) => live.meter(interface),
            _ => None,
        }
    }

    /// Ends the capture from elsewhere; `None` for files that were opened without a stop flag.
    pub fn stopper(&self) -> Option<Stopper> {
        match &self.reader {
            Reader::Live(live) => Some(live.stopper()),
            _ => self.options.stop.clone().map(Stopper::of_flag),
        }
    }

    /// Closes everything: live devices at once, and the savefile after what is left of it was
    /// written. Dropping the capture does the same and says nothing of the savefile.
    ///
    /// # Errors
    /// When the savefile cannot be written.
    pub fn close(mut self) -> Result<(), Error> {
        match &mut self.reader {
            Reader::Live(live) => live.close(),
            _ => Ok(()),
        }
    }

    /// The frames that lie whole in memory and come next, up to something that is no ordinary frame: a
    /// glance at what to prepare for. They will be read as if nobody had looked.
    pub fn ahead(&self) -> impl Iterator<Item = (LinkType, &[u8])> {
        let mut ahead = self.window.ahead();
        std::iter::from_fn(move || {
            let (link_type, frame, behind) = match &self.reader {
                Reader::Pcap(pcap) => pcap.glance(ahead),
                Reader::Pcapng(pcapng) => pcapng.glance(ahead),
                Reader::Snoop(_) | Reader::Live(_) | Reader::Ended => None,
            }?;
            ahead = behind;
            Some((link_type, frame))
        })
    }

    /// Bytes of all sources together, if they are all regular files.
    pub fn size_hint(&self) -> Option<u64> {
        self.files.iter().map(|file| file.size).sum()
    }

    /// Reads the next record if it is a frame, lies whole in memory, and nothing is wrong with it, as
    /// nearly always.
    #[inline(always)]
    fn takes_frame(&mut self) -> bool {
        let taken = match &mut self.reader {
            Reader::Pcap(pcap) => pcap.sound_record(&mut self.window, &mut self.current),
            Reader::Pcapng(pcapng) => match pcapng.sound_packet(&mut self.window) {
                Some(frame) => {
                    self.current = frame;
                    true
                }
                None => false,
            },
            Reader::Snoop(_) | Reader::Live(_) | Reader::Ended => false,
        };
        self.log.counters.frames += u64::from(taken);
        taken
    }

    /// Reads on to the next record, whatever it is.
    pub(crate) fn step(&mut self) -> Step {
        let mut desk = Desk {
            window: &mut self.window,
            log: &mut self.log,
            sections: &mut self.sections,
            interfaces: &mut self.interfaces,
            frame: &mut self.current,
        };
        match &mut self.reader {
            Reader::Pcap(pcap) => pcap.step(&mut desk),
            Reader::Pcapng(pcapng) => pcapng.any_block(&mut desk),
            Reader::Snoop(snoop) => snoop.step(&mut desk).unwrap_or(Step::End),
            Reader::Live(live) => live.step(&mut desk),
            Reader::Ended => Step::End,
        }
    }

    fn tick_at(&mut self, tick: Option<Instant>) {
        if let Reader::Live(live) = &mut self.reader {
            live.tick_at(tick);
        }
    }

    #[inline]
    fn lend_frame(&self, parts: &FrameParts) -> Frame<'_> {
        let number = self.log.counters.frames;
        parts.lend(number, &self.window, &self.log, &self.interfaces, &self.sections)
    }

    /// Remembers what an interface counted.
    #[cold]
    fn note(&mut self, parts: &BlockParts) {
        let block = self.lend_block(parts);
        let (Content::Statistics(said), Some(interface)) = (block.content(), block.interface)
        else {
            return;
        };
        let counters = InterfaceCounters {
            interface,
            received: said.received(),
            dropped: said.dropped(),
            filter_accepted: said.filter_accepted(),
            system_dropped: said.system_dropped(),
            delivered: said.delivered(),
        };
        match self.interface_counters.iter_mut().find(|known| known.interface == interface) {
            Some(known) => *known = counters,
            None => self.interface_counters.push(counters),
        }
    }

    fn lend_block(&self, parts: &BlockParts) -> Block<'_> {
        Block {
            kind: parts.kind,
            bytes: self.window.slice(parts.bytes),
            big_endian: parts.big_endian,
            interface: parts.interface,
            section: parts.section,
            file: self.log.file,
            offset: parts.offset,
            interfaces: &self.interfaces,
        }
    }

    fn is_stopped(&self) -> bool {
        self.options.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed))
    }

    /// Whether there is a next file, which is then open.
    #[cold]
    fn end_of_file(&mut self) -> Result<bool, Error> {
        if let Reader::Live(live) = &mut self.reader {
            return live.close().map(|()| false);
        }
        self.reader = Reader::Ended;
        let offset = self.window.offset();
        // Compressed data that the stop flag cut says nothing about the file.
        let stopped = self.is_stopped();
        if let Some(source) = self.window.take_failure().filter(|_| !stopped) {
            let file = self.files.get(self.log.file as usize);
            // Decompressors make errors of their own; the system's have a number.
            if source.raw_os_error().is_none()
                && file.is_some_and(|file| file.compression != Compression::None)
            {
                self.log.warn(offset, Problem::Compression { message: source.to_string() }, 0);
            } else {
                let path = file.map(|file| file.path.clone()).unwrap_or_default();
                return Err(Error::Read { path, offset, source });
            }
        }
        self.open_next()
    }

    fn open_next(&mut self) -> Result<bool, Error> {
        let stopped = self.is_stopped();
        let Some(index) = self.waiting.pop_front().filter(|_| !stopped) else { return Ok(false) };
        let Some(file) = self.files.get(index) else { return Ok(false) };
        let follow = self.options.follow && self.waiting.is_empty();
        let source = source::open(&file.path, follow, self.options.stop.clone())?;
        self.begin(index, source)?;
        Ok(true)
    }

    /// Starts on a byte stream: what it is, and its file header.
    fn begin(&mut self, index: usize, source: Box<dyn Read + Send>) -> Result<(), Error> {
        self.log.file = index as u32;
        let path = self.files.get(index).map(|file| file.path.clone()).unwrap_or_default();
        let counted = Counted { source, count: Arc::clone(&self.position) };
        let (compression, source) = compression::open(Box::new(counted))
            .map_err(|source| Error::Read { path: path.clone(), offset: 0, source })?;
        if let Some(file) = self.files.get_mut(index) {
            file.compression = compression;
        }
        self.window.begin(source);
        match self.recognise(&path) {
            Ok(reader) => {
                self.reader = reader;
                Ok(())
            }
            // Why the bytes are missing matters more than that they are.
            Err(error) => match self.window.take_failure() {
                // The stop flag came before the header: a stream without frames.
                _ if self.is_stopped() => Ok(()),
                Some(source)
                    if source.raw_os_error().is_none() && compression != Compression::None =>
                {
                    Err(Error::Compressed { path, compression: compression.name(), source })
                }
                Some(source) => Err(Error::Read { path, offset: 0, source }),
                None => Err(error),
            },
        }
    }

    fn recognise(&mut self, path: &Path) -> Result<Reader, Error> {
        let start = self.window.head::<4>().copied().unwrap_or_default();
        let mut desk = Desk {
            window: &mut self.window,
            log: &mut self.log,
            sections: &mut self.sections,
            interfaces: &mut self.interfaces,
            frame: &mut self.current,
        };
        let (format, need, reader) = if let Some((magic, big_endian)) = pcap::recognise(start) {
            let reader = Pcap::open(magic, big_endian, &mut desk).map(Reader::Pcap);
            ("pcap", pcap::FILE_HEADER, reader)
        } else if start == [0x0a, 0x0d, 0x0d, 0x0a] {
            let whole = desk.window.has(pcapng::SECTION_HEADER);
            if whole && pcapng::section_order(desk.window.ahead()).is_none() {
                return Err(self.not_a_capture(path));
            }
            let reader = whole.then(|| Reader::Pcapng(Pcapng::new()));
            ("pcapng", pcapng::SECTION_HEADER, reader)
        } else if desk.window.head() == Some(&snoop::MAGIC) {
            ("snoop", snoop::FILE_HEADER, Snoop::open(&mut desk).map(Reader::Snoop))
        } else {
            return Err(self.not_a_capture(path));
        };
        let have = self.window.ahead().len();
        reader.ok_or_else(|| Error::HeaderCut { path: path.to_owned(), format, need, have })
    }

    fn not_a_capture(&mut self, path: &Path) -> Error {
        self.window.has(512);
        let start = self.window.ahead();
        Error::NotACapture {
            path: path.to_owned(),
            magic: start.get(..start.len().min(8)).unwrap_or_default().to_vec(),
            looks_like: recognise::looks_like(start),
        }
    }
}
