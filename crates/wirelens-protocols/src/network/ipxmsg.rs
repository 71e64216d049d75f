//! IPX messages: NetWare's server asks its stations whether they are there, and tells of broadcasts.

use wirelens_dissect::prelude::*;

use super::ipx::IPX_SOCKET;

static SIGNATURES: Names = &[
    (0x21, "Broadcast message waiting"),
    (0x3f, "Poll of an inactive station"),
    (0x59, "Station still uses the connection"),
];

protocol! {
    IPXMSG = "ipxmsg" "IPX MSG" "IPX Message", Application;
    @ IPX_SOCKET 0x4001 | 0x4003;
    CONNECTION = uint "conn" "Connection Number" key("connection") brief("connection ");
    SIGNATURE  = hex "sigchar" "Signature Character" names(SIGNATURES) key("signature") brief("");
}

fn dissect(p: &mut Packet<'_>) -> Step {
    p.u8(&CONNECTION)?;
    p.u8(&SIGNATURE)?;
    Ok(Next::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn a_poll() {
        insta::assert_snapshot!(tree(&IPXMSG, &hex("053f")));
        every_prefix(&IPXMSG, &hex("053f"));
    }
}
