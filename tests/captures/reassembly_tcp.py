"""Streams: numbers, order, loss, beginnings."""
from reassembly_wire import BACKWARD, CLIENT, FORWARD, SECOND, Case, Talk, ipv4, packed, sha256, text


def in_order():
    for name, v6 in (("tcp-in-order", False), ("tcp-ipv6", True)):
        case = Case(name, "Nothing out of the ordinary. One connection, not three: neither the peer's FIN nor the last",
                    "acknowledgment is a flow of its own, as they were to jspcap 1.0.0; node_pcap 3.1.0 saw no TCP over IPv6.")
        talk = Talk(case, (text(500), text(3000, "b")), v6=v6)
        talk.handshake()
        talk.pieces(FORWARD, 200), talk.pieces(BACKWARD, 1400, 2800)
        talk.close()
        talk.both()
        yield case


def sequence_wrap():
    case = Case("tcp-sequence-wrap", "Sequence numbers go over 2^32 (RFC 9293 section 3.4): in order, out of order, in a",
                "retransmission, and on the other side between the SYN and the first byte. node_pcap 3.1.0 did not wrap.")
    talk = Talk(case, (text(1000), text(800, "b")), isn=(2**32 - 300, 2**32 - 1))
    talk.handshake()
    talk.data(FORWARD, 0, 200)
    talk.data(FORWARD, 400, 600, kind="out-of-order")
    talk.data(FORWARD, 200, 400)
    talk.ack(BACKWARD)
    talk.data(FORWARD, 150, 350, kind="retransmission")
    talk.data(FORWARD, 600, 1000)
    talk.ack(BACKWARD)
    talk.pieces(BACKWARD, 300)
    talk.close()
    talk.both()
    yield case


def out_of_order():
    case = Case("tcp-out-of-order", "Segments in any order, both ways. jspcap 1.0.0 cut the payload off, node_pcap 3.1.0 swapped it.")
    talk = Talk(case, (text(1200), text(1200, "b")))
    talk.handshake()
    for side in (FORWARD, BACKWARD):
        talk.data(side, 100, 300, kind="out-of-order")
        talk.data(side, 0, 100)
        for first in (900, 700, 500):
            talk.data(side, first, first + 200, kind="out-of-order")
        talk.data(side, 300, 500)
        talk.data(side, 1100, 1200)
        talk.ack(1 - side)
    talk.close()
    talk.both()
    yield case


def retransmissions():
    case = Case("tcp-retransmission", "Segments again: whole, a part, longer, before and after the bytes were due.",
                "node_pcap 3.1.0 delivered a longer retransmission whole, so that bytes came twice.")
    talk = Talk(case, (text(800), b""))
    talk.handshake()
    talk.data(FORWARD, 0, 100)
    talk.data(FORWARD, 0, 100, kind="retransmission")
    talk.data(FORWARD, 0, 200, kind="partial-retransmission")
    talk.data(FORWARD, 150, 250, kind="partial-retransmission")
    talk.data(FORWARD, 400, 500, kind="out-of-order")
    talk.data(FORWARD, 400, 500, kind="retransmission")
    talk.data(FORWARD, 350, 600, kind="partial-retransmission")
    talk.data(FORWARD, 200, 800, kind="partial-retransmission")
    talk.ack(BACKWARD)
    talk.data(FORWARD, 700, 800, kind="retransmission")
    talk.close()
    talk.both()
    yield case


def replaces(policy, new, old):
    """Whether later bytes stand, of two segments that wait and overlap: Novak and Sturges 2007."""
    return {
        "first": False,
        "last": True,
        "bsd": new[0] < old[0],
        "windows": new[0] < old[0],
        "linux": new[0] < old[0] or (new[0] == old[0] and new[1] > old[1]),
        "solaris": new[1] > old[1] or (new[1] == old[1] and new[0] <= old[0]),
    }[policy]


