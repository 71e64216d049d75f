//! Internet Protocol version 6, RFC 8200.

use wirelens_dissect::prelude::*;

use super::ipv6_options::{ACTION_NAMES, OPTION_NAMES, ROUTER_ALERT_NAMES};
use crate::link::ethernet::ETHERTYPE;
use crate::network::ipv4::IP_PROTO;

protocol! {
    IPV6 = "ipv6" "IPv6" "Internet Protocol Version 6", Network;
    @ ETHERTYPE 0x86dd;
    @ LINK_TYPE 229;
    @ IP_PROTO 41;
    VERSION = uint "version" "Version" & 0xf000_0000 span(0, 1);
    TCLASS = hex "tclass" "Traffic Class" & 0x0ff0_0000 {
        DSCP = uint "tclass.dscp" "Differentiated Services Codepoint" & 0x0fc0_0000;
        ECN = uint "tclass.ecn" "Explicit Congestion Notification" & 0x0030_0000 names(ECN_NAMES);
    };
    FLOW = hex "flow" "Flow Label" & 0x000f_ffff span(1, 3);
    PLEN = uint "plen" "Payload Length";
    NXT = uint "nxt" "Next Header" names(NEXT_HEADERS);
    HLIM = uint "hlim" "Hop Limit";
    SRC = ipv6 "src" "Source Address" {
        SRC_ADDR = ipv6 "addr" "Source or Destination Address" alias;
    };
    DST = ipv6 "dst" "Destination Address" {
        DST_ADDR = ipv6 "addr" "Source or Destination Address" alias;
    };
    BOGUS_VERSION = problem "bogus_ipv6_version" "Version is not 6";
    PLEN_EXCEEDS = problem "plen_exceeds_framing" "Payload is longer than what carries it";
    PLEN_ZERO = problem "plen_zero" "Payload length 0 with a payload: segmented by the network card";

