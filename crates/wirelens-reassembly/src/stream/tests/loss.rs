//! What is missing: gaps, their proofs, and what comes too late.

use super::*;

#[test]
fn bytes_that_only_the_receiver_has_are_a_gap() {
    let mut bench = Bench::connected();
    bench.client(1001, b"abc");
    bench.client(1010, b"jkl");
    bench.acknowledge(1013);
    bench.expect(&["0> run 0 \"abc\" #4"]);
    for _ in 0..16 {
        bench.acknowledge(1013);
    }
    bench.expect(&["0> gap 3+6 Lost", "0> run 9 \"jkl\" #5"]);
    assert_eq!(bench.client(1004, b"defghi"), Kind::Late);
    assert_eq!(bench.client(1004, b"defghi"), Kind::Retransmission);
    bench.expect(&["0> late 3 \"defghi\" #23"]);
    let counters = bench.streams.counters();
    assert_eq!((counters.missing, counters.late, counters.gaps), (6, 6, 1));
}

#[test]
fn patience_ends_with_time_too() {
    let mut bench = Bench::connected();
    bench.client(1004, b"def");
    bench.acknowledge(1007);
    bench.expire(199_000_000);
    bench.expect(&[]);
    bench.expire(1_000_000);
    bench.expect(&["0> gap 0+3 Lost", "0> run 3 \"def\" #4"]);
}

#[test]
fn an_acknowledgment_before_its_data_is_no_loss() {
    let mut bench = Bench::connected();
    bench.acknowledge(1031);
    for number in 0..10 {
        assert_eq!(bench.client(1001 + 3 * number, b"abc"), Kind::InOrder);
        bench.acknowledge(1031);
    }
    bench.finish();
    assert_eq!(bench.streams.counters().missing, 0);
}

#[test]
fn an_acknowledgment_taken_back_proves_nothing() {
    let mut bench = Bench::connected();
    bench.acknowledge(9000);
    for _ in 0..40 {
        bench.acknowledge(1001);
    }
    assert_eq!(bench.client(1001, b"abc"), Kind::InOrder);
    bench.finish();
    assert_eq!(bench.streams.counters().missing, 0);
}

#[test]
fn of_two_proofs_the_lower_counts() {
    let mut bench = Bench::connected();
    bench.client(1004, b"def");
    bench.acknowledge(9000);
    for _ in 0..16 {
        bench.acknowledge(1007);
    }
    bench.client(1007, b"ghi");
    bench.expect(&["0> gap 0+3 Lost", "0> run 3 \"def\" #4", "0> run 6 \"ghi\" #22"]);
}

#[test]
fn data_from_the_other_side_proves_nothing() {
    let mut bench = Bench::connected();
    bench.client(1004, b"def");
    for number in 0..200 {
        bench.send(Backward, NO, 5001 + number, Some(1001), b"x");
    }
    assert_eq!(bench.streams.counters().missing, 0);
    assert_eq!(bench.client(1001, b"abc"), Kind::InOrder);
}

#[test]
fn a_lost_fin_is_no_byte() {
    let mut bench = Bench::connected();
    bench.client(1001, b"abc");
    bench.acknowledge(1005);
    for _ in 0..40 {
        bench.acknowledge(1005);
    }
    bench.finish();
    bench.expect(&["0> run 0 \"abc\" #4", "0> end Finish"]);
}

#[test]
fn a_lost_end_is_a_gap_at_the_end() {
    let mut bench = Bench::connected();
    bench.client(1001, b"abc");
    bench.acknowledge(1011);
    bench.finish();
    bench.expect(&["0> run 0 \"abc\" #4", "0> gap 3+7 Lost", "0> end Finish"]);
}

#[test]
fn what_waits_at_the_end_comes_out_with_its_gaps() {
    let mut bench = Bench::connected();
    bench.client(1004, b"def");
    bench.client(1010, b"jkl");
    bench.send(Forward, FIN, 1016, Some(5001), b"");
    bench.finish();
    bench.expect(&[
        "0> gap 0+3 End",
        "0> run 3 \"def\" #4",
        "0> gap 6+3 End",
        "0> run 9 \"jkl\" #5",
        "0> gap 12+3 End",
        "0> fin 15",
        "0> end Finish",
    ]);
    bench.finish();
    bench.expect(&[]);
}

#[test]
fn one_side_alone_does_not_stall() {
    let mut bench = Bench::new();
    bench.send(Forward, SYN, 1000, None, b"");
    bench.client(1004, b"def");
    bench.log.clear();
    bench.time += 2_000_000_000;
    bench.client(1007, b"ghi");
    bench.expect(&[]);
    bench.time += 1_000_000_000;
    bench.client(1010, b"jkl");
    bench.expect(&[
        "0> gap 0+3 Patience",
        "0> run 3 \"def\" #2",
        "0> run 6 \"ghi\" #3",
        "0> run 9 \"jkl\" #4",
    ]);
}

