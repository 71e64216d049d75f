//! Hypertext Transfer Protocol, version 2: RFC 9113, with HPACK, RFC 7541; ALTSVC, RFC 7838;
//! ORIGIN, RFC 8336; priorities of RFC 9218; extended CONNECT, RFC 8441.
//!
//! Each frame is a layer.

mod block;
mod body;
mod hpack;
mod huffman;
mod typed;

use wirelens_dissect::prelude::*;
use wirelens_dissect::{Kind, Names};

use crate::transport::tcp::TCP_PORT;
use block::{Begins, Of};
pub use typed::{NAME, VALUE};
use typed::*;

protocol! {
    HTTP2 = "http2" "HTTP/2" "Hypertext Transfer Protocol, version 2", Application, messages();
    @ TCP_PORT by begins_with_preface;
    STREAM = group "stream" "Frame" key("frame") {
        MAGIC     = text "magic"  "Connection Preface" brief("preface") alone;
        LENGTH    = uint "length" "Length";
        TYPE      = uint "type"   "Type" names(TYPES) brief("");
        FLAGS     = hex  "flags"  "Flags" {
            UNUSED_DATA     = hex "flags.unused_data"    "Unused" & 0xf6 read detail;
            UNUSED_HEADERS  = hex "flags.unused_headers" "Unused" & 0xd2 read detail;
            UNUSED_SETTINGS = hex "flags.unused_settings" "Unused" & 0xfe read detail;
            UNUSED_PUSH     = hex "flags.unused_push_promise" "Unused" & 0xf3 read detail;
            UNUSED_PING     = hex "flags.unused_ping"    "Unused" & 0xfe read detail;
            UNUSED_CONTINUATION = hex "flags.unused_continuation" "Unused" & 0xfb read detail;
            UNUSED_ALL      = hex "flags.unused"         "Unused" & 0xff read detail;
            PRIORITY        = flag "flags.priority"      "Priority" & 0x20 read;
            PADDED          = flag "flags.padded"        "Padded" & 0x08 read;
            END_HEADERS     = flag "flags.eh"            "End Headers" & 0x04 read key("end_headers");
            END_STREAM      = flag "flags.end_stream"    "End Stream" & 0x01 read;
            SETTINGS_ACK    = flag "flags.ack.settings"  "Acknowledgement" & 0x01 read key("ack") brief("ack");
            PING_ACK        = flag "flags.ack.ping"      "Acknowledgement" & 0x01 read key("ack") brief("ack");
        };
        STREAM_WORD = hex "r" "Reserved" & 0x8000_0000 read detail;
        STREAM_ID   = uint "streamid" "Stream" & 0x7fff_ffff read brief("stream ");
        PAD_LENGTH  = hex  "padding" "Pad Length" key("pad_length") {
            PAD_LENGTH_AGAIN = uint "pad_length" "Pad Length" alias;
        };
        EXCLUSIVE   = flag "exclusive" "Exclusive" & 0x8000_0000 read;
        DEPENDENCY  = uint "stream_dependency" "Depends on Stream" & 0x7fff_ffff read;
        WEIGHT      = uint "headers.weight" "Weight as Written" key("weight_less_one");
        WEIGHT_REAL = uint "headers.weight_real" "Weight" key("weight");
        DATA_BYTES  = bytes "data.data" "Data" payload key("data") brief("len ") carried;
        DATA_PADDING = bytes "data.padding" "Padding" detail;
        BLOCK       = bytes "headers" "Header Block Fragment" detail key("header_block");
        PUSH_R      = hex "push_promise.r" "Reserved" & 0x8000_0000 read detail;
        PUSH_STREAM = uint "push_promise.promised_stream_id" "Promised Stream" & 0x7fff_ffff read brief("promises stream ");
        PUSH_BLOCK  = bytes "push_promise.header" "Header Block Fragment" detail;
        NEXT_BLOCK  = text "continuation.header" "Header Block Fragment" detail;
        SIZE_UPDATE = group "header_table_size_update" "Header Table Size Update" many {
            NEW_SIZE = uint "header_table_size_update.header_table_size" "Size";
        };
        HEADER      = group "header" "Header Field" many rows(ROWS) key("headers");
        HEADER_LENGTH = uint "header.length" "Header Length" detail;
        HEADER_COUNT  = uint "header.count" "Header Count" detail;
        FULL_URI      = text "request.full_uri" "Full URI" detail;
        BLOCK_PADDING = bytes "headers.padding" "Padding" detail;
        PUSH_PADDING  = bytes "push_promise.padding" "Padding" detail;
        RESET_ERROR   = uint "rst_stream.error" "Error" names(ERRORS) brief("");
        SETTING = group "settings" "Setting" many {
            SETTING_ID  = uint "settings.id" "Setting" names(SETTINGS) key("id");
            TABLE_SIZE  = uint "settings.header_table_size" "Header Table Size";
            ENABLE_PUSH = uint "settings.enable_push" "Enable Push";
            MOST_STREAMS = uint "settings.max_concurrent_streams" "Most Concurrent Streams";
            WINDOW      = uint "settings.initial_window_size" "Initial Window Size";
            MOST_FRAME  = uint "settings.max_frame_size" "Largest Frame";
            MOST_LIST   = uint "settings.max_header_list_size" "Largest Header List";
            EXTENDED_CONNECT = uint "settings.extended_connect" "Extended CONNECT";
            OTHER       = uint "settings.unknown" "Value";
        };
        PING = bytes "ping" "Ping";
        PONG = bytes "pong" "Pong";
        LAST_R        = hex "goway.r" "Reserved" & 0x8000_0000 read detail;
        LAST_STREAM   = uint "goaway.last_stream_id" "Last Stream" & 0x7fff_ffff read;
        GOAWAY_ERROR  = uint "goaway.error" "Error" names(ERRORS) brief("");
        DEBUG         = bytes "goaway.addata" "Additional Debug Data";
        WINDOW_R      = hex "window_update.r" "Reserved" & 0x8000_0000 read detail;
        INCREMENT     = uint "window_update.window_size_increment" "Window Size Increment" & 0x7fff_ffff read brief("+");
        ALT_ORIGIN_LENGTH = uint "altsvc.origin.len" "Origin Length" detail;
        ALT_ORIGIN    = text "altsvc.origin" "Origin";
        ALT_VALUE     = text "altsvc.field_value" "Alternative Services";
        ORIGIN        = group "origin" "Origin" many key("origins") {
            ORIGIN_LENGTH = uint "origin.origin_len" "Length" detail;
            ORIGIN_TEXT   = text "origin.origin" "Origin";
        };
        PRIORITY_STREAM = uint "priority_update_stream_id" "Prioritised Stream";
        PRIORITY_VALUE  = text "priority_update_field_value" "Priority";
        UNKNOWN       = bytes "unknown" "Unknown";
        BAD_BLOCK     = problem "header_block_bad" "The header block cannot be decoded" own;
        TOO_LARGE     = problem "header_size_exceeded" "The header fields are too many to be decoded";
        BODY_TOO_LONG = problem "body_too_long" "The body is longer than is put together" own;
        BAD_PADDING   = problem "padding_bad" "More padding than there is" own;
        BAD_LENGTH    = problem "length_bad" "The length is not one that this frame can have" own;
    };
}

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// RFC 9113 section 3.4.
pub(super) fn begins_with_preface(bytes: &[u8]) -> bool {
    bytes.starts_with(PREFACE)
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS_FRAME: u8 = 4;
const PUSH_PROMISE: u8 = 5;
const PING_FRAME: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

static TYPES: Names = &[
    (0, "DATA"),
    (1, "HEADERS"),
    (2, "PRIORITY"),
    (3, "RST_STREAM"),
    (4, "SETTINGS"),
    (5, "PUSH_PROMISE"),
    (6, "PING"),
    (7, "GOAWAY"),
    (8, "WINDOW_UPDATE"),
    (9, "CONTINUATION"),
    (10, "ALTSVC"),
    (11, "BLOCKED"),
    (12, "ORIGIN"),
    (16, "PRIORITY_UPDATE"),
];

static ERRORS: Names = &[
    (0, "NO_ERROR"),
    (1, "PROTOCOL_ERROR"),
    (2, "INTERNAL_ERROR"),
    (3, "FLOW_CONTROL_ERROR"),
    (4, "SETTINGS_TIMEOUT"),
    (5, "STREAM_CLOSED"),
    (6, "FRAME_SIZE_ERROR"),
    (7, "REFUSED_STREAM"),
    (8, "CANCEL"),
    (9, "COMPRESSION_ERROR"),
    (10, "CONNECT_ERROR"),
    (11, "ENHANCE_YOUR_CALM"),
    (12, "INADEQUATE_SECURITY"),
    (13, "HTTP_1_1_REQUIRED"),
];

static SETTINGS: Names = &[
    (1, "HEADER_TABLE_SIZE"),
    (2, "ENABLE_PUSH"),
    (3, "MAX_CONCURRENT_STREAMS"),
    (4, "INITIAL_WINDOW_SIZE"),
    (5, "MAX_FRAME_SIZE"),
    (6, "MAX_HEADER_LIST_SIZE"),
    (8, "ENABLE_CONNECT_PROTOCOL"),
    (9, "NO_RFC7540_PRIORITIES"),
];

fn dissect(p: &mut Packet<'_>) -> Step {
    let ahead = p.ahead();
    if !ahead.is_empty() && PREFACE.starts_with(&ahead[..ahead.len().min(PREFACE.len())]) {
        p.group(&STREAM, |p| p.text(&MAGIC, PREFACE.len()))?;
        return Ok(Next::Again);
    }
    if not_a_frame(ahead) {
        return Ok(Next::NotMine);
    }
    p.group(&STREAM, frame)?;
    Ok(Next::Again)
}

/// A type that nobody has defined with a length that needs to be agreed on first (RFC 9113 section
/// 4.2): bytes of something else, or of the middle of a frame.
fn not_a_frame(ahead: &[u8]) -> bool {
    matches!(ahead, &[high, middle, _, kind, ..]
        if kind > 16 && u16::from_be_bytes([high, middle]) > 64)
}

fn frame(p: &mut Packet<'_>) -> Read {
    let start = p.at();
    let length = p.u24(&LENGTH)? as usize;
    let kind = p.u8(&TYPE)?;
    let flags = p.u8(&FLAGS)?;
    let at = p.at() - 1;
    p.views(at, 1, flags, flag_rows(kind));
    let stream = p.peek_u32()?;
    p.bits(stream, 4, &[&STREAM_WORD, &STREAM_ID])?;
    if kind != DATA {
        // What changes the state of the connection is read when all of it is there.
        p.need(length)?;
    }
    let of = Of { frame: start, stream: stream & 0x7fff_ffff };
    p.contained(length, &BAD_LENGTH, |p| payload(p, of, kind, flags))
}

fn flag_rows(kind: u8) -> &'static [&'static Field] {
    static OF_DATA: &[&Field] = &[&UNUSED_DATA, &PADDED, &END_STREAM];
    static OF_HEADERS: &[&Field] =
        &[&UNUSED_HEADERS, &PRIORITY, &PADDED, &END_HEADERS, &END_STREAM];
    static OF_SETTINGS: &[&Field] = &[&UNUSED_SETTINGS, &SETTINGS_ACK];
    static OF_PUSH_PROMISE: &[&Field] = &[&UNUSED_PUSH, &PADDED, &END_HEADERS];
    static OF_PING: &[&Field] = &[&UNUSED_PING, &PING_ACK];
    static OF_CONTINUATION: &[&Field] = &[&UNUSED_CONTINUATION, &PADDED, &END_HEADERS];
    static OF_OTHERS: &[&Field] = &[&UNUSED_ALL];
    match kind {
        DATA => OF_DATA,
        HEADERS => OF_HEADERS,
        SETTINGS_FRAME => OF_SETTINGS,
        PUSH_PROMISE => OF_PUSH_PROMISE,
        PING_FRAME => OF_PING,
        CONTINUATION => OF_CONTINUATION,
        _ => OF_OTHERS,
    }
}

