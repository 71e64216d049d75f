//! Extensions of the hellos, RFC 8446 section 4.2, RFC 6066 and those of their registry.

use wirelens_dissect::joined;
use wirelens_dissect::prelude::*;

use super::cipher_suites::CIPHER_SUITES;
use super::fingerprint::{Hello, is_grease};
use super::handshake::{EXTENSION, opaque, vector};
use super::names::{
    CERTIFICATE_COMPRESSIONS, CERTIFICATE_TYPES, EXTENSIONS, FRAGMENT_LENGTHS, GROUPS, HASHES,
    HEARTBEAT_MODES, NAME_TYPES, POINT_FORMATS, PSK_MODES, SIGNATURE_ALGORITHMS, SIGNATURES, STATUS_TYPES,
    VERSIONS,
};
use super::sct::{self, SctRows, sct_rows};

extension_rows! {
    /// The rows of an extension.
    OWN_ROWS = EXTENSION "handshake.extension";
    TYPE   = uint "handshake.extension.type" "Type" names(EXTENSIONS);
    LENGTH = uint "handshake.extension.len" "Length" key("length");
    DATA   = bytes "handshake.extension.data" "Data";
    NAMES_LENGTH = uint "handshake.extensions_server_name_list_len" "Server Name List Length" key("server_name_list_length") detail;
    NAME_TYPE    = uint "handshake.extensions_server_name_type" "Server Name Type" names(NAME_TYPES) many key("server_name_types") detail;
    NAME_LENGTH  = uint "handshake.extensions_server_name_len" "Server Name Length" many key("server_name_lengths") detail;
    NAME         = text "handshake.extensions_server_name" "Server Name" many key("server_names") brief("") stays;
    FORMATS_LENGTH = uint "handshake.extensions_ec_point_formats_length" "Point Formats Length" key("point_formats_length") detail;
    FORMATS = group "handshake.extensions_ec_point_formats" "Point Formats" key("point_formats") {
        FORMAT = uint "handshake.extensions_ec_point_format" "Point Format" names(POINT_FORMATS) many key("formats");
    };
    GROUPS_LENGTH = uint "handshake.extensions_supported_groups_length" "Supported Groups Length" key("supported_groups_length") detail;
    SUPPORTED_GROUPS = group "handshake.extensions_supported_groups" "Supported Groups" key("supported_groups") {
        SUPPORTED_GROUP = hex "handshake.extensions_supported_group" "Supported Group" names(GROUPS) many key("groups");
    };
    ALPN_LENGTH = uint "handshake.extensions_alpn_len" "ALPN Length" key("alpn_length") detail;
    ALPN = group "handshake.extensions_alpn_list" "ALPN" key("alpn") {
        PROTOCOL_LENGTH = uint "handshake.extensions_alpn_str_len" "Protocol Length" many key("lengths") detail;
        PROTOCOL = text "handshake.extensions_alpn_str" "Next Protocol" many key("protocols") brief("");
    };
    SIGNATURES_LENGTH = uint "handshake.sig_hash_alg_len" "Signature Algorithms Length" key("signature_algorithms_length") detail;
    SIGNATURE_LIST = group "handshake.sig_hash_algs" "Signature Algorithms" key("signature_algorithms") {
        SIGNATURE = hex "handshake.sig_hash_alg" "Signature Algorithm" names(SIGNATURES) many key("algorithms") {
            HASH = uint "handshake.sig_hash_hash" "Hash" & 0xff00 span(0, 1) names(HASHES) key("hash") detail;
            KIND = uint "handshake.sig_hash_sig" "Signature" & 0x00ff span(1, 1) names(SIGNATURE_ALGORITHMS) key("signature") detail;
        };
    };
    VERSIONS_LENGTH = uint "handshake.extensions.supported_versions_len" "Supported Versions Length" key("supported_versions_length") detail;
    SUPPORTED_VERSION = hex "handshake.extensions.supported_version" "Supported Version" names(VERSIONS) many key("supported_versions");
    PSK_MODES_LENGTH = uint "extension.psk_ke_modes_length" "PSK Key Exchange Modes Length" key("psk_modes_length") detail;
    PSK_MODE = uint "extension.psk_ke_mode" "PSK Key Exchange Mode" names(PSK_MODES) many key("psk_modes");
    SHARES_LENGTH = uint "handshake.extensions_key_share_client_length" "Key Shares Length" key("key_shares_length") detail;
    SHARE = group "handshake.extensions_key_share" "Key Share" own many key("key_shares") {
        SHARE_GROUP = uint "handshake.extensions_key_share_group" "Group" names(GROUPS) key("group");
        KEY_LENGTH = uint "handshake.extensions_key_share_key_exchange_length" "Key Exchange Length" key("length") detail;
        KEY = bytes "handshake.extensions_key_share_key_exchange" "Key Exchange" key("key_exchange");
    };
    SELECTED_GROUP = uint "handshake.extensions_key_share_selected_group" "Selected Group" names(GROUPS) key("selected_group");
    PADDING = bytes "handshake.extensions_padding_data" "Padding" key("padding") payload;
    RENEGOTIATION_LENGTH = uint "handshake.extensions_reneg_info_len" "Renegotiation Info Length" key("renegotiation_length");
    RENEGOTIATION = bytes "handshake.extensions_reneg_info" "Renegotiation Info" key("renegotiation");
    STATUS_TYPE = uint "handshake.extensions_status_request_type" "Status Type" names(STATUS_TYPES) key("status_type");
    RESPONDERS_LENGTH = uint "handshake.extensions_status_request_responder_ids_len" "Responder IDs Length" key("responder_ids_length");
    STATUS_EXTENSIONS_LENGTH = uint "handshake.extensions_status_request_exts_len" "Request Extensions Length" key("request_extensions_length");
    STATUS_LIST_LENGTH = uint "handshake.extensions_status_request_list_len" "Status Requests Length" key("status_requests_length") detail;
    STATUS_LENGTH = uint "handshake.extensions_status_request_len" "Status Request Length" key("status_request_length") detail;
    FRAGMENT_LENGTH = uint "handshake.max_fragment_length" "Maximum Fragment Length" names(FRAGMENT_LENGTHS);
    SIZE_LIMIT = uint "record_size_limit" "Record Size Limit";
    HEARTBEAT_MODE = uint "handshake.extension.heartbeat.mode" "Mode" names(HEARTBEAT_MODES) key("heartbeat_mode");
    ALGORITHMS_LENGTH = uint "compress_certificate.algorithms_length" "Algorithms Length" key("algorithms_length") detail;
    ALGORITHM = uint "compress_certificate.algorithm" "Algorithm" names(CERTIFICATE_COMPRESSIONS) many key("compressions");
    TICKET = bytes "handshake.extensions_session_ticket" "Session Ticket" own key("session_ticket");
    NPN_LENGTH = uint "handshake.extensions_npn_str_len" "Protocol Length" many key("npn_lengths") detail;
    NPN = text "handshake.extensions_npn" "Next Protocol" many key("npn");
    COOKIE_LENGTH = uint "handshake.extensions.cookie_len" "Cookie Length" key("cookie_length") detail;
    COOKIE = bytes "handshake.extensions.cookie" "Cookie" key("cookie");
    IDENTITIES_LENGTH = uint "handshake.extensions.psk.identities.length" "Identities Length" key("psk_identities_length") detail;
    IDENTITY = group "handshake.extensions.psk.identity" "PSK Identity" own many key("psk_identities") {
        IDENTITY_LENGTH = uint "handshake.extensions.psk.identity.identity_length" "Identity Length" key("length") detail;
        IDENTITY_BYTES = bytes "handshake.extensions.psk.identity.identity" "Identity" key("identity");
        TICKET_AGE = uint "handshake.extensions.psk.identity.obfuscated_ticket_age" "Obfuscated Ticket Age" key("obfuscated_ticket_age");
    };
    BINDERS_LENGTH = uint "handshake.extensions.psk.binders_len" "Binders Length" key("psk_binders_length") detail;
    BINDERS = group "handshake.extensions.psk.binders" "Binders" key("psk_binders") {
        BINDER = bytes "handshake.extensions.psk.binder" "Binder" own many key("binders");
    };
    SELECTED_IDENTITY = uint "handshake.extensions.psk.identity.selected" "Selected Identity" key("selected_identity");
    CERT_TYPES_LENGTH = uint "handshake.cert_type.types_len" "Certificate Types Length" key("certificate_types_length") detail;
    CERT_TYPES = group "handshake.cert_type.types" "Certificate Types" key("certificate_types") {
        CERT_TYPE = hex "handshake.cert_type.type" "Certificate Type" names(CERTIFICATE_TYPES) many key("types");
    };
    CHOSEN_CERT_TYPE = hex "handshake.cert_type.type" "Certificate Type" names(CERTIFICATE_TYPES) key("certificate_type");
    ALPS_LENGTH = uint "handshake.extensions_alps_len" "ALPS Length" key("alps_length") detail;
    ALPS = group "handshake.extensions_alps_alpn_list" "Application-Layer Protocol Settings" key("alps") {
        ALPS_PROTOCOL_LENGTH = uint "handshake.extensions_alps_alpn_str_len" "Protocol Length" many key("lengths") detail;
        ALPS_PROTOCOL = text "handshake.extensions_alps_alpn_str" "Protocol" many key("protocols");
    };
    ESNI_SUITE = hex "esni.suite" "Cipher Suite of the Encrypted Name" names(CIPHER_SUITES) key("esni_suite");
    DIGEST_LENGTH = uint "esni.record_digest_length" "Record Digest Length" key("esni_record_digest_length") detail;
    DIGEST = bytes "esni.record_digest" "Record Digest" key("esni_record_digest");
    ESNI_LENGTH = uint "esni.encrypted_sni_length" "Encrypted Name Length" key("encrypted_sni_length") detail;
    ESNI = bytes "esni.encrypted_sni" "Encrypted Name" key("encrypted_sni");
    EARLY_DATA = uint "early_data.max_early_data_size" "Maximum Early Data Size" key("max_early_data_size");
}

