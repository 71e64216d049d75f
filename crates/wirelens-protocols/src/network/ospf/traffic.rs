//! Traffic engineering: RFC 3630, with RFC 4203 (GMPLS), RFC 4124 (DiffServ), RFC 7471 (metrics), and
//! what OIF added (OIF-UNI, OIF-E-NNI).

use wirelens_dissect::prelude::*;

use super::LSA;
use super::labels::{self, LABEL_ROWS};
use super::opaque::value;

fields! {
    /// Rows of a traffic engineering LSA.
    TRAFFIC_ROWS = "ospf" LSA "lsas";
    TE      = group "te" "Traffic Engineering" own many key("traffic_engineering") {
        TE_TYPE   = uint "tlv_type" "Type" key("type") names(TYPES);
        TE_LENGTH = uint "tlv_length" "Length" key("length") detail;
        ROUTER    = ipv4 "mpls.routerid" "Router Address" key("router_address");
        TE_VALUE  = bytes "tlv_value" "Value" key("value");
        SUB       = group "te.item" "Item" own many key("items") {
            SUB_TYPE   = uint "tlv_type" "Type" key("type") names(LINK_TYPES);
            TNA_TYPE   = uint "tlv_type" "Type" key("tna_type") names(TNA_TYPES);
            SUB_LENGTH = uint "tlv_length" "Length" key("length") detail;
            LINK_TYPE  = uint "mpls.linktype" "Link Type" key("link_type") names(LINKS);
            LINK_ID    = ipv4 "mpls.linkid" "Link ID" key("link_id");
            LOCAL      = ipv4 "mpls.local_addr" "Local Address" many key("local_addresses");
            REMOTE     = ipv4 "mpls.remote_addr" "Remote Address" many key("remote_addresses");
            METRIC     = uint "mpls.te_metric" "Metric" key("metric");
            MOST       = float "mpls.link_max_bw" "Maximum Bandwidth in bytes/s" key("maximum_bandwidth");
            RESERVABLE = float "mpls.link_max_bw" "Maximum Reservable Bandwidth in bytes/s" key("maximum_reservable_bandwidth");
            PRIORITY   = float "mpls.pri" "Bandwidth of a priority in bytes/s" many key("bandwidths");
            COLOR      = hex "mpls.linkcolor" "Resource Class" key("color") {
                GROUP = hex "mpls.group" "Group" many detail key("groups");
            };
            LOCAL_ID   = uint "mpls.local_id" "Local Interface" key("local_interface");
            REMOTE_ID  = uint "mpls.remote_id" "Remote Interface" key("remote_interface");
            PROTECTION = hex "mpls.protection_capability" "Protection" key("protection") names(PROTECTIONS);
            SWITCHING  = uint "mpls.switching_type" "Switching" key("switching") names(SWITCHINGS);
            ENCODING   = uint "mpls.encoding" "Encoding" key("encoding") names(ENCODINGS);
            LEAST      = float "mpls.minimum_lsp_bandwidth" "Minimum Bandwidth of a path in bytes/s" key("minimum_bandwidth");
            MTU        = uint "mpls.interface_mtu" "Interface MTU" key("mtu");
            ARBITRARY  = flag "mpls.sonet.sdh" "Arbitrary SONET/SDH" key("arbitrary_sonet");
            LABELS     = group "te.labels" "Labels" own many key("labels") rows(LABEL_ROWS);
            SHARED_RISK = uint "mpls.shared_risk_link_group" "Shared Risk Link Group" many key("shared_risk_groups");
            MODEL      = uint "mpls.bc.model_id" "Bandwidth Constraints Model" key("constraints_model") names(MODELS);
            CONSTRAINT = float "mpls.bc" "Bandwidth Constraint in bytes/s" many key("constraints");
            ADMIN_GROUP = hex "tlv.extended_admin_group" "Administrative Groups" many key("admin_groups");
            DELAY_FLAGS = hex "tlv.unidirectional_link_flags" "Flags" key("delay_flags") {
                ANOMALOUS  = flag "tlv.unidirectional_link_flags.a" "Anomalous" & 0x80 key("anomalous");
                DELAY_BITS = hex "tlv.unidirectional_link_flags.reserved" "Reserved" & 0x7f key("reserved") detail;
            };
            DELAY      = uint "tlv.unidirectional_link_delay" "Delay in microseconds" key("delay");
            LEAST_DELAY = uint "tlv.unidirectional_link_delay_min" "Least delay in microseconds" key("delay_min");
            DELAY_RESERVED = hex "tlv.unidirectional_link_reserved" "Reserved" key("delay_reserved") detail;
            MOST_DELAY = uint "tlv.unidirectional_link_delay_max" "Greatest delay in microseconds" key("delay_max");
            VARIATION  = uint "tlv.unidirectional_delay_variation" "Variation of delay in microseconds" key("delay_variation");
            LOCAL_NODE = ipv4 "oif.local_node_id" "Local Node" key("local_node");
            REMOTE_NODE = ipv4 "oif.remote_node_id" "Remote Node" key("remote_node");
            OIF_SWITCHING = uint "oif.switching_cap" "Switching" key("oif_switching") names(SWITCHINGS);
            OIF_ENCODING = uint "oif.encoding" "Encoding" key("oif_encoding") names(ENCODINGS);
            SIGNAL     = uint "oif.signal_type" "Signal Type" & 0xff00_0000 read many key("signals") names(SIGNALS);
            TNA_NODE   = ipv4 "oif.node_id" "Node" key("node");
            TNA_LENGTH = uint "oif.tna_addr_length" "Address Length" key("address_length") detail;
            TNA_IPV4   = ipv4 "oif.tna_addr.ipv4" "Address" key("ipv4");
            TNA_IPV6   = ipv6 "oif.tna_addr.ipv6" "Address" key("ipv6");
            TNA_NSAP   = bytes "oif.tna_addr" "Address" key("nsap");
            SUB_VALUE  = bytes "tlv_value" "Value" key("value");
        };
    };
}

