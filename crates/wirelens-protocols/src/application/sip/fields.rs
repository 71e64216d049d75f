//! The header: RFC 3261 section 7.3.

use super::address::Rows;
use super::names::whole_name;
use super::plain::*;
use super::rows::*;
use super::*;

/// What the header says that the rest of the message depends on.
#[derive(Default)]
pub(super) struct Fields<'a> {
    pub(super) content_length: Option<u64>,
    pub(super) content_type: Option<&'a [u8]>,
    pub(super) encoded: bool,
    pub(super) call_id: &'a [u8],
    pub(super) number: Option<u32>,
    pub(super) method: &'a [u8],
}

/// Reads header fields up to and with the empty line behind them.
pub(super) fn read<'a>(
    p: &mut Packet<'a>,
    fields: &mut Fields<'a>,
    in_stream: bool,
) -> Read {
    let mut seen = 0;
    while p.left() > 0 {
        let ahead = p.ahead();
        let (length, text) = line(ahead);
        if text == 0 {
            return p.skip(length);
        }
        let (length, text) = with_folded_lines(ahead, length, text);
        field(p, &ahead[..text], length, &mut seen, fields)?;
    }
    if p.declared_left() > 0 {
        p.need(1)?;
    }
    if !in_stream {
        p.problem(&NOT_TERMINATED);
    }
    Ok(())
}

/// The length of a field with the lines that begin with white space and so go on with it, RFC
/// 3261 section 7.3.1, and without the end of its last line.
fn with_folded_lines(ahead: &[u8], mut length: usize, mut text: usize) -> (usize, usize) {
    while text < length && matches!(ahead.get(length), Some(b' ' | b'\t')) {
        let (more, inside) = line(&ahead[length..]);
        (length, text) = (length + more, length + inside);
    }
    (length, text)
}

/// One field of `length` bytes.
fn field<'a>(
    p: &mut Packet<'a>,
    text: &'a [u8],
    length: usize,
    seen: &mut u128,
    fields: &mut Fields<'a>,
) -> Read {
    let at = p.at();
    let whole = Part { text, at };
    let (name, Some(value)) = whole.cut(b':') else {
        p.problem_at(&NO_COLON, at, text.len());
        return p.skip(length);
    };
    let (name, value) = (name.trimmed(), value.trimmed());
    let found = known(name.text);
    if let Some((_, known)) = found {
        meaning(p, fields, known.0, value, length);
    }
    if !p.records() {
        return p.skip(length);
    }
    match found {
        Some((index, (_, row, how, times))) => {
            let again = *seen & 1 << index != 0;
            *seen |= 1 << index;
            match times {
                Once if again => unread(p, &REPEATED, (&REPEATED_NAME, &REPEATED_VALUE), name, value, length),
                _ => put(p, row, *how, value, length),
            }
        }
        None => unread(p, &OTHER, (&OTHER_NAME, &OTHER_VALUE), name, value, length),
    }
}

/// A field by its name and value alone.
fn unread(
    p: &mut Packet<'_>,
    row: &'static Field,
    (name_row, value_row): (&'static Field, &'static Field),
    name: Part<'_>,
    value: Part<'_>,
    length: usize,
) -> Read {
    p.group(row, |p| {
        name.put(p, name_row);
        text_of(p, value_row, value.at, value.text.len(), value.text);
        p.skip(length)
    })
}

/// Records a field over its whole line, and its parts.
fn put(p: &mut Packet<'_>, row: &'static Field, how: How, value: Part<'_>, length: usize) -> Read {
    let at = p.at();
    match how {
        Number => {
            match value.decimal::<u32>() {
                Some(number) => p.mark(row, at, length, number.into()),
                None => leading_number(p, row, value, length),
            }
            return p.skip(length);
        }
        _ => text_of(p, row, at, length, value.text),
    }
    p.under(|p| {
        match how {
            Address(rows) => address::one(p, value, rows),
            Addresses(rows) => address::list(p, value, rows),
            Parts(read) => read(p, value),
            Text | Number => {}
        }
        Ok(())
    })?;
    p.skip(length)
}

