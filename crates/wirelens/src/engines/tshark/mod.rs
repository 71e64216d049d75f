//! tshark: started, and what it says of frames read as PDML.
//!
//! ```no_run
//! # fn main() -> Result<(), wirelens::Error> {
//! use wirelens::engines::tshark::{PdmlFrame, Tshark};
//!
//! let mut running = Tshark::new().dissect("in.pcap")?;
//! let mut frame = PdmlFrame::default();
//! while running.read(&mut frame)? {
//!     for protocol in frame.protocols() {
//!         println!("{} at {}", protocol.name(), protocol.position());
//!     }
//! }
//! # Ok(())
//! # }
//! ```

mod chain;
mod frame;
mod layers;
mod pdml;
mod run;
mod words;

pub use frame::{PdmlElement, PdmlElements, PdmlFrame};
pub use pdml::{PdmlError, PdmlReader};
pub use run::{RunningTshark, Tshark};

pub(crate) use layers::Layers;
pub(crate) use run::{find, options, start};
