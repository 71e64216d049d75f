//! Internet Control Message Protocol, RFC 792.

use wirelens_dissect::prelude::*;

use super::icmp_extensions;
use super::ipv4::{IP, IP_PROTO};
use crate::checksum::{self, Verdict};

protocol! {
    ICMP = "icmp" "ICMP" "Internet Control Message Protocol", Network;
    @ IP_PROTO 1;
    TYPE       = uint "type" "Type" names(TYPES);
    CODE       = uint "code" "Code";
    UNREACHABLE_CODE = uint "code" "Code" names(UNREACHABLE);
    REDIRECT_CODE = uint "code" "Code" names(REDIRECT);
    ADVERTISEMENT_CODE = uint "code" "Code" names(ADVERTISEMENT);
    EXCEEDED_CODE = uint "code" "Code" names(EXCEEDED);
    PARAMETER_CODE = uint "code" "Code" names(PARAMETER);
    TRACEROUTE_CODE = uint "code" "Code" names(TRACEROUTE);
    PHOTURIS_CODE = uint "code" "Code" names(PHOTURIS);
    PROBE_CODE = uint "code" "Code" names(PROBE);
    CHECKSUM   = hex  "checksum" "Checksum";
    IDENT      = uint "ident" "Identifier";
    IDENT_LE   = uint "ident_le" "Identifier (little-endian)" detail;
    SEQ        = uint "seq" "Sequence Number";
    SEQ_LE     = uint "seq_le" "Sequence Number (little-endian)" detail;
    DATA_TIME  = time "data_time" "Sent";
    DATA_TIME_RELATIVE = duration "data_time_relative" "Time since it was sent";
    UNUSED     = bytes "unused" "Unused" many detail;
    POINTER    = uint "pointer" "Pointer";
    LENGTH     = uint "length" "Length of the quoted packet in units of 4 bytes";
    ORIGINAL_LENGTH = uint "length.original_datagram" "Length of the quoted packet" key("quoted_length");
    MTU        = uint "mtu" "MTU of the next hop";
    GATEWAY    = ipv4 "redir_gw" "Gateway";
    NUM_ADDRS  = uint "num_addrs" "Number of Addresses";
    ADDR_SIZE  = uint "addr_entry_size" "Words for each Address";
    LIFETIME   = uint "lifetime" "Lifetime in seconds";
    ROUTER     = group "router" "Router" own many key("routers") {
        ROUTER_ADDRESS = ipv4 "router_address" "Address" key("address");
        PREFERENCE     = int  "pref_level" "Preference" key("preference");
    };
    MOBILE     = group "mip" "Mobile IP extension" own many key("mobile_ip") {
        MOBILE_TYPE    = uint "mip.type" "Type" names(MOBILE_TYPES);
        MOBILE_LENGTH  = uint "mip.length" "Length" detail;
        MOBILE_SEQ     = uint "mip.seq" "Sequence Number";
        REGISTRATION   = uint "mip.life" "Registration Lifetime in seconds" key("lifetime");
        MOBILE_FLAGS   = hex  "mip.flags" "Flags" {
            MOBILE_R   = flag "mip.r" "Registration required" & 0x8000 key("registration_required");
            MOBILE_B   = flag "mip.b" "Busy" & 0x4000 key("busy");
            MOBILE_H   = flag "mip.h" "Home agent" & 0x2000 key("home_agent");
            MOBILE_F   = flag "mip.f" "Foreign agent" & 0x1000 key("foreign_agent");
            MOBILE_M   = flag "mip.m" "Minimal encapsulation" & 0x0800 key("minimal_encapsulation");
            MOBILE_G   = flag "mip.g" "GRE encapsulation" & 0x0400 key("gre");
            MOBILE_V   = flag "mip.v" "Van Jacobson compression" & 0x0200 key("vj_compression");
            MOBILE_RT  = flag "mip.rt" "Reverse tunnelling" & 0x0100 key("reverse_tunnelling");
            MOBILE_U   = flag "mip.u" "UDP tunnelling" & 0x0080 key("udp_tunnelling");
            MOBILE_X   = flag "mip.x" "Revocation" & 0x0040 key("revocation");
            MOBILE_RESERVED = hex "mip.reserved" "Reserved" & 0x003f key("reserved") detail;
        };
        CARE_OF        = ipv4 "mip.coa" "Care-of Address" many key("care_of");
        PREFIX_LENGTH  = uint "mip.prefixlength" "Prefix Length" many key("prefix_lengths");
        CHALLENGE      = bytes "mip.challenge" "Challenge";
        MOBILE_CONTENT = bytes "mip.content" "Content";
    };
    ORIGINATED = uint "originate_timestamp" "Originated, milliseconds since midnight";
    RECEIVED   = uint "receive_timestamp" "Received, milliseconds since midnight";
    SENT       = uint "transmit_timestamp" "Transmitted, milliseconds since midnight";
    MASK       = ipv4 "address_mask" "Address Mask";
    TRACE_ID   = uint "trace.id" "Identifier" own;
    OUTBOUND_HOPS = uint "trace.outbound_hops" "Outbound Hops" own;
    RETURN_HOPS = uint "trace.return_hops" "Return Hops" own;
    LINK_SPEED = uint "trace.link_speed" "Output link speed in bytes a second" own;
    LINK_MTU   = uint "trace.link_mtu" "Output link MTU" own;
    PHOTURIS_RESERVED = hex "photuris.reserved" "Reserved" own detail;
    PHOTURIS_POINTER = uint "photuris.pointer" "Pointer" own;
    ECHO_SEQ   = uint "ext.echo.seq" "Sequence Number" key("seq");
    REQUEST_RESERVED = hex "ext.echo.req.res" "Reserved" & 0xfe detail;
    LOCAL      = flag "ext.echo.req.local" "Probed interface is the proxy's own" & 0x01 key("local");
    STATE      = uint "ext.echo.rsp.state" "State" & 0xe0 names(STATES) key("state");
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
                LABEL    = uint "mpls.label" "Label" & 0xffff_f0 key("label");
                EXP      = uint "mpls.exp" "Traffic Class" & 0x0e key("exp");
                BOTTOM   = flag "mpls.s" "Bottom of stack" & 0x01 key("s");
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
            PROBED_NAME = text "int_ident.name" "Name" key("probed_name");
            PROBED_INDEX = uint "int_ident.index" "Interface Index" key("probed_index");
            PROBED_AFI = uint "int_ident.afi" "Address Family" key("family") names(FAMILIES);
            PROBED_LENGTH = uint "int_ident.addr_length" "Address Length" key("address_length");
            PROBED_RESERVED = bytes "int_ident.reserved" "Reserved" detail;
            PROBED_IPV4 = ipv4 "int_ident.ipv4" "Address" key("probed_ipv4");
            PROBED_IPV6 = ipv6 "int_ident.ipv6" "Address" key("probed_ipv6");
            PROBED_ADDRESS = bytes "int_ident.address" "Address" key("probed_address");
            OBJECT_DATA = bytes "ext.data" "Data" key("data");
        };
        BAD_EXT_CHECKSUM = problem "ext.checksum_bad" "Checksum of the extensions is wrong";
        BAD_OBJECT = problem "ext.length.bad" "Object's length does not fit" own shared;
    };
    BAD_CHECKSUM = problem "checksum_bad" "Checksum is wrong";
}

