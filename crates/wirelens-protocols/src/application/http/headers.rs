//! Header fields, RFC 9112 section 5.

use super::coding::Codings;
use super::*;

/// What header fields say that the rest of the message depends on.
#[derive(Default)]
pub(super) struct Fields<'a> {
    pub(super) host: Option<&'a [u8]>,
    pub(super) content_length: Option<u64>,
    pub(super) content_type: Option<&'a [u8]>,
    /// How the content is encoded, and then the body for its transfer.
    pub(super) content: Codings,
    pub(super) transfer: Codings,
    pub(super) transfer_encoding: bool,
    pub(super) chunked: bool,
    /// What the connection becomes, and how.
    pub(super) upgrade: Option<&'a [u8]>,
    pub(super) extensions: Option<&'a [u8]>,
}

impl Fields<'_> {
    /// Is the body to be decoded, besides being put together from chunks?
    pub(super) fn are_encoded(&self) -> bool {
        !self.content.is_empty() || !self.transfer.is_empty()
    }
}

/// Reads header fields up to and with the empty line behind them. A field that is not known by
/// name is recorded as a line of its own under `other`.
///
/// It ends before a line that is no field. Where that is the last of the segment, which may have
/// cut it, the line is passed over.
pub(super) fn read<'a>(
    p: &mut Packet<'a>,
    other: &'static Field,
    fields: &mut Fields<'a>,
) -> Read {
    let mut seen = 0;
    let mut first = true;
    while p.left() > 0 {
        let ahead = p.ahead();
        let line = Line::of(ahead);
        if line.text.is_empty() {
            return p.skip(line.end);
        }
        if !first && Start::message(line.text).is_some() {
            return Ok(());
        }
        let Some(colon) = memchr::memchr(b':', line.text) else {
            if line.length() == ahead.len() {
                p.skip(ahead.len())?;
            }
            return Ok(());
        };
        // Without a start line this may as well be part of a body: lines are taken as they are.
        let in_message = !std::ptr::eq(other, &UNKNOWN_HEADER);
        let length = if in_message { with_folded_lines(ahead, &line) } else { line.length() };
        field(p, &ahead[..length], colon, other, &mut seen, fields)?;
        first = false;
    }
    // The empty line is yet to come; if the capture has cut it off, say so.
    if p.declared_left() > 0 { p.need(1) } else { Ok(()) }
}

/// The length of a field with the lines that begin with white space and so go on with it, RFC
/// 9112 section 5.2.
fn with_folded_lines(ahead: &[u8], first: &Line<'_>) -> usize {
    let mut length = first.length();
    while !first.is_cut() && matches!(ahead.get(length), Some(b' ' | b'\t')) {
        length += Line::of(&ahead[length..]).length();
    }
    length
}

/// One field with its line's end.
fn field<'a>(
    p: &mut Packet<'a>,
    line: &'a [u8],
    colon: usize,
    other: &'static Field,
    seen: &mut u64,
    fields: &mut Fields<'a>,
) -> Read {
    let (at, length) = (p.at(), line.len());
    let name = &line[..colon];
    if name.is_empty() || !name.iter().all(|&byte| is_token(byte)) {
        p.problem_at(&BAD_HEADER_NAME, at, colon);
    }
    if !p.records() && !FRAMING_LENGTHS.get(name.len()).is_some_and(|&frames| frames) {
        return p.skip(length);
    }
    let Some((index, known)) = known(name) else {
        p.text(other, length)?;
        return Ok(());
    };
    let value = value_of(line, colon);
    let bit = 1 << index;
    match known.again {
        Some(again) if *seen & bit != 0 => {
            p.group(&REPEATED, |p| {
                make_value(p, again, length, value);
                p.skip(length)
            })?;
        }
        _ => {
            make_value(p, known.row, length, value);
            p.skip(length)?;
        }
    }
    (known.mean)(p, fields, Value { bytes: value, at, length, first: *seen & bit == 0 })?;
    *seen |= bit;
    Ok(())
}

/// How long the names are that change more than what is shown: where nobody looks, fields of other
/// lengths are passed over.
static FRAMING_LENGTHS: [bool; LONGEST + 1] = {
    let mut lengths = [false; LONGEST + 1];
    let mut at = 0;
    while at < KNOWN.len() {
        lengths[KNOWN[at].name.len()] |= KNOWN[at].frames;
        at += 1;
    }
    lengths
};

/// The value without the white space before it and the end of its line.
fn value_of(line: &[u8], colon: usize) -> &[u8] {
    let value = line[colon + 1..].trim_ascii_start();
    let end = value.len() - value.iter().rev().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    &value[..end]
}

