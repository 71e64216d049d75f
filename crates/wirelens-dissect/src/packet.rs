//! The walk: a cursor over a layer's bytes that records what it reads.

use std::sync::Arc;

use crate::arena::{Arena, Later, Node};
use crate::conversation::State;
use crate::memory::Memory;
use crate::reachable::Reach;
use crate::streams::InStream;
use crate::{
    DecodeLimits, Field, Flow, Linking, Next, Onward, Protocol, ProtocolId, Read, Registry, Step,
    Stop,
};

/// A frame being walked. Every read checks the bounds of the innermost length, records a node
/// under the row it is given, and returns the value.
pub struct Packet<'a> {
    /// The whole buffer.
    pub(crate) buffer_bytes: &'a [u8],
    /// The buffer up to where the layer's captured bytes end: the one bound that reads check.
    pub(crate) bytes: &'a [u8],
    /// In 32 bits, so that an end computed from it cannot overflow: reads compare once.
    pub(crate) at: u32,
    /// Where the layer ends as lengths declare it; at least `end`.
    pub(crate) declared: u32,
    /// Where what the next layer is given ends; [`TO_THE_END`] where this one's end is its end.
    pub(crate) passed_on: u32,
    pub(crate) start: u32,
    /// The protocol that the walk before went on to by name.
    pub(crate) to: Option<&'static Protocol>,
    pub(crate) record: bool,
    /// The walk said that the bytes are not its own.
    pub(crate) refuses: bool,
    /// How many bytes a walk needs that may still come, and how many it has.
    pub(crate) missing: Option<(u32, u32)>,
    /// The stream that these bytes are the next of.
    pub(crate) stream: Option<InStream>,
    /// Which of the arena's sources they came from.
    pub(crate) sources: (u32, u32),
    /// How many layers there were when the walk over these bytes began, and which of them left them.
    pub(crate) left_by: (usize, u16),
    /// Who refused bytes last, and where.
    pub(crate) refused: (ProtocolId, u32),
    pub(crate) quoted: bool,
    /// These are the bytes of a first fragment.
    pub(crate) fragment: bool,
    /// Their sources are segments of the stream that they are of.
    pub(crate) of_segments: bool,
    pub(crate) buffer: u8,
    pub(crate) arena: &'a mut Arena,
    pub(crate) memory: &'a mut Memory,
    /// What the layers around this buffer keep apart.
    pub(crate) scope: u64,
    pub(crate) context: &'a Context,
}

/// What [`Packet::passed_on`] is where nothing is kept back from the layer inside.
pub(crate) const TO_THE_END: u32 = u32::MAX;

/// What a walk may know of its session.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) registry: Arc<Registry>,
    pub(crate) checksums: bool,
    pub(crate) stateful: bool,
    pub(crate) reassemble: bool,
    pub(crate) most_nodes: u32,
    pub(crate) most_text: u32,
    pub(crate) decoded: DecodeLimits,
    pub(crate) linking: Linking,
    /// Do others have to be told of what dialogues agree on?
    pub(crate) sharded: bool,
    /// Where nothing that is wanted can follow.
    pub(crate) reach: Reach,
}

macro_rules! reads { ($($(#[$doc:meta])* $name:ident $peek:ident $t:ty, $width:literal, |$b:ident| $value:expr;)*) => { $(
    $(#[$doc])*
    #[inline(always)]
    pub fn $name(&mut self, field: &'static Field) -> Read<$t> {
        let $b: [u8; $width] = self.peek()?;
        let value: $t = $value;
        self.put(field, u64::from(value), $width);
        self.at += $width;
        Ok(value)
    }

    /// The same number without reading it.
    #[inline(always)]
    pub fn $peek(&self) -> Read<$t> {
        let $b: [u8; $width] = self.peek()?;
        Ok($value)
    }
)* } }

/// A number of six bytes in two loads: taken apart into bytes it is six, and twenty instructions.
#[inline(always)]
pub(crate) fn six(bytes: &[u8; 6]) -> u64 {
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(&high), Some(&low)) => {
            u64::from(u32::from_be_bytes(high)) << 16 | u64::from(u16::from_be_bytes(low))
        }
        _ => 0,
    }
}

