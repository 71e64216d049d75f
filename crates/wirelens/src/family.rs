//! Names that stand for several protocols.

use wirelens_dissect::{Protocol, Registry};

/// A family and the abbreviations of its members. The name `ipv4` is one too, since tshark's
/// abbreviation for it is `ip`, which here means either version.
const FAMILIES: &[(&str, &[&str])] = &[
    ("ip", &["ip", "ipv6"]),
    ("ipv4", &["ip"]),
    ("http", &["http", "http2"]),
    ("ipsec", &["ah", "esp"]),
    ("raw", &["data"]),
];

/// Is this protocol meant by `name`: by its family, abbreviation or short name?
pub(crate) fn is(protocol: &Protocol, name: &str) -> bool {
    match FAMILIES.iter().find(|(family, _)| family.eq_ignore_ascii_case(name)) {
        Some((_, members)) => members.contains(&protocol.name),
        None => {
            protocol.name.eq_ignore_ascii_case(name) || protocol.short.eq_ignore_ascii_case(name)
        }
    }
}

/// Every protocol that is meant by `name`; none if it is unknown.
pub(crate) fn members(registry: &Registry, name: &str) -> Vec<&'static Protocol> {
    let found: Vec<_> = registry.protocols().iter().copied().filter(|p| is(p, name)).collect();
    if !found.is_empty() {
        return found;
    }
    registry.named(name).into_iter().collect()
}

/// Every name that [`members`] knows.
pub(crate) fn names(registry: &Registry) -> impl Iterator<Item = &'static str> {
    let own = registry.protocols().iter().flat_map(|protocol| {
        let differs = !protocol.short.eq_ignore_ascii_case(protocol.name);
        [Some(protocol.name), differs.then_some(protocol.short)].into_iter().flatten()
    });
    own.chain(FAMILIES.iter().map(|(name, _)| *name))
}
