//! Devices where files could be, their list, and frames sent through them.

use wirelens::capture::Capture;

use crate::helper::*;
use crate::hosts::*;

#[test]
fn devices_are_listed() {
    let Some(hosts) = Hosts::new() else { return };
    let table = String::from_utf8(hosts.a.run("devices").quietly()).expect("UTF-8");
    let line = table.lines().find(|line| line.starts_with("veth0 ")).expect("it is there");
    assert!(line.contains("  up  ") && line.contains("  192.0.2.10/24"), "{line}");
    let line = table.lines().find(|line| line.starts_with("lo ")).expect("it is there");
    assert!(line.contains("loopback") && line.contains("127.0.0.1/8"), "{line}");

    let document = json(&hosts.a.run("devices -f json").quietly());
    assert!(document["library"].as_str().is_some_and(|text| text.contains("libpcap")));
    let devices = document["devices"].as_array().expect("devices");
    let veth = devices.iter().find(|one| one["name"] == "veth0").expect("it is there");
    assert_eq!((&veth["up"], &veth["loopback"]), (&true.into(), &false.into()));
    assert_eq!(veth["mac"], "02:00:00:00:00:0a");
    assert_eq!(veth["addresses"][0]["netmask"], "255.255.255.0");
    assert_eq!(veth["link_types"][0]["number"], 1);
}

#[test]
fn a_device_that_is_not_named_is_said() {
    let Some(hosts) = Hosts::new() else { return };
    for command in ["capture", "show -i"] {
        let running = hosts.a.start(command);
        hosts.b.send([numbered(1)]);
        let (code, out, err) = running.interrupt();
        assert_eq!((code, out.lines().count()), (Some(0), 1), "{err}");
        let first =
            "wirelens: capturing from veth0, the first device that is up and has an address";
        assert!(err.starts_with(first), "{err}");
    }
    let said = hosts.a.run("show -i veth1").refused();
    assert!(said.contains("veth1") && said.contains("veth0"), "{said}");
    let said = run("show -i lo ping.pcap").refused();
    assert!(said.contains("from files or from devices"), "{said}");
    assert!(run("show").code != Some(0));
    let said = run("grep -i needle ping.pcap").refused();
    assert!(said.contains("write -y to ignore case"), "{said}");
    let said = run("show -i lo -2").refused();
    assert!(said.contains("cannot be read twice"), "{said}");
    let said = run("show -i lo --direction up").refused();
    assert!(said.contains("unknown direction 'up'"), "{said}");
    let said = run("show -i lo --backend pcap").refused();
    assert!(said.contains("did you mean 'libpcap'"), "{said}");
}

#[test]
fn frames_are_reported_while_more_are_waited_for() {
    let Some(hosts) = Hosts::new() else { return };
    for (command, what) in [
        ("show -i veth0 --immediate", "UDP len 6"),
        ("extract -i veth0 -f ndjson", "eth:ip:udp"),
        ("grep -i veth0 needle", "needle"),
        ("grep needle -i veth0 -B 4M", "needle"),
        ("trace -i veth0 --events", "session"),
        ("reassemble -i veth0 -P ip -f ndjson", "\"complete\":true"),
    ] {
        let mut running = hosts.a.start(command);
        if command.starts_with("reassemble") {
            // Two fragments of a datagram.
            let whole = datagram("needle and a lot of hay around");
            let fragment = |flags: &str, from: usize, to: usize| {
                let payload = &whole[68..][from * 2..to * 2];
                let length = 20 + to - from;
                format!("{}{length:04x}0001{flags}{}{payload}", &whole[..32], &whole[44..68])
            };
            hosts.b.send([fragment("2000", 0, 16), fragment("0002", 16, 38)]);
        } else {
            hosts.b.send([datagram("needle")]);
        }
        let line = running.shown(what);
        let (code, _, err) = running.interrupt();
        assert_eq!(code, Some(0), "{command}: {line}{err}");
    }
}

