//! EAP over LANs, IEEE 802.1X-2020 clause 11, with the key descriptors of IEEE 802.1X-2004 section
//! 7.6 and IEEE 802.11-2020 section 12.7.2.

use wirelens_dissect::prelude::*;

use crate::link::ethernet::ETHERTYPE;
use crate::link::wlan::{TAG_ROWS, read_elements};

/// What EAPOL carries, by its packet type.
pub static EAPOL_TYPE: Table = Table::new("eapol.type", "EAPOL packet type");

static VERSIONS: Names = &[(1, "802.1X-2001"), (2, "802.1X-2004"), (3, "802.1X-2010")];
static TYPES: Names = &[
    (0, "EAP packet"),
    (1, "Start"),
    (2, "Logoff"),
    (3, "Key"),
    (4, "Encapsulated ASF alert"),
    (5, "MKA"),
    (6, "Announcement, generic"),
    (7, "Announcement, specific"),
    (8, "Announcement request"),
];
static DESCRIPTORS: Names = &[(1, "RC4"), (2, "RSN"), (254, "WPA")];
static KEY_VERSIONS: Names = &[
    (0, "As the AKM says"),
    (1, "RC4 cipher, HMAC-MD5 MIC"),
    (2, "AES cipher, HMAC-SHA1 MIC"),
    (3, "AES cipher, AES-128-CMAC MIC"),
];

protocol! {
    EAPOL = "eapol" "EAPOL" "802.1X Authentication", Link;
    @ ETHERTYPE 0x888e | 0x88c7;
    VERSION = uint "version" "Version" names(VERSIONS);
    TYPE    = uint "type" "Type" names(TYPES) brief("");
    LENGTH  = uint "len" "Length";
    KEY     = group "keydes" "Key" own rows(KEY_ROWS);
    BODY    = bytes "body" "Body" own;
}

fields! {
    /// Fields that both descriptors have, and those of RC4 and of others.
    SHARED_ROWS = "eapol" KEY "keydes";
    DESCRIPTOR = uint "keydes.type" "Descriptor Type" names(DESCRIPTORS);
    KEY_LENGTH = uint "keydes.key_len" "Key Length";
    REPLAY = uint "keydes.replay_counter" "Replay Counter";
    KEY_IV = bytes "keydes.key_iv" "Key IV";
    KEY_INDEX = hex "keydes.key_index" "Key Index" {
        UNICAST = flag "keydes.key_index.type" "Unicast" & 0x80;
        NUMBER = uint "keydes.key_index.number" "Number" & 0x7f;
    };
    SIGNATURE = bytes "keydes.key_signature" "Key Signature";
    KEY_BYTES = bytes "keydes.key" "Key" key("bytes");
    OTHER_BODY = bytes "keydes.body" "Descriptor Body" key("body");
}

fields! {
    /// Fields of 802.11's descriptor.
    RSNA_ROWS = "wlan_rsna_eapol" KEY "keydes";
    MESSAGE = uint "keydes.msgnr" "Message of the Handshake" brief("message ");
    INFORMATION = hex "keydes.key_info" "Key Information" {
        KEY_VERSION = uint "keydes.key_info.keydes_version" "Descriptor Version" & 0x0007 names(KEY_VERSIONS);
        IS_PAIRWISE = flag "keydes.key_info.key_type" "Pairwise" & 0x0008 key("pairwise");
        INDEX = uint "keydes.key_info.key_index" "Key Index" & 0x0030;
        INSTALL = flag "keydes.key_info.install" "Install" & 0x0040;
        ACK = flag "keydes.key_info.key_ack" "Ack" & 0x0080;
        HAS_MIC = flag "keydes.key_info.key_mic" "MIC" & 0x0100;
        SECURE = flag "keydes.key_info.secure" "Secure" & 0x0200;
        ERROR = flag "keydes.key_info.error" "Error" & 0x0400;
        REQUEST = flag "keydes.key_info.request" "Request" & 0x0800;
        ENCRYPTED = flag "keydes.key_info.encrypted_key_data" "Encrypted Key Data" & 0x1000;
        SMK = flag "keydes.key_info.smk_message" "SMK Message" & 0x2000;
    };
    NONCE = bytes "keydes.nonce" "Nonce";
    RSC = bytes "keydes.rsc" "Receive Sequence Counter";
    KEY_ID = bytes "keydes.id" "Key ID" detail;
    MIC = bytes "keydes.mic" "MIC";
    DATA_LENGTH = uint "keydes.data_len" "Key Data Length";
    KEY_DATA = bytes "keydes.data" "Key Data" silent rows(TAG_ROWS);
}

/// The rows of a key descriptor.
static KEY_ROWS: &[&Field] = &[
    &DESCRIPTOR,
    &MESSAGE,
    &INFORMATION,
    &KEY_LENGTH,
    &REPLAY,
    &NONCE,
    &KEY_IV,
    &RSC,
    &KEY_ID,
    &MIC,
    &DATA_LENGTH,
    &KEY_DATA,
    &KEY_INDEX,
    &SIGNATURE,
    &KEY_BYTES,
    &OTHER_BODY,
];

const EAP_PACKET: u8 = 0;
const KEY_PACKET: u8 = 3;
const RC4: u8 = 1;
const RSN: u8 = 2;
const WPA: u8 = 254;

