//! Internet Protocol version 4, RFC 791.

use wirelens_dissect::prelude::*;
use wirelens_dissect::reassembly::datagram::Key;
use wirelens_dissect::{FragmentRows, Fragmented, OriginRows};

use super::ip_protocols::PROTOCOLS;
use super::ipv4_options;
use crate::checksum::{self, Verdict};
use crate::link::chdlc::CHDLC_PROTOCOL;
use crate::link::ethernet::ETHERTYPE;
use crate::link::ppp::PPP_PROTOCOL;
use crate::network::gre::GRE_PROTO;
use crate::transport::l2tp::L2TP_PSEUDOWIRE;
use crate::transport::vxlan::VXLAN_NEXT_PROTO;

/// What an IP packet carries, by its protocol number; IPv6 calls it the next header.
pub static IP_PROTO: Table = Table::new("ip.proto", "IP protocol");

protocol! {
    IP = "ip" "IPv4" "Internet Protocol Version 4", Network, scope(addresses), outline(outline);
    @ ETHERTYPE 0x0800;
    @ GRE_PROTO 0x0800 | 0x883e;
    @ CHDLC_PROTOCOL 0x0800;
    @ PPP_PROTOCOL 0x0021 | 0x0800;
    @ VXLAN_NEXT_PROTO 1;
    @ L2TP_PSEUDOWIRE 11;
    @ LINK_TYPE 228;
    @ IP_PROTO 4;
    VERSION     = uint "version" "Version" & 0xf0;
    HDR_LEN     = uint "hdr_len" "Header Length";
    DSFIELD     = hex  "dsfield" "Differentiated Services Field" {
        DSCP    = uint "dsfield.dscp" "Differentiated Services Codepoint" & 0xfc names(CODEPOINTS);
        ECN     = uint "dsfield.ecn" "Explicit Congestion Notification" & 0x03 names(CONGESTION);
    };
    LEN         = uint "len" "Total Length" brief("len ") carried;
    ID          = hex  "id" "Identification" brief("id ");
    FLAGS       = hex  "flags" "Flags" & 0xe0 stays {
        RB      = flag "flags.rb" "Reserved Bit" & 0x80;
        DF      = flag "flags.df" "Don't Fragment" & 0x40;
        MF      = flag "flags.mf" "More Fragments" & 0x20 brief("more fragments");
    };
    FRAG_OFFSET = uint "frag_offset" "Fragment Offset in units of 8 bytes" & 0x1fff brief("fragment at 8*") unless_zero;
    TTL         = uint "ttl" "Time to Live";
    PROTO       = uint "proto" "Protocol" names(PROTOCOLS) brief("") leads;
    CHECKSUM    = hex  "checksum" "Header Checksum";
    SRC         = ipv4 "src" "Source Address" {
        SRC_ADDR = ipv4 "addr" "Source or Destination Address" alias;
    };
    DST         = ipv4 "dst" "Destination Address" {
        DST_ADDR = ipv4 "addr" "Source or Destination Address" alias;
    };
    CURRENT     = ipv4 "cur_rt" "Next Address of the Source Route";
    OPTIONS     = group "options" "Options" own silent {
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
                ANOTHER    = flag "opt.sec_prot_auth_fti" "Another Byte Follows" & 0x01 key("more");
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
                STAMP_TIME    = uint "opt.time_stamp" "Milliseconds Since Midnight" key("time");
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
            QS_UNUSED   = uint "opt.qs_unused" "Not Used" key("unused") detail;
            QS_NONCE    = hex  "opt.qs_nonce" "Nonce" & 0xffff_fffc read key("nonce");
            QS_RESERVED = hex  "opt.qs_reserved" "Reserved" & 0x03 read key("reserved") detail;
        };
        OTHER_OPTION = bytes "options.other" "Other Option" own many;
        BAD_OPTION_LENGTH = problem "opt.len.invalid" "Option's length does not fit" shared key("bad_length");
        POINTER_BEFORE = problem "opt.ptr.before_address" "Pointer points before the first address" shared;
        POINTER_INSIDE = problem "opt.ptr.middle_address" "Pointer points into an address" shared;
        CUT_ADDRESS = problem "subopt_too_long" "Option ends within an address or timestamp" shared;
        BAD_TAG     = problem "cipso.malformed" "Tag's length does not fit" shared;
        FOUR_NOPS   = problem "nop" "Four no operations in a row: a router may have removed options" shared;
    };
    FRAGMENTS = bytes "fragments" "Fragments it was put together from" payload {
        FRAGMENT = uint "fragment" "Frame of a fragment" many;
        FRAGMENT_COUNT = uint "fragment.count" "Number of fragments";
        REASSEMBLED_LENGTH = uint "reassembled.length" "Reassembled length";
        REASSEMBLED_DATA = bytes "reassembled.data" "Reassembled data" payload;
    };
    REASSEMBLED_IN = uint "reassembled_in" "Put together in frame" brief("in frame ");
    FRAGMENT_OVERLAP = problem "fragment.overlap" "Fragment overlaps another";
    FRAGMENT_CONFLICT = problem "fragment.overlap.conflict" "Fragment has other bytes than one it overlaps";
    FRAGMENT_TAILS = problem "fragment.multipletails" "Last fragments disagree on the length";
    FRAGMENT_TOO_LONG = problem "fragment.toolongfragment" "Fragment reaches beyond the end";
    FRAGMENT_ERROR = problem "fragment.error" "Not a possible fragment";
    BAD_VERSION = problem "bogus_ip_version" "Version is not 4";
    BAD_HEADER  = problem "bogus_header_length" "Header length is less than 20";
    BAD_LENGTH  = problem "bogus_ip_length" "Total length does not fit the packet";
    BAD_CHECKSUM = problem "checksum_bad.expert" "Header checksum is wrong";
}

