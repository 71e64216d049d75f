//! What TCP does between two stacks of Linux, as `tests/captures/record-tcp.py` has recorded it.

mod closing;
mod kernel;
mod opening;
mod repair;
mod told;
