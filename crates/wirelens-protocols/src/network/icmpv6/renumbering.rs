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
    p.remainder(&DATA)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const COMMAND: &str = "
        8a00 0000 00000001 02 c0 000a 00000000
        01 07 01 40 30 80 0000 20010db8000000000000000000000000
        40 10 c0 80 00015180 00003840 c0000000 20010db8000100000000000000000000";
    const RESULT_MESSAGE: &str =
        "8a01 0000 00000001 02 40 000a 00000000 0003 01 40 00000005 20010db8000000000000000000000001";

    #[test]
    fn a_command() {
        insta::assert_snapshot!(tree(&ICMPV6, &hex(COMMAND)));
    }

    #[test]
    fn a_result() {
        insta::assert_snapshot!(tree(&ICMPV6, &hex(RESULT_MESSAGE)));
    }

    #[test]
    fn every_prefix_of_them() {
        every_prefix(&ICMPV6, &hex(COMMAND));
        every_prefix(&ICMPV6, &hex(RESULT_MESSAGE));
    }
}
