//! Lines of what another program says.

use std::io::{self, BufRead};

use super::tshark::PdmlError;

/// Appends a line with its end, if no more than `most` bytes are held then; false if there is none.
pub(super) fn append_line(
    input: &mut impl BufRead,
    held: &mut Vec<u8>,
    most: usize,
) -> Result<bool, PdmlError> {
    let from = held.len();
    loop {
        let some = match input.fill_buf() {
            Ok(some) => some,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        let end = memchr::memchr(b'\n', some).map(|at| at + 1);
        let length = end.unwrap_or(some.len());
        held.extend_from_slice(some.get(..length).unwrap_or_default());
        input.consume(length);
        if held.len() > most {
            return Err(PdmlError::TooLong);
        }
        if end.is_some() || length == 0 {
            return Ok(held.len() > from);
        }
    }
}
