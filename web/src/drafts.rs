//! From what somebody filled in to the notes that they are asked to sign. Pure: whoever calls reads what
//! is stored, and passes the time in. One file for each thing that can be done.
//!
//! Nothing here is trusted later: a draft becomes something only by the signature of the person who reads
//! it, and the relay judges the signed note as it judges every other.

mod chat;
mod comment;
mod form;
mod rsvp;
mod said;
#[cfg(test)]
mod testing;

pub use chat::{ChatRoom, chat};
pub use comment::{CommentOn, comment};
pub use form::Form;
pub use rsvp::{RsvpTo, rsvp};
pub use said::{Drafted, Problem, Problems, Sayer};

/// Characters of a comment, a message or a note of a person.
pub const TEXT_CHARACTERS_MAX: usize = 5_000;
