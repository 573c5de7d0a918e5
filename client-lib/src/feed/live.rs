//! A feed as it goes on: what was there, then what comes, across lost connections. Knows what was told;
//! asks through the handle.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::Stream;
use kith_nips::EventId;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::reading::{History, Source};
use super::{FeedError, FeedItem, FeedPeople};
use crate::fetch::{Found, ReadError};
use crate::kith::Kith;
use crate::link::Link;
use crate::listener::{Listening, LostRelays, Signal};
use crate::question::Question;
use crate::refusal::{Refusal, merge};

/// News that may wait for whoever reads the stream.
const NEWS_MAX: usize = 256;

/// Things heard that are judged together.
const SIGNALS_AT_ONCE_MAX: usize = 64;

/// Items that are remembered, so that none is told twice.
const TOLD_MAX: usize = 100_000;

/// What could not be read is asked for again after this long.
const CATCH_UP_AFTER: Duration = Duration::from_secs(5);

/// Something new in a feed.
///
/// ```no_run
/// # fn example(news: kith_client::FeedNews) {
/// use kith_client::FeedNews;
/// match news {
///     FeedNews::Item(item) => println!("{}: {:?}", item.author, item.subject),
///     FeedNews::Connection { listening, relays } => println!("{listening} of {relays} relays"),
///     _ => {}
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum FeedNews {
    /// Somebody did something.
    Item(Box<FeedItem>),
    /// So many of these relays listen now.
    Connection {
        /// Relays that tell what is new.
        listening: usize,
        /// Relays of the set.
        relays: usize,
    },
}

/// A feed that goes on. Made by [`Kith::live_feed`]; dropping it ends it.
///
/// Each item is told once, however many relays have it and however often they are lost; what came
/// meanwhile is told when a relay is back. It ends with [`Kith::disconnect`].
#[derive(Debug)]
pub struct LiveFeed {
    beginning: Vec<FeedItem>,
    news: mpsc::Receiver<FeedNews>,
    silent: Vec<Refusal>,
    _tasks: JoinSet<()>,
}

impl LiveFeed {
    /// What was there before, newest first.
    pub fn beginning(&self) -> &[FeedItem] {
        &self.beginning
    }

    /// Relays that did not answer at the beginning. They are tried again.
    pub fn silent(&self) -> &[Refusal] {
        &self.silent
    }

    /// What comes next; `None` after [`Kith::disconnect`]. Nothing is lost when this is cancelled.
    pub async fn next(&mut self) -> Option<FeedNews> {
        self.news.recv().await
    }
}

impl Stream for LiveFeed {
    type Item = FeedNews;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<FeedNews>> {
        self.news.poll_recv(context)
    }
}

impl Kith {
    /// The newest items as [`Kith::feed`] gives them, and everything from now on. Who is followed is
    /// read once: friends who are made meanwhile are heard the next time.
    ///
    /// ```no_run
    /// use kith_client::{FeedNews, FeedPeople, Kith};
    /// # async fn example(kith: Kith) -> Result<(), kith_client::FeedError> {
    /// let mut live = kith.live_feed(FeedPeople::Friends, 20).await?;
    /// while let Some(news) = live.next().await {
    ///     if let FeedNews::Item(item) = news {
    ///         println!("{}: {:?}", item.author, item.subject);
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`FeedError`]
    pub async fn live_feed(&self, people: FeedPeople, limit: usize) -> Result<LiveFeed, FeedError> {
        let source = self.feed_source(people).await?;
        let question = Question::new(source.filters.clone(), Default::default());
        let (tell, news) = mpsc::channel(NEWS_MAX);
        if question.is_empty() {
            return Ok(self.live_nothing(source, tell, news));
        }
        let beside = self.beside(&source);
        let of_beside = beside.iter().map(|(link, _)| Arc::clone(link)).collect();
        let Listening {
            signals,
            silent,
            mut tasks,
        } = self.listen_beside(self.links(), question, beside).await?;
        let now = self.now();
        // What came since a relay listens is in the history: nothing falls between the two.
        let history = self.feed_history(&source, limit).await?;
        let beginning = history.items.clone();
        let mut refusals: Vec<Refusal> = silent.values().cloned().collect();
        merge(&mut refusals, &history.silent);
        let lost = LostRelays::new(self.links().len(), silent.into_keys());
        let follower = Follower {
            beside: of_beside,
            ..Follower::new(self.clone(), source, &history, now, lost, tell)
        };
        tasks.spawn(follower.run(signals));
        Ok(LiveFeed {
            beginning,
            news,
            silent: refusals,
            _tasks: tasks,
        })
    }

    /// Where these people write, beside the set, and what each of these relays is asked for.
    fn beside(&self, source: &Source) -> Vec<(Arc<Link>, Question)> {
        let links = self.also_asked().into_iter();
        let asked = links.map(|link| {
            let filters = source.filters.iter();
            let filters = filters.filter_map(|filter| source.writers.narrowed(&link, filter));
            let question = Question::new(filters.collect(), Default::default());
            (link, question)
        });
        asked.filter(|(_, question)| !question.is_empty()).collect()
    }

    /// Nobody is followed, so that nothing comes until the handle is closed.
    fn live_nothing(
        &self,
        source: Source,
        tell: mpsc::Sender<FeedNews>,
        news: mpsc::Receiver<FeedNews>,
    ) -> LiveFeed {
        let mut tasks = JoinSet::new();
        let kith = self.clone();
        tasks.spawn(async move {
            kith.closed().await;
            drop(tell);
        });
        LiveFeed {
            beginning: Vec::new(),
            news,
            silent: source.silent,
            _tasks: tasks,
        }
    }
}

