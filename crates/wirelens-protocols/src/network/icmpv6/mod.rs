//! Internet Control Message Protocol version 6, RFC 4443, and all that speaks it.

mod discovery;
mod information;
mod mobility;
mod multicast;
mod names;
mod option_rows;
mod options;
mod renumbering;
mod rpl;
mod rpl_option_rows;
mod rpl_options;

use wirelens_dissect::prelude::*;

use self::names::*;
use self::option_rows::*;
use self::rpl_option_rows::*;
use super::icmp::{EXTENSIONS, ICMP};
use super::icmp_extensions;
use super::ipv6::IPV6;
use crate::checksum::{self, Verdict};
use crate::network::ipv4::IP_PROTO;

protocol! {
    ICMPV6 = "icmpv6" "ICMPv6" "Internet Control Message Protocol v6", Network, rows_of(&ICMP);
    @ IP_PROTO 58;
    TYPE = uint "type" "Type" names(TYPES) brief("");
    CODE = uint "code" "Code" brief("code ") unless_zero;
    UNREACHABLE_CODE = uint "code" "Code" names(UNREACHABLE_CODES) brief(": ");
    EXCEEDED_CODE = uint "code" "Code" names(EXCEEDED_CODES) brief(": ");
    PARAMETER_CODE = uint "code" "Code" names(PARAMETER_CODES) brief(": ");
    RENUMBERING_CODE = uint "code" "Code" names(RENUMBERING_CODES) brief(": ");
    QUERY_CODE = uint "code" "Code" names(QUERY_CODES) brief(": ");
    REPLY_CODE = uint "code" "Code" names(REPLY_CODES) brief(": ");
    RPL_CODE = uint "code" "Code" names(RPL_CODES) brief(": ");
    PROBE_CODE = uint "code" "Code" names(PROBE_CODES) brief(": ");
    CHECKSUM = hex "checksum" "Checksum";
    RESERVED = bytes "reserved" "Reserved" many detail;
    DATA = bytes "data" "Data";
    UNKNOWN_DATA = bytes "unknown_data" "Bytes behind the message";
    BAD_CHECKSUM = problem "checksum_bad.expert" "Checksum is wrong";

    // Errors and echo, RFC 4443; extended echo, RFC 8335.
    LENGTH = uint "length" "Length of the quoted packet (8 octets)";
    MTU = uint "mtu" "MTU" brief("mtu ");
    POINTER = uint "pointer" "Pointer" brief("at byte ");
    IDENTIFIER = hex "echo.identifier" "Identifier" brief("id ") key("ident");
    SEQUENCE = uint "echo.sequence_number" "Sequence Number" brief("seq ") key("seq");
    PROBE_SEQUENCE = uint "ext.echo.seq" "Sequence Number" brief("seq ") key("seq");
    PROBE_RESERVED = hex "ext.echo.req.res" "Reserved" & 0xfe detail;
    PROBE_LOCAL = flag "ext.echo.req.local" "Interface of the node itself" & 0x01 key("local");
    PROBE_STATE = uint "ext.echo.rsp.state" "State" & 0xe0 key("state") names(PROBE_STATES) brief("");
    PROBE_REPLY_RESERVED = hex "ext.echo.rsp.res" "Reserved" & 0x18 detail;
    PROBE_ACTIVE = flag "ext.echo.rsp.active" "Active" & 0x04 key("active");
    PROBE_IPV4 = flag "ext.echo.rsp.ipv4" "Runs IPv4" & 0x02 key("ipv4");
    PROBE_IPV6 = flag "ext.echo.rsp.ipv6" "Runs IPv6" & 0x01 key("ipv6");

