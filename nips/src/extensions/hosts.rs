//! Who runs a meetup beside its author: people with the role `host` (`p`, NIP-52).

use crate::PublicKey;
use crate::lbc::{Meetup, Participant};

/// The role of those who run a meetup together with its author. Compared without regard to case.
pub const HOST_ROLE: &str = "host";

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
/// assert_eq!(hosts(&meetup), [friend]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn hosts(meetup: &Meetup) -> Vec<PublicKey> {
    let mut found = Vec::new();
    for participant in meetup.participants.iter().filter(|one| is_hosting(one)) {
        if !found.contains(&participant.person) {
            found.push(participant.person);
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
