//! One pass over a capture, as little or as much as is asked for; `benches/speed` times it.
//!
//! `cargo run --release --example passes -- outline|headers|basics|fields|json[+] in.pcap`; `+` is with
//! reassembly, `outline` the headers up to transports, `basics` all fields where no protocols are known
//! but a few and no conversations remembered.

#![allow(clippy::print_stdout, reason = "an example prints")]

use wirelens::capture::Capture;
use wirelens::dissect::{Input, Registry, Session, Settings};
use wirelens::report::{JsonWriter, Line, Options};

const BASICS: [&str; 8] = ["eth", "vlan", "ip", "ipv6", "udp", "tcp", "dns", "data"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: passes outline|headers|basics|fields|json FILE";
    let (pass, path) = (arguments.next().ok_or(usage)?, arguments.next().ok_or(usage)?);
    if pass == "basics" {
        return basics(&path);
    }
    // Every frame by itself, unless the pass says otherwise: `fields+`.
    let extract = wirelens::extract(path).reassemble(pass.ends_with('+'));
    let pass = pass.trim_end_matches('+');
    let mut frames = match pass {
        "outline" => extract.headers_only().nothing_else(true),
        "headers" => extract.headers_only(),
        _ => extract,
    }
    .frames()?;
    let registry = frames.session().registry().clone();
    let mut counts = vec![0u64; registry.protocols().len()];
    let (mut all, mut nodes, mut bytes) = (0, 0, 0);
    let (mut line, mut json) = (Line::new(), JsonWriter::new(Options::default()));
    while frames.advance()? {
        let dissection = frames.current().dissection();
        all += 1;
        nodes += dissection.node_count();
        for layer in dissection.layers() {
            counts[layer.id.index()] += 1;
        }
        if pass == "json" {
            let frame = frames.current();
            line.clear();
            json.frame(&mut line, frame.head(), &frame.dissection());
            bytes += line.len();
        }
    }
    let layers: u64 = counts.iter().sum();
    println!("{all} frames, {layers} layers, {nodes} fields, {bytes} bytes");
    Ok(())
}

/// Reads and dissects without what `extract` does besides.
fn basics(path: &str) -> Result<(), Box<dyn std::error::Error>> {
    let all = Registry::clone(&wirelens::protocols::shared());
    let names: Vec<&str> = all.protocols().iter().map(|protocol| protocol.name).collect();
    let mut others = names.iter().filter(|name| !BASICS.contains(name));
    let few = others.try_fold(all, |left, name| wirelens::disable(left, name))?;
    let settings = Settings { stateful: false, reassemble: false, ..Settings::default() };
    let mut session = Session::with(few.shared(), settings);
    let (mut frames, mut layers, mut nodes) = (0, 0, 0);
    let mut capture = Capture::open(path)?;
    while let Some(frame) = capture.next_frame()? {
        let (link_type, captured) = (frame.link_type.0.into(), frame.captured);
        let input = Input { link_type, captured, length: frame.length, ..Input::default() };
        let dissection = session.dissect(input);
        frames += 1;
        layers += dissection.layers().len();
        nodes += dissection.node_count();
    }
    println!("{frames} frames, {layers} layers, {nodes} fields");
    Ok(())
}
