//! Internet Control Message Protocol, RFC 792.

use wirelens_dissect::prelude::*;

use super::icmp_extensions;
use super::icmp_names::*;
use super::ipv4::{IP, IP_PROTO};
use crate::checksum::{self, Verdict};

protocol! {
    ICMP = "icmp" "ICMP" "Internet Control Message Protocol", Network;
    @ IP_PROTO 1;
    TYPE       = uint "type" "Type" names(TYPES) brief("");
    CODE       = uint "code" "Code" brief("code ") unless_zero;
    UNREACHABLE_CODE = uint "code" "Code" names(UNREACHABLE) brief(": ");
    REDIRECT_CODE = uint "code" "Code" names(REDIRECT) brief(": ");
    ADVERTISEMENT_CODE = uint "code" "Code" names(ADVERTISEMENT) brief("") unless_zero;
    EXCEEDED_CODE = uint "code" "Code" names(EXCEEDED) brief(": ");
    PARAMETER_CODE = uint "code" "Code" names(PARAMETER) brief(": ");
    TRACEROUTE_CODE = uint "code" "Code" names(TRACEROUTE) brief(": ");
    PHOTURIS_CODE = uint "code" "Code" names(PHOTURIS) brief(": ");
    PROBE_CODE = uint "code" "Code" names(PROBE) brief(": ");
    CHECKSUM   = hex  "checksum" "Checksum";
    IDENT      = uint "ident" "Identifier" brief("id ");
    IDENT_LE   = uint "ident_le" "Identifier (little-endian)" detail;
    SEQ        = uint "seq" "Sequence Number" brief("seq ");
    SEQ_LE     = uint "seq_le" "Sequence Number (little-endian)" detail;
    SENT_AT    = time "sent" "Sent" own;
    SINCE_SENT = duration "since_sent" "Time since it was sent" own;
    DATA_TIME  = time "data_time" "First 8 bytes of that time" detail;
    DATA_TIME_RELATIVE = duration "data_time_relative" "Time Since Then" detail;
    UNUSED     = bytes "unused" "Unused" many detail;
    POINTER    = uint "pointer" "Pointer" brief("at byte ");
    LENGTH     = uint "length" "Length of the quoted packet in units of 4 bytes";
    ORIGINAL_LENGTH = uint "length.original_datagram" "Length of the quoted packet" key("quoted_length");
    MTU        = uint "mtu" "MTU of the next hop" brief("mtu ");
    GATEWAY    = ipv4 "redir_gw" "Gateway" brief("to ");
    NUM_ADDRS  = uint "num_addrs" "Number of Addresses";
    ADDR_SIZE  = uint "addr_entry_size" "Words for each Address";
    LIFETIME   = uint "lifetime" "Lifetime in Seconds" brief("lifetime ");
    ROUTER     = group "router" "Router" own many key("routers") {
        ROUTER_ADDRESS = ipv4 "router_address" "Address" key("address") brief("router ");
        PREFERENCE     = int  "pref_level" "Preference" key("preference");
    };
    MOBILE     = group "mip" "Mobile IP Extension" own many key("mobile_ip") {
        MOBILE_TYPE    = uint "mip.type" "Type" names(MOBILE_TYPES);
        MOBILE_LENGTH  = uint "mip.length" "Length" detail;
        MOBILE_SEQ     = uint "mip.seq" "Sequence Number";
        REGISTRATION   = uint "mip.life" "Registration Lifetime in seconds" key("lifetime");
        MOBILE_FLAGS   = hex  "mip.flags" "Flags" {
            MOBILE_R   = flag "mip.r" "Registration Required" & 0x8000 key("registration_required");
            MOBILE_B   = flag "mip.b" "Busy" & 0x4000 key("busy");
            MOBILE_H   = flag "mip.h" "Home Agent" & 0x2000 key("home_agent");
            MOBILE_F   = flag "mip.f" "Foreign Agent" & 0x1000 key("foreign_agent");
            MOBILE_M   = flag "mip.m" "Minimal Encapsulation" & 0x0800 key("minimal_encapsulation");
            MOBILE_G   = flag "mip.g" "GRE Encapsulation" & 0x0400 key("gre");
            MOBILE_V   = flag "mip.v" "Van Jacobson Compression" & 0x0200 key("vj_compression");
            MOBILE_RT  = flag "mip.rt" "Reverse Tunnelling" & 0x0100 key("reverse_tunnelling");
            MOBILE_U   = flag "mip.u" "UDP Tunnelling" & 0x0080 key("udp_tunnelling");
            MOBILE_X   = flag "mip.x" "Revocation" & 0x0040 key("revocation");
            MOBILE_RESERVED = hex "mip.reserved" "Reserved" & 0x003f key("reserved") detail;
        };
        CARE_OF        = ipv4 "mip.coa" "Care-of Address" many key("care_of");
        PREFIX_LENGTH  = uint "mip.prefixlength" "Prefix Length" many key("prefix_lengths");
        CHALLENGE      = bytes "mip.challenge" "Challenge";
        MOBILE_CONTENT = bytes "mip.content" "Content";
    };
    ORIGINATED = uint "originate_timestamp" "Originated, milliseconds since midnight" brief("originated ");
    RECEIVED   = uint "receive_timestamp" "Received, milliseconds since midnight" brief("received ");
    SENT       = uint "transmit_timestamp" "Transmitted, milliseconds since midnight" brief("transmitted ");
    MASK       = ipv4 "address_mask" "Address Mask" brief("mask ");
    TRACE_ID   = uint "trace.id" "Identifier" own;
    OUTBOUND_HOPS = uint "trace.outbound_hops" "Outbound Hops" own;
    RETURN_HOPS = uint "trace.return_hops" "Return Hops" own;
    LINK_SPEED = uint "trace.link_speed" "Output link speed in bytes a second" own;
    LINK_MTU   = uint "trace.link_mtu" "Output Link MTU" own;
    PHOTURIS_RESERVED = hex "photuris.reserved" "Reserved" own detail;
    PHOTURIS_POINTER = uint "photuris.pointer" "Pointer" own;
    ECHO_SEQ   = uint "ext.echo.seq" "Sequence Number" key("seq") brief("seq ");
    REQUEST_RESERVED = hex "ext.echo.req.res" "Reserved" & 0xfe detail;
    LOCAL      = flag "ext.echo.req.local" "Probed interface is the proxy's own" & 0x01 key("local");
    STATE      = uint "ext.echo.rsp.state" "State" & 0xe0 names(STATES) key("state") brief("");
    REPLY_RESERVED = hex "ext.echo.rsp.res" "Reserved" & 0x18 detail;
    ACTIVE     = flag "ext.echo.rsp.active" "Interface is active" & 0x04 key("active");
    RUNS_IPV4  = flag "ext.echo.rsp.ipv4" "Interface runs IPv4" & 0x02 key("ipv4");
    RUNS_IPV6  = flag "ext.echo.rsp.ipv6" "Interface runs IPv6" & 0x01 key("ipv6");
    EXTENSIONS = group "ext" "Extensions" key("extensions") {
        EXT_VERSION  = uint "ext.version" "Version" & 0xf0;
        EXT_RESERVED = hex  "ext.res" "Reserved" & 0x0fff detail;
        EXT_CHECKSUM = hex  "ext.checksum" "Checksum";
        OBJECT = group "ext.object" "Object" own many key("objects") {
            OBJECT_LENGTH = uint "ext.length" "Length" key("length");
            CLASS  = uint "ext.class" "Class" key("class") names(CLASSES);
            C_TYPE = uint "ext.ctype" "C-Type" key("ctype") {
                ROLE     = uint "int_info.role" "Role" & 0xc0 read key("role") names(ROLES);
                INFO_RESERVED = uint "int_info.reserved" "Reserved" & 0x30 read detail;
                HAS_INDEX = flag "int_info.ifindex" "Index is present" & 0x08 read detail;
                HAS_ADDRESS = flag "int_info.ipaddr" "Address is present" & 0x04 read detail;
                HAS_NAME = flag "int_info.name_present" "Name is present" & 0x02 read detail;
                HAS_MTU  = flag "int_info.mtu_present" "MTU is present" & 0x01 read detail;
            };
            STACK_ENTRY = group "mpls" "Label Stack Entry" own many key("labels") {
                LABEL    = uint "mpls.label" "Label" & 0x00ff_fff0 key("label") brief("mpls ");
                EXP      = uint "mpls.exp" "Traffic Class" & 0x0e key("exp");
                BOTTOM   = flag "mpls.s" "Bottom of Stack" & 0x01 key("s");
                LABEL_TTL = uint "mpls.ttl" "Time to Live" key("ttl");
            };
            STACK_DATA = bytes "mpls.data" "Data" key("rest");
            INFO_INDEX = uint "int_info.index" "Interface Index" key("index");
            INFO_ADDRESS = group "int_info.address" "Interface Address" own key("address") {
                INFO_AFI  = uint "int_info.afi" "Address Family" key("family") names(FAMILIES);
                INFO_UNUSED = bytes "reserved" "Reserved" detail;
                INFO_IPV4 = ipv4 "int_info.ipv4" "Address" key("ipv4");
                INFO_IPV6 = ipv6 "int_info.ipv6" "Address" key("ipv6");
                INFO_OTHER = bytes "int_info.ipunknown" "Address" key("other");
            };
            INFO_NAME_OBJECT = group "int_info.name_object" "Interface Name" own key("name") {
                INFO_NAME_LENGTH = uint "int_info.name_length" "Length" key("length");
                INFO_NAME = text "int_info.name" "Name" key("text");
            };
            INFO_MTU   = uint "int_info.mtu" "MTU" key("mtu");
            PROBED_NAME = text "int_ident.name" "Name" key("probed_name") brief("interface ");
            PROBED_INDEX = uint "int_ident.index" "Interface Index" key("probed_index") brief("interface ");
            PROBED_AFI = uint "int_ident.afi" "Address Family" key("family") names(FAMILIES);
            PROBED_LENGTH = uint "int_ident.addr_length" "Address Length" key("address_length");
            PROBED_RESERVED = bytes "int_ident.reserved" "Reserved" detail;
            PROBED_IPV4 = ipv4 "int_ident.ipv4" "Address" key("probed_ipv4") brief("interface ");
            PROBED_IPV6 = ipv6 "int_ident.ipv6" "Address" key("probed_ipv6") brief("interface ");
            PROBED_ADDRESS = bytes "int_ident.address" "Address" key("probed_address");
            OBJECT_DATA = bytes "ext.data" "Data" key("data");
        };
        BAD_EXT_CHECKSUM = problem "ext.checksum_bad" "Checksum of the extensions is wrong";
        BAD_OBJECT = problem "ext.length.bad" "Object's length does not fit" own shared;
    };
    BAD_CHECKSUM = problem "checksum_bad" "Checksum is wrong";
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let kind = p.u8(&TYPE)?;
    let code = p.u8(match kind {
        3 => &UNREACHABLE_CODE,
        5 => &REDIRECT_CODE,
        9 => &ADVERTISEMENT_CODE,
        11 => &EXCEEDED_CODE,
        12 => &PARAMETER_CODE,
        30 => &TRACEROUTE_CODE,
        40 => &PHOTURIS_CODE,
        42 | 43 => &PROBE_CODE,
        _ => &CODE,
    })?;
    p.u16(&CHECKSUM)?;
    if p.checksums() {
        verify(p);
    }
    match kind {
        0 | 8 => {
            identifier_and_sequence(p)?;
            sent_at(p)?;
        }
        3 | 11 | 12 => return error_with_length(p, kind, code),
        4 => {
            p.bytes(&UNUSED, 4)?;
            return quote(p, p.declared_left());
        }
        5 => {
            p.ipv4(&GATEWAY)?;
            return quote(p, p.declared_left());
        }
        9 => router_advertisement(p)?,
        10 => p.skip(4)?,
        13 | 14 => {
            identifier_and_sequence(p)?;
            p.u32(&ORIGINATED)?;
            p.u32(&RECEIVED)?;
            p.u32(&SENT)?;
        }
        15 | 16 => identifier_and_sequence(p)?,
        17 | 18 => {
            identifier_and_sequence(p)?;
            p.ipv4(&MASK)?;
        }
        30 => {
            p.u16(&TRACE_ID)?;
            p.skip(2)?;
            p.u16(&OUTBOUND_HOPS)?;
            p.u16(&RETURN_HOPS)?;
            p.u32(&LINK_SPEED)?;
            p.u32(&LINK_MTU)?;
        }
        40 => {
            p.u16(&PHOTURIS_RESERVED)?;
            p.u16(&PHOTURIS_POINTER)?;
        }
        42 => {
            identifier(p)?;
            p.u8(&ECHO_SEQ)?;
            p.bits(p.peek_u8()?, 1, &[&REQUEST_RESERVED, &LOCAL])?;
            if p.left() > 0 {
                p.group(&EXTENSIONS, icmp_extensions::read)?;
            }
        }
        43 => {
            identifier(p)?;
            p.u8(&ECHO_SEQ)?;
            let rows = [&STATE, &REPLY_RESERVED, &ACTIVE, &RUNS_IPV4, &RUNS_IPV6];
            p.bits(p.peek_u8()?, 1, &rows)?;
        }
        _ => {}
    }
    carry(p, Next::Data, p.declared_left());
    Ok(Next::Nothing)
}

