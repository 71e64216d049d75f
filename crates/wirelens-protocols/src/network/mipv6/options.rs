//! Options, RFC 6275 section 6.2.

use std::io::Write;

use wirelens_dissect::prelude::*;

use super::option_rows::*;
use super::{access_network, vendor};

pub(super) fn read(p: &mut Packet<'_>) -> Read {
    while p.declared_left() > 0 {
        if p.peek_u8()? == 0 {
            p.bytes(&PAD1, 1)?;
        } else {
            option(p)?;
        }
    }
    Ok(())
}

/// What stands in an option behind its length.
type Body = fn(&mut Packet<'_>) -> Read;

fn option(p: &mut Packet<'_>) -> Read {
    let kind = p.peek_u8()?;
    let (row, body): (&'static Field, Body) = match kind {
        1 => (&PADN, |p| p.remainder(&PADDING)),
        2 => (&BRA, |p| p.u16(&INTERVAL).map(drop)),
        3 => (&ACOA, |p| p.ipv6(&CARE_OF).map(drop)),
        4 => (&NI, nonces),
        5 => (&BAD, |p| p.remainder(&AUTHENTICATOR)),
        6 => (&MNP, |p| prefix(p, [&MNP_RESERVED, &MNP_LENGTH, &MNP_PREFIX])),
        7 => (&MHLLA, |p| {
            p.u8(&LLA_CODE)?;
            p.remainder(&LLA)
        }),
        8 => (&MNID, |p| {
            p.u8(&MNID_TYPE)?;
            p.remainder(&MNID_ID)
        }),
        9 => (&AUTH, |p| {
            p.u8(&AUTH_TYPE)?;
            p.u32(&AUTH_SPI)?;
            p.remainder(&AUTH_DATA)
        }),
        10 => (&MESG_ID, message_id),
        11 => (&CGAPR, nothing),
        12 => (&CGAR, |p| p.remainder(&CGA)),
        13 => (&SIGN, |p| p.remainder(&SIGNATURE)),
        14 => (&PHKT, |p| p.remainder(&TOKEN)),
        15 => (&COTI_OPTION, nothing),
        16 => (&COT_OPTION, |p| p.remainder(&COT_KEYGEN)),
        17 => (&DNSU, |p| {
            p.u8(&DNSU_STATUS)?;
            p.u8(&DNSU_REMOVE)?;
            p.remainder(&DNSU_NAME)
        }),
        18 => (&EM, |p| p.remainder(&EM_DATA)),
        19 => (&VSM, vendor::read),
        20 => (&SSM, |p| p.remainder(&SERVICE)),
        21 => (&BADFF, |p| {
            p.u32(&BADFF_SPI)?;
            p.remainder(&BADFF_AUTH)
        }),
        22 => (&HNP, |p| prefix(p, [&HNP_RESERVED, &HNP_LENGTH, &HNP_PREFIX])),
        23 => (&HI, |p| {
            p.u8(&HI_OPTION_RESERVED)?;
            p.u8(&HANDOFF).map(drop)
        }),
        24 => (&ATT, |p| {
            p.u8(&ATT_RESERVED)?;
            p.u8(&TECHNOLOGY).map(drop)
        }),
        25 => (&MNLLI, |p| {
            p.u16(&MNLLI_RESERVED)?;
            p.remainder(&MNLLI_ID)
        }),
        26 => (&LLA_OPTION, |p| p.ipv6(&LINK_LOCAL).map(drop)),
        27 => (&TS, timestamp),
        28 => (&RC, |p| p.u32(&RESTARTS).map(drop)),
        29 => (&IPV4HA, |p| {
            p.bits(p.peek_u16()?, 2, &[&IPV4HA_LENGTH, &IPV4HA_P])?;
            p.ipv4(&IPV4HA_ADDRESS).map(drop)
        }),
        30 => (&IPV4AA, |p| status(p, [&IPV4AA_STATUS, &IPV4AA_LENGTH, &IPV4AA_ADDRESS])),
        31 => (&NATD, |p| {
            p.bits(p.peek_u16()?, 2, &[&NATD_F, &NATD_RESERVED])?;
            p.u32(&NATD_REFRESH).map(drop)
        }),
        32 => (&IPV4COA, |p| {
            p.u16(&IPV4COA_RESERVED)?;
            p.ipv4(&IPV4COA_ADDRESS).map(drop)
        }),
        33 => (&GREK, gre_key),
        34 => (&MHIPV6AP, address_or_prefix),
        35 => (&BI, binding),
        36 => (&IPV4HAREQ, |p| {
            p.u8(&REQ_LENGTH)?;
            p.u8(&REQ_RESERVED)?;
            p.ipv4(&REQ_ADDRESS).map(drop)
        }),
        37 => (&IPV4HAREP, |p| status(p, [&REP_STATUS, &REP_LENGTH, &REP_ADDRESS])),
        38 => (&IPV4DRA, |p| {
            p.u16(&DRA_RESERVED)?;
            p.ipv4(&DRA).map(drop)
        }),
        39 => (&IPV4DSM, |p| p.bits(p.peek_u16()?, 2, &[&DSM_RESERVED, &DSM_SERVER])),
        40 => (&CR, context_request),
        41 => (&LMAA, anchor),
        44 => (&SUMMARY, |p| p.each(|p| p.u16(&SUMMARY_FLOW).map(drop))),
        45 => (&FLOW, flow),
        46 => (&RECAP, |p| p.u16(&RECAP_RESERVED).map(drop)),
        47 => (&REDIR, redirect),
        48 => (&LOAD, load),
        49 => (&ALT_IP4, |p| p.ipv4(&ALT_IP4_ADDRESS).map(drop)),
        50 => (&MNG, |p| {
            p.u8(&MNG_TYPE)?;
            p.u8(&MNG_RESERVED)?;
            p.u32(&MNG_ID).map(drop)
        }),
        51 => (&MAG, |p| {
            p.u8(&MAG_RESERVED)?;
            p.u8(&MAG_LENGTH)?;
            p.ipv6(&MAG_ADDRESS).map(drop)
        }),
        52 => (&ANI, access_network::read),
        55 => (&DMNP, delegated_prefix),
        _ => (&OTHER, |p| p.remainder(&OTHER_DATA)),
    };
    p.group(row, |p| {
        match kind {
            44 => p.u8(&SUMMARY_TYPE).map(drop)?,
            45 => p.u8(&FLOW_TYPE).map(drop)?,
            _ if std::ptr::eq(row, &OTHER) => p.u8(&OTHER_TYPE).map(drop)?,
            _ => p.skip(1)?,
        }
        let length = usize::from(p.u8(&LENGTH)?);
        if length > p.declared_left() {
            p.problem_at(&BAD_LENGTH, p.at() - 1, 1);
            return p.remainder(&EXCESS);
        }
        p.contained(length, &BAD_LENGTH, |p| {
            body(p)?;
            if p.declared_left() > 0 {
                p.problem(&BAD_LENGTH);
            }
            p.remainder(&EXCESS)
        })
    })
}

fn nothing(_: &mut Packet<'_>) -> Read {
    Ok(())
}

fn nonces(p: &mut Packet<'_>) -> Read {
    p.u16(&HOME_NONCE)?;
    p.u16(&CARE_OF_NONCE).map(drop)
}

/// RFC 3963 section 4.3, RFC 5213 section 8.3.
fn prefix(p: &mut Packet<'_>, [reserved, length, prefix]: [&'static Field; 3]) -> Read {
    p.bytes(reserved, 1)?;
    p.u8(length)?;
    p.ipv6(prefix).map(drop)
}

