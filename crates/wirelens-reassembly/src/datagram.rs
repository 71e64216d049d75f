//! Datagrams out of fragments.
