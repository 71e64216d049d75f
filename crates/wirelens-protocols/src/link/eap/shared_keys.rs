//! Methods with a key that both sides know: EAP-PAX, RFC 4746, EAP-PSK, RFC 4764, EAP-SAKE, RFC 4763,
//! and EAP-GPSK, RFC 5433.

use wirelens_dissect::prelude::*;

use super::{GPSK, PAX, PSK, SAKE};

fields! {
    /// EAP-PSK.
    PSK_ROWS = "eap" PSK "psk";
    PSK_FLAGS = hex "psk.flags" "Flags" key("flags") {
        PSK_T = uint "psk.flags.t" "Message" & 0xc0 key("t") brief("message ");
        PSK_RESERVED = hex "psk.flags.reserved" "Reserved" & 0x3f key("reserved") detail;
    };
    PSK_RAND_S = bytes "psk.rand_s" "Server's Nonce" key("rand_s");
    PSK_RAND_P = bytes "psk.rand_p" "Peer's Nonce" key("rand_p");
    PSK_MAC_P  = bytes "psk.mac_p" "Peer's MAC" key("mac_p");
    PSK_MAC_S  = bytes "psk.mac_s" "Server's MAC" key("mac_s");
    PSK_ID_P   = text "psk.id_p" "Peer" key("id_p") brief("");
    PSK_ID_S   = text "psk.id_s" "Server" key("id_s") brief("");
    PSK_CHANNEL = bytes "psk.pchannel" "Protected Channel" key("protected_channel");
}

fields! {
    /// EAP-PAX.
    PAX_ROWS = "eap" PAX "pax";
    PAX_OPCODE = hex "pax.opcode" "Operation" names(PAX_OPCODES) key("opcode") brief("");
    PAX_FLAGS  = hex "pax.flags" "Flags" key("flags") {
        PAX_MORE     = flag "pax.flags.mf" "More Fragments" & 0x01 key("more_fragments");
        PAX_CERTIFICATE = flag "pax.flags.ce" "Certificate Enabled" & 0x02 key("certificate_enabled");
        PAX_HAS_ADE  = flag "pax.flags.ai" "ADE Included" & 0x04 key("ade_included");
        PAX_RESERVED = flag "pax.flags.reserved" "Reserved" & 0xf8 key("reserved") detail;
    };
    PAX_MAC_ID = hex "pax.mac_id" "MAC" names(PAX_MACS) key("mac_id");
    PAX_GROUP  = hex "pax.dh_group_id" "DH Group" names(PAX_GROUPS) key("dh_group_id");
    PAX_KEY    = hex "pax.public_key_id" "Public Key" names(PAX_KEYS) key("public_key_id");
    PAX_A_LENGTH = uint "pax.a.len" "A Length" key("a_length") detail;
    PAX_A      = bytes "pax.a" "A" key("a");
    PAX_B_LENGTH = uint "pax.b.len" "B Length" key("b_length") detail;
    PAX_B      = bytes "pax.b" "B" key("b");
    PAX_CID_LENGTH = uint "pax.cid.len" "Client ID Length" key("cid_length") detail;
    PAX_CID    = text "pax.cid" "Client ID" key("cid") brief("");
    PAX_MAC_LENGTH = uint "pax.mac_ck.len" "MAC Length" key("mac_ck_length") detail;
    PAX_MAC    = bytes "pax.mac_ck" "MAC" key("mac_ck");
    PAX_ADE_LENGTH = uint "pax.ade.len" "ADE Length" key("ade_length") detail;
    PAX_ADE    = bytes "pax.ade" "Authenticated Data" key("ade");
    PAX_DATA   = bytes "pax.data" "Data" own key("data");
    PAX_ICV    = bytes "pax.icv" "Integrity Check" key("icv");
}

fields! {
    /// EAP-SAKE.
    SAKE_ROWS = "eap" SAKE "sake";
    SAKE_VERSION = hex "sake.version" "Version" key("version");
    SAKE_SESSION = hex "sake.session_id" "Session ID" key("session_id");
    SAKE_SUBTYPE = hex "sake.subtype" "Subtype" names(SAKE_SUBTYPES) key("subtype") brief("");
    SAKE_ATTRIBUTE = group "sake.attr" "Attribute" own many key("attributes") {
        SAKE_TYPE   = hex "sake.attr.type" "Type" names(SAKE_TYPES) key("type");
        SAKE_LENGTH = uint "sake.attr.len" "Length" key("length") detail;
        SAKE_TEXT   = text "sake.attr.val_str" "Value" key("text");
        SAKE_NUMBER = uint "sake.attr.val_uint48" "Value" key("number");
        SAKE_VALUE  = bytes "sake.attr.val" "Value" key("value");
    };
    SAKE_BAD = problem "sake.attr.len.invalid" "Attribute's length is too small or reaches beyond the packet" own key("bad_length");
}

