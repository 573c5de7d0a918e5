//! Where somebody goes.

use askama::Template;

use crate::feed::Feed;
use crate::frame::Frame;
use crate::views::{MeetupCard, Person};

/// What a meetup is to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// They organize it.
    Organizes,
    /// They come.
    Comes,
    /// They may come.
    MayCome,
}

/// A meetup that somebody has to do with.
#[derive(Debug, Clone, PartialEq)]
pub struct AgendaEntry {
    /// The meetup.
    pub card: MeetupCard,
    /// What it is to them.
    pub part: Part,
}

/// Where somebody goes: what they said yes or perhaps to for all to read, and what they organize, by start.
#[derive(Debug, Template)]
#[template(path = "agenda.html")]
pub struct Agenda {
    /// What surrounds it.
    pub frame: Frame,
    /// Who.
    pub person: Person,
    /// The meetups.
    pub entries: Vec<AgendaEntry>,
    /// The next page of them.
    pub next: Option<String>,
}

impl Agenda {
    fn heading(&self) -> String {
        let name = self.person.shown();
        self.frame.say_with("agenda-of", "name", &name)
    }

    fn part(&self, entry: &AgendaEntry) -> String {
        self.frame.say(match entry.part {
            Part::Organizes => "part-organizes",
            Part::Comes => "part-comes",
            Part::MayCome => "part-may-come",
        })
    }

    fn feed(&self) -> Option<Feed> {
        let has_feeds = self.frame.site.api;
        has_feeds.then(|| Feed::of_agenda(&self.person.npub))
    }
}
