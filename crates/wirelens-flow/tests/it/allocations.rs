//! No allocation for a frame once flows are known.

use wirelens_dissect::{Detail, Input, Session, Settings};
use wirelens_flow::{Event, Flow, Options, Tracker};

use crate::world::{A, B, ip, segment, tcp};

#[test]
fn frames_of_known_flows_allocate_nothing() {
    let registry = wirelens_protocols::shared();
    let mut tracker = Tracker::new(Options::default(), &registry);
    let settings = Settings { detail: Detail::Headers, ..Settings::default() };
    let mut session = Session::with(registry, settings);
    let mut events = 0_u64;
    let mut observer = |_: &Flow, _: Event<'_>| events += 1;
    let mut round = |tracker: &mut Tracker, at: u32| {
        let (a, b) = (101 + at * 8, 501 + at * 6);
        let frames = [
            ip(6, A, B, &tcp(A, B, segment("P.", a, b, "question"))),
            ip(6, B, A, &tcp(B, A, segment("P.", b, a + 8, "answer"))),
        ];
        let counted = allocation_counter::measure(|| {
            for (number, frame) in frames.iter().enumerate() {
                let input = Input {
                    number: u64::from(at) * 2 + number as u64,
                    nanoseconds: i64::from(at) * 1_000_000,
                    link_type: 101,
                    captured: frame,
                    length: frame.len() as u32,
                    fcs: None,
                };
                tracker.read(&session.dissect(input), &mut observer);
            }
        });
        counted.count_total
    };
    for at in 0..10 {
        round(&mut tracker, at);
    }
    let allocations: u64 = (10..1000).map(|at| round(&mut tracker, at)).sum();
    assert_eq!(allocations, 0);
    assert!(events > 2000);
}
