//! Devices that can be captured from.

use std::net::{IpAddr, Ipv4Addr};

use super::sys::{self, Handle, Settings};
use super::{LiveError, TimestampSource};
use crate::LinkType;

/// A device.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Device {
    /// Its name, such as `eth0`.
    pub name: String,
    /// What it is, where the system says.
    pub description: Option<String>,
    /// Its state.
    pub flags: DeviceFlags,
    /// Its hardware address.
    pub mac: Option<[u8; 6]>,
    /// Its network addresses.
    pub addresses: Vec<DeviceAddress>,
    /// What its frames can begin with, the usual one first. Empty where that cannot be known without
    /// permission to capture.
    pub link_types: Vec<LinkType>,
    /// The clocks it can take times from.
    pub timestamp_sources: Vec<TimestampSource>,
}

/// One network address of a device.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DeviceAddress {
    /// The address.
    pub address: IpAddr,
    /// The mask of its network.
    pub netmask: Option<IpAddr>,
    /// The address that reaches all hosts of its network.
    pub broadcast: Option<IpAddr>,
    /// The other end of a point-to-point link.
    pub peer: Option<IpAddr>,
}

/// The state of a device, `PCAP_IF_` of libpcap.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct DeviceFlags {
    /// Frames come back to the host.
    pub loopback: bool,
    /// Brought up.
    pub up: bool,
    /// Ready to transfer.
    pub running: bool,
    /// Wireless.
    pub wireless: bool,
    /// Whether something is connected, where the system says.
    pub connected: Option<bool>,
}

impl DeviceFlags {
    pub(super) fn from_libpcap(flags: u32) -> Self {
        Self {
            loopback: flags & 1 != 0,
            up: flags & 2 != 0,
            running: flags & 4 != 0,
            wireless: flags & 8 != 0,
            connected: match flags >> 4 & 3 {
                1 => Some(true),
                2 => Some(false),
                _ => None,
            },
        }
    }
}

/// An address as systems list them: of a network, or of the hardware.
#[derive(Clone, Copy)]
#[cfg_attr(windows, allow(dead_code, reason = "it lists none of the hardware"))]
pub(super) enum Address {
    Ip(IpAddr),
    Mac([u8; 6]),
}

impl Address {
    fn ip(self) -> Option<IpAddr> {
        match self {
            Self::Ip(address) => Some(address),
            Self::Mac(_) => None,
        }
    }
}

impl Device {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            description: None,
            flags: DeviceFlags::default(),
            mac: None,
            addresses: Vec::new(),
            link_types: Vec::new(),
            timestamp_sources: Vec::new(),
        }
    }

    /// Adds an address in the form systems list them.
    pub(super) fn add(
        &mut self,
        address: Option<Address>,
        netmask: Option<Address>,
        broadcast: Option<Address>,
        peer: Option<Address>,
    ) {
        let ip = |address: Option<Address>| address.and_then(Address::ip);
        match address {
            Some(Address::Mac(mac)) => self.mac = Some(mac).filter(|mac| *mac != [0; 6]),
            Some(Address::Ip(address)) => self.addresses.push(DeviceAddress {
                address,
                netmask: ip(netmask),
                broadcast: ip(broadcast),
                peer: ip(peer),
            }),
            None => {}
        }
    }

    fn ipv4_netmask(&self) -> Option<Ipv4Addr> {
        self.addresses.iter().find_map(|address| match (address.address, address.netmask) {
            (IpAddr::V4(_), Some(IpAddr::V4(mask))) => Some(mask),
            _ => None,
        })
    }
}

/// The devices that can be captured from, as libpcap orders them: usual ones first.
///
/// # Errors
/// [`LiveError::Devices`] when the system does not list them, [`LiveError::NoLibpcap`].
pub fn devices() -> Result<Vec<Device>, LiveError> {
    let mut devices = list()?;
    for device in &mut devices {
        look_closer(device);
    }
    Ok(devices)
}

