//! Filters by their most selective field, so that an event is tested only against filters that
//! could match it.
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

/// Subscriptions of one or more filters, each under a key of its own.
#[derive(Debug)]
pub(super) struct Index<K> {
    filters: HashMap<K, Arc<[Filter]>>,
    by_id: HashMap<EventId, Postings<K>>,
    by_author: HashMap<PublicKey, Postings<K>>,
    by_tag: HashMap<TagName, HashMap<Box<str>, Postings<K>>>,
    by_kind: HashMap<Kind, Postings<K>>,
    any: Postings<K>,
}

/// The filters that list one value: key and position among the filters of that key, sorted.
type Postings<K> = Vec<(K, usize)>;

/// The field under which a filter is filed. An event that matches the filter has a value in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Id,
    Author,
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
            by_kind: HashMap::default(),
            any: Vec::new(),
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
        let is_found = |search: &Search| {
            let text = || text.get_or_init(|| SearchedText::of(event));
            let setting = || *setting.get_or_init(|| Setting::of(event));
            searchable && search.finds(event, text, setting, now)
        };
        let mut matching: Vec<K> = self
            .candidates(event)
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

    fn candidates(&self, event: &Event) -> impl Iterator<Item = &(K, usize)> {
        let tags = match self.by_tag.is_empty() {
            true => Vec::new(),
            false => self.tag_postings(event),
        };
        let ids = self.by_id.get(&event.id());
        let authors = self.by_author.get(&event.pubkey());
        let kinds = self.by_kind.get(&event.kind());
        ids.into_iter()
            .chain(authors)
            .chain(kinds)
            .chain(tags)
            .chain([&self.any])
            .flatten()
    }

    /// The postings of the event's tags, each once: a value that an event repeats must not
    /// multiply the work.
    fn tag_postings(&self, event: &Event) -> Vec<&Postings<K>> {
        let mut found: Vec<&Postings<K>> = event
            .indexed_tags()
            .filter_map(|(name, value)| self.by_tag.get(&name)?.get(value))
            .collect();
        found.sort_unstable_by_key(|postings| postings.as_ptr());
        found.dedup_by_key(|postings| postings.as_ptr());
        found
    }

    fn file(&mut self, filter: &Filter, entry: (K, usize)) {
        match most_selective(filter) {
            Field::Id => {
                for id in filter.ids.iter().flatten() {
                    add(self.by_id.entry(*id).or_default(), entry);
                }
            }
            Field::Author => {
                for author in filter.authors.iter().flatten() {
                    add(self.by_author.entry(*author).or_default(), entry);
                }
            }
            Field::Tag(name) => {
                let values = self.by_tag.entry(name).or_default();
                for value in filter.tags.get(&name).into_iter().flatten() {
                    add(values.entry(value.as_str().into()).or_default(), entry);
                }
            }
            Field::Kind => {
                for kind in filter.kinds.iter().flatten() {
                    add(self.by_kind.entry(*kind).or_default(), entry);
                }
            }
            Field::Any => add(&mut self.any, entry),
            Field::Nothing => {}
        }
    }

    fn unfile(&mut self, filter: &Filter, entry: (K, usize)) {
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
            Field::Kind => take_all(&mut self.by_kind, filter.kinds.iter().flatten(), entry),
            Field::Any => take(&mut self.any, entry),
            Field::Nothing => {}
        }
    }
}

