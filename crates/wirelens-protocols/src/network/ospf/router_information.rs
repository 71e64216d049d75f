//! Router information, RFC 7770: capabilities, names, RFC 5642; segment routing, RFC 8665; flexible
//! algorithms, RFC 9350.

use wirelens_dissect::prelude::*;

use super::LSA;
use super::opaque::value;

fields! {
    /// Rows of a router information LSA.
    INFORMATION_ROWS = "ospf" LSA "lsas";
    RI      = group "ri" "Router Information" own many key("router_information") {
        RI_TYPE   = uint "tlv_type.opaque" "Type" key("type") names(TYPES);
        RI_LENGTH = uint "tlv_length" "Length" key("length") detail;
        OPTIONS   = hex "ri.options" "Capabilities" key("capabilities") {
            GRC    = flag "ri.options.grc" "Graceful Restart" & 0x80 key("grc");
            GRH    = flag "ri.options.grh" "Graceful Restart Helper" & 0x40 key("grh");
            SRS    = flag "ri.options.srs" "Stub Router Support" & 0x20 key("srs");
            TES    = flag "ri.options.tes" "Traffic Engineering" & 0x10 key("tes");
            P2PLAN = flag "ri.options.p2plan" "Point-to-point over LAN" & 0x08 key("p2plan");
            ETE    = flag "ri.options.ete" "Experimental Traffic Engineering" & 0x04 key("ete");
            HOST   = flag "ri.options.host" "Host Router" & 0x01 key("host");
        };
        HOSTNAME  = text "dynhostname" "Host Name" key("hostname") brief("host ");
        ALGORITHM = uint "lsa_sa" "Algorithm" many key("algorithms") names(ALGORITHMS);
        RANGE     = uint "tlv.range_size" "Size of the range" key("range_size");
        MSD       = group "tlv.msd" "Maximum SID Depth" own many key("msds") {
            MSD_TYPE  = uint "tlv.igp_msd_type" "Type" key("type") names(MSD_TYPES);
            MSD_VALUE = uint "tlv.igp_msd_value" "Depth" key("depth");
        };
        PREFERENCE = uint "tlv.preference" "Preference" key("preference");
        RI_RESERVED = bytes "reserved" "Reserved" key("reserved") detail;
        FLEXIBLE  = uint "tlv.fad.flex_algorithm" "Flexible Algorithm" key("flexible_algorithm");
        METRIC_TYPE = uint "tlv.fad.metric_type" "Metric" key("metric_type") names(METRIC_TYPES);
        CALCULATION = uint "tlv.fad.calc_type" "Calculation" key("calculation") names(ALGORITHMS);
        PRIORITY  = uint "tlv.fad.priority" "Priority" key("priority");
        SID       = group "tlv.sidlabel_range" "First of the range" own many key("first") {
            SID_TYPE   = uint "tlv.sidlabel_range.type" "Type" key("type") names(SID_TYPES);
            SID_LENGTH = uint "tlv_length" "Length" key("length") detail;
            SID_LABEL  = uint "tlv.sid_label" "SID or Label" key("sid");
            SID_VALUE  = bytes "tlv_value" "Value" key("value");
        };
        DEFINITION = group "tlv.fad.item" "Definition" own many key("definitions") {
            DEFINITION_TYPE   = uint "tlv.fad.subtlv_type" "Type" key("type") names(DEFINITION_TYPES);
            DEFINITION_LENGTH = uint "tlv_length" "Length" key("length") detail;
            ADMIN_GROUP       = hex "tlv.extended_admin_group" "Administrative Groups" many key("admin_groups");
            DEFINITION_VALUE  = bytes "tlv_value" "Value" key("value");
        };
        RI_VALUE  = bytes "tlv.unknown" "Value" key("value");
    };
}

/// IANA, "OSPF Router Information (RI) TLVs".
static TYPES: Names = &[
    (1, "Informational capabilities"),
    (2, "Functional capabilities"),
    (3, "TE mesh group, IPv4"),
    (4, "TE mesh group, IPv6"),
    (5, "TE node capabilities"),
    (6, "Path computation element"),
    (7, "Dynamic hostname"),
    (8, "Segment routing algorithms"),
    (9, "SID/label range"),
    (10, "Node administrative tags"),
    (11, "S-BFD discriminators"),
    (12, "Node maximum SID depths"),
    (13, "Tunnel encapsulations"),
    (14, "Segment routing local block"),
    (15, "Mapping server preference"),
    (16, "Flexible algorithm definition"),
    (17, "PCE domain"),
    (18, "Area leader"),
    (20, "SRv6 capabilities"),
    (21, "Dynamic flooding"),
];