/// A number with something behind it, such as Retry-After's comment.
fn leading_number(p: &mut Packet<'_>, row: &'static Field, value: Part<'_>, length: usize) {
    let digits = value.text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match value.slice(0, digits).decimal::<u32>() {
        Some(number) => p.mark(row, p.at(), length, number.into()),
        None => p.problem_at(&BAD_NUMBER, value.at, value.text.len()),
    }
}

/// Records text; the ends of folded lines become spaces.
fn text_of(p: &mut Packet<'_>, row: &'static Field, at: usize, length: usize, value: &[u8]) {
    p.make_text(row, at, length, |text| {
        let mut lines = value.split(|byte| matches!(byte, b'\r' | b'\n'));
        text.extend_from_slice(lines.next().unwrap_or_default());
        for line in lines.map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()) {
            text.push(b' ');
            text.extend_from_slice(line);
        }
    });
}

/// Keeps what the rest of the message depends on.
fn meaning<'a>(
    p: &mut Packet<'a>,
    fields: &mut Fields<'a>,
    name: &str,
    value: Part<'a>,
    length: usize,
) {
    match name {
        "content-length" => match value.decimal::<u64>() {
            Some(number) => {
                fields.content_length.get_or_insert(number);
            }
            None => p.problem_at(&BAD_LENGTH, p.at(), length),
        },
        "content-type" => fields.content_type = Some(value.text),
        "content-encoding" => fields.encoded = !value.is("identity"),
        "call-id" => fields.call_id = value.text,
        "cseq" => {
            let mut words = value.words();
            fields.number = words.next().and_then(Part::decimal);
            fields.method = words.next().map_or(&[][..], |word| word.text);
        }
        _ => {}
    }
}

