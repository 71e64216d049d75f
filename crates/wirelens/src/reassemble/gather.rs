//! Records out of events.

use std::collections::HashMap;
use std::sync::Arc;

use wirelens_dissect::{Detail, Input, Next, Registry, Session, Settings};
use wirelens_protocols::network::ipv4::IP_PROTO;
use wirelens_reassembly::datagram::{self, Datagram, Kept, Why};
use wirelens_reassembly::stream::{
    Direction, EndReason, Event, GapReason, Opening, Origin, Run, Stream,
};

use super::engine::next_of;
use super::half::{Cut, Half, PREFIX, RANGE, Room};
use super::{
    Conflict, Connection, Ended, FragmentKey, FrameList, Gap, Id, Observer, Options, Piece, Queue,
    Record,
};
use crate::Chain;

/// Gathers what comes of a capture into records.
pub(super) struct Gather {
    options: Options,
    /// Tells what the bytes are.
    session: Session,
    open: HashMap<u64, Open>,
    /// The number of the next datagram.
    datagrams: u64,
    done: Queue,
    /// What the lists and payloads of `open` and `done` take, in bytes.
    kept: usize,
    pub(super) cut: Cut<u64>,
    /// Where streams go that were still open at the end: by connection, not by activity.
    at_end: Option<Vec<(u64, Record)>>,
    pub(super) counts: Counts,
}

/// How many records there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) complete: u64,
    pub(super) incomplete: u64,
}

/// A connection that is not over.
struct Open {
    opening: Opening,
    opener: Direction,
    halves: [Option<Box<Half>>; 2],
}

impl Gather {
    pub(super) fn new(registry: Arc<Registry>, options: Options) -> Gather {
        let settings = Settings {
            detail: Detail::Headers,
            stateful: false,
            reassemble: false,
            ..Settings::default()
        };
        Gather {
            options,
            session: Session::with(registry, settings),
            open: HashMap::new(),
            datagrams: 0,
            done: Queue::new(),
            kept: 0,
            cut: Cut::default(),
            at_end: None,
            counts: Counts::default(),
        }
    }

    /// The next record that is done.
    pub(super) fn take(&mut self) -> Option<Record> {
        if self.done.is_empty()
            && let Some(mut waiting) = self.at_end.take()
        {
            waiting.sort_by_key(|(connection, _)| *connection);
            for (_, record) in waiting {
                self.deliver(record);
            }
        }
        let record = self.done.pop_front()?;
        if self.done.is_empty() && self.open.is_empty() {
            self.kept = 0;
        }
        self.kept = self.kept.saturating_sub(weight(&record));
        Some(record)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.done.is_empty() && self.at_end.as_ref().is_none_or(Vec::is_empty)
    }

    /// The protocols of bytes that begin with `first`.
    pub(super) fn name(session: &mut Session, first: Next, bytes: &[u8]) -> String {
        if bytes.is_empty() {
            return String::new();
        }
        let length = bytes.len() as u32;
        let input = Input { captured: bytes, length, ..Input::default() };
        Chain::new(session.dissect_as(first, input).layers()).names()
    }

    fn deliver(&mut self, record: Record) {
        match record.complete {
            true => self.counts.complete += 1,
            false => self.counts.incomplete += 1,
        }
        if record.complete || !self.options.strict {
            self.done.push_back(record);
        } else {
            self.kept = self.kept.saturating_sub(weight(&record));
        }
    }

    fn half(
        &mut self,
        stream: &Stream<'_, Connection>,
    ) -> Option<(&mut Half, Room<'_>, &mut Session)> {
        let limits = &self.options.limits;
        let room = Room { kept: &mut self.kept, most: limits.kept, listed: limits.listed };
        let open = self.open.get_mut(&stream.connection)?;
        let half = open.halves[side(stream.direction)].as_deref_mut()?;
        Some((half, room, &mut self.session))
    }

    fn start(&mut self, stream: &Stream<'_, Connection>, origin: Origin) {
        let Some(open) = self.open.get_mut(&stream.connection) else { return };
        let [source, destination] = stream.key.towards(stream.direction);
        let id = Id::Stream {
            number: stream.connection,
            source,
            destination,
            opening: open.opening,
            origin,
            fin: false,
            end: EndReason::Finish,
        };
        open.halves[side(stream.direction)] = Some(Box::new(Half {
            record: Record::new(id),
            origin,
            fin: false,
            end: 0,
            prefix: Vec::new(),
            told: false,
            cut: Cut::default(),
            held: 0,
            kept: 0,
        }));
    }

