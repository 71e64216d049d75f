//! Resource records, RFC 1035 section 3.2, and the types that this RFC has.

use wirelens_dissect::prelude::*;

use super::name::{self, Name};
use super::{ANSWER, Flavour, Message, edns, host, names, security, svcb};
use crate::network::ip_protocols::PROTOCOLS;

fields! {
    /// What every record has, and the rows of RFC 1035's types.
    ROWS = "dns" ANSWER "resp";
    NAME        = text "resp.name"  "Name";
    // tshark has no such field in SRV records, only its parts.
    SRV_OWNER   = text "resp.name"  "Name" own;
    TYPE        = uint "resp.type"  "Type"  names(names::TYPES) brief(", ");
    CLASS       = hex  "resp.class" "Class" names(names::CLASSES);
    CLASS_15    = hex  "resp.class" "Class" & 0x7fff names(names::CLASSES);
    CACHE_FLUSH = flag "resp.cache_flush" "Cache Flush" & 0x8000;
    TTL         = uint "resp.ttl"   "Time to Live";
    LENGTH      = uint "resp.len"   "Data Length" detail;
    A     = ipv4 "a"              "Address" brief("");
    NS    = text "ns"             "Name Server" brief("");
    MD    = text "md"             "Mail Destination" brief("");
    MF    = text "mf"             "Mail Forwarder" brief("");
    CNAME = text "cname"          "Canonical Name" brief("");
    SOA   = group "soa" "Start of Authority" own {
        MNAME       = text "soa.mname"            "Primary Name Server" brief("");
        RNAME       = text "soa.rname"            "Responsible Mailbox";
        SERIAL      = uint "soa.serial_number"    "Serial Number";
        REFRESH     = uint "soa.refresh_interval" "Refresh Interval";
        RETRY       = uint "soa.retry_interval"   "Retry Interval";
        EXPIRE      = uint "soa.expire_limit"     "Expiry Limit";
        MINIMUM_TTL = uint "soa.minimum_ttl"      "Minimum time to live";
    };
    MB   = text  "mb"   "Mailbox" brief("");
    MG   = text  "mg"   "Mail Group Member" brief("");
    MR   = text  "mr"   "Mail Rename Domain" brief("");
    NULL = bytes "null" "Anything";
    WKS  = group "wks" "Well Known Services" own {
        WKS_ADDRESS  = ipv4 "wks.address"  "Address";
        WKS_PROTOCOL = uint "wks.protocol" "Protocol" names(PROTOCOLS);
        WKS_BITS     = hex  "wks.bits"     "Ports" many;
    };
    PTR   = text "ptr.domain_name" "Domain Name" key("ptr") brief("");
    HINFO = group "hinfo" "Host Information" own {
        CPU_LENGTH = uint "hinfo.cpu_length" "Length" detail;
        CPU        = text "hinfo.cpu"        "CPU" brief("");
        OS_LENGTH  = uint "hinfo.os_length"  "Length" detail;
        OS         = text "hinfo.os"         "Operating System" brief("");
    };
    MINFO = group "minfo" "Mailbox Information" own {
        MINFO_RESPONSIBLE = text "minfo.r" "Responsible Mailbox" key("responsible");
        MINFO_ERRORS      = text "minfo.e" "Mailbox for Errors"  key("errors");
    };
    MX = group "mx" "Mail Exchange" own {
        MX_PREFERENCE = uint "mx.preference"    "Preference" brief("");
        MX_EXCHANGE   = text "mx.mail_exchange" "Mail Exchange" brief("");
    };
    TXT_LENGTH = uint  "txt.length" "Length" many detail;
    TXT        = text  "txt"        "Text" many brief("");
    DATA       = bytes "data"       "Data";
    HIGH_TTL   = problem "ttl.high_bit_set" "Time to live has its highest bit set";
    BAD_DATA   = problem "resp.len.bad"     "Data does not fit its length" own;
}

/// Reads a record.
pub(super) fn read(p: &mut Packet<'_>, message: Message) -> Read {
    let owner = name::find(p, message)?;
    let kind = u16::from_be_bytes([p.peek_at(owner.wire)?, p.peek_at(owner.wire + 1)?]);
    owner.record(p, message, if kind == SRV { &SRV_OWNER } else { &NAME });
    p.skip(owner.wire)?;
    p.u16(&TYPE)?;
    if kind == OPT {
        edns::header(p, message)?;
    } else {
        if message.flavour == Flavour::Multicast {
            // RFC 6762 section 10.2.
            p.bits(p.peek_u16()?, 2, &[&CLASS_15, &CACHE_FLUSH])?;
        } else {
            p.u16(&CLASS)?;
        }
        // RFC 2181 section 8: such a time counts as zero.
        if p.u32(&TTL)? >> 31 != 0 {
            p.problem_at(&HIGH_TTL, p.at() - 4, 4);
        }
    }
    let length = usize::from(p.u16(&LENGTH)?);
    p.within(length, |p| {
        if length == 0 {
            return Ok(());
        }
        match data(p, message, owner, kind) {
            // The data was captured whole, so it is its length that is wrong.
            Err(Stop::Truncated { .. }) if p.left() == p.declared_left() => p.problem(&BAD_DATA),
            Err(stop @ Stop::Truncated { .. }) => return Err(stop),
            _ => {}
        }
        Ok(())
    })
}

