//! Site multihoming by IPv6 intermediation (Shim6), RFC 5533; failure detection, RFC 5534.

use wirelens_dissect::prelude::*;

use crate::checksum::{self, Verdict};
use crate::digits::hexadecimal;
use crate::network::ip_protocols::PROTOCOLS;
use crate::network::ipv4::IP_PROTO;

protocol! {
    SHIM6 = "shim6" "Shim6" "Shim6 Protocol", Network;
    @ IP_PROTO 140;
    NEXT     = uint  "nxt" "Next Header" names(PROTOCOLS);
    LENGTH   = uint  "len" "Length in units of 8 bytes less 1" {
        LENGTH_BYTES = uint "len_oct" "Length in bytes" hidden;
    };
    PAYLOAD  = flag  "p" "Payload follows" & 0x80 brief("Payload");
    TYPE     = uint  "type" "Message Type" & 0x7f names(TYPES) brief("") leads;
    SPECIFIC = uint  "type_specific" "Reserved" & 0xfe own detail;
    ERROR    = uint  "error_code" "Error" & 0xfe own names(ERRORS) brief(": ");
    IS_HIP   = uint  "proto" "Protocol" & 0x01 names(FAMILIES) detail;
    CHECKSUM = hex   "checksum" "Checksum";
    INITIATOR_TAG = text "ct" "Initiator's Context Tag" key("initiator_tag") brief("initiator ");
    RESPONDER_TAG = text "ct" "Responder's Context Tag" key("responder_tag") brief("responder ");
    RECEIVER_TAG = text "ct" "Receiver's Context Tag" key("receiver_tag") brief("receiver ");
    PACKET_TAG = text "ct" "Packet's Context Tag" key("packet_tag") brief("packet ");
    INITIATOR_NONCE = hex "inonce" "Initiator's Nonce" key("initiator_nonce");
    RESPONDER_NONCE = hex "rnonce" "Responder's Nonce" key("responder_nonce");
    REQUEST_NONCE = hex "rnonce" "Request's Nonce" key("request_nonce");
    RESERVED = bytes "reserved2" "Reserved" key("reserved") detail;
    RECEIVED = uint  "precvd" "Probes Received" & 0xf0 key("received_count");
    SENT     = uint  "psent" "Probes Sent" & 0x0f key("sent_count");
    STATE    = uint  "reap" "State" & 0xc0 names(STATES) key("state") brief(", ");
    SENT_PROBE = group "probe.sent" "Probe Sent" own many key("sent") {
        SENT_SOURCE = ipv6 "psrc" "Source" key("source");
        SENT_DESTINATION = ipv6 "pdst" "Destination" key("destination");
        SENT_NONCE = hex "pnonce" "Nonce" key("nonce");
        SENT_DATA  = hex "pdata" "Data" key("data");
    };
    RECEIVED_PROBE = group "probe.received" "Probe Received" own many key("received") {
        RECEIVED_SOURCE = ipv6 "psrc" "Source" key("source");
        RECEIVED_DESTINATION = ipv6 "pdst" "Destination" key("destination");
        RECEIVED_NONCE = hex "pnonce" "Nonce" key("nonce");
        RECEIVED_DATA  = hex "pdata" "Data" key("data");
    };
    POINTER  = uint  "pointer" "Where the error is" own;
    IN_ERROR = bytes "packet_in_error" "Packet in error" own;
    CONTENT  = bytes "content" "Content" own;
    OPTION   = group "option" "Option" own many key("options") {
        OPTION_TYPE = uint "opt.type" "Type" & 0xfffe key("type") names(OPTIONS);
        CRITICAL = flag "opt.critical" "Critical" & 0x0001 key("critical") span(1, 1);
        OPTION_LENGTH = uint "opt.len" "Length" key("length") detail;
        TOTAL_LENGTH = uint "opt.total_len" "Length with type and padding" key("total_length") detail;
        VALIDATOR = bytes "validator" "Responder's Validator" key("validator");
        GENERATION = uint "opt.loclist" "Generation of the list of locators" key("generation");
        LOCATOR_COUNT = uint "opt.locnum" "Number of Locators" key("locator_count");
        METHOD   = uint  "opt.verif_method" "Verification Method" many key("verification_methods") names(METHODS);
        LOCATOR  = ipv6  "locator" "Locator" many key("locators");
        ELEMENT_LENGTH = uint "opt.elemlen" "Length of an element" key("element_length") detail;
        PREFERENCE = group "opt.preference" "Preference" own many key("preferences") {
            FLAGS    = uint "loc.flags" "Flags" key("flags") {
                BROKEN    = flag "loc.flags.broken" "Broken" & 0x01 own key("broken");
                TEMPORARY = flag "loc.flags.temporary" "Temporary" & 0x02 own key("temporary");
            };
            PRIORITY = uint "loc.prio" "Priority" key("priority");
            WEIGHT   = uint "loc.weight" "Weight" key("weight");
            MORE     = bytes "loc.more" "Data" own key("data");
        };
        CGA_PARAMETERS = bytes "cga_parameter_data_structure" "CGA Parameter Data Structure" key("cga_parameters");
        CGA_SIGNATURE = bytes "cga_signature" "CGA Signature";
        ULID_RESERVED = bytes "reserved" "Reserved" detail;
        SENDER_ULID = ipv6 "sulid" "Sender's Upper-Layer Identifier" key("sender_ulid");
        RECEIVER_ULID = ipv6 "rulid" "Receiver's Upper-Layer Identifier" key("receiver_ulid");
        FORKED   = hex   "opt.fii" "Forked Instance Identifier" key("forked_instance");
        TIMEOUT_RESERVED = bytes "opt.keepalive_reserved" "Reserved" own key("keepalive_reserved") detail;
        TIMEOUT  = uint  "opt.keepalive_timeout" "Keepalive Timeout in seconds" own key("keepalive_timeout");
        OPTION_DATA = bytes "opt.data" "Data" own key("data");
        PADDING  = bytes "padding" "Padding" many detail;
        BAD_ELEMENT = problem "opt.elemlen.invalid" "Length of an element is zero" key("bad_element_length");
        BAD_OPTION = problem "opt.len.bad" "Length does not fit the option" own key("bad_length");
    };
    BAD_LENGTH = problem "len.bad" "Header is too short for its message" own;
    BAD_CHECKSUM = problem "checksum_bad.expert" "Checksum is wrong";
}

