//! Multipath TCP: RFC 8684, and RFC 6824 for its version 0.

use wirelens_dissect::prelude::*;

use super::tcp::*;
use super::tcp_options::{Segment, remainder};

/// Reads the option behind its length.
pub(super) fn option(p: &mut Packet<'_>, _: &Segment) -> Read {
    let first = p.peek_u8()?;
    match first >> 4 {
        0 => capable(p, first),
        1 => join(p, first),
        2 => data_sequence(p, first),
        3 => add_address(p, first),
        4 => {
            subtype(p, first)?;
            while p.declared_left() > 0 {
                p.u8(&REMOVED_ID)?;
            }
            Ok(())
        }
        5 => {
            p.note(&SUBTYPE, first.into(), 1);
            p.u8(&SUBFLOW_FLAGS)?;
            // Version 0 may name another subflow than its own.
            if p.declared_left() > 0 {
                p.u8(&ADDRESS_ID)?;
            }
            Ok(())
        }
        6 => {
            reserved(p, first)?;
            p.u64(&DATA_SEQ).map(drop)
        }
        7 => {
            reserved(p, first)?;
            p.u64(&RECV_KEY).map(drop)
        }
        8 => {
            p.note(&SUBTYPE, first.into(), 1);
            p.u8(&RESET_FLAGS)?;
            p.u8(&RESET_REASON).map(drop)
        }
        _ => {
            subtype(p, first)?;
            remainder(p, &MP_DATA)
        }
    }
}

fn subtype(p: &mut Packet<'_>, first: u8) -> Read {
    p.number(&SUBTYPE, first.into(), 1)
}

/// The subtype and twelve bits without a meaning.
fn reserved(p: &mut Packet<'_>, first: u8) -> Read {
    p.note(&SUBTYPE, first.into(), 1);
    p.u16(&MP_RESERVED).map(drop)
}

/// RFC 8684, section 3.1. The length says which keys are there.
fn capable(p: &mut Packet<'_>, first: u8) -> Read {
    p.bits(first, 1, &[&SUBTYPE, &MP_VERSION])?;
    p.u8(if first & 0x0f == 1 { &CAPABLE_FLAGS } else { &CAPABLE_V0_FLAGS })?;
    let left = p.declared_left();
    if matches!(left, 8 | 16 | 18 | 20) {
        p.u64(&SEND_KEY)?;
    }
    if matches!(left, 16 | 18 | 20) {
        p.u64(&RECV_KEY)?;
    }
    if matches!(left, 18 | 20) {
        p.u16(&DATA_LEN)?;
    }
    if left == 20 {
        p.u16(&MP_CHECKSUM)?;
    }
    Ok(())
}

/// RFC 8684, section 3.2: the three steps differ in length.
fn join(p: &mut Packet<'_>, first: u8) -> Read {
    if p.declared_left() == 22 {
        reserved(p, first)?;
        return p.bytes(&SEND_HMAC, 20).map(drop);
    }
    p.note(&SUBTYPE, first.into(), 1);
    p.u8(&SUBFLOW_FLAGS)?;
    p.u8(&ADDRESS_ID)?;
    match p.declared_left() {
        8 => p.u32(&RECV_TOKEN).map(drop)?,
        12 => p.u64(&TRUNCATED_HMAC).map(drop)?,
        _ => return Ok(()),
    }
    p.u32(&SEND_RANDOM).map(drop)
}

/// RFC 8684, section 3.3. A checksum is there if the handshake wanted it, and so if two bytes
/// are left.
fn data_sequence(p: &mut Packet<'_>, first: u8) -> Read {
    subtype(p, first)?;
    let flags = p.u8(&DSS_FLAGS)?;
    if flags & 0x01 != 0 {
        long_or_short(p, &DATA_ACK, flags & 0x02 != 0)?;
    }
    if flags & 0x04 == 0 {
        return Ok(());
    }
    long_or_short(p, &DATA_SEQ, flags & 0x08 != 0)?;
    p.u32(&SUBFLOW_SEQ)?;
    p.u16(&DATA_LEN)?;
    if p.declared_left() >= 2 {
        p.u16(&MP_CHECKSUM)?;
    }
    Ok(())
}

