//! Options about clients: identifier (RFC 2132 section 9.14, RFC 4361), classes (RFC 3004), name (RFC 4702),
//! authentication (RFC 3118), interface and machine (RFC 4578).

use wirelens_dissect::prelude::*;

use crate::application::labels;
use super::options::*;

/// RFC 2132 section 9.14: a hardware type and address, or something else behind 0.
pub(super) fn identifier(p: &mut Packet<'_>) -> Read {
    let length = p.declared_left();
    match (p.peek_u8()?, length) {
        (0, 17) => {
            p.skip(1)?;
            uuid(p)
        }
        (255, 8..) => {
            p.u8(&ID_TYPE)?;
            p.bytes(&IAID, 4)?;
            duid(p)
        }
        (1 | 6, 7) => {
            p.u8(&ID_HW_TYPE)?;
            p.mac(&ID_MAC).map(drop)
        }
        (0, 2..) => {
            p.u8(&ID_TYPE)?;
            p.rest(&ID_OTHER).map(drop)
        }
        (_, 2..) => {
            p.u8(&ID_HW_TYPE)?;
            p.rest(&ID_HW_ADDRESS).map(drop)
        }
        _ => p.rest(&VALUE).map(drop),
    }
}

/// RFC 8415 section 11.
fn duid(p: &mut Packet<'_>) -> Read {
    match p.u16(&DUID_TYPE)? {
        1 => {
            p.u16(&DUID_LLT_HARDWARE)?;
            p.u32(&DUID_TIME)?;
            p.rest(&DUID_ADDRESS).map(drop)
        }
        2 => {
            p.u32(&DUID_ENTERPRISE)?;
            p.rest(&DUID_IDENTIFIER).map(drop)
        }
        3 => {
            p.u16(&DUID_LL_HARDWARE)?;
            p.rest(&DUID_ADDRESS).map(drop)
        }
        _ => p.rest(&DUID_OTHER).map(drop),
    }
}

/// RFC 4578 section 2.3: the first three parts of a UUID are little-endian.
pub(super) fn uuid(p: &mut Packet<'_>) -> Read {
    use std::io::Write;
    let b: [u8; 16] = p.peek()?;
    p.make_text(&UUID, p.at(), 16, |out| {
        let first = u32::from_le_bytes([b[0], b[1], b[2], b[3]]);
        let (second, third) = (u16::from_le_bytes([b[4], b[5]]), u16::from_le_bytes([b[6], b[7]]));
        let fourth = u16::from_be_bytes([b[8], b[9]]);
        // Writing to a vector cannot fail.
        let _ = write!(out, "{first:08x}-{second:04x}-{third:04x}-{fourth:04x}-");
        for byte in &b[10..] {
            let _ = write!(out, "{byte:02x}");
        }
    });
    p.skip(16)
}

/// RFC 4578 section 2.2.
pub(super) fn network_interface(p: &mut Packet<'_>) -> Read {
    p.u8(&NDI_TYPE)?;
    p.u8(&NDI_MAJOR)?;
    p.u8(&NDI_MINOR).map(drop)
}

/// RFC 3004 section 4. What does not add up to its length is text, as iPXE sends it.
pub(super) fn user_class(p: &mut Packet<'_>) -> Read {
    let mut all = p.ahead();
    while let Some((&length, after)) = all.split_first() {
        match after.get(usize::from(length)..) {
            Some(after) if length > 0 => all = after,
            _ => return p.rest(&USER_CLASS_TEXT).map(drop),
        }
    }
    let mut instance = 0;
    while p.declared_left() > 0 {
        p.group_with(&USER_CLASS, instance, |p| {
            let length = p.u8(&USER_CLASS_LENGTH)?;
            p.bytes(&USER_CLASS_DATA, length.into()).map(drop)
        })?;
        instance += 1;
    }
    Ok(())
}

/// RFC 4702 section 2.
pub(super) fn full_name(p: &mut Packet<'_>) -> Read {
    let encoded = p.u8(&FQDN_FLAGS)? & 0x04 != 0;
    p.u8(&FQDN_RCODE_A)?;
    p.u8(&FQDN_RCODE_PTR)?;
    match p.declared_left() {
        0 => Ok(()),
        // A name without its root is a partial one.
        length if encoded => {
            let (at, end) = (p.at(), p.at() + length.min(p.left()));
            let bytes = &p.buffer()[..end];
            p.need(length)?;
            p.make_text(&FQDN_NAME, at, length, |out| labels::write(bytes, at, at, out));
            p.skip(length)
        }
        _ => p.rest(&FQDN_NAME).map(drop),
    }
}

/// RFC 3118 section 2.
pub(super) fn authentication(p: &mut Packet<'_>) -> Read {
    let protocol = p.u8(&AUTH_PROTOCOL)?;
    p.u8(if protocol == 1 { &AUTH_DELAYED_ALGORITHM } else { &AUTH_ALGORITHM })?;
    if p.u8(&AUTH_METHOD)? == 0 {
        p.u64(&AUTH_COUNTER)?;
    } else {
        p.text(&AUTH_REPLAY, 8)?;
    }
    match (protocol, p.declared_left()) {
        (_, 0) => Ok(()),
        (1, 20) => {
            p.u32(&AUTH_SECRET)?;
            p.bytes(&AUTH_HASH, 16).map(drop)
        }
        _ => p.rest(&AUTH_INFORMATION).map(drop),
    }
}
