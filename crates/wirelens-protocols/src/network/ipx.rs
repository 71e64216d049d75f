//! Internetwork Packet Exchange, Novell: "IPX Router Specification", 107-000029-001. A packet stands
//! in an Ethernet frame by its EtherType or straight behind the length, in LLC, in SNAP.

use std::io::Write;

use wirelens_dissect::Flow;
use wirelens_dissect::prelude::*;

use crate::link::chdlc::CHDLC_PROTOCOL;
use crate::link::ethernet::ETHERTYPE;
use crate::link::ppp::PPP_PROTOCOL;
use crate::network::gre::GRE_PROTO;
use crate::transport::udp::UDP_PORT;

/// What IPX carries, by packet type, where the header's own type says more than sockets.
pub static IPX_TYPE: Table = Table::new("ipx.packet_type", "IPX packet type");
/// What IPX carries, by either socket.
pub static IPX_SOCKET: Table = Table::new("ipx.socket", "IPX socket");

/// Packet types.
pub(super) static TYPES: Names = &[
    (0x00, "Unknown"),
    (0x01, "RIP"),
    (0x02, "Echo"),
    (0x03, "Error"),
    (0x04, "Packet Exchange"),
    (0x05, "SPX"),
    (0x10, "Experimental"),
    (0x11, "NCP"),
    (0x12, "Experimental"),
    (0x13, "Experimental"),
    (0x14, "NetBIOS Broadcast"),
    (0x15, "Experimental"),
    (0x16, "Experimental"),
    (0x17, "Experimental"),
    (0x18, "Experimental"),
    (0x19, "Experimental"),
    (0x1a, "Experimental"),
    (0x1b, "Experimental"),
    (0x1c, "Experimental"),
    (0x1d, "Experimental"),
    (0x1e, "Experimental"),
    (0x1f, "Experimental"),
];

/// Sockets that Novell gave out.
pub(super) static SOCKETS: Names = &[
    (0x0002, "Cisco Ping"),
    (0x0451, "NCP"),
    (0x0452, "SAP"),
    (0x0453, "RIP"),
    (0x0455, "NetBIOS"),
    (0x0456, "Diagnostics"),
    (0x0457, "Serialization"),
    (0x0550, "NWLink SMB Server"),
    (0x0551, "NWLink SMB Name Query"),
    (0x0552, "NWLink SMB Redirector"),
    (0x0553, "NWLink SMB Mailslot Datagram"),
    (0x0554, "NWLink SMB Messenger"),
    (0x0555, "NWLink SMB Browse"),
    (0x055d, "Attachmate Gateway"),
    (0x4001, "IPX Message"),
    (0x4003, "IPX Message"),
    (0x4006, "NetWare Directory Server"),
    (0x400c, "HP LaserJet"),
    (0x8104, "NetWare 386"),
    (0x8522, "ADSM"),
    (0x85be, "Cisco EIGRP for IPX"),
    (0x8f83, "Powerchute UPS Monitoring"),
    (0x9001, "NetWare Link Services Protocol"),
    (0x9004, "IPX WAN"),
    (0x900f, "SNMP Agent"),
    (0x9010, "SNMP Sink"),
    (0x907b, "SMS Testing and Development"),
    (0x9086, "Novell Ping"),
    (0x9091, "TCP Tunnel"),
    (0x9092, "UDP Tunnel"),
    (0x90b2, "NDPS Printer Agent"),
    (0x90b3, "NDPS Broker"),
    (0x90b4, "NDPS Service Registry"),
    (0x90b5, "NDPS Event Notification"),
    (0x90b6, "NDPS Remote Management"),
    (0x90b7, "NDPS Notify Listener"),
    (0xe885, "NT Server RPC Gateway"),
];

protocol! {
    IPX = "ipx" "IPX" "Internetwork Packet Exchange", Network;
    @ ETHERTYPE 0x8137;
    @ GRE_PROTO 0x8137;
    @ CHDLC_PROTOCOL 0x8137;
    @ PPP_PROTOCOL 0x002b;
    @ UDP_PORT 213;
    SRC         = text "src" "Source Address";
    SRC_ADDR    = text "addr" "Source or Destination Address" key("src_addr") hidden;
    DST         = text "dst" "Destination Address";
    DST_ADDR    = text "addr" "Source or Destination Address" key("dst_addr") hidden;
    CHECKSUM    = hex  "checksum" "Checksum";
    LENGTH      = uint "len" "Length";
    HOPS        = uint "hops" "Transport Control, the number of hops";
    TYPE        = hex  "packet_type" "Packet Type" names(TYPES);
    DST_NET     = hex  "dst.net" "Destination Network" key("dst_net") {
        DST_NET_ANY = hex "net" "Source or Destination Network" alias;
    };
    DST_NODE    = mac  "dst.node" "Destination Node" key("dst_node") {
        DST_NODE_ANY = mac "node" "Source or Destination Node" alias;
    };
    DST_SOCKET  = hex  "dst.socket" "Destination Socket" names(SOCKETS) key("dst_socket") brief("to ") {
        DST_SOCKET_ANY = hex "socket" "Source or Destination Socket" alias;
    };
    SRC_NET     = hex  "src.net" "Source Network" key("src_net") {
        SRC_NET_ANY = hex "net" "Source or Destination Network" alias;
    };
    SRC_NODE    = mac  "src.node" "Source Node" key("src_node") {
        SRC_NODE_ANY = mac "node" "Source or Destination Node" alias;
    };
    SRC_SOCKET  = hex  "src.socket" "Source Socket" names(SOCKETS) key("src_socket") brief("from ") {
        SRC_SOCKET_ANY = hex "socket" "Source or Destination Socket" alias;
    };
    BAD_LENGTH  = problem "len.bad" "Length contradicts the packet" own;
}