/// RFC 5533 section 5.3.
static TYPES: Names = &[
    (1, "I1"),
    (2, "R1"),
    (3, "I2"),
    (4, "R2"),
    (5, "R1bis"),
    (6, "I2bis"),
    (64, "Update Request"),
    (65, "Update Acknowledgement"),
    (66, "Keepalive"),
    (67, "Probe"),
    (68, "Error"),
];

/// RFC 5533 section 5.13.
static ERRORS: Names = &[
    (0, "unknown message type"),
    (1, "critical option not recognized"),
    (2, "verification method failed"),
    (3, "generation of locators out of step"),
    (4, "wrong number of locators"),
];

static FAMILIES: Names = &[(0, "Shim6"), (1, "HIP")];

/// RFC 5534 section 5.2.
static STATES: Names = &[(0, "operational"), (1, "exploring"), (2, "inbound OK")];

/// RFC 5533 section 5.15, RFC 5534 section 5.3.
static OPTIONS: Names = &[
    (1, "Responder Validator"),
    (2, "Locator List"),
    (3, "Locator Preferences"),
    (4, "CGA Parameter Data Structure"),
    (5, "CGA Signature"),
    (6, "ULID Pair"),
    (7, "Forked Instance Identifier"),
    (10, "Keepalive Timeout"),
];

/// RFC 5533 section 5.15.2.
static METHODS: Names = &[(1, "HBA"), (2, "CGA")];

