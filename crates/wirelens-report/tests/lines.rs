//! What a line says of frames of real protocols.

use wirelens_dissect::{Input, Session};
use wirelens_report::{Format, Head, Line, Options, TextOptions, TimeStyle};

/// The line of a packet in Ethernet, behind these bytes of tags and type.
fn line(ethernet: &str, packet: &str) -> String {
    let digits: Vec<u32> = ["0200000000090200 00000001", ethernet, packet]
        .concat()
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .collect();
    let bytes: Vec<u8> = digits.chunks(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect();
    let text = TextOptions { time: TimeStyle::None, ..TextOptions::default() };
    let mut report = Format::Text.report(Options { text, ..Options::default() });
    let mut session = Session::new(wirelens_protocols::shared());
    let length = bytes.len() as u32;
    let frame =
        session.dissect(Input { link_type: 1, captured: &bytes, length, ..Input::default() });
    let mut line = Line::new();
    report.frame(&mut line, &Head { number: 1, ..Head::default() }, &frame);
    String::from_utf8_lossy(line.written()).trim().to_owned()
}

const UDP: &str = "45000021000140004011 0000 c0000201 c0000209 c0001f40 000d0000 6162636465";

#[test]
fn a_datagram_says_how_much_it_carries() {
    assert_eq!(line("0800", UDP), "1 192.0.2.1.49152 > 192.0.2.9.8000 UDP len 5");
}

#[test]
fn the_tag_of_a_vlan_stays() {
    let tagged = line("8100 2064 0800", UDP);
    assert_eq!(tagged, "1 192.0.2.1.49152 > 192.0.2.9.8000 UDP len 5 vlan 100");
}

#[test]
fn an_error_says_whose_packet_it_quotes() {
    let error = format!("4500003d0001000040010000 c0000209 c0000201 0303 0000 00000000 {UDP}");
    assert_eq!(
        line("0800", &error),
        "1 192.0.2.9 > 192.0.2.1 ICMP Destination Unreachable: Port Unreachable \
         (192.0.2.1.49152 > 192.0.2.9.8000 UDP)"
    );
}

#[test]
fn a_request_for_an_address() {
    let request = "0001 0800 06 04 0001 020000000001 c0000201 000000000000 c0000209";
    assert_eq!(
        line("0806", request),
        "1 02:00:00:00:00:01 > 02:00:00:00:00:09 ARP Request 192.0.2.1 at 02:00:00:00:00:01 for 192.0.2.9"
    );
}
