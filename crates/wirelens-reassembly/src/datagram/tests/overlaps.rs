//! Overlaps, by each policy.

use super::*;

/// The series of fragments of Novak's paper: letter, offset, length, in order of arrival. From J
/// on they overlap those before, in every way two fragments can.
const NOVAK: [(u8, u32, usize); 17] = [
    (b'A', 0, 24),
    (b'B', 32, 16),
    (b'C', 48, 24),
    (b'D', 80, 8),
    (b'E', 104, 16),
    (b'F', 120, 24),
    (b'G', 144, 16),
    (b'H', 160, 16),
    (b'I', 176, 8),
    (b'J', 8, 32),
    (b'K', 48, 24),
    (b'L', 72, 24),
    (b'M', 96, 24),
    (b'N', 128, 8),
    (b'O', 152, 8),
    (b'P', 160, 8),
    (b'Q', 176, 16),
];

/// What each policy makes of it, a letter for eight bytes. The same tables are what Suricata's own
/// tests of its defragmentation expect.
const EXPECTED: [(Policy, &str); 6] = [
    (Policy::First, "AAAJBBCCCLDLMEEFFFGGHHIQ"),
    (Policy::Last, "AJJJJBKKKLLLMMMFNFGOPHQQ"),
    (Policy::Bsd, "AAAJJBCCCLLLMMMFFFGGHHIQ"),
    (Policy::Linux, "AAAJJBKKKLLLMMMFFFGGPHQQ"),
    (Policy::Windows, "AAAJBBCCCLLLMEEFFFGGHHIQ"),
    (Policy::Solaris, "AAAJBBCCCLLLMMMFFFGGHHIQ"),
];

#[test]
fn the_policies_are_those_of_the_paper() {
    for (policy, expected) in EXPECTED {
        let mut datagrams = with_policy(policy);
        let mut result = Vec::new();
        for (frame, (letter, offset, length)) in (1..).zip(NOVAK) {
            let bytes = vec![letter; length];
            let outcome =
                datagrams.insert(&1, fragment(frame, offset, &bytes, letter != b'Q'), nothing);
            if letter == b'Q' {
                result = complete(outcome);
            }
        }
        let found: String = result.chunks(8).map(|eight| char::from(eight[0])).collect();
        assert_eq!(found, expected, "{policy:?}");
        assert!(result.chunks(8).all(|eight| eight.iter().all(|byte| *byte == eight[0])));
    }
}

#[test]
fn overlaps_of_the_same_bytes_are_told_from_conflicts() {
    let bytes = payload(48);
    let mut datagrams = datagrams();
    datagrams.insert(&1, fragment(1, 0, &bytes[..24], true), nothing);
    let same = datagrams.insert(&1, fragment(2, 8, &bytes[8..32], true), nothing);
    assert!(matches!(same, Outcome::Overlap([])), "{same:?}");
    let mut other = bytes[16..40].to_vec();
    (other[2], other[9]) = (!other[2], !other[9]);
    let differs = datagrams.insert(&1, fragment(3, 16, &other, true), nothing);
    let Outcome::Overlap(conflicts) = differs else { panic!("{differs:?}") };
    let kept = Kept::Earlier;
    let expected = [
        Conflict { start: 18, end: 19, earlier: 1, later: 3, kept },
        Conflict { start: 25, end: 26, earlier: 2, later: 3, kept },
    ];
    assert_eq!(conflicts, expected);
    let last = datagrams.insert(&1, fragment(4, 40, &bytes[40..], false), nothing);
    let Outcome::Complete(datagram) = last else { panic!("{last:?}") };
    assert_eq!((datagram.conflicts(), datagram.conflicts_left_out()), (&expected[..], 0));
    let roles = datagram.frames().map(|seen| seen.role).collect::<Vec<_>>();
    assert_eq!(roles, [Role::Used, Role::Overlap, Role::Conflict, Role::Used]);
    assert_eq!(complete(last), bytes, "what was there first is not overwritten");
    let counters = datagrams.counters();
    assert_eq!((counters.overlaps, counters.conflicts, counters.duplicates), (1, 1, 0));
}

#[test]
fn the_same_place_with_other_bytes_is_no_duplicate() {
    let mut datagrams = with_policy(Policy::Last);
    datagrams.insert(&1, fragment(1, 0, &[1; 8], true), nothing);
    let outcome = datagrams.insert(&1, fragment(2, 0, &[2; 8], true), nothing);
    let Outcome::Overlap(&[conflict]) = outcome else { panic!("{outcome:?}") };
    assert_eq!((conflict.start, conflict.end, conflict.kept), (0, 8, Kept::Later));
    let last = datagrams.insert(&1, fragment(3, 8, &[3; 8], false), nothing);
    assert_eq!(complete(last), [[2; 8], [3; 8]].concat());
}

