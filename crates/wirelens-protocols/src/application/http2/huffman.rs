//! The Huffman code of HPACK, RFC 7541 section 5.2 and appendix B.
//!
//! Codes of one length follow each other in the order of their symbols, and longer ones follow
//! shorter ones: their lengths say all.

/// How many bits the code of each byte has; the last is that of EOS.
#[rustfmt::skip]
static LENGTHS: [u8; 257] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
    28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
    5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
    13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
    6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
    24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
    21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
    19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
    26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
    30,
];

const LONGEST: usize = 30;
const EOS: u16 = 256;

struct Code {
    /// The first code of the next length, its highest bit on top, by length.
    limits: [u64; LONGEST + 1],
    /// The number of symbols with a shorter code, less the first code of this length.
    offsets: [i64; LONGEST + 1],
    /// In the order of their codes.
    symbols: [u16; 257],
}

static CODE: Code = {
    let mut code = Code { limits: [0; 31], offsets: [0; 31], symbols: [0; 257] };
    let (mut length, mut next, mut count) = (1, 0u64, 0);
    while length <= LONGEST {
        next <<= 1;
        code.offsets[length] = count as i64 - next as i64;
        let mut symbol = 0;
        while symbol < LENGTHS.len() {
            if LENGTHS[symbol] as usize == length {
                code.symbols[count] = symbol as u16;
                count += 1;
                next += 1;
            }
            symbol += 1;
        }
        code.limits[length] = next << (32 - length);
        length += 1;
    }
    code
};

/// Appends what `coded` stands for. False if it cannot be: EOS within it, padding of more than
/// seven bits or of others than the first of EOS.
pub(super) fn decode(coded: &[u8], text: &mut Vec<u8>) -> bool {
    let (mut bits, mut count) = (0u64, 0usize);
    let mut coming = coded.iter();
    loop {
        while count <= 32
            && let Some(&byte) = coming.next()
        {
            bits = bits << 8 | u64::from(byte);
            count += 8;
        }
        if count == 0 {
            return true;
        }
        // What is missing is as if it were padding.
        let window = match count {
            0..32 => (bits << (32 - count)) | ((1 << (32 - count)) - 1),
            _ => bits >> (count - 32),
        } & 0xffff_ffff;
        let found = (5..=LONGEST).find(|&length| window < CODE.limits[length]);
        let symbol = found.and_then(|length| {
            let at = (window >> (32 - length)) as i64 + CODE.offsets[length];
            let symbol = CODE.symbols.get(usize::try_from(at).ok()?)?;
            (length <= count).then_some((length, *symbol))
        });
        match symbol {
            Some((_, EOS)) => return false,
            Some((length, symbol)) => {
                text.push(symbol as u8);
                count -= length;
                bits &= (1 << count) - 1;
            }
            None => return count < 8 && bits == (1 << count) - 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::hex;

    fn decoded(digits: &str) -> Option<String> {
        let mut text = Vec::new();
        decode(&hex(digits), &mut text).then(|| String::from_utf8_lossy(&text).into_owned())
    }

    /// RFC 7541 sections C.4 and C.6.
    #[test]
    fn examples_of_the_rfc() {
        let is = |digits, text: &str| assert_eq!(decoded(digits).as_deref(), Some(text));
        is("f1e3c2e5f23a6ba0ab90f4ff", "www.example.com");
        is("a8eb10649cbf", "no-cache");
        is("25a849e95bb8e8b4bf", "custom-value");
        is("d07abe941054d444a8200595040b8166e082a62d1bff", "Mon, 21 Oct 2013 20:13:21 GMT");
        is("", "");
    }

    #[test]
    fn what_is_no_code() {
        assert_eq!(decoded("ff"), None, "eight bits of padding");
        assert_eq!(decoded("a8eb10649cbe"), None, "padding of other bits");
        assert_eq!(decoded("fffffffc"), None, "EOS");
        assert_eq!(decoded("ffffffffff"), None, "EOS and more");
    }

    /// The rarest codes are 30 bits long.
    #[test]
    fn the_longest() {
        assert_eq!(decoded("fffffff3"), Some("\n".into()));
    }
}
