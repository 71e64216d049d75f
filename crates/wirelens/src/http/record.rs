//! A transaction as an object of JSON.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use wirelens_flow::http::{
    Body, HeaderField, Message, Moment, Outcome, Response, SocketMessage, Transaction,
};
use wirelens_flow::{Endpoint, Side};
use wirelens_report::{Json, Line, Syntax};

use super::save::Saved;
use super::{HttpTally, body};
use crate::names::Called;
use crate::records::{array, flag, number, object, text, warnings};
use crate::trace::moment;

/// Times are RFC 3339 in UTC, lengths of time nanoseconds, sizes bytes.
pub(super) fn write_transaction(
    line: &mut Line,
    transaction: &Transaction,
    called: Called<'_>,
    (bodies, saved): (bool, &Saved),
) {
    let opened = Json::open(line);
    number::<Json>(line, "number", transaction.number);
    number::<Json>(line, "flow", transaction.flow);
    object::<Json>(line, "client", |line| write_end(line, called, transaction.client));
    object::<Json>(line, "server", |line| write_end(line, called, transaction.server));
    bytes(line, "version", transaction.version());
    if let Some(stream) = transaction.stream {
        number::<Json>(line, "stream", stream.into());
    }
    flag::<Json>(line, "pushed", transaction.pushed);
    flag::<Json>(line, "secure", transaction.secure);
    if let Some(request) = &transaction.request {
        bytes(line, "method", &request.method);
        bytes(line, "url", &transaction.url());
        if let Some(host) = request.host() {
            bytes(line, "host", host);
        }
        if let Some(user_agent) = request.user_agent() {
            bytes(line, "user_agent", user_agent);
        }
    }
    if let Some(response) = &transaction.response {
        number::<Json>(line, "status", response.status.into());
        bytes(line, "status_text", response.status_text());
    }
    text::<Json>(line, "outcome", transaction.outcome.name());
    if let Outcome::Reset(error) = transaction.outcome {
        number::<Json>(line, "error", error.into());
    }
    flag::<Json>(line, "complete", transaction.is_complete());
    if let Some(latency) = transaction.latency() {
        number::<Json>(line, "latency", latency);
    }
    if let Some(request) = &transaction.request {
        object::<Json>(line, "request", |line| {
            bytes(line, "target", &request.target);
            write_message(line, &request.message, (bodies, saved.request.as_deref()));
        });
    }
    if !transaction.interim.is_empty() {
        array::<Json, _>(line, "interim", &transaction.interim, |line, response| {
            let opened = Json::open(line);
            write_response(line, response, (bodies, None));
            Json::close(line, opened);
        });
    }
    if let Some(response) = &transaction.response {
        object::<Json>(line, "response", |line| {
            write_response(line, response, (bodies, saved.response.as_deref()));
        });
    }
    if let Some(socket) = &transaction.socket {
        object::<Json>(line, "websocket", |line| {
            number::<Json>(line, "count", socket.count);
            array::<Json, _>(line, "messages", &socket.messages, |line, message| {
                let opened = Json::open(line);
                write_socket_message(line, message, transaction.requester, bodies);
                Json::close(line, opened);
            });
        });
    }
    Json::close(line, opened);
}

/// Any bytes under a key.
pub(crate) fn bytes(line: &mut Line, key: &str, value: &[u8]) {
    Json::key_text(line, key, "");
    Json::text(line, value);
}

fn write_end(line: &mut Line, called: Called<'_>, end: Endpoint) {
    text::<Json>(line, "address", &end.address.to_string());
    number::<Json>(line, "port", end.port.into());
    if let Some(name) = called.looked_up(end) {
        text::<Json>(line, "name", &name);
    }
}

fn write_response(line: &mut Line, response: &Response, bodies: Bodies<'_>) {
    number::<Json>(line, "status", response.status.into());
    bytes(line, "reason", &response.reason);
    write_message(line, &response.message, bodies);
}

