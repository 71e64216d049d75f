"""Streams: what is missing, how they end, what comes after them on the same ports."""
from reassembly_wire import BACKWARD, FORWARD, SECOND, Case, Talk, text

GIGABYTE = 10**9


def lost():
    case = Case("tcp-lost", "Bytes that the receiver acknowledged and the capture has not: gaps by their lengths, never zeros.",
                "One byte, some, three islands (jspcap 1.0.0 put a zero on each side of each), one over 2^32.")
    talk = Talk(case, (text(3000), b""), isn=(2**32 - 1200, 5000))
    talk.handshake()
    gaps = [(100, 101), (500, 900), (1000, 1460), (2000, 2001)]
    first = 0
    for begin, end in [*gaps, (3000, 3000)]:
        talk.data(FORWARD, first, begin, kind="out-of-order" if first else None)
        first = end
    talk.ack(BACKWARD)
    case.wait(2 * SECOND)
    talk.close()
    case.expect("opened", 0, "syn"), case.expect("ended", 0, "fin")
    talk.stream(0, FORWARD, "syn", "broken", *[(*gap, "lost") for gap in gaps])
    talk.stream(0, BACKWARD, "syn", "complete")
    yield case
    case = Case("tcp-lost-at-the-edges", "0: the first bytes are missing, the last ones in 1 (the end of the capture), and in 2 one number",
                "more is acknowledged, which may be a FIN and is no gap.")
    for number, (first, end, acknowledged) in enumerate(((100, 300, 300), (0, 200, 300), (0, 300, 301))):
        talk = Talk(case, (text(300), b""), ports=(40000 + number, 80))
        talk.handshake()
        talk.data(FORWARD, first, end, kind="out-of-order" if first else None)
        talk.ack(BACKWARD, acknowledged)
        gaps = [gap for gap in ((0, first, "lost"), (end, 300, "lost")) if gap[0] < gap[1]]
        case.expect("opened", number, "syn"), case.expect("ended", number, "finish")
        talk.stream(number, FORWARD, "syn", "broken" if gaps else "open", *gaps)
        talk.stream(number, BACKWARD, "syn", "open")
    yield case


def late():
    case = Case("tcp-late", "Bytes of a gap that come when they were given up (a second after their acknowledgment): told, not put in.")
    talk = Talk(case, (text(500), b""))
    talk.handshake()
    talk.data(FORWARD, 0, 100)
    talk.data(FORWARD, 200, 300, kind="out-of-order")
    talk.ack(BACKWARD)
    case.wait(2 * SECOND)
    talk.data(FORWARD, 300, 400, kind="out-of-order")
    frame = talk.data(FORWARD, 100, 200, kind="late")
    case.expect("late", 0, "forward", 100, 100, frame)
    talk.data(FORWARD, 400, 500)
    talk.ack(BACKWARD)
    talk.close()
    case.expect("opened", 0, "syn"), case.expect("ended", 0, "fin")
    talk.stream(0, FORWARD, "syn", "broken", (100, 200, "lost")), talk.stream(0, BACKWARD, "syn", "complete")
    yield case


def window_passed():
    case = Case("tcp-window-passed", "Nobody acknowledges the missing bytes, but the sender is further than the window allows without them.")
    talk = Talk(case, (text(200_300), b""), scale=0, window=1000)
    talk.handshake()
    talk.data(FORWARD, 0, 100)
    talk.data(FORWARD, 200_000, 200_100, kind="stray"), talk.data(FORWARD, 200_100, 200_200, kind="stray")
    talk.data(FORWARD, 200_200, 200_300)
    talk.close()
    case.expect("opened", 0, "syn"), case.expect("ended", 0, "fin")
    talk.stream(0, FORWARD, "syn", "broken", (100, 200_000, "window-passed")), talk.stream(0, BACKWARD, "syn", "complete")
    yield case


