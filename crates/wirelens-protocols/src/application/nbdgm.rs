//! NetBIOS Datagram Service, RFC 1002 section 4.4.

use wirelens_dissect::prelude::*;

use super::netbios_name as name;
use crate::transport::udp::UDP_PORT;

protocol! {
    NBDGM = "nbdgm" "NBDGM" "NetBIOS Datagram Service", Application;
    @ UDP_PORT 138;
    TYPE  = uint "type" "Type" names(TYPES) brief("");
    FLAGS = hex "flags" "Flags" {
        NODE  = uint "node_type" "Source's Node Type" & 0x0c names(NODES) key("node_type");
        FIRST = flag "first" "First Fragment" & 0x02 key("first");
        MORE  = flag "next" "More Fragments" & 0x01 key("more");
    };
    ID          = hex  "dgram_id" "Datagram ID";
    SOURCE_IP   = ipv4 "src.ip" "Source IP Address" key("source_ip");
    SOURCE_PORT = uint "src.port" "Source Port" key("source_port");
    LENGTH      = uint "dgram_len" "Length" detail;
    OFFSET      = uint "pkt_offset" "Offset";
    SOURCE      = text "source_name" "Source Name" brief("from ");
    DESTINATION = text "destination_name" "Destination Name" brief("to ");
    ERROR       = hex  "error_code" "Error" names(ERRORS) brief("");
}

static TYPES: Names = &[
    (0x10, "Direct unique datagram"),
    (0x11, "Direct group datagram"),
    (0x12, "Broadcast datagram"),
    (0x13, "Datagram error"),
    (0x14, "Query request"),
    (0x15, "Positive query response"),
    (0x16, "Negative query response"),
];

static NODES: Names = &[(0, "B node"), (1, "P node"), (2, "M node"), (3, "Distribution server")];

static ERRORS: Names = &[
    (0x82, "Destination name not present"),
    (0x83, "Invalid source name"),
    (0x84, "Invalid destination name"),
];

fn dissect(p: &mut Packet<'_>) -> Step {
    let start = p.at();
    let kind = p.u8(&TYPE)?;
    p.u8(&FLAGS)?;
    p.u16(&ID)?;
    p.ipv4(&SOURCE_IP)?;
    p.u16(&SOURCE_PORT)?;
    match kind {
        0x10..=0x12 => {
            p.u16(&LENGTH)?;
            p.u16(&OFFSET)?;
            name::read(p, &SOURCE, start)?;
            name::read(p, &DESTINATION, start)?;
            return Ok(if p.left() > 0 { Next::Data } else { Next::Nothing });
        }
        0x13 => p.u8(&ERROR).map(drop)?,
        0x14..=0x16 => name::read(p, &DESTINATION, start)?,
        _ => return Ok(Next::Data),
    }
    Ok(Next::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const NAME: &str = "20 4648464145424545434143414341434143414341434143414341434143414141 00";

    #[test]
    fn a_datagram() {
        let datagram = hex(&format!("11 0a 8001 c0000201 008a 0048 0000 {NAME} {NAME} ff534d42"));
        insta::assert_snapshot!(tree(&NBDGM, &datagram));
        every_prefix(&NBDGM, &datagram);
    }

    #[test]
    fn an_error() {
        assert!(tree(&NBDGM, &hex("13 02 8001 c0000201 008a 82")).contains("not present"));
    }
}
