//! Extensible Authentication Protocol, RFC 3748, with the methods whose messages are in clear and the
//! framing of those that carry TLS.

mod cellular;
mod passwords;
mod shared_keys;
mod tls;

use wirelens_dissect::prelude::*;

use crate::link::eapol::EAPOL_TYPE;
use crate::link::ethernet::ETH;
use crate::link::wlan::WLAN;
use crate::link::wlan::elements::wps::{WPS_ROWS, wps};
use cellular::{aka, sim};
use passwords::{LEAP_ROWS, Leap, MS_CHAP_ROWS};
use shared_keys::{GPSK_ROWS, PAX_ROWS, PSK_ROWS, SAKE_ROWS};
use tls::{FAST, PEAP, TEAP, TLS, TTLS};

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
    IDENTITY_PREFIX = text "identity.prefix" "Identity's First Character";
    IDENTITY_KIND = text "identity.type" "Kind of Identity" brief("");
    IDENTITY_FULL = text "identity.full" "Subscriber's Identity" brief("");
    IDENTITY_MNC = uint "identity.mnc" "Mobile Network Code";
    IDENTITY_MCC = uint "identity.mcc" "Mobile Country Code";
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
    OUTER_LENGTH = uint "tls.len" "Outer TLVs' Length" key("outer_tlvs_length");
    FAST_TYPE = uint "fast.type" "TLV Type" many key("fast_types") names(FAST_TYPES);
    FAST_LENGTH = uint "fast.length" "TLV Length" many key("fast_lengths") detail;
    FAST_DATA = bytes "fast.authority_id_data" "Authority ID" many key("fast_authorities");
    TLS_DATA = bytes "tls.data" "TLS Fragment" own;
    OUTER_TLVS = bytes "tls.outer_tlvs" "Outer TLVs" own;
    FRAGMENTS = bytes "tls.fragments" "Fragments it was put together from" payload {
        FRAGMENT = uint "tls.fragment" "Frame of a fragment" many;
        COUNT = uint "tls.fragment.count" "Number of fragments";
        COMPLETED_IN = uint "tls.reassembled.in" "Completed in frame" own;
        REASSEMBLED_LENGTH = uint "tls.reassembled.len" "Length when put together";
        REASSEMBLED = bytes "tls.reassembled.data" "Bytes when put together" own payload;
    };
    TOO_LONG = problem "tls.fragment.error" "Message is longer than is put together";
    SIM = group "sim" "EAP-SIM" own rows(sim::SIM_LIST);
    AKA = group "aka" "EAP-AKA" own rows(aka::AKA_LIST);
    LEAP = group "leap" "LEAP" own rows(LEAP_ROWS);
    MS_CHAP = group "ms_chap_v2" "MS-CHAPv2" own rows(MS_CHAP_ROWS);
    PAX = group "pax" "EAP-PAX" own rows(PAX_ROWS);
    PSK = group "psk" "EAP-PSK" own rows(PSK_ROWS);
    SAKE = group "sake" "EAP-SAKE" own rows(SAKE_ROWS);
    GPSK = group "gpsk" "EAP-GPSK" own rows(GPSK_ROWS);
    VENDOR_ID = hex "ext.vendor_id" "Vendor ID";
    VENDOR_TYPE = hex "ext.vendor_type" "Vendor Type";
    WPS_CODE = uint "wps.code" "WPS Operation" names(WPS_CODES) brief("");
    WPS_FLAGS = hex "wps.flags" "WPS Flags" {
        WPS_MORE = flag "wps.flags.more" "More Fragments" & 0x01;
        WPS_HAS_LENGTH = flag "wps.flags.length" "Length included" & 0x02;
    };
    WPS_LENGTH = uint "wps.msglen" "WPS Message Length";
    WPS = group "wps" "WPS" own key("wps_message") silent rows(WPS_ROWS);
    DATA = bytes "data" "Data";
    BAD_LENGTH = problem "bad_length" "Length is shorter than the header or longer than what is there";
    MD5_OVERFLOW = problem "md5.value_size.overflow" "MD5 value is longer than what is left";
}

const REQUEST: u8 = 1;
const RESPONSE: u8 = 2;
const SUCCESS: u8 = 3;

const LEAP_METHOD: u8 = 17;
const SIM_METHOD: u8 = 18;
const AKA_METHOD: u8 = 23;
const AKA_PRIME: u8 = 50;
const MS_CHAP_METHODS: [u8; 2] = [26, 29];
const EXPANDED: u8 = 254;

/// The Wi-Fi Alliance, and its Simple Configuration.
const WFA: u32 = 0x00_372a;
const SIMPLE_CONFIG: u32 = 1;