const SRV: u16 = 33;
const OPT: u16 = 41;

fn data(p: &mut Packet<'_>, message: Message, owner: Name, kind: u16) -> Read {
    let row = match kind {
        2 => &NS,
        3 => &MD,
        4 => &MF,
        5 => &CNAME,
        7 => &MB,
        8 => &MG,
        9 => &MR,
        12 => &PTR,
        1 => return p.ipv4(&A).map(drop),
        6 => return p.group(&SOA, |p| start_of_authority(p, message)),
        10 => return p.rest(&NULL).map(drop),
        11 => return p.group(&WKS, well_known_services),
        13 => {
            return p.group(&HINFO, |p| {
                string(p, &CPU_LENGTH, &CPU)?;
                string(p, &OS_LENGTH, &OS)
            });
        }
        14 => {
            return p.group(&MINFO, |p| {
                name::read(p, message, &MINFO_RESPONSIBLE)?;
                name::read(p, message, &MINFO_ERRORS)
            });
        }
        15 => {
            return p.group(&MX, |p| {
                p.u16(&MX_PREFERENCE)?;
                name::read(p, message, &MX_EXCHANGE)
            });
        }
        16 => return strings(p, &TXT_LENGTH, &TXT),
        SRV => return host::service(p, message, owner),
        OPT => return edns::options(p, message),
        64 | 65 => return svcb::read(p, message),
        _ => {
            let known = security::read(p, message, kind)? || host::read(p, message, kind)?;
            return if known { Ok(()) } else { p.rest(&DATA).map(drop) };
        }
    };
    name::read(p, message, row)
}

fn start_of_authority(p: &mut Packet<'_>, message: Message) -> Read {
    name::read(p, message, &MNAME)?;
    name::read(p, message, &RNAME)?;
    for row in [&SERIAL, &REFRESH, &RETRY, &EXPIRE, &MINIMUM_TTL] {
        p.u32(row)?;
    }
    Ok(())
}

/// RFC 1035 section 3.4.2: a bit for each port from 0 on.
fn well_known_services(p: &mut Packet<'_>) -> Read {
    p.ipv4(&WKS_ADDRESS)?;
    p.u8(&WKS_PROTOCOL)?;
    while p.declared_left() > 0 {
        if p.peek_u8()? == 0 {
            p.skip(1)?;
        } else {
            p.u8(&WKS_BITS)?;
        }
    }
    Ok(())
}

/// A character string, RFC 1035 section 3.3.
pub(super) fn string(p: &mut Packet<'_>, length: &'static Field, text: &'static Field) -> Read {
    let length = p.u8(length)?;
    p.text(text, length.into()).map(drop)
}

pub(super) fn strings(p: &mut Packet<'_>, length: &'static Field, text: &'static Field) -> Read {
    while p.declared_left() > 0 {
        string(p, length, text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::messages::*;

    #[test]
    fn the_types_of_rfc_1035() {
        insta::assert_snapshot!(answers(&[
            (1, "c0000207"),
            (2, "ns.example."),
            (3, "md.example."),
            (4, "mf.example."),
            (5, "cn.example."),
            (6, "ns.example. host.example. 000007e8 00001c20 00000258 00015180 0000003c"),
            (7, "mb.example."),
            (8, "mg.example."),
            (9, "mr.example."),
            (10, "010203"),
            (11, "c0000207 06 0000058001"),
            (12, "ptr.example."),
            (13, r#""CPU "OS"#),
            (14, "r.example. e.example."),
            (15, "000a mail.example."),
            (16, r#""hello "world ""#),
            (65280, "0102"),
        ]));
    }

    #[test]
    fn data_that_does_not_fit_its_length_is_a_problem_of_its_record() {
        let tree = answers(&[(1, "c00002"), (2, "ns.example."), (16, "05 6162")]);
        assert_eq!(tree.matches("! Data does not fit").count(), 2, "{tree}");
        assert!(tree.contains("Name Server: ns.example"), "{tree}");
    }
}
