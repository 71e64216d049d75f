//! Simple Mail Transfer Protocol: RFC 5321, BDAT of RFC 3030, STARTTLS of RFC 3207.

use wirelens_dissect::prelude::*;

use super::text_line::{TextLine, is_text, rest_of_line, wait_for_line, word};
use crate::transport::tcp::TCP_PORT;

protocol! {
    SMTP = "smtp" "SMTP" "Simple Mail Transfer Protocol", Application, messages();
    @ TCP_PORT 25 | 587;
    IS_RESPONSE = flag "rsp" "From the Server" hidden;
    IS_REQUEST  = flag "req" "From the Client" hidden;
    RESPONSE = text "response" "Response" many key("responses") {
        CODE      = uint "response.code" "Reply Code" brief("") leads;
        RSP_PARAMETER = text "rsp.parameter" "Text" many key("texts") brief("");
    };
    COMMAND_LINE = text "command_line" "Command Line" many key("commands") {
        COMMAND   = text "req.command" "Command" key("command") brief("") leads;
        PARAMETER = text "req.parameter" "Parameter" key("parameter") brief("");
    };
    USERNAME  = text "auth.username" "User Name" brief("user ");
    PASSWORD  = text "auth.password" "Password";
    CONTENT   = bytes "content" "Part of a Message" own many key("content") payload;
    FRAGMENTS = group "data.fragments" "Message" {
        FRAGMENT = uint "data.fragment" "Part in Frame" many detail;
        COUNT    = uint "data.fragment.count" "Parts" detail;
        TOTAL    = uint "data.reassembled.length" "Length" brief("message len ");
    };
    EOM = bytes "eom" "End of the Message" detail;
}

/// What is remembered of a connection.
#[derive(Default)]
struct Mail {
    /// The last command.
    asked: Asked,
    /// What the client sends next.
    content: Content,
    /// The last bytes of the message so far, in which its end may begin.
    tail: [u8; 4],
    /// The frames that its parts were in, as far as they are kept.
    frames: Vec<u64>,
    parts: u64,
    total: u64,
    encrypted: bool,
}

#[derive(Clone, Copy, PartialEq, Default)]
enum Asked {
    #[default]
    Other,
    Data,
    StartTls,
    Login,
}

#[derive(Clone, Copy, PartialEq, Default)]
enum Content {
    #[default]
    Commands,
    /// A message up to a line with a dot, RFC 5321 section 4.1.1.4.
    Message,
    /// This many bytes of one, RFC 3030 section 2.
    Chunk(u64),
    UserName,
    Password,
}

/// RFC 5321 section 4.5.3.1.4: 512; with extensions more, RFC 4954 has 12,288.
const LONGEST_LINE: usize = 12_288;

/// More frames of one message are counted, but not listed.
const MOST_LISTED: usize = 1024;

fn dissect(p: &mut Packet<'_>) -> Step {
    let from_server = matches!(p.flow().ports.0, 25 | 587);
    let (content, encrypted) = match p.conversation::<Mail>() {
        Some((mail, _)) => (mail.content, mail.encrypted),
        None => (Content::Commands, false),
    };
    let inside = matches!(content, Content::Message | Content::Chunk(_)) && !from_server;
    if encrypted || !inside && !is_text(p.ahead()) {
        return Ok(Next::NotMine);
    }
    if !inside {
        wait_for_line(p, LONGEST_LINE)?;
    }
    match from_server {
        true => {
            p.note(&IS_RESPONSE, 1, 0);
            replies(p)?;
        }
        false => {
            p.note(&IS_REQUEST, 1, 0);
            requests(p)?;
        }
    }
    Ok(Next::Nothing)
}

/// RFC 5321 section 4.2.1: lines of one reply have its code and a hyphen, the last one a space.
fn replies(p: &mut Packet<'_>) -> Read {
    while p.left() > 0 {
        let first = TextLine::first_of(p.ahead());
        p.mark(&RESPONSE, p.at(), first.length, 0);
        p.under(|p| {
            let mut with_code = true;
            loop {
                let line = TextLine::first_of(p.ahead());
                let (start, end) = (p.at(), p.at() + line.text.len());
                let code = code_of(line.text);
                if let Some(code) = code {
                    if with_code {
                        p.note(&CODE, code.into(), 3);
                        answered(p, code);
                    }
                    p.skip(line.text.len().min(4))?;
                }
                rest_of_line(p, &RSP_PARAMETER, end)?;
                p.seek(start);
                p.skip(line.length)?;
                with_code &= code.is_none();
                let last = code.is_none() || line.text.get(3) != Some(&b'-');
                if last || p.left() == 0 {
                    return Ok(());
                }
            }
        })?;
    }
    Ok(())
}

