//! From what somebody filled in to the notes that they are asked to sign. Pure: whoever calls reads what
//! is stored, and passes the time in. One file for each thing that can be done.
//!
//! Nothing here is trusted later: a draft becomes something only by the signature of the person who reads
//! it, and the relay judges the signed note as it judges every other.

mod announce;
mod chat;
mod comment;
mod community;
mod details;
mod edit;
mod form;
mod hosts;
mod import;
mod join;
mod meetup;
mod place;
mod profile;
mod repeat;
mod report;
mod rsvp;
mod running;
mod said;
#[cfg(test)]
mod testing;
mod time;
mod values;

pub use announce::{ANNOUNCEMENT_CHARACTERS_MAX, Announcement, Recipient, Recipients};
pub use chat::{ChatRoom, chat};
pub use comment::{CommentOn, comment};
pub use community::{Founding, community_values, describe, found};
pub use edit::{Editing, SCOPES, cancel, edit, preview_edit};
pub use form::Form;
pub use import::{Importing, import, pick_of, read_calendar};
pub use join::join;
pub use meetup::{Planning, meetup, meetup_values, new_meetup_values, preview};
pub use profile::profile;
pub use repeat::{DATES_MAX, REPEATS};
pub use report::{REPORT_TYPES, ReportOf, report};
pub use rsvp::{RsvpTo, rsvp};
pub use running::{Running, calendar, hide, hide_person, members};
pub use said::{Drafted, Problem, Problems, Sayer};
pub use values::Values;

/// Characters of a comment, a message or a note of a person.
pub const TEXT_CHARACTERS_MAX: usize = 5_000;
