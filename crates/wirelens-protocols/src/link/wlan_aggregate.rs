//! Aggregate MSDU, IEEE 802.11-2020 section 9.3.2.2: several packets in one data frame.

use wirelens_dissect::prelude::*;

use crate::link::llc::LLC;

protocol! {
    WLAN_AGGREGATE = "wlan_aggregate" "A-MSDU" "IEEE 802.11 Aggregate MSDU", Link;
    SUBFRAME = group "a_mdsu.subframe" "Subframe" many key("subframes") brief("subframe") {
        ADDRESSES = group "a_mdsu.addresses" "Addresses" own key("addresses") rows(ADDRESS_ROWS);
        LENGTH  = uint "a_mdsu.length" "Length" key("length");
        PADDING = bytes "a_mdsu.padding" "Padding" own key("padding") detail;
    };
    BAD_LENGTH = problem "a_mdsu.bad_length" "Subframe is longer than what is left" own;
}

fields! {
    /// The addresses, which are fields of 802.11.
    ADDRESS_ROWS = "wlan" ADDRESSES "";
    DA = mac "da" "Destination" brief("to ");
    SA = mac "sa" "Source" brief("from ");
}

/// The shortest subframe is a header of 14 bytes, so their number is bounded.
fn dissect(p: &mut Packet<'_>) -> Step {
    while p.declared_left() > 0 {
        let more = p.group(&SUBFRAME, |p| {
            p.group(&ADDRESSES, |p| {
                p.mac(&DA)?;
                p.mac(&SA)
            })?;
            let length = usize::from(p.u16(&LENGTH)?);
            if length > p.declared_left() {
                p.problem_at(&BAD_LENGTH, p.at() - 2, 2);
            }
            let carried = length.min(p.declared_left());
            if carried > 0 {
                p.later(Next::To(&LLC), p.at(), carried);
            }
            p.skip(carried.min(p.left()))?;
            let padding = (4 - (14 + carried) % 4) % 4;
            let padding = padding.min(p.declared_left());
            if padding > 0 {
                p.bytes(&PADDING, padding)?;
            }
            Ok(p.left() > 0 && carried == length)
        })?;
        if !more {
            break;
        }
    }
    Ok(Next::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const TWO: &str = "665405060708 88e0f37faec0 0009 aaaa03 000000 88b5 61 00 \
         665405060708 88e0f37faec0 000a aaaa03 000000 88b5 6263";

    #[test]
    fn two_packets() {
        insta::assert_snapshot!(tree(&WLAN_AGGREGATE, &hex(TWO)));
    }

    #[test]
    fn every_prefix_of_them() {
        every_prefix(&WLAN_AGGREGATE, &hex(TWO));
    }

    /// Section 9.3.2.2 leaves the last subframe without padding; some pad it.
    #[test]
    fn padding_behind_the_last_is_no_subframe() {
        let tree = tree(&WLAN_AGGREGATE, &hex("665405060708 88e0f37faec0 0009 aaaa03 000000 88b5 61 00"));
        assert_eq!(tree.matches("Destination").count(), 1, "{tree}");
        assert!(tree.contains("Padding: 00\n"), "{tree}");
    }

    #[test]
    fn a_subframe_that_is_too_long() {
        let bytes = hex("665405060708 88e0f37faec0 0109 aaaa03 000000 88b5 61");
        let tree = tree(&WLAN_AGGREGATE, &bytes);
        assert!(tree.contains("longer than what is left") && tree.contains("Data: 61"), "{tree}");
    }
}
