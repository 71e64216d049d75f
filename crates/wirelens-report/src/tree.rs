//! `tree`: a frame for reading, a line a field.

use wirelens_dissect::{Dissection, Kind, Node, Shown, Stop};

use crate::escape::write_safe;
use crate::hex::write_hex_dump;
use crate::report::{CaptureInfo, Report, Summary};
use crate::value::write_plain;
use crate::{Head, Line, Options, write_rfc3339};

/// The report of trees.
pub struct TreeReport {
    options: Options,
}

impl TreeReport {
    /// A report with these options. With chosen fields a tree has these and no layers.
    pub fn new(options: Options) -> TreeReport {
        TreeReport { options }
    }
}

impl Report for TreeReport {
    fn begin(&mut self, line: &mut Line, capture: &CaptureInfo) {
        if let Some(engine) = &capture.engine {
            line.add(b"Dissected by ");
            write_safe(line, engine.as_bytes());
            line.add(b"\n\n");
        }
    }

    fn frame(&mut self, line: &mut Line, head: &Head, frame: &Dissection<'_>) {
        write_head(line, head);
        match &self.options.fields {
            Some(fields) => {
                for column in fields.columns() {
                    line.add(b"  ");
                    line.add(column.name.as_bytes());
                    line.add(b": ");
                    column.write_values(line, head, frame, self.options.names, b',');
                    line.add(b"\n");
                }
            }
            None => layers(line, frame, &self.options),
        }
        if self.options.hex {
            write_hex_dump(line, frame);
        }
        line.add(b"\n");
    }

    fn finish(&mut self, _: &mut Line, _: &Summary) {}
}

/// Writes the frame as an indented tree: a line for the frame, one for each layer, one for each
/// field, two spaces deeper for what is inside it.
pub fn write_tree(line: &mut Line, head: &Head, frame: &Dissection<'_>) {
    write_head(line, head);
    write_layers(line, frame);
}

fn write_head(line: &mut Line, head: &Head) {
    line.room(256);
    line.all(b"Frame ");
    line.number(head.number);
    line.all(b": ");
    line.number(head.length.into());
    line.all(b" bytes");
    if head.captured != head.length {
        line.all(b" (");
        line.number(head.captured.into());
        line.all(b" captured)");
    }
    if let Some((seconds, nanoseconds)) = head.time {
        line.all(b", ");
        write_rfc3339(line, seconds, nanoseconds);
    }
    line.add(b"\n");
}

/// Writes the layers alone.
pub fn write_layers(line: &mut Line, frame: &Dissection<'_>) {
    layers(line, frame, &Options::default());
}

fn layers(line: &mut Line, frame: &Dissection<'_>, options: &Options) {
    for layer in frame.layers().iter().filter(|layer| options.wants(layer.protocol)) {
        line.add(b"  ");
        line.add(layer.protocol.title.as_bytes());
        if layer.quoted {
            line.add(b" (quoted)");
        }
        line.add(b"\n");
        for nodes in frame.nodes(layer) {
            siblings(line, frame, nodes, 2);
        }
    }
    if let Some((layer, stop)) = frame.stop() {
        line.room(256);
        line.all(if frame.is_malformed() { b"  [Malformed: " } else { b"  [Cut short: " });
        line.add(layer.protocol.short.as_bytes());
        line.room(96);
        match stop {
            Stop::Truncated { need, have } => {
                line.all(b", needs ");
                line.number(need.into());
                line.all(b" more bytes, has ");
                line.number(have.into());
            }
            Stop::Malformed => {
                line.all(b", ");
                line.add(frame.contradiction().map_or("", |problem| problem.label).as_bytes());
            }
        }
        line.add(b"]\n");
    }
}

fn siblings(line: &mut Line, frame: &Dissection<'_>, nodes: &[Node], depth: usize) {
    let mut at = 0;
    while let Some(node) = nodes.get(at) {
        let next = (at + 1 + node.inside as usize).min(nodes.len());
        one(line, frame, node, &nodes[at + 1..next], depth);
        at = next;
    }
}

fn one(line: &mut Line, frame: &Dissection<'_>, node: &Node, inside: &[Node], depth: usize) {
    let field = node.field;
    if field.shown == Shown::Hidden {
        return;
    }
    line.room(depth * 2 + 8);
    for _ in 0..depth {
        line.all(b"  ");
    }
    if field.kind == Kind::Problem {
        line.all(b"! ");
    }
    line.add(field.label.as_bytes());
    if !matches!(field.kind, Kind::Group | Kind::Problem) {
        line.add(b": ");
        write_value(line, frame, node);
    }
    line.add(b"\n");
    for view in node.views(Shown::Detail) {
        one(line, frame, &view, &[], depth + 1);
    }
    siblings(line, frame, inside, depth + 1);
}

/// The most bytes of one value that are shown.
const SHOWN_BYTES: usize = 64;

/// Writes a value for reading: the name first where it has one, then the number.
pub fn write_value(line: &mut Line, frame: &Dissection<'_>, node: &Node) {
    line.room(128);
    let field = node.field;
    match field.kind {
        Kind::Uint | Kind::Hex => {
            let value = node.number();
            let name = field.name_of(value);
            if let Some(name) = name {
                line.add(name.as_bytes());
                line.room(64);
                line.all(b" (");
            }
            if field.kind == Kind::Hex {
                hex_number(line, node)
            } else {
                line.number(value)
            }
            if name.is_some() {
                line.put(b')');
            }
        }
        Kind::Flag => {
            let value = node.number();
            match field.name_of(value) {
                Some(name) => line.add(name.as_bytes()),
                None => line.all(if value != 0 { b"true" } else { b"false" }),
            }
        }
        Kind::Bytes => {
            let bytes = frame.bytes(node);
            let shown = bytes.len().min(SHOWN_BYTES);
            line.hex_all(&bytes[..shown]);
            if bytes.len() > shown {
                line.room(64);
                line.all("\u{2026} (".as_bytes());
                line.number(bytes.len() as u64);
                line.all(b" bytes)");
            }
        }
        Kind::Duration => {
            line.seconds(node.value as i64);
            line.all(b" s");
        }
        Kind::Group | Kind::Problem => {}
        _ => write_plain(line, frame, node),
    }
}

/// `0x0800`: as many digits as the field has bytes.
pub(crate) fn hex_number(line: &mut Line, node: &Node) {
    let value = node.number();
    line.all(b"0x");
    let needed = (64 - value.leading_zeros()).div_ceil(4).max(1) as usize;
    let bits = (64 - node.field.mask.leading_zeros() - node.field.mask.trailing_zeros()) as usize;
    let digits = bits.div_ceil(4).min(node.length as usize * 2).max(needed);
    for at in (0..digits).rev() {
        line.put(
            b"0123456789abcdef"[(value.checked_shr(at as u32 * 4).unwrap_or(0) & 15) as usize],
        );
    }
}