    // The options of the hop-by-hop and the destination header, which `ipv6_options` reads.
    OPTION = group "opt" "Option" many key("options") {
        OPT_TYPE = hex "opt.type" "Type" names(OPTION_NAMES) {
            OPT_ACTION = uint "opt.type.action" "Action where unknown" & 0xc0 names(ACTION_NAMES) detail;
            OPT_CHANGE = flag "opt.type.change" "May change on the way" & 0x20 detail;
            OPT_REST = hex "opt.type.rest" "Low-order bits" & 0x1f detail;
        };
        PAD1_TYPE = hex "opt.type" "Type" names(OPTION_NAMES);
        OPT_LENGTH = uint "opt.length" "Length";
        PAD1 = group "opt.pad1" "Pad1" detail;
        PADN = bytes "opt.padn" "PadN" detail;
        TUNNEL_LIMIT = uint "opt.tel" "Tunnel encapsulation limit" key("tunnel_encapsulation_limit");
        ROUTER_ALERT = uint "opt.router_alert" "Router alert" names(ROUTER_ALERT_NAMES);
        CALIPSO_DOI = uint "opt.calipso.doi" "CALIPSO domain of interpretation";
        CALIPSO_LENGTH = uint "opt.calipso.cmpt.length" "Compartment length (words)";
        CALIPSO_LEVEL = uint "opt.calipso.sens_level" "Sensitivity level";
        CALIPSO_CHECKSUM = hex "opt.calipso.checksum" "Checksum";
        CALIPSO_BITMAP = bytes "opt.calipso.cmpt_bitmap" "Compartment bitmap";
        SMF_HASH = flag "opt.smf_dpd.hash_bit" "Hash-based" & 0x80;
        SMF_TID_TYPE = uint "opt.smf_dpd.tid_type" "Tagger identifier type" & 0x70;
        SMF_TID_LENGTH = uint "opt.smf_dpd.tid_len" "Tagger identifier length less one" & 0x0f;
        SMF_TAGGER = bytes "opt.smf_dpd.tagger_id" "Tagger identifier";
        SMF_IDENT = bytes "opt.smf_dpd.ident" "Identifier";
        SMF_HAV = bytes "opt.smf_dpd.hav" "Hash assist value";
        PDM_SCALE_RECEIVED = uint "opt.pdm.scale_dtlr" "Scale of delta time last received";
        PDM_SCALE_SENT = uint "opt.pdm.scale_dtls" "Scale of delta time last sent";
        PDM_THIS = uint "opt.pdm.psn_this_pkt" "Packet sequence number, this packet";
        PDM_LAST = uint "opt.pdm.psn_last_recv" "Packet sequence number, last received";
        PDM_RECEIVED = uint "opt.pdm.delta_last_recv" "Delta time last received";
        PDM_SENT = uint "opt.pdm.delta_last_sent" "Delta time last sent";
        QS_FUNC = uint "opt.qs_func" "Quick-Start function" & 0xf0 names(&[(0, "Rate Request"), (8, "Report of Approved Rate")]);
        QS_RATE = uint "opt.qs_rate" "Rate" & 0x0f;
        QS_TTL = uint "opt.qs_ttl" "Quick-Start TTL";
        QS_TTL_DIFF = uint "opt.qs_ttl_diff" "Hop limit less Quick-Start TTL, modulo 256";
        QS_UNUSED = uint "opt.qs_unused" "Not used" detail;
        QS_NONCE = hex "opt.qs_nonce" "Quick-Start nonce" & 0xffff_fffc;
        QS_RESERVED = hex "opt.qs_reserved" "Reserved" & 0x0000_0003 detail;
        MTU_MIN = uint "opt.pmtu.min" "Minimum path MTU so far";
        MTU_RETURNED = uint "opt.pmtu.rtn" "Minimum path MTU returned";
        MTU_RETURN = flag "opt.pmtu.r_flag" "Return requested" & 0x01;
        IOAM_RESERVED = uint "opt.ioam.rsv" "Reserved" detail;
        IOAM_TYPE = uint "opt.ioam.opt_type" "IOAM option type" names(IOAM_TYPES);
        IOAM_TRACE = group "opt.ioam.trace" "Trace" own {
            TRACE_NAMESPACE = uint "opt.ioam.trace.ns" "Namespace";
            TRACE_NODE_LENGTH = uint "opt.ioam.trace.nodelen" "Node length (words)" & 0xf800 span(0, 1);
            TRACE_FLAGS = hex "opt.ioam.trace.flags" "Flags" & 0x0780 {
                TRACE_OVERFLOW = flag "opt.ioam.trace.flag.o" "Overflow" & 0x0400;
                TRACE_LOOPBACK = flag "opt.ioam.trace.flag.l" "Loopback" & 0x0200;
                TRACE_ACTIVE = flag "opt.ioam.trace.flag.a" "Active" & 0x0100;
                TRACE_FLAG_RESERVED = flag "opt.ioam.trace.flag.rsv" "Reserved" & 0x0080 detail;
            };
            TRACE_REMAINING = uint "opt.ioam.trace.remlen" "Remaining length (words)" & 0x007f span(1, 1);
            TRACE_TYPE = hex "opt.ioam.trace.type" "Trace type" {
                TRACE_BIT0 = flag "opt.ioam.trace.type.bit0" "Hop limit and node, short" & 0x80_0000 detail;
                TRACE_BIT1 = flag "opt.ioam.trace.type.bit1" "Interfaces, short" & 0x40_0000 detail;
                TRACE_BIT2 = flag "opt.ioam.trace.type.bit2" "Seconds" & 0x20_0000 detail;
                TRACE_BIT3 = flag "opt.ioam.trace.type.bit3" "Fraction of a second" & 0x10_0000 detail;
                TRACE_BIT4 = flag "opt.ioam.trace.type.bit4" "Transit delay" & 0x08_0000 detail;
                TRACE_BIT5 = flag "opt.ioam.trace.type.bit5" "Namespace data, short" & 0x04_0000 detail;
                TRACE_BIT6 = flag "opt.ioam.trace.type.bit6" "Queue depth" & 0x02_0000 detail;
                TRACE_BIT7 = flag "opt.ioam.trace.type.bit7" "Checksum complement" & 0x01_0000 detail;
                TRACE_BIT8 = flag "opt.ioam.trace.type.bit8" "Hop limit and node, wide" & 0x00_8000 detail;
                TRACE_BIT9 = flag "opt.ioam.trace.type.bit9" "Interfaces, wide" & 0x00_4000 detail;
                TRACE_BIT10 = flag "opt.ioam.trace.type.bit10" "Namespace data, wide" & 0x00_2000 detail;
                TRACE_BIT11 = flag "opt.ioam.trace.type.bit11" "Buffer occupancy" & 0x00_1000 detail;
                TRACE_UNDEFINED_BITS = flag "opt.ioam.trace.type.undef" "Undefined" & 0x00_0ffc detail;
                TRACE_BIT22 = flag "opt.ioam.trace.type.bit22" "Opaque state snapshot" & 0x00_0002 detail;
                TRACE_BIT23 = flag "opt.ioam.trace.type.rsv" "Reserved" & 0x00_0001 detail;
            };
            TRACE_RESERVED = uint "opt.ioam.trace.rsv" "Reserved" detail;
            TRACE_FREE = bytes "opt.ioam.trace.free_space" "Free space" detail;
            TRACE_NODE = group "opt.ioam.trace.node" "Node" own many key("nodes") {
                NODE_HLIM = uint "opt.ioam.trace.node.hlim" "Hop limit" many;
                NODE_ID = hex "opt.ioam.trace.node.id" "Node";
                NODE_IN = hex "opt.ioam.trace.node.iif" "Ingress interface";
                NODE_OUT = hex "opt.ioam.trace.node.eif" "Egress interface";
                NODE_SECONDS = hex "opt.ioam.trace.node.tss" "Seconds";
                NODE_FRACTION = hex "opt.ioam.trace.node.tsf" "Fraction of a second";
                NODE_DELAY = hex "opt.ioam.trace.node.trdelay" "Transit delay";
                NODE_DATA = hex "opt.ioam.trace.node.nsdata" "Namespace data, short";
                NODE_QUEUE = hex "opt.ioam.trace.node.qdepth" "Queue depth";
                NODE_CHECKSUM = hex "opt.ioam.trace.node.csum" "Checksum complement";
                NODE_ID_WIDE = hex "opt.ioam.trace.node.id_wide" "Node, wide";
                NODE_IN_WIDE = hex "opt.ioam.trace.node.iif_wide" "Ingress interface, wide";
                NODE_OUT_WIDE = hex "opt.ioam.trace.node.eif_wide" "Egress interface, wide";
                NODE_DATA_WIDE = hex "opt.ioam.trace.node.nsdata_wide" "Namespace data, wide";
                NODE_BUFFER = hex "opt.ioam.trace.node.bufoccup" "Buffer occupancy";
                NODE_UNDEFINED = hex "opt.ioam.trace.node.undefined" "Undefined" many;
                NODE_OPAQUE_LENGTH = uint "opt.ioam.trace.node.oss.len" "Opaque data length (words)";
                NODE_OPAQUE_SCHEMA = hex "opt.ioam.trace.node.oss.scid" "Opaque data schema";
                NODE_OPAQUE = bytes "opt.ioam.trace.node.oss.data" "Opaque data";
            };
        };
        TPF_INFORMATION = hex "opt.tpf_information" "TPF information";
        HOME_ADDRESS = ipv6 "opt.mipv6.home_address" "Home address" key("home_address");
        RPL_FLAGS = hex "opt.rpl.flag" "RPL flags" {
            RPL_DOWN = flag "opt.rpl.flag.o" "Down" & 0x80;
            RPL_RANK_ERROR = flag "opt.rpl.flag.r" "Rank error" & 0x40;
            RPL_FORWARDING_ERROR = flag "opt.rpl.flag.f" "Forwarding error" & 0x20;
            RPL_FLAG_RESERVED = hex "opt.rpl.flag.rsv" "Reserved" & 0x1f detail;
        };
        RPL_INSTANCE = hex "opt.rpl.instance_id" "RPL instance";
        RPL_RANK = hex "opt.rpl.sender_rank" "Sender rank";
        ILNP_NONCE = bytes "opt.ilnp_nonce" "ILNP nonce";
        LINE_LENGTH = uint "opt.lio.length" "Line identifier length";
        LINE_ID = text "opt.lio.line_id" "Line identifier";
        MPL_FLAGS = hex "opt.mpl.flag" "MPL flags" {
            MPL_SEED_LENGTH = uint "opt.mpl.flag.s" "Seed identifier length" & 0xc0 names(SEED_LENGTHS);
            MPL_LARGEST = flag "opt.mpl.flag.m" "Largest sequence known" & 0x20;
            MPL_VERSION = flag "opt.mpl.flag.v" "Version" & 0x10;
            MPL_RESERVED = hex "opt.mpl.flag.rsv" "Reserved" & 0x0f detail;
        };
        MPL_SEQUENCE = hex "opt.mpl.sequence" "MPL sequence";
        MPL_SEED = bytes "opt.mpl.seed_id" "Seed identifier";
        DFF_FLAGS = hex "opt.dff.flags" "DFF flags" {
            DFF_VERSION = uint "opt.dff.flag.ver" "Version" & 0xc0;
            DFF_DUPLICATE = flag "opt.dff.flag.dup" "Duplicate" & 0x20;
            DFF_RETURN = flag "opt.dff.flag.ret" "Return" & 0x10;
            DFF_RESERVED = hex "opt.dff.flag.rsv" "Reserved" & 0x0f detail;
        };
        DFF_SEQUENCE = uint "opt.dff.sequence_number" "DFF sequence number";
        JUMBO = uint "opt.jumbo" "Jumbo payload length" key("jumbo_length");
        EXPERIMENTAL = bytes "opt.experimental" "Experiment";
        UNKNOWN_OPTION = bytes "opt.unknown" "Unknown option";
        UNKNOWN_DATA = bytes "opt_unknown_data" "Bytes behind what the option has";
        INVALID_LENGTH = problem "opt.invalid_len" "Length does not fit the option";
        HEADER_MISMATCH = problem "opt.header_mismatch" "Option does not belong into this header";
        DEPRECATED = problem "opt.deprecated" "Option is deprecated";
        JUMBO_PROHIBITED = problem "opt.jumbo.prohibited" "Jumbo option though the payload length is not 0";
        JUMBO_SHORT = problem "opt.jumbo.truncated" "Jumbo length is less than 65536";
        BAD_NODE_LENGTH = problem "opt.ioam.trace.invalid_nodelen" "Node length is 0";
        BAD_REMAINING = problem "opt.ioam.trace.invalid_remlen" "Remaining length is more than is there";
        BAD_TRACE_TYPE = problem "opt.ioam.trace.invalid_type" "Node length does not fit the trace type";
    };
    JUMBO_MISSING = problem "opt.jumbo.missing" "Payload length 0 without a jumbo option";
    JUMBO_FRAGMENT = problem "opt.jumbo.fragment" "A jumbogram cannot be fragmented";
}

