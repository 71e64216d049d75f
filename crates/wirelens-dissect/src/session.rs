//! A session: dissects one frame after the other and keeps what outlives them.

use std::sync::Arc;

use wirelens_reassembly::{datagram, stream};

use crate::arena::{Arena, Later, Layer};
use crate::dissection::Dissection;
use crate::input::Input;
use crate::memory::Memory;
use crate::packet::{Context, Packet, TO_THE_END};
use crate::ports::by_ports;
use crate::reachable::Reach;
use crate::shard::share_links;
use crate::table::{DATA, ProtocolId, Registry};
use crate::{Kind, Level, Linking, Links, Next, Node, Onward, Protocol, Stop, Table};

/// Where a frame's first protocol is found, by the link types of
/// <https://www.tcpdump.org/linktypes.html>.
pub static LINK_TYPE: Table = Table::new("wtap_encap", "Link type");

/// How much of a frame is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Detail {
    /// Every field.
    #[default]
    Fields,
    /// Only which layers there are and the flow they belong to.
    Headers,
}

/// Bounds on what a frame or a session may take. Reaching one is never silent: those of a frame
/// are problems of it, the rows [`LIMIT_ROWS`](crate::LIMIT_ROWS); conversations are counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Layers in a frame.
    pub layers: usize,
    /// Fields in a frame.
    pub nodes: u32,
    /// Bytes of text that walks make for a frame (names put together, texts decoded), besides as
    /// many as it has itself. Text may stand in few bytes of the frame: a pointer of two is a name
    /// of 255 in DNS.
    pub text: u32,
    /// Conversations that are remembered.
    pub conversations: usize,
    /// Links that a first pass collects for a second, of 16 bytes each.
    pub links: usize,
    /// Flows that others have agreed on and that have not begun.
    pub expectations: usize,
    /// Datagrams that are put together.
    pub datagrams: datagram::Limits,
    /// Streams that are followed.
    pub streams: stream::Limits,
    /// Bytes of messages that wait for their rest, of all streams together.
    pub waiting: usize,
    /// Bytes of one message that is waited for; a longer one is dissected as far as it goes.
    pub message: usize,
    /// Bytes of messages in parts and of decoders that the states of all conversations keep.
    pub states: usize,
    /// Compressed bodies that are decoded.
    pub decoded: DecodeLimits,
}

/// How far a compressed body is decoded. Reaching one of these is a problem of the message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DecodeLimits {
    /// Bytes that a body becomes at most; 0: bodies are not decoded, which is no problem.
    pub bytes: usize,
    /// How many times as long as it was sent a body becomes at most.
    pub ratio: usize,
    /// Bytes up to which the ratio does not matter: empty pages compress well.
    pub small: usize,
}

impl Default for DecodeLimits {
    /// 16 MiB; 1000 times beyond 1 MiB: one pass of DEFLATE gives 1032 times at most.
    fn default() -> DecodeLimits {
        DecodeLimits { bytes: 16 << 20, ratio: 1000, small: 1 << 20 }
    }
}

impl DecodeLimits {
    /// What a body that was sent in so many bytes becomes at most.
    pub fn most(self, sent: usize) -> usize {
        self.bytes.min(self.small.max(sent.saturating_mul(self.ratio)))
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            layers: 255,
            nodes: 1 << 17,
            text: 1 << 18,
            conversations: 1 << 15,
            links: 1 << 23,
            expectations: 1 << 15,
            datagrams: datagram::Limits::default(),
            streams: stream::Limits {
                // Nobody asks a dissection for conflicts behind what was delivered, and a table of
                // this size stays in a cache: a flood of SYNs costs 122 ns each instead of 229.
                history: 0,
                connections: 1 << 16,
                total_bytes: 128 << 20,
                ..stream::Limits::default()
            },
            waiting: 128 << 20,
            message: 16 << 20,
            states: 64 << 20,
            decoded: DecodeLimits::default(),
        }
    }
}