scts! { SCT_ROWS }

/// All of them.
pub(super) static EXTENSION_ROWS: &[&Field] =
    &joined::<{ OWN_ROWS.len() + SCT_ROWS.len() }>(OWN_ROWS, SCT_ROWS);

/// One extension, and what of it goes into the hello's fingerprint.
pub(super) fn walk(p: &mut Packet<'_>, hello: &mut Hello, client: bool) -> Read {
    let kind = p.u16(&TYPE)?;
    hello.extensions.add(kind);
    let length = p.u16(&LENGTH)?;
    if length == 0 {
        return Ok(());
    }
    let length = usize::from(length).min(p.declared_left());
    p.within(length, |p| {
        content(p, kind, hello, client)?;
        p.remainder(&DATA)
    })
}

fn content(p: &mut Packet<'_>, kind: u16, hello: &mut Hello, client: bool) -> Read {
    match kind {
        0 => server_names(p, hello),
        1 => p.u8(&FRAGMENT_LENGTH).map(drop),
        5 if client => status_request(p),
        10 => {
            let length = p.u16(&GROUPS_LENGTH)?;
            p.group(&SUPPORTED_GROUPS, |p| {
                vector(p, length.into(), |p| {
                    hello.groups.add(p.u16(&SUPPORTED_GROUP)?);
                    Ok(())
                })
            })
        }
        11 => {
            let length = p.u8(&FORMATS_LENGTH)?;
            p.group(&FORMATS, |p| {
                vector(p, length.into(), |p| {
                    hello.point_formats.add(p.u8(&FORMAT)?.into());
                    Ok(())
                })
            })
        }
        13 | 34 | 50 => {
            let length = p.u16(&SIGNATURES_LENGTH)?;
            p.group(&SIGNATURE_LIST, |p| {
                vector(p, length.into(), |p| {
                    let algorithm = p.u16(&SIGNATURE)?;
                    if kind == 13 {
                        hello.signatures.add(algorithm);
                    }
                    Ok(())
                })
            })
        }
        15 => p.u8(&HEARTBEAT_MODE).map(drop),
        16 => alpn(p, hello),
        17 if client => status_requests(p),
        18 if p.left() > 0 => sct::list(p, &SCTS),
        19 | 20 if client => {
            let length = p.u8(&CERT_TYPES_LENGTH)?;
            p.group(&CERT_TYPES, |p| vector(p, length.into(), |p| p.u8(&CERT_TYPE).map(drop)))
        }
        19 | 20 => p.u8(&CHOSEN_CERT_TYPE).map(drop),
        21 => p.rest(&PADDING).map(drop),
        27 => {
            let length = p.u8(&ALGORITHMS_LENGTH)?;
            vector(p, length.into(), |p| p.u16(&ALGORITHM).map(drop))
        }
        28 => p.u16(&SIZE_LIMIT).map(drop),
        35 => p.rest(&TICKET).map(drop),
        41 if client => pre_shared_keys(p),
        41 => p.u16(&SELECTED_IDENTITY).map(drop),
        43 if client => {
            let length = p.u8(&VERSIONS_LENGTH)?;
            vector(p, length.into(), |p| {
                let version = p.u16(&SUPPORTED_VERSION)?;
                if !is_grease(version) && super::is_newer(version, hello.newest) {
                    hello.newest = version;
                }
                Ok(())
            })
        }
        43 => p.u16(&SUPPORTED_VERSION).map(drop),
        44 => {
            let length = p.u16(&COOKIE_LENGTH)?;
            opaque(p, &COOKIE, length.into())
        }
        45 => {
            let length = p.u8(&PSK_MODES_LENGTH)?;
            vector(p, length.into(), |p| p.u8(&PSK_MODE).map(drop))
        }
        40 | 51 if client => {
            let length = p.u16(&SHARES_LENGTH)?;
            vector(p, length.into(), key_share)
        }
        // A server that asks for another hello names the group alone.
        40 | 51 if p.left() == 2 => p.u16(&SELECTED_GROUP).map(drop),
        40 | 51 => key_share(p),
        13172 => vector(p, p.left(), |p| {
            let length = p.u8(&NPN_LENGTH)?;
            opaque(p, &NPN, length.into())
        }),
        17513 | 17613 => {
            let length = p.u16(&ALPS_LENGTH)?;
            p.group(&ALPS, |p| {
                vector(p, length.into(), |p| {
                    let length = p.u8(&ALPS_PROTOCOL_LENGTH)?;
                    opaque(p, &ALPS_PROTOCOL, length.into())
                })
            })
        }
        // draft-ietf-tls-esni-02.
        65486 if client => {
            p.u16(&ESNI_SUITE)?;
            key_share(p)?;
            let length = p.u16(&DIGEST_LENGTH)?;
            opaque(p, &DIGEST, length.into())?;
            let length = p.u16(&ESNI_LENGTH)?;
            opaque(p, &ESNI, length.into())
        }
        65281 => {
            let length = p.u8(&RENEGOTIATION_LENGTH)?;
            opaque(p, &RENEGOTIATION, length.into())
        }
        _ => super::other_extension(p, kind),
    }
}

