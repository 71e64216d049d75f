//! Data Center Bridging Exchange before IEEE 802.1Qaz: the base protocol 1.01 (CEE) and Cisco's,
//! Intel's and Nuova's 1.0 (CIN).

use wirelens_dissect::{joined, prelude::*};

use super::names;
use super::{CONTENT, DCBX, OUI};

fields! {
    /// Which priority belongs to which group, and the groups' shares.
    GROUPS = "lldp" PRIORITY_GROUPS "dcbx.feature.pg";
    GROUP_OF_0 = uint "dcbx.feature.pg.pgid_prio0" "Group of priority 0" & 0xf000 key("pgid_prio0");
    GROUP_OF_1 = uint "dcbx.feature.pg.pgid_prio1" "Group of priority 1" & 0x0f00 key("pgid_prio1");
    GROUP_OF_2 = uint "dcbx.feature.pg.pgid_prio2" "Group of priority 2" & 0x00f0 key("pgid_prio2");
    GROUP_OF_3 = uint "dcbx.feature.pg.pgid_prio3" "Group of priority 3" & 0x000f key("pgid_prio3");
    GROUP_OF_4 = uint "dcbx.feature.pg.pgid_prio4" "Group of priority 4" & 0xf000 key("pgid_prio4");
    GROUP_OF_5 = uint "dcbx.feature.pg.pgid_prio5" "Group of priority 5" & 0x0f00 key("pgid_prio5");
    GROUP_OF_6 = uint "dcbx.feature.pg.pgid_prio6" "Group of priority 6" & 0x00f0 key("pgid_prio6");
    GROUP_OF_7 = uint "dcbx.feature.pg.pgid_prio7" "Group of priority 7" & 0x000f key("pgid_prio7");
    SHARE_0 = uint "dcbx.feature.pg.per0" "Bandwidth of group 0 in percent" key("per0");
    SHARE_1 = uint "dcbx.feature.pg.per1" "Bandwidth of group 1 in percent" key("per1");
    SHARE_2 = uint "dcbx.feature.pg.per2" "Bandwidth of group 2 in percent" key("per2");
    SHARE_3 = uint "dcbx.feature.pg.per3" "Bandwidth of group 3 in percent" key("per3");
    SHARE_4 = uint "dcbx.feature.pg.per4" "Bandwidth of group 4 in percent" key("per4");
    SHARE_5 = uint "dcbx.feature.pg.per5" "Bandwidth of group 5 in percent" key("per5");
    SHARE_6 = uint "dcbx.feature.pg.per6" "Bandwidth of group 6 in percent" key("per6");
    SHARE_7 = uint "dcbx.feature.pg.per7" "Bandwidth of group 7 in percent" key("per7");
}

fields! {
    /// Which priorities have flow control.
    FLOW_CONTROL = "lldp" PRIORITY_FLOW "dcbx.feature.pfc";
    PAUSED_0 = flag "dcbx.feature.pfc.prio0" "Flow control for priority 0" & 0x01 key("pfc_prio0");
    PAUSED_1 = flag "dcbx.feature.pfc.prio1" "Flow control for priority 1" & 0x02 key("pfc_prio1");
    PAUSED_2 = flag "dcbx.feature.pfc.prio2" "Flow control for priority 2" & 0x04 key("pfc_prio2");
    PAUSED_3 = flag "dcbx.feature.pfc.prio3" "Flow control for priority 3" & 0x08 key("pfc_prio3");
    PAUSED_4 = flag "dcbx.feature.pfc.prio4" "Flow control for priority 4" & 0x10 key("pfc_prio4");
    PAUSED_5 = flag "dcbx.feature.pfc.prio5" "Flow control for priority 5" & 0x20 key("pfc_prio5");
    PAUSED_6 = flag "dcbx.feature.pfc.prio6" "Flow control for priority 6" & 0x40 key("pfc_prio6");
    PAUSED_7 = flag "dcbx.feature.pfc.prio7" "Flow control for priority 7" & 0x80 key("pfc_prio7");
}

