//! `wirelens reassemble`: datagrams and streams out of a capture.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use wirelens::{Error, Format, Output, Show, Tally};

use crate::arguments::Reassemble;
use crate::exit::Exit;
use crate::say::say;
use crate::{live, plan};

/// Bytes of a record's payload, unless it is said how many.
const PAYLOAD: u64 = 16 << 20;

/// What is to be written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Records(Format),
    Raw,
}

pub(crate) fn run(arguments: &Reassemble) -> anyhow::Result<Exit> {
    plan::only_native(&arguments.engine, "reassemble")?;
    if plan::asks_for_limits(&arguments.limit) {
        return crate::tables::limits::<wirelens::Limits>();
    }
    let (wanted, target) = target(arguments)?;
    let plan = plan(arguments, wanted)?;
    plan::check_files(arguments.files.iter().map(PathBuf::as_path), &target)?;
    if let Some(number) = arguments.follow {
        return follow(plan, number, arguments, wanted, &target);
    }
    let tally = match wanted {
        Wanted::Raw => plan.write_folder(&target)?,
        Wanted::Records(format) => plan.write(format, &mut Output::create(&target)?)?,
    };
    report(&tally);
    Ok(Exit::Done)
}

fn plan(arguments: &Reassemble, wanted: Wanted) -> anyhow::Result<wirelens::Reassemble> {
    let mut plan = wirelens::reassemble(live::source(&arguments.files, &arguments.live)?)
        .registry(plan::registry(&arguments.choices)?)
        .threads(arguments.threads)
        .stop_flag(crate::stop::flag()?);
    if !arguments.protocol.is_empty() {
        plan = plan.protocols(arguments.protocol.iter().map(String::as_str))?;
    }
    if let Some(range) = &arguments.range {
        plan = plan.range(range.parse()?);
    }
    plan::set_limits(plan.limits_mut(), &arguments.limit)?;
    let kept = arguments.payload || arguments.hex || arguments.payload_limit.is_some();
    if kept && wanted != Wanted::Raw {
        plan = plan.payload(arguments.payload_limit.unwrap_or(PAYLOAD));
    }
    Ok(plan.strict(arguments.strict))
}

fn follow(
    plan: wirelens::Reassemble,
    number: u64,
    arguments: &Reassemble,
    wanted: Wanted,
    target: &Path,
) -> anyhow::Result<Exit> {
    let show = match wanted {
        _ if arguments.hex => Show::Hex,
        Wanted::Raw => Show::Raw,
        Wanted::Records(_) => Show::Ascii,
    };
    if plan.follow(number, show, &mut Output::create(target)?)? {
        return Ok(Exit::Done);
    }
    say(format_args!("wirelens: there is no TCP connection {number}; they are counted from 0"));
    Ok(Exit::Nothing)
}

/// What is written, and where to.
fn target(arguments: &Reassemble) -> Result<(Wanted, PathBuf), Error> {
    let output = arguments.output.clone().unwrap_or_else(|| PathBuf::from("-"));
    let standard = output.as_os_str() == "-";
    let wanted = match arguments.format.as_deref() {
        Some("raw") => Wanted::Raw,
        Some(name) => Wanted::Records(format(name)?),
        None if arguments.hex => Wanted::Records(Format::Tree),
        None => Wanted::Records(Format::of_path(&output).0.unwrap_or(Format::Json)),
    };
    let wrong = |text: &str| Err(Error::Usage(text.to_owned()));
    if arguments.follow.is_some() {
        let of_path = Format::of_path(&output).0.filter(|of_path| *of_path != Format::Tree);
        if wanted != Wanted::Raw && (arguments.format.is_some() || of_path.is_some()) {
            return wrong("--follow writes text, or bytes with -f raw; do without other formats");
        }
        return Ok((wanted, output));
    }
    if let Wanted::Records(format) = wanted {
        plan::check_name(format.name(), &output)?;
    }
    match wanted {
        Wanted::Raw if standard => {
            return wrong(
                "raw makes a folder of files; name it with -o, or choose one with --follow",
            );
        }
        Wanted::Records(Format::Pcap) if standard && std::io::stdout().is_terminal() => {
            return wrong("pcap is not for a terminal; name a file with -o, or use a pipe");
        }
        Wanted::Records(format) if arguments.hex && format != Format::Tree => {
            return wrong("--hex goes with -f tree and --follow; other formats have --payload");
        }
        _ => {}
    }
    Ok((wanted, output))
}

fn format(name: &str) -> Result<Format, Error> {
    let known = ["json", "ndjson", "plist", "tree", "raw", "pcap"];
    let found = name.parse().ok().filter(|format: &Format| known.contains(&format.name()));
    found.ok_or_else(|| Error::unknown("format", name, known))
}

/// What limits cost, and what was wrong with the capture.
fn report(tally: &Tally) {
    for warning in &tally.warnings {
        say(format_args!("wirelens: warning: {}", warning.text));
    }
}
