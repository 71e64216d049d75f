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
            remainder(p, &UNKNOWN_DATA)
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
    remainder(p, &UNKNOWN_DATA)
}