/// IANA, "IGP Algorithm Types".
pub(super) static ALGORITHMS: Names =
    &[(0, "Shortest path first"), (1, "Strict shortest path first")];

/// IANA, "IGP MSD-Types".
pub(super) static MSD_TYPES: Names = &[
    (0, "Reserved"),
    (1, "Base MPLS imposition"),
    (2, "Entropy readable label depth"),
    (41, "SRH maximum segments left"),
    (42, "SRH maximum end pop"),
    (43, "SRH maximum insert"),
    (44, "SRH maximum encapsulation"),
    (45, "SRH maximum end D"),
];

static METRIC_TYPES: Names = &[
    (0, "IGP metric"),
    (1, "Least unidirectional link delay"),
    (2, "Traffic engineering metric"),
];

static SID_TYPES: Names = &[(1, "SID/label"), (2, "Prefix SID")];

/// RFC 9350 section 7.
static DEFINITION_TYPES: Names = &[
    (1, "Exclude administrative groups"),
    (2, "Include any of administrative groups"),
    (3, "Include all administrative groups"),
    (4, "Flags"),
    (5, "Exclude shared risk groups"),
];

pub(super) fn read(p: &mut Packet<'_>) -> Read {
    p.each(|p| {
        p.group(&RI, |p| {
            let kind = p.u16(&RI_TYPE)?;
            value(p, &RI_LENGTH, |p| contents(p, kind))
        })
    })
}

fn contents(p: &mut Packet<'_>, kind: u16) -> Read {
    match kind {
        1 => {
            p.u8(&OPTIONS)?;
            // The other three bytes have no bits yet.
            p.skip(p.left().min(3))?;
        }
        7 => p.remainder(&HOSTNAME)?,
        8 => p.each(|p| p.u8(&ALGORITHM).map(drop))?,
        9 | 14 => {
            p.u24(&RANGE)?;
            p.bytes(&RI_RESERVED, 1)?;
            p.each(|p| p.group(&SID, first))?;
        }
        12 => p.each(|p| {
            p.group(&MSD, |p| {
                p.u8(&MSD_TYPE)?;
                p.u8(&MSD_VALUE).map(drop)
            })
        })?,
        15 => {
            p.u8(&PREFERENCE)?;
            p.bytes(&RI_RESERVED, 3)?;
        }
        16 => {
            p.u8(&FLEXIBLE)?;
            p.u8(&METRIC_TYPE)?;
            p.u8(&CALCULATION)?;
            p.u8(&PRIORITY)?;
            p.each(|p| p.group(&DEFINITION, definition))?;
        }
        _ => {}
    }
    p.remainder(&RI_VALUE)
}

/// RFC 8665 section 2.1: three bytes are a label, four an index.
fn first(p: &mut Packet<'_>) -> Read {
    let kind = p.u16(&SID_TYPE)?;
    value(p, &SID_LENGTH, |p| {
        match (kind, p.declared_left()) {
            (1, 3) => p.u24(&SID_LABEL).map(drop)?,
            (1, 4) => p.u32(&SID_LABEL).map(drop)?,
            _ => {}
        }
        p.remainder(&SID_VALUE)
    })
}

fn definition(p: &mut Packet<'_>) -> Read {
    let kind = p.u16(&DEFINITION_TYPE)?;
    value(p, &DEFINITION_LENGTH, |p| {
        if matches!(kind, 1..=3) {
            p.each(|p| p.u32(&ADMIN_GROUP).map(drop))?;
        }
        p.remainder(&DEFINITION_VALUE)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::ospf::OSPF;
    use crate::network::ospf::opaque::update;
    use crate::testing::*;

    const INFORMATION: &str = "0001 0004 fc000000 0007 0005 6e6f646531 000000 0008 0002 0001 0000
        0009 000c 001f40 00 0001 0003 003e80 00 000e 000c 000100 00 0001 0004 00003e80
        000c 0004 010a 2905 000f 0004 80 000000
        0010 0018 81 01 00 64 0001 0004 00000001 0004 0004 80000000 0063 0000 000a 0004 00000001";

    #[test]
    fn a_router() {
        insta::assert_snapshot!(tree(&OSPF, &update(10, "04 000000", INFORMATION)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&OSPF, &update(10, "04 000000", INFORMATION));
    }

    #[test]
    fn names_are_sorted() {
        assert!(TYPES.is_sorted_by_key(|&(number, _)| number));
    }
}
