//! A capture that another program dissects.
//!
//! We read the capture and write it to the program's standard input as pcapng, whatever it is: so
//! every input works, and frames have our numbers. What was given and not yet told waits in a
//! queue, of a limited number of bytes.

use std::collections::VecDeque;
use std::sync::Arc;

use wirelens_capture::{Block, PcapngWriter};
use wirelens_dissect::{Input, OwnedDissection, Registry, Settings};
use wirelens_report::Head;

use super::EngineError;
use super::engine::Which;
use super::orders::Orders;
use super::program::{Heard, Program};
use super::python;
use super::rest::Wanted;
use super::tshark::{Layers, PdmlFrame};
use crate::Error;

/// Bytes of frames that are given and not told; with less the program's own buffers would not fill.
const MOST: usize = 4 << 20;
/// What a frame takes besides its bytes.
const EACH: usize = 256;
/// A type of blocks for local use, which readers go past (draft-ietf-opsawg-pcapng, section 11.1),
/// and how long one is made: longer than what Wireshark reads at once.
const UNKNOWN_BLOCK: u32 = 0x8057_4c00;
const FILLER: u32 = 1 << 15;

/// A frame that is on its way.
struct Waiting {
    head: Head,
    input: Facts,
    bytes: Vec<u8>,
    /// What it takes in the queue, in bytes.
    size: usize,
    /// How it was dissected here.
    ours: Option<OwnedDissection>,
    /// The program was given it.
    given: bool,
}

#[derive(Clone, Copy)]
struct Facts {
    nanoseconds: i64,
    link_type: u32,
    fcs: Option<u8>,
}

/// What became of looking for the next frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Next {
    /// It is there.
    Frame,
    /// More has to be given first.
    More,
    /// There is none.
    End,
}

/// The program at work, and what it was given.
pub(crate) struct Foreign {
    orders: Orders,
    settings: Settings,
    layers: Layers,
    /// None before the first frame is given.
    program: Option<Program>,
    writer: PcapngWriter<Vec<u8>>,
    waiting: VecDeque<Waiting>,
    /// Bytes in the queue.
    held: usize,
    /// Frames that were given, and that were told.
    given: u64,
    told: u64,
    /// Nothing was given since the program was nudged.
    nudged: bool,
    /// The byte order of the section being written.
    big_endian: bool,
    /// All were given.
    complete: bool,
    head: Head,
    place: OwnedDissection,
}

impl Foreign {
    /// # Errors
    /// When the engine cannot do what it is ordered to.
    pub(crate) fn new(
        orders: Orders,
        settings: Settings,
        registry: &Arc<Registry>,
    ) -> Result<Foreign, Error> {
        let which = orders.engine.which();
        if which != Which::Tshark {
            python::check(which, &orders, &settings)?;
            if orders.fallback {
                let name = orders.engine.name();
                let text = format!("--fallback {name}: only tshark can be that");
                return Err(Error::Usage(text));
            }
        }
        let rows = orders.engine.rows(registry);
        let by = orders.fallback.then(|| orders.engine.name());
        let layers = Layers::new(rows, Wanted::new(registry, settings.clone()), by);
        Ok(Foreign {
            orders,
            settings,
            layers,
            program: None,
            writer: PcapngWriter::new(Vec::new()),
            waiting: VecDeque::new(),
            held: 0,
            given: 0,
            told: 0,
            nudged: false,
            big_endian: false,
            complete: false,
            head: Head::default(),
            place: OwnedDissection::empty(Arc::clone(registry)),
        })
    }

    /// Its name and version, and whether it is asked for what we do not know only.
    pub(crate) fn title(&self) -> String {
        match self.orders.fallback {
            false => self.orders.engine.title().to_owned(),
            true => format!("native, {} for what ends in data", self.orders.engine.title()),
        }
    }

    pub(crate) fn is_fallback(&self) -> bool {
        self.orders.fallback
    }

    /// Is there something to deliver at once?
    pub(crate) fn is_ready(&self) -> bool {
        match (self.waiting.front(), &self.program) {
            (Some(front), _) if !front.given => true,
            (Some(_), Some(program)) => program.has_told(),
            _ => false,
        }
    }

    /// The frame that was delivered last.
    pub(crate) fn current(&self) -> (&Head, &OwnedDissection) {
        (&self.head, &self.place)
    }

