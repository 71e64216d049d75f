//! OpenBSD loopback, `LINKTYPE_LOOP` of <https://www.tcpdump.org/linktypes.html>: an address
//! family in network byte order.

use wirelens_dissect::prelude::*;

use crate::link::null::{FAMILY, NULL, by_family};

protocol! {
    LOOPBACK = "null" "Loopback" "OpenBSD loopback", Link, rows_of(&NULL);
    @ LINK_TYPE 108;
}

fn dissect(p: &mut Packet<'_>) -> Step {
    Ok(by_family(p.u32(&FAMILY)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const PACKET: &str = "00000002 4500001c000100004011f6c9c0000201c0000202 0009000900080000";

    #[test]
    fn an_ipv4_packet() {
        insta::assert_snapshot!(tree(&LOOPBACK, &hex(PACKET)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&LOOPBACK, &hex(PACKET));
    }

    #[test]
    fn there_is_only_one_byte_order() {
        assert!(tree(&LOOPBACK, &hex("02000000 45")).contains("33554432"));
    }
}
