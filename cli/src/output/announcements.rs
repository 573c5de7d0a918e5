//! What became of announcements.

use serde::Serialize;

use super::messages::DeliveryView;

/// To whom an announcement would go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnnouncementPlan {
    /// What it is about.
    pub about: String,
    /// `members`, `followers`, `going`, `maybe`, `declined`, `answered` or `silent`.
    pub audience: &'static str,
    /// `npub1…` of each.
    pub people: Vec<String>,
    /// 64 hexadecimal digits each.
    pub public_keys: Vec<String>,
}

/// The sum of an announcement.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnnouncementSum {
    /// What it is about.
    pub about: String,
    /// `members`, `followers`, `going`, `maybe`, `declined`, `answered` or `silent`.
    pub audience: &'static str,
    /// To how many people it goes.
    pub people: usize,
    /// How many of them had it before this run.
    pub reached_before: usize,
    /// How many have it since this run.
    pub reached: usize,
    /// How many receive no private messages.
    pub no_inbox: usize,
    /// How many have relays that said no.
    pub refused: usize,
    /// How many have relays that gave no answer.
    pub failed: usize,
    /// Some of those who were not reached, for people; programs got them line by line.
    #[serde(skip)]
    pub not_reached: Vec<DeliveryView>,
}

/// How many of those who answered were told that a meetup is cancelled; of several meetups, each of their
/// answers counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct CancellationTold {
    /// How many answered.
    pub people: usize,
    /// How many have the message.
    pub reached: usize,
    /// How many receive no private messages.
    pub no_inbox: usize,
    /// How many have relays that said no.
    pub refused: usize,
    /// How many have relays that gave no answer.
    pub failed: usize,
}

/// There was nothing to resume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NothingToResume {
    /// Announcements that are not finished: none.
    pub unfinished: usize,
}
