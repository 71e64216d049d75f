//! One connection: requests that wait, streams, what came last.

use std::collections::{BTreeSet, VecDeque};

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::message::{self, Begun, Missing, Start};
use super::socket::Partial;
use super::stream::Block;
use super::transaction::{Message, Moment, Outcome, Request, Response, Socket};
use super::{All, Happening, Place, Span, Tell};
use crate::flow::Flow;
use crate::key::Side;
use crate::tcp;

/// What is remembered of a connection.
#[derive(Default)]
pub(super) struct Connection {
    /// Its transactions that are open.
    open: BTreeSet<u64>,
    /// Requests of each side that wait for a response.
    waiting: [VecDeque<Asked>; 2],
    /// Has the capture lost something that each side sent since a message of it was read?
    lost: [bool; 2],
    /// Those of each side whose response began before the end of their request was seen.
    early: [VecDeque<u64>; 2],
    /// Has each side said something that no layer has told yet?
    untold: [bool; 2],
    /// A layer of it was seen.
    seen: bool,
    /// A body of each side that is longer than was put together.
    bodies: [Option<Longer>; 2],
    /// Where what each side says began that no layer has told yet.
    began: [Option<Moment>; 2],
    /// The message of each side that began and is not complete.
    begun: [Option<Begun>; 2],
    /// The streams of HTTP/2.
    pub(super) streams: HashMap<u32, u64, FixedState>,
    /// Header blocks that go on in other frames.
    pub(super) blocks: [Option<Block>; 2],
    /// The transaction that has led to WebSocket.
    pub(super) upgraded: Option<u64>,
    /// Messages of WebSocket that are not complete.
    pub(super) partial: [Option<Partial>; 2],
    /// Who has closed the WebSocket.
    pub(super) closed: [bool; 2],
}

/// A request that waits.
#[derive(Clone, Copy)]
struct Asked {
    number: u64,
    /// The frame it began in.
    first: u64,
    /// What its side had of the other when it was sent.
    acknowledged: Option<u32>,
}

/// A body whose rest is counted only.
struct Longer {
    number: u64,
    request: bool,
    missing: Missing,
}

impl Connection {
    pub(super) fn began(&self, side: Side) -> Option<Moment> {
        self.began[side as usize]
    }

    /// Begins a transaction. One that the limit of the connection costs is given up.
    pub(super) fn begin(
        &mut self,
        all: &mut All,
        place: &Place<'_>,
        requester: Side,
        tell: Tell<'_>,
    ) -> u64 {
        while self.open.len() >= all.limits.per_connection.max(1) {
            let Some(oldest) = self.open.pop_first() else { break };
            if all.get(oldest).is_some() {
                all.give_up(oldest, tell);
            }
            self.streams.retain(|_, number| *number != oldest);
        }
        let number = all.begin(place, requester, tell);
        self.open.insert(number);
        number
    }

    pub(super) fn finish(
        &mut self,
        all: &mut All,
        number: u64,
        outcome: Option<Outcome>,
        tell: Tell<'_>,
    ) {
        self.open.remove(&number);
        all.finish(number, outcome, tell);
    }

    /// The flow is over. Messages that are not complete will not be.
    pub(super) fn over(&mut self, all: &mut All, flow: &Flow, tell: Tell<'_>) {
        for side in Side::BOTH {
            self.end_body(all, side, tell);
            self.give_up_block(all, side);
        }
        // Requests before the responses to them.
        let [a, b] = Side::BOTH;
        for (responds, side) in [(false, a), (false, b), (true, a), (true, b)] {
            let begun = self.begun[side as usize].take_if(|begun| begun.responds() == responds);
            let Some(begun) = begun else { continue };
            let here = begun.message.last;
            let place = Place { flow, side, secure: false, here, acknowledged: None, last: true };
            self.cut(all, &place, begun, tell);
        }
        while let Some(number) = self.open.pop_first() {
            all.finish(number, None, tell);
        }
    }

