//! A frame as an object: what is the same in `json`, `ndjson` and `plist`.

use std::marker::PhantomData;

use wirelens_dissect::{Dissection, Field, Kind, Layer, Node, Protocol, Shown};

use crate::moment::Clock;
use crate::problems::{Missing, each_problem};
use crate::syntax::Syntax;
use crate::{Head, Line, Options};

/// Writes frames as objects. It is kept from frame to frame for its memory.
pub struct ObjectWriter<S> {
    options: Options,
    clock: Clock,
    /// By protocol id, how its layers begin.
    openings: Vec<Opening>,
    /// Objects that are the same wherever their row has the same value.
    repeated: Vec<Repeated>,
    /// The rows already written of each array that is open.
    seen: Vec<&'static Field>,
    syntax: PhantomData<S>,
}

impl<S: Syntax> Default for ObjectWriter<S> {
    fn default() -> Self {
        ObjectWriter::new(Options::default())
    }
}

impl<S: Syntax> ObjectWriter<S> {
    /// A writer with these options.
    pub fn new(options: Options) -> Self {
        ObjectWriter {
            options,
            clock: Clock::default(),
            openings: Vec::new(),
            repeated: vec![Repeated::NONE; REPEATED],
            seen: Vec::new(),
            syntax: PhantomData,
        }
    }

    /// Writes the frame as one object, in JSON without a line break.
    pub fn frame(&mut self, line: &mut Line, head: &Head, frame: &Dissection<'_>) {
        let opened = S::open(line);
        S::key_text(line, "number", "");
        S::number(line, head.number);
        if let Some(fields) = &self.options.fields {
            S::key_text(line, "fields", "");
            fields.write_object::<S>(line, head, frame);
            return S::close(line, opened);
        }
        if let Some((seconds, nanoseconds)) = head.time {
            S::key_text(line, "time", "");
            S::quote(line);
            self.clock.write(line, seconds, nanoseconds);
            S::unquote(line);
        }
        S::key_text(line, "length", "");
        S::number(line, head.length.into());
        S::key_text(line, "captured", "");
        S::number(line, head.captured.into());
        S::key_text(line, "interface", "");
        S::number(line, head.interface.into());
        S::key_text(line, "protocols", "");
        S::quote(line);
        self.chain(line, frame);
        S::unquote(line);
        S::key_text(line, "layers", "");
        let layers = S::open_array(line);
        for layer in frame.layers() {
            if self.options.wants(layer.protocol) {
                self.layer(line, frame, layer);
            }
        }
        S::close_array(line, layers);
        if frame.problems() > 0 || frame.stop().is_some() {
            problems::<S>(line, frame);
        }
        S::close(line, opened);
    }

    /// `eth:ip:tcp`
    fn chain(&self, line: &mut Line, frame: &Dissection<'_>) {
        let from = line.len();
        for layer in frame.layers() {
            match Opening::of(&self.openings, layer) {
                Some(known) => {
                    line.room(NAME_ROOM);
                    line.store(&known.name, known.name_length);
                }
                None => {
                    line.add(layer.protocol.name.as_bytes());
                    line.add(b":");
                }
            }
        }
        line.truncate(from.max(line.len().saturating_sub(1)));
    }

    fn layer(&mut self, line: &mut Line, frame: &Dissection<'_>, layer: &Layer) {
        let start = line.len();
        let opened = match Opening::of(&self.openings, layer) {
            Some(known) => {
                line.room(OPENING_ROOM);
                line.padded(&known.text, known.length);
                start + known.opened
            }
            None => self.open_layer(line, layer),
        };
        if layer.quoted {
            S::key_text(line, "quoted", "");
            S::flag(line, true);
        }
        let [nodes, trailer] = frame.nodes(layer);
        self.children(line, frame, nodes);
        if !trailer.is_empty() {
            self.children(line, frame, trailer);
        }
        S::close(line, opened);
    }

    #[cold]
    fn open_layer(&mut self, line: &mut Line, layer: &Layer) -> usize {
        let start = line.len();
        S::next(line);
        let opened = S::open(line);
        S::key_text(line, "protocol", "");
        S::text(line, layer.protocol.name.as_bytes());
        let at = layer.id.index();
        if self.openings.len() <= at {
            self.openings.resize(at + 1, Opening::NONE);
        }
        let text = line.written().get(start..).unwrap_or_default();
        self.openings[at] = Opening::new(layer.protocol, text, opened - start);
        opened
    }

