//! IP protocol numbers of transports.

pub(crate) const ICMP: u8 = 1;
pub(crate) const TCP: u8 = 6;
pub(crate) const UDP: u8 = 17;
pub(crate) const DCCP: u8 = 33;
pub(crate) const ICMPV6: u8 = 58;
pub(crate) const SCTP: u8 = 132;
pub(crate) const UDPLITE: u8 = 136;

/// Its name; `ip` for one that has none here.
pub(crate) fn name(protocol: u8) -> &'static str {
    match protocol {
        ICMP => "icmp",
        2 => "igmp",
        TCP => "tcp",
        UDP => "udp",
        DCCP => "dccp",
        47 => "gre",
        50 => "esp",
        51 => "ah",
        ICMPV6 => "icmpv6",
        88 => "eigrp",
        89 => "ospf",
        103 => "pim",
        112 => "vrrp",
        115 => "l2tp",
        SCTP => "sctp",
        UDPLITE => "udplite",
        _ => "ip",
    }
}
