//! One run of a program, measured by a process of its own: what a system says of the memory of
//! processes that ended is the largest of all, so that there must be only one.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::arguments::Measure;
use crate::exit::Exit;

/// Of what a program writes so much is kept, the last of it.
const KEPT: usize = 4096;
/// How long is waited before a program is looked at again.
const SHORTEST: Duration = Duration::from_micros(500);
const LONGEST: Duration = Duration::from_millis(20);
/// What a program that ended has said is there by then; what it has started may hold its pipes.
const GRACE: Duration = Duration::from_secs(1);

/// Runs it and prints what it took as JSON.
pub(crate) fn run(arguments: &Measure) -> anyhow::Result<Exit> {
    let stop = crate::stop::flag()?;
    let Some((program, rest)) = arguments.command.split_first() else { return Ok(Exit::Failed) };
    let mut command = Command::new(program);
    command.args(rest).stdin(Stdio::null()).stderr(Stdio::piped());
    command.stdout(if arguments.counts { Stdio::piped() } else { Stdio::null() });
    #[cfg(unix)]
    {
        // So that what it starts in turn is stopped with it.
        use std::os::unix::process::CommandExt;
        command.process_group(0);
    }
    let begun = Instant::now();
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            let program = program.to_string_lossy();
            let line = json!({ "error": format!("{program}: cannot be started: {error}") });
            return crate::tables::print(line.to_string().as_bytes());
        }
    };
    let (out, errors) = (keep(child.stdout.take()), keep(child.stderr.take()));
    let (status, stopped) = wait(&mut child, begun, arguments.patience, &stop)?;
    let seconds = begun.elapsed().as_secs_f64();
    let (cpu, peak) = usage();
    let said = |pipe: &Receiver<Vec<u8>>| {
        pipe.recv_timeout(GRACE).map_or(String::new(), |text| String::from_utf8_lossy(&text).into())
    };
    let (out, errors) = (said(&out), said(&errors));
    let error = match stopped {
        Some(reason) => Some(reason.to_owned()),
        None if !status.success() => Some(reason(status, &errors)),
        None => None,
    };
    let line = json!({
        "seconds": seconds,
        "cpu": cpu,
        "peak": peak,
        "frames": out.trim().parse::<u64>().ok(),
        "error": error,
    });
    crate::tables::print(line.to_string().as_bytes())
}

/// Waits until it ends, or ends it; and says why.
fn wait(
    child: &mut Child,
    begun: Instant,
    patience: Duration,
    stop: &AtomicBool,
) -> std::io::Result<(ExitStatus, Option<&'static str>)> {
    let mut stopped = None;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((status, stopped));
        }
        let elapsed = begun.elapsed();
        let interrupted = stop.load(Ordering::Relaxed);
        if stopped.is_none() && (interrupted || elapsed >= patience) {
            stopped = Some(if interrupted { "interrupted" } else { "takes too long" });
            end(child)?;
        }
        // Looked at so often that what is waited too long is a hundredth at the most.
        std::thread::sleep((elapsed / 100).clamp(SHORTEST, LONGEST));
    }
}

/// Ends the program, and what it has started.
fn end(child: &mut Child) -> std::io::Result<()> {
    #[cfg(unix)]
    if let Ok(group) = i32::try_from(child.id()) {
        use nix::sys::signal::{Signal, killpg};
        // It is not waited for yet, so the number is still its own.
        let _ = killpg(nix::unistd::Pid::from_raw(group), Signal::SIGKILL);
    }
    child.kill()
}

/// Reads what comes, and hands its end on.
fn keep(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    if let Some(mut pipe) = pipe {
        std::thread::spawn(move || {
            let (mut kept, mut buffer) = (Vec::new(), [0; KEPT]);
            while let Ok(length @ 1..) = pipe.read(&mut buffer) {
                kept.extend_from_slice(&buffer[..length]);
                let surplus = kept.len().saturating_sub(KEPT);
                kept.drain(..surplus);
            }
            let _ = sender.send(kept);
        });
    }
    receiver
}

/// Why it failed, in a line.
fn reason(status: ExitStatus, errors: &str) -> String {
    match errors.lines().rev().find(|line| !line.trim().is_empty()) {
        Some(line) => line.trim().to_owned(),
        None => status.to_string(),
    }
}

/// CPU seconds and peak memory in bytes of the largest process, of all that were waited for.
#[cfg(unix)]
fn usage() -> (Option<f64>, Option<u64>) {
    use nix::sys::resource::{UsageWho, getrusage};
    let Ok(usage) = getrusage(UsageWho::RUSAGE_CHILDREN) else { return (None, None) };
    let seconds =
        |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let unit = if cfg!(target_vendor = "apple") { 1 } else { 1024 };
    let peak = u64::try_from(usage.max_rss()).ok().filter(|&peak| peak > 0);
    (Some(seconds(usage.user_time()) + seconds(usage.system_time())), peak.map(|peak| peak * unit))
}

/// Not known here.
#[cfg(not(unix))]
fn usage() -> (Option<f64>, Option<u64>) {
    (None, None)
}
