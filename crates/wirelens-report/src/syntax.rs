//! What a notation for objects and arrays must be able to write.

use wirelens_dissect::{Dissection, Key, Node};

use crate::Line;

/// JSON or plist: how objects, arrays and values look. What stands in them is the business of
/// [`ObjectWriter`](crate::ObjectWriter), which is the same for both.
///
/// An object or array is closed with what opening it gave, while the line still holds it.
pub trait Syntax {
    /// A document up to the object of the capture.
    const HEAD: &'static [u8];
    /// From there to the first frame.
    const FRAMES: &'static [u8];
    /// Between two frames.
    const BETWEEN: &'static [u8];
    /// From the last frame to the object of the summary.
    const SUMMARY: &'static [u8];
    /// From there to the end.
    const END: &'static [u8];
    /// Around an object that is a document of its own.
    const ALONE: [&'static [u8]; 2];

    /// Opens an object.
    fn open(line: &mut Line) -> usize;
    /// Closes it.
    fn close(line: &mut Line, opened: usize);
    /// Opens an array.
    fn open_array(line: &mut Line) -> usize;
    /// Before each thing in an array.
    fn next(line: &mut Line);
    /// Closes it.
    fn close_array(line: &mut Line, opened: usize);
    /// A row's key, with room made for it and for any scalar but text and bytes.
    fn key(line: &mut Line, key: &Key);
    /// Any key, with `tail` behind it; both are plain.
    fn key_text(line: &mut Line, key: &str, tail: &str);
    /// Opens a text that needs no escapes, with room made for 64 bytes.
    fn quote(line: &mut Line);
    /// Closes it.
    fn unquote(line: &mut Line);
    /// Any text.
    fn text(line: &mut Line, text: &[u8]);
    /// A number.
    fn number(line: &mut Line, value: u64);
    /// True or false.
    fn flag(line: &mut Line, value: bool);
    /// What stands for nothing in an array.
    fn none(line: &mut Line);
    /// The value of a node, whether it is an object besides or not. True for a heading.
    fn scalar(line: &mut Line, frame: &Dissection<'_>, node: &Node);
}
