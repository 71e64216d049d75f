//! Ethernet II, IEEE 802.3.

use wirelens_dissect::prelude::*;

/// What an Ethernet frame carries, by its EtherType.
pub static ETHERTYPE: Table = Table::new("ethertype", "Ethertype");

protocol! {
    ETH = "eth" "Ethernet" "Ethernet II", Link;
    @ LINK_TYPE 1;
    DST  = mac "dst"  "Destination" {
        DST_ADDR = mac "addr" "Address" alias detail;
        DST_LG = flag "dst.lg" "LG bit" & 0x0200_0000_0000 detail span(0, 3);
        DST_IG = flag "dst.ig" "IG bit" & 0x0100_0000_0000 detail span(0, 3);
    };
    SRC  = mac "src"  "Source" {
        SRC_ADDR = mac "addr" "Address" alias detail;
        SRC_LG = flag "src.lg" "LG bit" & 0x0200_0000_0000 detail span(0, 3);
        SRC_IG = flag "src.ig" "IG bit" & 0x0100_0000_0000 detail span(0, 3);
    };
    TYPE = hex "type" "Type";
}

fn dissect(p: &mut Packet<'_>) -> Step {
    p.mac(&DST)?;
    p.mac(&SRC)?;
    Ok(Next::In(&ETHERTYPE, p.u16(&TYPE)?.into()))
}
