//! What of the things heard is news. Knows versions; asks through the handle.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

use kith_nips::{Address, EventId};
use tokio::sync::mpsc;

use super::{Announcement, News, Subject};
use crate::fetch::{Found, ReadError};
use crate::kith::Kith;
use crate::listener::Signal;
use crate::search::Search;

/// Things heard that are judged together.
const SIGNALS_AT_ONCE_MAX: usize = 64;

/// Subjects that are remembered; beyond that, those that are gone are forgotten.
const KNOWN_MAX: usize = 100_000;

/// What could not be judged, because no relay answered, is looked up again after this long.
const CATCH_UP_AFTER: Duration = Duration::from_secs(5);

/// Compares what relays have with what was announced.
pub(super) struct Watcher {
    kith: Kith,
    search: Search,
    known: HashMap<Name, Version>,
    announce: mpsc::Sender<Announcement>,
}

impl Watcher {
    /// What is present is no news.
    pub(super) fn new(
        kith: Kith,
        search: Search,
        present: &[Subject],
        announce: mpsc::Sender<Announcement>,
    ) -> Watcher {
        let present = present.iter();
        let known = present.map(|subject| (subject.name(), subject.version()));
        Watcher {
            kith,
            search,
            known: known.collect(),
            announce,
        }
    }

    pub(super) async fn run(mut self, mut signals: mpsc::Receiver<Signal>) {
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
