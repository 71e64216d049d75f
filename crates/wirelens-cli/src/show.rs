//! `wirelens show`: a capture on the terminal.

use std::io::IsTerminal;
use std::path::Path;

use wirelens::report::{Options, TimeStyle};
use wirelens::{Each, Error, Format, Output};

use crate::arguments::{Display, Show};
use crate::exit::Exit;
use crate::{extract, plan};

pub(crate) fn run(arguments: &Show) -> anyhow::Result<Exit> {
    if plan::asks_for_limits(&arguments.input.dissecting.limit) {
        return crate::tables::limits::<wirelens::dissect::Limits>();
    }
    plan::only_one(arguments.input.dissecting.engine.as_ref(), "show")?;
    let known = plan::known(&arguments.input.dissecting)?;
    let input = &arguments.input;
    let mut options = plan::options(&input.dissecting, &known)?;
    display(&arguments.display, &mut options)?;
    let source = plan::source(input, &input.files, &known, crate::stop::flag()?)?;
    let mut frames = source.frames()?;
    plan::announce(&frames, input.verbose);
    let target = Path::new("-");
    plan::check_target(&frames, target)?;
    let mut output = Output::create(target)?;
    let format = if arguments.display.tree { Format::Tree } else { Format::Text };
    let mut announce = plan::announce_frame;
    let mut count = |_| {};
    let each = if input.verbose { Each::Frame(&mut announce) } else { Each::Count(&mut count) };
    let summary = frames.write(format, options, &mut output, each)?;
    extract::report_warnings(&summary);
    Ok(Exit::Done)
}

/// How frames are to be shown.
pub(crate) fn display(display: &Display, options: &mut Options) -> Result<(), Error> {
    options.hex = display.hex;
    options.text.time = time(&display.time)?;
    options.text.colour = colour(&display.color)?;
    Ok(())
}

pub(crate) fn time(name: &str) -> Result<TimeStyle, Error> {
    Ok(match name {
        "relative" => TimeStyle::Relative,
        "delta" => TimeStyle::Delta,
        "day" => TimeStyle::OfDay,
        "absolute" => TimeStyle::Absolute,
        "epoch" => TimeStyle::Epoch,
        "none" => TimeStyle::None,
        _ => {
            let known = ["relative", "delta", "day", "absolute", "epoch", "none"];
            return Err(Error::unknown("time style", name, known));
        }
    })
}

/// Are colours wanted, and taken?
pub(crate) fn colour(when: &str) -> Result<bool, Error> {
    match when {
        "always" => Ok(true),
        "never" => Ok(false),
        "auto" => Ok(std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()),
        _ => Err(Error::unknown("choice of colours", when, ["auto", "always", "never"])),
    }
}
