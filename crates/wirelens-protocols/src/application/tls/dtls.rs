//! Datagram Transport Layer Security: RFC 9147 (1.3), RFC 6347 (1.2), RFC 4347 (1.0), and
//! connection identifiers, RFC 9146.
//!
//! Its messages are those of TLS: their walks are loaded here once more, with rows of the name
//! `dtls`. Fragments of messages are put together.

/// Rows of messages, with those that only datagrams have.
macro_rules! message_rows {
    ($(#[$doc:meta])* $LIST:ident = $parent:ident $tail:literal; $($rows:tt)*) => {
        fields! { $(#[$doc])* $LIST = "dtls" $parent $tail; $($rows)*
            MESSAGE_SEQUENCE = uint "handshake.message_seq" "Message Sequence";
            FRAGMENT_OFFSET  = uint "handshake.fragment_offset" "Fragment Offset" detail;
            FRAGMENT_LENGTH  = uint "handshake.fragment_length" "Fragment Length" detail;
            COOKIE_LENGTH    = uint "handshake.cookie_length" "Cookie Length" detail;
            COOKIE           = bytes "handshake.cookie" "Cookie";
            FRAGMENT_EMPTY   = problem "handshake.fragment_length.zero" "Fragment is empty";
            FRAGMENT_TOO_LONG = problem "handshake.fragment_length.too_long" "Fragment is longer than its message";
            FRAGMENT_PAST_END = problem "handshake.fragment_past_end_msg" "Fragment goes beyond the end of its message";
            FRAGMENT_CONFLICT = problem "fragment.overlap.conflicts" "Fragment has other bytes than one it overlaps";
            FRAGMENT_ERROR = problem "fragment.error" "Message is longer, or in more fragments, than is put together";
            FRAGMENTS = bytes "fragments" "Fragments it was put together from" payload {
                FRAGMENT = uint "fragment" "Frame of a fragment" many;
                FRAGMENT_COUNT = uint "fragment.count" "Number of fragments";
                REASSEMBLED_IN = uint "reassembled.in" "Completed in frame";
                REASSEMBLED_LENGTH = uint "reassembled.length" "Length when put together";
                REASSEMBLED_DATA = bytes "reassembled.data" "Bytes when put together" own payload;
            };
        }
    };
}
/// The same of extensions.
macro_rules! extension_rows {
    ($(#[$doc:meta])* $LIST:ident = $parent:ident $tail:literal; $($rows:tt)*) => {
        fields! { $(#[$doc])* $LIST = "dtls" $parent $tail; $($rows)*
            PROFILES_LENGTH = uint "use_srtp.protection_profiles_length" "SRTP Protection Profiles Length" key("srtp_profiles_length") detail;
            PROFILE     = hex "use_srtp.protection_profile" "SRTP Protection Profile" names(super::SRTP_PROFILES) many key("srtp_profiles");
            MKI_LENGTH  = uint "use_srtp.mki_length" "MKI Length" key("mki_length") detail;
            MKI         = bytes "use_srtp.mki" "MKI" key("mki");
            CONNECTION_ID_LENGTH = uint "connection_id_length" "Connection ID Length" key("connection_id_length") detail;
            CONNECTION_ID = bytes "connection_id" "Connection ID" key("connection_id");
        }
    };
}

macro_rules! scts {
    ($LIST:ident) => {
        sct_rows! { $LIST = "dtls" EXTENSION "handshake.extension" }
    };
}

#[path = "extension.rs"]
#[expect(clippy::duplicate_mod, reason = "the same walk with rows of another name")]
mod extension;
mod fragments;
#[path = "handshake.rs"]
#[expect(clippy::duplicate_mod, reason = "the same walk with rows of another name")]
#[expect(dead_code, reason = "messages have another head in datagrams")]
mod handshake;

use wirelens_dissect::prelude::*;

// The names, fingerprints and whatever else the two walks use of the module above them.
use super::*;
use crate::transport::udp::UDP_PORT;
use fragments::{Incomplete, fragment};

protocol! {
    DTLS = "dtls" "DTLS" "Datagram Transport Layer Security", Application;
    @ UDP_PORT 853 | 2221 | 5684 | 5868;
    @ UDP_PORT by looks_like_dtls;
    RECORD = group "record" "Record" many key("records") {
        CONTENT_TYPE  = uint "record.content_type" "Content Type" names(CONTENT_TYPES) brief("") leads;
        SPECIAL_TYPE  = uint "record.special_type" "Special Type" names(CONTENT_TYPES) brief("") leads;
        UNIFIED       = hex  "record.unified_header" "Unified Header" own key("unified_header") {
            HAS_ID    = flag "record.unified_header.connection_id" "Connection ID" & 0x10 own key("connection_id");
            LONG_SEQUENCE = flag "record.unified_header.sequence_number" "Two Bytes of Sequence Number" & 0x08 own key("sequence_number");
            HAS_LENGTH = flag "record.unified_header.length" "Length" & 0x04 own key("length");
            LOW_EPOCH = uint "record.unified_header.epoch" "Low Bits of the Epoch" & 0x03 own key("epoch");
        };
        VERSION       = hex  "record.version" "Version" names(VERSIONS);
        EPOCH         = uint "record.epoch" "Epoch";
        SEQUENCE      = uint "record.sequence_number" "Sequence Number";
        RECORD_ID     = bytes "record.connection_id" "Connection ID" key("connection_id");
        SEALED_SEQUENCE = hex "record.sealed_sequence_number" "Encrypted Sequence Number" own key("sealed_sequence_number");
        LENGTH        = uint "record.length" "Length" brief("len ");
        HANDSHAKE = group "handshake" "Handshake" many key("handshakes") rows(handshake::ROWS);
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
        SEALED_CONTENT = bytes "enc_content" "Encrypted Record Content" payload key("encrypted_content");
    };
    TOO_SHORT = problem "malformed.buffer_too_small" "Record ends before what is in it" own many;
    UNKNOWN = problem "ignored_unknown_record" "Bytes that are no record";
}

/// IANA registry "DTLS-SRTP Protection Profiles".
static SRTP_PROFILES: Names = &[
    (1, "SRTP_AES128_CM_HMAC_SHA1_80"),
    (2, "SRTP_AES128_CM_HMAC_SHA1_32"),
    (5, "SRTP_NULL_HMAC_SHA1_80"),
    (6, "SRTP_NULL_HMAC_SHA1_32"),
    (7, "SRTP_AEAD_AES_128_GCM"),
    (8, "SRTP_AEAD_AES_256_GCM"),
    (9, "DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM"),
    (10, "DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM"),
    (11, "SRTP_ARIA_128_CTR_HMAC_SHA1_80"),
    (12, "SRTP_ARIA_128_CTR_HMAC_SHA1_32"),
    (13, "SRTP_ARIA_256_CTR_HMAC_SHA1_80"),
    (14, "SRTP_ARIA_256_CTR_HMAC_SHA1_32"),
    (15, "SRTP_AEAD_ARIA_128_GCM"),
    (16, "SRTP_AEAD_ARIA_256_GCM"),
];

static HEARTBEAT_ROWS: HeartbeatRows = HeartbeatRows {
    kind: &HEARTBEAT_TYPE,
    length: &HEARTBEAT_LENGTH,
    data: &HEARTBEAT_DATA,
    padding: &HEARTBEAT_PADDING,
    lies: &HEARTBEAT_LIES,
};

/// What is remembered of an association.
#[derive(Default)]
struct Connection {
    /// What the server has chosen, as the number of the same TLS; 0 before.
    version: u16,
    cipher_suite: u16,
    /// A record was seen.
    records: bool,
    /// How long the connection identifiers are that a direction asks the other to send.
    ids: [u8; 2],
    /// By direction, as `ids`.
    incomplete: [Incomplete; 2],
}

/// The transport in JA4.
const TRANSPORT: u8 = b'd';

/// The version of TLS that one on the wire is like: theirs count down.
fn equal_version(version: u16) -> u16 {
    match version {
        // OpenSSL before 0.9.8f has no length before an encrypted secret, as SSL 3.0.
        0x0100 => 0x0300,
        0xfeff => 0x0302,
        0xfefd => 0x0303,
        0xfefc => 0x0304,
        _ => version,
    }
}

fn is_newer(version: u16, than: u16) -> bool {
    than == 0 || version < than
}

/// RFC 6347 section 4.2.1.
fn cookie(p: &mut Packet<'_>) -> Read {
    let length = p.u8(&handshake::COOKIE_LENGTH)?;
    handshake::opaque(p, &handshake::COOKIE, length.into())
}

fn other_extension(p: &mut Packet<'_>, kind: u16) -> Read {
    match kind {
        // RFC 5764 section 4.1.1.
        14 => {
            let length = p.u16(&extension::PROFILES_LENGTH)?;
            handshake::vector(p, length.into(), |p| p.u16(&extension::PROFILE).map(drop))?;
            let length = p.u8(&extension::MKI_LENGTH)?;
            handshake::opaque(p, &extension::MKI, length.into())
        }
        54 => {
            let length = p.u8(&extension::CONNECTION_ID_LENGTH)?;
            if let Some((known, forward)) = p.conversation::<Connection>() {
                known.ids[usize::from(forward)] = length;
            }
            handshake::opaque(p, &extension::CONNECTION_ID, length.into())
        }
        _ => Ok(()),
    }
}

/// Type and length of the record that begins here, and where its content begins.
struct Head {
    content_type: u8,
    content: usize,
    length: usize,
}

impl Head {
    /// `id` is the length of the connection identifier that the sender was asked for.
    fn of(bytes: &[u8], id: usize) -> Option<Head> {
        let &[content_type @ 20..=25, major, minor, ..] = bytes else { return None };
        if !matches!((major, minor), (0xfe, 0xff | 0xfd) | (1, 0)) {
            return None;
        }
        let id = if content_type == 25 { id } else { 0 };
        let &[high, low] = bytes.get(11 + id..13 + id)? else { return None };
        Some(Head { content_type, content: 13 + id, length: u16::from_be_bytes([high, low]).into() })
    }
}

/// Records from the first byte to the last.
fn looks_like_dtls(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(head) = Head::of(rest, 0) {
        let known = head.content_type < 25 && head.length > 0 && head.length <= LONGEST;
        match rest.get(head.content + head.length..) {
            Some([]) if known => return true,
            Some(next) if known => rest = next,
            _ => return false,
        }
    }
    false
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let (id, known) = match p.conversation::<Connection>() {
        Some((known, forward)) => (usize::from(known.ids[usize::from(!forward)]), known.records),
        None => (0, false),
    };
    loop {
        // RFC 9147 section 4: a unified header begins with 001.
        match (Head::of(p.ahead(), id), p.ahead()) {
            (Some(head), _) => p.group(&RECORD, |p| record(p, &head))?,
            (None, [0x20..=0x3f, ..]) if known || p.done() > 0 => p.group(&RECORD, |p| unified(p, id))?,
            // STUN and RTP may share the ports, RFC 7983.
            (None, _) if p.done() == 0 => return Ok(Next::NotMine),
            (None, _) => {
                p.problem_at(&UNKNOWN, p.at(), p.left());
                p.skip(p.left())?;
            }
        }
        if p.left() == 0 {
            return Ok(Next::Nothing);
        }
    }
}

fn record(p: &mut Packet<'_>, head: &Head) -> Read {
    if let Some((known, _)) = p.conversation::<Connection>() {
        known.records = true;
    }
    let with_id = head.content_type == 25;
    p.u8(if with_id { &SPECIAL_TYPE } else { &CONTENT_TYPE })?;
    p.u16(&VERSION)?;
    let epoch = p.u16(&EPOCH)?;
    p.u48(&SEQUENCE)?;
    if head.content > 13 {
        p.bytes(&RECORD_ID, head.content - 13)?;
    }
    p.u16(&LENGTH)?;
    p.contained(head.length, &TOO_SHORT, |p| body(p, head, epoch > 0))
}

/// RFC 9147 section 4. Its sequence number is encrypted.
fn unified(p: &mut Packet<'_>, id: usize) -> Read {
    let flags = p.u8(&UNIFIED)?;
    if flags & 0x10 != 0 && id > 0 {
        p.bytes(&RECORD_ID, id)?;
    }
    if flags & 0x08 != 0 {
        p.u16(&SEALED_SEQUENCE)?;
    } else {
        p.u8(&SEALED_SEQUENCE)?;
    }
    let length = match flags & 0x04 != 0 {
        true => usize::from(p.u16(&LENGTH)?),
        false => p.left(),
    };
    p.bytes(&SEALED_CONTENT, length)?;
    Ok(())
}

fn body(p: &mut Packet<'_>, head: &Head, encrypted: bool) -> Read {
    match head.content_type {
        20 => p.group(&CHANGE_CIPHER_SPEC, |p| p.skip(p.left())),
        21 if encrypted || head.length != 2 => p.group(&ALERT, sealed),
        21 => p.group(&ALERT, |p| {
            p.u8(&ALERT_LEVEL)?;
            p.u8(&ALERT_DESCRIPTION)?;
            Ok(())
        }),
        22 if encrypted => p.group(&HANDSHAKE, sealed),
        22 => {
            while p.left() > 0 {
                p.group(&HANDSHAKE, message)?;
            }
            Ok(())
        }
        24 if encrypted => p.group(&HEARTBEAT, sealed),
        24 => p.group(&HEARTBEAT, |p| content::heartbeat(p, &HEARTBEAT_ROWS)),
        25 => p.rest(&SEALED_CONTENT).map(drop),
        _ => p.rest(&APP_DATA).map(drop),
    }
}

/// Bytes that only the two ends can read.
fn sealed(p: &mut Packet<'_>) -> Read {
    p.note(&ENCRYPTED, 1, 0);
    p.skip(p.left())
}

/// RFC 6347 section 4.2.2: every fragment has the whole message's length.
fn message(p: &mut Packet<'_>) -> Read {
    let kind = p.u8(&handshake::TYPE)?;
    let whole = p.u24(&handshake::LENGTH)?;
    let sequence = p.u16(&handshake::MESSAGE_SEQUENCE)?;
    let offset = p.u24(&handshake::FRAGMENT_OFFSET)?;
    let length = p.u24(&handshake::FRAGMENT_LENGTH)?;
    let lie = match () {
        () if length == 0 && whole > 0 => Some(&handshake::FRAGMENT_EMPTY),
        () if length > whole => Some(&handshake::FRAGMENT_TOO_LONG),
        () if offset + length > whole => Some(&handshake::FRAGMENT_PAST_END),
        () => None,
    };
    if let Some(row) = lie {
        p.problem_at(row, p.at() - 3, 3);
    }
    p.within(length as usize, |p| match () {
        () if lie.is_some() => p.remainder(&handshake::PARTIAL),
        () if length < whole => fragment(p, fragments::Head { kind, whole, sequence, offset }),
        () => self::whole(p, kind),
    })
}

/// The content of a whole message.
fn whole(p: &mut Packet<'_>, kind: u8) -> Read {
    match kind {
        3 => {
            p.u16(&handshake::VERSION)?;
            cookie(p)?;
        }
        _ => handshake::message(p, kind)?,
    }
    if p.left() > 0 {
        p.problem_at(&handshake::TRAILING, p.at(), p.left());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use wirelens_dissect::Session;

    const CLIENT_HELLO: &str = "16 feff 0000 000000000001 0059 01 00004d 0001 000000 00004d
        feff cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece7 00
        04 61626364 0004 c02b 002f 01 00 001b
        000e 0007 0004 0001 0007 00
        0036 0003 02 abcd
        002b 0005 04 fefd fefc";

    const SERVER_HELLO: &str = "16 fefd 0000 000000000000 0040 02 000034 0000 000000 000034
        fefd a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e26928 00 1301 00
        000c 002b 0002 fefc 0036 0002 01 07";

    const FRAGMENT: &str = "16 fefd 0000 000000000002 0010 0b 00036a 0002 000079 000004 30820366";
    const VERIFY: &str = "16 feff 0000 000000000000 0013 03 000007 0000 000000 000007 feff 04 61626364";

    #[test]
    fn a_client_hello() {
        insta::assert_snapshot!(tree(&DTLS, &hex(CLIENT_HELLO)));
    }

    #[test]
    fn several_records_in_a_datagram() {
        let encrypted = "14 fefd 0000 000000000003 0001 01  16 fefd 0001 000000000000 0004 01020304";
        insta::assert_snapshot!(tree(&DTLS, &[hex(VERIFY), hex(FRAGMENT), hex(encrypted)].concat()));
    }

    #[test]
    fn every_prefix_of_them() {
        let data = "17 fefd 0001 000000000001 0003 010203 15 fefd 0000 000000000001 0002 02 28";
        let beat = "18 fefd 0000 000000000001 0005 01 0002 6162";
        for bytes in [CLIENT_HELLO, SERVER_HELLO, FRAGMENT, VERIFY, data, beat] {
            every_prefix(&DTLS, &hex(bytes));
        }
    }

    #[test]
    fn fragments_that_contradict_their_message_are_problems() {
        for (fragment, problem) in [
            ("0b 000004 0002 000000 000000", "! Fragment is empty"),
            ("0b 000002 0002 000000 000004 30820366", "! Fragment is longer"),
            ("0b 000006 0002 000004 000004 30820366", "! Fragment goes beyond"),
        ] {
            let content = hex(fragment);
            let head = [hex("16 fefd 0000 000000000002 00"), vec![content.len() as u8]].concat();
            let tree = tree(&DTLS, &[head, content].concat());
            assert!(tree.contains(problem), "{tree}");
        }
    }

    /// RFC 7983: what is no record is another's, even in an association.
    #[test]
    fn others_share_its_ports() {
        let mut session = Session::new(crate::shared());
        tree_in(&mut session, &DTLS, &hex(SERVER_HELLO));
        let rtp = tree_in(&mut session, &DTLS, &hex("80 60 0001 00000001 00000002 0102"));
        assert!(!rtp.contains("Datagram Transport Layer Security"), "{rtp}");
    }

    /// RFC 9146 section 3, 4: a record has the identifier that its receiver asked for.
    #[test]
    fn identifiers_are_as_long_as_they_were_agreed_on() {
        let sealed = hex("19 fefd 0001 000000000001 07 0004 01020304");
        assert!(!looks_like_dtls(&sealed));
        let head = Head::of(&sealed, 1);
        assert_eq!(head.map(|head| (head.content, head.length)), Some((14, 4)));
    }

    /// Versions count down.
    #[test]
    fn ja4_tells_the_newest_version() {
        assert!(tree(&DTLS, &hex(CLIENT_HELLO)).contains("JA4: dd3i020300_"));
    }

    /// RFC 9147 section 4.
    #[test]
    fn a_unified_header_needs_an_association() {
        let unified = hex("2c 1234 0004 01020304");
        assert!(!tree(&DTLS, &unified).contains("Unified Header"));
        let mut session = Session::new(crate::shared());
        tree_in(&mut session, &DTLS, &hex(SERVER_HELLO));
        let tree = tree_in(&mut session, &DTLS, &unified);
        assert!(tree.contains("Unified Header") && tree.contains("Encrypted Record Content"), "{tree}");
    }

    #[test]
    fn it_is_recognised_by_whole_records() {
        let two = [hex(VERIFY), hex(FRAGMENT)].concat();
        assert!(looks_like_dtls(&hex(CLIENT_HELLO)) && looks_like_dtls(&two));
        for no in [&two[..two.len() - 1], &two[..5], &[], &hex("16 0301 0000 000000000000 0001 01")] {
            assert!(!looks_like_dtls(no), "{no:?}");
        }
    }

    #[test]
    fn names_are_sorted() {
        DTLS.visit(&mut |row| assert!(row.names.is_sorted_by_key(|(number, _)| number), "{row:?}"));
    }
}