/// The checksum covers the whole message, which must be here.
fn verify(p: &mut Packet<'_>) {
    let whole = p.left() == p.declared_left() && !p.is_quoted() && !p.is_fragment();
    if whole && checksum::verify(p.layer_bytes(), 2, 0) == Verdict::Bad {
        p.problem_at(&BAD_CHECKSUM, p.start() + 2, 2);
    }
}

fn identifier(p: &mut Packet<'_>) -> Read {
    let at = p.at();
    let identifier = p.u16(&IDENT)?;
    p.mark(&IDENT_LE, at, 2, identifier.swap_bytes().into());
    Ok(())
}

fn identifier_and_sequence(p: &mut Packet<'_>) -> Read {
    identifier(p)?;
    let at = p.at();
    let sequence = p.u16(&SEQ)?;
    p.mark(&SEQ_LE, at, 2, sequence.swap_bytes().into());
    Ok(())
}

/// Most ping programs begin their data with the time, as seconds and microseconds in their own
/// byte order and word size. What is within a day of the capture's time is one.
fn sent_at(p: &mut Packet<'_>) -> Read {
    let captured = p.nanoseconds();
    let long = p.ahead().first_chunk::<16>().and_then(|bytes| {
        let (little, big) = (u128::from_le_bytes(*bytes), u128::from_be_bytes(*bytes));
        time_near(captured, little as u64, (little >> 64) as u64)
            .or_else(|| time_near(captured, (big >> 64) as u64, big as u64))
    });
    let short = p.ahead().first_chunk::<8>().and_then(|bytes| {
        let (little, big) = (u64::from_le_bytes(*bytes), u64::from_be_bytes(*bytes));
        time_near(captured, little & 0xffff_ffff, little >> 32)
            .or_else(|| time_near(captured, big >> 32, big & 0xffff_ffff))
    });
    if let Some(sent) = long.or(short) {
        let width = if long.is_some() { 16 } else { 8 };
        p.note(&SENT_AT, sent as u64, width);
        p.note(&SINCE_SENT, (captured - sent) as u64, width);
    }
    if let Some(sent) = short {
        p.note(&DATA_TIME_RELATIVE, (captured - sent) as u64, 8);
        p.number(&DATA_TIME, sent as u64, 8)?;
    }
    Ok(())
}

