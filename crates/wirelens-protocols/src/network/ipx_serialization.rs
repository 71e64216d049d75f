//! NetWare serialization: servers tell their serial numbers, so that no copy runs twice.

use wirelens_dissect::prelude::*;

use super::ipx::IPX_SOCKET;

protocol! {
    NW_SERIAL = "nw_serial" "NW_SERIAL" "NetWare Serialization", Application;
    @ IPX_SOCKET 0x0457;
    NUMBER = bytes "serial_number" "Serial Number" brief("");
}

fn dissect(p: &mut Packet<'_>) -> Step {
    p.bytes(&NUMBER, 6)?;
    Ok(Next::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn a_number() {
        insta::assert_snapshot!(tree(&NW_SERIAL, &hex("010203040506")));
        every_prefix(&NW_SERIAL, &hex("010203040506"));
    }
}
