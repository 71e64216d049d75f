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
    run("show --snap-length 96 ping.pcap").refused_with("--snap-length (-s) is for devices");
    run("http -b 50 http.pcap").refused_with("--buffer (-b) is for devices");
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
        run_with(&arguments, &[place, "http.pcap".into()]).refused_with(message);
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
        let message = format!("{packing} is read, not written");
        run_with(arguments, &[folder.path().join(name)]).refused_with(&message);
    }
    assert!(names(folder.path()).is_empty());
}

#[test]
fn one_place_to_stop_at() {
    run("extract -P tcp -L link http.pcap")
        .refused_with("-P and -L both say where to stop; give one of them");
}

#[test]
fn what_is_followed_is_text_or_bytes() {
    for format in ["json", "ndjson", "plist", "tree", "pcap"] {
        run(&format!("reassemble http.pcap --follow 0 -f {format}"))
            .refused_with("--follow writes text, or bytes with -f raw");
    }
    let folder = folder();
    run_with("reassemble http.pcap --follow 0 -o", &[folder.path().join("x.json")])
        .refused_with("--follow writes text, or bytes with -f raw");
    assert!(names(folder.path()).is_empty());
    run_with("reassemble http.pcap --follow 0 -o", &[folder.path().join("x.txt")]).quietly();
    run_with("reassemble http.pcap --follow 0 -f raw -o", &[folder.path().join("x")]).quietly();
}

#[test]
fn flows_of_no_protocol() {
    for command in ["trace", "http", "grep ."] {
        run(&format!("{command} http.pcap --flow tcp,htpp"))
            .refused_with("unknown protocol 'htpp'; did you mean 'http'?");
    }
    for name in ["tcp", "sctp", "ip", "HTTP", "tls"] {
        run(&format!("trace http.pcap --flow {name}")).quietly();
    }
}
