//! The queue of signed notes that are not yet on every relay they are for. A note is put in before
//! it is sent and taken out when each of its relays took it or refused it for good; so nothing that
//! was signed is lost when a relay, or this program, goes away. Knows events and relays, not what
//! notes are about; sending is in `sending`.

mod sending;
mod table;

use std::time::Duration;

use kith_nips::{Event, EventId, Kind, Prefix, StorageClass};
use nostr_sdk::filter::MatchEventOptions;
use nostr_sdk::{Filter, RelayUrl};

use crate::kith::Kith;
use crate::local::{Local, LocalError};
use crate::refusal::Reason;

pub use sending::QueueRun;

pub(crate) use sending::{Sending, send_while_connected};
pub(crate) use table::{Due, Later, Listener};

/// Notes that may wait.
pub const QUEUED_NOTES_MAX: u32 = 10_000;

/// Bytes of all notes that wait, as JSON: 32 MiB.
pub const QUEUED_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// A note that could not be sent for this long is not tried any more: 30 days.
pub const QUEUED_FOR_MAX: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A signed note that is not yet on every relay it is for.
///
/// ```no_run
/// # async fn example(local: kith_client::Local) -> Result<(), kith_client::LocalError> {
/// for note in local.queued().await? {
///     println!("{} of kind {}", note.event.id(), note.event.kind());
///     for relay in &note.relays {
///         println!("  {}: {:?}", relay.relay, relay.state);
///     }
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct QueuedNote {
    /// The note as it was signed.
    pub event: Event,
    /// When it was signed and put into the queue; Unix seconds.
    pub queued_at: u64,
    /// The relays it is for.
    pub relays: Vec<QueuedRelay>,
}

/// What became of a queued note at one relay.
///
/// ```no_run
/// # fn example(relay: &kith_client::QueuedRelay) {
/// if relay.state == kith_client::QueueState::Waiting {
///     println!("{} was tried {} times", relay.relay, relay.attempts);
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueuedRelay {
    /// The relay.
    pub relay: RelayUrl,
    /// Whether it has the note.
    pub state: QueueState,
    /// What it said last, or why nothing was heard of it; `None` before the first time.
    pub reason: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
}

/// Whether a relay has a queued note.
///
/// ```
/// assert_eq!(kith_client::QueueState::Refused.as_str(), "refused");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueueState {
    /// Not yet: it was not reached, or asked to come back later.
    Waiting,
    /// It has it.
    Taken,
    /// It said no and means it. It is not asked again.
    Refused,
}

impl QueueState {
    /// One word.
    pub fn as_str(self) -> &'static str {
        match self {
            QueueState::Waiting => "waiting",
            QueueState::Taken => "taken",
            QueueState::Refused => "refused",
        }
    }

    fn read(text: &str) -> QueueState {
        match text {
            "taken" => QueueState::Taken,
            "refused" => QueueState::Refused,
            _ => QueueState::Waiting,
        }
    }
}

/// Why a note was not put into the queue, and therefore not sent.
///
/// ```
/// use kith_client::{QUEUED_NOTES_MAX, QueueError};
///
/// let error = QueueError::TooMany;
/// assert!(error.to_string().starts_with(&format!("{QUEUED_NOTES_MAX} notes wait to be sent")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueueError {
    /// [`QUEUED_NOTES_MAX`] notes wait already.
    #[error("{QUEUED_NOTES_MAX} notes wait to be sent already, so no further one can be")]
    TooMany,
    /// With this note, those that wait would take more than [`QUEUED_BYTES_MAX`].
    #[error("the notes that wait to be sent take {QUEUED_BYTES_MAX} bytes already")]
    TooLarge,
    /// The file cannot be used.
    #[error(transparent)]
    Local(#[from] LocalError),
}

/// What a relay answered to a note, as far as the queue is concerned.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// It has it, or something newer.
    Taken,
    /// It will never have it.
    Refused(String),
    /// It said: later.
    Later(String),
    /// Nothing was heard of it.
    Silent(String),
}

impl Answer {
    /// Of an attempt that somebody waits for, and that the key could be used for.
    pub(crate) fn asked(outcome: Result<(), &Reason>) -> Answer {
        let reason = match outcome {
            Ok(()) => return Answer::Taken,
            Err(reason) => reason,
        };
        let text = reason.to_string();
        match reason {
            Reason::Refused { prefix, .. } => match prefix {
                Prefix::RateLimited | Prefix::Error => Answer::Later(text),
                _ => Answer::Refused(text),
            },
            Reason::Authentication(_) | Reason::Limit(_) | Reason::NoMembers => {
                Answer::Refused(text)
            }
            _ => Answer::Silent(text),
        }
    }

