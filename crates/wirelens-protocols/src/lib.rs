//! The protocols Wirelens knows, one file each.
//!
//! To add one: write its file in the folder of its level, add its name to the list in that
//! folder's `mod.rs`. CONTRIBUTING.md shows it step by step.

// Rows are nested macros; the longest list of rows in a file decides.
#![recursion_limit = "512"]

pub mod application;
mod calendar;
pub mod checksum;
mod digits;
pub mod link;
pub mod network;
pub mod transport;

#[cfg(test)]
#[allow(dead_code)] // Each file takes what its tests need.
mod testing;

use std::sync::{Arc, OnceLock};

use wirelens_dissect::{Protocol, Registry};

/// Every protocol there is here.
pub fn all() -> impl Iterator<Item = &'static Protocol> {
    [link::ALL, network::ALL, transport::ALL, application::ALL].into_iter().flatten().copied()
}

/// A registry of all of them, to which more can be added with [`Registry::with`].
pub fn registry() -> Registry {
    Registry::new(&application::data::DATA, &all().collect::<Vec<_>>())
}

/// The registry of all of them, built once and shared.
pub fn shared() -> Arc<Registry> {
    static SHARED: OnceLock<Arc<Registry>> = OnceLock::new();
    SHARED.get_or_init(|| registry().shared()).clone()
}

/// Declares the files of a folder and the protocols in them.
macro_rules! protocols {
    ($($file:ident: $($NAME:ident)*;)*) => {
        $(pub mod $file;)*
        /// Every protocol of this folder.
        pub static ALL: &[&wirelens_dissect::Protocol] = &[$($(&$file::$NAME,)*)*];
    };
}
pub(crate) use protocols;
