//! Internet Group Management Protocol, RFC 1112, RFC 2236, RFC 3376.

use wirelens_dissect::prelude::*;

use super::ipv4::IP_PROTO;
use crate::checksum::{self, Verdict};

/// Protocols that borrow IGMP's number and are told by its type: DVMRP, PIM version 1, IGAP, RGMP.
pub static IGMP_TYPE: Table = Table::new("igmp.type", "IGMP type");

protocol! {
    IGMP = "igmp" "IGMP" "Internet Group Management Protocol", Network;
    @ IP_PROTO 2;
    VERSION     = uint  "version" "Version";
    TYPE        = hex   "type" "Type" names(TYPES) brief("");
    RESERVED    = bytes "reserved" "Reserved" many detail;
    GROUP_TYPE  = uint  "group_type" "Type of Group" names(GROUP_TYPES) brief("");
    REPLY       = uint  "reply" "Reply" names(REPLIES) brief("");
    PENDING     = uint  "reply.pending" "Seconds until the Reply" key("reply_pending");
    MAX_RESP    = uint  "max_resp" "Max Response Time in tenths of a second" {
        EXPONENT = hex  "max_resp.exp" "Exponent" & 0x70 read detail;
        MANTISSA = hex  "max_resp.mant" "Mantissa" & 0x0f read detail;
    };
    MAX_HOPS    = uint  "mtrace.max_hops" "Number of Hops" key("hops") brief("hops ");
    CHECKSUM    = hex   "checksum" "Checksum";
    IDENTIFIER  = uint  "identifier" "Identifier" brief("id ");
    GROUP       = ipv4  "maddr" "Group Address" brief("group ") unless_zero;
    ACCESS_KEY  = bytes "access_key" "Access Key";
    SUPPRESS    = flag  "s" "Suppress Router-Side Processing" & 0x08;
    ROBUSTNESS  = uint  "qrv" "Querier's Robustness Variable" & 0x07;
    INTERVAL    = uint  "qqic" "Querier's Query Interval Code";
    NUM_SOURCES = uint  "num_src" "Number of Sources";
    SOURCE      = ipv4  "saddr" "Source Address" many key("sources") brief("source ");
    NUM_RECORDS = uint  "num_grp_recs" "Number of Group Records";
    RECORD      = group "record" "Group Record" own many key("records") {
        RECORD_TYPE    = uint  "record_type" "Type" names(RECORD_TYPES) key("type") brief(", ");
        AUX_LENGTH     = uint  "aux_data_len" "Auxiliary Data Length in units of 4 bytes";
        RECORD_NUM     = uint  "num_src" "Number of Sources";
        RECORD_GROUP   = ipv4  "maddr" "Group Address" brief("");
        RECORD_SOURCE  = ipv4  "saddr" "Source Address" many key("sources") brief("source ");
        AUX_DATA       = bytes "aux_data" "Auxiliary Data";
    };
    TRACE_SOURCE   = ipv4 "mtrace.saddr" "Source Address" key("source") brief("from ");
    TRACE_RECEIVER = ipv4 "mtrace.raddr" "Receiver Address" key("receiver") brief("to ");
    TRACE_REPLY_TO = ipv4 "mtrace.rspaddr" "Response Address" key("response_address");
    TRACE_TTL      = uint "mtrace.resp_ttl" "Response TTL" key("response_ttl");
    TRACE_ID       = uint "mtrace.q_id" "Query ID" key("query_id");
    TRACE_BLOCK    = group "mtrace.block" "Response Block" own many key("blocks") {
        ARRIVAL      = uint "mtrace.q_arrival" "Query Arrival Time" key("arrival");
        INCOMING     = ipv4 "mtrace.q_inaddr" "Incoming Interface" key("incoming");
        OUTGOING     = ipv4 "mtrace.q_outaddr" "Outgoing Interface" key("outgoing");
        PREVIOUS     = ipv4 "mtrace.q_prevrtr" "Previous-Hop Router" key("previous");
        PACKETS_IN   = uint "mtrace.q_inpkt" "Packets in" key("packets_in");
        PACKETS_OUT  = uint "mtrace.q_outpkt" "Packets Out" key("packets_out");
        PACKETS      = uint "mtrace.q_total" "Packets of this source and group" key("packets");
        ROUTING      = uint "mtrace.q_rtg_proto" "Routing Protocol" key("routing") names(ROUTINGS);
        FORWARD_TTL  = uint "mtrace.q_fwd_ttl" "TTL required for forwarding" key("forward_ttl");
        MUST_BE_ZERO = hex  "mtrace.q_mbz" "Must Be Zero" & 0x80 key("mbz") detail;
        WHOLE_GROUP  = hex  "mtrace.q_s" "Packets are of the whole group" & 0x40 key("whole_group");
        SOURCE_MASK  = hex  "mtrace.q_src_mask" "Source Mask" & 0x3f key("source_mask");
        FORWARD_CODE = hex  "mtrace.q_fwd_code" "Forwarding Code" key("code") names(FORWARD_CODES);
    };
    DATA        = bytes "data" "Data";
    BAD_CHECKSUM = problem "bad_checksum" "Checksum is wrong";
}

