//! Host Identity Protocol: version 2, RFC 7401, and version 1, RFC 5201; in UDP, RFC 5770 and RFC 9028.

mod host_id;
mod names;
mod parameter_rows;
mod parameters;

use wirelens_dissect::prelude::*;

use crate::checksum::{self, Verdict};
use crate::network::ip_protocols::PROTOCOLS;
use crate::network::ipv4::IP_PROTO;
use crate::transport::udp::{UDP, UDP_PORT};
use parameter_rows::PARAMETER_ROWS;

protocol! {
    HIP = "hip" "HIP" "Host Identity Protocol", Network;
    @ IP_PROTO 139;
    @ UDP_PORT 10500;
    MARKER   = hex   "udp_marker" "Zeros that tell it from ESP" own detail;
    PROTO    = uint  "proto" "Payload Protocol" names(PROTOCOLS);
    LENGTH   = uint  "hdr_len" "Header length in units of 8 bytes less 1";
    FIXED_P  = uint  "shim6_fixed_p" "Fixed bit, zero" & 0x80 detail;
    TYPE     = uint  "packet_type" "Packet Type" & 0x7f names(names::PACKETS) brief("") leads;
    VERSION  = uint  "version" "Version" & 0xf0 brief("v");
    RESERVED = uint  "reserved" "Reserved" & 0x0e own detail;
    FIXED_S  = uint  "shim6_fixed_s" "Fixed bit, one" & 0x01 detail;
    CHECKSUM = hex   "checksum" "Checksum";
    CONTROLS = hex   "controls" "Controls" {
        ANONYMOUS = flag "controls.a" "Sender is anonymous" & 0x0001 span(1, 1);
    };
    SENDER   = bytes "hit_sndr" "Sender's Host Identity Tag";
    RECEIVER = bytes "hit_rcvr" "Receiver's Host Identity Tag";
    PARAMETER = uint "type" "Parameter" many key("parameters") names(names::PARAMETERS) rows(PARAMETER_ROWS);
    BEHIND   = bytes "behind" "Bytes behind the header" own;
    BAD_LENGTH = problem "hdr_len.bad" "Header is shorter than its fixed part" own;
    BAD_BITS = problem "fixed_bits.bad" "Fixed bits are not those of HIP" own;
    BAD_CHECKSUM = problem "bad_checksum" "Checksum is wrong";
}

/// The fixed part, in bytes.
const FIXED: usize = 40;

fn dissect(p: &mut Packet<'_>) -> Step {
    let in_udp = p.outer().is_some_and(|outer| outer.protocol == &UDP);
    if in_udp {
        // RFC 5770 section 4.10: otherwise it is ESP, whose first word is never zero, or a byte
        // that keeps a translation alive.
        if p.ahead().first_chunk() != Some(&[0; 4]) {
            return Ok(Next::NotMine);
        }
        p.u32(&MARKER)?;
    }
    let start = p.at();
    p.u8(&PROTO)?;
    let length = usize::from(p.u8(&LENGTH)?) * 8 + 8;
    let bits = [p.peek_u8()?, p.peek_at(1)?];
    p.bits(bits[0], 1, &[&FIXED_P, &TYPE])?;
    p.bits(bits[1], 1, &[&VERSION, &RESERVED, &FIXED_S])?;
    if bits[0] & 0x80 != 0 || bits[1] & 1 == 0 {
        p.problem_at(&BAD_BITS, start + 2, 2);
    }
    let checksum = p.u16(&CHECKSUM)?;
    if p.checksums() {
        verify(p, start, length, checksum, in_udp);
    }
    p.u16(&CONTROLS)?;
    p.bytes(&SENDER, 16)?;
    p.bytes(&RECEIVER, 16)?;
    let Some(rest) = length.checked_sub(FIXED) else {
        return Err(p.malformed(&BAD_LENGTH));
    };
    let captured = rest.min(p.declared_left());
    p.within(captured, |p| parameters::read(p, bits[1] >> 4))?;
    p.need(rest - captured)?;
    p.remainder(&BEHIND)?;
    Ok(Next::Nothing)
}

/// RFC 7401 section 5.1.1; in UDP it is zero, RFC 5770 section 5.1.
#[cold]
fn verify(p: &mut Packet<'_>, start: usize, length: usize, stored: u16, in_udp: bool) {
    let flow = *p.flow();
    let whole = p.buffer().get(start..start + length).filter(|_| !p.is_quoted() && !p.is_fragment());
    let bad = match whole {
        _ if in_udp => stored != 0,
        Some(whole) if flow.version != 0 => {
            let pseudo = checksum::pseudo_header(&flow, 139, length);
            checksum::verify(whole, 4, pseudo) == Verdict::Bad
        }
        _ => false,
    };
    if bad {
        p.problem_at(&BAD_CHECKSUM, start + 4, 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const TAGS: &str = "20010020000000000000000000000001 20010020000000000000000000000002";

    /// An update with a sequence number.
    fn update() -> Vec<u8> {
        hex(&format!("3b 05 10 21 0000 0001 {TAGS} 0181 0004 00000007"))
    }

    #[test]
    fn an_update() {
        insta::assert_snapshot!(tree(&HIP, &update()));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&HIP, &update());
    }

    #[test]
    fn a_header_shorter_than_its_fixed_part_is_malformed() {
        let tree = tree(&HIP, &hex(&format!("3b 03 01 21 0000 0000 {TAGS}")));
        assert!(tree.contains("! Header is shorter"), "{tree}");
    }

    #[test]
    fn fixed_bits_that_are_those_of_shim6_are_a_problem() {
        let tree = tree(&HIP, &hex(&format!("3b 04 01 20 0000 0000 {TAGS}")));
        assert!(tree.contains("! Fixed bits"), "{tree}");
    }

    #[test]
    fn in_udp_it_begins_with_zeros() {
        let datagram = |marker: &str| {
            tree(&UDP, &hex(&format!("2904 2904 0034 0000 {marker} 3b 04 01 21 0000 0000 {TAGS}")))
        };
        assert!(datagram("00000000").contains("Packet Type: I1 (1)"));
        assert!(datagram("00000001").contains("Data: 00000001"));
        assert!(tree(&UDP, &hex("2904 2904 0009 0000 ff")).contains("Data: ff"));
    }

    #[test]
    fn checksums_are_verified_when_asked_for() {
        use wirelens_dissect::{Input, Session, Settings};
        let problems = |checksum: &str| {
            let bytes = hex(&format!("60000000 0028 8b 40 20010db8000000000000000000000001
                20010db8000000000000000000000002 3b 04 01 21 {checksum} 0000 {TAGS}"));
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
        assert_eq!((problems("276d"), problems("276e")), (0, 1));
    }
}