fields! {
    /// What a TLV of these protocols may have inside.
    ROWS = "lldp" DCBX "dcbx";
    PROTOCOL = hex "dcbx.proto" "Protocol" names(names::DCBX_PROTOCOLS);
    CONTROL  = group "dcbx.control" "Control" own many rows(CONTROL_ROWS);
    PRIORITY_GROUPS = group "dcbx.feature.pg" "Priority Groups" own many key("priority_groups") rows(GROUP_ROWS);
    PRIORITY_FLOW   = group "dcbx.feature.pfc" "Priority-based Flow Control" own many key("flow_control") rows(FLOW_ROWS);
    APPLICATIONS    = group "dcbx.feature.app" "Application Protocols" own many key("application_protocols") rows(APPLICATION_ROWS);
    LINK_DOWN       = group "dcbx.feature.llink" "Logical Link Down" own many key("link_down") rows(LINK_ROWS);
    OTHER           = group "dcbx.feature" "Another Feature" own many key("others") rows(HEAD_ROWS);
}

fields! {
    HEAD_ROWS = "lldp" OTHER "dcbx";
    TYPE    = uint "dcbx.type" "Type" & 0xfe00 names(names::DCBX_TYPES);
    LENGTH  = uint "dcbx.len" "Length" & 0x01ff;
    VERSION = hex  "dcbx.version" "Operating Version";
    MAX_VERSION = hex "dcbx.max_version" "Maximum Version";
}

fields! {
    FEATURE_OWN_ROWS = "lldp" OTHER "dcbx.feature";
    ENABLED = flag "dcbx.feature.enabled" "Enabled" & 0x80;
    WILLING = flag "dcbx.feature.willing" "Willing" & 0x40;
    ERROR   = flag "dcbx.feature.error" "Error" & 0x20;
    SUBTYPE = hex  "dcbx.feature.subtype" "Subtype";
}

fields! {
    CONTROL_OWN_ROWS = "lldp" CONTROL "dcbx.control";
    SEQUENCE = uint "dcbx.control.seq" "Sequence Number";
    ACKNOWLEDGED = uint "dcbx.control.ack" "Acknowledged Number";
}

fields! {
    GROUP_OWN_ROWS = "lldp" PRIORITY_GROUPS "dcbx.feature.pg";
    GROUP_CLASSES = hex "dcbx.feature.pg.numtcs" "Traffic Classes";
}

fields! {
    FLOW_OWN_ROWS = "lldp" PRIORITY_FLOW "dcbx.feature.pfc";
    FLOW_CLASSES = hex "dcbx.feature.pfc.numtcs" "Traffic Classes";
}

fields! {
    APPLICATION_OWN_ROWS = "lldp" APPLICATIONS "dcbx.feature.app";
    APPLICATION = group "dcbx.feature.app.entry" "Application" own many key("applications") {
        APPLICATION_PROTOCOL = hex  "dcbx.feature.app.proto" "Protocol" key("protocol");
        ORGANIZATION         = hex  "dcbx.feature.app.oui" "Organization" & 0xff_ffff_fffc_ffff key("oui");
        SELECTOR             = uint "dcbx.feature.app.sf" "Selector" & 0x03_0000 names(names::DCBX_SELECTORS) key("selector");
        APPLICATION_PRIORITY = uint "dcbx.feature.app.prio" "Priority" key("priority");
    };
}

fields! {
    LINK_OWN_ROWS = "lldp" LINK_DOWN "dcbx.feature.llink";
    LINK_TYPE_OF = hex "dcbx.feature.llink.type" "Type" & 0x80 names(names::LINK_DOWN_TYPES) key("link_down_type");
}

static FEATURE_ROWS: &[&Field] = &joined::<8>(HEAD_ROWS, FEATURE_OWN_ROWS);
static CONTROL_ROWS: &[&Field] = &joined::<6>(HEAD_ROWS, CONTROL_OWN_ROWS);
static GROUP_ROWS: &[&Field] = &joined::<25>(FEATURE_ROWS, &joined::<17>(GROUPS, GROUP_OWN_ROWS));
static FLOW_ROWS: &[&Field] = &joined::<17>(FEATURE_ROWS, &joined::<9>(FLOW_CONTROL, FLOW_OWN_ROWS));
static APPLICATION_ROWS: &[&Field] = &joined::<9>(FEATURE_ROWS, APPLICATION_OWN_ROWS);
static LINK_ROWS: &[&Field] = &joined::<9>(FEATURE_ROWS, LINK_OWN_ROWS);

