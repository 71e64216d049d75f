//! Streams against a slow model that keeps every byte in 64-bit coordinates.

use proptest::prelude::*;
use wirelens_reassembly::stream::{
    Conflict, Direction, Event, Flags, GapReason, Kind, Limits, Patience, Policy, Segment, Stream,
    Streams,
};

const FOREVER: Patience = Patience { segments: u32::MAX, time: u64::MAX };

/// What one byte of the stream is known to be.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Cell {
    Missing,
    NotCaptured,
    Byte(u8, u64),
}

/// A segment of the model: in stream coordinates.
#[derive(Clone, Debug)]
struct Piece {
    start: u64,
    bytes: Vec<u8>,
    cut: usize,
}

impl Piece {
    fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }

    fn segment(&self, isn: u32, frame: u64) -> Segment<'_> {
        Segment {
            frame,
            time: frame * 1000,
            sequence: isn.wrapping_add(1).wrapping_add(self.start as u32),
            acknowledgment: Some(1),
            window: 1000,
            flags: Flags::PSH,
            bytes: &self.bytes[..self.bytes.len() - self.cut],
            length: self.bytes.len() as u32,
            ..Segment::default()
        }
    }
}

/// What came out of one direction: each byte or the reason of its gap.
#[derive(Default)]
struct Outcome {
    cells: Vec<Result<(u8, u64), GapReason>>,
    conflicts: Vec<Conflict>,
    late: Vec<(u64, u8, u64)>,
    fin: Option<u64>,
    /// How much had come out after each frame.
    after: Vec<usize>,
}

impl Outcome {
    fn take(&mut self, direction: Direction, event: Event<'_>) {
        if direction == Direction::Backward {
            return;
        }
        match event {
            Event::Run(run) => {
                assert_eq!(run.offset, self.cells.len() as u64, "runs follow each other");
                assert!(!run.bytes.is_empty() && self.fin.is_none());
                self.cells.extend(run.bytes.iter().map(|&byte| Ok((byte, run.frame))));
            }
            Event::Gap { offset, length, reason } => {
                assert_eq!(offset, self.cells.len() as u64, "gaps follow runs");
                assert!(length > 0 && self.fin.is_none());
                self.cells.extend((0..length).map(|_| Err(reason)));
            }
            Event::Late(run) => {
                let bytes = run.bytes.iter().zip(run.offset..);
                self.late.extend(bytes.map(|(&byte, at)| (at, byte, run.frame)));
            }
            Event::Conflict(conflict) => self.conflicts.push(conflict),
            Event::Fin { offset } => {
                assert_eq!(offset, self.cells.len() as u64, "the FIN is behind everything");
                self.fin = Some(offset);
            }
            Event::Open(_) | Event::Start { .. } | Event::End(_) => {}
        }
    }
}

fn syn(isn: u32) -> Segment<'static> {
    Segment { sequence: isn, flags: Flags::SYN, window: 1000, ..Segment::default() }
}

/// Pieces over a stream of so many bytes: all of it cut at random, some lost, some again with
/// other borders and other bytes, in a random order.
fn pieces(most: u64) -> impl Strategy<Value = (u64, Vec<Piece>)> {
    (1..most).prop_flat_map(move |length| {
        let piece = (0..length, 1..90u64, 0..6usize, prop::bool::weighted(0.1), any::<u8>())
            .prop_map(move |(start, size, cut, wrong, salt)| {
                let end = (start + size).min(length);
                let byte =
                    |at: u64| (at.wrapping_mul(31) >> 2) as u8 ^ if wrong { salt } else { 0 };
                let bytes = (start..end).map(byte).collect::<Vec<u8>>();
                let cut = if cut == 0 { (salt as usize) % (bytes.len() + 1) } else { 0 };
                Piece { start, bytes, cut }
            });
        (Just(length), prop::collection::vec(piece, 1..60))
    })
}