/// IANA, "OSPF Traffic Engineering TLVs": the top level.
static TYPES: Names = &[
    (1, "Router address"),
    (2, "Link"),
    (3, "Router IPv6 address"),
    (4, "Link, local"),
    (5, "Node attribute"),
    (6, "Optical node property"),
    (32768, "TNA"),
];

static LINK_TYPES: Names = &[
    (1, "Link type"),
    (2, "Link ID"),
    (3, "Local interface address"),
    (4, "Remote interface address"),
    (5, "Traffic engineering metric"),
    (6, "Maximum bandwidth"),
    (7, "Maximum reservable bandwidth"),
    (8, "Unreserved bandwidth"),
    (9, "Administrative group"),
    (11, "Link local/remote identifiers"),
    (14, "Link protection type"),
    (15, "Interface switching capability"),
    (16, "Shared risk link group"),
    (17, "Bandwidth constraints"),
    (18, "Neighbor ID"),
    (19, "Local interface IPv6 address"),
    (20, "Remote interface IPv6 address"),
    (21, "Remote AS number"),
    (22, "IPv4 remote ASBR"),
    (24, "IPv6 remote ASBR"),
    (26, "Extended administrative group"),
    (27, "Unidirectional link delay"),
    (28, "Least and greatest unidirectional link delay"),
    (29, "Unidirectional delay variation"),
    (30, "Unidirectional link loss"),
    (31, "Unidirectional residual bandwidth"),
    (32, "Unidirectional available bandwidth"),
    (33, "Unidirectional utilized bandwidth"),
    (32773, "Local node ID"),
    (32774, "Remote node ID"),
    (32775, "SONET/SDH interface switching capability"),
];

/// OIF-E-NNI-OSPF-01.0.
static TNA_TYPES: Names = &[
    (32776, "TNA address, IPv4"),
    (32777, "Node ID"),
    (32778, "TNA address, IPv6"),
    (32779, "TNA address, NSAP"),
];

static LINKS: Names = &[(1, "Point-to-point"), (2, "Multi-access")];

/// RFC 3471 section 7.1.
static PROTECTIONS: Names = &[
    (0x01, "Extra traffic"),
    (0x02, "Unprotected"),
    (0x04, "Shared"),
    (0x08, "Dedicated 1:1"),
    (0x10, "Dedicated 1+1"),
    (0x20, "Enhanced"),
];

/// IANA, "GMPLS Signaling Parameters": switching types.
static SWITCHINGS: Names = &[
    (1, "Packet, PSC-1"),
    (2, "Packet, PSC-2"),
    (3, "Packet, PSC-3"),
    (4, "Packet, PSC-4"),
    (30, "Ethernet virtual private line"),
    (40, "802.1 PBB-TE"),
    (51, "Layer 2"),
    (100, "Time-division multiplex"),
    (110, "OTN-TDM"),
    (125, "Data channel"),
    (150, "Lambda"),
    (151, "WSON lambda"),
    (152, "Flexible grid lambda"),
    (200, "Fiber"),
];

