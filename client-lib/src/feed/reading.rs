//! Asks for what a feed is made of: pages of notes, meetups that are answered, names.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use kith_nips::lbc::{Published, Rsvp};
use kith_nips::{Address, EventId, Kind, PublicKey};
use nostr_sdk::{Filter, Timestamp};

use super::{FEED_ITEMS_MAX, FEED_PEOPLE_MAX, FeedError, FeedItem, FeedPeople, FeedSubject};
use crate::fetch::{Found, ReadError};
use crate::filters::{FILTER_VALUES_MAX, addresses_filters, authors, kinds_filter};
use crate::kith::Kith;
use crate::meetups::MeetupView;
use crate::refusal::{Refusal, merge};
use crate::relay_lists::Writers;

/// What is in a feed.
const KINDS: [Kind; 4] = [Kind::TEXT_NOTE, Kind::DATE_MEETUP, Kind::MEETUP, Kind::RSVP];

/// Notes asked for at once, for each filter.
const NOTES_PER_PAGE: usize = 200;

/// Pages that are looked through for what is shown.
const PAGES_MAX: usize = 20;

/// Clocks may be wrong by this many seconds; what is dated later is not shown, or it would stand at the
/// top for good.
const FUTURE_SECONDS_MAX: u64 = 900;

/// Whose notes, and what relays are asked for.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// With the names that the user gave.
    petnames: BTreeMap<PublicKey, Option<String>>,
    pub(super) filters: Vec<Filter>,
    /// Where these people write, beside the set.
    pub(super) writers: Writers,
    pub(super) silent: Vec<Refusal>,
}

/// The newest items.
#[derive(Debug, Default)]
pub(super) struct History {
    pub(super) items: Vec<FeedItem>,
    /// There may be older ones: they were cut off.
    pub(super) has_more: bool,
    pub(super) silent: Vec<Refusal>,
}

impl Kith {
    pub(super) async fn feed_source(&self, people: FeedPeople) -> Result<Source, FeedError> {
        let friends_only = people == FeedPeople::Friends;
        let (mut people, silent) = self.heard_people(friends_only).await?;
        people.drain(..people.len().saturating_sub(FEED_PEOPLE_MAX));
        let keys: Vec<PublicKey> = people.iter().map(|one| one.person).collect();
        let writers = self.follow_authors(keys.iter().copied()).await;
        let petnames = people.into_iter().map(|one| (one.person, one.petname));
        let filters = keys.chunks(FILTER_VALUES_MAX).filter_map(|chunk| {
            let keys = authors(chunk.iter().copied());
            (!keys.is_empty()).then(|| kinds_filter(&KINDS).authors(keys))
        });
        Ok(Source {
            filters: filters.collect(),
            writers,
            petnames: petnames.collect(),
            silent,
        })
    }

    /// The newest items, newest first.
    pub(super) async fn feed_history(
        &self,
        source: &Source,
        limit: usize,
    ) -> Result<History, ReadError> {
        let limit = limit.min(FEED_ITEMS_MAX);
        let mut history = History {
            silent: source.silent.clone(),
            ..History::default()
        };
        let mut pages = Pages::new(source, None);
        for _ in 0..PAGES_MAX {
            let is_last = !self
                .next_page(source, &mut pages, &mut history.silent)
                .await?;
            let complete = pages.complete_since();
            let found = pages.found.values();
            let found = found.filter(|found| found.event.created_at() >= complete);
            let found = found.cloned().collect();
            history.items = self.feed_items(source, found, &mut history.silent).await?;
            if is_last || history.items.len() >= limit {
                history.has_more = !is_last;
                break;
            }
        }
        history.has_more |= history.items.len() > limit;
        history.items.truncate(limit);
        Ok(history)
    }

    /// Everything since this second, newest first.
    pub(super) async fn feed_since(
        &self,
        source: &Source,
        since: u64,
        silent: &mut Vec<Refusal>,
    ) -> Result<Vec<FeedItem>, ReadError> {
        let mut pages = Pages::new(source, Some(since));
        for _ in 0..PAGES_MAX {
            if !self.next_page(source, &mut pages, silent).await? {
                break;
            }
        }
        let found = pages.found.into_values().collect();
        self.feed_items(source, found, silent).await
    }

    /// One page more of every filter that is not at its end. Whether there is another.
    async fn next_page(
        &self,
        source: &Source,
        pages: &mut Pages,
        silent: &mut Vec<Refusal>,
    ) -> Result<bool, ReadError> {
        for asked in pages.asked.iter_mut().filter(|asked| !asked.is_over) {
            let mut filter = asked.filter.clone().limit(NOTES_PER_PAGE);
            filter.until = asked.reaches.map(Timestamp::from_secs);
            let page = self.fetch_page_of(&filter, &source.writers).await;
            let page = page.answered()?;
            merge(silent, &page.silent);
            for found in page.found {
                pages.found.entry(found.event.id()).or_insert(found);
            }
            asked.reaches = page.reaches;
            asked.is_over = page.reaches.is_none();
        }
        Ok(pages.asked.iter().any(|asked| !asked.is_over))
    }

