#!/usr/bin/env python3
"""Records what two stacks of Linux do with TCP into the folder tcp/: how they open, close, reset, ask again, and repair
what the line between them loses. Needs root, /dev/net/tun, and: apt-get install tcpdump iproute2 python3

    record-tcp.py [NAME...]

tcp/states.tsv has what the kernels said of both ends whenever nothing was under way: capture, frames so far, ports and
states of both. `record-tcp.py close loss` records only these.
"""
import os
import pathlib
import socket
import sys
import tempfile
import time

from tcp_line import Dump, Host, Line, SO_LINGER_AT_ONCE, TCP_REPAIR

HERE = pathlib.Path(__file__).resolve().parent / "tcp"
IPV6 = socket.AF_INET6
TCP = socket.IPPROTO_TCP


class World:
    """Hosts A and B; connections are from A's port 40000 and up to B's port 4000 unless said otherwise."""

    def __init__(self, name, folder, stated):
        self.name, self.folder, self.stated = name, folder, stated
        self.a, self.b = Host(f"wltcp-a-{os.getpid()}", 10), Host(f"wltcp-b-{os.getpid()}", 20)
        self.line, self.dumps, self.sockets = Line(self.a, self.b), [], []

    def capture(self, both=False):
        for host, end in ((self.a, ""), (self.b, "-far"))[: 1 + both]:
            self.dumps.append(Dump(host, f"{self.folder}/{self.name}{end}.pcap"))

    def open(self, port=40000, to=4000, listener=None, **more):
        """A connection that is open: the sockets of A and B."""
        listener = listener or self.keep(self.b.listen(to, more.get("family", socket.AF_INET)))
        client = self.a.connect(self.b, port, to, **more)
        self.line.flow()
        server = accept(listener)
        self.note(port, to)
        return client, server

    def keep(self, made):
        self.sockets.append(made)
        return made

    def note(self, port=40000, to=4000):
        """What the kernels say of a connection. Nothing may be under way."""
        self.line.read()
        assert not self.line.waiting, self.line.waiting
        states = self.a.states().get((port, to), "CLOSED"), self.b.states().get((to, port), "CLOSED")
        self.stated.append((f"{self.name}.pcap", str(self.a.frames), str(port), str(to), *states))

    def say(self, from_, to, data):
        from_.send(data)
        self.line.flow()
        return take(to)

    def end(self):
        try:
            for dump in self.dumps:
                dump.end()
        finally:
            for made in self.sockets:
                made.close()
            self.a.end()
            self.b.end()


def accept(listener):
    made = listener.accept()[0]
    made.setblocking(False)
    return made


def take(made):
    """All that has arrived."""
    data = b""
    try:
        while part := made.recv(65536):
            data += part
    except BlockingIOError:
        pass
    return data


def reset(made):
    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, SO_LINGER_AT_ONCE)
    made.close()


def vanish(made):
    """The kernel forgets it and says nothing, as where a host starts anew."""
    made.setsockopt(TCP, TCP_REPAIR, 1)
    made.close()


def close(w):
    """By the client, then by the server."""
    w.capture()
    for port, order in ((40000, (0, 1)), (40001, (1, 0))):
        ends = w.open(port, 4000 + port % 2)
        note = lambda: w.note(port, 4000 + port % 2)
        w.say(*ends, b"question")
        w.say(*reversed(ends), b"the answer")
        note()
        for at in order:
            ends[at].close()
            w.line.flow()
            note()


def close_at_once(w):
    """Both close before they have heard of the other's FIN; then so that one hears of it before the other."""
    w.capture()
    for port in (40000, 40001):
        client, server = w.open(port, 4000 + port % 2)
        client.close()
        server.close()
        w.line.read()
        if port == 40001:
            w.line.deliver(1)
            w.line.read()
        w.line.flow()
        w.note(port, 4000 + port % 2)