def overlaps_that_differ():
    case = Case("tcp-differs", "A retransmission with other bytes: what was delivered stands (RFC 9293 section 3.10.7.4), and",
                "the contradiction is told. Only a hash of what was delivered is kept, so the range is the whole segment.")
    talk = Talk(case, (text(300), b""))
    talk.handshake()
    first = talk.data(FORWARD, 0, 100)
    second = talk.segment(FORWARD, "PA", text(100, "x"), 0, kind="retransmission")
    case.expect("conflict", 0, "forward", 0, 100, first, second, first)
    talk.data(FORWARD, 100, 300)
    talk.ack(BACKWARD)
    talk.close()
    talk.both()
    yield case

    case = Case("tcp-overlap", "Six segments that wait behind a hole and overlap with other bytes; then the hole is filled.")
    places = [(1, 4), (5, 7), (7, 10), (2, 6), (7, 10), (10, 13)]
    stream = lambda owner: b"0" * 8 + b"".join(str(owner[unit] + 1).encode() * 8 for unit in sorted(owner))
    talk = Talk(case, (b"", b""))
    talk.handshake()
    frames = [talk.segment(FORWARD, "PA", str(number).encode() * 8 * (end - begin), 8 * begin)
              for number, (begin, end) in enumerate(places, 1)]
    talk.segment(FORWARD, "PA", b"0" * 8, 0)
    talk.ack(BACKWARD)
    talk.close()
    for policy in ("first", "last", "bsd", "linux", "solaris", "windows"):
        case.expect("with", f"policy={policy}")
        owner = {}
        for number, place in enumerate(places):
            clashes = {}
            for unit in range(*place):
                if unit in owner:
                    clashes.setdefault(owner[unit], []).append(unit)
            for other, units in clashes.items():
                kept = frames[number if replaces(policy, place, places[other]) else other]
                length = 8 * (max(units) + 1 - min(units))
                case.expect("conflict", 0, "forward", 8 * min(units), length, frames[other], frames[number], kept)
            new = sum(unit not in owner for unit in range(*place))
            kinds = {0: "retransmission", place[1] - place[0]: "out-of-order"}
            case.expect("frame", frames[number], kinds.get(new, "partial-retransmission"))
            for unit in range(*place):
                if unit not in owner or replaces(policy, place, places[owner[unit]]):
                    owner[unit] = number
        talk.contents[FORWARD] = stream(owner)
        talk.both()
    yield case


def probes():
    case = Case("tcp-keep-alive", "Keep-alives (RFC 9293 section 3.8.4), with a byte of rubbish and without one: no bytes of the stream.")
    talk = Talk(case, (text(200), b""))
    talk.handshake()
    talk.data(FORWARD, 0, 100)
    talk.ack(BACKWARD)
    for data in (b"\0", b""):
        case.wait(SECOND)
        talk.segment(FORWARD, "A", data, 99, kind="keep-alive")
        talk.ack(BACKWARD)
    talk.data(FORWARD, 100, 200)
    talk.ack(BACKWARD)
    talk.close()
    talk.both()
    yield case
    case = Case("tcp-zero-window", "A closed window, probes of one byte (RFC 9293 section 3.8.6.1) that are refused, and it opens again.")
    talk = Talk(case, (text(300), b""))
    talk.handshake()
    talk.data(FORWARD, 0, 100)
    talk.window[BACKWARD] = 0
    talk.ack(BACKWARD, 100)
    for _ in range(3):
        case.wait(SECOND)
        talk.data(FORWARD, 100, 101, kind="zero-window-probe")
        talk.ack(BACKWARD, 100)
    talk.window[BACKWARD] = 512
    talk.ack(BACKWARD, 100)
    talk.data(FORWARD, 100, 300, kind="partial-retransmission")
    talk.ack(BACKWARD)
    talk.close()
    talk.both()
    yield case


def before_the_syn():
    case = Case("tcp-before-syn", "Frames in another order than they were sent, as captures on several queues have them:",
                "0: the SYN's answer before the SYN; 1: the first data before the SYN; 2: the second data first, where what",
                "lies before is known too late and said, not delivered.")
    talk = Talk(case, (text(200), text(100, "b")))
    talk.syn(BACKWARD), talk.syn(FORWARD, kind="syn-again"), talk.segment(FORWARD)
    talk.pieces(FORWARD, 100), talk.pieces(BACKWARD)
    talk.close()
    talk.both(origin="acknowledged")
    talk = Talk(case, (text(200), text(100, "b")), ports=(40001, 80))
    talk.data(FORWARD, 0, 100)
    talk.syn(FORWARD, offset=0, kind="syn-again"), talk.syn(BACKWARD, ack=0)
    talk.data(FORWARD, 100, 200)
    talk.ack(BACKWARD), talk.pieces(BACKWARD)
    talk.close()
    case.expect("opened", 1, "mid-stream")
    talk.stream(1, FORWARD, "first-byte", "complete"), talk.stream(1, BACKWARD, "syn", "complete")
    case.expect("ended", 1, "fin")
    talk = Talk(case, (text(200), b""), ports=(40002, 80))
    talk.data(FORWARD, 100, 200)
    talk.syn(FORWARD, offset=0, kind="before-start"), talk.syn(BACKWARD, ack=0)
    talk.data(FORWARD, 0, 100, kind="before-start")
    talk.ack(BACKWARD)
    talk.close()
    case.expect("opened", 2, "mid-stream")
    talk.stream(2, FORWARD, "first-byte", "complete", content=talk.contents[0][100:])
    talk.stream(2, BACKWARD, "syn", "complete")
    case.expect("ended", 2, "fin")
    yield case