fn payload(p: &mut Packet<'_>, of: Of, kind: u8, flags: u8) -> Read {
    let last = flags & 4 != 0;
    match kind {
        DATA => {
            let padding = padding(p, flags)?;
            let length = p.declared_left() - padding;
            let at = p.at();
            p.bytes(&DATA_BYTES, length)?;
            padded(p, &DATA_PADDING)?;
            body::data(p, of.stream, (at, length), flags & 1 != 0);
            Ok(())
        }
        HEADERS => {
            let padding = padding(p, flags)?;
            if flags & 0x20 != 0 {
                priority(p)?;
            }
            block(p, of, &BLOCK, padding, Begins::Body(flags & 1 == 0), last)?;
            padded(p, &BLOCK_PADDING)
        }
        2 => priority(p),
        RST_STREAM => {
            p.u32(&RESET_ERROR)?;
            body::reset(p, of.stream);
            Ok(())
        }
        SETTINGS_FRAME => settings(p),
        PUSH_PROMISE => {
            let padding = padding(p, flags)?;
            let stream = p.peek_u32()?;
            p.bits(stream, 4, &[&PUSH_R, &PUSH_STREAM])?;
            block(p, of, &PUSH_BLOCK, padding, Begins::Body(false), last)?;
            padded(p, &PUSH_PADDING)
        }
        PING_FRAME => p.bytes(if flags & 1 == 0 { &PING } else { &PONG }, 8).map(drop),
        GOAWAY => {
            let stream = p.peek_u32()?;
            p.bits(stream, 4, &[&LAST_R, &LAST_STREAM])?;
            p.u32(&GOAWAY_ERROR)?;
            p.remainder(&DEBUG)
        }
        WINDOW_UPDATE => {
            let increment = p.peek_u32()?;
            p.bits(increment, 4, &[&WINDOW_R, &INCREMENT])
        }
        CONTINUATION => block(p, of, &NEXT_BLOCK, 0, Begins::No, last),
        10 => {
            let length = p.u16(&ALT_ORIGIN_LENGTH)?;
            p.text(&ALT_ORIGIN, length.into())?;
            p.rest(&ALT_VALUE).map(drop)
        }
        12 => {
            while p.left() > 0 {
                p.group(&ORIGIN, |p| {
                    let length = p.u16(&ORIGIN_LENGTH)?;
                    p.text(&ORIGIN_TEXT, length.into())
                })?;
            }
            Ok(())
        }
        16 => {
            p.u32(&PRIORITY_STREAM)?;
            p.rest(&PRIORITY_VALUE).map(drop)
        }
        _ => p.remainder(&UNKNOWN),
    }
}

