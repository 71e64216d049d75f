//! File Transfer Protocol: RFC 959, the extensions of RFC 2428, 3659 and 4217.
//!
//! The lines of the control connection. Where they agree on a data connection, that one is known
//! to be [`FTP_DATA`], with the command it serves.

mod address;
mod names;

use wirelens_dissect::End;
use wirelens_dissect::prelude::*;

use super::ftp_data::{FTP_DATA, Transfer};
use super::text_line::{code_of, wait_for_line};
use crate::application::tls::TLS;
use crate::transport::tcp::TCP_PORT;
use address::Place;
use names::{REPLIES, TRANSFERS};

protocol! {
    FTP = "ftp" "FTP" "File Transfer Protocol", Application, messages();
    @ TCP_PORT 21;
    IS_REQUEST  = flag "request"  "Commands of the client" hidden;
    IS_RESPONSE = flag "response" "Replies of the server" hidden;
    LINE = group "line" "Line" own many key("lines") {
        COMMAND  = text "request.command" "Command" brief("") leads;
        ARGUMENT = text "request.arg" "Argument" brief("");
        CODE     = uint "response.code" "Reply Code" names(REPLIES) brief("") leads by_number;
        TEXT     = text "response.arg" "Reply" brief("");
        ACTIVE_IP    = ipv4 "active.cip" "Client's Address" brief("data to ");
        ACTIVE_PORT  = uint "active.port" "Client's Port" brief(":");
        ACTIVE_NAT   = flag "active.nat" "Address is not the client's";
        PASSIVE_IP   = ipv4 "passive.ip" "Server's Address" brief("data from ");
        PASSIVE_PORT = uint "passive.port" "Server's Port" brief(":");
        PASSIVE_NAT  = flag "passive.nat" "Address is not the server's";
        EPRT_FAMILY  = uint "eprt.af" "Address Family";
        EPRT_IP      = ipv4 "eprt.ip" "Client's Address" brief("data to ");
        EPRT_IPV6    = ipv6 "eprt.ipv6" "Client's IPv6 Address" brief("data to ");
        EPRT_PORT    = uint "eprt.port" "Client's Port" brief(":");
        EPSV_IP      = ipv4 "epsv.ip" "Server's Address" detail;
        EPSV_IPV6    = ipv6 "epsv.ipv6" "Server's IPv6 Address" detail;
        EPSV_PORT    = uint "epsv.port" "Server's Port" brief("data from port ");
        BAD_EPRT = problem "eprt.args_invalid" "Not of the form |family|address|port|";
        BAD_EPSV = problem "epsv.args_invalid" "Not of the form (|||port|)";
        BAD_CODE = problem "response.code.invalid" "Reply code is no number of three digits";
    };
}

/// What is remembered of a control connection.
#[derive(Default)]
struct Control {
    /// The server sends in the direction of the conversation's key.
    server: Option<bool>,
    /// Where the next data connection may come to.
    agreed: Vec<End>,
    /// How that was agreed on, and in which frame.
    method: &'static str,
    setup: u64,
    /// The client has asked for TLS.
    wants_tls: bool,
}

/// Longer lines are no commands: it is not waited for their end.
const LONGEST_LINE: usize = 1024;

fn dissect(p: &mut Packet<'_>) -> Step {
    // What begins with a control character is none of ours: TLS behind AUTH. 255 is Telnet's IAC,
    // which RFC 959 section 4.1 has before ABOR.
    if matches!(p.peek_u8()?, 0..=8 | 14..=31 | 127..=254) {
        return Ok(Next::NotMine);
    }
    wait_for_line(p, LONGEST_LINE)?;
    let reply = from_server(p);
    p.note(&IS_REQUEST, (!reply).into(), 0);
    p.note(&IS_RESPONSE, reply.into(), 0);
    while p.left() > 0 {
        let ahead = p.ahead();
        let length = memchr::memchr(b'\n', ahead).map_or(ahead.len(), |at| at + 1);
        let line = ahead[..length].trim_ascii_end();
        p.group(&LINE, |p| {
            let start = p.at();
            match reply {
                true => response(p, line)?,
                false => request(p, line)?,
            }
            p.seek(start);
            p.skip(length)
        })?;
    }
    Ok(Next::Nothing)
}

