//! A session: dissects one frame after the other and keeps what outlives them.

use std::sync::Arc;

use crate::arena::{Arena, Later, Layer};
use crate::conversation::Conversations;
use crate::dissection::Dissection;
use crate::input::Input;
use crate::packet::{Context, Packet};
use crate::table::{ProtocolId, Registry};
use crate::{Level, Next, Node, Protocol, Stop, Table};

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
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { layers: 255, nodes: 1 << 17, text: 1 << 18, conversations: 1 << 15 }
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
    /// Stop behind this part of the stack; the rest is data.
    pub until: Option<Level>,
    /// Stop behind these protocols; the rest is data. Empty: none.
    pub stop_after: Vec<&'static Protocol>,
    /// Only the fields of these protocols are wanted. Empty: all.
    pub wanted: Vec<&'static Protocol>,
    /// Bounds.
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            detail: Detail::Fields,
            checksums: false,
            stateful: true,
            until: None,
            stop_after: Vec::new(),
            wanted: Vec::new(),
            limits: Limits::default(),
        }
    }
}

/// Dissects frames. Its memory is bounded by its limits, whatever the frames are.
pub struct Session {
    registry: Arc<Registry>,
    settings: Settings,
    arena: Arena,
    conversations: Conversations,
    /// By protocol id, what happens at its layers.
    rules: Vec<Rule>,
}

/// All that the walker needs to know of a protocol, in one place.
#[derive(Clone, Copy)]
struct Rule {
    protocol: &'static Protocol,
    record: bool,
    stop: bool,
    /// It lies behind the part of the stack that is wanted.
    beyond: bool,
    trailer: bool,
}

/// What nobody claims: the first protocol of every registry.
const DATA: ProtocolId = ProtocolId(0);

impl Session {
    /// A session with everything at its default.
    pub fn new(registry: Arc<Registry>) -> Session {
        Session::with(registry, Settings::default())
    }

    /// A session with these settings.
    pub fn with(registry: Arc<Registry>, settings: Settings) -> Session {
        let rule = |&protocol: &&'static Protocol| Rule {
            record: settings.detail == Detail::Fields
                && (settings.wanted.is_empty() || settings.wanted.contains(&protocol)),
            protocol,
            stop: settings.stop_after.contains(&protocol),
            beyond: settings.until.is_some_and(|level| protocol.level > level),
            trailer: protocol.trailer.is_some(),
        };
        let data = |rule: Rule| Rule { beyond: false, ..rule };
        let mut rules: Vec<Rule> = registry.protocols().iter().map(rule).collect();
        rules[DATA.index()] = data(rules[DATA.index()]);
        let conversations = Conversations::new(settings.limits.conversations);
        Session { registry, settings, arena: Arena::default(), conversations, rules }
    }

    /// What it dissects with.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// What it was told.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Conversations that are remembered now, and those that were given up for others.
    pub fn conversations(&self) -> (usize, u64) {
        (self.conversations.len(), self.conversations.evicted)
    }

    /// Forgets everything that outlived a frame.
    pub fn reset(&mut self) {
        self.conversations.clear();
    }

    /// Dissects a frame. What it gives is lent until the next call.
    pub fn dissect<'s>(&'s mut self, input: Input<'s>) -> Dissection<'s> {
        self.dissect_as(Next::In(&LINK_TYPE, input.link_type), input)
    }

    /// Dissects bytes that begin with `first`.
    pub fn dissect_as<'s>(&'s mut self, first: Next, input: Input<'s>) -> Dissection<'s> {
        self.arena.clear();
        // Nodes are counted where they need more room, so there must not be room for more than
        // the limit; rows that say it was reached made some.
        let most = self.settings.limits.nodes as usize;
        if self.arena.nodes.capacity() > most {
            self.arena.nodes.shrink_to(most);
        }
        let declared = (input.length as usize).max(input.captured.len());
        let mut walker = Walker {
            registry: &self.registry,
            rules: &self.rules,
            settings: &self.settings,
            arena: &mut self.arena,
            conversations: &mut self.conversations,
            context: Context {
                input: &input,
                checksums: self.settings.checksums,
                stateful: self.settings.stateful,
                most_nodes: self.settings.limits.nodes,
                most_text: input.captured.len() + self.settings.limits.text as usize,
            },
        };
        let later = Later {
            next: first,
            at: 0,
            end: input.captured.len() as u32,
            declared: declared as u32,
            buffer: 0,
            quoted: false,
            fragment: false,
        };
        walker.walk(input.captured, later);
        walker.what_is_left(input.captured);
        if walker.arena.reached.any() {
            walker.limits_reached();
        }
        self.dissected(input)
    }

    /// The dissection of the frame that was dissected last, which must be `input`: for callers that
    /// would rather ask again than carry it along.
    #[inline]
    pub fn dissected<'s>(&'s self, input: Input<'s>) -> Dissection<'s> {
        Dissection::new(input, &self.arena, &self.registry)
    }
}

