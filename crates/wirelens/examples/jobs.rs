//! Conversations, flows, streams and datagrams of a capture, with nothing printed of them; `benches/peers` times it.
//!
//! `cargo run --release --example jobs -- conversations|flows|streams|datagrams in.pcap`

#![allow(clippy::print_stdout, reason = "an example prints")]

use wirelens::flow::Side;
use wirelens::reassembly::{datagram::Datagram, stream};
use wirelens::{Connection, Ended, FragmentKey, Observer};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: jobs conversations|flows|streams|datagrams FILE";
    let (job, path) = (arguments.next().ok_or(usage)?, arguments.next().ok_or(usage)?);
    match job.as_str() {
        "conversations" => conversations(&path),
        "flows" => flows(&path),
        "streams" => together(&path, "tcp"),
        "datagrams" => together(&path, "ip"),
        _ => Err(usage.into()),
    }
}

/// Headers of each frame, and who spoke with whom.
fn conversations(path: &str) -> Result<(), Box<dyn std::error::Error>> {
    let mut conversations = wirelens::flow::Conversations::new(1 << 22);
    wirelens::extract(path).reassemble(false).conversations(&mut conversations)?;
    let frames: u64 = conversations.iter().map(|conversation| conversation.frames()).sum();
    println!("{} conversations, {frames} frames", conversations.len());
    Ok(())
}

/// Headers of each frame, and a table of flows with their counters and states.
fn flows(path: &str) -> Result<(), Box<dyn std::error::Error>> {
    let (mut flows, mut bytes) = (0_u64, 0_u64);
    for flow in wirelens::trace(path).facts(false).list_frames(false).flows()? {
        let (flow, _) = flow?;
        flows += 1;
        bytes += Side::BOTH.map(|side| flow.traffic(side).payload()).iter().sum::<u64>();
    }
    println!("{flows} flows, {bytes} bytes of payload");
    Ok(())
}

/// What was put together.
#[derive(Default)]
struct Count {
    parts: u64,
    whole: u64,
    bytes: u64,
}

impl Observer for Count {
    fn datagram(&mut self, _: &FragmentKey, datagram: Datagram<'_>, ended: Ended) {
        self.parts += 1;
        self.whole += u64::from(matches!(ended, Ended::Complete));
        self.bytes += datagram.payload().map_or(0, |payload| payload.len() as u64);
    }

    fn stream(&mut self, _: &stream::Stream<'_, Connection>, event: stream::Event<'_>) {
        match event {
            stream::Event::Start { .. } => self.parts += 1,
            stream::Event::Fin { .. } => self.whole += 1,
            stream::Event::Run(run) => self.bytes += run.bytes.len() as u64,
            _ => {}
        }
    }
}

fn together(path: &str, protocol: &str) -> Result<(), Box<dyn std::error::Error>> {
    let mut count = Count::default();
    let mut reassembly = wirelens::reassemble(path).protocols([protocol])?.events()?;
    while reassembly.advance(&mut count)? {}
    reassembly.finish(&mut count);
    println!("{} put together, {} whole, {} bytes", count.parts, count.whole, count.bytes);
    Ok(())
}
