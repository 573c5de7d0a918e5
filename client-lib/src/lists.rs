//! The rule for rewriting: what replaces an older note is made from the newest version, and the
//! newest version is known only when every relay of the set said what it has. Knows addresses and
//! answers, not what is in a list.

use kith_nips::lbc::{self, BuildError, Versioned, created_at_after};
use kith_nips::nip01::Draft;
use kith_nips::{Address, Event, Kind};

use crate::fetch::Found;
use crate::filters::{addresses_filters, deletion_filters, deletion_filters_of};
use crate::kith::{Kith, Rewrite};
use crate::publish::{PublishError, Published};
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
    /// When the next version has to be dated, if not now: after the one that it replaces, and what
    /// was taken back stays so up to its time.
    pub(crate) fn next_at(&self, now: u64) -> Option<u64> {
        let replaced = self.found.as_ref().map(|found| found.event.created_at());
        let after = replaced.max(self.taken_back_at);
        after.map(|at| created_at_after(at, now))
    }
}

/// A note of the user's own that is about to be replaced, or written for the first time.
pub(crate) struct OwnNote<N> {
    /// As its newest version has it, with the tags that nobody here knows.
    pub(crate) note: N,
    /// When the next version has to be dated, if not now.
    next_at: Option<u64>,
}

impl<N: Versioned> OwnNote<N> {
    /// The newest version, which is known to be it, or else the first one.
    pub(crate) fn known(
        newest: Option<lbc::Published<N>>,
        first: impl FnOnce() -> N,
        now: u64,
    ) -> OwnNote<N> {
        let next_at = newest
            .as_ref()
            .map(|newest| created_at_after(newest.created_at, now));
        let note = newest.map_or_else(first, |newest| newest.note);
        OwnNote { note, next_at }
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

    /// The user's own note at an address, as [`Kith::newest_for_rewrite`] finds it, or a first one.
    pub(crate) async fn own_note<N: Versioned>(
        &self,
        address: &Address,
        what: &'static str,
        read: impl FnOnce(&Event) -> Result<lbc::Published<N>, lbc::ReadError>,
        first: impl FnOnce() -> N,
    ) -> Result<OwnNote<N>, ListUnavailable> {
        let old = self.newest_for_rewrite(address, what).await?;
        let next_at = old.next_at(self.now());
        let newest = old.found.and_then(|found| read(&found.event).ok());
        let note = newest.map_or_else(first, |newest| newest.note);
        Ok(OwnNote { note, next_at })
    }

    /// Publishes the next version of an own note, if the edit says that it changed anything.
    pub(crate) async fn publish_edited<N, E>(
        &self,
        mut own: OwnNote<N>,
        edit: impl FnOnce(&mut N) -> bool,
    ) -> Result<Change, E>
    where
        N: Versioned,
        E: From<BuildError> + From<PublishError>,
    {
        if !edit(&mut own.note) {
            return Ok(Change::Unchanged);
        }
        let draft = Draft {
            created_at: own.next_at,
            ..own.note.draft()?
        };
        Ok(Change::Published(self.publish(&draft).await?))
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
