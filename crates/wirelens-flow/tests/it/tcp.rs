//! Connections: how they open and close, and what is noteworthy on the way.

use wirelens_flow::tcp::{Mark, State};
use wirelens_flow::{Options, Side};

use crate::world::{A, B, MS, Segment, World, segment};

fn world() -> World {
    World::new(Options { data: true, ..Options::default() })
}

#[test]
fn a_connection_from_its_syn_to_its_end() {
    let mut world = world();
    world
        .open()
        .tcp(A, B, segment("P.", 101, 501, "question"))
        .tcp(B, A, segment("P.", 501, 109, "answer"))
        .tcp(A, B, segment("F.", 109, 507, ""))
        .tcp(B, A, segment("F.", 507, 110, ""))
        .tcp(A, B, segment(".", 110, 508, ""));
    let told = ["session", "start", ">0 question", "<0 answer", "> half close", "end"];
    assert_eq!(world.take(), told);
    let (flow, end) = world.only();
    assert_eq!((end, flow.handshake()), ("fin", Some(2 * MS)));
    assert_eq!(flow.state(Side::Initiator), State::TimeWait);
    assert_eq!(flow.state(Side::Responder), State::Closed);
    let traffic = flow.traffic(Side::Initiator);
    assert_eq!((traffic.frames(), traffic.payload()), (5, 8));
    assert_eq!(traffic.bytes(), 5 * 40 + 8);
    let trips = flow.traffic(Side::Responder).round_trips().expect("two were acknowledged");
    assert_eq!((trips.count, trips.least, trips.greatest), (3, MS, MS));
}

#[test]
fn both_close_at_once() {
    let mut world = world();
    world
        .open()
        .tcp(A, B, segment("F.", 101, 501, ""))
        .tcp(B, A, segment("F.", 501, 101, ""))
        .tcp(A, B, segment(".", 102, 502, ""))
        .tcp(B, A, segment(".", 502, 102, ""));
    assert_eq!(world.take(), ["session", "start", "> half close", "end"]);
    let (flow, _) = world.only();
    assert_eq!(flow.state(Side::Initiator), State::TimeWait);
    assert_eq!(flow.state(Side::Responder), State::TimeWait);
}

#[test]
fn data_behind_one_sides_fin() {
    let mut world = world();
    world
        .open()
        .tcp(A, B, segment("F.", 101, 501, ""))
        .tcp(B, A, segment("P.", 501, 102, "still"))
        .tcp(A, B, segment(".", 102, 506, ""));
    assert_eq!(world.take(), ["session", "start", "> half close", "<0 still"]);
    let (flow, end) = world.only();
    assert_eq!((flow.state(Side::Initiator), end), (State::FinWait2, "end_of_input"));
}

#[test]
fn a_port_that_is_closed() {
    let mut world = world();
    world.tcp(A, B, segment("S", 100, 0, "")).tcp(B, A, segment("R.", 0, 101, ""));
    assert_eq!(world.take(), ["session", "< reset"]);
    assert_eq!(world.only().1, "reset");
}

#[test]
fn resets_in_every_state() {
    // Opening, by the side that began; open, by either; half closed.
    let mut world = world();
    world.tcp(A, B, segment("S", 100, 0, "")).tcp(B, A, segment("S.", 500, 101, ""));
    world.tcp(A, B, segment("R", 101, 0, ""));
    assert_eq!(world.take(), ["session", "> reset"]);
    for (from, to, sequence) in [(A, B, 101), (B, A, 501)] {
        let mut world = self::world();
        world.open().tcp(from, to, segment("R", sequence, 0, ""));
        let by = if from.port == A.port { "> reset" } else { "< reset" };
        assert_eq!(world.take(), ["session", "start", by]);
    }
    let mut world = self::world();
    world.open().tcp(A, B, segment("F.", 101, 501, "")).tcp(B, A, segment("R.", 501, 102, ""));
    assert_eq!(world.take(), ["session", "start", "> half close", "< reset"]);
}

#[test]
fn a_reset_that_nobody_would_obey() {
    let mut world = world();
    world.open().tcp(B, A, segment("R", 9_000_000, 0, ""));
    world.tcp(A, B, segment("P.", 101, 501, "on"));
    assert_eq!(world.take(), ["session", "start", ">0 on"]);
    assert_eq!(world.only().1, "end_of_input");
}