    /// The rest of a message does not come.
    fn cut(&mut self, all: &mut All, place: &Place<'_>, begun: Begun, tell: Tell<'_>) {
        let Begun { start, message, .. } = begun;
        let first = message.first;
        match start {
            Start::Request { method, target } => {
                let request = Request { method, target, message, ..Request::default() };
                self.request(all, place, (request, first), None, tell);
            }
            Start::Response { status, reason } => {
                if self.lost[place.side as usize] {
                    self.pass_lost(all, place.side, first, tell);
                }
                let response = Response { status, reason, message };
                self.response(all, place, response, None, tell);
            }
        }
    }

    /// A layer of HTTP/1.
    pub(super) fn http(
        &mut self,
        all: &mut All,
        place: &Place<'_>,
        span: &Span<'_>,
        tell: Tell<'_>,
    ) {
        let side = place.side;
        if !std::mem::replace(&mut self.seen, true) {
            self.untold[side.other() as usize] = place.flow.traffic(side.other()).payload() > 0;
        }
        let Some(responds) = message::is_response(span) else { return };
        let unknown = span.is_of_before().then(|| self.began(side).unwrap_or_default());
        let (first, _) = span.moments(span.layer.start, self.began(side));
        let began = unknown.unwrap_or(first);
        let mut begun = self.begun[side as usize].take();
        if unknown.is_none()
            && let Some(lost) = begun.take_if(|begun| begun.message.first.frame < began.frame)
        {
            // Its rest was lost, and this is the next.
            self.cut(all, place, lost, tell);
        }
        if responds && std::mem::take(&mut self.lost[side as usize]) {
            self.pass_lost(all, side, began, tell);
        }
        let keep = if all.limits.keep_bodies { all.limits.body } else { 0 };
        let asked = self.waiting[side.other() as usize].front().copied();
        let method = asked.and_then(|asked| all.get(asked.number)?.request.as_ref());
        let (head, connect) = method.map_or((false, false), |request| {
            (&*request.method == b"HEAD", &*request.method == b"CONNECT")
        });
        let no_body = |status: u16| {
            matches!(status, 100..200 | 204 | 304) || head || (connect && status / 100 == 2)
        };
        let Some(read) = message::read(span.frame, span.layer, keep, no_body) else { return };
        self.end_body(all, side, tell);
        let mut message = read.message;
        (message.first, message.last) = match unknown {
            Some(unknown) => (unknown, unknown),
            None => span.moments(read.end, self.began(side)),
        };
        if let Some(begun) = begun {
            message.first = begun.message.first;
            message.last = message.last.max(begun.message.last);
        }
        // Without a length a body ends where its side has no more to say.
        let missing = read.missing.filter(|&missing| missing != Missing::Rest || !place.last);
        match read.start {
            Start::Request { method, target } => {
                let request = Request { method, target, message, ..Request::default() };
                self.request(all, place, (request, began), missing, tell);
            }
            Start::Response { status, reason } => {
                let response = Response { status, reason, message };
                self.response(all, place, response, missing, tell);
            }
        }
    }

    fn request(
        &mut self,
        all: &mut All,
        place: &Place<'_>,
        (request, began): (Request, Moment),
        missing: Option<Missing>,
        tell: Tell<'_>,
    ) {
        let side = place.side;
        let early = self.answered_early(all, side, began, tell);
        let number = early.unwrap_or_else(|| self.begin(all, place, side, tell));
        let mut answered = false;
        if let Some(transaction) = all.get(number) {
            transaction.request = Some(request);
            answered = transaction.response.is_some();
        }
        if !answered {
            let (first, acknowledged) = (began.frame, place.acknowledged);
            self.waiting[side as usize].push_back(Asked { number, first, acknowledged });
        }
        while self.waiting[side as usize].len() > all.limits.per_connection.max(1) {
            self.waiting[side as usize].pop_front();
        }
        if let Some(missing) = missing {
            self.bodies[side as usize] = Some(Longer { number, request: true, missing });
            return all.settle(number, tell);
        }
        all.tell(number, Happening::Request, tell);
        all.settle(number, tell);
        self.finish_answered(all, number, tell);
    }

