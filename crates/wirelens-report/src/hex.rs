//! Bytes in hexadecimal and as text.

use wirelens_dissect::Dissection;

use crate::Line;

/// Bytes in a row.
const ROW: usize = 16;

/// Writes the frame's bytes, then those of the buffers that were made from them, each under its
/// number.
pub fn write_hex_dump(line: &mut Line, frame: &Dissection<'_>) {
    write_hex(line, frame.buffer(0));
    for buffer in 1..frame.buffer_count() {
        let bytes = frame.buffer(buffer as u8);
        line.room(64);
        line.all(b"Buffer ");
        line.number(buffer as u64);
        line.all(b" (");
        line.number(bytes.len() as u64);
        line.all(b" bytes)\n");
        write_hex(line, bytes);
    }
}

/// Writes rows of sixteen bytes: the offset, the bytes in hexadecimal, and as far as they are
/// ASCII that can be seen, as text.
pub fn write_hex(line: &mut Line, bytes: &[u8]) {
    for (row, bytes) in bytes.chunks(ROW).enumerate() {
        line.room(96);
        let offset = (row * ROW) as u32;
        for byte in offset.to_be_bytes().into_iter().skip(if offset > 0xffff { 0 } else { 2 }) {
            line.hex(byte);
        }
        line.put(b' ');
        for at in 0..ROW {
            line.all(if at == ROW / 2 { b"  " } else { b" " });
            match bytes.get(at) {
                Some(&byte) => line.hex(byte),
                None => line.all(b"  "),
            }
        }
        line.all(b"  ");
        for &byte in bytes {
            line.put(if byte.is_ascii_graphic() || byte == b' ' { byte } else { b'.' });
        }
        line.put(b'\n');
    }
}
