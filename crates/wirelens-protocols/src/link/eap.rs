//! Extensible Authentication Protocol, RFC 3748, with the framing of EAP-TLS, RFC 5216, which TTLS,
//! PEAP and FAST share.

use wirelens_dissect::prelude::*;

use crate::link::eapol::EAPOL_TYPE;

/// What an EAP method carries behind its own framing, by the method's number: TLS.
pub static EAP_TYPE: Table = Table::new("eap.type", "EAP type");

static CODES: Names = &[
    (1, "Request"),
    (2, "Response"),
    (3, "Success"),
    (4, "Failure"),
    (5, "Initiate"),
    (6, "Finish"),
];

/// IANA, "EAP Method Types".
static TYPES: Names = &[
    (1, "Identity"),
    (2, "Notification"),
    (3, "Legacy Nak"),
    (4, "MD5-Challenge"),
    (5, "One-Time Password"),
    (6, "Generic Token Card"),
    (9, "RSA Public Key Authentication"),
    (10, "DSS Unilateral"),
    (11, "KEA"),
    (12, "KEA-VALIDATE"),
    (13, "EAP-TLS"),
    (14, "Defender Token"),
    (15, "RSA Security SecurID"),
    (16, "Arcot Systems"),
    (17, "EAP-Cisco Wireless (LEAP)"),
    (18, "EAP-SIM"),
    (19, "SRP-SHA1"),
    (21, "EAP-TTLS"),
    (22, "Remote Access Service"),
    (23, "EAP-AKA"),
    (24, "EAP-3Com Wireless"),
    (25, "PEAP"),
    (26, "MS-EAP-Authentication"),
    (27, "MAKE"),
    (28, "CRYPTOCard"),
    (29, "EAP-MSCHAP-V2"),
    (30, "DynamID"),
    (31, "Rob EAP"),
    (32, "Protected One-Time Password"),
    (33, "MS-Authentication-TLV"),
    (34, "SentriNET"),
    (35, "EAP-Actiontec Wireless"),
    (36, "Cogent Systems Biometrics"),
    (37, "AirFortress EAP"),
    (38, "EAP-HTTP Digest"),
    (39, "SecureSuite EAP"),
    (40, "DeviceConnect EAP"),
    (41, "EAP-SPEKE"),
    (42, "EAP-MOBAC"),
    (43, "EAP-FAST"),
    (44, "ZoneLabs EAP"),
    (45, "EAP-Link"),
    (46, "EAP-PAX"),
    (47, "EAP-PSK"),
    (48, "EAP-SAKE"),
    (49, "EAP-IKEv2"),
    (50, "EAP-AKA'"),
    (51, "EAP-GPSK"),
    (52, "EAP-pwd"),
    (53, "EAP-EKE Version 1"),
    (54, "EAP Method for PT-EAP"),
    (55, "TEAP"),
    (56, "EAP-NOOB"),
    (254, "Expanded"),
    (255, "Experimental"),
];

protocol! {
    EAP = "eap" "EAP" "Extensible Authentication Protocol", Link;
    @ EAPOL_TYPE 0;
    CODE   = uint "code" "Code" names(CODES) brief("");
    ID     = uint "id" "Identifier" brief("id ");
    LENGTH = uint "len" "Length";
    TYPE   = uint "type" "Type" names(TYPES) brief("");
    IDENTITY = text "identity" "Identity" brief("");
    NOTIFICATION = text "notification" "Notification";
    DESIRED = uint "desired_type" "Desired Type" many names(TYPES);
    MD5_SIZE  = uint "md5.value_size" "MD5 Value's Length";
    MD5_VALUE = bytes "md5.value" "MD5 Value";
    MD5_NAME  = bytes "md5.extra_data" "MD5 Name";
    TLS_FLAGS = hex "tls.flags" "TLS Flags" {
        TLS_LENGTH_INCLUDED = flag "tls.flags.len_included" "Length included" & 0x80;
        TLS_MORE = flag "tls.flags.more_fragments" "More Fragments" & 0x40;
        TLS_START = flag "tls.flags.start" "Start" & 0x20 brief("start");
        TLS_OUTER = flag "tls.flags.outer_tlv_len_included" "Outer TLV Length included" & 0x10 read;
        TLS_VERSION = uint "tls.flags.version" "Version" & 0x07 read;
    };
    TLS_LENGTH = uint "tls.len" "TLS Length";
    TLS_FRAGMENT = bytes "tls.data" "TLS Fragment" own;
    VENDOR_ID = hex "ext.vendor_id" "Vendor ID";
    VENDOR_TYPE = hex "ext.vendor_type" "Vendor Type";
    DATA = bytes "data" "Data";
    BAD_LENGTH = problem "bad_length" "Length is shorter than the header or longer than what is there";
    MD5_OVERFLOW = problem "md5.value_size.overflow" "MD5 value is longer than what is left";
}

const REQUEST: u8 = 1;
const RESPONSE: u8 = 2;

const TLS: u8 = 13;
const TTLS: u8 = 21;
const PEAP: u8 = 25;
const FAST: u8 = 43;
const TEAP: u8 = 55;
const EXPANDED: u8 = 254;

/// RFC 5216 section 3.1: more fragments come.
const MORE_FRAGMENTS: u8 = 0x40;
const LENGTH_INCLUDED: u8 = 0x80;
const OUTER_LENGTH_INCLUDED: u8 = 0x10;

