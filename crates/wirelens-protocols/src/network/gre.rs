//! Generic Routing Encapsulation, RFC 2784 and RFC 2890; the routing field is RFC 1701's, version 1
//! that of PPTP, RFC 2637.

use wirelens_dissect::prelude::*;

use crate::checksum::{self, Verdict};
use crate::network::ipv4::IP_PROTO;
use crate::transport::udp::UDP_PORT;

/// What GRE carries, by its protocol type: an EtherType, or a number of a vendor's.
pub static GRE_PROTO: Table = Table::new("gre.proto", "GRE protocol type");

/// In the first byte of the header: there is a sequence number.
pub(crate) const HAS_SEQUENCE: u8 = 0x10;

const CHECKSUM_PRESENT: u16 = 0x8000;
const ROUTING_PRESENT: u16 = 0x4000;
const KEY_PRESENT: u16 = 0x2000;
const SEQUENCE_PRESENT: u16 = 0x1000;
const ACKNOWLEDGMENT_PRESENT: u16 = 0x0080;

const PPP: u16 = 0x880b;
const WCCP: u16 = 0x883e;
const A10_BYTES: u16 = 0x8881;
const A10_PACKETS: u16 = 0x88d2;

static VERSIONS: Names = &[(0, "GRE"), (1, "Enhanced GRE")];

static TYPES: Names = &[
    (0x0000, "Keepalive"),
    (0x00fe, "OSI"),
    (0x0800, "IPv4"),
    (0x0806, "ARP"),
    (0x2000, "CDP"),
    (0x2001, "NHRP"),
    (0x22eb, "ERSPAN type III"),
    (0x6400, "MikroTik EoIP"),
    (0x6558, "Transparent Ethernet Bridging"),
    (0x6559, "Frame Relay"),
    (0x8137, "IPX"),
    (0x8200, "Aruba 802.11"),
    (0x8210, "Aruba 802.11"),
    (0x8220, "Aruba 802.11"),
    (0x8230, "Aruba 802.11"),
    (0x8240, "Aruba 802.11"),
    (0x8250, "Aruba 802.11"),
    (0x8260, "Aruba 802.11"),
    (0x8270, "Aruba 802.11"),
    (0x8280, "Aruba 802.11"),
    (0x8290, "Aruba 802.11"),
    (0x82a0, "Aruba 802.11"),
    (0x82b0, "Aruba 802.11"),
    (0x82c0, "Aruba 802.11"),
    (0x82d0, "Aruba 802.11"),
    (0x82e0, "Aruba 802.11"),
    (0x82f0, "Aruba 802.11"),
    (0x8300, "Aruba 802.11"),
    (0x8310, "Aruba 802.11"),
    (0x8320, "Aruba 802.11"),
    (0x8330, "Aruba 802.11"),
    (0x8340, "Aruba 802.11"),
    (0x8350, "Aruba 802.11"),
    (0x8360, "Aruba 802.11"),
    (0x8370, "Aruba 802.11"),
    (0x86dd, "IPv6"),
    (0x880b, "PPP"),
    (0x883e, "WCCP"),
    (0x8847, "MPLS unicast"),
    (0x8848, "MPLS multicast"),
    (0x8881, "CDMA2000 A10 byte stream"),
    (0x88be, "ERSPAN"),
    (0x88d2, "CDMA2000 A10 packets"),
    (0x8909, "Cisco MetaData"),
    (0x894f, "Network Service Header"),
    (0x9000, "Aruba 802.11"),
    (0xb7ea, "Huawei GRE bonding"),
    (0xfeae, "Aerohive"),
];

/// RFC 1701, source route entries.
static ROUTING_FAMILIES: Names =
    &[(0x0000, "End"), (0x0800, "IPv4 addresses"), (0xfffe, "Autonomous systems")];

static ATTRIBUTES: Names = &[
    (1, "Short data indicator"),
    (2, "Flow control indication"),
    (3, "IP flow discriminator"),
    (4, "Segmentation indication"),
];

static SEGMENTS: Names = &[(0, "Packet started"), (1, "Packet continued"), (2, "Packet ended")];

static SERVICES: Names = &[(0, "HTTP")];

