//! Transactions of HTTP: requests and the responses to them, out of dissected layers.
//!
//! [`Transactions`] is told the events of flows, and tells what comes of them:
//!
//! ```
//! use wirelens_flow::http::{Happening, Limits, Transaction, Transactions};
//! use wirelens_flow::{Event, Flow};
//!
//! let mut transactions = Transactions::new(Limits::default());
//! let mut observer = |flow: &Flow, event: Event<'_>| {
//!     transactions.event(flow, event, &mut |transaction: &Transaction, what| {
//!         if let Happening::Over = what {
//!             println!("{}", String::from_utf8_lossy(&transaction.url()));
//!         }
//!     });
//! };
//! # let _ = &mut observer;
//! ```
//!
//! Responses belong to the requests of their connection in their order (RFC 9112 section 9.3.2), in
//! HTTP/2 to those of their stream. The session must put segments together and record the fields of
//! [`protocols`].

mod connection;
mod message;
mod socket;
mod stream;
mod transaction;

use std::collections::BTreeMap;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use wirelens_dissect::{Dissection, Layer, Node, Protocol};
use wirelens_protocols::application::http::HTTP;
use wirelens_protocols::application::http2::HTTP2;
use wirelens_protocols::application::tls::TLS;
use wirelens_protocols::application::websocket::WEBSOCKET;
use wirelens_protocols::transport::tcp::{OF_FRAME, TCP};

use crate::event::Event;
use crate::flow::Flow;
use crate::key::Side;
use crate::packet::Packet;
use crate::tcp::{FIN, Mark, Marks, RST};
use connection::Connection;
pub use transaction::{
    Body, HeaderField, Message, Moment, Outcome, Request, Response, Socket, SocketMessage,
    Transaction,
};

/// The protocols whose fields a session must record.
pub fn protocols() -> [&'static Protocol; 4] {
    [&TCP, &HTTP, &HTTP2, &WEBSOCKET]
}

/// Bounds on what is remembered. What they cost is counted in [`Counters`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Transactions that are open at a time; the oldest is given up for a newer one. 65,536.
    pub open: usize,
    /// Transactions that are open in one connection. 1,000.
    pub per_connection: usize,
    /// Bytes that all open transactions take. 256 MiB.
    pub memory: usize,
    /// Bytes of one body that are kept. 1 MiB.
    pub body: usize,
    /// Messages of WebSocket that are kept of one connection; more are told, and counted. 1,000.
    pub messages: usize,
    /// Bodies are kept, for those who show them.
    pub keep_bodies: bool,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            open: 1 << 16,
            per_connection: 1_000,
            memory: 256 << 20,
            body: 1 << 20,
            messages: 1_000,
            keep_bodies: false,
        }
    }
}

/// What was seen so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counters {
    /// Transactions.
    pub transactions: u64,
    /// Requests.
    pub requests: u64,
    /// Responses, those before the last (1xx) too.
    pub responses: u64,
    /// Transactions of which request and response were seen, all of both.
    pub complete: u64,
    /// Requests without a response.
    pub unanswered: u64,
    /// Responses without a request.
    pub without_request: u64,
    /// Transactions given up for the sake of limits.
    pub given_up: u64,
    /// Messages of WebSocket.
    pub messages: u64,
}

