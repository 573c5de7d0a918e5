//! How many people, and what the numbers are worth.

use serde::Serialize;

use super::views::{CommunityName, Moment};

/// The numbers of a community.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CommunityCounted {
    /// The community.
    pub community: CommunityName,
    /// How many follow it, the owner and the muted counted if they do.
    pub followers: CountView,
    /// How many members it has, the owner left out.
    pub members: CountView,
    /// The next meetups, soonest first.
    pub meetups: Vec<MeetupCounted>,
}

/// The numbers of a meetup.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeetupCounted {
    /// 64 hexadecimal digits.
    pub id: String,
    /// `31923:<public key>:<identifier>`.
    pub address: String,
    /// Its title.
    pub title: String,
    /// When it begins; null when that cannot be read.
    pub start: Option<Moment>,
    /// How many people answered, whatever they answered.
    pub answers: CountView,
}

/// A number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CountView {
    /// How many.
    pub number: u64,
    /// `exact`, `estimate` or `at_least`.
    pub precision: Precision,
}

/// What a number is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// Of the relays that answered, it is the number.
    Exact,
    /// It is near the number.
    Estimate,
    /// There are not less.
    AtLeast,
}
