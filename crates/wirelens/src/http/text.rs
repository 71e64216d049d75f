//! Lines for reading, as things happen.

use regex::bytes::Regex;
use wirelens_flow::http::{
    Happening, HeaderField, Message, Moment, Request, Response, SocketMessage, Transaction,
};
use wirelens_flow::tcp::Mark;
use wirelens_flow::{Endpoint, Event, Side};
use wirelens_report::{Line, TimeStyle, write_rfc3339, write_safe};

use super::body::{self, Shown};
use super::select::expression;
use crate::Error;
use crate::names::Called;

/// What is shown of transactions.
#[derive(Clone, Debug, Default)]
pub struct HttpShow {
    /// How lines tell the time.
    pub time: TimeStyle,
    /// Lines are coloured. Not for files.
    pub colour: bool,
    /// All header fields.
    pub headers: bool,
    /// Header fields whose names match one of these.
    header: Vec<Regex>,
    /// Bodies, decoded.
    pub bodies: bool,
    /// What happens to connections too.
    pub tcp: bool,
}

impl HttpShow {
    /// Shows header fields too whose names match this expression, whatever their case.
    ///
    /// # Errors
    /// When it is none.
    pub fn add_header(&mut self, text: &str) -> Result<(), Error> {
        self.header.push(expression(&format!("(?i){text}"))?);
        Ok(())
    }

    fn has(&self, field: &HeaderField) -> bool {
        self.headers || self.header.iter().any(|header| header.is_match(&field.name))
    }
}

const BOLD: &str = "\x1b[1m";
const GREY: &str = "\x1b[90m";
const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";
const YELLOW: &str = "\x1b[33m";
const CYAN: &str = "\x1b[36m";
const PLAIN: &[u8] = b"\x1b[0m";

/// Writes lines.
pub(super) struct Lines {
    show: HttpShow,
    clock: Clock,
}

impl Lines {
    pub(super) fn new(show: HttpShow) -> Lines {
        let clock = Clock { style: show.time, since: None };
        Lines { show, clock }
    }

