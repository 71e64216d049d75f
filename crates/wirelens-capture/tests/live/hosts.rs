//! Two hosts in network namespaces, joined by a cable: `va` on the one, `vb` on the other.

use std::fs::File;
use std::io::Write;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

pub(crate) const MAC_A: [u8; 6] = [2, 0, 0, 0, 0, 0x0a];
pub(crate) const MAC_B: [u8; 6] = [2, 0, 0, 0, 0, 0x0b];

/// The hosts; the thread that made them stands on the first. They are gone when this is dropped.
pub(crate) struct Hosts {
    pub(crate) a: String,
    pub(crate) b: String,
}

impl Hosts {
    /// Hosts on a silent cable: 192.0.2.10 and .20 with IPv6 off, addresses known to each other.
    /// `None`, with a line that says so, where namespaces are not permitted or libpcap is missing.
    pub(crate) fn new() -> Option<Self> {
        if has_libpcap() { Self::without_libpcap() } else { None }
    }

    /// The same for a test of what can be done without libpcap.
    pub(crate) fn without_libpcap() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = |side| format!("wirelens-{}-{number}-{side}", std::process::id());
        let hosts = Self { a: name("a"), b: name("b") };
        let permitted = run(&["ip", "netns", "add", &hosts.a]);
        if let Err(reason) = permitted {
            skip(&format!("no network namespaces here ({reason})"));
            return None;
        }
        ip(&["netns", "add", &hosts.b]);
        for host in [&hosts.a, &hosts.b] {
            let off = "net.ipv6.conf.default.disable_ipv6=1";
            must(&["ip", "netns", "exec", host, "sysctl", "-qw", off]);
        }
        hosts.cable("va", "vb");
        ip(&["-n", &hosts.a, "link", "set", "va", "address", "02:00:00:00:00:0a"]);
        ip(&["-n", &hosts.b, "link", "set", "vb", "address", "02:00:00:00:00:0b"]);
        ip(&["-n", &hosts.a, "addr", "add", "192.0.2.10/24", "brd", "192.0.2.255", "dev", "va"]);
        ip(&["-n", &hosts.b, "addr", "add", "192.0.2.20/24", "brd", "192.0.2.255", "dev", "vb"]);
        let neighbour = |host: &str, address: &str, mac: &str, device: &str| {
            ip(&["-n", host, "neigh", "replace", address, "lladdr", mac, "dev", device]);
        };
        neighbour(&hosts.a, "192.0.2.20", "02:00:00:00:00:0b", "va");
        neighbour(&hosts.b, "192.0.2.10", "02:00:00:00:00:0a", "vb");
        enter(&hosts.a);
        Some(hosts)
    }

    /// Another cable, both ends up.
    pub(crate) fn cable(&self, end_a: &str, end_b: &str) {
        let (a, b) = (self.a.as_str(), self.b.as_str());
        ip(&["link", "add", end_a, "netns", a, "type", "veth", "peer", "name", end_b, "netns", b]);
        ip(&["-n", a, "link", "set", end_a, "up"]);
        ip(&["-n", b, "link", "set", end_b, "up"]);
    }

    /// Runs `work` on the other host. Sockets and captures it returns stay there.
    pub(crate) fn on_b<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        std::thread::scope(|scope| {
            let there = scope.spawn(|| {
                enter(&self.b);
                work()
            });
            there.join().expect("the other host's thread")
        })
    }
}

impl Drop for Hosts {
    fn drop(&mut self) {
        for host in [&self.a, &self.b] {
            let _ = run(&["ip", "netns", "del", host]);
        }
    }
}

/// Whether libpcap is here; says so if it is not.
pub(crate) fn has_libpcap() -> bool {
    let found = wirelens_capture::library_version().is_some();
    if !found {
        skip("no libpcap here");
    }
    found
}

/// Says what is not tested here, around the test harness, which would keep it to itself.
pub(crate) fn skip(what: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {what}");
}

/// Moves this thread to a host.
fn enter(host: &str) {
    use std::os::fd::AsFd;
    let namespace = File::open(format!("/run/netns/{host}")).expect("the namespace");
    move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))
        .expect("entered");
}

pub(crate) fn ip(arguments: &[&str]) {
    must(&[&["ip"], arguments].concat());
}

pub(crate) fn must(command: &[&str]) -> String {
    run(command).unwrap_or_else(|reason| panic!("{command:?}: {reason}"))
}

fn run(command: &[&str]) -> Result<String, String> {
    let (program, arguments) = command.split_first().expect("a program");
    let output =
        Command::new(program).args(arguments).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}
