//! One of libpcap's handles: a device that frames come from and go to.

use std::ffi::{c_int, c_uint};
use std::net::Ipv4Addr;
use std::time::Duration;

use super::library::{ERROR_BUFFER, Library, c_string, text};
use super::program::{Instruction, Program, RawProgram};
use crate::LinkType;
use crate::live::statistics::LiveStatistics;

/// `pcap_t`, which only libpcap looks into.
#[repr(C)]
pub(super) struct RawHandle {
    _opaque: [u8; 0],
}

/// `struct pcap_pkthdr`.
#[repr(C)]
pub(super) struct PacketHeader {
    time: libc::timeval,
    captured: u32,
    length: u32,
}

impl PacketHeader {
    pub(super) fn new(captured: usize, length: u32) -> Self {
        let time = libc::timeval { tv_sec: 0, tv_usec: 0 };
        Self { time, captured: u32::try_from(captured).unwrap_or(u32::MAX), length }
    }
}

/// `struct pcap_stat`, with room for what Windows has behind it.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(super) struct RawStatistics {
    received: c_uint,
    dropped: c_uint,
    interface_dropped: c_uint,
    _windows: [c_uint; 5],
}

/// How a device is opened.
pub(crate) struct Settings {
    pub(crate) snap_length: u32,
    pub(crate) promiscuous: bool,
    pub(crate) monitor: bool,
    /// Bytes of the kernel's buffer.
    pub(crate) buffer_size: usize,
    /// How long frames may wait in the kernel; `None` is not at all.
    pub(crate) timeout: Option<Duration>,
    pub(crate) nanoseconds: bool,
    /// Number of the clock, if not the default one.
    pub(crate) timestamp_source: Option<c_int>,
    /// Number of the Ethernet protocol, if not all (Linux).
    pub(crate) protocol: Option<u16>,
}

/// What libpcap said when a device was opened all the same.
pub(crate) struct Activation {
    pub(crate) warnings: Vec<String>,
    /// Options that this libpcap or this device does not have, and that change little.
    pub(crate) nanoseconds: bool,
}

/// Why a device cannot be opened: libpcap's code and words.
pub(crate) struct Refusal {
    pub(crate) status: c_int,
    pub(crate) message: String,
}

impl Refusal {
    /// An error that says no more than its words.
    pub(crate) const ERROR: c_int = -1;
    pub(crate) const NO_SUCH_DEVICE: c_int = -5;
    pub(crate) const MONITOR_UNSUPPORTED: c_int = -6;
    pub(crate) const PERMISSION: c_int = -8;
    pub(crate) const NOT_UP: c_int = -9;
    pub(crate) const PROMISCUOUS_PERMISSION: c_int = -11;
    pub(crate) const CAPTURE_UNSUPPORTED: c_int = -13;
}

/// An open handle, or one about to be.
pub(crate) struct Handle {
    raw: *mut RawHandle,
    library: &'static Library,
    /// The counters as they were read last, and in 64 bits: libpcap's begin again after 2^32 frames.
    counted: RawStatistics,
    total: LiveStatistics,
}

// SAFETY: libpcap lets any thread use a handle, one at a time; `&mut self` sees to that.
unsafe impl Send for Handle {}

impl Handle {
    /// A handle for a device, which is not opened yet.
    pub(crate) fn create(library: &'static Library, device: &str) -> Result<Self, Refusal> {
        let mut message = [0; ERROR_BUFFER];
        let device = c_string(device);
        // SAFETY: the name ends with a zero byte; the buffer has the size libpcap expects.
        let raw = unsafe { (library.functions.pcap_create)(device.as_ptr(), message.as_mut_ptr()) };
        if raw.is_null() {
            return Err(Refusal { status: Refusal::ERROR, message: text(message.as_ptr()) });
        }
        let (counted, total) = Default::default();
        Ok(Self { raw, library, counted, total })
    }

