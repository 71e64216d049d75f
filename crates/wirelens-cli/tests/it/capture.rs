//! `wirelens capture`, between hosts of the tests' own.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::process::Signal;
use wirelens::capture::{Capture, Content, Record};

use crate::helper::*;
use crate::hosts::*;

/// The files of a folder, in the order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
    names(folder).iter().map(|name| folder.join(name)).collect()
}

/// Waits until a file has so many frames that can be read.
fn holds(path: &Path, frames: usize) {
    eventually("the frames are in the file", || {
        let mut capture = Capture::open(path).ok()?;
        let mut count = 0;
        while capture.next_frame().ok()?.is_some() {
            count += 1;
        }
        (count >= frames).then_some(())
    });
}

/// What the statistics of a file say: received, dropped by the system, delivered.
fn counted(path: &Path) -> Option<(u64, u64, u64)> {
    let mut capture = Capture::open(path).expect("a capture");
    while let Some(record) = capture.next_record().expect("whole") {
        if let Record::Block(block) = record
            && let Content::Statistics(statistics) = block.content()
        {
            let (start, end) = (statistics.start()?, statistics.end()?);
            assert!(start < end && end <= statistics.time());
            let dropped = statistics.system_dropped()?;
            return Some((statistics.received()?, dropped, statistics.delivered()?));
        }
    }
    None
}

#[test]
fn a_line_for_each_frame_as_it_comes() {
    let Some(hosts) = Hosts::new() else { return };
    for backend in ["libpcap", "packet"] {
        let mut running = hosts.a.start(&format!("capture -i veth0 --backend {backend} -t none"));
        for number in 1..4 {
            hosts.b.send([numbered(number)]);
            let line = running.shown("\n");
            assert!(line.contains("02:00:00:00:00:0b"), "{line}");
        }
        let (code, out, err) = running.interrupt();
        assert_eq!((code, out.as_str()), (Some(0), ""), "{err}");
        assert!(err.starts_with("listening on veth0, link-type "), "{err}");
        assert!(
            err.ends_with(
                "3 packets captured\n3 packets received by filter\n0 packets dropped by kernel\n\
                 0 packets dropped by interface\n"
            ),
            "{err}"
        );
    }
}

#[test]
fn signals_end_files_properly() {
    let Some(hosts) = Hosts::new() else { return };
    let folder = folder();
    for (name, sent) in [("a.pcapng", Signal::INT), ("a.pcap", Signal::TERM)] {
        let path = folder.path().join(name);
        let running = hosts.a.start_with("capture -i veth0 -w", &[&path]);
        hosts.b.send((1..=50).map(numbered));
        running.signal(sent);
        let (code, _, err) = running.end();
        assert_eq!(code, Some(0), "{err}");
        assert!(err.contains("50 packets captured\n50 packets received"), "{err}");
        assert_eq!(numbers(&[&path]), (1..=50).collect::<Vec<_>>());
        if name == "a.pcapng" {
            assert_eq!(counted(&path), Some((50, 0, 50)));
        }
    }
}

#[test]
fn the_end_of_the_terminal_ends_files_properly_unless_it_is_to_be_ignored() {
    let Some(hosts) = Hosts::new() else { return };
    let folder = folder();
    for (how, last) in [("default", 3), ("ignore", 5)] {
        let path = folder.path().join(how);
        let running = hosts.a.start_with_hangup(how, "capture -i veth0 --immediate -w", &[&path]);
        hosts.b.send((1..=3).map(numbered));
        running.signal(Signal::HUP);
        let (code, _, err) = if how == "ignore" {
            hosts.b.send((4..=5).map(numbered));
            running.interrupt()
        } else {
            running.end()
        };
        assert_eq!(code, Some(0), "{err}");
        assert_eq!(numbers(&[&path]), (1..=last).collect::<Vec<_>>());
    }
}

