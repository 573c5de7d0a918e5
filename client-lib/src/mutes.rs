//! What the user muted for themselves (NIP-51, kind 10000): reading it, changing it, and leaving it out of
//! chats and comments. What an owner mutes for a whole community is in `members`.

use std::sync::Mutex;

use kith_nips::PublicKey;
use kith_nips::lbc::BuildError;
use kith_nips::nip01::Draft;
use kith_nips::nip51::{self, Cipher, Content, MuteList, Muted, Mutes, Said, StillSealed};
use tokio::time::timeout;

use crate::fetch::{Fetched, ReadError};
use crate::filters::addresses_filters;
use crate::kith::Kith;
use crate::lists::{Change, ListUnavailable};
use crate::publish::PublishError;
use crate::refusal::{Refusal, merge};

const WHAT: &str = "the list of what you muted";

/// A longer private part is not decrypted: 65,535 bytes become 87,472 characters (NIP-44), and a third
/// more in the old form.
const SEALED_CHARACTERS_MAX: usize = 128 * 1024;

/// Who can read that something is muted.
///
/// ```
/// assert_ne!(kith_client::MutedFor::Everybody, kith_client::MutedFor::Oneself);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MutedFor {
    /// It stands in the list as it is.
    Everybody,
    /// It stands there encrypted.
    Oneself,
}

/// What the user muted.
///
/// ```no_run
/// # async fn example(kith: kith_client::Kith) -> Result<(), kith_client::MuteError> {
/// let muted = kith.own_mutes().await?;
/// println!("{} in public, {} in private", muted.public.len(), muted.private.len());
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OwnMutes {
    /// What everybody can read, oldest first.
    pub public: Vec<Muted>,
    /// What only the user can read, oldest first.
    pub private: Vec<Muted>,
    /// Whether there is a private part that could not be read.
    pub is_sealed: bool,
    /// Relays that did not answer.
    pub silent: Vec<Refusal>,
}

