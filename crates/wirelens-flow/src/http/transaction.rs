//! What a transaction is made of.

use wirelens_protocols::application::http::CODE;

use crate::key::{Endpoint, Side};

/// A frame and when it was captured.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Moment {
    /// The frame's number.
    pub frame: u64,
    /// When it was captured, in nanoseconds since 1970.
    pub time: u64,
}

/// A header field as it was sent: names of HTTP/1 keep their case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeaderField {
    /// Its name.
    pub name: Box<[u8]>,
    /// Its value, folded lines put together.
    pub value: Box<[u8]>,
}

/// What a message carries.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Body {
    /// Bytes of it on the wire: of HTTP/1 with the sizes of chunks, of HTTP/2 without padding.
    pub sent: u64,
    /// Bytes of it once chunks are put together and codings undone; none where that was not
    /// possible.
    pub decoded: Option<u64>,
    /// The bytes, decoded if they could be, where [`Limits::keep_bodies`](super::Limits) asks for
    /// them.
    pub bytes: Vec<u8>,
    /// There were more of them than are kept.
    pub cut: bool,
    /// They are as they were sent, since their coding cannot be undone.
    pub encoded: bool,
}

/// A request or response without its first line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Message {
    /// `HTTP/1.1`, as it was sent; `HTTP/2`.
    pub version: Box<[u8]>,
    /// Its first frame.
    pub first: Moment,
    /// Its last frame.
    pub last: Moment,
    /// Its header fields in their order, without those of HTTP/2 that begin with a colon.
    pub fields: Vec<HeaderField>,
    /// Fields behind the body.
    pub trailers: Vec<HeaderField>,
    /// Bytes of the header on the wire, with its first line; of HTTP/2 those of the frames.
    pub header: u64,
    /// What it carries.
    pub body: Body,
    /// All of it was seen.
    pub complete: bool,
}

impl Message {
    /// The value of the first field of this name, whatever its case.
    pub fn field(&self, name: &str) -> Option<&[u8]> {
        let is = |field: &&HeaderField| field.name.eq_ignore_ascii_case(name.as_bytes());
        self.fields.iter().find(is).map(|field| &field.value[..])
    }

    /// The media type, without its parameters.
    pub fn media_type(&self) -> Option<&[u8]> {
        let value = self.field("content-type")?;
        Some(value.split(|&byte| byte == b';').next().unwrap_or(value).trim_ascii())
    }
}

/// A request.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Request {
    /// `GET`.
    pub method: Box<[u8]>,
    /// The target as it was sent; of HTTP/2 `:path`.
    pub target: Box<[u8]>,
    /// `:scheme` of HTTP/2.
    pub scheme: Option<Box<[u8]>>,
    /// `:authority` of HTTP/2.
    pub authority: Option<Box<[u8]>>,
    /// The rest.
    pub message: Message,
}

impl Request {
    /// The host that it is for: of an absolute target, of `:authority`, or of the field Host.
    pub fn host(&self) -> Option<&[u8]> {
        if let Some(at) = scheme_end(&self.target) {
            let rest = self.target.get(at + 3..).unwrap_or_default();
            return rest.split(|byte| b"/?#".contains(byte)).next();
        }
        if &*self.method == b"CONNECT" && self.authority.is_none() && !self.target.is_empty() {
            return Some(&self.target);
        }
        self.authority.as_deref().or_else(|| self.message.field("host"))
    }

    /// What sent it.
    pub fn user_agent(&self) -> Option<&[u8]> {
        self.message.field("user-agent")
    }
}

/// Where the scheme of an absolute target ends.
fn scheme_end(target: &[u8]) -> Option<usize> {
    let at = target.windows(3).position(|three| three == b"://")?;
    let word = target.get(..at)?;
    (!word.is_empty() && word.iter().all(u8::is_ascii_alphanumeric)).then_some(at)
}

/// A response.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Response {
    /// The status code; 0 where it was not seen.
    pub status: u16,
    /// The reason phrase as it was sent; HTTP/2 has none.
    pub reason: Box<[u8]>,
    /// The rest.
    pub message: Message,
}

impl Response {
    /// The reason phrase as it was sent, or the name that the code has.
    pub fn status_text(&self) -> &[u8] {
        if !self.reason.is_empty() {
            return &self.reason;
        }
        CODE.name_of(self.status.into()).unwrap_or_default().as_bytes()
    }
}

