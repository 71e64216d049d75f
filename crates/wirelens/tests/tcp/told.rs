//! What is told of a capture's flows.

use std::path::PathBuf;

use wirelens::flow::tcp::{Mark, State};
use wirelens::flow::{Data, Event, Flow, Side};

/// A flow, and what was told of it.
pub(crate) struct Told {
    pub(crate) flow: Flow,
    pub(crate) end: &'static str,
    /// Who is meant is said first: `>` for the initiator. What was said stands behind `>` and `<`
    /// with its offset and length.
    pub(crate) events: Vec<String>,
    /// The states of the initiator and the responder behind each of its frames.
    pub(crate) states: Vec<(u64, [State; 2])>,
}

/// A capture of the folder tcp.
pub(crate) fn path(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../tests/captures/tcp", name].iter().collect()
}

/// The flows of a capture as they began.
pub(crate) fn told(name: &str) -> Vec<Told> {
    let mut tracing = wirelens::trace(path(name)).data(true).events().expect("a capture");
    let mut all: Vec<Told> = Vec::new();
    let mut note = |flow: &Flow, event: Event<'_>| {
        let at = flow.number() as usize - 1;
        if at == all.len() {
            let (flow, end) = (flow.clone(), "");
            all.push(Told { flow, end, events: Vec::new(), states: Vec::new() });
        }
        let one = &mut all[at];
        let arrow = |side: Side| if side == Side::Initiator { ">" } else { "<" };
        let text = match event {
            Event::Frame { packet, .. } => {
                let states = Side::BOTH.map(|side| flow.state(side));
                return one.states.push((packet.frame, states));
            }
            Event::Over(end) => {
                one.flow = flow.clone();
                return one.end = end.name();
            }
            Event::Data(Data { side, offset, bytes, .. }) => {
                format!("{} {offset}+{}", arrow(side), bytes.len())
            }
            Event::Gap { side, offset, length, .. } => {
                format!("{} gap {offset}+{length}", arrow(side))
            }
            Event::Mark { side, .. } | Event::HalfClosed { side } | Event::Reset { side } => {
                format!("{} {}", arrow(side), event.name())
            }
            _ => event.name().to_owned(),
        };
        one.events.push(text);
    };
    while tracing.advance(&mut note).expect("frames") {}
    all
}

impl Told {
    /// The port of an end.
    pub(crate) fn port(&self, side: Side) -> u16 {
        self.flow.end(side).port
    }

    /// How often a side was marked so.
    pub(crate) fn count(&self, side: Side, mark: Mark) -> u32 {
        self.flow.counts(side).of(mark)
    }

    /// The last states, of the initiator and the responder.
    pub(crate) fn last(&self) -> [&'static str; 2] {
        self.states.last().map_or([""; 2], |(_, states)| states.map(State::name))
    }
}
