//! Routing Protocol for Low-Power and Lossy Networks, RFC 6550; point to point, RFC 6997.

use wirelens_dissect::prelude::*;

use super::rpl_options::options;
use super::*;

pub(super) fn read(p: &mut Packet<'_>, code: u8) -> Read {
    if code & 0x80 != 0 {
        security(p)?;
    }
    match code & 0x7f {
        0 => {
            p.u8(&DIS_FLAGS)?;
            p.bytes(&RESERVED, 1)?;
        }
        1 => {
            p.u8(&DIO_INSTANCE)?;
            p.u8(&DIO_VERSION)?;
            p.u16(&DIO_RANK)?;
            p.u8(&DIO_FLAGS)?;
            p.u8(&DIO_TRIGGER)?;
            p.u8(&DIO_MORE_FLAGS)?;
            p.bytes(&RESERVED, 1)?;
            p.ipv6(&DIO_DODAG)?;
        }
        2 => {
            p.u8(&DAO_INSTANCE)?;
            let flags = p.u8(&DAO_FLAGS)?;
            p.bytes(&RESERVED, 1)?;
            p.u8(&DAO_SEQUENCE)?;
            if flags & 0x40 != 0 {
                p.ipv6(&DAO_DODAG)?;
            }
        }
        3 => {
            p.u8(&ACK_INSTANCE)?;
            let flags = p.u8(&ACK_FLAGS)?;
            p.u8(&ACK_SEQUENCE)?;
            p.u8(&ACK_STATUS)?;
            if flags & 0x80 != 0 {
                p.ipv6(&ACK_DODAG)?;
            }
        }
        4 => {
            p.u8(&DRO_INSTANCE)?;
            p.u8(&DRO_VERSION)?;
            p.u16(&DRO_FLAGS)?;
            p.ipv6(&DRO_DODAG)?;
        }
        5 => {
            p.u8(&DRO_INSTANCE)?;
            p.u8(&DRO_VERSION)?;
            p.u16(&DRO_ACK_FLAGS)?;
            p.ipv6(&DRO_DODAG)?;
            return p.remainder(&DATA);
        }
        10 => {
            p.u8(&CC_INSTANCE)?;
            p.u8(&CC_FLAGS)?;
            p.u16(&CC_NONCE)?;
            p.ipv6(&CC_DODAG)?;
            p.u32(&CC_COUNTER)?;
        }
        _ => return p.remainder(&DATA),
    }
    options(p)
}

/// RFC 6550 section 6.1.
fn security(p: &mut Packet<'_>) -> Read {
    p.u8(&SECURE_FLAGS)?;
    p.u8(&SECURE_ALGORITHM)?;
    let key = p.u8(&SECURE_KEY)?;
    p.u8(&SECURE_MORE)?;
    p.u32(&SECURE_COUNTER)?;
    // A group key has an index, the mode of signatures a key only if the message is encrypted,
    // which odd levels are.
    let (source, index) = match (key >> 6, key & 1) {
        (0, _) => (false, true),
        (1, _) | (3, 0) => (false, false),
        _ => (true, true),
    };
    if source {
        p.bytes(&SECURE_SOURCE, 8)?;
    }
    if index {
        p.u8(&SECURE_INDEX)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const MESSAGES: [&str; 7] = [
        "9b00 0000 00 00 0713 01 e0 20010db8000000000000000000000001 05",
        "9b01 0000 01 f0 0100 90 01 00 00 20010db8000000000000000000000001",
        "9b02 0000 01 c0 00 07 20010db8000000000000000000000001",
        "9b03 0000 01 80 07 00 20010db8000000000000000000000001",
        "9b04 0000 01 00 d000 20010db8000000000000000000000001",
        "9b05 0000 01 00 4000 20010db8000000000000000000000001",
        "9b8a 0000 80 00 81 00 00000009 0102030405060708 01 01 80 1234 20010db8000000000000000000000001 00000007",
    ];

    #[test]
    fn one_of_each() {
        let all: String = MESSAGES.iter().map(|message| tree(&ICMPV6, &hex(message))).collect();
        insta::assert_snapshot!(all);
    }

    #[test]
    fn every_prefix_of_each() {
        for message in MESSAGES {
            every_prefix(&ICMPV6, &hex(message));
        }
    }

    #[test]
    fn keys_are_there_as_their_mode_says() {
        let key = |mode: &str, bytes: &str| {
            tree(&ICMPV6, &hex(&format!("9b80 0000 00 00 {mode} 00 00000009 {bytes} 00 00")))
        };
        assert!(key("00", "05").contains("Key Index: 5"));
        assert!(!key("40", "").contains("Key Index"));
        assert!(key("80", "0102030405060708 05").contains("Key Source: 0102030405060708"));
        assert!(!key("c0", "").contains("Key Index"));
    }
}
