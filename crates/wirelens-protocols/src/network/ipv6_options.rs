//! Options of the hop-by-hop and the destination header of IPv6, RFC 8200 section 4.2.
//!
//! Their rows stand in [`super::ipv6`], for they are named after it.

use wirelens_dissect::prelude::*;

use super::ipv6::*;

/// Which header the options stand in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Header {
    /// Looked at by every router.
    HopByHop,
    /// Looked at by the destination.
    Destination,
}

/// Reads `length` bytes of options. Gives the length that a jumbo option tells.
pub fn options(p: &mut Packet<'_>, length: usize, header: Header) -> Read<Option<u32>> {
    let payload_end = p.at() + p.left();
    let mut jumbo = None;
    // What is there is shown even if the header claims more than that.
    let whole = if length > p.declared_left() { p.need(length) } else { Ok(()) };
    p.within(length.min(p.declared_left()), |p| {
        while p.declared_left() > 0 {
            option(p, header, payload_end, &mut jumbo)?;
        }
        Ok(())
    })?;
    whole.map(|()| jumbo)
}

fn option(
    p: &mut Packet<'_>,
    header: Header,
    payload_end: usize,
    jumbo: &mut Option<u32>,
) -> Read {
    let kind = p.peek_u8()?;
    let at = p.at();
    // tshark counts the byte behind the type as a length even for Pad1, and what is too long
    // reaches to the end of the payload.
    let second = p.buffer()[..payload_end].get(at + 1).copied().unwrap_or(0);
    let length = usize::from(second);
    p.mark(&OPTION, at, (2 + length).min(payload_end - at), 0);
    p.under(|p| {
        if kind == PAD_ONE {
            p.u8(&PAD1_TYPE)?;
            p.mark(&PAD1, at, 1, 0);
            return Ok(());
        }
        p.u8(&OPT_TYPE)?;
        match home_of(kind) {
            Some(home) if home != header => p.problem_at(&HEADER_MISMATCH, p.at() - 1, 1),
            _ if kind == ENDPOINT => p.problem_at(&DEPRECATED, p.at() - 1, 1),
            _ => {}
        }
        p.u8(&OPT_LENGTH)?;
        if length > p.declared_left() {
            return Err(p.malformed(&INVALID_LENGTH));
        }
        let start = p.at();
        let known = fixed_length(kind).is_none_or(|fixed| fixed == length);
        if !known {
            p.problem_at(&INVALID_LENGTH, start - 1, 1);
        }
        let read = p.within(length, |p| {
            contents(p, kind, jumbo)?;
            p.remainder(&UNKNOWN_DATA)
        });
        match read {
            // The option is there as a whole, so it is too short for what it has to say.
            Err(Stop::Truncated { .. }) if length <= p.left() + p.at() - start => {
                if known {
                    p.problem_at(&INVALID_LENGTH, start - 1, 1);
                }
                p.seek(start + length);
                Ok(())
            }
            other => other,
        }
    })
}

fn contents(p: &mut Packet<'_>, kind: u8, jumbo: &mut Option<u32>) -> Read {
    match kind {
        PAD_N => p.remainder(&PADN)?,
        TUNNEL => {
            p.u8(&TUNNEL_LIMIT)?;
        }
        ALERT => {
            p.u16(&ROUTER_ALERT)?;
        }
        CALIPSO => calipso(p)?,
        SMF => duplicate_detection(p)?,
        PDM => {
            p.u8(&PDM_SCALE_RECEIVED)?;
            p.u8(&PDM_SCALE_SENT)?;
            p.u16(&PDM_THIS)?;
            p.u16(&PDM_LAST)?;
            p.u16(&PDM_RECEIVED)?;
            p.u16(&PDM_SENT)?;
        }
        QUICK_START => quick_start(p)?,
        PATH_MTU => {
            p.u16(&MTU_MIN)?;
            let word = p.peek_u16()?;
            p.mark(&MTU_RETURN, p.at() + 1, 1, word.into());
            p.number(&MTU_RETURNED, (word & 0xfffe).into(), 2)?;
        }
        IOAM_FIXED | IOAM => ioam(p)?,
        RPL_OLD | RPL => {
            p.u8(&RPL_FLAGS)?;
            p.u8(&RPL_INSTANCE)?;
            p.u16(&RPL_RANK)?;
        }
        TPF => {
            p.u32(&TPF_INFORMATION)?;
        }
        MPL => {
            let flags = p.u8(&MPL_FLAGS)?;
            p.u8(&MPL_SEQUENCE)?;
            // RFC 7731 section 6.1: without a seed identifier it is the source address.
            let seed = [0, 2, 8, 16][usize::from(flags >> 6)];
            if seed > 0 {
                p.bytes(&MPL_SEED, seed)?;
            }
        }
        ILNP => p.remainder(&ILNP_NONCE)?,
        LINE => {
            p.u8(&LINE_LENGTH)?;
            p.remainder(&LINE_ID)?;
        }
        JUMBO_PAYLOAD => *jumbo = Some(p.u32(&JUMBO)?),
        HOME => {
            // It stands for the source in checksums and conversations, RFC 6275 section 9.3.1.
            let address = p.ipv6(&HOME_ADDRESS)?;
            p.flow().source = address;
        }
        DFF => {
            p.u8(&DFF_FLAGS)?;
            p.u16(&DFF_SEQUENCE)?;
        }
        // RFC 4727 section 3.2: every action and changeability of the number 0x1e.
        _ if kind & 0x1f == 0x1e => p.remainder(&EXPERIMENTAL)?,
        _ => p.remainder(&UNKNOWN_OPTION)?,
    }
    Ok(())
}

