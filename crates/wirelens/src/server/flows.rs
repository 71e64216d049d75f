//! The second phase: the reports of one worker's flows.
//!
//! A worker reads the whole capture, since where a record begins, its number and its time follow
//! from those before, and dissects the frames of its own shards. Those of other shards it passes
//! over, but for hosts that agree on flows between others: it must hear what they say.

use std::io::Write;
use std::sync::atomic::Ordering;

use foldhash::HashSet;
use wirelens_dissect::{Agreement, Session, Shard};
use wirelens_report::{Line, Options, Report, Summary};

use super::message::{self, Ending};
use super::work::Share;
use crate::frames::{Frames, Step};
use crate::given_up::GivenUp;
use crate::pipeline::Times;
use crate::write::{CHUNK, printed};
use crate::{Error, Format};

impl Frames {
    /// Writes what a worker of a server says of its share of the flows, for the one who put it to
    /// work.
    ///
    /// # Errors
    /// When reading or writing fails, or frames of this format are not printed.
    pub fn write_share(
        &mut self,
        format: Format,
        options: Options,
        share: &Share,
        to: &mut dyn Write,
    ) -> Result<(), Error> {
        let Some(printed) = printed(format) else { return Err(super::no_copies(format)) };
        let mut worker = Worker::new(self, share, printed.report(options));
        loop {
            match self.read()? {
                Step::Frame { wanted } => worker.frame(self, wanted),
                Step::Pause => {}
                Step::End => break,
            }
            worker.silent += 1;
            if worker.silent >= SILENCE {
                let _ = message::write_at(&mut worker.said, self.capture.counters().frames);
            }
            if worker.said.len() >= CHUNK || worker.silent >= SILENCE {
                worker.say(to)?;
            }
        }
        // Who is stopped has not come to the end.
        if self.stop.as_ref().is_none_or(|stop| !stop.load(Ordering::Relaxed)) {
            worker.end(self);
        }
        worker.say(to)
    }
}

/// Who works on some of the shards.
struct Worker {
    session: Session,
    /// All shards; of those that are not its own, what is remembered of the hosts it listens to.
    shards: Vec<Shard>,
    share: Share,
    listened_to: HashSet<u64>,
    report: Box<dyn Report>,
    begun: bool,
    times: Times,
    line: Line,
    counted: Summary,
    /// What is to be said.
    said: Vec<u8>,
    /// Frames since something was.
    silent: u32,
}

/// So many frames are passed over before it is said that there was nothing to say.
const SILENCE: u32 = 1 << 17;

impl Worker {
    fn new(frames: &mut Frames, share: &Share, report: Box<dyn Report>) -> Worker {
        Worker {
            session: frames.session.another(),
            shards: frames.session.take_shards(),
            listened_to: share.announcing.iter().copied().collect(),
            share: share.clone(),
            report,
            begun: false,
            times: Times::default(),
            line: Line::new(),
            counted: Summary::default(),
            said: Vec::new(),
            silent: 0,
        }
    }

    fn is_own(&self, shard: usize) -> bool {
        shard % self.share.workers.max(1) == self.share.worker
    }

    /// A frame that was read.
    fn frame(&mut self, frames: &Frames, wanted: bool) {
        let (input, head, _) = frames.current_input();
        let at = self.session.shard_of(&input);
        let own = self.is_own(at);
        let first = wanted && !std::mem::replace(&mut self.begun, true);
        if own || self.listened_to.contains(&Session::hosts_of(&input)) {
            let Some(shard) = self.shards.get_mut(at) else { return };
            let dissection = self.session.dissect_in(shard, input);
            if own && wanted {
                if first {
                    self.report.begin(&mut self.line, &frames.describe_begun());
                    self.line.clear();
                } else {
                    self.report.resume(self.times.first, self.times.last);
                }
                self.report.frame(&mut self.line, &head, &dissection);
                self.counted.count(&head, &dissection);
                let text = self.line.written();
                // Memory takes everything.
                let _ =
                    message::write_frame(&mut self.said, head.number, text.len(), &self.counted);
                self.said.extend_from_slice(text);
                self.line.clear();
                self.counted.bytes = 0;
                self.counted.problems.clear();
            }
            self.pass_on(at, head.number);
        }
        if wanted {
            self.times.note(&head);
        }
    }

    /// Tells the other shards what a frame of this one has agreed on for them, if anything.
    fn pass_on(&mut self, from: usize, number: u64) {
        let agreed = self.shards.get_mut(from).map(Shard::take_agreements).unwrap_or_default();
        if agreed.is_empty() {
            return;
        }
        let _ = message::write_agreed(&mut self.said, number, Agreement::fingerprint(&agreed));
        let others = self.shards.iter_mut().enumerate().filter(|(at, _)| *at != from);
        others.for_each(|(_, shard)| shard.agree(&agreed));
    }

    /// What remains to be said at the end.
    fn end(&mut self, frames: &mut Frames) {
        let mut warnings = Vec::new();
        frames.take_warnings(&mut warnings);
        // Only what was given up of its own flows counts.
        let kept = self.session.another().take_shards();
        let shards = std::mem::take(&mut self.shards).into_iter().zip(kept).enumerate();
        let own = shards.map(|(at, (all, none))| if self.is_own(at) { all } else { none });
        frames.session.put_shards(own.collect());
        let _ = message::write_end(
            &mut self.said,
            &Ending::new(warnings, GivenUp::of(&frames.session)),
        );
    }

    fn say(&mut self, to: &mut dyn Write) -> Result<(), Error> {
        let said = to.write_all(&self.said).and_then(|()| to.flush());
        self.said.clear();
        self.silent = 0;
        said.map_err(super::not_said)
    }
}