fields! {
    /// EAP-GPSK.
    GPSK_ROWS = "eap" GPSK "gpsk";
    GPSK_OPCODE = hex "gpsk.opcode" "Operation" names(GPSK_OPCODES) key("opcode") brief("");
    GPSK_PEER_LENGTH = uint "gpsk.id_peer.len" "Peer Length" key("id_peer_length") detail;
    GPSK_PEER  = text "gpsk.id_peer" "Peer" key("id_peer") brief("");
    GPSK_SERVER_LENGTH = uint "gpsk.id_server.len" "Server Length" key("id_server_length") detail;
    GPSK_SERVER = text "gpsk.id_server" "Server" key("id_server") brief("");
    GPSK_RAND_PEER = bytes "gpsk.rand_peer" "Peer's Nonce" key("rand_peer");
    GPSK_RAND_SERVER = bytes "gpsk.rand_server" "Server's Nonce" key("rand_server");
    GPSK_LIST_LENGTH = uint "gpsk.csuite_list_len" "Cipher Suites Length" key("cipher_suites_length") detail;
    GPSK_SUITE = group "gpsk.csuite" "Cipher Suite" own many key("cipher_suites") {
        GPSK_VENDOR = hex "gpsk.csuite.vendor" "Vendor" key("vendor");
        GPSK_SPECIFIER = hex "gpsk.csuite.specifier" "Specifier" key("specifier");
    };
    GPSK_PAYLOAD_LENGTH = uint "gpsk.pd_payload.len" "Payload Length" key("payload_length") detail;
    GPSK_PAYLOAD = bytes "gpsk.pd_payload" "Payload" key("payload");
    GPSK_FAILURE = hex "gpsk.failure_code" "Failure" names(GPSK_FAILURES) key("failure") brief("");
    GPSK_MAC   = bytes "gpsk.payload_mac" "MAC" key("mac");
}

static PAX_OPCODES: Names = &[
    (0x01, "STD-1"),
    (0x02, "STD-2"),
    (0x03, "STD-3"),
    (0x11, "SEC-1"),
    (0x12, "SEC-2"),
    (0x13, "SEC-3"),
    (0x14, "SEC-4"),
    (0x15, "SEC-5"),
    (0x21, "ACK"),
];
static PAX_MACS: Names = &[(1, "HMAC_SHA1_128"), (2, "HMAC_SHA256_128")];
static PAX_GROUPS: Names = &[
    (0, "None"),
    (1, "2048-bit MODP Group"),
    (2, "3072-bit MODP Group"),
    (3, "NIST ECC Group P-256"),
];
static PAX_KEYS: Names = &[
    (0, "None"),
    (1, "RSAES-OAEP"),
    (2, "RSA-PKCS1-V1_5"),
    (3, "El-Gamal over NIST ECC Group P-256"),
];
static SAKE_SUBTYPES: Names = &[
    (1, "SAKE/Challenge"),
    (2, "SAKE/Confirm"),
    (3, "SAKE/Auth-Reject"),
    (4, "SAKE/Identity"),
];
static SAKE_TYPES: Names = &[
    (1, "AT_RAND_S"),
    (2, "AT_RAND_P"),
    (3, "AT_MIC_S"),
    (4, "AT_MIC_P"),
    (5, "AT_SERVERID"),
    (6, "AT_PEERID"),
    (7, "AT_SPI_S"),
    (8, "AT_SPI_P"),
    (9, "AT_ANY_ID_REQ"),
    (10, "AT_PERM_ID_REQ"),
    (128, "AT_ENCR_DATA"),
    (129, "AT_IV"),
    (130, "AT_PADDING"),
    (131, "AT_NEXT_TMPID"),
    (132, "AT_MSK_LIFE"),
];
static GPSK_OPCODES: Names = &[
    (1, "GPSK-1"),
    (2, "GPSK-2"),
    (3, "GPSK-3"),
    (4, "GPSK-4"),
    (5, "GPSK-Fail"),
    (6, "GPSK-Protected-Fail"),
];
static GPSK_FAILURES: Names =
    &[(1, "PSK Not Found"), (2, "Authentication Failure"), (3, "Authorization Failure")];

/// RFC 4764 section 5.
pub(super) fn psk(p: &mut Packet<'_>) -> Read {
    let flags = p.u8(&PSK_FLAGS)?;
    p.bytes(&PSK_RAND_S, 16)?;
    match flags >> 6 {
        0 => p.remainder(&PSK_ID_S),
        1 => {
            p.bytes(&PSK_RAND_P, 16)?;
            p.bytes(&PSK_MAC_P, 16)?;
            p.remainder(&PSK_ID_P)
        }
        2 => {
            p.bytes(&PSK_MAC_S, 16)?;
            p.remainder(&PSK_CHANNEL)
        }
        _ => p.remainder(&PSK_CHANNEL),
    }
}

