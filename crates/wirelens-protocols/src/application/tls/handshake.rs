//! Messages of the handshake, RFC 8446 section 4 and RFC 5246 section 7.4.

use wirelens_dissect::prelude::*;

use super::cipher_suites::CIPHER_SUITES;
use super::extension::{self, EXTENSION_ROWS};
use super::fingerprint::Hello;
use super::names::{
    CERTIFICATE_COMPRESSIONS, CLIENT_CERTIFICATES, COMPRESSIONS, CURVE_TYPES, GROUPS, HANDSHAKE_TYPES,
    HASHES, KEY_UPDATES, SIGNATURE_ALGORITHMS, SIGNATURES, STATUS_TYPES, VERSIONS,
};
use super::x509::{self, CERTIFICATE_ROWS};
use super::{Connection, HANDSHAKE, ocsp, sealed};
use crate::digits::md5;

message_rows! {
    /// The rows of a message.
    ROWS = HANDSHAKE "handshake";
    TYPE    = uint "handshake.type" "Type" names(HANDSHAKE_TYPES) brief("") leads;
    LENGTH  = uint "handshake.length" "Length";
    PARTIAL = bytes "handshake.partial" "Part of a message" own payload;
    VERSION = hex "handshake.version" "Version" names(VERSIONS);
    RANDOM  = bytes "handshake.random" "Random" {
        RANDOM_TIME  = time "handshake.random_time" "Time" key("time") detail;
        RANDOM_BYTES = bytes "handshake.random_bytes" "Random Bytes" key("bytes") detail;
    };
    SESSION_ID_LENGTH = uint "handshake.session_id_length" "Session ID Length" detail;
    SESSION_ID = bytes "handshake.session_id" "Session ID";
    SUITES_LENGTH = uint "handshake.cipher_suites_length" "Cipher Suites Length" detail;
    SUITES = group "handshake.ciphersuites" "Cipher Suites" {
        SUITE = hex "handshake.ciphersuite" "Cipher Suite" names(CIPHER_SUITES) many key("suites");
    };
    CHOSEN_SUITE = hex "handshake.ciphersuite" "Cipher Suite" names(CIPHER_SUITES) brief("");
    METHODS_LENGTH = uint "handshake.comp_methods_length" "Compression Methods Length" detail;
    METHODS = group "handshake.comp_methods" "Compression Methods" {
        METHOD = uint "handshake.comp_method" "Compression Method" names(COMPRESSIONS) many key("methods");
    };
    CHOSEN_METHOD = uint "handshake.comp_method" "Compression Method" names(COMPRESSIONS);
    EXTENSIONS_LENGTH = uint "handshake.extensions_length" "Extensions Length" detail;
    EXTENSION = group "handshake.extension" "Extension" own many key("extensions") rows(EXTENSION_ROWS);
    JA3_FULL  = text "handshake.ja3_full" "JA3 in full" detail;
    JA3       = text "handshake.ja3" "JA3";
    JA3S_FULL = text "handshake.ja3s_full" "JA3S in full" detail;
    JA3S      = text "handshake.ja3s" "JA3S";
    JA4       = text "handshake.ja4" "JA4" own;
    JA4_RAW   = text "handshake.ja4_r" "JA4 in full" own detail;

    TICKET_LIFETIME = uint "handshake.session_ticket_lifetime_hint" "Session Ticket Lifetime Hint";
    TICKET_LENGTH = uint "handshake.session_ticket_length" "Session Ticket Length" detail;
    TICKET  = bytes "handshake.session_ticket" "Session Ticket";
    CERTIFICATES_LENGTH = uint "handshake.certificates_length" "Certificates Length" detail;
    CERTIFICATES = group "handshake.certificates" "Certificates" {
        CERTIFICATE_LENGTH = uint "handshake.certificate_length" "Certificate Length" many key("lengths") detail;
        CERTIFICATE = bytes "handshake.certificate" "Certificate" many key("certificates") rows(CERTIFICATE_ROWS);
    };
    KEY_EXCHANGE = group "handshake.key_exchange" "Key Exchange" own {
        CURVE_TYPE  = hex "handshake.server_curve_type" "Curve Type" names(CURVE_TYPES) key("curve_type");
        NAMED_CURVE = hex "handshake.server_named_curve" "Named Curve" names(GROUPS) key("named_curve");
        SERVER_POINT_LENGTH = uint "handshake.server_point_len" "Public Key Length" key("server_point_length") detail;
        SERVER_POINT = bytes "handshake.server_point" "Public Key" key("server_point");
        P_LENGTH  = uint "handshake.p_len" "p Length" key("p_length") detail;
        P         = bytes "handshake.p" "p" key("p");
        G_LENGTH  = uint "handshake.g_len" "g Length" key("g_length") detail;
        G         = bytes "handshake.g" "g" key("g");
        YS_LENGTH = uint "handshake.ys_len" "Public Key Length" key("ys_length") detail;
        YS        = bytes "handshake.ys" "Public Key" key("ys");
        MODULUS_LENGTH = uint "handshake.modulus_len" "Modulus Length" key("modulus_length") detail;
        MODULUS   = bytes "handshake.modulus" "Modulus" key("modulus");
        EXPONENT_LENGTH = uint "handshake.exponent_len" "Exponent Length" key("exponent_length") detail;
        EXPONENT  = bytes "handshake.exponent" "Exponent" key("exponent");
        HINT_LENGTH = uint "handshake.hint_len" "Hint Length" key("hint_length") detail;
        HINT      = bytes "handshake.hint" "Hint" key("hint");
        SIGNATURE_ALGORITHM = hex "handshake.sig_hash_alg" "Signature Algorithm" names(SIGNATURES) key("signature_algorithm") {
            SIGNATURE_HASH = uint "handshake.sig_hash_hash" "Hash" & 0xff00 span(0, 1) names(HASHES) key("hash") detail;
            SIGNATURE_KIND = uint "handshake.sig_hash_sig" "Signature" & 0x00ff span(1, 1) names(SIGNATURE_ALGORITHMS) key("signature") detail;
        };
        SIGNATURE_LENGTH = uint "handshake.sig_len" "Signature Length" key("signature_length") detail;
        SIGNATURE = bytes "handshake.sig" "Signature" key("signature");
        CLIENT_POINT_LENGTH = uint "handshake.client_point_len" "Public Key Length" key("client_point_length") detail;
        CLIENT_POINT = bytes "handshake.client_point" "Public Key" key("client_point");
        YC_LENGTH = uint "handshake.yc_len" "Public Key Length" key("yc_length") detail;
        YC        = bytes "handshake.yc" "Public Key" key("yc");
        SECRET_LENGTH = uint "handshake.epms_len" "Encrypted Premaster Secret Length" key("encrypted_secret_length") detail;
        SECRET    = bytes "handshake.epms" "Encrypted Premaster Secret" key("encrypted_secret");
        IDENTITY_LENGTH = uint "handshake.identity_len" "Identity Length" key("identity_length") detail;
        IDENTITY  = bytes "handshake.identity" "Identity" key("identity");
        EXCHANGE_REST = bytes "handshake.key_exchange.data" "Data" own;
    };
    TYPES_COUNT = uint "handshake.cert_types_count" "Number of Certificate Types" detail;
    TYPES = group "handshake.cert_types" "Certificate Types" {
        CERT_TYPE = uint "handshake.cert_type" "Certificate Type" names(CLIENT_CERTIFICATES) many key("types");
    };
    SIGNATURES_LENGTH = uint "handshake.sig_hash_alg_len" "Signature Algorithms Length" detail;
    REQUEST_SIGNATURES = group "handshake.sig_hash_algs" "Signature Algorithms" {
        REQUEST_SIGNATURE = hex "handshake.sig_hash_alg" "Signature Algorithm" names(SIGNATURES) many key("algorithms") {
            REQUEST_HASH = uint "handshake.sig_hash_hash" "Hash" & 0xff00 span(0, 1) names(HASHES) key("hash") detail;
            REQUEST_KIND = uint "handshake.sig_hash_sig" "Signature" & 0x00ff span(1, 1) names(SIGNATURE_ALGORITHMS) key("signature") detail;
        };
    };
    NAMES_LENGTH = uint "handshake.dnames_len" "Distinguished Names Length" detail;
    NAMES = group "handshake.dnames" "Distinguished Names" {
        NAME_LENGTH = uint "handshake.dname_len" "Distinguished Name Length" many key("lengths") detail;
        NAME = bytes "handshake.dname" "Distinguished Name" many key("names") rows(x509::NAME_ROWS);
    };
    VERIFY_ALGORITHM = hex "handshake.sig_hash_alg" "Signature Algorithm" names(SIGNATURES) key("signature_algorithm") {
        VERIFY_HASH = uint "handshake.sig_hash_hash" "Hash" & 0xff00 span(0, 1) names(HASHES) key("hash") detail;
        VERIFY_KIND = uint "handshake.sig_hash_sig" "Signature" & 0x00ff span(1, 1) names(SIGNATURE_ALGORITHMS) key("signature") detail;
    };
    VERIFY_LENGTH = uint "handshake.client_cert_vrfy.sig_len" "Signature Length" detail;
    VERIFY_SIGNATURE = bytes "handshake.client_cert_vrfy.sig" "Signature";
    VERIFY_DATA = group "handshake.verify_data" "Verify Data";
    STATUS_TYPE = uint "handshake.extensions_status_request_type" "Status Type" names(STATUS_TYPES) key("status_type");
    RESPONSE_LENGTH = uint "handshake.ocsp_response_len" "OCSP Response Length" detail;
    RESPONSE = bytes "handshake.ocsp_response" "OCSP Response" own rows(ocsp::RESPONSE_ROWS);
    UPDATE = uint "handshake.key_update.request_update" "Request Update" names(KEY_UPDATES);
    COMPRESSION = uint "compress_certificate.algorithm" "Compression" names(CERTIFICATE_COMPRESSIONS);
    UNCOMPRESSED_LENGTH = uint "compress_certificate.uncompressed_length" "Uncompressed Length";
    COMPRESSED_LENGTH = uint "compress_certificate.compressed_certificate_message.length" "Compressed Length";
    COMPRESSED = bytes "compress_certificate.compressed_certificate_message" "Compressed Certificate";
    NEXT_LENGTH = uint "handshake.npn_selected_protocol_len" "Next Protocol Length" detail;
    NEXT = text "handshake.npn_selected_protocol" "Next Protocol";
    PADDING_LENGTH = uint "handshake.npn_padding_len" "Padding Length" detail;
    PADDING = bytes "handshake.npn_padding" "Padding" detail;
    CONTENT = bytes "handshake.content" "Content" own;
    BAD_VECTOR = problem "malformed.vector_length" "A vector is longer than what holds it" many shared;
    TRAILING = problem "malformed.trailing_data" "Bytes behind the end of the message";
}

