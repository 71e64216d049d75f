//! The tracker: frames in, events of flows out.

use wirelens_dissect::{Dissection, Input, Registry};
use wirelens_protocols::application::dns::DNS;
use wirelens_protocols::link::ethernet::ETH;
use wirelens_reassembly::stream::{self, Direction, Flags, Streams};

use crate::event::{Data, Event, Observer};
use crate::facts::Facts;
use crate::flow::{End, Flow, HANDSHAKE, Notes, Stage};
use crate::fragments::Fragments;
use crate::glance::glance;
use crate::key::{Key, KeyOptions, Side};
use crate::limits::{Counters, Limits};
use crate::names::Names;
use crate::outside::Outside;
use crate::packet::{Packet, outside};
use crate::sight::Sight;
use crate::table::{self, List, Table};
use crate::tcp::{self, Acked, Bits, Marks, Segment, State};

/// What is told of flows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// What tells flows apart.
    pub key: KeyOptions,
    /// The numbers of their frames are listed.
    pub frames: bool,
    /// The bytes that each side sent are told, by [`Event::Data`] and [`Event::Gap`].
    pub data: bool,
    /// What flows are about is looked for. The session must record the fields that say it: those of
    /// [`fact_protocols`](crate::fact_protocols).
    pub facts: bool,
    /// Bounds.
    pub limits: Limits,
}

/// Follows flows. Its memory is bounded by its limits, whatever the frames are.
pub struct Tracker {
    options: Options,
    table: Table,
    /// The number of the flow that began last.
    number: u64,
    counters: Counters,
    fragments: Fragments,
    facts: Option<Facts>,
    names: Option<Names>,
    streams: Option<Streams<FlowId>>,
    /// Notes that no flow needs now.
    #[expect(clippy::vec_box, reason = "they go from flow to flow as they are, without a copy")]
    spare: Vec<Box<Notes>>,
    under_way: usize,
    listed: usize,
    /// The latest time of a frame, and when time-outs were looked for last.
    now: u64,
    told: u64,
    /// The flows that are still open at the end, the last to be told first.
    ending: Vec<u32>,
}

/// Where a flow is, and which it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct FlowId {
    at: u32,
    number: u64,
}

/// Notes kept for reuse.
const SPARE: usize = 256;
/// Layers outside a flow's own that are kept.
const OUTSIDE: usize = 8;
/// How often time-outs are looked for, in nanoseconds.
const OFTEN: u64 = 1_000_000_000;
/// Bytes of flows that are in the cache anyhow.
const SMALL: usize = 1 << 20;
/// Flows that time out in a frame; others do in the frames that follow.
const AT_ONCE: usize = 256;

impl Tracker {
    /// Nothing yet. `registry` is what the frames are dissected with.
    #[must_use]
    pub fn new(options: Options, registry: &Registry) -> Tracker {
        Tracker {
            table: Table::new(),
            number: 0,
            counters: Counters::default(),
            fragments: Fragments::new(),
            facts: options.facts.then(|| Facts::new(registry)),
            names: options.facts.then(|| Names::new(registry, options.limits.names)),
            streams: options.data.then(|| Streams::new(options.limits.streams)),
            spare: Vec::new(),
            under_way: 0,
            listed: 0,
            now: 0,
            told: 0,
            ending: Vec::new(),
            options,
        }
    }

    /// What was tracked so far.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Flows that are tracked now.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory of the flows themselves: without what is under way, listed, or said of them.
    pub fn bytes(&self) -> usize {
        self.table.bytes()
    }

    /// Reads a frame.
    pub fn read<O: Observer>(&mut self, frame: &Dissection<'_>, observer: &mut O) {
        let Some(mut packet) = Packet::of(frame, self.options.key) else {
            self.counters.other_frames += 1;
            return self.advance(frame.input().nanoseconds.max(0) as u64, observer);
        };
        self.advance(packet.time, observer);
        self.counters.frames += 1;
        if packet.fragment.is_some() && !self.fragments.place(&mut packet) {
            self.counters.lone_fragments += 1;
        }
        let key = Key::of(&packet.tuple, packet.version);
        let known = self.table.find(&key.0);
        self.place(key, known, (View::Dissected(frame), &packet), observer);
    }