fn dissect(p: &mut Packet<'_>) -> Step {
    let next = p.u8(&NEXT)?;
    let units = p.u8(&LENGTH)?;
    let length = usize::from(units) * 8 + 8;
    p.views(p.at() - 1, 1, length as u64, &[&LENGTH_BYTES]);
    let first = p.peek_u8()?;
    if first & 0x80 != 0 {
        // RFC 5533 section 5.1: the bit and the tag share their bytes.
        p.note(&PAYLOAD, first.into(), 1);
        tag(p, &RECEIVER_TAG)?;
        if units > 0 {
            p.bytes(&CONTENT, length - 8)?;
        }
    } else {
        if p.checksums() {
            verify(p, length);
        }
        p.contained(length - 2, &BAD_LENGTH, message)?;
    }
    p.flow().protocol = next;
    Ok(Next::In(&IP_PROTO, next.into()))
}

/// RFC 5533 section 5.3: there is no pseudo-header, since addresses may change on the way.
#[cold]
fn verify(p: &mut Packet<'_>, length: usize) {
    let whole = p.layer_bytes().get(..length).filter(|_| !p.is_quoted() && !p.is_fragment());
    if whole.is_some_and(|whole| checksum::verify(whole, 4, 0) == Verdict::Bad) {
        p.problem_at(&BAD_CHECKSUM, p.start() + 4, 2);
    }
}

fn message(p: &mut Packet<'_>) -> Read {
    let [kind, specific] = p.peek()?;
    p.bits(kind, 1, &[&PAYLOAD, &TYPE])?;
    let row = if kind == 68 { &ERROR } else { &SPECIFIC };
    p.bits(specific, 1, &[row, &IS_HIP])?;
    p.u16(&CHECKSUM)?;
    match kind {
        1 => {
            tag(p, &INITIATOR_TAG)?;
            p.u32(&INITIATOR_NONCE)?;
        }
        2 => {
            p.bytes(&RESERVED, 2)?;
            p.u32(&INITIATOR_NONCE)?;
            p.u32(&RESPONDER_NONCE)?;
        }
        3 => {
            tag(p, &INITIATOR_TAG)?;
            p.u32(&INITIATOR_NONCE)?;
            p.u32(&RESPONDER_NONCE)?;
            p.bytes(&RESERVED, 4)?;
        }
        4 => {
            tag(p, &RESPONDER_TAG)?;
            p.u32(&INITIATOR_NONCE)?;
        }
        5 => {
            tag(p, &PACKET_TAG)?;
            p.u32(&RESPONDER_NONCE)?;
        }
        6 => {
            tag(p, &INITIATOR_TAG)?;
            p.u32(&INITIATOR_NONCE)?;
            p.u32(&RESPONDER_NONCE)?;
            p.bytes(&RESERVED, 6)?;
            tag(p, &PACKET_TAG)?;
        }
        64 | 65 => {
            tag(p, &RECEIVER_TAG)?;
            p.u32(&REQUEST_NONCE)?;
        }
        66 => {
            tag(p, &RECEIVER_TAG)?;
            p.bytes(&RESERVED, 4)?;
        }
        67 => probe(p)?,
        68 => {
            p.u16(&POINTER)?;
            return p.remainder(&IN_ERROR);
        }
        _ => return p.remainder(&CONTENT),
    }
    p.each(|p| p.group(&OPTION, option))
}

/// A tag has 47 bits; the first bit of its bytes says what message it is, or is reserved.
fn tag(p: &mut Packet<'_>, row: &'static Field) -> Read {
    let mut tag: [u8; 6] = p.peek()?;
    tag[0] &= 0x7f;
    p.make_text(row, p.at(), 6, |out| hexadecimal(out, &tag));
    p.skip(6)
}