/// A message of WebSocket.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SocketMessage {
    /// Who sent it.
    pub side: Side,
    /// Its opcode: 1 for text, 2 for bytes, 8 to close, 9 and 10 for ping and pong.
    pub opcode: u8,
    /// Bytes of its payload on the wire.
    pub sent: u64,
    /// Bytes of it decompressed; none where that is not known.
    pub decoded: Option<u64>,
    /// Frames of WebSocket that it came in.
    pub fragments: u32,
    /// Its first frame of the capture.
    pub first: Moment,
    /// Its last one.
    pub last: Moment,
    /// The bytes, where [`Limits::keep_bodies`](super::Limits) asks for them.
    pub bytes: Vec<u8>,
    /// There were more of them than are kept.
    pub cut: bool,
    /// The code of a Close.
    pub close: Option<u16>,
}

impl SocketMessage {
    /// `text`, `binary`, `close`, `ping`, `pong`, `other`.
    pub fn kind(&self) -> &'static str {
        match self.opcode {
            0 => "continuation",
            1 => "text",
            2 => "binary",
            8 => "close",
            9 => "ping",
            10 => "pong",
            _ => "other",
        }
    }
}

/// What was sent behind an upgrade to WebSocket.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Socket {
    /// The messages in their order, those that are kept.
    pub messages: Vec<SocketMessage>,
    /// How many there were.
    pub count: u64,
    /// Bytes of those that are kept.
    pub(super) kept: usize,
}

/// How a transaction ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Outcome {
    /// It did not yet.
    #[default]
    Open,
    /// With its response.
    Answered,
    /// No response came.
    Unanswered,
    /// Its stream was reset, with this error of HTTP/2.
    Reset(u32),
    /// There were too many of them, or they took too much memory.
    GivenUp,
}

impl Outcome {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Open => "open",
            Outcome::Answered => "answered",
            Outcome::Unanswered => "unanswered",
            Outcome::Reset(_) => "reset",
            Outcome::GivenUp => "given_up",
        }
    }
}

/// A request and the response to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transaction {
    /// Its number, from 1, as transactions begin.
    pub number: u64,
    /// The number of its flow.
    pub flow: u64,
    /// Which side of the flow asks.
    pub requester: Side,
    /// Who asks.
    pub client: Endpoint,
    /// Who answers.
    pub server: Endpoint,
    /// It was encrypted.
    pub secure: bool,
    /// The stream of HTTP/2.
    pub stream: Option<u32>,
    /// The server has promised it.
    pub pushed: bool,
    /// The request, if it was seen.
    pub request: Option<Request>,
    /// Responses before the last one: 1xx.
    pub interim: Vec<Response>,
    /// The response, if it was seen.
    pub response: Option<Response>,
    /// What came behind an upgrade to WebSocket.
    pub socket: Option<Socket>,
    /// How it ended.
    pub outcome: Outcome,
    /// Bytes that it takes.
    pub(super) cost: usize,
}

impl Transaction {
    /// The version of HTTP: that of the response, or of the request.
    pub fn version(&self) -> &[u8] {
        let response = self.response.as_ref().map(|response| &response.message);
        let message = response.or(self.request.as_ref().map(|request| &request.message));
        message.map_or(b"", |message| &message.version)
    }

    /// The absolute URL of the request: scheme, host and target. Where no field names the host, its
    /// address does.
    pub fn url(&self) -> Vec<u8> {
        let Some(request) = &self.request else { return Vec::new() };
        if scheme_end(&request.target).is_some() {
            return request.target.to_vec();
        }
        let scheme = match (&request.scheme, self.secure) {
            (Some(scheme), _) => scheme,
            (None, true) => &b"https"[..],
            (None, false) => &b"http"[..],
        };
        let address = self.server.to_string();
        let host = request.host().unwrap_or(address.as_bytes());
        let target = if &*request.method == b"CONNECT" { &b""[..] } else { &request.target };
        // The target `*` of OPTIONS is for the server as a whole.
        let target = if target == b"*" { b"" } else { target };
        [scheme, b"://", host, target].concat()
    }