/// Does the server speak? Its port tells, or who has sent a reply.
fn from_server(p: &mut Packet<'_>) -> bool {
    let (source, destination) = p.flow().ports;
    let looks_so = code_of(p.ahead()).is_some();
    let told = match (source, destination) {
        (21, _) => Some(true),
        (_, 21) => Some(false),
        _ => None,
    };
    let Some((control, forward)) = p.conversation::<Control>() else {
        return told.unwrap_or(looks_so);
    };
    if told.is_none() && control.server.is_none() && looks_so {
        control.server = Some(forward);
    }
    told.or(control.server.map(|server| server == forward)).unwrap_or(looks_so)
}

fn request(p: &mut Packet<'_>, line: &[u8]) -> Read {
    let name = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
    p.text(&COMMAND, name)?;
    let (name, rest) = line.split_at(name);
    let argument = rest.trim_ascii_start();
    p.skip(rest.len() - argument.len())?;
    let at = p.at();
    if !argument.is_empty() {
        p.text(&ARGUMENT, argument.len())?;
    }
    match () {
        () if name.eq_ignore_ascii_case(b"PORT") => port(p, at, argument),
        () if name.eq_ignore_ascii_case(b"EPRT") => eprt(p, at, argument),
        () if name.eq_ignore_ascii_case(b"AUTH") => {
            if let Some((control, _)) = p.conversation::<Control>() {
                control.wants_tls = [&b"TLS"[..], b"TLS-C", b"SSL"].iter().any(|name| argument.eq_ignore_ascii_case(name));
            }
        }
        () if TRANSFERS.iter().any(|command| name.eq_ignore_ascii_case(command)) => {
            transfer(p, name, argument);
        }
        () => {}
    }
    Ok(())
}

fn response(p: &mut Packet<'_>, line: &[u8]) -> Read {
    let Some(code) = code_of(line) else {
        // It goes on with a reply of several lines, RFC 959 section 4.2.
        if !line.is_empty() {
            p.text(&TEXT, line.len())?;
        }
        return Ok(());
    };
    p.number(&CODE, code.into(), 3)?;
    let Some(text) = line.get(4..).filter(|text| !text.is_empty()) else { return Ok(()) };
    p.skip(1)?;
    let at = p.at();
    p.text(&TEXT, text.len())?;
    match code {
        227 => passive(p, at, text),
        // RFC 4217 section 4.
        234 if p.conversation::<Control>().is_some_and(|(control, _)| control.wants_tls) => {
            p.goes_on_as(&TLS);
        }
        229 => extended_passive(p, at, text),
        _ => {}
    }
    Ok(())
}

/// PORT, RFC 959 section 4.1.2: address and port in six numbers.
fn port(p: &mut Packet<'_>, at: usize, argument: &[u8]) {
    let Some(found) = address::six_numbers(argument) else { return };
    let (ip, port) = put(p, at, found, &ACTIVE_IP, &ACTIVE_PORT);
    let client = p.flow().source;
    if u128::from(ip) != client {
        p.mark(&ACTIVE_NAT, at, 0, 1);
    }
    agree(p, "PORT", &[client, ip.into()], port);
}

/// 227, RFC 959 section 4.1.2: the same six numbers somewhere in the text.
fn passive(p: &mut Packet<'_>, at: usize, text: &[u8]) {
    let Some(from) = text.iter().position(u8::is_ascii_digit) else { return };
    let Some(found) = address::six_numbers(&text[from..]) else { return };
    let (ip, port) = put(p, at + from, found, &PASSIVE_IP, &PASSIVE_PORT);
    let server = p.flow().source;
    if u128::from(ip) != server {
        p.mark(&PASSIVE_NAT, at, 0, 1);
    }
    agree(p, "PASV", &[server, ip.into()], port);
}

fn put(
    p: &mut Packet<'_>,
    at: usize,
    (ip, port): (Place<u32>, Place<u16>),
    ip_row: &'static Field,
    port_row: &'static Field,
) -> (u32, u16) {
    p.mark(ip_row, at + ip.at, ip.length, ip.value.into());
    p.mark(port_row, at + port.at, port.length, port.value.into());
    (ip.value, port.value)
}

