//! IPX Routing Information Protocol, Novell: "IPX Router Specification", 107-000029-001, chapter 3.

use wirelens_dissect::prelude::*;

use super::ipx::IPX_SOCKET;

static OPERATIONS: Names = &[(1, "Request"), (2, "Response")];

protocol! {
    IPXRIP = "ipxrip" "IPX RIP" "IPX Routing Information Protocol", Network;
    @ IPX_SOCKET 0x0453;
    OPERATION = uint "packet_type" "Operation" names(OPERATIONS) brief("");
    REQUEST   = flag "request" "Request" hidden;
    RESPONSE  = flag "response" "Response" hidden;
    ROUTE     = group "route" "Route" own many key("routes") {
        NETWORK = hex  "route_vector" "Network" key("network") brief("network ");
        HOPS    = uint "hops" "Hops" key("hops") brief("hops ");
        TICKS   = uint "ticks" "Ticks of 1/18 second" key("ticks");
    };
}

fn dissect(p: &mut Packet<'_>) -> Step {
    match p.u16(&OPERATION)? {
        1 => p.mark(&REQUEST, p.at() - 2, 2, 1),
        2 => p.mark(&RESPONSE, p.at() - 2, 2, 1),
        _ => {}
    }
    p.each(|p| {
        p.group(&ROUTE, |p| {
            p.u32(&NETWORK)?;
            p.u16(&HOPS)?;
            p.u16(&TICKS).map(drop)
        })
    })?;
    Ok(Next::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const RESPONSE_OF_TWO: &str = "0002 0000000a 0001 0002 0000000b 0003 0004";

    #[test]
    fn a_response() {
        insta::assert_snapshot!(tree(&IPXRIP, &hex(RESPONSE_OF_TWO)));
        every_prefix(&IPXRIP, &hex(RESPONSE_OF_TWO));
    }

    #[test]
    fn a_request_for_all_networks() {
        let tree = tree(&IPXRIP, &hex("0001 ffffffff ffff ffff"));
        assert!(tree.contains("Request (1)") && tree.contains("Network: 0xffffffff"), "{tree}");
    }
}
