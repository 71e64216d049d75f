//! Link state advertisements of version 2, RFC 2328 section A.4, RFC 3101, RFC 5250.

use wirelens_dissect::joined;
use wirelens_dissect::prelude::*;

use super::lsa3::{self, BODY3_ROWS};
use super::opaque::{self, OPAQUE_ROWS};
use super::{Edition, LSA, OPTION_ROWS, TYPE3_ROWS};

fields! {
    /// Rows of an advertisement's header, and of bodies of version 2.
    OWN_ROWS = "ospf" LSA "lsas";
    AGE     = uint "lsa.age" "Age" & 0x7fff read key("age");
    DO_NOT_AGE = flag "lsa.donotage" "Do Not Age" & 0x8000 read key("do_not_age");
    DO_NOT_AGE3 = flag "v3.lsa.do_not_age" "Do Not Age" & 0x8000 read key("do_not_age_v3");
    OPTIONS = hex "v2.options" "Options" key("options") rows(OPTION_ROWS);
    NSSA_OPTIONS = hex "v2.options" "Options" key("nssa_options") {
        OPTION_DN = flag "v2.options.dn" "DN" & 0x80 key("dn");
        OPTION_O  = flag "v2.options.o" "Opaque" & 0x40 key("o");
        OPTION_DC = flag "v2.options.dc" "Demand Circuits" & 0x20 key("dc");
        OPTION_L  = flag "v2.options.l" "Link-Local Signaling" & 0x10 key("l");
        OPTION_P  = flag "v2.options.p" "Propagate" & 0x08 key("p");
        OPTION_MC = flag "v2.options.mc" "Multicast" & 0x04 key("mc");
        OPTION_E  = flag "v2.options.e" "External Routing" & 0x02 key("e");
        OPTION_MT = flag "v2.options.mt" "Multi-Topology" & 0x01 key("mt");
    };
    TYPE    = uint "lsa" "Type" names(TYPES) key("type");
    TYPE3   = hex "v3.lsa" "Type" names(lsa3::TYPES) key("type_v3") rows(TYPE3_ROWS);
    ID      = ipv4 "lsa.id" "Link State ID" key("id");
    ID3     = ipv4 "link_state_id" "Link State ID" key("id_v3");
    OPAQUE_TYPE = uint "lsid_opaque_type" "Opaque Type" names(OPAQUE_TYPES) key("opaque_type");
    OPAQUE_ID = uint "lsid.opaque_id" "Opaque ID" key("opaque_id");
    TE_RESERVED = uint "lsid_te_lsa.reserved" "Reserved" key("te_reserved") detail;
    TE_INSTANCE = uint "lsid_te_lsa.instance" "Instance" key("te_instance");
    ROUTER  = ipv4 "advrouter" "Advertising Router" key("router");
    SEQUENCE = hex "lsa.seqnum" "Sequence Number" key("sequence");
    CHECKSUM = hex "lsa.chksum" "Checksum" key("checksum");
    LENGTH  = uint "lsa.length" "Length" key("length");
    ROUTER_FLAGS = hex "v2.router.lsa.flags" "Flags" key("flags") {
        FLAG_H = flag "v2.router.lsa.flags.h" "Host" & 0x80 key("h");
        FLAG_N = flag "v2.router.lsa.flags.n" "NSSA" & 0x10 key("n");
        FLAG_W = flag "v2.router.lsa.flags.w" "Wildcard" & 0x08 key("w");
        FLAG_V = flag "v2.router.lsa.flags.v" "Virtual Link" & 0x04 key("v");
        FLAG_E = flag "v2.router.lsa.flags.e" "External" & 0x02 key("e");
        FLAG_B = flag "v2.router.lsa.flags.b" "Border" & 0x01 key("b");
    };
    LINKS   = uint "lsa.number_of_links" "Number of Links" key("link_count");
    LINK    = group "lsa.router.link" "Link" own many key("links") {
        LINK_ID   = ipv4 "lsa.router.linkid" "Link ID" key("id");
        LINK_DATA = ipv4 "lsa.router.linkdata" "Link Data" key("data");
        LINK_KIND = uint "lsa.router.linktype" "Link Type" names(LINK_TYPES) key("type");
        LINK_METRICS = uint "lsa.router.nummetrics" "Number of Metrics" key("metrics");
        LINK_METRIC = uint "lsa.router.metric0" "Metric" key("metric");
        LINK_TOS  = group "lsa.router.tos" "Metric of a type of service" own many key("tos") {
            LINK_TOS_TYPE   = uint "lsa.router.tos.type" "Type of Service" & 0xff00_0000 own key("type") span(0, 1);
            LINK_TOS_METRIC = uint "ls.metric" "Metric" & 0x0000_ffff key("metric");
        };
    };
    NETWORK_MASK = ipv4 "lsa.network.netmask" "Network Mask" key("mask");
    ATTACHED = ipv4 "lsa.network.attchrtr" "Attached Router" many key("attached_routers");
    SUMMARY_MASK = ipv4 "lsa.asbr.netmask" "Network Mask" key("summary_mask");
    SUMMARY_TOS = uint "lsa.tos" "Type of Service" key("summary_tos");
    MASK    = ipv4 "lsa.asext.netmask" "Network Mask" key("external_mask");
    EXTERNAL = flag "lsa.asext.type" "External Type 2" & 0x80 read key("external_type_2");
    TOS     = uint "lsa.tos" "Type of Service" & 0x7f read key("tos");
    METRIC  = uint "metric" "Metric" key("metric");
    FORWARDING = ipv4 "lsa.asext.fwdaddr" "Forwarding Address" key("forwarding");
    TAG     = uint "lsa.asext.extrttag" "External Route Tag" key("tag");
    OTHER_TOS = group "lsa.tos_metric" "Metric of a type of service" own many key("other_tos") {
        OTHER_EXTERNAL = flag "lsa.asext.type" "External Type 2" & 0x80 key("external_type_2");
        OTHER_TOS_TYPE = uint "lsa.tos" "Type of Service" & 0x7f key("type");
        OTHER_METRIC = uint "metric" "Metric" key("metric");
        OTHER_FORWARDING = ipv4 "lsa.asext.fwdaddr" "Forwarding Address" key("forwarding");
        OTHER_TAG = uint "lsa.asext.extrttag" "External Route Tag" key("tag");
    };
    BODY    = bytes "lsa.body" "Content" own key("content");
    BAD_LENGTH = problem "lsa.length.bad" "Length contradicts the packet" own key("bad_length");
}

