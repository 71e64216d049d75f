//! Other programs that dissect: those that are installed, and some that are not what they should be.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::helper::*;

/// The head of PDML and a packet, as tshark writes them.
const HEAD: &str = "<?xml version=\"1.0\"?>\n<pdml version=\"0\" creator=\"wireshark/9.9.9\">\n";

fn packet(number: u32) -> String {
    format!(
        "<packet>\n<proto name=\"geninfo\" pos=\"0\" size=\"1\">\n\
         <field name=\"num\" pos=\"0\" show=\"{number}\" size=\"1\"/>\n</proto>\n\
         <proto name=\"eth\" pos=\"0\" size=\"14\">\n\
         <field name=\"eth.type\" show=\"0x0806\" size=\"2\" pos=\"12\" value=\"0806\"/>\n\
         <field name=\"eth.odd\" show=\"many\" size=\"0\" pos=\"0\"/>\n</proto>\n</packet>\n"
    )
}

/// A folder with a program `tshark` that knows two fields, and does this when it is to dissect.
fn fake(what: &str) -> tempfile::TempDir {
    let folder = folder();
    let script = format!(
        "#!/bin/sh\ncase \"$1\" in\n\
         -v) echo 'TShark (Wireshark) 9.9.9 (made up).' ;;\n\
         -G) printf 'P\\tEthernet\\teth\\nF\\tType\\teth.type\\tFT_UINT16\\teth\\tBASE_HEX\\t0x0\\t\\n\
         F\\tOdd\\teth.odd\\tFT_UINT16\\teth\\tBASE_DEC\\t0x0\\t\\n' ;;\n\
         *) {what} ;;\nesac\n"
    );
    write_program(&folder.path().join("tshark"), &script);
    folder
}

/// What a shell prints this with.
fn print(text: &str) -> String {
    format!("/bin/cat <<'END'\n{text}END\n")
}

/// Runs wirelens where no programs are but those in this folder.
fn run_among(folder: &Path, arguments: &str) -> Ran {
    let mut command = program(arguments.split_whitespace());
    command.env("PATH", folder);
    finish(piped(command))
}

/// Frames of a report that was ended properly, and what was said.
#[track_caller]
fn failed(folder: &Path, arguments: &str) -> (usize, String) {
    let ran = run_among(folder, &format!("extract -f json -E tshark ping.pcap {arguments}"));
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    let document = json(&ran.out);
    assert_eq!(document["capture"]["engine"], "tshark 9.9.9");
    assert_eq!(document["summary"]["interrupted"], true);
    (frames_of("json", &ran.out), ran.err)
}

#[test]
fn one_that_is_missing_is_told_with_what_installs_it() {
    let empty = folder();
    for (arguments, message) in [
        ("-E tshark", "tshark is not installed; install it with: apt-get install tshark"),
        ("-E pyshark", "tshark is not installed"),
        ("-E scapy", "python3 is not installed; install it with: apt-get install python3"),
        ("-E DPKT", "python3 is not installed"),
        ("--fallback tshark", "tshark is not installed"),
    ] {
        for command in ["extract", "show"] {
            let arguments = format!("{command} {arguments} ping.pcap");
            let said = run_among(empty.path(), &arguments).refused();
            assert!(said.contains(message), "{arguments}: {said}");
        }
    }
    write_program(&empty.path().join("python3"), "#!/bin/sh\necho No module >&2\nexit 3\n");
    let said = run_among(empty.path(), "extract -E scapy ping.pcap").refused();
    assert!(said.contains("scapy is not installed; install it with: pip install scapy"), "{said}");
}

#[test]
fn what_came_before_it_dies_is_kept() {
    let dies = format!("{}echo 'out of ideas' >&2; exit 7", print(&(HEAD.to_owned() + &packet(1))));
    let (frames, said) = failed(fake(&dies).path(), "");
    assert_eq!(frames, 1);
    assert!(said.contains("tshark ended behind frame 1: exit status: 7; out of ideas"), "{said}");

    let early = print(&(HEAD.to_owned() + &packet(1) + &packet(2) + "</pdml>\n"));
    let (frames, said) = failed(fake(&early).path(), "");
    assert_eq!(frames, 2);
    assert!(said.contains("tshark ended behind frame 2: it said nothing"), "{said}");
}

