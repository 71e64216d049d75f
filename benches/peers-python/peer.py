"""peer.py NAME FILE OUTPUT: nfstream, pypcapkit and jspcap at what they are for; those that dissect frames only are in
crates/wirelens-cli/src/bench/dissect.py."""
import importlib
import importlib.util
import os
import sys
import types


def nfstream_flows(path, _):
    from nfstream import NFStreamer

    # One process for the flows, and none of the statistics that are not asked for.
    print(sum(1 for _ in NFStreamer(source=path, n_meters=1, statistical_analysis=False)))


def pypcapkit_report(path, output):
    import pcapkit

    pcapkit.extract(fin=path, fout=output, format="json", extension=False, store=False)


def jspcap_report(path, output):
    # jsformat 0.5 imports two modules of dictdumper that are no longer there; it has its own, unused.
    package = types.ModuleType("jsformat")
    package.__path__ = [os.path.dirname(importlib.util.find_spec("jsformat").origin)]
    sys.modules["jsformat"] = package
    for module, kind in (("json", "JSON"), ("plist", "PLIST"), ("tree", "Tree"), ("html", "JavaScript"), ("xml", "XML")):
        setattr(package, kind, getattr(importlib.import_module("jsformat." + module), kind))
    import jspcap

    jspcap.extract(fin=path, fout=output, format="json", extension=False, store=False)


if __name__ == "__main__":
    {"nfstream": nfstream_flows, "pypcapkit": pypcapkit_report, "jspcap": jspcap_report}[sys.argv[1]](*sys.argv[2:4])
