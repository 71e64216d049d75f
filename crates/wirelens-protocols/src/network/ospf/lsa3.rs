//! Link state advertisements of version 3, RFC 5340 section A.4.

use wirelens_dissect::prelude::*;

use super::lsa::METRIC;
use super::{LSA, OPTION3_ROWS, opaque, router_information};

fields! {
    /// Rows of bodies of version 3.
    BODY3_ROWS = "ospf" LSA "lsas";
    ROUTER_FLAGS = hex "v3.router.lsa.flags" "Flags" key("router_flags") {
        FLAG_W = flag "v3.router.lsa.flags.w" "Wildcard" & 0x08 key("w");
        FLAG_V = flag "v3.router.lsa.flags.v" "Virtual Link" & 0x04 key("v");
        FLAG_E = flag "v3.router.lsa.flags.e" "External" & 0x02 key("e");
        FLAG_B = flag "v3.router.lsa.flags.b" "Border" & 0x01 key("b");
    };
    OPTIONS = hex "v3.options" "Options" key("options_v3") rows(OPTION3_ROWS);
    INTERFACE = group "v3.lsa.interface" "Interface" own many key("interfaces") {
        LINK_KIND = uint "v3.lsa.type" "Type" names(LINK_TYPES) key("type");
        INTERFACE_RESERVED = bytes "reserved" "Reserved" key("reserved") detail;
        INTERFACE_METRIC = uint "metric" "Metric" key("metric");
        INTERFACE_ID = uint "v3.lsa.interface_id" "Interface ID" key("id");
        NEIGHBOR_INTERFACE = uint "v3.lsa.neighbor_interface_id" "Neighbor Interface ID" key("neighbor_id");
        NEIGHBOR_ROUTER = ipv4 "v3.lsa.neighbor_router_id" "Neighbor Router ID" key("neighbor_router");
    };
    RESERVED = bytes "reserved" "Reserved" many key("reserved") detail;
    ATTACHED = ipv4 "v3.lsa.attached_router" "Attached Router" many key("attached_routers_v3");
    DESTINATION = ipv4 "v3.lsa.destination_router_id" "Destination Router" key("destination_router");
    EXTERNAL_FLAGS = hex "v3.as.external.flags" "Flags" key("external_flags") {
        EXTERNAL_E = flag "v3.as.external.flags.e" "External Type 2" & 0x04 key("e");
        EXTERNAL_F = flag "v3.as.external.flags.f" "Forwarding Address" & 0x02 key("f");
        EXTERNAL_T = flag "v3.as.external.flags.t" "Route Tag" & 0x01 key("t");
    };
    PREFIX = group "v3.prefix" "Prefix" own many key("prefixes") {
        PREFIX_LENGTH = uint "prefix_length" "Prefix Length" key("length");
        PREFIX_OPTIONS = hex "v3.prefix.options" "Options" key("options") {
            PREFIX_P  = flag "v3.prefix.options.p" "Propagate" & 0x08 key("p");
            PREFIX_MC = flag "v3.prefix.options.mc" "Multicast" & 0x04 key("mc");
            PREFIX_LA = flag "v3.prefix.options.la" "Local Address" & 0x02 key("la");
            PREFIX_NU = flag "v3.prefix.options.nu" "No Unicast" & 0x01 key("nu");
        };
        PREFIX_METRIC = uint "metric" "Metric" key("metric");
        PREFIX_RESERVED = bytes "reserved" "Reserved" key("reserved") detail;
        PREFIX_TYPE = hex "v3.lsa.referenced_ls_type" "Referenced Type" names(TYPES) key("referenced_type");
        ADDRESS = ipv6 "v3.address_prefix.ipv6" "Address" key("address");
        ADDRESS_IPV4 = ipv4 "v3.address_prefix.ipv4" "Address" key("address_ipv4");
        ADDRESS_BYTES = bytes "v3.address_prefix.bytes" "Address" own key("bytes");
    };
    FORWARDING_IPV4 = ipv4 "v3.lsa.forwarding_address.ipv4" "Forwarding Address" key("forwarding_ipv4");
    FORWARDING = ipv6 "v3.lsa.forwarding_address.ipv6" "Forwarding Address" key("forwarding_v6");
    TAG = uint "v3.lsa.external_route_tag" "External Route Tag" key("tag_v3");
    REFERENCED_ID = ipv4 "v3.lsa.referenced_link_state_id" "Referenced Link State ID" key("referenced_id");
    PRIORITY = uint "v3.lsa.router_priority" "Router Priority" key("priority");
    LINK_LOCAL_IPV4 = ipv4 "v3.lsa.link_local_interface_address.ipv4" "Link-Local Address" key("link_local_ipv4");
    LINK_LOCAL = ipv6 "v3.lsa.link_local_interface_address.ipv6" "Link-Local Address" key("link_local");
    PREFIX_COUNT = uint "v3.lsa.num_prefixes" "Number of Prefixes" key("prefix_count");
    REFERENCED_TYPE = hex "v3.lsa.referenced_ls_type" "Referenced Type" names(TYPES) key("referenced_type");
    REFERENCED_ROUTER = ipv4 "v3.lsa.referenced_advertising_router" "Referenced Advertising Router" key("referenced_router");
}

