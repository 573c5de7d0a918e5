//! One file for each command: resolve what was typed, ask the library, give an
//! [`Output`](crate::output::Output) back. Nothing here prints.

pub mod admin;
pub mod agenda;
pub mod announce;
pub mod attendees;
pub mod calendar;
pub mod chat;
pub mod comment;
pub mod community;
mod counts;
pub mod dm;
pub mod doctor;
pub mod feed;
pub mod find_relays;
pub mod follow;
pub mod friends;
pub mod help;
pub mod invite;
pub mod keys;
pub mod login;
pub mod meetup;
pub mod members;
pub mod mute;
pub mod near;
pub mod outbox;
pub mod profile;
pub mod relays;
pub mod report;
pub mod rsvp;
mod texts;
mod times;
pub mod vanish;
pub mod views;
pub mod watch;

use crate::output::Report;

/// A command that goes on: one answer after the other.
pub trait Ongoing {
    /// The next answer; `None` when it has ended.
    async fn next(&mut self) -> Option<Report>;
}