#[test]
fn nonsense_is_told() {
    let (frames, said) = failed(fake("echo hello").path(), "");
    assert_eq!(frames, 0);
    assert!(said.contains("not understood: \"hello\" is no PDML"), "{said}");

    let wrong = print(&(HEAD.to_owned() + &packet(1) + &packet(3) + "</pdml>\n"));
    let (frames, said) = failed(fake(&wrong).path(), "");
    assert_eq!(frames, 1);
    assert!(said.contains("its frame 3 where 2 comes next"), "{said}");
}

#[test]
fn one_that_stalls_is_ended() {
    let folder = fake(&format!(
        "{}echo $$ > \"$(/usr/bin/dirname \"$0\")/pid\"; exec /bin/sleep 600",
        print(&(HEAD.to_owned() + &packet(1)))
    ));
    let (frames, said) = failed(folder.path(), "--engine-timeout 1");
    assert_eq!(frames, 1);
    assert!(said.contains("has said nothing for 1 seconds behind frame 1"), "{said}");
    let pid = std::fs::read_to_string(folder.path().join("pid")).expect("it began");
    let alive = Command::new("kill").args(["-0", pid.trim()]).stderr(Stdio::null()).status();
    assert!(!alive.expect("kill").success(), "{pid} is still there");
}

#[test]
fn values_of_another_kind_than_their_name_says_are_text() {
    let one = print(&(HEAD.to_owned() + &packet(1) + "</pdml>\n"));
    let folder = fake(&format!("{one}/bin/cat > /dev/null"));
    let ran = run_among(folder.path(), "extract -f ndjson -E tshark --range 1 ping.pcap");
    let frames = lines(&ran.quietly());
    let layer = &frames[0]["layers"][0];
    assert_eq!(layer["type"], 0x806);
    assert_eq!(layer["eth.odd.text"], serde_json::json!(["many"]));
    assert!(layer.get("odd").is_none());
}

#[test]
fn what_does_not_go_with_another_engine_is_refused() {
    let folder = fake("/bin/cat > /dev/null");
    for (arguments, message) in [
        ("extract -E tshark -f pcap -o x.pcap", "-E does not go with pcap"),
        ("extract -E tshark --two-pass", "--two-pass"),
        ("extract -E tshark --fallback tshark", "with -E tshark we do not look"),
        ("extract -E tshrk", "unknown engine 'tshrk'; did you mean 'tshark'?"),
        (
            "extract -E tshark --fields eth.tpye",
            "unknown field 'eth.tpye'; did you mean 'eth.type'?",
        ),
        ("extract -E serve", "unknown engine 'serve'; did you mean 'server'?"),
        ("trace -E tshark", "wirelens trace needs more than tshark tells"),
        ("stats -E scapy", "-E scapy is for extract, show and capture"),
        ("http -E dpkt", "wirelens http needs"),
        ("reassemble -E pyshark", "wirelens reassemble needs"),
        ("trace -E warp", "unknown engine 'warp'"),
    ] {
        let said = run_among(folder.path(), &format!("{arguments} ping.pcap")).refused();
        assert!(said.contains(message), "{arguments}: {said}");
    }
    run("trace -E native ping.pcap").quietly();
}

/// Is the program or Python package there? Says so where it is not.
fn has(engine: &str) -> bool {
    let mut command = match engine {
        "tshark" => Command::new("tshark"),
        _ => Command::new("python3"),
    };
    match engine {
        "tshark" => command.arg("-v"),
        _ => command.args(["-c", &format!("import {engine}")]),
    };
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    let has = status.is_ok_and(|status| status.success());
    if !has {
        skipped(&format!("-E {engine} needs {engine}"));
    }
    has
}

