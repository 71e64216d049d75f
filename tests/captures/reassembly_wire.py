"""Frames, and what is expected of them: what the cases of reassembly.py are written with.

Nothing here reads what wirelens says. A case knows what it made, and its expectations follow from that.
"""
import hashlib
import pathlib
import struct

FOLDER = pathlib.Path(__file__).parent / "reassembly"
START = 1_700_000_000 * 10**9
MILLISECOND, SECOND = 10**6, 10**9
FORWARD, BACKWARD = 0, 1
NAMES = ("forward", "backward")
CLIENT, SERVER = "192.0.2.1", "198.51.100.2"
CLIENT6, SERVER6 = "2001:db8::1", "2001:db8::2"


def text(length, mark="a"):
    """So many bytes that tell their own place: eight at a time, `a0000008`."""
    words = "".join(f"{mark}{place:07d}" for place in range(0, length, 8))
    return words[:length].encode()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def packed(address):
    if ":" not in address:
        return bytes(map(int, address.split(".")))
    head, _, tail = address.partition("::")
    head, tail = ([int(word, 16) for word in part.split(":") if word] for part in (head, tail))
    return struct.pack(">8H", *head, *[0] * (8 - len(head) - len(tail)), *tail)


def ethernet(kind, payload, tags=()):
    """In as many VLANs as there are tags, outermost first."""
    kinds = [*([0x8100] * len(tags)), kind]
    for tag, inner in zip(reversed(tags), reversed(kinds[1:])):
        payload = struct.pack(">HH", tag, inner) + payload
    return bytes.fromhex("02000000000b02000000000a") + struct.pack(">H", kinds[0]) + payload


def ipv4(payload, protocol, identification, source=CLIENT, destination=SERVER, offset=0, more=False, dont=False):
    word = offset // 8 | more << 13 | dont << 14
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), identification, word, 64, protocol, 0)
    head += packed(source) + packed(destination)
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def ipv6(payload, next_header, source=CLIENT6, destination=SERVER6, label=0):
    return struct.pack(">IHBB", 6 << 28 | label, len(payload), next_header, 64) + packed(source) + packed(destination) + payload


def fragment6(payload, next_header, identification, offset, more, **others):
    head = struct.pack(">BBHI", next_header, 0, offset | more, identification)
    return ipv6(head + payload, 44, **others)


def pseudo(source, destination, protocol, payload):
    a, b = packed(source), packed(destination)
    return a + b + (struct.pack(">BBH", 0, protocol, len(payload)) if len(a) == 4 else struct.pack(">IHBB", len(payload), 0, 0, protocol))


def udp(payload, source=CLIENT, destination=SERVER, ports=(4000, 9)):
    made = struct.pack(">HHHH", *ports, 8 + len(payload), 0) + payload
    found = checksum(pseudo(source, destination, 17, made) + made) or 0xFFFF
    return made[:6] + struct.pack(">H", found) + made[8:]