    /// Passes on what stands between frames: names, secrets.
    pub(crate) fn block(&mut self, block: &Block<'_>) -> Result<(), Error> {
        // Without frames nothing needs to be known.
        if !self.takes_pcapng() || self.orders.fallback && self.program.is_none() {
            return Ok(());
        }
        self.writer.block(block)?;
        self.send()
    }

    /// Takes a frame into the queue, and gives it to the program if that is to dissect it.
    pub(crate) fn take(
        &mut self,
        raw: &wirelens_capture::Frame<'_>,
        head: Head,
        input: &Input<'_>,
        ours: Option<OwnedDissection>,
    ) -> Result<(), Error> {
        let given = match &ours {
            Some(ours) => ends_in_data(ours),
            None => true,
        };
        if given {
            self.write(raw, input)?;
            self.send()?;
            self.given += 1;
        }
        let kept = ours.as_ref().map_or(0, size);
        let size = input.captured.len() + kept + EACH;
        self.held += size;
        let &Input { nanoseconds, link_type, fcs, .. } = input;
        self.waiting.push_back(Waiting {
            head,
            input: Facts { nanoseconds, link_type, fcs },
            bytes: input.captured.to_vec(),
            size,
            ours,
            given,
        });
        Ok(())
    }

    /// Writes a frame as the program reads it.
    fn write(&mut self, raw: &wirelens_capture::Frame<'_>, input: &Input<'_>) -> Result<(), Error> {
        if self.takes_pcapng() {
            return Ok(self.writer.frame(raw)?);
        }
        let to = self.writer.get_mut();
        for number in [input.link_type, input.captured.len() as u32, input.length] {
            to.extend_from_slice(&number.to_le_bytes());
        }
        to.extend_from_slice(&input.nanoseconds.to_le_bytes());
        to.extend_from_slice(input.captured);
        Ok(())
    }

    /// Does it read pcapng, and not what our helper reads?
    fn takes_pcapng(&self) -> bool {
        matches!(self.orders.engine.which(), Which::Tshark | Which::Pyshark)
    }

    /// There are no more frames.
    pub(crate) fn complete(&mut self) {
        self.complete = true;
        if let Some(program) = &mut self.program {
            program.give_no_more();
        }
    }

    fn send(&mut self) -> Result<(), Error> {
        let bytes = std::mem::take(self.writer.get_mut());
        if let [0x0a, 0x0d, 0x0d, 0x0a, _, _, _, _, order, ..] = bytes[..] {
            self.big_endian = order == 0x1a;
        }
        self.nudged = false;
        if self.program.is_none() {
            self.program = Some(Program::start(&self.orders, &self.settings)?);
        }
        if let Some(program) = &self.program {
            program.give(bytes);
        }
        Ok(())
    }

    /// Has the program tell of what it was given, though it may wait for a buffer to fill: a block
    /// that it does not know fills it.
    pub(crate) fn nudge(&mut self) {
        let Some(program) = self.program.as_ref().filter(|_| self.takes_pcapng()) else { return };
        if self.given > self.told && !std::mem::replace(&mut self.nudged, true) {
            let number = |number: u32| match self.big_endian {
                true => number.to_be_bytes(),
                false => number.to_le_bytes(),
            };
            let mut block = vec![0; FILLER as usize];
            for (at, value) in [(0, UNKNOWN_BLOCK), (4, FILLER), (FILLER as usize - 4, FILLER)] {
                if let Some(place) = block.get_mut(at..at + 4) {
                    place.copy_from_slice(&number(value));
                }
            }
            program.give(block);
        }
    }

    /// Delivers the next frame, if it has been told or can be waited for.
    pub(crate) fn next(&mut self) -> Result<Next, Error> {
        let Some(front) = self.waiting.front() else {
            if !self.complete {
                return Ok(Next::More);
            }
            return self.finish();
        };
        if !front.given {
            return Ok(self.deliver(None));
        }
        let wait = self.complete || self.held >= MOST;
        if wait && !self.complete {
            self.nudge();
        }
        match self.hear(wait)? {
            Heard::Frame(frame) => {
                self.told += 1;
                self.check(&frame)?;
                let next = self.deliver(Some(&frame));
                if let Some(program) = &self.program {
                    program.use_again(frame);
                }
                Ok(next)
            }
            Heard::Nothing => Ok(Next::More),
            Heard::Stop => Ok(Next::End),
            Heard::End => Err(self.ended().into()),
        }
    }