/// Length of the header without extension headers, in bytes.
pub const HEADER: usize = 40;

fn dissect(p: &mut Packet<'_>) -> Step {
    let word = p.peek_u32()?;
    p.bits(word, 4, &[&VERSION, &TCLASS, &FLOW])?;
    if word >> 28 != 6 {
        return Err(p.malformed(&BOGUS_VERSION));
    }
    let length = usize::from(p.u16(&PLEN)?);
    let next = p.u8(&NXT)?;
    p.u8(&HLIM)?;
    let (source, destination) = (p.ipv6(&SRC)?, p.ipv6(&DST)?);
    let flow = p.flow();
    (flow.source, flow.destination) = (source, destination);
    (flow.protocol, flow.version) = (next, 6);
    match (length, next) {
        // The jumbo option of the hop-by-hop header says it, RFC 2675 section 2.
        (0, HOP_BY_HOP) => {}
        // Captured before the network card cut it into segments.
        (0, TCP) if p.declared_left() >= 20 => p.problem_at(&PLEN_ZERO, p.start() + 4, 2),
        _ => {
            if length > p.declared_left() && !p.is_quoted() {
                p.problem_at(&PLEN_EXCEEDS, p.start() + 4, 2);
            }
            p.ends_after(HEADER + length);
        }
    }
    Ok(Next::In(&IP_PROTO, next.into()))
}

