//! Opaque link state advertisements, RFC 5250, and what they are made of; grace, RFC 3623 and RFC 5187.

use wirelens_dissect::joined;
use wirelens_dissect::prelude::*;

use super::LSA;
use super::extended::{self, EXTENDED_ROWS};
use super::router_information::{self, INFORMATION_ROWS};
use super::traffic::{self, TRAFFIC_ROWS};

/// Rows of opaque advertisements.
pub(super) static OPAQUE_ROWS: &[&Field] = &joined::<7>(COMMON_ROWS, CONTENT_ROWS);
static CONTENT_ROWS: &[&Field] = &joined::<4>(TRAFFIC_ROWS, OTHER_ROWS);
static OTHER_ROWS: &[&Field] = &joined::<3>(INFORMATION_ROWS, EXTENDED_ROWS);

fields! {
    /// Grace, and what stands anywhere in opaque advertisements.
    COMMON_ROWS = "ospf" LSA "lsas";
    GRACE   = group "v2.grace" "Grace" many key("grace") {
        GRACE_TYPE   = uint "tlv_type" "Type" key("type") names(GRACE_TYPES);
        GRACE_LENGTH = uint "tlv_length" "Length" key("length") detail;
        PERIOD  = uint "v2.grace.period" "Period in seconds" key("period");
        REASON  = uint "v2.grace.reason" "Reason" key("reason") names(REASONS);
        ADDRESS = ipv4 "v2.grace.ip" "Interface Address" key("address");
        GRACE_VALUE = bytes "v2.grace.value" "Value" own key("value");
        GRACE_PADDING = bytes "pad_bytes" "Padding" key("padding") detail;
    };
    BAD_TLV = problem "tlv_length.bad" "Length does not fit the item" own shared many key("bad_lengths");
    UNKNOWN = bytes "lsa.opaque.content" "Content" own key("opaque_content");
}

/// RFC 3623 appendix B.
static GRACE_TYPES: Names = &[(1, "Grace period"), (2, "Restart reason"), (3, "Interface address")];

static REASONS: Names = &[
    (0, "Unknown"),
    (1, "Software restart"),
    (2, "Software reload or upgrade"),
    (3, "Switch to redundant processor"),
];

pub(super) fn read(p: &mut Packet<'_>, kind: u8) -> Read {
    match kind {
        1 => traffic::read(p),
        3 => grace(p),
        4 => router_information::read(p),
        7 => extended::prefixes(p),
        8 => extended::links(p),
        _ => p.remainder(&UNKNOWN),
    }
}

/// The length that `row` tells, and its value, as far as there is one; then the padding up to a
/// multiple of four bytes, RFC 3630 section 2.3.2. Stands behind it whatever was read.
pub(super) fn value(
    p: &mut Packet<'_>,
    row: &'static Field,
    inside: impl FnOnce(&mut Packet<'_>) -> Read,
) -> Read {
    let length = usize::from(p.u16(row)?);
    let room = p.declared_left();
    if length > room {
        p.problem_at(&BAD_TLV, p.at() - 2, 2);
    }
    p.contained(length.min(room), &BAD_TLV, inside)?;
    p.skip((length.next_multiple_of(4) - length).min(p.left()))
}

/// RFC 3623 appendix B; version 3 has the same, RFC 5187.
pub(super) fn grace(p: &mut Packet<'_>) -> Read {
    p.each(|p| {
        p.group(&GRACE, |p| {
            let kind = p.u16(&GRACE_TYPE)?;
            let length = usize::from(p.peek_u16()?);
            let end = p.at() + 2 + length;
            value(p, &GRACE_LENGTH, |p| {
                match kind {
                    1 => p.u32(&PERIOD).map(drop)?,
                    2 => p.u8(&REASON).map(drop)?,
                    3 => p.ipv4(&ADDRESS).map(drop)?,
                    _ => {}
                }
                p.remainder(&GRACE_VALUE)
            })?;
            if let Some(padding @ 1..) = p.at().checked_sub(end) {
                p.mark(&GRACE_PADDING, end, padding, 0);
            }
            Ok(())
        })
    })
}

/// An update with one opaque advertisement of version 2, for tests.
#[cfg(test)]
pub(super) fn update(kind: u8, id: &str, body: &str) -> Vec<u8> {
    let body = crate::testing::hex(body);
    let (lsa, packet) = (20 + body.len(), 48 + body.len());
    let mut bytes = crate::testing::hex(&format!(
        "02 04 {packet:04x} c0000201 00000000 0000 0000 0000000000000000 00000001
        0001 02 {kind:02x} {id} c0000201 80000001 1234 {lsa:04x}"
    ));
    bytes.extend(body);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::ospf::OSPF;
    use crate::testing::*;

    const GRACES: &str = "0001 0004 00000078 0002 0001 01 000000 0003 0004 c0000209 0009 0002 abcd 0000";

    #[test]
    fn grace_before_a_restart() {
        insta::assert_snapshot!(tree(&OSPF, &update(9, "03 000000", GRACES)));
        every_prefix(&OSPF, &update(9, "03 000000", GRACES));
    }

    #[test]
    fn an_item_longer_than_its_advertisement_is_a_problem() {
        let tree = tree(&OSPF, &update(9, "03 000000", "0001 0040 00000078"));
        assert!(tree.contains(&format!("! {}", BAD_TLV.label)), "{tree}");
        assert!(tree.contains("Period in seconds: 120"), "{tree}");
    }

    #[test]
    fn an_unknown_kind_stays_bytes() {
        let tree = tree(&OSPF, &update(11, "63 000001", "01020304"));
        assert!(tree.contains("Content: 01020304"), "{tree}");
    }
}
