//! What is remembered of a connection: how its messages are compressed, and fragments.

use std::mem;

use flate2::{Decompress, FlushDecompress, Status};
use wirelens_dissect::{Budget, Kept};

use super::*;

/// What is remembered of a connection.
#[derive(Default)]
struct Memory {
    /// The extension was agreed on.
    deflate: bool,
    ways: [Way; 2],
}

/// One direction.
#[derive(Default)]
struct Way {
    /// What the next message may refer back to, RFC 7692 section 7.2.2.
    inflate: Option<Box<Decompress>>,
    /// Each message is compressed for itself.
    no_takeover: bool,
    /// A message was lost, so those that refer to it cannot be decoded.
    broken: bool,
    /// Frames of the message that is not complete: whether it is text, whether compressed.
    begun: Option<(bool, bool)>,
    /// Its bytes so far, unmasked.
    bytes: Vec<u8>,
    /// The message is longer than is kept.
    too_long: bool,
    /// What was made of the last message.
    made: Vec<u8>,
    /// What fragments and the decoder take.
    kept: Kept,
}

/// What a decoder takes: its window of 32 KiB, and tables.
const DECODER: usize = 44 << 10;

/// Buffers larger than this are given back when their message is done.
const KEPT: usize = 1 << 16;

/// The connection carries WebSocket from here on. `extensions` are those of the response, which the
/// server sends.
pub(crate) fn begins(p: &mut Packet<'_>, extensions: &[u8]) {
    let Some((memory, server)) = p.conversation::<Memory>() else { return };
    *memory = Memory::default();
    let mut words = extensions.split(|byte| matches!(byte, b';' | b',')).map(<[u8]>::trim_ascii);
    memory.deflate = words.clone().any(|word| word == b"permessage-deflate");
    memory.ways[usize::from(server)].no_takeover =
        words.clone().any(|word| word == b"server_no_context_takeover");
    memory.ways[usize::from(!server)].no_takeover =
        words.any(|word| word == b"client_no_context_takeover");
}

/// What a frame does to its message.
pub(super) enum Message {
    /// It is all of it as it was sent.
    Plain { text: bool },
    /// It completes it; the message is there to be shown.
    Made { text: bool },
    /// More is to come.
    Waits,
    /// Its start was not seen.
    Unknown,
    /// It cannot be had.
    Not(&'static Field),
}

/// Did both ends agree on compressing messages, RFC 7692?
pub(super) fn is_deflating(p: &mut Packet<'_>) -> bool {
    p.conversation::<Memory>().is_some_and(|(memory, _)| memory.deflate)
}

/// Takes a frame of a message, all of whose bytes are there.
pub(super) fn take(
    p: &mut Packet<'_>,
    sent: &[u8],
    key: Option<[u8; 4]>,
    first: u8,
) -> Message {
    let (limits, budget) = (p.decode_limits(), p.budget());
    let (fin, opcode, compressed) = (first & 0x80 != 0, first & 0x0f, first & 0x40 != 0);
    if opcode != CONTINUATION && fin && !compressed && key.is_none() {
        return Message::Plain { text: opcode == 1 };
    }
    let Some((memory, forward)) = p.conversation::<Memory>() else { return Message::Waits };
    let deflate = memory.deflate;
    let way = &mut memory.ways[usize::from(forward)];
    if opcode != CONTINUATION {
        way.begun = Some((opcode == 1, compressed));
        way.too_long = false;
        way.bytes.clear();
    }
    let start = way.bytes.len();
    if start + sent.len() > limits.bytes.max(sent.len()) {
        way.too_long = true;
    }
    if !way.too_long {
        way.bytes.resize(start + sent.len(), 0);
        unmask(sent, key, &mut way.bytes[start..]);
    }
    let Some((text, compressed)) = way.begun else {
        way.too_long = false;
        way.made.clear();
        mem::swap(&mut way.made, &mut way.bytes);
        return Message::Unknown;
    };
    if !fin {
        let decoder = if way.inflate.is_some() { DECODER } else { 0 };
        if !way.kept.set(&budget, way.bytes.len() + decoder) {
            (way.too_long, way.bytes) = (true, Vec::new());
            way.forget_decoder();
        }
        return Message::Waits;
    }
    way.begun = None;
    if way.too_long {
        way.broken |= compressed;
        way.bytes = Vec::new();
        way.keep_decoder(&budget);
        return Message::Not(&TOO_LONG);
    }
    way.made.clear();
    if !compressed {
        mem::swap(&mut way.made, &mut way.bytes);
        way.bytes.clear();
        way.keep_decoder(&budget);
        return Message::Made { text };
    }
    let failed = match deflate && (way.no_takeover || !way.broken) {
        false => Some(&NOT_DECODED),
        true => way.inflate(limits.most(way.bytes.len())),
    };
    way.bytes.clear();
    way.bytes.shrink_to(KEPT);
    if failed.is_some() {
        // What was made of it may be a thousand times as long, and nobody is shown it.
        (way.broken, way.inflate, way.made) = (true, None, Vec::new());
    }
    if way.no_takeover {
        way.inflate = None;
    }
    way.keep_decoder(&budget);
    failed.map_or(Message::Made { text }, Message::Not)
}

impl Way {
    /// Between messages only the decoder is kept, if there is room for it.
    fn keep_decoder(&mut self, budget: &Budget) {
        let decoder = if self.inflate.is_some() { DECODER } else { 0 };
        if !self.kept.set(budget, decoder) {
            self.forget_decoder();
        }
    }

