//! WebSocket, RFC 6455, with compressed messages, RFC 7692.
//!
//! Each frame is a layer. A response of HTTP leads here, and says what the extensions are.

mod memory;

use wirelens_dissect::prelude::*;
use wirelens_dissect::{Names, Protocol};

use crate::application::data::DATA;
use crate::application::text_lines::TEXT_LINES;
pub(crate) use memory::begins;
use memory::{Message, take, unmask};

protocol! {
    WEBSOCKET = "websocket" "WebSocket" "WebSocket", Application, messages();
    FIN      = flag "fin" "Final Fragment" & 0x80 read;
    RESERVED = hex  "rsv" "Reserved" & 0x70 read detail;
    COMPRESSED = flag "pmc" "Compressed Message" & 0x40 read;
    OPCODE   = uint "opcode" "Opcode" & 0x0f read names(OPCODES) brief("") leads;
    MASK     = flag "mask" "Masked" & 0x80 read;
    LENGTH   = uint "payload_length" "Payload Length" & 0x7f read brief("len ");
    LENGTH_16 = uint "payload_length_ext_16" "Payload Length, 16 bits";
    LENGTH_64 = uint "payload_length_ext_64" "Payload Length, 64 bits";
    MASKING_KEY = bytes "masking_key" "Masking Key" detail;
    MASKED_PAYLOAD = group "masked_payload" "Masked Payload" detail;
    PAYLOAD = group "payload" "Payload" {
        CONTINUE = bytes "payload.continue" "Continuation" payload;
        TEXT     = text  "payload.text" "Text" payload;
        CLOSE    = group "payload.close" "Close" {
            STATUS = uint "payload.close.status_code" "Status" names(STATUSES) brief("");
            REASON = text "payload.close.reason" "Reason" brief("");
        };
        PING     = bytes "payload.ping" "Ping";
        PONG     = bytes "payload.pong" "Pong";
        UNKNOWN  = bytes "payload.unknown" "Unknown" payload;
    };
    NOT_DECODED = problem "decompression.unknown" "The start of the compressed connection was not seen" own;
    CORRUPT     = problem "decompression.failed.expert" "The message cannot be decompressed";
    TOO_LONG    = problem "too_long" "The message is longer than is put together or decoded" own;
    CONTROL_FRAGMENT = problem "control_fragment" "A control frame is fragmented or longer than 125 bytes" own;
}

const CONTINUATION: u8 = 0;
const CLOSING: u8 = 8;

/// IANA, WebSocket Opcode Registry.
static OPCODES: Names = &[
    (0, "Continuation"),
    (1, "Text"),
    (2, "Binary"),
    (8, "Connection Close"),
    (9, "Ping"),
    (10, "Pong"),
];

/// IANA, WebSocket Close Code Number Registry.
static STATUSES: Names = &[
    (1000, "Normal Closure"),
    (1001, "Going Away"),
    (1002, "Protocol error"),
    (1003, "Unsupported Data"),
    (1004, "Reserved"),
    (1005, "No Status Rcvd"),
    (1006, "Abnormal Closure"),
    (1007, "Invalid frame payload data"),
    (1008, "Policy Violation"),
    (1009, "Message Too Big"),
    (1010, "Mandatory Ext."),
    (1011, "Internal Error"),
    (1012, "Service Restart"),
    (1013, "Try Again Later"),
    (1014, "Bad Gateway"),
    (1015, "TLS handshake"),
    (3000, "Unauthorized"),
    (3003, "Forbidden"),
    (3008, "Timeout"),
];

