//! Requests and responses of HTTP/1 and HTTP/2.

use wirelens_dissect::{Dissection, Layer, Registry};

use super::rows::{Numbers, Rows, lower};
use super::top::Top;

/// Messages of HTTP by what they say.
#[derive(Debug)]
pub(crate) struct Http {
    rows: Rows<Row>,
    pub(crate) requests: u64,
    pub(crate) responses: u64,
    pub(crate) statuses: Numbers,
    pub(crate) methods: Top<Vec<u8>, u64>,
    pub(crate) hosts: Top<Vec<u8>, u64>,
    pub(crate) types: Top<Vec<u8>, u64>,
    room: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
enum Row {
    Method,
    Status,
    Host,
    Type,
}

/// Hosts, and types of content, that are kept at least. Methods are few, unless somebody makes them
/// up.
const KEPT: usize = 1 << 13;
const METHODS: usize = 64;

impl Http {
    /// The protocols whose fields must be recorded.
    pub(crate) const PROTOCOLS: [&'static str; 2] = ["http", "http2"];

    pub(crate) fn new(registry: &Registry) -> Http {
        let names = [
            ("http.request.method", Row::Method),
            ("http.response.code", Row::Status),
            ("http.host", Row::Host),
            ("http.content_type", Row::Type),
            ("http2.headers.method", Row::Method),
            ("http2.headers.status", Row::Status),
            ("http2.headers.authority", Row::Host),
            ("http2.headers.content_type", Row::Type),
        ];
        Http {
            rows: Rows::new(registry, &names),
            requests: 0,
            responses: 0,
            statuses: Numbers::default(),
            methods: Top::new(METHODS),
            hosts: Top::new(KEPT),
            types: Top::new(KEPT),
            room: Vec::new(),
        }
    }

    /// Counts the messages of a layer. Types of content are those of responses.
    pub(crate) fn message(&mut self, frame: &Dissection<'_>, layer: &Layer) {
        let mut response = false;
        for node in frame.nodes(layer).into_iter().flatten() {
            let Some(row) = self.rows.of(node) else { continue };
            match row {
                Row::Method => {
                    self.requests += 1;
                    self.methods.add(frame.text(node), &1);
                    response = false;
                }
                Row::Status => {
                    self.responses += 1;
                    self.statuses.add(node, node.number());
                    response = true;
                }
                Row::Host => self.hosts.add(lower(frame.text(node), &mut self.room), &1),
                Row::Type if response => {
                    let text = frame.text(node);
                    let kind = text.split(|byte| *byte == b';').next().unwrap_or(text);
                    self.types.add(lower(kind.trim_ascii(), &mut self.room), &1);
                }
                Row::Type => {}
            }
        }
    }
}
