//! Extended prefixes and links, RFC 7684; their segments, RFC 8665; attributes of links by
//! application, RFC 8920.

use wirelens_dissect::prelude::*;

use super::LSA;
use super::lsa::LINK_TYPES;
use super::opaque::value;
use super::router_information::{ALGORITHMS, MSD_TYPES};

fields! {
    /// Rows of extended prefix and extended link LSAs.
    EXTENDED_ROWS = "ospf" LSA "lsas";
    PREFIX  = group "tlv.extpfx" "Extended Prefix" own many key("extended_prefixes") {
        PREFIX_TYPE   = uint "tlv.extpfx.tlv_type" "Type" key("type") names(PREFIX_TYPES);
        PREFIX_OTHER  = uint "tlv_type.opaque" "Type" key("other_type");
        PREFIX_LENGTH = uint "tlv_length" "Length" key("length") detail;
        ROUTE     = uint "tlv.extpfx.rotuetype" "Route Type" key("route_type") names(ROUTES);
        BITS      = uint "prefix_length" "Prefix Length" key("prefix_length");
        FAMILY    = uint "tlv.extpfx.af" "Address Family" key("family") names(FAMILIES);
        FLAGS     = hex "tlv.extpfx.flags" "Flags" key("flags") {
            FLAG_A = flag "tlv.extpfx.flags.a" "Attached" & 0x80 key("a");
            FLAG_N = flag "tlv.extpfx.flags.n" "Node" & 0x40 key("n");
        };
        RANGE     = uint "tlv.range_size" "Size of the range" key("range_size");
        RANGE_FLAGS = hex "tlv.extpfx_range.flags" "Flags" key("range_flags") {
            FLAG_IA = flag "tlv.extpfx_range.flags.ia" "Inter-Area" & 0x80 key("ia");
        };
        PREFIX_RESERVED = bytes "reserved" "Reserved" key("reserved") detail;
        ADDRESS   = ipv4 "v3.address_prefix.ipv4" "Prefix" key("prefix") brief("prefix ");
        SEGMENT   = group "tlv.extpfx.item" "Item" own many key("items") {
            SEGMENT_TYPE   = uint "tlv.extpfx.subtlv_type" "Type" key("type") names(SEGMENT_TYPES);
            SEGMENT_LENGTH = uint "tlv_length" "Length" key("length") detail;
            SID_FLAGS = hex "tlv.pfxsid.flags" "Flags" key("flags") {
                SID_NP = flag "tlv.pfxsid.flags.np" "No Penultimate Hop Popping" & 0x40 key("np");
                SID_M  = flag "tlv.pfxsid.flags.m" "Mapping Server" & 0x20 key("m");
                SID_E  = flag "tlv.pfxsid.flags.e" "Explicit Null" & 0x10 key("e");
                SID_V  = flag "tlv.pfxsid.flags.v" "Value" & 0x08 key("v");
                SID_L  = flag "tlv.pfxsid.flags.l" "Local" & 0x04 key("l");
            };
            SEGMENT_RESERVED = bytes "reserved" "Reserved" key("reserved") detail;
            SEGMENT_TOPOLOGY = uint "tlv.extlink.mt_id" "Topology" key("topology");
            SEGMENT_ALGORITHM = uint "lsa_sa" "Algorithm" key("algorithm") names(ALGORITHMS);
            SEGMENT_SID   = uint "tlv.sid_label" "SID or Label" key("sid") brief("sid ");
            SEGMENT_VALUE = bytes "tlv_value" "Value" key("value");
        };
        PREFIX_VALUE = bytes "tlv.unknown" "Value" key("value");
    };
    LINK    = group "tlv.extlink" "Extended Link" own many key("extended_links") {
        LINK_TLV    = uint "tlv.extlink.tlv_type" "Type" key("type") names(LINK_TLVS);
        LINK_OTHER  = uint "tlv_type.opaque" "Type" key("other_type");
        LINK_LENGTH = uint "tlv_length" "Length" key("length") detail;
        LINK_TYPE   = uint "lsa.router.linktype" "Link Type" key("link_type") names(LINK_TYPES);
        LINK_RESERVED = bytes "reserved" "Reserved" key("reserved") detail;
        LINK_ID     = ipv4 "lsa.router.linkid" "Link ID" key("link_id");
        LINK_DATA   = ipv4 "lsa.router.linkdata" "Link Data" key("link_data");
        ITEM    = group "tlv.extlink.item" "Item" own many key("items") {
            ITEM_TYPE   = uint "tlv.extlink.subtlv_type" "Type" key("type") names(ITEM_TYPES);
            ITEM_LENGTH = uint "tlv_length" "Length" key("length") detail;
            ADJ_FLAGS = hex "tlv.adjsid.flags" "Flags" key("flags") {
                ADJ_B = flag "tlv.adjsid.flags.b" "Backup" & 0x80 key("b");
                ADJ_V = flag "tlv.adjsid.flags.v" "Value" & 0x40 key("v");
                // tshark has no name of its own for this flag.
                ADJ_L = flag "tlv.adjsid.flags.b" "Local" & 0x20 key("l");
                ADJ_G = flag "tlv.adjsid.flags.g" "Group" & 0x10 key("g");
                ADJ_P = flag "tlv.adjsid.flags.p" "Persistent" & 0x08 key("p");
            };
            ITEM_RESERVED = bytes "reserved" "Reserved" key("reserved") detail;
            TOPOLOGY  = uint "tlv.extlink.mt_id" "Topology" key("topology");
            WEIGHT    = uint "tlv.extlink.weight" "Weight" key("weight");
            NEIGHBOR  = ipv4 "tlv.extlink.nbr" "Neighbor" key("neighbor");
            SID       = uint "tlv.sid_label" "SID or Label" key("sid") brief("sid ");
            MSD       = group "tlv.extlink.msd" "Maximum SID Depth" own many key("msds") {
                MSD_TYPE  = uint "tlv.igp_msd_type" "Type" key("type") names(MSD_TYPES);
                MSD_VALUE = uint "tlv.igp_msd_value" "Depth" key("depth");
            };
            REMOTE    = ipv4 "tlv.remote_ipv4_address" "Remote Address" key("remote_address");
            LOCAL_ID  = uint "tlv.local_interface_id" "Local Interface" key("local_interface");
            REMOTE_ID = uint "tlv.remote_interface_id" "Remote Interface" key("remote_interface");
            STANDARD_LENGTH = uint "tlv.application.sabm.length" "Length of standard applications" key("sabm_length") detail;
            OWN_LENGTH = uint "tlv.application.udabm.length" "Length of the user's applications" key("udabm_length") detail;
            STANDARD  = hex "tlv.application.sabm.bits" "Standard Applications" key("applications") {
                APPLICATION_R = flag "tlv.application.sabm.bits.r" "RSVP-TE" & 0x80 key("r");
                APPLICATION_S = flag "tlv.application.sabm.bits.s" "Segment Routing Policy" & 0x40 key("s");
                APPLICATION_F = flag "tlv.application.sabm.bits.f" "Loop-Free Alternate" & 0x20 key("f");
                APPLICATION_X = flag "tlv.application.sabm.bits.x" "Flexible Algorithm" & 0x10 key("x");
            };
            OWN_APPLICATIONS = bytes "tlv.application.udabm.bits" "The user's applications" key("user_applications");
            ATTRIBUTE = group "tlv.application.item" "Attribute" own many key("attributes") rows(ATTRIBUTE_ROWS);
            ITEM_VALUE = bytes "tlv_value" "Value" key("value");
        };
        LINK_VALUE = bytes "tlv.unknown" "Value" key("value");
    };
}

