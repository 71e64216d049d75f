//! Ethernet over MPLS, RFC 4448: a frame behind a label stack, with or without a control word.
//! Nothing in the stack tells which.

use wirelens_dissect::prelude::*;

use crate::link::pseudowire_control_word::PWETHCW;
use crate::link::pseudowire_plain::PWETHNOCW;

protocol! {
    PWETHHEURISTIC = "pwethheuristic" "Ethernet PW" "Ethernet Pseudowire", Link;
}

/// Two addresses and a type.
const SHORTEST_FRAME: usize = 14;

fn dissect(p: &mut Packet<'_>) -> Step {
    Ok(match p.ahead() {
        // RFC 4448 section 4.6: what is before the sequence number is 0, which no address in use
        // begins with.
        [0, 0, ..] if p.left() > SHORTEST_FRAME => Next::To(&PWETHCW),
        ahead if ahead.len() >= SHORTEST_FRAME => Next::To(&PWETHNOCW),
        _ => Next::Data,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::mpls::MPLS;
    use crate::testing::*;

    const FRAME: &str = "02005e100002 02005e100001 88b5 0102";

    #[test]
    fn a_frame_behind_a_control_word() {
        let packet = hex(&format!("00064140 00000007 {FRAME}"));
        insta::assert_snapshot!(tree(&MPLS, &packet));
        every_prefix(&MPLS, &packet);
    }

    #[test]
    fn a_frame_without_one() {
        let tree = tree(&MPLS, &hex(&format!("00064140 {FRAME}")));
        assert!(tree.contains("Destination: 02:00:5e:10:00:02"), "{tree}");
        assert!(!tree.contains("Sequence Number"), "{tree}");
    }

    #[test]
    fn what_is_too_short_for_a_frame_is_data() {
        assert!(tree(&PWETHHEURISTIC, &hex("0000 0007 0102")).contains("Data: 000000070102"));
    }
}
