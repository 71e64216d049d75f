//! Streams: their messages are dissected once, in the frame that completes them.

use wirelens_reassembly::stream::{Direction, Event, Flags, Segment, Stream};

use crate::arena::Later;
use crate::conversation::canonical;
use crate::waiting::{Lack, Look, StreamId, Waiting, Watch};
use crate::{Field, Flow, Next, OriginRows, Packet, Read, Table};

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

/// The stream that bytes are the next of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InStream {
    pub(crate) id: StreamId,
    pub(crate) rows: &'static StreamRows,
    /// The layer that brought them.
    pub(crate) layer: u16,
    /// Their buffer holds nothing else.
    pub(crate) own_buffer: bool,
    /// Which of them lie in the segment as well.
    pub(crate) tail: Option<Tail>,
}

/// The last bytes of a buffer that was put together, as they lie in the segment that came last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tail {
    /// Where they begin in the buffer.
    from: u32,
    /// Where they begin and end in the segment's.
    at: u32,
    end: u32,
    buffer: u8,
    /// What the layers outside that buffer keep apart.
    scope: u64,
}

/// What became of a segment's bytes.
#[derive(Default)]
struct Fate {
    /// They come next, as they lie in the frame.
    direct: bool,
    /// What comes behind them will not come.
    last: bool,
    /// Messages that waited and lack what was lost before them, or between them.
    broken: Vec<Waiting>,
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

    /// Are the segments of this layer put together, for those who are found in `table`?
    #[inline]
    pub fn reassembles_for(&self, table: &'static Table) -> bool {
        self.reassembles() && !self.context.reach.ends_at(table.slot())
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
        let (memory, mut fate, mut over) = (&mut *self.memory, Fate::default(), None);
        let waiting = &mut memory.waiting;
        let mut sink = |stream: &Stream<'_, StreamKey>, event: Event<'_>| {
            let id = StreamId::of(stream.connection, stream.direction);
            let here = stream.direction == direction;
            match event {
                Event::Run(run) => {
                    if here {
                        fate.last = false;
                    }
                    let whole = run.frame == frame && run.bytes.len() == bytes.len();
                    // What is dissected before them has a buffer of its own, and so must they.
                    let broken = !fate.broken.is_empty() || waiting.has_broken(id);
                    if here && whole && !broken && !waiting.has(id) {
                        fate.direct = true;
                    } else {
                        waiting.append(id, run.bytes, run.frame);
                    }
                }
                Event::Gap { .. } if here => {
                    fate.last = true;
                    fate.broken.extend(waiting.take(id));
                }
                Event::Gap { .. } => waiting.break_off(id),
                Event::Fin { .. } if here => fate.last = true,
                Event::End(_) if stream.key == &key => over = Some(stream.connection),
                Event::End(_) => waiting.forget_connection(stream.connection),
                _ => {}
            }
        };
        let summary = memory.streams.segment(&key, direction, &segment, &mut sink);
        let id = StreamId::of(summary.connection, direction);
        match over {
            Some(connection) if connection == summary.connection => fate.last = true,
            Some(connection) => self.memory.waiting.forget_connection(connection),
            None => {}
        }
        let mut noted = false;
        if !fate.broken.is_empty() || self.memory.waiting.has_broken(id) {
            noted = self.dissect_broken(fate.broken, (id, fate.last), next, rows);
        }
        let layer = self.arena.layers.len() as u16;
        let stream = |tail| Some(InStream { id, rows, layer, own_buffer: false, tail });
        if fate.direct {
            self.stream = if fate.last { None } else { stream(None) };
            return next;
        }
        let due = self.memory.waiting.is_due(id) || fate.last;
        if due && let Some(waiting) = self.memory.waiting.take(id) {
            let ends = fate.last || waiting.full;
            let stream = stream(self.tail_of(&waiting)).filter(|_| !ends);
            let stream = stream.map(|stream| InStream { own_buffer: true, ..stream });
            self.dissect_waiting(waiting, next, rows, stream, true);
        } else if self.left() > 0 && !noted {
            self.note(rows.data, 0, self.left());
            self.completed_in(&rows.origin);
        }
        Next::Nothing
    }

    /// Has messages dissected as far as they go, each over a buffer of its own, and before them the one
    /// that was broken off. Gives whether what is left of the segment was noted as a part of one.
    #[cold]
    #[inline(never)]
    fn dissect_broken(
        &mut self,
        mut broken: Vec<Waiting>,
        (id, last): (StreamId, bool),
        next: Next,
        rows: &'static StreamRows,
    ) -> bool {
        let waiting = &mut self.memory.waiting;
        if let Some(before) = waiting.take_broken(id) {
            broken.insert(0, before);
        }
        // A layer lists the segments of one message: of that which is complete, if there is one.
        let complete = waiting.has(id) && (waiting.is_due(id) || last);
        let listed = broken.len() - usize::from(!complete);
        let mut noted = false;
        for (message, at) in broken.into_iter().zip(0..) {
            noted = self.dissect_waiting(message, next, rows, None, at == listed);
        }
        noted
    }

