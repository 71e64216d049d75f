//! Reassembly: IP datagrams and TCP streams of a capture, as records, files, or events.

mod collected;
mod engine;
mod folder;
mod follow;
mod gather;
mod half;
mod packet;
mod packets;
mod print;
mod record;
mod settings;
mod tally;
mod tree;

use std::collections::VecDeque;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use wirelens_dissect::{Detail, Registry, Session, Settings};
use wirelens_protocols::transport::tcp;
use wirelens_reassembly::datagram::{self, Datagram};
use wirelens_reassembly::stream;

pub use collected::Collected;
pub use engine::Reassembly;
pub use follow::Show;
pub use record::{Conflict, Endpoint, Gap, Id, Piece, Record};
pub use settings::Limits;
pub use tally::Tally;
pub use wirelens_flow::FrameList;

use crate::{Error, Extract, FrameRange, Source};
use gather::Gather;

/// Opens a capture (a file, a folder of files, or `-` for standard input) to put its fragments and
/// TCP segments together.
///
/// ```no_run
/// # fn main() -> Result<(), wirelens::Error> {
/// for record in wirelens::reassemble("in.pcap").payload(1 << 20).records()? {
///     let record = record?;
///     println!("{} {}: {} bytes", record.protocol(), record.frames, record.captured);
///     if let Some(bytes) = record.payload() {
///         println!("{} {}", record.protocols, wirelens::analyse(bytes).is_ok());
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// Memory is bounded by [`Limits`], whatever the capture is; what a limit costs is counted in
/// [`Tally`] and marked in the record. Records come in the order in which datagrams and connections
/// end, those still open at the end of the capture in the order in which they began; of a
/// connection, the side that spoke first comes first.
pub fn reassemble(source: impl Into<Source>) -> Reassemble {
    Reassemble {
        extract: crate::extract(source).threads(1),
        wanted: Wanted { ipv4: true, ipv6: true, tcp: true },
        options: Options { strict: false, payload: 0, limits: Limits::default() },
    }
}

/// What to put together and how; made by [`reassemble`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Reassemble {
    extract: Extract,
    wanted: Wanted,
    options: Options,
}

/// Which protocols are put together.
#[derive(Clone, Copy, Debug)]
struct Wanted {
    ipv4: bool,
    ipv6: bool,
    tcp: bool,
}

/// What becomes of what was put together.
#[derive(Clone, Copy, Debug)]
struct Options {
    strict: bool,
    /// Bytes kept of each record.
    payload: u64,
    limits: Limits,
}

impl Reassemble {
    /// One more file or folder; all are one stream, ordered by the time of their first frames.
    pub fn and(mut self, path: impl AsRef<Path>) -> Reassemble {
        self.extract = self.extract.and(path);
        self
    }

    /// A flag that ends the capture cleanly when another thread sets it: what is open then is told.
    pub fn stop_flag(mut self, stop: Arc<AtomicBool>) -> Reassemble {
        self.extract = self.extract.stop_flag(stop);
        self
    }

    /// How many threads dissect, the one that puts together among them; what is told is the same. 1,
    /// unless said otherwise; 0: as many as the machine has cores, once there is enough to read for
    /// that to pay. With several, [`Reassembly::frames`] says of the capture what stands behind the
    /// frame that is told of, too, and has no record of it. Devices are read by one.
    pub fn threads(mut self, threads: usize) -> Reassemble {
        self.extract = self.extract.threads(threads);
        self
    }

    /// Dissects with these protocols instead of all that are known.
    pub fn registry(mut self, registry: Arc<Registry>) -> Reassemble {
        self.extract = self.extract.registry(registry);
        self
    }

    /// These frames only.
    pub fn range(mut self, range: FrameRange) -> Reassemble {
        self.extract = self.extract.range(range);
        self
    }

    /// Puts only these together, of `ipv4`, `ipv6`, `ip` (both) and `tcp`. Records are made of them
    /// only; TCP in fragments needs `tcp` and the version of IP.
    ///
    /// # Errors
    /// When a name is none of these.
    pub fn protocols<'n>(
        mut self,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<Reassemble, Error> {
        self.wanted = Wanted { ipv4: false, ipv6: false, tcp: false };
        for name in names {
            match name.to_ascii_lowercase().as_str() {
                "ipv4" => self.wanted.ipv4 = true,
                "ipv6" => self.wanted.ipv6 = true,
                "ip" => (self.wanted.ipv4, self.wanted.ipv6) = (true, true),
                "tcp" => self.wanted.tcp = true,
                _ => {
                    let known = ["ipv4", "ipv6", "ip", "tcp"];
                    return Err(Error::unknown("protocol to put together", name, known));
                }
            }
        }
        Ok(self)
    }

    /// Gives only what is complete.
    pub fn strict(mut self, strict: bool) -> Reassemble {
        self.options.strict = strict;
        self
    }

    /// Keeps so many bytes of each record in its `payload`; 0, the default, for none.
    pub fn payload(mut self, most: u64) -> Reassemble {
        self.options.payload = most;
        self
    }

    /// Bounds, time-outs, and who wins where frames disagree.
    pub fn limits(mut self, limits: Limits) -> Reassemble {
        self.options.limits = limits;
        self
    }

    /// The same, to change some of them.
    pub fn limits_mut(&mut self) -> &mut Limits {
        &mut self.options.limits
    }

