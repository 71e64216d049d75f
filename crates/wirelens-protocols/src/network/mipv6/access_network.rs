//! Where a mobile node is attached, RFC 6757.

use wirelens_dissect::prelude::*;

use super::option_rows::ANI;

fields! {
    /// What the option says of the access network.
    NETWORK_ROWS = "mip6" ANI "options.acc_net_id";
    ITEM = group "acc_net_id" "Access Network Identifier" many key("items") {
        ITEM_TYPE = uint "acc_net_id.ani" "Type" key("type") names(TYPES);
        ITEM_LENGTH = uint "acc_net_id.sub_opt_len" "Length" key("length") detail;
        UTF8    = flag "acc_net_id.e_bit" "Names are UTF-8" & 0x80 read key("e_bit");
        NAME_LENGTH = uint "acc_net_id.net_name_len" "Length of the Network's Name" key("network_name_length") detail;
        NAME    = text "acc_net_id.net_name" "Network's Name" key("network_name") brief("in ");
        NAME_BYTES = bytes "acc_net_id.net_name_data" "Network's Name" key("network_name_bytes");
        POINT_LENGTH = uint "acc_net_id.ap_name_len" "Length of the Access Point's Name" key("access_point_length") detail;
        POINT   = text "acc_net_id.ap_name" "Access Point's Name" key("access_point");
        LATITUDE = int "acc_net_id.geo.latitude_degrees" "Latitude in units of 2^-15 degrees" key("latitude");
        LONGITUDE = int "acc_net_id.geo.longitude_degrees" "Longitude in units of 2^-15 degrees" key("longitude");
        OPERATOR_TYPE = uint "acc_net_id.op_id.type" "Kind of Operator" key("operator_type") names(OPERATORS);
        OPERATOR = bytes "acc_net_id.op_id" "Operator" key("operator");
        DATA    = bytes "acc_net_id.data" "Data" own key("data");
    };
}

static TYPES: Names =
    &[(0, "Reserved"), (1, "Network identifier"), (2, "Geographic location"), (3, "Operator")];

static OPERATORS: Names = &[(0, "Reserved"), (1, "Private enterprise number"), (2, "Realm")];

pub(super) fn read(p: &mut Packet<'_>) -> Read {
    p.each(|p| {
        p.group(&ITEM, |p| {
            let kind = p.u8(&ITEM_TYPE)?;
            let length = p.u8(&ITEM_LENGTH)?;
            p.within(length.into(), |p| {
                match kind {
                    1 => network(p)?,
                    2 => {
                        degrees(p, &LATITUDE)?;
                        degrees(p, &LONGITUDE)?;
                    }
                    3 => {
                        p.u8(&OPERATOR_TYPE)?;
                        p.remainder(&OPERATOR)?;
                    }
                    _ => {}
                }
                p.remainder(&DATA)
            })
        })
    })
}

fn network(p: &mut Packet<'_>) -> Read {
    let utf8 = UTF8.of(p.u8(&UTF8)?.into()) == 1;
    let length = p.u8(&NAME_LENGTH)?;
    p.bytes(if utf8 { &NAME } else { &NAME_BYTES }, length.into())?;
    let length = p.u8(&POINT_LENGTH)?;
    p.text(&POINT, length.into()).map(drop)
}

/// Two's complement in 24 bits, 15 of them behind the point.
fn degrees(p: &mut Packet<'_>, row: &'static Field) -> Read {
    let [a, b, c] = p.peek()?;
    let value = i32::from_be_bytes([a, b, c, 0]) >> 8;
    p.number(row, i64::from(value).cast_unsigned(), 3)
}

#[cfg(test)]
mod tests {
    use crate::network::mipv6::MIPV6;
    use crate::testing::*;

    const UPDATE: &str = "3b 04 05 00 0000 0001 8200 0010 3419
        0108 80 02 6162 03 78797a 0206 199999 e00001 0305 01 00000009 00";

    #[test]
    fn a_location() {
        insta::assert_snapshot!(tree(&MIPV6, &hex(UPDATE)));
        every_prefix(&MIPV6, &hex(UPDATE));
    }

    #[test]
    fn a_name_of_unknown_encoding_is_bytes() {
        let tree = tree(&MIPV6, &hex("3b 02 05 00 0000 0001 8200 0010 3407 0105 00 02 6162 00 000000"));
        assert!(tree.contains("Network's Name: 6162"), "{tree}");
    }
}
