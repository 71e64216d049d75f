//! Transmission Control Protocol, RFC 9293.

use wirelens_dissect::prelude::*;

use super::tcp_options::{self, Segment};
use crate::checksum::{self, Verdict};
use crate::network::ipv4::IP_PROTO;

/// What a TCP connection carries, by either port.
pub static TCP_PORT: Table = Table::new("tcp.port", "TCP port");

protocol! {
    TCP = "tcp" "TCP" "Transmission Control Protocol", Transport;
    @ IP_PROTO 6;
    SRC_PORT = uint "srcport"     "Source Port" {
        SRC_PORT_ANY = uint "port" "Source or Destination Port" alias;
    };
    DST_PORT = uint "dstport"     "Destination Port" {
        DST_PORT_ANY = uint "port" "Source or Destination Port" alias;
    };
    SEQ      = uint "seq"         "Sequence Number";
    SEQ_RAW  = uint "seq_raw"     "Sequence Number (raw)";
    ACK_NR   = uint "ack"         "Acknowledgment Number";
    ACK_RAW  = uint "ack_raw"     "Acknowledgment Number (raw)";
    ACK_NONZERO = problem "ack.nonzero" "Acknowledgment number without the flag";
    HDR_LEN  = uint "hdr_len"     "Header Length";
    FLAGS    = hex  "flags"       "Flags" & 0x0fff {
        RES      = flag "flags.res"   "Reserved"     & 0x0e00 span(0, 1);
        AE       = flag "flags.ae"    "Accurate ECN" & 0x0100 span(0, 1);
        CWR      = flag "flags.cwr"   "Congestion Window Reduced" & 0x0080 span(1, 1);
        ECE      = flag "flags.ece"   "ECN-Echo"     & 0x0040 span(1, 1);
        URG      = flag "flags.urg"   "Urgent"       & 0x0020 span(1, 1);
        ACK      = flag "flags.ack"   "Acknowledgment" & 0x0010 span(1, 1);
        PUSH     = flag "flags.push"  "Push"         & 0x0008 span(1, 1);
        RESET    = flag "flags.reset" "Reset"        & 0x0004 span(1, 1);
        SYN      = flag "flags.syn"   "Syn"          & 0x0002 span(1, 1);
        FIN      = flag "flags.fin"   "Fin"          & 0x0001 span(1, 1);
    };
    WINDOW   = uint "window_size_value" "Window";
    CHECKSUM = hex  "checksum"    "Checksum";
    CHECKSUM_BAD  = problem "checksum_bad.expert" "Checksum is wrong";
    CHECKSUM_FFFF = problem "checksum.ffff" "Checksum is 0xffff where it should be 0";
    URGENT   = uint "urgent_pointer" "Urgent Pointer";
    URGENT_NONZERO = problem "urgent_pointer.non_zero" "Urgent pointer without the flag";
    OPTIONS  = bytes "options"    "Options" {
        KIND       = uint "option_kind" "Kind" names(KINDS) key("kind") shared detail;
        OPTION_LEN = uint "option_len"  "Length" key("length") shared detail;
        OPTION_BAD_LENGTH = problem "option.len.invalid" "Option's length is wrong" shared;
        NOP_ROW    = problem "nop" "Four No-Operations in a row";
        NOT_PADDING = problem "non_zero_bytes_after_eol" "Bytes behind the end of the options";
        EOL = hex "options.eol" "End of Option List" many detail {
            EOL_KIND = uint "option_kind" "Kind" & 0xff names(KINDS) key("kind") detail;
        };
        NOP = hex "options.nop" "No-Operation" many detail {
            NOP_KIND = uint "option_kind" "Kind" & 0xff names(KINDS) key("kind") detail;
        };
        MSS = bytes "options.mss" "Maximum Segment Size" many {
            MSS_VAL     = uint "options.mss_val" "Bytes" key("mss_val");
            MSS_PRESENT = problem "options.mss.present" "Maximum segment size outside of a SYN" key("present");
        };
        WSCALE = bytes "options.wscale" "Window Scale" many {
            SHIFT       = uint "options.wscale.shift" "Shift";
            MULTIPLIER  = uint "options.wscale.multiplier" "Multiplier" detail;
            SHIFT_LARGE = problem "options.wscale.shift.invalid" "Shift is larger than 14" key("shift_invalid");
        };
        SACK_PERM = bytes "options.sack_perm" "SACK Permitted" many;
        SACK = bytes "options.sack" "SACK" many {
            BLOCK = bytes "options.sack.block" "Block" own many key("blocks") {
                SACK_LE = uint "options.sack_le" "Left Edge" key("left");
                SACK_RE = uint "options.sack_re" "Right Edge" key("right");
            };
            DSACK_LE  = uint "options.sack.dsack_le" "Left Edge of what came twice" detail;
            DSACK_RE  = uint "options.sack.dsack_re" "Right Edge of what came twice" detail;
            HALF_EDGE = problem "suboption_malformed" "Block is cut by the option's end";
        };
        ECHO = bytes "options.echo" "Echo" many {
            ECHO_VALUE = uint "options.echo_value" "Information" key("echo_value");
        };
        TIMESTAMP = bytes "options.timestamp" "Timestamps" many {
            TSVAL = uint "options.timestamp.tsval" "Timestamp Value";
            TSECR = uint "options.timestamp.tsecr" "Timestamp Echo Reply";
        };
        CC = bytes "options.cc" "Connection Count" many {
            CC_VALUE = uint "options.cc_value" "Segment's Connection Count" key("cc_value");
        };
        MD5 = bytes "options.md5" "MD5 Signature" many {
            DIGEST = bytes "options.md5.digest" "Digest";
        };
        SCPS = bytes "options.scps" "SCPS Capabilities" many {
            SCPS_VECTOR = hex "options.scps.vector" "Capabilities" {
                BETS      = flag "options.scpsflags.bets" "Best Effort Transport Service" & 0x80 key("bets");
                SNACK1    = flag "options.scpsflags.snack1" "Short form of SNACK" & 0x40 key("snack1");
                SNACK2    = flag "options.scpsflags.snack2" "Long form of SNACK" & 0x20 key("snack2");
                COMPRESS  = flag "options.scpsflags.compress" "Header compression" & 0x10 key("compress");
                NLTS      = flag "options.scpsflags.nlts" "Network layer timestamps" & 0x08 key("nlts");
                SCPS_RES  = uint "options.scpsflags.reserved" "Reserved" & 0x07 key("reserved");
            };
            SCPS_CONNECTION = uint "options.scps.binding" "Connection ID";
            BINDING = group "options.scps.space" "Binding Space" own many key("spaces") {
                BINDING_ID   = uint "options.scps.binding.id" "Binding Space ID" key("id");
                BINDING_LEN  = uint "options.scps.binding.len" "Capability Length" & 0xf0 key("length");
                BINDING_DATA = bytes "options.scps.binding.data" "Capability" key("data");
            };
        };
        SNACK = bytes "options.snack" "Selective Negative Acknowledgment" many {
            SNACK_OFFSET = uint "options.snack.offset" "Hole's Offset";
            SNACK_SIZE   = uint "options.snack.size" "Hole's Size";
        };
        RECORD_BOUNDARY = bytes "options.scpsrec" "Record Boundary" many;
        CORRUPTION = bytes "options.scpscor" "Corruption Experienced" many;
        QUICK_START = bytes "options.qs" "Quick-Start Response" many {
            QS_RATE  = uint "options.qs.rate" "Rate Request" & 0x0f names(RATES);
            QS_TTL   = uint "options.qs.ttl_diff" "TTL Difference";
            QS_NONCE = hex "options.qs.nonce" "Nonce" & 0xfffffffc own;
        };
        USER_TIMEOUT = bytes "options.user_to" "User Timeout" many {
            GRANULARITY = flag "options.user_to_granularity" "In minutes" & 0x8000 key("minutes");
            TIMEOUT     = uint "options.user_to_val" "User Timeout" & 0x7fff key("timeout");
        };
        AO = bytes "options.ao" "Authentication" many {
            KEY_ID      = uint "options.ao.keyid" "Key ID";
            NEXT_KEY_ID = uint "options.ao.rnextkeyid" "Receiver's Next Key ID";
            MAC         = bytes "options.ao.mac" "Message Authentication Code";
        };
        MPTCP = bytes "options.mptcp" "Multipath TCP" own many {
            SUBTYPE   = uint "options.mptcp.subtype" "Subtype" & 0xf0 names(SUBTYPES);
            MP_VERSION = uint "options.mptcp.version" "Version" & 0x0f;
            CAPABLE_FLAGS = hex "options.mptcp.flags" "Flags" {
                CHECKSUMS  = flag "options.mptcp.checksumreq.flags" "Checksum Required" & 0x80 key("checksum_required");
                EXTENDED   = flag "options.mptcp.extensibility.flag" "Extensibility" & 0x40 key("extensibility");
                NO_MORE_SUBFLOWS = flag "options.mptcp.nomoresubflows.flag" "No subflows to this address and port" & 0x20 key("no_more_subflows");
                CAPABLE_RES = hex "options.mptcp.reserved.flag" "Reserved" & 0x1e key("reserved");
                SHA256     = flag "options.mptcp.sha256.flag" "HMAC-SHA256" & 0x01 key("sha256");
            };
            CAPABLE_V0_FLAGS = hex "options.mptcp.flags" "Flags" {
                V0_CHECKSUMS = flag "options.mptcp.checksumreq.flags" "Checksum Required" & 0x80 key("checksum_required");
                V0_EXTENDED  = flag "options.mptcp.extensibility.flag" "Extensibility" & 0x40 key("extensibility");
                V0_RES       = hex "options.mptcp.reserved.flag" "Reserved" & 0x3e key("reserved");
                SHA1         = flag "options.mptcp.sha1.flag" "HMAC-SHA1" & 0x01 key("sha1");
            };
            SUBFLOW_FLAGS = hex "options.mptcp.flags" "Flags" {
                BACKUP = flag "options.mptcp.backup.flag" "Backup" & 0x01 key("backup");
            };
            DSS_FLAGS = hex "options.mptcp.flags" "Flags" {
                DATA_FIN      = flag "options.mptcp.datafin.flag" "DATA_FIN" & 0x10 key("data_fin");
                DSN_IS_LONG   = flag "options.mptcp.dseqn8.flag" "Data Sequence Number has 8 bytes" & 0x08 key("dsn_8");
                DSN_PRESENT   = flag "options.mptcp.dseqnpresent.flag" "Mapping is present" & 0x04 key("dsn_present");
                ACK_IS_LONG   = flag "options.mptcp.dataack8.flag" "Data ACK has 8 bytes" & 0x02 key("ack_8");
                ACK_PRESENT   = flag "options.mptcp.dataackpresent.flag" "Data ACK is present" & 0x01 key("ack_present");
            };
            RESET_FLAGS = hex "options.mptcp.flags" "Flags" {
                FLAG_U    = flag "options.mptcp.flag_U.flag" "U" & 0x08 key("u");
                FLAG_V    = flag "options.mptcp.flag_V.flag" "V" & 0x04 key("v");
                FLAG_W    = flag "options.mptcp.flag_W.flag" "W" & 0x02 key("w");
                TRANSIENT = flag "options.mptcp.flag_T.flag" "Transient" & 0x01 key("transient");
            };
            SEND_KEY  = uint "options.mptcp.sendkey" "Sender's Key";
            RECV_KEY  = uint "options.mptcp.recvkey" "Receiver's Key";
            RECV_TOKEN = uint "options.mptcp.recvtok" "Receiver's Token";
            TRUNCATED_HMAC = uint "options.mptcp.sendtrunchmac" "Sender's Truncated HMAC";
            SEND_RANDOM = uint "options.mptcp.sendrand" "Sender's Random Number";
            MP_RESERVED = hex "options.mptcp.reserved" "Reserved" & 0x0fff;
            SEND_HMAC = bytes "options.mptcp.sendhmac" "Sender's HMAC";
            DATA_ACK  = uint "options.mptcp.rawdataack" "Data ACK";
            DATA_SEQ  = uint "options.mptcp.rawdataseqno" "Data Sequence Number";
            SUBFLOW_SEQ = uint "options.mptcp.subflowseqno" "Subflow Sequence Number";
            DATA_LEN  = uint "options.mptcp.datalvllen" "Data-Level Length";
            MP_CHECKSUM = hex "options.mptcp.checksum" "Checksum";
            IP_VERSION = uint "options.mptcp.ipver" "IP Version" & 0x0f;
            MP_ECHO   = flag "options.mptcp.echo" "Echo" & 0x01;
            ADDRESS_ID = uint "options.mptcp.addrid" "Address ID";
            REMOVED_ID = uint "options.mptcp.addrid" "Address ID" many key("removed");
            MP_IPV4   = ipv4 "options.mptcp.ipv4" "Address";
            MP_IPV6   = ipv6 "options.mptcp.ipv6" "Address";
            MP_PORT   = uint "options.mptcp.port" "Port";
            ADDRESS_HMAC = uint "options.mptcp.addaddrtrunchmac" "Truncated HMAC";
            RESET_REASON = hex "options.mptcp.rst_reason" "Reason" names(RESET_REASONS);
            MP_DATA   = bytes "options.mptcp.data" "Data" own;
        };
        TFO = bytes "options.tfo" "Fast Open" many {
            TFO_REQUEST = group "options.tfo.request" "Cookie Request";
            TFO_COOKIE  = bytes "options.tfo.cookie" "Cookie";
        };
        RVBD_PROBE = bytes "options.rvbd.probe" "Riverbed Probe" many {
            PROBE_TYPE1    = uint "options.rvbd.probe.type1" "Type" & 0xf0 names(PROBES) key("type");
            PROBE_TYPE2    = uint "options.rvbd.probe.type2" "Type" & 0xfe names(PROBES) key("type");
            PROBE_VERSION  = uint "options.rvbd.probe.version" "Version" & 0x0f;
            PROBE_RAW      = uint "options.rvbd.probe.version_raw" "Version (raw)" & 0x01;
            PROBE_RESERVED = hex  "options.rvbd.probe.reserved" "Reserved";
            PROBER         = ipv4 "options.rvbd.probe.prober" "Client-side appliance";
            APPLICATION    = uint "options.rvbd.probe.appli_ver" "Application Version";
            CLIENT_IP      = ipv4 "options.rvbd.probe.client.ip" "Client";
            PROXY_IP       = ipv4 "options.rvbd.probe.proxy.ip" "Server-side appliance";
            PROXY_PORT     = uint "options.rvbd.probe.proxy.port" "Server-side appliance's Port";
            STORE_ID       = uint "options.rvbd.probe.storeid" "Store ID";
            QUERY_FLAGS    = hex  "options.rvbd.probe.flags" "Flags" {
                NOT_CFE = flag "options.rvbd.probe.flags.notcfe" "Not a front end" & 0x04;
                LAST    = flag "options.rvbd.probe.flags.last" "Last Notify" & 0x01;
            };
            RESPONSE_FLAGS = hex  "options.rvbd.probe.flags" "Flags" {
                NO_CACHE = flag "options.rvbd.probe.flags.probe" "Disable the probe cache" & 0x10;
                SSL      = flag "options.rvbd.probe.flags.ssl" "SSL enabled" & 0x02;
                SERVER   = flag "options.rvbd.probe.flags.server" "Connection to the server established" & 0x01;
            };
            PROBE_FLAGS    = hex  "options.rvbd.probe.flags" "Flags";
        };
        RVBD_TRANSPARENCY = bytes "options.rvbd.trpy" "Riverbed Transparency" many {
            TRPY_FLAGS = hex "options.rvbd.trpy.flags" "Flags" {
                FW_RST_PROBE = flag "options.rvbd.trpy.flags.fw_rst_probe" "Reset the next firewall's probe state" & 0x0400;
                FW_RST_INNER = flag "options.rvbd.trpy.flags.fw_rst_inner" "Reset all firewalls' inner state" & 0x0200;
                FW_RST       = flag "options.rvbd.trpy.flags.fw_rst" "Reset all firewalls' probe state" & 0x0100;
                TRPY_RES     = flag "options.rvbd.trpy.flags.chksum" "Reserved" & 0x0004;
                OUT_OF_BAND  = flag "options.rvbd.trpy.flags.oob" "Out of band" & 0x0002;
                TRPY_MODE    = flag "options.rvbd.trpy.flags.mode" "Port transparency" & 0x0001;
            };
            TRPY_SRC_IP   = ipv4 "options.rvbd.trpy.src.ip" "Source";
            TRPY_DST_IP   = ipv4 "options.rvbd.trpy.dst.ip" "Destination";
            TRPY_SRC_PORT = uint "options.rvbd.trpy.src.port" "Source Port";
            TRPY_DST_PORT = uint "options.rvbd.trpy.dst.port" "Destination Port";
        };
        ACC_ECN = bytes "options.acc_ecn" "Accurate ECN" many {
            EE0B = uint "options.acc_ecn.ee0b" "ECT(0) Bytes";
            ECEB = uint "options.acc_ecn.eceb" "CE Bytes";
            EE1B = uint "options.acc_ecn.ee1b" "ECT(1) Bytes";
        };
        EXPERIMENTAL = bytes "options.experimental" "Experiment" many {
            EXID         = hex "options.experimental.exid" "Experiment ID" names(EXPERIMENTS);
            EXP_REQUEST  = group "options.tfo.request" "Fast Open Cookie Request" key("tfo_request");
            EXP_COOKIE   = bytes "options.tfo.cookie" "Fast Open Cookie" key("tfo_cookie");
            EXP_EE0B     = uint "options.acc_ecn.ee0b" "ECT(0) Bytes" key("ee0b");
            EXP_ECEB     = uint "options.acc_ecn.eceb" "CE Bytes" key("eceb");
            EXP_EE1B     = uint "options.acc_ecn.ee1b" "ECT(1) Bytes" key("ee1b");
            TARR_RATE    = uint "options.tarr.rate" "ACK Rate" & 0xfe key("ack_rate");
            TARR_RES     = uint "options.tar.reserved" "Reserved" & 0x01 key("reserved");
            EXP_DATA     = bytes "options.experimental.data" "Data";
        };
        UNKNOWN = bytes "options.unknown" "Another option" many {
            UNKNOWN_KIND    = uint "option_kind" "Kind" names(KINDS) key("kind");
            UNKNOWN_PAYLOAD = bytes "options.unknown.payload" "Payload";
        };
    };
    LEN      = uint  "len"        "Segment Length";
    PAYLOAD  = bytes "payload"    "TCP payload" payload;
    RESET_CAUSE   = text "reset_cause" "Reset Cause";
    BOGUS_HEADER  = problem "bogus_header_length" "Header length is less than 20";
    SHORT_SEGMENT = problem "short_segment" "Segment is shorter than its header";
}

