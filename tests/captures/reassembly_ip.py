"""Datagrams in fragments."""
import itertools

from reassembly_wire import (CLIENT, CLIENT6, SECOND, SERVER, SERVER6, Case, ethernet, fragment6, ipv4, ipv6, sha256, text, udp)

POLICIES = ("first", "last", "bsd", "linux", "windows", "solaris", "discard")


def udp6(payload):
    return udp(payload, CLIENT6, SERVER6)


class Datagram:
    """A datagram that is sent in fragments, by the places they begin and end at."""

    def __init__(self, case, payload, identification=7, v6=False, **others):
        self.case, self.payload, self.identification, self.v6, self.others = case, payload, identification, v6, others
        self.frames = []

    def send(self, first, end=None, data=None, more=None, kind=None, wrap=lambda packet: packet, **others):
        end = len(self.payload) if end is None else end
        more = end < len(self.payload) if more is None else more
        data = self.payload[first:end] if data is None else data
        others = {**self.others, **others}
        if self.v6:
            packet = fragment6(data, others.pop("next_header", 17), self.identification, first, more, **others)
        else:
            packet = ipv4(data, 17, self.identification, offset=first, more=more, **others)
        frame = self.case.packet(wrap(packet))
        self.frames.append(frame)
        if kind:
            self.case.expect("frame", frame, kind)
        return frame

    def complete(self, frames=None, payload=None):
        """It must be complete with the last fragment sent."""
        payload = self.payload if payload is None else payload
        frames = ",".join(map(str, frames or self.frames))
        self.case.expect("datagram", self.frames[-1], "complete", len(payload), sha256(payload), frames)

    def given_up(self, why, length, *holes, frames=None):
        self.case.expect("given-up", why, length, ",".join(map(str, frames or self.frames)), *holes)


def any_order():
    case = Case("ip-any-order", "Four fragments, in every one of their 24 orders (RFC 791 section 3.2).",
                "jspcap 1.0.0 raised UnboundLocalError for each of them, and TypeError for the last one first.")
    places = [(0, 24), (24, 32), (32, 80), (80, 93)]
    for identification, order in enumerate(itertools.permutations(places), 100):
        datagram = Datagram(case, udp(text(85, "a")), identification)
        for place in order:
            datagram.send(*place)
        datagram.complete()
    yield case


def whole():
    case = Case("ip-whole", "Packets without and with DF that are no fragments: nothing is put together.",
                "jspcap 1.0.0 made a record with a header only for each packet without DF.")
    for identification, dont in ((1, False), (2, True), (2, True)):
        case.packet(ipv4(udp(text(20)), 17, identification, dont=dont))
    yield case


def dont_fragment():
    case = Case("ip-dont-fragment", "Fragments with DF, which some senders set: they are fragments all the same.",
                "jspcap 1.0.0 passed over every packet with DF.")
    datagram = Datagram(case, udp(text(40)), dont=True)
    datagram.send(24), datagram.send(0, 24)
    datagram.complete()
    yield case


def duplicates():
    case = Case("ip-duplicates", "Fragments that come twice, before and after the datagram is complete.")
    datagram = Datagram(case, udp(text(64)))
    first = datagram.send(0, 24)
    datagram.send(0, 24, kind=f"duplicate {first}")
    datagram.send(48)
    datagram.send(48, kind=f"duplicate {first + 2}")
    datagram.send(24, 48)
    datagram.complete()
    datagram.send(24, 48, kind="late")
    datagram.send(0, 24, kind="late")
    yield case


def wins(policy, new, old):
    """Whether the later fragment's bytes stand, of two that overlap: Shankar and Paxson 2003, Novak 2005."""
    return {
        "first": False,
        "last": True,
        "bsd": new[0] < old[0],
        "linux": new[0] <= old[0],
        "windows": new[0] < old[0] and new[1] > old[1],
        "solaris": new[0] < old[0] and new[1] >= old[1],
    }[policy]