fields! {
    /// Attributes of a link that some applications look at.
    ATTRIBUTE_ROWS = "ospf" ATTRIBUTE "tlv.application.item";
    ATTRIBUTE_TYPE   = uint "tlv.application.subtlv_type" "Type" key("type") names(ITEM_TYPES);
    ATTRIBUTE_LENGTH = uint "tlv_length" "Length" key("length") detail;
    DELAY_FLAGS = hex "tlv.unidirectional_link_flags" "Flags" key("delay_flags") {
        ANOMALOUS  = flag "tlv.unidirectional_link_flags.a" "Anomalous" & 0x80 key("anomalous");
        DELAY_BITS = hex "tlv.unidirectional_link_flags.reserved" "Reserved" & 0x7f key("reserved") detail;
    };
    DELAY       = uint "tlv.unidirectional_link_delay" "Delay in microseconds" key("delay");
    LEAST_DELAY = uint "tlv.unidirectional_link_delay_min" "Least delay in microseconds" key("delay_min");
    DELAY_RESERVED = hex "tlv.unidirectional_link_reserved" "Reserved" key("delay_reserved") detail;
    MOST_DELAY  = uint "tlv.unidirectional_link_delay_max" "Greatest delay in microseconds" key("delay_max");
    VARIATION   = uint "tlv.unidirectional_delay_variation" "Variation of delay in microseconds" key("delay_variation");
    ADMIN_GROUP = hex "tlv.admin_group" "Administrative Group" key("admin_group");
    EXTENDED_GROUP = hex "tlv.extended_admin_group" "Administrative Groups" many key("admin_groups");
    METRIC      = uint "mpls.te_metric" "Traffic Engineering Metric" key("metric");
    ATTRIBUTE_VALUE = bytes "tlv_value" "Value" key("value");
}

