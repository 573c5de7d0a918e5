//! The relays that people themselves use (kind 10002, NIP-65): where a note goes beside the set, and
//! where else somebody's notes are looked for. Knows lists and relays, not what notes are about; the
//! relays of communities are in `relay_lists/communities.rs`.

mod communities;
mod holders;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kith_nips::nip65::{RELAYS_ADVISED_MAX, RelayList};
use kith_nips::{Address, Event, EventId, Kind, PublicKey};
use nostr_sdk::{Filter, RelayUrl, Url};

use crate::fetch::ReadError;
use crate::filters::addresses_filters;
use crate::kith::Kith;
use crate::link::Link;
use crate::lists::{Change, ListUnavailable};
use crate::publish::PublishError;
use crate::reference::Reference;
use crate::versions::newest;

use self::communities::ByCommunity;

/// Relays of one person that are used.
pub const RELAYS_PER_PERSON_MAX: usize = 3;

/// Relays beside the set that one note goes to.
pub const EXTRA_RELAYS_PER_NOTE_MAX: usize = 12;

/// Relays beside the set that are asked as well.
pub const EXTRA_RELAYS_ASKED_MAX: usize = 8;

/// People of one note whose lists are looked at.
const PEOPLE_PER_NOTE_MAX: usize = 20;

/// Lists that are remembered.
const LISTS_MAX: usize = 1_000;

const WHAT: &str = "the list of relays that you use";

/// Whether people's own relays are used beside the set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Reach {
    /// They are.
    #[default]
    RelayLists,
    /// The set is all.
    SetAlone,
}

