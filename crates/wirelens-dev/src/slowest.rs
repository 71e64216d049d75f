//! Which frames take longest.
//!
//! `wirelens-dev slowest CAPTURE..` dissects each capture three times, writes every frame as JSON, and
//! takes for each frame the shortest of its three times, so that what else the machine did does not
//! count.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use wirelens::report::{Format, Line, Options};

/// More frames of a capture are not looked at.
const FRAMES: usize = 200_000;
/// What no frame may take.
const MOST: Duration = Duration::from_millis(10);
/// Frames that are shown.
const SHOWN: usize = 10;

#[expect(clippy::print_stdout, reason = "that is what it is for")]
pub(crate) fn slowest(paths: &[String]) -> anyhow::Result<ExitCode> {
    let (mut worst, mut frames) = (Vec::new(), 0);
    for path in paths {
        let times = (0..3).map(|_| times(path)).reduce(|a, b| {
            a.into_iter().zip(b).map(|((number, a), (_, b))| (number, a.min(b))).collect()
        });
        let mut times: Vec<(u64, Duration)> = times.unwrap_or_default();
        frames += times.len();
        times.sort_by_key(|&(_, time)| std::cmp::Reverse(time));
        worst.extend(times.into_iter().take(SHOWN).map(|(number, time)| (time, path, number)));
        worst.sort_by(|a, b| b.cmp(a));
        worst.truncate(SHOWN);
    }
    println!("{frames} frames; those that took longest:");
    for (time, path, number) in &worst {
        println!("{:>9.3} ms  {path}#{number}", time.as_secs_f64() * 1e3);
    }
    let slow = worst.first().is_some_and(|(time, ..)| *time > MOST);
    Ok(if slow { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// How long each frame took. What a capture that fails gave until then counts.
fn times(path: &str) -> Vec<(u64, Duration)> {
    let (mut line, mut times) = (Line::new(), Vec::new());
    let mut report = Format::Ndjson.report(Options::default());
    let Ok(mut reading) = wirelens::extract(path).frames() else { return times };
    while times.len() < FRAMES {
        let begun = Instant::now();
        let Ok(Some(frame)) = reading.next_frame() else { break };
        report.frame(&mut line, frame.head(), &frame.dissection());
        times.push((frame.number(), begun.elapsed()));
        line.clear();
    }
    times
}