const HOP_BY_HOP: u8 = 0;
const TCP: u8 = 6;

const ECN_NAMES: Names = &[(0, "Not ECT"), (1, "ECT(1)"), (2, "ECT(0)"), (3, "CE")];

const IOAM_TYPES: Names = &[
    (0, "Pre-allocated Trace"),
    (1, "Incremental Trace"),
    (2, "Proof of Transit"),
    (3, "Edge to Edge"),
    (4, "Direct Export"),
];

const SEED_LENGTHS: Names = &[(0, "Source Address"), (1, "16 bits"), (2, "64 bits"), (3, "128 bits")];

/// What follows a header, by the IANA registry of protocol numbers.
pub const NEXT_HEADERS: Names = &[
    (0, "Hop-by-Hop Options"),
    (1, "ICMP"),
    (2, "IGMP"),
    (4, "IPv4"),
    (6, "TCP"),
    (8, "EGP"),
    (9, "IGP"),
    (17, "UDP"),
    (27, "RDP"),
    (33, "DCCP"),
    (41, "IPv6"),
    (43, "Routing Header"),
    (44, "Fragment Header"),
    (46, "RSVP"),
    (47, "GRE"),
    (50, "ESP"),
    (51, "AH"),
    (58, "ICMPv6"),
    (59, "No Next Header"),
    (60, "Destination Options"),
    (88, "EIGRP"),
    (89, "OSPF"),
    (94, "IPIP"),
    (97, "EtherIP"),
    (98, "Encapsulation Header"),
    (103, "PIM"),
    (108, "IPComp"),
    (112, "VRRP"),
    (115, "L2TP"),
    (124, "IS-IS over IPv4"),
    (132, "SCTP"),
    (135, "Mobility Header"),
    (136, "UDP-Lite"),
    (137, "MPLS-in-IP"),
    (138, "MANET"),
    (139, "HIP"),
    (140, "Shim6"),
    (143, "Ethernet"),
    (253, "Experiment 1"),
    (254, "Experiment 2"),
];
