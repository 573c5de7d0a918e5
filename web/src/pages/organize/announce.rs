//! Saying something to many: to whom, how many these are, and what.

use askama::Template;
use kith_nips::lbc::Audience;

use super::Organizing;
use crate::drafts::ANNOUNCEMENT_CHARACTERS_MAX;
use crate::frame::Frame;
use crate::views::MeetupCard;

/// An announcement before it is sent.
#[derive(Debug, Template)]
#[template(path = "organize/announce.html")]
pub struct AnnouncePage {
    /// What surrounds it.
    pub frame: Frame,
    /// The community.
    pub about: Organizing,
    /// To whom.
    pub audience: Audience,
    /// Meetups whose people can be chosen.
    pub meetups: Vec<MeetupCard>,
    /// The one that is chosen.
    pub chosen: Option<String>,
    /// How many these are; none where a meetup must be chosen first.
    pub reach: Option<Reach>,
}

/// How many people an announcement goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// All of them.
    pub all: u64,
    /// Those of whom this relay does not know where they receive private messages.
    pub without: u64,
    /// Whether there are more of whom the relay takes no account.
    pub cut: bool,
}

impl AnnouncePage {
    fn path(&self) -> String {
        crate::link::path(&["c", &self.about.community.id, "announce"])
    }

    fn audiences(&self) -> [(Audience, &'static str); Audience::ALL.len()] {
        Audience::ALL.map(|audience| (audience, name(audience)))
    }

    fn is_chosen(&self, card: &MeetupCard) -> bool {
        self.chosen.as_ref() == Some(&card.naddr)
    }

    fn characters_max(&self) -> usize {
        ANNOUNCEMENT_CHARACTERS_MAX
    }
}

/// The message that names an audience.
fn name(audience: Audience) -> &'static str {
    match audience {
        Audience::Members => "announce-members",
        Audience::Followers => "announce-followers",
        Audience::Going => "announce-going",
        Audience::Maybe => "announce-maybe",
        Audience::Declined => "announce-declined",
        Audience::Silent => "announce-silent",
        _ => "announce-answered",
    }
}