/// <https://www.iana.org/assignments/icmp-parameters>
static TYPES: Names = &[
    (0, "Echo Reply"),
    (3, "Destination Unreachable"),
    (4, "Source Quench"),
    (5, "Redirect"),
    (6, "Alternate Host Address"),
    (8, "Echo"),
    (9, "Router Advertisement"),
    (10, "Router Solicitation"),
    (11, "Time Exceeded"),
    (12, "Parameter Problem"),
    (13, "Timestamp"),
    (14, "Timestamp Reply"),
    (15, "Information Request"),
    (16, "Information Reply"),
    (17, "Address Mask Request"),
    (18, "Address Mask Reply"),
    (19, "Reserved for Security"),
    (30, "Traceroute"),
    (31, "Datagram Conversion Error"),
    (32, "Mobile Host Redirect"),
    (33, "IPv6 Where-Are-You"),
    (34, "IPv6 I-Am-Here"),
    (35, "Mobile Registration Request"),
    (36, "Mobile Registration Reply"),
    (37, "Domain Name Request"),
    (38, "Domain Name Reply"),
    (39, "SKIP"),
    (40, "Photuris"),
    (41, "Experimental mobility protocols"),
    (42, "Extended Echo Request"),
    (43, "Extended Echo Reply"),
    (253, "RFC3692-style Experiment 1"),
    (254, "RFC3692-style Experiment 2"),
];