class Case:
    """A capture being made, and what is expected of it."""

    def __init__(self, name, *why, tags=()):
        self.name, self.why, self.tags = name, why, tags
        self.frames, self.lines, self.now = [], [], START

    def expect(self, *words):
        self.lines.append(" ".join(map(str, words)))

    def wait(self, nanoseconds):
        self.now += nanoseconds

    def put(self, frame, cut=None):
        """A frame of which the capture has all, or only so many bytes; gives its number."""
        self.now += MILLISECOND
        self.frames.append((self.now, frame[:cut], len(frame)))
        return len(self.frames)

    def packet(self, packet, cut=None):
        """An IP packet in Ethernet."""
        return self.put(ethernet(0x0800 if packet[0] >> 4 == 4 else 0x86DD, packet, self.tags), cut)

    def write(self):
        out = struct.pack("<IHHIIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1)
        for time, frame, length in self.frames:
            out += struct.pack("<4I", time // SECOND, time % SECOND, len(frame), length) + frame
        (FOLDER / f"{self.name}.pcap").write_bytes(out)
        lines = [f"# {line}" for line in self.why] + [f"frames {len(self.frames)}", *self.lines]
        (FOLDER / f"{self.name}.expected").write_text("\n".join(lines) + "\n")


class Talk:
    """A TCP connection in a case. A byte is spoken of by its offset in its direction's stream."""

    def __init__(self, case, contents=(b"", b""), ports=(40000, 80), isn=(1000, 5000), scale=7, window=512, v6=False):
        self.case, self.ports, self.isn, self.scale = case, ports, isn, scale
        self.contents, self.window = [bytes(part) for part in contents], [window, window]
        self.addresses = (CLIENT6, SERVER6) if v6 else (CLIENT, SERVER)
        self.at, self.acknowledged, self.identification = [0, 0], [0, 0], 1
        # Sides of which the capture has nothing.
        self.unseen = ()

    def segment(self, side, flags="A", data=b"", offset=None, options=b"", urgent=0, cut=None, kind=None, ack=None, seq=None,
                again=False, lost=False):
        """A segment at an offset of its stream (by default where the last one ended); gives its frame. `ack` is an
        offset too, `seq` a number; `again` has the identification of the packet before; `lost` is not captured."""
        offset = self.at[side] if offset is None else offset
        begin = -1 if "S" in flags else offset
        seq = self.isn[side] + 1 + begin if seq is None else seq
        ack = self.acknowledged[side] if ack is None else ack
        number = (self.isn[1 - side] + 1 + ack) & 0xFFFFFFFF if "A" in flags else 0
        options += bytes([1]) * (-len(options) % 4)
        bits = sum(1 << "FSRPAUEC".index(flag) for flag in flags)
        source, destination = (self.addresses[side], self.addresses[1 - side])
        made = struct.pack(">HHIIBBHHH", self.ports[side], self.ports[1 - side], seq & 0xFFFFFFFF, number,
                           (20 + len(options)) // 4 << 4, bits, self.window[side], 0, urgent) + options + data
        found = checksum(pseudo(source, destination, 6, made) + made)
        made = made[:16] + struct.pack(">H", found) + made[18:]
        if ":" in source:
            packet = ipv6(made, 6, source, destination)
        else:
            self.identification += not again
            packet = ipv4(made, 6, self.identification, source, destination)
        self.at[side] = max(self.at[side], offset + len(data))
        if lost or side in self.unseen:
            return None
        frame = self.case.packet(packet, cut)
        if kind:
            self.case.expect("frame", frame, kind)
        return frame

    def syn(self, side, **others):
        options = struct.pack(">BBH", 2, 4, 1460) + bytes([1, 3, 3, self.scale])
        return self.segment(side, "S" if side == FORWARD else "SA", options=options, **others)

    def handshake(self):
        self.syn(FORWARD), self.syn(BACKWARD), self.segment(FORWARD)

    def data(self, side, first, end, flags="PA", **others):
        """The bytes of the stream from `first` to `end`."""
        return self.segment(side, flags, self.contents[side][first:end], first, **others)

    def pieces(self, side, *ends):
        """All of a stream in segments that end at these places and at its end, each acknowledged."""
        first = 0
        for end in [*ends, len(self.contents[side])]:
            self.data(side, first, end)
            self.ack(1 - side, end)
            first = end

    def ack(self, side, offset=None, **others):
        """Acknowledges the other side up to an offset, or all it sent."""
        self.acknowledged[side] = self.at[1 - side] if offset is None else offset
        return self.segment(side, **others)

    def close(self, first=FORWARD):
        """FIN, FIN, and the last acknowledgment."""
        second = 1 - first
        self.segment(first, "FA")
        self.acknowledged[second] = self.at[first] + 1
        self.segment(second, "FA")
        self.acknowledged[first] = self.at[second] + 1
        self.segment(first, offset=self.at[first] + 1)

    def stream(self, number, side, origin, state, *gaps, content=None):
        """What must come of a direction: its bytes without those in gaps, (first, end, reason) each."""
        content = self.contents[side] if content is None else content
        kept = bytearray(content)
        for first, end, reason in reversed(gaps):
            del kept[first:end]
        self.case.expect("tcp", number, NAMES[side], origin, state, len(kept), sha256(bytes(kept)))
        for first, end, reason in gaps:
            self.case.expect("gap", number, NAMES[side], first, end - first, reason)

    def both(self, number=0, origin="syn"):
        """Both directions are there from SYN to FIN."""
        self.case.expect("opened", number, "syn")
        self.stream(number, FORWARD, origin, "complete"), self.stream(number, BACKWARD, "syn", "complete")
        self.case.expect("ended", number, "fin")