/// <https://www.iana.org/assignments/igmp-type-numbers>; the first eight are RFC 988's.
static TYPES: Names = &[
    (0x01, "Create Group Request"),
    (0x02, "Create Group Reply"),
    (0x03, "Join Group Request"),
    (0x04, "Join Group Reply"),
    (0x05, "Leave Group Request"),
    (0x06, "Leave Group Reply"),
    (0x07, "Confirm Group Request"),
    (0x08, "Confirm Group Reply"),
    (0x11, "Membership Query"),
    (0x12, "Version 1 Membership Report"),
    (0x13, "DVMRP"),
    (0x14, "PIM version 1"),
    (0x15, "Cisco Trace Messages"),
    (0x16, "Version 2 Membership Report"),
    (0x17, "Version 2 Leave Group"),
    (0x1e, "Multicast Traceroute Response"),
    (0x1f, "Multicast Traceroute"),
    (0x22, "Version 3 Membership Report"),
    (0x30, "Multicast Router Advertisement"),
    (0x31, "Multicast Router Solicitation"),
    (0x32, "Multicast Router Termination"),
    (0x40, "IGAP Membership Report"),
    (0x41, "IGAP Membership Query"),
    (0x42, "IGAP Leave Group"),
];

static GROUP_TYPES: Names = &[(0, "Public"), (1, "Private")];

/// RFC 988 appendix I.
static REPLIES: Names = &[
    (0, "Request Granted"),
    (1, "Request Denied, No Resources"),
    (2, "Request Denied, Invalid Code"),
    (3, "Request Denied, Invalid Group Address"),
    (4, "Request Denied, Invalid Access Key"),
];

/// RFC 3376 section 4.2.12.
static RECORD_TYPES: Names = &[
    (1, "Mode is include"),
    (2, "Mode is exclude"),
    (3, "Change to include mode"),
    (4, "Change to exclude mode"),
    (5, "Allow new sources"),
    (6, "Block old sources"),
];

/// draft-ietf-idmr-traceroute-ipm.
static ROUTINGS: Names = &[
    (1, "DVMRP"),
    (2, "MOSPF"),
    (3, "PIM"),
    (4, "CBT"),
    (5, "PIM using special routing table"),
    (6, "PIM using a static route"),
    (7, "DVMRP using a static route"),
    (8, "PIM using MBGP"),
    (9, "CBT using special routing table"),
    (10, "CBT using a static route"),
    (11, "PIM using state created by Assert"),
];

static FORWARD_CODES: Names = &[
    (0x00, "No error"),
    (0x01, "Wrong interface"),
    (0x02, "Prune sent upstream"),
    (0x03, "Prune received from downstream"),
    (0x04, "Subject to scoping"),
    (0x05, "No route"),
    (0x06, "Wrong last hop"),
    (0x07, "Not forwarding"),
    (0x08, "Reached the rendezvous point"),
    (0x09, "Arrived on the expected interface"),
    (0x0a, "No multicast on the interface"),
    (0x0b, "Information is hidden"),
    (0x81, "No space left"),
    (0x82, "Previous router is old"),
    (0x83, "Administratively prohibited"),
];

/// The group that routers and switches speak RGMP in, 224.0.0.25: RFC 3488 section 4.
const RGMP_GROUP: u128 = 0xe000_0019;