/// An id names one event. Authors and tag values name few, the fewer the shorter the list. Kinds
/// name many.
fn most_selective(filter: &Filter) -> Field {
    if filter.matches_nothing() {
        return Field::Nothing;
    }
    if filter.ids.is_some() {
        return Field::Id;
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

fn add<K: Ord>(postings: &mut Postings<K>, entry: (K, usize)) {
    if let Err(place) = postings.binary_search(&entry) {
        if postings.is_empty() {
            // Most values are asked for by one filter only.
            postings.reserve_exact(1);
        }
        postings.insert(place, entry);
    }
}

fn take<K: Ord>(postings: &mut Postings<K>, entry: (K, usize)) {
    if let Ok(place) = postings.binary_search(&entry) {
        postings.remove(place);
    }
}

fn take_all<'a, K, V, Q>(
    map: &mut HashMap<V, Postings<K>>,
    values: impl Iterator<Item = &'a Q>,
    entry: (K, usize),
) where
    K: Copy + Ord,
    V: Hash + Eq + std::borrow::Borrow<Q>,
    Q: Hash + Eq + ?Sized + 'a,
{
    for value in values {
        if let Some(postings) = map.get_mut(value) {
            take(postings, entry);
            if postings.is_empty() {
                map.remove(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    use super::*;

    /// Few different values, so that most filters match something.
    const VALUES: u8 = 4;

    fn hex(byte: u8) -> String {
        format!("{byte:064x}")
    }

    fn event(id: u8, author: u8, kind: u8, tags: &[(char, u8)], created_at: u64) -> Event {
        let tags: Vec<[String; 2]> = tags
            .iter()
            .map(|(name, value)| [name.to_string(), value.to_string()])
            .collect();
        let json = format!(
            r#"{{"id":"{}","pubkey":"{}","created_at":{created_at},"kind":{},"tags":{},"content":"","sig":"{}"}}"#,
            hex(id),
            hex(author),
            number(kind),
            serde_json::to_string(&tags).unwrap(),
            "0".repeat(128),
        );
        Event::parse(&json).unwrap()
    }

    /// Kinds of different classes: the identifier of addressable ones is special.
    fn number(kind: u8) -> u16 {
        [1, 5, 10_002, 31_923][usize::from(kind % VALUES)]
    }

    fn list<T: Ord + std::fmt::Debug + 'static>(
        make: fn(u8) -> T,
    ) -> impl Strategy<Value = Option<Vec<T>>> {
        option::weighted(
            0.4,
            vec(0..VALUES, 0..4).prop_map(move |bytes| {
                let mut values: Vec<T> = bytes.into_iter().map(make).collect();
                values.sort_unstable();
                values.dedup();
                values
            }),
        )
    }

    fn tag_letter() -> impl Strategy<Value = char> {
        prop_oneof![Just('d'), Just('t'), Just('T')]
    }

    fn filter() -> impl Strategy<Value = Filter> {
        let tags = vec((tag_letter(), list(|byte| byte.to_string())), 0..3);
        let times = (
            option::weighted(0.2, 0..4_u64),
            option::weighted(0.2, 0..4_u64),
        );
        (
            list(|byte| EventId::from_hex(&hex(byte)).unwrap()),
            list(|byte| PublicKey::from_hex(&hex(byte)).unwrap()),
            list(|byte| Kind::new(number(byte))),
            tags,
            times,
        )
            .prop_map(|(ids, authors, kinds, tags, (since, until))| Filter {
                ids,
                authors,
                kinds,
                tags: tags
                    .into_iter()
                    .filter_map(|(name, values)| Some((TagName::new(name)?, values?)))
                    .collect::<BTreeMap<_, _>>(),
                since,
                until,
                ..Filter::default()
            })
    }

    fn events() -> impl Strategy<Value = Event> {
        let tags = vec((tag_letter(), 0..VALUES), 0..4);
        (0..VALUES, 0..VALUES, 0..VALUES, tags, 0..4_u64).prop_map(
            |(id, author, kind, tags, created_at)| event(id, author, kind, &tags, created_at),
        )
    }

    #[derive(Debug, Clone)]
    enum Step {
        Subscribe(u8, Vec<Filter>),
        Close(u8),
        Deliver(Box<Event>),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => (0..8_u8, vec(filter(), 1..4)).prop_map(|(key, filters)| Step::Subscribe(key, filters)),
            1 => (0..8_u8).prop_map(Step::Close),
            3 => events().prop_map(|event| Step::Deliver(Box::new(event))),
        ]
    }

    proptest! {
        #[test]
        fn nip01_92_the_index_finds_what_a_plain_search_finds(steps in vec(step(), 1..60)) {
            let mut index = Index::default();
            let mut plain: BTreeMap<u8, Vec<Filter>> = BTreeMap::new();
            for step in steps {
                match step {
                    Step::Subscribe(key, filters) => {
                        index.insert(key, filters.clone().into());
                        plain.insert(key, filters);
                    }
                    Step::Close(key) => {
                        index.remove(key);
                        plain.remove(&key);
                    }
                    Step::Deliver(event) => {
                        let expected: Vec<u8> = plain
                            .iter()
                            .filter(|(_, filters)| filters.iter().any(|filter| filter.matches(&event, 0)))
                            .map(|(key, _)| *key)
                            .collect();
                        prop_assert_eq!(index.matching(&event, true, 0), expected);
                    }
                }
            }
            for key in 0..8 {
                index.remove(key);
            }
            prop_assert!(index.is_empty(), "closed subscriptions leave nothing behind");
        }
    }

    impl<K> Index<K> {
        fn is_empty(&self) -> bool {
            self.filters.is_empty()
                && self.by_id.is_empty()
                && self.by_author.is_empty()
                && self.by_tag.is_empty()
                && self.by_kind.is_empty()
                && self.any.is_empty()
        }
    }

    fn check_field(json: &str, expected: Field) {
        assert_eq!(
            most_selective(&Filter::parse(json).unwrap()),
            expected,
            "{json}"
        );
    }

    #[test]
    fn the_most_selective_field_is_taken() {
        let (a, b) = (hex(1), hex(2));
        let tag = TagName::new('t').unwrap();
        check_field("{}", Field::Any);
        check_field(r#"{"kinds":[1]}"#, Field::Kind);
        check_field(
            &format!(r#"{{"kinds":[1],"authors":["{a}"]}}"#),
            Field::Author,
        );
        check_field(
            &format!(r#"{{"ids":["{a}","{b}"],"authors":["{a}"]}}"#),
            Field::Id,
        );
        check_field(
            &format!(r##"{{"authors":["{a}","{b}"],"#t":["x"]}}"##),
            Field::Tag(tag),
        );
        check_field(
            &format!(r##"{{"authors":["{a}"],"#t":["x"]}}"##),
            Field::Author,
        );
    }

    #[test]
    fn nip01_69_and_75_impossible_filters_are_not_filed() {
        check_field(r#"{"ids":[]}"#, Field::Nothing);
        check_field(r##"{"kinds":[1],"#t":[]}"##, Field::Nothing);
        check_field(r#"{"since":2,"until":1}"#, Field::Nothing);
    }
}
