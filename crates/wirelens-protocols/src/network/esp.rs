//! IP Encapsulating Security Payload, RFC 4303.

use wirelens_dissect::prelude::*;

use super::ipv4::IP_PROTO;

protocol! {
    ESP = "esp" "ESP" "Encapsulating Security Payload", Network;
    @ IP_PROTO 50;
    SPI       = hex   "spi"       "Security Parameters Index" brief("spi ");
    SEQUENCE  = uint  "sequence"  "Sequence Number" brief("seq ");
    ENCRYPTED = bytes "encrypted" "Encrypted payload, trailer and check value" own payload;
}

fn dissect(p: &mut Packet<'_>) -> Step {
    p.u32(&SPI)?;
    p.u32(&SEQUENCE)?;
    p.remainder(&ENCRYPTED)?;
    Ok(Next::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const PACKET: &str = "00001234 00000007 000102030405060708090a0b0c0d0e0f";

    #[test]
    fn a_packet() {
        insta::assert_snapshot!(tree(&ESP, &hex(PACKET)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&ESP, &hex(PACKET));
    }
}