pub(super) static CODEPOINTS: Names = &[
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

pub(super) static CONGESTION: Names = &[(0, "Not-ECT"), (1, "ECT(1)"), (2, "ECT(0)"), (3, "CE")];

static OPTION_CLASSES: Names =
    &[(0, "Control"), (1, "Reserved"), (2, "Debugging and measurement"), (3, "Reserved")];

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
pub(crate) static QS_RATES: Names = &[
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
    let (first, total) = match p.peek() {
        Ok([first, _, high, low]) => (first, u16::from_be_bytes([high, low]).into()),
        Err(_) => (p.peek_u8()?, 0),
    };
    let header = usize::from(first & 0x0f) * 4;
    if first >> 4 != 4 || header < 20 || (1..header).contains(&total) {
        return no_header(p, first, header);
    }
    let there = p.declared_left();
    let (identification, word, ttl, protocol) = p.fixed::<12, _>(|p| {
        p.note(&VERSION, first.into(), 1);
        p.number(&HDR_LEN, header as u64, 1);
        p.u8(&DSFIELD);
        // 0: the network card was to cut this packet into several and fill in their lengths.
        p.number(&LEN, if total == 0 { there } else { total } as u64, 2);
        let identification = p.u16(&ID);
        let word = p.peek_u16();
        p.note(&FLAGS, (word >> 8).into(), 1);
        p.u16(&FRAG_OFFSET);
        let (ttl, protocol) = (p.u8(&TTL), p.u8(&PROTO));
        p.u16(&CHECKSUM);
        (identification, word, ttl, protocol)
    })?;
    if total > there && !p.is_quoted() {
        p.problem_at(&BAD_LENGTH, p.start() + 2, 2);
    }
    if total > 0 {
        p.ends_after(total);
    }
    if p.checksums() && !p.is_quoted() {
        verify(p, header);
    }
    let route = if header > 20 { ipv4_options::final_destination(p, header - 20) } else { None };
    let to = if route.is_some() { &CURRENT } else { &DST };
    let (source, next_hop) = p.fixed::<8, _>(|p| (p.u32(&SRC), p.u32(to)))?;
    let flow = p.flow();
    // RFC 9293 section 3.1: the pseudo-header has the final destination of a source route.
    (flow.source, flow.destination) = (source.into(), route.unwrap_or(next_hop).into());
    (flow.protocol, flow.version) = (protocol, 4);
    if header > 20 {
        p.within(header - 20, |p| p.group(&OPTIONS, |p| ipv4_options::read(p, ttl)))?;
    }
    if word & 0x3fff != 0 {
        let key = Key::ipv4(p.scope(), source.into(), next_hop.into(), identification, protocol);
        return fragment(p, key, word, protocol);
    }
    Ok(Next::In(&IP_PROTO, protocol.into()))
}

/// A whole packet without options.
fn outline(p: &mut Peek<'_>) -> Option<Outline> {
    let &[0x45, _, t0, t1, _, _, f0, f1, _, protocol, _, _, a, b, c, d, e, f, g, h] =
        p.bytes.first_chunk()?
    else {
        return None;
    };
    let total = u32::from(u16::from_be_bytes([t0, t1]));
    if total < 20 || total > p.declared || u16::from_be_bytes([f0, f1]) & 0x3fff != 0 {
        return None;
    }
    *p.flow = Flow {
        source: u32::from_be_bytes([a, b, c, d]).into(),
        destination: u32::from_be_bytes([e, f, g, h]).into(),
        protocol,
        version: 4,
        ..*p.flow
    };
    Outline::new(20, total, Next::In(&IP_PROTO, protocol.into()))
}

/// Apart, so that `dissect` gives the result of whole packets in registers.
#[inline(never)]
fn fragment(p: &mut Packet<'_>, key: Key, word: u16, protocol: u8) -> Step {
    Ok(p.fragment(Fragmented {
        offset: u32::from(word & 0x1fff) * 8,
        more: word & 0x2000 != 0,
        next: (&IP_PROTO, protocol),
        key,
        rows: &FRAGMENT_ROWS,
    }))
}

static FRAGMENT_ROWS: FragmentRows = FragmentRows {
    origin: OriginRows {
        all: &FRAGMENTS,
        one: &FRAGMENT,
        count: &FRAGMENT_COUNT,
        length: &REASSEMBLED_LENGTH,
        data: &REASSEMBLED_DATA,
        completed_in: &REASSEMBLED_IN,
    },
    overlap: &FRAGMENT_OVERLAP,
    conflict: &FRAGMENT_CONFLICT,
    tails: &FRAGMENT_TAILS,
    too_long: &FRAGMENT_TOO_LONG,
    error: &FRAGMENT_ERROR,
};

/// What a tunnel between two addresses keeps apart: the same in both directions.
fn addresses(header: &[u8]) -> u64 {
    let Some(&[a, b, c, d, e, f, g, h]) = header.get(12..).and_then(<[u8]>::first_chunk) else {
        return 0;
    };
    let (source, destination) = (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]));
    u64::from(source.min(destination)) << 32 | u64::from(source.max(destination))
}

