//! Whose an identifier such as `bob@example.com` is (NIP-05). The file at the domain and the profile of the
//! person must name each other; the key stays who somebody is. Knows people and their profiles; how a file
//! is fetched is in `identifiers/asking.rs`.

mod asking;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use kith_nips::PublicKey;
use kith_nips::nip05::{Entry, FileError, Identifier};
use nostr_sdk::RelayUrl;

use self::asking::{Hosts, NoEntry, ask};
use crate::kith::Kith;
use crate::link::Network;
use crate::profiles::{Profiles, profile};
use crate::reference::{Reference, Target};
use crate::refusal::{Refusal, joined};

/// Identifiers whose domains are asked for one listing.
pub const IDENTIFIERS_ASKED_MAX: usize = 100;

/// Domains that are asked at the same time.
const ASKED_AT_ONCE: usize = 8;

/// Why an identifier is not somebody's: its domain decided.
///
/// ```
/// use kith_client::IdentifierInvalid;
/// let invalid = IdentifierInvalid::Redirected(301);
/// assert_eq!(invalid.to_string(), "its domain leads elsewhere (HTTP 301), which is not followed");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentifierInvalid {
    /// The domain redirects, which NIP-05 forbids to follow.
    #[error("its domain leads elsewhere (HTTP {0}), which is not followed")]
    Redirected(u16),
    /// There is no file.
    #[error("its domain has no file of names")]
    NoFile,
    /// The file does not name a key.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file names somebody else.
    #[error("its domain says that it is the name of another key")]
    AnotherKey(PublicKey),
}

/// Why it is not known whose an identifier is: nothing was decided, and another time it may be.
///
/// ```
/// use kith_client::IdentifierUnknown;
/// assert_eq!(IdentifierUnknown::TooSlow.to_string(), "its domain took longer than 5 seconds");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentifierUnknown {
    /// Nobody is asked, by the user's own choice ([`crate::KithBuilder::offline`]).
    #[error("nobody is asked while offline")]
    Offline,
    /// The domain leads to this machine or to a private network, where it is not followed. `localhost`
    /// and 127.0.0.0/8 may be asked by those who have a relay there in their set.
    #[error("its domain leads to this machine or to a private network")]
    NotPublic,
    /// It took too long.
    #[error("its domain took longer than 5 seconds")]
    TooSlow,
    /// The answer is too long.
    #[error("its domain answered with more than 256 KiB")]
    TooLarge,
    /// The domain cannot be asked.
    #[error("its domain cannot be asked: {0}")]
    Unreachable(String),
    /// It answered neither with a file nor that there is none.
    #[error("its domain answered HTTP {0}")]
    Status(u16),
    /// It was one too many at once ([`IDENTIFIERS_ASKED_MAX`]).
    #[error("it was not asked for, after {IDENTIFIERS_ASKED_MAX} others")]
    NotAsked,
}

/// Whether an identifier is somebody's.
///
/// ```
/// use kith_client::{IdentifierState, IdentifierUnknown};
/// assert!(IdentifierState::Valid.is_valid());
/// assert!(!IdentifierState::Unknown(IdentifierUnknown::TooSlow).is_valid());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentifierState {
    /// Its domain names their key.
    Valid,
    /// Its domain does not.
    Invalid(IdentifierInvalid),
    /// Its domain did not say.
    Unknown(IdentifierUnknown),
}

impl IdentifierState {
    /// Whether it may be shown as the name of the person.
    pub fn is_valid(&self) -> bool {
        *self == IdentifierState::Valid
    }
}

/// An identifier that somebody says is theirs, and whether it is.
///
/// ```no_run
/// # fn example(checked: &kith_client::CheckedIdentifier) {
/// if let Some(identifier) = checked.shown() {
///     println!("{identifier}");
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckedIdentifier {
    /// What they say.
    pub identifier: Identifier,
    /// What its domain says.
    pub state: IdentifierState,
}

impl CheckedIdentifier {
    /// The identifier to show beside their name: none unless its domain confirmed it now.
    pub fn shown(&self) -> Option<&Identifier> {
        self.state.is_valid().then_some(&self.identifier)
    }
}

/// The identifiers of several people.
///
/// ```no_run
/// # async fn example(kith: kith_client::Kith, ben: kith_client::PublicKey) {
/// let identifiers = kith.identifiers([ben]).await;
/// let shown = identifiers.people.get(&ben).and_then(|checked| checked.shown());
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identifiers {
    /// Of each person whose profile has one.
    pub people: BTreeMap<PublicKey, CheckedIdentifier>,
    /// Relays that did not answer: what only they know is missing.
    pub silent: Vec<Refusal>,
}

/// Somebody who was found by their identifier. The key is who they are; the identifier may be another's
/// tomorrow.
///
/// ```no_run
/// # async fn example(kith: kith_client::Kith) -> Result<(), Box<dyn std::error::Error>> {
/// let ben = kith.person_by_identifier(&"ben@example.com".parse()?).await?;
/// kith.follow_person(ben.person).await?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FoundPerson {
    /// Who.
    pub person: PublicKey,
    /// What they call themselves (kind 0); a text of a stranger.
    pub name: Option<String>,
    /// Where its domain says that they may be found. Hints, no more.
    pub relays: Vec<RelayUrl>,
}

