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
