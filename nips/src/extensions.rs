//! Conventions of Kith beyond the specs, as `nips/extensions.md` writes them down: series of
//! meetups, seats and waiting lists, spontaneous meetups, hosts.
//!
//! Owns the tags of those, which LBC and NIP-52 do not know and preserve, and the pure rules over
//! them. Knows no relay and no clock. Other clients see plain meetups and plain answers.

mod answering;
pub mod attendance;
mod hosts;
mod importing;
mod planning;
mod series;
mod spontaneous;

pub use answering::{AnswerError, NewAnswer};
pub use hosts::{HOST_ROLE, Host, HostError, hosts, is_host, set_host};
pub use importing::{import_again, imported};
pub use planning::{EditError, Plan, Setting, edited, first_day, identifiers_used, next_version};
pub use series::{
    InSeries, Move, OCCURRENCES_MAX, Occurrence, SERIES_ID_CHARACTERS_MAX, Scope, SeriesError,
    SeriesId, SeriesPlan, edit_one, is_meant, occurrences,
};
pub use spontaneous::{EXPIRES_AFTER_SECONDS, expire_after_end, expire_with, expires_at};

use crate::lbc::Meetup;
use attendance::Terms;

/// After an edit that moved a meetup: what is told in moments beside its time (the last moment to
/// answer, the expiration) goes with it, unless the edit changed that too.
///
/// ```
/// use kith_nips::extensions::attendance::Terms;
/// use kith_nips::extensions::follow_move;
/// # use kith_nips::lbc::{CommunityReference, Meetup};
/// # use kith_nips::nip52::{TimeSpan, When};
/// # use kith_nips::{EventId, PublicKey};
/// # let community = CommunityReference::new(EventId::from_bytes([1; 32]), PublicKey::from_bytes([2; 32]));
/// # let when = When::timed(TimeSpan::new(1_796_322_600, None)?);
/// # let mut meetup = Meetup::new(community, &"chess".parse()?, "Chess", when);
/// Terms { answer_by: Some(1_796_300_000), ..Terms::default() }.write(&mut meetup);
/// let before = meetup.clone();
/// meetup.when = Some(When::timed(TimeSpan::new(1_796_322_600 + 3_600, None)?));
/// follow_move(&before, &mut meetup);
/// assert_eq!(Terms::read(&meetup).answer_by, Some(1_796_300_000 + 3_600));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn follow_move(before: &Meetup, after: &mut Meetup) {
    spontaneous::follow_end(before, after);
    let (old, new) = (Terms::read(before), Terms::read(after));
    if let (Some(from), Some(to), Some(answer_by)) = (&before.when, &after.when, old.answer_by)
        && new.answer_by == old.answer_by
    {
        let answer_by = Move::between(from, to).and_then(|moved| moved.moment(from, answer_by));
        let answer_by = answer_by.or(new.answer_by);
        Terms { answer_by, ..new }.write(after);
    }
}

/// The first value of a tag among those that the note's own type does not know.
fn value<'a>(tags: &'a [Vec<String>], name: &str) -> Option<&'a str> {
    let found = tags.iter().find(|tag| is_named(tag, name))?;
    found.get(1).map(String::as_str)
}

/// Puts a tag where the first one of its name was, or at the end; without one, removes it.
fn set(tags: &mut Vec<Vec<String>>, name: &str, tag: Option<Vec<String>>) {
    let place = tags.iter().position(|tag| is_named(tag, name));
    tags.retain(|tag| !is_named(tag, name));
    if let Some(tag) = tag {
        tags.insert(place.unwrap_or(tags.len()).min(tags.len()), tag);
    }
}

fn is_named(tag: &[String], name: &str) -> bool {
    tag.first().is_some_and(|found| found == name)
}

/// A number in plain decimal digits; anything else is none.
fn number(text: &str) -> Option<u64> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}
