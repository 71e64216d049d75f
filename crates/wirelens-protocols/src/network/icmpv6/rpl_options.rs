//! Options of RPL messages, RFC 6550 section 6.7, and the metrics in them, RFC 6551.

use wirelens_dissect::prelude::*;

use super::options::{blank, cut, unfit};
use super::*;

pub(super) fn options(p: &mut Packet<'_>) -> Read {
    while p.left() > 0 {
        p.group(&RPL_OPTION, option)?;
    }
    Ok(())
}

fn option(p: &mut Packet<'_>) -> Read {
    let start = p.at();
    let kind = p.u8(&RPL_TYPE)?;
    if kind == 0 {
        return Ok(());
    }
    let length = usize::from(p.u8(&RPL_LENGTH)?);
    let whole = length <= p.declared_left();
    let read = p.within(length.min(p.declared_left()), |p| {
        contents(p, kind)?;
        p.remainder(&RPL_UNKNOWN)
    });
    if !whole {
        return Err(p.malformed(&BAD_RPL_LENGTH));
    }
    match read {
        // The option is there as a whole, so it is too short for what it has to say.
        Err(Stop::Truncated { .. }) if start + 2 + length <= p.at() + p.left() => {
            p.problem_at(&BAD_RPL_LENGTH, start + 1, 1);
            p.seek(start + 2 + length);
            Ok(())
        }
        other => other,
    }
}

fn contents(p: &mut Packet<'_>, kind: u8) -> Read {
    match kind {
        1 => blank(p, &RPL_PADN, p.left())?,
        2 => {
            while p.left() > 0 {
                metric(p)?;
            }
        }
        3 => {
            let bits = p.u8(&RPL_ROUTE_LENGTH)?;
            p.u8(&RPL_ROUTE_FLAGS)?;
            p.u32(&RPL_ROUTE_LIFETIME)?;
            prefix(p, &RPL_ROUTE_PREFIX, bits)?;
        }
        4 => {
            p.u8(&CONFIG_FLAGS)?;
            p.u8(&CONFIG_DOUBLINGS)?;
            p.u8(&CONFIG_MINIMUM)?;
            p.u8(&CONFIG_REDUNDANCY)?;
            p.u16(&CONFIG_MAX_INCREASE)?;
            p.u16(&CONFIG_MIN_INCREASE)?;
            p.u16(&CONFIG_OBJECTIVE)?;
            p.u8(&CONFIG_RSV)?;
            p.u8(&CONFIG_LIFETIME)?;
            p.u16(&CONFIG_UNIT)?;
        }
        5 => {
            blank(p, &RPL_TARGET_FLAG, 1)?;
            let bits = p.u8(&RPL_TARGET_LENGTH)?;
            prefix(p, &RPL_TARGET, bits)?;
        }
        6 => {
            p.u8(&TRANSIT_FLAGS)?;
            p.u8(&TRANSIT_CONTROL)?;
            p.u8(&TRANSIT_SEQUENCE)?;
            p.u8(&TRANSIT_LIFETIME)?;
            if p.declared_left() >= 16 {
                p.ipv6(&TRANSIT_PARENT)?;
            }
        }
        7 => {
            p.u8(&SOLICITED_INSTANCE)?;
            p.u8(&SOLICITED_FLAGS)?;
            p.ipv6(&SOLICITED_DODAG)?;
            p.u8(&SOLICITED_VERSION)?;
        }
        8 => {
            p.u8(&RPL_PREFIX_LENGTH)?;
            p.u8(&RPL_PREFIX_FLAGS)?;
            p.u32(&RPL_PREFIX_VALID)?;
            p.u32(&RPL_PREFIX_PREFERRED)?;
            blank(p, &RPL_RESERVED, 4)?;
            p.ipv6(&RPL_PREFIX)?;
        }
        9 => {
            p.u32(&DESCRIPTOR)?;
        }
        10 => route_discovery(p)?,
        _ => p.remainder(&RPL_DATA)?,
    }
    Ok(())
}

/// A prefix of as many octets as are left, but no more than `bits` or an address needs.
fn prefix(p: &mut Packet<'_>, row: &'static Field, bits: u8) -> Read {
    let octets = p.declared_left();
    if octets > 16 || octets * 8 < usize::from(bits) {
        return unfit(p, &RPL_UNKNOWN);
    }
    if octets > 0 {
        p.need(octets)?;
        cut(p, row, octets);
        p.skip(octets)?;
    }
    Ok(())
}

/// RFC 6551 section 2.1.
fn metric(p: &mut Packet<'_>) -> Read {
    p.need(4)?;
    let kind = p.peek_u8()?;
    let length = usize::from(p.peek_at(3)?);
    p.note(&METRIC, kind.into(), (4 + length).min(p.left()));
    p.under(|p| {
        p.skip(1)?;
        let flags = p.u16(&METRIC_FLAGS)?;
        p.u8(&METRIC_LENGTH)?;
        p.within(length, |p| {
            object(p, kind, flags)?;
            p.remainder(&METRIC_DATA)
        })
    })
}

