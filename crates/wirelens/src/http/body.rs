//! Bodies as they are shown.

use wirelens_flow::http::Message;

/// What is shown of a body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Shown {
    /// Text, its lines as they are.
    Text(Vec<u8>),
    /// Its type only.
    Suppressed(Vec<u8>),
}

/// What is shown of a message's body: JSON on lines of its own, text as it is, of all else the type.
pub(super) fn shown(message: &Message) -> Shown {
    let kind = message.media_type().unwrap_or_default().to_ascii_lowercase();
    let bytes = &message.body.bytes;
    if message.body.encoded || !is_text(&kind, bytes) {
        return Shown::Suppressed(if kind.is_empty() { b"binary".to_vec() } else { kind });
    }
    let json = kind.ends_with(b"json") || matches!(bytes.trim_ascii().first(), Some(b'{' | b'['));
    if json && serde_json::from_slice::<serde_json::Value>(bytes).is_ok() {
        return Shown::Text(indented(bytes));
    }
    Shown::Text(bytes.clone())
}

/// Types that are never text, whatever is in them.
const BINARY: [&[u8]; 4] = [b"image/", b"video/", b"audio/", b"font/"];

/// Is it text? SVG is an image that is.
pub(super) fn is_text(kind: &[u8], bytes: &[u8]) -> bool {
    if BINARY.iter().any(|binary| kind.starts_with(binary)) && !kind.ends_with(b"+xml") {
        return false;
    }
    let control = |byte: &u8| matches!(byte, 0..=8 | 0x0e..=0x1a | 0x1c..=0x1f);
    if bytes.iter().any(control) {
        return false;
    }
    kind.starts_with(b"text/") || text(bytes).is_some()
}

/// The bytes as UTF-8, of which the last character may be cut.
fn text(bytes: &[u8]) -> Option<&str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()
        }
        Err(_) => None,
    }
}

/// JSON that is known to be valid with each value on a line of its own. Numbers and the order of keys
/// stay what they are.
fn indented(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len() * 2);
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    let mut ahead = json.iter().copied().peekable();
    let line = |out: &mut Vec<u8>, depth: usize| {
        out.push(b'\n');
        out.extend(std::iter::repeat_n(b' ', depth * 2));
    };
    while let Some(byte) = ahead.next() {
        if quoted {
            out.push(byte);
            quoted = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'{' | b'[' => {
                out.push(byte);
                while ahead.next_if(u8::is_ascii_whitespace).is_some() {}
                if let Some(close) = ahead.next_if(|next| matches!(next, b'}' | b']')) {
                    out.push(close);
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                line(&mut out, depth);
            }
            b':' => out.extend_from_slice(b": "),
            _ => {
                quoted = byte == b'"';
                out.push(byte);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use wirelens_flow::http::{Body, HeaderField};

    use super::*;

    fn message(kind: &str, bytes: &[u8]) -> Message {
        let field = HeaderField { name: b"Content-Type"[..].into(), value: kind.as_bytes().into() };
        let body = Body { bytes: bytes.to_vec(), ..Body::default() };
        Message { fields: vec![field], body, ..Message::default() }
    }

    #[test]
    fn json_is_put_on_lines() {
        let json = br#"{"b":[1.50, {"x:,":"\"}"}],"a":[],"c":{ } }"#;
        let lines = "{\n  \"b\": [\n    1.50,\n    {\n      \"x:,\": \"\\\"}\"\n    }\n  ],\n  \"a\": [],\n  \"c\": {}\n}";
        assert_eq!(shown(&message("application/json", json)), Shown::Text(lines.into()));
        assert_eq!(shown(&message("text/plain", b"{no json")), Shown::Text(b"{no json".to_vec()));
    }

    #[test]
    fn what_is_no_text_is_suppressed() {
        for (kind, bytes) in [
            ("image/png", &b"\x89PNG"[..]),
            ("image/x", b"text"),
            ("application/octet-stream", b"\0\x01"),
            ("text/plain", b"\0"),
            ("application/x", b"\xff\xfe"),
        ] {
            let is = matches!(shown(&message(kind, bytes)), Shown::Suppressed(_));
            assert!(is, "{kind} {bytes:?}");
        }
        assert!(matches!(shown(&message("image/svg+xml", b"<svg/>")), Shown::Text(_)));
        assert!(matches!(shown(&message("text/plain", b"caf\xe9")), Shown::Text(_)));
        assert!(matches!(shown(&message("application/x", "é".as_bytes())), Shown::Text(_)));
    }
}
