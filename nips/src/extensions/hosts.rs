//! Who runs a meetup beside its author: people with the role `host` (`p`, NIP-52).

use std::str::FromStr;

use nostr::nips::nip19::{FromBech32, Nip19Profile};

use crate::PublicKey;
use crate::lbc::{Meetup, Participant};

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
        if let Ok(person) = nostr::PublicKey::parse(text) {
            return Ok(PublicKey::from(person).into());
        }
        let profile = Nip19Profile::from_bech32(text).map_err(|_| HostError)?;
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