fn dissect(p: &mut Packet<'_>) -> Step {
    let code = p.u8(&CODE)?;
    p.u8(&ID)?;
    let length = usize::from(p.u16(&LENGTH)?);
    if length < 4 {
        return Err(p.malformed(&BAD_LENGTH));
    }
    if length - 4 > p.declared_left() {
        p.problem_at(&BAD_LENGTH, p.at() - 2, 2);
    }
    p.ends_after(length);
    if p.declared_left() == 0 {
        return Ok(Next::Nothing);
    }
    if !matches!(code, REQUEST | RESPONSE) {
        p.rest(&DATA)?;
        return Ok(Next::Nothing);
    }
    let kind = p.u8(&TYPE)?;
    if p.declared_left() == 0 {
        return Ok(Next::Nothing);
    }
    match kind {
        1 => drop(p.rest(&IDENTITY)?),
        2 => drop(p.rest(&NOTIFICATION)?),
        3 => {
            while p.declared_left() > 0 {
                p.u8(&DESIRED)?;
            }
        }
        4 => md5(p)?,
        TLS | TTLS | PEAP | FAST | TEAP => return tls(p, kind),
        EXPANDED => {
            p.u24(&VENDOR_ID)?;
            p.u32(&VENDOR_TYPE)?;
            p.remainder(&DATA)?;
        }
        _ => drop(p.rest(&DATA)?),
    }
    Ok(Next::Nothing)
}

/// RFC 3748 section 5.4, whose format is CHAP's, RFC 1994 section 4.1.
fn md5(p: &mut Packet<'_>) -> Read {
    let length = usize::from(p.u8(&MD5_SIZE)?);
    if length > p.declared_left() {
        p.problem_at(&MD5_OVERFLOW, p.at() - 1, 1);
        return p.rest(&DATA).map(drop);
    }
    if length > 0 {
        p.bytes(&MD5_VALUE, length)?;
    }
    p.remainder(&MD5_NAME)
}

/// RFC 5216 section 3.1; TTLS (RFC 5281), PEAP, FAST (RFC 4851) and TEAP (RFC 7170) have a version
/// in the low bits. A message in several fragments stays bytes.
fn tls(p: &mut Packet<'_>, kind: u8) -> Step {
    let (at, flags) = (p.at(), p.u8(&TLS_FLAGS)?);
    p.under(|p| {
        if kind == TEAP {
            p.mark(&TLS_OUTER, at, 1, flags.into());
        }
        if kind != TLS {
            p.mark(&TLS_VERSION, at, 1, flags.into());
        }
        Ok(())
    })?;
    let mut whole = flags & MORE_FRAGMENTS == 0;
    if flags & LENGTH_INCLUDED != 0 {
        let length = p.u32(&TLS_LENGTH)?;
        whole &= length as usize == p.declared_left();
    }
    if kind == TEAP && flags & OUTER_LENGTH_INCLUDED != 0 {
        whole = false;
    }
    if p.declared_left() == 0 {
        return Ok(Next::Nothing);
    }
    // The rest of a message that began in another frame does not begin as a record does.
    if whole && matches!(p.peek_u8()?, 20..=24) {
        return Ok(Next::In(&EAP_TYPE, kind.into()));
    }
    p.rest(&TLS_FRAGMENT)?;
    Ok(Next::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const IDENTITY_RESPONSE: &str = "02 00 0011 01 4a6f686e2e4d634775697264";
    const MD5_RESPONSE: &str = "02 01 0022 04 10 c9f9769597e320843f5f2af7b8f1c9bd 4a6f686e2e4d63477569726b";
    const TLS_START_REQUEST: &str = "01 02 0006 0d 20";
    const TLS_DATA: &str = "02 03 0011 0d 80 00000007 1603010002 0100";

    #[test]
    fn an_identity() {
        insta::assert_snapshot!(tree(&EAP, &hex(IDENTITY_RESPONSE)));
    }

    #[test]
    fn a_challenge_is_answered() {
        insta::assert_snapshot!(tree(&EAP, &hex(MD5_RESPONSE)));
    }

    #[test]
    fn a_tls_record() {
        insta::assert_snapshot!(tree(&EAP, &hex(TLS_DATA)));
    }

    #[test]
    fn every_prefix_of_them() {
        for packet in [IDENTITY_RESPONSE, MD5_RESPONSE, TLS_START_REQUEST, TLS_DATA] {
            every_prefix(&EAP, &hex(packet));
        }
        every_prefix(&EAP, &hex("02 05 0008 03 04 0d 19"));
        every_prefix(&EAP, &hex("01 05 000f fe 00372a 00000001 0102 03"));
        every_prefix(&EAP, &hex("01 05 0009 37 11 00000001"));
    }

    #[test]
    fn a_refusal_says_what_else() {
        let tree = tree(&EAP, &hex("02 05 0008 03 04 0d 19"));
        assert!(tree.contains("Desired Type: EAP-TLS") && tree.contains("PEAP"), "{tree}");
    }

    #[test]
    fn a_fragment_stays_bytes() {
        let tree = tree(&EAP, &hex("02 03 000f 0d c0 00000100 1603010002"));
        assert!(tree.contains("TLS Fragment: 1603010002"), "{tree}");
    }

    #[test]
    fn lengths_that_cannot_be() {
        assert!(tree(&EAP, &hex("03 01 0003")).contains("Length is shorter"));
        assert!(tree(&EAP, &hex("02 01 0010 01 61")).contains("Length is shorter"));
        assert!(tree(&EAP, &hex("01 01 0008 04 10 0102")).contains("MD5 value is longer"));
    }
}
