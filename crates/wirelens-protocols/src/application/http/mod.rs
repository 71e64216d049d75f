//! Hypertext Transfer Protocol, version 1: RFC 9110 and RFC 9112.
//!
//! Each segment is dissected by itself. A segment that does not begin with a message is HTTP
//! only if its connection has carried a request before.

mod body;
mod chunk;
mod coding;
mod decoder;
mod exchange;
mod headers;
mod line;
pub(crate) mod media_type;
mod start_line;
mod status;
mod wait;

use wirelens_dissect::prelude::*;

use crate::application::data::DATA;
use crate::application::http2::begins_with_preface;
use crate::transport::tcp::TCP_PORT;
use body::Framing;
pub use coding::decode_content;
use exchange::{Meaning, Memory};
pub(crate) use headers::{base64, decimal};
use headers::Fields;
use line::Line;
use start_line::{Start, looks_like_http};
pub(crate) use status::STATUS;

protocol! {
    HTTP = "http" "HTTP" "Hypertext Transfer Protocol", Application, messages();
    @ TCP_PORT 80 | 631 | 1900 | 2710 | 2869 | 3128 | 3132 | 3689 | 5985 | 8080 | 8088 | 11371;
    @ TCP_PORT by looks_like_http;
    REQUEST = group "request" "Request" own {
        METHOD          = text "request.method"  "Method" brief("") leads;
        URI             = text "request.uri"     "Request Target" brief("") {
            PATH        = text "request.uri.path" "Path" detail;
            QUERY       = text "request.uri.query" "Query" detail {
                PARAMETER = text "request.uri.query.parameter" "Query Parameter" many detail;
            };
        };
        REQUEST_VERSION = text "request.version" "Version";
    };
    RESPONSE = group "response" "Response" own {
        RESPONSE_VERSION = text "response.version" "Version";
        CODE             = uint "response.code"    "Status Code" names(STATUS) brief("") leads by_number;
        PHRASE           = text "response.phrase"  "Reason Phrase" brief("") leads;
    };
    FULL_URI = text "request.full_uri" "Target with its host" detail;