def mid_stream():
    case = Case("tcp-mid-stream", "The capture begins later than the connection: nothing stalls, and nothing is made up before.",
                "node_pcap 3.1.0 gave no event for the first packet of such a session. In connection 1 bytes of the",
                "server were under way and acknowledged when the capture began: a gap, by its length.")
    talk = Talk(case, (text(1000), text(1000, "b")))
    talk.at, talk.acknowledged = [400, 600], [600, 400]
    talk.data(FORWARD, 400, 700)
    talk.data(BACKWARD, 600, 800)
    talk.ack(FORWARD), talk.ack(BACKWARD)
    talk.data(FORWARD, 850, 1000, kind="out-of-order"), talk.data(FORWARD, 700, 850)
    talk.data(BACKWARD, 800, 1000)
    talk.close()
    case.expect("opened", 0, "mid-stream")
    talk.stream(0, FORWARD, "first-byte", "complete", content=talk.contents[0][400:])
    talk.stream(0, BACKWARD, "acknowledged", "complete", content=talk.contents[1][600:])
    case.expect("ended", 0, "fin")
    talk = Talk(case, (text(1000), text(1000, "b")), ports=(40001, 80))
    talk.at, talk.acknowledged = [400, 600], [600, 400]
    talk.data(FORWARD, 400, 700)
    talk.data(BACKWARD, 650, 1000, kind="out-of-order")
    talk.ack(FORWARD)
    case.wait(2 * SECOND)
    talk.data(FORWARD, 700, 1000)
    talk.close()
    case.expect("opened", 1, "mid-stream")
    talk.stream(1, FORWARD, "first-byte", "complete", content=talk.contents[0][400:])
    talk.stream(1, BACKWARD, "acknowledged", "broken", (0, 50, "before-capture"), content=talk.contents[1][600:])
    case.expect("ended", 1, "fin")
    yield case


def one_sided():
    case = Case("tcp-one-sided", "Only one side was captured. 0: nothing lost; 1: bytes lost, for which nobody can be asked, so they",
                "are waited for as long as is set; 2: neither SYN nor the other side, segments swapped.")
    talk = Talk(case, (text(3000), text(10)))
    talk.unseen = (BACKWARD,)
    talk.handshake()
    talk.pieces(FORWARD, 1400, 2800)
    talk.close()
    case.expect("opened", 0, "syn"), case.expect("ended", 0, "finish")
    talk.stream(0, FORWARD, "syn", "complete")
    talk = Talk(case, (text(3000), b""), ports=(40001, 80))
    talk.unseen = (BACKWARD,)
    talk.handshake()
    talk.data(FORWARD, 0, 1000)
    talk.data(FORWARD, 2000, 2500, kind="out-of-order")
    case.wait(4 * SECOND)
    # It is still behind the hole when it is read; the patience ends with it.
    talk.data(FORWARD, 2500, 3000, kind="out-of-order")
    case.expect("opened", 1, "syn"), case.expect("ended", 1, "finish")
    talk.stream(1, FORWARD, "syn", "broken", (1000, 2000, "patience"))
    talk = Talk(case, (text(1000), b""), ports=(40002, 80))
    for first in (0, 400, 200, 600, 800):
        talk.data(FORWARD, first, first + 200, kind="out-of-order" if first == 400 else None)
    case.expect("opened", 2, "mid-stream"), case.expect("ended", 2, "finish")
    talk.stream(2, FORWARD, "first-byte", "open")
    yield case


def fast_open():
    case = Case("tcp-fast-open", "Data in the SYN (RFC 7413). 0: taken; 1: not taken, so it comes again; 2: the SYN comes again without it.")
    cookie = bytes([34, 10, *range(8)])
    for number in range(3):
        talk = Talk(case, (text(300), text(100, "b")), ports=(40000 + number, 80))
        talk.segment(FORWARD, "S", talk.contents[0][:100], 0, options=cookie)
        if number == 2:
            talk.segment(FORWARD, "S", offset=0, kind="syn-again")
        talk.syn(BACKWARD, ack=100 if number == 0 else 0)
        if number:
            talk.data(FORWARD, 0, 100, kind="retransmission")
        talk.ack(BACKWARD, 100)
        talk.pieces(BACKWARD)
        talk.data(FORWARD, 100, 300)
        talk.ack(BACKWARD)
        talk.close()
        talk.both(number)
    yield case