fn dissect(p: &mut Packet<'_>) -> Step {
    let kind = p.peek_u8()?;
    match kind {
        0xfc..=0xff if p.flow().destination == RGMP_GROUP => {
            return Ok(Next::In(&IGMP_TYPE, kind.into()));
        }
        0x13 | 0x14 | 0x40..=0x42 => return Ok(Next::In(&IGMP_TYPE, kind.into())),
        // RFC 1112 appendix I: the first half of this byte is the version.
        0x00..=0x0f => version_0(p, kind)?,
        0x11 => query(p)?,
        0x12 => {
            start(p, 1)?;
            p.bytes(&RESERVED, 1)?;
            checksum_and_group(p)?;
        }
        0x16 | 0x17 => {
            start(p, 2)?;
            p.u8(&MAX_RESP)?;
            checksum_and_group(p)?;
        }
        0x1e | 0x1f => traceroute(p)?,
        0x22 => report(p)?,
        _ => {
            p.u8(&TYPE)?;
            p.remainder(&DATA)?;
        }
    }
    // What is behind is counted in the checksum and has no meaning: RFC 3376 section 4.2.11.
    p.seek(p.at() + p.left());
    Ok(Next::Nothing)
}

fn start(p: &mut Packet<'_>, version: u64) -> Read {
    p.note(&VERSION, version, 0);
    p.u8(&TYPE)?;
    Ok(())
}

/// The checksum covers the whole message; in versions 1 and 2 that is eight bytes, but senders
/// count what they send behind them as well.
fn checksum(p: &mut Packet<'_>) -> Read {
    p.u16(&CHECKSUM)?;
    let whole = p.left() == p.declared_left() && !p.is_quoted() && !p.is_fragment();
    let bytes = p.layer_bytes();
    let good = |bytes| checksum::verify(bytes, 2, 0) == Verdict::Good;
    if p.checksums() && whole && !good(bytes) && !bytes.get(..8).is_some_and(good) {
        p.problem_at(&BAD_CHECKSUM, p.start() + 2, 2);
    }
    Ok(())
}

fn checksum_and_group(p: &mut Packet<'_>) -> Read {
    checksum(p)?;
    p.ipv4(&GROUP).map(drop)
}

/// RFC 988 appendix I.
fn version_0(p: &mut Packet<'_>, kind: u8) -> Read {
    start(p, 0)?;
    match (kind, p.peek_u8()?) {
        (0x01, _) => p.u8(&GROUP_TYPE).map(drop)?,
        (kind, 0..=4) if kind % 2 == 0 => p.u8(&REPLY).map(drop)?,
        (kind, _) if kind % 2 == 0 => p.u8(&PENDING).map(drop)?,
        _ => p.skip(1)?,
    }
    checksum(p)?;
    p.u32(&IDENTIFIER)?;
    p.ipv4(&GROUP)?;
    p.bytes(&ACCESS_KEY, 8).map(drop)
}

/// A query's version is told by its length and response time: RFC 3376 section 7.1.
fn query(p: &mut Packet<'_>) -> Read {
    let version = match (p.declared_left(), p.peek_at(1)?) {
        (12.., _) => 3,
        (_, 0) => 1,
        _ => 2,
    };
    start(p, version)?;
    if version == 1 {
        p.bytes(&RESERVED, 1)?;
        return checksum_and_group(p);
    }
    let (code, at) = (p.peek_u8()?, p.at());
    if version == 3 && code >= 0x80 {
        // RFC 3376 section 4.1.1: a small floating-point number.
        let time = u64::from(code & 0x0f | 0x10) << ((code >> 4 & 0x07) + 3);
        p.number(&MAX_RESP, time, 1)?;
        p.views(at, 1, code, &[&EXPONENT, &MANTISSA]);
    } else {
        p.u8(&MAX_RESP)?;
    }
    checksum_and_group(p)?;
    if version == 3 {
        p.bits(p.peek_u8()?, 1, &[&SUPPRESS, &ROBUSTNESS])?;
        p.u8(&INTERVAL)?;
        let sources = p.u16(&NUM_SOURCES)?;
        for _ in 0..sources {
            p.ipv4(&SOURCE)?;
        }
    }
    Ok(())
}

