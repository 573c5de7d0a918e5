//! Who runs a meetup beside its author: people with the role `host` (`p`, NIP-52).

use std::str::FromStr;

use nostr::nips::nip19::{FromBech32, Nip19Profile};

use crate::PublicKey;
use crate::lbc::{Meetup, Participant};
use crate::nip19;

/// The role of those who run a meetup together with its author. Compared without regard to case.
pub const HOST_ROLE: &str = "host";

/// Somebody who runs a meetup beside its author. Read from `npub`, `nprofile` or hex, with or without
/// `nostr:` before it (NIP-19, NIP-21).
///
/// ```
/// use kith_nips::extensions::Host;
/// let host: Host = "nostr:nprofile1qqsrhuxx8l9ex335q7he0f09aej04zpazpl0ne2cgukyawd24mayt8gpp4mhxue69\
///     uhhytnc9e3k7mgpz4mhxue69uhkg6nzv9ejuumpv34kytnrdaksjlyr9p"
///     .parse()?;
/// assert_eq!(host.relay.as_deref(), Some("wss://r.x.com"));
/// # Ok::<(), kith_nips::extensions::HostError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host {
    /// Who.
    pub person: PublicKey,
    /// A relay that has notes of theirs.
    pub relay: Option<String>,
}

/// The text names nobody.
///
/// ```
/// use kith_nips::extensions::{Host, HostError};
/// assert_eq!("Ben".parse::<Host>(), Err(HostError));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a person: npub1…, nprofile1… or 64 hex digits")]
pub struct HostError;

impl From<PublicKey> for Host {
    fn from(person: PublicKey) -> Host {
        Host {
            person,
            relay: None,
        }
    }
}

impl FromStr for Host {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Host, HostError> {
        let text = text.trim();
        let text = text.strip_prefix("nostr:").unwrap_or(text);
        let lower = text.to_ascii_lowercase();
        if let Ok(person) = PublicKey::from_hex(&lower) {
            let is_key = nostr::PublicKey::try_from(person).is_ok();
            return is_key.then(|| person.into()).ok_or(HostError);
        }
        if !nip19::is_bech32(text) {
            return Err(HostError);
        }
        if let Ok(person) = nostr::PublicKey::from_bech32(&lower) {
            return Ok(PublicKey::from(person).into());
        }
        let profile = Nip19Profile::from_bech32(&lower).map_err(|_| HostError)?;
        Ok(Host {
            person: profile.public_key.into(),
            relay: profile.relays.first().map(ToString::to_string),
        })
    }
}

/// The hosts that the note names, in order, each once. Its author is one without being named.
///
/// ```
/// use kith_nips::extensions::{hosts, set_host};
/// # use kith_nips::lbc::{CommunityReference, Meetup};
/// # use kith_nips::nip52::{TimeSpan, When};
/// # use kith_nips::{EventId, PublicKey};
/// # let community = CommunityReference::new(EventId::from_bytes([1; 32]), PublicKey::from_bytes([2; 32]));
/// # let when = When::timed(TimeSpan::new(1_796_322_600, None)?);
/// # let mut meetup = Meetup::new(community, &"chess".parse()?, "Chess", when);
/// let friend = PublicKey::from_bytes([3; 32]);
/// set_host(&mut meetup, friend, true, None);
/// assert_eq!(hosts(&meetup), [friend.into()]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn hosts(meetup: &Meetup) -> Vec<Host> {
    let mut found: Vec<Host> = Vec::new();
    for participant in meetup.participants.iter().filter(|one| is_hosting(one)) {
        if found.iter().all(|host| host.person != participant.person) {
            found.push(Host {
                person: participant.person,
                relay: participant.relay.clone(),
            });
        }
    }
    found
}

/// Whether the note names this person as a host.
pub fn is_host(meetup: &Meetup, person: PublicKey) -> bool {
    let mut participants = meetup.participants.iter();
    participants.any(|participant| participant.person == person && is_hosting(participant))
}

/// Names somebody as a host, or no more. Other parts that they have stay.
pub fn set_host(meetup: &mut Meetup, person: PublicKey, hosts: bool, relay: Option<&str>) {
    match (hosts, is_host(meetup, person)) {
        (true, false) => meetup.participants.push(Participant {
            person,
            relay: relay.map(str::to_owned),
            role: Some(HOST_ROLE.to_owned()),
        }),
        (false, true) => meetup
            .participants
            .retain(|participant| participant.person != person || !is_hosting(participant)),
        _ => {}
    }
}

fn is_hosting(participant: &Participant) -> bool {
    let role = participant.role.as_deref();
    role.is_some_and(|role| role.trim().eq_ignore_ascii_case(HOST_ROLE))
}

#[cfg(test)]
mod tests {
    use nostr::RelayUrl;
    use nostr::nips::nip19::ToBech32;

    use super::*;

    #[test]
    fn nip19_01_02_published_names_of_people_round_trip() {
        let npub = "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg";
        let key = "7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e";
        let host: Host = npub.parse().unwrap();
        assert_eq!(host, PublicKey::from_hex(key).unwrap().into());
        let person = nostr::PublicKey::try_from(host.person).unwrap();
        assert_eq!(person.to_bech32().unwrap(), npub);
        // The same 32 bytes with the checksum of bech32m.
        let other = "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qhszdw2";
        assert_eq!(other.parse::<Host>(), Err(HostError));

        let nprofile = "nprofile1qqsrhuxx8l9ex335q7he0f09aej04zpazpl0ne2cgukyawd24mayt8gpp4mhxue69uhhytnc9e3k7mgpz4mhxue69uhkg6nzv9ejuumpv34kytnrdaksjlyr9p";
        let key = "3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d";
        let relays = ["wss://r.x.com", "wss://djbas.sadkb.com"];
        let host: Host = nprofile.parse().unwrap();
        assert_eq!(host.person, PublicKey::from_hex(key).unwrap());
        assert_eq!(host.relay.as_deref(), Some(relays[0]));
        let relays = relays.map(|relay| RelayUrl::parse(relay).unwrap());
        let person = nostr::PublicKey::try_from(host.person).unwrap();
        let written = Nip19Profile::new(person, relays).to_bech32().unwrap();
        assert_eq!(written, nprofile);
    }
}