#[test]
fn a_program_is_run_on_each_complete_file() {
    let Some(hosts) = Hosts::new() else { return };
    let folder = folder();
    let path = folder.path().join("out.pcap");
    let running = hosts.a.start_with("capture -i veth0 --rotate-count 40 -z gzip -w", &[&path]);
    hosts.b.send((1..=100).map(numbered));
    // Files are packed while it goes on.
    let packed = |number| {
        let packed = |name: &&String| name.ends_with(".pcap.gz");
        eventually("files are packed", || {
            (names(folder.path()).iter().filter(packed).count() == number).then_some(())
        });
    };
    packed(2);
    let (code, _, err) = running.interrupt();
    assert_eq!(code, Some(0), "{err}");
    packed(3);
    let files = files(folder.path());
    assert_eq!(files.iter().map(count).collect::<Vec<_>>(), [40, 40, 20], "{files:?}");
    assert_eq!(numbers(&files), (1..=100).collect::<Vec<_>>());
    // One that fails is told, and costs no frame. It is looked after when the next file is complete,
    // and has the lowest priority: on a busy machine it may not have ended by the eighth.
    let path = folder.path().join("other.pcap");
    eventually("a failure is told", || {
        let running = hosts.a.start_with("capture -i veth0 --rotate-count 1 -z false -w", &[&path]);
        (1..=8).for_each(|number| hosts.b.send([numbered(number)]));
        let (code, _, err) = running.interrupt();
        assert_eq!(code, Some(0), "{err}");
        assert!(err.contains("8 packets captured"), "{err}");
        err.contains("warning: false failed: exit status: 1").then_some(())
    });
}

#[test]
fn a_program_that_is_not_there_is_refused_at_once() {
    for (arguments, said) in [
        ("capture -i lo -w out.pcap -z no-such-program", "no-such-program: no such program"),
        ("capture -i lo -w out.pcap -z ./no/such", "./no/such: no such program"),
        ("capture -i lo -w - -z gzip", "no file that a program could be run on"),
    ] {
        assert!(run(arguments).refused().contains(said), "{arguments}");
    }
}

#[test]
fn what_was_written_survives_a_kill() {
    let Some(hosts) = Hosts::new() else { return };
    let folder = folder();
    for name in ["a.pcapng", "a.pcap"] {
        // By the signal, and by the time.
        for (flush, signal) in [("1h", true), ("50ms", false)] {
            let path = folder.path().join(name);
            let arguments = format!("capture -i veth0 --flush {flush} --immediate -w");
            let mut running = hosts.a.start_with(&arguments, &[&path]);
            holds(&path, 0);
            hosts.b.send((1..=3).map(numbered));
            if signal {
                // What was captured is said when it is asked for.
                eventually("all are captured", || {
                    running.signal(Signal::USR1);
                    running.said("captured").starts_with("3 packets").then_some(())
                });
                assert!(numbers(&[&path]).is_empty(), "it waits");
                running.signal(Signal::USR2);
            }
            holds(&path, 3);
            running.signal(Signal::KILL);
            assert_eq!(running.end().0, None);
            assert_eq!(numbers(&[&path]), [1, 2, 3]);
        }
    }
}

#[test]
fn files_follow_each_other() {
    let Some(hosts) = Hosts::new() else { return };
    for (arguments, counts, last) in [
        ("--rotate-count 40", vec![40, 40, 20], 100),
        ("-C 4000B -c 90", vec![52, 38], 90),
        ("--rotate-count 30 -W 2 -v", vec![30, 10], 100),
        ("-G 1h", vec![100], 100),
    ] {
        let folder = folder();
        let path = folder.path().join("new/out.pcap");
        let running = hosts.a.start_with(&format!("capture -i veth0 {arguments} -w"), &[&path]);
        hosts.b.send((1..=100).map(numbered));
        let (code, _, err) = if last < 100 { running.end() } else { running.interrupt() };
        assert_eq!(code, Some(0), "{err}");
        let files = files(&folder.path().join("new"));
        let each: Vec<usize> = files.iter().map(count).collect();
        assert_eq!(each, counts, "{arguments}: {files:?}");
        let kept = counts.iter().sum::<usize>() as u32;
        assert_eq!(numbers(&files), (last - kept + 1..=last).collect::<Vec<_>>());
        assert_eq!(err.matches(" is complete").count(), if kept < last { 4 } else { 0 }, "{err}");
    }
}

