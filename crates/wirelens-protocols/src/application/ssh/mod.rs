//! Secure Shell: the transport of RFC 4253 up to where it is encrypted, its key exchanges, and
//! the packets of version 1.

mod algorithms;
mod exchange;
mod host_key;
mod names;

use wirelens_dissect::prelude::*;

use crate::transport::tcp::TCP_PORT;
use algorithms::ALGORITHM_ROWS;
use exchange::Method;
use host_key::{KEY_ROWS, SIGNATURE_ROWS};
use names::{CODES, CODES_1, CODES_DH, CODES_ECDH, CODES_GEX, REASONS};

protocol! {
    SSH = "ssh" "SSH" "Secure Shell", Application, messages();
    @ TCP_PORT 22 | 830;
    @ TCP_PORT by looks_like_ssh;
    BANNER = text "protocol" "Version" brief("") many key("versions");
    PACKET = group "packet" "Packet" own many key("packets") {
        LENGTH       = uint "packet_length" "Packet Length" detail;
        PADDING_LEN  = uint "padding_length" "Padding Length" detail;
        CODE         = uint "message_code" "Message" names(CODES) brief("");
        CODE_DH      = uint "message_code" "Message" names(CODES_DH) brief("");
        CODE_GEX     = uint "message_code" "Message" names(CODES_GEX) brief("");
        CODE_ECDH    = uint "message_code" "Message" names(CODES_ECDH) brief("");
        ALGORITHMS   = group "algorithms" "Algorithms" own rows(ALGORITHM_ROWS);
        HOST_KEY     = group "host_key" "Host Key" own rows(KEY_ROWS);
        MPINT_LENGTH = uint "mpint_length" "Length of an Integer" many key("mpint_lengths") detail;
        DH_E         = bytes "dh.e" "Client's Public Value";
        DH_F         = bytes "dh.f" "Server's Public Value";
        GEX_MIN      = uint "dh_gex.min" "Fewest Bits";
        GEX_BITS     = uint "dh_gex.nbits" "Preferred Bits";
        GEX_MAX      = uint "dh_gex.max" "Most Bits";
        GEX_P        = bytes "dh_gex.p" "Modulus";
        GEX_G        = bytes "dh_gex.g" "Generator";
        Q_C_LENGTH   = uint "ecdh.q_c_length" "Length of the Client's Public Key" detail;
        Q_C          = bytes "ecdh.q_c" "Client's Public Key";
        Q_S_LENGTH   = uint "ecdh.q_s_length" "Length of the Server's Public Key" detail;
        Q_S          = bytes "ecdh.q_s" "Server's Public Key";
        SIGNATURE    = group "host_sig" "Signature" own rows(SIGNATURE_ROWS);
        REASON       = uint "disconnect_reason" "Reason" names(REASONS) brief("");
        DESCRIPTION_LENGTH = uint "disconnect_description_length" "Length of the Description" detail;
        DESCRIPTION  = text "disconnect_description" "Description" brief("");
        IGNORED_LENGTH = uint "ignore_data_length" "Length of the Data" detail;
        IGNORED      = bytes "ignore_data" "Ignored Data" payload;
        ALWAYS       = flag "debug_always_display" "Always Display";
        DEBUG_LENGTH = uint "debug_name_length" "Length of the Text" detail;
        DEBUG        = text "debug_name" "Debug Message";
        LANGUAGE_LENGTH = uint "lang_tag_length" "Length of the Language Tag" detail;
        LANGUAGE     = text "lang_tag" "Language Tag";
        SERVICE_LENGTH = uint "service_name_length" "Length of the Service Name" detail;
        SERVICE      = text "service_name" "Service Name" brief("");
        PAYLOAD      = bytes "payload" "Payload" payload;
        PADDING      = bytes "padding_string" "Padding" detail;
        SEQUENCE     = uint "seq_num" "Sequence Number" detail;
        LENGTH_ENCRYPTED = bytes "packet_length_encrypted" "Encrypted Length" detail;
        ENCRYPTED_PACKET = bytes "encrypted_packet" "Encrypted Packet" payload;
        ENCRYPTED    = bytes "encrypted" "Encrypted Packets" own payload;
        BAD_LENGTH   = problem "length.bad" "A length reaches beyond the message" own;
    };
    PACKET_1 = group "packet_1" "Packet of version 1" own many key("packets_1") {
        LENGTH_1     = uint "packet_length" "Packet Length" detail;
        PADDING_LEN_1 = uint "padding_length" "Padding Length" detail;
        CODE_1       = uint "message_code" "Message" names(CODES_1) brief("");
        PAYLOAD_1    = bytes "payload" "Payload" payload;
    };
    DIRECTION = flag "direction" "Sent by the Server" hidden;
}

