//! One frame as a JSON object: what `json` and `ndjson` are made of.

use wirelens_dissect::{Dissection, Field, Key, Kind, Layer, Node, Shown, Stop};

use crate::{Head, Line, write_rfc3339};

/// What goes into the JSON of a frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct JsonOptions {
    /// The bytes of payloads too.
    pub payload: bool,
    /// The names of values too: `"proto":6,"proto_name":"TCP"`.
    pub names: bool,
}

/// Writes frames as JSON objects. It is kept from frame to frame for its memory.
#[derive(Default)]
pub struct JsonWriter {
    /// What to write.
    pub options: JsonOptions,
    /// The repeated rows already written of each object that is open.
    seen: Vec<&'static Field>,
}

impl JsonWriter {
    /// A writer with these options.
    pub fn new(options: JsonOptions) -> JsonWriter {
        JsonWriter { options, seen: Vec::new() }
    }

    /// Writes the frame as one object without a line break.
    pub fn frame(&mut self, line: &mut Line, head: &Head, frame: &Dissection<'_>) {
        line.room(512);
        line.all(b"{\"number\":");
        line.number(head.number);
        if let Some((seconds, nanoseconds)) = head.time {
            line.all(b",\"time\":\"");
            write_rfc3339(line, seconds, nanoseconds);
            line.put(b'"');
        }
        line.room(256);
        line.all(b",\"length\":");
        line.number(head.length.into());
        line.all(b",\"captured\":");
        line.number(head.captured.into());
        line.all(b",\"interface\":");
        line.number(head.interface.into());
        line.all(b",\"protocols\":\"");
        chain(line, frame);
        line.room(32);
        line.all(b"\",\"layers\":[");
        for (i, layer) in frame.layers().iter().enumerate() {
            line.room(64);
            if i > 0 {
                line.put(b',');
            }
            self.layer(line, frame, layer);
        }
        line.room(2);
        line.put(b']');
        if frame.problems() > 0 || frame.stop().is_some() {
            problems(line, frame);
        }
        line.room(1);
        line.put(b'}');
    }

    fn layer(&mut self, line: &mut Line, frame: &Dissection<'_>, layer: &Layer) {
        line.all(b"{\"protocol\":\"");
        line.add(layer.protocol.name.as_bytes());
        line.room(32);
        line.put(b'"');
        if layer.quoted {
            line.all(b",\"quoted\":true");
        }
        let [nodes, trailer] = frame.nodes(layer);
        self.children(line, frame, nodes);
        self.children(line, frame, trailer);
        line.room(1);
        line.put(b'}');
    }

    /// The nodes of one object, each behind a comma where something stands before it.
    fn children(&mut self, line: &mut Line, frame: &Dissection<'_>, nodes: &[Node]) {
        let outer = self.seen.len();
        let mut at = 0;
        while let Some(node) = nodes.get(at) {
            let field = node.field;
            let next = at + 1 + node.inside as usize;
            if field.shown == Shown::Always && (self.options.payload || !field.payload) {
                if !field.many {
                    start(line, &field.key);
                    self.value(line, frame, node, &nodes[at + 1..next.min(nodes.len())]);
                } else if !self.seen[outer..].iter().any(|&seen| std::ptr::eq(seen, field)) {
                    self.array(line, frame, nodes, at);
                    self.seen.push(field);
                }
            }
            at = next;
        }
        self.seen.truncate(outer);
    }

    /// All nodes of a repeated row, gathered from among its siblings.
    fn array(&mut self, line: &mut Line, frame: &Dissection<'_>, nodes: &[Node], first: usize) {
        let field = nodes[first].field;
        start(line, &field.key);
        line.put(b'[');
        let mut at = first;
        while let Some(node) = nodes.get(at) {
            let next = (at + 1 + node.inside as usize).min(nodes.len());
            if std::ptr::eq(node.field, field) {
                line.room(8);
                if line.last() != b'[' {
                    line.put(b',');
                }
                self.value(line, frame, node, &nodes[at + 1..next]);
            }
            at = next;
        }
        line.room(1);
        line.put(b']');
    }

    #[inline]
    fn value(&mut self, line: &mut Line, frame: &Dissection<'_>, node: &Node, inside: &[Node]) {
        let field = node.field;
        if !field.object {
            line.room(96);
            if field.kind == Kind::Group {
                return line.all(b"true");
            }
            scalar(line, frame, node);
            if self.options.names {
                name(line, &field.key, node);
            }
            return;
        }
        line.room(128);
        line.put(b'{');
        if field.kind != Kind::Group {
            if field.kind != Kind::Bytes || inside.is_empty() {
                line.all(b"\"value\":");
                scalar(line, frame, node);
            }
            for view in node.views(Shown::Always) {
                start(line, &view.field.key);
                self.value(line, frame, &view, &[]);
            }
        }
        if !inside.is_empty() {
            self.children(line, frame, inside);
        }
        line.room(1);
        line.put(b'}');
    }
}

