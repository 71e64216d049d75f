//! The control word of Ethernet over MPLS, RFC 4448 section 4.6.

use wirelens_dissect::prelude::*;

use crate::link::ethernet::ETH;

protocol! {
    PWETHCW = "pwethcw" "Ethernet PW Control Word" "Ethernet Pseudowire Control Word", Link;
    CONTROL_WORD = group "cw" "Control word" own rows(CONTROL_WORD_ROWS);
}

fields! {
    /// What the control word is made of.
    CONTROL_WORD_ROWS = "pweth" CONTROL_WORD "cw";
    RESERVED = hex  "cw.reserved" "Reserved" own detail;
    SEQUENCE = uint "cw.sequence_number" "Sequence Number";
}

fn dissect(p: &mut Packet<'_>) -> Step {
    p.group(&CONTROL_WORD, |p| {
        p.u16(&RESERVED)?;
        p.u16(&SEQUENCE)
    })?;
    Ok(Next::To(&ETH))
}