/// EPRT, RFC 2428 section 2: `|1|192.0.2.1|6275|`.
fn eprt(p: &mut Packet<'_>, at: usize, argument: &[u8]) {
    let Some((family, ip, port)) = address::extended(argument) else {
        p.problem_at(&BAD_EPRT, at, argument.len());
        return;
    };
    p.mark(&EPRT_FAMILY, at + family.at, family.length, family.value.into());
    let offset = at + ip.at;
    let address = match ip.value {
        std::net::IpAddr::V4(address) => {
            p.mark(&EPRT_IP, offset, ip.length, u32::from(address).into());
            u32::from(address).into()
        }
        std::net::IpAddr::V6(address) => {
            p.make_ipv6(&EPRT_IPV6, offset, ip.length, address.into());
            address.into()
        }
    };
    p.mark(&EPRT_PORT, at + port.at, port.length, port.value.into());
    let client = p.flow().source;
    agree(p, "EPRT", &[address, client], port.value);
}

/// 229, RFC 2428 section 3: `(|||6446|)`, at the server's own address.
fn extended_passive(p: &mut Packet<'_>, at: usize, text: &[u8]) {
    let Some(port) = address::extended_port(text) else {
        p.problem_at(&BAD_EPSV, at, text.len());
        return;
    };
    let (server, version) = (p.flow().source, p.flow().version);
    match version {
        4 => p.mark(&EPSV_IP, at, 0, server as u64),
        _ => p.make_ipv6(&EPSV_IPV6, at, 0, server),
    }
    p.mark(&EPSV_PORT, at + port.at, port.length, port.value.into());
    agree(p, "EPSV", &[server], port.value);
}

/// A data connection is to come to this port, at one of these addresses: behind a translator the
/// one that was named is not the one that is seen.
fn agree(p: &mut Packet<'_>, method: &'static str, addresses: &[u128], port: u16) {
    let setup = p.frame_number();
    if let Some((control, _)) = p.conversation::<Control>() {
        control.agreed.clear();
        (control.method, control.setup) = (method, setup);
    }
    let same = addresses.windows(2).any(|pair| pair[0] == pair[1]);
    for &address in &addresses[..if same { 1 } else { addresses.len() }] {
        let end = End { transport: 6, address, port };
        if let Some((control, _)) = p.conversation::<Control>() {
            control.agreed.push(end);
        }
        p.expect_with(end, &FTP_DATA, Transfer { method, setup, ..Transfer::default() });
    }
}

