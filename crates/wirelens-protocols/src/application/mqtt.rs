//! MQ Telemetry Transport, versions 3.1, 3.1.1 and 5.0 (OASIS).

use wirelens_dissect::prelude::*;

use crate::transport::tcp::TCP_PORT;

protocol! {
    MQTT = "mqtt" "MQTT" "MQ Telemetry Transport", Application, messages();
    @ TCP_PORT 1883;
    @ TCP_PORT by looks_like_connect;
    HEADER = hex "hdrflags" "Header" {
        TYPE      = uint "msgtype" "Type" & 0xf0 names(TYPES) brief("") read;
        DUPLICATE = flag "dupflag" "Duplicate" & 0x08 read;
        QOS       = uint "qos" "Quality of Service" & 0x06 names(QUALITIES) read;
        RETAIN    = flag "retain" "Retain" & 0x01 read;
        RETAIN_RESERVED = uint "retain_reserved" "Reserved" & 0x01 read detail;
        RESERVED  = uint "hdr_reserved" "Reserved" & 0x0f read detail;
    };
    LENGTH = uint "len" "Length" detail;
    PROTOCOL_LENGTH = uint "proto_len" "Length" detail;
    PROTOCOL    = text "protoname" "Protocol Name";
    VERSION     = uint "ver" "Version" names(VERSIONS) brief("version ");
    CONNECT_FLAGS = hex "conflags" "Connect Flags" {
        HAS_USER     = flag "conflag.uname" "User Name" & 0x80;
        HAS_PASSWORD = flag "conflag.passwd" "Password" & 0x40;
        WILL_RETAIN  = flag "conflag.retain" "Will Retain" & 0x20;
        WILL_QOS     = uint "conflag.qos" "Will Quality of Service" & 0x18 names(QUALITIES);
        HAS_WILL     = flag "conflag.willflag" "Will" & 0x04;
        CLEAN        = flag "conflag.cleansess" "Clean Session" & 0x02;
        CONNECT_RESERVED = flag "conflag.reserved" "Reserved" & 0x01 detail;
    };
    KEEP_ALIVE  = uint "kalive" "Keep Alive in seconds" key("keep_alive");
    CLIENT_LENGTH = uint "clientid_len" "Length" detail;
    CLIENT      = text "clientid" "Client ID" brief("client ");
    WILL_TOPIC_LENGTH = uint "willtopic_len" "Length" detail;
    WILL_TOPIC  = text "willtopic" "Will Topic";
    WILL_LENGTH = uint "willmsg_len" "Length" detail;
    WILL        = bytes "willmsg" "Will Message";
    USER_LENGTH = uint "username_len" "Length" detail;
    USER        = text "username" "User Name" brief("user ");
    PASSWORD_LENGTH = uint "passwd_len" "Length" detail;
    PASSWORD    = text "passwd" "Password";
    ACK_FLAGS = hex "conack.flags" "Acknowledge Flags" {
        ACK_RESERVED = flag "conack.flags.reserved" "Reserved" & 0xfe detail;
        SESSION      = flag "conack.flags.sp" "Session Present" & 0x01;
    };
    ACK_UNUSED  = flag "conack.flags.reserved" "Reserved" detail key("conack_reserved");
    ACK_CODE    = uint "conack.val" "Return Code" names(RETURN_CODES) brief("");
    CONNECT_REASON     = uint "connack.reason_code" "Reason" names(REASONS) brief("");
    PUBACK_REASON      = uint "puback.reason_code" "Reason" names(REASONS) brief("");
    PUBREC_REASON      = uint "pubrec.reason_code" "Reason" names(REASONS) brief("");
    PUBREL_REASON      = uint "pubrel.reason_code" "Reason" names(REASONS) brief("");
    PUBCOMP_REASON     = uint "pubcomp.reason_code" "Reason" names(REASONS) brief("");
    SUBSCRIBE_REASON   = uint "suback.reason_code" "Reason" names(SUBSCRIBE_REASONS) many;
    UNSUBSCRIBE_REASON = uint "unsuback.reason_code" "Reason" names(REASONS) many;
    DISCONNECT_REASON  = uint "disconnect.reason_code" "Reason" names(DISCONNECT_REASONS) brief("");
    AUTHENTICATE_REASON = uint "auth.reason_code" "Reason" names(REASONS) brief("");
    MESSAGE_ID  = uint "msgid" "Message ID" brief("id ");
    TOPIC_LENGTH = uint "topic_len" "Length" many detail;
    TOPIC       = text "topic" "Topic" many key("topics") brief("");
    REQUESTED   = uint "sub.qos" "Requested Quality of Service" names(QUALITIES) many;
    OPTIONS = hex "subscription_options" "Options" many {
        OPTIONS_RESERVED = hex  "subscription_options_reserved" "Reserved" & 0xc0 detail key("reserved");
        OPTIONS_RETAIN   = uint "subscription_options_retain" "Retain Handling" & 0x30 names(RETAIN_HANDLING) key("retain");
        OPTIONS_AS_PUBLISHED = flag "subscription_options_rap" "Retain as Published" & 0x08 key("retain_as_published");
        OPTIONS_NO_LOCAL = flag "subscription_options_nl" "No Local" & 0x04 key("no_local");
        OPTIONS_QOS      = uint "subscription_options_qos" "Quality of Service" & 0x03 names(QUALITIES) key("qos");
    };
    GRANTED     = uint "suback.qos" "Granted Quality of Service" names(GRANTS) many;
    PROPERTIES      = group "properties" "Properties" rows(PROPERTY_ROWS);
    WILL_PROPERTIES = group "will_properties" "Will Properties" rows(PROPERTY_ROWS);
    MESSAGE     = bytes "msg" "Message" payload;
    UNKNOWN_VERSION = problem "unknown_version" "Version is unknown: the connection's start was not seen";
    NO_TOPIC    = problem "illegal_topic_length" "Topic is empty" many;
    BAD_LENGTH  = problem "len.bad" "Length has more than four bytes" own;
    BAD_CONTENT = problem "content.bad" "Content is longer than the packet" own;
    BAD_PROPERTY = problem "property.bad" "Property is not as its length says" own many;
}

