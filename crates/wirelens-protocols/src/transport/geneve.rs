//! Generic Network Virtualization Encapsulation, RFC 8926.

use wirelens_dissect::prelude::*;

use crate::link::ethernet::ETHERTYPE;
use crate::link::ethertype::ETHERTYPES;
use crate::transport::udp::UDP_PORT;

/// Option classes, <https://www.iana.org/assignments/nvo3>; several have more than one.
static CLASSES: Names = &[
    (0x0100, "Linux"),
    (0x0101, "Open vSwitch"),
    (0x0102, "Open Virtual Networking"),
    (0x0103, "In-band Network Telemetry"),
    (0x0104, "VMware"),
    (0x0105, "Amazon"),
    (0x0106, "Cisco"),
    (0x0107, "Oracle"),
    (0x0108, "Amazon"),
    (0x0109, "Amazon"),
    (0x010a, "Amazon"),
    (0x010b, "Amazon"),
    (0x010c, "Amazon"),
    (0x010d, "Amazon"),
    (0x010e, "Amazon"),
    (0x010f, "Amazon"),
    (0x0110, "Amazon"),
    (0x0111, "IBM"),
    (0x0112, "IBM"),
    (0x0113, "IBM"),
    (0x0114, "IBM"),
    (0x0115, "IBM"),
    (0x0116, "IBM"),
    (0x0117, "IBM"),
    (0x0118, "IBM"),
    (0x0119, "Ericsson"),
    (0x011a, "Ericsson"),
    (0x011b, "Ericsson"),
    (0x011c, "Ericsson"),
    (0x011d, "Ericsson"),
    (0x011e, "Ericsson"),
    (0x011f, "Ericsson"),
    (0x0120, "Ericsson"),
    (0x0121, "Ericsson"),
    (0x0122, "Ericsson"),
    (0x0123, "Ericsson"),
    (0x0124, "Ericsson"),
    (0x0125, "Ericsson"),
    (0x0126, "Ericsson"),
    (0x0127, "Ericsson"),
    (0x0128, "Ericsson"),
    (0x0129, "Oxide"),
    (0x0130, "Cisco"),
    (0x0131, "Cisco"),
    (0x0132, "Google"),
    (0x0133, "Google"),
    (0x0134, "Google"),
    (0x0135, "Google"),
    (0x0136, "InfoQuick"),
];

protocol! {
    GENEVE = "geneve" "Geneve" "Generic Network Virtualization Encapsulation", Transport, scope(network);
    @ UDP_PORT 6081;
    VERSION = uint "version" "Version" & 0xc0;
    OPTIONS_LENGTH = uint "option.length" "Length of the options" key("options_length");
    FLAGS = hex "flags" "Flags" {
        OAM      = flag "flags.oam" "Control packet" & 0x80;
        CRITICAL = flag "flags.critical" "Critical options present" & 0x40;
        RESERVED_FLAGS = flag "flags.reserved" "Reserved" & 0x3f;
    };
    PROTO_TYPE = hex "proto_type" "Protocol Type" names(ETHERTYPES);
    VNI        = hex "vni" "Virtual Network Identifier" brief("vni ");
    RESERVED   = hex "reserved" "Reserved" detail;
    OPTIONS    = bytes "options" "Options" {
        OPTION = bytes "option" "Option" many {
            CLASS       = hex  "option.class" "Class" names(CLASSES);
            TYPE        = hex  "option.type" "Type" {
                IS_CRITICAL = flag "option.type.critical" "Critical option" & 0x80 hidden;
            };
            OPTION_FLAGS = hex "option.flags" "Flags" & 0xe0 detail {
                OPTION_RESERVED = flag "option.flags.reserved" "Reserved" & 0xe0 detail;
            };
            LENGTH      = uint "option.length" "Length";
            NETWORK_ID  = uint "option.gcp.vnid" "Google Cloud network ID" & 0xffff_fff0 key("vnid");
            GCP_RESERVED = flag "option.gcp.reserved" "Google Cloud reserved bits" & 0x0000_000e detail key("reserved");
            DIRECTION   = flag "option.gcp.direction" "Google Cloud direction is egress" & 0x0000_0001 key("egress");
            ENDPOINT    = bytes "option.gcp.endpoint" "Google Cloud endpoint ID" key("endpoint");
            PROFILE     = uint "option.gcp.profile" "Google Cloud profile ID" key("profile");
            UNKNOWN     = bytes "option.unknown.data" "Data" key("data");
        };
    };
    UNKNOWN_VERSION = problem "version.unknown" "Version is unknown";
    BAD_LENGTH = problem "option.length.invalid" "Option is longer than the options are";
}