static PREFIX_TYPES: Names = &[(1, "Prefix"), (2, "Range of prefixes")];

/// RFC 7684 section 2.1.
static ROUTES: Names = &[
    (0, "Unspecified"),
    (1, "Intra-area"),
    (3, "Inter-area"),
    (5, "AS external"),
    (7, "NSSA external"),
];

static FAMILIES: Names = &[(0, "IPv4 unicast")];

/// IANA, "OSPFv2 Extended Prefix TLV Sub-TLVs".
static SEGMENT_TYPES: Names = &[
    (1, "SID/label"),
    (2, "Prefix SID"),
    (3, "Flexible algorithm prefix metric"),
    (4, "Source router ID"),
    (5, "Source router address"),
    (9, "BIER"),
];

static LINK_TLVS: Names = &[(1, "Link")];

/// IANA, "OSPFv2 Extended Link TLV Sub-TLVs".
static ITEM_TYPES: Names = &[
    (1, "SID/label"),
    (2, "Adjacency SID"),
    (3, "LAN adjacency SID"),
    (4, "Network-to-router metric"),
    (5, "RTM capability"),
    (6, "Link maximum SID depths"),
    (7, "Graceful link shutdown"),
    (8, "Remote IPv4 address"),
    (9, "Local/remote interface IDs"),
    (10, "Application-specific attributes"),
    (11, "Shared risk link group"),
    (12, "Unidirectional link delay"),
    (13, "Least and greatest unidirectional link delay"),
    (14, "Unidirectional delay variation"),
    (15, "Unidirectional link loss"),
    (16, "Unidirectional residual bandwidth"),
    (17, "Unidirectional available bandwidth"),
    (18, "Unidirectional utilized bandwidth"),
    (19, "Administrative group"),
    (20, "Extended administrative group"),
    (22, "Traffic engineering metric"),
    (23, "Maximum bandwidth"),
];

/// RFC 7684 section 2.
pub(super) fn prefixes(p: &mut Packet<'_>) -> Read {
    p.each(|p| {
        p.group(&PREFIX, |p| {
            let kind = p.peek_u16()?;
            p.u16(if matches!(kind, 1 | 2) { &PREFIX_TYPE } else { &PREFIX_OTHER })?;
            value(p, &PREFIX_LENGTH, |p| {
                match kind {
                    1 => {
                        p.u8(&ROUTE)?;
                        let bits = p.u8(&BITS)?;
                        p.u8(&FAMILY)?;
                        p.u8(&FLAGS)?;
                        address(p, bits)?;
                    }
                    2 => {
                        let bits = p.u8(&BITS)?;
                        p.u8(&FAMILY)?;
                        p.u16(&RANGE)?;
                        p.u8(&RANGE_FLAGS)?;
                        p.bytes(&PREFIX_RESERVED, 3)?;
                        address(p, bits)?;
                    }
                    _ => return p.remainder(&PREFIX_VALUE),
                }
                p.each(|p| p.group(&SEGMENT, segment))
            })
        })
    })
}

/// RFC 7684 section 2.1: a default route has no word for its address.
fn address(p: &mut Packet<'_>, bits: u8) -> Read {
    if bits == 0 && p.declared_left() < 4 { Ok(()) } else { p.ipv4(&ADDRESS).map(drop) }
}

fn segment(p: &mut Packet<'_>) -> Read {
    let kind = p.u16(&SEGMENT_TYPE)?;
    value(p, &SEGMENT_LENGTH, |p| {
        if kind == 2 {
            p.u8(&SID_FLAGS)?;
            p.bytes(&SEGMENT_RESERVED, 1)?;
            p.u8(&SEGMENT_TOPOLOGY)?;
            p.u8(&SEGMENT_ALGORITHM)?;
            sid(p, &SEGMENT_SID)?;
        }
        p.remainder(&SEGMENT_VALUE)
    })
}

/// RFC 8665 section 5: three bytes are a label, four an index.
fn sid(p: &mut Packet<'_>, row: &'static Field) -> Read {
    match p.declared_left() {
        3 => p.u24(row).map(drop),
        _ => p.u32(row).map(drop),
    }
}

/// RFC 7684 section 3.
pub(super) fn links(p: &mut Packet<'_>) -> Read {
    p.each(|p| {
        p.group(&LINK, |p| {
            let kind = p.peek_u16()?;
            p.u16(if kind == 1 { &LINK_TLV } else { &LINK_OTHER })?;
            value(p, &LINK_LENGTH, |p| {
                if kind != 1 {
                    return p.remainder(&LINK_VALUE);
                }
                p.u8(&LINK_TYPE)?;
                p.bytes(&LINK_RESERVED, 3)?;
                p.ipv4(&LINK_ID)?;
                p.ipv4(&LINK_DATA)?;
                p.each(|p| p.group(&ITEM, item))
            })
        })
    })
}

