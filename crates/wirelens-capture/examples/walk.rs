//! Walks captures and says what a frame cost: `cargo run --release --example walk -- FILE...`,
//! or prints each frame's time, lengths and link type with `--list`.

use std::io::Write;
use std::time::Instant;

use wirelens_capture::OpenOptions;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut paths: Vec<String> = std::env::args().skip(1).collect();
    let list = paths.iter().any(|path| path == "--list");
    paths.retain(|path| path != "--list");
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let start = Instant::now();
    let mut capture = OpenOptions::new().open_all(&paths)?;
    let (mut captured, mut wire) = (0_u64, 0_u64);
    while let Some(frame) = capture.next_frame()? {
        captured += frame.captured.len() as u64;
        wire += u64::from(frame.length);
        if list {
            match frame.time {
                Some(time) => write!(out, "{time}")?,
                None => write!(out, "-")?,
            }
            writeln!(
                out,
                "\t{}\t{}\t{}\t{}",
                frame.length,
                frame.captured.len(),
                frame.link_type.0,
                frame.pseudo_header_length()
            )?;
        }
    }
    let elapsed = start.elapsed();
    for warning in capture.take_warnings() {
        writeln!(out, "# {warning}")?;
    }
    let frames = capture.counters().frames;
    writeln!(
        out,
        "# {frames} frames, {captured} bytes kept of {wire}, {:.1} ns a frame",
        elapsed.as_nanos() as f64 / frames.max(1) as f64
    )?;
    Ok(())
}
