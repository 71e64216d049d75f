//! Attribute value pairs: RFC 2661 section 4, RFC 3931 section 5, and the RFCs named below.

use wirelens_dissect::{joined, prelude::*};

use super::AVP;
use super::names;
use super::sessions::Told;
use super::vendors::{self, VENDOR_ROWS};

fields! {
    OWN_ROWS = "l2tp" AVP "avp";
    MANDATORY = flag "avp.mandatory" "Mandatory" & 0x8000;
    HIDDEN    = flag "avp.hidden" "Hidden" & 0x4000;
    AVP_LENGTH = uint "avp.length" "Length" & 0x03ff;
    VENDOR    = uint "avp.vendor_id" "Vendor ID" names(names::VENDORS);
    TYPE      = uint "avp.type" "Type" names(names::AVPS);
    OTHER_TYPE = uint "avp.type" "Type" key("type");
    CISCO_TYPE = uint "avp.ciscotype" "Type" names(names::CISCO_AVPS) key("type");
    ERICSSON_TYPE = uint "avp.ericssontype" "Type" names(names::ERICSSON_AVPS) key("type");
    BROADBAND_TYPE = uint "avp.broadbandtype" "Type" names(names::BROADBAND_AVPS) key("type");
    CABLELABS_TYPE = uint "avp.cablelabstype" "Type" names(names::CABLELABS_AVPS) key("type");
    BAD_AVP_LENGTH = problem "avp_length.bad" "Length is shorter than the AVP's header";
    AVP_TOO_SHORT  = problem "avp.short" "Length is not that of the AVP" own;
    AVP_DATA  = bytes "avp.data" "Data" own;
    HIDDEN_VALUE = bytes "avp.hidden_value" "Hidden value" own;
    MESSAGE   = uint "avp.message_type" "Message Type" names(names::MESSAGES) brief("") leads;
    STOP_RESULT = uint "result_code" "Result Code" names(names::STOP_RESULTS) brief("");
    CALL_RESULT = uint "result_code" "Result Code" names(names::CALL_RESULTS) brief("");
    ERROR     = uint "avp.error_code" "Error Code" names(names::ERRORS) brief("error ");
    ERROR_TEXT = text "avp.error_message" "Error Message" brief("");
    PROTOCOL_VERSION = uint "avp.protocol_version" "Version";
    REVISION  = uint "avp.protocol_revision" "Revision";
    ASYNC_SUPPORTED = flag "avp.async_framing_supported" "Async framing supported" & 0x0000_0002;
    SYNC_SUPPORTED  = flag "avp.sync_framing_supported" "Sync framing supported" & 0x0000_0001;
    ANALOG_SUPPORTED  = flag "avp.analog_access_supported" "Analog access supported" & 0x0000_0002;
    DIGITAL_SUPPORTED = flag "avp.digital_access_supported" "Digital access supported" & 0x0000_0001;
    TIE_BREAKER = hex "tie_breaker" "Tie Breaker";
    FIRMWARE  = uint "avp.firmware_revision" "Firmware Revision";
    HOST_NAME = text "avp.host_name" "Host Name" brief("from ");
    VENDOR_NAME = text "avp.vendor_name" "Vendor Name";
    ASSIGNED_TUNNEL = uint "avp.assigned_tunnel_id" "Assigned Tunnel ID" brief("assigns tunnel ");
    WINDOW    = uint "avp.receive_window_size" "Receive Window Size";
    CHALLENGE = bytes "avp.chap_challenge" "CHAP Challenge";
    CAUSE     = uint "avp.cause_code" "Q.931 Cause Code";
    CAUSE_MESSAGE = uint "avp.cause_msg" "Q.931 Cause Message";
    ADVISORY  = text "avp.advisory_msg" "Advisory Message";
    RESPONSE  = bytes "avp.chap_challenge_response" "CHAP Challenge Response";
    ASSIGNED_SESSION = uint "avp.assigned_session_id" "Assigned Session ID" brief("assigns session ");
    SERIAL    = uint "avp.call_serial_number" "Call Serial Number";
    MINIMUM   = uint "avp.minimum_bps" "Minimum bits per second";
    MAXIMUM   = uint "avp.maximum_bps" "Maximum bits per second";
    ANALOG    = flag "avp.analog_bearer_type" "Analog bearer" & 0x0000_0002;
    DIGITAL   = flag "avp.digital_bearer_type" "Digital bearer" & 0x0000_0001;
    ASYNC     = flag "avp.async_framing_type" "Async framing" & 0x0000_0002;
    SYNC      = flag "avp.sync_framing_type" "Sync framing" & 0x0000_0001;
    CALLED    = text "avp.called_number" "Called Number" brief("to ");
    CALLING   = text "avp.calling_number" "Calling Number" brief("from ");
    SUB_ADDRESS = text "avp.sub_address" "Sub-Address";
    SPEED     = uint "avp.connect_speed" "Connect Speed";
    CHANNEL   = uint "avp.physical_channel" "Physical Channel";
    FIRST_CONFREQ = bytes "avp.initial_received_lcp_confreq" "Initial received LCP Configure-Request";
    LAST_SENT     = bytes "avp.last_sent_lcp_confreq" "Last sent LCP Configure-Request";
    LAST_RECEIVED = bytes "avp.last_received_lcp_confreq" "Last received LCP Configure-Request";
    PROXY_TYPE      = uint "avp.proxy_authen_type" "Proxy Authentication Type" names(names::PROXY_TYPES);
    PROXY_NAME      = text "avp.proxy_authen_name" "Proxy Authentication Name";
    PROXY_CHALLENGE = bytes "avp.proxy_authen_challenge" "Proxy Authentication Challenge";
    PROXY_ID        = uint "avp.proxy_authen_id" "Proxy Authentication ID";
    PROXY_RESPONSE  = bytes "avp.proxy_authen_response" "Proxy Authentication Response";
    CRC_ERRORS      = uint "avp.crc_errors" "CRC Errors";
    FRAMING_ERRORS  = uint "avp.framing_errors" "Framing Errors";
    HARDWARE_OVERRUNS = uint "avp.hardware_overruns" "Hardware Overruns";
    BUFFER_OVERRUNS = uint "avp.buffer_overruns" "Buffer Overruns";
    TIMEOUTS        = uint "avp.time_out_errors" "Timeout Errors";
    ALIGNMENT_ERRORS = uint "avp.alignment_errors" "Alignment Errors";
    SEND_ACCM    = uint "avp.send_accm" "Send ACCM";
    RECEIVE_ACCM = uint "avp.receive_accm" "Receive ACCM";
    RANDOM_VECTOR = bytes "avp.random_vector" "Random Vector";
    GROUP     = bytes "avp.private_group_id" "Private Group ID";
    RX_SPEED  = uint "avp.rx_connect_speed" "Rx Connect Speed";
    DISCONNECT = uint "avp.disconnect_code" "PPP Disconnect Code";
    CONTROL_PROTOCOL = uint "avp.control_protocol_number" "Control Protocol Number";
    DIRECTION = uint "avp.cause_code_direction" "Direction" names(names::CAUSE_DIRECTIONS);
    CAUSE_TEXT = text "avp.cause_code_message" "Message";
    EXTENDED_VENDOR = uint "avp.extended_vendor_id" "Extended Vendor ID" own;
    EXTENDED_TYPE   = uint "avp.extended_type" "Extended Type" own;
    DIGEST    = bytes "avp.message_digest" "Message Digest";
    ROUTER    = uint "avp.router_id" "Router ID";
    ASSIGNED_CONTROL = uint "avp.assigned_control_conn_id" "Assigned Control Connection ID" brief("assigns connection ");
    CAPABILITY = uint "avp.pw_type" "Pseudowire Type" names(names::PSEUDOWIRES) many;
    LOCAL     = uint "avp.local_session_id" "Local Session ID" brief("local session ");
    REMOTE    = uint "avp.remote_session_id" "Remote Session ID" brief("remote session ") unless_zero;
    COOKIE    = bytes "avp.assigned_cookie" "Assigned Cookie";
    END_ID    = text "avp.remote_end_id" "Remote End ID";
    PSEUDOWIRE = uint "avp.pseudowire_type" "Pseudowire Type" names(names::PSEUDOWIRES) brief("for ");
    SUBLAYER  = uint "avp.layer2_specific_sublayer" "L2-Specific Sublayer" names(names::SUBLAYERS);
    SEQUENCING = uint "avp.data_sequencing" "Data Sequencing" names(names::SEQUENCINGS);
    CIRCUIT_UP  = flag "avp.circuit_status" "Circuit is up" & 0x0001;
    CIRCUIT_NEW = flag "avp.circuit_type" "Circuit is new" & 0x0002;
    LANGUAGE  = text "avp.preferred_language" "Preferred Language";
    NONCE     = bytes "avp.nonce" "Nonce";
    TX_SPEED_3 = hex "avp.tx_connect_speed_v3" "Tx Connect Speed" names(names::SPEEDS);
    RX_SPEED_3 = hex "avp.rx_connect_speed_v3" "Rx Connect Speed" names(names::SPEEDS);
    SPEED_UPDATE = group "avp.csu" "Connect Speed Update" {
        SPEED_RESERVED = hex  "avp.csu.res" "Reserved";
        SPEED_REMOTE   = uint "avp.csu.remote_session_id" "Remote Session ID";
        // What tshark names like the field of two bytes that is reserved.
        SPEED_REMOTE_3 = uint "avp.csu.res" "Remote Session ID" key("remote_session_id_v3");
        SPEED_TX   = uint "avp.csu.current_tx_speed" "Current Tx Speed" key("tx_speed");
        SPEED_RX   = uint "avp.csu.current_rx_speed" "Current Rx Speed" key("rx_speed");
        SPEED_TX_3 = uint "avp.csu.current_tx_speed64" "Current Tx Speed" key("tx_speed");
        SPEED_RX_3 = uint "avp.csu.current_rx_speed64" "Current Rx Speed" key("rx_speed");
    };
}

