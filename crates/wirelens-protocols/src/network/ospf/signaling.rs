//! What stands behind a packet: link-local signaling, RFC 5613, with what overlapping relays say, RFC 5820;
//! the authentication trailer of version 3, RFC 7166.

use wirelens_dissect::prelude::*;

use super::{LLS, TRAILER};

fields! {
    /// Rows of link-local signaling.
    SIGNALING_ROWS = "ospf" LLS "lls";
    LLS_CHECKSUM = hex "lls.checksum" "Checksum";
    LLS_LENGTH   = uint "lls.data_length" "Data Length";
    ITEM = group "lls.tlv" "Item" own many key("items") {
        ITEM_TYPE   = uint "tlv_type" "Type" key("type") names(TYPES);
        ITEM_LENGTH = uint "tlv_length" "Length" key("length");
        EXTENDED    = hex "lls.ext.options" "Extended Options" key("extended_options") {
            LR = flag "lls.ext.options.lr" "LSDB Resynchronization" & 0x0000_0001 key("lr");
            RS = flag "lls.ext.options.rs" "Restart Signal" & 0x0000_0002 key("rs");
        };
        SEQUENCE    = hex "v2.lls.sequence_number" "Sequence Number" key("sequence");
        AUTH        = bytes "v2.lls.auth_data" "Authentication Data" key("auth");
        INTERFACE   = bytes "v3.lls.ll_id" "Local Interface" key("local_interface");
        DATA        = bytes "lls.tlv.value" "Value" own key("value");
    };
    EXTENDED3 = group "v3.lls.ext.options.tlv" "Extended Options" many key("extended_options_v3") rows(EXTENDED3_ROWS);
    STATE = group "v3.lls.state.tlv" "State Check Sequence" many key("state") rows(STATE_ROWS);
    DROP  = group "v3.lls.drop.tlv" "Neighbor Drop" many key("drop") rows(DROP_ROWS);
    REQUEST = group "v3.lls.rf.tlv" "Request From" many key("request_from") rows(REQUEST_ROWS);
    FULL  = group "v3.lls.fsf.tlv" "Full State For" many key("full_state_for") rows(FULL_ROWS);
    RELAY = group "v3.lls.relay.tlv" "Active Overlapping Relays" many key("relays") rows(RELAY_ROWS);
    WILLINGNESS = group "v3.lls.willingness.tlv" "Willingness" many key("willingness") rows(WILLINGNESS_ROWS);
    V3_TYPE   = uint "tlv_type" "Type" shared detail key("type") names(TYPES);
    V3_LENGTH = uint "tlv_length" "Length" shared detail key("length");
    V3_DATA   = bytes "v3.lls.tlv.value" "Value" own shared key("value");
}

fields! {
    EXTENDED3_ROWS = "ospf" EXTENDED3 "v3.lls.ext.options.tlv";
    OPTIONS3 = hex "v3.lls.ext.options" "Options" key("options") {
        LR3 = flag "v3.lls.ext.options.lr" "LSDB Resynchronization" & 0x0000_0001 key("lr");
        RS3 = flag "v3.lls.ext.options.rs" "Restart Signal" & 0x0000_0002 key("rs");
    };
}

fields! {
    STATE_ROWS = "ospf" STATE "v3.lls.state.tlv";
    STATE_NUMBER = uint "v3.lls.state.scs" "Number" key("number");
    STATE_OPTIONS = hex "v3.lls.state.options" "Options" key("options") {
        STATE_R = flag "v3.lls.state.options.r" "Request" & 0x80 key("r");
        STATE_A = flag "v3.lls.state.options.a" "Answer" & 0x40 key("a");
        STATE_N = flag "v3.lls.state.options.n" "Incomplete" & 0x20 key("n");
    };
}

fields! {
    DROP_ROWS = "ospf" DROP "v3.lls.drop.tlv";
    DROPPED = ipv4 "v3.lls.dropped_neighbor" "Neighbor" many key("neighbors");
}

fields! {
    REQUEST_ROWS = "ospf" REQUEST "v3.lls.rf.tlv";
    REQUESTED = ipv4 "v3.lls.request_from" "Neighbor" many key("neighbors");
}

fields! {
    FULL_ROWS = "ospf" FULL "v3.lls.fsf.tlv";
    FULL_STATE = ipv4 "v3.lls.full_state_for" "Neighbor" many key("neighbors");
}