def half_close(w):
    """The client has said all, the server goes on; then the other way round. IPv6."""
    w.capture()
    for port, order in ((40000, (0, 1)), (40001, (1, 0))):
        ends = w.open(port, 4000 + port % 2, family=IPV6)
        note = lambda: w.note(port, 4000 + port % 2)
        w.say(*ends, b"question")
        first, other = (ends[at] for at in order)
        first.shutdown(socket.SHUT_WR)
        w.line.flow()
        note()
        for _ in range(2):
            assert len(w.say(other, first, b"still talking " * 200)) == 2800
            note()
        take(other)
        other.close()
        w.line.flow()
        first.close()
        note()


def resets(w):
    """A port for each state, as the test names them."""
    w.capture()
    a, b, line = w.a, w.b, w.line
    listener = w.keep(b.listen())
    opened = lambda port: w.open(port, listener=listener)

    def done(port, to=4000):
        line.flow()
        w.note(port, to)

    # SYN-SENT: nobody listens.
    refused = a.connect(b, 40001, 4009)
    done(40001, 4009)
    refused.close()
    # SYN-RECEIVED: the client is gone, or the server.
    client = a.connect(b, 40002)
    line.wait()
    line.deliver()
    line.wait()
    client.close()
    done(40002)
    other = b.listen(4008)
    client = a.connect(b, 40003, 4008)
    for _ in range(2):
        line.wait()
        line.deliver()
    line.wait()
    other.close()
    done(40003, 4008)
    client.close()
    # ESTABLISHED: by each; by one that has not read all; with data under way.
    client, server = opened(40004)
    reset(client)
    done(40004)
    client, server = opened(40005)
    reset(server)
    done(40005)
    client, server = opened(40006)
    server.send(b"unread")
    line.flow()
    client.close()
    done(40006)
    client, server = opened(40007)
    client.send(b"under way " * 10)
    line.read()
    reset(server)
    done(40007)
    # FIN-WAIT-1.
    client, server = opened(40008)
    client.close()
    line.read()
    reset(server)
    line.read()
    line.deliver(1)
    done(40008)
    # FIN-WAIT-2 and CLOSE-WAIT: by each; by a client that has closed and is sent more; as a server closed first.
    client, server = opened(40009)
    client.shutdown(socket.SHUT_WR)
    done(40009)
    reset(server)
    done(40009)
    client, server = opened(40010)
    client.shutdown(socket.SHUT_WR)
    line.flow()
    reset(client)
    done(40010)
    client, server = opened(40011)
    client.close()
    done(40011)
    server.send(b"late")
    done(40011)
    client, server = opened(40012)
    server.shutdown(socket.SHUT_WR)
    done(40012)
    reset(client)
    done(40012)
    # CLOSING.
    client, server = opened(40013)
    client.shutdown(socket.SHUT_WR)
    server.shutdown(socket.SHUT_WR)
    line.read()
    line.deliver(1)
    line.read()
    reset(server)
    line.read()
    line.deliver(2)
    done(40013)
    # LAST-ACK: the client's kernel did not wait for so long.
    client, server = opened(40014)
    client.setsockopt(TCP, socket.TCP_LINGER2, 1)
    client.close()
    done(40014)
    while (40014, 4000) in a.states():
        time.sleep(0.05)
    server.close()
    done(40014)
    # TIME-WAIT: the last acknowledgment comes twice.
    client, server = opened(40015)
    client.close()
    line.flow()
    server.close()
    line.wait()
    line.deliver()
    line.wait()
    line.double()
    done(40015)
    # Half-open: the server has forgotten it.
    client, server = opened(40016)
    vanish(server)
    client.send(b"anybody?")
    done(40016)


def syn_retry(w):
    """A SYN that is lost, a SYN-ACK that is lost, a server without room; at both ends of the line."""
    w.capture(both=True)
    a, b, line = w.a, w.b, w.line
    listener = w.keep(b.listen(backlog=0))
    for port, lost in ((40000, 0), (40001, 1)):
        client = a.connect(b, port)
        line.wait()
        for _ in range(lost):
            line.deliver()
            line.wait()
        line.lose()
        line.wait()
        line.flow()
        w.note(port)
        server = accept(listener)
        client.close()
        line.flow()
        server.close()
        line.flow()
        w.note(port)
    first = a.connect(b, 40002)
    line.flow()
    second = a.connect(b, 40003)
    line.flow()
    server = accept(listener)
    line.wait()
    line.flow()
    w.note(40003)
    second.close()
    line.flow()
    accept(listener).close()
    line.flow()
    w.note(40003)
    first.close()
    line.flow()
    server.close()
    line.flow()
    w.note(40002)


