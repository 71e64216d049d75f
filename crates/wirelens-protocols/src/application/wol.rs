//! Wake on LAN: AMD's magic packet.

use wirelens_dissect::prelude::*;

use crate::link::ethernet::ETHERTYPE;
use crate::transport::udp::UDP_PORT;

protocol! {
    WOL = "wol" "WoL" "Wake on LAN", Application;
    @ ETHERTYPE 0x0842;
    @ UDP_PORT 9;
    @ UDP_PORT by looks_like_it;
    SYNC     = bytes "sync" "Synchronization" detail;
    MAC      = mac   "mac" "MAC Address" many brief("") key("macs");
    PASSWORD = bytes "passwd" "Password" key("password");
}

const REPEATS: usize = 16;

/// Six bytes of ones and sixteen times the address.
fn looks_like_it(bytes: &[u8]) -> bool {
    let Some((sync, addresses)) = bytes.split_at_checked(6) else { return false };
    let Some(addresses) = addresses.get(..6 * REPEATS) else { return false };
    let first = addresses.get(..6);
    sync == [0xff; 6] && addresses.chunks(6).all(|address| Some(address) == first)
}

fn dissect(p: &mut Packet<'_>) -> Step {
    if !looks_like_it(p.ahead()) {
        return Ok(Next::NotMine);
    }
    p.bytes(&SYNC, 6)?;
    for _ in 0..REPEATS {
        p.mac(&MAC)?;
    }
    match p.declared_left() {
        length @ (4 | 6) => p.bytes(&PASSWORD, length).map(drop)?,
        _ => p.skip(p.left())?,
    }
    Ok(Next::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn a_magic_packet() {
        let packet = hex(&format!("ffffffffffff {} 010203040506", "020000000001".repeat(16)));
        let tree = tree(&WOL, &packet);
        assert_eq!(tree.matches("MAC Address: 02:00:00:00:00:01").count(), 16, "{tree}");
        assert!(tree.contains("Password: 010203040506"), "{tree}");
        every_prefix(&WOL, &packet);
    }

    #[test]
    fn what_is_none_is_data() {
        assert!(tree(&WOL, &[0xff; 101]).contains("Data: ffff"));
    }
}
