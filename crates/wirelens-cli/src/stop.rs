//! Ctrl-C, SIGTERM and the end of the terminal end the work cleanly; a second one ends it at once.
//! SIGUSR1 and SIGUSR2 ask for something in between.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// A flag that is set by the first signal.
pub(crate) fn flag() -> io::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [Some(SIGINT), Some(SIGTERM), hangup()].into_iter().flatten() {
        // In this order: the second signal finds the flag set and ends the program.
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&stop))?;
        flag::register(signal, Arc::clone(&stop))?;
    }
    Ok(stop)
}

/// SIGHUP, unless who started this wants it ignored: then the work goes on without a terminal, as
/// behind nohup.
fn hangup() -> Option<i32> {
    #[cfg(unix)]
    {
        let signal = signal_hook::consts::SIGHUP;
        // Where that cannot be known, the signal does what it does without this.
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
        let ignored = u64::from_str_radix(ignored.trim(), 16).ok()?;
        (ignored >> (signal - 1) & 1 == 0).then_some(signal)
    }
    #[cfg(not(unix))]
    None
}

/// What signals ask for while it goes on, as those of tcpdump.
#[derive(Default)]
pub(crate) struct Asking {
    /// SIGUSR1: to say what was counted.
    pub(crate) tell: Arc<AtomicBool>,
    /// SIGUSR2: to write what is in memory.
    pub(crate) flush: Arc<AtomicBool>,
}

impl Asking {
    /// Flags that the signals set.
    pub(crate) fn register() -> io::Result<Asking> {
        let asking = Asking::default();
        #[cfg(unix)]
        for (signal, flag) in [
            (signal_hook::consts::SIGUSR1, &asking.tell),
            (signal_hook::consts::SIGUSR2, &asking.flush),
        ] {
            flag::register(signal, Arc::clone(flag))?;
        }
        Ok(asking)
    }
}
