//! The time of a frame: exact, in nanoseconds, for every capture time a file can hold.

use std::fmt;

const NANOSECONDS: u32 = 1_000_000_000;

/// Seconds and nanoseconds since 1970-01-01 00:00:00 UTC, leap seconds not counted.
///
/// Before the epoch the seconds are negative and the nanoseconds still count forward, so
/// ordering is the ordering of the fields.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Timestamp {
    seconds: i64,
    nanoseconds: u32,
}

impl Timestamp {
    /// The epoch itself.
    pub const EPOCH: Self = Self { seconds: 0, nanoseconds: 0 };

    /// A time from seconds and nanoseconds; nanoseconds of a second or more are carried over.
    #[inline]
    pub const fn new(seconds: i64, nanoseconds: u32) -> Self {
        if nanoseconds < NANOSECONDS {
            Self { seconds, nanoseconds }
        } else {
            Self {
                seconds: seconds.saturating_add((nanoseconds / NANOSECONDS) as i64),
                nanoseconds: nanoseconds % NANOSECONDS,
            }
        }
    }

    /// A time from seconds and microseconds, where files may hold a million or more of the latter.
    #[inline]
    pub const fn from_micros(seconds: i64, microseconds: u32) -> Self {
        if microseconds < 1_000_000 {
            Self { seconds, nanoseconds: microseconds * 1000 }
        } else {
            Self {
                seconds: seconds.saturating_add((microseconds / 1_000_000) as i64),
                nanoseconds: (microseconds % 1_000_000) * 1000,
            }
        }
    }

    /// A time from nanoseconds since the epoch; saturates where 64-bit seconds end.
    pub const fn from_nanos(nanoseconds: i128) -> Self {
        let seconds = nanoseconds.div_euclid(NANOSECONDS as i128);
        let rest = nanoseconds.rem_euclid(NANOSECONDS as i128) as u32;
        if seconds > i64::MAX as i128 {
            Self { seconds: i64::MAX, nanoseconds: NANOSECONDS - 1 }
        } else if seconds < i64::MIN as i128 {
            Self { seconds: i64::MIN, nanoseconds: 0 }
        } else {
            Self { seconds: seconds as i64, nanoseconds: rest }
        }
    }

    /// Whole seconds since the epoch, rounded towards the past.
    #[inline]
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds after [`seconds`](Self::seconds), 0 to 999,999,999.
    #[inline]
    pub const fn nanoseconds(self) -> u32 {
        self.nanoseconds
    }

    /// Nanoseconds since the epoch.
    pub const fn as_nanos(self) -> i128 {
        self.seconds as i128 * NANOSECONDS as i128 + self.nanoseconds as i128
    }
}

impl fmt::Display for Timestamp {
    /// `seconds.nanoseconds` with nine digits, as tshark's `frame.time_epoch` has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.seconds >= 0 || self.nanoseconds == 0 {
            return write!(f, "{}.{:09}", self.seconds, self.nanoseconds);
        }
        // 0.25 s before the epoch is stored as -1 s + 0.75 s.
        let whole = (self.seconds + 1).unsigned_abs();
        write!(f, "-{whole}.{:09}", NANOSECONDS - self.nanoseconds)
    }
}

/// The unit of a pcapng interface's 64-bit times: `if_tsresol`, pcapng draft section 4.2.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Resolution {
    /// Units of 10 to the minus n seconds. 6 is microseconds, the default.
    Decimal(u8),
    /// Units of 2 to the minus n seconds.
    Binary(u8),
}

impl Default for Resolution {
    fn default() -> Self {
        Self::Decimal(6)
    }
}

impl Resolution {
    /// Microseconds, pcapng's default and classic pcap's unit.
    pub const MICROSECONDS: Self = Self::Decimal(6);
    /// Nanoseconds.
    pub const NANOSECONDS: Self = Self::Decimal(9);

    /// From the option's byte: the high bit chooses the base, the other seven are the exponent.
    pub const fn from_byte(byte: u8) -> Self {
        if byte & 0x80 == 0 { Self::Decimal(byte) } else { Self::Binary(byte & 0x7f) }
    }

    /// The option's byte.
    pub const fn to_byte(self) -> u8 {
        match self {
            Self::Decimal(exponent) => exponent & 0x7f,
            Self::Binary(exponent) => exponent | 0x80,
        }
    }

    /// Units in a second; as many as 64 bits hold where there are more.
    pub const fn ticks_per_second(self) -> u64 {
        let ticks = match self {
            Self::Decimal(exponent) => 10_u64.checked_pow(exponent as u32),
            Self::Binary(exponent) => 2_u64.checked_pow(exponent as u32),
        };
        match ticks {
            Some(ticks) => ticks,
            None => u64::MAX,
        }
    }

    /// Whether microseconds cannot hold every time of this unit.
    pub const fn is_finer_than_microseconds(self) -> bool {
        match self {
            Self::Decimal(exponent) => exponent > 6,
            // Binary fractions down to 2^-6 are whole microseconds.
            Self::Binary(exponent) => exponent > 6,
        }
    }

    /// The time `units` after the epoch; what is finer than a nanosecond is cut off.
    #[inline]
    pub fn time(self, units: u64, offset: i64) -> Timestamp {
        let (seconds, nanoseconds) = match self {
            Self::Decimal(6) => (units / 1_000_000, (units % 1_000_000) as u32 * 1000),
            Self::Decimal(9) => (units / 1_000_000_000, (units % 1_000_000_000) as u32),
            _ => self.split(units),
        };
        // A u64 of whole seconds can pass i64: saturate rather than wrap into the past.
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_add(offset);
        Timestamp { seconds, nanoseconds }
    }