    /// Reads a frame without its dissection, if that tells the same. Where it gives false nothing has
    /// happened, but that it is so late now: the frame is to be dissected and [read](Self::read).
    ///
    /// It does so for most of the frames that [`Sight`] knows where the observer wants none told, flows
    /// are told apart by their ends alone, and their data are not told. Where what flows are about is
    /// looked for, it does so once that is known of a flow: sixteen messages tell it, or 64 payloads
    /// that nobody claims. Those that speak of other flows are read to their end.
    #[inline]
    pub fn see<O: Observer>(&mut self, sight: &Sight, input: &Input<'_>, observer: &mut O) -> bool {
        let KeyOptions { vlan, tunnel, .. } = self.options.key;
        if vlan || tunnel || self.streams.is_some() || observer.wants_frames() {
            return false;
        }
        let Some(seen) = sight.whole(input) else { return false };
        self.advance(input.nanoseconds.max(0) as u64, observer);
        let key = Key::of(&seen.tuple(), seen.version);
        let known = self.table.find(&key.0);
        if self.facts.is_some() && !known.is_some_and(|at| self.table.get(at).settled) {
            self.table.comes_again(known);
            return false;
        }
        let packet = seen.packet(input);
        // What stands around the first packet of a flow is kept, and what it is about not known.
        let begins = |at| self.is_another(at, key.1, &packet).is_some();
        if (seen.tags > 0 || self.facts.is_some()) && known.is_none_or(begins) {
            return false;
        }
        self.counters.frames += 1;
        self.place(key, known, (View::Seen(seen.link), &packet), observer);
        true
    }

