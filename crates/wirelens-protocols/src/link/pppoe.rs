//! PPP over Ethernet, RFC 2516 section 4: the header that both of its stages have.

use wirelens_dissect::prelude::*;

/// RFC 2516 section 5, RFC 5578 section 2, and draft-carrel-info-pppoe-ext-00.
static CODES: Names = &[
    (0x00, "Session data"),
    (0x07, "Offer (PADO)"),
    (0x09, "Initiation (PADI)"),
    (0x0a, "Session grant (PADG)"),
    (0x0b, "Session credit response (PADC)"),
    (0x0c, "Quality (PADQ)"),
    (0x19, "Request (PADR)"),
    (0x65, "Session confirmation (PADS)"),
    (0xa7, "Terminate (PADT)"),
    (0xd3, "Message (PADM)"),
    (0xd4, "Network (PADN)"),
];

protocol! {
    PPPOE = "pppoe" "PPPoE" "PPP over Ethernet", Link;
    VERSION = uint "version" "Version" & 0xf0;
    TYPE    = uint "type" "Type" & 0x0f;
    CODE    = hex  "code" "Code" names(CODES) brief("");
    SESSION_ID = hex "session_id" "Session ID" brief("session ") unless_zero;
    LENGTH  = uint "payload_length" "Payload Length";
    BAD_LENGTH = problem "payload_length.bad" "Payload is longer than the frame";
}

fn dissect(p: &mut Packet<'_>) -> Step {
    header(p)?;
    Ok(Next::Data)
}

/// Reads the header and ends the layer where its length says. What is behind is Ethernet's padding.
pub(crate) fn header(p: &mut Packet<'_>) -> Read {
    p.bits(p.peek_u8()?, 1, &[&VERSION, &TYPE])?;
    p.u8(&CODE)?;
    p.u16(&SESSION_ID)?;
    let length = usize::from(p.u16(&LENGTH)?);
    if length > p.declared_left() {
        p.problem_at(&BAD_LENGTH, p.at() - 2, 2);
    }
    p.ends_after(p.done() + length);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn a_header_alone() {
        every_prefix(&PPPOE, &hex("11 00 0001 0004 01020304 0506"));
        let tree = tree(&PPPOE, &hex("11 00 0001 0004 01020304 0506"));
        assert!(tree.contains("Data: 01020304\n"), "{tree}");
    }
}
