//! Linux cooked capture version 2, `LINKTYPE_LINUX_SLL2` of
//! <https://www.tcpdump.org/linktypes.html>: the fields of the first version in another order,
//! and the interface.

use wirelens_dissect::prelude::*;

use crate::link::sll::{self, SLL};

protocol! {
    SLL2 = "sll" "Linux SLL2" "Linux cooked-mode capture version 2", Link, trailer(trailer), rows_of(&SLL);
    @ LINK_TYPE 276;
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let hatype = u16::from_be_bytes([p.peek_at(8)?, p.peek_at(9)?]);
    let next = sll::protocol(p, hatype)?;
    p.skip(2)?; // reserved
    p.u32(&sll::IFINDEX)?;
    p.u16(&sll::HATYPE)?;
    p.u8(&sll::PACKET_TYPE)?;
    let length = p.u8(&sll::HALEN)?.into();
    sll::address(p, length)?;
    Ok(next)
}

fn trailer(p: &mut Packet<'_>) -> Step {
    sll::trailer_of(p, 8, 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const FRAME: &str = "0800 0000 00000003 0001 04 06 02005e1000010000
                         4500001c000100004011f6c9c0000201c0000202 0009000900080000 0000";

    #[test]
    fn a_packet_from_ethernet() {
        insta::assert_snapshot!(tree(&SLL2, &hex(FRAME)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&SLL2, &hex(FRAME));
    }
}
