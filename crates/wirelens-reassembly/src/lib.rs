//! IP datagrams ([RFC 815](https://www.rfc-editor.org/rfc/rfc815)) and TCP streams put together again.
//!
//! Pure algorithms with limits: they know no capture file and no protocol, and can be fed by hand.

pub mod datagram;
pub mod slab;
pub mod stream;
