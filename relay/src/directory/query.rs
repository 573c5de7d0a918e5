//! What a list is asked for, and the filters that find it.

use std::collections::BTreeSet;

use kith_nips::lbc::Topic;
use kith_nips::nip50::Search;
use kith_nips::place::CityTag;
use kith_nips::{EventId, Filter, Kind, PublicKey};

use super::page::Place;
use super::reading::{kinds, tagged};

/// How several topics are combined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TopicMatch {
    /// One of them is enough.
    #[default]
    Any,
    /// All of them.
    All,
}

/// What is wanted of a list of communities or meetups. Everything is combined by AND.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Words, places, dates and the order; `None` is everything, the newest first.
    pub search: Option<Search>,
    /// In one of these cities; empty is anywhere.
    pub cities: Vec<CityTag>,
    /// About these topics; empty is about anything.
    pub topics: Vec<Topic>,
    /// How the topics are combined.
    pub topic_match: TopicMatch,
    /// What is alike to what this person follows, the most alike first.
    pub like: Option<PublicKey>,
    /// What stands behind this place.
    pub after: Option<Place>,
    /// Most items of a page.
    pub limit: usize,
}

impl Listing {
    /// The filters of the list, for notes of these kinds.
    pub(super) fn filter(&self, of: &[Kind]) -> Filter {
        let mut filter = kinds(of);
        filter.search.clone_from(&self.search);
        if !self.cities.is_empty() {
            filter = tagged(filter, 'g', self.cities.iter().map(CityTag::to_string));
        }
        let topics = match self.topic_match {
            TopicMatch::Any => self.topics.as_slice(),
            // A note that has all of them has the first; the rest is for `Listing::wants`.
            TopicMatch::All => self.topics.get(..1).unwrap_or_default(),
        };
        if !topics.is_empty() {
            filter = tagged(filter, 't', topics.iter().map(Topic::to_string));
        }
        filter
    }

    /// Whether a note with these topics has all that are wanted: what no filter can ask for.
    pub(super) fn wants(&self, topics: &[Topic]) -> bool {
        self.topic_match == TopicMatch::Any
            || self.topics.iter().all(|topic| topics.contains(topic))
    }
}

/// Filters for notes about any of the topics or naming any of the communities.
pub(super) fn alike(
    filter: &Filter,
    topics: &[Topic],
    communities: &BTreeSet<EventId>,
) -> Vec<Filter> {
    let mut filters = Vec::new();
    let has_topics = filter.tags.keys().any(|name| name.to_string() == "t");
    if has_topics {
        // A filter has room for one choice of topics: what shares none with the person is left out later.
        filters.push(filter.clone());
    } else if !topics.is_empty() {
        let topics = topics.iter().map(Topic::to_string);
        filters.push(tagged(filter.clone(), 't', topics));
    }
    if !communities.is_empty() {
        let ids = communities.iter().map(EventId::to_string);
        filters.push(tagged(filter.clone(), 'e', ids));
    }
    filters
}

/// The search for meetups that are neither called off nor over.
pub(super) fn open() -> Option<Search> {
    Search::parse("open").ok()
}
