//! Destination Options header of IPv6, RFC 8200 section 4.6.

use wirelens_dissect::prelude::*;

use super::ipv6::{IPV6, NEXT_HEADERS};
use super::ipv6_options::{Header, options};
use crate::network::ipv4::IP_PROTO;

protocol! {
    DESTINATION = "ipv6.dstopts" "DestinationOptions" "IPv6 Destination Options", Network, rows_of(&IPV6);
    @ IP_PROTO 60;
    NXT = uint "nxt" "Next Header" names(NEXT_HEADERS);
    LEN = uint "len" "Length (8 octets, less one)";
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let next = p.u8(&NXT)?;
    p.flow().protocol = next;
    let length = usize::from(p.u8(&LEN)?) * 8 + 6;
    options(p, length, Header::Destination)?;
    Ok(Next::In(&IP_PROTO, next.into()))
}
