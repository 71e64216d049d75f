//! Parts of SIP messages as bodies, `message/sipfrag`: RFC 3420.

use wirelens_dissect::prelude::*;

use super::text_part::line;

protocol! {
    SIPFRAG = "sipfrag" "SIP Fragment" "SIP Message Fragment", Application;
    LINE = text "line" "Line" many key("lines") brief("");
}

fn dissect(p: &mut Packet<'_>) -> Step {
    p.each(|p| {
        let (length, text) = line(p.ahead());
        if text > 0 {
            p.text(&LINE, text)?;
        }
        p.skip(length - text)
    })?;
    Ok(Next::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn a_status_line() {
        insta::assert_snapshot!(tree(&SIPFRAG, b"SIP/2.0 603 Declined\r\nReason: x\r\n\r\n"));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&SIPFRAG, b"SIP/2.0 603 Declined\r\nReason: x\r\n\r\n");
    }
}
