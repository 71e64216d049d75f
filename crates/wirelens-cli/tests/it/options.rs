//! What the options of `extract` do.

use serde_json::{Value, json};

use crate::helper::*;

fn ndjson(arguments: &str) -> Vec<Value> {
    lines(&run(&format!("extract -f ndjson {arguments}")).quietly())
}

fn chains(arguments: &str) -> Vec<String> {
    let chain = |frame: Value| frame["protocols"].as_str().expect("a chain").to_owned();
    ndjson(arguments).into_iter().map(chain).collect()
}

#[test]
fn dissection_stops_behind_a_protocol() {
    let chains_of = chains("-P tcp http.pcap");
    assert!(chains_of.contains(&"eth:ip:tcp:data".to_owned()));
    assert!(!chains_of.iter().any(|chain| chain.contains("http")));
    for name in ["IPv4", "ipv4", "ip"] {
        let chains = chains(&format!("-P {name} ping.pcap"));
        assert!(chains.contains(&"eth:ip:data".to_owned()), "{name}");
        assert!(!chains.iter().any(|chain| chain.contains("ip:icmp")), "{name}");
    }
    let both = chains("-P udp,tcp dns.pcap");
    assert!(both.iter().all(|chain| !chain.contains("dns")));
    assert!(both.contains(&"eth:ip:udp:data".to_owned()));
}

#[test]
fn dissection_stops_behind_a_layer() {
    let all = |layer: &str| {
        let mut chains = chains(&format!("-L {layer} http.pcap"));
        chains.sort();
        chains.dedup();
        chains.retain(|chain| !chain.contains("arp"));
        chains
    };
    assert_eq!(all("link"), ["eth:data"]);
    for layer in ["internet", "network", "Internet"] {
        assert!(all(layer).contains(&"eth:ip:data".to_owned()));
        assert!(!all(layer).iter().any(|chain| chain.contains("tcp")));
    }
    assert!(all("transport").contains(&"eth:ip:tcp:data".to_owned()));
    assert!(all("application").contains(&"eth:ip:tcp:http".to_owned()));
    assert_eq!(all("none"), all("application"));
}

#[test]
fn engines_of_several_names_are_one() {
    let plain = run("extract ping.pcap").quietly();
    for engine in ["native", "default", "jspcap", "JSPCAP", "pipeline"] {
        assert_eq!(run(&format!("extract -E {engine} ping.pcap")).quietly(), plain);
    }
}

#[test]
fn ranges_of_frames() {
    let numbers = |range: &str| -> Vec<u64> {
        let frames = ndjson(&format!("--range {range} http.pcap"));
        frames.iter().map(|frame| frame["number"].as_u64().expect("a number")).collect()
    };
    let last = count(captures().join("http.pcap")) as u64;
    assert_eq!(numbers("3"), [3]);
    assert_eq!(numbers("2-4,7,6-7"), [2, 3, 4, 6, 7]);
    assert_eq!(numbers("-2"), [1, 2]);
    assert_eq!(numbers(&format!("{}-", last - 1)), [last - 1, last]);
    assert_eq!(numbers("18446744073709551615"), [0; 0]);
    assert_eq!(numbers("100000-18446744073709551615"), [0; 0]);
    let empty = run("extract --range 100000- http.pcap").quietly();
    assert_eq!(frames_of("json", &empty), 0);
    for format in ["pcap", "pcapng"] {
        let folder = folder();
        let path = folder.path().join(format!("part.{format}"));
        run_with("extract --range 2-4,7 http.pcap -o", &[&path]).quietly();
        assert_eq!(count(path), 4);
    }
}

#[test]
fn only_so_many_frames() {
    assert_eq!(chains("-c 3 http.pcap").len(), 3);
    assert_eq!(chains("--count 1000000 ping.pcap").len(), count(captures().join("ping.pcap")));
    let shown = run("show -c 2 ping.pcap").quietly();
    assert_eq!(shown, run("show --range 1-2 ping.pcap").quietly());
    assert!(run("show -c 0 ping.pcap").refused().contains("write a number from 1"));
    run("show -c 2 --range 1 ping.pcap").refused();
}

#[test]
fn chosen_fields_and_layers() {
    let frames = ndjson("--fields frame.number,ip.src,tcp.flags.syn --range 3-4 http.pcap");
    for frame in &frames {
        let keys: Vec<&String> = frame.as_object().expect("an object").keys().collect();
        assert!(!keys.iter().any(|key| *key == "layers"), "{keys:?}");
    }
    let fields = &frames[0]["fields"];
    assert_eq!(fields["ip.src"], json!(["192.0.2.10"]), "{fields}");
    let frames = ndjson("--layers tcp http.pcap");
    let layers = frames.iter().flat_map(|frame| frame["layers"].as_array().expect("layers"));
    let layers: Vec<_> = layers.map(|layer| layer["protocol"].as_str()).collect();
    assert!(!layers.is_empty());
    assert!(layers.iter().all(|layer| *layer == Some("tcp")));
}

