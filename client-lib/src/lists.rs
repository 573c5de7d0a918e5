//! The rule for rewriting: what replaces an older note is made from the newest version, and the
//! newest version is known only when every relay of the set said what it has. Knows addresses and
//! answers, not what is in a list.

use kith_nips::lbc::created_at_after;
use kith_nips::{Address, Kind};

use crate::fetch::Found;
use crate::filters::{addresses_filters, deletion_filters, deletion_filters_of};
use crate::kith::{Kith, Rewrite};
use crate::publish::Published;
use crate::refusal::{Refusal, joined, merge};
use crate::versions::{Deletions, newest};

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

/// What is about to be replaced.
pub(crate) struct Rewritten {
    /// Its newest version, if there is one that was not taken back.
    pub(crate) found: Option<Found>,
    /// Up to when everything at the address was taken back, in Unix seconds.
    pub(crate) taken_back_at: Option<u64>,
}

impl Rewritten {
    /// When a first version has to be dated, if not now: what was taken back stays so up to its time.
    pub(crate) fn first_at(&self, now: u64) -> Option<u64> {
        self.taken_back_at.map(|at| created_at_after(at, now))
    }
}

impl Kith {
    /// The newest version of an own note that is about to be replaced; none when every relay answered
    /// that it has none, or when it was taken back (NIP-09), whichever relay still has it.
    pub(crate) async fn newest_for_rewrite(
        &self,
        address: &Address,
        what: &'static str,
    ) -> Result<Rewritten, ListUnavailable> {
        let addresses = std::slice::from_ref(address);
        let mut filters = addresses_filters(addresses);
        filters.extend(deletion_filters_of(address.pubkey, addresses));
        let mut fetched = self.fetch(filters).await;
        let (requests, versions) = fetched
            .found
            .into_iter()
            .partition(|found: &Found| found.event.kind() == Kind::DELETION);
        fetched.found = requests;
        let newest = newest(versions).remove(address);
        if let Some(newest) = newest.as_ref().filter(|_| self.links().len() > 1) {
            // What one relay was told to delete by id, another still has.
            let more = self
                .fetch(deletion_filters(std::slice::from_ref(newest)))
                .await;
            merge(&mut fetched.silent, &more.silent);
            fetched.found.extend(more.found);
        }
        self.demand_all(&fetched.silent, what)?;
        let deletions = Deletions::read(fetched.found.iter().map(|found| &found.event));
        let (found, gone) = match newest {
            Some(found) if deletions.cover(&found.event) => (None, Some(found.event.created_at())),
            found => (found, None),
        };
        Ok(Rewritten {
            found,
            // A version that was taken back by its id keeps its place in time (NIP09-16).
            taken_back_at: deletions.upto(address).max(gone),
        })
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
