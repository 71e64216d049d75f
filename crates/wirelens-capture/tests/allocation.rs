//! Reading allocates nothing per frame: counted, not claimed.

use std::io::Cursor;

use wirelens_capture::Capture;

fn allocations(frames: u32, pcapng: bool) -> u64 {
    let number = |number: u32| number.to_le_bytes();
    let mut file = Vec::new();
    let data = [0x5a; 60];
    if pcapng {
        file.extend([0x0a0d_0d0a, 28, 0x1a2b_3c4d, 1, u32::MAX, u32::MAX, 28].map(number).concat());
        file.extend([1, 20, 1, 0, 20].map(number).concat());
    } else {
        file.extend([0xa1b2_c3d4, 0x0004_0002, 0, 0, 262_144, 1].map(number).concat());
    }
    for frame in 0..frames {
        if pcapng {
            // One comment a frame, which is looked at below.
            file.extend([6, 104, 0, 0, frame, 60, 60].map(number).concat());
            file.extend(data);
            file.extend([0x0004_0001, u32::from_le_bytes(*b"note"), 0, 104].map(number).concat());
        } else {
            file.extend([frame, 0, 60, 60].map(number).concat());
            file.extend(data);
        }
    }
    let reader = Cursor::new(file);
    let counted = allocation_counter::measure(|| {
        let mut capture = Capture::from_reader(reader).expect("opens");
        let mut seen = 0;
        while let Some(frame) = capture.next_frame().expect("reads") {
            seen += 1;
            assert_eq!(frame.comments().count(), usize::from(pcapng));
        }
        assert_eq!(seen, frames);
    });
    counted.count_total
}

#[test]
fn many_frames_allocate_no_more_than_few() {
    for pcapng in [false, true] {
        assert_eq!(allocations(20, pcapng), allocations(50_000, pcapng));
    }
}
