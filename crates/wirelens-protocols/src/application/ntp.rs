//! Network Time Protocol, RFC 5905 and its versions before; control messages, RFC 9327; extension
//! fields, RFC 7822, of Network Time Security, RFC 8915; the private messages of ntpd.

use wirelens_dissect::prelude::*;

use crate::transport::udp::UDP_PORT;

protocol! {
    NTP = "ntp" "NTP" "Network Time Protocol", Application;
    @ UDP_PORT 123;
    FLAGS = hex "flags" "Flags" {
        LEAP    = uint "flags.li" "Leap Indicator" & 0xc0 names(LEAPS) key("leap") read;
        VERSION = uint "flags.vn" "Version" & 0x38 key("version") brief("v") read;
        MODE    = uint "flags.mode" "Mode" & 0x07 names(MODES) key("mode") brief("") read;
        PRIVATE_RESPONSE = flag "priv.flags.r" "Response" & 0x80 key("response") read;
        PRIVATE_MORE     = flag "priv.flags.more" "More" & 0x40 key("more") read;
    };
    STRATUM    = uint "stratum" "Stratum" names(STRATA) brief("stratum ") by_number;
    POLL       = uint "ppoll" "Polling Interval (power of 2, seconds)" key("poll");
    PRECISION  = uint "precision" "Precision (power of 2, seconds, two's complement)";
    ROOT_DELAY = uint "rootdelay" "Root Delay in seconds / 65536" key("root_delay");
    ROOT_DISPERSION = uint "rootdispersion" "Root Dispersion in seconds / 65536" key("root_dispersion");
    REFERENCE_ID = bytes "refid" "Reference ID" key("reference_id");
    REFERENCE  = time "reftime" "Reference Timestamp" key("reference_time");
    ORIGIN     = time "org" "Origin Timestamp" key("origin_time");
    RECEIVE    = time "rec" "Receive Timestamp" key("receive_time");
    TRANSMIT   = time "xmt" "Transmit Timestamp" key("transmit_time") brief("");
    REFERENCE_UNKNOWN = text "reftime" "Reference Timestamp" key("reference_time_unknown") detail;
    ORIGIN_UNKNOWN    = text "org" "Origin Timestamp" key("origin_time_unknown") detail;
    RECEIVE_UNKNOWN   = text "rec" "Receive Timestamp" key("receive_time_unknown") detail;
    TRANSMIT_UNKNOWN  = text "xmt" "Transmit Timestamp" key("transmit_time_unknown") detail;
    EXTENSION = group "ext" "Extension" many key("extensions") {
        EXT_TYPE   = hex   "ext.type" "Type" names(EXTENSIONS);
        EXT_LENGTH = uint  "ext.length" "Length" detail;
        EXT_VALUE  = bytes "ext.value" "Content" key("content");
        BAD_EXTENSION = problem "ext.invalid_length" "Length does not fit";
    };
    KEY_ID     = bytes "keyid" "Key ID" key("key_id");
    MAC        = bytes "mac" "Message Authentication Code";
    CONTROL = hex "ctrl.flags2" "Control Flags" key("control") {
        CONTROL_RESPONSE = flag "ctrl.flags2.r" "Response" & 0x80 key("response");
        CONTROL_ERROR    = flag "ctrl.flags2.error" "Error" & 0x40 key("error") brief("error");
        CONTROL_MORE     = flag "ctrl.flags2.more" "More" & 0x20 key("more");
        CONTROL_OPCODE   = uint "ctrl.flags2.opcode" "Operation" & 0x1f key("opcode") names(OPERATIONS) brief(", ");
    };
    SEQUENCE   = uint "ctrl.sequence" "Sequence Number" key("sequence") brief("seq ");
    STATUS = hex "ctrl.status" "Status" key("status") rows(STATUS_ROWS);
    ASSOCIATION = uint "ctrl.associd" "Association ID" key("association");
    OFFSET     = uint "ctrl.offset" "Offset" key("offset");
    COUNT      = uint "ctrl.count" "Count" key("count");
    DATA = group "ctrl.data" "Data" key("data") {
        ITEM = group "ctrl.item" "Association" key("associations") many {
            ITEM_ASSOCIATION = uint "ctrl.associd" "Association ID" key("association");
            ITEM_STATUS = hex "ctrl.status" "Status" key("status") rows(STATUS_ROWS);
        };
        VARIABLES = text "ctrl.variables" "Variables" own key("variables");
    };
    PRIVATE_SEQUENCE = uint "priv.auth_seq" "Authentication and Sequence" key("auth_sequence") {
        AUTHENTICATED  = flag "priv.auth" "Authenticated" & 0x80 key("authenticated");
        PRIVATE_NUMBER = uint "priv.seq" "Sequence Number" & 0x7f key("number");
    };
    IMPLEMENTATION = uint "priv.impl" "Implementation" key("implementation") names(IMPLEMENTATIONS);
    REQUEST    = uint "priv.reqcode" "Request" key("request") names(REQUESTS) brief("");
    ERROR      = hex  "priv.err" "Error" & 0xf000 span(0, 1) key("error") names(ERRORS);
    ITEMS      = uint "priv.numitems" "Number of Items" & 0x0fff key("items");
    RESERVED   = hex  "priv.reserved" "Reserved" & 0xf000 span(0, 1) key("reserved") detail;
    ITEM_SIZE  = uint "priv.itemsize" "Size of an Item" & 0x0fff key("item_size");
    MONITOR = text "priv.mode7.item" "Client" key("clients") many {
        AVERAGE = uint "priv.monlist.avgint" "Average Interval" key("average_interval");
        LAST    = uint "priv.monlist.lsint" "Seconds since the last packet" key("last_interval");
        RESTRICTIONS = hex "priv.monlist.restr" "Restrictions" key("restrictions");
        PACKETS = uint "priv.monlist.count" "Packets" key("count");
        REMOTE  = ipv4 "priv.monlist.remote_address" "Remote Address" key("remote_address");
        LOCAL   = ipv4 "priv.monlist.local_address" "Local Address" key("local_address");
        MONITOR_FLAGS = hex "priv.monlist.flags" "Flags" key("flags");
        PORT    = uint "priv.monlist.port" "Port" key("port");
        CLIENT_MODE    = uint "priv.monlist.mode" "Mode" key("mode") names(MODES);
        CLIENT_VERSION = uint "priv.monlist.version" "Version" key("version");
        IS_IPV6 = hex  "priv.monlist.ipv6" "IPv6" key("is_ipv6");
        UNUSED  = hex  "priv.monlist.unused" "Unused" key("unused") detail many;
        REMOTE6 = ipv6 "priv.monlist.remote_address6" "Remote Address" key("remote_ipv6") own;
        LOCAL6  = ipv6 "priv.monlist.local_address6" "Local Address" key("local_ipv6") own;
    };
    PEER = group "priv.mode7.item" "Peer" key("peers") many {
        PEER_LOCAL   = ipv4 "priv.mode7.dstaddress" "Local Address" key("local_address");
        PEER_ADDRESS = ipv4 "priv.mode7.srcaddress" "Address" key("address");
        PEER_PORT    = uint "priv.mode7.srcport" "Port" key("port");
        PEER_STRATUM = uint "stratum" "Stratum" key("stratum");
        PEER_HOST_POLL = uint "priv.mode7.hpoll" "Own Polling Interval" key("host_poll");
        PEER_POLL    = uint "ppoll" "Polling Interval" key("poll");
        PEER_REACH   = uint "priv.mode7.reach" "Reachability" key("reach");
        PEER_FLAGS = hex "priv.mode7.peer.flags" "Flags" key("flags") {
            IS_CONFIGURED = flag "priv.mode7.peer.flags.config" "Configured" & 0x01;
            IS_SYSTEM     = flag "priv.mode7.peer.flags.syspeer" "System peer" & 0x02;
            IS_BURST      = flag "priv.mode7.peer.flags.burst" "Burst" & 0x04;
            IS_CLOCK      = flag "priv.mode7.peer.flags.refclock" "Reference clock" & 0x08;
            IS_PREFERRED  = flag "priv.mode7.peer.flags.prefer" "Preferred" & 0x10;
            IS_AUTHENTICATED = flag "priv.mode7.peer.flags.authenable" "Authenticated" & 0x20;
            IS_CANDIDATE  = flag "priv.mode7.peer.flags.sel_candidate" "Candidate" & 0x40;
            IS_SHORTLISTED = flag "priv.mode7.peer.flags.shortlist" "Shortlisted" & 0x80;
        };
        PEER_MODE    = uint "priv.mode7.hmode" "Mode" key("mode") names(MODES);
        PEER_DELAY   = int  "priv.mode7.delay" "Delay" key("delay");
        PEER_OFFSET  = int  "priv.mode7.offset" "Offset" key("offset");
        PEER_DISPERSION = uint "priv.mode7.dispersion" "Dispersion" key("dispersion");
        PEER_IS_IPV6 = uint "priv.mode7.ipv6_flag" "IPv6" key("is_ipv6");
        PEER_UNUSED  = bytes "priv.mode7.unused" "Unused" key("unused") detail;
        PEER_LOCAL6  = ipv6 "priv.mode7.dstaddress6" "Local Address" key("local_ipv6");
        PEER_ADDRESS6 = ipv6 "priv.mode7.srcaddress6" "Address" key("ipv6");
    };
    PRIVATE_DATA = bytes "priv.data" "Data" own key("private_data");
}

