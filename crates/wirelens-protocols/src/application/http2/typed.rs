//! Header fields that have a row of their own.

use super::*;
use crate::application::http::STATUS as CODES;

fields! {
    /// Below a header field.
    ROWS = "http2" HEADER "header";
    NAME_LENGTH  = uint "header.name.length" "Name Length" detail;
    NAME         = text "header.name" "Name";
    VALUE_LENGTH = uint "header.value.length" "Value Length" detail;
    VALUE        = text "header.value" "Value";
    UNESCAPED    = text "header.unescaped" "Unescaped" detail;
    REPRESENTATION = text "header.repr" "Representation" detail;
    INDEX        = uint "header.index" "Index" detail;
    MISSING      = problem "header.missing" "The entry of the dynamic table was not seen" own;
    AUTHORITY = text "headers.authority" ":authority" key("authority") brief("");
    STATUS = uint "headers.status" ":status" key("status") names(CODES) brief("") by_number;
    PATH = text "headers.path" ":path" key("path") brief("");
    METHOD = text "headers.method" ":method" key("method") brief("") leads;
    SCHEME = text "headers.scheme" ":scheme" key("scheme");
    ACCEPT = text "headers.accept" "accept" key("accept");
    ACCEPT_CHARSET = text "headers.accept_charset" "accept-charset" key("accept_charset");
    ACCEPT_ENCODING = text "headers.accept_encoding" "accept-encoding" key("accept_encoding");
    ACCEPT_LANGUAGE = text "headers.accept_language" "accept-language" key("accept_language");
    ACCEPT_RANGES = text "headers.accept_ranges" "accept-ranges" key("accept_ranges");
    ACCESS_CONTROL_ALLOW_ORIGIN = text "headers.access_control_allow_origin" "access-control-allow-origin" key("access_control_allow_origin");
    AGE = uint "headers.age" "age" key("age");
    ALLOW = text "headers.allow" "allow" key("allow");
    AUTHORIZATION = text "headers.authorization" "authorization" key("authorization");
    CACHE_CONTROL = text "headers.cache_control" "cache-control" key("cache_control");
    CONTENT_DISPOSITION = text "headers.content_disposition" "content-disposition" key("content_disposition");
    CONTENT_ENCODING = text "headers.content_encoding" "content-encoding" key("content_encoding");
    CONTENT_LANGUAGE = text "headers.content_language" "content-language" key("content_language");
    CONTENT_LENGTH = uint "headers.content_length" "content-length" key("content_length");
    CONTENT_LOCATION = text "headers.content_location" "content-location" key("content_location");
    CONTENT_RANGE = text "headers.content_range" "content-range" key("content_range");
    CONTENT_TYPE = text "headers.content_type" "content-type" key("content_type") brief("");
    COOKIE = text "headers.cookie" "cookie" key("cookie");
    DATE = text "headers.date" "date" key("date");
    ETAG = text "headers.etag" "etag" key("etag");
    EXPECT = text "headers.expect" "expect" key("expect");
    EXPIRES = text "headers.expires" "expires" key("expires");
    FROM = text "headers.from" "from" key("from");
    IF_MATCH = text "headers.if_match" "if-match" key("if_match");
    IF_MODIFIED_SINCE = text "headers.if_modified_since" "if-modified-since" key("if_modified_since");
    IF_NONE_MATCH = text "headers.if_none_match" "if-none-match" key("if_none_match");
    IF_RANGE = text "headers.if_range" "if-range" key("if_range");
    IF_UNMODIFIED_SINCE = text "headers.if_unmodified_since" "if-unmodified-since" key("if_unmodified_since");
    LAST_MODIFIED = text "headers.last_modified" "last-modified" key("last_modified");
    LINK = text "headers.link" "link" key("link");
    LOCATION = text "headers.location" "location" key("location");
    MAX_FORWARDS = uint "headers.max_forwards" "max-forwards" key("max_forwards");
    PROXY_AUTHENTICATE = text "headers.proxy_authenticate" "proxy-authenticate" key("proxy_authenticate");
    PROXY_AUTHORIZATION = text "headers.proxy_authorization" "proxy-authorization" key("proxy_authorization");
    RANGE = text "headers.range" "range" key("range");
    REFERER = text "headers.referer" "referer" key("referer");
    REFRESH = text "headers.refresh" "refresh" key("refresh");
    RETRY_AFTER = text "headers.retry_after" "retry-after" key("retry_after");
    SERVER = text "headers.server" "server" key("server");
    SET_COOKIE = text "headers.set_cookie" "set-cookie" key("set_cookie");
    STRICT_TRANSPORT_SECURITY = text "headers.strict_transport_security" "strict-transport-security" key("strict_transport_security");
    USER_AGENT = text "headers.user_agent" "user-agent" key("user_agent");
    VARY = text "headers.vary" "vary" key("vary");
    VIA = text "headers.via" "via" key("via");
    WWW_AUTHENTICATE = text "headers.www_authenticate" "www-authenticate" key("www_authenticate");
}