/// What a session does.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How much of a frame is looked at.
    pub detail: Detail,
    /// Verify checksums; a wrong one is a problem.
    pub checksums: bool,
    /// Remember conversations: relative sequence numbers, recognised protocols.
    pub stateful: bool,
    /// Put fragments and segments together for the layers above them.
    pub reassemble: bool,
    /// Stop behind this part of the stack; the rest is data.
    pub until: Option<Level>,
    /// Stop behind these protocols; the rest is data. Empty: none.
    pub stop_after: Vec<&'static Protocol>,
    /// Only the fields of these protocols are wanted. Empty: all.
    pub wanted: Vec<&'static Protocol>,
    /// Nothing else is: neither which other layers there are, nor problems of others, nor rows that
    /// [need what stands behind](crate::Field::needs_behind). What can lead to no protocol that is
    /// wanted is data then. Without effect where fields of all are wanted; where those of none are,
    /// layers below applications are what is wanted.
    pub nothing_else: bool,
    /// Which frames complete what others brought parts of.
    pub linking: Linking,
    /// Bounds.
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            detail: Detail::Fields,
            checksums: false,
            stateful: true,
            reassemble: true,
            until: None,
            stop_after: Vec::new(),
            wanted: Vec::new(),
            nothing_else: false,
            linking: Linking::Off,
            limits: Limits::default(),
        }
    }
}

/// Dissects frames. Its memory is bounded by its limits, whatever the frames are.
pub struct Session {
    settings: Settings,
    pub(crate) context: Context,
    pub(crate) arena: Arena,
    /// Of the shard that the last frame belonged to.
    pub(crate) memory: Box<Memory>,
    /// Which that is.
    pub(crate) current: usize,
    /// The memories of the others, once there is something to remember.
    pub(crate) shards: Vec<Option<Box<Memory>>>,
    /// What each may take.
    pub(crate) share: Limits,
    /// By protocol id, what happens at its layers.
    pub(crate) rules: Vec<Rule>,
    /// Headers may be gone past without a walk.
    outlines: bool,
}

/// Where walks over a frame begin.
pub(crate) struct Start {
    pub(crate) next: Onward,
    pub(crate) at: u32,
    /// Where the captured bytes end.
    pub(crate) end: u32,
    pub(crate) declared: u32,
}

/// All that the walker needs to know of a protocol, in one place. One behind the part of the stack
/// that is wanted has the rule of [`DATA`].
#[derive(Clone, Copy)]
pub(crate) struct Rule {
    pub(crate) id: ProtocolId,
    pub(crate) protocol: &'static Protocol,
    /// The protocol's own: one way less to it. What nobody claims and nobody looks at is passed over.
    walk: fn(&mut Packet<'_>) -> Onward,
    pub(crate) record: bool,
    pub(crate) stop: bool,
    trailer: bool,
}

impl Session {
    /// A session with everything at its default.
    pub fn new(registry: Arc<Registry>) -> Session {
        Session::with(registry, Settings::default())
    }

    /// A session with these settings.
    pub fn with(registry: Arc<Registry>, settings: Settings) -> Session {
        let rule = |(id, &protocol): (usize, &&'static Protocol)| Rule {
            id: ProtocolId(id as u16),
            record: settings.detail == Detail::Fields
                && (settings.wanted.is_empty() || settings.wanted.contains(&protocol)),
            protocol,
            walk: protocol.walk,
            stop: settings.stop_after.contains(&protocol),
            trailer: protocol.trailer.is_some(),
        };
        let mut rules: Vec<Rule> = registry.protocols().iter().enumerate().map(rule).collect();
        if !rules[DATA.index()].record {
            rules[DATA.index()].walk = passes_over;
        }
        let data = rules[DATA.index()];
        if let Some(level) = settings.until {
            for rule in rules.iter_mut().filter(|rule| rule.protocol.level > level) {
                *rule = data;
            }
        }
        // What nobody remembers need not be kept apart.
        let remembers = settings.stateful || settings.reassemble;
        let shards = if remembers { settings.limits.shards() } else { 1 };
        let share = settings.limits.share(shards);
        let memory = Memory::new(&share);
        let reach = Reach::new(&registry, &settings);
        let context = Context {
            registry,
            checksums: settings.checksums,
            stateful: settings.stateful,
            reassemble: settings.reassemble,
            most_nodes: settings.limits.nodes,
            most_text: settings.limits.text,
            decoded: settings.limits.decoded,
            linking: share_links(&settings.linking, shards),
            sharded: shards > 1,
            reach,
        };
        let shards = (0..shards).map(|_| None).collect();
        let outlines = !settings.checksums && !rules[DATA.index()].record;
        Session {
            settings,
            context,
            arena: Arena::default(),
            memory,
            share,
            shards,
            current: 0,
            rules,
            outlines,
        }
    }