fields! {
    /// MQTT 5.0 section 2.2.2.
    PROPERTY_ROWS = "mqtt" PROPERTIES "properties";
    PROPERTIES_LENGTH = uint "property_len" "Length" detail key("length");
    PROPERTY = group "property" "Property" own many key("properties") {
        PROPERTY_ID  = hex  "property_id" "ID" names(PROPERTY_NAMES) key("id");
        NUMBER       = uint "prop_number" "Value" key("number");
        MAX_QOS      = uint "property.max_qos" "Quality of Service" names(QUALITIES) key("max_qos");
        TOPIC_ALIAS  = uint "property.topic_alias" "Topic Alias" key("topic_alias");
        CONTENT_TYPE = text "property.content_type" "Content Type" key("content_type");
        TEXT_LENGTH  = uint "prop_string_len" "Length" detail key("text_length");
        TEXT         = text "prop_string" "Value" key("text");
        KEY_LENGTH   = uint "prop_key_len" "Length" detail key("name_length");
        KEY          = text "prop_key" "Name" key("name");
        VALUE_LENGTH = uint "prop_value_len" "Length" detail key("content_length");
        VALUE        = text "prop_value" "Value" key("content");
        UNKNOWN      = bytes "prop_unknown" "Unknown" key("unknown");
    };
}

static TYPES: Names = &[
    (0, "Reserved"),
    (1, "Connect"),
    (2, "Connect acknowledgement"),
    (3, "Publish"),
    (4, "Publish acknowledgement"),
    (5, "Publish received"),
    (6, "Publish release"),
    (7, "Publish complete"),
    (8, "Subscribe"),
    (9, "Subscribe acknowledgement"),
    (10, "Unsubscribe"),
    (11, "Unsubscribe acknowledgement"),
    (12, "Ping request"),
    (13, "Ping response"),
    (14, "Disconnect"),
    (15, "Authentication exchange"),
];

static VERSIONS: Names = &[(3, "3.1"), (4, "3.1.1"), (5, "5.0")];

static QUALITIES: Names = &[(0, "At most once"), (1, "At least once"), (2, "Exactly once"), (3, "Reserved")];

static GRANTS: Names =
    &[(0, "At most once"), (1, "At least once"), (2, "Exactly once"), (128, "Failure")];

static RETURN_CODES: Names = &[
    (0, "Accepted"),
    (1, "Unacceptable protocol version"),
    (2, "Identifier rejected"),
    (3, "Server unavailable"),
    (4, "Bad user name or password"),
    (5, "Not authorized"),
];

static RETAIN_HANDLING: Names = &[
    (0, "Send retained messages"),
    (1, "Send retained messages if the subscription is new"),
    (2, "Do not send retained messages"),
];