/// A command that the data connection serves: it is told to that one before its first byte.
fn transfer(p: &mut Packet<'_>, name: &[u8], argument: &[u8]) {
    let frame = p.frame_number();
    let Some((control, _)) = p.conversation::<Control>() else { return };
    let (method, setup) = (control.method, control.setup);
    for end in std::mem::take(&mut control.agreed) {
        let command = [name, argument].join(&b' ').trim_ascii_end().into();
        p.expect_with(end, &FTP_DATA, Transfer { method, setup, command, frame });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::ipv4::IP;
    use crate::testing::*;
    use wirelens_dissect::Session;

    /// RFC 4217 section 4.
    #[test]
    fn tls_follows_where_it_is_granted() {
        assert!(tls_follows(21, &[(false, b"AUTH TLS\r\n"), (true, b"234 go on\r\n")]));
        assert!(!tls_follows(21, &[(false, b"AUTH TLS\r\n"), (true, b"502 no\r\n")]));
        assert!(!tls_follows(21, &[(false, b"AUTH GSSAPI\r\n"), (true, b"234 go on\r\n")]));
    }

    const SERVER: [u8; 4] = [192, 0, 2, 20];
    const CLIENT: [u8; 4] = [192, 0, 2, 10];

    type Side = ([u8; 4], u16);

    /// An IPv4 packet with a segment; the sequence number is `at`.
    fn packet(from: Side, to: Side, at: u32, text: &[u8]) -> Vec<u8> {
        let length = (40 + text.len()) as u16;
        let mut bytes = vec![0x45, 0];
        bytes.extend(length.to_be_bytes());
        bytes.extend([0, 1, 0, 0, 64, 6, 0, 0]);
        bytes.extend(from.0);
        bytes.extend(to.0);
        bytes.extend(from.1.to_be_bytes());
        bytes.extend(to.1.to_be_bytes());
        bytes.extend(at.to_be_bytes());
        bytes.extend([0, 0, 0, 1, 0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0]);
        bytes.extend(text);
        bytes
    }

    fn command(session: &mut Session, at: u32, text: &[u8]) -> String {
        tree_in(session, &IP, &packet((CLIENT, 40000), (SERVER, 21), at, text))
    }

    fn reply(session: &mut Session, at: u32, text: &[u8]) -> String {
        tree_in(session, &IP, &packet((SERVER, 21), (CLIENT, 40000), at, text))
    }

    #[test]
    fn a_dialogue() {
        let mut session = Session::new(crate::shared());
        let greeting = reply(&mut session, 1, b"220-Hello\r\n there\r\n220 ready\r\n");
        let passive = reply(&mut session, 30, b"227 Entering Passive Mode (192,0,2,20,19,240).\r\n");
        let active = command(&mut session, 1, b"EPRT |2|2001:db8::10|5282|\r\n");
        insta::assert_snapshot!([greeting, passive, active].join("\n"));
    }

    #[test]
    fn every_prefix_of_it() {
        for line in [&b"227 Entering Passive Mode (192,0,2,20,19,240).\r\n"[..], b"EPRT |1|192.0.2.1|99|\r\nQUIT\n"] {
            every_prefix(&FTP, line);
            every_prefix(&IP, &packet((SERVER, 21), (CLIENT, 40000), 1, line));
        }
    }

    /// RFC 959 section 3.2, RFC 2428.
    #[test]
    fn data_connections_are_known_by_what_was_agreed_on() {
        let ways: [(&[u8], bool, Side); 4] = [
            (b"227 Passive (192,0,2,20,19,240)\r\n", true, (SERVER, 5104)),
            (b"229 Extended (|||6446|)\r\n", true, (SERVER, 6446)),
            (b"PORT 192,0,2,10,19,240\r\n", false, (CLIENT, 5104)),
            (b"EPRT |1|192.0.2.10|5282|\r\n", false, (CLIENT, 5282)),
        ];
        for (line, from_server, (address, port)) in ways {
            let mut session = Session::new(crate::shared());
            match from_server {
                true => reply(&mut session, 1, line),
                false => command(&mut session, 1, line),
            };
            let at = if from_server { 1 } else { 1 + line.len() as u32 };
            command(&mut session, at, b"RETR a file\r\n");
            let other = if address == SERVER { CLIENT } else { SERVER };
            let data = packet((other, 50000), (address, port), 1, b"one\r\n");
            let tree = tree_in(&mut session, &IP, &data);
            assert!(tree.contains("FTP Data") && tree.contains("Command: RETR a file"), "{tree}");
            let elsewhere = packet((other, 50000), (address, port + 1), 1, b"one\r\n");
            assert!(!tree_in(&mut session, &IP, &elsewhere).contains("FTP Data"));
        }
    }

    #[test]
    fn what_is_not_of_the_form_is_a_problem() {
        let mut session = Session::new(crate::shared());
        assert!(command(&mut session, 1, b"EPRT |1|2001:db8::1|9|\r\n").contains("! Not of the form"));
        assert!(reply(&mut session, 1, b"229 Extended (||6446|)\r\n").contains("! Not of the form"));
    }

    #[test]
    fn a_line_in_two_segments_is_read_once() {
        let mut session = Session::new(crate::shared());
        let first = command(&mut session, 1, b"RETR a f");
        assert!(!first.contains("File Transfer"), "{first}");
        assert!(command(&mut session, 9, b"ile\r\n").contains("Argument: a file"));
    }

    #[test]
    fn bytes_that_are_no_text_are_not_its_own() {
        let mut session = Session::new(crate::shared());
        assert!(!command(&mut session, 1, b"\x16\x03\x01\0\x02\x01\0").contains("File Transfer"));
    }

    #[test]
    fn codes_are_sorted() {
        assert!(REPLIES.is_sorted_by_key(|(code, _)| code));
    }
}
