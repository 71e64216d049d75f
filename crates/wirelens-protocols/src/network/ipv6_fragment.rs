//! Fragment header of IPv6, RFC 8200 section 4.5.

use wirelens_dissect::prelude::*;
use wirelens_dissect::reassembly::datagram::Key;
use wirelens_dissect::{FragmentRows, Fragmented, OriginRows};

use super::ip_protocols::PROTOCOLS;
use crate::network::ipv4::IP_PROTO;

protocol! {
    FRAGMENT = "ipv6.fraghdr" "Fragment" "IPv6 Fragment Header", Network;
    @ IP_PROTO 44;
    NXT = uint "nxt" "Next Header" names(PROTOCOLS) brief("");
    RESERVED_OCTET = hex "reserved_octet" "Reserved Octet" detail;
    OFFSET = uint "offset" "Offset (8 octets)" & 0xfff8 brief("fragment at 8*") unless_zero;
    RESERVED_BITS = uint "reserved_bits" "Reserved Bits" & 0x0006 detail;
    MORE = flag "more" "More Fragments" & 0x0001 brief("more fragments") stays;
    IDENT = hex "ident" "Identification" brief("id ");
    FRAGMENTS = group "fragments" "Fragments it was put together from" own rows(OF_IPV6);
}

fields! {
    /// What came of fragments, under the names of the protocol they are fragments of.
    OF_IPV6 = "ipv6" FRAGMENTS "fragments";
    OF_FRAME = uint "fragment" "Frame of a fragment" many;
    COUNT = uint "fragment.count" "Number of fragments";
    LENGTH = uint "reassembled.length" "Reassembled length";
    DATA = bytes "reassembled.data" "Reassembled data" payload;
    COMPLETED_IN = uint "reassembled.in" "Put together in frame" brief("in frame ");
    OVERLAP = problem "fragment.overlap" "Fragment overlaps another: the datagram is discarded";
    CONFLICT = problem "fragment.overlap.conflict" "Fragment has other bytes than one it overlaps";
    TAILS = problem "fragment.multipletails" "Last fragments disagree on the length";
    TOO_LONG = problem "fragment.toolongfragment" "Fragment reaches beyond the end";
    ERROR = problem "fragment.error" "Not a possible fragment, or one of a discarded datagram";
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let next = p.u8(&NXT)?;
    p.flow().protocol = next;
    p.u8(&RESERVED_OCTET)?;
    let word = p.peek_u16()?;
    p.bits(word, 2, &[&OFFSET, &RESERVED_BITS, &MORE])?;
    let identification = p.u32(&IDENT)?;
    if word & 0xfff9 == 0 {
        // All of a datagram in one fragment, RFC 6946.
        return Ok(Next::In(&IP_PROTO, next.into()));
    }
    let (source, destination) = (p.flow().source, p.flow().destination);
    Ok(p.fragment(Fragmented {
        key: Key::ipv6(p.scope(), source.into(), destination.into(), identification),
        offset: u32::from(word & 0xfff8),
        more: word & 0x0001 != 0,
        next: (&IP_PROTO, next),
        rows: &FRAGMENT_ROWS,
    }))
}

static FRAGMENT_ROWS: FragmentRows = FragmentRows {
    origin: OriginRows {
        all: &FRAGMENTS,
        one: &OF_FRAME,
        count: &COUNT,
        length: &LENGTH,
        data: &DATA,
        completed_in: &COMPLETED_IN,
    },
    overlap: &OVERLAP,
    conflict: &CONFLICT,
    tails: &TAILS,
    too_long: &TOO_LONG,
    error: &ERROR,
};

#[cfg(test)]
mod tests {
    use crate::testing::*;

    use crate::network::ipv6::IPV6;

    const ADDRESSES: &str = "20010db8000000000000000000000001 20010db8000000000000000000000002";

    fn packet(fragment: &str) -> Vec<u8> {
        hex(&format!("60000000 0014 2c 40 {ADDRESSES} {fragment} 1388 0009 0500 1234 61626364"))
    }

    #[test]
    fn without_reassembly_the_first_fragment_goes_on() {
        let first = packet("1100 0001 00000007");
        insta::assert_snapshot!(tree_in(&mut without_reassembly(), &IPV6, &first));
        every_prefix(&IPV6, &first);
    }

    #[test]
    fn a_later_fragment_is_data() {
        let tree = tree(&IPV6, &packet("1100 0009 00000007"));
        assert!(tree.contains("Offset (8 octets): 1") && tree.contains("Data: 1388"), "{tree}");
    }

    /// 8 bytes of a UDP datagram of 16, in either half.
    fn half(fragment: &str, bytes: &str) -> Vec<u8> {
        hex(&format!("60000000 0010 2c 40 {ADDRESSES} {fragment} {bytes}"))
    }

    #[test]
    fn the_fragment_that_completes_a_datagram_has_it_dissected() {
        let mut session = wirelens_dissect::Session::new(crate::shared());
        // What the next header of a later fragment says does not count, RFC 8200 section 4.5.
        let last = half("3a00 0008 00000007", "61626364 65666768");
        assert!(tree_in(&mut session, &IPV6, &last).contains("Data: 6162"));
        let first = half("1100 0001 00000007", "1388 0009 0010 0000");
        insta::assert_snapshot!(tree_in(&mut session, &IPV6, &first));
    }

    #[test]
    fn an_overlap_discards_the_datagram() {
        let mut session = wirelens_dissect::Session::new(crate::shared());
        tree_in(&mut session, &IPV6, &half("1100 0001 00000007", "1388 0009 0010 0000"));
        let longer = hex(&format!(
            "60000000 0018 2c 40 {ADDRESSES} 1100 0001 00000007 1388 0009 0010 0000 6162636465666768"
        ));
        let tree = tree_in(&mut session, &IPV6, &longer);
        assert!(tree.contains("! Not a possible fragment"), "{tree}");
    }
}
