//! How the relays of the set are: whether they answer, what they say of themselves, what time it is
//! there. For whoever wants to know why something does not work; nothing is written.

mod writing;

use std::time::Duration;

use futures_util::future::join_all;
use kith_nips::nip11::RelayInformation;
use nostr_sdk::{Filter, Keys, RelayUrl};
use tokio::time::Instant;

use crate::kith::Kith;
use crate::link::Link;
use crate::refusal::Reason;

pub use self::writing::{Keeping, KeepingCheckup};

/// How one relay is.
///
/// ```no_run
/// # async fn example(kith: kith_client::Kith) {
/// for relay in kith.check_relays().await {
///     match relay.answered {
///         Ok(within) => println!("{}: {} ms", relay.relay, within.as_millis()),
///         Err(reason) => println!("{}: {reason}", relay.relay),
///     }
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RelayCheckup {
    /// The relay.
    pub relay: RelayUrl,
    /// How long it took to answer a small question over a connection that was there, or why it did not.
    pub answered: Result<Duration, Reason>,
    /// What it says of itself (NIP-11), or why that is not known.
    pub information: Result<RelayInformation, String>,
    /// How many seconds its clock is ahead of ours, as far as it tells (RFC 9110 §6.6.1); about one
    /// second more or less.
    pub clock_ahead_seconds: Option<i64>,
    /// Events that it sent and no question of ours matches, as of now; an honest relay sends none.
    pub unasked_events: u64,
}

impl Kith {
    /// Looks at every relay of the set, all at once.
    pub async fn check_relays(&self) -> Vec<RelayCheckup> {
        join_all(self.links().iter().map(|link| self.check(link))).await
    }

    async fn check(&self, link: &Link) -> RelayCheckup {
        let answered = self.answer_time(link).await;
        if answered.is_ok() {
            self.ask_for_nothing(link).await;
        }
        let document = link.document(self.timeout()).await;
        let now = self.now();
        let date = document.as_ref().ok().and_then(|document| document.date);
        RelayCheckup {
            relay: link.url().clone(),
            answered,
            clock_ahead_seconds: date.and_then(|there| there.checked_sub(now.try_into().ok()?)),
            information: document.map(|document| document.information),
            unasked_events: link.dropped(),
        }
    }

    /// Asks for what nobody can have written: whatever comes was not asked for, and is counted.
    async fn ask_for_nothing(&self, link: &Link) {
        let nobody = Keys::generate().public_key();
        let nothing = Filter::new().author(nobody).limit(1);
        let answer = link.request(&nothing, self.signer(), self.timeout());
        if let Err(reason) = answer.await {
            tracing::debug!(relay = %link.url(), %reason, "no answer to what nobody wrote");
        }
    }

    async fn answer_time(&self, link: &Link) -> Result<Duration, Reason> {
        link.ready(self.timeout()).await?;
        let asked = Instant::now();
        // The newest note of any kind: every relay has an answer, and a short one.
        let smallest = Filter::new().limit(1);
        link.request(&smallest, self.signer(), self.timeout())
            .await?;
        Ok(asked.elapsed())
    }
}
