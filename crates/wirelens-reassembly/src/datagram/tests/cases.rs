//! The named cases: order, loss, ends, attacks, cut captures.

use super::*;

#[test]
fn in_order_reversed_and_from_the_middle() {
    let bytes = payload(100);
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 2, 0]] {
        let mut datagrams = datagrams();
        for (at, part) in order.into_iter().enumerate() {
            let places = [0..24, 24..48, 48..80, 80..100];
            let place = places[part].clone();
            let more = place.end < 100;
            let header = if part == 0 { b"header".as_slice() } else { b"other" };
            let given = Fragment {
                header,
                ..fragment(at as u64 + 1, place.start as u32, &bytes[place], more)
            };
            let outcome = datagrams.insert(&7, given, nothing);
            if at < 3 {
                assert!(matches!(outcome, Outcome::Waiting), "{order:?}: {outcome:?}");
                continue;
            }
            let Outcome::Complete(datagram) = outcome else { panic!("{order:?}: {outcome:?}") };
            assert_eq!(datagram.header(), b"header");
            assert_eq!(datagram.length(), Some(100));
            assert_eq!(datagram.frames().map(|seen| seen.frame).collect::<Vec<_>>(), [1, 2, 3, 4]);
            assert!(datagram.frames().all(|seen| seen.role == Role::Used));
            assert_eq!(complete(outcome), bytes);
        }
    }
}

#[test]
fn two_datagrams_interleaved() {
    let (one, two) = (payload(48), vec![1; 48]);
    let mut datagrams = datagrams();
    datagrams.insert(&1, fragment(1, 0, &one[..24], true), nothing);
    datagrams.insert(&2, fragment(2, 24, &two[24..], false), nothing);
    assert_eq!(datagrams.len(), 2);
    assert_eq!(complete(datagrams.insert(&1, fragment(3, 24, &one[24..], false), nothing)), one);
    assert_eq!(complete(datagrams.insert(&2, fragment(4, 0, &two[..24], true), nothing)), two);
    assert!(datagrams.is_empty());
}

#[test]
fn an_unfragmented_packet_leaves_no_trace() {
    let mut datagrams = datagrams();
    let whole = fragment(1, 0, b"all of it", false);
    assert!(matches!(datagrams.insert(&1, whole, nothing), Outcome::Whole));
    assert!(matches!(datagrams.insert(&1, fragment(1, 0, b"", false), nothing), Outcome::Whole));
    assert_eq!((datagrams.len(), datagrams.counters().started), (0, 0));
}

#[test]
fn an_atomic_fragment_has_nothing_to_do_with_others_of_its_key() {
    let mut datagrams = datagrams();
    datagrams.insert(&1, ipv6(fragment(1, 0, &[1; 16], true)), nothing);
    let atomic = ipv6(fragment(2, 0, &[9; 32], false));
    assert!(matches!(datagrams.insert(&1, atomic, nothing), Outcome::Whole));
    let last = ipv6(fragment(3, 16, &[1; 4], false));
    assert_eq!(complete(datagrams.insert(&1, last, nothing)), [1; 20]);
}

#[test]
fn duplicates_are_told_and_harmless() {
    let bytes = payload(40);
    let mut datagrams = datagrams();
    datagrams.insert(&1, fragment(1, 16, &bytes[16..], false), nothing);
    let again = datagrams.insert(&1, fragment(2, 16, &bytes[16..], false), nothing);
    assert!(matches!(again, Outcome::Duplicate { of: 1 }), "{again:?}");
    let outcome = datagrams.insert(&1, fragment(3, 0, &bytes[..16], true), nothing);
    let Outcome::Complete(datagram) = outcome else { panic!("{outcome:?}") };
    let roles = datagram.frames().map(|seen| seen.role).collect::<Vec<_>>();
    assert_eq!(roles, [Role::Used, Role::Duplicate, Role::Used]);
    assert_eq!(complete(outcome), bytes);
}

#[test]
fn a_late_duplicate_starts_no_new_datagram() {
    let bytes = payload(40);
    let mut datagrams = datagrams();
    datagrams.insert(&1, fragment(1, 16, &bytes[16..], false), nothing);
    datagrams.insert(&1, fragment(2, 0, &bytes[..16], true), nothing);
    for frame in [3, 4] {
        let late = datagrams.insert(&1, fragment(frame, 16, &bytes[16..], false), nothing);
        let Outcome::Late(remembered) = late else { panic!("{late:?}") };
        assert_eq!((remembered.completed(), remembered.length()), (2, 40));
        assert_eq!(remembered.frames().map(|seen| seen.frame).collect::<Vec<_>>(), [2, 1]);
    }
    assert_eq!((datagrams.len(), datagrams.counters().late), (0, 2));
}

