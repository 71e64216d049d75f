//! Multicast DNS, RFC 6762.

use wirelens_dissect::prelude::*;

use super::dns::{DNS, Flavour, datagram};
use crate::transport::udp::UDP_PORT;

protocol! {
    MDNS = "mdns" "mDNS" "Multicast Domain Name System", Application, rows_of(&DNS);
    @ UDP_PORT 5353;
}

fn dissect(p: &mut Packet<'_>) -> Step {
    datagram(p, Flavour::Multicast)
}
