//! Messages of HTTP/1 out of their layers.

use wirelens_dissect::{DecodeLimits, Dissection, Layer, Node};
use wirelens_protocols::application::http::{
    CHUNK, CHUNK_DATA, CHUNK_SIZE, CODE, ENCODED_DATA, FILE_DATA, METHOD, PHRASE, REQUEST,
    REQUEST_VERSION, RESPONSE, RESPONSE_VERSION, TRAILER_PART, URI, decode_content,
};

use super::Span;
use super::transaction::{Body, HeaderField, Message, Moment};

/// The first line of a message.
pub(super) enum Start {
    Request { method: Box<[u8]>, target: Box<[u8]> },
    Response { status: u16, reason: Box<[u8]> },
}

/// A message as its layer has it.
pub(super) struct Read {
    pub(super) start: Start,
    pub(super) message: Message,
    /// Where it ends in the layer's buffer.
    pub(super) end: u32,
    /// What of its body is still to come: so many bytes, or nobody knows how many.
    pub(super) missing: Option<Missing>,
}

/// What is to come of a body that is longer than was put together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Missing {
    /// So many bytes.
    Bytes(u64),
    /// Up to its last chunk.
    Chunks,
    /// Up to the end of the connection.
    Rest,
}

/// Where a body ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Framing {
    None,
    Length(u64),
    Chunked,
    Rest,
}

/// Reads a layer; none if it does not begin with a message. `no_body` tells of a status code whether
/// a response has none whatever its header says.
pub(super) fn read(
    frame: &Dissection<'_>,
    layer: &Layer,
    keep: usize,
    no_body: impl FnOnce(u16) -> bool,
) -> Option<Read> {
    let [nodes, _] = frame.nodes(layer);
    let is_start = |node: &&Node| is(node, &REQUEST) || is(node, &RESPONSE);
    let at = nodes.iter().position(|node| is_start(&node))?;
    let group = nodes.get(at)?;
    let inside = nodes.get(at + 1..at + 1 + group.inside as usize).unwrap_or_default();
    let of = |row| inside.iter().find(|node| is(node, row));
    let text = |row| of(row).map(|node| frame.text(node)).unwrap_or_default();
    let (start, version) = if is(group, &REQUEST) {
        let start = Start::Request { method: text(&METHOD).into(), target: text(&URI).into() };
        (start, text(&REQUEST_VERSION))
    } else {
        let status = of(&CODE).map_or(0, |node| node.number() as u16);
        (Start::Response { status, reason: text(&PHRASE).into() }, text(&RESPONSE_VERSION))
    };
    let bytes = frame.buffer(layer.buffer).get(..layer.end as usize).unwrap_or_default();
    let from = (group.offset + group.length) as usize;
    let mut fields = Vec::new();
    let (length, whole) = header_fields(bytes.get(from..).unwrap_or_default(), &mut fields);
    let header_end = from + length;
    let mut message = Message {
        version: version.into(),
        fields,
        header: (header_end as u64).saturating_sub(layer.start.into()),
        ..Message::default()
    };
    let framing = match &start {
        Start::Response { status, .. } if no_body(*status) => Framing::None,
        _ => framing(&message, matches!(start, Start::Response { .. })),
    };
    let rest = nodes.get(at + 1 + inside.len()..).unwrap_or_default();
    let (body, complete) = match framing {
        Framing::None => (Some(Body { decoded: Some(0), ..Body::default() }), true),
        _ if !whole => (None, false),
        Framing::Chunked => chunked(frame, (layer, rest), header_end, keep, &mut message),
        Framing::Length(length) => {
            let body = plain(frame, (layer, rest), keep, &message);
            let complete = body.sent >= length;
            (Some(body), complete)
        }
        Framing::Rest => {
            let cut = layer.end < layer.declared;
            (Some(plain(frame, (layer, rest), keep, &message)), !cut)
        }
    };
    message.body = body.unwrap_or_default();
    message.complete = whole && complete;
    let sent = message.body.sent;
    let missing = match framing {
        Framing::Length(length) if length > sent => Some(Missing::Bytes(length - sent)),
        Framing::Chunked if !complete => Some(Missing::Chunks),
        Framing::Rest => Some(Missing::Rest),
        _ => None,
    };
    let end = (header_end as u64 + sent).min(layer.end.into()) as u32;
    Some(Read { start, message, end, missing })
}

/// A message of which the rest is to come: its header, and how much of its body did.
pub(super) struct Begun {
    pub(super) start: Start,
    pub(super) message: Message,
    /// All of its header came with its first bytes.
    has_header: bool,
}

