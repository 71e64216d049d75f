//! Session Initiation Protocol: RFC 3261, and the header fields of its extensions.
//!
//! Messages stand in datagrams or follow one another in a stream, where Content-Length ends them.

mod address;
mod fields;
mod names;
mod parts;
mod plain;
mod rows;
mod start_line;
mod transaction;

use wirelens_dissect::joined;
use wirelens_dissect::prelude::*;

use super::http::media_type;
use super::text_part::{Part, line};
use crate::transport::tcp::TCP_PORT;
use crate::transport::udp::UDP_PORT;
use fields::Fields;
use start_line::{Start, looks_like_sip};
use transaction::Memory;

protocol! {
    SIP = "sip" "SIP" "Session Initiation Protocol", Application, messages();
    @ UDP_PORT 5060;
    @ TCP_PORT 5060;
    @ UDP_PORT by looks_like_sip;
    @ TCP_PORT by looks_like_sip;
    KEEP_ALIVE = bytes "keep_alive" "Empty Lines between Messages" own brief("keep-alive") alone;
    REQUEST_LINE = text "Request-Line" "Request" key("request") stays {
        METHOD   = text "Method" "Method" key("method") brief("") leads stays;
        R_URI    = text "r-uri" "URI" key("uri") brief("") leads stays {
            R_URI_USER  = text "r-uri.user" "User";
            R_URI_HOST  = text "r-uri.host" "Host";
            R_URI_PORT  = text "r-uri.port" "Port";
            R_URI_PARAM = text "r-uri.param" "Parameter" key("parameters") many;
        };
    };
    STATUS_LINE = text "Status-Line" "Response" key("response") stays {
        CODE   = uint "Status-Code" "Status Code" names(names::STATUS) key("code") brief("") leads by_number stays;
        PHRASE = text "Reason-Phrase" "Reason Phrase" key("phrase") brief("") leads stays;
    };
    RESEND           = flag "resend" "Sent again";
    RESEND_ORIGINAL  = uint "resend-original" "First sent in Frame" brief("again, first in frame ");
    RESPONSE_REQUEST = uint "response-request" "Request in Frame";
    RESPONSE_TIME    = uint "response-time" "Response Time in milliseconds";
    MESSAGE_HEADER   = text "msg_hdr" "Message Header" detail;
    HEADER = group "header" "Header" own rows(&joined::<HEADERS>(rows::STRUCTURED, plain::PLAIN));
    BODY = group "msg_body" "Body" {
        BODY_BYTES = bytes "body" "Bytes" own payload key("bytes");
    };
    CONTINUATION = bytes "continuation" "Rest of a message" payload;
    NO_COLON       = problem "header_no_colon" "A line of the header has no colon" many shared;
    NOT_TERMINATED = problem "header_not_terminated" "The header does not end with an empty line" shared;
    BAD_LENGTH     = problem "content_length.invalid" "Content-Length is not a number" many shared;
    BAD_NUMBER     = problem "number.invalid" "Not a number" own many shared key("bad_numbers");
}

const HEADERS: usize = 127;

/// A header that is longer is dissected as far as it goes.
const LONGEST_HEADER: usize = 1 << 16;

fn dissect(p: &mut Packet<'_>) -> Step {
    let in_stream = p.flow().protocol == 6;
    if in_stream && keep_alive(p)? {
        return Ok(Next::Nothing);
    }
    match Start::of(p.ahead()) {
        Start::Request | Start::Response => {}
        Start::Cut if in_stream && p.may_wait() => p.need(p.left() + 1)?,
        _ if in_stream && goes_on(p) => {
            p.rest(&CONTINUATION)?;
            return Ok(Next::Nothing);
        }
        _ => return Ok(Next::NotMine),
    }
    if in_stream {
        wait_for_header(p)?;
    }
    message(p, in_stream)
}

/// Reads the empty lines before a message, RFC 3261 section 7.5. True where nothing else is there:
/// they keep the connection alive, RFC 5626 section 4.4.1.
fn keep_alive(p: &mut Packet<'_>) -> Read<bool> {
    let ahead = p.ahead();
    let empty = ahead.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let alone = empty == ahead.len() && goes_on(p);
    let begins = match Start::of(&ahead[empty..]) {
        Start::Request | Start::Response => true,
        Start::Cut => empty < ahead.len() && p.may_wait(),
        Start::Other => false,
    };
    if empty > 0 && (alone || begins) {
        p.bytes(&KEEP_ALIVE, empty)?;
    }
    Ok(empty > 0 && alone)
}

/// Was a message seen in this stream?
fn goes_on(p: &mut Packet<'_>) -> bool {
    p.conversation::<Memory>().is_some_and(|(memory, _)| memory.seen)
}

fn wait_for_header(p: &Packet<'_>) -> Read {
    let ahead = p.ahead();
    let ends = |end: &[u8]| memchr::memmem::find(ahead, end).is_some();
    if p.may_wait() && ahead.len() < LONGEST_HEADER && !ends(b"\r\n\r\n") && !ends(b"\n\n") {
        p.need(ahead.len() + 1)?;
    }
    Ok(())
}

