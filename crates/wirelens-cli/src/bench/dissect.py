"""dissect.py NAME FILE FRAMES: has a Python package dissect a capture, as its documentation does it, and prints how
many frames that were. FRAMES is the most there may be, 0 for all. `-` for FILE only says which packages are there."""
import importlib.metadata
import itertools
import sys


def dpkt_frames(path):
    import dpkt

    first = {1: dpkt.ethernet.Ethernet, 12: dpkt.ip.IP, 101: dpkt.ip.IP, 113: dpkt.sll.SLL, 0: dpkt.loopback.Loopback}
    with open(path, "rb") as file:
        reader = dpkt.pcap.UniversalReader(file)
        layer = first[reader.datalink()]
        for _, frame in reader:
            try:
                yield layer(frame)
            except Exception:  # Damaged frames raise what they like.
                yield None


def scapy_frames(path):
    from scapy.all import PcapReader

    with PcapReader(path) as reader:
        yield from reader


def pyshark_frames(path):
    import pyshark

    few = ["-c", str(most)] if most else []
    capture = pyshark.FileCapture(path, keep_packets=False, custom_parameters=few)
    try:
        yield from capture
    finally:
        capture.close()


packages = {"dpkt": dpkt_frames, "scapy": scapy_frames, "pyshark": pyshark_frames}
name, path, most = sys.argv[1], sys.argv[2], int(sys.argv[3])
if path == "-":
    for package in packages:
        try:
            print(package, importlib.metadata.version(package))
        except importlib.metadata.PackageNotFoundError:
            pass
else:
    frames = packages[name](path)
    print(sum(1 for _ in (itertools.islice(frames, most) if most else frames)))
