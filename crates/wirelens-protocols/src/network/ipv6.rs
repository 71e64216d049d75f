//! Internet Protocol version 6, RFC 8200.

use wirelens_dissect::prelude::*;

use super::ip_protocols::PROTOCOLS;
use super::ipv6_options::{ACTION_NAMES, OPTION_NAMES, ROUTER_ALERT_NAMES};
use crate::link::chdlc::CHDLC_PROTOCOL;
use crate::link::ethernet::ETHERTYPE;
use crate::link::ppp::PPP_PROTOCOL;
use crate::network::gre::GRE_PROTO;
use crate::network::ipv4::{CODEPOINTS, CONGESTION, IP_PROTO, QS_RATES};
use crate::transport::vxlan::VXLAN_NEXT_PROTO;

protocol! {
    IPV6 = "ipv6" "IPv6" "Internet Protocol Version 6", Network, scope(addresses), outline(outline);
    @ ETHERTYPE 0x86dd;
    @ GRE_PROTO 0x86dd;
    @ CHDLC_PROTOCOL 0x86dd;
    @ PPP_PROTOCOL 0x0057 | 0x86dd;
    @ VXLAN_NEXT_PROTO 2;
    @ LINK_TYPE 229;
    @ IP_PROTO 41;
    VERSION = uint "version" "Version" & 0xf000_0000 span(0, 1);
    TCLASS = hex "tclass" "Traffic Class" & 0x0ff0_0000 {
        DSCP = uint "tclass.dscp" "Differentiated Services Codepoint" & 0x0fc0_0000 names(CODEPOINTS);
        ECN = uint "tclass.ecn" "Explicit Congestion Notification" & 0x0030_0000 names(CONGESTION);
    };
    FLOW = hex "flow" "Flow Label" & 0x000f_ffff span(1, 3);
    PLEN = uint "plen" "Payload Length" brief("len ");
    NXT = uint "nxt" "Next Header" names(PROTOCOLS) brief("");
    HLIM = uint "hlim" "Hop Limit";
    SRC = ipv6 "src" "Source Address" {
        SRC_ADDR = ipv6 "addr" "Source or Destination Address" alias;
        SRC_MAC = mac "src_slaac_mac" "Source MAC Address" detail key("slaac_mac");
        SRC_ISATAP = ipv4 "src_isatap_ipv4" "Source ISATAP Address" detail key("isatap_ipv4");
        SRC_6TO4 = ipv4 "src_6to4_gw_ipv4" "Source 6to4 Gateway" detail key("6to4_gw_ipv4");
        SRC_6TO4_SLA = uint "src_6to4_sla_id" "Source 6to4 site-level aggregator" detail key("6to4_sla_id");
        SRC_TEREDO_SERVER = ipv4 "src_ts_ipv4" "Source Teredo Server" detail key("ts_ipv4");
        SRC_TEREDO_PORT = uint "src_tc_port" "Source Teredo Port" detail key("tc_port");
        SRC_TEREDO_CLIENT = ipv4 "src_tc_ipv4" "Source Teredo Client" detail key("tc_ipv4");
        SRC_EMBEDDED = ipv4 "src_embed_ipv4" "Source embedded IPv4 address" detail key("embed_ipv4");
    };
    DST = ipv6 "dst" "Destination Address" {
        DST_ADDR = ipv6 "addr" "Source or Destination Address" alias;
        DST_MAC = mac "dst_slaac_mac" "Destination MAC Address" detail key("slaac_mac");
        DST_ISATAP = ipv4 "dst_isatap_ipv4" "Destination ISATAP Address" detail key("isatap_ipv4");
        DST_6TO4 = ipv4 "dst_6to4_gw_ipv4" "Destination 6to4 Gateway" detail key("6to4_gw_ipv4");
        DST_6TO4_SLA = uint "dst_6to4_sla_id" "Destination 6to4 site-level aggregator" detail key("6to4_sla_id");
        DST_TEREDO_SERVER = ipv4 "dst_ts_ipv4" "Destination Teredo Server" detail key("ts_ipv4");
        DST_TEREDO_PORT = uint "dst_tc_port" "Destination Teredo Port" detail key("tc_port");
        DST_TEREDO_CLIENT = ipv4 "dst_tc_ipv4" "Destination Teredo Client" detail key("tc_ipv4");
        DST_EMBEDDED = ipv4 "dst_embed_ipv4" "Destination embedded IPv4 address" detail key("embed_ipv4");
    };
    BOGUS_VERSION = problem "bogus_ipv6_version" "Version is not 6";
    PLEN_EXCEEDS = problem "plen_exceeds_framing" "Payload is longer than what carries it";
    PLEN_ZERO = problem "plen_zero" "Payload length 0 with a payload: segmented by the network card";