/// Why something was not muted, or not listed.
///
/// ```
/// use kith_client::{MuteError, PublishError};
/// let error = MuteError::from(PublishError::ReadOnly);
/// assert_eq!(error.to_string(), "there is no key to sign with");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MuteError {
    /// No relay answered.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Not every relay said which list it has; nothing was changed.
    #[error(transparent)]
    ListUnavailable(#[from] ListUnavailable),
    /// The private part was not decrypted, so it would be lost.
    #[error(transparent)]
    Sealed(#[from] StillSealed),
    /// The item says nothing.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// No relay took the new list, or there is no key.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

/// The private part that was decrypted last, so that a signer is asked once for each version. Without the
/// text when it could not be.
#[derive(Debug, Default)]
pub(crate) struct LastOpened(Mutex<Option<(String, Option<String>)>>);

impl LastOpened {
    fn get(&self, sealed: &str) -> Option<Option<String>> {
        let last = self.0.lock();
        let last = last.unwrap_or_else(std::sync::PoisonError::into_inner);
        let last = last.as_ref().filter(|(known, _)| known == sealed);
        last.map(|(_, text)| text.clone())
    }

    fn set(&self, sealed: &str, text: Option<String>) {
        let last = self.0.lock();
        let mut last = last.unwrap_or_else(std::sync::PoisonError::into_inner);
        *last = Some((sealed.to_owned(), text));
    }
}

/// What the user does not want to hear. Nobody mutes themselves.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unheard {
    user: Option<PublicKey>,
    mutes: Mutes,
}

impl Unheard {
    pub(crate) fn covers(&self, said: &Said<'_>) -> bool {
        Some(said.author) != self.user && self.mutes.hide(said)
    }

    /// What another version adds.
    pub(crate) fn extend(&mut self, other: &Unheard) {
        self.user = self.user.or(other.user);
        let both = self.mutes.iter().chain(other.mutes.iter());
        self.mutes = both.cloned().collect();
    }
}

impl Kith {
    /// What the user muted for themselves, by the newest list.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith) -> Result<(), kith_client::MuteError> {
    /// for item in kith.own_mutes().await?.private {
    ///     println!("{item:?}");
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`MuteError::Publish`] without a key; [`MuteError::Read`] when no relay answers.
    pub async fn own_mutes(&self) -> Result<OwnMutes, MuteError> {
        let me = self.author()?;
        let (list, silent) = self.mute_list_of(me).await?;
        let mut list = list.unwrap_or_default();
        self.open_mutes(me, &mut list, Memory::Used).await;
        Ok(OwnMutes {
            public: list.public().collect(),
            private: list.private().collect(),
            is_sealed: list.sealed().is_some(),
            silent,
        })
    }

    /// Mutes something for the user alone, in every chat and below every meetup (NIP-51). Muting somebody
    /// in a community, for all, is [`Kith::mute`].
    ///
    /// ```no_run
    /// use kith_client::{Kith, Muted, MutedFor};
    /// # async fn example(kith: Kith) -> Result<(), kith_client::MuteError> {
    /// kith.add_own_mute(&Muted::word("giveaway"), MutedFor::Oneself).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`MuteError`]; above all [`MuteError::ListUnavailable`], when a relay did not say which list it has.
    pub async fn add_own_mute(&self, item: &Muted, mode: MutedFor) -> Result<Change, MuteError> {
        if matches!(item, Muted::Word(text) | Muted::Topic(text) if text.is_empty()) {
            return Err(BuildError::Blank("word or topic").into());
        }
        let edit = |list: &mut MuteList| match mode {
            MutedFor::Everybody => Ok(list.mute(item)),
            MutedFor::Oneself => list.mute_privately(item),
        };
        self.rewrite_mutes(edit).await
    }

    /// Takes something off that list, wherever it stands there.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Muted};
    /// # async fn example(kith: Kith) -> Result<(), kith_client::MuteError> {
    /// kith.remove_own_mute(&Muted::word("giveaway")).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`Kith::add_own_mute`].
    pub async fn remove_own_mute(&self, item: &Muted) -> Result<Change, MuteError> {
        self.rewrite_mutes(|list| list.unmute(item)).await
    }

    /// What is left out of chats and comments. Where the list cannot be read, nothing is: the words of
    /// others do not depend on it.
    pub(crate) async fn unheard(&self, silent: &mut Vec<Refusal>) -> Unheard {
        let Some(me) = self.public_key() else {
            return Unheard::default();
        };
        let Ok((Some(mut list), more)) = self.mute_list_of(me).await else {
            return Unheard::default();
        };
        merge(silent, &more);
        self.open_mutes(me, &mut list, Memory::Used).await;
        Unheard {
            user: Some(me),
            mutes: list.mutes(),
        }
    }

    async fn mute_list_of(
        &self,
        person: PublicKey,
    ) -> Result<(Option<MuteList>, Vec<Refusal>), ReadError> {
        let address = nip51::mute_list(person);
        let filters = addresses_filters(std::slice::from_ref(&address));
        let Fetched {
            found, mut silent, ..
        } = self.fetch(filters).await.answered()?;
        let current = self.settled(found, &mut silent).await;
        let mut list = current.iter();
        let list = list.find_map(|found| MuteList::read(&found.event).ok());
        Ok((list.map(|list| list.note), silent))
    }

    async fn rewrite_mutes(
        &self,
        edit: impl FnOnce(&mut MuteList) -> Result<bool, StillSealed>,
    ) -> Result<Change, MuteError> {
        let me = self.author()?;
        let _turn = self.turn().await;
        let old = self.newest_for_rewrite(&nip51::mute_list(me), WHAT).await?;
        let created_at = old.next_at(self.now());
        let list = old
            .found
            .and_then(|found| MuteList::read(&found.event).ok());
        let mut list = list.map(|list| list.note).unwrap_or_default();
        self.open_mutes(me, &mut list, Memory::Unused).await;
        if !edit(&mut list)? {
            return Ok(Change::Unchanged);
        }
        let content = match list.content() {
            Content::Keep(content) => content,
            Content::Encrypt(items) => self.seal_mutes(me, &items).await?,
        };
        let draft = Draft {
            created_at,
            ..list.draft_with(content)
        };
        Ok(Change::Published(self.publish(&draft).await?))
    }

    /// Decrypts the private part, if there is one and the signer does it.
    async fn open_mutes(&self, me: PublicKey, list: &mut MuteList, memory: Memory) {
        let Some((sealed, cipher)) = list.sealed() else {
            return;
        };
        let sealed = sealed.to_owned();
        let known = match memory {
            Memory::Used => self.last_opened().get(&sealed),
            // It may be unlocked meanwhile.
            Memory::Unused => self.last_opened().get(&sealed).filter(Option::is_some),
        };
        let text = match known {
            Some(text) => text,
            None => {
                let unsealing = self.unsealed(me, &sealed, cipher);
                let text = match memory {
                    // Who only reads does not wait for a signer that is elsewhere, or for its person.
                    Memory::Used => timeout(self.timeout(), unsealing).await.ok().flatten(),
                    Memory::Unused => unsealing.await,
                };
                self.last_opened().set(&sealed, text.clone());
                text
            }
        };
        if let Some(Err(error)) = text.map(|text| list.open(&text)) {
            tracing::debug!(%error, "the private part of the mute list is left as it is");
        }
    }

    async fn unsealed(&self, me: PublicKey, sealed: &str, cipher: Cipher) -> Option<String> {
        let signer = self.signer()?;
        let me = nostr_sdk::PublicKey::try_from(me).ok()?;
        if sealed.len() > SEALED_CHARACTERS_MAX {
            return None;
        }
        let decrypted = match cipher {
            Cipher::Nip44 => signer.nip44_decrypt(&me, sealed).await,
            Cipher::Nip04 => signer.nip04_decrypt(&me, sealed).await,
        };
        // Without the error: it may tell what is in it.
        decrypted.ok()
    }

    async fn seal_mutes(&self, me: PublicKey, items: &str) -> Result<String, PublishError> {
        let failed = |error: String| PublishError::Signer(error);
        let signer = self.signer().ok_or(PublishError::ReadOnly)?;
        let me = nostr_sdk::PublicKey::try_from(me).map_err(|error| failed(error.to_string()))?;
        let sealed = signer.nip44_encrypt(&me, items).await;
        sealed.map_err(|error| failed(error.to_string()))
    }
}

/// Whether it counts that a signer refused before.
#[derive(Clone, Copy)]
enum Memory {
    Used,
    Unused,
}