#[test]
fn an_identification_in_use_again_starts_a_new_datagram() {
    let mut datagrams = datagrams();
    datagrams.insert(&1, fragment(1, 0, &[1; 16], true), nothing);
    datagrams.insert(&1, fragment(2, 16, &[1; 16], false), nothing);
    let other = datagrams.insert(&1, fragment(3, 0, &[2; 16], true), nothing);
    assert!(matches!(other, Outcome::Waiting), "{other:?}");
    let last = datagrams.insert(&1, fragment(4, 16, &[2; 16], false), nothing);
    assert_eq!(complete(last), [2; 32]);
}

#[test]
fn an_identification_after_the_time_out_starts_a_new_datagram() {
    let mut datagrams = datagrams();
    let at = |time, given| Fragment { time, ..given };
    datagrams.insert(&1, at(0, fragment(1, 0, &[1; 16], true)), nothing);
    let mut endings = Endings::new();
    let last = at(30 * SECOND + 1, fragment(2, 16, &[2; 16], false));
    let outcome = datagrams.insert(&1, last, note(&mut endings));
    assert!(matches!(outcome, Outcome::Waiting), "{outcome:?}");
    assert_eq!(endings, [(1, vec![missing_from(16)], End::TimedOut)]);
    let first = at(60 * SECOND, fragment(3, 0, &[2; 16], true));
    assert_eq!(complete(datagrams.insert(&1, first, nothing)), [2; 32]);
    // A duplicate is one no more when the time is over.
    let first = at(61 * SECOND, fragment(4, 0, &[2; 16], true));
    assert!(matches!(datagrams.insert(&1, first, nothing), Outcome::Waiting));
}

#[test]
fn time_out_is_thirty_seconds_or_sixty() {
    let mut datagrams = datagrams();
    let mut endings = Endings::new();
    datagrams.insert(&6, ipv6(fragment(1, 8, &[1; 8], true)), nothing);
    datagrams.insert(&4, fragment(2, 8, &[1; 8], true), nothing);
    datagrams.expire(30 * SECOND, note(&mut endings));
    assert!(endings.is_empty());
    datagrams.expire(30 * SECOND + 1, note(&mut endings));
    assert_eq!(endings, [(4, vec![missing(0, 8), missing_from(16)], End::TimedOut)]);
    // Any fragment moves the time on.
    let other = Fragment { time: 61 * SECOND, ..fragment(3, 0, &[1; 8], true) };
    datagrams.insert(&5, other, note(&mut endings));
    assert_eq!((endings.len(), endings[1].0), (2, 6));
    assert_eq!((datagrams.len(), datagrams.counters().timed_out), (1, 2));
}

#[test]
fn a_clock_set_back_keeps_nothing_for_ever() {
    let mut datagrams = datagrams();
    let ahead = Fragment { time: 1_000 * SECOND, ..fragment(1, 0, &[1; 8], true) };
    datagrams.insert(&1, ahead, nothing);
    let mut endings = Endings::new();
    datagrams.insert(&2, fragment(2, 0, &[1; 8], true), note(&mut endings));
    assert_eq!(endings, [(1, vec![missing_from(8)], End::TimedOut)]);
}

#[test]
fn time_is_exact_where_a_key_comes_again() {
    // The second started later, but at an earlier time, so it waits behind the first.
    let mut datagrams = datagrams();
    let at = |time, given| Fragment { time, ..given };
    datagrams.insert(&1, at(20 * SECOND, fragment(1, 0, &[1; 8], true)), nothing);
    datagrams.insert(&2, at(0, fragment(2, 0, &[2; 8], true)), nothing);
    datagrams.expire(40 * SECOND, nothing);
    let mut endings = Endings::new();
    let last = at(40 * SECOND, fragment(3, 8, &[2; 8], false));
    assert!(matches!(datagrams.insert(&2, last, note(&mut endings)), Outcome::Waiting));
    assert_eq!(endings, [(2, vec![missing_from(8)], End::TimedOut)]);
}