/// What happens to a transaction.
#[derive(Clone, Copy, Debug)]
pub enum Happening<'a> {
    /// Its request was seen, as far as it will be.
    Request,
    /// A response before the last.
    Interim(&'a Response),
    /// Its response was seen, as far as it will be.
    Response,
    /// A message of WebSocket behind it.
    Message(&'a SocketMessage),
    /// It is over: what is known of it is final.
    Over,
}

/// Is told what happens to transactions.
pub type Tell<'t> = &'t mut dyn FnMut(&Transaction, Happening<'_>);

/// Follows transactions. Its memory is bounded by its limits, and by those of the flows.
pub struct Transactions {
    all: All,
    connections: HashMap<u64, Connection, FixedState>,
    times: Times,
}

/// The transactions that are open.
struct All {
    limits: Limits,
    counters: Counters,
    open: BTreeMap<u64, Transaction>,
    /// What they take.
    memory: usize,
    /// What header blocks take that are not complete.
    blocks: usize,
}

/// Where something of a flow was seen.
#[derive(Clone, Copy)]
struct Place<'a> {
    flow: &'a Flow,
    side: Side,
    secure: bool,
    here: Moment,
    /// What its side has of the other, as the segment says.
    acknowledged: Option<u32>,
    /// The segment says that its side has no more to say.
    last: bool,
}

impl Transactions {
    /// Nothing yet.
    #[must_use]
    pub fn new(limits: Limits) -> Transactions {
        let all = All {
            limits,
            counters: Counters::default(),
            open: BTreeMap::new(),
            memory: 0,
            blocks: 0,
        };
        Transactions { all, connections: HashMap::default(), times: Times::default() }
    }

    /// What was seen so far.
    pub fn counters(&self) -> Counters {
        self.all.counters
    }

    /// Is told an event of a flow.
    pub fn event(&mut self, flow: &Flow, event: Event<'_>, tell: Tell<'_>) {
        match event {
            Event::Frame { side, packet, dissection, marks, .. } => {
                self.frame(flow, side, (packet, marks), dissection, tell);
            }
            Event::Over(_) => {
                let Some(mut connection) = self.connections.remove(&flow.number()) else { return };
                connection.over(&mut self.all, flow, tell);
            }
            _ => {}
        }
    }

    fn frame(
        &mut self,
        flow: &Flow,
        side: Side,
        (packet, marks): (&Packet, Marks),
        frame: &Dissection<'_>,
        tell: Tell<'_>,
    ) {
        let here = Moment { frame: packet.frame, time: packet.time };
        let layers = frame.layers().get(packet.layer + 1..).unwrap_or_default();
        let ours = |layer: &&Layer| {
            let protocol = layer.protocol;
            !layer.quoted && (protocol == &HTTP || protocol == &HTTP2 || protocol == &WEBSOCKET)
        };
        self.times.note(here);
        let segment = packet.segment.as_ref();
        let place = Place {
            flow,
            side,
            secure: layers.iter().any(|layer| layer.protocol == &TLS),
            here,
            acknowledged: segment.and_then(|segment| segment.acknowledgment),
            last: segment.is_some_and(|segment| segment.has(FIN | RST)),
        };
        if !marks.is_empty()
            && let Some(connection) = self.connections.get_mut(&flow.number())
        {
            if marks.has(Mark::LostSegment) {
                connection.note_lost(side);
            }
            if marks.has(Mark::AckedUnseen) {
                connection.note_lost(side.other());
                // How much of a body was lost is not known, nor where it ends.
                connection.end_body(&mut self.all, side.other(), tell);
            }
        }
        let mut none = true;
        for (at, layer) in layers.iter().enumerate().filter(|(_, layer)| ours(layer)) {
            let connection = self.connections.entry(flow.number()).or_default();
            none = false;
            let span = Span { frame, packet, layer, times: &self.times, here };
            let place = Place { last: place.last && at + 1 == layers.len(), ..place };
            match layer.protocol {
                it if it == &HTTP => connection.http(&mut self.all, &place, &span, tell),
                it if it == &HTTP2 => connection.http2(&mut self.all, &place, &span, tell),
                _ => connection.socket(&mut self.all, &place, &span, layers.get(at + 1), tell),
            }
        }
        let again = [Mark::Retransmission, Mark::FastRetransmission, Mark::SpuriousRetransmission];
        let again = again.into_iter().any(|mark| marks.has(mark));
        if let Some(connection) = self.connections.get_mut(&flow.number()) {
            let came = if again { 0 } else { packet.payload };
            connection.passed(&mut self.all, &place, (none, came), tell);
        }
        if let Some(begins) = frame.beginning().filter(|begins| begins.protocol == &HTTP) {
            let bytes = frame.buffer(begins.buffer);
            let bytes = bytes.get(begins.start as usize..begins.end as usize).unwrap_or_default();
            self.connections.entry(flow.number()).or_default().begins(&place, bytes);
        }
    }
}

impl All {
    /// Begins a transaction; the oldest are given up where there are too many.
    fn begin(&mut self, place: &Place<'_>, requester: Side, tell: Tell<'_>) -> u64 {
        while self.open.len() >= self.limits.open.max(1) {
            let Some((&oldest, _)) = self.open.first_key_value() else { break };
            self.give_up(oldest, tell);
        }
        self.counters.transactions += 1;
        let number = self.counters.transactions;
        let transaction = Transaction {
            number,
            flow: place.flow.number(),
            requester,
            client: place.flow.end(requester),
            server: place.flow.end(requester.other()),
            secure: place.secure,
            stream: None,
            pushed: false,
            request: None,
            interim: Vec::new(),
            response: None,
            socket: None,
            outcome: Outcome::Open,
            cost: 0,
        };
        self.open.insert(number, transaction);
        number
    }

    fn get(&mut self, number: u64) -> Option<&mut Transaction> {
        self.open.get_mut(&number)
    }

    fn tell(&mut self, number: u64, what: Happening<'_>, tell: Tell<'_>) {
        match what {
            Happening::Request => self.counters.requests += 1,
            Happening::Response | Happening::Interim(_) => self.counters.responses += 1,
            Happening::Message(_) => self.counters.messages += 1,
            Happening::Over => {}
        }
        if let Some(transaction) = self.open.get(&number) {
            tell(transaction, what);
        }
    }

    /// Has what a transaction takes counted anew. It may be given up for it, or others.
    fn settle(&mut self, number: u64, tell: Tell<'_>) {
        if let Some(transaction) = self.open.get_mut(&number) {
            let now = transaction.measure();
            let before = std::mem::replace(&mut transaction.cost, now);
            self.memory = self.memory - before + transaction.cost;
        }
        while self.memory > self.limits.memory {
            let Some((&oldest, _)) = self.open.first_key_value() else { break };
            self.give_up(oldest, tell);
        }
    }

    fn give_up(&mut self, number: u64, tell: Tell<'_>) {
        self.counters.given_up += 1;
        self.finish(number, Some(Outcome::GivenUp), tell);
    }

    /// A transaction is over.
    fn finish(&mut self, number: u64, outcome: Option<Outcome>, tell: Tell<'_>) {
        let Some(mut transaction) = self.open.remove(&number) else { return };
        self.memory -= transaction.cost;
        let answered = transaction.response.is_some() || transaction.socket.is_some();
        let by_itself = if answered { Outcome::Answered } else { Outcome::Unanswered };
        transaction.outcome = outcome.unwrap_or(by_itself);
        self.counters.complete += u64::from(transaction.is_complete());
        self.counters.unanswered += u64::from(!answered && transaction.request.is_some());
        self.counters.without_request += u64::from(transaction.request.is_none());
        tell(&transaction, Happening::Over);
    }
}

/// When the frames before were captured, those that messages may have come in.
#[derive(Default)]
struct Times(Vec<Moment>);

/// Frames whose times are known.
const KNOWN: usize = 1 << 16;

impl Times {
    fn note(&mut self, here: Moment) {
        if self.0.is_empty() {
            self.0.resize(KNOWN, Moment::default());
        }
        if let Some(place) = self.0.get_mut(here.frame as usize % KNOWN) {
            *place = here;
        }
    }

    fn of(&self, frame: u64) -> Option<Moment> {
        self.0.get(frame as usize % KNOWN).filter(|known| known.frame == frame).copied()
    }
}

/// A layer, and what tells when its bytes came.
struct Span<'a> {
    frame: &'a Dissection<'a>,
    packet: &'a Packet,
    layer: &'a Layer,
    times: &'a Times,
    /// The frame that completes it.
    here: Moment,
}

