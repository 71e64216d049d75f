//! Prints who talks to whom, and keeps the first frame of each conversation.
//!
//! `cargo run --release --example fields -- in.pcap`

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::collections::HashMap;

use wirelens::OwnedFrame;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: fields FILE")?;
    let mut frames = wirelens::extract(path).frames()?;
    let mut first: HashMap<(String, String), OwnedFrame> = HashMap::new();
    while let Some(frame) = frames.next_frame()? {
        // The family `ip` is either version; the names of its fields tell which.
        let Some(ip) = frame.layer("ip") else { continue };
        let (Some(source), Some(destination)) = (ip.get("src"), ip.get("dst")) else { continue };
        first.entry((source.to_string(), destination.to_string())).or_insert_with(|| frame.keep());
    }
    let mut pairs: Vec<_> = first.into_iter().collect();
    pairs.sort_by_key(|(_, frame)| frame.lend().number());
    for ((source, destination), frame) in pairs {
        let frame = frame.lend();
        println!("{:>6} {source} > {destination} {}", frame.number(), frame.chain());
    }
    Ok(())
}
