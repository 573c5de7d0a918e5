//! People whom the user follows, and what they do.

use serde::Serialize;

use super::views::{MeetupView, Moment};
use super::{PersonChange, PublishedView};

/// Those whom you follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FriendsShown {
    /// Friends first, each in the order of the list.
    pub people: Vec<FollowedView>,
    /// How many more are in the list, and are not looked up.
    pub further: usize,
}

/// Somebody whom you follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FollowedView {
    /// `npub1…`.
    pub npub: String,
    /// 64 hexadecimal digits.
    pub public_key: String,
    /// What they call themselves; not to be trusted.
    pub name: Option<String>,
    /// What you call them.
    pub petname: Option<String>,
    /// Such as `bob@example.com`, when it was asked for and is theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// Whether they follow you too.
    pub friend: bool,
}

/// The list was changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FriendsChanged {
    /// One for each person, in the order given; the action is `followed` or `unfollowed`.
    pub people: Vec<PersonChange>,
    /// Which relays took the newest list.
    pub published: PublishedView,
}

/// The newest of what people did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeedShown {
    /// `friends` or `following`.
    pub feed: FeedName,
    /// Newest first.
    pub items: Vec<FeedItemView>,
}

/// `feed --follow`, first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FeedBegun {
    /// `friends` or `following`.
    pub feed: FeedName,
}

/// Whose feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedName {
    /// Of those whom you follow and who follow you.
    Friends,
    /// Of everybody whom you follow.
    Following,
}

/// `feed --follow`: one line.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum FeedLine {
    /// Somebody did something.
    Item {
        /// What.
        item: Box<FeedItemView>,
    },
    /// A relay was lost, or is back.
    Connection {
        /// Relays that tell what is new.
        listening: usize,
        /// Relays that are used.
        relays: usize,
    },
}

/// One thing that somebody did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeedItemView {
    /// 64 hexadecimal digits.
    pub id: String,
    /// `npub1…`.
    pub npub: String,
    /// 64 hexadecimal digits.
    pub public_key: String,
    /// What they are called; not to be trusted.
    pub name: Option<String>,
    /// When, on the clock of this machine (RFC 9557).
    pub at: Moment,
    /// Unix seconds.
    pub created_at: u64,
    /// What: `note`, `meetup` or `answer`, with members of its own.
    #[serde(flatten)]
    pub subject: FeedSubjectView,
}

/// What somebody did.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FeedSubjectView {
    /// They wrote.
    Note {
        /// Plain text.
        text: String,
    },
    /// They announced or changed a meetup.
    Meetup {
        /// `31923:<public key>:<identifier>`.
        address: String,
        /// The meetup; null when its time cannot be read.
        meetup: Option<Box<MeetupView>>,
    },
    /// They answered a meetup.
    Answer {
        /// `accepted`, `declined` or `tentative`.
        status: String,
        /// A word to the organizer.
        note: String,
        /// `31923:<public key>:<identifier>`.
        address: String,
        /// The meetup as it is now; null when no relay has it.
        meetup: Option<Box<MeetupView>>,
    },
}
