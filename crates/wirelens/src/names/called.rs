//! What the ends of flows are called in reports.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use wirelens_flow::{Endpoint, Flow, Side};
use wirelens_report::{Line, write_safe};

use super::{Resolve, Resolver};
use crate::FlowTally;
use crate::report::Warning;

/// The names of a report: those that DNS answers of the capture tell, and where that is asked for
/// those that name servers do.
pub(crate) struct Names {
    resolver: Option<Resolver>,
    settled: bool,
}

impl Names {
    pub(crate) fn new(resolve: Option<&Resolve>) -> Names {
        let resolver = resolve.map(Resolver::new);
        Names { resolver, settled: false }
    }

    /// Has the ends of a flow looked up that the capture does not name. It waits for nothing.
    pub(crate) fn want(&self, flow: &Flow) {
        let Some(resolver) = &self.resolver else { return };
        for side in Side::BOTH {
            if flow.name(side).is_none() {
                resolver.want(flow.address(side));
            }
        }
    }

    /// There are no more frames: waits for what is still asked for, once.
    pub(crate) fn settle(&mut self, stop: Option<&AtomicBool>) {
        if let Some(resolver) = &self.resolver
            && !std::mem::replace(&mut self.settled, true)
        {
            resolver.settle(stop);
        }
    }

    /// Tells all that were looked up, and how many were not.
    pub(crate) fn tell(&self, tally: &mut FlowTally) {
        let Some(resolver) = &self.resolver else { return };
        tally.names = resolver.names();
        let count = resolver.passed_over();
        if count > 0 {
            let text = format!("{count} addresses were not looked up: too many were at a time");
            tally.warnings.push(Warning { text, offset: None });
        }
    }
}

/// What the ends of one flow are called.
#[derive(Clone, Copy)]
pub(crate) struct Called<'n> {
    pub(crate) names: &'n Names,
    pub(crate) flow: &'n Flow,
}

impl<'n> Called<'n> {
    /// The name of an end, as far as it is known by now; what the capture tells comes first.
    pub(crate) fn name(&self, side: Side) -> Option<Cow<'n, str>> {
        if let Some(name) = self.flow.name(side) {
            return Some(Cow::Borrowed(name));
        }
        let name = self.names.resolver.as_ref()?.name(self.flow.address(side))?;
        Some(Cow::Owned(name.to_string()))
    }

    /// The name of one of the flow's ends where names are asked for.
    pub(crate) fn looked_up(&self, end: Endpoint) -> Option<Cow<'n, str>> {
        self.names.resolver.as_ref()?;
        let is_one = |side: &Side| self.flow.end(*side) == end;
        self.name(Side::BOTH.into_iter().find(is_one)?)
    }

    /// Writes an end: its name if that is asked for and known, else its address.
    pub(crate) fn write_end(&self, line: &mut Line, end: Endpoint) {
        match self.looked_up(end) {
            Some(name) => {
                write_safe(line, name.as_bytes());
                line.add(format!(":{}", end.port).as_bytes());
            }
            None => line.add(end.to_string().as_bytes()),
        }
    }
}

/// Writes what was looked up, for those who read lines.
pub(crate) fn write_names(line: &mut Line, names: &[(IpAddr, Arc<str>)]) {
    for (address, name) in names {
        line.add(format!("{address} is ").as_bytes());
        write_safe(line, name.as_bytes());
        line.add(b"\n");
    }
}
