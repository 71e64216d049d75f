//! Keys, signatures and what they prove: RFC 2535, RFC 4034, RFC 5155, RFC 6698 and others.

use wirelens_dissect::prelude::*;

use super::{ANSWER, Message, name, names};

fields! {
    /// The rows of records about keys and signatures.
    ROWS = "dns" ANSWER "resp";
    RRSIG = group "rrsig" "Signature" own {
        TYPE_COVERED   = uint  "rrsig.type_covered" "Type Covered" names(names::TYPES) brief("");
        RRSIG_ALGORITHM = uint "rrsig.algorithm"    "Algorithm"    names(names::ALGORITHMS);
        LABELS         = uint  "rrsig.labels"       "Labels";
        ORIGINAL_TTL   = uint  "rrsig.original_ttl" "Original time to live";
        EXPIRATION     = time  "rrsig.signature_expiration" "Signature Expiration";
        INCEPTION      = time  "rrsig.signature_inception"  "Signature Inception";
        RRSIG_KEY_TAG  = uint  "rrsig.key_tag"      "Key Tag";
        SIGNER         = text  "rrsig.signers_name" "Signer's Name" brief("by ");
        SIGNATURE      = bytes "rrsig.signature"    "Signature";
    };
    KEY = group "key" "Public Key" own {
        KEY_FLAGS = hex "key.flags" "Flags" {
            NO_AUTHENTICATION  = flag "key.flags.authentication"  "Not for Authentication"  & 0x8000;
            NO_CONFIDENTIALITY = flag "key.flags.confidentiality" "Not for Confidentiality" & 0x4000;
            REQUIRED   = flag "key.flags.required"        "Not Required"     & 0x2000 read;
            OF_USER    = flag "key.flags.associated_user" "Key of a user"    & 0x0400 read;
            OF_ENTITY  = flag "key.flags.associated_named_entity" "Key of an entity" & 0x0200 read;
            FOR_IPSEC  = flag "key.flags.ipsec"           "For IPsec"        & 0x0080 read;
            FOR_MAIL   = flag "key.flags.mime"            "For Secure Mail"  & 0x0040 read;
            SIGNATORY  = uint "key.flags.signatory"       "Signatory"        & 0x000f read;
        };
        KEY_PROTOCOL  = uint  "key.protocol"   "Protocol" names(names::KEY_PROTOCOLS);
        KEY_ALGORITHM = uint  "key.algorithm"  "Algorithm" names(names::ALGORITHMS);
        KEY_ID        = uint  "key.key_id"     "Key Tag";
        KEY_DATA      = bytes "key.public_key" "Public Key";
    };
    DNSKEY = group "dnskey" "Public Key" own {
        DNSKEY_FLAGS = hex "dnskey.flags" "Flags" {
            ZONE_KEY    = flag "dnskey.flags.zone_key"           "Zone Key"    & 0x0100;
            REVOKED     = flag "dnskey.flags.key_revoked"        "Key Revoked" & 0x0080;
            ENTRY_POINT = flag "dnskey.flags.secure_entry_point" "Secure Entry Point" & 0x0001;
            RESERVED    = hex  "dnskey.flags.reserved"           "Reserved"    & 0xfe7e;
        };
        DNSKEY_PROTOCOL  = uint  "dnskey.protocol"   "Protocol" names(names::KEY_PROTOCOLS);
        DNSKEY_ALGORITHM = uint  "dnskey.algorithm"  "Algorithm" names(names::ALGORITHMS);
        DNSKEY_ID        = uint  "dnskey.key_id"     "Key Tag" brief("key ");
        DNSKEY_DATA      = bytes "dnskey.public_key" "Public Key";
    };
    DS = group "ds" "Delegation Signer" own {
        DS_KEY_ID    = hex   "ds.key_id"      "Key Tag" brief("key ");
        DS_ALGORITHM = uint  "ds.algorithm"   "Algorithm"   names(names::ALGORITHMS);
        DIGEST_TYPE  = uint  "ds.digest_type" "Digest Type" names(names::DIGESTS);
        DIGEST       = bytes "ds.digest"      "Digest";
    };
    NSEC = group "nsec" "Next Secure Name" own {
        NSEC_NEXT = text "nsec.next_domain_name" "Next Domain Name" brief("");
        TYPES     = uint "resp.type" "Type" many shared key("types") names(names::TYPES);
    };
    NSEC3 = group "nsec3" "Next Secure Hash" own {
        HASH_ALGORITHM = uint "nsec3.algo" "Hash Algorithm" names(names::NSEC3_HASHES);
        NSEC3_FLAGS    = uint "nsec3.flags" "Flags" {
            OPT_OUT = flag "nsec3.flags.opt_out" "Opt-out" & 0x01 read;
        };
        ITERATIONS  = uint  "nsec3.iterations"  "Iterations";
        SALT_LENGTH = uint  "nsec3.salt_length" "Salt Length" detail;
        SALT        = bytes "nsec3.salt_value"  "Salt";
        HASH_LENGTH = uint  "nsec3.hash_length" "Hash Length" detail;
        HASH        = text  "nsec3.hash_value"  "Next Hashed Owner";
    };
    NXT = group "nxt" "Next Name" own {
        NXT_NEXT = text "nxt.next_domain_name" "Next Domain Name";
    };
    CSYNC = group "csync" "Child to parent synchronisation" own {
        CSYNC_SERIAL = uint "csync.soa" "Serial Number" key("serial");
        CSYNC_FLAGS  = hex "csync.flags" "Flags" {
            IMMEDIATE   = flag "csync.flags.immediate"  "Immediate"       & 0x0001;
            SOA_MINIMUM = flag "csync.flags.soaminimum" "Serial is a minimum" & 0x0002;
        };
        TYPE_BITMAP = bytes "csync.type_bitmap" "Types" detail;
    };
    CERT = group "cert" "Certificate" own {
        CERT_TYPE      = uint  "cert.type"        "Type" names(names::CERTIFICATES);
        CERT_KEY_TAG   = hex   "cert.key_tag"     "Key Tag";
        CERT_ALGORITHM = uint  "cert.algorithm"   "Algorithm" names(names::ALGORITHMS);
        CERTIFICATE    = bytes "cert.certificate" "Certificate or revocation list";
    };
    SSHFP = group "sshfp" "SSH Key Fingerprint" own {
        SSHFP_ALGORITHM  = uint  "sshfp.algorithm"        "Algorithm" names(names::SSH_KEYS);
        FINGERPRINT_TYPE = uint  "sshfp.fingerprint.type" "Fingerprint Type" key("fingerprint_type") names(names::SSH_DIGESTS);
        FINGERPRINT      = bytes "sshfp.fingerprint"      "Fingerprint";
    };
    TLSA = group "tlsa" "Certificate Association" own {
        USAGE         = uint  "tlsa.certificate_usage" "Certificate Usage" names(names::TLSA_USAGES);
        SELECTOR      = uint  "tlsa.selector"          "Selector" names(names::TLSA_SELECTORS);
        MATCHING_TYPE = uint  "tlsa.matching_type"     "Matching Type" names(names::TLSA_MATCHINGS);
        ASSOCIATION   = bytes "tlsa.certificate_association_data" "Association Data";
    };
    IPSECKEY = group "ipseckey" "IPsec Key" own {
        PRECEDENCE   = uint  "ipseckey.gateway_precedence" "Precedence";
        GATEWAY_TYPE = uint  "ipseckey.gateway_type"       "Gateway Type" names(names::GATEWAYS);
        IPSEC_ALGORITHM = uint "ipseckey.gateway_algorithm" "Algorithm"   names(names::IPSEC_ALGORITHMS);
        GATEWAY_IPV4 = ipv4  "ipseckey.gateway_ipv4"       "Gateway";
        GATEWAY_IPV6 = ipv6  "ipseckey.gateway_ipv6"       "Gateway";
        GATEWAY_NAME = text  "ipseckey.gateway_dns"        "Gateway";
        IPSEC_KEY    = bytes "ipseckey.public_key"         "Public Key";
    };
    DHCID      = bytes "dhcid.rdata" "DHCP Identifier" key("dhcid");
    OPENPGPKEY = text  "openpgpkey"  "OpenPGP Key";
    ZONEMD = group "zonemd" "Zone Digest" own {
        ZONEMD_SERIAL = uint  "zonemd.serial"    "Serial Number";
        SCHEME        = uint  "zonemd.scheme"    "Scheme" names(names::ZONE_SCHEMES);
        ZONE_HASH     = uint  "zonemd.hash_algo" "Hash Algorithm" names(names::ZONE_HASHES);
        ZONE_DIGEST   = bytes "zonemd.digest"    "Digest";
    };
    TKEY = group "tkey" "Transaction Key" own {
        TKEY_ALGORITHM  = text  "tkey.algo_name"            "Algorithm" brief("");
        TKEY_INCEPTION  = time  "tkey.signature_inception"  "Inception";
        TKEY_EXPIRATION = time  "tkey.signature_expiration" "Expiration";
        MODE            = uint  "tkey.mode"       "Mode"  names(names::TKEY_MODES);
        TKEY_ERROR      = uint  "tkey.error"      "Error" names(names::RCODES);
        KEY_SIZE        = uint  "tkey.key_size"   "Key Size" detail;
        TKEY_DATA       = bytes "tkey.key_data"   "Key";
        TKEY_OTHER_SIZE = uint  "tkey.other_size" "Other Size" detail;
        TKEY_OTHER      = bytes "tkey.other_data" "Other Data";
    };
    TSIG = group "tsig" "Transaction Signature" own {
        TSIG_ALGORITHM = text  "tsig.algorithm_name" "Algorithm" brief("");
        TIME_SIGNED    = time  "tsig.time_signed"    "Time Signed";
        FUDGE          = uint  "tsig.fudge"          "Seconds of error permitted";
        MAC_SIZE       = uint  "tsig.mac_size"       "Signature Size" detail;
        MAC            = bytes "tsig.mac"            "Signature";
        ORIGINAL_ID    = uint  "tsig.original_id"    "Original Identifier";
        TSIG_ERROR     = uint  "tsig.error"          "Error" names(names::RCODES);
        OTHER_LENGTH   = uint  "tsig.other_len"      "Other Length" detail;
        TSIG_OTHER     = bytes "tsig.other_data"     "Other Data";
    };
}

