//! Counts protocols without recording a field: the fastest way through a capture.
//!
//! `cargo run --release --example count -- in.pcap`

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::collections::BTreeMap;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: count FILE")?;
    let mut frames = wirelens::extract(path).headers_only().frames()?;
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    while let Some(frame) = frames.next_frame()? {
        for layer in frame.layers() {
            *counts.entry(layer.name()).or_default() += 1;
        }
    }
    for (name, count) in counts {
        println!("{count:>10} {name}");
    }
    Ok(())
}