    fn run(&mut self, stream: &Stream<'_, Connection>, run: Run<'_>) {
        let wanted = self.options.payload;
        let Some((half, mut room, session)) = self.half(stream) else { return };
        half.end = run.offset + run.bytes.len() as u64;
        half.record.captured += run.bytes.len() as u64;
        half.frame(run.frame, &mut room);
        if !half.told {
            let more = run.bytes.len().min(PREFIX - half.prefix.len());
            if room.take(&mut half.kept, more) {
                half.prefix.extend_from_slice(run.bytes.get(..more).unwrap_or_default());
            } else {
                half.cut.memory = true;
            }
            if half.prefix.len() == PREFIX || half.cut.memory {
                half.tell(session, &mut room);
            }
        }
        if wanted == 0 || half.record.payload_cut {
            return;
        }
        let left = usize::try_from(wanted - half.held).unwrap_or(usize::MAX);
        let more = run.bytes.len().min(left);
        half.record.payload_cut = more < run.bytes.len();
        if !room.take(&mut half.kept, more + size_of::<Piece>()) {
            (half.record.payload_cut, half.cut.memory) = (true, true);
            return;
        }
        half.held += more as u64;
        let bytes = run.bytes.get(..more).unwrap_or_default();
        match half.record.payload.last_mut() {
            Some(piece) if piece.offset + piece.bytes.len() as u64 == run.offset => {
                piece.bytes.extend_from_slice(bytes);
            }
            _ => half.record.payload.push(Piece { offset: run.offset, bytes: bytes.to_vec() }),
        }
    }

    fn end(&mut self, stream: &Stream<'_, Connection>, reason: EndReason) {
        let Some(open) = self.open.remove(&stream.connection) else { return };
        let Open { opening, opener, halves } = open;
        let [forward, backward] = halves;
        let order = match opener {
            Direction::Forward => [forward, backward],
            Direction::Backward => [backward, forward],
        };
        for mut half in order.into_iter().flatten() {
            let limits = &self.options.limits;
            let mut room = Room { kept: &mut self.kept, most: limits.kept, listed: limits.listed };
            half.tell(&mut self.session, &mut room);
            self.cut.memory += u64::from(half.cut.memory);
            self.cut.listed += u64::from(half.cut.listed);
            let known = opening == Opening::Syn && half.origin != Origin::FirstByte;
            let mut record = half.record;
            record.length = Some(half.end);
            record.complete = known && half.fin && record.gap_count == 0;
            if let Id::Stream { fin, end, .. } = &mut record.id {
                (*fin, *end) = (half.fin, reason);
            }
            // What is left of the account is what the record takes.
            self.kept = self.kept.saturating_sub(half.kept) + weight(&record);
            match &mut self.at_end {
                Some(waiting) => waiting.push((stream.connection, record)),
                None => self.deliver(record),
            }
        }
    }
}

impl Observer for Gather {
    fn datagram(&mut self, key: &FragmentKey, datagram: Datagram<'_>, ended: Ended) {
        let limits = &self.options.limits;
        let next = next_of(*key, datagram.header());
        let mut record = Record::new(Id::Datagram {
            number: self.datagrams,
            family: key.family,
            source: key.source,
            destination: key.destination,
            identification: key.identification,
            carries: next,
            end: ended,
        });
        self.datagrams += 1;
        record.complete = ended == Ended::Complete;
        record.length = datagram.length().map(u64::from);
        record.captured = datagram.captured().into();
        for seen in datagram.frames() {
            let room = record.frames.ranges().len() < limits.listed;
            record.frames.add(seen.frame, room);
        }
        record.gap_count = datagram.holes().len() as u64;
        record.gaps.extend(datagram.holes().iter().take(limits.listed).map(gap_of));
        record.conflict_count = datagram.conflicts().len() as u64 + datagram.conflicts_left_out();
        record.conflicts.extend(datagram.conflicts().iter().map(conflict_of));
        if let Some(payload) = datagram.payload() {
            let next = Next::In(&IP_PROTO, next.into());
            record.protocols = Gather::name(&mut self.session, next, payload);
        }
        if self.options.payload > 0 && (record.complete || !self.options.strict) {
            let mut left = usize::try_from(self.options.payload).unwrap_or(usize::MAX);
            left = left.min(limits.kept.saturating_sub(self.kept));
            for (place, bytes) in datagram.parts() {
                let kept = bytes.get(..left).unwrap_or(bytes);
                left -= kept.len();
                record.payload_cut |= kept.len() < bytes.len();
                if !kept.is_empty() {
                    record.payload.push(Piece { offset: place.start.into(), bytes: kept.to_vec() });
                }
            }
        }
        let listed = record.gaps.len() as u64 == record.gap_count
            && record.conflicts.len() as u64 == record.conflict_count
            && !record.frames.is_cut();
        self.cut.listed += u64::from(!listed);
        self.kept += weight(&record);
        self.deliver(record);
    }

