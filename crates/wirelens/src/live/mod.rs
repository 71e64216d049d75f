//! Devices as what is read, instead of files.

mod drops;
mod filter;
mod source;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use wirelens_capture::{Capture, LiveOptions, Timestamp};

pub use drops::Dropped;
pub(crate) use drops::Drops;
pub(crate) use filter::FrameFilter;
pub(crate) use source::Kind;
pub use source::Source;

use crate::Error;

/// Devices to capture from, where a file's name could stand; several are one stream in order of
/// time. Without a name it is the [default device](wirelens_capture::default_device).
///
/// ```no_run
/// # fn main() -> Result<(), wirelens::Error> {
/// use wirelens::capture::LiveOptions;
/// let options = LiveOptions::new().filter("tcp port 80").buffer_timeout(0);
/// for transaction in wirelens::http(wirelens::live(["eth0"]).options(options)).transactions()? {
///     println!("{}", String::from_utf8_lossy(&transaction?.url()));
/// }
/// # Ok(())
/// # }
/// ```
pub fn live<S: Into<String>>(interfaces: impl IntoIterator<Item = S>) -> Live {
    Live {
        interfaces: interfaces.into_iter().map(Into::into).collect(),
        options: LiveOptions::new(),
        dropped: None,
        opened: None,
    }
}

/// Devices to capture from and how; made by [`live`].
#[derive(Clone)]
#[must_use]
pub struct Live {
    interfaces: Vec<String>,
    options: LiveOptions,
    dropped: Option<Handler<Dropped>>,
    opened: Option<Handler<Capture>>,
}

type Handler<T> = Arc<dyn Fn(&T) + Send + Sync>;

impl Live {
    /// How they are captured from.
    pub fn options(mut self, options: LiveOptions) -> Live {
        self.options = options;
        self
    }

    /// Calls this as soon as frames are dropped: when they came faster than they were taken.
    pub fn on_drop(mut self, handler: impl Fn(&Dropped) + Send + Sync + 'static) -> Live {
        self.dropped = Some(Arc::new(handler));
        self
    }

    /// Calls this when the devices are open: frames are kept from now on.
    pub fn on_open(mut self, handler: impl Fn(&Capture) + Send + Sync + 'static) -> Live {
        self.opened = Some(Arc::new(handler));
        self
    }

    /// Opens the devices.
    ///
    /// # Errors
    /// When one is not there or may not be opened, or the filter is wrong.
    pub fn open(&self) -> Result<Capture, Error> {
        let capture = self.options.clone().open(&self.interfaces)?;
        if let Some(handler) = &self.opened {
            handler(&capture);
        }
        Ok(capture)
    }

    /// A flag that ends the capture cleanly when a signal or another thread sets it.
    pub fn stop_flag(mut self, stop: Arc<AtomicBool>) -> Live {
        self.options = self.options.stop(stop);
        self
    }

    pub(crate) fn filter(mut self, filter: &str) -> Live {
        self.options = self.options.filter(filter);
        self
    }

    /// Tells of frames that were dropped.
    pub(crate) fn dropped(&self, dropped: &Dropped) {
        if let Some(handler) = &self.dropped {
            handler(dropped);
        }
    }
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live")
            .field("interfaces", &self.interfaces)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// The time of day.
pub(crate) fn clock() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let since = since.unwrap_or_default();
    Timestamp::new(i64::try_from(since.as_secs()).unwrap_or(i64::MAX), since.subsec_nanos())
}