/// What is remembered of a connection.
#[derive(Default)]
struct Connection {
    /// Its version is 1.
    version_1: bool,
    sides: [Side; 2],
    method: Method,
}

/// What one side has sent.
#[derive(Default)]
struct Side {
    /// Its version has come.
    greeted: bool,
    /// Packets so far, RFC 4253 section 6.4.
    packets: u32,
    /// Its key exchange algorithms as it offered them last, as far as they are kept.
    offered: Vec<u8>,
    /// Of version 1: the message that came last.
    last_code: u8,
    /// What follows is encrypted.
    encrypted: bool,
}

impl Connection {
    fn side(&mut self, forward: bool) -> &mut Side {
        &mut self.sides[usize::from(forward)]
    }

    fn both_offered(&self) -> bool {
        self.sides.iter().all(|side| !side.offered.is_empty())
    }
}

/// RFC 4253 section 6.1: every implementation must take packets of 35,000 bytes; longer ones may
/// be agreed on, but not before keys are exchanged.
const LONGEST: usize = 35_000;

/// RFC 4253 section 4.2: a version is no longer than 255 bytes.
const LONGEST_BANNER: usize = 255;

fn looks_like_ssh(bytes: &[u8]) -> bool {
    bytes.starts_with(b"SSH-1.") || bytes.starts_with(b"SSH-2.")
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let start = p.at();
    let from_server = is_server(p);
    while p.left() > 0 {
        let first = p.at() == start;
        let missing = missing(p);
        if missing > 0 && p.may_wait() {
            if first {
                p.need(p.left().saturating_add(missing))?;
            }
            p.mark(&DIRECTION, start, 0, from_server.into());
            return Ok(Next::Again);
        }
        one(p, from_server)?;
    }
    p.mark(&DIRECTION, start, 0, from_server.into());
    Ok(Next::Nothing)
}

/// The server's port is the known one, else the lower one.
fn is_server(p: &mut Packet<'_>) -> bool {
    let (source, destination) = p.flow().ports;
    match (source, destination) {
        (22 | 830, _) => true,
        (_, 22 | 830) => false,
        _ => source < destination,
    }
}

/// What stands at the beginning of these bytes.
#[derive(Clone, Copy, PartialEq)]
enum What {
    Banner,
    Version1,
    Plain,
    Encrypted,
}

fn what(p: &mut Packet<'_>) -> What {
    let ahead = p.ahead();
    let says_version = ahead.starts_with(b"SSH-");
    let Some((connection, forward)) = p.conversation::<Connection>() else {
        return match says_version {
            true => What::Banner,
            false if is_plausible(ahead) => What::Plain,
            false => What::Encrypted,
        };
    };
    let version_1 = connection.version_1;
    let side = connection.side(forward);
    match () {
        () if side.encrypted => What::Encrypted,
        () if says_version && side.packets == 0 => What::Banner,
        // RFC 4253 section 4.2: a server may send other lines before.
        () if !side.greeted && side.packets == 0 && is_line(ahead) => What::Banner,
        () if version_1 && ahead.first_chunk().is_none_or(|length| fits(*length)) => What::Version1,
        () if version_1 => What::Encrypted,
        () if is_plausible(ahead) => What::Plain,
        () => What::Encrypted,
    }
}

fn is_line(bytes: &[u8]) -> bool {
    let line = &bytes[..memchr::memchr(b'\n', bytes).unwrap_or(bytes.len())];
    line.len() > 3 && line.iter().all(|byte| matches!(byte, b'\t' | b'\r' | b' '..=b'~'))
}

/// Could a packet that is not encrypted begin here? In the middle of a connection the lengths
/// are encrypted and tell nothing.
fn is_plausible(bytes: &[u8]) -> bool {
    let Some((length, rest)) = bytes.split_first_chunk() else { return true };
    let padding = u32::from(rest.first().copied().unwrap_or(0));
    fits(*length) && padding + 1 < u32::from_be_bytes(*length)
}

fn fits(length: [u8; 4]) -> bool {
    u32::from_be_bytes(length) as usize <= LONGEST
}