impl Span<'_> {
    /// Are the layer's bytes not of this frame alone, and not told of which they are? They waited, and
    /// nothing came behind them.
    fn is_of_before(&self) -> bool {
        let Some(transport) = self.frame.layers().get(self.packet.layer) else { return false };
        let [nodes, _] = self.frame.nodes(transport);
        let told =
            |node: &Node| std::ptr::eq(node.field, &OF_FRAME) && node.buffer == self.layer.buffer;
        self.layer.buffer != transport.buffer && !nodes.iter().any(told)
    }

    /// The frames in which the first and the last of the bytes came that end before `end` in the
    /// layer's buffer. `began` is what is taken where the first came too long ago.
    fn moments(&self, end: u32, began: Option<Moment>) -> (Moment, Moment) {
        let here = self.here;
        let Some(transport) = self.frame.layers().get(self.packet.layer) else {
            return (here, here);
        };
        let last_byte = end.max(self.layer.start + 1) - 1;
        let (mut first, mut last) = (here, here);
        let [nodes, _] = self.frame.nodes(transport);
        for node in nodes {
            if !std::ptr::eq(node.field, &OF_FRAME) || node.buffer != self.layer.buffer {
                continue;
            }
            let bytes = node.offset..node.offset + node.length;
            let moment = || {
                let began = began.filter(|began| began.frame == node.number());
                let unknown = began.unwrap_or(Moment { frame: node.number(), time: here.time });
                self.times.of(node.number()).unwrap_or(unknown)
            };
            if bytes.contains(&self.layer.start) {
                first = moment();
            }
            if bytes.contains(&last_byte) {
                last = moment();
            }
        }
        (first, last)
    }
}
