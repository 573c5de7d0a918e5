//! Who belongs to a community, and what its owner does about it: approve, remove, mute, unmute.
//! Each changes the fewest lists (LBC-51), made from their newest versions.

use std::collections::BTreeSet;

use kith_nips::PublicKey;
use kith_nips::lbc::{
    BuildError, ListChanges, MemberList, Membership, MuteList, Versioned, approve, mute,
    mute_because, remove, unmute,
};

use crate::communities::NamedCommunity;
use crate::fetch::Listing;
use crate::kith::Kith;
use crate::lists::{Change, ListUnavailable, OwnNote};
use crate::lookup::LookupError;
use crate::publish::PublishError;
use crate::records::Record;
use crate::reference::Reference;
use crate::refusal::merge;

/// The longest reason beside a muted person.
pub const MUTE_REASON_CHARACTERS_MAX: usize = 200;

/// A key and what it is to the community (LBC-50).
///
/// ```
/// use kith_client::{Member, Membership, PublicKey};
///
/// let person = PublicKey::from_bytes([1; 32]);
/// let member = Member { person, state: Membership::Lapsed, reason: None };
/// assert!(!member.state.is_member(), "does not follow any more");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Whose key.
    pub person: PublicKey,
    /// What they are.
    pub state: Membership,
    /// Why they are muted, if the owner said so.
    pub reason: Option<String>,
}

/// What became of the two lists.
///
/// ```no_run
/// use kith_client::{Kith, MemberChange, PublicKey, Reference};
///
/// # async fn example(kith: Kith, community: Reference, person: PublicKey) -> Result<(), kith_client::MemberError> {
/// let change: MemberChange = kith.mute(&community, person).await?;
/// if change.is_nothing() {
///     println!("muted already");
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberChange {
    /// The member list.
    pub members: Change,
    /// The block list.
    pub muted: Change,
}

impl MemberChange {
    /// Whether both lists said so already.
    pub fn is_nothing(&self) -> bool {
        self.members == Change::Unchanged && self.muted == Change::Unchanged
    }
}

