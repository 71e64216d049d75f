//! Streams of HTTP/2.

use wirelens_dissect::{DecodeLimits, Node};
use wirelens_protocols::application::http::decode_content;
use wirelens_protocols::application::http2::{
    DATA_BYTES, FLAGS, HEADER, NAME, PUSH_STREAM, RESET_ERROR, STREAM, STREAM_ID, TYPE, VALUE,
};

use super::connection::Connection;
use super::transaction::{HeaderField, Message, Moment, Outcome, Request, Response};
use super::{All, Happening, Limits, Place, Span, Tell};
use crate::key::Side;

/// A header block.
pub(super) struct Block {
    stream: u32,
    promised: Option<u32>,
    ends: bool,
    fields: Vec<HeaderField>,
    header: u64,
    first: Moment,
    /// Bytes of its fields.
    pub(super) taken: usize,
}

const DATA: u64 = 0;
const HEADERS: u64 = 1;
const RST_STREAM: u64 = 3;
const PUSH_PROMISE: u64 = 5;
const CONTINUATION: u64 = 9;
const END_STREAM: u64 = 1;
const END_HEADERS: u64 = 4;

/// Fields of one block that are kept: a block may go on in any number of frames.
const MOST_FIELDS: usize = 4096;
/// Fields behind one body that are kept.
const MOST_TRAILERS: usize = 64;
/// The share of the memory for transactions that blocks may take before they are complete.
const BLOCKS: usize = 4;

