//! Media types, RFC 9110 section 8.3.1, and the protocols that show them.

use wirelens_dissect::Protocol;

use crate::application::data::DATA;
use crate::application::dns::DNS;
use crate::application::media::MEDIA;
use crate::application::mime_multipart::MIME_MULTIPART;
use crate::application::sdp::SDP;
use crate::application::sipfrag::SIPFRAG;
use crate::application::text_lines::TEXT_LINES;
use crate::application::urlencoded_form::URLENCODED_FORM;

/// The protocol that shows a body with this Content-Type, and whether the body is a layer of its
/// own behind the header rather than a part of the message that is shown once more.
pub(crate) fn protocol(content_type: Option<&[u8]>) -> (&'static Protocol, bool) {
    let Some(content_type) = content_type else { return (&DATA, false) };
    let end = content_type.iter().position(|byte| matches!(byte, b';' | b',' | b' ' | b'\t'));
    let name = &content_type[..end.unwrap_or(content_type.len())];
    if name.get(..MULTIPART.len()).is_some_and(|start| start.eq_ignore_ascii_case(MULTIPART)) {
        return (&MIME_MULTIPART, true);
    }
    let found = TYPES.iter().find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes()));
    found.map_or((&MEDIA, false), |&(_, protocol)| (protocol, true))
}

/// All types of this kind have parts, whatever they mean together: RFC 2046 section 5.1.7.
const MULTIPART: &[u8] = b"multipart/";

/// Those whose protocol is not known here yet are data.
static TYPES: [(&str, &Protocol); 31] = [
    ("application/dns-message", &DNS),
    ("text/html", &TEXT_LINES),
    ("text/plain", &TEXT_LINES),
    ("text/css", &TEXT_LINES),
    ("text/javascript", &TEXT_LINES),
    ("application/x-javascript", &TEXT_LINES),
    ("application/x-ns-proxy-autoconfig", &TEXT_LINES),
    ("application/x-www-form-urlencoded", &URLENCODED_FORM),
    ("application/octet-stream", &DATA),
    ("application/json", &DATA),
    ("application/json-rpc", &DATA),
    ("text/xml", &DATA),
    ("application/xml", &DATA),
    ("application/soap+xml", &DATA),
    ("application/atom+xml", &DATA),
    ("application/rss+xml", &DATA),
    ("image/svg+xml", &DATA),
    ("image/gif", &DATA),
    ("image/jpeg", &DATA),
    ("image/jpg", &DATA),
    ("image/png", &DATA),
    ("message/http", &DATA),
    ("application/ocsp-request", &DATA),
    ("application/ocsp-response", &DATA),
    ("application/pkix-crl", &DATA),
    ("application/dns-message", &DATA),
    ("application/ipp", &DATA),
    ("application/sdp", &SDP),
    ("message/sipfrag", &SIPFRAG),
    ("application/vnd.ms-sync.wbxml", &DATA),
    ("application/x-amf", &DATA),
];