#[test]
fn payloads_and_names_when_asked_for() {
    let data = |options: &str| {
        let frames = ndjson(&format!("{options} ping.pcap"));
        frames.into_iter().find(|frame| frame["protocols"] == "eth:ip:icmp:data").expect("a ping")
    };
    let (plain, payload) = (data(""), data("--payload"));
    let layer = |frame: &Value| frame["layers"][3].clone();
    assert!(layer(&payload).to_string().len() > layer(&plain).to_string().len() + 48);
    assert_eq!(data("")["layers"][1].get("proto_name"), None);
    assert_eq!(data("--names")["layers"][1]["proto_name"], "ICMP");
}

#[test]
fn checksums_when_asked_for() {
    let folder = folder();
    let path = folder.path().join("wrong.pcap");
    let mut bytes = capture("http.pcap");
    let frame = bytes.windows(3).position(|three| three == [8, 0, 0x45]).expect("IPv4");
    // The time to live of the first IPv4 header.
    bytes[frame + 10] ^= 1;
    std::fs::write(&path, bytes).expect("a file");
    let wrong = |options: &str| {
        let out = run_with(&format!("extract -f ndjson {options}"), &[&path]).quietly();
        String::from_utf8(out).expect("UTF-8").matches("ip.checksum_bad.expert").count()
    };
    assert_eq!((wrong(""), wrong("--checksums")), (0, 1));
    run_with("extract --no-reassembly", &[&path]).quietly();
}

#[test]
fn verbose_tells_what_is_done() {
    let folder = folder();
    let path = folder.path().join("out.plist");
    let ran = run_with("extract -v groups.pcap -o", &[&path]);
    assert_eq!(ran.code, Some(0));
    let lines: Vec<&str> = ran.err.lines().collect();
    assert_eq!(lines[0], "Loading file 'groups.pcap'");
    assert!(lines[1].starts_with(" - Frame   1: Ethernet:IPv"), "{}", lines[1]);
    assert_eq!(lines.len(), count(captures().join("groups.pcap")) + 2);
    assert_eq!(
        *lines.last().expect("lines"),
        format!("Report file stored in '{}'", path.display())
    );
    let ran = run("extract -v ping.pcap");
    assert!(ran.err.contains("Ethernet:IPv6:ICMPv6"), "{}", ran.err);
    assert!(!ran.err.contains("Report"));
}

#[test]
fn missing_extensions_are_appended() {
    let folder = folder();
    let place = |name: &str| folder.path().join(name);
    std::fs::copy(captures().join("ping.pcap"), place("in.pcap")).expect("a copy");
    std::fs::copy(captures().join("mixed.pcapng"), place("v1.0.pcapng")).expect("a copy");
    let inside = |arguments: &str| {
        let mut command = program(arguments.split_whitespace());
        command.current_dir(folder.path());
        let ran = finish(piped(command));
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{arguments}");
    };
    inside("extract -a in -p -o out");
    inside("extract -a in -t -o out");
    inside("extract -a in -o out");
    inside("extract -a v1.0 -f pcapng -o v2.0");
    inside("extract -a in.pcap -o whole.csv");
    let expected =
        ["in.pcap", "out.json", "out.plist", "out.txt", "v1.0.pcapng", "v2.0.pcapng", "whole.csv"];
    assert_eq!(names(folder.path()), expected);
    let mut command = program(["extract", "-a", "none"]);
    command.current_dir(folder.path());
    assert!(finish(piped(command)).refused().contains("none.pcap"));
}

#[test]
fn a_folder_of_frames() {
    let folder = folder();
    let frames = count(captures().join("groups.pcap"));
    for (format, extension) in
        [("json", "json"), ("plist", "plist"), ("tree", "txt"), ("csv", "csv")]
    {
        let path = folder.path().join("deep").join(format);
        let ran = run_with(&format!("extract -v -F -f {format} groups.pcap -o"), &[&path]);
        assert_eq!(ran.code, Some(0));
        let end = format!("Report files stored in '{}'\n", path.display());
        assert!(ran.err.ends_with(&end), "{}", ran.err);
        let mut expected: Vec<String> =
            (1..=frames).map(|number| format!("Frame {number}.{extension}")).collect();
        expected.push(format!("Global Header.{extension}"));
        expected.sort();
        assert_eq!(names(&path), expected);
        for name in expected {
            let bytes = std::fs::read(path.join(&name)).expect("a file");
            match format {
                "json" => drop(json(&bytes)),
                "plist" => drop(plist(&bytes)),
                _ => {}
            }
        }
    }
    let first = std::fs::read(folder.path().join("deep/json/Frame 1.json")).expect("a frame");
    assert_eq!(json(&first)["number"], 1);
    let header = std::fs::read(folder.path().join("deep/json/Global Header.json"));
    assert_eq!(json(&header.expect("a header"))["format"], "pcap");
}

#[test]
fn a_folder_without_frames_has_the_header() {
    let folder = folder();
    let path = folder.path().join("out");
    run_with("extract -F --range 9999 groups.pcap -o", &[&path]).quietly();
    assert_eq!(names(&path), ["Global Header.json"]);
    let header = std::fs::read(path.join("Global Header.json")).expect("a header");
    assert_eq!(json(&header)["interfaces"][0]["link_type_name"], "ETHERNET");
}

