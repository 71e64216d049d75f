//! What each side offers in SSH's Key Exchange Init, RFC 4253 section 7.1, and the fingerprint
//! HASSH of it.

use wirelens_dissect::prelude::*;

use super::ALGORITHMS;
use crate::digits::md5;

fields! {
    /// The rows of what one side offers.
    ALGORITHM_ROWS = "ssh" ALGORITHMS "algorithms";
    COOKIE        = bytes "cookie" "Cookie" detail;
    KEX_LEN       = uint "kex_algorithms_length" "Length" detail;
    KEX           = text "kex_algorithms" "Key Exchange";
    HOST_KEY_LEN  = uint "server_host_key_algorithms_length" "Length" detail;
    HOST_KEYS     = text "server_host_key_algorithms" "Host Keys";
    CIPHER_CS_LEN = uint "encryption_algorithms_client_to_server_length" "Length" detail;
    CIPHER_CS     = text "encryption_algorithms_client_to_server" "Encryption by the Client";
    CIPHER_SC_LEN = uint "encryption_algorithms_server_to_client_length" "Length" detail;
    CIPHER_SC     = text "encryption_algorithms_server_to_client" "Encryption by the Server";
    MAC_CS_LEN    = uint "mac_algorithms_client_to_server_length" "Length" detail;
    MAC_CS        = text "mac_algorithms_client_to_server" "MAC by the Client";
    MAC_SC_LEN    = uint "mac_algorithms_server_to_client_length" "Length" detail;
    MAC_SC        = text "mac_algorithms_server_to_client" "MAC by the Server";
    PACK_CS_LEN   = uint "compression_algorithms_client_to_server_length" "Length" detail;
    PACK_CS       = text "compression_algorithms_client_to_server" "Compression by the Client";
    PACK_SC_LEN   = uint "compression_algorithms_server_to_client_length" "Length" detail;
    PACK_SC       = text "compression_algorithms_server_to_client" "Compression by the Server";
    LANG_CS_LEN   = uint "languages_client_to_server_length" "Length" detail;
    LANG_CS       = text "languages_client_to_server" "Languages of the Client" detail;
    LANG_SC_LEN   = uint "languages_server_to_client_length" "Length" detail;
    LANG_SC       = text "languages_server_to_client" "Languages of the Server" detail;
    FOLLOWS       = uint "first_kex_packet_follows" "A guessed key exchange follows";
    RESERVED      = bytes "kex.reserved" "Reserved" detail;
    HASSH_TEXT    = text "kex.hassh_algorithms" "What HASSH is made of" detail;
    HASSH         = text "kex.hassh" "HASSH" brief("hassh ");
    HASSH_SERVER_TEXT = text "kex.hasshserver_algorithms" "What HASSH Server is made of" detail;
    HASSH_SERVER  = text "kex.hasshserver" "HASSH Server" brief("hassh ");
}

static LISTS: [(&Field, &Field); 10] = [
    (&KEX_LEN, &KEX),
    (&HOST_KEY_LEN, &HOST_KEYS),
    (&CIPHER_CS_LEN, &CIPHER_CS),
    (&CIPHER_SC_LEN, &CIPHER_SC),
    (&MAC_CS_LEN, &MAC_CS),
    (&MAC_SC_LEN, &MAC_SC),
    (&PACK_CS_LEN, &PACK_CS),
    (&PACK_SC_LEN, &PACK_SC),
    (&LANG_CS_LEN, &LANG_CS),
    (&LANG_SC_LEN, &LANG_SC),
];

/// Reads what a side offers; returns its key exchange algorithms.
pub(super) fn read<'a>(p: &mut Packet<'a>, from_server: bool) -> Read<&'a [u8]> {
    p.bytes(&COOKIE, 16)?;
    let mut lists: [&[u8]; 10] = [b""; 10];
    for ((length_row, row), list) in LISTS.iter().zip(&mut lists) {
        *list = super::string(p, length_row, row)?;
    }
    p.u8(&FOLLOWS)?;
    p.bytes(&RESERVED, 4)?;
    let [kex, _, cipher_cs, cipher_sc, mac_cs, mac_sc, pack_cs, pack_sc, ..] = lists;
    let (rows, parts) = match from_server {
        false => ((&HASSH_TEXT, &HASSH), [kex, cipher_cs, mac_cs, pack_cs]),
        true => ((&HASSH_SERVER_TEXT, &HASSH_SERVER), [kex, cipher_sc, mac_sc, pack_sc]),
    };
    fingerprint(p, rows, parts);
    Ok(kex)
}

/// HASSH: the MD5 of four lists with semicolons between them.
fn fingerprint(p: &mut Packet<'_>, (text_row, row): (&'static Field, &'static Field), parts: [&[u8]; 4]) {
    let at = p.at();
    let join = |out: &mut Vec<u8>| {
        for (number, part) in parts.iter().enumerate() {
            if number > 0 {
                out.push(b';');
            }
            out.extend_from_slice(part);
        }
    };
    p.make_text(text_row, at, 0, join);
    p.make_text(row, at, 0, |out| md5(out, join));
}