fields! {
    RELAY_ROWS = "ospf" RELAY "v3.lls.relay.tlv";
    RELAYS_ADDED = uint "v3.lls.relay.added" "Relays Added" key("added");
    RELAY_OPTIONS = hex "v3.lls.relay.options" "Options" key("options") {
        RELAY_A = flag "v3.lls.relay.options.a" "Always" & 0x80 key("a");
        RELAY_N = flag "v3.lls.relay.options.n" "Never" & 0x40 key("n");
    };
    RELAY_NEIGHBOR = ipv4 "v3.lls.neighbor" "Neighbor" many key("neighbors");
}

fields! {
    WILLINGNESS_ROWS = "ospf" WILLINGNESS "v3.lls.willingness.tlv";
    WILLING = uint "v3.lls.willingness" "Willingness" key("willingness");
}

fields! {
    /// Rows of the authentication trailer.
    TRAILER_ROWS = "ospf" TRAILER "at";
    AUTH_TYPE   = uint "at.auth_type" "Authentication Type" names(AUTHENTICATIONS);
    AUTH_LENGTH = uint "at.auth_data_len" "Length";
    AUTH_RESERVED = hex "at.reserved" "Reserved" detail;
    ASSOCIATION = hex  "at.sa_id" "Security Association" key("sa_id");
    CRYPTO_SEQUENCE = uint "at.crypto_seq_nbr" "Sequence Number" key("sequence");
    CRYPTO_DATA = bytes "at.auth_data" "Authentication Data";
}

/// RFC 5613 section 2.2, RFC 5820 section 3, RFC 8510.
static TYPES: Names = &[
    (1, "Extended options"),
    (2, "Cryptographic authentication"),
    (3, "State check sequence"),
    (4, "Neighbor drop"),
    (5, "Request from"),
    (6, "Full state for"),
    (7, "Active overlapping relays"),
    (8, "Willingness"),
    (18, "Local interface ID"),
];

/// RFC 7166 section 2.2.
static AUTHENTICATIONS: Names = &[(0, "Reserved"), (1, "HMAC cryptographic")];

/// RFC 5613 section 2; its length is in words of four bytes.
pub(super) fn link_local(p: &mut Packet<'_>, version: u8) -> Read {
    p.u16(&LLS_CHECKSUM)?;
    let words = usize::from(p.peek_u16()?);
    p.number(&LLS_LENGTH, words as u64 * 4, 2)?;
    let length = (words * 4).saturating_sub(4).min(p.declared_left());
    p.within(length, |p| {
        while p.left() > 0 {
            let kind = p.peek_u16()?;
            let row = match (version, kind) {
                (3, 1) => &EXTENDED3,
                (3, 3) => &STATE,
                (3, 4) => &DROP,
                (3, 5) => &REQUEST,
                (3, 6) => &FULL,
                (3, 7) => &RELAY,
                (3, 8) => &WILLINGNESS,
                _ => &ITEM,
            };
            p.group(row, |p| if std::ptr::eq(row, &ITEM) { item(p, version) } else { item3(p, kind) })?;
        }
        Ok(())
    })
}

fn item(p: &mut Packet<'_>, version: u8) -> Read {
    let kind = p.u16(&ITEM_TYPE)?;
    let length = usize::from(p.u16(&ITEM_LENGTH)?).min(p.declared_left());
    p.within(length, |p| match (version, kind, p.left()) {
        (2, 1, 4) => p.u32(&EXTENDED).map(drop),
        (2, 2, 4..) => {
            p.u32(&SEQUENCE)?;
            p.rest(&AUTH).map(drop)
        }
        // RFC 8510 section 3.
        (_, 18, 1..) => p.rest(&INTERFACE).map(drop),
        _ => p.remainder(&DATA),
    })?;
    padding(p, length)
}