/// How much padding ends the frame, RFC 9113 section 6.1.
fn padding(p: &mut Packet<'_>, flags: u8) -> Read<usize> {
    if flags & 8 == 0 {
        return Ok(0);
    }
    let length = usize::from(p.u8(&PAD_LENGTH)?);
    if length > p.declared_left() {
        return Err(p.malformed(&BAD_PADDING));
    }
    Ok(length)
}

fn padded(p: &mut Packet<'_>, row: &'static Field) -> Read {
    if p.declared_left() > 0 { p.bytes(row, p.declared_left()).map(drop) } else { Ok(()) }
}

/// RFC 9113 section 5.3.2, deprecated.
fn priority(p: &mut Packet<'_>) -> Read {
    let stream = p.peek_u32()?;
    p.bits(stream, 4, &[&EXCLUSIVE, &DEPENDENCY])?;
    let weight = p.u8(&WEIGHT)?;
    p.mark(&WEIGHT_REAL, p.at() - 1, 1, u64::from(weight) + 1);
    Ok(())
}

fn block(
    p: &mut Packet<'_>,
    of: Of,
    row: &'static Field,
    padding: usize,
    begins: Begins,
    last: bool,
) -> Read {
    let Some(length) = p.declared_left().checked_sub(padding) else {
        return Err(p.malformed(&BAD_PADDING));
    };
    p.need(length)?;
    p.note(row, 0, length);
    let end = p.at() + length;
    block::fragment(p, of, length, begins, last);
    p.seek(end);
    Ok(())
}