#[test]
fn the_incomplete_come_out_at_the_end_with_their_holes() {
    let mut datagrams = datagrams();
    datagrams.insert(&3, fragment(1, 8, &[3; 8], true), nothing);
    datagrams.insert(&2, ipv6(fragment(2, 32, &[2; 4], false)), nothing);
    datagrams.insert(&2, ipv6(fragment(3, 0, &[2; 8], true)), nothing);
    datagrams.insert(&1, fragment(4, 0, &[1; 8], true), nothing);
    datagrams.insert(&3, fragment(5, 32, &[3; 8], true), nothing);
    let mut seen = Vec::new();
    datagrams.finish(|key, datagram, why| {
        assert!(!datagram.is_complete() && !datagram.is_seen() && datagram.payload().is_none());
        let parts = datagram.parts().map(|(place, bytes)| (place, bytes.to_vec()));
        seen.push((*key, datagram.holes().to_vec(), parts.collect::<Vec<_>>(), why));
        assert_eq!(
            datagram.payload_with(0xEE).len(),
            if *key == 1 { 8 } else { 36 + 4 * (*key == 3) as usize }
        );
    });
    let three = vec![missing(0, 8), missing(16, 32), missing_from(40)];
    assert_eq!(
        seen[0],
        (3, three, vec![(8..16, vec![3; 8]), (32..40, vec![3; 8])], End::Unfinished)
    );
    let two = vec![(0..8, vec![2; 8]), (32..36, vec![2; 4])];
    assert_eq!(seen[1], (2, vec![missing(8, 32)], two, End::Unfinished));
    assert_eq!(seen[2].0, 1);
    assert_eq!((datagrams.len(), datagrams.counters().unfinished), (0, 3));
    assert_eq!(datagrams.bytes(), 0);
}

#[test]
fn ping_of_death_is_refused() {
    let mut datagrams = datagrams();
    let outcome = datagrams.insert(&1, fragment(1, 65_528, &[0; 8], false), nothing);
    assert!(matches!(outcome, Outcome::Malformed(Malformed::Oversize)), "{outcome:?}");
    let endless = Fragment { offset: u32::MAX, length: u32::MAX, ..fragment(1, 0, b"", true) };
    let outcome = datagrams.insert(&1, endless, nothing);
    assert!(matches!(outcome, Outcome::Malformed(Malformed::Oversize)), "{outcome:?}");
    assert!(datagrams.is_empty());
    // The longest possible is taken.
    let bytes = payload(65_535);
    datagrams.insert(&1, fragment(2, 65_528, &bytes[65_528..], false), nothing);
    let outcome = datagrams.insert(&1, fragment(3, 0, &bytes[..65_528], true), nothing);
    assert_eq!(complete(outcome), bytes);
}

#[test]
fn empty_and_unaligned_fragments_are_refused() {
    let mut datagrams = datagrams();
    for (given, why) in [
        (fragment(1, 0, b"", true), Malformed::Empty),
        (fragment(1, 16, b"", false), Malformed::Empty),
        (fragment(1, 0, &[0; 12], true), Malformed::Unaligned),
        (fragment(1, 4, &[0; 8], true), Malformed::Unaligned),
    ] {
        let outcome = datagrams.insert(&1, given, nothing);
        assert!(matches!(outcome, Outcome::Malformed(found) if found == why), "{outcome:?}");
    }
    assert!(datagrams.is_empty());
    let counted = datagrams.counters().malformed;
    assert_eq!((counted.empty, counted.unaligned), (2, 2));
}

#[test]
fn teardrop_ends_within_what_is_there() {
    // The first fragment is longer than where the last one ends.
    let mut datagrams = datagrams();
    datagrams.insert(&1, fragment(1, 0, &[1; 40], true), nothing);
    let outcome = datagrams.insert(&1, fragment(2, 24, &[2; 4], false), nothing);
    let expected = Malformed::BeyondEnd { end: 40 };
    assert!(matches!(outcome, Outcome::Malformed(why) if why == expected), "{outcome:?}");
    datagrams.finish(|_, datagram, _| {
        assert_eq!(datagram.frames().last().map(|seen| seen.role), Some(Role::BeyondEnd));
        let (place, bytes) = datagram.parts().next().unwrap();
        assert_eq!((place, bytes), (0..40, &[1; 40][..]));
    });
}

#[test]
fn two_tails_that_disagree() {
    let mut datagrams = datagrams();
    datagrams.insert(&1, fragment(1, 16, &[1; 8], false), nothing);
    for (given, why) in [
        (fragment(2, 16, &[1; 12], false), Malformed::MultipleTails { length: 24 }),
        (fragment(3, 8, &[1; 8], false), Malformed::MultipleTails { length: 24 }),
        (fragment(4, 24, &[1; 8], true), Malformed::BeyondEnd { end: 24 }),
        (fragment(5, 16, &[1; 16], true), Malformed::BeyondEnd { end: 24 }),
    ] {
        let outcome = datagrams.insert(&1, given, nothing);
        assert!(matches!(outcome, Outcome::Malformed(found) if found == why), "{outcome:?}");
    }
    let outcome = datagrams.insert(&1, fragment(6, 0, &[1; 16], true), nothing);
    assert_eq!(complete(outcome), [1; 24]);
    let counted = datagrams.counters().malformed;
    assert_eq!((counted.multiple_tails, counted.beyond_end), (2, 2));
}