fields! {
    /// RFC 9327 section 3: of what is asked about depends which of them a status word has.
    STATUS_ROWS = "ntp" STATUS "ctrl.status";
    SYSTEM_LEAP   = uint "ctrl.sys_status.li" "Leap Indicator" & 0xc000 read names(LEAPS) key("leap");
    SYSTEM_SOURCE = uint "ctrl.sys_status.clksrc" "Clock Source" & 0x3f00 read names(SOURCES) key("source");
    SYSTEM_COUNT  = uint "ctrl.sys_status.count" "System Events" & 0x00f0 read key("system_events");
    SYSTEM_CODE   = uint "ctrl.sys_status.code" "System Event" & 0x000f read names(SYSTEM_EVENTS) key("system_event");
    PEER_CONFIGURED = flag "ctrl.peer_status.config" "Configured" & 0x8000 read key("configured");
    PEER_ENABLED    = flag "ctrl.peer_status.authenable" "Authentication enabled" & 0x4000 read key("authentication_enabled");
    PEER_AUTHENTIC  = flag "ctrl.peer_status.authentic" "Authentic" & 0x2000 read key("authentic");
    PEER_REACHABLE  = flag "ctrl.peer_status.reach" "Reachable" & 0x1000 read key("reachable");
    PEER_BROADCAST  = flag "ctrl.peer_status.bcast" "Broadcast" & 0x0800 read key("broadcast");
    PEER_SELECTION  = uint "ctrl.peer_status.selection" "Selection" & 0x0700 read names(SELECTIONS) key("selection");
    PEER_COUNT      = uint "ctrl.peer_status.count" "Peer Events" & 0x00f0 read key("peer_events");
    PEER_CODE       = uint "ctrl.peer_status.code" "Peer Event" & 0x000f read names(PEER_EVENTS) key("peer_event");
    CLOCK_STATUS    = uint "ctrl.clock_status.status" "Clock Status" & 0xff00 read key("clock_status");
    CLOCK_CODE      = uint "ctrl.clock_status.code" "Clock Event" & 0x00ff read key("clock_event");
    ERROR_STATUS    = uint "ctrl.err_status" "Error" & 0xff00 read names(CONTROL_ERRORS) key("error");
}