/// Records the value over its whole line; the ends of folded lines become spaces.
fn make_value(p: &mut Packet<'_>, row: &'static Field, length: usize, value: &[u8]) {
    p.make_text(row, p.at(), length, |text| {
        let mut lines = value.split(|byte| matches!(byte, b'\r' | b'\n'));
        text.extend_from_slice(lines.next().unwrap_or_default());
        for line in lines.map(<[u8]>::trim_ascii_start).filter(|line| !line.is_empty()) {
            text.push(b' ');
            text.extend_from_slice(line);
        }
    });
}

/// A character of a token, RFC 9110 section 5.6.2.
fn is_token(byte: u8) -> bool {
    TOKEN[usize::from(byte)]
}

static TOKEN: [bool; 256] = {
    let (mut table, marks) = ([false; 256], b"!#$%&'*+-.^_`|~");
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut at = 0;
    while at < marks.len() {
        table[marks[at] as usize] = true;
        at += 1;
    }
    table
};

/// A field's value and its line.
struct Value<'a> {
    bytes: &'a [u8],
    at: usize,
    length: usize,
    /// No field of this name was before it.
    first: bool,
}

/// What a field of this name means, besides its text.
type Meaning = for<'a> fn(&mut Packet<'_>, &mut Fields<'a>, Value<'a>) -> Read;

/// A field that has a row of its own.
struct Known {
    name: &'static str,
    row: &'static Field,
    /// The row of the second and later ones, where there should be but one.
    again: Option<&'static Field>,
    mean: Meaning,
    /// It says where the message ends, what its body is, or what follows it.
    frames: bool,
}

impl Known {
    const fn frames(self) -> Self {
        Known { frames: true, ..self }
    }
}

const fn many(name: &'static str, row: &'static Field, mean: Meaning) -> Known {
    Known { name, row, again: None, mean, frames: false }
}

const fn one(
    name: &'static str,
    row: &'static Field,
    again: &'static Field,
    mean: Meaning,
) -> Known {
    Known { name, row, again: Some(again), mean, frames: false }
}

/// By the length of their names, so that most others are told apart without a comparison.
static KNOWN: [Known; 30] = [
    one("host", &HOST, &HOST_AGAIN, host),
    one("date", &DATE, &DATE_AGAIN, nothing),
    many("accept", &ACCEPT, nothing),
    many("cookie", &COOKIE, cookie),
    one("server", &SERVER, &SERVER_AGAIN, nothing),
    many("upgrade", &UPGRADE, upgrade).frames(),
    one("referer", &REFERER, &REFERER_AGAIN, nothing),
    one("location", &LOCATION, &LOCATION_AGAIN, nothing),
    one("user-agent", &USER_AGENT, &USER_AGENT_AGAIN, nothing),
    many("connection", &CONNECTION, nothing),
    many("set-cookie", &SET_COOKIE, nothing),
    one("content-type", &CONTENT_TYPE, &CONTENT_TYPE_AGAIN, content_type).frames(),
    many("cache-control", &CACHE_CONTROL, nothing),
    one("last-modified", &LAST_MODIFIED, &LAST_MODIFIED_AGAIN, nothing),
    one("authorization", &AUTHORIZATION, &AUTHORIZATION_AGAIN, authorization),
    one("content-length", &CONTENT_LENGTH_TEXT, &CONTENT_LENGTH_AGAIN, content_length).frames(),
    one("http2-settings", &HTTP2_SETTINGS, &HTTP2_SETTINGS_AGAIN, nothing),
    many("accept-language", &ACCEPT_LANGUAGE, nothing),
    many("accept-encoding", &ACCEPT_ENCODING, nothing),
    many("x-forwarded-for", &X_FORWARDED_FOR, nothing),
    many("content-encoding", &CONTENT_ENCODING, content_encoding).frames(),
    many("www-authenticate", &WWW_AUTHENTICATE, nothing),
    many("transfer-encoding", &TRANSFER_ENCODING, transfer_encoding).frames(),
    one("sec-websocket-key", &WEBSOCKET_KEY, &WEBSOCKET_KEY_AGAIN, nothing),
    many("proxy-authenticate", &PROXY_AUTHENTICATE, nothing),
    one("proxy-authorization", &PROXY_AUTHORIZATION, &PROXY_AUTHORIZATION_AGAIN, proxy_authorization),
    one("sec-websocket-accept", &WEBSOCKET_ACCEPT, &WEBSOCKET_ACCEPT_AGAIN, nothing),
    many("sec-websocket-version", &WEBSOCKET_VERSION, nothing),
    many("sec-websocket-protocol", &WEBSOCKET_PROTOCOL, nothing),
    many("sec-websocket-extensions", &WEBSOCKET_EXTENSIONS, extensions).frames(),
];