/// RFC 6551 sections 3 and 4.
fn object(p: &mut Packet<'_>, kind: u8, flags: u16) -> Read {
    match kind {
        1 => {
            p.u16(&STATE)?;
            while p.left() > 0 {
                let (tlv, length) = (p.peek_u8()?, usize::from(p.peek_at(1)?));
                p.note(&STATE_TLV, tlv.into(), (2 + length).min(p.left()));
                p.under(|p| {
                    p.u8(&STATE_TLV_TYPE)?;
                    p.u8(&STATE_TLV_LENGTH)?;
                    if length > 0 {
                        p.bytes(&STATE_TLV_DATA, length)?;
                    }
                    Ok(())
                })?;
            }
        }
        2 => {
            while p.left() > 0 {
                p.u16(&ENERGY)?;
            }
        }
        3 => {
            p.u16(&HOPS)?;
        }
        4 => {
            while p.left() > 0 {
                p.u32(&THROUGHPUT)?;
            }
        }
        5 => {
            while p.left() > 0 {
                p.u32(&LATENCY)?;
            }
        }
        6 => {
            p.u8(&QUALITY_RESERVED)?;
            while p.left() > 0 {
                p.u8(&QUALITY)?;
            }
        }
        7 => {
            while p.left() > 0 {
                p.u16(&ETX)?;
            }
        }
        8 => {
            p.u8(&COLOR_RESERVED)?;
            let constraint = METRIC_CONSTRAINT.of(flags.into()) != 0;
            while p.left() > 0 {
                p.group(&COLOR, |p| {
                    let word = p.peek_u16()?;
                    if constraint {
                        p.bits(word, 2, &[&COLOR_VALUE, &COLOR_OBJECT_RESERVED, &COLOR_EXCLUDED])
                    } else {
                        p.bits(word, 2, &[&COLOR_VALUE, &COLOR_COUNT])
                    }
                })?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// RFC 6997 section 7: addresses without the octets that they share with the DODAG's.
fn route_discovery(p: &mut Packet<'_>) -> Read {
    let first = p.peek_u8()?;
    p.group(&DISCOVERY_FLAGS, |p| {
        p.bits(
            first,
            1,
            &[&DISCOVERY_REPLY, &DISCOVERY_HOPS, &DISCOVERY_ROUTES, &DISCOVERY_ELIDED],
        )
    })?;
    let second = p.peek_u8()?;
    p.bits(second, 1, &[&DISCOVERY_LIFETIME, &DISCOVERY_RANK])?;
    let octets = 16 - usize::from(first & 0x0f);
    address(p, &DISCOVERY_TARGET, octets)?;
    if p.left() > 0 {
        p.group(&DISCOVERY_VECTOR, |p| {
            while p.left() >= octets {
                address(p, &DISCOVERY_ADDRESS, octets)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn address(p: &mut Packet<'_>, row: &'static Field, octets: usize) -> Read {
    p.need(octets)?;
    let value = p.ahead().iter().take(octets).fold(0, |value, &byte| value << 8 | u128::from(byte));
    p.make_ipv6(row, p.at(), octets, value);
    p.skip(octets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const ALL: [&str; 12] = [
        "0103 000000",
        "020c 01 0000 08 0003 0104 61626364",
        "020e 03 0000 02 0005 07 0000 04 0080 0100",
        "0216 02 0000 02 0a50 04 0000 04 00000400 05 0000 04 000003e8",
        "020d 06 0000 02 00 61 08 0200 03 00 0041",
        "030a 20 08 00000e10 20010db8",
        "040e 0b 08 0c 0a 0700 0100 0001 00 1e 003c",
        "0506 00 20 20010db8",
        "0614 80 00 01 1e 20010db8000000000000000000000001",
        "081e 40 c0 00015180 00003840 00000000 20010db8000000000000000000000000",
        "0904 00000001",
        "0a08 ce 41 0002 0003 0004",
    ];

    /// A solicitation with these options.
    fn message(options: &str) -> Vec<u8> {
        hex(&format!("9b00 0000 00 00 {options}"))
    }

    #[test]
    fn one_of_each() {
        insta::assert_snapshot!(tree(&ICMPV6, &message(&ALL.concat())));
    }

    #[test]
    fn every_prefix_of_each() {
        for option in ALL {
            every_prefix(&ICMPV6, &message(option));
        }
    }

    #[test]
    fn a_prefix_that_its_octets_do_not_hold_is_a_problem() {
        let tree = tree(&ICMPV6, &message("0506 00 21 20010db8 0901 00"));
        assert!(tree.matches("! Length does not fit").count() == 2, "{tree}");
    }
}