fn item3(p: &mut Packet<'_>, kind: u16) -> Read {
    p.u16(&V3_TYPE)?;
    let length = usize::from(p.u16(&V3_LENGTH)?).min(p.declared_left());
    p.within(length, |p| {
        match (kind, p.left()) {
            (1, 4..) => p.u32(&OPTIONS3).map(drop)?,
            (3, 3..) => {
                p.u16(&STATE_NUMBER)?;
                p.u8(&STATE_OPTIONS)?;
                p.skip(p.left().min(1))?;
            }
            (4, _) => neighbors(p, &DROPPED)?,
            (5, _) => neighbors(p, &REQUESTED)?,
            (6, _) => neighbors(p, &FULL_STATE)?,
            (7, 2..) => {
                p.u8(&RELAYS_ADDED)?;
                p.u8(&RELAY_OPTIONS)?;
                p.skip(p.left().min(2))?;
                neighbors(p, &RELAY_NEIGHBOR)?;
            }
            (8, 1..) => {
                p.u8(&WILLING)?;
                p.skip(p.left().min(3))?;
            }
            _ => {}
        }
        p.remainder(&V3_DATA)
    })?;
    padding(p, length)
}

fn neighbors(p: &mut Packet<'_>, row: &'static Field) -> Read {
    while p.left() >= 4 {
        p.ipv4(row)?;
    }
    Ok(())
}

fn padding(p: &mut Packet<'_>, length: usize) -> Read {
    p.skip((length.next_multiple_of(4) - length).min(p.left()))
}

/// Are the bytes that are left such a trailer, by their type and length?
pub(super) fn is_trailer(p: &Packet<'_>) -> bool {
    let Some(&[0, 1, high, low]) = p.ahead().first_chunk() else {
        return false;
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    length >= 16 && length == p.declared_left()
}

/// RFC 7166 section 2.2: its length counts itself and the fixed part.
pub(super) fn authentication(p: &mut Packet<'_>) -> Read {
    p.u16(&AUTH_TYPE)?;
    let length = usize::from(p.u16(&AUTH_LENGTH)?);
    p.u16(&AUTH_RESERVED)?;
    p.u16(&ASSOCIATION)?;
    p.u64(&CRYPTO_SEQUENCE)?;
    match length.saturating_sub(16).min(p.declared_left()) {
        0 => Ok(()),
        digest => p.bytes(&CRYPTO_DATA, digest).map(drop),
    }
}

#[cfg(test)]
mod tests {
    use crate::network::ospf::OSPF;
    use crate::testing::*;

    /// A hello of version 3 with these options and what stands behind it.
    fn hello(options: &str, behind: &str) -> Vec<u8> {
        hex(&format!("03 01 0024 c0000201 00000000 f568 00 00
            00000002 01 {options} 000a 0028 00000000 00000000 {behind}"))
    }

    const SIGNALS: &str = "0000 0019 0001 0004 00000003 0003 0004 0005 e0 00 0004 0008 c0000205 c0000206
        0005 0004 c0000207 0006 0004 c0000208 0007 0008 01 c0 0000 c0000209 0008 0004 80 000000
        0012 0004 00000004 0063 0002 abcd 0000 0001 0000";
    const TRAILER: &str = "0001 0030 0000 0001 0000000000000007
        000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    #[test]
    fn signals_of_version_3() {
        insta::assert_snapshot!(tree(&OSPF, &hello("000213", SIGNALS)));
        every_prefix(&OSPF, &hello("000213", SIGNALS));
    }

    #[test]
    fn an_authentication_trailer() {
        insta::assert_snapshot!(tree(&OSPF, &hello("000413", TRAILER)));
        every_prefix(&OSPF, &hello("000413", TRAILER));
    }

    #[test]
    fn a_trailer_stands_behind_signals() {
        let both = format!("0000 0003 0001 0004 00000001 {TRAILER}");
        let tree = tree(&OSPF, &hello("000613", &both));
        assert!(tree.contains("LSDB Resynchronization: true"), "{tree}");
        assert!(tree.contains("Security Association: 0x0001"), "{tree}");
    }

    #[test]
    fn an_acknowledgment_has_no_options_to_announce_a_trailer() {
        let packet = hex(&format!("03 05 0010 c0000201 00000000 0000 00 00 {TRAILER}"));
        assert!(tree(&OSPF, &packet).contains("Security Association: 0x0001"));
        let packet = hex(&format!("03 05 0010 c0000201 00000000 0000 00 00 {TRAILER} 00"));
        assert!(!tree(&OSPF, &packet).contains("Security Association"));
    }

    #[test]
    fn what_no_option_announces_is_not_read() {
        let tree = tree(&OSPF, &hello("000013", TRAILER));
        assert!(!tree.contains("Security Association"), "{tree}");
    }
}