/// IANA, "TCP Option Kind Numbers".
static KINDS: Names = &[
    (0, "End of Option List"),
    (1, "No-Operation"),
    (2, "Maximum Segment Size"),
    (3, "Window Scale"),
    (4, "SACK Permitted"),
    (5, "SACK"),
    (6, "Echo"),
    (7, "Echo Reply"),
    (8, "Timestamps"),
    (9, "Partial Order Connection Permitted"),
    (10, "Partial Order Service Profile"),
    (11, "CC"),
    (12, "CC.NEW"),
    (13, "CC.ECHO"),
    (14, "Alternate Checksum Request"),
    (15, "Alternate Checksum Data"),
    (16, "Skeeter"),
    (17, "Bubba"),
    (18, "Trailer Checksum"),
    (19, "MD5 Signature"),
    (20, "SCPS Capabilities"),
    (21, "Selective Negative Acknowledgments"),
    (22, "Record Boundaries"),
    (23, "Corruption Experienced"),
    (24, "SNAP"),
    (26, "TCP Compression Filter"),
    (27, "Quick-Start Response"),
    (28, "User Timeout"),
    (29, "TCP Authentication"),
    (30, "Multipath TCP"),
    (34, "Fast Open Cookie"),
    (69, "Encryption Negotiation"),
    (76, "Riverbed Probe"),
    (78, "Riverbed Transparency"),
    (172, "Accurate ECN Order 0"),
    (174, "Accurate ECN Order 1"),
    (253, "Experiment 1"),
    (254, "Experiment 2"),
];

