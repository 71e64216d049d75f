//! A device through Linux's packet socket and its ring.

use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::backend::{Opened, Tap};
use super::batch::{self, Batch};
use super::options::{LiveDirection, LiveOptions, SNAP_LENGTH_MAX, TimestampSource};
use super::statistics::{Meter, Way};
use super::sys::{self, ALL_PROTOCOLS, Interface, Layout, Program, Ring, RingFrame, Socket};
use super::{Injector, LiveError, LiveStatistics, cooked, device, permission};
use crate::{LinkType, Resolution, Timestamp};

/// Bytes of an Ethernet header before its type, where a VLAN tag stands.
const ADDRESSES: usize = 12;
/// A device of IP without a link layer, linux/if_arp.h.
const ARPHRD_RAWIP: u16 = 519;
/// The kernel shows a block no sooner.
const IMMEDIATE: Duration = Duration::from_millis(1);

// `sll_pkttype`, linux/if_packet.h.
const HOST: u8 = 0;
const BROADCAST: u8 = 1;
const MULTICAST: u8 = 2;
const OUTGOING: u8 = 4;

struct PacketTap {
    name: String,
    index: u32,
    socket: Arc<Socket>,
    ring: Ring,
    taker: Taker,
    taken: u64,
    counted: Counted,
}

/// A socket and what it has counted: it forgets what it has told.
#[derive(Clone)]
pub(crate) struct Counted {
    socket: Arc<Socket>,
    total: Arc<Mutex<LiveStatistics>>,
}

impl Counted {
    pub(crate) fn read(&self) -> std::io::Result<LiveStatistics> {
        let mut total = self.total.lock().unwrap_or_else(PoisonError::into_inner);
        let new = self.socket.statistics()?;
        total.received += new.received;
        total.dropped += new.dropped;
        Ok(*total)
    }
}

/// How a frame in the ring becomes one of the capture.
struct Taker {
    link_type: LinkType,
    snap_length: usize,
    nanoseconds: bool,
    direction: LiveDirection,
    /// Index of the loopback device, whose frames are seen when received and not when sent.
    loopback: u32,
    /// The filter, where the kernel cannot run it.
    filter: Option<Program>,
}

/// Opens a device.
pub(crate) fn open(name: &str, options: &LiveOptions) -> Result<Opened, LiveError> {
    let device = find(name)?;
    if options.monitor {
        return Err(LiveError::Unsupported {
            interface: name.to_owned(),
            what: "the packet backend does not set monitor mode".to_owned(),
            instead: "capture with libpcap, or set it before (`iw dev`)",
        });
    }
    let failed = |error: std::io::Error| failed(name, "opening", error);
    let (link_type, cooked) = link_type(&device);
    let snap_length = if options.snap_length == 0 { SNAP_LENGTH_MAX } else { options.snap_length };
    let socket = Socket::new(cooked).map_err(failed)?;
    let timeout = options.timeout().unwrap_or(IMMEDIATE).max(IMMEDIATE);
    let (ring, smaller) =
        ring(&socket, options.buffer_size, snap_length, timeout).map_err(failed)?;
    // Before the socket is bound, so that no frame comes in unfiltered.
    let filter = set_filter(&socket, link_type, snap_length, options, name)?;
    if options.direction == LiveDirection::In {
        // Kernels before 4.20 cannot; the reader leaves such frames out all the same.
        let _ = socket.ignore_outgoing();
    }
    if options.promiscuous && device.index != 0 {
        socket.set_promiscuous(device.index).map_err(failed)?;
    }
    socket.bind(device.index, options.protocol.unwrap_or(ALL_PROTOCOLS)).map_err(failed)?;
    if let Some(group) = options.fanout {
        socket.join(group.number, group.kind.number()).map_err(failed)?;
    }
    let clock = options.timestamp_source.filter(|source| *source != TimestampSource::Host);
    let clock = clock.map(|source| {
        format!("the packet backend has the host's clock only, not {}", source.name())
    });
    let smaller = smaller.map(|bytes| {
        format!("there is no memory for the buffer that was asked for; it has {bytes} bytes")
    });
    let loopback = Interface::find("lo").ok().flatten().map_or(0, |device| device.index);
    let resolution =
        if options.nanoseconds { Resolution::NANOSECONDS } else { Resolution::MICROSECONDS };
    let socket = Arc::new(socket);
    let tap = PacketTap {
        name: name.to_owned(),
        index: device.index,
        counted: Counted { socket: Arc::clone(&socket), total: Arc::default() },
        socket,
        ring,
        taker: Taker {
            link_type,
            snap_length: snap_length as usize,
            nanoseconds: options.nanoseconds,
            direction: options.direction,
            loopback,
            filter,
        },
        taken: 0,
    };
    let warnings = clock.into_iter().chain(smaller).collect();
    Ok(Opened { tap: Box::new(tap), link_type, snap_length, resolution, warnings })
}

