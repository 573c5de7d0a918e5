//! Taking meetups over from a calendar of another program.

use askama::Template;

use super::Organizing;
use crate::drafts::Problem;
use crate::frame::Frame;
use crate::link::path;
use crate::text::Text;

/// A calendar to be read, or what was read of it.
#[derive(Debug, Template)]
#[template(path = "organize/import.html")]
pub struct ImportPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The community.
    pub about: Organizing,
    /// The text of the calendar.
    pub calendar: String,
    /// Whether it was read.
    pub is_read: bool,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// What it has.
    pub events: Vec<CalendarEvent>,
}

/// One event.
#[derive(Debug)]
pub struct CalendarEvent {
    /// What it is picked by.
    pub pick: String,
    /// What it is called.
    pub title: Text,
    /// When it is, in words.
    pub day: String,
    /// Where it is, in words.
    pub place: Text,
    /// Whether it was not taken before.
    pub is_new: bool,
}

impl ImportPage {
    fn path(&self) -> String {
        path(&["c", &self.about.community.id, "import"])
    }
}
