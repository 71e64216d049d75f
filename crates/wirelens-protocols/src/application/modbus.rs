//! Modbus, MODBUS Application Protocol Specification 1.1b3.

use wirelens_dissect::prelude::*;

use super::mbtcp::HEADER;

protocol! {
    MODBUS = "modbus" "Modbus" "Modbus", Application;
    EXCEPTION_FLAG = flag "exception" "Exception" & 0x80 own detail;
    FUNCTION   = uint "func_code" "Function" & 0x7f names(FUNCTIONS) key("function") brief("");
    EXCEPTION  = uint "exception_code" "Exception" names(EXCEPTIONS) brief(", ");
    REFERENCE  = uint "reference_num" "Reference" key("reference") brief("at ");
    READ_REFERENCE  = uint "read_reference_num" "Read Reference" key("read_reference") brief("at ");
    READ_WORDS      = uint "read_word_cnt" "Words to Read" key("read_words");
    WRITE_REFERENCE = uint "write_reference_num" "Write Reference" key("write_reference");
    WRITE_WORDS     = uint "write_word_cnt" "Words to Write" key("write_words");
    BITS       = uint "bit_cnt" "Bits" key("bit_count") brief(", bits ");
    BYTES_16   = uint "byte_cnt_16" "Bytes" key("byte_count_16") detail;
    WORDS      = uint "word_cnt" "Words" key("word_count") brief(", words ");
    BYTES      = uint "byte_cnt" "Bytes" key("byte_count") detail;
    BIT = group "bit" "Bit" own many key("bits") {
        BIT_NUMBER = uint "bitnum" "Number" key("number");
        BIT_VALUE  = flag "bitval" "Value" key("on");
    };
    REGISTER = group "register" "Register" own many key("registers") {
        REGISTER_NUMBER = uint "regnum16" "Number" key("number");
        REGISTER_VALUE  = uint "regval_uint16" "Value" key("content");
    };
    AND_MASK   = hex "and_mask" "AND Mask";
    OR_MASK    = hex "or_mask" "OR Mask";
    DIAGNOSTIC = uint "diagnostic_code" "Diagnostic" names(DIAGNOSTICS) brief(", ") key("diagnostic");
    QUERY_DATA = bytes "diagnostic.return_query_data.request" "Request Data" key("query_data");
    ECHO_DATA  = bytes "diagnostic.return_query_data.echo" "Echo Data" key("echo_data");
    RESTART    = hex "diagnostic.restart_communication_option" "Restart Option" key("restart_option");
    DIAGNOSTIC_REGISTER = hex "diagnostic.return_diag_register" "Diagnostic Register" key("diagnostic_register");
    CLEAR      = hex "diagnostic.clear_ctr_diag_reg" "Clear Counters Echo" key("clear_counters");
    BUS_MESSAGES   = uint "diagnostic.bus_message_count" "Messages on the Bus" key("bus_messages");
    BUS_ERRORS     = uint "diagnostic.bus_comm_error_count" "Errors on the Bus" key("bus_errors");
    BUS_EXCEPTIONS = uint "diagnostic.bus_exception_error_count" "Exceptions" key("bus_exceptions");
    SERVER_MESSAGES = uint "diagnostic.slave_message_count" "Messages to the Server" key("server_messages");
    NO_RESPONSES   = uint "diagnostic.no_slave_response_count" "Without a Response" key("no_responses");
    NAKS           = uint "diagnostic.slave_nak_count" "Negative Acknowledgements" key("naks");
    BUSY           = uint "diagnostic.slave_busy_count" "Busy" key("busy");
    OVERRUNS       = uint "diagnostic.bus_char_overrun_count" "Overruns" key("overruns");
    EVENT_STATUS   = hex  "ev_status" "Status" key("event_status");
    EVENT_COUNT    = uint "ev_count" "Events" key("event_count");
    MESSAGE_COUNT  = uint "ev_msg_count" "Messages" key("message_count");
    EVENT          = hex  "event" "Event" many key("events");
    FILE_GROUP = group "group" "Record" own many key("records") {
        GROUP_BYTES     = uint  "byte_cnt" "Bytes" key("byte_count") detail;
        GROUP_TYPE      = uint  "reference_type" "Type" key("type");
        GROUP_REFERENCE = uint  "reference_num_32" "Reference" key("reference");
        GROUP_WORDS     = uint  "word_cnt" "Words" key("word_count");
        GROUP_DATA      = bytes "data" "Data" key("data");
    };
    MEI        = uint "mei" "MEI Type" names(MEI_TYPES) key("mei") brief(", ");
    DEVICE_ID  = uint "read_device_id" "Read Device ID" names(DEVICE_IDS);
    OBJECT     = uint "object_id" "Object" names(OBJECTS);
    CONFORMITY = hex  "conformity_level" "Conformity Level";
    MORE       = hex  "more_follows" "More Follows";
    NEXT       = uint "next_object_id" "Next Object" names(OBJECTS);
    OBJECT_COUNT = uint "num_objects" "Objects";
    DEVICE_OBJECT = group "object" "Object" own many key("objects") {
        DEVICE_OBJECT_ID     = uint "object_id" "ID" names(OBJECTS) key("id");
        DEVICE_OBJECT_LENGTH = uint "objects_len" "Length" key("length") detail;
        DEVICE_OBJECT_TEXT   = text "object_str_value" "Value" key("text");
    };
    DATA       = bytes "data" "Data";
    DATA_BEHIND = bytes "data" "Data behind the message" key("data_behind");
    COIL_PADDING = hex "padding" "Padding" detail;
    BAD_LENGTH = problem "length.bad" "Message is too short for its function" own;
}

