//! How connections end.

use std::net::IpAddr;

use wirelens::flow::Side::{Initiator, Responder};

use crate::told::told;

/// The states of both ends behind each of a flow's frames, those after the handshake.
fn states(one: &crate::told::Told) -> Vec<[&'static str; 2]> {
    one.states[3..].iter().map(|(_, both)| both.map(|state| state.name())).collect()
}

#[test]
fn one_side_then_the_other() {
    let flows = told("close.pcap");
    let open = ["session", "start", "> 0+8", "< 0+10"];
    assert_eq!(flows[0].events, [&open[..], &["> half close", "end"]].concat());
    assert_eq!(flows[1].events, [&open[..], &["< half close", "end"]].concat());
    let closing = [
        ["FIN-WAIT-1", "CLOSE-WAIT"],
        ["FIN-WAIT-2", "CLOSE-WAIT"],
        ["TIME-WAIT", "LAST-ACK"],
        ["TIME-WAIT", "CLOSED"],
    ];
    assert_eq!(states(&flows[0])[4..], closing);
    assert_eq!(states(&flows[1])[4..], closing.map(|[a, b]| [b, a]));
    for one in &flows {
        assert_eq!(one.end, "fin");
        let [sent, answered] = [Initiator, Responder].map(|side| one.flow.traffic(side).payload());
        assert_eq!((sent, answered), (8, 10));
        // The SYN, the data and the FIN of each were acknowledged.
        for side in [Initiator, Responder] {
            let trips = one.flow.traffic(side).round_trips().map(|trips| trips.count);
            assert_eq!(trips, Some(3), "{side:?}");
        }
    }
}

#[test]
fn both_at_once() {
    for one in told("close-at-once.pcap") {
        assert_eq!(one.events, ["session", "start", "> half close", "end"]);
        let expected = [
            ["FIN-WAIT-1", "CLOSE-WAIT"],
            ["CLOSING", "CLOSING"],
            ["CLOSING", "TIME-WAIT"],
            ["TIME-WAIT", "TIME-WAIT"],
        ];
        assert_eq!((states(&one).as_slice(), one.end), (&expected[..], "fin"));
    }
}

#[test]
fn one_side_goes_on_behind_the_others_fin() {
    let flows = told("half-close.pcap");
    let said = |arrow: &str, from: usize| {
        let all = [(0, 1428), (1428, 1372), (2800, 1428), (4228, 1372)];
        all.map(|(at, length)| format!("{arrow} {}+{length}", at + from)).to_vec()
    };
    let text = |known: &[&str]| known.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    let begun = text(&["session", "start", "> 0+8"]);
    let end = text(&["end"]);
    let first = [begun.clone(), text(&["> half close"]), said("<", 0), end.clone()].concat();
    assert_eq!(flows[0].events, first);
    assert_eq!(flows[1].events, [begun, text(&["< half close"]), said(">", 8), end].concat());
    assert!(matches!(flows[0].flow.address(Initiator), IpAddr::V6(_)));
    // While it goes on.
    assert!(states(&flows[0])[4..12].iter().all(|states| *states == ["FIN-WAIT-2", "CLOSE-WAIT"]));
    assert!(states(&flows[1])[3..12].iter().all(|states| *states == ["CLOSE-WAIT", "FIN-WAIT-2"]));
}

#[test]
fn resets_in_every_state() {
    // What happened behind `session`, with who has reset it, and the states before the reset.
    let expected: [(&[&str], [&str; 2]); 16] = [
        (&["< reset"], ["SYN-SENT", "LISTEN"]),
        // The client is gone when the SYN-ACK comes; the server when that is acknowledged.
        (&["> reset"], ["ESTABLISHED", "SYN-RECEIVED"]),
        (&["start", "< reset"], ["ESTABLISHED", "ESTABLISHED"]),
        (&["start", "> reset"], ["ESTABLISHED", "ESTABLISHED"]),
        (&["start", "< reset"], ["ESTABLISHED", "ESTABLISHED"]),
        (&["start", "< 0+6", "> reset"], ["ESTABLISHED", "ESTABLISHED"]),
        (&["start", "> 0+100", "< reset"], ["ESTABLISHED", "ESTABLISHED"]),
        (&["start", "> half close", "< reset"], ["FIN-WAIT-1", "CLOSE-WAIT"]),
        (&["start", "> half close", "< reset"], ["FIN-WAIT-2", "CLOSE-WAIT"]),
        (&["start", "> half close", "> reset"], ["FIN-WAIT-2", "CLOSE-WAIT"]),
        (&["start", "> half close", "< 0+4", "> reset"], ["FIN-WAIT-2", "CLOSE-WAIT"]),
        (&["start", "< half close", "> reset"], ["CLOSE-WAIT", "FIN-WAIT-2"]),
        (&["start", "> half close", "< reset"], ["CLOSING", "TIME-WAIT"]),
        (&["start", "> half close", "> reset"], ["TIME-WAIT", "LAST-ACK"]),
        // Of what is over nothing is reset.
        (&["start", "> half close", "end"], ["TIME-WAIT", "CLOSED"]),
        (&["start", "> 0+8", "< reset"], ["ESTABLISHED", "ESTABLISHED"]),
    ];
    let flows = told("resets.pcap");
    assert_eq!(flows.len(), expected.len());
    for (at, (one, (events, before))) in flows.iter().zip(expected).enumerate() {
        let port = 40001 + at as u16;
        assert_eq!((one.port(Initiator), &one.events[..1]), (port, &["session".to_owned()][..]));
        assert_eq!(one.events[1..], *events, "{port}");
        let over = |states: &[wirelens::flow::tcp::State; 2]| {
            states.map(|state| state.name()) == ["CLOSED"; 2]
        };
        let (last, rest) = one.states.split_last().expect("frames");
        assert!(over(&last.1), "{port}");
        let reached = rest.iter().rev().map(|(_, states)| states).find(|states| !over(states));
        assert_eq!(reached.map(|states| states.map(|state| state.name())), Some(before), "{port}");
        assert_eq!(one.end, if port == 40015 { "fin" } else { "reset" }, "{port}");
    }
    // Once reset, it is not reset again by what answers late segments.
    assert_eq!(flows[12].flow.traffic(Responder).frames(), 5);
}

#[test]
fn nobody_is_there_any_more() {
    let flows = told("keep-alive.pcap");
    let expected = [
        "session",
        "start",
        "> 0+8",
        "> keep alive",
        "< keep alive ack",
        "> keep alive",
        "< keep alive ack",
        "> keep alive",
        "> keep alive",
        "> reset",
    ];
    assert_eq!(
        (flows[0].events.as_slice(), flows[0].end),
        (&expected.map(str::to_owned)[..], "reset")
    );
}
