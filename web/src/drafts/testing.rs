//! Keys and notes for the tests of drafts.

use kith_nips::lbc::{CommunityReference, Meetup, Note, Published};
use kith_nips::nip01::Draft;
use kith_nips::nip52::{TimeSpan, When};
use kith_nips::{Event, EventId};

use super::form::Form;

pub(super) const NOW: u64 = 1_790_000_000;

pub(super) fn keys(number: u8) -> nostr::Keys {
    nostr::Keys::parse(&format!("{number:064x}")).unwrap()
}

/// The draft, signed by the key of a number.
pub(super) fn sign(draft: &Draft, number: u8) -> Event {
    draft.sign(&keys(number), NOW).unwrap()
}

pub(super) fn fields(fields: &[(&str, &str)]) -> Form {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields);
    Form::read(body.finish().as_bytes())
}

/// A meetup called “Chess” by key 1, a week from now.
pub(super) fn meetup(change: impl FnOnce(&mut Meetup)) -> Published<Meetup> {
    let community =
        CommunityReference::new(EventId::from_bytes([1; 32]), keys(1).public_key().into());
    let when = When::timed(TimeSpan::new(NOW + 604_800, Some(NOW + 612_000)).unwrap());
    let mut meetup = Meetup::new(community, &"chess".parse().unwrap(), "Chess", when);
    change(&mut meetup);
    Meetup::read(&sign(&meetup.draft().unwrap(), 1)).unwrap()
}
