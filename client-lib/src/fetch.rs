//! One question to every relay, answered whole: duplicates merged, and who stayed silent. How one
//! relay is asked is in `fetch/asking.rs`. Knows filters and events, not communities.

mod asking;
mod pages;

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::future::join_all;
use kith_nips::discovery::Discovery;
use kith_nips::{Event, EventId};
use nostr_sdk::{Filter, RelayUrl, Timestamp};

use crate::filters::deletion_filters;
use crate::kith::Kith;
use crate::link::Link;
use crate::question::Question;
use crate::refusal::{Reason, Refusal, joined, merge};
use crate::relay_lists::Writers;
use crate::versions::{Deletions, Gathered};

pub(crate) use self::asking::is_not_understood;

/// Events asked for at a time. Relays may give fewer; then more pages are asked for.
pub const EVENTS_PER_PAGE: usize = 500;

/// Events that one relay may answer to one question.
pub const EVENTS_PER_ANSWER_MAX: usize = 50_000;

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
    /// No relay answered, but what was read before did.
    is_remembered: bool,
}

impl Fetched {
    /// Nothing was asked, so nobody stayed silent.
    pub(crate) fn nothing() -> Fetched {
        Fetched {
            found: Vec::new(),
            silent: Vec::new(),
            answered: 1,
            is_remembered: false,
        }
    }

    /// Whether what is missing is known to be missing, and not only to whoever was asked before.
    pub(crate) fn is_from_relays(&self) -> bool {
        !self.is_remembered
    }

    /// An error when not one relay answered.
    pub(crate) fn answered(self) -> Result<Fetched, ReadError> {
        match self.answered {
            0 => Err(ReadError::NobodyAnswered {
                silent: self.silent,
            }),
            _ => Ok(self),
        }
    }
}

/// The newest of what relays have.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) found: Vec<Found>,
    pub(crate) silent: Vec<Refusal>,
    /// Everything that is younger than this second was told by every relay that answered: the next
    /// page ends there. `None` when none has anything older.
    pub(crate) reaches: Option<u64>,
    answered: usize,
}

impl Page {
    /// One relay told this far.
    fn note_answer(&mut self, reaches: Option<u64>) {
        self.answered += 1;
        self.reaches = self.reaches.max(reaches);
    }

    /// An error when not one relay answered.
    pub(crate) fn answered(self) -> Result<Page, ReadError> {
        match self.answered {
            0 => Err(ReadError::NobodyAnswered {
                silent: self.silent,
            }),
            _ => Ok(self),
        }
    }
}

impl Kith {
    /// Asks every relay for everything that any of the filters matches.
    pub(crate) async fn fetch(&self, filters: Vec<Filter>) -> Fetched {
        self.find(&Question::new(filters, Discovery::default()))
            .await
    }

    /// Asks these relays, of the set or not.
    pub(crate) async fn fetch_at(&self, links: &[Arc<Link>], filters: Vec<Filter>) -> Fetched {
        self.find_at(links, &Question::new(filters, Discovery::default()))
            .await
    }

    /// Asks every relay in the words that it understands. Relays may bring more than was asked for,
    /// so whoever asks sorts out what matches.
    pub(crate) async fn find(&self, question: &Question) -> Fetched {
        let also = self.also_asked();
        let links: Vec<Arc<Link>> = self.links().iter().cloned().chain(also).collect();
        self.find_at(&links, question).await
    }

    async fn find_at(&self, links: &[Arc<Link>], question: &Question) -> Fetched {
        if question.is_empty() {
            return Fetched::nothing();
        }
        let also = self.also_asked();
        let is_extra = |link: &Link| also.iter().any(|extra| extra.url() == link.url());
        let answers = links.iter().map(|link| async {
            match is_extra(link) {
                true => self.ask_briefly(link, question).await,
                false => self.ask(link, question).await,
            }
        });
        let answers = join_all(answers).await;
        let now = self.now();
        let mut found = Gathered::default();
        let mut silent = Vec::new();
        let mut answered = 0;
        for (link, (events, failure)) in links.iter().zip(answers) {
            answered += usize::from(failure.as_ref().is_none_or(Reason::is_partial));
            match failure {
                Some(reason) if is_extra(link) && reason.is_partial() => {}
                Some(_) if is_extra(link) => self.ask_no_more(link),
                Some(reason) => silent.push(Refusal {
                    relay: link.url().clone(),
                    reason,
                }),
                None => {}
            }
            for event in events {
                add(&mut found, event, link.url(), now);
            }
        }
        let mut found = found.into_found();
        self.remember(&found);
        let exact = question.exact();
        let mut is_remembered = false;
        if answered == 0
            && let Some(remembered) = self.remembered(exact.clone()).await
        {
            self.note_freshness(remembered.freshness());
            answered = 1;
            is_remembered = true;
            add_missing(&mut found, remembered.into_found());
        }
        let queued = self.queued_among(&exact).await.into_iter();
        let queued = queued.map(|event| Found {
            event,
            relays: Vec::new(),
        });
        add_missing(&mut found, queued.collect());
        Fetched {
            found,
            silent,
            answered,
            is_remembered,
        }
    }

