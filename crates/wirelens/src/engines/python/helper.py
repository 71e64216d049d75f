# Reads frames on standard input and tells on standard output what a Python package finds in
# them, a line of JSON each. The first line says what the package knows. Argument: the package.
#
# In: link type, captured length, length (32 bits each), nanoseconds (64), bytes, in little-endian;
# for pyshark pcapng. Out: {"version":..,"protocols":{name:title},"fields":{name:kind}}, then
# {"number":..,"captured":..,"layers":[[name,position,size,[[name,show,hex,position,size,hidden,
# [fields inside]],..]],..]}. Kinds are u(nsigned), i(nteger), f(loat), b(oolean), m(ac), 4, 6,
# x (bytes), t(ext), g(roup), with * behind where there may be several.
import sys

sys.path = [path for path in sys.path if path]
import json
import struct


def say(what):
    sys.stdout.write(json.dumps(what, separators=(",", ":")))
    sys.stdout.write("\n")
    sys.stdout.flush()


def frames():
    source = sys.stdin.buffer
    number = 0
    while True:
        head = source.read(20)
        if len(head) < 20:
            return
        link, captured, _length, _time = struct.unpack("<IIIq", head)
        number += 1
        yield number, link, source.read(captured)


def tell(number, data, layers):
    say({"number": number, "captured": len(data), "layers": layers})


def found_at(value, header, start):
    at = header.find(value) if value else -1
    return (start + at, len(value)) if at >= 0 else (0, 0)


def with_scapy():
    import logging

    logging.getLogger("scapy").setLevel(logging.ERROR)
    import scapy
    from scapy import fields as f
    from scapy.all import IP, IPv6, conf
    from scapy.packet import NoPayload, Packet, Raw

    known = {}

    def kind(field):
        while isinstance(field, f._FieldContainer) and hasattr(field, "fld"):
            field = field.fld
        if isinstance(field, (f.PacketListField, f.FieldListField)):
            inner = getattr(field, "field", None)
            return (kind(inner)[0] if isinstance(inner, f.Field) else "g") + "*"
        if isinstance(field, f._PacketField if hasattr(f, "_PacketField") else f.PacketField):
            return "g"
        if isinstance(field, f.MACField):
            return "m"
        if isinstance(field, f.IPField):
            return "4"
        if isinstance(field, f.IP6Field):
            return "6"
        if isinstance(field, f.StrField):
            return "x"
        form = getattr(field, "fmt", "").strip("!<>=@")
        if isinstance(field, f.IEEEFloatField) or form in ("f", "d"):
            return "f"
        if isinstance(field, f.BitField) or form in ("B", "H", "I", "L", "Q"):
            return "u"
        return "i" if form in ("b", "h", "i", "l", "q") else "t"

    def kinds(layer):
        if layer not in known:
            known[layer] = [(field, kind(field)) for field in layer.fields_desc]
        return known[layer]

    protocols = {}
    names = {}
    for layer in conf.layers:
        protocols.setdefault(layer.__name__, str(layer._name or layer.__name__))
        for field, of in kinds(layer):
            if of == "t" and field.islist:
                of = "t*"
            names.setdefault(layer.__name__ + "." + field.name, of)
    say({"version": str(getattr(scapy, "VERSION", scapy.__version__)), "protocols": protocols, "fields": names})

    def one(packet, field, of, value, header, start, depth):
        name = packet.__class__.__name__ + "." + field.name
        if isinstance(value, Packet):
            inner = []
            while not isinstance(value, NoPayload) and depth < 16:
                inner += fields(value, b"", 0, depth + 1)
                value = value.payload
            return [name, "", None, 0, 0, 0, inner]
        of = of[0]
        if of == "x" and isinstance(value, (bytes, bytearray)):
            at, size = found_at(value, header, start)
            return [name, "", bytes(value).hex(), at, size, 0, []]
        if of in "ui":
            try:
                return [name, str(int(value)), None, 0, 0, 0, []]
            except (TypeError, ValueError):
                pass
        if of in "m46f":
            return [name, str(value), None, 0, 0, 0, []]
        try:
            show = value if isinstance(value, str) else field.i2repr(packet, value)
        except Exception:
            show = repr(value)
        return [name, str(show), None, 0, 0, 0, []]

    def fields(packet, header, start, depth=0):
        told = []
        for field, of in kinds(packet.__class__):
            try:
                value = packet.getfieldval(field.name)
            except Exception:
                continue
            if value is None:
                continue
            several = value if isinstance(value, list) else [value]
            for item in several:
                told.append(one(packet, field, of, item, header, start, depth))
        return told

    first = {101: IP, 228: IP, 229: IPv6}
    for number, link, data in frames():
        layers = []
        try:
            layer = first.get(link) or conf.l2types.get(link) or Raw
            if link == 101 and data[:1] and data[0] >> 4 == 6:
                layer = IPv6
            packet = layer(data)
            start = 0
            while not isinstance(packet, NoPayload):
                header = packet.raw_packet_cache or b""
                if packet.__class__.__name__ in ("Raw", "Padding"):
                    header = bytes(packet.load)
                name = packet.__class__.__name__
                layers.append([name, start, len(header), fields(packet, header, start)])
                start += len(header)
                packet = packet.payload
        except Exception as error:
            layers.append(["Raw", 0, len(data), [["Raw.load", "", data.hex(), 0, len(data), 0, []]]])
            sys.stderr.write("frame %d: %r\n" % (number, error))
        tell(number, data, layers)


