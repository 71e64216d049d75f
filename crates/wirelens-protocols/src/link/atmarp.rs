//! ATM Address Resolution Protocol, RFC 2225 section 8.

use wirelens_dissect::prelude::*;

use crate::link::arp::{HARDWARE, OPERATIONS, protocol_address};
use crate::link::ethertype::ETHERTYPES;

/// Formats of ATM end system addresses, ATM Forum UNI 3.1 section 5.1.3.
static ADDRESS_FORMATS: Names = &[
    (0x39, "DCC"),
    (0x45, "E.164"),
    (0x47, "ICD"),
    (0xbd, "DCC group"),
    (0xc3, "E.164 group"),
    (0xc5, "ICD group"),
];

protocol! {
    ATMARP = "arp" "ATMARP" "ATM Address Resolution Protocol", Network;
    HW_TYPE    = uint "hw.type"    "Hardware Type" names(HARDWARE) key("hw_type");
    PROTO_TYPE = hex  "proto.type" "Protocol Type" names(ETHERTYPES) key("proto_type");
    SRC_NUMBER = group "src.number" "Sender ATM number type and length" own detail {
        SRC_HTYPE = flag "src.htype" "E.164 Number" & 0x40;
        SRC_HLEN  = uint "src.hlen"  "Length" & 0x3f;
    };
    SRC_SUBADDRESS = group "src.subaddress" "Sender ATM subaddress type and length" own detail {
        SRC_STYPE = flag "src.stype" "E.164 Number" & 0x40;
        SRC_SLEN  = uint "src.slen"  "Length" & 0x3f;
    };
    OPCODE     = uint "opcode"     "Operation" names(OPERATIONS) brief("") leads;
    SRC_PLN    = uint "src.pln"    "Sender Protocol Size" key("src_pln");
    DST_NUMBER = group "dst.number" "Target ATM number type and length" own detail {
        DST_HTYPE = flag "dst.htype" "E.164 Number" & 0x40;
        DST_HLEN  = uint "dst.hlen"  "Length" & 0x3f;
    };
    DST_SUBADDRESS = group "dst.subaddress" "Target ATM subaddress type and length" own detail {
        DST_STYPE = flag "dst.stype" "E.164 Number" & 0x40;
        DST_SLEN  = uint "dst.slen"  "Length" & 0x3f;
    };
    DST_PLN    = uint "dst.pln"    "Target Protocol Size" key("dst_pln");
    SENDER = group "sender" "Sender" own {
        SRC_E164   = text  "src.atm_num_e164" "ATM Number (E.164)" key("e164") brief("at ");
        SRC_NSAP   = bytes "src.atm_num_nsap" "ATM Number (NSAP)" key("nsap") brief("at ") {
            AFI  = hex "src.atm_afi" "Address Format" names(ADDRESS_FORMATS) detail;
            DCC  = hex "src.atm_data_country_code" "Data Country Code" detail;
            DCC_GROUP = hex "src.atm_data_country_code_group" "Data country code, group" detail;
            ICD  = hex "src.atm_international_code_designator" "International Code" detail;
            ICD_GROUP = hex "src.atm_international_code_designator_group" "International code, group" detail key("icd_group");
            ISDN = bytes "src.atm_e.164_isdn" "E.164 Number" detail;
            ISDN_GROUP = bytes "src.atm_e.164_isdn_group" "E.164 number, group" detail;
            HIGH_ORDER = bytes "src.atm_high_order_dsp" "High Order Part" detail;
            END_SYSTEM = bytes "src.atm_end_system_identifier" "End System Identifier" detail;
            SELECTOR = hex "src.atm_selector" "Selector" detail;
            REST = bytes "src.atm_rest_of_address" "Rest of the address" detail;
            UNKNOWN_FORMAT = problem "src.atm_afi.unknown" "Address format is unknown" detail;
        };
        SRC_SUB    = bytes "src.atm_subaddr" "ATM Subaddress" key("subaddress");
        SRC_IPV4   = ipv4  "src.proto_ipv4" "IP Address" key("ip") brief("") leads;
        SRC_PROTO  = bytes "src.proto"      "Protocol Address" key("protocol");
    };
    TARGET = group "target" "Target" own {
        DST_E164   = text  "dst.atm_num_e164" "ATM Number (E.164)" key("e164");
        DST_NSAP   = bytes "dst.atm_num_nsap" "ATM Number (NSAP)" key("nsap");
        DST_SUB    = bytes "dst.atm_subaddr" "ATM Subaddress" key("subaddress");
        DST_IPV4   = ipv4  "dst.proto_ipv4" "IP Address" key("ip") brief("for ");
        DST_PROTO  = bytes "dst.proto"      "Protocol Address" key("protocol");
    };
}

/// The type is one bit, the length the six below it.
const E164: u8 = 0x40;
const LENGTH: u8 = 0x3f;

const NSAP_LENGTH: usize = 20;