protocol! {
    GRE = "gre" "GRE" "Generic Routing Encapsulation", Network;
    @ IP_PROTO 47;
    @ UDP_PORT 4754;
    FLAGS = hex "flags_and_version" "Flags and Version" {
        HAS_CHECKSUM = flag "flags.checksum" "Checksum present" & 0x8000 key("checksum");
        HAS_ROUTING  = flag "flags.routing" "Routing present" & 0x4000 key("routing");
        HAS_KEY      = flag "flags.key" "Key present" & 0x2000 key("key");
        HAS_SEQUENCE_NUMBER = flag "flags.sequence_number" "Sequence number present" & 0x1000 key("sequence_number");
        STRICT       = flag "flags.strict_source_route" "Strict source route" & 0x0800 key("strict_source_route");
        RECURSION    = uint "flags.recursion_control" "Recursion control" & 0x0700 key("recursion_control");
        HAS_ACK      = flag "flags.ack" "Acknowledgment present" & 0x0080 read key("ack");
        RESERVED     = uint "flags.reserved" "Reserved" & 0x00f8 read key("reserved");
        RESERVED_ENHANCED = uint "flags.reserved" "Reserved" & 0x0078 read key("reserved");
        VERSION      = uint "flags.version" "Version" & 0x0007 key("version") names(VERSIONS);
    };
    TYPE     = hex  "proto"    "Protocol Type" names(TYPES);
    CHECKSUM = hex  "checksum" "Checksum";
    OFFSET   = uint "offset"   "Offset of the active source route entry";
    KEY      = hex  "key"      "Key" brief("key ");
    PAYLOAD_LENGTH = uint "key.payload_length" "Payload Length" key("payload_length");
    CALL_ID  = uint "key.call_id" "Call ID" key("call_id") brief("call ");
    SEQUENCE = uint "sequence_number" "Sequence Number" brief("seq ");
    ACK      = uint "ack_number" "Acknowledgment Number" brief("ack ");
    ROUTING  = group "routing" "Source Route Entry" many {
        ADDRESS_FAMILY = hex   "routing.address_family" "Address Family" names(ROUTING_FAMILIES);
        SRE_OFFSET     = uint  "routing.sre_offset" "Offset of the active address";
        SRE_LENGTH     = uint  "routing.src_length" "Length" key("sre_length");
        INFORMATION    = bytes "routing.information" "Routing Information";
    };
    ATTRIBUTE_LIST = group "3gpp2_attrib" "3GPP2 Attributes" {
        ATTRIBUTE = group "3gpp2_attrib.attribute" "Attribute" many own key("attributes") {
            ATTRIBUTE_ID     = hex   "3gpp2_attrib_id" "Type" & 0x7f key("type") names(ATTRIBUTES);
            ATTRIBUTE_LENGTH = hex   "3gpp2_attrib_length" "Length" key("length");
            SHORT_DATA       = flag  "3gpp2_sdi" "Fit for short data bursts" & 0x8000 key("sdi");
            FLOW_CONTROL     = flag  "3gpp2_fci" "Stop sending" & 0x8000 key("fci");
            INDEFINITE       = flag  "3gpp2_di" "For an indefinite time" & 0x4000 key("di");
            FLOW_ID          = bytes "ggp2_flow_disc" "Flow ID" key("flow_id");
            SEGMENT          = hex   "ggp2_3gpp2_seg" "Segment" & 0xc000 key("segment") names(SEGMENTS);
        };
    };
    REDIRECT = group "wccp.redirect_header" "WCCP Redirect Header" {
        DYNAMIC     = flag "wccp.dynamic_service" "Dynamic service" & 0x01 key("dynamic_service");
        ALTERNATIVE_USED = flag "wccp.alternative_bucket_used" "Alternative bucket used" & 0x02 key("alternative_bucket_used");
        IGNORED     = flag "wccp.redirect_header_valid" "Contents are to be ignored" & 0x04 key("ignored");
        SERVICE_ID  = uint "wccp.service_id" "Service ID" key("service_id") names(SERVICES);
        ALTERNATIVE = uint "wccp.alternative_bucket" "Alternative Bucket" key("alternative_bucket");
        PRIMARY     = uint "wccp.primary_bucket" "Primary Bucket" key("primary_bucket");
    };
    BAD_CHECKSUM = problem "checksum.incorrect" "Checksum is wrong";
    BAD_LENGTH   = problem "key.payload_length.bad" "Payload length goes past the end of the packet" own;
    BAD_ATTRIBUTE = problem "3gpp2_attrib_length.bad" "Attribute is too short for its type" own;
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let flags = p.u16(&FLAGS)?;
    let number = p.peek_u16()?;
    let enhanced = is_enhanced(flags, number);
    p.under(|p| {
        let at = p.at() - 2;
        if enhanced {
            p.mark(&HAS_ACK, at, 2, flags.into());
        }
        let reserved = if enhanced { &RESERVED_ENHANCED } else { &RESERVED };
        p.mark(reserved, at, 2, flags.into());
        Ok(())
    })?;
    p.u16(&TYPE)?;
    if flags & (CHECKSUM_PRESENT | ROUTING_PRESENT) != 0 {
        p.u16(&CHECKSUM)?;
        if flags & CHECKSUM_PRESENT != 0 && p.checksums() {
            verify(p);
        }
        p.u16(&OFFSET)?;
    }
    let mut payload = None;
    if flags & KEY_PRESENT != 0 {
        if enhanced {
            payload = Some(usize::from(p.u16(&PAYLOAD_LENGTH)?));
            p.u16(&CALL_ID)?;
        } else {
            p.u32(&KEY)?;
        }
    }
    if flags & SEQUENCE_PRESENT != 0 {
        p.u32(&SEQUENCE)?;
    }
    if enhanced && flags & ACKNOWLEDGMENT_PRESENT != 0 {
        p.u32(&ACK)?;
    }
    if flags & ROUTING_PRESENT != 0 {
        while source_route_entry(p)? {}
    }
    match number {
        A10_PACKETS => attributes(p)?,
        // WCCP version 2 puts its header before the packet, version 1 did not.
        WCCP if p.peek_u8().is_ok_and(|first| first >> 4 != 4) => redirect_header(p)?,
        PPP if payload.is_some_and(|length| length > p.declared_left()) && !p.is_quoted() && !p.is_fragment() => {
            p.problem(&BAD_LENGTH);
        }
        _ => {}
    }
    Ok(Next::In(&GRE_PROTO, number.into()))
}

