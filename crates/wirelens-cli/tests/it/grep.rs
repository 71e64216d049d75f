//! `grep`.

use std::path::Path;

use crate::helper::*;
use crate::segments::Capture;

fn text(arguments: &str) -> String {
    String::from_utf8(run(&format!("grep {arguments}")).quietly()).expect("text")
}

/// One connection in which `said` comes in segments of so many bytes.
fn in_segments(said: &[u8], each: usize) -> Vec<u8> {
    use crate::segments::{ACK, SYN, Segment, Side};
    let mut capture = Capture::new();
    let mut side = Side { port: 1000, sequence: 100, acknowledgment: 501 };
    capture.add(Segment { acknowledgment: 0, ..side.segment(SYN, b"") });
    side.sequence += 1;
    for part in said.chunks(each) {
        capture.add(side.segment(ACK, part));
        side.sequence += part.len() as u32;
    }
    capture.bytes
}

#[test]
fn matches_tell_where_they_are() {
    let found = text(r"-y content-length:\s14\b http.pcap --flow 1");
    let line = "#1 tcp 192.0.2.20:80 -> 192.0.2.10:48934 @101 frame 6: [Content-Length: 14]\n";
    assert_eq!(found, line);
    let all = lines(&run("grep missing http.pcap -f ndjson").quietly());
    let at = &all[0];
    assert_eq!((&at["flow"], &at["in"], &at["offset"]), (&1.into(), &"stream".into(), &89.into()));
    assert_eq!((&at["match"], &at["before"]), (&"missing".into(), &"GET /".into()));
    assert_eq!(at["hex"], "6d697373696e67");
}

#[test]
fn a_match_over_segments_is_one_match() {
    let said = b"one secret word, and another secret";
    let folder = folder();
    let capture = folder.path().join("split.pcap");
    for each in [1, 3, 100] {
        std::fs::write(&capture, in_segments(said, each)).expect("room");
        let ran = run_with("grep -f ndjson secret", &[&capture]).quietly();
        let offsets: Vec<_> = lines(&ran).iter().map(|one| one["offset"].as_u64()).collect();
        assert_eq!(offsets, [Some(4), Some(29)], "{each}");
    }
}

#[test]
fn bodies_are_searched_as_they_were_meant() {
    // long.txt is sent in gzip: no byte of it is in the capture in clear.
    let found = lines(&run("grep -f ndjson -m 1 x{100} http.pcap --flow 3").quietly());
    assert_eq!((&found[0]["in"], &found[0]["from"]), (&"body".into(), &"responder".into()));
    let found = lines(&run("grep -f ndjson hello sessions/websocket.pcap").quietly());
    let found = |flow: u64| -> Vec<_> {
        found.iter().filter(|one| one["flow"] == flow).map(|one| one["in"].clone()).collect()
    };
    // The second connection has no compression, and a server does not mask.
    assert_eq!(
        (found(1), found(2)),
        (vec!["message".into(); 2], vec!["message".into(), "stream".into()])
    );
    let found = lines(&run("grep -f ndjson (?-u)\\x03www\\x07example dns.pcap").quietly());
    // Some of it is over TCP.
    assert_eq!(found.iter().filter(|one| one["in"] == "datagram").count(), 9);
    assert!(found.iter().any(|one| one["in"] == "stream"));
}

#[test]
fn flows_and_counts_alone() {
    assert_eq!(text("-l GET http.pcap").lines().count(), 3);
    let counts = text("-c GET http.pcap");
    assert!(counts.starts_with("#1 tcp 192.0.2.10:48934 -> 192.0.2.20:80: 2\n"), "{counts}");
    assert_eq!(text("-m 2 GET http.pcap").lines().count(), 2);
}

#[test]
fn bytes_by_their_digits() {
    let found = text("--hex 474554??2f http.pcap -m 1");
    assert!(found.contains("[474554202f]"), "{found}");
    let message = run("grep --hex 4 http.pcap").refused();
    assert!(message.contains("pairs of hexadecimal digits"), "{message}");
}

#[test]
fn flows_with_matches_are_written_as_they_were() {
    let folder = folder();
    let out = folder.path().join("out.pcap");
    run_with("grep missing http.pcap -l -w", &[&out]).quietly();
    let flow = run_with("trace --flow 1 -f ndjson http.pcap", &[] as &[&Path]).quietly();
    let expected = lines(&flow)[0]["initiator"]["frames"].as_u64().expect("a number")
        + lines(&flow)[0]["responder"]["frames"].as_u64().expect("a number");
    assert_eq!(count(&out) as u64, expected);
    let ran = run_fed("grep GET - -w out.pcap", &capture("http.pcap"));
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("cannot be read twice"), "{}", ran.err);
}

#[test]
fn nothing_found_is_no_error() {
    let ran = run("grep nothing-like-this http.pcap");
    assert_eq!((ran.code, ran.out.len(), ran.err.as_str()), (Some(1), 0, ""));
    run("grep ( http.pcap").refused();
    run("grep x nothing.pcap").refused();
    run("grep x").refused();
}
