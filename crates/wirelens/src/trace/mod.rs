//! Flows of a capture: as records, as files, or as events.

mod cells;
mod column;
mod csv;
mod events;
mod folder;
mod index;
mod label;
mod print;
mod select;
mod settings;
mod tally;
mod tree;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use wirelens_dissect::{Detail, Protocol, Registry};
use wirelens_flow::{End, Event, Flow, KeyOptions, Observer, Options, Sight, Tracker};
use wirelens_protocols::transport::tcp::TCP;

pub use column::FlowColumns;
pub(crate) use label::write_label;
pub(crate) use print::moment;
pub use select::Select;
pub use settings::FlowLimits;
pub use tally::FlowTally;

use crate::frames::Turn;
use crate::live::clock;
use crate::{Error, Extract, Frame, FrameRange, Frames, Resolve, Source};

/// Opens a capture (a file, a folder of files, or `-` for standard input) to follow its flows.
///
/// ```no_run
/// # fn main() -> Result<(), wirelens::Error> {
/// use wirelens::flow::Side;
///
/// for flow in wirelens::trace("in.pcap").flows()? {
///     let (flow, end) = flow?;
///     let [from, to] = Side::BOTH.map(|side| flow.end(side));
///     let bytes = flow.traffic(Side::Responder).payload();
///     println!("{} {from} > {to}: {bytes} bytes back, {}", flow.protocol_name(), end.name());
/// }
/// # Ok(())
/// # }
/// ```
///
/// Memory is bounded by [`FlowLimits`], whatever the capture is; what a limit costs is in the flow's
/// end and in [`FlowTally`]. Flows come in the order in which they are over, those still open at the
/// end of the capture in the order in which they began.
pub fn trace(source: impl Into<Source>) -> Trace {
    Trace {
        extract: crate::extract(source).threads(1),
        options: Options { frames: true, facts: true, ..Options::default() },
        limits: FlowLimits::default(),
        select: Select::default(),
        columns: FlowColumns::default(),
        wanted: Vec::new(),
        resolve: None,
    }
}

/// What to follow and how; made by [`trace`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Trace {
    extract: Extract,
    options: Options,
    limits: FlowLimits,
    select: Select,
    columns: FlowColumns,
    /// Protocols whose fields are recorded besides those that tell facts.
    wanted: Vec<&'static Protocol>,
    resolve: Option<Resolve>,
}

impl Trace {
    /// One more file or folder; all are one stream, ordered by the time of their first frames.
    pub fn and(mut self, path: impl AsRef<Path>) -> Trace {
        self.extract = self.extract.and(path);
        self
    }

    /// Waits at the end of the file for more, until the stop flag is set.
    pub fn follow(mut self, follow: bool) -> Trace {
        self.extract = self.extract.follow(follow);
        self
    }

    /// A flag that ends the capture cleanly when another thread sets it: what is open then is told.
    pub fn stop_flag(mut self, stop: Arc<AtomicBool>) -> Trace {
        self.extract = self.extract.stop_flag(stop);
        self
    }

    /// How many threads dissect, the one that follows the flows among them; what is told is the same.
    /// 1, unless said otherwise; 0: as many as the machine has cores, once there is enough to read
    /// for that to pay. Records of flows with facts are made by one. With several,
    /// [`Tracing::frames`] says of the capture what stands behind the frame that is told of, too, and
    /// has no record of it. Devices are followed by one.
    pub fn threads(mut self, threads: usize) -> Trace {
        self.extract = self.extract.threads(threads);
        self
    }

    /// Dissects with these protocols instead of all that are known.
    pub fn registry(mut self, registry: Arc<Registry>) -> Trace {
        self.extract = self.extract.registry(registry);
        self
    }

    /// These frames only.
    pub fn range(mut self, range: FrameRange) -> Trace {
        self.extract = self.extract.range(range);
        self
    }

    /// What tells flows apart: inner or outer addresses, VLANs, tunnels.
    pub fn key(mut self, key: KeyOptions) -> Trace {
        self.options.key = key;
        self
    }

    /// Lists the numbers of each flow's frames. That is the default.
    pub fn list_frames(mut self, list: bool) -> Trace {
        self.options.frames = list;
        self
    }

    /// Finds out what flows are about: hosts, names of servers, queries. That is the default;
    /// without it applications are not looked at, which is faster.
    pub fn facts(mut self, facts: bool) -> Trace {
        self.options.facts = facts;
        self
    }

    /// Has the bytes of TCP connections told, each once and in order, by [`Event::Data`] and
    /// [`Event::Gap`].
    pub fn data(mut self, data: bool) -> Trace {
        self.options.data = data;
        self
    }

    /// These flows only.
    pub fn select(mut self, select: Select) -> Trace {
        self.select = select;
        self
    }