/// Seconds from 1900 to 1970.
const UNIX_EPOCH: i64 = 2_208_988_800;

/// RFC 4285 section 6: a timestamp of NTP.
fn message_id(p: &mut Packet<'_>) -> Read {
    let word = p.peek_u64()?;
    if word == 0 {
        return p.u64(&MESG_RAW).map(drop);
    }
    let (seconds, fraction) = ((word >> 32) as i64, word & 0xffff_ffff);
    let era = if word >> 63 == 1 { 0 } else { 1 << 32 };
    let nanoseconds = ((fraction * 1_000_000_000) >> 32) as i64;
    let time = (seconds + era - UNIX_EPOCH) * 1_000_000_000 + nanoseconds;
    p.number(&MESG_TIME, time.cast_unsigned(), 8)
}

/// RFC 5213 section 8.8: 48 bits of seconds since 1970 and 16 of a second's parts.
fn timestamp(p: &mut Packet<'_>) -> Read {
    let word = p.peek_u64()?;
    let nanoseconds = ((word & 0xffff) * 1_000_000_000) >> 16;
    let time = i64::try_from(word >> 16)
        .ok()
        .and_then(|seconds| seconds.checked_mul(1_000_000_000))
        .and_then(|time| time.checked_add(nanoseconds.cast_signed()));
    match time {
        Some(time) => p.number(&TIMESTAMP, time.cast_unsigned(), 8),
        None => p.u64(&TIMESTAMP_RAW).map(drop),
    }
}

