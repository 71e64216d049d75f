//! Telnet: RFC 854, options of RFC 855, window size of RFC 1073.

use wirelens_dissect::prelude::*;

use crate::transport::tcp::TCP_PORT;

protocol! {
    TELNET = "telnet" "Telnet" "Telnet", Application;
    @ TCP_PORT 23;
    DATA = text "data" "Data" many brief("");
    NEGOTIATION = group "negotiation" "Command" own many key("commands") {
        COMMAND = uint "cmd" "Command" names(COMMANDS) brief("");
        OPTION  = uint "subcmd" "Option" names(OPTIONS) brief("");
        OPTION_DATA = bytes "option_data" "Data of the Option";
        WIDTH  = uint "naws_subopt.width" "Width" brief("width ");
        HEIGHT = uint "naws_subopt.height" "Height" brief("height ");
        NO_END = problem "suboption.no_end" "The end of the suboption is missing" own;
    };
}

/// RFC 854, "Interpret as Command".
const IAC: u8 = 255;
const SUBOPTION: u8 = 250;
const WINDOW_SIZE: u8 = 31;

fn dissect(p: &mut Packet<'_>) -> Step {
    while p.left() > 0 {
        match p.ahead() {
            [IAC, IAC, ..] => data(p)?,
            [IAC, ..] => p.group(&NEGOTIATION, command)?,
            _ => data(p)?,
        }
    }
    Ok(Next::Nothing)
}

/// A line, or what there is of it before a command.
fn data(p: &mut Packet<'_>) -> Read {
    let ahead = p.ahead();
    let mut length = 0;
    while let Some(&byte) = ahead.get(length) {
        match (byte, ahead.get(length + 1)) {
            // 255 in data is doubled.
            (IAC, Some(&IAC)) => length += 2,
            (IAC, _) => break,
            // RFC 854: CR LF ends a line, CR NUL is a CR.
            (b'\r', Some(b'\n' | 0)) => {
                length += 2;
                break;
            }
            (b'\r' | b'\n', _) => {
                length += 1;
                break;
            }
            _ => length += 1,
        }
    }
    p.text(&DATA, length).map(drop)
}

fn command(p: &mut Packet<'_>) -> Read {
    p.skip(1)?;
    match p.u8(&COMMAND)? {
        251..=254 => p.u8(&OPTION).map(drop),
        SUBOPTION => suboption(p),
        _ => Ok(()),
    }
}

/// An option's data, up to IAC SE, which stand for themselves.
fn suboption(p: &mut Packet<'_>) -> Read {
    let option = p.u8(&OPTION)?;
    let ahead = p.ahead();
    let mut length = 0;
    loop {
        match (ahead.get(length), ahead.get(length + 1)) {
            (Some(&IAC), Some(&IAC)) => length += 2,
            (Some(&IAC), Some(_)) => break,
            (Some(_), Some(_)) => length += 1,
            _ => {
                p.problem_at(&NO_END, p.at(), ahead.len());
                length = ahead.len();
                break;
            }
        }
    }
    match (option, length) {
        (_, 0) => Ok(()),
        (WINDOW_SIZE, 4) => {
            p.u16(&WIDTH)?;
            p.u16(&HEIGHT).map(drop)
        }
        _ => p.bytes(&OPTION_DATA, length).map(drop),
    }
}

/// RFC 854 and RFC 885.
static COMMANDS: Names = &[
    (236, "End of File"),
    (237, "Suspend Process"),
    (238, "Abort Process"),
    (239, "End of Record"),
    (240, "Suboption End"),
    (241, "No Operation"),
    (242, "Data Mark"),
    (243, "Break"),
    (244, "Interrupt Process"),
    (245, "Abort Output"),
    (246, "Are You There?"),
    (247, "Erase Character"),
    (248, "Erase Line"),
    (249, "Go Ahead"),
    (250, "Suboption"),
    (251, "Will"),
    (252, "Won't"),
    (253, "Do"),
    (254, "Don't"),
];

/// IANA, "Telnet Options".
static OPTIONS: Names = &[
    (0, "Binary Transmission"),
    (1, "Echo"),
    (2, "Reconnection"),
    (3, "Suppress Go Ahead"),
    (4, "Approx Message Size Negotiation"),
    (5, "Status"),
    (6, "Timing Mark"),
    (7, "Remote Controlled Trans and Echo"),
    (8, "Output Line Width"),
    (9, "Output Page Size"),
    (10, "Output Carriage-Return Disposition"),
    (11, "Output Horizontal Tab Stops"),
    (12, "Output Horizontal Tab Disposition"),
    (13, "Output Formfeed Disposition"),
    (14, "Output Vertical Tabstops"),
    (15, "Output Vertical Tab Disposition"),
    (16, "Output Linefeed Disposition"),
    (17, "Extended ASCII"),
    (18, "Logout"),
    (19, "Byte Macro"),
    (20, "Data Entry Terminal"),
    (21, "SUPDUP"),
    (22, "SUPDUP Output"),
    (23, "Send Location"),
    (24, "Terminal Type"),
    (25, "End of Record"),
    (26, "TACACS User Identification"),
    (27, "Output Marking"),
    (28, "Terminal Location Number"),
    (29, "Telnet 3270 Regime"),
    (30, "X.3 PAD"),
    (31, "Negotiate About Window Size"),
    (32, "Terminal Speed"),
    (33, "Remote Flow Control"),
    (34, "Linemode"),
    (35, "X Display Location"),
    (36, "Environment"),
    (37, "Authentication"),
    (38, "Encryption"),
    (39, "New Environment"),
    (40, "TN3270E"),
    (41, "XAUTH"),
    (42, "CHARSET"),
    (43, "Telnet Remote Serial Port"),
    (44, "Com Port Control"),
    (45, "Telnet Suppress Local Echo"),
    (46, "Telnet Start TLS"),
    (47, "KERMIT"),
    (48, "SEND-URL"),
    (49, "FORWARD_X"),
    (138, "TELOPT PRAGMA LOGON"),
    (139, "TELOPT SSPI LOGON"),
    (140, "TELOPT PRAGMA HEARTBEAT"),
    (255, "Extended Options List"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    /// WILL and DO, a window's size, text.
    const BEGINNING: &str = "fffb03 fffd18 fffa1f00500018fff0 6c6f67696e0d0a 61ffff62 fff6";

    #[test]
    fn options_and_text() {
        insta::assert_snapshot!(tree(&TELNET, &hex(BEGINNING)));
    }

    #[test]
    fn every_prefix_of_them() {
        every_prefix(&TELNET, &hex(BEGINNING));
    }

    #[test]
    fn a_suboption_may_lack_its_end() {
        assert!(tree(&TELNET, &hex("fffa1800")).contains("! The end of the suboption"));
        assert!(!tree(&TELNET, &hex("fffa1800ffff01fff0")).contains("! The end"));
    }

    #[test]
    fn names_are_sorted() {
        for names in [COMMANDS, OPTIONS] {
            assert!(names.is_sorted_by_key(|(number, _)| number));
        }
    }
}
