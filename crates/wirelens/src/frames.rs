//! Frames, read and dissected one after the other.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use wirelens_capture::{Advance, Capture, OpenOptions};
use wirelens_dissect::{Input, Session};
use wirelens_report::Head;

use crate::elapsed::Elapsed;
use crate::engines::Foreign;
use crate::live::{Drops, FrameFilter, Kind, Live, Source};
use crate::pipeline::{Ahead, Threads};
use crate::{Error, Frame, FrameRange, OwnedFrame};

/// The frames of a capture, one lent at a time.
pub struct Frames {
    pub(crate) capture: Capture,
    pub(crate) session: Session,
    pub(crate) range: Option<FrameRange>,
    pub(crate) stop: Option<Arc<AtomicBool>>,
    /// As [`Extract::threads`](crate::Extract::threads) has it.
    pub(crate) threads: usize,
    pub(crate) filter: Option<FrameFilter>,
    live: Option<Box<(Live, Drops)>>,
    pub(crate) dissector: Dissector,
    /// Who is to dissect once there is enough to read.
    waiting: Option<Threads>,
    /// Of the frames that were read.
    pub(crate) elapsed: Elapsed,
    /// A frame was lent while they wait.
    begun: bool,
    /// Every frame of a file is wanted.
    all: bool,
    /// And dissected here.
    plain: bool,
}

/// Who dissects.
pub(crate) enum Dissector {
    /// The session, each frame when it is read.
    Here,
    /// Other threads, ahead of who looks at the frames.
    Threads(Box<Ahead>),
    /// Another program.
    Foreign(Box<Foreign>),
}

/// How what is read is opened.
#[derive(Clone)]
pub(crate) struct Opening {
    pub(crate) follow: bool,
    pub(crate) stop: Option<Arc<AtomicBool>>,
    pub(crate) threads: usize,
}

/// What came of reading on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Turn {
    /// A frame that is wanted.
    Frame,
    /// None yet, and the next may have to be waited for: the moment to show what there is, and to
    /// let time pass.
    Pause,
    /// The end.
    End,
}

/// What was read, before it is dissected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    /// A frame, and whether it is wanted: others are dissected too, since later ones may depend on
    /// them.
    Frame { wanted: bool },
    /// None yet, and the next may have to be waited for.
    Pause,
    /// The end.
    End,
}

/// The longest wait for a live frame.
const PATIENCE: Duration = Duration::from_millis(200);
/// Frames after which a live capture that is never waited for is looked after.
const STRIDE: u64 = 1024;

impl Frames {
    /// Opens what is to be read.
    pub(crate) fn open(
        source: &Source,
        opening: Opening,
        session: Session,
        range: Option<FrameRange>,
    ) -> Result<Frames, Error> {
        let (stop, threads) = (opening.stop.clone(), opening.threads);
        let (filter, live, capture) = match &source.kind {
            Kind::Both => {
                let text =
                    "devices and files cannot be read together; read the files by themselves";
                return Err(Error::Usage(text.to_owned()));
            }
            Kind::Live(live) => {
                let mut live = Live::clone(live);
                if let Some(stop) = opening.stop {
                    live = live.stop_flag(stop);
                }
                if let Some(filter) = &source.filter {
                    live = live.filter(filter);
                }
                let capture = live.open()?;
                (None, Some(Box::new((live, Drops::default()))), capture)
            }
            Kind::Files(paths) => {
                let filter = source.filter.as_deref().map(FrameFilter::new).transpose()?;
                let mut options = OpenOptions::new().follow(opening.follow);
                if let Some(stop) = opening.stop {
                    options = options.stop(stop);
                }
                (filter, None, options.open_all(paths)?)
            }
        };
        let all = filter.is_none() && live.is_none() && range.is_none();
        Ok(Frames {
            capture,
            session,
            range,
            stop,
            threads,
            filter,
            live,
            dissector: Dissector::Here,
            waiting: None,
            elapsed: Elapsed::default(),
            begun: false,
            all,
            plain: all,
        })
    }

    /// Has another program dissect, wholly or in part.
    pub(crate) fn dissected_by(mut self, foreign: Foreign) -> Frames {
        (self.dissector, self.plain) = (Dissector::Foreign(Box::new(foreign)), false);
        self
    }

