//! Which flows are wanted: `3,7-9`, `tcp`, `192.0.2.1:443`.

use std::net::IpAddr;
use std::str::FromStr;

use wirelens_dissect::Registry;
use wirelens_flow::{Flow, Side};

use crate::{Error, FrameRange};

/// Which flows are wanted: those that any of its parts describe, or all where it has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Select {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Numbers(FrameRange),
    Protocol(String),
    End(Option<IpAddr>, Option<u16>),
}

impl Select {
    /// Is this flow wanted?
    pub fn has(&self, flow: &Flow) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|part| part.has(flow))
    }
}

impl Select {
    /// Are the protocols that it names known, as transports or in the registry?
    ///
    /// # Errors
    /// When one is not; the nearest is told.
    pub fn check(&self, registry: &Registry) -> Result<(), Error> {
        let known = || {
            let others = registry.protocols().iter().map(|protocol| protocol.name);
            TRANSPORTS.into_iter().chain(["ip"]).chain(others)
        };
        for part in &self.parts {
            if let Part::Protocol(name) = part
                && !known().any(|known| known.eq_ignore_ascii_case(name))
            {
                return Err(Error::unknown("protocol", name, known()));
            }
        }
        Ok(())
    }

    /// Those of these numbers.
    pub(crate) fn of_numbers(numbers: Vec<u64>) -> Select {
        Select { parts: vec![Part::Numbers(FrameRange::of(numbers))] }
    }

    /// Does it depend on what flows are about?
    pub(crate) fn wants_applications(&self) -> bool {
        let transport = |name: &String| TRANSPORTS.contains(&name.as_str());
        self.parts.iter().any(|part| matches!(part, Part::Protocol(name) if !transport(name)))
    }
}

/// What [`Flow::protocol_name`] gives.
const TRANSPORTS: [&str; 16] = [
    "icmp", "igmp", "tcp", "udp", "dccp", "gre", "esp", "ah", "icmpv6", "eigrp", "ospf", "pim",
    "vrrp", "l2tp", "sctp", "udplite",
];

impl Part {
    fn has(&self, flow: &Flow) -> bool {
        match self {
            Part::Numbers(range) => range.contains(flow.number()),
            Part::Protocol(name) => {
                let application = flow.application().map(|application| application.protocol);
                flow.protocol_name() == name || application == Some(name)
            }
            Part::End(address, port) => Side::BOTH.iter().any(|&side| {
                let end = flow.end(side);
                address.is_none_or(|address| end.address == address)
                    && port.is_none_or(|port| flow.has_ports() && end.port == port)
            }),
        }
    }
}

impl FromStr for Select {
    type Err = Error;

    /// Reads `3`, `7-9`, `tcp`, `tls`, `192.0.2.1`, `2001:db8::1`, `192.0.2.1:80`,
    /// `[2001:db8::1]:80`, `:443`, and any of them with commas between.
    fn from_str(text: &str) -> Result<Select, Error> {
        let parts = text.split(',').map(|part| part.trim().parse()).collect::<Result<_, _>>()?;
        Ok(Select { parts })
    }
}

impl FromStr for Part {
    type Err = Error;

    fn from_str(text: &str) -> Result<Part, Error> {
        if let Ok(address) = text.parse() {
            return Ok(Part::End(Some(address), None));
        }
        if let Some((address, port)) = text.rsplit_once(':')
            && let Ok(port) = port.parse()
        {
            let address = address.trim_start_matches('[').trim_end_matches(']');
            return match (address, address.parse()) {
                ("", _) => Ok(Part::End(None, Some(port))),
                (_, Ok(address)) => Ok(Part::End(Some(address), Some(port))),
                (_, Err(_)) => Err(unknown(text)),
            };
        }
        if text.starts_with(|first: char| first.is_ascii_digit() || first == '-') {
            return text.parse().map(Part::Numbers).map_err(|_| unknown(text));
        }
        let named = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if text.is_empty() || !text.bytes().all(named) {
            return Err(unknown(text));
        }
        Ok(Part::Protocol(text.to_ascii_lowercase()))
    }
}

fn unknown(text: &str) -> Error {
    Error::Usage(format!(
        "no flows are described by '{text}'; say 3, 7-9, tcp, 192.0.2.1, :443 or 192.0.2.1:443"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_every_kind() {
        let read = |text: &str| text.parse::<Select>().map(|select| select.parts);
        let v6 = "2001:db8::1".parse().ok();
        assert_eq!(read("[2001:db8::1]:443").ok(), Some(vec![Part::End(v6, Some(443))]));
        assert_eq!(read("2001:db8::1, :53").map(|parts| parts.len()).ok(), Some(2));
        assert_eq!(read("TLS").ok(), Some(vec![Part::Protocol("tls".to_owned())]));
        assert!(matches!(read("7-9").as_deref(), Ok([Part::Numbers(_)])));
        for wrong in ["", "a b", "1.2.3:80", "9-7", "host:80"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
