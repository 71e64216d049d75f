//! How TCP fared, over all flows.

use wirelens_flow::tcp::{FIN, Mark, SYN};
use wirelens_flow::{End, Event, Flow, Opening, Side};

use super::Histogram;

/// Connections by how they opened and ended, and what was noteworthy of them.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    pub(crate) all: u64,
    pub(crate) opened: [u64; Opened::ALL.len()],
    pub(crate) ended: [u64; ENDS.len()],
    /// Those that ended while one side had closed and the other had not.
    pub(crate) half_closed: u64,
    pub(crate) handshakes: Histogram,
    pub(crate) durations: Histogram,
    /// By who sent.
    pub(crate) sides: [Direction; 2],
}

/// What one side sent in all connections.
#[derive(Debug, Default)]
pub(crate) struct Direction {
    pub(crate) frames: u64,
    pub(crate) bytes: u64,
    pub(crate) payload: u64,
    pub(crate) resets: u64,
    pub(crate) marks: [u64; Mark::ALL.len()],
    /// How long it took until what it sent was acknowledged.
    pub(crate) round_trips: Histogram,
}

/// How a connection opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Opened {
    /// SYN, SYN and ACK, ACK.
    Handshake,
    /// A SYN that a reset answered.
    Refused,
    /// A SYN that nobody answered.
    Unanswered,
    /// A SYN was seen, but the handshake not to its end.
    Unfinished,
    /// It was there before the capture.
    Before,
}

impl Opened {
    pub(crate) const ALL: [Opened; 5] = [
        Opened::Handshake,
        Opened::Refused,
        Opened::Unanswered,
        Opened::Unfinished,
        Opened::Before,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Opened::Handshake => "handshake",
            Opened::Refused => "refused",
            Opened::Unanswered => "unanswered",
            Opened::Unfinished => "unfinished",
            Opened::Before => "before_capture",
        }
    }

    fn of(flow: &Flow, ended: End) -> Opened {
        let answered = flow.traffic(Side::Responder).frames() > 0;
        let syn_answered = flow.traffic(Side::Responder).flags() & SYN != 0;
        match flow.opening() {
            Opening::Syn if flow.handshake().is_some() => Opened::Handshake,
            Opening::Syn if ended == End::Reset && answered && !syn_answered => Opened::Refused,
            Opening::Syn if !answered => Opened::Unanswered,
            Opening::Syn => Opened::Unfinished,
            Opening::First | Opening::Port => Opened::Before,
        }
    }
}

/// Why no more frames were counted in a connection.
pub(crate) const ENDS: [End; 7] =
    [End::Fin, End::Reset, End::Idle, End::Active, End::Reused, End::Evicted, End::Input];

const TCP: u8 = 6;

impl Connections {
    /// Takes note of what happens to a flow, if it is TCP.
    #[inline]
    pub(crate) fn event(&mut self, flow: &Flow, event: &Event<'_>) {
        match *event {
            Event::Frame { side, round_trip: Some(time), .. } => {
                self.sides[side.other() as usize].round_trips.add(time);
            }
            Event::Reset { side } => self.sides[side as usize].resets += 1,
            Event::Over(ended) if flow.protocol() == TCP => self.over(flow, ended),
            _ => {}
        }
    }

    fn over(&mut self, flow: &Flow, ended: End) {
        self.all += 1;
        let opened = Opened::of(flow, ended);
        self.opened[opened as usize] += 1;
        if let Some(at) = ENDS.iter().position(|end| *end == ended) {
            self.ended[at] += 1;
        }
        let fins = Side::BOTH.map(|side| flow.traffic(side).flags() & FIN);
        self.half_closed += u64::from(ended != End::Reset && fins[0] != fins[1]);
        if let Some(time) = flow.handshake() {
            self.handshakes.add(time);
        }
        self.durations.add(flow.last().saturating_sub(flow.first()));
        for side in Side::BOTH {
            let (sum, traffic, counts) =
                (&mut self.sides[side as usize], flow.traffic(side), flow.counts(side));
            sum.frames += traffic.frames();
            sum.bytes += traffic.bytes();
            sum.payload += traffic.payload();
            for (count, mark) in sum.marks.iter_mut().zip(Mark::ALL) {
                *count += u64::from(counts.of(mark));
            }
        }
    }
}
