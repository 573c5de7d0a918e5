//! What people paste to name a community or a meetup, and what they can paste elsewhere. Knows
//! NIP-19 and NIP-21 forms, not what is behind them.

use std::fmt;
use std::str::FromStr;

use kith_nips::lbc::{Slug, short_id};
use kith_nips::{Address, EventId, Kind, PublicKey, nip19};
use nostr_sdk::RelayUrl;
use nostr_sdk::nips::nip01::Coordinate;
use nostr_sdk::nips::nip19::{FromBech32, Nip19, Nip19Coordinate, Nip19Event, ToBech32};

/// Longest text that is decoded, and longest that is made (NIP-19).
pub const REFERENCE_CHARACTERS_MAX: usize = 5000;

/// Longest `d` value that fits into an `naddr` (NIP-19: one length byte).
pub const IDENTIFIER_BYTES_MAX: usize = 255;

/// Relays named in one reference, so that it stays short enough to share.
pub const HINTS_MAX: usize = 3;

/// A community or a meetup, as people name it: a hex id, `note1…`, `nevent1…`, `naddr1…`, any of
/// these as a `nostr:` link, or `kind:pubkey:identifier`.
///
/// Methods that take a community accept the id of its kind 1037 note and references to its metadata
/// or to one of its meetups; methods that take a meetup accept its address and the id of its
/// current version.
///
/// ```
/// use kith_client::{Reference, Target};
///
/// let id = "0dba6b25d4b7ed5a57109c7266d8414aae7725df12d02bb3ecbb9741836fddc9";
/// let reference: Reference = id.parse()?;
/// assert!(matches!(&reference.target, Target::Id(found) if found.to_string() == id));
///
/// // What it is, to show and to share:
/// let shared = reference.to_string();
/// assert!(shared.starts_with("nevent1"));
/// assert_eq!(format!("nostr:{shared}").parse::<Reference>()?, reference);
/// # Ok::<(), kith_client::ReferenceError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// What is meant.
    pub target: Target,
    /// Where it may be found: asked beside the relays of the set, shown and passed on.
    pub relays: Vec<RelayUrl>,
}

/// What a [`Reference`] means.
///
/// ```
/// use kith_client::{Address, Target};
///
/// let pubkey = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
/// let address: Address = format!("31923:{pubkey}:first-meetup").parse()?;
/// assert_eq!(Target::Address(address.clone()), address.into());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// One event.
    Id(EventId),
    /// The newest version at an address.
    Address(Address),
}

/// Why a text is not a reference.
///
/// ```
/// use kith_client::{Reference, ReferenceError};
///
/// let error = "nostr:nsec1qqqqqqqq".parse::<Reference>().unwrap_err();
/// assert_eq!(error, ReferenceError::SecretKey);
/// assert!(!error.to_string().contains("nsec1"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReferenceError {
    /// A secret key was pasted. It is not repeated anywhere.
    #[error("this is a secret key, not a note; do not paste it anywhere")]
    SecretKey,
    /// A person (`npub`, `nprofile`), not a note.
    #[error("{0} names a person, not a community or a meetup")]
    Person(String),
    /// More than [`REFERENCE_CHARACTERS_MAX`] characters.
    #[error("a reference of {0} characters is too long, at most {REFERENCE_CHARACTERS_MAX}")]
    TooLong(usize),
    /// The identifier does not fit into an `naddr`.
    #[error(
        "an identifier of {0} bytes does not fit into an naddr, at most {IDENTIFIER_BYTES_MAX}"
    )]
    IdentifierTooLong(usize),
    /// Looks like NIP-19 but is damaged.
    #[error("{text} cannot be decoded: {reason}")]
    Damaged {
        /// The beginning of it.
        text: String,
        /// What is wrong.
        reason: String,
    },
    /// Nothing that is known.
    #[error(
        "{0:?} is not a reference: expected a 64-digit hex id, nevent1…, note1…, naddr1… or a nostr: link"
    )]
    Unknown(String),
}

impl Reference {
    /// The `naddr1…` or `nevent1…` form, with up to [`HINTS_MAX`] relay hints.
    ///
    /// # Errors
    /// [`ReferenceError::IdentifierTooLong`] when the identifier does not fit: it is never cut.
    pub fn to_nip19(&self) -> Result<String, ReferenceError> {
        match &self.target {
            Target::Id(id) => nevent(*id, None, None, &self.relays),
            Target::Address(address) => naddr(address, &self.relays),
        }
    }

    /// The id, when one event is meant.
    pub(crate) fn id(&self) -> Option<EventId> {
        match &self.target {
            Target::Id(id) => Some(*id),
            Target::Address(_) => None,
        }
    }