/// IANA, "TCP/UDP Experimental Option Experiment Identifiers".
static EXPERIMENTS: Names = &[
    (0x00ac, "ACK Rate Request"),
    (0x0348, "Host ID"),
    (0x0a0d, "Autonomous System Compensation"),
    (0x0ca0, "Capability"),
    (0x0ed0, "Extended Data Offset"),
    (0x454e, "Encryption Negotiation"),
    (0x5323, "Service Number"),
    (0x75ec, "Timestamp Interval"),
    (0xacc0, "Accurate ECN Order 0"),
    (0xacc1, "Accurate ECN Order 1"),
    (0xacce, "Accurate ECN"),
    (0xe2d4, "Shared Memory over RDMA"),
    (0xf989, "Fast Open"),
    (0xf990, "Low Latency"),
];

/// RFC 4782, section 3.1.
static RATES: Names = &[
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

/// RFC 8684, section 8.2.
static SUBTYPES: Names = &[
    (0, "MP_CAPABLE"),
    (1, "MP_JOIN"),
    (2, "DSS"),
    (3, "ADD_ADDR"),
    (4, "REMOVE_ADDR"),
    (5, "MP_PRIO"),
    (6, "MP_FAIL"),
    (7, "MP_FASTCLOSE"),
    (8, "MP_TCPRST"),
    (15, "MP_EXPERIMENTAL"),
];

/// RFC 8684, section 3.6.
static RESET_REASONS: Names = &[
    (0, "Unspecified error"),
    (1, "MPTCP-specific error"),
    (2, "Lack of resources"),
    (3, "Administratively prohibited"),
    (4, "Too much outstanding data"),
    (5, "Unacceptable performance"),
    (6, "Middlebox interference"),
];

static PROBES: Names = &[
    (0, "Query"),
    (1, "Response"),
    (2, "Internal"),
    (3, "Trace"),
    (4, "Query of a server-side appliance"),
    (5, "Response of a server-side appliance"),
    (6, "Query information"),
    (7, "Response information"),
    (8, "Query information of a server-side appliance"),
    (9, "Query information of a store"),
    (10, "Reset"),
];

const FLAG_SYN: u16 = 0x02;
const FLAG_RST: u16 = 0x04;
const FLAG_ACK: u16 = 0x10;
const FLAG_URG: u16 = 0x20;

fn dissect(p: &mut Packet<'_>) -> Step {
    let (source, destination) = (p.u16(&SRC_PORT)?, p.u16(&DST_PORT)?);
    p.flow().ports = (source, destination);
    let segment = match p.records() {
        true => numbers(p)?,
        false => {
            p.skip(8)?;
            Segment::default()
        }
    };
    let header = usize::from(p.peek_u8()? >> 4) * 4;
    p.note(&HDR_LEN, header as u64, 1);
    if header < 20 {
        p.skip(1)?;
        return Err(p.malformed(&BOGUS_HEADER));
    }
    let flags = p.u16(&FLAGS)?;
    p.u16(&WINDOW)?;
    let checksum = p.u16(&CHECKSUM)?;
    if p.checksums() {
        verify(p, checksum);
    }
    let urgent = p.u16(&URGENT)?;
    if urgent != 0 && flags & FLAG_URG == 0 && p.records() {
        p.problem_at(&URGENT_NONZERO, p.at() - 2, 2);
    }
    let options = (header - 20).min(p.declared_left());
    if options > 0 {
        match p.records() {
            true => {
                p.group(&OPTIONS, |p| p.within(options, |p| tcp_options::walk(p, &segment)))?;
            }
            false => p.skip(options)?,
        }
    }
    if !p.is_fragment() {
        if options < header - 20 {
            return Err(p.malformed(&SHORT_SEGMENT));
        }
        p.note(&LEN, p.declared_left() as u64, 0);
    }
    if p.left() == 0 {
        return Ok(Next::Nothing);
    }
    // RFC 9293 section 3.5.3 lets a reset carry the reason for it in words.
    if flags & FLAG_RST != 0 {
        p.note(&RESET_CAUSE, 0, p.left());
        return Ok(Next::Nothing);
    }
    p.note(&PAYLOAD, 0, p.left());
    Ok(Next::Ports(&TCP_PORT, source, destination))
}

/// Sequence and acknowledgment number, raw and counted from where each direction began.
fn numbers(p: &mut Packet<'_>) -> Read<Segment> {
    // RFC 792 has errors quote 8 bytes: ports and sequence number.
    let Ok([seq @ .., a, b, c, d, offset, flags]) = p.peek::<10>() else {
        p.note(if p.is_quoted() { &SEQ } else { &SEQ_RAW }, p.peek_u32()?.into(), 4);
        p.skip(4)?;
        p.u32(&ACK_RAW)?;
        return Ok(Segment::default());
    };
    let (seq, ack) = (u32::from_be_bytes(seq), u32::from_be_bytes([a, b, c, d]));
    let flags = u16::from(flags);
    let whole = usize::from(offset >> 4) * 4 <= p.declared_left() + 4 && !p.is_fragment();
    let (own, other) = bases(p, seq, ack, flags, whole);
    p.note(&SEQ, seq.wrapping_sub(own).into(), 4);
    match p.is_quoted() {
        true => p.skip(4)?,
        false => p.number(&SEQ_RAW, seq.into(), 4)?,
    }
    let acknowledges = flags & FLAG_ACK != 0;
    p.note(&ACK_NR, if acknowledges { ack.wrapping_sub(other) } else { ack }.into(), 4);
    p.number(&ACK_RAW, ack.into(), 4)?;
    if ack != 0 && !acknowledges {
        p.problem_at(&ACK_NONZERO, p.at() - 4, 4);
    }
    Ok(Segment { ack, other, syn: flags & FLAG_SYN != 0 })
}

/// Where the sequence numbers of a connection's two directions start.
#[derive(Default)]
struct Starts {
    of: [Option<u32>; 2],
}

/// What this direction's numbers and the other's are counted from; 0 where nothing is known, and
/// in segments that are not whole, from which nothing is learned but that a connection is new.
///
/// A SYN stands at its direction's start. A connection joined in progress starts one before the
/// first number seen, so that its first byte is number 1 as if the SYN had been there.
fn bases(p: &mut Packet<'_>, seq: u32, ack: u32, flags: u16, whole: bool) -> (u32, u32) {
    if flags & (FLAG_SYN | FLAG_ACK) == FLAG_SYN
        && let Some((starts, forward)) = p.conversation::<Starts>()
        && starts.of[usize::from(forward)].is_some_and(|start| start != seq)
    {
        p.forget_conversation();
    }
    if !whole {
        return (0, 0);
    }
    let Some((starts, forward)) = p.conversation::<Starts>() else { return (0, 0) };
    let own = &mut starts.of[usize::from(forward)];
    if flags & FLAG_SYN != 0 {
        *own = Some(seq);
    }
    let own = *own.get_or_insert(seq.wrapping_sub(1));
    let other = &mut starts.of[usize::from(!forward)];
    if flags & FLAG_ACK != 0 {
        other.get_or_insert(ack.wrapping_sub(1));
    }
    (own, other.unwrap_or(0))
}

/// Stands behind the checksum and holds it against the segment, if all of that is there.
#[cold]
fn verify(p: &mut Packet<'_>, stored: u16) {
    let segment = p.layer_bytes();
    let complete = p.left() == p.declared_left() && !p.is_fragment();
    if !complete || p.is_quoted() || p.flow().version == 0 {
        return;
    }
    let pseudo = checksum::pseudo_header(p.flow(), 6, segment.len());
    if checksum::verify(segment, 16, pseudo) == Verdict::Bad {
        p.problem_at(&CHECKSUM_BAD, p.at() - 2, 2);
    } else if stored == 0xffff {
        // One's complement has two zeros; RFC 1624 section 3 says which one a sum cannot be.
        p.problem_at(&CHECKSUM_FFFF, p.at() - 2, 2);
    }
}

#[cfg(test)]
mod tests {
    use wirelens_dissect::{Session, Settings};

    use super::*;
    use crate::network::ipv4::IP;
    use crate::testing::*;

    const SYN_SEGMENT: &str = "9c40 0050 000003e8 00000000 a0 02 faf0 0000 0000 \
        020405b4 0402 080a 00000001 00000000 01 030307";

    /// A segment between the ports 40000 and 80, in one direction or the other.
    fn segment(forward: bool, flags: u8, seq: u32, ack: u32, payload: &str) -> Vec<u8> {
        let ports = if forward { "9c40 0050" } else { "0050 9c40" };
        hex(&format!("{ports} {seq:08x} {ack:08x} 50 {flags:02x} faf0 0000 0000 {payload}"))
    }

    /// The relative numbers of segments that follow each other.
    fn relative(segments: &[(bool, u16, u32, u32)]) -> Vec<(u64, u64)> {
        let mut session = Session::new(crate::shared());
        let number = |tree: &str, label: &str| {
            let line = tree.lines().find(|line| line.contains(label)).expect("the row is there");
            line.rsplit(' ').next().and_then(|n| n.parse().ok()).expect("a number")
        };
        let one = |&(forward, flags, seq, ack): &(bool, u16, u32, u32)| {
            let bytes = segment(forward, flags as u8, seq, ack, "");
            let tree = tree_in(&mut session, &TCP, &bytes);
            (number(&tree, "Sequence Number:"), number(&tree, "Acknowledgment Number:"))
        };
        segments.iter().map(one).collect()
    }

    const S: u16 = FLAG_SYN;
    const A: u16 = FLAG_ACK;

    #[test]
    fn a_syn() {
        insta::assert_snapshot!(tree(&TCP, &hex(SYN_SEGMENT)));
    }

    #[test]
    fn a_syn_as_json() {
        insta::assert_snapshot!(json(&TCP, &hex(SYN_SEGMENT)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&TCP, &hex(SYN_SEGMENT));
        every_prefix(&TCP, &segment(true, 0x18, 7, 9, "6869"));
    }

    #[test]
    fn numbers_count_from_the_syn() {
        let seen = relative(&[
            (true, S, 1000, 0),
            (false, S | A, 5000, 1001),
            (true, A, 1001, 5001),
            (false, A, 5001, 1011),
        ]);
        assert_eq!(seen, [(0, 0), (0, 1), (1, 1), (1, 11)]);
    }

    #[test]
    fn joined_in_progress_numbers_count_from_the_first_seen() {
        let seen = relative(&[(true, A, 1000, 5000), (false, A, 5000, 1010), (true, A, 999, 5000)]);
        assert_eq!(seen, [(1, 1), (1, 11), (0, 1)]);
    }

    #[test]
    fn numbers_wrap_around() {
        let seen = relative(&[(true, S, 0xffff_fffe, 0), (true, 0, 3, 0)]);
        assert_eq!(seen, [(0, 0), (5, 0)]);
    }

    #[test]
    fn a_syn_with_another_number_is_a_new_connection() {
        let seen = relative(&[
            (true, S, 1000, 0),
            (false, S | A, 5000, 1001),
            (true, S, 1000, 0),
            (true, S, 9000, 0),
            (false, S | A, 77000, 9001),
        ]);
        assert_eq!(seen, [(0, 0), (0, 1), (0, 0), (0, 0), (0, 1)]);
    }

    #[test]
    fn an_acknowledgment_without_its_flag_is_no_number_of_the_connection() {
        let seen = relative(&[(false, S, 5000, 0), (true, 0, 1000, 5001)]);
        assert_eq!(seen, [(0, 0), (1, 5001)]);
        assert!(tree(&TCP, &segment(true, 0, 7, 9, "")).contains("! Acknowledgment number without"));
    }

    #[test]
    fn header_lengths_that_contradict_are_problems() {
        let mut bytes = hex(SYN_SEGMENT);
        bytes[12] = 0x40;
        assert!(tree(&TCP, &bytes).contains("! Header length is less"));
        bytes[12] = 0xf0;
        let tree = tree(&TCP, &bytes);
        assert!(tree.contains("! Segment is shorter"), "{tree}");
        assert!(tree.contains("Sequence Number: 1000"), "nothing is counted from it: {tree}");
    }

    #[test]
    fn a_reset_says_why() {
        let tree = tree(&TCP, &segment(true, 0x14, 7, 9, "6e6f"));
        assert!(tree.contains("Reset Cause: no"), "{tree}");
        assert!(!tree.contains("Data"), "{tree}");
    }

    #[test]
    fn checksums_are_verified_when_asked_for() {
        let settings = Settings { checksums: true, ..Settings::default() };
        let mut session = Session::with(crate::shared(), settings);
        let mut look = |checksum: &str| {
            let packet = format!(
                "4500002a 00014000 40060000 c0000201 c0000202 \
                 9c400050 000003e8 00001388 5018faf0 {checksum}0000 6869"
            );
            tree_in(&mut session, &IP, &hex(&packet))
        };
        let wrong = "! Checksum is wrong";
        assert!(!look(GOOD).contains(wrong), "{}", look(GOOD));
        assert!(look("1234").contains(wrong));
        assert!(!look(OFFLOADED).contains(wrong), "the card was to finish it");
    }

    const GOOD: &str = "146c";
    const OFFLOADED: &str = "8420";
}