/// What an AVP may have inside.
pub(super) static AVP_ROWS: &[&Field] = &joined::<{ OWN_ROWS.len() + VENDOR_ROWS.len() }>(OWN_ROWS, VENDOR_ROWS);

const CISCO: u16 = 9;
const ERICSSON: u16 = 193;
const BROADBAND_FORUM: u16 = 3561;
const CABLELABS: u16 = 4491;

/// What stands in an AVP behind its type.
pub(super) enum Value {
    /// A number of so many bytes.
    Number(&'static Field, usize),
    /// All the rest, if there is any.
    Rest(&'static Field),
    /// Something to be walked.
    Walk(fn(&mut Packet<'_>) -> Read),
    /// Nobody knows.
    Unknown,
}

/// Reads one AVP, RFC 2661 section 4.1, and remembers what sessions need.
pub(super) fn avp(p: &mut Packet<'_>, told: &mut Told) -> Read {
    let word = p.peek_u16()?;
    let (length, hidden) = (usize::from(word & 0x03ff), word & 0x4000 != 0);
    p.bits(word, 2, &[&MANDATORY, &HIDDEN, &AVP_LENGTH])?;
    if length < 6 {
        return Err(p.malformed(&BAD_AVP_LENGTH));
    }
    p.contained(length - 2, &AVP_TOO_SHORT, |p| {
        let vendor = p.u16(&VENDOR)?;
        let number = p.u16(match vendor {
            CISCO => &CISCO_TYPE,
            ERICSSON => &ERICSSON_TYPE,
            BROADBAND_FORUM => &BROADBAND_TYPE,
            CABLELABS => &CABLELABS_TYPE,
            0 => &TYPE,
            _ => &OTHER_TYPE,
        })?;
        if hidden {
            return p.remainder(&HIDDEN_VALUE);
        }
        told.hears(vendor, number, p.ahead());
        match vendor {
            0 => value(p, of_ietf(number, told)),
            CISCO => value(p, vendors::of_cisco(number)),
            ERICSSON => value(p, vendors::of_ericsson(number)),
            BROADBAND_FORUM => value(p, vendors::of_broadband_forum(number)),
            CABLELABS => value(p, vendors::of_cablelabs(number)),
            _ => p.remainder(&AVP_DATA),
        }
    })
}

fn value(p: &mut Packet<'_>, value: Value) -> Read {
    match value {
        Value::Number(row, width) => {
            let number = number(p, width)?;
            p.number(row, number, width)?;
        }
        Value::Rest(row) => return p.remainder(row),
        Value::Walk(walk) => walk(p)?,
        Value::Unknown => {}
    }
    p.remainder(&AVP_DATA)
}

/// Reads bits of a word of `width` bytes.
pub(super) fn bits(p: &mut Packet<'_>, width: usize, rows: &[&'static Field]) -> Read {
    let word = number(p, width)?;
    p.bits(word, width, rows)
}

/// The next `width` bytes, of which there are at most eight, as a number.
fn number(p: &Packet<'_>, width: usize) -> Read<u64> {
    p.need(width)?;
    Ok(p.ahead().iter().take(width).fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

fn of_ietf(number: u16, told: &Told) -> Value {
    match number {
        0 => Value::Number(&MESSAGE, 2),
        1 => Value::Walk(if told.stops() { stop_result } else { call_result }),
        2 => Value::Walk(version),
        3 => Value::Walk(|p| bits(p, 4, &[&ASYNC_SUPPORTED, &SYNC_SUPPORTED])),
        4 => Value::Walk(|p| bits(p, 4, &[&ANALOG_SUPPORTED, &DIGITAL_SUPPORTED])),
        5 => Value::Number(&TIE_BREAKER, 8),
        6 => Value::Number(&FIRMWARE, 2),
        7 => Value::Rest(&HOST_NAME),
        8 => Value::Rest(&VENDOR_NAME),
        9 => Value::Number(&ASSIGNED_TUNNEL, 2),
        10 => Value::Number(&WINDOW, 2),
        11 => Value::Rest(&CHALLENGE),
        12 => Value::Walk(cause),
        13 => Value::Rest(&RESPONSE),
        14 => Value::Number(&ASSIGNED_SESSION, 2),
        15 => Value::Number(&SERIAL, 4),
        16 => Value::Number(&MINIMUM, 4),
        17 => Value::Number(&MAXIMUM, 4),
        18 => Value::Walk(|p| bits(p, 4, &[&ANALOG, &DIGITAL])),
        19 => Value::Walk(|p| bits(p, 4, &[&ASYNC, &SYNC])),
        21 => Value::Rest(&CALLED),
        22 => Value::Rest(&CALLING),
        23 => Value::Rest(&SUB_ADDRESS),
        24 => Value::Number(&SPEED, 4),
        25 => Value::Number(&CHANNEL, 4),
        26 => Value::Rest(&FIRST_CONFREQ),
        27 => Value::Rest(&LAST_SENT),
        28 => Value::Rest(&LAST_RECEIVED),
        29 => Value::Number(&PROXY_TYPE, 2),
        30 => Value::Rest(&PROXY_NAME),
        31 => Value::Rest(&PROXY_CHALLENGE),
        32 => Value::Walk(proxy_id),
        33 => Value::Rest(&PROXY_RESPONSE),
        34 => Value::Walk(call_errors),
        35 => Value::Walk(accm),
        36 => Value::Rest(&RANDOM_VECTOR),
        37 => Value::Rest(&GROUP),
        38 => Value::Number(&RX_SPEED, 4),
        46 => Value::Walk(disconnect_cause),
        58 => Value::Walk(extended_vendor),
        59 => Value::Rest(&DIGEST),
        60 => Value::Number(&ROUTER, 4),
        61 => Value::Number(&ASSIGNED_CONTROL, 4),
        62 => Value::Walk(|p| p.each(|p| p.u16(&CAPABILITY).map(drop))),
        63 => Value::Number(&LOCAL, 4),
        64 => Value::Number(&REMOTE, 4),
        65 => Value::Rest(&COOKIE),
        66 => Value::Rest(&END_ID),
        68 => Value::Number(&PSEUDOWIRE, 2),
        69 => Value::Number(&SUBLAYER, 2),
        70 => Value::Number(&SEQUENCING, 2),
        71 => Value::Walk(|p| bits(p, 2, &[&CIRCUIT_UP, &CIRCUIT_NEW])),
        72 => Value::Rest(&LANGUAGE),
        73 => Value::Rest(&NONCE),
        74 => Value::Number(&TX_SPEED_3, 8),
        75 => Value::Number(&RX_SPEED_3, 8),
        97 => Value::Walk(speed_update),
        _ => Value::Unknown,
    }
}

/// RFC 2661 section 4.4.2; the codes of the two messages that carry it differ.
fn stop_result(p: &mut Packet<'_>) -> Read {
    p.u16(&STOP_RESULT)?;
    error(p)
}

fn call_result(p: &mut Packet<'_>) -> Read {
    p.u16(&CALL_RESULT)?;
    error(p)
}

fn error(p: &mut Packet<'_>) -> Read {
    if p.declared_left() < 2 {
        return Ok(());
    }
    p.u16(&ERROR)?;
    p.remainder(&ERROR_TEXT)
}

fn version(p: &mut Packet<'_>) -> Read {
    p.u8(&PROTOCOL_VERSION)?;
    p.u8(&REVISION).map(drop)
}

fn cause(p: &mut Packet<'_>) -> Read {
    p.u16(&CAUSE)?;
    p.u8(&CAUSE_MESSAGE)?;
    p.remainder(&ADVISORY)
}

fn proxy_id(p: &mut Packet<'_>) -> Read {
    p.skip(1)?;
    p.u8(&PROXY_ID).map(drop)
}

fn call_errors(p: &mut Packet<'_>) -> Read {
    p.skip(2)?;
    for row in [
        &CRC_ERRORS,
        &FRAMING_ERRORS,
        &HARDWARE_OVERRUNS,
        &BUFFER_OVERRUNS,
        &TIMEOUTS,
        &ALIGNMENT_ERRORS,
    ] {
        p.u32(row)?;
    }
    Ok(())
}

fn accm(p: &mut Packet<'_>) -> Read {
    p.skip(2)?;
    p.u32(&SEND_ACCM)?;
    p.u32(&RECEIVE_ACCM).map(drop)
}

/// RFC 3145 section 2.
fn disconnect_cause(p: &mut Packet<'_>) -> Read {
    p.u16(&DISCONNECT)?;
    p.u16(&CONTROL_PROTOCOL)?;
    p.u8(&DIRECTION)?;
    p.remainder(&CAUSE_TEXT)
}

/// RFC 3931 section 5.4.1: behind a vendor's number of four bytes stands that vendor's type.
fn extended_vendor(p: &mut Packet<'_>) -> Read {
    p.u32(&EXTENDED_VENDOR)?;
    if p.declared_left() > 0 { p.u16(&EXTENDED_TYPE).map(drop) } else { Ok(()) }
}

/// RFC 5515 section 4.3: the lengths of the two versions differ.
fn speed_update(p: &mut Packet<'_>) -> Read {
    let length = p.declared_left();
    p.group(&SPEED_UPDATE, |p| match length {
        12 => {
            p.u16(&SPEED_RESERVED)?;
            p.u16(&SPEED_REMOTE)?;
            p.u32(&SPEED_TX)?;
            p.u32(&SPEED_RX).map(drop)
        }
        20 => {
            p.u32(&SPEED_REMOTE_3)?;
            p.u64(&SPEED_TX_3)?;
            p.u64(&SPEED_RX_3).map(drop)
        }
        _ => Ok(()),
    })
}
