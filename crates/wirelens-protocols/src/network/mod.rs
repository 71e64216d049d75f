//! What addresses hosts: IP and what serves it.

super::protocols! {
    ipv4: IP;
    ipv4_options:;
    ip_protocols:;
    icmp: ICMP;
    icmp_extensions:;
    icmp_names:;
    igmp: IGMP;
    rgmp: RGMP;
    ah: AH;
    esp: ESP;
}