fn code_of(line: &[u8]) -> Option<u16> {
    let (digits, rest) = line.split_first_chunk::<3>()?;
    let code = digits.iter().try_fold(0, |code, digit| {
        digit.is_ascii_digit().then(|| code * 10 + u16::from(digit - b'0'))
    })?;
    matches!(rest.first(), None | Some(b' ' | b'-')).then_some(code)
}

fn answered(p: &mut Packet<'_>, code: u16) {
    let Some((mail, _)) = p.conversation::<Mail>() else { return };
    match (mail.asked, code) {
        (Asked::Data, 354) => mail.begins(Content::Message),
        (Asked::StartTls, 220) => mail.encrypted = true,
        (Asked::Login, 334) => mail.content = Content::UserName,
        _ => return,
    }
    mail.asked = Asked::Other;
}

impl Mail {
    fn begins(&mut self, content: Content) {
        self.content = content;
        // A message may begin with its end.
        self.tail = *b"  \r\n";
        self.frames.clear();
        (self.parts, self.total) = (0, 0);
    }
}

fn requests(p: &mut Packet<'_>) -> Read {
    while p.left() > 0 {
        let content = p.conversation::<Mail>().map_or(Content::Commands, |(mail, _)| mail.content);
        match content {
            Content::Commands => command(p)?,
            Content::Message => message(p)?,
            Content::Chunk(left) => chunk(p, left)?,
            Content::UserName | Content::Password => login(p, content)?,
        }
    }
    Ok(())
}

fn command(p: &mut Packet<'_>) -> Read {
    let line = TextLine::first_of(p.ahead());
    let (start, end) = (p.at(), p.at() + line.text.len());
    p.mark(&COMMAND_LINE, start, line.length, 0);
    p.under(|p| {
        let name = word(p, &COMMAND, end)?;
        rest_of_line(p, &PARAMETER, end)?;
        asked(p, name, line.text);
        Ok(())
    })?;
    p.seek(start);
    p.skip(line.length)
}

fn asked(p: &mut Packet<'_>, name: &[u8], line: &[u8]) {
    let Some((mail, _)) = p.conversation::<Mail>() else { return };
    let is = |other: &[u8]| name.eq_ignore_ascii_case(other);
    mail.asked = match () {
        () if is(b"DATA") => Asked::Data,
        () if is(b"STARTTLS") => Asked::StartTls,
        () if line.eq_ignore_ascii_case(b"AUTH LOGIN") => Asked::Login,
        () => Asked::Other,
    };
    if is(b"BDAT")
        && let Some(length) = line.split(|byte| *byte == b' ').nth(1)
        && let Some(length) = std::str::from_utf8(length).ok().and_then(|text| text.parse().ok())
        && length > 0
    {
        mail.begins(Content::Chunk(length));
    }
}

/// The user name and the password of AUTH LOGIN, in base64.
fn login(p: &mut Packet<'_>, content: Content) -> Read {
    let line = TextLine::first_of(p.ahead());
    let (row, next) = match content {
        Content::UserName => (&USERNAME, Content::Password),
        _ => (&PASSWORD, Content::Commands),
    };
    p.text(row, line.text.len())?;
    p.skip(line.length - line.text.len())?;
    if let Some((mail, _)) = p.conversation::<Mail>() {
        mail.content = next;
    }
    Ok(())
}

fn chunk(p: &mut Packet<'_>, left: u64) -> Read {
    let length = usize::try_from(left).unwrap_or(usize::MAX).min(p.left());
    p.bytes(&CONTENT, length)?;
    if let Some((mail, _)) = p.conversation::<Mail>() {
        mail.content = match left.saturating_sub(length as u64) {
            0 => Content::Commands,
            left => Content::Chunk(left),
        };
    }
    Ok(())
}

