//! Trivial File Transfer Protocol, RFC 1350, with options, RFC 2347.

use wirelens_dissect::End;
use wirelens_dissect::prelude::*;

use crate::transport::udp::UDP_PORT;

protocol! {
    TFTP = "tftp" "TFTP" "Trivial File Transfer Protocol", Application;
    @ UDP_PORT 69;
    OPCODE      = uint "opcode" "Operation" names(OPERATIONS) brief("");
    SOURCE      = text "source_file" "File" brief("");
    DESTINATION = text "destination_file" "File" brief("");
    MODE        = text "type" "Mode" brief("");
    BLOCK       = uint "block" "Block" brief("block ");
    OPTION = group "option" "Option" own many key("options") {
        NAME  = text "option.name" "Name" brief(", ");
        VALUE = text "option.value" "Value" brief("");
    };
    ERROR   = uint "error.code" "Error" names(ERRORS) key("error_code") brief("");
    MESSAGE = text "error.message" "Message" key("error_message") brief(", ");
    DATA    = bytes "data" "Data";
    NO_END  = problem "text.unterminated" "Text does not end with a zero" own many;
}

static OPERATIONS: Names = &[
    (1, "Read request"),
    (2, "Write request"),
    (3, "Data"),
    (4, "Acknowledgement"),
    (5, "Error"),
    (6, "Option acknowledgement"),
];

/// RFC 1350 appendix I, RFC 2347.
static ERRORS: Names = &[
    (0, "Not defined"),
    (1, "File not found"),
    (2, "Access violation"),
    (3, "Disk full or allocation exceeded"),
    (4, "Illegal operation"),
    (5, "Unknown transfer ID"),
    (6, "File already exists"),
    (7, "No such user"),
    (8, "Option negotiation failed"),
];

fn dissect(p: &mut Packet<'_>) -> Step {
    let operation = p.u16(&OPCODE)?;
    match operation {
        1 | 2 => {
            expect_transfer(p);
            text(p, if operation == 1 { &SOURCE } else { &DESTINATION })?;
            text(p, &MODE)?;
            options(p)?;
        }
        3 => {
            p.u16(&BLOCK)?;
            return Ok(if p.left() > 0 { Next::Data } else { Next::Nothing });
        }
        4 => p.u16(&BLOCK).map(drop)?,
        5 => {
            p.u16(&ERROR)?;
            text(p, &MESSAGE)?;
        }
        6 => options(p)?,
        _ => p.remainder(&DATA)?,
    }
    Ok(Next::Nothing)
}

/// RFC 1350 section 4: the server answers from a port of its own, to the one that asked.
fn expect_transfer(p: &mut Packet<'_>) {
    let flow = *p.flow();
    if flow.ports.1 == 69 {
        p.expect(End { transport: flow.protocol, address: flow.source, port: flow.ports.0 }, &TFTP);
    }
}

fn options(p: &mut Packet<'_>) -> Read {
    while p.declared_left() > 0 {
        p.group(&OPTION, |p| {
            text(p, &NAME)?;
            text(p, &VALUE)
        })?;
    }
    Ok(())
}

/// Text and the zero behind it.
fn text(p: &mut Packet<'_>, row: &'static Field) -> Read {
    let ahead = p.ahead();
    match memchr::memchr(0, ahead) {
        Some(length) => {
            let at = p.at();
            p.make_text(row, at, length + 1, |out| {
                out.extend_from_slice(ahead.get(..length).unwrap_or_default());
            });
            p.skip(length + 1)
        }
        None if p.declared_left() == 0 => Ok(()),
        None if p.left() < p.declared_left() => p.need(p.declared_left()),
        None => {
            p.problem(&NO_END);
            p.rest(row).map(drop)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use wirelens_dissect::{Input, Session};

    #[test]
    fn a_request() {
        let request = b"\0\x01file.txt\0octet\0blksize\x001428\0tsize\x000\0";
        insta::assert_snapshot!(tree(&TFTP, request));
        every_prefix(&TFTP, request);
    }

    #[test]
    fn answers() {
        assert!(tree(&TFTP, b"\0\x03\0\x01hello").contains("Block: 1"));
        assert!(tree(&TFTP, b"\0\x05\0\x01nofile\0").contains("Message: nofile"));
        assert!(tree(&TFTP, b"\0\x06blksize\x001428\0").contains("Value: 1428"));
        assert!(tree(&TFTP, b"\0\x05\0\x01nofile").contains("! Text does not end"));
        assert!(tree(&TFTP, b"\0\x09\x01").contains("Data: 01"));
    }

    #[test]
    fn the_transfer_goes_on_at_other_ports() {
        let mut session = Session::new(crate::shared());
        let mut last = |source: &str, destination: &str, ports: &str, payload: &str| {
            let length = format!("{:04x}", 8 + payload.len() / 2);
            let total = format!("{:04x}", 28 + payload.len() / 2);
            let packet = hex(&format!(
                "4500{total}00010000401100000a0000{source}0a0000{destination}{ports}{length}0000{payload}"
            ));
            let first = Next::To(&crate::network::ipv4::IP);
            let input = Input { captured: &packet, length: packet.len() as u32, ..Input::default() };
            let frame = session.dissect_as(first, input);
            frame.layers().last().map(|layer| layer.protocol.name)
        };
        assert_eq!(last("01", "02", "9c400045", "00016100"), Some("tftp"));
        assert_eq!(last("02", "01", "c3509c40", "0003000161"), Some("data"));
        assert_eq!(last("01", "02", "9c40c350", "00040001"), Some("tftp"));
    }
}