static FUNCTIONS: Names = &[
    (1, "Read Coils"),
    (2, "Read Discrete Inputs"),
    (3, "Read Holding Registers"),
    (4, "Read Input Registers"),
    (5, "Write Single Coil"),
    (6, "Write Single Register"),
    (7, "Read Exception Status"),
    (8, "Diagnostics"),
    (11, "Get Comm Event Counter"),
    (12, "Get Comm Event Log"),
    (15, "Write Multiple Coils"),
    (16, "Write Multiple Registers"),
    (17, "Report Server ID"),
    (20, "Read File Record"),
    (21, "Write File Record"),
    (22, "Mask Write Register"),
    (23, "Read/Write Multiple Registers"),
    (24, "Read FIFO Queue"),
    (43, "Encapsulated Interface Transport"),
    (90, "Unity (Schneider)"),
];

/// Section 7.
static EXCEPTIONS: Names = &[
    (1, "Illegal function"),
    (2, "Illegal data address"),
    (3, "Illegal data value"),
    (4, "Server device failure"),
    (5, "Acknowledge"),
    (6, "Server device busy"),
    (8, "Memory parity error"),
    (10, "Gateway path unavailable"),
    (11, "Gateway target device failed to respond"),
];

/// Section 6.8.1.
static DIAGNOSTICS: Names = &[
    (0, "Return query data"),
    (1, "Restart communications"),
    (2, "Return diagnostic register"),
    (3, "Change ASCII input delimiter"),
    (4, "Force listen only mode"),
    (10, "Clear counters and diagnostic register"),
    (11, "Return bus message count"),
    (12, "Return bus communication error count"),
    (13, "Return bus exception error count"),
    (14, "Return server message count"),
    (15, "Return server no response count"),
    (16, "Return server NAK count"),
    (17, "Return server busy count"),
    (18, "Return bus character overrun count"),
    (20, "Clear overrun counter and flag"),
];

static MEI_TYPES: Names = &[(13, "CANopen"), (14, "Read device identification")];

static DEVICE_IDS: Names = &[(1, "Basic"), (2, "Regular"), (3, "Extended"), (4, "One object")];

/// Section 6.21.
static OBJECTS: Names = &[
    (0, "Vendor name"),
    (1, "Product code"),
    (2, "Revision"),
    (3, "Vendor URL"),
    (4, "Product name"),
    (5, "Model name"),
    (6, "User application name"),
];

const PORT: u16 = 502;

