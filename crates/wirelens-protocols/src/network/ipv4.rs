//! Internet Protocol version 4, RFC 791.

use wirelens_dissect::prelude::*;

use super::ip_protocols::PROTOCOLS;
use super::ipv4_options;
use crate::checksum::{self, Verdict};
use crate::link::ethernet::ETHERTYPE;

/// What an IP packet carries, by its protocol number; IPv6 calls it the next header.
pub static IP_PROTO: Table = Table::new("ip.proto", "IP protocol");

protocol! {
    IP = "ip" "IPv4" "Internet Protocol Version 4", Network;
    @ ETHERTYPE 0x0800;
    @ LINK_TYPE 228;
    @ IP_PROTO 4;
    VERSION     = uint "version" "Version" & 0xf0;
    HDR_LEN     = uint "hdr_len" "Header Length";
    DSFIELD     = hex  "dsfield" "Differentiated Services Field" {
        DSCP    = uint "dsfield.dscp" "Differentiated Services Codepoint" & 0xfc names(CODEPOINTS);
        ECN     = uint "dsfield.ecn" "Explicit Congestion Notification" & 0x03 names(CONGESTION);
    };
    LEN         = uint "len" "Total Length";
    ID          = hex  "id" "Identification";
    FLAGS       = hex  "flags" "Flags" & 0xe0 {
        RB      = flag "flags.rb" "Reserved bit" & 0x80;
        DF      = flag "flags.df" "Don't fragment" & 0x40;
        MF      = flag "flags.mf" "More fragments" & 0x20;
    };
    FRAG_OFFSET = uint "frag_offset" "Fragment Offset in units of 8 bytes" & 0x1fff;
    TTL         = uint "ttl" "Time to Live";
    PROTO       = uint "proto" "Protocol" names(PROTOCOLS);
    CHECKSUM    = hex  "checksum" "Header Checksum";
    SRC         = ipv4 "src" "Source Address" {
        SRC_ADDR = ipv4 "addr" "Source or Destination Address" alias;
    };
    DST         = ipv4 "dst" "Destination Address" {
        DST_ADDR = ipv4 "addr" "Source or Destination Address" alias;
    };
    CURRENT     = ipv4 "cur_rt" "Next Address of the Source Route";
    OPTIONS     = group "options" "Options" own {
        OPTION_TYPE = uint "opt.type" "Type" shared key("type") detail {
            OPTION_COPY   = flag "opt.type.copy" "Copied into every fragment" & 0x80 detail;
            OPTION_CLASS  = uint "opt.type.class" "Class" & 0x60 names(OPTION_CLASSES) detail;
            OPTION_NUMBER = uint "opt.type.number" "Number" & 0x1f names(OPTION_NUMBERS) detail;
        };
        OPTION_LEN  = uint "opt.len" "Length" shared key("length") detail;
        RECORDED    = ipv4 "rec_rt" "Recorded Address" shared many key("recorded");
        EMPTY       = ipv4 "empty_rt" "Room for an Address" shared many key("empty");
        AHEAD       = ipv4 "src_rt" "Address to Visit" shared many key("ahead");
        FINAL       = ipv4 "dst" "Destination Address" shared {
            FINAL_ADDR = ipv4 "addr" "Source or Destination Address" alias;
        };
        END         = bytes "options.eol" "End of Options" many detail;
        NO_OPERATION = bytes "options.nop" "No Operation" many detail;
        SECURITY    = bytes "options.security" "Security" many {
            LEVEL_791    = hex  "opt.sec_rfc791_sec" "Security" key("security") names(LEVELS_791);
            COMPARTMENTS = uint "opt.sec_rfc791_comp" "Compartments" key("compartments");
            HANDLING     = text "opt.sec_rfc791_hr" "Handling Restrictions" key("handling");
            CONTROL_CODE = text "opt.sec_rfc791_tcc" "Transmission Control Code" key("control_code");
            LEVEL        = hex  "opt.sec_cl" "Classification Level" key("level") names(LEVELS);
            AUTHORITY    = hex  "opt.sec_prot_auth_flags" "Protection Authority Flags" many key("authorities") {
                GENSER     = flag "opt.sec_prot_auth_genser" "GENSER" & 0x80 key("genser");
                SIOP_ESI   = flag "opt.sec_prot_auth_siop_esi" "SIOP-ESI" & 0x40 key("siop_esi");
                SCI        = flag "opt.sec_prot_auth_sci" "SCI" & 0x20 key("sci");
                NSA        = flag "opt.sec_prot_auth_nsa" "NSA" & 0x10 key("nsa");
                DOE        = flag "opt.sec_prot_auth_doe" "DOE" & 0x08 key("doe");
                UNASSIGNED = hex  "opt.sec_prot_auth_unassigned" "Unassigned" & 0x06 key("unassigned");
                ANOTHER    = flag "opt.sec_prot_auth_fti" "Another byte follows" & 0x01 key("more");
            };
        };
        EXTENDED_SECURITY = bytes "options.ext_security" "Extended Security" many {
            FORMAT_CODE = hex "opt.ext_sec_add_sec_info_format_code" "Additional Security Info Format" key("format");
            ADDITIONAL  = bytes "opt.ext_sec_add_sec_info" "Additional Security Info" key("info");
        };
        CIPSO       = bytes "options.cipso" "Commercial Security" many {
            DOI         = uint "cipso.doi" "Domain of Interpretation" key("doi");
            TAG         = group "cipso.tag" "Tag" own many key("tags") {
                TAG_TYPE    = uint "cipso.tag_type" "Type" key("type") names(TAG_TYPES);
                SENSITIVITY = uint "cipso.sensitivity_level" "Sensitivity Level" key("level");
                CATEGORIES  = text "cipso.categories" "Categories" key("categories");
                TAG_DATA    = bytes "cipso.tag_data" "Data" key("data");
            };
        };
        RECORD_ROUTE = bytes "options.record_route" "Record Route" many {
            RECORD_POINTER = uint "opt.ptr" "Pointer" key("pointer");
        };
        LOOSE_ROUTE = bytes "options.route" "Loose Source Route" many key("loose_source_route") {
            LOOSE_POINTER = uint "opt.ptr" "Pointer" key("pointer");
        };
        STRICT_ROUTE = bytes "options.source_route" "Strict Source Route" many key("strict_source_route") {
            STRICT_POINTER = uint "opt.ptr" "Pointer" key("pointer");
        };
        TIMESTAMP   = bytes "options.timestamp" "Timestamp" many {
            STAMP_POINTER = uint "opt.ptr" "Pointer" key("pointer");
            OVERFLOW    = uint "opt.overflow" "Overflow" & 0xf0 read key("overflow");
            STAMP_FLAG  = hex  "opt.flag" "Flag" & 0x0f read key("flag") names(STAMP_FLAGS);
            STAMP       = group "opt.stamp" "Timestamp" own many key("stamps") {
                STAMP_ADDRESS = ipv4 "opt.time_stamp_addr" "Address" key("address");
                STAMP_TIME    = uint "opt.time_stamp" "Milliseconds since midnight" key("time");
            };
        };
        STREAM_ID   = bytes "options.sid" "Stream Identifier" many {
            STREAM  = uint "opt.sid" "Stream" key("stream");
        };
        MTU_PROBE   = bytes "options.mtu_probe" "MTU Probe" many {
            PROBE_MTU = uint "opt.mtu" "MTU" key("mtu");
        };
        MTU_REPLY   = bytes "options.mtu_reply" "MTU Reply" many {
            REPLY_MTU = uint "opt.mtu" "MTU" key("mtu");
        };
        TRACEROUTE  = bytes "options.traceroute" "Traceroute" many {
            TRACE_ID       = uint "opt.id_number" "Identifier" key("id");
            OUTBOUND_HOPS  = uint "opt.ohc" "Outbound Hops" key("outbound_hops");
            RETURN_HOPS    = uint "opt.rhc" "Return Hops" key("return_hops");
            ORIGINATOR     = ipv4 "opt.originator" "Originator" key("originator");
        };
        ROUTER_ALERT = bytes "options.routeralert" "Router Alert" many key("router_alert") {
            ALERT   = uint "opt.ra" "Alert" key("alert") names(ALERTS);
        };
        DIRECTED_BROADCAST = bytes "options.sdb" "Selective Directed Broadcast" many {
            BROADCAST_ADDRESS = ipv4 "opt.addr" "Address" many key("addresses");
            BROADCAST_PADDING = bytes "opt.padding" "Padding" key("padding");
        };
        QUICK_START = bytes "options.qs" "Quick-Start" many key("quick_start") {
            QS_FUNCTION = uint "opt.qs_func" "Function" & 0xf0 read key("function") names(QS_FUNCTIONS);
            QS_RATE     = uint "opt.qs_rate" "Rate" & 0x0f read key("rate") names(QS_RATES);
            QS_TTL      = uint "opt.qs_ttl" "TTL" key("ttl");
            QS_TTL_DIFF = uint "opt.qs_ttl_diff" "Difference to the packet's TTL" key("ttl_diff");
            QS_UNUSED   = uint "opt.qs_unused" "Not used" key("unused") detail;
            QS_NONCE    = hex  "opt.qs_nonce" "Nonce" & 0xffff_fffc read key("nonce");
            QS_RESERVED = hex  "opt.qs_reserved" "Reserved" & 0x03 read key("reserved") detail;
        };
        OTHER_OPTION = bytes "options.other" "Other Option" own many;
        BAD_OPTION_LENGTH = problem "opt.len.invalid" "Option's length does not fit" shared;
        POINTER_BEFORE = problem "opt.ptr.before_address" "Pointer points before the first address" shared;
        POINTER_INSIDE = problem "opt.ptr.middle_address" "Pointer points into an address" shared;
        CUT_ADDRESS = problem "subopt_too_long" "Option ends within an address or timestamp" shared;
        BAD_TAG     = problem "cipso.malformed" "Tag's length does not fit" shared;
        FOUR_NOPS   = problem "nop" "Four no operations in a row: a router may have removed options" shared;
    };
    BAD_VERSION = problem "bogus_ip_version" "Version is not 4";
    BAD_HEADER  = problem "bogus_header_length" "Header length is less than 20";
    BAD_LENGTH  = problem "bogus_ip_length" "Total length does not fit the packet";
    BAD_CHECKSUM = problem "checksum_bad.expert" "Header checksum is wrong";
}

