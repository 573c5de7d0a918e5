//! What people say of themselves (kind 0): reading it, and changing one's own. A profile is rewritten only
//! from its newest version, and only where it must change. Knows profiles, nothing of communities.

use std::collections::{BTreeMap, BTreeSet};

use kith_nips::nip01::Draft;
use kith_nips::nip24::{Profile, ProfileChange};
use kith_nips::{Address, Event, Kind, PublicKey};

use crate::fetch::{Fetched, ReadError};
use crate::filters::addresses_filters;
use crate::kith::Kith;
use crate::lists::{Change, ListUnavailable};
use crate::publish::PublishError;
use crate::refusal::Refusal;

const WHAT: &str = "your profile";

/// The profile of somebody.
///
/// ```no_run
/// # async fn example(kith: kith_client::Kith, ben: kith_client::PublicKey) -> Result<(), kith_client::ReadError> {
/// let found = kith.profile_of(ben).await?;
/// let name = found.profile.and_then(|profile| profile.name);
/// println!("{}", name.unwrap_or_else(|| found.person.to_string()));
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PersonProfile {
    /// Who.
    pub person: PublicKey,
    /// What they say of themselves, texts of a stranger; none when no relay that answered has a profile.
    pub profile: Option<Profile>,
    /// Relays that did not answer: a newer one may be there.
    pub silent: Vec<Refusal>,
}

/// One's own profile after a change.
///
/// ```no_run
/// # fn example(changed: &kith_client::ChangedProfile) {
/// if changed.change == kith_client::Change::Unchanged {
///     println!("it says so already");
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChangedProfile {
    /// As it is now.
    pub profile: Profile,
    /// What became of the change.
    pub change: Change,
}

/// Why one's own profile was not read, or not changed.
///
/// ```
/// use kith_client::{ProfileError, PublishError};
/// let error = ProfileError::from(PublishError::ReadOnly);
/// assert_eq!(error.to_string(), "there is no key to sign with");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// No relay answered.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Not every relay said which profile it has; nothing was changed.
    #[error(transparent)]
    ListUnavailable(#[from] ListUnavailable),
    /// No relay took the new profile, or there is no key.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

/// The names of people; those who have none are missing.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) names: BTreeMap<PublicKey, String>,
    pub(crate) silent: Vec<Refusal>,
}

/// The profiles of people; those who have none are missing.
#[derive(Debug)]
pub(crate) struct Profiles {
    pub(crate) profiles: BTreeMap<PublicKey, Profile>,
    pub(crate) silent: Vec<Refusal>,
}

impl Kith {
    /// What the user says of themselves.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith) -> Result<(), kith_client::ProfileError> {
    /// if kith.own_profile().await?.profile.is_none() {
    ///     println!("nobody knows your name yet");
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ProfileError::Publish`] without a key; [`ProfileError::Read`] when no relay answers.
    pub async fn own_profile(&self) -> Result<PersonProfile, ProfileError> {
        Ok(self.profile_of(self.author()?).await?)
    }

    /// What somebody says of themselves, by their newest profile, which is also looked for where they
    /// write. Whether the identifier in it is theirs, [`Kith::check_identifier`] asks.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith, ben: kith_client::PublicKey) -> Result<(), kith_client::ReadError> {
    /// let about = kith.profile_of(ben).await?.profile.and_then(|profile| profile.about);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ReadError`] when no relay answers.
    pub async fn profile_of(&self, person: PublicKey) -> Result<PersonProfile, ReadError> {
        self.follow_authors([person]).await;
        let filters = addresses_filters(&[profile(person)]);
        let Fetched {
            found, mut silent, ..
        } = self.fetch(filters).await.answered()?;
        let current = self.settled(found, &mut silent).await;
        let newest = current.first();
        Ok(PersonProfile {
            person,
            profile: newest.map(|found| Profile::read(found.event.content())),
            silent,
        })
    }

    /// Changes what the user says of themselves; the first time, that is their first profile. What the
    /// change does not name stays as it is, also what only other programs know. Whether an identifier is
    /// confirmed by its domain, [`Kith::check_identifier`] says afterwards.
    ///
    /// ```no_run
    /// use kith_client::Kith;
    /// use kith_client::nip24::{Field, ProfileChange};
    /// # async fn example(kith: Kith) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut change = ProfileChange::new();
    /// change.set(Field::Name, "Ben")?.set(Field::Website, "https://ben.example.com")?;
    /// let now = kith.change_profile(&change).await?.profile;
    /// assert_eq!(now.name.as_deref(), Some("Ben"));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ProfileError`]; above all [`ProfileError::ListUnavailable`], when a relay did not say which
    /// profile it has.
    pub async fn change_profile(
        &self,
        change: &ProfileChange,
    ) -> Result<ChangedProfile, ProfileError> {
        let me = self.author()?;
        let _turn = self.turn().await;
        let old = self.newest_for_rewrite(&profile(me), WHAT).await?;
        let created_at = old.next_at(self.now());
        let old = old.found.map(|found| found.event);
        let before = old.as_ref().map_or("", Event::content);
        let Some(content) = change.applied_to(before) else {
            return Ok(ChangedProfile {
                profile: Profile::read(before),
                change: Change::Unchanged,
            });
        };
        let tags = old.iter().flat_map(|old| old.tags().iter());
        let draft = Draft {
            kind: Kind::PROFILE,
            created_at,
            tags: tags
                .map(|tag| tag.iter().map(str::to_owned).collect())
                .collect(),
            content,
        };
        let published = self.publish(&draft).await?;
        Ok(ChangedProfile {
            profile: Profile::read(&draft.content),
            change: Change::Published(published),
        })
    }

    /// What these people call themselves.
    pub(crate) async fn names(&self, people: &BTreeSet<PublicKey>) -> Names {
        let Profiles { profiles, silent } = self.profiles(people).await;
        let named = |(person, profile): (PublicKey, Profile)| Some((person, profile.name?));
        Names {
            names: profiles.into_iter().filter_map(named).collect(),
            silent,
        }
    }

    /// The newest profiles of these people.
    pub(crate) async fn profiles(&self, people: &BTreeSet<PublicKey>) -> Profiles {
        let addresses: Vec<Address> = people.iter().copied().map(profile).collect();
        let fetched = self.fetch(addresses_filters(&addresses)).await;
        let Fetched {
            found, mut silent, ..
        } = fetched;
        // What one relay was told to delete, another still has.
        let found = self.settled(found, &mut silent).await.into_iter();
        let read = found.map(|found| (found.event.pubkey(), Profile::read(found.event.content())));
        Profiles {
            profiles: read.collect(),
            silent,
        }
    }
}

/// The address of what a person says of themselves.
pub(crate) fn profile(person: PublicKey) -> Address {
    Address {
        kind: Kind::PROFILE,
        pubkey: person,
        identifier: String::new(),
    }
}
