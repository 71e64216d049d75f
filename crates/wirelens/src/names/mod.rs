//! Names of addresses, asked of name servers: only where that is asked for.
//!
//! Looking up waits for the network, which reading frames must not. So addresses go into a bounded
//! queue, a few threads ask for them, and a report uses what is there when a line of it is written.

mod cache;
mod called;
mod message;
mod resolver;

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use crate::Error;
pub(crate) use called::{Called, Names, write_names};
use resolver::Resolver;

/// Whom to ask for the names of addresses, and for how long; see
/// [`Trace::resolve`](crate::Trace::resolve).
///
/// What is asked for is a pointer record (RFC 1035 section 3.5, RFC 3596 section 2.5), over UDP. An
/// answer is remembered for as long as it says (RFC 2308 section 5 where there is no name), but for
/// ten seconds at least and a day at most; a server that does not answer is not asked for that
/// address again for ten seconds.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use]
pub struct Resolve {
    servers: Vec<SocketAddr>,
    timeout: Duration,
    attempts: u32,
    patience: Duration,
}

const PORT: u16 = 53;
/// Where the system says whom it asks: resolv.conf(5).
const SYSTEM: &str = "/etc/resolv.conf";

impl Resolve {
    /// Asks the name servers of the system: those of `/etc/resolv.conf`, and one on this host where
    /// that names none, or on Unix there is none.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn system() -> Result<Resolve, Error> {
        Resolve::of_file(Path::new(SYSTEM))
    }

    fn of_file(path: &Path) -> Result<Resolve, Error> {
        let wrong = |why: String| {
            let path = path.display();
            Error::Usage(format!("{path}: {why}; name a server: --resolve=192.0.2.53"))
        };
        let text = match std::fs::read(path) {
            Err(error) if cfg!(unix) && error.kind() == ErrorKind::NotFound => Vec::new(),
            other => other.map_err(|error| wrong(error.to_string()))?,
        };
        let config = resolv_conf::Config::parse(&text).map_err(|error| wrong(error.to_string()))?;
        let address = |server: &resolv_conf::ScopedIp| SocketAddr::new(server.into(), PORT);
        let mut asked = Resolve::servers(config.nameservers.iter().map(address).collect());
        asked.timeout = Duration::from_secs(config.timeout.clamp(1, 30).into());
        asked.attempts = config.attempts.clamp(1, 5);
        Ok(asked)
    }

    /// Asks these, one after the other until one answers; one on this host where there is none.
    pub fn servers(mut servers: Vec<SocketAddr>) -> Resolve {
        if servers.is_empty() {
            servers.push(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), PORT));
        }
        let (timeout, patience) = (Duration::from_secs(2), Duration::from_secs(5));
        Resolve { servers, timeout, attempts: 2, patience }
    }

    /// The servers of a list: `192.0.2.53,[2001:db8::53]:5353`; the port is 53 unless it is said.
    ///
    /// # Errors
    /// When one is none.
    pub fn of_list(text: &str) -> Result<Resolve, Error> {
        let server = |text: &str| {
            let text = text.trim();
            let address = || text.parse::<IpAddr>().map(|address| SocketAddr::new(address, PORT));
            text.parse::<SocketAddr>().or_else(|_| address()).map_err(|_| {
                Error::Usage(format!(
                    "'{text}' is no name server; write it as 192.0.2.53 or [2001:db8::53]:5353"
                ))
            })
        };
        Ok(Resolve::servers(text.split(',').map(server).collect::<Result<_, Error>>()?))
    }

    /// How long the end of a report waits for names that are still asked for. Five seconds.
    pub fn patience(mut self, patience: Duration) -> Resolve {
        self.patience = patience;
        self
    }
}

/// May an address have a name of its own?
pub(crate) fn is_one_hosts(address: IpAddr) -> bool {
    let broadcast = matches!(address, IpAddr::V4(address) if address.is_broadcast());
    !(address.is_unspecified() || address.is_multicast() || broadcast)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_of_a_list_and_of_a_file() {
        let of = |text: &str| Resolve::of_list(text).map(|asked| asked.servers);
        let known = ["192.0.2.53:53", "[2001:db8::53]:5353"].map(|text| text.parse().ok());
        let found = of("192.0.2.53, [2001:db8::53]:5353").expect("they are servers");
        assert_eq!(found.into_iter().map(Some).collect::<Vec<_>>(), known);
        assert!(of("somewhere").is_err_and(|error| error.to_string().contains("'somewhere'")));
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("resolv.conf");
        std::fs::write(&path, "search example.org\nnameserver ::1\noptions timeout:3 attempts:9\n")
            .expect("room");
        let asked = Resolve::of_file(&path).expect("it is there");
        assert_eq!(asked.servers, ["[::1]:53".parse().expect("an address")]);
        assert_eq!((asked.timeout, asked.attempts), (Duration::from_secs(3), 5));
        let error = Resolve::of_file(folder.path()).expect_err("it is a folder");
        assert!(error.to_string().contains("--resolve="), "{error}");
        if cfg!(unix) {
            let asked = Resolve::of_file(&folder.path().join("none")).expect("there need be none");
            assert_eq!(asked.servers, ["127.0.0.1:53".parse().expect("an address")]);
        }
    }

    #[test]
    fn groups_have_no_names() {
        for (text, expected) in [("192.0.2.1", true), ("::1", true), ("224.0.0.1", false)] {
            assert_eq!(is_one_hosts(text.parse().expect("an address")), expected, "{text}");
        }
        assert!(!is_one_hosts(Ipv4Addr::BROADCAST.into()));
    }
}