    /// Has a message that waited dissected over a buffer of its own, behind this layer. Gives whether
    /// what is left of the segment was noted as a part of it.
    fn dissect_waiting(
        &mut self,
        mut waiting: Waiting,
        next: Next,
        rows: &'static StreamRows,
        stream: Option<InStream>,
        listed: bool,
    ) -> bool {
        let mut noted = false;
        let next = waiting.wanted.map_or(next, |wanted| Next::To(wanted.protocol));
        let length = waiting.bytes.len();
        let fill = |out: &mut Vec<u8>| std::mem::swap(out, &mut waiting.bytes);
        if let Some(later) = self.arena.derive(next, self.scope, &waiting.sources, fill) {
            (later.stream, later.of_segments) = (stream, true);
            let sources = later.sources;
            if listed && waiting.sources.len() > 1 {
                noted = self.left() > 0;
                if noted {
                    self.note(rows.data, 0, self.left());
                }
                self.came_from(&rows.origin, length, sources);
            }
        }
        self.memory.waiting.reuse(waiting);
        noted
    }

    /// What of this segment stands at the end of bytes that waited.
    fn tail_of(&self, waiting: &Waiting) -> Option<Tail> {
        let last = waiting.sources.last().filter(|last| last.frame == self.arena.facts.number)?;
        let before = self.left().checked_sub(last.length as usize)?;
        let bytes = waiting.bytes.get(last.offset as usize..)?;
        let same = self.ahead().get(before..) == Some(bytes);
        same.then(|| Tail {
            from: last.offset,
            at: (self.at() + before) as u32,
            end: self.bytes.len() as u32,
            buffer: self.buffer,
            scope: self.scope,
        })
    }

    /// Was nothing of what is left put together with bytes of other frames? Then a walk over several
    /// messages should end here with [`Next::Again`]: they are dissected where they lie.
    pub fn rest_is_in_frame(&self) -> bool {
        self.stream.and_then(|stream| stream.tail).is_some_and(|tail| self.at >= tail.from)
    }

    /// Where in what is [`ahead`](Self::ahead) other segments begin, if it is bytes of several that
    /// waited. Behind bytes that were lost a message begins with a segment, if one does.
    pub fn segments_ahead(&self) -> impl Iterator<Item = usize> {
        let (first, end) = if self.of_segments { self.sources } else { (0, 0) };
        let sources = self.arena.sources.get(first as usize..end as usize).unwrap_or_default();
        let next = sources.partition_point(|source| source.offset <= self.at);
        sources[next..].iter().map(|source| (source.offset - self.at) as usize)
    }

    /// Has what is left from `offset` on dissected where it lies in the frame, if it does.
    pub(crate) fn leaves_to_frame(&mut self, next: Next, offset: usize) -> bool {
        let Some(stream) = self.stream else { return false };
        let Some(tail) = stream.tail.filter(|tail| offset >= tail.from as usize) else {
            return false;
        };
        let at = tail.at + (offset as u32 - tail.from);
        self.arena.later.push(Later {
            next,
            at: at.min(tail.end),
            end: tail.end,
            declared: tail.end,
            buffer: tail.buffer,
            quoted: self.quoted,
            fragment: self.fragment,
            of_segments: false,
            layer: stream.layer,
            scope: tail.scope,
            stream: Some(InStream { own_buffer: false, tail: None, ..stream }),
            sources: (0, 0),
            origin: None,
        });
        true
    }

    /// May the bytes that the layer lacks come in a later segment? A walk that stops for want of
    /// them is then tried again when they are there; it should have changed nothing it remembers.
    #[inline]
    pub fn may_wait(&self) -> bool {
        self.stream.is_some()
    }

    /// Stops, in a stream, as long as the message that this layer began with lacks something, which
    /// must be passed on as it is. Once there is more, `look` tells whether the walk is tried
    /// again: it goes on with what it gave before (`seen`, now), and is given the message from its
    /// first byte. Where nothing more can come, or `look` wants nothing, the walk goes on.
    pub fn wait_while(&mut self, look: Look, seen: u64) -> Read {
        if !self.may_wait() {
            return Ok(());
        }
        let message = self.bytes.get(self.start()..).unwrap_or_default();
        let Some(Lack { seen, missing }) = look(message, seen) else { return Ok(()) };
        self.arena.watch = Some(Watch { look, seen });
        self.need(self.left().saturating_add(missing))
    }
}

impl StreamId {
    fn of(connection: u64, direction: Direction) -> StreamId {
        StreamId(connection << 1 | u64::from(direction == Direction::Backward))
    }
}
