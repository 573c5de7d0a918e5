//! Who belongs to a community, what was proposed to it, and who comes to a meetup: for who organizes.

use askama::Template;

use super::Organizing;
use crate::frame::Frame;
use crate::text::Text;
use crate::views::{MeetupCard, Person};

/// Members and the muted.
#[derive(Debug, Template)]
#[template(path = "organize/members.html")]
pub struct MembersPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The community.
    pub about: Organizing,
    /// Who is on the list of members; of very many the first.
    pub members: Vec<Person>,
    /// Who is muted, and why.
    pub muted: Vec<(Person, Text)>,
}

/// What was proposed, and what was made the community's own.
#[derive(Debug, Template)]
#[template(path = "organize/proposals.html")]
pub struct ProposalsPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The community.
    pub about: Organizing,
    /// Coming meetups by others that are not its own.
    pub proposals: Vec<MeetupCard>,
    /// Coming meetups by others that are.
    pub adopted: Vec<MeetupCard>,
}

/// Who answered a meetup.
#[derive(Debug, Template)]
#[template(path = "organize/attendees.html")]
pub struct AttendeesPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The community.
    pub about: Organizing,
    /// The meetup.
    pub card: MeetupCard,
    /// Everybody who answered, members first.
    pub attendees: Vec<AttendeeRow>,
}

/// Somebody who answered.
#[derive(Debug)]
pub struct AttendeeRow {
    /// Who.
    pub person: Person,
    /// Whether they belong to the community.
    pub is_member: bool,
    /// The message that says what they answered.
    pub answer: &'static str,
    /// Whether they said yes and have no seat.
    pub waits: bool,
    /// How many come along.
    pub guests: u64,
    /// A word to the organizer.
    pub note: Text,
}

impl AttendeesPage {
    fn csv(&self) -> String {
        format!("{}/attendees.csv", self.card.path())
    }
}
