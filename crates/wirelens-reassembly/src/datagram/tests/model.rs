//! Any fragments at all, against a slow and obvious model: one entry for each byte.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const ROOM: usize = 256;

/// A datagram as the model has it.
struct Model {
    /// Of each byte the fragment it stands from, and the byte if it was captured.
    bytes: Vec<Option<(usize, Option<u8>)>>,
    /// Offset, declared length and bytes of each fragment, in order of arrival.
    fragments: Vec<(u32, u32, Vec<u8>)>,
    length: Option<u32>,
    reach: u32,
    state: Option<&'static str>,
}

impl Default for Model {
    fn default() -> Model {
        let (bytes, fragments) = (vec![None; ROOM], Vec::new());
        Model { bytes, fragments, length: None, reach: 0, state: None }
    }
}

impl Model {
    fn insert(&mut self, given: &Fragment<'_>, policy: Policy) -> String {
        let me = self.fragments.len();
        let (start, end) = (given.offset, given.offset + given.length);
        self.fragments.push((start, given.length, given.bytes.to_vec()));
        match self.length {
            Some(length) if !given.more && end != length => return "malformed".to_owned(),
            Some(length) if end > length => return "malformed".to_owned(),
            None if !given.more && end < self.reach => return "malformed".to_owned(),
            _ => {}
        }
        if !given.more {
            self.length = Some(end);
        }
        let before = self.bytes.clone();
        let place = start as usize..end as usize;
        let mine = |at: usize| given.bytes.get(at - start as usize).copied();
        let touched = before[place.clone()].iter().any(Option::is_some);
        let differences = differences(&before, start as usize, given);
        let twin =
            before[place.clone()].iter().flatten().rev().map(|there| there.0).find(|there| {
                let other = &self.fragments[*there];
                (other.0, other.1) == (start, given.length)
            });
        let mut outcome = "waiting".to_owned();
        if let (Some(twin), true) = (twin, differences.is_empty()) {
            for at in place {
                if let Some((by, byte @ None)) = &mut self.bytes[at]
                    && *by == twin
                {
                    *byte = mine(at);
                }
            }
            outcome = "duplicate".to_owned();
        } else if touched && policy == Policy::Discard {
            self.state = Some("discarded");
            return "discarded".to_owned();
        } else {
            for at in place {
                let wins = before[at].is_none_or(|(by, _)| {
                    let standing = standing(&before, by);
                    policy.later_wins((start, end), standing)
                });
                if wins {
                    self.bytes[at] = Some((me, mine(at)));
                }
            }
            self.reach = self.reach.max(end);
            if touched {
                outcome = format!("overlap {differences:?}");
            }
        }
        let Some(length) = self.length else { return outcome };
        let all = &self.bytes[..length as usize];
        if all.iter().all(|byte| matches!(byte, Some((_, Some(_))))) {
            self.state = Some("complete");
            let payload = all.iter().flatten().map(|byte| byte.1.unwrap()).collect::<Vec<_>>();
            outcome = format!("complete {payload:?}");
        } else if all.iter().all(Option::is_some) {
            self.state = Some("complete");
            outcome = format!("cut {:?}", self.picture());
        }
        outcome
    }

    /// Each byte up to the end: what it is, or why it is not there.
    fn picture(&self) -> Vec<Result<u8, Why>> {
        let end = self.length.unwrap_or(self.reach) as usize;
        let bytes = self.bytes[..end].iter();
        bytes
            .map(|byte| match byte {
                Some((_, Some(byte))) => Ok(*byte),
                Some((_, None)) => Err(Why::NotCaptured),
                None => Err(Why::Missing),
            })
            .collect()
    }
}

type Bytes = [Option<(usize, Option<u8>)>];

/// From the first to behind the last byte that stands of a fragment.
fn standing(bytes: &Bytes, by: usize) -> (u32, u32) {
    let is_its = |byte: &Option<(usize, Option<u8>)>| byte.is_some_and(|byte| byte.0 == by);
    let first = bytes.iter().position(is_its).unwrap();
    (first as u32, bytes.iter().rposition(is_its).unwrap() as u32 + 1)
}

/// From the first to behind the last byte that differs, in each run of one fragment.
fn differences(bytes: &Bytes, start: usize, given: &Fragment<'_>) -> Vec<(u32, u32)> {
    let mut found = Vec::<(usize, (u32, u32))>::new();
    let mut run = 0;
    for at in start..start + given.length as usize {
        let (there, before) = (bytes[at], if at > start { bytes[at - 1] } else { None });
        run += usize::from(there.map(|byte| byte.0) != before.map(|byte| byte.0));
        let (Some((_, Some(old))), Some(new)) = (there, given.bytes.get(at - start)) else {
            continue;
        };
        if old != *new {
            match found.last_mut() {
                Some((same, range)) if *same == run => range.1 = at as u32 + 1,
                _ => found.push((run, (at as u32, at as u32 + 1))),
            }
        }
    }
    found.into_iter().map(|(_, range)| range).collect()
}

