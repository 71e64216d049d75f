//! Lightweight User Datagram Protocol, RFC 3828.

use wirelens_dissect::prelude::*;

use super::udp::{
    BAD_CHECKSUM, CHECKSUM, COVERAGE, DST_PORT, NO_CHECKSUM, PAYLOAD, SRC_PORT, UDP, UDP_PORT,
};
use crate::checksum::{self, Verdict};
use crate::network::ipv4::IP_PROTO;

protocol! {
    UDPLITE = "udplite" "UDP-Lite" "Lightweight User Datagram Protocol", Transport, rows_of(&UDP);
    @ IP_PROTO 136;
    BAD_COVERAGE = problem "checksum_coverage.bad" "Checksum coverage contradicts the packet";
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let (source, destination) = (p.u16(&SRC_PORT)?, p.u16(&DST_PORT)?);
    p.flow().ports = (source, destination);
    let room = p.declared_left() + 4;
    let coverage = usize::from(p.u16(&COVERAGE)?);
    // RFC 3828 section 3.1: 0 is all of it, and less than the header is forbidden.
    let covers = match coverage {
        0 => Some(room),
        8.. if coverage <= room => Some(coverage),
        _ => None,
    };
    if covers.is_none() && !p.is_quoted() && !p.is_fragment() {
        p.problem_at(&BAD_COVERAGE, p.at() - 2, 2);
    }
    let checksum = p.u16(&CHECKSUM)?;
    if let Some(covers) = covers
        && p.checksums()
    {
        verify(p, checksum, covers);
    }
    if p.left() > 0 {
        p.note(&PAYLOAD, 0, p.left());
    }
    Ok(Next::Ports(&UDP_PORT, source, destination))
}

/// Stands behind the checksum, which may not be missing, and holds it against what it covers.
#[cold]
fn verify(p: &mut Packet<'_>, stored: u16, covers: usize) {
    let at = p.at() - 2;
    let flow = *p.flow();
    let length = p.declared_left() + 8;
    let Some(covered) = p.layer_bytes().get(..covers) else { return };
    if p.is_quoted() || p.is_fragment() || flow.version == 0 {
        return;
    }
    if stored == 0 {
        return p.problem_at(&NO_CHECKSUM, at, 2);
    }
    let pseudo = checksum::pseudo_header(&flow, 136, length);
    if checksum::verify(covered, 6, pseudo) == Verdict::Bad {
        p.problem_at(&BAD_CHECKSUM, at, 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const DATAGRAM: &str = "c000 0009 0008 1234 61626364";

    #[test]
    fn a_datagram_whose_header_alone_is_covered() {
        insta::assert_snapshot!(tree(&UDPLITE, &hex(DATAGRAM)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&UDPLITE, &hex(DATAGRAM));
    }

    #[test]
    fn a_coverage_that_contradicts_the_packet_is_a_problem() {
        for coverage in ["0007", "000d"] {
            let bytes = hex(&format!("0001 0009 {coverage} 1234 61626364"));
            assert!(tree(&UDPLITE, &bytes).contains("! Checksum coverage"));
        }
    }
}