/// Where the names of each length begin in [`KNOWN`].
static BY_LENGTH: [u8; LONGEST + 2] = {
    let mut starts = [0; LONGEST + 2];
    let (mut length, mut at) = (0, 0);
    while length < starts.len() {
        while at < KNOWN.len() && KNOWN[at].name.len() < length {
            at += 1;
        }
        starts[length] = at as u8;
        length += 1;
    }
    starts
};

const LONGEST: usize = "sec-websocket-extensions".len();

fn known(name: &[u8]) -> Option<(usize, &'static Known)> {
    let length = name.len();
    if length > LONGEST {
        return None;
    }
    let (from, to) = (BY_LENGTH[length].into(), BY_LENGTH[length + 1].into());
    (from..to)
        .map(|index| (index, &KNOWN[index]))
        .find(|(_, known): &(usize, &Known)| name.eq_ignore_ascii_case(known.name.as_bytes()))
}

fn nothing(_: &mut Packet<'_>, _: &mut Fields<'_>, _: Value<'_>) -> Read {
    Ok(())
}

fn host<'a>(_: &mut Packet<'_>, fields: &mut Fields<'a>, value: Value<'a>) -> Read {
    fields.host.get_or_insert(value.bytes);
    Ok(())
}

fn upgrade<'a>(_: &mut Packet<'_>, fields: &mut Fields<'a>, value: Value<'a>) -> Read {
    fields.upgrade.get_or_insert(value.bytes);
    Ok(())
}

fn extensions<'a>(_: &mut Packet<'_>, fields: &mut Fields<'a>, value: Value<'a>) -> Read {
    fields.extensions.get_or_insert(value.bytes);
    Ok(())
}

fn content_type<'a>(_: &mut Packet<'_>, fields: &mut Fields<'a>, value: Value<'a>) -> Read {
    fields.content_type = Some(value.bytes);
    Ok(())
}

/// RFC 9110 section 8.6.
fn content_length<'a>(p: &mut Packet<'_>, fields: &mut Fields<'a>, value: Value<'a>) -> Read {
    for member in value.bytes.split(|&byte| byte == b',') {
        let Some(number) = decimal(member.trim_ascii()) else {
            p.problem_at(&BAD_LENGTH, value.at, value.length);
            break;
        };
        match fields.content_length {
            None if value.first => p.mark(&CONTENT_LENGTH, value.at, value.length, number),
            Some(before) if before != number => {
                p.problem_at(&LENGTHS_DIFFER, value.at, value.length);
            }
            _ => {}
        }
        fields.content_length = Some(number);
    }
    framed_twice(p, fields, &value);
    Ok(())
}

/// RFC 9112 section 6.1. Names of codings are case-insensitive, RFC 9112 section 7.
fn transfer_encoding<'a>(p: &mut Packet<'_>, fields: &mut Fields<'a>, value: Value<'a>) -> Read {
    for coding in value.bytes.split(|&byte| byte == b',') {
        let name = coding.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
        let is = |one: &str| name.eq_ignore_ascii_case(one.as_bytes());
        match () {
            () if name.is_empty() || is("identity") => {}
            () if is("chunked") => fields.chunked = true,
            () if ["gzip", "deflate", "compress", "x-gzip", "x-compress"].into_iter().any(is) => {
                fields.transfer.add(name);
            }
            () => p.problem_at(&TE_UNKNOWN, value.at, value.length),
        }
    }
    let before = std::mem::replace(&mut fields.transfer_encoding, true);
    if !before {
        framed_twice(p, fields, &value);
    }
    Ok(())
}

/// A message that says twice where it ends may be an attack, RFC 9112 section 6.3.
fn framed_twice(p: &mut Packet<'_>, fields: &Fields<'_>, value: &Value<'_>) {
    if value.first && fields.transfer_encoding && fields.content_length.is_some() {
        p.problem_at(&TE_AND_LENGTH, value.at, value.length);
    }
}

/// RFC 9110 section 8.4.
fn content_encoding<'a>(_: &mut Packet<'_>, fields: &mut Fields<'a>, value: Value<'a>) -> Read {
    for coding in value.bytes.split(|&byte| byte == b',') {
        let name = coding.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
        if !name.is_empty() && !name.eq_ignore_ascii_case(b"identity") {
            fields.content.add(name);
        }
    }
    Ok(())
}