    /// Of an attempt that nobody asked for: the key was not used, so who must say who they are waits
    /// until somebody does. A relay that has something newer has been told.
    pub(crate) fn unasked(outcome: Result<(), &Reason>) -> Answer {
        match outcome {
            Err(Reason::Refused {
                prefix: Prefix::Duplicate,
                ..
            }) => Answer::Taken,
            Err(reason @ Reason::Authentication(_)) => Answer::Later(reason.to_string()),
            Err(
                reason @ Reason::Refused {
                    prefix: Prefix::AuthRequired,
                    ..
                },
            ) => Answer::Later(reason.to_string()),
            outcome => Answer::asked(outcome),
        }
    }

    /// Whether the relay is still to be asked.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Answer::Later(_) | Answer::Silent(_))
    }
}

/// Whether a note of the user's waits by itself: who listens now is gone later, and what is wrapped for
/// one person is put into the queue by whoever wrapped it, for the relays of their inbox.
pub(crate) fn can_wait(kind: Kind) -> bool {
    let is_kept = kind.storage_class() != StorageClass::Ephemeral;
    is_kept && !matches!(kind, Kind::GIFT_WRAP | Kind::AUTHENTICATION)
}

impl Kith {
    /// Own notes that wait and that one of these filters matches: what relays answer may be older,
    /// and a list must not be rewritten from that.
    pub(crate) async fn queued_among(&self, filters: &[Filter]) -> Vec<Event> {
        let Some(local) = self.local() else {
            return Vec::new();
        };
        let waiting = local.look(table::waiting).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the queue cannot be read");
            Vec::new()
        });
        let options = MatchEventOptions::new().nip50(false);
        let is_wanted = |event: &Event| {
            let event = nostr_sdk::Event::try_from(event);
            let mut filters = filters.iter();
            event.is_ok_and(|event| filters.any(|filter| filter.match_event(&event, options)))
        };
        waiting.into_iter().filter(is_wanted).collect()
    }
}

impl Local {
    /// Everything that waits to be sent, and what relays refused for good without anybody being
    /// told, oldest first.
    ///
    /// # Errors
    /// [`LocalError`]
    pub async fn queued(&self) -> Result<Vec<QueuedNote>, LocalError> {
        self.look(table::all).await
    }

    /// Takes notes out of the queue; they are not sent any more. Gives those that were in it.
    ///
    /// ```no_run
    /// # async fn example(local: kith_client::Local, id: kith_client::EventId) -> Result<(), kith_client::LocalError> {
    /// local.drop_queued(&[id]).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`LocalError`]
    pub async fn drop_queued(&self, ids: &[EventId]) -> Result<Vec<EventId>, LocalError> {
        let ids = ids.to_vec();
        self.transact(move |db| table::remove(db, &ids)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(reason: &Reason) -> bool {
        Answer::asked(Err(reason)).is_open()
    }

    #[test]
    fn what_means_later_waits_and_what_means_never_does_not() {
        for text in ["rate-limited: slow down", "error: disk full", "no prefix"] {
            assert!(asked(&Reason::refused(text)), "{text}");
        }
        for text in [
            "blocked: you",
            "invalid: signature",
            "restricted: members only",
            "pow: 20 bits",
        ] {
            assert!(!asked(&Reason::refused(text)), "{text}");
        }
        for reason in [
            Reason::ConnectionLost,
            Reason::Timeout(Duration::from_secs(1)),
            Reason::Unreachable("no route".to_owned()),
        ] {
            assert!(asked(&reason), "{reason}");
        }
    }

    #[test]
    fn what_nobody_asked_for_does_not_use_the_key() {
        let unknown = Reason::Authentication("who are you?".to_owned());
        assert!(!asked(&unknown));
        assert!(Answer::unasked(Err(&unknown)).is_open());
        let newer = Reason::refused("duplicate: have a newer one");
        assert!(matches!(Answer::unasked(Err(&newer)), Answer::Taken));
    }

    #[test]
    fn what_is_for_now_or_for_one_person_does_not_wait() {
        for kind in [Kind::TEXT_NOTE, Kind::MEETUP, Kind::DELETION] {
            assert!(can_wait(kind), "{kind}");
        }
        for kind in [20_001, 21_059, 1059, 22_242].map(Kind::new) {
            assert!(!can_wait(kind), "{kind}");
        }
    }
}
