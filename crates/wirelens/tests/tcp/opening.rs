//! How connections begin.

use wirelens::flow::Side::{self, Initiator, Responder};
use wirelens::flow::tcp::Mark;

use crate::told::told;

const CLOSED: [&str; 2] = ["> half close", "end"];

fn events<'e>(known: &[&'e str]) -> Vec<&'e str> {
    [known, &CLOSED].concat()
}

#[test]
fn syns_that_are_lost_or_dropped_are_sent_again() {
    // A lost SYN, a lost SYN-ACK, a server that has room, one that has none yet.
    let flows = told("syn-retry.pcap");
    assert_eq!(flows[0].events, events(&["session", "> syn retry", "start"]));
    let twice = ["session", "> syn retry", "start", "< syn retry", "> duplicate ack"];
    assert_eq!(flows[1].events, events(&twice));
    assert_eq!(flows[2].events, events(&["session", "start"]));
    assert_eq!(flows[3].events, events(&["session", "> syn retry", "start"]));
    for one in &flows {
        // From the last SYN: the first was sent a second before.
        assert!(one.flow.handshake().is_some_and(|time| time < 100_000_000));
        assert_eq!((one.end, one.last()), ("fin", ["TIME-WAIT", "CLOSED"]));
    }
    // The other end of the line has not seen the SYN that was lost, and has seen both SYN-ACKs.
    let flows = told("syn-retry-far.pcap");
    assert_eq!(flows[0].events, events(&["session", "start"]));
    let told = ["session", "< syn retry", "> syn retry", "< syn retry", "start", "> duplicate ack"];
    assert_eq!(flows[1].events, events(&told));
    assert_eq!(flows[1].count(Responder, Mark::SynRetry), 2);
}

#[test]
fn both_begin_at_once() {
    let flows = told("open-at-once.pcap");
    let [one] = &flows[..] else { panic!("{} flows", flows.len()) };
    let told = ["session", "start", "> window update", "< window update", "> 0+4", "< 0+4"];
    assert_eq!(one.events, events(&told));
    let states: Vec<_> =
        one.states[..4].iter().map(|(_, both)| both.map(|one| one.name())).collect();
    let expected = [
        ["SYN-SENT", "LISTEN"],
        ["SYN-RECEIVED", "SYN-RECEIVED"],
        ["SYN-RECEIVED", "ESTABLISHED"],
        ["ESTABLISHED", "ESTABLISHED"],
    ];
    assert_eq!(states, expected);
    // RFC 9293 section 3.5: what each sends behind its SYN answers the other's.
    for side in [Initiator, Responder] {
        assert_eq!(one.count(side, Mark::SynRetry) + one.count(side, Mark::Retransmission), 0);
    }
}

#[test]
fn data_in_the_syn() {
    let flows = told("fast-open.pcap");
    // The cookie is asked for; then there is one; then the server takes it no more, and what was in
    // the SYN is sent again.
    assert_eq!(flows[0].events, events(&["session", "start", "> 0+8"]));
    assert_eq!(flows[1].events, events(&["session", "> 0+14", "start", "< 0+12"]));
    assert_eq!(flows[2].events, events(&["session", "> 0+14", "start", "> retransmit"]));
    let sent: Vec<u64> = flows.iter().map(|one| one.flow.traffic(Initiator).payload()).collect();
    assert_eq!(sent, [8, 14, 28]);
}

#[test]
fn the_same_ports_again() {
    let flows = told("port-reuse.pcap");
    let ends: Vec<_> = flows.iter().map(|one| (one.port(Initiator), one.end)).collect();
    let expected = [
        (40000, "fin"),
        (40000, "fin"),
        (40001, "fin"),
        (40001, "fin"),
        (40002, "reset"),
        (40002, "reset"),
        (40002, "reset"),
        (40003, "reused"),
        (40003, "fin"),
    ];
    assert_eq!(ends, expected);
    let resets: Vec<_> = flows[4..7].iter().map(|one| one.events.last().cloned()).collect();
    assert_eq!(resets, ["> reset", "< reset", "> reset"].map(|text| Some(text.to_owned())));
    // A client that started anew: what the server has of old, and the reset for it, are not of the
    // new connection (RFC 9293 section 3.10.7.3).
    let anew = &flows[8];
    assert_eq!(anew.events, events(&["session", "> syn retry", "start", "> 0+5"]));
    assert_eq!(anew.flow.traffic(Responder).frames(), 5);
    assert!(anew.flow.traffic(Initiator).flags() & wirelens::flow::tcp::RST != 0);
}

#[test]
fn connections_that_were_there_before() {
    let flows = told("missed-syn.pcap");
    let begun = ["missed syn", "> 0+13", "< 0+5"];
    assert_eq!(flows[0].events, events(&begun));
    assert_eq!(flows[1].events, [&begun[..], &["> reset"]].concat());
    let known =
        |one: &crate::told::Told| (one.end, one.flow.opening().name(), one.flow.handshake());
    assert_eq!(
        flows.iter().map(known).collect::<Vec<_>>(),
        [("fin", "first", None), ("reset", "first", None)]
    );
    let sides: [Side; 2] = [Initiator, Responder];
    assert!(sides.iter().all(|&side| flows[0].flow.traffic(side).initial_sequence().is_none()));
}