#[test]
fn the_user_knows_better_what_is_at_a_port() {
    let all = chains("dns.pcap");
    assert!(all.contains(&"eth:ip:udp:dns".to_owned()));
    let without = chains("--disable dns dns.pcap");
    assert!(!without.iter().any(|chain| chain.contains("dns")), "{without:?}");
    assert_eq!(without.len(), all.len());
    let other = chains("-d udp.port==53,mdns dns.pcap");
    assert!(other.contains(&"eth:ip:udp:mdns".to_owned()), "{other:?}");
    let link = chains("--decode-as ethertype==0x0800,arp dns.pcap");
    assert!(link.iter().all(|chain| !chain.contains("ip:udp")), "{link:?}");
}

#[test]
fn limits_are_set_by_name_and_what_they_cost_is_told() {
    let frames = ndjson("--limit frame.layers=2 dns.pcap");
    assert!(
        frames.iter().all(|frame| frame["layers"].as_array().is_some_and(|all| all.len() <= 2))
    );
    assert!(frames.iter().any(|frame| frame["problems"].is_array()), "the limit is a problem");
    let list = run("extract --limit help").quietly();
    let list = String::from_utf8_lossy(&list).into_owned();
    for name in ["frame.layers", "tcp.connections", "decoded.ratio", "ipv6.policy"] {
        assert!(list.contains(name), "{name}");
    }
}

/// In one pass nobody knows the frame that completes a message yet.
#[test]
fn with_two_passes_parts_point_to_what_they_are_parts_of() {
    let links = |arguments: &str, field: &str| -> Vec<(u64, u64)> {
        let frames =
            run(&format!("extract -f csv --fields frame.number,{field} {arguments}")).quietly();
        let text = String::from_utf8_lossy(&frames).into_owned();
        let pairs = text.lines().skip(1).filter_map(|line| line.split_once(','));
        pairs.filter_map(|(frame, link)| Some((frame.parse().ok()?, link.parse().ok()?))).collect()
    };
    let dns = "reassembly/dns-split.pcap";
    assert_eq!(links(dns, "tcp.reassembled_in"), []);
    let expected = [(4, 10), (6, 10), (8, 10), (12, 20), (14, 20), (16, 20), (18, 20)];
    assert_eq!(links(&format!("-2 {dns}"), "tcp.reassembled_in"), expected);
    let fragments = links("-2 reassembly/ip-any-order.pcap", "ip.reassembled_in");
    assert!(!fragments.is_empty() && fragments.iter().all(|(part, whole)| part < whole));
    let ipv6 = links("-2 reassembly/ipv6-any-order.pcap", "ipv6.reassembled.in");
    assert!(!ipv6.is_empty() && ipv6.iter().all(|(part, whole)| part < whole));
    let refused = run("extract -2 -").refused();
    assert!(refused.contains("cannot be read twice"), "{refused}");
}

/// A message that was tried and found too short is not complete in that frame.
#[test]
fn only_the_frame_that_completes_a_message_lists_its_segments() {
    let frames = ndjson("reassembly/dns-split.pcap");
    let lists = |frame: &Value| {
        let layers = frame["layers"].as_array().expect("layers");
        layers.iter().any(|layer| layer["segments"].is_object())
    };
    let complete: Vec<u64> = frames
        .iter()
        .filter(|frame| lists(frame))
        .filter_map(|frame| frame["number"].as_u64())
        .collect();
    assert_eq!(complete, [10, 20]);
}

#[test]
fn times_between_frames() {
    let of = |capture: &str, how: &str| {
        let fields = "frame.number,frame.time_epoch,frame.time_relative,frame.time_delta";
        let rows = run(&format!("extract -f csv --fields {fields} {capture} {how}")).quietly();
        String::from_utf8(rows).expect("UTF-8")
    };
    for capture in ["http.pcap", "big-endian-ns.pcap", "mixed.pcapng"] {
        let all = of(capture, "");
        let nanoseconds = |text: &str| text.replace('.', "").parse::<i64>().expect("a time");
        let (mut first, mut last) = (None, None);
        for row in all.lines().skip(1) {
            let [_, time, since_first, since_last]: [&str; 4] =
                row.split(',').collect::<Vec<_>>().try_into().expect("four columns");
            if time.is_empty() {
                assert_eq!([since_first, since_last], [""; 2], "{capture}: {row}");
                continue;
            }
            let now = nanoseconds(time);
            assert_eq!(nanoseconds(since_first), now - *first.get_or_insert(now), "{row}");
            assert_eq!(nanoseconds(since_last), now - last.replace(now).unwrap_or(now), "{row}");
        }
        assert!(last > first, "{capture}");
        // Frames that are not shown have their times, too.
        let head = all.lines().next().expect("a header");
        let behind: Vec<&str> = all.lines().skip(3).collect();
        let expected = format!("{head}\r\n{}\r\n", behind.join("\r\n"));
        assert_eq!(of(capture, "--range 3-"), expected, "{capture}");
        for how in ["--threads 3", "-E server --workers 2"] {
            assert_eq!(of(capture, how), all, "{capture} {how}");
        }
    }
}