/// RFC 5570 section 5.1.
fn calipso(p: &mut Packet<'_>) -> Read {
    p.u32(&CALIPSO_DOI)?;
    let words = usize::from(p.u8(&CALIPSO_LENGTH)?);
    p.u8(&CALIPSO_LEVEL)?;
    p.u16(&CALIPSO_CHECKSUM)?;
    if words > 0 {
        p.bytes(&CALIPSO_BITMAP, words * 4)?;
    }
    Ok(())
}

/// Simplified Multicast Forwarding, RFC 6621 section 6.1.1.
fn duplicate_detection(p: &mut Packet<'_>) -> Read {
    let first = p.peek_u8()?;
    if first & 0x80 != 0 {
        p.note(&SMF_HASH, first.into(), 1);
        p.rest(&SMF_HAV)?;
        return Ok(());
    }
    p.bits(first, 1, &[&SMF_HASH, &SMF_TID_TYPE, &SMF_TID_LENGTH])?;
    // Tagger type 0 has none, whatever the length says.
    if first & 0x70 != 0 {
        p.bytes(&SMF_TAGGER, usize::from(first & 0x0f) + 1)?;
    }
    p.remainder(&SMF_IDENT)
}

/// RFC 4782 section 3.2.
fn quick_start(p: &mut Packet<'_>) -> Read {
    let first = p.peek_u8()?;
    p.note(&QS_FUNC, first.into(), 1);
    match QS_FUNC.of(first.into()) {
        0 => {
            p.number(&QS_RATE, first.into(), 1)?;
            let hop_limit = hop_limit(p);
            let ttl = p.peek_u8()?;
            if let Some(hop_limit) = hop_limit {
                p.note(&QS_TTL_DIFF, hop_limit.wrapping_sub(ttl).into(), 1);
            }
            p.u8(&QS_TTL)?;
        }
        8 => {
            p.number(&QS_RATE, first.into(), 1)?;
            p.u8(&QS_UNUSED)?;
        }
        _ => return Ok(()),
    }
    let word = p.peek_u32()?;
    p.bits(word, 4, &[&QS_NONCE, &QS_RESERVED])
}

fn hop_limit(p: &Packet<'_>) -> Option<u8> {
    let outer = p.outer().filter(|outer| outer.protocol == &IPV6)?;
    p.buffer().get(outer.start as usize + 7).copied()
}

/// In-situ OAM, RFC 9486 section 3; the trace is that of RFC 9197 section 4.4.
fn ioam(p: &mut Packet<'_>) -> Read {
    p.u8(&IOAM_RESERVED)?;
    if p.u8(&IOAM_TYPE)? <= 1 { p.group(&IOAM_TRACE, trace) } else { Ok(()) }
}

fn trace(p: &mut Packet<'_>) -> Read {
    p.u16(&TRACE_NAMESPACE)?;
    let word = p.peek_u16()?;
    p.bits(word, 2, &[&TRACE_NODE_LENGTH, &TRACE_FLAGS, &TRACE_REMAINING])?;
    let kind = p.u24(&TRACE_TYPE)?;
    p.u8(&TRACE_RESERVED)?;
    let node_words = TRACE_NODE_LENGTH.of(word.into());
    let free = TRACE_REMAINING.of(word.into()) as usize * 4;
    if node_words == 0 {
        p.problem(&BAD_NODE_LENGTH);
        return Ok(());
    }
    if free > p.left() {
        p.problem(&BAD_REMAINING);
        return Ok(());
    }
    if node_words != u64::from(words_of(kind)) {
        p.problem(&BAD_TRACE_TYPE);
    }
    if free > 0 {
        p.bytes(&TRACE_FREE, free)?;
    }
    // A type that asks for nothing has nodes without a byte.
    while p.left() > 0 && kind & 0xff_fffe != 0 {
        p.group(&TRACE_NODE, |p| node(p, kind))?;
    }
    Ok(())
}