/// By name.
static KNOWN: [(&str, &Field); 50] = [
    (":authority", &AUTHORITY),
    (":method", &METHOD),
    (":path", &PATH),
    (":scheme", &SCHEME),
    (":status", &STATUS),
    ("accept", &ACCEPT),
    ("accept-charset", &ACCEPT_CHARSET),
    ("accept-encoding", &ACCEPT_ENCODING),
    ("accept-language", &ACCEPT_LANGUAGE),
    ("accept-ranges", &ACCEPT_RANGES),
    ("access-control-allow-origin", &ACCESS_CONTROL_ALLOW_ORIGIN),
    ("age", &AGE),
    ("allow", &ALLOW),
    ("authorization", &AUTHORIZATION),
    ("cache-control", &CACHE_CONTROL),
    ("content-disposition", &CONTENT_DISPOSITION),
    ("content-encoding", &CONTENT_ENCODING),
    ("content-language", &CONTENT_LANGUAGE),
    ("content-length", &CONTENT_LENGTH),
    ("content-location", &CONTENT_LOCATION),
    ("content-range", &CONTENT_RANGE),
    ("content-type", &CONTENT_TYPE),
    ("cookie", &COOKIE),
    ("date", &DATE),
    ("etag", &ETAG),
    ("expect", &EXPECT),
    ("expires", &EXPIRES),
    ("from", &FROM),
    ("if-match", &IF_MATCH),
    ("if-modified-since", &IF_MODIFIED_SINCE),
    ("if-none-match", &IF_NONE_MATCH),
    ("if-range", &IF_RANGE),
    ("if-unmodified-since", &IF_UNMODIFIED_SINCE),
    ("last-modified", &LAST_MODIFIED),
    ("link", &LINK),
    ("location", &LOCATION),
    ("max-forwards", &MAX_FORWARDS),
    ("proxy-authenticate", &PROXY_AUTHENTICATE),
    ("proxy-authorization", &PROXY_AUTHORIZATION),
    ("range", &RANGE),
    ("referer", &REFERER),
    ("refresh", &REFRESH),
    ("retry-after", &RETRY_AFTER),
    ("server", &SERVER),
    ("set-cookie", &SET_COOKIE),
    ("strict-transport-security", &STRICT_TRANSPORT_SECURITY),
    ("user-agent", &USER_AGENT),
    ("vary", &VARY),
    ("via", &VIA),
    ("www-authenticate", &WWW_AUTHENTICATE),
];

/// The row of a header field; names are written in lower case, RFC 9113 section 8.2.1.
pub(super) fn row(name: &[u8]) -> Option<&'static Field> {
    let at = KNOWN.binary_search_by(|(known, _)| known.as_bytes().cmp(name)).ok()?;
    Some(KNOWN[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_found_by_name() {
        assert!(KNOWN.is_sorted_by_key(|(name, _)| name.as_bytes()));
        assert!(KNOWN.iter().all(|(name, _)| row(name.as_bytes()).is_some()));
        assert!(row(b"x-other").is_none());
    }
}
