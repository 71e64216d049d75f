//! The ring that a packet socket shares with the kernel, version 3 (`TPACKET_V3`): blocks of frames,
//! each the kernel's or ours, as its status says. Source: linux/if_packet.h, and
//! Documentation/networking/packet_mmap.rst.

use std::ffi::c_uint;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// How large the ring is, and how long a block is filled.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    block_size: usize,
    blocks: usize,
    timeout: Duration,
}

/// Bytes of a block, unless frames may be larger.
const BLOCK: usize = 256 * 1024;
/// Room that a block and a frame in it need beside the frame's bytes.
const OVERHEAD: usize = 4096;
/// Frames are not of one size; the kernel only checks that this divides a block.
const FRAME: usize = 2048;

// Offsets in `struct tpacket_block_desc`.
const BLOCK_STATUS: usize = 8;
const BLOCK_FRAMES: usize = 12;
const BLOCK_FIRST: usize = 16;

// Offsets in `struct tpacket3_hdr`, behind which a `struct sockaddr_ll` stands.
const NEXT: usize = 0;
const SECONDS: usize = 4;
const NANOSECONDS: usize = 8;
const CAPTURED: usize = 12;
const LENGTH: usize = 16;
const STATUS: usize = 20;
const START: usize = 24;
const VLAN_TCI: usize = 32;
const VLAN_TPID: usize = 36;
const ADDRESS: usize = 48;

impl Layout {
    /// A ring of about `buffer` bytes for frames of up to `snap_length`, whose blocks are shown
    /// when they are full or after `timeout`.
    pub(crate) fn new(buffer: usize, snap_length: u32, timeout: Duration) -> Self {
        let largest = (snap_length as usize).saturating_add(OVERHEAD);
        // A ring of one block would leave the kernel none while it is read.
        let block_size = if buffer / 2 < BLOCK { OVERHEAD * 4 } else { BLOCK };
        let block_size = block_size.max(largest).next_power_of_two();
        // The kernel counts a ring's bytes in 32 bits.
        let most = (i32::MAX as usize) / block_size;
        let blocks = (buffer / block_size).clamp(2, most.max(2));
        Self { block_size, blocks, timeout }
    }

    /// A ring of half as many blocks; `None` when there would be only one.
    pub(crate) fn halved(self) -> Option<Self> {
        let blocks = self.blocks / 2;
        (blocks >= 2).then_some(Self { blocks, ..self })
    }

    pub(crate) fn bytes(self) -> usize {
        self.block_size * self.blocks
    }

    pub(super) fn request(self) -> libc::tpacket_req3 {
        let per_block = self.block_size / FRAME;
        libc::tpacket_req3 {
            tp_block_size: self.block_size as c_uint,
            tp_block_nr: self.blocks as c_uint,
            tp_frame_size: FRAME as c_uint,
            tp_frame_nr: (per_block * self.blocks) as c_uint,
            tp_retire_blk_tov: c_uint::try_from(self.timeout.as_millis()).unwrap_or(c_uint::MAX),
            tp_sizeof_priv: 0,
            tp_feature_req_word: 0,
        }
    }
}

/// A frame in the ring, and what the kernel says of it.
pub(crate) struct RingFrame<'a> {
    pub(crate) seconds: u32,
    pub(crate) nanoseconds: u32,
    pub(crate) captured: &'a [u8],
    pub(crate) length: u32,
    /// `TP_STATUS_`.
    pub(crate) status: u32,
    pub(crate) vlan_tci: u16,
    pub(crate) vlan_tpid: u16,
    /// `struct sockaddr_ll`.
    pub(crate) address: &'a [u8; 20],
}

/// The ring, mapped.
pub(crate) struct Ring {
    memory: NonNull<u8>,
    layout: Layout,
    /// The block that is read or comes next.
    block: usize,
    /// Frames left in it, and where the next is.
    left: u32,
    at: usize,
}

// SAFETY: the mapping belongs to this value alone and is not bound to a thread.
unsafe impl Send for Ring {}

