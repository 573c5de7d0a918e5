//! What came of calendars, and lists of people for other programs.

use std::path::PathBuf;

use serde::Serialize;

use super::views::{AnswerView, CommunityView, MeetupView, Moment};

/// A calendar was read into a community.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Imports {
    /// The community.
    pub community: CommunityView,
    /// What the calendar calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    /// By start.
    pub meetups: Vec<ImportedView>,
    /// What was left out, and why.
    pub skipped: Vec<SkippedView>,
    /// Whom the calendar names: without keys, they are not imported.
    #[serde(skip_serializing_if = "PeopleView::is_empty")]
    pub people: PeopleView,
}

/// Whom a calendar names, each event counted once however often it is repeated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PeopleView {
    /// How many said that they come.
    pub going: usize,
    /// Perhaps.
    pub maybe: usize,
    /// How many do not come.
    pub not_going: usize,
    /// How many were asked and did not say.
    pub unanswered: usize,
    /// Names, or mail addresses without one.
    pub organizers: Vec<String>,
}

impl PeopleView {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What became of one event of a calendar.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImportedView {
    /// `created`, `updated`, `unchanged`, `called_off` (and never announced), `deleted` (here, and stays
    /// so), `read` (`--dry-run`); of a series also `kept`, `cancelled`, `beyond`.
    pub action: ImportAction,
    /// Title.
    pub title: String,
    /// RFC 3339 with the zone in brackets (RFC 9557); a date for all-day meetups.
    pub start: Option<Moment>,
    /// Unix seconds.
    pub start_unix: u64,
    /// Venue and address.
    #[serde(rename = "where")]
    pub locations: Vec<String>,
    /// `naddr1…` of its meetup.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// What was done with one event of a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportAction {
    /// It is a new meetup.
    Created,
    /// Its meetup has a new version.
    Updated,
    /// Its meetup says so already.
    Unchanged,
    /// It is called off, and was never announced here.
    CalledOff,
    /// Its meetup was deleted here.
    Deleted,
    /// It was changed on its own, called off, or is over: it was left alone.
    Kept,
    /// It is called off now.
    Cancelled,
    /// It is of the series though not by the rule of now: it was left alone.
    Beyond,
    /// Nothing: it was only read.
    Read,
}

impl ImportAction {
    /// For people.
    pub fn as_str(self) -> &'static str {
        match self {
            ImportAction::Created => "created",
            ImportAction::Updated => "updated",
            ImportAction::Unchanged => "unchanged",
            ImportAction::CalledOff => "called off",
            ImportAction::Deleted => "deleted",
            ImportAction::Kept => "kept",
            ImportAction::Cancelled => "cancelled",
            ImportAction::Beyond => "beyond the rule",
            ImportAction::Read => "read",
        }
    }
}

/// Something in a calendar that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SkippedView {
    /// Its title, or its `UID`.
    pub what: String,
    /// Why.
    pub reason: String,
}

/// Who answered a meetup.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Attendees {
    /// The meetup.
    pub meetup: MeetupView,
    /// Members first, each group in the order of answering.
    pub answers: Vec<AnswerView>,
}

/// A file was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Written {
    /// The file.
    pub file: PathBuf,
    /// How many meetups or people are in it.
    pub entries: usize,
}