    // Neighbor Discovery, RFC 4861.
    RA_HOP_LIMIT = uint "nd.ra.cur_hop_limit" "Hop Limit" key("cur_hop_limit");
    RA_FLAGS = hex "nd.ra.flag" "Flags" key("flags") {
        RA_MANAGED = flag "nd.ra.flag.m" "Managed Address Configuration" & 0x80 brief("managed");
        RA_OTHER = flag "nd.ra.flag.o" "Other Configuration" & 0x40 brief("other");
        RA_HOME_AGENT = flag "nd.ra.flag.h" "Home Agent" & 0x20;
        RA_PREFERENCE = uint "nd.ra.flag.prf" "Router Preference" & 0x18 names(PREFERENCES);
        RA_PROXY = flag "nd.ra.flag.p" "Proxy" & 0x04;
        RA_RESERVED = uint "nd.ra.flag.rsv" "Reserved" & 0x03 detail;
    };
    RA_LIFETIME = uint "nd.ra.router_lifetime" "Router Lifetime (s)" key("router_lifetime") brief("lifetime ");
    RA_REACHABLE = uint "nd.ra.reachable_time" "Reachable Time (ms)" key("reachable_time");
    RA_RETRANS = uint "nd.ra.retrans_timer" "Retransmission Timer (ms)" key("retrans_timer");
    NS_TARGET = ipv6 "nd.ns.target_address" "Target Address" key("target_address") brief("for ");
    NA_FLAGS = hex "nd.na.flag" "Flags" key("flags") {
        NA_ROUTER = flag "nd.na.flag.r" "Router" & 0x8000_0000 brief("router");
        NA_SOLICITED = flag "nd.na.flag.s" "Solicited" & 0x4000_0000 brief("solicited");
        NA_OVERRIDE = flag "nd.na.flag.o" "Override" & 0x2000_0000 brief("override");
        NA_RESERVED = uint "nd.na.flag.rsv" "Reserved" & 0x1fff_ffff detail;
    };
    NA_TARGET = ipv6 "nd.na.target_address" "Target Address" key("target_address") brief("for ");
    REDIRECT_TARGET = ipv6 "nd.rd.target_address" "Target Address" key("target_address") brief("to ");
    REDIRECT_DESTINATION = ipv6 "rd.na.destination_address" "Destination Address" key("destination_address") brief("for ");
    OPTION = group "opt" "Option" many key("options") rows(OPTION_ROWS);

    // Multicast Listener Discovery, RFC 2710, RFC 3810; multicast routers, RFC 4286; MPL, RFC 7731.
    MLD_DELAY = uint "mld.maximum_response_delay" "Maximum Response Delay (ms)" key("maximum_response_delay");
    MLD_ADDRESS = ipv6 "mld.multicast_address" "Multicast Address" key("multicast_address") brief("group ");
    MLD_CODE = uint "mld.maximum_response_code" "Maximum Response Delay (ms)" key("maximum_response_delay");
    MLD_FLAGS = hex "mld.flag" "Flags" key("flags") {
        MLD_SUPPRESS = flag "mld.flag.s" "Suppress Router-Side Processing" & 0x08;
        MLD_QRV = uint "mld.flag.qrv" "Querier's Robustness" & 0x07;
        MLD_RESERVED = uint "mld.flag.reserved" "Reserved" & 0xf0 detail;
    };
    MLD_INTERVAL = uint "mld.qqi" "Querier's Query Interval (s)" key("query_interval");
    MLD_SOURCES = uint "mld.nb_sources" "Number of Sources" key("num_src");
    MLD_SOURCE = ipv6 "mld.source_address" "Source Address" many key("sources") brief("source ");
    RECORDS = uint "mldr.nb_mcast_records" "Number of Records" key("number_of_records");
    RECORD = group "mldr.mar" "Multicast Address Record" many key("records") {
        RECORD_TYPE = uint "mldr.mar.record_type" "Record Type" names(RECORD_TYPES) brief(", ") key("type");
        RECORD_AUX = uint "mldr.mar.aux_data_len" "Auxiliary Data Length (words)";
        RECORD_SOURCES = uint "mldr.mar.nb_sources" "Number of Sources" key("num_src");
        RECORD_ADDRESS = ipv6 "mldr.mar.multicast_address" "Multicast Address" brief("");
        RECORD_SOURCE = ipv6 "mldr.mar.source_address" "Source Address" many key("sources") brief("source ");
        RECORD_DATA = bytes "mldr.mar.auxiliary_data" "Auxiliary Data";
    };
    MRD_INTERVAL = uint "mcast_ra.query_interval" "Query Interval (s)" key("query_interval");
    MRD_ROBUSTNESS = uint "mcast_ra.robustness_variable" "Robustness" key("robustness_variable");
    MPL_SEED = group "mpl.seed_info" "Seed" own many key("seeds") {
        MPL_MINIMUM = uint "mpl.seed_info.min_sequence" "Lowest Sequence";
        MPL_LENGTH = uint "mpl.seed_info.bm_len" "Length of the bitmap" & 0xfc;
        MPL_SIZE = uint "mpl.seed_info.s" "Size of the identifier" & 0x03 names(SEED_SIZES);
        MPL_ID = text "mpl.seed_info.seed_id" "Seed Identifier";
        MPL_SEQUENCE = uint "mpl.seed_info.sequence" "Buffered Message" many key("sequences");
    };

