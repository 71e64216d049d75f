//! Text for a terminal: bytes from the wire never reach one unescaped.

use crate::Line;

/// Writes text so that it cannot move a cursor, set a colour or turn the direction of writing:
/// control characters become `\n`, `\t`, `\r`, `\x1b`, what is not UTF-8 `\xff`, and the
/// backslash itself `\\`.
pub fn write_safe(line: &mut Line, text: &[u8]) {
    line.room(text.len() + 4);
    if text.iter().all(|&byte| (0x20..0x7f).contains(&byte) && byte != b'\\') {
        return line.all(text);
    }
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            line.room(12);
            match c {
                '\\' => line.all(b"\\\\"),
                '\n' => line.all(b"\\n"),
                '\r' => line.all(b"\\r"),
                '\t' => line.all(b"\\t"),
                '\0'..'\x20' | '\x7f' => byte(line, c as u8),
                _ if is_unseen(c) => {
                    line.all(b"\\u{");
                    for digit in format!("{:x}", c as u32).bytes() {
                        line.put(digit);
                    }
                    line.put(b'}');
                }
                _ => line.all(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        line.room(12);
        for &b in chunk.invalid() {
            byte(line, b);
        }
    }
}

fn byte(line: &mut Line, byte: u8) {
    line.all(b"\\x");
    line.hex(byte);
}

/// Control characters, those that change the direction of writing, and those that join invisibly;
/// all are below U+10000.
pub(crate) fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_moves_the_cursor() {
        let mut line = Line::new();
        write_safe(&mut line, b"a\x1b[31m\\\n\xff\xc2\x9b\xe2\x80\xae\xc3\xa9");
        let shown = String::from_utf8(line.written().to_vec()).expect("text");
        assert_eq!(shown, "a\\x1b[31m\\\\\\n\\xff\\u{9b}\\u{202e}é");
    }
}