fn server_names(p: &mut Packet<'_>, hello: &mut Hello) -> Read {
    hello.has_name = true;
    let length = p.u16(&NAMES_LENGTH)?;
    vector(p, length.into(), |p| {
        p.u8(&NAME_TYPE)?;
        let length = p.u16(&NAME_LENGTH)?;
        opaque(p, &NAME, length.into())
    })
}

fn alpn(p: &mut Packet<'_>, hello: &mut Hello) -> Read {
    let length = p.u16(&ALPN_LENGTH)?;
    p.group(&ALPN, |p| {
        vector(p, length.into(), |p| {
            let length = usize::from(p.u8(&PROTOCOL_LENGTH)?);
            let name = p.ahead().get(..length).unwrap_or_default();
            if let (None, [first, .., last] | [first @ last]) = (hello.alpn, name) {
                hello.alpn = Some((*first, *last));
            }
            opaque(p, &PROTOCOL, length)
        })
    })
}

/// RFC 6066 section 8.
fn status_request(p: &mut Packet<'_>) -> Read {
    if p.u8(&STATUS_TYPE)? != 1 {
        return Ok(());
    }
    let length = p.u16(&RESPONDERS_LENGTH)?;
    opaque(p, &DATA, length.into())?;
    let length = p.u16(&STATUS_EXTENSIONS_LENGTH)?;
    opaque(p, &DATA, length.into())
}