def open_at_once(w):
    """Both begin before they have heard of the other's SYN."""
    w.capture()
    ends = w.a.connect(w.b, 40000, 50000), w.b.connect(w.a, 50000, 40000)
    w.line.read()
    assert len(w.line.waiting) == 2
    w.line.flow()
    w.note(40000, 50000)
    w.say(*ends, b"to B")
    w.say(*reversed(ends), b"to A")
    w.note(40000, 50000)
    for end in ends:
        end.close()
        w.line.flow()
        w.note(40000, 50000)


def fast_open(w):
    """A cookie asked for; data in the SYN and an answer before the handshake is done; a server that takes none any more."""
    w.capture()
    a, b, line = w.a, w.b, w.line
    listener = w.keep(b.listen(options=[(TCP, socket.TCP_FASTOPEN, 5)]))

    def ask(port):
        client = a.bound(port)
        try:
            client.sendto(b"early question", socket.MSG_FASTOPEN, (b.addresses[socket.AF_INET], 4000))
            return client, True
        except BlockingIOError:
            return client, False

    for port in (40000, 40001, 40002):
        if port == 40002:
            b.set("ipv4/tcp_fastopen", 0)
        client, early = ask(port)
        assert early == (port != 40000)
        if port == 40001:
            line.wait()
            line.deliver()
            line.wait()
            server = accept(listener)
            server.send(b"early answer")
        line.flow()
        if port != 40001:
            server = accept(listener)
        if not early:
            client.send(b"question")
            line.flow()
        take(server)
        w.note(port)
        take(client)
        client.close()
        line.flow()
        server.close()
        line.flow()
        w.note(port)


def keep_alive(w):
    """Two answers, then none: the client gives it up."""
    w.capture()
    options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), (TCP, socket.TCP_KEEPIDLE, 1), (TCP, socket.TCP_KEEPINTVL, 1), (TCP, socket.TCP_KEEPCNT, 2)]
    client, server = w.open(options=options)
    w.say(client, server, b"question")
    for _ in range(2):
        w.line.wait()
        w.line.flow()
        w.note()
    for _ in range(2):
        w.line.wait()
        w.line.lose()
    w.line.wait()
    w.line.flow()
    w.note()


def zero_window(w):
    """A server that does not read, is asked whether it does, and does."""
    w.capture()
    small = [(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048), (TCP, socket.TCP_MAXSEG, 536)]
    client, server = w.open(listener=w.keep(w.b.listen(options=small)), options=small[1:])
    data = b"more than there is room for " * 150
    client.send(data)
    w.line.flow()
    for _ in range(3):
        w.line.wait()
        w.line.flow()
    w.note()
    got = b""
    while len(got) < len(data):
        got += take(server)
        w.line.flow()
    assert got == data
    client.close()
    w.line.flow()
    server.close()
    w.line.flow()
    w.note()


def port_reuse(w):
    """The same ports again: out of TIME-WAIT at the client, at the server, after resets, after a client has started anew."""
    w.capture()
    w.a.set("ipv4/tcp_tw_reuse", 1)
    line = w.line
    listener = w.keep(w.b.listen())
    opened = lambda port: w.open(port, listener=listener)
    for port, order in ((40000, (0, 1)), (40001, (1, 0))):
        for _ in range(2):
            ends = opened(port)
            w.say(*ends, b"question")
            for at in order:
                ends[at].close()
                line.flow()
            w.note(port)
            time.sleep(1.1)  # a stamp of TIME-WAIT must be older than that
    for end in (0, 1, 0):
        ends = opened(40002)
        w.say(*ends, b"question")
        reset(ends[end])
        line.flow()
        w.note(40002)
    # The server knows nothing of the client's new start: it objects, is reset, and is asked again at once.
    client, server = opened(40003)
    w.say(client, server, b"question")
    vanish(client)
    client = w.a.connect(w.b, 40003)
    line.flow()
    again = accept(listener)
    w.note(40003)
    w.say(client, again, b"again")
    client.close()
    line.flow()
    again.close()
    line.flow()
    w.note(40003)


