//! What a file that is not a capture looks like, so that the message can say it.

/// First bytes and what has them.
const MAGICS: &[(&[u8], &str)] = &[
    (b"GMBU", "a Microsoft Network Monitor 2 capture"),
    (b"RTSS", "a Microsoft Network Monitor 1 capture"),
    (b"XCP\0", "a NetXRay or Windows Sniffer capture"),
    (b"VL\0\0", "an old NetXRay capture"),
    (b"TRSNIFF data", "a DOS Sniffer capture"),
    (b"btsnoop\0", "a Bluetooth btsnoop log"),
    (b"iptrace 1.0", "an AIX iptrace 1.0 capture"),
    (b"iptrace 2.0", "an AIX iptrace 2.0 capture"),
    (b"\x7fver", "an EtherPeek, AiroPeek or OmniPeek capture"),
    (b"ViSnap\0", "a Visual Networks capture"),
    (b"\xaa\xaa\xaa\xaa", "an InfoVista 5View capture"),
    (b"ObserverPktBuf", "a Network Instruments Observer capture"),
    (b"\x7fELF", "an ELF program or library"),
    (b"MZ", "a Windows program"),
    (b"\xfe\xed\xfa\xcf", "a macOS program"),
    (b"\xcf\xfa\xed\xfe", "a macOS program"),
    (b"PK\x03\x04", "a zip archive (unpack it first)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive (unpack it first)"),
    (b"Rar!", "a RAR archive (unpack it first)"),
    (b"BZh", "bzip2 data (decompress it first)"),
    (b"\x1f\x9d", "compress data (decompress it first)"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"SQLite format 3", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"<?xml", "an XML document"),
    (b"{", "text, perhaps JSON"),
];

/// What a file with these first bytes looks like.
pub(crate) fn looks_like(start: &[u8]) -> &'static str {
    if start.is_empty() {
        return "an empty file";
    }
    if let Some((_, name)) = MAGICS.iter().find(|(magic, _)| start.starts_with(magic)) {
        return name;
    }
    if start.get(257..262) == Some(b"ustar") {
        return "a tar archive (unpack it first)";
    }
    let start = start.get(..start.len().min(512)).unwrap_or(start);
    let text =
        start.iter().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7e | 0x80..));
    if text {
        "text"
    } else if start.iter().all(|byte| *byte == 0) {
        "nothing but zeros"
    } else {
        "data of no known kind"
    }
}

#[cfg(test)]
mod tests {
    use super::looks_like;

    #[test]
    fn common_mistakes_have_names() {
        assert_eq!(looks_like(b""), "an empty file");
        assert_eq!(looks_like(b"\x7fELF\x02"), "an ELF program or library");
        assert_eq!(looks_like(b"hello, world\n"), "text");
        assert_eq!(looks_like(&[0; 64]), "nothing but zeros");
        assert_eq!(looks_like(&[1, 2, 3]), "data of no known kind");
        assert!(looks_like(b"GMBU\x00\x02").contains("Network Monitor"));
    }
}
