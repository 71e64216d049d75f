//! Reports: json, ndjson, detail, plist, tree, text, csv, pcap, pcapng.
