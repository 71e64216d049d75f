//! What carries data between programs.

super::protocols! {
    tcp: TCP;
    tcp_mptcp: ;
    tcp_options: ;
    tcp_riverbed: ;
    udp: UDP;
    udplite: UDPLITE;
}
