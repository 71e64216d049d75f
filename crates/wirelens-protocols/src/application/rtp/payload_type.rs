//! Payload types: RFC 3551 section 6, <https://www.iana.org/assignments/rtp-parameters>.

use std::io::Write;

use wirelens_dissect::Names;

/// Those that are not for sessions to assign.
pub(super) static STATIC: Names = &[
    (0, "ITU-T G.711 PCMU"),
    (1, "USA Federal Standard FS-1016"),
    (2, "ITU-T G.721"),
    (3, "GSM 06.10"),
    (4, "ITU-T G.723"),
    (5, "DVI4 8000 samples/s"),
    (6, "DVI4 16000 samples/s"),
    (7, "Experimental linear predictive encoding from Xerox PARC"),
    (8, "ITU-T G.711 PCMA"),
    (9, "ITU-T G.722"),
    (10, "16-bit uncompressed audio, stereo"),
    (11, "16-bit uncompressed audio, monaural"),
    (12, "Qualcomm Code Excited Linear Predictive coding"),
    (13, "Comfort noise"),
    (14, "MPEG-I/II Audio"),
    (15, "ITU-T G.728"),
    (16, "DVI4 11025 samples/s"),
    (17, "DVI4 22050 samples/s"),
    (18, "ITU-T G.729"),
    (19, "Comfort noise (old)"),
    (25, "Sun CellB video encoding"),
    (26, "JPEG-compressed video"),
    (28, "nv"),
    (31, "ITU-T H.261"),
    (32, "MPEG-I/II Video"),
    (33, "MPEG-II transport streams"),
    (34, "ITU-T H.263"),
    (72, "Reserved for RTCP conflict avoidance"),
    (73, "Reserved for RTCP conflict avoidance"),
    (74, "Reserved for RTCP conflict avoidance"),
    (75, "Reserved for RTCP conflict avoidance"),
    (76, "Reserved for RTCP conflict avoidance"),
];

/// Is it one of those?
pub(super) fn has_name(number: u8) -> bool {
    STATIC.binary_search_by_key(&u64::from(number), |known| known.0).is_ok()
}

/// Appends the name of a payload type as a description lists it.
pub(crate) fn write_name(number: u8, out: &mut Vec<u8>) {
    let found = STATIC.binary_search_by_key(&u64::from(number), |known| known.0);
    // Writing to a vector cannot fail.
    let _ = match (found, number) {
        (Ok(at), _) => write!(out, "{}", STATIC[at].1),
        (_, 96..) => write!(out, "DynamicRTP-Type-{number}"),
        _ => write!(out, "Unassigned"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_a_name() {
        assert!(STATIC.is_sorted_by_key(|known| known.0));
        let name = |number| {
            let mut name = Vec::new();
            write_name(number, &mut name);
            String::from_utf8(name).expect("a name is text")
        };
        assert_eq!(name(0), "ITU-T G.711 PCMU");
        assert_eq!(name(96), "DynamicRTP-Type-96");
        assert_eq!(name(50), "Unassigned");
    }
}