    // Router renumbering, RFC 2894.
    RR_SEQUENCE = uint "rr.sequence_number" "Sequence Number" key("sequence_number") brief("seq ");
    RR_SEGMENT = uint "rr.segment_number" "Segment Number" key("segment_number");
    RR_FLAGS = hex "rr.flag" "Flags" key("flags") {
        RR_TEST = flag "rr.flag.t" "Test" & 0x80;
        RR_RESULT = flag "rr.flag.r" "Result Requested" & 0x40;
        RR_ALL = flag "rr.flag.a" "All Interfaces" & 0x20;
        RR_SITE = flag "rr.flag.s" "Site-specific" & 0x10;
        RR_PROCESSED = flag "rr.flag.p" "Processed Previously" & 0x08;
        RR_RESERVED = uint "rr.flag.rsv" "Reserved" & 0x07 detail;
    };
    RR_MAX_DELAY = uint "rr.maxdelay" "Maximum Delay (ms)" key("max_delay");
    MATCH = group "rr.pco.mp" "Match-prefix Part" many key("match_prefixes") {
        MATCH_OPCODE = uint "rr.pco.mp.opcode" "Operation" names(RENUMBERING_OPERATIONS);
        MATCH_OPLENGTH = uint "rr.pco.mp.oplength" "Length (8 octets)";
        MATCH_ORDINAL = hex "rr.pco.mp.ordinal" "Ordinal";
        MATCH_LENGTH = uint "rr.pco.mp.matchlen" "Match Length";
        MATCH_MINIMUM = uint "rr.pco.mp.minlen" "Lowest Prefix Length";
        MATCH_MAXIMUM = uint "rr.pco.mp.maxlen" "Highest Prefix Length";
        MATCH_RESERVED = bytes "reserved" "Reserved" detail;
        MATCH_PREFIX = ipv6 "rr.pco.mp.matchprefix" "Prefix to Match";
        LONG_MATCH = problem "rr.pco.mp.matchlen.gt128" "Match length is more than 128";
    };
    USE = group "rr.pco.up" "Use-prefix Part" many key("use_prefixes") {
        USE_LENGTH = uint "rr.pco.up.uselen" "Use Length";
        USE_KEEP = uint "rr.pco.up.keeplen" "Keep Length";
        USE_MASK = hex "rr.pco.up.flagmask" "Flag Mask" {
            USE_MASK_L = flag "rr.pco.up.flagmask.l" "On-link" & 0x80;
            USE_MASK_A = flag "rr.pco.up.flagmask.a" "Autonomous Address Configuration" & 0x40;
            USE_MASK_RESERVED = uint "rr.pco.up.flagmask.reserved" "Reserved" & 0x3f detail;
        };
        USE_RA_FLAGS = hex "rr.pco.up.raflags" "Flags of the advertisement" {
            USE_RA_L = flag "rr.pco.up.flagmask.l" "On-link" & 0x80 key("l");
            USE_RA_A = flag "rr.pco.up.flagmask.a" "Autonomous Address Configuration" & 0x40 key("a");
            USE_RA_RESERVED = uint "rr.pco.up.flagmask.reserved" "Reserved" & 0x3f detail key("reserved");
        };
        USE_VALID = uint "rr.pco.up.validlifetime" "Valid Lifetime (s)";
        USE_PREFERRED = uint "rr.pco.up.preferredlifetime" "Preferred Lifetime (s)";
        USE_FLAGS = hex "rr.pco.up.flag" "Flags" {
            USE_VALID_DECREMENTS = flag "rr.pco.up.flag.v" "Valid Lifetime Decrements" & 0x8000_0000;
            USE_PREFERRED_DECREMENTS = flag "rr.pco.up.flag.p" "Preferred Lifetime Decrements" & 0x4000_0000;
            USE_FLAG_RESERVED = uint "rr.pco.up.flag.reserved" "Reserved" & 0x3fff_ffff detail;
        };
        USE_PREFIX = ipv6 "rr.pco.up.useprefix" "Prefix to Use";
    };
    RESULT = group "rr.rm" "Result" many key("results") {
        RESULT_FLAGS = hex "rr.rm.flag" "Flags" {
            RESULT_RESERVED = uint "rr.rm.flag.reserved" "Reserved" & 0xfffc detail;
            RESULT_BOUNDS = flag "rr.rm.flag.b" "Prefix length out of bounds" & 0x0002;
            RESULT_FORBIDDEN = flag "rr.rm.flag.f" "Forbidden" & 0x0001;
        };
        RESULT_ORDINAL = hex "rr.rm.ordinal" "Ordinal";
        RESULT_LENGTH = uint "rr.rm.matchedlen" "Matched Length";
        RESULT_INTERFACE = uint "rr.rm.interfaceindex" "Interface";
        RESULT_PREFIX = ipv6 "rr.rm.matchedprefix" "Matched Prefix";
        LONG_RESULT = problem "rr.pco.mp.matchedlen.gt128" "Matched length is more than 128";
    };

