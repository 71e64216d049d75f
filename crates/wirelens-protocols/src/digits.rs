//! Digits in text that a walk makes, written by hand: `write!` for the fingerprints of TLS took 4 % of
//! all instructions of a pass that records every field.

use md5::{Digest, Md5};

/// Appends two digits for each byte.
pub(crate) fn hexadecimal(out: &mut Vec<u8>, bytes: &[u8]) {
    let digit = |number: u8| b"0123456789abcdef"[usize::from(number & 15)];
    bytes.iter().for_each(|byte| out.extend([digit(byte >> 4), digit(*byte)]));
}

/// Appends a number as people write it.
pub(crate) fn decimal(out: &mut Vec<u8>, mut number: u16) {
    let (mut digits, mut at) = ([0; 5], 5);
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return out.extend_from_slice(&digits[at..]);
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_the_standard_library() {
        for number in [0, 7, 10, 99, 1000, 65_535] {
            let mut out = Vec::new();
            decimal(&mut out, number);
            hexadecimal(&mut out, &number.to_be_bytes());
            assert_eq!(out, format!("{number}{number:04x}").as_bytes());
        }
    }
}
