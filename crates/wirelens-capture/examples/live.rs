//! Captures for some seconds, prints a line for each frame and at the end what the system counted:
//! `cargo run --example live -- [--packet] [--quiet] [--save FILE] [--seconds N] [INTERFACE..] [FILTER]`.
//! Several interfaces are separated by commas.

use std::io::Write;
use std::time::Duration;

use wirelens_capture::{Backend, LiveOptions, default_device, devices, library_version};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut options = LiveOptions::new().nanoseconds(true).duration(Duration::from_secs(10));
    let (mut quiet, mut names, mut filter) = (false, String::new(), Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or("a value is missing");
        match argument.as_str() {
            "--packet" => options = options.backend(Backend::Packet),
            "--quiet" => quiet = true,
            "--save" => options = options.savefile(value()?),
            "--seconds" => options = options.duration(Duration::from_secs_f64(value()?.parse()?)),
            _ if names.is_empty() => names = argument,
            _ => filter.push(argument),
        }
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "# {}", library_version().unwrap_or_else(|| "no libpcap".to_owned()))?;
    if names.is_empty() {
        for device in devices()? {
            writeln!(out, "# {device:?}")?;
        }
        names = default_device()?.name;
    }
    let names: Vec<&str> = names.split(',').collect();
    let mut capture = options.filter(filter.join(" ")).open(&names)?;
    writeln!(out, "# capturing on {}", names.join(", "))?;
    while let Some(frame) = capture.next_frame()? {
        if !quiet {
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
        }
        for warning in capture.take_warnings() {
            writeln!(out, "# {warning}")?;
        }
    }
    let frames = capture.counters().frames;
    writeln!(out, "# {frames} frames; {:?}", capture.live_statistics().unwrap_or_default())?;
    capture.close()?;
    Ok(())
}
