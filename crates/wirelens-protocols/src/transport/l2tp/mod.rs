//! Layer 2 Tunneling Protocol: version 2, RFC 2661, over UDP; version 3, RFC 3931, over UDP and
//! over IP.

mod avps;
mod names;
mod sessions;
mod vendors;

use wirelens_dissect::prelude::*;

use crate::link::ppp::PPP;
use crate::network::ipv4::IP_PROTO;
use crate::transport::udp::{UDP, UDP_PORT};
use avps::AVP_ROWS;
use sessions::Told;

/// What version 3 carries, by the kind of pseudowire.
pub static L2TP_PSEUDOWIRE: Table = Table::new("l2tp.pw_type", "L2TPv3 pseudowire type");

static MESSAGE_TYPES: Names = &[(0, "Data"), (1, "Control")];

protocol! {
    L2TP = "l2tp" "L2TP" "Layer 2 Tunneling Protocol", Transport, scope(tunnel);
    @ UDP_PORT 1701;
    @ IP_PROTO 115;
    SESSION_3 = hex "sid" "Session ID" brief("session ") unless_zero;
    FLAGS     = hex "flags" "Flags and Version" {
        TYPE         = uint "type" "Type" & 0x8000 names(MESSAGE_TYPES);
        HAS_LENGTH   = flag "length_bit" "Length present" & 0x4000;
        HAS_SEQUENCE = flag "seq_bit" "Sequence numbers present" & 0x0800;
        HAS_OFFSET   = flag "offset_bit" "Offset present" & 0x0200 read;
        PRIORITY     = flag "priority" "Priority" & 0x0100 read;
        VERSION      = uint "version" "Version" & 0x000f;
    };
    RESERVED  = hex "res" "Reserved" detail;
    // Over UDP a session's number stands behind the flags, over IP it is all there is.
    LENGTH    = uint "length" "Length";
    TUNNEL    = uint "tunnel" "Tunnel ID" brief("tunnel ");
    SESSION   = uint "session" "Session ID" brief("session ") unless_zero;
    CONNECTION = hex "ccid" "Control Connection ID" brief("connection ");
    NS        = uint "Ns" "Sequence Number" key("ns") brief("ns ");
    NR        = uint "Nr" "Expected Sequence Number" key("nr") brief("nr ");
    OFFSET    = uint "offset" "Offset";
    PADDING   = bytes "offset_padding" "Offset Padding" detail;
    PSEUDOWIRE = uint "avp.pseudowire_type" "Pseudowire Type" names(names::PSEUDOWIRES) key("pseudowire_type");
    COOKIE    = bytes "cookie" "Cookie";
    DEFAULT_SUBLAYER = group "l2_spec_def" "Default Sublayer" {
        DEFAULT_S = flag "l2_spec_s" "Sequence number is valid" & 0x40 key("s");
        DEFAULT_SEQUENCE = uint "l2_spec_sequence" "Sequence Number" key("sequence");
    };
    ATM_SUBLAYER = group "l2_spec_atm" "ATM Sublayer" {
        ATM_S = flag "l2_spec_s" "Sequence number is valid" & 0x40 key("s");
        ATM_T = flag "l2_spec_t" "Transports a cell" & 0x08 key("t");
        ATM_G = flag "l2_spec_g" "Congestion was met (EFCI)" & 0x04 key("g");
        ATM_C = flag "l2_spec_c" "Cell loss priority" & 0x02 key("c");
        ATM_U = flag "l2_spec_u" "Command or response" & 0x01 key("u");
        ATM_SEQUENCE = uint "l2_spec_sequence" "Sequence Number" key("sequence");
    };
    MPT_SUBLAYER = group "l2_spec_docsis_dmpt" "DOCSIS MPT Sublayer" {
        MPT_V = flag "l2_spec_v" "Connectivity verification" & 0x80 key("v");
        MPT_S = flag "l2_spec_s" "Sequence number is valid" & 0x40 key("s");
        MPT_H = hex  "l2_spec_h" "Extended header" & 0x30 key("h");
        MPT_FLOW = hex "l2_spec_flow_id" "Flow ID" & 0x0e key("flow_id");
        MPT_SEQUENCE = uint "l2_spec_sequence" "Sequence Number" key("sequence");
    };
    ACKNOWLEDGMENT = group "zero_length_body_message" "Zero-Length Body: an acknowledgment" brief("acknowledgment") alone;
    AVP       = group "avp" "Attribute Value Pair" own many key("avps") rows(AVP_ROWS);
    BAD_LENGTH = problem "length.bad" "Length contradicts the packet" own;
    BAD_OFFSET = problem "offset.bad" "Offset goes past the end of the packet" own;
}