    /// Counts a packet in its flow, which it may begin.
    #[inline]
    fn place<O: Observer>(
        &mut self,
        (key, backward): (Key, bool),
        mut known: Option<u32>,
        (view, packet): (View<'_>, &Packet),
        observer: &mut O,
    ) {
        if let Some(at) = known
            && let Some(end) = self.is_another(at, backward, packet)
        {
            self.end(at, end, observer);
            known = None;
        }
        let begun = known.is_none();
        let at = known.unwrap_or_else(|| self.begin(key, backward, (view, packet), observer));
        self.count(at, backward, (view, packet), begun, observer);
    }

    /// So many frames may be told to [`Tracker::come_next`] at once.
    pub const AT_ONCE: usize = table::AT_ONCE;

    /// These frames come next: their link types and bytes, at most [`AT_ONCE`](Self::AT_ONCE) of them.
    /// What is known of their flows is brought into the cache. With very many flows, waiting for
    /// memory is most of what a frame costs, and so they are all waited for together. What is told
    /// of flows is the same without it, and if other frames come.
    pub fn come_next<'f>(&mut self, frames: impl IntoIterator<Item = (u32, &'f [u8])>) {
        let key = self.options.key;
        if self.table.bytes() < SMALL || key.vlan || key.tunnel {
            return;
        }
        let seen = frames.into_iter().filter_map(|(link_type, bytes)| glance(link_type, bytes));
        self.table.fetch(seen.map(|(tuple, version)| Key::of(&tuple, version)));
    }

    /// It is so late: gives up flows that were silent for longer than they may. Reading frames does
    /// that by itself; for those that come live and do not come.
    #[inline]
    pub fn advance<O: Observer>(&mut self, now: u64, observer: &mut O) {
        self.now = self.now.max(now);
        if self.now.saturating_sub(self.told) < OFTEN {
            return;
        }
        let looked = std::mem::replace(&mut self.told, self.now);
        for at_once in 0..=AT_ONCE {
            if at_once == AT_ONCE {
                self.told = looked;
                break;
            }
            let Some(at) = self.table.idle(self.now, &self.options.limits.idle) else { break };
            self.end(at, End::Idle, observer);
        }
        if let Some(streams) = &mut self.streams {
            streams.expire(self.now, &mut ToObserver { table: &self.table, observer });
        }
    }

    /// There are no more frames: all flows are over, in the order in which they began.
    pub fn finish<O: Observer>(&mut self, observer: &mut O) {
        while self.finish_one(observer) {}
    }

    /// The same, one flow at a call, for those who write in between; false if there is none left.
    pub fn finish_one<O: Observer>(&mut self, observer: &mut O) -> bool {
        if self.ending.is_empty() {
            self.ending = self.table.all();
        }
        let Some(at) = self.ending.pop() else { return false };
        self.end(at, End::Input, observer);
        true
    }

    /// Does a packet begin another flow between the same ends? Then why the one before is over.
    #[inline]
    fn is_another(&self, at: u32, backward: bool, packet: &Packet) -> Option<End> {
        let flow = self.table.get(at);
        let limits = &self.options.limits;
        let allowed = List::of(flow.key.protocol, flow.stage).idle(&limits.idle);
        if packet.time.saturating_sub(flow.last()) > allowed {
            return Some(End::Idle);
        }
        if limits.active > 0 && packet.time.saturating_sub(flow.first()) > limits.active {
            return Some(End::Active);
        }
        let segment = packet.segment.as_ref()?;
        let reused = flow.is_reused_by(flow.side(backward), segment);
        reused.then_some(End::Reused)
    }

    fn begin<O: Observer>(
        &mut self,
        key: Key,
        backward: bool,
        (view, packet): (View<'_>, &Packet),
        observer: &mut O,
    ) -> u32 {
        if self.table.len() >= self.options.limits.flows.max(1)
            && let Some(at) = self.table.least_wanted()
        {
            self.counters.evicted += 1;
            self.end(at, End::Evicted, observer);
        }
        self.number += 1;
        self.counters.flows += 1;
        let mut flow = Flow::new(key, self.number, packet, backward);
        let around = view.around(packet);
        if !around.is_empty() {
            flow.notes().outside = around;
        }
        let at = self.table.insert(flow);
        self.name_ends(at);
        at
    }

    /// Counts a packet in its flow and tells what comes of it.
    fn count<O: Observer>(
        &mut self,
        at: u32,
        backward: bool,
        (view, packet): (View<'_>, &Packet),
        begun: bool,
        observer: &mut O,
    ) {
        let flow = self.table.get_mut(at);
        let side = flow.side(backward);
        let before = flow.last();
        let (mut marks, mut under_way) = (Marks::default(), [None; 2]);
        let segment = packet.segment.as_ref().filter(|segment| !flow.is_older(side, segment));
        if let Some(segment) = segment {
            (marks, under_way) = flow.analyse(side, segment, packet.time);
        }
        flow.count(side, packet);
        if flow.traffic(side).frames() == 1
            && let Some(address) = view.link()
        {
            flow.note_link(side, address);
        }
        let frame = view.dissection();
        if self.options.frames {
            let room = self.listed < self.options.limits.frames;
            let spare = &mut self.spare;
            let notes = flow.notes.get_or_insert_with(|| spare.pop().unwrap_or_default());
            self.listed += notes.frames.add(packet.frame, room);
        }
        if let (Some(facts), Some(frame)) = (&self.facts, frame)
            && frame.layers().len() > packet.layer + 1
            && !flow.settled
        {
            facts.look(frame, packet.layer, side, flow);
            if let Some(names) = &mut self.names {
                let inside = &frame.layers()[packet.layer + 1..];
                inside.iter().filter(|layer| layer.protocol == &DNS).for_each(|layer| {
                    names.look(frame, layer);
                });
            }
        }
        let changes = match segment {
            Some(segment) => self.segment(at, side, segment, (marks, &under_way), packet.time),
            None => Changes::default(),
        };
        let flow = self.table.get(at);
        if begun {
            let joined = packet.segment.is_some_and(|segment| !segment.has(tcp::SYN));
            observer.event(flow, Event::Begun { joined });
        }
        if let Some(dissection) = frame.filter(|_| observer.wants_frames()) {
            let round_trip = changes.round_trip;
            observer.event(flow, Event::Frame { side, packet, dissection, marks, round_trip });
        }
        if changes.established {
            observer.event(flow, Event::Established);
        }
        if !marks.is_empty() {
            marks.iter().for_each(|mark| observer.event(flow, Event::Mark { side, mark }));
        }
        if let (Some(_), Some(segment), Some(frame)) = (&self.streams, segment, frame) {
            self.stream(at, side, (frame, packet), segment, observer);
        }
        let flow = self.table.get(at);
        if changes.half_closed {
            observer.event(flow, Event::HalfClosed { side });
        }
        if changes.reset {
            observer.event(flow, Event::Reset { side });
        }
        if changes.closed {
            observer.event(flow, Event::Closed);
        }
        self.table.touch(at, before, packet.time, &self.options.limits.idle);
    }

    /// What a segment changes.
    fn segment(
        &mut self,
        at: u32,
        side: Side,
        segment: &Segment,
        (marks, under_way): (Marks, &[Option<tcp::Alone>; 2]),
        now: u64,
    ) -> Changes {
        let flow = self.table.get_mut(at);
        if !marks.is_empty() {
            let spare = &mut self.spare;
            let notes = flow.notes.get_or_insert_with(|| spare.pop().unwrap_or_default());
            notes.counts.get_or_insert_default()[side as usize].add(marks);
        }
        let mut changes = flow.changes(side, segment, now);
        if segment.numbers() > 0 && flow.stage < Stage::Finished {
            self.sent(at, side, segment, under_way[0].as_ref(), now);
        }
        if let Some(number) = segment.acknowledgment {
            let echo = segment.timestamps.map(|(_, echo)| echo);
            let alone = under_way[1].as_ref();
            changes.round_trip = self.acknowledged(at, side.other(), (number, echo), alone, now);
        }
        changes
    }

    /// A side has sent a segment, and this before it.
    #[inline]
    fn sent(
        &mut self,
        at: u32,
        side: Side,
        segment: &Segment,
        alone: Option<&tcp::Alone>,
        now: u64,
    ) {
        let flow = self.table.get_mut(at);
        let known = flow.notes.as_ref();
        let listed = known.is_some_and(|notes| !notes.flights[side as usize].is_empty());
        let goes_on = alone.is_none_or(|alone| !tcp::before(segment.sequence, alone.numbers.1));
        if !listed && (alone.is_none() || !goes_on) {
            return flow.both(side).0.half.set_again(alone.is_some());
        }
        let room = self.under_way < self.options.limits.under_way;
        let spare = &mut self.spare;
        let notes = flow.notes.get_or_insert_with(|| spare.pop().unwrap_or_default());
        let flight = &mut notes.flights[side as usize];
        if let Some(alone) = alone.filter(|_| !listed) {
            self.under_way += flight.begin(alone, room);
        }
        let numbers = (segment.sequence, segment.sequence.wrapping_add(segment.numbers()));
        let stamp = segment.timestamps.map(|(value, _)| value);
        self.under_way += flight.send(numbers, now, stamp, room);
        self.counters.not_remembered += u64::from(!room);
    }

    /// What a side has sent is acknowledged, by a number and perhaps a timestamp.
    #[inline]
    fn acknowledged(
        &mut self,
        at: u32,
        side: Side,
        (number, echo): (u32, Option<u32>),
        alone: Option<&tcp::Alone>,
        now: u64,
    ) -> Option<u64> {
        let flow = self.table.get_mut(at);
        let over = flow.stage >= Stage::Finished;
        let (mut taken, time);
        match &mut flow.notes {
            Some(notes) if !notes.flights[side as usize].is_empty() => {
                (taken, time) = notes.flights[side as usize].acknowledge(number, now, echo);
            }
            _ => {
                let whole = alone.filter(|alone| alone.numbers.1 == number && !alone.again);
                time = whole.map(|alone| now.saturating_sub(alone.time));
                taken = 0;
            }
        }
        if let Some(notes) = &mut flow.notes {
            if over {
                taken += notes.flights.iter_mut().map(tcp::Flight::clear).sum::<usize>();
            }
            if taken > 0
                && notes.is_blank()
                && let Some(notes) = flow.notes.take()
            {
                self.keep(notes);
            }
        }
        if let Some(time) = time {
            self.table.get_mut(at).round_trip(side, time);
        }
        self.under_way -= taken;
        time
    }

    fn keep(&mut self, notes: Box<Notes>) {
        if self.spare.len() < SPARE {
            self.spare.push(notes);
        }
    }

    /// Hands a segment to its streams.
    fn stream<O: Observer>(
        &mut self,
        at: u32,
        side: Side,
        (frame, packet): (&Dissection<'_>, &Packet),
        segment: &Segment,
        observer: &mut O,
    ) {
        let Some(streams) = &mut self.streams else { return };
        let Some(layer) = frame.layers().get(packet.layer) else { return };
        let data = layer.declared.saturating_sub(packet.payload) as usize;
        let bytes = frame.buffer(layer.buffer).get(data..layer.end as usize);
        let id = FlowId { at, number: self.table.get(at).number() };
        let direction = match side {
            Side::Initiator => Direction::Forward,
            Side::Responder => Direction::Backward,
        };
        let segment = stream::Segment {
            frame: packet.frame,
            time: packet.time,
            sequence: segment.sequence,
            acknowledgment: segment.acknowledgment,
            window: segment.window,
            window_scale: Some(segment.scale.unwrap_or(0)),
            flags: Flags::from_wire(segment.flags as u8),
            urgent: segment.urgent,
            bytes: bytes.unwrap_or_default(),
            length: segment.length,
            identity: None,
        };
        let mut sink = ToObserver { table: &self.table, observer };
        streams.segment(&id, direction, &segment, &mut sink);
    }

    /// Gives the ends of a flow their names, as far as they are known.
    fn name_ends(&mut self, at: u32) {
        let Some(names) = &self.names else { return };
        let flow = self.table.get_mut(at);
        let found = Side::BOTH.map(|side| names.of(flow.address(side)));
        if found.iter().any(Option::is_some) {
            let known = &mut flow.notes().names;
            for (known, found) in known.iter_mut().zip(found) {
                *known = known.take().or(found);
            }
        }
    }

    /// A flow is over.
    fn end<O: Observer>(&mut self, at: u32, cause: End, observer: &mut O) {
        let flow = self.table.get(at);
        let end = match flow.stage {
            Stage::Finished => End::Fin,
            Stage::Reset => End::Reset,
            _ => cause,
        };
        if let Some(streams) = &mut self.streams {
            let id = FlowId { at, number: flow.number() };
            streams.end(&id, &mut ToObserver { table: &self.table, observer });
        }
        self.name_ends(at);
        observer.event(self.table.get(at), Event::Over(end));
        let flow = self.table.get_mut(at);
        if let Some(mut notes) = flow.notes.take() {
            self.listed -= notes.frames.ranges().len();
            self.under_way -= notes.clear();
            self.keep(notes);
        }
        self.table.remove(at);
    }
}

/// What a segment has brought about.
#[derive(Clone, Copy, Default)]
struct Changes {
    established: bool,
    half_closed: bool,
    reset: bool,
    closed: bool,
    /// How long what it acknowledges was under way.
    round_trip: Option<u64>,
}

impl Flow {
    /// Takes both ends to their next states.
    fn changes(&mut self, side: Side, segment: &Segment, now: u64) -> Changes {
        let mut changes = Changes::default();
        let (own, other) = self.both(side);
        let (own, other) = (&mut own.half, &mut other.half);
        let reset = segment.has(tcp::RST);
        if reset && !other.is_reset_obeyed(segment) {
            return changes;
        }
        let ack = segment.acknowledgment;
        let acked = Acked {
            syn: ack.is_some_and(|ack| !other.is_opened() || tcp::before(other.first, ack)),
            fin: ack.is_some_and(|ack| other.state.has_finished() && !tcp::before(ack, other.next)),
        };
        let bits = Bits {
            syn: segment.has(tcp::SYN),
            fin: segment.has(tcp::FIN),
            reset,
            acks: ack.is_some(),
        };
        let finished = own.state.has_finished();
        own.state = own.state.sends(bits, acked);
        other.state = other.state.receives(bits, acked);
        let (own, other) = (own.state, other.state);
        if self.stage == Stage::Opening {
            if bits.syn && side == Side::Initiator {
                self.handshake = now;
            } else if !bits.syn && !reset && own >= State::Established {
                self.stage = Stage::Open;
                changes.established = true;
                let took = now.saturating_sub(self.handshake);
                let seen = side == Side::Initiator && other >= State::Established;
                self.handshake = if seen { took.clamp(1, HANDSHAKE) } else { HANDSHAKE };
            }
        }
        if reset && self.stage < Stage::Finished {
            self.stage = Stage::Reset;
            changes.reset = true;
        } else if !finished && own.has_finished() && !other.has_finished() {
            changes.half_closed = true;
        }
        if own.is_over() && other.is_over() && self.stage < Stage::Finished {
            self.stage = Stage::Finished;
            changes.closed = true;
        }
        changes
    }
}

/// A frame as the tracker is given it.
#[derive(Clone, Copy)]
enum View<'v> {
    /// All of it.
    Dissected(&'v Dissection<'v>),
    /// What is seen of it besides its packet: the link address that it came from.
    Seen([u8; 6]),
}

impl<'v> View<'v> {
    fn dissection(self) -> Option<&'v Dissection<'v>> {
        match self {
            View::Dissected(frame) => Some(frame),
            View::Seen(_) => None,
        }
    }

    /// The link address it came from.
    fn link(self) -> Option<[u8; 6]> {
        let frame = match self {
            View::Dissected(frame) => frame,
            View::Seen(address) => return Some(address),
        };
        let ethernet = frame.layers().iter().rev().find(|layer| layer.protocol == &ETH)?;
        frame.header(ethernet).get(6..12)?.first_chunk().copied()
    }

    /// What is around its packet.
    fn around(self, packet: &Packet) -> Vec<Outside> {
        let Some(frame) = self.dissection() else { return Vec::new() };
        let around = outside(frame, packet).take(OUTSIDE);
        around.map(|layer| Outside::of(frame, layer)).collect()
    }
}

/// The events of streams, as those of their flows.
struct ToObserver<'t, O> {
    table: &'t Table,
    observer: &'t mut O,
}

impl<O: Observer> stream::Sink<FlowId> for ToObserver<'_, O> {
    fn event(&mut self, stream: &stream::Stream<'_, FlowId>, event: stream::Event<'_>) {
        let flow = self.table.get(stream.key.at);
        if flow.number() != stream.key.number {
            return;
        }
        let side = match stream.direction {
            Direction::Forward => Side::Initiator,
            Direction::Backward => Side::Responder,
        };
        match event {
            stream::Event::Run(stream::Run { offset, bytes, frame, time, .. }) => {
                self.observer.event(flow, Event::Data(Data { side, offset, bytes, frame, time }));
            }
            stream::Event::Gap { offset, length, reason } => {
                self.observer.event(flow, Event::Gap { side, offset, length, reason });
            }
            _ => {}
        }
    }
}
