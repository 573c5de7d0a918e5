//! One question to every relay, answered whole: pages until nothing new comes, duplicates merged,
//! the newest version of an address chosen, and who stayed silent. Knows filters and events, not
//! communities.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use futures_util::future::join_all;
use kith_nips::{Address, Event, EventId, Kind, PublicKey, StorageClass, nip09, nip40};
use nostr_sdk::{Alphabet, Filter, RelayUrl, SingleLetterTag, Timestamp};

use crate::kith::Kith;
use crate::link::Link;
use crate::refusal::{Reason, Refusal, joined};

/// Events asked for at a time. Relays may give fewer; then more pages are asked for.
pub const EVENTS_PER_PAGE: usize = 500;

/// Events that one relay may answer to one question.
pub const EVENTS_PER_ANSWER_MAX: usize = 50_000;

/// Values of one condition of one filter; longer lists are asked for in several filters.
pub(crate) const FILTER_VALUES_MAX: usize = 100;

/// A page that came too fast to be read is asked for again this often.
const ATTEMPTS_MAX: usize = 3;

/// Why nothing could be read.
///
/// ```
/// use kith_client::{ReadError, Reason, Refusal, RelayUrl};
///
/// let relay = RelayUrl::parse("wss://relay.example.com")?;
/// let error = ReadError::NobodyAnswered {
///     silent: vec![Refusal { relay, reason: Reason::ConnectionLost }],
/// };
/// assert!(error.to_string().starts_with("no relay answered: wss://relay.example.com"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Not one relay answered. An empty answer is not an error.
    #[error("no relay answered: {}", joined(.silent))]
    NobodyAnswered {
        /// Every relay and why.
        silent: Vec<Refusal>,
    },
}

/// A list of what was found, and which relays did not answer: what only they know is missing.
///
/// ```no_run
/// use kith_client::{Kith, Search};
///
/// # async fn example(kith: Kith) -> Result<(), kith_client::LookupError> {
/// let meetups = kith.meetups(&Search::new().topic("rust")).await?;
/// for meetup in &meetups.found {
///     println!("{}", meetup.title());
/// }
/// for refusal in &meetups.silent {
///     eprintln!("perhaps more on {refusal}");
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Listing<T> {
    /// What was found.
    pub found: Vec<T>,
    /// Relays that did not answer, or not completely.
    pub silent: Vec<Refusal>,
}

impl<T> IntoIterator for Listing<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.into_iter()
    }
}

/// An event and the relays that have it.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) event: Event,
    pub(crate) relays: Vec<RelayUrl>,
}

/// The answers of all relays to the same filters, each event once.
#[derive(Debug)]
pub(crate) struct Fetched {
    pub(crate) found: Vec<Found>,
    pub(crate) silent: Vec<Refusal>,
    answered: usize,
}

impl Fetched {
    /// Nothing was asked, so nobody stayed silent.
    fn nothing() -> Fetched {
        Fetched { found: Vec::new(), silent: Vec::new(), answered: 1 }
    }

    /// An error when not one relay answered.
    pub(crate) fn answered(self) -> Result<Fetched, ReadError> {
        match self.answered {
            0 => Err(ReadError::NobodyAnswered { silent: self.silent }),
            _ => Ok(self),
        }
    }
}

impl Kith {
    /// Asks every relay for everything that any of the filters matches.
    pub(crate) async fn fetch(&self, filters: Vec<Filter>) -> Fetched {
        if filters.is_empty() {
            return Fetched::nothing();
        }
        let answers = join_all(self.links().iter().map(|link| self.ask(link, &filters))).await;
        let now = self.now();
        let mut found: BTreeMap<EventId, Found> = BTreeMap::new();
        let mut silent = Vec::new();
        let mut answered = 0;
        for (link, (events, failure)) in self.links().iter().zip(answers) {
            match failure {
                Some(reason) => silent.push(Refusal { relay: link.url().clone(), reason }),
                None => answered += 1,
            }
            for event in events {
                add(&mut found, event, link.url(), now);
            }
        }
        Fetched { found: found.into_values().collect(), silent, answered }
    }

    /// One relay, one filter after the other. What came before a failure is kept: it is worth
    /// showing, and the failure says that it is not all.
    async fn ask(
        &self,
        link: &Arc<Link>,
        filters: &[Filter],
    ) -> (Vec<nostr_sdk::Event>, Option<Reason>) {
        let mut events = Vec::new();
        for filter in filters {
            if let Err(reason) = self.ask_pages(link, filter, &mut events).await {
                return (events, Some(reason));
            }
        }
        (events, None)
    }

