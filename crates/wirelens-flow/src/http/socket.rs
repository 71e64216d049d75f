//! Messages of WebSocket.

use wirelens_dissect::{Layer, Node};
use wirelens_protocols::application::data::DATA;
use wirelens_protocols::application::text_lines::TEXT_LINES;
use wirelens_protocols::application::websocket::{
    COMPRESSED, FIN, LENGTH, LENGTH_16, LENGTH_64, OPCODE, PING, PONG, REASON, STATUS, TEXT,
};

use super::connection::Connection;
use super::transaction::{Moment, Socket, SocketMessage};
use super::{All, Happening, Place, Span, Tell};

/// A message of which frames are to come.
pub(super) struct Partial {
    opcode: u8,
    fragments: u32,
    sent: u64,
    compressed: bool,
    first: Moment,
}

const CONTINUATION: u8 = 0;
const CLOSE: u8 = 8;

/// Bytes of the messages of one connection that are kept: a report has them in one record.
const MOST_KEPT: usize = 16 << 20;

impl Connection {
    /// A frame of WebSocket, and the layer behind it.
    pub(super) fn socket(
        &mut self,
        all: &mut All,
        place: &Place<'_>,
        span: &Span<'_>,
        inside: Option<&Layer>,
        tell: Tell<'_>,
    ) {
        let [nodes, _] = span.frame.nodes(span.layer);
        let find = |row: &'static _| nodes.iter().find(|node| std::ptr::eq(node.field, row));
        let number = |row: &'static _| find(row).map(Node::number);
        let Some(opcode) = number(&OPCODE).map(|opcode| opcode as u8) else { return };
        let length = number(&LENGTH_64).or(number(&LENGTH_16)).or(number(&LENGTH)).unwrap_or(0);
        let end = span.layer.end.min(span.layer.start + span.layer.length);
        let (first, last) = span.moments(end, self.began(place.side));
        let side = place.side as usize;
        let alone = Partial {
            opcode,
            fragments: 0,
            sent: 0,
            compressed: find(&COMPRESSED).is_some(),
            first,
        };
        let begun = match opcode {
            CONTINUATION => self.partial[side].take(),
            _ => None,
        };
        let mut whole = begun.unwrap_or(alone);
        whole.fragments = whole.fragments.saturating_add(1);
        whole.sent = whole.sent.saturating_add(length);
        if number(&FIN) == Some(0) {
            self.partial[side] = Some(whole);
            return;
        }
        let text = find(&TEXT).or(find(&PING)).or(find(&PONG)).or(find(&REASON));
        let bytes = text.map(|node| span.frame.text(node)).or_else(|| {
            let inside =
                inside.filter(|one| one.protocol == &DATA || one.protocol == &TEXT_LINES)?;
            span.frame.buffer(inside.buffer).get(inside.start as usize..inside.end as usize)
        });
        let compressed = whole.compressed;
        let decoded = match bytes {
            Some(bytes) if compressed => Some(bytes.len() as u64),
            None if compressed && whole.sent > 0 => None,
            _ => Some(whole.sent),
        };
        let keep = if all.limits.keep_bodies { all.limits.body } else { 0 };
        let bytes = bytes.unwrap_or_default();
        let kept = bytes.get(..keep).unwrap_or(bytes).to_vec();
        let message = SocketMessage {
            side: place.side,
            opcode: whole.opcode,
            sent: whole.sent,
            decoded,
            fragments: whole.fragments,
            first: whole.first,
            last,
            cut: kept.len() < bytes.len(),
            bytes: kept,
            close: number(&STATUS).map(|status| status as u16),
        };
        self.message(all, place, message, tell);
    }

    fn message(
        &mut self,
        all: &mut All,
        place: &Place<'_>,
        message: SocketMessage,
        tell: Tell<'_>,
    ) {
        let known = self.upgraded.filter(|&number| all.get(number).is_some());
        let number = match known {
            Some(number) => number,
            // It was given up; what comes of it goes on without its beginning.
            None => {
                let number = self.begin(all, place, crate::Side::Initiator, tell);
                if let Some(transaction) = all.get(number) {
                    transaction.socket = Some(Socket::default());
                }
                self.upgraded = Some(number);
                number
            }
        };
        all.tell(number, Happening::Message(&message), tell);
        let most = all.limits.messages;
        let close = message.opcode == CLOSE;
        if let Some(socket) = all.get(number).and_then(|transaction| transaction.socket.as_mut()) {
            socket.count += 1;
            if socket.messages.len() < most {
                let mut message = message;
                let room = MOST_KEPT - socket.kept;
                if room < message.bytes.len() {
                    message.cut = true;
                    message.bytes.truncate(room);
                    message.bytes.shrink_to_fit();
                }
                socket.kept += message.bytes.len();
                socket.messages.push(message);
            }
        }
        all.settle(number, tell);
        self.closed[place.side as usize] |= close;
        if self.closed == [true; 2] {
            self.upgraded = None;
            self.closed = [false; 2];
            self.finish(all, number, None, tell);
        }
    }
}
