//! libpcap as it is found at run time: its functions, and what needs no open handle.

use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_void};
use std::ptr;
use std::sync::OnceLock;

use super::address;
use super::handle::{PacketHeader, RawHandle, RawStatistics};
use super::program::RawProgram;
use crate::live::device::{Device, DeviceFlags};
use crate::live::error::LiveError;

/// Bytes of the buffer libpcap writes a message into.
pub(super) const ERROR_BUFFER: usize = 256;

/// Its names, by system; the first that loads is taken.
const NAMES: &[&str] = if cfg!(windows) {
    &["wpcap.dll"]
} else if cfg!(target_vendor = "apple") {
    &["libpcap.dylib", "libpcap.A.dylib", "/usr/lib/libpcap.A.dylib"]
} else {
    &["libpcap.so.1", "libpcap.so.0.8", "libpcap.so"]
};

/// Where Npcap puts it beside an old WinPcap, below the system's folder.
#[cfg(windows)]
const NPCAP: &str = r"System32\Npcap\wpcap.dll";

/// Names a libpcap to load instead of the system's.
const OVERRIDE: &str = "WIRELENS_LIBPCAP";

#[repr(C)]
pub(super) struct RawDevice {
    next: *mut RawDevice,
    name: *const c_char,
    description: *const c_char,
    addresses: *mut RawAddress,
    flags: c_uint,
}

#[repr(C)]
struct RawAddress {
    next: *mut RawAddress,
    address: *const libc::sockaddr,
    netmask: *const libc::sockaddr,
    broadcast: *const libc::sockaddr,
    peer: *const libc::sockaddr,
}

pub(super) type Callback = extern "C" fn(*mut u8, *const PacketHeader, *const u8);

/// Declares the functions that are looked up: those every libpcap since 1.5 has, and later ones.
macro_rules! functions {
    (
        always { $($name:ident ($($argument:ty),*) $(-> $result:ty)?;)* }
        later { $($later:ident ($($later_argument:ty),*) $(-> $later_result:ty)?;)* }
    ) => {
        #[cfg_attr(windows, allow(dead_code, reason = "it has no descriptors to wait for"))]
        pub(super) struct Functions {
            $(pub(super) $name: unsafe extern "C" fn($($argument),*) $(-> $result)?,)*
            $(pub(super) $later: Option<unsafe extern "C" fn($($later_argument),*) $(-> $later_result)?>,)*
        }

        impl Functions {
            fn find(library: &libloading::Library) -> Result<Self, libloading::Error> {
                Ok(Self {
                    // SAFETY: the type is the one libpcap's header declares for that name.
                    $($name: *unsafe { library.get(concat!(stringify!($name), "\0").as_bytes()) }?,)*
                    // SAFETY: as above.
                    $($later: unsafe { library.get(concat!(stringify!($later), "\0").as_bytes()) }
                        .ok().map(|symbol| *symbol),)*
                })
            }
        }
    };
}

