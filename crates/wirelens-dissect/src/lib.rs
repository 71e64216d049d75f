//! The dissection engine: rows, packets, sessions, tables, limits.
