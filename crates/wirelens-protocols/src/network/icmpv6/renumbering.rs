//! Router Renumbering, RFC 2894.

use wirelens_dissect::prelude::*;

use super::*;

pub(super) fn read(p: &mut Packet<'_>, code: u8) -> Read {
    p.u32(&RR_SEQUENCE)?;
    p.u8(&RR_SEGMENT)?;
    p.u8(&RR_FLAGS)?;
    p.u16(&RR_MAX_DELAY)?;
    p.bytes(&RESERVED, 4)?;
    match code {
        0 => {
            while p.left() > 0 {
                command(p)?;
            }
        }
        1 => {
            while p.left() > 0 {
                p.group(&RESULT, result)?;
            }
        }
        _ => {}
    }
    remainder(p, &DATA)
}

/// A match-prefix part and the use-prefix parts that its length tells: 4N + 3 of 8 octets.
fn command(p: &mut Packet<'_>) -> Read {
    let mut parts = 0;
    p.group(&MATCH, |p| {
        p.u8(&MATCH_OPCODE)?;
        parts = p.u8(&MATCH_OPLENGTH)?.saturating_sub(3) / 4;
        p.u8(&MATCH_ORDINAL)?;
        if p.u8(&MATCH_LENGTH)? > 128 {
            p.problem_at(&LONG_MATCH, p.at() - 1, 1);
        }
        p.u8(&MATCH_MINIMUM)?;
        p.u8(&MATCH_MAXIMUM)?;
        p.bytes(&MATCH_RESERVED, 2)?;
        p.ipv6(&MATCH_PREFIX)
    })?;
    for _ in 0..parts {
        p.group(&USE, |p| {
            p.u8(&USE_LENGTH)?;
            p.u8(&USE_KEEP)?;
            p.u8(&USE_MASK)?;
            p.u8(&USE_RA_FLAGS)?;
            p.u32(&USE_VALID)?;
            p.u32(&USE_PREFERRED)?;
            p.u32(&USE_FLAGS)?;
            p.ipv6(&USE_PREFIX)
        })?;
    }
    Ok(())
}

fn result(p: &mut Packet<'_>) -> Read {
    p.u16(&RESULT_FLAGS)?;
    p.u8(&RESULT_ORDINAL)?;
    if p.u8(&RESULT_LENGTH)? > 128 {
        p.problem_at(&LONG_RESULT, p.at() - 1, 1);
    }
    p.u32(&RESULT_INTERFACE)?;
    p.ipv6(&RESULT_PREFIX)?;
    Ok(())
}
