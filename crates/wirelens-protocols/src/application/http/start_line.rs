//! Request line and status line, RFC 9112 sections 3 and 4.

use super::*;

/// What the first line of a segment is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Start {
    Request,
    Response,
    /// A header field: the segment before ended within a header.
    Field,
    /// A line without a colon.
    Text,
    /// An empty line, or one that does not begin with a character of text.
    Binary,
}

impl Start {
    pub(super) fn of(bytes: &[u8]) -> Start {
        if !matches!(bytes.first(), Some(b' '..=b'~')) {
            return Start::Binary;
        }
        let line = Line::of(bytes).text;
        match Start::message(line) {
            Some(start) => start,
            None if line.contains(&b':') => Start::Field,
            None => Start::Text,
        }
    }

    /// Is the line the first of a message?
    pub(super) fn message(line: &[u8]) -> Option<Start> {
        if line.starts_with(b"HTTP/") || line.starts_with(b"ICY") {
            return Some(Start::Response);
        }
        let method = method(line)?;
        let known = METHODS.get(method.len()).is_some_and(|all| all.contains(&method));
        (known || ends_with_version(line)).then_some(Start::Request)
    }
}

/// Are these bytes, of a connection that nothing else is known of, the start of a message? A
/// request of version 0.9 is not recognised, nor is a first line that the segment's end cuts.
pub(super) fn looks_like_http(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"HTTP/1.") {
        return !Line::of(bytes).is_cut();
    }
    if method(bytes).is_none() {
        return false;
    }
    let line = Line::of(bytes);
    !line.is_cut() && ends_with_version(line.text)
}

/// May more bytes make these the start of a message? An empty line may come first.
pub(super) fn may_begin_message(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\r\n").unwrap_or(bytes);
    let line = Line::of(bytes);
    if !line.is_cut() {
        return Start::message(line.text).is_some() || matches!(bytes, [b'\r']);
    }
    let begins = |word: &[u8]| word.starts_with(bytes) || bytes.starts_with(word);
    begins(b"HTTP/") || begins(b"ICY") || method(bytes).is_some()
}

/// Is there one empty line, which a server should ignore (RFC 9112 section 2.2), before something
/// else?
pub(super) fn begins_with_one_empty_line(bytes: &[u8]) -> bool {
    matches!(bytes, [b'\r', b'\n', next, ..] if !matches!(next, b'\r' | b'\n'))
}

/// The word before the first space. Methods are tokens of RFC 9110 section 5.6.2; those that are
/// in use consist of capital letters, hyphens and underscores.
fn method(line: &[u8]) -> Option<&[u8]> {
    if !line.first()?.is_ascii_uppercase() {
        return None;
    }
    // Most lines that are asked about are header fields: `Host:` is refused at its second letter.
    let in_use = |byte: &u8| matches!(byte, b'A'..=b'Z' | b'-' | b'_');
    let length = line.iter().take(LONGEST_METHOD + 1).take_while(|byte| in_use(byte)).count();
    let ends = matches!(line.get(length), None | Some(b' '));
    (ends && length <= LONGEST_METHOD).then_some(&line[..length])
}

fn ends_with_version(line: &[u8]) -> bool {
    let Some((before, version)) = line.split_last_chunk::<8>() else { return false };
    before.ends_with(b" ")
        && version[..7].eq_ignore_ascii_case(b"HTTP/1.")
        && version[7].is_ascii_digit()
}

const LONGEST_METHOD: usize = 20;

/// Methods by their length, of RFC 9110, WebDAV and its extensions, UPnP, and RPC over HTTP.
static METHODS: [&[&[u8]]; 17] = [
    &[],
    &[],
    &[],
    &[b"GET", b"PUT"],
    &[b"HEAD", b"POST", b"COPY", b"MOVE", b"LOCK", b"POLL"],
    &[b"TRACE", b"PATCH", b"MKCOL", b"LABEL", b"MERGE", b"BCOPY", b"BMOVE"],
    &[b"DELETE", b"NOTIFY", b"REPORT", b"SEARCH", b"UNLOCK", b"UPDATE", b"M-POST"],
    &[b"OPTIONS", b"CONNECT", b"CHECKIN", b"BDELETE"],
    &[b"PROPFIND", b"CHECKOUT", b"M-SEARCH", b"CCM_POST"],
    &[b"PROPPATCH", b"SUBSCRIBE", b"BPROPFIND"],
    &[b"UNCHECKOUT", b"MKACTIVITY", b"BPROPPATCH"],
    &[b"MKWORKSPACE", b"UNSUBSCRIBE", b"RPC_CONNECT", b"RPC_IN_DATA"],
    &[b"RPC_OUT_DATA"],
    &[],
    &[],
    &[b"VERSION-CONTROL"],
    &[b"BASELINE-CONTROL"],
];

