//! `wirelens inject`: sends frames through a device.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use wirelens::capture::{Injector, LinkType, devices};
use wirelens::{Error, Level, Source, Timestamp};

use crate::arguments::Inject;
use crate::exit::Exit;
use crate::live::{backend, live_error};
use crate::say::say;

pub(crate) fn run(arguments: &Inject) -> anyhow::Result<Exit> {
    for (number, option) in [(arguments.rate, "--rate"), (Some(arguments.speed), "--speed")] {
        if number.is_some_and(|number| !number.is_finite() || number <= 0.0) {
            return Err(Error::Usage(format!("{option} is more than 0")).into());
        }
    }
    let injector = Injector::open(&arguments.interface, backend(&arguments.backend)?);
    let mut sending = Sending {
        injector: injector.map_err(live_error)?,
        pace: Pace::of(arguments),
        begun: Instant::now(),
        stop: crate::stop::flag()?,
        frames: 0,
        bytes: 0,
    };
    let sent = match arguments.hex {
        true => digits(&arguments.file, &mut sending),
        false => frames(arguments, &mut sending),
    };
    let (frames, bytes) = (sending.frames, sending.bytes);
    let seconds = sending.begun.elapsed().as_secs_f64();
    say(format_args!("{frames} frames of {bytes} bytes sent in {seconds:.3} seconds"));
    sent.map(|()| Exit::Done)
}

/// When frames are sent.
enum Pace {
    Unpaced,
    /// Seconds from one to the next.
    Even(f64),
    /// As they were captured; how much faster, and when the first was.
    Recorded(f64, Option<Timestamp>),
}

impl Pace {
    fn of(arguments: &Inject) -> Pace {
        match (arguments.rate, arguments.as_recorded) {
            (Some(rate), _) => Pace::Even(1.0 / rate),
            (None, true) => Pace::Recorded(arguments.speed, None),
            (None, false) => Pace::Unpaced,
        }
    }

    /// How long after the first a frame is due.
    fn due(&mut self, number: u64, time: Option<Timestamp>) -> Duration {
        let seconds = match self {
            Pace::Unpaced => 0.0,
            Pace::Even(distance) => number as f64 * *distance,
            Pace::Recorded(speed, first) => {
                let Some(time) = time else { return Duration::ZERO };
                let first = *first.get_or_insert(time);
                (time.as_nanos() - first.as_nanos()) as f64 / 1e9 / *speed
            }
        };
        // Frames of a capture may be out of order; they are sent at once.
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO)
    }
}

struct Sending {
    injector: Injector,
    pace: Pace,
    begun: Instant,
    stop: Arc<AtomicBool>,
    frames: u64,
    bytes: u64,
}

/// The stop flag is looked at so often during pauses.
const LOOK: Duration = Duration::from_millis(100);

impl Sending {
    /// Sends a frame when it is due; false if it was told to stop.
    fn send(&mut self, frame: &[u8], time: Option<Timestamp>) -> Result<bool, Error> {
        if self.frames == 0 {
            self.begun = Instant::now();
        }
        let due = self.pace.due(self.frames, time);
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Ok(false);
            }
            match due.checked_sub(self.begun.elapsed()) {
                Some(rest) if !rest.is_zero() => std::thread::sleep(rest.min(LOOK)),
                _ => break,
            }
        }
        self.injector.inject(frame).map_err(live_error)?;
        self.frames += 1;
        self.bytes += frame.len() as u64;
        Ok(true)
    }
}

/// Sends the frames of a capture.
fn frames(arguments: &Inject, sending: &mut Sending) -> anyhow::Result<()> {
    let mut source = Source::from(&arguments.file);
    if let Some(filter) = &arguments.bpf {
        source = source.bpf(filter);
    }
    // Not a layer is needed; the least that there is.
    let mut extract = wirelens::extract(source)
        .headers_only()
        .until(Some(Level::Link))
        .reassemble(false)
        .stop_flag(Arc::clone(&sending.stop));
    if let Some(range) = &arguments.range {
        extract = extract.range(range.parse()?);
    }
    let takes = link_types(&arguments.interface);
    let mut frames = extract.frames()?;
    let mut cut = 0;
    while frames.advance()? {
        let raw = frames.capture().current();
        if !takes.is_empty() && !takes.contains(&raw.link_type) {
            let name = |link: LinkType| link.name().map_or(link.0.to_string(), str::to_owned);
            let (file, number) = (arguments.file.display(), raw.number);
            let (device, link) = (&arguments.interface, name(raw.link_type));
            let takes: Vec<String> = takes.iter().map(|link| name(*link)).collect();
            let takes = takes.join(", ");
            return Err(Error::Usage(format!(
                "{file}: frame {number} is of link type {link}, and {device} takes {takes}; choose \
                 frames with --range or --bpf, or another device"
            ))
            .into());
        }
        cut += u64::from(raw.is_cut());
        if !sending.send(raw.captured, raw.time)? {
            break;
        }
    }
    if cut > 0 {
        say(format_args!("wirelens: warning: {cut} frames were captured in part and sent so"));
    }
    Ok(())
}

/// What a device's frames begin with, if that is known.
fn link_types(name: &str) -> Vec<LinkType> {
    let known = devices().ok().and_then(|all| all.into_iter().find(|device| device.name == name));
    known.map(|device| device.link_types).unwrap_or_default()
}

/// Sends frames that are written as digits.
fn digits(file: &Path, sending: &mut Sending) -> anyhow::Result<()> {
    let failed = |error: std::io::Error| {
        Error::Usage(format!("{}: cannot be read: {error}", file.display()))
    };
    let reader: Box<dyn BufRead> = if file.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(BufReader::new(std::fs::File::open(file).map_err(failed)?))
    };
    for (number, line) in (1..).zip(reader.lines()) {
        let line = line.map_err(failed)?;
        let Some(frame) = bytes(&line) else {
            let file = file.display();
            let text =
                format!("{file}: line {number} is not hexadecimal digits, two for each byte");
            return Err(Error::Usage(text).into());
        };
        if !frame.is_empty() && !sending.send(&frame, None)? {
            break;
        }
    }
    Ok(())
}

/// The bytes of `ff ff:ff`; none if it is something else.
fn bytes(line: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = line
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, ':' | '-'))
        .map(|c| c.to_digit(16).map(|digit| digit as u8))
        .collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, d| byte << 4 | d)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_bytes() {
        assert_eq!(bytes("ff 0A:1b-00\r"), Some(vec![255, 10, 27, 0]));
        assert_eq!(bytes(""), Some(Vec::new()));
        assert_eq!(bytes("fff"), None);
        assert_eq!(bytes("0x00"), None);
    }

    #[test]
    fn frames_are_due_when_they_were_captured() {
        let at = |seconds| Some(Timestamp::new(seconds, 0));
        let mut pace = Pace::Recorded(2.0, None);
        assert_eq!(pace.due(0, at(100)), Duration::ZERO);
        assert_eq!(pace.due(1, at(103)), Duration::from_millis(1500));
        assert_eq!(pace.due(2, at(99)), Duration::ZERO);
        assert_eq!(Pace::Even(0.25).due(4, None), Duration::from_secs(1));
    }
}
