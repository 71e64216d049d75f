//! Which fields of frames are facts of a flow's application.

use wirelens_dissect::{Dissection, Field, Kind, Layer, Level, Protocol, Registry};
use wirelens_protocols::application::data::DATA;

use crate::Application;
use crate::flow::Flow;
use crate::key::Side;

/// The fields that are facts, by their filter names, and what they are called. Of each the first
/// value of a flow counts; of those that are lists, the first few.
const FACTS: [(&str, &str); 33] = [
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
/// Payloads of a flow that nobody claims, one behind the other from its beginning, before nobody is
/// asked any more.
const UNCLAIMED: u8 = 64;

/// Protocols that say where other flows will be, or what addresses are called: what they say counts
/// to the end of their flows.
const SPEAK_OF_OTHERS: [&str; 8] = ["dns", "mdns", "llmnr", "ftp", "tftp", "sip", "rtp", "rtcp"];

/// Looks for facts.
#[derive(Debug)]
pub(crate) struct Facts {
    /// The rows, by their addresses, and their names; sorted.
    rows: Vec<(usize, &'static str)>,
}

impl Facts {
    pub(crate) fn new(registry: &Registry) -> Facts {
        let fields = FACTS.map(|(field, _)| field);
        let named = rows(registry, &fields).into_iter();
        let mut rows: Vec<_> =
            named.map(|(row, at)| (std::ptr::from_ref(row).addr(), FACTS[at].1)).collect();
        rows.sort_unstable();
        Facts { rows }
    }

    /// The protocols whose fields must be recorded for it.
    pub(crate) fn protocols(registry: &Registry) -> Vec<&'static Protocol> {
        protocols(registry, &FACTS.map(|(field, _)| field))
    }

    /// Notes what the layers behind `layer` say of a flow that is not [settled](Flow::settled).
    pub(crate) fn look(&self, frame: &Dissection<'_>, layer: usize, side: Side, flow: &mut Flow) {
        let inside = frame.layers().get(layer + 1..).unwrap_or_default();
        let is_one = |layer: &&Layer| {
            let protocol = layer.protocol;
            !layer.quoted && protocol.level == Level::Application && protocol != &DATA
        };
        let Some(first) = inside.iter().find(is_one) else {
            return flow.carries_what_nobody_claims();
        };
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
        flow.settled = application.looked == LOOKED && !inside.iter().any(speaks_of_others);
    }
}

fn speaks_of_others(layer: &Layer) -> bool {
    SPEAK_OF_OTHERS.contains(&layer.protocol.name)
}

impl Flow {
    /// A frame of it had nothing in it that somebody knows.
    fn carries_what_nobody_claims(&mut self) {
        if self.application().is_none() {
            self.unclaimed = self.unclaimed.saturating_add(1);
            self.settled = self.unclaimed >= UNCLAIMED;
        }
    }
}

/// The protocols that the filter names of these fields begin with.
fn protocols(registry: &Registry, fields: &[&str]) -> Vec<&'static Protocol> {
    let mut protocols: Vec<&Protocol> = Vec::new();
    for field in fields {
        let name = field.split_once('.').map_or(*field, |(protocol, _)| protocol);
        if let Some(protocol) = registry.named(name)
            && !protocols.contains(&protocol)
        {
            protocols.push(protocol);
        }
    }
    protocols
}

/// The rows with these filter names, and which of them each has. They are looked for in the protocols
/// that the names begin with: a registry's table of all its rows takes as long to make as to follow the
/// flows of some thousand frames.
pub(crate) fn rows(registry: &Registry, fields: &[&str]) -> Vec<(&'static Field, usize)> {
    let mut rows = Vec::new();
    for protocol in protocols(registry, fields) {
        protocol.visit(&mut |row| {
            let is_known = |(known, _): &(&Field, usize)| std::ptr::eq(*known, row);
            if let Some(at) = fields.iter().position(|field| *field == row.name)
                && !rows.iter().any(is_known)
            {
                rows.push((row, at));
            }
        });
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_are_those_of_the_registry() {
        let registry = wirelens_protocols::shared();
        let fields = FACTS.map(|(field, _)| field);
        let sorted = |mut rows: Vec<usize>| {
            rows.sort_unstable();
            rows
        };
        let all = fields.iter().flat_map(|field| registry.fields(field));
        let all = sorted(all.map(|row| std::ptr::from_ref(*row).addr()).collect());
        let found = rows(&registry, &fields);
        assert!(found.iter().all(|(row, at)| row.name == fields[*at]));
        let found = found.iter().map(|(row, _)| std::ptr::from_ref(*row).addr());
        assert_eq!(sorted(found.collect()), all);
        assert!(all.len() >= fields.len());
    }

    #[test]
    fn those_that_speak_of_others_are_known() {
        let registry = wirelens_protocols::shared();
        let unknown = SPEAK_OF_OTHERS.iter().filter(|name| registry.named(name).is_none());
        assert_eq!(unknown.collect::<Vec<_>>(), [&""; 0]);
    }
}
