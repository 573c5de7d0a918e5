//! People whom the user follows (NIP-02), and who of them follows back: friends. The list of a person
//! is theirs alone: it is rewritten only from its newest version, and only where it must change.

use std::collections::BTreeSet;

use kith_nips::lbc::{BuildError, Published};
use kith_nips::nip02::{self, Followed, FollowedPeople};
use kith_nips::{Kind, PublicKey};
use nostr_sdk::Alphabet;

use crate::fetch::{Fetched, ReadError};
use crate::filters::{FILTER_VALUES_MAX, addresses_filters, authors, kinds_filter, tag};
use crate::kith::Kith;
use crate::lists::{Change, ListUnavailable};
use crate::publish::PublishError;
use crate::refusal::{Refusal, merge};

/// People of one list who are looked up. Of a longer list these are the last, which were added last.
pub const FOLLOWED_PEOPLE_MAX: usize = 2_000;

const WHAT: &str = "the list of people whom you follow";

/// Somebody whom the user follows.
///
/// ```no_run
/// # fn example(person: &kith_client::FollowedPerson) {
/// let name = person.name.as_deref().unwrap_or("somebody");
/// println!("{name}{}", if person.follows_back { ", a friend" } else { "" });
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FollowedPerson {
    /// Who.
    pub person: PublicKey,
    /// What they call themselves (kind 0); a text of a stranger.
    pub name: Option<String>,
    /// What the user calls them, in the list.
    pub petname: Option<String>,
    /// Whether they follow the user too: a friend.
    pub follows_back: bool,
}

/// Those whom the user follows.
///
/// ```no_run
/// # async fn example(kith: kith_client::Kith) -> Result<(), kith_client::FriendError> {
/// let following = kith.followed_people().await?;
/// println!("{} friends", following.people.iter().filter(|one| one.follows_back).count());
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Following {
    /// In the order of the list.
    pub people: Vec<FollowedPerson>,
    /// How many more are in the list: beyond [`FOLLOWED_PEOPLE_MAX`] nobody is looked up.
    pub further: usize,
    /// Relays that did not answer: what only they know is missing.
    pub silent: Vec<Refusal>,
}