/// The messages in a record. One that the record cuts goes on in the next.
pub(super) fn messages(p: &mut Packet<'_>, row: &'static Field) -> Read {
    while p.left() > 0 {
        let ahead = p.ahead();
        let Some(&[kind, a, b, c]) = ahead.first_chunk() else {
            return p.group(row, partial);
        };
        let length = u32::from_be_bytes([0, a, b, c]) as usize;
        if HANDSHAKE_TYPES.binary_search_by_key(&u64::from(kind), |(number, _)| *number).is_err() {
            // Nothing sends these: it is encrypted, and its beginning was not seen.
            return p.group(row, sealed);
        }
        if length + 4 > p.declared_left() {
            return p.group(row, if length > LONGEST_MESSAGE { sealed } else { partial });
        }
        p.group(row, |p| {
            p.u8(&TYPE)?;
            p.u24(&LENGTH)?;
            p.within(length, |p| {
                message(p, kind)?;
                if p.left() > 0 {
                    p.problem_at(&TRAILING, p.at(), p.left());
                }
                Ok(())
            })
        })?;
    }
    Ok(())
}

/// Chains of certificates are some thousand bytes; what claims more is no length.
pub(super) const LONGEST_MESSAGE: usize = 1 << 18;

fn partial(p: &mut Packet<'_>) -> Read {
    if p.left() >= 4 {
        p.u8(&TYPE)?;
        p.u24(&LENGTH)?;
    }
    p.rest(&PARTIAL)?;
    Ok(())
}

