//! Hosts of the tests' own: network namespaces that a veth pair joins.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::helper::*;

/// Whatever takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Two hosts, each with `veth0`: 192.0.2.10 and 192.0.2.20. They have no IPv6, which would send by
/// itself. Gone when dropped.
pub(crate) struct Hosts {
    pub(crate) a: Host,
    pub(crate) b: Host,
}

/// One of them.
pub(crate) struct Host(String);

impl Hosts {
    /// Makes them; none where that is not permitted, which is said.
    pub(crate) fn new() -> Option<Hosts> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = |side: char| Host(format!("wlt{}-{number}{side}", std::process::id()));
        let hosts = Hosts { a: name('a'), b: name('b') };
        match has_libpcap() && hosts.make() {
            true => Some(hosts),
            false => {
                skipped("live capture needs network namespaces: run as root, with iproute2");
                None
            }
        }
    }

    fn make(&self) -> bool {
        let (a, b) = (&self.a.0, &self.b.0);
        let alone = |host: &Host| {
            ip(&format!("netns add {}", host.0))
                && host.quietly("sysctl -qw net.ipv6.conf.all.disable_ipv6=1")
                && host.quietly("sysctl -qw net.ipv6.conf.default.disable_ipv6=1")
        };
        let pair = format!(
            "link add veth0 netns {a} address 02:00:00:00:00:0a type veth \
             peer name veth0 netns {b} address 02:00:00:00:00:0b"
        );
        let up = |(host, address): (&String, &str)| {
            ip(&format!("-n {host} addr add {address}/24 dev veth0"))
                && ip(&format!("-n {host} link set lo up"))
                && ip(&format!("-n {host} link set veth0 up"))
        };
        alone(&self.a)
            && alone(&self.b)
            && ip(&pair)
            && [(a, "192.0.2.10"), (b, "192.0.2.20")].into_iter().all(up)
    }
}

impl Drop for Hosts {
    fn drop(&mut self) {
        for host in [&self.a, &self.b] {
            ip(&format!("netns del {}", host.0));
        }
    }
}

fn ip(arguments: &str) -> bool {
    let mut command = Command::new("ip");
    command.args(arguments.split_whitespace());
    succeeds(&mut command)
}

fn succeeds(command: &mut Command) -> bool {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

impl Host {
    fn command<S: AsRef<OsStr>>(&self, program: S) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.0]).arg(program);
        command.current_dir(captures()).env_remove("NO_COLOR").stdin(Stdio::null());
        command
    }

    fn quietly(&self, words: &str) -> bool {
        let mut words = words.split_whitespace();
        let mut command = self.command(words.next().unwrap_or_default());
        succeeds(command.args(words))
    }

    /// The program on this host, with these arguments, blanks between them.
    pub(crate) fn program(&self, arguments: &str) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_wirelens"));
        command.args(arguments.split_whitespace());
        command
    }

    /// Runs it to its end.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &str) -> Ran {
        finish(piped(self.program(arguments)))
    }

    /// Starts a live command, and returns when frames are kept.
    #[track_caller]
    pub(crate) fn start(&self, arguments: &str) -> Running {
        self.start_with::<&str>(arguments, &[])
    }

    /// The same with more arguments behind, which may have blanks.
    #[track_caller]
    pub(crate) fn start_with<S: AsRef<OsStr>>(&self, arguments: &str, more: &[S]) -> Running {
        let mut command = self.program(arguments);
        command.args(more);
        let mut running = Running::new(command);
        running.said("listening on ");
        running
    }

    /// The same where SIGHUP does what it does by `default`, or is `ignore`d, whatever it is for
    /// the tests.
    #[track_caller]
    pub(crate) fn start_with_hangup<S: AsRef<OsStr>>(
        &self,
        how: &str,
        arguments: &str,
        more: &[S],
    ) -> Running {
        let mut command = self.command("env");
        command.arg(format!("--{how}-signal=HUP")).arg(env!("CARGO_BIN_EXE_wirelens"));
        command.args(arguments.split_whitespace()).args(more);
        let mut running = Running::new(command);
        running.said("listening on ");
        running
    }

    /// Sends frames, each given as hexadecimal digits.
    #[track_caller]
    pub(crate) fn send<S: AsRef<str>>(&self, frames: impl IntoIterator<Item = S>) {
        let mut command = self.program("inject -i veth0 --hex -");
        command.stdin(Stdio::piped());
        let mut child = piped(command);
        let mut stdin = child.stdin.take().expect("a pipe");
        let mut count = 0;
        for frame in frames {
            writeln!(stdin, "{}", frame.as_ref()).expect("it reads");
            count += 1;
        }
        drop(stdin);
        let ran = finish(child);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert!(ran.err.starts_with(&format!("{count} frames of ")), "{}", ran.err);
    }
}

