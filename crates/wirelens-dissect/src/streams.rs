//! Streams: their messages are dissected once, in the frame that completes them.

use wirelens_reassembly::stream::{Direction, Event, Flags, Segment, Stream};

use crate::conversation::canonical;
use crate::waiting::StreamId;
use crate::{Field, Flow, Next, OriginRows, Packet};

/// Which connection a segment belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct StreamKey {
    flow: Flow,
    scope: u64,
}

/// The header of a segment, as a walk read it.
#[derive(Clone, Copy, Debug)]
pub struct SegmentHeader {
    /// SEG.SEQ.
    pub sequence: u32,
    /// SEG.ACK, if the ACK bit is set.
    pub acknowledgment: Option<u32>,
    /// SEG.WND, not scaled.
    pub window: u16,
    /// The shift of the option Window Scale in a SYN.
    pub window_scale: Option<u8>,
    /// The control bits as they stand in octet 13.
    pub flags: u8,
    /// SEG.UP.
    pub urgent: u16,
}

/// Where a protocol with streams records what came of them.
#[derive(Debug)]
pub struct StreamRows {
    /// What a message came from.
    pub origin: OriginRows,
    /// Bytes of a message that is not complete yet.
    pub data: &'static Field,
}

/// What became of a segment's bytes.
#[derive(Default)]
struct Told {
    /// They come next, as they lie in the frame.
    direct: bool,
    /// Their stream goes on behind a gap.
    gap: bool,
    /// Nothing comes behind them.
    ended: bool,
}

impl Packet<'_> {
    /// Hands a segment to the session; gives where dissection goes on with the bytes that are left.
    /// `next` is who reads the stream. A segment in order is dissected where it lies; a message that
    /// is not complete waits for others; one that others complete is dissected over a buffer of
    /// its own. Segments that bring nothing new have nothing inside.
    ///
    /// Without reassembly and in quoted packets every segment is dissected by itself.
    #[inline]
    pub fn stream(
        &mut self,
        header: &SegmentHeader,
        next: Next,
        rows: &'static StreamRows,
    ) -> Next {
        if self.reassembles() { self.in_stream(header, next, rows) } else { next }
    }

    /// Are the segments and fragments of this layer put together?
    #[inline]
    pub fn reassembles(&self) -> bool {
        self.context.reassemble && !self.quoted && !self.fragment
    }

    fn in_stream(&mut self, header: &SegmentHeader, next: Next, rows: &'static StreamRows) -> Next {
        let (flow, forward) = canonical(&self.arena.flow);
        let key = StreamKey { flow, scope: self.scope() };
        let direction = if forward { Direction::Forward } else { Direction::Backward };
        let frame = self.arena.facts.number;
        let bytes = self.ahead();
        let segment = Segment {
            frame,
            time: self.arena.facts.nanoseconds.max(0) as u64,
            sequence: header.sequence,
            acknowledgment: header.acknowledgment,
            window: header.window,
            window_scale: header.window_scale,
            flags: Flags::from_wire(header.flags),
            urgent: header.urgent,
            bytes,
            length: self.declared_left() as u32,
            identity: None,
        };
        let (memory, mut told, mut over) = (&mut *self.memory, Told::default(), None);
        let waiting = &mut memory.waiting;
        let mut sink = |stream: &Stream<'_, StreamKey>, event: Event<'_>| {
            let id = StreamId::of(stream.connection, stream.direction);
            let here = stream.direction == direction;
            match event {
                Event::Run(run) => {
                    let whole = run.frame == frame && run.bytes.len() == bytes.len();
                    if here && whole && !waiting.has(id) {
                        told.direct = true;
                    } else {
                        waiting.append(id, run.bytes, run.frame);
                    }
                }
                // What the message still lacks will not come.
                Event::Gap { .. } if here => told.gap = true,
                Event::Gap { .. } => waiting.forget(id),
                Event::Fin { .. } if here => told.ended = true,
                Event::End(_) if stream.key == &key => over = Some(stream.connection),
                Event::End(_) => waiting.forget_connection(stream.connection),
                _ => {}
            }
        };
        let summary = memory.streams.segment(&key, direction, &segment, &mut sink);
        let id = StreamId::of(summary.connection, direction);
        match over {
            Some(connection) if connection == summary.connection => told.ended = true,
            Some(connection) => self.memory.waiting.forget_connection(connection),
            None => {}
        }
        if told.direct {
            self.stream = if told.ended || told.gap { None } else { Some((id, rows)) };
            return next;
        }
        let due = self.memory.waiting.is_due(id) || told.gap || told.ended;
        if due && let Some(waiting) = self.memory.waiting.take(id) {
            let stream = if told.ended || told.gap { None } else { Some((id, rows)) };
            let next = waiting.protocol.map_or(next, Next::To);
            let arena = &mut *self.arena;
            arena.sources.clear();
            arena.sources.extend(&waiting.sources);
            if let Some(later) = arena.derive(next, 0, |out| out.extend_from_slice(&waiting.bytes))
            {
                later.stream = stream;
            }
            if waiting.sources.len() > 1 {
                if self.left() > 0 {
                    self.note(rows.data, 0, self.left());
                }
                let length = waiting.bytes.len();
                self.came_from(&rows.origin, length);
            }
            self.memory.waiting.reuse(waiting);
        } else if self.left() > 0 {
            self.note(rows.data, 0, self.left());
        }
        Next::Nothing
    }

    /// May the bytes that the layer lacks come in a later segment? A walk that stops for want of
    /// them is then tried again when they are there; it should have changed nothing it remembers.
    #[inline]
    pub fn may_wait(&self) -> bool {
        self.stream.is_some()
    }
}

impl StreamId {
    fn of(connection: u64, direction: Direction) -> StreamId {
        StreamId(connection << 1 | u64::from(direction == Direction::Backward))
    }
}