    /// What it dissects with.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.context.registry
    }

    /// What it was told.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Conversations that are remembered now, and those that were given up for others.
    pub fn conversations(&self) -> (usize, u64) {
        let all = self.memories().map(|memory| &memory.conversations);
        all.fold((0, 0), |(len, evicted), all| (len + all.len(), evicted + all.evicted))
    }

    /// Flows that were expected, did not come, and were given up for others.
    pub fn expectations_given_up(&self) -> u64 {
        self.memories().map(|memory| memory.expectations.evicted).sum()
    }

    /// What came of fragments so far.
    pub fn datagrams(&self) -> datagram::Counters {
        self.memories().map(|memory| memory.datagrams.counters()).sum()
    }

    /// What came of segments so far.
    pub fn streams(&self) -> stream::Counters {
        self.memories().map(|memory| memory.streams.counters()).sum()
    }

    /// Messages that were not waited for because they are too long or for others that go on, and those
    /// that lack what the capture lost.
    pub fn messages_given_up(&self) -> (u64, u64) {
        let all = self.memories().map(|memory| &memory.waiting);
        all.fold((0, 0), |(given_up, broken), all| (given_up + all.given_up, broken + all.broken))
    }

    /// The links that were collected, for a second pass.
    pub fn take_links(&mut self) -> Links {
        let mut links = std::mem::take(&mut self.memory.links);
        for memory in self.shards.iter_mut().flatten() {
            links.merge(std::mem::take(&mut memory.links));
        }
        links.sort();
        links
    }

    /// Forgets everything that outlived a frame.
    pub fn reset(&mut self) {
        self.memory = Memory::new(&self.share);
        self.shards.fill_with(|| None);
    }

    /// Dissects a frame. What it gives is lent until the next call.
    #[inline]
    pub fn dissect<'s>(&'s mut self, input: Input<'s>) -> Dissection<'s> {
        self.enter(self.shard_of(&input));
        self.dissect_here(input);
        if !self.memory.agreements.is_empty() {
            self.pass_on(&input);
        }
        self.dissected(input.captured)
    }

    /// Takes a frame without a look at it: one of which all that is wanted is known. Its dissection has
    /// no layers.
    #[inline]
    pub fn pass_over(&mut self, input: &Input<'_>) {
        self.arena.facts = input.facts();
        self.arena.clear(self.context.most_nodes);
    }

    /// Dissects a frame with the memory that is at hand.
    #[inline]
    pub(crate) fn dissect_here(&mut self, input: Input<'_>) {
        self.arena.facts = input.facts();
        self.run(Onward::table(LINK_TYPE.slot(), input.link_type), None, input.captured);
    }

    /// Dissects bytes that begin with `first`, all of them with one memory.
    #[inline]
    pub fn dissect_as<'s>(&'s mut self, first: Next, input: Input<'s>) -> Dissection<'s> {
        self.arena.facts = input.facts();
        let (first, to) = Onward::first(first);
        self.run(first, to, input.captured);
        self.memory.agreements.clear();
        self.dissected(input.captured)
    }

    #[inline(never)]
    fn run(&mut self, first: Onward, to: Option<&'static Protocol>, captured: &[u8]) {
        self.arena.clear(self.context.most_nodes);
        let end = captured.len() as u32;
        let declared = self.arena.facts.length.max(end);
        let mut start = Start { next: first, at: 0, end, declared };
        if self.outlines && self.outline(captured, &mut start) {
            return self.trailers(captured, 0, 0);
        }
        let Start { next: first, at, end, declared } = start;
        let whole = Later {
            // Where it begins is told apart.
            next: Next::Nothing,
            at,
            end,
            declared,
            buffer: 0,
            quoted: false,
            fragment: false,
            of_segments: false,
            layer: 0,
            scope: 0,
            stream: None,
            sources: (0, 0),
            origin: None,
        };
        self.walk(captured, (first, to), &whole, 0);
        if !self.arena.later.is_empty() {
            self.what_is_left(captured);
        }
        if self.arena.reached.any() {
            self.arena.limits_reached();
        }
    }