/// RFC 6265 section 4.2.1, with any white space between pairs.
fn cookie<'a>(p: &mut Packet<'_>, _: &mut Fields<'a>, value: Value<'a>) -> Read {
    let Some(skipped) = value_offset(p, &value) else { return Ok(()) };
    p.under(|p| {
        let mut at = skipped;
        for pair in value.bytes.split(|&byte| byte == b';') {
            let text = pair.trim_ascii_start();
            if !text.is_empty() {
                p.mark(&COOKIE_PAIR, at + pair.len() - text.len(), text.len(), 0);
            }
            at += pair.len() + 1;
        }
        Ok(())
    })
}

fn authorization<'a>(p: &mut Packet<'_>, _: &mut Fields<'a>, value: Value<'a>) -> Read {
    credentials(p, &CREDENTIALS, &value)
}

fn proxy_authorization<'a>(p: &mut Packet<'_>, _: &mut Fields<'a>, value: Value<'a>) -> Read {
    credentials(p, &PROXY_CREDENTIALS, &value)
}

/// User and password of the Basic scheme, RFC 7617 section 2.
fn credentials(p: &mut Packet<'_>, row: &'static Field, value: &Value<'_>) -> Read {
    let Some((scheme, encoded)) = value.bytes.split_at_checked(6) else { return Ok(()) };
    let Some(at) = value_offset(p, value).filter(|_| value.first) else { return Ok(()) };
    let encoded = encoded.trim_ascii();
    if !scheme.eq_ignore_ascii_case(b"basic ") || base64(encoded).any(|byte| byte.is_none()) {
        return Ok(());
    }
    let offset = at + value.bytes.len() - value.bytes[6..].trim_ascii_start().len();
    p.under(|p| {
        p.make_text(row, offset, encoded.len(), |text| text.extend(base64(encoded).flatten()));
        Ok(())
    })
}

/// Where the value stands in the buffer.
fn value_offset(p: &Packet<'_>, value: &Value<'_>) -> Option<usize> {
    let line = p.buffer().get(value.at..value.at + value.length)?;
    let colon = line.iter().position(|&byte| byte == b':')?;
    let before = line[colon + 1..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    Some(value.at + colon + 1 + before)
}

pub(crate) fn decimal(digits: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(digits).ok()?;
    // The standard library takes a sign, RFC 9110 section 8.6 does not.
    if digits.starts_with('+') { None } else { digits.parse().ok() }
}

/// The bytes of base64 text, RFC 4648 section 4; `None` once where it is no such text.
pub(crate) fn base64(text: &[u8]) -> impl Iterator<Item = Option<u8>> {
    let padding = text.iter().rev().take(2).take_while(|&&byte| byte == b'=').count();
    text[..text.len() - padding].chunks(4).flat_map(|four| {
        let digits = four.iter().map(|&byte| match byte {
            b'A'..=b'Z' => Some(byte - b'A'),
            b'a'..=b'z' => Some(byte - b'a' + 26),
            b'0'..=b'9' => Some(byte - b'0' + 52),
            b'+' => Some(62),
            b'/' => Some(63),
            _ => None,
        });
        let word = digits.enumerate().try_fold(0u32, |word, (at, digit)| {
            digit.map(|digit| word | u32::from(digit) << (18 - 6 * at))
        });
        let [_, bytes @ ..] = word.unwrap_or(0).to_be_bytes();
        let count = four.len() * 3 / 4;
        bytes.into_iter().take(count).map(move |byte| word.map(|_| byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_by_length_and_found_in_any_case() {
        assert!(KNOWN.is_sorted_by_key(|known| known.name.len()));
        for (index, known) in KNOWN.iter().enumerate() {
            let name = known.name.to_ascii_uppercase();
            assert_eq!(super::known(name.as_bytes()).map(|(at, _)| at), Some(index), "{name}");
        }
        assert!(super::known(b"hose").is_none());
        assert!(super::known(&[b'a'; 400]).is_none());
    }

    /// RFC 4648 section 10.
    #[test]
    fn base64_is_decoded() {
        let decode = |text: &str| base64(text.as_bytes()).collect::<Option<Vec<u8>>>();
        assert_eq!(decode("Zm9vYmFy").as_deref(), Some(&b"foobar"[..]));
        assert_eq!(decode("Zm8=").as_deref(), Some(&b"fo"[..]));
        assert_eq!(decode("Zg==").as_deref(), Some(&b"f"[..]));
        assert_eq!(decode("Z!==").as_deref(), None);
        assert_eq!(decode("").as_deref(), Some(&b""[..]));
    }
}