functions! {
    always {
        pcap_create(*const c_char, *mut c_char) -> *mut RawHandle;
        pcap_set_snaplen(*mut RawHandle, c_int) -> c_int;
        pcap_set_promisc(*mut RawHandle, c_int) -> c_int;
        pcap_can_set_rfmon(*mut RawHandle) -> c_int;
        pcap_set_rfmon(*mut RawHandle, c_int) -> c_int;
        pcap_set_timeout(*mut RawHandle, c_int) -> c_int;
        pcap_set_buffer_size(*mut RawHandle, c_int) -> c_int;
        pcap_set_immediate_mode(*mut RawHandle, c_int) -> c_int;
        pcap_set_tstamp_type(*mut RawHandle, c_int) -> c_int;
        pcap_set_tstamp_precision(*mut RawHandle, c_int) -> c_int;
        pcap_get_tstamp_precision(*mut RawHandle) -> c_int;
        pcap_activate(*mut RawHandle) -> c_int;
        pcap_close(*mut RawHandle);
        pcap_setnonblock(*mut RawHandle, c_int, *mut c_char) -> c_int;
        pcap_dispatch(*mut RawHandle, c_int, Callback, *mut u8) -> c_int;
        pcap_datalink(*mut RawHandle) -> c_int;
        pcap_set_datalink(*mut RawHandle, c_int) -> c_int;
        pcap_list_datalinks(*mut RawHandle, *mut *mut c_int) -> c_int;
        pcap_free_datalinks(*mut c_int);
        pcap_list_tstamp_types(*mut RawHandle, *mut *mut c_int) -> c_int;
        pcap_free_tstamp_types(*mut c_int);
        pcap_snapshot(*mut RawHandle) -> c_int;
        pcap_setdirection(*mut RawHandle, c_int) -> c_int;
        pcap_stats(*mut RawHandle, *mut RawStatistics) -> c_int;
        pcap_inject(*mut RawHandle, *const c_void, usize) -> c_int;
        pcap_geterr(*mut RawHandle) -> *const c_char;
        pcap_statustostr(c_int) -> *const c_char;
        pcap_lib_version() -> *const c_char;
        pcap_findalldevs(*mut *mut RawDevice, *mut c_char) -> c_int;
        pcap_freealldevs(*mut RawDevice);
        pcap_open_dead(c_int, c_int) -> *mut RawHandle;
        pcap_compile(*mut RawHandle, *mut RawProgram, *const c_char, c_int, u32) -> c_int;
        pcap_freecode(*mut RawProgram);
        pcap_setfilter(*mut RawHandle, *const RawProgram) -> c_int;
        pcap_offline_filter(*const RawProgram, *const PacketHeader, *const u8) -> c_int;
    }
    later {
        pcap_init(c_uint, *mut c_char) -> c_int;
        pcap_get_selectable_fd(*mut RawHandle) -> c_int;
        pcap_get_required_select_timeout(*mut RawHandle) -> *const libc::timeval;
        pcap_set_protocol_linux(*mut RawHandle, c_int) -> c_int;
    }
}

/// libpcap, loaded. It is never unloaded, since handles and programs may live as long as the process.
pub(crate) struct Library {
    pub(super) functions: Functions,
    version: String,
    _library: libloading::Library,
}

/// libpcap, which the first call loads.
///
/// # Errors
/// When the system has none, or one that is too old.
pub(crate) fn library() -> Result<&'static Library, LiveError> {
    static LIBRARY: OnceLock<Result<Library, String>> = OnceLock::new();
    let found = LIBRARY.get_or_init(Library::load);
    found.as_ref().map_err(|reason| LiveError::NoLibpcap { reason: reason.clone() })
}

impl Library {
    fn load() -> Result<Self, String> {
        let named = std::env::var_os(OVERRIDE);
        let named = named.as_ref().map(|name| vec![name.as_os_str()]);
        let names = named.unwrap_or_else(|| NAMES.iter().map(std::ffi::OsStr::new).collect());
        #[cfg(windows)]
        let npcap =
            std::env::var_os("SystemRoot").map(|root| std::path::Path::new(&root).join(NPCAP));
        #[cfg(windows)]
        let names = npcap.iter().map(|path| path.as_os_str()).chain(names);
        let mut reason = String::new();
        for name in names {
            let library = match open(name) {
                Ok(library) => library,
                Err(error) => {
                    reason = said(&error);
                    continue;
                }
            };
            match Functions::find(&library) {
                Ok(functions) => return Ok(Self::begin(functions, library)),
                Err(error) => reason = format!("{} is too old: {}", name.display(), said(&error)),
            }
        }
        Err(reason)
    }