#[test]
fn the_user_names_files_by_the_time() {
    let Some(hosts) = Hosts::new() else { return };
    let folder = folder();
    let path = folder.path().join("%Y/x-%j.pcapng");
    let running = hosts.a.start_with("capture -i veth0 --rotate-count 2 -w", &[&path]);
    hosts.b.send((1..=4).map(numbered));
    assert_eq!(running.interrupt().0, Some(0));
    let years = files(folder.path());
    let names = names(&years[0]);
    assert!(names[0].starts_with("x-") && names[0].ends_with(".pcapng"), "{names:?}");
    assert!(names[1].ends_with("_00002.pcapng"), "{names:?}");
}

#[test]
fn it_ends_by_itself() {
    let Some(hosts) = Hosts::new() else { return };
    let folder = folder();
    let path = folder.path().join("a.pcapng");
    let running = hosts.a.start_with("capture -i veth0 --duration 300ms -w", &[&path]);
    assert_eq!(running.end().0, Some(0));
    assert_eq!(count(&path), 0);
    let running = hosts.a.start_with("capture -i veth0 --stop-size 3000B --flush 0 -w", &[&path]);
    // It ends while more come.
    hosts.b.send((1..=400).map(numbered));
    assert_eq!(running.end().0, Some(0));
    let length = std::fs::metadata(&path).expect("a file").len();
    assert!(length >= 3000, "{length}");
    let running = hosts.a.start("capture -i veth0 -c 2 -f ndjson");
    hosts.b.send((1..=9).map(numbered));
    let (code, out, err) = running.end();
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(lines(out.as_bytes()).len(), 2);
    assert!(err.contains("2 packets captured\n"), "{err}");
}

#[test]
fn a_filter_chooses_frames_and_a_wrong_one_is_refused() {
    let Some(hosts) = Hosts::new() else { return };
    let folder = folder();
    let path = folder.path().join("a.pcapng");
    let more = [path.as_os_str(), "ether proto 0x88b6".as_ref(), "and greater 60".as_ref()];
    let running = hosts.a.start_with("capture -i veth0 -w", &more);
    hosts.b.send((1..=20).map(|number| of_type(0x88b5 + (number & 1) as u16, number)));
    let (code, _, err) = running.interrupt();
    assert_eq!(code, Some(0));
    assert!(err.contains("10 packets captured\n10 packets received by filter\n"), "{err}");
    assert_eq!(numbers(&[&path]), (1..=20).filter(|number| number & 1 == 1).collect::<Vec<_>>());
    let mut capture = Capture::open(&path).expect("a capture");
    capture.next_frame().expect("a frame");
    let filter = capture.interfaces()[0].filter().map(<[u8]>::to_vec);
    assert_eq!(filter.as_deref(), Some(&b"ether proto 0x88b6 and greater 60"[..]));

    let new = folder.path().join("new.pcapng");
    let mut command = hosts.a.program("capture -i veth0 -w");
    command.arg(&new).arg("tcp and and");
    let said = finish(piped(command)).refused();
    assert!(said.contains("tcp and and") && said.contains("syntax error"), "{said}");
    assert!(!said.contains("listening"), "{said}");
    assert!(!new.exists());
}

#[test]
fn dropped_frames_are_told_at_once_and_counted_in_the_file() {
    let Some(hosts) = Hosts::new() else { return };
    let folder = folder();
    let fifo = crate::live::fifo(folder.path());
    // Nobody reads the pipe at first: the program waits, and the kernel's buffer runs over.
    let holding = std::fs::File::options().read(true).write(true).open(&fifo).expect("a pipe");
    let mut running = hosts.a.start_with("capture -i veth0 -B 128 --immediate -w", &[&fifo]);
    let reader = std::fs::File::open(&fifo).expect("a pipe");
    hosts.b.send((1..=20_000).map(numbered));
    drop(holding);
    let copy = folder.path().join("copy.pcapng");
    let to = copy.clone();
    let reading = std::thread::spawn(move || {
        std::io::copy(&mut &reader, &mut std::fs::File::create(to).expect("a file")).expect("read");
    });
    let warning = running.said("dropped for want of room");
    assert!(warning.starts_with("wirelens: warning: veth0: "), "{warning}");
    // A frame behind those that were dropped tells how many they were.
    hosts.b.send([numbered(7000)]);
    let (code, _, err) = running.interrupt();
    assert_eq!(code, Some(0), "{err}");
    reading.join().expect("read");
    let (received, dropped, delivered) = counted(&copy).expect("statistics");
    assert!(dropped > 0);
    assert_eq!((received, received - dropped), (20_001, delivered));
    assert!(err.contains(&format!("{dropped} packets dropped by kernel\n")), "{err}");
    let mut capture = Capture::open(&copy).expect("a capture");
    let (mut lost, mut frames) = (0, 0);
    while let Some(frame) = capture.next_frame().expect("whole") {
        lost += frame.drop_count().unwrap_or(0);
        frames += 1;
    }
    assert_eq!((lost, frames), (dropped, delivered));
}