/// The same: LSP encoding types.
static ENCODINGS: Names = &[
    (1, "Packet"),
    (2, "Ethernet"),
    (3, "ANSI/ETSI PDH"),
    (5, "SDH/SONET"),
    (7, "Digital wrapper"),
    (8, "Lambda"),
    (9, "Fiber"),
    (11, "Fibre Channel"),
    (12, "G.709 ODUk"),
    (13, "G.709 optical channel"),
    (14, "Line"),
];

/// RFC 4124 section 5.1.
static MODELS: Names =
    &[(0, "Russian dolls"), (1, "Maximum allocation"), (2, "Maximum allocation with reservation")];

static SIGNALS: Names = &[
    (1, "VT1.5 SPE / VC-11"),
    (2, "VT2 SPE / VC-12"),
    (3, "VT3 SPE"),
    (4, "VT6 SPE / VC-2"),
    (5, "STS-1 SPE / VC-3"),
    (6, "STS-3c SPE / VC-4"),
    (7, "STS-1 / STM-0, transparent"),
    (8, "STS-3 / STM-1, transparent"),
    (9, "STS-12 / STM-4, transparent"),
    (10, "STS-48 / STM-16, transparent"),
    (11, "STS-192 / STM-64, transparent"),
    (12, "STS-768 / STM-256, transparent"),
    (21, "STS-12c SPE / VC-4-4c"),
    (22, "STS-48c SPE / VC-4-16c"),
    (23, "STS-192c SPE / VC-4-64c"),
];

pub(super) fn read(p: &mut Packet<'_>) -> Read {
    p.each(|p| {
        p.group(&TE, |p| {
            let kind = p.u16(&TE_TYPE)?;
            value(p, &TE_LENGTH, |p| {
                match kind {
                    1 => {
                        p.ipv4(&ROUTER)?;
                    }
                    2 => p.each(|p| p.group(&SUB, link))?,
                    32768 => p.each(|p| p.group(&SUB, network_address))?,
                    _ => {}
                }
                p.remainder(&TE_VALUE)
            })
        })
    })
}

/// RFC 3630 section 2.5 and what came later.
fn link(p: &mut Packet<'_>) -> Read {
    let kind = p.u16(&SUB_TYPE)?;
    value(p, &SUB_LENGTH, |p| {
        match kind {
            1 => p.u8(&LINK_TYPE).map(drop)?,
            2 => p.ipv4(&LINK_ID).map(drop)?,
            3 => p.each(|p| p.ipv4(&LOCAL).map(drop))?,
            4 => p.each(|p| p.ipv4(&REMOTE).map(drop))?,
            5 => p.u32(&METRIC).map(drop)?,
            6 => float(p, &MOST)?,
            7 => float(p, &RESERVABLE)?,
            8 => priorities(p)?,
            9 => color(p)?,
            11 => {
                p.u32(&LOCAL_ID)?;
                p.u32(&REMOTE_ID)?;
            }
            14 => {
                p.u8(&PROTECTION)?;
                p.skip(3)?;
            }
            15 => switching(p)?,
            16 => p.each(|p| p.u32(&SHARED_RISK).map(drop))?,
            17 => {
                p.u8(&MODEL)?;
                p.skip(3)?;
                p.each(|p| float(p, &CONSTRAINT))?;
            }
            26 => p.each(|p| p.u32(&ADMIN_GROUP).map(drop))?,
            27 => {
                p.u8(&DELAY_FLAGS)?;
                p.u24(&DELAY)?;
            }
            28 => {
                p.u8(&DELAY_FLAGS)?;
                p.u24(&LEAST_DELAY)?;
                p.u8(&DELAY_RESERVED)?;
                p.u24(&MOST_DELAY)?;
            }
            29 => {
                p.u8(&DELAY_RESERVED)?;
                p.u24(&VARIATION)?;
            }
            32773 => p.ipv4(&LOCAL_NODE).map(drop)?,
            32774 => p.ipv4(&REMOTE_NODE).map(drop)?,
            32775 => {
                p.u8(&OIF_SWITCHING)?;
                p.u8(&OIF_ENCODING)?;
                p.skip(2)?;
                p.each(|p| p.u32(&SIGNAL).map(drop))?;
            }
            _ => {}
        }
        p.remainder(&SUB_VALUE)
    })
}

/// RFC 4203 section 1.4: what is behind the bandwidths depends on what is switched.
fn switching(p: &mut Packet<'_>) -> Read {
    let kind = p.u8(&SWITCHING)?;
    p.u8(&ENCODING)?;
    p.skip(2)?;
    priorities(p)?;
    match kind {
        1..=4 => {
            float(p, &LEAST)?;
            p.u16(&MTU)?;
            p.skip(2)
        }
        100 => {
            float(p, &LEAST)?;
            p.u8(&ARBITRARY)?;
            p.skip(3)
        }
        150..=152 => labels::read(p, kind == 152),
        _ => Ok(()),
    }
}

