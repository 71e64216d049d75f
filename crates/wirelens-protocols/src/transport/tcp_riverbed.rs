//! TCP options by which Riverbed's appliances find each other; no standard describes them.

use wirelens_dissect::prelude::*;

use super::tcp_options::{RVBD_PROBE, RVBD_TRANSPARENCY, Segment};

fields! {
    /// The rows of a probe.
    PROBE_ROWS = "tcp" RVBD_PROBE "options.rvbd.probe";
    PROBE_TYPE1    = uint "options.rvbd.probe.type1" "Type" & 0xf0 names(PROBES) key("type");
    PROBE_TYPE2    = uint "options.rvbd.probe.type2" "Type" & 0xfe names(PROBES) key("type");
    PROBE_VERSION  = uint "options.rvbd.probe.version" "Version" & 0x0f;
    PROBE_RAW      = uint "options.rvbd.probe.version_raw" "Version (raw)" & 0x01;
    PROBE_RESERVED = hex  "options.rvbd.probe.reserved" "Reserved";
    PROBER         = ipv4 "options.rvbd.probe.prober" "Client-side Appliance";
    APPLICATION    = uint "options.rvbd.probe.appli_ver" "Application Version";
    CLIENT_IP      = ipv4 "options.rvbd.probe.client.ip" "Client";
    PROXY_IP       = ipv4 "options.rvbd.probe.proxy.ip" "Server-side Appliance";
    PROXY_PORT     = uint "options.rvbd.probe.proxy.port" "Server-side Appliance's Port";
    STORE_ID       = uint "options.rvbd.probe.storeid" "Store ID";
    QUERY_FLAGS    = hex  "options.rvbd.probe.flags" "Flags" {
        NOT_CFE = flag "options.rvbd.probe.flags.notcfe" "Not a front end" & 0x04;
        LAST    = flag "options.rvbd.probe.flags.last" "Last Notify" & 0x01;
    };
    RESPONSE_FLAGS = hex  "options.rvbd.probe.flags" "Flags" {
        NO_CACHE = flag "options.rvbd.probe.flags.probe" "Disable the probe cache" & 0x10;
        SSL      = flag "options.rvbd.probe.flags.ssl" "SSL Enabled" & 0x02;
        SERVER   = flag "options.rvbd.probe.flags.server" "Connection to the server established" & 0x01;
    };
    PROBE_FLAGS    = hex  "options.rvbd.probe.flags" "Flags";
}

fields! {
    /// The rows of an address translation.
    TRANSPARENCY_ROWS = "tcp" RVBD_TRANSPARENCY "options.rvbd.trpy";
    TRPY_FLAGS = hex "options.rvbd.trpy.flags" "Flags" {
        FW_RST_PROBE = flag "options.rvbd.trpy.flags.fw_rst_probe" "Reset the next firewall's probe state" & 0x0400;
        FW_RST_INNER = flag "options.rvbd.trpy.flags.fw_rst_inner" "Reset all firewalls' inner state" & 0x0200;
        FW_RST       = flag "options.rvbd.trpy.flags.fw_rst" "Reset all firewalls' probe state" & 0x0100;
        TRPY_RES     = flag "options.rvbd.trpy.flags.chksum" "Reserved" & 0x0004;
        OUT_OF_BAND  = flag "options.rvbd.trpy.flags.oob" "Out of Band" & 0x0002;
        TRPY_MODE    = flag "options.rvbd.trpy.flags.mode" "Port Transparency" & 0x0001;
    };
    TRPY_SRC_IP   = ipv4 "options.rvbd.trpy.src.ip" "Source";
    TRPY_DST_IP   = ipv4 "options.rvbd.trpy.dst.ip" "Destination";
    TRPY_SRC_PORT = uint "options.rvbd.trpy.src.port" "Source Port";
    TRPY_DST_PORT = uint "options.rvbd.trpy.dst.port" "Destination Port";
}

static PROBES: Names = &[
    (0, "Query"),
    (1, "Response"),
    (2, "Internal"),
    (3, "Trace"),
    (4, "Query of a server-side appliance"),
    (5, "Response of a server-side appliance"),
    (6, "Query information"),
    (7, "Response information"),
    (8, "Query information of a server-side appliance"),
    (9, "Query information of a store"),
    (10, "Reset"),
];

/// Types that are not known have no layout.
pub(super) fn probe(p: &mut Packet<'_>, _: &Segment) -> Read {
    let first = p.peek_u8()?;
    match first & 1 {
        1 if first >> 4 <= 10 => version_1(p, first),
        0 if first >> 1 <= 10 => version_2(p, first),
        _ => Ok(()),
    }
}

fn version_1(p: &mut Packet<'_>, first: u8) -> Read {
    p.bits(first, 1, &[&PROBE_TYPE1, &PROBE_VERSION])?;
    let kind = first >> 4;
    if kind == 2 {
        return Ok(());
    }
    p.u8(&PROBE_RESERVED)?;
    p.ipv4(&PROBER)?;
    match kind {
        0 | 3 | 4 => p.u16(&APPLICATION).map(drop),
        1 | 5 => {
            if kind == 5 {
                p.ipv4(&CLIENT_IP)?;
            }
            p.ipv4(&PROXY_IP)?;
            p.u16(&PROXY_PORT).map(drop)
        }
        _ => Ok(()),
    }
}

fn version_2(p: &mut Packet<'_>, first: u8) -> Read {
    p.bits(first, 1, &[&PROBE_TYPE2, &PROBE_RAW])?;
    let kind = first >> 1;
    match kind {
        6 | 8 | 9 => p.u8(&QUERY_FLAGS)?,
        7 => p.u8(&RESPONSE_FLAGS)?,
        10 => p.u8(&PROBE_FLAGS)?,
        _ => return Ok(()),
    };
    match kind {
        8 => p.ipv4(&CLIENT_IP).map(drop),
        9 => p.u32(&STORE_ID).map(drop),
        _ => Ok(()),
    }
}

pub(super) fn transparency(p: &mut Packet<'_>, _: &Segment) -> Read {
    p.u16(&TRPY_FLAGS)?;
    p.ipv4(&TRPY_SRC_IP)?;
    p.ipv4(&TRPY_DST_IP)?;
    p.u16(&TRPY_SRC_PORT)?;
    p.u16(&TRPY_DST_PORT).map(drop)
}
