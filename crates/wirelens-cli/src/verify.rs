//! `wirelens verify`: what another program says of a capture, compared with ours.

use wirelens::Error;

use crate::arguments::Verify;
use crate::exit::Exit;
use crate::progress::Progress;
use crate::say::say;

pub(crate) fn run(arguments: &Verify) -> anyhow::Result<Exit> {
    let json = crate::tables::is_json(&arguments.format)?;
    if arguments.against != "tshark" {
        return Err(Error::unknown("engine", &arguments.against, ["tshark"]).into());
    }
    let mut verify = wirelens::verify(&arguments.file)
        .reassemble(!arguments.no_reassembly)
        .differences(arguments.differences)
        .stop_flag(crate::stop::flag()?);
    if let Some(frames) = arguments.frames {
        verify = verify.frames(frames);
    }
    for choice in &arguments.choices.decode_as {
        verify = verify.decode_as(choice);
    }
    for protocol in &arguments.choices.disable {
        verify = verify.disable(protocol);
    }
    let mut progress: Option<Progress> = None;
    let verified = verify.run_with(|frames| {
        progress.get_or_insert_with(|| Progress::new(frames.capture(), false)).add(1);
    });
    if let Some(progress) = &progress {
        progress.finish();
    }
    let verification = verified?;
    if json {
        crate::tables::print_json(&verification.to_json())?;
    } else {
        crate::tables::print(verification.to_text().as_bytes())?;
    }
    if let Some(failure) = &verification.failure {
        say(format_args!("wirelens: {failure}; what came before is compared"));
        return Ok(Exit::Failed);
    }
    Ok(if verification.is_equal() { Exit::Done } else { Exit::Nothing })
}