const IS_CONTROL: u16 = 0x8000;
const LENGTH_PRESENT: u16 = 0x4000;
const SEQUENCE_PRESENT: u16 = 0x0800;
const OFFSET_PRESENT: u16 = 0x0200;
const VERSION_BITS: u16 = 0x000f;
/// Bits that RFC 2661 section 3.1 wants to be zero.
const RESERVED_BITS: u16 = 0x34f0;

/// The tunnel and the session. A session's number that version 3 puts first over IP looks like the
/// flags of version 2 in one of 2000 cases; what is taken instead then is as constant as it.
fn tunnel(header: &[u8]) -> u64 {
    let number = |at: usize| -> u64 {
        let bytes = header.get(at..).and_then(<[u8]>::first_chunk);
        bytes.map_or(0, |bytes| u32::from_be_bytes(*bytes).into())
    };
    let first = number(0);
    let flags = (first >> 16) as u16;
    match flags & (VERSION_BITS | RESERVED_BITS) {
        2 => number(if flags & LENGTH_PRESENT != 0 { 4 } else { 2 }),
        3 if first == 0x0003_0000 => number(4),
        _ => first,
    }
}

fn dissect(p: &mut Packet<'_>) -> Step {
    if !p.outer().is_some_and(|outer| outer.protocol == &UDP) {
        return match p.u32(&SESSION_3)? {
            0 => control_3(p),
            session => data_3(p, session),
        };
    }
    let flags = p.peek_u16()?;
    match (flags & VERSION_BITS, flags & IS_CONTROL) {
        (2, _) => version_2(p),
        (3, 0) => {
            flags_3(p)?;
            p.u16(&RESERVED)?;
            let session = p.u32(&SESSION_3)?;
            data_3(p, session)
        }
        (3, _) => control_3(p),
        _ => Ok(Next::NotMine),
    }
}

/// RFC 2661 section 3.1.
fn version_2(p: &mut Packet<'_>) -> Step {
    let at = p.at();
    let flags = p.u16(&FLAGS)?;
    p.views(at, 2, flags, &[&HAS_OFFSET, &PRIORITY]);
    length(p, flags, p.start())?;
    p.u16(&TUNNEL)?;
    p.u16(&SESSION)?;
    sequence_numbers(p, flags)?;
    if flags & OFFSET_PRESENT != 0 {
        let offset = usize::from(p.u16(&OFFSET)?);
        if offset > p.declared_left() {
            p.problem_at(&BAD_OFFSET, p.at() - 2, 2);
        }
        if offset > 0 {
            p.bytes(&PADDING, offset.min(p.left()))?;
        }
    }
    if flags & IS_CONTROL != 0 {
        return avps(p);
    }
    Ok(if p.declared_left() == 0 { Next::Nothing } else { Next::To(&PPP) })
}

/// RFC 3931 section 3.2.1.
fn control_3(p: &mut Packet<'_>) -> Step {
    let at = p.at();
    let flags = flags_3(p)?;
    length(p, flags, at)?;
    p.u32(&CONNECTION)?;
    sequence_numbers(p, flags)?;
    if flags & IS_CONTROL == 0 {
        return Ok(Next::Data);
    }
    avps(p)
}