/// What is read of a header that cannot be one.
#[cold]
fn no_header(p: &mut Packet<'_>, first: u8, header: usize) -> Step {
    p.note(&VERSION, first.into(), 1);
    if first >> 4 != 4 {
        p.problem(&BAD_VERSION);
        return Ok(if first >> 4 == 6 { Next::In(&ETHERTYPE, IPV6) } else { Next::Nothing });
    }
    p.number(&HDR_LEN, header as u64, 1)?;
    if header < 20 {
        return Err(p.malformed(&BAD_HEADER));
    }
    p.u8(&DSFIELD)?;
    p.u16(&LEN)?;
    Err(p.malformed(&BAD_LENGTH))
}

fn verify(p: &mut Packet<'_>, header: usize) {
    if let Some(bytes) = p.layer_bytes().get(..header)
        && checksum::verify(bytes, 10, 0) == Verdict::Bad
    {
        p.problem_at(&BAD_CHECKSUM, p.start() + 10, 2);
    }
}

#[cfg(test)]
mod tests {
    use wirelens_dissect::{Session, Settings};

    use super::*;
    use crate::testing::*;

    /// From 192.0.2.1 to 192.0.2.2: version and header length, total length, flags, protocol.
    fn header(first: &str, total: &str, flags: &str, protocol: &str) -> String {
        format!("{first}b9 {total} 0001 {flags} 40 {protocol} f6c8 c0000201 c0000202")
    }