/// The time in nanoseconds, if these can be its parts.
fn time_near(captured: i64, seconds: u64, microseconds: u64) -> Option<i64> {
    let whole = i64::try_from(seconds).ok().filter(|_| microseconds < 1_000_000)?;
    let apart = captured.div_euclid(SECOND).checked_sub(whole)?.checked_abs()?;
    if captured == 0 || apart >= 24 * 60 * 60 {
        return None;
    }
    // At the ends of what 64 bits of nanoseconds hold, neither the time nor the difference may fit.
    let sent = whole.checked_mul(SECOND)?.checked_add(microseconds as i64 * 1000)?;
    captured.checked_sub(sent).map(|_| sent)
}

/// In nanoseconds.
const SECOND: i64 = 1_000_000_000;

/// The errors of which RFC 4884 section 4 gives a byte to the length of the quoted packet.
fn error_with_length(p: &mut Packet<'_>, kind: u8, code: u8) -> Step {
    let words = p.peek_at(1)?;
    let first = if kind == 12 { &POINTER } else { &UNUSED };
    let too_big = kind == 3 && code == 4;
    if words != 0 || kind == 12 {
        p.number(first, p.peek_u8()?.into(), 1)?;
    }
    if words != 0 {
        p.u8(&LENGTH)?;
        p.mark(&ORIGINAL_LENGTH, p.at() - 1, 1, u64::from(words) * 4);
    }
    let unused = p.start() + if too_big { 6 } else { 8 } - p.at();
    if unused > 0 {
        p.bytes(&UNUSED, unused)?;
    }
    if too_big {
        p.u16(&MTU)?;
    }
    let left = p.declared_left();
    let quoted = match icmp_extensions::start(p, usize::from(words) * 4) {
        None => left,
        Some(quoted) => {
            let at = p.at();
            p.seek(at + quoted);
            let read = p.group(&EXTENSIONS, icmp_extensions::read);
            p.seek(at);
            if read.is_err() {
                quote(p, quoted)?;
            }
            read?;
            quoted
        }
    };
    quote(p, quoted)
}