/// A part of a message, and its end if that is here.
fn message(p: &mut Packet<'_>) -> Read {
    let (ahead, frame) = (p.ahead(), p.frame_number());
    let Some((mail, _)) = p.conversation::<Mail>() else { return p.skip(ahead.len()) };
    let end = end_of_message(mail.tail, ahead);
    // The line break before the dot is the message's, RFC 5321 section 4.1.1.4.
    let length = end.map_or(ahead.len(), |end| end.saturating_sub(3));
    let ended = end.is_some();
    let kept = ahead.len().min(4);
    mail.tail.rotate_left(kept);
    mail.tail[4 - kept..].copy_from_slice(&ahead[ahead.len() - kept..]);
    if length > 0 {
        mail.parts += 1;
        mail.total += length as u64;
        if mail.frames.len() < MOST_LISTED {
            mail.frames.push(frame);
        }
    }
    let (parts, total) = (mail.parts, mail.total);
    if ended {
        mail.content = Content::Commands;
    }
    if length > 0 {
        p.bytes(&CONTENT, length)?;
    }
    let Some(end) = end else { return Ok(()) };
    if parts > 0 {
        let at = p.at();
        p.mark(&FRAGMENTS, at, 0, 0);
        p.under(|p| {
            let mut number = 0;
            while let Some((mail, _)) = p.conversation::<Mail>()
                && let Some(&frame) = mail.frames.get(number)
            {
                p.mark(&FRAGMENT, at, 0, frame);
                number += 1;
            }
            p.mark(&COUNT, at, 0, parts);
            p.mark(&TOTAL, at, 0, total);
            Ok(())
        })?;
    }
    p.bytes(&EOM, end - length).map(drop)
}

/// Where a line with a dot alone ends, in these bytes behind `tail`.
fn end_of_message(tail: [u8; 4], bytes: &[u8]) -> Option<usize> {
    const END: &[u8; 5] = b"\r\n.\r\n";
    // It may have begun in the bytes before.
    for before in 1..=4 {
        let (first, rest) = END.split_at(before);
        if tail.ends_with(first) && bytes.starts_with(rest) {
            return Some(rest.len());
        }
    }
    memchr::memmem::find(bytes, END).map(|at| at + END.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use wirelens_dissect::{Input, Session};

    fn say(session: &mut Session, from_server: bool, captured: &[u8]) -> String {
        let (from, to) = if from_server { (25, 50000) } else { (50000, 25) };
        let input = Input { number: 1, captured, length: captured.len() as u32, ..Input::default() };
        let frame = session.dissect_as(Next::Ports(&TCP_PORT, from, to), input);
        let mut line = wirelens_report::Line::new();
        wirelens_report::write_layers(&mut line, &frame);
        String::from_utf8(line.written().to_vec()).expect("a tree is text")
    }

    #[test]
    fn commands() {
        insta::assert_snapshot!(tree(&SMTP, b"EHLO client.example\r\nMAIL FROM:<a@b.example>\r\nQUIT\r\n"));
    }

    /// RFC 5321 appendix D.1.
    #[test]
    fn code_and_hyphen_go_on() {
        assert_eq!(code_of(b"250-PIPELINING"), Some(250));
        assert_eq!(code_of(b"250"), Some(250));
        assert_eq!(code_of(b"25x ok"), None);
        assert_eq!(code_of(b"2500"), None);
    }

    #[test]
    fn every_prefix_of_them() {
        every_prefix(&SMTP, b"DATA\r\nAUTH LOGIN\r\nBDAT 3 LAST\r\nabc\r\n");
        every_prefix(&SMTP, b"250-a\r\n250 b\r\n");
    }

    #[test]
    fn a_chunk_is_no_command() {
        let tree = tree(&SMTP, b"BDAT 6 LAST\r\nQUIT\r\nQUIT\r\n");
        assert_eq!(tree.matches("Command: QUIT").count(), 1, "{tree}");
    }

    #[test]
    fn the_end_of_a_message_may_be_cut_anywhere() {
        let whole = b"ab\r\n.\r\n";
        for cut in 0..=whole.len() {
            let (before, after) = whole.split_at(cut);
            let mut tail = *b"  \r\n";
            let kept = before.len().min(4);
            tail.rotate_left(kept);
            tail[4 - kept..].copy_from_slice(&before[before.len() - kept..]);
            let found = end_of_message(*b"  \r\n", before).is_some() || end_of_message(tail, after).is_some();
            assert!(found, "cut at {cut}");
        }
        assert_eq!(end_of_message(*b"  \r\n", b".\r\nQUIT"), Some(3), "an empty message");
        assert_eq!(end_of_message(*b"  \r\n", b"a\r\n..\r\n"), None);
    }

    #[test]
    fn a_message_between_commands() {
        let mut session = Session::new(crate::shared());
        let mut all = say(&mut session, false, b"DATA\r\n");
        all += &say(&mut session, true, b"354 go on\r\n");
        all += &say(&mut session, false, b"Subject: a\r\n\r\ntext\r\n.\r\nQUIT\r\n");
        insta::assert_snapshot!(all);
    }
}
