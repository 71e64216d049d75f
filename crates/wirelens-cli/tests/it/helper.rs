//! Running the program.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;
use wirelens::capture::Capture;

/// A run that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a run gave.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

impl Ran {
    /// Standard output, if the program was content and said nothing else.
    #[track_caller]
    pub(crate) fn quietly(self) -> Vec<u8> {
        assert_eq!((self.code, self.err.as_str()), (Some(0), ""));
        self.out
    }

    /// The message, if the program refused and wrote nothing.
    #[track_caller]
    pub(crate) fn refused(self) -> String {
        assert_eq!(self.code, Some(2), "{}", self.err);
        assert_eq!(String::from_utf8_lossy(&self.out), "");
        self.err
    }

    /// The same, and the message has these words.
    #[track_caller]
    pub(crate) fn refused_with(self, words: &str) {
        let said = self.refused();
        assert!(said.contains(words), "{words:?} is not in {said}");
    }
}

/// The program, to be run beside the project's captures.
pub(crate) fn program<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirelens"));
    command.args(arguments).current_dir(captures()).env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

/// Runs it with these arguments, blanks between them.
pub(crate) fn run(arguments: &str) -> Ran {
    finish(piped(program(arguments.split_whitespace())))
}

/// The same with more arguments behind, which may be paths.
pub(crate) fn run_with<S: AsRef<OsStr>>(arguments: &str, more: &[S]) -> Ran {
    let mut command = program(arguments.split_whitespace());
    command.args(more);
    finish(piped(command))
}

/// The same with this on standard input.
pub(crate) fn run_fed(arguments: &str, input: &[u8]) -> Ran {
    let mut command = program(arguments.split_whitespace());
    command.stdin(Stdio::piped());
    let mut child = piped(command);
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    // A program that has seen enough closes it.
    let feeding = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let ran = finish(child);
    feeding.join().expect("fed");
    ran
}

/// Starts a program whose output is read here.
pub(crate) fn piped(mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
}

/// Waits for the end, not for ever.
#[track_caller]
pub(crate) fn finish(child: Child) -> Ran {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    let ended = receiver.recv_timeout(PATIENCE).expect("the program ends");
    let Output { status, stdout, stderr } = ended.expect("a program");
    Ran { code: status.code(), out: stdout, err: String::from_utf8_lossy(&stderr).into_owned() }
}

/// Where the project's captures are.
pub(crate) fn captures() -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/captures");
    std::fs::canonicalize(folder).expect("the project's captures")
}

/// One of them.
pub(crate) fn capture(name: &str) -> Vec<u8> {
    std::fs::read(captures().join(name)).expect("a capture")
}

/// The names of all of them.
pub(crate) fn all_captures() -> Vec<String> {
    let entries = std::fs::read_dir(captures()).expect("a folder");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .filter(|name| name.ends_with(".pcap") || name.ends_with(".pcapng"))
        .collect();
    names.sort();
    assert!(names.len() > 10);
    names
}

/// How many frames the library finds in a capture.
pub(crate) fn count(path: impl AsRef<Path>) -> usize {
    let mut capture = Capture::open(path).expect("a capture");
    let mut count = 0;
    while capture.next_frame().expect("a frame").is_some() {
        count += 1;
    }
    count
}

/// A pcap file whose records are repeated so many times.
pub(crate) fn repeated(name: &str, times: usize) -> Vec<u8> {
    let bytes = capture(name);
    let (header, records) = bytes.split_at(24);
    [header, &records.repeat(times)].concat()
}

/// Writes a shell script that may be run at once. Another process writes it: what this one is
/// writing, a child that another test has started may still hold open, and then it cannot be run.
#[cfg(unix)]
pub(crate) fn write_program(path: &Path, script: &str) {
    let mut command = Command::new("sh");
    command.args(["-c", "cat > \"$0\" && chmod 755 \"$0\""]).arg(path).stdin(Stdio::piped());
    let mut child = command.spawn().expect("a shell");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(script.as_bytes()).expect("it reads");
    drop(stdin);
    assert!(child.wait().is_ok_and(|status| status.success()), "a script");
}

/// A folder that goes with the test.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// The names in a folder, sorted.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.expect("an entry").file_name().into_string().expect("UTF-8")
    };
    let mut names: Vec<String> = entries.map(name).collect();
    names.sort();
    names
}

#[track_caller]
pub(crate) fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("JSON")
}

/// The lines of ndjson.
#[track_caller]
pub(crate) fn lines(bytes: &[u8]) -> Vec<Value> {
    bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).map(json).collect()
}

#[track_caller]
pub(crate) fn plist(bytes: &[u8]) -> plist::Dictionary {
    let value = plist::Value::from_reader_xml(bytes).expect("a property list");
    value.into_dictionary().expect("a dictionary")
}

/// The frames of a json or plist document, which must agree with its summary.
#[track_caller]
pub(crate) fn frames_of(format: &str, bytes: &[u8]) -> usize {
    let (frames, counted) = if format == "plist" {
        let document = plist(bytes);
        let frames = document["frames"].as_array().expect("frames").len();
        let summary = document["summary"].as_dictionary().expect("a summary");
        (frames, summary["frames"].as_unsigned_integer())
    } else {
        let document = json(bytes);
        let frames = document["frames"].as_array().expect("frames").len();
        (frames, document["summary"]["frames"].as_u64())
    };
    assert_eq!(Some(frames as u64), counted);
    frames
}

/// Whether libpcap is there for capture filters; says so where it is not.
pub(crate) fn has_libpcap() -> bool {
    let has = wirelens::capture::library_version().is_some();
    if !has {
        skipped("capture filters need libpcap");
    }
    has
}

/// Says in the test's output that something was not tested.
pub(crate) fn skipped(what: &str) {
    // Not eprintln!, which the test runner would keep to itself.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {what}");
}
