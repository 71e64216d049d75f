//! SSL 2.0 as far as it is in clear: the hellos and the client's key, by the draft of 1995. Newer
//! clients sent its hello to servers that might know no more, RFC 5246 appendix E.2.

use wirelens_dissect::prelude::*;

use super::cipher_suites::CIPHER_SUITES;
use super::names::VERSIONS;
use super::{Connection, ESCAPE, LENGTH, PADDING_LENGTH, SSL2, VERSION};

/// The number that stands for it.
pub(super) const VERSION_2: u16 = 0x0002;

fields! {
    /// The rows of a message.
    ROWS = "tls" SSL2 "ssl2";
    TYPE = uint "handshake.type" "Type" names(TYPES) key("type") brief("") leads;
    HIT  = flag "handshake.session_id_hit" "Session ID Hit" key("session_id_hit");
    CERT_TYPE = uint "handshake.cert_type" "Certificate Type" names(CERTIFICATE_TYPES) key("certificate_type");
    HELLO_VERSION = hex "handshake.version" "Version" names(VERSIONS) key("version");
    CHOSEN = hex "handshake.cipherspec" "Cipher Spec" names(CIPHER_SUITES) key("cipher_spec");
    CERT_LENGTH = uint "handshake.certificate_length" "Certificate Length" key("certificate_length") detail;
    SPECS_LENGTH = uint "handshake.cipher_spec_len" "Cipher Specs Length" key("cipher_specs_length") detail;
    SESSION_ID_LENGTH = uint "handshake.session_id_length" "Session ID Length" key("session_id_length") detail;
    CHALLENGE_LENGTH = uint "handshake.challenge_length" "Challenge Length" key("challenge_length") detail;
    CONNECTION_ID_LENGTH = uint "handshake.connection_id_length" "Connection ID Length" key("connection_id_length") detail;
    CLEAR_LENGTH = uint "handshake.clear_key_length" "Clear Key Length" key("clear_key_length") detail;
    KEY_LENGTH = uint "handshake.encrypted_key_length" "Encrypted Key Length" key("encrypted_key_length") detail;
    ARGUMENT_LENGTH = uint "handshake.key_arg_length" "Key Argument Length" key("key_argument_length") detail;
    CERTIFICATE = bytes "handshake.certificate" "Certificate" key("certificate");
    SPECS = group "handshake.ciphersuites" "Cipher Specs" key("cipher_specs") {
        SPEC = hex "handshake.cipherspec" "Cipher Spec" names(CIPHER_SUITES) many key("specs");
    };
    SESSION_ID = bytes "handshake.session_id" "Session ID" key("session_id");
    CHALLENGE = bytes "handshake.challenge" "Challenge" key("challenge");
    CONNECTION_ID = bytes "handshake.connection_id" "Connection ID" key("connection_id");
    CLEAR = bytes "handshake.clear_key_data" "Clear Key" key("clear_key");
    KEY = bytes "handshake.encrypted_key" "Encrypted Key" key("encrypted_key");
    ARGUMENT = bytes "handshake.key_arg" "Key Argument" key("key_argument");
    SEALED = bytes "ssl2.encrypted" "Encrypted" own key("encrypted") payload brief("encrypted") alone;
}

static TYPES: Names = &[
    (0, "Error"),
    (1, "Client Hello"),
    (2, "Client Master Key"),
    (3, "Client Finished"),
    (4, "Server Hello"),
    (5, "Server Verify"),
    (6, "Server Finished"),
    (7, "Request Certificate"),
    (8, "Client Certificate"),
];

static CERTIFICATE_TYPES: Names = &[(1, "X.509 Certificate")];

/// How long the header of a record is, and the rest: with padding it has three bytes.
fn head(bytes: &[u8]) -> Option<(usize, usize)> {
    match *bytes {
        [high @ 0x80..=0xff, low, ..] => Some((2, usize::from(u16::from_be_bytes([high & 0x7f, low])))),
        [high, low, _, ..] => Some((3, usize::from(u16::from_be_bytes([high & 0x3f, low])))),
        _ => None,
    }
}

/// Does a client's hello stand here, all of whose lengths fit? That is how one is told from records
/// of TLS and from anything else.
pub(super) fn is_client_hello(bytes: &[u8]) -> bool {
    let &[0x80..=0xff, _, 1, major, minor, a, b, c, d, e, f, ..] = bytes else { return false };
    let [specs, session, challenge] =
        [[a, b], [c, d], [e, f]].map(|pair| usize::from(u16::from_be_bytes(pair)));
    let version = u16::from_be_bytes([major, minor]);
    let fits = head(bytes).is_some_and(|(_, length)| length == 9 + specs + session + challenge);
    let known = matches!(version, VERSION_2 | 0x0300..=0x0304);
    known && fits && specs > 0 && specs % 3 == 0 && matches!(challenge, 16..=32)
}

/// The same of a server's, which agrees on this version.
fn is_server_hello(bytes: &[u8]) -> bool {
    let &[0x80..=0xff, _, 4, 0 | 1, _, 0, 2, a, b, c, d, e, f, ..] = bytes else { return false };
    let sum: usize = [[a, b], [c, d], [e, f]].map(|pair| u16::from_be_bytes(pair).into()).iter().sum();
    head(bytes).is_some_and(|(_, length)| length == 11 + sum)
}

/// Does a record of this version stand here? `agreed` says that its server has answered in it.
pub(super) fn begins(bytes: &[u8], agreed: bool) -> bool {
    let whole = || head(bytes).is_some_and(|(header, length)| length > 0 && header + length <= bytes.len());
    is_client_hello(bytes) || is_server_hello(bytes) || agreed && whole()
}