def overlaps():
    case = Case("ip-overlap", "The six fragments of Novak's paper (units of eight bytes), and what tells Windows from Solaris.",
                "First 111422333666, last 144442555666, BSD 111442333666, Linux 111442555666.")
    novak = [(0, 3), (4, 6), (6, 9), (1, 5), (6, 9), (9, 12)]
    ends_with = [(2, 4), (0, 4), (4, 5)]
    ends_after = [(2, 4), (0, 5), (5, 6)]
    first_frame = 1
    sent = []
    for identification, places in enumerate([novak, ends_with, ends_after], 7):
        frames = []
        for number, (first, end) in enumerate(places, 1):
            data = str(number).encode() * 8 * (end - first)
            datagram = Datagram(case, bytes(8 * end), identification)
            frames.append(datagram.send(8 * first, 8 * end, data, more=number < len(places)))
        sent.append((places, frames))
    for policy in POLICIES[:-1]:
        case.expect("with", f"policy={policy}")
        for places, frames in sent:
            owner = {}
            for number, place in enumerate(places):
                clashes = {}
                for unit in range(*place):
                    if unit in owner:
                        clashes.setdefault(owner[unit], []).append(unit)
                for other, units in clashes.items():
                    kept = "later" if wins(policy, place, places[other]) else "earlier"
                    case.expect("overlap", frames[other], frames[number], 8 * min(units), 8 * max(units) + 8, kept)
                if clashes:
                    case.expect("frame", frames[number], "overlap")
                for unit in range(*place):
                    if unit not in owner or wins(policy, place, places[owner[unit]]):
                        owner[unit] = number
            made = b"".join(str(owner[unit] + 1).encode() * 8 for unit in sorted(owner))
            case.expect("datagram", frames[-1], "complete", len(made), sha256(made), ",".join(map(str, frames)))
            if places is novak:
                paper = {"first": "111422333666", "last": "144442555666", "bsd": "111442333666", "linux": "111442555666",
                         "windows": "111422333666", "solaris": "111422333666"}
                assert made[::8].decode() == paper[policy], (policy, made[::8])
    case.expect("with", "policy=discard")
    for (places, frames), at in zip(sent, (3, 1, 1)):
        case.expect("discarded", frames[at], ",".join(map(str, frames[: at + 1])))
        for other, place in enumerate(places[:at]):
            low, high = max(place[0], places[at][0]), min(place[1], places[at][1])
            if low < high:
                case.expect("overlap", frames[other], frames[at], 8 * low, 8 * high, "neither")
        for frame in frames[at + 1 :]:
            case.expect("frame", frame, "dropped")
    yield case
    case = Case("ip-overlap-same", "Fragments that overlap with the same bytes: no contradiction, whoever wins.")
    datagram = Datagram(case, udp(text(56)))
    datagram.send(0, 32), datagram.send(16, 48, kind="overlap"), datagram.send(48)
    datagram.complete()
    yield case


def teardrop():
    case = Case("ip-teardrop", "teardrop.c: a last fragment that ends inside the first one, as it was sent in 1997 (36 bytes,",
                "not a multiple of eight: refused, RFC 791 section 3.2) and with a first fragment that is one.")
    attack = Datagram(case, text(36), 242)
    attack.send(0, 36, more=True, kind="malformed-unaligned")
    attack.send(24, 28, more=False)
    attack.given_up("unfinished", 28, "0..24", frames=[2])
    attack = Datagram(case, text(40), 243)
    attack.send(0, 40, more=True)
    attack.send(24, 28, more=False, kind="malformed-beyond-end")
    attack.given_up("unfinished", "?", "40..?")
    yield case
    case = Case("ip-two-ends", "Two last fragments that end at different places: the first one counts.")
    datagram = Datagram(case, text(64))
    datagram.send(48)
    datagram.send(48, 56, more=False, kind="malformed-multiple-tails")
    datagram.send(64, 72, text(8), more=True, kind="malformed-beyond-end")
    datagram.send(0, 48)
    datagram.complete()
    yield case