/// RFC 5905 figure 9.
static LEAPS: Names = &[
    (0, "No warning"),
    (1, "Last minute has 61 seconds"),
    (2, "Last minute has 59 seconds"),
    (3, "Unknown"),
];

/// RFC 5905 figure 10.
static MODES: Names = &[
    (0, "Reserved"),
    (1, "Symmetric active"),
    (2, "Symmetric passive"),
    (3, "Client"),
    (4, "Server"),
    (5, "Broadcast"),
    (6, "Control"),
    (7, "Private"),
];

/// RFC 5905 figure 11.
static STRATA: Names = &[(0, "Unspecified"), (1, "Primary"), (16, "Unsynchronized")];

/// <https://www.iana.org/assignments/ntp-parameters>
static EXTENSIONS: Names = &[
    (0x0002, "Autokey No-Operation Request"),
    (0x0102, "Autokey Association Message Request"),
    (0x0104, "Unique Identifier"),
    (0x0202, "Autokey Certificate Message Request"),
    (0x0204, "NTS Cookie"),
    (0x0302, "Autokey Cookie Message Request"),
    (0x0304, "NTS Cookie Placeholder"),
    (0x0402, "Autokey Autokey Message Request"),
    (0x0404, "NTS Authenticator and Encrypted Extension Fields"),
    (0x2005, "UDP Checksum Complement"),
    (0x8002, "Autokey No-Operation Response"),
    (0x8102, "Autokey Association Message Response"),
];