/// How many bytes what begins here needs at least besides those that are there.
fn missing(p: &mut Packet<'_>) -> usize {
    let ahead = p.ahead();
    match what(p) {
        What::Banner if ahead.len() >= LONGEST_BANNER => 0,
        What::Banner => usize::from(memchr::memchr(b'\n', ahead).is_none()),
        What::Encrypted => 0,
        kind => match ahead.first_chunk() {
            None => 4 - ahead.len(),
            Some(length) => {
                let length = u32::from_be_bytes(*length) as usize;
                let padding = if kind == What::Version1 { padding_1(length) } else { 0 };
                (4 + padding + length).saturating_sub(ahead.len())
            }
        },
    }
}

fn one(p: &mut Packet<'_>, from_server: bool) -> Read {
    match what(p) {
        What::Banner => banner(p),
        What::Version1 => p.group(&PACKET_1, packet_1),
        What::Plain => p.group(&PACKET, |p| packet(p, from_server)),
        What::Encrypted => p.group(&PACKET, encrypted),
    }
}

/// RFC 4253 section 4.2: `SSH-2.0-software comments`.
fn banner(p: &mut Packet<'_>) -> Read {
    let ahead = p.ahead();
    let length = memchr::memchr(b'\n', ahead).map_or(ahead.len(), |at| at + 1);
    let line = ahead[..length].trim_ascii_end();
    let text = p.text(&BANNER, line.len())?;
    p.skip(length - line.len())?;
    if let Some((connection, forward)) = p.conversation::<Connection>()
        && text.starts_with(b"SSH-")
    {
        connection.side(forward).greeted = true;
        connection.version_1 |= text.starts_with(b"SSH-1.") && !text.starts_with(b"SSH-1.99");
    }
    Ok(())
}

/// Version 1 pads to eight bytes, and at least with one.
fn padding_1(length: usize) -> usize {
    8 - length % 8
}

fn packet_1(p: &mut Packet<'_>) -> Read {
    /// The client's session key: what follows is encrypted.
    const SESSION_KEY: u8 = 3;
    let length = p.u32(&LENGTH_1)? as usize;
    let padding = padding_1(length);
    p.number(&PADDING_LEN_1, padding as u64, padding)?;
    let encrypted = match p.conversation::<Connection>() {
        Some((connection, _)) => connection.sides.iter().any(|side| side.encrypted || side.last_code == SESSION_KEY),
        None => true,
    };
    let mut left = length;
    if !encrypted && left > 0 {
        let code = p.u8(&CODE_1)?;
        left -= 1;
        if let Some((connection, forward)) = p.conversation::<Connection>() {
            let side = connection.side(forward);
            side.packets = side.packets.saturating_add(1);
            side.last_code = code;
        }
    }
    if left > 0 {
        p.bytes(&PAYLOAD_1, left)?;
    }
    Ok(())
}

/// RFC 4253 section 6: the length, the padding's length, the message, the padding.
fn packet(p: &mut Packet<'_>, from_server: bool) -> Read {
    let length = p.u32(&LENGTH)? as usize;
    let padding = usize::from(p.u8(&PADDING_LEN)?);
    // A packet that could not be one was taken as encrypted.
    p.within(length.saturating_sub(1 + padding), |p| {
        let result = exchange::message(p, from_server);
        // It is all there, so a length in it is wrong.
        if result.is_err() && p.left() == p.declared_left() {
            p.problem(&BAD_LENGTH);
            return Ok(());
        }
        result
    })?;
    p.bytes(&PADDING, padding)?;
    if let Some((connection, forward)) = p.conversation::<Connection>() {
        let side = connection.side(forward);
        let number = side.packets;
        side.packets = number.wrapping_add(1);
        p.note(&SEQUENCE, number.into(), 0);
    }
    Ok(())
}

/// Packets that are encrypted: behind the methods that tshark follows as far as that, one heap of
/// bytes; else one packet that begins with its length.
fn encrypted(p: &mut Packet<'_>) -> Read {
    let agreed = |connection: &Connection| matches!(connection.method, Method::Group | Method::Curve);
    if p.conversation::<Connection>().is_some_and(|(connection, _)| agreed(connection)) {
        return p.rest(&ENCRYPTED).map(drop);
    }
    p.bytes(&LENGTH_ENCRYPTED, p.left().min(4))?;
    p.remainder(&ENCRYPTED_PACKET)
}

/// Reads a string: its length and that many bytes, RFC 4251 section 5.
fn string<'a>(p: &mut Packet<'a>, length_row: &'static Field, row: &'static Field) -> Read<&'a [u8]> {
    let length = p.u32(length_row)? as usize;
    p.bytes(row, length)
}

#[cfg(test)]
mod tests;