    HOST             = text "host" "Host" brief("") leads;
    USER_AGENT       = text "user_agent" "User-Agent";
    SERVER           = text "server" "Server";
    DATE             = text "date" "Date";
    REFERER          = text "referer" "Referer";
    LOCATION         = text "location" "Location" brief("to ");
    LAST_MODIFIED    = text "last_modified" "Last-Modified";
    CONTENT_TYPE     = text "content_type" "Content-Type" brief("");
    CONTENT_LENGTH_TEXT = text "content_length_header" "Content-Length as Written" detail;
    CONTENT_LENGTH   = uint "content_length" "Content-Length" brief("len ");
    CONTENT_ENCODING = text "content_encoding" "Content-Encoding" many;
    TRANSFER_ENCODING = text "transfer_encoding" "Transfer-Encoding" many brief("");
    CONNECTION       = text "connection" "Connection" many;
    UPGRADE          = text "upgrade" "Upgrade" many brief("upgrade ");
    ACCEPT           = text "accept" "Accept" many;
    ACCEPT_LANGUAGE  = text "accept_language" "Accept-Language" many;
    ACCEPT_ENCODING  = text "accept_encoding" "Accept-Encoding" many;
    CACHE_CONTROL    = text "cache_control" "Cache-Control" many;
    X_FORWARDED_FOR  = text "x_forwarded_for" "X-Forwarded-For" many;
    COOKIE           = text "cookie" "Cookie" many {
        COOKIE_PAIR  = text "cookie_pair" "Cookie Pair" many detail;
    };
    SET_COOKIE       = text "set_cookie" "Set-Cookie" many;
    AUTHORIZATION    = text "authorization" "Authorization" {
        CREDENTIALS  = text "authbasic" "Credentials" key("credentials");
    };
    PROXY_AUTHORIZATION = text "proxy_authorization" "Proxy-Authorization" {
        PROXY_CREDENTIALS = text "authbasic" "Credentials" key("credentials");
    };
    WWW_AUTHENTICATE = text "www_authenticate" "WWW-Authenticate" many;
    PROXY_AUTHENTICATE = text "proxy_authenticate" "Proxy-Authenticate" many;
    WEBSOCKET_ACCEPT = text "sec_websocket_accept" "Sec-WebSocket-Accept";
    WEBSOCKET_EXTENSIONS = text "sec_websocket_extensions" "Sec-WebSocket-Extensions" many;
    WEBSOCKET_KEY    = text "sec_websocket_key" "Sec-WebSocket-Key";
    WEBSOCKET_PROTOCOL = text "sec_websocket_protocol" "Sec-WebSocket-Protocol" many;
    WEBSOCKET_VERSION = text "sec_websocket_version" "Sec-WebSocket-Version" many;
    HTTP2_SETTINGS   = text "http2_settings" "HTTP2-Settings";
    REQUEST_LINE     = text "request.line" "Other Header Field" many key("request_headers");
    NOTIFY_LINE      = text "unknown_header" "Other Header Field" many key("notification_headers");
    RESPONSE_LINE    = text "response.line" "Other Header Field" many key("response_headers");
    UNKNOWN_HEADER   = text "unknown_header" "Header field without a message" many key("headers");
    REPEATED = group "repeated" "Header field that must not be repeated" own many {
        HOST_AGAIN             = text "host" "Host";
        USER_AGENT_AGAIN       = text "user_agent" "User-Agent";
        SERVER_AGAIN           = text "server" "Server";
        DATE_AGAIN             = text "date" "Date";
        REFERER_AGAIN          = text "referer" "Referer";
        LOCATION_AGAIN         = text "location" "Location";
        LAST_MODIFIED_AGAIN    = text "last_modified" "Last-Modified";
        CONTENT_TYPE_AGAIN     = text "content_type" "Content-Type";
        CONTENT_LENGTH_AGAIN   = text "content_length_header" "Content-Length" key("content_length");
        AUTHORIZATION_AGAIN    = text "authorization" "Authorization";
        PROXY_AUTHORIZATION_AGAIN = text "proxy_authorization" "Proxy-Authorization";
        WEBSOCKET_ACCEPT_AGAIN = text "sec_websocket_accept" "Sec-WebSocket-Accept";
        WEBSOCKET_KEY_AGAIN    = text "sec_websocket_key" "Sec-WebSocket-Key";
        HTTP2_SETTINGS_AGAIN   = text "http2_settings" "HTTP2-Settings";
    };

    CHUNK = group "chunk" "Chunk" own many key("chunks") {
        CHUNK_SIZE     = uint  "chunk_size" "Size" key("size");
        CHUNK_DATA     = bytes "chunk_data" "Data" payload key("data");
        CHUNK_BOUNDARY = bytes "chunk_boundary" "Boundary" detail key("boundary");
    };
    TRAILER_PART = text  "chunked_trailer_part" "Trailer Fields";
    FILE_DATA    = bytes "file_data" "Body" payload;
    ENCODED_DATA = bytes "encoded_data" "Encoded Body" own payload;
    CONNECT_HOST = text  "proxy_connect_host" "Tunnel to Host" brief("tunnel to ");
    CONNECT_PORT = uint  "proxy_connect_port" "Tunnel to Port" brief(":");

    LEADING_CRLF    = problem "leading_crlf" "An empty line before the message";
    BAD_HEADER_NAME = problem "bad_header_name" "A field name has characters that it must not have" many;
    TE_AND_LENGTH   = problem "te_and_length" "Both Transfer-Encoding and Content-Length";
    TE_UNKNOWN      = problem "te_unknown" "Unknown transfer coding" many;
    BAD_LENGTH      = problem "bad_content_length" "Content-Length is not a number" own many;
    LENGTHS_DIFFER  = problem "content_lengths_differ" "Content-Length says different lengths" own many;
    BAD_CHUNK       = problem "bad_chunk_size" "Chunk size is not a hexadecimal number" own many;
    NOT_DECODED     = problem "decompression_unknown" "A coding of the body is not one that is decoded" own;
    CORRUPT         = problem "decompression_failed" "The encoded body cannot be decoded to its end";
    ENDS_EARLY      = problem "decompression_incomplete" "The encoded body ends early" own;
    TOO_LONG        = problem "decompression_too_long" "The body is longer than is decoded" own;
    TOO_DENSE       = problem "decompression_too_dense" "The body becomes so much longer that it is not decoded to its end" own;
}

