//! Extraction: from captures to dissected frames.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use wirelens_capture::{Capture, OpenOptions};
use wirelens_dissect::{
    Detail, Input, Level, Limits, Linking, Links, OwnedDissection, Protocol, Registry, Session,
    Settings,
};
use wirelens_report::Head;

use crate::{Error, Frame, FrameRange, OwnedFrame, family};

/// Opens a capture for extraction: a file, a folder of files, or `-` for standard input.
///
/// ```no_run
/// # fn main() -> Result<(), wirelens::Error> {
/// let mut frames = wirelens::extract("in.pcap").checksums(true).frames()?;
/// while let Some(frame) = frames.next_frame()? {
///     if let Some(ttl) = frame.field("ip.ttl") {
///         println!("{} {} {ttl}", frame.number(), frame.chain());
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub fn extract(path: impl AsRef<Path>) -> Extract {
    Extract {
        paths: vec![path.as_ref().to_owned()],
        follow: false,
        two_pass: false,
        stop: None,
        registry: None,
        settings: Settings::default(),
        choices: Vec::new(),
        disabled: Vec::new(),
        stop_after: Vec::new(),
        wanted: Vec::new(),
        range: None,
        threads: 1,
    }
}

/// What to extract and how; made by [`extract`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Extract {
    paths: Vec<PathBuf>,
    follow: bool,
    two_pass: bool,
    stop: Option<Arc<AtomicBool>>,
    registry: Option<Arc<Registry>>,
    pub(crate) settings: Settings,
    choices: Vec<String>,
    disabled: Vec<String>,
    stop_after: Vec<String>,
    wanted: Vec<String>,
    range: Option<FrameRange>,
    threads: usize,
}

impl Extract {
    /// One more file or folder; all are one stream, ordered by the time of their first frames.
    pub fn and(mut self, path: impl AsRef<Path>) -> Extract {
        self.paths.push(path.as_ref().to_owned());
        self
    }

    /// Waits at the end of the file for more, until the stop flag is set.
    pub fn follow(mut self, follow: bool) -> Extract {
        self.follow = follow;
        self
    }

    /// A flag that ends the stream cleanly when another thread sets it.
    pub fn stop_flag(mut self, stop: Arc<AtomicBool>) -> Extract {
        self.stop = Some(stop);
        self
    }

    /// How many threads print the reports that [`Frames::write`] writes, the one that reads and
    /// dissects among them; the bytes are the same. 0: as many as the machine has cores, once
    /// there is enough to read for that to pay; 1 unless said otherwise.
    pub fn threads(mut self, threads: usize) -> Extract {
        self.threads = threads;
        self
    }

    /// Dissects with these protocols instead of all that are known: one's own, for instance, by
    /// [`Registry::with`].
    pub fn registry(mut self, registry: Arc<Registry>) -> Extract {
        self.registry = Some(registry);
        self
    }

    /// Takes what is found at a number for this protocol: `tcp.port==8888,http`. See
    /// [`decode_as`](crate::decode_as).
    pub fn decode_as(mut self, choice: impl Into<String>) -> Extract {
        self.choices.push(choice.into());
        self
    }

    /// Does without this protocol or family: what it would read is data.
    pub fn disable(mut self, protocol: impl Into<String>) -> Extract {
        self.disabled.push(protocol.into());
        self
    }

    /// Stops behind this part of the stack; the rest of the frame is data.
    pub fn until(mut self, level: Option<Level>) -> Extract {
        self.settings.until = level;
        self
    }

    /// Stops behind this protocol, or those of this family; the rest of the frame is data.
    pub fn stop_after(mut self, protocol: impl Into<String>) -> Extract {
        self.stop_after.push(protocol.into());
        self
    }

    /// Keeps the fields of this protocol or family only, and of others named so.
    pub fn only(mut self, protocol: impl Into<String>) -> Extract {
        self.wanted.push(protocol.into());
        self
    }

    /// Puts fragments and segments together, so that messages are dissected once, in the frame
    /// that completes them. That is the default; without it every frame stands for itself.
    pub fn reassemble(mut self, reassemble: bool) -> Extract {
        self.settings.reassemble = reassemble;
        self
    }

    /// Reads the capture twice: the first pass finds which frames complete messages and datagrams,
    /// so that in the second the frames that bring parts of them point there
    /// (`tcp.reassembled_in`, `ip.reassembled_in`, `ipv6.reassembled.in`). Only for files that can be
    /// read twice.
    pub fn two_pass(mut self, two_pass: bool) -> Extract {
        self.two_pass = two_pass;
        self
    }

    /// Verifies checksums; a wrong one is a problem of its frame.
    pub fn checksums(mut self, verify: bool) -> Extract {
        self.settings.checksums = verify;
        self
    }

