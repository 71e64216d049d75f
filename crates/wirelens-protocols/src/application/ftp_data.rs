//! Data connections of FTP, RFC 959 section 5: the bytes of a file or a listing, known by what
//! the control connection has agreed on.

use wirelens_dissect::prelude::*;

use super::text_lines::TEXT_LINES;
use crate::transport::tcp::TCP_PORT;

protocol! {
    FTP_DATA = "ftp-data" "FTP-Data" "FTP Data", Application;
    @ TCP_PORT 20;
    METHOD  = text "setup-method" "Set up by" detail;
    SETUP   = uint "setup-frame" "Set up in frame" detail;
    COMMAND = text "command" "Command" brief("");
    COMMAND_FRAME = uint "command-frame" "Command in frame" detail;
    BYTES   = bytes "data" "Data" own payload;
}

/// What a data connection is for.
#[derive(Clone, Default, Hash)]
pub(super) struct Transfer {
    /// The command that agreed on it: PORT, PASV, EPRT, EPSV.
    pub(super) method: &'static str,
    /// The frame in which that was.
    pub(super) setup: u64,
    /// The command it serves, with its argument; empty where that was not seen.
    pub(super) command: Box<[u8]>,
    /// The frame in which that was.
    pub(super) frame: u64,
}

fn dissect(p: &mut Packet<'_>) -> Step {
    if p.records() {
        agreed(p);
    }
    let is_text = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t'..=b'\r');
    if p.ahead().iter().all(is_text) {
        return Ok(Next::To(&TEXT_LINES));
    }
    p.rest(&BYTES)?;
    Ok(Next::Nothing)
}

/// What the control connection has said of this one, if it was seen.
fn agreed(p: &mut Packet<'_>) {
    let Some((transfer, _)) = p.conversation::<Transfer>() else { return };
    let (setup, frame, command) = (transfer.setup, transfer.frame, !transfer.command.is_empty());
    if setup == 0 {
        return;
    }
    let at = p.at();
    let method = |known: &Transfer, text: &mut Vec<u8>| text.extend(known.method.as_bytes());
    p.make_remembered_text(&METHOD, at, 0, method);
    p.note(&SETUP, setup, 0);
    if command {
        let command = |known: &Transfer, text: &mut Vec<u8>| text.extend(&known.command);
        p.make_remembered_text(&COMMAND, at, 0, command);
        p.note(&COMMAND_FRAME, frame, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn bytes_are_data_and_text_is_lines() {
        assert!(tree(&FTP_DATA, &hex("00 ff 80")).contains("Data: 00ff80"));
        insta::assert_snapshot!(tree(&FTP_DATA, b"drwxr-xr-x pub\r\n-rw-r--r-- file\r\n"));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&FTP_DATA, b"one\ntwo\0");
    }
}