/// Reads the data of a record of these types; says whether it is one.
pub(super) fn read(p: &mut Packet<'_>, message: Message, kind: u16) -> Read<bool> {
    match kind {
        24 | 46 => p.group(&RRSIG, |p| signature(p, message)),
        25 => p.group(&KEY, key),
        30 => p.group(&NXT, |p| name::read(p, message, &NXT_NEXT)),
        37 => p.group(&CERT, |p| {
            p.u16(&CERT_TYPE)?;
            p.u16(&CERT_KEY_TAG)?;
            p.u8(&CERT_ALGORITHM)?;
            p.rest(&CERTIFICATE).map(drop)
        }),
        43 | 59 | 32769 => p.group(&DS, |p| {
            p.u16(&DS_KEY_ID)?;
            p.u8(&DS_ALGORITHM)?;
            p.u8(&DIGEST_TYPE)?;
            p.rest(&DIGEST).map(drop)
        }),
        44 => p.group(&SSHFP, |p| {
            p.u8(&SSHFP_ALGORITHM)?;
            p.u8(&FINGERPRINT_TYPE)?;
            p.rest(&FINGERPRINT).map(drop)
        }),
        45 => p.group(&IPSECKEY, |p| ipsec_key(p, message)),
        47 => p.group(&NSEC, |p| {
            name::read(p, message, &NSEC_NEXT)?;
            type_bitmap(p)
        }),
        48 | 60 => p.group(&DNSKEY, dns_key),
        49 => p.rest(&DHCID).map(drop),
        50 => p.group(&NSEC3, |p| {
            nsec3_parameters(p, true)?;
            let length = usize::from(p.u8(&HASH_LENGTH)?);
            p.need(length)?;
            let hash = p.ahead();
            p.make_text(&HASH, p.at(), length, |out| base32hex(&hash[..length], out));
            p.skip(length)?;
            type_bitmap(p)
        }),
        51 => p.group(&NSEC3, |p| nsec3_parameters(p, false)),
        // SMIMEA, RFC 8162, has the form of TLSA.
        52 => p.group(&TLSA, |p| {
            p.u8(&USAGE)?;
            p.u8(&SELECTOR)?;
            p.u8(&MATCHING_TYPE)?;
            p.rest(&ASSOCIATION).map(drop)
        }),
        61 => p.rest(&OPENPGPKEY).map(drop),
        62 => p.group(&CSYNC, |p| {
            p.u32(&CSYNC_SERIAL)?;
            p.u16(&CSYNC_FLAGS)?;
            p.note(&TYPE_BITMAP, 0, p.left());
            type_bitmap(p)
        }),
        63 => p.group(&ZONEMD, |p| {
            p.u32(&ZONEMD_SERIAL)?;
            p.u8(&SCHEME)?;
            p.u8(&ZONE_HASH)?;
            p.rest(&ZONE_DIGEST).map(drop)
        }),
        249 => p.group(&TKEY, |p| transaction_key(p, message)),
        250 => p.group(&TSIG, |p| transaction_signature(p, message)),
        _ => return Ok(false),
    }?;
    Ok(true)
}

