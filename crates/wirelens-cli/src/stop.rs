//! Ctrl-C and SIGTERM end the work cleanly; a second one ends it at once. SIGUSR1 and SIGUSR2 ask
//! for something in between.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// A flag that is set by the first signal.
pub(crate) fn flag() -> io::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the second signal finds the flag set and ends the program.
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&stop))?;
        flag::register(signal, Arc::clone(&stop))?;
    }
    Ok(stop)
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
