//! Addresses: `name-addr` and `addr-spec` of RFC 3261 sections 19.1, 20.10 and 25.1.

use super::rows::*;
use super::*;

/// Where the parts of an address go.
pub(super) struct Rows {
    name: &'static Field,
    uri: Uri,
    /// A parameter of the field that has a row of its own.
    own: Option<(&'static str, &'static Field)>,
    parameter: Option<&'static Field>,
}

/// Where the parts of a URI go.
pub(super) struct Uri {
    uri: &'static Field,
    user: &'static Field,
    host: &'static Field,
    port: &'static Field,
    param: &'static Field,
}

macro_rules! rows {
    ($($R:ident = $NAME:ident $URI:ident $USER:ident $HOST:ident $PORT:ident $PARAM:ident,
        $own:expr, $parameter:expr;)*) => { $(
        pub(super) static $R: Rows = Rows {
            name: &$NAME,
            uri: Uri { uri: &$URI, user: &$USER, host: &$HOST, port: &$PORT, param: &$PARAM },
            own: $own,
            parameter: $parameter,
        };
    )* };
}

rows! {
    FROM = FROM_NAME FROM_URI FROM_USER FROM_HOST FROM_PORT FROM_PARAM, Some(("tag", &FROM_TAG)), Some(&FROM_PARAMETER);
    TO = TO_NAME TO_URI TO_USER TO_HOST TO_PORT TO_PARAM, Some(("tag", &TO_TAG)), Some(&TO_PARAMETER);
    CONTACT = CONTACT_NAME CONTACT_URI CONTACT_USER CONTACT_HOST CONTACT_PORT CONTACT_PARAM, None, Some(&CONTACT_PARAMETER);
    ROUTE = ROUTE_NAME ROUTE_URI ROUTE_USER ROUTE_HOST ROUTE_PORT ROUTE_PARAM, None, None;
    RECORD_ROUTE = RECORD_ROUTE_NAME RECORD_ROUTE_URI RECORD_ROUTE_USER RECORD_ROUTE_HOST RECORD_ROUTE_PORT RECORD_ROUTE_PARAM, None, None;
    SERVICE_ROUTE = SERVICE_ROUTE_NAME SERVICE_ROUTE_URI SERVICE_ROUTE_USER SERVICE_ROUTE_HOST SERVICE_ROUTE_PORT SERVICE_ROUTE_PARAM, None, None;
    PATH = PATH_NAME PATH_URI PATH_USER PATH_HOST PATH_PORT PATH_PARAM, None, None;
    ASSERTED = ASSERTED_NAME ASSERTED_URI ASSERTED_USER ASSERTED_HOST ASSERTED_PORT ASSERTED_PARAM, None, None;
    PREFERRED = PREFERRED_NAME PREFERRED_URI PREFERRED_USER PREFERRED_HOST PREFERRED_PORT PREFERRED_PARAM, None, None;
    MISSING = MISSING_NAME MISSING_URI MISSING_USER MISSING_HOST MISSING_PORT MISSING_PARAM, None, None;
    CONSENT = CONSENT_NAME CONSENT_URI CONSENT_USER CONSENT_HOST CONSENT_PORT CONSENT_PARAM, Some(("target-uri", &CONSENT_TARGET)), None;
}

pub(super) static REQUEST_TARGET: Uri = Uri {
    uri: &R_URI,
    user: &R_URI_USER,
    host: &R_URI_HOST,
    port: &R_URI_PORT,
    param: &R_URI_PARAM,
};

/// The one address of a field, and its parameters.
pub(super) fn one(p: &mut Packet<'_>, value: Part<'_>, rows: &Rows) {
    let behind = address(p, value, rows);
    parameters(p, behind, rows);
}

/// Addresses with commas between them, each with its parameters.
pub(super) fn list(p: &mut Packet<'_>, value: Part<'_>, rows: &Rows) {
    let mut left = value;
    loop {
        let behind = address(p, left.trimmed(), rows);
        let (own, next) = behind.cut_unquoted(b',');
        parameters(p, own, rows);
        match next {
            Some(next) => left = next,
            None => return,
        }
    }
}

