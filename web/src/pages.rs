//! One struct and one template for each page.

mod about;
mod account;
mod agenda;
mod calendar;
mod community;
mod home;
mod list;
mod meetup;
mod problem;
mod search;
mod sitemap;

pub use about::{About, Nip};
pub use account::Account;
pub use agenda::{Agenda, AgendaEntry, Part};
pub use calendar::{Calendar, Scope};
pub use community::{Chat, Community, Message};
pub use home::Home;
pub use list::{CityPage, PersonPage, TopicPage};
pub use meetup::{Attendees, Comment, Meetup, Seats};
pub use problem::Problem;
pub use search::{Chip, Question, Search};
pub use sitemap::{Sitemap, SitemapIndex};

#[cfg(test)]
mod tests;
