//! Where flows are, by the hash of their key.
//!
//! A plain table of eight bytes a place, in one piece: half of the hash and where the flow is. To ask
//! for a flow takes one line of it; a table that keeps tags and values apart takes two, one after the
//! other, which with a million flows is a third of what a frame costs.

/// Flows by hash. Places are probed in turn; what is taken out leaves no mark behind.
pub(crate) struct Index {
    /// Half of the hash above, where the flow is and 1 more below; 0 for nobody.
    places: Vec<u64>,
    len: usize,
}

const FEWEST: usize = 64;

impl Index {
    pub(crate) fn new() -> Index {
        Index { places: vec![0; FEWEST], len: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn bytes(&self) -> usize {
        self.places.capacity() * size_of::<u64>()
    }

    /// Has the place looked at where a flow with this hash is found; gives what stands there, for
    /// nobody to make anything of.
    #[inline]
    pub(crate) fn touch(&self, hash: u64) -> u64 {
        self.places.get(self.home(half(hash))).copied().unwrap_or(0)
    }

    /// The flow with this hash that `is` says is the one.
    #[inline]
    pub(crate) fn find(&self, hash: u64, mut is: impl FnMut(u32) -> bool) -> Option<u32> {
        let mut at = self.home(half(hash));
        loop {
            let place = *self.places.get(at)?;
            if place == 0 {
                return None;
            }
            if place >> 32 == half(hash) && is(flow(place)) {
                return Some(flow(place));
            }
            at = self.next(at);
        }
    }

    /// Adds a flow that is not there.
    pub(crate) fn insert(&mut self, hash: u64, flow: u32) {
        if (self.len + 1) * 5 > self.places.len() * 4 {
            self.grow();
        }
        self.len += 1;
        self.put(half(hash) << 32 | (u64::from(flow) + 1));
    }

    /// Takes a flow out.
    pub(crate) fn remove(&mut self, hash: u64, flow: u32) {
        let wanted = half(hash) << 32 | (u64::from(flow) + 1);
        let mut at = self.home(half(hash));
        while self.places[at] != wanted {
            if self.places[at] == 0 {
                return;
            }
            at = self.next(at);
        }
        self.len -= 1;
        // Those behind it come closer to their homes, so that no hole parts them from these.
        let mut hole = at;
        loop {
            at = self.next(at);
            let place = self.places[at];
            if place == 0 {
                break;
            }
            if self.behind(self.home(place >> 32), at) >= self.behind(hole, at) {
                self.places[hole] = place;
                hole = at;
            }
        }
        self.places[hole] = 0;
    }

    /// All flows, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        self.places.iter().filter(|&&place| place != 0).map(|&place| flow(place))
    }

    fn put(&mut self, place: u64) {
        let mut at = self.home(place >> 32);
        while self.places[at] != 0 {
            at = self.next(at);
        }
        self.places[at] = place;
    }

    fn grow(&mut self) {
        // By half: of a table that is doubled half is empty, and memory is what flows are limited by.
        let larger = vec![0; self.places.len() / 2 * 3];
        for place in std::mem::replace(&mut self.places, larger) {
            if place != 0 {
                self.put(place);
            }
        }
    }

    /// Hashes are spread evenly over places in their order, however many places there are.
    #[inline]
    fn home(&self, half: u64) -> usize {
        ((half * self.places.len() as u64) >> 32) as usize
    }

    #[inline]
    fn next(&self, at: usize) -> usize {
        if at + 1 == self.places.len() { 0 } else { at + 1 }
    }

    /// How far one place is behind another.
    fn behind(&self, from: usize, to: usize) -> usize {
        if to >= from { to - from } else { to + self.places.len() - from }
    }
}

#[inline]
fn half(hash: u64) -> u64 {
    hash >> 32
}

#[inline]
fn flow(place: u64) -> u32 {
    (place as u32).wrapping_sub(1)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn it_holds_what_a_map_holds() {
        // Few hashes, so that many flows have their homes close together.
        let mut random = 7_u64;
        let mut next = |most: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (random >> 33) % most
        };
        let (mut index, mut map) = (Index::new(), HashMap::new());
        for _ in 0..20_000 {
            let flow = next(300) as u32;
            let hash = u64::from(flow % 61) << 32;
            if map.remove(&flow).is_some() {
                index.remove(hash, flow);
            } else {
                index.insert(hash, flow);
                map.insert(flow, hash);
            }
            assert_eq!(index.len(), map.len());
            let asked = next(300) as u32;
            let found = index.find(u64::from(asked % 61) << 32, |flow| flow == asked);
            assert_eq!(found.is_some(), map.contains_key(&asked));
        }
        let mut all: Vec<u32> = index.iter().collect();
        let mut expected: Vec<u32> = map.into_keys().collect();
        all.sort_unstable();
        expected.sort_unstable();
        assert_eq!(all, expected);
    }
}