    /// Opens the device. Later calls do not wait.
    pub(crate) fn activate(&mut self, settings: &Settings) -> Result<Activation, Refusal> {
        let functions = &self.library.functions;
        let mut warnings = Vec::new();
        let set = |function: unsafe extern "C" fn(*mut RawHandle, c_int) -> c_int, value| {
            // SAFETY: the handle is ours, and all options are plain numbers.
            unsafe { function(self.raw, value) }
        };
        set(functions.pcap_set_snaplen, number(settings.snap_length));
        set(functions.pcap_set_promisc, settings.promiscuous.into());
        set(functions.pcap_set_buffer_size, number(settings.buffer_size));
        match settings.timeout {
            Some(timeout) => set(functions.pcap_set_timeout, number(timeout.as_millis().max(1))),
            // Linux's ring with slots of one size, which immediate mode takes, would hold 160 frames
            // in 10 MiB; the one with blocks shows them after a millisecond.
            None if cfg!(target_os = "linux") => set(functions.pcap_set_timeout, 1),
            None => set(functions.pcap_set_immediate_mode, 1),
        };
        if settings.monitor {
            // SAFETY: the handle is ours.
            let status = unsafe { (functions.pcap_can_set_rfmon)(self.raw) };
            match status {
                1 => set(functions.pcap_set_rfmon, 1),
                0 => return Err(self.refusal(Refusal::MONITOR_UNSUPPORTED)),
                status => return Err(self.refusal(status)),
            };
        }
        if let Some(source) = settings.timestamp_source {
            let status = set(functions.pcap_set_tstamp_type, source);
            if status != 0 {
                warnings.push(self.library.status_text(status));
            }
        }
        if settings.nanoseconds && set(functions.pcap_set_tstamp_precision, 1) != 0 {
            warnings.push("has no times in nanoseconds; they are microseconds".to_owned());
        }
        if let Some(protocol) = settings.protocol {
            match functions.pcap_set_protocol_linux {
                Some(function) => set(function, protocol.into()),
                None => {
                    warnings.push("this libpcap cannot select a protocol".to_owned());
                    0
                }
            };
        }
        // SAFETY: the handle is ours and not active yet.
        let status = unsafe { (functions.pcap_activate)(self.raw) };
        if status < 0 {
            return Err(self.refusal(status));
        }
        if status > 0 {
            warnings.push(self.refusal(status).message);
        }
        let mut message = [0; ERROR_BUFFER];
        // SAFETY: the handle is active; the buffer has the size libpcap expects.
        let status = unsafe { (functions.pcap_setnonblock)(self.raw, 1, message.as_mut_ptr()) };
        if status < 0 {
            return Err(Refusal { status, message: text(message.as_ptr()) });
        }
        // SAFETY: the handle is active.
        let precision = unsafe { (functions.pcap_get_tstamp_precision)(self.raw) };
        Ok(Activation { warnings, nanoseconds: precision == 1 })
    }

    /// Lets only the frames through that the filter accepts.
    ///
    /// # Errors
    /// What libpcap says.
    pub(crate) fn set_filter(
        &mut self,
        netmask: Option<Ipv4Addr>,
        filter: &str,
    ) -> Result<(), String> {
        // SAFETY: the handle is active, and `&mut self` keeps others away.
        let program = unsafe { Program::compile(self.library, self.raw, netmask, filter) }?;
        // SAFETY: as above; libpcap copies the program.
        let status = unsafe { (self.library.functions.pcap_setfilter)(self.raw, &program.raw) };
        if status == 0 { Ok(()) } else { Err(self.error()) }
    }

    /// Lets no frame through.
    pub(crate) fn refuse_all(&mut self) -> Result<(), String> {
        let mut nothing = Instruction::NOTHING;
        let program = RawProgram::borrowed(std::slice::from_mut(&mut nothing));
        // SAFETY: the handle is active, and the program lives until libpcap has copied it.
        let status = unsafe { (self.library.functions.pcap_setfilter)(self.raw, &program) };
        if status == 0 { Ok(()) } else { Err(self.error()) }
    }

