//! Chains of protocols, made comparable.
//!
//! tshark's chain names parts of its own working, several names of one layer, and some layers as
//! often as they have messages; what is left then is the order of layers.

use std::collections::HashSet;

/// Names in a chain that are no layer.
const IGNORED: [&str; 26] = [
    "frame",
    "ethertype",
    "pkt_comment",
    "pcap_pktdata",
    "wlan_radio",
    "_ws.malformed",
    "_ws.short",
    "_ws.unreassembled",
    // Options of TCP (RFC 8684).
    "mptcp",
    // Modules of ASN.1 that a certificate is written by: parts of TLS's message.
    "x509af",
    "x509sat",
    "x509ce",
    "x509if",
    "pkix1explicit",
    "pkix1implicit",
    "pkcs-1",
    "ns_cert_exts",
    "logotypecertextn",
    "ocsp",
    // What IPX carries: tshark has layers and fields for it, but leaves it out of the chain.
    "ipxrip",
    "ipxsap",
    "ipxmsg",
    "nw_serial",
    "nbipx",
    "nmpi",
    "spx",
];

/// A run of one of these is one: a layer for each record, value or message, or for all of them.
const COLLAPSED: [&str; 14] = [
    "cms",
    "ber",
    "tls",
    "http2",
    "quic",
    "igmp",
    "dns",
    "http",
    "dhcpv6",
    "websocket",
    "mqtt",
    "mbtcp",
    "mipv6",
    "sip",
];

/// Protocols that a chain may hold though no layer of ours has their name.
const PARTS: [&str; 3] = ["mptcp", "wlan.mgt", "wlan_rsna_eapol"];

/// The name of a layer that has several.
pub(super) fn canonical(name: &str) -> &str {
    match name {
        "eth_maybefcs" | "eth_withoutfcs" | "eth_withfcs" => "eth",
        "ssl" => "tls",
        "bootp" => "dhcp",
        "wlan_withoutfcs" | "wlan_noqos" => "wlan",
        _ => name,
    }
}

/// The chain to be compared; a final `data`, which nobody dissected, does not count.
pub(super) fn comparable<'n>(names: impl Iterator<Item = &'n str>, chain: &mut Vec<&'n str>) {
    chain.clear();
    let mut names = names.peekable();
    while let Some(name) = names.next() {
        // HTTP/2 and WebSocket stand behind the HTTP that they came from, which has no layer.
        if name == "http" && matches!(names.peek(), Some(&"http2" | &"websocket")) {
            continue;
        }
        let name = canonical(name);
        let again = chain.last() == Some(&name) && is_collapsed(name);
        if !IGNORED.contains(&name) && !again {
            chain.push(name);
        }
    }
    while chain.last() == Some(&"data") {
        chain.pop();
    }
}

fn is_collapsed(name: &str) -> bool {
    name == "modbus" || COLLAPSED.contains(&name)
}

/// The protocols that can be compared: those that are known here.
pub(super) struct Known(HashSet<&'static str>);

impl Known {
    pub(super) fn of(registry: &crate::Registry) -> Known {
        let ours = registry.protocols().iter().map(|protocol| canonical(protocol.name));
        Known(ours.chain(PARTS).collect())
    }

    /// Is it one of them?
    pub(super) fn is_compared(&self, name: &str) -> bool {
        self.0.contains(canonical(name))
    }

    /// Is it one of them, or none that could lead anywhere?
    pub(super) fn has(&self, name: &str) -> bool {
        self.is_compared(name) || IGNORED.contains(&canonical(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(text: &str) -> String {
        let mut chain = Vec::new();
        comparable(text.split(':'), &mut chain);
        chain.join(":")
    }

    #[test]
    fn only_layers_are_left() {
        assert_eq!(chain("eth_maybefcs:ethertype:ip:tcp:ssl:tls:x509sat:x509ce"), "eth:ip:tcp:tls");
        assert_eq!(chain("eth:ip:ip:udp:dns:dns:data:data"), "eth:ip:ip:udp:dns");
        assert_eq!(chain("eth:ip:tcp:http:http2"), "eth:ip:tcp:http2");
        assert_eq!(chain("eth:ip:tcp:http:http"), "eth:ip:tcp:http");
    }
}