/// Rows of an advertisement.
pub(super) static LSA_ROWS: &[&Field] = &joined::<58>(BOTH_ROWS, OPAQUE_ROWS);
static BOTH_ROWS: &[&Field] = &joined::<51>(OWN_ROWS, BODY3_ROWS);

/// RFC 2328 section A.4.1, RFC 1584, RFC 3101, RFC 5250.
pub(super) static TYPES: Names = &[
    (1, "Router"),
    (2, "Network"),
    (3, "Summary (network)"),
    (4, "Summary (ASBR)"),
    (5, "AS external"),
    (6, "Group membership"),
    (7, "NSSA external"),
    (8, "External attributes"),
    (9, "Opaque, link-local"),
    (10, "Opaque, area"),
    (11, "Opaque, AS"),
];

/// RFC 2328 section A.4.2.
pub(super) static LINK_TYPES: Names =
    &[(1, "Point-to-point"), (2, "Transit network"), (3, "Stub network"), (4, "Virtual link")];

/// IANA, "OSPF Opaque LSA Option Types".
static OPAQUE_TYPES: Names = &[
    (1, "Traffic engineering"),
    (2, "Sycamore optical topology"),
    (3, "Grace"),
    (4, "Router information"),
    (5, "L1VPN"),
    (6, "Inter-AS traffic engineering"),
    (7, "Extended prefix"),
    (8, "Extended link"),
];

/// The advertisements that come now, whole or, as in descriptions and acknowledgments, their headers.
pub(super) fn advertisements(p: &mut Packet<'_>, edition: Edition, whole: bool) -> Read {
    while p.left() > 0 {
        p.group(&LSA, |p| advertisement(p, edition, whole))?;
    }
    Ok(())
}

fn advertisement(p: &mut Packet<'_>, edition: Edition, whole: bool) -> Read {
    let age = p.peek_u16()?;
    let mut opaque = 0;
    let kind = match edition {
        Edition::V2 => {
            p.bits(age, 2, &[&AGE, &DO_NOT_AGE])?;
            // RFC 3101 section 2.4: the bit of NSSA has another meaning there.
            p.u8(if p.peek_at(1)? == 7 { &NSSA_OPTIONS } else { &OPTIONS })?;
            let kind = p.u8(&TYPE)?;
            if matches!(kind, 9..=11) {
                opaque = p.u8(&OPAQUE_TYPE)?;
                opaque_id(p, opaque)?;
            } else {
                p.ipv4(&ID)?;
            }
            kind.into()
        }
        Edition::V3 | Edition::V3Ipv4 => {
            p.bits(age, 2, &[&AGE, &DO_NOT_AGE3])?;
            let kind = p.u16(&TYPE3)?;
            p.ipv4(&ID3)?;
            kind
        }
    };
    p.ipv4(&ROUTER)?;
    p.u32(&SEQUENCE)?;
    p.u16(&CHECKSUM)?;
    let length = usize::from(p.u16(&LENGTH)?);
    if !whole {
        return Ok(());
    }
    let room = p.declared_left();
    let body = length.checked_sub(20);
    if body.is_none_or(|body| body > room) {
        p.problem_at(&BAD_LENGTH, p.at() - 2, 2);
    }
    let Some(body) = body else {
        return p.skip(p.left());
    };
    p.within(body.min(room), |p| {
        match (edition, kind) {
            (Edition::V2, 1) => router(p)?,
            (Edition::V2, 2) => {
                p.ipv4(&NETWORK_MASK)?;
                while p.left() > 0 {
                    p.ipv4(&ATTACHED)?;
                }
            }
            (Edition::V2, 3 | 4) => summary(p)?,
            (Edition::V2, 5 | 7) => external(p)?,
            (Edition::V2, 9..=11) => opaque::read(p, opaque)?,
            (Edition::V2, _) => {}
            (_, kind) => lsa3::body(p, kind, edition == Edition::V3Ipv4)?,
        }
        p.remainder(&BODY)
    })
}

