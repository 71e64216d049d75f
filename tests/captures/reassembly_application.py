"""Streams that carry HTTP and DNS, in segments that end in awkward places."""
import struct
import zlib

from reassembly_wire import BACKWARD, FORWARD, NAMES, Case, Talk, sha256, text


AWKWARD = "tshark 4.0.17 calls the response malformed, since the last LF comes in a segment of its own; Python's http.client does not."


class Message:
    """What is sent, and what it says: a body is given as it is when its codings are undone."""

    def __init__(self, side, data, words, body=None):
        self.side, self.data = side, data.encode() if isinstance(data, str) else data
        self.words = words if body is None else f"{words} body {len(body)} {sha256(body)}"


def request(line, *fields, body=b""):
    head = "\r\n".join([f"{line} HTTP/1.1", "Host: www.example.org", *fields]) + "\r\n\r\n"
    return Message(FORWARD, head.encode() + body, f"http {line}", body or None)


def response(status, *fields, body=b"", coded=None):
    head = "\r\n".join([f"HTTP/1.1 {status}", "Server: example", *fields]) + "\r\n\r\n"
    sent = body if coded is None else coded
    return Message(BACKWARD, head.encode() + sent, f"http {status.split()[0]}", body or None)


def ok(body):
    return response("200 OK", f"Content-Length: {len(body)}", body=body)


def chunked(body, *sizes, extension="", trailer=""):
    out, at = b"", 0
    for size in sizes:
        out += f"{size:x}{extension}\r\n".encode() + body[at:at + size] + b"\r\n"
        at += size
    assert at == len(body)
    return out + f"0\r\n{trailer}\r\n".encode()


