//! Ethernet over MPLS without a control word, RFC 4448 section 4.1: there is nothing before the
//! frame.

use wirelens_dissect::prelude::*;

use crate::link::ethernet::ETH;

protocol! {
    PWETHNOCW = "pwethnocw" "Ethernet PW" "Ethernet Pseudowire without Control Word", Link;
}

fn dissect(_: &mut Packet<'_>) -> Step {
    Ok(Next::To(&ETH))
}
