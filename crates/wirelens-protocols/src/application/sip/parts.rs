//! The parts of header fields: parameters by name, and what is behind them.

use super::address::host_and_port;
use super::rows::*;
use super::*;

/// The parameters that have rows, by name.
type Named = &'static [(&'static str, &'static Field)];

/// Records parameters: those that have a row by their value, the first of each name, and the
/// others as they stand. `also` is told what was found.
fn parameters<'a>(
    p: &mut Packet<'_>,
    all: impl Iterator<Item = Part<'a>>,
    named: Named,
    other: &'static Field,
    mut also: impl FnMut(&mut Packet<'_>, &str, Part<'a>),
) {
    let mut seen = 0u32;
    for piece in all.map(Part::trimmed).filter(|piece| !piece.is_empty()) {
        let (name, value) = piece.cut(b'=');
        let found = named.iter().position(|(known, _)| name.trimmed().is(known));
        match found.filter(|index| seen & 1 << index == 0) {
            Some(index) => {
                seen |= 1 << index;
                // A flag has no value, and stands for itself.
                let value = value.unwrap_or(name).trimmed();
                value.put(p, named[index].1);
                also(p, named[index].0, value);
            }
            None => piece.put(p, other),
        }
    }
}

/// Hangs what `read` records under what was recorded last.
fn inside(p: &mut Packet<'_>, read: impl FnOnce(&mut Packet<'_>)) {
    // It reads nothing, so it cannot run out of bytes.
    let _ = p.under(|p| {
        read(p);
        Ok(())
    });
}

fn nothing(_: &mut Packet<'_>, _: &str, _: Part<'_>) {}

/// Via: RFC 3261 section 20.42, parameters of RFC 3581, 3486, 5049, 7339.
pub(super) fn via(p: &mut Packet<'_>, value: Part<'_>) {
    for hop in value.pieces(b',') {
        let hop = hop.trimmed();
        hop.put(p, &HOP);
        inside(p, |p| one_hop(p, hop));
    }
}

fn one_hop(p: &mut Packet<'_>, hop: Part<'_>) {
    let (sent, rest) = hop.cut(b';');
    // `SIP / 2.0 / UDP host`: the transport is behind the second slash.
    let Some(transport) = sent.cut(b'/').1.and_then(|rest| rest.cut(b'/').1) else { return };
    let transport = transport.trimmed();
    let length = transport.text.iter().position(u8::is_ascii_whitespace).unwrap_or(transport.text.len());
    transport.slice(0, length).put_any(p, &VIA_TRANSPORT);
    let (host, port) = host_and_port(transport.from(length).trimmed());
    let host = host.trimmed();
    let host = match host.text {
        [b'[', .., b']'] => host.slice(1, host.text.len() - 1),
        _ => host,
    };
    host.put_any(p, &VIA_ADDRESS);
    if let Some(port) = port {
        port.trimmed().put_number::<u16>(p, &VIA_PORT, &BAD_PORT);
    }
    let all = rest.into_iter().flat_map(|rest| rest.pieces(b';'));
    parameters(p, all, VIA_PARAMETERS, &VIA_PARAMETER, |p, name, value| {
        let row = match name {
            "oc" => &VIA_OC_VALUE,
            "oc-seq" => &VIA_OC_TIME,
            _ => return,
        };
        let number = if name == "oc" { value.decimal::<u32>().map(u64::from) } else { seconds(value) };
        if let Some(number) = number {
            p.views(value.at, value.text.len(), number, &[row]);
        }
    });
}

/// Seconds with a fraction as nanoseconds: RFC 7339 section 4.3.
fn seconds(value: Part<'_>) -> Option<u64> {
    let (whole, fraction) = value.cut(b'.');
    let nanoseconds = match fraction {
        Some(digits) if digits.text.len() <= 9 => {
            digits.decimal::<u64>()? * 10u64.pow(9 - digits.text.len() as u32)
        }
        Some(_) => return None,
        None => 0,
    };
    whole.decimal::<u32>().map(|whole| u64::from(whole) * 1_000_000_000 + nanoseconds)
}

static VIA_PARAMETERS: Named = &[
    ("branch", &VIA_BRANCH),
    ("maddr", &VIA_MADDR),
    ("rport", &VIA_RPORT),
    ("received", &VIA_RECEIVED),
    ("ttl", &VIA_TTL),
    ("comp", &VIA_COMP),
    ("sigcomp-id", &VIA_SIGCOMP),
    ("oc", &VIA_OC),
    ("oc-validity", &VIA_OC_VALIDITY),
    ("oc-seq", &VIA_OC_SEQ),
    ("oc-algo", &VIA_OC_ALGO),
    ("be-route", &VIA_BE_ROUTE),
];