fn flags_3(p: &mut Packet<'_>) -> Read<u16> {
    p.u16(&FLAGS)
}

/// The length counts from the flags, which version 3 has behind four zeros over IP.
fn length(p: &mut Packet<'_>, flags: u16, from: usize) -> Read {
    if flags & LENGTH_PRESENT == 0 {
        return Ok(());
    }
    let length = usize::from(p.u16(&LENGTH)?);
    let (done, room) = (p.at() - from, p.at() - from + p.declared_left());
    let sequence = if flags & SEQUENCE_PRESENT != 0 { 4 } else { 0 };
    if length < done + 4 + sequence {
        return Err(p.malformed(&BAD_LENGTH));
    }
    if length > room && !p.is_quoted() && !p.is_fragment() {
        p.problem_at(&BAD_LENGTH, p.at() - 2, 2);
    }
    p.ends_after(length + from - p.start());
    Ok(())
}

fn sequence_numbers(p: &mut Packet<'_>, flags: u16) -> Read {
    if flags & SEQUENCE_PRESENT != 0 {
        p.u16(&NS)?;
        p.u16(&NR)?;
    }
    Ok(())
}

fn avps(p: &mut Packet<'_>) -> Step {
    if p.declared_left() == 0 {
        p.mark(&ACKNOWLEDGMENT, p.start(), 0, 0);
        return Ok(Next::Nothing);
    }
    let mut told = Told::default();
    p.each(|p| p.group(&AVP, |p| avps::avp(p, &mut told)))?;
    sessions::learn(p, &told);
    Ok(Next::Nothing)
}

