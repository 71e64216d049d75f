//! Limits by their names, for a command line.

use wirelens_reassembly::datagram::Policy as DatagramPolicy;
use wirelens_reassembly::stream::Policy as StreamPolicy;

use crate::Error;

/// Limits that can be set by name.
pub trait NamedLimits: Default + 'static {
    /// Every one of them, in the order of the help.
    const SETTINGS: &'static [Setting<Self>];

    /// Sets a limit by its name: numbers as `1000`, `64k`, `16M`, `2G` (powers of 1,024), times in
    /// seconds, policies by their names.
    ///
    /// # Errors
    /// When there is no such limit, or the value is none for it.
    fn set(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let Some(setting) = Self::SETTINGS.iter().find(|setting| setting.name == name) else {
            let known = Self::SETTINGS.iter().map(|known| known.name);
            return Err(Error::unknown("limit", name, known));
        };
        setting.put(self, value)
    }
}

/// A limit that can be named.
pub struct Setting<L: 'static> {
    /// Its name: `tcp.connections`.
    pub name: &'static str,
    /// What it bounds.
    pub title: &'static str,
    pub(crate) place: Place<L>,
}

/// Where a setting goes, which says what its value looks like.
pub(crate) enum Place<L: 'static> {
    Number(fn(&mut L) -> &mut usize),
    Small(fn(&mut L) -> &mut u32),
    Time(fn(&mut L) -> &mut u64),
    Datagram(fn(&mut L) -> &mut DatagramPolicy),
    Stream(fn(&mut L) -> &mut StreamPolicy),
}

const STREAM_POLICIES: [(&str, StreamPolicy); 6] = [
    ("first", StreamPolicy::First),
    ("last", StreamPolicy::Last),
    ("bsd", StreamPolicy::Bsd),
    ("linux", StreamPolicy::Linux),
    ("solaris", StreamPolicy::Solaris),
    ("windows", StreamPolicy::Windows),
];

/// Names the limits of a type that has `datagrams` and `streams`, which all such types name alike,
/// and others behind them.
macro_rules! named_limits {
    ($limits:ty; $($name:literal $kind:ident $($field:ident).+, $title:literal;)*) => {
        $crate::limit::named_limits! { @ $limits;
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
            "tcp.patience_segments" Small streams.patience.segments, "for how many segments that is done";
            "tcp.one_sided" Time streams.one_sided.time, "how long bytes are waited for where nobody acknowledges";
            "tcp.one_sided_segments" Small streams.one_sided.segments, "for how many segments that is done";
            "tcp.policy" Stream streams.policy, "whose bytes stand where segments that wait differ";
            "tcp.history" Number streams.history, "runs remembered, to notice other bytes in a retransmission";
            "tcp.duplicate" Time streams.duplicate, "how far apart a frame is that was captured twice";
            $($name $kind $($field).+, $title;)*
        }
    };
    (@ $limits:ty; $($name:literal $kind:ident $($field:ident).+, $title:literal;)*) => {
        impl $crate::limit::NamedLimits for $limits {
            const SETTINGS: &'static [$crate::limit::Setting<$limits>] = &[
                $($crate::limit::Setting {
                    name: $name,
                    title: $title,
                    place: $crate::limit::Place::$kind(|limits| &mut limits.$($field).+),
                }),*
            ];
        }
    };
}
pub(crate) use named_limits;

named_limits! { wirelens_dissect::Limits;
    "frame.layers" Number layers, "layers in a frame";
    "frame.fields" Small nodes, "fields in a frame";
    "frame.text" Small text, "bytes of text made for a frame, besides as many as it has";
    "conversations" Number conversations, "conversations that are remembered";
    "links" Number links, "links from parts to what they are parts of, for --two-pass";
    "expectations" Number expectations, "flows that others have agreed on";
    "messages.memory" Number waiting, "bytes of all messages that wait for their rest";
    "messages.length" Number message, "bytes of one message that is waited for";
    "states.memory" Number states, "bytes that conversations keep of messages in parts, and decoders";
    "decoded.length" Number decoded.bytes, "bytes that a compressed body becomes";
    "decoded.ratio" Number decoded.ratio, "how many times as long it becomes";
    "decoded.small" Number decoded.small, "bytes up to which that does not matter";
}

impl<L: Default> Setting<L> {
    /// Its value by default, as [`NamedLimits::set`] takes it.
    pub fn value(&self) -> String {
        let mut limits = L::default();
        match self.place {
            Place::Number(of) => of(&mut limits).to_string(),
            Place::Small(of) => of(&mut limits).to_string(),
            Place::Time(of) => seconds(*of(&mut limits)),
            Place::Datagram(of) => of(&mut limits).name().to_owned(),
            Place::Stream(of) => {
                let policy = *of(&mut limits);
                let found = STREAM_POLICIES.iter().find(|(_, known)| *known == policy);
                found.map_or("", |(name, _)| name).to_owned()
            }
        }
    }

    fn put(&self, limits: &mut L, value: &str) -> Result<(), Error> {
        let wrong = |form: &str| {
            let (name, title) = (self.name, self.title);
            Error::Usage(format!("'{value}' is no value for {name} ({title}); write {form}"))
        };
        match self.place {
            Place::Number(of) => {
                *of(limits) = number(value).ok_or_else(|| wrong("a number: 1000, 64k, 16M, 2G"))?;
            }
            Place::Small(of) => {
                let small = number(value).and_then(|number| u32::try_from(number).ok());
                *of(limits) = small.ok_or_else(|| wrong("a number: 16, 64k"))?;
            }
            Place::Time(of) => {
                *of(limits) = nanoseconds(value).ok_or_else(|| wrong("seconds: 30 or 0.5"))?;
            }
            Place::Datagram(of) => {
                let known = DatagramPolicy::ALL.map(DatagramPolicy::name);
                *of(limits) = DatagramPolicy::from_name(value)
                    .ok_or_else(|| Error::unknown("policy", value, known))?;
            }
            Place::Stream(of) => {
                let found = STREAM_POLICIES.iter().find(|(known, _)| *known == value);
                let known = STREAM_POLICIES.map(|(name, _)| name);
                *of(limits) = found.ok_or_else(|| Error::unknown("policy", value, known))?.1;
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
    use crate::Limits;

    fn takes_defaults_back<L: NamedLimits + std::fmt::Debug>() {
        let plain = format!("{:?}", L::default());
        for setting in L::SETTINGS {
            let mut limits = L::default();
            limits.set(setting.name, &setting.value()).expect(setting.name);
            assert_eq!(format!("{limits:?}"), plain, "{}", setting.name);
        }
    }

    #[test]
    fn every_limit_takes_its_own_default_back() {
        takes_defaults_back::<Limits>();
        takes_defaults_back::<wirelens_dissect::Limits>();
    }

    #[test]
    fn no_limit_has_another_place() {
        fn moved<L: NamedLimits + std::fmt::Debug>() {
            let mut seen = vec![format!("{:?}", L::default())];
            for setting in L::SETTINGS {
                let mut limits = L::default();
                let other = ["7", "last"].into_iter().find(|v| limits.set(setting.name, v).is_ok());
                assert!(other.is_some(), "{}", setting.name);
                let text = format!("{limits:?}");
                assert!(!seen.contains(&text), "{}", setting.name);
                seen.push(text);
            }
        }
        moved::<Limits>();
        moved::<wirelens_dissect::Limits>();
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