const GOOGLE: u16 = 0x0132;

/// The number of the virtual network, with the octet behind it.
fn network(header: &[u8]) -> u64 {
    header.get(4..).and_then(<[u8]>::first_chunk).map_or(0, |id| u32::from_be_bytes(*id).into())
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let first = p.peek_u8()?;
    p.mark(&VERSION, p.at(), 1, first.into());
    if VERSION.of(first.into()) != 0 {
        p.problem_at(&UNKNOWN_VERSION, p.at(), 1);
    }
    let length = usize::from(first & 0x3f) * 4;
    p.number(&OPTIONS_LENGTH, length as u64, 1)?;
    p.u8(&FLAGS)?;
    let number = p.u16(&PROTO_TYPE)?;
    p.u24(&VNI)?;
    p.u8(&RESERVED)?;
    if length > 0 {
        p.note(&OPTIONS, 0, length.min(p.left()));
        p.under(|p| p.within(length, options))?;
    }
    Ok(Next::In(&ETHERTYPE, number.into()))
}

fn options(p: &mut Packet<'_>) -> Read {
    while p.declared_left() > 0 {
        // RFC 8926 section 3.5: in 4-byte units, not counting the header of 4 bytes.
        let length = usize::from(p.peek_at(3)? & 0x1f) * 4 + 4;
        if length > p.declared_left() {
            p.problem_at(&BAD_LENGTH, p.at() + 3, 1);
            return Ok(());
        }
        p.note(&OPTION, 0, length.min(p.left()));
        p.under(|p| p.within(length, |p| option(p, length)))?;
    }
    Ok(())
}

fn option(p: &mut Packet<'_>, length: usize) -> Read {
    let class = p.u16(&CLASS)?;
    let number = p.u8(&TYPE)?;
    let flags = p.peek_u8()?;
    p.mark(&OPTION_FLAGS, p.at(), 1, flags.into());
    p.number(&LENGTH, length as u64, 1)?;
    match (class, number, length - 4) {
        (GOOGLE, 1, 4..) => p.bits(p.peek_u32()?, 4, &[&NETWORK_ID, &GCP_RESERVED, &DIRECTION]),
        (_, _, 0) => Ok(()),
        (GOOGLE, 2, _) => p.rest(&ENDPOINT).map(|_| ()),
        (GOOGLE, 3, 4) => p.u32(&PROFILE).map(|_| ()),
        (GOOGLE, 3, 8) => p.u64(&PROFILE).map(|_| ()),
        _ => p.rest(&UNKNOWN).map(|_| ()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const FRAME: &str = "02005e100002 02005e100001 0800
        45000020000100004011f6c8c0000201c0000202 00010009000c000061626364";

    #[test]
    fn a_frame_with_options() {
        let frame = hex(&format!(
            "05 c0 6558 00007b 00 0102 83 21 00010002 0101 80 00
            0132 01 01 000000f1 {FRAME}"
        ));
        insta::assert_snapshot!(tree(&GENEVE, &frame));
        every_prefix(&GENEVE, &frame);
    }

    #[test]
    fn options_of_google() {
        let frame = hex(
            "0a 00 88b5 00007b 00 0132 02 02 0102030405060708 0132 03 02 0102030405060708
            0132 03 01 01020304 0132 03 00 0132 02 00",
        );
        let tree = tree(&GENEVE, &frame);
        assert!(tree.contains("endpoint ID: 0102030405060708"), "{tree}");
        assert!(tree.contains("profile ID: 16909060"), "{tree}");
        every_prefix(&GENEVE, &frame);
    }

    #[test]
    fn an_option_past_the_end_is_a_problem() {
        let tree = tree(&GENEVE, &hex("02 00 88b5 00007b 00 0102 03 05 01020304 6162"));
        assert!(tree.contains("! Option is longer"), "{tree}");
        assert!(tree.contains("Data: 6162"), "{tree}");
    }

    #[test]
    fn an_unknown_version_is_a_problem() {
        assert!(tree(&GENEVE, &hex("40 00 0800 00007b 00")).contains("! Version is unknown"));
    }

    #[test]
    fn names_are_sorted() {
        assert!(CLASSES.is_sorted_by_key(|&(class, _)| class));
    }
}