/// The content of a whole message.
pub(super) fn message(p: &mut Packet<'_>, kind: u8) -> Read {
    match kind {
        0 | 5 | 14 => Ok(()),
        1 => client_hello(p),
        2 => server_hello(p),
        4 => session_ticket(p),
        11 => certificates(p),
        12 => p.group(&KEY_EXCHANGE, server_key_exchange),
        13 => certificate_request(p),
        15 => certificate_verify(p),
        16 => p.group(&KEY_EXCHANGE, client_key_exchange),
        20 => p.group(&VERIFY_DATA, |p| p.skip(p.left())),
        22 => certificate_status(p),
        24 => p.u8(&UPDATE).map(drop),
        25 => compressed_certificate(p),
        67 => next_protocol(p),
        _ => p.rest(&CONTENT).map(drop),
    }
}

/// A vector: its length was read as `length`; `each` reads one element after the other.
pub(super) fn vector(
    p: &mut Packet<'_>,
    length: usize,
    mut each: impl FnMut(&mut Packet<'_>) -> Read,
) -> Read {
    if length > p.declared_left() {
        p.problem_at(&BAD_VECTOR, p.at(), 0);
    }
    p.within(length.min(p.declared_left()), |p| {
        while p.left() > 0 {
            each(p)?;
        }
        Ok(())
    })
}

/// Bytes behind their length.
pub(super) fn opaque(p: &mut Packet<'_>, row: &'static Field, length: usize) -> Read {
    if length > p.declared_left() {
        p.problem_at(&BAD_VECTOR, p.at(), 0);
    }
    if length > 0 {
        p.bytes(row, length.min(p.declared_left()))?;
    }
    Ok(())
}

/// What the conversation is known to have chosen: version and cipher suite, 0 for unknown.
fn chosen(p: &mut Packet<'_>) -> (u16, u16) {
    p.conversation::<Connection>().map_or((0, 0), |(known, _)| (known.version, known.cipher_suite))
}

/// Version, random and session identifier, which both hellos begin with.
fn hello_head(p: &mut Packet<'_>, split: bool) -> Read<u16> {
    let version = version_and_random(p, split)?;
    let length = p.u8(&SESSION_ID_LENGTH)?;
    opaque(p, &SESSION_ID, length.into())?;
    Ok(version)
}

fn version_and_random(p: &mut Packet<'_>, split: bool) -> Read<u16> {
    let version = p.u16(&VERSION)?;
    let at = p.at();
    let random: [u8; 32] = p.peek()?;
    p.bytes(&RANDOM, 32)?;
    if split {
        let seconds = i64::from(u32::from_be_bytes([random[0], random[1], random[2], random[3]]));
        p.under(|p| {
            p.mark(&RANDOM_TIME, at, 4, (seconds * 1_000_000_000) as u64);
            p.mark(&RANDOM_BYTES, at + 4, 28, 0);
            Ok(())
        })?;
    }
    Ok(version)
}

fn client_hello(p: &mut Packet<'_>) -> Read {
    let version = hello_head(p, true)?;
    if !p.records() {
        // What else it says changes nothing.
        begins_anew(p);
        return p.skip(p.left());
    }
    let mut hello = Hello { version, ..Hello::default() };
    super::cookie(p)?;
    let length = p.u16(&SUITES_LENGTH)?;
    p.group(&SUITES, |p| {
        vector(p, length.into(), |p| {
            hello.cipher_suites.add(p.u16(&SUITE)?);
            Ok(())
        })
    })?;
    let length = p.u8(&METHODS_LENGTH)?;
    p.group(&METHODS, |p| vector(p, length.into(), |p| p.u8(&METHOD).map(drop)))?;
    begins_anew(p);
    let at = p.at();
    extensions(p, &mut hello, true)?;
    p.make_text(&JA3_FULL, at, 0, |text| hello.ja3_full(text));
    p.make_text(&JA3, at, 0, |text| md5(text, |text| hello.ja3_full(text)));
    p.make_text(&JA4, at, 0, |text| hello.ja4(super::TRANSPORT, true, text));
    p.make_text(&JA4_RAW, at, 0, |text| hello.ja4(super::TRANSPORT, false, text));
    Ok(())
}

/// A hello begins a dialogue anew, unless the server has asked for a second one.
fn begins_anew(p: &mut Packet<'_>) {
    if let Some((known, _)) = p.conversation::<Connection>() {
        *known = Connection { records: true, ..Connection::default() };
    }
}

fn server_hello(p: &mut Packet<'_>) -> Read {
    // Drafts of TLS 1.3 up to the 21st have their number for the version, and neither a session
    // identifier nor a compression method.
    let draft = matches!(p.ahead(), [0x7f, ..22, ..]);
    let modern = if draft { Some(0x0304) } else { chooses_version(p.ahead()) };
    let version = match draft {
        true => version_and_random(p, false)?,
        false => hello_head(p, modern.is_none())?,
    };
    let suite = p.u16(&CHOSEN_SUITE)?;
    if !draft {
        p.u8(&CHOSEN_METHOD)?;
    }
    if let Some((known, _)) = p.conversation::<Connection>() {
        known.version = super::equal_version(modern.unwrap_or(version));
        known.cipher_suite = suite;
    }
    if !p.records() {
        return p.skip(p.left());
    }
    let mut hello = Hello { version, ..Hello::default() };
    hello.cipher_suites.add(suite);
    let at = p.at();
    extensions(p, &mut hello, false)?;
    p.make_text(&JA3S_FULL, at, 0, |text| hello.ja3s_full(text));
    p.make_text(&JA3S, at, 0, |text| md5(text, |text| hello.ja3s_full(text)));
    Ok(())
}

/// The version that a server's hello chooses by the extension supported_versions, RFC 8446 section
/// 4.2.1; drafts count as 1.3.
fn chooses_version(hello: &[u8]) -> Option<u16> {
    let session = usize::from(*hello.get(34)?);
    let mut rest = hello.get(35 + session + 5..)?;
    while let Some((&[a, b, c, d], behind)) = rest.split_first_chunk() {
        let (kind, length) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        let (content, next) = behind.split_at_checked(length.into())?;
        match (kind, content) {
            (43, [3, 4] | [0x7f, _]) => return Some(0x0304),
            (43, [high, low]) => return Some(u16::from_be_bytes([*high, *low])),
            _ => rest = next,
        }
    }
    None
}

fn extensions(p: &mut Packet<'_>, hello: &mut Hello, client: bool) -> Read {
    if p.left() == 0 {
        return Ok(());
    }
    let length = p.u16(&EXTENSIONS_LENGTH)?;
    vector(p, length.into(), |p| p.group(&EXTENSION, |p| extension::walk(p, hello, client)))
}

fn session_ticket(p: &mut Packet<'_>) -> Read {
    p.u32(&TICKET_LIFETIME)?;
    let length = p.u16(&TICKET_LENGTH)?;
    opaque(p, &TICKET, length.into())
}

fn certificates(p: &mut Packet<'_>) -> Read {
    let length = p.u24(&CERTIFICATES_LENGTH)?;
    p.group(&CERTIFICATES, |p| {
        vector(p, length as usize, |p| {
            let length = p.u24(&CERTIFICATE_LENGTH)? as usize;
            if length > p.declared_left() || !p.records() {
                return opaque(p, &CERTIFICATE, length);
            }
            p.note(&CERTIFICATE, 0, length);
            let end = p.at() + length;
            // What is wrong with one is its own problem: the next is read all the same.
            let _ = p.under(|p| p.within(length, x509::walk));
            p.seek(end);
            Ok(())
        })
    })
}

/// How keys are exchanged, by the words in the cipher suite's name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Exchange {
    Curve,
    DiffieHellman,
    Rsa,
    Psk,
    Unknown,
}