/// RFC 3931 section 4.1: how the data is to be read was said when the session was set up.
fn data_3(p: &mut Packet<'_>, session: u32) -> Step {
    const IP: u16 = 11;
    let Some(carried) = sessions::of(p, session) else {
        p.mark(&PSEUDOWIRE, p.start(), 0, 0);
        return Ok(if p.declared_left() == 0 { Next::Nothing } else { Next::Data });
    };
    let pseudowire = carried.pseudowire.unwrap_or(0);
    p.mark(&PSEUDOWIRE, p.start(), 0, pseudowire.into());
    if p.declared_left() == 0 {
        return Ok(Next::Nothing);
    }
    if carried.cookie > 0 {
        p.bytes(&COOKIE, carried.cookie.into())?;
    }
    let mut is_cell = false;
    match carried.sublayer {
        Some(1) => p.group(&DEFAULT_SUBLAYER, |p| {
            p.bits(p.peek_u8()?, 1, &[&DEFAULT_S])?;
            p.u24(&DEFAULT_SEQUENCE).map(drop)
        })?,
        // RFC 4454 section 3.
        Some(2) => p.group(&ATM_SUBLAYER, |p| {
            let bits = p.peek_u8()?;
            is_cell = ATM_T.of(bits.into()) != 0;
            p.bits(bits, 1, &[&ATM_S, &ATM_T, &ATM_G, &ATM_C, &ATM_U])?;
            p.u24(&ATM_SEQUENCE).map(drop)
        })?,
        // CM-SP-DEPI section 8.
        Some(3) => p.group(&MPT_SUBLAYER, |p| {
            p.bits(p.peek_u8()?, 1, &[&MPT_V, &MPT_S, &MPT_H, &MPT_FLOW])?;
            p.skip(1)?;
            p.u16(&MPT_SEQUENCE).map(drop)
        })?,
        _ => {}
    }
    Ok(match pseudowire {
        _ if p.declared_left() == 0 => Next::Nothing,
        _ if is_cell => Next::Data,
        // RFC 4591 does not say in which version the packets are.
        IP if p.peek_u8()? >> 4 == 6 => Next::In(&IP_PROTO, 41),
        _ => Next::In(&L2TP_PSEUDOWIRE, pseudowire.into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::ethernet::ETH;
    use crate::network::ipv4::IP;
    use crate::testing::*;
    use wirelens_dissect::Session;

    const PACKET: &str = "4500001c000100004011f6ccc0000201c0000202 0009000900080000";

    /// An IPv4 packet of one of two hosts.
    fn packet(from: u8, protocol: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x45, 0];
        bytes.extend((20 + payload.len() as u16).to_be_bytes());
        bytes.extend([0, 1, 0, 0, 64, protocol, 0, 0, 192, 0, 2, from, 192, 0, 2, 3 - from]);
        bytes.extend(payload);
        bytes
    }

    fn over_udp(message: &[u8]) -> Vec<u8> {
        let mut datagram = hex("06a506a5");
        datagram.extend((8 + message.len() as u16).to_be_bytes());
        datagram.extend([0, 0]);
        datagram.extend(message);
        packet(1, 17, &datagram)
    }

    fn tree_over_udp(text: &str) -> String {
        tree(&IP, &over_udp(&hex(text)))
    }

    /// A control message of version 2, given its AVPs.
    fn control(avps: &str) -> Vec<u8> {
        let avps = hex(avps);
        let mut bytes = hex("c802");
        bytes.extend((12 + avps.len() as u16).to_be_bytes());
        bytes.extend(hex("00010000 00020003"));
        bytes.extend(avps);
        bytes
    }

    /// A control message of version 3 over IP.
    fn control_over_ip(from: u8, avps: &str) -> Vec<u8> {
        let avps = hex(avps);
        let mut bytes = hex("00000000c803");
        bytes.extend((12 + avps.len() as u16).to_be_bytes());
        bytes.extend(hex("00000202 00020003"));
        bytes.extend(avps);
        packet(from, 115, &bytes)
    }

    const REQUEST: &str = "800800000000000a 800a0000003f00000011 800a00000040 00000000
        8008 0000 0044 0005 8008 0000 0045 0001 800a 0000 0041 41414141";
    const REPLY: &str = "800800000000000b 800a0000003f00000022 800a00000040 00000011
        800e 0000 0041 4242424242424242";

    #[test]
    fn data_of_version_2() {
        let data = over_udp(&hex(&format!("4a02 0030 0001 0002 0003 0004 0002 0000 ff030021{PACKET}")));
        insta::assert_snapshot!(tree(&IP, &data));
        every_prefix(&IP, &data);
        assert!(tree_over_udp(&format!("0002 0001 0002 21{PACKET}")).contains("Point-to-Point"));
    }

    #[test]
    fn a_request_for_a_control_connection() {
        let message = control(
            "8008 0000 0000 0001 8008 0000 0002 0100 800a 0000 0003 00000003 800a 0000 0004 00000001
            000e 0000 0005 0102030405060708 0008 0000 0006 0690 800a 0000 0007 686f7374
            0009 0000 0008 616263 8008 0000 0009 0007 8008 0000 000a 0004 800a 0000 000b 00112233",
        );
        insta::assert_snapshot!(tree(&IP, &over_udp(&message)));
        every_prefix(&IP, &over_udp(&message));
    }

    #[test]
    fn avps_of_a_call() {
        let message = control(
            "8008 0000 0000 000c 800a 0000 0018 00000100 800a 0000 0013 00000002
            8008 0000 001d 0002 800a 0000 001e 6e616d65 8008 0000 0020 0007
            8020 0000 0022 0000 00000001 00000002 00000003 00000004 00000005 00000006
            8010 0000 0023 0000 ffffffff 000a0000 800e 0000 002e 0001c02101626164
            8012 0000 0061 0000 0007 00000100 00000200
            801a 0000 0061 00000007 0000000000000100 0000000000000200
            800e 0000 003a 00000009 0001 abcd",
        );
        insta::assert_snapshot!(tree(&IP, &over_udp(&message)));
        every_prefix(&IP, &over_udp(&message));
    }

    #[test]
    fn avps_of_vendors() {
        let message = control(
            "8008 0000 0000 000a 800a 0009 0002 0005 0004 8008 0009 0008 0001
            8015 00c1 0001 0200 01 03 01 04 c0000201 2e 01 0a 05dc 800a 00c1 0008 01 00 0f 01
            8008 0de9 0001 6369 800e 0de9 0081 0000000000000400 8009 0de9 0090 010203
            800c 118b 0065 8100 23c34600 8008 118b 0067 0001 800c 118b 0069 0001 0002 0003
            8008 004d 0001 6162",
        );
        insta::assert_snapshot!(tree(&IP, &over_udp(&message)));
        every_prefix(&IP, &over_udp(&message));
    }

    #[test]
    fn the_messages_that_end_something_have_codes_of_their_own() {
        let tree = |kind: &str| tree(&IP, &over_udp(&control(&format!("8008 0000 0000 {kind} 800b 0000 0001 0004 0002 6d"))));
        assert!(tree("0004").contains("Result Code: Requester is not authorized (4)"));
        let call = tree("000e");
        assert!(call.contains("Result Code: No facilities for now (4)"), "{call}");
        assert!(call.contains("Error Code: Length is wrong (2)") && call.contains("Message: m"), "{call}");
    }

    #[test]
    fn a_hidden_value_is_not_read() {
        let tree = tree(&IP, &over_udp(&control("8008 0000 0000 0001 c00c 0000 0009 aabbccdd0000")));
        assert!(tree.contains("Assigned Tunnel ID (9)") && tree.contains("Hidden value: aabbccdd0000"), "{tree}");
        assert!(!tree.contains("Assigned Tunnel ID:"), "{tree}");
    }

    #[test]
    fn an_avp_shorter_than_its_header_ends_the_message() {
        let tree = tree(&IP, &over_udp(&control("8008 0000 0000 0001 8005 0000 0007")));
        assert!(tree.contains("! Length is shorter than the AVP's header"), "{tree}");
    }

    #[test]
    fn an_avp_too_short_for_its_value_is_a_problem_of_its_own() {
        let tree = tree(&IP, &over_udp(&control("8008 0000 0000 0001 8007 0000 0009 01 8008 0000 000a 0004")));
        assert!(tree.contains("! Length is not that of the AVP"), "{tree}");
        assert!(tree.contains("Receive Window Size: 4"), "{tree}");
    }

    #[test]
    fn nothing_behind_the_header_acknowledges() {
        assert!(tree_over_udp("c802 000c 0001 0000 0002 0003").contains("Zero-Length Body"));
    }

    #[test]
    fn lengths_and_offsets_that_lead_nowhere() {
        assert!(tree_over_udp("c802 0005 0001 0000 0002 0003").contains("! Length contradicts"));
        assert!(tree_over_udp("4002 00ff 0001 0002 21").contains("! Length contradicts"));
        assert!(tree_over_udp("0202 0001 0002 00ff 21").contains("! Offset goes past"));
    }

    #[test]
    fn other_versions_are_not_ours() {
        assert!(!tree_over_udp("c001 000c 0001 0000 0002 0003").contains("Layer 2 Tunneling"));
    }

    #[test]
    fn data_of_version_3_is_read_as_the_call_said() {
        let mut session = Session::new(crate::shared());
        let request = control_over_ip(1, REQUEST);
        let trees = [
            tree_in(&mut session, &IP, &request),
            tree_in(&mut session, &IP, &control_over_ip(2, REPLY)),
        ];
        insta::assert_snapshot!(trees.concat());
        every_prefix(&IP, &request);
        let frame = format!("40000007 ffffffffffff 02005e100001 0800 {PACKET}");
        let there = packet(1, 115, &hex(&format!("00000022 4242424242424242 {frame}")));
        insta::assert_snapshot!(tree_in(&mut session, &IP, &there));
        let back = packet(2, 115, &hex(&format!("00000011 41414141 {frame}")));
        let tree = tree_in(&mut session, &IP, &back);
        assert!(tree.contains("Cookie: 41414141\n") && tree.contains("Sequence Number: 7"), "{tree}");
        assert!(tree.contains("User Datagram"), "{tree}");
        let other = packet(2, 115, &hex(&format!("00000022 41414141 {frame}")));
        assert!(!tree_in(&mut session, &IP, &other).contains("Cookie"));
    }

    #[test]
    fn sublayers_and_what_is_behind_them() {
        let said = |pseudowire: &str, sublayer: &str, data: &str| {
            let mut session = Session::new(crate::shared());
            let avps = format!("800800000000000a 800a0000003f00000011 80080000 0044 {pseudowire} 80080000 0045 {sublayer}");
            tree_in(&mut session, &IP, &control_over_ip(1, &avps));
            tree_in(&mut session, &IP, &packet(2, 115, &hex(&format!("00000011 {data}"))))
        };
        let llc = said("0002", "0002", &format!("45000007 aaaa03000000 0800 {PACKET}"));
        assert!(llc.contains("Congestion was met (EFCI): true") && llc.contains("Logical-Link"), "{llc}");
        assert!(said("0002", "0002", "0f000007 01020304").contains("Data: 01020304"));
        let mpt = said("000c", "0003", "4d000007 47");
        assert!(mpt.contains("Flow ID: 0x6") && mpt.contains("Sequence Number: 7"), "{mpt}");
        assert!(said("000b", "0000", PACKET).contains("User Datagram"));
        let next = said("000b", "0000", "60000000 0000 3b 40 20010db8000000000000000000000001 20010db8000000000000000000000002");
        assert!(next.contains("Internet Protocol Version 6"), "{next}");
        assert!(said("0007", "0000", &format!("ff030021 {PACKET}")).contains("Point-to-Point"));
        assert!(said("0006", "0000", &format!("0f000800 {PACKET}")).contains("Cisco HDLC"));
    }

    #[test]
    fn data_of_a_session_that_nobody_told_of_is_data() {
        let tree = tree_over_udp("0003 0000 00000022 0102");
        assert!(tree.contains("Session ID: 0x00000022") && tree.contains("Data: 0102"), "{tree}");
    }

    #[test]
    fn what_tells_tunnels_apart() {
        let of = |text: &str| tunnel(&hex(text));
        assert_eq!(of("4002 0030 0001 0002"), of("0002 0001 0002"));
        assert_ne!(of("0002 0001 0002"), of("0002 0001 0003"));
        assert_eq!(of("00030000 00000022"), of("00000022 01020304"));
        assert_eq!(of("00"), 0);
    }

    #[test]
    fn fragments_in_different_sessions_are_not_one_datagram() {
        let half = |session: &str, fragment: &str| {
            let ip = format!("45000024 0007 {fragment} 40 fd 0000 c0000201c0000202 00010203040506070001020304050607");
            over_udp(&hex(&format!("0002 0001 {session} 21 {ip}")))
        };
        let mut session = Session::new(crate::shared());
        tree_in(&mut session, &IP, &half("0001", "2000"));
        let whole = "Data: 00010203040506070001020304050607000102030405060700010203040506";
        assert!(!tree_in(&mut session, &IP, &half("0002", "0002")).contains(whole));
        let tree = tree_in(&mut session, &IP, &half("0001", "0002"));
        assert!(tree.contains(whole), "{tree}");
    }

    #[test]
    fn an_ethernet_frame_around_it_all() {
        let mut frame = hex("02005e100002 02005e100001 0800");
        frame.extend(over_udp(&hex(&format!("0002 0001 0002 ff030021{PACKET}"))));
        assert!(tree(&ETH, &frame).contains("Point-to-Point"));
    }

    #[test]
    fn names_are_sorted() {
        for names in [names::AVPS, names::MESSAGES, names::CALL_RESULTS, names::PSEUDOWIRES, names::BROADBAND_AVPS] {
            assert!(names.is_sorted_by_key(|&(number, _)| number));
        }
    }
}