    /// Finds only which layers there are, and records no fields. Walks whose layers have nothing more
    /// to say are cut short, so problems inside a DNS message are not found.
    pub fn headers_only(mut self) -> Extract {
        self.settings.detail = Detail::Headers;
        self
    }

    /// Gives these frames only. All are dissected, since later ones may depend on earlier ones.
    pub fn range(mut self, range: FrameRange) -> Extract {
        self.range = Some(range);
        self
    }

    /// Bounds on what a frame and the session may take.
    pub fn limits(mut self, limits: Limits) -> Extract {
        self.settings.limits = limits;
        self
    }

    /// What it dissects with, before `decode_as` and `disable`.
    pub(crate) fn known(&self) -> Arc<Registry> {
        self.registry.clone().unwrap_or_else(wirelens_protocols::shared)
    }

    /// Is an error where what it reads comes but once.
    pub(crate) fn check_twice(&self, what: &str) -> Result<(), Error> {
        can_be_read_twice(&self.paths, what)
    }

    /// Opens the capture.
    ///
    /// # Errors
    /// When it cannot be opened or is no capture, or a name is not known.
    pub fn frames(self) -> Result<Frames, Error> {
        let registry = self.known();
        let registry = crate::chosen(&registry, &self.choices, &self.disabled)?;
        let mut settings = self.settings;
        for name in &self.stop_after {
            settings.stop_after.extend(protocols(&registry, name)?);
        }
        for name in &self.wanted {
            settings.wanted.extend(protocols(&registry, name)?);
        }
        let mut options = OpenOptions::new().follow(self.follow);
        if let Some(stop) = &self.stop {
            options = options.stop(Arc::clone(stop));
        }
        if self.two_pass {
            let links = first_pass(&self.paths, options.clone(), &registry, &settings)?;
            settings.linking = Linking::Show(Arc::new(links));
        }
        Ok(Frames {
            capture: options.open_all(&self.paths)?,
            session: Session::with(registry, settings),
            range: self.range,
            stop: self.stop,
            threads: self.threads,
        })
    }
}

/// Captures that come but once cannot be read for what reads them twice.
fn can_be_read_twice(paths: &[PathBuf], what: &str) -> Result<(), Error> {
    let standard = paths.iter().find(|path| path.as_os_str() == "-");
    let pipe = |path: &&PathBuf| path.exists() && !path.is_file() && !path.is_dir();
    match standard.or_else(|| paths.iter().find(pipe)) {
        None => Ok(()),
        Some(path) => Err(Error::Usage(format!(
            "{}: cannot be read twice; store it in a file, or do without {what}",
            path.display()
        ))),
    }
}

/// Reads a capture for the links between its frames.
fn first_pass(
    paths: &[PathBuf],
    options: OpenOptions,
    registry: &Arc<Registry>,
    settings: &Settings,
) -> Result<Links, Error> {
    can_be_read_twice(paths, "--two-pass")?;
    let linking = Linking::Collect(settings.limits.links);
    let mut session = Session::with(Arc::clone(registry), Settings { linking, ..settings.clone() });
    let mut capture = options.open_all(paths)?;
    // What is wrong with the capture the second pass tells.
    while let Ok(Some(raw)) = capture.next_frame() {
        dissect(&mut session, &raw);
    }
    Ok(session.take_links())
}

/// The protocols of a name, or an error that names the nearest.
///
/// # Errors
/// When no protocol and no family has the name.
pub fn protocols(registry: &Registry, name: &str) -> Result<Vec<&'static Protocol>, Error> {
    let found = family::members(registry, name);
    if found.is_empty() {
        return Err(Error::unknown("protocol", name, family::names(registry)));
    }
    Ok(found)
}

/// The frames of a capture, one lent at a time.
pub struct Frames {
    pub(crate) capture: Capture,
    pub(crate) session: Session,
    pub(crate) range: Option<FrameRange>,
    pub(crate) stop: Option<Arc<AtomicBool>>,
    /// As [`Extract::threads`] has it.
    pub(crate) threads: usize,
}

impl Frames {
    /// The next frame, lent until the one after it; none at the end.
    ///
    /// # Errors
    /// When reading fails. Damage that can be read past is no error but a warning of
    /// [`Frames::capture`].
    #[inline]
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, Error> {
        if !self.advance()? {
            return Ok(None);
        }
        Ok(Some(self.current()))
    }

    /// Reads and dissects the next frame, which [`current`](Self::current) lends; false at the
    /// end. A frame that is lent by a call of its own is not copied on its way out of a `Result`.
    ///
    /// # Errors
    /// As [`next_frame`](Self::next_frame).
    #[inline]
    pub fn advance(&mut self) -> Result<bool, Error> {
        if self.range.is_some() && !self.pass_over()? {
            return Ok(false);
        }
        if !self.capture.advance()? {
            return Ok(false);
        }
        self.session.dissect(input(&self.capture.current()));
        Ok(true)
    }

