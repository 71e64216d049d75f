//! Bytes as hexadecimal digits, in text that a walk makes.

use std::io::Write;

use md5::{Digest, Md5};

/// Appends two digits for each byte.
pub(crate) fn hexadecimal(out: &mut Vec<u8>, bytes: &[u8]) {
    for byte in bytes {
        // Writing to a vector cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
}

/// Appends the MD5 of what `write` appends.
pub(crate) fn md5(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let from = out.len();
    write(out);
    let digest = Md5::digest(&out[from..]);
    out.truncate(from);
    hexadecimal(out, &digest);
}