impl<'a> Packet<'a> {
    reads! {
        /// Reads one byte.
        u8 peek_u8 u8, 1, |b| b[0];
        /// Reads a big-endian number of two bytes. Returns the word, whatever the row's mask.
        u16 peek_u16 u16, 2, |b| u16::from_be_bytes(b);
        /// Reads a big-endian number of three bytes.
        u24 peek_u24 u32, 3, |b| u32::from_be_bytes([0, b[0], b[1], b[2]]);
        /// Reads a big-endian number of four bytes.
        u32 peek_u32 u32, 4, |b| u32::from_be_bytes(b);
        /// Reads a big-endian number of six bytes.
        u48 peek_u48 u64, 6, |b| six(&b);
        /// Reads a big-endian number of eight bytes.
        u64 peek_u64 u64, 8, |b| u64::from_be_bytes(b);
        /// Reads a little-endian number of two bytes.
        u16_le peek_u16_le u16, 2, |b| u16::from_le_bytes(b);
        /// Reads a little-endian number of three bytes.
        u24_le peek_u24_le u32, 3, |b| u32::from_le_bytes([b[0], b[1], b[2], 0]);
        /// Reads a little-endian number of four bytes.
        u32_le peek_u32_le u32, 4, |b| u32::from_le_bytes(b);
        /// Reads a little-endian number of six bytes.
        u48_le peek_u48_le u64, 6, |b| six(&b).swap_bytes() >> 16;
        /// Reads a little-endian number of eight bytes.
        u64_le peek_u64_le u64, 8, |b| u64::from_le_bytes(b);
    }

    /// Reads a signed byte.
    #[inline(always)]
    pub fn i8(&mut self, field: &'static Field) -> Read<i8> {
        let value = self.peek_u8()?.cast_signed();
        self.number(field, i64::from(value).cast_unsigned(), 1)?;
        Ok(value)
    }

    /// Reads a big-endian signed number of four bytes.
    #[inline(always)]
    pub fn i32(&mut self, field: &'static Field) -> Read<i32> {
        let value = self.peek_u32()?.cast_signed();
        self.number(field, i64::from(value).cast_unsigned(), 4)?;
        Ok(value)
    }

    /// Reads an IPv4 address, as a number in host order.
    #[inline(always)]
    pub fn ipv4(&mut self, field: &'static Field) -> Read<u32> {
        self.u32(field)
    }

    /// Reads an IPv6 address, as a number in host order.
    #[inline(always)]
    pub fn ipv6(&mut self, field: &'static Field) -> Read<u128> {
        let value = u128::from_be_bytes(self.peek()?);
        self.put(field, 0, 16);
        self.at += 16;
        Ok(value)
    }

    /// Reads a 48-bit link address, as a number in host order.
    #[inline(always)]
    pub fn mac(&mut self, field: &'static Field) -> Read<u64> {
        self.u48(field)
    }

