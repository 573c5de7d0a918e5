//! Meetups as a calendar that other programs read.

use kith_nips::icalendar::{Calendar, Entry};
use kith_nips::lbc::Standing;

use super::MeetupView;

/// A calendar of these meetups as iCalendar text (RFC 5545). Their names stay the same from one
/// calendar to the next, so that a program that reads it again changes them and makes no second ones.
/// Meetups without a time are not in it.
///
/// ```no_run
/// use kith_client::{Kith, Search, write_calendar};
/// # async fn example(kith: Kith) -> Result<(), Box<dyn std::error::Error>> {
/// let listing = kith.meetups(&Search::new().topic("chess")).await?;
/// std::fs::write("chess.ics", write_calendar("Chess", &listing.found))?;
/// # Ok(()) }
/// ```
pub fn write_calendar<'a>(name: &str, meetups: impl IntoIterator<Item = &'a MeetupView>) -> String {
    let mut calendar = Calendar::new(name);
    let entries = meetups.into_iter().map(|view| {
        let standing = match view.is_proposal() {
            true => Standing::Proposal,
            false => Standing::Official,
        };
        let mut entry = Entry::new(view.meetup(), standing);
        entry.community = view.community().map(|community| community.title.clone());
        entry.link = view.naddr().ok().map(|naddr| format!("nostr:{naddr}"));
        entry
    });
    calendar.entries = entries.collect();
    calendar.write()
}