fn dissect(p: &mut Packet<'_>) -> Step {
    if begins_with_preface(p.ahead()) {
        return Ok(Next::NotMine);
    }
    let here = (p.frame_number(), p.start());
    let mut request_seen = false;
    if let Some((memory, _)) = p.conversation::<Memory>() {
        if memory.upgraded {
            return Ok(Next::Data);
        }
        if memory.tunnel && memory.inside.take() != Some(here) {
            return exchange::tunnel(p);
        }
        request_seen = memory.request;
    }
    wait::for_header(p)?;
    let empty_line = start_line::begins_with_one_empty_line(p.ahead());
    let start = Start::of(&p.ahead()[if empty_line { 2 } else { 0 }..]);
    match start {
        Start::Text | Start::Binary if !request_seen => return Ok(Next::NotMine),
        Start::Binary => return body::unseen(p),
        _ if empty_line => {
            p.problem_at(&LEADING_CRLF, p.at(), 2);
            p.skip(2)?;
        }
        _ => {}
    }
    let rest = if matches!(start, Start::Text | Start::Field) { body::rest(p) } else { 0 };
    // What may be the rest of a header is none where a message begins before its end.
    if start == Start::Text || (start == Start::Field && rest < p.declared_left()) {
        return body::whole(p, &FILE_DATA, rest, Some(&DATA));
    }
    message(p, start)
}

/// A message in a datagram.
pub(super) fn datagram(p: &mut Packet<'_>) -> Step {
    match Start::of(p.ahead()) {
        start @ (Start::Request | Start::Response) => message(p, start),
        _ => Ok(Next::NotMine),
    }
}

/// A message, or the rest of one that began in an earlier segment and goes on within its header.
fn message(p: &mut Packet<'_>, start: Start) -> Step {
    let mut fields = Fields::default();
    let (mut request, mut response) = (None, None);
    let header = match start {
        Start::Request => {
            // Of notifications (UPnP) tshark names other fields as it does without a message.
            let other = if p.ahead().starts_with(b"NOTIFY ") { &NOTIFY_LINE } else { &REQUEST_LINE };
            request = Some(p.group(&REQUEST, start_line::request)?);
            headers::read(p, other, &mut fields)
        }
        Start::Response => {
            let code = p.group(&RESPONSE, start_line::response)?;
            response = (code != 0).then(|| exchange::meaning(p, code));
            headers::read(p, &RESPONSE_LINE, &mut fields)
        }
        _ => headers::read(p, &UNKNOWN_HEADER, &mut fields),
    };
    let framing = match (response, fields.content_length) {
        (Some((_, true)), _) => Framing::Length(0),
        _ if fields.chunked => Framing::Chunked,
        (_, Some(length)) => Framing::Length(length),
        // A request without either has no body; a response goes on until the connection is
        // closed, RFC 9112 section 6.3.
        _ if request.is_some() && !fields.transfer_encoding => Framing::Length(0),
        _ => Framing::Rest,
    };
    if header.is_ok() {
        wait::for_body(p, framing)?;
    }
    if let Some(line) = &request {
        exchange::remember_request(p, line);
        full_uri(p, line, fields.host);
    }
    if let Some((meaning, _)) = response {
        exchange::remember_response(p, meaning);
    }
    header?;
    match response {
        // What follows is not HTTP.
        Some((Meaning::Upgrade, _)) => Ok(exchange::upgrade(p, &fields)),
        _ => body::read(p, framing, &fields),
    }
}

