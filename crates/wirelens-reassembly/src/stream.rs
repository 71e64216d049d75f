//! Streams out of segments.
