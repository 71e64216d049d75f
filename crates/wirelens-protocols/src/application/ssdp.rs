//! Simple Service Discovery Protocol, draft-cai-ssdp-v1: HTTP messages in datagrams.

use wirelens_dissect::prelude::*;

use super::http::{self, HTTP};
use crate::transport::udp::UDP_PORT;

protocol! {
    SSDP = "ssdp" "SSDP" "Simple Service Discovery Protocol", Application, rows_of(&HTTP);
    @ UDP_PORT 1900;
}

fn dissect(p: &mut Packet<'_>) -> Step {
    http::datagram(p)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const SEARCH: &[u8] = b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\n\
        MX: 3\r\nST: ssdp:all\r\n\r\n";

    #[test]
    fn a_search() {
        insta::assert_snapshot!(tree(&SSDP, SEARCH));
        every_prefix(&SSDP, SEARCH);
    }

    #[test]
    fn an_answer() {
        let answer = b"HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nLOCATION: http://192.0.2.1/d.xml\r\n\r\n";
        assert!(tree(&SSDP, answer).contains("Location: http://192.0.2.1/d.xml"));
    }
}
