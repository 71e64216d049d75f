//! One pass over a capture, as little or as much as is asked for; `benches/speed` times it.
//!
//! `cargo run --release --example passes -- outline|headers|fields|json[+] in.pcap`; `+` is with reassembly,
//! `outline` the headers up to transports

#![allow(clippy::print_stdout, reason = "an example prints")]

use wirelens::report::{JsonWriter, Line, Options};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: passes outline|headers|fields|json FILE";
    let (pass, path) = (arguments.next().ok_or(usage)?, arguments.next().ok_or(usage)?);
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
