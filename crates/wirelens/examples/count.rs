//! Counts protocols without recording a field: the fastest way through a capture.
//!
//! `cargo run --release --example count -- in.pcap`

#![allow(clippy::print_stdout, reason = "an example prints")]

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: count FILE")?;
    let mut frames = wirelens::extract(path).headers_only().frames()?;
    let registry = frames.session().registry().clone();
    let mut counts = vec![0u64; registry.protocols().len()];
    while let Some(frame) = frames.next_frame()? {
        for layer in frame.dissection().layers() {
            counts[layer.id.index()] += 1;
        }
    }
    for (protocol, count) in registry.protocols().iter().zip(counts) {
        if count > 0 {
            println!("{count:>10} {}", protocol.name);
        }
    }
    Ok(())
}
