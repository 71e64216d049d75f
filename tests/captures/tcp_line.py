"""Two hosts of Linux in network namespaces and the line between them, which passes a packet on when it is told to: what is
lost, held, doubled or overtaken is said by a scenario and not left to chance. For record-tcp.py; needs root.
"""
import contextlib
import ctypes
import fcntl
import os
import select
import socket
import struct
import subprocess
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI, CLONE_NEWNET = 0x400454CA, 0x0001, 0x1000, 0x40000000
SO_LINGER_AT_ONCE = struct.pack("ii", 1, 0)
TCP_REPAIR = 19
STATES = {
    1: "ESTABLISHED", 2: "SYN-SENT", 3: "SYN-RECEIVED", 4: "FIN-WAIT-1", 5: "FIN-WAIT-2", 6: "TIME-WAIT", 7: "CLOSED",
    8: "CLOSE-WAIT", 9: "LAST-ACK", 11: "CLOSING", 12: "SYN-RECEIVED",
}
libc = ctypes.CDLL(None, use_errno=True)


def enter(namespace):
    """The thread's network is that of the namespace from here on."""
    if libc.setns(namespace, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Host:
    """One end: a namespace with an interface `line`."""

    outside = os.open("/proc/self/ns/net", os.O_RDONLY)

    def __init__(self, name, octet):
        self.name = name
        self.addresses = {socket.AF_INET: f"192.0.2.{octet}", socket.AF_INET6: f"2001:db8::{octet}"}
        self.frames = 0  # that a capture at the interface has
        subprocess.run(["ip", "netns", "add", name], check=True)
        self.namespace = os.open(f"/run/netns/{name}", os.O_RDONLY)
        with self.inside():
            self.tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(self.tun, TUNSETIFF, struct.pack("16sH14x", b"line", IFF_TUN | IFF_NO_PI))
        for key, value in (("ipv6/conf/all/accept_dad", 0), ("ipv6/conf/line/accept_dad", 0), ("ipv4/tcp_fastopen", 3)):
            self.set(key, value)
        run = lambda *words: subprocess.run(["ip", "-n", name, *words], check=True)
        run("addr", "add", self.addresses[socket.AF_INET] + "/24", "dev", "line")
        run("addr", "add", self.addresses[socket.AF_INET6] + "/64", "dev", "line")
        run("link", "set", "lo", "up")
        run("link", "set", "line", "up")

    def end(self):
        os.close(self.tun)
        os.close(self.namespace)
        subprocess.run(["ip", "netns", "del", self.name])

    @contextlib.contextmanager
    def inside(self):
        enter(self.namespace)
        try:
            yield
        finally:
            enter(self.outside)

    def set(self, key, value):
        """A setting of the kernel: `ipv4/tcp_fastopen`."""
        with self.inside(), open(f"/proc/sys/net/{key}", "w") as file:
            file.write(str(value))

    def bound(self, port, family=socket.AF_INET, options=()):
        with self.inside():
            made = socket.socket(family, socket.SOCK_STREAM)
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for level, option, value in options:
            made.setsockopt(level, option, value)
        made.bind((self.addresses[family], port))
        return made

    def listen(self, port=4000, family=socket.AF_INET, backlog=8, options=()):
        made = self.bound(port, family, options)
        made.listen(backlog)
        return made

    def connect(self, other, port=40000, to=4000, family=socket.AF_INET, options=()):
        """A connection that has sent its SYN."""
        made = self.bound(port, family, options)
        made.connect_ex((other.addresses[family], to))
        return made

    def states(self):
        """The kernel's: by local and remote port, of connections only."""
        found = {}
        for table in ("tcp", "tcp6"):
            with self.inside(), open(f"/proc/thread-self/net/{table}") as file:
                lines = file.read().splitlines()[1:]
            for line in lines:
                local, remote, state = line.split()[1:4]
                local, remote = (int(end.rpartition(":")[2], 16) for end in (local, remote))
                if int(state, 16) in STATES:
                    found[local, remote] = STATES[int(state, 16)]
        return found


class Line:
    """What A and B send waits here, (from, packet), until it is passed on."""

    DELAY = 0.002

    def __init__(self, a, b):
        self.ends = {a.tun: a, b.tun: b}
        self.waiting = []
        self.other = {a: b, b: a}

    def read(self, quiet=0.05):
        """Takes what they send, until they send nothing more for so long."""
        while ready := select.select(list(self.ends), [], [], quiet)[0]:
            for tun in ready:
                packet = os.read(tun, 65536)
                # Routers and groups are of no interest.
                if packet[9 if packet[0] >> 4 == 4 else 6] == socket.IPPROTO_TCP:
                    self.ends[tun].frames += 1
                    self.waiting.append((self.ends[tun], packet))

    def wait(self, count=1, seconds=20):
        """Until so many packets wait: a timer of the kernel runs off."""
        end = time.monotonic() + seconds
        while len(self.waiting) < count:
            if time.monotonic() > end:
                raise TimeoutError(f"{len(self.waiting)} of {count} packets came")
            self.read(0.002)

    def deliver(self, at=0):
        """One that waits arrives."""
        sender, packet = self.waiting.pop(at)
        self.arrive(sender, packet)

    def arrive(self, sender, packet):
        time.sleep(self.DELAY)
        receiver = self.other[sender]
        receiver.frames += 1
        os.write(receiver.tun, packet)

    def lose(self, at=0):
        return self.waiting.pop(at)

    def double(self, at=0):
        self.waiting.insert(at, self.waiting[at])

    def flow(self, quiet=0.05):
        """All arrives in its order, until nobody says more."""
        self.read(0.002)
        while True:
            if not self.waiting:
                self.read(quiet)
            if not self.waiting:
                return
            self.deliver()
            self.read(0.001)


class Dump:
    """tcpdump at a host."""

    def __init__(self, host, path):
        self.host, self.path, host.frames = host, path, 0
        command = ["ip", "netns", "exec", host.name, "tcpdump", "-i", "line", "--immediate-mode", "-U", "-B", "8192", "-s", "2000", "-w", path, "tcp"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if "listening on" in line:
                return
        raise RuntimeError("tcpdump does not capture")

    def end(self):
        """Ends it when it has all frames, which are as many as the line has counted."""
        try:
            for _ in range(100):
                done = subprocess.run(["tcpdump", "-r", self.path, "--count"], capture_output=True, text=True)
                if (done.stdout.split() or ["0"])[0] == str(self.host.frames):
                    return
                time.sleep(0.05)
            raise RuntimeError(f"{self.path}: {done.stdout.strip()}, but {self.host.frames} went by")
        finally:
            self.process.terminate()
            self.process.wait()
            self.process.stderr.close()