#[test]
fn a_syn_that_is_sent_again() {
    let mut world = world();
    world.tcp(A, B, segment("S", 100, 0, ""));
    world.wait(1000 * MS).tcp(A, B, segment("S", 100, 0, ""));
    world.tcp(B, A, segment("S.", 500, 101, "")).tcp(A, B, segment(".", 101, 501, ""));
    assert_eq!(world.take(), ["session", "> syn retry", "start"]);
    let (flow, _) = world.only();
    // From the last SYN.
    assert_eq!(flow.handshake(), Some(2 * MS));
    assert_eq!(flow.counts(Side::Initiator).of(Mark::SynRetry), 1);
}

#[test]
fn both_begin_at_once() {
    let mut world = world();
    world
        .tcp(A, B, segment("S", 100, 0, ""))
        .tcp(B, A, segment("S", 500, 0, ""))
        .tcp(A, B, segment("S.", 100, 501, ""))
        .tcp(B, A, segment("S.", 500, 101, ""))
        .tcp(A, B, segment("P.", 101, 501, "x"));
    assert_eq!(world.take(), ["session", "start", ">0 x"]);
    let (flow, _) = world.only();
    assert_eq!(flow.number(), 1);
    // What is sent again is.
    let mut world = self::world();
    for _ in 0..2 {
        world.tcp(A, B, segment("S", 100, 0, "")).tcp(B, A, segment("S", 500, 0, ""));
    }
    world.tcp(A, B, segment("S.", 100, 501, "")).tcp(A, B, segment("S.", 100, 501, ""));
    assert_eq!(world.take(), ["session", "> syn retry", "< syn retry", "> syn retry"]);
}

#[test]
fn a_client_that_starts_anew() {
    let mut world = world();
    world.open();
    // RFC 9293 section 3.10.7.3: B acknowledges what it has of old, A resets that and asks again.
    world.tcp(A, B, segment("S", 70_000, 0, "")).tcp(B, A, segment(".", 501, 101, ""));
    world.tcp(A, B, segment("R", 101, 0, "")).tcp(A, B, segment("S", 70_000, 0, ""));
    world.tcp(B, A, segment("S.", 900, 70_001, "")).tcp(A, B, segment("P.", 70_001, 901, "x"));
    let told = ["session", "start", "over reused", "session", "> syn retry", "start", ">0 x"];
    assert_eq!(world.take(), told);
    world.tcp(A, B, segment("R", 70_002, 0, ""));
    assert_eq!(world.take(), ["> reset"]);
}

#[test]
fn a_client_that_is_gone_resets_its_own() {
    let mut world = world();
    world.tcp(A, B, segment("S", 100, 0, "")).tcp(A, B, segment("R", 101, 0, ""));
    assert_eq!(world.take(), ["session", "> reset"]);
}

#[test]
fn data_in_the_syn() {
    let mut world = world();
    world.tcp(A, B, segment("S", 100, 0, "early")).tcp(B, A, segment("S.", 500, 106, "")).tcp(
        A,
        B,
        segment("P.", 106, 501, "late"),
    );
    assert_eq!(world.take(), ["session", ">0 early", "start", ">5 late"]);
}

#[test]
fn asking_whether_somebody_is_there() {
    let mut world = world();
    world.open().wait(7_200_000 * MS / 3);
    world.tcp(A, B, segment(".", 100, 501, "")).tcp(B, A, segment(".", 501, 101, ""));
    assert_eq!(world.take(), ["session", "start", "> keep alive", "< keep alive ack"]);
}

#[test]
fn the_same_ports_again() {
    let mut world = world();
    world.open().tcp(A, B, segment("P.", 101, 501, "one"));
    world.tcp(A, B, segment("S", 70_000, 0, "")).tcp(B, A, segment("S.", 900, 70_001, ""));
    world.tcp(A, B, segment("P.", 70_001, 901, "two"));
    let told = ["session", "start", ">0 one", "over reused", "session", "start", ">0 two"];
    assert_eq!(world.take(), told);
    world.finish();
    let numbers: Vec<u64> = world.over.iter().map(|(flow, _)| flow.number()).collect();
    assert_eq!(numbers, [1, 2]);
}

#[test]
fn a_closed_connection_keeps_its_end_when_its_ports_come_again() {
    let mut world = world();
    world.open().tcp(A, B, segment("R", 101, 0, ""));
    world.tcp(A, B, segment("S", 70_000, 0, ""));
    assert_eq!(world.over[0].1, "reset");
}

#[test]
fn loss_and_what_repairs_it() {
    let mut world = world();
    world.open();
    world
        .tcp(A, B, segment("P.", 101, 501, "one "))
        .tcp(A, B, segment("P.", 109, 501, "three "))
        .tcp(B, A, segment(".", 501, 105, ""))
        .tcp(A, B, segment("P.", 115, 501, "four"))
        .tcp(B, A, segment(".", 501, 105, ""))
        .tcp(B, A, segment(".", 501, 105, ""))
        .tcp(A, B, segment("P.", 105, 501, "two "));
    let told = [
        "session",
        "start",
        ">0 one ",
        "> lost segment",
        "< duplicate ack",
        "< duplicate ack",
        "> fast retransmit",
        ">4 two ",
        ">8 three ",
        ">14 four",
    ];
    assert_eq!(world.take(), told);
}

