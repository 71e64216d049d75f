//! Order, overlap, beginnings and ends.

use super::*;

#[test]
fn a_whole_connection() {
    let mut bench = Bench::new();
    bench.handshake(1000, 5000);
    bench.expect(&["0> open Syn", "0> start 1001 Syn", "0< start 5001 Syn"]);
    assert_eq!(bench.client(1001, b"GET"), Kind::InOrder);
    assert_eq!(bench.send(Backward, NO, 5001, Some(1004), b"OK"), Kind::InOrder);
    assert_eq!(bench.send(Forward, FIN, 1004, Some(5003), b""), Kind::Fin);
    assert_eq!(bench.send(Backward, FIN, 5003, Some(1005), b"!"), Kind::InOrder);
    bench.expect(&[
        "0> run 0 \"GET\" #4",
        "0< run 0 \"OK\" #5",
        "0> fin 3",
        "0< run 2 \"!\" #7",
        "0< fin 3",
        "0< end Fin",
    ]);
    // An ordinary end: nothing comes too late.
    assert_eq!(bench.send(Forward, NO, 1005, Some(5005), b""), Kind::Empty);
    assert_eq!(bench.streams.counters().after_end, 0);
    assert_eq!(bench.send(Backward, FIN, 5003, Some(1005), b"!"), Kind::AfterEnd);
    bench.finish();
    bench.expect(&[]);
    assert_eq!(bench.streams.counters().connections, 1);
}

#[test]
fn the_tail_of_an_out_of_order_segment_is_kept() {
    let mut bench = Bench::connected();
    assert_eq!(bench.client(1004, b"defghi"), Kind::OutOfOrder);
    assert_eq!(bench.client(1007, b"ghijkl"), Kind::PartialRetransmission);
    assert_eq!(bench.client(1001, b"abc"), Kind::InOrder);
    bench.expect(&["0> run 0 \"abc\" #6", "0> run 3 \"defghi\" #4", "0> run 9 \"jkl\" #5"]);
}

#[test]
fn sequence_numbers_wrap() {
    let mut bench = Bench::new();
    bench.handshake(u32::MAX - 2, 5000);
    bench.log.clear();
    assert_eq!(bench.client(1, b"de"), Kind::OutOfOrder);
    assert_eq!(bench.client(u32::MAX - 1, b"abc"), Kind::InOrder);
    assert_eq!(bench.client(2, b"ef"), Kind::PartialRetransmission);
    bench.expect(&["0> run 0 \"abc\" #5", "0> run 3 \"de\" #4", "0> run 5 \"f\" #6"]);
}

#[test]
fn offsets_do_not_wrap() {
    let mut bench = Bench::connected();
    let (length, times) = (1u32 << 20, 3 * 4096 + 5u64);
    for number in 0..times {
        let sequence = 1001u32.wrapping_add((number as u32).wrapping_mul(length));
        let segment = Segment { sequence, length, window_scale: None, ..BLANK };
        let summary = bench.feed(Forward, Segment { bytes: b"x", ..segment });
        // Beyond the window, since the segments are larger than any; the third is believed.
        assert!(matches!(summary.kind, Kind::InOrder | Kind::Stray), "{summary:?}");
    }
    let sequence = 1001u32.wrapping_add((times as u32).wrapping_mul(length));
    let summary = bench.feed(Forward, Segment { sequence, bytes: b"end", length: 3, ..BLANK });
    assert_eq!((summary.kind, summary.offset), (Kind::InOrder, Some(times << 20)));
    assert_eq!(
        bench.log.last().unwrap(),
        &format!("0> run {} \"end\" #{}", times << 20, bench.frame)
    );
}

#[test]
fn retransmissions_whole_and_partial() {
    let mut bench = Bench::connected();
    bench.client(1001, b"abcd");
    assert_eq!(bench.client(1001, b"abcd"), Kind::Retransmission);
    assert_eq!(bench.client(1002, b"bc"), Kind::Retransmission);
    assert_eq!(bench.client(1003, b"cdef"), Kind::PartialRetransmission);
    bench.expect(&["0> run 0 \"abcd\" #4", "0> run 4 \"ef\" #7"]);
    assert_eq!(bench.streams.counters().retransmitted, 8);
}