/// Shares a ring with the kernel; where it has no room for so much, a smaller one, whose size is
/// then told.
fn ring(
    socket: &Socket,
    bytes: usize,
    snap_length: u32,
    timeout: Duration,
) -> std::io::Result<(Ring, Option<usize>)> {
    let mut layout = Layout::new(bytes, snap_length, timeout);
    let mut smaller = None;
    loop {
        match socket.ring(layout) {
            Err(error) if error.kind() == std::io::ErrorKind::OutOfMemory => {
                layout = layout.halved().ok_or(error)?;
                smaller = Some(layout.bytes());
            }
            ring => return Ok((ring?, smaller)),
        }
    }
}

/// A socket that frames are only sent through.
pub(crate) fn open_to_send(name: &str) -> Result<Arc<Socket>, LiveError> {
    let device = find(name)?;
    if device.index == 0 {
        return Err(cannot_send(name));
    }
    let failed = |error: std::io::Error| failed(name, "opening", error);
    let socket = Socket::new(false).map_err(failed)?;
    socket.bind(device.index, 0).map_err(failed)?;
    Ok(Arc::new(socket))
}

pub(crate) fn cannot_send(name: &str) -> LiveError {
    LiveError::Unsupported {
        interface: name.to_owned(),
        what: "frames cannot be sent through it".to_owned(),
        instead: "name one device",
    }
}

/// The usual link type of a device, by its hardware.
pub(crate) fn usual_link_type(name: &str) -> Option<LinkType> {
    Interface::find(name).ok().flatten().map(|device| link_type(&device).0)
}

fn find(name: &str) -> Result<Interface, LiveError> {
    if name == "any" {
        return Ok(Interface { index: 0, flags: 0, hardware: libc::ARPHRD_VOID });
    }
    match Interface::find(name).map_err(|error| failed(name, "opening", error))? {
        None => Err(device::no_such(name)),
        Some(device) if !device.is_up() => Err(LiveError::NotUp { interface: name.to_owned() }),
        Some(device) => Ok(device),
    }
}

/// What frames of a device begin with, and whether the kernel has to take the link layer off first
/// because nobody knows it.
fn link_type(device: &Interface) -> (LinkType, bool) {
    match device.hardware {
        libc::ARPHRD_ETHER | libc::ARPHRD_LOOPBACK => (LinkType::ETHERNET, false),
        libc::ARPHRD_IEEE80211 => (LinkType::IEEE802_11, false),
        libc::ARPHRD_IEEE80211_PRISM => (LinkType(119), false),
        libc::ARPHRD_IEEE80211_RADIOTAP => (LinkType::IEEE802_11_RADIOTAP, false),
        libc::ARPHRD_NONE | ARPHRD_RAWIP => (LinkType::RAW, false),
        _ => (LinkType::LINUX_SLL2, true),
    }
}

/// Has the kernel filter and cut frames; returns the filter if it is one the kernel cannot run.
fn set_filter(
    socket: &Socket,
    link_type: LinkType,
    snap_length: u32,
    options: &LiveOptions,
    name: &str,
) -> Result<Option<Program>, LiveError> {
    let failed = |error: std::io::Error| failed(name, "setting the filter", error);
    let everything = [sys::Instruction::keep(snap_length)];
    let Some(text) = &options.filter else {
        return socket.set_filter(&everything).map(|()| None).map_err(failed);
    };
    let netmask = device::netmask(name);
    let program =
        Program::for_link_type(sys::library()?, link_type, snap_length, Some(netmask), text)
            .map_err(|message| LiveError::Filter { filter: text.clone(), message })?;
    // The kernel has taken tags of VLANs out of the frame, so a filter that looks for them is run
    // when they are back in it.
    let in_kernel = if text.contains("vlan") {
        None
    } else if link_type == LinkType::LINUX_SLL2 {
        cooked::for_kernel(program.instructions())
    } else {
        Some(program.instructions().to_vec())
    };
    let attached = in_kernel.map(|instructions| socket.set_filter(&instructions));
    match attached {
        Some(Ok(())) => Ok(None),
        // Too long for the kernel, or not expressible there.
        Some(Err(_)) | None => {
            socket.set_filter(&everything).map_err(failed)?;
            Ok(Some(program))
        }
    }
}

fn failed(name: &str, doing: &'static str, error: std::io::Error) -> LiveError {
    let (interface, message) = (name.to_owned(), error.to_string());
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => {
            LiveError::NotPermitted { interface, missing: permission::missing(), message }
        }
        _ => LiveError::Failed { interface, doing, message },
    }
}

