//! Mobility Header: Mobile IPv6, RFC 6275; network mobility, RFC 3963; fast handovers, RFC 5568;
//! proxy mobility, RFC 5213 and RFC 5844; and the messages that came later.

mod access_network;
mod messages;
mod names;
mod option_rows;
mod options;
mod vendor;

use wirelens_dissect::prelude::*;

use crate::checksum::{self, Verdict};
use crate::network::ip_protocols::PROTOCOLS;
use crate::network::ipv4::IP_PROTO;
use crate::transport::udp::UDP_PORT;
use messages::MESSAGE_ROWS;
use option_rows::OPTION_ROWS;

protocol! {
    MIPV6 = "mipv6" "MIPv6" "Mobile IPv6", Network;
    @ IP_PROTO 62 | 135;
    @ UDP_PORT 5436;
    HEADER  = group "header" "Header" own rows(HEADER_ROWS);
    MESSAGE = group "message" "Message" own rows(MESSAGE_ROWS);
    OPTIONS = group "options" "Mobility Options" own rows(OPTION_ROWS);
    BEHIND  = bytes "behind" "Bytes behind the header" own;
    NOT_LAST = problem "not_last" "Another header is said to follow" own;
    BAD_LENGTH = problem "length.bad" "Header is too short for its message" own;
    BAD_CHECKSUM = problem "checksum.bad" "Checksum is wrong" own;
}

fields! {
    /// What every mobility header begins with, RFC 6275 section 6.1.1.
    HEADER_ROWS = "mip6" HEADER "header";
    PROTO    = uint "proto" "Payload Protocol" names(PROTOCOLS);
    LENGTH   = uint "hlen" "Length in units of 8 bytes less 1";
    TYPE     = uint "mhtype" "Type" names(names::MESSAGES) key("type") brief("") leads;
    RESERVED = hex  "reserved" "Reserved" detail;
    CHECKSUM = hex  "csum" "Checksum" key("checksum");
}

const NO_NEXT_HEADER: u8 = 59;

fn dissect(p: &mut Packet<'_>) -> Step {
    let (mut next, mut length, mut kind) = (0, 0, 0);
    p.group(&HEADER, |p| {
        next = p.u8(&PROTO)?;
        length = usize::from(p.u8(&LENGTH)?) * 8 + 8;
        kind = p.u8(&TYPE)?;
        p.u8(&RESERVED)?;
        p.u16(&CHECKSUM).map(drop)
    })?;
    if p.checksums() {
        verify(p, length);
    }
    p.contained(length - 6, &BAD_LENGTH, |p| {
        if messages::read(p, kind)? && p.declared_left() > 0 {
            p.group(&OPTIONS, options::read)?;
        }
        Ok(())
    })?;
    // RFC 6275 section 9.2: such a packet must be discarded.
    if next != NO_NEXT_HEADER {
        p.problem_at(&NOT_LAST, p.start(), 1);
    }
    p.remainder(&BEHIND)?;
    Ok(Next::Nothing)
}

/// RFC 6275 section 6.1.1. What is carried in UDP is covered by that one's checksum.
#[cold]
fn verify(p: &mut Packet<'_>, length: usize) {
    let flow = *p.flow();
    let whole = p.layer_bytes().get(..length);
    let (false, false, 6, true, Some(whole)) =
        (p.is_quoted(), p.is_fragment(), flow.version, flow.ports == (0, 0), whole)
    else {
        return;
    };
    let pseudo = checksum::pseudo_header(&flow, 135, length);
    if checksum::verify(whole, 4, pseudo) == Verdict::Bad {
        p.problem_at(&BAD_CHECKSUM, p.start() + 4, 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    /// A proxy binding update for a home network.
    const UPDATE: &str = "3b 06 05 00 bc6d 0001 8200 0010
        08 06 01 6140622e63  16 12 00 40 20010db8000000000000000000000000
        17 02 00 01  18 02 00 04  01 06 000000000000";

    #[test]
    fn an_update() {
        insta::assert_snapshot!(tree(&MIPV6, &hex(UPDATE)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&MIPV6, &hex(UPDATE));
    }

    #[test]
    fn a_header_behind_it_is_a_problem() {
        let tree = tree(&MIPV6, &hex("06 01 01 00 0000 0000 0102030405060708 0102"));
        assert!(tree.contains("! Another header") && tree.contains("behind the header: 0102"), "{tree}");
    }

    #[test]
    fn a_length_too_short_for_the_message_is_a_problem() {
        let tree = tree(&MIPV6, &hex("3b 00 01 00 0000 0000 0102030405060708"));
        assert!(tree.contains("! Header is too short"), "{tree}");
    }

    #[test]
    fn a_checksum_covers_the_addresses() {
        use wirelens_dissect::{Input, Session, Settings};
        let packet = |checksum: &str| {
            hex(&format!("60000000 0008 87 40 20010db8000000000000000000000001
                20010db8000000000000000000000002 3b 00 00 00 {checksum} 0000"))
        };
        let problems = |checksum: &str| {
            let bytes = packet(checksum);
            let settings = Settings { checksums: true, ..Settings::default() };
            let mut session = Session::with(crate::shared(), settings);
            let frame = session.dissect(Input {
                number: 1,
                captured: &bytes,
                length: bytes.len() as u32,
                link_type: 229,
                ..Input::default()
            });
            frame.problems()
        };
        assert_eq!((problems("68fb"), problems("0001")), (0, 1));
    }
}