    /// From the last frame of the request to the first of the response, in nanoseconds; none where one
    /// is missing. A response that comes before the request has ended waits for nothing: 0.
    pub fn latency(&self) -> Option<u64> {
        let (request, response) = (self.request.as_ref()?, self.response.as_ref()?);
        Some(response.message.first.time.saturating_sub(request.message.last.time))
    }

    /// Were request and response seen, all of both?
    pub fn is_complete(&self) -> bool {
        self.request.as_ref().is_some_and(|request| request.message.complete)
            && self.response.as_ref().is_some_and(|response| response.message.complete)
    }

    /// What a side says: of who asks the request, of the other the response.
    pub(super) fn message_mut(&mut self, side: Side) -> Option<&mut Message> {
        if side == self.requester {
            self.request.as_mut().map(|request| &mut request.message)
        } else {
            self.response.as_mut().map(|response| &mut response.message)
        }
    }

    /// Keeps a response before the last, if there are not too many of them.
    pub(super) fn note_interim(&mut self, response: Response) {
        if self.interim.len() < MOST_INTERIM {
            self.interim.push(response);
        }
    }

    /// About how many bytes it takes.
    pub(super) fn measure(&self) -> usize {
        let fields = |message: &Message| {
            let all = message.fields.iter().chain(&message.trailers);
            let fields = all.map(|field| field.name.len() + field.value.len() + FIELD);
            fields.sum::<usize>() + message.body.bytes.len()
        };
        let request = self.request.as_ref().map_or(0, |request| {
            fields(&request.message) + request.target.len() + size_of::<Request>()
        });
        let responses = self.interim.iter().chain(&self.response);
        let responses = responses.map(|one| fields(&one.message) + size_of::<Response>());
        let messages = self.socket.iter().flat_map(|socket| &socket.messages);
        let messages = messages.map(|one| one.bytes.len() + size_of::<SocketMessage>());
        size_of::<Transaction>() + request + responses.sum::<usize>() + messages.sum::<usize>()
    }
}

/// Responses before the last that are kept.
const MOST_INTERIM: usize = 32;

/// What a field takes besides its name and value.
const FIELD: usize = size_of::<HeaderField>() + 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn transaction(method: &[u8], target: &[u8], host: Option<&[u8]>) -> Transaction {
        let end = Endpoint { address: [192, 0, 2, 1].into(), port: 8080 };
        let field = |value: &[u8]| HeaderField { name: b"HOST"[..].into(), value: value.into() };
        let message =
            Message { fields: host.map(field).into_iter().collect(), ..Message::default() };
        let request =
            Request { method: method.into(), target: target.into(), message, ..Request::default() };
        Transaction {
            number: 1,
            flow: 1,
            requester: Side::Initiator,
            client: end,
            server: end,
            secure: false,
            stream: None,
            pushed: false,
            request: Some(request),
            interim: Vec::new(),
            response: None,
            socket: None,
            outcome: Outcome::Open,
            cost: 0,
        }
    }

    #[test]
    fn urls_of_every_form() {
        for (method, target, host, url) in [
            ("GET", "/a?b", Some("example.org"), "http://example.org/a?b"),
            ("GET", "/a", None, "http://192.0.2.1:8080/a"),
            ("GET", "http://a.example/b", Some("c.example"), "http://a.example/b"),
            ("GET", "/to?u=http://x", Some("a.example"), "http://a.example/to?u=http://x"),
            ("CONNECT", "a.example:443", Some("a.example"), "http://a.example:443"),
            ("OPTIONS", "*", Some("a.example"), "http://a.example"),
        ] {
            let made =
                transaction(method.as_bytes(), target.as_bytes(), host.map(str::as_bytes)).url();
            assert_eq!(String::from_utf8_lossy(&made), url);
        }
    }

    #[test]
    fn hosts() {
        let host = |target: &str| {
            let made = transaction(b"GET", target.as_bytes(), Some(b"h.example"));
            made.request.and_then(|request| request.host().map(<[u8]>::to_vec))
        };
        assert_eq!(host("/").as_deref(), Some(&b"h.example"[..]));
        assert_eq!(host("http://a.example:81/b").as_deref(), Some(&b"a.example:81"[..]));
    }

    #[test]
    fn codes_have_names_of_their_own() {
        let response = Response { status: 404, ..Response::default() };
        assert_eq!(response.status_text(), b"Not Found");
        assert_eq!(Response::default().status_text(), b"");
    }
}
