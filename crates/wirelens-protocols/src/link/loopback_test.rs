//! Configuration Testing Protocol, Digital-Intel-Xerox Ethernet version 2.0 section 8.

use wirelens_dissect::prelude::*;

use crate::link::ethernet::ETHERTYPE;

const REPLY: u16 = 1;
const FORWARD: u16 = 2;

static FUNCTIONS: Names = &[(1, "Reply"), (2, "Forward Data")];

protocol! {
    LOOP = "loop" "Loopback" "Configuration Testing Protocol", Link;
    @ ETHERTYPE 0x9000;
    SKIP_COUNT = uint "skipcount" "Skip Count";
    MESSAGE = group "message" "Message" own many {
        RELEVANT_FUNCTION = uint "relevant_function" "Function to do next" names(FUNCTIONS) detail;
        FUNCTION   = uint "function"  "Function" names(FUNCTIONS) brief("");
        FORWARDING_ADDRESS = mac "forwarding_address" "Forwarding Address" brief("to ");
        RECEIPT_NUMBER = uint "receipt_number" "Receipt Number" brief("receipt ");
    };
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let first = p.at() + 2;
    let skip = usize::from(p.u16_le(&SKIP_COUNT)?);
    while p.group(&MESSAGE, |p| message(p, first + skip))? == FORWARD {}
    Ok(Next::Data)
}

/// The message `relevant` is the one that the station that gets the frame is to look at.
fn message(p: &mut Packet<'_>, relevant: usize) -> Read<u16> {
    let function = p.peek_u16_le()?;
    if p.at() == relevant {
        p.note(&RELEVANT_FUNCTION, function.into(), 2);
    }
    p.u16_le(&FUNCTION)?;
    match function {
        FORWARD => {
            p.mac(&FORWARDING_ADDRESS)?;
        }
        REPLY => {
            p.u16_le(&RECEIPT_NUMBER)?;
        }
        _ => {}
    }
    Ok(function)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const FRAME: &str = "0800 0200 02005e100001 0100 0700 6162";

    #[test]
    fn a_reply_on_its_way_back() {
        insta::assert_snapshot!(tree(&LOOP, &hex(FRAME)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&LOOP, &hex(FRAME));
    }
}
