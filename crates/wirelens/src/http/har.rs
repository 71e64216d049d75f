//! HTTP Archive 1.2, the format of <http://www.softwareishard.com/blog/har-12-spec/>.
//!
//! What a capture does not tell is -1, as the format has it. Keys that begin with an underscore are
//! additions that readers ignore; messages of WebSocket are where browsers put them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use wirelens_flow::http::{HeaderField, Message, Moment, Request, Response, Transaction};
use wirelens_report::{Line, write_rfc3339};

use super::body::is_text;

/// Before the first entry.
pub(super) fn begin(line: &mut Line) {
    let creator = json!({ "name": "wirelens", "version": env!("CARGO_PKG_VERSION") });
    let head = format!("{{\"log\":{{\"version\":\"1.2\",\"creator\":{creator},\"entries\":[\n");
    line.add(head.as_bytes());
}

/// Behind the last entry.
pub(super) fn finish(line: &mut Line) {
    line.add(b"\n]}}\n");
}

pub(super) fn entry(line: &mut Line, one: &Transaction) {
    line.add(made(one).to_string().as_bytes());
}

fn made(one: &Transaction) -> Value {
    let request = one.request.as_ref().map(|request| &request.message);
    let response = one.response.as_ref().map(|response| &response.message);
    let socket = one.socket.iter().flat_map(|socket| &socket.messages);
    let begun = request.or(response).map(|message| message.first);
    let begun = begun.or(socket.clone().next().map(|message| message.first));
    let (send, receive) = (request.map(duration), response.map(duration));
    let wait = one.latency().map(from_nanoseconds);
    let parts = [send, wait, receive].map(|part| part.unwrap_or(0.0));
    let timings = json!({
        "blocked": -1, "dns": -1, "connect": -1, "ssl": -1,
        "send": parts[0], "wait": parts[1], "receive": parts[2],
    });
    let mut entry = json!({
        "startedDateTime": started(begun.unwrap_or_default()),
        "time": parts.iter().sum::<f64>(),
        "request": request_object(one),
        "response": response_object(one.response.as_ref()),
        "cache": {},
        "timings": timings,
        "serverIPAddress": one.server.address.to_string(),
        "connection": one.flow.to_string(),
        "_outcome": one.outcome.name(),
        "_complete": one.is_complete(),
    });
    if let (Some(socket), Some(object)) = (&one.socket, entry.as_object_mut()) {
        object.insert("_resourceType".to_owned(), json!("websocket"));
        let messages = socket.messages.iter().map(|message| {
            let data = match message.opcode {
                1 => String::from_utf8_lossy(&message.bytes).into_owned(),
                _ => STANDARD.encode(&message.bytes),
            };
            json!({
                "type": if message.side == one.requester { "send" } else { "receive" },
                "time": from_nanoseconds(message.last.time) / 1000.0,
                "opcode": message.opcode,
                "data": data,
                "_size": message.decoded.unwrap_or(message.sent),
            })
        });
        object.insert("_webSocketMessages".to_owned(), messages.collect());
    }
    entry
}

/// Milliseconds.
fn from_nanoseconds(time: u64) -> f64 {
    time as f64 / 1e6
}

fn duration(message: &Message) -> f64 {
    from_nanoseconds(message.last.time.saturating_sub(message.first.time))
}

/// ISO 8601 with milliseconds, as browsers write it.
fn started(when: Moment) -> String {
    let mut line = Line::new();
    let (seconds, rest) = (when.time / 1_000_000_000, when.time % 1_000_000_000);
    write_rfc3339(&mut line, seconds as i64, rest as u32);
    let text = String::from_utf8_lossy(line.written()).into_owned();
    let Some((second, fraction)) = text.split_once('.') else { return text };
    format!("{second}.{}Z", fraction.get(..3).unwrap_or("000"))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn request_object(one: &Transaction) -> Value {
    let empty = Request::default();
    let request = one.request.as_ref().unwrap_or(&empty);
    let message = &request.message;
    let url = lossy(&one.url());
    let mut object = json!({
        "method": lossy(&request.method),
        "url": url,
        "httpVersion": lossy(&message.version),
        "cookies": cookies(message),
        "headers": headers(message),
        "queryString": query(&url),
        "headersSize": size(one.request.is_some(), message.header),
        "bodySize": size(one.request.is_some(), message.body.sent),
    });
    if message.body.sent > 0
        && let Some(object) = object.as_object_mut()
    {
        let text = match std::str::from_utf8(&message.body.bytes) {
            Ok(text) if !message.body.encoded => text.to_owned(),
            _ => String::new(),
        };
        let kind = lossy(message.field("content-type").unwrap_or_default());
        let post = json!({ "mimeType": kind, "params": [], "text": text });
        object.insert("postData".to_owned(), post);
    }
    object
}

fn response_object(response: Option<&Response>) -> Value {
    let empty = Response::default();
    let is_there = response.is_some();
    let response = response.unwrap_or(&empty);
    let message = &response.message;
    json!({
        "status": response.status,
        "statusText": lossy(response.status_text()),
        "httpVersion": lossy(&message.version),
        "cookies": set_cookies(message),
        "headers": headers(message),
        "content": content(message),
        "redirectURL": lossy(message.field("location").unwrap_or_default()),
        "headersSize": size(is_there, message.header),
        "bodySize": size(is_there, message.body.sent),
    })
}

/// -1 is what the format has for what is not known.
fn size(is_there: bool, bytes: u64) -> i64 {
    if is_there { i64::try_from(bytes).unwrap_or(i64::MAX) } else { -1 }
}

fn content(message: &Message) -> Value {
    let body = &message.body;
    let length = body.decoded.unwrap_or(body.sent);
    let mut object = json!({
        "size": length,
        "mimeType": lossy(message.field("content-type").unwrap_or_default()),
    });
    let Some(map) = object.as_object_mut() else { return object };
    if length > body.sent {
        map.insert("compression".to_owned(), json!(length - body.sent));
    }
    if !body.bytes.is_empty() {
        let kind = message.media_type().unwrap_or_default().to_ascii_lowercase();
        match std::str::from_utf8(&body.bytes) {
            Ok(text) if !body.encoded && is_text(&kind, &body.bytes) => {
                map.insert("text".to_owned(), json!(text));
            }
            _ => {
                map.insert("text".to_owned(), json!(STANDARD.encode(&body.bytes)));
                map.insert("encoding".to_owned(), json!("base64"));
            }
        }
    }
    if body.cut && !body.bytes.is_empty() {
        map.insert("comment".to_owned(), json!("the body is longer than was kept"));
    }
    object
}

fn pair(name: &[u8], value: &[u8]) -> Value {
    json!({ "name": lossy(name), "value": lossy(value) })
}

fn headers(message: &Message) -> Value {
    let all = message.fields.iter().chain(&message.trailers);
    all.map(|field| pair(&field.name, &field.value)).collect()
}

fn named<'m>(message: &'m Message, name: &'static str) -> impl Iterator<Item = &'m HeaderField> {
    message.fields.iter().filter(move |field| field.name.eq_ignore_ascii_case(name.as_bytes()))
}

/// At the first `=`.
fn halves(text: &[u8]) -> (&[u8], &[u8]) {
    match text.iter().position(|&byte| byte == b'=') {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default()),
        None => (text, b""),
    }
}