#[test]
fn statistics_and_flows_of_devices() {
    let Some(hosts) = Hosts::new() else { return };
    let running = hosts.a.start("stats -i veth0 -f json --section capture,conversations");
    hosts.b.send([datagram("one"), datagram("two"), numbered(1)]);
    let (code, out, err) = running.interrupt();
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(json(out.as_bytes())["capture"]["frames"], 3, "{out}");

    let running = hosts.a.start("trace -i veth0 --duration 500ms -f json");
    hosts.b.send([datagram("one"), datagram("two")]);
    let (code, out, err) = running.end();
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(json(out.as_bytes())["flows"][0]["initiator"]["frames"], 2, "{out}");
}

#[test]
fn flows_expire_though_nothing_comes() {
    let Some(hosts) = Hosts::new() else { return };
    let mut running = hosts.a.start("trace -i veth0 -f ndjson --limit flows.udp=0.1");
    hosts.b.send([datagram("alone")]);
    let line = running.shown("\"ended\":");
    assert_eq!(json(line.as_bytes())["ended"], "idle", "{line}");
    assert_eq!(running.interrupt().0, Some(0));
}

#[test]
fn a_filter_is_one_for_files_too() {
    if !has_libpcap() {
        return;
    }
    let all = String::from_utf8(run("show dns.pcap -t none").quietly()).expect("UTF-8");
    let some = run("show dns.pcap -t none --bpf tcp").quietly();
    let some = String::from_utf8(some).expect("UTF-8");
    assert!(!some.is_empty() && some.len() < all.len());
    // Numbers are those that frames have in the file.
    assert!(some.lines().all(|line| all.contains(line)), "{some}");
    let folder = folder();
    let (one, other) = (folder.path().join("a.pcap"), folder.path().join("a.pcapng"));
    for path in [&one, &other] {
        run_with("extract dns.pcap --bpf tcp -o", &[path]).quietly();
        assert_eq!(count(path), some.lines().count());
    }
    // http_trace had the filter behind -f.
    let both = run_with("http http.pcap -f ndjson -f", &["tcp port 9"]);
    assert_eq!((both.code, both.out.len()), (Some(0), 0), "{}", both.err);
    let said = run("http http.pcap -f jsn").refused();
    assert!(said.contains("unknown format"), "{said}");
    let said = run_with("show dns.pcap --bpf", &["tcp port"]).refused();
    assert!(said.contains("syntax error"), "{said}");
}

#[test]
fn a_capture_is_sent_as_it_is() {
    let Some(hosts) = Hosts::new() else { return };
    let folder = folder();
    let path = folder.path().join("seen.pcap");
    let sent = count(captures().join("http.pcap"));
    for pace in ["", "--rate 20000", "--as-recorded --speed 1000", "--backend packet"] {
        let running = hosts.a.start_with(&format!("capture -i veth0 -s 0 -c {sent} -w"), &[&path]);
        let ran = hosts.b.run(&format!("inject -i veth0 http.pcap {pace}"));
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert!(ran.err.starts_with(&format!("{sent} frames of ")), "{}", ran.err);
        let (code, _, err) = running.end();
        assert_eq!(code, Some(0), "{err}");
        let frames = |path: &std::path::Path| {
            let mut capture = Capture::open(path).expect("a capture");
            let mut all = Vec::new();
            while let Some(frame) = capture.next_frame().expect("whole") {
                all.push(frame.captured.to_vec());
            }
            all
        };
        assert!(frames(&path) == frames(&captures().join("http.pcap")), "{pace}");
    }
    let said = hosts.b.run("inject -i veth0 raw.pcap");
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("frame 1 is of link type"), "{}", said.err);
    let said = hosts.b.run("inject -i veth0 http.pcap --rate 0").refused();
    assert!(said.contains("--rate is more than 0"), "{said}");
    let said = run_fed("inject -i lo --hex -", b"fff\n");
    assert!(said.err.contains("line 1 is not hexadecimal digits"), "{}", said.err);
}
