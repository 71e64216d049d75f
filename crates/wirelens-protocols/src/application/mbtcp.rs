//! Modbus/TCP, MODBUS Messaging on TCP/IP Implementation Guide 1.0b section 3.1.3.

use wirelens_dissect::prelude::*;

use super::modbus::MODBUS;
use crate::transport::tcp::TCP_PORT;
use crate::transport::udp::UDP_PORT;

protocol! {
    MBTCP = "mbtcp" "Modbus/TCP" "Modbus/TCP", Application, messages();
    @ TCP_PORT 502;
    @ UDP_PORT 502;
    ID       = uint "trans_id" "Transaction ID" key("transaction_id");
    PROTOCOL = uint "prot_id" "Protocol ID" detail;
    LENGTH   = uint "len" "Length" detail;
    UNIT     = uint "unit_id" "Unit ID" key("unit_id");
}

/// Everything up to the unit, which the length counts.
pub(super) const HEADER: usize = 7;

/// A function and 252 bytes, and the unit; Schneider's Unity sends one byte more.
const LONGEST: u16 = 255;

fn dissect(p: &mut Packet<'_>) -> Step {
    let ahead = p.ahead();
    let word = |at: usize| Some(u16::from_be_bytes([*ahead.get(at)?, *ahead.get(at + 1)?]));
    // The protocol is always 0.
    if word(2).is_some_and(|protocol| protocol != 0)
        || word(4).is_some_and(|length| !(2..=LONGEST).contains(&length))
    {
        return Ok(Next::NotMine);
    }
    if p.may_wait() {
        p.need(HEADER)?;
        p.need(HEADER - 1 + usize::from(word(4).unwrap_or(0)))?;
    }
    p.u16(&ID)?;
    p.u16(&PROTOCOL)?;
    let length = usize::from(p.u16(&LENGTH)?);
    p.u8(&UNIT)?;
    let length = length - 1;
    if p.declared_left() <= length {
        return Ok(Next::To(&MODBUS));
    }
    p.later(Next::To(&MODBUS), p.at(), length);
    p.skip(length)?;
    Ok(Next::Again)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn two_requests() {
        let both = hex("0001 0000 0006 01 03 0000 0001 0002 0000 0006 01 03 0001 0001");
        insta::assert_snapshot!(tree(&MBTCP, &both));
        every_prefix(&MBTCP, &both);
    }

    #[test]
    fn what_is_of_another_protocol_is_data() {
        assert!(tree(&MBTCP, &hex("0001 0001 0006 01 03 0000 0001")).contains("Data: "));
    }
}
