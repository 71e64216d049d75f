//! Encapsulated Remote Switch Port Analyzer, draft-foschiano-erspan-03.

use wirelens_dissect::prelude::*;

use crate::link::ethernet::ETH;
use crate::network::gre::{GRE, GRE_PROTO, HAS_SEQUENCE};

static VERSIONS: Names = &[(1, "Type II"), (2, "Type III")];

static TAGS: Names = &[
    (0, "Had no VLAN tag"),
    (1, "Had an ISL header"),
    (2, "Had an 802.1Q tag"),
    (3, "VLAN tag is kept in the frame"),
];

static INTEGRITY: Names =
    &[(0, "Good or unknown"), (1, "Short frame"), (2, "Oversized frame"), (3, "CRC or alignment error")];

static TRUNCATED_NAMES: Names = &[(0, "Whole"), (1, "Truncated")];

static FRAME_TYPES: Names = &[(0, "Ethernet"), (2, "IP")];

static DIRECTIONS: Names = &[(0, "Ingress"), (1, "Egress")];

static GRANULARITIES: Names =
    &[(0, "100 microseconds"), (1, "100 nanoseconds"), (2, "IEEE 1588"), (3, "User-configurable")];

protocol! {
    ERSPAN = "erspan" "ERSPAN" "Encapsulated Remote Switch Port Analyzer", Link;
    @ GRE_PROTO 0x88be | 0x22eb;
    VERSION   = uint "version"   "Version" & 0xf000 names(VERSIONS);
    VLAN      = uint "vlan"      "VLAN ID" & 0x0fff brief("vlan ");
    COS       = uint "cos"       "Class of service" & 0xe000;
    ENCAP     = uint "encap"     "Encapsulation" & 0x1800 names(TAGS);
    BSO       = uint "bso"       "Integrity" & 0x1800 names(INTEGRITY);
    TRUNCATED = uint "truncated" "Truncated" & 0x0400 names(TRUNCATED_NAMES);
    SPAN_ID   = uint "spanid"    "Session ID" & 0x03ff brief("session ");
    RESERVED  = uint "reserved"  "Reserved" & 0xfff0_0000 detail;
    INDEX     = uint "index"     "Index of port and direction" & 0x000f_ffff;
    TIMESTAMP = uint "timestamp" "Timestamp";
    SGT       = uint "sgt"       "Security Group Tag";
    HAS_ETHERNET = uint "p"      "Carries an Ethernet frame" & 0x8000;
    FRAME_TYPE = uint "ft"       "Frame Type" & 0x7c00 names(FRAME_TYPES);
    HARDWARE  = uint "hw"        "Hardware ID" & 0x03f0;
    DIRECTION = uint "direction" "Direction" & 0x0008 names(DIRECTIONS);
    GRANULARITY = uint "gra"     "Timestamp granularity" & 0x0006 names(GRANULARITIES);
    HAS_PLATFORM = uint "o"      "Platform-specific header present" & 0x0001;
    PLATFORM  = group "platform" "Platform-specific Header" own {
        PLATFORM_ID     = uint "platid"           "Platform ID" & 0xfc00_0000 key("id");
        PID1_RESERVED   = uint "pid1.rsvd1"       "Reserved" & 0x03ff_f000 detail key("reserved");
        PID1_DOMAIN     = uint "pid1.vsmid"       "VSM domain ID" & 0x0000_0fff key("domain");
        PID1_PORT       = uint "pid1.port_index"  "Port ID or index" key("port_index");
        PID3_RESERVED   = uint "pid3.rsvd1"       "Reserved" & 0x03ff_c000 detail key("reserved");
        PID3_PORT       = uint "pid3.port_index"  "Port ID or index" & 0x0000_3fff key("port_index");
        PID3_TIMESTAMP  = uint "pid3.timestamp"   "Upper half of the timestamp" key("timestamp");
        PID4_RESERVED_1 = uint "pid4.rsvd1"       "Reserved" & 0x03ff_c000 detail key("reserved_1");
        PID4_RESERVED_2 = uint "pid4.rsvd2"       "Reserved" & 0x0000_3fff detail key("reserved_2");
        PID4_RESERVED_3 = uint "pid4.rsvd3"       "Reserved" detail key("reserved_3");
        PID5_SWITCH     = uint "pid5.switchid"    "Switch ID" & 0x03ff_0000 key("switch");
        PID5_PORT       = uint "pid5.port_index"  "Port ID or index" & 0x0000_ffff key("port_index");
        PID5_SECONDS    = uint "pid5.timestamp"   "Timestamp, seconds" key("timestamp");
        PID7_RESERVED   = uint "pid7.rsvd1"       "Reserved" & 0x03f0_0000 detail key("reserved");
        PID7_SOURCE     = uint "pid7.source_index" "Source index" & 0x000f_ffff key("source_index");
        PID7_TIMESTAMP  = uint "pid7.timestamp"   "Upper half of the timestamp" key("timestamp");
        PID_RESERVED    = uint "pid.rsvd"         "Reserved" & 0x03ff_ffff key("reserved");
    };
    UNKNOWN_VERSION = problem "version.unknown" "Version is unknown";
}

const TYPE_II: u16 = 1;
const TYPE_III: u16 = 2;

