//! What is looked for.

use regex::bytes::{Regex, RegexBuilder};

use crate::Error;

/// What is looked for, in bytes.
#[derive(Clone, Debug)]
pub struct Pattern(pub(super) Regex);

impl Pattern {
    /// An expression of the crate `regex`: Unicode in it is UTF-8, `(?-u)` has `\xff` be a byte. Matches
    /// without bytes are none.
    ///
    /// # Errors
    /// When it is no expression.
    pub fn expression(text: &str, ignore_case: bool) -> Result<Pattern, Error> {
        let built = RegexBuilder::new(text).case_insensitive(ignore_case).build();
        built
            .map(Pattern)
            .map_err(|error| Error::Usage(format!("'{text}' is no expression: {error}")))
    }

    /// Hexadecimal digits with or without blanks between; `?` is any digit: `ff d8 ff e?`.
    ///
    /// # Errors
    /// When there are other characters, or half a byte.
    pub fn hex(text: &str) -> Result<Pattern, Error> {
        let wrong = || {
            let form = "write pairs of hexadecimal digits or ?: ff d8 ff e?";
            Error::Usage(format!("'{text}' is no bytes; {form}"))
        };
        let separator = |c: &char| c.is_whitespace() || matches!(c, ':' | '-' | '_');
        let digits: Vec<char> = text.chars().filter(|c| !separator(c)).collect();
        if digits.is_empty() || !digits.len().is_multiple_of(2) {
            return Err(wrong());
        }
        let mut expression = String::from("(?s-u)");
        for pair in digits.chunks_exact(2) {
            let &[high, low] = pair else { return Err(wrong()) };
            if ![high, low].iter().all(|c| *c == '?' || c.is_ascii_hexdigit()) {
                return Err(wrong());
            }
            match (high, low) {
                ('?', '?') => expression.push('.'),
                (_, '?') => expression.push_str(&format!("[\\x{high}0-\\x{high}f]")),
                ('?', _) => {
                    expression.push('[');
                    (0..16).for_each(|high| expression.push_str(&format!("\\x{high:x}{low}")));
                    expression.push(']');
                }
                _ => expression.push_str(&format!("\\x{high}{low}")),
            }
        }
        Pattern::expression(&expression, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(hex: &str, bytes: &[u8]) -> Option<(usize, usize)> {
        let pattern = Pattern::hex(hex).ok()?;
        pattern.0.find(bytes).map(|found| (found.start(), found.end()))
    }

    #[test]
    fn digits_of_which_some_may_be_any() {
        assert_eq!(found("FF d8", b"\0\xff\xd8"), Some((1, 3)));
        assert_eq!(found("e?:?1 ??", b"\xe0\xf1\n"), Some((0, 3)));
        assert_eq!(found("e?", b"\xd0\xf0"), None);
        assert_eq!(found("?0", b"\x01\xa0"), Some((1, 2)));
    }

    #[test]
    fn what_is_no_digits_is_refused() {
        for wrong in ["", "f", "fg", "0x41", "é1"] {
            assert!(Pattern::hex(wrong).is_err(), "{wrong}");
        }
        assert!(Pattern::expression("(", false).is_err());
    }
}
