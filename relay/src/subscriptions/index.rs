//! Filters by their most selective field, so that an event is tested only against filters that
//! could match it. Filters that search for places or times are filed by those (`by_setting.rs`).
//!
//! Pure: no locks, no sessions. The answer is the same as testing every filter of every
//! subscription, which the property test below does.

use std::cell::OnceCell;
use std::hash::Hash;
use std::sync::Arc;

use ahash::HashMap;
use kith_nips::discovery::Setting;
use kith_nips::nip01::TagName;
use kith_nips::nip50::{Search, SearchedText};
use kith_nips::{Event, EventId, Filter, Kind, PublicKey};

mod by_setting;
mod footprint;
mod postings;

use by_setting::BySetting;
use footprint::Footprint;
use postings::{Entry, Postings, take_all};

/// Subscriptions of one or more filters, each under a key of its own.
#[derive(Debug)]
pub(super) struct Index<K> {
    filters: HashMap<K, Arc<[Filter]>>,
    by_id: HashMap<EventId, Postings<K>>,
    by_author: HashMap<PublicKey, Postings<K>>,
    by_tag: HashMap<TagName, HashMap<Box<str>, Postings<K>>>,
    by_setting: BySetting<K>,
    by_kind: HashMap<Kind, Postings<K>>,
    any: Postings<K>,
}

/// The field under which a filter is filed. An event that matches the filter has a value in it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Field {
    Id,
    Author,
    Setting(Footprint),
    Tag(TagName),
    Kind,
    Any,
    /// Not filed at all: nothing can match.
    Nothing,
}

impl<K> Default for Index<K> {
    fn default() -> Self {
        Index {
            filters: HashMap::default(),
            by_id: HashMap::default(),
            by_author: HashMap::default(),
            by_tag: HashMap::default(),
            by_setting: BySetting::default(),
            by_kind: HashMap::default(),
            any: Postings::default(),
        }
    }
}

impl<K: Copy + Ord + Hash> Index<K> {
    /// Files a subscription, in place of the one that had this key.
    pub(super) fn insert(&mut self, key: K, filters: Arc<[Filter]>) {
        self.remove(key);
        for (position, filter) in filters.iter().enumerate() {
            self.file(filter, (key, position));
        }
        self.filters.insert(key, filters);
    }

    /// Forgets a subscription.
    pub(super) fn remove(&mut self, key: K) {
        let Some(filters) = self.filters.remove(&key) else {
            return;
        };
        for (position, filter) in filters.iter().enumerate() {
            self.unfile(filter, (key, position));
        }
    }

    /// The subscriptions with a filter that matches `event` at `now`, each once, in key order. What is
    /// not `searchable` matches no filter that searches.
    pub(super) fn matching(&self, event: &Event, searchable: bool, now: u64) -> Vec<K> {
        let text = OnceCell::new();
        let setting = OnceCell::new();
        let setting = || *setting.get_or_init(|| Setting::of(event));
        let is_found = |search: &Search| {
            let text = || text.get_or_init(|| SearchedText::of(event));
            searchable && search.finds(event, text, setting, now)
        };
        let mut matching: Vec<K> = self
            .candidates(event, searchable, setting)
            .filter(|(key, position)| {
                self.filters
                    .get(key)
                    .and_then(|filters| filters.get(*position))
                    .is_some_and(|filter| {
                        filter.matches_without_search(event)
                            && filter.search.as_ref().is_none_or(is_found)
                    })
            })
            .map(|(key, _)| *key)
            .collect();
        matching.sort_unstable();
        matching.dedup();
        matching
    }

