//! Transport Layer Security: RFC 8446 (1.3), RFC 5246 (1.2), RFC 4346, RFC 2246, SSL 3.0, RFC 6101,
//! and what is in clear of SSL 2.0.
//!
//! Records, and the messages of the handshake as long as they are in clear. What is encrypted is
//! known by its place in the dialogue: behind Change Cipher Spec, or as application data.

/// Rows of messages under the name of TLS; over datagrams they have another.
macro_rules! message_rows {
    ($(#[$doc:meta])* $LIST:ident = $parent:ident $tail:literal; $($rows:tt)*) => {
        fields! { $(#[$doc])* $LIST = "tls" $parent $tail; $($rows)* }
    };
}
macro_rules! extension_rows {
    ($($all:tt)*) => {
        message_rows! { $($all)* }
    };
}

/// Timestamps in extensions of hellos.
macro_rules! scts {
    ($LIST:ident) => {
        sct_rows! { $LIST = "tls" EXTENSION "handshake.extension" }
    };
}

mod cipher_suites;
mod content;
pub(crate) mod der;
mod dtls;
mod extension;
mod fingerprint;
mod handshake;
mod names;
mod ocsp;
mod sct;
mod ssl2;
mod x509;
mod x509_extension;

use wirelens_dissect::prelude::*;

use crate::link::eap::EAP_TYPE;
use crate::transport::tcp::TCP_PORT;
use content::HeartbeatRows;
pub use dtls::DTLS;
use names::{ALERT_LEVELS, ALERTS, CONTENT_TYPES, HEARTBEATS, VERSIONS};

protocol! {
    TLS = "tls" "TLS" "Transport Layer Security", Application, messages(), beginnings();
    @ TCP_PORT 324 | 443 | 465 | 636 | 802 | 853 | 990 | 992 | 993 | 995 | 1300 | 2221 | 2443 | 3249
        | 3250 | 3251 | 3252 | 3496 | 5061 | 5671 | 5684 | 5868 | 8443 | 8883 | 11207 | 19999 | 27017;
    @ TCP_PORT by looks_like_tls;
    @ EAP_TYPE 13 | 21 | 25 | 43 | 55;
    RECORD = group "record" "Record" many key("records") {
        CONTENT_TYPE = uint "record.content_type" "Content Type" names(CONTENT_TYPES) brief("") leads;
        OPAQUE_TYPE  = uint "record.opaque_type" "Outer Content Type" names(CONTENT_TYPES) brief("") leads;
        VERSION      = hex  "record.version" "Version" names(VERSIONS);
        LENGTH       = uint "record.length" "Length" brief("len ");
        ESCAPE       = flag "record.is_escape" "Security Escape" key("is_escape");
        PADDING_LENGTH = uint "record.padding_length" "Padding Length";
        BAD_LENGTH   = problem "record.length.invalid" "Record is longer than it may be";
        HANDSHAKE = group "handshake" "Handshake" many key("handshakes") rows(handshake::ROWS);
        SSL2 = group "ssl2" "SSL 2.0 Message" own key("ssl2") rows(ssl2::ROWS);
        CHANGE_CIPHER_SPEC = group "change_cipher_spec" "Change Cipher Spec";
        ALERT = group "alert_message" "Alert" key("alert") {
            ALERT_LEVEL       = uint "alert_message.level" "Level" names(ALERT_LEVELS) brief("");
            ALERT_DESCRIPTION = uint "alert_message.desc" "Description" names(ALERTS) brief("") key("description");
        };
        HEARTBEAT = group "heartbeat_message" "Heartbeat" key("heartbeat") {
            HEARTBEAT_TYPE   = uint "heartbeat_message.type" "Type" names(HEARTBEATS) brief("");
            HEARTBEAT_LENGTH = uint "heartbeat_message.payload_length" "Payload Length";
            HEARTBEAT_DATA   = bytes "heartbeat_message.payload" "Payload" payload;
            HEARTBEAT_PADDING = bytes "heartbeat_message.padding" "Padding" payload;
            HEARTBEAT_LIES   = problem "heartbeat_message.payload_length.invalid" "Payload is longer than its message";
        };
        ENCRYPTED = flag "record.encrypted" "Encrypted" own key("encrypted") brief("encrypted");
        APP_DATA = bytes "app_data" "Encrypted Application Data" payload;
    };
    TOO_SHORT = problem "malformed.buffer_too_small" "Record ends before what is in it" many;
    UNKNOWN = problem "ignored_unknown_record" "Bytes that are no record";
}

static HEARTBEAT_ROWS: HeartbeatRows = HeartbeatRows {
    kind: &HEARTBEAT_TYPE,
    length: &HEARTBEAT_LENGTH,
    data: &HEARTBEAT_DATA,
    padding: &HEARTBEAT_PADDING,
    lies: &HEARTBEAT_LIES,
};

/// What is remembered of a connection.
#[derive(Default)]
struct Connection {
    /// What the server has chosen: 0x0303 for TLS 1.2, 0 before.
    version: u16,
    cipher_suite: u16,
    /// A record was seen, and the connection is not closed.
    records: bool,
    /// Who has sent an alert, by the same direction: when both have, it is closed.
    alerts: [bool; 2],
    /// Who has changed to encrypted records, by the direction of the conversation's key.
    encrypted: [bool; 2],
}

impl Connection {
    /// What a direction sends behind its Change Cipher Spec is encrypted; in TLS 1.3 that message
    /// means nothing, RFC 8446 section D.4.
    fn is_encrypted(&self, forward: bool) -> bool {
        self.version < 0x0304 && self.encrypted[usize::from(forward)]
    }
}

/// RFC 8446 section 5.2: 2^14 and 256 bytes; RFC 5246 allowed 2^14 and 2,048.
const LONGEST: usize = (1 << 14) + 2048;

/// The transport in JA4.
const TRANSPORT: u8 = b't';

/// The version of TLS that one on the wire is like.
fn equal_version(version: u16) -> u16 {
    version
}

fn is_newer(version: u16, than: u16) -> bool {
    version > than
}

/// Only hellos in datagrams have one.
fn cookie(_: &mut Packet<'_>) -> Read {
    Ok(())
}

/// The content of extensions that only datagrams have is not read.
fn other_extension(_: &mut Packet<'_>, _: u16) -> Read {
    Ok(())
}

/// The five bytes that a record begins with.
struct Head {
    content_type: u8,
    length: usize,
}

impl Head {
    fn of(bytes: &[u8]) -> Option<Head> {
        match *bytes {
            [content_type @ 20..=24, 3, 0..=4, high, low, ..] => {
                Some(Head { content_type, length: u16::from_be_bytes([high, low]).into() })
            }
            _ => None,
        }
    }
}

/// A whole start of a dialogue or of an alert, or records of data one behind the other.
fn looks_like_tls(bytes: &[u8]) -> bool {
    let Some(head) = Head::of(bytes) else { return ssl2::is_client_hello(bytes) };
    match (head.content_type, bytes.get(5..)) {
        (22, Some([kind, length @ .., ])) => {
            let known = matches!(kind, 0..=2 | 4 | 11..=16);
            let fits = match length {
                [0, high, low, ..] => {
                    usize::from(u16::from_be_bytes([*high, *low])) + 4 <= head.length || *kind == 11
                }
                _ => false,
            };
            known && fits && head.length >= 4 && head.length <= LONGEST
        }
        (20, Some([1, ..])) => head.length == 1,
        (21, Some([1 | 2, ..])) => head.length == 2,
        (23, Some(_)) => are_data(bytes),
        _ => false,
    }
}

/// Records of application data as a dialogue that was joined late has them.
fn are_data(mut bytes: &[u8]) -> bool {
    while let Some(head) = Head::of(bytes) {
        let known = matches!(bytes, [23, 3, 1..=3, ..]) && head.length > 0;
        match bytes.get(5 + head.length..) {
            _ if !known || head.length > LONGEST => return false,
            Some(behind) => bytes = behind,
            None => return true,
        }
    }
    begins_a_record(bytes)
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let ahead = p.ahead();
    let Some(head) = Head::of(ahead) else {
        // A few bytes may still become the head of a record.
        if ahead.len() < 5 && p.may_wait() && begins_a_record(ahead) {
            p.need(5)?;
        }
        return elsewhere(p);
    };
    if p.may_wait() && head.length <= LONGEST {
        p.need(5 + head.length)?;
    }
    while let Some(head) = Head::of(p.ahead()) {
        let whole = p.declared_left() >= 5 + head.length;
        if !whole && p.done() > 0 && p.may_wait() {
            // It is waited for by itself.
            return Ok(Next::Again);
        }
        p.group(&RECORD, |p| record(p, &head))?;
        if p.left() == 0 {
            return Ok(Next::Nothing);
        }
        if p.rest_is_in_frame() {
            return Ok(Next::Again);
        }
    }
    if p.left() < 5 && p.may_wait() && begins_a_record(p.ahead()) {
        return Ok(Next::Again);
    }
    p.problem_at(&UNKNOWN, p.at(), p.left());
    p.skip(p.left())?;
    Ok(Next::Nothing)
}

fn begins_a_record(bytes: &[u8]) -> bool {
    matches!(bytes, [] | [20..=24] | [20..=24, 3] | [20..=24, 3, 0..=4, ..])
}

/// A record of SSL 2.0, or bytes in the middle of a record if the conversation is known to carry such;
/// else not ours.
fn elsewhere(p: &mut Packet<'_>) -> Step {
    let known = p.conversation::<Connection>().map(|(known, _)| (known.records, known.version));
    let (records, version) = known.unwrap_or_default();
    if ssl2::begins(p.ahead(), version == ssl2::VERSION_2) {
        if p.may_wait() {
            p.need(ssl2::length(p.ahead()))?;
        }
        p.group(&RECORD, ssl2::record)?;
        return Ok(Next::Again);
    }
    if !records {
        return Ok(Next::NotMine);
    }
    p.problem_at(&UNKNOWN, p.at(), p.left());
    p.skip(p.left())?;
    Ok(Next::Nothing)
}

fn record(p: &mut Packet<'_>, head: &Head) -> Read {
    let (encrypted, modern) = match p.conversation::<Connection>() {
        Some((known, forward)) => {
            known.records = true;
            (known.is_encrypted(forward), known.version == 0x0304)
        }
        None => (false, false),
    };
    p.u8(if modern && head.content_type == 23 { &OPAQUE_TYPE } else { &CONTENT_TYPE })?;
    p.u16(&VERSION)?;
    p.u16(&LENGTH)?;
    if head.length > LONGEST {
        p.problem_at(&BAD_LENGTH, p.at() - 2, 2);
    }
    p.contained(head.length, &TOO_SHORT, |p| body(p, head, encrypted))
}

fn body(p: &mut Packet<'_>, head: &Head, encrypted: bool) -> Read {
    match head.content_type {
        20 => {
            p.group(&CHANGE_CIPHER_SPEC, |p| p.skip(p.left()))?;
            if let Some((known, forward)) = p.conversation::<Connection>() {
                known.encrypted[usize::from(forward)] = true;
            }
            Ok(())
        }
        21 => {
            p.group(&ALERT, |p| match encrypted || head.length != 2 {
                true => sealed(p),
                false => {
                    p.u8(&ALERT_LEVEL)?;
                    p.u8(&ALERT_DESCRIPTION).map(drop)
                }
            })?;
            if let Some((known, forward)) = p.conversation::<Connection>() {
                // What FTP says behind CCC is no TLS, RFC 4217 section 5.
                known.alerts[usize::from(forward)] = true;
                known.records = known.alerts != [true; 2];
            }
            Ok(())
        }
        22 if encrypted => p.group(&HANDSHAKE, sealed),
        22 => handshake::messages(p, &HANDSHAKE),
        24 if encrypted => p.group(&HEARTBEAT, sealed),
        24 => p.group(&HEARTBEAT, |p| content::heartbeat(p, &HEARTBEAT_ROWS)),
        _ => {
            p.rest(&APP_DATA)?;
            Ok(())
        }
    }
}

/// Bytes that only the two ends can read.
fn sealed(p: &mut Packet<'_>) -> Read {
    p.note(&ENCRYPTED, 1, 0);
    p.skip(p.left())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::ipv4::IP;
    use crate::testing::*;
    use wirelens_dissect::{Input, Session};

    const CLIENT_HELLO: &str = "16 0301 009e 01 00009a 0303
        cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece7 00
        0006 1301 1303 0a0a 01 00 006b
        0000 000e 000c 00 0009 6c6f63616c686f7374
        000a 0006 0004 001d 0017  000b 0002 01 00
        0010 000e 000c 02 6832 08 687474702f312e31
        000d 0008 0006 0403 0804 0401
        002b 0003 02 0304  002d 0002 01 01
        0033 0009 0007 001d 0003 616263
        0015 0004 00000000  0017 0000  ff01 0001 00";

    const SERVER_HELLO: &str = "16 0303 0043 02 00003f 0303
        a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e26928 00 1301 00
        0017 002b 0002 0304 0033 000d 001d 0009 313233343536373839";

    const APPLICATION_DATA: &str = "17 0303 0004 01020304";

    #[test]
    fn a_client_hello() {
        insta::assert_snapshot!(tree(&TLS, &hex(CLIENT_HELLO)));
    }

    #[test]
    fn a_server_hello_and_what_follows_is_opaque() {
        let bytes = [hex(SERVER_HELLO), hex("14 0303 0001 01"), hex(APPLICATION_DATA)].concat();
        insta::assert_snapshot!(tree(&TLS, &bytes));
    }

    #[test]
    fn every_prefix_of_them() {
        for bytes in [CLIENT_HELLO, SERVER_HELLO, "18 0303 0005 01 0100 6162", "15 0301 0002 02 28"] {
            every_prefix(&TLS, &hex(bytes));
        }
        let exchange = "16 0303 0036
            0b 000009 000006 000003 616263
            0d 00000b 01 40 0002 0403 0004 0002 6162
            0f 000006 0403 0002 6162
            04 000008 0000012c 0002 6162";
        every_prefix(&TLS, &hex(exchange));
    }

    /// How the last of several frames of a connection is dissected.
    fn last(frames: &[&str]) -> String {
        let mut session = Session::new(crate::shared());
        let mut tree = String::new();
        for frame in frames {
            tree = tree_in(&mut session, &TLS, &hex(frame));
        }
        tree
    }

    #[test]
    fn what_is_encrypted_is_known_by_its_place() {
        let old_hello = SERVER_HELLO.replace("002b 0002 0304", "abcd 0002 0304");
        let finished = "16 0303 0005 0e 000001 00";
        assert!(last(&[&old_hello, finished]).contains("Server Hello Done"));
        let sealed = last(&[&old_hello, "14 0303 0001 01", finished]);
        assert!(sealed.contains("Encrypted: true") && !sealed.contains("Hello Done"), "{sealed}");
        // RFC 8446 section D.4: in TLS 1.3 it means nothing.
        assert!(last(&[SERVER_HELLO, "14 0303 0001 01", finished]).contains("Server Hello Done"));
        assert!(last(&[&old_hello, APPLICATION_DATA]).contains("Content Type: Application Data"));
        assert!(last(&[SERVER_HELLO, APPLICATION_DATA]).contains("Outer Content Type"));
    }

    /// RFC 6520 section 4, and CVE-2014-0160.
    #[test]
    fn a_heartbeat_that_asks_for_more_than_it_has_is_a_problem() {
        assert!(tree(&TLS, &hex("18 0302 0003 01 4000")).contains("! Payload is longer"));
        let whole = tree(&TLS, &hex("18 0302 0017 01 0004 70696e67 00000000000000000000000000000000"));
        assert!(!whole.contains('!'), "{whole}");
    }

    #[test]
    fn what_comes_behind_its_end_is_not_its_own() {
        let close = "15 0303 0002 01 00";
        let mut session = Session::new(crate::shared());
        let mut read = |from: u16, at: u32, bytes: &[u8]| {
            tree_in(&mut session, &IP, &segment((from, 50443 - from), at, bytes)).contains("Layer Security")
        };
        assert!(read(443, 1, &hex(close)) && read(443, 8, b"\xe9 the middle of a record"));
        assert!(read(50000, 1, &hex(close)) && !read(50000, 8, b"\xe9 no record"));
    }

    #[test]
    fn a_record_that_contradicts_itself_does_not_hide_the_next() {
        let tree = tree(&TLS, &hex("16 0303 0006 01 000002 0303  15 0303 0002 01 00"));
        assert!(tree.contains("! Record ends before") && tree.contains("Close Notify"), "{tree}");
    }

    #[test]
    fn bytes_of_nobodys_are_not_its_own() {
        let mut session = Session::new(crate::shared());
        for bytes in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"\x17\x09\x03\0\x01", b"SSH-2.0-x\r\n"] {
            let first = Next::Ports(&TCP_PORT, 443, 50000);
            let frame = session.dissect_as(first, Input { captured: bytes, length: 20, ..Input::default() });
            assert_ne!(frame.layers().last().map(|layer| layer.protocol.name), Some("tls"));
        }
    }

    #[test]
    fn it_is_recognised_by_a_whole_start() {
        assert!(looks_like_tls(&hex(CLIENT_HELLO)) && looks_like_tls(&hex(SERVER_HELLO)));
        assert!(looks_like_tls(&hex("15 0301 0002 02 28")));
        for data in ["17 0303 0004 01020304", "17 0303 0001 01 17 0303 0200 aa", "17 0301 0001 01 17 03"] {
            assert!(looks_like_tls(&hex(data)), "{data}");
        }
        for no in ["17 0303 0001 01 19", "17 0304 0001 01", "17 0303 5000 01", "17 0303 0000"] {
            assert!(!looks_like_tls(&hex(no)), "{no}");
        }
        for no in ["", "16", "16 0301 0004 63 000000", "16 0301 0004 01 010000"] {
            assert!(!looks_like_tls(&hex(no)), "{no}");
        }
    }

    /// draft-ietf-tls-esni-02, and RFC 9345 section 4.1.1.
    #[test]
    fn extensions_of_few() {
        let few = "0022 0004 0002 0403  ffce 0013 1301 001d 0002 abcd 0003 010203 0004 01020304";
        let hello = format!("0303 {} 00 0002 1301 01 00 001f {few}", "11".repeat(32));
        let tree = tree(&TLS, &[hex("16 0301 004e 01 00004a"), hex(&hello)].concat());
        assert!(tree.contains("Encrypted Name: 01020304") && tree.contains("Record Digest: 010203"), "{tree}");
        assert!(tree.contains("Signature Algorithm: ecdsa_secp256r1_sha256") && !tree.contains('!'), "{tree}");
    }

    /// What was not put together with anything keeps its place in the frame.
    #[test]
    fn records_behind_one_of_several_segments_lie_in_the_frame() {
        let mut session = Session::new(crate::shared());
        let mut layers = |at: u32, text: &str| -> Vec<(&str, u8, u32)> {
            let bytes = segment((50000, 443), at, &hex(text));
            let input = Input { number: at.into(), captured: &bytes, length: bytes.len() as u32, ..Input::default() };
            let frame = session.dissect_as(Next::To(&IP), input);
            let of_tls = frame.layers().iter().skip(2);
            of_tls.map(|layer| (layer.protocol.name, layer.buffer, layer.start)).collect()
        };
        assert_eq!(layers(1, "17 0303 0004 0102"), [("tls", 0, 40)], "its beginning");
        let rest = "0304 17 0303 0001 05 17 0303 0002 06";
        assert_eq!(layers(8, rest), [("tls", 1, 0), ("tls", 0, 42)]);
        assert_eq!(layers(22, "07 15 0303 0002 0100"), [("tls", 1, 0), ("tls", 0, 41)]);
        assert_eq!(layers(30, "17 0303 0001 05"), [("tls", 0, 40)]);
    }

    #[test]
    fn names_are_sorted() {
        for row in [&CONTENT_TYPE, &VERSION, &ALERT_DESCRIPTION] {
            assert!(row.names.is_sorted_by_key(|(number, _)| number), "{row:?}");
        }
        TLS.visit(&mut |row| assert!(row.names.is_sorted_by_key(|(number, _)| number), "{row:?}"));
    }
}
