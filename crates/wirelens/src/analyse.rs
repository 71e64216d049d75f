//! Dissection of bytes that are not in a capture.

use std::sync::Arc;

use wirelens_dissect::{Dissection, Input, Next, Protocol, Registry, Session, Settings};
use wirelens_protocols::transport::{tcp::TCP_PORT, udp::UDP_PORT};
use wirelens_report::Head;

use crate::{Error, Frame, OwnedFrame, find_protocols};

/// Dissects bytes as the application protocol that recognises them.
///
/// ```
/// let found = wirelens::analyse(b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")?;
/// assert_eq!(found.lend().chain().names(), "http");
/// # Ok::<(), wirelens::Error>(())
/// ```
///
/// # Errors
/// When no protocol recognises them.
pub fn analyse(bytes: &[u8]) -> Result<OwnedFrame, Error> {
    Analyse::new().bytes(bytes)
}

/// How bytes are dissected that are not in a capture.
#[derive(Clone, Debug)]
#[must_use]
pub struct Analyse {
    registry: Arc<Registry>,
    protocol: Option<&'static Protocol>,
    settings: Settings,
}

impl Default for Analyse {
    fn default() -> Analyse {
        Analyse::new()
    }
}

impl Analyse {
    /// With all protocols there are; which one it is is told by the bytes.
    pub fn new() -> Analyse {
        let registry = wirelens_protocols::shared();
        Analyse { registry, protocol: None, settings: Settings::default() }
    }

    /// Dissects with these protocols instead of all that are known.
    pub fn registry(mut self, registry: Arc<Registry>) -> Analyse {
        self.registry = registry;
        self
    }

    /// The bytes begin with this protocol: `http`, `ip`, `eth`.
    ///
    /// # Errors
    /// When no protocol has the name.
    pub fn protocol(mut self, name: &str) -> Result<Analyse, Error> {
        self.protocol = find_protocols(&self.registry, name)?.first().copied();
        Ok(self)
    }

    /// Verifies checksums; a wrong one is a problem.
    pub fn checksums(mut self, verify: bool) -> Analyse {
        self.settings.checksums = verify;
        self
    }

    /// Dissects the bytes.
    ///
    /// # Errors
    /// When no protocol was named and none recognises them.
    pub fn bytes(&self, bytes: &[u8]) -> Result<OwnedFrame, Error> {
        let first = match self.protocol {
            Some(protocol) => protocol,
            None => self.recognise(bytes).ok_or(Error::Unrecognised { length: bytes.len() })?,
        };
        let mut session = Session::with(Arc::clone(&self.registry), self.settings.clone());
        let length = bytes.len() as u32;
        let input = Input { number: 1, captured: bytes, length, ..Input::default() };
        let dissection: Dissection<'_> = session.dissect_as(Next::To(first), input);
        let head = Head { number: 1, length, captured: length, ..Head::default() };
        Ok(Frame { head, dissection }.keep())
    }

    /// Who knows the bytes for its own: first what is found behind TCP, then behind UDP, then by
    /// any other table.
    fn recognise(&self, bytes: &[u8]) -> Option<&'static Protocol> {
        let tables =
            [&TCP_PORT, &UDP_PORT].into_iter().chain(self.registry.tables().iter().copied());
        let id = tables.into_iter().find_map(|table| self.registry.recognise(table, bytes))?;
        Some(self.registry.protocol(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_known_by_their_content_or_by_name() {
        let request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        let found = analyse(request).expect("HTTP");
        assert!(found.lend().field("http.request.method").is_some());
        let named = Analyse::new().protocol("udp").expect("known");
        let found = named.bytes(&[0, 53, 0x12, 0x34, 0, 8, 0, 0]).expect("named");
        assert_eq!(found.lend().chain().names(), "udp");
        let error = analyse(b"\0\0\0\0").map(|_| ()).expect_err("nobody's");
        assert!(error.to_string().contains("name one"), "{error}");
        Analyse::new().protocol("htp").map(|_| ()).expect_err("unknown");
    }
}
