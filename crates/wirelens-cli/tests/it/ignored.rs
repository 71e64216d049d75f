//! What would be ignored is refused.

use crate::helper::*;

#[test]
fn devices_have_options_that_files_have_not() {
    for option in [
        "-s 96",
        "-B 20M",
        "--buffer-timeout 5",
        "--immediate",
        "--duration 1m",
        "--no-promisc",
        "--monitor",
        "--direction in",
        "--ether-type 2054",
        "--nanoseconds",
        "--timestamp-source host",
        "--backend packet",
    ] {
        for command in ["show", "extract", "trace", "stats"] {
            let said = run(&format!("{command} ping.pcap {option}")).refused();
            let message = " is for devices; name one with -i instead of ping.pcap";
            assert!(said.contains(message), "{command} {option}: {said}");
        }
    }
    let said = run("show --snap-length 96 ping.pcap").refused();
    assert!(said.contains("--snap-length (-s) is for devices"), "{said}");
    let said = run("http -b 50 http.pcap").refused();
    assert!(said.contains("--buffer (-b) is for devices"), "{said}");
}

#[test]
fn a_format_contradicts_the_name_of_the_file() {
    let folder = folder();
    for (arguments, name, message) in [
        ("extract -j", "x.csv", "is the name of csv, and what is written is json"),
        ("extract -f pcap", "x.json.gz", "is the name of json"),
        ("extract -f pcap", "x.txt", "is the name of tree"),
        ("trace -f ndjson --index", "x.csv", "is the name of csv"),
        ("reassemble -f json", "x.plist", "is the name of plist"),
        ("http -f text", "x.json", "is the name of json"),
        ("http -f json", "x.har", "is the name of har"),
        ("trace --events --index", "x.csv", "is the name of csv, and what is written is ndjson"),
        ("grep . -w", "x.pcapng", "is the name of pcapng, and what is written is pcap"),
        ("grep . -w", "x.pcap.gz", "flows are written as they are, not compressed"),
        ("grep -f ndjson .", "x.csv", "is the name of csv"),
        ("stats -f json", "x.csv", "is the name of csv"),
    ] {
        let place = folder.path().join(name);
        let option =
            if ["--index", "-w"].iter().any(|it| arguments.ends_with(it)) { "" } else { " -o" };
        let arguments = format!("{arguments}{option}");
        let said = run_with(&arguments, &[place, "http.pcap".into()]).refused();
        assert!(said.contains(message), "{arguments}: {said}");
    }
    assert!(names(folder.path()).is_empty());
    for (format, name) in
        [("json", "x.txt"), ("detail", "x.ndjson"), ("text", "x.txt"), ("pcapng", "x.cap")]
    {
        let place = folder.path().join(name);
        run_with(&format!("extract ping.pcap -f {format} -o"), &[place]).quietly();
    }
}

#[test]
fn some_compressions_are_read_only() {
    let folder = folder();
    for (arguments, name, packing) in [
        ("extract ping.pcap -f csv -o", "x.csv.xz", "xz"),
        ("extract ping.pcap -o", "x.json.LZ4", "lz4"),
        ("trace ping.pcap --index", "x.json.xz", "xz"),
        ("reassemble ping.pcap -o", "x.json.xz", "xz"),
        ("http http.pcap -o", "x.json.lz4", "lz4"),
        ("grep . http.pcap -o", "x.txt.xz", "xz"),
        ("grep . http.pcap -w", "x.pcap.xz", "xz"),
        ("capture -w", "x.pcap.xz", "xz"),
        ("capture -o", "x.json.xz", "xz"),
    ] {
        let said = run_with(arguments, &[folder.path().join(name)]).refused();
        let message = format!("{packing} is read, not written");
        assert!(said.contains(&message), "{arguments}: {said}");
    }
    assert!(names(folder.path()).is_empty());
}

#[test]
fn one_place_to_stop_at() {
    let said = run("extract -P tcp -L link http.pcap").refused();
    assert!(said.contains("-P and -L both say where to stop; give one of them"), "{said}");
}

#[test]
fn what_is_followed_is_text_or_bytes() {
    for format in ["json", "ndjson", "plist", "tree", "pcap"] {
        let said = run(&format!("reassemble http.pcap --follow 0 -f {format}")).refused();
        assert!(said.contains("--follow writes text, or bytes with -f raw"), "{format}: {said}");
    }
    let folder = folder();
    let said =
        run_with("reassemble http.pcap --follow 0 -o", &[folder.path().join("x.json")]).refused();
    assert!(said.contains("--follow writes text, or bytes with -f raw"), "{said}");
    assert!(names(folder.path()).is_empty());
    run_with("reassemble http.pcap --follow 0 -o", &[folder.path().join("x.txt")]).quietly();
    run_with("reassemble http.pcap --follow 0 -f raw -o", &[folder.path().join("x")]).quietly();
}

#[test]
fn flows_of_no_protocol() {
    for command in ["trace", "http", "grep ."] {
        let said = run(&format!("{command} http.pcap --flow tcp,htpp")).refused();
        assert!(
            said.contains("unknown protocol 'htpp'; did you mean 'http'?"),
            "{command}: {said}"
        );
    }
    for name in ["tcp", "sctp", "ip", "HTTP", "tls"] {
        run(&format!("trace http.pcap --flow {name}")).quietly();
    }
}