    // Node information, RFC 4620.
    NI_QTYPE = uint "ni.qtype" "What is asked for" key("qtype") names(QTYPES) brief("type ");
    NI_FLAGS = hex "ni.flag" "Flags" key("flags") {
        NI_GLOBAL = flag "ni.flag.g" "Global-scope Addresses" & 0x0020;
        NI_SITE = flag "ni.flag.s" "Site-local Addresses" & 0x0010;
        NI_LINK = flag "ni.flag.l" "Link-local Addresses" & 0x0008;
        NI_COMPRESSION = flag "ni.flag.c" "IPv4-compatible and mapped addresses" & 0x0004;
        NI_ALL = flag "ni.flag.a" "All Unicast Addresses" & 0x0002;
        NI_TRUNCATED = flag "ni.flag.t" "Truncated" & 0x0001;
        NI_RESERVED = hex "ni.flag.rsv" "Reserved" & 0xffc0 detail;
    };
    NI_NONCE = hex "ni.nonce" "Nonce" key("nonce");
    NI_SUBJECT_IPV6 = ipv6 "ni.query.subject_ipv6" "Subject Address" key("subject_ipv6") brief("of ");
    NI_SUBJECT_NAME = text "ni.query.subject_fqdn" "Subject Name" key("subject_fqdn") brief("of ");
    NI_SUBJECT_IPV4 = ipv4 "ni.query.subject_ipv4" "Subject Address" key("subject_ipv4") brief("of ");
    NI_TTL = uint "ni.reply.node_ttl" "TTL (s)" many key("ttl");
    NI_NAME = text "ni.reply.node_name" "Node Name" many key("names") brief("");
    NI_ADDRESS = ipv6 "ni.reply.node_address" "Node Address" many key("addresses") brief("");
    NI_IPV4 = ipv4 "ni.reply.ipv4_address" "Node Address" many key("ipv4_addresses") brief("");

