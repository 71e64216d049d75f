//! Mobile IPv6, RFC 6275; fast handover, RFC 5568; SEND paths, RFC 3971; ILNP, RFC 6743.

use wirelens_dissect::prelude::*;

use super::options::options;
use super::*;

pub(super) fn read(p: &mut Packet<'_>, kind: u8) -> Read {
    match kind {
        144..=146 => {
            p.u16(&MIP_IDENTIFIER)?;
            p.bytes(&RESERVED, 2)?;
            while kind == 145 && p.left() > 0 {
                p.ipv6(&MIP_AGENT)?;
            }
            p.remainder(&UNKNOWN_DATA)
        }
        147 => {
            p.u16(&MIP_IDENTIFIER)?;
            p.u16(&MIP_FLAGS)?;
            options(p)
        }
        148 => {
            p.u16(&SEND_IDENTIFIER)?;
            p.u16(&SEND_COMPONENT)?;
            options(p)
        }
        _ => {
            p.u16(&SEND_IDENTIFIER)?;
            p.u16(&SEND_ALL)?;
            p.u16(&SEND_COMPONENT)?;
            p.bytes(&RESERVED, 2)?;
            options(p)
        }
    }
}

pub(super) fn fast_handover(p: &mut Packet<'_>) -> Read {
    match p.u8(&FMIP_SUBTYPE)? {
        4 => {
            p.u8(&FMIP_FLAGS)?;
        }
        2 | 3 | 5 => {
            p.bytes(&RESERVED, 1)?;
        }
        _ => p.skip(1)?,
    }
    p.u16(&FMIP_IDENTIFIER)?;
    options(p)
}

pub(super) fn locators(p: &mut Packet<'_>) -> Read {
    let count = p.u8(&ILNP_COUNT)?;
    p.bytes(&RESERVED, 1)?;
    p.bytes(&RESERVED, 2)?;
    for _ in 0..count {
        p.group(&ILNP_ENTRY, |p| {
            p.u64(&ILNP_LOCATOR)?;
            p.u16(&ILNP_PREFERENCE)?;
            p.u16(&ILNP_LIFETIME)
        })?;
    }
    p.remainder(&UNKNOWN_DATA)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const MESSAGES: [&str; 8] = [
        "9000 0000 1234 0000",
        "9100 0000 1234 0000 20010db8000000000000000000000001 20010db8000000000000000000000002",
        "9300 0000 1234 8000",
        "9400 0000 0001 ffff",
        "9500 0000 0001 0003 0002 0000",
        "9a00 0000 04 c0 1234 0201 020000000002",
        "9600 0000 02 00 1234",
        "9c00 0000 01 00 0000 20010db800000001 000a 003c",
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
}
