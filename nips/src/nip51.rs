//! NIP-51: what somebody muted (kind 10000), and what a kind 10011 lists.
//!
//! Owns the items of these lists, public and private, and how they are edited: nothing is lost that this
//! file does not know. Must not encrypt: whoever has the key does, with the text that is given here.

use crate::lbc::tag_list::{TagList, tag};
use crate::lbc::{BuildError, Note, Published, ReadError, Versioned, of_kind};
use crate::nip01::Draft;
use crate::{Address, Event, EventId, Kind, PublicKey};

mod mutes;

pub use mutes::{Mutes, Said};

/// What content of the old form has behind the encrypted text (NIP-04).
const OLD_FORM: &str = "?iv=";

/// One thing that is muted.
///
/// ```
/// use kith_nips::nip51::Muted;
/// assert_eq!(Muted::word(" Crypto "), Muted::Word("crypto".to_owned()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Muted {
    /// All that somebody writes (`p`).
    Person(PublicKey),
    /// All about a topic (`t`), in small letters.
    Topic(String),
    /// All with this word (`word`), in small letters.
    Word(String),
    /// A note and what answers it (`e`).
    Thread(EventId),
}

impl Muted {
    /// A topic, with or without `#`.
    pub fn topic(text: &str) -> Muted {
        let text = text.trim();
        Muted::Topic(text.strip_prefix('#').unwrap_or(text).to_lowercase())
    }

    /// A word, or several that stand together.
    pub fn word(text: &str) -> Muted {
        Muted::Word(text.trim().to_lowercase())
    }

    fn of(item: &[String]) -> Option<Muted> {
        let [name, value, ..] = item else {
            return None;
        };
        match (name.as_str(), value.trim()) {
            (_, "") => None,
            ("p", value) => value.parse().ok().map(Muted::Person),
            ("e", value) => value.parse().ok().map(Muted::Thread),
            ("t", value) => Some(Muted::topic(value)),
            ("word", value) => Some(Muted::word(value)),
            _ => None,
        }
    }

    fn tag(&self) -> Vec<String> {
        match self {
            Muted::Person(person) => tag(["p", &person.to_string()]),
            Muted::Topic(topic) => tag(["t", topic]),
            Muted::Word(word) => tag(["word", word]),
            Muted::Thread(id) => tag(["e", &id.to_string()]),
        }
    }
}

/// How private items are encrypted.
///
/// ```
/// use kith_nips::nip51::Cipher;
/// assert_eq!(Cipher::of("cGF5bG9hZA==?iv=aXY="), Cipher::Nip04);
/// assert_eq!(Cipher::of("AgpheWxvYWQ="), Cipher::Nip44);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cipher {
    /// As today.
    Nip44,
    /// The old form, which is only read.
    Nip04,
}

impl Cipher {
    /// How this content is encrypted.
    pub fn of(content: &str) -> Cipher {
        match content.contains(OLD_FORM) {
            true => Cipher::Nip04,
            false => Cipher::Nip44,
        }
    }
}

/// What the content of the next version is made of.
///
/// ```
/// use kith_nips::nip51::{Content, MuteList, Muted};
/// let mut list = MuteList::new();
/// list.mute_privately(&Muted::word("rain"))?;
/// assert_eq!(list.content(), Content::Encrypt(r#"[["word","rain"]]"#.to_owned()));
/// # Ok::<(), kith_nips::nip51::StillSealed>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// It stays as it is.
    Keep(String),
    /// This text, encrypted by its author to themselves (NIP-44).
    Encrypt(String),
}

/// The private items were not decrypted, so none can be added or taken out.
///
/// ```
/// use kith_nips::nip51::StillSealed;
/// assert_eq!(StillSealed.to_string(), "the private part of the list could not be read");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the private part of the list could not be read")]
pub struct StillSealed;

/// What was decrypted is no array of tags.
///
/// ```
/// use kith_nips::nip51::{MuteList, NoItems};
/// assert_eq!(MuteList::new().open("{}"), Err(NoItems));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the private part of the list is no array of tags")]
pub struct NoItems;