struct Walker<'w> {
    registry: &'w Registry,
    rules: &'w [Rule],
    settings: &'w Settings,
    arena: &'w mut Arena,
    conversations: &'w mut Conversations,
    context: Context<'w>,
}

impl Walker<'_> {
    /// One chain of layers over one buffer, then the trailers of those that have one.
    fn walk(&mut self, bytes: &[u8], from: Later) {
        let first_layer = self.arena.layers.len();
        let mut packet = Packet {
            buffer_bytes: bytes,
            bytes: bytes.get(..from.end as usize).unwrap_or(bytes),
            at: from.at as usize,
            declared: from.declared as usize,
            onward: None,
            start: from.at as usize,
            record: false,
            quoted: from.quoted,
            fragment: from.fragment,
            buffer: from.buffer,
            arena: &mut *self.arena,
            conversations: &mut *self.conversations,
            context: &self.context,
        };
        let mut next = from.next;
        let mut trailers = false;
        let mut refused = None;
        // A frame without a byte still has its first layer.
        while packet.left() > 0 || packet.arena.layers.is_empty() {
            let found = match next {
                Next::In(table, number) => self.registry.find(table, number).unwrap_or(DATA),
                _ => match choose(self.registry, &mut packet, next, refused) {
                    Some(found) => found,
                    None => break,
                },
            };
            let id = if self.rules[found.index()].beyond { DATA } else { found };
            let rule = &self.rules[id.index()];
            let layers = packet.arena.layers.len();
            if layers >= self.settings.limits.layers {
                packet.arena.reached.layers = true;
                break;
            }
            let (end, declared) = (packet.bytes.len(), packet.declared);
            let first_node = packet.arena.nodes.len() as u32;
            let laters = packet.arena.later.len();
            let buffers = packet.arena.buffers_used;
            let (problems, reached) = (packet.arena.problems, packet.arena.reached);
            packet.start = packet.at;
            packet.record = rule.record && packet.arena.has_room(&self.context);
            packet.arena.layers.push(Layer {
                protocol: rule.protocol,
                id,
                buffer: packet.buffer,
                quoted: packet.quoted,
                start: packet.at as u32,
                length: 0,
                end: end as u32,
                declared: declared as u32,
                nodes: (first_node, first_node),
                trailer: (0, 0),
            });
            let result = (rule.protocol.dissect)(&mut packet);
            let end_node = packet.arena.nodes.len() as u32;
            if let Some(layer) = packet.arena.layers.last_mut() {
                layer.length = packet.at.saturating_sub(packet.start) as u32;
                layer.end = packet.bytes.len() as u32;
                layer.declared = packet.declared as u32;
                layer.nodes.1 = end_node;
            }
            match result {
                Ok(Next::NotMine) => {
                    packet.arena.nodes.truncate(first_node as usize);
                    packet.arena.layers.truncate(layers);
                    packet.arena.later.truncate(laters);
                    packet.arena.buffers_used = buffers;
                    (packet.arena.problems, packet.arena.reached) = (problems, reached);
                    (packet.at, packet.onward) = (packet.start, None);
                    packet.bytes = bytes.get(..end).unwrap_or(bytes);
                    packet.declared = declared;
                    let by_port = matches!(next, Next::Ports(..));
                    if refused.replace(id).is_some() || !by_port {
                        next = Next::Data;
                    }
                    continue;
                }
                Ok(step) => next = step,
                // A quoted packet is cut as a matter of course: that is no problem of the frame's.
                Err(Stop::Truncated { .. }) if packet.quoted => next = Next::Nothing,
                Err(stop) => {
                    packet.arena.stop.get_or_insert((layers as u16, stop));
                    next = Next::Nothing;
                }
            }
            refused = None;
            trailers |= rule.trailer;
            if rule.stop {
                for later in &mut packet.arena.later[laters..] {
                    later.next = Next::Data;
                }
                if !matches!(next, Next::Nothing) {
                    next = Next::Data;
                }
            }
            if let Some(onward) = packet.onward.take()
                && onward < packet.declared
            {
                packet.declared = onward.max(packet.at);
                packet.cut(packet.declared);
            }
            if matches!(next, Next::Again) {
                // A walk that reads nothing must not be asked again for ever.
                if packet.at == packet.start {
                    break;
                }
                next = Next::To(rule.protocol);
            }
        }
        if trailers {
            self.trailers(bytes, first_layer, from.buffer);
        }
    }

    /// Gives layers with a trailer what the layer inside them left over, innermost first.
    fn trailers(&mut self, bytes: &[u8], first_layer: usize, buffer: u8) {
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
                at: from as usize,
                declared: layer.declared as usize,
                onward: None,
                start: layer.start as usize,
                record: self.rules[layer.id.index()].record && self.arena.has_room(&self.context),
                quoted: layer.quoted,
                fragment: false,
                buffer,
                arena: &mut *self.arena,
                conversations: &mut *self.conversations,
                context: &self.context,
            };
            // A trailer that is cut short has said what it could.
            let _ = trailer(&mut packet);
            let end_node = self.arena.nodes.len() as u32;
            self.arena.layers[at].trailer = (first_node, end_node);
        }
    }

    /// The parts and derived buffers that walks left for later, in their order; those may leave
    /// more.
    fn what_is_left(&mut self, frame: &[u8]) {
        let mut done = 0;
        while let Some(&later) = self.arena.later.get(done) {
            done += 1;
            match later.buffer {
                0 => self.walk(frame, later),
                n => {
                    let at = usize::from(n) - 1;
                    let bytes = std::mem::take(&mut self.arena.buffers[at]);
                    self.walk(&bytes, later);
                    self.arena.buffers[at] = bytes;
                }
            }
        }
    }
}