    /// What to call it in a sentence: the start of an id, the slug of a meetup. It does not lead
    /// back to what is meant.
    ///
    /// ```
    /// use kith_client::Reference;
    ///
    /// let community = "0dba6b25d4b7ed5a57109c7266d8414aae7725df12d02bb3ecbb9741836fddc9";
    /// assert_eq!(community.parse::<Reference>()?.short(), "0dba6b25");
    ///
    /// let pubkey = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
    /// let meetup: Reference = format!("31923:{pubkey}:{community}:2026-12-03-chess").parse()?;
    /// assert_eq!(meetup.short(), "2026-12-03-chess");
    /// # Ok::<(), kith_client::ReferenceError>(())
    /// ```
    pub fn short(&self) -> String {
        let address = match &self.target {
            Target::Id(id) => return short_id(*id),
            Target::Address(address) => address,
        };
        let identifier = &address.identifier;
        match (Slug::of_identifier(identifier), identifier.parse()) {
            (Some(slug), _) => slug.to_string(),
            (None, Ok(id)) => short_id(id),
            (None, Err(_)) if identifier.is_empty() => beginning(&address.to_string()),
            (None, Err(_)) => beginning(identifier),
        }
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let text = text.strip_prefix("nostr:").unwrap_or(text);
        let lower = text.to_ascii_lowercase();
        if lower.starts_with("nsec1") || lower.starts_with("ncryptsec1") {
            return Err(ReferenceError::SecretKey);
        }
        let length = text.chars().count();
        if length > REFERENCE_CHARACTERS_MAX {
            return Err(ReferenceError::TooLong(length));
        }
        if let Ok(id) = EventId::from_hex(&lower) {
            return Ok(id.into());
        }
        if let Ok(address) = Address::from_str(text) {
            return Ok(address.into());
        }
        let known = ["note1", "nevent1", "naddr1", "npub1", "nprofile1"];
        match known.iter().any(|prefix| lower.starts_with(prefix)) {
            true => decode(text),
            false => Err(ReferenceError::Unknown(beginning(text))),
        }
    }
}

impl fmt::Display for Reference {
    /// NIP-19 where it fits, else the plain address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.to_nip19(), &self.target) {
            (Ok(text), _) => f.write_str(&text),
            (Err(_), Target::Id(id)) => write!(f, "{id}"),
            (Err(_), Target::Address(address)) => write!(f, "{address}"),
        }
    }
}

impl From<EventId> for Target {
    fn from(id: EventId) -> Self {
        Target::Id(id)
    }
}

impl From<Address> for Target {
    fn from(address: Address) -> Self {
        Target::Address(address)
    }
}

impl From<EventId> for Reference {
    fn from(id: EventId) -> Self {
        Reference {
            target: id.into(),
            relays: Vec::new(),
        }
    }
}

impl From<Address> for Reference {
    fn from(address: Address) -> Self {
        Reference {
            target: address.into(),
            relays: Vec::new(),
        }
    }
}

impl From<&Reference> for Reference {
    fn from(reference: &Reference) -> Self {
        reference.clone()
    }
}

/// `nevent1…` of an event.
pub(crate) fn nevent(
    id: EventId,
    author: Option<PublicKey>,
    kind: Option<Kind>,
    relays: &[RelayUrl],
) -> Result<String, ReferenceError> {
    let mut event = Nip19Event::new(nostr_sdk::EventId::from(id)).relays(hints(relays));
    event.author = author.and_then(|key| nostr_sdk::PublicKey::try_from(key).ok());
    event.kind = kind.map(|kind| nostr_sdk::Kind::from(kind.as_u16()));
    event
        .to_bech32()
        .map_err(|error| damaged(&id.to_string(), &error))
}

/// `naddr1…` of an address.
pub(crate) fn naddr(address: &Address, relays: &[RelayUrl]) -> Result<String, ReferenceError> {
    let bytes = address.identifier.len();
    if bytes > IDENTIFIER_BYTES_MAX {
        return Err(ReferenceError::IdentifierTooLong(bytes));
    }
    let text = address.to_string();
    let pubkey =
        nostr_sdk::PublicKey::try_from(address.pubkey).map_err(|error| damaged(&text, &error))?;
    let coordinate = Coordinate {
        kind: nostr_sdk::Kind::from(address.kind.as_u16()),
        public_key: pubkey,
        identifier: address.identifier.clone(),
    };
    Nip19Coordinate::new(coordinate, hints(relays))
        .to_bech32()
        .map_err(|error| damaged(&text, &error))
}

fn hints(relays: &[RelayUrl]) -> Vec<RelayUrl> {
    relays.iter().take(HINTS_MAX).cloned().collect()
}

fn decode(text: &str) -> Result<Reference, ReferenceError> {
    if !nip19::is_bech32(text) {
        return Err(damaged(text, &"its checksum is wrong"));
    }
    // All of it may be upper-case (BIP-173).
    let lower = text.to_ascii_lowercase();
    match Nip19::from_bech32(&lower).map_err(|error| damaged(text, &error))? {
        Nip19::EventId(id) => Ok(EventId::from(id).into()),
        Nip19::Event(event) => Ok(Reference {
            target: EventId::from(event.event_id).into(),
            relays: event.relays,
        }),
        Nip19::Coordinate(found) => Ok(Reference {
            target: Target::Address(Address {
                kind: Kind::new(found.coordinate.kind.as_u16()),
                pubkey: found.coordinate.public_key.into(),
                identifier: found.coordinate.identifier.clone(),
            }),
            relays: found.relays,
        }),
        Nip19::Pubkey(_) | Nip19::Profile(_) => Err(ReferenceError::Person(beginning(text))),
        _ => Err(ReferenceError::SecretKey),
    }
}

fn damaged(text: &str, error: &dyn fmt::Display) -> ReferenceError {
    ReferenceError::Damaged {
        text: beginning(text),
        reason: error.to_string(),
    }
}

/// Enough to recognise it in an error.
fn beginning(text: &str) -> String {
    const CHARACTERS: usize = 24;
    match text.char_indices().nth(CHARACTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