impl Begun {
    /// Reads the first bytes of a message.
    pub(super) fn read(bytes: &[u8], here: Moment) -> Option<Begun> {
        let line = bytes.iter().position(|&byte| byte == b'\n')? + 1;
        let mut words = bytes[..line].trim_ascii_end().splitn(3, |&byte| byte == b' ');
        let [first, second, third] =
            [words.next()?, words.next()?, words.next().unwrap_or_default()];
        let response = first.starts_with(b"HTTP/");
        let (start, version) = if response {
            let status = std::str::from_utf8(second).ok()?.parse().ok()?;
            (Start::Response { status, reason: third.into() }, first)
        } else {
            (Start::Request { method: first.into(), target: second.into() }, third)
        };
        let mut fields = Vec::new();
        let (length, has_header) = header_fields(&bytes[line..], &mut fields);
        let header = line + length;
        let mut message = Message {
            version: version.into(),
            first: here,
            last: here,
            fields,
            header: header as u64,
            ..Message::default()
        };
        if has_header {
            let plain = framing(&message, response) != Framing::Chunked
                && message.field("content-encoding").is_none();
            let sent = (bytes.len() - header) as u64;
            let decoded = plain.then_some(sent);
            message.body = Body { sent, decoded, cut: true, ..Body::default() };
        }
        Some(Begun { start, message, has_header })
    }

    pub(super) fn responds(&self) -> bool {
        matches!(self.start, Start::Response { .. })
    }

    /// So many bytes more came. Of a header that is not whole nobody knows which of them are body.
    pub(super) fn goes_on(&mut self, here: Moment, came: u32) {
        self.message.last = here;
        if self.has_header {
            let body = &mut self.message.body;
            body.sent += u64::from(came);
            body.decoded = body.decoded.map(|all| all + u64::from(came));
        }
    }
}

/// Does a layer begin with a response? None where it begins with no message.
pub(super) fn is_response(span: &Span<'_>) -> Option<bool> {
    let [nodes, _] = span.frame.nodes(span.layer);
    let mut starts = nodes.iter().filter(|node| is(node, &REQUEST) || is(node, &RESPONSE));
    starts.next().map(|node| is(node, &RESPONSE))
}

fn is(node: &Node, row: &'static wirelens_dissect::Field) -> bool {
    std::ptr::eq(node.field, row)
}

/// RFC 9112 section 6.3.
fn framing(message: &Message, response: bool) -> Framing {
    let mut coded = false;
    for field in &message.fields {
        if field.name.eq_ignore_ascii_case(b"transfer-encoding") {
            let mut codings = field.value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
            if codings.any(|coding| coding.eq_ignore_ascii_case(b"chunked")) {
                return Framing::Chunked;
            }
            coded = true;
        }
    }
    let length = message.field("content-length");
    let length = length.and_then(|text| text.split(|&byte| byte == b',').next());
    let length = length.and_then(|text| std::str::from_utf8(text).ok()?.trim().parse().ok());
    match length {
        Some(0) => Framing::None,
        Some(length) => Framing::Length(length),
        None if response || coded => Framing::Rest,
        None => Framing::None,
    }
}

/// Reads lines up to the empty one; gives the bytes read, and whether that was there.
fn header_fields(bytes: &[u8], fields: &mut Vec<HeaderField>) -> (usize, bool) {
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let length = rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |end| end + 1);
        let line = rest.get(..length).unwrap_or(rest);
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if text.is_empty() {
            return (at + length, true);
        }
        match (text.first(), fields.last_mut()) {
            // A folded line, RFC 9112 section 5.2.
            (Some(b' ' | b'\t'), Some(last)) => {
                last.value = [&last.value, &b" "[..], text.trim_ascii()].concat().into();
            }
            _ => {
                let Some(colon) = text.iter().position(|&byte| byte == b':') else {
                    return (at, false);
                };
                let (name, value) = text.split_at(colon);
                let value = value.get(1..).unwrap_or_default().trim_ascii();
                fields.push(HeaderField { name: name.trim_ascii().into(), value: value.into() });
            }
        }
        at += length;
    }
    (at, false)
}

/// A body that is not in chunks.
fn plain(
    frame: &Dissection<'_>,
    (layer, nodes): (&Layer, &[Node]),
    keep: usize,
    message: &Message,
) -> Body {
    let own = |node: &&Node| {
        node.buffer == layer.buffer && (is(node, &FILE_DATA) || is(node, &ENCODED_DATA))
    };
    let Some(sent) = nodes.iter().find(own) else { return Body::default() };
    let mut body = Body { sent: sent.length.into(), ..Body::default() };
    decoded(frame, (layer, nodes), keep, &mut body, || {
        let coding = message.field("content-encoding");
        let coded = coding.is_some_and(|coding| !coding.eq_ignore_ascii_case(b"identity"));
        let encoded = is(sent, &ENCODED_DATA) || coded;
        (frame.bytes(sent), encoded)
    });
    if body.encoded && is_nothing(message, frame.bytes(sent)) {
        body = Body { sent: body.sent, decoded: Some(0), ..Body::default() };
    }
    body
}