fn message(p: &mut Packet<'_>, in_stream: bool) -> Step {
    let first = p.at();
    let code = match Start::of(p.ahead()) {
        Start::Response => Some(start_line::response(p)?),
        _ => {
            start_line::request(p)?;
            None
        }
    };
    p.skip(line(p.ahead()).0)?;
    let header = p.at();
    let mut fields = Fields::default();
    let complete = p.group(&HEADER, |p| fields::read(p, &mut fields, in_stream));
    p.mark(&MESSAGE_HEADER, header, p.at() - header, 0);
    complete?;
    let left = p.declared_left();
    let length = match fields.content_length.map(|length| usize::try_from(length).unwrap_or(usize::MAX)) {
        Some(length) if length > left && in_stream && p.may_wait() => return Err(missing(p, length)),
        Some(length) => length.min(left),
        // Without a length, which RFC 3261 section 20.14 wants in a stream, all is the body.
        None => left,
    };
    let body = p.at();
    p.seek(first);
    transaction::relate(p, &fields, code);
    p.seek(body);
    if length > 0 {
        p.group(&BODY, |p| p.bytes(&BODY_BYTES, length.min(p.left())))?;
        let (inside, is_known) = media_type::protocol(fields.content_type);
        if is_known && !fields.encoded {
            p.later(Next::To(inside), body, length);
        }
        p.need(body + length - p.at())?;
    }
    if p.left() > 0 && (in_stream || looks_like_sip(p.ahead())) {
        p.goes_on_later(Next::To(&SIP), p.at());
    }
    Ok(Next::Nothing)
}

