//! Flows of frames that are made here, through a session as in the program.

mod allocations;
mod ends;
mod flows;
mod http;
mod limits;
mod sight;
mod tcp;
mod world;
