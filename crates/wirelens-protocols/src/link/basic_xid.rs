//! Basic format of Exchange Identification, IEEE 802.2 section 5.4.1.1.2.

use wirelens_dissect::prelude::*;

/// Types of procedures, one bit each.
static TYPES: Names = &[
    (1, "Type 1 (Class I)"),
    (2, "Type 2"),
    (3, "Types 1 and 2 (Class II)"),
    (4, "Type 3"),
    (5, "Types 1 and 3 (Class III)"),
    (6, "Types 2 and 3"),
    (7, "Types 1, 2 and 3 (Class IV)"),
];

protocol! {
    BASIC_XID = "basicxid" "XID" "LLC Exchange Identification", Link;
    FORMAT = hex  "llc.xid.format" "Format" key("format") names(&[(0x81, "LLC basic format")]);
    TYPES_SUPPORTED = hex "llc.xid.types" "Types of Procedures" & 0x1f names(TYPES) key("types") brief("") leads;
    WINDOW = uint "llc.xid.wsize"  "Receive Window Size" & 0xfe key("window") brief("window ");
}

/// The first byte of the basic format.
pub(crate) const BASIC: u8 = 0x81;

fn dissect(p: &mut Packet<'_>) -> Step {
    p.u8(&FORMAT)?;
    p.u8(&TYPES_SUPPORTED)?;
    p.u8(&WINDOW)?;
    Ok(Next::Nothing)
}

#[cfg(test)]
mod tests {
    use crate::link::llc::LLC;
    use crate::testing::*;

    #[test]
    fn a_response() {
        insta::assert_snapshot!(tree(&LLC, &hex("0001 bf 8107fe")));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&LLC, &hex("0001 bf 8107fe 00"));
    }

    #[test]
    fn another_format_is_data() {
        assert!(tree(&LLC, &hex("0001 bf 820700")).contains("Data: 820700"));
    }
}
