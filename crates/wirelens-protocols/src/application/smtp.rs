//! Simple Mail Transfer Protocol: RFC 5321, BDAT of RFC 3030, STARTTLS of RFC 3207.

use wirelens_dissect::prelude::*;

use super::text_line::{DotEnd, TextLine, code_of, is_text, rest_of_line, wait_for_line, word};
use crate::application::tls::TLS;
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
    EOM = group "eom" "End of the Message" detail;
}

/// What is remembered of a connection.
#[derive(Default)]
struct Mail {
    /// The last command.
    asked: Asked,
    /// What the client sends next.
    content: Content,
    /// The end of the message, which may be cut.
    end: DotEnd,
    /// The frames that its parts were in, as far as they are kept.
    frames: Vec<u64>,
    parts: u64,
    total: u64,
    /// The server has spoken.
    replied: bool,
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
    let content = p.conversation::<Mail>().map_or(Content::Commands, |(mail, _)| mail.content);
    let inside = matches!(content, Content::Message | Content::Chunk(_)) && !from_server;
    // Behind STARTTLS text comes where a capture has what was decrypted.
    if !inside && !is_text(p.ahead()) {
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

fn answered(p: &mut Packet<'_>, code: u16) {
    let Some((mail, _)) = p.conversation::<Mail>() else { return };
    mail.replied = true;
    match (mail.asked, code) {
        (Asked::Data, 354) => mail.begins(Content::Message),
        (Asked::StartTls, 220) => {}
        (Asked::Login, 334) => mail.content = Content::UserName,
        _ => return,
    }
    if std::mem::take(&mut mail.asked) == Asked::StartTls {
        p.goes_on_as(&TLS);
    }
}

impl Mail {
    fn begins(&mut self, content: Content) {
        self.content = content;
        self.end = DotEnd::default();
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
    // Where only the client was captured, no reply comes that tells where the message begins.
    if mail.asked == Asked::Data && !mail.replied {
        mail.begins(Content::Message);
    }
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
    let end = mail.end.find(ahead);
    // The line break before the dot is the message's, RFC 5321 section 4.1.1.4.
    let length = end.map_or(ahead.len(), |end| end.saturating_sub(3));
    let ended = end.is_some();
    if length > 0 {
        mail.parts += 1;
        mail.total += length as u64;
        if mail.frames.len() < MOST_LISTED {
            mail.frames.push(frame);
        }
    }
    let (parts, total) = (mail.parts, mail.total);
    let mut frames = Vec::new();
    if ended {
        mail.content = Content::Commands;
        frames = std::mem::take(&mut mail.frames);
    }
    if length > 0 {
        p.bytes(&CONTENT, length)?;
    }
    let Some(end) = end else { return Ok(()) };
    if parts > 0 {
        let at = p.at();
        p.mark(&FRAGMENTS, at, 0, 0);
        p.under(|p| {
            for frame in frames {
                p.mark(&FRAGMENT, at, 0, frame);
            }
            p.mark(&COUNT, at, 0, parts);
            p.mark(&TOTAL, at, 0, total);
            Ok(())
        })?;
    }
    p.group(&EOM, |p| p.skip(end - length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use crate::network::ipv4::IP;
    use wirelens_dissect::Session;

    /// What the session shows of what both sides say in turn.
    fn dialogue(turns: &[(bool, &[u8])]) -> String {
        let mut session = Session::new(crate::shared());
        let (mut from_server, mut from_client) = (1, 1);
        let mut all = String::new();
        for &(server, text) in turns {
            let (ports, at) = match server {
                true => ((25, 50000), &mut from_server),
                false => ((50000, 25), &mut from_client),
            };
            let tree = tree_in(&mut session, &IP, &segment(ports, *at, text));
            *at += text.len() as u32;
            all += &tree[tree.find("  Simple Mail").unwrap_or(tree.len())..];
        }
        all
    }

    #[test]
    fn commands() {
        insta::assert_snapshot!(tree(&SMTP, b"EHLO client.example\r\nMAIL FROM:<a@b.example>\r\nQUIT\r\n"));
    }

    /// RFC 3207 section 4.
    #[test]
    fn tls_follows_where_it_is_granted() {
        assert!(tls_follows(25, &[(false, b"STARTTLS\r\n"), (true, b"220 ready\r\n")]));
        assert!(!tls_follows(25, &[(false, b"STARTTLS\r\n"), (true, b"454 not now\r\n")]));
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
        every_prefix(&IP, &segment((25, 50000), 1, b"250-a\r\n250 b\r\n"));
    }

    #[test]
    fn a_chunk_is_no_command() {
        let tree = tree(&SMTP, b"BDAT 6 LAST\r\nQUIT\r\nQUIT\r\n");
        assert_eq!(tree.matches("Command: QUIT").count(), 1, "{tree}");
    }

    #[test]
    fn a_message_between_commands() {
        insta::assert_snapshot!(dialogue(&[
            (true, b"220-mail.example\r\n220 ready\r\n"),
            (false, b"DATA\r\n"),
            (true, b"354 go on\r\n"),
            (false, b"Subject: a\r\n\r\ntext\r"),
            (false, b"\n.\r\nQUIT\r\n"),
        ]));
    }

    /// RFC 4954 section 4.
    #[test]
    fn a_login_is_no_command() {
        let all = dialogue(&[
            (false, b"AUTH LOGIN\r\n"),
            (true, b"334 VXNlcm5hbWU6\r\n"),
            (false, b"Ym9i\r\n"),
            (true, b"334 UGFzc3dvcmQ6\r\n"),
            (false, b"cGFzcw==\r\n"),
            (true, b"235 ok\r\n"),
            (false, b"QUIT\r\n"),
        ]);
        assert!(all.contains("User Name: Ym9i") && all.contains("Password: cGFzcw=="), "{all}");
        assert!(all.contains("Command: QUIT"), "{all}");
    }

    /// Some captures have behind it what was decrypted.
    #[test]
    fn text_behind_starttls_is_read() {
        let start: [(bool, &[u8]); 2] = [(false, b"STARTTLS\r\n"), (true, b"220 go\r\n")];
        assert!(dialogue(&[&start[..], &[(false, b"NOOP\r\n")]].concat()).contains("Command: NOOP"));
        let sealed = dialogue(&[&start[..], &[(false, b"\x16\x03\x03\0\x01a")]].concat());
        assert_eq!(sealed.matches("Simple Mail").count(), 2, "{sealed}");
    }

    #[test]
    fn where_the_server_is_silent_the_message_is_known_by_its_command() {
        let all = dialogue(&[(false, b"DATA\r\n"), (false, b"QUIT\r\n.\r\nRSET\r\n")]);
        assert!(!all.contains("Command: QUIT") && all.contains("Command: RSET"), "{all}");
    }
}
