//! A host's identity, RFC 7401 section 5.2.9; in version 1 it is a KEY record, RFC 5201 section 5.2.8.

use wirelens_dissect::prelude::*;

use super::parameter_rows::*;

pub(super) fn read(p: &mut Packet<'_>, version: u8) -> Read {
    let mut length = usize::from(p.u16(&HI_LENGTH)?);
    let word = p.peek_u16()?;
    p.bits(word, 2, &[&DI_TYPE, &DI_LENGTH])?;
    let algorithm = if version == 1 {
        let header = p.u32(&HI_HEADER)?;
        let Some(rest) = length.checked_sub(4) else {
            p.problem(&BAD_HOST_ID);
            return p.remainder(&DATA);
        };
        length = rest;
        HI_ALGORITHM1.of(header.into())
    } else {
        p.u16(&HI_ALGORITHM)?.into()
    };
    if length > p.declared_left() {
        p.problem(&BAD_HOST_ID);
        return p.remainder(&HI_KEY);
    }
    p.contained(length, &BAD_HOST_ID, |p| {
        match algorithm {
            3 => dsa(p)?,
            5 => rsa(p)?,
            7 | 9 => {
                p.u16(&CURVE)?;
            }
            _ => {}
        }
        p.remainder(&HI_KEY)
    })?;
    let row = match DI_TYPE.of(word.into()) {
        1 => &FQDN,
        2 => &NAI,
        _ => &DOMAIN_ID,
    };
    let length = DI_LENGTH.of(word.into()) as usize;
    if length > 0 { p.bytes(row, length).map(drop) } else { Ok(()) }
}

/// RFC 2536 section 2.
fn dsa(p: &mut Packet<'_>) -> Read {
    let length = 64 + 8 * usize::from(p.u8(&DSA_T)?);
    p.bytes(&DSA_Q, 20)?;
    p.bytes(&DSA_P, length)?;
    p.bytes(&DSA_G, length)?;
    p.bytes(&DSA_Y, length).map(drop)
}

/// RFC 3110 section 2: where the exponent's length is zero, the two bytes behind it tell it.
fn rsa(p: &mut Packet<'_>) -> Read {
    let length = match p.u8(&E_LENGTH)? {
        0 => p.u16(&E_LONG_LENGTH)?,
        length => length.into(),
    };
    p.bytes(&RSA_E, length.into())?;
    p.remainder(&RSA_N)
}