/// CSeq: RFC 3261 section 20.16.
pub(super) fn cseq(p: &mut Packet<'_>, value: Part<'_>) {
    let mut words = value.words();
    let number = words.next().unwrap_or(value);
    if number.put_number::<u32>(p, &CSEQ_NUMBER, &BAD_CSEQ).is_some()
        && let Some(method) = words.next()
    {
        method.put(p, &CSEQ_METHOD);
    }
}

/// RAck: RFC 3262 section 7.2.
pub(super) fn rack(p: &mut Packet<'_>, value: Part<'_>) {
    let mut words = value.words();
    let (rseq, cseq) = (words.next(), words.next());
    let (Some(rseq), Some(cseq)) = (rseq, cseq) else {
        p.problem_at(&BAD_RACK, value.at, value.text.len());
        return;
    };
    if rseq.put_number::<u32>(p, &RACK_RSEQ, &BAD_RACK).is_some()
        && cseq.put_number::<u32>(p, &RACK_CSEQ, &BAD_RACK).is_some()
        && let Some(method) = words.next()
    {
        method.put(p, &RACK_METHOD);
    }
}

/// Reason: RFC 3326.
pub(super) fn reason(p: &mut Packet<'_>, value: Part<'_>) {
    for one in value.pieces(b',') {
        let one = one.trimmed();
        let (protocol, rest) = one.cut(b';');
        let protocol = protocol.trimmed();
        one.put(p, &REASON_VALUE);
        inside(p, |p| one_reason(p, protocol, rest));
    }
}

fn one_reason(p: &mut Packet<'_>, protocol: Part<'_>, rest: Option<Part<'_>>) {
    protocol.put_any(p, &REASON_PROTOCOL);
    let (mut cause, mut text) = (false, false);
    for piece in rest.into_iter().flat_map(|rest| rest.pieces(b';')).map(Part::trimmed) {
        let (name, value) = piece.cut(b'=');
        let name = name.trimmed();
        match value.map(Part::trimmed) {
            Some(value) if !cause && name.is("cause") => {
                cause = true;
                let row = match () {
                    () if protocol.is("Q.850") => &CAUSE_Q850,
                    () if protocol.is("SIP") => &CAUSE_SIP,
                    () => &CAUSE_OTHER,
                };
                value.put_number::<u32>(p, row, &BAD_NUMBER);
            }
            Some(value) if !text && name.is("text") => {
                text = true;
                value.unquoted_text().put(p, &REASON_TEXT);
            }
            _ => piece.put_any(p, &REASON_PARAMETER),
        }
    }
}

/// Session-ID: RFC 7989, and RFC 7329 before it.
pub(super) fn session_id(p: &mut Packet<'_>, value: Part<'_>) {
    let (id, rest) = value.cut(b';');
    let id = id.trimmed();
    let is_uuid = |part: Part<'_>| part.text.len() == 32 && part.text.iter().all(u8::is_ascii_hexdigit);
    match id {
        id if id.is_empty() => p.problem_at(&NO_SESSION_ID, value.at, 0),
        id if is_uuid(id) => id.put(p, &SESSION_LOCAL),
        id => id.put(p, &SESSION_OTHER),
    }
    let Some(rest) = rest else { return };
    match rest.cut(b'=') {
        (name, Some(remote)) if name.trimmed().is("remote") && is_uuid(remote.slice(0, 32)) => {
            remote.slice(0, 32).put(p, &SESSION_REMOTE);
        }
        _ => rest.trimmed().put_any(p, &SESSION_PARAM),
    }
}

/// P-Charging-Vector: RFC 7315 section 4.6.
pub(super) fn charging_vector(p: &mut Packet<'_>, value: Part<'_>) {
    static NAMED: Named = &[("icid-value", &CHARGING_ICID), ("icid-gen-addr", &CHARGING_ADDRESS)];
    parameters(p, value.pieces(b';'), NAMED, &CHARGING_PARAMETER, nothing);
}