impl Taker {
    /// Puts a frame into the batch unless it is one to leave out.
    fn put(&self, frame: &RingFrame<'_>, batch: &mut Batch<'_>) {
        let address = cooked::Address::read(frame.address);
        let outgoing = address.kind == OUTGOING;
        let left_out = match self.direction {
            // Each frame of the loopback device is sent and received; one of the two is enough.
            _ if outgoing && address.index == self.loopback => true,
            LiveDirection::Both => false,
            LiveDirection::In => outgoing,
            LiveDirection::Out => !outgoing,
        };
        if left_out {
            return;
        }
        let from = batch.bytes.len();
        let mut length = frame.length;
        let tagged = frame.status & libc::TP_STATUS_VLAN_VALID != 0 || frame.vlan_tci != 0;
        let tag = tagged.then(|| {
            let known = frame.status & libc::TP_STATUS_VLAN_TPID_VALID != 0;
            let protocol = if known { frame.vlan_tpid } else { libc::ETH_P_8021Q as u16 };
            (protocol, frame.vlan_tci)
        });
        if self.link_type == LinkType::LINUX_SLL2 {
            length = length.saturating_add(address.put(tag, batch.bytes));
            batch.bytes.extend_from_slice(frame.captured);
        } else {
            match (tag, frame.captured.split_at_checked(ADDRESSES)) {
                (Some((protocol, control)), Some((addresses, rest)))
                    if self.link_type == LinkType::ETHERNET =>
                {
                    batch.bytes.extend_from_slice(addresses);
                    batch.bytes.extend_from_slice(&protocol.to_be_bytes());
                    batch.bytes.extend_from_slice(&control.to_be_bytes());
                    batch.bytes.extend_from_slice(rest);
                    length = length.saturating_add(4);
                }
                _ => batch.bytes.extend_from_slice(frame.captured),
            }
        }
        batch.bytes.truncate(from.saturating_add(self.snap_length));
        let captured = batch.bytes.get(from..).unwrap_or_default();
        if self.filter.as_ref().is_some_and(|filter| !filter.matches(captured, length)) {
            batch.bytes.truncate(from);
            return;
        }
        let fraction = frame.nanoseconds;
        let fraction = if self.nanoseconds { fraction } else { fraction / 1000 * 1000 };
        let time = Timestamp::new(frame.seconds.into(), fraction);
        batch.close(time, from, length, flags(&address, frame.status));
    }
}

/// What pcapng's flags say of a frame (`epb_flags`).
fn flags(address: &cooked::Address, status: u32) -> u32 {
    let (direction, reception) = match address.kind {
        OUTGOING => (2, 0),
        HOST => (1, 1),
        MULTICAST => (1, 2),
        BROADCAST => (1, 3),
        _ => (1, 4),
    };
    let bit = |mask: u32, bit: u32| if status & mask != 0 { 1 << bit } else { 0 };
    direction
        | reception << 2
        | bit(libc::TP_STATUS_CSUMNOTREADY, 9)
        | bit(libc::TP_STATUS_CSUM_VALID, 10)
        | bit(TP_STATUS_GSO_TCP, 11)
}

/// The frame is to be cut into segments by the device. linux/if_packet.h.
const TP_STATUS_GSO_TCP: u32 = 1 << 8;

impl Tap for PacketTap {
    fn take(&mut self, batch: &mut Batch<'_>) -> Result<bool, LiveError> {
        let count = self.ring.take(batch::FRAMES, |frame| self.taker.put(&frame, batch));
        self.taken += u64::from(count);
        if count == 0 {
            self.look_at_error()?;
        }
        Ok(count >= batch::FRAMES)
    }

    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        Some((*self.socket).as_fd())
    }

    fn longest_wait(&self) -> Option<Duration> {
        None
    }

    fn meter(&self) -> Meter {
        Meter::new(self.name.clone(), Way::Packet(self.counted.clone()))
    }

    fn keeps_frames(&mut self) -> bool {
        self.counted
            .read()
            .is_ok_and(|counted| counted.received.saturating_sub(counted.dropped) > self.taken)
    }

    fn injector(&self) -> Injector {
        // A socket that has the link layer taken off would put one on.
        let whole = self.taker.link_type != LinkType::LINUX_SLL2;
        Injector::over_socket(self.name.clone(), whole, Arc::clone(&self.socket))
    }
}

impl PacketTap {
    /// A device that was taken down may come up again; one that was removed does not.
    fn look_at_error(&self) -> Result<(), LiveError> {
        let error = match rustix::net::sockopt::socket_error(&*self.socket) {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) | Err(error) => std::io::Error::from(error),
        };
        let down = error.raw_os_error() == Some(libc::ENETDOWN);
        let there = self.index == 0
            || Interface::find(&self.name)
                .is_ok_and(|device| device.is_some_and(|device| device.index == self.index));
        if down && there {
            return Ok(());
        }
        let message =
            if there { error.to_string() } else { "the device is no longer there".to_owned() };
        Err(LiveError::Failed { interface: self.name.clone(), doing: "reading", message })
    }
}
