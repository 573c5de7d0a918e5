//! One struct and one template for each page.

mod about;
mod account;
mod admin;
mod agenda;
mod calendar;
mod community;
mod home;
mod join;
mod list;
mod meetup;
mod organize;
mod problem;
mod search;
mod sitemap;

pub use about::{About, Nip};
pub use account::{Account, NamesGiven};
pub use admin::Admin;
pub use agenda::{Agenda, AgendaEntry, Part};
pub use calendar::{Calendar, Scope};
pub use community::{Chat, Community, Message};
pub use home::Home;
pub use join::Join;
pub use list::{CityPage, PersonPage, TopicPage};
pub use meetup::{Attendees, Comment, Meetup, Seats};
pub use organize::{
    AnnouncePage, AttendeeRow, AttendeesPage, CalendarEvent, CommunityForm, FormProblems,
    ImportPage, MeetupForm, MembersPage, Organizing, ProposalsPage, Reach, ReportRow, ReportedRow,
    ReportsPage, ReportsReader, Tab, TabLink,
};
pub use problem::Problem;
pub use search::{Chip, Question, Search};
pub use sitemap::{Sitemap, SitemapIndex, SitemapLink};

#[cfg(test)]
mod tests;