def no_proof():
    case = Case("tcp-data-is-no-proof", "The other side goes on talking for long without acknowledging what is missing: its data proves",
                "nothing, and the bytes come in the end. (Some programs give them up at the other side's first byte.)")
    talk = Talk(case, (text(300), text(4000, "b")))
    talk.handshake()
    talk.data(FORWARD, 0, 100)
    talk.data(FORWARD, 200, 300, kind="out-of-order")
    for first in range(0, 4000, 100):
        talk.ack(BACKWARD, 100, flags="PA", data=talk.contents[1][first:first + 100])
        if first % 1000 == 0:
            talk.ack(FORWARD)
        case.wait(SECOND // 10)
    talk.data(FORWARD, 100, 200)
    talk.ack(BACKWARD), talk.ack(FORWARD)
    talk.close()
    talk.both()
    yield case


def acknowledgments():
    case = Case("tcp-acknowledged-first", "0: a capture on several queues has acknowledgments before the data: it is waited for; 1: an",
                "acknowledgment of what was never sent, once, proves nothing: the latest one counts (RFC 9293 section 3.10.7.4",
                "drops it); 2: the FIN was not captured, only its acknowledgment, and the other side goes on: no gap.",
                "tshark 1: takes an acknowledgment for proof at once, and says `missing` in place of bytes that come later")
    talk = Talk(case, (text(300), b""))
    talk.handshake()
    talk.data(FORWARD, 0, 100)
    talk.ack(BACKWARD, 300)
    talk.data(FORWARD, 200, 300, kind="out-of-order")
    talk.ack(BACKWARD, 300)
    talk.data(FORWARD, 100, 200)
    talk.close()
    talk.both(0)
    talk = Talk(case, (text(600), b""), ports=(40001, 80))
    talk.handshake()
    talk.data(FORWARD, 0, 100)
    talk.ack(BACKWARD, 5000)
    for _ in range(20):
        talk.ack(BACKWARD, 100)
        case.wait(SECOND // 5)
    talk.data(FORWARD, 100, 600)
    talk.ack(BACKWARD)
    talk.close()
    talk.both(1)
    talk = Talk(case, (text(300), text(3000, "b")), ports=(40002, 80))
    talk.handshake()
    talk.pieces(FORWARD)
    talk.segment(FORWARD, "FA", lost=True)
    talk.acknowledged[BACKWARD] = 301
    for first in range(0, 3000, 100):
        talk.data(BACKWARD, first, first + 100)
        talk.ack(FORWARD, offset=301)
        case.wait(SECOND // 5)
    case.expect("opened", 2, "syn"), case.expect("ended", 2, "finish")
    talk.stream(2, FORWARD, "syn", "open"), talk.stream(2, BACKWARD, "syn", "open")
    yield case


def snaplen():
    case = Case("tcp-snaplen", "Segments that the snaplen cut: what was not captured is a gap, in order, out of order and in a retransmission.")
    talk = Talk(case, (text(500), b""))
    talk.handshake()
    headers = 14 + 20 + 20
    talk.data(FORWARD, 0, 100, cut=headers + 30)
    talk.data(FORWARD, 200, 300, cut=headers + 40, kind="out-of-order")
    talk.data(FORWARD, 100, 200)
    talk.data(FORWARD, 0, 100, cut=headers + 30, kind="retransmission")
    talk.data(FORWARD, 300, 400, cut=headers)
    talk.data(FORWARD, 400, 500)
    talk.ack(BACKWARD)
    talk.close()
    case.expect("opened", 0, "syn"), case.expect("ended", 0, "fin")
    cuts = [(30, 100, "not-captured"), (240, 300, "not-captured"), (300, 400, "not-captured")]
    talk.stream(0, FORWARD, "syn", "broken", *cuts), talk.stream(0, BACKWARD, "syn", "complete")
    yield case
    case = Case("tcp-snaplen-filled", "What the snaplen cut of a segment that waits is there in another: no gap.")
    talk = Talk(case, (text(300), b""))
    talk.handshake()
    talk.data(FORWARD, 100, 200, cut=headers + 10, kind="out-of-order")
    talk.data(FORWARD, 100, 300, kind="partial-retransmission")
    talk.data(FORWARD, 0, 100)
    talk.ack(BACKWARD)
    talk.close()
    talk.both()
    yield case


def after_fin():
    case = Case("tcp-half-closed", "One side says FIN first and the other goes on (RFC 9293 section 3.6): node_pcap 3.1.0 lost the data.",
                "What a side sends behind its own FIN is none of its stream.")
    talk = Talk(case, (text(100), text(3000, "b")))
    talk.handshake()
    talk.pieces(FORWARD)
    talk.segment(FORWARD, "FA")
    talk.acknowledged[BACKWARD] = 101
    talk.segment(FORWARD, "PA", b"never", 101, kind="after-end")
    for first in (0, 2000, 1000):
        talk.data(BACKWARD, first, first + 1000, kind="out-of-order" if first == 2000 else None)
    talk.acknowledged[FORWARD] = 3000
    talk.segment(FORWARD, offset=101)
    talk.segment(BACKWARD, "FA")
    talk.acknowledged[FORWARD] = 3001
    talk.segment(FORWARD, offset=101)
    talk.both()
    yield case
    case = Case("tcp-fin-out-of-order", "A FIN while bytes before it are missing closes nothing: they come after both FINs.")
    talk = Talk(case, (text(400), text(300, "b")))
    talk.handshake()
    talk.data(FORWARD, 0, 100)
    talk.data(FORWARD, 300, 400, flags="FPA", kind="out-of-order")
    talk.ack(BACKWARD, 100)
    talk.data(BACKWARD, 200, 300, kind="out-of-order")
    talk.segment(BACKWARD, "FA")
    talk.data(FORWARD, 200, 300, kind="out-of-order")
    talk.data(BACKWARD, 100, 200, kind="out-of-order")
    talk.data(BACKWARD, 0, 100)
    talk.data(FORWARD, 100, 200)
    talk.both()
    yield case


def false_fin():
    case = Case("tcp-false-fin", "A FIN that lies before bytes that were seen already is not the sender's: it does not count.")
    talk = Talk(case, (text(400), b""))
    talk.handshake()
    talk.data(FORWARD, 0, 200)
    talk.data(FORWARD, 300, 400, kind="out-of-order")
    talk.segment(FORWARD, "FA", offset=100), talk.segment(FORWARD, "FA", offset=250)
    talk.data(FORWARD, 200, 300)
    talk.ack(BACKWARD)
    talk.close()
    talk.both()
    yield case


def resets():
    case = Case("tcp-reset", "0: an RST ends the connection, and what was under way begins no new one; 1: a blind RST out of the window",
                "does not (RFC 9293 section 3.10.7.4); 2: what waits is delivered before the end, with its gap; 3: the text in",
                "an RST is no stream (RFC 9293 section 3.5.2).",
                "tshark 2: follows what comes behind an RST, and what is in it")
    talk = Talk(case, (text(300), text(100, "b")))
    talk.handshake()
    talk.data(FORWARD, 0, 200)
    talk.data(BACKWARD, 0, 100)
    talk.ack(BACKWARD, flags="RA", kind="reset")
    talk.data(FORWARD, 200, 300, kind="after-end")
    case.expect("opened", 0, "syn"), case.expect("ended", 0, "reset")
    talk.stream(0, FORWARD, "syn", "open", content=talk.contents[0][:200]), talk.stream(0, BACKWARD, "syn", "open")
    talk = Talk(case, (text(300), b""), ports=(40001, 80))
    talk.handshake()
    talk.data(FORWARD, 0, 100)
    talk.ack(BACKWARD)
    talk.segment(FORWARD, "R", seq=1000 + GIGABYTE, kind="reset-ignored")
    talk.segment(BACKWARD, "R", seq=5000 + GIGABYTE, kind="reset-ignored")
    talk.data(FORWARD, 100, 300)
    talk.ack(BACKWARD)
    talk.close()
    talk.both(1)
    talk = Talk(case, (text(300), b""), ports=(40002, 80))
    talk.handshake()
    talk.data(FORWARD, 0, 100)
    talk.data(FORWARD, 200, 300, kind="out-of-order")
    talk.segment(FORWARD, "RA", kind="reset")
    case.expect("opened", 2, "syn"), case.expect("ended", 2, "reset")
    talk.stream(2, FORWARD, "syn", "broken", (100, 200, "end")), talk.stream(2, BACKWARD, "syn", "open")
    talk = Talk(case, (text(100), b""), ports=(40003, 80))
    talk.handshake()
    talk.pieces(FORWARD)
    talk.segment(BACKWARD, "RA", b"No tolerance for rubbish", kind="reset")
    case.expect("opened", 3, "syn"), case.expect("ended", 3, "reset")
    talk.stream(3, FORWARD, "syn", "open"), talk.stream(3, BACKWARD, "syn", "open")
    yield case


def ports_again():
    case = Case("tcp-port-reuse-syn", "The same ports again with a SYN: after the end (1), on a live connection with an answer (2), and at once",
                "after an RST (3). Each is a stream of its own; to node_pcap 3.1.0 the second was a `syn retry` for ever.")
    first = Talk(case, (text(200), text(100, "b")))
    first.handshake(), first.pieces(FORWARD), first.pieces(BACKWARD), first.close()
    first.both(0)
    second = Talk(case, (text(150, "c"), text(50, "d")), isn=(GIGABYTE, 2 * GIGABYTE))
    second.handshake(), second.pieces(FORWARD), second.pieces(BACKWARD)
    case.expect("opened", 1, "syn"), case.expect("ended", 1, "replaced")
    second.stream(1, FORWARD, "syn", "open"), second.stream(1, BACKWARD, "syn", "open")
    third = Talk(case, (text(250, "e"), text(50, "f")), isn=(2**31 + GIGABYTE, 77))
    third.syn(FORWARD, kind="syn-doubted"), third.syn(BACKWARD), third.segment(FORWARD)
    third.pieces(FORWARD), third.pieces(BACKWARD)
    third.segment(BACKWARD, "RA", kind="reset")
    case.expect("opened", 2, "syn"), case.expect("ended", 2, "reset")
    third.stream(2, FORWARD, "syn", "open"), third.stream(2, BACKWARD, "syn", "open")
    fourth = Talk(case, (text(99, "g"), text(99, "h")), isn=(5, 6))
    fourth.handshake(), fourth.pieces(FORWARD), fourth.pieces(BACKWARD), fourth.close()
    fourth.both(3)
    yield case
    case = Case("tcp-port-reuse-jump", "The same ports again, but the SYN was not captured: the numbers lie 3 GB away. A new stream, not",
                "3 GB of zeros. Nothing of its first segments is lost.",
                "tshark 2: takes it for the same conversation")
    first = Talk(case, (text(200), text(100, "b")))
    first.handshake(), first.pieces(FORWARD), first.pieces(BACKWARD)
    case.expect("opened", 0, "syn"), case.expect("ended", 0, "replaced")
    first.stream(0, FORWARD, "syn", "open"), first.stream(0, BACKWARD, "syn", "open")
    second = Talk(case, (text(400, "c"), text(200, "d")), isn=(3 * GIGABYTE, 3 * GIGABYTE))
    second.data(FORWARD, 0, 100, kind="stray"), second.data(FORWARD, 100, 200, kind="stray")
    second.data(FORWARD, 200, 300), second.data(FORWARD, 300, 400)
    second.ack(BACKWARD), second.pieces(BACKWARD), second.close()
    case.expect("opened", 1, "sequence-jump"), case.expect("ended", 1, "fin")
    second.stream(1, FORWARD, "first-byte", "complete"), second.stream(1, BACKWARD, "acknowledged", "complete")
    yield case
    case = Case("tcp-blind-syn", "A SYN with other numbers on a live connection that nobody answers ends no stream (RFC 9293 section 3.10.7.4).",
                "tshark 1: begins another conversation at the SYN")
    talk = Talk(case, (text(300), b""))
    talk.handshake()
    talk.data(FORWARD, 0, 100)
    talk.segment(FORWARD, "S", seq=2 * GIGABYTE, kind="syn-doubted")
    talk.data(FORWARD, 100, 300)
    talk.ack(BACKWARD)
    talk.close()
    talk.both()
    yield case


CASES = (lost, late, window_passed, no_proof, acknowledgments, snaplen, after_fin, false_fin, resets, ports_again)
