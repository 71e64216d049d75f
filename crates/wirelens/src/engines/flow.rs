//! Addresses and ports, out of fields by their names.

use wirelens_dissect::Flow;

/// Tells a flow what a field says, if it is one of those that flows are made of.
pub(crate) fn tell(flow: &mut Flow, name: &str, number: u128) {
    match name {
        "ip.src" | "IP.src" => (flow.version, flow.source) = (4, number),
        "ip.dst" | "IP.dst" => flow.destination = number,
        "ipv6.src" | "IPv6.src" | "IP6.src" => (flow.version, flow.source) = (6, number),
        "ipv6.dst" | "IPv6.dst" | "IP6.dst" => flow.destination = number,
        "ip.proto" | "ipv6.nxt" | "IP.proto" | "IP.p" | "IPv6.nh" | "IP6.nxt" => {
            flow.protocol = number as u8;
        }
        "tcp.srcport" | "udp.srcport" | "sctp.srcport" | "TCP.sport" | "UDP.sport" => {
            flow.ports.0 = number as u16;
        }
        "tcp.dstport" | "udp.dstport" | "sctp.dstport" | "TCP.dport" | "UDP.dport" => {
            flow.ports.1 = number as u16;
        }
        _ => {}
    }
}