    fn stream(&mut self, stream: &Stream<'_, Connection>, event: Event<'_>) {
        match event {
            Event::Open(opening) => {
                let open = Open { opening, opener: stream.direction, halves: [None, None] };
                self.open.insert(stream.connection, open);
            }
            Event::Start { origin, .. } => self.start(stream, origin),
            Event::Run(run) => self.run(stream, run),
            Event::Gap { offset, length, reason } => {
                let Some((half, mut room, session)) = self.half(stream) else { return };
                half.end = offset + length;
                let gap = Gap { offset, length: Some(length), reason: reason_name(reason) };
                half.gap(gap, &mut room);
                // What comes behind it does not follow the first bytes.
                if !half.prefix.is_empty() {
                    half.tell(session, &mut room);
                }
            }
            Event::Late(run) => {
                let Some((half, ..)) = self.half(stream) else { return };
                half.record.late += run.bytes.len() as u64;
            }
            Event::Conflict(conflict) => {
                let Some((half, mut room, _)) = self.half(stream) else { return };
                half.conflict(conflict, &mut room);
            }
            Event::Fin { .. } => {
                let Some((half, ..)) = self.half(stream) else { return };
                half.fin = true;
            }
            Event::End(reason) => self.end(stream, reason),
        }
    }

    fn last(&mut self) {
        self.at_end = Some(Vec::new());
    }
}

impl Record {
    fn new(id: Id) -> Record {
        Record {
            id,
            complete: false,
            frames: FrameList::default(),
            length: None,
            captured: 0,
            gaps: Vec::new(),
            gap_count: 0,
            conflicts: Vec::new(),
            conflict_count: 0,
            late: 0,
            protocols: String::new(),
            payload: Vec::new(),
            payload_cut: false,
            path: None,
        }
    }
}

/// What a record's lists and payload take, in bytes.
fn weight(record: &Record) -> usize {
    let pieces = record.payload.iter().map(|piece| piece.bytes.len() + size_of::<Piece>());
    record.frames.ranges().len() * RANGE
        + record.gaps.len() * size_of::<Gap>()
        + record.conflicts.len() * size_of::<Conflict>()
        + pieces.sum::<usize>()
}

fn side(direction: Direction) -> usize {
    usize::from(direction == Direction::Backward)
}

pub(super) fn gap_of(hole: &datagram::Hole) -> Gap {
    Gap {
        offset: hole.start.into(),
        length: hole.end.map(|end| u64::from(end.saturating_sub(hole.start))),
        reason: match hole.why {
            Why::Missing => "missing",
            Why::NotCaptured => "not_captured",
        },
    }
}

fn conflict_of(conflict: &datagram::Conflict) -> Conflict {
    Conflict {
        offset: conflict.start.into(),
        length: u64::from(conflict.end.saturating_sub(conflict.start)),
        first: conflict.earlier,
        second: conflict.later,
        kept: match conflict.kept {
            Kept::Earlier => Some(conflict.earlier),
            Kept::Later => Some(conflict.later),
            Kept::Neither => None,
        },
    }
}

/// In a word.
pub(super) fn reason_name(reason: GapReason) -> &'static str {
    match reason {
        GapReason::Lost => "lost",
        GapReason::NotCaptured => "not_captured",
        GapReason::WindowPassed => "window_passed",
        GapReason::BeforeCapture => "before_capture",
        GapReason::Patience => "patience",
        GapReason::StreamLimit => "stream_limit",
        GapReason::TotalLimit => "total_limit",
        GapReason::End => "end",
    }
}