    /// NIP-67: the next page ends where the last one did, and known ids are removed, so that equal
    /// timestamps are not lost; the end is a page that brings nothing new.
    async fn ask_pages(
        &self,
        link: &Arc<Link>,
        filter: &Filter,
        events: &mut Vec<nostr_sdk::Event>,
    ) -> Result<(), Reason> {
        let expected = at_most(filter);
        let mut known: HashSet<nostr_sdk::EventId> = HashSet::new();
        let mut until = filter.until;
        let mut longest_page = 0;
        loop {
            let mut page_filter = filter.clone().limit(EVENTS_PER_PAGE);
            page_filter.until = until;
            let page = self.ask_page(link, &page_filter).await?;
            let (Some(oldest), Some(newest)) = (
                page.iter().map(|event| event.created_at).min(),
                page.iter().map(|event| event.created_at).max(),
            ) else {
                return Ok(());
            };
            let before = known.len();
            let page_length = page.len();
            for event in page {
                if known.insert(event.id) {
                    events.push(event);
                }
            }
            if expected.is_some_and(|expected| known.len() >= expected) {
                return Ok(());
            }
            if known.len() > EVENTS_PER_ANSWER_MAX {
                return Err(Reason::TooMany);
            }
            let group_fills_page =
                page_length > 1 && page_length >= longest_page && oldest == newest;
            longest_page = longest_page.max(page_length);
            until = match known.len() > before {
                true => Some(oldest),
                false if group_fills_page && oldest.as_secs() > 0 => {
                    Some(Timestamp::from_secs(oldest.as_secs() - 1))
                }
                false => return Ok(()),
            };
        }
    }

    async fn ask_page(
        &self,
        link: &Arc<Link>,
        filter: &Filter,
    ) -> Result<Vec<nostr_sdk::Event>, Reason> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            match link.request(filter, self.signer(), self.timeout()).await {
                Err(Reason::Overrun) if attempts < ATTEMPTS_MAX => {}
                outcome => return outcome,
            }
        }
    }
}

fn add(
    found: &mut BTreeMap<EventId, Found>,
    event: nostr_sdk::Event,
    relay: &RelayUrl,
    now: u64,
) {
    match found.entry(EventId::from(event.id)) {
        Entry::Occupied(mut entry) => {
            let relays = &mut entry.get_mut().relays;
            if !relays.contains(relay) {
                relays.push(relay.clone());
            }
        }
        Entry::Vacant(entry) => match Event::try_from(&event) {
            Ok(event) if nip40::is_expired(&event, now) => {}
            Ok(event) => {
                entry.insert(Found { event, relays: vec![relay.clone()] });
            }
            Err(error) => tracing::debug!(%relay, %error, "dropped a note that cannot be read"),
        },
    }
}

/// How many events can match, when the filter names what it wants one by one: then no further page
/// needs to be asked for.
fn at_most(filter: &Filter) -> Option<usize> {
    if let Some(ids) = &filter.ids {
        return Some(ids.len());
    }
    let authors = filter.authors.as_ref()?.len();
    let kinds = filter.kinds.as_ref()?;
    let d = filter.generic_tags.get(&SingleLetterTag::lowercase(Alphabet::D));
    let mut sum: usize = 0;
    for kind in kinds {
        let each = match Kind::new(kind.as_u16()).storage_class() {
            StorageClass::Replaceable => 1,
            StorageClass::Addressable => d?.len(),
            StorageClass::Regular | StorageClass::Ephemeral => return None,
        };
        sum = sum.saturating_add(authors.saturating_mul(each));
    }
    Some(sum)
}

/// NIP-01: of two versions the newer wins, and of equally old ones the one with the lowest id.
pub(crate) fn supersedes(new: &Event, old: &Event) -> bool {
    (new.created_at(), old.id()) > (old.created_at(), new.id())
}

/// The winning version of every address, whatever the order of arrival. Events without an address
/// are left out.
pub(crate) fn newest(found: impl IntoIterator<Item = Found>) -> BTreeMap<Address, Found> {
    let mut newest: BTreeMap<Address, Found> = BTreeMap::new();
    for candidate in found {
        let Some(address) = candidate.event.address() else { continue };
        match newest.entry(address) {
            Entry::Vacant(entry) => {
                entry.insert(candidate);
            }
            Entry::Occupied(mut entry) => {
                if supersedes(&candidate.event, &entry.get().event) {
                    entry.insert(candidate);
                }
            }
        }
    }
    newest
}

/// What authors took back (NIP-09): a relay that was never told still serves it.
#[derive(Debug, Default)]
pub(crate) struct Deletions {
    ids: HashSet<(PublicKey, EventId)>,
    addresses: BTreeMap<Address, u64>,
}