/// RFC 6455 section 5.2.
fn dissect(p: &mut Packet<'_>) -> Step {
    let first = p.peek_u8()?;
    let (fin, opcode) = (first & 0x80 != 0, first & 0x0f);
    p.bits(first, 1, &[&FIN, &RESERVED])?;
    let starts = opcode != CONTINUATION && opcode < CLOSING;
    if starts && first & 0x40 != 0 || memory::is_deflating(p) {
        p.mark(&COMPRESSED, p.at() - 1, 1, first.into());
    }
    p.mark(&OPCODE, p.at() - 1, 1, first.into());
    let second = p.peek_u8()?;
    p.bits(second, 1, &[&MASK, &LENGTH])?;
    let length = match second & 0x7f {
        126 => p.u16(&LENGTH_16)?.into(),
        127 => p.u64(&LENGTH_64)?,
        short => short.into(),
    };
    let key = match second & 0x80 {
        0 => None,
        _ => p.bytes(&MASKING_KEY, 4)?.first_chunk::<4>().copied(),
    };
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    p.need(length)?;
    if opcode >= CLOSING && (!fin || length > 125) {
        p.problem(&CONTROL_FRAGMENT);
    }
    let at = p.at();
    let end = at + length;
    if key.is_some() && length > 0 {
        p.note(&MASKED_PAYLOAD, 0, length);
    }
    if length > 0 || (fin && opcode == CONTINUATION) {
        let bytes = p.ahead().get(..length).unwrap_or_default();
        let payload = Payload { at, bytes, key };
        let inside = p.group(&PAYLOAD, |p| {
            let inside = match opcode {
                CLOSING => control(p, &payload, close),
                9 => control(p, &payload, |p, at, plain| value(p, &PING, at, plain)),
                10 => control(p, &payload, |p, at, plain| value(p, &PONG, at, plain)),
                0..=2 => message(p, &payload, first),
                _ => control(p, &payload, |p, at, plain| value(p, &UNKNOWN, at, plain)),
            };
            p.seek(end);
            Ok(inside)
        })?;
        if let Inside::Here(protocol) = inside {
            p.later(Next::To(protocol), at, length);
        }
        if !matches!(inside, Inside::Nothing) && is_whole(p.ahead()) {
            p.goes_on_later(Next::To(&WEBSOCKET), end);
            return Ok(Next::Nothing);
        }
    }
    Ok(Next::Again)
}

/// Does a frame stand here that ends with these bytes at the latest?
fn is_whole(bytes: &[u8]) -> bool {
    let (header, length) = match *bytes {
        [_, second, a, b, ..] if second & 0x7f == 126 => (4, u64::from(u16::from_be_bytes([a, b]))),
        [_, second, a, b, c, d, e, f, g, h, ..] if second & 0x7f == 127 => {
            (10, u64::from_be_bytes([a, b, c, d, e, f, g, h]))
        }
        [_, second, ..] if second & 0x7f < 126 => (2, u64::from(second & 0x7f)),
        _ => return false,
    };
    let key = if bytes[1] & 0x80 == 0 { 0 } else { 4 };
    bytes.len() as u64 >= length.saturating_add(header + key)
}

/// A payload as it was sent.
struct Payload<'a> {
    at: usize,
    bytes: &'a [u8],
    key: Option<[u8; 4]>,
}