impl Exchange {
    fn of(suite: u16) -> (Exchange, bool) {
        let name = CHOSEN_SUITE.name_of(suite.into()).unwrap_or_default();
        let has = |word: &str| name.contains(word);
        let exchange = match () {
            () if has("_ECDH") => Exchange::Curve,
            () if has("_DHE_") || has("_DH_") => Exchange::DiffieHellman,
            () if has("TLS_PSK_") || has("TLS_RSA_PSK_") => Exchange::Psk,
            () if has("TLS_RSA_") => Exchange::Rsa,
            () => Exchange::Unknown,
        };
        (exchange, has("_anon_") || has("_PSK_"))
    }
}

fn server_key_exchange(p: &mut Packet<'_>) -> Read {
    let (version, suite) = chosen(p);
    let (exchange, unsigned) = Exchange::of(suite);
    match (exchange, p.ahead()) {
        (Exchange::Curve, [3, ..]) => {
            p.u8(&CURVE_TYPE)?;
            p.u16(&NAMED_CURVE)?;
            let length = p.u8(&SERVER_POINT_LENGTH)?;
            opaque(p, &SERVER_POINT, length.into())?;
        }
        (Exchange::DiffieHellman, _) => {
            for (length, row) in [(&P_LENGTH, &P), (&G_LENGTH, &G), (&YS_LENGTH, &YS)] {
                let length = p.u16(length)?;
                opaque(p, row, length.into())?;
            }
        }
        (Exchange::Rsa, _) => {
            for (length, row) in [(&MODULUS_LENGTH, &MODULUS), (&EXPONENT_LENGTH, &EXPONENT)] {
                let length = p.u16(length)?;
                opaque(p, row, length.into())?;
            }
        }
        (Exchange::Psk, _) => {
            let length = p.u16(&HINT_LENGTH)?;
            return opaque(p, &HINT, length.into());
        }
        _ => return p.remainder(&EXCHANGE_REST),
    }
    if unsigned || p.left() == 0 {
        return p.remainder(&EXCHANGE_REST);
    }
    if version >= 0x0303 {
        p.u16(&SIGNATURE_ALGORITHM)?;
    }
    let length = p.u16(&SIGNATURE_LENGTH)?;
    opaque(p, &SIGNATURE, length.into())
}