    // Mobility, RFC 6275, RFC 5568; SEND, RFC 3971; ILNP, RFC 6743; 6LoWPAN, RFC 6775.
    MIP_IDENTIFIER = uint "mip6.identifier" "Identifier" key("identifier_number") brief("id ");
    MIP_AGENT = ipv6 "mip6.home_agent_address" "Home Agent" many key("home_agents") brief("agent ");
    MIP_FLAGS = hex "mip6.flag" "Flags" key("flags") {
        MIP_MANAGED = flag "mip6.flag.m" "Managed Address Configuration" & 0x8000;
        MIP_OTHER = flag "mip6.flag.o" "Other Configuration" & 0x4000;
        MIP_RESERVED = uint "mip6.flag.rsv" "Reserved" & 0x3fff detail;
    };
    FMIP_SUBTYPE = uint "fmip6.subtype" "Subtype" key("subtype") names(FMIP_SUBTYPES);
    FMIP_FLAGS = hex "fmip6.hi.flag" "Flags" key("flags") {
        FMIP_ASSIGNED = flag "fmip6.hi.flag.s" "Assigned Address Configuration" & 0x80;
        FMIP_BUFFER = flag "fmip6.hi.flag.a" "Buffer" & 0x40;
        FMIP_RESERVED = uint "fmip6.hi.flag.reserved" "Reserved" & 0x3f detail;
    };
    FMIP_IDENTIFIER = uint "fmip6.identifier" "Identifier" key("identifier_number");
    SEND_IDENTIFIER = uint "send.identifier" "Identifier" key("identifier_number");
    SEND_ALL = uint "send.all_components" "All Components" key("all_components");
    SEND_COMPONENT = uint "send.component" "Component" key("component");
    ILNP_COUNT = uint "ilnp.nb_locs" "Number of Locators" key("number_of_locators");
    ILNP_ENTRY = group "ilnp.entry" "Locator" own many key("locators") {
        ILNP_LOCATOR = hex "ilnp.nb_locator" "Locator" key("locator");
        ILNP_PREFERENCE = uint "ilnp.nb_preference" "Preference" key("preference");
        ILNP_LIFETIME = uint "ilnp.nb_lifetime" "Lifetime (s)" key("lifetime");
    };
    DA_STATUS = uint "6lowpannd.da.status" "Status" key("status") names(ARO_STATUSES) brief("status ");
    DA_RESERVED = uint "6lowpannd.da.rsv" "Reserved" detail key("da.reserved");
    DA_LIFETIME = uint "6lowpannd.da.lifetime" "Lifetime (min)" key("lifetime");
    DA_EUI64 = eui64 "6lowpannd.da.eui64" "EUI-64" key("eui64");
    DA_ADDRESS = ipv6 "6lowpannd.da.reg_addr" "Registered Address" key("registered_address") brief("for ");

