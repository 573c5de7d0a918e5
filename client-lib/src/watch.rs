//! What is announced near a place from now on. Relays only wake this up: what is shown is decided by
//! the rules of every list, from what all relays have.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::Stream;
use kith_nips::{Address, Event, EventId, Kind, nip40};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::communities::CommunityView;
use crate::fetch::{Found, ReadError, is_not_understood};
use crate::kith::Kith;
use crate::link::{Announced, Heard, Link, asks_for_authentication};
use crate::meetups::MeetupView;
use crate::question::Question;
use crate::records::Records;
use crate::refusal::{Reason, Refusal};
use crate::search::Search;

/// Things heard that may wait to be judged; a relay that is faster is read no further.
const SIGNALS_MAX: usize = 256;

/// Things heard that are judged together.
const SIGNALS_AT_ONCE_MAX: usize = 64;

/// Announcements that may wait for whoever reads the stream.
const ANNOUNCEMENTS_MAX: usize = 256;

/// Subjects that are remembered; beyond that, those that are gone are forgotten.
const KNOWN_MAX: usize = 100_000;

/// A relay that does not listen is asked again after this long; each time twice as long.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// And at least this often.
const AGAIN_AFTER_MAX: Duration = Duration::from_secs(60);

/// What could not be judged, because no relay answered, is looked up again after this long.
const CATCH_UP_AFTER: Duration = Duration::from_secs(5);

/// Something that is new, has changed, or was called off.
///
/// ```no_run
/// use kith_client::{Announcement, News, Subject};
///
/// # fn example(announcement: Announcement) {
/// match (announcement.news, announcement.subject) {
///     (News::New, Subject::Community(community)) => println!("new: {}", community.title()),
///     (news, Subject::Meetup(meetup)) => println!("{news:?}: {}", meetup.display_title()),
///     _ => {}
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Announcement {
    /// What happened.
    pub news: News,
    /// To what.
    pub subject: Subject,
}

/// What happened to a community or meetup.
///
/// ```
/// assert_ne!(kith_client::News::New, kith_client::News::Changed);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum News {
    /// It was not there before.
    New,
    /// It has a newer version.
    Changed,
    /// The meetup does not take place.
    Cancelled,
}

/// What an announcement is about, as it is now.
///
/// ```no_run
/// # fn example(subject: &kith_client::Subject) {
/// if let kith_client::Subject::Meetup(meetup) = subject {
///     println!("{:?}", meetup.starts_at());
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// A community.
    Community(CommunityView),
    /// A meetup.
    Meetup(MeetupView),
}

/// The announcements near a place, as they come. Made by [`Kith::watch`]; dropping it ends it.
///
/// It never ends by itself while the [`Kith`] is connected: relays that are lost are listened to
/// again, and what was missed meanwhile is announced then.
#[derive(Debug)]
pub struct Watch {
    announcements: mpsc::Receiver<Announcement>,
    silent: Vec<Refusal>,
    _tasks: JoinSet<()>,
}

impl Watch {
    /// The relays that did not listen at the beginning. They are tried again.
    pub fn silent(&self) -> &[Refusal] {
        &self.silent
    }

    /// The next announcement; `None` after [`Kith::disconnect`]. Nothing is lost when this is
    /// cancelled.
    pub async fn next(&mut self) -> Option<Announcement> {
        self.announcements.recv().await
    }
}

impl Stream for Watch {
    type Item = Announcement;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Announcement>> {
        self.announcements.poll_recv(context)
    }
}