#[test]
fn root_is_given_up_once_devices_are_open() {
    let Some(hosts) = Hosts::new() else { return };
    let folder = folder();
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o777)).expect("mine");
    let path = folder.path().join("a.pcapng");
    let running = hosts.a.start_with("capture -i veth0 -Z nobody --flush 0 -w", &[&path]);
    hosts.b.send((1..=5).map(numbered));
    holds(&path, 5);
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.id())).expect("proc");
    let line = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).expect("a line");
        line.split_whitespace().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let owner = std::fs::metadata(&path).expect("a file").uid();
    assert_ne!(owner, 0);
    assert_eq!(line("Uid:"), vec![owner.to_string(); 4]);
    assert_eq!(line("CapEff:"), ["0000000000000000"]);
    let (code, _, err) = running.interrupt();
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("5 packets captured\n"), "{err}");
    assert_eq!(numbers(&[&path]), [1, 2, 3, 4, 5]);
    let said = hosts.a.run("capture -i veth0 --user nobody-of-that-name").refused();
    assert!(said.contains("no user 'nobody-of-that-name'"), "{said}");
}

#[test]
fn without_permission_it_says_what_is_missing() {
    use std::os::unix::process::CommandExt;
    if !rustix::process::geteuid().is_root() {
        return skipped("to be another user, be root");
    }
    let folder = folder();
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).expect("mine");
    let copy = folder.path().join("wirelens");
    // By another process: what one of this process is writing, another's child may still hold open
    // when it is to be run.
    let mut copying = std::process::Command::new("cp");
    let copied = copying.arg(env!("CARGO_BIN_EXE_wirelens")).arg(&copy).status();
    assert!(copied.is_ok_and(|status| status.success()), "room");
    for backend in ["libpcap", "packet"] {
        let mut command = std::process::Command::new(&copy);
        command.args(["capture", "-i", "lo", "--backend", backend]).uid(65_534).gid(65_534);
        let ran = finish(piped(command));
        assert_eq!(ran.code, Some(2));
        for what in ["CAP_NET_RAW", "sudo setcap cap_net_raw", &copy.display().to_string()] {
            assert!(ran.err.contains(what), "{what}: {}", ran.err);
        }
    }
}

/// A disk of 16 KiB, taken away when dropped.
struct Mounted(PathBuf);

impl Mounted {
    fn on(folder: &Path) -> Option<Mounted> {
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=16k", "tmpfs"]).arg(folder);
        if mount.status().is_ok_and(|status| status.success()) {
            return Some(Mounted(folder.to_owned()));
        }
        skipped("a small disk needs a tmpfs, which may not be mounted here");
        None
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_file_that_cannot_be_written_ends_it_and_what_was_saved_is_whole() {
    let Some(hosts) = Hosts::new() else { return };
    let folder = folder();
    let Some(_mounted) = Mounted::on(folder.path()) else { return };
    let path = folder.path().join("a.pcapng");
    let running = hosts.a.start_with("capture -i veth0 --flush 0 --immediate -w", &[&path]);
    hosts.b.send((1..=1000).map(numbered));
    let (code, _, err) = running.end();
    let saved = numbers(&[&path]);
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("a.pcapng: cannot be written: No space left on device"), "{err}");
    assert!(err.contains(" packets captured\n"), "{err}");
    assert!(saved.len() > 100, "{}", saved.len());
    assert_eq!(saved, (1..=saved.len() as u32).collect::<Vec<_>>());
    let said = hosts.a.run("capture -i veth0 -w /proc/no/such.pcapng").err;
    assert!(said.contains("/proc/no/such.pcapng: cannot be written"), "{said}");
}
