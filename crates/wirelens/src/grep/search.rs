//! Looks for the pattern in all that flows carry.

use std::collections::HashMap;

use regex::bytes::Regex;
use wirelens_flow::http::{self, Happening, Message, Transactions};
use wirelens_flow::{Data, Event, Flow, Packet, Side};

use super::window::{Found, Place, Window};
use super::{GrepLimits, Pattern};

/// What a match was found in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Within {
    /// What one side of a TCP connection sent.
    Stream,
    /// The payload of a datagram.
    Datagram,
    /// A body of HTTP, decoded.
    Body,
    /// A message of WebSocket, unmasked and decompressed.
    Message,
}

impl Within {
    pub(super) fn name(self) -> &'static str {
        match self {
            Within::Stream => "stream",
            Within::Datagram => "datagram",
            Within::Body => "body",
            Within::Message => "message",
        }
    }
}

/// Where matches go: who sent it, what it is in, and the match.
pub(super) type Each<'e> = &'e mut dyn FnMut(&Flow, Side, Within, &Found<'_>);

/// The search, over all flows.
pub(super) struct Search {
    pattern: Regex,
    limits: GrepLimits,
    windows: HashMap<(u64, Side), Window>,
    /// Bytes that all windows take.
    memory: usize,
    transactions: Transactions,
    /// Windows that were searched before time because all together took too much.
    pub(super) hurried: u64,
}

impl Search {
    pub(super) fn new(pattern: Pattern, limits: GrepLimits) -> Search {
        let transactions = http::Limits {
            body: limits.body,
            keep_bodies: true,
            messages: 0,
            ..http::Limits::default()
        };
        Search {
            pattern: pattern.0,
            limits,
            windows: HashMap::new(),
            memory: 0,
            transactions: Transactions::new(transactions),
            hurried: 0,
        }
    }

    pub(super) fn event(&mut self, flow: &Flow, event: Event<'_>, each: Each<'_>) {
        match event {
            Event::Data(data) => self.data(flow, data, each),
            Event::Frame { side, packet, dissection, .. } if packet.segment.is_none() => {
                let layer = dissection.layers().get(packet.layer);
                let bytes = layer.map_or(&[][..], |layer| dissection.payload(layer));
                self.whole(bytes, place(packet), &mut |found| {
                    each(flow, side, Within::Datagram, found);
                });
            }
            Event::Over(_) => {
                for side in Side::BOTH {
                    let Some(mut window) = self.windows.remove(&(flow.number(), side)) else {
                        continue;
                    };
                    self.memory -= window.cost();
                    window.finish(&self.pattern, &mut |found| {
                        each(flow, side, Within::Stream, found);
                    });
                }
            }
            _ => {}
        }
        self.messages(flow, event, each);
    }

    fn data(&mut self, flow: &Flow, data: Data<'_>, each: Each<'_>) {
        let Data { side, offset, bytes, frame, time } = data;
        let window = self.windows.entry((flow.number(), side)).or_default();
        let before = window.cost();
        let mut found = |found: &Found<'_>| each(flow, side, Within::Stream, found);
        let place = Place { offset, frame, time };
        window.add((bytes, place), (&self.pattern, self.limits.longest), &mut found);
        if self.memory + window.cost() - before.min(window.cost()) > self.limits.memory {
            self.hurried += 1;
            window.finish(&self.pattern, &mut found);
        }
        self.memory = self.memory + window.cost() - before;
    }

    /// Looks into bytes that stand for themselves.
    fn whole(&self, bytes: &[u8], place: Place, each: &mut dyn FnMut(&Found<'_>)) {
        for found in self.pattern.find_iter(bytes).filter(|found| !found.is_empty()) {
            each(&Found {
                offset: found.start() as u64,
                around: bytes,
                start: found.start(),
                end: found.end(),
                first: place,
                last: place,
            });
        }
    }

    /// What HTTP carries in another form than it was sent in.
    fn messages(&mut self, flow: &Flow, event: Event<'_>, each: Each<'_>) {
        let pattern = &self.pattern;
        let mut look = |side: Side, within: Within, bytes: &[u8], first: Place, last: Place| {
            for found in pattern.find_iter(bytes).filter(|found| !found.is_empty()) {
                let (start, end) = (found.start(), found.end());
                let offset = start as u64;
                each(flow, side, within, &Found { offset, around: bytes, start, end, first, last });
            }
        };
        let moment =
            |moment: http::Moment| Place { offset: 0, frame: moment.frame, time: moment.time };
        self.transactions.event(flow, event, &mut |transaction, what| match what {
            Happening::Over => {
                let asked = transaction.request.as_ref().map(|request| &request.message);
                let answered = transaction.response.as_ref().map(|response| &response.message);
                let (asks, answers) = (transaction.requester, transaction.requester.other());
                for (side, message) in [(asks, asked), (answers, answered)] {
                    if let Some(message) = message.filter(|message| is_changed(message)) {
                        let (first, last) = (moment(message.first), moment(message.last));
                        look(side, Within::Body, &message.body.bytes, first, last);
                    }
                }
            }
            // A server does not mask; a message that it sent as it is, in one piece, was found in
            // what it sent.
            Happening::Message(message)
                if message.side == transaction.requester
                    || message.fragments > 1
                    || message.decoded != Some(message.sent) =>
            {
                let (first, last) = (moment(message.first), moment(message.last));
                look(message.side, Within::Message, &message.bytes, first, last);
            }
            _ => {}
        });
    }
}

/// Is a body other than the bytes that were sent?
fn is_changed(message: &Message) -> bool {
    message.body.decoded != Some(message.body.sent) || message.version.starts_with(b"HTTP/2")
}

fn place(packet: &Packet) -> Place {
    Place { offset: 0, frame: packet.frame, time: packet.time }
}
