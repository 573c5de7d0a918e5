//! Meetups that begin now: their notes expire some time after the end (NIP-40).

use super::{number, set, value};
use crate::lbc::{Meetup, Rsvp};
use crate::nip52::When;

const TAG: &str = "expiration";

/// How long a spontaneous meetup stays after its end, in seconds: until those who are on their way
/// home have seen where they were.
pub const EXPIRES_AFTER_SECONDS: u64 = 3_600;

/// When the note expires (Unix seconds).
///
/// ```
/// use kith_nips::extensions::{expire_after_end, expires_at};
/// # use kith_nips::lbc::{CommunityReference, Meetup};
/// # use kith_nips::nip52::{TimeSpan, When};
/// # use kith_nips::{EventId, PublicKey};
/// # let community = CommunityReference::new(EventId::from_bytes([1; 32]), PublicKey::from_bytes([2; 32]));
/// # let when = When::timed(TimeSpan::new(1_796_322_600, Some(1_796_326_200))?);
/// # let mut meetup = Meetup::new(community, &"coffee".parse()?, "Coffee", when);
/// expire_after_end(&mut meetup);
/// assert_eq!(expires_at(&meetup), Some(1_796_326_200 + 3_600));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn expires_at(meetup: &Meetup) -> Option<u64> {
    value(&meetup.other_tags, TAG).and_then(number)
}

/// Lets the note expire [`EXPIRES_AFTER_SECONDS`] after the end of the meetup, or after its start
/// when it has none. Does nothing without a time.
pub fn expire_after_end(meetup: &mut Meetup) {
    let Some(over) = meetup.when.as_ref().map(over_at) else {
        return;
    };
    let at = over.saturating_add(EXPIRES_AFTER_SECONDS).to_string();
    set(&mut meetup.other_tags, TAG, Some(vec![TAG.to_owned(), at]));
}

/// Lets an answer expire with its meetup.
pub fn expire_with(rsvp: &mut Rsvp, meetup: &Meetup) {
    if let Some(at) = expires_at(meetup) {
        let tag = vec![TAG.to_owned(), at.to_string()];
        set(&mut rsvp.other_tags, TAG, Some(tag));
    }
}

/// After an edit: a note that expires does so as long after its new end as it did after the old.
pub(super) fn follow_end(before: &Meetup, after: &mut Meetup) {
    let (Some(old), Some(new)) = (before.when.as_ref(), after.when.as_ref()) else {
        return;
    };
    let (Some(expires), true) = (expires_at(after), expires_at(before) == expires_at(after)) else {
        return;
    };
    if over_at(old) == over_at(new) {
        return;
    }
    let at = over_at(new).saturating_add(expires.saturating_sub(over_at(old)));
    let tag = vec![TAG.to_owned(), at.to_string()];
    set(&mut after.other_tags, TAG, Some(tag));
}

fn over_at(when: &When) -> u64 {
    when.ends_at().unwrap_or_else(|| when.starts_at())
}