pub(super) fn tlv(p: &mut Packet<'_>) -> Read {
    p.u24(&OUI)?;
    p.u8(&PROTOCOL)?;
    while p.declared_left() >= 4 {
        let (row, body): (_, fn(&mut Packet<'_>) -> Read) = match p.peek_u16()? >> 9 {
            1 => (&CONTROL, control),
            2 => (&PRIORITY_GROUPS, priority_groups),
            3 => (&PRIORITY_FLOW, priority_flow),
            4 => (&APPLICATIONS, applications),
            6 => (&LINK_DOWN, link_down),
            _ => (&OTHER, |p| p.remainder(&CONTENT)),
        };
        p.group(row, |p| {
            let word = p.peek_u16()?;
            p.bits(word, 2, &[&TYPE, &LENGTH])?;
            p.within((word & 0x01ff).into(), |p| {
                p.u8(&VERSION)?;
                p.u8(&MAX_VERSION)?;
                body(p)
            })
        })?;
    }
    Ok(())
}

fn control(p: &mut Packet<'_>) -> Read {
    p.u32(&SEQUENCE)?;
    p.u32(&ACKNOWLEDGED).map(drop)
}

/// What all features begin with.
fn feature(p: &mut Packet<'_>) -> Read {
    p.bits(p.peek_u8()?, 1, &[&ENABLED, &WILLING, &ERROR])?;
    p.u8(&SUBTYPE).map(drop)
}

fn priority_groups(p: &mut Packet<'_>) -> Read {
    feature(p)?;
    groups(p)?;
    p.u8(&GROUP_CLASSES).map(drop)
}

fn priority_flow(p: &mut Packet<'_>) -> Read {
    feature(p)?;
    flow_control(p)?;
    p.u8(&FLOW_CLASSES).map(drop)
}

fn applications(p: &mut Packet<'_>) -> Read {
    feature(p)?;
    while p.declared_left() >= 6 {
        p.group(&APPLICATION, |p| {
            p.u16(&APPLICATION_PROTOCOL)?;
            p.bits(p.peek_u24()?, 3, &[&ORGANIZATION, &SELECTOR])?;
            // The lowest priority that is set; there should be one.
            let priorities = p.peek_u8()?;
            p.number(&APPLICATION_PRIORITY, priorities.trailing_zeros().into(), 1)
        })?;
    }
    Ok(())
}

fn link_down(p: &mut Packet<'_>) -> Read {
    feature(p)?;
    p.bits(p.peek_u8()?, 1, &[&LINK_TYPE_OF])
}

/// Reads the groups of eight priorities and the shares of eight groups.
pub(super) fn groups(p: &mut Packet<'_>) -> Read {
    p.bits(p.peek_u16()?, 2, &[&GROUP_OF_0, &GROUP_OF_1, &GROUP_OF_2, &GROUP_OF_3])?;
    p.bits(p.peek_u16()?, 2, &[&GROUP_OF_4, &GROUP_OF_5, &GROUP_OF_6, &GROUP_OF_7])?;
    for row in [&SHARE_0, &SHARE_1, &SHARE_2, &SHARE_3, &SHARE_4, &SHARE_5, &SHARE_6, &SHARE_7] {
        p.u8(row)?;
    }
    Ok(())
}

/// Reads the priorities that have flow control.
pub(super) fn flow_control(p: &mut Packet<'_>) -> Read {
    p.bits(p.peek_u8()?, 1, &[&PAUSED_0, &PAUSED_1, &PAUSED_2, &PAUSED_3, &PAUSED_4, &PAUSED_5, &PAUSED_6, &PAUSED_7])
}