    /// Has several threads dissect, as many as were asked for, ahead of who looks at the frames. What
    /// the capture says is then that of frames that are still to come.
    pub(crate) fn dissected_ahead(mut self) -> Frames {
        if let (None, Dissector::Here) = (&self.live, &self.dissector) {
            self.waiting = Threads::new(self.threads);
            self.plain &= self.waiting.is_none();
        }
        self
    }

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
        loop {
            match self.turn()? {
                Turn::Frame => return Ok(true),
                Turn::Pause => {}
                Turn::End => return Ok(false),
            }
        }
    }

    /// The same, and says when nothing is there yet: before a wait for a live frame, after it if
    /// none came, and where a frame was passed over that nothing follows yet.
    #[inline]
    pub(crate) fn turn(&mut self) -> Result<Turn, Error> {
        Ok(self.turn_unless(|_, _| false)?.0)
    }

    /// The same; a frame that `see` knows all of is not dissected: whether it was so comes second. It
    /// is not asked about those that others dissect, or of which not all are wanted.
    #[inline]
    pub(crate) fn turn_unless(
        &mut self,
        see: impl FnOnce(&wirelens_capture::Frame<'_>, &Input<'_>) -> bool,
    ) -> Result<(Turn, bool), Error> {
        if !self.plain {
            return Ok((self.choose()?, false));
        }
        if !self.capture.advance()? {
            return Ok((Turn::End, false));
        }
        let raw = self.capture.current();
        self.elapsed.note(raw.time);
        let input = input(&raw);
        let seen = see(&raw, &input);
        if seen {
            self.session.pass_over(&input);
        } else {
            self.session.dissect(input);
        }
        Ok((Turn::Frame, seen))
    }

    /// Reads on where not every frame is wanted, or may not be there.
    fn choose(&mut self) -> Result<Turn, Error> {
        match &mut self.dissector {
            Dissector::Foreign(_) => return self.turn_foreign(),
            Dissector::Threads(ahead) => {
                return if ahead.step(&mut self.session) {
                    Ok(Turn::Frame)
                } else {
                    self.turn_ahead()
                };
            }
            Dissector::Here => {}
        }
        // A report begins with what is known of the capture behind the first frame that is wanted.
        if let Some(threads) = self.waiting
            && self.begun
            && self.capture.position() >= threads.after
        {
            self.waiting = None;
            self.dissector = Dissector::Threads(Box::new(Ahead::new(self, threads)));
            return self.turn_ahead();
        }
        loop {
            match self.read()? {
                Step::Frame { wanted } => {
                    self.session.dissect(input(&self.capture.current()));
                    if wanted {
                        self.begun = true;
                        return Ok(Turn::Frame);
                    }
                }
                Step::Pause => return Ok(Turn::Pause),
                Step::End => return Ok(Turn::End),
            }
            if !self.capture.is_ahead() {
                return Ok(Turn::Pause);
            }
        }
    }

    /// Goes on to the frames that others dissect next.
    fn turn_ahead(&mut self) -> Result<Turn, Error> {
        match std::mem::replace(&mut self.dissector, Dissector::Here) {
            Dissector::Threads(mut ahead) => {
                let turn = ahead.turn(self);
                self.dissector = Dissector::Threads(ahead);
                turn
            }
            other => {
                self.dissector = other;
                Ok(Turn::End)
            }
        }
    }

    /// Reads the next frame that passes the filter, and does not dissect it.
    pub(crate) fn read(&mut self) -> Result<Step, Error> {
        if self.all {
            if !self.capture.advance()? {
                return Ok(Step::End);
            }
            self.elapsed.note(self.capture.current().time);
            return Ok(Step::Frame { wanted: true });
        }
        loop {
            // Asked by the number that the frame will have: the last one is not waited for.
            let number = self.capture.counters().frames + 1;
            let last = self.range.as_ref().and_then(FrameRange::last);
            if last.is_some_and(|last| number > last) {
                return Ok(Step::End);
            }
            match self.advance_capture(number)? {
                Advance::Frame => {}
                Advance::Tick => return Ok(Step::Pause),
                Advance::End => return Ok(Step::End),
            }
            let raw = self.capture.current();
            if self.filter.as_mut().is_none_or(|filter| filter.passes(&raw)) {
                self.elapsed.note(raw.time);
                let wanted = self.range.as_ref().is_none_or(|range| range.contains(raw.number));
                return Ok(Step::Frame { wanted });
            }
            if !self.capture.is_ahead() {
                return Ok(Step::Pause);
            }
        }
    }

    pub(crate) fn advance_capture(&mut self, number: u64) -> Result<Advance, Error> {
        let waits = !self.capture.is_ahead();
        if let Some(live) = &mut self.live
            && (waits || number.is_multiple_of(STRIDE))
        {
            let (live, drops) = &mut **live;
            for dropped in drops.look(&mut self.capture) {
                live.dropped(&dropped);
            }
            if waits {
                return Ok(self.capture.advance_within(PATIENCE)?);
            }
        }
        Ok(if self.capture.advance()? { Advance::Frame } else { Advance::End })
    }

    /// Does it come from devices, at this moment?
    pub(crate) fn is_live(&self) -> bool {
        self.live.is_some()
    }

    /// What live interfaces have dropped in all, a text for each that has.
    pub(crate) fn dropped_in_all(&mut self) -> Vec<String> {
        let all = Drops::default().look(&mut self.capture);
        all.iter().map(ToString::to_string).collect()
    }

    /// Does a frame pass a capture filter that is applied here?
    pub(crate) fn passes(
        filter: &mut Option<FrameFilter>,
        raw: &wirelens_capture::Frame<'_>,
    ) -> bool {
        filter.as_mut().is_none_or(|filter| filter.passes(raw))
    }

    /// The frame that was read last.
    #[inline]
    pub fn current(&self) -> Frame<'_> {
        match &self.dissector {
            Dissector::Here => {
                let raw = self.capture.current();
                let bytes = bytes(&raw);
                let head = head(&raw, bytes, self.elapsed);
                Frame { head, dissection: self.session.dissected(bytes) }
            }
            Dissector::Threads(ahead) => {
                let (head, bytes, _) = ahead.current();
                Frame { head, dissection: self.session.dissected(bytes) }
            }
            Dissector::Foreign(foreign) => {
                let (head, dissection) = foreign.current();
                Frame { head: *head, dissection: dissection.lend() }
            }
        }
    }

    /// Frames that were lost before it.
    #[inline]
    pub(crate) fn lost(&self) -> u64 {
        match &self.dissector {
            Dissector::Threads(ahead) => ahead.current().2,
            _ => lost(&self.capture.current()),
        }
    }

    /// Those who dissect ahead, where others do.
    pub(crate) fn ahead(&self) -> Option<&Ahead> {
        match &self.dissector {
            Dissector::Threads(ahead) => Some(ahead),
            _ => None,
        }
    }

    /// Frames of the capture up to the one that was read last; at its end, all.
    pub(crate) fn frames_read(&self) -> u64 {
        match &self.dissector {
            Dissector::Threads(ahead) => ahead.frames_read(),
            _ => self.capture.counters().frames,
        }
    }

    /// The other program, where one dissects.
    pub(crate) fn foreign(&self) -> Option<&Foreign> {
        match &self.dissector {
            Dissector::Foreign(foreign) => Some(foreign),
            _ => None,
        }
    }

    /// The same to have it dissect.
    pub(crate) fn foreign_mut(&mut self) -> Option<&mut Foreign> {
        match &mut self.dissector {
            Dissector::Foreign(foreign) => Some(foreign),
            _ => None,
        }
    }

    /// What was read last, as it is to be dissected and reported, and how many frames were lost before.
    #[inline]
    pub(crate) fn current_input(&self) -> (Input<'_>, Head, u64) {
        let raw = self.capture.current();
        let input = input(&raw);
        (input, head(&raw, input.captured, self.elapsed), lost(&raw))
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
    elapsed: Elapsed,
) -> Frame<'f> {
    Frame { head: head(raw, bytes(raw), elapsed), dissection: session.dissect(input(raw)) }
}

/// What is dissected of a frame as it was captured.
#[inline]
pub(crate) fn input<'f>(raw: &wirelens_capture::Frame<'f>) -> Input<'f> {
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

/// Frames that were lost before it, as its record says.
#[inline]
fn lost(raw: &wirelens_capture::Frame<'_>) -> u64 {
    if raw.options.bytes.is_empty() { 0 } else { raw.drop_count().unwrap_or(0) }
}

#[inline]
fn length(raw: &wirelens_capture::Frame<'_>) -> u32 {
    raw.length.saturating_sub(raw.pseudo_header_length() as u32)
}

/// What a report says of a frame besides its dissection.
#[inline]
pub(crate) fn head(raw: &wirelens_capture::Frame<'_>, bytes: &[u8], elapsed: Elapsed) -> Head {
    let (since_first, since_last) = elapsed.nanoseconds();
    Head {
        number: raw.number,
        time: raw.time.map(|time| (time.seconds(), time.nanoseconds())),
        since_first,
        since_last,
        length: length(raw),
        captured: bytes.len() as u32,
        interface: raw.interface,
    }
}
