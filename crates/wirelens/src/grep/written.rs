//! Matches on their way into a report.

use std::collections::{HashMap, HashSet};

use wirelens_flow::{Event, Flow, Observer};
use wirelens_report::{Line, Warning};

use super::print::{write_match, write_matching};
use super::search::Search;
use super::{Grep, GrepLimits, GrepShow};
use crate::records::{self, Source};
use crate::{Error, FlowTally, Output, Select, Tracing};

/// What was found and what was read.
#[derive(Clone, Debug, Default)]
pub struct GrepTally {
    /// Matches.
    pub matches: u64,
    /// The numbers of the flows that have some.
    pub flows: HashSet<u64>,
    /// What was read, and what limits cost.
    pub read: FlowTally,
}

pub(super) fn write(grep: Grep, output: &mut Output) -> Result<GrepTally, Error> {
    let Grep { mut trace, pattern, limits, show, most } = grep;
    if most < u64::MAX {
        trace = trace.threads(1);
    }
    let select = trace.selected().clone();
    let tracing = trace.limits(limits.flows).events()?;
    let mut written = Written {
        tracing,
        search: Search::new(pattern, limits),
        select,
        show,
        most,
        limits,
        counts: HashMap::new(),
        tally: GrepTally::default(),
    };
    records::write(&mut written, output)?;
    Ok(written.tally)
}

struct Written {
    tracing: Tracing,
    search: Search,
    select: Select,
    show: GrepShow,
    most: u64,
    limits: GrepLimits,
    /// Matches of flows that are not over.
    counts: HashMap<u64, u64>,
    tally: GrepTally,
}

struct Told<'w> {
    line: &'w mut Line,
    search: &'w mut Search,
    select: &'w Select,
    show: GrepShow,
    most: u64,
    counts: &'w mut HashMap<u64, u64>,
    tally: &'w mut GrepTally,
}

impl Observer for Told<'_> {
    fn event(&mut self, flow: &Flow, event: Event<'_>) {
        let Told { line, search, select, show, most, counts, tally } = self;
        search.event(flow, event, &mut |flow, side, within, found| {
            if tally.matches >= *most || !select.has(flow) {
                return;
            }
            tally.matches += 1;
            let first = tally.flows.insert(flow.number());
            if show.count {
                *counts.entry(flow.number()).or_default() += 1;
            } else if !show.flows {
                write_match(line, *show, (flow, side, within), found);
            } else if first {
                write_matching(line, *show, flow, None);
            }
        });
        if let Event::Over(_) = event
            && let Some(count) = counts.remove(&flow.number())
        {
            write_matching(line, *show, flow, Some(count));
        }
    }
}

impl Source for Written {
    fn begin(&mut self, _: &mut Line) {}

    fn advance(&mut self, line: &mut Line) -> Result<bool, Error> {
        if self.tally.matches >= self.most && self.counts.is_empty() {
            return Ok(false);
        }
        let Written { tracing, search, select, show, most, counts, tally, .. } = self;
        let (show, most) = (*show, *most);
        tracing.advance(&mut Told { line, search, select, show, most, counts, tally })
    }

    fn may_wait(&self) -> bool {
        self.tracing.may_wait()
    }

    fn finish(&mut self, _: &mut Line, interrupted: bool) {
        let mut read = self.tracing.take_warnings(&self.limits.flows);
        read.interrupted |= interrupted;
        let hurried = self.search.hurried;
        if hurried > 0 {
            let limit = self.limits.memory;
            let text = format!(
                "{hurried} times bytes were searched before what follows them was there: --limit grep.memory={limit} was reached"
            );
            read.warnings.push(Warning { text, offset: None });
        }
        read.warnings.splice(0..0, std::mem::take(&mut self.tally.read.warnings));
        self.tally.read = read;
    }
}
