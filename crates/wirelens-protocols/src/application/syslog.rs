//! Syslog, RFC 5424, and the BSD syslog, RFC 3164.

use wirelens_dissect::prelude::*;

use crate::calendar::days_since_1970;
use crate::transport::udp::UDP_PORT;

protocol! {
    SYSLOG = "syslog" "Syslog" "Syslog", Application;
    @ UDP_PORT 514;
    FACILITY = uint "facility" "Facility" & 0x3f8 names(FACILITIES) brief("");
    LEVEL    = uint "level" "Level" & 0x007 names(LEVELS) brief("");
    MESSAGE  = text "msg" "Message" key("message") brief("") {
        VERSION     = text "version" "Version";
        TIME        = time "timestamp" "Timestamp";
        TIME_3164   = text "timestamp_rfc3164" "Timestamp";
        HOST        = text "hostname" "Host Name";
        APPLICATION = text "appname" "Application";
        PROCESS     = text "procid" "Process";
        ID          = text "msgid" "Message ID";
        STRUCTURED  = text "structured_data" "Structured Data" own;
        CONTENT     = text "content" "Content" own;
    };
}

/// RFC 5424 table 1.
static FACILITIES: Names = &[
    (0, "kern"),
    (1, "user"),
    (2, "mail"),
    (3, "daemon"),
    (4, "auth"),
    (5, "syslog"),
    (6, "lpr"),
    (7, "news"),
    (8, "uucp"),
    (9, "cron"),
    (10, "authpriv"),
    (11, "ftp"),
    (12, "ntp"),
    (13, "security"),
    (14, "console"),
    (15, "solaris-cron"),
    (16, "local0"),
    (17, "local1"),
    (18, "local2"),
    (19, "local3"),
    (20, "local4"),
    (21, "local5"),
    (22, "local6"),
    (23, "local7"),
];

/// RFC 5424 table 2.
static LEVELS: Names = &[
    (0, "emergency"),
    (1, "alert"),
    (2, "critical"),
    (3, "error"),
    (4, "warning"),
    (5, "notice"),
    (6, "informational"),
    (7, "debug"),
];

fn dissect(p: &mut Packet<'_>) -> Step {
    if let Some((priority, length)) = priority(p.ahead()) {
        p.bits(priority, length, &[&FACILITY, &LEVEL])?;
    }
    let message = p.ahead();
    p.note(&MESSAGE, 0, message.len());
    let end = p.at() + message.len();
    p.under(|p| {
        if message.starts_with(b"1 ") {
            rfc_5424(p)
        } else if is_rfc_3164_time(message) {
            rfc_3164(p)
        } else {
            Ok(())
        }
    })?;
    p.seek(end);
    Ok(Next::Nothing)
}

/// `<165>`: the number and how many bytes it takes.
fn priority(bytes: &[u8]) -> Option<(u16, usize)> {
    let inside = bytes.strip_prefix(b"<")?;
    let end = inside.iter().take(4).position(|&byte| byte == b'>')?;
    let number = std::str::from_utf8(inside.get(..end)?).ok()?.parse().ok()?;
    Some((number, end + 2))
}

/// RFC 5424 section 6.
fn rfc_5424(p: &mut Packet<'_>) -> Read {
    word(p, Some(&VERSION))?;
    let time = p.ahead().split(|&byte| byte == b' ').next().unwrap_or_default();
    if p.records()
        && let Some(nanoseconds) = rfc_3339(time)
    {
        p.note(&TIME, nanoseconds as u64, time.len());
    }
    word(p, None)?;
    for row in [&HOST, &APPLICATION, &PROCESS, &ID] {
        word(p, Some(row))?;
    }
    let length = structured_data(p.ahead());
    if length > 0 {
        p.text(&STRUCTURED, length)?;
    }
    if p.ahead().first() == Some(&b' ') {
        p.skip(1)?;
    }
    p.remainder(&CONTENT)
}

/// Reads up to the next space and passes over that.
fn word(p: &mut Packet<'_>, row: Option<&'static Field>) -> Read {
    let length = memchr::memchr(b' ', p.ahead()).unwrap_or(p.left());
    match row {
        Some(row) if length > 0 => p.text(row, length).map(drop)?,
        _ => p.skip(length)?,
    }
    p.skip(p.left().min(1))
}