    /// The records, one after the other.
    ///
    /// # Errors
    /// When the capture cannot be opened. Later errors are items; what was read before them comes
    /// behind them.
    pub fn records(self) -> Result<Records, Error> {
        let (reassembly, gather) = self.gathered()?;
        Ok(Records { reassembly, gather })
    }

    /// All records at once, to be found by their frames too.
    ///
    /// # Errors
    /// When the capture cannot be opened or read.
    pub fn collect(self) -> Result<Collected, Error> {
        self.records()?.collect::<Result<Vec<_>, _>>().map(Collected::new)
    }

    /// What comes of each frame, for an [`Observer`] of one's own:
    ///
    /// ```no_run
    /// use wirelens::reassembly::stream::{Event, Stream};
    /// use wirelens::{Connection, Observer};
    ///
    /// struct Bytes(u64);
    ///
    /// impl Observer for Bytes {
    ///     fn stream(&mut self, _: &Stream<'_, Connection>, event: Event<'_>) {
    ///         if let Event::Run(run) = event {
    ///             self.0 += run.bytes.len() as u64;
    ///         }
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), wirelens::Error> {
    /// let (mut bytes, mut reassembly) = (Bytes(0), wirelens::reassemble("in.pcap").events()?);
    /// while reassembly.advance(&mut bytes)? {}
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the capture cannot be opened.
    pub fn events(self) -> Result<Reassembly, Error> {
        let mut extract = self.extract;
        let headers =
            Settings { detail: Detail::Headers, nothing_else: true, ..Settings::default() };
        let settings = Settings { stateful: false, ..headers };
        // Each frame by itself, and nothing behind TCP.
        extract.settings = Settings { reassemble: false, ..settings.clone() };
        if self.wanted.tcp {
            extract.settings.stop_after.push(&tcp::TCP);
        }
        let frames = extract.frames()?.dissected_ahead();
        let settings = Settings { reassemble: false, ..settings };
        let inner = Session::with(Arc::clone(frames.session().registry()), settings);
        let limits = self.options.limits;
        Ok(Reassembly::new(frames, inner, self.wanted, (limits.datagrams, limits.streams)))
    }

    fn gathered(self) -> Result<(Reassembly, Gather), Error> {
        let options = self.options;
        let reassembly = self.events()?;
        let registry = Arc::clone(reassembly.frames().session().registry());
        Ok((reassembly, Gather::new(registry, options)))
    }
}

/// The records of a capture; made by [`Reassemble::records`].
pub struct Records {
    reassembly: Reassembly,
    gather: Gather,
}

impl Records {
    /// What was read and what became of it so far.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::of(&self.reassembly);
        tally.count(&self.gather);
        tally
    }
}

impl Iterator for Records {
    type Item = Result<Record, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(record) = self.gather.take() {
                return Some(Ok(record));
            }
            match self.reassembly.advance(&mut self.gather) {
                Ok(true) => {}
                Ok(false) if self.gather.is_empty() => return None,
                Ok(false) => {}
                Err(error) => {
                    self.reassembly.finish(&mut self.gather);
                    return Some(Err(error));
                }
            }
        }
    }
}

/// Is told what comes of a capture, in the order in which it comes. Borrowed bytes are gone when a
/// call returns.
pub trait Observer {
    /// A datagram that was in fragments ended.
    fn datagram(&mut self, key: &FragmentKey, datagram: Datagram<'_>, ended: Ended) {
        let _ = (key, datagram, ended);
    }

    /// Something happened to a TCP connection.
    fn stream(&mut self, stream: &stream::Stream<'_, Connection>, event: stream::Event<'_>) {
        let _ = (stream, event);
    }

    /// No more frames come: what is told from here on was still open.
    fn last(&mut self) {}
}

/// A TCP connection: its two ends, and what tunnels and VLANs keep apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Connection {
    /// The ends, the lower address first; [`stream::Direction::Forward`] goes from it to the other.
    pub ends: [Endpoint; 2],
    /// A digest of the layers outside, 0 where they keep nothing apart.
    pub scope: u64,
}

impl Connection {
    /// Sender and receiver in a direction.
    pub fn towards(&self, direction: stream::Direction) -> [Endpoint; 2] {
        let [a, b] = self.ends;
        match direction {
            stream::Direction::Forward => [a, b],
            stream::Direction::Backward => [b, a],
        }
    }
}

/// Which version of IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// RFC 791.
    Ipv4,
    /// RFC 8200.
    Ipv6,
}

/// What the fragments of a datagram have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FragmentKey {
    /// The version of IP.
    pub family: Family,
    /// The address of the sender.
    pub source: IpAddr,
    /// The address of the receiver.
    pub destination: IpAddr,
    /// The header's field: 16 bits of IPv4, 32 of IPv6.
    pub identification: u32,
    /// The protocol inside, for IPv4; 0 for IPv6, where the first fragment tells it.
    pub next: u8,
    /// A digest of the layers outside, 0 where they keep nothing apart.
    pub scope: u64,
}

/// How a datagram ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every byte is there.
    Complete,
    /// Every fragment was seen, but of some the capture has not all bytes.
    Cut,
    /// Fragments overlap where none may (RFC 5722).
    Discarded,
    /// It was given up.
    GivenUp(datagram::End),
}

/// What waits to be handed on.
type Queue = VecDeque<Record>;