/// The model's words for an outcome.
fn words(outcome: Outcome<'_>) -> String {
    match outcome {
        Outcome::Waiting => "waiting".to_owned(),
        Outcome::Duplicate { .. } => "duplicate".to_owned(),
        Outcome::Overlap(conflicts) => {
            let ranges = conflicts.iter().map(|conflict| (conflict.start, conflict.end));
            format!("overlap {:?}", ranges.collect::<Vec<_>>())
        }
        Outcome::Complete(_) => format!("complete {:?}", complete(outcome)),
        Outcome::Cut(datagram) => format!("cut {:?}", picture(datagram)),
        Outcome::Discarded(_) => "discarded".to_owned(),
        Outcome::Dropped => "dropped".to_owned(),
        Outcome::Late(_) => "late".to_owned(),
        Outcome::Malformed(_) => "malformed".to_owned(),
        Outcome::Whole | Outcome::Evicted => format!("{outcome:?}"),
    }
}

fn picture(datagram: Datagram<'_>) -> Vec<Result<u8, Why>> {
    let end = datagram.payload_with(0).len();
    let mut picture = vec![None; end];
    let mut last = None;
    for (place, bytes) in datagram.parts() {
        assert!(last.is_none_or(|last| last < place.start), "parts in order, as few as possible");
        assert_eq!(bytes.len(), place.len());
        last = Some(place.end);
        for (at, byte) in place.zip(bytes) {
            assert!(picture[at as usize].replace(Ok(*byte)).is_none());
        }
    }
    for hole in datagram.holes() {
        assert_eq!(hole.end.is_none(), datagram.length().is_none() && hole.start as usize == end);
        for at in hole.start..hole.end.unwrap_or(hole.start) {
            assert!(picture[at as usize].replace(Err(hole.why)).is_none());
        }
    }
    assert!(datagram.holes().is_sorted_by_key(|hole| hole.start));
    picture.into_iter().map(|byte| byte.expect("a byte or a hole at each place")).collect()
}

#[derive(Clone, Debug)]
struct Given {
    key: u32,
    offset: u32,
    more: bool,
    bytes: Vec<u8>,
    length: u32,
}