/// How many bytes it takes.
pub(super) fn length(bytes: &[u8]) -> usize {
    head(bytes).map_or(0, |(header, length)| header + length)
}

/// A record that begins so.
pub(super) fn record(p: &mut Packet<'_>) -> Read {
    p.note(&VERSION, VERSION_2.into(), 0);
    let Some((header, length)) = head(p.ahead()) else { return p.need(2) };
    p.number(&LENGTH, length as u64, 2)?;
    let mut padding = 0;
    if header == 3 {
        p.mark(&ESCAPE, p.at() - 2, 1, u64::from(p.layer_bytes().first().is_some_and(|first| first & 0x40 != 0)));
        padding = p.u8(&PADDING_LENGTH)?;
    }
    let clear = if padding > 0 { 0 } else { p.peek_u8()? };
    let bytes = p.ahead();
    let hello = |fits: bool| header == 2 && fits;
    let whole = p.buffer().get(p.at() - header..).unwrap_or_default();
    p.within(length, |p| {
        p.group(&SSL2, |p| match clear {
            1 if hello(is_client_hello(whole)) => client_hello(p),
            2 if hello(is_master_key(bytes, length)) => master_key(p),
            4 if hello(is_server_hello(whole)) => server_hello(p),
            _ => p.remainder(&SEALED),
        })
    })
}

fn client_hello(p: &mut Packet<'_>) -> Read {
    if let Some((known, _)) = p.conversation::<Connection>() {
        *known = Connection { records: true, ..Connection::default() };
    }
    p.u8(&TYPE)?;
    p.u16(&HELLO_VERSION)?;
    let specs = p.u16(&SPECS_LENGTH)?;
    let session = p.u16(&SESSION_ID_LENGTH)?;
    let challenge = p.u16(&CHALLENGE_LENGTH)?;
    cipher_specs(p, specs)?;
    part(p, &SESSION_ID, session)?;
    part(p, &CHALLENGE, challenge)
}

fn server_hello(p: &mut Packet<'_>) -> Read {
    p.u8(&TYPE)?;
    p.u8(&HIT)?;
    p.u8(&CERT_TYPE)?;
    p.u16(&HELLO_VERSION)?;
    let certificate = p.u16(&CERT_LENGTH)?;
    let specs = p.u16(&SPECS_LENGTH)?;
    let connection = p.u16(&CONNECTION_ID_LENGTH)?;
    part(p, &CERTIFICATE, certificate)?;
    cipher_specs(p, specs)?;
    part(p, &CONNECTION_ID, connection)?;
    if let Some((known, _)) = p.conversation::<Connection>() {
        (known.records, known.version) = (true, VERSION_2);
    }
    Ok(())
}

fn is_master_key(bytes: &[u8], length: usize) -> bool {
    let &[2, _, _, _, a, b, c, d, e, f, ..] = bytes else { return false };
    let sum: usize = [[a, b], [c, d], [e, f]].map(|pair| u16::from_be_bytes(pair).into()).iter().sum();
    length == 10 + sum
}

fn master_key(p: &mut Packet<'_>) -> Read {
    p.u8(&TYPE)?;
    p.u24(&CHOSEN)?;
    let clear = p.u16(&CLEAR_LENGTH)?;
    let key = p.u16(&KEY_LENGTH)?;
    let argument = p.u16(&ARGUMENT_LENGTH)?;
    part(p, &CLEAR, clear)?;
    part(p, &KEY, key)?;
    part(p, &ARGUMENT, argument)
}

fn cipher_specs(p: &mut Packet<'_>, length: u16) -> Read {
    if length == 0 {
        return Ok(());
    }
    p.within(length.into(), |p| p.group(&SPECS, |p| p.each(|p| p.u24(&SPEC).map(drop))))
}

fn part(p: &mut Packet<'_>, row: &'static Field, length: u16) -> Read {
    if length == 0 { Ok(()) } else { p.bytes(row, length.into()).map(drop) }
}

#[cfg(test)]
mod tests {
    use super::super::{TLS, looks_like_tls};
    use super::*;
    use crate::testing::*;
    use wirelens_dissect::Session;

    const CLIENT_HELLO: &str = "802b 01 0301 0012 0000 0010 000004 010080 0700c0 00feff 000005 000035
        000102030405060708090a0b0c0d0e0f";
    const SERVER_HELLO: &str = "8016 04 00 01 0002 0002 0003 0006 3000 010080 000102030405";
    const MASTER_KEY: &str = "8011 02 010080 0001 0004 0002 ff 01020304 0506";
    const FINISHED: &str = "8003 a1a2a3";

    #[test]
    fn a_client_hello() {
        insta::assert_snapshot!(tree(&TLS, &hex(CLIENT_HELLO)));
    }

    #[test]
    fn a_dialogue_in_it() {
        let mut session = Session::new(crate::shared());
        let mut read = |text: &str| tree_in(&mut session, &TLS, &hex(text));
        insta::assert_snapshot!([read(SERVER_HELLO), read(MASTER_KEY), read(FINISHED)].concat());
    }

    #[test]
    fn every_prefix_of_them() {
        for bytes in [CLIENT_HELLO, SERVER_HELLO] {
            every_prefix(&TLS, &hex(bytes));
        }
        every_prefix(&TLS, &hex(&[SERVER_HELLO, MASTER_KEY, FINISHED].concat()));
    }

    #[test]
    fn it_is_recognised_by_lengths_that_fit() {
        let hello = hex(CLIENT_HELLO);
        assert!(looks_like_tls(&hello));
        for at in [1, 6, 8, 10] {
            let mut other = hello.clone();
            other[at] ^= 1;
            assert!(!looks_like_tls(&other), "changed at {at}");
        }
        assert!(!begins(&hex(FINISHED), false) && begins(&hex(FINISHED), true));
    }
}