    /// The dissection of the frame that was dissected last, whose bytes must be `captured`: for
    /// callers that would rather ask again than carry it along.
    #[inline]
    pub fn dissected<'s>(&'s self, captured: &'s [u8]) -> Dissection<'s> {
        Dissection::new(captured, &self.arena, &self.context.registry)
    }

    /// One chain of layers over one buffer, of which those from `first_layer` on are known, then the
    /// trailers of those that have one.
    #[inline(always)]
    fn walk(
        &mut self,
        bytes: &[u8],
        (first, to): (Onward, Option<&'static Protocol>),
        from: &Later,
        first_layer: usize,
    ) {
        // Those that are known may have one.
        let mut trailers = self.arena.layers.len() > first_layer;
        let mut packet = Packet {
            buffer_bytes: bytes,
            bytes: bytes.get(..from.end as usize).unwrap_or(bytes),
            at: from.at,
            declared: from.declared,
            passed_on: TO_THE_END,
            start: from.at,
            to,
            record: false,
            refuses: false,
            missing: None,
            stream: from.stream,
            sources: from.sources,
            left_by: (first_layer, from.layer),
            refused: (DATA, u32::MAX),
            quoted: from.quoted,
            fragment: from.fragment,
            of_segments: from.of_segments,
            buffer: from.buffer,
            arena: &mut self.arena,
            memory: &mut self.memory,
            scope: from.scope,
            context: &self.context,
        };
        let most_layers = self.settings.limits.layers;
        let mut next = first;
        // A frame without a byte still has its first layer.
        while packet.left() > 0 || packet.arena.layers.is_empty() {
            let found = match next.in_table() {
                Some((slot, number)) => packet.context.registry.at(slot, number),
                None => match choose(&mut packet, next) {
                    Some(found) => found,
                    None => break,
                },
            };
            let rule = &self.rules[found.index()];
            if !packet.arena.has_room_for_layer(most_layers) {
                break;
            }
            // The walk may say that what comes behind it is quoted.
            let (first_node, quoted) = (packet.arena.nodes.len(), packet.quoted);
            packet.start = packet.at;
            packet.record = rule.record && packet.arena.has_room(packet.context);
            let came = next;
            next = (rule.walk)(&mut packet);
            if packet.refuses
                && let Some(instead) = packet.undone(first_node, rule.protocol, rule.id, came)
            {
                next = instead;
                continue;
            }
            let end_node = packet.arena.nodes.len();
            packet.arena.layers.push(Layer {
                protocol: rule.protocol,
                id: rule.id,
                buffer: packet.buffer,
                quoted,
                start: packet.start,
                length: packet.at.saturating_sub(packet.start),
                end: packet.bytes.len() as u32,
                declared: packet.declared,
                nodes: (first_node as u32, end_node as u32),
                trailer: (0, 0),
            });
            trailers |= rule.trailer;
            if rule.stop | (packet.passed_on != TO_THE_END) {
                next = packet.close(next, rule.stop);
            }
        }
        if trailers {
            self.trailers(bytes, first_layer, from.buffer);
        }
    }

    #[inline(never)]
    pub(crate) fn walk_on(&mut self, bytes: &[u8], from: &Later) {
        let first_layer = self.arena.layers.len();
        self.walk(bytes, Onward::first(from.next), from, first_layer);
    }

    /// Gives layers with a trailer what the layer inside them left over, innermost first.
    fn trailers(&mut self, bytes: &[u8], first_layer: usize, buffer: u8) {
        // Ends only come closer on the way in: where the last is the first, nothing is left over
        // but behind the last.
        let [first, .., last] = &self.arena.layers[first_layer..] else {
            return self.trailers_of(bytes, first_layer, buffer);
        };
        if first.end > last.end || self.rules[last.id.index()].trailer {
            self.trailers_of(bytes, first_layer, buffer);
        }
    }

    #[inline(never)]
    fn trailers_of(&mut self, bytes: &[u8], first_layer: usize, buffer: u8) {
        for at in (first_layer..self.arena.layers.len()).rev() {
            let layer = &self.arena.layers[at];
            let inner = self.arena.layers.get(at + 1);
            let from = inner.map_or(layer.start + layer.length, |inner| inner.end.max(inner.start));
            if from >= layer.end || inner.is_some_and(|inner| inner.declared > inner.end) {
                continue;
            }
            let Some(trailer) = layer.protocol.trailer else { continue };
            let layer = *layer;
            let first_node = self.arena.nodes.len() as u32;
            let mut packet = Packet {
                buffer_bytes: bytes,
                bytes: bytes.get(..layer.end as usize).unwrap_or(bytes),
                at: from,
                declared: layer.declared,
                passed_on: TO_THE_END,
                start: layer.start,
                to: None,
                record: self.rules[layer.id.index()].record && self.arena.has_room(&self.context),
                refuses: false,
                missing: None,
                stream: None,
                sources: (0, 0),
                left_by: (usize::MAX, 0),
                refused: (DATA, u32::MAX),
                quoted: layer.quoted,
                fragment: false,
                of_segments: false,
                buffer,
                arena: &mut self.arena,
                memory: &mut self.memory,
                scope: 0,
                context: &self.context,
            };
            // A trailer that is cut short has said what it could.
            let _ = trailer(&mut packet);
            let end_node = self.arena.nodes.len() as u32;
            self.arena.layers[at].trailer = (first_node, end_node);
        }
    }
}

impl Arena {
    /// Records which limits the frame has reached. The rows stand in the trailer of the innermost
    /// layer that has none or whose trailer was recorded last: nodes of a layer are in one piece.
    #[cold]
    pub(crate) fn limits_reached(&mut self) {
        let arena = self;
        let from = arena.nodes.len() as u32;
        let fits =
            |layer: &&mut Layer| layer.trailer.0 == layer.trailer.1 || layer.trailer.1 == from;
        let Some(layer) = arena.layers.iter_mut().rev().find(fits) else { return };
        arena.nodes.reserve_exact(arena.reached.rows().count());
        for field in arena.reached.rows() {
            arena.problems += 1;
            let offset = layer.start + layer.length;
            let buffer = layer.buffer;
            arena.nodes.push(Node {
                field,
                value: 1,
                offset,
                length: 0,
                inside: 0,
                buffer,
                made: false,
            });
        }
        let to = arena.nodes.len() as u32;
        if to > from {
            let empty = layer.trailer.0 == layer.trailer.1;
            layer.trailer = (if empty { from } else { layer.trailer.0 }, to);
        }
    }
}

// What is rare in the loop over layers stands apart from it.
impl Packet<'_> {
    /// What comes of a walk that refused its bytes or lacks some that may still come: where to go
    /// instead. None if its layer stands for all that.
    #[cold]
    #[inline(never)]
    fn undone(
        &mut self,
        first_node: usize,
        protocol: &'static Protocol,
        id: ProtocolId,
        came: Onward,
    ) -> Option<Onward> {
        let watch = self.arena.watch.take();
        match self.missing.take() {
            None => Some(self.take_back(first_node, id, came)),
            Some((need, _)) if protocol.messages => {
                Some(self.not_yet(first_node, protocol, need, watch))
            }
            Some((need, have)) => {
                self.refuses = false;
                self.stopped_for_good(Stop::Truncated { need, have });
                None
            }
        }
    }

