//! What an opened device is as a capture's interface, and what is checked before it is opened.

use super::backend::Opened;
use super::options::LiveOptions;
use super::{Filter, LiveError, device};
use crate::options::{self, code};
use crate::{Interface, LinkType};

/// Refuses a wrong filter before anything is opened.
pub(super) fn check(names: &[String], options: &LiveOptions) -> Result<(), LiveError> {
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
pub(super) fn interface(name: &str, number: u32, opened: &Opened, live: &LiveOptions) -> Interface {
    let mut list = Vec::new();
    let mut option = |code, value: &[u8]| options::push(&mut list, code, value, false);
    option(code::IF_NAME, name.as_bytes());
    if let Some(description) = device::find(name).and_then(|device| device.description) {
        option(code::IF_DESCRIPTION, description.as_bytes());
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