#[test]
fn a_retransmission_with_other_bytes_is_a_conflict() {
    let mut bench = Bench::connected();
    bench.client(1001, b"abcd");
    assert_eq!(bench.client(1001, b"abXd"), Kind::Retransmission);
    bench.expect(&["0> run 0 \"abcd\" #4", "0> conflict 0+4 #4 #5 kept #4"]);
}

/// Novak and Sturges' question: an old piece, a new one over it, and whose bytes stand.
#[test]
fn policies_differ_where_their_systems_do() {
    use Policy::{Bsd, First, Last, Linux, Solaris, Windows};
    let all = [First, Last, Bsd, Linux, Solaris, Windows];
    // The old piece lies at 10..14; for each new one those whose new bytes win.
    let cases: [(u64, &[u8], &[Policy]); 9] = [
        (8, b"nnnn", &[Last, Bsd, Linux, Windows]),
        (8, b"nnnnnn", &[Last, Bsd, Linux, Solaris, Windows]),
        (8, b"nnnnnnnn", &[Last, Bsd, Linux, Solaris, Windows]),
        (10, b"nn", &[Last]),
        (10, b"nnnn", &[Last, Solaris]),
        (10, b"nnnnnn", &[Last, Linux, Solaris]),
        (11, b"nn", &[Last]),
        (12, b"nn", &[Last]),
        (12, b"nnnn", &[Last, Solaris]),
    ];
    for policy in all {
        for (start, new, wins) in cases {
            let mut bench = Bench::with(Limits { policy, ..Limits::default() });
            bench.handshake(1000, 5000);
            bench.client(1011, b"oooo");
            bench.client(1001 + start as u32, new);
            bench.log.clear();
            bench.client(1001, &b"__________"[..start.min(10) as usize]);
            let runs = bench.log.iter().filter_map(|line| line.split('"').nth(1));
            let bytes: String = runs.collect();
            let (low, high) = (start.max(10) as usize, (start as usize + new.len()).min(14));
            let expected = if wins.contains(&policy) { "n" } else { "o" };
            let got = &bytes[low..high];
            assert_eq!(got, expected.repeat(high - low), "{policy:?} {start} {new:?} {bytes}");
            let rest = [&bytes[10..low.max(10)], &bytes[high..14]].concat();
            assert!(rest.bytes().all(|byte| byte == b'o'), "{policy:?} {start} {new:?} {bytes}");
            assert_eq!(bench.streams.counters().conflicts, 1);
        }
    }
}

#[test]
fn bytes_that_replace_others_are_not_new() {
    let mut bench = Bench::with(Limits { policy: Policy::Last, ..Limits::default() });
    bench.handshake(1000, 5000);
    assert_eq!(bench.client(1011, b"oooo"), Kind::OutOfOrder);
    assert_eq!(bench.client(1011, b"nnnn"), Kind::Retransmission);
    assert_eq!(bench.client(1013, b"mmmm"), Kind::PartialRetransmission);
    assert_eq!(bench.streams.counters().retransmitted, 6);
}

/// The same question for bytes that come in order, over some that wait.
#[test]
fn policies_hold_for_bytes_in_order() {
    use Policy::{Bsd, First, Last, Linux, Solaris, Windows};
    for (new, wins) in [
        (&b"nnnn"[..], &[Last, Bsd, Linux, Windows][..]),
        (b"nnnnnnnn", &[Last, Bsd, Linux, Solaris, Windows]),
    ] {
        for policy in [First, Last, Bsd, Linux, Solaris, Windows] {
            let mut bench = Bench::with(Limits { policy, ..Limits::default() });
            bench.handshake(1000, 5000);
            bench.client(1003, b"oooo");
            bench.log.clear();
            bench.client(1001, new);
            let expected: &[&str] = match (new.len(), wins.contains(&policy)) {
                (4, true) => &["run 0 \"nnnn\" #5", "run 4 \"oo\" #4"],
                (4, false) => &["run 0 \"nn\" #5", "run 2 \"oooo\" #4"],
                (_, true) => &["run 0 \"nnnnnnnn\" #5"],
                (_, false) => &["run 0 \"nn\" #5", "run 2 \"oooo\" #4", "run 6 \"nn\" #5"],
            };
            let runs: Vec<_> =
                bench.log.iter().filter_map(|line| line.strip_prefix("0> ")).collect();
            assert_eq!(runs[1..], *expected, "{policy:?}");
            assert!(runs[0].starts_with("conflict 2+"), "{policy:?}");
        }
    }
}