/// RFC 4034 section 3.1.
fn signature(p: &mut Packet<'_>, message: Message) -> Read {
    p.u16(&TYPE_COVERED)?;
    p.u8(&RRSIG_ALGORITHM)?;
    p.u8(&LABELS)?;
    p.u32(&ORIGINAL_TTL)?;
    seconds(p, &EXPIRATION)?;
    seconds(p, &INCEPTION)?;
    p.u16(&RRSIG_KEY_TAG)?;
    name::read(p, message, &SIGNER)?;
    p.rest(&SIGNATURE).map(drop)
}

/// RFC 2535 section 3.1: without a key the flags say no more than that.
fn key(p: &mut Packet<'_>) -> Read {
    const NO_KEY: u16 = 0xc000;
    let data = p.ahead();
    let flags = p.u16(&KEY_FLAGS)?;
    if flags & NO_KEY != NO_KEY {
        p.under(|p| {
            for row in [&REQUIRED, &OF_USER, &OF_ENTITY, &FOR_IPSEC, &FOR_MAIL, &SIGNATORY] {
                p.mark(row, p.at() - 2, 2, flags.into());
            }
            Ok(())
        })?;
    }
    p.u8(&KEY_PROTOCOL)?;
    let algorithm = p.u8(&KEY_ALGORITHM)?;
    p.mark(&KEY_ID, p.at() + p.left(), 0, key_tag(data, algorithm));
    p.rest(&KEY_DATA).map(drop)
}

