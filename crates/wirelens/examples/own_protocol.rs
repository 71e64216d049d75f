//! A protocol of one's own, registered at run time: echo (RFC 862) over UDP port 9 of the example
//! captures, whose payload is a line of text.
//!
//! `cargo run --release --example own_protocol -- in.pcap`

#![allow(clippy::print_stdout, reason = "an example prints")]

use wirelens::dissect::prelude::*;
use wirelens::protocols::transport::udp::UDP_PORT;

protocol! {
    GREETING = "greeting" "Greeting" "A greeting over UDP", Application;
    @ UDP_PORT 9;
    TEXT   = text "text"   "Text";
    LENGTH = uint "length" "Length in bytes";
}

fn dissect(p: &mut Packet<'_>) -> Step {
    p.note(&LENGTH, p.left() as u64, 0);
    p.text(&TEXT, p.left())?;
    Ok(Next::Nothing)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: own_protocol FILE")?;
    let registry = wirelens::protocols::registry().with(&GREETING).shared();
    let mut frames = wirelens::extract(path).registry(registry).frames()?;
    while let Some(frame) = frames.next_frame()? {
        if let Some(text) = frame.field("greeting.text") {
            println!("{:>6} {} says: {text}", frame.number(), frame.chain());
        }
    }
    Ok(())
}