/// RFC 5555 section 3.2.1, RFC 5844 section 3.3.2.
fn status(p: &mut Packet<'_>, [status, length, address]: [&'static Field; 3]) -> Read {
    p.u8(status)?;
    p.u8(length)?;
    p.ipv4(address).map(drop)
}

/// RFC 5845 section 6.1: it has no key where one is asked for.
fn gre_key(p: &mut Packet<'_>) -> Read {
    p.u16(&GREK_RESERVED)?;
    if p.declared_left() > 0 { p.u32(&GRE_KEY).map(drop) } else { Ok(()) }
}

/// RFC 5568 section 6.4.2.
fn address_or_prefix(p: &mut Packet<'_>) -> Read {
    p.u8(&AP_CODE)?;
    p.u8(&AP_LENGTH)?;
    let address = p.ipv6(&AP_ADDRESS)?;
    p.make_text(&AP_TEXT, p.at() - 17, 17, |out| {
        // Writing to a vector cannot fail.
        let _ = write!(out, "{}", std::net::Ipv6Addr::from_bits(address));
    });
    Ok(())
}

/// RFC 5648 section 4.1.
fn binding(p: &mut Packet<'_>) -> Read {
    p.u16(&BID)?;
    p.u8(&BI_STATUS)?;
    p.u8(&BI_H)?;
    match p.declared_left() {
        4 => p.ipv4(&BI_IPV4).map(drop),
        16 => p.ipv6(&BI_IPV6).map(drop),
        _ => Ok(()),
    }
}

/// RFC 5949 section 6.2.1.
fn context_request(p: &mut Packet<'_>) -> Read {
    p.u16(&CR_RESERVED)?;
    p.each(|p| {
        p.group(&REQUEST, |p| {
            let kind = p.u8(&REQUEST_TYPE)?;
            let length = usize::from(p.u8(&REQUEST_LENGTH)?);
            p.within(length, |p| {
                if kind == 19 && length >= 4 {
                    p.u32(&REQUEST_VENDOR)?;
                    if p.declared_left() > 0 {
                        p.u8(&REQUEST_SUBTYPE)?;
                    }
                }
                p.remainder(&REQUEST_DATA)
            })
        })
    })
}

/// RFC 5949 section 6.2.2.
fn anchor(p: &mut Packet<'_>) -> Read {
    let code = p.u8(&LMAA_CODE)?;
    p.u8(&LMAA_RESERVED)?;
    match code {
        1 => p.ipv6(&LMAA_IPV6).map(drop),
        2 => p.ipv4(&LMAA_IPV4).map(drop),
        _ => Ok(()),
    }
}

/// RFC 6089 section 4.2.
fn flow(p: &mut Packet<'_>) -> Read {
    p.u16(&FLOW_ID)?;
    p.u16(&FLOW_PRIORITY)?;
    p.u8(&FLOW_RESERVED)?;
    p.u8(&FLOW_STATUS)?;
    p.remainder(&FLOW_OPTIONS)
}

/// RFC 6463 section 4.2.
fn redirect(p: &mut Packet<'_>) -> Read {
    let flags = p.peek_u16()?;
    p.bits(flags, 2, &[&REDIR_K, &REDIR_N, &REDIR_RESERVED])?;
    if REDIR_K.of(flags.into()) == 1 {
        p.ipv6(&REDIR_IPV6)?;
    }
    if REDIR_N.of(flags.into()) == 1 {
        p.ipv4(&REDIR_IPV4)?;
    }
    Ok(())
}