fn dns_key(p: &mut Packet<'_>) -> Read {
    let data = p.ahead();
    p.u16(&DNSKEY_FLAGS)?;
    p.u8(&DNSKEY_PROTOCOL)?;
    let algorithm = p.u8(&DNSKEY_ALGORITHM)?;
    p.mark(&DNSKEY_ID, p.at() + p.left(), 0, key_tag(data, algorithm));
    p.rest(&DNSKEY_DATA).map(drop)
}

/// RFC 4034 appendix B.
fn key_tag(data: &[u8], algorithm: u8) -> u64 {
    const RSA_MD5: u8 = 1;
    if algorithm == RSA_MD5 {
        return match data {
            [.., high, low, _] => u64::from(*high) << 8 | u64::from(*low),
            _ => 0,
        };
    }
    let words = data.chunks(2).map(|w| u64::from(w[0]) << 8 | u64::from(*w.get(1).unwrap_or(&0)));
    let sum: u64 = words.sum();
    (sum + (sum >> 16 & 0xffff)) & 0xffff
}

/// RFC 5155 sections 3.2 and 4.2, which has no flags that mean something.
fn nsec3_parameters(p: &mut Packet<'_>, with_flags: bool) -> Read {
    p.u8(&HASH_ALGORITHM)?;
    let flags = p.u8(&NSEC3_FLAGS)?;
    if with_flags {
        p.under(|p| {
            p.mark(&OPT_OUT, p.at() - 1, 1, flags.into());
            Ok(())
        })?;
    }
    p.u16(&ITERATIONS)?;
    let length = p.u8(&SALT_LENGTH)?;
    if length > 0 {
        p.bytes(&SALT, length.into())?;
    }
    Ok(())
}

/// RFC 4034 section 4.1.2: windows of 256 types, each with as many bytes as it needs.
fn type_bitmap(p: &mut Packet<'_>) -> Read {
    while p.declared_left() > 0 {
        let [window, length] = p.peek()?;
        p.skip(2)?;
        for byte in 0..u64::from(length) {
            let bits = p.peek_u8()?;
            for bit in (0..8).filter(|bit| bits & 0x80 >> bit != 0) {
                p.note(&TYPES, u64::from(window) << 8 | byte << 3 | bit, 1);
            }
            p.skip(1)?;
        }
    }
    Ok(())
}

/// The base 32 encoding with extended hexadecimal digits, RFC 4648 section 7, that RFC 5155 uses.
fn base32hex(bytes: &[u8], out: &mut Vec<u8>) {
    for part in bytes.chunks(5) {
        let word = (0..5).fold(0, |word: u64, at| word << 8 | u64::from(*part.get(at).unwrap_or(&0)));
        for digit in 0..(part.len() * 8).div_ceil(5) {
            out.push(b"0123456789abcdefghijklmnopqrstuv"[(word >> (35 - 5 * digit) & 0x1f) as usize]);
        }
    }
}

