//! New connections on old ports.

use super::*;

fn ended() -> Bench {
    let mut bench = Bench::connected();
    bench.client(1001, b"abc");
    bench.send(Forward, FIN, 1004, Some(5001), b"");
    bench.send(Backward, FIN, 5001, Some(1005), b"");
    bench.send(Forward, NO, 1005, Some(5002), b"");
    bench.log.clear();
    bench
}

#[test]
fn a_syn_after_the_end_is_a_new_connection() {
    let mut bench = ended();
    bench.handshake(9000, 7000);
    assert_eq!(bench.send(Forward, NO, 9001, Some(7001), b"new"), Kind::InOrder);
    bench.expect(&[
        "1> open Syn",
        "1> start 9001 Syn",
        "1< start 7001 Syn",
        "1> run 0 \"new\" #11",
    ]);
}

#[test]
fn the_same_syn_after_the_end_is_not() {
    let mut bench = ended();
    assert_eq!(bench.send(Forward, SYN, 1000, None, b""), Kind::AfterEnd);
    assert_eq!(bench.send(Backward, SYN, 5000, Some(1001), b""), Kind::AfterEnd);
    bench.expect(&[]);
}

#[test]
fn after_the_linger_it_is_forgotten() {
    let mut bench = ended();
    bench.time += 121_000_000_000;
    bench.client(1005, b"xyz");
    bench.expect(&["1> open MidStream", "1> start 1005 FirstByte", "1> run 0 \"xyz\" #8"]);
}

#[test]
fn an_answered_syn_replaces_a_live_connection() {
    let mut bench = Bench::connected();
    bench.client(1004, b"def");
    assert_eq!(bench.send(Forward, SYN, 90_000, None, b"fast"), Kind::SynDoubted);
    bench.expect(&[]);
    assert_eq!(bench.send(Backward, SYN, 70_000, Some(90_001), b""), Kind::Syn);
    bench.expect(&[
        "0> gap 0+3 End",
        "0> run 3 \"def\" #4",
        "0> end Replaced",
        "1> open Syn",
        "1> start 90001 Syn",
        "1> run 0 \"fast\" #5",
        "1< start 70001 Syn",
    ]);
}

#[test]
fn a_syn_followed_up_replaces_a_live_connection() {
    let mut bench = Bench::connected();
    bench.send(Forward, SYN, 90_000, None, b"");
    assert_eq!(bench.send(Forward, NO, 90_001, Some(1), b"new"), Kind::InOrder);
    bench.expect(&["0> end Replaced", "1> open Syn", "1> start 90001 Syn", "1> run 0 \"new\" #5"]);
}

#[test]
fn a_blind_syn_does_not() {
    let mut bench = Bench::connected();
    assert_eq!(bench.send(Forward, SYN, 90_000, None, b""), Kind::SynDoubted);
    assert_eq!(bench.client(1001, b"abc"), Kind::InOrder);
    bench.acknowledge(1004);
    bench.finish();
    bench.expect(&["0> run 0 \"abc\" #5", "0> end Finish"]);
}

#[test]
fn an_answer_to_something_else_confirms_nothing() {
    let mut bench = Bench::connected();
    bench.send(Forward, SYN, 90_000, None, b"");
    let kind = bench.send(Backward, SYN, 70_000, Some(91_001), b"");
    assert_eq!(kind, Kind::SynDoubted);
    assert_eq!(bench.client(1001, b"abc"), Kind::InOrder);
    assert_eq!(bench.streams.counters().connections, 1);
}

#[test]
fn a_syn_replaces_what_was_never_answered_or_is_stale() {
    let mut bench = Bench::new();
    bench.send(Forward, SYN, 1000, None, b"");
    assert_eq!(bench.send(Forward, SYN, 2000, None, b""), Kind::Syn);
    let mut bench = Bench::connected();
    bench.time += 31_000_000_000;
    assert_eq!(bench.send(Forward, SYN, 2000, None, b""), Kind::Syn);
    assert_eq!(bench.streams.counters().connections, 2);
}

#[test]
fn a_sequence_jump_is_a_new_connection() {
    let mut bench = Bench::connected();
    bench.client(1001, b"abc");
    bench.log.clear();
    let far = 3_000_000_000;
    assert_eq!(bench.client(far, b"1"), Kind::Stray);
    assert_eq!(bench.client(far + 1, b"2"), Kind::Stray);
    assert_eq!(bench.client(far + 2, b"3"), Kind::InOrder);
    bench.expect(&[
        "0> end Replaced",
        "1> open SequenceJump",
        "1> start 3000000000 FirstByte",
        "1> run 0 \"1\" #5",
        "1> run 1 \"2\" #6",
        "1> run 2 \"3\" #7",
    ]);
}

#[test]
fn what_was_under_way_at_a_reset_starts_nothing() {
    let mut bench = Bench::connected();
    bench.client(1001, b"abc");
    bench.send(Backward, RST, 5001, None, b"");
    for number in 0..20 {
        assert_eq!(bench.client(1004 + number, b"x"), Kind::AfterEnd);
    }
    assert_eq!(bench.streams.counters().connections, 1);
}