/// What a message is dissected as behind its frame.
enum Inside {
    Nothing,
    /// The bytes of the frame.
    Here(&'static Protocol),
    /// Bytes made from them.
    Derived,
}

fn value(p: &mut Packet<'_>, row: &'static Field, at: usize, plain: &[u8]) {
    p.make_text(row, at, plain.len(), |out| out.extend_from_slice(plain));
}

/// A frame that stands for itself. Those of the protocol are at most 125 bytes long.
fn control(
    p: &mut Packet<'_>,
    payload: &Payload<'_>,
    show: impl FnOnce(&mut Packet<'_>, usize, &[u8]),
) -> Inside {
    let mut plain = [0; 125];
    match plain.get_mut(..payload.bytes.len()) {
        Some(plain) => {
            unmask(payload.bytes, payload.key, plain);
            show(p, payload.at, plain);
        }
        None if payload.key.is_none() => show(p, payload.at, payload.bytes),
        None => {}
    }
    Inside::Nothing
}

/// RFC 6455 section 5.5.1.
fn close(p: &mut Packet<'_>, at: usize, plain: &[u8]) {
    let _ = p.group(&CLOSE, |p| {
        if let [high, low, reason @ ..] = plain {
            p.mark(&STATUS, at, 2, u16::from_be_bytes([*high, *low]).into());
            if !reason.is_empty() {
                value(p, &REASON, at + 2, reason);
            }
        }
        p.seek(at + plain.len());
        Ok(())
    });
}

/// A fragment of a message, or all of it.
fn message(p: &mut Packet<'_>, payload: &Payload<'_>, first: u8) -> Inside {
    let (at, length) = (payload.at, payload.bytes.len());
    match take(p, payload.bytes, payload.key, first) {
        Message::Plain { text: true } => {
            p.mark(&TEXT, at, length, 0);
            Inside::Here(&TEXT_LINES)
        }
        Message::Plain { text: false } => Inside::Here(&DATA),
        Message::Made { text } => {
            let (rows, row) = if text { (&TEXT_LINES, Some(&TEXT)) } else { (&DATA, None) };
            memory::show(p, |p, bytes| {
                if let Some(row) = row {
                    p.make_text(row, at, length, |out| out.extend_from_slice(bytes));
                }
                p.derive(Next::To(rows), |out| out.extend_from_slice(bytes));
            });
            Inside::Derived
        }
        Message::Waits => Inside::Nothing,
        Message::Unknown => {
            memory::show(p, |p, bytes| value(p, &CONTINUE, at, bytes));
            Inside::Nothing
        }
        Message::Not(problem) => {
            p.problem_at(problem, at, length);
            Inside::Here(&DATA)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use crate::network::ipv4::IP;
    use crate::transport::tcp::TCP_PORT;
    use wirelens_dissect::{Input, Session};

    /// RFC 6455 section 5.7: a masked text, a ping, an empty binary, and a close with its reason.
    const FRAMES: &str = "81 85 37fa213d 7f9f4d5158 89 05 48656c6c6f 82 00 88 05 03e8 627965";

    #[test]
    fn frames_of_the_rfc() {
        insta::assert_snapshot!(tree(&WEBSOCKET, &hex(FRAMES)));
        insta::assert_snapshot!(json(&WEBSOCKET, &hex(FRAMES)));
    }

    #[test]
    fn every_prefix_of_them() {
        every_prefix(&WEBSOCKET, &hex(FRAMES));
        every_prefix(&WEBSOCKET, &hex("01 03 48656c 00 7e0001 6c c0 00 80 01 6f 8a 00 83 01 00"));
        every_prefix(&WEBSOCKET, &hex("82 7f 0000000000000001 00"));
    }

    #[test]
    fn fragments_are_put_together() {
        let tree = tree(&WEBSOCKET, &hex("01 03 48656c 89 00 80 02 6c6f"));
        assert!(tree.contains("Text: Hello\n"), "{tree}");
        let late = super::tests::tree(&WEBSOCKET, &hex("80 02 6c6f"));
        assert!(late.contains("Continuation: 6c6f\n"), "{late}");
    }

    /// RFC 7692 section 7.2.3: the second message refers to the first.
    #[test]
    fn compressed_messages_refer_to_those_before() {
        let response = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
            Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
        let mut session = Session::new(crate::shared());
        let mut show = |bytes: &[u8]| {
            let frame = session.dissect_as(
                Next::Ports(&TCP_PORT, 80, 50000),
                Input { captured: bytes, length: bytes.len() as u32, ..Input::default() },
            );
            let mut line = wirelens_report::Line::new();
            wirelens_report::write_layers(&mut line, &frame);
            String::from_utf8_lossy(line.written()).into_owned()
        };
        show(b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n");
        show(response);
        let first = show(&hex("c1 07 f248cdc9c90700"));
        assert!(first.contains("Text: Hello\n"), "{first}");
        let second = show(&hex("c1 05 f200110000"));
        assert!(second.contains("Text: Hello\n"), "{second}");
        let plain = show(&hex("81 02 4869"));
        assert!(plain.contains("Compressed Message: false\n"), "{plain}");
    }

    /// Two whole ones, and the first byte of a third that comes with the next segment.
    #[test]
    fn a_cut_frame_behind_others_waits_for_its_rest() {
        let mut session = Session::new(crate::shared());
        let mut at = 1;
        let mut say = |text: &[u8]| {
            let tree = tree_in(&mut session, &IP, &segment((80, 50000), at, text));
            at += text.len() as u32;
            tree
        };
        say(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
        let two = say(&hex("81 01 61 81 01 62 81"));
        assert!(two.contains("Text: a\n") && two.contains("Text: b\n"), "{two}");
        let third = say(&hex("01 63"));
        assert!(third.contains("Text: c\n"), "{third}");
    }

    /// A block of deflate of the kind there is none of.
    #[test]
    fn a_message_that_cannot_be_decoded_breaks_those_behind() {
        let mut session = Session::new(crate::shared());
        let mut say = |text: &[u8]| {
            let mut line = wirelens_report::Line::new();
            let next = Next::Ports(&TCP_PORT, 80, 50000);
            let input = Input { captured: text, length: text.len() as u32, ..Input::default() };
            wirelens_report::write_layers(&mut line, &session.dissect_as(next, input));
            String::from_utf8_lossy(line.written()).into_owned()
        };
        say(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
            Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
        let corrupt = say(&hex("c1 01 07"));
        assert!(corrupt.contains("annot be decompressed"), "{corrupt}");
        let behind = say(&hex("c1 07 f248cdc9c90700"));
        assert!(!behind.contains("Text: Hello"), "{behind}");
    }

    #[test]
    fn what_is_compressed_in_a_way_not_seen_is_said() {
        let tree = tree(&WEBSOCKET, &hex("c1 07 f248cdc9c90700"));
        assert!(tree.contains("The start of the compressed connection was not seen"), "{tree}");
    }
}
