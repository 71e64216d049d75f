//! `wirelens grep`: searches what flows carry.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use wirelens::{Error, Format, GrepLimits, GrepShow, Output, Packing, Pattern};

use crate::arguments::Grep;
use crate::exit::Exit;
use crate::say::say;
use crate::{hints, live, plan, show};

pub(crate) fn run(arguments: &Grep) -> anyhow::Result<Exit> {
    plan::only_native(&arguments.engine, "grep")?;
    if plan::asks_for_limits(&arguments.limit) {
        return crate::tables::limits::<GrepLimits>();
    }
    let output = arguments.output.as_deref().unwrap_or(Path::new("-"));
    let plan = plan(arguments, output)?;
    for target in [Some(output), arguments.write.as_deref()].into_iter().flatten() {
        plan::check_files(arguments.files.iter().map(PathBuf::as_path), target)?;
        Packing::check(target)?;
    }
    if let Some(path) = &arguments.write {
        check_capture(path)?;
        plan.check_twice("-w")?;
    }
    let tally = plan.clone().write(&mut Output::create(output)?)?;
    for warning in &tally.read.warnings {
        say(format_args!("wirelens: warning: {}", warning.text));
    }
    if let Some(path) = &arguments.write {
        plan.write_flows(&tally.flows, path)?;
    }
    Ok(if tally.matches == 0 { Exit::Nothing } else { Exit::Done })
}

/// Flows are written as pcap, as they are.
fn check_capture(path: &Path) -> Result<(), Error> {
    if Format::of_path(path).1 != Packing::None {
        let path = path.display();
        let text = format!("{path}: flows are written as they are, not compressed");
        return Err(Error::Usage(text));
    }
    plan::check_name("pcap", path)
}

fn plan(arguments: &Grep, output: &Path) -> anyhow::Result<wirelens::Grep> {
    let Some(pattern) = &arguments.pattern else {
        let text = "say what to look for and in which capture: wirelens grep RE FILE";
        return Err(Error::Usage(text.to_owned()).into());
    };
    hints::of_grep(pattern)?;
    plan::check_name(&arguments.format, output)?;
    // What `grep -i` is elsewhere.
    if let (Some(name), []) = (arguments.live.interface.first(), arguments.files.as_slice())
        && Path::new(pattern).is_file()
    {
        let text = format!("-i {name}: names a device to capture from; write -y to ignore case");
        return Err(Error::Usage(text).into());
    }
    let pattern = match arguments.hex {
        true => Pattern::hex(pattern)?,
        false => Pattern::expression(pattern, arguments.ignore_case)?,
    };
    let to_file = output.as_os_str() != "-" && arguments.color == "auto";
    let show = GrepShow {
        format: arguments.format.parse()?,
        flows: arguments.flows_with_matches,
        count: arguments.count,
        hex: arguments.hex,
        colour: show::colour(&arguments.color)? && !to_file,
    };
    let registry = plan::registry(&arguments.choices)?;
    let mut plan = wirelens::grep(live::source(&arguments.files, &arguments.live)?, pattern)
        .registry(Arc::clone(&registry))
        .threads(arguments.together.threads)
        .stop_flag(crate::stop::flag()?)
        .most(arguments.max_count.unwrap_or(u64::MAX))
        .show(show);
    if let Some(range) = &arguments.range {
        plan = plan.range(range.parse()?);
    }
    if let Some(flow) = &arguments.flow {
        plan = plan.flows(plan::flows(flow, &registry)?);
    }
    plan::set_limits(plan.limits_mut(), &arguments.limit)?;
    Ok(plan)
}
