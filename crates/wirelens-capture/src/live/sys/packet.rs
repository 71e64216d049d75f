//! Linux's packet socket: `packet(7)`.

use std::ffi::{c_int, c_ushort, c_void};
use std::io;
use std::mem::size_of;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use super::address;
use super::program::Instruction;
use super::ring::{Layout, Ring};
use crate::live::device::{Device, DeviceFlags};
use crate::live::statistics::LiveStatistics;

/// All protocols, for [`Socket::bind`].
pub(crate) const ALL_PROTOCOLS: u16 = libc::ETH_P_ALL as u16;

/// A packet socket. It gets no frame before it is bound.
pub(crate) struct Socket(OwnedFd);

impl Socket {
    /// A socket for whole frames, or for their payload with the link layer taken off (`cooked`).
    pub(crate) fn new(cooked: bool) -> io::Result<Self> {
        let kind = if cooked { libc::SOCK_DGRAM } else { libc::SOCK_RAW };
        // SAFETY: plain numbers.
        let number = unsafe { libc::socket(libc::AF_PACKET, kind | libc::SOCK_CLOEXEC, 0) };
        if number < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the descriptor was just opened and belongs to nobody else.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(number) }))
    }

    /// Shares a ring of buffers with the kernel. Before that the ring's version is chosen.
    pub(crate) fn ring(&self, layout: Layout) -> io::Result<Ring> {
        let version = libc::tpacket_versions::TPACKET_V3 as c_int;
        self.set(libc::SOL_PACKET, libc::PACKET_VERSION, &version)?;
        self.set(libc::SOL_PACKET, libc::PACKET_RX_RING, &layout.request())?;
        Ring::map(self.as_fd(), layout)
    }

    /// Attaches a classic BPF program, which says how many bytes of a frame are kept.
    pub(crate) fn set_filter(&self, program: &[Instruction]) -> io::Result<()> {
        let mut filters: Vec<libc::sock_filter> = program
            .iter()
            .map(|one| libc::sock_filter {
                code: one.code,
                jt: one.if_true,
                jf: one.if_false,
                k: one.operand,
            })
            .collect();
        let len = c_ushort::try_from(filters.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        let program = libc::sock_fprog { len, filter: filters.as_mut_ptr() };
        self.set(libc::SOL_SOCKET, libc::SO_ATTACH_FILTER, &program)
    }

    /// Takes frames for other hosts too, as long as the socket is open.
    pub(crate) fn set_promiscuous(&self, index: u32) -> io::Result<()> {
        let membership = libc::packet_mreq {
            mr_ifindex: index as c_int,
            mr_type: libc::PACKET_MR_PROMISC as c_ushort,
            mr_alen: 0,
            mr_address: [0; 8],
        };
        self.set(libc::SOL_PACKET, libc::PACKET_ADD_MEMBERSHIP, &membership)
    }

    /// Takes no frames that this host sends.
    pub(crate) fn ignore_outgoing(&self) -> io::Result<()> {
        self.set(libc::SOL_PACKET, libc::PACKET_IGNORE_OUTGOING, &1_i32)
    }

    /// Joins a group of sockets that share the frames. Only a bound socket can.
    pub(crate) fn join(&self, group: u16, kind: u16) -> io::Result<()> {
        let value = u32::from(group) | u32::from(kind) << 16;
        self.set(libc::SOL_PACKET, libc::PACKET_FANOUT, &value)
    }

    /// Starts on a device by its index, 0 for all; 0 for the protocol gets no frames, to send only.
    pub(crate) fn bind(&self, index: u32, protocol: u16) -> io::Result<()> {
        let address = libc::sockaddr_ll {
            sll_family: libc::AF_PACKET as c_ushort,
            sll_protocol: protocol.to_be(),
            sll_ifindex: index as c_int,
            sll_hatype: 0,
            sll_pkttype: 0,
            sll_halen: 0,
            sll_addr: [0; 8],
        };
        let length = size_of::<libc::sockaddr_ll>() as libc::socklen_t;
        // SAFETY: the address is one of this family, as long as it says.
        let status =
            unsafe { libc::bind(self.0.as_raw_fd(), std::ptr::from_ref(&address).cast(), length) };
        checked(status)
    }

    /// Frames that passed the filter and frames dropped, since the last call.
    pub(crate) fn statistics(&self) -> io::Result<LiveStatistics> {
        let mut raw = libc::tpacket_stats_v3 { tp_packets: 0, tp_drops: 0, tp_freeze_q_cnt: 0 };
        let mut length = size_of::<libc::tpacket_stats_v3>() as libc::socklen_t;
        // SAFETY: `raw` has as many bytes as `length` says.
        let status = unsafe {
            libc::getsockopt(
                self.0.as_raw_fd(),
                libc::SOL_PACKET,
                libc::PACKET_STATISTICS,
                std::ptr::from_mut(&mut raw).cast(),
                &mut length,
            )
        };
        checked(status)?;
        Ok(LiveStatistics {
            received: raw.tp_packets.into(),
            dropped: raw.tp_drops.into(),
            interface_dropped: 0,
        })
    }

    /// Sends a frame through the device the socket is bound to.
    pub(crate) fn send(&self, frame: &[u8]) -> io::Result<()> {
        // SAFETY: the frame has as many bytes as it says.
        let sent = unsafe {
            libc::send(self.0.as_raw_fd(), frame.as_ptr().cast::<c_void>(), frame.len(), 0)
        };
        if sent < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    fn set<T>(&self, level: c_int, option: c_int, value: &T) -> io::Result<()> {
        let length = size_of::<T>() as libc::socklen_t;
        let value = std::ptr::from_ref(value).cast();
        // SAFETY: the value has as many bytes as `length` says; the callers pair options and types.
        checked(unsafe { libc::setsockopt(self.0.as_raw_fd(), level, option, value, length) })
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// A device's index, state and kind of hardware (`ARPHRD_`), which need no permission.
pub(crate) struct Interface {
    pub(crate) index: u32,
    pub(crate) flags: u32,
    pub(crate) hardware: u16,
}

impl Interface {
    /// Asks for a device by its name; `None` if there is none.
    pub(crate) fn find(name: &str) -> io::Result<Option<Self>> {
        // SAFETY: plain numbers.
        let number =
            unsafe { libc::socket(libc::AF_UNIX, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0) };
        if number < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the descriptor was just opened and belongs to nobody else.
        let socket = unsafe { OwnedFd::from_raw_fd(number) };
        // SAFETY: all zeros are a request without a name.
        let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
        if name.len() >= request.ifr_name.len() {
            return Ok(None);
        }
        for (place, byte) in request.ifr_name.iter_mut().zip(name.bytes()) {
            *place = byte as libc::c_char;
        }
        let ask = |number, mut request: libc::ifreq| {
            // SAFETY: these requests read a name and write one value into the structure.
            let status = unsafe { libc::ioctl(socket.as_raw_fd(), number, &mut request) };
            checked(status).map(|()| request.ifr_ifru)
        };
        let index = match ask(libc::SIOCGIFINDEX, request) {
            Ok(answer) => answer,
            Err(error) if error.raw_os_error() == Some(libc::ENODEV) => return Ok(None),
            Err(error) => return Err(error),
        };
        let flags = ask(libc::SIOCGIFFLAGS, request)?;
        let hardware = ask(libc::SIOCGIFHWADDR, request)?;
        // SAFETY: each request wrote the member that is read here.
        let index = unsafe { index.ifru_ifindex };
        // SAFETY: as above.
        let flags = unsafe { flags.ifru_flags };
        // SAFETY: as above; hardware addresses have their kind in the place of a family.
        let hardware = unsafe { hardware.ifru_hwaddr.sa_family };
        Ok(Some(Self { index: index as u32, flags: flags as u16 as u32, hardware }))
    }

    pub(crate) fn is_up(&self) -> bool {
        self.flags & libc::IFF_UP as u32 != 0
    }
}

/// The network interfaces with their addresses, as the system lists them, without libpcap.
pub(crate) fn interfaces() -> io::Result<Vec<Device>> {
    let mut first = std::ptr::null_mut();
    // SAFETY: `first` is where the list goes.
    checked(unsafe { libc::getifaddrs(&mut first) })?;
    let mut devices: Vec<Device> = Vec::new();
    let mut next = first;
    // SAFETY: the list is ours until it is freed below, and ends with a null pointer.
    while let Some(raw) = unsafe { next.as_ref() } {
        next = raw.ifa_next;
        let name = super::library::text(raw.ifa_name);
        let at = devices.iter().position(|device| device.name == name);
        let at = at.unwrap_or_else(|| {
            devices.push(Device::new(name));
            devices.len() - 1
        });
        let Some(device) = devices.get_mut(at) else { continue };
        let flag = |flag: c_int| raw.ifa_flags & flag as u32 != 0;
        device.flags = DeviceFlags {
            loopback: flag(libc::IFF_LOOPBACK),
            up: flag(libc::IFF_UP),
            running: flag(libc::IFF_RUNNING),
            wireless: false,
            connected: None,
        };
        // The one member is the broadcast address or the peer, by the kind of link.
        let [address, netmask, other] =
            [raw.ifa_addr, raw.ifa_netmask, raw.ifa_ifu].map(|pointer| {
                // SAFETY: null, or a socket address as large as its family says.
                unsafe { address::read(pointer) }
            });
        let (broadcast, peer) =
            if flag(libc::IFF_POINTOPOINT) { (None, other) } else { (other, None) };
        device.add(address, netmask, broadcast.filter(|_| flag(libc::IFF_BROADCAST)), peer);
    }
    // SAFETY: the list came from getifaddrs, and nothing of it is kept.
    unsafe { libc::freeifaddrs(first) };
    Ok(devices)
}

fn checked(status: c_int) -> io::Result<()> {
    if status < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