fn client_key_exchange(p: &mut Packet<'_>) -> Read {
    let (version, suite) = chosen(p);
    let (length, row): (usize, &'static Field) = match Exchange::of(suite).0 {
        Exchange::Curve => (p.u8(&CLIENT_POINT_LENGTH)?.into(), &CLIENT_POINT),
        Exchange::DiffieHellman => (p.u16(&YC_LENGTH)?.into(), &YC),
        // SSL 3.0 has no length, RFC 6101 section 5.6.7.1.
        Exchange::Rsa if version == 0x0300 => (p.left(), &SECRET),
        Exchange::Rsa => (p.u16(&SECRET_LENGTH)?.into(), &SECRET),
        Exchange::Psk => (p.u16(&IDENTITY_LENGTH)?.into(), &IDENTITY),
        Exchange::Unknown => return p.remainder(&EXCHANGE_REST),
    };
    opaque(p, row, length)
}

fn certificate_request(p: &mut Packet<'_>) -> Read {
    let (version, _) = chosen(p);
    let length = p.u8(&TYPES_COUNT)?;
    p.group(&TYPES, |p| vector(p, length.into(), |p| p.u8(&CERT_TYPE).map(drop)))?;
    if version >= 0x0303 {
        let length = p.u16(&SIGNATURES_LENGTH)?;
        p.group(&REQUEST_SIGNATURES, |p| {
            vector(p, length.into(), |p| p.u16(&REQUEST_SIGNATURE).map(drop))
        })?;
    }
    let length = p.u16(&NAMES_LENGTH)?;
    if length == 0 {
        return Ok(());
    }
    p.group(&NAMES, |p| {
        vector(p, length.into(), |p| {
            let length = usize::from(p.u16(&NAME_LENGTH)?);
            if length > p.declared_left() || !p.records() {
                return opaque(p, &NAME, length);
            }
            p.note(&NAME, 0, length);
            let end = p.at() + length;
            let _ = p.under(|p| p.within(length, |p| x509::rdns(p, &x509::RDNS)));
            p.seek(end);
            Ok(())
        })
    })
}

