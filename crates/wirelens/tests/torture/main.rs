//! Captures made to go wrong, each with what must come of it written beside it by its maker:
//! `tests/captures/reassembly.py`. What is compared is everything: a line too many fails as well.

use std::fs;
use std::path::{Path, PathBuf};

mod bench;
mod segments;

use bench::{Bench, digest};

/// What is expected of a capture when it is read with one policy.
struct Section {
    /// The policy, `None` where nothing is set.
    policy: Option<String>,
    lines: Vec<String>,
}

#[test]
fn every_capture_gives_what_its_maker_expects() {
    let captures = captures();
    let mut wrong = String::new();
    for path in &captures {
        for section in sections(path) {
            let found = run(path, section.policy.as_deref());
            let (lacking, surplus) = difference(&section.lines, &found.lines);
            if !lacking.is_empty() || !surplus.is_empty() {
                let name = path.file_stem().unwrap_or_default().to_string_lossy();
                let policy = section.policy.unwrap_or_else(|| "default".into());
                wrong += &format!("{name}, policy {policy}\n");
                wrong +=
                    &lacking.iter().map(|line| format!("  expected {line}\n")).collect::<String>();
                wrong +=
                    &surplus.iter().map(|line| format!("  got      {line}\n")).collect::<String>();
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(captures.len() >= 60, "only {} captures", captures.len());
}

#[test]
fn every_capture_gives_the_same_again() {
    for path in captures() {
        assert_eq!(run(&path, None).log, run(&path, None).log, "{}", path.display());
    }
}

/// The captures. One without expectations fails, and so do expectations without a capture.
fn captures() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/captures/reassembly");
    let entries = fs::read_dir(folder).expect("tests/captures/reassembly");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    for path in &paths {
        for extension in ["pcap", "expected"] {
            let beside = path.with_extension(extension);
            assert!(beside.exists(), "{} has no {}", path.display(), beside.display());
        }
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "pcap"));
    paths
}

fn sections(capture: &Path) -> Vec<Section> {
    let path = capture.with_extension("expected");
    let text = fs::read_to_string(&path).expect("expectations");
    let mut sections = vec![Section { policy: None, lines: Vec::new() }];
    let mut frames = None;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match line.split_once(' ') {
            Some(("with", setting)) => {
                let policy = setting.strip_prefix("policy=").expect("a policy");
                sections.push(Section { policy: Some(policy.into()), lines: Vec::new() });
            }
            Some(("frames", _)) => frames = Some(line.to_owned()),
            Some(_) => sections.last_mut().expect("a section").lines.push(line.to_owned()),
            None => panic!("{}: {line:?} is no expectation", path.display()),
        }
    }
    if sections.len() > 1 && sections[0].lines.is_empty() {
        sections.remove(0);
    }
    let frames = frames.expect("the number of frames");
    sections.iter_mut().for_each(|section| section.lines.push(frames.clone()));
    sections
}

/// What came of a capture.
struct Found {
    /// As the expectations have it, in no order.
    lines: Vec<String>,
    /// All that was told, in order.
    log: Vec<String>,
}

fn run(path: &Path, policy: Option<&str>) -> Found {
    let mut bench = Bench::new(policy);
    bench.read(path);
    let mut lines = bench.finish();
    for message in sections(path).into_iter().flat_map(|section| section.lines) {
        let words: Vec<&str> = message.split(' ').collect();
        if let ["message", connection, direction, offset, length, ..] = words[..] {
            let number = |word: &str| word.parse::<usize>().expect("a number");
            let stream = bench.stream(number(connection), direction);
            let bytes = stream.get(number(offset)..number(offset) + number(length));
            // It stands for itself if its bytes are where it says.
            let same = bytes.is_some_and(|bytes| digest(bytes) == words[5]);
            lines.push(if same { message } else { format!("no {message}") });
        }
    }
    Found { lines, log: bench.log }
}

/// What of `expected` is lacking in `found`, and what is there besides.
fn difference(expected: &[String], found: &[String]) -> (Vec<String>, Vec<String>) {
    let mut surplus = found.to_vec();
    let mut lacking = Vec::new();
    for line in expected {
        match surplus.iter().position(|found| found == line) {
            Some(at) => drop(surplus.swap_remove(at)),
            None => lacking.push(line.clone()),
        }
    }
    surplus.sort();
    (lacking, surplus)
}