/// The program's own answer: number, lengths, chain.
fn told_by_tshark(capture: &str) -> Vec<[String; 4]> {
    let fields = ["frame.number", "frame.len", "frame.cap_len", "frame.protocols"];
    let mut command = Command::new("tshark");
    command.current_dir(captures()).args(["-n", "-r", capture, "-T", "fields"]);
    let output = command.args(fields.map(|field| format!("-e{field}"))).output().expect("tshark");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let row = |line: &str| {
        let columns: Vec<String> = line.split('\t').map(str::to_owned).collect();
        columns.try_into().expect("four columns")
    };
    text.lines().map(row).collect()
}

#[test]
fn frames_and_chains_are_those_of_tshark() {
    if !has("tshark") {
        return;
    }
    for capture in ["ping.pcap", "mixed.pcapng", "dns.pcap", "tunnels.pcap", "cooked1.pcap"] {
        let frames = lines(&run(&format!("extract -f ndjson -E tshark {capture}")).quietly());
        let own: Vec<[String; 4]> = frames
            .iter()
            .map(|frame| {
                let [number, length, captured] =
                    ["number", "length", "captured"].map(|key| frame[key].to_string());
                let chain = frame["protocols"].as_str().expect("a chain").to_owned();
                [number, length, captured, chain]
            })
            .collect();
        let theirs =
            told_by_tshark(capture).into_iter().map(|[number, length, captured, chain]| {
                [number, length, captured, chain.replace("ethertype:", "")]
            });
        assert_eq!(own, theirs.collect::<Vec<_>>(), "{capture}");
    }
}

#[test]
fn what_we_know_looks_as_ours() {
    if !has("tshark") {
        return;
    }
    let theirs = lines(&run("extract -f ndjson -E tshark dns.pcap").quietly());
    let ours = lines(&run("extract -f ndjson dns.pcap").quietly());
    assert_eq!(theirs.len(), ours.len());
    for (theirs, ours) in theirs.iter().zip(&ours) {
        assert_eq!(theirs["time"], ours["time"]);
        for layer in ["eth", "ip", "ipv6", "udp"] {
            let (Some(theirs), Some(ours)) = (find(theirs, layer), find(ours, layer)) else {
                continue;
            };
            for (key, value) in ours.as_object().expect("an object") {
                assert_eq!(&theirs[key], value, "{layer}: {key}");
            }
        }
    }
    let options = "--fields ip.src,ip.flags.df,udp.dstport,dns.qry.name -f csv dns.pcap";
    let theirs = run(&format!("extract -E tshark {options}")).quietly();
    assert_eq!(
        String::from_utf8(theirs),
        String::from_utf8(run(&format!("extract {options}")).quietly())
    );
}

fn find<'f>(frame: &'f Value, layer: &str) -> Option<&'f Value> {
    let layers = frame["layers"].as_array().expect("layers");
    layers.iter().find(|found| found["protocol"] == layer)
}

#[test]
fn every_input_and_limit_works() {
    if !has("tshark") {
        return;
    }
    let whole = run("extract -f ndjson -E tshark ping.pcap").quietly();
    assert_eq!(run_fed("extract -f ndjson -E tshark -", &capture("ping.pcap")).quietly(), whole);
    assert_eq!(run("extract -f ndjson -E tshark --threads 2 ping.pcap").quietly(), whole);
    let range = lines(&run("extract -f ndjson -E tshark --range 3-4 ping.pcap").quietly());
    assert_eq!(range, lines(&whole)[2..4]);
    for frame in lines(&run("extract -f ndjson -E tshark -L internet ping.pcap").quietly()) {
        let chain = frame["protocols"].as_str().expect("a chain");
        assert!(
            chain.split(':').all(|name| [
                "eth",
                "arp",
                "ip",
                "ipv6",
                "icmp",
                "icmpv6",
                "ipv6.hopopts",
                "ipv6.fraghdr",
                "data"
            ]
            .contains(&name)),
            "{chain}"
        );
    }
    for frame in lines(&run("extract -f ndjson -E tshark -P ip dns.pcap").quietly()) {
        let chain = frame["protocols"].as_str().expect("a chain");
        assert!(["eth:ip:data", "eth:ipv6:data"].contains(&chain), "{chain}");
    }
    let layers = run("extract -f ndjson -E tshark --layers dns dns.pcap").quietly();
    assert!(
        lines(&layers)
            .iter()
            .all(|frame| frame["layers"].as_array().is_some_and(|all| all.len() <= 1))
    );
    let names = run("extract -f plist -E tshark dns.pcap").quietly();
    let capture = plist(&names)["capture"].as_dictionary().expect("a capture").clone();
    let engine = capture["engine"].as_string().expect("an engine");
    assert!(engine.starts_with("tshark "), "{engine}");
    assert!(run("show -V -E tshark dns.pcap").quietly().starts_with(b"Dissected by tshark "));
}