/// RFC 4025 section 2.
fn ipsec_key(p: &mut Packet<'_>, message: Message) -> Read {
    p.u8(&PRECEDENCE)?;
    let gateway = p.u8(&GATEWAY_TYPE)?;
    p.u8(&IPSEC_ALGORITHM)?;
    match gateway {
        1 => drop(p.ipv4(&GATEWAY_IPV4)?),
        2 => drop(p.ipv6(&GATEWAY_IPV6)?),
        3 => name::read(p, message, &GATEWAY_NAME)?,
        _ => {}
    }
    p.remainder(&IPSEC_KEY)
}

/// RFC 2930 section 2.
fn transaction_key(p: &mut Packet<'_>, message: Message) -> Read {
    name::read(p, message, &TKEY_ALGORITHM)?;
    seconds(p, &TKEY_INCEPTION)?;
    seconds(p, &TKEY_EXPIRATION)?;
    p.u16(&MODE)?;
    p.u16(&TKEY_ERROR)?;
    counted(p, &KEY_SIZE, &TKEY_DATA)?;
    counted(p, &TKEY_OTHER_SIZE, &TKEY_OTHER)
}

/// RFC 8945 section 4.2.
fn transaction_signature(p: &mut Packet<'_>, message: Message) -> Read {
    name::read(p, message, &TSIG_ALGORITHM)?;
    let time = p.peek_u48()?;
    p.number(&TIME_SIGNED, time.saturating_mul(NANOSECONDS).min(i64::MAX as u64), 6)?;
    p.u16(&FUDGE)?;
    counted(p, &MAC_SIZE, &MAC)?;
    p.u16(&ORIGINAL_ID)?;
    p.u16(&TSIG_ERROR)?;
    counted(p, &OTHER_LENGTH, &TSIG_OTHER)
}

const NANOSECONDS: u64 = 1_000_000_000;

/// A moment as seconds since 1970.
fn seconds(p: &mut Packet<'_>, field: &'static Field) -> Read {
    let moment = u64::from(p.peek_u32()?) * NANOSECONDS;
    p.number(field, moment, 4)
}

/// A length and as many bytes.
fn counted(p: &mut Packet<'_>, length: &'static Field, bytes: &'static Field) -> Read {
    match p.u16(length)? {
        0 => Ok(()),
        length => p.bytes(bytes, length.into()).map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::super::messages::*;

    #[test]
    fn keys_and_signatures() {
        insta::assert_snapshot!(answers(&[
            (24, "0001 08 02 00000e10 6553f100 5f5e1000 abcd s.example. 5353"),
            (25, "4381 03 05 4b4b4b"),
            (25, "c000 03 01 4b4b4b"),
            (30, "n.example. 62000080"),
            (37, "0001 1234 05 43455254"),
            (43, "1234 08 02 4444"),
            (44, "01 02 4646"),
            (45, "0a 01 02 c0000207 5042"),
            (45, "0a 02 02 20010db8000000000000000000000007 5042"),
            (45, "0a 03 02 gw.example. 5042"),
            (45, "0a 00 00"),
            (46, "001c 0d 02 00000e10 6553f100 5f5e1000 abcd s.example. 5353"),
            (47, "b.example. 0006 400000000003 0101 40"),
            (48, "0181 03 08 4b4b4b"),
            (49, "000102"),
            (50, "01 01 000a 04 53414c54 05 4848484848 0006 400000000000"),
            (51, "01 00 000a 00"),
            (52, "03 01 01 5454"),
            (59, "1234 08 02 4444"),
            (60, "0100 03 08 4b4b4b"),
            (61, "504750"),
            (62, "00000007 0003 0006 600000000000"),
            (63, "00000007 01 01 5a5a"),
            (249, "gss-tsig. 5f5e1000 6553f100 0003 0000 0002 4b44 0001 4f"),
            (250, "hmac-sha256. 000065543210 012c 0004 4d41434d 1234 0012 0006 000065543211"),
        ]));
    }

    #[test]
    fn the_key_of_rfc_4034_section_5_4() {
        let key = "0100 03 05 01039e8a247418e318903b215a848acfd5f37f026bd4062db26c774c690968d5d56df8bfda91e6f3 \
            6d9a279888f41333357c5e6029990d10fdf5663062a512763326980a615ddbf17a05ddfcce7e5fb3 \
            abcca05a31b0957452d4521e83870789063115bf97f6c308ccf57cdc9ce7fe10f6ed1bd0cc066003 \
            8c50dcdb0feb963c2f17";
        assert!(answers(&[(48, key)]).contains("Key Tag: 60485"));
    }
}