/// Wi-Fi Simple Configuration section 7.7.
static WPS_CODES: Names = &[
    (1, "WSC_Start"),
    (2, "WSC_ACK"),
    (3, "WSC_NACK"),
    (4, "WSC_MSG"),
    (5, "WSC_Done"),
    (6, "WSC_FRAG_ACK"),
];

/// RFC 4851 section 4.1.1.
static FAST_TYPES: Names = &[(4, "Authority-ID")];

fn dissect(p: &mut Packet<'_>) -> Step {
    between_stations(p);
    let code = p.u8(&CODE)?;
    let identifier = p.u8(&ID)?;
    let length = usize::from(p.u16(&LENGTH)?);
    if length < 4 {
        return Err(p.malformed(&BAD_LENGTH));
    }
    if length - 4 > p.declared_left() {
        p.problem_at(&BAD_LENGTH, p.at() - 2, 2);
    }
    p.ends_after(length);
    if let (SUCCESS, Some((leap, _))) = (code, p.conversation::<Leap>()) {
        leap.succeeded = true;
    }
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
        1 => {
            if let Some((leap, _)) = p.conversation::<Leap>() {
                leap.succeeded = false;
            }
            cellular::identity(p)?;
        }
        2 => drop(p.rest(&NOTIFICATION)?),
        3 => {
            while p.declared_left() > 0 {
                p.u8(&DESIRED)?;
            }
        }
        4 => md5(p)?,
        TLS | TTLS | PEAP | FAST | TEAP => {
            return tls::tls(p, kind, code == REQUEST, identifier);
        }
        LEAP_METHOD => passwords::leap(p, code == REQUEST)?,
        SIM_METHOD => p.group(&SIM, |p| cellular::walk(p, &sim::SIM_ROWS))?,
        AKA_METHOD | AKA_PRIME => p.group(&AKA, |p| cellular::walk(p, &aka::AKA_ROWS))?,
        kind if MS_CHAP_METHODS.contains(&kind) => passwords::ms_chap(p)?,
        46 => p.group(&PAX, shared_keys::pax)?,
        47 => p.group(&PSK, shared_keys::psk)?,
        48 => p.group(&SAKE, shared_keys::sake)?,
        51 => p.group(&GPSK, shared_keys::gpsk)?,
        EXPANDED => expanded(p)?,
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

/// RFC 3748 section 5.7.
fn expanded(p: &mut Packet<'_>) -> Read {
    let vendor = p.u24(&VENDOR_ID)?;
    let kind = p.u32(&VENDOR_TYPE)?;
    if (vendor, kind) != (WFA, SIMPLE_CONFIG) {
        return p.remainder(&DATA);
    }
    p.u8(&WPS_CODE)?;
    let flags = p.u8(&WPS_FLAGS)?;
    if flags & 2 != 0 {
        p.u16(&WPS_LENGTH)?;
    }
    // The rest of a message in fragments begins with no attribute.
    let version = p.ahead().starts_with(&[0x10, 0x4a]);
    match p.declared_left() {
        0 => Ok(()),
        _ if version && flags & 1 == 0 => p.group(&WPS, wps),
        _ => p.rest(&DATA).map(drop),
    }
}

/// Where no addresses of a network are, a dialogue is between two stations of the link.
fn between_stations(p: &mut Packet<'_>) {
    if p.flow().version != 0 {
        return;
    }
    let Some(buffer) = p.outer().map(|outer| outer.buffer) else { return };
    let stations = p.layers().iter().rev().filter(|layer| layer.buffer == buffer).find_map(|layer| {
        let first = match layer.protocol {
            protocol if *protocol == ETH => 0,
            protocol if *protocol == WLAN => 4,
            _ => return None,
        };
        p.buffer().get(layer.start as usize + first..)?.first_chunk::<12>()
    });
    if let Some(stations) = stations {
        let (receiver, sender) = stations.split_at(6);
        let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | u128::from(*byte));
        (p.flow().destination, p.flow().source) = (number(receiver), number(sender));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use wirelens_dissect::Session;

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

    const LEAP_REQUEST: &str = "01 05 0014 11 01 00 08 0001020304050607 75736572";
    const MS_CHAP_RESPONSE: &str = "02 0d 0040 1a 02 0d 003b 31 00010203040506070001020304050607
        0000000000000000 000102030405060708090a0b0c0d0e0f1011121314151617 00 61646d696e";
    const SIM_START: &str = "01 07 0020 12 0a 0000 0f02 0002 0001 0000 0e03 0006 757365723031 0000 0c01 4000";
    const AKA_ERROR: &str = "02 09 000c 17 0e 0000 16010001";
    const WPS_MESSAGE: &str = "02 1e 0018 fe 00372a 00000001 04 00 104a0001 10 10220001 04";
    const FAST_START: &str = "01 1b 000e 2b 21 0004 0004 00010203";
    const TEAP_DATA: &str = "02 1c 0019 37 91 00000007 00000004 15030300020100 80010000";

    #[test]
    fn methods_in_clear() {
        let methods = [LEAP_REQUEST, MS_CHAP_RESPONSE, SIM_START, AKA_ERROR, WPS_MESSAGE, FAST_START, TEAP_DATA];
        let trees: String = methods.iter().map(|packet| tree(&EAP, &hex(packet))).collect();
        insta::assert_snapshot!(trees);
        for packet in methods {
            every_prefix(&EAP, &hex(packet));
        }
    }

    const PSK_SECOND: &str = "02 28 003a 2f 40 000102030405060708090a0b0c0d0e0f
        101112131415161718191a1b1c1d1e1f 202122232425262728292a2b2c2d2e2f 70656572";
    const PAX_SECOND: &str = "02 2a 0029 2e 02 04 01 00 00 0002 abcd 0002 6162 0002 0102 0001 ff
        000102030405060708090a0b0c0d0e0f";
    const SAKE_CHALLENGE: &str = "01 2b 0014 30 02 01 01 0104 abcd 0508 736572766572";
    const GPSK_THIRD: &str = "01 2c 0059 33 03 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
        000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 0006 736572766572 000000000001 0001 aa 1234";

    #[test]
    fn methods_with_a_shared_key() {
        let methods = [PSK_SECOND, PAX_SECOND, SAKE_CHALLENGE, GPSK_THIRD];
        let trees: String = methods.iter().map(|packet| tree(&EAP, &hex(packet))).collect();
        insta::assert_snapshot!(trees);
        for packet in methods {
            every_prefix(&EAP, &hex(packet));
        }
    }

    /// 3GPP TS 23.003 section 19.3.2.
    #[test]
    fn a_subscriber() {
        let say = |identity: &[u8]| {
            let head = [2, 1, 0, 5 + identity.len() as u8, 1];
            let packet = [&head[..], identity].concat();
            every_prefix(&EAP, &packet);
            tree(&EAP, &packet)
        };
        let one = say(b"0234150999999999@wlan.mnc015.mcc234.3gppnetwork.org");
        assert!(one.contains("Kind of Identity: EAP-AKA Permanent") && one.contains("Mobile Country Code: 234"), "{one}");
        assert!(say(b"0234150999999999@wlan.mnc15.mcc234.3gppnetwork.org").contains("  Identity: 0234"));
    }

    /// What the access point is asked comes when the peer was found right.
    #[test]
    fn leap_goes_both_ways() {
        let mut session = Session::new(crate::shared());
        let mut say = |packet: &str| tree_in(&mut session, &EAP, &hex(packet));
        assert!(say(LEAP_REQUEST).contains("Peer's Challenge"));
        say("03 05 0004");
        assert!(say(LEAP_REQUEST).contains("Access Point's Challenge"));
    }

    /// RFC 5216 section 2.1.5.
    #[test]
    fn fragments_are_put_together() {
        let mut session = Session::new(crate::shared());
        let mut say = |packet: &str| tree_in(&mut session, &EAP, &hex(packet));
        let first = "02 03 000f 0d c0 00000007 1503030002";
        assert!(!say(first).contains("Transport Layer Security"));
        say(first);
        let whole = say("02 04 0008 0d 00 0100");
        assert!(whole.contains("Close Notify") && whole.contains("Length when put together: 7"), "{whole}");
        assert!(!say("02 05 0008 0d 00 0100").contains("put together"), "its beginning was not seen");
    }

    /// Stations of the link are told apart where no addresses of IP are.
    #[test]
    fn every_station_has_its_own() {
        let mut session = Session::new(crate::shared());
        let mut say = |station: &str, packet: &str| {
            let eap = hex(packet);
            let head = hex(&format!("020000000001 0200000000{station} 888e 01 00 00{:02x}", eap.len()));
            tree_in(&mut session, &ETH, &[head, eap].concat()).contains("Close Notify")
        };
        let (first, second) = ("02 03 000f 0d c0 00000007 1503030002", "02 04 0008 0d 00 0100");
        assert!(!say("02", first) && !say("03", second) && say("02", second));
    }

    #[test]
    fn lengths_that_cannot_be() {
        assert!(tree(&EAP, &hex("03 01 0003")).contains("Length is shorter"));
        assert!(tree(&EAP, &hex("02 01 0010 01 61")).contains("Length is shorter"));
        assert!(tree(&EAP, &hex("01 01 0008 04 10 0102")).contains("MD5 value is longer"));
    }
}
