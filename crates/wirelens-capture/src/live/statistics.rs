//! What the system counts while it captures.

/// Counters of one interface since it was opened, under the names libpcap made known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LiveStatistics {
    /// `ps_recv`: frames that passed the filter; on Linux with those that were dropped.
    pub received: u64,
    /// `ps_drop`: frames dropped because there was no room for them: they came faster than they
    /// were taken.
    pub dropped: u64,
    /// `ps_ifdrop`: frames that the interface or its driver dropped, where the system says.
    pub interface_dropped: u64,
}