    /// Asks every relay for one page: the newest that the filter matches, as many as its limit says.
    /// Of a second that has more, all comes, or the relay is said to leave some out.
    pub(crate) async fn fetch_page(&self, filter: &Filter) -> Page {
        self.newest_page(filter, |_| Some(filter.clone())).await
    }

    /// The same, and relays beside the set are asked only for those who write there (NIP-65).
    pub(crate) async fn fetch_page_of(&self, filter: &Filter, writers: &Writers) -> Page {
        let narrowed = |link: &Link| writers.narrowed(link, filter);
        self.newest_page(filter, narrowed).await
    }

    async fn newest_page(&self, filter: &Filter, beside: impl Fn(&Link) -> Option<Filter>) -> Page {
        let set = self.links().iter().cloned();
        let set = set.map(|link| (link, filter.clone(), false));
        let also = self.also_asked().into_iter();
        let also = also.filter_map(|link| beside(&link).map(|filter| (link, filter, true)));
        let links: Vec<_> = set.chain(also).collect();
        let answers = links.iter().map(|(link, filter, is_extra)| async {
            match is_extra {
                true => self.ask_newest_briefly(link, filter).await,
                false => self.ask_newest(link, filter).await,
            }
        });
        let answers = join_all(answers).await;
        let now = self.now();
        let mut found = Gathered::default();
        let mut page = Page::default();
        for ((link, _, is_extra), answer) in links.into_iter().zip(answers) {
            match answer {
                Err(_) if is_extra => self.ask_no_more(&link),
                Ok(newest) => {
                    page.note_answer(newest.reaches);
                    let missing = newest.missing.filter(|_| !is_extra);
                    page.silent.extend(missing.map(|reason| Refusal {
                        relay: link.url().clone(),
                        reason,
                    }));
                    for event in newest.events {
                        add(&mut found, event, link.url(), now);
                    }
                }
                Err(reason) => page.silent.push(Refusal {
                    relay: link.url().clone(),
                    reason,
                }),
            }
        }
        page.found = found.into_found();
        self.remember(&page.found);
        if page.answered == 0 {
            self.recall_page(filter, &mut page).await;
        }
        page
    }

    /// The page as it is kept.
    async fn recall_page(&self, filter: &Filter, page: &mut Page) {
        let Some(newest) = self.remembered(vec![filter.clone()]).await else {
            return;
        };
        self.note_freshness(newest.freshness());
        let newest = newest.into_found();
        let created = newest.iter().map(|found| found.event.created_at());
        let oldest = created.min().map(Timestamp::from_secs);
        let oldest = oldest.filter(|_| filter.limit.is_some_and(|limit| newest.len() >= limit));
        add_missing(&mut page.found, newest);
        match oldest {
            Some(second) if filter.until == Some(second) => {
                let whole = filter.clone().remove_limit().since(second);
                if let Some(whole) = self.remembered(vec![whole]).await {
                    add_missing(&mut page.found, whole.into_found());
                }
                page.note_answer(second.as_secs().checked_sub(1));
            }
            oldest => page.note_answer(oldest.map(|oldest| oldest.as_secs())),
        }
    }

    /// Those that their authors did not take back (NIP-09), of notes that have no address.
    pub(crate) async fn standing(
        &self,
        found: Vec<Found>,
        silent: &mut Vec<Refusal>,
    ) -> Vec<Found> {
        let fetched = self.fetch(deletion_filters(&found)).await;
        merge(silent, &fetched.silent);
        let deletions = Deletions::read(fetched.found.iter().map(|found| &found.event));
        let mut found = found;
        found.retain(|found| !deletions.cover(&found.event));
        found
    }
}

/// Adds what is not there yet.
fn add_missing(found: &mut Vec<Found>, more: Vec<Found>) {
    let known: HashSet<EventId> = found.iter().map(|found| found.event.id()).collect();
    let is_new = |found: &Found| !known.contains(&found.event.id());
    found.extend(more.into_iter().filter(is_new));
}

fn add(found: &mut Gathered, event: nostr_sdk::Event, relay: &RelayUrl, now: u64) {
    if found.has(EventId::from(event.id), relay) {
        return;
    }
    match Event::try_from(&event) {
        Ok(event) => found.add(event, relay, now),
        Err(error) => tracing::debug!(%relay, %error, "dropped a note that cannot be read"),
    }
}