    /// Only frames received (1) or sent (2).
    pub(crate) fn set_direction(&mut self, direction: c_int) -> Result<(), String> {
        // SAFETY: the handle is active.
        let status = unsafe { (self.library.functions.pcap_setdirection)(self.raw, direction) };
        if status == 0 { Ok(()) } else { Err(self.error()) }
    }

    /// What frames begin with: a DLT_ number of this system.
    pub(crate) fn link_type(&mut self) -> LinkType {
        // SAFETY: the handle is active.
        link_type(unsafe { (self.library.functions.pcap_datalink)(self.raw) })
    }

    /// Takes another of the device's link types; false if it does not have it.
    pub(crate) fn set_link_type(&mut self, link_type: LinkType) -> bool {
        let number = c_int::from(link_type.0);
        // SAFETY: the handle is active.
        unsafe { (self.library.functions.pcap_set_datalink)(self.raw, number) == 0 }
    }

    /// The link types the device can give.
    pub(crate) fn link_types(&mut self) -> Vec<LinkType> {
        let functions = &self.library.functions;
        self.list(functions.pcap_list_datalinks, functions.pcap_free_datalinks)
            .into_iter()
            .map(link_type)
            .collect()
    }

    /// Numbers of the clocks the device can take times from. Asked before it is opened.
    pub(crate) fn timestamp_sources(&mut self) -> Vec<c_int> {
        let functions = &self.library.functions;
        self.list(functions.pcap_list_tstamp_types, functions.pcap_free_tstamp_types)
    }

    fn list(
        &mut self,
        list: unsafe extern "C" fn(*mut RawHandle, *mut *mut c_int) -> c_int,
        free: unsafe extern "C" fn(*mut c_int),
    ) -> Vec<c_int> {
        let mut first = std::ptr::null_mut();
        // SAFETY: the handle is ours, `first` receives an array of as many numbers as returned.
        let count = unsafe { list(self.raw, &mut first) };
        let Ok(count @ 1..) = usize::try_from(count) else { return Vec::new() };
        // SAFETY: as above.
        let numbers = unsafe { std::slice::from_raw_parts(first, count) }.to_vec();
        // SAFETY: the array came from libpcap and is not used again.
        unsafe { free(first) };
        numbers
    }

    /// Bytes kept of a frame.
    pub(crate) fn snap_length(&mut self) -> u32 {
        // SAFETY: the handle is active.
        let length = unsafe { (self.library.functions.pcap_snapshot)(self.raw) };
        u32::try_from(length).unwrap_or(0)
    }

    /// A descriptor of one's own that can be waited for, where the device has one.
    #[cfg(unix)]
    pub(crate) fn descriptor(&mut self) -> Option<std::os::fd::OwnedFd> {
        // SAFETY: the handle is active.
        let number = unsafe { self.library.functions.pcap_get_selectable_fd?(self.raw) };
        if number < 0 {
            return None;
        }
        // SAFETY: the descriptor is open as long as the handle, and only borrowed to copy it.
        let borrowed = unsafe { std::os::fd::BorrowedFd::borrow_raw(number) };
        borrowed.try_clone_to_owned().ok()
    }

    /// How long at most the descriptor may be waited for, where it does not tell everything.
    pub(crate) fn longest_wait(&mut self) -> Option<Duration> {
        // SAFETY: the handle is active.
        let pointer = unsafe { self.library.functions.pcap_get_required_select_timeout?(self.raw) };
        // SAFETY: null, or a time that belongs to the handle.
        let time = unsafe { pointer.as_ref() }?;
        let seconds = u64::try_from(time.tv_sec).ok()?;
        let microseconds = u64::try_from(time.tv_usec).ok()?;
        Some(Duration::from_secs(seconds) + Duration::from_micros(microseconds))
    }