/// RFC 5424 section 6.3: elements in brackets, in which quoted values hide brackets; or `-`.
fn structured_data(bytes: &[u8]) -> usize {
    if bytes.first() == Some(&b'-') {
        return 1;
    }
    let (mut end, mut inside, mut quoted, mut escaped) = (0, false, false, false);
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' if inside => quoted = !quoted,
            _ if quoted => {}
            b'[' if !inside => inside = true,
            b']' if inside => (inside, end) = (false, at + 1),
            _ if !inside => break,
            _ => {}
        }
    }
    end
}

/// `Oct 11 22:14:15 `
fn is_rfc_3164_time(bytes: &[u8]) -> bool {
    const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let shape = b"Mon dd hh:mm:ss ";
    bytes.len() >= shape.len()
        && bytes.get(..3).is_some_and(|month| MONTHS.chunks(3).any(|name| name == month))
        && bytes.iter().zip(shape).skip(3).all(|(&byte, &wanted)| match wanted {
            b' ' | b':' => byte == wanted,
            _ => byte.is_ascii_digit() || byte == b' ',
        })
}

/// RFC 3164 section 4.1: a tag is letters and digits, what is behind it is the content.
fn rfc_3164(p: &mut Packet<'_>) -> Read {
    p.text(&TIME_3164, 15)?;
    p.skip(1)?;
    word(p, Some(&HOST))?;
    let tag = p.ahead().iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    if tag > 0 {
        p.text(&PROCESS, tag)?;
    }
    p.remainder(&ID)
}

/// Nanoseconds since 1970 of a time such as `2003-10-11T22:14:15.003-07:00`.
fn rfc_3339(text: &[u8]) -> Option<i64> {
    let number = |from: usize, length: usize| -> Option<i64> {
        let digits = text.get(from..from + length)?;
        digits.iter().try_fold(0, |number: i64, digit| {
            digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0'))
        })
    };
    let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
    let (hour, minute, second) = (number(11, 2)?, number(14, 2)?, number(17, 2)?);
    let separators = [4, 7, 10, 13, 16].map(|at| text.get(at).copied().unwrap_or(0));
    if &separators != b"--T::" || !(1..=12).contains(&month) || !(1970..2200).contains(&year) {
        return None;
    }
    let mut rest = text.get(19..)?;
    let mut nanoseconds = 0;
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let mut unit = 100_000_000;
        for digit in &fraction[..length] {
            nanoseconds += i64::from(digit - b'0') * unit;
            unit /= 10;
        }
        rest = &fraction[length..];
    }
    let offset = match rest {
        b"Z" => 0,
        [sign @ (b'+' | b'-'), _, _, _, _, _] => {
            let from = text.len() - 5;
            let minutes = number(from, 2)? * 60 + number(from + 3, 2)?;
            if *sign == b'+' { minutes } else { -minutes }
        }
        _ => return None,
    };
    let days = days_since_1970(year, month, day);
    let seconds = days * 86_400 + hour * 3600 + (minute - offset) * 60 + second;
    Some(seconds * 1_000_000_000 + nanoseconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    /// The examples of RFC 5424 section 6.5.
    #[test]
    fn new_messages() {
        let structured = b"<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 \
            [exampleSDID@32473 iut=\"3\" eventID=\"10\\]11\"][examplePriority@32473 class=\"high\"] An event";
        insta::assert_snapshot!(tree(&SYSLOG, structured));
        every_prefix(&SYSLOG, structured);
        let plain = b"<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time";
        let tree = tree(&SYSLOG, plain);
        assert!(tree.contains("Timestamp: 2003-08-24T12:14:15.000003"), "{tree}");
    }

    /// RFC 3164 section 5.4.
    #[test]
    fn an_old_message() {
        let message = b"<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8";
        insta::assert_snapshot!(tree(&SYSLOG, message));
        every_prefix(&SYSLOG, message);
    }

    #[test]
    fn neither() {
        assert!(tree(&SYSLOG, b"<0>x").contains("Message: x"));
        assert!(!tree(&SYSLOG, b"no priority").contains("Facility"));
        assert!(!tree(&SYSLOG, b"<99999>x").contains("Facility"));
    }
}
