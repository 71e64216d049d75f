//! Floods stay inside the limits.

use wirelens_flow::{Limits, Options};

use crate::world::{A, B, Host, World, segment};

#[test]
fn a_flood_of_syns() {
    let limits = Limits { flows: 1000, under_way: 500, ..Limits::default() };
    let mut world = World::new(Options { limits, data: true, frames: true, ..Options::default() });
    let mut most = 0;
    for at in 0..25_000_u32 {
        let from = Host { address: (0x0a00_0000 + at).into(), port: 1234 };
        world.tcp(from, B, segment("S", at, 0, "")).tcp(from, B, segment("P", at + 1, 0, "x"));
        world.told.clear();
        world.over.clear();
        most = most.max(world.tracker.bytes());
    }
    assert_eq!(world.tracker.len(), 1000);
    assert!(most < 1 << 20, "{most}");
    assert!(world.tracker.counters().not_remembered > 0);
    // What is under way comes free with its flow.
    world.finish();
    world.open().tcp(A, B, segment("P.", 101, 501, "x")).tcp(B, A, segment(".", 501, 102, ""));
    world.finish();
    let (flow, _) = world.over.last().expect("it is over");
    assert!(flow.traffic(wirelens_flow::Side::Initiator).round_trips().is_some());
}
