//! QUIC, RFC 9000, and version 2, RFC 9369: what its headers say in clear. Nothing is decrypted.

use wirelens_dissect::prelude::*;

use crate::transport::udp::UDP_PORT;

protocol! {
    QUIC = "quic" "QUIC" "QUIC", Application;
    @ UDP_PORT 443;
    @ UDP_PORT by looks_like_long_header;
    FORM      = uint "header_form" "Header Form" & 0x80 names(FORMS);
    FIXED     = flag "fixed_bit" "Fixed Bit" & 0x40 detail;
    TYPE      = uint "long.packet_type" "Packet Type" & 0x30 names(TYPES) brief("");
    TYPE_2    = uint "long.packet_type_v2" "Packet Type" & 0x30 names(TYPES_2) brief("");
    UNUSED    = hex  "vn.unused" "Unused" & 0x7f detail;
    PROTECTED_BITS = hex "protected_bits" "Protected Bits" & 0x0f own detail;
    VERSION   = hex "version" "Version" names(VERSIONS);
    DCID_LENGTH = uint "dcil" "Length" detail;
    DCID      = bytes "dcid" "Destination Connection ID" brief("to ");
    SCID_LENGTH = uint "scil" "Length" detail;
    SCID      = bytes "scid" "Source Connection ID" brief("from ");
    SUPPORTED = hex "supported_version" "Supported Version" many key("supported_versions") names(VERSIONS);
    RETRY_TOKEN = bytes "retry_token" "Retry Token";
    RETRY_TAG = bytes "retry_integrity_tag" "Retry Integrity Tag";
    TOKEN_LENGTH = uint "token_length" "Token Length" detail;
    TOKEN     = bytes "token" "Token";
    LENGTH    = uint "length" "Length" brief("len ");
    PROTECTED = bytes "protected_payload" "Protected Payload" payload;
    SHORT = group "short" "Short Header" {
        SHORT_FORM  = uint "header_form" "Header Form" & 0x80 names(FORMS) key("form");
        SHORT_FIXED = flag "fixed_bit" "Fixed Bit" & 0x40 detail key("fixed");
        SPIN        = flag "spin_bit" "Spin Bit" & 0x20 key("spin");
        SHORT_BITS  = hex  "protected_bits" "Protected Bits" & 0x1f own detail key("bits");
        SHORT_DCID  = bytes "dcid" "Destination Connection ID" key("dcid") brief("to ");
    };
    REMAINING = bytes "remaining_payload" "Protected Payload" payload;
    PADDING   = bytes "padding" "Padding behind the packets" own detail;
    BAD_ID    = problem "connection_id.bad" "Connection ID is longer than 20 bytes" own;
}

static FORMS: Names = &[(0, "Short"), (1, "Long")];

/// RFC 9000 table 5.
static TYPES: Names = &[(0, "Initial"), (1, "0-RTT"), (2, "Handshake"), (3, "Retry")];

/// RFC 9369 section 3.2.
static TYPES_2: Names = &[(0, "Retry"), (1, "Initial"), (2, "0-RTT"), (3, "Handshake")];

static VERSIONS: Names = &[
    (0, "Version negotiation"),
    (1, "1"),
    (Q050 as u64, "Google Q050"),
    (T050 as u64, "Google T050"),
    (T051 as u64, "Google T051"),
    (V2 as u64, "2"),
    (0xface_b001, "Facebook, draft 22"),
    (0xface_b002, "Facebook, draft 27"),
    (0xff00_0016, "draft 22"),
    (0xff00_0017, "draft 23"),
    (0xff00_0018, "draft 24"),
    (0xff00_0019, "draft 25"),
    (0xff00_001a, "draft 26"),
    (0xff00_001b, "draft 27"),
    (0xff00_001c, "draft 28"),
    (0xff00_001d, "draft 29"),
    (0xff00_001e, "draft 30"),
    (0xff00_001f, "draft 31"),
    (0xff00_0020, "draft 32"),
    (0xff00_0021, "draft 33"),
    (0xff00_0022, "draft 34"),
];

const Q050: u32 = 0x5130_3530;
const T050: u32 = 0x5430_3530;
const T051: u32 = 0x5430_3531;
const V2: u32 = 0x6b33_43cf;
/// RFC 9000 section 17.2.
const LONGEST_ID: u8 = 20;

