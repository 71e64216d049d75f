//! From arguments to what is read: files, or devices.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use wirelens::capture::{
    Backend, Capture, LiveDirection, LiveOptions, TimestampSource, default_device,
};
use wirelens::{Dropped, Error, Source};

use crate::arguments::{How, Live};
use crate::say::say;

/// How long the kernel may collect frames of which each is to be seen, in milliseconds.
const SEEN: u32 = 100;
/// The same of frames that go into files.
const STORED: u32 = 1000;
/// Bytes that are kept of each frame, unless it is said how many.
const SNAP_LENGTH: u32 = 65_535;

/// The files, or else the devices, that were named.
pub(crate) fn source(files: &[PathBuf], live: &Live) -> Result<Source, Error> {
    source_with(files, live, None)
}

/// The same, with so many bytes of buffer.
pub(crate) fn source_with(
    files: &[PathBuf],
    live: &Live,
    buffer: Option<u64>,
) -> Result<Source, Error> {
    let source = match (files.split_first(), live.interface.as_slice()) {
        (Some((first, others)), []) => {
            let buffer = buffer.map(|_| "--buffer (-b)");
            if let Some(option) = live.how.given().or(buffer) {
                let text = format!(
                    "{option} is for devices; name one with -i instead of {}",
                    first.display()
                );
                return Err(Error::Usage(text));
            }
            files.iter().try_for_each(|file| exists(file))?;
            others.iter().fold(Source::from(first), |source, other| source.and(other))
        }
        (None, []) => {
            let text = "no file and no device; name a capture, or a device with -i";
            return Err(Error::Usage(text.to_owned()));
        }
        (Some((file, _)), _) => {
            let file = file.display();
            let text = format!(
                "{file}: frames come from files or from devices (-i), not from both; capture into \
                 a file first"
            );
            return Err(Error::Usage(text));
        }
        (None, names) => {
            let mut options = options(&live.how, SEEN)?;
            if let Some(size) = buffer {
                options = options.buffer_size(usize::try_from(size).unwrap_or(usize::MAX));
            }
            devices(names, options)?.into()
        }
    };
    Ok(match &live.bpf {
        Some(filter) => source.bpf(filter),
        None => source,
    })
}

/// A file that is not there is told before anything is written of the others.
fn exists(path: &Path) -> Result<(), Error> {
    if path.as_os_str() == "-" {
        return Ok(());
    }
    let open = |source| wirelens::capture::Error::Open { path: path.to_owned(), source };
    Ok(std::fs::metadata(path).map(drop).map_err(open)?)
}

/// These devices; the empty name, or none, is the default one.
pub(crate) fn devices(names: &[String], options: LiveOptions) -> Result<wirelens::Live, Error> {
    let mut found = Vec::new();
    let asked = names.is_empty().then(String::new);
    for name in asked.iter().chain(names) {
        if name.is_empty() {
            let device = default_device().map_err(live_error)?;
            say(format_args!(
                "wirelens: capturing from {}, the first device that is up and has an address",
                device.name
            ));
            found.push(device.name);
        } else {
            found.push(name.clone());
        }
    }
    Ok(wirelens::live(found).options(options).on_open(announce).on_drop(warn))
}

/// Says that frames are lost, and what helps.
pub(crate) fn warn(dropped: &Dropped) {
    say(format_args!("wirelens: warning: {dropped}; a larger buffer (-B) or a filter helps"));
}

/// Says what is captured from, as tcpdump does.
fn announce(capture: &Capture) {
    for interface in capture.interfaces() {
        let name = String::from_utf8_lossy(interface.name().unwrap_or_default()).into_owned();
        let link_type = match interface.link_type.name() {
            Some(name) => name.to_owned(),
            None => interface.link_type.0.to_string(),
        };
        let length = interface.snap_length;
        say(format_args!(
            "listening on {name}, link-type {link_type}, snapshot length {length} bytes"
        ));
    }
}

/// How devices are to be captured from; `timeout` is in milliseconds, unless another was named.
pub(crate) fn options(how: &How, timeout: u32) -> Result<LiveOptions, Error> {
    let timeout = if how.immediate { 0 } else { how.buffer_timeout.unwrap_or(timeout) };
    let mut options = LiveOptions::new()
        .promiscuous(!how.no_promisc)
        .monitor(how.monitor)
        .snap_length(how.snap_length.unwrap_or(SNAP_LENGTH))
        .buffer_timeout(timeout.into())
        .nanoseconds(how.nanoseconds)
        .direction(how.direction.as_deref().map_or(Ok(LiveDirection::Both), direction)?)
        .backend(how.backend.as_deref().map_or(Ok(Backend::Auto), backend)?);
    if let Some(size) = how.buffer_size {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        options = options.buffer_size(size);
    }
    if let Some(duration) = how.duration {
        options = options.duration(duration);
    }
    if let Some(protocol) = how.ether_type {
        options = options.protocol(protocol);
    }
    if let Some(name) = &how.timestamp_source {
        let known = TimestampSource::ALL.map(TimestampSource::name);
        let source =
            TimestampSource::from_name(name).ok_or_else(|| Error::unknown("clock", name, known))?;
        options = options.timestamp_source(source);
    }
    Ok(options)
}

/// The timeout for frames that go there, unless another is named.
pub(crate) fn timeout(target: Option<&Path>) -> u32 {
    match target {
        Some(path) if path.as_os_str() != "-" => STORED,
        Some(_) if !std::io::stdout().is_terminal() => STORED,
        _ => SEEN,
    }
}

fn direction(name: &str) -> Result<LiveDirection, Error> {
    Ok(match name {
        "in" => LiveDirection::In,
        "out" => LiveDirection::Out,
        "inout" => LiveDirection::Both,
        _ => return Err(Error::unknown("direction", name, ["in", "out", "inout"])),
    })
}

pub(crate) fn backend(name: &str) -> Result<Backend, Error> {
    Ok(match name {
        "auto" => Backend::Auto,
        "libpcap" => Backend::Libpcap,
        "packet" => Backend::Packet,
        _ => return Err(Error::unknown("backend", name, ["auto", "libpcap", "packet"])),
    })
}

/// An error of devices as the library's.
pub(crate) fn live_error(error: wirelens::capture::LiveError) -> Error {
    wirelens::capture::Error::from(error).into()
}