/// What somebody muted for themselves (kind 10000). Private items stand encrypted in the content: a JSON
/// array of tags. Unknown tags, and content that cannot be read, survive every rewrite (NIP51-03).
///
/// ```
/// use kith_nips::nip51::{MuteList, Muted, Said};
/// # use kith_nips::PublicKey;
/// let ben = PublicKey::from_bytes([2; 32]);
/// let mut list = MuteList::new();
/// assert!(list.mute(&Muted::Person(ben)));
/// assert!(!list.mute(&Muted::Person(ben)), "only once");
/// assert!(list.mutes().hide(&Said::by(ben)));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MuteList {
    tags: TagList,
    /// As it was found.
    content: String,
    /// What was in it, once it was decrypted.
    private: Option<TagList>,
    is_private_changed: bool,
}

impl MuteList {
    /// An empty list, for somebody who has none yet.
    pub fn new() -> MuteList {
        MuteList::default()
    }

    /// Reads a kind 10000; an empty list is valid.
    ///
    /// # Errors
    /// Another kind.
    pub fn read(event: &Event) -> Result<Published<MuteList>, ReadError> {
        of_kind(event, Kind::MUTE_LIST, "10000")?;
        let list = MuteList {
            tags: TagList::of(event),
            content: event.content().to_owned(),
            ..MuteList::default()
        };
        Ok(Published::of(event, list))
    }

    /// The private items as they are encrypted, and how; none when there are none, or when they were
    /// decrypted already.
    pub fn sealed(&self) -> Option<(&str, Cipher)> {
        let is_sealed = !self.content.is_empty() && self.private.is_none();
        is_sealed.then(|| (self.content.as_str(), Cipher::of(&self.content)))
    }

    /// Takes in what was decrypted.
    ///
    /// # Errors
    /// [`NoItems`]; then the content is kept as it is.
    pub fn open(&mut self, decrypted: &str) -> Result<(), NoItems> {
        let items: Vec<Vec<String>> = serde_json::from_str(decrypted).map_err(|_| NoItems)?;
        self.private = Some(TagList::new(items));
        Ok(())
    }

    /// Everything that is muted, as far as it could be read; what stands in both parts, once.
    pub fn mutes(&self) -> Mutes {
        let both = self.public().chain(self.private());
        both.collect()
    }

    /// What everybody can read, in order.
    pub fn public(&self) -> impl Iterator<Item = Muted> {
        self.tags.iter().filter_map(Muted::of)
    }

    /// What only its author can read, in order; nothing before it was decrypted.
    pub fn private(&self) -> impl Iterator<Item = Muted> {
        let private = self.private.iter().flat_map(TagList::iter);
        private.filter_map(Muted::of)
    }

    /// Appends a public item at the end, unless it is there. Whether it changed.
    pub fn mute(&mut self, item: &Muted) -> bool {
        let is_new = self.public().all(|known| known != *item);
        is_new && self.tags.append(item.tag())
    }

    /// Appends a private item at the end, unless it is there. Whether it changed.
    ///
    /// # Errors
    /// [`StillSealed`]
    pub fn mute_privately(&mut self, item: &Muted) -> Result<bool, StillSealed> {
        if self.sealed().is_some() {
            return Err(StillSealed);
        }
        if self.private().any(|known| known == *item) {
            return Ok(false);
        }
        let is_new = self.private.get_or_insert_default().append(item.tag());
        self.is_private_changed |= is_new;
        Ok(is_new)
    }

    /// Takes an item out of both parts, however it is spelt there. Whether it changed.
    ///
    /// # Errors
    /// [`StillSealed`]; it may be in what cannot be read.
    pub fn unmute(&mut self, item: &Muted) -> Result<bool, StillSealed> {
        if self.sealed().is_some() {
            return Err(StillSealed);
        }
        let is_it = |tag: &[String]| Muted::of(tag).as_ref() == Some(item);
        let was_private = match &mut self.private {
            Some(private) => private.remove_where(is_it),
            None => false,
        };
        self.is_private_changed |= was_private;
        Ok(self.tags.remove_where(is_it) || was_private)
    }

