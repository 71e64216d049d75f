//! What is said to those who know other programs.

use crate::helper::*;

#[test]
fn options_of_other_programs() {
    for (arguments, tip) in [
        ("show ping.pcap -n", "names are not asked for unless --resolve says so"),
        ("show -r ping.pcap", "the capture is named without an option: wirelens show ping.pcap"),
        ("trace ping.pcap -r", "the capture is named without an option: wirelens trace FILE"),
        ("show -Y tcp ping.pcap", "--bpf 'tcp port 80'"),
        ("extract -R tcp ping.pcap", "--bpf 'tcp port 80'"),
        ("extract -T json ping.pcap", "-f json"),
        ("extract -e ip.src ping.pcap", "--fields ip.src,tcp.dstport"),
        ("trace -c 5 ping.pcap", "--range 1-5"),
        ("trace -c5 ping.pcap", "--range 1-5"),
        ("stats ping.pcap -c", "--range 1-N"),
        ("show -w out.pcap ping.pcap", "wirelens extract FILE -o out.pcap"),
    ] {
        let said = run(arguments).refused();
        assert!(said.contains(tip), "{arguments}: {said}");
        assert!(!said.contains("as a value"), "{arguments}: {said}");
    }
    let said = run("show --rnage 1 ping.pcap").refused();
    assert!(said.contains("'--range'") && !said.contains("as a value"), "{said}");
}

#[test]
fn options_of_grep() {
    for (arguments, tip) in [
        ("grep -v password http.pcap", "-v: has no counterpart here"),
        ("grep -n password http.pcap", "-n: is not needed"),
        ("grep -E password http.pcap", "expressions are extended without -E"),
        ("grep -r password http.pcap", "-r: is not needed"),
    ] {
        run(arguments).refused_with(tip);
    }
}

#[test]
fn where_frames_can_come_from() {
    for command in ["show", "extract", "reassemble", "trace", "http", "grep RE", "stats"] {
        run(command).refused_with("`-` reads standard input, -i captures from a device");
    }
}

#[test]
fn where_names_are_listed() {
    for (arguments, hint) in [
        ("show --limit foo=1 ping.pcap", "unknown limit 'foo'; --limit help lists them"),
        ("trace --fields foo ping.pcap", "unknown column of flows 'foo'; --fields help lists them"),
        ("extract --fields qqqqqqqq ping.pcap", "; `wirelens fields` lists them"),
        ("extract -P qqqqqqqq ping.pcap", "; `wirelens protocols` lists them"),
    ] {
        run(arguments).refused_with(hint);
    }
    run("show -i lo -s abc").refused_with("write a number of bytes");
    for split in ["{}", "x", "[]"] {
        let said = run(&format!("worker --split {split}")).refused();
        assert!(said.contains("write it as `wirelens split"), "{said}");
        assert!(!said.contains("map"), "{said}");
    }
}

#[test]
fn all_files_are_there_before_anything_is_written() {
    for command in ["show", "extract", "trace", "stats", "http", "reassemble", "grep ."] {
        let said = run(&format!("{command} ping.pcap nope.pcap")).refused();
        assert!(said.starts_with("wirelens: nope.pcap: cannot be opened: "), "{command}: {said}");
    }
}

#[test]
fn a_file_that_was_left_out_is_named_first() {
    let folder = folder();
    for (name, bytes) in [("a.pcap", capture("ping.pcap")), ("b.pcap", Vec::new())] {
        std::fs::write(folder.path().join(name), bytes).expect("a file");
    }
    let ran = run_with("show", &[folder.path()]);
    let place = folder.path().join("b.pcap");
    let expected = format!("wirelens: warning: {} was left out: ", place.display());
    assert!(ran.err.starts_with(&expected), "{}", ran.err);
}