    #[cold]
    fn split(self, units: u64) -> (u64, u32) {
        match self {
            Self::Decimal(exponent @ 0..=19) => {
                let second = 10_u64.pow(exponent.into());
                let rest = u128::from(units % second) * u128::from(NANOSECONDS);
                (units / second, (rest / u128::from(second)) as u32)
            }
            // 10^20 does not fit 64 bits, so there is no whole second.
            Self::Decimal(exponent @ 20..=28) => {
                (0, (units / 10_u64.pow(u32::from(exponent) - 9)) as u32)
            }
            Self::Binary(exponent @ 0..=63) => {
                let rest = units & ((1_u64 << exponent) - 1);
                let nanoseconds = (u128::from(rest) * u128::from(NANOSECONDS)) >> exponent;
                (units >> exponent, nanoseconds as u32)
            }
            Self::Binary(exponent @ 64..=93) => {
                (0, ((u128::from(units) * u128::from(NANOSECONDS)) >> exponent) as u32)
            }
            Self::Decimal(_) | Self::Binary(_) => (0, 0),
        }
    }

    /// The units since the epoch that [`time`](Self::time) turns into `time`, rounded up to the
    /// unit so that reading gives the same nanosecond back; `None` when 64 bits cannot hold them.
    pub fn units(self, time: Timestamp, offset: i64) -> Option<u64> {
        if time == Timestamp::new(offset, 0) {
            return Some(0);
        }
        let seconds = u64::try_from(time.seconds.checked_sub(offset)?).ok()?;
        let second: u128 = match self {
            Self::Decimal(exponent @ 0..=38) => 10_u128.pow(exponent.into()),
            Self::Binary(exponent @ 0..=126) => 1_u128 << exponent,
            _ => return None,
        };
        let fraction =
            u128::from(time.nanoseconds).checked_mul(second)?.div_ceil(u128::from(NANOSECONDS));
        let units = u128::from(seconds).checked_mul(second)?.checked_add(fraction)?;
        u64::try_from(units).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_with_nine_digits() {
        assert_eq!(Timestamp::new(1_400_000_000, 123_456_789).to_string(), "1400000000.123456789");
        assert_eq!(Timestamp::from_nanos(-250_000_000).to_string(), "-0.250000000");
        assert_eq!(Timestamp::from_nanos(-1_250_000_000).to_string(), "-1.250000000");
        assert_eq!(Timestamp::new(-2, 0).to_string(), "-2.000000000");
    }

    #[test]
    fn carries_over() {
        assert_eq!(Timestamp::from_micros(5, 2_000_001), Timestamp::new(7, 1000));
        assert_eq!(Timestamp::new(5, u32::MAX), Timestamp::new(9, 294_967_295));
        assert_eq!(Timestamp::from_nanos(i128::MAX).seconds(), i64::MAX);
        assert_eq!(Timestamp::from_nanos(i128::MIN).seconds(), i64::MIN);
        assert_eq!(Timestamp::from_nanos(Timestamp::new(-7, 3).as_nanos()), Timestamp::new(-7, 3));
    }

    #[test]
    fn every_resolution_is_exact() {
        assert_eq!(Resolution::Decimal(0).time(7, 0), Timestamp::new(7, 0));
        assert_eq!(Resolution::Decimal(3).time(7_250, 0), Timestamp::new(7, 250_000_000));
        assert_eq!(Resolution::Decimal(12).time(1_500_000_000_123, 0).to_string(), "1.500000000");
        assert_eq!(Resolution::Decimal(19).time(u64::MAX, 0).to_string(), "1.844674407");
        assert_eq!(Resolution::Decimal(20).time(u64::MAX, 0).to_string(), "0.184467440");
        assert_eq!(Resolution::Decimal(127).time(u64::MAX, 0), Timestamp::EPOCH);
        assert_eq!(Resolution::Binary(0).time(9, 0), Timestamp::new(9, 0));
        assert_eq!(Resolution::Binary(10).time(1024 + 512, 0), Timestamp::new(1, 500_000_000));
        assert_eq!(Resolution::Binary(63).time(1 << 62, 0), Timestamp::new(0, 500_000_000));
        assert_eq!(Resolution::Binary(64).time(1 << 63, 0), Timestamp::new(0, 500_000_000));
        assert_eq!(Resolution::Decimal(0).time(u64::MAX, 1).seconds(), i64::MAX);
        assert_eq!(Resolution::MICROSECONDS.time(5_000_000, -10), Timestamp::new(-5, 0));
    }

    #[test]
    fn units_are_the_way_back() {
        // Where no time can be told apart, the beginning still can.
        assert_eq!(Resolution::Decimal(127).units(Timestamp::EPOCH, 0), Some(0));
        assert_eq!(Resolution::Decimal(127).units(Timestamp::new(0, 1), 0), None);
        for byte in 0..=255 {
            let resolution = Resolution::from_byte(byte);
            assert_eq!(resolution.to_byte(), byte);
            for units in [0, 1, 999, 1_234_567, 1_400_000_000_123_456_789] {
                let time = resolution.time(units, 3);
                if let Some(back) = resolution.units(time, 3) {
                    assert_eq!(resolution.time(back, 3), time, "{resolution:?} {units}");
                }
            }
        }
    }
}