fn certificate_verify(p: &mut Packet<'_>) -> Read {
    if chosen(p).0 >= 0x0303 {
        p.u16(&VERIFY_ALGORITHM)?;
    }
    let length = p.u16(&VERIFY_LENGTH)?;
    opaque(p, &VERIFY_SIGNATURE, length.into())
}

fn certificate_status(p: &mut Packet<'_>) -> Read {
    p.u8(&STATUS_TYPE)?;
    let length = p.u24(&RESPONSE_LENGTH)? as usize;
    if length == 0 || length > p.declared_left() || !p.records() {
        return opaque(p, &RESPONSE, length);
    }
    p.note(&RESPONSE, 0, length);
    let end = p.at() + length;
    let _ = p.under(|p| p.within(length, ocsp::walk));
    p.seek(end);
    Ok(())
}

fn compressed_certificate(p: &mut Packet<'_>) -> Read {
    p.u16(&COMPRESSION)?;
    p.u24(&UNCOMPRESSED_LENGTH)?;
    let length = p.u24(&COMPRESSED_LENGTH)?;
    opaque(p, &COMPRESSED, length as usize)
}

fn next_protocol(p: &mut Packet<'_>) -> Read {
    let length = p.u8(&NEXT_LENGTH)?;
    opaque(p, &NEXT, length.into())?;
    let length = p.u8(&PADDING_LENGTH)?;
    opaque(p, &PADDING, length.into())
}