/// RFC 9327 section 2.
static OPERATIONS: Names = &[
    (0, "Reserved"),
    (1, "Read status"),
    (2, "Read variables"),
    (3, "Write variables"),
    (4, "Read clock variables"),
    (5, "Write clock variables"),
    (6, "Set trap"),
    (7, "Trap response"),
    (8, "Runtime configuration"),
    (9, "Export configuration"),
    (10, "Retrieve remote addresses"),
    (11, "Retrieve ordered list"),
    (12, "Request nonce"),
    (31, "Unset trap"),
];

/// RFC 9327 section 3.1.
static SOURCES: Names = &[
    (0, "Unspecified"),
    (1, "Calibrated atomic clock"),
    (2, "Radio (very low or low frequency)"),
    (3, "Radio (high frequency)"),
    (4, "Radio (ultra high frequency)"),
    (5, "Local network"),
    (6, "NTP"),
    (7, "Time or other UDP"),
    (8, "Wristwatch"),
    (9, "Telephone modem"),
];

static SYSTEM_EVENTS: Names = &[
    (0, "Unspecified"),
    (1, "Frequency file not available"),
    (2, "Frequency file available"),
    (3, "Spike"),
    (4, "Frequency training"),
    (5, "Synchronized"),
    (6, "Restarted"),
    (7, "Panic stop"),
    (8, "No system peer"),
    (9, "Leap second armed"),
    (10, "Leap second disarmed"),
    (11, "Leap second inserted or deleted"),
    (12, "Clock stepped"),
    (13, "Kernel information"),
    (14, "Leap second values updated"),
    (15, "Stale leap second values"),
];

/// RFC 9327 section 3.2.
static SELECTIONS: Names = &[
    (0, "Rejected"),
    (1, "False ticker"),
    (2, "Excess"),
    (3, "Outlier"),
    (4, "Candidate"),
    (5, "Backup"),
    (6, "System peer"),
    (7, "PPS peer"),
];

static PEER_EVENTS: Names = &[
    (0, "Unspecified"),
    (1, "Association mobilized"),
    (2, "Association demobilized"),
    (3, "Unreachable"),
    (4, "Reachable"),
    (5, "Restarted"),
    (6, "No reply"),
    (7, "Rate exceeded"),
    (8, "Access denied"),
    (9, "Leap second armed"),
    (10, "Became system peer"),
    (11, "Clock event"),
    (12, "Authentication failed"),
    (13, "Popcorn spike"),
    (14, "Interleaved mode entered"),
    (15, "Interleave error"),
];

/// RFC 9327 section 3.4.
static CONTROL_ERRORS: Names = &[
    (0, "Unspecified"),
    (1, "Authentication failure"),
    (2, "Invalid length or format"),
    (3, "Invalid operation"),
    (4, "Unknown association"),
    (5, "Unknown variable name"),
    (6, "Invalid variable value"),
    (7, "Administratively prohibited"),
];

static IMPLEMENTATIONS: Names = &[(0, "Universal"), (2, "xntpd (old)"), (3, "xntpd")];

static REQUESTS: Names = &[
    (0, "PEER_LIST"),
    (1, "PEER_LIST_SUM"),
    (2, "PEER_INFO"),
    (3, "PEER_STATS"),
    (4, "SYS_INFO"),
    (5, "SYS_STATS"),
    (6, "IO_STATS"),
    (7, "MEM_STATS"),
    (8, "LOOP_INFO"),
    (9, "TIMER_STATS"),
    (10, "CONFIG"),
    (11, "UNCONFIG"),
    (12, "SET_SYS_FLAG"),
    (13, "CLR_SYS_FLAG"),
    (16, "GET_RESTRICT"),
    (17, "RESADDFLAGS"),
    (18, "RESSUBFLAGS"),
    (19, "UNRESTRICT"),
    (20, "MON_GETLIST"),
    (21, "RESET_STATS"),
    (22, "RESET_PEER"),
    (23, "REREAD_KEYS"),
    (26, "TRUSTKEY"),
    (27, "UNTRUSTKEY"),
    (28, "AUTHINFO"),
    (29, "TRAPS"),
    (30, "ADD_TRAP"),
    (31, "CLR_TRAP"),
    (32, "REQUEST_KEY"),
    (33, "CONTROL_KEY"),
    (34, "GET_CTLSTATS"),
    (36, "GET_CLOCKINFO"),
    (37, "SET_CLKFUDGE"),
    (38, "GET_KERNEL"),
    (39, "GET_CLKBUGINFO"),
    (42, "MON_GETLIST_1"),
    (43, "HOSTNAME_ASSOCID"),
    (44, "IF_STATS"),
    (45, "IF_RELOAD"),
];

