//! Destination Options header of IPv6, RFC 8200 section 4.6.

use wirelens_dissect::prelude::*;

use super::ip_protocols::PROTOCOLS;
use super::ipv6::IPV6;
use super::ipv6_options::{Header, options};
use crate::network::ipv4::IP_PROTO;

protocol! {
    DESTINATION = "ipv6.dstopts" "DestinationOptions" "IPv6 Destination Options", Network, rows_of(&IPV6);
    @ IP_PROTO 60;
    NXT = uint "nxt" "Next Header" names(PROTOCOLS) brief("next ");
    LEN = uint "len" "Length (8 octets, less one)";
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let next = p.u8(&NXT)?;
    p.flow().protocol = next;
    let length = usize::from(p.u8(&LEN)?) * 8 + 6;
    options(p, length, Header::Destination)?;
    Ok(Next::In(&IP_PROTO, next.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const PACKET: &str = "
        60000000 0020 3c 40
        20010db8000000000000000000000001 20010db8000000000000000000000002
        1102 0102 0000 c910 20010db8000000000000000000000099
        1388 0009 0008 0000";

    #[test]
    fn a_home_address() {
        insta::assert_snapshot!(tree(&IPV6, &hex(PACKET)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&IPV6, &hex(PACKET));
    }

    #[test]
    fn a_length_behind_the_packet_shows_what_is_there() {
        let tree = tree(&IPV6, &hex(&PACKET.replace("1102", "11ff")));
        assert!(tree.contains("Home Address: 2001:db8::99"), "{tree}");
        assert!(tree.contains("[Malformed"), "{tree}");
    }
}
