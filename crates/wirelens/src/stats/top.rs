//! The greatest of many, in bounded memory.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use foldhash::fast::RandomState;

/// Something that is added up for each key.
pub(crate) trait Sum: Copy + Default {
    /// What the greatest have most of.
    fn weight(&self) -> u64;
    /// Adds another's.
    fn add(&mut self, other: &Self);
}

impl Sum for u64 {
    fn weight(&self) -> u64 {
        *self
    }

    fn add(&mut self, other: &u64) {
        *self += other;
    }
}

/// Sums by key. When there are twice as many keys as are to be kept, the lighter half is given up:
/// its sums go to the others, all together. So sums of everything are exact, and a key's own lacks
/// [`missing`](Top::missing) at the most: what it may have had each time before it was given up.
#[derive(Debug)]
pub(crate) struct Top<K, V> {
    slots: Vec<(K, V)>,
    index: HashMap<K, u32, RandomState>,
    capacity: usize,
    /// Where the key that was asked for last is: the next is often the same.
    last: usize,
    given_up: V,
    given_up_keys: u64,
    missing: u64,
}

impl<K: Clone + Eq + Ord + Hash, V: Sum> Top<K, V> {
    /// Keeps so many at least.
    pub(crate) fn new(capacity: usize) -> Top<K, V> {
        Top {
            slots: Vec::new(),
            index: HashMap::default(),
            capacity: capacity.clamp(1, 1 << 24),
            last: 0,
            given_up: V::default(),
            given_up_keys: 0,
            missing: 0,
        }
    }

    /// Adds to the sum of a key.
    #[inline]
    pub(crate) fn add<Q>(&mut self, key: &Q, value: &V)
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        self.add_or_tell(key, value, &mut |_, _| {});
    }

    /// The same, telling which keys are given up.
    #[inline]
    pub(crate) fn add_or_tell<Q>(&mut self, key: &Q, value: &V, given_up: &mut dyn FnMut(&K, &V))
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        if let Some((known, sum)) = self.slots.get_mut(self.last)
            && (*known).borrow() == key
        {
            return sum.add(value);
        }
        if let Some(&at) = self.index.get(key) {
            self.last = at as usize;
            if let Some((_, sum)) = self.slots.get_mut(self.last) {
                sum.add(value);
            }
            return;
        }
        self.insert(key.to_owned(), value, given_up);
    }

    #[cold]
    fn insert(&mut self, key: K, value: &V, given_up: &mut dyn FnMut(&K, &V)) {
        if self.slots.len() >= self.capacity * 2 {
            self.give_up(given_up);
        }
        self.last = self.slots.len();
        self.index.insert(key.clone(), self.last as u32);
        self.slots.push((key, *value));
    }

    /// Gives the lighter half up. Of equals all go, so that which stay does not depend on the order.
    fn give_up(&mut self, given_up: &mut dyn FnMut(&K, &V)) {
        let mut weights: Vec<u64> = self.slots.iter().map(|(_, sum)| sum.weight()).collect();
        let at = weights.len().saturating_sub(self.capacity).min(weights.len().saturating_sub(1));
        let (_, &mut limit, _) = weights.select_nth_unstable(at);
        self.missing += limit;
        for (key, sum) in self.slots.extract_if(.., |(_, sum)| sum.weight() <= limit) {
            self.given_up_keys += 1;
            self.given_up.add(&sum);
            given_up(&key, &sum);
        }
        self.index.clear();
        let keys = self.slots.iter().enumerate().map(|(at, (key, _))| (key.clone(), at as u32));
        self.index.extend(keys);
    }

    /// The greatest, and the sums of all others with their number.
    pub(crate) fn greatest(&self, most: usize) -> Greatest<'_, K, V> {
        let mut all: Vec<&(K, V)> = self.slots.iter().collect();
        all.sort_unstable_by(|(a, x), (b, y)| y.weight().cmp(&x.weight()).then(a.cmp(b)));
        let (first, rest) = all.split_at(most.min(all.len()));
        let mut others = self.given_up;
        rest.iter().for_each(|(_, sum)| others.add(sum));
        Greatest {
            first: first.to_vec(),
            others,
            other_keys: self.given_up_keys + rest.len() as u64,
            missing: self.missing,
        }
    }

    /// All that are kept.
    pub(crate) fn kept(&self) -> &[(K, V)] {
        &self.slots
    }

    /// The sum of all keys.
    pub(crate) fn total(&self) -> V {
        let mut total = self.given_up;
        self.slots.iter().for_each(|(_, sum)| total.add(sum));
        total
    }
}

/// The greatest of a [`Top`].
pub(crate) struct Greatest<'t, K, V> {
    pub(crate) first: Vec<&'t (K, V)>,
    pub(crate) others: V,
    /// How many others there are; one that was given up and came again counts twice.
    pub(crate) other_keys: u64,
    /// What a sum may lack.
    pub(crate) missing: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_exact_and_the_great_stay() {
        let mut top: Top<u64, u64> = Top::new(8);
        let mut total = 0;
        for round in 0..1000_u64 {
            for great in 0..4 {
                top.add(&great, &(10 + great));
                total += 10 + great;
            }
            top.add(&(1000 + round), &1);
            total += 1;
        }
        let greatest = top.greatest(4);
        let keys: Vec<u64> = greatest.first.iter().map(|(key, _)| *key).collect();
        assert_eq!(keys, [3, 2, 1, 0]);
        assert_eq!(greatest.first[0].1, 13_000);
        let listed: u64 = greatest.first.iter().map(|(_, sum)| sum).sum();
        assert_eq!(listed + greatest.others, total);
        assert_eq!(greatest.other_keys, 1000);
        assert!(greatest.missing < 200, "{}", greatest.missing);
        assert_eq!(top.total(), total);
    }

    #[test]
    fn texts_are_keys() {
        let mut top: Top<Vec<u8>, u64> = Top::new(2);
        for name in ["a", "b", "a", "c", "a", "d", "e", "f"] {
            top.add(name.as_bytes(), &1);
        }
        let greatest = top.greatest(1);
        assert_eq!((greatest.first[0].0.as_slice(), greatest.first[0].1), (&b"a"[..], 3));
        assert_eq!(greatest.others, 5);
    }
}
