//! Options of Neighbor Discovery messages, RFC 4861 section 4.6 and the IANA registry of them.

use wirelens_dissect::prelude::*;

use super::information::name;
use super::*;

pub(super) fn options(p: &mut Packet<'_>) -> Read {
    while p.left() > 0 {
        p.group(&OPTION, option)?;
    }
    Ok(())
}

fn option(p: &mut Packet<'_>) -> Read {
    let start = p.at();
    let kind = p.u8(&OPT_TYPE)?;
    let units = usize::from(p.u8(&OPT_LENGTH)?);
    // RFC 4861 section 4.6: such a packet must be discarded.
    if units == 0 {
        return Err(p.malformed(&BAD_OPTION_LENGTH));
    }
    let length = units * 8 - 2;
    let whole = if length > p.declared_left() { Err(()) } else { Ok(()) };
    let read = p.within(length.min(p.declared_left()), |p| {
        contents(p, kind, units)?;
        p.remainder(&OPT_UNKNOWN)
    });
    if whole.is_err() {
        return Err(p.malformed(&BAD_OPTION_LENGTH));
    }
    match read {
        // The option is there as a whole, so it is too short for what it has to say.
        Err(Stop::Truncated { .. }) if start + 2 + length <= p.at() + p.left() => {
            p.problem_at(&BAD_OPTION_LENGTH, start + 1, 1);
            p.seek(start + 2 + length);
            Ok(())
        }
        other => other,
    }
}