static ERRORS: Names = &[
    (0, "None"),
    (1, "Implementation differs"),
    (2, "Unknown request"),
    (3, "Format error"),
    (4, "No data"),
    (7, "Authentication failure"),
];

const CONTROL_MODE: u8 = 6;
const PRIVATE_MODE: u8 = 7;

fn dissect(p: &mut Packet<'_>) -> Step {
    let flags = p.u8(&FLAGS)?;
    let at = p.at() - 1;
    let rows: &[&'static Field] = match flags & 7 {
        PRIVATE_MODE => &[&PRIVATE_RESPONSE, &PRIVATE_MORE, &VERSION, &MODE],
        _ => &[&LEAP, &VERSION, &MODE],
    };
    p.views(at, 1, flags, rows);
    match flags & 7 {
        CONTROL_MODE => control(p)?,
        PRIVATE_MODE => private(p)?,
        _ => time(p)?,
    }
    Ok(Next::Nothing)
}

/// RFC 5905 section 7.3.
fn time(p: &mut Packet<'_>) -> Read {
    p.u8(&STRATUM)?;
    p.u8(&POLL)?;
    p.u8(&PRECISION)?;
    p.u32(&ROOT_DELAY)?;
    p.u32(&ROOT_DISPERSION)?;
    p.bytes(&REFERENCE_ID, 4)?;
    timestamp(p, &REFERENCE, &REFERENCE_UNKNOWN)?;
    timestamp(p, &ORIGIN, &ORIGIN_UNKNOWN)?;
    timestamp(p, &RECEIVE, &RECEIVE_UNKNOWN)?;
    timestamp(p, &TRANSMIT, &TRANSMIT_UNKNOWN)?;
    // RFC 7822 section 7.5: what is longer than the longest MAC is an extension.
    while p.declared_left() > LONGEST_MAC {
        p.group(&EXTENSION, extension)?;
    }
    if p.declared_left() > 0 {
        authentication(p)?;
    }
    Ok(())
}

/// A key's number and SHA-1's twenty bytes.
const LONGEST_MAC: usize = 24;

/// Seconds from 1900 to 1970.
const UNIX_EPOCH: i64 = 2_208_988_800;

/// RFC 4330 section 3: where the highest bit is not set, seconds count from 2036. Zero is unknown.
fn timestamp(p: &mut Packet<'_>, row: &'static Field, unknown: &'static Field) -> Read {
    let word = p.peek_u64()?;
    if word == 0 {
        p.make_text(unknown, p.at(), 8, |out| out.extend_from_slice(b"NULL"));
        return p.skip(8);
    }
    p.number(row, nanoseconds(word).cast_unsigned(), 8)
}

/// A timestamp of 64 bits as nanoseconds since 1970, RFC 4330 section 3: where its highest bit is
/// not set it is of the era from 2036 on.
pub(super) fn nanoseconds(word: u64) -> i64 {
    let (seconds, fraction) = ((word >> 32) as i64, word & 0xffff_ffff);
    let era = if word >> 63 == 1 { 0 } else { 1 << 32 };
    let nanoseconds = (fraction * 1_000_000_000) >> 32;
    (seconds + era - UNIX_EPOCH) * 1_000_000_000 + nanoseconds as i64
}

fn extension(p: &mut Packet<'_>) -> Read {
    p.u16(&EXT_TYPE)?;
    let length = usize::from(p.u16(&EXT_LENGTH)?);
    match length.checked_sub(4) {
        Some(rest) if rest <= p.declared_left() && length % 4 == 0 => {
            if rest > 0 { p.bytes(&EXT_VALUE, rest).map(drop) } else { Ok(()) }
        }
        _ => Err(p.malformed(&BAD_EXTENSION)),
    }
}

