#!/usr/bin/env python3
"""reassembly.py [check]: makes the captures of the folder reassembly/ and what is expected of each, beside it.

`check` makes nothing: it holds the expectations against tshark, stream by stream and datagram by datagram, where nothing
is missing. A line `# tshark N: why` in them says that so many differ, and why. Of overlaps tshark keeps what BSD does.
"""
import collections
import itertools
import re
import subprocess
import sys

import reassembly_application
import reassembly_ip
import reassembly_loss
import reassembly_tcp
from reassembly_wire import FOLDER, sha256

MODULES = (reassembly_ip, reassembly_tcp, reassembly_loss, reassembly_application)


def make():
    FOLDER.mkdir(exist_ok=True)
    for old in [*FOLDER.glob("*.pcap"), *FOLDER.glob("*.expected")]:
        old.unlink()
    names = set()
    for case in itertools.chain.from_iterable(make() for module in MODULES for make in module.CASES):
        assert case.name not in names, case.name
        names.add(case.name)
        case.write()
    print(f"{len(names)} captures")


def tshark(capture, *options):
    return subprocess.run(["tshark", "-n", "-r", capture, *options], capture_output=True, text=True, check=True).stdout


def followed(capture, number):
    """Length and hash of both directions, the lower address and port first."""
    lines = tshark(capture, "-q", "-z", f"follow,tcp,raw,{number}").splitlines()
    node = next(line.split(": ")[1] for line in lines if line.startswith("Node 0"))
    at = next(index for index, line in enumerate(lines) if line.startswith("Node 1")) + 1
    sides = [b"", b""]
    for line in lines[at:]:
        if not line.startswith("="):
            sides[line.startswith("\t")] += bytes.fromhex(line.strip())
    if node.endswith((":80", ":53")):
        sides.reverse()
    return {name: (str(len(side)), sha256(side)) for name, side in zip(("forward", "backward"), sides)}


def check():
    counts, failed = collections.Counter(), False
    for path in sorted(FOLDER.glob("*.expected")):
        text, capture = path.read_text(), path.with_suffix(".pcap")
        excuse = re.search(r"^# tshark (\d+): .*", text, re.M)
        _, _, bsd = text.partition("\nwith policy=bsd\n")
        lines = [line.split() for line in (bsd.partition("\nwith ")[0] or text).splitlines()]
        pairs = [*streams(capture, lines), *datagrams(capture, lines)]
        wrong = [pair for pair in pairs if pair[1] != pair[2]]
        for what, ours, theirs in pairs:
            counts[f"{what}s"] += 1
            counts[f"{what}s equal"] += ours == theirs
        if len(wrong) != int(excuse[1] if excuse else 0):
            failed = True
            print(f"{path.stem}:", *(f"\n    {what}: expected {ours}, tshark {theirs}" for what, ours, theirs in wrong))
        elif excuse:
            print(f"{path.stem}: {excuse[0][2:]}")
    print(", ".join(f"{count} {name}" for name, count in sorted(counts.items())))
    return failed


def streams(capture, lines):
    """Streams without gaps: lengths and hashes, ours and theirs."""
    whole = [words for words in lines if words[0] == "tcp" and words[4] != "broken"]
    theirs = {number: followed(capture, number) for number in {words[1] for words in whole}}
    for words in whole:
        yield "stream", tuple(words[5:7]), theirs[words[1]][words[2]]


def datagrams(capture, lines):
    complete = [words for words in lines if words[0] == "datagram" and words[2] == "complete"]
    if not complete:
        return
    columns = [word for name in ("frame.number", "ip.reassembled.data", "ipv6.reassembled.data") for word in ("-e", name)]
    theirs = {}
    for line in tshark(capture, "-T", "fields", *columns).splitlines():
        frame, *data = line.split("\t")
        for one in ",".join(filter(None, data)).split(","):
            theirs.setdefault(frame, set()).add((str(len(one) // 2), sha256(bytes.fromhex(one))))
    for words in complete:
        ours = tuple(words[3:5])
        yield "datagram", ours, ours if ours in theirs[words[1]] else theirs[words[1]]


sys.exit(check() if sys.argv[1:] == ["check"] else make())
