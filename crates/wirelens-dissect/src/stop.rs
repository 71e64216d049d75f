//! How a walk ends: where to go on, or why it stopped.

use crate::{Protocol, Table};

/// Why a walk ended early. What was read before it stays.
#[derive(Clone, Copy, Debug)]
pub enum Stop {
    /// The bytes end before the field does: it needs `need` bytes and there are `have`.
    Truncated {
        /// Bytes that the field takes.
        need: u32,
        /// Bytes that are there.
        have: u32,
    },
    /// The bytes contradict themselves;
    /// [`Dissection::contradiction`](crate::Dissection::contradiction) says how.
    Malformed,
}

// In two registers at most.
const _: () = assert!(size_of::<Step>() == 16 && size_of::<Read>() <= 16);

/// What a read gives.
pub type Read<T = ()> = Result<T, Stop>;

/// What a walk gives at its end.
pub type Step = Result<Next, Stop>;

/// Where dissection goes on behind a layer.
#[derive(Clone, Copy, Debug)]
pub enum Next {
    /// Nowhere: what is left, if anything, belongs to nobody.
    Nothing,
    /// What is left is data.
    Data,
    /// To the protocol that is found at this number of the table.
    In(&'static Table, u32),
    /// To the protocol that the conversation, one of two ports, or the content tells, in that
    /// order. Of the ports the lower is tried first, 0 never.
    Ports(&'static Table, u16, u16),
    /// To this protocol.
    To(&'static Protocol),
    /// To this protocol again, for the next message in the same bytes.
    Again,
    /// These bytes are not this protocol's after all: dissection goes on as if it had not been
    /// found. What the walk recorded is dropped.
    NotMine,
}
