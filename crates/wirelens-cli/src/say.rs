//! Lines on standard error.

use std::fmt::Arguments;
use std::io::Write;

/// Prints a line, without what a terminal would obey: file names come from outside. That nobody
/// reads it is no reason to stop.
pub(crate) fn say(text: Arguments<'_>) {
    let mut line = String::new();
    for c in text.to_string().chars() {
        if c.is_control() && c != '\n' {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
    }
    line.push('\n');
    let _ = std::io::stderr().write_all(line.as_bytes());
}
