//! Request and status lines: RFC 3261 sections 7.1 and 7.2.

use super::*;

/// How a message begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Start {
    Request,
    Response,
    /// It may begin with more bytes.
    Cut,
    /// It does not.
    Other,
}

const VERSION: &[u8] = b"SIP/2.0";

impl Start {
    /// What these bytes begin with.
    pub(super) fn of(bytes: &[u8]) -> Start {
        let (length, text) = line(bytes);
        let first = &bytes[..text];
        let is_cut = text == length;
        if first.contains(&0) {
            return Start::Other;
        }
        if first.starts_with(VERSION) {
            let code = first.get(VERSION.len() + 1..VERSION.len() + 4);
            return match code {
                Some(code) if code.iter().all(u8::is_ascii_digit) && first[VERSION.len()] == b' ' => Start::Response,
                None if is_cut => Start::Cut,
                _ => Start::Other,
            };
        }
        let token = first.iter().take_while(|byte| is_token(**byte)).count();
        let mut words = first.splitn(3, |byte| *byte == b' ');
        let (method, target, version) = (words.next(), words.next(), words.next());
        match (target, version) {
            _ if token == 0 || token > LONGEST_METHOD || method.map(<[u8]>::len) != Some(token) => Start::Other,
            (Some([]), _) => Start::Other,
            (Some(_), Some(version)) if version.starts_with(VERSION) => Start::Request,
            (_, Some(version)) if !VERSION.starts_with(version) => Start::Other,
            _ if is_cut => Start::Cut,
            _ => Start::Other,
        }
    }
}

/// No method is longer than this.
const LONGEST_METHOD: usize = 32;

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte)
}

/// Does this begin a message? Every dialogue that nobody else claims is asked that, so most of them
/// are refused by their first word.
pub(super) fn looks_like_sip(bytes: &[u8]) -> bool {
    let word = bytes.iter().take(LONGEST_METHOD + 1).take_while(|byte| is_token(**byte)).count();
    let begins = match bytes.get(word) {
        Some(b' ') => word > 0,
        Some(b'/') => bytes.starts_with(VERSION),
        _ => false,
    };
    begins && matches!(Start::of(bytes), Start::Request | Start::Response)
}

/// Reads a request line; gives the method.
pub(super) fn request<'a>(p: &mut Packet<'a>) -> Read<&'a [u8]> {
    let whole = put_line(p, &REQUEST_LINE);
    let (method, rest) = whole.cut(b' ');
    p.under(|p| {
        method.put(p, &METHOD);
        if let Some(rest) = rest {
            address::uri(p, rest.cut(b' ').0, &address::REQUEST_TARGET);
        }
        Ok(())
    })?;
    Ok(method.text)
}

/// Reads a status line; gives the code.
pub(super) fn response(p: &mut Packet<'_>) -> Read<u16> {
    let whole = put_line(p, &STATUS_LINE);
    let rest = whole.from(VERSION.len() + 1);
    let (code, phrase) = (rest.slice(0, 3), rest.from(4));
    let number = code.decimal::<u16>().unwrap_or(0);
    p.under(|p| {
        p.mark(&CODE, code.at, code.text.len(), number.into());
        phrase.put_any(p, &PHRASE);
        Ok(())
    })?;
    Ok(number)
}

/// Records the line without its end. It is not passed over yet.
fn put_line<'a>(p: &mut Packet<'a>, row: &'static Field) -> Part<'a> {
    let ahead = p.ahead();
    let whole = Part { text: &ahead[..line(ahead).1], at: p.at() };
    whole.put(p, row);
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_begin_in_two_ways() {
        for (bytes, start) in [
            ("INVITE sip:a SIP/2.0\r\n", Start::Request),
            ("X-1 tel:+1 SIP/2.0", Start::Request),
            ("SIP/2.0 200 OK\n", Start::Response),
            ("SIP/2.0 200", Start::Response),
            ("SIP/2.0 20", Start::Cut),
            ("SIP/2.0 20\r\n", Start::Other),
            ("INVI", Start::Cut),
            ("INVITE sip:a SIP", Start::Cut),
            ("INVITE sip:a SIP\r\n", Start::Other),
            ("INVITE sip:a SIP/3.0\r\n", Start::Other),
            ("GET / HTTP/1.1\r\n", Start::Other),
            ("INVITE  SIP/2.0\r\n", Start::Other),
            ("\r\n", Start::Other),
            ("", Start::Other),
            ("\0\0\0\0", Start::Other),
            ("SIP/2.0 200 O\0\r\n", Start::Other),
        ] {
            assert_eq!(Start::of(bytes.as_bytes()), start, "{bytes}");
        }
    }
}