/// Why a membership could not be changed.
///
/// ```
/// use kith_client::MemberError;
/// assert_eq!(MemberError::Owner.to_string(), "the owner of a community cannot be muted");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MemberError {
    /// The community is not there.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// The lists are the owner's.
    #[error("only its owner can change the members of {0}")]
    NotOwner(NamedCommunity),
    /// The owner cannot be muted (D10).
    #[error("the owner of a community cannot be muted")]
    Owner,
    /// More characters than [`MUTE_REASON_CHARACTERS_MAX`].
    #[error("the reason has {0} characters; at most {MUTE_REASON_CHARACTERS_MAX} are possible")]
    ReasonTooLong(usize),
    /// Not every relay said which lists it has; nothing was changed.
    #[error(transparent)]
    ListUnavailable(#[from] ListUnavailable),
    /// The list cannot be written.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// No relay took a list, or there is no key. When two lists change, the block list is written
    /// first; doing it again writes what is missing.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

impl Kith {
    /// Everybody who is something to a community: owner, members, lapsed, followers and muted, in
    /// this order. Visitors are not listed.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, community: Reference) -> Result<(), Box<dyn std::error::Error>> {
    /// for member in kith.members(&community).await? {
    ///     println!("{} {:?}", member.person, member.state);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`LookupError`]
    pub async fn members(
        &self,
        community: impl Into<Reference>,
    ) -> Result<Listing<Member>, LookupError> {
        let record = self.record(&community.into()).await?;
        let followers = self.followers_of(record.community.id).await?;
        let mut silent = record.silent.clone();
        merge(&mut silent, &followers.silent);
        let found = states(&record, &followers.found.into_iter().collect());
        Ok(Listing { found, silent })
    }

    /// What one key is to a community.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Membership, PublicKey, Reference};
    /// # async fn example(kith: Kith, community: Reference, person: PublicKey) -> Result<(), kith_client::LookupError> {
    /// let is_muted = kith.membership(&community, person).await? == Membership::Muted;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`LookupError`]
    pub async fn membership(
        &self,
        community: impl Into<Reference>,
        person: PublicKey,
    ) -> Result<Membership, LookupError> {
        let record = self.record(&community.into()).await?;
        let follows = self.follows(person, record.community.id).await?;
        Ok(record.membership(person, follows))
    }

    /// Puts somebody on the member list. They are a member while they follow.
    ///
    /// ```no_run
    /// use kith_client::{Kith, PublicKey, Reference};
    /// # async fn example(kith: Kith, community: Reference, person: PublicKey) -> Result<(), kith_client::MemberError> {
    /// kith.approve(&community, person).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`MemberError`]
    pub async fn approve(
        &self,
        community: impl Into<Reference>,
        person: PublicKey,
    ) -> Result<MemberChange, MemberError> {
        self.change(&community.into(), |members, _| Ok(approve(person, members)))
            .await
    }

    /// Takes somebody off the member list.
    ///
    /// ```no_run
    /// use kith_client::{Kith, PublicKey, Reference};
    /// # async fn example(kith: Kith, community: Reference, person: PublicKey) -> Result<(), kith_client::MemberError> {
    /// kith.remove(&community, person).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`MemberError`]
    pub async fn remove(
        &self,
        community: impl Into<Reference>,
        person: PublicKey,
    ) -> Result<MemberChange, MemberError> {
        self.change(&community.into(), |members, _| Ok(remove(person, members)))
            .await
    }

    /// Puts somebody on the block list and takes them off the member list: what they wrote here is
    /// hidden, what they write is refused by relays that know the list.
    ///
    /// ```no_run
    /// use kith_client::{Kith, PublicKey, Reference};
    /// # async fn example(kith: Kith, community: Reference, person: PublicKey) -> Result<(), kith_client::MemberError> {
    /// kith.mute(&community, person).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`MemberError`]; the owner cannot be muted.
    pub async fn mute(
        &self,
        community: impl Into<Reference>,
        person: PublicKey,
    ) -> Result<MemberChange, MemberError> {
        let me = self.public_key();
        self.change(&community.into(), |members, muted| {
            // Whoever gets here is the owner.
            match me == Some(person) {
                true => Err(MemberError::Owner),
                false => Ok(mute(person, members, muted)),
            }
        })
        .await
    }

    /// [`Kith::mute`] with a reason, which everybody can read.
    ///
    /// ```no_run
    /// use kith_client::{Kith, PublicKey, Reference};
    /// # async fn example(kith: Kith, community: Reference, person: PublicKey) -> Result<(), kith_client::MemberError> {
    /// kith.mute_because(&community, person, "spam").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`Kith::mute`]; and [`MemberError::ReasonTooLong`].
    pub async fn mute_because(
        &self,
        community: impl Into<Reference>,
        person: PublicKey,
        reason: &str,
    ) -> Result<MemberChange, MemberError> {
        let characters = reason.chars().count();
        if characters > MUTE_REASON_CHARACTERS_MAX {
            return Err(MemberError::ReasonTooLong(characters));
        }
        let me = self.public_key();
        self.change(&community.into(), |members, muted| {
            // Whoever gets here is the owner.
            match me == Some(person) {
                true => Err(MemberError::Owner),
                false => Ok(mute_because(person, reason, members, muted)),
            }
        })
        .await
    }

    /// Takes somebody off the block list. They become what their follow list says, not a member.
    ///
    /// ```no_run
    /// use kith_client::{Kith, PublicKey, Reference};
    /// # async fn example(kith: Kith, community: Reference, person: PublicKey) -> Result<(), kith_client::MemberError> {
    /// kith.unmute(&community, person).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`MemberError`]
    pub async fn unmute(
        &self,
        community: impl Into<Reference>,
        person: PublicKey,
    ) -> Result<MemberChange, MemberError> {
        self.change(&community.into(), |_, muted| Ok(unmute(person, muted)))
            .await
    }

    async fn change(
        &self,
        community: &Reference,
        action: impl FnOnce(&MemberList, &MuteList) -> Result<ListChanges, MemberError>,
    ) -> Result<MemberChange, MemberError> {
        let me = self.author()?;
        let _turn = self.turn().await;
        let record = self.record(community).await?;
        let id = record.community.id;
        if record.community.owner() != me {
            return Err(MemberError::NotOwner(record.named()));
        }
        self.demand_all(
            &record.silent,
            "the member and block lists of the community",
        )?;
        let now = self.now();
        let members = OwnNote::known(record.members, || MemberList::new(id), now);
        let muted = OwnNote::known(record.muted, || MuteList::new(id), now);
        let changes = action(&members.note, &muted.note)?;
        // The block list first: until the second list is written, the person is at most muted.
        let muted = self.write_list(muted, changes.muted).await?;
        let members = self.write_list(members, changes.members).await?;
        Ok(MemberChange { members, muted })
    }

    async fn write_list<L: Versioned>(
        &self,
        own: OwnNote<L>,
        changed: Option<L>,
    ) -> Result<Change, MemberError> {
        let Some(changed) = changed else {
            return Ok(Change::Unchanged);
        };
        let edit = |list: &mut L| {
            *list = changed;
            true
        };
        self.publish_edited(own, edit).await
    }
}

/// Everybody on a list or following, with their state, ordered by state and key.
fn states(record: &Record, followers: &BTreeSet<PublicKey>) -> Vec<Member> {
    let listed = record.members.iter().flat_map(|list| list.people());
    let muted = record.muted.iter().flat_map(|list| list.people());
    let people: BTreeSet<PublicKey> = listed
        .chain(muted)
        .chain(followers.iter().copied())
        .chain([record.community.owner()])
        .collect();
    let mut members: Vec<Member> = people
        .into_iter()
        .map(|person| Member {
            person,
            state: record.membership(person, followers.contains(&person)),
            reason: record
                .muted
                .as_ref()
                .and_then(|list| list.reason(person))
                .map(str::to_owned),
        })
        .collect();
    members.sort_by_key(|member| rank(member.state));
    members
}

fn rank(state: Membership) -> u8 {
    match state {
        Membership::Owner => 0,
        Membership::Member => 1,
        Membership::Lapsed => 2,
        Membership::Follower => 3,
        Membership::Muted => 4,
        Membership::Visitor => 5,
    }
}