static CODEPOINTS: Names = &[
    (0, "CS0"),
    (1, "LE"),
    (8, "CS1"),
    (10, "AF11"),
    (12, "AF12"),
    (14, "AF13"),
    (16, "CS2"),
    (18, "AF21"),
    (20, "AF22"),
    (22, "AF23"),
    (24, "CS3"),
    (26, "AF31"),
    (28, "AF32"),
    (30, "AF33"),
    (32, "CS4"),
    (34, "AF41"),
    (36, "AF42"),
    (38, "AF43"),
    (40, "CS5"),
    (44, "VOICE-ADMIT"),
    (45, "NQB"),
    (46, "EF"),
    (48, "CS6"),
    (56, "CS7"),
];

static CONGESTION: Names = &[(0, "Not-ECT"), (1, "ECT(1)"), (2, "ECT(0)"), (3, "CE")];

static OPTION_CLASSES: Names =
    &[(0, "control"), (1, "reserved"), (2, "debugging and measurement"), (3, "reserved")];

/// <https://www.iana.org/assignments/ip-parameters>, by the number without copy and class.
static OPTION_NUMBERS: Names = &[
    (0, "End of Options List"),
    (1, "No Operation"),
    (2, "Security"),
    (3, "Loose Source Route"),
    (4, "Time Stamp"),
    (5, "Extended Security"),
    (6, "Commercial Security"),
    (7, "Record Route"),
    (8, "Stream ID"),
    (9, "Strict Source Route"),
    (10, "Experimental Measurement"),
    (11, "MTU Probe"),
    (12, "MTU Reply"),
    (13, "Experimental Flow Control"),
    (14, "Experimental Access Control"),
    (15, "Encode"),
    (16, "IMI Traffic Descriptor"),
    (17, "Extended Internet Protocol"),
    (18, "Traceroute"),
    (19, "Address Extension"),
    (20, "Router Alert"),
    (21, "Selective Directed Broadcast"),
    (23, "Dynamic Packet State"),
    (24, "Upstream Multicast Packet"),
    (25, "Quick-Start"),
    (30, "RFC3692-style Experiment"),
];