    /// The transaction whose response came while the request that began then was under way: a
    /// server need not wait for its end (RFC 9110 section 10.1.1, RFC 9112 section 9.3). Those that
    /// were answered before it began are over.
    fn answered_early(
        &mut self,
        all: &mut All,
        side: Side,
        began: Moment,
        tell: Tell<'_>,
    ) -> Option<u64> {
        while let Some(number) = self.early[side as usize].pop_front() {
            let Some(transaction) = all.get(number) else { continue };
            let response = transaction.interim.first().or(transaction.response.as_ref());
            if response.is_some_and(|response| response.message.first.frame >= began.frame) {
                return Some(number);
            }
            self.finish(all, number, None, tell);
        }
        None
    }

    /// Of what a side said something was lost, and it goes on with a response that began then. Those
    /// that wait for a response which had come before, since their side had some of it when it asked
    /// for the next, wait in vain.
    fn pass_lost(&mut self, all: &mut All, side: Side, began: Moment, tell: Tell<'_>) {
        let requester = side.other() as usize;
        while let [Some(first), Some(next)] =
            [0, 1].map(|at| self.waiting[requester].get(at).copied())
            && let [Some(before), Some(then)] = [first, next].map(|asked| asked.acknowledged)
            && next.first < began.frame
            && tcp::before(before, then)
        {
            self.waiting[requester].pop_front();
            self.finish(all, first.number, None, tell);
        }
    }

    /// A segment of one side has marks that tell of bytes that the capture lacks.
    pub(super) fn note_lost(&mut self, side: Side) {
        self.lost[side as usize] = true;
    }

    /// Finishes a transaction if nothing of it is to come.
    fn finish_answered(&mut self, all: &mut All, number: u64, tell: Tell<'_>) {
        let waits = self.early.iter().flatten().any(|&early| early == number);
        let goes_on = self.bodies.iter().flatten().any(|longer| longer.number == number);
        let Some(transaction) = all.get(number) else { return };
        let answered = transaction.response.is_some() && transaction.socket.is_none();
        if answered && !waits && !goes_on {
            self.finish(all, number, None, tell);
        }
    }

    /// The transaction of a response that no request waits for, and whether that may still come.
    fn without_request(&mut self, all: &mut All, place: &Place<'_>, tell: Tell<'_>) -> (u64, bool) {
        let requester = place.side.other();
        let known = self.early[requester as usize].back().copied();
        let open = |number: &u64| all.get(*number).is_some_and(|one| one.response.is_none());
        if let Some(number) = known.filter(open) {
            return (number, true);
        }
        let number = self.begin(all, place, requester, tell);
        let early = self.untold[requester as usize];
        if early {
            self.early[requester as usize].push_back(number);
        }
        (number, early)
    }