fn contents(p: &mut Packet<'_>, kind: u8, units: usize) -> Read {
    match kind {
        1 | 2 => {
            let row = if kind == 1 { &SOURCE_LINK } else { &TARGET_LINK };
            let (at, length) = (p.at(), p.left());
            p.rest(&OPT_LINK_ADDRESS)?;
            p.under(|p| {
                p.mark(row, at, length, 0);
                Ok(())
            })?;
        }
        3 => prefix_information(p)?,
        4 => {
            blank(p, &OPT_RESERVED, 6)?;
            if p.declared_left() > 0 {
                p.note(&REDIRECTED, 0, p.left());
                quote(p, p.declared_left());
            }
        }
        5 => {
            blank(p, &OPT_RESERVED, 2)?;
            p.u32(&OPT_MTU)?;
        }
        6 => {
            p.u8(&SHORTCUT_LIMIT)?;
            // The octet behind the limit: tshark takes it to be that of the limit itself.
            p.need(5)?;
            p.mark(&OPT_RESERVED, p.at() - 1, 1, 0);
            p.mark(&OPT_RESERVED, p.at(), 4, 0);
            p.skip(5)?;
        }
        7 => {
            blank(p, &OPT_RESERVED, 2)?;
            p.u32(&ADVERTISEMENT_INTERVAL)?;
        }
        8 => {
            blank(p, &OPT_RESERVED, 2)?;
            let preference = p.peek_u16()? as i16;
            p.number(&HOME_AGENT_PREFERENCE, preference as u64, 2)?;
            p.u16(&HOME_AGENT_LIFETIME)?;
        }
        9 | 10 => {
            blank(p, &OPT_RESERVED, 6)?;
            while p.left() > 0 {
                p.ipv6(&OPT_ADDRESS)?;
            }
        }
        11 => generated_address(p)?,
        12 | 32 => {
            blank(p, &OPT_RESERVED, 2)?;
            p.bytes(if kind == 12 { &RSA_KEY_HASH } else { &PROXY_KEY_HASH }, 16)?;
            p.group(&SIGNATURE, |p| p.remainder(&SIGNATURE_BYTES))?;
        }
        13 => {
            blank(p, &OPT_RESERVED, 6)?;
            timestamp(p)?;
        }
        14 => p.remainder(&OPT_NONCE)?,
        15 => trust_anchor(p)?,
        16 => {
            let kind = p.u8(&CERTIFICATE_TYPE)?;
            blank(p, &OPT_RESERVED, 1)?;
            if kind == 1 {
                p.group(&CERTIFICATE, |p| p.remainder(&CERTIFICATE_DER))?;
            } else {
                p.group(&CERTIFICATE_OTHER, |p| p.remainder(&CERTIFICATE_BYTES))?;
            }
        }
        17 => {
            p.u8(&IPA_CODE)?;
            p.u8(&IPA_LENGTH)?;
            blank(p, &OPT_RESERVED, 4)?;
            p.ipv6(&IPA_ADDRESS)?;
        }
        18 => {
            p.u8(&NRPI_CODE)?;
            p.u8(&NRPI_LENGTH)?;
            blank(p, &OPT_RESERVED, 4)?;
            p.ipv6(&NRPI_PREFIX)?;
        }
        19 => {
            p.u8(&LLA_CODE)?;
            p.remainder(&LLA_BYTES)?;
        }
        20 => {
            p.u8(&NAACK_CODE)?;
            let status = p.u8(&NAACK_STATUS)?;
            // RFC 5568 section 6.4.5: only then an address is supplied.
            if status == 2 {
                blank(p, &OPT_RESERVED, 4)?;
                p.ipv6(&NAACK_SUPPLIED)?;
            } else {
                blank(p, &OPT_RESERVED, p.left())?;
            }
        }
        23 => {
            let word = p.peek_u8()?;
            p.bits(word, 1, &[&MAP_DISTANCE, &MAP_PREFERENCE])?;
            p.u8(&MAP_FLAGS)?;
            p.u32(&MAP_LIFETIME)?;
            p.ipv6(&MAP_ADDRESS)?;
        }
        24 => {
            p.u8(&PREFIX_LENGTH)?;
            p.u8(&ROUTE_FLAGS)?;
            p.u32(&ROUTE_LIFETIME)?;
            cut_prefix(p, &PREFIX, units)?;
        }
        25 => {
            blank(p, &OPT_RESERVED, 2)?;
            p.u32(&RDNSS_LIFETIME)?;
            while p.left() > 0 {
                p.ipv6(&RDNSS)?;
            }
        }
        26 => {
            p.u16(&EFO)?;
            blank(p, &OPT_RESERVED, 4)?;
        }
        27 | 28 => handover_key(p, kind)?,
        29 => {
            p.u8(&ASSIST_CODE)?;
            let length = p.u8(&ASSIST_LENGTH)?;
            p.bytes(&ASSIST_VALUE, length.into())?;
            blank(p, &OPT_PADDING, p.left())?;
        }
        30 => {
            p.u8(&NODE_CODE)?;
            let length = p.u8(&NODE_LENGTH)?;
            p.bytes(&NODE_VALUE, length.into())?;
            blank(p, &OPT_PADDING, p.left())?;
        }
        31 => {
            blank(p, &OPT_RESERVED, 2)?;
            p.u32(&DNSSL_LIFETIME)?;
            // RFC 8106 section 5.2: what is left is filled up with zeros.
            while p.left() > 0 && p.peek_u8()? != 0 {
                name(p, &DNSSL)?;
            }
            blank(p, &OPT_PADDING, p.left())?;
        }
        33 => {
            p.u8(&ARO_STATUS)?;
            blank(p, &OPT_RESERVED, 3)?;
            p.u16(&ARO_LIFETIME)?;
            p.u64(&ARO_EUI64)?;
        }
        34 => {
            p.u8(&CONTEXT_LENGTH)?;
            p.u8(&CONTEXT_FLAGS)?;
            blank(p, &OPT_RESERVED, 2)?;
            p.u16(&CONTEXT_LIFETIME)?;
            cut_prefix(p, &CONTEXT_PREFIX, units)?;
        }
        35 => {
            p.u16(&ABRO_LOW)?;
            p.u16(&ABRO_HIGH)?;
            p.u16(&ABRO_LIFETIME)?;
            p.ipv6(&ABRO_ADDRESS)?;
        }
        36 => {
            let word = p.peek_u16()?;
            p.bits(word, 2, &[&CAPABILITY_BITS, &CAPABILITY_G])?;
            p.u32(&CAPABILITY_MORE)?;
        }
        37 => {
            let (at, length, bytes) = (p.at(), p.left(), p.ahead());
            // RFC 8910 section 2.3: filled up with zeros.
            let end = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
            p.make_text(&CAPTIVE_PORTAL, at, length, |out| out.extend_from_slice(&bytes[..end]));
            p.skip(length)?;
        }
        38 => {
            let word = p.peek_u16()?;
            p.bits(word, 2, &[&PREF64_LIFETIME, &PREF64_CODE])?;
            // RFC 8781 section 4.
            let Some(&octets) = [12, 8, 7, 6, 5, 4].get(usize::from(word & 7)) else {
                return unfit(p, &OPT_UNKNOWN);
            };
            p.need(octets)?;
            cut(p, &PREF64_PREFIX, octets);
            // The rest of the twelve octets is not part of the prefix.
            p.skip(12.min(p.left()))?;
        }
        _ => p.remainder(&OPT_DATA)?,
    }
    Ok(())
}

