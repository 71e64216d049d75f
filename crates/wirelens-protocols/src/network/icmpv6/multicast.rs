//! Multicast Listener Discovery, RFC 2710 and RFC 3810; Multicast Protocol for Low-Power and
//! Lossy Networks, RFC 7731.

use wirelens_dissect::prelude::*;

use crate::digits::hexadecimal;
use super::*;

/// A query, report or done message; `second` is a query of version 2.
pub(super) fn listener(p: &mut Packet<'_>, second: bool) -> Read {
    if second {
        let code = p.peek_u16()?;
        // RFC 3810 section 5.1.3.
        let delay = match code {
            0..0x8000 => u64::from(code),
            _ => u64::from(code & 0x0fff | 0x1000) << ((code >> 12 & 7) + 3),
        };
        p.number(&MLD_CODE, delay, 2)?;
    } else {
        p.u16(&MLD_DELAY)?;
    }
    p.bytes(&RESERVED, 2)?;
    p.ipv6(&MLD_ADDRESS)?;
    if second {
        p.u8(&MLD_FLAGS)?;
        let code = p.peek_u8()?;
        // RFC 3810 section 5.1.9.
        let interval = match code {
            0..0x80 => u64::from(code),
            _ => u64::from(code & 0x0f | 0x10) << ((code >> 4 & 7) + 3),
        };
        p.number(&MLD_INTERVAL, interval, 1)?;
        for _ in 0..p.u16(&MLD_SOURCES)? {
            p.ipv6(&MLD_SOURCE)?;
        }
    }
    p.remainder(&UNKNOWN_DATA)
}

/// RFC 3810 section 5.2.
pub(super) fn report(p: &mut Packet<'_>) -> Read {
    p.bytes(&RESERVED, 2)?;
    for _ in 0..p.u16(&RECORDS)? {
        p.group(&RECORD, |p| {
            p.u8(&RECORD_TYPE)?;
            let words = usize::from(p.u8(&RECORD_AUX)?);
            let sources = p.u16(&RECORD_SOURCES)?;
            p.ipv6(&RECORD_ADDRESS)?;
            for _ in 0..sources {
                p.ipv6(&RECORD_SOURCE)?;
            }
            if words > 0 {
                p.bytes(&RECORD_DATA, words * 4)?;
            }
            Ok(())
        })?;
    }
    p.remainder(&UNKNOWN_DATA)
}

/// RFC 7731 section 6.2: what each seed's messages are that this node has buffered.
pub(super) fn forwarding(p: &mut Packet<'_>) -> Read {
    while p.left() > 0 {
        p.group(&MPL_SEED, seed)?;
    }
    Ok(())
}

fn seed(p: &mut Packet<'_>) -> Read {
    let lowest = p.u8(&MPL_MINIMUM)?;
    let word = p.peek_u8()?;
    p.bits(word, 1, &[&MPL_LENGTH, &MPL_SIZE])?;
    // Without an identifier it is the source address.
    let size = [0, 2, 8, 16][usize::from(word & 3)];
    p.need(size)?;
    let id = &p.ahead()[..size];
    if size > 0 {
        p.make_text(&MPL_ID, p.at(), size, |out| hexadecimal(out, id));
    }
    p.skip(size)?;
    for byte in 0..usize::from(word >> 2) {
        let bits = p.peek_u8()?;
        for bit in (0..8).filter(|bit| bits & 0x80 >> bit != 0) {
            // Sequence numbers are of eight bits.
            let number = lowest.wrapping_add((byte * 8 + bit) as u8);
            p.note(&MPL_SEQUENCE, number.into(), 1);
        }
        p.skip(1)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const QUERY: &str = "8200 0000 8001 0000 ff020000000000000000000000000001 0a 91 0001 20010db8000000000000000000000001";
    const REPORT: &str = "
        8f00 0000 0000 0002
        03 01 0001 ff020000000000000000000000010003 20010db8000000000000000000000001 01020304
        04 00 0000 ff020000000000000000000000000016";
    const SEEDS: &str = "9f00 0000 05 05 e6bf a0 ff 0a 0102030405060708 8001";

    #[test]
    fn a_query() {
        insta::assert_snapshot!(tree(&ICMPV6, &hex(QUERY)));
    }

    #[test]
    fn a_report() {
        insta::assert_snapshot!(tree(&ICMPV6, &hex(REPORT)));
    }

    #[test]
    fn buffered_messages() {
        insta::assert_snapshot!(tree(&ICMPV6, &hex(SEEDS)));
    }

    #[test]
    fn a_query_of_24_bytes_is_of_version_1() {
        let tree = tree(&ICMPV6, &hex(&QUERY[..59]));
        assert!(tree.contains("Maximum Response Delay (ms): 32769"), "{tree}");
    }

    #[test]
    fn every_prefix_of_them() {
        for message in [QUERY, REPORT, SEEDS, "9700 0000 000a 0002", "9800 0000"] {
            every_prefix(&ICMPV6, &hex(message));
        }
    }
}