    /// The nodes of one object.
    fn children(&mut self, line: &mut Line, frame: &Dissection<'_>, nodes: &[Node]) {
        let outer = self.seen.len();
        let mut at = 0;
        while let Some(node) = nodes.get(at) {
            let field = node.field;
            let next = at + 1 + node.inside as usize;
            if field.shown == Shown::Always && (self.options.payload || !field.payload) {
                if field.many {
                    if !self.seen[outer..].iter().any(|&seen| std::ptr::eq(seen, field)) {
                        self.array(line, frame, nodes, at);
                        self.seen.push(field);
                    }
                } else if !field.object {
                    S::key(line, &field.key);
                    S::scalar(line, frame, node);
                    if self.options.names {
                        self.name(line, field.key.as_str(), node);
                    }
                } else if node.inside == 0 {
                    self.lone_object(line, frame, node);
                } else {
                    S::key(line, &field.key);
                    self.object(line, frame, node, &nodes[at + 1..next.min(nodes.len())]);
                }
            }
            at = next;
        }
        self.seen.truncate(outer);
    }

    /// All nodes of a repeated row, gathered from among its siblings.
    fn array(&mut self, line: &mut Line, frame: &Dissection<'_>, nodes: &[Node], first: usize) {
        let field = nodes[first].field;
        S::key(line, &field.key);
        let opened = S::open_array(line);
        siblings(nodes, first, field, &mut |node, inside| {
            S::next(line);
            line.room(96);
            self.bare_value(line, frame, node, inside);
        });
        S::close_array(line, opened);
        if self.options.names && !field.names.is_empty() && !field.object {
            S::key_text(line, field.key.as_str(), "_name");
            let opened = S::open_array(line);
            siblings(nodes, first, field, &mut |node, _| {
                S::next(line);
                match field.name_of(node.number()) {
                    Some(name) => S::text(line, name.as_bytes()),
                    None => S::none(line),
                }
            });
            S::close_array(line, opened);
        }
    }

    /// An object of nothing but its value and views. Those of numbers are all the same where the
    /// value is: flags are written once and copied afterwards.
    #[inline(always)]
    fn lone_object(&mut self, line: &mut Line, frame: &Dissection<'_>, node: &Node) {
        let known = &self.repeated[Repeated::place(node)];
        if known.is(node) {
            line.room(REPEATED_ROOM);
            line.padded(&known.text, known.length.into());
        } else {
            self.new_object(line, frame, node);
        }
    }

    #[inline(never)]
    fn new_object(&mut self, line: &mut Line, frame: &Dissection<'_>, node: &Node) {
        let start = line.len();
        S::key(line, &node.field.key);
        self.bare_value(line, frame, node, &[]);
        if is_all_value(node.field) {
            let text = line.written().get(start..).unwrap_or_default();
            self.repeated[Repeated::place(node)].learn(node, text);
        }
    }

    #[inline(always)]
    fn value(&mut self, line: &mut Line, frame: &Dissection<'_>, node: &Node, inside: &[Node]) {
        self.bare_value(line, frame, node, inside);
        if self.options.names && !node.field.object {
            self.name(line, node.field.key.as_str(), node);
        }
    }

    #[inline(always)]
    fn bare_value(
        &mut self,
        line: &mut Line,
        frame: &Dissection<'_>,
        node: &Node,
        inside: &[Node],
    ) {
        if node.field.object {
            self.object(line, frame, node, inside);
        } else {
            S::scalar(line, frame, node);
        }
    }

    fn object(&mut self, line: &mut Line, frame: &Dissection<'_>, node: &Node, inside: &[Node]) {
        let field = node.field;
        let opened = S::open(line);
        if field.kind != Kind::Group {
            // Bytes that were taken apart are not written whole as well.
            if field.kind != Kind::Bytes || inside.is_empty() {
                S::key_text(line, "value", "");
                S::scalar(line, frame, node);
                if self.options.names {
                    self.name(line, "value", node);
                }
            }
            for view in node.views(Shown::Always) {
                S::key(line, &view.field.key);
                self.value(line, frame, &view, &[]);
            }
        }
        if !inside.is_empty() {
            self.children(line, frame, inside);
        }
        S::close(line, opened);
    }

    /// The name of a number beside it: `,"proto_name":"TCP"`.
    fn name(&self, line: &mut Line, key: &str, node: &Node) {
        if let Some(name) = node.field.name_of(node.number()) {
            S::key_text(line, key, "_name");
            S::text(line, name.as_bytes());
        }
    }
}