    /// What happens to a transaction.
    pub(super) fn happening(
        &mut self,
        line: &mut Line,
        (one, called): (&Transaction, Called<'_>),
        what: Happening<'_>,
    ) {
        match what {
            Happening::Request => {
                if let Some(request) = &one.request {
                    self.request(line, (one, called), request);
                }
            }
            Happening::Interim(response) => self.response(line, (one, called), response, true),
            Happening::Response => {
                if let Some(response) = &one.response {
                    self.response(line, (one, called), response, false);
                }
            }
            Happening::Message(message) => self.message(line, (one, called), message),
            Happening::Over => self.over(line, (one, called)),
        }
    }

    /// What happens to a connection.
    pub(super) fn event(
        &mut self,
        line: &mut Line,
        called: Called<'_>,
        event: Event<'_>,
        when: Option<Moment>,
    ) {
        let flow = called.flow;
        let from = match event {
            Event::Mark { side, .. } | Event::HalfClosed { side } | Event::Reset { side } => side,
            Event::Gap { side, .. } => side,
            _ => Side::Initiator,
        };
        let what = match event {
            Event::Begun { joined: false } => return,
            Event::Begun { joined: true } => "TCP already in progress".to_owned(),
            Event::Established => "TCP start".to_owned(),
            Event::Mark { mark: Mark::SynRetry, .. } => "SYN retry".to_owned(),
            Event::Mark { mark, .. } => format!("TCP {}", mark.name()),
            Event::HalfClosed { .. } => "TCP half close".to_owned(),
            Event::Reset { .. } => "TCP reset".to_owned(),
            Event::Closed => "TCP end".to_owned(),
            Event::Gap { length, .. } => format!("TCP gap of {length} bytes"),
            Event::Over(end) if event.name() != "over" => format!("TCP {}", end.name()),
            _ => return,
        };
        let when = when.unwrap_or(Moment { frame: 0, time: flow.last() });
        let ends = (flow.end(from), flow.end(from.other()));
        self.begin(line, when, (ends, called), flow.number());
        self.coloured(line, GREY, what.as_bytes());
        line.add(b"\n");
    }

    /// `10:41:07.123456 192.0.2.1:4000 -> 192.0.2.2:80 #7`.
    fn begin(
        &mut self,
        line: &mut Line,
        when: Moment,
        ((from, to), called): ((Endpoint, Endpoint), Called<'_>),
        number: u64,
    ) {
        self.clock.write(line, when.time);
        called.write_end(line, from);
        line.add(b" -> ");
        called.write_end(line, to);
        line.add(format!(" #{number} ").as_bytes());
    }

    fn coloured(&self, line: &mut Line, colour: &str, text: &[u8]) {
        if self.show.colour {
            line.add(colour.as_bytes());
        }
        write_safe(line, text);
        if self.show.colour {
            line.add(PLAIN);
        }
    }

    fn request(
        &mut self,
        line: &mut Line,
        (one, called): (&Transaction, Called<'_>),
        request: &Request,
    ) {
        let message = &request.message;
        self.begin(line, message.first, ((one.client, one.server), called), one.number);
        version(line, one, message);
        self.coloured(line, CYAN, &request.method);
        line.add(b" ");
        write_safe(line, &one.url());
        if one.pushed {
            line.add(b", pushed");
        }
        self.size(line, message);
        line.add(b"\n");
        self.inside(line, message);
    }

    fn response(
        &mut self,
        line: &mut Line,
        (one, called): (&Transaction, Called<'_>),
        response: &Response,
        interim: bool,
    ) {
        let message = &response.message;
        self.begin(line, message.first, ((one.server, one.client), called), one.number);
        version(line, one, message);
        let colour = match response.status / 100 {
            2 => GREEN,
            1 | 3 => YELLOW,
            _ => RED,
        };
        self.coloured(line, colour, response.status.to_string().as_bytes());
        line.add(b" ");
        write_safe(line, response.status_text());
        if let Some(kind) = message.media_type() {
            line.add(b", ");
            write_safe(line, kind);
        }
        self.size(line, message);
        if let Some(latency) = one.latency().filter(|_| !interim) {
            line.add(b", ");
            line.add(milliseconds(latency).as_bytes());
        }
        line.add(b"\n");
        self.inside(line, message);
    }

    /// What its body takes, if there is one.
    fn size(&self, line: &mut Line, message: &Message) {
        let body = &message.body;
        if body.sent > 0 {
            line.add(format!(", {}", size(body.sent)).as_bytes());
            if let Some(decoded) = body.decoded.filter(|&decoded| decoded != body.sent) {
                line.add(format!(" ({} decoded)", size(decoded)).as_bytes());
            }
        }
        if !message.complete {
            line.add(b", ");
            self.coloured(line, RED, b"incomplete");
        }
    }

    /// Header fields and body.
    fn inside(&self, line: &mut Line, message: &Message) {
        for field in message.fields.iter().chain(&message.trailers) {
            if self.show.has(field) {
                self.field(line, field);
            }
        }
        if !self.show.bodies || message.body.sent == 0 {
            return;
        }
        match body::shown(message) {
            Shown::Text(text) => self.text(line, &text, message.body.cut),
            Shown::Suppressed(kind) => {
                let bytes = message.body.decoded.unwrap_or(message.body.sent);
                line.add(b"    ");
                let text = [b"(", &kind[..], b", ", size(bytes).as_bytes(), b")"].concat();
                self.coloured(line, GREY, &text);
                line.add(b"\n");
            }
        }
    }

    /// A field; cookies on a line each.
    fn field(&self, line: &mut Line, field: &HeaderField) {
        line.add(b"    ");
        self.coloured(line, BOLD, &field.name);
        line.add(b":");
        let cookies = field.name.eq_ignore_ascii_case(b"cookie") && field.value.contains(&b';');
        if !cookies {
            line.add(b" ");
            write_safe(line, &field.value);
            line.add(b"\n");
            return;
        }
        for cookie in field.value.split(|&byte| byte == b';') {
            line.add(b"\n        ");
            write_safe(line, cookie.trim_ascii());
        }
        line.add(b"\n");
    }

    fn text(&self, line: &mut Line, text: &[u8], cut: bool) {
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        for one in text.split(|&byte| byte == b'\n') {
            line.add(b"    ");
            write_safe(line, one.strip_suffix(b"\r").unwrap_or(one));
            line.add(b"\n");
        }
        if cut {
            line.add(b"    ");
            self.coloured(line, GREY, b"(more than is kept: --limit http.body)");
            line.add(b"\n");
        }
    }

    fn message(
        &mut self,
        line: &mut Line,
        (one, called): (&Transaction, Called<'_>),
        message: &SocketMessage,
    ) {
        let ends = if message.side == one.requester {
            (one.client, one.server)
        } else {
            (one.server, one.client)
        };
        self.begin(line, message.first, (ends, called), one.number);
        line.add(b"WebSocket ");
        self.coloured(line, CYAN, message.kind().as_bytes());
        if let Some(code) = message.close {
            line.add(format!(" {code}").as_bytes());
        }
        line.add(format!(", {}", size(message.sent)).as_bytes());
        if let Some(decoded) = message.decoded.filter(|&decoded| decoded != message.sent) {
            line.add(format!(" ({} decoded)", size(decoded)).as_bytes());
        }
        line.add(b"\n");
        if self.show.bodies && !message.bytes.is_empty() {
            match message.opcode {
                1 => self.text(line, &message.bytes, message.cut),
                _ => {
                    line.add(b"    ");
                    self.coloured(line, GREY, b"(binary)");
                    line.add(b"\n");
                }
            }
        }
    }

    /// What ended otherwise than by a response is said.
    fn over(&mut self, line: &mut Line, (one, called): (&Transaction, Called<'_>)) {
        use wirelens_flow::http::Outcome;
        let told = match one.outcome {
            Outcome::Unanswered => "no response".to_owned(),
            Outcome::Reset(error) => format!("stream reset, error {error}"),
            Outcome::GivenUp => "given up: too many are open".to_owned(),
            Outcome::Open | Outcome::Answered => return,
        };
        let response = one.response.as_ref().map(|response| &response.message);
        let message = response.or(one.request.as_ref().map(|request| &request.message));
        let when = message.map(|message| message.last).unwrap_or_default();
        self.begin(line, when, ((one.client, one.server), called), one.number);
        self.coloured(line, RED, told.as_bytes());
        line.add(b"\n");
    }
}

fn version(line: &mut Line, one: &Transaction, message: &Message) {
    write_safe(line, if message.version.is_empty() { b"HTTP" } else { &message.version });
    if let Some(stream) = one.stream.filter(|_| &*message.version == b"HTTP/2") {
        line.add(format!(" stream {stream}").as_bytes());
    }
    line.add(b" ");
}

/// `14 B`, `1.4 KiB`.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let (mut value, mut unit) = (bytes as f64 / 1024.0, UNITS[0]);
    for larger in &UNITS[1..] {
        if value < 1024.0 {
            break;
        }
        (value, unit) = (value / 1024.0, larger);
    }
    format!("{value:.1} {unit}")
}

fn milliseconds(nanoseconds: u64) -> String {
    format!("{}.{:03} ms", nanoseconds / 1_000_000, nanoseconds / 1_000 % 1_000)
}

/// Tells the time at the beginning of lines.
struct Clock {
    style: TimeStyle,
    since: Option<u64>,
}

impl Clock {
    fn write(&mut self, line: &mut Line, time: u64) {
        let (seconds, nanoseconds) = (time / 1_000_000_000, (time % 1_000_000_000) as u32);
        match self.style {
            TimeStyle::None => return,
            TimeStyle::Relative | TimeStyle::Delta => {
                let since = *self.since.get_or_insert(time);
                if self.style == TimeStyle::Delta {
                    self.since = Some(time);
                }
                let passed = i128::from(time) - i128::from(since);
                let sign = if passed < 0 { "-" } else { "" };
                let passed = passed.unsigned_abs();
                let whole = format!("{sign}{}", passed / 1_000_000_000);
                let text = format!("{whole:>4}.{:06}", passed % 1_000_000_000 / 1_000);
                line.add(text.as_bytes());
            }
            TimeStyle::Epoch => line.add(format!("{seconds}.{nanoseconds:09}").as_bytes()),
            TimeStyle::Absolute => write_rfc3339(line, seconds as i64, nanoseconds),
            TimeStyle::OfDay => {
                let (second, micros) = (seconds % 86_400, nanoseconds / 1_000);
                let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
                line.add(format!("{hour:02}:{minute:02}:{second:02}.{micros:06}").as_bytes());
            }
        }
        line.add(b" ");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times() {
        assert_eq!(size(1023), "1023 B");
        assert_eq!(size(1536), "1.5 KiB");
        assert_eq!(size(5 << 30), "5.0 GiB");
        assert_eq!(milliseconds(1_234_567), "1.234 ms");
    }

    #[test]
    fn every_style_of_time() {
        let times = |style| {
            let mut clock = Clock { style, since: None };
            let mut line = Line::new();
            for time in [86_399_000_000_000, 86_400_500_000_001, 86_399_500_000_000] {
                clock.write(&mut line, time);
            }
            String::from_utf8_lossy(line.written()).into_owned()
        };
        assert_eq!(times(TimeStyle::None), "");
        assert_eq!(times(TimeStyle::Relative), "   0.000000    1.500000    0.500000 ");
        assert_eq!(times(TimeStyle::Delta), "   0.000000    1.500000   -1.000000 ");
        assert_eq!(times(TimeStyle::OfDay), "23:59:59.000000 00:00:00.500000 23:59:59.500000 ");
        assert!(times(TimeStyle::Absolute).starts_with("1970-01-01T23:59:59.000000000Z "));
        assert!(times(TimeStyle::Epoch).starts_with("86399.000000000 "));
    }
}