    // The options of the hop-by-hop and the destination header, which `ipv6_options` reads.
    OPTION = group "opt" "Option" many key("options") silent {
        OPT_TYPE = hex "opt.type" "Type" names(OPTION_NAMES) {
            OPT_ACTION = uint "opt.type.action" "Action Where Unknown" & 0xc0 names(ACTION_NAMES) detail;
            OPT_CHANGE = flag "opt.type.change" "May change on the way" & 0x20 detail;
            OPT_REST = hex "opt.type.rest" "Low-order Bits" & 0x1f detail;
        };
        PAD1_TYPE = hex "opt.type" "Type" names(OPTION_NAMES);
        OPT_LENGTH = uint "opt.length" "Length";
        PAD1 = group "opt.pad1" "Pad1" detail;
        PADN = bytes "opt.padn" "PadN" detail;
        TUNNEL_LIMIT = uint "opt.tel" "Tunnel Encapsulation Limit" key("tunnel_encapsulation_limit");
        ROUTER_ALERT = uint "opt.router_alert" "Router Alert" names(ROUTER_ALERT_NAMES);
        CALIPSO_DOI = uint "opt.calipso.doi" "CALIPSO domain of interpretation";
        CALIPSO_LENGTH = uint "opt.calipso.cmpt.length" "Compartment Length (words)";
        CALIPSO_LEVEL = uint "opt.calipso.sens_level" "Sensitivity Level";
        CALIPSO_CHECKSUM = hex "opt.calipso.checksum" "Checksum";
        CALIPSO_BITMAP = bytes "opt.calipso.cmpt_bitmap" "Compartment Bitmap";
        SMF_HASH = flag "opt.smf_dpd.hash_bit" "Hash-based" & 0x80;
        SMF_TID_TYPE = uint "opt.smf_dpd.tid_type" "Tagger Identifier Type" & 0x70 names(TAGGERS);
        SMF_TID_LENGTH = uint "opt.smf_dpd.tid_len" "Tagger identifier length less one" & 0x0f;
        SMF_TAGGER = bytes "opt.smf_dpd.tagger_id" "Tagger Identifier";
        SMF_IDENT = bytes "opt.smf_dpd.ident" "Identifier";
        SMF_HAV = bytes "opt.smf_dpd.hav" "Hash Assist Value";
        PDM_SCALE_RECEIVED = uint "opt.pdm.scale_dtlr" "Scale of delta time last received";
        PDM_SCALE_SENT = uint "opt.pdm.scale_dtls" "Scale of delta time last sent";
        PDM_THIS = uint "opt.pdm.psn_this_pkt" "Packet sequence number, this packet";
        PDM_LAST = uint "opt.pdm.psn_last_recv" "Packet sequence number, last received";
        PDM_RECEIVED = uint "opt.pdm.delta_last_recv" "Delta time last received";
        PDM_SENT = uint "opt.pdm.delta_last_sent" "Delta time last sent";
        QS_FUNC = uint "opt.qs_func" "Quick-Start Function" & 0xf0 names(&[(0, "Rate Request"), (8, "Report of Approved Rate")]);
        QS_RATE = uint "opt.qs_rate" "Rate" & 0x0f names(QS_RATES);
        QS_TTL = uint "opt.qs_ttl" "Quick-Start TTL";
        QS_TTL_DIFF = uint "opt.qs_ttl_diff" "Hop limit less Quick-Start TTL, modulo 256";
        QS_UNUSED = uint "opt.qs_unused" "Not Used" detail;
        QS_NONCE = hex "opt.qs_nonce" "Quick-Start Nonce" & 0xffff_fffc;
        QS_RESERVED = hex "opt.qs_reserved" "Reserved" & 0x0000_0003 detail;
        MTU_MIN = uint "opt.pmtu.min" "Minimum path MTU so far";
        MTU_RETURNED = uint "opt.pmtu.rtn" "Minimum path MTU returned";
        MTU_RETURN = flag "opt.pmtu.r_flag" "Return Requested" & 0x01;
        IOAM_RESERVED = uint "opt.ioam.rsv" "Reserved" detail;
        IOAM_TYPE = uint "opt.ioam.opt_type" "IOAM Option Type" names(IOAM_TYPES);
        IOAM_TRACE = group "opt.ioam.trace" "Trace" own {
            TRACE_NAMESPACE = uint "opt.ioam.trace.ns" "Namespace";
            TRACE_NODE_LENGTH = uint "opt.ioam.trace.nodelen" "Node Length (words)" & 0xf800 span(0, 1);
            TRACE_FLAGS = hex "opt.ioam.trace.flags" "Flags" & 0x0780 {
                TRACE_OVERFLOW = flag "opt.ioam.trace.flag.o" "Overflow" & 0x0400;
                TRACE_LOOPBACK = flag "opt.ioam.trace.flag.l" "Loopback" & 0x0200;
                TRACE_ACTIVE = flag "opt.ioam.trace.flag.a" "Active" & 0x0100;
                TRACE_FLAG_RESERVED = flag "opt.ioam.trace.flag.rsv" "Reserved" & 0x0080 detail;
            };
            TRACE_REMAINING = uint "opt.ioam.trace.remlen" "Remaining Length (words)" & 0x007f span(1, 1);
            TRACE_TYPE = hex "opt.ioam.trace.type" "Trace Type" {
                TRACE_BIT0 = flag "opt.ioam.trace.type.bit0" "Hop limit and node, short" & 0x80_0000 detail;
                TRACE_BIT1 = flag "opt.ioam.trace.type.bit1" "Interfaces, short" & 0x40_0000 detail;
                TRACE_BIT2 = flag "opt.ioam.trace.type.bit2" "Seconds" & 0x20_0000 detail;
                TRACE_BIT3 = flag "opt.ioam.trace.type.bit3" "Fraction of a second" & 0x10_0000 detail;
                TRACE_BIT4 = flag "opt.ioam.trace.type.bit4" "Transit Delay" & 0x08_0000 detail;
                TRACE_BIT5 = flag "opt.ioam.trace.type.bit5" "Namespace data, short" & 0x04_0000 detail;
                TRACE_BIT6 = flag "opt.ioam.trace.type.bit6" "Queue Depth" & 0x02_0000 detail;
                TRACE_BIT7 = flag "opt.ioam.trace.type.bit7" "Checksum Complement" & 0x01_0000 detail;
                TRACE_BIT8 = flag "opt.ioam.trace.type.bit8" "Hop limit and node, wide" & 0x00_8000 detail;
                TRACE_BIT9 = flag "opt.ioam.trace.type.bit9" "Interfaces, wide" & 0x00_4000 detail;
                TRACE_BIT10 = flag "opt.ioam.trace.type.bit10" "Namespace data, wide" & 0x00_2000 detail;
                TRACE_BIT11 = flag "opt.ioam.trace.type.bit11" "Buffer Occupancy" & 0x00_1000 detail;
                TRACE_UNDEFINED_BITS = flag "opt.ioam.trace.type.undef" "Undefined" & 0x00_0ffc detail;
                TRACE_BIT22 = flag "opt.ioam.trace.type.bit22" "Opaque State Snapshot" & 0x00_0002 detail;
                TRACE_BIT23 = flag "opt.ioam.trace.type.rsv" "Reserved" & 0x00_0001 detail;
            };
            TRACE_RESERVED = uint "opt.ioam.trace.rsv" "Reserved" detail;
            TRACE_FREE = bytes "opt.ioam.trace.free_space" "Free Space" detail;
            TRACE_NODE = group "opt.ioam.trace.node" "Node" own many key("nodes") {
                NODE_HLIM = uint "opt.ioam.trace.node.hlim" "Hop Limit" many;
                NODE_ID = hex "opt.ioam.trace.node.id" "Node";
                NODE_IN = hex "opt.ioam.trace.node.iif" "Ingress Interface";
                NODE_OUT = hex "opt.ioam.trace.node.eif" "Egress Interface";
                NODE_SECONDS = hex "opt.ioam.trace.node.tss" "Seconds";
                NODE_FRACTION = hex "opt.ioam.trace.node.tsf" "Fraction of a second";
                NODE_DELAY = hex "opt.ioam.trace.node.trdelay" "Transit Delay";
                NODE_DATA = hex "opt.ioam.trace.node.nsdata" "Namespace data, short";
                NODE_QUEUE = hex "opt.ioam.trace.node.qdepth" "Queue Depth";
                NODE_CHECKSUM = hex "opt.ioam.trace.node.csum" "Checksum Complement";
                NODE_ID_WIDE = hex "opt.ioam.trace.node.id_wide" "Node, wide";
                NODE_IN_WIDE = hex "opt.ioam.trace.node.iif_wide" "Ingress interface, wide";
                NODE_OUT_WIDE = hex "opt.ioam.trace.node.eif_wide" "Egress interface, wide";
                NODE_DATA_WIDE = hex "opt.ioam.trace.node.nsdata_wide" "Namespace data, wide";
                NODE_BUFFER = hex "opt.ioam.trace.node.bufoccup" "Buffer Occupancy";
                NODE_UNDEFINED = hex "opt.ioam.trace.node.undefined" "Undefined" many;
                NODE_OPAQUE_LENGTH = uint "opt.ioam.trace.node.oss.len" "Opaque Data Length (words)";
                NODE_OPAQUE_SCHEMA = hex "opt.ioam.trace.node.oss.scid" "Opaque Data Schema";
                NODE_OPAQUE = bytes "opt.ioam.trace.node.oss.data" "Opaque Data";
            };
        };
        TPF_INFORMATION = hex "opt.tpf_information" "TPF Information";
        HOME_ADDRESS = ipv6 "opt.mipv6.home_address" "Home Address" key("home_address");
        RPL_FLAGS = hex "opt.rpl.flag" "RPL Flags" {
            RPL_DOWN = flag "opt.rpl.flag.o" "Down" & 0x80;
            RPL_RANK_ERROR = flag "opt.rpl.flag.r" "Rank Error" & 0x40;
            RPL_FORWARDING_ERROR = flag "opt.rpl.flag.f" "Forwarding Error" & 0x20;
            RPL_FLAG_RESERVED = hex "opt.rpl.flag.rsv" "Reserved" & 0x1f detail;
        };
        RPL_INSTANCE = hex "opt.rpl.instance_id" "RPL Instance";
        RPL_RANK = hex "opt.rpl.sender_rank" "Sender Rank";
        ILNP_NONCE = bytes "opt.ilnp_nonce" "ILNP Nonce";
        LINE_LENGTH = uint "opt.lio.length" "Line Identifier Length";
        LINE_ID = text "opt.lio.line_id" "Line Identifier";
        MPL_FLAGS = hex "opt.mpl.flag" "MPL Flags" {
            MPL_SEED_LENGTH = uint "opt.mpl.flag.s" "Seed Identifier Length" & 0xc0 names(SEED_LENGTHS);
            MPL_LARGEST = flag "opt.mpl.flag.m" "Largest Sequence Known" & 0x20;
            MPL_VERSION = flag "opt.mpl.flag.v" "Version" & 0x10;
            MPL_RESERVED = hex "opt.mpl.flag.rsv" "Reserved" & 0x0f detail;
        };
        MPL_SEQUENCE = hex "opt.mpl.sequence" "MPL Sequence";
        MPL_SEED = bytes "opt.mpl.seed_id" "Seed Identifier";
        DFF_FLAGS = hex "opt.dff.flags" "DFF Flags" {
            DFF_VERSION = uint "opt.dff.flag.ver" "Version" & 0xc0;
            DFF_DUPLICATE = flag "opt.dff.flag.dup" "Duplicate" & 0x20;
            DFF_RETURN = flag "opt.dff.flag.ret" "Return" & 0x10;
            DFF_RESERVED = hex "opt.dff.flag.rsv" "Reserved" & 0x0f detail;
        };
        DFF_SEQUENCE = uint "opt.dff.sequence_number" "DFF Sequence Number";
        JUMBO = uint "opt.jumbo" "Jumbo Payload Length" key("jumbo_length");
        EXPERIMENTAL = bytes "opt.experimental" "Experiment";
        UNKNOWN_OPTION = bytes "opt.unknown" "Unknown Option";
        UNKNOWN_DATA = bytes "opt_unknown_data" "Bytes behind what the option has" key("unknown_data");
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

/// A packet with a length that fits.
fn outline(p: &mut Peek<'_>) -> Option<Outline> {
    let header: &[u8; HEADER] = p.bytes.first_chunk()?;
    let &[first, _, _, _, high, low, next, _] = header.first_chunk()?;
    let length = u32::from(u16::from_be_bytes([high, low]));
    let whole = HEADER as u32 + length;
    if first >> 4 != 6 || length == 0 || whole > p.declared {
        return None;
    }
    let address = |at: usize| Some(u128::from_be_bytes(*header.get(at..)?.first_chunk()?));
    let (source, destination) = (address(8)?, address(24)?);
    *p.flow = Flow { source, destination, protocol: next, version: 6, ..*p.flow };
    Outline::new(HEADER as u32, whole, Next::In(&IP_PROTO, next.into()))
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let word = p.peek_u32()?;
    if word >> 28 != 6 {
        p.mark(&VERSION, p.at(), 1, word.into());
        p.problem(&BOGUS_VERSION);
        return Ok(Next::Data);
    }
    p.bits(word, 4, &[&VERSION, &TCLASS, &FLOW])?;
    let length = usize::from(p.u16(&PLEN)?);
    let next = p.u8(&NXT)?;
    p.u8(&HLIM)?;
    let source = p.ipv6(&SRC)?;
    embedded(p, source, &OF_SOURCE);
    let destination = p.ipv6(&DST)?;
    embedded(p, destination, &OF_DESTINATION);
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

/// The rows of what an address may hold.
struct Embedded {
    mac: &'static Field,
    isatap: &'static Field,
    six_to_four: [&'static Field; 2],
    teredo: [&'static Field; 3],
    translated: &'static Field,
}

static OF_SOURCE: Embedded = Embedded {
    mac: &SRC_MAC,
    isatap: &SRC_ISATAP,
    six_to_four: [&SRC_6TO4, &SRC_6TO4_SLA],
    teredo: [&SRC_TEREDO_SERVER, &SRC_TEREDO_PORT, &SRC_TEREDO_CLIENT],
    translated: &SRC_EMBEDDED,
};

static OF_DESTINATION: Embedded = Embedded {
    mac: &DST_MAC,
    isatap: &DST_ISATAP,
    six_to_four: [&DST_6TO4, &DST_6TO4_SLA],
    teredo: [&DST_TEREDO_SERVER, &DST_TEREDO_PORT, &DST_TEREDO_CLIENT],
    translated: &DST_EMBEDDED,
};

/// Records the addresses that the address read last was made from.
#[inline]
fn embedded(p: &mut Packet<'_>, address: u128, rows: &Embedded) {
    if !p.records() {
        return;
    }
    let at = p.at() - 16;
    let bits = |shift: u32| (address >> shift) as u64;
    let interface = bits(0);
    // Nothing is hung under the address where nothing is recorded.
    let _ = p.under(|p| {
        if bits(112) == 0x2002 {
            // RFC 3056 section 2.
            p.mark(rows.six_to_four[0], at + 2, 4, bits(80) & 0xffff_ffff);
            p.mark(rows.six_to_four[1], at + 6, 2, bits(64) & 0xffff);
        } else if bits(96) == 0x2001_0000 {
            // RFC 4380 section 4: port and client are inverted.
            p.mark(rows.teredo[0], at + 4, 4, bits(64) & 0xffff_ffff);
            p.mark(rows.teredo[1], at + 10, 2, !bits(32) & 0xffff);
            p.mark(rows.teredo[2], at + 12, 4, !interface & 0xffff_ffff);
        } else if address >> 32 == 0x0064_ff9b_0000_0000_0000_0000 {
            // RFC 6052 section 2.1.
            p.mark(rows.translated, at + 12, 4, interface & 0xffff_ffff);
        }
        // RFC 5214 section 6.1; RFC 4291 appendix A, with the universal bit inverted.
        if interface >> 32 & !0x0200_0000 == 0x0000_5efe {
            p.mark(rows.isatap, at + 12, 4, interface & 0xffff_ffff);
        } else if interface >> 24 & 0xffff == 0xfffe
            && interface & UNIVERSAL != 0
            && address >> 120 != 0xff
        {
            let mac = (interface & !UNIVERSAL) >> 16 & 0xffff_ff00_0000 | interface & 0xff_ffff;
            p.mark(rows.mac, at + 8, 8, mac);
        }
        Ok(())
    });
}

/// The bit of an interface identifier that says it was made from a global address.
const UNIVERSAL: u64 = 0x0200_0000_0000_0000;

const HOP_BY_HOP: u8 = 0;
const TCP: u8 = 6;

/// RFC 6621 section 6.1.1.
const TAGGERS: Names = &[(0, "None"), (1, "Default"), (2, "IPv4 address"), (3, "IPv6 address")];

const IOAM_TYPES: Names = &[
    (0, "Pre-allocated Trace"),
    (1, "Incremental Trace"),
    (2, "Proof of Transit"),
    (3, "Edge to Edge"),
    (4, "Direct Export"),
];

const SEED_LENGTHS: Names = &[(0, "Source Address"), (1, "16 bits"), (2, "64 bits"), (3, "128 bits")];

/// What a tunnel between two addresses keeps apart: the same in both directions.
fn addresses(header: &[u8]) -> u64 {
    let Some(both) = header.get(8..40) else { return 0 };
    let digest = |address: &[u8]| {
        address.chunks_exact(8).fold(0_u64, |all, half| {
            let half = half.first_chunk().map_or(0, |half| u64::from_be_bytes(*half));
            (all.rotate_left(29) ^ half).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        })
    };
    digest(&both[..16]).wrapping_add(digest(&both[16..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const UDP: &str = "1388 0009 000c 0000 61626364";

    /// A datagram from an address made from a MAC address to one made from an IPv4 address.
    const PACKET: &str = "
        6b8abcde 000c 11 40
        20010db8 00000000 02005eff fe000102
        0064ff9b 00000000 00000000 c0000202
        1388 0009 000c 0000 61626364";

    fn between(source: &str, destination: &str) -> Vec<u8> {
        hex(&format!("60000000 000c 11 40 {source} {destination} {UDP}"))
    }

    const PLAIN: &str = "20010db8 00000000 00000000 00000001";

    #[test]
    fn a_packet() {
        insta::assert_snapshot!(tree(&IPV6, &hex(PACKET)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&IPV6, &hex(PACKET));
    }

    #[test]
    fn addresses_made_from_others() {
        let six_to_four = tree(&IPV6, &between("2002c000 0201000a 00000000 00000001", PLAIN));
        assert!(six_to_four.contains("6to4 Gateway: 192.0.2.1"), "{six_to_four}");
        assert!(six_to_four.contains("site-level aggregator: 10"), "{six_to_four}");
        let teredo = tree(&IPV6, &between(PLAIN, "20010000 c0000201 800063bf 3ffffdfe"));
        assert!(teredo.contains("Teredo Server: 192.0.2.1"), "{teredo}");
        assert!(teredo.contains("Teredo Port: 40000"), "{teredo}");
        assert!(teredo.contains("Teredo Client: 192.0.2.1"), "{teredo}");
        let isatap = tree(&IPV6, &between("fe800000 00000000 00005efe c0000201", PLAIN));
        assert!(isatap.contains("ISATAP Address: 192.0.2.1"), "{isatap}");
        let local = tree(&IPV6, &between("fe800000 00000000 00005eff fe000102", PLAIN));
        assert!(!local.contains("MAC"), "{local}");
    }

    #[test]
    fn what_is_behind_the_payload_is_not_of_it() {
        let mut longer = hex(PACKET);
        longer.extend([0; 6]);
        assert_eq!(tree(&IPV6, &longer), tree(&IPV6, &hex(PACKET)));
    }

    #[test]
    fn a_payload_that_is_not_there_is_a_problem() {
        let packet = hex(&PACKET.replace("000c 11 40", "000d 11 40"));
        assert!(tree(&IPV6, &packet).contains("! Payload is longer"));
    }

    #[test]
    fn length_zero_with_tcp_was_not_segmented_yet() {
        let header = format!("60000000 0000 06 40 {PLAIN} {PLAIN}");
        let whole = tree(&IPV6, &hex(&format!("{header} 1388 0050 {}", "00".repeat(16))));
        assert!(whole.contains("! Payload length 0") && whole.contains("Port: 80"), "{whole}");
        let padded = tree(&IPV6, &hex(&format!("{header} 000000000000")));
        assert!(!padded.contains("Data"), "{padded}");
    }

    #[test]
    fn another_version_is_data() {
        let packet = hex(&PACKET.replace("6b8abcde", "4b8abcde"));
        let tree = tree(&IPV6, &packet);
        assert!(tree.contains("! Version is not 6") && tree.contains("Data: 4b8abcde"), "{tree}");
    }

    #[test]
    fn no_next_header_leaves_data() {
        let packet = format!("60000000 0002 3b 40 {PLAIN} {PLAIN} abcd");
        assert!(tree(&IPV6, &hex(&packet)).contains("Data: abcd"));
    }
}
