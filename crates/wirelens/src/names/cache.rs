//! What is known of addresses, and for how long.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a name server says of an address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Answer {
    /// None: there is no name.
    pub(super) name: Option<Arc<str>>,
    /// How long it holds.
    pub(super) ttl: Duration,
}

/// Addresses; the oldest go first where there are too many.
pub(super) struct Cache {
    known: HashMap<IpAddr, Known>,
    order: VecDeque<IpAddr>,
    most: usize,
}

enum Known {
    /// It is being asked for.
    Asked,
    Answered(Answer, Instant),
}

/// Names are for reading: one that holds for no time at all would never be read.
const LEAST: Duration = Duration::from_secs(10);
const MOST: Duration = Duration::from_secs(86_400);

impl Cache {
    pub(super) fn new(most: usize) -> Cache {
        Cache { known: HashMap::new(), order: VecDeque::new(), most: most.max(1) }
    }

    /// Must it be asked for? Then it is, from now on.
    pub(super) fn ask(&mut self, address: IpAddr, now: Instant) -> bool {
        match self.known.get_mut(&address) {
            Some(Known::Asked) => return false,
            Some(Known::Answered(_, until)) if now < *until => return false,
            Some(known) => {
                *known = Known::Asked;
                return true;
            }
            None => {}
        }
        while self.order.len() >= self.most {
            if let Some(oldest) = self.order.pop_front() {
                self.known.remove(&oldest);
            }
        }
        self.order.push_back(address);
        self.known.insert(address, Known::Asked);
        true
    }

    /// Nobody asks for it after all.
    pub(super) fn forget(&mut self, address: IpAddr) {
        if matches!(self.known.get(&address), Some(Known::Asked)) {
            self.known.remove(&address);
            // It is mostly the one that was added last.
            if let Some(at) = self.order.iter().rposition(|known| *known == address) {
                self.order.remove(at);
            }
        }
    }

    /// It was answered. One that has gone meanwhile stays away.
    pub(super) fn answer(&mut self, address: IpAddr, answer: Answer, now: Instant) {
        if let Some(known) = self.known.get_mut(&address) {
            let until = now + answer.ttl.clamp(LEAST, MOST);
            *known = Known::Answered(answer, until);
        }
    }

    /// Its name, if it has one that still holds.
    pub(super) fn name(&self, address: IpAddr, now: Instant) -> Option<Arc<str>> {
        match self.known.get(&address)? {
            Known::Answered(answer, until) if now < *until => answer.name.clone(),
            _ => None,
        }
    }

    /// All names that still hold, by their addresses.
    pub(super) fn names(&self, now: Instant) -> Vec<(IpAddr, Arc<str>)> {
        let name = |address: &IpAddr| Some((*address, self.name(*address, now)?));
        let mut names: Vec<_> = self.known.keys().filter_map(name).collect();
        names.sort();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    fn answer(name: &str, seconds: u64) -> Answer {
        Answer { name: Some(name.into()), ttl: Duration::from_secs(seconds) }
    }

    #[test]
    fn an_answer_holds_for_its_time() {
        let (mut cache, now) = (Cache::new(8), Instant::now());
        let after = |seconds| now + Duration::from_secs(seconds);
        assert!(cache.ask(address(1), now) && !cache.ask(address(1), now));
        assert_eq!(cache.name(address(1), now), None);
        cache.answer(address(1), answer("one.example", 60), now);
        assert_eq!(cache.name(address(1), after(59)).as_deref(), Some("one.example"));
        assert!(!cache.ask(address(1), after(59)));
        assert_eq!(cache.name(address(1), after(60)), None);
        assert!(cache.ask(address(1), after(60)));
        // No time at all is ten seconds; for ever is a day.
        for (ttl, holds) in [(0, 10), (u64::from(u32::MAX), 86_400)] {
            cache.answer(address(1), answer("again.example", ttl), now);
            assert!(cache.name(address(1), after(holds - 1)).is_some());
            assert!(cache.name(address(1), after(holds)).is_none());
        }
        // That there is none is an answer too.
        let none = Answer { name: None, ttl: Duration::from_secs(60) };
        cache.answer(address(1), none, now);
        assert!(!cache.ask(address(1), after(59)) && cache.names(now).is_empty());
    }

    #[test]
    fn it_is_bounded() {
        let (mut cache, now) = (Cache::new(3), Instant::now());
        for last in 0..200 {
            assert!(cache.ask(address(last), now));
            cache.answer(address(last), answer("a.example", 60), now);
        }
        let left: Vec<IpAddr> = cache.names(now).into_iter().map(|(address, _)| address).collect();
        assert_eq!(left, [197, 198, 199].map(address));
        assert_eq!((cache.known.len(), cache.order.len()), (3, 3));
        // What could not be asked for is asked for later, and what is known is not forgotten.
        cache.ask(address(1), now);
        cache.forget(address(1));
        cache.forget(address(199));
        assert!(cache.ask(address(1), now) && cache.name(address(199), now).is_some());
    }
}
