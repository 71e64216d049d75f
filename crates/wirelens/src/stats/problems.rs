//! What is wrong with frames, by kind.

use std::collections::BTreeMap;

use wirelens_dissect::Dissection;
use wirelens_report::each_problem;

/// How often each problem was found, by its name: there are as many as rows, and two.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    pub(crate) kinds: BTreeMap<&'static str, Kind>,
    /// Frames that have one.
    pub(crate) frames: u64,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) label: &'static str,
    pub(crate) protocol: &'static str,
    pub(crate) count: u64,
    /// The frames that have it first and last.
    pub(crate) frames: (u64, u64),
}

impl Problems {
    /// Counts those of a frame.
    #[inline]
    pub(crate) fn add(&mut self, frame: &Dissection<'_>) {
        if frame.problems() > 0 || frame.stop().is_some() {
            self.add_some(frame);
        }
    }

    #[cold]
    fn add_some(&mut self, frame: &Dissection<'_>) {
        let (number, mut any) = (frame.input().number, false);
        each_problem(frame, &mut |problem| {
            any = true;
            let kind = self.kinds.entry(problem.name).or_insert(Kind {
                label: problem.label,
                protocol: problem.protocol.name,
                count: 0,
                frames: (number, number),
            });
            kind.count += 1;
            kind.frames.1 = number;
        });
        self.frames += u64::from(any);
    }
}