/// RFC 791 section 3.1.
static LEVELS_791: Names = &[
    (0x0000, "Unclassified"),
    (0x135e, "Reserved"),
    (0x24bd, "Reserved"),
    (0x35e2, "Reserved"),
    (0x4d78, "Reserved"),
    (0x5e26, "PROG"),
    (0x6bc5, "Top Secret"),
    (0x789a, "EFTO"),
    (0x89af, "Reserved"),
    (0x9af1, "Reserved"),
    (0xaf13, "Restricted"),
    (0xbc4d, "MMMM"),
    (0xc4d6, "Reserved"),
    (0xd788, "Secret"),
    (0xe26b, "Reserved"),
    (0xf135, "Confidential"),
];

/// RFC 1108 section 2.3.
static LEVELS: Names = &[
    (0x01, "Reserved 4"),
    (0x3d, "Top Secret"),
    (0x5a, "Secret"),
    (0x66, "Reserved 3"),
    (0x96, "Confidential"),
    (0xab, "Unclassified"),
    (0xcc, "Reserved 2"),
    (0xf1, "Reserved 1"),
];

static TAG_TYPES: Names = &[
    (1, "Restrictive bitmap"),
    (2, "Enumerated"),
    (5, "Ranged"),
    (6, "Permissive bitmap"),
    (7, "Free form"),
];

