//! Filters: compiled and run by libpcap.

use std::ffi::{c_int, c_uint};
use std::net::Ipv4Addr;
use std::sync::{Mutex, PoisonError};

use super::handle::{PacketHeader, RawHandle};
use super::library::{Library, c_string, text};
use crate::LinkType;

/// The address mask of the network is not known: `ip broadcast` is then refused.
const NO_NETMASK: u32 = u32::MAX;

fn mask(netmask: Option<Ipv4Addr>) -> u32 {
    // Documented as network byte order, but compared with what the filter loads, which is the host's:
    // the programs are right only so.
    netmask.map_or(NO_NETMASK, u32::from)
}

/// One instruction of classic BPF.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Instruction {
    pub(crate) code: u16,
    pub(crate) if_true: u8,
    pub(crate) if_false: u8,
    pub(crate) operand: u32,
}

impl Instruction {
    /// Ends the program: refuses the frame.
    pub(super) const NOTHING: Self = Self { code: 0x06, if_true: 0, if_false: 0, operand: 0 };

    /// Ends the program: keeps so many bytes of the frame.
    #[cfg(target_os = "linux")]
    pub(crate) const fn keep(bytes: u32) -> Self {
        Self { code: 0x06, if_true: 0, if_false: 0, operand: bytes }
    }
}

#[repr(C)]
pub(super) struct RawProgram {
    length: c_uint,
    instructions: *mut Instruction,
}

impl RawProgram {
    /// A program for a call that only reads it. As long as it is used, the instructions must live.
    pub(super) fn borrowed(instructions: &mut [Instruction]) -> Self {
        Self { length: instructions.len() as c_uint, instructions: instructions.as_mut_ptr() }
    }
}

/// A compiled filter.
pub(crate) struct Program {
    pub(super) raw: RawProgram,
    library: &'static Library,
}

// SAFETY: after it was compiled, nothing changes the program until it is dropped.
unsafe impl Send for Program {}
// SAFETY: as above; running it only reads it.
unsafe impl Sync for Program {}

impl Program {
    /// Compiles for frames of a link type, without a device.
    ///
    /// # Errors
    /// What libpcap says.
    pub(crate) fn for_link_type(
        library: &'static Library,
        link_type: LinkType,
        snap_length: u32,
        netmask: Option<Ipv4Addr>,
        filter: &str,
    ) -> Result<Self, String> {
        let snap_length = c_int::try_from(snap_length).unwrap_or(c_int::MAX);
        let functions = &library.functions;
        // SAFETY: plain numbers; the handle is closed below.
        let dead = unsafe { (functions.pcap_open_dead)(link_type.0.into(), snap_length) };
        if dead.is_null() {
            return Err("out of memory".to_owned());
        }
        // SAFETY: the handle was just opened.
        let compiled = unsafe { Self::compile(library, dead, netmask, filter) };
        // SAFETY: the handle is ours, and a compiled program does not refer to it.
        unsafe { (functions.pcap_close)(dead) };
        compiled
    }

    /// Compiles for a handle.
    ///
    /// # Safety
    /// The handle must be open, and used by nobody else meanwhile.
    pub(super) unsafe fn compile(
        library: &'static Library,
        handle: *mut RawHandle,
        netmask: Option<Ipv4Addr>,
        filter: &str,
    ) -> Result<Self, String> {
        // Before version 1.8 the compiler kept its state in static variables.
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let mut raw = RawProgram { length: 0, instructions: std::ptr::null_mut() };
        let filter = c_string(filter);
        let functions = &library.functions;
        // SAFETY: the handle is open, `raw` receives the program, the text ends with a zero byte.
        let status = unsafe {
            (functions.pcap_compile)(handle, &mut raw, filter.as_ptr(), 1, mask(netmask))
        };
        if status != 0 {
            // SAFETY: the handle is open.
            return Err(text(unsafe { (functions.pcap_geterr)(handle) }));
        }
        Ok(Self { raw, library })
    }

    /// Whether a frame passes: its captured bytes, and its length on the wire.
    pub(crate) fn matches(&self, captured: &[u8], length: u32) -> bool {
        let header = PacketHeader::new(captured.len(), length);
        let run = self.library.functions.pcap_offline_filter;
        // SAFETY: the program was compiled; the header's captured length is that of the bytes.
        unsafe { run(&self.raw, &header, captured.as_ptr()) != 0 }
    }

    /// The instructions, for the kernel.
    #[cfg(target_os = "linux")]
    pub(crate) fn instructions(&self) -> &[Instruction] {
        if self.raw.instructions.is_null() {
            return &[];
        }
        // SAFETY: libpcap's program has as many instructions as it says, and stays until `drop`.
        unsafe { std::slice::from_raw_parts(self.raw.instructions, self.raw.length as usize) }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // SAFETY: the program came from pcap_compile and is not used again.
        unsafe { (self.library.functions.pcap_freecode)(&mut self.raw) }
    }
}