    // RPL, RFC 6550 and RFC 6997; metrics, RFC 6551.
    DIS_FLAGS = uint "rpl.dis.flags" "Flags" key("dis_flags");
    DIO_INSTANCE = uint "rpl.dio.instance" "RPL Instance" key("instance") brief("instance ");
    DIO_VERSION = uint "rpl.dio.version" "Version" key("version") brief("version ");
    DIO_RANK = uint "rpl.dio.rank" "Rank" key("rank") brief("rank ");
    DIO_FLAGS = hex "rpl.dio.flag" "Flags" key("flags") {
        DIO_GROUNDED = flag "rpl.dio.flag.g" "Grounded" & 0x80;
        DIO_ZERO = flag "rpl.dio.flag.0" "Zero" & 0x40 detail;
        DIO_MODE = uint "rpl.dio.flag.mop" "Mode of Operation" & 0x38 names(MODES);
        DIO_PREFERENCE = uint "rpl.dio.flag.preference" "DODAG Preference" & 0x07;
    };
    DIO_TRIGGER = uint "rpl.dio.dtsn" "Destination Advertisement Trigger" key("dtsn");
    DIO_MORE_FLAGS = hex "rpl.dio.flag" "More Flags" detail key("more_flags");
    DIO_DODAG = ipv6 "rpl.dio.dagid" "DODAG" key("dodagid") brief("dodag ");
    DAO_INSTANCE = uint "rpl.dao.instance" "RPL Instance" key("instance") brief("instance ");
    DAO_FLAGS = hex "rpl.dao.flag" "Flags" key("flags") {
        DAO_ACK_REQUEST = flag "rpl.dao.flag.k" "Acknowledgement Requested" & 0x80;
        DAO_HAS_DODAG = flag "rpl.dao.flag.d" "DODAG is present" & 0x40;
        DAO_RESERVED = uint "rpl.dao.flag.rsv" "Reserved" & 0x3f detail;
    };
    DAO_SEQUENCE = uint "rpl.dao.sequence" "Sequence" key("sequence") brief("seq ");
    DAO_DODAG = ipv6 "rpl.dao.dodagid" "DODAG" key("dodagid") brief("dodag ");
    ACK_INSTANCE = uint "rpl.daoack.instance" "RPL Instance" key("instance") brief("instance ");
    ACK_FLAGS = hex "rpl.daoack.flag" "Flags" key("flags") {
        ACK_HAS_DODAG = flag "rpl.daoack.flag.d" "DODAG is present" & 0x80;
        ACK_RESERVED = uint "rpl.daoack.flag.rsv" "Reserved" & 0x7f detail;
    };
    ACK_SEQUENCE = uint "rpl.daoack.sequence" "Sequence" key("sequence") brief("seq ");
    ACK_STATUS = uint "rpl.daoack.status" "Status" key("status") brief("status ") names(&[(0, "Accepted")]);
    ACK_DODAG = ipv6 "rpl.daoack.dodagid" "DODAG" key("dodagid") brief("dodag ");
    CC_INSTANCE = uint "rpl.cc.instance" "RPL Instance" key("instance") brief("instance ");
    CC_FLAGS = hex "rpl.cc.flag" "Flags" key("flags") {
        CC_RESPONSE = flag "rpl.cc.flag.r" "Response" & 0x80 brief("response");
        CC_RESERVED = uint "rpl.cc.flag.rsv" "Reserved" & 0x7f detail;
    };
    CC_NONCE = hex "rpl.cc.nonce" "Nonce" key("nonce");
    CC_DODAG = ipv6 "rpl.cc.dodagid" "DODAG" key("dodagid") brief("dodag ");
    CC_COUNTER = uint "rpl.cc.destination_counter" "Destination Counter" key("destination_counter");
    SECURE_FLAGS = hex "rpl.secure.flag" "Security Flags" key("secure_flags") {
        SECURE_TIME = flag "rpl.secure.flag.t" "Counter is a time" & 0x80;
        SECURE_RESERVED = uint "rpl.secure.flag.rsv" "Reserved" & 0x7f detail;
    };
    SECURE_ALGORITHM = uint "rpl.secure.algorithm" "Algorithm" key("secure_algorithm") names(&[(0, "CCM with AES-128, RSA with SHA-256")]);
    SECURE_KEY = hex "rpl.secure.flag" "Key and Level" key("secure_key") {
        SECURE_MODE = uint "rpl.secure.kim" "Key Identifier Mode" & 0xc0 key("mode");
        SECURE_LEVEL = uint "rpl.secure.lvl" "Security Level" & 0x07 key("level");
        SECURE_KEY_RESERVED = uint "rpl.secure.rsv" "Reserved" & 0x38 detail key("reserved");
    };
    SECURE_MORE = hex "rpl.secure.flag" "Reserved Flags" detail key("secure_reserved");
    SECURE_COUNTER = uint "rpl.secure.counter" "Counter" key("secure_counter");
    SECURE_SOURCE = bytes "rpl.secure.key.source" "Key Source" key("secure_key_source");
    SECURE_INDEX = uint "rpl.secure.key.index" "Key Index" key("secure_key_index");
    DRO_INSTANCE = uint "rpl.p2p.dro.instance" "RPL Instance" key("instance");
    DRO_VERSION = uint "rpl.p2p.dro.version" "Version" key("version");
    DRO_FLAGS = hex "rpl.p2p.dro.flag" "Flags" key("flags") {
        DRO_STOP = flag "rpl.p2p.dro.flag.stop" "Stop" & 0x8000;
        DRO_ACK = flag "rpl.p2p.dro.flag.ack" "Acknowledgement Requested" & 0x4000;
        DRO_SEQUENCE = uint "rpl.p2p.dro.flag.seq" "Sequence" & 0x3000;
        DRO_RESERVED = uint "rpl.p2p.dro.flag.reserved" "Reserved" & 0x0fff detail;
    };
    DRO_DODAG = ipv6 "rpl.p2p.dro.dagid" "DODAG" key("dodagid");
    DRO_ACK_FLAGS = hex "rpl.p2p.droack.flag" "Flags" key("flags") {
        DRO_ACK_SEQUENCE = uint "rpl.p2p.droack.flag.seq" "Sequence" & 0xc000;
        DRO_ACK_RESERVED = uint "rpl.p2p.droack.flag.reserved" "Reserved" & 0x3fff detail;
    };
    RPL_OPTION = group "opt" "RPL Option" many key("rpl_options") rows(RPL_OPTION_ROWS);
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let message = p.declared_left();
    let kind = p.u8(&TYPE)?;
    let code = p.u8(match kind {
        1 => &UNREACHABLE_CODE,
        3 => &EXCEEDED_CODE,
        4 => &PARAMETER_CODE,
        138 => &RENUMBERING_CODE,
        139 => &QUERY_CODE,
        140 => &REPLY_CODE,
        155 => &RPL_CODE,
        161 => &PROBE_CODE,
        _ => &CODE,
    })?;
    p.u16(&CHECKSUM)?;
    if p.checksums() {
        verify(p);
    }
    match kind {
        1..=4 => error(p, kind)?,
        128 | 129 => {
            p.u16(&IDENTIFIER)?;
            p.u16(&SEQUENCE)?;
            carry(p, Next::Data, p.declared_left());
        }
        130..=132 => multicast::listener(p, kind == 130 && message >= 28)?,
        133 => discovery::solicitation_of_routers(p)?,
        134 => discovery::advertisement_of_router(p)?,
        135 => discovery::solicitation(p)?,
        136 => discovery::advertisement(p)?,
        137 => discovery::redirect(p)?,
        138 => renumbering::read(p, code)?,
        139 => information::query(p, code)?,
        140 => information::reply(p, code)?,
        141 | 142 => discovery::solicitation_of_routers(p)?,
        143 => multicast::report(p)?,
        144..=149 => mobility::read(p, kind)?,
        150 | 154 => mobility::fast_handover(p)?,
        151 => {
            p.u16(&MRD_INTERVAL)?;
            p.u16(&MRD_ROBUSTNESS)?;
        }
        152 | 153 => {}
        155 => rpl::read(p, code)?,
        156 => mobility::locators(p)?,
        157 | 158 => discovery::duplicate_address(p)?,
        159 if code == 0 => multicast::forwarding(p)?,
        160 | 161 => probe(p, kind)?,
        _ => p.remainder(&DATA)?,
    }
    Ok(Next::Nothing)
}

