//! `wirelens devices`: what can be captured from.

use std::fmt::Write;
use std::net::IpAddr;

use serde_json::{Value, json};
use wirelens::capture::{Device, DeviceAddress, devices, library_version};

use crate::arguments::Devices;
use crate::exit::Exit;
use crate::{live, tables};

pub(crate) fn run(arguments: &Devices) -> anyhow::Result<Exit> {
    let as_json = tables::is_json(&arguments.format)?;
    let all = devices().map_err(live::live_error)?;
    if as_json {
        let devices: Vec<Value> = all.iter().map(value).collect();
        return tables::print_json(&json!({ "library": library_version(), "devices": devices }));
    }
    tables::print(table(&all).as_bytes())
}

/// A line a device, and below it further addresses.
fn table(all: &[Device]) -> String {
    let rows: Vec<[String; 4]> = all.iter().map(row).collect();
    let mut widths = [0; 3];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let [name, state, link] = widths;
    let mut text = String::new();
    for row in &rows {
        let [a, b, c, d] = row.each_ref().map(String::as_str);
        let line = format!("{a:name$}  {b:state$}  {c:link$}  {d}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn row(device: &Device) -> [String; 4] {
    let flags = device.flags;
    let mut state = vec![if flags.up { "up" } else { "down" }];
    let connected = flags.connected != Some(false);
    for (is, word) in [
        (flags.up && !flags.running && connected, "not running"),
        (!connected, "disconnected"),
        (flags.loopback, "loopback"),
        (flags.wireless, "wireless"),
    ] {
        if is {
            state.push(word);
        }
    }
    let link = device.link_types.first().map(|link| match link.name() {
        Some(name) => name.to_owned(),
        None => link.0.to_string(),
    });
    let mut last: Vec<String> = device.addresses.iter().map(address).collect();
    last.extend(device.description.iter().map(|text| format!("({})", plain(text))));
    let name = plain(&device.name);
    [name, state.join(","), link.unwrap_or_else(|| "-".to_owned()), last.join(" ")]
}

/// `192.0.2.1/24`
fn address(of: &DeviceAddress) -> String {
    let length = match of.netmask {
        Some(IpAddr::V4(mask)) => Some(mask.to_bits().leading_ones()),
        Some(IpAddr::V6(mask)) => Some(mask.to_bits().leading_ones()),
        None => None,
    };
    let address = of.address;
    length.map_or_else(|| address.to_string(), |length| format!("{address}/{length}"))
}

/// Without what a terminal would obey.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

fn value(device: &Device) -> Value {
    let mac = device.mac.map(|mac| mac.map(|byte| format!("{byte:02x}")).join(":"));
    let addresses: Vec<Value> = device
        .addresses
        .iter()
        .map(|one| {
            json!({
                "address": one.address,
                "netmask": one.netmask,
                "broadcast": one.broadcast,
                "peer": one.peer,
            })
        })
        .collect();
    let link_types: Vec<Value> = device
        .link_types
        .iter()
        .map(|link| json!({ "number": link.0, "name": link.name() }))
        .collect();
    let flags = device.flags;
    json!({
        "name": device.name,
        "description": device.description,
        "up": flags.up,
        "running": flags.running,
        "loopback": flags.loopback,
        "wireless": flags.wireless,
        "connected": flags.connected,
        "mac": mac,
        "addresses": addresses,
        "link_types": link_types,
        "clocks": device.timestamp_sources.iter().map(|one| one.name()).collect::<Vec<_>>(),
    })
}
