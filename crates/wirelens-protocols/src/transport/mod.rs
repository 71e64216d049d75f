//! What carries data between programs.

super::protocols! {
    geneve: GENEVE;
    l2tp: L2TP;
    tcp: TCP;
    tcp_mptcp: ;
    tcp_options: ;
    tcp_riverbed: ;
    udp: UDP;
    udplite: UDPLITE;
    vxlan: VXLAN;
}