fn long_or_short(p: &mut Packet<'_>, row: &'static Field, long: bool) -> Read {
    if long { p.u64(row).map(drop) } else { p.u32(row).map(drop) }
}

/// RFC 8684, section 3.4.1. Version 0 has the IP version where version 1 has flags.
fn add_address(p: &mut Packet<'_>, first: u8) -> Read {
    p.note(&SUBTYPE, first.into(), 1);
    let old = matches!(first & 0x0f, 4 | 6);
    p.number(if old { &IP_VERSION } else { &MP_ECHO }, first.into(), 1)?;
    p.u8(&ADDRESS_ID)?;
    let left = match p.declared_left() {
        left @ (16 | 18 | 24 | 26) => {
            p.ipv6(&MP_IPV6)?;
            left - 16
        }
        left => {
            p.ipv4(&MP_IPV4)?;
            left - 4
        }
    };
    if matches!(left, 2 | 10) {
        p.u16(&MP_PORT)?;
    }
    if matches!(left, 8 | 10) {
        p.u64(&ADDRESS_HMAC)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;
    use crate::testing::*;

    const KEY: &str = "0102030405060708";
    const ADDRESS: &str = "20010db8000000000000000000000001";

    /// One of each form of each subtype, behind the option's length.
    fn options() -> Vec<String> {
        [
            "0001",
            "0101",
            "0081K",
            "0181K",
            "0001KK",
            "01c1KK0123",
            "0181KK0123beef",
            "1105aabbccdd11223344",
            "1005K11223344",
            "1000KKaabbccdd",
            "2001 01020304",
            "2003 K",
            "2004 00000001 00000002 0010",
            "2014 00000001 00000002 0010 beef",
            "201f K K 00000002 0010 beef",
            "3401c0000209",
            "3601A1f90",
            "3101c00002091f90",
            "3001c0000209K",
            "3001A1f90K",
            "40010203",
            "51",
            "5003",
            "6000K",
            "7000K",
            "8105",
            "f001aabb",
        ]
        .map(|text| text.replace('K', KEY).replace('A', ADDRESS))
        .to_vec()
    }

    /// A segment with this option, padded in front.
    fn segment(option: &str) -> Vec<u8> {
        let option = hex(option);
        let padding = (4 - (option.len() + 2) % 4) % 4;
        let offset = (22 + padding + option.len()) / 4;
        let mut bytes = hex(&format!("9c40 0050 000003e8 00001388 {offset:x}010 faf0 0000 0000"));
        bytes.extend(vec![1; padding]);
        bytes.extend([30, option.len() as u8 + 2]);
        bytes.extend(option);
        bytes
    }

    #[test]
    fn one_of_each() {
        let mut all = String::new();
        for option in options() {
            let tree = tree(&TCP, &segment(&option));
            let from = tree.find("Multipath").unwrap_or_default();
            writeln!(all, "{option}\n    {}", tree[from..].trim_end()).expect("a string grows");
        }
        insta::assert_snapshot!(all);
    }

    #[test]
    fn every_prefix_of_each() {
        for option in options() {
            every_prefix(&TCP, &segment(&option));
        }
    }

    #[test]
    fn as_json() {
        insta::assert_snapshot!(json(&TCP, &segment("2005 01020304 00000001 00000002 0010")));
    }

    #[test]
    fn too_short_an_option_is_a_problem() {
        for option in ["00", "2004 0000", "3401", "6000 0102", "80"] {
            let tree = tree(&TCP, &segment(option));
            assert!(tree.contains("! Option's length is wrong"), "{option}: {tree}");
        }
    }
}