    /// Undoes what a walk did that refused its bytes, which it must not have narrowed. Gives where
    /// to go instead: to whoever else knows the ports, if nobody has refused before.
    #[cold]
    #[inline(never)]
    pub(crate) fn take_back(&mut self, first_node: usize, id: ProtocolId, came: Onward) -> Onward {
        let arena = &mut *self.arena;
        let layer = arena.layers.len() as u16;
        while let Some(later) = arena.later.pop_if(|later| later.layer == layer) {
            if later.buffer != self.buffer {
                arena.buffers_used = arena.buffers_used.min(usize::from(later.buffer) - 1);
            }
        }
        let dropped = arena.nodes.drain(first_node..);
        arena.problems -= dropped.filter(|node| node.field.kind == Kind::Problem).count() as u32;
        self.at = self.start;
        self.passed_on = TO_THE_END;
        self.refuses = false;
        let first = self.refused().is_none();
        self.refused = (id, self.at);
        if first && came.of_ports().is_some() { came } else { Onward::DATA }
    }

    /// What lies behind this layer is data if the walk stops here, and may be less than it has.
    #[inline(never)]
    fn close(&mut self, next: Onward, stops: bool) -> Onward {
        self.narrow();
        if stops { self.stop_behind(next) } else { next }
    }

    /// What lies behind this layer is data.
    #[cold]
    fn stop_behind(&mut self, next: Onward) -> Onward {
        let layer = self.arena.layers.len() as u16 - 1;
        for later in self.arena.later.iter_mut().filter(|later| later.layer == layer) {
            later.next = Next::Data;
        }
        if next == Onward::NOTHING { next } else { Onward::DATA }
    }

