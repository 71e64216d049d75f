//! TCP: headers, states, what is noteworthy.

mod flight;
mod half;
mod mark;
mod segment;
mod state;

pub use mark::{Counts, Mark, Marks};
pub use segment::{ACK, FIN, FLAGS, RST, SYN, Segment};
pub use state::State;

pub(crate) use flight::Flight;
pub(crate) use half::{Alone, Around, Half};
pub(crate) use segment::before;
pub(crate) use state::{Acked, Bits};