    /// What a table of flows has ([`write`](Trace::write) as `csv`) instead of its usual 27 columns.
    /// What flows are about is not looked at where no column tells of it.
    pub fn columns(mut self, columns: FlowColumns) -> Trace {
        self.columns = columns;
        self
    }

    /// Has name servers asked for the names of addresses that no DNS answer of the capture tells, in
    /// the reports of [`write`](Trace::write) and [`write_folder`](Trace::write_folder).
    ///
    /// Reading does not wait for them: the record of a flow has the names that are known when it is
    /// written. Behind the last frame the names that are still asked for are waited for, for five
    /// seconds unless [`Resolve::patience`] says otherwise, and the summary lists all.
    pub fn resolve(mut self, resolve: Resolve) -> Trace {
        self.resolve = Some(resolve);
        self
    }

    /// Whom to ask for names.
    pub(crate) fn resolves(&self) -> Option<&Resolve> {
        self.resolve.as_ref()
    }

    /// Bounds and time-outs.
    pub fn limits(mut self, limits: FlowLimits) -> Trace {
        self.limits = limits;
        self
    }

    /// Has the fields of these protocols recorded too.
    pub(crate) fn wanting(mut self, protocols: &[&'static Protocol]) -> Trace {
        self.wanted.extend_from_slice(protocols);
        self
    }

    /// Which flows are wanted.
    pub(crate) fn selected(&self) -> &Select {
        &self.select
    }

    /// Is an error where what it reads comes but once.
    pub(crate) fn check_twice(&self, what: &str) -> Result<(), Error> {
        self.extract.check_twice(what)
    }

    /// The same, to change some of them.
    pub fn limits_mut(&mut self) -> &mut FlowLimits {
        &mut self.limits
    }

    /// The flows, one after the other, each with why it is over.
    ///
    /// # Errors
    /// When the capture cannot be opened. Later errors are items; what was open when they came
    /// comes behind them.
    pub fn flows(self) -> Result<Flows, Error> {
        let select = self.select.clone();
        let gathered = Gathered { select, flows: Vec::new() };
        Ok(Flows { tracing: self.records()?, gathered, over: false })
    }

    /// For those who are told of nothing but flows: frames of those of which all is known are not
    /// dissected. One thread reads then: how far limits of dissection reach depends on it.
    fn records(mut self) -> Result<Tracing, Error> {
        let facts = self.options.facts;
        if facts {
            self.extract = self.extract.threads(1);
        }
        let mut tracing = self.tracing(false)?;
        if facts {
            tracing.sight = Some(Sight::of_transports(tracing.frames.session()));
        }
        Ok(tracing)
    }

    /// What happens to flows, for an [`Observer`] of one's own:
    ///
    /// ```no_run
    /// use wirelens::flow::{Event, Flow};
    ///
    /// # fn main() -> Result<(), wirelens::Error> {
    /// let mut tracing = wirelens::trace("in.pcap").data(true).events()?;
    /// let mut print = |flow: &Flow, event: Event<'_>| println!("{} {}", flow.number(), event.name());
    /// while tracing.advance(&mut print)? {}
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the capture cannot be opened.
    pub fn events(self) -> Result<Tracing, Error> {
        self.tracing(false)
    }

    /// With the fields of these protocols only; of all where they are not told.
    pub(crate) fn tracing_with(self, detail: Detail, wanted: &[&str]) -> Result<Tracing, Error> {
        let mut trace = self;
        let known = trace.extract.known();
        trace.extract.settings.detail = detail;
        if !wanted.is_empty() {
            let protocols = wanted.iter().filter_map(|name| known.named(name));
            trace.extract.settings.wanted.extend(protocols);
            if trace.options.facts {
                trace.extract.settings.wanted.extend(wirelens_flow::fact_protocols(&known));
            }
        }
        trace.tracing(true)
    }

    /// With all fields, for those who report frames.
    fn tracing(self, fields: bool) -> Result<Tracing, Error> {
        let mut extract = self.extract;
        extract.settings.limits = self.limits.dissection;
        if !fields {
            if self.options.facts {
                let known = extract.known();
                extract.settings.wanted.extend(wirelens_flow::fact_protocols(&known));
            } else if self.wanted.is_empty() {
                extract.settings.detail = Detail::Headers;
                extract.settings.nothing_else = true;
                // No protocol over TCP carries packets, so no flow is hidden behind it.
                extract.settings.stop_after.push(&TCP);
            }
            extract.settings.wanted.extend(&self.wanted);
            if self.wanted.is_empty() {
                // No fact stands in a compressed body.
                extract.settings.limits.decoded.bytes = 0;
            }
        }
        let frames = extract.frames()?.dissected_ahead();
        let mut options = self.options;
        options.limits = self.limits.flows;
        let tracker = Tracker::new(options, frames.session().registry());
        let sight = (!options.facts).then(|| Sight::new(frames.session()));
        Ok(Tracing { frames, tracker, sight, has_frame: false, over: false, told: 0 })
    }
}

/// The events of a capture; made by [`Trace::events`].
pub struct Tracing {
    frames: Frames,
    tracker: Tracker,
    /// Tells what need not be dissected.
    sight: Option<Sight>,
    /// The last call has read a frame.
    has_frame: bool,
    /// There are no more frames.
    over: bool,
    /// Frames that the tracker was told come next and that were not read yet.
    told: usize,
}

/// Live frames are told of so much later than they came, at the most, in nanoseconds.
const LATE: u64 = 2_000_000_000;

/// The time of day in nanoseconds, up to which live frames have been read.
pub(crate) fn recently() -> u64 {
    u64::try_from(clock().as_nanos()).unwrap_or(0).saturating_sub(LATE)
}

impl Tracing {
    /// Reads a frame and tells what comes of it; at the end of the capture, tells of a flow that was
    /// still open. False when there is nothing more. Where frames come live and none comes for a
    /// while, it returns all the same, after flows were ended that have been silent for too long.
    ///
    /// # Errors
    /// When reading fails; the calls that follow tell what was open.
    pub fn advance(&mut self, observer: &mut impl Observer) -> Result<bool, Error> {
        if self.over {
            return Ok(self.tracker.finish_one(observer));
        }
        self.has_frame = false;
        self.tell_what_comes();
        let (tracker, sight) = (&mut self.tracker, &self.sight);
        let turn = self.frames.turn_unless(|_, input| {
            sight.as_ref().is_some_and(|sight| tracker.see(sight, input, observer))
        });
        match turn {
            Ok((Turn::Frame, seen)) => {
                self.has_frame = true;
                if !seen {
                    tracker.read(&self.frames.current().dissection(), observer);
                }
            }
            Ok((Turn::Pause, _)) if self.frames.is_live() => {
                self.tracker.advance(recently(), observer);
            }
            Ok((Turn::Pause, _)) => {}
            Ok((Turn::End, _)) => self.over = true,
            Err(error) => {
                self.over = true;
                return Err(error);
            }
        }
        Ok(true)
    }