#[test]
fn tiny_fragments_are_told_and_put_together() {
    let first = fragment(1, 0, &[1; 8], true);
    assert!(first.is_tiny() && fragment(1, 8, &[1; 8], true).is_tiny());
    assert!(
        !fragment(1, 0, &[1; 16], true).is_tiny() && !fragment(1, 16, &[1; 4], false).is_tiny()
    );
    let mut datagrams = datagrams();
    datagrams.insert(&1, first, nothing);
    assert_eq!(complete(datagrams.insert(&1, fragment(2, 8, &[1; 4], false), nothing)), [1; 12]);
}

#[test]
fn padding_behind_the_declared_length_is_ignored() {
    let mut datagrams = datagrams();
    let last = Fragment { length: 4, ..fragment(1, 8, &[1; 30], false) };
    datagrams.insert(&1, last, nothing);
    assert_eq!(complete(datagrams.insert(&1, fragment(2, 0, &[1; 8], true), nothing)), [1; 12]);
}

#[test]
fn a_cut_capture_is_seen_but_not_complete() {
    let bytes = payload(64);
    let mut datagrams = datagrams();
    let cut = |frame, start: usize, end: usize, have, more| Fragment {
        length: (end - start) as u32,
        ..fragment(frame, start as u32, &bytes[start..start + have], more)
    };
    datagrams.insert(&1, cut(1, 32, 64, 10, false), nothing);
    let outcome = datagrams.insert(&1, cut(2, 0, 32, 10, true), nothing);
    let Outcome::Cut(datagram) = outcome else { panic!("{outcome:?}") };
    assert!(!datagram.is_complete() && datagram.is_seen() && datagram.payload().is_none());
    let cut_off = |start, end| Hole { start, end: Some(end), why: Why::NotCaptured };
    assert_eq!(datagram.holes(), [cut_off(10, 32), cut_off(42, 64)]);
    assert_eq!((datagram.captured(), datagram.length()), (20, Some(64)));
    let filled = datagram.payload_with(0xEE);
    assert_eq!((&filled[..10], &filled[10..32]), (&bytes[..10], &[0xEE; 22][..]));
    let counters = datagrams.counters();
    assert_eq!((counters.cut, counters.completed), (1, 0));
}

#[test]
fn a_duplicate_brings_what_was_cut() {
    let bytes = payload(64);
    for policy in Policy::ALL {
        let mut datagrams = with_policy(policy);
        let cut = Fragment { length: 32, ..fragment(1, 0, &bytes[..10], true) };
        datagrams.insert(&1, cut, nothing);
        let twin = datagrams.insert(&1, fragment(2, 0, &bytes[..32], true), nothing);
        assert!(matches!(twin, Outcome::Duplicate { of: 1 }), "{policy:?}: {twin:?}");
        let nothing_of_it = Fragment { length: 32, ..fragment(3, 0, b"", true) };
        let twin = datagrams.insert(&1, nothing_of_it, nothing);
        assert!(matches!(twin, Outcome::Duplicate { of: 1 }), "{policy:?}: {twin:?}");
        let last = datagrams.insert(&1, fragment(4, 32, &bytes[32..], false), nothing);
        assert_eq!(complete(last), bytes, "{policy:?}");
    }
}

#[test]
fn a_duplicate_of_a_cut_fragment_that_met_another() {
    // The other one stands from before the start of the two.
    let bytes = payload(48);
    let mut datagrams = with_policy(Policy::Last);
    let cut = Fragment { length: 24, ..fragment(1, 16, &bytes[16..20], true) };
    datagrams.insert(&1, cut, nothing);
    datagrams.insert(&1, fragment(2, 0, &bytes[..24], true), nothing);
    datagrams.insert(&1, fragment(3, 16, &bytes[16..40], true), nothing);
    let last = datagrams.insert(&1, fragment(4, 40, &bytes[40..], false), nothing);
    assert_eq!(complete(last), bytes);
}

#[test]
fn a_new_identification_is_not_mixed_with_another_protocol_or_tunnel() {
    let (a, b) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
    let mut datagrams = Datagrams::new(Limits::default());
    let keys = [Key::ipv4(0, a, b, 9, 17), Key::ipv4(0, a, b, 9, 6), Key::ipv4(77, a, b, 9, 17)];
    for key in keys {
        datagrams.insert(&key, fragment(1, 0, &[1; 8], true), |_, _, _| panic!());
    }
    assert_eq!(datagrams.len(), 3);
}