/// RFC 4746 section 3.
pub(super) fn pax(p: &mut Packet<'_>) -> Read {
    const ICV: usize = 16;
    let opcode = p.u8(&PAX_OPCODE)?;
    let flags = p.u8(&PAX_FLAGS)?;
    p.u8(&PAX_MAC_ID)?;
    p.u8(&PAX_GROUP)?;
    p.u8(&PAX_KEY)?;
    let data = p.declared_left().saturating_sub(ICV);
    p.within(data, |p| {
        match opcode {
            1 => part(p, &PAX_A_LENGTH, &PAX_A)?,
            2 => {
                part(p, &PAX_B_LENGTH, &PAX_B)?;
                part(p, &PAX_CID_LENGTH, &PAX_CID)?;
                part(p, &PAX_MAC_LENGTH, &PAX_MAC)?;
            }
            3 => part(p, &PAX_MAC_LENGTH, &PAX_MAC)?,
            _ => return p.remainder(&PAX_DATA),
        }
        if flags & 4 != 0 {
            part(p, &PAX_ADE_LENGTH, &PAX_ADE)?;
        }
        p.remainder(&PAX_DATA)
    })?;
    p.remainder(&PAX_ICV)
}

/// RFC 4763 section 3.3. An attribute's length counts its own two bytes.
pub(super) fn sake(p: &mut Packet<'_>) -> Read {
    p.u8(&SAKE_VERSION)?;
    p.u8(&SAKE_SESSION)?;
    p.u8(&SAKE_SUBTYPE)?;
    p.each(|p| {
        let length = usize::from(p.peek_at(1)?);
        if length < 2 || length > p.declared_left() {
            return Err(p.malformed(&SAKE_BAD));
        }
        p.within(length, |p| {
            p.group(&SAKE_ATTRIBUTE, |p| {
                let kind = p.u8(&SAKE_TYPE)?;
                p.u8(&SAKE_LENGTH)?;
                match (kind, p.left()) {
                    (5 | 6 | 131, 1..) => p.rest(&SAKE_TEXT).map(drop),
                    (132, 6) => p.u48(&SAKE_NUMBER).map(drop),
                    _ => p.remainder(&SAKE_VALUE),
                }
            })
        })
    })
}

/// RFC 5433 section 9.
pub(super) fn gpsk(p: &mut Packet<'_>) -> Read {
    match p.u8(&GPSK_OPCODE)? {
        1 => {
            part(p, &GPSK_SERVER_LENGTH, &GPSK_SERVER)?;
            p.bytes(&GPSK_RAND_SERVER, 32)?;
            suites(p)?;
        }
        2 => {
            part(p, &GPSK_PEER_LENGTH, &GPSK_PEER)?;
            part(p, &GPSK_SERVER_LENGTH, &GPSK_SERVER)?;
            p.bytes(&GPSK_RAND_PEER, 32)?;
            p.bytes(&GPSK_RAND_SERVER, 32)?;
            suites(p)?;
            suite(p)?;
            part(p, &GPSK_PAYLOAD_LENGTH, &GPSK_PAYLOAD)?;
        }
        3 => {
            p.bytes(&GPSK_RAND_PEER, 32)?;
            p.bytes(&GPSK_RAND_SERVER, 32)?;
            part(p, &GPSK_SERVER_LENGTH, &GPSK_SERVER)?;
            suite(p)?;
            part(p, &GPSK_PAYLOAD_LENGTH, &GPSK_PAYLOAD)?;
        }
        4 => part(p, &GPSK_PAYLOAD_LENGTH, &GPSK_PAYLOAD)?,
        5 | 6 => drop(p.u32(&GPSK_FAILURE)?),
        _ => {}
    }
    p.remainder(&GPSK_MAC)
}

fn suites(p: &mut Packet<'_>) -> Read {
    let length = usize::from(p.u16(&GPSK_LIST_LENGTH)?);
    p.within(length, |p| p.each(suite))
}

fn suite(p: &mut Packet<'_>) -> Read {
    p.group(&GPSK_SUITE, |p| {
        p.u32(&GPSK_VENDOR)?;
        p.u16(&GPSK_SPECIFIER).map(drop)
    })
}

/// Bytes behind their length.
fn part(p: &mut Packet<'_>, length: &'static Field, row: &'static Field) -> Read {
    let length = usize::from(p.u16(length)?);
    if length > 0 { p.bytes(row, length).map(drop) } else { Ok(()) }
}