/// The words of a node without its opaque snapshot: bits 8, 9 and 10 take two.
fn words_of(kind: u32) -> u32 {
    (kind & 0xff_fffc).count_ones() + (kind & 0x00_e000).count_ones()
}

fn node(p: &mut Packet<'_>, kind: u32) -> Read {
    let has = |bit: u32| kind & (0x80_0000 >> bit) != 0;
    if has(0) {
        p.u8(&NODE_HLIM)?;
        p.u24(&NODE_ID)?;
    }
    if has(1) {
        p.u16(&NODE_IN)?;
        p.u16(&NODE_OUT)?;
    }
    let words: [&'static Field; 6] = [
        &NODE_SECONDS,
        &NODE_FRACTION,
        &NODE_DELAY,
        &NODE_DATA,
        &NODE_QUEUE,
        &NODE_CHECKSUM,
    ];
    for (bit, row) in (2..).zip(words) {
        if has(bit) {
            p.u32(row)?;
        }
    }
    if has(8) {
        p.u8(&NODE_HLIM)?;
        let word = p.peek::<7>()?.iter().fold(0, |word, &byte| word << 8 | u64::from(byte));
        p.number(&NODE_ID_WIDE, word, 7)?;
    }
    if has(9) {
        p.u32(&NODE_IN_WIDE)?;
        p.u32(&NODE_OUT_WIDE)?;
    }
    if has(10) {
        p.u64(&NODE_DATA_WIDE)?;
    }
    if has(11) {
        p.u32(&NODE_BUFFER)?;
    }
    for _ in (12..22).filter(|&bit| has(bit)) {
        p.u32(&NODE_UNDEFINED)?;
    }
    if has(22) {
        let words = usize::from(p.u8(&NODE_OPAQUE_LENGTH)?);
        p.u24(&NODE_OPAQUE_SCHEMA)?;
        if words > 0 {
            p.bytes(&NODE_OPAQUE, words * 4)?;
        }
    }
    Ok(())
}

/// The header that an option belongs into, where it belongs into one only.
fn home_of(kind: u8) -> Option<Header> {
    match kind {
        ALERT | CALIPSO | SMF | QUICK_START | PATH_MTU | RPL_OLD | RPL | MPL | JUMBO_PAYLOAD
        | DFF => Some(Header::HopByHop),
        TUNNEL | PDM | TPF | ILNP | LINE | HOME => Some(Header::Destination),
        _ => None,
    }
}

/// The length of options that have one only.
fn fixed_length(kind: u8) -> Option<usize> {
    Some(match kind {
        TUNNEL => 1,
        ALERT => 2,
        DFF => 3,
        PATH_MTU | JUMBO_PAYLOAD | TPF => 4,
        QUICK_START => 6,
        PDM => 10,
        HOME => 16,
        _ => return None,
    })
}

const PAD_ONE: u8 = 0x00;
const PAD_N: u8 = 0x01;
const TUNNEL: u8 = 0x04;
const ALERT: u8 = 0x05;
const CALIPSO: u8 = 0x07;
const SMF: u8 = 0x08;
const PDM: u8 = 0x0f;
const IOAM_FIXED: u8 = 0x11;
const RPL: u8 = 0x23;
const QUICK_START: u8 = 0x26;
const PATH_MTU: u8 = 0x30;
const IOAM: u8 = 0x31;
const TPF: u8 = 0x41;
const RPL_OLD: u8 = 0x63;
const MPL: u8 = 0x6d;
const ENDPOINT: u8 = 0x8a;
const ILNP: u8 = 0x8b;
const LINE: u8 = 0x8c;
const JUMBO_PAYLOAD: u8 = 0xc2;
const HOME: u8 = 0xc9;
const DFF: u8 = 0xee;

