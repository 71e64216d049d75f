//! Flows of dissected frames: who talked to whom, how TCP fared, and what it was about.
//!
//! A [`Tracker`] reads one [`Dissection`](wirelens_dissect::Dissection) after the other and tells an
//! [`Observer`] what happens to each [`Flow`], live or from a file:
//!
//! ```
//! use wirelens_dissect::{Input, Session};
//! use wirelens_flow::{Event, Flow, Options, Side, Tracker};
//!
//! let registry = wirelens_protocols::shared();
//! let mut tracker = Tracker::new(Options::default(), &registry);
//! let mut session = Session::new(registry);
//! let mut observer = |flow: &Flow, event: Event<'_>| {
//!     if let Event::Over(end) = event {
//!         let [from, to] = Side::BOTH.map(|side| flow.end(side));
//!         println!("{} {from} > {to}: {}", flow.protocol_name(), end.name());
//!     }
//! };
//! for (number, bytes) in [(1, b"a frame"), (2, b"another")] {
//!     let input = Input { number, link_type: 1, captured: bytes, length: 7, ..Input::default() };
//!     tracker.read(&session.dissect(input), &mut observer);
//! }
//! tracker.finish(&mut observer);
//! ```
//!
//! What a flow is: the frames between two ends, in both directions, from the first one or a SYN
//! until both have closed, one has reset it, it was silent for too long, or the same ends begin
//! anew. The initiator is who sent the SYN; where none was seen, who sent the first frame, but of a
//! TCP connection that was there before the capture, the end with the port above 1023 if the
//! other's is below 1024. A fragment belongs to the flow of its datagram's first fragment, if that
//! came before it.

mod application;
mod community_id;
mod conversations;
mod event;
mod facts;
mod flow;
mod fragments;
mod frame_list;
mod glance;
pub mod http;
mod index;
mod key;
mod limits;
mod names;
mod number;
mod outside;
mod packet;
mod sight;
mod spread;
mod table;
pub mod tcp;
mod tracker;
mod traffic;

pub use application::{Application, Fact};
pub use community_id::of as community_id;
pub use conversations::{Conversation, Conversations, Count};
pub use event::{Data, Event, Observer};
pub use flow::{End, Flow, Opening};
pub use frame_list::FrameList;
pub use key::{Endpoint, KeyOptions, Side};
pub use limits::{Counters, Idle, Limits};
pub use outside::Outside;
pub use packet::Packet;
pub use sight::{Seen, Sight};
pub use spread::Spread;
pub use tracker::{Options, Tracker};
pub use traffic::Traffic;

/// The protocols whose fields tell what flows are about: a session that tracks with
/// [`Options::facts`] must record them.
pub fn fact_protocols(
    registry: &wirelens_dissect::Registry,
) -> Vec<&'static wirelens_dissect::Protocol> {
    facts::Facts::protocols(registry)
}