/// RFC 6961 section 2.2.
fn status_requests(p: &mut Packet<'_>) -> Read {
    p.u16(&STATUS_LIST_LENGTH)?;
    p.u8(&STATUS_TYPE)?;
    let length = p.u16(&STATUS_LENGTH)?;
    opaque(p, &DATA, length.into())
}

fn key_share(p: &mut Packet<'_>) -> Read {
    p.group(&SHARE, |p| {
        p.u16(&SHARE_GROUP)?;
        let length = p.u16(&KEY_LENGTH)?;
        opaque(p, &KEY, length.into())
    })
}

/// RFC 8446 section 4.2.11.
fn pre_shared_keys(p: &mut Packet<'_>) -> Read {
    let length = p.u16(&IDENTITIES_LENGTH)?;
    vector(p, length.into(), |p| {
        p.group(&IDENTITY, |p| {
            let length = p.u16(&IDENTITY_LENGTH)?;
            opaque(p, &IDENTITY_BYTES, length.into())?;
            p.u32(&TICKET_AGE).map(drop)
        })
    })?;
    let length = p.u16(&BINDERS_LENGTH)?;
    p.group(&BINDERS, |p| {
        vector(p, length.into(), |p| {
            let length = usize::from(p.peek_u8()?);
            p.skip(1)?;
            opaque(p, &BINDER, length)
        })
    })
}