fn write_moment(line: &mut Line, key: &str, when: Moment) {
    object::<Json>(line, key, |line| {
        number::<Json>(line, "frame", when.frame);
        moment::<Json>(line, "time", when.time);
    });
}

fn write_message(line: &mut Line, message: &Message, bodies: Bodies<'_>) {
    bytes(line, "version", &message.version);
    write_moment(line, "first", message.first);
    write_moment(line, "last", message.last);
    flag::<Json>(line, "complete", message.complete);
    if let Some(kind) = message.field("content-type") {
        bytes(line, "content_type", kind);
    }
    number::<Json>(line, "header_length", message.header);
    write_fields(line, "headers", &message.fields);
    if !message.trailers.is_empty() {
        write_fields(line, "trailers", &message.trailers);
    }
    object::<Json>(line, "body", |line| write_body(line, message, bodies));
}

fn write_fields(line: &mut Line, key: &str, fields: &[HeaderField]) {
    array::<Json, _>(line, key, fields, |line, field| {
        let opened = Json::open(line);
        bytes(line, "name", &field.name);
        bytes(line, "value", &field.value);
        Json::close(line, opened);
    });
}

/// Is a body told, and which file is it in?
type Bodies<'b> = (bool, Option<&'b str>);

fn write_body(line: &mut Line, message: &Message, (told, file): Bodies<'_>) {
    let Body { sent, decoded, cut, encoded, ref bytes } = message.body;
    number::<Json>(line, "sent", sent);
    if let Some(decoded) = decoded {
        number::<Json>(line, "decoded", decoded);
    }
    if let Some(file) = file {
        text::<Json>(line, "file", file);
    }
    if told && !bytes.is_empty() {
        let kind = message.media_type().unwrap_or_default().to_ascii_lowercase();
        write_content(line, bytes, !encoded && body::is_text(&kind, bytes), cut);
    }
}

/// Text as text, all else in base64.
fn write_content(line: &mut Line, content: &[u8], is_text: bool, cut: bool) {
    match std::str::from_utf8(content) {
        Ok(content) if is_text => text::<Json>(line, "text", content),
        _ => text::<Json>(line, "base64", &STANDARD.encode(content)),
    }
    if cut {
        flag::<Json>(line, "cut", true);
    }
}

fn write_socket_message(line: &mut Line, message: &SocketMessage, asks: Side, bodies: bool) {
    text::<Json>(line, "from", if message.side == asks { "client" } else { "server" });
    number::<Json>(line, "opcode", message.opcode.into());
    text::<Json>(line, "type", message.kind());
    number::<Json>(line, "sent", message.sent);
    if let Some(decoded) = message.decoded {
        number::<Json>(line, "decoded", decoded);
    }
    number::<Json>(line, "fragments", message.fragments.into());
    if let Some(close) = message.close {
        number::<Json>(line, "close", close.into());
    }
    write_moment(line, "first", message.first);
    write_moment(line, "last", message.last);
    if bodies && !message.bytes.is_empty() {
        write_content(line, &message.bytes, message.opcode == 1, message.cut);
    }
}

/// The object of the summary.
pub(super) fn write_tally(line: &mut Line, tally: &HttpTally) {
    let opened = Json::open(line);
    number::<Json>(line, "frames", tally.flows.frames);
    for (key, count) in tally.counters() {
        number::<Json>(line, key, count);
    }
    flag::<Json>(line, "interrupted", tally.flows.interrupted);
    if !tally.flows.names.is_empty() {
        array::<Json, _>(line, "names", &tally.flows.names, |line, (address, name)| {
            let opened = Json::open(line);
            text::<Json>(line, "address", &address.to_string());
            text::<Json>(line, "name", name);
            Json::close(line, opened);
        });
    }
    warnings::<Json>(line, &tally.flows.warnings);
    Json::close(line, opened);
}
