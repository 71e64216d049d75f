//! The messages of SSH before it is encrypted: RFC 4253 sections 7, 8, 10 and 11, RFC 4419,
//! RFC 5656.

use super::*;

/// How keys are exchanged.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub(super) enum Method {
    /// Not known: one side's offer was not seen.
    #[default]
    Unknown,
    /// A group that the name says.
    Group,
    /// A group that the server chooses.
    GroupExchange,
    /// An elliptic curve, alone or together with a key encapsulation: both have one string.
    Curve,
    /// Its messages are its own.
    Other,
}

impl Method {
    /// RFC 4253 section 7.1: the first of the client's algorithms that the server has too.
    pub(super) fn agreed(client: &[u8], server: &[u8]) -> Method {
        let has = |name: &&[u8]| server.split(|byte| *byte == b',').any(|other| other == *name);
        match client.split(|byte| *byte == b',').take(MOST_NAMES).find(has) {
            Some(name) => Method::of(name),
            None => Method::Unknown,
        }
    }

    fn of(name: &[u8]) -> Method {
        let begins = |with: &[u8]| name.starts_with(with);
        match () {
            () if begins(b"diffie-hellman-group-exchange-") => Method::GroupExchange,
            () if begins(b"diffie-hellman-group") => Method::Group,
            () if [&b"curve25519-"[..], b"curve448-", b"ecdh-sha2-", b"sntrup", b"mlkem"]
                .into_iter()
                .any(begins) =>
            {
                Method::Curve
            }
            () => Method::Other,
        }
    }
}

/// Longer lists are kept up to here: a method behind is not found.
const MOST_KEPT: usize = 4096;
/// The client's names that are looked for in the server's list.
const MOST_NAMES: usize = 64;

/// Reads the message in a packet.
pub(super) fn message(p: &mut Packet<'_>, from_server: bool) -> Read {
    let method = match p.conversation::<Connection>() {
        Some((connection, _)) => connection.method,
        None => Method::Unknown,
    };
    if let code @ 30..=49 = p.peek_u8()? {
        return exchange(p, code, method);
    }
    match p.u8(&CODE)? {
        1 => {
            p.u32(&REASON)?;
            string(p, &DESCRIPTION_LENGTH, &DESCRIPTION)?;
            optional_language(p)
        }
        2 => string(p, &IGNORED_LENGTH, &IGNORED).map(drop),
        4 => {
            p.u8(&ALWAYS)?;
            string(p, &DEBUG_LENGTH, &DEBUG)?;
            optional_language(p)
        }
        5 | 6 => string(p, &SERVICE_LENGTH, &SERVICE).map(drop),
        20 => offer(p, from_server),
        21 => {
            if let Some((connection, forward)) = p.conversation::<Connection>() {
                connection.side(forward).encrypted = true;
            }
            payload(p)
        }
        _ => payload(p),
    }
}

/// Some leave it away at the end of a connection.
fn optional_language(p: &mut Packet<'_>) -> Read {
    match p.declared_left() {
        0 => Ok(()),
        _ => string(p, &LANGUAGE_LENGTH, &LANGUAGE).map(drop),
    }
}

fn offer(p: &mut Packet<'_>, from_server: bool) -> Read {
    let kex = p.group(&ALGORITHMS, |p| algorithms::read(p, from_server))?;
    if let Some((connection, forward)) = p.conversation::<Connection>() {
        let side = connection.side(forward);
        side.offered.clear();
        side.offered.extend_from_slice(&kex[..kex.len().min(MOST_KEPT)]);
        if connection.both_offered() {
            let [client, server] = match from_server == forward {
                true => [0, 1],
                false => [1, 0],
            };
            // They may offer again.
            let sides = connection.sides.each_mut().map(|side| std::mem::take(&mut side.offered));
            connection.method = Method::agreed(&sides[client], &sides[server]);
        }
    }
    Ok(())
}

fn exchange(p: &mut Packet<'_>, code: u8, method: Method) -> Read {
    match (method, code) {
        (Method::Group | Method::Unknown, 30) => {
            p.u8(&CODE_DH)?;
            integer(p, &DH_E)
        }
        (Method::Group | Method::Unknown, 31) => {
            p.u8(&CODE_DH)?;
            reply(p, |p| integer(p, &DH_F))
        }
        (Method::GroupExchange, 30) => {
            p.u8(&CODE_GEX)?;
            p.u32(&GEX_BITS).map(drop)
        }
        (Method::GroupExchange, 31) => {
            p.u8(&CODE_GEX)?;
            integer(p, &GEX_P)?;
            integer(p, &GEX_G)
        }
        (Method::GroupExchange, 32) => {
            p.u8(&CODE_GEX)?;
            integer(p, &DH_E)
        }
        (Method::GroupExchange, 33) => {
            p.u8(&CODE_GEX)?;
            reply(p, |p| integer(p, &DH_F))
        }
        (Method::GroupExchange, 34) => {
            p.u8(&CODE_GEX)?;
            p.u32(&GEX_MIN)?;
            p.u32(&GEX_BITS)?;
            p.u32(&GEX_MAX).map(drop)
        }
        (Method::Curve, 30) => {
            p.u8(&CODE_ECDH)?;
            string(p, &Q_C_LENGTH, &Q_C).map(drop)
        }
        (Method::Curve, 31) => {
            p.u8(&CODE_ECDH)?;
            reply(p, |p| string(p, &Q_S_LENGTH, &Q_S).map(drop))
        }
        _ => {
            p.u8(&CODE)?;
            payload(p)
        }
    }
}

/// The server's host key, its half of the exchange, and its signature.
fn reply(p: &mut Packet<'_>, half: impl FnOnce(&mut Packet<'_>) -> Read) -> Read {
    host_key::key(p)?;
    half(p)?;
    host_key::signature(p)
}

fn integer(p: &mut Packet<'_>, row: &'static Field) -> Read {
    string(p, &MPINT_LENGTH, row).map(drop)
}

fn payload(p: &mut Packet<'_>) -> Read {
    match p.declared_left() {
        0 => Ok(()),
        length => p.bytes(&PAYLOAD, length).map(drop),
    }
}
