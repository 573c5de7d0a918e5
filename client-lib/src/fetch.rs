//! One question to every relay, answered whole: pages until nothing new comes, duplicates merged,
//! and who stayed silent. Knows filters and events, not communities.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use kith_nips::discovery::{Discovery, Sort};
use kith_nips::{Event, EventId, Prefix};
use nostr_sdk::{Filter, RelayUrl, Timestamp};

use crate::filters::{at_most, deletion_filters};
use crate::kith::Kith;
use crate::link::{Announced, Link};
use crate::question::{Asked, Question};
use crate::refusal::{Reason, Refusal, joined, merge};
use crate::versions::{Deletions, Gathered};

/// Events asked for at a time. Relays may give fewer; then more pages are asked for.
pub const EVENTS_PER_PAGE: usize = 500;

/// How long a page becomes, at most, while one second fills it.
const EVENTS_PER_SECOND_MAX: usize = 8 * EVENTS_PER_PAGE;

/// Events that one relay may answer to one question.
pub const EVENTS_PER_ANSWER_MAX: usize = 50_000;

/// How long an answer of a relay beside the set may take.
const BESIDE_TIME_MAX: Duration = Duration::from_secs(2);

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
        Fetched {
            found: Vec::new(),
            silent: Vec::new(),
            answered: 1,
        }
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
    /// Everything that is younger than this second was told by every relay that answered; `None` when
    /// none has anything older.
    pub(crate) reaches: Option<u64>,
    answered: usize,
}

impl Page {
    /// So many notes came for this filter, down to the oldest.
    fn note_answer(&mut self, filter: &Filter, oldest: Option<u64>, length: usize) {
        self.answered += 1;
        let until = filter.until.map(|until| until.as_secs());
        let is_last = oldest == until && Some(length) < filter.limit;
        self.reaches = self.reaches.max(oldest.filter(|_| !is_last));
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
            match failure {
                Some(_) if is_extra(link) => self.ask_no_more(link),
                Some(reason) => silent.push(Refusal {
                    relay: link.url().clone(),
                    reason,
                }),
                None => answered += 1,
            }
            for event in events {
                add(&mut found, event, link.url(), now);
            }
        }
        let mut found = found.into_found();
        self.remember(&found);
        let exact = question.exact();
        if answered == 0
            && let Some(remembered) = self.remembered(exact.clone()).await
        {
            self.note_freshness(remembered.freshness());
            answered = 1;
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
        }
    }

    /// Asks every relay for one page: the newest that the filter matches, as many as its limit says.
    pub(crate) async fn fetch_page(&self, filter: &Filter) -> Page {
        let links = self.links().iter();
        let answers = join_all(links.map(|link| self.ask_page(link, filter))).await;
        let now = self.now();
        let mut found = Gathered::default();
        let mut page = Page::default();
        for (link, answer) in self.links().iter().zip(answers) {
            match answer {
                Ok(events) => {
                    let oldest = events.iter().map(|event| event.created_at.as_secs()).min();
                    page.note_answer(filter, oldest, events.len());
                    for event in events {
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
        if page.answered == 0
            && let Some(remembered) = self.remembered(vec![filter.clone()]).await
        {
            self.note_freshness(remembered.freshness());
            add_missing(&mut page.found, remembered.into_found());
            let created = page.found.iter().map(|found| found.event.created_at());
            let (oldest, count) = (created.min(), page.found.len());
            page.note_answer(filter, oldest, count);
        }
        page
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

    /// A relay beside the set: what the user chose is not to wait for it.
    async fn ask_briefly(
        &self,
        link: &Arc<Link>,
        question: &Question,
    ) -> (Vec<nostr_sdk::Event>, Option<Reason>) {
        let asking = tokio::time::timeout(BESIDE_TIME_MAX, self.ask(link, question));
        let late = |_| (Vec::new(), Some(Reason::Timeout(BESIDE_TIME_MAX)));
        asking.await.unwrap_or_else(late)
    }

    /// One relay. What it announces and then does not take, it is asked without.
    async fn ask(
        &self,
        link: &Arc<Link>,
        question: &Question,
    ) -> (Vec<nostr_sdk::Event>, Option<Reason>) {
        let announced = match question.has_words() {
            true => self.announced(link).await,
            false => Announced::default(),
        };
        let asked = question.for_relay(&announced);
        let is_search = asked.iter().any(|asked| asked.words.is_some());
        let answer = self.ask_all(link, &asked, announced).await;
        match &answer.1 {
            Some(reason) if is_search && is_not_understood(reason) => {
                self.announced_too_much(link).await;
                let announced = Announced::default();
                self.ask_all(link, &question.for_relay(&announced), announced)
                    .await
            }
            _ => answer,
        }
    }

    /// All filters at once, as far as the link lets them: on a distant relay it is the number of
    /// answers waited for that takes the time. What came before a failure is kept: it is worth
    /// showing, and the failure says that it is not all.
    async fn ask_all(
        &self,
        link: &Arc<Link>,
        asked: &[Asked],
        announced: Announced,
    ) -> (Vec<nostr_sdk::Event>, Option<Reason>) {
        let answers = join_all(asked.iter().map(|asked| async move {
            let mut events = Vec::new();
            let outcome = match &asked.words {
                None => self.ask_pages(link, &asked.filter, &mut events).await,
                Some(words) => {
                    self.ask_search(link, asked, words, announced, &mut events)
                        .await
                }
            };
            (events, outcome.err())
        }));
        let (events, failures): (Vec<_>, Vec<_>) = answers.await.into_iter().unzip();
        (events.concat(), failures.into_iter().flatten().next())
    }

    /// What comes first in the order that was asked for. When the relay cut it off there, all of it
    /// in the order in which pages follow each other: only `created_at` can say where one ended.
    async fn ask_search(
        &self,
        link: &Arc<Link>,
        asked: &Asked,
        words: &Discovery,
        announced: Announced,
        events: &mut Vec<nostr_sdk::Event>,
    ) -> Result<(), Reason> {
        let sort = words.order(false);
        let first = asked.sorted(words, sort).limit(EVENTS_PER_PAGE);
        let page = self.ask_page(link, &first).await?;
        let is_whole = |max: usize| page.len() < max.min(EVENTS_PER_PAGE);
        let is_all = announced.limit_max.is_some_and(is_whole);
        events.extend(page);
        match is_all {
            true => Ok(()),
            false => {
                let newest = asked.sorted(words, Sort::New);
                self.ask_pages(link, &newest, events).await
            }
        }
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
        let mut page_length_max = EVENTS_PER_PAGE;
        loop {
            let mut page_filter = filter.clone().limit(page_length_max);
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
            if group_fills_page
                && page_length >= page_length_max
                && page_length_max < EVENTS_PER_SECOND_MAX
            {
                // One second fills the page: the same place again, with a longer page.
                page_length_max *= 2;
                until = Some(oldest);
                continue;
            }
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

/// A search was refused, not the person who asks.
pub(crate) fn is_not_understood(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::Refused {
            prefix: Prefix::Unsupported | Prefix::Invalid | Prefix::Error,
            ..
        }
    )
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