/// The requests that were seen last, so that responses know what they answer.
#[derive(Default)]
struct Requests {
    last: [Request; 16],
    /// The place that was filled last.
    next: usize,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Request {
    transaction: u16,
    unit: u8,
    function: u8,
    reference: u16,
    count: u16,
}

impl Request {
    /// What a response to it has as well.
    fn names(&self) -> (u16, u8, u8) {
        (self.transaction, self.unit, self.function)
    }
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let function = p.peek_u8()?;
    if !p.records() {
        // Nothing follows, so that it is a function is all that its layer has to say.
        p.skip(p.left())?;
        return Ok(Next::Nothing);
    }
    p.bits(function, 1, &[&FUNCTION])?;
    if function & 0x80 != 0 {
        p.mark(&EXCEPTION_FLAG, p.at() - 1, 1, function.into());
    }
    let left = p.declared_left();
    let whole = p.left() == left;
    let result = match function {
        _ if left == 0 => Ok(()),
        0x80.. => p.u8(&EXCEPTION).map(drop),
        _ if p.flow().ports.0 == PORT => {
            let request = asked(p, function);
            response(p, function, request)
        }
        _ => {
            remember(p, function);
            request(p, function)
        }
    };
    match result {
        Err(Stop::Truncated { .. }) if whole => p.problem(&BAD_LENGTH),
        other => other?,
    }
    if p.left() > 0 {
        // These have read their data.
        p.rest(if matches!(function, 3..=6 | 15 | 16 | 23) { &DATA_BEHIND } else { &DATA })?;
    }
    Ok(Next::Nothing)
}

/// What stands before the function in Modbus/TCP: the transaction and the unit.
fn header(p: &Packet<'_>) -> (u16, u8) {
    let before = p.start().checked_sub(HEADER).and_then(|from| p.buffer().get(from..p.start()));
    match before {
        Some(&[high, low, .., unit]) => (u16::from_be_bytes([high, low]), unit),
        _ => (0, 0),
    }
}

fn remember(p: &mut Packet<'_>, function: u8) {
    let (transaction, unit) = header(p);
    let word = |at| Some(u16::from_be_bytes([p.peek_at(at).ok()?, p.peek_at(at + 1).ok()?]));
    let (reference, count) = (word(0).unwrap_or(0), word(2).unwrap_or(0));
    let request = Request { transaction, unit, function, reference, count };
    if let Some((requests, _)) = p.conversation::<Requests>() {
        let room = requests.last.len();
        let same = |other: &Request| other.names() == request.names();
        let at = requests.last.iter().position(same).unwrap_or_else(|| {
            requests.next = (requests.next + 1) % room;
            requests.next
        });
        requests.last[at] = request;
    }
}

fn asked(p: &mut Packet<'_>, function: u8) -> Option<Request> {
    let (transaction, unit) = header(p);
    let (requests, _) = p.conversation::<Requests>()?;
    let names = (transaction, unit, function);
    requests.last.iter().find(|request| request.names() == names).copied()
}

fn request(p: &mut Packet<'_>, function: u8) -> Read {
    match function {
        1 | 2 => {
            p.u16(&REFERENCE)?;
            p.u16(&BITS).map(drop)
        }
        3 | 4 => {
            p.u16(&REFERENCE)?;
            p.u16(&WORDS).map(drop)
        }
        5 => coil(p),
        6 => {
            p.u16(&REFERENCE)?;
            p.bytes(&DATA, 2).map(drop)
        }
        8 => diagnostics(p, false),
        15 => {
            p.u16(&REFERENCE)?;
            p.u16(&BITS)?;
            let length = p.u8(&BYTES)?;
            p.bytes(&DATA, length.into()).map(drop)
        }
        16 => {
            let reference = p.u16(&REFERENCE)?;
            p.u16(&WORDS)?;
            let length = p.u8(&BYTES)?;
            registers(p, length, reference)
        }
        20 | 21 => file_records(p, function == 21),
        22 => mask_write(p),
        23 => {
            p.u16(&READ_REFERENCE)?;
            p.u16(&READ_WORDS)?;
            p.u16(&WRITE_REFERENCE)?;
            p.u16(&WRITE_WORDS)?;
            let length = p.u8(&BYTES)?;
            p.bytes(&DATA, length.into()).map(drop)
        }
        24 => p.u16(&REFERENCE).map(drop),
        43 => {
            if p.u8(&MEI)? == READ_DEVICE {
                p.u8(&DEVICE_ID)?;
                p.u8(&OBJECT)?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

const READ_DEVICE: u8 = 14;

fn response(p: &mut Packet<'_>, function: u8, request: Option<Request>) -> Read {
    let Request { reference, count, .. } = request.unwrap_or_default();
    match function {
        1 | 2 => {
            let length = p.u8(&BYTES)?;
            bits(p, length, reference, if request.is_some() { count } else { u16::MAX })
        }
        3 | 4 => {
            let length = p.u8(&BYTES)?;
            registers(p, length, reference)
        }
        5 => coil(p),
        6 => {
            p.u16(&REFERENCE)?;
            p.bytes(&DATA, 2).map(drop)
        }
        8 => diagnostics(p, true),
        11 => {
            p.u16(&EVENT_STATUS)?;
            p.u16(&EVENT_COUNT).map(drop)
        }
        12 => {
            p.u8(&BYTES)?;
            p.u16(&EVENT_STATUS)?;
            p.u16(&EVENT_COUNT)?;
            p.u16(&MESSAGE_COUNT)?;
            while p.declared_left() > 0 {
                p.u8(&EVENT)?;
            }
            Ok(())
        }
        15 => {
            p.u16(&REFERENCE)?;
            p.u16(&BITS).map(drop)
        }
        16 => {
            p.u16(&REFERENCE)?;
            p.u16(&WORDS).map(drop)
        }
        20 => {
            p.u8(&BYTES)?;
            while p.declared_left() > 0 {
                p.group(&FILE_GROUP, |p| {
                    let length = usize::from(p.u8(&GROUP_BYTES)?);
                    p.within(length, |p| {
                        p.u8(&GROUP_TYPE)?;
                        p.remainder(&GROUP_DATA)
                    })
                })?;
            }
            Ok(())
        }
        21 => file_records(p, true),
        22 => mask_write(p),
        23 => {
            let length = p.u8(&BYTES)?;
            p.bytes(&DATA, length.into()).map(drop)
        }
        24 => {
            p.u16(&BYTES_16)?;
            p.u16(&WORDS)?;
            Ok(())
        }
        43 => {
            if p.u8(&MEI)? == READ_DEVICE {
                p.u8(&DEVICE_ID)?;
                p.u8(&CONFORMITY)?;
                p.u8(&MORE)?;
                p.u8(&NEXT)?;
                for _ in 0..p.u8(&OBJECT_COUNT)? {
                    p.group(&DEVICE_OBJECT, |p| {
                        p.u8(&DEVICE_OBJECT_ID)?;
                        let length = p.u8(&DEVICE_OBJECT_LENGTH)?;
                        p.text(&DEVICE_OBJECT_TEXT, length.into()).map(drop)
                    })?;
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Section 6.5: 0xff00 is on, 0 is off.
fn coil(p: &mut Packet<'_>) -> Read {
    p.u16(&REFERENCE)?;
    p.bytes(&DATA, 2)?;
    let at = p.at() - 1;
    let low = p.buffer().get(at).copied().unwrap_or(0);
    p.mark(&COIL_PADDING, at, 1, low.into());
    Ok(())
}

fn mask_write(p: &mut Packet<'_>) -> Read {
    p.u16(&REFERENCE)?;
    p.u16(&AND_MASK)?;
    p.u16(&OR_MASK).map(drop)
}

fn registers(p: &mut Packet<'_>, length: u8, first: u16) -> Read {
    p.within(length.into(), |p| {
        let mut number = first;
        while p.declared_left() > 1 {
            p.group(&REGISTER, |p| {
                p.note(&REGISTER_NUMBER, number.into(), 2);
                p.u16(&REGISTER_VALUE).map(drop)
            })?;
            number = number.wrapping_add(1);
        }
        p.remainder(&DATA)
    })
}

/// Section 6.1: the lowest bit of the first byte comes first.
fn bits(p: &mut Packet<'_>, length: u8, first: u16, count: u16) -> Read {
    p.within(length.into(), |p| {
        let (mut number, mut left) = (first, count);
        while p.declared_left() > 0 {
            let byte = p.peek_u8()?;
            for bit in 0..left.min(8) {
                let value = u64::from(byte >> bit & 1);
                p.group(&BIT, |p| {
                    p.note(&BIT_NUMBER, number.into(), 1);
                    p.note(&BIT_VALUE, value, 1);
                    Ok(())
                })?;
                number = number.wrapping_add(1);
            }
            left = left.saturating_sub(8);
            p.skip(1)?;
        }
        Ok(())
    })
}

/// Section 6.8.
fn diagnostics(p: &mut Packet<'_>, response: bool) -> Read {
    let code = p.u16(&DIAGNOSTIC)?;
    let row = match code {
        0 => {
            let row = if response { &ECHO_DATA } else { &QUERY_DATA };
            return p.remainder(row);
        }
        1 => &RESTART,
        _ if !response => return Ok(()),
        2 => &DIAGNOSTIC_REGISTER,
        10 => &CLEAR,
        11 => &BUS_MESSAGES,
        12 => &BUS_ERRORS,
        13 => &BUS_EXCEPTIONS,
        14 => &SERVER_MESSAGES,
        15 => &NO_RESPONSES,
        16 => &NAKS,
        17 => &BUSY,
        18 => &OVERRUNS,
        _ => return Ok(()),
    };
    p.u16(row).map(drop)
}

/// Sections 6.14 and 6.15: the file and the record in it are one reference.
fn file_records(p: &mut Packet<'_>, with_data: bool) -> Read {
    p.u8(&BYTES)?;
    while p.declared_left() > 0 {
        p.group(&FILE_GROUP, |p| {
            p.u8(&GROUP_TYPE)?;
            p.u32(&GROUP_REFERENCE)?;
            let words = usize::from(p.u16(&GROUP_WORDS)?);
            if with_data && words > 0 {
                p.bytes(&GROUP_DATA, 2 * words)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use wirelens_dissect::Input;
    use wirelens_report::{Line, write_layers};

    /// The trees of requests and their responses, one after the other.
    fn dialogue(messages: &[&str]) -> String {
        let mut session = without_reassembly();
        let mut trees = String::new();
        for (at, message) in messages.iter().enumerate() {
            let pdu = hex(message);
            let mut bytes = hex("0007 0000");
            bytes.extend((pdu.len() as u16 + 1).to_be_bytes());
            bytes.push(1);
            bytes.extend(pdu);
            every_prefix(&MODBUS, &bytes[HEADER..]);
            let ports = if at % 2 == 0 { (40000, 502) } else { (502, 40000) };
            let mut packet = hex("4500 0000 0001 0000 4006 0000 0a000001 0a000002");
            if at % 2 == 1 {
                packet[15] = 2;
                packet[19] = 1;
            }
            packet[3] = (40 + bytes.len()) as u8;
            packet.extend(u16::to_be_bytes(ports.0));
            packet.extend(u16::to_be_bytes(ports.1));
            packet.extend(hex("00000001 00000001 5018 2000 0000 0000"));
            packet.extend(bytes);
            let first = Next::To(&crate::network::ipv4::IP);
            let input = Input { captured: &packet, length: packet.len() as u32, ..Input::default() };
            let frame = session.dissect_as(first, input);
            let mut line = Line::new();
            write_layers(&mut line, &frame);
            let text = String::from_utf8_lossy(line.written()).into_owned();
            trees.push_str(text.split_once("  Modbus\n").map_or("", |(_, modbus)| modbus));
        }
        trees
    }

    #[test]
    fn reads() {
        insta::assert_snapshot!(dialogue(&[
            "01 0013 000a", "01 02 cd 01", "03 006b 0003", "03 06 022b 0000 0064", "03 0000 0001", "83 02",
        ]));
    }

    #[test]
    fn writes() {
        insta::assert_snapshot!(dialogue(&[
            "05 00ac ff00", "05 00ac ff00", "0f 0013 000a 02 cd01", "0f 0013 000a", "10 0001 0002 04 000a 0102",
            "10 0001 0002", "16 0004 00f2 0025", "16 0004 00f2 0025", "17 0003 0006 000e 0001 02 00ff", "17 02 00fe",
        ]));
    }

    #[test]
    fn other_functions() {
        insta::assert_snapshot!(dialogue(&[
            "08 0000 a537", "08 0000 a537", "08 000b 0000", "08 000b 0005", "0b", "0b ffff 0108", "0c",
            "0c 08 0000 0108 0121 2000", "14 07 06 0004 0001 0002", "14 06 05 06 0dfe0020",
            "15 09 06 0004 0007 0001 06af", "15 09 06 0004 0007 0001 06af", "18 04de", "18 0006 0002 01b81284",
            "2b 0e 01 00", "2b 0e 01 01 00 00 01 00 01 61", "64 aabb", "64 cc", "01 00", "01 05 01",
        ]));
    }
}