def gzip(data):
    """RFC 1952, without time and system, so that it is the same everywhere."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return bytes([31, 139, 8, 0, 0, 0, 0, 0, 2, 255]) + deflate.compress(data) + deflate.flush() + struct.pack("<2I", zlib.crc32(data), len(data))


def exchange(name, why, messages, cuts, port=80, turns=None):
    """Segments that end at the offsets `cuts` gives for each side, besides the ends of turns. In a turn one side sends
    so many messages; by default each message is one."""
    case = Case(name, *why)
    talk = Talk(case, [b"".join(message.data for message in messages if message.side == side) for side in (FORWARD, BACKWARD)],
                ports=(40000, port))
    talk.handshake()
    sent, messages = [0, 0], list(messages)
    for count in turns or [1] * len(messages):
        turn, messages = messages[:count], messages[count:]
        side, begin = turn[0].side, sent[turn[0].side]
        for message in turn:
            case.expect("message", 0, NAMES[side], sent[side], len(message.data), sha256(message.data), message.words)
            sent[side] += len(message.data)
        for end in [*(cut for cut in cuts[side] if begin < cut < sent[side]), sent[side]]:
            talk.data(side, begin, end)
            talk.ack(1 - side)
            begin = end
    talk.close(BACKWARD)
    talk.both()
    return case


def every(step, upto=5000):
    return range(step, upto, step)


def http():
    pages = [text(100, mark) for mark in "abc"]
    yield exchange(
        "http-pipelining", ("Three requests in a row, then three responses; segments end in the first line, between CR and LF,",
                            "between header and body, and hold the end of one message with the start of the next."),
        [*(request(f"GET /{number}") for number in "123"), *map(ok, pages)],
        ((3, 15, 16, 43, 60), (12, 60, 63, 64, 200, 300)), turns=[3, 3])
    body = text(300)
    coded = chunked(body, 1, 16, 255, 28, extension=";a=b", trailer="Digest: none\r\n")
    reply = response("200 OK", "Transfer-Encoding: chunked", "Trailer: Digest", body=body, coded=coded)
    start = len(reply.data) - len(coded)
    yield exchange(
        "http-chunked", ("Chunks with extensions and a trailer; segments end within the size, between CR and LF behind it, before",
                         "the CR behind the data, within the last chunk and the trailer."),
        [request("GET /chunked"), reply, request("GET /next"), ok(pages[0])],
        ((), (start + 1, start + 7, start + 8, start + 9, start + 20, start + 40, len(reply.data) - 20, len(reply.data) - 2,
              len(reply.data) - 1, len(reply.data))))
    yield exchange("http-chunked-bytes", ("The same, a byte in each segment.", AWKWARD), [request("GET /chunked"), reply], ((), every(1)))
    yield exchange(
        "http-until-close", ("A body that ends with the connection (RFC 9112 section 6.3).",),
        [request("GET /"), response("200 OK", "Connection: close", body=text(2000))], ((), (30, 100, 1500)))
    posted = request("POST /form", "Expect: 100-continue", "Content-Length: 300", body=text(300))
    head = len(posted.data) - 300
    interim = Message(BACKWARD, "HTTP/1.1 100 Continue\r\n\r\n", "http 100")
    parts = [Message(FORWARD, posted.data[:head], posted.words), interim, Message(FORWARD, posted.data[head:], ""), ok(b"done")]
    case = exchange("http-continue", ("The body comes when the interim response has (RFC 9110 section 10.1.1); then the final response.",),
                    parts, ((20,), (5, 24)))
    # One message to HTTP, though it was sent in two turns.
    lines = [line for line in case.lines if not line.startswith("message 0 forward")]
    case.lines = [f"message 0 forward 0 {len(posted.data)} {sha256(posted.data)} {posted.words}", *lines]
    yield case
    yield exchange(
        "http-head", ("HEAD, 304 and 204 have lengths without bodies (RFC 9112 section 6.3): what follows is the next response.",),
        [request("HEAD /big"), response("200 OK", "Content-Length: 4000"),
         request("GET /same"), response("304 Not Modified", "Content-Length: 4000"),
         request("DELETE /it"), response("204 No Content"), request("GET /small"), ok(pages[2])],
        ((10,), (17, 18, 19, 100)))
    body = text(4000)
    packed = gzip(body)
    for name, fields, coded in (("http-gzip", (f"Content-Length: {len(packed)}",), packed),
                                ("http-gzip-chunked", ("Transfer-Encoding: chunked",), chunked(packed, 5, 10, len(packed) - 15))):
        reply = response("200 OK", "Content-Type: text/plain", "Content-Encoding: gzip", *fields, body=body, coded=coded)
        start = len(reply.data) - len(coded)
        yield exchange(name, ("A compressed body; segments end within gzip's header, within the data and within its checksum.",
                              *([AWKWARD] if "chunked" in name else [])),
                       [request("GET /gzip", "Accept-Encoding: gzip"), reply],
                       ((), (start + 3, start + 10, start + 11, start + 100, len(reply.data) - 6, len(reply.data) - 1)))


def query(number, name):
    question = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0" + struct.pack(">HH", 16, 1)
    return number, name, question


def dns(number, name, question, answer=None):
    """A message with its length before it (RFC 1035 section 4.2.2)."""
    body = struct.pack(">6H", number, 0x0100 if answer is None else 0x8180, 1, answer is not None, 0, 0) + question
    if answer is not None:
        strings = b"".join(bytes([len(answer[at:at + 255])]) + answer[at:at + 255] for at in range(0, len(answer), 255))
        body += struct.pack(">HHHIH", 0xC00C, 16, 1, 60, len(strings)) + strings
    kind = "query" if answer is None else "response"
    side = FORWARD if answer is None else BACKWARD
    return Message(side, struct.pack(">H", len(body)) + body, f"dns {number} {kind} {name}")


def dns_over_tcp():
    asked = query(1, "text.example.org"), query(2, "other.example.org"), query(3, "last.example.org")
    yield exchange(
        "dns-split", ("A response over several segments; the length before it is in two, and so is the header.",),
        [dns(*asked[0]), dns(*asked[0], answer=text(3000))], ((1, 2, 9), (1, 5, 1400, 2800)), port=53)
    yield exchange(
        "dns-two-in-one", ("Three queries in one segment, and their responses in segments that end in the next one's length.",),
        [*(dns(*one) for one in asked), *(dns(*one, answer=text(40 * one[0])) for one in asked)],
        ((), (len(dns(*asked[0], answer=text(40)).data) + 1,)), port=53, turns=[3, 3])


CASES = (http, dns_over_tcp)
