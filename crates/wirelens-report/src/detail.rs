//! `detail`: ndjson with positions, for programs that check or highlight.

use wirelens_dissect::{Dissection, Kind, Node, Shown};

use crate::json::Json;
use crate::report::{CaptureInfo, Report, Summary};
use crate::select::write_epoch;
use crate::syntax::Syntax;
use crate::{Head, Line, Options};

/// The report of lines with positions. It has every field whatever the options but for layers.
pub struct DetailReport {
    options: Options,
}

impl DetailReport {
    /// A report with these options.
    pub fn new(options: Options) -> DetailReport {
        DetailReport { options }
    }
}

impl Report for DetailReport {
    fn begin(&mut self, _: &mut Line, _: &CaptureInfo) {}

    fn frame(&mut self, line: &mut Line, head: &Head, frame: &Dissection<'_>) {
        write(line, head, frame, &self.options);
        line.add(b"\n");
    }

    fn finish(&mut self, _: &mut Line, _: &Summary) {}
}

/// Writes the frame as one object without a line break. Every field is there, payloads and views
/// too; a row that tshark has no field for has a `label` and no `name`.
pub fn write_frame(line: &mut Line, head: &Head, frame: &Dissection<'_>) {
    write(line, head, frame, &Options::default());
}

fn write(line: &mut Line, head: &Head, frame: &Dissection<'_>, options: &Options) {
    line.room(256);
    line.all(b"{\"frame\":");
    line.number(head.number);
    line.all(b",\"ts\":");
    match head.time {
        Some((seconds, nanoseconds)) => {
            line.put(b'"');
            write_epoch(line, seconds, nanoseconds);
            line.put(b'"');
        }
        None => line.all(b"null"),
    }
    line.all(b",\"len\":");
    line.number(head.length.into());
    line.all(b",\"caplen\":");
    line.number(head.captured.into());
    line.all(b",\"protocols\":[");
    for layer in frame.layers() {
        if line.last() != b'[' {
            line.add(b",");
        }
        line.add(b"\"");
        line.add(layer.protocol.name.as_bytes());
        line.add(b"\"");
    }
    if frame.is_malformed() {
        line.add(if line.last() == b'[' { b"\"_ws.malformed\"" } else { b",\"_ws.malformed\"" });
    }
    line.add(b"],\"layers\":[");
    for layer in frame.layers().iter().filter(|layer| options.wants(layer.protocol)) {
        if line.last() != b'[' {
            line.add(b",");
        }
        line.add(b"{\"protocol\":\"");
        line.add(layer.protocol.name.as_bytes());
        line.room(96);
        line.all(b"\",\"offset\":");
        line.number(layer.start.into());
        line.all(b",\"length\":");
        line.number(layer.length.into());
        if layer.buffer != 0 {
            line.all(b",\"buffer\":");
            line.number(layer.buffer.into());
        }
        if layer.quoted {
            line.all(b",\"quoted\":true");
        }
        line.add(b",\"fields\":[");
        for nodes in frame.nodes(layer) {
            siblings(line, frame, nodes);
        }
        line.add(b"]}");
    }
    line.add(b"]}");
}

fn siblings(line: &mut Line, frame: &Dissection<'_>, nodes: &[Node]) {
    let mut at = 0;
    while let Some(node) = nodes.get(at) {
        let next = (at + 1 + node.inside as usize).min(nodes.len());
        one(line, frame, node, &nodes[at + 1..next]);
        at = next;
    }
}

fn one(line: &mut Line, frame: &Dissection<'_>, node: &Node, inside: &[Node]) {
    let field = node.field;
    if line.last() != b'[' {
        line.add(b",");
    }
    if field.own {
        line.add(b"{\"name\":null,\"label\":");
        line.json_text(field.label.as_bytes());
    } else {
        line.add(b"{\"name\":\"");
        line.add(field.name.as_bytes());
        line.add(b"\"");
    }
    line.room(256);
    line.all(b",\"offset\":");
    line.number(node.offset.into());
    line.all(b",\"length\":");
    line.number(node.length.into());
    if node.buffer != 0 {
        line.all(b",\"buffer\":");
        line.number(node.buffer.into());
    }
    line.all(b",\"value\":");
    match field.kind {
        Kind::Problem | Kind::Group => line.all(b"null"),
        _ => Json::scalar(line, frame, node),
    }
    line.add(b",\"children\":[");
    for view in node.views(Shown::Detail) {
        one(line, frame, &view, &[]);
    }
    siblings(line, frame, inside);
    line.add(b"]}");
}
