//! Values for reading.

use wirelens_report::{Line, write_rfc3339, write_safe};

use super::Cell;

/// A value as people read it; nothing in it does anything to a terminal.
pub(crate) fn shown(cell: &Cell) -> String {
    match cell {
        Cell::None => String::new(),
        Cell::Text(text) => safe(text),
        Cell::Nested(depth, name) => format!("{:width$}{name}", "", width = depth * 2),
        Cell::Count(count) => grouped(*count),
        Cell::Number(number) => number.to_string(),
        Cell::Bytes(bytes) => scaled(*bytes as f64, &["B", "kB", "MB", "GB", "TB", "PB"]),
        Cell::Share(share) => format!("{:.1} %", share * 100.0),
        Cell::Rate(rate) => format!("{}/s", scaled(*rate, &["", "k", "M", "G", "T", "P"]).trim()),
        Cell::BitRate(rate) => scaled(*rate, &["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"]),
        Cell::Moment(moment) => self::moment(*moment),
        Cell::Time(time) => self::time(*time),
        Cell::Flag(true) => "yes".to_owned(),
        Cell::Flag(false) => "no".to_owned(),
    }
}

/// Text without what would do something.
pub(crate) fn safe(text: &str) -> String {
    let mut line = Line::new();
    write_safe(&mut line, text.as_bytes());
    String::from_utf8_lossy(line.written()).into_owned()
}

/// `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Three digits or four, and a unit; the units are a thousand apart.
fn scaled(value: f64, units: &[&str]) -> String {
    let (mut value, mut at) = (value, 0);
    while value >= 999.95 && at + 1 < units.len() {
        value /= 1000.0;
        at += 1;
    }
    let unit = units.get(at).copied().unwrap_or_default();
    if value.fract() == 0.0 && at == 0 || value >= 99.95 {
        format!("{value:.0} {unit}")
    } else if value < 1.0 {
        format!("{value:.3} {unit}")
    } else {
        format!("{value:.1} {unit}")
    }
}

/// `2017-11-19T15:49:05.471719000Z`.
pub(crate) fn moment(nanoseconds: u64) -> String {
    let mut line = Line::new();
    let (seconds, rest) = (nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
    write_rfc3339(&mut line, seconds as i64, rest as u32);
    String::from_utf8_lossy(line.written()).into_owned()
}

/// A length of time, in the unit that suits it.
pub(crate) fn time(nanoseconds: u64) -> String {
    let seconds = nanoseconds as f64 / 1e9;
    match nanoseconds {
        0 => "0 s".to_owned(),
        1..1_000 => format!("{nanoseconds} ns"),
        1_000..1_000_000 => format!("{} us", digits(seconds * 1e6)),
        1_000_000..1_000_000_000 => format!("{} ms", digits(seconds * 1e3)),
        1_000_000_000..120_000_000_000 => format!("{} s", digits(seconds)),
        _ => {
            let all = nanoseconds / 1_000_000_000;
            let (days, hours) = (all / 86_400, all / 3600 % 24);
            let (minutes, seconds) = (all / 60 % 60, all % 60);
            match days {
                0 => format!("{hours}:{minutes:02}:{seconds:02} h"),
                _ => format!("{days} d {hours}:{minutes:02}:{seconds:02} h"),
            }
        }
    }
}

fn digits(value: f64) -> String {
    match value {
        100.0.. => format!("{value:.0}"),
        10.0..100.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_for_reading() {
        for (cell, text) in [
            (Cell::Count(1_234_567), "1,234,567"),
            (Cell::Count(999), "999"),
            (Cell::Bytes(999), "999 B"),
            (Cell::Bytes(12_345_678), "12.3 MB"),
            (Cell::Share(0.1234), "12.3 %"),
            (Cell::Rate(1.5), "1.5/s"),
            (Cell::Rate(123_456.0), "123 k/s"),
            (Cell::BitRate(2_500_000.0), "2.5 Mbit/s"),
            (Cell::Time(1_500), "1.50 us"),
            (Cell::Time(25_000_000), "25.0 ms"),
            (Cell::Time(90_061_000_000_000), "1 d 1:01:01 h"),
            (Cell::Moment(0), "1970-01-01T00:00:00.000000000Z"),
            (Cell::text("a\x1b[2J"), "a\\x1b[2J"),
            (Cell::Nested(2, "tcp"), "    tcp"),
        ] {
            assert_eq!(shown(&cell), text);
        }
    }
}
