//! `wirelens capture`: frames from devices onto the terminal, into a report, or into files.

use std::path::{Path, PathBuf};

use wirelens::capture::LiveStatistics;
use wirelens::report::Options;
use wirelens::{Each, Error, Format, Output, Packing, Source, Told};

use crate::arguments::Capture;
use crate::exit::Exit;
use crate::postrotate::Postrotate;
use crate::say::say;
use crate::{extract, live, plan, show, stop, user};

pub(crate) fn run(arguments: &Capture) -> anyhow::Result<Exit> {
    if plan::asks_for_limits(&arguments.dissecting.limit) {
        return crate::tables::limits::<wirelens::dissect::Limits>();
    }
    match &arguments.write {
        Some(path) => record(arguments, path),
        None => report(arguments),
    }
}

/// The devices, of which frames go to `target`.
fn devices(arguments: &Capture, target: Option<&Path>) -> Result<wirelens::Live, Error> {
    let how = &arguments.live.how;
    let mut options = live::options(how, live::timeout(target))?;
    if let Some(filter) = filter(arguments)? {
        options = options.filter(filter);
    }
    if let Some(count) = arguments.count {
        options = options.count(count);
    }
    live::devices(&arguments.live.interface, options)
}

/// The filter, which may be several arguments.
fn filter(arguments: &Capture) -> Result<Option<String>, Error> {
    match (&arguments.live.bpf, arguments.filter.as_slice()) {
        (filter, []) => Ok(filter.clone()),
        (None, words) => Ok(Some(words.join(" "))),
        (Some(_), _) => {
            let text = "the filter stands behind --bpf or by itself, not both";
            Err(Error::Usage(text.to_owned()))
        }
    }
}

fn record(arguments: &Capture, path: &Path) -> anyhow::Result<Exit> {
    let signals = stop::Asking::register()?;
    let recording = recording(arguments, path, &signals)?;
    recording.check()?;
    let mut postrotate = arguments.postrotate.as_deref().map(Postrotate::new).transpose()?;
    extract::check_terminal(Format::Pcap, path)?;
    let devices = devices(arguments, Some(path))?.stop_flag(stop::flag()?);
    let user = user::find(arguments.user.as_deref())?;
    let mut capture = devices.open()?;
    user::become_one(user)?;
    let mut recorder = recording.open_for(&mut capture)?;
    let ended = recorder.run(&mut capture, &mut |what| match what {
        Told::Ended(path) => {
            if arguments.verbose {
                say(format_args!("wirelens: {} is complete", path.display()));
            }
            if let Some(postrotate) = &mut postrotate {
                postrotate.start(path);
            }
        }
        Told::Dropped(dropped) => live::warn(dropped),
        Told::Asked(recorded, statistics) => summary(recorded.frames, statistics),
        _ => {}
    });
    let recorded = recorder.recorded();
    for warning in capture.take_warnings() {
        if !matches!(warning.problem, wirelens::capture::Problem::Dropped { .. }) {
            say(format_args!("wirelens: warning: {warning}"));
        }
    }
    summary(recorded.frames, &capture.live_statistics().unwrap_or_default());
    if let Some(postrotate) = &mut postrotate {
        postrotate.reap();
    }
    ended?;
    Ok(Exit::Done)
}

fn recording(
    arguments: &Capture,
    path: &Path,
    signals: &stop::Asking,
) -> Result<wirelens::Recording, Error> {
    if arguments.postrotate.is_some() && path.as_os_str() == "-" {
        let text = "standard output is no file that a program could be run on; name one with -w";
        return Err(Error::Usage(text.to_owned()));
    }
    let mut recording =
        wirelens::record(path).flush_flag(signals.flush.clone()).tell_flag(signals.tell.clone());
    if let Some(name) = &arguments.format {
        let format: Format = name.parse()?;
        plan::check_name(format.name(), path)?;
        recording = recording.format(format);
    }
    if let Some(bytes) = arguments.rotate_size {
        recording = recording.rotate_size(bytes);
    }
    if let Some(time) = arguments.rotate_time {
        recording = recording.rotate_time(time);
    }
    if let Some(frames) = arguments.rotate_count {
        recording = recording.rotate_frames(frames);
    }
    if let Some(files) = arguments.keep {
        recording = recording.keep(files);
    }
    if let Some(bytes) = arguments.stop_size {
        recording = recording.most_bytes(bytes);
    }
    if let Some(time) = arguments.flush {
        recording = recording.flush_every(time);
    }
    if let Some(comment) = &arguments.comment {
        recording = recording.comment(comment);
    }
    Ok(recording)
}

/// Writes a line for each frame, or whatever else was asked for.
fn report(arguments: &Capture) -> anyhow::Result<Exit> {
    let dissecting = &arguments.dissecting;
    plan::only_one(dissecting.engine.as_ref(), "capture")?;
    let known = plan::known(dissecting)?;
    let (format, target) = target(arguments)?;
    let mut options = plan::options(dissecting, &known)?;
    show::display(&arguments.display, &mut options)?;
    if target.as_os_str() != "-" && arguments.display.color == "auto" {
        options.text.colour = false;
    }
    let devices =
        devices(arguments, Some(target.as_path()).filter(|path| path.as_os_str() != "-"))?;
    let user = user::find(arguments.user.as_deref())?;
    let source = Source::from(devices);
    let extract = wirelens::extract(source).stop_flag(stop::flag()?);
    let mut frames = plan::dissecting(extract, dissecting, &known)?.frames()?;
    user::become_one(user)?;
    let mut seen = 0;
    let written = write(&mut frames, format, options, &target, &mut seen);
    let statistics = frames.capture_mut().live_statistics().unwrap_or_default();
    if let Ok(summary) = &written {
        extract::report_warnings(summary);
    }
    summary(seen, &statistics);
    written?;
    Ok(Exit::Done)
}

fn write(
    frames: &mut wirelens::Frames,
    format: Format,
    options: Options,
    target: &Path,
    seen: &mut u64,
) -> Result<wirelens::report::Summary, Error> {
    let mut output = Output::create(target)?;
    frames.write(format, options, &mut output, Each::Count(&mut |more| *seen += more))
}

/// The format of the report, and where it goes.
fn target(arguments: &Capture) -> Result<(Format, PathBuf), Error> {
    let target = arguments.output.clone().unwrap_or_else(|| PathBuf::from("-"));
    let format = match &arguments.format {
        Some(name) => name.parse()?,
        None if arguments.display.tree => Format::Tree,
        None => Format::of_path(&target).0.unwrap_or(Format::Text),
    };
    plan::check_name(format.name(), &target)?;
    Packing::check(&target)?;
    extract::check_terminal(format, &target)?;
    Ok((format, target))
}

/// What was captured and what was not, in the words of tcpdump.
fn summary(captured: u64, statistics: &[LiveStatistics]) {
    let sum = |of: fn(&LiveStatistics) -> u64| statistics.iter().map(of).sum::<u64>();
    let (received, dropped) = (sum(|one| one.received), sum(|one| one.dropped));
    let by_interface = sum(|one| one.interface_dropped);
    let packets = |count| if count == 1 { "packet" } else { "packets" };
    say(format_args!("{captured} {} captured", packets(captured)));
    say(format_args!("{received} {} received by filter", packets(received)));
    say(format_args!("{dropped} {} dropped by kernel", packets(dropped)));
    say(format_args!("{by_interface} {} dropped by interface", packets(by_interface)));
}
