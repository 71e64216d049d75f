//! `stats`.

use serde_json::Value;

use crate::helper::*;

fn statistics(arguments: &str) -> Value {
    json(&run(&format!("stats -f json {arguments}")).quietly())
}

#[test]
fn sums_are_those_of_the_capture() {
    for name in ["http.pcap", "dns.pcap", "tunnels.pcap", "mixed.pcapng", "groups.pcap"] {
        let all = statistics(name);
        let frames = count(captures().join(name)) as u64;
        assert_eq!(all["capture"]["frames"], frames, "{name}");
        let hierarchy = all["protocols"]["hierarchy"].as_array().expect("a tree");
        let top: u64 = hierarchy.iter().filter_map(|row| row["frames"].as_u64()).max().unwrap_or(0);
        assert!(top <= frames, "{name}");
    }
}

#[test]
fn flows_are_those_of_trace() {
    let all = statistics("http.pcap");
    let flows = json(&run("trace http.pcap").quietly());
    let count = flows["flows"].as_array().expect("flows").len();
    assert_eq!(all["conversations"]["flows"].as_array().expect("rows").len(), count);
    assert_eq!(all["capture"]["flows"], count);
}

#[test]
fn sections_and_tables_are_chosen() {
    let text = |arguments: &str| {
        let ran = run(&format!("stats http.pcap --color never {arguments}")).quietly();
        String::from_utf8(ran).expect("text")
    };
    let whole = text("");
    assert!(whole.contains("CAPTURE") && whole.contains("HTTP") && !whole.contains('\u{1b}'));
    let some = text("--section tcp");
    assert!(some.contains("TCP") && !some.contains("PROTOCOLS"), "{some}");
    let table = String::from_utf8(run("stats http.pcap -f csv --table rates").quietly());
    let table = table.expect("text");
    let columns = table.lines().next().map(|row| row.split(',').count());
    assert!(table.lines().all(|row| Some(row.split(',').count()) == columns), "{table}");
    run("stats http.pcap --section nothing").refused();
    run("stats http.pcap -f plist").refused();
    run("stats nothing.pcap").refused();
}

#[test]
fn the_page_stands_alone() {
    let folder = folder();
    let page = folder.path().join("page.html");
    run_with("stats http.pcap dns.pcap --html", &[&page]).quietly();
    let page = std::fs::read_to_string(page).expect("a page");
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    assert!(page.contains("<svg") && page.contains("www.example.org"));
    for outside in ["src=\"", "href=\"h", "url(", "@import"] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn tables_are_listed() {
    let list = String::from_utf8(run("stats --table help").quietly()).expect("text");
    let names: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.contains(&"rates") && names.contains(&"tcp"), "{list}");
    assert!(list.lines().all(|line| line.split_whitespace().count() > 1), "{list}");
    for name in names {
        run(&format!("stats http.pcap --table {name}")).quietly();
    }
    run("stats http.pcap --table nothing")
        .refused_with("unknown table of statistics 'nothing'; --table help lists");
    run("stats http.pcap --section dns --table rates")
        .refused_with("'rates' is in none of the sections");
}

#[test]
fn what_stats_cannot_write_is_refused() {
    let folder = folder();
    for (name, message) in [
        ("s.html", "a page is written by --html "),
        ("s.plist", "plist is no format of statistics; write text, json or csv"),
        ("s.json.xz", "xz is read, not written"),
    ] {
        run_with("stats http.pcap -o", &[folder.path().join(name)]).refused_with(message);
    }
    run_with("stats http.pcap --html", &[folder.path().join("s.html.lz4")])
        .refused_with("lz4 is read, not written");
    assert!(names(folder.path()).is_empty());
    assert!(run("stats --top 0 http.pcap").refused().contains("write a number from 1"));
}