/// In the order of the stream, but for some that are late.
fn nearly_sorted(mut pieces: Vec<Piece>, jitter: &[u64]) -> Vec<Piece> {
    let mut keyed: Vec<_> = pieces
        .drain(..)
        .enumerate()
        .map(|(index, piece)| (piece.start + jitter.get(index).copied().unwrap_or(0), piece))
        .collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, piece)| piece).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    /// First and last policy: exactly the bytes of the model, and all that never came is a gap.
    #[test]
    fn every_byte_is_the_models(
        (length, pieces) in pieces(800),
        jitter in prop::collection::vec(0..300u64, 60),
        near_wrap in any::<bool>(),
        isn in any::<u32>(),
        last in any::<bool>(),
        fin in any::<bool>(),
    ) {
        let isn = if near_wrap { 0u32.wrapping_sub(isn % 1000) } else { isn };
        let policy = if last { Policy::Last } else { Policy::First };
        let limits = Limits { policy, patience: FOREVER, one_sided: FOREVER, history: 0, ..Limits::default() };
        let pieces = nearly_sorted(pieces, &jitter);
        let mut streams = Streams::new(limits);
        let mut outcome = Outcome::default();
        let mut sink = |stream: &Stream<'_, u8>, event: Event<'_>| outcome.take(stream.direction, event);
        streams.segment(&0, Direction::Forward, &syn(isn), &mut sink);
        let mut model = vec![Cell::Missing; length as usize];
        let mut next = 0;
        let mut highest = 0;
        for (piece, frame) in pieces.iter().zip(1..) {
            let summary = streams.segment(&0, Direction::Forward, &piece.segment(isn, frame), &mut sink);
            prop_assert_eq!(summary.offset, Some(piece.start));
            highest = highest.max(piece.end());
            for (index, &byte) in piece.bytes.iter().enumerate() {
                let captured = index < piece.bytes.len() - piece.cut;
                let cell = &mut model[piece.start as usize + index];
                let at = piece.start + index as u64;
                match *cell {
                    _ if at < next => {}
                    Cell::Missing if !captured => *cell = Cell::NotCaptured,
                    _ if !captured => {}
                    Cell::Missing | Cell::NotCaptured => *cell = Cell::Byte(byte, frame),
                    Cell::Byte(..) if last => *cell = Cell::Byte(byte, frame),
                    Cell::Byte(..) => {}
                }
            }
            while model.get(next as usize).is_some_and(|cell| *cell != Cell::Missing) {
                next += 1;
            }
        }
        if fin {
            let end = Piece { start: length, bytes: vec![], cut: 0 };
            let segment = Segment { flags: Flags::FIN, ..end.segment(isn, 999) };
            streams.segment(&0, Direction::Forward, &segment, &mut sink);
            highest = length;
        }
        streams.finish(&mut sink);
        let expected: Vec<_> = model[..highest as usize].iter().map(|cell| match *cell {
            Cell::Missing => Err(GapReason::End),
            Cell::NotCaptured => Err(GapReason::NotCaptured),
            Cell::Byte(byte, frame) => Ok((byte, frame)),
        }).collect();
        prop_assert_eq!(&outcome.cells, &expected);
        prop_assert_eq!(outcome.fin, fin.then_some(length));
        let counters = streams.counters();
        let missing = expected.iter().filter(|cell| cell.is_err()).count() as u64;
        prop_assert_eq!(counters.missing, missing);
        prop_assert_eq!(counters.delivered, highest - missing);
        prop_assert_eq!(streams.len(), 0);
    }

    /// Every policy, acknowledgments, short patience and tight limits: what comes out tiles the
    /// stream, every byte was said by its frame, no byte that was there in time is in a gap, and
    /// memory stays within its limit.
    #[test]
    fn nothing_is_invented_or_lost(
        (length, pieces) in pieces(2000),
        jitter in prop::collection::vec(0..600u64, 60),
        acknowledgments in prop::collection::vec((0..60usize, -50..200i64), 0..30),
        isn in any::<u32>(),
        policy in 0..6usize,
        segments in 0..12u32,
        tight in any::<bool>(),
    ) {
        let policy = [Policy::First, Policy::Last, Policy::Bsd, Policy::Linux, Policy::Solaris, Policy::Windows][policy];
        let patience = Patience { segments, time: u64::MAX };
        let stream_bytes = if tight { 1500 } else { 1 << 20 };
        let limits = Limits { policy, patience, one_sided: FOREVER, stream_bytes, ..Limits::default() };
        let pieces = nearly_sorted(pieces, &jitter);
        let mut streams = Streams::new(limits);
        let mut outcome = Outcome::default();
        let mut seen = 0u64;
        let mut acknowledged = 0;
        let mut arrived = vec![None; length as usize];
        macro_rules! feed {
            ($direction:expr, $segment:expr) => {
                streams.segment(&0, $direction, &$segment, &mut |stream: &Stream<'_, u8>, event: Event<'_>| {
                    if let Event::Gap { offset, length, reason } = event
                        && stream.direction == Direction::Forward
                    {
                        for at in offset..offset + length {
                            let here: Option<u64> = arrived.get(at as usize).copied().flatten();
                            assert!(here.is_none(), "{at} had come in {here:?}");
                        }
                        assert!(reason != GapReason::Lost || offset + length <= acknowledged);
                    }
                    outcome.take(stream.direction, event);
                })
            };
        }
        feed!(Direction::Forward, syn(isn));
        let answer = Segment { acknowledgment: Some(isn.wrapping_add(1)), ..syn(0) };
        feed!(Direction::Backward, answer);
        for (index, (piece, frame)) in pieces.iter().zip(1..).enumerate() {
            let next = outcome.cells.len() as u64;
            let kind = feed!(Direction::Forward, piece.segment(isn, frame)).kind;
            prop_assert_ne!(kind, Kind::Stray);
            for at in piece.start..piece.end() - piece.cut as u64 {
                if at >= next {
                    arrived[at as usize].get_or_insert(frame);
                }
            }
            seen = seen.max(piece.end());
            for &(_, by) in acknowledgments.iter().filter(|(when, _)| *when == index) {
                let place = (seen as i64 + by).clamp(0, length as i64) as u64;
                acknowledged = acknowledged.max(place);
                let number = isn.wrapping_add(1).wrapping_add(place as u32);
                let segment = Segment { sequence: 1, acknowledgment: Some(number), window: 1000, ..Segment::default() };
                feed!(Direction::Backward, segment);
            }
            outcome.after.push(outcome.cells.len());
            prop_assert!(streams.bytes() <= limits.total_bytes);
        }
        streams.finish(&mut |stream: &Stream<'_, u8>, event: Event<'_>| outcome.take(stream.direction, event));
        prop_assert!(outcome.cells.len() as u64 >= seen);
        for (at, cell) in outcome.cells.iter().enumerate() {
            if let Ok((byte, frame)) = *cell {
                let piece = &pieces[frame as usize - 1];
                prop_assert_eq!(piece.bytes[at - piece.start as usize], byte);
                prop_assert!(at >= piece.start as usize && at < piece.end() as usize - piece.cut);
            }
        }
        for &(at, byte, frame) in &outcome.late {
            let piece = &pieces[frame as usize - 1];
            prop_assert_eq!(piece.bytes[(at - piece.start) as usize], byte);
            prop_assert!(outcome.cells[at as usize].is_err());
        }
        for conflict in &outcome.conflicts {
            prop_assert!(conflict.kept == conflict.first || conflict.kept == conflict.second);
            let (first, second) = (&pieces[conflict.first as usize - 1], &pieces[conflict.second as usize - 1]);
            let byte = |piece: &Piece, at: u64| piece.bytes[(at - piece.start) as usize];
            let whole = first.start == second.start && first.bytes.len() == second.bytes.len();
            if !whole {
                prop_assert_ne!(byte(first, conflict.offset), byte(second, conflict.offset));
            }
        }
    }

    /// Segments of any numbers at all, on few keys, within small limits.
    #[test]
    fn no_input_breaks_it(
        segments in prop::collection::vec(
            (0..3u8, any::<bool>(), any::<u32>(), any::<u32>(), 0..6u8, any::<u8>(), 0..40usize, any::<u16>(), 0..9u8),
            1..200,
        ),
        total in 1..3usize,
    ) {
        let total_bytes = total * 200_000;
        let limits = Limits { total_bytes, connections: 2, lingering: 1, stream_bytes: 4000, stale: 50_000, linger: 100_000, idle: 1_000_000, history: 64, ..Limits::default() };
        let run = || {
            let mut log = Vec::new();
            let mut ends = std::collections::HashMap::new();
            let mut streams = Streams::new(limits);
            for (number, &(key, forward, sequence, acknowledgment, kind, flags, length, window, scale)) in segments.iter().enumerate() {
                let direction = if forward { Direction::Forward } else { Direction::Backward };
                // Mostly near each other, or nothing ever fits.
                let near = |number: u32| if kind > 1 { number % 200 } else { number };
                let bytes = [number as u8; 40];
                let segment = Segment {
                    frame: number as u64,
                    time: number as u64 * 1000,
                    sequence: near(sequence),
                    acknowledgment: (flags & 16 != 0).then(|| near(acknowledgment)),
                    window,
                    window_scale: Some(scale),
                    flags: if kind < 4 { Flags::PSH } else { Flags::from_wire(flags) },
                    urgent: window,
                    bytes: &bytes[..length],
                    length: if kind == 1 { acknowledgment } else { length as u32 },
                    identity: (kind == 3).then_some(u64::from(flags)),
                };
                let mut sink = |stream: &Stream<'_, u8>, event: Event<'_>| {
                    let end: &mut u64 = ends.entry((stream.connection, stream.direction)).or_default();
                    match event {
                        Event::Run(run) => {
                            assert_eq!(run.offset, *end);
                            *end += run.bytes.len() as u64;
                        }
                        Event::Gap { offset, length, .. } => {
                            assert_eq!(offset, *end);
                            *end += length;
                        }
                        _ => {}
                    }
                    log.push(format!("{stream:?} {event:?}"));
                };
                let summary = streams.segment(&key, direction, &segment, &mut sink);
                if number % 20 == 0 {
                    streams.expire(segment.time, &mut sink);
                }
                log.push(format!("{summary:?}"));
                assert!(streams.bytes() <= total_bytes, "{} of {total_bytes}", streams.bytes());
            }
            streams.finish(&mut |stream: &Stream<'_, u8>, event: Event<'_>| log.push(format!("{stream:?} {event:?}")));
            log
        };
        prop_assert_eq!(run(), run());
    }
}