fn authentication(p: &mut Packet<'_>) -> Read {
    p.bytes(&KEY_ID, 4)?;
    p.remainder(&MAC)
}

/// RFC 9327 section 2.
fn control(p: &mut Packet<'_>) -> Read {
    let control = p.u8(&CONTROL)?;
    p.u16(&SEQUENCE)?;
    let (at, status) = (p.at(), p.u16(&STATUS)?);
    let association = p.peek_u16()?;
    let (response, error, operation) = (control & 0x80 != 0, control & 0x40 != 0, control & 0x1f);
    if response {
        p.views(at, 2, status, status_rows(error, operation, association));
    }
    p.u16(&ASSOCIATION)?;
    p.u16(&OFFSET)?;
    let count = usize::from(p.u16(&COUNT)?);
    if count > 0 {
        p.within(count, |p| {
            p.group(&DATA, |p| {
                if operation == READ_STATUS && association == 0 && count % 4 == 0 {
                    while p.declared_left() > 0 {
                        p.group(&ITEM, item)?;
                    }
                    return Ok(());
                }
                p.rest(&VARIABLES).map(drop)
            })
        })?;
    }
    // RFC 9327 section 2: padding to four bytes, then perhaps a MAC.
    let padding = count.next_multiple_of(4) - count;
    p.skip(padding.min(p.left()))?;
    if p.declared_left() > 4 { authentication(p) } else { p.skip(p.left()) }
}

const READ_STATUS: u8 = 1;

fn item(p: &mut Packet<'_>) -> Read {
    p.u16(&ITEM_ASSOCIATION)?;
    let (at, status) = (p.at(), p.u16(&ITEM_STATUS)?);
    p.views(at, 2, status, PEER_STATUS);
    Ok(())
}

static PEER_STATUS: &[&Field] = &[
    &PEER_CONFIGURED,
    &PEER_ENABLED,
    &PEER_AUTHENTIC,
    &PEER_REACHABLE,
    &PEER_BROADCAST,
    &PEER_SELECTION,
    &PEER_COUNT,
    &PEER_CODE,
];

static SYSTEM_STATUS: &[&Field] = &[&SYSTEM_LEAP, &SYSTEM_SOURCE, &SYSTEM_COUNT, &SYSTEM_CODE];

static CLOCK: &[&Field] = &[&CLOCK_STATUS, &CLOCK_CODE];

static CONTROL_ERROR_STATUS: &[&Field] = &[&ERROR_STATUS];

fn status_rows(error: bool, operation: u8, association: u16) -> &'static [&'static Field] {
    match (operation, association) {
        _ if error => CONTROL_ERROR_STATUS,
        (1..=3, 0) => SYSTEM_STATUS,
        (1..=3, _) => PEER_STATUS,
        (4 | 5, _) => CLOCK,
        _ => &[],
    }
}

/// Requests of ntpq's older brother ntpdc, as ntpd's `ntp_request.h` has them.
fn private(p: &mut Packet<'_>) -> Read {
    p.u8(&PRIVATE_SEQUENCE)?;
    p.u8(&IMPLEMENTATION)?;
    let request = p.u8(&REQUEST)?;
    let items = p.peek_u16()? & 0x0fff;
    p.bits(p.peek_u16()?, 2, &[&ERROR, &ITEMS])?;
    let size = usize::from(p.peek_u16()? & 0x0fff);
    p.bits(p.peek_u16()?, 2, &[&RESERVED, &ITEM_SIZE])?;
    match request {
        PEER_LIST_SUM if size >= PEER_SIZE => {
            each(p, items, size, |p| p.within(size, |p| p.group(&PEER, peer)))?;
        }
        MON_GETLIST_1 if size >= MONITOR_SIZE => each(p, items, size, |p| {
            p.make_text(&MONITOR, p.at(), size, |out| out.extend_from_slice(b"Monlist Item"));
            p.under(|p| p.within(size, monitor))
        })?,
        _ => {}
    }
    p.remainder(&PRIVATE_DATA)
}