/// So many bytes are yet to come.
fn missing(p: &Packet<'_>, length: usize) -> Stop {
    p.need(length).err().unwrap_or(Stop::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::ipv4::IP;
    use crate::testing::*;
    use wirelens_dissect::Session;

    /// RFC 3261 section 24.2, F1, with header fields of other RFCs.
    const INVITE: &[u8] = b"INVITE sip:bob:pw@biloxi.example.com:5062;transport=udp SIP/2.0\r\n\
        Via: SIP/2.0/UDP pc33.atlanta.example.com:5066;branch=z9hG4bKnashds8;rport, SIP / 2.0 / TCP [2001:db8::1]:70000;oc=20;oc-seq=1282321615.782;x\r\n\
        Max-Forwards: 70\r\n\
        To: Bob <sip:bob@biloxi.example.com>\r\n\
        f: \"Alice, \\\"A\\\"\" <sip:alice@atlanta.example.com;lr?h=1>;tag=1928301774;tag=2\r\n\
        Call-ID: a84b4c76e66710\r\n\
        CSeq: 314159 INVITE\r\n\
        Contact: <sip:alice@pc33.atlanta.example.com>;q=0.7,\r\n sip:a@b;expires=5, *\r\n\
        Record-Route: <sip:a@p1;lr>, <sip:p2;lr>\r\n\
        Authorization: Digest username=\"a,b\", realm=\"r\", nc=00000001, Nonce=\"n\", x=y\r\n\
        Proxy-Authorization: Basic QWxh\r\n\
        Authentication-Info: nextnonce=\"47\"\r\n\
        Security-Client: ipsec-3gpp;alg=hmac-md5-96;spi-c=7;port-s=70000;mod=trans, tls\r\n\
        RAck: 776656 1 INVITE\r\n\
        Reason: SIP ;cause=200 ;text=\"Call completed elsewhere\", Q.850;cause=16\r\n\
        Session-ID: ab30317f1a784dc48ff824d0d3715d86;remote=47755a9de7794ba387653f2099600ef2\r\n\
        P-Charging-Vector: icid-value=\"1\";orig-ioi=x\r\n\
        P-Access-Network-Info: 3GPP-E-UTRAN-FDD; utran-cell-id-3gpp=0010\r\n\
        Feature-Caps: *;+g.x=\"1\"\r\n\
        Retry-After: 18000;duration=3600\r\n\
        Expires: soon\r\n\
        To: again\r\n\
        X-Unknown: y\r\n\
        no colon\r\n\
        Content-Type: text/plain\r\n\
        Content-Length: 7\r\n\r\n\
        a body\n";

    const RESPONSE: &[u8] = b"SIP/2.0 180 Ringing\r\n\
        v: SIP/2.0/UDP a;received=192.0.2.1;ttl=3\r\nt: <tel:+1-201-555-0123>;tag=8321234356\r\n\
        i: a84b4c76e66710\r\nCSeq: 314159 INVITE\r\nl: 0\r\n\r\n";

    const OPTIONS: &[u8] =
        b"OPTIONS sip:a SIP/2.0\r\nCall-ID: 7\r\nCSeq: 1 OPTIONS\r\nContent-Length: 4\r\n\r\nbody";

    #[test]
    fn a_request() {
        insta::assert_snapshot!(tree(&SIP, INVITE));
        insta::assert_snapshot!(json(&SIP, INVITE));
    }

    #[test]
    fn a_response() {
        insta::assert_snapshot!(tree(&SIP, RESPONSE));
    }

    #[test]
    fn every_prefix_of_them() {
        every_prefix(&SIP, INVITE);
        every_prefix(&SIP, RESPONSE);
        every_prefix(&IP, &segment((40000, 5060), 1, OPTIONS));
    }

    /// RFC 3261 section 18.3.
    #[test]
    fn a_datagram_may_have_several_messages() {
        let tree = tree(&SIP, &[OPTIONS, RESPONSE].concat());
        assert_eq!(tree.matches("Session Initiation Protocol").count(), 2, "{tree}");
        assert!(tree.contains("Phrase: Ringing"), "{tree}");
    }

    #[test]
    fn what_is_behind_content_length_in_a_datagram_is_nobodys() {
        let bytes = b"OPTIONS sip:a SIP/2.0\r\nl: 4\r\nc: text/plain\r\n\r\nbody and more";
        assert!(!tree(&SIP, bytes).contains("more"));
    }

    #[test]
    fn messages_of_a_stream_are_put_together() {
        let mut session = Session::new(crate::shared());
        let (first, second) = OPTIONS.split_at(OPTIONS.len() - 2);
        let mut sees = |at, text: &[u8]| {
            tree_in(&mut session, &IP, &segment((40000, 5060), at, text)).matches("URI: sip:a").count()
        };
        assert_eq!(sees(1, &first[..10]), 0);
        assert_eq!(sees(11, &first[10..]), 0);
        let rest = [second, b"\r\n\r\n", OPTIONS, &first[..30]].concat();
        assert_eq!(sees(1 + first.len() as u32, &rest), 2);
        assert_eq!(sees(1 + (first.len() + rest.len()) as u32, &OPTIONS[30..]), 1);
    }

    #[test]
    fn each_segment_alone() {
        let mut session = without_reassembly();
        let mut see = |at, text: &[u8]| tree_in(&mut session, &IP, &segment((40000, 5060), at, text));
        assert!(!see(1, b"rest of a message\r\n").contains("Session Initiation"));
        assert!(see(20, &OPTIONS[..60]).contains("Call-ID: 7"));
        assert!(see(80, &OPTIONS[60..]).contains("Rest of a message"));
    }

    #[test]
    fn responses_and_repetitions_are_related() {
        let mut session = Session::new(crate::shared());
        let request = b"OPTIONS sip:a SIP/2.0\r\nCall-ID: 7\r\nCSeq: 1 OPTIONS\r\n\r\n";
        let response = b"SIP/2.0 200 OK\r\nCall-ID: 7\r\nCSeq: 1 OPTIONS\r\nl: 0\r\n\r\n";
        let other = b"SIP/2.0 200 OK\r\nCall-ID: 7\r\nCSeq: 2 OPTIONS\r\nl: 0\r\n\r\n";
        let to = |text: &[u8]| segment((40000, 5060), 1, text);
        assert!(!tree_in(&mut session, &IP, &to(request)).contains("Sent again"));
        let mut back = |text: &[u8], at| tree_in(&mut session, &IP, &segment((5060, 40000), at, text));
        assert!(back(response, 1).contains("Request in Frame: 1"));
        let again = back(response, 1 + response.len() as u32);
        assert!(again.contains("First sent in Frame: 1"), "{again}");
        assert!(!back(other, 1 + 2 * response.len() as u32).contains("Request in Frame"));
    }

    /// RFC 3261 section 7.5, RFC 5626 section 4.4.1.
    #[test]
    fn empty_lines_between_messages_keep_the_connection_alive() {
        let mut session = Session::new(crate::shared());
        let mut see = |at, text: &[u8]| tree_in(&mut session, &IP, &segment((40000, 5060), at, text));
        assert!(!see(1, b"\r\n\r\n").contains("Empty Lines"), "before any message");
        let with_more = [OPTIONS, b"\r\n\r\n"].concat();
        let tree = see(5, &with_more);
        assert!(tree.contains("URI: sip:a") && tree.contains("Empty Lines"), "{tree}");
        let at = 5 + with_more.len() as u32;
        assert!(see(at, b"\r\n").contains("Empty Lines"));
        let tree = see(at + 2, &[b"\r\n", OPTIONS].concat());
        assert!(tree.contains("URI: sip:a") && tree.contains("Empty Lines"), "{tree}");
    }

    #[test]
    fn what_is_no_message_is_not_its_own() {
        let ports = |bytes: &[u8]| {
            let mut session = Session::new(crate::shared());
            tree_in(&mut session, &IP, &segment((40000, 5060), 1, bytes))
        };
        assert!(!ports(b"\r\n\r\n").contains("Session Initiation"));
        assert!(ports(b"GET / HTTP/1.1\r\n\r\n").contains("Hypertext"));
    }

    #[test]
    fn names_are_sorted() {
        assert!(names::STATUS.is_sorted_by_key(|(code, _)| code));
        assert!(names::CAUSES.is_sorted_by_key(|(code, _)| code));
    }
}