/// RFC 4861 section 4.6.2, the router flag is that of RFC 6275 section 7.2.
fn prefix_information(p: &mut Packet<'_>) -> Read {
    p.u8(&PREFIX_LENGTH)?;
    p.u8(&PREFIX_FLAGS)?;
    p.u32(&PREFIX_VALID)?;
    p.u32(&PREFIX_PREFERRED)?;
    blank(p, &OPT_RESERVED, 4)?;
    p.ipv6(&PREFIX)?;
    Ok(())
}

/// A prefix of 0, 8 or 16 octets as the option's length of `units` says.
fn cut_prefix(p: &mut Packet<'_>, row: &'static Field, units: usize) -> Read {
    let octets = (units - 1) * 8;
    if octets > 16 {
        return unfit(p, &OPT_UNKNOWN);
    }
    if octets > 0 {
        p.need(octets)?;
        cut(p, row, octets);
        p.skip(octets)?;
    }
    Ok(())
}

/// Records the first `octets` of an address, which are there.
pub(super) fn cut(p: &mut Packet<'_>, row: &'static Field, octets: usize) {
    let value = p.ahead().iter().take(octets).fold(0, |value, &byte| value << 8 | u128::from(byte));
    let address = if octets == 0 { 0 } else { value << ((16 - octets.min(16)) * 8) };
    p.make_ipv6(row, p.at(), octets, address);
}

/// Cryptographically generated addresses, RFC 3971 section 5.1, RFC 3972 section 3.
fn generated_address(p: &mut Packet<'_>) -> Read {
    let pad = usize::from(p.u8(&PAD_LENGTH)?);
    blank(p, &OPT_RESERVED, 1)?;
    let length = p.declared_left().saturating_sub(pad);
    p.note(&CGA, 0, length.min(p.left()));
    p.under(|p| {
        p.within(length, |p| {
            p.bytes(&CGA_MODIFIER, 16)?;
            p.bytes(&CGA_SUBNET, 8)?;
            p.bytes(&CGA_COUNT, 1)?;
            let key = der_length(p.ahead()).unwrap_or(p.left());
            p.group(&CGA_KEY, |p| p.bytes(&CGA_KEY_DER, key).map(|_| ()))?;
            while p.left() > 0 {
                p.group(&CGA_EXTENSION, |p| {
                    p.u16(&CGA_EXT_TYPE)?;
                    let length = p.u16(&CGA_EXT_LENGTH)?;
                    p.bytes(&CGA_EXT_DATA, length.into())
                })?;
            }
            Ok(())
        })
    })?;
    blank(p, &OPT_PADDING, p.left())
}

/// The length of a DER value with its tag and length octets, X.690 section 8.1.3.
fn der_length(bytes: &[u8]) -> Option<usize> {
    let first = usize::from(*bytes.get(1)?);
    if first < 0x80 {
        return Some(2 + first);
    }
    let octets = bytes.get(2..2 + (first & 0x7f))?;
    let length = octets.iter().try_fold(0usize, |length, &byte| {
        length.checked_mul(256)?.checked_add(byte.into())
    })?;
    length.checked_add(2 + octets.len())
}

/// RFC 3971 section 5.3.1: seconds since 1970 in 48 bits, and 16 bits of fraction.
fn timestamp(p: &mut Packet<'_>) -> Read {
    let word = p.peek_u64()?;
    let (seconds, fraction) = ((word >> 16) as i64, word & 0xffff);
    let nanoseconds = (fraction * 1_000_000_000) >> 16;
    let time = seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds as i64);
    p.number(&TIMESTAMP, time as u64, 8)
}

/// RFC 3971 section 6.4.3.
fn trust_anchor(p: &mut Packet<'_>) -> Read {
    let kind = p.u8(&NAME_TYPE)?;
    let pad = usize::from(p.u8(&PAD_LENGTH)?);
    let length = p.declared_left().saturating_sub(pad);
    p.within(length, |p| match kind {
        1 => p.remainder(&NAME_X501),
        2 => name(p, &NAME_FQDN),
        _ => p.remainder(&NAME_OTHER),
    })?;
    blank(p, &OPT_PADDING, p.left())
}

