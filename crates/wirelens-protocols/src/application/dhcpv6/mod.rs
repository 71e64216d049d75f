//! Dynamic Host Configuration Protocol for IPv6, RFC 8415.

mod names;
mod options;

use wirelens_dissect::prelude::*;

use crate::transport::udp::UDP_PORT;

protocol! {
    DHCPV6 = "dhcpv6" "DHCPv6" "Dynamic Host Configuration Protocol for IPv6", Application;
    @ UDP_PORT 546 | 547;
    MESSAGE  = uint "msgtype" "Message" names(names::MESSAGES) brief("");
    HOPS     = uint "hopcount" "Hop Count";
    LINK     = ipv6 "linkaddr" "Link Address";
    PEER     = ipv6 "peeraddr" "Peer Address" brief("of ");
    ID       = hex  "xid" "Transaction ID" brief("id ");
    FLAGS    = hex  "dhcpv4_flags" "Flags" own;
    OPTION   = text  "option.type_str" "Option" many shared key("options") rows(options::ROWS);
}

/// RFC 8415 section 7.3.
const RELAY_FORWARD: u8 = 12;
const RELAY_REPLY: u8 = 13;
/// RFC 7341 section 6.
const DHCPV4_QUERY: u8 = 20;
const DHCPV4_RESPONSE: u8 = 21;

fn dissect(p: &mut Packet<'_>) -> Step {
    let message = p.u8(&MESSAGE)?;
    match message {
        RELAY_FORWARD | RELAY_REPLY => {
            p.u8(&HOPS)?;
            p.ipv6(&LINK)?;
            p.ipv6(&PEER)?;
        }
        DHCPV4_QUERY | DHCPV4_RESPONSE => p.u24(&FLAGS).map(drop)?,
        _ => p.u24(&ID).map(drop)?,
    }
    options::read_all(p, message, 0)?;
    Ok(Next::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    /// An option with its length.
    fn option(code: u16, parts: &[&[u8]]) -> Vec<u8> {
        let value = parts.concat();
        let mut bytes = code.to_be_bytes().to_vec();
        bytes.extend((value.len() as u16).to_be_bytes());
        bytes.extend(value);
        bytes
    }

    fn check(message: u8, all: &[Vec<u8>]) -> String {
        let bytes = [&[message, 0x12, 0x34, 0x56][..], &all.concat()].concat();
        every_prefix(&DHCPV6, &bytes);
        tree(&DHCPV6, &bytes)
    }

    fn simple(code: u16, value: &str) -> Vec<u8> {
        option(code, &[&hex(value)])
    }

    const ADDRESS: &str = "20010db8000000000000000000000001";
    const NAME: &str = "03666f6f076578616d706c6500";

    #[test]
    fn a_solicitation() {
        insta::assert_snapshot!(check(1, &[
            simple(1, "0001000118f00b3f000c2938f368"),
            simple(2, "00030001020000000001"),
            simple(2, "0002000000090102"),
            simple(2, "000400112233445566778899aabbccddeeff"),
            simple(6, "00170018"),
            simple(8, "0064"),
            simple(14, ""),
            simple(15, "0003 616263 0001 64"),
            simple(16, "00000009 0003 616263"),
            simple(17, "00000009 0001 0002 aabb 0002 0000"),
            simple(39, "01 04686f7374"),
        ]));
    }

    #[test]
    fn associations() {
        let status = simple(13, "0002 6e6f6e65");
        let address = option(5, &[&hex(ADDRESS), &hex("00000064 00000065"), &status]);
        let exclude = simple(67, "40 aabb");
        let prefix = option(26, &[&hex("00000064 00000065 38"), &hex(ADDRESS), &exclude]);
        let all = [
            option(3, &[&hex("00000001 00000002 00000003"), &address, &status]),
            option(4, &[&hex("00000001"), &address]),
            option(25, &[&hex("00000001 00000002 00000003"), &prefix]),
        ];
        insta::assert_snapshot!(check(7, &all));
        insta::assert_snapshot!(json(&DHCPV6, &[&hex("07123456")[..], &all.concat()].concat()));
    }

    #[test]
    fn other_options() {
        insta::assert_snapshot!(check(7, &[
            simple(7, "05"),
            simple(11, "03 01 00 0000000000000001 02 00112233445566778899aabbccddeeff"),
            simple(12, ADDRESS),
            simple(18, "61"),
            simple(19, "05"),
            option(21, &[&hex(NAME), &hex(NAME)]),
            option(23, &[&hex(ADDRESS), &hex(ADDRESS)]),
            simple(24, NAME),
            simple(32, "00000e10"),
            simple(37, "00000009 0102"),
            simple(39, "04 00"),
            simple(41, "45535435"),
            option(44, &[&[1], &hex(ADDRESS), &simple(1, "000501")]),
            option(56, &[&simple(1, ADDRESS), &simple(3, NAME)]),
            simple(60, "0003 616263"),
            simple(61, "0007"),
            simple(79, "0001 020000000001"),
            option(94, &[&simple(89, "01 06 18 c0000200 30 20010db80001"), &simple(90, ADDRESS)]),
            simple(135, "0223"),
            simple(999, "01"),
            simple(7, "0102"),
            simple(3, "0102"),
        ]));
    }

    #[test]
    fn a_relayed_message() {
        let inner = option(9, &[&hex("01 123456"), &simple(1, "000501")]);
        let header = |hops: u8| [&[12, hops][..], &hex(ADDRESS), &hex(ADDRESS)].concat();
        let relayed = [header(0), simple(18, "61"), inner].concat();
        let twice = [header(1), option(9, &[&relayed])].concat();
        insta::assert_snapshot!(tree(&DHCPV6, &twice));
        every_prefix(&DHCPV6, &twice);
    }

    #[test]
    fn options_inside_options_end_somewhere() {
        let mut option_in_option = Vec::new();
        for _ in 0..200 {
            option_in_option = option(45, &[&option_in_option]);
        }
        let bytes = [&hex("07123456")[..], &option_in_option].concat();
        assert!(tree(&DHCPV6, &bytes).contains("! Options are nested too deep"));
    }
}