static STAMP_FLAGS: Names =
    &[(0, "timestamps only"), (1, "address and timestamp"), (3, "prespecified addresses")];

/// RFC 2113 and RFC 5350 section 2.
static ALERTS: Names = &[(0, "Router examines the packet")];

static QS_FUNCTIONS: Names = &[(0, "Rate request"), (8, "Report of approved rate")];

/// RFC 4782 section 3.1: 40 kbit/s times two to the N.
static QS_RATES: Names = &[
    (0, "0 bit/s"),
    (1, "80 kbit/s"),
    (2, "160 kbit/s"),
    (3, "320 kbit/s"),
    (4, "640 kbit/s"),
    (5, "1.28 Mbit/s"),
    (6, "2.56 Mbit/s"),
    (7, "5.12 Mbit/s"),
    (8, "10.24 Mbit/s"),
    (9, "20.48 Mbit/s"),
    (10, "40.96 Mbit/s"),
    (11, "81.92 Mbit/s"),
    (12, "163.84 Mbit/s"),
    (13, "327.68 Mbit/s"),
    (14, "655.36 Mbit/s"),
    (15, "1.31072 Gbit/s"),
];

/// The EtherType of IPv6, for packets of the other version in the wrong place.
const IPV6: u32 = 0x86dd;

fn dissect(p: &mut Packet<'_>) -> Step {
    let first = p.peek_u8()?;
    p.note(&VERSION, first.into(), 1);
    if first >> 4 != 4 {
        p.problem(&BAD_VERSION);
        return Ok(if first >> 4 == 6 { Next::In(&ETHERTYPE, IPV6) } else { Next::Nothing });
    }
    let header = usize::from(first & 0x0f) * 4;
    p.number(&HDR_LEN, header as u64, 1)?;
    if header < 20 {
        return Err(p.malformed(&BAD_HEADER));
    }
    p.u8(&DSFIELD)?;
    total_length(p, header)?;
    p.u16(&ID)?;
    let word = p.peek_u16()?;
    p.note(&FLAGS, (word >> 8).into(), 1);
    p.u16(&FRAG_OFFSET)?;
    let ttl = p.u8(&TTL)?;
    let protocol = p.u8(&PROTO)?;
    p.u16(&CHECKSUM)?;
    if p.checksums() && !p.is_quoted() {
        verify(p, header);
    }
    let source = p.ipv4(&SRC)?;
    let route = if header > 20 { ipv4_options::final_destination(p, header - 20) } else { None };
    let next_hop = p.ipv4(if route.is_some() { &CURRENT } else { &DST })?;
    let flow = p.flow();
    // RFC 9293 section 3.1: the pseudo-header has the final destination of a source route.
    (flow.source, flow.destination) = (source.into(), route.unwrap_or(next_hop).into());
    (flow.protocol, flow.version) = (protocol, 4);
    if header > 20 {
        p.within(header - 20, |p| p.group(&OPTIONS, |p| ipv4_options::read(p, ttl)))?;
    }
    if word & 0x1fff != 0 {
        return Ok(Next::Data);
    }
    if word & 0x2000 != 0 {
        p.starts_fragments();
    }
    Ok(Next::In(&IP_PROTO, protocol.into()))
}

/// The total length and what it says of the layer's end.
fn total_length(p: &mut Packet<'_>, header: usize) -> Read {
    let there = p.declared_left() + p.done();
    let total = usize::from(p.peek_u16()?);
    if total == 0 {
        // The network card was to cut this packet into several and fill in their lengths.
        return p.number(&LEN, there as u64, 2);
    }
    let at = p.at();
    p.u16(&LEN)?;
    if total < header {
        return Err(p.malformed(&BAD_LENGTH));
    }
    if total > there && !p.is_quoted() {
        p.problem_at(&BAD_LENGTH, at, 2);
    }
    p.ends_after(total);
    Ok(())
}

fn verify(p: &mut Packet<'_>, header: usize) {
    if let Some(bytes) = p.layer_bytes().get(..header)
        && checksum::verify(bytes, 10, 0) == Verdict::Bad
    {
        p.problem_at(&BAD_CHECKSUM, p.start() + 10, 2);
    }
}