/// P-Access-Network-Info: RFC 7315 section 4.4.
pub(super) fn access_network(p: &mut Packet<'_>, value: Part<'_>) {
    static NAMED: Named = &[("utran-cell-id-3gpp", &ACCESS_CELL)];
    let (kind, rest) = value.cut_unquoted(b';');
    kind.trimmed().put_any(p, &ACCESS_TYPE);
    let all = rest.into_iter().flat_map(|rest| rest.pieces(b';'));
    parameters(p, all, NAMED, &ACCESS_PARAMETER, nothing);
}

/// Feature-Caps: RFC 6809.
pub(super) fn feature_caps(p: &mut Packet<'_>, value: Part<'_>) {
    for cap in value.pieces(b';').map(Part::trimmed) {
        let plus = usize::from(cap.text.first() == Some(&b'+'));
        cap.from(plus).put_any(p, &FEATURE_CAP);
    }
}

/// Credentials and challenges: a scheme, then parameters, RFC 3261 sections 20.7 and 20.44.
pub(super) fn credentials(p: &mut Packet<'_>, value: Part<'_>) {
    let (scheme, rest) = value.cut(b' ');
    scheme.put_any(p, &AUTH_SCHEME);
    if let Some(rest) = rest {
        authentication_info(p, rest);
    }
}

/// The same without a scheme: RFC 3261 section 20.6.
pub(super) fn authentication_info(p: &mut Packet<'_>, value: Part<'_>) {
    parameters(p, value.pieces(b','), AUTH_PARAMETERS, &AUTH_PARAMETER, nothing);
}

static AUTH_PARAMETERS: Named = &[
    ("username", &AUTH_USERNAME),
    ("realm", &AUTH_REALM),
    ("nonce", &AUTH_NONCE),
    ("uri", &AUTH_URI),
    ("response", &AUTH_RESPONSE),
    ("algorithm", &AUTH_ALGORITHM),
    ("cnonce", &AUTH_CNONCE),
    ("opaque", &AUTH_OPAQUE),
    ("qop", &AUTH_QOP),
    ("nc", &AUTH_NC),
    ("domain", &AUTH_DOMAIN),
    ("stale", &AUTH_STALE),
    ("auts", &AUTH_AUTS),
    ("rspauth", &AUTH_RSPAUTH),
    ("nextnonce", &AUTH_NEXTNONCE),
    ("ik", &AUTH_IK),
    ("ck", &AUTH_CK),
];

/// Security mechanisms: RFC 3329 section 2.2, 3GPP TS 33.203 annex H.
pub(super) fn security(p: &mut Packet<'_>, value: Part<'_>) {
    for mechanism in value.pieces(b',').map(Part::trimmed) {
        let (name, rest) = mechanism.cut(b';');
        name.trimmed().put(p, &MECHANISM);
        let mut seen = 0u32;
        inside(p, |p| {
            for piece in rest.into_iter().flat_map(|rest| rest.pieces(b';')).map(Part::trimmed) {
                let (name, value) = piece.cut(b'=');
                let found = MECHANISM_PARAMETERS.iter().position(|known| name.trimmed().is(known.0));
                match (found.filter(|index| seen & 1 << index == 0), value.map(Part::trimmed)) {
                    (Some(index), Some(value)) => {
                        seen |= 1 << index;
                        number_or_text(p, MECHANISM_PARAMETERS[index], value);
                    }
                    _ => piece.put_any(p, &MECHANISM_PARAMETER),
                }
            }
        });
    }
}

fn number_or_text(p: &mut Packet<'_>, (_, row, most): (&str, &'static Field, u64), value: Part<'_>) {
    match (most, value.decimal::<u64>()) {
        (0, _) => value.put(p, row),
        (most, Some(number)) if number <= most => p.mark(row, value.at, value.text.len(), number),
        _ => p.problem_at(&BAD_MECHANISM, value.at, value.text.len()),
    }
}

/// Names, rows, and the highest number; 0 where it is text.
static MECHANISM_PARAMETERS: [(&str, &Field, u64); 9] = [
    ("alg", &MECHANISM_ALG, 0),
    ("ealg", &MECHANISM_EALG, 0),
    ("prot", &MECHANISM_PROT, 0),
    ("spi-c", &MECHANISM_SPI_C, u32::MAX as u64),
    ("spi-s", &MECHANISM_SPI_S, u32::MAX as u64),
    ("port1", &MECHANISM_PORT1, u16::MAX as u64),
    ("port-c", &MECHANISM_PORT_C, u16::MAX as u64),
    ("port2", &MECHANISM_PORT2, u16::MAX as u64),
    ("port-s", &MECHANISM_PORT_S, u16::MAX as u64),
];