/// Why people could not be listed, followed or left.
///
/// ```
/// use kith_client::FriendError;
/// assert_eq!(FriendError::Yourself.to_string(), "nobody follows themselves");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FriendError {
    /// The person is the user.
    #[error("nobody follows themselves")]
    Yourself,
    /// No relay answered.
    #[error(transparent)]
    Read(#[from] ReadError),
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
    /// Those whom the user follows and who follow the user, by the newest list of each.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith) -> Result<(), kith_client::FriendError> {
    /// for friend in kith.friends().await?.people {
    ///     println!("{}", friend.name.unwrap_or_else(|| friend.person.to_string()));
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`FriendError::Publish`] without a key; [`FriendError::Read`] when no relay answers.
    pub async fn friends(&self) -> Result<Following, FriendError> {
        let mut following = self.followed_people().await?;
        following.people.retain(|one| one.follows_back);
        Ok(following)
    }

    /// Everybody whom the user follows, with whether they follow back.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith) -> Result<(), kith_client::FriendError> {
    /// for one in kith.followed_people().await?.people.iter().filter(|one| !one.follows_back) {
    ///     println!("{} does not follow you", one.person);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`Kith::friends`].
    pub async fn followed_people(&self) -> Result<Following, FriendError> {
        let me = self.author()?;
        let Entries {
            people,
            further,
            mut silent,
        } = self.entries(me).await?;
        let keys: BTreeSet<PublicKey> = people.iter().map(|one| one.person).collect();
        let (back, names) = tokio::join!(self.who_follows(me, &keys), self.names(&keys));
        merge(&mut silent, &back.1);
        merge(&mut silent, &names.silent);
        let people = people.into_iter().map(|one| FollowedPerson {
            name: names.names.get(&one.person).cloned(),
            petname: one.petname,
            follows_back: back.0.contains(&one.person),
            person: one.person,
        });
        Ok(Following {
            people: people.collect(),
            further,
            silent,
        })
    }

    /// Adds somebody to the list of those whom the user follows, at its end (NIP-02).
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith, ben: kith_client::PublicKey) -> Result<(), kith_client::FriendError> {
    /// kith.follow_person(ben).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`FriendError`]; above all [`FriendError::ListUnavailable`], when a relay did not say which
    /// list it has.
    pub async fn follow_person(&self, person: PublicKey) -> Result<Change, FriendError> {
        match self.author()? == person {
            true => Err(FriendError::Yourself),
            false => self.rewrite_people(|list| list.follow(person)).await,
        }
    }

    /// Removes somebody from that list; everything else in it stays as it is.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith, ben: kith_client::PublicKey) -> Result<(), kith_client::FriendError> {
    /// kith.unfollow_person(ben).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`Kith::follow_person`].
    pub async fn unfollow_person(&self, person: PublicKey) -> Result<Change, FriendError> {
        self.rewrite_people(|list| list.unfollow(person)).await
    }

    async fn rewrite_people(
        &self,
        edit: impl FnOnce(&mut FollowedPeople) -> bool,
    ) -> Result<Change, FriendError> {
        let me = self.author()?;
        let _turn = self.turn().await;
        let own = self
            .own_note(
                &nip02::address(me),
                WHAT,
                FollowedPeople::read,
                FollowedPeople::new,
            )
            .await?;
        self.publish_edited(own, edit).await
    }

    /// Whom somebody follows: the last [`FOLLOWED_PEOPLE_MAX`] of their newest list, in its order.
    async fn entries(&self, person: PublicKey) -> Result<Entries, ReadError> {
        let address = nip02::address(person);
        let filters = addresses_filters(std::slice::from_ref(&address));
        let Fetched {
            found, mut silent, ..
        } = self.fetch(filters).await.answered()?;
        let current = self.current(found, &mut silent).await;
        let list = current.first();
        let list = list.and_then(|found| FollowedPeople::read(&found.event).ok());
        let mut people = list.map(|list| list.people()).unwrap_or_default();
        people.retain(|one| one.person != person);
        let further = people.len().saturating_sub(FOLLOWED_PEOPLE_MAX);
        people.drain(..further);
        Ok(Entries {
            people,
            further,
            silent,
        })
    }

    /// Who of these people has this person in their newest list. A few at a time: lists are long, and
    /// of each only one entry matters.
    async fn who_follows(
        &self,
        followed: PublicKey,
        people: &BTreeSet<PublicKey>,
    ) -> (BTreeSet<PublicKey>, Vec<Refusal>) {
        let mut following = BTreeSet::new();
        let mut silent = Vec::new();
        let people: Vec<PublicKey> = people.iter().copied().collect();
        for chunk in people.chunks(FILTER_VALUES_MAX) {
            let keys = authors(chunk.iter().copied());
            if keys.is_empty() {
                continue;
            }
            let filter = kinds_filter(&[Kind::FOLLOW_LIST])
                .authors(keys)
                .custom_tag(tag(Alphabet::P), followed.to_string());
            let fetched = self.fetch(vec![filter]).await;
            merge(&mut silent, &fetched.silent);
            // A relay that missed an update still has a list with somebody who is not in it any more.
            let current = self.current(fetched.found, &mut silent).await;
            let lists = current
                .iter()
                .filter_map(|found| FollowedPeople::read(&found.event).ok());
            let lists = lists.filter(|list: &Published<FollowedPeople>| list.follows(followed));
            following.extend(lists.map(|list| list.author));
        }
        (following, silent)
    }

    /// Whose notes are in a feed, in the order of the list, each with a name of the user's own if there
    /// is one: those whom the user follows, or the friends among them.
    pub(crate) async fn heard_people(
        &self,
        friends_only: bool,
    ) -> Result<(Vec<Followed>, Vec<Refusal>), FriendError> {
        let me = self.author()?;
        let Entries {
            mut people,
            mut silent,
            ..
        } = self.entries(me).await?;
        if friends_only {
            let keys = people.iter().map(|one| one.person).collect();
            let (back, more) = self.who_follows(me, &keys).await;
            merge(&mut silent, &more);
            people.retain(|one| back.contains(&one.person));
        }
        Ok((people, silent))
    }
}

/// What is in a list.
struct Entries {
    people: Vec<Followed>,
    further: usize,
    silent: Vec<Refusal>,
}
