//! One relay is asked one question, page by page, in the words that it understands. Knows links and
//! filters; where a page begins is in `fetch/pages.rs`.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use kith_nips::Prefix;
use kith_nips::discovery::{Discovery, Sort};
use nostr_sdk::{Event, Filter, Timestamp};

use super::pages::{Next, Page, Pages};
use super::{EVENTS_PER_ANSWER_MAX, EVENTS_PER_PAGE};
use crate::filters::at_most;
use crate::kith::Kith;
use crate::link::{Announced, Link};
use crate::question::{Asked, Question};
use crate::refusal::Reason;

/// How long an answer of a relay beside the set may take.
const BESIDE_TIME_MAX: Duration = Duration::from_secs(2);

/// A page that came too fast to be read is asked for again this often.
const ATTEMPTS_MAX: usize = 3;

/// No relay gives fewer events at a time: what is shorter was not cut off.
const EVENTS_AT_A_TIME_LEAST: usize = 20;

impl Kith {
    /// A relay beside the set: what the user chose is not to wait for it.
    pub(super) async fn ask_briefly(
        &self,
        link: &Arc<Link>,
        question: &Question,
    ) -> (Vec<Event>, Option<Reason>) {
        let asking = tokio::time::timeout(BESIDE_TIME_MAX, self.ask(link, question));
        let late = |_| (Vec::new(), Some(Reason::Timeout(BESIDE_TIME_MAX)));
        asking.await.unwrap_or_else(late)
    }

    /// One relay. What it announces and then does not take, it is asked without.
    pub(super) async fn ask(
        &self,
        link: &Arc<Link>,
        question: &Question,
    ) -> (Vec<Event>, Option<Reason>) {
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
    ) -> (Vec<Event>, Option<Reason>) {
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
        let failures = failures.into_iter().flatten();
        // That there was no answer at all says more than that some of one is missing.
        (events.concat(), failures.min_by_key(Reason::is_partial))
    }

    /// What comes first in the order that was asked for. When the relay cut it off there, all of it
    /// in the order in which pages follow each other: only `created_at` can say where one ended.
    async fn ask_search(
        &self,
        link: &Arc<Link>,
        asked: &Asked,
        words: &Discovery,
        announced: Announced,
        events: &mut Vec<Event>,
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

    /// Every page until the end. That the relay left something out is an error.
    async fn ask_pages(
        &self,
        link: &Arc<Link>,
        filter: &Filter,
        events: &mut Vec<Event>,
    ) -> Result<(), Reason> {
        let expected = at_most(filter);
        let mut reading = Reading::new(filter, EVENTS_PER_PAGE);
        loop {
            let next = self.ask_next(link, &mut reading, events).await?;
            if expected.is_some_and(|expected| reading.known.len() >= expected) {
                return Ok(());
            }
            if reading.known.len() > EVENTS_PER_ANSWER_MAX {
                return Err(Reason::TooMany);
            }
            if next != Next::Ask {
                return match self.is_cut(link, &reading, next).await {
                    true => Err(Reason::TooManyAtOnce),
                    false => Ok(()),
                };
            }
        }
    }

    /// One page more, and what comes after it.
    async fn ask_next(
        &self,
        link: &Arc<Link>,
        reading: &mut Reading<'_>,
        events: &mut Vec<Event>,
    ) -> Result<Next, Reason> {
        let (pages, known) = (&mut reading.pages, &mut reading.known);
        let mut page_filter = reading.filter.clone().limit(pages.length_max);
        page_filter.until = pages.until.map(Timestamp::from_secs);
        let page = self.ask_page(link, &page_filter).await?;
        let created = page.iter().map(|event| event.created_at.as_secs());
        let span = created.clone().min().zip(created.max());
        let (length, before) = (page.len(), known.len());
        events.extend(page.into_iter().filter(|event| known.insert(event.id)));
        Ok(pages.after(span.map(|(oldest, newest)| Page {
            length,
            oldest,
            newest,
            has_news: known.len() > before,
        })))
    }

    /// Whether the relay left something out of a second, after the last page or so far.
    async fn is_cut(&self, link: &Arc<Link>, reading: &Reading<'_>, next: Next) -> bool {
        match next {
            Next::EndAfter(length) if !reading.pages.is_cut => {
                self.gives_at_most(link, length).await
            }
            Next::Ask | Next::End | Next::EndAfter(_) => reading.pages.is_cut,
        }
    }

    /// Whether so many events are all that the relay gives at a time: by its own word, or else when
    /// it was asked for more.
    async fn gives_at_most(&self, link: &Arc<Link>, length: usize) -> bool {
        if length < EVENTS_AT_A_TIME_LEAST {
            return false;
        }
        let announced = self.announced(link).await;
        length >= announced.limit_max.unwrap_or(EVENTS_PER_PAGE)
    }

    /// The newest of a relay beside the set.
    pub(super) async fn ask_newest_briefly(
        &self,
        link: &Arc<Link>,
        filter: &Filter,
    ) -> Result<Newest, Reason> {
        let asking = tokio::time::timeout(BESIDE_TIME_MAX, self.ask_newest(link, filter));
        let late = |_| Err(Reason::Timeout(BESIDE_TIME_MAX));
        asking.await.unwrap_or_else(late)
    }

    /// The newest that the filter matches, as many as its limit says. A second that has more than
    /// that is read to its end, as [`Kith::ask_pages`] does.
    pub(super) async fn ask_newest(
        &self,
        link: &Arc<Link>,
        filter: &Filter,
    ) -> Result<Newest, Reason> {
        let mut events = Vec::new();
        let mut reading = Reading::new(filter, filter.limit.unwrap_or(EVENTS_PER_PAGE));
        let next = loop {
            let next = self.ask_next(link, &mut reading, &mut events).await?;
            // What came is the note alone with which the page before ended.
            let until = filter.until.map(|until| until.as_secs());
            let is_overlap = events.len() == 1 && until.is_some() && reading.pages.until == until;
            match is_overlap {
                true => break Next::End,
                false if next != Next::Ask || !reading.pages.is_in_second() => break next,
                false => {}
            }
        };
        let is_cut = self.is_cut(link, &reading, next).await;
        Ok(Newest {
            events,
            reaches: reading.pages.until.filter(|_| next == Next::Ask),
            missing: is_cut.then_some(Reason::TooManyAtOnce),
        })
    }

    async fn ask_page(&self, link: &Arc<Link>, filter: &Filter) -> Result<Vec<Event>, Reason> {
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

/// How far the answer of one relay to a filter was read.
struct Reading<'a> {
    filter: &'a Filter,
    pages: Pages,
    known: HashSet<nostr_sdk::EventId>,
}

impl Reading<'_> {
    fn new(filter: &Filter, page_length: usize) -> Reading<'_> {
        Reading {
            filter,
            pages: Pages::new(filter.until.map(|until| until.as_secs()), page_length),
            known: HashSet::new(),
        }
    }
}

/// The newest that one relay has.
pub(super) struct Newest {
    pub(super) events: Vec<Event>,
    /// Everything that is younger than this second was told; `None` when nothing is older.
    pub(super) reaches: Option<u64>,
    /// Why some of it is missing.
    pub(super) missing: Option<Reason>,
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