/// Calls `read` for each item that is there whole.
fn each(
    p: &mut Packet<'_>,
    items: u16,
    size: usize,
    mut read: impl FnMut(&mut Packet<'_>) -> Read,
) -> Read {
    for _ in 0..items {
        if p.declared_left() < size {
            break;
        }
        read(p)?;
    }
    Ok(())
}

const PEER_LIST_SUM: u8 = 1;
const PEER_SIZE: usize = 72;
const MON_GETLIST_1: u8 = 42;
/// Without the IPv6 addresses that newer ones have.
const MONITOR_SIZE: usize = 36;

fn peer(p: &mut Packet<'_>) -> Read {
    p.ipv4(&PEER_LOCAL)?;
    p.ipv4(&PEER_ADDRESS)?;
    p.u16(&PEER_PORT)?;
    for row in
        [&PEER_STRATUM, &PEER_HOST_POLL, &PEER_POLL, &PEER_REACH, &PEER_FLAGS, &PEER_MODE]
    {
        p.u8(row)?;
    }
    p.i32(&PEER_DELAY)?;
    p.u64(&PEER_OFFSET)?;
    p.u32(&PEER_DISPERSION)?;
    p.u32(&PEER_IS_IPV6)?;
    p.bytes(&PEER_UNUSED, 4)?;
    p.ipv6(&PEER_LOCAL6)?;
    p.ipv6(&PEER_ADDRESS6)?;
    p.skip(p.left())
}

fn monitor(p: &mut Packet<'_>) -> Read {
    p.u32(&AVERAGE)?;
    p.u32(&LAST)?;
    p.u32(&RESTRICTIONS)?;
    p.u32(&PACKETS)?;
    p.ipv4(&REMOTE)?;
    p.ipv4(&LOCAL)?;
    p.u32(&MONITOR_FLAGS)?;
    p.u16(&PORT)?;
    p.u8(&CLIENT_MODE)?;
    p.u8(&CLIENT_VERSION)?;
    let is_ipv6 = p.u32(&IS_IPV6)?;
    p.u32(&UNUSED)?;
    if is_ipv6 != 0 && p.left() >= 32 {
        p.ipv6(&REMOTE6)?;
        p.ipv6(&LOCAL6)?;
    }
    p.skip(p.left())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const SERVER: &str = "1c0104fa 00010000 00020000 c0a80101 d94f4f1180000000 0000000000000000
        d94f4f1100000001 00000001ffffffff";

    fn with(more: &str) -> Vec<u8> {
        let bytes = hex(&format!("{SERVER}{more}"));
        every_prefix(&NTP, &bytes);
        bytes
    }

    #[test]
    fn a_server_tells_the_time() {
        insta::assert_snapshot!(tree(&NTP, &with("")));
    }

    #[test]
    fn a_mac() {
        let md5 = "00000001 00112233445566778899aabbccddeeff";
        assert!(tree(&NTP, &with(md5)).contains("Message Authentication Code: 0011"));
        assert!(tree(&NTP, &with("00000000")).contains("Key ID: 00000000"));
    }

    #[test]
    fn extensions_of_network_time_security() {
        let more = "0104 0010 00112233445566778899aabb 0204 000c 0011223344556677 0404 0010 0004000400000000 00000000";
        insta::assert_snapshot!(tree(&NTP, &with(more)));
        assert!(tree(&NTP, &with("0104 0100 00000000000000000000000000000000000000000000000000"))
            .contains("! Length does not fit"));
    }

    #[test]
    fn control_messages() {
        let response = hex("16 81 0001 0618 0000 0000 0008 1111 961a 2222 8011");
        insta::assert_snapshot!(tree(&NTP, &response));
        every_prefix(&NTP, &response);
        let variables = hex("1e c2 0002 0400 0001 0000 0005 6c6561703d 000000");
        let tree = tree(&NTP, &variables);
        assert!(tree.contains("Variables: leap=") && tree.contains("Error: Unknown association"), "{tree}");
        every_prefix(&NTP, &variables);
    }

    #[test]
    fn a_list_of_clients() {
        let response = hex("d7 00 03 2a 0001 0024 00000001 00000002 00000000 00000003 c0000201 c0000202
            00000001 0c02 07 02 00000000 00000000");
        insta::assert_snapshot!(tree(&NTP, &response));
        every_prefix(&NTP, &response);
    }
}
