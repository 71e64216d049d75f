//! Captures made in memory, one per case a reader must survive.

mod build;
mod damage;
mod pcap;
mod pcapng;
mod sources;
mod split;
mod write;