static UNREACHABLE: Names = &[
    (0, "Net Unreachable"),
    (1, "Host Unreachable"),
    (2, "Protocol Unreachable"),
    (3, "Port Unreachable"),
    (4, "Fragmentation Needed"),
    (5, "Source Route Failed"),
    (6, "Destination Network Unknown"),
    (7, "Destination Host Unknown"),
    (8, "Source Host Isolated"),
    (9, "Network Administratively Prohibited"),
    (10, "Host Administratively Prohibited"),
    (11, "Network Unreachable for Type of Service"),
    (12, "Host Unreachable for Type of Service"),
    (13, "Communication Administratively Prohibited"),
    (14, "Host Precedence Violation"),
    (15, "Precedence Cutoff in Effect"),
];

static REDIRECT: Names = &[
    (0, "For the Network"),
    (1, "For the Host"),
    (2, "For the Type of Service and Network"),
    (3, "For the Type of Service and Host"),
];

static ADVERTISEMENT: Names =
    &[(0, "Normal router advertisement"), (16, "Does not route common traffic")];

static EXCEEDED: Names =
    &[(0, "Time to live exceeded in transit"), (1, "Fragment reassembly time exceeded")];

static PARAMETER: Names =
    &[(0, "Pointer indicates the error"), (1, "Missing a required option"), (2, "Bad length")];

/// RFC 1393 section 2.2.
static TRACEROUTE: Names = &[(0, "Packet was forwarded"), (1, "No route, packet discarded")];

/// RFC 2521 section 2.
static PHOTURIS: Names = &[
    (0, "Bad SPI"),
    (1, "Authentication Failed"),
    (2, "Decompression Failed"),
    (3, "Decryption Failed"),
    (4, "Need Authentication"),
    (5, "Need Authorization"),
];

/// RFC 8335 section 3.
static PROBE: Names = &[
    (0, "No error"),
    (1, "Malformed query"),
    (2, "No such interface"),
    (3, "No such table entry"),
    (4, "Several interfaces satisfy the query"),
];

static STATES: Names = &[
    (0, "Reserved"),
    (1, "Incomplete"),
    (2, "Reachable"),
    (3, "Stale"),
    (4, "Delay"),
    (5, "Probe"),
    (6, "Failed"),
];

/// RFC 5944 section 2.1, RFC 4721 section 2.
static MOBILE_TYPES: Names = &[
    (0, "One-byte padding"),
    (16, "Mobility agent advertisement"),
    (19, "Prefix lengths"),
    (24, "Challenge"),
];

static CLASSES: Names = &[
    (1, "MPLS Label Stack"),
    (2, "Interface Information"),
    (3, "Interface Identification"),
    (4, "Overlay Information"),
    (5, "Node Identification"),
];

/// RFC 5837 section 4.1.
static ROLES: Names =
    &[(0, "Incoming"), (1, "Sub-IP part of the incoming"), (2, "Outgoing"), (3, "Next hop")];

static FAMILIES: Names = &[(1, "IPv4"), (2, "IPv6"), (16389, "48-bit MAC"), (16390, "64-bit MAC")];

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
/// byte order. What is within a day of the capture's time is one.
fn sent_at(p: &mut Packet<'_>) -> Read {
    let captured = p.nanoseconds();
    let Ok(bytes) = p.peek::<8>() else { return Ok(()) };
    if captured == 0 {
        return Ok(());
    }
    let [a, b, c, d, e, f, g, h] = bytes;
    let orders: [fn([u8; 4]) -> u32; 2] = [u32::from_le_bytes, u32::from_be_bytes];
    for order in orders {
        let (seconds, microseconds) = (order([a, b, c, d]), order([e, f, g, h]));
        let apart = captured.div_euclid(SECOND) - i64::from(seconds);
        if microseconds < 1_000_000 && apart.abs() < 24 * 60 * 60 {
            let sent = i64::from(seconds) * SECOND + i64::from(microseconds) * 1000;
            p.note(&DATA_TIME_RELATIVE, (captured - sent) as u64, 8);
            return p.number(&DATA_TIME, sent as u64, 8);
        }
    }
    Ok(())
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
            let preference = p.peek_u32()? as i32;
            p.number(&PREFERENCE, i64::from(preference) as u64, 4)
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