    /// The filters that are tested. `setting` gives the event's, if it is needed.
    fn candidates(
        &self,
        event: &Event,
        searchable: bool,
        setting: impl FnOnce() -> Setting,
    ) -> impl Iterator<Item = &Entry<K>> {
        let tags = match self.by_tag.is_empty() {
            true => Vec::new(),
            false => self.tag_postings(event),
        };
        let settings = match searchable && !self.by_setting.is_empty() {
            true => self.by_setting.candidates(event, &setting()),
            false => Vec::new(),
        };
        let ids = self.by_id.get(&event.id());
        let authors = self.by_author.get(&event.pubkey());
        let kinds = self.by_kind.get(&event.kind());
        ids.into_iter()
            .chain(authors)
            .chain(kinds)
            .chain(tags)
            .chain(settings)
            .chain([&self.any])
            .flat_map(Postings::as_slice)
    }

    /// The postings of the event's tags, each once: a value that an event repeats must not
    /// multiply the work.
    fn tag_postings(&self, event: &Event) -> Vec<&Postings<K>> {
        let mut found: Vec<&Postings<K>> = event
            .indexed_tags()
            .filter_map(|(name, value)| self.by_tag.get(&name)?.get(value))
            .collect();
        found.sort_unstable_by_key(|postings| postings.as_slice().as_ptr());
        found.dedup_by_key(|postings| postings.as_slice().as_ptr());
        found
    }

    fn file(&mut self, filter: &Filter, entry: Entry<K>) {
        match most_selective(filter) {
            Field::Id => {
                for id in filter.ids.iter().flatten() {
                    self.by_id.entry(*id).or_default().add(entry);
                }
            }
            Field::Author => {
                for author in filter.authors.iter().flatten() {
                    self.by_author.entry(*author).or_default().add(entry);
                }
            }
            Field::Tag(name) => {
                let values = self.by_tag.entry(name).or_default();
                for value in filter.tags.get(&name).into_iter().flatten() {
                    values.entry(value.as_str().into()).or_default().add(entry);
                }
            }
            Field::Setting(footprint) => self.by_setting.file(&footprint, filter, entry),
            Field::Kind => {
                for kind in filter.kinds.iter().flatten() {
                    self.by_kind.entry(*kind).or_default().add(entry);
                }
            }
            Field::Any => self.any.add(entry),
            Field::Nothing => {}
        }
    }

    fn unfile(&mut self, filter: &Filter, entry: Entry<K>) {
        match most_selective(filter) {
            Field::Id => take_all(&mut self.by_id, filter.ids.iter().flatten(), entry),
            Field::Author => take_all(&mut self.by_author, filter.authors.iter().flatten(), entry),
            Field::Tag(name) => {
                let Some(values) = self.by_tag.get_mut(&name) else {
                    return;
                };
                let listed = filter.tags.get(&name).into_iter().flatten();
                take_all(values, listed.map(String::as_str), entry);
                if values.is_empty() {
                    self.by_tag.remove(&name);
                }
            }
            Field::Setting(footprint) => self.by_setting.unfile(&footprint, filter, entry),
            Field::Kind => take_all(&mut self.by_kind, filter.kinds.iter().flatten(), entry),
            Field::Any => self.any.take(entry),
            Field::Nothing => {}
        }
    }
}

/// An id names one event. Authors, tag values, places and times name few, the fewer the shorter the
/// list. Kinds name many.
fn most_selective(filter: &Filter) -> Field {
    if filter.matches_nothing() {
        return Field::Nothing;
    }
    if filter.ids.is_some() {
        return Field::Id;
    }
    if filter.authors.is_none()
        && let Some(footprint) = Footprint::of(filter)
    {
        return Field::Setting(footprint);
    }
    let authors = filter
        .authors
        .as_ref()
        .map(|authors| (authors.len(), Field::Author));
    let tags = filter
        .tags
        .iter()
        .map(|(name, values)| (values.len(), Field::Tag(*name)));
    // The first of equals is taken: an author says more than a tag.
    if let Some((_, field)) = authors.into_iter().chain(tags).min_by_key(|(len, _)| *len) {
        return field;
    }
    match filter.kinds {
        Some(_) => Field::Kind,
        None => Field::Any,
    }
}

#[cfg(test)]
mod tests;