/// RFC 5340 section A.4.2.1 and its registry, with the flooding scopes they have.
pub(super) static TYPES: Names = &[
    (0x0008, "Link"),
    (0x000b, "Grace"),
    (0x2001, "Router"),
    (0x2002, "Network"),
    (0x2003, "Inter-area prefix"),
    (0x2004, "Inter-area router"),
    (0x2006, "Group membership"),
    (0x2007, "NSSA external"),
    (0x2009, "Intra-area prefix"),
    (0x4005, "AS external"),
    (0x800c, "Router information, link-local"),
    (0x8028, "Extended link"),
    (0xa00a, "Intra-area traffic engineering"),
    (0xa00c, "Router information, area"),
    (0xa021, "Extended router"),
    (0xa022, "Extended network"),
    (0xa023, "Extended inter-area prefix"),
    (0xa024, "Extended inter-area router"),
    (0xa027, "Extended NSSA external"),
    (0xa029, "Extended intra-area prefix"),
    (0xa02a, "SRv6 locator, area"),
    (0xc00c, "Router information, AS"),
    (0xc025, "Extended AS external"),
];

/// RFC 5340 section A.4.3.
static LINK_TYPES: Names =
    &[(1, "Point-to-point"), (2, "Transit network"), (3, "Reserved"), (4, "Virtual link")];

/// With IPv4 addresses, RFC 5838, or IPv6 addresses.
pub(super) fn body(p: &mut Packet<'_>, kind: u16, ipv4: bool) -> Read {
    match kind & 0x1fff {
        1 => router(p),
        2 => {
            p.bytes(&RESERVED, 1)?;
            p.u24(&OPTIONS)?;
            while p.left() > 0 {
                p.ipv4(&ATTACHED)?;
            }
            Ok(())
        }
        3 => {
            p.bytes(&RESERVED, 1)?;
            p.u24(&METRIC)?;
            prefix(p, &PREFIX_RESERVED, ipv4)
        }
        4 => {
            p.bytes(&RESERVED, 1)?;
            p.u24(&OPTIONS)?;
            p.bytes(&RESERVED, 1)?;
            p.u24(&METRIC)?;
            p.ipv4(&DESTINATION).map(drop)
        }
        5 | 7 => external(p, ipv4),
        8 => {
            p.u8(&PRIORITY)?;
            p.u24(&OPTIONS)?;
            match ipv4 {
                // RFC 5838 section 2.5: in the first of the four words.
                true => {
                    p.ipv4(&LINK_LOCAL_IPV4)?;
                    p.skip(12)?;
                }
                false => p.ipv6(&LINK_LOCAL).map(drop)?,
            }
            let count = p.u32(&PREFIX_COUNT)?;
            prefixes(p, count, &PREFIX_RESERVED, ipv4)
        }
        9 => {
            let count = p.u16(&PREFIX_COUNT)?;
            p.u16(&REFERENCED_TYPE)?;
            p.ipv4(&REFERENCED_ID)?;
            p.ipv4(&REFERENCED_ROUTER)?;
            prefixes(p, count.into(), &PREFIX_METRIC, ipv4)
        }
        11 => opaque::grace(p),
        12 => router_information::read(p),
        _ => Ok(()),
    }
}

