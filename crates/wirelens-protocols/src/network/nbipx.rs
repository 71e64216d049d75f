//! NetBIOS over IPX, as Novell and Microsoft's NWLink send it.

use wirelens_dissect::prelude::*;

use super::ipx::{HEADER as IPX_HEADER, IPX, IPX_SOCKET};
use super::nmpi::{self, NAME_ROWS, NMPI};

static TYPES: Names = &[
    (0x01, "Find name"),
    (0x02, "Name recognized"),
    (0x03, "Check name"),
    (0x04, "Name in use"),
    (0x05, "Deregister name"),
    (0x06, "Session data"),
    (0x07, "Session end"),
    (0x08, "Session end acknowledgment"),
    (0x09, "Status query"),
    (0x0a, "Status response"),
    (0x0b, "Directed datagram"),
];

protocol! {
    NBIPX = "nbipx" "NBIPX" "NetBIOS over IPX", Application, rows_of(&NMPI);
    @ IPX_SOCKET 0x0455;
    NAME     = group "name" "Name" own rows(NAME_ROWS);
    RECEIVER = group "receiver" "Receiver's Name" own rows(NAME_ROWS);
    SENDER   = group "sender" "Sender's Name" own rows(NAME_ROWS);
    SESSION  = group "session" "Session" own rows(SESSION_ROWS);
    HEADER   = group "header" "Header" own rows(HEADER_ROWS);
}

fields! {
    /// What a packet begins with.
    HEADER_ROWS = "nmpi" HEADER "header";
    FLAGS = hex "name_flags" "Name Flags" {
        IS_GROUP     = flag "name_flags.group" "Group name" & 0x80;
        IN_USE       = flag "name_flags.in_use" "In use" & 0x40;
        REGISTERED   = flag "name_flags.registered" "Registered" & 0x04;
        DUPLICATED   = flag "name_flags.duplicated" "Duplicated" & 0x02;
        DEREGISTERED = flag "name_flags.deregistered" "Deregistered" & 0x01;
    };
    CONTROL = hex "conn_control" "Connection Control" {
        SYSTEM    = flag "conn_control.sys_packet" "System packet" & 0x80;
        WANTS_ACK = flag "conn_control.ack" "Acknowledgment required" & 0x40;
        ATTENTION = flag "conn_control.attention" "Attention" & 0x20;
        END       = flag "conn_control.end_msg" "End of message" & 0x10;
        RESEND    = flag "conn_control.resend" "Resend" & 0x08;
    };
    TYPE = hex "packettype" "Packet Type" names(TYPES) key("type") brief("") leads;
}

fields! {
    /// The numbers of a session; little-endian.
    SESSION_ROWS = "nmpi" SESSION "session";
    SRC      = hex  "session.src_conn_id" "Source Connection ID" brief("from ");
    DST      = hex  "session.dest_conn_id" "Destination Connection ID" brief("to ");
    SEQUENCE = uint "session.send_seq_number" "Send Sequence Number" brief("seq ");
    TOTAL    = uint "session.total_data_length" "Total Data Length";
    OFFSET   = uint "session.offset" "Offset";
    LENGTH   = uint "session.data_length" "Data Length" brief("len ");
    RECEIVED = uint "session.recv_seq_number" "Receive Sequence Number";
    BYTES    = uint "session.bytes_received" "Bytes Received";
}

/// Where the packet type stands in packets that carry the networks they passed.
const BEHIND_NETWORKS: usize = 33;
/// A packet about a name, with the networks it passed.
const NAME_PACKET: usize = 50;
/// Where IPX's header has its packet type.
const IPX_TYPE_AT: usize = 5;
/// The packet type of IPX that routers pass on to all networks.
const BROADCAST: u8 = 0x14;

fn dissect(p: &mut Packet<'_>) -> Step {
    if has_networks(p) {
        nmpi::networks(p)?;
    }
    let kind = p.peek_at(1)?;
    match kind {
        1..=5 => {
            header(p, &FLAGS)?;
            p.group(&NAME, nmpi::name)?;
            Ok(Next::Nothing)
        }
        6..=8 => {
            header(p, &CONTROL)?;
            p.group(&SESSION, |p| {
                for row in [&SRC, &DST, &SEQUENCE, &TOTAL, &OFFSET, &LENGTH, &RECEIVED, &BYTES] {
                    p.u16_le(row)?;
                }
                Ok(())
            })?;
            Ok(if p.declared_left() == 0 { Next::Nothing } else { Next::Data })
        }
        11 => {
            header(p, &CONTROL)?;
            p.group(&RECEIVER, nmpi::name)?;
            p.group(&SENDER, nmpi::name)?;
            Ok(if p.declared_left() == 0 { Next::Nothing } else { Next::Data })
        }
        _ => {
            p.group(&HEADER, |p| {
                p.skip(1)?;
                p.u8(&TYPE)
            })?;
            Ok(Next::Nothing)
        }
    }
}

fn header(p: &mut Packet<'_>, flags: &'static Field) -> Read {
    p.group(&HEADER, |p| {
        p.u8(flags)?;
        p.u8(&TYPE).map(drop)
    })
}

/// Broadcasts begin with the networks they passed, and so do packets about names that are sent as
/// others: only their length tells.
fn has_networks(p: &Packet<'_>) -> bool {
    let in_ipx = p.outer().is_some_and(|outer| outer.protocol == &IPX);
    let kind = p.start().checked_sub(IPX_HEADER - IPX_TYPE_AT).and_then(|at| p.buffer().get(at));
    let is_broadcast = in_ipx && kind == Some(&BROADCAST);
    let is_name = matches!(p.peek_at(BEHIND_NETWORKS), Ok(1..=5));
    is_broadcast || p.declared_left() == NAME_PACKET && is_name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn packet(kind: &str, payload: &str) -> Vec<u8> {
        let payload = hex(payload);
        let mut bytes = hex("ffff");
        bytes.extend((30 + payload.len() as u16).to_be_bytes());
        bytes.extend(hex(&format!("00 {kind} 00000000 ffffffffffff 0455 0000000b 02005e100001 0455")));
        bytes.extend(payload);
        bytes
    }

    const NAMED: &str = "414243202020202020202020202020 20";

    #[test]
    fn a_name_is_looked_for() {
        let networks = format!("0000000a {}", "00".repeat(28));
        for kind in ["14", "04"] {
            let bytes = packet(kind, &format!("{networks} 86 01 {NAMED}"));
            let tree = tree(&IPX, &bytes);
            assert!(tree.contains("IPX Network: 0x0000000a") && tree.contains("Find name"), "{tree}");
            every_prefix(&IPX, &bytes);
        }
        insta::assert_snapshot!(tree(&IPX, &packet("14", &format!("{networks} 86 01 {NAMED}"))));
        assert!(!tree(&IPX, &packet("04", &format!("86 02 {NAMED}"))).contains("IPX Network"));
    }

    #[test]
    fn a_session() {
        let bytes = packet("04", "50 06 0101 0202 0300 0500 0000 0500 0400 0600 68656c6c6f");
        insta::assert_snapshot!(tree(&IPX, &bytes));
        every_prefix(&IPX, &bytes);
    }

    #[test]
    fn a_datagram() {
        let bytes = packet("04", &format!("00 0b {NAMED} {NAMED} 6162"));
        insta::assert_snapshot!(tree(&IPX, &bytes));
        every_prefix(&IPX, &bytes);
    }

    #[test]
    fn another_type_stays_a_number() {
        assert!(tree(&IPX, &packet("04", "00 20 0000")).contains("Packet Type: 0x20"));
    }
}