/// Nothing takes no more than this in any coding.
const NOTHING: usize = 64;

/// Are these bytes nothing once they are decoded? The dissection has no field for what is empty.
fn is_nothing(message: &Message, sent: &[u8]) -> bool {
    let Some(codings) = message.field("content-encoding") else { return false };
    let mut decoded = Vec::new();
    let limits = DecodeLimits { bytes: NOTHING, ..DecodeLimits::default() };
    sent.len() <= NOTHING
        && decode_content(codings, sent, limits, &mut decoded)
        && decoded.is_empty()
}

/// Fills in what the body becomes; `as_sent` gives what stands for it where the dissection made
/// nothing of it, and whether that is encoded.
fn decoded<'d>(
    frame: &Dissection<'d>,
    (layer, nodes): (&Layer, &[Node]),
    keep: usize,
    body: &mut Body,
    as_sent: impl FnOnce() -> (&'d [u8], bool),
) {
    let made = nodes.iter().find(|node| is(node, &FILE_DATA) && node.buffer != layer.buffer);
    let (bytes, encoded) = match made {
        Some(made) => (frame.bytes(made), false),
        None => as_sent(),
    };
    body.decoded = (!encoded).then_some(bytes.len() as u64);
    body.encoded = encoded;
    body.bytes = bytes.get(..keep).unwrap_or(bytes).to_vec();
    body.cut = body.bytes.len() < bytes.len();
}

/// RFC 9112 section 7.1.
fn chunked(
    frame: &Dissection<'_>,
    (layer, nodes): (&Layer, &[Node]),
    header_end: usize,
    keep: usize,
    message: &mut Message,
) -> (Option<Body>, bool) {
    let (mut end, mut content, mut last) = (header_end as u64, 0, false);
    for node in nodes.iter().filter(|node| node.buffer == layer.buffer) {
        if is(node, &CHUNK) {
            end = u64::from(node.offset) + u64::from(node.length);
        } else if is(node, &CHUNK_SIZE) {
            last = node.number() == 0;
        } else if is(node, &CHUNK_DATA) {
            content += u64::from(node.length);
        } else if is(node, &TRAILER_PART) {
            header_fields(frame.bytes(node), &mut message.trailers);
            end += u64::from(node.length);
        }
    }
    if last {
        let ahead = frame.buffer(layer.buffer).get(end as usize..).unwrap_or_default();
        end += if ahead.starts_with(b"\r\n") { 2 } else { ahead.starts_with(b"\n").into() };
    } else {
        end = end.max(layer.end.into());
    }
    let mut body = Body { sent: end.saturating_sub(header_end as u64), ..Body::default() };
    let encoded = message.field("content-encoding").is_some();
    decoded(frame, (layer, nodes), keep, &mut body, || (b"", encoded));
    if body.encoded && content <= NOTHING as u64 {
        let data = nodes.iter().filter(|node| is(node, &CHUNK_DATA)).map(|node| frame.bytes(node));
        if is_nothing(message, &data.collect::<Vec<_>>().concat()) {
            (body.decoded, body.encoded) = (Some(0), false);
        }
    }
    if !encoded {
        body.decoded = Some(content);
        body.cut |= (body.bytes.len() as u64) < content;
    }
    (Some(body), last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> (Vec<(String, String)>, usize, bool) {
        let mut fields = Vec::new();
        let (length, whole) = header_fields(text.as_bytes(), &mut fields);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let fields = fields.iter().map(|field| (text(&field.name), text(&field.value)));
        (fields.collect(), length, whole)
    }

    #[test]
    fn repeated_and_folded_fields_keep_their_order() {
        let (read, length, whole) = fields("B: 1\r\nA:2\r\n more\r\nB: 3\n\r\nbody");
        let known = [("B", "1"), ("A", "2 more"), ("B", "3")];
        assert_eq!(read, known.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!((length, whole), ("B: 1\r\nA:2\r\n more\r\nB: 3\n\r\n".len(), true));
    }

    #[test]
    fn a_header_that_is_cut_is_not_whole() {
        assert!(!fields("A: 1\r\nB").2);
        assert!(!fields("").2);
        assert!(!fields("no field\r\n\r\n").2);
    }
}