/// The device that is captured from when none is named: the first that is up, not loopback, and has
/// an address of IPv4 or IPv6.
///
/// # Errors
/// As [`devices`]; [`LiveError::NoDevice`] when there is none.
pub fn default_device() -> Result<Device, LiveError> {
    let will_do =
        |device: &Device| device.flags.up && !device.flags.loopback && !device.addresses.is_empty();
    let mut device = list()?.into_iter().find(will_do).ok_or(LiveError::NoDevice)?;
    look_closer(&mut device);
    Ok(device)
}

/// The mask of the device's IPv4 network, for `ip broadcast`; 0, as other programs have it, where
/// there is none.
pub(super) fn netmask(name: &str) -> Ipv4Addr {
    find(name).and_then(|device| device.ipv4_netmask()).unwrap_or(Ipv4Addr::UNSPECIFIED)
}

/// The device of that name.
pub(super) fn find(name: &str) -> Option<Device> {
    list().ok()?.into_iter().find(|device| device.name == name)
}

/// The error for a name that no device has.
pub(super) fn no_such(name: &str) -> LiveError {
    let mut nearest: Vec<String> =
        list().unwrap_or_default().into_iter().map(|device| device.name).collect();
    nearest.sort_by_cached_key(|other| distance(name, other));
    nearest.truncate(5);
    LiveError::NoSuchDevice { name: name.to_owned(), nearest }
}

fn list() -> Result<Vec<Device>, LiveError> {
    match sys::library() {
        Ok(library) => library.devices(),
        #[cfg(target_os = "linux")]
        Err(_) => interfaces(),
        #[cfg(not(target_os = "linux"))]
        Err(error) => Err(error),
    }
}

/// What Linux itself lists, and `any`.
#[cfg(target_os = "linux")]
fn interfaces() -> Result<Vec<Device>, LiveError> {
    let listed = sys::interfaces();
    let mut devices = listed.map_err(|error| LiveError::Devices { message: error.to_string() })?;
    // As libpcap has them: what is up first, loopback behind, and all together between.
    devices.sort_by_key(|device| (!device.flags.up, device.flags.loopback));
    let mut any = Device::new("any".to_owned());
    any.description = Some("Pseudo-device that captures on all interfaces".to_owned());
    (any.flags.up, any.flags.running) = (true, true);
    let at = devices.iter().position(|device| !device.flags.up || device.flags.loopback);
    devices.insert(at.unwrap_or(devices.len()), any);
    Ok(devices)
}

/// What only a handle tells: clocks, and once it is open, link types. Without one, what is usual for
/// such hardware.
fn look_closer(device: &mut Device) {
    ask_handle(device);
    #[cfg(target_os = "linux")]
    if device.link_types.is_empty() {
        device.link_types.extend(super::packet::usual_link_type(&device.name));
    }
}

fn ask_handle(device: &mut Device) {
    let Ok(library) = sys::library() else { return };
    let Ok(mut handle) = Handle::create(library, &device.name) else { return };
    device.timestamp_sources =
        handle.timestamp_sources().into_iter().filter_map(TimestampSource::from_number).collect();
    // Devices that are not network interfaces (buses, logs of the firewall) may change by opening.
    if device.flags == DeviceFlags::default()
        || (device.mac.is_none() && device.addresses.is_empty() && device.name != "any")
    {
        return;
    }
    let settings = Settings {
        snap_length: 64,
        promiscuous: false,
        monitor: false,
        buffer_size: 64 * 1024,
        timeout: None,
        nanoseconds: false,
        timestamp_source: None,
        protocol: None,
    };
    if handle.activate(&settings).is_ok() {
        device.link_types = handle.link_types();
    }
}

/// Edits (Levenshtein) that turn one name into the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, character) in from.chars().enumerate() {
        let mut above = index;
        let mut left = index + 1;
        for (place, other) in row.iter_mut().skip(1).zip(&to) {
            let here = (above + usize::from(character != *other)).min(left + 1).min(*place + 1);
            above = *place;
            *place = here;
            left = here;
        }
        if let Some(first) = row.first_mut() {
            *first = index + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn edits() {
        assert_eq!(distance("eth0", "eth0"), 0);
        assert_eq!(distance("eth0", "eth1"), 1);
        assert_eq!(distance("eth", "eth0"), 1);
        assert_eq!(distance("", "lo"), 2);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