fn cookies(message: &Message) -> Value {
    let pairs = named(message, "cookie").flat_map(|field| field.value.split(|&byte| byte == b';'));
    let pairs = pairs.map(<[u8]>::trim_ascii).filter(|text| !text.is_empty());
    pairs.map(|text| pair(halves(text).0, halves(text).1)).collect()
}

/// RFC 6265 section 4.1.
fn set_cookies(message: &Message) -> Value {
    let one = |field: &HeaderField| {
        let mut parts = field.value.split(|&byte| byte == b';').map(<[u8]>::trim_ascii);
        let (name, value) = halves(parts.next().unwrap_or_default());
        let mut cookie = Map::new();
        cookie.insert("name".to_owned(), json!(lossy(name)));
        cookie.insert("value".to_owned(), json!(lossy(value)));
        for part in parts {
            let (name, value) = halves(part);
            match name.to_ascii_lowercase().as_slice() {
                b"path" => cookie.insert("path".to_owned(), json!(lossy(value))),
                b"domain" => cookie.insert("domain".to_owned(), json!(lossy(value))),
                b"httponly" => cookie.insert("httpOnly".to_owned(), json!(true)),
                b"secure" => cookie.insert("secure".to_owned(), json!(true)),
                _ => None,
            };
        }
        Value::Object(cookie)
    };
    named(message, "set-cookie").map(one).collect()
}

fn query(url: &str) -> Value {
    let Some((_, query)) = url.split_once('?') else { return json!([]) };
    let query = query.split('#').next().unwrap_or(query);
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            pair(&unescaped(halves(part.as_bytes()).0), &unescaped(halves(part.as_bytes()).1))
        })
        .collect()
}

/// Percent-encoded bytes as what they stand for.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, behind)) = rest.split_first() {
        let digit = |at: usize| behind.get(at).and_then(|&byte| char::from(byte).to_digit(16));
        rest = behind;
        match (byte, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high << 4 | low) as u8);
                rest = behind.get(2..).unwrap_or_default();
            }
            (b'+', ..) => out.push(b' '),
            _ => out.push(byte),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(fields: &[(&str, &str)]) -> Message {
        let field = |&(name, value): &(&str, &str)| HeaderField {
            name: name.as_bytes().into(),
            value: value.as_bytes().into(),
        };
        Message { fields: fields.iter().map(field).collect(), ..Message::default() }
    }

    #[test]
    fn cookies_of_both_sides() {
        let asks = with(&[("Cookie", "a=1; b=x=y; c")]);
        let pairs = json!([
            { "name": "a", "value": "1" }, { "name": "b", "value": "x=y" },
            { "name": "c", "value": "" },
        ]);
        assert_eq!(cookies(&asks), pairs);
        let answers =
            with(&[("set-cookie", "a=1; Path=/; HttpOnly"), ("Set-Cookie", "b=2; secure")]);
        let set = json!([
            { "name": "a", "value": "1", "path": "/", "httpOnly": true },
            { "name": "b", "value": "2", "secure": true },
        ]);
        assert_eq!(set_cookies(&answers), set);
    }

    #[test]
    fn queries_are_unescaped() {
        let pairs = json!([{ "name": "a b", "value": "é" }, { "name": "c", "value": "%zz" }]);
        assert_eq!(query("http://x/y?a+b=%C3%A9&&c=%zz#d"), pairs);
        assert_eq!(query("http://x/y"), json!([]));
    }

    #[test]
    fn times_have_milliseconds() {
        let when = Moment { frame: 1, time: 1_511_106_545_123_456_789 };
        assert_eq!(started(when), "2017-11-19T15:49:05.123Z");
    }
}
