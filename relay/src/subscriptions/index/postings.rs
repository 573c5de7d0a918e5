//! The filters that are filed under one value, and maps of them.

use std::borrow::Borrow;
use std::hash::Hash;
use std::slice;

use ahash::HashMap;

/// Which filter of which subscription.
pub(super) type Entry<K> = (K, usize);

/// Filters, sorted, each once. Most values are asked for by one filter only, which takes no memory
/// beside the map's.
#[derive(Debug)]
pub(super) enum Postings<K> {
    One(Entry<K>),
    Many(Vec<Entry<K>>),
}

impl<K> Default for Postings<K> {
    fn default() -> Self {
        Postings::Many(Vec::new())
    }
}

impl<K> Postings<K> {
    pub(super) fn as_slice(&self) -> &[Entry<K>] {
        match self {
            Postings::One(entry) => slice::from_ref(entry),
            Postings::Many(entries) => entries,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }
}

impl<K: Copy + Ord> Postings<K> {
    pub(super) fn add(&mut self, entry: Entry<K>) {
        let Err(place) = self.as_slice().binary_search(&entry) else {
            return;
        };
        match self {
            Postings::Many(entries) if entries.is_empty() => *self = Postings::One(entry),
            Postings::Many(entries) => entries.insert(place, entry),
            Postings::One(other) => {
                let mut entries = vec![*other];
                entries.insert(place, entry);
                *self = Postings::Many(entries);
            }
        }
    }

    pub(super) fn take(&mut self, entry: Entry<K>) {
        let Ok(place) = self.as_slice().binary_search(&entry) else {
            return;
        };
        match self {
            Postings::One(_) => *self = Postings::default(),
            Postings::Many(entries) => {
                entries.remove(place);
                if let [last] = entries[..] {
                    *self = Postings::One(last);
                }
            }
        }
    }
}

/// Takes an entry away from each of `values`, and the values that nobody asks for any more.
pub(super) fn take_all<'a, K, V, Q>(
    map: &mut HashMap<V, Postings<K>>,
    values: impl IntoIterator<Item = &'a Q>,
    entry: Entry<K>,
) where
    K: Copy + Ord,
    V: Hash + Eq + Borrow<Q>,
    Q: Hash + Eq + ?Sized + 'a,
{
    for value in values {
        if let Some(postings) = map.get_mut(value) {
            postings.take(entry);
            if postings.is_empty() {
                map.remove(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subscriptions::SubscriptionKey;

    #[test]
    fn one_filter_takes_no_more_than_a_list_of_none() {
        assert_eq!(size_of::<Postings<SubscriptionKey>>(), 24);
    }

    #[test]
    fn entries_are_sorted_and_there_once() {
        let mut postings = Postings::default();
        for entry in [(3, 0), (1, 1), (1, 0), (3, 0)] {
            postings.add(entry);
        }
        assert_eq!(postings.as_slice(), [(1, 0), (1, 1), (3, 0)]);
        for entry in [(1, 1), (2, 0), (1, 0)] {
            postings.take(entry);
        }
        assert_eq!(postings.as_slice(), [(3, 0)]);
        assert!(matches!(postings, Postings::One(_)));
        postings.take((3, 0));
        assert!(postings.is_empty());
    }
}