/// RFC 9113 section 6.5.
fn settings(p: &mut Packet<'_>) -> Read {
    if !p.declared_left().is_multiple_of(6) {
        p.problem(&BAD_LENGTH);
    }
    while p.left() >= 6 {
        p.group(&SETTING, |p| {
            let row = match p.u16(&SETTING_ID)? {
                1 => &TABLE_SIZE,
                2 => &ENABLE_PUSH,
                3 => &MOST_STREAMS,
                4 => &WINDOW,
                5 => &MOST_FRAME,
                6 => &MOST_LIST,
                8 => &EXTENDED_CONNECT,
                _ => &OTHER,
            };
            p.u32(row)
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::ipv4::IP;
    use crate::testing::*;
    use wirelens_dissect::{Limits, Session, Settings};

    /// What curl sends first: the preface, settings, a window and a request, whose header block is
    /// that of RFC 7541 section C.4.1.
    const START: &str = "505249202a20485454502f322e300d0a0d0a534d0d0a0d0a
        000012 04 00 00000000 0003 00000064 0004 02000000 0002 00000000
        000004 08 00 00000000 01ff0001
        000011 01 05 00000001 828684418cf1e3c2e5f23a6ba0ab90f4ff";

    fn start() -> Vec<u8> {
        hex(START)
    }

    #[test]
    fn the_start_of_a_connection() {
        insta::assert_snapshot!(tree(&HTTP2, &start()));
        insta::assert_snapshot!(json(&HTTP2, &start()));
    }

    /// One frame of each of the others.
    const OTHERS: &str = "000008 00 09 00000001 02 6162636465 0000
        000005 02 00 00000003 80000001 0f
        00000a 01 2d 00000003 01 00000000 ff 8288 20 00
        000004 03 00 00000001 00000008
        000006 05 04 00000001 00000002 8284
        000008 06 01 00000000 0102030405060708
        00000a 07 00 00000000 80000001 0000000b 6869
        000009 0a 00 00000000 0001 61 68323d223a22
        000005 0c 00 00000000 0003 612e62
        000007 10 00 00000000 00000001 753d31
        000002 fe 00 00000000 abcd
        000000 04 01 00000000";

    #[test]
    fn every_type_of_frame() {
        insta::assert_snapshot!(tree(&HTTP2, &hex(OTHERS)));
        every_prefix(&HTTP2, &hex(OTHERS));
    }

    #[test]
    fn every_prefix_of_them() {
        every_prefix(&HTTP2, &start());
    }

    /// RFC 9113 section 6.10; the first field is cut by the end of the frame.
    #[test]
    fn continuation_goes_on_with_the_block() {
        let tree = tree(&HTTP2, &hex("000003 01 01 00000001 824161
            000001 09 00 00000001 62 000001 09 04 00000001 84"));
        let cut = tree.matches("Header Field").count();
        assert!(cut >= 1 && tree.contains("Value: GET\n"), "{tree}");
        let whole = hex("000004 01 01 00000001 82410161 000002 09 04 00000001 6284");
        let tree = super::tests::tree(&HTTP2, &whole);
        assert!(tree.contains("Value: a\n"), "{tree}");
    }

    #[test]
    fn the_table_is_kept_from_frame_to_frame() {
        let mut session = Session::new(crate::shared());
        tree_in(&mut session, &HTTP2, &start());
        let again = tree_in(&mut session, &HTTP2, &hex("000001 01 05 00000003 be"));
        assert!(again.contains("Value: www.example.com\n"), "{again}");
    }

    #[test]
    fn a_connection_joined_late_says_what_is_missing() {
        let tree = tree(&HTTP2, &hex("000002 01 05 00000003 be82"));
        assert!(tree.contains("The entry of the dynamic table was not seen"), "{tree}");
        assert!(tree.contains("Value: GET\n"), "{tree}");
    }

    #[test]
    fn what_contradicts_itself_is_a_problem() {
        let said = |digits: &str, problem: &str| {
            let tree = tree(&HTTP2, &hex(digits));
            assert!(tree.contains(problem), "{tree}");
        };
        said("000002 00 08 00000001 05 61", "More padding than there is");
        said("000002 01 04 00000001 80 82", "The header block cannot be decoded");
        said("000005 04 00 00000000 0001000000", "The length is not one");
    }

    /// A priority of four bytes, then what is not hidden by it.
    #[test]
    fn a_frame_shorter_than_its_type_hides_no_other() {
        let tree = tree(&HTTP2, &hex("000004 02 00 00000003 80000001 000001 01 05 00000005 82"));
        assert!(tree.contains("The length is not one"), "{tree}");
        assert!(tree.contains("Value: GET\n"), "{tree}");
    }

    /// RFC 9113 section 6.10: whoever begins another block has given up the one before; the table
    /// can no longer be told.
    #[test]
    fn a_block_given_up_leaves_no_entries_to_refer_to() {
        let mut session = Session::new(crate::shared());
        tree_in(&mut session, &HTTP2, &start());
        let given_up = "000003 01 01 00000003 824161 000001 01 05 00000005 be";
        let tree = tree_in(&mut session, &HTTP2, &hex(given_up));
        assert!(tree.contains("The entry of the dynamic table was not seen"), "{tree}");
        assert!(!tree.contains("www.example.com"), "{tree}");
    }

    #[test]
    fn a_reset_stream_has_no_body_any_more() {
        let plain = hex("00000e 01 04 00000001 88 0f10 0a 746578742f706c61696e");
        let reset = hex("000001 00 00 00000001 68 000004 03 00 00000001 00000008
            000001 00 01 00000001 69");
        let tree = tree(&HTTP2, &[plain, reset].concat());
        assert!(!tree.contains("Line: "), "{tree}");
    }

    /// 16,000 references to an entry of 4,000 bytes.
    #[test]
    fn a_block_that_repeats_a_long_entry_is_ended() {
        let mut bytes = hex("000fa5 01 04 00000001 400161 7f a01e");
        bytes.extend([b'b'; 4000]);
        bytes.truncate(9 + 0xfa5);
        bytes.extend(hex("003e80 01 04 00000003"));
        bytes.extend([0xbe; 16000]);
        let tree = tree(&HTTP2, &bytes);
        assert!(tree.contains("The header fields are too many"), "{}", tree.len());
    }

    /// Each table is bounded, but there may be as many of them as there are connections.
    #[test]
    fn tables_of_all_connections_are_kept_while_there_is_room() {
        let limits = Limits { states: 1 << 16, ..Limits::default() };
        let mut session =
            Session::with(crate::shared(), Settings { limits, ..Settings::default() });
        let adds = [PREFACE, &hex("000bbe 01 05 00000001 400161 7fb916"), &[b'b'; 3000]].concat();
        let refers = hex("000001 01 05 00000003 be");
        let mut kept = 0;
        for port in 50_000..50_100 {
            let mut say = |at, bytes: &[u8]| {
                tree_in(&mut session, &IP, &segment((port, 80), at, bytes))
            };
            say(1, &adds);
            let tree = say(1 + adds.len() as u32, &refers);
            kept += usize::from(!tree.contains("The entry of the dynamic table was not seen"));
        }
        assert!((10..=21).contains(&kept), "{kept} tables of 3,000 bytes in 65,536");
    }

    #[test]
    fn a_body_is_put_together() {
        let header = "00000f 01 04 00000001 88 5f 8a 4975 7cd4 4975 7cd4 4975 0000";
        let plain = hex("00000e 01 04 00000001 88 0f10 0a 746578742f706c61696e");
        let whole = [plain.clone(), hex("000002 00 01 00000001 6869")].concat();
        assert!(tree(&HTTP2, &whole).contains("Line: hi\n"), "{}", tree(&HTTP2, &whole));
        let parts = "000001 00 00 00000001 68 000001 00 00 00000003 78 000001 00 01 00000001 69";
        let parts = [plain, hex(parts)].concat();
        assert!(tree(&HTTP2, &parts).contains("Line: hi\n"), "{}", tree(&HTTP2, &parts));
        every_prefix(&HTTP2, &parts);
        every_prefix(&HTTP2, &hex(header));
    }
}
