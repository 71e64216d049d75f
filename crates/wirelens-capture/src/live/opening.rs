//! Opening devices: what is checked before, and what they are as a capture's interfaces.

use std::net::IpAddr;
use std::time::Duration;

use super::backend::{self, Opened};
use super::options::LiveOptions;
use super::{Filter, Live, LiveError, device};
use crate::log::Problem;
use crate::options::{self, code};
use crate::{Capture, Error, Interface, LinkType};

/// Several devices show their frames at least this often, so that none waits long for the others.
const SEVERAL: Duration = Duration::from_millis(100);

/// Opens devices as one capture.
pub(super) fn open(names: &[String], options: &LiveOptions) -> Result<Capture, Error> {
    check(names, options)?;
    let mut options = options.clone();
    if names.len() > 1 && options.timeout().is_some_and(|timeout| timeout > SEVERAL) {
        options.buffer_timeout = SEVERAL.as_millis() as i64;
    }
    let (mut all, mut interfaces, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for name in names {
        let mut opened = backend::open(name, &options)?;
        interfaces.push(interface(name, interfaces.len() as u32, &opened, &options));
        let warnings = opened.warnings.drain(..);
        problems.extend(
            warnings.map(|message| Problem::Interface { interface: name.clone(), message }),
        );
        all.push((name.clone(), opened));
    }
    Ok(Capture::live(Live::new(all, &options)?, interfaces, problems, &options.stop))
}

/// Refuses a wrong filter before anything is opened.
fn check(names: &[String], options: &LiveOptions) -> Result<(), LiveError> {
    options.backend.chosen()?;
    let Some(filter) = &options.filter else { return Ok(()) };
    for name in names {
        let netmask = device::netmask(name);
        let mut refused = None;
        for link_type in likely(name, options.monitor) {
            let compiled =
                Filter::for_network(link_type, options.snap_length, Some(netmask), filter);
            match compiled {
                Ok(_) => {
                    refused = None;
                    break;
                }
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        if let Some(error) = refused {
            return Err(error);
        }
    }
    Ok(())
}

/// Link types that the device may have, the most likely first: a filter is wrong if it is so for all.
fn likely(name: &str, monitor: bool) -> Vec<LinkType> {
    if monitor {
        return vec![LinkType::IEEE802_11_RADIOTAP, LinkType::IEEE802_11];
    }
    #[cfg(target_os = "linux")]
    if let Some(known) = super::packet::usual_link_type(name) {
        return vec![known, LinkType::LINUX_SLL];
    }
    if name == "any" {
        return vec![LinkType::LINUX_SLL2];
    }
    vec![LinkType::ETHERNET, LinkType::RAW, LinkType::NULL]
}

/// The description that pcapng gives an interface.
fn interface(name: &str, number: u32, opened: &Opened, live: &LiveOptions) -> Interface {
    let mut list = Vec::new();
    let mut option = |code, value: &[u8]| options::push(&mut list, code, value, false);
    option(code::IF_NAME, name.as_bytes());
    if let Some(device) = device::find(name) {
        if let Some(description) = &device.description {
            option(code::IF_DESCRIPTION, description.as_bytes());
        }
        for address in &device.addresses {
            match (address.address, address.netmask) {
                (IpAddr::V4(ip), Some(IpAddr::V4(mask))) => {
                    option(code::IF_IPV4ADDR, &[ip.octets(), mask.octets()].concat());
                }
                (IpAddr::V6(ip), Some(IpAddr::V6(mask))) => {
                    let prefix = mask.to_bits().leading_ones() as u8;
                    option(code::IF_IPV6ADDR, &[&ip.octets()[..], &[prefix]].concat());
                }
                _ => {}
            }
        }
        if let Some(mac) = device.mac {
            option(code::IF_MACADDR, &mac);
        }
    }
    option(code::IF_TSRESOL, &[opened.resolution.to_byte()]);
    if let Some(filter) = &live.filter {
        option(code::IF_FILTER, &[&[0], filter.as_bytes()].concat());
    }
    option(code::IF_OS, std::env::consts::OS.as_bytes());
    option(code::END, &[]);
    Interface {
        file: 0,
        section: 0,
        number,
        link_type: opened.link_type,
        snap_length: opened.snap_length,
        resolution: opened.resolution,
        time_offset: 0,
        fcs_length: None,
        big_endian: false,
        option_bytes: list,
    }
}