impl Kith {
    /// Communities and meetups that match, as they are announced, changed or called off from now
    /// on. What is there already is not announced, nor what moves away or is deleted. Communities
    /// that the search names are not looked at.
    ///
    /// Returns when the relays listen.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Search, place::Point};
    /// # async fn example(kith: Kith) -> Result<(), Box<dyn std::error::Error>> {
    /// let near = Search::new().near(Point::new(50.8225, -0.1372)?, 25.0)?.topic("chess");
    /// let mut watch = kith.watch(&near).await?;
    /// while let Some(announcement) = watch.next().await {
    ///     println!("{announcement:?}");
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ReadError`] when no relay answers.
    pub async fn watch(&self, search: &Search) -> Result<Watch, ReadError> {
        let search = search.clone().of_any_community();
        let question = Arc::new(search.live_question());
        let (sender, mut signals) = mpsc::channel(SIGNALS_MAX);
        let mut tasks = JoinSet::new();
        for (index, link) in self.links().iter().enumerate() {
            let listener = Listener {
                kith: self.clone(),
                link: Arc::clone(link),
                index,
                question: Arc::clone(&question),
                signals: sender.clone(),
            };
            tasks.spawn(listener.run());
        }
        drop(sender);
        let silent = self.all_listen(&mut signals).await;
        if silent.len() == self.links().len() {
            return Err(ReadError::NobodyAnswered { silent });
        }
        // What came since a relay listens is in the list: nothing falls between the two.
        let present = self.present(&search).await?;
        let (announce, announcements) = mpsc::channel(ANNOUNCEMENTS_MAX);
        let watcher = Watcher {
            kith: self.clone(),
            search,
            known: present
                .subjects
                .iter()
                .map(|subject| (subject.name(), subject.version()))
                .collect(),
            announce,
        };
        tasks.spawn(watcher.run(signals));
        Ok(Watch {
            announcements,
            silent,
            _tasks: tasks,
        })
    }

    /// Waits until every relay listens or has said why it does not.
    async fn all_listen(&self, signals: &mut mpsc::Receiver<Signal>) -> Vec<Refusal> {
        let mut listening = HashSet::new();
        let mut silent: HashMap<usize, Refusal> = HashMap::new();
        while listening.len() + silent.len() < self.links().len() {
            match signals.recv().await {
                Some(Signal::Listening(index)) => {
                    silent.remove(&index);
                    listening.insert(index);
                }
                Some(Signal::Silent(index, refusal)) => {
                    if !listening.contains(&index) {
                        silent.insert(index, refusal);
                    }
                }
                Some(Signal::Found(_)) => {}
                None => break,
            }
        }
        silent.into_values().collect()
    }

    /// Everything that matches now.
    async fn present(&self, search: &Search) -> Result<Present, ReadError> {
        let meetups = self.meetups_among(Records::default(), search);
        let (communities, meetups) = tokio::try_join!(self.communities(search), meetups)?;
        let is_complete = communities.silent.is_empty() && meetups.silent.is_empty();
        let communities = communities.found.into_iter().map(Subject::Community);
        let meetups = meetups.found.into_iter().map(Subject::Meetup);
        Ok(Present {
            subjects: communities.chain(meetups).collect(),
            is_complete,
        })
    }

    /// Of what was heard, what a list would show.
    async fn judge(&self, heard: Vec<Found>, search: &Search) -> Result<Vec<Subject>, ReadError> {
        let (communities, meetups) = heard
            .into_iter()
            .partition(|found: &Found| found.event.kind() == Kind::COMMUNITY_METADATA);
        let mut records = Records::default();
        let (communities, meetups) = tokio::try_join!(
            self.judged_communities(communities, search),
            self.judged(meetups, &mut records, search)
        )?;
        let communities = communities.found.into_iter().map(Subject::Community);
        let meetups = meetups.into_iter().map(Subject::Meetup);
        Ok(communities.chain(meetups).collect())
    }
}

struct Present {
    subjects: Vec<Subject>,
    is_complete: bool,
}

/// What names a subject through all its versions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Name {
    Community(EventId),
    Meetup(Address),
}

/// The version that was announced last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Version {
    /// Newer ones are greater (NIP-01: of equally old ones the lowest id wins).
    rank: (u64, Reverse<EventId>),
    is_cancelled: bool,
}

impl Subject {
    fn name(&self) -> Name {
        match self {
            Subject::Community(community) => Name::Community(community.id()),
            Subject::Meetup(meetup) => Name::Meetup(meetup.address()),
        }
    }

    fn version(&self) -> Version {
        match self {
            Subject::Community(community) => {
                let metadata = community.metadata();
                let described = metadata.map(|note| (note.created_at, Reverse(note.id)));
                Version {
                    rank: described.unwrap_or((0, Reverse(community.id()))),
                    is_cancelled: false,
                }
            }
            Subject::Meetup(meetup) => Version {
                rank: (meetup.meetup().created_at, Reverse(meetup.id())),
                is_cancelled: meetup.is_cancelled(),
            },
        }
    }
}

/// What this version means to somebody who knows that one; `None` when it is no news.
fn news(known: Option<&Version>, seen: &Version) -> Option<News> {
    match known {
        Some(known) if known.rank >= seen.rank => None,
        Some(known) if known.is_cancelled && seen.is_cancelled => Some(News::Changed),
        _ if seen.is_cancelled => Some(News::Cancelled),
        Some(_) => Some(News::Changed),
        None => Some(News::New),
    }
}

/// What listeners tell the watcher.
#[derive(Debug)]
enum Signal {
    /// The relay of this index listens from now on.
    Listening(usize),
    /// It does not, or no longer.
    Silent(usize, Refusal),
    /// It sent something.
    Found(Box<Found>),
}

/// Compares what relays have with what was announced.
struct Watcher {
    kith: Kith,
    search: Search,
    known: HashMap<Name, Version>,
    announce: mpsc::Sender<Announcement>,
}

impl Watcher {
    async fn run(mut self, mut signals: mpsc::Receiver<Signal>) {
        let mut is_behind = false;
        let mut heard = Vec::with_capacity(SIGNALS_AT_ONCE_MAX);
        loop {
            heard.clear();
            let received = signals.recv_many(&mut heard, SIGNALS_AT_ONCE_MAX);
            match is_behind {
                false => {
                    received.await;
                }
                // Reached or not: it is looked up again.
                true => drop(tokio::time::timeout(CATCH_UP_AFTER, received).await),
            }
            if heard.is_empty() && signals.is_closed() {
                return;
            }
            is_behind |= self.known.len() > KNOWN_MAX;
            is_behind |= heard
                .iter()
                .any(|signal| matches!(signal, Signal::Listening(_)));
            let found = heard.drain(..).filter_map(|signal| match signal {
                Signal::Found(found) => Some(*found),
                Signal::Listening(_) | Signal::Silent(..) => None,
            });
            let found: Vec<Found> = found.collect();
            let outcome = match (is_behind, found.is_empty()) {
                (true, _) => self.catch_up().await,
                (false, false) => self.judge(found).await,
                (false, true) => Ok(true),
            };
            is_behind = match outcome {
                Ok(true) => false,
                // Nobody reads the stream any more.
                Ok(false) => return,
                Err(error) => {
                    tracing::debug!(%error, "cannot say what was announced");
                    true
                }
            };
        }
    }

    /// After a break: what differs from what was announced.
    async fn catch_up(&mut self) -> Result<bool, ReadError> {
        let present = self.kith.present(&self.search).await?;
        if present.is_complete || self.known.len() > KNOWN_MAX {
            let names: HashSet<Name> = present.subjects.iter().map(Subject::name).collect();
            self.known.retain(|name, _| names.contains(name));
        }
        Ok(self.announce_all(present.subjects).await)
    }

    async fn judge(&mut self, found: Vec<Found>) -> Result<bool, ReadError> {
        let subjects = self.kith.judge(found, &self.search).await?;
        Ok(self.announce_all(subjects).await)
    }

    /// Whether somebody still reads.
    async fn announce_all(&mut self, subjects: Vec<Subject>) -> bool {
        for subject in subjects {
            let (name, version) = (subject.name(), subject.version());
            let Some(news) = news(self.known.get(&name), &version) else {
                continue;
            };
            self.known.insert(name, version);
            let announcement = Announcement { news, subject };
            if self.announce.send(announcement).await.is_err() {
                return false;
            }
        }
        true
    }
}

/// Listens to one relay for as long as the handle is connected.
struct Listener {
    kith: Kith,
    link: Arc<Link>,
    index: usize,
    question: Arc<Question>,
    signals: mpsc::Sender<Signal>,
}

impl Listener {
    async fn run(self) {
        let mut again_after = AGAIN_AFTER;
        loop {
            let listened = tokio::select! {
                listened = self.listen() => listened,
                () = self.kith.closed() => return,
            };
            if listened.has_listened {
                again_after = AGAIN_AFTER;
            }
            let refusal = Refusal {
                relay: self.link.url().clone(),
                reason: listened.reason,
            };
            tracing::debug!(%refusal, "does not listen");
            let silent = Signal::Silent(self.index, refusal);
            if self.signals.send(silent).await.is_err() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(again_after) => {}
                () = self.kith.closed() => return,
            }
            again_after = (again_after * 2).min(AGAIN_AFTER_MAX);
        }
    }

    /// Once, or twice when the relay asks who we are or does not take what it announced.
    async fn listen(&self) -> Listened {
        let announced = self.kith.announced(&self.link).await;
        let mut challenge = None;
        let listened = self.listen_once(&announced, &mut challenge).await;
        if asks_for_authentication(&listened.reason) {
            let signer = self.kith.signer();
            let timeout = self.kith.timeout();
            return match self.link.authenticate(signer, challenge, timeout).await {
                Ok(()) => self.listen_once(&announced, &mut None).await,
                Err(reason) => Listened {
                    has_listened: false,
                    reason,
                },
            };
        }
        let is_search = announced != Announced::default();
        if is_search && !listened.has_listened && is_not_understood(&listened.reason) {
            self.link.announced_too_much().await;
            return self.listen_once(&Announced::default(), &mut None).await;
        }
        listened
    }

    async fn listen_once(&self, announced: &Announced, challenge: &mut Option<String>) -> Listened {
        let filters = self.question.live(announced);
        let mut has_listened = false;
        let mut ears = match self.link.listen(filters, self.kith.timeout()).await {
            Ok(ears) => ears,
            Err(reason) => {
                return Listened {
                    has_listened,
                    reason,
                };
            }
        };
        let reason = loop {
            let signal = match ears.next().await {
                Ok(Heard::Listening) => {
                    has_listened = true;
                    Some(Signal::Listening(self.index))
                }
                Ok(Heard::Event(event)) => self.found(&event),
                Err(reason) => break reason,
            };
            if let Some(signal) = signal
                && self.signals.send(signal).await.is_err()
            {
                break Reason::ConnectionLost;
            }
        };
        *challenge = ears.challenge.take();
        Listened {
            has_listened,
            reason,
        }
    }

    fn found(&self, event: &nostr_sdk::Event) -> Option<Signal> {
        let event = Event::try_from(event).ok()?;
        let is_expired = nip40::is_expired(&event, self.kith.now());
        let relays = vec![self.link.url().clone()];
        (!is_expired).then(|| Signal::Found(Box::new(Found { event, relays })))
    }
}

/// How listening ended.
struct Listened {
    has_listened: bool,
    reason: Reason,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(created_at: u64, id: u8, is_cancelled: bool) -> Version {
        Version {
            rank: (created_at, Reverse(EventId::from_bytes([id; 32]))),
            is_cancelled,
        }
    }

    #[test]
    fn nip01_104_only_newer_versions_are_news() {
        let known = version(100, 5, false);
        assert_eq!(news(None, &known), Some(News::New));
        assert_eq!(news(Some(&known), &known), None);
        assert_eq!(news(Some(&known), &version(99, 1, false)), None);
        assert_eq!(news(Some(&known), &version(100, 6, false)), None);
        let lower = version(100, 4, false);
        assert_eq!(news(Some(&known), &lower), Some(News::Changed));
    }

    #[test]
    fn a_meetup_is_called_off_once() {
        let cancelled = version(200, 1, true);
        assert_eq!(news(None, &cancelled), Some(News::Cancelled));
        let on = version(100, 1, false);
        assert_eq!(news(Some(&on), &cancelled), Some(News::Cancelled));
        let again = version(300, 1, true);
        assert_eq!(news(Some(&cancelled), &again), Some(News::Changed));
        let reopened = version(300, 1, false);
        assert_eq!(news(Some(&cancelled), &reopened), Some(News::Changed));
    }
}
