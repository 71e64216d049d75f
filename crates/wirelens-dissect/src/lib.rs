//! The dissection engine of Wirelens: rows, the walk, tables, sessions. It knows no protocol.
//!
//! A protocol is a set of rows ([`Field`]) and a walk over its bytes ([`Packet`]), declared with
//! [`protocol!`]. A [`Registry`] holds those that are known, and a [`Session`] dissects frames
//! with them into nodes, which are read through [`Dissection`].

mod agreement;
mod arena;
mod budget;
mod compose;
mod conversation;
mod dissection;
mod expectation;
mod field;
mod fixed;
mod fragments;
mod glance;
mod input;
mod later;
mod limit;
mod links;
mod memory;
mod onward;
mod outline;
mod packed;
mod packet;
mod parts;
mod place;
mod ports;
mod protocol;
mod reach;
mod reachable;
mod session;
mod shard;
mod stop;
mod streams;
mod table;
mod waiting;

pub use agreement::{Agreement, End};
pub use arena::{Beginning, Flow, Layer, Node};
pub use budget::{Budget, Kept};
pub use compose::{Composer, Made, Place};
pub use conversation::State;
pub use dissection::{Dissection, OwnedDissection, Value};
pub use field::{Field, Key, Kind, Names, Shown, Told, joined};
pub use fixed::Fixed;
pub use fragments::{FragmentRows, Fragmented, OriginRows};
pub use glance::outermost_packet;
pub use input::Input;
pub use limit::{LIMIT_ROWS, TOO_DEEP, TOO_MANY_BUFFERS, TOO_MANY_FIELDS};
pub use links::{Linking, Links};
#[doc(hidden)]
pub use onward::Onward;
pub use outline::{Outline, Peek};
pub use packed::Packed;
pub use packet::Packet;
pub use parts::{Added, Parts};
#[doc(hidden)]
pub use protocol::kind;
pub use protocol::{Level, Protocol};
pub use reach::reaches_others;
pub use session::{DecodeLimits, Detail, LINK_TYPE, Limits, Session, Settings};
pub use shard::Shard;
pub use stop::{Next, Read, Step, Stop};
pub use streams::{SegmentHeader, StreamRows};
pub use table::{At, ProtocolId, Recognise, Registry, Table};
pub use waiting::{Lack, Look};
pub use wirelens_reassembly as reassembly;

/// What a protocol's file needs.
pub mod prelude {
    pub use crate::{
        Field, Flow, LINK_TYPE, Names, Next, Outline, Packet, Peek, Read, Step, Stop, Table,
        fields, protocol,
    };
}