/// Is the key that of RFC 2637, with room for an acknowledgment? 3GPP2's A10 interface takes over
/// its header without its version (3GPP2 A.S0017 section 4.2).
fn is_enhanced(flags: u16, number: u16) -> bool {
    match number {
        PPP => flags & 0x0007 != 0,
        A10_BYTES | A10_PACKETS => true,
        _ => false,
    }
}

/// Stands behind the checksum and holds it against header and payload, if all of that is there.
#[cold]
fn verify(p: &mut Packet<'_>) {
    let whole = p.left() == p.declared_left();
    if whole
        && !p.is_quoted()
        && !p.is_fragment()
        && checksum::verify(p.layer_bytes(), 4, 0) == Verdict::Bad
    {
        p.problem_at(&BAD_CHECKSUM, p.at() - 2, 2);
    }
}

/// RFC 1701: entries up to one without family and length. Is there another one?
fn source_route_entry(p: &mut Packet<'_>) -> Read<bool> {
    p.group(&ROUTING, |p| {
        let family = p.u16(&ADDRESS_FAMILY)?;
        p.u8(&SRE_OFFSET)?;
        let length = usize::from(p.u8(&SRE_LENGTH)?);
        if length > 0 {
            p.bytes(&INFORMATION, length)?;
        }
        Ok(family != 0 || length != 0)
    })
}

/// 3GPP2 A.S0008 section 2.6.1: attributes, the last one marked so.
fn attributes(p: &mut Packet<'_>) -> Read {
    if p.declared_left() == 0 {
        return Ok(());
    }
    p.group(&ATTRIBUTE_LIST, |p| {
        loop {
            let last = p.peek_u8()? & 0x80 != 0;
            p.group(&ATTRIBUTE, attribute)?;
            if last {
                return Ok(());
            }
        }
    })
}

fn attribute(p: &mut Packet<'_>) -> Read {
    let kind = p.u8(&ATTRIBUTE_ID)? & 0x7f;
    let length = usize::from(p.u8(&ATTRIBUTE_LENGTH)?);
    p.within(length, |p| match kind {
        1..=4 if length < 2 => {
            p.problem_at(&BAD_ATTRIBUTE, p.at() - 1, 1);
            Ok(())
        }
        1 => p.bits(p.peek_u16()?, 2, &[&SHORT_DATA]),
        2 => p.bits(p.peek_u16()?, 2, &[&FLOW_CONTROL, &INDEFINITE]),
        3 => p.rest(&FLOW_ID).map(|_| ()),
        4 => p.bits(p.peek_u16()?, 2, &[&SEGMENT]),
        _ => Ok(()),
    })
}

