//! Post Office Protocol, version 3: RFC 1939, RFC 2449.

use wirelens_dissect::prelude::*;

use super::text_line::{TextLine, is_text, rest_of_line, word};
use crate::transport::tcp::TCP_PORT;

protocol! {
    POP = "pop" "POP" "Post Office Protocol", Application;
    @ TCP_PORT 110;
    REQUEST = group "request" "Request" many key("requests") {
        COMMAND   = text "request.command" "Command" brief("") leads;
        PARAMETER = text "request.parameter" "Parameter" brief("");
    };
    RESPONSE = group "response" "Response" {
        INDICATOR   = text "response.indicator" "Indicator" brief("") leads;
        DESCRIPTION = text "response.description" "Description" brief("");
    };
    DATA_LINE = text "response.data" "Line" many key("lines");
}

fn dissect(p: &mut Packet<'_>) -> Step {
    if !is_text(p.ahead()) {
        return Ok(Next::NotMine);
    }
    let from_server = p.flow().ports.0 == 110;
    let mut first = true;
    while p.left() > 0 {
        let line = TextLine::first_of(p.ahead());
        let (start, end) = (p.at(), p.at() + line.text.len());
        match (from_server, first && is_status(line.text)) {
            (true, false) => {
                p.mark(&DATA_LINE, start, line.length, 0);
            }
            (true, true) => p.group(&RESPONSE, |p| {
                word(p, &INDICATOR, end)?;
                rest_of_line(p, &DESCRIPTION, end)?;
                whole(p, start, line.length)
            })?,
            (false, _) => p.group(&REQUEST, |p| {
                word(p, &COMMAND, end)?;
                rest_of_line(p, &PARAMETER, end)?;
                whole(p, start, line.length)
            })?,
        }
        whole(p, start, line.length)?;
        first = false;
    }
    Ok(Next::Nothing)
}

/// Stands behind the line that began at `start`.
fn whole(p: &mut Packet<'_>, start: usize, length: usize) -> Read {
    p.seek(start);
    p.skip(length)
}

/// RFC 1939 section 3, and `+ ` of RFC 5034 where a client is to go on.
fn is_status(line: &[u8]) -> bool {
    line.starts_with(b"+") || line.starts_with(b"-ERR")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use wirelens_dissect::{Input, Session};

    const ANSWER: &[u8] = b"+OK Capability list follows\r\nUSER\r\nSASL PLAIN\r\n.\r\n";

    fn names(from_server: bool, captured: &[u8]) -> Vec<&'static str> {
        let mut session = Session::new(crate::shared());
        let (from, to) = if from_server { (110, 50000) } else { (50000, 110) };
        let input = Input { number: 1, captured, length: captured.len() as u32, ..Input::default() };
        let frame = session.dissect_as(Next::Ports(&TCP_PORT, from, to), input);
        frame.layers().iter().map(|layer| layer.protocol.name).collect()
    }

    #[test]
    fn a_request() {
        insta::assert_snapshot!(tree(&POP, b"RETR 1\r\nQUIT\r\n"));
    }

    #[test]
    fn every_prefix_of_them() {
        every_prefix(&POP, b"USER a b\r\n");
        every_prefix(&POP, ANSWER);
    }

    #[test]
    fn what_is_no_text_is_not_its_own() {
        assert_eq!(names(true, ANSWER), ["pop"]);
        assert_eq!(names(false, b"\x16\x03\x01\x00"), ["data"]);
    }

    #[test]
    fn a_status_begins_with_its_sign() {
        assert!(is_status(b"+OK") && is_status(b"-ERR no") && is_status(b"+ "));
        assert!(!is_status(b"-ER") && !is_status(b""));
    }
}