impl Walker<'_> {
    /// Records which limits the frame has reached. The rows stand in the trailer of the innermost
    /// layer that has none or whose trailer was recorded last: nodes of a layer are in one piece.
    #[cold]
    fn limits_reached(&mut self) {
        let arena = &mut *self.arena;
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

impl Arena {
    /// May more be recorded? If not, the limit is reached.
    #[inline(always)]
    fn has_room(&mut self, context: &Context<'_>) -> bool {
        let room =
            (self.nodes.len() as u32) < context.most_nodes && self.made.len() <= context.most_text;
        self.reached.fields |= !room;
        room
    }
}

/// The protocol that comes next, if any.
#[inline]
fn choose(
    registry: &Registry,
    packet: &mut Packet<'_>,
    next: Next,
    refused: Option<ProtocolId>,
) -> Option<ProtocolId> {
    let found = match next {
        Next::Nothing => return None,
        Next::Data | Next::Again | Next::NotMine => None,
        Next::In(table, number) => registry.find(table, number),
        Next::Ports(table, a, b) => by_ports(registry, packet, table, (a, b), refused),
        Next::To(protocol) => registry.id(protocol),
    };
    Some(found.unwrap_or(DATA))
}

/// The conversation first, then the lower port, the higher, and last the content; a protocol that
/// has refused these bytes is passed over.
#[inline]
fn by_ports(
    registry: &Registry,
    packet: &mut Packet<'_>,
    table: &'static Table,
    (a, b): (u16, u16),
    refused: Option<ProtocolId>,
) -> Option<ProtocolId> {
    if packet.left() == 0 {
        return None;
    }
    let stateful = packet.context.stateful && !packet.quoted;
    let accepted = |id: &ProtocolId| refused != Some(*id);
    if stateful
        && let Some(id) = packet.conversations.application(&packet.arena.flow).filter(accepted)
    {
        return Some(id);
    }
    let (low, high) = (a.min(b), a.max(b));
    let low = if low == 0 { None } else { registry.find(table, low.into()).filter(accepted) };
    if let Some(id) = low.or_else(|| registry.find(table, high.into()).filter(accepted)) {
        return Some(id);
    }
    let id = registry.recognise(table, packet.ahead()).filter(accepted)?;
    if stateful {
        packet.conversations.set_application(&packet.arena.flow, id);
    }
    Some(id)
}

impl Stop {
    /// Did the walk stop because the capture does not hold the whole frame?
    pub(crate) fn is_short(self, layer: &Layer) -> bool {
        matches!(self, Stop::Truncated { .. }) && layer.end < layer.declared
    }
}