    fn deliver(&mut self, frame: Option<&PdmlFrame>) -> Next {
        let Some(next) = self.waiting.pop_front() else { return Next::End };
        self.held -= next.size;
        self.head = next.head;
        let limits = &self.settings.limits;
        match (next.ours, frame) {
            (Some(ours), None) => self.place = ours,
            (Some(mut ours), Some(frame)) => {
                let names = known_layers(&ours);
                if let Some(behind) = self.layers.behind(frame, &names) {
                    ours.cut(names.len());
                    let mut composer = ours.go_on(limits);
                    self.layers.turn(frame, &next.bytes, behind, &mut composer);
                    composer.end();
                }
                self.place = ours;
            }
            (None, frame) => {
                let Facts { nanoseconds, link_type, fcs } = next.input;
                let input = Input {
                    number: next.head.number,
                    nanoseconds,
                    link_type,
                    captured: &next.bytes,
                    length: next.head.length,
                    fcs,
                };
                let mut composer = self.place.compose(input, limits);
                if let Some(frame) = frame {
                    self.layers.turn(frame, &next.bytes, 0, &mut composer);
                }
                composer.end();
            }
        }
        Next::Frame
    }

    /// Is it the frame that it should be?
    fn check(&self, frame: &PdmlFrame) -> Result<(), Error> {
        let Some(front) = self.waiting.front() else { return Ok(()) };
        let number = frame.number();
        let captured = frame.find("caplen").and_then(|field| field.show()?.parse::<u64>().ok());
        let wrong = if number.is_some_and(|number| number != self.told) {
            format!("its frame {} where {} comes next", number.unwrap_or(0), self.told)
        } else if captured.is_some_and(|captured| captured != u64::from(front.head.captured)) {
            let (captured, ours) = (captured.unwrap_or(0), front.head.captured);
            format!("{captured} bytes in frame {}, which has {ours}", front.head.number)
        } else {
            return Ok(());
        };
        Err(self.misunderstood(wrong).into())
    }

    fn misunderstood(&self, what: String) -> EngineError {
        let program = self.orders.engine.name();
        EngineError::Output { program, frame: self.told.saturating_sub(1), what }
    }

    /// Waits for the program's end.
    fn finish(&mut self) -> Result<Next, Error> {
        if self.program.is_none() {
            return Ok(Next::End);
        }
        match self.hear(true)? {
            Heard::Frame(_) => {
                let what = "more frames than there are".to_owned();
                Err(self.misunderstood(what).into())
            }
            Heard::Nothing | Heard::Stop => Ok(Next::End),
            Heard::End => {
                let Some(program) = &mut self.program else { return Ok(Next::End) };
                match program.wait() {
                    (Some(status), said) if !status.success() => {
                        let (program, frame) = (self.orders.engine.name(), self.told);
                        let status = Some(status);
                        Err(EngineError::Ended { program, frame, status, said }.into())
                    }
                    _ => Ok(Next::End),
                }
            }
        }
    }

    fn hear(&mut self, wait: bool) -> Result<Heard, EngineError> {
        match &mut self.program {
            Some(program) => program.hear(wait, &self.orders, self.told),
            None => Ok(Heard::Nothing),
        }
    }

    /// The error that the program ended too early.
    fn ended(&mut self) -> EngineError {
        let told = self.told;
        match &mut self.program {
            Some(program) => program.ended(told),
            None => self.misunderstood("nothing".to_owned()),
        }
    }
}

/// What a dissection takes, in bytes.
fn size(frame: &OwnedDissection) -> usize {
    let frame = frame.lend();
    let buffers = (1..frame.buffer_count()).map(|at| frame.buffer(at as u8).len());
    frame.captured().len() + 64 * frame.node_count() + buffers.sum::<usize>()
}

/// Is the innermost layer one that nobody knows?
fn ends_in_data(frame: &OwnedDissection) -> bool {
    let layers = frame.lend().layers();
    layers.last().is_some_and(|layer| layer.protocol.name == "data" && !layer.quoted)
}

/// The names of its layers without the data at their end.
fn known_layers(frame: &OwnedDissection) -> Vec<&'static str> {
    let layers = frame.lend();
    let names = layers.layers().iter().map(|layer| layer.protocol.name);
    let mut names: Vec<_> = names.collect();
    while names.last() == Some(&"data") {
        names.pop();
    }
    names
}