/// MQTT 5.0 section 2.4.
static REASONS: Names = &[
    (0x00, "Success"),
    (0x10, "No matching subscribers"),
    (0x11, "No subscription existed"),
    (0x18, "Continue authentication"),
    (0x19, "Re-authenticate"),
    (0x80, "Unspecified error"),
    (0x81, "Malformed packet"),
    (0x82, "Protocol error"),
    (0x83, "Implementation specific error"),
    (0x84, "Unsupported protocol version"),
    (0x85, "Client identifier not valid"),
    (0x86, "Bad user name or password"),
    (0x87, "Not authorized"),
    (0x88, "Server unavailable"),
    (0x89, "Server busy"),
    (0x8a, "Banned"),
    (0x8b, "Server shutting down"),
    (0x8c, "Bad authentication method"),
    (0x8d, "Keep alive timeout"),
    (0x8e, "Session taken over"),
    (0x8f, "Topic filter invalid"),
    (0x90, "Topic name invalid"),
    (0x91, "Packet identifier in use"),
    (0x92, "Packet identifier not found"),
    (0x93, "Receive maximum exceeded"),
    (0x94, "Topic alias invalid"),
    (0x95, "Packet too large"),
    (0x96, "Message rate too high"),
    (0x97, "Quota exceeded"),
    (0x98, "Administrative action"),
    (0x99, "Payload format invalid"),
    (0x9a, "Retain not supported"),
    (0x9b, "Quality of service not supported"),
    (0x9c, "Use another server"),
    (0x9d, "Server moved"),
    (0x9e, "Shared subscriptions not supported"),
    (0x9f, "Connection rate exceeded"),
    (0xa0, "Maximum connect time"),
    (0xa1, "Subscription identifiers not supported"),
    (0xa2, "Wildcard subscriptions not supported"),
];

static SUBSCRIBE_REASONS: Names = &[
    (0x00, "Granted, at most once"),
    (0x01, "Granted, at least once"),
    (0x02, "Granted, exactly once"),
    (0x80, "Unspecified error"),
    (0x83, "Implementation specific error"),
    (0x87, "Not authorized"),
    (0x8f, "Topic filter invalid"),
    (0x91, "Packet identifier in use"),
    (0x97, "Quota exceeded"),
    (0x9e, "Shared subscriptions not supported"),
    (0xa1, "Subscription identifiers not supported"),
    (0xa2, "Wildcard subscriptions not supported"),
];

static DISCONNECT_REASONS: Names = &[
    (0x00, "Normal"),
    (0x04, "With will message"),
    (0x80, "Unspecified error"),
    (0x81, "Malformed packet"),
    (0x82, "Protocol error"),
    (0x83, "Implementation specific error"),
    (0x87, "Not authorized"),
    (0x89, "Server busy"),
    (0x8b, "Server shutting down"),
    (0x8d, "Keep alive timeout"),
    (0x8e, "Session taken over"),
    (0x8f, "Topic filter invalid"),
    (0x90, "Topic name invalid"),
    (0x93, "Receive maximum exceeded"),
    (0x94, "Topic alias invalid"),
    (0x95, "Packet too large"),
    (0x96, "Message rate too high"),
    (0x97, "Quota exceeded"),
    (0x98, "Administrative action"),
    (0x99, "Payload format invalid"),
    (0x9a, "Retain not supported"),
    (0x9b, "Quality of service not supported"),
    (0x9c, "Use another server"),
    (0x9d, "Server moved"),
    (0x9e, "Shared subscriptions not supported"),
    (0x9f, "Connection rate exceeded"),
    (0xa0, "Maximum connect time"),
    (0xa1, "Subscription identifiers not supported"),
    (0xa2, "Wildcard subscriptions not supported"),
];

/// MQTT 5.0 table 2-4.
static PROPERTY_NAMES: Names = &[
    (0x01, "Payload Format Indicator"),
    (0x02, "Message Expiry Interval"),
    (0x03, "Content Type"),
    (0x08, "Response Topic"),
    (0x09, "Correlation Data"),
    (0x0b, "Subscription Identifier"),
    (0x11, "Session Expiry Interval"),
    (0x12, "Assigned Client Identifier"),
    (0x13, "Server Keep Alive"),
    (0x15, "Authentication Method"),
    (0x16, "Authentication Data"),
    (0x17, "Request Problem Information"),
    (0x18, "Will Delay Interval"),
    (0x19, "Request Response Information"),
    (0x1a, "Response Information"),
    (0x1c, "Server Reference"),
    (0x1f, "Reason String"),
    (0x21, "Receive Maximum"),
    (0x22, "Topic Alias Maximum"),
    (0x23, "Topic Alias"),
    (0x24, "Maximum QoS"),
    (0x25, "Retain Available"),
    (0x26, "User Property"),
    (0x27, "Maximum Packet Size"),
    (0x28, "Wildcard Subscription Available"),
    (0x29, "Subscription Identifier Available"),
    (0x2a, "Shared Subscription Available"),
];

