//! Identifiers as people paste them: hex and NIP-19, with or without `nostr:` before them.

use kith_nips::{Address, EventId, Kind, PublicKey};
use nostr::nips::nip01::Coordinate;
use nostr::nips::nip19::{FromBech32, Nip19, Nip19Coordinate, ToBech32};

use crate::directory::CommunityReference;

/// The longest text that is looked at, in bytes. NIP-19 allows 5000, of which addresses need few.
const REFERENCE_BYTES_MAX: usize = 1_000;

/// The longest identifier that an `naddr` can hold, in bytes (NIP-19).
const IDENTIFIER_BYTES_MAX: usize = 255;

/// A person: `npub`, `nprofile` or hex.
pub(in crate::http) fn person(text: &str) -> Result<PublicKey, String> {
    if let Ok(key) = PublicKey::from_hex(text) {
        return Ok(key);
    }
    match read(text) {
        Some(Nip19::Pubkey(key)) => Ok(key.into()),
        Some(Nip19::Profile(profile)) => Ok(profile.public_key.into()),
        _ => Err("not a person: npub1…, nprofile1… or 64 hex digits".to_owned()),
    }
}

/// A community: hex id, `note`, `nevent`, or `naddr` of its description or calendar (LBC-60).
pub(in crate::http) fn community(text: &str) -> Result<CommunityReference, String> {
    if let Ok(id) = EventId::from_hex(text) {
        return Ok(CommunityReference::Id(id));
    }
    match read(text) {
        Some(Nip19::EventId(id)) => Ok(CommunityReference::Id(id.into())),
        Some(Nip19::Event(event)) => Ok(CommunityReference::Id(event.event_id.into())),
        Some(Nip19::Coordinate(coordinate)) => {
            Ok(CommunityReference::Address(address_of(&coordinate)))
        }
        _ => Err("not a community: 64 hex digits, note1…, nevent1… or naddr1…".to_owned()),
    }
}

/// A meetup: `naddr`, or its address `31923:<author>:<identifier>`.
pub(in crate::http) fn meetup(text: &str) -> Result<Address, String> {
    let address = match text.parse::<Address>() {
        Ok(address) => Some(address),
        Err(_) => match read(text) {
            Some(Nip19::Coordinate(coordinate)) => Some(address_of(&coordinate)),
            _ => None,
        },
    };
    let is_meetup = |kind| matches!(kind, Kind::MEETUP | Kind::DATE_MEETUP);
    address
        .filter(|address| is_meetup(address.kind))
        .ok_or_else(|| "not a meetup: naddr1… of kind 31923 or 31922".to_owned())
}

/// `npub` of a person.
pub(in crate::http) fn npub(person: PublicKey) -> String {
    // Only a key that is no point on the curve has none; nobody can have signed with it.
    nostr::PublicKey::from_byte_array(*person.as_bytes())
        .to_bech32()
        .unwrap_or_else(|_| person.to_string())
}

/// `naddr` of an address, without relays; the address itself if it is too long for one.
pub(in crate::http) fn naddr(address: &Address) -> String {
    if address.identifier.len() > IDENTIFIER_BYTES_MAX {
        return address.to_string();
    }
    let author = nostr::PublicKey::from_byte_array(*address.pubkey.as_bytes());
    let coordinate =
        Coordinate::new(address.kind.into(), author).identifier(address.identifier.clone());
    Nip19Coordinate::new(coordinate, [])
        .to_bech32()
        .unwrap_or_else(|_| address.to_string())
}

/// What an identifier of NIP-19 names by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::http) enum Named {
    /// `npub`, `nprofile`.
    Person(PublicKey),
    /// `note`, `nevent`.
    Event(EventId),
    /// `naddr`.
    Address(Address),
}

/// Whatever an identifier of NIP-19 names; `None` if the text is none.
pub(in crate::http) fn named(text: &str) -> Option<Named> {
    match read(text.trim())? {
        Nip19::Pubkey(key) => Some(Named::Person(key.into())),
        Nip19::Profile(profile) => Some(Named::Person(profile.public_key.into())),
        Nip19::EventId(id) => Some(Named::Event(id.into())),
        Nip19::Event(event) => Some(Named::Event(event.event_id.into())),
        Nip19::Coordinate(coordinate) => Some(Named::Address(address_of(&coordinate))),
        _ => None,
    }
}

fn read(text: &str) -> Option<Nip19> {
    let text = text.strip_prefix("nostr:").unwrap_or(text);
    (text.len() <= REFERENCE_BYTES_MAX)
        .then(|| Nip19::from_bech32(text).ok())
        .flatten()
}

fn address_of(coordinate: &Nip19Coordinate) -> Address {
    Address {
        kind: coordinate.coordinate.kind.into(),
        pubkey: coordinate.coordinate.public_key.into(),
        identifier: coordinate.coordinate.identifier.clone(),
    }
}