def ping_of_death():
    case = Case("ip-ping-of-death", "A fragment that ends beyond 65,535 bytes; the largest that does not is put together.")
    attack = Datagram(case, bytes(66_528))
    attack.send(0, 1480)
    attack.send(65_528, 66_528, kind="malformed-oversize")
    attack.given_up("unfinished", "?", "1480..?", frames=[1])
    largest = Datagram(case, text(65_515), 8)
    for first in range(0, 65_515, 13_104):
        largest.send(first, min(first + 13_104, 65_515))
    largest.complete()
    yield case


def zero_length():
    case = Case("ip-zero-length", "Fragments without a byte, with and without others behind them.")
    datagram = Datagram(case, udp(text(40)))
    datagram.send(0, 0, kind="malformed-empty")
    first = datagram.send(0, 24)
    datagram.send(24, 24, kind="malformed-empty")
    datagram.send(48, 48, more=False, kind="malformed-empty")
    last = datagram.send(24)
    datagram.complete([first, last])
    yield case


def tiny():
    case = Case("ip-tiny", "A TCP header in two fragments (RFC 1858 section 3): put together all the same.")
    datagram = Datagram(case, udp(text(40)))
    datagram.send(0, 8), datagram.send(8)
    datagram.complete()
    yield case


def last_first():
    case = Case("ip-last-first", "The last fragment first, as Linux sent them before 2.6.")
    datagram = Datagram(case, udp(text(100)))
    datagram.send(96), datagram.send(48, 96), datagram.send(0, 48)
    datagram.complete()
    yield case


def interleaved():
    case = Case("ip-interleaved", "Two datagrams at a time: of two identifications, of two senders, of both directions.")
    pairs = [(7, CLIENT, SERVER), (8, CLIENT, SERVER), (7, "192.0.2.77", SERVER), (7, SERVER, CLIENT)]
    datagrams = [Datagram(case, udp(text(64, mark), source, destination), identification, source=source, destination=destination)
                 for mark, (identification, source, destination) in zip("abcd", pairs)]
    for first in (0, 48, 24):
        for datagram in datagrams:
            datagram.send(first, min(first + 24, 72))
            if first == 24:
                datagram.complete()
    yield case


def identification_reused():
    case = Case("ip-identification-reused", "The same identification again, at once: the bytes are others, so it is a new datagram.")
    for mark in "abc":
        datagram = Datagram(case, udp(text(64, mark)))
        datagram.send(0, 24), datagram.send(24)
        datagram.complete()
    yield case


def time_out():
    case = Case("ip-time-out", "30 s after its first fragment a datagram is given up (60 s for IPv6, RFC 8200 section 4.5),",
                "and its identification begins a new one.", "tshark 4: has no time-out")
    for v6, seconds in ((False, 30), (True, 60)):
        made = udp6 if v6 else udp
        late = Datagram(case, made(text(64)), v6=v6)
        late.send(0, 24), late.send(48)
        late.given_up("timed-out", 72, "24..48")
        case.wait(seconds * SECOND)
        again = Datagram(case, made(text(64, "b")), v6=v6)
        again.send(24), again.send(0, 24)
        again.complete()
        case.wait(2 * seconds * SECOND)
        in_time = Datagram(case, made(text(64, "c")), v6=v6)
        in_time.send(0, 24)
        case.wait(seconds * SECOND - 2 * 10**6)
        in_time.send(24)
        in_time.complete()
        case.wait(2 * seconds * SECOND)
    yield case


def missing():
    case = Case("ip-missing", "Fragments that never came: the datagram stays incomplete, and what is missing is said, not zero.",
                "jspcap 1.0.0 and PyPCAPKit 1.4.1 filled it with zeros when not strict.")
    datagram = Datagram(case, udp(text(120)))
    datagram.send(0, 24), datagram.send(48, 72), datagram.send(96)
    datagram.given_up("unfinished", 128, "24..48", "72..96")
    datagram = Datagram(case, udp(text(64)), 8)
    datagram.send(24, 48)
    datagram.given_up("unfinished", "?", "0..24", "48..?")
    yield case


def cut():
    case = Case("ip-cut", "A fragment that the snaplen cut: every fragment was seen, not every byte.")
    datagram = Datagram(case, udp(text(64)))
    datagram.send(0, 48)
    frame = case.put(ethernet(0x0800, ipv4(datagram.payload[48:], 17, 7, offset=48)), cut=14 + 20 + 9)
    case.expect("datagram", frame, "cut", 57, sha256(datagram.payload[:57]), f"1,{frame}")
    yield case