/// The IANA registry of destination and hop-by-hop options.
pub(super) const OPTION_NAMES: Names = &[
    (0x00, "Pad1"),
    (0x01, "PadN"),
    (0x04, "Tunnel Encapsulation Limit"),
    (0x05, "Router Alert"),
    (0x07, "CALIPSO"),
    (0x08, "SMF_DPD"),
    (0x0f, "Performance and Diagnostic Metrics"),
    (0x11, "IOAM"),
    (0x12, "AltMark"),
    (0x1e, "Experiment"),
    (0x23, "RPL Option"),
    (0x26, "Quick-Start"),
    (0x30, "Minimum Path MTU"),
    (0x31, "IOAM, changeable"),
    (0x32, "AltMark, changeable"),
    (0x3e, "Experiment"),
    (0x41, "Tunnel Payload Forwarding"),
    (0x4d, "Deprecated"),
    (0x5e, "Experiment"),
    (0x63, "RPL Option, deprecated"),
    (0x6d, "MPL Option"),
    (0x7e, "Experiment"),
    (0x8a, "Endpoint Identification, deprecated"),
    (0x8b, "ILNP Nonce"),
    (0x8c, "Line-Identification Option"),
    (0x9e, "Experiment"),
    (0xbe, "Experiment"),
    (0xc2, "Jumbo Payload"),
    (0xc9, "Home Address"),
    (0xde, "Experiment"),
    (0xee, "IP_DFF"),
    (0xfe, "Experiment"),
];

pub(super) const ACTION_NAMES: Names = &[
    (0, "Skip"),
    (1, "Discard"),
    (2, "Discard and report"),
    (3, "Discard and report where not multicast"),
];

pub(super) const ROUTER_ALERT_NAMES: Names = &[
    (0, "Multicast Listener Discovery"),
    (1, "RSVP"),
    (2, "Active Networks"),
    (68, "NSIS NATFW NSLP"),
    (69, "MPLS OAM"),
];

#[cfg(test)]
mod tests {
    use crate::testing::*;

    use crate::network::ipv6_destination::DESTINATION;
    use crate::network::ipv6_hop_by_hop::HOP_BY_HOP;
    use wirelens_dissect::Protocol;

    /// A header of these options, filled up with Pad1, and no payload.
    fn header(options: &str) -> Vec<u8> {
        let mut bytes = vec![59, 0];
        bytes.extend(hex(options));
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        bytes[1] = (bytes.len() / 8 - 1) as u8;
        bytes
    }

    fn show(protocol: &'static Protocol, options: &str) -> String {
        tree(protocol, &header(options))
    }

    const BY_HOP: [&str; 12] = [
        "0502 0000",
        "070c 00000001 01 02 1234 80000000",
        "0805 90 12345678",
        "0807 11 0a0b 00010203",
        "2606 04 40 00000008",
        "3004 05dc 0501",
        "6304 80 1e 0100",
        "6d04 4001 1234",
        "6d02 0001",
        "c204 00010000",
        "ee03 30 0007",
        "1e02 abcd",
    ];

    const TO_THE_END: [&str; 6] = [
        "0401 04",
        "0f0a 21 22 0001 0002 0003 0004",
        "c910 20010db8000000000000000000000099",
        "8b04 01020304",
        "8c05 04 65746830",
        "8a02 0001",
    ];

    const TRACE: &str = "312e 0000 0001 2001 f00000 00 00000000
        40000001 00010002 5f000000 00000001 3f000002 00030004 5f000001 00000002";

    #[test]
    fn options_by_hop() {
        insta::assert_snapshot!(show(&HOP_BY_HOP, &BY_HOP.concat()));
    }

    #[test]
    fn options_to_the_end() {
        insta::assert_snapshot!(show(&DESTINATION, &TO_THE_END.concat()));
    }

    #[test]
    fn a_trace() {
        insta::assert_snapshot!(show(&HOP_BY_HOP, TRACE));
    }

    #[test]
    fn every_prefix_of_each() {
        for option in BY_HOP.iter().chain(&TO_THE_END).chain(&[TRACE, "0100", "1f02 abcd"]) {
            every_prefix(&HOP_BY_HOP, &header(option));
            every_prefix(&DESTINATION, &header(option));
        }
    }

    #[test]
    fn a_length_that_does_not_fit_is_a_problem() {
        let short = show(&HOP_BY_HOP, "0501 00 0100");
        assert!(short.contains("! Length does not fit") && short.contains("PadN"), "{short}");
        let long = show(&HOP_BY_HOP, "0503 0000 07");
        assert!(long.contains("! Length does not fit") && long.contains(": 07"), "{long}");
        let beyond = show(&HOP_BY_HOP, "05ff 0000");
        assert!(beyond.contains("! Length does not fit"), "{beyond}");
    }

    #[test]
    fn an_option_in_the_wrong_header_is_a_problem() {
        assert!(show(&DESTINATION, "0502 0000").contains("! Option does not belong"));
        assert!(show(&HOP_BY_HOP, "0401 04").contains("! Option does not belong"));
        assert!(!show(&DESTINATION, "1e02 abcd").contains("! "));
    }
}