impl Ring {
    pub(super) fn map(socket: BorrowedFd<'_>, layout: Layout) -> io::Result<Self> {
        let length = layout.bytes();
        // SAFETY: a new mapping of the socket's ring, which has that length.
        let memory = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                length,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                socket.as_raw_fd(),
                0,
            )
        };
        if memory == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let memory = NonNull::new(memory.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self { memory, layout, block: 0, left: 0, at: 0 })
    }

    /// Hands on up to `count` frames; returns how many there were. Blocks that were read through
    /// go back to the kernel.
    pub(crate) fn take(&mut self, count: u16, mut each: impl FnMut(RingFrame<'_>)) -> u16 {
        let mut taken = 0;
        while taken < count {
            let Some(block) = self.block() else { break };
            let (mut left, mut at) = (self.left, self.at);
            if left == 0 {
                left = u32_at(block, BLOCK_FRAMES).unwrap_or(0);
                at = u32_at(block, BLOCK_FIRST).unwrap_or(0) as usize;
            }
            while left > 0 && taken < count {
                // The kernel never writes a header that leads outside; the rest is left out then.
                let Some((frame, next)) = frame(block, at) else {
                    left = 0;
                    break;
                };
                each(frame);
                taken += 1;
                left -= 1;
                at += next;
            }
            (self.left, self.at) = (left, at);
            if left == 0 {
                self.status().store(libc::TP_STATUS_KERNEL, Ordering::Release);
                self.block = (self.block + 1) % self.layout.blocks;
            }
        }
        taken
    }

    /// The current block, if it is ours.
    fn block(&self) -> Option<&[u8]> {
        if self.status().load(Ordering::Acquire) & libc::TP_STATUS_USER == 0 {
            return None;
        }
        let size = self.layout.block_size;
        // SAFETY: the block lies in the mapping. It is ours until its status is given back, which
        // only `take` does, after its frames were handed on; until then the kernel writes nothing.
        Some(unsafe { std::slice::from_raw_parts(self.start().as_ptr(), size) })
    }

    fn status(&self) -> &AtomicU32 {
        // SAFETY: the block begins in the mapping, whose blocks begin at pages.
        let pointer = unsafe { self.start().as_ptr().add(BLOCK_STATUS) };
        // SAFETY: aligned as said; kernel and reader change it as a whole.
        unsafe { AtomicU32::from_ptr(pointer.cast()) }
    }

    fn start(&self) -> NonNull<u8> {
        // SAFETY: `block` is below the number of blocks, so that stays in the mapping.
        unsafe { self.memory.add(self.block * self.layout.block_size) }
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        let length = self.layout.bytes();
        // SAFETY: the mapping is ours, and nothing that was lent from it is left.
        unsafe { libc::munmap(self.memory.as_ptr().cast(), length) };
    }
}

/// The frame whose header stands there, and how far the next one is.
fn frame(block: &[u8], at: usize) -> Option<(RingFrame<'_>, usize)> {
    let header = block.get(at..)?;
    let address = header.get(ADDRESS..)?.first_chunk()?;
    let (start, captured) = (u16_at(header, START)?, u32_at(header, CAPTURED)?);
    let start = usize::from(start);
    let frame = RingFrame {
        seconds: u32_at(header, SECONDS)?,
        nanoseconds: u32_at(header, NANOSECONDS)?,
        captured: header.get(start..start + captured as usize)?,
        length: u32_at(header, LENGTH)?,
        status: u32_at(header, STATUS)?,
        vlan_tci: u32_at(header, VLAN_TCI)? as u16,
        vlan_tpid: u16_at(header, VLAN_TPID)?,
        address,
    };
    Some((frame, u32_at(header, NEXT)? as usize))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_ne_bytes(*bytes))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_ne_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_the_kernel_takes() {
        for (buffer, snap_length) in
            [(0, 0), (1, 65_535), (10 << 20, 65_535), (64 << 20, 262_144), (usize::MAX, 10)]
        {
            let layout = Layout::new(buffer, snap_length, Duration::from_secs(1));
            assert!(layout.block_size.is_power_of_two() && layout.block_size.is_multiple_of(FRAME));
            assert!(layout.block_size >= snap_length as usize + OVERHEAD);
            assert!(layout.blocks >= 2 && layout.blocks * layout.block_size <= i32::MAX as usize);
            let request = layout.request();
            let per_block = request.tp_block_size / request.tp_frame_size;
            assert_eq!(request.tp_frame_nr, per_block * request.tp_block_nr);
        }
        assert_eq!(Layout::new(10 << 20, 65_535, Duration::ZERO).blocks, 40);
    }

    #[test]
    fn headers_as_the_library_declares_them() {
        use std::mem::offset_of;
        assert_eq!(NEXT, offset_of!(libc::tpacket3_hdr, tp_next_offset));
        assert_eq!(CAPTURED, offset_of!(libc::tpacket3_hdr, tp_snaplen));
        assert_eq!(STATUS, offset_of!(libc::tpacket3_hdr, tp_status));
        assert_eq!(START, offset_of!(libc::tpacket3_hdr, tp_mac));
        assert_eq!(ADDRESS, size_of::<libc::tpacket3_hdr>());
    }

    #[test]
    fn a_header_that_leads_outside_is_none() {
        let mut block = vec![0; 128];
        assert!(frame(&block, 0).is_some());
        assert!(frame(&block, 80).is_none());
        block[CAPTURED] = 200;
        assert!(frame(&block, 0).is_none());
    }
}
