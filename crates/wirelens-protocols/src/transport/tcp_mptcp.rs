//! Multipath TCP: RFC 8684, and RFC 6824 for its version 0.

use wirelens_dissect::prelude::*;

use super::tcp_options::{MPTCP, Segment};

fields! {
    /// The rows of Multipath TCP's option.
    MPTCP_ROWS = "tcp" MPTCP "options.mptcp";
    SUBTYPE   = uint "options.mptcp.subtype" "Subtype" & 0xf0 names(SUBTYPES) brief("mptcp ");
    MP_VERSION = uint "options.mptcp.version" "Version" & 0x0f;
    CAPABLE_FLAGS = hex "options.mptcp.flags" "Flags" {
        CHECKSUMS  = flag "options.mptcp.checksumreq.flags" "Checksum Required" & 0x80 key("checksum_required");
        EXTENDED   = flag "options.mptcp.extensibility.flag" "Extensibility" & 0x40 key("extensibility");
        NO_MORE_SUBFLOWS = flag "options.mptcp.nomoresubflows.flag" "No subflows to this address and port" & 0x20 key("no_more_subflows");
        CAPABLE_RES = hex "options.mptcp.reserved.flag" "Reserved" & 0x1e key("reserved");
        SHA256     = flag "options.mptcp.sha256.flag" "HMAC-SHA256" & 0x01 key("sha256");
    };
    CAPABLE_V0_FLAGS = hex "options.mptcp.flags" "Flags" {
        V0_CHECKSUMS = flag "options.mptcp.checksumreq.flags" "Checksum Required" & 0x80 key("checksum_required");
        V0_EXTENDED  = flag "options.mptcp.extensibility.flag" "Extensibility" & 0x40 key("extensibility");
        V0_RES       = hex "options.mptcp.reserved.flag" "Reserved" & 0x3e key("reserved");
        SHA1         = flag "options.mptcp.sha1.flag" "HMAC-SHA1" & 0x01 key("sha1");
    };
    SUBFLOW_FLAGS = hex "options.mptcp.flags" "Flags" {
        BACKUP = flag "options.mptcp.backup.flag" "Backup" & 0x01 key("backup");
    };
    DSS_FLAGS = hex "options.mptcp.flags" "Flags" {
        DATA_FIN      = flag "options.mptcp.datafin.flag" "DATA_FIN" & 0x10 key("data_fin");
        DSN_IS_LONG   = flag "options.mptcp.dseqn8.flag" "Data Sequence Number has 8 bytes" & 0x08 key("dsn_8");
        DSN_PRESENT   = flag "options.mptcp.dseqnpresent.flag" "Mapping is present" & 0x04 key("dsn_present");
        ACK_IS_LONG   = flag "options.mptcp.dataack8.flag" "Data ACK has 8 bytes" & 0x02 key("ack_8");
        ACK_PRESENT   = flag "options.mptcp.dataackpresent.flag" "Data ACK is present" & 0x01 key("ack_present");
    };
    RESET_FLAGS = hex "options.mptcp.flags" "Flags" {
        FLAG_U    = flag "options.mptcp.flag_U.flag" "U" & 0x08 key("u");
        FLAG_V    = flag "options.mptcp.flag_V.flag" "V" & 0x04 key("v");
        FLAG_W    = flag "options.mptcp.flag_W.flag" "W" & 0x02 key("w");
        TRANSIENT = flag "options.mptcp.flag_T.flag" "Transient" & 0x01 key("transient");
    };
    SEND_KEY  = uint "options.mptcp.sendkey" "Sender's Key" key("sender_key");
    RECV_KEY  = uint "options.mptcp.recvkey" "Receiver's Key" key("receiver_key");
    RECV_TOKEN = uint "options.mptcp.recvtok" "Receiver's Token" key("receiver_token");
    TRUNCATED_HMAC = uint "options.mptcp.sendtrunchmac" "Sender's Truncated HMAC" key("sender_truncated_hmac");
    SEND_RANDOM = uint "options.mptcp.sendrand" "Sender's Random Number" key("sender_random");
    MP_RESERVED = hex "options.mptcp.reserved" "Reserved" & 0x0fff;
    SEND_HMAC = bytes "options.mptcp.sendhmac" "Sender's HMAC" key("sender_hmac");
    DATA_ACK  = uint "options.mptcp.rawdataack" "Data ACK" key("data_ack");
    DATA_SEQ  = uint "options.mptcp.rawdataseqno" "Data Sequence Number" key("data_seq");
    SUBFLOW_SEQ = uint "options.mptcp.subflowseqno" "Subflow Sequence Number" key("subflow_seq");
    DATA_LEN  = uint "options.mptcp.datalvllen" "Data-Level Length" key("data_length");
    MP_CHECKSUM = hex "options.mptcp.checksum" "Checksum";
    IP_VERSION = uint "options.mptcp.ipver" "IP Version" & 0x0f key("ip_version");
    MP_ECHO   = flag "options.mptcp.echo" "Echo" & 0x01;
    ADDRESS_ID = uint "options.mptcp.addrid" "Address ID" key("address_id");
    REMOVED_ID = uint "options.mptcp.addrid" "Address ID" many key("removed");
    MP_IPV4   = ipv4 "options.mptcp.ipv4" "Address";
    MP_IPV6   = ipv6 "options.mptcp.ipv6" "Address";
    MP_PORT   = uint "options.mptcp.port" "Port";
    ADDRESS_HMAC = uint "options.mptcp.addaddrtrunchmac" "Truncated HMAC" key("address_hmac");
    RESET_REASON = hex "options.mptcp.rst_reason" "Reason" names(RESET_REASONS) key("reason");
    MP_DATA   = bytes "options.mptcp.data" "Data" own;
}

/// RFC 8684, section 8.2.
static SUBTYPES: Names = &[
    (0, "MP_CAPABLE"),
    (1, "MP_JOIN"),
    (2, "DSS"),
    (3, "ADD_ADDR"),
    (4, "REMOVE_ADDR"),
    (5, "MP_PRIO"),
    (6, "MP_FAIL"),
    (7, "MP_FASTCLOSE"),
    (8, "MP_TCPRST"),
    (15, "MP_EXPERIMENTAL"),
];

/// RFC 8684, section 3.6.
static RESET_REASONS: Names = &[
    (0, "Unspecified error"),
    (1, "MPTCP-specific error"),
    (2, "Lack of resources"),
    (3, "Administratively prohibited"),
    (4, "Too much outstanding data"),
    (5, "Unacceptable performance"),
    (6, "Middlebox interference"),
];

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
            p.remainder(&MP_DATA)
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

    use crate::testing::*;
    use crate::transport::tcp::TCP;

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
