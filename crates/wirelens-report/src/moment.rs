//! A moment as RFC 3339 text in UTC.

use crate::Line;

/// Writes `2017-11-19T15:49:05.471719000Z`: always nine digits, always UTC. Years beyond 9999
/// have more than four digits, those before 0 a sign.
pub fn write_rfc3339(line: &mut Line, seconds: i64, nanoseconds: u32) {
    line.room(64);
    write_second(line, seconds);
    line.put(b'.');
    line.nanoseconds(nanoseconds);
    line.put(b'Z');
}

/// `2017-11-19T15:49:05`; 32 bytes at most.
fn write_second(line: &mut Line, seconds: i64) {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400) as u64);
    let (year, month, day) = civil(days);
    if (0..=9999).contains(&year) {
        line.digits(year as u64, 4);
    } else {
        line.signed(year);
    }
    line.put(b'-');
    line.digits(month, 2);
    line.put(b'-');
    line.digits(day, 2);
    line.put(b'T');
    write_time_of_day(line, second);
}

/// `15:49:05` of a second of the day.
pub(crate) fn write_time_of_day(line: &mut Line, second: u64) {
    line.digits(second / 3600, 2);
    line.put(b':');
    line.digits(second / 60 % 60, 2);
    line.put(b':');
    line.digits(second % 60, 2);
}

/// Writes moments that mostly lie in the same second: its text is kept.
#[derive(Default)]
pub struct Clock {
    second: Option<i64>,
    text: [u8; 32],
    length: usize,
}

impl Clock {
    /// The same as [`write_rfc3339`].
    #[inline]
    pub fn write(&mut self, line: &mut Line, seconds: i64, nanoseconds: u32) {
        if self.second != Some(seconds) {
            return self.turn(line, seconds, nanoseconds);
        }
        line.room(64);
        line.store(&self.text, self.length);
        line.nanoseconds(nanoseconds);
        line.put(b'Z');
    }

    #[inline(never)]
    fn turn(&mut self, line: &mut Line, seconds: i64, nanoseconds: u32) {
        let from = line.len();
        write_rfc3339(line, seconds, nanoseconds);
        // All but the nanoseconds and the Z.
        let text = line.written().get(from..line.len() - 10).unwrap_or_default();
        if let Some(to) = self.text.get_mut(..text.len()) {
            to.copy_from_slice(text);
            (self.second, self.length) = (Some(seconds), text.len());
        }
    }
}

/// Year, month and day of a day counted from 1970-01-01, by counting from a 1st of March: see
/// Howard Hinnant's `civil_from_days`.
fn civil(days: i64) -> (i64, u64, u64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day = days.rem_euclid(146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month as u64, of_month as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        let mut clock = Clock::default();
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00.000000001Z"),
            (1_511_106_545, "2017-11-19T15:49:05.000000001Z"),
            (951_782_400, "2000-02-29T00:00:00.000000001Z"),
            (4_294_967_295, "2106-02-07T06:28:15.000000001Z"),
            (-1, "1969-12-31T23:59:59.000000001Z"),
        ] {
            let mut line = Line::new();
            write_rfc3339(&mut line, seconds, 1);
            assert_eq!(line.written(), text.as_bytes());
            for _ in 0..2 {
                line.clear();
                clock.write(&mut line, seconds, 1);
                assert_eq!(line.written(), text.as_bytes());
            }
        }
        let mut line = Line::new();
        write_rfc3339(&mut line, i64::MAX / 2, 0);
        clock.write(&mut line, i64::MAX / 2, 0);
    }
}
