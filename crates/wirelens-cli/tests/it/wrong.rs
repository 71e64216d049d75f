//! Wrong use and wrong files: a message that helps, exit code 2, nothing written.

use crate::helper::*;

#[test]
fn unknown_names_and_what_is_near() {
    let folder = folder();
    let output = folder.path().join("new/out.json");
    for (arguments, message) in [
        ("-f jsn", "unknown format 'jsn'; did you mean 'json'?"),
        ("-f yaml", "unknown format 'yaml'; it is one of json, ndjson, detail, plist"),
        ("-P tpc", "unknown protocol 'tpc'; did you mean 'tcp'?"),
        ("-P tcp,upd", "unknown protocol 'upd'; did you mean 'udp'?"),
        ("--layers etth", "unknown protocol 'etth'; did you mean 'eth'?"),
        ("-d tcp.prot==80,http", "unknown table 'tcp.prot'; did you mean 'tcp.port'?"),
        ("-d tcp.port=80,http", "'tcp.port=80,http' is no choice of a protocol"),
        ("--disable htpp", "unknown protocol 'htpp'; did you mean 'http'?"),
        (
            "--limit tcp.conections=1",
            "unknown limit 'tcp.conections'; did you mean 'tcp.connections'?",
        ),
        ("--limit tcp.idle", "--limit tcp.idle: write NAME=VALUE"),
        ("-L inter", "unknown layer 'inter'; did you mean 'internet'?"),
        ("-E natve", "unknown engine 'natve'; did you mean 'native'?"),
        ("-E warp", "unknown engine 'warp'; it is one of native, default, jspcap"),
        ("--fields ip.src,ip.tll", "unknown field 'ip.tll'; did you mean 'ip.ttl'?"),
        ("--fields frame.nmber", "unknown field 'frame.nmber'; did you mean 'frame.number'?"),
        ("--fields ,", "--fields names no field"),
        ("-P ,tcp", "unknown protocol ''\n"),
        ("--range 5-3", "'5-3' is no range of frames; write it as 10-20,50-"),
        ("--range x", "'x' is no range of frames"),
        ("--range 99999999999999999999", "is no range of frames"),
        ("-F -f pcap", "-F does not go with pcap"),
        ("-f pcap --fields ip.src", "--fields does not go with pcap"),
        ("-f pcapng --payload", "--payload does not go with pcapng"),
    ] {
        let ran = run_with(&format!("extract ping.pcap {arguments} -o"), &[&output]);
        let said = ran.refused();
        assert!(said.starts_with("wirelens: ") && said.contains(message), "{arguments}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(names(folder.path()).is_empty(), "{arguments}");
    }
    let odd = folder.path().join("out.jsno");
    let said = run_with("extract ping.pcap -o", &[&odd]).refused();
    assert!(said.contains("'jsno'; did you mean 'json'?"), "{said}");
    assert!(run("extract -F ping.pcap -o -").refused().contains("name it with -o"));
    assert!(names(folder.path()).is_empty());
}

#[test]
fn unknown_options() {
    for arguments in ["", "extract", "show", "extrct x", "extract --bogus x", "extract -E"] {
        run(arguments).refused();
    }
    assert!(run("show -t yesterday ping.pcap").refused().contains("time style"));
    assert!(run("show --color pink ping.pcap").refused().contains("choice of colours"));
}

#[test]
fn files_that_are_no_captures() {
    let folder = folder();
    let place = |name: &str| folder.path().join(name);
    let output = place("out/report.json");
    std::fs::write(place("empty"), b"").expect("a file");
    std::fs::write(place("text"), "Dear reader,\n".repeat(100)).expect("a file");
    std::fs::write(place("short"), &capture("ping.pcap")[..11]).expect("a file");
    std::fs::write(place("cut.gz"), [0x1f, 0x8b, 8, 0]).expect("a file");
    std::fs::create_dir(place("hollow")).expect("a folder");
    std::fs::create_dir(place("letters")).expect("a folder");
    for name in ["letters/one", "letters/two"] {
        std::fs::write(place(name), "Dear reader,\n").expect("a file");
    }
    let elf = env!("CARGO_BIN_EXE_wirelens");
    for (name, message) in [
        ("missing.pcap", "cannot be opened"),
        ("empty", "empty"),
        ("text", "not a capture file but"),
        ("short", "ends inside the pcap file header"),
        ("cut.gz", "gzip"),
        ("hollow", "holds no capture file"),
        ("letters", "holds no capture file"),
        ("letters/one", "not a capture file but text"),
        (elf, "not a capture file but"),
    ] {
        let path = place(name);
        for command in ["extract", "show"] {
            let said = run_with(command, &[&path]).refused();
            assert!(said.contains(message), "{name}: {said}");
            assert!(said.contains(&path.display().to_string()), "{name}: {said}");
        }
        let both = [path.as_os_str(), "-o".as_ref(), output.as_os_str()];
        run_with("extract", &both).refused();
        assert!(!place("out").exists(), "{name}");
    }
    assert!(run_fed("show -", b"no capture at all").refused().contains("not a capture"));
    assert!(run_fed("show -", b"").refused().contains("empty"));
}

#[test]
fn a_captures_error_among_several_files() {
    let folder = folder();
    let text = folder.path().join("text");
    std::fs::write(&text, "Dear reader,\n").expect("a file");
    let said = run_with("extract ping.pcap", &[&text]).refused();
    assert!(said.contains("not a capture"), "{said}");
}

#[test]
fn an_input_is_not_written_over() {
    let folder = folder();
    let place = |name: &str| folder.path().join(name);
    let bytes = capture("ping.pcap");
    std::fs::write(place("a.pcap"), &bytes).expect("a file");
    std::fs::hard_link(place("a.pcap"), place("b.pcap")).expect("a link");
    let check = |arguments: &[&std::path::Path]| {
        let said = run_with("extract", arguments).refused();
        assert!(said.contains("is read, so it cannot be written too"), "{said}");
        assert_eq!(std::fs::read(place("a.pcap")).expect("it is there"), bytes);
    };
    let flag = std::path::Path::new("-o");
    check(&[&place("a.pcap"), flag, &place("a.pcap")]);
    check(&[&captures().join("dns.pcap"), &place("a.pcap"), flag, &place("a.pcap")]);
    check(&[folder.path(), flag, &place("a.pcap")]);
    #[cfg(unix)]
    {
        check(&[&place("a.pcap"), flag, &place("b.pcap")]);
        std::os::unix::fs::symlink(place("a.pcap"), place("c.pcap")).expect("a link");
        check(&[&place("c.pcap"), flag, &place("a.pcap")]);
        let mut command = program(["extract", "-", "-o"]);
        command.arg(place("a.pcap")).stdin(std::fs::File::open(place("a.pcap")).expect("a file"));
        assert!(finish(piped(command)).refused().contains("is read"));
        assert_eq!(std::fs::read(place("a.pcap")).expect("it is there"), bytes);
    }
}

#[test]
fn outputs_that_cannot_be() {
    let folder = folder();
    let said = run_with("extract ping.pcap -j -o", &[folder.path()]).refused();
    assert!(said.contains(&format!("{}: cannot be written", folder.path().display())), "{said}");
    let file = folder.path().join("file");
    std::fs::write(&file, b"kept").expect("a file");
    run_with("extract ping.pcap -o", &[file.join("out.json")]).refused();
    run_with("extract -F ping.pcap -o", &[&file]).refused();
    assert_eq!(std::fs::read(&file).expect("it is there"), b"kept");
}