/// Calls `each` with the nodes of a row among its siblings, and what is inside them.
fn siblings(nodes: &[Node], first: usize, field: &Field, each: &mut dyn FnMut(&Node, &[Node])) {
    let mut at = first;
    while let Some(node) = nodes.get(at) {
        let next = (at + 1 + node.inside as usize).min(nodes.len());
        if std::ptr::eq(node.field, field) {
            each(node, &nodes[at + 1..next]);
        }
        at = next;
    }
}

/// The array of problems: the problem fields of all layers, and why dissection stopped.
fn problems<S: Syntax>(line: &mut Line, frame: &Dissection<'_>) {
    S::key_text(line, "problems", "");
    let all = S::open_array(line);
    each_problem(frame, &mut |problem| {
        S::next(line);
        let opened = S::open(line);
        S::key_text(line, "problem", "");
        S::text(line, problem.name.as_bytes());
        S::key_text(line, "protocol", "");
        S::text(line, problem.protocol.name.as_bytes());
        if let Some(offset) = problem.offset {
            S::key_text(line, "offset", "");
            S::number(line, offset.into());
        }
        if let Some(Missing { need, have }) = problem.missing {
            S::key_text(line, "need", "");
            S::number(line, need.into());
            S::key_text(line, "have", "");
            S::number(line, have.into());
        }
        S::close(line, opened);
    });
    S::close_array(line, all);
}

const NAME_ROOM: usize = 16;
const OPENING_ROOM: usize = 128;

/// How a protocol's layers begin, and its name with a colon.
#[derive(Clone)]
struct Opening {
    protocol: Option<&'static Protocol>,
    text: [u8; OPENING_ROOM],
    length: usize,
    /// Where in the text the object was opened.
    opened: usize,
    name: [u8; NAME_ROOM],
    name_length: usize,
}

impl Opening {
    const NONE: Opening = Opening {
        protocol: None,
        text: [0; OPENING_ROOM],
        length: 0,
        opened: 0,
        name: [0; NAME_ROOM],
        name_length: 0,
    };

    #[inline(always)]
    fn of<'o>(known: &'o [Opening], layer: &Layer) -> Option<&'o Opening> {
        let known = known.get(layer.id.index())?;
        known.protocol.is_some_and(|of| std::ptr::eq(of, layer.protocol)).then_some(known)
    }

    /// None for a name that is too long: it is written anew every time.
    fn new(protocol: &'static Protocol, text: &[u8], opened: usize) -> Opening {
        let mut new = Opening { opened, ..Opening::NONE };
        let name = protocol.name.as_bytes();
        if text.len() <= OPENING_ROOM && name.len() < NAME_ROOM {
            new.text[..text.len()].copy_from_slice(text);
            new.name[..name.len()].copy_from_slice(name);
            new.name[name.len()] = b':';
            (new.length, new.name_length) = (text.len(), name.len() + 1);
            new.protocol = Some(protocol);
        }
        new
    }
}

/// How many objects are remembered. Traffic has few different ones: TCP's flags, IP's flags.
const REPEATED: usize = 128;
const REPEATED_ROOM: usize = 256;

/// A row with a value, as it was written.
#[derive(Clone)]
struct Repeated {
    field: Option<&'static Field>,
    value: u64,
    length: u16,
    text: [u8; REPEATED_ROOM],
}

impl Repeated {
    const NONE: Repeated = Repeated { field: None, value: 0, length: 0, text: [0; REPEATED_ROOM] };

    #[inline(always)]
    fn place(node: &Node) -> usize {
        let row = std::ptr::from_ref(node.field).addr() as u64;
        let mixed = (row >> 4 ^ node.value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> (64 - REPEATED.trailing_zeros())) as usize
    }

    #[inline(always)]
    fn is(&self, node: &Node) -> bool {
        self.value == node.value && self.field.is_some_and(|field| std::ptr::eq(field, node.field))
    }

    fn learn(&mut self, node: &Node, text: &[u8]) {
        if let Some(to) = self.text.get_mut(..text.len()) {
            to.copy_from_slice(text);
            self.length = text.len() as u16;
            (self.field, self.value) = (Some(node.field), node.value);
        }
    }
}

/// Does what is written of this row depend on its number alone?
fn is_all_value(field: &Field) -> bool {
    matches!(field.kind, Kind::Uint | Kind::Hex | Kind::Int | Kind::Flag | Kind::Mac | Kind::Ipv4)
        && field.children.iter().filter(|child| child.view).all(|child| is_all_value(child))
}
