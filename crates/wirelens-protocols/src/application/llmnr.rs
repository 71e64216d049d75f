//! Link-Local Multicast Name Resolution, RFC 4795.

use wirelens_dissect::prelude::*;

use super::dns::{DNS, Flavour, datagram};
use crate::transport::udp::UDP_PORT;

protocol! {
    LLMNR = "llmnr" "LLMNR" "Link-Local Multicast Name Resolution", Application, rows_of(&DNS);
    @ UDP_PORT 5355;
}

fn dissect(p: &mut Packet<'_>) -> Step {
    datagram(p, Flavour::LinkLocal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const QUERY: &str = "0000 0100 0001 0000 0000 0000 0161056c6f63616c00 00ff 8001";
    const RESPONSE: &str = "0000 8400 0000 0001 0000 0001 0161056c6f63616c00 0001 8001 00000078 0004 \
                            c0000207 00 0029 85a0 00 00 1194 0000";

    #[test]
    fn a_query() {
        insta::assert_snapshot!(tree(&LLMNR, &hex(QUERY)));
    }

    #[test]
    fn a_response() {
        insta::assert_snapshot!(tree(&LLMNR, &hex(RESPONSE)));
    }

    #[test]
    fn every_prefix_of_them() {
        every_prefix(&LLMNR, &hex(QUERY));
        every_prefix(&LLMNR, &hex(RESPONSE));
    }
}
