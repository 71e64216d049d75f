//! What happens to flows, an event a line.

use wirelens_flow::{Data, End, Event, Flow, Observer, Side};
use wirelens_report::{Json, Line, Syntax};

use super::print::moment;
use super::{FlowTally, Select, Trace, Tracing};
use crate::records::{self, Source, number, text};
use crate::{Error, Output};

impl Trace {
    /// Writes what happens to flows as ndjson: `{"flow":1,"event":"retransmit","frame":7,..}`. The
    /// events are those of [`Event::name`], but for frames themselves; of data and gaps `offset` and
    /// `length` are told, where [`Trace::data`] asks for them.
    ///
    /// # Errors
    /// When reading or writing fails.
    pub fn write_events(self, output: &mut Output) -> Result<FlowTally, Error> {
        let (select, limits) = (self.select.clone(), self.limits);
        let tracing = self.events()?;
        let mut events = Events { tracing, select, limits, tally: FlowTally::default() };
        records::write(&mut events, output)?;
        Ok(events.tally)
    }
}

/// Events on their way into a report.
struct Events {
    tracing: Tracing,
    select: Select,
    limits: super::FlowLimits,
    tally: FlowTally,
}

struct Written<'e> {
    line: &'e mut Line,
    select: &'e Select,
    /// The frame that is read: its number and time.
    frame: Option<(u64, u64)>,
}

impl Observer for Written<'_> {
    fn event(&mut self, flow: &Flow, event: Event<'_>) {
        if let Event::Frame { packet, .. } = event {
            self.frame = Some((packet.frame, packet.time));
            return;
        }
        if self.select.has(flow) {
            write_event(self.line, flow, event, self.frame);
        }
    }
}

fn write_event(line: &mut Line, flow: &Flow, event: Event<'_>, frame: Option<(u64, u64)>) {
    let opened = Json::open(line);
    number::<Json>(line, "flow", flow.number());
    text::<Json>(line, "event", event.name());
    let (side, place) = match event {
        Event::Begun { .. } => {
            text::<Json>(line, "protocol", flow.protocol_name());
            for side in Side::BOTH {
                text::<Json>(line, side.name(), &flow.end(side).to_string());
            }
            (None, None)
        }
        Event::Mark { side, .. } | Event::HalfClosed { side } | Event::Reset { side } => {
            (Some(side), None)
        }
        Event::Data(Data { side, offset, bytes, .. }) => {
            (Some(side), Some((offset, bytes.len() as u64)))
        }
        Event::Gap { side, offset, length, .. } => (Some(side), Some((offset, length))),
        Event::Over(end) => {
            text::<Json>(line, "ended", end.name());
            (None, None)
        }
        _ => (None, None),
    };
    if let Some(side) = side {
        text::<Json>(line, "from", side.name());
    }
    if let Some((offset, length)) = place {
        number::<Json>(line, "offset", offset);
        number::<Json>(line, "length", length);
    }
    let frame = match event {
        // Bytes that waited came in another frame.
        Event::Data(Data { frame, time, .. }) => Some((frame, time)),
        Event::Over(End::Idle | End::Active | End::Evicted | End::Input) => None,
        _ => frame,
    };
    match frame {
        Some((frame, time)) => {
            number::<Json>(line, "frame", frame);
            moment::<Json>(line, "time", time);
        }
        None => moment::<Json>(line, "time", flow.last()),
    }
    Json::close(line, opened);
    line.add(b"\n");
}

impl Source for Events {
    fn begin(&mut self, _: &mut Line) {}

    fn advance(&mut self, line: &mut Line) -> Result<bool, Error> {
        self.tracing.advance(&mut Written { line, select: &self.select, frame: None })
    }

    fn may_wait(&self) -> bool {
        self.tracing.may_wait()
    }

    fn finish(&mut self, _: &mut Line, interrupted: bool) {
        let warnings = std::mem::take(&mut self.tally.warnings);
        self.tally = FlowTally { warnings, ..FlowTally::of(&self.tracing) };
        self.tally.interrupted |= interrupted;
        self.tally.warn(&mut self.tracing, &self.limits);
    }
}