    /// What of these notes is shown, newest first.
    pub(super) async fn feed_items(
        &self,
        source: &Source,
        found: Vec<Found>,
        silent: &mut Vec<Refusal>,
    ) -> Result<Vec<FeedItem>, ReadError> {
        let latest = self.now().saturating_add(FUTURE_SECONDS_MAX);
        let is_shown = |found: &Found| {
            source.petnames.contains_key(&found.event.pubkey())
                && found.event.created_at() <= latest
        };
        let (notes, others): (Vec<Found>, Vec<Found>) = found
            .into_iter()
            .filter(is_shown)
            .partition(|found| found.event.kind() == Kind::TEXT_NOTE);
        let notes = self.standing(notes, silent).await;
        // A newer version may be dated in the future.
        let mut others = self.current(others, silent).await;
        others.retain(is_shown);
        let (answers, announced): (Vec<Found>, Vec<Found>) = others
            .into_iter()
            .partition(|found| found.event.kind() == Kind::RSVP);
        let answers = newest_answers(&answers);
        let mut meetups = self.views_of(announced.clone(), silent).await?;
        let answered = self.answered(&answers, &meetups, silent).await?;

        let mut items: Vec<FeedItem> = Vec::new();
        items.extend(notes.iter().map(note));
        let announced: BTreeSet<EventId> = announced.iter().map(|found| found.event.id()).collect();
        meetups.retain(|view| announced.contains(&view.id()));
        let at = |address: &Address| {
            let known = meetups.iter().chain(&answered);
            known.into_iter().find(|view| view.address() == *address)
        };
        items.extend(answers.into_iter().map(|rsvp| {
            let view = at(&rsvp.meetup).cloned().map(Box::new);
            answer(rsvp, view)
        }));
        items.extend(meetups.into_iter().map(meetup));
        items.sort_by_key(|item| (Reverse(item.created_at), item.id));
        self.name_authors(source, &mut items, silent).await;
        Ok(items)
    }

    /// The meetups that were answered, as far as they are not among these.
    async fn answered(
        &self,
        answers: &[Published<Rsvp>],
        known: &[MeetupView],
        silent: &mut Vec<Refusal>,
    ) -> Result<Vec<MeetupView>, ReadError> {
        let known: BTreeSet<Address> = known.iter().map(MeetupView::address).collect();
        let wanted: BTreeSet<Address> = answers
            .iter()
            .map(|rsvp| rsvp.meetup.clone())
            .filter(|address| !known.contains(address))
            .collect();
        let wanted: Vec<Address> = wanted.into_iter().collect();
        let fetched = self.fetch(addresses_filters(&wanted)).await.answered()?;
        merge(silent, &fetched.silent);
        let mut found = fetched.found;
        found.retain(|found| {
            let address = found.event.address();
            address.is_some_and(|address| wanted.contains(&address))
        });
        self.views_of(found, silent).await
    }

    async fn name_authors(
        &self,
        source: &Source,
        items: &mut [FeedItem],
        silent: &mut Vec<Refusal>,
    ) {
        let petname = |person| source.petnames.get(&person).cloned().flatten();
        let nameless = items.iter().map(|item| item.author);
        let nameless: BTreeSet<PublicKey> =
            nameless.filter(|who| petname(*who).is_none()).collect();
        let names = self.names(&nameless).await;
        merge(silent, &names.silent);
        for item in items {
            item.name = petname(item.author).or_else(|| names.names.get(&item.author).cloned());
        }
    }
}

/// The pages of several filters.
struct Pages {
    asked: Vec<Asked>,
    found: BTreeMap<EventId, Found>,
}

/// One filter and how far it was asked.
struct Asked {
    filter: Filter,
    reaches: Option<u64>,
    is_over: bool,
}

impl Pages {
    fn new(source: &Source, since: Option<u64>) -> Pages {
        let asked = source.filters.iter().map(|filter| {
            let mut filter = filter.clone();
            filter.since = since.map(Timestamp::from_secs);
            Asked {
                filter,
                reaches: None,
                is_over: false,
            }
        });
        Pages {
            asked: asked.collect(),
            found: BTreeMap::new(),
        }
    }

    /// From this second on nothing is missing.
    fn complete_since(&self) -> u64 {
        let open = self.asked.iter().filter(|asked| !asked.is_over);
        let reaches = open.filter_map(|asked| asked.reaches);
        reaches.max().map_or(0, |reaches| reaches.saturating_add(1))
    }
}

/// The newest answer of each person to each meetup: other clients may write another note for each
/// (LBC-35).
fn newest_answers(found: &[Found]) -> Vec<Published<Rsvp>> {
    let mut newest: BTreeMap<(PublicKey, Address), Published<Rsvp>> = BTreeMap::new();
    for rsvp in found
        .iter()
        .filter_map(|found| Rsvp::read(&found.event).ok())
    {
        let key = (rsvp.author, rsvp.meetup.clone());
        match newest.get(&key) {
            Some(known) if !rsvp.replaces(known) => {}
            _ => {
                newest.insert(key, rsvp);
            }
        }
    }
    newest.into_values().collect()
}

fn note(found: &Found) -> FeedItem {
    FeedItem {
        id: found.event.id(),
        author: found.event.pubkey(),
        name: None,
        created_at: found.event.created_at(),
        subject: FeedSubject::Note {
            text: found.event.content().to_owned(),
        },
    }
}

fn meetup(view: MeetupView) -> FeedItem {
    FeedItem {
        id: view.id(),
        author: view.author(),
        name: None,
        created_at: view.meetup().created_at,
        subject: FeedSubject::Meetup(Box::new(view)),
    }
}

fn answer(rsvp: Published<Rsvp>, view: Option<Box<MeetupView>>) -> FeedItem {
    FeedItem {
        id: rsvp.id,
        author: rsvp.author,
        name: None,
        created_at: rsvp.created_at,
        subject: FeedSubject::Answer {
            answer: rsvp.answer,
            comment: rsvp.note.comment,
            address: rsvp.note.meetup,
            meetup: view,
        },
    }
}