def with_dpkt():
    import importlib
    import pkgutil

    import dpkt

    addresses = {"IP": "4", "IP6": "6", "Ethernet": "m"}
    sizes = {"4": "4s", "6": "16s", "m": "6s"}
    arp = {"sha": "m", "tha": "m", "spa": "4", "tpa": "4"}
    known = {}

    def kinds(layer):
        if layer not in known:
            table = []
            at = 0
            bits = getattr(layer, "__bit_fields__", {})
            order = getattr(layer, "__byte_order__", ">")
            for name, form, _default in getattr(layer, "__hdr__", ()):
                size = struct.calcsize(order + form)
                if name in bits:
                    table += [(part, "u", at, size) for part, _bits in bits[name]]
                elif not name.startswith("_"):
                    of = addresses.get(layer.__name__)
                    if layer.__name__ == "ARP" and name in arp:
                        of = arp[name]
                    if form.endswith("s"):
                        of = of if of and form == sizes[of] else "x"
                    else:
                        of = "i" if form in "bhilq" else "f" if form in "fd" else "u"
                    table.append((name, of, at, size))
                at += size
            known[layer] = table
        return known[layer]

    protocols = {}
    names = {"data.data": "x"}
    for module in pkgutil.iter_modules(dpkt.__path__):
        try:
            loaded = importlib.import_module("dpkt." + module.name)
        except Exception:
            continue
        for layer in vars(loaded).values():
            if isinstance(layer, type) and issubclass(layer, dpkt.Packet):
                protocols.setdefault(layer.__name__, layer.__name__)
                for name, of, _at, _size in kinds(layer):
                    names.setdefault(layer.__name__ + "." + name, of)
    say({"version": dpkt.__version__, "protocols": protocols, "fields": names})

    def text(of, value):
        if of == "m":
            return ":".join("%02x" % byte for byte in value)
        if of == "4":
            return ".".join(str(byte) for byte in value)
        if of == "6":
            return ":".join("%02x%02x" % (value[i], value[i + 1]) for i in range(0, 16, 2))
        return str(value)

    def fields(packet, start):
        told = []
        for name, of, at, size in kinds(packet.__class__):
            try:
                value = getattr(packet, name)
                data = value.hex() if isinstance(value, bytes) else None
                show = "" if of == "x" and data is not None else text(of, value)
            except Exception:
                continue
            told.append([packet.__class__.__name__ + "." + name, show, data, start + at, size, 0, []])
        return told

    def first(link, data):
        if link in (101, 228, 229, 12, 14):
            return dpkt.ip6.IP6 if data[:1] and data[0] >> 4 == 6 else dpkt.ip.IP
        by_link = {
            0: dpkt.loopback.Loopback,
            1: dpkt.ethernet.Ethernet,
            9: dpkt.ppp.PPP,
            105: dpkt.ieee80211.IEEE80211,
            108: dpkt.loopback.Loopback,
            113: dpkt.sll.SLL,
            127: dpkt.radiotap.Radiotap,
            276: dpkt.sll2.SLL2,
        }
        return by_link.get(link)

    for number, link, data in frames():
        layers = []
        start = 0
        rest = data
        try:
            layer = first(link, data)
            packet = layer(data) if layer else data
            while isinstance(packet, dpkt.Packet):
                inner = packet.data
                length = len(packet) - len(inner)
                layers.append([packet.__class__.__name__, start, length, fields(packet, start)])
                start += length
                packet = inner
            rest = bytes(packet)
        except Exception:
            rest = data[start:]
        if rest:
            layers.append(["data", start, len(rest), [["data.data", "", rest.hex(), start, len(rest), 0, []]]])
        tell(number, data, layers)


def with_pyshark():
    import pyshark

    say({"version": getattr(pyshark, "__version__", "") or version("pyshark"), "protocols": {}, "fields": {}})
    import pathlib

    # It wants a file; tshark, which it starts, inherits standard input.
    capture = pyshark.FileCapture(
        sys.executable, keep_packets=False, custom_parameters=["-n", "-l"] + sys.argv[2:]
    )
    capture.input_filepath = pathlib.Path("/dev/stdin")

    def number(text):
        try:
            return int(text)
        except (TypeError, ValueError):
            return 0

    try:
        for packet in capture:
            layers = []
            at = 0
            for layer in packet.layers:
                told = []
                start, size = 0, 0
                for several in layer._all_fields.values():
                    for field in several.all_fields:
                        if not field.name:
                            start, size = number(field.pos), number(field.size)
                            continue
                        data = getattr(field, "unmasked_value", None) or field.raw_value
                        told.append([field.name, field.show or "", data, number(field.pos), number(field.size), int(bool(field.hide)), []])
                ends = [item[3] + item[4] for item in told if item[2]]
                starts = [item[3] for item in told if item[2]]
                if not size and starts:
                    start, size = min(starts), max(ends) - min(starts)
                layers.append([layer.layer_name, start, size, told])
            say({"number": int(packet.number), "captured": int(packet.captured_length), "layers": layers})
    finally:
        capture.close()


def version(package):
    try:
        from importlib.metadata import version as of

        return of(package)
    except Exception:
        return ""


try:
    {"scapy": with_scapy, "dpkt": with_dpkt, "pyshark": with_pyshark}[sys.argv[1]]()
except ImportError as error:
    sys.stderr.write("%s\n" % error)
    sys.exit(3)
except BrokenPipeError:
    sys.exit(1)