#[test]
fn overtaken_and_doubled() {
    let mut world = world();
    // The handshake takes two milliseconds: what comes sooner was overtaken, not sent again.
    world.open();
    world.tcp(A, B, segment("P.", 105, 501, "two"));
    world.tcp(A, B, segment("P.", 101, 501, "one "));
    world.tcp(B, A, segment(".", 501, 108, ""));
    world.tcp(A, B, segment("P.", 101, 501, "one "));
    world.wait(300 * MS).tcp(A, B, segment("P.", 108, 501, "!!"));
    world.wait(300 * MS).tcp(A, B, segment("P.", 108, 501, "!!"));
    let told = [
        "session",
        "start",
        "> lost segment",
        "> out of order",
        ">0 one ",
        ">4 two",
        "> spurious retransmit",
        ">7 !!",
        "> retransmit",
    ];
    assert_eq!(world.take(), told);
}

#[test]
fn bytes_that_the_capture_does_not_have() {
    let mut world = world();
    world.open().tcp(A, B, segment("P.", 101, 501, "one"));
    world.tcp(B, A, segment(".", 501, 204, "")).tcp(A, B, segment("P.", 204, 501, "two"));
    world.wait(5000 * MS);
    for at in 0..20 {
        world.tcp(A, B, segment("P.", 207 + at, 501, "."));
    }
    world.finish();
    let told = world.take();
    assert!(told.contains(&">3 gap 100".to_owned()), "{told:?}");
    assert!(told.contains(&"< acked unseen".to_owned()), "{told:?}");
    assert!(told.contains(&">103 two".to_owned()), "{told:?}");
}

#[test]
fn a_window_that_closes() {
    let mut world = world();
    let window = |window, segment| Segment { window, ..segment };
    world.open().tcp(A, B, segment("P.", 101, 501, "full"));
    world
        .tcp(B, A, window(0, segment(".", 501, 105, "")))
        .tcp(A, B, segment(".", 105, 501, "?"))
        .tcp(B, A, window(0, segment(".", 501, 105, "")))
        .tcp(B, A, window(2000, segment(".", 501, 105, "")));
    let told = [
        "session",
        "start",
        ">0 full",
        "< zero window",
        "> zero window probe",
        ">4 ?",
        "< zero window",
        "< zero window probe ack",
        "< window update",
    ];
    assert_eq!(world.take(), told);
    assert_eq!(world.only().0.traffic(Side::Responder).windows(), Some((0, 2000)));
}

#[test]
fn a_connection_that_was_there_before() {
    let mut world = world();
    world.tcp(B, A, segment("P.", 501, 101, "answer")).tcp(A, B, segment(".", 101, 507, ""));
    assert_eq!(world.take(), ["missed syn", "<0 answer"]);
    let (flow, _) = world.only();
    // Port 80 answers.
    assert_eq!((flow.opening().name(), flow.end(Side::Responder).port), ("port", 80));
    assert_eq!(flow.handshake(), None);
}

#[test]
fn sequence_numbers_that_wrap() {
    let mut world = world();
    world
        .tcp(A, B, segment("S", u32::MAX - 1, 0, ""))
        .tcp(B, A, segment("S.", 500, u32::MAX, ""))
        .tcp(A, B, segment("P.", u32::MAX, 501, "wrap"))
        .tcp(B, A, segment(".", 501, 3, ""))
        .tcp(A, B, segment("F.", 3, 501, ""))
        .tcp(B, A, segment("F.", 501, 4, ""))
        .tcp(A, B, segment(".", 4, 502, ""));
    assert_eq!(world.take(), ["session", "start", ">0 wrap", "> half close", "end"]);
}

#[test]
fn options_of_the_syn() {
    let mut world = world();
    let options = [2, 4, 5, 0xb4, 3, 3, 7, 0];
    let with = |options, segment| Segment { options, ..segment };
    world.tcp(A, B, with(&options, segment("S", 100, 0, ""))).tcp(
        B,
        A,
        with(&options[4..], segment("S.", 500, 101, "")),
    );
    let (flow, _) = world.only();
    assert_eq!(flow.traffic(Side::Initiator).mss(), Some(1460));
    assert_eq!(flow.window_scale(Side::Responder), Some(7));
    assert_eq!(flow.traffic(Side::Responder).mss(), None);
}