fn any_fragment() -> impl Strategy<Value = Given> {
    let place = (0..3_u32, 0..12_u32, 1..7_u32, 0..8_u32);
    let bytes = (prop::bool::weighted(0.8), prop::bool::weighted(0.3), any::<(u8, u8)>());
    let cut = prop_oneof![4 => Just(0_usize), 1 => 0..20_usize];
    (place, bytes, cut).prop_map(|((key, start, eights, odd), (more, altered, at), cut)| {
        let more = more || start == 0;
        let (offset, length) = (start * 8, eights * 8 - if more { 0 } else { odd });
        let mut bytes = payload(ROOM)[offset as usize..(offset + length) as usize].to_vec();
        if altered {
            for at in [at.0, at.1] {
                let at = usize::from(at) % bytes.len();
                bytes[at] = !bytes[at];
            }
        }
        bytes.truncate(bytes.len().saturating_sub(cut));
        Given { key, offset, more, bytes, length }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn any_fragments_do_as_the_model(
        policy in prop::sample::select(&Policy::ALL[..]),
        given in prop::collection::vec(any_fragment(), 1..40),
    ) {
        let mut datagrams = with_policy(policy);
        let mut models = BTreeMap::<u32, Model>::new();
        for (frame, given) in (1..).zip(&given) {
            let Given { key, offset, more, ref bytes, length } = *given;
            let fragment = Fragment { length, ..fragment(frame, offset, bytes, more) };
            let model = models.entry(key).or_default();
            let seen = (offset, length, bytes.clone());
            let expected = match model.state {
                Some("discarded") => "dropped".to_owned(),
                Some(_) if model.fragments.contains(&seen) => "late".to_owned(),
                Some(_) => {
                    *model = Model::default();
                    model.insert(&fragment, policy)
                }
                None => model.insert(&fragment, policy),
            };
            prop_assert_eq!(words(datagrams.insert(&key, fragment, nothing)), expected);
        }
        models.retain(|_, model| model.state.is_none());
        let mut ended = BTreeMap::new();
        datagrams.finish(|key, datagram, _| {
            ended.insert(*key, (picture(datagram), datagram.length()));
        });
        let expected = models.iter().map(|(key, model)| (*key, (model.picture(), model.length)));
        prop_assert_eq!(ended, expected.collect::<BTreeMap<_, _>>());
        let counters = datagrams.counters();
        prop_assert_eq!(counters.started, counters.ended());
    }
}

/// A payload, cut up, with some parts twice and in any order.
fn fragments_in_any_order() -> impl Strategy<Value = (Vec<u8>, Vec<(usize, usize)>)> {
    (9..3_000_usize, prop::collection::btree_set(1..375_usize, 1..30)).prop_flat_map(
        |(length, cuts)| {
            let cuts = cuts.into_iter().map(|cut| cut * 8).filter(move |cut| *cut < length);
            let starts = std::iter::once(0).chain(cuts).collect::<Vec<_>>();
            let ends = starts[1..].iter().copied().chain([length]);
            let parts = starts.iter().copied().zip(ends).collect::<Vec<_>>();
            let twice = prop::sample::subsequence(parts.clone(), 0..=parts.len().min(4));
            let all = twice.prop_map(move |twice| [parts.clone(), twice].concat());
            (Just(payload(length)), all.prop_shuffle())
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn a_datagram_cut_up_and_shuffled_comes_out_whole(
        policy in prop::sample::select(&Policy::ALL[..]),
        (bytes, parts) in fragments_in_any_order(),
        lost in any::<prop::sample::Index>(),
    ) {
        prop_assume!(parts.len() > 1 && parts[0] != (0, bytes.len()));
        let lost = *lost.get(&parts);
        for loss in [false, true] {
            let mut datagrams = with_policy(policy);
            let mut result = None;
            for (frame, &(start, end)) in (1..).zip(&parts) {
                if loss && (start, end) == lost {
                    continue;
                }
                let given = fragment(frame, start as u32, &bytes[start..end], end < bytes.len());
                if let outcome @ Outcome::Complete(_) = datagrams.insert(&1, given, nothing) {
                    prop_assert!(result.replace(complete(outcome)).is_none());
                }
            }
            prop_assert_eq!(result, (!loss).then(|| bytes.clone()));
            datagrams.finish(|_, datagram, _| {
                let known = lost.1 < bytes.len();
                let end = known.then_some(lost.1 as u32);
                let hole = Hole { start: lost.0 as u32, end, why: Why::Missing };
                assert_eq!(datagram.holes(), [hole]);
            });
            let counters = datagrams.counters();
            prop_assert_eq!((counters.completed, counters.unfinished), (u64::from(!loss), u64::from(loss && parts.iter().any(|part| *part != lost))));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn limits_hold_whatever_comes(
        policy in prop::sample::select(&Policy::ALL[..]),
        bytes in 0..300_000_usize,
        counts in (0..60_usize, 0..40_usize, 0..60_usize),
        given in prop::collection::vec(
            (0..100_u32, 0..8_192_u32, 0..9_000_u32, any::<(bool, bool, u8)>()),
            1..400,
        ),
    ) {
        let rules = Rules { policy, timeout: SECOND };
        let limits = Limits {
            bytes,
            datagrams: counts.0,
            fragments: counts.1,
            remembered: counts.2,
            ipv4: rules,
            ipv6: rules,
        };
        let mut datagrams = Datagrams::new(limits);
        let (payload, mut ended, mut handed_out) = (payload(9_000), 0, 0);
        for (frame, (key, offset, length, (more, newer, change))) in (1..).zip(given) {
            let (more, offset) = (more || change > 20, if newer { offset } else { offset % 40 });
            let length = if more { length / 8 * 8 } else { length };
            let bytes = &payload[usize::from(change % 3)..];
            let fragment = Fragment {
                length,
                time: u64::from(change) * SECOND / 100,
                family: if key % 2 == 0 { Family::Ipv4 } else { Family::Ipv6 },
                ..fragment(frame, offset * 8, bytes.get(..length as usize).unwrap_or(bytes), more)
            };
            let outcome = datagrams.insert(&(key % 50), fragment, |_, datagram, _| {
                assert!(!datagram.is_complete());
                look_at(datagram);
                ended += 1;
            });
            let shown = match outcome {
                Outcome::Complete(datagram) | Outcome::Cut(datagram) => Some(datagram),
                Outcome::Discarded(datagram) => Some(datagram),
                _ => None,
            };
            handed_out += u64::from(shown.is_some());
            shown.map(look_at);
            if shown.is_none() {
                // Sixteen slots are there in any case.
                prop_assert!(datagrams.bytes() <= bytes_or_least(limits.bytes), "{}", datagrams.bytes());
            }
            prop_assert!(datagrams.len() <= limits.datagrams.max(1));
            let counters = datagrams.counters();
            prop_assert_eq!(counters.ended(), ended + handed_out);
            prop_assert_eq!(counters.started, counters.ended() + datagrams.len() as u64);
        }
    }
}

fn bytes_or_least(bytes: usize) -> usize {
    bytes.max(16 << 10)
}

fn look_at(datagram: Datagram<'_>) {
    let parts = datagram.parts().map(|(place, bytes)| (place.len(), bytes.len()));
    let there: usize = parts.inspect(|part| assert_eq!(part.0, part.1)).map(|part| part.0).sum();
    assert_eq!(there, datagram.captured() as usize);
    assert_eq!(datagram.payload().is_some(), datagram.is_complete());
}
