//! Bytes and numbers as digits, in text that a walk makes. Fingerprints and certificates have
//! dozens of each, which `write!` takes five times as long for.

use md5::{Digest, Md5};

/// Appends two digits for each byte.
pub(crate) fn hexadecimal(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        out.extend([DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
}

/// Appends a number.
pub(crate) fn decimal(out: &mut Vec<u8>, number: u64) {
    let (mut digits, mut at, mut rest) = ([0; 20], 20, number);
    while at > 0 {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// Appends the MD5 of what `write` appends.
pub(crate) fn md5(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let from = out.len();
    write(out);
    let digest = Md5::digest(&out[from..]);
    out.truncate(from);
    hexadecimal(out, &digest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_write() {
        for number in [0, 9, 10, 65_535, 1_234_567_890, u64::MAX] {
            let mut out = Vec::new();
            decimal(&mut out, number);
            assert_eq!(out, number.to_string().as_bytes());
        }
        let mut out = Vec::new();
        hexadecimal(&mut out, &[0, 0x0f, 0xa5, 0xff]);
        assert_eq!(out, b"000fa5ff");
    }
}