/// RFC 5250 section 3; RFC 3630 section 2.2 has a number in two of the three bytes.
fn opaque_id(p: &mut Packet<'_>, kind: u8) -> Read {
    if kind != 1 {
        return p.u24(&OPAQUE_ID).map(drop);
    }
    p.u8(&TE_RESERVED)?;
    p.u16(&TE_INSTANCE).map(drop)
}

/// RFC 2328 section A.4.2.
fn router(p: &mut Packet<'_>) -> Read {
    p.u8(&ROUTER_FLAGS)?;
    p.skip(1)?;
    for _ in 0..p.u16(&LINKS)? {
        p.group(&LINK, |p| {
            p.ipv4(&LINK_ID)?;
            p.ipv4(&LINK_DATA)?;
            p.u8(&LINK_KIND)?;
            let metrics = p.u8(&LINK_METRICS)?;
            p.u16(&LINK_METRIC)?;
            for _ in 0..metrics {
                let word = p.peek_u32()?;
                p.group(&LINK_TOS, |p| p.bits(word, 4, &[&LINK_TOS_TYPE, &LINK_TOS_METRIC]))?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// RFC 2328 section A.4.4.
fn summary(p: &mut Packet<'_>) -> Read {
    p.ipv4(&SUMMARY_MASK)?;
    p.u8(&SUMMARY_TOS)?;
    p.u24(&METRIC)?;
    p.each(|p| {
        p.group(&OTHER_TOS, |p| {
            p.bits(p.peek_u8()?, 1, &[&OTHER_TOS_TYPE])?;
            p.u24(&OTHER_METRIC).map(drop)
        })
    })
}

/// RFC 2328 section A.4.5.
fn external(p: &mut Packet<'_>) -> Read {
    p.ipv4(&MASK)?;
    p.bits(p.peek_u8()?, 1, &[&EXTERNAL, &TOS])?;
    p.u24(&METRIC)?;
    p.ipv4(&FORWARDING)?;
    p.u32(&TAG)?;
    p.each(|p| {
        p.group(&OTHER_TOS, |p| {
            p.bits(p.peek_u8()?, 1, &[&OTHER_EXTERNAL, &OTHER_TOS_TYPE])?;
            p.u24(&OTHER_METRIC)?;
            p.ipv4(&OTHER_FORWARDING)?;
            p.u32(&OTHER_TAG).map(drop)
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::network::ospf::OSPF;
    use crate::testing::*;

    const UPDATE: &str = "02 04 0070 c0000214 00000000 0000 0000 0000000000000000 00000002
        0001 42 01 c0000214 c0000214 80000001 1234 0030 02 00 0002
        c0000200 ffffff00 03 00 000a  c0000214 c0000214 02 00 000a
        0001 02 05 c6336400 c0000214 80000001 5678 0024 ffffff00 80 002710 00000000 00000007";

    #[test]
    fn an_update() {
        insta::assert_snapshot!(tree(&OSPF, &hex(UPDATE)));
    }

    /// Metrics by type of service: of a link, of a summary, of an external route in an NSSA.
    const SERVICES: &str = "02 04 0094 c0000214 00000000 0000 0000 0000000000000000 00000003
        0001 02 01 c0000214 c0000214 80000001 1234 0028 00 00 0001 c0000200 ffffff00 03 01 000a 02000014
        0001 02 03 c6336400 c0000214 80000001 5678 0020 ffffff00 00 00000a 02 000014
        0001 08 07 c6336400 c0000214 80000001 5678 0030 ffffff00 80 002710 00000000 00000007 02 000014 c0000209 00000008";

    #[test]
    fn metrics_by_type_of_service() {
        insta::assert_snapshot!(tree(&OSPF, &hex(SERVICES)));
        every_prefix(&OSPF, &hex(SERVICES));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&OSPF, &hex(UPDATE));
        every_prefix(&OSPF, &hex("02 04 0038 c0000214 00000000 0000 0000 0000000000000000 00000001
            0001 02 0a 01000001 c0000214 80000001 5678 001c 0001 0004 c0000214"));
    }

    #[test]
    fn a_length_below_the_header_is_a_problem() {
        let bytes = hex("02 04 0030 c0000214 00000000 0000 0000 0000000000000000 00000001
            0001 42 01 c0000214 c0000214 80000001 1234 0013");
        assert!(tree(&OSPF, &bytes).contains("! Length contradicts"));
    }
}