/// Records the address that begins here and gives what is behind it.
fn address<'a>(p: &mut Packet<'_>, value: Part<'a>, rows: &Rows) -> Part<'a> {
    // Only before the comma: in a long list each byte must not be looked at for each address.
    let first = value.slice(0, value.unquoted(b',').unwrap_or(value.text.len()));
    match first.unquoted(b'<') {
        Some(open) => {
            display_name(value.slice(0, open)).put_any(p, rows.name);
            let inside = value.from(open + 1);
            let close = memchr::memchr(b'>', inside.text).unwrap_or(inside.text.len());
            uri(p, inside.slice(0, close), &rows.uri);
            inside.from(close + 1)
        }
        None => {
            // Without brackets parameters belong to the field, RFC 3261 section 20.10.
            let end = value.text.iter().position(|byte| matches!(byte, b';' | b',' | b' ' | b'\t' | b'\r'));
            let end = end.unwrap_or(value.text.len());
            let bare = value.slice(0, end);
            if !bare.is("*") {
                uri(p, bare, &rows.uri);
            }
            value.from(end)
        }
    }
}

/// A name as it stands: in its quotes, or as words.
fn display_name(before: Part<'_>) -> Part<'_> {
    let name = before.from(before.text.len() - before.text.trim_ascii_start().len());
    match name.text {
        [b'"', ..] => name.trimmed(),
        _ => name,
    }
}

/// Records a URI and, where it is one of SIP, its parts.
pub(super) fn uri(p: &mut Packet<'_>, uri: Part<'_>, rows: &Uri) {
    if uri.is_empty() {
        return;
    }
    uri.put(p, rows.uri);
    let (scheme, Some(rest)) = uri.cut(b':') else { return };
    if !(scheme.is("sip") || scheme.is("sips")) {
        return;
    }
    let _ = p.under(|p| {
        let host = match rest.cut(b'@') {
            (user, Some(host)) => {
                user.put_any(p, rows.user);
                host
            }
            (whole, None) => whole,
        };
        let headers = memchr::memchr(b'?', host.text).unwrap_or(host.text.len());
        let (host, parameters) = host.slice(0, headers).cut(b';');
        let (host, port) = host_and_port(host);
        host.put_any(p, rows.host);
        if let Some(port) = port {
            port.put_any(p, rows.port);
        }
        for parameter in parameters.into_iter().flat_map(|all| all.pieces(b';')) {
            parameter.trimmed().put_any(p, rows.param);
        }
        Ok(())
    });
}

/// `host:port`, where the host may be an IPv6 address in brackets.
pub(super) fn host_and_port(text: Part<'_>) -> (Part<'_>, Option<Part<'_>>) {
    match text.text {
        [b'[', ..] => {
            let end = memchr::memchr(b']', text.text).map_or(text.text.len(), |at| at + 1);
            (text.slice(0, end), text.from(end).cut(b':').1)
        }
        _ => text.cut(b':'),
    }
}

fn parameters(p: &mut Packet<'_>, behind: Part<'_>, rows: &Rows) {
    let mut own = rows.own;
    for parameter in behind.pieces(b';').map(Part::trimmed).filter(|piece| !piece.is_empty()) {
        let (name, value) = parameter.cut(b'=');
        match (own, value) {
            (Some((known, row)), Some(value)) if name.trimmed().is(known) => {
                own = None;
                value.trimmed().unquoted_text().put(p, row);
            }
            _ => {
                if let Some(row) = rows.parameter {
                    parameter.put(p, row);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn contact(value: &str) -> String {
        let message = format!("OPTIONS sip:a SIP/2.0\r\nm: {value}\r\n\r\n");
        let tree = tree(&SIP, message.as_bytes());
        let (from, to) = (tree.find("Contact:").unwrap_or(0), tree.find("Message Header"));
        tree[from..to.unwrap_or(tree.len())].to_string()
    }

    #[test]
    fn addresses_in_every_form() {
        for (value, wanted) in [
            ("<sip:a@[2001:db8::1]:5060>", "Host: [2001:db8::1]\n          Port: 5060\n"),
            ("sips:a:b@c:1;x=y", "User: a:b\n          Host: c\n          Port: 1\n        Parameter: x=y\n"),
            ("\"a <b>, c\" <sip:d>", "Display Name: \"a <b>, c\"\n"),
            ("<tel:+1-201;x=y>", "URI: tel:+1-201;x=y\n"),
            ("<sip:a", "Host: a\n"),
            ("a,,<sip:b>", "URI: a\n"),
        ] {
            let tree = contact(value);
            assert!(tree.contains(wanted), "{value} {tree}");
        }
        assert!(!contact("*").contains("URI"));
    }

    /// It takes no time that grows with the square of it.
    #[test]
    fn a_long_list_is_read_once() {
        let tree = contact(&"a,".repeat(20_000));
        assert_eq!(tree.matches("URI: a\n").count(), 20_000);
    }
}
