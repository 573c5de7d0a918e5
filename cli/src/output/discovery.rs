//! What is near a place, what is announced there, and what is coming up.

use serde::Serialize;

use super::views::{CommunityView, MeetupView, PlaceView};

/// What is near a place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Near {
    /// The place that was understood.
    pub place: PlaceView,
    /// Kilometres.
    pub radius_km: f64,
    /// Meetups that are not over before this moment (RFC 3339).
    pub from: String,
    /// Meetups that start before this moment (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Nearest first.
    pub communities: Vec<CommunityView>,
    /// Soonest first.
    pub meetups: Vec<MeetupView>,
    /// What to run when there is nothing.
    #[serde(skip)]
    pub next: Vec<String>,
}

/// What is coming up for the user.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Agenda {
    /// Meetups that are not over before this moment (RFC 3339).
    pub from: String,
    /// Meetups that start before this moment (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The place that was understood, when one was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceView>,
    /// Kilometres around it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub radius_km: Option<f64>,
    /// Soonest first.
    pub meetups: Vec<AgendaEntry>,
    /// What to run when there is nothing.
    #[serde(skip)]
    pub next: Vec<String>,
}

/// A meetup with one member more: what the user answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgendaEntry {
    /// The meetup.
    #[serde(flatten)]
    pub meetup: MeetupView,
    /// `accepted`, `declined` or `tentative`; null when there is no answer yet.
    pub answer: Option<String>,
}

/// What `watch` looks out for: its first line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Watching {
    /// The place that was understood.
    pub watching: PlaceView,
    /// Kilometres.
    pub radius_km: f64,
    /// One of them is enough; empty when everything is told.
    pub topics: Vec<String>,
}

/// Something that was announced: one line of `watch`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Announced {
    /// `new`, `changed` or `cancelled`.
    pub news: News,
    /// The community, when it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community: Option<CommunityView>,
    /// The meetup, when it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meetup: Option<MeetupView>,
}

/// What happened to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// It was not there before.
    New,
    /// It has a newer version.
    Changed,
    /// The meetup does not take place.
    Cancelled,
}