fn full_uri(p: &mut Packet<'_>, line: &start_line::Request<'_>, host: Option<&[u8]>) {
    if let (Some((offset, target)), Some(host)) = (line.target, host)
        && target.first() == Some(&b'/')
    {
        p.make_text(&FULL_URI, offset, target.len(), |text| {
            text.extend_from_slice(b"http://");
            text.extend_from_slice(host);
            text.extend_from_slice(target);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use wirelens_dissect::{Input, Session, Settings};

    const REQUEST: &[u8] = b"GET /find?q=whale&&page=2 HTTP/1.1\r\n\
        Host: library.example\r\n\
        User-Agent: curl/8.4.0\r\n\
        Accept: text/html, */*;q=0.1\r\n\
        Cookie: id=7; theme=dark\r\n\
        Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\
        X-Trace: 1\r\n\r\n";

    const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\n\
        Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
        Content-Type: text/html; charset=utf-8\r\n\
        Content-Length: 17\r\n\
        Set-Cookie: id=7\r\n\
        Set-Cookie: theme=dark; Path=/\r\n\
        ETag: \"1\"\r\n\r\n\
        <p>one\r\ntwo\n</p>\nHTTP/1.1 304 Not Modified\r\n\r\n";

    const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
        4;name=value\r\nWiki\r\n5\r\npedia\r\n0\r\nExpires: never\r\n\r\n";

    /// The layers of the segments of one connection.
    pub(super) fn chains(segments: &[&[u8]]) -> Vec<String> {
        chains_with(Settings::default(), segments)
    }

    pub(super) fn chains_with(settings: Settings, segments: &[&[u8]]) -> Vec<String> {
        let mut session = Session::with(crate::shared(), settings);
        let chain = |(at, bytes): (usize, &&[u8])| {
            let frame = session.dissect_as(
                Next::Ports(&TCP_PORT, 80, 50000),
                Input {
                    number: at as u64,
                    captured: bytes,
                    length: bytes.len() as u32,
                    ..Input::default()
                },
            );
            let names: Vec<_> = frame.layers().iter().map(|layer| layer.protocol.name).collect();
            names.join(":")
        };
        segments.iter().enumerate().map(chain).collect()
    }

    #[test]
    fn a_request() {
        insta::assert_snapshot!(tree(&HTTP, REQUEST));
        insta::assert_snapshot!(json(&HTTP, REQUEST));
    }

    #[test]
    fn a_response_with_a_body_and_another_behind_it() {
        insta::assert_snapshot!(tree(&HTTP, RESPONSE));
        insta::assert_snapshot!(json(&HTTP, RESPONSE));
    }

    #[test]
    fn chunks_are_put_together() {
        insta::assert_snapshot!(tree(&HTTP, CHUNKED));
    }

    #[test]
    fn every_prefix_of_them() {
        every_prefix(&HTTP, REQUEST);
        every_prefix(&HTTP, RESPONSE);
        every_prefix(&HTTP, CHUNKED);
    }

    #[test]
    fn what_must_not_be_repeated_is_kept_apart() {
        let repeated = b"POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\nHost: c\r\nContent-Length: 5\r\n\
            Content-Length: x\r\nTransfer-Encoding: chunked, foo\r\nBad name: 1\r\n\r\n0\r\n\r\n";
        insta::assert_snapshot!(json(&HTTP, repeated));
        every_prefix(&HTTP, repeated);
    }

    /// RFC 9112 section 5.2.
    #[test]
    fn a_folded_line_goes_on_with_the_one_before() {
        let tree = tree(&HTTP, b"GET / HTTP/1.1\r\nAccept: a,\r\n\t b\r\nHost: c\r\n\r\n");
        assert!(tree.contains("Accept: a, b\n"), "{tree}");
        assert!(tree.contains("Host: c\n"), "{tree}");
    }

    #[test]
    fn lines_may_end_with_lf_alone() {
        let tree = tree(&HTTP, b"HTTP/1.0 404 Not Found\nServer: a\n\nbody");
        assert!(tree.contains("Reason Phrase: Not Found\n"), "{tree}");
        assert!(tree.contains("Server: a\n"), "{tree}");
    }

    #[test]
    fn version_0_9_has_no_version() {
        let tree = tree(&HTTP, b"GET /old\r\n");
        assert!(tree.contains("Request Target: /old\n") && !tree.contains("Version"), "{tree}");
    }

    #[test]
    fn a_segment_that_cuts_a_message_has_what_is_there() {
        let tree = tree(&HTTP, b"GET / HTTP/1.1\r\nHost: a\r\nUser-Ag");
        assert!(tree.contains("Host: a\n") && !tree.contains("User-Ag\n"), "{tree}");
    }

    /// A capture that cuts frames cuts headers first.
    #[test]
    fn a_request_whose_header_was_not_captured_is_remembered() {
        let mut session = Session::new(crate::shared());
        let mut chain = |captured: &[u8]| {
            let first = Next::Ports(&TCP_PORT, 80, 50000);
            let frame = session.dissect_as(first, Input { captured, length: 400, ..Input::default() });
            frame.layers().last().map(|layer| layer.protocol.name)
        };
        chain(b"HEAD / HTTP/1.1\r\nHost: a\r\nUser-Ag");
        assert_eq!(chain(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nHTTP/1.1"), Some("http"));
        chain(b"GET / HTTP/1.1\r\nHost: a\r\nUser-Ag");
        assert_eq!(chain(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none"), Some("data"));
    }

    #[test]
    fn port_80_is_not_http_before_a_message_is_seen() {
        assert_eq!(chains(&[b"ABC-2.0-x\r\n", b"\x16\x03\x01", b"\r\n\r\n"]), ["data"; 3]);
        let request = b"GET / HTTP/1.1\r\n\r\n";
        assert_eq!(chains(&[request, b"rest", b"\0\x01"]), ["http", "http:data", "http:data"]);
    }

    /// RFC 9112 section 6.3: neither has a body whatever its header says.
    #[test]
    fn responses_without_a_body() {
        let not_modified: &[u8] = b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n\
            HTTP/1.1 204 No Content\r\n\r\n";
        assert_eq!(chains(&[not_modified]), ["http:http"]);
        let head: &[u8] = b"HEAD / HTTP/1.1\r\n\r\n";
        let answer: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 200 OK\r\n\r\n";
        assert_eq!(chains(&[head, answer]), ["http", "http:http"]);
    }

    /// RFC 9112 section 9.3.2: responses come in the order of the requests.
    #[test]
    fn each_response_answers_its_request() {
        let asked: &[u8] = b"HEAD /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n";
        let answers: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\
            HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nHTT\
            HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(chains(&[asked, answers])[1], "http:http:data:http");
    }

    /// RFC 9110 section 15.2: it is not the answer yet.
    #[test]
    fn the_last_response_comes_behind_100_continue() {
        let asked: &[u8] = b"HEAD / HTTP/1.1\r\nExpect: 100-continue\r\n\r\n";
        let interim: &[u8] = b"HTTP/1.1 100 Continue\r\nContent-Length: 7\r\n\r\n\
            HTTP/1.1 103 Early Hints\r\n\r\n";
        let last: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n";
        let all = [interim, last, b"HTTP/1.1 404 Not Found\r\n\r\n"].concat();
        assert_eq!(chains(&[asked, &all])[1], "http:http:http:http");
        assert_eq!(chains(&[asked, interim, last])[2], "http");
    }

    #[test]
    fn what_comes_behind_the_end_of_http_in_its_segment_is_not_http() {
        let connect: &[u8] = b"CONNECT mail.example:80 HTTP/1.1\r\n\r\n";
        let granted: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\0\x01";
        assert_eq!(chains(&[connect, granted])[1], "http:http:data");
        let switched: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\n\r\nGET / HTTP/1.1\r\n\r\n";
        assert_eq!(chains(&[REQUEST, switched])[1], "http:data");
    }

    #[test]
    fn a_tunnel_carries_something_else() {
        let connect: &[u8] = b"CONNECT mail.example:80 HTTP/1.1\r\n\r\n";
        let granted: &[u8] = b"HTTP/1.1 200 Connected\r\n\r\n";
        let refused: &[u8] = b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n";
        let inside: &[u8] = b"GET / HTTP/1.1\r\n\r\n";
        assert_eq!(chains(&[connect, granted, inside])[2], "http:http");
        assert_eq!(chains(&[connect, refused, inside])[2], "http");
        assert_eq!(chains(&[connect, granted, b"\0"])[2], "http:data");
    }

    #[test]
    fn an_upgrade_ends_http() {
        let switched: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
        let asked: &[u8] = b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n";
        assert_eq!(chains(&[asked, switched, asked]), ["http", "http", "websocket"]);
    }

    #[test]
    fn it_is_recognised_by_its_first_line() {
        for yes in ["GET / HTTP/1.1\r\n", "M-SEARCH * HTTP/1.0\n", "HTTP/1.1 200 OK\r\n"] {
            assert!(looks_like_http(yes.as_bytes()), "{yes}");
        }
        let no = ["", "GET / HTTP/1.1", "GET /\r\n", "get / HTTP/1.1\r\n", "HTTP/2 200\r\n", "A B\n"];
        for no in no {
            assert!(!looks_like_http(no.as_bytes()), "{no}");
        }
    }

    #[test]
    fn status_codes_are_sorted() {
        assert!(STATUS.is_sorted_by_key(|(code, _)| code));
    }
}