/// What a connection agreed on.
#[derive(Default)]
struct Connection {
    version: u8,
}

const CONNECT: u8 = 1;
const PUBLISH: u8 = 3;
const V3_1: u8 = 3;
const V5: u8 = 5;

/// The first packet of a connection with one of the two names.
fn looks_like_connect(bytes: &[u8]) -> bool {
    let Some((&0x10, rest)) = bytes.split_first() else { return false };
    let Some((_, width)) = variable(rest) else { return false };
    let name = rest.get(width..).unwrap_or_default();
    name.starts_with(b"\0\x04MQTT") || name.starts_with(b"\0\x06MQIsdp")
}

/// A number in up to four bytes of seven bits, the lowest first, and how many they are.
fn variable(bytes: &[u8]) -> Option<(u32, usize)> {
    let mut value = 0;
    for (at, &byte) in bytes.iter().take(4).enumerate() {
        value |= u32::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, at + 1));
        }
    }
    None
}

/// MQTT 3.1.1 section 2.2.2: all other flags are reserved. Version 3.1 has a few more.
fn may_be_header(header: u8) -> bool {
    match header >> 4 {
        0 => false,
        PUBLISH => header & 0x06 != 0x06,
        6 | 8 | 10 => header & 0x05 == 0,
        _ => header & 0x0f == 0,
    }
}

/// Do packets fill these bytes? So it must be where the start of a connection was not seen: the
/// port may be anybody's.
fn are_packets(mut bytes: &[u8]) -> bool {
    while let Some((&header, after)) = bytes.split_first() {
        let Some((length, width)) = variable(after).filter(|_| may_be_header(header)) else {
            return false;
        };
        let Some(rest) = after.get(width + length as usize..) else { return false };
        bytes = rest;
    }
    true
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let header = p.peek_u8()?;
    let mut version = p.conversation::<Connection>().map_or(0, |(connection, _)| connection.version);
    let after = p.ahead().get(1..).unwrap_or_default();
    let Some((length, width)) = variable(after) else {
        if !may_be_header(header) {
            return Ok(Next::NotMine);
        }
        if after.len() >= 4 {
            return Err(p.malformed(&BAD_LENGTH));
        }
        return Err(p.need(2 + after.len()).err().unwrap_or(Stop::Malformed));
    };
    let behind_another = p.outer().is_some_and(|layer| layer.protocol == &MQTT);
    if version == 0 && !behind_another && !looks_like_connect(p.ahead()) && !are_packets(p.ahead()) {
        return Ok(Next::NotMine);
    }
    let total = 1 + width + length as usize;
    // What goes on from a segment before must not be taken for a packet.
    if !(may_be_header(header) || version != 0 && total == p.declared_left()) {
        return Ok(Next::NotMine);
    }
    if p.may_wait() {
        p.need(total)?;
    }
    let kind = header >> 4;
    let at = p.at();
    p.u8(&HEADER)?;
    let flags: &[&'static Field] = match kind {
        PUBLISH => &[&TYPE, &DUPLICATE, &QOS, &RETAIN],
        6 | 8 | 10 if version == V3_1 => &[&TYPE, &DUPLICATE, &QOS, &RETAIN_RESERVED],
        _ => &[&TYPE, &RESERVED],
    };
    p.views(at, 1, header, flags);
    p.number(&LENGTH, length.into(), width)?;
    if version == 0 && !matches!(kind, CONNECT | 12 | 13) {
        p.problem(&UNKNOWN_VERSION);
    }
    p.contained(length as usize, &BAD_CONTENT, |p| body(p, kind, header, &mut version))?;
    if kind == CONNECT
        && let Some((connection, _)) = p.conversation::<Connection>()
    {
        connection.version = version;
    }
    Ok(if p.left() > 0 { Next::Again } else { Next::Nothing })
}

