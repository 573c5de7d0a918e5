//! The rule for rewriting: what replaces an older note is made from the newest version, and the
//! newest version is known only when every relay of the set said what it has. Knows addresses and
//! answers, not what is in a list.

use kith_nips::Address;

use crate::fetch::Found;
use crate::filters::addresses_filters;
use crate::kith::{Kith, Rewrite};
use crate::publish::Published;
use crate::refusal::{Refusal, joined};

/// Something would have to be rewritten, and not every relay said which version it has.
///
/// Nothing was changed. Try again when the relays answer, or, when the user agrees that what only
/// they know may be lost, use [`Kith::with_rewrite`] with [`Rewrite::Confirmed`].
///
/// ```
/// use kith_client::{ListUnavailable, Reason, Refusal, RelayUrl};
///
/// let error = ListUnavailable {
///     what: "the list of communities that you follow",
///     relays: vec![Refusal {
///         relay: RelayUrl::parse("wss://relay.example.com")?,
///         reason: Reason::ConnectionLost,
///     }],
/// };
/// assert!(error.to_string().starts_with("the list of communities that you follow was not changed"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{what} was not changed, because its newest version may be on a relay that did not answer: {}",
    joined(.relays)
)]
pub struct ListUnavailable {
    /// What was to be rewritten, in words.
    pub what: &'static str,
    /// The relays that did not answer, and why.
    pub relays: Vec<Refusal>,
}

/// What became of a note that was to be changed.
///
/// ```no_run
/// use kith_client::{Kith, Change, Reference};
///
/// # async fn example(kith: Kith, community: Reference) -> Result<(), Box<dyn std::error::Error>> {
/// match kith.follow(&community).await? {
///     Change::Published(published) => println!("now following: {}", published.id),
///     Change::Unchanged => println!("you follow it already"),
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It said so already; nothing was sent.
    Unchanged,
    /// A new version is published.
    Published(Published),
}

impl Kith {
    /// The newest version of an own note that is about to be replaced; `None` when every relay
    /// answered that it has none, or when it was taken back (NIP-09).
    pub(crate) async fn newest_for_rewrite(
        &self,
        address: &Address,
        what: &'static str,
    ) -> Result<Option<Found>, ListUnavailable> {
        let fetched = self
            .fetch(addresses_filters(std::slice::from_ref(address)))
            .await;
        let mut silent = fetched.silent;
        // What was taken back is not begun from, whichever relay still has it.
        let current = self.current(fetched.found, &mut silent).await;
        self.demand_all(&silent, what)?;
        let mut current = current.into_iter();
        Ok(current.find(|found| found.event.address().as_ref() == Some(address)))
    }

    /// Goes on only when no relay stayed silent, or the user agreed.
    pub(crate) fn demand_all(
        &self,
        silent: &[Refusal],
        what: &'static str,
    ) -> Result<(), ListUnavailable> {
        match silent.is_empty() || self.rewrite() == Rewrite::Confirmed {
            true => Ok(()),
            false => Err(ListUnavailable {
                what,
                relays: silent.to_vec(),
            }),
        }
    }
}
