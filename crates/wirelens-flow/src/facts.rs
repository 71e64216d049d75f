//! Which fields of frames are facts of a flow's application.

use wirelens_dissect::{Dissection, Kind, Layer, Level, Protocol, Registry};
use wirelens_protocols::application::data::DATA;

use crate::Application;
use crate::flow::Flow;
use crate::key::Side;

/// The fields that are facts, by their filter names, and what they are called. Of each the first
/// value of a flow counts; of those that are lists, the first few.
const FACTS: &[(&str, &str)] = &[
    ("http.host", "host"),
    ("http.request.method", "method"),
    ("http.request.uri", "uri"),
    ("http.user_agent", "user_agent"),
    ("http.response.code", "status"),
    ("http.server", "server"),
    ("http.content_type", "content_type"),
    ("http2.headers.authority", "host"),
    ("http2.headers.method", "method"),
    ("http2.headers.path", "uri"),
    ("http2.headers.status", "status"),
    ("http2.headers.user_agent", "user_agent"),
    ("tls.handshake.extensions_server_name", "server_name"),
    ("tls.handshake.extensions_alpn_str", "alpn"),
    ("tls.handshake.ja3", "ja3"),
    ("tls.handshake.ja3s", "ja3s"),
    ("tls.handshake.ja4", "ja4"),
    ("dtls.handshake.extensions_server_name", "server_name"),
    ("dns.qry.name", "query"),
    ("mdns.qry.name", "query"),
    ("llmnr.qry.name", "query"),
    ("ssh.protocol", "software"),
    ("ssh.kex.hassh", "hassh"),
    ("ssh.kex.hasshserver", "hassh_server"),
    ("ftp.request.arg", "argument"),
    ("smtp.req.parameter", "parameter"),
    ("mqtt.clientid", "client"),
    ("dhcp.option.hostname", "hostname"),
    ("tftp.source_file", "file"),
    ("sip.Method", "method"),
    ("sip.r-uri", "uri"),
    ("sip.Call-ID", "call_id"),
    ("nbns.name", "name"),
];

/// Bytes of a value that are kept.
const LENGTH: usize = 256;
/// Messages of a flow that are looked at.
const LOOKED: u8 = 16;

/// Looks for facts.
#[derive(Debug)]
pub(crate) struct Facts {
    /// The rows, by their addresses, and their names; sorted.
    rows: Vec<(usize, &'static str)>,
}

impl Facts {
    pub(crate) fn new(registry: &Registry) -> Facts {
        let known = |&(field, name): &(&str, &'static str)| {
            let rows = registry.fields(field).iter();
            rows.map(move |row| (std::ptr::from_ref(*row).addr(), name)).collect::<Vec<_>>()
        };
        let mut rows: Vec<_> = FACTS.iter().flat_map(known).collect();
        rows.sort_unstable();
        Facts { rows }
    }

    /// The protocols whose fields must be recorded for it.
    pub(crate) fn protocols(registry: &Registry) -> Vec<&'static Protocol> {
        let name = |(field, _): &(&'static str, _)| {
            field.split_once('.').map_or(*field, |(protocol, _)| protocol)
        };
        let mut protocols: Vec<&Protocol> = Vec::new();
        for protocol in FACTS.iter().map(name).filter_map(|name| registry.named(name)) {
            if !protocols.contains(&protocol) {
                protocols.push(protocol);
            }
        }
        protocols
    }

    /// Notes what the layers behind `layer` say.
    pub(crate) fn look(&self, frame: &Dissection<'_>, layer: usize, side: Side, flow: &mut Flow) {
        let inside = frame.layers().get(layer + 1..).unwrap_or_default();
        let is_one = |layer: &&Layer| {
            let protocol = layer.protocol;
            !layer.quoted && protocol.level == Level::Application && protocol != &DATA
        };
        let Some(first) = inside.iter().find(is_one) else { return };
        let protocol = first.protocol.name;
        let application = flow.notes().application.get_or_insert_with(|| Application {
            protocol,
            facts: Vec::new(),
            looked: 0,
        });
        if application.looked >= LOOKED {
            return;
        }
        application.looked += 1;
        for layer in inside {
            for node in frame.nodes(layer).into_iter().flatten() {
                let address = std::ptr::from_ref(node.field).addr();
                let found = self.rows.binary_search_by_key(&address, |(row, _)| *row);
                let Ok(at) = found else { continue };
                let value = match node.field.kind {
                    Kind::Text => frame.text(node),
                    Kind::Uint => {
                        application.add(self.rows[at].1, side, node.number().to_string());
                        continue;
                    }
                    _ => frame.bytes(node),
                };
                let value = value.get(..LENGTH).unwrap_or(value);
                application.add(self.rows[at].1, side, String::from_utf8_lossy(value).into());
            }
        }
    }
}
