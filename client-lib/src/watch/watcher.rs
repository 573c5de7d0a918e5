//! What of the things heard is news. Knows what was announced; asks through the handle.

use std::time::Duration;

use tokio::sync::mpsc;

use super::told::Told;
use super::{Announcement, Subject};
use crate::fetch::{Found, ReadError};
use crate::kith::Kith;
use crate::listener::Signal;
use crate::search::Search;

/// Things heard that are judged together.
const SIGNALS_AT_ONCE_MAX: usize = 64;

/// What could not be judged, because no relay answered, is looked up again after this long.
const CATCH_UP_AFTER: Duration = Duration::from_secs(5);

/// Compares what relays have with what was announced.
pub(super) struct Watcher {
    kith: Kith,
    search: Search,
    told: Told,
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
        let mut told = Told::default();
        for subject in present {
            told.tell(subject);
        }
        Watcher {
            kith,
            search,
            told,
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
        if present.is_complete {
            self.told.retain(&present.subjects);
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
            let Some(news) = self.told.tell(&subject) else {
                continue;
            };
            let announcement = Announcement { news, subject };
            if self.announce.send(announcement).await.is_err() {
                return false;
            }
        }
        true
    }
}
