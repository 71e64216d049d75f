//! The floor, where tasks wait for somebody and shards for their next task.

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use wirelens_dissect::{Packed, Shard};

use super::task::{Sheet, Task, Worker};

/// Dissections that wait to be printed while the one who made them goes on dissecting.
const MOST_PACKED: usize = 3;

/// Sheets kept to be printed on.
const MOST_SHEETS: usize = 128;

/// What all threads of a crew share.
pub(super) struct Floor {
    state: Mutex<State>,
    /// There is something to do.
    work: Condvar,
    /// Something was done, or there is something to do.
    done: Condvar,
}

struct State {
    places: Vec<Place>,
    /// Shards that nobody works on and that have tasks, the one that waits longest first.
    ready: VecDeque<usize>,
    /// Tasks that were dissected and are to be printed.
    packed: VecDeque<Task>,
    /// To pack others in.
    spare: Vec<Packed>,
    /// To print on.
    sheets: Vec<Sheet>,
    finished: Vec<Task>,
    /// Threads that wait for something to do.
    idle: usize,
    closed: bool,
    /// With which a thread has ended.
    panic: Option<Box<dyn Any + Send>>,
}

/// Where a shard lies.
struct Place {
    /// None while somebody works on it.
    shard: Option<Shard>,
    tasks: VecDeque<Task>,
}

/// What there is to do.
enum Job {
    Dissect { task: Task, shard: Shard, then: Then },
    Print(Task),
}

/// What becomes of dissections.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    /// Each is printed when it is made.
    Print,
    /// Others print them.
    HandOn,
    /// They are what is wanted.
    Keep,
}

impl Floor {
    pub(super) fn new(shards: Vec<Shard>) -> Floor {
        let place = |shard| Place { shard: Some(shard), tasks: VecDeque::new() };
        let state = State {
            places: shards.into_iter().map(place).collect(),
            ready: VecDeque::new(),
            packed: VecDeque::new(),
            spare: Vec::new(),
            sheets: Vec::new(),
            finished: Vec::new(),
            idle: 0,
            closed: false,
            panic: None,
        };
        Floor { state: Mutex::new(state), work: Condvar::new(), done: Condvar::new() }
    }

    /// What remains when all are gone.
    pub(super) fn take_shards(&self) -> Vec<Shard> {
        self.lock().places.drain(..).filter_map(|place| place.shard).collect()
    }