/// RFC 5534 section 5.2.
fn probe(p: &mut Packet<'_>) -> Read {
    tag(p, &RECEIVER_TAG)?;
    let counts = p.peek_u8()?;
    p.bits(counts, 1, &[&RECEIVED, &SENT])?;
    p.note(&STATE, p.peek_u8()?.into(), 1);
    p.bytes(&RESERVED, 3)?;
    for _ in 0..SENT.of(counts.into()) {
        p.group(&SENT_PROBE, |p| {
            p.ipv6(&SENT_SOURCE)?;
            p.ipv6(&SENT_DESTINATION)?;
            p.u32(&SENT_NONCE)?;
            p.u32(&SENT_DATA).map(drop)
        })?;
    }
    for _ in 0..RECEIVED.of(counts.into()) {
        p.group(&RECEIVED_PROBE, |p| {
            p.ipv6(&RECEIVED_SOURCE)?;
            p.ipv6(&RECEIVED_DESTINATION)?;
            p.u32(&RECEIVED_NONCE)?;
            p.u32(&RECEIVED_DATA).map(drop)
        })?;
    }
    Ok(())
}

/// RFC 5533 section 5.14: padded to a multiple of eight bytes, type and length included.
fn option(p: &mut Packet<'_>) -> Read {
    let word = p.peek_u16()?;
    p.bits(word, 2, &[&OPTION_TYPE, &CRITICAL])?;
    let length = usize::from(p.peek_u16()?);
    let total = (length + 4).next_multiple_of(8);
    p.u16(&OPTION_LENGTH)?;
    p.mark(&TOTAL_LENGTH, p.at() - 2, 2, total as u64);
    if length > p.declared_left() {
        p.problem_at(&BAD_OPTION, p.at() - 2, 2);
        return p.remainder(&OPTION_DATA);
    }
    p.contained(length, &BAD_OPTION, |p| {
        match word >> 1 {
            1 => p.remainder(&VALIDATOR)?,
            2 => locators(p)?,
            3 => preferences(p)?,
            4 => p.remainder(&CGA_PARAMETERS)?,
            5 => p.remainder(&CGA_SIGNATURE)?,
            6 => {
                p.bytes(&ULID_RESERVED, 4)?;
                p.ipv6(&SENDER_ULID)?;
                p.ipv6(&RECEIVER_ULID)?;
            }
            7 => {
                p.u32(&FORKED)?;
            }
            10 => {
                p.bytes(&TIMEOUT_RESERVED, 2)?;
                p.u16(&TIMEOUT)?;
            }
            _ => {}
        }
        p.remainder(&OPTION_DATA)
    })?;
    let padding = (total - length - 4).min(p.left());
    if padding > 0 { p.bytes(&PADDING, padding).map(drop) } else { Ok(()) }
}

/// RFC 5533 section 5.15.2: the locators stand at a multiple of eight bytes.
fn locators(p: &mut Packet<'_>) -> Read {
    p.u32(&GENERATION)?;
    let count = usize::from(p.u8(&LOCATOR_COUNT)?);
    for _ in 0..count {
        p.u8(&METHOD)?;
    }
    let padding = (9 + count).next_multiple_of(8) - 9 - count;
    if padding > 0 {
        p.bytes(&PADDING, padding)?;
    }
    for _ in 0..count {
        p.ipv6(&LOCATOR)?;
    }
    Ok(())
}