#[test]
fn a_conflict_says_which_bytes() {
    let mut bench = Bench::connected();
    bench.client(1011, b"abcdef");
    bench.client(1009, b"..aXcYef");
    bench.expect(&["0> conflict 11+3 #4 #5 kept #4"]);
}

#[test]
fn keep_alives_and_probes() {
    let mut bench = Bench::connected();
    assert_eq!(bench.client(1000, b""), Kind::KeepAlive);
    bench.client(1001, b"abc");
    bench.acknowledge(1004);
    assert_eq!(bench.client(1003, b""), Kind::KeepAlive);
    assert_eq!(bench.client(1003, b"\0"), Kind::KeepAlive);
    bench
        .feed(Backward, Segment { sequence: 5001, acknowledgment: Some(1004), window: 0, ..BLANK });
    assert_eq!(bench.client(1004, b"d"), Kind::ZeroWindowProbe);
    assert_eq!(bench.client(1004, b"d"), Kind::ZeroWindowProbe);
    bench.expect(&["0> run 0 \"abc\" #5", "0> run 3 \"d\" #10"]);
}

#[test]
fn the_middle_of_a_connection() {
    let mut bench = Bench::new();
    assert_eq!(bench.client(2000, b"abc"), Kind::InOrder);
    assert_eq!(bench.client(1990, b"before"), Kind::BeforeStart);
    assert_eq!(bench.client(1999, b"?abcd"), Kind::PartialRetransmission);
    bench.expect(&[
        "0> open MidStream",
        "0> start 2000 FirstByte",
        "0> run 0 \"abc\" #1",
        "0> run 3 \"d\" #3",
    ]);
    assert_eq!(bench.streams.counters().before_start, 7);
}

#[test]
fn a_syn_answered_after_later_bytes_were_seen_is_of_the_same_connection() {
    let mut bench = Bench::new();
    assert_eq!(bench.client(1101, b"later"), Kind::InOrder);
    assert_eq!(bench.send(Backward, SYN, 5000, Some(1001), b""), Kind::Syn);
    assert_eq!(bench.send(Backward, NO, 5001, Some(1106), b"answer"), Kind::InOrder);
    assert_eq!(bench.streams.counters().connections, 1);
}

#[test]
fn the_middle_begins_where_the_other_side_waits() {
    let mut bench = Bench::new();
    bench.acknowledge(2000);
    assert_eq!(bench.client(2003, b"def"), Kind::OutOfOrder);
    assert_eq!(bench.client(2000, b"abc"), Kind::InOrder);
    bench.expect(&[
        "0< open MidStream",
        "0> start 2000 Acknowledged",
        "0> run 0 \"abc\" #3",
        "0> run 3 \"def\" #2",
    ]);
}

#[test]
fn data_in_the_syn_and_again_without() {
    let mut bench = Bench::new();
    assert_eq!(bench.send(Forward, SYN, 1000, None, b"GET"), Kind::Syn);
    assert_eq!(bench.send(Backward, SYN, 5000, Some(1001), b""), Kind::Syn);
    assert_eq!(bench.client(1001, b"GET /"), Kind::PartialRetransmission);
    bench.expect(&[
        "0> open Syn",
        "0> start 1001 Syn",
        "0> run 0 \"GET\" #1",
        "0< start 5001 Syn",
        "0> run 3 \" /\" #3",
    ]);
}

#[test]
fn data_and_answers_before_the_syn() {
    let mut bench = Bench::new();
    assert_eq!(bench.send(Backward, SYN, 5000, Some(1001), b""), Kind::Syn);
    assert_eq!(bench.client(1001, b"abc"), Kind::InOrder);
    assert_eq!(bench.send(Forward, SYN, 1000, None, b""), Kind::SynAgain);
    let mut bench = Bench::new();
    assert_eq!(bench.client(1001, b"abc"), Kind::InOrder);
    assert_eq!(bench.send(Forward, SYN, 1000, None, b""), Kind::SynAgain);
    assert_eq!(bench.streams.counters().connections, 1);
}

#[test]
fn syns_again_are_of_the_same_connection() {
    let mut bench = Bench::new();
    bench.send(Forward, SYN, 1000, None, b"");
    assert_eq!(bench.send(Forward, SYN, 1000, None, b""), Kind::SynAgain);
    bench.send(Backward, SYN, 5000, Some(1001), b"");
    assert_eq!(bench.send(Backward, SYN, 5000, Some(1001), b""), Kind::SynAgain);
    assert_eq!(bench.streams.counters().connections, 1);
}

