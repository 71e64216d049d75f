//! What a segment costs: `cargo run --release --example segments -- CASE` with CASE one of `bulk`,
//! `lossy`, `short`, `flood`, `holes`; then, if wanted, the runs kept in the history and the connections
//! known at most. One case a run, since the peak of memory is the process's.

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::time::Instant;

use wirelens_reassembly::stream::{Direction, Event, Flags, Limits, Run, Segment, Stream, Streams};

const SIZE: u32 = 1448;
static BYTES: [u8; SIZE as usize] = [0x5a; SIZE as usize];

/// A key as large as that of IPv6.
type Key = [u64; 5];

/// Segments fed by one case, into streams that only count what comes out.
struct Feed {
    streams: Streams<Key>,
    segments: u64,
    bytes: u64,
    gaps: u64,
}

impl Feed {
    fn segment(&mut self, key: &Key, direction: Direction, segment: Segment<'_>) {
        let frame = self.segments;
        self.segments += 1;
        let (bytes, gaps) = (&mut self.bytes, &mut self.gaps);
        let mut count = |_: &Stream<'_, Key>, event: Event<'_>| match event {
            Event::Run(Run { bytes: run, .. }) => *bytes += run.len() as u64,
            Event::Gap { length, .. } => *gaps += length,
            _ => {}
        };
        let segment = Segment { frame, time: frame * 1000, window: 65535, ..segment };
        self.streams.segment(key, direction, &segment, &mut count);
    }

    fn data(&mut self, key: &Key, sequence: u32) {
        let segment = Segment { sequence, acknowledgment: Some(1), bytes: &BYTES, ..EMPTY };
        self.segment(key, Direction::Forward, Segment { length: SIZE, ..segment });
    }

    fn acknowledge(&mut self, key: &Key, number: u32) {
        let segment = Segment { sequence: 1, acknowledgment: Some(number), ..EMPTY };
        self.segment(key, Direction::Backward, segment);
    }

    fn handshake(&mut self, key: &Key) {
        let syn = Segment { flags: Flags::SYN, window_scale: Some(7), ..EMPTY };
        self.segment(key, Direction::Forward, syn);
        let answer = Segment { acknowledgment: Some(1), ..syn };
        self.segment(key, Direction::Backward, answer);
    }
}

const EMPTY: Segment<'static> = Segment {
    frame: 0,
    time: 0,
    sequence: 0,
    acknowledgment: None,
    window: 65535,
    window_scale: None,
    flags: Flags::from_wire(0),
    urgent: 0,
    bytes: &[],
    length: 0,
    identity: None,
};

fn main() {
    let case = std::env::args().nth(1).unwrap_or_else(|| "bulk".into());
    let number = |at| std::env::args().nth(at).and_then(|number| number.parse().ok());
    let default = Limits::default();
    let limits = Limits {
        history: number(2).unwrap_or(default.history),
        connections: number(3).unwrap_or(default.connections),
        ..default
    };
    let mut feed = Feed { streams: Streams::new(limits), segments: 0, bytes: 0, gaps: 0 };
    let start = Instant::now();
    match case.as_str() {
        "bulk" => bulk(&mut feed, 0),
        "lossy" => bulk(&mut feed, 100),
        "short" => short(&mut feed),
        "flood" => flood(&mut feed),
        "holes" => holes(&mut feed),
        other => return println!("no case {other}: bulk, lossy, short, flood, holes"),
    }
    let seconds = start.elapsed().as_secs_f64();
    let nanoseconds = seconds * 1e9 / feed.segments as f64;
    println!(
        "{case}: {} segments, {nanoseconds:.1} ns each, {:.2} GB/s, {} bytes missing, \
         {} MiB by its own count, peak {} kB",
        feed.segments,
        feed.bytes as f64 / 1e9 / seconds,
        feed.gaps,
        feed.streams.bytes() >> 20,
        peak(),
    );
}

/// A gigabyte, every second segment acknowledged. Of `every` segments one is lost and comes again
/// 40 later, and two others change places.
fn bulk(feed: &mut Feed, every: u32) {
    let key = [1; 5];
    feed.handshake(&key);
    let count = 1_000_000_000 / SIZE;
    let mut highest = 0;
    for number in 0..count {
        let place = |number: u32| 1u32.wrapping_add(number.wrapping_mul(SIZE));
        let phase = if every == 0 { 1 } else { number % every };
        match phase {
            0 => {}
            20 => feed.data(&key, place(number + 1)),
            21 => feed.data(&key, place(number - 1)),
            40 => {
                feed.data(&key, place(number));
                feed.data(&key, place(number - 40));
            }
            _ => feed.data(&key, place(number)),
        }
        if number % 2 == 1 {
            if every == 0 || phase > 40 {
                highest = place(number + 1);
            }
            feed.acknowledge(&key, highest);
        }
    }
}

/// A million connections of ten segments, eight of them open at a time.
fn short(feed: &mut Feed) {
    for group in 0..125_000u64 {
        let keys = (0..8u64).map(|one| key(group * 8 + one));
        let keys: Vec<Key> = keys.collect();
        keys.iter().for_each(|key| feed.handshake(key));
        keys.iter().for_each(|key| feed.acknowledge(key, 1));
        for round in 0..2 {
            keys.iter().for_each(|key| feed.data(key, 1 + round * SIZE));
            keys.iter().for_each(|key| feed.acknowledge(key, 1 + (round + 1) * SIZE));
        }
        let fin = Segment { flags: Flags::FIN, acknowledgment: Some(1), ..EMPTY };
        for key in &keys {
            feed.segment(key, Direction::Forward, Segment { sequence: 1 + 2 * SIZE, ..fin });
            let back = Segment { acknowledgment: Some(2 + 2 * SIZE), sequence: 1, ..fin };
            feed.segment(key, Direction::Backward, back);
            let last = Segment { sequence: 2 + 2 * SIZE, acknowledgment: Some(2), ..EMPTY };
            feed.segment(key, Direction::Forward, last);
        }
    }
}

/// Ten million SYNs, each of another connection.
fn flood(feed: &mut Feed) {
    let syn = Segment { flags: Flags::SYN, window_scale: Some(7), ..EMPTY };
    for number in 0..10_000_000u64 {
        feed.segment(&key(number), Direction::Forward, syn);
    }
}

/// Ten million single bytes with a hole before each, backwards, on a thousand connections.
fn holes(feed: &mut Feed) {
    for number in 0..10_000_000u32 {
        let key = key(u64::from(number % 1000));
        let sequence = 40_000 - 2 * (number / 1000);
        let segment = Segment { sequence, bytes: b"x", length: 1, ..EMPTY };
        if number < 1000 {
            let syn = Segment { flags: Flags::SYN, window_scale: Some(7), ..EMPTY };
            feed.segment(&key, Direction::Forward, syn);
            feed.segment(&key, Direction::Backward, Segment { acknowledgment: Some(1), ..syn });
        }
        feed.segment(&key, Direction::Forward, segment);
    }
}

fn key(number: u64) -> Key {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    [mixed, mixed ^ number, 0, number, 6]
}

/// The most memory the process ever had, in kilobytes, where Linux tells it.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    line.and_then(|line| line.split_whitespace().nth(1)).unwrap_or("unknown").to_owned()
}