/// RFC 5269 section 3: the asking (27) and the answering option (28).
fn handover_key(p: &mut Packet<'_>, kind: u8) -> Read {
    let pad = usize::from(p.u8(&KEY_PAD_LENGTH)?);
    let word = p.peek_u8()?;
    p.bits(word, 1, &[&KEY_ALGORITHM, &KEY_RESERVED])?;
    let row = if kind == 27 {
        &KEY_PUBLIC
    } else {
        p.u16(&KEY_LIFETIME)?;
        &KEY_ENCRYPTED
    };
    let length = p.declared_left().saturating_sub(pad);
    if length > 0 {
        p.bytes(row, length)?;
    }
    p.remainder(&KEY_PADDING)
}

/// Gives up an option whose length does not fit what it says; the caller reports that.
pub(super) fn unfit(p: &mut Packet<'_>, unknown: &'static Field) -> Read {
    p.remainder(unknown)?;
    Err(Stop::Truncated { need: 0, have: 0 })
}

/// Bytes that say nothing.
pub(super) fn blank(p: &mut Packet<'_>, row: &'static Field, length: usize) -> Read {
    if length == 0 {
        return Ok(());
    }
    p.number(row, 0, length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const ALL: [&str; 32] = [
        "0304 40 c0 00015180 00003840 00000000 20010db8000000000000000000000000",
        "0501 0000000005dc",
        "0601 020000000000",
        "0701 0000000003e8",
        "0801 0000ffff0708",
        "0905 00000000000020010db800000000000000000000000120010db8000000000000000000000002",
        "0b06 08 00 000102030405060708090a0b0c0d0e0f20010db8000000000030030201010009000261620000000000000000",
        "0c04 000011111111111111111111111111111111222222222222222222222222",
        "0d02 000000000000 00005f000000 8000",
        "0e01 010203040506",
        "0f03 02 04 04686f7374076578616d706c6500000000000000",
        "1002 0100300302010100000000000000",
        "1103 01400000000020010db8000000000000000000000002",
        "1203 00400000000020010db8000000000000000000000001",
        "1302 0202000000000300000000000000",
        "1403 00020000000020010db8000000000000000000000002",
        "1703 1f800000003c20010db8000000000000000000000001",
        "1802 30 08 00000e10 20010db800010000",
        "1905 00000000025820010db800000000000000000000000120010db8000000000000000000000002",
        "1a01 800000000000",
        "1b02 04 10 0102030405060708 00000000",
        "1c02 02 10 003c 0102030405060708 0000",
        "1d01 010301020300",
        "1e01 010475407632",
        "1f05 000000000258076578616d706c6503636f6d00036c6162076578616d706c65036e6574000000",
        "2102 00000000003c0200000000000001",
        "2202 40 11 0000 003c 20010db800010000",
        "2303 00010000271020010db8000000000000000000000001",
        "2401 000100000000",
        "2504 68747470733a2f2f6578616d706c652e6f72672f61706900000000000000",
        "2602 0708 0064ff9b 0000000000000000",
        "fd01 010203040506",
    ];

    /// A router solicitation with these options.
    fn message(options: &str) -> Vec<u8> {
        hex(&format!("8500 0000 00000000 {options}"))
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
    fn a_length_of_zero_ends_the_message() {
        let tree = tree(&ICMPV6, &message("0100 020000000001 0501 0000 000005dc"));
        assert!(tree.contains("! Length does not fit") && !tree.contains("MTU"), "{tree}");
    }

    #[test]
    fn an_option_that_is_too_short_does_not_hide_the_next() {
        let tree = tree(&ICMPV6, &message("0301 40c0 00015180 0501 0000 000005dc"));
        assert!(tree.contains("! Length does not fit") && tree.contains("MTU: 1500"), "{tree}");
    }

    #[test]
    fn prefixes_are_as_long_as_the_option() {
        let none = tree(&ICMPV6, &message("1801 00 00 00000e10"));
        assert!(!none.contains("Prefix:"), "{none}");
        let whole = tree(&ICMPV6, &message("1803 80 00 00000e10 20010db8000000000000000000000002"));
        assert!(whole.contains("Prefix: 2001:db8::2"), "{whole}");
        let reserved = tree(&ICMPV6, &message("2602 0007 000000000000000000000000"));
        assert!(reserved.contains("! Length does not fit"), "{reserved}");
    }
}