const PAIRWISE_BIT: u16 = 0x0008;
const ACK_BIT: u16 = 0x0080;
const MIC_BIT: u16 = 0x0100;
const SECURE_BIT: u16 = 0x0200;
const ENCRYPTED_BIT: u16 = 0x1000;

fn dissect(p: &mut Packet<'_>) -> Step {
    p.u8(&VERSION)?;
    let kind = p.u8(&TYPE)?;
    let length = usize::from(p.u16(&LENGTH)?);
    p.ends_after(4 + length);
    if p.declared_left() == 0 {
        return Ok(Next::Nothing);
    }
    match kind {
        EAP_PACKET => Ok(Next::In(&EAPOL_TYPE, kind.into())),
        KEY_PACKET => {
            p.group(&KEY, key)?;
            Ok(Next::Nothing)
        }
        _ => {
            p.rest(&BODY)?;
            Ok(Next::Nothing)
        }
    }
}

fn key(p: &mut Packet<'_>) -> Read {
    match p.u8(&DESCRIPTOR)? {
        RC4 => rc4(p),
        RSN | WPA => rsna(p),
        _ => p.remainder(&OTHER_BODY),
    }
}

/// IEEE 802.1X-2004 section 7.6.
fn rc4(p: &mut Packet<'_>) -> Read {
    p.u16(&KEY_LENGTH)?;
    p.u64(&REPLAY)?;
    p.bytes(&KEY_IV, 16)?;
    p.u8(&KEY_INDEX)?;
    p.bytes(&SIGNATURE, 16)?;
    p.remainder(&KEY_BYTES)
}

/// IEEE 802.11-2020 figure 12-35.
fn rsna(p: &mut Packet<'_>) -> Read {
    let information = p.peek_u16()?;
    if let Some(number) = message(p, information) {
        p.note(&MESSAGE, number, 0);
    }
    p.u16(&INFORMATION)?;
    p.u16(&KEY_LENGTH)?;
    p.u64(&REPLAY)?;
    p.bytes(&NONCE, 32)?;
    p.bytes(&KEY_IV, 16)?;
    p.bytes(&RSC, 8)?;
    p.bytes(&KEY_ID, 8)?;
    let length = mic_length(p);
    p.bytes(&MIC, length)?;
    let length = usize::from(p.u16(&DATA_LENGTH)?);
    if length == 0 {
        return Ok(());
    }
    if information & ENCRYPTED_BIT != 0 {
        return p.bytes(&KEY_DATA, length).map(drop);
    }
    p.group(&KEY_DATA, |p| p.within(length, read_elements))
}

/// Section 12.7.3: how long the MIC is depends on the AKM, which is not told here. The length of
/// the data behind it tells: 16 bytes, or 24 with SHA-384.
fn mic_length(p: &Packet<'_>) -> usize {
    let fits = |mic: usize| {
        let (Ok(high), Ok(low)) = (p.peek_at(mic), p.peek_at(mic + 1)) else { return false };
        mic + 2 + usize::from(u16::from_be_bytes([high, low])) == p.declared_left()
    };
    if !fits(16) && fits(24) { 24 } else { 16 }
}

/// Which message of the 4-way handshake, section 12.7.6, or of the group key handshake, 12.7.7.
fn message(p: &Packet<'_>, information: u16) -> Option<u64> {
    let has = |bit: u16| information & bit != 0;
    if !has(PAIRWISE_BIT) {
        return has(MIC_BIT).then_some(if has(ACK_BIT) { 1 } else { 2 });
    }
    match (has(ACK_BIT), has(MIC_BIT)) {
        (true, false) => Some(1),
        (true, true) => Some(3),
        // WPA does not set the bit; its last message has no data.
        (false, true) => {
            let data = 92..94;
            let has_data = p.ahead().get(data).is_some_and(|length| length != [0, 0]);
            Some(if has(SECURE_BIT) || !has_data { 4 } else { 2 })
        }
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const SECOND: &str = "0103007502010a000000000000000000011b9717293f9d9d6979d94b36dbc9d83418bbce09f72edc1e1ae4fd \
         79821ffda400000000000000000000000000000000000000000000000000000000000000002f8e7921e572af \
         d75a7c898e625ffb43001630140100000fac040100000fac040100000fac023c00";
    const FOURTH: &str = "0103005f02030a00000000000000000002000000000000000000000000000000000000000000000000000000 \
         0000000000000000000000000000000000000000000000000000000000000000000000000014ac2c3067058e \
         e2c6fc3f5a7d5a58390000";

    #[test]
    fn a_second_message_with_its_element() {
        insta::assert_snapshot!(tree(&EAPOL, &hex(SECOND)));
    }

    #[test]
    fn a_fourth_message() {
        insta::assert_snapshot!(tree(&EAPOL, &hex(FOURTH)));
    }

    #[test]
    fn every_prefix_of_them() {
        every_prefix(&EAPOL, &hex(SECOND));
        every_prefix(&EAPOL, &hex(FOURTH));
        every_prefix(&EAPOL, &hex("02 00 0005 01 01 0005 01"));
    }

    #[test]
    fn a_start_carries_nothing() {
        assert!(tree(&EAPOL, &hex("01 01 0000 00000000")).contains("Type: Start"));
    }
}
