//! Is a value of ours the one that tshark shows?
//!
//! tshark shows a number in one of its bases, bytes with colons between, a text with what is not
//! printable written otherwise, a moment as a date; we give what they stand for.

use std::borrow::Cow;
use std::net::IpAddr;

use serde_json::Value;

use super::number::{Number, nanoseconds, number, numbers};

/// A field's value as PDML has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shown<'f> {
    /// None where it is just the bytes of `value` with colons between.
    pub(super) show: Option<&'f str>,
    /// Its bytes as hexadecimal digits; empty where there are none.
    pub(super) value: &'f str,
}

impl Shown<'_> {
    /// Is ours the same?
    pub(super) fn is(&self, ours: &Value) -> bool {
        let Some(show) = self.show else {
            return ours
                .as_str()
                .is_some_and(|ours| bare_hex(ours).eq_ignore_ascii_case(self.value));
        };
        match ours {
            Value::Null => show.is_empty(),
            Value::Bool(ours) => number(show).is_some_and(|number| number.is_zero() != *ours),
            Value::Number(ours) => self.is_number(show, ours),
            Value::String(ours) => self.is_text(show, ours) || is_written(show, ours),
            Value::Array(_) | Value::Object(_) => false,
        }
    }

    fn is_number(&self, show: &str, ours: &serde_json::Number) -> bool {
        let whole = ours.as_i128();
        let Some(mine) = whole.map(Number::Whole).or_else(|| ours.as_f64().map(Number::Real))
        else {
            return false;
        };
        if number(show).is_some() {
            return numbers(show).any(|number| number.is_close(mine));
        }
        if let Some(moment) = nanoseconds(show) {
            return nanoseconds(&ours.to_string()) == Some(moment);
        }
        let bytes = Some(self.value).filter(|value| (1..=16).contains(&value.len()));
        let bytes = bytes.and_then(|value| i128::from_str_radix(value, 16).ok());
        bytes.is_some_and(|bytes| Number::Whole(bytes).is_close(mine))
    }

    fn is_text(&self, show: &str, ours: &str) -> bool {
        if ours == show {
            return true;
        }
        let plain = unescape(show);
        if plain == unescape(ours) || plain == ours.trim_end_matches('\0') {
            return true;
        }
        let shown = number(show);
        if !self.value.is_empty() && shown.is_none() && ours.eq_ignore_ascii_case(self.value) {
            return true;
        }
        if let (Ok(one), Ok(two)) = (ours.parse::<IpAddr>(), show.parse::<IpAddr>()) {
            return one == two;
        }
        if let (Some(shown), Some(ours)) = (shown, number(ours)) {
            return shown.is_close(ours);
        }
        if show.contains([':', '.', '-']) && is_hex_like(ours) && is_hex_like(show) {
            return bare_hex(ours).eq_ignore_ascii_case(&bare_hex(show));
        }
        nanoseconds(show).is_some_and(|moment| nanoseconds(ours) == Some(moment))
    }
}

/// PDML is XML: a line break within an attribute is read as a space, and a text ends at its first
/// NUL. What is not printable is written as `\x` and one or two digits, which no reader can undo,
/// so ours is written in the same way. A text that is ASCII for tshark has U+FFFD for each byte
/// that is not; ours is read as UTF-8.
fn is_written(show: &str, ours: &str) -> bool {
    let first = |text: &str| text.split('\0').next().unwrap_or_default().to_owned();
    if flat(&first(&unescape(ours)), false) == flat(&first(&unescape(show)), false) {
        return true;
    }
    let mut written = String::with_capacity(ours.len());
    for c in first(ours).chars() {
        match c {
            '\t' | '\n' | '\r' => written.push(c),
            '\0'..='\x1f' | '\x7f' => written.push_str(&format!("\\x{:x}", u32::from(c))),
            _ => written.push(c),
        }
    }
    let lossy = show.contains('\u{fffd}');
    flat(&written, lossy) == flat(show, lossy)
}

