//! Limits of the table, time, and the view by acknowledgment.

use super::*;

#[test]
fn the_least_recently_active_goes() {
    let mut bench = Bench::with(Limits { connections: 2, ..Limits::default() });
    for key in ["a", "b", "a", "c"] {
        bench.key = key;
        bench.send(Forward, SYN, 1000, None, b"");
    }
    assert_eq!(bench.log[4..], ["1> end TooMany", "2> open Syn", "2> start 1001 Syn"]);
    assert_eq!((bench.streams.len(), bench.streams.counters().evicted_connections), (2, 1));
}

#[test]
fn what_is_over_goes_before_what_lives() {
    let mut bench = Bench::with(Limits { connections: 2, ..Limits::default() });
    bench.send(Forward, SYN, 1000, None, b"");
    bench.key = "b";
    bench.send(Forward, SYN, 1000, None, b"");
    bench.send(Backward, RST, 0, Some(1001), b"");
    bench.key = "c";
    bench.send(Forward, SYN, 1000, None, b"");
    let counters = bench.streams.counters();
    assert_eq!((counters.forgotten, counters.evicted_connections, bench.streams.len()), (1, 0, 2));
}

#[test]
fn what_is_evicted_comes_out_first() {
    let mut bench = Bench::with(Limits { connections: 1, ..Limits::default() });
    bench.send(Forward, SYN, 1000, None, b"");
    bench.client(1004, b"def");
    bench.log.clear();
    bench.key = "b";
    bench.send(Forward, SYN, 1000, None, b"");
    assert_eq!(bench.log[..3], ["0> gap 0+3 End", "0> run 3 \"def\" #2", "0> end TooMany"]);
}

#[test]
fn the_total_is_kept_by_letting_go_the_oldest() {
    let limits = Limits { total_bytes: 400_000, history: 0, ..Limits::default() };
    let mut bench = Bench::with(limits);
    let bytes = [b'x'; 30_000];
    for (key, number) in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"].into_iter().zip(0..) {
        bench.key = key;
        bench.send(Forward, SYN, 1000, None, b"");
        bench.client(1010, &bytes[..20_000]);
        bench.client(40_000, &bytes);
        assert!(bench.streams.bytes() <= 400_000, "after {number}");
    }
    let forced = bench.log.iter().filter(|line| line.contains("TotalLimit")).count();
    assert!(forced > 0 && bench.streams.counters().forced_total > 0);
    let first = bench.log.iter().find(|line| line.contains("TotalLimit"));
    assert_eq!(first.unwrap(), "0> gap 0+9 TotalLimit");
    bench.finish();
    assert_eq!(bench.streams.counters().delivered, 10 * 50_000);
}

#[test]
fn silence_ends_a_connection() {
    let mut bench = Bench::connected();
    bench.expire(3_600_000_000_000);
    bench.expect(&["0> end Idle"]);
    assert!(bench.streams.is_empty());
    assert_eq!(bench.streams.counters().evicted_idle, 1);
}

#[test]
fn a_half_open_connection_is_small() {
    assert!(size_of::<half::Half>() <= 32);
    assert!(size_of::<table::Connection<[u64; 5]>>() <= 136);
}

#[test]
fn messages_by_acknowledgment() {
    let mut done = Vec::new();
    let mut messages = Messages::new(1 << 20, |message: Message<&'static str>| done.push(message));
    let mut streams = Streams::new(Limits::default());
    let mut feed = |direction, frame, sequence, acknowledgment, bytes: &'static [u8]| {
        let length = bytes.len() as u32;
        let acknowledgment = Some(acknowledgment);
        let segment = Segment { frame, sequence, acknowledgment, bytes, length, ..BLANK };
        streams.segment(&"a", direction, &segment, &mut messages);
    };
    feed(Forward, 1, 100, 500, b"GET ");
    feed(Forward, 2, 104, 500, b"/one");
    feed(Backward, 3, 500, 108, b"OK");
    feed(Forward, 5, 112, 502, b"!");
    feed(Forward, 4, 108, 502, b"next");
    feed(Forward, 6, 120, 502, b"gone");
    streams.finish(&mut messages);
    let short: Vec<_> = done
        .iter()
        .map(|one| (one.direction, one.frames.clone(), one.chunks.len(), one.complete))
        .collect();
    assert_eq!(
        short,
        [
            (Forward, vec![1, 2], 1, true),
            (Forward, vec![4, 5, 6], 2, false),
            (Backward, vec![3], 1, true),
        ]
    );
    assert_eq!(done[0].payload(), Some(&b"GET /one"[..]));
    assert_eq!((done[0].acknowledgment, done[1].payload()), (Some(500), None));
}