fn redirect_header(p: &mut Packet<'_>) -> Read {
    p.group(&REDIRECT, |p| {
        p.bits(p.peek_u8()?, 1, &[&DYNAMIC, &ALTERNATIVE_USED, &IGNORED])?;
        p.u8(&SERVICE_ID)?;
        p.u8(&ALTERNATIVE)?;
        p.u8(&PRIMARY)?;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use wirelens_dissect::{Input, Session, Settings};
    use wirelens_report::{Line, write_layers};

    const IP: &str = "45000020000100004011f6c8c0000201c0000202 00010009000c000061626364";

    fn checked(bytes: &[u8]) -> String {
        let settings = Settings { checksums: true, ..Settings::default() };
        let mut session = Session::with(crate::shared(), settings);
        let length = bytes.len() as u32;
        let input = Input { captured: bytes, length, ..Input::default() };
        let frame = session.dissect_as(Next::To(&GRE), input);
        let mut line = Line::new();
        write_layers(&mut line, &frame);
        String::from_utf8(line.written().to_vec()).expect("a tree is text")
    }

    #[test]
    fn everything_there_is() {
        let frame = format!(
            "f000 0800 d7d7 0000 00000007 00000001
            0800 00 08 c0000204c0000205 0000 00 00 {IP}"
        );
        insta::assert_snapshot!(tree(&GRE, &hex(&frame)));
        every_prefix(&GRE, &hex(&frame));
    }

    #[test]
    fn ethernet_with_a_key() {
        let frame = format!("2000 6558 00000007 02005e100002 02005e100001 0800 {IP}");
        insta::assert_snapshot!(tree(&GRE, &hex(&frame)));
        every_prefix(&GRE, &hex(&frame));
    }

    #[test]
    fn ppp_of_pptp() {
        let frame = format!("3081 880b 0022 0007 00000001 00000002 0021 {IP}");
        insta::assert_snapshot!(tree(&GRE, &hex(&frame)));
        every_prefix(&GRE, &hex(&frame));
    }

    #[test]
    fn attributes_of_3gpp2() {
        let frame = "2000 88d2 00000007 01 02 8000 02 02 c000 03 03 010203 05 01 aa 84 02 4000 0021";
        insta::assert_snapshot!(tree(&GRE, &hex(frame)));
        every_prefix(&GRE, &hex(frame));
        assert!(tree(&GRE, &hex("0000 88d2 81 01 80 00")).contains("! Attribute is too short"));
    }

    #[test]
    fn a_redirected_packet() {
        let frame = format!("0000 883e 03 00 02 11 {IP}");
        insta::assert_snapshot!(tree(&GRE, &hex(&frame)));
        every_prefix(&GRE, &hex(&frame));
        let version_1 = tree(&GRE, &hex(&format!("0000 883e {IP}")));
        assert!(!version_1.contains("Redirect") && version_1.contains("192.0.2.1"), "{version_1}");
    }

    #[test]
    fn a_keepalive_has_nothing_inside() {
        assert!(!tree(&GRE, &hex("0000 0000")).contains("Data"));
    }

    #[test]
    fn an_acknowledgment_alone() {
        let tree = tree(&GRE, &hex("2081 880b 0000 0007 0000001a"));
        assert!(tree.contains("Acknowledgment Number: 26") && !tree.contains('!'), "{tree}");
    }

    #[test]
    fn a_payload_length_past_the_end_is_a_problem() {
        let tree = tree(&GRE, &hex("3001 880b 0040 0007 00000001 0021"));
        assert!(tree.contains("! Payload length goes past"), "{tree}");
    }

    #[test]
    fn the_checksum_is_verified_when_asked() {
        let right = hex("8000 0000 7fff 0000");
        assert!(!checked(&right).contains('!'), "{}", checked(&right));
        assert!(checked(&hex("8000 0000 7ffe 0000")).contains("! Checksum is wrong"));
        assert!(!tree(&GRE, &hex("8000 0000 7ffe 0000")).contains('!'));
    }

    #[test]
    fn names_are_sorted() {
        assert!(TYPES.is_sorted_by_key(|&(number, _)| number));
    }
}