    /// Messages that refer to those before cannot be decoded any more.
    fn forget_decoder(&mut self) {
        self.broken |= self.inflate.take().is_some();
    }

    /// Decodes the message that is complete, RFC 7692 section 7.2.2.
    fn inflate(&mut self, most: usize) -> Option<&'static Field> {
        let decoder = self.inflate.get_or_insert_with(|| Box::new(Decompress::new(false)));
        self.bytes.extend_from_slice(&[0, 0, 0xff, 0xff]);
        let (mut read, mut written) = (0, 0);
        loop {
            if written == self.made.len() {
                let longer = self.made.len().saturating_mul(2).max(1024);
                self.made.resize(longer.min(most.saturating_add(1)), 0);
            }
            let (before, out) = (decoder.total_in(), decoder.total_out());
            let ahead = self.bytes.get(read..).unwrap_or_default();
            let status =
                decoder.decompress(ahead, &mut self.made[written..], FlushDecompress::Sync);
            let took = (decoder.total_in() - before) as usize;
            let gave = (decoder.total_out() - out) as usize;
            read += took;
            written += gave;
            match status {
                _ if written > most => return Some(&TOO_LONG),
                Err(_) => return Some(&CORRUPT),
                // A block that says it is the last: section 7.2.3.5.
                Ok(Status::StreamEnd) => {
                    decoder.reset(false);
                    break;
                }
                Ok(_) if written < self.made.len() && (read == self.bytes.len() || took == 0) => {
                    break;
                }
                Ok(_) => {}
            }
        }
        self.made.truncate(written);
        None
    }
}

/// Lends what was made of the last message to `each`.
pub(super) fn show(p: &mut Packet<'_>, each: impl FnOnce(&mut Packet<'_>, &[u8])) {
    let made = |p: &mut Packet<'_>, mut bytes: Vec<u8>| {
        if let Some((memory, forward)) = p.conversation::<Memory>() {
            mem::swap(&mut memory.ways[usize::from(forward)].made, &mut bytes);
        }
        bytes
    };
    let mut bytes = made(p, Vec::new());
    each(p, &bytes);
    bytes.clear();
    bytes.shrink_to(KEPT);
    made(p, bytes);
}

/// RFC 6455 section 5.3.
pub(super) fn unmask(sent: &[u8], key: Option<[u8; 4]>, plain: &mut [u8]) {
    let key = key.unwrap_or_default();
    for (at, (plain, sent)) in plain.iter_mut().zip(sent).enumerate() {
        *plain = sent ^ key[at % 4];
    }
}
