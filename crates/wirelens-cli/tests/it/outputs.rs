//! Where reports go when that fails: full disks, closed pipes.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::helper::*;

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let folder = folder();
    let path = folder.path().join("large.pcap");
    std::fs::write(&path, repeated("http.pcap", 200)).expect("a file");
    for arguments in [
        "show",
        "show -V",
        "extract -f json",
        "extract -f plist",
        "extract -f csv",
        "extract -f pcapng",
    ] {
        let mut command = program(arguments.split_whitespace());
        command.arg(&path);
        let mut child = piped(command);
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = Vec::new();
        stdout.read_until(b'\n', &mut line).expect("a line");
        drop(stdout);
        let ran = finish(child);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{arguments}");
    }
    for arguments in ["fields", "fields --json-schema", "protocols", "man"] {
        let mut child = piped(program(arguments.split_whitespace()));
        drop(child.stdout.take());
        let ran = finish(child);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{arguments}");
    }
}

#[test]
fn nobody_reads_what_verbose_says() {
    let mut child = piped(program(["extract", "-v", "http.pcap"]));
    drop(child.stderr.take());
    let ran = finish(child);
    assert_eq!(ran.code, Some(0));
    assert_eq!(frames_of("json", &ran.out), count(captures().join("http.pcap")));
}

#[test]
fn a_device_that_is_full() {
    if !std::path::Path::new("/dev/full").exists() {
        return skipped("there is no /dev/full");
    }
    for format in ["json", "plist", "csv", "pcap", "pcapng"] {
        let said = run(&format!("extract http.pcap -f {format} -o /dev/full")).refused();
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.starts_with("wirelens: /dev/full: cannot be written: No space"), "{said}");
        let full = std::fs::File::options().write(true).open("/dev/full").expect("a device");
        let mut command = program(["extract", "http.pcap", "-f", format]);
        let child = command.stdout(full).stderr(Stdio::piped()).spawn().expect("it starts");
        let said = finish(child).refused();
        assert!(said.starts_with("wirelens: standard output: cannot be written: No s"), "{said}");
    }
}

/// A small file system in memory.
#[cfg(target_os = "linux")]
struct Small(tempfile::TempDir);

#[cfg(target_os = "linux")]
impl Small {
    fn new(size: &str) -> Option<Small> {
        let folder = folder();
        let options = format!("size={size}");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder.path());
        let mounted = mount.stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        mounted.then_some(Small(folder))
    }
}

#[cfg(target_os = "linux")]
impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full() {
    let folder = folder();
    let input = folder.path().join("large.pcap");
    std::fs::write(&input, repeated("http.pcap", 2000)).expect("a file");
    for name in ["a.json", "a.plist", "a.ndjson", "a.pcap", "a.pcapng", "a.json.gz"] {
        let Some(small) = Small::new("700k") else {
            return skipped("a full disk: mounting a tmpfs needs root");
        };
        let path = small.0.path().join(name);
        let ran = run_with("extract", &[input.as_path(), "-o".as_ref(), &path]);
        let said = ran.refused();
        let expected = format!("wirelens: {}: cannot be written: No space left", path.display());
        assert!(said.starts_with(&expected), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        let bytes = std::fs::read(&path).expect("a report");
        match name {
            "a.json" | "a.plist" => assert!(frames_of(&name[2..], &bytes) > 100, "{name}"),
            "a.ndjson" => assert!(lines(&bytes).len() > 100),
            "a.json.gz" => {
                let mut whole = Vec::new();
                let mut decoder = flate2::read::MultiGzDecoder::new(&bytes[..]);
                std::io::Read::read_to_end(&mut decoder, &mut whole).expect("whole");
                frames_of("json", &whole);
            }
            _ => {
                assert!(count(&path) > 100);
                run_with("extract -f ndjson", &[&path]).quietly();
            }
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_on_a_disk_that_is_full() {
    let Some(small) = Small::new("64k") else {
        return skipped("a full disk: mounting a tmpfs needs root");
    };
    let path = small.0.path().join("out");
    let said = run_with("extract -F http.pcap -o", &[&path]).refused();
    assert!(said.contains("cannot be written: No space left"), "{said}");
    for name in names(&path) {
        json(&std::fs::read(path.join(name)).expect("a file"));
    }
}
