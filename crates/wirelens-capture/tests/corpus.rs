//! Every capture of the corpus opens, or says why not, and has the frames its index says.
//!
//! The corpus is not part of the source: its folder is `WIRELENS_CORPUS`, or `shared/corpus` beside
//! the checkout. Without it this test says so and passes.

use std::path::{Path, PathBuf};

use wirelens_capture::{Capture, Error, Fault, Frame, PcapngWriter, Record, Timestamp};

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

/// What must survive being written.
#[derive(PartialEq, Eq, Debug)]
struct Facts {
    time: Timestamp,
    captured: Vec<u8>,
    length: u32,
    link_type: u16,
    fcs_length: Option<u8>,
    comments: Vec<Vec<u8>>,
}

impl Facts {
    fn of(frame: &Frame<'_>) -> Self {
        Self {
            time: frame.time.unwrap_or_default(),
            captured: frame.captured.to_vec(),
            length: frame.length,
            link_type: frame.link_type.0,
            fcs_length: frame.fcs_length(),
            comments: frame.comments().map(<[u8]>::to_vec).collect(),
        }
    }
}

/// Writes a capture as pcapng and reads that; gives what differs.
fn rewritten(path: &Path) -> Result<Option<String>, Error> {
    let mut capture = Capture::open(path)?;
    let mut writer = PcapngWriter::new(Vec::new());
    let mut before = Vec::new();
    let mut blocks = 0;
    while let Some(record) = capture.next_record()? {
        match record {
            Record::Frame(frame) => {
                before.push(Facts::of(&frame));
                writer.frame(&frame)?;
            }
            Record::Block(block) => {
                blocks += 1;
                writer.block(&block)?;
            }
        }
    }
    let mut again = Capture::from_reader(std::io::Cursor::new(writer.finish()?))?;
    let mut after = Vec::new();
    while let Some(frame) = again.next_frame()? {
        after.push(Facts::of(&frame));
    }
    let warnings = again.take_warnings();
    let counted = again.counters().blocks;
    Ok(if before.len() != after.len() {
        Some(format!("{} frames became {}", before.len(), after.len()))
    } else if let Some(at) = before.iter().zip(&after).position(|(before, after)| before != after) {
        Some(format!("frame {}: {:?} became {:?}", at + 1, before[at], after[at]))
    } else if let Some(warning) = warnings.first() {
        Some(warning.to_string())
    } else {
        // A file without blocks gains a section and an interface.
        (blocks > 0 && counted < blocks).then(|| format!("{blocks} blocks became {counted}"))
    })
}

#[test]
fn every_capture_survives_being_written() {
    let Some(corpus) = corpus() else {
        eprintln!("skipped: no corpus; set WIRELENS_CORPUS to its folder");
        return;
    };
    let index = std::fs::read_to_string(corpus.join("INDEX.tsv")).expect("the index is text");
    let mut wrong = Vec::new();
    for path in index.lines().skip(1).filter_map(|line| line.split('\t').next()) {
        match rewritten(&corpus.join(path)) {
            Ok(Some(difference)) => wrong.push(format!("{path}: {difference}")),
            Err(error) if error.fault() != Fault::File => wrong.push(format!("{path}: {error}")),
            Ok(None) | Err(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
