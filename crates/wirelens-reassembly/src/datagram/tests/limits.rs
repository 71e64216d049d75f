//! Limits: what goes when there is too much.

use super::*;

#[test]
fn the_least_recently_active_goes_when_there_are_too_many() {
    let mut datagrams = Datagrams::new(Limits { datagrams: 2, ..Limits::default() });
    datagrams.insert(&1, fragment(1, 0, &[1; 8], true), nothing);
    datagrams.insert(&2, fragment(2, 0, &[1; 8], true), nothing);
    datagrams.insert(&1, fragment(3, 16, &[1; 8], true), nothing);
    let mut endings = Endings::new();
    datagrams.insert(&3, fragment(4, 0, &[1; 8], true), note(&mut endings));
    assert_eq!(endings, [(2, vec![missing_from(8)], End::EvictedForNumber)]);
    assert_eq!((datagrams.len(), datagrams.counters().evicted_for_number), (2, 1));
    let outcome = datagrams.insert(&1, fragment(5, 8, &[1; 8], false), nothing);
    assert!(matches!(outcome, Outcome::Malformed(Malformed::BeyondEnd { end: 24 })));
}

#[test]
fn bytes_never_exceed_the_limit() {
    let limit = 256 << 10;
    let mut datagrams = Datagrams::new(Limits { bytes: limit, ..Limits::default() });
    let bytes = payload(9_000);
    let mut ended = 0;
    for number in 0..2_000_u32 {
        // A few bytes, or many, or many fragments of few.
        let length = [8, 1_480, 8_992][number as usize % 3];
        let offset = number % 7 * 8;
        let key = if number % 5 == 0 { 0 } else { number };
        let given = fragment(number.into(), offset + number % 5 * 64, &bytes[..length], true);
        datagrams.insert(&key, given, |_, datagram, why| {
            assert_eq!(why, End::EvictedForBytes);
            assert!(!datagram.is_complete() && datagram.captured() > 0);
            ended += 1;
        });
        assert!(datagrams.bytes() <= limit, "{} at {number}", datagrams.bytes());
    }
    let counters = datagrams.counters();
    assert_eq!(counters.evicted_for_bytes, ended);
    assert!(ended > 1_000 && datagrams.len() > 10, "{ended} {}", datagrams.len());
    assert_eq!(counters.started, counters.ended() + datagrams.len() as u64);
}

#[test]
fn large_buffers_are_not_left_to_small_fragments() {
    let limit = 4 << 20;
    let mut datagrams = Datagrams::new(Limits { bytes: limit, ..Limits::default() });
    let bytes = payload(60_000);
    for number in 0..200_u32 {
        datagrams.insert(&number, fragment(1, 0, &bytes, true), |_, _, _| ());
    }
    for number in 1_000..20_000_u32 {
        datagrams.insert(&number, fragment(1, 0, &bytes[..8], true), |_, _, _| ());
    }
    assert!(datagrams.len() > 3_000, "{} small ones in 4 MiB", datagrams.len());
    assert!(datagrams.bytes() <= limit);
}

#[test]
fn a_datagram_larger_than_all_memory_goes_itself() {
    let limit = 64 << 10;
    let mut datagrams = Datagrams::new(Limits { bytes: limit, ..Limits::default() });
    let bytes = payload(40_000);
    let mut endings = Endings::new();
    datagrams.insert(&1, fragment(1, 0, &bytes[..32_000], true), note(&mut endings));
    assert!(endings.is_empty());
    let outcome =
        datagrams.insert(&1, fragment(2, 32_000, &bytes[..8_000], true), note(&mut endings));
    assert!(matches!(outcome, Outcome::Evicted), "{outcome:?}");
    assert_eq!(endings, [(1, vec![missing_from(40_000)], End::EvictedForBytes)]);
    assert!(datagrams.bytes() <= limit && datagrams.is_empty());
}

#[test]
fn fragments_of_one_datagram_are_limited() {
    let mut datagrams = Datagrams::new(Limits { fragments: 3, ..Limits::default() });
    for frame in 1..=3 {
        datagrams.insert(&1, fragment(frame, 8, &[1; 8], true), nothing);
    }
    let outcome = datagrams.insert(&1, fragment(4, 8, &[1; 8], true), nothing);
    assert!(matches!(outcome, Outcome::Malformed(Malformed::TooMany)), "{outcome:?}");
    assert_eq!(datagrams.counters().malformed.too_many, 1);
}

#[test]
fn what_is_remembered_is_limited() {
    let mut datagrams = Datagrams::new(Limits { remembered: 2, ..Limits::default() });
    for key in 1..=3 {
        datagrams.insert(&key, fragment(1, 0, &[1; 8], true), nothing);
        datagrams.insert(&key, fragment(2, 8, &[1; 8], false), nothing);
    }
    let late = datagrams.insert(&3, fragment(3, 0, &[1; 8], true), nothing);
    assert!(matches!(late, Outcome::Late(_)), "{late:?}");
    let forgotten = datagrams.insert(&1, fragment(4, 0, &[1; 8], true), nothing);
    assert!(matches!(forgotten, Outcome::Waiting), "{forgotten:?}");
}

#[test]
fn no_limits_at_all_are_survived() {
    let none = Limits { bytes: 0, datagrams: 0, fragments: 0, remembered: 0, ..Limits::default() };
    let mut datagrams = Datagrams::new(none);
    for frame in 0..10 {
        datagrams.insert(&1, fragment(frame, 8, &[1; 8], true), |_, _, _| ());
    }
    datagrams.finish(|_, _, _| ());
    assert_eq!(datagrams.counters().started, datagrams.counters().ended());
}

#[test]
fn a_finished_table_can_be_used_again() {
    let mut datagrams = datagrams();
    for _ in 0..2 {
        datagrams.insert(&1, fragment(1, 0, &[1; 8], true), nothing);
        datagrams.finish(|_, _, _| ());
    }
    assert_eq!((datagrams.counters().started, datagrams.counters().unfinished), (2, 2));
}