def ipv6_cases():
    case = Case("ipv6-any-order", "Fragments of IPv6, last first; the flow label and the next header of later fragments may",
                "differ (RFC 8200 section 4.5). jspcap 1.0.0 failed on every fragment of IPv6, and kept labels apart.")
    datagram = Datagram(case, udp6(text(64)), v6=True)
    datagram.send(48, label=3, next_header=60), datagram.send(24, 48, label=2), datagram.send(0, 24, label=1)
    datagram.complete()
    yield case
    case = Case("ipv6-overlap", "An overlap discards the datagram, with what still comes of it (RFC 5722 section 4);",
                "an exact duplicate is none (RFC 8200 section 4.5), and other datagrams are not touched.")
    datagram = Datagram(case, udp6(text(64)), v6=True)
    other = Datagram(case, udp6(text(64, "b")), 8, v6=True)
    datagram.send(0, 24), other.send(0, 24)
    datagram.send(0, 24, kind="duplicate 1")
    frame = datagram.send(16, 48)
    case.expect("discarded", frame, f"1,3,{frame}")
    datagram.send(48, kind="dropped"), datagram.send(24, 48, kind="dropped")
    other.send(24)
    other.complete()
    yield case
    case = Case("ipv6-atomic", "A fragment header on a whole datagram (RFC 6946): it has nothing to do with fragments of the",
                "same identification that are being put together.")
    datagram = Datagram(case, udp6(text(64)), v6=True)
    datagram.send(0, 24)
    atomic = Datagram(case, udp6(text(20, "b")), v6=True)
    atomic.send(0, kind="whole")
    datagram.send(24)
    datagram.complete()
    yield case


def tunnels():
    case = Case("ip-tunnels", "The same inner fragments in three tunnels: they are three datagrams.", "tshark 2: keeps no tunnels apart")
    wraps = [lambda packet, far=far: ipv4(packet, 4, 0, "203.0.113.1", far) for far in ("203.0.113.2", "203.0.113.3")]
    wraps.append(lambda packet: ipv6(packet, 4))
    datagrams = [Datagram(case, udp(text(64, mark))) for mark in "abc"]
    for first, end in ((0, 24), (24, 72)):
        for datagram, wrap in zip(datagrams, wraps):
            datagram.send(first, end, wrap=wrap)
            if first:
                datagram.complete()
    yield case
    case = Case("ip-tunnel-fragmented", "A tunnel's own packets in fragments, with the fragments of a datagram inside.")
    inner = udp(text(64))
    for number, (first, end) in enumerate(((0, 48), (48, 72))):
        packet = ipv4(inner[first:end], 17, 7, offset=first, more=end < 72)
        outer = Datagram(case, packet, 50 + number, source="203.0.113.1", destination="203.0.113.2")
        for place in ((0, 32), (32, len(packet))):
            made = ipv4(packet[place[0]:place[1]], 4, 50 + number, "203.0.113.1", "203.0.113.2", place[0], place[1] < len(packet))
            outer.frames.append(case.packet(made))
        outer.complete()
    case.expect("datagram", 4, "complete", len(inner), sha256(inner), "2,4")
    yield case
    case = Case("ip-vlans", "The same fragments in two VLANs, and in two inner VLANs of one outer: four datagrams.", "tshark 3: keeps no VLANs apart")
    datagrams = [Datagram(case, udp(text(64, mark))) for mark in "abcd"]
    for first, end in ((0, 24), (24, 72)):
        for datagram, case.tags in zip(datagrams, [(5,), (6,), (5, 1), (5, 2)]):
            datagram.send(first, end)
            if first:
                datagram.complete()
    yield case


CASES = (any_order, whole, dont_fragment, duplicates, overlaps, teardrop, ping_of_death, zero_length, tiny, last_first,
         interleaved, identification_reused, time_out, missing, cut, ipv6_cases, tunnels)