    /// The layer inside is given less than this one has.
    fn narrow(&mut self) {
        if self.passed_on < self.declared {
            self.declared = self.passed_on.max(self.at);
            self.cut(self.declared as usize);
        }
        self.passed_on = TO_THE_END;
    }
}

impl Arena {
    /// May there be one more layer? If not, the limit is reached.
    #[inline(always)]
    pub(crate) fn has_room_for_layer(&mut self, most: usize) -> bool {
        self.layers.len() < self.layers.capacity() || self.make_room_for_layer(most)
    }

    #[cold]
    #[inline(never)]
    fn make_room_for_layer(&mut self, most: usize) -> bool {
        let length = self.layers.len();
        self.reached.layers |= length >= most;
        self.layers.reserve_exact(length.max(8).min(most.saturating_sub(length)));
        length < most
    }

    /// Bytes of text that may be made for this frame.
    #[inline(always)]
    pub(crate) fn most_text(&self, context: &Context) -> usize {
        self.facts.captured as usize + context.most_text as usize
    }

    /// May more be recorded? If not, the limit is reached.
    #[inline(always)]
    fn has_room(&mut self, context: &Context) -> bool {
        let room = (self.nodes.len() as u32) < context.most_nodes
            && self.made.len() <= self.most_text(context);
        self.reached.fields |= !room;
        room
    }
}

/// The walk over what nobody claims, where nobody looks.
fn passes_over(packet: &mut Packet<'_>) -> Onward {
    packet.at = packet.bytes.len() as u32;
    Onward::NOTHING
}

/// The protocol that comes next, if any. Apart, so that the loop over layers keeps its registers.
#[inline(never)]
fn choose(packet: &mut Packet<'_>, next: Onward) -> Option<ProtocolId> {
    let registry = &*packet.context.registry;
    // First what is usual behind a transport: a jump through a table would be guessed wrong.
    if let Some(ports) = next.of_ports() {
        return Some(by_ports(packet, ports).unwrap_or(DATA));
    }
    let found = match next {
        Onward::NOTHING => return None,
        Onward::TO => packet.to.and_then(|protocol| registry.id(protocol)),
        // A walk that reads nothing must not be asked again for ever.
        Onward::AGAIN if packet.at == packet.start => return None,
        Onward::AGAIN => {
            let last = packet.arena.layers.last()?;
            let (id, protocol) = (last.id, last.protocol);
            if packet.leaves_to_frame(Next::To(protocol), packet.at()) {
                return None;
            }
            Some(id)
        }
        _ => None,
    };
    Some(found.unwrap_or(DATA))
}

impl Stop {
    /// Did the walk stop because the capture does not hold the whole frame?
    pub(crate) fn is_short(self, layer: &Layer) -> bool {
        matches!(self, Stop::Truncated { .. }) && layer.end < layer.declared
    }
}
