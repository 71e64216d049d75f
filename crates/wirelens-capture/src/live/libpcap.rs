//! A device through libpcap.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::backend::{Opened, Tap};
use super::batch::{self, Batch};
use super::options::{LiveDirection, LiveOptions, SNAP_LENGTH_MAX};
use super::statistics::{Meter, Way};
use super::sys::{self, Handle, Refusal, Settings};
use super::{Injector, LiveError, device, permission};
use crate::{LinkType, Resolution, Timestamp};

/// A handle that the reader and injectors take turns with.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<Handle>>);

impl Shared {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Handle> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct PcapTap {
    name: String,
    handle: Shared,
    #[cfg(unix)]
    descriptor: Option<std::os::fd::OwnedFd>,
    longest_wait: Option<Duration>,
    nanoseconds: bool,
    taken: u64,
}

/// Opens a device.
pub(crate) fn open(name: &str, options: &LiveOptions) -> Result<Opened, LiveError> {
    if options.fanout.is_some() {
        return Err(LiveError::Unsupported {
            interface: name.to_owned(),
            what: "libpcap does not share frames among captures".to_owned(),
            instead: "use the packet backend",
        });
    }
    let mut handle =
        Handle::create(sys::library()?, name).map_err(|refusal| refused(name, options, refusal))?;
    let activation =
        handle.activate(&settings(options)).map_err(|refusal| refused(name, options, refusal))?;
    if handle.link_type() == LinkType::LINUX_SLL {
        // Version 2 of the cooked header says which interface it was.
        handle.set_link_type(LinkType::LINUX_SLL2);
    }
    if let Some(filter) = &options.filter {
        handle
            .set_filter(Some(device::netmask(name)), filter)
            .map_err(|message| LiveError::Filter { filter: filter.clone(), message })?;
    }
    let direction = match options.direction {
        LiveDirection::Both => Ok(()),
        LiveDirection::In => handle.set_direction(1),
        LiveDirection::Out => handle.set_direction(2),
    };
    direction.map_err(|what| LiveError::Unsupported {
        interface: name.to_owned(),
        what: format!("cannot tell received frames from sent ones ({what})"),
        instead: "capture both",
    })?;
    let (link_type, snap_length) = (handle.link_type(), handle.snap_length());
    #[cfg(unix)]
    let descriptor = handle.descriptor();
    let longest_wait = handle.longest_wait();
    let nanoseconds = activation.nanoseconds;
    let tap = PcapTap {
        name: name.to_owned(),
        handle: Shared(Arc::new(Mutex::new(handle))),
        #[cfg(unix)]
        descriptor,
        longest_wait,
        nanoseconds,
        taken: 0,
    };
    let resolution = if nanoseconds { Resolution::NANOSECONDS } else { Resolution::MICROSECONDS };
    Ok(Opened {
        tap: Box::new(tap),
        link_type,
        snap_length,
        resolution,
        warnings: activation.warnings,
    })
}

/// A handle that frames are only sent through.
pub(crate) fn open_to_send(name: &str) -> Result<Shared, LiveError> {
    let options = LiveOptions::new().promiscuous(false).snap_length(64).buffer_size(64 * 1024);
    let mut handle = Handle::create(sys::library()?, name)
        .map_err(|refusal| refused(name, &options, refusal))?;
    handle.activate(&settings(&options)).map_err(|refusal| refused(name, &options, refusal))?;
    // Frames would only fill a buffer that nobody empties. Where that is refused they do.
    let _ = handle.refuse_all();
    Ok(Shared(Arc::new(Mutex::new(handle))))
}

fn settings(options: &LiveOptions) -> Settings {
    Settings {
        snap_length: if options.snap_length == 0 { SNAP_LENGTH_MAX } else { options.snap_length },
        promiscuous: options.promiscuous,
        monitor: options.monitor,
        buffer_size: options.buffer_size,
        timeout: options.timeout(),
        nanoseconds: options.nanoseconds,
        timestamp_source: options.timestamp_source.map(|source| source.number()),
        protocol: options.protocol,
    }
}

fn refused(name: &str, options: &LiveOptions, refusal: Refusal) -> LiveError {
    let interface = name.to_owned();
    let message = refusal.message;
    match refusal.status {
        Refusal::PERMISSION | Refusal::PROMISCUOUS_PERMISSION => {
            LiveError::NotPermitted { interface, missing: permission::missing(), message }
        }
        Refusal::NO_SUCH_DEVICE => device::no_such(name),
        Refusal::NOT_UP => LiveError::NotUp { interface },
        Refusal::MONITOR_UNSUPPORTED => LiveError::Unsupported {
            interface,
            what: "the device has no monitor mode".to_owned(),
            instead: "capture without it, or name a wireless device",
        },
        Refusal::CAPTURE_UNSUPPORTED => {
            LiveError::Unsupported { interface, what: message, instead: "name another device" }
        }
        _ if options.monitor && device::find(name).is_none() => device::no_such(name),
        _ => LiveError::Failed { interface, doing: "opening", message },
    }
}

impl Tap for PcapTap {
    fn take(&mut self, batch: &mut Batch<'_>) -> Result<bool, LiveError> {
        let nanoseconds = self.nanoseconds;
        let count = self
            .handle
            .lock()
            .dispatch(batch::FRAMES, |(seconds, fraction), captured, length| {
                let time = if nanoseconds {
                    Timestamp::new(seconds, fraction)
                } else {
                    Timestamp::from_micros(seconds, fraction)
                };
                batch.push(time, captured, length, 0);
            })
            .map_err(|message| self.failed("reading", message))?;
        self.taken += u64::from(count);
        Ok(count >= batch::FRAMES)
    }

    #[cfg(unix)]
    fn descriptor(&self) -> Option<std::os::fd::BorrowedFd<'_>> {
        self.descriptor.as_ref().map(std::os::fd::AsFd::as_fd)
    }

    fn longest_wait(&self) -> Option<Duration> {
        self.longest_wait
    }

    fn meter(&self) -> Meter {
        Meter::new(self.name.clone(), Way::Libpcap(self.handle.clone()))
    }

    fn keeps_frames(&mut self) -> bool {
        // Elsewhere a read that does not wait empties the kernel's buffer.
        cfg!(target_os = "linux")
            && self.handle.lock().statistics().is_ok_and(|statistics| {
                statistics.received.saturating_sub(statistics.dropped) > self.taken
            })
    }

    fn injector(&self) -> Injector {
        Injector::through(self.name.clone(), self.handle.clone())
    }
}

impl PcapTap {
    fn failed(&self, doing: &'static str, message: String) -> LiveError {
        LiveError::Failed { interface: self.name.clone(), doing, message }
    }
}