/// The header has so many bytes.
pub(super) const HEADER: usize = 30;
/// The packet type of SPX.
const SPX: u8 = 5;

fn dissect(p: &mut Packet<'_>) -> Step {
    addresses(p);
    p.u16(&CHECKSUM)?;
    let length = usize::from(p.u16(&LENGTH)?);
    if length < HEADER {
        return Err(p.malformed(&BAD_LENGTH));
    }
    if length > p.done() + p.declared_left() && !p.is_quoted() && !p.is_fragment() {
        p.problem_at(&BAD_LENGTH, p.at() - 2, 2);
    }
    p.ends_after(length);
    p.u8(&HOPS)?;
    let kind = p.u8(&TYPE)?;
    let destination = (p.u32(&DST_NET)?, p.mac(&DST_NODE)?, p.u16(&DST_SOCKET)?);
    let source = (p.u32(&SRC_NET)?, p.mac(&SRC_NODE)?, p.u16(&SRC_SOCKET)?);
    let host = |(network, node, _): (u32, u64, u16)| u128::from(network) << 48 | u128::from(node);
    *p.flow() = Flow {
        source: host(source),
        destination: host(destination),
        ports: (source.2, destination.2),
        protocol: 0,
        version: 0,
    };
    Ok(match kind {
        _ if p.declared_left() == 0 => Next::Nothing,
        SPX => Next::In(&IPX_TYPE, SPX.into()),
        _ => Next::Ports(&IPX_SOCKET, source.2, destination.2),
    })
}

/// Records the two addresses as a whole.
fn addresses(p: &mut Packet<'_>) {
    let header = p.ahead();
    let (Some(destination), Some(source)) = (header.get(6..16), header.get(18..28)) else { return };
    for (rows, address) in [([&SRC, &SRC_ADDR], source), ([&DST, &DST_ADDR], destination)] {
        for row in rows {
            p.make_text(row, p.at(), 0, |out| write_address(out, address));
        }
    }
}

/// A network, a dot, a node.
fn write_address(out: &mut Vec<u8>, address: &[u8]) {
    for (at, byte) in address.iter().enumerate() {
        // Writing to a vector cannot fail.
        let _ = write!(out, "{}{byte:02x}", if at == 4 { "." } else { "" });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::ethernet::ETH;
    use crate::testing::*;

    const PACKET: &str = "ffff 0020 03 00 0000000a 02005e100002 4444 0000000b 02005e100001 4445 6162";
    const ADDRESSES: &str = "02005e100002 02005e100001";

    #[test]
    fn a_packet() {
        insta::assert_snapshot!(tree(&IPX, &hex(PACKET)));
        every_prefix(&IPX, &hex(PACKET));
    }

    #[test]
    fn the_four_frames() {
        for head in ["8137", "0020", "0023 e0e003", "0028 aaaa03 000000 8137"] {
            let frame = hex(&format!("{ADDRESSES} {head} {PACKET}"));
            let tree = tree(&ETH, &frame);
            assert!(tree.contains("Destination Network: 0x0000000a"), "{head}: {tree}");
            assert!(tree.contains("Data: 6162"), "{head}: {tree}");
        }
    }

    #[test]
    fn padding_is_not_part_of_it() {
        let frame = hex(&format!("{ADDRESSES} 8137 {PACKET} 000000"));
        assert!(tree(&ETH, &frame).contains("Data: 6162\n"));
    }

    #[test]
    fn lengths_that_lead_nowhere() {
        assert!(tree(&IPX, &hex(&PACKET.replace("0020", "001d"))).contains("! Length contradicts"));
        let tree = tree(&IPX, &hex(&PACKET.replace("0020", "0200")));
        assert!(tree.contains("! Length contradicts") && tree.contains("Data: 6162"), "{tree}");
    }

    #[test]
    fn names_are_sorted() {
        assert!(TYPES.is_sorted_by_key(|&(number, _)| number));
        assert!(SOCKETS.is_sorted_by_key(|&(number, _)| number));
    }
}