impl Deletions {
    pub(crate) fn read<'a>(events: impl IntoIterator<Item = &'a Event>) -> Deletions {
        let mut deletions = Deletions::default();
        for event in events {
            if event.kind() != Kind::DELETION {
                continue;
            }
            let targets = nip09::deletion_targets(event);
            for id in targets.ids {
                deletions.ids.insert((event.pubkey(), id));
            }
            for address in targets.addresses {
                let upto = deletions.addresses.entry(address).or_default();
                *upto = (*upto).max(event.created_at());
            }
        }
        deletions
    }

    /// Whether this author took back the event with this id.
    pub(crate) fn cover_id(&self, author: PublicKey, id: EventId) -> bool {
        self.ids.contains(&(author, id))
    }

    /// Versions written after the deletion live on.
    pub(crate) fn cover(&self, event: &Event) -> bool {
        let by_id = self.cover_id(event.pubkey(), event.id());
        let by_address = event.address().is_some_and(|address| {
            self.addresses
                .get(&address)
                .is_some_and(|upto| event.created_at() <= *upto)
        });
        by_id || by_address
    }
}

/// Filters of kinds by authors and `d` values. A filter matches every pair, so what comes back must
/// still be compared with what was wanted.
pub(crate) fn addresses_filters(addresses: &[Address]) -> Vec<Filter> {
    addresses
        .chunks(FILTER_VALUES_MAX)
        .filter_map(|chunk| {
            let kinds: HashSet<u16> = chunk.iter().map(|address| address.kind.as_u16()).collect();
            let authors = authors(chunk.iter().map(|address| address.pubkey));
            let filter = Filter::new().kinds(kinds.into_iter().map(nostr_sdk::Kind::from));
            let named = chunk.iter().any(|address| !address.identifier.is_empty());
            match (authors.is_empty(), named) {
                (true, _) => None,
                (false, false) => Some(filter.authors(authors)),
                (false, true) => Some(
                    filter
                        .authors(authors)
                        .identifiers(chunk.iter().map(|address| &address.identifier)),
                ),
            }
        })
        .collect()
}

/// Filters of a kind with a value of one tag, in as many filters as the values need.
pub(crate) fn tag_filters(
    kinds: &[Kind],
    tag: SingleLetterTag,
    values: Vec<String>,
) -> Vec<Filter> {
    values
        .chunks(FILTER_VALUES_MAX)
        .map(|chunk| kinds_filter(kinds).custom_tags(tag, chunk))
        .collect()
}

/// A filter of kinds alone.
pub(crate) fn kinds_filter(kinds: &[Kind]) -> Filter {
    Filter::new().kinds(kinds.iter().map(|kind| nostr_sdk::Kind::from(kind.as_u16())))
}

/// Filters of ids, in as many filters as they need.
pub(crate) fn ids_filters(ids: &[EventId]) -> Vec<Filter> {
    ids.chunks(FILTER_VALUES_MAX)
        .map(|chunk| Filter::new().ids(chunk.iter().map(|id| nostr_sdk::EventId::from(*id))))
        .collect()
}

/// Filters for what the authors of these notes took back, by address and by id.
pub(crate) fn deletion_filters(found: &[Found]) -> Vec<Filter> {
    found
        .chunks(FILTER_VALUES_MAX)
        .flat_map(|chunk| {
            let authors = authors(chunk.iter().map(|found| found.event.pubkey()));
            let addresses = chunk.iter().filter_map(|found| found.event.address());
            let addresses: Vec<String> = addresses.map(|address| address.to_string()).collect();
            let ids = chunk.iter().map(|found| found.event.id().to_string()).collect();
            let by = |letter, values| {
                let filters = tag_filters(&[Kind::DELETION], tag(letter), values);
                let authors = authors.clone();
                filters.into_iter().map(move |filter| filter.authors(authors.clone()))
            };
            let by_address = by(Alphabet::A, addresses);
            by_address.chain(by(Alphabet::E, ids)).collect::<Vec<_>>()
        })
        .collect()
}

/// Keys as the client pool wants them. A key that is no point of the curve cannot have signed
/// anything, so leaving it out loses nothing.
pub(crate) fn authors(keys: impl IntoIterator<Item = PublicKey>) -> Vec<nostr_sdk::PublicKey> {
    keys.into_iter()
        .filter_map(|key| nostr_sdk::PublicKey::try_from(key).ok())
        .collect()
}

pub(crate) const fn tag(letter: Alphabet) -> SingleLetterTag {
    SingleLetterTag::lowercase(letter)
}
