//! Time for a fragment, and memory:
//! `cargo run --release -p wirelens-reassembly --example fragments [ordered|random] [MiB]`.
//!
//! `ordered`: a million datagrams of two fragments of 1,480 bytes each. `random`: ten million
//! fragments of which no two belong together. Without an argument both, though the memory is then
//! the larger of the two. MiB is the limit of memory. The time includes making the fragments, which
//! costs a few nanoseconds.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::time::Instant;

use wirelens_reassembly::datagram::{Datagrams, Family, Fragment, Key, Limits, Outcome};

fn main() {
    let wanted = std::env::args().nth(1);
    if wanted.as_deref() != Some("random") {
        ordered();
    }
    if wanted.as_deref() != Some("ordered") {
        random();
    }
}

fn ordered() {
    let mut datagrams = Datagrams::new(limits());
    let bytes = [0x55; 1_480];
    let (number, mut complete) = (1_000_000_u64, 0);
    let start = Instant::now();
    for at in 0..number {
        // 10,000 datagrams a second, so that none waits for the time-out.
        let (key, frame, time) = (key(at, at), 2 * at, at * 100_000);
        let first = fragment(frame, time, &bytes);
        let last = Fragment { frame: frame + 1, offset: 1_480, more: false, ..first };
        datagrams.insert(&key, first, |_, _, _| ());
        if let Outcome::Complete(datagram) = datagrams.insert(&key, last, |_, _, _| ()) {
            complete += datagram.payload().map_or(0, <[u8]>::len);
        }
    }
    assert_eq!(complete as u64, number * 2 * 1_480);
    report("two in order", 2 * number, start, &datagrams);
}

fn random() {
    let mut datagrams = Datagrams::new(limits());
    let bytes = [0x55; 1_480];
    let (number, mut ended, mut state) = (10_000_000_u64, 0_u64, 1_u64);
    let start = Instant::now();
    for at in 0..number {
        // Marsaglia's xorshift; the lengths and offsets are as random as the keys.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let length = (8 + (state >> 20) % 184 * 8) as u32;
        let offset = ((state >> 40) % 7_000 * 8) as u32;
        let whole = fragment(at, at * 1_000, &bytes[..length as usize]);
        let given = Fragment { offset, length, ..whole };
        datagrams.insert(&key(state, at), given, |_, _, _| ended += 1);
    }
    report("random", number, start, &datagrams);
    let counters = datagrams.counters();
    assert_eq!(counters.ended(), ended);
    println!(
        "  given up: {} for bytes, {} for number, {} timed out",
        counters.evicted_for_bytes, counters.evicted_for_number, counters.timed_out,
    );
}

fn limits() -> Limits {
    let limits = Limits::default();
    match std::env::args().nth(2).and_then(|given| given.parse::<usize>().ok()) {
        Some(mebibytes) => Limits { bytes: mebibytes << 20, datagrams: 1 << 17, ..limits },
        None => limits,
    }
}

fn key(source: u64, identification: u64) -> Key {
    let source = (source >> 32) as u32 ^ source as u32;
    Key::ipv4(0, source.into(), [10, 0, 0, 1].into(), identification as u16, 17)
}

fn fragment(frame: u64, time: u64, bytes: &[u8]) -> Fragment<'_> {
    let (family, length) = (Family::Ipv4, bytes.len() as u32);
    Fragment { frame, time, family, offset: 0, more: true, bytes, length, header: &[0; 20] }
}

fn report(name: &str, fragments: u64, start: Instant, datagrams: &Datagrams<Key>) {
    let nanoseconds = start.elapsed().as_nanos() as f64 / fragments as f64;
    println!("{name}: {nanoseconds:.0} ns a fragment, {fragments} fragments");
    println!("  {} bytes counted, {} datagrams waiting", datagrams.bytes(), datagrams.len());
    if let Some(peak) = peak_memory() {
        println!("  {peak} at most by the system's count (VmHWM)");
    }
}

fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().to_owned())
}