    /// Tells the tracker what frames come next, a batch at a time.
    fn tell_what_comes(&mut self) {
        if self.told == 0 {
            match self.frames.ahead() {
                Some(ahead) => self.tracker.come_next(ahead.coming()),
                None => {
                    let ahead = self.frames.capture().ahead();
                    let ahead = ahead.map(|(link_type, bytes)| (link_type.0.into(), bytes));
                    self.tracker.come_next(ahead);
                }
            }
            self.told = Tracker::AT_ONCE;
        }
        self.told -= 1;
    }

    /// The frame that was read last. One that was told to an observer that [wants no
    /// frames](Observer::wants_frames) may not have been dissected: it has no layers then.
    pub fn frame(&self) -> Frame<'_> {
        self.frames.current()
    }

    /// Takes what was wrong with the capture, and what limits cost.
    pub(crate) fn take_warnings(&mut self, limits: &FlowLimits) -> FlowTally {
        let mut tally = FlowTally::of(self);
        tally.warn(self, limits);
        tally
    }

    /// What ends it before its end.
    pub(crate) fn stop(&self) -> Option<&AtomicBool> {
        self.frames.stop.as_deref()
    }

    /// Is there nothing more to be read?
    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    /// Was the last call one that read a frame?
    pub(crate) fn has_frame(&self) -> bool {
        self.has_frame
    }

    /// Does the next call read, and may have to wait?
    pub(crate) fn may_wait(&self) -> bool {
        !self.over && self.frames.may_wait()
    }

    /// What is read.
    pub fn frames(&self) -> &Frames {
        &self.frames
    }

    /// What is tracked.
    pub fn tracker(&self) -> &Tracker {
        &self.tracker
    }
}

/// The flows of a capture; made by [`Trace::flows`].
pub struct Flows {
    tracing: Tracing,
    gathered: Gathered,
    over: bool,
}

/// Flows that are over and were not handed on yet.
struct Gathered {
    select: Select,
    /// The last one goes first.
    flows: Vec<(Flow, End)>,
}

impl Observer for Gathered {
    fn event(&mut self, flow: &Flow, event: Event<'_>) {
        if let Event::Over(end) = event
            && self.select.has(flow)
        {
            self.flows.insert(0, (flow.clone(), end));
        }
    }

    fn wants_frames(&self) -> bool {
        false
    }
}

impl Flows {
    /// What was read and what became of it so far.
    pub fn tally(&self) -> FlowTally {
        FlowTally::of(&self.tracing)
    }
}

impl Iterator for Flows {
    type Item = Result<(Flow, End), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(flow) = self.gathered.flows.pop() {
                return Some(Ok(flow));
            }
            if self.over {
                return None;
            }
            match self.tracing.advance(&mut self.gathered) {
                Ok(more) => self.over = !more,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