/// What long headers told: the length of the connection ID that each side has chosen.
#[derive(Default)]
struct Connection {
    forward: Option<u8>,
    backward: Option<u8>,
}

/// Versions that have RFC 9000's long header: 1, 2, drafts, Facebook's, Google's last, and those that force a negotiation
/// (RFC 9000 section 15).
fn is_known(version: u32) -> bool {
    let of_vendors = matches!(version, 0xface_b000..=0xface_b00f | Q050 | T050 | T051);
    let is_draft = (0xff00_0016..=0xff00_0022).contains(&version);
    matches!(version, 1 | V2) || of_vendors || is_draft || version & 0x0f0f_0f0f == 0x0a0a_0a0a
}

fn looks_like_long_header(bytes: &[u8]) -> bool {
    is_long_header(bytes, 0xc0)
}

/// Are the bits of `mask` set, and does a version that is known come, and two connection IDs?
fn is_long_header(bytes: &[u8], mask: u8) -> bool {
    let Some((&first, rest)) = bytes.split_first() else { return false };
    let Some((version, rest)) = rest.split_first_chunk() else { return false };
    let version = u32::from_be_bytes(*version);
    let id = |bytes: &[u8]| {
        let (&length, rest) = bytes.split_first()?;
        (length <= LONGEST_ID).then_some(())?;
        Some(rest.get(length.into()..)?.len())
    };
    let Some(left) = id(rest) else { return false };
    let fits = id(&rest[rest.len() - left..]);
    match version {
        // Nothing but versions may follow.
        0 => first & 0x80 != 0 && fits.is_some_and(|left| left > 0 && left % 4 == 0),
        _ => first & mask == mask && is_known(version) && fits.is_some(),
    }
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let first = p.peek_u8()?;
    if first & 0x80 == 0 {
        return short(p, first);
    }
    // RFC 9287: sides that know each other may leave the fixed bit out.
    let is_met = p
        .conversation::<Connection>()
        .is_some_and(|(connection, _)| connection.forward.or(connection.backward).is_some());
    let mask = if is_met { 0x80 } else { 0xc0 };
    if !is_long_header(p.ahead(), mask) && p.left() == p.declared_left() {
        return behind(p);
    }
    let version = u32::from_be_bytes([p.peek_at(1)?, p.peek_at(2)?, p.peek_at(3)?, p.peek_at(4)?]);
    let kind = first >> 4 & 3;
    let initial = if version == V2 { 1 } else { 0 };
    let retry = if version == V2 { 0 } else { 3 };
    match version {
        0 => p.bits(first, 1, &[&FORM, &UNUSED])?,
        V2 => p.bits(first, 1, &[&FORM, &FIXED, &TYPE_2, &PROTECTED_BITS])?,
        _ => p.bits(first, 1, &[&FORM, &FIXED, &TYPE, &PROTECTED_BITS])?,
    }
    p.u32(&VERSION)?;
    connection_id(p, &DCID_LENGTH, &DCID)?;
    let length = connection_id(p, &SCID_LENGTH, &SCID)?;
    if let Some((connection, forward)) = p.conversation::<Connection>() {
        let side = if forward { &mut connection.forward } else { &mut connection.backward };
        *side = Some(length);
    }
    if version == 0 {
        while p.declared_left() > 0 {
            p.u32(&SUPPORTED)?;
        }
        return Ok(Next::Nothing);
    }
    if kind == retry {
        let token = p.declared_left().saturating_sub(16);
        if token > 0 {
            p.bytes(&RETRY_TOKEN, token)?;
        }
        p.bytes(&RETRY_TAG, 16)?;
        return Ok(Next::Nothing);
    }
    if kind == initial {
        let length = variable(p, &TOKEN_LENGTH)?;
        if length > 0 {
            p.bytes(&TOKEN, length)?;
        }
    }
    let length = variable(p, &LENGTH)?;
    if length > 0 {
        p.bytes(if kind == initial { &PROTECTED } else { &REMAINING }, length)?;
    }
    Ok(if p.left() > 0 { Next::Again } else { Next::Nothing })
}

fn connection_id(p: &mut Packet<'_>, length: &'static Field, row: &'static Field) -> Read<u8> {
    let length = p.u8(length)?;
    if length > LONGEST_ID {
        return Err(p.malformed(&BAD_ID));
    }
    if length > 0 {
        p.bytes(row, length.into())?;
    }
    Ok(length)
}

