//! Extraction: from captures to dissected frames.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use wirelens_dissect::{
    Detail, Level, Limits, Linking, Links, Protocol, Registry, Session, Settings,
};
use wirelens_flow::{Conversations, Sight};

use crate::engines::{Engine, Foreign, Orders};
use crate::frames::{Opening, Turn};
use crate::{Error, FrameRange, Frames, Source, family};

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
pub fn extract(source: impl Into<Source>) -> Extract {
    Extract {
        source: source.into(),
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
        threads: 0,
        engine: None,
        patience: Duration::from_secs(120),
    }
}

/// What to extract and how; made by [`extract`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Extract {
    source: Source,
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
    /// Who dissects, and whether it does only what ends in data here.
    engine: Option<(Engine, bool)>,
    pub(crate) patience: Duration,
}

impl Extract {
    /// One more file or folder; all are one stream, ordered by the time of their first frames.
    pub fn and(mut self, path: impl AsRef<Path>) -> Extract {
        self.source = self.source.and(path);
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

    /// How many threads dissect and print for [`Frames::write`], the one that reads among them; the
    /// bytes are the same. 0, unless said otherwise: as many as the machine has cores, once there
    /// is enough to read for that to pay.
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

    /// Looks at nothing besides the protocols that [`only`](Self::only) keeps: what can lead to none of
    /// them is data. Which other layers there are is not found then, nor problems of others, nor which
    /// messages segments belong to ([`Field::needs_behind`](wirelens_dissect::Field::needs_behind)).
    /// With [`headers_only`](Self::headers_only) and nothing kept, layers up to transports are found,
    /// in half of the time.
    pub fn nothing_else(mut self, nothing_else: bool) -> Extract {
        self.settings.nothing_else = nothing_else;
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

    /// Has this engine dissect. Give [`registry`](Self::registry) what [`Engine::registry`] makes,
    /// if fields or protocols are to be found by their names.
    pub fn engine(mut self, engine: Engine) -> Extract {
        self.engine = Some((engine, false));
        self
    }

    /// Has this engine dissect the frames whose chain ends in data here; what it finds behind the
    /// layers that we know is added to them.
    pub fn fallback(mut self, engine: Engine) -> Extract {
        self.engine = Some((engine, true));
        self
    }

    /// How long an engine may say nothing while it has frames to dissect, or a worker of a server;
    /// two minutes unless said otherwise.
    pub fn patience(mut self, patience: Duration) -> Extract {
        self.patience = patience;
        self
    }

    /// What it dissects with, before `decode_as` and `disable`.
    pub(crate) fn known(&self) -> Arc<Registry> {
        self.registry.clone().unwrap_or_else(wirelens_protocols::shared)
    }

    /// Refuses what comes but once, such as pipes and devices, for what needs to read it again.
    ///
    /// # Errors
    /// When it cannot be read twice; the text names `what`.
    pub fn check_twice(&self, what: &str) -> Result<(), Error> {
        can_be_read_twice(&self.source, what)
    }

    /// Counts who spoke with whom, and how much: nothing above transports is looked at, and of most
    /// frames no more than where their headers usually stand. What was counted before reading failed
    /// stays counted.
    ///
    /// ```no_run
    /// use wirelens::flow::{Conversations, Side};
    ///
    /// # fn main() -> Result<(), wirelens::Error> {
    /// let mut talks = Conversations::new(1 << 20);
    /// wirelens::extract("in.pcap").conversations(&mut talks)?;
    /// for talk in &talks {
    ///     let [from, to] = Side::BOTH.map(|side| talk.end(side));
    ///     println!("{} {from} > {to}: {} frames", talk.protocol_name(), talk.frames());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`frames`](Self::frames), and when reading fails.
    pub fn conversations(self, counted: &mut Conversations) -> Result<(), Error> {
        let mut frames = self.headers_only().nothing_else(true).frames()?;
        let sight = Sight::new(frames.session());
        let mut told = 0;
        loop {
            if told == 0 {
                let ahead = frames.capture().ahead();
                counted.come_next(ahead.map(|(link_type, bytes)| (link_type.0.into(), bytes)));
                told = Conversations::AT_ONCE;
            }
            told -= 1;
            match frames.turn_unless(|_, input| counted.see(&sight, input))? {
                (Turn::Frame, false) => counted.read(&frames.current().dissection()),
                (Turn::Frame, true) | (Turn::Pause, _) => {}
                (Turn::End, _) => return Ok(()),
            }
        }
    }

    /// Opens the capture.
    ///
    /// # Errors
    /// When it cannot be opened or is no capture, or a name is not known.
    pub fn frames(self) -> Result<Frames, Error> {
        let registry = self.known();
        let registry = match &self.engine {
            // Its tables and protocols are its own.
            Some((_, false)) => registry,
            _ => crate::chosen(&registry, &self.choices, &self.disabled)?,
        };
        if self.engine.is_some() && self.two_pass {
            let text = "another engine does not read a capture twice; do without --two-pass";
            return Err(Error::Usage(text.to_owned()));
        }
        let mut settings = self.settings;
        for name in &self.stop_after {
            settings.stop_after.extend(protocols(&registry, name)?);
        }
        for name in &self.wanted {
            settings.wanted.extend(protocols(&registry, name)?);
        }
        let opening = Opening { follow: self.follow, stop: self.stop, threads: self.threads };
        if self.two_pass {
            let links = first_pass(&self.source, &opening, &registry, &settings)?;
            settings.linking = Linking::Show(Arc::new(links));
        }
        let stop = opening.stop.clone();
        let session = Session::with(Arc::clone(&registry), settings.clone());
        let frames = Frames::open(&self.source, opening, session, self.range)?;
        let Some((engine, fallback)) = self.engine else { return Ok(frames) };
        let orders = Orders {
            engine,
            fallback,
            patience: self.patience,
            decode_as: self.choices,
            disabled: self.disabled,
            stop,
        };
        Ok(frames.dissected_by(Foreign::new(orders, settings, &registry)?))
    }
}

/// Captures that come but once cannot be read for what reads them twice.
fn can_be_read_twice(source: &Source, what: &str) -> Result<(), Error> {
    let paths = source.paths();
    if paths.is_empty() {
        let text =
            format!("a live capture cannot be read twice; record it first, or do without {what}");
        return Err(Error::Usage(text));
    }
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
    source: &Source,
    opening: &Opening,
    registry: &Arc<Registry>,
    settings: &Settings,
) -> Result<Links, Error> {
    can_be_read_twice(source, "--two-pass")?;
    let linking = Linking::Collect(settings.limits.links);
    let session = Session::with(Arc::clone(registry), Settings { linking, ..settings.clone() });
    let mut frames = Frames::open(source, opening.clone(), session, None)?;
    // What is wrong with the capture the second pass tells.
    while let Ok(true) = frames.advance() {}
    Ok(frames.session.take_links())
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
