//! What is counted at sight is what dissection tells.

use std::path::PathBuf;

use wirelens::flow::{Conversations, Event, Flow, Side};

/// Each capture of the project.
fn captures() -> Vec<PathBuf> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/captures"));
    let files = [folder.clone(), folder.join("sessions"), folder.join("tcp")];
    let files = files.into_iter().flat_map(|folder| std::fs::read_dir(folder).expect("a folder"));
    let mut files: Vec<PathBuf> = files.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.to_string_lossy().contains(".pcap"));
    files.sort();
    files
}

fn told(conversations: &Conversations) -> Vec<String> {
    let line = |one: &wirelens::flow::Conversation| {
        let [from, to] = Side::BOTH.map(|side| (one.end(side), one.sent(side)));
        format!("{} {from:?} {to:?} {} {}", one.protocol_name(), one.first(), one.last())
    };
    conversations.iter().map(line).collect()
}

#[test]
fn conversations_are_the_same() {
    let mut all = 0;
    for path in captures() {
        let mut seen = Conversations::new(1 << 16);
        let result = wirelens::extract(&path).conversations(&mut seen);
        let mut read = Conversations::new(1 << 16);
        let headers = wirelens::extract(&path).headers_only().nothing_else(true);
        let mut frames = headers.frames().expect("a capture");
        let failed = loop {
            match frames.next_frame() {
                Ok(Some(frame)) => read.read(&frame.dissection()),
                Ok(None) => break false,
                Err(_) => break true,
            }
        };
        assert_eq!(result.is_err(), failed, "{}", path.display());
        assert_eq!(told(&seen), told(&read), "{}", path.display());
        assert_eq!(seen.nowhere(), read.nowhere(), "{}", path.display());
        all += seen.len();
    }
    assert!(all > 100, "{all} conversations");
}

#[test]
fn flows_are_the_same() {
    let mut all = 0;
    for (path, facts) in
        captures().into_iter().flat_map(|path| [(path.clone(), false), (path, true)])
    {
        let trace = || wirelens::trace(&path).facts(facts);
        let told = |flow: &Flow, end| format!("{flow:?} {end:?}");
        let mut seen = Vec::new();
        for flow in trace().flows().expect("a capture") {
            seen.extend(flow.map(|(flow, end)| told(&flow, end)));
        }
        // One who wants frames has them dissected.
        let mut read = Vec::new();
        let mut over = |flow: &Flow, event: Event<'_>| {
            if let Event::Over(end) = event {
                read.push(told(flow, end));
            }
        };
        let mut tracing = trace().events().expect("a capture");
        while tracing.advance(&mut over).unwrap_or(true) {}
        assert_eq!(seen, read, "{} {facts}", path.display());
        all += seen.len();
    }
    assert!(all > 200, "{all} flows");
}
