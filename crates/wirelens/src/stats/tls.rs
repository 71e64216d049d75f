//! How TLS and DTLS were agreed on.

use wirelens_dissect::{Dissection, Layer, Registry};

use super::rows::{Numbers, Rows, lower};
use super::top::Top;

/// Handshakes by what the hellos say.
#[derive(Debug)]
pub(crate) struct Tls {
    rows: Rows<Row>,
    pub(crate) clients: u64,
    pub(crate) servers: u64,
    /// What servers chose.
    pub(crate) versions: Numbers,
    pub(crate) suites: Numbers,
    pub(crate) chosen: Top<Vec<u8>, u64>,
    /// What clients named and offered.
    pub(crate) names: Top<Vec<u8>, u64>,
    pub(crate) offered: Top<Vec<u8>, u64>,
    room: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
enum Row {
    Message,
    Version,
    Random,
    Suite,
    SupportedVersion,
    ServerName,
    Application,
}

const CLIENT_HELLO: u64 = 1;
const SERVER_HELLO: u64 = 2;
/// How the random number of a hello begins that asks the client for another (RFC 8446 section
/// 4.1.3): the server has not chosen yet.
const RETRY: &[u8] = &[0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11];
/// Names that are kept at least.
const KEPT: usize = 1 << 13;

/// What a server's hello says so far.
#[derive(Clone, Copy, Default)]
struct Hello {
    version: Option<(u64, Option<&'static str>)>,
    suite: Option<(u64, Option<&'static str>)>,
    retry: bool,
}

impl Tls {
    /// The protocols whose fields must be recorded.
    pub(crate) const PROTOCOLS: [&'static str; 2] = ["tls", "dtls"];

    pub(crate) fn new(registry: &Registry) -> Tls {
        let names = [
            ("tls.handshake.type", Row::Message),
            ("tls.handshake.version", Row::Version),
            ("tls.handshake.random", Row::Random),
            ("tls.handshake.ciphersuite", Row::Suite),
            ("tls.handshake.extensions.supported_version", Row::SupportedVersion),
            ("tls.handshake.extensions_server_name", Row::ServerName),
            ("tls.handshake.extensions_alpn_str", Row::Application),
            ("dtls.handshake.type", Row::Message),
            ("dtls.handshake.version", Row::Version),
            ("dtls.handshake.random", Row::Random),
            ("dtls.handshake.ciphersuite", Row::Suite),
            ("dtls.handshake.extensions.supported_version", Row::SupportedVersion),
            ("dtls.handshake.extensions_server_name", Row::ServerName),
            ("dtls.handshake.extensions_alpn_str", Row::Application),
        ];
        Tls {
            rows: Rows::new(registry, &names),
            clients: 0,
            servers: 0,
            versions: Numbers::default(),
            suites: Numbers::default(),
            chosen: Top::new(KEPT),
            names: Top::new(KEPT),
            offered: Top::new(KEPT),
            room: Vec::new(),
        }
    }

    /// Counts the hellos of a layer.
    pub(crate) fn message(&mut self, frame: &Dissection<'_>, layer: &Layer) {
        let (mut message, mut hello) = (0, Hello::default());
        for node in frame.nodes(layer).into_iter().flatten() {
            let Some(row) = self.rows.of(node) else { continue };
            let named = |number: u64| Some((number, node.field.name_of(number)));
            match (row, message) {
                (Row::Message, _) => {
                    self.end(message, std::mem::take(&mut hello));
                    message = node.number();
                }
                (Row::ServerName, CLIENT_HELLO) => {
                    self.names.add(lower(frame.text(node), &mut self.room), &1);
                }
                (Row::Application, CLIENT_HELLO) => self.offered.add(frame.text(node), &1),
                (Row::Application, _) => self.chosen.add(frame.text(node), &1),
                (Row::Version | Row::SupportedVersion, SERVER_HELLO) => {
                    hello.version = named(node.number());
                }
                (Row::Suite, SERVER_HELLO) => hello.suite = named(node.number()),
                (Row::Random, SERVER_HELLO) => hello.retry = frame.bytes(node).starts_with(RETRY),
                _ => {}
            }
        }
        self.end(message, hello);
    }

    /// A message has ended.
    fn end(&mut self, message: u64, hello: Hello) {
        match message {
            CLIENT_HELLO => self.clients += 1,
            SERVER_HELLO if !hello.retry => {
                self.servers += 1;
                if let Some((version, name)) = hello.version {
                    self.versions.add_named(version, || name);
                }
                if let Some((suite, name)) = hello.suite {
                    self.suites.add_named(suite, || name);
                }
            }
            _ => {}
        }
    }
}
