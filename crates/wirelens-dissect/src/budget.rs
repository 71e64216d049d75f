//! What states of conversations keep, counted for all of them together: their number is bounded,
//! but each may hold parts of a message or a decoder.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many bytes all states of a session may keep together.
#[derive(Clone, Debug)]
pub struct Budget {
    used: Arc<AtomicUsize>,
    most: usize,
}

/// What one state keeps. It is given back when the state goes, with its conversation or before.
#[derive(Debug, Default)]
pub struct Kept {
    bytes: usize,
    of: Option<Arc<AtomicUsize>>,
}

impl Budget {
    pub(crate) fn new(most: usize) -> Budget {
        Budget { used: Arc::default(), most }
    }
}

impl Kept {
    /// The state keeps so many bytes now. False if that is more than there is room for: then it
    /// must keep none of them, and is counted for none.
    pub fn set(&mut self, budget: &Budget, bytes: usize) -> bool {
        self.give_back();
        let used = budget.used.load(Ordering::Relaxed);
        if bytes > budget.most.saturating_sub(used) {
            return false;
        }
        budget.used.store(used + bytes, Ordering::Relaxed);
        (self.bytes, self.of) = (bytes, Some(Arc::clone(&budget.used)));
        true
    }

    fn give_back(&mut self) {
        if let Some(used) = self.of.take() {
            used.fetch_sub(std::mem::take(&mut self.bytes), Ordering::Relaxed);
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.give_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_bounded_and_given_back() {
        let budget = Budget::new(100);
        let (mut one, mut other) = (Kept::default(), Kept::default());
        assert!(one.set(&budget, 60) && !other.set(&budget, 50) && other.set(&budget, 40));
        assert!(one.set(&budget, 30), "its own bytes are not in its way");
        assert!(!one.set(&budget, 61) && other.set(&budget, 100), "it keeps none");
        drop(other);
        assert!(one.set(&budget, 100));
    }
}
