//! What carries data between programs.

super::protocols! {
    tcp: TCP;
    tcp_mptcp: ;
    tcp_options: ;
    udp: UDP;
    udplite: UDPLITE;
}
