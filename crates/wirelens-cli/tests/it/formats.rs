//! Every format over every capture, and how a format is chosen.

use std::io::Read;

use wirelens::capture::Capture;

use crate::helper::*;

#[test]
fn every_format_of_every_capture() {
    for name in all_captures() {
        let frames = count(captures().join(&name));
        let written = |format: &str| {
            let ran = run(&format!("extract -f {format} {name}"));
            assert_eq!(ran.code, Some(0), "{name} {format}: {}", ran.err);
            assert_eq!(ran.err.is_empty(), name != "damaged.pcap", "{}", ran.err);
            ran.out
        };
        assert_eq!(frames_of("json", &written("json")), frames, "{name}");
        assert_eq!(frames_of("plist", &written("plist")), frames, "{name}");
        assert_eq!(lines(&written("ndjson")).len(), frames, "{name}");
        assert_eq!(lines(&written("detail")).len(), frames, "{name}");
        let text = String::from_utf8(written("text")).expect("UTF-8");
        assert_eq!(text.lines().count(), frames, "{name}");
        let tree = String::from_utf8(written("tree")).expect("UTF-8");
        let heads = tree.lines().filter(|line| line.starts_with("Frame ")).count();
        assert_eq!(heads, frames, "{name}");
        let csv = String::from_utf8(written("csv")).expect("UTF-8");
        assert_eq!(csv.lines().count(), frames + 1, "{name}");
        assert!(csv.lines().all(|row| row.split(',').count() == 9), "{csv}");
        for format in ["pcap", "pcapng"] {
            if (name.as_str(), format) == ("mixed.pcapng", "pcap") {
                continue; // Its frames have two link types.
            }
            let bytes = written(format);
            let mut again = Capture::from_reader(std::io::Cursor::new(bytes)).expect("a capture");
            let mut count = 0;
            while again.next_frame().expect("a frame").is_some() {
                count += 1;
            }
            assert_eq!(count, frames, "{name} {format}");
            assert!(again.take_warnings().is_empty());
        }
    }
}

#[test]
fn two_link_types_do_not_fit_into_pcap() {
    let ran = run("extract -f pcap mixed.pcapng");
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("write pcapng"), "{}", ran.err);
}

#[test]
fn short_flags_name_formats() {
    for (flag, format) in [("-j", "json"), ("-p", "plist"), ("-t", "tree"), ("", "json")] {
        let short = run(&format!("extract {flag} ping.pcap")).quietly();
        assert_eq!(short, run(&format!("extract -f {format} ping.pcap")).quietly());
        assert_eq!(short, run(&format!("extract -o - {flag} ping.pcap")).quietly());
    }
    run("extract -f JSON ping.pcap").quietly();
    for two in ["-j -p", "-p -t", "-j -f json"] {
        run(&format!("extract {two} ping.pcap")).refused();
    }
}

#[test]
fn the_extension_tells_format_and_compression() {
    let folder = folder();
    for (name, format) in [
        ("a.json", "json"),
        ("a.ndjson", "ndjson"),
        ("a.plist", "plist"),
        ("a.txt", "tree"),
        ("a.csv", "csv"),
        ("a.pcap", "pcap"),
        ("a.pcapng", "pcapng"),
        ("bare", "json"),
    ] {
        let expected = run(&format!("extract -f {format} dns.pcap")).quietly();
        let packed = [("", ""), (".gz", "gzip"), (".zst", "zstd")];
        for (extension, packing) in packed {
            let path = folder.path().join(format!("new/{packing}/{name}{extension}"));
            assert_eq!(run_with("extract dns.pcap -o", &[&path]).quietly(), b"");
            let file = std::fs::File::open(&path).expect("a report");
            let mut bytes = Vec::new();
            let read = match packing {
                "gzip" => flate2::read::MultiGzDecoder::new(file).read_to_end(&mut bytes),
                "zstd" => zstd::Decoder::new(file).expect("zstd").read_to_end(&mut bytes),
                _ => (&file).read_to_end(&mut bytes),
            };
            read.expect("whole");
            assert_eq!(bytes, expected, "{name}{extension}");
        }
    }
}

#[test]
fn what_is_said_wins_over_the_extension() {
    let folder = folder();
    let path = folder.path().join("a.txt");
    run_with("extract -p dns.pcap -o", &[&path]).quietly();
    frames_of("plist", &std::fs::read(path).expect("a report"));
}

#[test]
fn csv_has_columns_of_its_own_or_those_named() {
    let csv = String::from_utf8(run("extract -f csv http.pcap").quietly()).expect("UTF-8");
    let mut rows = csv.lines().filter(|row| row.contains("eth:ip:tcp"));
    let row = rows.next().expect("TCP");
    assert!(row.contains(",192.0.2.10,192.0.2.20,"), "{row}");
    let csv = run("extract -f csv --fields frame.number,tcp.dstport --range 1-2 http.pcap");
    let csv = String::from_utf8(csv.quietly()).expect("UTF-8");
    assert!(csv.starts_with("frame.number,tcp.dstport\r\n1,"), "{csv}");
}

/// A table of these fields.
fn table(fields: &str, capture: &str) -> String {
    let written = run(&format!("extract -f csv --fields {fields} {capture}")).quietly();
    String::from_utf8(written).expect("UTF-8")
}

#[test]
fn a_table_is_the_same_whether_or_not_everything_is_looked_at() {
    const FIELDS: &str = "frame.number,ip.src,ip.dst,ipv6.dst,tcp.srcport,udp.dstport,\
        tcp.seq,icmp.type,vxlan.vni,gre.proto";
    for capture in
        ["http.pcap", "dns.pcap", "tunnels.pcap", "ping.pcap", "mixed.pcapng", "cooked.pcap"]
    {
        // The chain has all layers in it.
        let all = table(&format!("{FIELDS},frame.protocols"), capture);
        let all = all.lines().map(|line| line.rsplit_once(',').expect("a last column").0);
        assert!(table(FIELDS, capture).lines().eq(all), "{capture}");
    }
}

#[test]
fn addresses_of_a_frame_are_those_of_any_link() {
    for capture in ["http.pcap", "cooked.pcap", "mixed.pcapng"] {
        let alone = table("frame.number,frame.source,frame.destination", capture);
        let beside = table("frame.number,frame.source,frame.destination,ip.ttl", capture);
        for (alone, beside) in alone.lines().zip(beside.lines()) {
            assert_eq!(beside.rsplit_once(',').map(|(beside, _)| beside), Some(alone), "{capture}");
        }
    }
}

#[test]
fn messages_are_put_together_for_a_table_that_asks_for_them() {
    let table = table("tcp.len,tcp.segment.count", "reassembly/http-pipelining.pcap");
    let messages = table.lines().skip(1).filter(|line| !line.ends_with(',')).count();
    assert_eq!(messages, 4, "{table}");
}