    /// The frame that was read last.
    #[inline]
    pub fn current(&self) -> Frame<'_> {
        let raw = self.capture.current();
        let bytes = bytes(&raw);
        Frame { head: head(&raw, bytes), dissection: self.session.dissected(bytes) }
    }

    /// Moves the frame that was read last into `kept`.
    pub(crate) fn hand_over(&mut self, kept: &mut OwnedDissection) {
        self.session.hand_over(bytes(&self.capture.current()), kept);
    }

    /// The next frame as it was captured and as it was dissected.
    #[inline]
    pub(crate) fn next_both(
        &mut self,
    ) -> Result<Option<(wirelens_capture::Frame<'_>, Frame<'_>)>, Error> {
        if !self.advance()? {
            return Ok(None);
        }
        Ok(Some((self.capture.current(), self.current())))
    }

    /// Passes over frames that are not wanted; false if none that is wanted can follow. Whether a
    /// frame is wanted is asked by the number it will have, since what was lent cannot be given
    /// back.
    fn pass_over(&mut self) -> Result<bool, Error> {
        let Some(range) = &self.range else { return Ok(true) };
        loop {
            let number = self.capture.counters().frames + 1;
            if range.last().is_some_and(|last| number > last) {
                return Ok(false);
            }
            if range.contains(number) {
                return Ok(true);
            }
            let Some(raw) = self.capture.next_frame()? else { return Ok(false) };
            dissect(&mut self.session, &raw);
        }
    }

    /// What is read: its files, interfaces, warnings, counters and how far it is.
    pub fn capture(&self) -> &Capture {
        &self.capture
    }

    /// The same to take warnings from.
    pub fn capture_mut(&mut self) -> &mut Capture {
        &mut self.capture
    }

    /// The session that dissects.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// An iterator of frames to keep.
    pub fn owned(mut self) -> impl Iterator<Item = Result<OwnedFrame, Error>> {
        let mut failed = false;
        std::iter::from_fn(move || {
            if failed {
                return None;
            }
            let next = self.next_frame().map(|frame| frame.map(|frame| frame.keep()));
            failed = next.is_err();
            next.transpose()
        })
    }
}

/// Dissects a frame as it was captured.
pub(crate) fn dissect<'f>(
    session: &'f mut Session,
    raw: &wirelens_capture::Frame<'f>,
) -> Frame<'f> {
    Frame { head: head(raw, bytes(raw)), dissection: session.dissect(input(raw)) }
}

/// What is dissected of a frame as it was captured.
#[inline]
fn input<'f>(raw: &wirelens_capture::Frame<'f>) -> Input<'f> {
    let nanoseconds = raw.time.map_or(0, |time| {
        let seconds = time.seconds().saturating_mul(1_000_000_000);
        seconds.saturating_add(time.nanoseconds().into())
    });
    Input {
        number: raw.number,
        nanoseconds,
        link_type: raw.link_type.0.into(),
        captured: bytes(raw),
        length: length(raw),
        fcs: raw.fcs_length(),
    }
}

/// The frame without what the capturing system put before it: that is not part of it, for tshark
/// neither.
#[inline]
fn bytes<'f>(raw: &wirelens_capture::Frame<'f>) -> &'f [u8] {
    raw.captured.get(raw.pseudo_header_length()..).unwrap_or_default()
}

#[inline]
fn length(raw: &wirelens_capture::Frame<'_>) -> u32 {
    raw.length.saturating_sub(raw.pseudo_header_length() as u32)
}

/// What a report says of a frame besides its dissection.
#[inline]
fn head(raw: &wirelens_capture::Frame<'_>, bytes: &[u8]) -> Head {
    Head {
        number: raw.number,
        time: raw.time.map(|time| (time.seconds(), time.nanoseconds())),
        length: length(raw),
        captured: bytes.len() as u32,
        interface: raw.interface,
    }
}

/// The part of the stack that a word means: `link`, `internet` (or `network`), `transport`,
/// `application`; `none` is no limit.
///
/// # Errors
/// When the word is none of these.
pub fn level(name: &str) -> Result<Option<Level>, Error> {
    let lower = name.to_ascii_lowercase();
    Ok(match lower.as_str() {
        "link" => Some(Level::Link),
        "internet" | "network" => Some(Level::Network),
        "transport" => Some(Level::Transport),
        "application" => Some(Level::Application),
        "none" => None,
        _ => {
            let known = ["link", "internet", "transport", "application", "none"];
            return Err(Error::unknown("layer", name, known));
        }
    })
}