fn body(p: &mut Packet<'_>, kind: u8, header: u8, version: &mut u8) -> Read {
    let v5 = *version == V5;
    let reason = match kind {
        CONNECT => return connect(p, version),
        2 => {
            if *version > V3_1 {
                p.u8(&ACK_FLAGS)?;
            } else {
                p.u8(&ACK_UNUSED)?;
            }
            if !v5 {
                return p.u8(&ACK_CODE).map(drop);
            }
            p.u8(&CONNECT_REASON)?;
            return properties(p, &PROPERTIES);
        }
        PUBLISH => return publish(p, header, v5),
        8..=11 => return subscribe(p, kind, v5),
        4 => Some(&PUBACK_REASON),
        5 => Some(&PUBREC_REASON),
        6 => Some(&PUBREL_REASON),
        7 => Some(&PUBCOMP_REASON),
        14 => Some(&DISCONNECT_REASON),
        15 => Some(&AUTHENTICATE_REASON),
        _ => None,
    };
    if matches!(kind, 4..=7) {
        p.u16(&MESSAGE_ID)?;
    }
    // MQTT 5.0 section 3.4.2.1: what is missing is success, without properties.
    if let Some(reason) = reason
        && v5
        && p.declared_left() > 0
    {
        p.u8(reason)?;
        if p.declared_left() > 0 {
            properties(p, &PROPERTIES)?;
        }
    }
    Ok(())
}

fn connect(p: &mut Packet<'_>, version: &mut u8) -> Read {
    text(p, &PROTOCOL_LENGTH, &PROTOCOL)?;
    *version = p.u8(&VERSION)?;
    let flags = p.u8(&CONNECT_FLAGS)?;
    p.u16(&KEEP_ALIVE)?;
    if *version == V5 {
        properties(p, &PROPERTIES)?;
    }
    text(p, &CLIENT_LENGTH, &CLIENT)?;
    if flags & 0x04 != 0 {
        if *version == V5 {
            properties(p, &WILL_PROPERTIES)?;
        }
        text(p, &WILL_TOPIC_LENGTH, &WILL_TOPIC)?;
        text(p, &WILL_LENGTH, &WILL)?;
    }
    if flags & 0x80 != 0 && p.declared_left() > 0 {
        text(p, &USER_LENGTH, &USER)?;
    }
    if flags & 0x40 != 0 && p.declared_left() > 0 {
        text(p, &PASSWORD_LENGTH, &PASSWORD)?;
    }
    Ok(())
}

fn publish(p: &mut Packet<'_>, header: u8, v5: bool) -> Read {
    if text(p, &TOPIC_LENGTH, &TOPIC)? == 0 && !v5 {
        p.problem(&NO_TOPIC);
    }
    if header & 0x06 != 0 {
        p.u16(&MESSAGE_ID)?;
    }
    if v5 {
        properties(p, &PROPERTIES)?;
    }
    p.remainder(&MESSAGE)
}

fn subscribe(p: &mut Packet<'_>, kind: u8, v5: bool) -> Read {
    p.u16(&MESSAGE_ID)?;
    if v5 {
        properties(p, &PROPERTIES)?;
    }
    while p.declared_left() > 0 {
        match kind {
            8 | 10 => {
                if text(p, &TOPIC_LENGTH, &TOPIC)? == 0 {
                    p.problem(&NO_TOPIC);
                }
                match kind {
                    8 if v5 => p.u8(&OPTIONS).map(drop)?,
                    8 => p.u8(&REQUESTED).map(drop)?,
                    _ => {}
                }
            }
            9 if v5 => p.u8(&SUBSCRIBE_REASON).map(drop)?,
            9 => p.u8(&GRANTED).map(drop)?,
            _ if v5 => p.u8(&UNSUBSCRIBE_REASON).map(drop)?,
            _ => return p.skip(p.left()),
        }
    }
    Ok(())
}

/// Reads a text or bytes with two bytes of length before; returns the length.
fn text(p: &mut Packet<'_>, length: &'static Field, row: &'static Field) -> Read<u16> {
    let length = p.u16(length)?;
    if length > 0 {
        p.bytes(row, length.into())?;
    }
    Ok(length)
}

/// Reads a number of up to four bytes.
fn variable_number(p: &mut Packet<'_>, row: &'static Field) -> Read<u32> {
    match variable(p.ahead()) {
        Some((value, width)) => {
            p.number(row, value.into(), width)?;
            Ok(value)
        }
        None if p.left() < 4 => Err(p.need(p.left() + 1).err().unwrap_or(Stop::Malformed)),
        None => Err(p.malformed(&BAD_LENGTH)),
    }
}