/// RFC 6463 section 4.3.
fn load(p: &mut Packet<'_>) -> Read {
    p.u16(&LOAD_PRIORITY)?;
    p.u32(&LOAD_SESSIONS)?;
    p.u32(&LOAD_MOST_SESSIONS)?;
    p.u32(&LOAD_USED)?;
    p.u32(&LOAD_MOST).map(drop)
}

/// RFC 7148 section 4.1.
fn delegated_prefix(p: &mut Packet<'_>) -> Read {
    p.bits(p.peek_u8()?, 1, &[&DMNP_V, &DMNP_RESERVED])?;
    p.u8(&DMNP_LENGTH)?;
    match p.declared_left() {
        4 => p.ipv4(&DMNP_IPV4).map(drop),
        _ => p.ipv6(&DMNP_IPV6).map(drop),
    }
}

#[cfg(test)]
mod tests {
    use crate::network::mipv6::MIPV6;
    use crate::testing::*;

    const ADDRESS: &str = "20010db8000000000000000000000001";

    /// A binding update with these options, padded.
    fn update(options: &str) -> Vec<u8> {
        let mut bytes = hex(&format!("3b 00 05 00 0000 0001 8000 0010 {options}"));
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        bytes[1] = (bytes.len() / 8 - 1) as u8;
        bytes
    }

    fn all() -> Vec<String> {
        [
            "0202 0010", "0310 A", "0404 0001 0002", "050c 000102030405060708090a0b", "0612 0040 A",
            "0707 02 020000000001", "0807 01 6140622e6363", "0907 01 00000100 abcd",
            "0a08 e000000080000000", "0b00 0c02 abcd 0d02 abcd 0e08 0102030405060708 0f00",
            "1008 0102030405060708", "1105 00 80 016100", "1202 abcd", "1404 696e6574",
            "1506 00000100 abcd", "1612 0040 A", "1702 0001 1802 0004 1908 0000 020000000001",
            "1a10 A", "1b08 00005f5e10008000", "1c04 00000009", "1d06 8200 c0000201",
            "1e06 00 80 c0000201", "1f06 8000 0000001e", "2006 0000 c0000201", "2102 0000",
            "2106 0000 00000007", "2212 0240 A", "2308 0007 00 80 c0000201", "2314 0007 00 00 A", "2406 8000 c0000201", "2506 0080 c0000201", "2606 0000 c0000201",
            "2702 0001", "280b 0000 0200 1305 000028af 01", "2912 01 00 A", "2906 02 00 c0000201",
            "2b02 0001", "2c04 0001 0002", "2d08 0001 0064 00 00 0102", "2e02 0000",
            "2f12 8000 A", "2f06 4000 c0000201",
            "3012 0001 00000001 00000002 00000003 00000004", "3104 c0000201", "3206 01 00 00000005",
            "3312 00 80 A", "3706 80 18 c0000200", "3712 00 40 A", "c802 abcd",
        ]
        .iter()
        .map(|option| option.replace('A', ADDRESS))
        .collect()
    }

    #[test]
    fn one_of_each() {
        let parts: Vec<String> =
            all().chunks(13).map(|options| tree(&MIPV6, &update(&options.concat()))).collect();
        insta::assert_snapshot!(parts.concat());
    }

    #[test]
    fn every_prefix_of_each() {
        for option in all() {
            every_prefix(&MIPV6, &update(&option));
        }
    }

    #[test]
    fn an_option_that_is_too_short_does_not_end_the_walk() {
        let tree = tree(&MIPV6, &update("0302 abcd 1c04 00000009"));
        assert!(tree.contains("! Length is not") && tree.contains("Restarts: 9"), "{tree}");
    }

    #[test]
    fn an_option_longer_than_the_header_is_a_problem() {
        assert!(tree(&MIPV6, &update("1c20 00000009")).contains("! Length is not"));
    }

    #[test]
    fn seconds_that_no_time_holds_stay_a_number() {
        let tree = tree(&MIPV6, &update("1b08 ffffffffffff8000"));
        assert!(tree.contains("Time out of range: 0xffffffffffff8000"), "{tree}");
    }
}
