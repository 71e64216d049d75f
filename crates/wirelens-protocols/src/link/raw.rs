//! Packets without a link layer, `LINKTYPE_RAW` of <https://www.tcpdump.org/linktypes.html>.

use wirelens_dissect::prelude::*;

use crate::link::ethernet::ETHERTYPE;

protocol! {
    RAW = "raw" "Raw" "Raw packet data", Link;
    @ LINK_TYPE 12 | 14 | 101;
}

const PPP: u32 = 9;

/// Dial-up adapters of Windows 95 and ISDN drivers left PPP or ten zeros before the packet.
fn dissect(p: &mut Packet<'_>) -> Step {
    let first = p.peek_u8()?;
    let head = p.ahead();
    for at in [0, 6, 1] {
        if head.get(at..at + 2) == Some(&[0xff, 0x03]) {
            p.skip(at)?;
            return Ok(Next::In(&LINK_TYPE, PPP));
        }
    }
    if head.starts_with(&[0; 10]) {
        p.skip(10)?;
        return Ok(Next::In(&ETHERTYPE, 0x0800));
    }
    Ok(match first >> 4 {
        4 => Next::In(&ETHERTYPE, 0x0800),
        6 => Next::In(&ETHERTYPE, 0x86dd),
        _ => Next::Data,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const IP: &str = "4500001c000100004011f6c9c0000201c0000202 0009000900080000";

    #[test]
    fn an_ipv4_packet() {
        insta::assert_snapshot!(tree(&RAW, &hex(IP)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&RAW, &hex(IP));
    }

    #[test]
    fn ten_zeros_before_it() {
        let tree = tree(&RAW, &hex(&format!("00000000000000000000 {IP}")));
        assert!(tree.contains("192.0.2.1"), "{tree}");
    }

    #[test]
    fn another_version_is_data() {
        assert!(tree(&RAW, &hex("50000102030405060708")).contains("Data: 5000"));
    }
}
