//! What flows are in: VLANs and tunnels.

use std::net::IpAddr;

use wirelens_dissect::{Dissection, Layer};

use crate::key::ip;
use crate::packet::addresses;

/// A layer outside the addresses of a flow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outside {
    /// The protocol's abbreviation: `vlan`, `ip`, `gre`.
    pub protocol: &'static str,
    /// The addresses of a tunnel: from, to.
    pub addresses: Option<(IpAddr, IpAddr)>,
    /// The number of a VLAN, the identifier of a tunnel.
    pub identifier: Option<u64>,
}

impl Outside {
    pub(crate) fn of(frame: &Dissection<'_>, layer: &Layer) -> Outside {
        let protocol = layer.protocol.name;
        if let Some((version, from, to)) = addresses(frame, layer) {
            let addresses = Some((ip(from, version), ip(to, version)));
            return Outside { protocol, addresses, identifier: None };
        }
        let identity = layer.protocol.scope.map(|identity| identity(frame.header(layer)));
        Outside { protocol, addresses: None, identifier: identity }
    }
}