/// RFC 5533 section 5.15.3.
fn preferences(p: &mut Packet<'_>) -> Read {
    p.u32(&GENERATION)?;
    let length = p.u8(&ELEMENT_LENGTH)?;
    if length == 0 {
        p.problem_at(&BAD_ELEMENT, p.at() - 1, 1);
        return Ok(());
    }
    p.each(|p| {
        p.group(&PREFERENCE, |p| {
            p.within(length.into(), |p| {
                p.u8(&FLAGS)?;
                if length > 1 {
                    p.u8(&PRIORITY)?;
                }
                if length > 2 {
                    p.u8(&WEIGHT)?;
                }
                p.remainder(&MORE)
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const A: &str = "20010db80000000000000000000000";

    fn messages() -> Vec<Vec<u8>> {
        let list = format!("0004 002c 00000003 02 0102 00 00 00 00 00 {A}01 {A}02");
        let probe = |n: u8| format!("{A}{n:02x} {A}{:02x} 0000100{n} 00000077", n + 0x10);
        [
            "3b 01 01 00 0000 7f0102030405 00001234".to_owned(),
            "3b 02 02 00 0000 0000 00001234 00005678 0002 0004 abcdef01".to_owned(),
            format!("3b 0a 03 00 0000 7f0102030405 00001234 00005678 00000000 0002 0009 010203040506070809 000000 {list}"),
            "3b 03 04 00 0000 7f0102030405 00001234 0006 0009 00000003 02 01 0a 02 14 000000".to_owned(),
            "3b 03 05 00 0000 7f0102030405 00005678 0002 0009 010203040506070809 000000".to_owned(),
            format!("3b 09 06 00 0000 7f0102030405 00001234 00005678 000000000000 7f0a0b0c0d0e 000c 0024 00000000 {A}01 {A}02 000e 0004 00000042"),
            "3b 03 40 00 0000 7f0102030405 00001234 0006 000b 00000003 03 01 0a 05 02 14 06 00".to_owned(),
            "3b 03 41 00 0000 7f0102030405 00001234 0008 0004 30820000 000a 0004 01020304".to_owned(),
            "3b 02 42 00 0000 7f0102030405 00000000 0014 0004 0000 000f".to_owned(),
            format!("3b 10 43 00 0000 7f0102030405 21 400000 {} {} {}", probe(1), probe(2), probe(3)),
            "3b 01 44 02 0000 0018 0102030405060708".to_owned(),
            "3b 01 20 00 0000 0000 0102030405060708".to_owned(),
            "11 00 ff0102030405 0001 0002 0009 0000 61".to_owned(),
        ]
        .iter()
        .map(|message| hex(message))
        .collect()
    }

    #[test]
    fn one_of_each() {
        let all: String = messages().iter().map(|message| tree(&SHIM6, message)).collect();
        insta::assert_snapshot!(all);
    }

    #[test]
    fn every_prefix_of_each() {
        for message in messages() {
            every_prefix(&SHIM6, &message);
        }
    }

    #[test]
    fn what_stands_in_an_option_ends_with_it() {
        let tree = tree(&SHIM6, &hex("3b 03 42 00 0000 7f0102030405 00000000 000e 0002 abcd 0000 0029 0003 010203 00"));
        assert!(tree.contains("! Length does not fit"), "{tree}");
        assert!(tree.contains("Critical: true") && tree.contains("Data: 010203"), "{tree}");
    }

    #[test]
    fn elements_of_no_bytes_are_a_problem() {
        let tree = tree(&SHIM6, &hex("3b 03 40 00 0000 7f0102030405 00000000 0006 0006 00000003 00 01 000000000000"));
        assert!(tree.contains("! Length of an element is zero"), "{tree}");
    }

    #[test]
    fn a_header_too_short_for_its_message_is_a_problem() {
        let tree = tree(&SHIM6, &hex("3b 00 01 00 0000 7f0102030405 00001234"));
        assert!(tree.contains("! Header is too short"), "{tree}");
    }

    #[test]
    fn the_checksum_has_no_pseudo_header() {
        use wirelens_dissect::{Input, Session, Settings};
        let problems = |checksum: &str| {
            let bytes = hex(&format!("60000000 0010 8c 40 {A}01 {A}02
                3b 01 01 00 {checksum} 7f0102030405 00001234"));
            let settings = Settings { checksums: true, ..Settings::default() };
            let mut session = Session::with(crate::shared(), settings);
            let frame = session.dissect(Input {
                number: 1,
                captured: &bytes,
                length: bytes.len() as u32,
                link_type: 229,
                ..Input::default()
            });
            frame.problems()
        };
        assert_eq!((problems("2cc1"), problems("2cc2")), (0, 1));
    }

    #[test]
    fn names_are_sorted() {
        for names in [TYPES, OPTIONS] {
            assert!(names.is_sorted_by_key(|&(number, _)| number));
        }
    }
}
