//! Service Advertising Protocol, Novell: "IPX Router Specification", 107-000029-001, chapter 4.

use wirelens_dissect::prelude::*;

use super::ipx::{IPX_SOCKET, SOCKETS};

static OPERATIONS: Names = &[
    (1, "General query"),
    (2, "General response"),
    (3, "Nearest query"),
    (4, "Nearest response"),
];

/// <https://www.iana.org/assignments/novell-sap-numbers>, what was met most.
static SERVERS: Names = &[
    (0x0000, "Unknown"),
    (0x0001, "User"),
    (0x0002, "User Group"),
    (0x0003, "Print Queue"),
    (0x0004, "File Server"),
    (0x0005, "Job Server"),
    (0x0006, "Gateway"),
    (0x0007, "Print Server"),
    (0x0008, "Archive Queue"),
    (0x0009, "Archive Server"),
    (0x000a, "Job Queue"),
    (0x000b, "Administration"),
    (0x000f, "Novell TI-RPC"),
    (0x0017, "Diagnostics"),
    (0x0020, "NetBIOS"),
    (0x0021, "NAS SNA Gateway"),
    (0x0023, "NACS Async Gateway"),
    (0x0024, "Remote Bridge or Routing Service"),
    (0x0026, "Bridge Server"),
    (0x0027, "TCP/IP Gateway"),
    (0x0029, "Eicon 3270 Gateway"),
    (0x002d, "Time Synchronization"),
    (0x0047, "Advertising Print Server"),
    (0x004b, "Btrieve VAP"),
    (0x004c, "NetWare SQL"),
    (0x0064, "ARCserve"),
    (0x0072, "WANcopy Utility"),
    (0x007a, "TES NetWare for VMS"),
    (0x0098, "NetWare Access Server"),
    (0x009a, "Named Pipes Server"),
    (0x009e, "Portable NetWare Server"),
    (0x0107, "NetWare 386 or RSPX Remote Console"),
    (0x0111, "Test Server"),
    (0x0133, "NetWare Name Service"),
    (0x0166, "NetWare Management"),
    (0x0237, "NMS Agent"),
    (0x026b, "Time Synchronization"),
    (0x0278, "NetWare Directory Server"),
    (0x027b, "NetWare Management Agent"),
    (0x0304, "Novell SAA Gateway"),
    (0x030c, "HP JetDirect"),
    (0x039b, "Lotus Notes"),
    (0x0640, "NT Server RPC Services"),
    (0x8002, "Intel NetPort Print Server"),
    (0xffff, "Any"),
];

protocol! {
    IPXSAP = "ipxsap" "IPX SAP" "Service Advertising Protocol", Application;
    @ IPX_SOCKET 0x0452;
    OPERATION = uint "packet_type" "Operation" names(OPERATIONS) brief("");
    REQUEST   = flag "request" "Request" hidden;
    RESPONSE  = flag "response" "Response" hidden;
    WANTED    = hex  "server.type" "Server Type" names(SERVERS) key("server_type") brief("for ");
    SERVER    = group "server" "Server" many key("servers") {
        TYPE    = hex  "server.type" "Server Type" names(SERVERS);
        NAME    = text "server.name" "Server Name" brief("");
        NETWORK = hex  "server.network" "Network";
        NODE    = mac  "server.node" "Node";
        SOCKET  = hex  "server.socket" "Socket" names(SOCKETS);
        HOPS    = uint "server.intermediate_networks" "Intermediate Networks";
    };
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let operation = p.u16(&OPERATION)?;
    match operation {
        1 | 3 => p.mark(&REQUEST, p.at() - 2, 2, 1),
        2 | 4 => p.mark(&RESPONSE, p.at() - 2, 2, 1),
        _ => {}
    }
    match operation {
        2 | 4 => p.each(|p| p.group(&SERVER, server))?,
        _ => p.u16(&WANTED).map(drop)?,
    }
    Ok(Next::Nothing)
}

fn server(p: &mut Packet<'_>) -> Read {
    const NAME_ROOM: usize = 48;
    p.u16(&TYPE)?;
    p.need(NAME_ROOM)?;
    let name = p.ahead().get(..NAME_ROOM).unwrap_or_default();
    p.make_text(&NAME, p.at(), NAME_ROOM, |out| {
        out.extend(name.iter().take_while(|&&byte| byte != 0));
    });
    p.skip(NAME_ROOM)?;
    p.u32(&NETWORK)?;
    p.mac(&NODE)?;
    p.u16(&SOCKET)?;
    p.u16(&HOPS).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn response() -> Vec<u8> {
        let name = format!("534552564552{}", "00".repeat(42));
        hex(&format!("0002 0004 {name} 0000000a 000000000001 0451 0001"))
    }

    #[test]
    fn a_response() {
        insta::assert_snapshot!(tree(&IPXSAP, &response()));
        every_prefix(&IPXSAP, &response());
    }

    #[test]
    fn a_query() {
        let tree = tree(&IPXSAP, &hex("0003 0004"));
        assert!(tree.contains("Nearest query") && tree.contains("File Server"), "{tree}");
    }

    #[test]
    fn names_are_sorted() {
        assert!(SERVERS.is_sorted_by_key(|&(number, _)| number));
    }
}
