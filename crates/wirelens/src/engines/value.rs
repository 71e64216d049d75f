//! Values, out of what engines write.

use std::net::{Ipv4Addr, Ipv6Addr};

use wirelens_dissect::Kind;

/// A value that was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Read {
    Number(u64),
    Ipv6([u8; 16]),
}

/// Reads what display filters write for a value of this kind; none where it is not that, and for
/// kinds that are their bytes or text.
pub(crate) fn read(kind: Kind, text: &str) -> Option<Read> {
    let text = text.trim();
    Some(Read::Number(match kind {
        Kind::Uint | Kind::Hex => unsigned(text)?,
        Kind::Int => {
            text.parse::<i64>().ok().or_else(|| hexadecimal(text).map(|n| n as i64))? as u64
        }
        Kind::Float => text.parse::<f64>().ok()?.to_bits(),
        Kind::Flag => match text {
            "True" | "true" => 1,
            "False" | "false" => 0,
            _ => u64::from(unsigned(text)? != 0),
        },
        Kind::Mac => link_address::<6>(text)?,
        Kind::Eui64 => link_address::<8>(text)?,
        Kind::Ipv4 => u32::from(text.parse::<Ipv4Addr>().ok()?).into(),
        Kind::Ipv6 => return text.parse::<Ipv6Addr>().ok().map(|ip| Read::Ipv6(ip.octets())),
        Kind::Time => moment(text)? as u64,
        Kind::Duration => seconds(text)? as u64,
        Kind::Group | Kind::Problem => 1,
        Kind::Bytes | Kind::Text => return None,
    }))
}

fn hexadecimal(text: &str) -> Option<u64> {
    u64::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

/// Decimal, hexadecimal with `0x`, octal with `0`.
fn unsigned(text: &str) -> Option<u64> {
    if let Some(number) = hexadecimal(text) {
        return Some(number);
    }
    match text.strip_prefix('0') {
        Some(octal) if !octal.is_empty() => u64::from_str_radix(octal, 8).ok(),
        _ => text.parse().ok(),
    }
}

/// `00:01:02:03:04:05`, with colons, dashes or points.
fn link_address<const N: usize>(text: &str) -> Option<u64> {
    let mut bytes = Vec::with_capacity(N);
    hex(text, &mut bytes)?;
    (bytes.len() == N).then(|| bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// Bytes in hexadecimal digits, with or without something between them; they are appended.
pub(crate) fn hex(text: &str, bytes: &mut Vec<u8>) -> Option<()> {
    let mut half = None;
    for c in text.bytes().filter(|c| !matches!(c, b':' | b'-' | b'.' | b' ')) {
        let digit = (c as char).to_digit(16)? as u8;
        match half.take() {
            None => half = Some(digit),
            Some(high) => bytes.push(high << 4 | digit),
        }
    }
    half.is_none().then_some(())
}

/// `-1.500000000` seconds, in nanoseconds.
pub(crate) fn seconds(text: &str) -> Option<i64> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let whole: i64 = whole.parse().ok()?;
    let nanoseconds = whole.checked_mul(1_000_000_000)?.checked_add(fraction(part)?)?;
    Some(if negative { -nanoseconds } else { nanoseconds })
}

/// The digits behind the point, in nanoseconds.
fn fraction(digits: &str) -> Option<i64> {
    if digits.len() > 9 || !digits.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    format!("{digits:0<9}").parse().ok()
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A moment in nanoseconds since 1970: `Nov 26, 2008 20:06:39.290438000 UTC`, or as ISO 8601.
fn moment(text: &str) -> Option<i64> {
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return i64::try_from(time.as_nanosecond()).ok();
    }
    let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let [month, day, year, clock, zone] = words[..] else { return None };
    if !matches!(zone, "UTC" | "GMT") {
        return None;
    }
    let month = MONTHS.iter().position(|name| *name == month)? as i8 + 1;
    let (clock, part) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = clock.split(':').map(|part| part.parse::<i8>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let date = jiff::civil::Date::new(year.parse().ok()?, month, day.parse().ok()?).ok()?;
    let time = jiff::civil::Time::new(hour, minute, second, fraction(part)? as i32).ok()?;
    let time = jiff::tz::TimeZone::UTC.to_timestamp(date.to_datetime(time)).ok()?;
    i64::try_from(time.as_nanosecond()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_their_kind_says() {
        for (kind, text, value) in [
            (Kind::Uint, "64", 64),
            (Kind::Hex, "0x0800", 0x800),
            (Kind::Uint, "017", 15),
            (Kind::Uint, "0", 0),
            (Kind::Int, "-2", -2_i64 as u64),
            (Kind::Flag, "True", 1),
            (Kind::Flag, "0", 0),
            (Kind::Mac, "00:01:02:03:04:05", 0x0001_0203_0405),
            (Kind::Ipv4, "127.0.0.1", 0x7f00_0001),
            (Kind::Float, "1.5", 1.5_f64.to_bits()),
            (Kind::Duration, "-1.5", -1_500_000_000_i64 as u64),
            (Kind::Duration, "0.000000001", 1),
            (Kind::Time, "Nov 26, 2008 20:06:39.290438000 UTC", 1_227_729_999_290_438_000),
            (Kind::Time, "Jan  1, 1970 00:00:00.000000000 UTC", 0),
            (Kind::Time, "2008-11-26T20:06:39.290438000Z", 1_227_729_999_290_438_000),
        ] {
            assert_eq!(read(kind, text), Some(Read::Number(value)), "{text}");
        }
        let Some(Read::Ipv6(address)) = read(Kind::Ipv6, "::1") else { panic!() };
        assert_eq!(address[15], 1);
    }

    #[test]
    fn what_is_something_else_is_none() {
        for (kind, text) in [
            (Kind::Uint, "many"),
            (Kind::Uint, "99999999999999999999"),
            (Kind::Uint, ""),
            (Kind::Mac, "00:01"),
            (Kind::Time, "No time information"),
            (Kind::Time, "Nov 26, 2008 20:06:39.2 CET"),
            (Kind::Time, "Feb 31, 2008 20:06:39.2 UTC"),
            (Kind::Duration, "99999999999.0"),
            (Kind::Duration, "1.-5"),
        ] {
            assert_eq!(read(kind, text), None, "{text}");
        }
        let mut bytes = Vec::new();
        assert_eq!(hex("abc", &mut bytes), None);
    }
}