/// The packet that is to blame, as much of it as the sender put in.
fn quote(p: &mut Packet<'_>, length: usize) -> Step {
    p.quotes();
    carry(p, Next::To(&IP), length);
    Ok(Next::Nothing)
}

/// Everything behind is inside this message, so that it covers all.
fn carry(p: &mut Packet<'_>, next: Next, length: usize) {
    let at = p.at();
    p.later(next, at, length);
    p.seek(at + p.left());
}

/// RFC 1256 section 3, and RFC 5944 section 2.1 behind it.
fn router_advertisement(p: &mut Packet<'_>) -> Read {
    let addresses = p.u8(&NUM_ADDRS)?;
    let size = p.u8(&ADDR_SIZE)?;
    p.u16(&LIFETIME)?;
    if size != 2 {
        return Ok(());
    }
    for _ in 0..addresses {
        p.group(&ROUTER, |p| {
            p.ipv4(&ROUTER_ADDRESS)?;
            p.i32(&PREFERENCE).map(drop)
        })?;
    }
    while p.left() > 0 {
        p.group(&MOBILE, mobile_ip)?;
    }
    Ok(())
}

fn mobile_ip(p: &mut Packet<'_>) -> Read {
    let kind = p.u8(&MOBILE_TYPE)?;
    if kind == 0 {
        return Ok(());
    }
    let length = p.u8(&MOBILE_LENGTH)?;
    p.within(length.into(), |p| {
        match kind {
            16 => {
                p.u16(&MOBILE_SEQ)?;
                p.u16(&REGISTRATION)?;
                p.u16(&MOBILE_FLAGS)?;
                while p.left() >= 4 {
                    p.ipv4(&CARE_OF)?;
                }
            }
            19 => {
                while p.left() > 0 {
                    p.u8(&PREFIX_LENGTH)?;
                }
            }
            24 => p.rest(&CHALLENGE).map(drop)?,
            _ => p.rest(&MOBILE_CONTENT).map(drop)?,
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use wirelens_dissect::{Input, Session, Settings};

    use super::*;
    use crate::testing::*;

    /// An IP header and a UDP datagram to blame, from 192.0.2.1 to 192.0.2.2.
    const QUOTED: &str = "4500 0020 0001 0000 40 11 f6c8 c0000201 c0000202 c000 0fa0 000c 0000";

    #[test]
    fn an_echo() {
        insta::assert_snapshot!(tree(&ICMP, &hex("0800 7d4b 0001 0002 61626364 65666768")));
    }

    #[test]
    fn an_echo_says_when_it_was_sent() {
        let sent = "0800 0000 0001 0002 00f1536500000000 40e2010000000000 10111213";
        let bytes = hex(sent);
        let input = Input {
            number: 1,
            nanoseconds: 1_700_000_001_500_000_000,
            captured: &bytes,
            length: bytes.len() as u32,
            ..Input::default()
        };
        let mut session = Session::new(crate::shared());
        let frame = session.dissect_as(Next::To(&ICMP), input);
        let mut found = Vec::new();
        frame.find(&[&SENT_AT, &SINCE_SENT], &mut |_, node| found.push(node.value));
        assert_eq!(found, [1_700_000_000_123_456_000, 1_376_544_000]);
    }

    #[test]
    fn times_at_the_ends_of_what_there_is_are_none() {
        assert_eq!(time_near(i64::MAX, 9_223_372_036 + 86_000, 0), None);
        assert_eq!(time_near(i64::MIN, 0, 0), None);
        assert_eq!(time_near(1_000_000_000, i64::MAX as u64, 999_999), None);
        assert_eq!(time_near(1_000_000_000, 2, 5), Some(2_000_005_000));
    }

    #[test]
    fn an_error_and_the_packet_it_quotes() {
        insta::assert_snapshot!(tree(&ICMP, &hex(&format!("0304 0000 0000 05dc {QUOTED}"))));
        let redirect = format!("0501 0000 c0000264 {QUOTED}");
        assert!(json(&ICMP, &hex(&redirect)).contains(r#""redir_gw":"192.0.2.100""#));
        let problem = format!("0c00 0000 14000000 {QUOTED}");
        assert!(json(&ICMP, &hex(&problem)).contains(r#""pointer":20"#));
        assert!(json(&ICMP, &hex(&problem)).contains("icmp:ip:udp"));
    }

    #[test]
    fn what_it_quotes_is_data_where_one_stops_behind_it() {
        let settings = Settings { stop_after: vec![&ICMP], ..Settings::default() };
        let mut session = Session::with(crate::shared(), settings);
        let tree = tree_in(&mut session, &ICMP, &hex(&format!("0303 0000 00000000 {QUOTED}")));
        assert!(tree.contains("Data (quoted)") && !tree.contains("Version 4"), "{tree}");
    }

    #[test]
    fn extensions_behind_the_length() {
        let bytes = format!("0b00 0000 0011 0000 {QUOTED} {} {EXTENSIONS}", "00".repeat(40));
        insta::assert_snapshot!(tree(&ICMP, &hex(&bytes)));
        every_prefix(&ICMP, &hex(&bytes));
    }

    /// MPLS labels, then an interface with index, address, name and MTU.
    const EXTENSIONS: &str = "2000 0000 000c 01 01 0001213f 000131ff \
        001c 02 0f 00000007 0001 0000 c0000209 08 65746830000000 000005dc 0008 09 03 61626364";

    #[test]
    fn extensions_behind_128_bytes_where_there_is_no_length() {
        let bytes = |total: &str, extensions: &str| {
            let quoted = QUOTED.replacen("0020", total, 1);
            hex(&format!("0b00 0000 0000 0000 {quoted} {} {extensions}", "00".repeat(100)))
        };
        assert!(json(&ICMP, &bytes("0020", EXTENSIONS)).contains(r#""label":18"#));
        // A longer packet may go on behind 128 bytes, so here the checksum must prove it.
        assert!(!json(&ICMP, &bytes("0120", EXTENSIONS)).contains("extensions"));
        let proven = "2000 0f52 0008 03 01 65746830";
        assert!(json(&ICMP, &bytes("0120", proven)).contains(r#""probed_name":"eth0""#));
    }

    #[test]
    fn every_prefix_of_errors() {
        every_prefix(&ICMP, &hex(&format!("0304 0000 0000 05dc {QUOTED}")));
        every_prefix(&ICMP, &hex(&format!("0504 0000 c0000264 {QUOTED}")));
    }

    #[test]
    fn a_router_advertisement_with_mobile_ip() {
        let bytes = hex("0910 0000 0102 0708 c0000201 fffffff6 \
            100a 0001 012c ffc0 c0000209 1302 1808 00 1804 01020304 7703 aabbcc");
        insta::assert_snapshot!(tree(&ICMP, &bytes));
        every_prefix(&ICMP, &bytes);
    }

    #[test]
    fn timestamps_masks_and_the_rest() {
        for (bytes, part) in [
            ("0e00 0000 0001 0002 00000001 00000002 80000003", r#""transmit_timestamp":2147483651"#),
            ("1200 0000 0001 0002 ffffff00", r#""address_mask":"255.255.255.0""#),
            ("1000 0000 0001 0002", r#""seq":2"#),
            ("0400 0000 00000000", r#""type":4"#),
            ("0a00 0000 00000000", r#""type":10"#),
            ("1e00 0000 0001 0000 0002 ffff 0001e848 000005dc", r#""trace.link_speed":125000"#),
            ("2801 0000 0000 0014", r#""photuris.pointer":20"#),
            ("fd00 0000 6162", "icmp:data"),
        ] {
            let bytes = hex(bytes);
            let json = json(&ICMP, &bytes);
            assert!(json.contains(part), "{json}");
            every_prefix(&ICMP, &bytes);
        }
    }

    #[test]
    fn extended_echo() {
        for object in [
            "0008 03 01 65746830",
            "0008 03 02 00000007",
            "000c 03 03 0001 04 00 c0000201",
            "0018 03 03 0002 10 00 20010db8000000000000000000000001",
            "0010 03 03 4005 06 00 0200000000010000",
        ] {
            let bytes = hex(&format!("2a00 0000 0001 02 01 2000 0000 {object}"));
            assert!(tree(&ICMP, &bytes).contains("Interface Identification"));
            every_prefix(&ICMP, &bytes);
        }
        let reply = json(&ICMP, &hex("2b00 0000 0001 02 47"));
        assert!(reply.contains(r#""state":2,"active":true,"ipv4":true,"ipv6":true"#), "{reply}");
    }

    #[test]
    fn a_wrong_checksum_is_a_problem_where_it_is_asked_for() {
        let settings = Settings { checksums: true, ..Settings::default() };
        let mut session = Session::with(crate::shared(), settings);
        assert!(!tree_in(&mut session, &ICMP, &hex("0000 fffd 0001 0001")).contains('!'));
        assert!(tree_in(&mut session, &ICMP, &hex("0000 fffe 0001 0001")).contains("! Checksum"));
    }
}