fn properties(p: &mut Packet<'_>, row: &'static Field) -> Read {
    p.group(row, |p| {
        let length = variable_number(p, &PROPERTIES_LENGTH)?;
        p.within(length as usize, |p| {
            while p.declared_left() > 0 {
                match p.group(&PROPERTY, property) {
                    Err(Stop::Truncated { .. }) if p.left() == p.declared_left() => {
                        p.problem(&BAD_PROPERTY);
                        return p.skip(p.left());
                    }
                    other => other?,
                }
            }
            Ok(())
        })
    })
}

fn property(p: &mut Packet<'_>) -> Read {
    match p.u8(&PROPERTY_ID)? {
        0x01 | 0x17 | 0x19 | 0x25 | 0x28..=0x2a => p.u8(&NUMBER).map(drop),
        0x24 => p.u8(&MAX_QOS).map(drop),
        0x13 | 0x21 | 0x22 => p.u16(&NUMBER).map(drop),
        0x23 => p.u16(&TOPIC_ALIAS).map(drop),
        0x02 | 0x11 | 0x18 | 0x27 => p.u32(&NUMBER).map(drop),
        0x0b => variable_number(p, &NUMBER).map(drop),
        0x03 => {
            let length = usize::from(p.peek_u16()?);
            p.need(2 + length)?;
            let content = p.ahead().get(2..2 + length).unwrap_or_default();
            p.make_text(&CONTENT_TYPE, p.at(), 2 + length, |out| out.extend_from_slice(content));
            p.skip(2 + length)
        }
        0x08 | 0x09 | 0x12 | 0x15 | 0x16 | 0x1a | 0x1c | 0x1f => {
            text(p, &TEXT_LENGTH, &TEXT).map(drop)
        }
        0x26 => {
            text(p, &KEY_LENGTH, &KEY)?;
            text(p, &VALUE_LENGTH, &VALUE).map(drop)
        }
        _ if p.declared_left() == 0 => Ok(()),
        _ => p.rest(&UNKNOWN).map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use wirelens_dissect::Session;

    fn check(session: &mut Session, digits: &str) -> String {
        every_prefix(&MQTT, &hex(digits));
        tree_in(session, &MQTT, &hex(digits))
    }

    const CONNECT_4: &str = "10 26 0004 4d515454 04 ee 003c 0003 636964 0006 77696c6c2f74 0003 627965 0004 75736572 0002 7077";
    const CONNECT_5: &str = "10 32 0004 4d515454 05 06 003c 0f 11 0000000a 21 0014 26 0001 6b 0001 76 0003 636964
        07 18 00000005 01 01 0004 77696c6c 0003 627965";

    #[test]
    fn version_3_1_1() {
        let mut session = Session::new(crate::shared());
        insta::assert_snapshot!([
            CONNECT_4, "20 02 01 00", "82 0e 0001 0003 612f62 01 0003 632f23 02", "90 04 0001 01 80",
            "3b 0c 0003 612f62 0002 68656c6c6f", "62 02 0002", "a2 07 0003 0003 612f62", "c0 00 e0 00",
        ].map(|packet| check(&mut session, packet)).concat());
    }

    #[test]
    fn version_5() {
        let mut session = Session::new(crate::shared());
        insta::assert_snapshot!([
            CONNECT_5, "20 1f 01 00 1c 24 01 25 00 22 000a 1f 0002 6f6b 12 0008 61737369676e6564 27 00000100",
            "82 0c 0001 03 0b 85 01 0003 612f62 1d", "90 05 0001 00 01 87",
            "32 1c 0003 612f62 0002 0f 01 01 03 0003 612f62 09 0002 0102 68656c6c6f 0102", "40 02 0003", "40 03 0003 10",
            "b0 05 0003 00 00 11", "f0 05 18 03 15 0000", "e0 07 04 05 11 00000000", "30 07 0001 78 02 70 01 79",
        ].map(|packet| check(&mut session, packet)).concat());
    }

    #[test]
    fn a_length_of_five_bytes_is_a_problem() {
        let mut session = Session::new(crate::shared());
        assert!(check(&mut session, "30 ffffffff01").contains("! Length has more than four"));
    }

    #[test]
    fn it_is_recognised_by_its_first_packet() {
        assert!(looks_like_connect(&hex(CONNECT_4)));
        assert!(!looks_like_connect(&hex("10 26 0004 4d515455")));
        assert!(are_packets(&hex("c000 e000")) && !are_packets(&hex("c000 3005 01")));
        assert!(tree(&MQTT, b"GET / HTTP/1.1\r\n\r\n").contains("Data: "));
    }
}
