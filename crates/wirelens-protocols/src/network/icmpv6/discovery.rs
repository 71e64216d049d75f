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
    remainder(p, &UNKNOWN_DATA)
}