/// Reads a number of one, two, four or eight bytes, RFC 9000 section 16.
fn variable(p: &mut Packet<'_>, row: &'static Field) -> Read<usize> {
    let width = 1 << (p.peek_u8()? >> 6);
    p.need(width)?;
    let ahead = p.ahead();
    let word = ahead.iter().take(width).fold(0, |word: u64, &byte| word << 8 | u64::from(byte));
    // The two highest bits are the width.
    let value = word & (u64::MAX >> (66 - 8 * width));
    p.number(row, value, width)?;
    Ok(usize::try_from(value).unwrap_or(usize::MAX))
}

/// RFC 9000 section 17.3: how long the ID is, only those who chose it know; their long headers
/// told it.
fn short(p: &mut Packet<'_>, first: u8) -> Step {
    let known = p.conversation::<Connection>().and_then(|(connection, forward)| {
        if forward { connection.backward } else { connection.forward }
    });
    let coalesced = p.outer().is_some_and(|layer| layer.protocol == &QUIC);
    let Some(length) = known.filter(|_| !coalesced || first & 0x40 != 0) else { return behind(p) };
    p.group(&SHORT, |p| {
        p.bits(first, 1, &[&SHORT_FORM, &SHORT_FIXED, &SPIN, &SHORT_BITS])?;
        if length > 0 {
            p.bytes(&SHORT_DCID, length.into())?;
        }
        Ok(())
    })?;
    p.remainder(&REMAINING)?;
    Ok(Next::Nothing)
}

/// What is no packet: padding behind others in a datagram, else another protocol's.
fn behind(p: &mut Packet<'_>) -> Step {
    if p.outer().is_some_and(|layer| layer.protocol == &QUIC) {
        p.rest(&PADDING)?;
        return Ok(Next::Nothing);
    }
    Ok(Next::NotMine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use wirelens_dissect::Session;

    fn check(session: &mut Session, digits: &str) -> String {
        every_prefix(&QUIC, &hex(digits));
        tree_in(session, &QUIC, &hex(digits))
    }

    #[test]
    fn packets() {
        let mut session = Session::new(crate::shared());
        insta::assert_snapshot!([
            "c7 00000001 08 1122334455667788 04 aabbccdd 02 1234 4008 0011223344556677 \
             e3 00000001 08 1122334455667788 04 aabbccdd 04 00112233 00000000",
            "f5 00000001 04 aabbccdd 08 1111111111111111 746f6b656e 000102030405060708090a0b0c0d0e0f",
            "80 00000000 04 aabbccdd 08 1111111111111111 00000001 ff00001d",
            "d0 6b3343cf 00 00 00 04 00112233",
        ].map(|packet| check(&mut session, packet)).concat());
    }

    #[test]
    fn numbers_of_all_lengths() {
        let long = "c0 00000001 00 00 00";
        for (number, value) in [("04", 4), ("4004", 4), ("80000004", 4), ("c000000000000004", 4)] {
            let tree = tree(&QUIC, &hex(&format!("{long} {number} 00112233")));
            assert!(tree.contains(&format!("Length: {value}\n")) && tree.contains("00112233"), "{tree}");
        }
        assert!(tree(&QUIC, &hex(&format!("{long} ffffffffffffffff 00"))).contains("4611686018427387903"));
    }

    #[test]
    fn a_short_header_needs_a_long_one_before() {
        assert!(tree(&QUIC, &hex("5a aabbccdd 0011")).contains("Data: 5aaabbccdd0011"));
        let coalesced = hex("e3 00000001 04 aabbccdd 04 11111111 02 0011 40 11111111 0022");
        let tree = tree(&QUIC, &coalesced);
        assert!(tree.contains("Short Header") || tree.contains("Padding behind"), "{tree}");
    }

    #[test]
    fn names_are_sorted() {
        assert!(VERSIONS.is_sorted_by_key(|&(number, _)| number));
    }

    #[test]
    fn it_is_recognised_by_its_version() {
        assert!(looks_like_long_header(&hex("c0 00000001 00 00 00")));
        assert!(looks_like_long_header(&hex("c0 1a2a3a4a 00 00 00")));
        assert!(!looks_like_long_header(&hex("c0 00000003 00 00 00")));
        assert!(!looks_like_long_header(&hex("40 00000001 00 00 00")));
        assert!(!looks_like_long_header(&hex("c0 00000001 15 00")));
        assert!(!looks_like_long_header(b""));
    }
}