/// One space for each run of white space and none at the ends; with `lossy`, one U+FFFD for each
/// run of what is not ASCII.
fn flat(text: &str, lossy: bool) -> String {
    let mut flat = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        let c = match c {
            c if c.is_whitespace() && (!lossy || c.is_ascii()) => ' ',
            '\x1c'..='\x1f' => ' ',
            c if lossy && !c.is_ascii() => '\u{fffd}',
            c => c,
        };
        if !(c == before && (c == ' ' || lossy && c == '\u{fffd}')) {
            flat.push(c);
        }
        before = c;
    }
    if flat.ends_with(' ') {
        flat.pop();
    }
    flat
}

/// A text as tshark shows it, with its backslashes undone and without NULs at its end.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text.trim_end_matches('\0'));
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('\\') {
        plain.push_str(before);
        let (c, length) = escaped(behind);
        plain.push(c);
        rest = behind.get(length..).unwrap_or_default();
    }
    plain.push_str(rest);
    plain.truncate(plain.trim_end_matches('\0').len());
    Cow::Owned(plain)
}

/// The character that stands behind a backslash, and how many bytes spell it.
fn escaped(behind: &str) -> (char, usize) {
    let code = |digits: Option<&str>, base: u32| {
        let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        u32::from_str_radix(digits, base).ok().and_then(char::from_u32)
    };
    if let Some(c) = behind.strip_prefix('x').and_then(|digits| code(digits.get(..2), 16)) {
        return (c, 3);
    }
    if let Some(c) = code(behind.get(..3), 8) {
        return (c, 3);
    }
    let Some(c) = behind.chars().next() else { return ('\\', 0) };
    let plain = match c {
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        '0' => '\0',
        c => c,
    };
    (plain, c.len_utf8())
}

/// Without what stands between digits.
fn bare_hex(text: &str) -> String {
    text.chars().filter(|c| !is_separator(*c)).collect()
}

fn is_separator(c: char) -> bool {
    matches!(c, ':' | '.' | '-' | ' ')
}

/// Hexadecimal digits, with at most one separator between two of them.
fn is_hex_like(text: &str) -> bool {
    let mut before = ':';
    for c in text.chars() {
        if !(c.is_ascii_hexdigit() || is_separator(c) && before.is_ascii_hexdigit()) {
            return false;
        }
        before = c;
    }
    before.is_ascii_hexdigit()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn same(show: &str, value: &str, ours: Value) -> bool {
        Shown { show: Some(show), value }.is(&ours)
    }

    #[test]
    fn spellings_of_one_value() {
        assert!(same("0x0800", "0800", json!(2048)));
        assert!(same("True", "40", json!(true)) && !same("1", "01", json!(false)));
        assert!(same("00:11:22:aa:bb:cc", "001122aabbcc", json!("00:11:22:AA:BB:CC")));
        assert!(same("fe80::1", "", json!("fe80:0:0::1")));
        assert!(same("www.example.org", "", json!("www.example.org")));
        assert!(same("a\\nb\\x07", "", json!("a\nb\u{7}")));
        assert!(same("a b", "", json!("a\r\n b")));
        assert!(same("caf\u{fffd}\u{fffd}", "", json!("café")));
        assert!(same("", "", Value::Null) && !same("1", "01", Value::Null));
        assert!(same("May 13, 2014 16:53:20.000000000 UTC", "", json!("2014-05-13T16:53:20Z")));
        assert!(same("text", "0102", json!(258)));
        assert!(same("1.5", "", json!(1.500_000_1)));
        assert!(Shown { show: None, value: "0a0b" }.is(&json!("0a0b")));
    }

    #[test]
    fn different_values() {
        assert!(!same("64", "40", json!(63)));
        assert!(!same("192.0.2.1", "c0000201", json!("192.0.2.2")));
        assert!(!same("abc", "", json!("abd")));
        assert!(!same("64", "40", json!("abc")));
        assert!(!Shown { show: None, value: "0a0b" }.is(&json!("0a0c")));
        assert!(!same("a", "", json!(["a"])));
    }
}
