//! What addresses hosts: IP and what serves it.

super::protocols! {
    ipv4: IP;
    ipv4_options:;
    ip_protocols:;
    icmp: ICMP;
    icmp_extensions:;
    icmp_names:;
    igmp: IGMP;
    ospf: OSPF;
    rgmp: RGMP;
    ah: AH;
    esp: ESP;
    gre: GRE;
    ipv6: IPV6;
    ipv6_destination: DESTINATION;
    ipv6_fragment: FRAGMENT;
    ipv6_hop_by_hop: HOP_BY_HOP;
    ipv6_options:;
    ipv6_routing: ROUTING;
    icmpv6: ICMPV6;
    mipv6: MIPV6;
    hip: HIP;
    shim6: SHIM6;
    ipx: IPX;
    ipx_serialization: NW_SERIAL;
    ipxmsg: IPXMSG;
    ipxrip: IPXRIP;
    ipxsap: IPXSAP;
    nbipx: NBIPX;
    nmpi: NMPI;
    spx: SPX;
}