    pub(super) fn shards(&self) -> usize {
        self.lock().places.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what there is to do until the floor is closed.
    pub(super) fn work(&self, worker: &mut Worker<'_>) {
        loop {
            let mut state = self.lock();
            let job = loop {
                if state.closed {
                    return;
                }
                if let Some(job) = state.job(worker.prints()) {
                    break job;
                }
                state.idle += 1;
                state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.idle -= 1;
            };
            drop(state);
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| self.carry_out(job, worker))) {
                // What does not come back would be waited for.
                let mut state = self.lock();
                (state.panic, state.closed) = (Some(panic), true);
                self.work.notify_all();
                self.done.notify_all();
                return;
            }
        }
    }

    /// Does one thing, if there is any: of `first`, if that shard is free.
    pub(super) fn help(&self, worker: &mut Worker<'_>, first: Option<usize>) -> bool {
        let mut state = self.lock();
        let prints = worker.prints();
        let of_first = first.and_then(|shard| state.job_of(shard, prints));
        let job = of_first.or_else(|| state.job(prints));
        drop(state);
        job.map(|job| self.carry_out(job, worker)).is_some()
    }

    fn carry_out(&self, job: Job, worker: &mut Worker<'_>) {
        match job {
            Job::Dissect { mut task, mut shard, then } => {
                match then {
                    Then::Print => worker.dissect(&mut task, &mut shard, &mut || self.sheet()),
                    Then::HandOn | Then::Keep => worker.pack(&mut task, &mut shard),
                }
                let mut state = self.lock();
                let more = state.put_back(task.shard, shard);
                match then {
                    Then::Print | Then::Keep => state.finished.push(task),
                    Then::HandOn => state.packed.push_back(task),
                }
                let wake = state.idle > 0 && (more || then == Then::HandOn);
                drop(state);
                if wake {
                    self.work.notify_one();
                }
            }
            Job::Print(mut task) => {
                worker.print(&mut task, &mut || self.sheet());
                let packed = task.packed.take().map(|mut packed| {
                    packed.clear();
                    packed
                });
                let mut state = self.lock();
                state.spare.extend(packed);
                state.finished.push(task);
            }
        }
        self.done.notify_one();
    }

    /// A sheet to print on.
    fn sheet(&self) -> Sheet {
        let spare = self.lock().sheets.pop();
        spare.unwrap_or_default()
    }

    /// Takes sheets that nobody looks at any more.
    pub(super) fn take_back(&self, sheets: &mut Vec<Sheet>) {
        sheets.iter_mut().for_each(Sheet::clear);
        let mut state = self.lock();
        let room = MOST_SHEETS.saturating_sub(state.sheets.len());
        state.sheets.extend(sheets.drain(..).take(room));
    }

    /// Puts the tasks of a round up.
    pub(super) fn give(&self, tasks: impl Iterator<Item = Task>) {
        let mut state = self.lock();
        let mut fresh = 0;
        for task in tasks {
            let at = task.shard;
            let Some(place) = state.places.get_mut(at) else { continue };
            place.tasks.push_back(task);
            if place.shard.is_some() && place.tasks.len() == 1 {
                state.ready.push_back(at);
                fresh += 1;
            }
        }
        let wake = state.idle.min(fresh);
        drop(state);
        for _ in 0..wake {
            self.work.notify_one();
        }
    }

    /// Moves what was finished to `into`.
    pub(super) fn collect(&self, into: &mut Vec<Task>) {
        let mut state = self.lock();
        if let Some(panic) = state.panic.take() {
            drop(state);
            resume_unwind(panic);
        }
        into.append(&mut state.finished);
    }

    /// Waits until something is finished or there is something to do.
    pub(super) fn wait(&self) {
        let state = self.lock();
        let nothing = |state: &mut State| {
            let to_do = !state.ready.is_empty() || !state.packed.is_empty();
            state.finished.is_empty() && !to_do && state.panic.is_none()
        };
        drop(self.done.wait_while(state, nothing).unwrap_or_else(PoisonError::into_inner));
    }

    /// Lets everybody go.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.work.notify_all();
    }

    /// Lets everybody go when it is dropped.
    pub(super) fn closing(&self) -> Closing<'_> {
        Closing(self)
    }
}

/// See [`Floor::closing`].
pub(super) struct Closing<'f>(&'f Floor);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl State {
    /// What is to be done next, by whoever asks, who can print or only dissects.
    fn job(&mut self, prints: bool) -> Option<Job> {
        if let Some(task) = self.packed.pop_front() {
            return Some(Job::Print(task));
        }
        let place = self.places.get_mut(self.ready.pop_front()?)?;
        let (mut task, shard) = (place.tasks.pop_front()?, place.shard.take()?);
        // With this shard alone to work on, the others can at least print.
        let alone = self.ready.is_empty() && !place.tasks.is_empty();
        let then = match prints {
            false => Then::Keep,
            true if alone && self.packed.len() < MOST_PACKED => Then::HandOn,
            true => Then::Print,
        };
        if then == Then::HandOn {
            task.packed = self.spare.pop();
        }
        Some(Job::Dissect { task, shard, then })
    }

    /// The next task of a shard that nobody works on.
    fn job_of(&mut self, shard: usize, prints: bool) -> Option<Job> {
        let at = self.ready.iter().position(|ready| *ready == shard)?;
        self.ready.remove(at);
        let place = self.places.get_mut(shard)?;
        let (task, shard) = (place.tasks.pop_front()?, place.shard.take()?);
        let then = if prints { Then::Print } else { Then::Keep };
        Some(Job::Dissect { task, shard, then })
    }

    /// A shard has no work done on it any more. True if it has more to do.
    fn put_back(&mut self, at: usize, shard: Shard) -> bool {
        let Some(place) = self.places.get_mut(at) else { return false };
        place.shard = Some(shard);
        let more = !place.tasks.is_empty();
        if more {
            self.ready.push_back(at);
        }
        more
    }
}
