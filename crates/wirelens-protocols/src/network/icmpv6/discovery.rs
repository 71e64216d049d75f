//! Neighbor Discovery, RFC 4861; inverse, RFC 3122; duplicate addresses in 6LoWPANs, RFC 6775.

use wirelens_dissect::prelude::*;

use super::options::options;
use super::*;

pub(super) fn solicitation_of_routers(p: &mut Packet<'_>) -> Read {
    p.bytes(&RESERVED, 4)?;
    options(p)
}

pub(super) fn advertisement_of_router(p: &mut Packet<'_>) -> Read {
    p.u8(&RA_HOP_LIMIT)?;
    p.u8(&RA_FLAGS)?;
    p.u16(&RA_LIFETIME)?;
    p.u32(&RA_REACHABLE)?;
    p.u32(&RA_RETRANS)?;
    options(p)
}

pub(super) fn solicitation(p: &mut Packet<'_>) -> Read {
    p.bytes(&RESERVED, 4)?;
    p.ipv6(&NS_TARGET)?;
    options(p)
}

pub(super) fn advertisement(p: &mut Packet<'_>) -> Read {
    p.u32(&NA_FLAGS)?;
    p.ipv6(&NA_TARGET)?;
    options(p)
}

pub(super) fn redirect(p: &mut Packet<'_>) -> Read {
    p.bytes(&RESERVED, 4)?;
    p.ipv6(&REDIRECT_TARGET)?;
    p.ipv6(&REDIRECT_DESTINATION)?;
    options(p)
}

pub(super) fn duplicate_address(p: &mut Packet<'_>) -> Read {
    p.u8(&DA_STATUS)?;
    p.u8(&DA_RESERVED)?;
    p.u16(&DA_LIFETIME)?;
    p.u64(&DA_EUI64)?;
    p.ipv6(&DA_ADDRESS)?;
    p.remainder(&UNKNOWN_DATA)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const SOLICITATION: &str = "8700 0000 00000000 20010db8000000000000000000000002 0101 020000000001";
    const ADVERTISEMENT: &str = "8800 0000 60000000 20010db8000000000000000000000002 0201 020000000002";
    const REDIRECT: &str = "
        8900 0000 00000000 fe800000000000000000000000000001 20010db8000000000000000000000002 0201 020000000002
        0407 000000000000
        60000000 0008 11 40 20010db8000000000000000000000001 20010db8000000000000000000000002 1388 0009 0008 0000";
    const DUPLICATE: &str = "9d00 0000 01 00 003c 0200000000000001 20010db8000000000000000000000002";

    #[test]
    fn a_solicitation() {
        insta::assert_snapshot!(tree(&ICMPV6, &hex(SOLICITATION)));
    }

    #[test]
    fn a_redirect_quotes_the_packet() {
        insta::assert_snapshot!(tree(&ICMPV6, &hex(REDIRECT)));
    }

    #[test]
    fn flags_of_an_advertisement() {
        let tree = tree(&ICMPV6, &hex(ADVERTISEMENT));
        assert!(tree.contains("Router: false") && tree.contains("Solicited: true"), "{tree}");
    }

    #[test]
    fn every_prefix_of_them() {
        for message in [SOLICITATION, ADVERTISEMENT, REDIRECT, DUPLICATE, "8d00 0000 00000000"] {
            every_prefix(&ICMPV6, &hex(message));
        }
    }
}