    /// Reads `length` bytes.
    #[inline(always)]
    pub fn bytes(&mut self, field: &'static Field, length: usize) -> Read<&'a [u8]> {
        self.need(length)?;
        let (bytes, at) = (self.bytes, self.at());
        self.put(field, 0, length);
        self.at += length as u32;
        Ok(&bytes[at..at + length])
    }

    /// Reads `length` bytes of text. The report escapes what is not text.
    #[inline(always)]
    pub fn text(&mut self, field: &'static Field, length: usize) -> Read<&'a [u8]> {
        self.bytes(field, length)
    }

    /// Reads all that is left.
    #[inline(always)]
    pub fn rest(&mut self, field: &'static Field) -> Read<&'a [u8]> {
        self.bytes(field, self.left())
    }

    /// The same where nothing is recorded if nothing is left.
    #[inline(always)]
    pub fn remainder(&mut self, field: &'static Field) -> Read {
        if self.left() > 0 { self.rest(field).map(drop) } else { Ok(()) }
    }

    /// Calls `read` until nothing is left. Ends where it reads nothing.
    pub fn each(&mut self, mut read: impl FnMut(&mut Self) -> Read) -> Read {
        while self.declared_left() > 0 {
            let before = self.at();
            read(self)?;
            if self.at() == before {
                break;
            }
        }
        Ok(())
    }

    /// Records `rows`, each through its mask, over the next `width` bytes, whose word is `word`,
    /// and reads these bytes.
    #[inline(always)]
    pub fn bits(&mut self, word: impl Into<u64>, width: usize, rows: &[&'static Field]) -> Read {
        self.need(width)?;
        if self.record {
            let word = word.into();
            for row in rows {
                let (first, length) = match row.span {
                    (_, 0) => (0, width),
                    (first, length) => (first.into(), length.into()),
                };
                self.mark(row, self.at() + first, length, word);
            }
        }
        self.at += width as u32;
        Ok(())
    }

    /// Records `rows` over bytes already read, under what was recorded of them last.
    #[inline]
    pub fn views(
        &mut self,
        at: usize,
        width: usize,
        word: impl Into<u64>,
        rows: &[&'static Field],
    ) {
        if self.record {
            let (word, before) = (word.into(), self.arena.nodes.len());
            rows.iter().for_each(|row| self.mark(row, at, width, word));
            let count = self.arena.nodes.len() - before;
            if let Some(parent) = before.checked_sub(1).and_then(|at| self.arena.nodes.get_mut(at))
            {
                parent.inside += count as u32;
            }
        }
    }

    /// Reads `width` bytes as a number that the walk worked out.
    #[inline(always)]
    pub fn number(&mut self, field: &'static Field, value: u64, width: usize) -> Read {
        self.need(width)?;
        self.put(field, value, width);
        self.at += width as u32;
        Ok(())
    }

    /// Records a number over the next `width` bytes without reading them. They need not be there.
    #[inline(always)]
    pub fn note(&mut self, field: &'static Field, value: u64, width: usize) {
        self.put(field, value, width);
    }

    /// Records a number over any bytes of the buffer.
    #[inline(always)]
    pub fn mark(&mut self, field: &'static Field, offset: usize, length: usize, value: u64) {
        if self.record {
            self.push(Node {
                field,
                value,
                offset: offset as u32,
                length: length as u32,
                inside: 0,
                buffer: self.buffer,
                made: false,
            });
        }
    }

    /// Records text that does not stand in the buffer as it reads, over `length` bytes from
    /// `offset`. `write` appends it, and is not called where nobody looks.
    #[inline]
    pub fn make_text(
        &mut self,
        field: &'static Field,
        offset: usize,
        length: usize,
        write: impl FnOnce(&mut Vec<u8>),
    ) {
        if self.has_room_for_text() {
            let from = self.arena.made.len();
            write(&mut self.arena.made);
            self.push_text(field, offset, length, from);
        }
    }

    /// The same of text that the conversation remembers, as [`Packet::conversation`] has it.
    #[inline]
    pub fn make_remembered_text<T: State>(
        &mut self,
        field: &'static Field,
        offset: usize,
        length: usize,
        write: impl FnOnce(&T, &mut Vec<u8>),
    ) {
        if self.context.stateful && !self.quoted && self.has_room_for_text() {
            let from = self.arena.made.len();
            let (state, _) = self.memory.conversations.state::<T>(&self.arena.flow);
            write(state, &mut self.arena.made);
            self.push_text(field, offset, length, from);
        }
    }

    /// Does anybody look, and may more text be made?
    fn has_room_for_text(&mut self) -> bool {
        if self.record && self.arena.made.len() > self.arena.most_text(self.context) {
            self.arena.reached.fields = true;
            self.record = false;
        }
        self.record
    }

    /// Records the text that was made from `from` on.
    fn push_text(&mut self, field: &'static Field, offset: usize, length: usize, from: usize) {
        let value = (from as u64) << 32 | self.arena.made.len() as u64;
        self.push(Node {
            field,
            value,
            offset: offset as u32,
            length: length as u32,
            inside: 0,
            buffer: self.buffer,
            made: true,
        });
    }

    /// Records an IPv6 address that does not stand in the buffer as a whole, over `length` bytes
    /// from `offset`: a prefix cut to its length, an address without what it shares with another.
    #[inline]
    pub fn make_ipv6(
        &mut self,
        field: &'static Field,
        offset: usize,
        length: usize,
        address: u128,
    ) {
        self.make_text(field, offset, length, |out| {
            out.extend_from_slice(&address.to_be_bytes());
        });
    }

    /// Hangs everything that `inside` records under `field`, whose bytes are those that it reads.
    #[inline(always)]
    pub fn group<T>(
        &mut self,
        field: &'static Field,
        inside: impl FnOnce(&mut Self) -> Read<T>,
    ) -> Read<T> {
        self.group_with(field, 0, inside)
    }

    /// The same for a row that has a number of its own.
    #[inline(always)]
    pub fn group_with<T>(
        &mut self,
        field: &'static Field,
        value: u64,
        inside: impl FnOnce(&mut Self) -> Read<T>,
    ) -> Read<T> {
        let (start, node, recorded) = (self.at(), self.arena.nodes.len(), self.record);
        self.mark(field, start, 0, value);
        let result = inside(self);
        let inside = self.arena.nodes.len().saturating_sub(node + 1);
        let end = self.at();
        if recorded && let Some(group) = self.arena.nodes.get_mut(node) {
            group.length = end.saturating_sub(start) as u32;
            group.inside = inside as u32;
        }
        result
    }

    /// Hangs what `inside` records under the node recorded last, without changing that node.
    #[inline(always)]
    pub fn under<T>(&mut self, inside: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        let (before, recorded) = (self.arena.nodes.len(), self.record);
        let result = inside(self);
        let count = self.arena.nodes.len() - before;
        if recorded
            && let Some(parent) = before.checked_sub(1).and_then(|at| self.arena.nodes.get_mut(at))
        {
            parent.inside += count as u32;
        }
        result
    }

    /// Reads `length` bytes with `inside`, which cannot leave them, and stands behind them
    /// whatever it read. Bytes that were not captured stop `inside` where it reaches them.
    #[inline(always)]
    pub fn within<T>(
        &mut self,
        length: usize,
        inside: impl FnOnce(&mut Self) -> Read<T>,
    ) -> Read<T> {
        let target = self.at().saturating_add(length);
        if target > self.declared as usize {
            return Err(self.truncated(length));
        }
        let outer = (self.bytes, self.declared);
        self.cut(target);
        self.declared = target as u32;
        let result = inside(self);
        let reached = self.bytes.len();
        (self.bytes, self.declared) = outer;
        let value = result?;
        if reached < target {
            self.at = reached as u32;
            return Err(self.truncated(target - reached));
        }
        self.at = target as u32;
        Ok(value)
    }

    /// The same for a part that says itself how long it is, such as a record: what `inside` lacks
    /// although the part is all there comes nowhere else. That is the problem `too_short`, and the
    /// walk goes on behind the part. Of a part that is not all there what there is is read first.
    pub fn contained(
        &mut self,
        length: usize,
        too_short: &'static Field,
        inside: impl FnOnce(&mut Self) -> Read,
    ) -> Read {
        let declared = self.declared_left();
        let end = self.at().saturating_add(length);
        match self.within(length.min(declared), inside) {
            Err(Stop::Truncated { .. }) if end <= self.at() + self.left() => {
                self.problem(too_short);
                self.seek(end);
                Ok(())
            }
            Ok(()) if length > declared => Err(self.truncated(length - declared)),
            result => result,
        }
    }

    /// Passes over `length` bytes.
    #[inline(always)]
    pub fn skip(&mut self, length: usize) -> Read {
        self.need(length)?;
        self.at += length as u32;
        Ok(())
    }

    /// Stands at `offset` of the buffer, not behind the end of the layer.
    #[inline(always)]
    pub fn seek(&mut self, offset: usize) {
        self.at = offset.min(self.bytes.len()) as u32;
    }

    /// Records a problem here and goes on.
    pub fn problem(&mut self, field: &'static Field) {
        self.problem_at(field, self.at(), 0);
    }

    /// Records a problem with some bytes and goes on. Problems are kept in every mode.
    pub fn problem_at(&mut self, field: &'static Field, offset: usize, length: usize) {
        self.arena.problems += 1;
        self.push(Node {
            field,
            value: 1,
            offset: offset as u32,
            length: length as u32,
            inside: 0,
            buffer: self.buffer,
            made: false,
        });
    }

    /// Records a problem and stops: `return Err(p.malformed(&ROW))`.
    #[cold]
    pub fn malformed(&mut self, field: &'static Field) -> Stop {
        self.problem(field);
        self.arena.contradiction = Some(field);
        Stop::Malformed
    }

    /// How the walk ended, as the loop over layers wants it.
    #[doc(hidden)]
    #[inline(always)]
    pub fn ends(&mut self, step: Step) -> Onward {
        match step {
            Ok(Next::Nothing) => Onward::NOTHING,
            Ok(Next::Data) => Onward::DATA,
            Ok(Next::In(table, number)) => Onward::table(table.slot(), number),
            Ok(Next::Ports(table, a, b)) => Onward::ports(table.slot(), a, b),
            Ok(Next::To(protocol)) => {
                self.to = Some(protocol);
                Onward::TO
            }
            Ok(Next::Again) => Onward::AGAIN,
            Ok(Next::NotMine) => {
                self.refuses = true;
                Onward::NOTHING
            }
            Err(stop) => {
                self.stopped(stop);
                Onward::NOTHING
            }
        }
    }

    /// Who refused the bytes that come now.
    pub(crate) fn refused(&self) -> Option<ProtocolId> {
        let (id, at) = self.refused;
        (at == self.at).then_some(id)
    }

    /// The first stop of a frame is the one that is told.
    #[cold]
    #[inline(never)]
    fn stopped(&mut self, stop: Stop) {
        if let (Stop::Truncated { need, have }, Some(_)) = (stop, self.stream) {
            // The loop over layers knows whether this protocol's messages may go on elsewhere.
            (self.refuses, self.missing) = (true, Some((need, have)));
            return;
        }
        self.stopped_for_good(stop);
    }

    pub(crate) fn stopped_for_good(&mut self, stop: Stop) {
        // A quoted packet is cut as a matter of course: that is no problem of the frame's.
        if !(self.quoted && matches!(stop, Stop::Truncated { .. })) {
            let layer = self.arena.layers.len() as u16;
            self.arena.stop.get_or_insert((layer, stop));
        }
    }

    /// The layer ends `length` bytes from its start, if that many are there; what lies behind
    /// belongs to the layer outside. More than there is stays as it is: it was not captured.
    #[inline(always)]
    pub fn ends_after(&mut self, length: usize) {
        let end = self.start().saturating_add(length);
        if end < self.declared as usize {
            let end = end.max(self.at());
            self.declared = end as u32;
            self.cut(end);
        }
    }

    /// The layer inside is given `length` bytes from here; what lies behind is this one's trailer.
    #[inline(always)]
    pub fn passes_on(&mut self, length: usize) {
        self.passed_on = u32::try_from(self.at().saturating_add(length)).unwrap_or(TO_THE_END);
    }

    /// Has what is left of this stream, from `offset` on, dissected once the parts left for later
    /// before have been. A message in it that is not complete waits for its rest.
    pub fn goes_on_later(&mut self, next: Next, offset: usize) {
        if self.leaves_to_frame(next, offset) {
            return;
        }
        self.later(next, offset, (self.declared as usize).saturating_sub(offset));
        let (stream, sources) = (self.stream, self.sources);
        if let Some(later) = self.arena.later.last_mut() {
            (later.stream, later.sources) = (stream, sources);
            later.of_segments = self.of_segments;
        }
    }

    /// Has `length` bytes from `offset` dissected once this walk has ended.
    pub fn later(&mut self, next: Next, offset: usize, length: usize) {
        let declared = offset.saturating_add(length).min(self.declared as usize);
        self.arena.later.push(Later {
            next,
            at: offset.min(self.bytes.len()) as u32,
            end: declared.min(self.bytes.len()) as u32,
            declared: declared as u32,
            buffer: self.buffer,
            quoted: self.quoted,
            fragment: self.fragment,
            of_segments: false,
            layer: self.arena.layers.len() as u16,
            scope: self.scope,
            stream: None,
            sources: (0, 0),
            origin: None,
        });
    }

    /// Bytes made from these (decompressed, decrypted, put together), dissected by `next` once
    /// this walk has ended. `fill` appends them to an empty buffer.
    pub fn derive(&mut self, next: Next, fill: impl FnOnce(&mut Vec<u8>)) {
        let (quoted, fragment) = (self.quoted, self.fragment);
        if let Some(later) = self.arena.derive(next, self.scope, &[], fill) {
            (later.quoted, later.fragment) = (quoted, fragment);
        }
    }

    /// Records the whole of the buffer that [`Packet::derive`] made last, which is not where this walk
    /// reads. To be called only where that has called its `fill`: it makes no more than a few.
    pub fn mark_derived(&mut self, field: &'static Field) {
        let made = self.arena.buffers_used;
        let Some(bytes) = made.checked_sub(1).and_then(|at| self.arena.buffers.get(at)) else {
            return;
        };
        let length = bytes.len();
        let own = std::mem::replace(&mut self.buffer, made as u8);
        self.mark(field, 0, length, 0);
        self.buffer = own;
    }

    /// From here on the frame is a packet that was quoted by an error message: it is cut as a
    /// matter of course and is not part of the flow.
    pub fn quotes(&mut self) {
        self.quoted = true;
    }

    /// Is this a packet quoted by an error message?
    #[inline(always)]
    pub fn is_quoted(&self) -> bool {
        self.quoted
    }

    /// From here on the bytes are the first fragment of several: lengths may reach beyond them
    /// and checksums cover what is not here.
    #[inline]
    pub fn starts_fragments(&mut self) {
        self.fragment = true;
    }

    /// Are these the bytes of a first fragment, whose other parts came in other frames?
    #[inline(always)]
    pub fn is_fragment(&self) -> bool {
        self.fragment
    }

    /// Where addresses and ports of the flow go.
    #[inline(always)]
    pub fn flow(&mut self) -> &mut Flow {
        if self.quoted { &mut self.arena.quoted_flow } else { &mut self.arena.flow }
    }

    /// What is known of this conversation by a protocol, made when first asked for. The
    /// conversation is that of [`Packet::flow`], in both directions: one is `true`, the other
    /// `false`. None in a session without state and in quoted packets.
    pub fn conversation<T: State>(&mut self) -> Option<(&mut T, bool)> {
        if !self.context.stateful || self.quoted {
            return None;
        }
        Some(self.memory.conversations.state(&self.arena.flow))
    }

    /// Starts this flow's conversation anew: its ports are used again.
    pub fn forget_conversation(&mut self) {
        if self.context.stateful && !self.quoted {
            self.memory.conversations.forget(&self.arena.flow);
        }
    }

    /// The layer's bytes from its start as far as they were captured.
    #[inline(always)]
    pub fn layer_bytes(&self) -> &'a [u8] {
        self.bytes.get(self.start()..).unwrap_or_default()
    }

    /// The bytes that are left.
    #[inline(always)]
    pub fn ahead(&self) -> &'a [u8] {
        self.bytes.get(self.at()..).unwrap_or_default()
    }

    /// The next `N` bytes without reading them.
    #[inline(always)]
    pub fn peek<const N: usize>(&self) -> Read<[u8; N]> {
        let from = self.at();
        match self.bytes.get(from..from + N).and_then(<[u8]>::first_chunk) {
            Some(bytes) => Ok(*bytes),
            None => Err(self.truncated(N)),
        }
    }

    /// The byte `ahead` bytes from here without reading it.
    #[inline(always)]
    pub fn peek_at(&self, ahead: usize) -> Read<u8> {
        match self.bytes.get(self.at().saturating_add(ahead)) {
            Some(byte) => Ok(*byte),
            None => Err(self.truncated(ahead.saturating_add(1))),
        }
    }

    /// Are there `length` more bytes?
    #[inline(always)]
    pub fn need(&self, length: usize) -> Read {
        if length <= self.left() { Ok(()) } else { Err(self.truncated(length)) }
    }

    /// The layer's captured bytes end at `end`, if they did not end before.
    #[inline(always)]
    pub(crate) fn cut(&mut self, end: usize) {
        if let Some(bytes) = self.bytes.get(..end) {
            self.bytes = bytes;
        }
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn truncated(&self, need: usize) -> Stop {
        let number = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        Stop::Truncated { need: number(need), have: number(self.left()) }
    }

    #[inline(always)]
    fn put(&mut self, field: &'static Field, value: u64, length: usize) {
        self.mark(field, self.at(), length, value);
    }

    /// The node is written straight into its place: handing it to a function that is not inlined
    /// would build it on the stack first, and the copy waits for the stores: measured on real
    /// traffic with all nodes, 236 ns a frame instead of 154.
    #[inline(always)]
    fn push(&mut self, node: Node) {
        if self.arena.nodes.len() == self.arena.nodes.capacity() && !self.make_room(1) {
            return;
        }
        self.arena.nodes.push(node);
    }

    /// Growing is rare, so the limit is looked at only here. If `count` nodes more are too many,
    /// nothing more is recorded.
    #[cold]
    #[inline(never)]
    pub(crate) fn make_room(&mut self, count: usize) -> bool {
        let most = self.context.most_nodes as usize;
        let length = self.arena.nodes.len();
        if length + count > most {
            self.arena.reached.fields = true;
            self.record = false;
            return false;
        }
        self.arena.nodes.reserve_exact(length.max(128).max(count).min(most - length));
        true
    }
}
