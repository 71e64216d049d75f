//! Several threads write what one does.

use crate::helper::*;

/// The captures one behind the other, often enough that there are more batches than threads.
fn long_stream() -> Vec<u8> {
    let mut names = all_captures();
    names.retain(|name| !name.contains('/') && name != "damaged.pcap");
    let all: Vec<_> = names.iter().flat_map(|name| [name.as_str(); 8]).collect();
    run_with("extract -f pcapng -o -", &all).quietly()
}

#[test]
fn the_same_bytes_in_every_format() {
    let stream = long_stream();
    let formats =
        ["json", "ndjson", "plist", "tree", "detail", "text", "csv --fields ip.src,tcp.len"];
    for format in formats {
        let alone = run_fed(&format!("extract -f {format} --threads 1 -"), &stream).quietly();
        assert!(!alone.is_empty());
        for threads in [2, 3, 8] {
            let arguments = format!("extract -f {format} --threads {threads} -");
            let together = run_fed(&arguments, &stream).quietly();
            assert!(together == alone, "{format} with {threads} threads");
        }
    }
}

#[test]
fn times_go_on_where_another_thread_left_off() {
    let stream = long_stream();
    for time in ["relative", "delta", "absolute"] {
        let alone = run_fed(&format!("show --time {time} --threads 1 -"), &stream).quietly();
        let together = run_fed(&format!("show --time {time} --threads 3 -"), &stream).quietly();
        assert!(together == alone, "{time}");
    }
}

#[test]
fn one_file_of_every_kind() {
    for name in all_captures() {
        let alone = run(&format!("extract -f json --threads 1 {name}"));
        let together = run(&format!("extract -f json --threads 4 {name}"));
        assert_eq!((together.code, &together.err), (alone.code, &alone.err), "{name}");
        assert!(together.out == alone.out, "{name}");
    }
}

#[test]
fn what_could_be_read_is_stored() {
    let mut stream = long_stream();
    stream.truncate(stream.len() / 2 + 3);
    let alone = run_fed("extract -f json --threads 1 -", &stream);
    let together = run_fed("extract -f json --threads 3 -", &stream);
    assert!(alone.err.contains("warning"), "{}", alone.err);
    assert_eq!((together.code, together.err), (alone.code, alone.err));
    assert!(together.out == alone.out);
}

#[cfg(target_os = "linux")]
#[test]
fn a_device_that_is_full_ends_all_threads() {
    let ran = run_fed("extract -f ndjson --threads 4 -o /dev/full -", &long_stream());
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("/dev/full"), "{}", ran.err);
}