/// A frame to everybody of the Ethernet type for experiments, which carries a number; 60 bytes.
pub(crate) fn numbered(number: u32) -> String {
    of_type(0x88b5, number)
}

/// The same of another type.
pub(crate) fn of_type(kind: u16, number: u32) -> String {
    format!("ffffffffffff02000000000b{kind:04x}{number:08x}{}", "00".repeat(42))
}

/// The numbers of the frames in captures, one after the other.
pub(crate) fn numbers<P: AsRef<std::path::Path>>(files: &[P]) -> Vec<u32> {
    let mut all = Vec::new();
    for file in files {
        let mut capture = wirelens::capture::Capture::open(file).expect("a capture");
        while let Some(frame) = capture.next_frame().expect("a frame") {
            let number = frame.captured.get(14..18).expect("it has a number");
            all.push(number.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)));
        }
        assert_eq!(capture.take_warnings(), [], "{}", file.as_ref().display());
    }
    all
}

/// A UDP datagram from the second host to the first.
pub(crate) fn datagram(payload: &str) -> String {
    let (udp, ip) = (8 + payload.len(), 28 + payload.len());
    let payload: String = payload.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "02000000000a02000000000b08004500{ip:04x}0000000040110000c0000214c000020a\
         13881389{udp:04x}0000{payload}"
    )
}

/// A live command that runs. What it says is read as it comes.
pub(crate) struct Running {
    child: Child,
    out: Receiver<String>,
    err: Receiver<String>,
    /// All that it has said on standard error so far.
    pub(crate) heard: String,
}

impl Running {
    pub(crate) fn new(command: Command) -> Running {
        let mut child = piped(command);
        let out = lines_of(child.stdout.take().expect("a pipe"));
        let err = lines_of(child.stderr.take().expect("a pipe"));
        Running { child, out, err, heard: String::new() }
    }

    /// Waits for a line on standard error that has this.
    #[track_caller]
    pub(crate) fn said(&mut self, what: &str) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            let rest = until.saturating_duration_since(Instant::now());
            let line = self.err.recv_timeout(rest);
            let line = line.unwrap_or_else(|_| panic!("no {what}, but {}", self.heard));
            self.heard.push_str(&line);
            if line.contains(what) {
                return line;
            }
        }
    }

    /// Waits for a line on standard output that has this.
    #[track_caller]
    pub(crate) fn shown(&mut self, what: &str) -> String {
        let until = Instant::now() + PATIENCE;
        let mut seen = String::new();
        loop {
            let rest = until.saturating_duration_since(Instant::now());
            let line = self.out.recv_timeout(rest);
            let line = line.unwrap_or_else(|_| panic!("no {what}, but {seen}"));
            seen.push_str(&line);
            if line.contains(what) {
                return line;
            }
        }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("it runs");
    }

    /// The program's process; `ip netns exec` has become it.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the end: its code, the rest of what it has shown, all that it has said.
    #[track_caller]
    pub(crate) fn end(mut self) -> (Option<i32>, String, String) {
        let status = finish_alone(&mut self.child);
        let out: String = self.out.iter().collect();
        self.heard.extend(self.err.iter());
        (status, out, self.heard)
    }

    /// Ends it as Ctrl-C does.
    #[track_caller]
    pub(crate) fn interrupt(self) -> (Option<i32>, String, String) {
        self.signal(Signal::INT);
        self.end()
    }
}

#[track_caller]
fn finish_alone(child: &mut Child) -> Option<i32> {
    eventually("the program ends", || child.try_wait().expect("a program")).code()
}

/// Looks until there is something.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < until, "never: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn lines_of(source: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut reader = BufReader::new(source);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
            let text = String::from_utf8_lossy(&line).into_owned();
            if sender.send(text).is_err() {
                break;
            }
            line.clear();
        }
    });
    receiver
}