impl Connection {
    /// A frame of HTTP/2.
    pub(super) fn http2(
        &mut self,
        all: &mut All,
        place: &Place<'_>,
        span: &Span<'_>,
        tell: Tell<'_>,
    ) {
        let [nodes, _] = span.frame.nodes(span.layer);
        let find = |row: &'static _| nodes.iter().find(|node| std::ptr::eq(node.field, row));
        let number = |row: &'static _| find(row).map(Node::number);
        let (Some(kind), Some(stream)) = (number(&TYPE), number(&STREAM_ID)) else { return };
        let flags = number(&FLAGS).unwrap_or(0);
        let stream = stream as u32;
        let length = find(&STREAM).map_or(0, |group| group.length);
        let (first, last) = span.moments(span.layer.start + length.max(1), self.began(place.side));
        let ends = flags & END_STREAM != 0;
        match kind {
            HEADERS | PUSH_PROMISE => {
                let promised = number(&PUSH_STREAM).map(|promised| promised as u32);
                let promised = promised.filter(|_| kind == PUSH_PROMISE);
                let ends = ends && kind == HEADERS;
                let fields = Vec::new();
                let block = Block { stream, promised, ends, fields, header: 0, first, taken: 0 };
                self.give_up_block(all, place.side);
                self.blocks[place.side as usize] = Some(block);
            }
            CONTINUATION => {}
            DATA => return self.data(all, place, span, (stream, ends, last), tell),
            RST_STREAM => {
                let error = number(&RESET_ERROR).unwrap_or(0) as u32;
                return self.reset(all, stream, error, tell);
            }
            _ => return,
        }
        let Some(block) = &mut self.blocks[place.side as usize] else { return };
        if block.stream != stream {
            return;
        }
        block.header += u64::from(length);
        let groups = nodes.iter().enumerate().filter(|(_, n)| std::ptr::eq(n.field, &HEADER));
        for (at, group) in groups {
            let inside = nodes.get(at + 1..at + 1 + group.inside as usize).unwrap_or_default();
            let of = |row: &'static wirelens_dissect::Field| {
                inside.iter().find(|node| std::ptr::eq(node.field, row)).map(|n| span.frame.text(n))
            };
            if let (Some(name), Some(value)) = (of(&NAME), of(&VALUE))
                && block.fields.len() < MOST_FIELDS
                && all.blocks < all.limits.memory / BLOCKS
            {
                let taken = name.len() + value.len() + size_of::<HeaderField>();
                block.taken += taken;
                all.blocks += taken;
                block.fields.push(HeaderField { name: name.into(), value: value.into() });
            }
        }
        if flags & END_HEADERS != 0
            && let Some(block) = self.blocks[place.side as usize].take()
        {
            all.blocks -= block.taken;
            self.block(all, place, block, last, tell);
        }
    }

    /// The rest of a block of this side will not come.
    pub(super) fn give_up_block(&mut self, all: &mut All, side: Side) {
        let block = self.blocks[side as usize].take();
        all.blocks -= block.map_or(0, |block| block.taken);
    }

    /// A header block that is complete.
    fn block(
        &mut self,
        all: &mut All,
        place: &Place<'_>,
        mut block: Block,
        last: Moment,
        tell: Tell<'_>,
    ) {
        let mut pseudo = |name: &[u8]| {
            let at = block.fields.iter().position(|field| *field.name == *name)?;
            Some(block.fields.remove(at).value)
        };
        let (method, status) = (pseudo(b":method"), pseudo(b":status"));
        let (target, scheme, authority) =
            (pseudo(b":path"), pseudo(b":scheme"), pseudo(b":authority"));
        let mut message = Message {
            version: b"HTTP/2"[..].into(),
            first: block.first,
            last,
            fields: block.fields,
            header: block.header,
            ..Message::default()
        };
        let known = self.streams.get(&block.promised.unwrap_or(block.stream)).copied();
        if let Some(method) = method {
            let requester = if block.promised.is_some() { place.side.other() } else { place.side };
            let number = self.begin(all, place, requester, tell);
            let stream = block.promised.unwrap_or(block.stream);
            message.complete = block.ends || block.promised.is_some();
            let whole = message.complete;
            let target = target.unwrap_or_default();
            if let Some(transaction) = all.get(number) {
                transaction.stream = Some(stream);
                transaction.pushed = block.promised.is_some();
                transaction.request = Some(Request { method, target, scheme, authority, message });
            }
            self.streams.insert(stream, number);
            if whole {
                decode(all, number, requester);
                all.tell(number, Happening::Request, tell);
            }
            return all.settle(number, tell);
        }
        // What comes behind the end of a message is none of it.
        let said = known.and_then(|number| all.get(number)?.message_mut(place.side));
        if said.is_some_and(|message| message.complete) {
            return;
        }
        let answered = known.and_then(|number| {
            let transaction = all.get(number)?;
            let asks = transaction.requester == place.side;
            Some(if asks { transaction.request.is_some() } else { transaction.response.is_some() })
        });
        match (known, answered) {
            (Some(number), Some(true)) if status.is_none() => {
                let transaction = all.get(number);
                if let Some(said) = transaction.and_then(|one| one.message_mut(place.side)) {
                    message.fields.truncate(MOST_TRAILERS.saturating_sub(said.trailers.len()));
                    said.trailers.append(&mut message.fields);
                    said.last = last;
                }
                all.settle(number, tell);
            }
            (Some(_), None) | (None, _) if status.is_none() => {}
            _ => {
                let status = status.and_then(|text| std::str::from_utf8(&text).ok()?.parse().ok());
                let status = status.unwrap_or(0);
                let response = Response { status, message, ..Response::default() };
                self.respond(all, place, (block.stream, known), response, tell);
            }
        }
        if block.ends {
            self.ends(all, place.side, block.stream, last, tell);
        }
    }

    fn respond(
        &mut self,
        all: &mut All,
        place: &Place<'_>,
        (stream, known): (u32, Option<u64>),
        response: Response,
        tell: Tell<'_>,
    ) {
        let number = match known {
            // It was given up.
            Some(number) if all.get(number).is_none() => return,
            Some(number) => number,
            None => {
                let number = self.begin(all, place, place.side.other(), tell);
                if let Some(transaction) = all.get(number) {
                    transaction.stream = Some(stream);
                }
                self.streams.insert(stream, number);
                number
            }
        };
        let interim = matches!(response.status, 100..200);
        if interim {
            all.tell(number, Happening::Interim(&response), tell);
        }
        if let Some(transaction) = all.get(number) {
            match interim {
                true => transaction.note_interim(response),
                false => transaction.response = Some(response),
            }
        }
        all.settle(number, tell);
    }

    fn data(
        &mut self,
        all: &mut All,
        place: &Place<'_>,
        span: &Span<'_>,
        (stream, ends, last): (u32, bool, Moment),
        tell: Tell<'_>,
    ) {
        let Some(&number) = self.streams.get(&stream) else { return };
        let [nodes, _] = span.frame.nodes(span.layer);
        let node = nodes.iter().find(|node| std::ptr::eq(node.field, &DATA_BYTES));
        let bytes = node.map(|node| span.frame.bytes(node)).unwrap_or_default();
        let (most, keep) = (all.limits.body, all.limits.keep_bodies);
        let said = all.get(number).and_then(|one| one.message_mut(place.side));
        if let Some(message) = said.filter(|message| !message.complete) {
            // What is encoded must be kept to know how much it becomes.
            let kept = if keep || message.field("content-encoding").is_some() { most } else { 0 };
            let body = &mut message.body;
            body.sent += bytes.len() as u64;
            let room = kept.saturating_sub(body.bytes.len());
            body.bytes.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
            body.cut |= room < bytes.len();
            message.last = last;
        }
        all.settle(number, tell);
        if ends {
            self.ends(all, place.side, stream, last, tell);
        }
    }

    /// A side has said all that it had to say in a stream.
    fn ends(&mut self, all: &mut All, side: Side, stream: u32, last: Moment, tell: Tell<'_>) {
        let Some(&number) = self.streams.get(&stream) else { return };
        let Some(transaction) = all.get(number) else { return };
        let asks = transaction.requester == side;
        let Some(message) = transaction.message_mut(side) else { return };
        if message.complete {
            return;
        }
        (message.complete, message.last) = (true, last);
        decode(all, number, side);
        all.tell(number, if asks { Happening::Request } else { Happening::Response }, tell);
        all.settle(number, tell);
        let Some(transaction) = all.get(number) else { return };
        let asked = transaction.request.as_ref().is_none_or(|request| request.message.complete);
        let answered =
            transaction.response.as_ref().is_some_and(|response| response.message.complete);
        if asked && answered {
            self.streams.remove(&stream);
            self.finish(all, number, None, tell);
        }
    }

    fn reset(&mut self, all: &mut All, stream: u32, error: u32, tell: Tell<'_>) {
        let Some(number) = self.streams.remove(&stream) else { return };
        let Some(transaction) = all.get(number) else { return };
        let answered =
            transaction.response.as_ref().is_some_and(|response| response.message.complete);
        // RFC 9113 section 8.1: a server that needs no more of a request says so with NO_ERROR.
        let outcome = if answered && error == 0 { None } else { Some(Outcome::Reset(error)) };
        self.finish(all, number, outcome, tell);
    }
}

/// Undoes the coding of a body that is complete.
fn decode(all: &mut All, number: u64, side: Side) {
    let Limits { keep_bodies, body: most, .. } = all.limits;
    let Some(transaction) = all.get(number) else { return };
    let Some(message) = transaction.message_mut(side) else { return };
    let codings = message.field("content-encoding").map(<[u8]>::to_vec);
    let body = &mut message.body;
    let Some(codings) = codings.filter(|_| body.sent > 0) else {
        body.decoded = Some(body.sent);
        return;
    };
    let mut made = Vec::new();
    let whole =
        !body.cut && decode_content(&codings, &body.bytes, DecodeLimits::default(), &mut made);
    if whole {
        body.decoded = Some(made.len() as u64);
        body.cut = made.len() > most;
        made.truncate(most);
        made.shrink_to_fit();
        body.bytes = made;
    }
    body.encoded = !whole;
    if !keep_bodies {
        body.cut |= !body.bytes.is_empty();
        body.bytes = Vec::new();
    }
}