fn verify(p: &mut Packet<'_>) {
    let message = p.layer_bytes();
    if p.is_quoted() || p.is_fragment() || p.left() < p.declared_left() {
        return;
    }
    let pseudo = checksum::pseudo_header(p.flow(), 58, message.len());
    if checksum::verify(message, 2, pseudo) == Verdict::Bad {
        p.problem_at(&BAD_CHECKSUM, p.start() + 2, 2);
    }
}

/// RFC 4443 section 3, with the length of RFC 4884 section 4.
fn error(p: &mut Packet<'_>, kind: u8) -> Read {
    match kind {
        2 => {
            p.u32(&MTU)?;
        }
        4 => {
            p.u32(&POINTER)?;
        }
        _ => {
            let length = usize::from(p.peek_u8()?) * 8;
            if length == 0 {
                p.bytes(&RESERVED, 4)?;
            } else {
                p.u8(&LENGTH)?;
                p.bytes(&RESERVED, 3)?;
                return error_with_extensions(p, length);
            }
        }
    }
    quote(p, p.declared_left());
    Ok(())
}

fn error_with_extensions(p: &mut Packet<'_>, length: usize) -> Read {
    let Some(quoted) = icmp_extensions::start(p, length) else {
        quote(p, p.declared_left().min(length));
        return Ok(());
    };
    let at = p.at();
    p.seek(at + quoted);
    let read = p.group(&EXTENSIONS, icmp_extensions::read);
    let end = p.at();
    p.seek(at);
    quote(p, quoted);
    p.seek(end);
    read
}

/// Has the packet of `length` bytes that stands here dissected, and passes over it.
fn quote(p: &mut Packet<'_>, length: usize) {
    p.quotes();
    let next = if p.peek_u8().is_ok_and(|byte| byte >> 4 == 6) { Next::To(&IPV6) } else { Next::Data };
    carry(p, next, length);
}