fn dissect(p: &mut Packet<'_>) -> Step {
    if is_type_i(p) {
        return Ok(Next::To(&ETH));
    }
    let word = p.peek_u16()?;
    match word >> 12 {
        TYPE_II => {
            p.bits(word, 2, &[&VERSION, &VLAN])?;
            p.bits(p.peek_u16()?, 2, &[&COS, &ENCAP, &TRUNCATED, &SPAN_ID])?;
            p.bits(p.peek_u32()?, 4, &[&RESERVED, &INDEX])?;
            Ok(Next::To(&ETH))
        }
        TYPE_III => {
            p.bits(word, 2, &[&VERSION, &VLAN])?;
            type_iii(p)
        }
        _ => {
            p.bits(word, 2, &[&VERSION])?;
            p.problem_at(&UNKNOWN_VERSION, p.start(), 2);
            Ok(Next::Nothing)
        }
    }
}

/// Type I has no header: it is told by GRE without a sequence number.
fn is_type_i(p: &Packet<'_>) -> bool {
    const TYPE_I_OR_II: [u8; 2] = [0x88, 0xbe];
    p.outer().is_some_and(|outer| {
        let header = p.buffer().get(outer.start as usize..).unwrap_or_default();
        outer.protocol == &GRE
            && matches!(header, [flags, _, high, low, ..]
                if flags & HAS_SEQUENCE == 0 && [*high, *low] == TYPE_I_OR_II)
    })
}

fn type_iii(p: &mut Packet<'_>) -> Step {
    p.bits(p.peek_u16()?, 2, &[&COS, &BSO, &TRUNCATED, &SPAN_ID])?;
    p.u32(&TIMESTAMP)?;
    p.u16(&SGT)?;
    let flags = p.peek_u16()?;
    p.bits(
        flags,
        2,
        &[&HAS_ETHERNET, &FRAME_TYPE, &HARDWARE, &DIRECTION, &GRANULARITY, &HAS_PLATFORM],
    )?;
    if HAS_PLATFORM.of(flags.into()) == 1 {
        p.group(&PLATFORM, platform)?;
    }
    let ethernet = FRAME_TYPE.of(flags.into()) == 0;
    Ok(if ethernet { Next::To(&ETH) } else { Next::Data })
}

/// The optional eight bytes, whose meaning is the platform's.
fn platform(p: &mut Packet<'_>) -> Read {
    let word = p.peek_u32()?;
    let whole = p.peek_u64()?;
    let behind = match PLATFORM_ID.of(word.into()) {
        1 => {
            p.bits(word, 4, &[&PLATFORM_ID, &PID1_RESERVED, &PID1_DOMAIN])?;
            &PID1_PORT
        }
        3 => {
            p.bits(word, 4, &[&PLATFORM_ID, &PID3_RESERVED, &PID3_PORT])?;
            &PID3_TIMESTAMP
        }
        4 => {
            p.bits(word, 4, &[&PLATFORM_ID, &PID4_RESERVED_1, &PID4_RESERVED_2])?;
            &PID4_RESERVED_3
        }
        5 | 6 => {
            p.bits(word, 4, &[&PLATFORM_ID, &PID5_SWITCH, &PID5_PORT])?;
            &PID5_SECONDS
        }
        0 | 7 => {
            p.bits(word, 4, &[&PLATFORM_ID, &PID7_RESERVED, &PID7_SOURCE])?;
            &PID7_TIMESTAMP
        }
        _ => {
            p.mark(&PLATFORM_ID, p.at(), 4, word.into());
            return p.bits(whole, 8, &[&PID_RESERVED]);
        }
    };
    p.u32(behind).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const ARP: &str = "ffffffffffff 02005e100001 0806
        0001080006040001 02005e100001 c0000201 000000000000 c0000202";

    #[test]
    fn type_ii() {
        let frame = hex(&format!("1000 88be 00000001 1064 7c01 00000002 {ARP}"));
        insta::assert_snapshot!(tree(&GRE, &frame));
        every_prefix(&GRE, &frame);
    }

    #[test]
    fn type_iii_with_a_platform_header() {
        let frame = hex(&format!(
            "1000 22eb 00000001 2064 2001 12345678 1234 803d 0c000007 00000001 {ARP}"
        ));
        insta::assert_snapshot!(tree(&GRE, &frame));
        every_prefix(&GRE, &frame);
    }

    #[test]
    fn type_i_has_no_header() {
        let tree = tree(&GRE, &hex(&format!("0000 88be {ARP}")));
        assert!(tree.contains("192.0.2.1") && !tree.contains("Session ID"), "{tree}");
    }

    #[test]
    fn platforms_have_their_own_fields() {
        for (id, label) in [(0, "Source index"), (1, "VSM"), (4, "Reserved"), (5, "Switch"), (9, "Reserved")] {
            let frame = format!("2064 2001 12345678 1234 8001 {:02x}000000 00000000", id << 2);
            let tree = tree(&ERSPAN, &hex(&frame));
            assert!(tree.contains(label), "{tree}");
        }
    }

    #[test]
    fn a_packet_without_a_frame_is_data() {
        let tree = tree(&ERSPAN, &hex("2064 2001 12345678 1234 0800 4500"));
        assert!(tree.contains("Data: 4500"), "{tree}");
    }

    #[test]
    fn an_unknown_version_is_a_problem() {
        assert!(tree(&ERSPAN, &hex("3064 2001")).contains("! Version is unknown"));
    }
}