    /// What the next version has in its content. What was decrypted from the old form is encrypted anew
    /// (NIP51-02).
    pub fn content(&self) -> Content {
        let is_old = Cipher::of(&self.content) == Cipher::Nip04;
        match &self.private {
            Some(items) if items.iter().next().is_none() => Content::Keep(String::new()),
            Some(items) if is_old || self.is_private_changed => {
                Content::Encrypt(serde_json::json!(items.to_vec()).to_string())
            }
            _ => Content::Keep(self.content.clone()),
        }
    }

    /// The next version, with the content that [`MuteList::content`] asks for.
    pub fn draft_with(&self, content: String) -> Draft {
        Draft {
            kind: Kind::MUTE_LIST,
            created_at: None,
            tags: self.tags.to_vec(),
            content,
        }
    }
}

/// Where the mute list of a person lives: `10000:<person>:`.
///
/// ```
/// use kith_nips::PublicKey;
/// let ada = PublicKey::from_bytes([1; 32]);
/// assert_eq!(kith_nips::nip51::mute_list(ada).to_string(), format!("10000:{ada}:"));
/// ```
pub fn mute_list(person: PublicKey) -> Address {
    Address {
        kind: Kind::MUTE_LIST,
        pubkey: person,
        identifier: String::new(),
    }
}

/// A kind 10011. Two specifications use the number: NIP-39 for identities elsewhere (`i`), and NIP-51 for
/// favourite sets of people (`a`). Which of them a tag is, its name says; an edit of one keeps the other.
///
/// ```
/// use kith_nips::nip51::FavouriteSets;
/// # use kith_nips::PublicKey;
/// let mut list = FavouriteSets::new();
/// let set = format!("30000:{}:chess", PublicKey::from_bytes([1; 32])).parse()?;
/// assert!(list.add(&set));
/// assert_eq!((list.sets(), list.identities().len()), (vec![set], 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FavouriteSets {
    tags: TagList,
    content: String,
}

impl FavouriteSets {
    /// An empty list, for somebody who has none yet.
    pub fn new() -> FavouriteSets {
        FavouriteSets::default()
    }

    /// Reads a kind 10011 of either use.
    ///
    /// # Errors
    /// Another kind.
    pub fn read(event: &Event) -> Result<Published<FavouriteSets>, ReadError> {
        of_kind(event, Kind::FAVOURITE_SETS, "10011")?;
        let list = FavouriteSets {
            tags: TagList::of(event),
            content: event.content().to_owned(),
        };
        Ok(Published::of(event, list))
    }

    /// The sets of people, in order.
    pub fn sets(&self) -> Vec<Address> {
        let addresses = self.tags.values("a");
        let addresses = addresses.filter_map(|address| address.parse::<Address>().ok());
        addresses
            .filter(|address| address.kind == Kind::PEOPLE_SET)
            .collect()
    }

    /// The identities elsewhere, `platform:identity` and proof as they are written (NIP-39), in order.
    pub fn identities(&self) -> Vec<(String, Option<String>)> {
        let named = self.tags.named("i");
        let identity = |tag: &[String]| Some((tag.get(1)?.clone(), tag.get(2).cloned()));
        named.filter_map(identity).collect()
    }

    /// Appends a set at the end unless it is there. Whether it changed.
    pub fn add(&mut self, set: &Address) -> bool {
        self.tags.append(tag(["a", &set.to_string()]))
    }

    /// Takes a set out. Whether it changed.
    pub fn remove(&mut self, set: &Address) -> bool {
        self.tags.remove("a", &set.to_string())
    }
}

impl Note for FavouriteSets {
    fn draft(&self) -> Result<Draft, BuildError> {
        Ok(Draft {
            kind: Kind::FAVOURITE_SETS,
            created_at: None,
            tags: self.tags.to_vec(),
            content: self.content.clone(),
        })
    }
}

impl Versioned for FavouriteSets {}

#[cfg(test)]
mod tests;