fn priorities(p: &mut Packet<'_>) -> Read {
    for _ in 0..8 {
        float(p, &PRIORITY)?;
    }
    Ok(())
}

fn color(p: &mut Packet<'_>) -> Read {
    let at = p.at();
    let color = p.u32(&COLOR)?;
    p.under(|p| {
        for bit in (0..32).map(|bit| 1u32 << bit).filter(|bit| color & bit != 0) {
            p.mark(&GROUP, at, 4, bit.into());
        }
        Ok(())
    })
}

fn network_address(p: &mut Packet<'_>) -> Read {
    let kind = p.u16(&TNA_TYPE)?;
    value(p, &SUB_LENGTH, |p| {
        match kind {
            32777 => p.ipv4(&TNA_NODE).map(drop)?,
            32776 | 32778 | 32779 => {
                p.u8(&TNA_LENGTH)?;
                p.skip(3)?;
                match kind {
                    32776 => p.ipv4(&TNA_IPV4).map(drop)?,
                    32778 => p.ipv6(&TNA_IPV6).map(drop)?,
                    _ => p.remainder(&TNA_NSAP)?,
                }
            }
            _ => {}
        }
        p.remainder(&SUB_VALUE)
    })
}

/// A number of IEEE 754 in 32 bits.
fn float(p: &mut Packet<'_>, row: &'static Field) -> Read {
    let value = f32::from_bits(p.peek_u32()?);
    p.number(row, f64::from(value).to_bits(), 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::ospf::OSPF;
    use crate::network::ospf::opaque::{BAD_TLV, update};
    use crate::testing::*;

    const BANDWIDTHS: &str =
        "49989680 49989680 49989680 49989680 49989680 49989680 49989680 49989680";

    fn link(items: &str) -> Vec<u8> {
        let length = hex(items).len();
        update(10, "01 000002", &format!("0002 {length:04x} {items}"))
    }

    fn items() -> Vec<String> {
        vec![
            "0001 0001 01 000000 0002 0004 c0000205 0003 0008 c0000206 c0000207 0004 0004 c0000208".into(),
            "0005 0004 0000000a 0006 0004 49989680 0007 0004 49742400".into(),
            format!("0008 0020 {BANDWIDTHS} 0009 0004 00000005 000b 0008 00000003 00000004"),
            "000e 0004 02 000000 0010 0008 00000007 00000008 0011 000c 01 000000 49989680 49742400".into(),
            format!("000f 002c 01 01 0000 {BANDWIDTHS} 447a0000 05dc 0000"),
            format!("000f 002c 64 05 0000 {BANDWIDTHS} 447a0000 01 000000 000f 0024 33 02 0000 {BANDWIDTHS}"),
            "001a 0008 00000001 80000000 001b 0004 80 0003e8 001c 0008 00 00000a 00 000014 001d 0004 00 000005".into(),
            "8005 0004 c0000209 8006 0004 c000020a 8007 0008 64 05 0000 06 000010 0063 0002 abcd 0000".into(),
        ]
    }

    #[test]
    fn a_link() {
        insta::assert_snapshot!(tree(&OSPF, &link(&items().concat())));
    }

    #[test]
    fn a_router_and_addresses_of_networks() {
        let body = "0001 0004 c0000201 8000 002c 8008 0008 20 000000 c0000204 8009 0004 c0000203
            800a 0014 80 000000 20010db8000000000000000000000001";
        insta::assert_snapshot!(tree(&OSPF, &update(10, "01 000001", body)));
        every_prefix(&OSPF, &update(10, "01 000001", body));
    }

    #[test]
    fn every_prefix_of_each_item() {
        for item in items() {
            every_prefix(&OSPF, &link(&item));
        }
    }

    #[test]
    fn an_item_that_is_too_short_does_not_end_the_walk() {
        let tree = tree(&OSPF, &link("0002 0002 c000 0000 0005 0004 0000000a"));
        assert!(tree.contains(&format!("! {}", BAD_TLV.label)) && tree.contains("Metric: 10"), "{tree}");
    }

    #[test]
    fn names_are_sorted() {
        for names in [LINK_TYPES, SWITCHINGS, SIGNALS] {
            assert!(names.is_sorted_by_key(|&(number, _)| number));
        }
    }
}