/// How a value is read.
#[derive(Clone, Copy)]
enum How {
    Text,
    Number,
    Address(&'static Rows),
    Addresses(&'static Rows),
    Parts(fn(&mut Packet<'_>, Part<'_>)),
}

/// May a message have several fields of a name?
enum Times {
    Once,
    Many,
}

use How::{Address, Addresses, Number, Parts, Text};
use Times::{Many, Once};

type Known = (&'static str, &'static Field, How, Times);

fn known(name: &[u8]) -> Option<(usize, &'static Known)> {
    let name = match name {
        [letter] => whole_name(letter.to_ascii_lowercase())?.as_bytes(),
        _ => name,
    };
    let lower = |byte: &u8| byte.to_ascii_lowercase();
    let found = KNOWN.binary_search_by(|known| known.0.bytes().cmp(name.iter().map(lower)));
    found.ok().map(|index| (index, &KNOWN[index]))
}

/// Sorted by name. Numbers of them are bits of a word: there must not be more than 128.
static KNOWN: [Known; 125] = [
    ("accept", &ACCEPT, Text, Many),
    ("accept-contact", &ACCEPT_CONTACT, Text, Many),
    ("accept-encoding", &ACCEPT_ENCODING, Text, Many),
    ("accept-language", &ACCEPT_LANGUAGE, Text, Many),
    ("accept-resource-priority", &ACCEPT_RESOURCE_PRIORITY, Text, Many),
    ("additional-identity", &ADDITIONAL_IDENTITY, Text, Many),
    ("alert-info", &ALERT_INFO, Text, Many),
    ("allow", &ALLOW, Text, Many),
    ("allow-events", &ALLOW_EVENTS, Text, Many),
    ("answer-mode", &ANSWER_MODE, Text, Once),
    ("attestation-info", &ATTESTATION_INFO, Text, Many),
    ("authentication-info", &AUTHENTICATION_INFO, Parts(parts::authentication_info), Many),
    ("authorization", &AUTHORIZATION, Parts(parts::credentials), Many),
    ("call-id", &CALL_ID, Text, Once),
    ("call-info", &CALL_INFO, Text, Many),
    ("cellular-network-info", &CELLULAR_NETWORK_INFO, Text, Many),
    ("contact", &CONTACT, Addresses(&address::CONTACT), Many),
    ("content-disposition", &CONTENT_DISPOSITION, Text, Once),
    ("content-encoding", &CONTENT_ENCODING, Text, Many),
    ("content-language", &CONTENT_LANGUAGE, Text, Many),
    ("content-length", &CONTENT_LENGTH, Number, Once),
    ("content-type", &CONTENT_TYPE, Text, Once),
    ("cseq", &CSEQ, Parts(parts::cseq), Once),
    ("date", &DATE, Text, Once),
    ("diversion", &DIVERSION, Text, Many),
    ("error-info", &ERROR_INFO, Text, Many),
    ("event", &EVENT, Text, Once),
    ("expires", &EXPIRES, Number, Once),
    ("feature-caps", &FEATURE_CAPS, Parts(parts::feature_caps), Many),
    ("flow-timer", &FLOW_TIMER, Text, Once),
    ("from", &FROM, Address(&address::FROM), Once),
    ("geolocation", &GEOLOCATION, Text, Many),
    ("geolocation-error", &GEOLOCATION_ERROR, Text, Many),
    ("geolocation-routing", &GEOLOCATION_ROUTING, Text, Many),
    ("history-info", &HISTORY_INFO, Text, Many),
    ("identity", &IDENTITY, Text, Once),
    ("identity-info", &IDENTITY_INFO, Text, Many),
    ("in-reply-to", &IN_REPLY_TO, Text, Many),
    ("info-package", &INFO_PACKAGE, Text, Many),
    ("join", &JOIN, Text, Once),
    ("max-breadth", &MAX_BREADTH, Number, Once),
    ("max-forwards", &MAX_FORWARDS, Number, Once),
    ("mime-version", &MIME_VERSION, Text, Once),
    ("min-expires", &MIN_EXPIRES, Text, Once),
    ("min-se", &MIN_SE, Text, Once),
    ("organization", &ORGANIZATION, Text, Once),
    ("origination-id", &ORIGINATION_ID, Text, Many),
    ("p-access-network-info", &ACCESS_NETWORK, Parts(parts::access_network), Many),
    ("p-answer-state", &P_ANSWER_STATE, Text, Many),
    ("p-asserted-identity", &ASSERTED, Addresses(&address::ASSERTED), Many),
    ("p-asserted-service", &P_ASSERTED_SERVICE, Text, Many),
    ("p-associated-uri", &P_ASSOCIATED_URI, Text, Many),
    ("p-called-party-id", &P_CALLED_PARTY_ID, Text, Once),
    ("p-charge-info", &P_CHARGE_INFO, Text, Many),
    ("p-charging-function-addresses", &P_CHARGING_FUNCTION_ADDRESSES, Text, Many),
    ("p-charging-vector", &CHARGING, Parts(parts::charging_vector), Many),
    ("p-dcs-billing-info", &P_DCS_BILLING_INFO, Text, Many),
    ("p-dcs-laes", &P_DCS_LAES, Text, Many),
    ("p-dcs-osps", &P_DCS_OSPS, Text, Many),
    ("p-dcs-redirect", &P_DCS_REDIRECT, Text, Many),
    ("p-dcs-trace-party-id", &P_DCS_TRACE_PARTY_ID, Text, Many),
    ("p-early-media", &P_EARLY_MEDIA, Text, Many),
    ("p-media-authorization", &P_MEDIA_AUTHORIZATION, Text, Many),
    ("p-preferred-identity", &PREFERRED, Addresses(&address::PREFERRED), Many),
    ("p-preferred-service", &P_PREFERRED_SERVICE, Text, Many),
    ("p-profile-key", &P_PROFILE_KEY, Text, Many),
    ("p-refused-uri-list", &P_REFUSED_URI_LIST, Text, Many),
    ("p-served-user", &P_SERVED_USER, Text, Many),
    ("p-user-database", &P_USER_DATABASE, Text, Many),
    ("p-visited-network-id", &P_VISITED_NETWORK_ID, Text, Many),
    ("path", &PATH, Addresses(&address::PATH), Many),
    ("permission-missing", &MISSING, Addresses(&address::MISSING), Many),
    ("policy-contact", &POLICY_CONTACT, Text, Many),
    ("policy-id", &POLICY_ID, Text, Many),
    ("priority", &PRIORITY, Text, Once),
    ("priority-share", &PRIORITY_SHARE, Text, Many),
    ("priv-answer-mode", &PRIV_ANSWER_MODE, Text, Many),
    ("privacy", &PRIVACY, Text, Once),
    ("proxy-authenticate", &PROXY_AUTHENTICATE, Parts(parts::credentials), Many),
    ("proxy-authorization", &PROXY_AUTHORIZATION, Parts(parts::credentials), Many),
    ("proxy-require", &PROXY_REQUIRE, Text, Many),
    ("rack", &RACK, Parts(parts::rack), Once),
    ("reason", &REASON, Parts(parts::reason), Many),
    ("record-route", &RECORD_ROUTE, Addresses(&address::RECORD_ROUTE), Many),
    ("recv-info", &RECV_INFO, Text, Many),
    ("refer-sub", &REFER_SUB, Text, Once),
    ("refer-to", &REFER_TO, Text, Once),
    ("referred-by", &REFERRED_BY, Text, Once),
    ("reject-contact", &REJECT_CONTACT, Text, Many),
    ("relayed-charge", &RELAYED_CHARGE, Text, Many),
    ("replaces", &REPLACES, Text, Once),
    ("reply-to", &REPLY_TO, Text, Once),
    ("request-disposition", &REQUEST_DISPOSITION, Text, Many),
    ("require", &REQUIRE, Text, Many),
    ("resource-priority", &RESOURCE_PRIORITY, Text, Many),
    ("resource-share", &RESOURCE_SHARE, Text, Many),
    ("response-source", &RESPONSE_SOURCE, Text, Many),
    ("restoration-info", &RESTORATION_INFO, Text, Many),
    ("retry-after", &RETRY_AFTER, Number, Once),
    ("route", &ROUTE, Addresses(&address::ROUTE), Many),
    ("rseq", &RSEQ, Number, Once),
    ("security-client", &SECURITY_CLIENT, Parts(parts::security), Many),
    ("security-server", &SECURITY_SERVER, Parts(parts::security), Many),
    ("security-verify", &SECURITY_VERIFY, Parts(parts::security), Many),
    ("server", &SERVER, Text, Once),
    ("service-interact-info", &SERVICE_INTERACT_INFO, Text, Many),
    ("service-route", &SERVICE_ROUTE, Addresses(&address::SERVICE_ROUTE), Many),
    ("session-expires", &SESSION_EXPIRES, Text, Once),
    ("session-id", &SESSION_ID, Parts(parts::session_id), Many),
    ("sip-etag", &SIP_ETAG, Text, Once),
    ("sip-if-match", &SIP_IF_MATCH, Text, Once),
    ("subject", &SUBJECT, Text, Once),
    ("subscription-state", &SUBSCRIPTION_STATE, Text, Once),
    ("supported", &SUPPORTED, Text, Many),
    ("suppress-if-match", &SUPPRESS_IF_MATCH, Text, Once),
    ("target-dialog", &TARGET_DIALOG, Text, Once),
    ("timestamp", &TIMESTAMP, Text, Once),
    ("to", &TO, Address(&address::TO), Once),
    ("trigger-consent", &CONSENT, Addresses(&address::CONSENT), Many),
    ("unsupported", &UNSUPPORTED, Text, Many),
    ("user-agent", &USER_AGENT, Text, Once),
    ("user-to-user", &USER_TO_USER, Text, Many),
    ("via", &VIA, Parts(parts::via), Many),
    ("warning", &WARNING, Text, Many),
    ("www-authenticate", &WWW_AUTHENTICATE, Parts(parts::credentials), Many),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_lower_case() {
        assert!(KNOWN.is_sorted_by_key(|known| known.0));
        assert!(KNOWN.iter().all(|known| known.0 == known.0.to_ascii_lowercase()));
        assert!(KNOWN.len() <= 128);
    }

    #[test]
    fn compact_forms_are_the_same_fields() {
        for letter in b"abcdefijklmnorstuvxyABC" {
            assert!(known(&[*letter]).is_some(), "{letter}");
        }
        assert_eq!(known(b"CALL-ID").map(|(index, _)| index), known(b"i").map(|(index, _)| index));
        assert!(known(b"z").is_none() && known(b"").is_none() && known(b"X-A").is_none());
    }
}
