//! What carries data between programs.

super::protocols! {
    tcp: TCP;
    udp: UDP;
}