/// Nobody reads the stream any more.
struct Over;

/// Follows some people.
struct Follower {
    kith: Kith,
    source: Source,
    told: BTreeSet<(u64, EventId)>,
    /// What is older was there before, and was not shown.
    since: u64,
    /// Relays beside the set, which have the indices after it.
    beside: Vec<Arc<Link>>,
    lost: LostRelays,
    tell: mpsc::Sender<FeedNews>,
}

impl Follower {
    fn new(
        kith: Kith,
        source: Source,
        history: &History,
        now: u64,
        lost: LostRelays,
        tell: mpsc::Sender<FeedNews>,
    ) -> Follower {
        let items = history.items.iter();
        let oldest = history.items.last().map(|item| item.created_at);
        Follower {
            kith,
            source,
            told: items.map(|item| (item.created_at, item.id)).collect(),
            since: match history.has_more {
                true => oldest.unwrap_or(now),
                false => 0,
            },
            beside: Vec::new(),
            lost,
            tell,
        }
    }

    async fn run(mut self, mut signals: mpsc::Receiver<Signal>) {
        // These were asked before they listened.
        let set = self.kith.links().len();
        self.lost
            .asked(set..set + self.beside.len(), self.kith.now());
        // Since this second something was perhaps not heard.
        let mut behind: Option<u64> = None;
        let mut heard = Vec::with_capacity(SIGNALS_AT_ONCE_MAX);
        loop {
            heard.clear();
            let received = signals.recv_many(&mut heard, SIGNALS_AT_ONCE_MAX);
            match behind {
                None => {
                    received.await;
                }
                // Reached or not: it is asked for again.
                Some(_) => drop(tokio::time::timeout(CATCH_UP_AFTER, received).await),
            }
            if heard.is_empty() && signals.is_closed() {
                return;
            }
            let Ok(found) = self.sort(heard.drain(..), &mut behind).await else {
                return;
            };
            let oldest = found.iter().map(|found| found.event.created_at()).min();
            let outcome = match self.items(found, behind).await {
                Ok((items, left)) => {
                    behind = left;
                    self.say_all(items).await
                }
                Err(error) => {
                    tracing::debug!(%error, "cannot say what is new");
                    behind = [behind, oldest].into_iter().flatten().min();
                    Ok(())
                }
            };
            if outcome.is_err() {
                return;
            }
        }
    }

    /// Keeps account of the relays; what is left are notes.
    async fn sort(
        &mut self,
        heard: impl Iterator<Item = Signal>,
        behind: &mut Option<u64>,
    ) -> Result<Vec<Found>, Over> {
        let before = self.lost.listening();
        let mut found = Vec::new();
        for signal in heard {
            match signal {
                Signal::Listening(index) => {
                    let beside = index.checked_sub(self.kith.links().len());
                    if let Some(link) = beside.and_then(|index| self.beside.get(index)) {
                        self.kith.ask_again(link);
                    }
                    let since = self.lost.remove(index);
                    *behind = [*behind, since].into_iter().flatten().min();
                }
                Signal::Silent(index, _) => self.lost.add(index, self.kith.now()),
                Signal::Found(heard) => found.push(*heard),
            }
        }
        let listening = self.lost.listening();
        if listening != before {
            let relays = self.kith.links().len();
            let news = FeedNews::Connection { listening, relays };
            self.tell.send(news).await.map_err(|_| Over)?;
        }
        Ok(found)
    }

    /// What these notes are, with what was missed; and since when something is still missing.
    async fn items(
        &mut self,
        mut found: Vec<Found>,
        behind: Option<u64>,
    ) -> Result<(Vec<FeedItem>, Option<u64>), ReadError> {
        let place = |found: &Found| (found.event.created_at(), found.event.id());
        found.retain(|found| !self.told.contains(&place(found)));
        let mut silent = Vec::new();
        let mut items = match found.is_empty() {
            true => Vec::new(),
            false => {
                self.kith
                    .feed_items(&self.source, found, &mut silent)
                    .await?
            }
        };
        let mut missed_by = Vec::new();
        if let Some(since) = behind {
            let since = since.max(self.since);
            let missed = self
                .kith
                .feed_since(&self.source, since, &mut missed_by)
                .await?;
            items.extend(missed);
            items.sort_by_key(|item| (std::cmp::Reverse(item.created_at), item.id));
        }
        let links = self.kith.links();
        let is_behind = self.lost.note_silent(links, &missed_by, behind);
        Ok((items, behind.filter(|_| is_behind)))
    }

    /// Each once, the older first.
    async fn say_all(&mut self, items: Vec<FeedItem>) -> Result<(), Over> {
        for item in items.into_iter().rev() {
            let place = (item.created_at, item.id);
            if item.created_at < self.since || !self.told.insert(place) {
                continue;
            }
            let news = FeedNews::Item(Box::new(item));
            self.tell.send(news).await.map_err(|_| Over)?;
        }
        while self.told.len() > TOLD_MAX
            && let Some((at, _)) = self.told.pop_first()
        {
            self.since = self.since.max(at.saturating_add(1));
        }
        Ok(())
    }
}
