//! Numbers and moments that a shown text may stand for.

use jiff::civil::{Date, Time};

/// A number, whole or not.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Whole(i128),
    Real(f64),
}

impl Number {
    /// Equal, but for what a decimal spelling of a float loses.
    pub(super) fn is_close(self, other: Number) -> bool {
        if let (Number::Whole(one), Number::Whole(two)) = (self, other) {
            return one == two;
        }
        let (one, two) = (self.real(), other.real());
        let margin = (1e-6 * one.abs().max(two.abs())).max(1e-9);
        one == two || (one.is_nan() && two.is_nan()) || (one - two).abs() <= margin
    }

    fn real(self) -> f64 {
        match self {
            Number::Whole(whole) => whole as f64,
            Number::Real(real) => real,
        }
    }

    pub(super) fn is_zero(self) -> bool {
        self.real() == 0.0
    }
}

/// The numbers a text may stand for: digits that begin with 0 may be octal. None where it is none.
pub(super) fn numbers(text: &str) -> impl Iterator<Item = Number> {
    let octal = text.len() > 1 && text.starts_with('0') && text.bytes().all(is_octal);
    let octal = octal.then(|| i128::from_str_radix(text, 8).ok()).flatten().map(Number::Whole);
    number(text).into_iter().chain(octal)
}

fn is_octal(byte: u8) -> bool {
    matches!(byte, b'0'..=b'7')
}

/// The number a text most likely stands for.
pub(super) fn number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_all =
        |text: &str, good: fn(&u8) -> bool| !text.is_empty() && text.bytes().all(|b| good(&b));
    if is_all(digits, u8::is_ascii_digit) {
        let whole = text.parse().map(Number::Whole);
        return whole.ok().or_else(|| text.parse().ok().map(Number::Real));
    }
    if let Some(digits) = text.strip_prefix("0x") {
        let good = is_all(digits, u8::is_ascii_hexdigit);
        return good.then(|| i128::from_str_radix(digits, 16).ok().map(Number::Whole)).flatten();
    }
    if digits == "inf" || digits == "nan" || is_decimal(digits) {
        return text.parse().ok().map(Number::Real);
    }
    if let Some(inside) = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        let is_one = inside.chars().count() == 1 || (inside.len() > 1 && inside.starts_with('\\'));
        let plain = super::value::unescape(inside);
        let code = plain.chars().next().map_or(0, u32::from);
        return is_one.then_some(Number::Whole(code.into()));
    }
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(Number::Whole(1)),
        "false" => Some(Number::Whole(0)),
        _ => None,
    }
}

/// `1.5`, `.5`, `1.`, `1e9`, without a sign.
fn is_decimal(text: &str) -> bool {
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = !(whole.is_empty() && fraction.is_empty()) && digits(whole) && digits(fraction);
    is_number
        && exponent.is_none_or(|exponent| {
            let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            !exponent.is_empty() && digits(exponent)
        })
}

/// Nanoseconds since 1970 of seconds with a fraction, of an ISO date, or of a date as tshark
/// writes it: `Nov 27, 2026 11:50:45.123 UTC`.
pub(super) fn nanoseconds(text: &str) -> Option<i128> {
    seconds(text).or_else(|| date(text))
}

fn seconds(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, part) = match digits.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (digits, "0"),
    };
    let good = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !good(whole) || !good(part) {
        return None;
    }
    let whole: i128 = whole.parse().ok()?;
    let total = whole.checked_mul(1_000_000_000)?.checked_add(fraction(part))?;
    Some(if negative { -total } else { total })
}

/// The first nine digits of a fraction as nanoseconds.
fn fraction(digits: &str) -> i128 {
    let digits = digits.bytes().take_while(u8::is_ascii_digit).chain(std::iter::repeat(b'0'));
    digits.take(9).fold(0, |total, digit| total * 10 + i128::from(digit - b'0'))
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn date(text: &str) -> Option<i128> {
    let (month, day, year, rest) = match text.get(..3) {
        Some(name) if name.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            let month = MONTHS.iter().position(|month| *month == name)? as i8 + 1;
            let (day, rest) = text.get(3..)?.strip_prefix(' ')?.trim_start().split_once(", ")?;
            (month, day.parse().ok()?, rest.get(..4)?, rest.get(4..)?.strip_prefix(' ')?)
        }
        _ => {
            let month = text.get(4..)?.strip_prefix('-')?.get(..2)?.parse().ok()?;
            let day = text.get(7..)?.strip_prefix('-')?.get(..2)?.parse().ok()?;
            let rest = text.get(10..)?.strip_prefix(['T', ' '])?;
            (month, day, text.get(..4)?, rest)
        }
    };
    let date = Date::new(year.parse().ok()?, month, day).ok()?;
    let clock = rest.get(..8)?;
    let part = |from: usize| clock.get(from..from + 2)?.parse::<i8>().ok();
    if clock.get(2..3) != Some(":") || clock.get(5..6) != Some(":") {
        return None;
    }
    let time = Time::new(part(0)?, part(3)?, part(6)?, 0).ok()?;
    let moment = jiff::tz::TimeZone::UTC.to_timestamp(date.to_datetime(time)).ok()?;
    let digits = rest.get(8..)?.strip_prefix('.').unwrap_or_default();
    Some(i128::from(moment.as_second()) * 1_000_000_000 + fraction(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_in_all_spellings() {
        let moment = Some(1_400_000_000_250_000_000);
        assert_eq!(nanoseconds("1400000000.25"), moment);
        assert_eq!(nanoseconds("2014-05-13T16:53:20.25Z"), moment);
        assert_eq!(nanoseconds("May 13, 2014 16:53:20.250000000 UTC"), moment);
        assert_eq!(nanoseconds("May  1, 1970 00:00:00"), Some(120 * 86_400_000_000_000));
        assert_eq!(nanoseconds("-1.5"), Some(-1_500_000_000));
        for wrong in ["", "-", "1.", "Foo 13, 2014 16:53:20", "2014-13-13T16:53:20", "1e5"] {
            assert_eq!(nanoseconds(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn numbers_in_all_spellings() {
        for (text, is) in [("64", 64), ("-3", -3), ("0x40", 64), ("'A'", 65), ("'\\n'", 10)] {
            assert!(number(text).is_some_and(|n| n.is_close(Number::Whole(is))), "{text}");
        }
        assert!(numbers("010").any(|n| n.is_close(Number::Whole(8))));
        assert!(number("1.5e3").is_some_and(|n| n.is_close(Number::Real(1500.0))));
        for wrong in ["", "-", "0x", "1.2.3", "e5", "abc", "''", "1e", "."] {
            assert!(number(wrong).is_none(), "{wrong}");
        }
    }
}
