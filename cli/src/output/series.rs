//! Meetups that are repeated, as they are shown.

use serde::Serialize;

use super::announcements::CancellationTold;
use super::calendar::ImportedView;
use super::views::{CommunityName, MeetupView, Moment};

/// Meetups of a series were announced, changed or cancelled.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeriesChanged {
    /// `RRULE` of RFC 5545.
    pub rule: String,
    /// By day; those that are not by the rule of now are last.
    pub meetups: Vec<ImportedView>,
    /// Of cancelled ones, how many of those who answered were told; absent when nobody was to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told: Option<CancellationTold>,
}

/// A series and its meetups.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeriesShown {
    /// The series.
    pub series: SeriesView,
    /// By start, also those that are over.
    pub meetups: Vec<MeetupView>,
}

/// Several series.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AllSeries {
    /// The next one first.
    pub series: Vec<SeriesView>,
}

/// A series.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeriesView {
    /// What tells it apart from the others of its organiser and community.
    pub id: String,
    /// Title of the next meetup, or of the last one.
    pub title: String,
    /// Its community.
    pub community: Option<CommunityName>,
    /// `npub1…` of whoever announced it.
    pub organiser: String,
    /// `RRULE` of RFC 5545.
    pub rule: String,
    /// How many meetups there are.
    pub meetups: usize,
    /// How many of them take place and are not over.
    pub coming: usize,
    /// When the next one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Moment>,
    /// Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_unix: Option<u64>,
    /// Id of the next one, or of the last one, 64 hexadecimal digits.
    pub next_id: String,
}
