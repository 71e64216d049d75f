//! Router-port Group Management Protocol, RFC 3488.

use wirelens_dissect::prelude::*;

use super::igmp::IGMP_TYPE;
use crate::checksum::{self, Verdict};

protocol! {
    RGMP = "rgmp" "RGMP" "Router-port Group Management Protocol", Network;
    @ IGMP_TYPE 0xfc | 0xfd | 0xfe | 0xff;
    TYPE         = hex  "type" "Type" names(TYPES) brief("");
    RESERVED     = hex  "reserved" "Reserved" detail;
    CHECKSUM     = hex  "checksum" "Checksum";
    GROUP        = ipv4 "maddr" "Group Address" brief("group ") unless_zero;
    BAD_CHECKSUM = problem "bad_checksum" "Checksum is wrong";
}

static TYPES: Names =
    &[(0xfc, "Leave a Group"), (0xfd, "Join a Group"), (0xfe, "Bye"), (0xff, "Hello")];

fn dissect(p: &mut Packet<'_>) -> Step {
    p.u8(&TYPE)?;
    p.u8(&RESERVED)?;
    p.u16(&CHECKSUM)?;
    let judged = p.checksums() && !p.is_quoted() && !p.is_fragment();
    if judged
        && let Some(bytes) = p.layer_bytes().get(..8)
        && checksum::verify(bytes, 2, 0) == Verdict::Bad
    {
        p.problem_at(&BAD_CHECKSUM, p.start() + 2, 2);
    }
    p.ipv4(&GROUP)?;
    Ok(Next::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const JOIN: &str = "fd00 1300 ef000203";

    #[test]
    fn a_join() {
        insta::assert_snapshot!(tree(&RGMP, &hex(JOIN)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&RGMP, &hex(JOIN));
    }

    #[test]
    fn it_is_found_by_its_group() {
        let header = "4600 0020 0001 0000 01 02 0000 c0000201 e0000019 94040000";
        assert!(
            json(&super::super::ipv4::IP, &hex(&format!("{header}{JOIN}"))).contains("ip:igmp:rgmp")
        );
    }
}