/// Why nobody was found by an identifier.
///
/// ```
/// use kith_client::{IdentifierError, IdentifierInvalid};
///
/// let error = IdentifierError::Invalid {
///     identifier: "bob@example.com".parse()?,
///     reason: IdentifierInvalid::NoFile,
/// };
/// assert_eq!(error.to_string(), "bob@example.com is nobody: its domain has no file of names");
/// # Ok::<(), kith_client::IdentifierFormError>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdentifierError {
    /// Its domain names nobody.
    #[error("{identifier} is nobody: {reason}")]
    Invalid {
        /// Which.
        identifier: Identifier,
        /// Why.
        reason: IdentifierInvalid,
    },
    /// Its domain did not say.
    #[error("whose {identifier} is cannot be found out now: {reason}")]
    Unknown {
        /// Which.
        identifier: Identifier,
        /// Why.
        reason: IdentifierUnknown,
    },
    /// Its domain names a key whose profile does not name the identifier, so that it could be anybody's.
    #[error("the domain of {identifier} names {person}, who does not say so{}", unheard(.silent))]
    NotConfirmed {
        /// Which.
        identifier: Identifier,
        /// Whom the domain names.
        person: PublicKey,
        /// Relays that did not answer, so a profile may be there.
        silent: Vec<Refusal>,
    },
}

fn unheard(silent: &[Refusal]) -> String {
    match silent.is_empty() {
        true => String::new(),
        false => format!("; without an answer: {}", joined(silent)),
    }
}

impl Kith {
    /// Whether an identifier is this person's by the word of its domain (NIP-05), which is asked now. The
    /// host learns that somebody asked.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith, ben: kith_client::PublicKey) -> Result<(), kith_client::IdentifierFormError> {
    /// let state = kith.check_identifier(&"ben@example.com".parse()?, ben).await;
    /// println!("{}", if state.is_valid() { "it is Ben" } else { "perhaps" });
    /// # Ok(()) }
    /// ```
    pub async fn check_identifier(
        &self,
        identifier: &Identifier,
        person: PublicKey,
    ) -> IdentifierState {
        match self.entry(identifier).await {
            Ok(entry) if entry.pubkey == person => IdentifierState::Valid,
            Ok(entry) => IdentifierState::Invalid(IdentifierInvalid::AnotherKey(entry.pubkey)),
            Err(NoEntry::Invalid(reason)) => IdentifierState::Invalid(reason),
            Err(NoEntry::Unknown(reason)) => IdentifierState::Unknown(reason),
        }
    }

    /// The identifiers that these people say are theirs, and whether they are: the domain of each is
    /// asked, of [`IDENTIFIERS_ASKED_MAX`] of them, a few at a time. What a profile has that is no
    /// identifier is left out.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith) -> Result<(), kith_client::FriendError> {
    /// let friends = kith.friends().await?.people;
    /// let identifiers = kith.identifiers(friends.iter().map(|one| one.person)).await;
    /// for (person, checked) in &identifiers.people {
    ///     println!("{person} {:?}", checked.shown());
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn identifiers(&self, people: impl IntoIterator<Item = PublicKey>) -> Identifiers {
        let people: BTreeSet<PublicKey> = people.into_iter().collect();
        let Profiles { profiles, silent } = self.profiles(&people).await;
        let said =
            |(person, said): (_, kith_nips::nip24::Profile)| Some((person, said.identifier?));
        let said: Vec<(PublicKey, Identifier)> = profiles.into_iter().filter_map(said).collect();
        let (asked, others) = said.split_at(said.len().min(IDENTIFIERS_ASKED_MAX));
        let mut states = Vec::with_capacity(said.len());
        for some in asked.chunks(ASKED_AT_ONCE) {
            let checking = some
                .iter()
                .map(|(person, identifier)| self.check_identifier(identifier, *person));
            states.extend(join_all(checking).await);
        }
        let not_asked = IdentifierState::Unknown(IdentifierUnknown::NotAsked);
        states.extend(others.iter().map(|_| not_asked.clone()));
        let checked = said.into_iter().zip(states);
        let people = checked
            .map(|((person, identifier), state)| (person, CheckedIdentifier { identifier, state }));
        Identifiers {
            people: people.collect(),
            silent,
        }
    }

    /// Who an identifier is: the key that its domain names, if the profile of that key names the same
    /// identifier (NIP-05). The profile is also looked for where the domain says that the person may be
    /// found, and where they write.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith) -> Result<(), Box<dyn std::error::Error>> {
    /// let site = kith.person_by_identifier(&"example.com".parse()?).await?;
    /// println!("{}", site.person);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`IdentifierError`]
    pub async fn person_by_identifier(
        &self,
        identifier: &Identifier,
    ) -> Result<FoundPerson, IdentifierError> {
        let entry = self.entry(identifier).await.map_err(|error| match error {
            NoEntry::Invalid(reason) => IdentifierError::Invalid {
                identifier: identifier.clone(),
                reason,
            },
            NoEntry::Unknown(reason) => IdentifierError::Unknown {
                identifier: identifier.clone(),
                reason,
            },
        })?;
        let Entry { pubkey, relays, .. } = entry;
        let hints = Reference {
            target: Target::Address(profile(pubkey)),
            relays,
        };
        self.follow_hints(&hints).await;
        self.follow_authors([pubkey]).await;
        let Profiles {
            mut profiles,
            silent,
        } = self.profiles(&BTreeSet::from([pubkey])).await;
        match profiles.remove(&pubkey) {
            Some(said) if said.identifier.as_ref() == Some(identifier) => Ok(FoundPerson {
                person: pubkey,
                name: said.name,
                relays: hints.relays,
            }),
            _ => Err(IdentifierError::NotConfirmed {
                identifier: identifier.clone(),
                person: pubkey,
                silent,
            }),
        }
    }

    /// Who has a relay of the set on this machine tries things out there.
    async fn entry(&self, identifier: &Identifier) -> Result<Entry, NoEntry> {
        let hosts = match self.tries_things_out() {
            true => Hosts::AndLoopback,
            false => Hosts::Public,
        };
        match self.network() {
            Network::Online => ask(identifier, hosts).await,
            Network::Offline => Err(IdentifierUnknown::Offline.into()),
        }
    }
}
