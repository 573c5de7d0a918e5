//! Following and leaving communities, and who follows one. The list of a person is theirs alone:
//! it is rewritten only from its newest version, and only where it must change.

use std::collections::BTreeSet;

use kith_nips::lbc::{BuildError, FollowList, Published, address};
use kith_nips::{EventId, Kind, PublicKey};
use nostr_sdk::Alphabet;

use crate::communities::CommunityView;
use crate::fetch::{Fetched, Found, Listing, ReadError};
use crate::filters::{addresses_filters, tag, tag_filters};
use crate::kith::Kith;
use crate::lists::{Change, ListUnavailable, OwnNote};
use crate::lookup::LookupError;
use crate::publish::PublishError;
use crate::reference::{Reference, Target};
use crate::refusal::merge;

const WHAT: &str = "the list of communities that you follow";

/// Why a community could not be followed or left.
///
/// ```
/// use kith_client::{FollowError, PublishError};
///
/// let error = FollowError::from(PublishError::ReadOnly);
/// assert_eq!(error.to_string(), "there is no key to sign with");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FollowError {
    /// The community is not there.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// Not every relay said which list it has; nothing was changed.
    #[error(transparent)]
    ListUnavailable(#[from] ListUnavailable),
    /// The list cannot be written.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// No relay took the new list, or there is no key.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

impl Kith {
    /// Adds a community to the list of those that the user follows (LBC-15).
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, community: Reference) -> Result<(), Box<dyn std::error::Error>> {
    /// kith.follow(&community).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`FollowError`]; above all [`FollowError::ListUnavailable`], when a relay did not say which
    /// list it has.
    pub async fn follow(&self, community: impl Into<Reference>) -> Result<Change, FollowError> {
        let me = self.author()?;
        let id = self.record(&community.into()).await?.community.id;
        let _turn = self.turn().await;
        let own = self.own_follows(me).await?;
        self.publish_edited(own, |list| list.follow(id)).await
    }

    /// Removes a community from the list; everything else in it stays as it is (LBC-15). Also one
    /// that was closed or cannot be found any more.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, community: Reference) -> Result<(), Box<dyn std::error::Error>> {
    /// kith.leave(&community).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`Kith::follow`].
    pub async fn leave(&self, community: impl Into<Reference>) -> Result<Change, FollowError> {
        let reference = community.into();
        let me = self.author()?;
        let _turn = self.turn().await;
        let own = self.own_follows(me).await?;
        let id = match &reference.target {
            Target::Id(id) if own.note.follows(*id) => *id,
            _ => self.community_id(&reference).await?,
        };
        self.publish_edited(own, |list| list.leave(id)).await
    }

    /// The communities that the user follows, in the order of the list. Ids that are no open
    /// community are skipped (LBC-17).
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith) -> Result<(), Box<dyn std::error::Error>> {
    /// for community in kith.following().await? {
    ///     println!("{}", community.title());
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`FollowError::Publish`] without a key; [`FollowError::Lookup`] when no relay answers.
    pub async fn following(&self) -> Result<Listing<CommunityView>, FollowError> {
        let me = self.author()?;
        Ok(self.following_of(me).await.map_err(LookupError::from)?)
    }

    /// The communities that somebody follows.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith, person: kith_client::PublicKey) -> Result<(), kith_client::ReadError> {
    /// println!("{} communities", kith.following_of(person).await?.found.len());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ReadError`] when no relay answers.
    pub async fn following_of(
        &self,
        person: PublicKey,
    ) -> Result<Listing<CommunityView>, ReadError> {
        let address = address::follow_list(person);
        let filters = addresses_filters(std::slice::from_ref(&address));
        let Fetched {
            found, mut silent, ..
        } = self.fetch(filters).await.answered()?;
        let list = self.settled(found, &mut silent).await;
        let list = list.first();
        let ids = list
            .and_then(|found| FollowList::read(&found.event).ok())
            .map(|list| list.communities())
            .unwrap_or_default();
        let records = self.records(&ids).await?;
        merge(&mut silent, &records.silent);
        let open = ids
            .iter()
            .filter_map(|id| records.open().find(|record| record.community.id == *id));
        let found = open
            .map(|record| CommunityView::new(record, None))
            .collect();
        Ok(Listing { found, silent })
    }

    /// Who follows a community, each key once (LBC-20).
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, community: Reference) -> Result<(), Box<dyn std::error::Error>> {
    /// println!("{} followers", kith.followers(&community).await?.found.len());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`LookupError`]
    pub async fn followers(
        &self,
        community: impl Into<Reference>,
    ) -> Result<Listing<PublicKey>, LookupError> {
        let id = self.record(&community.into()).await?.community.id;
        Ok(self.followers_of(id).await?)
    }

    /// Whether somebody's newest list has the community.
    pub(crate) async fn follows(
        &self,
        person: PublicKey,
        community: EventId,
    ) -> Result<bool, ReadError> {
        let address = address::follow_list(person);
        let filters = addresses_filters(std::slice::from_ref(&address));
        let fetched = self.fetch(filters).await.answered()?;
        let list = self.settled(fetched.found, &mut Vec::new()).await;
        let list = list.first();
        let list = list.and_then(|found| FollowList::read(&found.event).ok());
        Ok(list.is_some_and(|list| list.follows(community)))
    }

    /// The keys whose newest list has the community. A relay that missed an update still lists
    /// somebody who left, so the newest version of every list found is asked for.
    pub(crate) async fn followers_of(
        &self,
        community: EventId,
    ) -> Result<Listing<PublicKey>, ReadError> {
        let kinds = [Kind::COMMUNITY_FOLLOWS];
        let filters = tag_filters(&kinds, tag(Alphabet::E), vec![community.to_string()]);
        let Fetched {
            found, mut silent, ..
        } = self.fetch(filters).await.answered()?;
        let lists = read(self.settled(found, &mut silent).await);
        let followers: BTreeSet<PublicKey> = lists
            .iter()
            .filter(|list| list.follows(community))
            .map(|list| list.author)
            .collect();
        Ok(Listing {
            found: followers.into_iter().collect(),
            silent,
        })
    }

    /// The newest lists of these people, as far as they have one.
    pub(crate) async fn follow_lists(
        &self,
        people: &BTreeSet<PublicKey>,
    ) -> Listing<Published<FollowList>> {
        let addresses: Vec<_> = people
            .iter()
            .map(|key| address::follow_list(*key))
            .collect();
        let fetched = self.fetch(addresses_filters(&addresses)).await;
        let mut silent = fetched.silent;
        let found = read(self.settled(fetched.found, &mut silent).await);
        Listing { found, silent }
    }

    /// The user's own list, as it is to be rewritten.
    async fn own_follows(&self, me: PublicKey) -> Result<OwnNote<FollowList>, ListUnavailable> {
        let address = address::follow_list(me);
        self.own_note(&address, WHAT, FollowList::read, FollowList::new)
            .await
    }
}

/// The lists of these notes.
fn read(found: Vec<Found>) -> Vec<Published<FollowList>> {
    found
        .into_iter()
        .filter_map(|found| FollowList::read(&found.event).ok())
        .collect()
}