    /// Hands on up to `count` frames that have come, without waiting; returns how many. A frame is
    /// seconds and their fraction (see [`Activation::nanoseconds`]), bytes, length on the wire.
    ///
    /// # Errors
    /// What libpcap says.
    pub(crate) fn dispatch<F: FnMut((i64, u32), &[u8], u32)>(
        &mut self,
        count: u16,
        mut take: F,
    ) -> Result<u16, String> {
        let user = std::ptr::from_mut(&mut take).cast();
        let function = self.library.functions.pcap_dispatch;
        // SAFETY: the handle is active; `hand_on` gets `take` back as the type it is, while it lives.
        let status = unsafe { function(self.raw, count.into(), hand_on::<F>, user) };
        u16::try_from(status).map_err(|_| self.error())
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// What libpcap says.
    pub(crate) fn inject(&mut self, frame: &[u8]) -> Result<(), String> {
        let function = self.library.functions.pcap_inject;
        // SAFETY: the handle is active; the frame has as many bytes as it says.
        let sent = unsafe { function(self.raw, frame.as_ptr().cast(), frame.len()) };
        if sent < 0 { Err(self.error()) } else { Ok(()) }
    }

    /// What the system counted since the device was opened. To be read more often than the counters
    /// overflow: a capture does so every second.
    ///
    /// # Errors
    /// What libpcap says.
    pub(crate) fn statistics(&mut self) -> Result<LiveStatistics, String> {
        let mut raw = RawStatistics::default();
        // SAFETY: the handle is active; `raw` has room for what libpcap writes.
        let status = unsafe { (self.library.functions.pcap_stats)(self.raw, &mut raw) };
        if status != 0 {
            return Err(self.error());
        }
        let (last, total) = (self.counted, &mut self.total);
        total.received += u64::from(raw.received.wrapping_sub(last.received));
        total.dropped += u64::from(raw.dropped.wrapping_sub(last.dropped));
        let dropped = raw.interface_dropped.wrapping_sub(last.interface_dropped);
        total.interface_dropped += u64::from(dropped);
        self.counted = raw;
        Ok(self.total)
    }

    fn error(&mut self) -> String {
        // SAFETY: the handle is ours; its message lives as long.
        text(unsafe { (self.library.functions.pcap_geterr)(self.raw) })
    }

    /// The words that go with a status: the code's own, and the handle's where it has some.
    fn refusal(&mut self, status: c_int) -> Refusal {
        let (said, detail) = (self.library.status_text(status), self.error());
        let message = match (status, detail.is_empty()) {
            (_, true) => said,
            (Refusal::ERROR | 1, false) => detail,
            (_, false) => format!("{said} ({detail})"),
        };
        Refusal { status, message }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the handle is ours and not used again.
        unsafe { (self.library.functions.pcap_close)(self.raw) }
    }
}

/// What libpcap calls for each frame.
extern "C" fn hand_on<F: FnMut((i64, u32), &[u8], u32)>(
    user: *mut u8,
    header: *const PacketHeader,
    bytes: *const u8,
) {
    // SAFETY: `dispatch` passed a `take` of this type, which nobody else uses meanwhile.
    let take = unsafe { &mut *user.cast::<F>() };
    // SAFETY: libpcap passes a header that lives until this function returns.
    let header = unsafe { &*header };
    // SAFETY: as many bytes lie there as the header says, until this function returns.
    let captured = unsafe { std::slice::from_raw_parts(bytes, header.captured as usize) };
    #[allow(clippy::useless_conversion, reason = "32 bits on some systems")]
    let seconds = i64::from(header.time.tv_sec);
    take((seconds, u32::try_from(header.time.tv_usec).unwrap_or(0)), captured, header.length);
}

/// libpcap takes `int` for what cannot be negative.
fn number<T: TryInto<c_int>>(value: T) -> c_int {
    value.try_into().unwrap_or(c_int::MAX)
}

/// The link type of a DLT_ number: the same but for a few that systems gave out twice.
fn link_type(number: c_int) -> LinkType {
    let number = u16::try_from(number).unwrap_or(u16::MAX);
    // Apple's packet tap has a private number on its own system.
    if cfg!(target_vendor = "apple") && number == 149 {
        return LinkType(258);
    }
    LinkType(number).canonical()
}
