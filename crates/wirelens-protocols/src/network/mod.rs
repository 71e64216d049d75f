//! What addresses hosts: IP and what serves it.

super::protocols! {
    icmpv6: ICMPV6;
    ipv4: IP;
    ipv6: IPV6;
    ipv6_destination: DESTINATION;
    ipv6_fragment: FRAGMENT;
    ipv6_hop_by_hop: HOP_BY_HOP;
    ipv6_options:;
    ipv6_routing: ROUTING;
}
