//! One reader's questions to the store: by id, by address, in order, counted. All of them bounded, and
//! none brings what the reader may not see. Knows filters, not what a note means.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use futures_util::future::try_join_all;
use kith_nips::discovery::Setting;
use kith_nips::nip01::TagName;
use kith_nips::nip50::{Rank, Search, SearchedText};
use kith_nips::{Address, Event, EventId, Filter, Kind};

use super::remembered::{KnownFacets, Remembered};
use crate::store::{
    Facet, FacetsOf, ScanOptions, Spread, Stamp, StampOf, Store, StoreError, Visible,
};

/// Look-ups of one event each, after which others get their turn: they are answered on the thread that
/// asks.
const LOOKUPS_PER_TURN_MAX: usize = 64;

/// Seconds for which counts stay that nothing came to or went from but what expired.
const FACETS_SECONDS: u64 = 60;

/// One reader's view of the directory at one moment.
#[derive(Clone)]
pub struct Reading {
    store: Arc<dyn Store>,
    remembered: Arc<Remembered>,
    visible: Visible,
    now: u64,
}

impl Reading {
    pub(super) fn new(
        store: Arc<dyn Store>,
        remembered: Arc<Remembered>,
        visible: Visible,
        now: u64,
    ) -> Self {
        Reading {
            store,
            remembered,
            visible,
            now,
        }
    }

    /// The moment, Unix seconds.
    pub fn now(&self) -> u64 {
        self.now
    }

    fn options(&self, limit: usize) -> ScanOptions {
        ScanOptions {
            limit_default: limit,
            limit_max: limit,
            completeness: false,
            now: self.now,
            visible: Arc::clone(&self.visible),
            after: None,
            spread: None,
        }
    }

    /// The event with this id.
    pub(super) async fn find(&self, id: EventId) -> Result<Option<Arc<Event>>, StoreError> {
        let found = self.store.find(id).await?;
        Ok(found.filter(|event| self.options(0).shows(event)))
    }

    /// The newest version at an address.
    pub(super) async fn find_address(
        &self,
        address: Address,
    ) -> Result<Option<Arc<Event>>, StoreError> {
        let found = self.store.find_address(address).await?;
        Ok(found.filter(|event| self.options(0).shows(event)))
    }

    /// The same reading, with what others see.
    pub(super) fn of_everything(&self) -> Reading {
        Reading {
            visible: Arc::new(|_| true),
            ..self.clone()
        }
    }

    /// Whether the reader may see an event.
    pub(super) fn shows(&self, event: &Event) -> bool {
        self.options(0).shows(event)
    }

    /// See [`Store::stamp`].
    pub(super) fn stamp(&self, of: StampOf<'_>) -> Option<Stamp> {
        self.store.stamp(of)
    }

    pub(super) fn remembered(&self) -> &Remembered {
        &self.remembered
    }

    /// Those of the addresses where something is, in order.
    pub(super) async fn find_addresses(
        &self,
        addresses: impl IntoIterator<Item = Address, IntoIter: Send>,
    ) -> Result<Vec<Arc<Event>>, StoreError> {
        let mut found = Vec::new();
        for (turn, address) in addresses.into_iter().enumerate() {
            give_way(turn).await;
            found.extend(self.find_address(address).await?);
        }
        Ok(found)
    }

