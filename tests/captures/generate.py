#!/usr/bin/env python3
"""Makes the captures that no recorder gives, out of the recorded ones beside it: tags, tunnels, other formats, damage."""
import pathlib
import struct

here = pathlib.Path(__file__).parent


def frames(name):
    """(seconds, microseconds, bytes) of each record of a little-endian pcap."""
    data = (here / name).read_bytes()
    at = 24
    while at + 16 <= len(data):
        seconds, micros, captured, _ = struct.unpack_from("<4I", data, at)
        yield seconds, micros, data[at + 16 : at + 16 + captured]
        at += 16 + captured


def pcap(name, link_type, records, order="<", magic=0xA1B2C3D4, scale=1):
    out = struct.pack(order + "IHHIIII", magic, 2, 4, 0, 0, 262144, link_type)
    for seconds, micros, frame in records:
        out += struct.pack(order + "4I", seconds, micros * scale, len(frame), len(frame)) + frame
    (here / name).write_bytes(out)


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(protocol, payload):
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0, bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2]))
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def ipv6(next_header, payload):
    address = bytes.fromhex("20010db8000000000000000000000001")
    return struct.pack(">IHBB", 6 << 28, len(payload), next_header, 64) + address + address[:-1] + b"\x02" + payload


# ---- tunnels: tags and IP in IP around recorded pings
ethernet = lambda frame, kind, payload: frame[:12] + struct.pack(">H", kind) + payload
pings = [f for f in frames("ping.pcap") if f[2][12:14] == b"\x08\x00"][:2] + [f for f in frames("ping.pcap") if f[2][12:14] == b"\x86\xdd"][:2]
made = []
for seconds, micros, frame in pings:
    kind, inner = struct.unpack(">H", frame[12:14])[0], frame[14:]
    tagged = ethernet(frame, 0x88A8, struct.pack(">HHHH", 100, 0x8100, 0x6000 | 200, kind) + inner)
    number = 4 if kind == 0x0800 else 41
    for wrapped in (tagged, ethernet(frame, 0x0800, ipv4(number, inner)), ethernet(frame, 0x86DD, ipv6(number, inner))):
        made.append((seconds, micros, wrapped))
    made.append((seconds, micros, ethernet(frame, 8 + len(inner), b"\xaa\xaa\x03\0\0\0" + struct.pack(">H", kind) + inner)))
pcap("tunnels.pcap", 1, made)

# ---- the same frames in other clothes
pcap("big-endian-ns.pcap", 1, pings, ">", 0xA1B23C4D, 1000)
pcap("raw.pcap", 101, [(s, m, f[14:]) for s, m, f in pings])
pcap("loopback.pcap", 0, [(s, m, struct.pack("<I", 2 if f[12:14] == b"\x08\x00" else 30) + f[14:]) for s, m, f in pings])


# ---- pcapng: two sections of different byte order, two interfaces, comments, names, statistics, an unknown block
def block(order, kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack(order + "II", kind, len(body) + 12) + body + struct.pack(order + "I", len(body) + 12)


def options(order, *pairs):
    out = b""
    for code, value in pairs:
        out += struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)
    return out + bytes(4)


out = b""
for order in "<>":
    out += block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1) + options(order, (1, b"made by generate.py")))
    out += block(order, 1, struct.pack(order + "HHI", 1, 0, 262144) + options(order, (2, b"veth0"), (9, b"\x09")))
    out += block(order, 1, struct.pack(order + "HHI", 101, 0, 262144) + options(order, (2, b"tun0"), (9, b"\x06")))
    for seconds, micros, frame in pings:
        nanoseconds = seconds * 10**9 + micros * 1000 + 7
        out += block(order, 6, struct.pack(order + "5I", 0, nanoseconds >> 32, nanoseconds & 0xFFFFFFFF, len(frame), len(frame)) + frame + bytes(-len(frame) % 4) + options(order, (1, b"as it was sent")))
        micros += seconds * 10**6
        inner = frame[14:]
        out += block(order, 6, struct.pack(order + "5I", 1, micros >> 32, micros & 0xFFFFFFFF, len(inner), len(inner)) + inner)
    out += block(order, 4, struct.pack(order + "HH", 1, 20) + bytes([192, 0, 2, 20]) + b"www.example.org\0" + bytes(4))
    out += block(order, 5, struct.pack(order + "3I", 0, 0, 0) + options(order, (4, struct.pack(order + "Q", 8)), (5, struct.pack(order + "Q", 0))))
    out += block(order, 0x0B, b"what this is only its maker knows")
(here / "mixed.pcapng").write_bytes(out)

# ---- damage: garbage between records, and the end of the file missing
data = (here / "http.pcap").read_bytes()
at = 24
for _ in range(20):
    at += 16 + struct.unpack_from("<I", data, at + 8)[0]
(here / "damaged.pcap").write_bytes(data[:at] + b"\xff\x00garbage" * 9 + data[at:-11])
