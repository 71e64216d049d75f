//! Nothing is allocated for a segment in order, nor for a connection that is half open, nor, once
//! the memory is there, for what is out of order.

use wirelens_reassembly::stream::{Direction, Event, Flags, Limits, Segment, Stream, Streams};

fn segment(number: u32) -> Segment<'static> {
    let sequence = number.wrapping_mul(100);
    Segment { frame: number.into(), sequence, bytes: &[7; 100], length: 100, ..Segment::default() }
}

#[test]
fn segments_in_order_allocate_nothing() {
    let mut streams = Streams::new(Limits::default());
    let mut bytes = 0;
    let mut sink = |_: &Stream<'_, u32>, event: Event<'_>| {
        if let Event::Run(run) = event {
            bytes += run.bytes.len();
        }
    };
    streams.segment(&1, Direction::Forward, &segment(0), &mut sink);
    let info = allocation_counter::measure(|| {
        for number in 1..1000 {
            streams.segment(&1, Direction::Forward, &segment(number), &mut sink);
        }
    });
    assert_eq!(info.count_total, 0);
    assert_eq!(bytes, 100_000);
    assert_eq!(streams.counters().borrowed, 100_000);
}

#[test]
fn half_open_connections_allocate_only_the_table() {
    let mut streams = Streams::new(Limits { connections: 800, ..Limits::default() });
    let mut sink = |_: &Stream<'_, u32>, _: Event<'_>| {};
    let mut open = |key: u32| {
        let syn = Segment { flags: Flags::SYN, ..Segment::default() };
        streams.segment(&key, Direction::Forward, &syn, &mut sink);
    };
    // The table grows once more when places used before have filled it up.
    (0..20_000).for_each(&mut open);
    let info = allocation_counter::measure(|| (20_000..40_000).for_each(&mut open));
    assert_eq!(info.count_total, 0);
}

#[test]
fn what_waits_is_kept_in_memory_used_before() {
    let mut streams = Streams::new(Limits::default());
    let mut sink = |_: &Stream<'_, u32>, _: Event<'_>| {};
    let mut swap = |number: u32| {
        streams.segment(&1, Direction::Forward, &segment(2 * number + 1), &mut sink);
        streams.segment(&1, Direction::Forward, &segment(2 * number), &mut sink);
    };
    (0..10).for_each(&mut swap);
    let info = allocation_counter::measure(|| (10..1000).for_each(&mut swap));
    // The tree of what waits allocates a node when it gets its first piece; the bytes do not.
    assert!(info.count_total <= 990, "{}", info.count_total);
    assert_eq!(streams.counters().delivered, 199_900);
}