#[test]
fn fallback_adds_what_we_do_not_know() {
    if !has("tshark") {
        return;
    }
    // A segment with TPKT and COTP (RFC 1006), which we do not know.
    let text = "000000 02 00 00 00 00 01 02 00 00 00 00 02 08 00 45 00 00 34 00 01 00 00 40 06 00 00 0a 00\n\
                00001c 00 01 0a 00 00 02 c0 00 00 66 00 00 00 01 00 00 00 01 50 18 20 00 00 00 00 00\n\
                000036 03 00 00 0c 07 e0 00 00 00 01 00 00\n";
    let bytes: Vec<u8> = text
        .lines()
        .flat_map(|line| line.split(' ').skip(1))
        .filter_map(|byte| u8::from_str_radix(byte, 16).ok())
        .collect();
    let mut file = capture("ping.pcap");
    let length = (bytes.len() as u32).to_le_bytes();
    let [seconds, micros] = [[0; 4], [0; 4]];
    file.extend([seconds, micros, length, length].concat());
    file.extend(&bytes);
    let ours = lines(&run_fed("extract -f ndjson -", &file).quietly());
    let both = lines(&run_fed("extract -f ndjson --fallback tshark -", &file).quietly());
    assert_eq!(ours.len(), both.len());
    let last = both.last().expect("frames");
    assert_eq!(ours.last().expect("frames")["protocols"], "eth:ip:tcp:data");
    assert_eq!(last["protocols"], "eth:ip:tcp:tpkt:cotp");
    assert_eq!(last["layers"][3]["by"], "tshark");
    assert_eq!(last["layers"][3]["length"], serde_json::json!([12]));
    for (ours, both) in ours.iter().zip(&both) {
        let known = ours["protocols"].as_str().expect("a chain");
        if !known.ends_with(":data") {
            assert_eq!(ours, both);
        }
    }
}

#[test]
fn python_packages_tell_layers_by_their_own_names() {
    for (engine, chain, field) in [
        ("scapy", "Ether:IP:UDP:DNS", "IP.ttl"),
        ("dpkt", "Ethernet:IP:UDP:data", "IP.ttl"),
        ("pyshark", "eth:ip:udp:dns", "ip.ttl"),
    ] {
        if !has(engine) {
            continue;
        }
        let frames = lines(&run(&format!("extract -f ndjson -E {engine} dns.pcap")).quietly());
        let ours = lines(&run("extract -f ndjson dns.pcap").quietly());
        assert_eq!(frames.len(), ours.len());
        for (theirs, ours) in frames.iter().zip(&ours) {
            for key in ["number", "time", "length", "captured"] {
                assert_eq!(theirs[key], ours[key]);
            }
        }
        assert!(frames.iter().any(|frame| frame["protocols"] == chain), "{engine}");
        let ttl = |engine: &str, field: &str| {
            let run = run(&format!("extract -f csv -E {engine} --fields {field} dns.pcap"));
            let text = String::from_utf8(run.quietly()).expect("UTF-8");
            text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(ttl(engine, field), ttl("native", "ip.ttl"), "{engine}");
        let limited =
            lines(&run(&format!("extract -f ndjson -E {engine} -P udp dns.pcap")).quietly());
        let behind_udp = |frame: &Value| {
            let chain = frame["protocols"].as_str().expect("a chain").to_ascii_lowercase();
            chain.split_once("udp:").is_none_or(|(_, rest)| rest == "data")
        };
        assert!(limited.iter().all(behind_udp), "{engine}");
    }
}
