//! `wirelens extract`: a capture into a report.

use wirelens::report::{JsonWriter, Line, Options, write_detail, write_tree};
use wirelens::{Format, Output};

use crate::arguments;
use crate::exit::Exit;

pub(crate) fn run(arguments: &arguments::Extract) -> anyhow::Result<Exit> {
    let stop = crate::stop::flag()?;
    let format: Format = arguments.format.as_deref().unwrap_or("json").parse()?;
    let mut frames = wirelens::extract(&arguments.input.files[0])
        .checksums(arguments.input.checksums)
        .stop_flag(stop)
        .frames()?;
    let mut output = Output::create(std::path::Path::new("-"))?;
    let mut line = Line::new();
    let mut json = JsonWriter::new(Options::default());
    while let Some(frame) = frames.next_frame()? {
        match format {
            Format::Detail => write_detail(&mut line, frame.head(), &frame.dissection()),
            Format::Tree => write_tree(&mut line, frame.head(), &frame.dissection()),
            _ => json.frame(&mut line, frame.head(), &frame.dissection()),
        }
        line.add(b"\n");
        if line.len() > 1 << 17 {
            output.write(line.written())?;
            line.clear();
        }
    }
    for warning in frames.capture_mut().take_warnings() {
        eprintln!("wirelens: {warning}");
    }
    output.finish(line.written())?;
    Ok(Exit::Done)
}