#[test]
fn what_was_under_way_when_the_capture_began_is_not_lost() {
    let mut bench = Bench::new();
    bench.acknowledge(2000);
    bench.client(2100, b"abc");
    bench.acknowledge(2103);
    bench.expire(1_000_000_000);
    bench.log.drain(..2);
    bench.expect(&["0> gap 0+100 BeforeCapture", "0> run 100 \"abc\" #2"]);
}

#[test]
fn a_cut_segment_is_a_gap() {
    let mut bench = Bench::connected();
    let cut = |sequence| Segment { sequence, bytes: b"ab", length: 5, ..BLANK };
    assert_eq!(bench.feed(Forward, cut(1001)).kind, Kind::InOrder);
    assert_eq!(bench.feed(Forward, cut(1011)).kind, Kind::OutOfOrder);
    assert_eq!(bench.feed(Forward, cut(1006)).kind, Kind::InOrder);
    bench.expect(&[
        "0> run 0 \"ab\" #4",
        "0> gap 2+3 NotCaptured",
        "0> run 5 \"ab\" #6",
        "0> gap 7+3 NotCaptured",
        "0> run 10 \"ab\" #5",
        "0> gap 12+3 NotCaptured",
    ]);
}

#[test]
fn bytes_fill_what_was_cut_while_it_waits() {
    let mut bench = Bench::connected();
    bench.feed(Forward, Segment { sequence: 1004, bytes: b"d", length: 3, ..BLANK });
    bench.client(1004, b"def");
    bench.client(1001, b"abc");
    bench.expect(&["0> run 0 \"abc\" #6", "0> run 3 \"d\" #4", "0> run 4 \"ef\" #5"]);
}

#[test]
fn bytes_behind_the_declared_length_are_none() {
    let mut bench = Bench::connected();
    bench.feed(Forward, Segment { sequence: 1001, bytes: b"ab\0\0\0", length: 2, ..BLANK });
    bench.expect(&["0> run 0 \"ab\" #4"]);
}

#[test]
fn the_window_passes_what_is_missing() {
    let mut bench = Bench::connected();
    bench.client(1001, b"abc");
    assert_eq!(bench.client(301_001, b"1"), Kind::Stray);
    assert_eq!(bench.client(301_002, b"2"), Kind::Stray);
    assert_eq!(bench.client(301_003, b"3"), Kind::InOrder);
    bench.expect(&[
        "0> run 0 \"abc\" #4",
        "0> gap 3+299997 WindowPassed",
        "0> run 300000 \"1\" #5",
        "0> run 300001 \"2\" #6",
        "0> run 300002 \"3\" #7",
    ]);
}

#[test]
fn a_lone_stray_changes_nothing() {
    let mut bench = Bench::connected();
    bench.client(1001, b"abc");
    assert_eq!(bench.client(301_001, b"1"), Kind::Stray);
    assert_eq!(bench.send(Forward, FIN, 2_000_000_000, Some(5001), b""), Kind::Stray);
    assert_eq!(bench.client(1004, b"def"), Kind::InOrder);
    bench.finish();
    bench.expect(&["0> run 0 \"abc\" #4", "0> run 3 \"def\" #7", "0> end Finish"]);
}

#[test]
fn a_full_stream_gives_up_its_first_hole() {
    let mut bench = Bench::with(Limits { stream_segments: 2, ..Limits::default() });
    bench.handshake(1000, 5000);
    bench.log.clear();
    bench.client(1003, b"c");
    bench.client(1005, b"e");
    bench.client(1007, b"g");
    bench.expect(&["0> gap 0+2 StreamLimit", "0> run 2 \"c\" #4"]);
    bench.client(1004, b"d");
    bench.expect(&["0> run 3 \"d\" #7", "0> run 4 \"e\" #5"]);
    assert_eq!(bench.streams.counters().forced_stream, 1);
}

#[test]
fn a_stream_keeps_no_more_bytes_than_it_may() {
    let mut bench = Bench::with(Limits { stream_bytes: 5000, ..Limits::default() });
    bench.handshake(1000, 5000);
    bench.log.clear();
    bench.client(1002, &[b'x'; 2000]);
    bench.client(4000, &[b'y'; 2000]);
    assert_eq!(bench.log.len(), 0);
    bench.client(8000, &[b'z'; 2000]);
    assert_eq!(bench.log[0], "0> gap 0+1 StreamLimit");
    assert_eq!(bench.log.len(), 2);
}