    const DATAGRAM: &str = "c000 0fa0 000c 0000 61626364";

    fn packet(options: &str) -> Vec<u8> {
        let length = 20 + options.bytes().filter(u8::is_ascii_hexdigit).count() / 2;
        let first = format!("4{:x}", length / 4);
        let header = header(&first, &format!("{:04x}", length + 12), "4000", "11");
        hex(&format!("{header} {options} {DATAGRAM}"))
    }

    #[test]
    fn a_packet() {
        insta::assert_snapshot!(tree(&IP, &packet("")));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&IP, &packet(""));
    }

    #[test]
    fn options_of_routes_and_times() {
        for (name, options) in [
            ("record_route", "070b08 c6336401 00000000 01"),
            ("loose_source_route", "830b08 c6336401 c6336402 00"),
            ("strict_source_route", "890b04 c6336401 c6336402 00"),
            ("timestamp", "4414 0d31 c6336401 00000001 c6336402 80000002"),
            ("traceroute", "520c 0001 0002 ffff c6336401"),
            ("router_alert", "94040000"),
            ("quick_start", "19080308 00112233"),
            ("selective_broadcast", "950a c6336401 c6336402 0000"),
            ("mtu_and_stream", "0b0405dc 0c0405dc 88040007"),
            ("unknown", "5e060102 0304 0101"),
        ] {
            insta::assert_snapshot!(format!("option_{name}"), tree(&IP, &packet(options)));
            every_prefix(&IP, &packet(options));
        }
    }

    #[test]
    fn options_of_security() {
        for (name, options) in [
            ("security_791", "820bf135 0001 0002 616263 00"),
            ("security_1108", "8205abc1 08 00 0000"),
            ("extended_security", "850601ff 8001 0000"),
            ("cipso_bitmap", "860e 00000003 0108 0005 f1000080 0000"),
            ("cipso_lists", "8618 00000003 0208 0001 00030004 050a 0002 0009 0003 0002"),
            ("cipso_free_form", "860c 00000003 0706 01020304"),
        ] {
            insta::assert_snapshot!(format!("option_{name}"), tree(&IP, &packet(options)));
            every_prefix(&IP, &packet(options));
        }
    }

    #[test]
    fn a_source_route_leads_to_its_last_address() {
        let on_the_way = json(&IP, &packet("830b08 c6336401 c6336402 00"));
        assert!(on_the_way.contains(r#""cur_rt":"192.0.2.2""#), "{on_the_way}");
        assert!(on_the_way.contains(r#""dst":"198.51.100.2""#), "{on_the_way}");
        let arrived = json(&IP, &packet("830b0c c6336401 c6336402 00"));
        assert!(arrived.contains(r#""dst":"192.0.2.2""#), "{arrived}");
    }

    #[test]
    fn options_with_lengths_that_do_not_fit() {
        for options in ["07010000", "07000000", "07500000", "01010107", "94060000 00000000"] {
            let tree = tree(&IP, &packet(options));
            assert!(tree.contains("! Option's length"), "{tree}");
        }
        assert!(tree(&IP, &packet("830b05 c6336401 c6336402 00")).contains("! Pointer points into"));
        assert!(tree(&IP, &packet("0709 04 c6336401 0000 010101")).contains("! Option ends within"));
        assert!(tree(&IP, &packet("01010101")).contains("! Four"));
    }

    /// The two halves of a packet with a UDP datagram of 12 bytes.
    fn halves() -> [Vec<u8>; 2] {
        [
            hex(&format!("{} c000 0fa0 000c 0000", header("45", "001c", "2000", "11"))),
            hex(&format!("{} 61626364", header("45", "0018", "0001", "11"))),
        ]
    }

    #[test]
    fn without_reassembly_only_the_first_fragment_goes_on() {
        let [first, second] = halves();
        let tree = |bytes: &[u8]| tree_in(&mut without_reassembly(), &IP, bytes);
        assert!(tree(&first).contains("Source Port: 49152"));
        assert!(tree(&second).contains("Data: 61626364"));
    }

    #[test]
    fn the_fragment_that_completes_a_datagram_has_it_dissected() {
        let [first, second] = halves();
        let mut session = Session::new(crate::shared());
        assert!(tree_in(&mut session, &IP, &second).contains("Data: 61626364"));
        insta::assert_snapshot!(tree_in(&mut session, &IP, &first));
        for part in [&first, &second] {
            every_prefix(&IP, part);
        }
    }

    #[test]
    fn fragments_of_two_tunnels_stay_apart() {
        let mut session = Session::new(crate::shared());
        let [first, second] = halves();
        let inside = |tunnel: &str, packet: &[u8]| {
            let length = 20 + packet.len();
            let outer = format!("4500 {length:04x} 0001 0000 40 04 0000 {tunnel} c6336402");
            [hex(&outer), packet.to_vec()].concat()
        };
        tree_in(&mut session, &IP, &inside("c6336401", &first));
        let other = tree_in(&mut session, &IP, &inside("c6336409", &second));
        assert!(!other.contains("Reassembled"), "{other}");
        let same = tree_in(&mut session, &IP, &inside("c6336401", &second));
        assert!(same.contains("Reassembled length: 12"), "{same}");
    }

    #[test]
    fn a_fragment_beyond_65535_is_a_problem() {
        let ping_of_death = hex(&format!("{} {DATAGRAM}", header("45", "0020", "1fff", "01")));
        assert!(tree(&IP, &ping_of_death).contains("! Fragment reaches beyond the end"));
    }

    #[test]
    fn a_length_of_zero_is_left_to_the_network_card() {
        let bytes = hex(&format!("{} {DATAGRAM}", header("45", "0000", "4000", "11")));
        assert!(json(&IP, &bytes).contains(r#""len":32"#));
    }

    #[test]
    fn lengths_that_contradict() {
        for (first, total, problem) in [
            ("44", "0020", "! Header length"),
            ("45", "0013", "! Total length"),
            ("4f", "0020", "! Total length"),
            ("45", "0021", "! Total length"),
        ] {
            let bytes = hex(&format!("{} {DATAGRAM}", header(first, total, "4000", "11")));
            assert!(tree(&IP, &bytes).contains(problem), "{first} {total}");
        }
    }

    #[test]
    fn bytes_behind_the_total_length_belong_to_nobody_here() {
        let bytes = hex(&format!("{} {DATAGRAM} 0000", header("45", "0020", "4000", "11")));
        assert!(tree(&IP, &bytes).contains("61626364\n"));
    }

    #[test]
    fn another_version_is_a_problem() {
        let bytes = hex(&format!("{} {DATAGRAM}", header("55", "0020", "4000", "11")));
        let json = json(&IP, &bytes);
        assert!(json.contains("bogus_ip_version") && json.contains(r#""protocols":"ip""#), "{json}");
    }

    #[test]
    fn ip_in_ip() {
        let inner = format!("{} {DATAGRAM}", header("45", "0020", "4000", "11"));
        let bytes = hex(&format!("{} {inner}", header("45", "0034", "4000", "04")));
        assert!(json(&IP, &bytes).contains(r#""protocols":"ip:ip:udp:data""#));
        every_prefix(&IP, &bytes);
    }

    #[test]
    fn a_wrong_checksum_is_a_problem_where_it_is_asked_for() {
        let settings = Settings { checksums: true, ..Settings::default() };
        let mut session = Session::with(crate::shared(), settings);
        let mut right = packet("");
        right[10..12].copy_from_slice(&[0xb6, 0x0f]);
        assert!(!tree_in(&mut session, &IP, &right).contains("! Header checksum"));
        assert!(tree_in(&mut session, &IP, &packet("")).contains("! Header checksum"));
    }
}