fn item(p: &mut Packet<'_>) -> Read {
    let kind = p.u16(&ITEM_TYPE)?;
    value(p, &ITEM_LENGTH, |p| {
        match kind {
            2 | 3 => {
                p.u8(&ADJ_FLAGS)?;
                p.bytes(&ITEM_RESERVED, 1)?;
                p.u8(&TOPOLOGY)?;
                p.u8(&WEIGHT)?;
                if kind == 3 {
                    p.ipv4(&NEIGHBOR)?;
                }
                sid(p, &SID)?;
            }
            6 => p.each(|p| {
                p.group(&MSD, |p| {
                    p.u8(&MSD_TYPE)?;
                    p.u8(&MSD_VALUE).map(drop)
                })
            })?,
            8 => p.ipv4(&REMOTE).map(drop)?,
            9 => {
                p.u32(&LOCAL_ID)?;
                p.u32(&REMOTE_ID)?;
            }
            10 => applications(p)?,
            _ => {}
        }
        p.remainder(&ITEM_VALUE)
    })
}

/// RFC 8920 section 5.
fn applications(p: &mut Packet<'_>) -> Read {
    let standard = usize::from(p.u8(&STANDARD_LENGTH)?);
    let own = usize::from(p.u8(&OWN_LENGTH)?);
    p.bytes(&ITEM_RESERVED, 2)?;
    if standard > 0 {
        p.u8(&STANDARD)?;
        p.skip(standard - 1)?;
    }
    if own > 0 {
        p.bytes(&OWN_APPLICATIONS, own)?;
    }
    p.each(|p| p.group(&ATTRIBUTE, attribute))
}

fn attribute(p: &mut Packet<'_>) -> Read {
    let kind = p.u16(&ATTRIBUTE_TYPE)?;
    value(p, &ATTRIBUTE_LENGTH, |p| {
        match kind {
            12 => {
                p.u8(&DELAY_FLAGS)?;
                p.u24(&DELAY)?;
            }
            13 => {
                p.u8(&DELAY_FLAGS)?;
                p.u24(&LEAST_DELAY)?;
                p.u8(&DELAY_RESERVED)?;
                p.u24(&MOST_DELAY)?;
            }
            14 => {
                p.u8(&DELAY_RESERVED)?;
                p.u24(&VARIATION)?;
            }
            19 => p.u32(&ADMIN_GROUP).map(drop)?,
            20 => p.each(|p| p.u32(&EXTENDED_GROUP).map(drop))?,
            22 => p.u32(&METRIC).map(drop)?,
            _ => {}
        }
        p.remainder(&ATTRIBUTE_VALUE)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::ospf::OSPF;
    use crate::network::ospf::opaque::update;
    use crate::testing::*;

    const PREFIXES: &str = "0001 0020 01 20 00 40 c0000201 0002 0008 40 00 00 00 00000005 0002 0007 4c 00 00 00 003e80 00
        0002 0018 20 00 0064 80 000000 c0000201 0002 0008 00 00 00 01 00000005 0001 0004 05 00 00 00 0009 0002 abcd 0000";
    const LINKS: &str = "0001 0090 01 000000 c0000203 c0000204
        0002 0007 60 00 00 0a 003e80 00 0003 000c 80 00 00 0a c0000209 00000005 0006 0004 010a 0214 0007 0000
        0008 0004 c0000207 0009 0008 00000003 00000004
        000a 0044 04 04 0000 f0000000 31323334 000c 0004 80 0003e8 000d 0008 00 00000a 00 000014 000e 0004 00 000005
        0013 0004 00000001 0014 0004 00000002 0016 0004 0000000a 0017 0000";

    #[test]
    fn prefixes_and_their_segments() {
        insta::assert_snapshot!(tree(&OSPF, &update(10, "07 000001", PREFIXES)));
    }

    #[test]
    fn a_link_and_its_segments() {
        insta::assert_snapshot!(tree(&OSPF, &update(10, "08 000001", LINKS)));
    }

    #[test]
    fn every_prefix_of_both() {
        every_prefix(&OSPF, &update(10, "07 000001", PREFIXES));
        every_prefix(&OSPF, &update(10, "08 000001", LINKS));
    }

    #[test]
    fn names_are_sorted() {
        assert!(ITEM_TYPES.is_sorted_by_key(|&(number, _)| number));
    }
}
