//! Decisions about events as values, and the one place where they become the words of an OK
//! message (NIP-01).

use std::borrow::Cow;

use kith_nips::{EventId, Prefix};

use crate::management::names::NotGiven;
use crate::refusal::Refusal;
use crate::store::Outcome;

/// What was decided about an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The store judged it.
    Judged(Outcome),
    /// The store took it, and the name that it asks for is not its author's (NIP-05).
    Unnamed(NotGiven),
    /// Ephemeral, and passed on.
    Heard,
    /// Ephemeral, nobody listened, and the operator wants senders to know.
    Unheard,
    /// Its author is a member from now on (NIP-43).
    Joined,
    /// Its author wants to become a member and is one (NIP-43).
    AlreadyMember,
    /// Its author is no member any more, or never was one (NIP-43).
    Left,
    /// Not let in.
    Refused(Refusal),
}

impl Decision {
    /// The third element of the OK message: whether the sender reached what it wanted.
    pub fn accepted(&self) -> bool {
        match self {
            Decision::Judged(outcome) => {
                matches!(outcome, Outcome::Saved(_) | Outcome::Duplicate)
            }
            Decision::Unnamed(_)
            | Decision::Heard
            | Decision::Joined
            | Decision::AlreadyMember
            | Decision::Left => true,
            Decision::Unheard | Decision::Refused(_) => false,
        }
    }

    /// The fourth element of the OK message.
    pub fn message(&self) -> Cow<'static, str> {
        let (prefix, reason) = match self {
            Decision::Judged(Outcome::Saved(_)) | Decision::Heard | Decision::Left => {
                return "".into();
            }
            Decision::Judged(Outcome::Duplicate) => {
                (Prefix::Duplicate, "this event is stored already")
            }
            Decision::Judged(Outcome::Superseded) => {
                (Prefix::Duplicate, "a newer version is stored")
            }
            Decision::Judged(Outcome::Deleted) => {
                (Prefix::Blocked, "its author asked for its deletion")
            }
            Decision::Judged(Outcome::Vanished) => (
                Prefix::Blocked,
                "its author asked to vanish from this relay",
            ),
            Decision::Judged(Outcome::NotOwner) => {
                (Prefix::Restricted, "the community belongs to somebody else")
            }
            Decision::Unnamed(reason) => (Prefix::Info, unnamed(*reason)),
            Decision::Joined => (Prefix::Info, "welcome, you are a member now"),
            Decision::AlreadyMember => (Prefix::Duplicate, "you are a member already"),
            Decision::Unheard => (Prefix::Mute, "nobody listens to this event"),
            Decision::Refused(refusal) => return refusal.to_string().into(),
        };
        format!("{prefix}: {reason}").into()
    }
}

/// What an author reads whose profile is stored, and who does not have the name in it.
fn unnamed(reason: NotGiven) -> &'static str {
    match reason {
        NotGiven::Nobody => "stored, but this relay gives no names",
        NotGiven::NotAMember => "stored, but names at this relay are for its members",
        NotGiven::Reserved => "stored, but the name in it is reserved",
        NotGiven::Taken => "stored, but the name in it is somebody else's",
        NotGiven::Full => "stored, but this relay has no room for more names",
    }
}

/// The answer to one EVENT message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// An OK for this id.
    Event {
        /// The id that the event claims.
        id: EventId,
        /// What was decided.
        decision: Decision,
    },
    /// No event, and no id to answer to: a NOTICE with this text.
    Unidentified(String),
}

impl Verdict {
    /// An answer about the event `id`.
    pub fn new(id: EventId, decision: Decision) -> Self {
        Verdict::Event { id, decision }
    }
}