fn carry(p: &mut Packet<'_>, next: Next, length: usize) {
    let at = p.at();
    if p.left() > 0 {
        p.later(next, at, length);
    }
    p.seek(at + length);
}

/// RFC 8335 sections 2 and 3.
fn probe(p: &mut Packet<'_>, kind: u8) -> Read {
    p.u16(&IDENTIFIER)?;
    p.u8(&PROBE_SEQUENCE)?;
    let word = p.peek_u8()?;
    if kind == 160 {
        p.bits(word, 1, &[&PROBE_RESERVED, &PROBE_LOCAL])?;
        if p.left() > 0 {
            p.group(&EXTENSIONS, icmp_extensions::read)?;
        }
    } else {
        p.bits(
            word,
            1,
            &[&PROBE_STATE, &PROBE_REPLY_RESERVED, &PROBE_ACTIVE, &PROBE_IPV4, &PROBE_IPV6],
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    use wirelens_dissect::{Input, Session, Settings};

    const ECHO: &str = "8000 0000 1234 0001 61626364";
    const QUOTED: &str = "
        60000000 0008 11 40 20010db8000000000000000000000001 20010db8000000000000000000000002
        1388 0009 0008 0000";

    fn unreachable(length: &str, behind: &str) -> Vec<u8> {
        hex(&format!("0104 0000 {length} {QUOTED} {behind}"))
    }

    #[test]
    fn an_echo_request() {
        insta::assert_snapshot!(tree(&ICMPV6, &hex(ECHO)));
    }

    #[test]
    fn an_error_quotes_the_packet() {
        insta::assert_snapshot!(tree(&ICMPV6, &unreachable("00000000", "")));
    }

    #[test]
    fn extensions_follow_the_quoted_packet() {
        // One object: the name of the interface, RFC 5837.
        let error = unreachable("07000000", "00000000 00000000 2000 0000 000c 02 0a 08657468 30000000");
        insta::assert_snapshot!(tree(&ICMPV6, &error));
    }

    #[test]
    fn a_probe_and_its_reply() {
        let probe = "a000 0000 1234 07 01 2000 0000 0008 03 01 65746830";
        insta::assert_snapshot!(tree(&ICMPV6, &hex(probe)));
        let reply = tree(&ICMPV6, &hex("a100 0000 1234 07 45"));
        assert!(reply.contains("Active: true") && reply.contains("Runs IPv4: false"), "{reply}");
    }

    #[test]
    fn every_prefix_of_them() {
        every_prefix(&ICMPV6, &hex(ECHO));
        every_prefix(&ICMPV6, &unreachable("00000000", ""));
        every_prefix(&ICMPV6, &unreachable("07000000", "0000000000000000 20000000 000c020a 0865746830000000"));
        every_prefix(&ICMPV6, &hex("a000 0000 1234 07 01 2000 0000 0008 03 01 65746830"));
        every_prefix(&ICMPV6, &hex("a100 0000 1234 07 45"));
        every_prefix(&ICMPV6, &hex("6400 0000 01020304"));
    }

    #[test]
    fn what_an_error_quotes_may_be_cut() {
        let cut = hex("
            0200 0000 00000500 60000000 0100 06 40
            20010db8000000000000000000000001 20010db8000000000000000000000002 1388 0050");
        assert!(!tree(&ICMPV6, &cut).contains("[Malformed"));
        let no_packet = hex("0300 0000 00000000 abcdef");
        assert!(tree(&ICMPV6, &no_packet).contains("Data: abcdef"));
    }

    #[test]
    fn checksums_are_verified_when_asked_for() {
        let header = "60000000 000c 3a 40 20010db8000000000000000000000001 20010db8000000000000000000000002";
        let verdict = |checksum: &str| {
            let settings = Settings { checksums: true, ..Settings::default() };
            let mut session = Session::with(crate::shared(), settings);
            let packet = hex(&format!("{header} 8000 {checksum} 1234 0001 61626364"));
            let input =
                Input { captured: &packet, length: packet.len() as u32, ..Input::default() };
            session.dissect_as(Next::To(&IPV6), input).problems()
        };
        assert_eq!(verdict("4d48"), 0);
        assert_eq!(verdict("ffff"), 1);
    }
}
