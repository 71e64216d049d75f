//! Hop-by-Hop Options header of IPv6, RFC 8200 section 4.3.

use wirelens_dissect::prelude::*;

use super::ipv6::{
    IPV6, JUMBO_MISSING, JUMBO_PROHIBITED, JUMBO_SHORT, NEXT_HEADERS,
};
use super::ipv6_options::{Header, options};
use crate::network::ipv4::IP_PROTO;

protocol! {
    HOP_BY_HOP = "ipv6.hopopts" "HopByHop" "IPv6 Hop-by-Hop Options", Network, rows_of(&IPV6);
    @ IP_PROTO 0;
    NXT = uint "nxt" "Next Header" names(NEXT_HEADERS);
    LEN = uint "len" "Length (8 octets, less one)";
    NOT_FIRST = problem "not_first" "It does not follow the IPv6 header";
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let outer = p.outer().map(|outer| (outer.protocol == &IPV6, outer.start as usize + 4));
    if outer.is_some_and(|(first, _)| !first) {
        p.problem(&NOT_FIRST);
    }
    let next = p.u8(&NXT)?;
    p.flow().protocol = next;
    let length = usize::from(p.u8(&LEN)?) * 8 + 6;
    let jumbo = options(p, length, Header::HopByHop)?;
    if let Some((true, at)) = outer {
        payload_length(p, at, jumbo);
    }
    Ok(Next::In(&IP_PROTO, next.into()))
}

/// Reconciles the IPv6 header's payload length, which stands at `at`, with the jumbo option:
/// RFC 2675 section 3. The jumbo length counts from the end of the IPv6 header.
fn payload_length(p: &mut Packet<'_>, at: usize, jumbo: Option<u32>) {
    let zero = p.buffer().get(at..at + 2) == Some(&[0, 0]);
    match jumbo {
        Some(_) if !zero => p.problem(&JUMBO_PROHIBITED),
        Some(length) => {
            if length < 0x1_0000 {
                p.problem(&JUMBO_SHORT);
            }
            p.ends_after(length as usize);
        }
        None if zero => p.problem_at(&JUMBO_MISSING, at, 2),
        None => {}
    }
}
