//! `http`.

use serde_json::Value;

use crate::helper::*;

fn transactions(arguments: &str) -> Vec<Value> {
    lines(&run(&format!("http {arguments} -f ndjson")).quietly())
}

fn texts<'v>(all: &'v [Value], key: &str) -> Vec<&'v str> {
    all.iter().map(|one| one[key].as_str().unwrap_or("")).collect()
}

#[test]
fn requests_have_their_responses() {
    let all = transactions("http.pcap");
    assert_eq!(texts(&all, "method"), ["GET", "GET", "GET", "GET", "POST", "HEAD"]);
    let statuses: Vec<_> = all.iter().map(|one| one["status"].as_u64()).collect();
    assert_eq!(statuses, [200, 404, 301, 200, 405, 200].map(Some));
    assert_eq!(all[2]["url"], "http://[2001:db8::20]/moved?x=1&y=2");
    assert_eq!((&all[3]["flow"], &all[3]["outcome"]), (&3.into(), &"answered".into()));
    let body = &all[3]["response"]["body"];
    assert_eq!(body["sent"], 64);
    assert!(body["decoded"].as_u64() > Some(3000), "{body}");
    // A response to HEAD has a length and no body.
    assert_eq!(all[5]["response"]["body"]["sent"], 0);
    assert!(all.iter().all(|one| one["complete"] == true && one["latency"].as_u64() > Some(0)));
}

#[test]
fn streams_of_one_connection_are_apart() {
    let all = transactions("sessions/http2.pcap");
    assert!(all.iter().all(|one| one["complete"] == true), "{all:?}");
    let of_five: Vec<_> = all.iter().filter(|one| one["flow"] == all[2]["flow"]).collect();
    let statuses: Vec<_> = of_five.iter().filter_map(|one| one["status"].as_u64()).collect();
    assert_eq!(statuses, [200, 404, 200]);
    // What came by an upgrade is answered on the first stream.
    let upgraded = all.iter().find(|one| one["status"] == 502).expect("it is there");
    assert_eq!(upgraded["request"]["version"], "HTTP/1.1");
}

#[test]
fn expressions_include_and_exclude() {
    let count = |arguments: &str| {
        let ran = run(&format!("http http.pcap -f ndjson {arguments}"));
        let count = lines(&ran.out).len();
        assert_eq!(ran.code, Some(if count > 0 { 0 } else { 1 }));
        count
    };
    assert_eq!(count("--method ^GET$"), 4);
    assert_eq!(count("--method GET --method HEAD"), 5);
    assert_eq!(count("--method GET --method-ignore GET --url html"), 0);
    assert_eq!(count("--method GET --url index"), 1);
    assert_eq!(count("--host 2001 --host 8081"), 2);
    assert_eq!(count("--url-ignore html --user-agent curl"), 4);
    assert_eq!(count("--flow 3,:8081"), 1);
    let ran = run("http http.pcap --host nobody.example");
    assert_eq!((ran.code, ran.out.len()), (Some(1), 0));
    let message = run("http http.pcap --url (").refused();
    assert!(message.contains('('), "{message}");
}

#[test]
fn bodies_and_headers_are_shown_where_that_is_asked_for() {
    let text = |arguments: &str| {
        let ran = run(&format!("http http.pcap --color never {arguments}")).quietly();
        String::from_utf8(ran).expect("text")
    };
    assert!(!text("").contains("User-Agent"));
    assert!(text("--headers").contains("User-Agent: curl/"));
    let shown = text("--show-header ^etag$");
    assert!(shown.contains("ETag: ") && !shown.contains("Server:"), "{shown}");
    assert!(text("--bodies").contains("404 Not Found</h1>"));
    assert!(text("--tcp-verbose").lines().count() > text("").lines().count());
    assert!(!text("").contains('\u{1b}'));
    let coloured = run("http http.pcap --color always").quietly();
    assert!(coloured.contains(&0x1b));
}

#[test]
fn an_archive_of_a_browser_has_what_it_must() {
    let archive = json(&run("http http.pcap -f har --bodies").quietly());
    let log = &archive["log"];
    assert_eq!(log["version"], "1.2");
    let entries = log["entries"].as_array().expect("entries");
    assert_eq!(entries.len(), 6);
    for entry in entries {
        for key in ["startedDateTime", "time", "request", "response", "cache", "timings"] {
            assert!(!entry[key].is_null(), "{key} {entry}");
        }
        for key in ["method", "url", "httpVersion", "cookies", "headers", "queryString"] {
            assert!(!entry["request"][key].is_null(), "{key} {entry}");
        }
        for key in ["status", "statusText", "httpVersion", "cookies", "headers", "content"] {
            assert!(!entry["response"][key].is_null(), "{key} {entry}");
        }
        assert!(
            entry["response"]["redirectURL"].is_string() && entry["timings"]["wait"].is_number()
        );
    }
    assert_eq!(entries[2]["request"]["queryString"][0]["name"], "x");
    assert!(
        entries[3]["response"]["content"]["text"].as_str().is_some_and(|text| text.len() > 3000)
    );
}

#[test]
fn messages_of_websocket_follow_their_upgrade() {
    let text = String::from_utf8(run("http sessions/websocket.pcap").quietly()).expect("text");
    assert!(text.contains("101 Switching Protocols"), "{text}");
    assert!(text.lines().filter(|line| line.contains("WebSocket")).count() > 10, "{text}");
}

#[test]
fn bodies_are_put_into_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let into = folder.path().join("new/bodies");
    let all = transactions(&format!("http.pcap --bodies --save {}", into.display()));
    let mut files = Vec::new();
    for (one, of) in all.iter().flat_map(|one| [(one, "request"), (one, "response")]) {
        let body = &one[of]["body"];
        let Some(name) = body["file"].as_str() else {
            assert!(body.get("text").is_none() && body.get("base64").is_none(), "{body}");
            continue;
        };
        let bytes = std::fs::read(into.join(name)).expect("the file that is named");
        assert_eq!(Some(bytes.len() as u64), body["decoded"].as_u64(), "{name}");
        assert_eq!(Some(String::from_utf8_lossy(&bytes).as_ref()), body["text"].as_str(), "{name}");
        files.push(name.to_owned());
    }
    files.sort();
    let mut there: Vec<_> = std::fs::read_dir(&into)
        .expect("it was created")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"))
        .collect();
    there.sort();
    assert_eq!(there, files);
    assert!(files.len() >= 4 && files.iter().any(|name| name.ends_with(".html")), "{files:?}");
    // What is not shown is not put there either, and what is kept of a body may be less of it.
    let some = folder.path().join("some");
    let arguments = format!("http http.pcap --method POST --save {}", some.display());
    let ran = run(&format!("{arguments} --limit http.body=10"));
    assert_eq!(ran.code, Some(0));
    assert!(ran.err.contains("are not whole") && ran.err.contains("http.body=10"), "{}", ran.err);
    let length = |name: &str| std::fs::metadata(some.join(name)).expect("a file").len();
    assert_eq!((length("5-index.html.part"), length("5-request-index.html")), (10, 10));
    // A folder that cannot be.
    let file = into.join(&files[0]);
    let message = run(&format!("http http.pcap --save {}", file.display()));
    assert_ne!(message.code, Some(0));
    assert!(message.err.contains(&files[0]), "{}", message.err);
}