def strange_headers():
    case = Case("tcp-options", "Options of Multipath TCP, MD5, User Timeout and an experiment: node_pcap 3.1.0 threw at each, and jspcap",
                "1.0.0 made the segment raw bytes.")
    talk = Talk(case, (text(400), b""))
    talk.handshake()
    options = [bytes([30, 4, 0, 1]), bytes([19, 18, *range(16)]), bytes([28, 4, 0, 9]), bytes([253, 6, 1, 2, 3, 4])]
    for number, option in enumerate(options):
        talk.data(FORWARD, 100 * number, 100 * number + 100, options=option)
    talk.ack(BACKWARD)
    talk.close()
    talk.both()
    yield case
    case = Case("tcp-urgent", "Urgent data stays in the stream (RFC 6093 section 5); where it ends is told, also where that is later.")
    talk = Talk(case, (text(300), b""))
    talk.handshake()
    talk.data(FORWARD, 0, 100, flags="UPA", urgent=10)
    talk.data(FORWARD, 100, 200, flags="UA", urgent=150)
    talk.data(FORWARD, 200, 300, flags="UA", urgent=50)
    talk.ack(BACKWARD)
    talk.close()
    case.expect("urgent", 0, "forward", 10), case.expect("urgent", 0, "forward", 250)
    talk.both()
    yield case
    case = Case("tcp-simultaneous-open", "Both sides send a SYN (RFC 9293 section 3.5, figure 7).")
    talk = Talk(case, (text(100), text(100, "b")))
    talk.segment(FORWARD, "S"), talk.segment(BACKWARD, "S")
    talk.segment(FORWARD, "SA", kind="syn-again"), talk.segment(BACKWARD, "SA", kind="syn-again")
    talk.pieces(FORWARD), talk.pieces(BACKWARD)
    talk.close()
    talk.both()
    yield case


def seen_twice():
    case = Case("tcp-frame-twice", "Every frame twice, as a mirror port of two interfaces gives them: not a retransmission.")
    talk = Talk(case, (text(300), text(100, "b")))
    plain = talk.segment

    def twice(side, *words, **others):
        before = talk.at[side]
        frame = plain(side, *words, **others)
        talk.at[side] = before if "offset" not in others or others["offset"] is None else talk.at[side]
        plain(side, *words, **{**others, "again": True, "kind": "duplicate"})
        return frame

    talk.segment = twice
    talk.handshake()
    talk.pieces(FORWARD, 100), talk.pieces(BACKWARD)
    talk.close()
    talk.both()
    yield case


def vlans():
    case = Case("tcp-vlans", "The same addresses, ports and sequence numbers in two VLANs at once: two connections.",
                "tshark 2: keeps no VLANs apart")
    talks = [Talk(case, (text(300, mark), text(100, "x"))) for mark in "ab"]
    for step in (Talk.handshake, lambda talk: talk.pieces(FORWARD, 100), lambda talk: talk.pieces(BACKWARD), Talk.close):
        for talk, case.tags in zip(talks, ((5,), (6,))):
            step(talk)
    for number, talk in enumerate(talks):
        talk.both(number)
    yield case


def tunnels():
    case = Case("tcp-tunnels", "The same addresses, ports and sequence numbers in two tunnels at once, whose own addresses change",
                "places with the direction: two connections.", "tshark 2: keeps no tunnels apart")
    talks = [Talk(case, (text(300, mark), text(100, "x"))) for mark in "ab"]
    plain, near = case.packet, "203.0.113.1"
    for step in (Talk.handshake, lambda talk: talk.pieces(FORWARD, 100), lambda talk: talk.pieces(BACKWARD), Talk.close):
        for talk, far in zip(talks, ("203.0.113.2", "203.0.113.3")):
            ends = lambda packet: (near, far) if packet[12:16] == packed(CLIENT) else (far, near)
            case.packet = lambda packet, cut=None: plain(ipv4(packet, 4, 0, *ends(packet)), cut)
            step(talk)
    for number, talk in enumerate(talks):
        talk.both(number)
    yield case


def in_fragments():
    case = Case("tcp-in-fragments", "Segments in fragments of IP, the last first: the stream goes on when the datagram is complete.")
    talk = Talk(case, (text(900), text(100, "b")))
    plain = case.packet

    def fragmented(packet, cut=None):
        if len(packet) < 200:
            return plain(packet)
        number, payload = int.from_bytes(packet[4:6], "big"), packet[20:]
        places = [(first, min(first + 160, len(payload))) for first in range(0, len(payload), 160)]
        frames = [plain(ipv4(payload[first:end], 6, number, offset=first, more=end < len(payload)))
                  for first, end in reversed(places)]
        case.expect("datagram", frames[-1], "complete", len(payload), sha256(payload), ",".join(map(str, frames)))
        return frames[-1]

    case.packet = fragmented
    talk.handshake()
    talk.data(FORWARD, 300, 600, kind="out-of-order")
    talk.data(FORWARD, 0, 300), talk.data(FORWARD, 600, 900)
    talk.ack(BACKWARD), talk.pieces(BACKWARD)
    talk.close()
    talk.both()
    yield case


CASES = (in_order, sequence_wrap, out_of_order, retransmissions, overlaps_that_differ, probes, before_the_syn, mid_stream,
         one_sided, fast_open, strange_headers, seen_twice, vlans, tunnels, in_fragments)