/// RFC 3376 section 4.2.
fn report(p: &mut Packet<'_>) -> Read {
    start(p, 3)?;
    p.bytes(&RESERVED, 1)?;
    checksum(p)?;
    p.bytes(&RESERVED, 2)?;
    let records = p.u16(&NUM_RECORDS)?;
    for _ in 0..records {
        p.group(&RECORD, |p| {
            p.u8(&RECORD_TYPE)?;
            let auxiliary = usize::from(p.u8(&AUX_LENGTH)?) * 4;
            let sources = p.u16(&RECORD_NUM)?;
            p.ipv4(&RECORD_GROUP)?;
            for _ in 0..sources {
                p.ipv4(&RECORD_SOURCE)?;
            }
            if auxiliary > 0 {
                p.bytes(&AUX_DATA, auxiliary)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// draft-ietf-idmr-traceroute-ipm: a query, to which every router on the way appends a block.
fn traceroute(p: &mut Packet<'_>) -> Read {
    p.u8(&TYPE)?;
    p.u8(&MAX_HOPS)?;
    checksum_and_group(p)?;
    p.ipv4(&TRACE_SOURCE)?;
    p.ipv4(&TRACE_RECEIVER)?;
    p.ipv4(&TRACE_REPLY_TO)?;
    p.u8(&TRACE_TTL)?;
    p.u24(&TRACE_ID)?;
    while p.left() >= 32 {
        p.group(&TRACE_BLOCK, |p| {
            p.u32(&ARRIVAL)?;
            p.ipv4(&INCOMING)?;
            p.ipv4(&OUTGOING)?;
            p.ipv4(&PREVIOUS)?;
            p.u32(&PACKETS_IN)?;
            p.u32(&PACKETS_OUT)?;
            p.u32(&PACKETS)?;
            p.u8(&ROUTING)?;
            p.u8(&FORWARD_TTL)?;
            p.bits(p.peek_u8()?, 1, &[&MUST_BE_ZERO, &WHOLE_GROUP, &SOURCE_MASK])?;
            p.u8(&FORWARD_CODE)
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use wirelens_dissect::{Session, Settings};

    use super::*;
    use crate::testing::*;

    #[test]
    fn queries_and_reports() {
        for (name, bytes) in [
            ("version_0", "0205 0000 00000007 ef000203 6162636465666768"),
            ("query_1", "1100 eeff 00000000"),
            ("query_2", "1164 ee9b 00000000"),
            ("query_3", "11fe 0000 ef000203 0a8f 0002 c0000201 c0000202"),
            ("report_1", "1200 0000 ef000203"),
            ("report_2", "1600 0000 ef000203"),
            (
                "report_3",
                "2200 0000 0000 0003 0100 0002 ef000203 c0000201 c0000202 \
                 0401 0000 ef000203 61757864 0600 0000 ef000203",
            ),
            (
                "traceroute",
                "1e03 0000 ef000203 c0000201 c0000202 c0000203 40 123456 \
                 00000001 c0000204 c0000205 c0000206 00000007 00000008 00000009 01 20 d8 01",
            ),
            ("other", "3000 0000 05d0"),
        ] {
            insta::assert_snapshot!(name, tree(&IGMP, &hex(bytes)));
            every_prefix(&IGMP, &hex(bytes));
        }
    }

    #[test]
    fn a_large_response_time_is_a_small_float() {
        let query = "11fe 0000 ef000203 0a8f 0000";
        assert!(json(&IGMP, &hex(query)).contains(r#""max_resp":30720"#));
    }

    #[test]
    fn sources_that_are_not_there() {
        let tree = tree(&IGMP, &hex("1164 0000 ef000203 0a7d ffff c0000201"));
        assert!(tree.contains("192.0.2.1") && tree.contains("Malformed"), "{tree}");
    }

    #[test]
    fn a_wrong_checksum_is_a_problem_where_it_is_asked_for() {
        let settings = Settings { checksums: true, ..Settings::default() };
        let mut session = Session::with(crate::shared(), settings);
        assert!(!tree_in(&mut session, &IGMP, &hex("1164 ee9b 00000000")).contains('!'));
        assert!(tree_in(&mut session, &IGMP, &hex("1164 ee9c 00000000")).contains("! Checksum"));
    }
}
