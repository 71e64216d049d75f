//! Captures and prints a line for each frame: `cargo run --example live -- [INTERFACE..] [-- FILTER..]`.

use std::io::Write;

use wirelens_capture::{LiveOptions, default_device, devices, library_version};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut parts = arguments.split(|argument| argument == "--");
    let interfaces = parts.next().unwrap_or_default();
    let filter = parts.next().unwrap_or_default().join(" ");
    let mut out = std::io::stdout().lock();
    writeln!(out, "# {}", library_version().unwrap_or_else(|| "no libpcap".to_owned()))?;
    if interfaces.is_empty() {
        for device in devices()? {
            writeln!(out, "# {device:?}")?;
        }
        writeln!(out, "# capturing on {}", default_device()?.name)?;
    }
    let mut capture = LiveOptions::new().filter(filter).nanoseconds(true).open(interfaces)?;
    while let Some(frame) = capture.next_frame()? {
        let interface = frame.interface_details().and_then(|interface| interface.name());
        writeln!(
            out,
            "{}\t{}\t{}\t{}\t{}",
            frame.time.unwrap_or_default(),
            interface.map(String::from_utf8_lossy).unwrap_or_default(),
            frame.link_type,
            frame.length,
            frame.captured.len()
        )?;
        for warning in capture.take_warnings() {
            writeln!(out, "# {warning}")?;
        }
    }
    Ok(())
}
