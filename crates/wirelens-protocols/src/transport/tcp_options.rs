//! TCP options: RFC 9293 section 3.1 and the RFCs named below.

use wirelens_dissect::prelude::*;

use super::tcp::OPTIONS;
use super::tcp_mptcp::{self, MPTCP_ROWS};
use super::tcp_riverbed::{self, PROBE_ROWS, TRANSPARENCY_ROWS};
use crate::network::ipv4::QS_RATES;

fields! {
    /// The rows of TCP's options.
    OPTION_ROWS = "tcp" OPTIONS "options";
    KIND       = uint "option_kind" "Kind" names(KINDS) key("kind") shared detail;
    OPTION_LEN = uint "option_len"  "Length" key("length") shared detail;
    OPTION_BAD_LENGTH = problem "option.len.invalid" "Option's length is wrong" shared key("bad_length");
    NOP_ROW    = problem "nop" "Four No-Operations in a row" key("nops");
    NOT_PADDING = problem "non_zero_bytes_after_eol" "Bytes behind the end of the options";
    EOL = hex "options.eol" "End of Option List" many detail {
        EOL_KIND = uint "option_kind" "Kind" & 0xff names(KINDS) key("kind") detail;
    };
    NOP = hex "options.nop" "No-Operation" many detail {
        NOP_KIND = uint "option_kind" "Kind" & 0xff names(KINDS) key("kind") detail;
    };
    MSS = bytes "options.mss" "Maximum Segment Size" many {
        MSS_VAL     = uint "options.mss_val" "Bytes" brief("mss ") key("value");
        MSS_PRESENT = problem "options.mss.present" "Maximum segment size outside of a SYN" key("not_in_syn");
    };
    WSCALE = bytes "options.wscale" "Window Scale" many {
        SHIFT       = uint "options.wscale.shift" "Shift" brief("wscale ");
        MULTIPLIER  = uint "options.wscale.multiplier" "Multiplier" detail;
        SHIFT_LARGE = problem "options.wscale.shift.invalid" "Shift is larger than 14" key("shift_too_large");
    };
    SACK_PERM = bytes "options.sack_perm" "SACK Permitted" many brief("sackOK") alone;
    SACK = bytes "options.sack" "SACK" many {
        BLOCK = bytes "options.sack.block" "Block" own many key("blocks") {
            SACK_LE = uint "options.sack_le" "Left Edge" key("left") brief("sack ");
            SACK_RE = uint "options.sack_re" "Right Edge" key("right") brief(":");
        };
        DSACK_LE  = uint "options.sack.dsack_le" "Left Edge of what came twice" detail;
        DSACK_RE  = uint "options.sack.dsack_re" "Right Edge of what came twice" detail;
        HALF_EDGE = problem "suboption_malformed" "Block is cut by the option's end";
    };
    ECHO = bytes "options.echo" "Echo" many {
        ECHO_VALUE = uint "options.echo_value" "Information" key("value");
    };
    TIMESTAMP = bytes "options.timestamp" "Timestamps" many {
        TSVAL = uint "options.timestamp.tsval" "Timestamp Value" brief("ts ");
        TSECR = uint "options.timestamp.tsecr" "Timestamp Echo Reply" brief("ecr ");
    };
    CC = bytes "options.cc" "Connection Count" many {
        CC_VALUE = uint "options.cc_value" "Segment's Connection Count" key("value");
    };
    MD5 = bytes "options.md5" "MD5 Signature" many {
        DIGEST = bytes "options.md5.digest" "Digest";
    };
    SCPS = bytes "options.scps" "SCPS Capabilities" many {
        SCPS_VECTOR = hex "options.scps.vector" "Capabilities" {
            BETS      = flag "options.scpsflags.bets" "Best Effort Transport Service" & 0x80 key("bets");
            SNACK1    = flag "options.scpsflags.snack1" "Short form of SNACK" & 0x40 key("snack1");
            SNACK2    = flag "options.scpsflags.snack2" "Long form of SNACK" & 0x20 key("snack2");
            COMPRESS  = flag "options.scpsflags.compress" "Header Compression" & 0x10 key("compress");
            NLTS      = flag "options.scpsflags.nlts" "Network Layer Timestamps" & 0x08 key("nlts");
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
        QS_RATE  = uint "options.qs.rate" "Rate Request" & 0x0f names(QS_RATES);
        QS_TTL   = uint "options.qs.ttl_diff" "TTL Difference";
        QS_NONCE = hex "options.qs.nonce" "Nonce" & 0xfffffffc own;
    };
    USER_TIMEOUT = bytes "options.user_to" "User Timeout" many {
        GRANULARITY = flag "options.user_to_granularity" "In Minutes" & 0x8000 key("minutes");
        TIMEOUT     = uint "options.user_to_val" "User Timeout" & 0x7fff key("timeout") brief("uto ");
    };
    AO = bytes "options.ao" "Authentication" many {
        KEY_ID      = uint "options.ao.keyid" "Key ID";
        NEXT_KEY_ID = uint "options.ao.rnextkeyid" "Receiver's Next Key ID";
        MAC         = bytes "options.ao.mac" "Message Authentication Code";
    };
    MPTCP = bytes "options.mptcp" "Multipath TCP" own many rows(MPTCP_ROWS);
    TFO = bytes "options.tfo" "Fast Open" many brief("tfo") alone {
        TFO_REQUEST = group "options.tfo.request" "Cookie Request";
        TFO_COOKIE  = bytes "options.tfo.cookie" "Cookie";
    };
    RVBD_PROBE = bytes "options.rvbd.probe" "Riverbed Probe" many rows(PROBE_ROWS);
    RVBD_TRANSPARENCY = bytes "options.rvbd.trpy" "Riverbed Transparency" many rows(TRANSPARENCY_ROWS);
    ACC_ECN = bytes "options.acc_ecn" "Accurate ECN" many {
        EE0B = uint "options.acc_ecn.ee0b" "ECT(0) Bytes";
        ECEB = uint "options.acc_ecn.eceb" "CE Bytes";
        EE1B = uint "options.acc_ecn.ee1b" "ECT(1) Bytes";
    };
    EXPERIMENTAL = bytes "options.experimental" "Experiment" many {
        EXID         = hex "options.experimental.exid" "Experiment ID" names(EXPERIMENTS) brief("exp ");
        EXP_REQUEST  = group "options.tfo.request" "Fast Open Cookie Request" key("tfo_request");
        EXP_COOKIE   = bytes "options.tfo.cookie" "Fast Open Cookie" key("tfo_cookie");
        EXP_EE0B     = uint "options.acc_ecn.ee0b" "ECT(0) Bytes" key("ee0b");
        EXP_ECEB     = uint "options.acc_ecn.eceb" "CE Bytes" key("eceb");
        EXP_EE1B     = uint "options.acc_ecn.ee1b" "ECT(1) Bytes" key("ee1b");
        TARR_RATE    = uint "options.tarr.rate" "ACK Rate" & 0xfe key("ack_rate");
        TARR_RES     = uint "options.tar.reserved" "Reserved" & 0x01 key("reserved");
        EXP_DATA     = bytes "options.experimental.data" "Data";
    };
    UNKNOWN = bytes "options.unknown" "Another Option" many {
        UNKNOWN_KIND    = uint "option_kind" "Kind" names(KINDS) key("kind");
        UNKNOWN_PAYLOAD = bytes "options.unknown.payload" "Payload";
    };
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

/// What options need to know of the segment they stand in.
#[derive(Clone, Copy, Default)]
pub(super) struct Segment {
    /// The acknowledgment number as it stands there.
    pub(super) ack: u32,
    /// Where the numbers of the other direction start.
    pub(super) other: u32,
    /// The SYN flag.
    pub(super) syn: bool,
}

/// What stands in an option behind its length.
type Body = fn(&mut Packet<'_>, &Segment) -> Read;

/// Reads options to the end of the header, or to one whose length leads nowhere.
pub(super) fn walk(p: &mut Packet<'_>, segment: &Segment) -> Read {
    let (mut nops, mut told) = (0, false);
    while p.declared_left() > 0 {
        match p.peek_u8()? {
            0 => return end_of_options(p),
            1 => {
                p.u8(&NOP)?;
                nops += 1;
                if nops == 4 && !told {
                    p.problem_at(&NOP_ROW, p.at() - 4, 4);
                    told = true;
                }
            }
            kind => {
                nops = 0;
                if !option(p, kind, segment)? {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// Behind the end of the list there is only padding with zeros, RFC 9293 section 3.1.
fn end_of_options(p: &mut Packet<'_>) -> Read {
    while p.left() > 0 {
        if p.peek_u8()? != 0 {
            p.problem_at(&NOT_PADDING, p.at(), p.left());
            return Ok(());
        }
        p.u8(&EOL)?;
    }
    Ok(())
}

/// Reads one option that has a length. False where the next one cannot be found.
fn option(p: &mut Packet<'_>, kind: u8, segment: &Segment) -> Read<bool> {
    let room = p.declared_left();
    let length = if room > 1 { usize::from(p.peek_at(1)?) } else { 0 };
    if length < 2 || length > room {
        p.problem_at(&OPTION_BAD_LENGTH, p.at(), length.max(2).min(room));
        return Ok(false);
    }
    let (row, right, body): (&'static Field, bool, Body) = match kind {
        2 => (&MSS, length == 4, mss),
        3 => (&WSCALE, length == 3, window_scale),
        4 => (&SACK_PERM, length == 2, nothing),
        5 => (&SACK, length >= 10, sack),
        6 | 7 => (&ECHO, length == 6, echo),
        8 => (&TIMESTAMP, length == 10, timestamps),
        11..=13 => (&CC, length == 6, connection_count),
        19 => (&MD5, length == 18, md5),
        20 => (&SCPS, length >= 4, scps),
        21 => (&SNACK, length == 6, snack),
        22 => (&RECORD_BOUNDARY, length == 2, nothing),
        23 => (&CORRUPTION, length == 2, nothing),
        27 => (&QUICK_START, length == 8, quick_start),
        28 => (&USER_TIMEOUT, length == 4, user_timeout),
        29 => (&AO, length >= 4, authentication),
        30 => (&MPTCP, length >= 3, tcp_mptcp::option),
        34 => (&TFO, true, fast_open),
        76 => (&RVBD_PROBE, length >= 3, tcp_riverbed::probe),
        78 => (&RVBD_TRANSPARENCY, length == 16, tcp_riverbed::transparency),
        172 => (&ACC_ECN, accurate_ecn_fits(length - 2), accurate_ecn_0),
        174 => (&ACC_ECN, accurate_ecn_fits(length - 2), accurate_ecn_1),
        253 | 254 => (&EXPERIMENTAL, length >= 4, experiment),
        _ => (&UNKNOWN, true, unknown),
    };
    let kind_row = if std::ptr::eq(row, &UNKNOWN) { &UNKNOWN_KIND } else { &KIND };
    p.group(row, |p| {
        p.u8(kind_row)?;
        p.u8(&OPTION_LEN)?;
        let (start, length) = (p.at(), length - 2);
        if !right {
            p.problem_at(&OPTION_BAD_LENGTH, start - 1, 1);
            return p.skip(length);
        }
        let captured = p.left() >= length;
        let result = p.within(length, |p| body(p, segment));
        if result.is_err() {
            p.seek(start + length);
            if captured {
                p.problem_at(&OPTION_BAD_LENGTH, start - 1, 1);
                return Ok(());
            }
        }
        result
    })?;
    Ok(true)
}

fn nothing(_: &mut Packet<'_>, _: &Segment) -> Read {
    Ok(())
}

fn mss(p: &mut Packet<'_>, segment: &Segment) -> Read {
    p.u16(&MSS_VAL)?;
    if !segment.syn {
        p.problem_at(&MSS_PRESENT, p.at() - 4, 4);
    }
    Ok(())
}

/// RFC 7323, section 2: a shift above 14 counts as 14.
fn window_scale(p: &mut Packet<'_>, _: &Segment) -> Read {
    let shift = p.peek_u8()?;
    p.note(&MULTIPLIER, 1 << shift.min(14), 1);
    p.u8(&SHIFT)?;
    if shift > 14 {
        p.problem_at(&SHIFT_LARGE, p.at() - 1, 1);
    }
    Ok(())
}

/// RFC 2018, and RFC 2883 section 4 for a first block that says what came twice.
fn sack(p: &mut Packet<'_>, segment: &Segment) -> Read {
    let first = p.at();
    let mut blocks = [(0, 0); 2];
    let mut count = 0;
    while p.declared_left() >= 8 {
        let block = p.group(&BLOCK, |p| Ok((edge(p, &SACK_LE, segment)?, edge(p, &SACK_RE, segment)?)))?;
        if let Some(place) = blocks.get_mut(count) {
            *place = block;
        }
        count += 1;
    }
    if p.declared_left() > 0 {
        p.problem_at(&HALF_EDGE, p.at(), p.left());
    }
    let [(left, right), (outer_left, outer_right)] = blocks;
    let acknowledged = !is_before(segment.ack, right);
    let inside = count > 1 && !is_before(left, outer_left) && !is_before(outer_right, right);
    if acknowledged || inside {
        p.mark(&DSACK_LE, first, 4, left.wrapping_sub(segment.other).into());
        p.mark(&DSACK_RE, first + 4, 4, right.wrapping_sub(segment.other).into());
    }
    Ok(())
}

/// Reads a sequence number of the other direction; returns it as it stands there.
fn edge(p: &mut Packet<'_>, row: &'static Field, segment: &Segment) -> Read<u32> {
    let raw = p.peek_u32()?;
    p.number(row, raw.wrapping_sub(segment.other).into(), 4)?;
    Ok(raw)
}

/// RFC 9293 section 3.4: sequence numbers wrap around.
fn is_before(a: u32, b: u32) -> bool {
    (a.wrapping_sub(b) as i32) < 0
}

/// RFC 1072, section 4.
fn echo(p: &mut Packet<'_>, _: &Segment) -> Read {
    p.u32(&ECHO_VALUE).map(drop)
}

/// RFC 7323, section 3.
fn timestamps(p: &mut Packet<'_>, _: &Segment) -> Read {
    p.u32(&TSVAL)?;
    p.u32(&TSECR).map(drop)
}

/// RFC 1644, section 3.1.
fn connection_count(p: &mut Packet<'_>, _: &Segment) -> Read {
    p.u32(&CC_VALUE).map(drop)
}

/// RFC 2385.
fn md5(p: &mut Packet<'_>, _: &Segment) -> Read {
    p.remainder(&DIGEST)
}

/// CCSDS 714.0-B-2, section 3.2.3: capabilities, or extended ones for each binding space.
fn scps(p: &mut Packet<'_>, _: &Segment) -> Read {
    if p.declared_left() == 2 {
        p.u8(&SCPS_VECTOR)?;
        return p.u8(&SCPS_CONNECTION).map(drop);
    }
    while p.declared_left() > 0 {
        p.group(&BINDING, |p| {
            p.u8(&BINDING_ID)?;
            let length = usize::from(p.u8(&BINDING_LEN)? >> 4);
            if length > 0 {
                p.bytes(&BINDING_DATA, length)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// CCSDS 714.0-B-2, section 3.2.4.
fn snack(p: &mut Packet<'_>, _: &Segment) -> Read {
    p.u16(&SNACK_OFFSET)?;
    p.u16(&SNACK_SIZE).map(drop)
}

/// RFC 4782, section 4.2.
fn quick_start(p: &mut Packet<'_>, _: &Segment) -> Read {
    p.u8(&QS_RATE)?;
    p.u8(&QS_TTL)?;
    p.u32(&QS_NONCE).map(drop)
}

/// RFC 5482, section 4.
fn user_timeout(p: &mut Packet<'_>, _: &Segment) -> Read {
    let word = p.peek_u16()?;
    p.bits(word, 2, &[&GRANULARITY, &TIMEOUT])
}

/// RFC 5925, section 2.2.
fn authentication(p: &mut Packet<'_>, _: &Segment) -> Read {
    p.u8(&KEY_ID)?;
    p.u8(&NEXT_KEY_ID)?;
    p.remainder(&MAC)
}

/// RFC 7413, section 4.1.1: no cookie asks for one.
fn fast_open(p: &mut Packet<'_>, _: &Segment) -> Read {
    if p.declared_left() == 0 {
        p.mark(&TFO_REQUEST, p.at() - 2, 2, 0);
        return Ok(());
    }
    p.remainder(&TFO_COOKIE)
}

fn accurate_ecn_0(p: &mut Packet<'_>, _: &Segment) -> Read {
    counters(p, [&EE0B, &ECEB, &EE1B])
}

fn accurate_ecn_1(p: &mut Packet<'_>, _: &Segment) -> Read {
    counters(p, [&EE1B, &ECEB, &EE0B])
}

/// RFC 9768 section 3.2.3: up to three counters, the last ones may be left away.
fn counters(p: &mut Packet<'_>, rows: [&'static Field; 3]) -> Read {
    for row in rows {
        if p.declared_left() > 0 {
            p.u24(row)?;
        }
    }
    Ok(())
}

fn accurate_ecn_fits(length: usize) -> bool {
    length <= 9 && length.is_multiple_of(3)
}

/// RFC 6994: an identifier, then what the experiment wants.
fn experiment(p: &mut Packet<'_>, _: &Segment) -> Read {
    let id = p.u16(&EXID)?;
    let length = p.declared_left();
    match id {
        0x00ac if length == 1 => {
            let word = p.peek_u8()?;
            p.bits(word, 1, &[&TARR_RATE, &TARR_RES])
        }
        0xacc0 if accurate_ecn_fits(length) => counters(p, [&EXP_EE0B, &EXP_ECEB, &EXP_EE1B]),
        0xacc1 if accurate_ecn_fits(length) => counters(p, [&EXP_EE1B, &EXP_ECEB, &EXP_EE0B]),
        0xf989 if length == 0 => {
            p.mark(&EXP_REQUEST, p.at() - 2, 2, 0);
            Ok(())
        }
        0xf989 => p.remainder(&EXP_COOKIE),
        _ => p.remainder(&EXP_DATA),
    }
}

fn unknown(p: &mut Packet<'_>, _: &Segment) -> Read {
    p.remainder(&UNKNOWN_PAYLOAD)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use crate::testing::*;
    use crate::transport::tcp::TCP;

    /// One of each option.
    const OPTIONS: &[&str] = &[
        "020405b4",
        "03030e",
        "0402",
        "050a 00001390 0000139a",
        "0606 00000001",
        "080a 00000001 00000002",
        "0902 0a03c0",
        "0b06 00000001",
        "0e0301",
        "1312 000102030405060708090a0b0c0d0e0f",
        "1404 f807",
        "1408 01 10 aa 02 00 03",
        "1506 0010 0020 1602",
        "1702",
        "1b08 05 07 00000004",
        "1c04 8005",
        "1d08 01 02 aabbccdd",
        "2202 2206 01020304",
        "fd04 f989 fe08 f989 01020304",
        "fe08 1234 aabbccdd",
        "fe05 00ac 06",
        "ac0b 000001 000002 000003",
        "ae05 000001",
        "fe0a acc1 000001 000002",
        "4c0a 01 01 c0000201 0102",
        "4c0e 11 01 c0000201 c0000202 1e61",
        "4c12 51 01 c0000201 c0000202 c0000203 1e61",
        "4c04 0c05 4c08 10 00 c0000201",
        "4c04 0e13 4c08 12 00 00000009",
        "4e10 0101 c0000201 c0000202 1e61 1e62",
        "6306 aabbccdd",
        "01010101 0402 01010101 0402",
        "00000000",
    ];

    /// A segment with these options, padded.
    fn segment(options: &str) -> Vec<u8> {
        let mut options = hex(options);
        options.resize(options.len().next_multiple_of(4), 1);
        let offset = (20 + options.len()) / 4;
        let mut bytes = hex(&format!("9c40 0050 000003e8 00001388 {offset:x}010 faf0 0000 0000"));
        bytes.extend(options);
        bytes
    }

    #[test]
    fn one_of_each() {
        let mut all = String::new();
        for options in OPTIONS {
            let tree = tree(&TCP, &segment(options));
            let from = tree.find("Options").unwrap_or_default();
            writeln!(all, "{options}\n  {}", tree[from..].trim_end()).expect("a string grows");
        }
        insta::assert_snapshot!(all);
    }

    #[test]
    fn every_prefix_of_each() {
        for options in OPTIONS {
            every_prefix(&TCP, &segment(options));
        }
    }

    #[test]
    fn as_json() {
        let options = "020405b4 0101 080a 00000001 00000002 0101 0512 00001390 0000139a 000013a0 000013a4";
        insta::assert_snapshot!(json(&TCP, &segment(options)));
    }

    #[test]
    fn a_length_that_leads_nowhere_ends_the_options_but_not_the_segment() {
        for options in ["020105b4", "0200 0000", "6310aabb", "01010102"] {
            let mut bytes = segment(options);
            bytes.extend(b"abc");
            let tree = tree(&TCP, &bytes);
            assert!(tree.contains("! Option's length is wrong"), "{tree}");
            assert!(tree.contains("Data: 616263"), "{tree}");
        }
    }

    #[test]
    fn a_length_that_does_not_fit_its_kind_costs_only_that_option() {
        for options in ["0203aa 020405b4 01", "1403aa 020405b4 01", "1e0360 020405b4 01"] {
            let tree = tree(&TCP, &segment(options));
            assert!(tree.contains("! Option's length is wrong"), "{tree}");
            assert!(tree.contains("Bytes: 1460"), "{tree}");
        }
    }

    #[test]
    fn a_block_that_came_twice_is_known_by_where_it_stands() {
        let twice = |options: &str| tree(&TCP, &segment(options)).contains("of what came twice");
        assert!(twice("0101 050a 00001300 00001388"), "it is acknowledged");
        assert!(twice("0101 0512 00001400 00001500 00001400 00001600"), "it is part of the next");
        assert!(!twice("0101 050a 00001400 00001500"));
        assert!(!twice("0101 0512 00001400 00001700 00001400 00001600"));
    }

    #[test]
    fn remarkable_options_are_problems() {
        for (options, label) in [
            ("01010101", "! Four No-Operations"),
            ("00000001", "! Bytes behind the end"),
            ("03030f01", "! Shift is larger than 14"),
            ("020405b4", "! Maximum segment size outside of a SYN"),
            ("0507 00000001 00", "! Option's length is wrong"),
            ("0101050e 00000001 00000002 00000003", "! Block is cut"),
        ] {
            let tree = tree(&TCP, &segment(options));
            assert!(tree.contains(label), "{label}: {tree}");
        }
    }
}
