//! Time-outs, and flows that are given up.

use wirelens_flow::{Idle, Limits, Options, Side};

use crate::world::{A, B, Host, MS, World, segment};

fn limited(limits: Limits) -> World {
    World::new(Options { limits, frames: true, ..Options::default() })
}

#[test]
fn silence_ends_a_flow() {
    let mut world = limited(Limits::default());
    world.udp(A, B, b"one").wait(301_000 * MS).udp(A, B, b"two");
    assert_eq!(world.take(), ["session", "over idle", "session"]);
    // It is told when time goes on, whoever speaks.
    let mut world = limited(Limits::default());
    world.udp(A, B, b"one").wait(400_000 * MS);
    world.udp(A, Host { port: 53, ..B }, b"other");
    assert_eq!(world.take(), ["session", "over idle", "session"]);
}

#[test]
fn an_open_connection_may_be_silent_for_longer() {
    let mut world = limited(Limits::default());
    world.open().wait(3_000_000 * MS).tcp(A, B, segment("P.", 101, 501, "x"));
    assert_eq!(world.take(), ["session", "start"]);
    // One that nobody answers may not.
    let mut world = limited(Limits::default());
    world.tcp(A, B, segment("S", 100, 0, "")).wait(300_000 * MS);
    world.tcp(A, B, segment("S", 100, 0, ""));
    assert_eq!(world.take(), ["session", "over idle", "session"]);
}

#[test]
fn time_outs_of_nothing_never_come() {
    let never = Idle { opening: 0, tcp: 0, closed: 0, udp: 0, icmp: 0, other: 0 };
    let mut world = limited(Limits { idle: never, ..Limits::default() });
    world.udp(A, B, b"one").wait(u64::from(u32::MAX) * MS).udp(B, A, b"two");
    assert_eq!(world.take(), ["session"]);
}

#[test]
fn a_flow_may_last_so_long() {
    let mut world = limited(Limits { active: 1000 * MS, ..Limits::default() });
    for _ in 0..4 {
        world.wait(600 * MS).udp(A, B, b"on and on");
    }
    assert_eq!(world.take(), ["session", "over active", "session"]);
}

#[test]
fn too_many_flows() {
    let mut world = limited(Limits { flows: 100, ..Limits::default() });
    world.open();
    for port in 1000..2000 {
        world.tcp(Host { port, ..A }, B, segment("S", 1, 0, ""));
    }
    assert_eq!(world.tracker.len(), 100);
    assert_eq!(world.tracker.counters().evicted, 901);
    // What nobody answered goes first: the open connection is still there.
    world.take();
    world.tcp(B, A, segment("P.", 501, 101, "x"));
    assert_eq!(world.take(), [""; 0]);
    assert!(world.over.iter().all(|(_, end)| *end == "evicted"));
    let first: Vec<u64> = world.over.iter().take(3).map(|(flow, _)| flow.number()).collect();
    assert_eq!(first, [2, 3, 4]);
}

#[test]
fn frames_are_listed_up_to_a_limit() {
    let mut world = limited(Limits { frames: 3, ..Limits::default() });
    for _ in 0..3 {
        world.udp(A, B, b"a").udp(B, Host { port: 9, ..A }, b"b").udp(A, B, b"c");
    }
    world.finish();
    let lists: Vec<String> =
        world.over.iter().filter_map(|(flow, _)| flow.frames()).map(ToString::to_string).collect();
    assert_eq!(lists, ["1,3-4", "2"]);
    assert!(world.over.iter().all(|(flow, _)| flow.frames().is_some_and(|list| list.is_cut())));
    assert_eq!(world.over[0].0.traffic(Side::Initiator).frames(), 6);
}

#[test]
fn captures_that_are_not_in_order() {
    let mut world = limited(Limits::default());
    world.udp(A, B, b"one");
    world.time -= 500 * MS;
    world.udp(A, B, b"before");
    world.time = 0;
    world.udp(A, B, b"long before");
    assert_eq!(world.take(), ["session"]);
    assert_eq!(world.only().0.traffic(Side::Initiator).frames(), 3);
}
