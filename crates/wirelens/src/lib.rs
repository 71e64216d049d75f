//! Read, dissect and report network packets.