/// `,"key":`, without the comma at the start of an object.
#[inline(always)]
fn start(line: &mut Line, key: &Key) {
    line.room(128 + Key::ROOM);
    if line.last() != b'{' {
        line.put(b',');
    }
    let (bytes, length) = key.padded();
    line.padded(bytes, length);
}

/// The name of a number beside it: `,"proto_name":"TCP"`.
fn name(line: &mut Line, key: &Key, node: &Node) {
    if node.field.names.is_empty() {
        return;
    }
    if let Some(name) = node.field.name_of(node.number()) {
        line.room(Key::ROOM + 16);
        line.all(b",\"");
        line.add(key.as_str().as_bytes());
        line.add(b"_name\":");
        line.json_text(name.as_bytes());
    }
}

/// The value of a node as JSON.
#[inline(always)]
pub(crate) fn scalar(line: &mut Line, frame: &Dissection<'_>, node: &Node) {
    match node.field.kind {
        Kind::Uint | Kind::Hex => line.number(node.number()),
        Kind::Flag => {
            line.all(if node.number() != 0 { b"true" } else { b"false" });
        }
        Kind::Ipv4 => {
            line.put(b'"');
            line.ipv4(node.value as u32);
            line.put(b'"');
        }
        Kind::Mac => {
            line.put(b'"');
            line.mac(&node.value.to_be_bytes()[2..]);
            line.put(b'"');
        }
        _ => rare_scalar(line, frame, node),
    }
}

fn rare_scalar(line: &mut Line, frame: &Dissection<'_>, node: &Node) {
    line.room(96);
    match node.field.kind {
        Kind::Ipv6 => match frame.ipv6(node) {
            Some(bytes) => {
                line.put(b'"');
                line.ipv6(bytes);
                line.put(b'"');
            }
            None => line.all(b"null"),
        },
        Kind::Bytes => {
            line.put(b'"');
            line.hex_all(frame.bytes(node));
            line.put(b'"');
        }
        Kind::Text => line.json_text(frame.text(node)),
        Kind::Int => line.signed(node.value as i64),
        Kind::Float => line.float(f64::from_bits(node.value)),
        Kind::Eui64 => {
            line.put(b'"');
            line.mac(&node.value.to_be_bytes());
            line.put(b'"');
        }
        Kind::Time => {
            let time = node.value as i64;
            line.put(b'"');
            let (seconds, rest) = (time.div_euclid(1_000_000_000), time.rem_euclid(1_000_000_000));
            write_rfc3339(line, seconds, rest as u32);
            line.put(b'"');
        }
        Kind::Duration => line.seconds(node.value as i64),
        Kind::Problem => line.all(b"true"),
        Kind::Group => line.all(b"null"),
        Kind::Uint | Kind::Hex | Kind::Flag | Kind::Ipv4 | Kind::Mac => scalar(line, frame, node),
    }
}

/// `eth:ip:tcp`
pub(crate) fn chain(line: &mut Line, frame: &Dissection<'_>) {
    for (i, layer) in frame.layers().iter().enumerate() {
        if i > 0 {
            line.add(b":");
        }
        line.add(layer.protocol.name.as_bytes());
    }
}

/// `,"problems":[..]`: the problem fields of all layers, and why dissection stopped.
fn problems(line: &mut Line, frame: &Dissection<'_>) {
    line.add(b",\"problems\":[");
    for layer in frame.layers() {
        for nodes in frame.nodes(layer) {
            for node in nodes.iter().filter(|node| node.field.kind == Kind::Problem) {
                open_problem(line, node.field.name, layer.protocol.name);
                line.room(64);
                line.all(b",\"offset\":");
                line.number(node.offset.into());
                line.put(b'}');
            }
        }
    }
    if let Some((layer, Stop::Truncated { need, have })) = frame.stop() {
        let problem = if frame.is_malformed() { "malformed" } else { "short" };
        open_problem(line, problem, layer.protocol.name);
        line.room(96);
        line.all(b",\"need\":");
        line.number(need.into());
        line.all(b",\"have\":");
        line.number(have.into());
        line.put(b'}');
    }
    line.add(b"]");
}

fn open_problem(line: &mut Line, problem: &str, protocol: &str) {
    if line.last() != b'[' {
        line.add(b",");
    }
    line.add(b"{\"problem\":\"");
    line.add(problem.as_bytes());
    line.add(b"\",\"protocol\":\"");
    line.add(protocol.as_bytes());
    line.add(b"\"");
}
