//! Reads and dissects network captures.
//!
//! ```no_run
//! # fn main() -> Result<(), wirelens::Error> {
//! let mut frames = wirelens::extract("in.pcap").frames()?;
//! while let Some(frame) = frames.next_frame()? {
//!     println!("{:>5} {}", frame.number(), frame.chain());
//!     if let Some(tcp) = frame.layer("tcp") {
//!         let syn = tcp.get("flags.syn").and_then(|field| field.flag());
//!         println!("      {:?} {} payload bytes", syn, tcp.payload().len());
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The parts are crates of their own: [`capture`] reads and writes files, [`dissect`] is the
//! engine, [`protocols`] what it knows, [`report`] prints.

mod analyse;
mod chain;
mod choice;
mod elapsed;
pub mod engines;
mod error;
mod extract;
mod family;
mod format;
mod frame;
mod frames;
mod given_up;
mod grep;
mod http;
mod limit;
mod live;
mod names;
mod output;
mod pipeline;
mod pool;
mod range;
mod reassemble;
mod record;
mod records;
pub mod server;
pub mod stats;
mod trace;
pub mod verify;
mod write;

pub use analyse::{Analyse, analyse};
pub use chain::Chain;
pub use choice::{chosen, decode_as, disable};
pub use error::Error;
pub use extract::{Extract, extract, level, protocols as find_protocols};
pub use format::{Format, Packing};
pub use frame::{FieldView, Frame, LayerView, OwnedFrame};
pub use frames::Frames;
pub use grep::{Grep, GrepFormat, GrepLimits, GrepShow, GrepTally, Pattern, grep};
pub use http::{
    Http, HttpFormat, HttpLimits, HttpSelect, HttpShow, HttpTally, HttpTransactions, http,
};
pub use limit::{NamedLimits, Setting};
pub use live::{Dropped, Live, Source, live};
pub use names::Resolve;
pub use output::Output;
pub use range::FrameRange;
pub use reassemble::{
    Collected, Conflict, Connection, Ended, Endpoint, Family, FragmentKey, FrameList, Gap, Id,
    Limits, Observer, Piece, Reassemble, Reassembly, Record, Records, Show, Tally, reassemble,
};
pub use record::{Recorded, Recorder, Recording, Told, record};
pub use stats::{Stats, stats};
pub use trace::{FlowColumns, FlowLimits, FlowTally, Flows, Select, Trace, Tracing, trace};
pub use verify::{Verification, Verify, verify};
pub use write::Each;

pub use wirelens_capture::Timestamp;
pub use wirelens_dissect::{Level, Registry, Value};

pub use wirelens_capture as capture;
pub use wirelens_dissect as dissect;
pub use wirelens_flow as flow;
pub use wirelens_protocols as protocols;
pub use wirelens_reassembly as reassembly;
pub use wirelens_report as report;
