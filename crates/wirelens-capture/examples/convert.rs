//! Writes captures again: `cargo run --example convert -- FILE... OUTPUT`, where the output's name
//! ends in `.pcap` or `.pcapng`, and in `.gz` or `.zst` after that to compress.

use std::fs::File;
use std::io::BufWriter;

use wirelens_capture::{Compressor, OpenOptions, PcapWriter, PcapngWriter, Record};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut paths: Vec<String> = std::env::args().skip(1).collect();
    let name = paths.pop().ok_or("name the captures to read and the one to write")?;
    let mut capture = OpenOptions::new().open_all(&paths)?;
    let file = BufWriter::with_capacity(1 << 18, File::create(&name)?);
    let (stem, output) = match name.rsplit_once('.') {
        Some((stem, "gz")) => (stem, Compressor::gzip(file)),
        Some((stem, "zst")) => (stem, Compressor::zstd(file)?),
        _ => (name.as_str(), Compressor::none(file)),
    };
    let output = if stem.ends_with(".pcapng") {
        let mut writer = PcapngWriter::new(output).application("wirelens");
        while let Some(record) = capture.next_record()? {
            match record {
                Record::Frame(frame) => writer.frame(&frame)?,
                Record::Block(block) => writer.block(&block)?,
            }
        }
        writer.finish()?
    } else {
        let mut writer = PcapWriter::new(output);
        while let Some(frame) = capture.next_frame()? {
            writer.frame(&frame)?;
        }
        writer.finish()?
    };
    // The buffer under the compressor holds what the end mark left in it.
    output.finish()?.into_inner()?.sync_all()?;
    for warning in capture.take_warnings() {
        eprintln!("{warning}");
    }
    Ok(())
}
