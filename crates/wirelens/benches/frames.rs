//! How many frames a second: the project's captures, from memory.
//!
//! `cargo bench -p wirelens`

use divan::Bencher;
use divan::counter::ItemsCount;
use wirelens::capture::Capture;
use wirelens::dissect::{Detail, Input, Session, Settings};
use wirelens::report::{Head, JsonWriter, Line, Options};

fn main() {
    divan::main();
}

const CAPTURES: [&str; 4] = ["http.pcap", "dns.pcap", "ping.pcap", "tunnels.pcap"];

fn frames(name: &str) -> Vec<(u32, Vec<u8>)> {
    let path = format!("{}/../../tests/captures/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut capture = Capture::open(path).expect("a capture");
    let mut all = Vec::new();
    while let Some(frame) = capture.next_frame().expect("frames") {
        all.push((frame.link_type.0.into(), frame.captured.to_vec()));
    }
    all
}

fn pass(bencher: Bencher, name: &str, detail: Detail, json: bool) {
    let frames = frames(name);
    let settings = Settings { detail, ..Settings::default() };
    let mut session = Session::with(wirelens::protocols::shared(), settings);
    let (mut line, mut writer) = (Line::new(), JsonWriter::new(Options::default()));
    bencher.counter(ItemsCount::new(frames.len())).bench_local(|| {
        for (link_type, captured) in &frames {
            let length = captured.len() as u32;
            let input = Input { link_type: *link_type, captured, length, ..Input::default() };
            let frame = session.dissect(input);
            if json {
                line.clear();
                writer.frame(&mut line, &Head::default(), &frame);
            }
            divan::black_box(frame.node_count() + line.len());
        }
    });
}

#[divan::bench(args = CAPTURES)]
fn headers(bencher: Bencher, name: &str) {
    pass(bencher, name, Detail::Headers, false);
}

#[divan::bench(args = CAPTURES)]
fn fields(bencher: Bencher, name: &str) {
    pass(bencher, name, Detail::Fields, false);
}

#[divan::bench(args = CAPTURES)]
fn json(bencher: Bencher, name: &str) {
    pass(bencher, name, Detail::Fields, true);
}
