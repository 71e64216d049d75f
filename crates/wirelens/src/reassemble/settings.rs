//! The limits, and their names for a command line.

use wirelens_reassembly::datagram::{self, Policy as DatagramPolicy};
use wirelens_reassembly::stream::{self, Policy as StreamPolicy};

use crate::Error;

/// Bounds, time-outs, and who wins where frames disagree.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Of datagrams.
    pub datagrams: datagram::Limits,
    /// Of TCP streams.
    pub streams: stream::Limits,
    /// Bytes that all records that are not handed on yet may keep together: payloads, lists of
    /// frames and gaps. 256 MiB.
    pub kept: usize,
    /// Ranges of frames, gaps and conflicts listed in each record. 16,384.
    pub listed: usize,
    /// Files open at a time where streams are written to a folder. 64.
    pub files: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            datagrams: datagram::Limits::default(),
            streams: stream::Limits::default(),
            kept: 256 << 20,
            listed: 1 << 14,
            files: 64,
        }
    }
}

/// A limit that can be named.
#[derive(Clone, Copy)]
pub struct Setting {
    /// Its name: `tcp.connections`.
    pub name: &'static str,
    /// What it bounds.
    pub title: &'static str,
    place: Place,
}

/// Where a setting goes, which says what its value looks like.
#[derive(Clone, Copy)]
enum Place {
    Number(fn(&mut Limits) -> &mut usize),
    Time(fn(&mut Limits) -> &mut u64),
    Segments(fn(&mut Limits) -> &mut u32),
    Datagram(fn(&mut Limits) -> &mut DatagramPolicy),
    Stream(fn(&mut Limits) -> &mut StreamPolicy),
}

const STREAM_POLICIES: [(&str, StreamPolicy); 6] = [
    ("first", StreamPolicy::First),
    ("last", StreamPolicy::Last),
    ("bsd", StreamPolicy::Bsd),
    ("linux", StreamPolicy::Linux),
    ("solaris", StreamPolicy::Solaris),
    ("windows", StreamPolicy::Windows),
];

macro_rules! settings {
    ($($name:literal $kind:ident $($field:ident).+, $title:literal;)*) => {
        /// Every limit that can be named, in the order of the help.
        pub static SETTINGS: &[Setting] = &[$(Setting {
            name: $name,
            title: $title,
            place: Place::$kind(|limits| &mut limits.$($field).+),
        }),*];
    };
}

settings! {
    "ip.memory" Number datagrams.bytes, "bytes of all fragments that wait";
    "ip.datagrams" Number datagrams.datagrams, "datagrams that wait for fragments";
    "ip.fragments" Number datagrams.fragments, "fragments of one datagram";
    "ip.remembered" Number datagrams.remembered, "datagrams remembered when they ended";
    "ipv4.timeout" Time datagrams.ipv4.timeout, "how long fragments of IPv4 are waited for";
    "ipv4.policy" Datagram datagrams.ipv4.policy, "whose bytes stand where fragments of IPv4 differ";
    "ipv6.timeout" Time datagrams.ipv6.timeout, "how long fragments of IPv6 are waited for";
    "ipv6.policy" Datagram datagrams.ipv6.policy, "whose bytes stand where fragments of IPv6 differ";
    "tcp.memory" Number streams.total_bytes, "bytes of all connections and what waits in them";
    "tcp.connections" Number streams.connections, "connections known at a time";
    "tcp.lingering" Number streams.lingering, "connections remembered when they are over";
    "tcp.linger" Time streams.linger, "how long those are remembered";
    "tcp.stream_memory" Number streams.stream_bytes, "bytes that wait in one direction";
    "tcp.stream_segments" Number streams.stream_segments, "pieces that wait in one direction";
    "tcp.idle" Time streams.idle, "silence after which a connection is over";
    "tcp.stale" Time streams.stale, "silence after which a SYN replaces a connection at once";
    "tcp.patience" Time streams.patience.time, "how long bytes are waited for that were acknowledged";
    "tcp.patience_segments" Segments streams.patience.segments, "for how many segments that is done";
    "tcp.one_sided" Time streams.one_sided.time, "how long bytes are waited for where nobody acknowledges";
    "tcp.one_sided_segments" Segments streams.one_sided.segments, "for how many segments that is done";
    "tcp.policy" Stream streams.policy, "whose bytes stand where segments that wait differ";
    "tcp.history" Number streams.history, "runs remembered, to notice other bytes in a retransmission";
    "tcp.duplicate" Time streams.duplicate, "how far apart a frame is that was captured twice";
    "records.memory" Number kept, "bytes that records keep together before they are written";
    "records.listed" Number listed, "ranges of frames, gaps, conflicts listed in a record";
    "files" Number files, "files open at a time";
}

