//! Every capture of the corpus opens, or says why not, and has the frames its index says.
//!
//! The corpus is not part of the source: its folder is `WIRELENS_CORPUS`, or `shared/corpus` beside
//! the checkout. Without it this test says so and passes.

use std::path::{Path, PathBuf};

use wirelens_capture::{Capture, Error, Fault};

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let named = std::env::var_os("WIRELENS_CORPUS").map(PathBuf::from);
    named.into_iter().chain([beside]).find(|path| path.join("INDEX.tsv").is_file())
}

fn count(path: &Path) -> Result<u64, Error> {
    let mut capture = Capture::open(path)?;
    while let Some(frame) = capture.next_frame()? {
        assert!(frame.options.iter().count() <= frame.options.bytes.len());
        assert!(frame.pseudo_header_length() <= frame.captured.len());
    }
    let counters = capture.counters();
    let warnings = capture.take_warnings();
    assert!(warnings.iter().all(|warning| !warning.to_string().is_empty()));
    let sound = counters.damaged == 0 && counters.truncated == 0 && counters.skipped_bytes == 0;
    assert!(sound || !warnings.is_empty(), "what is counted is also named");
    Ok(counters.frames)
}

#[test]
fn every_capture_has_the_frames_its_index_says() {
    let Some(corpus) = corpus() else {
        eprintln!("skipped: no corpus; set WIRELENS_CORPUS to its folder");
        return;
    };
    let index = std::fs::read_to_string(corpus.join("INDEX.tsv")).expect("the index is text");
    let (mut files, mut frames) = (0, 0);
    let mut wrong = Vec::new();
    for line in index.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [path, packets, _, _, _, _, markers] = columns[..] else { continue };
        files += 1;
        match count(&corpus.join(path)) {
            Ok(found) => {
                frames += found;
                // Where tshark stops early, how many frames there are is a matter of opinion.
                let sure = !markers.contains("tshark-error");
                if sure && packets.parse() != Ok(found) {
                    wrong.push(format!("{path}: {found} frames, the index says {packets}"));
                }
            }
            Err(error) if error.fault() == Fault::File => eprintln!("{error}"),
            Err(error) => wrong.push(error.to_string()),
        }
    }
    eprintln!("{files} files, {frames} frames");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
