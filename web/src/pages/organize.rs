//! Pages of organizers: plain forms, filled in by the relay, that the browser makes notes from. Anybody may
//! open them; what they bring about needs the signature of whoever owns the thing.

mod announce;
mod import;
mod people;
mod reports;

pub use announce::{AnnouncePage, Reach};
pub use import::{CalendarEvent, ImportPage};
pub use people::{AttendeeRow, AttendeesPage, MembersPage, ProposalsPage};
pub use reports::{ReportRow, ReportedRow, ReportsPage, ReportsReader};

use askama::Template;

use crate::drafts::{Problem, REPEATS, SCOPES, Values};
use crate::frame::Frame;
use crate::link::path;
use crate::views::{CommunityLink, MeetupCard};

/// The community that is organized, and what of it.
#[derive(Debug)]
pub struct Organizing {
    /// The community.
    pub community: CommunityLink,
    /// Who owns it, hexadecimal.
    pub owner: String,
    /// What the page is for.
    pub heading: String,
    /// Which of the tabs it is.
    pub tab: Tab,
}

/// What can be done for a community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// Describing it.
    Edit,
    /// A new meetup.
    NewMeetup,
    /// What others planned.
    Proposals,
    /// Who belongs to it.
    Members,
    /// Saying something to many.
    Announce,
    /// What was reported.
    Reports,
    /// Meetups of a calendar of another program.
    Import,
    /// Something of one meetup.
    Meetup,
}

/// A tab as it is shown.
#[derive(Debug)]
pub struct TabLink {
    /// What it is called.
    pub name: String,
    /// Its page.
    pub path: String,
    /// Whether it is this page.
    pub is_current: bool,
}

impl Organizing {
    fn tabs(&self, frame: &Frame) -> Vec<TabLink> {
        let all = [
            (Tab::NewMeetup, "new", frame.say("new-meetup")),
            (Tab::Proposals, "proposals", frame.say("proposals-title")),
            (Tab::Members, "members", frame.say("members-title")),
            (Tab::Announce, "announce", frame.say("announce-title")),
            (Tab::Reports, "reports", frame.say("reports-title")),
            (Tab::Import, "import", frame.say("import-title")),
            (Tab::Edit, "edit", frame.say("edit-community")),
        ];
        let link = |(tab, page, name)| TabLink {
            name,
            path: frame.to(&path(&["c", &self.community.id, page])),
            is_current: tab == self.tab,
        };
        all.into_iter().map(link).collect()
    }
}

/// Founding a community, or describing it.
#[derive(Debug, Template)]
#[template(path = "organize/community.html")]
pub struct CommunityForm {
    /// What surrounds it.
    pub frame: Frame,
    /// The community that is described; none for a new one.
    pub about: Option<Organizing>,
    /// What stands in the fields.
    pub values: Values,
}

impl CommunityForm {
    fn heading(&self) -> String {
        match &self.about {
            Some(about) => about.heading.clone(),
            None => self.frame.say("new-community"),
        }
    }
}

/// Planning a meetup, or changing it.
#[derive(Debug, Template)]
#[template(path = "organize/meetup.html")]
pub struct MeetupForm {
    /// What surrounds it.
    pub frame: Frame,
    /// The community that it is for.
    pub about: Organizing,
    /// The meetup that is changed; none for a new one.
    pub meetup: Option<MeetupCard>,
    /// How many there are in its series.
    pub series: usize,
    /// What stands in the fields.
    pub values: Values,
}

impl MeetupForm {
    fn draft(&self) -> &'static str {
        match self.meetup {
            Some(_) => "meetup-edit",
            None => "meetup",
        }
    }

    fn is_in_series(&self) -> bool {
        self.series > 1
    }
}

/// Why something cannot be looked at before it is published.
#[derive(Debug, Template)]
#[template(path = "organize/problems.html")]
pub struct FormProblems {
    /// What surrounds it.
    pub frame: Frame,
    /// What is wrong.
    pub problems: Vec<Problem>,
}