impl Setting {
    /// Its value by default, as [`Limits::set`] takes it.
    pub fn value(&self) -> String {
        let mut limits = Limits::default();
        match self.place {
            Place::Number(of) => of(&mut limits).to_string(),
            Place::Time(of) => seconds(*of(&mut limits)),
            Place::Segments(of) => of(&mut limits).to_string(),
            Place::Datagram(of) => of(&mut limits).name().to_owned(),
            Place::Stream(of) => {
                let policy = *of(&mut limits);
                let found = STREAM_POLICIES.iter().find(|(_, known)| *known == policy);
                found.map_or("", |(name, _)| name).to_owned()
            }
        }
    }
}

impl Limits {
    /// Sets a limit by its name: numbers as `1000`, `64k`, `16M`, `2G` (powers of 1,024), times in
    /// seconds, policies by their names.
    ///
    /// # Errors
    /// When there is no such limit, or the value is none for it.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let Some(setting) = SETTINGS.iter().find(|setting| setting.name == name) else {
            return Err(Error::unknown("limit", name, SETTINGS.iter().map(|known| known.name)));
        };
        let wrong = |form: &str| {
            let title = setting.title;
            Error::Usage(format!("'{value}' is no value for {name} ({title}); write {form}"))
        };
        match setting.place {
            Place::Number(of) => {
                *of(self) = number(value).ok_or_else(|| wrong("a number: 1000, 64k, 16M, 2G"))?;
            }
            Place::Segments(of) => {
                let segments = number(value).and_then(|number| u32::try_from(number).ok());
                *of(self) = segments.ok_or_else(|| wrong("a number: 16"))?;
            }
            Place::Time(of) => {
                *of(self) = nanoseconds(value).ok_or_else(|| wrong("seconds: 30 or 0.5"))?;
            }
            Place::Datagram(of) => {
                let known = DatagramPolicy::ALL.map(DatagramPolicy::name);
                *of(self) = DatagramPolicy::from_name(value)
                    .ok_or_else(|| Error::unknown("policy", value, known))?;
            }
            Place::Stream(of) => {
                let found = STREAM_POLICIES.iter().find(|(known, _)| *known == value);
                let known = STREAM_POLICIES.map(|(name, _)| name);
                *of(self) = found.ok_or_else(|| Error::unknown("policy", value, known))?.1;
            }
        }
        Ok(())
    }
}

fn number(text: &str) -> Option<usize> {
    let (digits, shift) = match text.as_bytes().last()? {
        b'k' | b'K' => (text.get(..text.len() - 1)?, 10),
        b'm' | b'M' => (text.get(..text.len() - 1)?, 20),
        b'g' | b'G' => (text.get(..text.len() - 1)?, 30),
        _ => (text, 0),
    };
    digits.parse::<usize>().ok()?.checked_mul(1 << shift)
}

fn nanoseconds(text: &str) -> Option<u64> {
    let seconds: f64 = text.parse().ok()?;
    // Beyond 584 years nothing is bounded any more.
    (seconds.is_finite() && seconds >= 0.0).then_some((seconds * 1e9) as u64)
}

fn seconds(nanoseconds: u64) -> String {
    (nanoseconds as f64 / 1e9).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_takes_its_own_default_back() {
        for setting in SETTINGS {
            let mut limits = Limits::default();
            limits.set(setting.name, &setting.value()).expect(setting.name);
            assert_eq!(
                format!("{limits:?}"),
                format!("{:?}", Limits::default()),
                "{}",
                setting.name
            );
        }
    }

    #[test]
    fn values_are_read_and_refused() {
        let mut limits = Limits::default();
        limits.set("tcp.connections", "2k").expect("a number");
        limits.set("ipv4.timeout", "0.5").expect("a time");
        limits.set("tcp.policy", "linux").expect("a policy");
        assert_eq!(limits.streams.connections, 2048);
        assert_eq!(limits.datagrams.ipv4.timeout, 500_000_000);
        assert_eq!(limits.streams.policy, StreamPolicy::Linux);
        for (name, value) in [
            ("tcp.connection", "1"),
            ("tcp.connections", "-1"),
            ("tcp.connections", ""),
            ("tcp.memory", "99999999999G"),
            ("tcp.idle", "-1"),
            ("tcp.idle", "nan"),
            ("tcp.policy", "discard"),
        ] {
            limits.set(name, value).expect_err(value);
        }
    }
}