/// Why the own list of relays was not changed.
///
/// ```
/// let error = kith_client::RelayListError::TooMany { sort: "write", count: 9 };
/// assert_eq!(error.to_string(), "a list has at most 4 relays to write to or to read from, not 9 (write)");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RelayListError {
    /// Everybody who writes to or reads from somebody would have to use all of them.
    #[error(
        "a list has at most {RELAYS_ADVISED_MAX} relays to write to or to read from, not {count} ({sort})"
    )]
    TooMany {
        /// `read` or `write`.
        sort: &'static str,
        /// How many.
        count: usize,
    },
    /// Nobody could find what you write, or write to you.
    #[error("a list needs a relay to write to and one to read from")]
    TooFew,
    /// Not every relay said which list it has; nothing was changed.
    #[error(transparent)]
    ListUnavailable(#[from] ListUnavailable),
    /// No relay took it, or there is no key.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

/// What is known of people's relays, and which of them are asked as well.
#[derive(Debug, Default)]
pub(crate) struct Known {
    lists: Mutex<BTreeMap<PublicKey, Option<Listed>>>,
    communities: Mutex<ByCommunity>,
    asked: Mutex<Vec<Arc<Link>>>,
}

/// Somebody's list, and the note that it is from.
#[derive(Debug, Clone)]
struct Listed {
    list: RelayList,
    event: Event,
}

impl Known {
    fn lists(&self) -> MutexGuard<'_, BTreeMap<PublicKey, Option<Listed>>> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn communities(&self) -> MutexGuard<'_, ByCommunity> {
        let communities = self.communities.lock();
        communities.unwrap_or_else(PoisonError::into_inner)
    }

    fn asked(&self) -> MutexGuard<'_, Vec<Arc<Link>>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who writes to which relay.
#[derive(Debug, Clone, Default)]
pub(crate) struct Writers(BTreeMap<RelayUrl, BTreeSet<PublicKey>>);

impl Writers {
    /// The filter for those of its authors alone who write there; `None` when nobody does. Who writes
    /// elsewhere is no business of that relay.
    pub(crate) fn narrowed(&self, link: &Link, filter: &Filter) -> Option<Filter> {
        let people = self.0.get(link.url())?;
        let authors = filter.authors.as_ref()?.iter();
        let here = authors.filter(|author| people.contains(&PublicKey::from(**author)));
        let here: BTreeSet<_> = here.copied().collect();
        (!here.is_empty()).then(|| Filter {
            authors: Some(here),
            ..filter.clone()
        })
    }
}

/// Where a note goes beside the set.
#[derive(Debug, Default)]
pub(crate) struct Extra {
    pub(crate) relays: Vec<RelayUrl>,
    /// The author's own list, which goes along (NIP65-04).
    pub(crate) list: Option<Event>,
}

impl Kith {
    /// The relays that somebody says they use (kind 10002); `None` when they say nothing.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith, person: kith_client::PublicKey) -> Result<(), kith_client::ReadError> {
    /// if let Some(list) = kith.relay_list(person).await? {
    ///     println!("writes to {} relays", list.write_relays().count());
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ReadError`] when no relay answers.
    pub async fn relay_list(&self, person: PublicKey) -> Result<Option<RelayList>, ReadError> {
        self.known().lists().remove(&person);
        let mut lists = self.lists_of(&BTreeSet::from([person])).await?;
        Ok(lists.remove(&person).map(|listed| listed.list))
    }

    /// Says which relays the user writes to and reads from. It goes to the set and to all of these.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith) -> Result<(), Box<dyn std::error::Error>> {
    /// use kith_client::{RelayList, RelayUrl, Usage};
    /// let mut list = RelayList::default();
    /// list.add(RelayUrl::parse("wss://relay.example.com")?, Usage::Both);
    /// kith.publish_relay_list(&list).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`RelayListError`]
    pub async fn publish_relay_list(&self, list: &RelayList) -> Result<Change, RelayListError> {
        let (write, read) = (list.write_relays().count(), list.read_relays().count());
        for (sort, count) in [("write", write), ("read", read)] {
            if count > RELAYS_ADVISED_MAX {
                return Err(RelayListError::TooMany { sort, count });
            }
            if count == 0 {
                return Err(RelayListError::TooFew);
            }
        }
        let me = self.author()?;
        let _turn = self.turn().await;
        let old = self.newest_for_rewrite(&address(me), WHAT).await?;
        if let Some(old) = &old.found
            && RelayList::read(&old.event) == *list
        {
            return Ok(Change::Unchanged);
        }
        let mut draft = list.draft();
        draft.created_at = old.next_at(self.now());
        self.known().lists().remove(&me);
        let event = self.sign(&draft).await?;
        let mut destinations = self.destinations(&event).await;
        for (relay, _) in list.relays() {
            self.push_extra(&mut destinations.extra.relays, relay);
        }
        Ok(Change::Published(self.send(&event, destinations).await?))
    }

    /// Where a note goes beside the set: to the relays that its author writes to, to those that its
    /// communities name, and to those that the people whom it names read from.
    pub(crate) async fn extra_relays(&self, event: &nostr_sdk::Event) -> Extra {
        let mut extra = Extra::default();
        if self.reach() == Reach::SetAlone {
            return extra;
        }
        let author = PublicKey::from(event.pubkey);
        let named = event.tags.public_keys().map(|key| PublicKey::from(*key));
        let named: Vec<PublicKey> = named.take(PEOPLE_PER_NOTE_MAX).collect();
        let people = named.iter().copied().chain([author]).collect();
        // A note must not fail, nor count as read from the cache, because lists are not known.
        let apart = self.apart();
        let (lists, of_communities, of_targets) = tokio::join!(
            apart.lists_of(&people),
            apart.relays_of_communities(event),
            apart.relays_of_targets(event)
        );
        let lists = lists.unwrap_or_default();
        if let Some(own) = lists.get(&author) {
            let relays = own.list.write_relays().take(RELAYS_PER_PERSON_MAX);
            relays.for_each(|relay| self.push_extra(&mut extra.relays, relay));
            extra.list = Some(own.event.clone());
        }
        for relay in of_targets.iter().chain(&of_communities) {
            self.push_extra(&mut extra.relays, relay);
        }
        for listed in named.iter().filter_map(|person| lists.get(person)) {
            let relays = listed.list.read_relays().take(RELAYS_PER_PERSON_MAX);
            relays.for_each(|relay| self.push_extra(&mut extra.relays, relay));
        }
        extra
    }

    /// From now on also asks the relays that a reference names.
    pub(crate) async fn follow_hints(&self, reference: &Reference) {
        let hints = reference.relays.iter().take(RELAYS_PER_PERSON_MAX);
        for relay in hints {
            self.ask_also(relay).await;
        }
    }

    /// From now on also asks the relays that these people write to, those that most of them use first.
    pub(crate) async fn follow_authors(
        &self,
        people: impl IntoIterator<Item = PublicKey>,
    ) -> Writers {
        let mut writers = Writers::default();
        if self.reach() == Reach::SetAlone {
            return writers;
        }
        let people = people.into_iter().collect();
        let Ok(lists) = self.lists_of(&people).await else {
            return writers;
        };
        for (person, listed) in lists {
            for relay in listed.list.write_relays().take(RELAYS_PER_PERSON_MAX) {
                writers.0.entry(relay.clone()).or_default().insert(person);
            }
        }
        let mut relays: Vec<(&RelayUrl, &BTreeSet<PublicKey>)> = writers.0.iter().collect();
        relays.sort_by_key(|(_, people)| std::cmp::Reverse(people.len()));
        for (relay, _) in relays {
            self.ask_also(relay).await;
        }
        writers
    }

    /// The relays that are asked beside the set.
    pub(crate) fn also_asked(&self) -> Vec<Arc<Link>> {
        self.known().asked().clone()
    }

    /// Whether nobody else is asked, so that what one relay says of versions and deletions is all.
    pub(crate) fn is_one_relay(&self) -> bool {
        self.links().len() == 1 && self.known().asked().is_empty()
    }

    /// It did not answer: it is not waited for again.
    pub(crate) fn ask_no_more(&self, link: &Arc<Link>) {
        let mut asked = self.known().asked();
        asked.retain(|known| known.url() != link.url());
    }

    /// It answers again.
    pub(crate) fn ask_again(&self, link: &Arc<Link>) {
        let mut asked = self.known().asked();
        let is_known = asked.iter().any(|known| known.url() == link.url());
        if !is_known && asked.len() < EXTRA_RELAYS_ASKED_MAX {
            asked.push(Arc::clone(link));
        }
    }

    async fn ask_also(&self, relay: &RelayUrl) {
        let is_known = |asked: &[Arc<Link>]| {
            asked.len() >= EXTRA_RELAYS_ASKED_MAX || asked.iter().any(|link| link.url() == relay)
        };
        let may_be_asked = self.reach() == Reach::RelayLists
            && !self.is_of_the_set(relay)
            && self.is_acceptable(relay)
            && !is_known(&self.known().asked());
        if !may_be_asked {
            return;
        }
        match self.link_to(relay).await {
            Ok(link) => {
                let mut asked = self.known().asked();
                if !is_known(&asked) {
                    asked.push(link);
                }
            }
            Err(reason) => tracing::debug!(%relay, %reason, "not asked"),
        }
    }

    /// Lists of these people, asked for once.
    async fn lists_of(
        &self,
        people: &BTreeSet<PublicKey>,
    ) -> Result<BTreeMap<PublicKey, Listed>, ReadError> {
        let unknown: Vec<Address> = {
            let known = self.known().lists();
            let unknown = people.iter().filter(|person| !known.contains_key(person));
            unknown.map(|person| address(*person)).collect()
        };
        if !unknown.is_empty() {
            let fetched = self.fetch(addresses_filters(&unknown)).await.answered()?;
            let mut found = newest(fetched.found);
            let mut known = self.known().lists();
            if known.len() + unknown.len() > LISTS_MAX {
                known.clear();
            }
            for address in unknown {
                let listed = found.remove(&address).map(|found| Listed {
                    list: RelayList::read(&found.event),
                    event: found.event,
                });
                known.insert(address.pubkey, listed);
            }
        }
        let known = self.known().lists();
        let listed = people.iter().filter_map(|person| {
            let listed = known.get(person)?.clone()?;
            Some((*person, listed))
        });
        Ok(listed.collect())
    }

    /// Once, and no further than the limit.
    pub(crate) fn push_extra(&self, relays: &mut Vec<RelayUrl>, relay: &RelayUrl) {
        let is_new = !relays.contains(relay) && !self.is_of_the_set(relay);
        if is_new && self.is_acceptable(relay) && relays.len() < EXTRA_RELAYS_PER_NOTE_MAX {
            relays.push(relay.clone());
        }
    }

    fn is_of_the_set(&self, relay: &RelayUrl) -> bool {
        self.links().iter().any(|link| link.url() == relay)
    }

    /// A stranger's list must not lead to this machine, nor to where everybody on the way can read
    /// along; but who has a relay on this machine in the set tries things out.
    fn is_acceptable(&self, relay: &RelayUrl) -> bool {
        match is_here(relay) {
            true => self.tries_things_out(),
            false => relay.as_str().starts_with("wss://"),
        }
    }

    /// Whether a relay of the set is on this machine.
    pub(crate) fn tries_things_out(&self) -> bool {
        self.links().iter().any(|link| is_here(link.url()))
    }
}

fn is_here(relay: &RelayUrl) -> bool {
    let host = <&Url>::from(relay).host_str().unwrap_or_default();
    ["localhost", "127.0.0.1", "[::1]"].contains(&host)
}

/// What goes along.
impl Extra {
    pub(crate) fn along_with(&self, id: EventId) -> Option<&Event> {
        self.list.as_ref().filter(|list| list.id() != id)
    }
}

pub(crate) fn address(person: PublicKey) -> Address {
    Address {
        kind: Kind::RELAY_LIST,
        pubkey: person,
        identifier: String::new(),
    }
}