#[test]
fn urgent_data_stays_in_the_stream() {
    let mut bench = Bench::connected();
    let segment = Segment { sequence: 1001, bytes: b"abc", length: 3, ..BLANK };
    bench.feed(Forward, Segment { flags: Flags::URG, urgent: 2, ..segment });
    bench.expect(&["0> run 0 \"abc\" #4 urgent 2"]);
}

#[test]
fn a_fin_waits_for_the_bytes_before_it() {
    let mut bench = Bench::connected();
    assert_eq!(bench.send(Forward, FIN, 1004, Some(5001), b"def"), Kind::OutOfOrder);
    bench.expect(&[]);
    assert_eq!(bench.client(1001, b"abc"), Kind::InOrder);
    bench.expect(&["0> run 0 \"abc\" #5", "0> run 3 \"def\" #4", "0> fin 6"]);
}

#[test]
fn the_other_side_goes_on_after_the_first_fin() {
    let mut bench = Bench::connected();
    bench.send(Forward, FIN, 1001, Some(5001), b"");
    bench.send(Backward, NO, 5001, Some(1002), b"more");
    bench.expect(&["0> fin 0", "0< run 0 \"more\" #5"]);
    assert_eq!(bench.client(1002, b"beyond"), Kind::AfterEnd);
    assert_eq!(bench.send(Forward, FIN, 1001, Some(5001), b""), Kind::Fin);
    bench.expect(&[]);
}

#[test]
fn a_fin_before_bytes_seen_does_not_count() {
    let mut bench = Bench::connected();
    bench.client(1001, b"abcdef");
    bench.send(Forward, FIN, 1003, Some(5001), b"");
    bench.client(1007, b"ghi");
    bench.expect(&["0> run 0 \"abcdef\" #4", "0> run 6 \"ghi\" #6"]);
    assert_eq!(bench.streams.counters().fins_ignored, 1);
}

#[test]
fn a_reset_loses_nothing() {
    let mut bench = Bench::connected();
    bench.client(1004, b"def");
    bench.send(Backward, NO, 5001, Some(1001), b"x");
    assert_eq!(bench.send(Forward, RST, 1007, None, b"text"), Kind::Reset);
    bench.expect(&["0< run 0 \"x\" #5", "0> gap 0+3 End", "0> run 3 \"def\" #4", "0> end Reset"]);
    assert_eq!(bench.client(1007, b"late"), Kind::AfterEnd);
    bench.finish();
    bench.expect(&[]);
}

#[test]
fn a_reset_out_of_the_window_does_not_count() {
    let mut bench = Bench::connected();
    bench.client(1001, b"abc");
    bench.acknowledge(1004);
    assert_eq!(bench.send(Forward, RST, 900_000, None, b""), Kind::ResetIgnored);
    assert_eq!(bench.send(Forward, RST, 900, None, b""), Kind::ResetIgnored);
    assert_eq!(bench.client(1004, b"def"), Kind::InOrder);
    assert_eq!(bench.streams.counters().resets_ignored, 2);
}

#[test]
fn a_refused_connection() {
    let mut bench = Bench::new();
    bench.send(Forward, SYN, 1000, None, b"");
    assert_eq!(bench.send(Backward, RST, 0, Some(77), b""), Kind::ResetIgnored);
    assert_eq!(bench.send(Backward, RST, 0, Some(1001), b""), Kind::Reset);
    bench.expect(&["0> open Syn", "0> start 1001 Syn", "0< end Reset"]);
}

#[test]
fn a_frame_captured_twice_is_no_retransmission() {
    let mut bench = Bench::connected();
    bench.identity = Some(7);
    assert_eq!(bench.client(1001, b"abc"), Kind::InOrder);
    assert_eq!(bench.client(1001, b"abc"), Kind::Duplicate);
    bench.identity = Some(8);
    assert_eq!(bench.client(1001, b"abc"), Kind::Retransmission);
    bench.time += 2_000_000_000;
    assert_eq!(bench.client(1001, b"abc"), Kind::Retransmission, "too long ago");
    assert_eq!(bench.streams.counters().duplicates, 1);
}