/// A request line as far as the rest of the message depends on it.
pub(super) struct Request<'a> {
    pub(super) method: &'a [u8],
    /// Where the target stands, and the target.
    pub(super) target: Option<(usize, &'a [u8])>,
}

/// Method, one space, target, one space, version.
pub(super) fn request<'a>(p: &mut Packet<'a>) -> Read<Request<'a>> {
    let line = Line::of(p.ahead());
    let end = p.at() + line.text.len();
    let method = p.text(&METHOD, until_space(line.text))?;
    let mut target = None;
    if p.at() < end {
        p.skip(1)?;
        let length = until_space(&p.buffer()[p.at()..end]);
        if length > 0 {
            let offset = p.at();
            let text = p.text(&URI, length)?;
            target = Some((offset, text));
            p.under(|p| path_and_query(p, offset, text))?;
        }
    }
    if p.at() < end {
        p.skip(1)?;
        if p.at() < end {
            p.text(&REQUEST_VERSION, end - p.at())?;
        }
    }
    p.skip(line.end)?;
    Ok(Request { method, target })
}

/// The parts of a target that has a query, RFC 9112 section 3.2.1.
fn path_and_query(p: &mut Packet<'_>, offset: usize, target: &[u8]) -> Read {
    let Some(mark) = target.iter().position(|&byte| byte == b'?') else { return Ok(()) };
    let query = &target[mark + 1..];
    if query.is_empty() {
        return Ok(());
    }
    if mark > 0 {
        p.mark(&PATH, offset, mark, 0);
    }
    let mut at = offset + mark + 1;
    p.mark(&QUERY, at, query.len(), 0);
    p.under(|p| {
        for parameter in query.split(|&byte| byte == b'&') {
            if !parameter.is_empty() {
                p.mark(&PARAMETER, at, parameter.len(), 0);
            }
            at += parameter.len() + 1;
        }
        Ok(())
    })
}

/// Version, code of three digits, phrase. Returns the code, 0 where there is none.
pub(super) fn response(p: &mut Packet<'_>) -> Read<u16> {
    let line = Line::of(p.ahead());
    let end = p.at() + line.text.len();
    let length = until_space(line.text);
    p.text(&RESPONSE_VERSION, length)?;
    let mut code = 0;
    spaces(p, end)?;
    let word = &p.buffer()[p.at()..end];
    let word = &word[..until_space(word)];
    if let Some(digits) = word.first_chunk::<3>() {
        if digits.iter().all(u8::is_ascii_digit) {
            code = digits.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
        }
        p.note(&CODE, code.into(), 3);
        p.skip(word.len())?;
        spaces(p, end)?;
        if p.at() < end {
            p.text(&PHRASE, end - p.at())?;
        }
    }
    p.seek(end);
    p.skip(line.end)?;
    Ok(code)
}

fn until_space(line: &[u8]) -> usize {
    line.iter().position(|&byte| byte == b' ').unwrap_or(line.len())
}

fn spaces(p: &mut Packet<'_>, end: usize) -> Read {
    while p.at() < end && p.peek_u8()? == b' ' {
        p.skip(1)?;
    }
    Ok(())
}

/// The longest name of a host, RFC 1035 section 2.3.4; a longer one is not remembered, since an
/// attacker opens as many connections as are remembered.
const LONGEST_HOST: usize = 255;

/// Host and port of a CONNECT request's target, RFC 9112 section 3.2.3.
pub(super) fn authority(target: &[u8]) -> Option<(Box<[u8]>, Option<u16>)> {
    let parts = target.iter().rposition(|&byte| byte == b':').and_then(|colon| {
        let port = std::str::from_utf8(&target[colon + 1..]).ok()?.parse().ok()?;
        Some((&target[..colon], port))
    });
    let (host, port) = match parts {
        Some((host, port)) => (host, Some(port)),
        None => (target, None),
    };
    (host.len() <= LONGEST_HOST).then(|| (host.into(), port))
}
