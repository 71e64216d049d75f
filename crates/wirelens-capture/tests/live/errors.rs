//! Devices, and what is said when they cannot be captured from.

use std::net::IpAddr;
use std::process::Command;

use wirelens_capture::{
    Backend, Error, Fault, Filter, LinkType, LiveError, LiveOptions, TimestampSource,
    default_device, devices, library_version,
};

use crate::frames::{BACKENDS, numbered, sender, take};
use crate::hosts::{Hosts, MAC_A, has_libpcap, ip, must};

/// Set in a process that a test runs itself in again, changed.
const AGAIN: &str = "WIRELENS_TEST_AGAIN";

/// Whether this process has `CAP_NET_RAW`, by its bit.
fn may_capture() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").expect("this process");
    let set = status.lines().find_map(|line| line.strip_prefix("CapEff:")).expect("its set");
    u64::from_str_radix(set.trim(), 16).expect("a number") >> 13 & 1 != 0
}

fn is_again() -> bool {
    std::env::var_os(AGAIN).is_some()
}

/// Runs a test of this program again, behind a command, with a variable set.
fn again(test: &str, command: &[&str], variable: (&str, &str)) {
    let program = std::env::current_exe().expect("this program");
    let mut line: Vec<_> = command.iter().map(std::ffi::OsStr::new).collect();
    line.push(program.as_os_str());
    let output = Command::new(line[0])
        .args(&line[1..])
        .args(["--exact", test, "--nocapture"])
        .env(AGAIN, "1")
        .env(variable.0, variable.1)
        .output()
        .expect("the program runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("1 passed"), "{said}");
}

fn error(options: LiveOptions, name: &str) -> LiveError {
    match options.open(&[name]) {
        Err(Error::Live(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn address(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn look_at_devices(hosts: Option<Hosts>, libpcap: bool) {
    let Some(hosts) = hosts else { return };
    ip(&["-n", &hosts.a, "link", "set", "lo", "up"]);
    ip(&["-n", &hosts.a, "tuntap", "add", "mode", "tun", "name", "tun7"]);
    ip(&["-n", &hosts.a, "addr", "add", "198.51.100.1", "peer", "198.51.100.2/32", "dev", "tun7"]);
    let all = devices().expect("devices");
    let find = |name: &str| all.iter().find(|device| device.name == name).expect("the device");

    let va = find("va");
    assert_eq!(va.mac, Some(MAC_A));
    assert!(va.flags.up && va.flags.running && !va.flags.loopback);
    let [only] = va.addresses[..] else { panic!("{va:?}") };
    assert_eq!(only.address, address("192.0.2.10"));
    assert_eq!(only.netmask, Some(address("255.255.255.0")));
    assert_eq!((only.broadcast, only.peer), (Some(address("192.0.2.255")), None));
    assert_eq!(va.link_types[0], LinkType::ETHERNET);
    assert!(!libpcap || va.timestamp_sources.contains(&TimestampSource::Host));

    let lo = find("lo");
    assert!(lo.flags.loopback && lo.flags.up);
    let tun = find("tun7");
    assert!(!tun.flags.up);
    assert_eq!(tun.addresses[0].address, address("198.51.100.1"));
    assert_eq!(tun.addresses[0].peer, Some(address("198.51.100.2")));
    assert_eq!(tun.link_types, [LinkType::RAW]);
    assert!(find("any").description.is_some());

    assert_eq!(default_device().expect("a device").name, "va");
    ip(&["-n", &hosts.a, "addr", "flush", "dev", "va"]);
    assert!(matches!(default_device(), Err(LiveError::NoDevice)));
    let on = "net.ipv6.conf.va.disable_ipv6=0";
    must(&["ip", "netns", "exec", &hosts.a, "sysctl", "-qw", on]);
    ip(&["-n", &hosts.a, "addr", "add", "2001:db8::10/64", "nodad", "dev", "va"]);
    let device = default_device().expect("IPv6 is an address too");
    assert_eq!(device.name, "va");
    let six = device.addresses.iter().find(|one| one.address == address("2001:db8::10"));
    assert_eq!(six.expect("it").netmask, Some(address("ffff:ffff:ffff:ffff::")));
    let capture = LiveOptions::new().open::<&str>(&[]).expect("the default device");
    assert_eq!(capture.interfaces()[0].name(), Some(&b"va"[..]));
}

#[test]
fn devices_have_addresses_flags_and_link_types() {
    look_at_devices(Hosts::new(), true);
}

#[test]
fn a_device_that_is_not_there_or_not_up() {
    let Some(hosts) = Hosts::new() else { return };
    hosts.cable("uplink0", "vb2");
    for backend in BACKENDS {
        let options = || LiveOptions::new().backend(backend);
        let said = error(options(), "uplnk0");
        let LiveError::NoSuchDevice { name, nearest } = &said else { panic!("{said:?}") };
        assert_eq!((name.as_str(), nearest[0].as_str()), ("uplnk0", "uplink0"), "{backend:?}");
        assert_eq!(said.fault(), Fault::Caller);
        let said = error(options(), "a name that is longer than any device has");
        assert!(matches!(said, LiveError::NoSuchDevice { .. }), "{backend:?} {said:?}");

        ip(&["-n", &hosts.a, "link", "set", "uplink0", "down"]);
        let said = error(options(), "uplink0");
        assert!(matches!(said, LiveError::NotUp { .. }), "{backend:?} {said:?}");
        assert!(said.to_string().contains("ip link set uplink0 up"), "{said}");
        ip(&["-n", &hosts.a, "link", "set", "uplink0", "up"]);
    }
}

#[test]
fn without_libpcap_the_packet_socket_is_there_and_the_message_says_what_to_install() {
    let name =
        "errors::without_libpcap_the_packet_socket_is_there_and_the_message_says_what_to_install";
    if !is_again() {
        return again(name, &["env"], ("WIRELENS_LIBPCAP", "/nowhere/libpcap.so.1"));
    }
    assert_eq!(library_version(), None);
    let said = error(LiveOptions::new().backend(Backend::Libpcap), "lo");
    assert!(matches!(said, LiveError::NoLibpcap { .. }), "{said:?}");
    for words in ["/nowhere/libpcap.so.1", "apt install libpcap0.8", "dnf install libpcap"] {
        assert!(said.to_string().contains(words), "{said}");
    }
    let said = Filter::compile(LinkType::ETHERNET, 65_535, "arp").expect_err("nobody compiles it");
    assert!(matches!(said, LiveError::NoLibpcap { .. }));

    look_at_devices(Hosts::without_libpcap(), false);
    let Some(hosts) = Hosts::without_libpcap() else { return };
    let mut capture = LiveOptions::new().buffer_timeout(0).open(&["va"]).expect("the device");
    sender(&hosts).inject(&numbered(1, 60)).expect("sent");
    assert_eq!(take(&mut capture, 1), [numbered(1, 60)]);
    let said = error(LiveOptions::new().filter("arp"), "va");
    assert!(matches!(said, LiveError::NoLibpcap { .. }), "{said:?}");
}

#[test]
fn without_permission_the_message_says_what_is_missing() {
    let name = "errors::without_permission_the_message_says_what_is_missing";
    if !has_libpcap() {
        return;
    }
    if !is_again() {
        let without = "-net_raw,-net_admin";
        let dropping = ["setpriv", "--bounding-set", without, "--inh-caps", without];
        let command = if may_capture() { &dropping[..] } else { &["env"] };
        return again(name, command, ("NOTHING", ""));
    }
    assert!(!devices().expect("they are listed all the same").is_empty());
    for backend in BACKENDS {
        let said = error(LiveOptions::new().backend(backend), "lo");
        let LiveError::NotPermitted { missing, .. } = &said else { panic!("{said:?}") };
        assert_eq!(missing, &["CAP_NET_RAW", "CAP_NET_ADMIN"], "{backend:?}");
        assert_eq!(said.fault(), Fault::Environment);
        let line = "sudo setcap cap_net_raw,cap_net_admin=eip /";
        assert!(said.to_string().contains(line), "{said}");
    }
}