#[test]
fn ipv6_discards_the_datagram_and_what_comes_of_it() {
    let mut datagrams = datagrams();
    let at = |time, given| Fragment { time, ..ipv6(given) };
    datagrams.insert(&1, at(0, fragment(1, 0, &[1; 16], true)), nothing);
    let twin = datagrams.insert(&1, at(0, fragment(2, 0, &[1; 16], true)), nothing);
    assert!(matches!(twin, Outcome::Duplicate { of: 1 }), "{twin:?}");
    let overlap = datagrams.insert(&1, at(0, fragment(3, 8, &[1; 16], true)), nothing);
    let Outcome::Discarded(datagram) = overlap else { panic!("{overlap:?}") };
    assert_eq!(datagram.frames().map(|seen| seen.frame).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(!datagram.is_complete() && datagrams.is_empty());
    for (time, offset) in [(1, 16), (60 * SECOND, 24)] {
        let given = at(time, fragment(4, offset, &[1; 16], false));
        let outcome = datagrams.insert(&1, given, nothing);
        assert!(matches!(outcome, Outcome::Dropped), "{outcome:?}");
    }
    let after = at(60 * SECOND + 1, fragment(5, 16, &[1; 16], false));
    assert!(matches!(datagrams.insert(&1, after, nothing), Outcome::Waiting));
    let counters = datagrams.counters();
    assert_eq!((counters.discarded, counters.dropped, counters.started), (1, 2, 2));
}

#[test]
fn an_overlap_that_would_complete_discards_too() {
    let mut datagrams = datagrams();
    datagrams.insert(&1, ipv6(fragment(1, 0, &[1; 16], true)), nothing);
    let outcome = datagrams.insert(&1, ipv6(fragment(2, 8, &[1; 16], false)), nothing);
    let Outcome::Discarded(datagram) = outcome else { panic!("{outcome:?}") };
    assert!(datagram.payload().is_none(), "{datagram:?}");
    assert_eq!(datagrams.counters().completed, 0);
}

#[test]
fn an_overlap_of_bytes_not_captured_is_one_too() {
    let mut datagrams = datagrams();
    let cut = Fragment { length: 32, ..fragment(1, 0, b"", true) };
    datagrams.insert(&1, ipv6(cut), nothing);
    let outcome = datagrams.insert(&1, ipv6(fragment(2, 24, &[1; 16], true)), nothing);
    assert!(matches!(outcome, Outcome::Discarded(_)), "{outcome:?}");
    // By a policy where the earlier wins, nobody can say what stands there.
    let cut = Fragment { length: 32, ..fragment(1, 0, b"", true) };
    datagrams.insert(&2, cut, nothing);
    let outcome = datagrams.insert(&2, fragment(2, 24, &[1; 16], false), nothing);
    let Outcome::Cut(datagram) = outcome else { panic!("{outcome:?}") };
    assert_eq!(datagram.holes(), [Hole { start: 0, end: Some(32), why: Why::NotCaptured }]);
}

#[test]
fn overlaps_without_end_do_not_pile_up() {
    // One fragment of 48 KiB again and again, each time with other bytes, of which the last win.
    let mut datagrams = with_policy(Policy::Last);
    let first = Fragment { header: b"header", ..fragment(0, 0, &[7; 8], true) };
    datagrams.insert(&1, first, nothing);
    let mut most = 0;
    for round in 0..200_u32 {
        let bytes = vec![round as u8; 48 << 10];
        let outcome = datagrams.insert(&1, fragment(round.into(), 8, &bytes, true), nothing);
        assert_eq!(matches!(outcome, Outcome::Overlap(_)), round > 0, "{outcome:?}");
        most = most.max(datagrams.bytes());
    }
    assert!(most < 600 << 10, "{most} bytes for a datagram of 48 KiB");
    let last = datagrams.insert(&1, fragment(200, (48 << 10) + 8, b"end", false), nothing);
    let Outcome::Complete(datagram) = last else { panic!("{last:?}") };
    assert_eq!(datagram.header(), b"header");
    assert_eq!(complete(last), [&[7; 8][..], &[199; 48 << 10], b"end"].concat());
}

#[test]
fn conflicts_beyond_a_number_are_counted_only() {
    let mut datagrams = datagrams();
    for at in 0..4_096 {
        datagrams.insert(&1, fragment(1, at * 8, &[1; 8], true), nothing);
    }
    datagrams.insert(&1, fragment(2, 0, &[2; 4_096 * 8], true), nothing);
    let last = datagrams.insert(&1, fragment(3, 4_096 * 8, &[2; 8], false), nothing);
    let Outcome::Complete(datagram) = last else { panic!("{last:?}") };
    assert_eq!((datagram.conflicts().len(), datagram.conflicts_left_out()), (1_024, 3_072));
}

#[test]
fn names_of_policies_are_read_back() {
    for policy in Policy::ALL {
        assert_eq!(Policy::from_name(policy.name()), Some(policy));
    }
    assert_eq!(Policy::from_name("newest"), None);
}
