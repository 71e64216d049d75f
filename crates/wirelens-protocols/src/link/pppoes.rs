//! PPP over Ethernet, the session stage, RFC 2516 section 6.

use wirelens_dissect::prelude::*;

use crate::link::ethernet::ETHERTYPE;
use crate::link::ppp::PPP;
use crate::link::pppoe::{self, PPPOE};

protocol! {
    PPPOES = "pppoes" "PPPoE Session" "PPP over Ethernet Session", Link, rows_of(&PPPOE);
    @ ETHERTYPE 0x8864;
    TAGS = group "tags" "Tags" {
        FORWARD  = uint "tags.credits.fcn" "Forward credit" key("fcn");
        BACKWARD = uint "tags.credits.bcn" "Backward credit" key("bcn");
    };
}

/// A tag of four bytes, RFC 5578 section 4: no PPP protocol has this number.
const CREDITS: [u8; 4] = [0x01, 0x06, 0x00, 0x04];

fn dissect(p: &mut Packet<'_>) -> Step {
    pppoe::header(p)?;
    if p.ahead().starts_with(&CREDITS) {
        p.group(&TAGS, |p| {
            p.skip(CREDITS.len())?;
            p.u16(&FORWARD)?;
            p.u16(&BACKWARD)
        })?;
    }
    Ok(Next::To(&PPP))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const PACKET: &str = "0021 4500001c000100004011f6c9c0000201c0000202 0009000900080000";

    #[test]
    fn a_packet() {
        let frame = hex(&format!("11 00 0001 001e {PACKET}"));
        insta::assert_snapshot!(tree(&PPPOES, &frame));
        every_prefix(&PPPOES, &frame);
    }

    #[test]
    fn credits_before_it() {
        let frame = hex(&format!("11 00 0001 0026 0106 0004 0001 0002 {PACKET}"));
        let tree = tree(&PPPOES, &frame);
        assert!(tree.contains("Backward credit: 2") && tree.contains("192.0.2.1"), "{tree}");
        every_prefix(&PPPOES, &frame);
    }

    #[test]
    fn padding_is_not_part_of_it() {
        let tree = tree(&PPPOES, &hex("11 00 0001 0006 c021 01010004 000000"));
        assert!(tree.contains("Data: 01010004\n"), "{tree}");
    }

    #[test]
    fn ppp_has_no_address_here() {
        let tree = tree(&PPPOES, &hex("11 00 0001 0004 ff03 0021"));
        assert!(!tree.contains("Address"), "{tree}");
    }

    #[test]
    fn a_length_past_the_end_is_a_problem() {
        let tree = tree(&PPPOES, &hex(&format!("11 00 0001 0040 {PACKET}")));
        assert!(tree.contains("! Payload is longer") && tree.contains("192.0.2.1"), "{tree}");
    }
}
