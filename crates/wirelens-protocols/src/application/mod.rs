//! What programs say.

super::protocols! {
    data: DATA;
    dns: DNS;
    llmnr: LLMNR;
    mdns: MDNS;
}
