//! Sizes, times and numbers as they are said on the command line.

use std::time::Duration;

/// A size: so many KiB, or with a unit.
pub(crate) fn kibibytes(text: &str) -> Result<u64, String> {
    size(text, 1 << 10)
}

/// A size: so many millions of bytes, as tcpdump's -C, or with a unit.
pub(crate) fn megabytes(text: &str) -> Result<u64, String> {
    size(text, 1_000_000)
}

/// Units are powers of 1,024.
fn size(text: &str, unit: u64) -> Result<u64, String> {
    let wrong = || "write a number, perhaps with k, M or G behind it: 100, 64M".to_owned();
    let digits = text.trim_end_matches(['b', 'B']).trim_end_matches('i');
    let (digits, unit) = match digits.as_bytes().last() {
        Some(b'k' | b'K') => (&digits[..digits.len() - 1], 1 << 10),
        Some(b'm' | b'M') => (&digits[..digits.len() - 1], 1 << 20),
        Some(b'g' | b'G') => (&digits[..digits.len() - 1], 1 << 30),
        _ if digits.len() < text.len() => (digits, 1),
        _ => (digits, unit),
    };
    let number: u64 = digits.trim_end().parse().map_err(|_| wrong())?;
    number.checked_mul(unit).ok_or_else(wrong)
}

/// A time: seconds, or with a unit; `ms`, `s`, `m`, `h`, `d`.
pub(crate) fn time(text: &str) -> Result<Duration, String> {
    let wrong = || "write seconds, or a number with ms, s, m, h or d behind it: 90, 15m".to_owned();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return Err(wrong()),
    };
    let number: f64 = digits.trim_end().parse().map_err(|_| wrong())?;
    Duration::try_from_secs_f64(number * unit).map_err(|_| wrong())
}

/// A number of 16 bits, decimal or hexadecimal.
pub(crate) fn number16(text: &str) -> Result<u16, String> {
    let number = match text.strip_prefix("0x") {
        Some(digits) => u16::from_str_radix(digits, 16),
        None => text.parse(),
    };
    number.map_err(|_| "write a number up to 65535, such as 2054 or 0x0806".to_owned())
}

/// How many there are to be, of what there must be some.
pub(crate) fn some(text: &str) -> Result<u64, String> {
    let number = text.parse().ok().filter(|&number| number > 0);
    number.ok_or_else(|| "write a number from 1".to_owned())
}

/// A number of bytes that may be all there are.
pub(crate) fn bytes(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| "write a number of bytes: 96; 0 for all there can be".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, size) in [
            ("1", 1_000_000),
            ("1k", 1024),
            ("2MiB", 2 << 20),
            ("3GB", 3 << 30),
            ("500B", 500),
            ("4 M", 4 << 20),
        ] {
            assert_eq!(megabytes(text), Ok(size), "{text}");
        }
        assert_eq!(kibibytes("20480"), Ok(20 << 20));
        for text in ["", "M", "-1", "1.5", "1T", "99999999999G", "é"] {
            megabytes(text).expect_err(text);
        }
    }

    #[test]
    fn times() {
        for (text, milliseconds) in
            [("90", 90_000), ("1.5s", 1500), ("20ms", 20), ("15m", 900_000), ("2h", 7_200_000)]
        {
            assert_eq!(time(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "s", "-1", "1y", "1e99", "nan", "inf", "5é"] {
            time(text).expect_err(text);
        }
    }

    #[test]
    fn numbers() {
        assert_eq!(number16("0x0806"), Ok(0x0806));
        assert_eq!(number16("2054"), Ok(2054));
        number16("65536").expect_err("too large");
        assert_eq!((some("3"), bytes("0")), (Ok(3), Ok(0)));
        for text in ["0", "-1", "", "x"] {
            some(text).expect_err(text);
        }
        bytes("abc").expect_err("no number");
    }
}