/// RFC 5340 section A.4.3.
fn router(p: &mut Packet<'_>) -> Read {
    p.u8(&ROUTER_FLAGS)?;
    p.u24(&OPTIONS)?;
    while p.left() > 0 {
        p.group(&INTERFACE, |p| {
            p.u8(&LINK_KIND)?;
            p.bytes(&INTERFACE_RESERVED, 1)?;
            p.u16(&INTERFACE_METRIC)?;
            p.u32(&INTERFACE_ID)?;
            p.u32(&NEIGHBOR_INTERFACE)?;
            p.ipv4(&NEIGHBOR_ROUTER).map(drop)
        })?;
    }
    Ok(())
}

/// RFC 5340 section A.4.7.
fn external(p: &mut Packet<'_>, ipv4: bool) -> Read {
    let flags = p.u8(&EXTERNAL_FLAGS)?;
    p.u24(&METRIC)?;
    let referenced = p.ahead().get(2..4).is_some_and(|kind| kind != [0, 0]);
    prefix(p, &PREFIX_TYPE, ipv4)?;
    if flags & 2 != 0 {
        match ipv4 {
            true => p.ipv4(&FORWARDING_IPV4).map(drop)?,
            false => p.ipv6(&FORWARDING).map(drop)?,
        }
    }
    if flags & 1 != 0 {
        p.u32(&TAG)?;
    }
    if referenced {
        p.ipv4(&REFERENCED_ID)?;
    }
    Ok(())
}

fn prefixes(p: &mut Packet<'_>, count: u32, row: &'static Field, ipv4: bool) -> Read {
    for _ in 0..count {
        if p.left() == 0 {
            break;
        }
        prefix(p, row, ipv4)?;
    }
    Ok(())
}

/// RFC 5340 section A.4.1: as many words of the address as its length needs; `row` is what stands
/// before it.
fn prefix(p: &mut Packet<'_>, row: &'static Field, ipv4: bool) -> Read {
    p.group(&PREFIX, |p| {
        let bits = usize::from(p.u8(&PREFIX_LENGTH)?);
        p.u8(&PREFIX_OPTIONS)?;
        match std::ptr::eq(row, &PREFIX_RESERVED) {
            true => p.bytes(row, 2).map(drop)?,
            false => p.u16(row).map(drop)?,
        }
        let length = bits.div_ceil(32) * 4;
        if length > 16 || ipv4 && length > 4 {
            return p.bytes(&ADDRESS_BYTES, length).map(drop);
        }
        if ipv4 {
            return match length {
                0 => p.number(&ADDRESS_IPV4, 0, 0),
                _ => p.ipv4(&ADDRESS_IPV4).map(drop),
            };
        }
        p.need(length)?;
        let bytes = &p.ahead()[..length];
        let address = bytes.iter().fold(0, |address: u128, byte| address << 8 | u128::from(*byte));
        let address = if length == 0 { 0 } else { address << (128 - 8 * length) };
        p.make_ipv6(&ADDRESS, p.at(), length, address);
        p.skip(length)
    })
}

#[cfg(test)]
mod tests {
    use crate::network::ospf::OSPF;
    use crate::testing::*;

    const UPDATE: &str = "03 04 00a8 c0000214 00000000 4231 00 00 00000003
        0001 2009 00000002 c0000214 80000001 7eae 002c 0001 2002 00000002 c0000214
        40 00 0000 20010db8 00000000
        0002 4005 00000001 c000020a 80000001 6192 0024 04 002710 30 00 0000 20010db8 00010000
        0001 0008 00000002 c000020a 80000001 6192 0038 01 000113 fe80000000000000000000fffe00000a
        00000001 40 00 0000 20010db8 00000000";

    #[test]
    fn an_update() {
        insta::assert_snapshot!(tree(&OSPF, &hex(UPDATE)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&OSPF, &hex(UPDATE));
        every_prefix(&OSPF, &hex("03 04 003c c0000214 00000000 4231 00 00 00000001
            0001 2001 00000002 c0000214 80000001 7eae 0028 01 000113
            02 00 0001 00000002 00000003 c0000214"));
    }

    #[test]
    fn a_prefix_longer_than_an_address_is_bytes() {
        let bytes = hex("03 04 003c c0000214 00000000 4231 00 00 00000001
            0001 2003 00000002 c0000214 80000001 7eae 0028 00 000001
            88 00 0000 20010db8 00000000 00000000 00000000 00000000");
        assert!(tree(&OSPF, &bytes).contains("Prefix Length: 136"));
    }
}
