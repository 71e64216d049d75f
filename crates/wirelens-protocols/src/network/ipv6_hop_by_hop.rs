//! Hop-by-Hop Options header of IPv6, RFC 8200 section 4.3.

use wirelens_dissect::prelude::*;

use super::ip_protocols::PROTOCOLS;
use super::ipv6::{IPV6, JUMBO_MISSING, JUMBO_PROHIBITED, JUMBO_SHORT};
use super::ipv6_options::{Header, options};
use crate::network::ipv4::IP_PROTO;

protocol! {
    HOP_BY_HOP = "ipv6.hopopts" "HopByHop" "IPv6 Hop-by-Hop Options", Network, rows_of(&IPV6);
    @ IP_PROTO 0;
    NXT = uint "nxt" "Next Header" names(PROTOCOLS) brief("next ");
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const ADDRESSES: &str = "20010db8000000000000000000000001 20010db8000000000000000000000002";

    fn packet(start: &str, header: &str) -> Vec<u8> {
        hex(&format!("{start} {ADDRESSES} {header} 1388 0009 000c 0000 61626364"))
    }

    #[test]
    fn a_router_alert() {
        let packet = packet("60000000 0014 00 01", "1100 05020000 0100");
        insta::assert_snapshot!(tree(&IPV6, &packet));
        every_prefix(&IPV6, &packet);
    }

    #[test]
    fn a_jumbogram_ends_where_its_option_says() {
        let mut jumbo = packet("60000000 0000 00 40", "3b00 c204 00010000");
        jumbo.resize(40 + 0x1_0000 + 4, 0);
        let tree = tree(&IPV6, &jumbo);
        assert!(tree.contains("Jumbo Payload Length: 65536"), "{tree}");
        assert!(tree.contains("Length: 65528") && !tree.contains("! "), "{tree}");
    }

    #[test]
    fn jumbo_lengths_that_contradict() {
        let short = packet("60000000 0000 00 40", "1100 c204 00000014");
        assert!(tree(&IPV6, &short).contains("! Jumbo length is less than 65536"));
        let both = packet("60000000 0014 00 40", "1100 c204 00010000");
        assert!(tree(&IPV6, &both).contains("! Jumbo option though"));
        let missing = packet("60000000 0000 00 40", "1100 0104 00000000");
        assert!(tree(&IPV6, &missing).contains("! Payload length 0 without a jumbo option"));
    }

    #[test]
    fn behind_another_header_is_a_problem() {
        let packet = packet("60000000 001c 3c 40", "0000 0104 00000000 1100 0104 00000000");
        assert!(tree(&IPV6, &packet).contains("! It does not follow the IPv6 header"));
    }
}
