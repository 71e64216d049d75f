//! What is told of flows.

use wirelens_dissect::Dissection;
use wirelens_reassembly::stream::GapReason;

use crate::flow::{End, Flow};
use crate::key::Side;
use crate::packet::Packet;
use crate::tcp::{Mark, Marks};

/// Is told what happens to flows, in the order of the frames. What is lent is gone when a call
/// returns. Any `FnMut(&Flow, Event<'_>)` is one.
pub trait Observer {
    /// Something happened to a flow, which is shown as it is now: the frame is counted.
    fn event(&mut self, flow: &Flow, event: Event<'_>);

    /// Does it want [`Event::Frame`] told? Where nobody does, and nothing else is asked of frames than
    /// what flows count, most of them need no dissection: [`Tracker::see`](crate::Tracker::see).
    fn wants_frames(&self) -> bool {
        true
    }
}

impl<F: FnMut(&Flow, Event<'_>)> Observer for F {
    fn event(&mut self, flow: &Flow, event: Event<'_>) {
        self(flow, event);
    }
}

/// Something that happened to a flow. Of a frame, [`Event::Begun`] comes first, then
/// [`Event::Frame`], then what it brings about.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// Its first frame was seen. A connection that was there before the capture is `joined`.
    Begun {
        /// It was there before.
        joined: bool,
    },
    /// A frame of it.
    Frame {
        /// Who sent it.
        side: Side,
        /// What the flow knows of it.
        packet: &'a Packet,
        /// All of it.
        dissection: &'a Dissection<'a>,
        /// What is noteworthy, each told by an [`Event::Mark`] too.
        marks: Marks,
        /// How long what the other side sent was under way until this frame acknowledged it, in
        /// nanoseconds.
        round_trip: Option<u64>,
    },
    /// The handshake is done.
    Established,
    /// Something is noteworthy of the frame.
    Mark {
        /// Who sent it.
        side: Side,
        /// What.
        mark: Mark,
    },
    /// The next bytes that one side sent, each byte once; told where
    /// [`Options::data`](crate::Options) asks for it.
    Data(Data<'a>),
    /// The next bytes that one side sent are missing.
    Gap {
        /// Who sent them.
        side: Side,
        /// Where they begin in what this side sent.
        offset: u64,
        /// How many there are.
        length: u64,
        /// Why they are given up.
        reason: GapReason,
    },
    /// One side has sent its FIN, the other not.
    HalfClosed {
        /// Who has.
        side: Side,
    },
    /// One side has reset the connection.
    Reset {
        /// Who has.
        side: Side,
    },
    /// Both sides have closed, and it was acknowledged.
    Closed,
    /// No more frames are counted in it: what is known of it is final.
    Over(End),
}

impl Event<'_> {
    /// Its name. Data is `data send` from the initiator and `data recv` from the responder.
    pub fn name(&self) -> &'static str {
        match self {
            Event::Begun { joined: false } => "session",
            Event::Begun { joined: true } => "missed syn",
            Event::Frame { .. } => "frame",
            Event::Established => "start",
            Event::Mark { mark, .. } => mark.name(),
            Event::Data(Data { side: Side::Initiator, .. }) => "data send",
            Event::Data(Data { side: Side::Responder, .. }) => "data recv",
            Event::Gap { .. } => "gap",
            Event::HalfClosed { .. } => "half close",
            Event::Reset { .. } => "reset",
            Event::Closed => "end",
            Event::Over(End::Idle | End::Active) => "expire",
            Event::Over(End::Evicted) => "evict",
            Event::Over(_) => "over",
        }
    }
}

/// Consecutive bytes of one side, out of one frame.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// Who sent them.
    pub side: Side,
    /// Where they are in what this side sent: 0 is the first byte behind the SYN, or the first that
    /// was seen.
    pub offset: u64,
    /// The bytes.
    pub bytes: &'a [u8],
    /// The frame they came in.
    pub frame: u64,
    /// When that was captured, in nanoseconds since 1970.
    pub time: u64,
}