def loss(w):
    """Lost, overtaken, doubled, in the middle and at the end, data, acknowledgments and a FIN; at both ends of the line."""
    w.capture(both=True)
    line = w.line
    line.DELAY = 0.005
    segments = [(TCP, socket.TCP_MAXSEG, 536)]
    client, server = w.open(listener=w.keep(w.b.listen(options=segments)), options=segments)
    data = b"0123456789abcdef" * 320  # ten segments

    def send(length, change):
        client.send(data[:length])
        line.wait(-(-length // 524))  # a segment less its timestamps
        change()
        line.flow()
        while (got := len(take(server))) < length:
            length -= got
            line.wait()
            line.flow()
        w.note()

    send(5120, lambda: line.lose(2))
    send(5120, lambda: line.waiting.insert(3, line.waiting.pop(2)))
    send(1000, lambda: line.double(1))
    # The last of some, the only one, one that is lost again.
    send(1500, lambda: line.lose(2))
    send(300, lambda: line.lose())
    def twice():
        line.lose()
        line.wait()
        line.lose()
    send(200, twice)
    # An acknowledgment.
    client.send(b"acknowledged twice")
    line.wait()
    line.deliver()
    line.wait()
    line.lose()
    line.wait()
    line.flow()
    take(server)
    w.note()
    # A FIN, and the last acknowledgment.
    client.close()
    line.wait()
    line.lose()
    line.wait()
    line.flow()
    w.note()
    server.close()
    line.wait()
    line.deliver()
    line.wait()
    line.lose()
    line.wait()
    line.flow()
    w.note()


def missed_syn(w):
    """Connections that were there before the capture: one goes on and ends, one is reset."""
    ends = [w.open(40000), w.open(40001, 4001)]
    w.stated.clear()
    w.capture()
    for port, (client, server) in enumerate(ends):
        w.say(server, client, b"in the middle")
        w.say(client, server, b"of it")
        w.note(40000 + port, 4000 + port)
    ends[0][1].close()
    w.line.flow()
    w.note(40000)
    ends[0][0].close()
    w.line.flow()
    w.note(40000)
    reset(ends[1][1])
    w.line.flow()
    w.note(40001, 4001)


SCENARIOS = {
    "close": close, "close-at-once": close_at_once, "half-close": half_close, "resets": resets, "syn-retry": syn_retry,
    "open-at-once": open_at_once, "fast-open": fast_open, "keep-alive": keep_alive, "zero-window": zero_window,
    "port-reuse": port_reuse, "loss": loss, "missed-syn": missed_syn,
}


def main(names):
    if unknown := set(names) - set(SCENARIOS):
        sys.exit(f"unknown: {', '.join(unknown)}; one of {', '.join(SCENARIOS)}")
    HERE.mkdir(exist_ok=True)
    table = HERE / "states.tsv"
    kept = [line.split("\t") for line in table.read_text().splitlines()[1:]] if table.exists() else []
    stated = {name: [row for row in kept if row[0] == f"{name}.pcap"] for name in SCENARIOS}
    for name in names or SCENARIOS:
        print(f"recording {name}", flush=True)
        stated[name] = []
        with tempfile.TemporaryDirectory() as folder:
            world = World(name, folder, stated[name])
            try:
                SCENARIOS[name](world)
            finally:
                world.end()
            for path in pathlib.Path(folder).glob("*.pcap"):
                (HERE / path.name).write_bytes(path.read_bytes())
    rows = [row for name in SCENARIOS for row in stated[name]]
    heading = ["capture", "frames", "port of A", "port of B", "A", "B"]
    table.write_text("".join("\t".join(row) + "\n" for row in [heading, *rows]))


main(sys.argv[1:])