    /// At most `limit` events, in the order of the filter.
    pub(super) async fn scan(
        &self,
        filter: Filter,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>, StoreError> {
        self.scan_with(filter, self.options(limit)).await
    }

    async fn scan_with(
        &self,
        mut filter: Filter,
        options: ScanOptions,
    ) -> Result<Vec<Arc<Event>>, StoreError> {
        filter.limit = Some(options.limit_max);
        filter.normalise();
        if filter.matches_nothing() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        let mut scan = Some(self.store.scan(vec![filter].into(), options).await?);
        while let Some(begun) = scan {
            let (page, rest) = self.store.next_page(begun).await?;
            found.extend(page.events);
            scan = rest;
        }
        Ok(found)
    }

    /// The first `limit` events that match any of the filters and stand behind `after`, in their one
    /// order: the filters have the same search, or none, which is the newest first.
    pub(super) async fn ranked(
        &self,
        filters: &[Filter],
        after: Option<Rank>,
        limit: usize,
    ) -> Result<Vec<(Rank, Arc<Event>)>, StoreError> {
        let options = self.options(limit);
        let found = self.ranked_with(filters, after, &options).await?;
        Ok(found.into_iter().take(limit).collect())
    }

    /// The events that match any of the filters, which search in the order of starts, so many of each
    /// stretch by each filter.
    pub(super) async fn spread(
        &self,
        filters: &[Filter],
        spread: Spread,
    ) -> Result<Vec<Arc<Event>>, StoreError> {
        let options = ScanOptions {
            spread: Some(spread.clone()),
            ..self.options(spread.events_max())
        };
        let found = self.ranked_with(filters, None, &options).await?;
        Ok(found.into_values().collect())
    }

    async fn ranked_with(
        &self,
        filters: &[Filter],
        after: Option<Rank>,
        options: &ScanOptions,
    ) -> Result<BTreeMap<Rank, Arc<Event>>, StoreError> {
        let filters = self.store.respelled(filters.into()).await?;
        let scans = filters
            .iter()
            .map(|filter| self.ranked_by_one(filter, after, options.clone()));
        let mut found = BTreeMap::new();
        for part in try_join_all(scans).await? {
            found.extend(part);
        }
        Ok(found)
    }

    async fn ranked_by_one(
        &self,
        filter: &Filter,
        after: Option<Rank>,
        mut options: ScanOptions,
    ) -> Result<Vec<(Rank, Arc<Event>)>, StoreError> {
        let mut filter = filter.clone();
        match (&filter.search, after) {
            (Some(_), _) => options.after = after,
            (None, Some(after)) => {
                let until = u64::MAX - after.0;
                filter.until = Some(filter.until.map_or(until, |other| other.min(until)));
                // Of the same second as the last one some were shown.
                let visible = Arc::clone(&self.visible);
                options.visible =
                    Arc::new(move |event| rank_of(None, event) > after && visible(event));
            }
            (None, None) => {}
        }
        let search = filter.search.clone();
        let events = self.scan_with(filter, options).await?;
        let ranked = events
            .into_iter()
            .map(|event| (rank_of(search.as_ref(), &event), event));
        Ok(ranked.collect())
    }

    /// Names, and how many communities and meetups have them.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn facets(&self, of: FacetsOf, limit: usize) -> Result<Vec<Facet>, StoreError> {
        let stamp = self.stamp(StampOf::Facets);
        let asked = (of, limit);
        let known = self.remembered.facets.get(&asked).filter(|known| {
            let until = known.read_at.saturating_add(FACETS_SECONDS);
            stamp == Some(known.stamp) && (known.read_at..until).contains(&self.now)
        });
        if let Some(known) = known {
            return Ok(known.facets.to_vec());
        }
        let read = self.store.facets(asked.0.clone(), self.now, limit);
        let facets = read.await?;
        if let Some(stamp) = stamp {
            let known = KnownFacets {
                stamp,
                read_at: self.now,
                facets: facets.as_slice().into(),
            };
            self.remembered.facets.insert(asked, known);
        }
        Ok(facets)
    }

    /// How many lists of follows name a community (LBC-20).
    pub(super) async fn count_followers(&self, community: EventId) -> Result<u64, StoreError> {
        let Some(name) = TagName::new('e') else {
            return Ok(0);
        };
        let id = community.to_string();
        let lists = Kind::COMMUNITY_FOLLOWS;
        self.store.count_tagged(lists, name, &id).await
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Reading")
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// Lets others have their turn now and then.
pub(super) async fn give_way(turn: usize) {
    if turn % LOOKUPS_PER_TURN_MAX == LOOKUPS_PER_TURN_MAX - 1 {
        tokio::task::yield_now().await;
    }
}

/// Where an event stands.
fn rank_of(search: Option<&Search>, event: &Event) -> Rank {
    match search {
        Some(search) => search.rank(event, || SearchedText::of(event), &Setting::of(event)),
        None => Rank(u64::MAX - event.created_at(), 0, event.id()),
    }
}

/// A filter of kinds.
pub(super) fn kinds(kinds: &[Kind]) -> Filter {
    Filter {
        kinds: Some(kinds.to_vec()),
        ..Filter::default()
    }
}

/// The filter with one more condition: a tag of this letter has one of the values.
pub(super) fn tagged(
    mut filter: Filter,
    letter: char,
    values: impl IntoIterator<Item = String>,
) -> Filter {
    if let Some(name) = TagName::new(letter) {
        filter.tags.insert(name, values.into_iter().collect());
    }
    filter
}