    fn begin(functions: Functions, library: libloading::Library) -> Self {
        if let Some(init) = functions.pcap_init {
            let mut message = [0; ERROR_BUFFER];
            // SAFETY: 1 asks for UTF-8 in and out; the buffer has the size libpcap expects. Only a
            // second call with another encoding would fail, and the default is then kept.
            unsafe { init(1, message.as_mut_ptr()) };
        }
        // SAFETY: takes nothing, and returns a text that lives as long as the library.
        let version = text(unsafe { (functions.pcap_lib_version)() });
        Self { functions, version, _library: library }
    }

    /// What it calls itself.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// The devices it can open, without what only an open handle tells.
    pub(crate) fn devices(&self) -> Result<Vec<Device>, LiveError> {
        let mut first = ptr::null_mut();
        let mut message = [0; ERROR_BUFFER];
        // SAFETY: `first` is where the list goes, and the buffer has the size libpcap expects.
        let status = unsafe { (self.functions.pcap_findalldevs)(&mut first, message.as_mut_ptr()) };
        if status != 0 {
            return Err(LiveError::Devices { message: text(message.as_ptr()) });
        }
        let mut devices = Vec::new();
        let mut next = first;
        // SAFETY: the list is libpcap's until it is freed below, and ends with a null pointer.
        while let Some(raw) = unsafe { next.as_ref() } {
            devices.push(device(raw));
            next = raw.next;
        }
        // SAFETY: the list came from pcap_findalldevs, and nothing of it is kept.
        unsafe { (self.functions.pcap_freealldevs)(first) };
        Ok(devices)
    }

    /// The text of a status code.
    pub(super) fn status_text(&self, status: c_int) -> String {
        // SAFETY: any number is allowed; the text is static.
        text(unsafe { (self.functions.pcap_statustostr)(status) })
    }
}

#[cfg(not(windows))]
fn open(name: &std::ffi::OsStr) -> Result<libloading::Library, libloading::Error> {
    // SAFETY: loading libpcap runs no code that asks anything of its caller.
    unsafe { libloading::Library::new(name) }
}

/// The libraries that it needs itself lie beside it.
#[cfg(windows)]
fn open(name: &std::ffi::OsStr) -> Result<libloading::Library, libloading::Error> {
    use libloading::os::windows::{LOAD_WITH_ALTERED_SEARCH_PATH, Library};
    let beside = std::path::Path::new(name).is_absolute();
    let flags = if beside { LOAD_WITH_ALTERED_SEARCH_PATH } else { 0 };
    // SAFETY: as on other systems.
    unsafe { Library::load_with_flags(name, flags) }.map(Into::into)
}

fn device(raw: &RawDevice) -> Device {
    let mut device = Device::new(text(raw.name));
    device.description = Some(text(raw.description)).filter(|text| !text.is_empty());
    device.flags = DeviceFlags::from_libpcap(raw.flags);
    let mut next = raw.addresses;
    // SAFETY: the list belongs to the device and ends with a null pointer.
    while let Some(raw) = unsafe { next.as_ref() } {
        let [address, netmask, broadcast, peer] =
            [raw.address, raw.netmask, raw.broadcast, raw.peer].map(|pointer| {
                // SAFETY: null, or a socket address as large as its family says.
                unsafe { address::read(pointer) }
            });
        device.add(address, netmask, broadcast, peer);
        next = raw.next;
    }
    device
}

/// A name for libpcap; without what stands behind a zero byte, which no name has.
pub(super) fn c_string(name: &str) -> CString {
    let before = name.split('\0').next().unwrap_or_default();
    CString::new(before).unwrap_or_default()
}

/// A text of libpcap's; empty for a null pointer. Private to this module's callers: they pass
/// pointers that libpcap gave them or buffers it wrote.
pub(super) fn text(pointer: *const c_char) -> String {
    if pointer.is_null() {
        return String::new();
    }
    // SAFETY: libpcap's texts end with a zero byte, its error buffers too.
    unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned()
}

/// What the loader says, with the reason that libloading keeps as a source.
fn said(error: &libloading::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
