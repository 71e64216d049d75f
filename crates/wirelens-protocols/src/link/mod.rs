//! What a frame begins with: Ethernet and its like.

pub mod ethertype;

super::protocols! {
    ethernet: ETH;
    llc: LLC;
    lldp: LLDP;
    basic_xid: BASIC_XID;
    vlan: VLAN;
    provider_bridge: IEEE8021AD;
    backbone_bridge: IEEE8021AH;
    fddi: FDDI;
    isl: ISL;
    erspan: ERSPAN;
    loopback_test: LOOP;
    null: NULL;
    loopback: LOOPBACK;
    mpls: MPLS;
    ppp: PPP;
    pppoe: PPPOE;
    pppoed: PPPOED;
    pppoes: PPPOES;
    chdlc: CHDLC;
    slarp: SLARP;
    pseudowire: PWETHHEURISTIC;
    pseudowire_control_word: PWETHCW;
    pseudowire_plain: PWETHNOCW;
    raw: RAW;
    sll: SLL;
    sll2: SLL2;
    arp: ARP;
    atmarp: ATMARP;
    radiotap: RADIOTAP;
    ppi: PPI;
    prism: PRISM;
    avs: WLANCAP;
    wlan: WLAN;
    wlan_aggregate: WLAN_AGGREGATE;
    eapol: EAPOL;
    eap: EAP;
}
