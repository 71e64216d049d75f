//! Post Office Protocol, version 3: RFC 1939, RFC 2449, STLS of RFC 2595.

use wirelens_dissect::prelude::*;

use super::text_line::{DotEnd, TextLine, is_text, rest_of_line, word};
use crate::application::tls::TLS;
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
    DATA_LINE = group "response.data" "Line of the Response" many key("lines") {
        DATA_TEXT = text "text" "Line" own;
    };
    CONTENT = bytes "content" "Part of a Message" own many key("content") payload;
}

/// What is remembered of a connection.
#[derive(Default)]
struct Mail {
    asked: Asked,
    /// The server is within one, and where that ends.
    message: Option<DotEnd>,
}

/// What the client has asked for.
#[derive(Clone, Copy, PartialEq, Default)]
enum Asked {
    #[default]
    Other,
    Message,
    Tls,
}

impl Asked {
    fn of(command: &[u8]) -> Asked {
        let is = |name: &[u8]| command.eq_ignore_ascii_case(name);
        match () {
            // RFC 1939 sections 5 and 7: these are answered with a message.
            () if is(b"RETR") || is(b"TOP") => Asked::Message,
            () if is(b"STLS") => Asked::Tls,
            () => Asked::Other,
        }
    }
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let from_server = p.flow().ports.0 == 110;
    if from_server && content(p)? && p.left() == 0 {
        return Ok(Next::Nothing);
    }
    if !is_text(p.ahead()) {
        return Ok(Next::NotMine);
    }
    let mut first = true;
    while p.left() > 0 {
        let line = TextLine::first_of(p.ahead());
        let (start, end) = (p.at(), p.at() + line.text.len());
        match (from_server, first && is_status(line.text)) {
            (true, false) => {
                p.group(&DATA_LINE, |p| {
                    p.text(&DATA_TEXT, line.text.len())?;
                    end_of_line(p, start + line.length)
                })?;
            }
            (true, true) => p.group(&RESPONSE, |p| {
                if word(p, &INDICATOR, end)? == b"+OK" {
                    granted(p);
                }
                asked(p, Asked::Other);
                rest_of_line(p, &DESCRIPTION, end)?;
                end_of_line(p, start + line.length)
            })?,
            (false, _) => p.group(&REQUEST, |p| {
                let name = word(p, &COMMAND, end)?;
                asked(p, Asked::of(name));
                rest_of_line(p, &PARAMETER, end)?;
                end_of_line(p, start + line.length)
            })?,
        }
        first = false;
        if from_server {
            first = content(p)?;
        }
    }
    Ok(Next::Nothing)
}

fn granted(p: &mut Packet<'_>) {
    let Some((mail, _)) = p.conversation::<Mail>() else { return };
    match mail.asked {
        Asked::Message => mail.message = Some(DotEnd::default()),
        Asked::Tls => p.goes_on_as(&TLS),
        Asked::Other => {}
    }
}

fn asked(p: &mut Packet<'_>, asked: Asked) {
    if let Some((mail, _)) = p.conversation::<Mail>() {
        mail.asked = asked;
    }
}

/// Reads what is here of a message, if the server is within one.
fn content(p: &mut Packet<'_>) -> Read<bool> {
    let ahead = p.ahead();
    let Some((mail, _)) = p.conversation::<Mail>() else { return Ok(false) };
    let Some(message) = mail.message.as_mut().filter(|_| !ahead.is_empty()) else { return Ok(false) };
    let end = message.find(ahead);
    if end.is_some() {
        mail.message = None;
    }
    p.bytes(&CONTENT, end.unwrap_or(ahead.len()))?;
    Ok(true)
}

/// Passes over what is left of the line.
fn end_of_line(p: &mut Packet<'_>, end: usize) -> Read {
    p.skip(end.saturating_sub(p.at()))
}

/// RFC 1939 section 3, and `+ ` of RFC 5034 where a client is to go on.
fn is_status(line: &[u8]) -> bool {
    line.starts_with(b"+") || line.starts_with(b"-ERR")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use crate::network::ipv4::IP;
    use wirelens_dissect::Session;

    const ANSWER: &[u8] = b"+OK Capability list follows\r\nUSER\r\nSASL PLAIN\r\n.\r\n";

    #[test]
    fn a_request() {
        insta::assert_snapshot!(tree(&POP, b"RETR 1\r\nQUIT\r\n"));
    }

    #[test]
    fn every_prefix_of_them() {
        every_prefix(&POP, b"USER a b\r\n");
        every_prefix(&IP, &segment((110, 50000), 1, ANSWER));
    }

    #[test]
    fn what_is_no_text_is_not_its_own() {
        let mut session = Session::new(crate::shared());
        let mut say = |text: &[u8]| tree_in(&mut session, &IP, &segment((110, 50000), 1, text));
        assert!(!say(b"\x16\x03\x01\x00").contains("Post Office"));
        assert!(say(ANSWER).contains("Post Office"));
    }

    /// RFC 1939 section 5.
    #[test]
    fn a_message_is_no_line() {
        let mut session = Session::new(crate::shared());
        let mut at = (1, 1);
        let mut say = |from_server: bool, text: &[u8]| {
            let (ports, at) = if from_server { ((110, 50000), &mut at.0) } else { ((50000, 110), &mut at.1) };
            let bytes = segment(ports, *at, text);
            *at += text.len() as u32;
            let tree = tree_in(&mut session, &IP, &bytes);
            tree[tree.find("  Post Office").unwrap_or(0)..].to_owned()
        };
        say(false, b"RETR 1\r\n");
        insta::assert_snapshot!(say(true, b"+OK 5 octets\r\n+OK a\r\n.\r\n+OK bye\r\n"));
        say(false, b"LIST\r\n");
        assert!(say(true, b"+OK 1\r\n1 5\r\n.\r\n").contains("Line: 1 5"));
    }

    #[test]
    fn tls_follows_where_it_is_granted() {
        assert!(tls_follows(110, &[(false, b"STLS\r\n"), (true, b"+OK begin\r\n")]));
        assert!(!tls_follows(110, &[(false, b"STLS\r\n"), (true, b"-ERR no\r\n")]));
        assert!(!tls_follows(110, &[(false, b"NOOP\r\n"), (true, b"+OK\r\n")]));
    }

    #[test]
    fn a_status_begins_with_its_sign() {
        assert!(is_status(b"+OK") && is_status(b"-ERR no") && is_status(b"+ "));
        assert!(!is_status(b"-ER") && !is_status(b""));
    }
}