    fn response(
        &mut self,
        all: &mut All,
        place: &Place<'_>,
        response: Response,
        missing: Option<Missing>,
        tell: Tell<'_>,
    ) {
        let requester = place.side.other();
        let queue = &mut self.waiting[requester as usize];
        let interim = matches!(response.status, 100 | 102..200);
        let asked = if interim { queue.front().copied() } else { queue.pop_front() };
        let asked = asked.map(|asked| asked.number);
        let (number, early) = match asked {
            // It was given up.
            Some(number) if all.get(number).is_none() => return,
            Some(number) => (number, false),
            None => self.without_request(all, place, tell),
        };
        if self.bodies[requester as usize].as_ref().is_some_and(|longer| longer.number == number)
            && !interim
        {
            self.end_body(all, requester, tell);
        }
        let upgrade = response.message.field("upgrade").unwrap_or_default().to_ascii_lowercase();
        let h2 = response.status == 101 && upgrade == b"h2c";
        if interim || h2 {
            if let Some(transaction) = all.get(number) {
                transaction.note_interim(response.clone());
                transaction.stream = h2.then_some(1);
            }
            all.tell(number, Happening::Interim(&response), tell);
            all.settle(number, tell);
            if h2 {
                // RFC 7540 section 3.2: the response to it comes in the first stream.
                self.streams.insert(1, number);
            } else if asked.is_none() && !early {
                self.finish(all, number, None, tell);
            }
            return;
        }
        let socket = response.status == 101 && upgrade == b"websocket";
        if let Some(transaction) = all.get(number) {
            transaction.response = Some(response);
            transaction.socket = socket.then(Socket::default);
        }
        if let Some(missing) = missing {
            let longer = Longer { number, request: false, missing };
            self.bodies[place.side as usize] = Some(longer);
            return all.settle(number, tell);
        }
        all.tell(number, Happening::Response, tell);
        if socket {
            self.upgraded = Some(number);
            self.closed = [false; 2];
            all.settle(number, tell);
        } else if early {
            all.settle(number, tell);
        } else {
            self.finish(all, number, None, tell);
        }
    }

    /// A message begins in this frame, and its rest comes in others: these are its first bytes.
    pub(super) fn begins(&mut self, place: &Place<'_>, bytes: &[u8]) {
        let begun = Begun::read(bytes, place.here);
        self.begun[place.side as usize] = begun;
    }

    /// No more comes of a body that was longer than is put together.
    pub(super) fn end_body(&mut self, all: &mut All, side: Side, tell: Tell<'_>) {
        let Some(longer) = self.bodies[side as usize].take() else { return };
        let number = longer.number;
        let what = if longer.request { Happening::Request } else { Happening::Response };
        all.tell(number, what, tell);
        self.finish_answered(all, number, tell);
    }

    /// Behind the layers of a frame, in which there was `none` of HTTP, and which brought so many
    /// bytes.
    pub(super) fn passed(
        &mut self,
        all: &mut All,
        place: &Place<'_>,
        (none, came): (bool, u32),
        tell: Tell<'_>,
    ) {
        let side = place.side;
        if none && came > 0 {
            self.began[side as usize].get_or_insert(place.here);
            self.untold[side as usize] |= self.bodies[side as usize].is_none();
            self.longer(all, place, came, tell);
            if let Some(begun) = &mut self.begun[side as usize] {
                begun.goes_on(place.here, came);
            }
        } else if !none {
            self.untold[side as usize] = false;
            // What follows in this frame may be the beginning of the next message.
            self.began[side as usize] = Some(place.here);
        }
        if place.last {
            self.end_body(all, side, tell);
        }
    }

    /// Counts bytes of a body that was longer than is put together.
    fn longer(&mut self, all: &mut All, place: &Place<'_>, came: u32, tell: Tell<'_>) {
        let side = place.side;
        let Some(longer) = &mut self.bodies[side as usize] else { return };
        let mut came = u64::from(came);
        let mut ended = false;
        if let Missing::Bytes(missing) = &mut longer.missing {
            came = came.min(*missing);
            *missing -= came;
            ended = *missing == 0;
        }
        let message: Option<&mut Message> =
            all.get(longer.number).and_then(|transaction| transaction.message_mut(side));
        if let Some(message) = message {
            message.body.sent += came;
            message.body.cut = true;
            message.last = place.here;
            message.complete |= ended;
            message.body.decoded = match (message.body.decoded, longer.missing) {
                (Some(decoded), Missing::Bytes(_) | Missing::Rest) => Some(decoded + came),
                _ => None,
            };
        }
        if ended {
            self.end_body(all, side, tell);
        }
    }
}