/// The walk of a packet whose hardware is ATM; ARP calls it.
pub(crate) fn dissect(p: &mut Packet<'_>) -> Step {
    p.u16(&HW_TYPE)?;
    let protocol = p.u16(&PROTO_TYPE)?;
    let (number, subaddress) = (p.peek_u8()?, p.peek_at(1)?);
    p.group(&SRC_NUMBER, |p| p.bits(number, 1, &[&SRC_HTYPE, &SRC_HLEN]))?;
    p.group(&SRC_SUBADDRESS, |p| p.bits(subaddress, 1, &[&SRC_STYPE, &SRC_SLEN]))?;
    p.u16(&OPCODE)?;
    let sender = Lengths { number, subaddress, protocol: p.u8(&SRC_PLN)?.into() };
    let (number, subaddress) = (p.peek_u8()?, p.peek_at(1)?);
    p.group(&DST_NUMBER, |p| p.bits(number, 1, &[&DST_HTYPE, &DST_HLEN]))?;
    p.group(&DST_SUBADDRESS, |p| p.bits(subaddress, 1, &[&DST_STYPE, &DST_SLEN]))?;
    let target = Lengths { number, subaddress, protocol: p.u8(&DST_PLN)?.into() };
    p.ends_after(p.done() + sender.total() + target.total());
    p.group(&SENDER, |p| {
        atm_address(p, sender, [&SRC_E164, &SRC_NSAP, &SRC_SUB])?;
        protocol_address(p, (protocol, sender.protocol), &SRC_IPV4, &SRC_PROTO)
    })?;
    p.group(&TARGET, |p| {
        atm_address(p, target, [&DST_E164, &DST_NSAP, &DST_SUB])?;
        protocol_address(p, (protocol, target.protocol), &DST_IPV4, &DST_PROTO)
    })?;
    Ok(Next::Nothing)
}

/// Types and lengths of one side's addresses.
#[derive(Clone, Copy)]
struct Lengths {
    number: u8,
    subaddress: u8,
    protocol: usize,
}

impl Lengths {
    fn total(self) -> usize {
        usize::from(self.number & LENGTH) + usize::from(self.subaddress & LENGTH) + self.protocol
    }
}

fn atm_address(
    p: &mut Packet<'_>,
    lengths: Lengths,
    [e164, nsap, subaddress]: [&'static Field; 3],
) -> Read {
    let length = usize::from(lengths.number & LENGTH);
    if length > 0 && lengths.number & E164 != 0 {
        p.text(e164, length)?;
    } else if length > 0 {
        let at = p.at();
        let bytes = p.bytes(nsap, length)?;
        if bytes.len() == NSAP_LENGTH {
            p.under(|p| {
                parts(p, at, bytes[0]);
                Ok(())
            })?;
        }
    }
    let length = usize::from(lengths.subaddress & LENGTH);
    if length > 0 {
        p.bytes(subaddress, length)?;
    }
    Ok(())
}

/// Marks the parts of the address at `at`, which its first byte tells.
fn parts(p: &mut Packet<'_>, at: usize, format: u8) {
    let bytes = p.buffer();
    let word = |at: usize| u64::from(u16::from_be_bytes([bytes[at], bytes[at + 1]]));
    p.mark(&AFI, at, 1, format.into());
    let high_order = match format {
        0x39 | 0xbd => {
            p.mark(if format == 0x39 { &DCC } else { &DCC_GROUP }, at + 1, 2, word(at + 1));
            3
        }
        0x47 | 0xc5 => {
            p.mark(if format == 0x47 { &ICD } else { &ICD_GROUP }, at + 1, 2, word(at + 1));
            3
        }
        0x45 | 0xc3 => {
            p.mark(if format == 0x45 { &ISDN } else { &ISDN_GROUP }, at + 1, 8, 0);
            9
        }
        _ => {
            p.problem_at(&UNKNOWN_FORMAT, at, 1);
            p.mark(&REST, at + 1, NSAP_LENGTH - 1, 0);
            return;
        }
    };
    p.mark(&HIGH_ORDER, at + high_order, 13 - high_order, 0);
    p.mark(&END_SYSTEM, at + 13, 6, 0);
    p.mark(&SELECTOR, at + 19, 1, bytes[at + 19].into());
}

#[cfg(test)]
mod tests {
    use crate::link::arp::ARP;
    use crate::testing::*;

    const REQUEST: &str = "0013 0800 14 00 0008 04 14 00 04
        470005 80ffe1000000f21a26d8 0020481a26d8 00 c0000201
        450005 80ffe1000000f21a26d8 0020481a26d8 00 c0000202";

    #[test]
    fn an_inverse_request() {
        insta::assert_snapshot!(tree(&ARP, &hex(REQUEST)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&ARP, &hex(REQUEST));
    }

    #[test]
    fn a_telephone_number_with_a_subaddress() {
        let tree = tree(&ARP, &hex("0013 0800 46 43 000a 04 0000 04 353535313233 010203 c0000201 c0000202"));
        assert!(tree.contains("ATM Number (E.164): 555123"), "{tree}");
        assert!(tree.contains("ATM Subaddress: 010203"), "{tree}");
    }
}
